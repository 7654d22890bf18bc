// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IPausable} from "../../src/interfaces/IPausable.sol";
import {IStrategy} from "../../src/interfaces/IStrategy.sol";
import {IStrategyTVLLimits} from "../../src/interfaces/IStrategyTVLLimits.sol";
import {StrategyBaseTVLLimits} from "../../src/redistribution/StrategyBaseTVLLimits.sol";
import {Scene} from "../utils/Scene.sol";
import {vm} from "../utils/Vm.sol";

contract StrategyBaseTVLLimitsTest is Scene {
    uint256 private constant MAX_PER_DEPOSIT = 10e18;
    uint256 private constant MAX_TOTAL_DEPOSITS = 25e18;

    StrategyBaseTVLLimits private _limited = StrategyBaseTVLLimits(_actor("limited"));

    function setUp() public override {
        super.setUp();
        vm.etch(address(_limited), address(new StrategyBaseTVLLimits(strategyManager, pauserRegistry, "1.5.0")).code);
        _limited.initialize(MAX_PER_DEPOSIT, MAX_TOTAL_DEPOSITS, token);
    }

    /* INITIALIZATION */

    function test_initialize_once() public {
        _expectLimits(MAX_PER_DEPOSIT, MAX_TOTAL_DEPOSITS);
        vm.assertEq(address(_limited.underlyingToken()), address(token));
        vm.expectRevert(bytes("Initializable: contract is already initialized"));
        _limited.initialize(1, 1, token);
        vm.expectRevert(bytes("Initializable: contract is already initialized"));
        _limited.initialize(token);
    }

    /* LIMITS */

    function test_setTVLLimits() public {
        vm.expectEmit(address(_limited));
        emit IStrategyTVLLimits.MaxPerDepositUpdated(MAX_PER_DEPOSIT, 7);
        vm.expectEmit(address(_limited));
        emit IStrategyTVLLimits.MaxTotalDepositsUpdated(MAX_TOTAL_DEPOSITS, 8);
        _limit(7, 8);
        _expectLimits(7, 8);
    }

    function test_setTVLLimits_mayBeEqual() public {
        _limit(8, 8);
        _expectLimits(8, 8);
    }

    function test_setTVLLimits_revertsWhenOneMayBeMoreThanAll() public {
        vm.expectRevert(IStrategyTVLLimits.MaxPerDepositExceedsMax.selector);
        _limit(9, 8);
    }

    function test_setTVLLimits_revertsForOthers() public {
        vm.prank(pauser);
        vm.expectRevert(IPausable.OnlyUnpauser.selector);
        _limited.setTVLLimits(1, 1);
    }

    /* DEPOSITS */

    function test_deposit_upToTheLimits() public {
        vm.assertEq(_deposit(MAX_PER_DEPOSIT), MAX_PER_DEPOSIT);
        vm.assertEq(_deposit(MAX_PER_DEPOSIT), MAX_PER_DEPOSIT);
        vm.assertEq(_deposit(5e18), 5e18);
        vm.assertEq(_limited.totalShares(), MAX_TOTAL_DEPOSITS);
    }

    function test_deposit_revertsAboveTheLimitOfOne() public {
        token.mint(address(_limited), MAX_PER_DEPOSIT + 1);
        vm.prank(address(strategyManager));
        vm.expectRevert(IStrategyTVLLimits.MaxPerDepositExceedsMax.selector);
        _limited.deposit(token, MAX_PER_DEPOSIT + 1);
    }

    function test_deposit_revertsAboveTheLimitOfAll() public {
        token.mint(address(_limited), MAX_TOTAL_DEPOSITS);
        token.mint(address(_limited), 1);
        vm.prank(address(strategyManager));
        vm.expectRevert(IStrategyTVLLimits.BalanceExceedsMaxTotalDeposits.selector);
        _limited.deposit(token, 1);
    }

    function test_deposit_limitsComeBeforeTheToken() public {
        vm.startPrank(address(strategyManager));
        vm.expectRevert(IStrategyTVLLimits.MaxPerDepositExceedsMax.selector);
        _limited.deposit(secondToken, MAX_PER_DEPOSIT + 1);
        vm.expectRevert(IStrategy.OnlyUnderlyingToken.selector);
        _limited.deposit(secondToken, 1);
        vm.stopPrank();
    }

    function test_withdraw_doesNotMindALowerLimit() public {
        _deposit(MAX_PER_DEPOSIT);
        _limit(0, 0);
        vm.prank(address(strategyManager));
        vm.assertEq(_limited.withdraw(recipient, token, MAX_PER_DEPOSIT), MAX_PER_DEPOSIT);
    }

    /* HELPERS */

    function _limit(uint256 perDeposit, uint256 total) private {
        vm.prank(unpauser);
        _limited.setTVLLimits(perDeposit, total);
    }

    function _deposit(uint256 amount) private returns (uint256) {
        token.mint(address(_limited), amount);
        vm.prank(address(strategyManager));
        return _limited.deposit(token, amount);
    }

    function _expectLimits(uint256 perDeposit, uint256 total) private view {
        (uint256 one, uint256 all) = _limited.getTVLLimits();
        vm.assertEq(one, perDeposit);
        vm.assertEq(all, total);
        vm.assertEq(_limited.maxPerDeposit(), perDeposit);
        vm.assertEq(_limited.maxTotalDeposits(), total);
    }
}
