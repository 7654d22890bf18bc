// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {IDelegationManager} from "../../interfaces/IDelegationManager.sol";
import {IStrategy} from "../../interfaces/IStrategy.sol";
import {OperatorSet} from "../../libraries/OperatorSetLib.sol";

/// @title The delegation manager of the redistribution release
/// @notice Books a slash under its set and number.
interface IRedistributionDelegationManager is IDelegationManager {
    /// @notice Starts the proxy with `initialPausedStatus`. Once.
    function initialize(uint256 initialPausedStatus) external;

    /// @notice Books a slash of `operator` from `prevMaxMagnitude` to `newMaxMagnitude`. Only the allocation manager.
    /// @return totalDepositSharesToSlash what it took, from the operator's shares and from the queue
    function slashOperatorShares(
        address operator,
        OperatorSet calldata operatorSet,
        uint256 slashId,
        IStrategy strategy,
        uint64 prevMaxMagnitude,
        uint64 newMaxMagnitude
    ) external returns (uint256 totalDepositSharesToSlash);
}
