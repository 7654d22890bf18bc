// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IAllocationManagerErrors, IAllocationManagerEvents} from "../../src/interfaces/IAllocationManager.sol";
import {Scene} from "../utils/Scene.sol";
import {vm} from "../utils/Vm.sol";

contract AllocationDelayTest is Scene {
    uint32 private constant EFFECT = START + CONFIGURATION_DELAY + 1;

    function test_setAllocationDelay_emits() public {
        vm.recordLogs();
        vm.expectEmit(address(allocationManager));
        emit IAllocationManagerEvents.AllocationDelaySet(operator, 3, EFFECT);
        _setDelay(operator, 3);
        vm.assertEq(_emitted(), 1);
    }

    function test_setAllocationDelay_takesEffectABlockAfterTheConfigurationDelay() public {
        _setDelay(operator, 3);
        _assertDelay(operator, true, ALLOCATION_DELAY);
        vm.roll(EFFECT - 1);
        _assertDelay(operator, true, ALLOCATION_DELAY);
        vm.roll(EFFECT);
        _assertDelay(operator, true, 3);
    }

    function test_setAllocationDelay_toZero() public {
        _setDelay(operator, 0);
        vm.roll(EFFECT);
        _assertDelay(operator, true, 0);
    }

    function test_setAllocationDelay_replacesAPendingOneAndStartsAgain() public {
        _setDelay(operator, 3);
        vm.roll(EFFECT - 1);
        _setDelay(operator, 4);
        vm.roll(EFFECT);
        _assertDelay(operator, true, ALLOCATION_DELAY);
        vm.roll(EFFECT + CONFIGURATION_DELAY - 1);
        _assertDelay(operator, true, ALLOCATION_DELAY);
        vm.roll(EFFECT + CONFIGURATION_DELAY);
        _assertDelay(operator, true, 4);
    }

    function test_setAllocationDelay_keepsOneThatIsDue() public {
        _setDelay(operator, 3);
        vm.roll(EFFECT);
        _setDelay(operator, 4);
        _assertDelay(operator, true, 3);
        vm.roll(EFFECT + CONFIGURATION_DELAY);
        _assertDelay(operator, true, 3);
        vm.roll(EFFECT + CONFIGURATION_DELAY + 1);
        _assertDelay(operator, true, 4);
    }

    function test_setAllocationDelay_ofANewOperatorWaitsToo() public {
        vm.expectEmit(address(allocationManager));
        emit IAllocationManagerEvents.AllocationDelaySet(staker, ALLOCATION_DELAY, EFFECT);
        _becomeOperator(staker);
        _assertDelay(staker, false, 0);
        vm.roll(EFFECT - 1);
        _assertDelay(staker, false, 0);
        vm.roll(EFFECT);
        _assertDelay(staker, true, ALLOCATION_DELAY);
    }

    function test_setAllocationDelay_replacesThatOfANewOperator() public {
        _becomeOperator(staker);
        vm.roll(EFFECT - 1);
        _setDelay(staker, 3);
        vm.roll(EFFECT);
        _assertDelay(staker, false, 0);
        vm.roll(EFFECT + CONFIGURATION_DELAY);
        _assertDelay(staker, true, 3);
    }

    function test_setAllocationDelay_byTheDelegationManagerForAnybody() public {
        vm.prank(address(delegationManager));
        allocationManager.setAllocationDelay(stranger, 3);
        vm.roll(EFFECT);
        _assertDelay(stranger, true, 3);
    }

    function test_setAllocationDelay_byAnAdmin() public {
        _makeAdmin(operator, admin);
        vm.prank(admin);
        allocationManager.setAllocationDelay(operator, 3);
        vm.roll(EFFECT);
        _assertDelay(operator, true, 3);
    }

    function test_setAllocationDelay_byAnAppointee() public {
        _appoint(operator, address(allocationManager), allocationManager.setAllocationDelay.selector);
        vm.prank(appointee);
        allocationManager.setAllocationDelay(operator, 3);
        vm.roll(EFFECT);
        _assertDelay(operator, true, 3);
    }

    function test_setAllocationDelay_revertsWhenNotOperator() public {
        vm.prank(stranger);
        vm.expectRevert(IAllocationManagerErrors.InvalidCaller.selector);
        allocationManager.setAllocationDelay(operator, 3);
    }

    function test_setAllocationDelay_revertsWhenTheAccountIsNoOperator() public {
        vm.expectRevert(IAllocationManagerErrors.InvalidOperator.selector);
        _setDelay(staker, 3);
    }

    function test_setAllocationDelay_revertsForStakersOfAnOperator() public {
        _delegate(staker, operator);
        vm.expectRevert(IAllocationManagerErrors.InvalidOperator.selector);
        _setDelay(staker, 3);
    }

    function test_setAllocationDelay_checksTheCallerBeforeTheAccount() public {
        vm.prank(stranger);
        vm.expectRevert(IAllocationManagerErrors.InvalidCaller.selector);
        allocationManager.setAllocationDelay(staker, 3);
    }

    function test_setAllocationDelay_heedsNoPause() public {
        vm.prank(pauser);
        allocationManager.pauseAll();
        _setDelay(operator, 3);
        vm.roll(EFFECT);
        _assertDelay(operator, true, 3);
    }

    function test_getAllocationDelay_ofAStrangerIsNotSet() public view {
        _assertDelay(stranger, false, 0);
    }

    function _assertDelay(address who, bool isSet, uint32 delay) private view {
        (bool foundIsSet, uint32 foundDelay) = allocationManager.getAllocationDelay(who);
        vm.assertEq(foundIsSet, isSet);
        vm.assertEq(foundDelay, delay);
    }
}
