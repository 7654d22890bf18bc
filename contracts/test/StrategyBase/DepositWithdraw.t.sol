// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IPausable} from "../../src/interfaces/IPausable.sol";
import {IStrategy} from "../../src/interfaces/IStrategy.sol";
import {Scene} from "../utils/Scene.sol";
import {vm} from "../utils/Vm.sol";

contract StrategyBaseDepositWithdrawTest is Scene {
    uint256 private constant MAX_TOTAL_SHARES = 1e38 - 1;

    /* DEPOSITS */

    function test_deposit_oneForOneAtFirst() public {
        vm.assertEq(_deposit(10e18), 10e18);
        vm.assertEq(strategy.totalShares(), 10e18);
    }

    function test_deposit_roundsDown() public {
        _deposit(10e18);
        token.mint(address(strategy), 5e18);
        // 1e18 * (10e18 + 1000) / (15e18 + 1000)
        vm.assertEq(_deposit(1e18), 666666666666666688);
        vm.assertEq(strategy.totalShares(), 10666666666666666688);
    }

    function test_deposit_emitsTheRate() public {
        _deposit(10e18);
        token.mint(address(strategy), 6e18);
        token.mint(address(strategy), 1e18);
        vm.recordLogs();
        vm.expectEmit(address(strategy));
        // (17e18 + 1000) / (10.625e18 + 1023)
        emit IStrategy.ExchangeRateEmitted(1599999999999999940);
        vm.prank(address(strategyManager));
        strategy.deposit(token, 1e18);
        vm.assertEq(_emitted(), 1);
    }

    function test_deposit_afterADonationToAnEmptyStrategyTakesFromTheDonorMost() public {
        _deposit(1);
        token.mint(address(strategy), 1e18);
        vm.assertEq(_deposit(1e18), 1000);
        vm.assertEq(strategy.sharesToUnderlyingView(1000), 999500249875062969);
        // The share that cost 1 + 1e18.
        vm.assertEq(strategy.sharesToUnderlyingView(1), 999500249875062);
    }

    function test_deposit_upToTheMostShares() public {
        vm.assertEq(_deposit(MAX_TOTAL_SHARES), MAX_TOTAL_SHARES);
    }

    function test_deposit_revertsAboveTheMostShares() public {
        token.mint(address(strategy), MAX_TOTAL_SHARES + 1);
        vm.prank(address(strategyManager));
        vm.expectRevert(IStrategy.TotalSharesExceedsMax.selector);
        strategy.deposit(token, MAX_TOTAL_SHARES + 1);
    }

    function test_deposit_revertsWhenAllSharesTogetherExceedTheMost() public {
        _deposit(MAX_TOTAL_SHARES);
        token.mint(address(strategy), 1);
        vm.prank(address(strategyManager));
        vm.expectRevert(IStrategy.TotalSharesExceedsMax.selector);
        strategy.deposit(token, 1);
    }

    function test_deposit_revertsWhenNothing() public {
        vm.prank(address(strategyManager));
        vm.expectRevert(IStrategy.NewSharesZero.selector);
        strategy.deposit(token, 0);
    }

    function test_deposit_revertsWhenWorthLessThanAShare() public {
        _deposit(1);
        token.mint(address(strategy), 1001 + 1000);
        // A share is worth 3; of 2 nothing is left.
        token.mint(address(strategy), 2);
        vm.prank(address(strategyManager));
        vm.expectRevert(IStrategy.NewSharesZero.selector);
        strategy.deposit(token, 2);
    }

    function test_deposit_panicsWhenTheTokensDidNotArrive() public {
        vm.prank(address(strategyManager));
        _expectPanic(PANIC_ARITHMETIC);
        strategy.deposit(token, 10e18);
    }

    function test_deposit_panicsWhenTheProductIsTooLarge() public {
        token.mint(address(strategy), 1 << 250);
        vm.prank(address(strategyManager));
        _expectPanic(PANIC_ARITHMETIC);
        strategy.deposit(token, 1 << 250);
    }

    function test_deposit_revertsWithAnotherToken() public {
        vm.prank(address(strategyManager));
        vm.expectRevert(IStrategy.OnlyUnderlyingToken.selector);
        strategy.deposit(secondToken, 10e18);
    }

    function test_deposit_revertsWhenNotTheStrategyManager() public {
        vm.prank(stranger);
        vm.expectRevert(IStrategy.OnlyStrategyManager.selector);
        strategy.deposit(token, 10e18);
    }

    function test_deposit_revertsWhenPaused() public {
        _pause(strategy, 0);
        vm.prank(address(strategyManager));
        vm.expectRevert(IPausable.CurrentlyPaused.selector);
        strategy.deposit(token, 10e18);
    }

    function test_deposit_heedsNoOtherPause() public {
        _pauseAllBut(strategy, 0);
        vm.assertEq(_deposit(10e18), 10e18);
    }

    function test_deposit_checksThePauseBeforeTheCaller() public {
        _pause(strategy, 0);
        vm.prank(stranger);
        vm.expectRevert(IPausable.CurrentlyPaused.selector);
        strategy.deposit(token, 10e18);
    }

    function test_deposit_checksTheCallerBeforeTheToken() public {
        vm.prank(stranger);
        vm.expectRevert(IStrategy.OnlyStrategyManager.selector);
        strategy.deposit(secondToken, 10e18);
    }

    /* WITHDRAWALS */

    function test_withdraw_pays() public {
        _deposit(10e18);
        vm.assertEq(_withdraw(4e18), 4e18);
        vm.assertEq(token.balanceOf(recipient), 4e18);
        vm.assertEq(token.balanceOf(address(strategy)), 6e18);
        vm.assertEq(strategy.totalShares(), 6e18);
    }

    function test_withdraw_emitsTheRateThenSends() public {
        _deposit(10e18);
        vm.recordLogs();
        vm.expectEmit(address(strategy));
        emit IStrategy.ExchangeRateEmitted(1e18);
        vm.expectEmit(address(token));
        emit IERC20.Transfer(address(strategy), recipient, 4e18);
        _withdraw(4e18);
        vm.assertEq(_emitted(), 2);
    }

    function test_withdraw_roundsDown() public {
        _deposit(10e18);
        token.mint(address(strategy), 5e18);
        // (15e18 + 1000) * 1e18 / (10e18 + 1000)
        vm.assertEq(_withdraw(1e18), 1499999999999999950);
    }

    function test_withdraw_ofTheLastShareLeavesTheDonationToNobody() public {
        _deposit(1);
        token.mint(address(strategy), 1e18);
        vm.assertEq(_withdraw(1), 999000999001000);
        vm.assertEq(token.balanceOf(address(strategy)), 1e18 + 1 - 999000999001000);
        vm.assertEq(strategy.totalShares(), 0);
    }

    function test_withdraw_ofWorthlessSharesSendsNothing() public {
        _deposit(1000);
        // What a broken token may do.
        vm.prank(address(strategy));
        token.transfer(stranger, 1000);
        vm.expectEmit(address(token));
        emit IERC20.Transfer(address(strategy), recipient, 0);
        vm.assertEq(_withdraw(1), 0);
    }

    function test_withdraw_ofNothing() public {
        _deposit(10e18);
        vm.assertEq(_withdraw(0), 0);
        vm.assertEq(strategy.totalShares(), 10e18);
    }

    function test_withdraw_ofEverything() public {
        _deposit(10e18);
        vm.assertEq(_withdraw(10e18), 10e18);
        vm.assertEq(strategy.totalShares(), 0);
    }

    function test_withdraw_revertsWhenMoreThanThereIs() public {
        _deposit(10e18);
        vm.expectRevert(IStrategy.WithdrawalAmountExceedsTotalDeposits.selector);
        _withdraw(10e18 + 1);
    }

    function test_withdraw_revertsWithAnotherToken() public {
        _deposit(10e18);
        vm.prank(address(strategyManager));
        vm.expectRevert(IStrategy.OnlyUnderlyingToken.selector);
        strategy.withdraw(recipient, secondToken, 1e18);
    }

    function test_withdraw_revertsWhenNotTheStrategyManager() public {
        _deposit(10e18);
        vm.prank(stranger);
        vm.expectRevert(IStrategy.OnlyStrategyManager.selector);
        strategy.withdraw(recipient, token, 1e18);
    }

    function test_withdraw_revertsWhenPaused() public {
        _deposit(10e18);
        _pause(strategy, 1);
        vm.expectRevert(IPausable.CurrentlyPaused.selector);
        _withdraw(1e18);
    }

    function test_withdraw_heedsNoOtherPause() public {
        _deposit(10e18);
        _pauseAllBut(strategy, 1);
        vm.assertEq(_withdraw(1e18), 1e18);
    }

    function test_withdraw_checksThePauseBeforeTheCaller() public {
        _pause(strategy, 1);
        vm.prank(stranger);
        vm.expectRevert(IPausable.CurrentlyPaused.selector);
        strategy.withdraw(recipient, token, 1e18);
    }

    function test_withdraw_checksTheCallerBeforeTheToken() public {
        vm.prank(stranger);
        vm.expectRevert(IStrategy.OnlyStrategyManager.selector);
        strategy.withdraw(recipient, secondToken, 1e18);
    }

    function test_withdraw_checksTheTokenBeforeTheAmount() public {
        vm.prank(address(strategyManager));
        vm.expectRevert(IStrategy.OnlyUnderlyingToken.selector);
        strategy.withdraw(recipient, secondToken, 1e18);
    }

    /* HELPERS */

    /// @dev Two calls.
    function _deposit(uint256 amount) private returns (uint256) {
        token.mint(address(strategy), amount);
        vm.prank(address(strategyManager));
        return strategy.deposit(token, amount);
    }

    function _withdraw(uint256 shares) private returns (uint256) {
        vm.prank(address(strategyManager));
        return strategy.withdraw(recipient, token, shares);
    }
}
