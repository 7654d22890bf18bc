// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {OperatorSet} from "../libraries/OperatorSetLib.sol";
import {IAllocationManager} from "./IAllocationManager.sol";
import {IDelegationManager} from "./IDelegationManager.sol";
import {IPauserRegistry} from "./IPauserRegistry.sol";
import {IPermissionController} from "./IPermissionController.sol";
import {IStrategy} from "./IStrategy.sol";
import {IStrategyManager} from "./IStrategyManager.sol";

/// @title Errors of the rewards coordinator
interface IRewardsCoordinatorErrors {
    /// @notice Thrown when the caller may not do this, or not for this earner.
    error UnauthorizedCaller();
    /// @notice Thrown when the earner is neither an operator nor an AVS with an operator set.
    error InvalidEarner();
    /// @notice Thrown when an operator is the zero address.
    error InvalidAddressZero();
    /// @notice Thrown when a root is not one of those submitted.
    error InvalidRoot();
    /// @notice Thrown when there is no root of that number.
    error InvalidRootIndex();
    /// @notice Thrown when the operator set does not exist.
    error InvalidOperatorSet();

    /// @notice Thrown when something must not be empty.
    error InputArrayLengthZero();
    /// @notice Thrown when two lists must have the same length.
    error InputArrayLengthMismatch();

    /// @notice Thrown when a first day is not a whole number of intervals.
    error InvalidGenesisRewardsTimestampRemainder();
    /// @notice Thrown when an interval is not a whole number of days.
    error InvalidCalculationIntervalSecondsRemainder();
    /// @notice Thrown when a start is not a whole number of intervals.
    error InvalidStartTimestampRemainder();
    /// @notice Thrown when a duration is not a whole number of intervals.
    error InvalidDurationRemainder();
    /// @notice Thrown when nothing is given.
    error AmountIsZero();
    /// @notice Thrown when more is given than can be.
    error AmountExceedsMax();
    /// @notice Thrown when a submission spans no time.
    error DurationIsZero();
    /// @notice Thrown when a submission spans more time than it may.
    error DurationExceedsMax();
    /// @notice Thrown when a submission starts too late.
    error StartTimestampTooFarInFuture();
    /// @notice Thrown when a submission starts too early.
    error StartTimestampTooFarInPast();
    /// @notice Thrown when a submission for work done ends before the work is.
    error SubmissionNotRetroactive();
    /// @notice Thrown when a strategy takes no deposits.
    error StrategyNotWhitelisted();
    /// @notice Thrown when strategies do not ascend by address.
    error StrategiesNotInAscendingOrder();
    /// @notice Thrown when operators do not ascend by address.
    error OperatorsNotInAscendingOrder();

    /// @notice Thrown when a root is for a time that has one already.
    error NewRootMustBeForNewCalculatedPeriod();
    /// @notice Thrown when a root is for a time that is not over.
    error RewardsEndTimestampNotElapsed();
    /// @notice Thrown when a root was disabled.
    error RootDisabled();
    /// @notice Thrown when a root cannot be claimed from yet.
    error RootNotActivated();
    /// @notice Thrown when a root can be claimed from already, and hence is not disabled any more.
    error RootAlreadyActivated();

    /// @notice Thrown when a proof does not lead to the root.
    error InvalidClaimProof();
    /// @notice Thrown when there cannot be a token leaf of that number.
    error InvalidTokenLeafIndex();
    /// @notice Thrown when there cannot be an earner leaf of that number.
    error InvalidEarnerLeafIndex();
    /// @notice Thrown when nothing is left to claim.
    error EarningsNotGreaterThanClaimed();

    /// @notice Thrown when a split is more than the whole.
    error SplitExceedsMax();
    /// @notice Thrown when a split was changed and the change does not count yet.
    error PreviousSplitPending();
}

/// @title Types of the rewards coordinator
interface IRewardsCoordinatorTypes {
    /// @notice A strategy and how much a share of it counts.
    struct StrategyAndMultiplier {
        IStrategy strategy;
        uint96 multiplier;
    }

    /// @notice Tokens for those with stake: `amount` of `token`, evenly over `duration` from `startTimestamp`, by the
    /// shares of the strategies.
    struct RewardsSubmission {
        StrategyAndMultiplier[] strategiesAndMultipliers;
        IERC20 token;
        uint256 amount;
        uint32 startTimestamp;
        uint32 duration;
    }

    /// @notice Tokens for one operator and its stakers.
    struct OperatorReward {
        address operator;
        uint256 amount;
    }

    /// @notice Tokens for operators by name, for work that is done.
    struct OperatorDirectedRewardsSubmission {
        StrategyAndMultiplier[] strategiesAndMultipliers;
        IERC20 token;
        OperatorReward[] operatorRewards;
        uint32 startTimestamp;
        uint32 duration;
        string description;
    }

    /// @notice What everybody earned until `rewardsCalculationEndTimestamp`, as the root of a tree. Claimed from
    /// `activatedAt` on.
    struct DistributionRoot {
        bytes32 root;
        uint32 rewardsCalculationEndTimestamp;
        uint32 activatedAt;
        bool disabled;
    }

    /// @notice An earner and the root of the tree of its tokens.
    struct EarnerTreeMerkleLeaf {
        address earner;
        bytes32 earnerTokenRoot;
    }

    /// @notice A token and all that was ever earned of it.
    struct TokenTreeMerkleLeaf {
        IERC20 token;
        uint256 cumulativeEarnings;
    }

    /// @notice An earner's claim of some tokens: the leaves, and proofs that they are under a root.
    struct RewardsMerkleClaim {
        uint32 rootIndex;
        uint32 earnerIndex;
        bytes earnerTreeProof;
        EarnerTreeMerkleLeaf earnerLeaf;
        uint32[] tokenIndices;
        bytes[] tokenTreeProofs;
        TokenTreeMerkleLeaf[] tokenLeaves;
    }

    /// @notice How much of what is earned with its stakers an operator keeps: `newSplitBips` from `activatedAt` on,
    /// before it `oldSplitBips`, which at its maximum means the default.
    struct OperatorSplit {
        uint16 oldSplitBips;
        uint16 newSplitBips;
        uint32 activatedAt;
    }

    /// @notice What the constructor wants.
    struct RewardsCoordinatorConstructorParams {
        IDelegationManager delegationManager;
        IStrategyManager strategyManager;
        IAllocationManager allocationManager;
        IPauserRegistry pauserRegistry;
        IPermissionController permissionController;
        uint32 CALCULATION_INTERVAL_SECONDS;
        uint32 MAX_REWARDS_DURATION;
        uint32 MAX_RETROACTIVE_LENGTH;
        uint32 MAX_FUTURE_LENGTH;
        uint32 GENESIS_REWARDS_TIMESTAMP;
        string version;
    }
}

/// @title Events of the rewards coordinator
interface IRewardsCoordinatorEvents is IRewardsCoordinatorTypes {
    /// @notice `avs` gave to those who secure it.
    event AVSRewardsSubmissionCreated(
        address indexed avs,
        uint256 indexed submissionNonce,
        bytes32 indexed rewardsSubmissionHash,
        RewardsSubmission rewardsSubmission
    );
    /// @notice `submitter` gave to everybody with stake.
    event RewardsSubmissionForAllCreated(
        address indexed submitter,
        uint256 indexed submissionNonce,
        bytes32 indexed rewardsSubmissionHash,
        RewardsSubmission rewardsSubmission
    );
    /// @notice `tokenHopper` gave to everybody who secures an AVS.
    event RewardsSubmissionForAllEarnersCreated(
        address indexed tokenHopper,
        uint256 indexed submissionNonce,
        bytes32 indexed rewardsSubmissionHash,
        RewardsSubmission rewardsSubmission
    );
    /// @notice `caller` gave to operators by name, for `avs`.
    event OperatorDirectedAVSRewardsSubmissionCreated(
        address indexed caller,
        address indexed avs,
        bytes32 indexed operatorDirectedRewardsSubmissionHash,
        uint256 submissionNonce,
        OperatorDirectedRewardsSubmission operatorDirectedRewardsSubmission
    );
    /// @notice `caller` gave to operators by name, for an operator set.
    event OperatorDirectedOperatorSetRewardsSubmissionCreated(
        address indexed caller,
        bytes32 indexed operatorDirectedRewardsSubmissionHash,
        OperatorSet operatorSet,
        uint256 submissionNonce,
        OperatorDirectedRewardsSubmission operatorDirectedRewardsSubmission
    );

    /// @notice Another submits roots.
    event RewardsUpdaterSet(address indexed oldRewardsUpdater, address indexed newRewardsUpdater);
    /// @notice Somebody may, or may not, give to everybody.
    event RewardsForAllSubmitterSet(
        address indexed rewardsForAllSubmitter, bool indexed oldValue, bool indexed newValue
    );
    /// @notice Roots and splits wait longer, or shorter.
    event ActivationDelaySet(uint32 oldActivationDelay, uint32 newActivationDelay);
    /// @notice Operators without a split of their own have another.
    event DefaultOperatorSplitBipsSet(uint16 oldDefaultOperatorSplitBips, uint16 newDefaultOperatorSplitBips);
    /// @notice `operator` has another split with `avs`, from `activatedAt` on.
    event OperatorAVSSplitBipsSet(
        address indexed caller,
        address indexed operator,
        address indexed avs,
        uint32 activatedAt,
        uint16 oldOperatorAVSSplitBips,
        uint16 newOperatorAVSSplitBips
    );
    /// @notice `operator` has another split of programmatic incentives, from `activatedAt` on.
    event OperatorPISplitBipsSet(
        address indexed caller,
        address indexed operator,
        uint32 activatedAt,
        uint16 oldOperatorPISplitBips,
        uint16 newOperatorPISplitBips
    );
    /// @notice `operator` has another split with an operator set, from `activatedAt` on.
    event OperatorSetSplitBipsSet(
        address indexed caller,
        address indexed operator,
        OperatorSet operatorSet,
        uint32 activatedAt,
        uint16 oldOperatorSetSplitBips,
        uint16 newOperatorSetSplitBips
    );
    /// @notice `claimer` claims for `earner`.
    event ClaimerForSet(address indexed earner, address indexed oldClaimer, address indexed claimer);

    /// @notice A root was submitted.
    event DistributionRootSubmitted(
        uint32 indexed rootIndex,
        bytes32 indexed root,
        uint32 indexed rewardsCalculationEndTimestamp,
        uint32 activatedAt
    );
    /// @notice A root was disabled before it could be claimed from.
    event DistributionRootDisabled(uint32 indexed rootIndex);
    /// @notice `claimedAmount` of what `earner` earned went to `recipient`.
    event RewardsClaimed(
        bytes32 root,
        address indexed earner,
        address indexed claimer,
        address indexed recipient,
        IERC20 token,
        uint256 claimedAmount
    );
}

/// @title Rewards: given here, computed elsewhere, claimed here
/// @notice AVSs and others give tokens and say for what. Who earned how much of them is computed off the chain; the
/// rewards updater submits the root of a tree with all that everybody ever earned, and from some time later on
/// everybody claims with a proof.
/// @dev Earnings are cumulative, so an old root can be claimed from as well as the newest, and nothing twice.
///
/// Assumptions for safety: the rewards updater submits honest roots. All tokens of a kind are in one pot: what a root
/// gives too much to one is missing to another. For liveness: the updater submits, and tokens move exactly what is
/// asked.
interface IRewardsCoordinator is IRewardsCoordinatorErrors, IRewardsCoordinatorEvents {
    /// @notice Starts the proxy. Once.
    function initialize(
        address initialOwner,
        uint256 initialPausedStatus,
        address initialRewardsUpdater,
        uint32 initialActivationDelay,
        uint16 initialDefaultSplitBips
    ) external;

    /* SUBMISSIONS */

    /// @notice Gives tokens of the caller to those who secure the caller.
    function createAVSRewardsSubmission(RewardsSubmission[] calldata rewardsSubmissions) external;

    /// @notice Gives tokens of the caller to everybody with stake. Only who may give to all.
    function createRewardsForAllSubmission(RewardsSubmission[] calldata rewardsSubmissions) external;

    /// @notice Gives tokens of the caller to everybody who secures an AVS. Only who may give to all.
    function createRewardsForAllEarners(RewardsSubmission[] calldata rewardsSubmissions) external;

    /// @notice Gives tokens of the caller to operators of `avs`, for work done. Only who may act for `avs`.
    function createOperatorDirectedAVSRewardsSubmission(
        address avs,
        OperatorDirectedRewardsSubmission[] calldata operatorDirectedRewardsSubmissions
    ) external;

    /// @notice Gives tokens of the caller to operators of a set, for work done. Only who may act for its AVS.
    function createOperatorDirectedOperatorSetRewardsSubmission(
        OperatorSet calldata operatorSet,
        OperatorDirectedRewardsSubmission[] calldata operatorDirectedRewardsSubmissions
    ) external;

    /* CLAIMS */

    /// @notice Claims what an earner earned and did not claim yet. Only its claimer.
    function processClaim(RewardsMerkleClaim calldata claim, address recipient) external;

    /// @notice Several claims, all or none.
    function processClaims(RewardsMerkleClaim[] calldata claims, address recipient) external;

    /// @notice Lets `claimer` claim for the caller, instead of the caller; the zero address gives it back.
    function setClaimerFor(address claimer) external;

    /// @notice Lets `claimer` claim for `earner`, an operator or an AVS. Only who may act for it.
    function setClaimerFor(address earner, address claimer) external;

    /* ROOTS */

    /// @notice Submits what everybody earned until `rewardsCalculationEndTimestamp`. Only the rewards updater.
    function submitRoot(bytes32 root, uint32 rewardsCalculationEndTimestamp) external;

    /// @notice Takes a root back before it can be claimed from. Only the rewards updater.
    function disableRoot(uint32 rootIndex) external;

    /* SPLITS */

    /// @notice Changes how much `operator` keeps of rewards of `avs`. Only who may act for the operator.
    function setOperatorAVSSplit(address operator, address avs, uint16 split) external;

    /// @notice Changes how much `operator` keeps of programmatic incentives. Only who may act for the operator.
    function setOperatorPISplit(address operator, uint16 split) external;

    /// @notice Changes how much `operator` keeps of rewards of an operator set. Only who may act for the operator.
    function setOperatorSetSplit(address operator, OperatorSet calldata operatorSet, uint16 split) external;

    /* ADMINISTRATION */

    /// @notice Changes how long roots and splits wait, in seconds. Only the owner.
    function setActivationDelay(uint32 delay) external;

    /// @notice Changes the split of operators that have none of their own. Only the owner.
    /// @dev Nothing bounds it: as in EigenLayer, the owner is trusted not to give more than the whole.
    function setDefaultOperatorSplit(uint16 split) external;

    /// @notice Hands over the right to submit roots. Only the owner.
    function setRewardsUpdater(address newRewardsUpdater) external;

    /// @notice Gives or takes the right to give to all. Only the owner.
    function setRewardsForAllSubmitter(address submitter, bool newValue) external;

    /* VIEWS */

    /// @notice Seconds between the submission of a root, or a change of a split, and its effect.
    function activationDelay() external view returns (uint32);

    /// @notice The time until which there is a root.
    function currRewardsCalculationEndTimestamp() external view returns (uint32);

    /// @notice Who submits roots.
    function rewardsUpdater() external view returns (address);

    /// @notice Who claims for `earner`; the zero address for the earner itself.
    function claimerFor(address earner) external view returns (address claimer);

    /// @notice All that was ever claimed of `token` for `earner`.
    function cumulativeClaimed(address earner, IERC20 token) external view returns (uint256 totalClaimed);

    /// @notice How often something was submitted for `avs`.
    function submissionNonce(address avs) external view returns (uint256 nonce);

    /// @notice Whether `submitter` may give to all.
    function isRewardsForAllSubmitter(address submitter) external view returns (bool valid);

    /// @notice Whether `avs` submitted this.
    function isAVSRewardsSubmissionHash(address avs, bytes32 hash) external view returns (bool valid);

    /// @notice Whether `avs` submitted this, for everybody with stake.
    function isRewardsSubmissionForAllHash(address avs, bytes32 hash) external view returns (bool valid);

    /// @notice Whether `avs` submitted this, for everybody who secures an AVS.
    function isRewardsSubmissionForAllEarnersHash(address avs, bytes32 hash) external view returns (bool valid);

    /// @notice Whether this was submitted for operators of `avs`.
    function isOperatorDirectedAVSRewardsSubmissionHash(address avs, bytes32 hash) external view returns (bool valid);

    /// @notice Whether this was submitted for operators of a set of `avs`.
    function isOperatorDirectedOperatorSetRewardsSubmissionHash(address avs, bytes32 hash)
        external
        view
        returns (bool valid);

    /// @notice The split of operators that have none of their own.
    function defaultOperatorSplitBips() external view returns (uint16);

    /// @notice How much `operator` keeps of rewards of `avs` now.
    function getOperatorAVSSplit(address operator, address avs) external view returns (uint16);

    /// @notice How much `operator` keeps of programmatic incentives now.
    function getOperatorPISplit(address operator) external view returns (uint16);

    /// @notice How much `operator` keeps of rewards of an operator set now.
    function getOperatorSetSplit(address operator, OperatorSet calldata operatorSet) external view returns (uint16);

    /// @notice The hash of an earner's leaf.
    function calculateEarnerLeafHash(EarnerTreeMerkleLeaf calldata leaf) external pure returns (bytes32);

    /// @notice The hash of a token's leaf.
    function calculateTokenLeafHash(TokenTreeMerkleLeaf calldata leaf) external pure returns (bytes32);

    /// @notice Whether the proofs of `claim` are right and its root can be claimed from; reverts if not.
    function checkClaim(RewardsMerkleClaim calldata claim) external view returns (bool);

    /// @notice How many roots there are.
    function getDistributionRootsLength() external view returns (uint256);

    /// @notice Root `index`.
    function getDistributionRootAtIndex(uint256 index) external view returns (DistributionRoot memory);

    /// @notice The newest root.
    function getCurrentDistributionRoot() external view returns (DistributionRoot memory);

    /// @notice The newest root that can be claimed from; an empty one if none can.
    function getCurrentClaimableDistributionRoot() external view returns (DistributionRoot memory);

    /// @notice The number of the newest root that is `rootHash`.
    function getRootIndexFromHash(bytes32 rootHash) external view returns (uint32);

    /// @notice Stands for native ETH.
    function beaconChainETHStrategy() external view returns (IStrategy);

    /// @notice The delegation manager.
    function delegationManager() external view returns (IDelegationManager);

    /// @notice The strategy manager.
    function strategyManager() external view returns (IStrategyManager);

    /// @notice The allocation manager.
    function allocationManager() external view returns (IAllocationManager);

    /// @notice The grid of submissions, in seconds.
    function CALCULATION_INTERVAL_SECONDS() external view returns (uint32);

    /// @notice The longest duration of a submission, in seconds.
    function MAX_REWARDS_DURATION() external view returns (uint32);

    /// @notice How far back a submission may start, in seconds.
    function MAX_RETROACTIVE_LENGTH() external view returns (uint32);

    /// @notice How far ahead a submission may start, in seconds.
    function MAX_FUTURE_LENGTH() external view returns (uint32);

    /// @notice No submission starts before this time.
    function GENESIS_REWARDS_TIMESTAMP() external view returns (uint32);
}
