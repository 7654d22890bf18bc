// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {IBeacon} from "@openzeppelin/contracts/proxy/beacon/IBeacon.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IStrategy} from "./IStrategy.sol";
import {IStrategyManager} from "./IStrategyManager.sol";

/// @title Strategies for everybody
/// @notice Anybody can have a strategy made for a token, one for each token. The factory is the strategy manager's
/// whitelister, so what it makes takes deposits at once.
///
/// Assumptions for safety: a token nobody should deposit is blacklisted by the owner. What was made for it before takes
/// no deposits any more, but its stakers can leave.
interface IStrategyFactory {
    /// @notice Thrown when the token may have no strategy.
    error BlacklistedToken();
    /// @notice Thrown when the token has a strategy of the factory.
    error StrategyAlreadyExists();
    /// @notice Thrown when the token may have no strategy already.
    error AlreadyBlacklisted();

    /// @notice `token` may have no strategy any more.
    event TokenBlacklisted(IERC20 token);
    /// @notice Strategies are made by another beacon.
    event StrategyBeaconModified(IBeacon previousBeacon, IBeacon newBeacon);
    /// @notice `strategy` was made for `token`.
    event StrategySetForToken(IERC20 token, IStrategy strategy);

    /// @notice Starts the proxy. Once.
    function initialize(address initialOwner, uint256 initialPausedStatus, IBeacon initialStrategyBeacon) external;

    /// @notice Makes a strategy for `token` and lets it take deposits. Anybody.
    function deployNewStrategy(IERC20 token) external returns (IStrategy newStrategy);

    /// @notice Lets tokens have no strategy; what was made for them takes no deposits any more. Only the owner.
    function blacklistTokens(IERC20[] calldata tokens) external;

    /// @notice Lets strategies take deposits, whoever made them. Only the owner.
    function whitelistStrategies(IStrategy[] calldata strategiesToWhitelist) external;

    /// @notice Stops strategies from taking deposits. Only the owner.
    function removeStrategiesFromWhitelist(IStrategy[] calldata strategiesToRemoveFromWhitelist) external;

    /// @notice What says how strategies work; a change of it changes all of them.
    function strategyBeacon() external view returns (IBeacon);

    /// @notice The strategy made for `token`; the zero address if there is none.
    function deployedStrategies(IERC20 token) external view returns (IStrategy);

    /// @notice Whether `token` may have no strategy.
    function isBlacklisted(IERC20 token) external view returns (bool);

    /// @notice The strategy manager.
    function strategyManager() external view returns (IStrategyManager);
}
