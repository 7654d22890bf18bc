// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {
    IRewardsCoordinatorErrors as Errors,
    IRewardsCoordinatorEvents as Events,
    IRewardsCoordinatorTypes as Types
} from "../../src/interfaces/IRewardsCoordinator.sol";
import {IStrategy} from "../../src/interfaces/IStrategy.sol";
import {RewardsScene} from "../utils/RewardsScene.sol";
import {vm} from "../utils/Vm.sol";

contract SubmissionsTest is RewardsScene {
    /* WHAT HAPPENS */

    function test_avs_pullsTokensAndNumbers() public {
        Types.RewardsSubmission memory submission = _submission();
        bytes32 hash = keccak256(abi.encode(avs, uint256(0), submission));
        vm.expectEmit(address(rewards));
        emit Events.AVSRewardsSubmissionCreated(avs, 0, hash, submission);
        _submit(submission);
        vm.assertEq(_balance(token, address(rewards)), 100e18);
        vm.assertEq(rewards.submissionNonce(avs), 1);
        vm.assertTrue(rewards.isAVSRewardsSubmissionHash(avs, hash));
        vm.assertFalse(rewards.isRewardsSubmissionForAllHash(avs, hash));
        vm.assertFalse(rewards.isRewardsSubmissionForAllEarnersHash(avs, hash));
    }

    function test_avs_anybodyIsOneForItself() public {
        _fundRewards(stranger);
        vm.prank(stranger);
        rewards.createAVSRewardsSubmission(_list(_submission()));
        vm.assertEq(rewards.submissionNonce(stranger), 1);
    }

    function test_avs_twoOfTheSameDiffer() public {
        Types.RewardsSubmission memory submission = _submission();
        Types.RewardsSubmission[] memory both = new Types.RewardsSubmission[](2);
        (both[0], both[1]) = (submission, submission);
        vm.prank(avs);
        rewards.createAVSRewardsSubmission(both);
        vm.assertEq(rewards.submissionNonce(avs), 2);
        vm.assertEq(_balance(token, address(rewards)), 200e18);
        vm.assertTrue(rewards.isAVSRewardsSubmissionHash(avs, keccak256(abi.encode(avs, uint256(0), submission))));
        vm.assertTrue(rewards.isAVSRewardsSubmissionHash(avs, keccak256(abi.encode(avs, uint256(1), submission))));
    }

    function test_avs_noneIsNone() public {
        vm.recordLogs();
        vm.prank(avs);
        rewards.createAVSRewardsSubmission(new Types.RewardsSubmission[](0));
        vm.assertEq(_emitted(), 0);
    }

    function test_forAll_pullsTokensAndNumbers() public {
        Types.RewardsSubmission memory submission = _submission();
        bytes32 hash = keccak256(abi.encode(hopper, uint256(0), submission));
        vm.expectEmit(address(rewards));
        emit Events.RewardsSubmissionForAllCreated(hopper, 0, hash, submission);
        vm.prank(hopper);
        rewards.createRewardsForAllSubmission(_list(submission));
        vm.assertTrue(rewards.isRewardsSubmissionForAllHash(hopper, hash));
        vm.assertEq(_balance(token, address(rewards)), 100e18);
    }

    function test_forAllEarners_pullsTokensAndNumbers() public {
        Types.RewardsSubmission memory submission = _submission();
        vm.prank(hopper);
        rewards.createRewardsForAllSubmission(_list(submission));
        // Kinds share the numbers.
        bytes32 hash = keccak256(abi.encode(hopper, uint256(1), submission));
        vm.expectEmit(address(rewards));
        emit Events.RewardsSubmissionForAllEarnersCreated(hopper, 1, hash, submission);
        vm.prank(hopper);
        rewards.createRewardsForAllEarners(_list(submission));
        vm.assertTrue(rewards.isRewardsSubmissionForAllEarnersHash(hopper, hash));
        vm.assertEq(_balance(token, address(rewards)), 200e18);
    }

    /* WHO MAY */

    function test_forAll_onlyWhoMayGiveToAll() public {
        Types.RewardsSubmission[] memory list = _list(_submission());
        vm.prank(avs);
        vm.expectRevert(Errors.UnauthorizedCaller.selector);
        rewards.createRewardsForAllSubmission(list);
        vm.prank(avs);
        vm.expectRevert(Errors.UnauthorizedCaller.selector);
        rewards.createRewardsForAllEarners(list);
    }

    /* WHAT IS RIGHT, IN THE ORDER OF CHECKS */

    function test_strategies_notEmpty() public {
        Types.RewardsSubmission memory submission = _submission();
        submission.strategiesAndMultipliers = new Types.StrategyAndMultiplier[](0);
        submission.duration = MAX_DURATION + 1;
        _refused(submission, Errors.InputArrayLengthZero.selector);
    }

    function test_duration_notTooLong() public {
        Types.RewardsSubmission memory submission = _submission();
        submission.duration = MAX_DURATION;
        _submit(submission);
        // Longer by less than an interval, so that it is no whole number of intervals either.
        submission.duration = MAX_DURATION + 1;
        _refused(submission, Errors.DurationExceedsMax.selector);
    }

    function test_duration_onTheGrid() public {
        Types.RewardsSubmission memory submission = _submission();
        submission.duration = INTERVAL + 1;
        _refused(submission, Errors.InvalidDurationRemainder.selector);
    }

    function test_duration_notZero() public {
        Types.RewardsSubmission memory submission = _submission();
        submission.duration = 0;
        submission.startTimestamp += 1;
        _refused(submission, Errors.DurationIsZero.selector);
    }

    function test_start_onTheGrid() public {
        Types.RewardsSubmission memory submission = _submission();
        submission.startTimestamp = GENESIS - 1;
        _refused(submission, Errors.InvalidStartTimestampRemainder.selector);
    }

    function test_start_notTooEarly() public {
        Types.RewardsSubmission memory submission = _submission();
        // The first day that is not more than the length ago, and the one before.
        submission.startTimestamp = _day(-89);
        _submit(submission);
        submission.startTimestamp = _day(-90);
        submission.strategiesAndMultipliers = _weights(IStrategy(address(1)));
        _refused(submission, Errors.StartTimestampTooFarInPast.selector);
    }

    function test_start_exactlyTheLengthAgo() public {
        Types.RewardsSubmission memory submission = _submission();
        vm.warp(_day(1));
        submission.startTimestamp = _day(-90);
        _submit(submission);
        vm.warp(block.timestamp + 1);
        _refused(submission, Errors.StartTimestampTooFarInPast.selector);
    }

    function test_start_notBeforeGenesis() public {
        vm.warp(GENESIS + 1 days);
        Types.RewardsSubmission memory submission = _submission();
        submission.startTimestamp = GENESIS;
        _submit(submission);
        submission.startTimestamp = GENESIS - INTERVAL;
        _refused(submission, Errors.StartTimestampTooFarInPast.selector);
    }

    function test_strategies_whitelistedOrNative() public {
        Types.RewardsSubmission memory submission = _submission();
        submission.strategiesAndMultipliers = _weights(NATIVE_STRATEGY);
        _submit(submission);
        vm.prank(whitelister);
        strategyManager.removeStrategiesFromDepositWhitelist(_strategies(strategy));
        submission.strategiesAndMultipliers = _weights(strategy);
        submission.amount = 0;
        _refused(submission, Errors.StrategyNotWhitelisted.selector);
    }

    function test_strategies_ascend() public {
        Types.RewardsSubmission memory submission = _submission();
        submission.strategiesAndMultipliers = _weights(strategy, secondStrategy);
        _submit(submission);
        submission.amount = 0;
        submission.strategiesAndMultipliers = _weights(secondStrategy, strategy);
        _refused(submission, Errors.StrategiesNotInAscendingOrder.selector);
        submission.strategiesAndMultipliers = _weights(strategy, strategy);
        _refused(submission, Errors.StrategiesNotInAscendingOrder.selector);
    }

    function test_amount_notZero() public {
        Types.RewardsSubmission memory submission = _submission();
        submission.amount = 0;
        submission.startTimestamp = _day(32);
        _refused(submission, Errors.AmountIsZero.selector);
    }

    function test_amount_notTooMuch() public {
        token.mint(avs, MAX_AMOUNT);
        Types.RewardsSubmission memory submission = _submission();
        submission.amount = MAX_AMOUNT;
        _submit(submission);
        submission.amount = MAX_AMOUNT + 1;
        submission.startTimestamp = _day(32);
        _refused(submission, Errors.AmountExceedsMax.selector);
    }

    function test_start_notTooLate() public {
        Types.RewardsSubmission memory submission = _submission();
        submission.startTimestamp = _day(30);
        _submit(submission);
        submission.startTimestamp = _day(31);
        _refused(submission, Errors.StartTimestampTooFarInFuture.selector);
    }

    function test_tokens_comeOrNothingHappens() public {
        Types.RewardsSubmission memory submission = _submission();
        vm.prank(stranger);
        _expectError("ERC20: insufficient allowance");
        rewards.createAVSRewardsSubmission(_list(submission));
        vm.assertEq(rewards.submissionNonce(stranger), 0);
    }

    function test_all_checkTheSame() public {
        Types.RewardsSubmission memory submission = _submission();
        submission.amount = 0;
        vm.prank(hopper);
        vm.expectRevert(Errors.AmountIsZero.selector);
        rewards.createRewardsForAllSubmission(_list(submission));
        vm.prank(hopper);
        vm.expectRevert(Errors.AmountIsZero.selector);
        rewards.createRewardsForAllEarners(_list(submission));
    }

    function _refused(Types.RewardsSubmission memory submission, bytes4 selector) private {
        vm.prank(avs);
        vm.expectRevert(selector);
        rewards.createAVSRewardsSubmission(_list(submission));
    }
}
