// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {AllocationManagerStorage} from "../core/AllocationManagerStorage.sol";
import {IStrategy} from "../interfaces/IStrategy.sol";

/// @title What the redistribution release adds to the state of the allocation manager
/// @dev Out of the gap: variables are only ever added.
abstract contract RedistributionAllocationManagerStorage is AllocationManagerStorage {
    /* CONSTANTS AND IMMUTABLES */

    /// @dev Where slashed funds of ordinary sets go.
    address internal constant DEFAULT_BURN_ADDRESS = 0x00000000000000000000000000000000000E16E4;

    /// @dev Stands for native ETH.
    IStrategy internal constant BEACONCHAIN_ETH_STRAT = IStrategy(0xbeaC0eeEeeeeEEeEeEEEEeeEEeEeeeEeeEEBEaC0);

    /// @notice The strategy that, like native ETH, cannot be redistributed.
    IStrategy public immutable eigenStrategy;

    /* STORAGE */

    mapping(bytes32 setKey => uint256) internal _slashIds;
    mapping(bytes32 setKey => address) internal _redistributionRecipients;

    uint256[34] private __gap;

    /* CONSTRUCTOR */

    constructor(IStrategy eigen) {
        eigenStrategy = eigen;
    }
}
