// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {WilfulRegistrar} from "../../mocks/WilfulRegistrar.sol";
import {IAllocationManagerErrors} from "../../src/interfaces/IAllocationManager.sol";
import {Scene} from "../utils/Scene.sol";
import {vm} from "../utils/Vm.sol";

contract WilfulRegistrarTest is Scene {
    WilfulRegistrar private _wilful;

    function setUp() public override {
        super.setUp();
        _wilful = new WilfulRegistrar(address(allocationManager), address(delegationManager));
        vm.prank(avs);
        allocationManager.setAVSRegistrar(avs, _wilful);
    }

    function test_itIsToldWhoComesAndWhoLeaves() public {
        _join(operator, operatorSet);
        vm.assertEq(_wilful.comings(), 1);
        vm.assertEq(_wilful.lastOperator(), operator);
        vm.assertEq(_wilful.lastAvs(), avs);
        vm.assertEq(_wilful.lastIds(), keccak256(abi.encode(uint256(1))));
        _leave(operator, operatorSet);
        vm.assertEq(_wilful.comings(), 1);
        vm.assertEq(_wilful.leavings(), 1);
    }

    function test_anAnswerThatNobodyAskedForIsNotRead() public {
        _behave(WilfulRegistrar.Answer.False, WilfulRegistrar.Reaction.None);
        _join(operator, operatorSet);
        vm.assertTrue(allocationManager.isMemberOfOperatorSet(operator, operatorSet));
        _leave(operator, operatorSet);
        vm.assertFalse(allocationManager.isMemberOfOperatorSet(operator, operatorSet));
    }

    function test_refusalsPassThrough() public {
        _behave(WilfulRegistrar.Answer.Revert, WilfulRegistrar.Reaction.None);
        vm.expectRevert(abi.encodeWithSelector(WilfulRegistrar.NotToday.selector, operator));
        _join(operator, operatorSet);
        _behave(WilfulRegistrar.Answer.RevertEmpty, WilfulRegistrar.Reaction.None);
        vm.expectRevert(bytes(""));
        _join(operator, operatorSet);
        _behave(WilfulRegistrar.Answer.RevertLong, WilfulRegistrar.Reaction.None);
        vm.expectRevert(abi.encodeWithSignature("Error(string)", string(new bytes(10_000))));
        _join(operator, operatorSet);
        _behave(WilfulRegistrar.Answer.Panic, WilfulRegistrar.Reaction.None);
        vm.expectRevert(abi.encodeWithSignature("Panic(uint256)", 1));
        _join(operator, operatorSet);
        _behave(WilfulRegistrar.Answer.BurnGas, WilfulRegistrar.Reaction.None);
        vm.expectRevert(bytes(""));
        _join(operator, operatorSet);
    }

    function test_whoeverItDoesNotLetGoStays() public {
        _join(operator, operatorSet);
        _behave(WilfulRegistrar.Answer.Revert, WilfulRegistrar.Reaction.None);
        vm.expectRevert(abi.encodeWithSelector(WilfulRegistrar.NotToday.selector, operator));
        _leave(operator, operatorSet);
        vm.assertTrue(allocationManager.isMemberOfOperatorSet(operator, operatorSet));
    }

    function test_whenItServesNobodyItCannotBeSet() public {
        _wilful.behave(
            false, WilfulRegistrar.Answer.Nothing, WilfulRegistrar.Answer.Nothing, WilfulRegistrar.Reaction.None
        );
        vm.prank(otherAvs);
        vm.expectRevert(IAllocationManagerErrors.InvalidAVSRegistrar.selector);
        allocationManager.setAVSRegistrar(otherAvs, _wilful);
    }

    /// @dev Whatever it calls without the right to, and whatever makes no sense any more, is refused.
    function test_beingAskedGivesItNoRights() public {
        for (uint8 i = 1; i <= uint8(type(WilfulRegistrar.Reaction).max); ++i) {
            _behave(WilfulRegistrar.Answer.Nothing, WilfulRegistrar.Reaction(i));
            _join(otherOperator, operatorSet);
            _leave(otherOperator, operatorSet);
            vm.assertEq(_wilful.attempts(), 2 * i);
            vm.assertEq(_wilful.successes(), 0);
            _pass(allocationManager.DEALLOCATION_DELAY() + 1);
        }
    }

    function test_withTheRightItSendsAwayWhoComes() public {
        _allow(avs, allocationManager.deregisterFromOperatorSets.selector);
        _behave(WilfulRegistrar.Answer.Nothing, WilfulRegistrar.Reaction.Undo);
        _join(operator, operatorSet);
        vm.assertEq(_wilful.successes(), 1);
        vm.assertEq(_wilful.leavings(), 1);
        vm.assertFalse(allocationManager.isMemberOfOperatorSet(operator, operatorSet));
        vm.assertTrue(allocationManager.isOperatorSlashable(operator, operatorSet));
    }

    /// @dev Nobody leaves twice, and nobody comes back before it is out of reach.
    function test_withAllRightsItChangesNothingForWhoLeaves() public {
        _join(operator, operatorSet);
        _allow(avs, allocationManager.deregisterFromOperatorSets.selector);
        _allow(operator, allocationManager.registerForOperatorSets.selector);
        _behave(WilfulRegistrar.Answer.Nothing, WilfulRegistrar.Reaction.Repeat);
        _leave(operator, operatorSet);
        vm.assertEq(_wilful.attempts(), 1);
        vm.assertEq(_wilful.successes(), 0);
        vm.assertEq(_wilful.leavings(), 1);
    }

    function _behave(WilfulRegistrar.Answer answer, WilfulRegistrar.Reaction reaction) private {
        _wilful.behave(true, answer, answer, reaction);
    }

    /// @dev Lets the registrar call the allocation manager for `account`.
    function _allow(address account, bytes4 selector) private {
        vm.prank(account);
        permissionController.setAppointee(account, address(_wilful), address(allocationManager), selector);
    }
}
