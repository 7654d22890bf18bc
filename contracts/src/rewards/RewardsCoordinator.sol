// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {OwnableUpgradeable} from "@openzeppelin/contracts-upgradeable/access/OwnableUpgradeable.sol";
import {Initializable} from "@openzeppelin/contracts-upgradeable/proxy/utils/Initializable.sol";
import {ReentrancyGuardUpgradeable} from "@openzeppelin/contracts-upgradeable/security/ReentrancyGuardUpgradeable.sol";
import {IRewardsCoordinator} from "../interfaces/IRewardsCoordinator.sol";
import {IStrategy} from "../interfaces/IStrategy.sol";
import {Merkle} from "../libraries/Merkle.sol";
import {OperatorSet, OperatorSetLib} from "../libraries/OperatorSetLib.sol";
import {Pausable} from "../permissions/Pausable.sol";
import {PermissionMixin} from "../permissions/PermissionMixin.sol";
import {SemVer} from "../utils/SemVer.sol";
import {RewardsCoordinatorStorage} from "./RewardsCoordinatorStorage.sol";

/// @title RewardsCoordinator
/// @notice See {IRewardsCoordinator}.
contract RewardsCoordinator is
    Initializable,
    OwnableUpgradeable,
    Pausable,
    ReentrancyGuardUpgradeable,
    RewardsCoordinatorStorage,
    PermissionMixin,
    SemVer
{
    using Merkle for bytes;
    using OperatorSetLib for OperatorSet;
    using SafeERC20 for IERC20;

    /* CONSTRUCTOR */

    constructor(RewardsCoordinatorConstructorParams memory params)
        Pausable(params.pauserRegistry)
        RewardsCoordinatorStorage(params)
        PermissionMixin(params.permissionController)
        SemVer(params.version)
    {
        _disableInitializers();
    }

    /// @inheritdoc IRewardsCoordinator
    function initialize(
        address initialOwner,
        uint256 initialPausedStatus,
        address initialRewardsUpdater,
        uint32 initialActivationDelay,
        uint16 initialDefaultSplitBips
    ) external initializer {
        _setPausedStatus(initialPausedStatus);
        _transferOwnership(initialOwner);
        _setRewardsUpdater(initialRewardsUpdater);
        _setActivationDelay(initialActivationDelay);
        _setDefaultOperatorSplit(initialDefaultSplitBips);
    }

    /* MODIFIERS */

    modifier onlyRewardsUpdater() {
        require(msg.sender == rewardsUpdater, UnauthorizedCaller());
        _;
    }

    modifier onlyRewardsForAllSubmitter() {
        require(isRewardsForAllSubmitter[msg.sender], UnauthorizedCaller());
        _;
    }

    /* SUBMISSIONS */

    /// @inheritdoc IRewardsCoordinator
    function createAVSRewardsSubmission(RewardsSubmission[] calldata rewardsSubmissions)
        external
        onlyWhenNotPaused(PAUSED_AVS_REWARDS_SUBMISSION)
        nonReentrant
    {
        for (uint256 i = 0; i < rewardsSubmissions.length; ++i) {
            RewardsSubmission calldata submission = rewardsSubmissions[i];
            (uint256 nonce, bytes32 hash) = _number(submission);
            isAVSRewardsSubmissionHash[msg.sender][hash] = true;
            emit AVSRewardsSubmissionCreated(msg.sender, nonce, hash, submission);
            submission.token.safeTransferFrom(msg.sender, address(this), submission.amount);
        }
    }

    /// @inheritdoc IRewardsCoordinator
    function createRewardsForAllSubmission(RewardsSubmission[] calldata rewardsSubmissions)
        external
        onlyWhenNotPaused(PAUSED_REWARDS_FOR_ALL_SUBMISSION)
        onlyRewardsForAllSubmitter
        nonReentrant
    {
        for (uint256 i = 0; i < rewardsSubmissions.length; ++i) {
            RewardsSubmission calldata submission = rewardsSubmissions[i];
            (uint256 nonce, bytes32 hash) = _number(submission);
            isRewardsSubmissionForAllHash[msg.sender][hash] = true;
            emit RewardsSubmissionForAllCreated(msg.sender, nonce, hash, submission);
            submission.token.safeTransferFrom(msg.sender, address(this), submission.amount);
        }
    }

    /// @inheritdoc IRewardsCoordinator
    function createRewardsForAllEarners(RewardsSubmission[] calldata rewardsSubmissions)
        external
        onlyWhenNotPaused(PAUSED_REWARD_ALL_STAKERS_AND_OPERATORS)
        onlyRewardsForAllSubmitter
        nonReentrant
    {
        for (uint256 i = 0; i < rewardsSubmissions.length; ++i) {
            RewardsSubmission calldata submission = rewardsSubmissions[i];
            (uint256 nonce, bytes32 hash) = _number(submission);
            isRewardsSubmissionForAllEarnersHash[msg.sender][hash] = true;
            emit RewardsSubmissionForAllEarnersCreated(msg.sender, nonce, hash, submission);
            submission.token.safeTransferFrom(msg.sender, address(this), submission.amount);
        }
    }

    /// @inheritdoc IRewardsCoordinator
    function createOperatorDirectedAVSRewardsSubmission(
        address avs,
        OperatorDirectedRewardsSubmission[] calldata operatorDirectedRewardsSubmissions
    ) external onlyWhenNotPaused(PAUSED_OPERATOR_DIRECTED_AVS_REWARDS_SUBMISSION) checkCanCall(avs) nonReentrant {
        for (uint256 i = 0; i < operatorDirectedRewardsSubmissions.length; ++i) {
            OperatorDirectedRewardsSubmission calldata submission = operatorDirectedRewardsSubmissions[i];
            (uint256 nonce, bytes32 hash, uint256 amount) = _numberDirected(avs, submission);
            isOperatorDirectedAVSRewardsSubmissionHash[avs][hash] = true;
            emit OperatorDirectedAVSRewardsSubmissionCreated(msg.sender, avs, hash, nonce, submission);
            submission.token.safeTransferFrom(msg.sender, address(this), amount);
        }
    }

    /// @inheritdoc IRewardsCoordinator
    function createOperatorDirectedOperatorSetRewardsSubmission(
        OperatorSet calldata operatorSet,
        OperatorDirectedRewardsSubmission[] calldata operatorDirectedRewardsSubmissions
    )
        external
        onlyWhenNotPaused(PAUSED_OPERATOR_DIRECTED_OPERATOR_SET_REWARDS_SUBMISSION)
        checkCanCall(operatorSet.avs)
        nonReentrant
    {
        require(allocationManager.isOperatorSet(operatorSet), InvalidOperatorSet());
        for (uint256 i = 0; i < operatorDirectedRewardsSubmissions.length; ++i) {
            OperatorDirectedRewardsSubmission calldata submission = operatorDirectedRewardsSubmissions[i];
            (uint256 nonce, bytes32 hash, uint256 amount) = _numberDirected(operatorSet.avs, submission);
            isOperatorDirectedOperatorSetRewardsSubmissionHash[operatorSet.avs][hash] = true;
            emit OperatorDirectedOperatorSetRewardsSubmissionCreated(msg.sender, hash, operatorSet, nonce, submission);
            submission.token.safeTransferFrom(msg.sender, address(this), amount);
        }
    }

    /* CLAIMS */

    /// @inheritdoc IRewardsCoordinator
    function processClaim(RewardsMerkleClaim calldata claim, address recipient)
        external
        onlyWhenNotPaused(PAUSED_PROCESS_CLAIM)
        nonReentrant
    {
        _processClaim(claim, recipient);
    }

    /// @inheritdoc IRewardsCoordinator
    function processClaims(RewardsMerkleClaim[] calldata claims, address recipient)
        external
        onlyWhenNotPaused(PAUSED_PROCESS_CLAIM)
        nonReentrant
    {
        for (uint256 i = 0; i < claims.length; ++i) {
            _processClaim(claims[i], recipient);
        }
    }

    /// @inheritdoc IRewardsCoordinator
    function setClaimerFor(address claimer) external {
        _setClaimer(msg.sender, claimer);
    }

    /// @inheritdoc IRewardsCoordinator
    /// @dev Accounts that others may act for need not be able to call at all; the permission is for those.
    function setClaimerFor(address earner, address claimer) external checkCanCall(earner) {
        require(
            delegationManager.isOperator(earner) || allocationManager.getOperatorSetCount(earner) > 0, InvalidEarner()
        );
        _setClaimer(earner, claimer);
    }

    /* ROOTS */

    /// @inheritdoc IRewardsCoordinator
    /// @dev When it can be claimed from is settled now: a later change of the delay does not move it.
    function submitRoot(bytes32 root, uint32 rewardsCalculationEndTimestamp)
        external
        onlyWhenNotPaused(PAUSED_SUBMIT_DISABLE_ROOTS)
        onlyRewardsUpdater
    {
        require(
            rewardsCalculationEndTimestamp > currRewardsCalculationEndTimestamp, NewRootMustBeForNewCalculatedPeriod()
        );
        require(rewardsCalculationEndTimestamp < block.timestamp, RewardsEndTimestampNotElapsed());
        uint32 rootIndex = uint32(_distributionRoots.length);
        uint32 activatedAt = uint32(block.timestamp) + activationDelay;
        _distributionRoots.push(
            DistributionRoot({
                root: root,
                rewardsCalculationEndTimestamp: rewardsCalculationEndTimestamp,
                activatedAt: activatedAt,
                disabled: false
            })
        );
        currRewardsCalculationEndTimestamp = rewardsCalculationEndTimestamp;
        emit DistributionRootSubmitted(rootIndex, root, rewardsCalculationEndTimestamp, activatedAt);
    }

    /// @inheritdoc IRewardsCoordinator
    function disableRoot(uint32 rootIndex) external onlyWhenNotPaused(PAUSED_SUBMIT_DISABLE_ROOTS) onlyRewardsUpdater {
        require(rootIndex < _distributionRoots.length, InvalidRootIndex());
        DistributionRoot storage root = _distributionRoots[rootIndex];
        require(!root.disabled, RootDisabled());
        require(block.timestamp < root.activatedAt, RootAlreadyActivated());
        root.disabled = true;
        emit DistributionRootDisabled(rootIndex);
    }

    /* SPLITS */

    /// @inheritdoc IRewardsCoordinator
    function setOperatorAVSSplit(address operator, address avs, uint16 split)
        external
        onlyWhenNotPaused(PAUSED_OPERATOR_AVS_SPLIT)
        checkCanCall(operator)
    {
        (uint32 activatedAt, uint16 oldSplit) = _setSplit(_operatorAVSSplitBips[operator][avs], split);
        emit OperatorAVSSplitBipsSet(msg.sender, operator, avs, activatedAt, oldSplit, split);
    }

    /// @inheritdoc IRewardsCoordinator
    function setOperatorPISplit(address operator, uint16 split)
        external
        onlyWhenNotPaused(PAUSED_OPERATOR_PI_SPLIT)
        checkCanCall(operator)
    {
        (uint32 activatedAt, uint16 oldSplit) = _setSplit(_operatorPISplitBips[operator], split);
        emit OperatorPISplitBipsSet(msg.sender, operator, activatedAt, oldSplit, split);
    }

    /// @inheritdoc IRewardsCoordinator
    function setOperatorSetSplit(address operator, OperatorSet calldata operatorSet, uint16 split)
        external
        onlyWhenNotPaused(PAUSED_OPERATOR_SET_SPLIT)
        checkCanCall(operator)
    {
        require(allocationManager.isOperatorSet(operatorSet), InvalidOperatorSet());
        (uint32 activatedAt, uint16 oldSplit) = _setSplit(_operatorSetSplitBips[operator][operatorSet.key()], split);
        emit OperatorSetSplitBipsSet(msg.sender, operator, operatorSet, activatedAt, oldSplit, split);
    }

    /* ADMINISTRATION */

    /// @inheritdoc IRewardsCoordinator
    function setActivationDelay(uint32 delay) external onlyOwner {
        _setActivationDelay(delay);
    }

    /// @inheritdoc IRewardsCoordinator
    function setDefaultOperatorSplit(uint16 split) external onlyOwner {
        _setDefaultOperatorSplit(split);
    }

    /// @inheritdoc IRewardsCoordinator
    function setRewardsUpdater(address newRewardsUpdater) external onlyOwner {
        _setRewardsUpdater(newRewardsUpdater);
    }

    /// @inheritdoc IRewardsCoordinator
    function setRewardsForAllSubmitter(address submitter, bool newValue) external onlyOwner {
        emit RewardsForAllSubmitterSet(submitter, isRewardsForAllSubmitter[submitter], newValue);
        isRewardsForAllSubmitter[submitter] = newValue;
    }

    /* VIEWS */

    /// @inheritdoc IRewardsCoordinator
    function getOperatorAVSSplit(address operator, address avs) external view returns (uint16) {
        return _splitNow(_operatorAVSSplitBips[operator][avs]);
    }

    /// @inheritdoc IRewardsCoordinator
    function getOperatorPISplit(address operator) external view returns (uint16) {
        return _splitNow(_operatorPISplitBips[operator]);
    }

    /// @inheritdoc IRewardsCoordinator
    function getOperatorSetSplit(address operator, OperatorSet calldata operatorSet) external view returns (uint16) {
        return _splitNow(_operatorSetSplitBips[operator][operatorSet.key()]);
    }

    /// @inheritdoc IRewardsCoordinator
    function calculateEarnerLeafHash(EarnerTreeMerkleLeaf calldata leaf) public pure returns (bytes32) {
        return keccak256(abi.encodePacked(EARNER_LEAF_SALT, leaf.earner, leaf.earnerTokenRoot));
    }

    /// @inheritdoc IRewardsCoordinator
    function calculateTokenLeafHash(TokenTreeMerkleLeaf calldata leaf) public pure returns (bytes32) {
        return keccak256(abi.encodePacked(TOKEN_LEAF_SALT, leaf.token, leaf.cumulativeEarnings));
    }

    /// @inheritdoc IRewardsCoordinator
    function checkClaim(RewardsMerkleClaim calldata claim) external view returns (bool) {
        _checkClaim(claim, _distributionRoots[claim.rootIndex]);
        return true;
    }

    /// @inheritdoc IRewardsCoordinator
    function getDistributionRootsLength() external view returns (uint256) {
        return _distributionRoots.length;
    }

    /// @inheritdoc IRewardsCoordinator
    function getDistributionRootAtIndex(uint256 index) external view returns (DistributionRoot memory) {
        return _distributionRoots[index];
    }

    /// @inheritdoc IRewardsCoordinator
    function getCurrentDistributionRoot() external view returns (DistributionRoot memory) {
        return _distributionRoots[_distributionRoots.length - 1];
    }

    /// @inheritdoc IRewardsCoordinator
    function getCurrentClaimableDistributionRoot() external view returns (DistributionRoot memory root) {
        for (uint256 i = _distributionRoots.length; i > 0; --i) {
            DistributionRoot storage candidate = _distributionRoots[i - 1];
            if (!candidate.disabled && block.timestamp >= candidate.activatedAt) return candidate;
        }
    }

    /// @inheritdoc IRewardsCoordinator
    function getRootIndexFromHash(bytes32 rootHash) external view returns (uint32) {
        for (uint256 i = _distributionRoots.length; i > 0; --i) {
            if (_distributionRoots[i - 1].root == rootHash) return uint32(i - 1);
        }
        revert InvalidRoot();
    }

    /* INTERNALS: SUBMISSIONS */

    /// @dev Numbers a submission of the caller, once it is found right.
    function _number(RewardsSubmission calldata submission) internal returns (uint256 nonce, bytes32 hash) {
        nonce = submissionNonce[msg.sender];
        hash = keccak256(abi.encode(msg.sender, nonce, submission));
        _validate(submission);
        submissionNonce[msg.sender] = nonce + 1;
    }

    /// @dev Numbers a submission for `avs`, once it is found right; `amount` is what all operators get.
    function _numberDirected(address avs, OperatorDirectedRewardsSubmission calldata submission)
        internal
        returns (uint256 nonce, bytes32 hash, uint256 amount)
    {
        nonce = submissionNonce[avs];
        hash = keccak256(abi.encode(avs, nonce, submission));
        amount = _validateDirected(submission);
        submissionNonce[avs] = nonce + 1;
    }

    function _validate(RewardsSubmission calldata submission) internal view {
        _validateCommon(submission.strategiesAndMultipliers, submission.startTimestamp, submission.duration);
        require(submission.amount > 0, AmountIsZero());
        require(submission.amount <= MAX_REWARDS_AMOUNT, AmountExceedsMax());
        require(submission.startTimestamp <= block.timestamp + MAX_FUTURE_LENGTH, StartTimestampTooFarInFuture());
    }

    function _validateDirected(OperatorDirectedRewardsSubmission calldata submission)
        internal
        view
        returns (uint256 total)
    {
        _validateCommon(submission.strategiesAndMultipliers, submission.startTimestamp, submission.duration);
        require(submission.operatorRewards.length > 0, InputArrayLengthZero());
        // What operators did is known only once it is done.
        require(submission.startTimestamp + submission.duration < block.timestamp, SubmissionNotRetroactive());
        address previous = address(0);
        for (uint256 i = 0; i < submission.operatorRewards.length; ++i) {
            OperatorReward calldata reward = submission.operatorRewards[i];
            require(reward.operator != address(0), InvalidAddressZero());
            require(reward.operator > previous, OperatorsNotInAscendingOrder());
            require(reward.amount > 0, AmountIsZero());
            previous = reward.operator;
            total += reward.amount;
        }
        require(total <= MAX_REWARDS_AMOUNT, AmountExceedsMax());
    }

    /// @dev Submissions lie on a grid of whole intervals, and not too far in the past.
    function _validateCommon(
        StrategyAndMultiplier[] calldata strategiesAndMultipliers,
        uint32 startTimestamp,
        uint32 duration
    ) internal view {
        require(strategiesAndMultipliers.length > 0, InputArrayLengthZero());
        require(duration <= MAX_REWARDS_DURATION, DurationExceedsMax());
        require(duration % CALCULATION_INTERVAL_SECONDS == 0, InvalidDurationRemainder());
        require(duration > 0, DurationIsZero());
        require(startTimestamp % CALCULATION_INTERVAL_SECONDS == 0, InvalidStartTimestampRemainder());
        require(
            block.timestamp - MAX_RETROACTIVE_LENGTH <= startTimestamp && GENESIS_REWARDS_TIMESTAMP <= startTimestamp,
            StartTimestampTooFarInPast()
        );
        address previous = address(0);
        for (uint256 i = 0; i < strategiesAndMultipliers.length; ++i) {
            IStrategy strategy = strategiesAndMultipliers[i].strategy;
            require(
                strategyManager.strategyIsWhitelistedForDeposit(strategy) || strategy == beaconChainETHStrategy,
                StrategyNotWhitelisted()
            );
            require(address(strategy) > previous, StrategiesNotInAscendingOrder());
            previous = address(strategy);
        }
    }

    /* INTERNALS: CLAIMS */

    /// @dev What is claimed is noted before it is paid, so a token that calls back finds nothing to claim twice.
    function _processClaim(RewardsMerkleClaim calldata claim, address recipient) internal {
        DistributionRoot memory root = _distributionRoots[claim.rootIndex];
        _checkClaim(claim, root);
        address earner = claim.earnerLeaf.earner;
        address claimer = claimerFor[earner];
        if (claimer == address(0)) claimer = earner;
        require(msg.sender == claimer, UnauthorizedCaller());
        for (uint256 i = 0; i < claim.tokenLeaves.length; ++i) {
            TokenTreeMerkleLeaf calldata leaf = claim.tokenLeaves[i];
            uint256 claimed = cumulativeClaimed[earner][leaf.token];
            require(leaf.cumulativeEarnings > claimed, EarningsNotGreaterThanClaimed());
            uint256 amount = leaf.cumulativeEarnings - claimed;
            cumulativeClaimed[earner][leaf.token] = leaf.cumulativeEarnings;
            leaf.token.safeTransfer(recipient, amount);
            emit RewardsClaimed(root.root, earner, claimer, recipient, leaf.token, amount);
        }
    }

    /// @dev A leaf has one number only: those above the tree, which its proof would lead to the root as well, are none.
    function _checkClaim(RewardsMerkleClaim calldata claim, DistributionRoot memory root) internal view {
        require(!root.disabled, RootDisabled());
        require(block.timestamp >= root.activatedAt, RootNotActivated());
        require(claim.tokenIndices.length == claim.tokenTreeProofs.length, InputArrayLengthMismatch());
        require(claim.tokenTreeProofs.length == claim.tokenLeaves.length, InputArrayLengthMismatch());
        bytes calldata proof = claim.earnerTreeProof;
        require(claim.earnerIndex < proof.leaves(), InvalidEarnerLeafIndex());
        require(
            proof.verifies(root.root, calculateEarnerLeafHash(claim.earnerLeaf), claim.earnerIndex), InvalidClaimProof()
        );
        bytes32 tokenRoot = claim.earnerLeaf.earnerTokenRoot;
        for (uint256 i = 0; i < claim.tokenIndices.length; ++i) {
            proof = claim.tokenTreeProofs[i];
            require(claim.tokenIndices[i] < proof.leaves(), InvalidTokenLeafIndex());
            require(
                proof.verifies(tokenRoot, calculateTokenLeafHash(claim.tokenLeaves[i]), claim.tokenIndices[i]),
                InvalidClaimProof()
            );
        }
    }

    function _setClaimer(address earner, address claimer) internal {
        emit ClaimerForSet(earner, claimerFor[earner], claimer);
        claimerFor[earner] = claimer;
    }

    /* INTERNALS: SPLITS */

    /// @dev One change at a time. `oldSplit` is what counts until `activatedAt`.
    function _setSplit(OperatorSplit storage stored, uint16 split)
        internal
        returns (uint32 activatedAt, uint16 oldSplit)
    {
        activatedAt = uint32(block.timestamp) + activationDelay;
        oldSplit = _splitNow(stored);
        require(split <= ONE_HUNDRED_IN_BIPS, SplitExceedsMax());
        require(block.timestamp > stored.activatedAt, PreviousSplitPending());
        stored.oldSplitBips = stored.activatedAt == 0 ? NO_SPLIT : stored.newSplitBips;
        stored.newSplitBips = split;
        stored.activatedAt = activatedAt;
    }

    function _splitNow(OperatorSplit memory stored) internal view returns (uint16) {
        if (stored.activatedAt != 0 && block.timestamp >= stored.activatedAt) return stored.newSplitBips;
        bool isFirst = stored.activatedAt == 0 || stored.oldSplitBips == NO_SPLIT;
        return isFirst ? defaultOperatorSplitBips : stored.oldSplitBips;
    }

    /* INTERNALS: ADMINISTRATION */

    function _setActivationDelay(uint32 delay) internal {
        emit ActivationDelaySet(activationDelay, delay);
        activationDelay = delay;
    }

    function _setDefaultOperatorSplit(uint16 split) internal {
        emit DefaultOperatorSplitBipsSet(defaultOperatorSplitBips, split);
        defaultOperatorSplitBips = split;
    }

    function _setRewardsUpdater(address newRewardsUpdater) internal {
        emit RewardsUpdaterSet(rewardsUpdater, newRewardsUpdater);
        rewardsUpdater = newRewardsUpdater;
    }
}
