// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IEigenPodErrors, IEigenPodEvents} from "../../src/interfaces/IEigenPod.sol";
import {IEigenPodManagerErrors, IEigenPodManagerEvents} from "../../src/interfaces/IEigenPodManager.sol";
import {vm} from "../utils/Vm.sol";
import {PodScene} from "./PodScene.sol";

/// @notice What only the delegation manager may call of the manager, and only the manager of pods.
contract EigenPodManagerPlumbingTest is PodScene {
    /* ADDING */

    function test_addShares_credits() public {
        vm.recordLogs();
        vm.expectEmit(address(eigenPodManager));
        emit IEigenPodManagerEvents.PodSharesUpdated(staker, 10);
        vm.expectEmit(address(eigenPodManager));
        emit IEigenPodManagerEvents.NewTotalShares(staker, 10);
        _assertAdded(staker, 10, 0, 10);
        vm.assertEq(_emitted(), 2);
        vm.assertEq(_podShares(staker), 10);
        _assertAdded(staker, 5, 10, 5);
        vm.assertEq(_podShares(staker), 15);
    }

    function test_addShares_toWhomHasNoPod() public {
        _assertAdded(otherStaker, 10, 0, 10);
        vm.assertEq(_podShares(otherStaker), 10);
    }

    function test_addShares_ofNothing() public {
        _assertAdded(staker, 0, 0, 0);
    }

    function test_addShares_paysADebtFirst() public {
        _owe(staker, 10);
        _assertAdded(staker, 4, 0, 0);
        vm.assertEq(_podShares(staker), -6);
        vm.assertEq(eigenPodManager.stakerDepositShares(staker, NATIVE_STRATEGY), 0);
        _assertAdded(staker, 6, 0, 0);
        vm.assertEq(_podShares(staker), 0);
        _owe(staker, 3);
        _assertAdded(staker, 10, 0, 7);
        vm.assertEq(_podShares(staker), 7);
    }

    function test_addShares_revertsForNobody() public {
        vm.prank(address(delegationManager));
        vm.expectRevert(IEigenPodErrors.InputAddressZero.selector);
        eigenPodManager.addShares(address(0), NATIVE_STRATEGY, 1);
    }

    function test_addShares_revertsWithMoreThanASignedNumber() public {
        vm.prank(address(delegationManager));
        vm.expectRevert(IEigenPodManagerErrors.SharesNegative.selector);
        eigenPodManager.addShares(staker, NATIVE_STRATEGY, 1 << 255);
    }

    /* REMOVING */

    function test_removeDepositShares_takes() public {
        _record(staker, 0, 10 gwei);
        vm.recordLogs();
        vm.expectEmit(address(eigenPodManager));
        emit IEigenPodManagerEvents.NewTotalShares(staker, 10 gwei - 3);
        vm.assertEq(_remove(staker, 3), 10 gwei - 3);
        vm.assertEq(_emitted(), 1);
        vm.assertEq(_remove(staker, 10 gwei - 3), 0);
        vm.assertEq(_podShares(staker), 0);
    }

    /// @dev Unlike from the strategy manager.
    function test_removeDepositShares_ofNothing() public {
        vm.assertEq(_remove(staker, 0), 0);
    }

    function test_removeDepositShares_revertsWhenTooMany() public {
        _record(staker, 0, 10 gwei);
        vm.expectRevert(IEigenPodManagerErrors.SharesNegative.selector);
        _remove(staker, 10 gwei + 1);
    }

    /* PAYING */

    function test_withdraw_paysWholeGwei() public {
        _fill(8 gwei);
        vm.expectEmit(address(pod));
        emit IEigenPodEvents.RestakedBeaconChainETHWithdrawn(staker, 3 gwei);
        _pay(staker, 4 gwei - 1);
        vm.assertEq(staker.balance, 3 gwei);
        vm.assertEq(address(pod).balance, 5 gwei);
        vm.assertEq(pod.withdrawableRestakedExecutionLayerGwei(), 5);
        // The shares left the staker when they entered the queue.
        vm.assertEq(_podShares(staker), 8 gwei);
    }

    function test_withdraw_revertsWhenItIsNotThere() public {
        _fill(8 gwei);
        _reportNew(pod, 32);
        vm.expectRevert(IEigenPodErrors.InsufficientWithdrawableBalance.selector);
        _pay(staker, 9 gwei);
    }

    function test_withdraw_paysADebtFirst() public {
        _fill(8 gwei);
        _owe(staker, 3 gwei);
        _pay(staker, 2 gwei);
        vm.assertEq(_podShares(staker), -1 gwei);
        vm.assertEq(staker.balance, 0);
        _pay(staker, 2 gwei);
        vm.assertEq(_podShares(staker), 0);
        vm.assertEq(staker.balance, 1 gwei);
    }

    function test_withdraw_revertsForNobody() public {
        vm.expectRevert(IEigenPodErrors.InputAddressZero.selector);
        _pay(address(0), 1);
    }

    function test_withdraw_revertsForNothing() public {
        vm.expectRevert(IEigenPodManagerErrors.SharesNegative.selector);
        _pay(staker, 0);
        vm.expectRevert(IEigenPodManagerErrors.SharesNegative.selector);
        _pay(staker, 1 << 255);
    }

    function test_withdraw_revertsWhenTheStakerRefuses() public {
        _fill(8 gwei);
        vm.etch(staker, hex"fe");
        _expectError("Address: unable to send value, recipient may have reverted");
        _pay(staker, 1 gwei);
    }

    /* BOOKING SLASHES */

    function test_increase_sums() public {
        vm.expectEmit(address(eigenPodManager));
        emit IEigenPodManagerEvents.BurnableETHSharesIncreased(7);
        _book(7);
        _book(5);
        vm.assertEq(eigenPodManager.burnableETHShares(), 12);
    }

    /* WHO AND WHAT */

    function test_plumbing_isTheDelegationManagers() public {
        vm.startPrank(stranger);
        vm.expectRevert(IEigenPodManagerErrors.OnlyDelegationManager.selector);
        eigenPodManager.addShares(staker, NATIVE_STRATEGY, 1);
        vm.expectRevert(IEigenPodManagerErrors.OnlyDelegationManager.selector);
        eigenPodManager.removeDepositShares(staker, NATIVE_STRATEGY, 1);
        vm.expectRevert(IEigenPodManagerErrors.OnlyDelegationManager.selector);
        eigenPodManager.withdrawSharesAsTokens(staker, NATIVE_STRATEGY, IERC20(address(0)), 1);
        vm.expectRevert(IEigenPodManagerErrors.OnlyDelegationManager.selector);
        eigenPodManager.increaseBurnOrRedistributableShares(operatorSet, 1, NATIVE_STRATEGY, 1);
        vm.stopPrank();
    }

    function test_plumbing_isOfNativeETHOnly() public {
        vm.startPrank(address(delegationManager));
        vm.expectRevert(IEigenPodManagerErrors.InvalidStrategy.selector);
        eigenPodManager.addShares(staker, strategy, 1);
        vm.expectRevert(IEigenPodManagerErrors.InvalidStrategy.selector);
        eigenPodManager.removeDepositShares(staker, strategy, 0);
        vm.expectRevert(IEigenPodManagerErrors.InvalidStrategy.selector);
        eigenPodManager.withdrawSharesAsTokens(staker, strategy, token, 1);
        vm.stopPrank();
        vm.expectRevert(IEigenPodManagerErrors.InvalidStrategy.selector);
        eigenPodManager.stakerDepositShares(staker, strategy);
    }

    function test_withdrawRestaked_isTheManagers() public {
        _fill(8 gwei);
        vm.prank(staker);
        vm.expectRevert(IEigenPodErrors.OnlyEigenPodManager.selector);
        pod.withdrawRestakedBeaconChainETH(staker, 1 gwei);
    }

    /// @dev What no pod has is cut off.
    function test_withdrawRestaked_countsIn64Bits() public {
        _fill(8 gwei);
        vm.prank(address(eigenPodManager));
        pod.withdrawRestakedBeaconChainETH(staker, ((1 << 64) + 3) * 1 gwei);
        vm.assertEq(staker.balance, 3 gwei);
    }

    /* HELPERS */

    /// @notice `amount` came back from the beacon chain.
    function _fill(uint256 amount) private {
        _checkpoint(pod, 0, amount);
    }

    function _assertAdded(address who, uint256 shares, uint256 expectedPrev, uint256 expectedAdded) private {
        vm.prank(address(delegationManager));
        (uint256 prev, uint256 added) = eigenPodManager.addShares(who, NATIVE_STRATEGY, shares);
        vm.assertEq(prev, expectedPrev);
        vm.assertEq(added, expectedAdded);
    }

    function _remove(address who, uint256 shares) private returns (uint256) {
        vm.prank(address(delegationManager));
        return eigenPodManager.removeDepositShares(who, NATIVE_STRATEGY, shares);
    }

    function _pay(address who, uint256 shares) private {
        vm.prank(address(delegationManager));
        eigenPodManager.withdrawSharesAsTokens(who, NATIVE_STRATEGY, IERC20(address(0)), shares);
    }

    function _book(uint256 shares) private {
        vm.prank(address(delegationManager));
        eigenPodManager.increaseBurnOrRedistributableShares(operatorSet, 1, NATIVE_STRATEGY, shares);
    }
}
