// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {EnumerableMap} from "@openzeppelin/contracts/utils/structs/EnumerableMap.sol";
import {EnumerableSet} from "@openzeppelin/contracts/utils/structs/EnumerableSet.sol";
import {StrategyManagerStorage} from "../core/StrategyManagerStorage.sol";
import {IAllocationManager} from "../interfaces/IAllocationManager.sol";

/// @title What the redistribution release adds to the state of the strategy manager
/// @dev Out of the gap: variables are only ever added.
abstract contract RedistributionStrategyManagerStorage is StrategyManagerStorage {
    /* IMMUTABLES */

    /// @notice The allocation manager.
    IAllocationManager public immutable allocationManager;

    /* STORAGE */

    mapping(bytes32 setKey => mapping(uint256 slashId => EnumerableMap.AddressToUintMap)) internal
        _burnOrRedistributableShares;

    /// @dev The sets with an entry above.
    EnumerableSet.Bytes32Set internal _pendingOperatorSets;

    /// @dev The slashes with an entry above.
    mapping(bytes32 setKey => EnumerableSet.UintSet) internal _pendingSlashIds;

    uint256[32] private __gap;

    /* CONSTRUCTOR */

    constructor(IAllocationManager allocations) {
        allocationManager = allocations;
    }
}
