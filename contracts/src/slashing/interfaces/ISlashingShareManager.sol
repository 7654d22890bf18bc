// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {IShareManager} from "../../interfaces/IShareManager.sol";
import {IStrategy} from "../../interfaces/IStrategy.sol";

/// @title Who keeps the deposit shares, in the slashing release
/// @notice Is told of slashed shares by strategy, whoever slashed.
interface ISlashingShareManager is IShareManager {
    /// @notice Books what a slash took in `strategy`.
    function increaseBurnableShares(IStrategy strategy, uint256 addedSharesToBurn) external;
}
