// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {IEigenPodManager} from "./IEigenPodManager.sol";

/// @title Errors of a pod
interface IEigenPodErrors {
    /// @notice Thrown when the caller is not the EigenPod manager.
    error OnlyEigenPodManager();
    /// @notice Thrown when the caller is not the one who reports what the beacon chain did.
    error OnlyBalanceReporter();
    /// @notice Thrown when a switch of the EigenPod manager is on.
    error CurrentlyPaused();
    /// @notice Thrown when the zero address is given.
    error InputAddressZero();
    /// @notice Thrown when more is to be withdrawn than came from the beacon chain.
    error InsufficientWithdrawableBalance();
    /// @notice Thrown when a validator is to start with anything but 32 ETH.
    error MsgValueNot32ETH();
}

/// @title Events of a pod
interface IEigenPodEvents {
    /// @notice A validator was started.
    event EigenPodStaked(bytes32 pubkeyHash);
    /// @notice ETH came in that no report accounted for yet.
    event NonBeaconChainETHReceived(uint256 amountReceived);
    /// @notice `amount` wei were paid to `recipient`.
    event RestakedBeaconChainETHWithdrawn(address indexed recipient, uint256 amount);
    /// @notice Everything the pod has was accounted for; it changed by `totalShareDeltaWei` since the time before.
    event CheckpointFinalized(uint64 indexed checkpointTimestamp, int256 totalShareDeltaWei);
}

/// @title A pod: where the native ETH of one staker is
/// @notice Validators name the pod as the address of their withdrawals. The pod accounts for what its validators have
/// on the beacon chain and for what came back, and tells the EigenPod manager what changed.
///
/// EigenLayer's pods are shown the state of the beacon chain with proofs. These are told, by one who is trusted with
/// it; what they then account for, and what they tell the manager, is the same.
interface IEigenPod is IEigenPodErrors, IEigenPodEvents {
    /// @notice Starts the pod. Once.
    function initialize(address owner) external;

    /* BALANCE REPORTS */

    /// @notice Accounts for validators that are new to the pod, with `balanceGwei` together. Only the reporter.
    function reportNewValidators(uint64 balanceGwei) external;

    /// @notice Accounts for everything: the validators have `balanceGwei` together, and whatever ETH is here and was
    /// not accounted for came from them. The value of the call is what left the beacon chain with this report. Only the
    /// reporter.
    function reportCheckpoint(uint64 balanceGwei) external payable;

    /* EIGENPOD MANAGER */

    /// @notice Starts a validator with the 32 ETH that come with the call. Only the EigenPod manager.
    function stake(bytes calldata pubkey, bytes calldata signature, bytes32 depositDataRoot) external payable;

    /// @notice Pays ETH that came back from the beacon chain. Only the EigenPod manager.
    /// @dev Only whole gwei are paid: what is left of `amountWei` is lost to whoever withdraws it.
    function withdrawRestakedBeaconChainETH(address recipient, uint256 amountWei) external;

    /* VIEWS */

    /// @notice Whose pod this is.
    function podOwner() external view returns (address);

    /// @notice Gwei that came back from the beacon chain, are accounted for and can be withdrawn.
    function withdrawableRestakedExecutionLayerGwei() external view returns (uint64);

    /// @notice Gwei that the validators had at the last report.
    function restakedValidatorsGwei() external view returns (uint64);

    /// @notice The EigenPod manager.
    function eigenPodManager() external view returns (IEigenPodManager);
}
