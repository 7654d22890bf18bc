// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {EnumerableMap} from "@openzeppelin/contracts/utils/structs/EnumerableMap.sol";
import {StrategyManagerCore} from "../core/StrategyManagerCore.sol";
import {IDelegationManager} from "../interfaces/IDelegationManager.sol";
import {IPauserRegistry} from "../interfaces/IPauserRegistry.sol";
import {IStrategy} from "../interfaces/IStrategy.sol";
import {SlashingSignatures} from "./SlashingSignatures.sol";
import {SlashingStrategyManagerStorage} from "./StrategyManagerStorage.sol";
import {ISlashingShareManager} from "./interfaces/ISlashingShareManager.sol";
import {ISlashingStrategy} from "./interfaces/ISlashingStrategy.sol";
import {ISlashingStrategyManager} from "./interfaces/ISlashingStrategyManager.sol";

/// @title StrategyManager
/// @notice See {ISlashingStrategyManager}.
contract StrategyManager is
    StrategyManagerCore,
    SlashingStrategyManagerStorage,
    SlashingSignatures,
    ISlashingStrategyManager
{
    using EnumerableMap for EnumerableMap.AddressToUintMap;

    /* CONSTRUCTOR */

    constructor(IDelegationManager delegationManager, IPauserRegistry registry, string memory version)
        StrategyManagerCore(delegationManager, registry, version)
    {}

    /* DELEGATION MANAGER */

    /// @inheritdoc ISlashingShareManager
    /// @dev A strategy of which nothing was taken is listed too, until somebody burns its nothing.
    function increaseBurnableShares(IStrategy strategy, uint256 addedSharesToBurn)
        external
        onlyDelegationManager
        nonReentrant
    {
        (, uint256 shares) = burnableShares.tryGet(address(strategy));
        burnableShares.set(address(strategy), shares + addedSharesToBurn);
        emit BurnableSharesIncreased(strategy, addedSharesToBurn);
    }

    /* INTERNALS */

    /// @inheritdoc StrategyManagerCore
    function _withdraw(IStrategy strategy, address recipient, IERC20 token, uint256 shares) internal override {
        ISlashingStrategy(address(strategy)).withdraw(recipient, token, shares);
    }
}
