// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {bound} from "../utils/Bound.sol";
import {Scene} from "../utils/Scene.sol";
import {vm} from "../utils/Vm.sol";

contract StrategyBaseRatesTest is Scene {
    function test_construction() public view {
        vm.assertEq(address(strategy.underlyingToken()), address(token));
        vm.assertEq(address(strategy.strategyManager()), address(strategyManager));
        vm.assertEq(address(strategy.pauserRegistry()), address(pauserRegistry));
        vm.assertEq(strategy.version(), "1.5.0");
        vm.assertEq(strategy.totalShares(), 0);
        vm.assertTrue(bytes(strategy.explanation()).length > 0);
    }

    function test_rates_oneForOneWhenEmpty() public view {
        vm.assertEq(strategy.sharesToUnderlyingView(7), 7);
        vm.assertEq(strategy.underlyingToSharesView(7), 7);
        vm.assertEq(strategy.sharesToUnderlying(7), 7);
        vm.assertEq(strategy.underlyingToShares(7), 7);
    }

    function test_rates_followDonationsRoundedDown() public {
        _deposit(staker, strategy, 100e18);
        token.mint(address(strategy), 100e18);
        // (200e18 + 1000) / (100e18 + 1000) and the other way round
        vm.assertEq(strategy.sharesToUnderlyingView(1e18), 1999999999999999990);
        vm.assertEq(strategy.underlyingToSharesView(1e18), 500000000000000002);
        vm.assertEq(strategy.sharesToUnderlying(1e18), 1999999999999999990);
        vm.assertEq(strategy.underlyingToShares(1e18), 500000000000000002);
    }

    function test_userViews_ignoreSlashing() public {
        _deposit(operator, strategy, 100e18);
        _scar(operator, strategy, 0.5e18);
        vm.assertEq(strategy.shares(operator), 100e18);
        vm.assertEq(strategy.userUnderlyingView(operator), 100e18);
        vm.assertEq(strategy.userUnderlying(operator), 100e18);
        vm.assertEq(_withdrawable(operator, strategy), 50e18);
    }

    function test_userViews_ofAStranger() public view {
        vm.assertEq(strategy.shares(stranger), 0);
        vm.assertEq(strategy.userUnderlyingView(stranger), 0);
    }

    /* LAWS */

    function test_fuzz_goingBackAndForthGainsNothing(uint256 held, uint256 donated, uint256 amount) public {
        _deposit(staker, strategy, bound(held, 1, 1e36));
        token.mint(address(strategy), bound(donated, 0, 1e36));
        amount = bound(amount, 0, 1e36);
        vm.assertLe(strategy.sharesToUnderlyingView(strategy.underlyingToSharesView(amount)), amount);
        vm.assertLe(strategy.underlyingToSharesView(strategy.sharesToUnderlyingView(amount)), amount);
    }

    function test_fuzz_depositingAndWithdrawingGainsNothing(uint256 held, uint256 donated, uint256 amount) public {
        _deposit(staker, strategy, bound(held, 1, 1e36));
        token.mint(address(strategy), bound(donated, 0, 1e36));
        // At least a share.
        amount = bound(amount, strategy.sharesToUnderlyingView(1) + 1, 1e37);
        token.mint(address(strategy), amount);
        vm.prank(address(strategyManager));
        uint256 shares = strategy.deposit(token, amount);
        vm.prank(address(strategyManager));
        vm.assertLe(strategy.withdraw(recipient, token, shares), amount);
    }

    function test_fuzz_depositsAndWithdrawalsNeverLowerTheRate(uint256 held, uint256 donated, uint256 amount) public {
        _deposit(staker, strategy, bound(held, 1, 1e36));
        token.mint(address(strategy), bound(donated, 0, 1e36));
        uint256 before = strategy.sharesToUnderlyingView(1e36);

        amount = bound(amount, strategy.sharesToUnderlyingView(1) + 1, 1e37);
        token.mint(address(strategy), amount);
        vm.prank(address(strategyManager));
        uint256 shares = strategy.deposit(token, amount);
        uint256 between = strategy.sharesToUnderlyingView(1e36);
        vm.assertGe(between, before);

        vm.prank(address(strategyManager));
        strategy.withdraw(recipient, token, shares / 2);
        vm.assertGe(strategy.sharesToUnderlyingView(1e36), between);
    }

    function test_fuzz_aDonationNeverLowersTheRate(uint256 held, uint256 donated) public {
        _deposit(staker, strategy, bound(held, 1, 1e36));
        uint256 before = strategy.sharesToUnderlyingView(1e36);
        token.mint(address(strategy), bound(donated, 0, 1e36));
        vm.assertGe(strategy.sharesToUnderlyingView(1e36), before);
    }
}
