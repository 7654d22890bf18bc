// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

/// @title What a strategy of limited size adds
/// @notice Amounts are in the smallest unit of its token.
interface IStrategyTVLLimits {
    /// @notice Thrown when a deposit is larger than one may be, or one may be larger than all.
    error MaxPerDepositExceedsMax();
    /// @notice Thrown when the strategy would hold more than it may.
    error BalanceExceedsMaxTotalDeposits();

    /// @notice The most that one deposit may bring is `newValue`, after `previousValue`.
    event MaxPerDepositUpdated(uint256 previousValue, uint256 newValue);
    /// @notice The most that the strategy may hold after a deposit is `newValue`, after `previousValue`.
    event MaxTotalDepositsUpdated(uint256 previousValue, uint256 newValue);

    /// @notice Changes both limits. Only the unpauser.
    function setTVLLimits(uint256 newMaxPerDeposit, uint256 newMaxTotalDeposits) external;

    /// @notice Both limits: of one deposit, and of what is held after it.
    function getTVLLimits() external view returns (uint256, uint256);

    /// @notice The most that one deposit may bring.
    function maxPerDeposit() external view returns (uint256);

    /// @notice The most that may be held after a deposit. Donations count; withdrawals are never refused.
    function maxTotalDeposits() external view returns (uint256);
}
