// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IAllocationManager, IAllocationManagerTypes} from "../src/interfaces/IAllocationManager.sol";
import {IDelegationManagerTypes} from "../src/interfaces/IDelegationManager.sol";
import {ISignatures} from "../src/interfaces/ISignatures.sol";
import {IStrategy} from "../src/interfaces/IStrategy.sol";
import {OperatorSet} from "../src/libraries/OperatorSetLib.sol";
import {SlashingLib} from "../src/libraries/SlashingLib.sol";
import {vm} from "../test/utils/Vm.sol";
import {Change, Target} from "./Choices.sol";
import {Dice, Draw} from "./Draw.sol";
import {NONE} from "./Ledger.sol";
import {Probes} from "./Probes.sol";
import {Slots} from "./Slots.sol";
import {IRedistributionAllocationManager} from "../src/redistribution/interfaces/IRedistributionAllocationManager.sol";

/// @title What everybody does
/// @notice One function for each action of the campaign, named by who acts and what is done. Arguments follow from the
/// seed and from what is so now, so that nearly every call succeeds; when there is nothing to do it returns early.
abstract contract Handler is Probes {
    using Draw for Dice;
    using Slots for uint256;

    struct Appointment {
        address account;
        address appointee;
        address target;
        bytes4 selector;
    }

    /// @dev To take back.
    Appointment[] private _appointments;

    /* STAKERS */

    function stakerDeposit(uint256 seed) external {
        Dice memory dice = _begin(seed);
        address staker = dice.pick(stakers);
        uint256 at = strategyManager.paused(DEPOSITS) ? NONE : _openStrategy(dice, staker);
        if (at == NONE) return _idle();
        uint256 balance = tokens[at].balanceOf(staker);
        if (balance == 0) return _idle();
        // All of a billion tokens is too much for most deposits: later ones must count too.
        uint256 most = dice.chance(5) ? balance : balance / 1e6;
        uint256 amount = dice.upTo(most == 0 ? 1 : most);
        uint256 had = strategyManager.stakerDepositShares(staker, strategies[at]);
        vm.prank(staker);
        strategyManager.depositIntoStrategy(strategies[at], tokens[at], amount);
        _deposited(at, strategyManager.stakerDepositShares(staker, strategies[at]) - had);
    }

    function stakerDelegate(uint256 seed) external {
        Dice memory dice = _begin(seed);
        if (delegationManager.paused(NEW_DELEGATION)) return _idle();
        address staker = _freeStaker(dice);
        if (staker == address(0)) return _idle();
        address operator = _openOperator(dice, strategyManager.getStakerStrategyList(staker));
        if (operator == address(0)) return _idle();
        vm.prank(staker);
        delegationManager.delegateTo(operator, _noSignature(), bytes32(0));
    }

    function stakerUndelegate(uint256 seed) external {
        Dice memory dice = _begin(seed);
        address staker = delegationManager.paused(ENTER_QUEUE) ? address(0) : _delegatedStaker(dice);
        if (staker == address(0)) return _idle();
        vm.prank(staker);
        _queued(delegationManager.undelegate(staker));
    }

    function stakerRedelegate(uint256 seed) external {
        Dice memory dice = _begin(seed);
        if (delegationManager.paused(ENTER_QUEUE) || delegationManager.paused(NEW_DELEGATION)) return _idle();
        address staker = _delegatedStaker(dice);
        // It comes with nothing: everything it had goes into the queue.
        address operator = _openOperator(dice, new IStrategy[](0));
        if (staker == address(0) || operator == address(0)) return _idle();
        vm.prank(staker);
        _queued(delegationManager.redelegate(operator, _noSignature(), bytes32(0)));
    }

    function stakerQueueWithdrawals(uint256 seed) external {
        Dice memory dice = _begin(seed);
        if (delegationManager.paused(ENTER_QUEUE)) return _idle();
        uint256 start = dice.below(stakers.length);
        for (uint256 i = 0; i < stakers.length; ++i) {
            address staker = stakers[(start + i) % stakers.length];
            (IStrategy[] memory held, uint256[] memory shares) = strategyManager.getDeposits(staker);
            if (held.length == 0) continue;
            IDelegationManagerTypes.QueuedWithdrawalParams[] memory params = _withdrawalParams(dice, held, shares);
            vm.prank(staker);
            return _queued(delegationManager.queueWithdrawals(params));
        }
        _idle();
    }

    function stakerCompleteWithdrawal(uint256 seed) external {
        _completeWithdrawals(_begin(seed), 1);
    }

    function stakerCompleteWithdrawals(uint256 seed) external {
        _completeWithdrawals(_begin(seed), 3);
    }

    /// @dev Mostly one withdrawal, sometimes two; the second takes of what the first leaves.
    function _withdrawalParams(Dice memory dice, IStrategy[] memory held, uint256[] memory left)
        private
        pure
        returns (IDelegationManagerTypes.QueuedWithdrawalParams[] memory params)
    {
        IDelegationManagerTypes.QueuedWithdrawalParams memory first = _oneWithdrawal(dice, held, left);
        IDelegationManagerTypes.QueuedWithdrawalParams memory second;
        if (dice.chance(20)) second = _oneWithdrawal(dice, held, left);
        params = new IDelegationManagerTypes.QueuedWithdrawalParams[](second.strategies.length == 0 ? 1 : 2);
        params[0] = first;
        if (params.length == 2) params[1] = second;
    }

    function _oneWithdrawal(Dice memory dice, IStrategy[] memory held, uint256[] memory left)
        private
        pure
        returns (IDelegationManagerTypes.QueuedWithdrawalParams memory params)
    {
        uint256 available = 0;
        for (uint256 i = 0; i < left.length; ++i) {
            if (left[i] > 0) ++available;
        }
        if (available == 0) return params;
        params.strategies = new IStrategy[](dice.some(available));
        params.depositShares = new uint256[](params.strategies.length);
        uint256 start = dice.below(held.length);
        uint256 count = 0;
        for (uint256 i = 0; count < params.strategies.length; ++i) {
            uint256 at = (start + i) % held.length;
            if (left[at] == 0) continue;
            params.strategies[count] = held[at];
            params.depositShares[count] = dice.upTo(left[at]);
            left[at] -= params.depositShares[count++];
        }
    }

    /// @dev Completes up to `most` withdrawals of one staker, each as tokens or as shares.
    function _completeWithdrawals(Dice memory dice, uint256 most) private {
        uint256 first = delegationManager.paused(EXIT_QUEUE) ? NONE : _anyQueued(dice, true);
        if (first == NONE) return _idle();
        uint256[] memory places = new uint256[](dice.some(most));
        bool[] memory asTokens = new bool[](places.length);
        uint256 count = 0;
        for (uint256 i = 0; i < _withdrawals.length && count < places.length; ++i) {
            uint256 at = (first + i) % _withdrawals.length;
            if (_withdrawals[at].completed || _withdrawals[at].staker != _withdrawals[first].staker) continue;
            if (!_isMature(at)) continue;
            bool possible;
            (possible, asTokens[count]) = _way(dice, at);
            if (possible) places[count++] = at;
        }
        if (count == 0) return _idle();
        if (most == 1) _completeOne(places[0], asTokens[0]);
        else _completeMany(places, asTokens, count);
    }

    function _completeOne(uint256 place, bool asTokens) private {
        IDelegationManagerTypes.Withdrawal memory withdrawal =
            delegationManager.queuedWithdrawals(_withdrawals[place].root);
        IERC20[] memory paid = _tokensOf(withdrawal.strategies);
        vm.prank(withdrawal.staker);
        delegationManager.completeQueuedWithdrawal(withdrawal, paid, asTokens);
        _completed(place, asTokens);
    }

    function _completeMany(uint256[] memory places, bool[] memory asTokens, uint256 count) private {
        IDelegationManagerTypes.Withdrawal[] memory withdrawals = new IDelegationManagerTypes.Withdrawal[](count);
        IERC20[][] memory paid = new IERC20[][](count);
        bool[] memory ways = new bool[](count);
        for (uint256 i = 0; i < count; ++i) {
            withdrawals[i] = delegationManager.queuedWithdrawals(_withdrawals[places[i]].root);
            paid[i] = _tokensOf(withdrawals[i].strategies);
            ways[i] = asTokens[i];
        }
        vm.prank(withdrawals[0].staker);
        delegationManager.completeQueuedWithdrawals(withdrawals, paid, ways);
        for (uint256 i = 0; i < count; ++i) {
            _completed(places[i], ways[i]);
        }
    }

    function _noSignature() private pure returns (ISignatures.SignatureWithExpiry memory none) {}

    /* OPERATORS */

    function operatorRegister(uint256 seed) external {
        Dice memory dice = _begin(seed);
        if (delegationManager.paused(NEW_DELEGATION)) return _idle();
        uint256 start = dice.below(OPERATORS);
        for (uint256 i = 0; i < OPERATORS; ++i) {
            address operator = operators[(start + i) % OPERATORS];
            if (delegationManager.delegatedTo(operator) != address(0)) continue;
            uint32 delay = dice.allocationDelay();
            vm.prank(operator);
            delegationManager.registerAsOperator(address(0), delay, "");
            return _expect(block.number + CONFIGURATION_DELAY + 1);
        }
        _idle();
    }

    function operatorModifyDetails(uint256 seed) external {
        Dice memory dice = _begin(seed);
        address operator = operators[_anyOperator(dice)];
        // An approver closes the operator to stakers who cannot sign.
        address approver = dice.chance(80) ? address(0) : avss[0];
        vm.prank(_caller(dice, operator, address(delegationManager), delegationManager.modifyOperatorDetails.selector));
        delegationManager.modifyOperatorDetails(operator, approver);
    }

    function operatorUpdateMetadata(uint256 seed) external {
        Dice memory dice = _begin(seed);
        address operator = operators[_anyOperator(dice)];
        bytes4 selector = delegationManager.updateOperatorMetadataURI.selector;
        vm.prank(_caller(dice, operator, address(delegationManager), selector));
        delegationManager.updateOperatorMetadataURI(operator, "");
    }

    function operatorAllocate(uint256 seed) external {
        Dice memory dice = _begin(seed);
        (uint256 operator, Change memory change) = _changeable(dice, true);
        if (change.set == NONE) return _idle();
        _modify(dice, operator, change, change.current + dice.upTo(change.free));
    }

    /// @notice Exactly what is free.
    function operatorAllocateRest(uint256 seed) external {
        Dice memory dice = _begin(seed);
        (uint256 operator, Change memory change) = _changeable(dice, true);
        if (change.set == NONE) return _idle();
        _modify(dice, operator, change, change.current + change.free);
    }

    function operatorDeallocate(uint256 seed) external {
        Dice memory dice = _begin(seed);
        (uint256 operator, Change memory change) = _changeable(dice, false);
        if (change.set == NONE) return _idle();
        _modify(dice, operator, change, change.current - dice.upTo(change.current));
    }

    /// @notice Several allocations in one call: some up, some down, each at most once.
    function operatorReallocate(uint256 seed) external {
        Dice memory dice = _begin(seed);
        uint256 operator = allocationManager.paused(MODIFY_ALLOCATIONS) ? NONE : _readyOperator(dice);
        if (operator == NONE) return _idle();
        IAllocationManagerTypes.AllocateParams[] memory params = _changes(dice, operators[operator]);
        if (params.length == 0) return _idle();
        vm.prank(_callerAt(dice, operators[operator], IAllocationManager.modifyAllocations.selector));
        allocationManager.modifyAllocations(operators[operator], params);
        for (uint256 i = 0; i < params.length; ++i) {
            _expectChange(operators[operator], params[i].operatorSet, params[i].strategies[0]);
        }
    }

    function operatorJoinSets(uint256 seed) external {
        Dice memory dice = _begin(seed);
        if (allocationManager.paused(REGISTRATION)) return _idle();
        address operator = operators[_anyOperator(dice)];
        (uint256 avs, bool[4] memory open) = _membership(dice, operator, true);
        if (avs == NONE) return _idle();
        IAllocationManagerTypes.RegisterParams memory params =
            IAllocationManagerTypes.RegisterParams(avss[avs], _someIds(dice, avs, open, 3), "");
        vm.prank(_callerAt(dice, operator, IAllocationManager.registerForOperatorSets.selector));
        allocationManager.registerForOperatorSets(operator, params);
    }

    function operatorLeaveSets(uint256 seed) external {
        _leaveSets(_begin(seed), false);
    }

    function operatorSetAllocationDelay(uint256 seed) external {
        Dice memory dice = _begin(seed);
        address operator = operators[_anyOperator(dice)];
        uint32 delay = dice.allocationDelay();
        vm.prank(_callerAt(dice, operator, IAllocationManager.setAllocationDelay.selector));
        allocationManager.setAllocationDelay(operator, delay);
        _expect(block.number + CONFIGURATION_DELAY + 1);
    }

    function operatorUndelegateStaker(uint256 seed) external {
        Dice memory dice = _begin(seed);
        address staker = delegationManager.paused(ENTER_QUEUE) ? address(0) : _delegatedStaker(dice);
        if (staker == address(0)) return _idle();
        address operator = delegationManager.delegatedTo(staker);
        address caller = delegationManager.delegationApprover(operator);
        if (caller == address(0) || dice.chance(50)) {
            caller = _caller(dice, operator, address(delegationManager), delegationManager.undelegate.selector);
        }
        vm.prank(caller);
        _queued(delegationManager.undelegate(staker));
    }

    function _changeable(Dice memory dice, bool grow) private view returns (uint256 operator, Change memory change) {
        change.set = NONE;
        operator = allocationManager.paused(MODIFY_ALLOCATIONS) ? NONE : _readyOperator(dice);
        if (operator != NONE) change = _change(dice, operators[operator], grow);
    }

    function _modify(Dice memory dice, uint256 operator, Change memory change, uint256 magnitude) private {
        IAllocationManagerTypes.AllocateParams[] memory params = new IAllocationManagerTypes.AllocateParams[](1);
        params[0] = _allocation(change.set, change.strategy, magnitude);
        vm.prank(_callerAt(dice, operators[operator], IAllocationManager.modifyAllocations.selector));
        allocationManager.modifyAllocations(operators[operator], params);
        _expectChange(operators[operator], sets[change.set], strategies[change.strategy]);
    }

    function _expectChange(address operator, OperatorSet memory operatorSet, IStrategy strategy) private {
        _expect(allocationManager.getAllocation(operator, operatorSet, strategy).effectBlock);
    }

    /// @dev Up to four changes of an operator's allocations, from a random place on.
    function _changes(Dice memory dice, address operator)
        private
        view
        returns (IAllocationManagerTypes.AllocateParams[] memory params)
    {
        IAllocationManagerTypes.AllocateParams[] memory all = new IAllocationManagerTypes.AllocateParams[](dice.some(4));
        uint256[STRATEGIES] memory free;
        for (uint256 i = 0; i < STRATEGIES; ++i) {
            free[i] = allocationManager.getAllocatableMagnitude(operator, strategies[i]);
        }
        uint256 start = dice.below(SETS * STRATEGIES);
        uint256 count = 0;
        for (uint256 i = 0; i < SETS * STRATEGIES && count < all.length; ++i) {
            uint256 at = (start + i) % (SETS * STRATEGIES);
            if (!_exists[at / STRATEGIES] || dice.chance(50)) continue;
            (bool possible, uint256 magnitude) = _newMagnitude(dice, operator, at, free);
            if (possible) all[count++] = _allocation(at / STRATEGIES, at % STRATEGIES, magnitude);
        }
        params = new IAllocationManagerTypes.AllocateParams[](count);
        for (uint256 i = 0; i < count; ++i) {
            params[i] = all[i];
        }
    }

    function _newMagnitude(Dice memory dice, address operator, uint256 at, uint256[STRATEGIES] memory free)
        private
        view
        returns (bool possible, uint256 magnitude)
    {
        uint256 strategy = at % STRATEGIES;
        IAllocationManagerTypes.Allocation memory allocation =
            allocationManager.getAllocation(operator, sets[at / STRATEGIES], strategies[strategy]);
        uint256 current = allocation.currentMagnitude;
        if (allocation.effectBlock != 0 || (current == 0 && free[strategy] == 0)) return (false, 0);
        if (free[strategy] > 0 && (current == 0 || dice.chance(50))) {
            uint256 more = dice.upTo(free[strategy]);
            free[strategy] -= more;
            return (true, current + more);
        }
        return (true, current - dice.upTo(current));
    }

    function _leaveSets(Dice memory dice, bool byAvs) private {
        uint256 operator = allocationManager.paused(REGISTRATION) ? NONE : _member(dice);
        if (operator == NONE) return _idle();
        (uint256 avs, bool[4] memory joined) = _membership(dice, operators[operator], false);
        IAllocationManagerTypes.DeregisterParams memory params =
            IAllocationManagerTypes.DeregisterParams(operators[operator], avss[avs], _someIds(dice, avs, joined, 3));
        address account = byAvs ? params.avs : params.operator;
        vm.prank(_callerAt(dice, account, IAllocationManager.deregisterFromOperatorSets.selector));
        allocationManager.deregisterFromOperatorSets(params);
        _expect(block.number + DEALLOCATION_DELAY + 1);
    }

    /* AVSS */

    function avsUpdateMetadata(uint256 seed) external {
        Dice memory dice = _begin(seed);
        address avs = dice.pick(avss);
        vm.prank(_callerAt(dice, avs, IAllocationManager.updateAVSMetadataURI.selector));
        allocationManager.updateAVSMetadataURI(avs, "");
    }

    function avsSetRegistrar(uint256 seed) external {
        Dice memory dice = _begin(seed);
        address avs = dice.pick(avss);
        uint256 which = dice.below(registrars.length);
        vm.prank(_callerAt(dice, avs, IAllocationManager.setAVSRegistrar.selector));
        allocationManager.setAVSRegistrar(avs, registrars[which]);
    }

    function avsCreateSets(uint256 seed) external {
        Dice memory dice = _begin(seed);
        (uint256 avs, IAllocationManagerTypes.CreateSetParams[] memory params) = _newSets(dice);
        if (avs == NONE) return _idle();
        vm.prank(_callerAt(dice, avss[avs], IAllocationManager.createOperatorSets.selector));
        allocationManager.createOperatorSets(avss[avs], params);
        for (uint256 i = 0; i < params.length; ++i) {
            _created(_placeOf(OperatorSet(avss[avs], params[i].operatorSetId)), address(0));
        }
    }

    function avsCreateRedistributingSets(uint256 seed) external {
        Dice memory dice = _begin(seed);
        (uint256 avs, IAllocationManagerTypes.CreateSetParams[] memory params) = _newSets(dice);
        if (avs == NONE) return _idle();
        address[] memory paid = new address[](params.length);
        for (uint256 i = 0; i < paid.length; ++i) {
            paid[i] = _recipient(dice, avss[avs]);
        }
        vm.prank(_callerAt(dice, avss[avs], IRedistributionAllocationManager.createRedistributingOperatorSets.selector));
        allocationManager.createRedistributingOperatorSets(avss[avs], params, paid);
        for (uint256 i = 0; i < params.length; ++i) {
            _created(_placeOf(OperatorSet(avss[avs], params[i].operatorSetId)), paid[i]);
        }
    }

    function avsAddStrategies(uint256 seed) external {
        Dice memory dice = _begin(seed);
        uint256 set = _anySet(dice, true);
        IStrategy[] memory added = _some(dice, _strategiesOf(set, false), 2);
        if (added.length == 0) return _idle();
        vm.prank(_callerAt(dice, sets[set].avs, IAllocationManager.addStrategiesToOperatorSet.selector));
        allocationManager.addStrategiesToOperatorSet(sets[set].avs, sets[set].id, added);
    }

    function avsRemoveStrategies(uint256 seed) external {
        Dice memory dice = _begin(seed);
        uint256 set = _anySet(dice, true);
        IStrategy[] memory removed = _some(dice, _strategiesOf(set, true), 1);
        if (removed.length == 0) return _idle();
        vm.prank(_callerAt(dice, sets[set].avs, IAllocationManager.removeStrategiesFromOperatorSet.selector));
        allocationManager.removeStrategiesFromOperatorSet(sets[set].avs, sets[set].id, removed);
    }

    function avsSlash(uint256 seed) external {
        Dice memory dice = _begin(seed);
        Target memory target = _slashable(dice, false);
        if (target.operator == NONE) return _idle();
        _slashBy(dice, target.operator, target.set, _wads(dice, target));
    }

    /// @notice All that an operator gave, rather where that is all it has.
    function avsSlashEverything(uint256 seed) external {
        Dice memory dice = _begin(seed);
        Target memory target = _slashable(dice, true);
        if (target.operator == NONE) return _idle();
        uint256[STRATEGIES] memory wads;
        uint256 at = STRATEGIES - 1;
        for (uint256 i = 0; i < STRATEGIES; ++i) {
            if (target.currents[i] > target.currents[at]) at = i;
        }
        wads[at] = SlashingLib.WAD;
        _slashBy(dice, target.operator, target.set, wads);
    }

    /// @notice Strategies without allocation, or none: counted, and nothing else.
    function avsSlashNothing(uint256 seed) external {
        Dice memory dice = _begin(seed);
        uint256 operator = allocationManager.paused(SLASH) ? NONE : _member(dice);
        if (operator == NONE) return _idle();
        OperatorSet[] memory joined = allocationManager.getRegisteredSets(operators[operator]);
        OperatorSet memory operatorSet = joined[dice.below(joined.length)];
        uint256[STRATEGIES] memory wads;
        IStrategy[] memory inSet = _some(dice, allocationManager.getStrategiesInOperatorSet(operatorSet), 2);
        for (uint256 i = 0; i < inSet.length; ++i) {
            if (allocationManager.getAllocation(operators[operator], operatorSet, inSet[i]).currentMagnitude > 0) {
                continue;
            }
            wads[_placeOf(inSet[i])] = dice.wad();
        }
        _slashBy(dice, operator, _placeOf(operatorSet), wads);
    }

    function avsRemoveOperator(uint256 seed) external {
        _leaveSets(_begin(seed), true);
    }

    function _slashable(Dice memory dice, bool whole) private view returns (Target memory target) {
        target.operator = NONE;
        if (!allocationManager.paused(SLASH)) target = _target(dice, whole);
    }

    function _slashBy(Dice memory dice, uint256 operator, uint256 set, uint256[STRATEGIES] memory wads) private {
        address caller = _callerAt(dice, sets[set].avs, IRedistributionAllocationManager.slashOperator.selector);
        require(_slash(caller, operator, set, wads), "the slash failed");
    }

    /// @dev Sets of one AVS that are not there yet.
    function _newSets(Dice memory dice)
        private
        view
        returns (uint256 avs, IAllocationManagerTypes.CreateSetParams[] memory params)
    {
        uint256 set = _anySet(dice, false);
        if (set == NONE) return (NONE, params);
        avs = set / 4;
        bool[4] memory missing;
        for (uint256 i = 0; i < 4; ++i) {
            missing[i] = !_exists[4 * avs + i];
        }
        uint32[] memory ids = _someIds(dice, avs, missing, 2);
        params = new IAllocationManagerTypes.CreateSetParams[](ids.length);
        for (uint256 i = 0; i < ids.length; ++i) {
            params[i] = IAllocationManagerTypes.CreateSetParams(ids[i], _some(dice, _listed(), 3));
        }
    }

    /// @dev Mostly a contract made for it; sometimes somebody who takes part in other ways.
    function _recipient(Dice memory dice, address avs) private view returns (address) {
        uint256 kind = dice.below(10);
        if (kind == 0) return avs;
        if (kind == 1) return dice.pick(stakers);
        if (kind == 2) return address(strategies[dice.below(STRATEGIES)]);
        return dice.pick(recipients);
    }

    /* ANYBODY */

    function anybodyClearSlash(uint256 seed) external {
        Dice memory dice = _begin(seed);
        (uint256 set, uint256 id,) = _waiting(dice);
        if (set == NONE) return _idle();
        _clear(dice, set, id);
    }

    function anybodyClearSlashByStrategy(uint256 seed) external {
        Dice memory dice = _begin(seed);
        (uint256 set, uint256 id, IStrategy[] memory where) = _waiting(dice);
        if (set == NONE) return _idle();
        uint256 at = dice.chance(90) ? _placeOf(where[dice.below(where.length)]) : dice.below(STRATEGIES);
        _clearing(set, id, at);
        vm.prank(_anybody(dice));
        strategyManager.clearBurnOrRedistributableSharesByStrategy(sets[set], id, strategies[at]);
        _clearedSlash(set, id);
    }

    /// @notice A slash that was cleared, or never was: nothing must happen.
    function anybodyClearSlashAgain(uint256 seed) external {
        Dice memory dice = _begin(seed);
        uint256 set = _anySet(dice, true);
        if (strategyManager.getPendingSlashIds(sets[set]).length > 0) return _idle();
        _clear(dice, set, 1 + dice.below(allocationManager.getSlashCount(sets[set]) + 1));
    }

    function anybodyBurnShares(uint256 seed) external {
        Dice memory dice = _begin(seed);
        uint256 at = dice.below(STRATEGIES);
        uint256 shares = strategyManager.getBurnableShares(strategies[at]);
        vm.prank(_anybody(dice));
        strategyManager.burnShares(strategies[at]);
        _withdrawn(at, shares);
    }

    function anybodyClearDeallocationQueue(uint256 seed) external {
        Dice memory dice = _begin(seed);
        if (allocationManager.paused(MODIFY_ALLOCATIONS)) return _idle();
        uint256 start = dice.below(OPERATORS * STRATEGIES);
        for (uint256 i = 0; i < OPERATORS * STRATEGIES; ++i) {
            uint256 at = (start + i) % (OPERATORS * STRATEGIES);
            address operator = operators[at / STRATEGIES];
            if (_queueLength(operator, strategies[at % STRATEGIES]) == 0) continue;
            (IStrategy[] memory which, uint16[] memory counts) = _clearings(dice, at % STRATEGIES);
            vm.prank(_anybody(dice));
            return allocationManager.clearDeallocationQueue(operator, which, counts);
        }
        _idle();
    }

    function anybodyDonate(uint256 seed) external {
        Dice memory dice = _begin(seed);
        uint256 at = dice.below(STRATEGIES);
        address donor = dice.pick(stakers);
        uint256 balance = tokens[at].balanceOf(donor);
        if (balance == 0) return _idle();
        uint256 most = dice.chance(3) ? balance : balance / 1e9;
        uint256 amount = dice.upTo(most == 0 ? 1 : most);
        vm.prank(donor);
        tokens[at].transfer(address(strategies[at]), amount);
    }

    function anybodyAskUserUnderlying(uint256 seed) external {
        Dice memory dice = _begin(seed);
        uint256 at = dice.below(STRATEGIES);
        address user = dice.pick(stakers);
        vm.prank(_anybody(dice));
        strategies[at].userUnderlying(user);
    }

    function _clear(Dice memory dice, uint256 set, uint256 id) private {
        _clearing(set, id, NONE);
        vm.prank(_anybody(dice));
        strategyManager.clearBurnOrRedistributableShares(sets[set], id);
        _clearedSlash(set, id);
    }

    function _queueLength(address operator, IStrategy strategy) private view returns (uint256) {
        uint256 slot = Slots.DEALLOCATION_QUEUE.entry(operator).entry(address(strategy));
        uint256 bounds = Slots.word(address(allocationManager), slot);
        return uint128(bounds >> 128) - uint128(bounds);
    }

    function _clearings(Dice memory dice, uint256 first)
        private
        view
        returns (IStrategy[] memory which, uint16[] memory counts)
    {
        which = new IStrategy[](dice.some(STRATEGIES));
        counts = new uint16[](which.length);
        for (uint256 i = 0; i < which.length; ++i) {
            which[i] = strategies[(first + i) % STRATEGIES];
            uint256 kind = dice.below(6);
            if (kind > 0) counts[i] = kind < 4 ? uint16(1 + dice.below(3)) : type(uint16).max;
        }
    }

    /* OWNER AND WHITELISTER */

    function ownerSetWhitelister(uint256 seed) external {
        Dice memory dice = _begin(seed);
        address current = strategyManager.owner();
        if (current == address(0)) return _idle();
        address to = _administrator(dice);
        vm.prank(current);
        strategyManager.setStrategyWhitelister(to);
    }

    function ownerTransferOwnership(uint256 seed) external {
        Dice memory dice = _begin(seed);
        address current = strategyManager.owner();
        if (current == address(0)) return _idle();
        address to = _administrator(dice);
        vm.prank(current);
        strategyManager.transferOwnership(to);
    }

    /// @notice Seldom: it is for ever.
    function ownerRenounceOwnership(uint256 seed) external {
        Dice memory dice = _begin(seed);
        address current = strategyManager.owner();
        if (current == address(0) || !dice.chance(20)) return _idle();
        vm.prank(current);
        strategyManager.renounceOwnership();
    }

    function whitelisterAddStrategies(uint256 seed) external {
        Dice memory dice = _begin(seed);
        IStrategy[] memory added = _some(dice, _byListing(false), 3);
        if (added.length == 0) return _idle();
        vm.prank(strategyManager.strategyWhitelister());
        strategyManager.addStrategiesToDepositWhitelist(added);
    }

    function whitelisterRemoveStrategies(uint256 seed) external {
        Dice memory dice = _begin(seed);
        IStrategy[] memory removed = _some(dice, _byListing(true), 1);
        if (removed.length == 0) return _idle();
        vm.prank(strategyManager.strategyWhitelister());
        strategyManager.removeStrategiesFromDepositWhitelist(removed);
    }

    function _administrator(Dice memory dice) private view returns (address) {
        return dice.chance(50) ? owner : whitelister;
    }

    function _byListing(bool whitelisted) private view returns (IStrategy[] memory result) {
        uint256 count = 0;
        bool[STRATEGIES] memory fits;
        for (uint256 i = 0; i < STRATEGIES; ++i) {
            fits[i] = strategyManager.strategyIsWhitelistedForDeposit(strategies[i]) == whitelisted;
            if (fits[i]) ++count;
        }
        result = new IStrategy[](count);
        for (uint256 i = STRATEGIES; i > 0; --i) {
            if (fits[i - 1]) result[--count] = strategies[i - 1];
        }
    }

    /* PAUSERS */

    function pauserPause(uint256 seed) external {
        Dice memory dice = _begin(seed);
        uint256 at = dice.below(pausable.length);
        uint256 status = pausable[at].paused() | dice.switches();
        address by = _aPauser(dice);
        if (by == address(0)) return _idle();
        vm.prank(by);
        pausable[at].pause(status);
    }

    function pauserPauseAll(uint256 seed) external {
        Dice memory dice = _begin(seed);
        uint256 at = dice.below(pausable.length);
        address by = _aPauser(dice);
        if (by == address(0)) return _idle();
        vm.prank(by);
        pausable[at].pauseAll();
    }

    function unpauserUnpause(uint256 seed) external {
        Dice memory dice = _begin(seed);
        uint256 at = _pausedThing(dice);
        if (at == NONE) return _idle();
        uint256 status = dice.chance(80) ? 0 : pausable[at].paused() & dice.switches();
        vm.prank(pauserRegistry.unpauser());
        pausable[at].unpause(status);
    }

    function unpauserSetPauser(uint256 seed) external {
        Dice memory dice = _begin(seed);
        uint256 others = 0;
        for (uint256 i = 0; i < pausers.length; ++i) {
            if (pauserRegistry.isPauser(pausers[i])) ++others;
        }
        address account = dice.pick(pausers);
        // The last pauser stays: without one nothing can be paused for the rest of the run.
        bool allowed = !pauserRegistry.isPauser(account) || others <= 1;
        vm.prank(pauserRegistry.unpauser());
        pauserRegistry.setIsPauser(account, allowed);
    }

    function unpauserSetUnpauser(uint256 seed) external {
        Dice memory dice = _begin(seed);
        address to = dice.chance(50) ? unpauser : owner;
        vm.prank(pauserRegistry.unpauser());
        pauserRegistry.setUnpauser(to);
    }

    /* ADMINS */

    function adminAddPendingAdmin(uint256 seed) external {
        Dice memory dice = _begin(seed);
        // Rather where there is an admin already: only with two can one be removed.
        address account = dice.chance(85) ? _principal(dice, 1, 0) : address(0);
        if (account == address(0)) account = dice.pick(principals);
        // The account itself is a likely admin: without it, it has no rights left.
        address admin = dice.chance(40) ? account : dice.pick(actors);
        if (permissionController.isPendingAdmin(account, admin)) return _idle();
        if (_adminCount(account) > 0 && permissionController.isAdmin(account, admin)) return _idle();
        vm.prank(_admin(dice, account));
        permissionController.addPendingAdmin(account, admin);
    }

    function adminRemovePendingAdmin(uint256 seed) external {
        Dice memory dice = _begin(seed);
        address account = _principal(dice, 0, 1);
        if (account == address(0)) return _idle();
        address invited = dice.choose(permissionController.getPendingAdmins(account));
        vm.prank(_admin(dice, account));
        permissionController.removePendingAdmin(account, invited);
    }

    function adminAcceptAdmin(uint256 seed) external {
        Dice memory dice = _begin(seed);
        address account = _principal(dice, 1, 1);
        if (account == address(0)) account = _principal(dice, 0, 1);
        if (account == address(0)) return _idle();
        vm.prank(dice.choose(permissionController.getPendingAdmins(account)));
        permissionController.acceptAdmin(account);
    }

    function adminRemoveAdmin(uint256 seed) external {
        Dice memory dice = _begin(seed);
        address account = _principal(dice, 2, 0);
        if (account == address(0)) return _idle();
        address removed = _admin(dice, account);
        vm.prank(_admin(dice, account));
        permissionController.removeAdmin(account, removed);
    }

    function adminSetAppointee(uint256 seed) external {
        Dice memory dice = _begin(seed);
        address account = dice.pick(principals);
        address appointee = dice.pick(actors);
        (address target, bytes4 selector) = _permission(dice);
        address[] memory appointed = permissionController.getAppointees(account, target, selector);
        for (uint256 i = 0; i < appointed.length; ++i) {
            if (appointed[i] == appointee) return _idle();
        }
        vm.prank(_admin(dice, account));
        permissionController.setAppointee(account, appointee, target, selector);
        _appointments.push(Appointment(account, appointee, target, selector));
    }

    function adminRemoveAppointee(uint256 seed) external {
        Dice memory dice = _begin(seed);
        if (_appointments.length == 0) return _idle();
        uint256 at = dice.below(_appointments.length);
        Appointment memory given = _appointments[at];
        _appointments[at] = _appointments[_appointments.length - 1];
        _appointments.pop();
        vm.prank(_admin(dice, given.account));
        permissionController.removeAppointee(given.account, given.appointee, given.target, given.selector);
    }
}
