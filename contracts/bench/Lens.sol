// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {Vm, vm} from "../test/utils/Vm.sol";
import {Slots} from "./Slots.sol";

/// @notice Words that are read together.
enum Group {
    Allocations,
    Statuses,
    Encumbered,
    Queues,
    MagnitudeHistories,
    RegisteredSets,
    Members,
    Recipients,
    SlashCounts,
    OperatorShares,
    QueuedHistories,
    DelegatedTo,
    Roots,
    Factors,
    Shares,
    Burnable,
    PendingSets,
    PendingSlashes,
    Holdings
}

/// @notice The shares of one slash that wait.
struct Waiting {
    uint256[] strategies;
    uint256[] shares;
}

/// @title Reads storage in bulk
/// @notice Knows the slots of all that is always there, hashed once.
/// @dev A contract of its own for speed. At every call forge puts the whole stack of the caller into its dictionary,
/// and a check loads hundreds of words: here the stack is short, and the loop does nothing else.
contract Lens {
    using Slots for uint256;

    mapping(Group => mapping(uint256 part => uint256[])) private _slots;

    /// @notice Adds a slot to a part of a group.
    function watch(Group group, uint256 part, uint256 slot) external {
        _slots[group][part].push(slot);
    }

    /// @notice The words of a part of a group, in the order in which they were added.
    function read(address account, Group group, uint256 part) external view returns (uint256[] memory) {
        return words(account, _slots[group][part]);
    }

    /// @notice The elements of arrays, of enumerable sets or the keys of enumerable maps.
    function lists(address account, Group group) external view returns (uint256[][] memory result) {
        uint256[] memory slots = _slots[group][0];
        uint256[] memory lengths = words(account, _slots[group][0]);
        result = new uint256[][](slots.length);
        for (uint256 i = 0; i < slots.length; ++i) {
            if (lengths[i] > 0) result[i] = words(account, slots[i].elements(lengths[i]));
        }
    }

    /// @notice The elements of double-ended queues.
    function queues(address account, Group group) external view returns (uint256[][] memory result) {
        uint256[] memory slots = _slots[group][0];
        uint256[] memory bounds = words(account, _slots[group][0]);
        result = new uint256[][](slots.length);
        for (uint256 i = 0; i < slots.length; ++i) {
            if (bounds[i] > 0) result[i] = words(account, slots[i].queued(bounds[i]));
        }
    }

    /// @notice The first `count` slashes of the mapping at `slot`, from zero.
    function slashes(address account, uint256 slot, uint256 count) external view returns (Waiting[] memory result) {
        result = new Waiting[](count);
        uint256[] memory slots = new uint256[](count);
        for (uint256 id = 0; id < count; ++id) {
            slots[id] = slot.entry(id);
        }
        uint256[] memory lengths = words(account, slots);
        for (uint256 id = 0; id < count; ++id) {
            if (lengths[id] == 0) continue;
            uint256 entries = slot.entry(id);
            result[id].strategies = words(account, entries.elements(lengths[id]));
            // The values of an enumerable map come third, after the list and the positions of its keys.
            uint256[] memory values = new uint256[](lengths[id]);
            for (uint256 i = 0; i < values.length; ++i) {
                values[i] = (entries + 2).entry(result[id].strategies[i]);
            }
            result[id].shares = words(account, values);
        }
    }

    /// @notice The words at `slots`, in their place: `vm.load` of each.
    function words(address account, uint256[] memory slots) public view returns (uint256[] memory) {
        bytes4 selector = Vm.load.selector;
        address cheats = address(vm);
        assembly ("memory-safe") {
            let input := mload(0x40)
            mstore(input, selector)
            mstore(add(input, 0x04), account)
            let at := add(slots, 0x20)
            for { let end := add(at, shl(5, mload(slots))) } lt(at, end) { at := add(at, 0x20) } {
                mstore(add(input, 0x24), mload(at))
                if iszero(staticcall(gas(), cheats, input, 0x44, at, 0x20)) { revert(0, 0) }
            }
        }
        return slots;
    }
}
