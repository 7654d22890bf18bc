// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IDelegationManagerErrors, IDelegationManagerEvents} from "../../src/interfaces/IDelegationManager.sol";
import {IPausable} from "../../src/interfaces/IPausable.sol";
import {IStrategy} from "../../src/interfaces/IStrategy.sol";
import {
    IStrategyManager,
    IStrategyManagerErrors,
    IStrategyManagerEvents
} from "../../src/interfaces/IStrategyManager.sol";
import {StrategyBase} from "../../src/redistribution/StrategyBase.sol";
import {CallingToken} from "../utils/CallingToken.sol";
import {Scene} from "../utils/Scene.sol";
import {vm} from "../utils/Vm.sol";

contract DepositTest is Scene {
    /* WHAT IT DOES */

    function test_deposit_turnsTokensIntoShares() public {
        _fund(staker, strategy, 10e18);
        vm.prank(staker);
        vm.assertEq(strategyManager.depositIntoStrategy(strategy, token, 10e18), 10e18);
        vm.assertEq(token.balanceOf(staker), 0);
        vm.assertEq(token.balanceOf(address(strategy)), 10e18);
        vm.assertEq(strategy.totalShares(), 10e18);
        vm.assertEq(_depositShares(staker, strategy), 10e18);
        _assertStrategies(strategyManager.getStakerStrategyList(staker), _strategies(strategy));
    }

    function test_deposit_emitsInOrder() public {
        _delegate(staker, operator);
        _fund(staker, strategy, 10e18);
        vm.recordLogs();
        vm.expectEmit(address(token));
        emit IERC20.Transfer(staker, address(strategy), 10e18);
        vm.expectEmit(address(strategy));
        emit IStrategy.ExchangeRateEmitted(1e18);
        vm.expectEmit(address(strategyManager));
        emit IStrategyManagerEvents.Deposit(staker, strategy, 10e18);
        vm.expectEmit(address(delegationManager));
        emit IDelegationManagerEvents.DepositScalingFactorUpdated(staker, strategy, 1e18);
        vm.expectEmit(address(delegationManager));
        emit IDelegationManagerEvents.OperatorSharesIncreased(operator, staker, strategy, 10e18);
        vm.prank(staker);
        strategyManager.depositIntoStrategy(strategy, token, 10e18);
        // And the token's event of the spent allowance.
        vm.assertEq(_emitted(), 6);
    }

    function test_deposit_withoutOperator() public {
        _fund(staker, strategy, 10e18);
        vm.expectEmit(address(delegationManager));
        emit IDelegationManagerEvents.DepositScalingFactorUpdated(staker, strategy, 1e18);
        vm.prank(staker);
        strategyManager.depositIntoStrategy(strategy, token, 10e18);
        vm.assertEq(_withdrawable(staker, strategy), 10e18);
        vm.assertEq(_operatorShares(address(0), strategy), 0);
    }

    function test_deposit_withAnOperator() public {
        _delegate(staker, operator);
        _deposit(staker, strategy, 10e18);
        vm.assertEq(_operatorShares(operator, strategy), 10e18);
    }

    function test_deposit_againListsTheStrategyOnce() public {
        _deposit(staker, strategy, 10e18);
        _deposit(staker, secondStrategy, 1e18);
        _deposit(staker, strategy, 5e18);
        (IStrategy[] memory list, uint256[] memory shares) = strategyManager.getDeposits(staker);
        _assertStrategies(list, _strategies(strategy, secondStrategy));
        vm.assertEq(shares, _amounts(15e18, 1e18));
        vm.assertEq(strategyManager.stakerStrategyListLength(staker), 2);
    }

    function test_deposit_pricesDonations() public {
        _deposit(staker, strategy, 1);
        token.mint(address(strategy), 1e18);
        _deposit(otherStaker, strategy, 1e18);
        vm.assertEq(_depositShares(otherStaker, strategy), 1000);
    }

    /* SCALING */

    /// @dev A deposit of one share with an operator that lost next to nothing is worth nothing: its part of a share is
    /// rounded away each time.
    function test_deposit_dustScalesDown() public {
        _scar(operator, strategy, WAD - 1);
        _delegate(staker, operator);
        uint256[5] memory factors = [uint256(1e18 + 1), 0.5e18, 333333333333333333, 0.25e18, 0.2e18];
        for (uint256 i = 0; i < factors.length; ++i) {
            _deposit(staker, strategy, 1);
            vm.assertEq(_scalingFactor(staker, strategy), factors[i]);
            vm.assertEq(_operatorShares(operator, strategy), i + 1);
            vm.assertEq(_withdrawable(staker, strategy), 0);
        }
    }

    function test_deposit_theFirstWithASlashedOperatorKeepsItsValue() public {
        _scar(operator, strategy, 0.5e18);
        _delegate(staker, operator);
        _deposit(staker, strategy, 10e18);
        vm.assertEq(_scalingFactor(staker, strategy), 2e18);
        vm.assertEq(_withdrawable(staker, strategy), 10e18);
        vm.assertEq(_operatorShares(operator, strategy), 10e18);
    }

    function test_deposit_revertsWhenTheOperatorIsFullySlashed() public {
        _scar(operator, strategy, 0);
        _delegate(staker, operator);
        _fund(staker, strategy, 10e18);
        vm.prank(staker);
        vm.expectRevert(IDelegationManagerErrors.FullySlashed.selector);
        strategyManager.depositIntoStrategy(strategy, token, 10e18);
    }

    /* LIMITS */

    function test_deposit_revertsWithA33rdStrategy() public {
        StrategyBase[] memory many = new StrategyBase[](33);
        token.mint(staker, 34e18);
        vm.prank(staker);
        token.approve(address(strategyManager), 34e18);
        for (uint256 i = 0; i < 33; ++i) {
            many[i] = _newStrategy(token);
        }
        for (uint256 i = 0; i < 32; ++i) {
            vm.prank(staker);
            strategyManager.depositIntoStrategy(many[i], token, 1e18);
        }
        vm.prank(staker);
        vm.expectRevert(IStrategyManagerErrors.MaxStrategiesExceeded.selector);
        strategyManager.depositIntoStrategy(many[32], token, 1e18);
        // More of what there is already is fine.
        vm.prank(staker);
        strategyManager.depositIntoStrategy(many[31], token, 1e18);
        vm.assertEq(_depositShares(staker, many[31]), 2e18);
    }

    function test_deposit_revertsWhenTooSmallForAShare() public {
        _deposit(staker, strategy, 1);
        token.mint(address(strategy), 1e18);
        // A share is worth about 1e18 / 1001.
        _fund(otherStaker, strategy, 0.999e15);
        vm.prank(otherStaker);
        vm.expectRevert(IStrategy.NewSharesZero.selector);
        strategyManager.depositIntoStrategy(strategy, token, 0.999e15);
    }

    function test_deposit_revertsWhenNothing() public {
        vm.prank(staker);
        vm.expectRevert(IStrategy.NewSharesZero.selector);
        strategyManager.depositIntoStrategy(strategy, token, 0);
    }

    function test_deposit_revertsWithoutAllowance() public {
        token.mint(staker, 10e18);
        vm.prank(staker);
        _expectError("ERC20: insufficient allowance");
        strategyManager.depositIntoStrategy(strategy, token, 10e18);
    }

    function test_deposit_revertsWithAnotherToken() public {
        _fund(staker, secondStrategy, 10e18);
        vm.prank(staker);
        vm.expectRevert(IStrategy.OnlyUnderlyingToken.selector);
        strategyManager.depositIntoStrategy(strategy, secondToken, 10e18);
    }

    function test_deposit_revertsWhenNotWhitelisted() public {
        vm.prank(whitelister);
        strategyManager.removeStrategiesFromDepositWhitelist(_strategies(strategy));
        _fund(staker, strategy, 10e18);
        vm.prank(staker);
        vm.expectRevert(IStrategyManagerErrors.StrategyNotWhitelisted.selector);
        strategyManager.depositIntoStrategy(strategy, token, 10e18);
    }

    function test_deposit_revertsWhenTheTokenReenters() public {
        CallingToken calling = new CallingToken();
        StrategyBase its = _newStrategy(calling);
        calling.mint(staker, 10e18);
        vm.prank(staker);
        calling.approve(address(strategyManager), 10e18);
        calling.callDuringTransfers(
            address(strategyManager), abi.encodeCall(IStrategyManager.depositIntoStrategy, (its, calling, 1))
        );
        vm.prank(staker);
        _expectError("ReentrancyGuard: reentrant call");
        strategyManager.depositIntoStrategy(its, calling, 10e18);
    }

    /* PAUSE AND ORDER OF CHECKS */

    function test_deposit_revertsWhenPaused() public {
        _pause(strategyManager, 0);
        _fund(staker, strategy, 10e18);
        vm.prank(staker);
        vm.expectRevert(IPausable.CurrentlyPaused.selector);
        strategyManager.depositIntoStrategy(strategy, token, 10e18);
    }

    function test_deposit_heedsNoOtherPause() public {
        _pauseAllBut(strategyManager, 0);
        vm.prank(pauser);
        delegationManager.pauseAll();
        _deposit(staker, strategy, 10e18);
        vm.assertEq(_depositShares(staker, strategy), 10e18);
    }

    function test_deposit_revertsWhenTheStrategyIsPaused() public {
        _pause(strategy, 0);
        _fund(staker, strategy, 10e18);
        vm.prank(staker);
        vm.expectRevert(IPausable.CurrentlyPaused.selector);
        strategyManager.depositIntoStrategy(strategy, token, 10e18);
    }

    function test_deposit_checksThePauseBeforeTheWhitelist() public {
        _pause(strategyManager, 0);
        vm.prank(staker);
        vm.expectRevert(IPausable.CurrentlyPaused.selector);
        strategyManager.depositIntoStrategy(IStrategy(stranger), token, 10e18);
    }

    function test_deposit_checksTheWhitelistBeforeTheAllowance() public {
        vm.prank(staker);
        vm.expectRevert(IStrategyManagerErrors.StrategyNotWhitelisted.selector);
        strategyManager.depositIntoStrategy(IStrategy(stranger), token, 10e18);
    }
}
