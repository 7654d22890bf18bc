// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {
    IDelegationManagerErrors,
    IDelegationManagerEvents,
    IDelegationManagerTypes
} from "../../src/interfaces/IDelegationManager.sol";
import {IPausable} from "../../src/interfaces/IPausable.sol";
import {ISignatures} from "../../src/interfaces/ISignatures.sol";
import {Scene} from "../utils/Scene.sol";
import {vm} from "../utils/Vm.sol";
import {Wallet} from "../utils/Wallet.sol";

contract RedelegateTest is Scene {
    function setUp() public override {
        super.setUp();
        _deposit(staker, strategy, 100e18);
        _delegate(staker, operator);
    }

    function test_redelegate_queuesEverythingAndChangesTheOperator() public {
        vm.prank(staker);
        bytes32[] memory roots = delegationManager.redelegate(otherOperator, _noSignature(), 0);
        vm.assertEq(roots.length, 1);
        vm.assertEq(delegationManager.queuedWithdrawals(roots[0]).delegatedTo, operator);
        vm.assertEq(delegationManager.delegatedTo(staker), otherOperator);
        vm.assertEq(_operatorShares(operator, strategy), 0);
        // The new operator gets the shares once the withdrawal is completed as shares.
        vm.assertEq(_operatorShares(otherOperator, strategy), 0);
    }

    function test_redelegate_emitsInOrder() public {
        vm.recordLogs();
        vm.expectEmit(address(delegationManager));
        emit IDelegationManagerEvents.StakerUndelegated(staker, operator);
        vm.expectEmit(address(delegationManager));
        emit IDelegationManagerEvents.OperatorSharesDecreased(operator, staker, strategy, 100e18);
        vm.expectEmit(address(delegationManager));
        emit IDelegationManagerEvents.StakerDelegated(staker, otherOperator);
        _redelegate(otherOperator);
        vm.assertEq(_emitted(), 5);
    }

    function test_redelegate_sharesArriveWhenTheWithdrawalIsCompleted() public {
        vm.prank(staker);
        bytes32[] memory roots = delegationManager.redelegate(otherOperator, _noSignature(), 0);
        IDelegationManagerTypes.Withdrawal memory queued = delegationManager.queuedWithdrawals(roots[0]);
        _pass(WITHDRAWAL_DELAY + 1);
        _complete(queued, false);
        vm.assertEq(_operatorShares(otherOperator, strategy), 100e18);
        vm.assertEq(_depositShares(staker, strategy), 100e18);
    }

    function test_redelegate_toTheSameOperator() public {
        _redelegate(operator);
        vm.assertEq(delegationManager.delegatedTo(staker), operator);
        vm.assertEq(_operatorShares(operator, strategy), 0);
    }

    function test_redelegate_withApproval() public {
        Wallet wallet = new Wallet();
        vm.prank(otherOperator);
        delegationManager.modifyOperatorDetails(otherOperator, address(wallet));

        vm.expectRevert(ISignatures.SignatureExpired.selector);
        _redelegate(otherOperator);

        uint256 expiry = block.timestamp;
        wallet.sign(
            delegationManager.calculateDelegationApprovalDigestHash(
                staker, otherOperator, address(wallet), bytes32(uint256(1)), expiry
            )
        );
        vm.prank(staker);
        delegationManager.redelegate(otherOperator, ISignatures.SignatureWithExpiry("", expiry), bytes32(uint256(1)));
        vm.assertEq(delegationManager.delegatedTo(staker), otherOperator);
        vm.assertTrue(delegationManager.delegationApproverSaltIsSpent(address(wallet), bytes32(uint256(1))));
    }

    function test_redelegate_revertsWhenNotDelegated() public {
        vm.prank(otherStaker);
        vm.expectRevert(IDelegationManagerErrors.NotActivelyDelegated.selector);
        delegationManager.redelegate(otherOperator, _noSignature(), 0);
    }

    function test_redelegate_revertsWhenAnOperator() public {
        vm.prank(operator);
        vm.expectRevert(IDelegationManagerErrors.OperatorsCannotUndelegate.selector);
        delegationManager.redelegate(otherOperator, _noSignature(), 0);
    }

    function test_redelegate_revertsWhenToNoOperator() public {
        vm.expectRevert(IDelegationManagerErrors.OperatorNotRegistered.selector);
        _redelegate(otherStaker);
        vm.assertEq(delegationManager.delegatedTo(staker), operator);
    }

    function test_redelegate_revertsWhenDelegationIsPaused() public {
        _pause(delegationManager, 0);
        vm.expectRevert(IPausable.CurrentlyPaused.selector);
        _redelegate(otherOperator);
    }

    function test_redelegate_revertsWhenTheQueueIsPaused() public {
        _pause(delegationManager, 1);
        vm.expectRevert(IPausable.CurrentlyPaused.selector);
        _redelegate(otherOperator);
    }

    function test_redelegate_heedsNoPauseOfCompletion() public {
        _pause(delegationManager, 2);
        _redelegate(otherOperator);
        vm.assertEq(delegationManager.delegatedTo(staker), otherOperator);
    }

    function _redelegate(address to) private {
        vm.prank(staker);
        delegationManager.redelegate(to, _noSignature(), 0);
    }
}
