// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {OperatorSet, OperatorSetLib} from "../src/libraries/OperatorSetLib.sol";
import {SlashingLib} from "../src/libraries/SlashingLib.sol";
import {Queued} from "./Ghosts.sol";
import {Group, Lens, Waiting} from "./Lens.sol";
import {Slots} from "./Slots.sol";
import {Setting} from "./Stage.sol";

/// @dev What is in no list.
uint256 constant NONE = type(uint256).max;

/// @notice The accounting as it is stored. A stake is what an operator has in one strategy.
struct Ledger {
    uint256 operatorCount;
    uint256 setCount;
    uint256 strategyCount;
    /// By set.
    uint256[] keys;
    /// By operator, then by set and strategy; and those that are not zero.
    uint256[][] allocations;
    Place[] allocated;
    /// By operator, a bit for each set: who is in, by the set, by the operator and by the registration status.
    uint256[] listed;
    uint256[] known;
    uint256[] registered;
    /// By operator and strategy.
    uint256[] maxMagnitudes;
    uint256[] encumbered;
    uint256[] operatorShares;
    uint256[][] queues;
    uint256[][] magnitudeHistories;
    uint256[][] queuedHistories;
    /// By staker: its operator as an address, and its place, {NONE} for none or one that is not in the list.
    uint256[] delegatedTo;
    uint256[] operatorOf;
    uint256[][] roots;
    /// By staker and strategy.
    uint256[] shares;
    uint256[] factors;
    /// By set.
    uint256[] recipients;
    uint256[] slashCounts;
    uint256[][] pendingSlashes;
    /// By set, then by slash id from zero.
    Waiting[][] slashes;
    uint256[] pendingSets;
    /// By strategy.
    uint256[] totalShares;
    uint256[] balances;
    uint256[] burnableShares;
    /// By withdrawal that ever was: whether the queue knows it as pending, and whether it has its content.
    uint256[] pending;
    uint256[] stored;
}

/// @notice An allocation, and what it is of.
struct Place {
    uint256 stake;
    uint256 set;
    uint256 allocation;
}

/// @title Reads the ledger
library LedgerLib {
    using OperatorSetLib for OperatorSet;
    using Slots for uint256;

    /// @notice Teaches `lens` the slots of `setting`.
    function teach(Lens lens, Setting memory setting) internal {
        for (uint256 operator = 0; operator < setting.operators.length; ++operator) {
            _teachOperator(lens, setting, operator);
        }
        for (uint256 set = 0; set < setting.sets.length; ++set) {
            uint256 key = uint256(setting.sets[set].key());
            lens.watch(Group.Members, 0, Slots.SET_MEMBERS.entry(key));
            lens.watch(Group.Recipients, 0, Slots.RECIPIENTS.entry(key));
            lens.watch(Group.SlashCounts, 0, Slots.SLASH_IDS.entry(key));
            lens.watch(Group.PendingSlashes, 0, Slots.PENDING_SLASHES.entry(key));
        }
        lens.watch(Group.PendingSets, 0, Slots.PENDING_SETS);
        for (uint256 staker = 0; staker < setting.stakers.length; ++staker) {
            address account = setting.stakers[staker];
            lens.watch(Group.DelegatedTo, 0, Slots.DELEGATED_TO.entry(account));
            lens.watch(Group.Roots, 0, Slots.QUEUED_ROOTS.entry(account));
            for (uint256 strategy = 0; strategy < setting.strategies.length; ++strategy) {
                address at = address(setting.strategies[strategy]);
                lens.watch(Group.Shares, 0, Slots.DEPOSIT_SHARES.entry(account).entry(at));
                lens.watch(Group.Factors, 0, Slots.SCALING_FACTOR.entry(account).entry(at));
            }
        }
        for (uint256 strategy = 0; strategy < setting.strategies.length; ++strategy) {
            // The values of an enumerable map come third, after the list and the positions of its keys.
            uint256 burnable = (Slots.BURNABLE_SHARES + 2).entry(address(setting.strategies[strategy]));
            lens.watch(Group.Burnable, 0, burnable);
        }
        for (uint256 holder = 0; holder < setting.holders.length; ++holder) {
            lens.watch(Group.Holdings, 0, Slots.TOKEN_BALANCES.entry(setting.holders[holder]));
        }
    }

    /// @notice The ledger as it stands. Of withdrawals that were completed only `queued` knows.
    function read(Lens lens, Setting memory setting, Queued[] memory queued)
        internal
        view
        returns (Ledger memory ledger)
    {
        ledger.operatorCount = setting.operators.length;
        ledger.setCount = setting.sets.length;
        ledger.strategyCount = setting.strategies.length;
        ledger.keys = new uint256[](ledger.setCount);
        for (uint256 i = 0; i < ledger.setCount; ++i) {
            ledger.keys[i] = uint256(setting.sets[i].key());
        }
        _readAllocations(lens, setting, ledger);
        _readStakes(lens, setting, ledger);
        _readMembers(lens, setting, ledger);
        _readSlashes(lens, setting, ledger);
        _readStakers(lens, setting, ledger);
        _readStrategies(lens, setting, ledger);
        _readWithdrawals(lens, setting, ledger, queued);
    }

    /// @notice An allocation as it is stored.
    function allocation(Ledger memory ledger, uint256 stake, uint256 set) internal pure returns (uint256) {
        (uint256 operator, uint256 strategy) = (stake / ledger.strategyCount, stake % ledger.strategyCount);
        return ledger.allocations[operator][set * ledger.strategyCount + strategy];
    }

    /// @notice The place of the set with `key`, {NONE} if there is no such set.
    function setOf(Ledger memory ledger, uint256 key) internal pure returns (uint256) {
        return indexOf(ledger.keys, key);
    }

    /// @notice The magnitude that is not free, as if the deallocation queue were cleared now.
    function encumberedNow(Ledger memory ledger, uint256 stake) internal view returns (int256 encumbered) {
        encumbered = int256(ledger.encumbered[stake]);
        uint256[] memory queue = ledger.queues[stake];
        for (uint256 i = 0; i < queue.length; ++i) {
            uint256 word = allocation(ledger, stake, setOf(ledger, queue[i]));
            if (block.number < word.effectBlock()) break;
            encumbered += word.pending();
        }
    }

    /// @notice Whether `list` has `item`.
    function contains(uint256[] memory list, uint256 item) internal pure returns (bool) {
        return indexOf(list, item) != NONE;
    }

    /// @notice The place of `item`, {NONE} if it is not there.
    function indexOf(uint256[] memory list, uint256 item) internal pure returns (uint256) {
        unchecked {
            for (uint256 i = 0; i < list.length; ++i) {
                if (list[i] == item) return i;
            }
        }
        return NONE;
    }

    /* TEACHING */

    function _teachOperator(Lens lens, Setting memory setting, uint256 operator) private {
        address account = setting.operators[operator];
        lens.watch(Group.RegisteredSets, 0, Slots.REGISTERED_SETS.entry(account));
        for (uint256 set = 0; set < setting.sets.length; ++set) {
            uint256 key = uint256(setting.sets[set].key());
            lens.watch(Group.Statuses, operator, Slots.REGISTRATION_STATUS.entry(account).entry(key));
            for (uint256 strategy = 0; strategy < setting.strategies.length; ++strategy) {
                uint256 ofSet = Slots.ALLOCATIONS.entry(account).entry(key);
                lens.watch(Group.Allocations, operator, ofSet.entry(address(setting.strategies[strategy])));
            }
        }
        for (uint256 strategy = 0; strategy < setting.strategies.length; ++strategy) {
            address at = address(setting.strategies[strategy]);
            lens.watch(Group.Encumbered, 0, Slots.ENCUMBERED_MAGNITUDE.entry(account).entry(at));
            lens.watch(Group.Queues, 0, Slots.DEALLOCATION_QUEUE.entry(account).entry(at));
            lens.watch(Group.MagnitudeHistories, 0, Slots.MAX_MAGNITUDE_HISTORY.entry(account).entry(at));
            lens.watch(Group.OperatorShares, 0, Slots.OPERATOR_SHARES.entry(account).entry(at));
            lens.watch(Group.QueuedHistories, 0, Slots.SCALED_SHARES_HISTORY.entry(account).entry(at));
        }
    }

    /* READING */

    function _readAllocations(Lens lens, Setting memory setting, Ledger memory ledger) private view {
        ledger.allocations = new uint256[][](ledger.operatorCount);
        ledger.allocated = new Place[](ledger.operatorCount * ledger.setCount * ledger.strategyCount);
        uint256 count = 0;
        for (uint256 operator = 0; operator < ledger.operatorCount; ++operator) {
            uint256[] memory words = lens.read(address(setting.allocationManager), Group.Allocations, operator);
            ledger.allocations[operator] = words;
            unchecked {
                for (uint256 i = 0; i < words.length; ++i) {
                    if (words[i] == 0) continue;
                    (uint256 set, uint256 strategy) = (i / ledger.strategyCount, i % ledger.strategyCount);
                    ledger.allocated[count++] = Place(operator * ledger.strategyCount + strategy, set, words[i]);
                }
            }
        }
        // As long as there are some.
        Place[] memory allocated = ledger.allocated;
        assembly ("memory-safe") {
            mstore(allocated, count)
        }
    }

    function _readStakes(Lens lens, Setting memory setting, Ledger memory ledger) private view {
        address manager = address(setting.allocationManager);
        ledger.encumbered = lens.read(manager, Group.Encumbered, 0);
        ledger.queues = lens.queues(manager, Group.Queues);
        ledger.magnitudeHistories = lens.lists(manager, Group.MagnitudeHistories);
        manager = address(setting.delegationManager);
        ledger.operatorShares = lens.read(manager, Group.OperatorShares, 0);
        ledger.queuedHistories = lens.lists(manager, Group.QueuedHistories);
        ledger.maxMagnitudes = new uint256[](ledger.encumbered.length);
        for (uint256 stake = 0; stake < ledger.maxMagnitudes.length; ++stake) {
            ledger.maxMagnitudes[stake] = Slots.at(ledger.magnitudeHistories[stake], NONE, SlashingLib.WAD);
        }
    }

    /// @dev As the sets have it, as the operators have it, and as their registration statuses have it.
    function _readMembers(Lens lens, Setting memory setting, Ledger memory ledger) private view {
        address manager = address(setting.allocationManager);
        ledger.listed = new uint256[](ledger.operatorCount);
        ledger.known = new uint256[](ledger.operatorCount);
        ledger.registered = new uint256[](ledger.operatorCount);
        uint256[][] memory lists = lens.lists(manager, Group.Members);
        for (uint256 set = 0; set < lists.length; ++set) {
            for (uint256 i = 0; i < lists[set].length; ++i) {
                uint256 operator = _indexOf(setting.operators, lists[set][i]);
                if (operator != NONE) ledger.listed[operator] |= 1 << set;
            }
        }
        lists = lens.lists(manager, Group.RegisteredSets);
        for (uint256 operator = 0; operator < lists.length; ++operator) {
            for (uint256 i = 0; i < lists[operator].length; ++i) {
                uint256 set = setOf(ledger, lists[operator][i]);
                if (set != NONE) ledger.known[operator] |= 1 << set;
            }
            uint256[] memory statuses = lens.read(manager, Group.Statuses, operator);
            for (uint256 set = 0; set < statuses.length; ++set) {
                if (statuses[set].registered()) ledger.registered[operator] |= 1 << set;
            }
        }
    }

    function _readSlashes(Lens lens, Setting memory setting, Ledger memory ledger) private view {
        address manager = address(setting.strategyManager);
        ledger.recipients = lens.read(address(setting.allocationManager), Group.Recipients, 0);
        ledger.slashCounts = lens.read(address(setting.allocationManager), Group.SlashCounts, 0);
        ledger.pendingSlashes = lens.lists(manager, Group.PendingSlashes);
        ledger.pendingSets = lens.lists(manager, Group.PendingSets)[0];
        ledger.slashes = new Waiting[][](ledger.setCount);
        for (uint256 set = 0; set < ledger.setCount; ++set) {
            // Slashes are counted from one; zero is read too, in case somebody counts from there.
            uint256 slot = Slots.SLASHED_SHARES.entry(ledger.keys[set]);
            ledger.slashes[set] = lens.slashes(manager, slot, ledger.slashCounts[set] + 1);
        }
    }

    function _readStakers(Lens lens, Setting memory setting, Ledger memory ledger) private view {
        address manager = address(setting.delegationManager);
        ledger.delegatedTo = lens.read(manager, Group.DelegatedTo, 0);
        ledger.roots = lens.lists(manager, Group.Roots);
        ledger.shares = lens.read(address(setting.strategyManager), Group.Shares, 0);
        ledger.factors = lens.read(manager, Group.Factors, 0);
        for (uint256 i = 0; i < ledger.factors.length; ++i) {
            if (ledger.factors[i] == 0) ledger.factors[i] = SlashingLib.WAD;
        }
        ledger.operatorOf = new uint256[](ledger.delegatedTo.length);
        for (uint256 staker = 0; staker < ledger.operatorOf.length; ++staker) {
            ledger.operatorOf[staker] = _indexOf(setting.operators, ledger.delegatedTo[staker]);
        }
    }

    function _readStrategies(Lens lens, Setting memory setting, Ledger memory ledger) private view {
        ledger.burnableShares = lens.read(address(setting.strategyManager), Group.Burnable, 0);
        ledger.totalShares = new uint256[](ledger.strategyCount);
        ledger.balances = new uint256[](ledger.strategyCount);
        for (uint256 strategy = 0; strategy < ledger.strategyCount; ++strategy) {
            address at = address(setting.strategies[strategy]);
            ledger.totalShares[strategy] = Slots.word(at, Slots.TOTAL_SHARES);
            ledger.balances[strategy] = Slots.word(address(setting.tokens[strategy]), Slots.TOKEN_BALANCES.entry(at));
        }
    }

    function _readWithdrawals(Lens lens, Setting memory setting, Ledger memory ledger, Queued[] memory queued)
        private
        view
    {
        uint256[] memory pending = new uint256[](queued.length);
        uint256[] memory stored = new uint256[](queued.length);
        for (uint256 i = 0; i < queued.length; ++i) {
            pending[i] = Slots.PENDING_WITHDRAWALS.entry(uint256(queued[i].root));
            // The staker comes first, and is never zero.
            stored[i] = Slots.QUEUED_WITHDRAWALS.entry(uint256(queued[i].root));
        }
        ledger.pending = lens.words(address(setting.delegationManager), pending);
        ledger.stored = lens.words(address(setting.delegationManager), stored);
    }

    function _indexOf(address[] memory accounts, uint256 account) private pure returns (uint256) {
        unchecked {
            for (uint256 i = 0; i < accounts.length; ++i) {
                if (uint256(uint160(accounts[i])) == account) return i;
            }
        }
        return NONE;
    }
}
