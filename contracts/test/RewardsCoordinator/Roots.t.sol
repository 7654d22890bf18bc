// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {
    IRewardsCoordinatorErrors as Errors,
    IRewardsCoordinatorEvents as Events,
    IRewardsCoordinatorTypes as Types
} from "../../src/interfaces/IRewardsCoordinator.sol";
import {RewardsScene} from "../utils/RewardsScene.sol";
import {vm} from "../utils/Vm.sol";

contract RootsTest is RewardsScene {
    bytes32 private constant ROOT = keccak256("root");
    bytes32 private constant OTHER_ROOT = keccak256("other root");

    /* SUBMITTING */

    function test_submit_appends() public {
        uint32 end = uint32(block.timestamp - 1);
        uint32 activatedAt = uint32(block.timestamp) + ACTIVATION_DELAY;
        vm.expectEmit(address(rewards));
        emit Events.DistributionRootSubmitted(0, ROOT, end, activatedAt);
        _submit(ROOT, end);
        vm.assertEq(rewards.getDistributionRootsLength(), 1);
        vm.assertEq(rewards.currRewardsCalculationEndTimestamp(), end);
        Types.DistributionRoot memory root = rewards.getDistributionRootAtIndex(0);
        vm.assertEq(root.root, ROOT);
        vm.assertEq(root.rewardsCalculationEndTimestamp, end);
        vm.assertEq(root.activatedAt, activatedAt);
        vm.assertFalse(root.disabled);
    }

    function test_submit_forALaterTime() public {
        _submit(ROOT, 100);
        vm.prank(updater);
        vm.expectRevert(Errors.NewRootMustBeForNewCalculatedPeriod.selector);
        rewards.submitRoot(OTHER_ROOT, 100);
        _submit(OTHER_ROOT, 101);
    }

    function test_submit_forATimeThatIsOver() public {
        vm.prank(updater);
        vm.expectRevert(Errors.RewardsEndTimestampNotElapsed.selector);
        rewards.submitRoot(ROOT, uint32(block.timestamp));
        _submit(ROOT, uint32(block.timestamp - 1));
    }

    function test_submit_onlyTheUpdater() public {
        vm.prank(owner);
        vm.expectRevert(Errors.UnauthorizedCaller.selector);
        rewards.submitRoot(ROOT, 100);
    }

    /// @dev The delay of the submission counts, not a later one.
    function test_submit_settlesWhenItCounts() public {
        _submit(ROOT, 100);
        uint32 activatedAt = rewards.getDistributionRootAtIndex(0).activatedAt;
        vm.prank(owner);
        rewards.setActivationDelay(0);
        vm.assertEq(rewards.getDistributionRootAtIndex(0).activatedAt, activatedAt);
        _submit(OTHER_ROOT, 101);
        vm.assertEq(rewards.getDistributionRootAtIndex(1).activatedAt, block.timestamp);
    }

    /* DISABLING */

    function test_disable_takesBack() public {
        _submit(ROOT, 100);
        _submit(OTHER_ROOT, 101);
        vm.expectEmit(address(rewards));
        emit Events.DistributionRootDisabled(0);
        _disable(0);
        vm.assertTrue(rewards.getDistributionRootAtIndex(0).disabled);
        vm.assertFalse(rewards.getDistributionRootAtIndex(1).disabled);
        // The time stays taken.
        vm.assertEq(rewards.currRewardsCalculationEndTimestamp(), 101);
    }

    function test_disable_whatIsThere() public {
        vm.prank(updater);
        vm.expectRevert(Errors.InvalidRootIndex.selector);
        rewards.disableRoot(0);
    }

    function test_disable_onlyOnce() public {
        _submit(ROOT, 100);
        _disable(0);
        vm.warp(block.timestamp + ACTIVATION_DELAY);
        vm.prank(updater);
        vm.expectRevert(Errors.RootDisabled.selector);
        rewards.disableRoot(0);
    }

    function test_disable_onlyBeforeItCounts() public {
        _submit(ROOT, 100);
        _submit(OTHER_ROOT, 101);
        vm.warp(block.timestamp + ACTIVATION_DELAY - 1);
        _disable(0);
        vm.warp(block.timestamp + 1);
        vm.prank(updater);
        vm.expectRevert(Errors.RootAlreadyActivated.selector);
        rewards.disableRoot(1);
    }

    function test_disable_onlyTheUpdater() public {
        _submit(ROOT, 100);
        vm.prank(owner);
        vm.expectRevert(Errors.UnauthorizedCaller.selector);
        rewards.disableRoot(0);
    }

    /* VIEWS */

    function test_current_isTheNewest() public {
        _submit(ROOT, 100);
        _submit(OTHER_ROOT, 101);
        vm.assertEq(rewards.getCurrentDistributionRoot().root, OTHER_ROOT);
    }

    function test_current_isMissingAtFirst() public {
        _expectPanic(PANIC_ARITHMETIC);
        rewards.getCurrentDistributionRoot();
    }

    function test_claimable_isTheNewestThatCounts() public {
        vm.assertEq(rewards.getCurrentClaimableDistributionRoot().root, bytes32(0));
        _submit(ROOT, 100);
        vm.warp(block.timestamp + ACTIVATION_DELAY - 1);
        vm.assertEq(rewards.getCurrentClaimableDistributionRoot().root, bytes32(0));
        _submit(OTHER_ROOT, 101);
        vm.warp(block.timestamp + 1);
        vm.assertEq(rewards.getCurrentClaimableDistributionRoot().root, ROOT);
        _disable(1);
        vm.warp(block.timestamp + ACTIVATION_DELAY);
        vm.assertEq(rewards.getCurrentClaimableDistributionRoot().root, ROOT);
    }

    function test_index_isTheNewestOfTheSame() public {
        _submit(ROOT, 100);
        _submit(OTHER_ROOT, 101);
        _submit(ROOT, 102);
        vm.assertEq(rewards.getRootIndexFromHash(ROOT), 2);
        vm.assertEq(rewards.getRootIndexFromHash(OTHER_ROOT), 1);
        vm.expectRevert(Errors.InvalidRoot.selector);
        rewards.getRootIndexFromHash(bytes32(0));
    }

    /* HELPERS */

    function _submit(bytes32 root, uint32 end) private {
        vm.prank(updater);
        rewards.submitRoot(root, end);
    }

    function _disable(uint32 index) private {
        vm.prank(updater);
        rewards.disableRoot(index);
    }
}
