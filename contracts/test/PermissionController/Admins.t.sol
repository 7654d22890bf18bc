// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IPermissionController} from "../../src/interfaces/IPermissionController.sol";
import {Scene} from "../utils/Scene.sol";
import {vm} from "../utils/Vm.sol";

contract AdminsTest is Scene {
    address private _account = _actor("account");
    address private _secondAdmin = _actor("secondAdmin");

    /* THE ACCOUNT ITSELF */

    function test_anAccountIsItsOwnAdminAtFirst() public view {
        vm.assertTrue(permissionController.isAdmin(_account, _account));
        vm.assertFalse(permissionController.isAdmin(_account, stranger));
        vm.assertEq(permissionController.getAdmins(_account), _addresses(_account));
        vm.assertEq(permissionController.version(), "1.5.0");
    }

    function test_anAccountIsNoAdminAnyMoreOnceSomebodyAccepted() public {
        _makeAdmin(_account, admin);
        vm.assertFalse(permissionController.isAdmin(_account, _account));
        vm.assertTrue(permissionController.isAdmin(_account, admin));
        vm.assertEq(permissionController.getAdmins(_account), _addresses(admin));
        vm.prank(_account);
        vm.expectRevert(IPermissionController.NotAdmin.selector);
        permissionController.addPendingAdmin(_account, stranger);
    }

    function test_anInvitationAloneTakesNothingFromTheAccount() public {
        _invite(_account, admin);
        vm.assertTrue(permissionController.isAdmin(_account, _account));
        vm.assertFalse(permissionController.isAdmin(_account, admin));
    }

    function test_anAccountCanBeOneOfItsAdmins() public {
        _makeAdmin(_account, _account);
        _makeAdmin(_account, admin);
        vm.assertTrue(permissionController.isAdmin(_account, _account));
        vm.assertTrue(permissionController.isAdmin(_account, admin));
        vm.assertEq(permissionController.getAdmins(_account), _addresses(_account, admin));
    }

    /* INVITING */

    function test_addPendingAdmin_invites() public {
        vm.recordLogs();
        vm.expectEmit(address(permissionController));
        emit IPermissionController.PendingAdminAdded(_account, admin);
        _invite(_account, admin);
        vm.assertEq(_emitted(), 1);
        vm.assertTrue(permissionController.isPendingAdmin(_account, admin));
        vm.assertEq(permissionController.getPendingAdmins(_account), _addresses(admin));
    }

    function test_addPendingAdmin_revertsWhenNotAdmin() public {
        vm.prank(stranger);
        vm.expectRevert(IPermissionController.NotAdmin.selector);
        permissionController.addPendingAdmin(_account, stranger);
    }

    function test_addPendingAdmin_revertsWhenAnAdmin() public {
        _makeAdmin(_account, admin);
        vm.prank(admin);
        vm.expectRevert(IPermissionController.AdminAlreadySet.selector);
        permissionController.addPendingAdmin(_account, admin);
    }

    function test_addPendingAdmin_revertsWhenInvited() public {
        _invite(_account, admin);
        vm.expectRevert(IPermissionController.AdminAlreadyPending.selector);
        _invite(_account, admin);
    }

    function test_removePendingAdmin_withdrawsTheInvitation() public {
        _invite(_account, admin);
        vm.expectEmit(address(permissionController));
        emit IPermissionController.PendingAdminRemoved(_account, admin);
        vm.prank(_account);
        permissionController.removePendingAdmin(_account, admin);
        vm.assertFalse(permissionController.isPendingAdmin(_account, admin));
        vm.prank(admin);
        vm.expectRevert(IPermissionController.AdminNotPending.selector);
        permissionController.acceptAdmin(_account);
    }

    function test_removePendingAdmin_revertsWhenNotAdmin() public {
        _invite(_account, admin);
        vm.prank(admin);
        vm.expectRevert(IPermissionController.NotAdmin.selector);
        permissionController.removePendingAdmin(_account, admin);
    }

    function test_removePendingAdmin_revertsWhenNotInvited() public {
        vm.prank(_account);
        vm.expectRevert(IPermissionController.AdminNotPending.selector);
        permissionController.removePendingAdmin(_account, admin);
    }

    /* ACCEPTING */

    function test_acceptAdmin_accepts() public {
        _invite(_account, admin);
        vm.recordLogs();
        vm.expectEmit(address(permissionController));
        emit IPermissionController.AdminSet(_account, admin);
        vm.prank(admin);
        permissionController.acceptAdmin(_account);
        vm.assertEq(_emitted(), 1);
        vm.assertTrue(permissionController.isAdmin(_account, admin));
        vm.assertFalse(permissionController.isPendingAdmin(_account, admin));
        vm.assertEq(permissionController.getPendingAdmins(_account).length, 0);
    }

    function test_acceptAdmin_revertsWhenNotInvited() public {
        vm.prank(stranger);
        vm.expectRevert(IPermissionController.AdminNotPending.selector);
        permissionController.acceptAdmin(_account);
    }

    function test_acceptAdmin_isForOneAccount() public {
        _invite(_account, admin);
        vm.prank(admin);
        vm.expectRevert(IPermissionController.AdminNotPending.selector);
        permissionController.acceptAdmin(stranger);
    }

    /* REMOVING */

    function test_removeAdmin_removes() public {
        _twoAdmins();
        vm.recordLogs();
        vm.expectEmit(address(permissionController));
        emit IPermissionController.AdminRemoved(_account, admin);
        vm.prank(_secondAdmin);
        permissionController.removeAdmin(_account, admin);
        vm.assertEq(_emitted(), 1);
        vm.assertFalse(permissionController.isAdmin(_account, admin));
        vm.assertEq(permissionController.getAdmins(_account), _addresses(_secondAdmin));
    }

    function test_removeAdmin_removesItself() public {
        _twoAdmins();
        vm.prank(admin);
        permissionController.removeAdmin(_account, admin);
        vm.assertFalse(permissionController.isAdmin(_account, admin));
    }

    function test_removeAdmin_revertsWhenTheLast() public {
        _makeAdmin(_account, admin);
        vm.prank(admin);
        vm.expectRevert(IPermissionController.CannotHaveZeroAdmins.selector);
        permissionController.removeAdmin(_account, admin);
    }

    function test_removeAdmin_revertsWhenThereAreNone() public {
        vm.prank(_account);
        vm.expectRevert(IPermissionController.CannotHaveZeroAdmins.selector);
        permissionController.removeAdmin(_account, _account);
    }

    function test_removeAdmin_revertsWhenNoAdmin() public {
        _twoAdmins();
        vm.prank(admin);
        vm.expectRevert(IPermissionController.AdminNotSet.selector);
        permissionController.removeAdmin(_account, stranger);
    }

    function test_removeAdmin_checksTheLastBeforeTheAdmin() public {
        _makeAdmin(_account, admin);
        vm.prank(admin);
        vm.expectRevert(IPermissionController.CannotHaveZeroAdmins.selector);
        permissionController.removeAdmin(_account, stranger);
    }

    function test_removeAdmin_revertsWhenNotAdmin() public {
        _twoAdmins();
        vm.prank(_account);
        vm.expectRevert(IPermissionController.NotAdmin.selector);
        permissionController.removeAdmin(_account, admin);
    }

    function test_removeAdmin_keepsAppointments() public {
        _twoAdmins();
        vm.prank(admin);
        permissionController.setAppointee(_account, admin, stranger, 0x12345678);
        vm.prank(_secondAdmin);
        permissionController.removeAdmin(_account, admin);
        vm.assertTrue(permissionController.canCall(_account, admin, stranger, 0x12345678));
        vm.assertFalse(permissionController.canCall(_account, admin, stranger, 0x12345679));
    }

    /* WHAT ADMINS MAY */

    function test_canCall_adminsEverything() public {
        _makeAdmin(_account, admin);
        vm.assertTrue(permissionController.canCall(_account, admin, stranger, 0x12345678));
        vm.assertFalse(permissionController.canCall(_account, _account, stranger, 0x12345678));
        vm.assertFalse(permissionController.canCall(stranger, admin, stranger, 0x12345678));
    }

    /* HELPERS */

    function _invite(address account, address who) private {
        vm.prank(account);
        permissionController.addPendingAdmin(account, who);
    }

    function _twoAdmins() private {
        _invite(_account, _secondAdmin);
        _makeAdmin(_account, admin);
        vm.prank(_secondAdmin);
        permissionController.acceptAdmin(_account);
    }
}
