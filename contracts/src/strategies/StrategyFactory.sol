// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {BeaconProxy} from "@openzeppelin/contracts/proxy/beacon/BeaconProxy.sol";
import {IBeacon} from "@openzeppelin/contracts/proxy/beacon/IBeacon.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {OwnableUpgradeable} from "@openzeppelin/contracts-upgradeable/access/OwnableUpgradeable.sol";
import {StrategyBaseCore} from "../core/StrategyBaseCore.sol";
import {IPauserRegistry} from "../interfaces/IPauserRegistry.sol";
import {IStrategy} from "../interfaces/IStrategy.sol";
import {IStrategyFactory} from "../interfaces/IStrategyFactory.sol";
import {IStrategyManager} from "../interfaces/IStrategyManager.sol";
import {Pausable} from "../permissions/Pausable.sol";
import {SemVer} from "../utils/SemVer.sol";
import {StrategyFactoryStorage} from "./StrategyFactoryStorage.sol";

/// @title StrategyFactory
/// @notice See {IStrategyFactory}.
contract StrategyFactory is StrategyFactoryStorage, OwnableUpgradeable, Pausable, SemVer {
    /// @dev Pause bit.
    uint8 internal constant PAUSED_NEW_STRATEGIES = 0;

    /// @inheritdoc IStrategyFactory
    IStrategyManager public immutable strategyManager;

    /* CONSTRUCTOR */

    constructor(IStrategyManager manager, IPauserRegistry registry, string memory version)
        Pausable(registry)
        SemVer(version)
    {
        strategyManager = manager;
        _disableInitializers();
    }

    /// @inheritdoc IStrategyFactory
    function initialize(address initialOwner, uint256 initialPausedStatus, IBeacon initialStrategyBeacon)
        external
        initializer
    {
        _transferOwnership(initialOwner);
        _setPausedStatus(initialPausedStatus);
        emit StrategyBeaconModified(strategyBeacon, initialStrategyBeacon);
        strategyBeacon = initialStrategyBeacon;
    }

    /* ANYBODY */

    /// @inheritdoc IStrategyFactory
    function deployNewStrategy(IERC20 token)
        external
        onlyWhenNotPaused(PAUSED_NEW_STRATEGIES)
        returns (IStrategy newStrategy)
    {
        require(!isBlacklisted[token], BlacklistedToken());
        require(address(deployedStrategies[token]) == address(0), StrategyAlreadyExists());
        bytes memory start = abi.encodeCall(StrategyBaseCore.initialize, (token));
        newStrategy = IStrategy(address(new BeaconProxy(address(strategyBeacon), start)));
        deployedStrategies[token] = newStrategy;
        emit StrategySetForToken(token, newStrategy);
        IStrategy[] memory added = new IStrategy[](1);
        added[0] = newStrategy;
        strategyManager.addStrategiesToDepositWhitelist(added);
    }

    /* OWNER */

    /// @inheritdoc IStrategyFactory
    function blacklistTokens(IERC20[] calldata tokens) external onlyOwner {
        uint256 count = 0;
        for (uint256 i = 0; i < tokens.length; ++i) {
            require(!isBlacklisted[tokens[i]], AlreadyBlacklisted());
            isBlacklisted[tokens[i]] = true;
            emit TokenBlacklisted(tokens[i]);
            if (address(deployedStrategies[tokens[i]]) != address(0)) ++count;
        }
        if (count == 0) return;
        IStrategy[] memory removed = new IStrategy[](count);
        for (uint256 i = tokens.length; count > 0; --i) {
            IStrategy made = deployedStrategies[tokens[i - 1]];
            if (address(made) != address(0)) removed[--count] = made;
        }
        strategyManager.removeStrategiesFromDepositWhitelist(removed);
    }

    /// @inheritdoc IStrategyFactory
    function whitelistStrategies(IStrategy[] calldata strategiesToWhitelist) external onlyOwner {
        strategyManager.addStrategiesToDepositWhitelist(strategiesToWhitelist);
    }

    /// @inheritdoc IStrategyFactory
    function removeStrategiesFromWhitelist(IStrategy[] calldata strategiesToRemoveFromWhitelist) external onlyOwner {
        strategyManager.removeStrategiesFromDepositWhitelist(strategiesToRemoveFromWhitelist);
    }
}
