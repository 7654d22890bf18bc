// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IStrategy} from "./IStrategy.sol";

/// @title Who keeps the deposit shares
/// @notice What the delegation manager asks of the strategy manager (ERC-20 tokens) and of the EigenPod manager (native
/// ETH) alike. Only the delegation manager may call. What it tells them of a slash is {ISlashingShareManager}'s and
/// {IRedistributionShareManager}'s.
interface IShareManager {
    /// @notice Takes shares from `staker` when they enter the withdrawal queue.
    /// @return updatedShares what is left
    function removeDepositShares(address staker, IStrategy strategy, uint256 depositSharesToRemove)
        external
        returns (uint256 updatedShares);

    /// @notice Gives shares to `staker` when a withdrawal is completed as shares.
    /// @return prevDepositShares what the staker had before
    /// @return addedShares what counts as added
    function addShares(address staker, IStrategy strategy, uint256 shares)
        external
        returns (uint256 prevDepositShares, uint256 addedShares);

    /// @notice Pays out a withdrawal completed as tokens.
    function withdrawSharesAsTokens(address staker, IStrategy strategy, IERC20 token, uint256 shares) external;

    /// @notice The deposit shares of `user`.
    function stakerDepositShares(address user, IStrategy strategy) external view returns (uint256 depositShares);
}
