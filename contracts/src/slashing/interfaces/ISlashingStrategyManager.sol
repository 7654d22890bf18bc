// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {IStrategy} from "../../interfaces/IStrategy.sol";
import {IStrategyManager} from "../../interfaces/IStrategyManager.sol";
import {ISlashingShareManager} from "./ISlashingShareManager.sol";

/// @title The strategy manager of the slashing release
/// @notice Keeps the shares that slashes took, one sum for each strategy, until somebody burns them.
interface ISlashingStrategyManager is IStrategyManager, ISlashingShareManager {
    /// @notice A slash took `shares`, which wait to be burned.
    event BurnableSharesIncreased(IStrategy strategy, uint256 shares);
}
