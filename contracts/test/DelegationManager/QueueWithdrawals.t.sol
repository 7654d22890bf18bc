// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {
    IDelegationManagerErrors,
    IDelegationManagerEvents,
    IDelegationManagerTypes
} from "../../src/interfaces/IDelegationManager.sol";
import {IPausable} from "../../src/interfaces/IPausable.sol";
import {IStrategy} from "../../src/interfaces/IStrategy.sol";
import {IStrategyManagerErrors} from "../../src/interfaces/IStrategyManager.sol";
import {Scene} from "../utils/Scene.sol";
import {vm} from "../utils/Vm.sol";

contract QueueWithdrawalsTest is Scene {
    /// @dev The staker is delegated, the other one is not.
    function setUp() public override {
        super.setUp();
        _deposit(staker, strategy, 100e18);
        _deposit(staker, secondStrategy, 5e18);
        _deposit(otherStaker, strategy, 100e18);
        _delegate(staker, operator);
    }

    /* WHAT IT DOES */

    function test_queue_movesShares() public {
        vm.prank(staker);
        bytes32[] memory roots = delegationManager.queueWithdrawals(_queueParams(strategy, 30e18));
        vm.assertEq(roots.length, 1);
        vm.assertEq(_depositShares(staker, strategy), 70e18);
        vm.assertEq(_operatorShares(operator, strategy), 70e18);
        vm.assertEq(_withdrawable(staker, strategy), 70e18);
        vm.assertEq(delegationManager.cumulativeWithdrawalsQueued(staker), 1);
        vm.assertTrue(delegationManager.pendingWithdrawals(roots[0]));
        vm.assertEq(delegationManager.getQueuedWithdrawalRoots(staker), roots);
        vm.assertEq(delegationManager.getSlashableSharesInQueue(operator, strategy), 30e18);
        // The delegation stays.
        vm.assertEq(delegationManager.delegatedTo(staker), operator);
    }

    function test_queue_recordsTheWithdrawal() public {
        IDelegationManagerTypes.Withdrawal memory queued = _queue(staker, strategy, 30e18);
        vm.assertEq(queued.staker, staker);
        vm.assertEq(queued.delegatedTo, operator);
        vm.assertEq(queued.withdrawer, staker);
        vm.assertEq(queued.nonce, 0);
        vm.assertEq(queued.startBlock, START);
        _assertStrategies(queued.strategies, _strategies(strategy));
        vm.assertEq(queued.scaledShares, _amounts(30e18));
    }

    function test_queue_ofAPartEmitsInOrder() public {
        IDelegationManagerTypes.Withdrawal memory queued = IDelegationManagerTypes.Withdrawal(
            staker, operator, staker, 0, START, _strategies(strategy), _amounts(30e18)
        );
        vm.recordLogs();
        vm.expectEmit(address(delegationManager));
        emit IDelegationManagerEvents.OperatorSharesDecreased(operator, staker, strategy, 30e18);
        vm.expectEmit(address(delegationManager));
        emit IDelegationManagerEvents.SlashingWithdrawalQueued(keccak256(abi.encode(queued)), queued, _amounts(30e18));
        vm.prank(staker);
        delegationManager.queueWithdrawals(_queueParams(strategy, 30e18));
        vm.assertEq(_emitted(), 2);
    }

    function test_queue_ofEverythingResetsTheScalingFactor() public {
        _scar(operator, strategy, 0.75e18);
        _deposit(staker, strategy, 10e18);
        vm.assertEq(_scalingFactor(staker, strategy), 1030303030303030302);
        vm.recordLogs();
        vm.expectEmit(address(delegationManager));
        emit IDelegationManagerEvents.OperatorSharesDecreased(operator, staker, strategy, 84999999999999999915);
        vm.expectEmit(address(delegationManager));
        emit IDelegationManagerEvents.DepositScalingFactorUpdated(staker, strategy, 1e18);
        vm.prank(staker);
        delegationManager.queueWithdrawals(_queueParams(strategy, 110e18));
        vm.assertEq(_emitted(), 3);
        vm.assertEq(_scalingFactor(staker, strategy), 1e18);
        // 85 of dust stay with the operator.
        vm.assertEq(_operatorShares(operator, strategy), 85);
    }

    function test_queue_ofAPartKeepsTheScalingFactor() public {
        _scar(operator, strategy, 0.75e18);
        _deposit(staker, strategy, 10e18);
        _queue(staker, strategy, 109e18);
        vm.assertEq(_scalingFactor(staker, strategy), 1030303030303030302);
    }

    function test_queue_undelegated() public {
        vm.recordLogs();
        vm.prank(otherStaker);
        bytes32[] memory roots = delegationManager.queueWithdrawals(_queueParams(strategy, 30e18));
        vm.assertEq(_emitted(), 1);
        vm.assertEq(delegationManager.queuedWithdrawals(roots[0]).delegatedTo, address(0));
        vm.assertEq(_depositShares(otherStaker, strategy), 70e18);
        vm.assertEq(delegationManager.getSlashableSharesInQueue(address(0), strategy), 0);
    }

    function test_queue_afterASlashTakesSlashedSharesAndQueuesUnslashedOnes() public {
        _scar(operator, strategy, 0.75e18);
        IDelegationManagerTypes.Withdrawal memory queued = IDelegationManagerTypes.Withdrawal(
            staker, operator, staker, 0, START + ALLOCATION_DELAY, _strategies(strategy), _amounts(40e18)
        );
        vm.expectEmit(address(delegationManager));
        emit IDelegationManagerEvents.SlashingWithdrawalQueued(keccak256(abi.encode(queued)), queued, _amounts(30e18));
        _queue(staker, strategy, 40e18);
        vm.assertEq(_operatorShares(operator, strategy), 45e18);
        vm.assertEq(_depositShares(staker, strategy), 60e18);
    }

    function test_queue_manyWithdrawals() public {
        IDelegationManagerTypes.QueuedWithdrawalParams[] memory params =
            new IDelegationManagerTypes.QueuedWithdrawalParams[](2);
        params[0] = _queueParams(strategy, 30e18)[0];
        params[1] = _queueParams(secondStrategy, 1e18)[0];
        vm.prank(staker);
        bytes32[] memory roots = delegationManager.queueWithdrawals(params);
        vm.assertEq(roots.length, 2);
        vm.assertEq(delegationManager.queuedWithdrawals(roots[0]).nonce, 0);
        vm.assertEq(delegationManager.queuedWithdrawals(roots[1]).nonce, 1);
        vm.assertEq(delegationManager.getQueuedWithdrawalRoots(staker), roots);
    }

    function test_queue_manyStrategiesInOneWithdrawal() public {
        vm.prank(staker);
        bytes32[] memory roots = delegationManager.queueWithdrawals(
            _queueParams(_strategies(secondStrategy, strategy), _amounts(1e18, 30e18))
        );
        vm.assertEq(roots.length, 1);
        IDelegationManagerTypes.Withdrawal memory queued = delegationManager.queuedWithdrawals(roots[0]);
        _assertStrategies(queued.strategies, _strategies(secondStrategy, strategy));
        vm.assertEq(queued.scaledShares, _amounts(1e18, 30e18));
    }

    function test_queue_oneStrategyTwiceInOneWithdrawal() public {
        vm.prank(staker);
        delegationManager.queueWithdrawals(_queueParams(_strategies(strategy, strategy), _amounts(30e18, 70e18)));
        vm.assertEq(_depositShares(staker, strategy), 0);
        vm.assertEq(delegationManager.getSlashableSharesInQueue(operator, strategy), 100e18);
    }

    function test_queue_nothingAtAll() public {
        vm.prank(staker);
        bytes32[] memory roots =
            delegationManager.queueWithdrawals(new IDelegationManagerTypes.QueuedWithdrawalParams[](0));
        vm.assertEq(roots.length, 0);
    }

    function test_queue_ignoresTheThirdMember() public {
        IDelegationManagerTypes.QueuedWithdrawalParams[] memory params = _queueParams(strategy, 30e18);
        params[0].__deprecated_withdrawer = stranger;
        vm.prank(staker);
        bytes32[] memory roots = delegationManager.queueWithdrawals(params);
        vm.assertEq(delegationManager.queuedWithdrawals(roots[0]).withdrawer, staker);
    }

    function test_queue_dustThatIsWorthNothing() public {
        _scar(operator, strategy, WAD - 1);
        vm.expectEmit(address(delegationManager));
        emit IDelegationManagerEvents.OperatorSharesDecreased(operator, staker, strategy, 0);
        IDelegationManagerTypes.Withdrawal memory queued = _queue(staker, strategy, 1);
        vm.assertEq(queued.scaledShares, _amounts(1));
        vm.assertEq(_depositShares(staker, strategy), 100e18 - 1);
    }

    /* ERRORS */

    function test_queue_revertsWhenLengthsDiffer() public {
        vm.prank(staker);
        vm.expectRevert(IDelegationManagerErrors.InputArrayLengthMismatch.selector);
        delegationManager.queueWithdrawals(_queueParams(_strategies(strategy), _amounts(1, 1)));
    }

    function test_queue_revertsWithoutStrategies() public {
        vm.prank(staker);
        vm.expectRevert(IDelegationManagerErrors.InputArrayLengthZero.selector);
        delegationManager.queueWithdrawals(_queueParams(new IStrategy[](0), new uint256[](0)));
    }

    function test_queue_revertsWhenNoShares() public {
        vm.prank(staker);
        vm.expectRevert(IStrategyManagerErrors.SharesAmountZero.selector);
        delegationManager.queueWithdrawals(_queueParams(strategy, 0));
    }

    function test_queue_revertsWhenTooManyShares() public {
        vm.prank(otherStaker);
        vm.expectRevert(IStrategyManagerErrors.SharesAmountTooHigh.selector);
        delegationManager.queueWithdrawals(_queueParams(strategy, 100e18 + 1));
    }

    function test_queue_panicsWhenTooManySharesForTheOperator() public {
        vm.prank(staker);
        _expectPanic(PANIC_ARITHMETIC);
        delegationManager.queueWithdrawals(_queueParams(strategy, 100e18 + 1));
    }

    function test_queue_revertsWhenTooManySharesAlthoughTheOperatorHasThem() public {
        _delegate(otherStaker, operator);
        vm.prank(staker);
        vm.expectRevert(IStrategyManagerErrors.SharesAmountTooHigh.selector);
        delegationManager.queueWithdrawals(_queueParams(strategy, 100e18 + 1));
    }

    function test_queue_revertsWhenPaused() public {
        _pause(delegationManager, 1);
        vm.prank(staker);
        vm.expectRevert(IPausable.CurrentlyPaused.selector);
        delegationManager.queueWithdrawals(_queueParams(strategy, 30e18));
    }

    function test_queue_heedsNoOtherPause() public {
        _pauseAllBut(delegationManager, 1);
        _queue(staker, strategy, 30e18);
        vm.assertEq(_depositShares(staker, strategy), 70e18);
    }

    function test_queue_checksThePauseBeforeLengths() public {
        _pause(delegationManager, 1);
        vm.prank(staker);
        vm.expectRevert(IPausable.CurrentlyPaused.selector);
        delegationManager.queueWithdrawals(_queueParams(_strategies(strategy), _amounts(1, 1)));
    }

    function test_queue_checksThatLengthsAgreeBeforeThatTheyAreNotZero() public {
        vm.prank(staker);
        vm.expectRevert(IDelegationManagerErrors.InputArrayLengthMismatch.selector);
        delegationManager.queueWithdrawals(_queueParams(new IStrategy[](0), _amounts(1)));
    }
}
