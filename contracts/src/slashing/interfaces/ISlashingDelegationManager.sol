// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {IDelegationManager} from "../../interfaces/IDelegationManager.sol";
import {IStrategy} from "../../interfaces/IStrategy.sol";

/// @title The delegation manager of the slashing release
/// @notice Has an owner, and books a slash under nothing but its strategy.
interface ISlashingDelegationManager is IDelegationManager {
    /// @notice Starts the proxy with `initialPausedStatus`. Once.
    function initialize(address initialOwner, uint256 initialPausedStatus) external;

    /// @notice Books a slash of `operator` from `prevMaxMagnitude` to `newMaxMagnitude`. Only the allocation manager.
    function slashOperatorShares(address operator, IStrategy strategy, uint64 prevMaxMagnitude, uint64 newMaxMagnitude)
        external;
}
