// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {AllocationManager} from "../src/redistribution/AllocationManager.sol";
import {DelegationManager} from "../src/redistribution/DelegationManager.sol";
import {StrategyManager} from "../src/redistribution/StrategyManager.sol";
import {IEigenPodManager} from "../src/interfaces/IEigenPodManager.sol";
import {IPausable} from "../src/interfaces/IPausable.sol";
import {IPauserRegistry} from "../src/interfaces/IPauserRegistry.sol";
import {StrategyBase} from "../src/redistribution/StrategyBase.sol";
import {Scene} from "./utils/Scene.sol";
import {vm} from "./utils/Vm.sol";

/// @notice On the allocation manager; the others inherit the same.
contract PausableTest is Scene {
    /* PAUSING */

    function test_pause_addsBits() public {
        _pauseTo(2);
        vm.recordLogs();
        vm.expectEmit(address(allocationManager));
        emit IPausable.Paused(pauser, 3);
        _pauseTo(3);
        vm.assertEq(_emitted(), 1);
        vm.assertEq(allocationManager.paused(), 3);
        vm.assertTrue(allocationManager.paused(0));
        vm.assertTrue(allocationManager.paused(1));
        vm.assertFalse(allocationManager.paused(2));
    }

    function test_pause_bitsWithoutMeaning() public {
        _pauseTo(1 << 255);
        vm.assertTrue(allocationManager.paused(255));
        vm.assertFalse(allocationManager.paused(254));
    }

    function test_pause_toTheSame() public {
        _pauseTo(2);
        _pauseTo(2);
        vm.assertEq(allocationManager.paused(), 2);
    }

    function test_pause_revertsWhenABitWouldBeRemoved() public {
        _pauseTo(3);
        vm.expectRevert(IPausable.InvalidNewPausedStatus.selector);
        _pauseTo(5);
    }

    function test_pause_revertsWhenNotPauser() public {
        vm.prank(unpauser);
        vm.expectRevert(IPausable.OnlyPauser.selector);
        allocationManager.pause(1);
    }

    function test_pause_checksTheCallerBeforeTheStatus() public {
        _pauseTo(3);
        vm.prank(stranger);
        vm.expectRevert(IPausable.OnlyPauser.selector);
        allocationManager.pause(0);
    }

    function test_pause_asksTheRegistryOfToday() public {
        vm.prank(unpauser);
        pauserRegistry.setIsPauser(pauser, false);
        vm.expectRevert(IPausable.OnlyPauser.selector);
        _pauseTo(1);
    }

    function test_pause_isOfOneContract() public {
        _pauseTo(1);
        vm.assertEq(delegationManager.paused(), 0);
    }

    function test_pauseAll_setsEveryBit() public {
        _pauseTo(1);
        vm.expectEmit(address(allocationManager));
        emit IPausable.Paused(pauser, type(uint256).max);
        vm.prank(pauser);
        allocationManager.pauseAll();
        vm.assertEq(allocationManager.paused(), type(uint256).max);
    }

    function test_pauseAll_revertsWhenNotPauser() public {
        vm.prank(unpauser);
        vm.expectRevert(IPausable.OnlyPauser.selector);
        allocationManager.pauseAll();
    }

    /* UNPAUSING */

    function test_unpause_removesBits() public {
        _pauseTo(7);
        vm.recordLogs();
        vm.expectEmit(address(allocationManager));
        emit IPausable.Unpaused(unpauser, 5);
        _unpauseTo(5);
        vm.assertEq(_emitted(), 1);
        vm.assertEq(allocationManager.paused(), 5);
    }

    function test_unpause_everything() public {
        vm.prank(pauser);
        allocationManager.pauseAll();
        _unpauseTo(0);
        vm.assertEq(allocationManager.paused(), 0);
    }

    function test_unpause_revertsWhenABitWouldBeAdded() public {
        _pauseTo(6);
        vm.expectRevert(IPausable.InvalidNewPausedStatus.selector);
        _unpauseTo(3);
    }

    function test_unpause_revertsWhenNotUnpauser() public {
        _pauseTo(1);
        vm.prank(pauser);
        vm.expectRevert(IPausable.OnlyUnpauser.selector);
        allocationManager.unpause(0);
    }

    function test_unpause_checksTheCallerBeforeTheStatus() public {
        vm.prank(stranger);
        vm.expectRevert(IPausable.OnlyUnpauser.selector);
        allocationManager.unpause(1);
    }

    /* CONSTRUCTION */

    function test_constructors_revertWithoutRegistry() public {
        IPauserRegistry none = IPauserRegistry(address(0));
        vm.expectRevert(IPausable.InputAddressZero.selector);
        new AllocationManager(delegationManager, EIGEN_STRATEGY, none, permissionController, 50, 75, "1.5.0");
        vm.expectRevert(IPausable.InputAddressZero.selector);
        new DelegationManager(
            strategyManager, IEigenPodManager(address(1)), allocationManager, none, permissionController, 40, "1.5.0"
        );
        vm.expectRevert(IPausable.InputAddressZero.selector);
        new StrategyManager(allocationManager, delegationManager, none, "1.5.0");
        vm.expectRevert(IPausable.InputAddressZero.selector);
        new StrategyBase(strategyManager, none, "1.5.0");
    }

    /* HELPERS */

    function _pauseTo(uint256 status) private {
        vm.prank(pauser);
        allocationManager.pause(status);
    }

    function _unpauseTo(uint256 status) private {
        vm.prank(unpauser);
        allocationManager.unpause(status);
    }
}
