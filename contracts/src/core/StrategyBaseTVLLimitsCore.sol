// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IStrategyTVLLimits} from "../interfaces/IStrategyTVLLimits.sol";
import {StrategyBaseCore} from "./StrategyBaseCore.sol";

/// @title A strategy of limited size, as far as the releases share it
/// @notice See {IStrategyTVLLimits}. What is in may stay above a limit that is lowered; what comes must fit.
abstract contract StrategyBaseTVLLimitsCore is StrategyBaseCore, IStrategyTVLLimits {
    /* STORAGE */

    /// @inheritdoc IStrategyTVLLimits
    uint256 public maxPerDeposit;

    /// @inheritdoc IStrategyTVLLimits
    uint256 public maxTotalDeposits;

    uint256[48] private __gap;

    /* CONSTRUCTOR */

    /// @notice Starts the proxy for `token`, with limits. Once.
    function initialize(uint256 mostPerDeposit, uint256 mostInTotal, IERC20 token) public virtual initializer {
        _setTVLLimits(mostPerDeposit, mostInTotal);
        _start(token);
    }

    /* UNPAUSER */

    /// @inheritdoc IStrategyTVLLimits
    function setTVLLimits(uint256 newMaxPerDeposit, uint256 newMaxTotalDeposits) external onlyUnpauser {
        _setTVLLimits(newMaxPerDeposit, newMaxTotalDeposits);
    }

    /* VIEWS */

    /// @inheritdoc IStrategyTVLLimits
    function getTVLLimits() external view returns (uint256, uint256) {
        return (maxPerDeposit, maxTotalDeposits);
    }

    /* INTERNALS */

    function _setTVLLimits(uint256 newMaxPerDeposit, uint256 newMaxTotalDeposits) internal {
        require(newMaxPerDeposit <= newMaxTotalDeposits, MaxPerDepositExceedsMax());
        emit MaxPerDepositUpdated(maxPerDeposit, newMaxPerDeposit);
        emit MaxTotalDepositsUpdated(maxTotalDeposits, newMaxTotalDeposits);
        maxPerDeposit = newMaxPerDeposit;
        maxTotalDeposits = newMaxTotalDeposits;
    }

    /// @dev The tokens are here already, so the balance is the one after the deposit.
    function _beforeDeposit(IERC20 token, uint256 amount) internal override {
        require(amount <= maxPerDeposit, MaxPerDepositExceedsMax());
        require(_tokenBalance() <= maxTotalDeposits, BalanceExceedsMaxTotalDeposits());
        super._beforeDeposit(token, amount);
    }
}
