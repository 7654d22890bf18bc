// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SlashingLib} from "../src/libraries/SlashingLib.sol";
import {Bookkeeping} from "./Bookkeeping.sol";
import {Cleared, Ghosts, Kind, Queued, Slashed, StrategyHistory} from "./Ghosts.sol";
import {Ledger, LedgerLib, NONE, Place} from "./Ledger.sol";
import {Waiting} from "./Lens.sol";
import {Slots} from "./Slots.sol";
import {Setting} from "./Stage.sol";

/// @title The catalogue, in Solidity
/// @notice The same properties with the same quantifiers as in `invariants/`, where each has its statement, its formula
/// and why it matters. All are judged on one reading of the ledger.
abstract contract Invariants is Bookkeeping {
    using LedgerLib for Ledger;
    using LedgerLib for uint256[];
    using SlashingLib for uint256;
    using Slots for uint256;
    using Slots for uint256[];

    /// @dev All that an invariant sees.
    struct Step {
        Setting setting;
        Ledger ledger;
        Ghosts ghosts;
    }

    /// @dev One strategy of a slash, before and after.
    struct Part {
        bool taken;
        /// The allocation as it stood in the slash's block, and as it is.
        int256 was;
        int256 current;
        int256 maxBefore;
        int256 maxAfter;
        /// With this allocation completed if it was over.
        int256 encumberedBefore;
        int256 encumberedAfter;
    }

    function _judge(Step memory step) internal view {
        _MAG_02(step);
        _MAG_03(step);
        _MAG_05(step);
        _MAG_06(step);
        _MAG_08(step);
        _MAG_12(step);
        _QUE_02(step);
        _QUE_04(step);
        _QUE_05(step);
        _QUE_06(step);
        _SET_01(step);
        _SET_08(step);
        _SLA_01(step);
        _SLA_02(step);
        _SLA_04(step);
        _SLA_09(step);
        _DEL_05(step);
        _DEL_07(step);
        _DEL_10(step);
        _WDR_01(step);
        _WDR_12(step);
        _WDR_13(step);
        _CON_02(step);
        _CON_03(step);
        _CON_05(step);
        _CON_09(step);
        _RED_01(step);
        _RED_03(step);
        _RED_04(step);
        _RED_06(step);
        _AUT_01(step);
    }

    /* MAGNITUDES */

    function _MAG_02(Step memory step) internal pure {
        Ledger memory ledger = step.ledger;
        Slashed memory slashed = step.ghosts.last.slashed;
        for (uint256 operator = 0; operator < ledger.operatorCount; ++operator) {
            for (uint256 strategy = 0; strategy < ledger.strategyCount; ++strategy) {
                uint256 was = step.ghosts.maxMagnitudes[operator][strategy];
                uint256 current = ledger.maxMagnitudes[operator * ledger.strategyCount + strategy];
                if (was == current) continue;
                require(current < was, "MAG-02: a maximum magnitude rose");
                bool provoked = step.ghosts.last.kind == Kind.Slash && slashed.operator == operator;
                require(provoked && slashed.wads[strategy] > 0, "MAG-02: a maximum magnitude fell without a slash");
            }
        }
    }

    function _MAG_03(Step memory step) internal view {
        Ledger memory ledger = step.ledger;
        for (uint256 stake = 0; stake < ledger.encumbered.length; ++stake) {
            if (ledger.encumbered[stake] == 0) continue;
            uint256 max = ledger.maxMagnitudes[stake];
            require(ledger.encumbered[stake] <= max, "MAG-03: more is encumbered than there is");
            int256 encumbered = ledger.encumberedNow(stake);
            require(encumbered >= 0 && encumbered <= int256(max), "MAG-03: more shows encumbered than there is");
        }
    }

    function _MAG_05(Step memory step) internal pure {
        Ledger memory ledger = step.ledger;
        int256[] memory sums = new int256[](ledger.encumbered.length);
        for (uint256 i = 0; i < ledger.allocated.length; ++i) {
            Place memory place = ledger.allocated[i];
            sums[place.stake] += place.allocation.current() + _positive(place.allocation.pending());
        }
        for (uint256 stake = 0; stake < sums.length; ++stake) {
            bool same = int256(ledger.encumbered[stake]) == sums[stake];
            require(same, "MAG-05: what is encumbered is not what is allocated and promised");
        }
    }

    function _MAG_06(Step memory step) internal view {
        Ledger memory ledger = step.ledger;
        int256[] memory sums = new int256[](ledger.maxMagnitudes.length);
        for (uint256 i = 0; i < ledger.allocated.length; ++i) {
            Place memory place = ledger.allocated[i];
            (int256 current, int256 pending) = place.allocation.settled(block.number);
            sums[place.stake] += current + _positive(pending);
        }
        for (uint256 stake = 0; stake < sums.length; ++stake) {
            require(sums[stake] <= int256(ledger.maxMagnitudes[stake]), "MAG-06: sets were given more than there is");
        }
    }

    function _MAG_08(Step memory step) internal pure {
        Ledger memory ledger = step.ledger;
        for (uint256 i = 0; i < ledger.allocated.length; ++i) {
            uint256 allocation = ledger.allocated[i].allocation;
            int256 pending = allocation.pending();
            bool bounded = pending >= 0 || allocation.current() + pending >= 0;
            require(bounded, "MAG-08: more is being deallocated than is allocated");
        }
    }

    function _MAG_12(Step memory step) internal view {
        for (uint256 i = 0; i < step.ledger.magnitudeHistories.length; ++i) {
            uint256[] memory history = step.ledger.magnitudeHistories[i];
            if (history.length == 0) continue;
            require(history[0].valueOf() <= SlashingLib.WAD, "MAG-12: a magnitude above WAD");
            for (uint256 j = 1; j < history.length; ++j) {
                require(history[j - 1].blockOf() < history[j].blockOf(), "MAG-12: a history is out of order");
                require(history[j - 1].valueOf() >= history[j].valueOf(), "MAG-12: a history rises");
            }
            require(history[history.length - 1].blockOf() <= block.number, "MAG-12: a history of the future");
        }
    }

    /* DEALLOCATION QUEUE */

    function _QUE_02(Step memory step) internal pure {
        for (uint256 i = 0; i < step.ledger.queues.length; ++i) {
            uint256[] memory queue = step.ledger.queues[i];
            for (uint256 j = 1; j < queue.length; ++j) {
                for (uint256 k = 0; k < j; ++k) {
                    require(queue[j] != queue[k], "QUE-02: a set is queued twice");
                }
            }
        }
    }

    function _QUE_04(Step memory step) internal pure {
        Ledger memory ledger = step.ledger;
        for (uint256 i = 0; i < ledger.queues.length; ++i) {
            for (uint256 j = 0; j < ledger.queues[i].length; ++j) {
                uint256 set = ledger.setOf(ledger.queues[i][j]);
                require(set != NONE, "QUE-04: what is queued is no set");
                require(ledger.allocation(i, set).pending() <= 0, "QUE-04: an allocation is queued");
            }
        }
    }

    function _QUE_05(Step memory step) internal pure {
        Ledger memory ledger = step.ledger;
        for (uint256 i = 0; i < ledger.allocated.length; ++i) {
            Place memory place = ledger.allocated[i];
            if (place.allocation.pending() >= 0) continue;
            require(ledger.queues[place.stake].contains(ledger.keys[place.set]), "QUE-05: a deallocation is not queued");
        }
    }

    function _QUE_06(Step memory step) internal pure {
        Ledger memory ledger = step.ledger;
        for (uint256 i = 0; i < ledger.queues.length; ++i) {
            uint256 latest = 0;
            for (uint256 j = 0; j < ledger.queues[i].length; ++j) {
                uint256 set = ledger.setOf(ledger.queues[i][j]);
                if (set == NONE) continue;
                uint256 effect = ledger.allocation(i, set).effectBlock();
                // A slash can complete an entry that is still queued; then its block is zero.
                if (effect == 0) continue;
                require(effect >= latest, "QUE-06: a queue is out of order");
                latest = effect;
            }
        }
    }

    /* OPERATOR SETS */

    function _SET_01(Step memory step) internal pure {
        Ledger memory ledger = step.ledger;
        for (uint256 operator = 0; operator < ledger.operatorCount; ++operator) {
            bool agreed = ledger.listed[operator] == ledger.known[operator]
                && ledger.known[operator] == ledger.registered[operator];
            require(agreed, "SET-01: who is in a set is not agreed on");
        }
    }

    function _SET_08(Step memory step) internal pure {
        for (uint256 set = 0; set < step.ledger.setCount; ++set) {
            uint256 agreed = uint256(uint160(step.ghosts.recipients[set]));
            require(step.ledger.recipients[set] == agreed, "SET-08: a recipient changed");
        }
    }

    /* SLASHES */

    function _SLA_01(Step memory step) internal pure {
        if (step.ghosts.last.kind != Kind.Slash) return;
        for (uint256 strategy = 0; strategy < step.ledger.strategyCount; ++strategy) {
            Part memory part = _part(step, strategy);
            if (!part.taken) continue;
            int256 taken = int256(uint256(part.was).mulWadUp(step.ghosts.last.slashed.wads[strategy]));
            require(part.current == part.was - taken, "SLA-01: not the proportion of the allocation");
            require(part.maxAfter == part.maxBefore - taken, "SLA-01: not the same of the maximum");
            require(part.encumberedAfter == part.encumberedBefore - taken, "SLA-01: not the same of what is encumbered");
        }
    }

    function _SLA_02(Step memory step) internal pure {
        if (step.ghosts.last.kind != Kind.Slash) return;
        for (uint256 strategy = 0; strategy < step.ledger.strategyCount; ++strategy) {
            Part memory part = _part(step, strategy);
            if (!part.taken) continue;
            int256 taken = part.was - part.current;
            require(part.maxBefore - part.maxAfter == taken, "SLA-02: not the same of the maximum");
            require(part.encumberedBefore - part.encumberedAfter == taken, "SLA-02: not the same of what is encumbered");
        }
    }

    function _SLA_04(Step memory step) internal pure {
        if (step.ghosts.last.kind != Kind.Slash) return;
        Ledger memory ledger = step.ledger;
        Slashed memory slashed = step.ghosts.last.slashed;
        uint256[] memory others = ledger.allocations[slashed.operator];
        uint256[] memory own = new uint256[](ledger.strategyCount);
        uint256 first = slashed.set * ledger.strategyCount;
        for (uint256 i = 0; i < own.length; ++i) {
            (own[i], others[first + i]) = (others[first + i], 0);
        }
        bool unchanged = keccak256(abi.encodePacked(others)) == slashed.othersHash;
        require(unchanged, "SLA-04: a slash reached another set");
        for (uint256 i = 0; i < own.length; ++i) {
            others[first + i] = own[i];
        }
    }

    function _SLA_09(Step memory step) internal pure {
        if (step.ghosts.last.kind != Kind.Slash) return;
        Slashed memory slashed = step.ghosts.last.slashed;
        for (uint256 strategy = 0; strategy < step.ledger.strategyCount; ++strategy) {
            Part memory part = _part(step, strategy);
            if (!part.taken) continue;
            if (part.maxBefore == 0) return;
            uint256 expected = Math.mulDiv(
                slashed.operatorShares[strategy], uint256(part.maxAfter), uint256(part.maxBefore), Math.Rounding.Up
            );
            uint256 left = step.ledger.operatorShares[slashed.operator * step.ledger.strategyCount + strategy];
            require(left == expected, "SLA-09: not the operator shares that are left");
        }
    }

    function _part(Step memory step, uint256 strategy) private pure returns (Part memory part) {
        Ledger memory ledger = step.ledger;
        Slashed memory slashed = step.ghosts.last.slashed;
        if (slashed.wads[strategy] == 0) return part;
        uint256 stored = slashed.allocations[strategy];
        (part.was,) = stored.settled(slashed.atBlock);
        part.taken = part.was > 0;
        if (!part.taken) return part;
        uint256 stake = slashed.operator * ledger.strategyCount + strategy;
        part.current = ledger.allocation(stake, slashed.set).current();
        part.maxBefore = int256(uint256(step.ghosts.maxMagnitudes[slashed.operator][strategy]));
        part.maxAfter = int256(ledger.maxMagnitudes[stake]);
        part.encumberedBefore = int256(slashed.encumbered[strategy]);
        if (slashed.atBlock >= stored.effectBlock() && stored.pending() < 0) part.encumberedBefore += stored.pending();
        part.encumberedAfter = int256(ledger.encumbered[stake]);
    }

    /* DELEGATION */

    function _DEL_05(Step memory step) internal pure {
        Ledger memory ledger = step.ledger;
        uint256[] memory scaled = new uint256[](ledger.operatorShares.length);
        for (uint256 staker = 0; staker < ledger.operatorOf.length; ++staker) {
            if (ledger.operatorOf[staker] == NONE) continue;
            for (uint256 strategy = 0; strategy < ledger.strategyCount; ++strategy) {
                uint256 place = staker * ledger.strategyCount + strategy;
                if (ledger.shares[place] == 0) continue;
                scaled[
                    ledger.operatorOf[staker]
                    * ledger.strategyCount
                    + strategy
                ] += ledger.shares[place].mulWadDown(ledger.factors[place]);
            }
        }
        for (uint256 i = 0; i < scaled.length; ++i) {
            bool backed = ledger.operatorShares[i] * SlashingLib.WAD >= scaled[i] * ledger.maxMagnitudes[i];
            require(backed, "DEL-05: an operator has fewer shares than its stakers can withdraw");
        }
    }

    function _DEL_07(Step memory step) internal pure {
        Ledger memory ledger = step.ledger;
        for (uint256 staker = 0; staker < ledger.operatorOf.length; ++staker) {
            for (uint256 strategy = 0; strategy < ledger.strategyCount; ++strategy) {
                uint256 place = staker * ledger.strategyCount + strategy;
                if (ledger.shares[place] == 0) continue;
                uint256 operator = ledger.operatorOf[staker];
                uint256 factor = operator == NONE
                    ? SlashingLib.WAD
                    : ledger.maxMagnitudes[operator * ledger.strategyCount + strategy];
                uint256 withdrawable = ledger.shares[place].mulWadDown(ledger.factors[place]).mulWadDown(factor);
                require(withdrawable <= ledger.shares[place], "DEL-07: a staker can withdraw more than it deposited");
            }
        }
    }

    function _DEL_10(Step memory step) internal pure {
        Ledger memory ledger = step.ledger;
        for (uint256 i = 0; i < ledger.shares.length; ++i) {
            bool reset = ledger.shares[i] > 0 || ledger.factors[i] == SlashingLib.WAD;
            require(reset, "DEL-10: a scaling factor without shares");
        }
    }

    /* WITHDRAWALS */

    function _WDR_01(Step memory step) internal pure {
        Ledger memory ledger = step.ledger;
        Queued[] memory withdrawals = step.ghosts.withdrawals;
        for (uint256 i = 0; i < withdrawals.length; ++i) {
            bool listed = ledger.roots[withdrawals[i].staker].contains(uint256(withdrawals[i].root));
            bool agreed = (ledger.pending[i] != 0) == listed && listed == (ledger.stored[i] != 0);
            require(agreed, "WDR-01: whether a withdrawal is queued is not agreed on");
        }
    }

    function _WDR_12(Step memory step) internal view {
        for (uint256 i = 0; i < step.ledger.queuedHistories.length; ++i) {
            uint256[] memory history = step.ledger.queuedHistories[i];
            if (history.length == 0) continue;
            for (uint256 j = 1; j < history.length; ++j) {
                require(history[j - 1].blockOf() < history[j].blockOf(), "WDR-12: a history is out of order");
                require(history[j - 1].valueOf() <= history[j].valueOf(), "WDR-12: a history falls");
            }
            require(history[history.length - 1].blockOf() <= block.number, "WDR-12: a history of the future");
        }
    }

    function _WDR_13(Step memory step) internal view {
        Ledger memory ledger = step.ledger;
        uint256[] memory queued = new uint256[](ledger.queuedHistories.length);
        Queued[] memory withdrawals = step.ghosts.withdrawals;
        for (uint256 i = 0; i < withdrawals.length; ++i) {
            if (withdrawals[i].operator == NOBODY) continue;
            if (withdrawals[i].startBlock + WITHDRAWAL_DELAY < block.number) continue;
            uint256 first = withdrawals[i].operator * ledger.strategyCount;
            for (uint256 strategy = 0; strategy < ledger.strategyCount; ++strategy) {
                queued[first + strategy] += withdrawals[i].scaledShares[strategy];
            }
        }
        for (uint256 i = 0; i < queued.length; ++i) {
            uint256[] memory history = ledger.queuedHistories[i];
            uint256 inWindow = history.at(NONE, 0) - history.at(block.number - WITHDRAWAL_DELAY - 1, 0);
            require(inWindow == queued[i], "WDR-13: not what was queued in the slashable window");
        }
    }

    /* CONSERVATION */

    function _CON_02(Step memory step) internal pure {
        for (uint256 strategy = 0; strategy < step.ledger.strategyCount; ++strategy) {
            bool same = step.ledger.totalShares[strategy] == step.ghosts.strategies[strategy].shares;
            require(same, "CON-02: a strategy has other shares than its history says");
        }
    }

    function _CON_03(Step memory step) internal view {
        for (uint256 strategy = 0; strategy < step.ledger.strategyCount; ++strategy) {
            StrategyHistory memory history = step.ghosts.strategies[strategy];
            uint256 total = step.ledger.totalShares[strategy];
            uint256 owed = _owedToHolders(step, strategy) + _owedToQueue(step, strategy);
            owed += _waitingShares(step.ledger, uint256(uint160(address(step.setting.strategies[strategy]))));
            owed += step.ledger.burnableShares[strategy];
            require(owed <= total + history.queuedInexactly, "CON-03: more shares are owed than there are");
            uint256 dust = 2 * uint256(history.slashes) + history.queued;
            require(owed + dust >= total, "CON-03: shares belong to nobody");
        }
    }

    function _owedToHolders(Step memory step, uint256 strategy) private pure returns (uint256 owed) {
        Ledger memory ledger = step.ledger;
        for (uint256 operator = 0; operator < ledger.operatorCount; ++operator) {
            owed += ledger.operatorShares[operator * ledger.strategyCount + strategy];
        }
        for (uint256 staker = 0; staker < ledger.delegatedTo.length; ++staker) {
            if (ledger.delegatedTo[staker] == 0) owed += ledger.shares[staker * ledger.strategyCount + strategy];
        }
    }

    function _owedToQueue(Step memory step, uint256 strategy) private view returns (uint256 owed) {
        Ledger memory ledger = step.ledger;
        Queued[] memory withdrawals = step.ghosts.withdrawals;
        for (uint256 i = 0; i < withdrawals.length; ++i) {
            uint256 scaled = withdrawals[i].scaledShares[strategy];
            if (ledger.pending[i] == 0 || scaled == 0) continue;
            uint256 factor = SlashingLib.WAD;
            if (withdrawals[i].operator != NOBODY) {
                uint256 place = withdrawals[i].operator * ledger.strategyCount + strategy;
                uint256 until = Math.min(withdrawals[i].startBlock + WITHDRAWAL_DELAY, block.number);
                factor = ledger.magnitudeHistories[place].at(until, SlashingLib.WAD);
            }
            owed += scaled.mulWadDown(factor);
        }
    }

    function _waitingShares(Ledger memory ledger, uint256 strategy) private pure returns (uint256 shares) {
        for (uint256 set = 0; set < ledger.slashes.length; ++set) {
            for (uint256 id = 0; id < ledger.slashes[set].length; ++id) {
                Waiting memory waiting = ledger.slashes[set][id];
                for (uint256 i = 0; i < waiting.strategies.length; ++i) {
                    if (waiting.strategies[i] == strategy) shares += waiting.shares[i];
                }
            }
        }
    }

    function _CON_05(Step memory step) internal pure {
        for (uint256 strategy = 0; strategy < step.ledger.strategyCount; ++strategy) {
            uint256 balance = step.ledger.balances[strategy];
            uint256 shares = step.ledger.totalShares[strategy];
            uint256 hadBalance = step.ghosts.last.balances[strategy];
            uint256 hadShares = step.ghosts.last.totalShares[strategy];
            bool kept = (balance + 1_000) * (hadShares + 1_000) >= (hadBalance + 1_000) * (shares + 1_000);
            require(kept, "CON-05: a share is worth less");
        }
    }

    function _CON_09(Step memory step) internal view {
        if (step.ghosts.last.kind != Kind.Slash) return;
        uint256[] memory holdings = _holdings();
        bool same = keccak256(abi.encodePacked(holdings)) == step.ghosts.last.slashed.holdingsHash;
        require(same, "CON-09: a slash moved tokens");
    }

    /* BURNING AND REDISTRIBUTION */

    function _RED_01(Step memory step) internal pure {
        for (uint256 set = 0; set < step.ledger.setCount; ++set) {
            bool same = step.ledger.slashCounts[set] == step.ghosts.slashes[set];
            require(same, "RED-01: a set does not count its slashes");
        }
    }

    function _RED_03(Step memory step) internal pure {
        Ledger memory ledger = step.ledger;
        for (uint256 set = 0; set < ledger.setCount; ++set) {
            uint256[] memory pending = ledger.pendingSlashes[set];
            bool listed = ledger.pendingSets.contains(ledger.keys[set]);
            require(listed == (pending.length > 0), "RED-03: whether a set waits is not agreed on");
            for (uint256 id = 0; id < ledger.slashes[set].length; ++id) {
                bool waits = ledger.slashes[set][id].strategies.length > 0;
                require(pending.contains(id) == waits, "RED-03: whether a slash waits is not agreed on");
            }
            for (uint256 i = 0; i < pending.length; ++i) {
                require(pending[i] < ledger.slashes[set].length, "RED-03: a slash is listed that never was");
            }
        }
    }

    function _RED_04(Step memory step) internal pure {
        Cleared[] memory cleared = step.ghosts.cleared;
        for (uint256 i = 0; i < cleared.length; ++i) {
            require(cleared[i].paid == cleared[i].recorded, "RED-04: a slash paid out other shares than it took");
        }
    }

    function _RED_06(Step memory step) internal view {
        if (step.ghosts.last.kind != Kind.Clear) return;
        address recipient = step.ghosts.recipients[step.ghosts.last.clearedSet];
        if (recipient == address(0)) recipient = BURN_ADDRESS;
        uint256[] memory holdings = _holdings();
        for (uint256 token = 0; token < step.setting.tokens.length; ++token) {
            _checkPayment(step, holdings, token, recipient);
        }
    }

    /// @dev That what left the strategy of a token arrived at the recipient, and nobody else's balance moved.
    function _checkPayment(Step memory step, uint256[] memory holdings, uint256 token, address recipient) private pure {
        address[] memory holders = step.setting.holders;
        address payer = address(step.setting.strategies[token]);
        int256 paid = 0;
        int256 arrived = 0;
        for (uint256 i = 0; i < holders.length; ++i) {
            uint256 place = token * holders.length + i;
            int256 moved = int256(holdings[place]) - int256(step.ghosts.last.holdings[place]);
            if (holders[i] == recipient) arrived += moved;
            else if (holders[i] == payer) paid -= moved;
            else require(moved == 0, "RED-06: clearing a slash paid somebody else");
        }
        // A strategy that is its own recipient pays and receives in one.
        require(payer == recipient || paid == arrived, "RED-06: clearing a slash did not pay the recipient");
    }

    /* AUTHORITY */

    function _AUT_01(Step memory step) internal pure {
        if (step.ghosts.last.kind != Kind.Slash) return;
        require(step.ghosts.last.slashed.permitted, "AUT-01: somebody slashed who may not");
    }

    function _positive(int256 number) private pure returns (int256) {
        return number > 0 ? number : int256(0);
    }
}
