// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IStrategy} from "../../interfaces/IStrategy.sol";

/// @title One token, held for its stakers, in the redistribution release
/// @notice Says what it paid.
interface IRedistributionStrategy is IStrategy {
    /// @notice Sends the tokens of `amountShares`, rounded down, to `recipient`. Only the strategy manager.
    /// @return amountOut tokens sent
    function withdraw(address recipient, IERC20 token, uint256 amountShares) external returns (uint256 amountOut);
}
