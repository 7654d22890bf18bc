// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IAllocationManager, IAllocationManagerTypes} from "../src/interfaces/IAllocationManager.sol";
import {IStrategy} from "../src/interfaces/IStrategy.sol";
import {OperatorSet} from "../src/libraries/OperatorSetLib.sol";
import {Bookkeeping} from "./Bookkeeping.sol";
import {Dice, Draw} from "./Draw.sol";
import {Queued} from "./Ghosts.sol";
import {NONE} from "./Ledger.sol";
import {Slots} from "./Slots.sol";
import {IRedistributionAllocationManager} from "../src/redistribution/interfaces/IRedistributionAllocationManager.sol";

/// @notice An allocation that can be changed now, and how much magnitude is free for it.
struct Change {
    /// {NONE} if there is no such allocation.
    uint256 set;
    uint256 strategy;
    uint64 current;
    uint64 free;
}

/// @notice A slash that takes something.
struct Target {
    /// {NONE} if nobody can be slashed.
    uint256 operator;
    uint256 set;
    /// By strategy of the set.
    uint64[3] currents;
    uint256 count;
}

/// @title Who can do what now
/// @notice Everything here looks for the first that fits, from a random place on.
abstract contract Choices is Bookkeeping {
    using Draw for Dice;
    using Slots for uint256;

    /* CONSTANTS */

    /// @dev Pause bits.
    uint8 internal constant MODIFY_ALLOCATIONS = 0;
    uint8 internal constant SLASH = 1;
    uint8 internal constant REGISTRATION = 2;
    uint8 internal constant NEW_DELEGATION = 0;
    uint8 internal constant ENTER_QUEUE = 1;
    uint8 internal constant EXIT_QUEUE = 2;
    uint8 internal constant DEPOSITS = 0;
    uint8 internal constant STRATEGY_DEPOSITS = 0;
    uint8 internal constant STRATEGY_WITHDRAWALS = 1;

    /* PEOPLE */

    /// @dev Somebody who may call `selector` of the allocation manager for `account`.
    function _callerAt(Dice memory dice, address account, bytes4 selector) internal view returns (address) {
        return _caller(dice, account, address(allocationManager), selector);
    }

    /// @dev Somebody who may call `selector` of `target` for `account`: an admin, or who was appointed to it.
    function _caller(Dice memory dice, address account, address target, bytes4 selector)
        internal
        view
        returns (address)
    {
        address[] memory appointees = permissionController.getAppointees(account, target, selector);
        if (appointees.length > 0 && dice.chance(50)) return dice.choose(appointees);
        return _admin(dice, account);
    }

    function _admin(Dice memory dice, address account) internal view returns (address) {
        return dice.choose(permissionController.getAdmins(account));
    }

    /// @dev Somebody who may not: mostly the stranger.
    function _outsider(Dice memory dice, address account, bytes4 selector) internal view returns (address) {
        address target = address(allocationManager);
        bool known = permissionController.canCall(account, stranger, target, selector);
        if (!known && dice.chance(50)) return stranger;
        uint256 start = dice.below(actors.length);
        for (uint256 i = 0; i < actors.length; ++i) {
            address actor = actors[(start + i) % actors.length];
            if (!permissionController.canCall(account, actor, target, selector)) return actor;
        }
        return address(0);
    }

    /// @dev Mostly a stranger, sometimes somebody who takes part.
    function _anybody(Dice memory dice) internal view returns (address) {
        return dice.chance(60) ? stranger : dice.pick(actors);
    }

    function _isOperator(address account) internal view returns (bool) {
        return delegationManager.delegatedTo(account) == account;
    }

    /// @dev Place of an operator; there are always some.
    function _anyOperator(Dice memory dice) internal view returns (uint256) {
        uint256 start = dice.below(OPERATORS);
        for (uint256 i = 0; i < OPERATORS; ++i) {
            uint256 at = (start + i) % OPERATORS;
            if (_isOperator(operators[at])) return at;
        }
        return NONE;
    }

    /// @dev Place of an operator whose allocation delay is in force.
    function _readyOperator(Dice memory dice) internal view returns (uint256) {
        uint256 start = dice.below(OPERATORS);
        for (uint256 i = 0; i < OPERATORS; ++i) {
            uint256 at = (start + i) % OPERATORS;
            (bool isSet,) = allocationManager.getAllocationDelay(operators[at]);
            if (isSet) return at;
        }
        return NONE;
    }

    /// @dev A staker without operator.
    function _freeStaker(Dice memory dice) internal view returns (address) {
        uint256 start = dice.below(stakers.length);
        for (uint256 i = 0; i < stakers.length; ++i) {
            address staker = stakers[(start + i) % stakers.length];
            if (delegationManager.delegatedTo(staker) == address(0)) return staker;
        }
        return address(0);
    }

    /// @dev A staker with an operator other than itself.
    function _delegatedStaker(Dice memory dice) internal view returns (address) {
        uint256 start = dice.below(stakers.length);
        for (uint256 i = 0; i < stakers.length; ++i) {
            address staker = stakers[(start + i) % stakers.length];
            address operator = delegationManager.delegatedTo(staker);
            if (operator != address(0) && operator != staker) return staker;
        }
        return address(0);
    }

    /// @dev An operator that `staker` can come to with `held` without consent and without being fully slashed.
    function _openOperator(Dice memory dice, IStrategy[] memory held) internal view returns (address) {
        uint256 start = dice.below(OPERATORS);
        for (uint256 i = 0; i < OPERATORS; ++i) {
            address operator = operators[(start + i) % OPERATORS];
            if (!_isOperator(operator) || delegationManager.delegationApprover(operator) != address(0)) continue;
            if (_takes(operator, held)) return operator;
        }
        return address(0);
    }

    /// @dev Whether nothing of `held` would be lost with `operator`.
    function _takes(address operator, IStrategy[] memory held) internal view returns (bool) {
        for (uint256 i = 0; i < held.length; ++i) {
            if (allocationManager.getMaxMagnitude(operator, held[i]) == 0) return false;
        }
        return true;
    }

    /* STRATEGIES */

    /// @dev Place of a strategy that takes deposits of `staker`.
    function _openStrategy(Dice memory dice, address staker) internal view returns (uint256) {
        address operator = delegationManager.delegatedTo(staker);
        uint256 start = dice.below(STRATEGIES);
        for (uint256 i = 0; i < STRATEGIES; ++i) {
            uint256 at = (start + i) % STRATEGIES;
            if (!strategyManager.strategyIsWhitelistedForDeposit(strategies[at])) continue;
            if (strategies[at].paused(STRATEGY_DEPOSITS)) continue;
            if (allocationManager.getMaxMagnitude(operator, strategies[at]) > 0) return at;
        }
        return NONE;
    }

    /// @dev Between one and `most` of `items`; none if there are none.
    function _some(Dice memory dice, IStrategy[] memory items, uint256 most)
        internal
        pure
        returns (IStrategy[] memory chosen)
    {
        if (items.length == 0) return chosen;
        chosen = new IStrategy[](dice.some(most < items.length ? most : items.length));
        uint256 start = dice.below(items.length);
        for (uint256 i = 0; i < chosen.length; ++i) {
            chosen[i] = items[(start + i) % items.length];
        }
    }

    /// @dev Strategies that the set lacks, or has.
    function _strategiesOf(uint256 set, bool present) internal view returns (IStrategy[] memory result) {
        IStrategy[] memory inSet = allocationManager.getStrategiesInOperatorSet(sets[set]);
        if (present) return inSet;
        result = new IStrategy[](STRATEGIES - inSet.length);
        uint256 count = 0;
        for (uint256 i = 0; i < STRATEGIES; ++i) {
            if (!_contains(inSet, strategies[i])) result[count++] = strategies[i];
        }
    }

    function _contains(IStrategy[] memory list, IStrategy item) internal pure returns (bool) {
        for (uint256 i = 0; i < list.length; ++i) {
            if (list[i] == item) return true;
        }
        return false;
    }

    /* SETS */

    /// @dev Place of a set that exists, or does not.
    function _anySet(Dice memory dice, bool exists) internal view returns (uint256) {
        uint256 start = dice.below(SETS);
        for (uint256 i = 0; i < SETS; ++i) {
            uint256 at = (start + i) % SETS;
            if (_exists[at] == exists) return at;
        }
        return NONE;
    }

    /// @dev Some of the sets of one AVS: `wanted` says which of its four.
    function _someIds(Dice memory dice, uint256 avs, bool[4] memory wanted, uint256 most)
        internal
        view
        returns (uint32[] memory ids)
    {
        uint256 available = 0;
        for (uint256 i = 0; i < 4; ++i) {
            if (wanted[i]) ++available;
        }
        ids = new uint32[](dice.some(most < available ? most : available));
        uint256 start = dice.below(4);
        uint256 count = 0;
        for (uint256 i = 0; i < 4 && count < ids.length; ++i) {
            uint256 at = (start + i) % 4;
            if (wanted[at]) ids[count++] = sets[4 * avs + at].id;
        }
    }

    /// @dev Place of an AVS of which `operator` can join, or leave, the `wanted` sets.
    function _membership(Dice memory dice, address operator, bool joining)
        internal
        view
        returns (uint256 avs, bool[4] memory wanted)
    {
        uint256 start = dice.below(avss.length);
        for (uint256 i = 0; i < avss.length; ++i) {
            avs = (start + i) % avss.length;
            bool any = false;
            for (uint256 j = 0; j < 4; ++j) {
                uint256 set = 4 * avs + j;
                if (!_exists[set]) continue;
                wanted[j] = joining
                    ? !allocationManager.isOperatorSlashable(operator, sets[set])
                    : allocationManager.isMemberOfOperatorSet(operator, sets[set]);
                any = any || wanted[j];
            }
            if (any) return (avs, wanted);
        }
        return (NONE, wanted);
    }

    /// @dev Place of an operator that is in some set.
    function _member(Dice memory dice) internal view returns (uint256) {
        uint256 start = dice.below(OPERATORS);
        for (uint256 i = 0; i < OPERATORS; ++i) {
            uint256 at = (start + i) % OPERATORS;
            if (allocationManager.getRegisteredSets(operators[at]).length > 0) return at;
        }
        return NONE;
    }

    /* ALLOCATIONS */

    /// @dev An allocation of `operator` that can grow, or shrink. Prefers those that could be slashed: in a strategy of
    /// the set, and in a set the operator is in.
    function _change(Dice memory dice, address operator, bool grow) internal view returns (Change memory change) {
        change.set = NONE;
        uint64[STRATEGIES] memory free;
        for (uint256 i = 0; i < STRATEGIES; ++i) {
            free[i] = allocationManager.getAllocatableMagnitude(operator, strategies[i]);
        }
        uint256 kind = dice.below(100);
        uint256 start = dice.below(SETS);
        for (uint256 mode = kind < 50 ? 0 : kind < 90 ? 1 : 2; mode < 3; ++mode) {
            for (uint256 i = 0; i < SETS; ++i) {
                uint256 set = (start + i) % SETS;
                if (!_exists[set]) continue;
                if (mode == 0 && !allocationManager.isMemberOfOperatorSet(operator, sets[set])) continue;
                _changeIn(dice, operator, set, mode < 2, grow, free, change);
                if (change.set != NONE) return change;
            }
        }
    }

    function _changeIn(
        Dice memory dice,
        address operator,
        uint256 set,
        bool sensible,
        bool grow,
        uint64[STRATEGIES] memory free,
        Change memory change
    ) private view {
        IStrategy[] memory candidates = sensible ? _strategiesOf(set, true) : _listed();
        if (candidates.length == 0) return;
        uint256 start = dice.below(candidates.length);
        for (uint256 i = 0; i < candidates.length; ++i) {
            IStrategy candidate = candidates[(start + i) % candidates.length];
            uint256 strategy = _placeOf(candidate);
            if (grow && free[strategy] == 0) continue;
            IAllocationManagerTypes.Allocation memory allocation =
                allocationManager.getAllocation(operator, sets[set], candidate);
            if (allocation.effectBlock != 0 || (!grow && allocation.currentMagnitude == 0)) continue;
            (change.set, change.strategy) = (set, strategy);
            (change.current, change.free) = (allocation.currentMagnitude, free[strategy]);
            return;
        }
    }

    /// @dev Of the allocation at `place` among those of an operator.
    function _setAndStrategy(uint256 place) internal pure returns (uint256 set, uint256 strategy) {
        return (place / STRATEGIES, place % STRATEGIES);
    }

    function _allocation(uint256 set, uint256 strategy, uint256 magnitude)
        internal
        view
        returns (IAllocationManagerTypes.AllocateParams memory params)
    {
        params.operatorSet = sets[set];
        params.strategies = new IStrategy[](1);
        params.strategies[0] = strategies[strategy];
        params.newMagnitudes = new uint64[](1);
        params.newMagnitudes[0] = uint64(magnitude);
    }

    /* SLASHES */

    /// @dev A slash that takes something, if possible of all that an operator has when `whole`.
    function _target(Dice memory dice, bool whole) internal view returns (Target memory target) {
        target.operator = NONE;
        uint256 start = dice.below(OPERATORS);
        for (uint256 i = 0; i < OPERATORS; ++i) {
            uint256 operator = (start + i) % OPERATORS;
            OperatorSet[] memory allocated = allocationManager.getAllocatedSets(operators[operator]);
            uint256 first = allocated.length == 0 ? 0 : dice.below(allocated.length);
            for (uint256 j = 0; j < allocated.length; ++j) {
                OperatorSet memory operatorSet = allocated[(first + j) % allocated.length];
                Target memory found = _targetIn(operator, operatorSet);
                if (found.count == 0) continue;
                if (!whole || _isWhole(found)) return found;
                if (target.operator == NONE) target = found;
            }
        }
    }

    function _targetIn(uint256 operator, OperatorSet memory operatorSet) private view returns (Target memory target) {
        address account = operators[operator];
        if (!allocationManager.isOperatorSlashable(account, operatorSet)) return target;
        (target.operator, target.set) = (operator, _placeOf(operatorSet));
        IStrategy[] memory inSet = allocationManager.getStrategiesInOperatorSet(operatorSet);
        for (uint256 i = 0; i < inSet.length; ++i) {
            uint64 current = allocationManager.getAllocation(account, operatorSet, inSet[i]).currentMagnitude;
            target.currents[_placeOf(inSet[i])] = current;
            if (current > 0) ++target.count;
        }
    }

    /// @dev Whether some allocation is all that the operator has.
    function _isWhole(Target memory target) private view returns (bool) {
        for (uint256 i = 0; i < STRATEGIES; ++i) {
            if (target.currents[i] == 0) continue;
            uint64 max = allocationManager.getMaxMagnitude(operators[target.operator], strategies[i]);
            if (target.currents[i] == max) return true;
        }
        return false;
    }

    /// @dev Proportions to slash, in some of the strategies of a target.
    function _wads(Dice memory dice, Target memory target) internal pure returns (uint256[STRATEGIES] memory wads) {
        uint256 left = dice.some(target.count);
        uint256 start = dice.below(STRATEGIES);
        for (uint256 i = 0; i < STRATEGIES && left > 0; ++i) {
            uint256 at = (start + i) % STRATEGIES;
            if (target.currents[at] == 0) continue;
            wads[at] = dice.wad();
            --left;
        }
    }

    /// @dev A slash that waits and whose strategies all pay.
    function _waiting(Dice memory dice) internal view returns (uint256 set, uint256 id, IStrategy[] memory where) {
        OperatorSet[] memory pending = strategyManager.getPendingOperatorSets();
        if (pending.length == 0) return (NONE, 0, where);
        uint256 start = dice.below(pending.length);
        for (uint256 i = 0; i < pending.length; ++i) {
            set = _placeOf(pending[(start + i) % pending.length]);
            uint256[] memory ids = strategyManager.getPendingSlashIds(sets[set]);
            id = ids[dice.below(ids.length)];
            (where,) = strategyManager.getBurnOrRedistributableShares(sets[set], id);
            if (_allPay(where)) return (set, id, where);
        }
        return (NONE, 0, where);
    }

    function _allPay(IStrategy[] memory where) private view returns (bool) {
        for (uint256 i = 0; i < where.length; ++i) {
            if (strategies[_placeOf(where[i])].paused(STRATEGY_WITHDRAWALS)) return false;
        }
        return true;
    }

    /* WITHDRAWALS */

    /// @dev Place of a withdrawal in the queue that can be completed, or that cannot yet.
    function _anyQueued(Dice memory dice, bool mature) internal view returns (uint256) {
        if (_withdrawals.length == 0) return NONE;
        uint256 start = dice.below(_withdrawals.length);
        for (uint256 i = 0; i < _withdrawals.length; ++i) {
            uint256 at = (start + i) % _withdrawals.length;
            if (!_withdrawals[at].completed && _isMature(at) == mature) return at;
        }
        return NONE;
    }

    function _isMature(uint256 place) internal view returns (bool) {
        return block.number > _withdrawals[place].startBlock + WITHDRAWAL_DELAY;
    }

    /// @dev Whether a mature withdrawal can be completed, and how.
    function _way(Dice memory dice, uint256 place) internal view returns (bool possible, bool asTokens) {
        asTokens = dice.chance(50);
        possible = _pays(place, asTokens);
        if (!possible) {
            asTokens = !asTokens;
            possible = _pays(place, asTokens);
        }
    }

    function _pays(uint256 place, bool asTokens) private view returns (bool) {
        Queued storage queued = _withdrawals[place];
        address operator = delegationManager.delegatedTo(stakers[queued.staker]);
        for (uint256 i = 0; i < STRATEGIES; ++i) {
            if (queued.scaledShares[i] == 0) continue;
            if (asTokens && strategies[i].paused(STRATEGY_WITHDRAWALS)) return false;
            if (!asTokens && allocationManager.getMaxMagnitude(operator, strategies[i]) == 0) return false;
        }
        return true;
    }

    /* PAUSING AND RIGHTS */

    /// @dev Place of something that is paused somehow.
    function _pausedThing(Dice memory dice) internal view returns (uint256) {
        uint256 start = dice.below(pausable.length);
        for (uint256 i = 0; i < pausable.length; ++i) {
            uint256 at = (start + i) % pausable.length;
            if (pausable[at].paused() != 0) return at;
        }
        return NONE;
    }

    function _aPauser(Dice memory dice) internal view returns (address) {
        uint256 start = dice.below(pausers.length);
        for (uint256 i = 0; i < pausers.length; ++i) {
            address account = pausers[(start + i) % pausers.length];
            if (pauserRegistry.isPauser(account)) return account;
        }
        return address(0);
    }

    /// @dev Somebody who shares rights, with at least so many admins and so many invited.
    function _principal(Dice memory dice, uint256 admins, uint256 invited) internal view returns (address) {
        uint256 start = dice.below(principals.length);
        for (uint256 i = 0; i < principals.length; ++i) {
            address account = principals[(start + i) % principals.length];
            if (_adminCount(account) < admins) continue;
            if (permissionController.getPendingAdmins(account).length >= invited) return account;
        }
        return address(0);
    }

    /// @dev As stored: the view counts an account without admins as its own.
    function _adminCount(address account) internal view returns (uint256) {
        return Slots.word(address(permissionController), Slots.PERMISSIONS.entry(account) + Slots.ADMINS);
    }

    /// @dev What can be shared.
    function _permission(Dice memory dice) internal view returns (address target, bytes4 selector) {
        bytes4[10] memory selectors = [
            IRedistributionAllocationManager.slashOperator.selector,
            IAllocationManager.modifyAllocations.selector,
            IAllocationManager.registerForOperatorSets.selector,
            IAllocationManager.deregisterFromOperatorSets.selector,
            IAllocationManager.setAllocationDelay.selector,
            IAllocationManager.createOperatorSets.selector,
            IRedistributionAllocationManager.createRedistributingOperatorSets.selector,
            IAllocationManager.addStrategiesToOperatorSet.selector,
            delegationManager.undelegate.selector,
            delegationManager.modifyOperatorDetails.selector
        ];
        uint256 at = dice.below(selectors.length);
        return (at < 8 ? address(allocationManager) : address(delegationManager), selectors[at]);
    }
}
