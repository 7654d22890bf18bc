// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IEigenPodErrors, IEigenPodEvents} from "../../src/interfaces/IEigenPod.sol";
import {IEigenPodManagerErrors, IEigenPodManagerEvents} from "../../src/interfaces/IEigenPodManager.sol";
import {vm} from "../utils/Vm.sol";
import {PodScene} from "./PodScene.sol";

/// @notice What pods are told of the beacon chain.
contract ReportsTest is PodScene {
    uint8 private constant NEW_VALIDATORS = 2;
    uint8 private constant START_CHECKPOINT = 6;
    uint8 private constant CHECKPOINT_PROOFS = 7;

    /* NEW VALIDATORS */

    function test_newValidators_areGained() public {
        _expectRecord(0, 32 ether);
        _reportNew(pod, 32 * ETH_GWEI);
        vm.assertEq(pod.restakedValidatorsGwei(), 32 * ETH_GWEI);
        _expectRecord(0, 1 gwei);
        _reportNew(pod, 1);
        vm.assertEq(pod.restakedValidatorsGwei(), 32 * ETH_GWEI + 1);
        vm.assertEq(_podShares(staker), 32 ether + 1 gwei);
        vm.assertEq(pod.withdrawableRestakedExecutionLayerGwei(), 0);
    }

    function test_newValidators_revertWhenThereAreTooMany() public {
        _reportNew(pod, type(uint64).max);
        _expectPanic(PANIC_ARITHMETIC);
        _reportNew(pod, 1);
    }

    function test_newValidators_areReportedByTheReporter() public {
        vm.prank(staker);
        vm.expectRevert(IEigenPodErrors.OnlyBalanceReporter.selector);
        pod.reportNewValidators(1);
    }

    function test_newValidators_revertWhenPaused() public {
        _pause(eigenPodManager, NEW_VALIDATORS);
        vm.expectRevert(IEigenPodErrors.CurrentlyPaused.selector);
        _reportNew(pod, 1);
    }

    function test_newValidators_areReportedWhenAllElseIsPaused() public {
        _pauseAllBut(eigenPodManager, NEW_VALIDATORS);
        _reportNew(pod, 1);
    }

    /* CHECKPOINTS */

    function test_checkpoint_ofAReward() public {
        _reportNew(pod, 32 * ETH_GWEI);
        _expectRecord(32 ether, 1 ether);
        vm.expectEmit(address(pod));
        emit IEigenPodEvents.CheckpointFinalized(uint64(block.timestamp), 1 ether);
        _checkpoint(pod, 33 * ETH_GWEI, 0);
        vm.assertEq(pod.restakedValidatorsGwei(), 33 * ETH_GWEI);
        vm.assertEq(_podShares(staker), 33 ether);
    }

    /// @dev What leaves the beacon chain and arrives is neither gained nor lost.
    function test_checkpoint_ofAnExit() public {
        _reportNew(pod, 32 * ETH_GWEI);
        _expectRecord(32 ether, 0);
        _checkpoint(pod, 0, 32 ether);
        vm.assertEq(pod.restakedValidatorsGwei(), 0);
        vm.assertEq(pod.withdrawableRestakedExecutionLayerGwei(), 32 * ETH_GWEI);
        vm.assertEq(address(pod).balance, 32 ether);
        vm.assertEq(_podShares(staker), 32 ether);
    }

    /// @dev What is lost is a part of all that there was, wherever it was.
    function test_checkpoint_ofALoss() public {
        _reportNew(pod, 32 * ETH_GWEI);
        _checkpoint(pod, 16 * ETH_GWEI, 16 ether);
        _expectRecord(32 ether, -8 ether);
        _checkpoint(pod, 8 * ETH_GWEI, 0);
        vm.assertEq(eigenPodManager.beaconChainSlashingFactor(staker), 0.75e18);
        vm.assertEq(pod.withdrawableRestakedExecutionLayerGwei(), 16 * ETH_GWEI);
    }

    /// @dev The difference is one number: half of the loss is hidden by what came.
    function test_checkpoint_netsWhatCameAgainstALoss() public {
        _reportNew(pod, 32 * ETH_GWEI);
        _expectRecord(32 ether, -4 ether);
        _checkpoint(pod, 24 * ETH_GWEI, 4 ether);
        vm.assertEq(eigenPodManager.beaconChainSlashingFactor(staker), 0.875e18);
        vm.assertEq(pod.withdrawableRestakedExecutionLayerGwei(), 4 * ETH_GWEI);
        vm.assertEq(_podShares(staker), 32 ether);
    }

    function test_checkpoint_findsWhatSomebodySent() public {
        vm.deal(stranger, 2 ether);
        vm.expectEmit(address(pod));
        emit IEigenPodEvents.NonBeaconChainETHReceived(1 ether);
        _send(stranger, 1 ether);
        vm.assertEq(_podShares(staker), 0);
        _checkpoint(pod, 0, 0);
        vm.assertEq(_podShares(staker), 1 ether);
        vm.assertEq(pod.withdrawableRestakedExecutionLayerGwei(), ETH_GWEI);
        // It counts once.
        _expectRecord(1 ether, 0);
        _checkpoint(pod, 0, 0);
        vm.assertEq(_podShares(staker), 1 ether);
    }

    function test_checkpoint_leavesPartsOfAGweiForTheNext() public {
        vm.deal(stranger, 1 ether);
        _send(stranger, 1.5 gwei);
        _checkpoint(pod, 0, 0);
        vm.assertEq(_podShares(staker), 1 gwei);
        _send(stranger, 0.5 gwei);
        _checkpoint(pod, 0, 0);
        vm.assertEq(_podShares(staker), 2 gwei);
    }

    function test_checkpoint_isReportedByTheReporter() public {
        vm.prank(staker);
        vm.expectRevert(IEigenPodErrors.OnlyBalanceReporter.selector);
        pod.reportCheckpoint(1);
    }

    function test_checkpoint_revertsWhenPaused() public {
        _pause(eigenPodManager, START_CHECKPOINT);
        vm.expectRevert(IEigenPodErrors.CurrentlyPaused.selector);
        _checkpoint(pod, 1, 0);
        vm.prank(unpauser);
        eigenPodManager.unpause(0);
        _pause(eigenPodManager, CHECKPOINT_PROOFS);
        vm.expectRevert(IEigenPodErrors.CurrentlyPaused.selector);
        _checkpoint(pod, 1, 0);
    }

    /* THE REPORTER */

    function test_reporter_isNamedByTheOwner() public {
        vm.expectEmit(address(eigenPodManager));
        emit IEigenPodManagerEvents.ProofTimestampSetterSet(stranger);
        vm.prank(owner);
        eigenPodManager.setProofTimestampSetter(stranger);
        vm.assertEq(eigenPodManager.proofTimestampSetter(), stranger);
        vm.expectRevert(IEigenPodErrors.OnlyBalanceReporter.selector);
        _reportNew(pod, 1);
        vm.prank(stranger);
        pod.reportNewValidators(1);
    }

    function test_reporter_isNamedByNobodyElse() public {
        vm.prank(reporter);
        _expectError("Ownable: caller is not the owner");
        eigenPodManager.setProofTimestampSetter(stranger);
    }

    function test_forkTimestamp_isTheReporters() public {
        vm.expectEmit(address(eigenPodManager));
        emit IEigenPodManagerEvents.PectraForkTimestampSet(7);
        vm.prank(reporter);
        eigenPodManager.setPectraForkTimestamp(7);
        vm.assertEq(eigenPodManager.pectraForkTimestamp(), 7);
        vm.prank(owner);
        vm.expectRevert(IEigenPodManagerErrors.OnlyProofTimestampSetter.selector);
        eigenPodManager.setPectraForkTimestamp(8);
    }

    function test_manager_startsOnce() public {
        _expectError("Initializable: contract is already initialized");
        eigenPodManager.initialize(stranger, 0);
        vm.assertEq(eigenPodManager.owner(), owner);
    }

    /* HELPERS */

    function _expectRecord(uint256 prevWei, int256 deltaWei) private {
        vm.expectCall(
            address(eigenPodManager),
            abi.encodeCall(eigenPodManager.recordBeaconChainETHBalanceUpdate, (staker, prevWei, deltaWei))
        );
    }

    function _send(address from, uint256 amount) private {
        vm.prank(from);
        (bool sent,) = address(pod).call{value: amount}("");
        vm.assertTrue(sent);
    }
}
