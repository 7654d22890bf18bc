// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {IAllocationManager} from "../../interfaces/IAllocationManager.sol";

/// @title The allocation manager of the slashing release
/// @notice Has an owner; what any set slashes is burned.
interface ISlashingAllocationManager is IAllocationManager {
    /// @notice Starts the proxy with `initialPausedStatus`. Once.
    function initialize(address initialOwner, uint256 initialPausedStatus) external;

    /// @notice Slashes an operator. Only who may act for `avs`.
    /// @dev Takes `wadsToSlash` of the magnitude that the set was given, rounded up; the operator's maximum and
    /// encumbered magnitude go down by the same amount. Strategies without allocation are skipped.
    function slashOperator(address avs, SlashingParams calldata params) external;
}
