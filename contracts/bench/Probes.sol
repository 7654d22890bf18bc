// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ITransparentUpgradeableProxy} from "@openzeppelin/contracts/proxy/transparent/TransparentUpgradeableProxy.sol";
import {IAllocationManager, IAllocationManagerTypes} from "../src/interfaces/IAllocationManager.sol";
import {IDelegationManager, IDelegationManagerTypes} from "../src/interfaces/IDelegationManager.sol";
import {IPausable} from "../src/interfaces/IPausable.sol";
import {IPermissionController} from "../src/interfaces/IPermissionController.sol";
import {IShareManager} from "../src/interfaces/IShareManager.sol";
import {ISignatures} from "../src/interfaces/ISignatures.sol";
import {IStrategy} from "../src/interfaces/IStrategy.sol";
import {IStrategyManager} from "../src/interfaces/IStrategyManager.sol";
import {SlashingLib} from "../src/libraries/SlashingLib.sol";
import {vm} from "../test/utils/Vm.sol";
import {Change, Choices, Target} from "./Choices.sol";
import {Dice, Draw} from "./Draw.sol";
import {NONE} from "./Ledger.sol";
import {IRedistributionAllocationManager} from "../src/redistribution/interfaces/IRedistributionAllocationManager.sol";
import {IRedistributionDelegationManager} from "../src/redistribution/interfaces/IRedistributionDelegationManager.sol";
import {IRedistributionStrategy} from "../src/redistribution/interfaces/IRedistributionStrategy.sol";

/// @title What must not be possible
/// @notice Each probe tries it in earnest: everything else about the call is right.
abstract contract Probes is Choices {
    using Draw for Dice;

    /// @dev A call that must fail. Nobody calls where there is nothing to try.
    struct Attempt {
        address caller;
        address to;
        bytes data;
    }

    /// @notice Tries one of the things that must not be possible.
    function probe(uint256 seed) external {
        Dice memory dice = _begin(seed);
        if (dice.chance(10)) return _slashAsOutsider(dice);
        Attempt memory attempt = _attempt(dice);
        if (attempt.caller == address(0)) return _idle();
        vm.prank(attempt.caller);
        (bool done,) = attempt.to.call(attempt.data);
        assert(!done);
    }

    function _attempt(Dice memory dice) private view returns (Attempt memory) {
        uint256 kind = dice.below(18);
        if (kind == 0) return _slashOutOfReach(dice);
        if (kind == 1) return _slashWrongProportion(dice);
        if (kind == 2) return _allocateAsOutsider(dice);
        if (kind == 3) return _allocateTooMuch(dice);
        if (kind == 4) return _joinAgain(dice);
        if (kind == 5) return _createSetAgain(dice);
        if (kind == 6) return _redistributeToNobody(dice);
        if (kind == 7) return _depositNothing(dice);
        if (kind == 8) return _delegateTwice(dice);
        if (kind == 9) return _undelegateOperator(dice);
        if (kind == 10) return _queueTooMuch(dice);
        if (kind == 11) return _completeEarly(dice);
        if (kind == 12) return _completeForeign(dice);
        if (kind == 13) return _callPlumbing(dice);
        if (kind == 14) return _administerAsOutsider(dice);
        if (kind == 15) return _initializeOrUpgrade(dice);
        if (kind == 16) return _allocateWhilePending(dice);
        return _shareForeignRights(dice);
    }

    /* SLASHES */

    /// @dev Recorded like every slash, so that the invariants can say who made it.
    function _slashAsOutsider(Dice memory dice) private {
        Target memory target = _target(dice, false);
        if (target.operator == NONE) return _idle();
        address caller = _outsider(dice, sets[target.set].avs, IRedistributionAllocationManager.slashOperator.selector);
        if (caller == address(0)) return _idle();
        _slash(caller, target.operator, target.set, _wads(dice, target));
    }

    function _slashOne(Dice memory dice, uint256 set, address operator, IStrategy strategy, uint256 wad)
        private
        view
        returns (Attempt memory)
    {
        IAllocationManagerTypes.SlashingParams memory params;
        params.operator = operator;
        params.operatorSetId = sets[set].id;
        params.strategies = new IStrategy[](1);
        params.strategies[0] = strategy;
        params.wadsToSlash = new uint256[](1);
        params.wadsToSlash[0] = wad;
        address caller = _callerAt(dice, sets[set].avs, IRedistributionAllocationManager.slashOperator.selector);
        return
            _allocations(
                caller, abi.encodeCall(IRedistributionAllocationManager.slashOperator, (sets[set].avs, params))
            );
    }

    /// @dev Of an operator that is not in the set, or not any more.
    function _slashOutOfReach(Dice memory dice) private view returns (Attempt memory attempt) {
        uint256 set = _anySet(dice, true);
        address operator = operators[dice.below(OPERATORS)];
        if (allocationManager.isOperatorSlashable(operator, sets[set])) return attempt;
        IStrategy[] memory inSet = _strategiesOf(set, true);
        if (inSet.length == 0) return attempt;
        return _slashOne(dice, set, operator, inSet[dice.below(inSet.length)], dice.wad());
    }

    function _slashWrongProportion(Dice memory dice) private view returns (Attempt memory attempt) {
        Target memory target = _target(dice, false);
        if (target.operator == NONE) return attempt;
        uint256 strategy = 0;
        while (target.currents[strategy] == 0) ++strategy;
        uint256 wad = [0, uint256(SlashingLib.WAD) + 1, type(uint256).max][dice.below(3)];
        return _slashOne(dice, target.set, operators[target.operator], strategies[strategy], wad);
    }

    /* ALLOCATIONS AND SETS */

    function _allocateAsOutsider(Dice memory dice) private view returns (Attempt memory attempt) {
        uint256 operator = _readyOperator(dice);
        Change memory change = _change(dice, operators[operator], true);
        if (change.set == NONE) return attempt;
        address caller = _outsider(dice, operators[operator], IAllocationManager.modifyAllocations.selector);
        return _allocate(caller, operators[operator], change, change.current + 1);
    }

    function _allocateTooMuch(Dice memory dice) private view returns (Attempt memory attempt) {
        uint256 operator = _readyOperator(dice);
        Change memory change = _change(dice, operators[operator], dice.chance(50));
        if (change.set == NONE) return attempt;
        address caller = _callerAt(dice, operators[operator], IAllocationManager.modifyAllocations.selector);
        uint64 least = change.current + change.free + 1;
        return _allocate(caller, operators[operator], change, dice.chance(60) ? least : least + dice.upTo(1e18));
    }

    function _allocate(address caller, address operator, Change memory change, uint256 magnitude)
        private
        view
        returns (Attempt memory)
    {
        IAllocationManagerTypes.AllocateParams[] memory params = new IAllocationManagerTypes.AllocateParams[](1);
        params[0] = _allocation(change.set, change.strategy, magnitude);
        return _allocations(caller, abi.encodeCall(IAllocationManager.modifyAllocations, (operator, params)));
    }

    /// @dev Changes an allocation that has a change under way.
    function _allocateWhilePending(Dice memory dice) private view returns (Attempt memory attempt) {
        uint256 operator = _readyOperator(dice);
        uint256 start = dice.below(SETS * STRATEGIES);
        for (uint256 i = 0; i < SETS * STRATEGIES; ++i) {
            (uint256 set, uint256 strategy) = _setAndStrategy((start + i) % (SETS * STRATEGIES));
            if (!_exists[set]) continue;
            IAllocationManagerTypes.Allocation memory allocation =
                allocationManager.getAllocation(operators[operator], sets[set], strategies[strategy]);
            if (allocation.effectBlock == 0) continue;
            address caller = _callerAt(dice, operators[operator], IAllocationManager.modifyAllocations.selector);
            Change memory change = Change(set, strategy, 0, 0);
            return _allocate(caller, operators[operator], change, allocation.currentMagnitude / 2 + 1);
        }
        return attempt;
    }

    /// @dev While in the set, or in the window after leaving it.
    function _joinAgain(Dice memory dice) private view returns (Attempt memory attempt) {
        address operator = operators[_anyOperator(dice)];
        uint256 set = _anySet(dice, true);
        if (!allocationManager.isOperatorSlashable(operator, sets[set])) return attempt;
        IAllocationManagerTypes.RegisterParams memory params;
        params.avs = sets[set].avs;
        params.operatorSetIds = new uint32[](1);
        params.operatorSetIds[0] = sets[set].id;
        address caller = _callerAt(dice, operator, IAllocationManager.registerForOperatorSets.selector);
        return _allocations(caller, abi.encodeCall(IAllocationManager.registerForOperatorSets, (operator, params)));
    }

    /// @dev Above all not with another recipient.
    function _createSetAgain(Dice memory dice) private view returns (Attempt memory) {
        return _createSet(dice, _anySet(dice, true), dice.pick(recipients));
    }

    function _redistributeToNobody(Dice memory dice) private view returns (Attempt memory attempt) {
        uint256 set = _anySet(dice, false);
        if (set == NONE) return attempt;
        return _createSet(dice, set, dice.chance(50) ? address(0) : BURN_ADDRESS);
    }

    function _createSet(Dice memory dice, uint256 set, address recipient) private view returns (Attempt memory) {
        IAllocationManagerTypes.CreateSetParams[] memory params = new IAllocationManagerTypes.CreateSetParams[](1);
        params[0].operatorSetId = sets[set].id;
        address[] memory paid = new address[](1);
        paid[0] = recipient;
        address avs = sets[set].avs;
        address caller =
            _callerAt(dice, avs, IRedistributionAllocationManager.createRedistributingOperatorSets.selector);
        return _allocations(
            caller,
            abi.encodeCall(IRedistributionAllocationManager.createRedistributingOperatorSets, (avs, params, paid))
        );
    }

    function _allocations(address caller, bytes memory data) private view returns (Attempt memory) {
        return Attempt(caller, address(allocationManager), data);
    }

    /* STAKERS */

    function _depositNothing(Dice memory dice) private view returns (Attempt memory) {
        uint256 at = dice.below(STRATEGIES);
        bytes memory data = abi.encodeCall(IStrategyManager.depositIntoStrategy, (strategies[at], tokens[at], 0));
        return Attempt(dice.pick(stakers), address(strategyManager), data);
    }

    function _delegateTwice(Dice memory dice) private view returns (Attempt memory) {
        ISignatures.SignatureWithExpiry memory none;
        address operator = operators[_anyOperator(dice)];
        bytes memory data = abi.encodeCall(IDelegationManager.delegateTo, (operator, none, bytes32(0)));
        return Attempt(_delegatedStaker(dice), address(delegationManager), data);
    }

    function _undelegateOperator(Dice memory dice) private view returns (Attempt memory) {
        address operator = operators[_anyOperator(dice)];
        bytes memory data = abi.encodeCall(IDelegationManager.undelegate, (operator));
        return Attempt(operator, address(delegationManager), data);
    }

    /// @dev One share more than there is.
    function _queueTooMuch(Dice memory dice) private view returns (Attempt memory) {
        address staker = dice.pick(stakers);
        IStrategy strategy = strategies[dice.below(STRATEGIES)];
        IDelegationManagerTypes.QueuedWithdrawalParams[] memory params =
            new IDelegationManagerTypes.QueuedWithdrawalParams[](1);
        params[0].strategies = new IStrategy[](1);
        params[0].strategies[0] = strategy;
        params[0].depositShares = new uint256[](1);
        params[0].depositShares[0] = strategyManager.stakerDepositShares(staker, strategy) + 1;
        return
            Attempt(staker, address(delegationManager), abi.encodeCall(IDelegationManager.queueWithdrawals, (params)));
    }

    function _completeEarly(Dice memory dice) private view returns (Attempt memory attempt) {
        uint256 place = _anyQueued(dice, false);
        if (place == NONE) return attempt;
        return _complete(dice, place, stakers[_withdrawals[place].staker]);
    }

    function _completeForeign(Dice memory dice) private view returns (Attempt memory attempt) {
        uint256 place = _anyQueued(dice, true);
        if (place == NONE) return attempt;
        address caller = dice.pick(actors);
        if (caller == stakers[_withdrawals[place].staker]) return attempt;
        return _complete(dice, place, caller);
    }

    function _complete(Dice memory dice, uint256 place, address caller) private view returns (Attempt memory) {
        IDelegationManagerTypes.Withdrawal memory withdrawal =
            delegationManager.queuedWithdrawals(_withdrawals[place].root);
        IERC20[] memory paid = _tokensOf(withdrawal.strategies);
        bytes memory data =
            abi.encodeCall(IDelegationManager.completeQueuedWithdrawal, (withdrawal, paid, dice.chance(50)));
        return Attempt(caller, address(delegationManager), data);
    }

    function _tokensOf(IStrategy[] memory where) internal view returns (IERC20[] memory result) {
        result = new IERC20[](where.length);
        for (uint256 i = 0; i < where.length; ++i) {
            result[i] = tokens[_placeOf(where[i])];
        }
    }

    /* INSIDES */

    /// @dev What only the core contracts may call.
    function _callPlumbing(Dice memory dice) private view returns (Attempt memory attempt) {
        uint256 at = dice.below(STRATEGIES);
        IStrategy strategy = strategies[at];
        address account = dice.pick(stakers);
        uint256 amount = dice.upTo(strategies[at].totalShares() + 1);
        uint256 kind = dice.below(5);
        attempt.caller = dice.pick(actors);
        attempt.to = kind < 2 ? address(delegationManager) : address(strategyManager);
        if (kind == 0) {
            attempt.data = abi.encodeCall(IDelegationManager.increaseDelegatedShares, (account, strategy, 0, amount));
        } else if (kind == 1) {
            attempt.data = abi.encodeCall(
                IRedistributionDelegationManager.slashOperatorShares,
                (account, sets[0], 1, strategy, SlashingLib.WAD, 1)
            );
        } else if (kind == 2) {
            attempt.data = abi.encodeCall(IShareManager.addShares, (account, strategy, amount));
        } else if (kind == 3) {
            attempt.data = abi.encodeCall(IShareManager.withdrawSharesAsTokens, (account, strategy, tokens[at], amount));
        } else {
            attempt.to = address(strategy);
            attempt.data = abi.encodeCall(IRedistributionStrategy.withdraw, (account, tokens[at], amount));
        }
    }

    function _administerAsOutsider(Dice memory dice) private view returns (Attempt memory attempt) {
        attempt.caller = dice.pick(actors);
        uint256 kind = dice.below(4);
        IPausable contract_ = pausable[dice.below(pausable.length)];
        bool insider;
        if (kind == 0) {
            insider = attempt.caller == strategyManager.owner();
            attempt.to = address(strategyManager);
            attempt.data = abi.encodeCall(IStrategyManager.setStrategyWhitelister, (stranger));
        } else if (kind == 1) {
            insider = attempt.caller == strategyManager.strategyWhitelister();
            attempt.to = address(strategyManager);
            attempt.data = abi.encodeCall(IStrategyManager.removeStrategiesFromDepositWhitelist, (_listed()));
        } else if (kind == 2) {
            insider = pauserRegistry.isPauser(attempt.caller);
            attempt.to = address(contract_);
            attempt.data = abi.encodeCall(IPausable.pauseAll, ());
        } else {
            insider = attempt.caller == pauserRegistry.unpauser();
            attempt.to = address(contract_);
            attempt.data = abi.encodeCall(IPausable.unpause, (0));
        }
        if (insider) attempt.caller = address(0);
    }

    function _initializeOrUpgrade(Dice memory dice) private view returns (Attempt memory) {
        address contract_ = address(pausable[dice.below(pausable.length)]);
        bytes memory data = dice.chance(50)
            ? abi.encodeCall(IRedistributionAllocationManager.initialize, (0))
            : abi.encodeCall(ITransparentUpgradeableProxy.upgradeTo, (address(pauserRegistry)));
        return Attempt(dice.pick(actors), contract_, data);
    }

    function _shareForeignRights(Dice memory dice) private view returns (Attempt memory attempt) {
        address account = dice.pick(principals);
        attempt.caller = dice.pick(actors);
        attempt.to = address(permissionController);
        if (permissionController.isAdmin(account, attempt.caller)) attempt.caller = address(0);
        if (dice.chance(50)) {
            attempt.data = abi.encodeCall(IPermissionController.addPendingAdmin, (account, attempt.caller));
        } else {
            (address target, bytes4 selector) = _permission(dice);
            attempt.data =
                abi.encodeCall(IPermissionController.setAppointee, (account, attempt.caller, target, selector));
        }
    }
}
