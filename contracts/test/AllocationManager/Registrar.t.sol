// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {AcceptingRegistrar} from "../../mocks/AcceptingRegistrar.sol";
import {IAVSRegistrar} from "../../src/interfaces/IAVSRegistrar.sol";
import {IAllocationManagerErrors, IAllocationManagerEvents} from "../../src/interfaces/IAllocationManager.sol";
import {PermissionMixin} from "../../src/permissions/PermissionMixin.sol";
import {Scene} from "../utils/Scene.sol";
import {vm} from "../utils/Vm.sol";

contract RegistrarTest is Scene {
    IAVSRegistrar private _another;

    function setUp() public override {
        super.setUp();
        _another = new AcceptingRegistrar();
    }

    function test_getAVSRegistrar_isTheAvsItselfAtFirst() public view {
        vm.assertEq(address(allocationManager.getAVSRegistrar(stranger)), stranger);
    }

    function test_setAVSRegistrar_sets() public {
        vm.recordLogs();
        vm.expectEmit(address(allocationManager));
        emit IAllocationManagerEvents.AVSRegistrarSet(avs, _another);
        vm.prank(avs);
        allocationManager.setAVSRegistrar(avs, _another);
        vm.assertEq(_emitted(), 1);
        vm.assertEq(address(allocationManager.getAVSRegistrar(avs)), address(_another));
        vm.assertEq(address(allocationManager.getAVSRegistrar(otherAvs)), address(registrar));
    }

    function test_setAVSRegistrar_asksWhetherItServesTheAvs() public {
        vm.expectCall(address(_another), abi.encodeCall(IAVSRegistrar.supportsAVS, (avs)));
        vm.prank(avs);
        allocationManager.setAVSRegistrar(avs, _another);
    }

    function test_setAVSRegistrar_needsNoMetadata() public {
        vm.prank(stranger);
        allocationManager.setAVSRegistrar(stranger, _another);
        vm.assertEq(address(allocationManager.getAVSRegistrar(stranger)), address(_another));
    }

    function test_setAVSRegistrar_revertsWhenItDoesNotServeTheAvs() public {
        vm.mockCall(address(_another), abi.encodeCall(IAVSRegistrar.supportsAVS, (avs)), abi.encode(false));
        vm.prank(avs);
        vm.expectRevert(IAllocationManagerErrors.InvalidAVSRegistrar.selector);
        allocationManager.setAVSRegistrar(avs, _another);
    }

    function test_setAVSRegistrar_revertsWhenItHasNoCode() public {
        vm.prank(avs);
        vm.expectRevert(bytes(""));
        allocationManager.setAVSRegistrar(avs, IAVSRegistrar(stranger));
    }

    function test_setAVSRegistrar_byAnAdmin() public {
        _makeAdmin(avs, admin);
        vm.prank(admin);
        allocationManager.setAVSRegistrar(avs, _another);
        vm.assertEq(address(allocationManager.getAVSRegistrar(avs)), address(_another));
    }

    function test_setAVSRegistrar_byAnAppointee() public {
        _appoint(avs, address(allocationManager), allocationManager.setAVSRegistrar.selector);
        vm.prank(appointee);
        allocationManager.setAVSRegistrar(avs, _another);
        vm.assertEq(address(allocationManager.getAVSRegistrar(avs)), address(_another));
    }

    function test_setAVSRegistrar_revertsWhenNotAvs() public {
        vm.prank(stranger);
        vm.expectRevert(PermissionMixin.InvalidPermissions.selector);
        allocationManager.setAVSRegistrar(avs, _another);
    }

    function test_setAVSRegistrar_checksPermissionsBeforeTheRegistrar() public {
        vm.mockCall(address(_another), abi.encodeCall(IAVSRegistrar.supportsAVS, (avs)), abi.encode(false));
        vm.prank(stranger);
        vm.expectRevert(PermissionMixin.InvalidPermissions.selector);
        allocationManager.setAVSRegistrar(avs, _another);
    }

    function test_setAVSRegistrar_heedsNoPause() public {
        vm.prank(pauser);
        allocationManager.pauseAll();
        vm.prank(avs);
        allocationManager.setAVSRegistrar(avs, _another);
        vm.assertEq(address(allocationManager.getAVSRegistrar(avs)), address(_another));
    }
}
