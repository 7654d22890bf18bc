// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IBeacon} from "@openzeppelin/contracts/proxy/beacon/IBeacon.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IStrategy} from "../interfaces/IStrategy.sol";
import {IStrategyFactory} from "../interfaces/IStrategyFactory.sol";

/// @title The state of the strategy factory
/// @dev Apart, because proxies keep it across upgrades: variables are only ever added, out of the gap.
abstract contract StrategyFactoryStorage is IStrategyFactory {
    /// @inheritdoc IStrategyFactory
    IBeacon public strategyBeacon;

    /// @inheritdoc IStrategyFactory
    mapping(IERC20 token => IStrategy) public deployedStrategies;

    /// @inheritdoc IStrategyFactory
    mapping(IERC20 token => bool) public isBlacklisted;

    uint256[48] private __gap;
}
