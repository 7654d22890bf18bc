// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @title One token, held for its stakers
/// @notice Turns tokens into shares and back. Holds the tokens; who owns which shares is the strategy manager's to
/// know. What a withdrawal returns is {ISlashingStrategy}'s and {IRedistributionStrategy}'s.
interface IStrategy {
    /// @notice Thrown when the caller is not the strategy manager.
    error OnlyStrategyManager();
    /// @notice Thrown when a deposit is too small for one share.
    error NewSharesZero();
    /// @notice Thrown when a deposit would exceed the most shares there may be.
    error TotalSharesExceedsMax();
    /// @notice Thrown when more shares are withdrawn than there are.
    error WithdrawalAmountExceedsTotalDeposits();
    /// @notice Thrown when the token is not this strategy's.
    error OnlyUnderlyingToken();

    /// @notice One share is worth `rate / 1e18` tokens.
    event ExchangeRateEmitted(uint256 rate);
    /// @notice The strategy was made for `token`.
    event StrategyTokenSet(IERC20 token, uint8 decimals);

    /// @notice Shares for `amount` tokens that have already arrived, rounded down. Only the strategy manager.
    function deposit(IERC20 token, uint256 amount) external returns (uint256 newShares);

    /// @notice Tokens for `amountShares` now, rounded down.
    function sharesToUnderlying(uint256 amountShares) external returns (uint256);

    /// @notice Shares for `amountUnderlying` now, rounded down.
    function underlyingToShares(uint256 amountUnderlying) external returns (uint256);

    /// @notice Tokens behind the deposit shares of `user`, slashing not considered.
    function userUnderlying(address user) external returns (uint256);

    /// @notice The deposit shares of `user`, slashing not considered.
    function shares(address user) external view returns (uint256);

    /// @notice Tokens for `amountShares` now, rounded down.
    function sharesToUnderlyingView(uint256 amountShares) external view returns (uint256);

    /// @notice Shares for `amountUnderlying` now, rounded down.
    function underlyingToSharesView(uint256 amountUnderlying) external view returns (uint256);

    /// @notice Tokens behind the deposit shares of `user`, slashing not considered.
    function userUnderlyingView(address user) external view returns (uint256);

    /// @notice The token.
    function underlyingToken() external view returns (IERC20);

    /// @notice All shares there are.
    function totalShares() external view returns (uint256);

    /// @notice What this strategy does, in a sentence.
    function explanation() external view returns (string memory);
}
