// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IPausable} from "../../src/interfaces/IPausable.sol";
import {IStrategy} from "../../src/interfaces/IStrategy.sol";
import {IStrategyManagerErrors, IStrategyManagerEvents} from "../../src/interfaces/IStrategyManager.sol";
import {ISlashingStrategy} from "../../src/slashing/interfaces/ISlashingStrategy.sol";
import {vm} from "../utils/Vm.sol";
import {SlashingScene} from "./SlashingScene.sol";

contract BurnSharesTest is SlashingScene {
    /// @dev 25 of the operator's 100 shares wait to be burned.
    function setUp() public override {
        super.setUp();
        _deposit(operator, strategy, 100e18);
        _join(operator, operatorSet);
        _allocate(operator, operatorSet, strategy, 0.5e18);
        _pass(ALLOCATION_DELAY);
        _slash(operator, operatorSet, strategy, 0.5e18);
    }

    /* BURNING */

    function test_burn_byAnybody() public {
        vm.prank(stranger);
        deposits.burnShares(strategy);
        vm.assertEq(token.balanceOf(BURN_ADDRESS), 25e18);
        vm.assertEq(token.balanceOf(address(strategy)), 75e18);
        vm.assertEq(token.balanceOf(stranger), 0);
        vm.assertEq(strategy.totalShares(), 75e18);
        vm.assertEq(deposits.getBurnableShares(strategy), 0);
        (address[] memory listed,) = deposits.getStrategiesWithBurnableShares();
        vm.assertEq(listed.length, 0);
    }

    function test_burn_emits() public {
        vm.expectEmit(address(strategyManager));
        emit IStrategyManagerEvents.BurnableSharesDecreased(strategy, 25e18);
        vm.expectEmit(address(token));
        emit IERC20.Transfer(address(strategy), BURN_ADDRESS, 25e18);
        deposits.burnShares(strategy);
    }

    function test_burn_atTheRateOfThatTime() public {
        token.mint(address(strategy), 100e18);
        deposits.burnShares(strategy);
        // (200e18 + 1000) * 25e18 / (100e18 + 1000)
        vm.assertEq(token.balanceOf(BURN_ADDRESS), 49999999999999999750);
    }

    function test_burn_ofNothingEmitsAndPaysNothing() public {
        deposits.burnShares(strategy);
        vm.recordLogs();
        vm.expectEmit(address(strategyManager));
        emit IStrategyManagerEvents.BurnableSharesDecreased(strategy, 0);
        deposits.burnShares(strategy);
        vm.assertEq(_emitted(), 1);
        vm.assertEq(token.balanceOf(BURN_ADDRESS), 25e18);
    }

    function test_burn_leavesOtherStrategiesAlone() public {
        deposits.burnShares(secondStrategy);
        vm.assertEq(deposits.getBurnableShares(strategy), 25e18);
        vm.assertEq(secondToken.balanceOf(BURN_ADDRESS), 0);
    }

    function test_burn_waitsWhileTheStrategyPaysNothing() public {
        _pause(strategy, 1);
        vm.expectRevert(IPausable.CurrentlyPaused.selector);
        deposits.burnShares(strategy);
        vm.assertEq(deposits.getBurnableShares(strategy), 25e18);
    }

    /* BOOKING */

    function test_increase_adds() public {
        vm.prank(address(delegationManager));
        deposits.increaseBurnableShares(strategy, 7);
        vm.assertEq(deposits.getBurnableShares(strategy), 25e18 + 7);
    }

    function test_increase_revertsWhenNotTheDelegationManager() public {
        vm.prank(stranger);
        vm.expectRevert(IStrategyManagerErrors.OnlyDelegationManager.selector);
        deposits.increaseBurnableShares(strategy, 7);
    }

    /* STRATEGY */

    function test_withdraw_returnsNothing() public {
        vm.prank(address(strategyManager));
        (bool done, bytes memory returned) =
            address(strategy).call(abi.encodeCall(ISlashingStrategy.withdraw, (recipient, token, 10e18)));
        vm.assertTrue(done);
        vm.assertEq(returned.length, 0);
        vm.assertEq(token.balanceOf(recipient), 10e18);
    }

    function test_withdraw_revertsWhenNotTheStrategyManager() public {
        vm.prank(stranger);
        vm.expectRevert(IStrategy.OnlyStrategyManager.selector);
        ISlashingStrategy(address(strategy)).withdraw(recipient, token, 1);
    }

    function test_withdrawal_pays() public {
        _pass(WITHDRAWAL_DELAY);
        _deposit(staker, strategy, 30e18);
        vm.prank(staker);
        bytes32[] memory roots = delegationManager.queueWithdrawals(_queueParams(strategy, 30e18));
        _pass(WITHDRAWAL_DELAY + 1);
        _complete(delegationManager.queuedWithdrawals(roots[0]), true);
        vm.assertEq(token.balanceOf(staker), 30e18);
    }
}
