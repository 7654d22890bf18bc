// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {EnumerableSet} from "@openzeppelin/contracts/utils/structs/EnumerableSet.sol";
import {Initializable} from "@openzeppelin/contracts-upgradeable/proxy/utils/Initializable.sol";
import {ReentrancyGuardUpgradeable} from "@openzeppelin/contracts-upgradeable/security/ReentrancyGuardUpgradeable.sol";
import {IAllocationManager} from "../interfaces/IAllocationManager.sol";
import {IDelegationManager} from "../interfaces/IDelegationManager.sol";
import {IEigenPodManager} from "../interfaces/IEigenPodManager.sol";
import {IPauserRegistry} from "../interfaces/IPauserRegistry.sol";
import {IPermissionController} from "../interfaces/IPermissionController.sol";
import {IShareManager} from "../interfaces/IShareManager.sol";
import {IStrategy} from "../interfaces/IStrategy.sol";
import {IStrategyManager} from "../interfaces/IStrategyManager.sol";
import {DepositScalingFactor, SlashingLib} from "../libraries/SlashingLib.sol";
import {Snapshots} from "../libraries/Snapshots.sol";
import {Pausable} from "../permissions/Pausable.sol";
import {PermissionMixin} from "../permissions/PermissionMixin.sol";
import {SignaturesMixin} from "../utils/SignaturesMixin.sol";
import {DelegationManagerStorage} from "./DelegationManagerStorage.sol";

/// @title The delegation manager, as far as the releases share it
/// @notice See {IDelegationManager}. Each release adds where it books what a slash took.
/// @dev A slash touches no staker: it lowers the operator's maximum magnitude, and whoever reads a staker's shares
/// multiplies by it. The operator's own sum is lowered at once.
abstract contract DelegationManagerCore is
    Initializable,
    Pausable,
    DelegationManagerStorage,
    ReentrancyGuardUpgradeable,
    SignaturesMixin,
    PermissionMixin
{
    using EnumerableSet for EnumerableSet.Bytes32Set;
    using SlashingLib for DepositScalingFactor;
    using SlashingLib for uint256;
    using Snapshots for Snapshots.DefaultZeroHistory;

    /// @dev Shares on their way to an operator.
    struct Increase {
        address operator;
        address staker;
        IStrategy strategy;
        uint256 prevDepositShares;
        uint256 addedShares;
        uint256 slashingFactor;
    }

    /* CONSTRUCTOR */

    constructor(
        IStrategyManager strategies,
        IEigenPodManager pods,
        IAllocationManager allocations,
        IPauserRegistry registry,
        IPermissionController controller,
        uint32 minimumWithdrawalDelayBlocks,
        string memory version
    )
        Pausable(registry)
        DelegationManagerStorage(strategies, pods, allocations, minimumWithdrawalDelayBlocks)
        SignaturesMixin(version)
        PermissionMixin(controller)
    {
        _disableInitializers();
    }

    /* MODIFIERS */

    modifier onlyAllocationManager() {
        require(msg.sender == address(allocationManager), OnlyAllocationManager());
        _;
    }

    modifier onlyEigenPodManager() {
        require(msg.sender == address(eigenPodManager), OnlyEigenPodManager());
        _;
    }

    modifier onlyShareManagers() {
        require(
            msg.sender == address(strategyManager) || msg.sender == address(eigenPodManager),
            OnlyStrategyManagerOrEigenPodManager()
        );
        _;
    }

    /* OPERATORS */

    /// @inheritdoc IDelegationManager
    function registerAsOperator(address initDelegationApprover, uint32 allocationDelay, string calldata metadataURI)
        external
        nonReentrant
    {
        require(!isDelegated(msg.sender), ActivelyDelegated());
        allocationManager.setAllocationDelay(msg.sender, allocationDelay);
        _setDelegationApprover(msg.sender, initDelegationApprover);
        _delegate(msg.sender, msg.sender);
        emit OperatorRegistered(msg.sender, initDelegationApprover);
        emit OperatorMetadataURIUpdated(msg.sender, metadataURI);
    }

    /// @inheritdoc IDelegationManager
    function modifyOperatorDetails(address operator, address newDelegationApprover)
        external
        nonReentrant
        checkCanCall(operator)
    {
        require(isOperator(operator), OperatorNotRegistered());
        _setDelegationApprover(operator, newDelegationApprover);
    }

    /// @inheritdoc IDelegationManager
    function updateOperatorMetadataURI(address operator, string calldata metadataURI) external checkCanCall(operator) {
        require(isOperator(operator), OperatorNotRegistered());
        emit OperatorMetadataURIUpdated(operator, metadataURI);
    }

    /* STAKERS */

    /// @inheritdoc IDelegationManager
    function delegateTo(address operator, SignatureWithExpiry memory approverSignatureAndExpiry, bytes32 approverSalt)
        public
        nonReentrant
    {
        require(!isDelegated(msg.sender), ActivelyDelegated());
        require(isOperator(operator), OperatorNotRegistered());
        _checkApproval(msg.sender, operator, approverSignatureAndExpiry, approverSalt);
        _delegate(msg.sender, operator);
    }

    /// @inheritdoc IDelegationManager
    function undelegate(address staker) public nonReentrant returns (bytes32[] memory withdrawalRoots) {
        require(isDelegated(staker), NotActivelyDelegated());
        require(!isOperator(staker), OperatorsCannotUndelegate());
        if (msg.sender != staker) {
            address operator = delegatedTo[staker];
            require(_canCall(operator) || msg.sender == delegationApprover(operator), CallerCannotUndelegate());
            emit StakerForceUndelegated(staker, operator);
        }
        return _undelegate(staker);
    }

    /// @inheritdoc IDelegationManager
    function redelegate(address newOperator, SignatureWithExpiry memory newOperatorApproverSig, bytes32 approverSalt)
        external
        returns (bytes32[] memory withdrawalRoots)
    {
        withdrawalRoots = undelegate(msg.sender);
        delegateTo(newOperator, newOperatorApproverSig, approverSalt);
    }

    /// @inheritdoc IDelegationManager
    function queueWithdrawals(QueuedWithdrawalParams[] calldata params)
        external
        onlyWhenNotPaused(PAUSED_ENTER_WITHDRAWAL_QUEUE)
        nonReentrant
        returns (bytes32[] memory withdrawalRoots)
    {
        withdrawalRoots = new bytes32[](params.length);
        address operator = delegatedTo[msg.sender];
        for (uint256 i = 0; i < params.length; ++i) {
            require(params[i].strategies.length == params[i].depositShares.length, InputArrayLengthMismatch());
            withdrawalRoots[i] =
                _removeSharesAndQueue(msg.sender, operator, params[i].strategies, params[i].depositShares);
        }
    }

    /// @inheritdoc IDelegationManager
    function completeQueuedWithdrawal(Withdrawal memory withdrawal, IERC20[] calldata tokens, bool receiveAsTokens)
        external
        onlyWhenNotPaused(PAUSED_EXIT_WITHDRAWAL_QUEUE)
        nonReentrant
    {
        _completeQueuedWithdrawal(withdrawal, tokens, receiveAsTokens);
    }

    /// @inheritdoc IDelegationManager
    function completeQueuedWithdrawals(
        Withdrawal[] calldata withdrawals,
        IERC20[][] calldata tokens,
        bool[] calldata receiveAsTokens
    ) external onlyWhenNotPaused(PAUSED_EXIT_WITHDRAWAL_QUEUE) nonReentrant {
        for (uint256 i = 0; i < withdrawals.length; ++i) {
            _completeQueuedWithdrawal(withdrawals[i], tokens[i], receiveAsTokens[i]);
        }
    }

    /* CORE CONTRACTS */

    /// @inheritdoc IDelegationManager
    function increaseDelegatedShares(address staker, IStrategy strategy, uint256 prevDepositShares, uint256 addedShares)
        external
        onlyShareManagers
        nonReentrant
    {
        address operator = delegatedTo[staker];
        _increaseDelegation(
            Increase({
                operator: operator,
                staker: staker,
                strategy: strategy,
                prevDepositShares: prevDepositShares,
                addedShares: addedShares,
                slashingFactor: _slashingFactor(staker, strategy, _maxMagnitude(operator, strategy))
            })
        );
    }

    /// @inheritdoc IDelegationManager
    function decreaseDelegatedShares(address staker, uint256 curDepositShares, uint64 beaconChainSlashingFactorDecrease)
        external
        onlyEigenPodManager
        nonReentrant
    {
        if (!isDelegated(staker)) return;
        address operator = delegatedTo[staker];
        uint256 lostFactor =
            uint256(_maxMagnitude(operator, beaconChainETHStrategy)).mulWadDown(beaconChainSlashingFactorDecrease);
        uint256 lostShares =
            _depositScalingFactor[staker][beaconChainETHStrategy].calcWithdrawable(curDepositShares, lostFactor);
        _decreaseDelegation(operator, staker, beaconChainETHStrategy, lostShares);
    }

    /* INTERNALS: SLASHING */

    /// @dev Takes from the operator's shares and, without touching it, from the queue.
    /// @return totalDepositSharesToSlash what the share manager is to book
    function _slashOperatorShares(address operator, IStrategy strategy, uint64 prevMaxMagnitude, uint64 newMaxMagnitude)
        internal
        returns (uint256 totalDepositSharesToSlash)
    {
        uint256 slashedShares = operatorShares[operator][strategy].calcSlashedAmount(prevMaxMagnitude, newMaxMagnitude);
        uint256 slashedQueuedShares =
            _scaledSharesInQueue(operator, strategy).scaleForBurning(prevMaxMagnitude, newMaxMagnitude);
        totalDepositSharesToSlash = slashedShares + slashedQueuedShares;

        // A slash has no staker.
        _decreaseDelegation(operator, address(0), strategy, slashedShares);
        emit OperatorSharesSlashed(operator, strategy, totalDepositSharesToSlash);
    }

    /* INTERNALS: DELEGATION */

    function _setDelegationApprover(address operator, address newDelegationApprover) internal {
        _operatorDetails[operator].delegationApprover = newDelegationApprover;
        emit DelegationApproverUpdated(operator, newDelegationApprover);
    }

    /// @dev An operator with an approver is delegated to only with its fresh signature, even by the approver itself.
    function _checkApproval(address staker, address operator, SignatureWithExpiry memory approval, bytes32 salt)
        internal
    {
        address approver = delegationApprover(operator);
        if (approver == address(0)) return;
        require(!delegationApproverSaltIsSpent[approver][salt], SaltSpent());
        delegationApproverSaltIsSpent[approver][salt] = true;
        _checkSignature(
            approver,
            calculateDelegationApprovalDigestHash(staker, operator, approver, salt, approval.expiry),
            approval.signature,
            approval.expiry
        );
    }

    /// @dev The staker's shares come to the operator unslashed, whatever the operator lost before; the deposit scaling
    /// factors make up for it. Native ETH comes with what the beacon chain left of it.
    function _delegate(address staker, address operator) internal onlyWhenNotPaused(PAUSED_NEW_DELEGATION) {
        (IStrategy[] memory strategies, uint256[] memory depositShares) = getDepositedShares(staker);
        delegatedTo[staker] = operator;
        emit StakerDelegated(staker, operator);
        for (uint256 i = 0; i < strategies.length; ++i) {
            uint256 addedShares = depositShares[i];
            if (strategies[i] == beaconChainETHStrategy) {
                uint64 left = eigenPodManager.beaconChainSlashingFactor(staker);
                addedShares = _depositScalingFactor[staker][strategies[i]].calcWithdrawable(addedShares, left);
            }
            // The zero address: what the beacon chain took is in `addedShares` already.
            uint64 maxMagnitude = _maxMagnitude(operator, strategies[i]);
            _increaseDelegation(
                Increase({
                    operator: operator,
                    staker: staker,
                    strategy: strategies[i],
                    prevDepositShares: 0,
                    addedShares: addedShares,
                    slashingFactor: _slashingFactor(address(0), strategies[i], maxMagnitude)
                })
            );
        }
    }

    function _undelegate(address staker)
        internal
        onlyWhenNotPaused(PAUSED_ENTER_WITHDRAWAL_QUEUE)
        returns (bytes32[] memory withdrawalRoots)
    {
        address operator = delegatedTo[staker];
        (IStrategy[] memory strategies, uint256[] memory depositShares) = getDepositedShares(staker);
        delegatedTo[staker] = address(0);
        emit StakerUndelegated(staker, operator);

        // One withdrawal for each strategy, so that one that does not pay cannot block the others.
        withdrawalRoots = new bytes32[](strategies.length);
        for (uint256 i = 0; i < strategies.length; ++i) {
            IStrategy[] memory single = new IStrategy[](1);
            uint256[] memory shares = new uint256[](1);
            (single[0], shares[0]) = (strategies[i], depositShares[i]);
            withdrawalRoots[i] = _removeSharesAndQueue(staker, operator, single, shares);
        }
    }

    /// @dev Nothing can be given to an operator that was slashed entirely, not even nothing.
    function _increaseDelegation(Increase memory increase) internal {
        require(increase.slashingFactor != 0, FullySlashed());
        if (increase.addedShares == 0) return;
        DepositScalingFactor storage factor = _depositScalingFactor[increase.staker][increase.strategy];
        _updateScalingFactor(factor, increase);
        emit DepositScalingFactorUpdated(increase.staker, increase.strategy, factor.scalingFactor());
        if (!isDelegated(increase.staker)) return;
        operatorShares[increase.operator][increase.strategy] += increase.addedShares;
        emit OperatorSharesIncreased(increase.operator, increase.staker, increase.strategy, increase.addedShares);
    }

    /// @dev Adjusts the factor to shares on their way.
    function _updateScalingFactor(DepositScalingFactor storage factor, Increase memory increase) internal virtual;

    function _decreaseDelegation(address operator, address staker, IStrategy strategy, uint256 shares) internal {
        operatorShares[operator][strategy] -= shares;
        emit OperatorSharesDecreased(operator, staker, strategy, shares);
    }

    /* INTERNALS: WITHDRAWALS */

    /// @dev Moves deposit shares into the queue. They leave the operator's sum as what they are worth now, and enter
    /// the queue scaled but not slashed, so that slashes of the coming blocks still reach them.
    function _removeSharesAndQueue(
        address staker,
        address operator,
        IStrategy[] memory strategies,
        uint256[] memory depositShares
    ) internal returns (bytes32 withdrawalRoot) {
        require(staker != address(0), InputAddressZero());
        require(strategies.length != 0, InputArrayLengthZero());
        uint256[] memory scaledShares = new uint256[](strategies.length);
        uint256[] memory withdrawableShares = new uint256[](strategies.length);
        for (uint256 i = 0; i < strategies.length; ++i) {
            (scaledShares[i], withdrawableShares[i]) = _removeShares(staker, operator, strategies[i], depositShares[i]);
        }

        Withdrawal memory withdrawal = Withdrawal({
            staker: staker,
            delegatedTo: operator,
            withdrawer: staker,
            nonce: cumulativeWithdrawalsQueued[staker]++,
            startBlock: uint32(block.number),
            strategies: strategies,
            scaledShares: scaledShares
        });
        withdrawalRoot = calculateWithdrawalRoot(withdrawal);
        pendingWithdrawals[withdrawalRoot] = true;
        _queuedWithdrawals[withdrawalRoot] = withdrawal;
        _stakerQueuedWithdrawalRoots[staker].add(withdrawalRoot);
        emit SlashingWithdrawalQueued(withdrawalRoot, withdrawal, withdrawableShares);
    }

    function _removeShares(address staker, address operator, IStrategy strategy, uint256 depositShares)
        internal
        returns (uint256 scaledShares, uint256 withdrawableShares)
    {
        DepositScalingFactor storage factor = _depositScalingFactor[staker][strategy];
        uint256 slashingFactor = _slashingFactor(staker, strategy, _maxMagnitude(operator, strategy));
        withdrawableShares = factor.calcWithdrawable(depositShares, slashingFactor);
        scaledShares = factor.scaleForQueueWithdrawal(depositShares);
        if (operator != address(0)) {
            Snapshots.DefaultZeroHistory storage history = _cumulativeScaledSharesHistory[operator][strategy];
            history.push(uint32(block.number), history.latest() + scaledShares);
            _decreaseDelegation(operator, staker, strategy, withdrawableShares);
        }
        uint256 left = _shareManager(strategy).removeDepositShares(staker, strategy, depositShares);
        if (left == 0) {
            factor.reset();
            emit DepositScalingFactorUpdated(staker, strategy, SlashingLib.WAD);
        }
    }

    function _completeQueuedWithdrawal(Withdrawal memory withdrawal, IERC20[] calldata tokens, bool receiveAsTokens)
        internal
    {
        require(tokens.length == withdrawal.strategies.length, InputArrayLengthMismatch());
        require(msg.sender == withdrawal.withdrawer, WithdrawerNotCaller());
        bytes32 withdrawalRoot = calculateWithdrawalRoot(withdrawal);
        require(pendingWithdrawals[withdrawalRoot], WithdrawalNotQueued());
        uint32 slashableUntil = withdrawal.startBlock + minWithdrawalDelayBlocks;
        require(uint32(block.number) > slashableUntil, WithdrawalDelayNotElapsed());

        _stakerQueuedWithdrawalRoots[withdrawal.staker].remove(withdrawalRoot);
        delete _queuedWithdrawals[withdrawalRoot];
        delete pendingWithdrawals[withdrawalRoot];
        emit SlashingWithdrawalCompleted(withdrawalRoot);

        // What is paid was slashed as long as it was slashable, and not a block longer.
        uint256[] memory slashingFactors = _slashingFactorsAt(withdrawal, slashableUntil);
        for (uint256 i = 0; i < withdrawal.strategies.length; ++i) {
            uint256 shares = withdrawal.scaledShares[i].scaleForCompleteWithdrawal(slashingFactors[i]);
            if (shares == 0) continue;
            if (receiveAsTokens) {
                _shareManager(withdrawal.strategies[i])
                    .withdrawSharesAsTokens(withdrawal.staker, withdrawal.strategies[i], tokens[i], shares);
            } else {
                _returnShares(withdrawal.staker, withdrawal.strategies[i], shares);
            }
        }
    }

    /// @dev The shares come back to whomever the staker is delegated to now.
    function _returnShares(address staker, IStrategy strategy, uint256 shares) internal {
        address operator = delegatedTo[staker];
        uint256 slashingFactor = _slashingFactor(staker, strategy, _maxMagnitude(operator, strategy));
        (uint256 prevDepositShares, uint256 addedShares) = _shareManager(strategy).addShares(staker, strategy, shares);
        _increaseDelegation(
            Increase({
                operator: operator,
                staker: staker,
                strategy: strategy,
                prevDepositShares: prevDepositShares,
                addedShares: addedShares,
                slashingFactor: slashingFactor
            })
        );
    }

    /* INTERNALS: FACTORS */

    function _shareManager(IStrategy strategy) internal view returns (IShareManager) {
        return strategy == beaconChainETHStrategy
            ? IShareManager(address(eigenPodManager))
            : IShareManager(address(strategyManager));
    }

    function _maxMagnitude(address operator, IStrategy strategy) internal view returns (uint64) {
        return allocationManager.getMaxMagnitude(operator, strategy);
    }

    /// @dev What slashing leaves of one scaled share: the operator's maximum magnitude and, for native ETH, the beacon
    /// chain's part, rounded down.
    function _slashingFactor(address staker, IStrategy strategy, uint64 maxMagnitude) internal view returns (uint256) {
        if (strategy != beaconChainETHStrategy) return maxMagnitude;
        return uint256(maxMagnitude).mulWadDown(eigenPodManager.beaconChainSlashingFactor(staker));
    }

    /// @dev The factors of a withdrawal's operator as they were after block `atBlock`; the beacon chain's part as it is
    /// now.
    function _slashingFactorsAt(Withdrawal memory withdrawal, uint32 atBlock)
        internal
        view
        returns (uint256[] memory factors)
    {
        uint64[] memory maxMagnitudes =
            allocationManager.getMaxMagnitudesAtBlock(withdrawal.delegatedTo, withdrawal.strategies, atBlock);
        factors = new uint256[](maxMagnitudes.length);
        for (uint256 i = 0; i < factors.length; ++i) {
            factors[i] = _slashingFactor(withdrawal.staker, withdrawal.strategies[i], maxMagnitudes[i]);
        }
    }

    /// @dev Scaled shares queued in the last `minWithdrawalDelayBlocks` blocks and this one. Reverts on chains younger
    /// than that.
    function _scaledSharesInQueue(address operator, IStrategy strategy) internal view returns (uint256) {
        Snapshots.DefaultZeroHistory storage history = _cumulativeScaledSharesHistory[operator][strategy];
        return history.latest() - history.upperLookup(uint32(block.number) - minWithdrawalDelayBlocks - 1);
    }

    /* VIEWS: DELEGATION */

    /// @inheritdoc IDelegationManager
    function isDelegated(address staker) public view returns (bool) {
        return delegatedTo[staker] != address(0);
    }

    /// @inheritdoc IDelegationManager
    function isOperator(address operator) public view returns (bool) {
        return operator != address(0) && delegatedTo[operator] == operator;
    }

    /// @inheritdoc IDelegationManager
    function delegationApprover(address operator) public view returns (address) {
        return _operatorDetails[operator].delegationApprover;
    }

    /// @inheritdoc IDelegationManager
    function getOperatorShares(address operator, IStrategy[] memory strategies)
        public
        view
        returns (uint256[] memory shares)
    {
        shares = new uint256[](strategies.length);
        for (uint256 i = 0; i < strategies.length; ++i) {
            shares[i] = operatorShares[operator][strategies[i]];
        }
    }

    /// @inheritdoc IDelegationManager
    function getOperatorsShares(address[] memory operators, IStrategy[] memory strategies)
        external
        view
        returns (uint256[][] memory shares)
    {
        shares = new uint256[][](operators.length);
        for (uint256 i = 0; i < operators.length; ++i) {
            shares[i] = getOperatorShares(operators[i], strategies);
        }
    }

    /* VIEWS: SHARES */

    /// @inheritdoc IDelegationManager
    function depositScalingFactor(address staker, IStrategy strategy) external view returns (uint256) {
        return _depositScalingFactor[staker][strategy].scalingFactor();
    }

    /// @inheritdoc IDelegationManager
    function getDepositedShares(address staker)
        public
        view
        returns (IStrategy[] memory strategies, uint256[] memory shares)
    {
        (strategies, shares) = strategyManager.getDeposits(staker);
        int256 podShares = eigenPodManager.podOwnerDepositShares(staker);
        if (podShares <= 0) return (strategies, shares);

        uint256 length = strategies.length;
        IStrategy[] memory withPod = new IStrategy[](length + 1);
        uint256[] memory sharesWithPod = new uint256[](length + 1);
        for (uint256 i = 0; i < length; ++i) {
            (withPod[i], sharesWithPod[i]) = (strategies[i], shares[i]);
        }
        (withPod[length], sharesWithPod[length]) = (beaconChainETHStrategy, uint256(podShares));
        return (withPod, sharesWithPod);
    }

    /// @inheritdoc IDelegationManager
    function getWithdrawableShares(address staker, IStrategy[] memory strategies)
        external
        view
        returns (uint256[] memory withdrawableShares, uint256[] memory depositShares)
    {
        address operator = delegatedTo[staker];
        withdrawableShares = new uint256[](strategies.length);
        depositShares = new uint256[](strategies.length);
        for (uint256 i = 0; i < strategies.length; ++i) {
            IStrategy strategy = strategies[i];
            uint256 slashingFactor = _slashingFactor(staker, strategy, _maxMagnitude(operator, strategy));
            depositShares[i] = _shareManager(strategy).stakerDepositShares(staker, strategy);
            withdrawableShares[i] =
                _depositScalingFactor[staker][strategy].calcWithdrawable(depositShares[i], slashingFactor);
        }
    }

    /// @inheritdoc IDelegationManager
    function convertToDepositShares(address staker, IStrategy[] memory strategies, uint256[] memory withdrawableShares)
        external
        view
        returns (uint256[] memory depositShares)
    {
        address operator = delegatedTo[staker];
        depositShares = new uint256[](strategies.length);
        for (uint256 i = 0; i < strategies.length; ++i) {
            IStrategy strategy = strategies[i];
            uint256 slashingFactor = _slashingFactor(staker, strategy, _maxMagnitude(operator, strategy));
            depositShares[i] =
                _depositScalingFactor[staker][strategy].calcDepositShares(withdrawableShares[i], slashingFactor);
        }
    }

    /* VIEWS: WITHDRAWALS */

    /// @inheritdoc IDelegationManager
    function getSlashableSharesInQueue(address operator, IStrategy strategy) external view returns (uint256) {
        return _scaledSharesInQueue(operator, strategy).scaleForBurning(_maxMagnitude(operator, strategy), 0);
    }

    /// @inheritdoc IDelegationManager
    function queuedWithdrawals(bytes32 withdrawalRoot) external view returns (Withdrawal memory) {
        return _queuedWithdrawals[withdrawalRoot];
    }

    /// @inheritdoc IDelegationManager
    function getQueuedWithdrawal(bytes32 withdrawalRoot)
        public
        view
        returns (Withdrawal memory withdrawal, uint256[] memory shares)
    {
        withdrawal = _queuedWithdrawals[withdrawalRoot];
        shares = new uint256[](withdrawal.strategies.length);
        uint32 slashableUntil = withdrawal.startBlock + minWithdrawalDelayBlocks;
        uint32 atBlock = slashableUntil < uint32(block.number) ? slashableUntil : uint32(block.number);
        uint256[] memory slashingFactors = _slashingFactorsAt(withdrawal, atBlock);
        for (uint256 i = 0; i < shares.length; ++i) {
            shares[i] = withdrawal.scaledShares[i].scaleForCompleteWithdrawal(slashingFactors[i]);
        }
    }

    /// @inheritdoc IDelegationManager
    function getQueuedWithdrawals(address staker)
        external
        view
        returns (Withdrawal[] memory withdrawals, uint256[][] memory shares)
    {
        bytes32[] memory roots = getQueuedWithdrawalRoots(staker);
        withdrawals = new Withdrawal[](roots.length);
        shares = new uint256[][](roots.length);
        for (uint256 i = 0; i < roots.length; ++i) {
            (withdrawals[i], shares[i]) = getQueuedWithdrawal(roots[i]);
        }
    }

    /// @inheritdoc IDelegationManager
    function getQueuedWithdrawalRoots(address staker) public view returns (bytes32[] memory) {
        return _stakerQueuedWithdrawalRoots[staker].values();
    }

    /// @inheritdoc IDelegationManager
    function calculateWithdrawalRoot(Withdrawal memory withdrawal) public pure returns (bytes32) {
        return keccak256(abi.encode(withdrawal));
    }

    /// @inheritdoc IDelegationManager
    function calculateDelegationApprovalDigestHash(
        address staker,
        address operator,
        address approver,
        bytes32 approverSalt,
        uint256 expiry
    ) public view returns (bytes32) {
        return _digest(
            keccak256(abi.encode(DELEGATION_APPROVAL_TYPEHASH, approver, staker, operator, approverSalt, expiry))
        );
    }
}
