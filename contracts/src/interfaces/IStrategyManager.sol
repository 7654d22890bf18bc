// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {OperatorSet} from "../libraries/OperatorSetLib.sol";
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
    /// @notice Thrown when a slash would book a strategy twice.
    error StrategyAlreadyInSlash();
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
    /// @notice A slash took `shares`, which wait to be burned or redistributed.
    event BurnOrRedistributableSharesIncreased(
        OperatorSet operatorSet, uint256 slashId, IStrategy strategy, uint256 shares
    );
    /// @notice `shares` of a slash were burned or redistributed.
    event BurnOrRedistributableSharesDecreased(
        OperatorSet operatorSet, uint256 slashId, IStrategy strategy, uint256 shares
    );
    /// @notice `shares` slashed before redistribution existed were burned.
    event BurnableSharesDecreased(IStrategy strategy, uint256 shares);
}

/// @title Deposits, and where slashed shares wait
/// @notice Keeps the deposit shares of ERC-20 strategies and the shares that slashes took, one entry for each operator
/// set, slash and strategy, until somebody clears them. Holds no funds.
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

    /// @notice Sends all that slash `slashId` took to the set's recipient, or burns it, at today's rates. Anybody.
    /// @return amounts tokens sent, one for each strategy
    function clearBurnOrRedistributableShares(OperatorSet calldata operatorSet, uint256 slashId)
        external
        returns (uint256[] memory amounts);

    /// @notice The same for one strategy of the slash, for when another does not pay. Anybody.
    function clearBurnOrRedistributableSharesByStrategy(
        OperatorSet calldata operatorSet,
        uint256 slashId,
        IStrategy strategy
    ) external returns (uint256 amount);

    /// @notice Burns what was slashed before redistribution existed. Anybody.
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

    /// @notice What a slash took and nobody cleared yet.
    function getBurnOrRedistributableShares(OperatorSet calldata operatorSet, uint256 slashId)
        external
        view
        returns (IStrategy[] memory, uint256[] memory);

    /// @notice The same in one strategy.
    function getBurnOrRedistributableShares(OperatorSet calldata operatorSet, uint256 slashId, IStrategy strategy)
        external
        view
        returns (uint256);

    /// @notice How many strategies of a slash are not cleared.
    function getBurnOrRedistributableCount(OperatorSet calldata operatorSet, uint256 slashId)
        external
        view
        returns (uint256);

    /// @notice The sets with slashes that are not cleared.
    function getPendingOperatorSets() external view returns (OperatorSet[] memory);

    /// @notice The slashes of a set that are not cleared.
    function getPendingSlashIds(OperatorSet calldata operatorSet) external view returns (uint256[] memory);

    /// @notice Shares of `strategy` slashed before redistribution existed and not burned.
    function getBurnableShares(IStrategy strategy) external view returns (uint256);

    /// @notice The strategies with such shares, and how many.
    function getStrategiesWithBurnableShares() external view returns (address[] memory, uint256[] memory);

    /// @notice Where slashed funds of ordinary sets go.
    function DEFAULT_BURN_ADDRESS() external view returns (address);

    /// @notice The type hash of a deposit.
    function DEPOSIT_TYPEHASH() external view returns (bytes32);
}
