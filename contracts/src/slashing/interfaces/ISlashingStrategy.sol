// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IStrategy} from "../../interfaces/IStrategy.sol";

/// @title One token, held for its stakers, in the slashing release
/// @notice Does not say what it paid.
interface ISlashingStrategy is IStrategy {
    /// @notice Sends the tokens of `amountShares`, rounded down, to `recipient`. Only the strategy manager.
    function withdraw(address recipient, IERC20 token, uint256 amountShares) external;
}
