// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {IAllocationManager} from "../../interfaces/IAllocationManager.sol";
import {OperatorSet} from "../../libraries/OperatorSetLib.sol";

/// @title The allocation manager of the redistribution release
/// @notice Adds sets whose slashed funds go to a recipient, and numbers the slashes of each set.
interface IRedistributionAllocationManager is IAllocationManager {
    /// @notice Thrown when a redistributing set would pay to the burn address.
    error InvalidRedistributionRecipient();
    /// @notice Thrown when the strategy cannot be redistributed.
    error InvalidStrategy();

    /// @notice What the set slashes goes to `redistributionRecipient`, for ever.
    event RedistributionAddressSet(OperatorSet operatorSet, address redistributionRecipient);

    /// @notice Starts the proxy with `initialPausedStatus`. Once.
    function initialize(uint256 initialPausedStatus) external;

    /// @notice Slashes an operator. Only who may act for `avs`.
    /// @dev Takes `wadsToSlash` of the magnitude that the set was given, rounded up; the operator's maximum and
    /// encumbered magnitude go down by the same amount. Strategies without allocation are skipped.
    /// @return slashId counts the slashes of this set from 1, also those that took nothing
    /// @return shares what was taken in each strategy, queued withdrawals included
    function slashOperator(address avs, SlashingParams calldata params)
        external
        returns (uint256 slashId, uint256[] memory shares);

    /// @notice Creates sets whose slashed funds go to a recipient that never changes. Only who may act for `avs`.
    function createRedistributingOperatorSets(
        address avs,
        CreateSetParams[] calldata params,
        address[] calldata redistributionRecipients
    ) external;

    /// @notice Where the set's slashed funds go: its recipient, or the burn address.
    function getRedistributionRecipient(OperatorSet calldata operatorSet) external view returns (address);

    /// @notice Whether the set has a recipient.
    function isRedistributingOperatorSet(OperatorSet calldata operatorSet) external view returns (bool);

    /// @notice Whether a redistributing set can slash `operator` in this block.
    function isOperatorRedistributable(address operator) external view returns (bool);

    /// @notice How often the set slashed.
    function getSlashCount(OperatorSet calldata operatorSet) external view returns (uint256);
}
