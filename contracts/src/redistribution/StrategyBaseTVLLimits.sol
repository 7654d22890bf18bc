// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {StrategyBaseCore} from "../core/StrategyBaseCore.sol";
import {StrategyBaseTVLLimitsCore} from "../core/StrategyBaseTVLLimitsCore.sol";
import {IPauserRegistry} from "../interfaces/IPauserRegistry.sol";
import {IStrategyManager} from "../interfaces/IStrategyManager.sol";
import {IRedistributionStrategy} from "./interfaces/IRedistributionStrategy.sol";

/// @title StrategyBaseTVLLimits
/// @notice See {StrategyBaseTVLLimitsCore}.
contract StrategyBaseTVLLimits is StrategyBaseTVLLimitsCore, IRedistributionStrategy {
    /* CONSTRUCTOR */

    constructor(IStrategyManager manager, IPauserRegistry registry, string memory version)
        StrategyBaseCore(manager, registry, version)
    {}

    /* STRATEGY MANAGER */

    /// @inheritdoc IRedistributionStrategy
    function withdraw(address recipient, IERC20 token, uint256 amountShares)
        external
        virtual
        onlyWhenNotPaused(PAUSED_WITHDRAWALS)
        onlyStrategyManager
        returns (uint256 amountOut)
    {
        return _withdraw(recipient, token, amountShares);
    }
}
