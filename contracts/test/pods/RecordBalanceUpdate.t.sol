// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IDelegationManagerErrors, IDelegationManagerEvents} from "../../src/interfaces/IDelegationManager.sol";
import {IEigenPodManagerErrors, IEigenPodManagerEvents} from "../../src/interfaces/IEigenPodManager.sol";
import {vm} from "../utils/Vm.sol";
import {PodScene} from "./PodScene.sol";

/// @notice What a pod tells the manager, and what the manager makes of it.
contract RecordBalanceUpdateTest is PodScene {
    /* GAINS */

    function test_gain_addsDepositShares() public {
        vm.recordLogs();
        vm.expectEmit(address(eigenPodManager));
        emit IEigenPodManagerEvents.PodSharesUpdated(staker, 32 ether);
        vm.expectEmit(address(eigenPodManager));
        emit IEigenPodManagerEvents.NewTotalShares(staker, 32 ether);
        vm.expectEmit(address(delegationManager));
        emit IDelegationManagerEvents.DepositScalingFactorUpdated(staker, NATIVE_STRATEGY, 1e18);
        _record(staker, 0, 32 ether);
        vm.assertEq(_emitted(), 3);
        vm.assertEq(_podShares(staker), 32 ether);
        vm.assertEq(eigenPodManager.stakerDepositShares(staker, NATIVE_STRATEGY), 32 ether);
        vm.assertEq(_nativeWithdrawable(staker), 32 ether);
    }

    function test_gain_isTheOperatorsToo() public {
        _delegate(staker, operator);
        vm.expectEmit(address(delegationManager));
        emit IDelegationManagerEvents.OperatorSharesIncreased(operator, staker, NATIVE_STRATEGY, 32 ether);
        _record(staker, 0, 32 ether);
        vm.assertEq(_nativeOperatorShares(operator), 32 ether);
        _record(staker, 32 ether, 1 gwei);
        vm.assertEq(_nativeOperatorShares(operator), 32 ether + 1 gwei);
        vm.assertEq(_nativeOperatorShares(otherOperator), 0);
    }

    /// @dev What is new was not slashed.
    function test_gain_afterASlashCountsInFull() public {
        _delegate(staker, operator);
        _record(staker, 0, 32 ether);
        _scar(operator, NATIVE_STRATEGY, 0.5e18);
        vm.assertEq(_nativeWithdrawable(staker), 16 ether);
        _record(staker, 32 ether, 16 ether);
        vm.assertEq(_podShares(staker), 48 ether);
        // 32 of 48 is no finite fraction.
        vm.assertEq(_nativeWithdrawable(staker), 32 ether - 32);
        vm.assertEq(_nativeOperatorShares(operator), 32 ether);
    }

    function test_gain_revertsWhenFullySlashed() public {
        _delegate(staker, operator);
        _record(staker, 0, 32 ether);
        _scar(operator, NATIVE_STRATEGY, 0);
        vm.expectRevert(IDelegationManagerErrors.FullySlashed.selector);
        _record(staker, 32 ether, 1 gwei);
        _undelegate(staker);
        _record(staker, 0, 1 gwei);
        vm.assertEq(_nativeWithdrawable(staker), 1 gwei);
    }

    /// @dev A total loss is for ever, with or without an operator.
    function test_gain_revertsAfterATotalLoss() public {
        _record(staker, 0, 32 ether);
        _record(staker, 32 ether, -32 ether);
        vm.expectRevert(IDelegationManagerErrors.FullySlashed.selector);
        _record(staker, 0, 1 gwei);
    }

    /* NOTHING */

    function test_nothing_changesNothing() public {
        _record(staker, 0, 32 ether);
        vm.recordLogs();
        _record(staker, 32 ether, 0);
        vm.assertEq(_emitted(), 0);
        vm.assertEq(_podShares(staker), 32 ether);
    }

    /* LOSSES */

    function test_loss_lowersTheFactorAndNoShares() public {
        _record(staker, 0, 32 ether);
        vm.recordLogs();
        vm.expectEmit(address(eigenPodManager));
        emit IEigenPodManagerEvents.BeaconChainSlashingFactorDecreased(staker, 1e18, 0.75e18);
        _record(staker, 32 ether, -8 ether);
        vm.assertEq(_emitted(), 1);
        vm.assertEq(_podShares(staker), 32 ether);
        vm.assertEq(eigenPodManager.beaconChainSlashingFactor(staker), 0.75e18);
        vm.assertEq(_nativeWithdrawable(staker), 24 ether);
        vm.assertEq(eigenPodManager.beaconChainSlashingFactor(otherStaker), 1e18);
    }

    function test_loss_isRoundedAgainstTheStaker() public {
        _record(staker, 0, 3 gwei);
        _record(staker, 3 gwei, -1 gwei);
        vm.assertEq(eigenPodManager.beaconChainSlashingFactor(staker), 666666666666666666);
        // Of what is left, not of what there was.
        _record(staker, 2 gwei, -1 gwei);
        vm.assertEq(eigenPodManager.beaconChainSlashingFactor(staker), 333333333333333333);
    }

    function test_loss_isTheOperatorsToo() public {
        _delegate(staker, operator);
        _record(staker, 0, 32 ether);
        vm.expectEmit(address(delegationManager));
        emit IDelegationManagerEvents.OperatorSharesDecreased(operator, staker, NATIVE_STRATEGY, 8 ether);
        _record(staker, 32 ether, -8 ether);
        vm.assertEq(_nativeOperatorShares(operator), 24 ether);
    }

    /// @dev The operator lost half before: it has half of what the beacon chain took to lose.
    function test_loss_afterASlash() public {
        _delegate(staker, operator);
        _record(staker, 0, 32 ether);
        _scar(operator, NATIVE_STRATEGY, 0.5e18);
        _record(staker, 32 ether, -8 ether);
        vm.assertEq(_nativeOperatorShares(operator), 12 ether);
        vm.assertEq(_nativeWithdrawable(staker), 12 ether);
    }

    function test_loss_ofEverything() public {
        _delegate(staker, operator);
        _record(staker, 0, 32 ether);
        _record(staker, 32 ether, -32 ether);
        vm.assertEq(eigenPodManager.beaconChainSlashingFactor(staker), 0);
        vm.assertEq(_nativeOperatorShares(operator), 0);
        vm.assertEq(_nativeWithdrawable(staker), 0);
        vm.assertEq(_podShares(staker), 32 ether);
    }

    function test_loss_revertsWhenThereWasLess() public {
        _record(staker, 0, 32 ether);
        _expectPanic(PANIC_ARITHMETIC);
        _record(staker, 32 ether, -32 ether - 1 gwei);
    }

    function test_loss_revertsWhenThereWasNothing() public {
        _expectPanic(PANIC_ARITHMETIC);
        _record(staker, 0, -1 gwei);
    }

    /* WHO AND WHAT */

    function test_record_revertsWhenNotThePod() public {
        address[4] memory others = [staker, reporter, address(delegationManager), address(_createPod(otherStaker))];
        for (uint256 i = 0; i < others.length; ++i) {
            vm.prank(others[i]);
            vm.expectRevert(IEigenPodManagerErrors.OnlyEigenPod.selector);
            eigenPodManager.recordBeaconChainETHBalanceUpdate(staker, 0, 32 ether);
        }
    }

    function test_record_revertsWithPartsOfAGwei() public {
        int256[3] memory parts = [int256(1), -1, 32 ether + 1];
        for (uint256 i = 0; i < parts.length; ++i) {
            vm.expectRevert(IEigenPodManagerErrors.SharesNotMultipleOfGwei.selector);
            _record(staker, 32 ether, parts[i]);
        }
    }

    function test_record_revertsWithAnOldDebt() public {
        _owe(staker, 1);
        vm.expectRevert(IEigenPodManagerErrors.LegacyWithdrawalsNotCompleted.selector);
        _record(staker, 0, 32 ether);
    }

    function test_record_checksGweiBeforeTheDebt() public {
        _owe(staker, 1);
        vm.expectRevert(IEigenPodManagerErrors.SharesNotMultipleOfGwei.selector);
        _record(staker, 0, 1);
    }

    /// @dev Pausing is the pods' affair.
    function test_record_runsWhenPaused() public {
        vm.prank(pauser);
        eigenPodManager.pauseAll();
        _record(staker, 0, 32 ether);
        vm.assertEq(_podShares(staker), 32 ether);
    }
}
