// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {EnumerableSet} from "@openzeppelin/contracts/utils/structs/EnumerableSet.sol";
import {IAllocationManager} from "../interfaces/IAllocationManager.sol";
import {IDelegationManager} from "../interfaces/IDelegationManager.sol";
import {IEigenPodManager} from "../interfaces/IEigenPodManager.sol";
import {IStrategy} from "../interfaces/IStrategy.sol";
import {IStrategyManager} from "../interfaces/IStrategyManager.sol";
import {DepositScalingFactor} from "../libraries/SlashingLib.sol";
import {Snapshots} from "../libraries/Snapshots.sol";

/// @title The state of the delegation manager, the same in all releases
/// @dev Apart, because proxies keep it across upgrades: variables are only ever added, out of the gap.
abstract contract DelegationManagerStorage is IDelegationManager {
    /* CONSTANTS */

    /// @inheritdoc IDelegationManager
    bytes32 public constant DELEGATION_APPROVAL_TYPEHASH = keccak256(
        "DelegationApproval(address delegationApprover,address staker,address operator,bytes32 salt,uint256 expiry)"
    );

    /// @inheritdoc IDelegationManager
    IStrategy public constant beaconChainETHStrategy = IStrategy(0xbeaC0eeEeeeeEEeEeEEEEeeEEeEeeeEeeEEBEaC0);

    /// @dev Pause bits.
    uint8 internal constant PAUSED_NEW_DELEGATION = 0;
    uint8 internal constant PAUSED_ENTER_WITHDRAWAL_QUEUE = 1;
    uint8 internal constant PAUSED_EXIT_WITHDRAWAL_QUEUE = 2;

    /* IMMUTABLES */

    /// @notice The strategy manager.
    IStrategyManager public immutable strategyManager;

    /// @notice The EigenPod manager.
    IEigenPodManager public immutable eigenPodManager;

    /// @notice The allocation manager.
    IAllocationManager public immutable allocationManager;

    /// @inheritdoc IDelegationManager
    uint32 public immutable minWithdrawalDelayBlocks;

    /* STORAGE */

    bytes32 private __deprecated_DOMAIN_SEPARATOR;

    /// @inheritdoc IDelegationManager
    mapping(address operator => mapping(IStrategy => uint256)) public operatorShares;

    mapping(address operator => OperatorDetails) internal _operatorDetails;

    /// @inheritdoc IDelegationManager
    mapping(address staker => address operator) public delegatedTo;

    mapping(address => uint256) private __deprecated_stakerNonce;

    /// @inheritdoc IDelegationManager
    mapping(address approver => mapping(bytes32 salt => bool)) public delegationApproverSaltIsSpent;

    uint256 private __deprecated_minWithdrawalDelayBlocks;

    /// @inheritdoc IDelegationManager
    mapping(bytes32 withdrawalRoot => bool) public pendingWithdrawals;

    /// @inheritdoc IDelegationManager
    mapping(address staker => uint256) public cumulativeWithdrawalsQueued;

    address private __deprecated_stakeRegistry;

    mapping(IStrategy => uint256) private __deprecated_strategyWithdrawalDelayBlocks;

    mapping(address staker => mapping(IStrategy => DepositScalingFactor)) internal _depositScalingFactor;

    mapping(address staker => EnumerableSet.Bytes32Set) internal _stakerQueuedWithdrawalRoots;

    mapping(bytes32 withdrawalRoot => Withdrawal) internal _queuedWithdrawals;

    /// @dev Scaled shares ever queued by stakers of an operator. The difference between two blocks is what was queued
    /// between them, which is what a slash can reach.
    mapping(address operator => mapping(IStrategy => Snapshots.DefaultZeroHistory)) internal
        _cumulativeScaledSharesHistory;

    uint256[35] private __gap;

    /* CONSTRUCTOR */

    constructor(
        IStrategyManager strategies,
        IEigenPodManager pods,
        IAllocationManager allocations,
        uint32 minimumWithdrawalDelayBlocks
    ) {
        strategyManager = strategies;
        eigenPodManager = pods;
        allocationManager = allocations;
        minWithdrawalDelayBlocks = minimumWithdrawalDelayBlocks;
    }
}
