// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {
    IDelegationManagerErrors,
    IDelegationManagerEvents,
    IDelegationManagerTypes
} from "../../src/interfaces/IDelegationManager.sol";
import {IPausable} from "../../src/interfaces/IPausable.sol";
import {Scene} from "../utils/Scene.sol";
import {vm} from "../utils/Vm.sol";

contract UndelegateTest is Scene {
    function setUp() public override {
        super.setUp();
        _deposit(staker, strategy, 100e18);
        _delegate(staker, operator);
    }

    /* WHAT IT DOES */

    function test_undelegate_queuesEverything() public {
        vm.prank(staker);
        bytes32[] memory roots = delegationManager.undelegate(staker);
        vm.assertEq(roots.length, 1);
        vm.assertFalse(delegationManager.isDelegated(staker));
        vm.assertEq(delegationManager.delegatedTo(staker), address(0));
        vm.assertEq(_operatorShares(operator, strategy), 0);
        vm.assertEq(_depositShares(staker, strategy), 0);
        vm.assertEq(strategyManager.stakerStrategyListLength(staker), 0);
        vm.assertTrue(delegationManager.pendingWithdrawals(roots[0]));

        IDelegationManagerTypes.Withdrawal memory queued = delegationManager.queuedWithdrawals(roots[0]);
        vm.assertEq(queued.staker, staker);
        vm.assertEq(queued.delegatedTo, operator);
        vm.assertEq(queued.withdrawer, staker);
        vm.assertEq(queued.nonce, 0);
        vm.assertEq(queued.startBlock, START);
        _assertStrategies(queued.strategies, _strategies(strategy));
        vm.assertEq(queued.scaledShares, _amounts(100e18));
    }

    function test_undelegate_emitsInOrder() public {
        IDelegationManagerTypes.Withdrawal memory queued = IDelegationManagerTypes.Withdrawal(
            staker, operator, staker, 0, START, _strategies(strategy), _amounts(100e18)
        );
        vm.recordLogs();
        vm.expectEmit(address(delegationManager));
        emit IDelegationManagerEvents.StakerUndelegated(staker, operator);
        vm.expectEmit(address(delegationManager));
        emit IDelegationManagerEvents.OperatorSharesDecreased(operator, staker, strategy, 100e18);
        vm.expectEmit(address(delegationManager));
        emit IDelegationManagerEvents.DepositScalingFactorUpdated(staker, strategy, 1e18);
        vm.expectEmit(address(delegationManager));
        emit IDelegationManagerEvents.SlashingWithdrawalQueued(keccak256(abi.encode(queued)), queued, _amounts(100e18));
        _undelegate(staker);
        vm.assertEq(_emitted(), 4);
    }

    function test_undelegate_queuesEachStrategyApart() public {
        _deposit(staker, secondStrategy, 5e18);
        vm.prank(staker);
        bytes32[] memory roots = delegationManager.undelegate(staker);
        vm.assertEq(roots.length, 2);
        IDelegationManagerTypes.Withdrawal memory first = delegationManager.queuedWithdrawals(roots[0]);
        IDelegationManagerTypes.Withdrawal memory second = delegationManager.queuedWithdrawals(roots[1]);
        _assertStrategies(first.strategies, _strategies(strategy));
        _assertStrategies(second.strategies, _strategies(secondStrategy));
        vm.assertEq(first.nonce, 0);
        vm.assertEq(second.nonce, 1);
        vm.assertEq(delegationManager.cumulativeWithdrawalsQueued(staker), 2);
    }

    function test_undelegate_withoutShares() public {
        _delegate(otherStaker, operator);
        vm.recordLogs();
        vm.prank(otherStaker);
        bytes32[] memory roots = delegationManager.undelegate(otherStaker);
        vm.assertEq(roots.length, 0);
        vm.assertEq(_emitted(), 1);
        vm.assertFalse(delegationManager.isDelegated(otherStaker));
    }

    function test_undelegate_afterASlashQueuesUnslashedSharesAndTakesSlashedOnes() public {
        _deposit(otherStaker, strategy, 100e18);
        _delegate(otherStaker, operator);
        _scar(operator, strategy, 0.75e18);
        vm.expectEmit(address(delegationManager));
        emit IDelegationManagerEvents.OperatorSharesDecreased(operator, staker, strategy, 75e18);
        vm.prank(staker);
        bytes32[] memory roots = delegationManager.undelegate(staker);
        vm.assertEq(delegationManager.queuedWithdrawals(roots[0]).scaledShares, _amounts(100e18));
        vm.assertEq(_operatorShares(operator, strategy), 75e18);
    }

    function test_undelegate_resetsTheScalingFactor() public {
        _scar(operator, strategy, 0.75e18);
        _deposit(staker, strategy, 10e18);
        vm.assertEq(_scalingFactor(staker, strategy), 1030303030303030302);
        _undelegate(staker);
        vm.assertEq(_scalingFactor(staker, strategy), 1e18);
    }

    function test_undelegate_fromAFullySlashedOperator() public {
        _scar(operator, strategy, 0);
        _undelegate(staker);
        vm.assertFalse(delegationManager.isDelegated(staker));
        vm.assertEq(_depositShares(staker, strategy), 0);
    }

    /* WHO */

    function test_undelegate_byTheOperatorIsForced() public {
        vm.recordLogs();
        vm.expectEmit(address(delegationManager));
        emit IDelegationManagerEvents.StakerForceUndelegated(staker, operator);
        vm.expectEmit(address(delegationManager));
        emit IDelegationManagerEvents.StakerUndelegated(staker, operator);
        vm.prank(operator);
        delegationManager.undelegate(staker);
        vm.assertEq(_emitted(), 5);
        vm.assertFalse(delegationManager.isDelegated(staker));
    }

    function test_undelegate_byAnAdminOfTheOperator() public {
        _makeAdmin(operator, admin);
        vm.prank(admin);
        delegationManager.undelegate(staker);
        vm.assertFalse(delegationManager.isDelegated(staker));
    }

    function test_undelegate_byAnAppointeeOfTheOperator() public {
        _appoint(operator, address(delegationManager), delegationManager.undelegate.selector);
        vm.prank(appointee);
        delegationManager.undelegate(staker);
        vm.assertFalse(delegationManager.isDelegated(staker));
    }

    function test_undelegate_byTheApprover() public {
        vm.prank(operator);
        delegationManager.modifyOperatorDetails(operator, recipient);
        vm.prank(recipient);
        delegationManager.undelegate(staker);
        vm.assertFalse(delegationManager.isDelegated(staker));
    }

    function test_undelegate_theWithdrawalIsTheStakers() public {
        vm.prank(operator);
        bytes32[] memory roots = delegationManager.undelegate(staker);
        vm.assertEq(delegationManager.queuedWithdrawals(roots[0]).withdrawer, staker);
    }

    function test_undelegate_revertsWhenAStranger() public {
        vm.prank(stranger);
        vm.expectRevert(IDelegationManagerErrors.CallerCannotUndelegate.selector);
        delegationManager.undelegate(staker);
    }

    function test_undelegate_revertsWhenAnotherOperator() public {
        vm.prank(otherOperator);
        vm.expectRevert(IDelegationManagerErrors.CallerCannotUndelegate.selector);
        delegationManager.undelegate(staker);
    }

    function test_undelegate_revertsWhenAppointedByTheStaker() public {
        _appoint(staker, address(delegationManager), delegationManager.undelegate.selector);
        vm.prank(appointee);
        vm.expectRevert(IDelegationManagerErrors.CallerCannotUndelegate.selector);
        delegationManager.undelegate(staker);
    }

    /* WHOM */

    function test_undelegate_revertsWhenNotDelegated() public {
        vm.expectRevert(IDelegationManagerErrors.NotActivelyDelegated.selector);
        _undelegate(otherStaker);
    }

    function test_undelegate_revertsWhenAnOperator() public {
        vm.expectRevert(IDelegationManagerErrors.OperatorsCannotUndelegate.selector);
        _undelegate(operator);
    }

    function test_undelegate_revertsWhenPaused() public {
        _pause(delegationManager, 1);
        vm.expectRevert(IPausable.CurrentlyPaused.selector);
        _undelegate(staker);
    }

    function test_undelegate_heedsNoOtherPause() public {
        _pauseAllBut(delegationManager, 1);
        _undelegate(staker);
        vm.assertFalse(delegationManager.isDelegated(staker));
    }

    /* ORDER OF CHECKS */

    function test_undelegate_checksTheDelegationBeforeTheCaller() public {
        vm.prank(stranger);
        vm.expectRevert(IDelegationManagerErrors.NotActivelyDelegated.selector);
        delegationManager.undelegate(otherStaker);
    }

    function test_undelegate_checksThatItIsNoOperatorBeforeTheCaller() public {
        vm.prank(stranger);
        vm.expectRevert(IDelegationManagerErrors.OperatorsCannotUndelegate.selector);
        delegationManager.undelegate(operator);
    }

    function test_undelegate_checksTheCallerBeforeThePause() public {
        _pause(delegationManager, 1);
        vm.prank(stranger);
        vm.expectRevert(IDelegationManagerErrors.CallerCannotUndelegate.selector);
        delegationManager.undelegate(staker);
    }
}
