// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IEigenPod} from "../interfaces/IEigenPod.sol";
import {IEigenPodManager} from "../interfaces/IEigenPodManager.sol";
import {IETHPOSDeposit} from "../interfaces/IETHPOSDeposit.sol";

/// @title The state of a pod
/// @dev Where EigenLayer's pods have it. What they keep of single validators, of proofs and of checkpoints under way is
/// reserved: here a report says it all at once.
abstract contract EigenPodStorage is IEigenPod {
    /* CONSTANTS */

    uint256 internal constant GWEI_TO_WEI = 1e9;

    /// @dev Pause bits, of the EigenPod manager.
    uint8 internal constant PAUSED_VERIFY_CREDENTIALS = 2;
    uint8 internal constant PAUSED_START_CHECKPOINT = 6;
    uint8 internal constant PAUSED_CHECKPOINT_PROOFS = 7;

    /* IMMUTABLES */

    /// @notice The deposit contract of the beacon chain.
    IETHPOSDeposit public immutable ethPOS;

    /// @inheritdoc IEigenPod
    IEigenPodManager public immutable eigenPodManager;

    /// @notice The time at which the beacon chain began.
    uint64 public immutable GENESIS_TIME;

    /* STORAGE */

    /// @inheritdoc IEigenPod
    address public podOwner;

    uint64 private __deprecated_mostRecentWithdrawalTimestamp;

    /// @dev Of the pod's balance: came back from the beacon chain and is accounted for.
    uint64 internal restakedExecutionLayerGwei;

    bool private __deprecated_hasRestaked;
    mapping(bytes32 => mapping(uint64 => bool)) private __deprecated_provenWithdrawal;
    mapping(bytes32 => uint256) private __reserved_validators;
    uint256 private __deprecated_nonBeaconChainETHBalanceWei;
    uint64 private __deprecated_sumOfPartialWithdrawalsClaimedGwei;
    uint256 private __reserved_activeValidatorCount;

    /// @notice When everything was last accounted for.
    uint64 public lastCheckpointTimestamp;

    uint64 private __reserved_currentCheckpointTimestamp;
    mapping(uint64 => uint64) private __reserved_checkpointBalanceExitedGwei;
    uint256[2] private __reserved_currentCheckpoint;
    address private __reserved_proofSubmitter;

    /// @inheritdoc IEigenPod
    /// @dev Ours: EigenLayer's pods keep it validator by validator.
    uint64 public restakedValidatorsGwei;

    uint256[34] private __gap;

    /* CONSTRUCTOR */

    constructor(IETHPOSDeposit depositContract, IEigenPodManager manager, uint64 genesisTime) {
        ethPOS = depositContract;
        eigenPodManager = manager;
        GENESIS_TIME = genesisTime;
    }
}
