// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IPermissionController} from "../../src/interfaces/IPermissionController.sol";
import {Scene} from "../utils/Scene.sol";
import {vm} from "../utils/Vm.sol";

contract AppointeesTest is Scene {
    bytes4 private constant SELECTOR = 0x12345678;

    address private _account = _actor("account");
    address private _target = _actor("target");

    /* APPOINTING */

    function test_setAppointee_appoints() public {
        vm.recordLogs();
        vm.expectEmit(address(permissionController));
        emit IPermissionController.AppointeeSet(_account, appointee, _target, SELECTOR);
        _appoint(_account, _target, SELECTOR);
        vm.assertEq(_emitted(), 1);
        vm.assertTrue(permissionController.canCall(_account, appointee, _target, SELECTOR));
        vm.assertEq(permissionController.getAppointees(_account, _target, SELECTOR), _addresses(appointee));
    }

    function test_setAppointee_forOneFunctionOfOneTargetOfOneAccount() public {
        _appoint(_account, _target, SELECTOR);
        vm.assertFalse(permissionController.canCall(_account, appointee, _target, 0x12345679));
        vm.assertFalse(permissionController.canCall(_account, appointee, stranger, SELECTOR));
        vm.assertFalse(permissionController.canCall(stranger, appointee, _target, SELECTOR));
        vm.assertFalse(permissionController.canCall(_account, stranger, _target, SELECTOR));
        vm.assertFalse(permissionController.isAdmin(_account, appointee));
    }

    function test_setAppointee_leavesTheAccountItsRights() public {
        _appoint(_account, _target, SELECTOR);
        vm.assertTrue(permissionController.canCall(_account, _account, _target, SELECTOR));
    }

    function test_setAppointee_many() public {
        _appoint(_account, _target, SELECTOR);
        _appoint(_account, stranger, 0xffffffff);
        (address[] memory targets, bytes4[] memory selectors) =
            permissionController.getAppointeePermissions(_account, appointee);
        vm.assertEq(targets, _addresses(_target, stranger));
        vm.assertEq(selectors.length, 2);
        vm.assertEq(bytes32(selectors[0]), bytes32(SELECTOR));
        vm.assertEq(bytes32(selectors[1]), bytes32(bytes4(0xffffffff)));
    }

    function test_setAppointee_manyForOneFunction() public {
        _appoint(_account, _target, SELECTOR);
        vm.prank(_account);
        permissionController.setAppointee(_account, stranger, _target, SELECTOR);
        vm.assertEq(permissionController.getAppointees(_account, _target, SELECTOR), _addresses(appointee, stranger));
    }

    function test_setAppointee_byAnAdmin() public {
        _makeAdmin(_account, admin);
        vm.prank(admin);
        permissionController.setAppointee(_account, appointee, _target, SELECTOR);
        vm.assertTrue(permissionController.canCall(_account, appointee, _target, SELECTOR));
    }

    function test_setAppointee_revertsWhenNotAdmin() public {
        vm.prank(stranger);
        vm.expectRevert(IPermissionController.NotAdmin.selector);
        permissionController.setAppointee(_account, stranger, _target, SELECTOR);
    }

    function test_setAppointee_revertsWhenAppointed() public {
        _appoint(_account, _target, SELECTOR);
        vm.expectRevert(IPermissionController.AppointeeAlreadySet.selector);
        _appoint(_account, _target, SELECTOR);
    }

    function test_setAppointee_cannotBePassedOn() public {
        _appoint(_account, address(permissionController), IPermissionController.setAppointee.selector);
        vm.prank(appointee);
        vm.expectRevert(IPermissionController.NotAdmin.selector);
        permissionController.setAppointee(_account, stranger, _target, SELECTOR);
    }

    /* DISMISSING */

    function test_removeAppointee_dismisses() public {
        _appoint(_account, _target, SELECTOR);
        vm.recordLogs();
        vm.expectEmit(address(permissionController));
        emit IPermissionController.AppointeeRemoved(_account, appointee, _target, SELECTOR);
        _dismiss(SELECTOR);
        vm.assertEq(_emitted(), 1);
        vm.assertFalse(permissionController.canCall(_account, appointee, _target, SELECTOR));
        vm.assertEq(permissionController.getAppointees(_account, _target, SELECTOR).length, 0);
        (address[] memory targets,) = permissionController.getAppointeePermissions(_account, appointee);
        vm.assertEq(targets.length, 0);
    }

    function test_removeAppointee_keepsOtherAppointments() public {
        _appoint(_account, _target, SELECTOR);
        _appoint(_account, _target, 0x12345679);
        _dismiss(SELECTOR);
        vm.assertTrue(permissionController.canCall(_account, appointee, _target, 0x12345679));
    }

    function test_removeAppointee_revertsWhenNotAppointed() public {
        _appoint(_account, _target, SELECTOR);
        vm.expectRevert(IPermissionController.AppointeeNotSet.selector);
        _dismiss(0x12345679);
    }

    function test_removeAppointee_revertsWhenNotAdmin() public {
        _appoint(_account, _target, SELECTOR);
        vm.prank(appointee);
        vm.expectRevert(IPermissionController.NotAdmin.selector);
        permissionController.removeAppointee(_account, appointee, _target, SELECTOR);
    }

    function _dismiss(bytes4 selector) private {
        vm.prank(_account);
        permissionController.removeAppointee(_account, appointee, _target, selector);
    }
}
