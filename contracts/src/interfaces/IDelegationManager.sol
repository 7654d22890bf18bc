// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IStrategy} from "./IStrategy.sol";
import {ISignatures} from "./ISignatures.sol";

/// @title Errors of the delegation manager
interface IDelegationManagerErrors {
    /// @notice Thrown when the staker is delegated already.
    error ActivelyDelegated();
    /// @notice Thrown when the staker is not delegated.
    error NotActivelyDelegated();
    /// @notice Thrown when the caller may not undelegate the staker.
    error CallerCannotUndelegate();
    /// @notice Thrown when an operator tries to undelegate from itself.
    error OperatorsCannotUndelegate();
    /// @notice Thrown when the account is not an operator.
    error OperatorNotRegistered();
    /// @notice Thrown when nothing would be left of shares given to an operator that was slashed entirely.
    error FullySlashed();
    /// @notice Thrown when two arrays should have the same length.
    error InputArrayLengthMismatch();
    /// @notice Thrown when an array must not be empty.
    error InputArrayLengthZero();
    /// @notice Thrown when the caller is not the allocation manager.
    error OnlyAllocationManager();
    /// @notice Thrown when the caller is not the EigenPod manager.
    error OnlyEigenPodManager();
    /// @notice Thrown when the caller is neither the strategy manager nor the EigenPod manager.
    error OnlyStrategyManagerOrEigenPodManager();
    /// @notice Thrown when the approver used the salt before.
    error SaltSpent();
    /// @notice Thrown when a withdrawal is completed too early.
    error WithdrawalDelayNotElapsed();
    /// @notice Thrown when there is no such withdrawal.
    error WithdrawalNotQueued();
    /// @notice Thrown when the caller is not the withdrawer.
    error WithdrawerNotCaller();
}

/// @title Types of the delegation manager
interface IDelegationManagerTypes {
    /// @notice What an operator says of itself. The first two members are no longer used.
    struct OperatorDetails {
        address __deprecated_earningsReceiver;
        address delegationApprover;
        uint32 __deprecated_stakerOptOutWindowBlocks;
    }

    /// @notice A withdrawal in the queue.
    /// @param staker whose shares
    /// @param delegatedTo the operator at the time, zero for none
    /// @param withdrawer who completes it: the staker
    /// @param nonce counts the staker's withdrawals
    /// @param startBlock the block of queueing
    /// @param strategies where
    /// @param scaledShares deposit shares times the deposit scaling factor; slashing counts at completion
    struct Withdrawal {
        address staker;
        address delegatedTo;
        address withdrawer;
        uint256 nonce;
        uint32 startBlock;
        IStrategy[] strategies;
        uint256[] scaledShares;
    }

    /// @notice A withdrawal to queue. The third member is ignored.
    struct QueuedWithdrawalParams {
        IStrategy[] strategies;
        uint256[] depositShares;
        address __deprecated_withdrawer;
    }
}

/// @title Events of the delegation manager
interface IDelegationManagerEvents is IDelegationManagerTypes {
    /// @notice Delegations to `operator` need the consent of `newDelegationApprover`; none if zero.
    event DelegationApproverUpdated(address indexed operator, address newDelegationApprover);
    /// @notice `operator` registered.
    event OperatorRegistered(address indexed operator, address delegationApprover);
    /// @notice `operator` describes itself at `metadataURI`.
    event OperatorMetadataURIUpdated(address indexed operator, string metadataURI);
    /// @notice Shares came to `operator` through `staker`.
    event OperatorSharesIncreased(address indexed operator, address staker, IStrategy strategy, uint256 shares);
    /// @notice Shares left `operator` through `staker`, or through a slash when `staker` is zero.
    event OperatorSharesDecreased(address indexed operator, address staker, IStrategy strategy, uint256 shares);
    /// @notice A slash took shares, those of queued withdrawals included.
    event OperatorSharesSlashed(address indexed operator, IStrategy strategy, uint256 totalSlashedShares);
    /// @notice `staker` delegated to `operator`.
    event StakerDelegated(address indexed staker, address indexed operator);
    /// @notice `staker` is not delegated to `operator` any more.
    event StakerUndelegated(address indexed staker, address indexed operator);
    /// @notice The operator's side ended the delegation.
    event StakerForceUndelegated(address indexed staker, address indexed operator);
    /// @notice A staker's deposit scaling factor changed.
    event DepositScalingFactorUpdated(address staker, IStrategy strategy, uint256 newDepositScalingFactor);
    /// @notice A withdrawal was queued; `sharesToWithdraw` is what it would pay if nothing were slashed any more.
    event SlashingWithdrawalQueued(bytes32 withdrawalRoot, Withdrawal withdrawal, uint256[] sharesToWithdraw);
    /// @notice A withdrawal was completed.
    event SlashingWithdrawalCompleted(bytes32 withdrawalRoot);
}

/// @title Delegation, withdrawals, and what a slash does to shares
/// @notice Knows who is delegated to whom, the shares of each operator, and the withdrawal queue. Holds no funds.
///
/// What both releases have. The slash is {ISlashingDelegationManager}'s and {IRedistributionDelegationManager}'s.
///
/// Assumptions for safety: the other core contracts given at construction are honest. For liveness: the strategies of a
/// withdrawal pay; one that does not blocks the withdrawals it shares with others.
interface IDelegationManager is IDelegationManagerErrors, IDelegationManagerEvents, ISignatures {
    /* OPERATORS */

    /// @notice Makes the caller an operator, delegated to itself for ever.
    function registerAsOperator(address initDelegationApprover, uint32 allocationDelay, string calldata metadataURI)
        external;

    /// @notice Changes who approves delegations. Only who may act for `operator`.
    function modifyOperatorDetails(address operator, address newDelegationApprover) external;

    /// @notice Changes the description. Only who may act for `operator`.
    function updateOperatorMetadataURI(address operator, string calldata metadataURI) external;

    /* STAKERS */

    /// @notice Delegates the caller's shares, now and to come, to `operator`.
    function delegateTo(address operator, SignatureWithExpiry calldata approverSignatureAndExpiry, bytes32 approverSalt)
        external;

    /// @notice Ends a delegation and queues a withdrawal of each strategy. Only the staker, who may act for its
    /// operator, or the operator's delegation approver.
    function undelegate(address staker) external returns (bytes32[] memory withdrawalRoots);

    /// @notice Undelegates the caller and delegates it to `newOperator`.
    function redelegate(address newOperator, SignatureWithExpiry calldata newOperatorApproverSig, bytes32 approverSalt)
        external
        returns (bytes32[] memory withdrawalRoots);

    /// @notice Moves deposit shares of the caller into the withdrawal queue, one withdrawal for each element.
    function queueWithdrawals(QueuedWithdrawalParams[] calldata params)
        external
        returns (bytes32[] memory withdrawalRoots);

    /// @notice Takes a withdrawal out of the queue, as tokens or as shares. Only the withdrawer, after the delay.
    function completeQueuedWithdrawal(Withdrawal calldata withdrawal, IERC20[] calldata tokens, bool receiveAsTokens)
        external;

    /// @notice The same for many.
    function completeQueuedWithdrawals(
        Withdrawal[] calldata withdrawals,
        IERC20[][] calldata tokens,
        bool[] calldata receiveAsTokens
    ) external;

    /* CORE CONTRACTS */

    /// @notice Books new shares of `staker`. Only the share managers.
    function increaseDelegatedShares(address staker, IStrategy strategy, uint256 prevDepositShares, uint256 addedShares)
        external;

    /// @notice Books a beacon chain slash of `staker`. Only the EigenPod manager.
    function decreaseDelegatedShares(address staker, uint256 curDepositShares, uint64 beaconChainSlashingFactorDecrease)
        external;

    /* VIEWS */

    /// @notice The operator of `staker`, zero for none.
    function delegatedTo(address staker) external view returns (address operator);

    /// @notice Whether `staker` is delegated.
    function isDelegated(address staker) external view returns (bool);

    /// @notice Whether `operator` is an operator.
    function isOperator(address operator) external view returns (bool);

    /// @notice Who approves delegations to `operator`, zero for nobody.
    function delegationApprover(address operator) external view returns (address);

    /// @notice Whether the approver used the salt.
    function delegationApproverSaltIsSpent(address approver, bytes32 salt) external view returns (bool spent);

    /// @notice The shares of `operator` in `strategy`.
    function operatorShares(address operator, IStrategy strategy) external view returns (uint256 shares);

    /// @notice The same for many strategies.
    function getOperatorShares(address operator, IStrategy[] calldata strategies)
        external
        view
        returns (uint256[] memory);

    /// @notice The same for many operators.
    function getOperatorsShares(address[] calldata operators, IStrategy[] calldata strategies)
        external
        view
        returns (uint256[][] memory);

    /// @notice The shares in the queue that a slash of everything would take now, rounded down.
    function getSlashableSharesInQueue(address operator, IStrategy strategy) external view returns (uint256);

    /// @notice What `staker` can withdraw, rounded down, and what it deposited.
    function getWithdrawableShares(address staker, IStrategy[] calldata strategies)
        external
        view
        returns (uint256[] memory withdrawableShares, uint256[] memory depositShares);

    /// @notice The strategies in which `staker` has deposit shares, and how many.
    function getDepositedShares(address staker) external view returns (IStrategy[] memory, uint256[] memory);

    /// @notice The deposit scaling factor of `staker`, WAD by default.
    function depositScalingFactor(address staker, IStrategy strategy) external view returns (uint256);

    /// @notice How many withdrawals `staker` queued.
    function cumulativeWithdrawalsQueued(address staker) external view returns (uint256 totalQueued);

    /// @notice Whether the withdrawal is in the queue.
    function pendingWithdrawals(bytes32 withdrawalRoot) external view returns (bool pending);

    /// @notice The withdrawal.
    function queuedWithdrawals(bytes32 withdrawalRoot) external view returns (Withdrawal memory withdrawal);

    /// @notice The withdrawal and the shares it pays: as of now, or as of its last slashable block once that is past.
    function getQueuedWithdrawal(bytes32 withdrawalRoot)
        external
        view
        returns (Withdrawal memory withdrawal, uint256[] memory shares);

    /// @notice The same for all of `staker`.
    function getQueuedWithdrawals(address staker)
        external
        view
        returns (Withdrawal[] memory withdrawals, uint256[][] memory shares);

    /// @notice The roots of `staker`'s withdrawals.
    function getQueuedWithdrawalRoots(address staker) external view returns (bytes32[] memory);

    /// @notice The deposit shares to queue for `withdrawableShares`, rounded down twice.
    function convertToDepositShares(
        address staker,
        IStrategy[] calldata strategies,
        uint256[] calldata withdrawableShares
    ) external view returns (uint256[] memory);

    /// @notice The root of `withdrawal`.
    function calculateWithdrawalRoot(Withdrawal calldata withdrawal) external pure returns (bytes32);

    /// @notice What an approver signs.
    function calculateDelegationApprovalDigestHash(
        address staker,
        address operator,
        address approver,
        bytes32 approverSalt,
        uint256 expiry
    ) external view returns (bytes32);

    /// @notice A withdrawal queued in block N can be slashed until N + this, and completed after it.
    function minWithdrawalDelayBlocks() external view returns (uint32);

    /// @notice The marker that stands for native ETH.
    function beaconChainETHStrategy() external view returns (IStrategy);

    /// @notice The type hash of a delegation approval.
    function DELEGATION_APPROVAL_TYPEHASH() external view returns (bytes32);
}
