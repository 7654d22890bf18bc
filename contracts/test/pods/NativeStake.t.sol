// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IDelegationManagerTypes} from "../../src/interfaces/IDelegationManager.sol";
import {IEigenPodErrors} from "../../src/interfaces/IEigenPod.sol";
import {IEigenPodManagerEvents} from "../../src/interfaces/IEigenPodManager.sol";
import {vm} from "../utils/Vm.sol";
import {PodScene} from "./PodScene.sol";

/// @notice Native ETH as stake: with operators, in the queue, slashed by sets and by the beacon chain.
contract NativeStakeTest is PodScene {
    /* IN AND OUT */

    function test_withdrawal_asETH() public {
        _restake(32 ether);
        IDelegationManagerTypes.Withdrawal memory withdrawal = _queueNative(staker, 32 ether);
        vm.assertEq(_podShares(staker), 0);
        _checkpoint(pod, 0, 32 ether);
        _pass(WITHDRAWAL_DELAY + 1);
        _complete(withdrawal, true);
        vm.assertEq(staker.balance, 32 ether);
        vm.assertEq(address(pod).balance, 0);
        vm.assertEq(pod.withdrawableRestakedExecutionLayerGwei(), 0);
    }

    function test_withdrawal_waitsForTheValidators() public {
        _restake(32 ether);
        IDelegationManagerTypes.Withdrawal memory withdrawal = _queueNative(staker, 1 ether);
        _pass(WITHDRAWAL_DELAY + 1);
        vm.expectRevert(IEigenPodErrors.InsufficientWithdrawableBalance.selector);
        _complete(withdrawal, true);
        _checkpoint(pod, 31 * ETH_GWEI, 1 ether);
        _complete(withdrawal, true);
        vm.assertEq(staker.balance, 1 ether);
    }

    function test_withdrawal_asShares() public {
        _delegate(staker, operator);
        _restake(32 ether);
        IDelegationManagerTypes.Withdrawal memory withdrawal = _queueNative(staker, 12 ether);
        vm.assertEq(_nativeOperatorShares(operator), 20 ether);
        _pass(WITHDRAWAL_DELAY + 1);
        _complete(withdrawal, false);
        vm.assertEq(_podShares(staker), 32 ether);
        vm.assertEq(_nativeOperatorShares(operator), 32 ether);
    }

    /// @dev The rest of a gwei is forfeited, and stays in the pod.
    function test_withdrawal_paysWholeGwei() public {
        _checkpoint(pod, 0, 2 gwei);
        IDelegationManagerTypes.Withdrawal memory withdrawal = _queueNative(staker, 1.5 gwei);
        _pass(WITHDRAWAL_DELAY + 1);
        _complete(withdrawal, true);
        vm.assertEq(staker.balance, 1 gwei);
        vm.assertEq(_podShares(staker), 0.5 gwei);
        vm.assertEq(address(pod).balance, 1 gwei);
    }

    /* SLASHED BY SETS */

    function test_slash_leavesTheETHWhereItIs() public {
        _delegate(staker, operator);
        _checkpoint(pod, 0, 32 ether);
        _allocateAll();
        vm.expectEmit(address(eigenPodManager));
        emit IEigenPodManagerEvents.BurnableETHSharesIncreased(8 ether);
        _slash(operator, otherSet, NATIVE_STRATEGY, 0.25e18);
        vm.assertEq(eigenPodManager.burnableETHShares(), 8 ether);
        vm.assertEq(_nativeOperatorShares(operator), 24 ether);
        vm.assertEq(_nativeWithdrawable(staker), 24 ether);
        vm.assertEq(_podShares(staker), 32 ether);
        vm.assertEq(address(pod).balance, 32 ether);
        // Nothing waits to be cleared.
        vm.assertEq(strategyManager.getPendingSlashIds(otherSet).length, 0);
        vm.assertEq(_slashedShares(otherSet, 1, NATIVE_STRATEGY), 0);
    }

    function test_slash_reachesTheQueue() public {
        _delegate(staker, operator);
        _checkpoint(pod, 0, 32 ether);
        _allocateAll();
        IDelegationManagerTypes.Withdrawal memory withdrawal = _queueNative(staker, 16 ether);
        _slash(operator, otherSet, NATIVE_STRATEGY, 0.25e18);
        vm.assertEq(eigenPodManager.burnableETHShares(), 8 ether);
        _pass(WITHDRAWAL_DELAY + 1);
        _complete(withdrawal, true);
        vm.assertEq(staker.balance, 12 ether);
    }

    /* SLASHED BY THE BEACON CHAIN */

    /// @dev The queue has no part in deposit shares, and loses all the same.
    function test_loss_reachesTheQueueEvenAfterItsWindow() public {
        _delegate(staker, operator);
        _checkpoint(pod, 16 * ETH_GWEI, 16 ether);
        IDelegationManagerTypes.Withdrawal memory withdrawal = _queueNative(staker, 16 ether);
        _pass(WITHDRAWAL_DELAY + 1);
        _checkpoint(pod, 8 * ETH_GWEI, 0);
        _complete(withdrawal, true);
        vm.assertEq(staker.balance, 12 ether);
    }

    /// @dev The scaled shares of the queue do not know what the beacon chain took: more counts as slashed than the
    /// withdrawal loses.
    function test_slash_countsMoreThanTheQueueLoses() public {
        _delegate(staker, operator);
        _checkpoint(pod, 0, 16 ether);
        _reportNew(pod, 16 * ETH_GWEI);
        _checkpoint(pod, 0, 0);
        vm.assertEq(eigenPodManager.beaconChainSlashingFactor(staker), 0.5e18);
        _allocateAll();
        IDelegationManagerTypes.Withdrawal memory withdrawal = _queueNative(staker, 32 ether);
        _slash(operator, otherSet, NATIVE_STRATEGY, 0.5e18);
        vm.assertEq(eigenPodManager.burnableETHShares(), 16 ether);
        _pass(WITHDRAWAL_DELAY + 1);
        _complete(withdrawal, true);
        vm.assertEq(staker.balance, 8 ether);
    }

    function test_delegating_bringsWhatTheBeaconChainLeft() public {
        _restake(32 ether);
        _checkpoint(pod, 24 * ETH_GWEI, 0);
        _delegate(staker, operator);
        vm.assertEq(_nativeOperatorShares(operator), 24 ether);
        _undelegate(staker);
        vm.assertEq(_nativeOperatorShares(operator), 0);
        vm.assertEq(_podShares(staker), 0);
    }

    /// @dev Both orders, with new ETH between: what came in between is slashed once or not at all.
    function test_order_ofBothSlashesMatters() public {
        _delegate(staker, operator);
        _restake(32 ether);
        _scar(operator, NATIVE_STRATEGY, 0.5e18);
        _reportNew(pod, 32 * ETH_GWEI);
        _checkpoint(pod, 48 * ETH_GWEI, 0);
        // Half of 32, and 32; three quarters of it.
        vm.assertEq(_nativeWithdrawable(staker), 36 ether);

        _delegate(otherStaker, otherOperator);
        pod = _createPod(otherStaker);
        _restake(32 ether);
        _reportNew(pod, 32 * ETH_GWEI);
        _checkpoint(pod, 48 * ETH_GWEI, 0);
        _scar(otherOperator, NATIVE_STRATEGY, 0.5e18);
        vm.assertEq(_nativeWithdrawable(otherStaker), 24 ether);
    }

    /* WHAT CANNOT LEAVE */

    function test_worked_operatorHasAShareLess() public {
        _workedExample();
        vm.assertEq(_nativeOperatorShares(operator), 59671342310999999976);
        vm.assertEq(_nativeWithdrawable(staker), 59671342310999999977);
    }

    function test_worked_stakerCannotLeave() public {
        _workedExample();
        _expectPanic(PANIC_ARITHMETIC);
        _undelegate(staker);
        uint256 all = uint256(_podShares(staker));
        vm.prank(staker);
        _expectPanic(PANIC_ARITHMETIC);
        delegationManager.queueWithdrawals(_queueParams(NATIVE_STRATEGY, all));
    }

    function test_worked_stakerLeavesInTwoSteps() public {
        _workedExample();
        _queueNative(staker, uint256(_podShares(staker)) - 1);
        _undelegate(staker);
        vm.assertEq(_podShares(staker), 0);
        vm.assertFalse(delegationManager.isDelegated(staker));
    }

    function test_worked_totalLossCannotBeReported() public {
        _workedExample();
        _expectPanic(PANIC_ARITHMETIC);
        _record(staker, 59671342311 gwei, -59671342311 gwei);
        _record(staker, 59671342311 gwei, -59671342310 gwei);
    }

    /// @dev 32 ETH of which a little is lost, all of it queued, new ETH, and an operator of whose native ETH half was
    /// slashed before.
    function _workedExample() private {
        _scar(operator, NATIVE_STRATEGY, 0.5e18);
        _record(staker, 0, 32 ether);
        _record(staker, 32 ether, -60875733 gwei);
        vm.assertEq(eigenPodManager.beaconChainSlashingFactor(staker), 998097633343750000);
        vm.assertEq(_podShares(staker), 32 ether);
        _queueNative(staker, 32 ether);
        _record(staker, 0, 59671342311 gwei);
        vm.assertEq(_scalingFactor(staker, NATIVE_STRATEGY), 1001905992552929754);
        vm.assertEq(_nativeWithdrawable(staker), 59671342310999999976);
        _delegate(staker, operator);
    }

    /* HELPERS */

    /// @notice New validators of the pod's owner.
    function _restake(uint256 amount) private {
        _reportNew(pod, uint64(amount / GWEI));
    }

    /// @notice All that the operator has of native ETH can be slashed by the other set.
    function _allocateAll() private {
        _join(operator, otherSet);
        _allocate(operator, otherSet, NATIVE_STRATEGY, WAD);
        _pass(ALLOCATION_DELAY);
    }
}
