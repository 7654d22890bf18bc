// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IAllocationManager} from "../interfaces/IAllocationManager.sol";
import {IDelegationManager} from "../interfaces/IDelegationManager.sol";
import {IRewardsCoordinator} from "../interfaces/IRewardsCoordinator.sol";
import {IStrategy} from "../interfaces/IStrategy.sol";
import {IStrategyManager} from "../interfaces/IStrategyManager.sol";

/// @title The state of the rewards coordinator
/// @dev Apart, because proxies keep it across upgrades: variables are only ever added, out of the gap.
abstract contract RewardsCoordinatorStorage is IRewardsCoordinator {
    /* CONSTANTS */

    /// @inheritdoc IRewardsCoordinator
    IStrategy public constant beaconChainETHStrategy = IStrategy(0xbeaC0eeEeeeeEEeEeEEEEeeEEeEeeeEeeEEBEaC0);

    /// @dev The least that a calculation interval can be: what the off-chain snapshots are apart.
    uint256 internal constant SNAPSHOT_CADENCE = 1 days;

    /// @dev Keeps the off-chain arithmetic in range.
    uint256 internal constant MAX_REWARDS_AMOUNT = 1e38 - 1;

    /// @dev A split of everything.
    uint16 internal constant ONE_HUNDRED_IN_BIPS = 10_000;

    /// @dev In `oldSplitBips`: there was no split, so the default counted.
    uint16 internal constant NO_SPLIT = type(uint16).max;

    /// @dev What the two kinds of leaves begin with, so that none passes for the other.
    uint8 internal constant EARNER_LEAF_SALT = 0;
    uint8 internal constant TOKEN_LEAF_SALT = 1;

    /// @dev Pause bits.
    uint8 internal constant PAUSED_AVS_REWARDS_SUBMISSION = 0;
    uint8 internal constant PAUSED_REWARDS_FOR_ALL_SUBMISSION = 1;
    uint8 internal constant PAUSED_PROCESS_CLAIM = 2;
    uint8 internal constant PAUSED_SUBMIT_DISABLE_ROOTS = 3;
    uint8 internal constant PAUSED_REWARD_ALL_STAKERS_AND_OPERATORS = 4;
    uint8 internal constant PAUSED_OPERATOR_DIRECTED_AVS_REWARDS_SUBMISSION = 5;
    uint8 internal constant PAUSED_OPERATOR_AVS_SPLIT = 6;
    uint8 internal constant PAUSED_OPERATOR_PI_SPLIT = 7;
    uint8 internal constant PAUSED_OPERATOR_SET_SPLIT = 8;
    uint8 internal constant PAUSED_OPERATOR_DIRECTED_OPERATOR_SET_REWARDS_SUBMISSION = 9;

    /* IMMUTABLES */

    /// @inheritdoc IRewardsCoordinator
    IDelegationManager public immutable delegationManager;

    /// @inheritdoc IRewardsCoordinator
    IStrategyManager public immutable strategyManager;

    /// @inheritdoc IRewardsCoordinator
    IAllocationManager public immutable allocationManager;

    /// @inheritdoc IRewardsCoordinator
    uint32 public immutable CALCULATION_INTERVAL_SECONDS;

    /// @inheritdoc IRewardsCoordinator
    uint32 public immutable MAX_REWARDS_DURATION;

    /// @inheritdoc IRewardsCoordinator
    uint32 public immutable MAX_RETROACTIVE_LENGTH;

    /// @inheritdoc IRewardsCoordinator
    uint32 public immutable MAX_FUTURE_LENGTH;

    /// @inheritdoc IRewardsCoordinator
    uint32 public immutable GENESIS_REWARDS_TIMESTAMP;

    /* STORAGE */

    bytes32 private __deprecated_DOMAIN_SEPARATOR;

    /// @dev In the order of submission, which is the order of time.
    DistributionRoot[] internal _distributionRoots;

    /// @inheritdoc IRewardsCoordinator
    address public rewardsUpdater;

    /// @inheritdoc IRewardsCoordinator
    uint32 public activationDelay;

    /// @inheritdoc IRewardsCoordinator
    uint32 public currRewardsCalculationEndTimestamp;

    /// @inheritdoc IRewardsCoordinator
    uint16 public defaultOperatorSplitBips;

    /// @inheritdoc IRewardsCoordinator
    mapping(address earner => address claimer) public claimerFor;

    /// @inheritdoc IRewardsCoordinator
    mapping(address earner => mapping(IERC20 token => uint256 totalClaimed)) public cumulativeClaimed;

    /// @inheritdoc IRewardsCoordinator
    mapping(address avs => uint256 nonce) public submissionNonce;

    /// @inheritdoc IRewardsCoordinator
    mapping(address avs => mapping(bytes32 hash => bool valid)) public isAVSRewardsSubmissionHash;

    /// @inheritdoc IRewardsCoordinator
    mapping(address avs => mapping(bytes32 hash => bool valid)) public isRewardsSubmissionForAllHash;

    /// @inheritdoc IRewardsCoordinator
    mapping(address submitter => bool valid) public isRewardsForAllSubmitter;

    /// @inheritdoc IRewardsCoordinator
    mapping(address avs => mapping(bytes32 hash => bool valid)) public isRewardsSubmissionForAllEarnersHash;

    /// @inheritdoc IRewardsCoordinator
    mapping(address avs => mapping(bytes32 hash => bool valid)) public isOperatorDirectedAVSRewardsSubmissionHash;

    mapping(address operator => mapping(address avs => OperatorSplit)) internal _operatorAVSSplitBips;

    mapping(address operator => OperatorSplit) internal _operatorPISplitBips;

    mapping(address operator => mapping(bytes32 setKey => OperatorSplit)) internal _operatorSetSplitBips;

    /// @inheritdoc IRewardsCoordinator
    mapping(address avs => mapping(bytes32 hash => bool valid)) public
        isOperatorDirectedOperatorSetRewardsSubmissionHash;

    uint256[35] private __gap;

    /* CONSTRUCTOR */

    constructor(RewardsCoordinatorConstructorParams memory params) {
        require(
            params.GENESIS_REWARDS_TIMESTAMP % params.CALCULATION_INTERVAL_SECONDS == 0,
            InvalidGenesisRewardsTimestampRemainder()
        );
        require(
            params.CALCULATION_INTERVAL_SECONDS % SNAPSHOT_CADENCE == 0, InvalidCalculationIntervalSecondsRemainder()
        );
        delegationManager = params.delegationManager;
        strategyManager = params.strategyManager;
        allocationManager = params.allocationManager;
        CALCULATION_INTERVAL_SECONDS = params.CALCULATION_INTERVAL_SECONDS;
        MAX_REWARDS_DURATION = params.MAX_REWARDS_DURATION;
        MAX_RETROACTIVE_LENGTH = params.MAX_RETROACTIVE_LENGTH;
        MAX_FUTURE_LENGTH = params.MAX_FUTURE_LENGTH;
        GENESIS_REWARDS_TIMESTAMP = params.GENESIS_REWARDS_TIMESTAMP;
    }
}
