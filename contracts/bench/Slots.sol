// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {vm} from "../test/utils/Vm.sol";

/// @title Where the protocol keeps what invariants read
/// @notice Raw storage says what views hide: an allocation as it is stored, what is queued, histories. It is also three
/// times as fast to read as a view behind a proxy, so everything that invariants need is read from it.
/// @dev Slots as in `forge inspect <contract> storageLayout`.
library Slots {
    /* ALLOCATION MANAGER */

    uint256 internal constant SET_MEMBERS = 154;
    uint256 internal constant REGISTERED_SETS = 156;
    uint256 internal constant REGISTRATION_STATUS = 158;
    uint256 internal constant ALLOCATIONS = 160;
    uint256 internal constant MAX_MAGNITUDE_HISTORY = 161;
    uint256 internal constant ENCUMBERED_MAGNITUDE = 162;
    uint256 internal constant DEALLOCATION_QUEUE = 163;
    uint256 internal constant SLASH_IDS = 165;
    uint256 internal constant RECIPIENTS = 166;

    /* DELEGATION MANAGER */

    uint256 internal constant OPERATOR_SHARES = 152;
    uint256 internal constant DELEGATED_TO = 154;
    uint256 internal constant PENDING_WITHDRAWALS = 158;
    uint256 internal constant SCALING_FACTOR = 162;
    uint256 internal constant QUEUED_ROOTS = 163;
    uint256 internal constant QUEUED_WITHDRAWALS = 164;
    uint256 internal constant SCALED_SHARES_HISTORY = 165;

    /* STRATEGY MANAGER */

    uint256 internal constant DEPOSIT_SHARES = 205;
    uint256 internal constant BURNABLE_SHARES = 212;
    uint256 internal constant SLASHED_SHARES = 215;
    uint256 internal constant PENDING_SETS = 216;
    uint256 internal constant PENDING_SLASHES = 218;

    /* OTHERS */

    uint256 internal constant TOTAL_SHARES = 51;
    uint256 internal constant TOKEN_BALANCES = 0;
    uint256 internal constant PERMISSIONS = 1;
    /// @dev Within the permissions of an account.
    uint256 internal constant ADMINS = 2;

    /* WORDS */

    /// @notice The word at `slot`.
    function word(address account, uint256 slot) internal view returns (uint256) {
        return uint256(vm.load(account, bytes32(slot)));
    }

    /// @notice The slot of `key` in the mapping at `slot`.
    function entry(uint256 slot, uint256 key) internal pure returns (uint256 result) {
        assembly ("memory-safe") {
            mstore(0, key)
            mstore(0x20, slot)
            result := keccak256(0, 0x40)
        }
    }

    /// @notice The slot of `key` in the mapping at `slot`.
    function entry(uint256 slot, address key) internal pure returns (uint256) {
        return entry(slot, uint256(uint160(key)));
    }

    /// @notice The slots of the `length` elements of the array, or of the enumerable set or map, at `slot`.
    function elements(uint256 slot, uint256 length) internal pure returns (uint256[] memory slots) {
        slots = new uint256[](length);
        uint256 first = uint256(keccak256(abi.encode(slot)));
        unchecked {
            for (uint256 i = 0; i < length; ++i) {
                slots[i] = first + i;
            }
        }
    }

    /// @notice The slots of the elements of the double-ended queue at `slot`: begin and end are one word, then comes a
    /// mapping.
    function queued(uint256 slot, uint256 bounds) internal pure returns (uint256[] memory slots) {
        int256 begin = int128(uint128(bounds));
        int256 end = int128(uint128(bounds >> 128));
        if (begin >= end) return slots;
        slots = new uint256[](uint256(end - begin));
        for (uint256 i = 0; i < slots.length; ++i) {
            slots[i] = entry(slot + 1, uint256(begin + int256(i)));
        }
    }

    /* PACKED WORDS */

    /// @notice Of an allocation: what is slashable now.
    function current(uint256 allocation) internal pure returns (int256) {
        return int256(uint256(uint64(allocation)));
    }

    /// @notice Of an allocation: what is added at its effect block.
    function pending(uint256 allocation) internal pure returns (int256) {
        return int256(int128(uint128(allocation >> 64)));
    }

    /// @notice Of an allocation: the block from which what is pending counts.
    function effectBlock(uint256 allocation) internal pure returns (uint256) {
        return uint32(allocation >> 192);
    }

    /// @notice Of an allocation: slashable now, once what is pending counts.
    function settled(uint256 allocation, uint256 atBlock) internal pure returns (int256 magnitude, int256 left) {
        if (atBlock < effectBlock(allocation)) return (current(allocation), pending(allocation));
        magnitude = current(allocation) + pending(allocation);
        return (magnitude < 0 ? int256(0) : magnitude, 0);
    }

    /// @notice Of a registration status: whether the operator is in the set.
    function registered(uint256 status) internal pure returns (bool) {
        return uint8(status) != 0;
    }

    /// @notice Of an entry of a history: its block.
    function blockOf(uint256 snapshot) internal pure returns (uint256) {
        return uint32(snapshot);
    }

    /// @notice Of an entry of a history: its value.
    function valueOf(uint256 snapshot) internal pure returns (uint256) {
        return snapshot >> 32;
    }

    /// @notice The value of a history at `atBlock`: of the last entry that is not later, or `initial`.
    function at(uint256[] memory history, uint256 atBlock, uint256 initial) internal pure returns (uint256) {
        for (uint256 i = history.length; i > 0; --i) {
            if (blockOf(history[i - 1]) <= atBlock) return valueOf(history[i - 1]);
        }
        return initial;
    }
}
