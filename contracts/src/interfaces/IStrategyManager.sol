// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ISignatures} from "./ISignatures.sol";
import {IShareManager} from "./IShareManager.sol";
import {IStrategy} from "./IStrategy.sol";

/// @title Errors of the strategy manager
interface IStrategyManagerErrors {
    /// @notice Thrown when a staker would hold shares of too many strategies.
    error MaxStrategiesExceeded();
    /// @notice Thrown when the caller is not the delegation manager.
    error OnlyDelegationManager();
    /// @notice Thrown when the caller is not the strategy whitelister.
    error OnlyStrategyWhitelister();
    /// @notice Thrown when more shares are taken than there are.
    error SharesAmountTooHigh();
    /// @notice Thrown when no shares would move.
    error SharesAmountZero();
    /// @notice Thrown when the staker is the zero address.
    error StakerAddressZero();
    /// @notice Thrown when the strategy is not in the staker's list.
    error StrategyNotFound();
    /// @notice Thrown when the strategy takes no deposits.
    error StrategyNotWhitelisted();
}

/// @title Events of the strategy manager
interface IStrategyManagerEvents {
    /// @notice `staker` received `shares`.
    event Deposit(address staker, IStrategy strategy, uint256 shares);
    /// @notice `strategy` takes deposits.
    event StrategyAddedToDepositWhitelist(IStrategy strategy);
    /// @notice `strategy` takes no deposits any more.
    event StrategyRemovedFromDepositWhitelist(IStrategy strategy);
    /// @notice The right to whitelist moved.
    event StrategyWhitelisterChanged(address previousAddress, address newAddress);
    /// @notice `shares` that the slashing release slashed were burned.
    event BurnableSharesDecreased(IStrategy strategy, uint256 shares);
}

/// @title Deposits, and where slashed shares wait
/// @notice Keeps the deposit shares of ERC-20 strategies and the shares that slashes took, until somebody has them paid
/// out. Holds no funds.
///
/// What both releases have. How slashed shares are booked is {ISlashingStrategyManager}'s and
/// {IRedistributionStrategyManager}'s.
///
/// Assumptions for safety: whitelisted strategies are honest; their tokens move exactly the amount asked. For liveness:
/// their tokens can be sent to the recipient.
interface IStrategyManager is IStrategyManagerErrors, IStrategyManagerEvents, ISignatures, IShareManager {
    /// @notice Starts the proxy. Once.
    function initialize(address initialOwner, address initialStrategyWhitelister, uint256 initialPausedStatus) external;

    /* STAKERS */

    /// @notice Deposits tokens of the caller.
    function depositIntoStrategy(IStrategy strategy, IERC20 token, uint256 amount)
        external
        returns (uint256 depositShares);

    /// @notice Deposits tokens of the caller for `staker`, who signed.
    function depositIntoStrategyWithSignature(
        IStrategy strategy,
        IERC20 token,
        uint256 amount,
        address staker,
        uint256 expiry,
        bytes calldata signature
    ) external returns (uint256 depositShares);

    /* SLASHED SHARES */

    /// @notice Burns what the slashing release slashed, at today's rate. Anybody.
    function burnShares(IStrategy strategy) external;

    /* ADMINISTRATION */

    /// @notice Hands over the right to whitelist. Only the owner.
    function setStrategyWhitelister(address newStrategyWhitelister) external;

    /// @notice Lets strategies take deposits. Only the whitelister.
    function addStrategiesToDepositWhitelist(IStrategy[] calldata strategiesToWhitelist) external;

    /// @notice Stops strategies from taking deposits. Only the whitelister.
    function removeStrategiesFromDepositWhitelist(IStrategy[] calldata strategiesToRemoveFromWhitelist) external;

    /* VIEWS */

    /// @notice What `staker` deposited: strategies and shares.
    function getDeposits(address staker) external view returns (IStrategy[] memory, uint256[] memory);

    /// @notice The strategies of `staker`.
    function getStakerStrategyList(address staker) external view returns (IStrategy[] memory);

    /// @notice How many strategies `staker` has.
    function stakerStrategyListLength(address staker) external view returns (uint256);

    /// @notice Whether `strategy` takes deposits.
    function strategyIsWhitelistedForDeposit(IStrategy strategy) external view returns (bool whitelisted);

    /// @notice Who may whitelist.
    function strategyWhitelister() external view returns (address);

    /// @notice The next deposit signature of `signer` carries this number.
    function nonces(address signer) external view returns (uint256 nonce);

    /// @notice What a depositor signs.
    function calculateStrategyDepositDigestHash(
        address staker,
        IStrategy strategy,
        IERC20 token,
        uint256 amount,
        uint256 nonce,
        uint256 expiry
    ) external view returns (bytes32);

    /// @notice Shares of `strategy` that the slashing release slashed and nobody burned.
    function getBurnableShares(IStrategy strategy) external view returns (uint256);

    /// @notice The strategies with such shares, and how many.
    function getStrategiesWithBurnableShares() external view returns (address[] memory, uint256[] memory);

    /// @notice Where slashed funds of ordinary sets go.
    function DEFAULT_BURN_ADDRESS() external view returns (address);

    /// @notice The type hash of a deposit.
    function DEPOSIT_TYPEHASH() external view returns (bytes32);
}
