// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IPauserRegistry} from "../src/interfaces/IPauserRegistry.sol";
import {PauserRegistry} from "../src/permissions/PauserRegistry.sol";
import {Scene} from "./utils/Scene.sol";
import {vm} from "./utils/Vm.sol";

contract PauserRegistryTest is Scene {
    function test_constructor_setsRoles() public {
        vm.recordLogs();
        PauserRegistry registry = new PauserRegistry(_addresses(admin, appointee), stranger);
        vm.assertEq(_emitted(), 3);
        vm.assertTrue(registry.isPauser(admin));
        vm.assertTrue(registry.isPauser(appointee));
        vm.assertFalse(registry.isPauser(stranger));
        vm.assertEq(registry.unpauser(), stranger);
    }

    function test_constructor_revertsWhenAPauserIsZero() public {
        vm.expectRevert(IPauserRegistry.InputAddressZero.selector);
        new PauserRegistry(_addresses(admin, address(0)), stranger);
    }

    function test_constructor_revertsWhenTheUnpauserIsZero() public {
        vm.expectRevert(IPauserRegistry.InputAddressZero.selector);
        new PauserRegistry(_addresses(admin), address(0));
    }

    function test_setIsPauser_gives() public {
        vm.expectEmit(address(pauserRegistry));
        emit IPauserRegistry.PauserStatusChanged(admin, true);
        vm.prank(unpauser);
        pauserRegistry.setIsPauser(admin, true);
        vm.assertTrue(pauserRegistry.isPauser(admin));
        vm.assertTrue(pauserRegistry.isPauser(pauser));
    }

    function test_setIsPauser_takes() public {
        vm.expectEmit(address(pauserRegistry));
        emit IPauserRegistry.PauserStatusChanged(pauser, false);
        vm.prank(unpauser);
        pauserRegistry.setIsPauser(pauser, false);
        vm.assertFalse(pauserRegistry.isPauser(pauser));
    }

    function test_setIsPauser_revertsWhenZero() public {
        vm.prank(unpauser);
        vm.expectRevert(IPauserRegistry.InputAddressZero.selector);
        pauserRegistry.setIsPauser(address(0), true);
    }

    function test_setIsPauser_revertsWhenNotUnpauser() public {
        vm.prank(pauser);
        vm.expectRevert(IPauserRegistry.OnlyUnpauser.selector);
        pauserRegistry.setIsPauser(admin, true);
    }

    function test_setUnpauser_handsOver() public {
        vm.expectEmit(address(pauserRegistry));
        emit IPauserRegistry.UnpauserChanged(unpauser, admin);
        vm.prank(unpauser);
        pauserRegistry.setUnpauser(admin);
        vm.assertEq(pauserRegistry.unpauser(), admin);
        vm.prank(unpauser);
        vm.expectRevert(IPauserRegistry.OnlyUnpauser.selector);
        pauserRegistry.setUnpauser(unpauser);
    }

    function test_setUnpauser_revertsWhenZero() public {
        vm.prank(unpauser);
        vm.expectRevert(IPauserRegistry.InputAddressZero.selector);
        pauserRegistry.setUnpauser(address(0));
    }

    function test_setUnpauser_revertsWhenNotUnpauser() public {
        vm.prank(stranger);
        vm.expectRevert(IPauserRegistry.OnlyUnpauser.selector);
        pauserRegistry.setUnpauser(stranger);
    }
}
