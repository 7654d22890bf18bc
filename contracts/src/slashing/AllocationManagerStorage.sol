// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {AllocationManagerStorage} from "../core/AllocationManagerStorage.sol";

/// @title What the slashing release adds to the state of the allocation manager: nothing
/// @dev The gap is where later releases put what they add.
abstract contract SlashingAllocationManagerStorage is AllocationManagerStorage {
    uint256[36] private __gap;
}
