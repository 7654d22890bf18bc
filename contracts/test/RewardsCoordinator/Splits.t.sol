// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {
    IRewardsCoordinatorErrors as Errors,
    IRewardsCoordinatorEvents as Events
} from "../../src/interfaces/IRewardsCoordinator.sol";
import {OperatorSet} from "../../src/libraries/OperatorSetLib.sol";
import {PermissionMixin} from "../../src/permissions/PermissionMixin.sol";
import {RewardsScene} from "../utils/RewardsScene.sol";
import {vm} from "../utils/Vm.sol";

contract SplitsTest is RewardsScene {
    /* WHAT COUNTS WHEN */

    function test_avs_countsAfterTheDelay() public {
        vm.assertEq(rewards.getOperatorAVSSplit(operator, avs), DEFAULT_SPLIT);
        uint32 activatedAt = uint32(block.timestamp) + ACTIVATION_DELAY;
        vm.expectEmit(address(rewards));
        emit Events.OperatorAVSSplitBipsSet(operator, operator, avs, activatedAt, DEFAULT_SPLIT, 0);
        _set(0);
        vm.warp(activatedAt - 1);
        vm.assertEq(rewards.getOperatorAVSSplit(operator, avs), DEFAULT_SPLIT);
        vm.warp(activatedAt);
        vm.assertEq(rewards.getOperatorAVSSplit(operator, avs), 0);
        vm.assertEq(rewards.getOperatorAVSSplit(operator, otherAvs), DEFAULT_SPLIT);
        vm.assertEq(rewards.getOperatorAVSSplit(otherOperator, avs), DEFAULT_SPLIT);
        vm.assertEq(rewards.getOperatorPISplit(operator), DEFAULT_SPLIT);
    }

    function test_avs_theOldCountsUntilThen() public {
        _set(300);
        vm.warp(block.timestamp + ACTIVATION_DELAY + 1);
        uint32 activatedAt = uint32(block.timestamp) + ACTIVATION_DELAY;
        vm.expectEmit(address(rewards));
        emit Events.OperatorAVSSplitBipsSet(operator, operator, avs, activatedAt, 300, 400);
        _set(400);
        vm.assertEq(rewards.getOperatorAVSSplit(operator, avs), 300);
        vm.warp(activatedAt);
        vm.assertEq(rewards.getOperatorAVSSplit(operator, avs), 400);
    }

    /// @dev While the first split waits, the default counts as it is then.
    function test_avs_theDefaultCountsAsItIs() public {
        _set(300);
        vm.prank(owner);
        rewards.setDefaultOperatorSplit(777);
        vm.assertEq(rewards.getOperatorAVSSplit(operator, avs), 777);
    }

    function test_avs_withoutDelayItCountsAtOnce() public {
        vm.prank(owner);
        rewards.setActivationDelay(0);
        _set(300);
        vm.assertEq(rewards.getOperatorAVSSplit(operator, avs), 300);
        // Not twice in one block, all the same.
        vm.prank(operator);
        vm.expectRevert(Errors.PreviousSplitPending.selector);
        rewards.setOperatorAVSSplit(operator, avs, 400);
        vm.warp(block.timestamp + 1);
        _set(400);
    }

    function test_pi_countsAfterTheDelay() public {
        uint32 activatedAt = uint32(block.timestamp) + ACTIVATION_DELAY;
        vm.expectEmit(address(rewards));
        emit Events.OperatorPISplitBipsSet(operator, operator, activatedAt, DEFAULT_SPLIT, 10_000);
        vm.prank(operator);
        rewards.setOperatorPISplit(operator, 10_000);
        vm.assertEq(rewards.getOperatorPISplit(operator), DEFAULT_SPLIT);
        vm.warp(activatedAt);
        vm.assertEq(rewards.getOperatorPISplit(operator), 10_000);
    }

    function test_set_countsAfterTheDelay() public {
        uint32 activatedAt = uint32(block.timestamp) + ACTIVATION_DELAY;
        vm.expectEmit(address(rewards));
        emit Events.OperatorSetSplitBipsSet(operator, operator, operatorSet, activatedAt, DEFAULT_SPLIT, 5_000);
        vm.prank(operator);
        rewards.setOperatorSetSplit(operator, operatorSet, 5_000);
        vm.assertEq(rewards.getOperatorSetSplit(operator, operatorSet), DEFAULT_SPLIT);
        vm.warp(activatedAt);
        vm.assertEq(rewards.getOperatorSetSplit(operator, operatorSet), 5_000);
        vm.assertEq(rewards.getOperatorSetSplit(operator, otherSet), DEFAULT_SPLIT);
    }

    /* BOUNDS */

    function test_split_notMoreThanTheWhole() public {
        vm.prank(operator);
        vm.expectRevert(Errors.SplitExceedsMax.selector);
        rewards.setOperatorAVSSplit(operator, avs, 10_001);
        vm.prank(operator);
        vm.expectRevert(Errors.SplitExceedsMax.selector);
        rewards.setOperatorPISplit(operator, 10_001);
        vm.prank(operator);
        vm.expectRevert(Errors.SplitExceedsMax.selector);
        rewards.setOperatorSetSplit(operator, operatorSet, 10_001);
    }

    function test_split_oneChangeAtATime() public {
        _set(300);
        vm.warp(block.timestamp + ACTIVATION_DELAY);
        vm.prank(operator);
        vm.expectRevert(Errors.PreviousSplitPending.selector);
        rewards.setOperatorAVSSplit(operator, avs, 400);
        // Too much is found first.
        vm.prank(operator);
        vm.expectRevert(Errors.SplitExceedsMax.selector);
        rewards.setOperatorAVSSplit(operator, avs, 10_001);
        vm.warp(block.timestamp + 1);
        _set(400);
    }

    function test_set_exists() public {
        vm.prank(operator);
        vm.expectRevert(Errors.InvalidOperatorSet.selector);
        rewards.setOperatorSetSplit(operator, OperatorSet(avs, 7), 10_001);
    }

    function test_split_onlyWhoMayActForTheOperator() public {
        vm.prank(avs);
        vm.expectRevert(PermissionMixin.InvalidPermissions.selector);
        rewards.setOperatorAVSSplit(operator, avs, 300);
        vm.prank(avs);
        vm.expectRevert(PermissionMixin.InvalidPermissions.selector);
        rewards.setOperatorPISplit(operator, 300);
        vm.prank(avs);
        vm.expectRevert(PermissionMixin.InvalidPermissions.selector);
        rewards.setOperatorSetSplit(operator, operatorSet, 300);
    }

    /// @dev Nobody need be an operator.
    function test_split_anybodyHasOne() public {
        vm.prank(stranger);
        rewards.setOperatorPISplit(stranger, 300);
        vm.warp(block.timestamp + ACTIVATION_DELAY);
        vm.assertEq(rewards.getOperatorPISplit(stranger), 300);
    }

    function _set(uint16 split) private {
        vm.prank(operator);
        rewards.setOperatorAVSSplit(operator, avs, split);
    }
}
