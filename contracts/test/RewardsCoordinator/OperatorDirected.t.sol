// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {
    IRewardsCoordinatorErrors as Errors,
    IRewardsCoordinatorEvents as Events,
    IRewardsCoordinatorTypes as Types
} from "../../src/interfaces/IRewardsCoordinator.sol";
import {OperatorSet} from "../../src/libraries/OperatorSetLib.sol";
import {PermissionMixin} from "../../src/permissions/PermissionMixin.sol";
import {RewardsCoordinator} from "../../src/rewards/RewardsCoordinator.sol";
import {RewardsScene} from "../utils/RewardsScene.sol";
import {vm} from "../utils/Vm.sol";

contract OperatorDirectedTest is RewardsScene {
    /* WHAT HAPPENS */

    function test_avs_pullsTheSumAndNumbers() public {
        Types.OperatorDirectedRewardsSubmission memory submission = _directed();
        bytes32 hash = keccak256(abi.encode(avs, uint256(0), submission));
        vm.expectEmit(address(rewards));
        emit Events.OperatorDirectedAVSRewardsSubmissionCreated(avs, avs, hash, 0, submission);
        _give(avs, submission);
        vm.assertEq(_balance(token, address(rewards)), 30e18);
        vm.assertEq(rewards.submissionNonce(avs), 1);
        vm.assertTrue(rewards.isOperatorDirectedAVSRewardsSubmissionHash(avs, hash));
        vm.assertFalse(rewards.isOperatorDirectedOperatorSetRewardsSubmissionHash(avs, hash));
    }

    function test_set_pullsTheSumAndNumbers() public {
        Types.OperatorDirectedRewardsSubmission memory submission = _directed();
        _submit(_submission());
        bytes32 hash = keccak256(abi.encode(avs, uint256(1), submission));
        vm.expectEmit(address(rewards));
        emit Events.OperatorDirectedOperatorSetRewardsSubmissionCreated(avs, hash, operatorSet, 1, submission);
        _giveSet(avs, operatorSet, submission);
        vm.assertEq(_balance(token, address(rewards)), 130e18);
        vm.assertEq(rewards.submissionNonce(avs), 2);
        vm.assertTrue(rewards.isOperatorDirectedOperatorSetRewardsSubmissionHash(avs, hash));
        vm.assertFalse(rewards.isOperatorDirectedAVSRewardsSubmissionHash(avs, hash));
    }

    /// @dev Who is appointed pays; the number is the AVS's.
    function test_avs_anAppointeePays() public {
        _fundRewards(appointee);
        _appoint(avs, address(rewards), RewardsCoordinator.createOperatorDirectedAVSRewardsSubmission.selector);
        uint256 had = _balance(token, avs);
        _give(appointee, _directed());
        vm.assertEq(_balance(token, avs), had);
        vm.assertEq(rewards.submissionNonce(avs), 1);
        vm.assertEq(rewards.submissionNonce(appointee), 0);
    }

    /* WHO MAY */

    function test_avs_onlyWhoMayActForIt() public {
        vm.prank(stranger);
        vm.expectRevert(PermissionMixin.InvalidPermissions.selector);
        rewards.createOperatorDirectedAVSRewardsSubmission(avs, _list(_directed()));
    }

    function test_set_onlyWhoMayActForItsAvs() public {
        vm.prank(otherAvs);
        vm.expectRevert(PermissionMixin.InvalidPermissions.selector);
        rewards.createOperatorDirectedOperatorSetRewardsSubmission(operatorSet, _list(_directed()));
    }

    function test_set_exists() public {
        OperatorSet memory missing = OperatorSet(avs, 7);
        vm.prank(avs);
        vm.expectRevert(Errors.InvalidOperatorSet.selector);
        rewards.createOperatorDirectedOperatorSetRewardsSubmission(
            missing, new Types.OperatorDirectedRewardsSubmission[](0)
        );
    }

    /* WHAT IS RIGHT, IN THE ORDER OF CHECKS */

    function test_common_checksComeFirst() public {
        Types.OperatorDirectedRewardsSubmission memory submission = _directed();
        submission.operatorRewards = new Types.OperatorReward[](0);
        submission.duration = 0;
        _refused(submission, Errors.DurationIsZero.selector);
        submission.duration = MAX_DURATION + INTERVAL;
        _refused(submission, Errors.DurationExceedsMax.selector);
    }

    function test_operators_notEmpty() public {
        Types.OperatorDirectedRewardsSubmission memory submission = _directed();
        submission.operatorRewards = new Types.OperatorReward[](0);
        submission.startTimestamp = _day(0);
        _refused(submission, Errors.InputArrayLengthZero.selector);
    }

    function test_period_isOver() public {
        Types.OperatorDirectedRewardsSubmission memory submission = _directed();
        submission.startTimestamp = _day(0);
        submission.operatorRewards[0].operator = address(0);
        vm.warp(_day(1));
        _refused(submission, Errors.SubmissionNotRetroactive.selector);
        vm.warp(block.timestamp + 1);
        _refused(submission, Errors.InvalidAddressZero.selector);
    }

    function test_operators_ascend() public {
        Types.OperatorDirectedRewardsSubmission memory submission = _directed();
        submission.operatorRewards[1].operator = submission.operatorRewards[0].operator;
        submission.operatorRewards[1].amount = 0;
        _refused(submission, Errors.OperatorsNotInAscendingOrder.selector);
    }

    function test_amounts_notZero() public {
        Types.OperatorDirectedRewardsSubmission memory submission = _directed();
        submission.operatorRewards[1].amount = 0;
        _refused(submission, Errors.AmountIsZero.selector);
    }

    function test_sum_notTooMuch() public {
        token.mint(avs, MAX_AMOUNT);
        Types.OperatorDirectedRewardsSubmission memory submission = _directed();
        submission.operatorRewards[1].amount = MAX_AMOUNT - 10e18;
        _give(avs, submission);
        submission.operatorRewards[1].amount += 1;
        _refused(submission, Errors.AmountExceedsMax.selector);
    }

    /* HELPERS */

    function _give(address who, Types.OperatorDirectedRewardsSubmission memory submission) private {
        vm.prank(who);
        rewards.createOperatorDirectedAVSRewardsSubmission(avs, _list(submission));
    }

    function _giveSet(address who, OperatorSet memory set, Types.OperatorDirectedRewardsSubmission memory submission)
        private
    {
        vm.prank(who);
        rewards.createOperatorDirectedOperatorSetRewardsSubmission(set, _list(submission));
    }

    function _refused(Types.OperatorDirectedRewardsSubmission memory submission, bytes4 selector) private {
        vm.prank(avs);
        vm.expectRevert(selector);
        rewards.createOperatorDirectedAVSRewardsSubmission(avs, _list(submission));
        vm.prank(avs);
        vm.expectRevert(selector);
        rewards.createOperatorDirectedOperatorSetRewardsSubmission(operatorSet, _list(submission));
    }
}
