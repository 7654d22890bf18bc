// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IAllocationManagerEvents} from "../../src/interfaces/IAllocationManager.sol";
import {IDelegationManagerErrors, IDelegationManagerEvents} from "../../src/interfaces/IDelegationManager.sol";
import {IPausable} from "../../src/interfaces/IPausable.sol";
import {PermissionMixin} from "../../src/permissions/PermissionMixin.sol";
import {Scene} from "../utils/Scene.sol";
import {vm} from "../utils/Vm.sol";

/// @notice Also what an operator says of itself afterwards.
contract RegisterAsOperatorTest is Scene {
    /* REGISTERING */

    function test_register_delegatesToItself() public {
        vm.prank(staker);
        delegationManager.registerAsOperator(admin, 5, "");
        vm.assertTrue(delegationManager.isOperator(staker));
        vm.assertTrue(delegationManager.isDelegated(staker));
        vm.assertEq(delegationManager.delegatedTo(staker), staker);
        vm.assertEq(delegationManager.delegationApprover(staker), admin);
    }

    function test_register_bringsItsShares() public {
        _deposit(staker, strategy, 10e18);
        _becomeOperator(staker);
        vm.assertEq(_operatorShares(staker, strategy), 10e18);
        vm.assertEq(_withdrawable(staker, strategy), 10e18);
    }

    function test_register_emitsInOrder() public {
        _deposit(staker, strategy, 10e18);
        vm.recordLogs();
        vm.expectEmit(address(allocationManager));
        emit IAllocationManagerEvents.AllocationDelaySet(staker, 5, START + CONFIGURATION_DELAY + 1);
        vm.expectEmit(address(delegationManager));
        emit IDelegationManagerEvents.DelegationApproverUpdated(staker, admin);
        vm.expectEmit(address(delegationManager));
        emit IDelegationManagerEvents.StakerDelegated(staker, staker);
        vm.expectEmit(address(delegationManager));
        emit IDelegationManagerEvents.DepositScalingFactorUpdated(staker, strategy, 1e18);
        vm.expectEmit(address(delegationManager));
        emit IDelegationManagerEvents.OperatorSharesIncreased(staker, staker, strategy, 10e18);
        vm.expectEmit(address(delegationManager));
        emit IDelegationManagerEvents.OperatorRegistered(staker, admin);
        vm.expectEmit(address(delegationManager));
        emit IDelegationManagerEvents.OperatorMetadataURIUpdated(staker, "ipfs://x");
        vm.prank(staker);
        delegationManager.registerAsOperator(admin, 5, "ipfs://x");
        vm.assertEq(_emitted(), 7);
    }

    function test_register_revertsWhenAnOperator() public {
        vm.expectRevert(IDelegationManagerErrors.ActivelyDelegated.selector);
        _becomeOperator(operator);
    }

    function test_register_revertsWhenDelegated() public {
        _delegate(staker, operator);
        vm.expectRevert(IDelegationManagerErrors.ActivelyDelegated.selector);
        _becomeOperator(staker);
    }

    function test_register_afterUndelegating() public {
        _delegate(staker, operator);
        _undelegate(staker);
        _becomeOperator(staker);
        vm.assertTrue(delegationManager.isOperator(staker));
    }

    function test_register_revertsWhenPaused() public {
        _pause(delegationManager, 0);
        vm.expectRevert(IPausable.CurrentlyPaused.selector);
        _becomeOperator(staker);
    }

    function test_register_heedsNoOtherPause() public {
        _pauseAllBut(delegationManager, 0);
        vm.prank(pauser);
        allocationManager.pauseAll();
        _becomeOperator(staker);
        vm.assertTrue(delegationManager.isOperator(staker));
    }

    function test_register_checksDelegationBeforeThePause() public {
        _pause(delegationManager, 0);
        vm.expectRevert(IDelegationManagerErrors.ActivelyDelegated.selector);
        _becomeOperator(operator);
    }

    /* MODIFYING */

    function test_modifyOperatorDetails_changesTheApprover() public {
        vm.recordLogs();
        vm.expectEmit(address(delegationManager));
        emit IDelegationManagerEvents.DelegationApproverUpdated(operator, admin);
        vm.prank(operator);
        delegationManager.modifyOperatorDetails(operator, admin);
        vm.assertEq(_emitted(), 1);
        vm.assertEq(delegationManager.delegationApprover(operator), admin);
    }

    function test_modifyOperatorDetails_byAnAppointee() public {
        _appoint(operator, address(delegationManager), delegationManager.modifyOperatorDetails.selector);
        vm.prank(appointee);
        delegationManager.modifyOperatorDetails(operator, admin);
        vm.assertEq(delegationManager.delegationApprover(operator), admin);
    }

    function test_modifyOperatorDetails_byAnAdmin() public {
        _makeAdmin(operator, admin);
        vm.prank(admin);
        delegationManager.modifyOperatorDetails(operator, appointee);
        vm.assertEq(delegationManager.delegationApprover(operator), appointee);
    }

    function test_modifyOperatorDetails_heedsNoPause() public {
        vm.prank(pauser);
        delegationManager.pauseAll();
        vm.prank(operator);
        delegationManager.modifyOperatorDetails(operator, admin);
        vm.assertEq(delegationManager.delegationApprover(operator), admin);
    }

    function test_modifyOperatorDetails_revertsWhenNotOperator() public {
        vm.prank(stranger);
        vm.expectRevert(PermissionMixin.InvalidPermissions.selector);
        delegationManager.modifyOperatorDetails(operator, admin);
    }

    function test_modifyOperatorDetails_revertsWhenTheAccountIsNoOperator() public {
        vm.prank(staker);
        vm.expectRevert(IDelegationManagerErrors.OperatorNotRegistered.selector);
        delegationManager.modifyOperatorDetails(staker, admin);
    }

    function test_modifyOperatorDetails_checksPermissionsBeforeTheAccount() public {
        vm.prank(stranger);
        vm.expectRevert(PermissionMixin.InvalidPermissions.selector);
        delegationManager.modifyOperatorDetails(staker, admin);
    }

    /* METADATA */

    function test_updateOperatorMetadataURI_emits() public {
        vm.recordLogs();
        vm.expectEmit(address(delegationManager));
        emit IDelegationManagerEvents.OperatorMetadataURIUpdated(operator, "ipfs://x");
        vm.prank(operator);
        delegationManager.updateOperatorMetadataURI(operator, "ipfs://x");
        vm.assertEq(_emitted(), 1);
    }

    function test_updateOperatorMetadataURI_byAnAppointee() public {
        _appoint(operator, address(delegationManager), delegationManager.updateOperatorMetadataURI.selector);
        vm.expectEmit(address(delegationManager));
        emit IDelegationManagerEvents.OperatorMetadataURIUpdated(operator, "");
        vm.prank(appointee);
        delegationManager.updateOperatorMetadataURI(operator, "");
    }

    function test_updateOperatorMetadataURI_revertsWhenNotOperator() public {
        vm.prank(stranger);
        vm.expectRevert(PermissionMixin.InvalidPermissions.selector);
        delegationManager.updateOperatorMetadataURI(operator, "");
    }

    function test_updateOperatorMetadataURI_revertsWhenTheAccountIsNoOperator() public {
        vm.prank(staker);
        vm.expectRevert(IDelegationManagerErrors.OperatorNotRegistered.selector);
        delegationManager.updateOperatorMetadataURI(staker, "");
    }

    function test_updateOperatorMetadataURI_checksPermissionsBeforeTheAccount() public {
        vm.prank(stranger);
        vm.expectRevert(PermissionMixin.InvalidPermissions.selector);
        delegationManager.updateOperatorMetadataURI(staker, "");
    }
}
