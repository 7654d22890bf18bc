// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {CommitmentRegistry} from "../../avs/CommitmentRegistry.sol";
import {RedistributionAVS} from "../../avs/RedistributionAVS.sol";
import {bound} from "../utils/Bound.sol";
import {vm} from "../utils/Vm.sol";
import {ExampleScene} from "./ExampleScene.sol";

contract CommitmentRegistryTest is ExampleScene {
    uint256 private constant EPOCH_BLOCKS = 10;

    bytes private constant GOODS = "the goods";

    address private immutable _third = _actor("thirdOperator");

    CommitmentRegistry private _registry;

    function _deployAVS() internal override returns (RedistributionAVS) {
        _registry = new CommitmentRegistry(allocationManager, strategyManager, strategy, EPOCH_BLOCKS);
        return _registry;
    }

    /// @dev A third operator, with 30 shares, all of it for the set.
    function setUp() public override {
        super.setUp();
        _becomeOperator(_third);
        _pass(CONFIGURATION_DELAY + 1);
        _deposit(_third, strategy, 30e18);
        _join(_third, _set());
        _allocate(_third, _set(), strategy, WAD);
        _pass(ALLOCATION_DELAY);
    }

    /* COMMIT */

    function test_commit_stakesAProportion() public {
        _commit(operator, 0.1e18);
        (bytes32 digest, uint256 wad, uint256 weight, CommitmentRegistry.Status status) =
            _registry.commitments(0, operator);
        vm.assertEq(digest, _registry.digestOf(operator, GOODS));
        vm.assertEq(wad, 0.1e18);
        vm.assertEq(weight, 5e18);
        vm.assertTrue(status == CommitmentRegistry.Status.OPEN);
        (uint256 deadline, uint256 open,,,,) = _registry.epochs(0);
        vm.assertEq(deadline, block.number + EPOCH_BLOCKS);
        vm.assertEq(open, 1);
    }

    function test_commit_onlyByMembersWithStake() public {
        _refuse(stranger, WAD, CommitmentRegistry.NotAMember.selector);
        _allocate(operator, _set(), strategy, 0);
        _refuse(operator, WAD, CommitmentRegistry.NothingStaked.selector);
    }

    function test_commit_aProportion() public {
        _refuse(operator, 0, CommitmentRegistry.InvalidWad.selector);
        _refuse(operator, WAD + 1, CommitmentRegistry.InvalidWad.selector);
    }

    function test_commit_onceAnEpochAndInTime() public {
        _commit(operator, WAD);
        _refuse(operator, WAD, CommitmentRegistry.CommitmentExists.selector);
        _pass(EPOCH_BLOCKS);
        _commit(otherOperator, WAD);
        _pass(1);
        _refuse(_third, WAD, CommitmentRegistry.DeadlinePassed.selector);
    }

    /* DELIVER */

    function test_deliver_inTime() public {
        _commit(operator, 0.1e18);
        _pass(EPOCH_BLOCKS);
        _deliver(operator);
        (, uint256 open, uint256 weight,,,) = _registry.epochs(0);
        vm.assertEq(open, 0);
        vm.assertEq(weight, 5e18);
    }

    function test_deliver_notTooLate() public {
        _commit(operator, 0.1e18);
        _pass(EPOCH_BLOCKS + 1);
        vm.prank(operator);
        vm.expectRevert(CommitmentRegistry.DeadlinePassed.selector);
        _registry.deliver(GOODS);
    }

    function test_deliver_onlyWhatWasCommittedTo() public {
        _commit(operator, 0.1e18);
        vm.prank(operator);
        vm.expectRevert(CommitmentRegistry.WrongDelivery.selector);
        _registry.deliver("something else");
    }

    function test_deliver_onlyByWhoCommitted() public {
        _commit(operator, 0.1e18);
        vm.prank(otherOperator);
        vm.expectRevert(CommitmentRegistry.NoOpenCommitment.selector);
        _registry.deliver(GOODS);
        // A copied digest is of no use.
        bytes32 copied = _registry.digestOf(operator, GOODS);
        vm.prank(otherOperator);
        _registry.commit(copied, 0.1e18);
        vm.prank(otherOperator);
        vm.expectRevert(CommitmentRegistry.WrongDelivery.selector);
        _registry.deliver(GOODS);
    }

    function test_deliver_onlyOnce() public {
        _commit(operator, 0.1e18);
        _deliver(operator);
        vm.prank(operator);
        vm.expectRevert(CommitmentRegistry.NoOpenCommitment.selector);
        _registry.deliver(GOODS);
    }

    /* BREACH */

    function test_breach_slashesWhatWasAtStake() public {
        _commit(operator, 0.1e18);
        _pass(EPOCH_BLOCKS);
        vm.expectRevert(CommitmentRegistry.DeadlineNotPassed.selector);
        _registry.breach(operator);
        _pass(1);
        vm.prank(stranger);
        _registry.breach(operator);
        vm.assertEq(_waiting(1), 5e18);
        vm.expectRevert(CommitmentRegistry.NoOpenCommitment.selector);
        _registry.breach(operator);
    }

    function test_breach_notWhoDelivered() public {
        _commit(operator, 0.1e18);
        _deliver(operator);
        _pass(EPOCH_BLOCKS + 1);
        vm.expectRevert(CommitmentRegistry.NoOpenCommitment.selector);
        _registry.breach(operator);
    }

    function test_breach_whoLeft() public {
        _commit(operator, 0.1e18);
        _leave(operator, _set());
        _pass(DEALLOCATION_DELAY);
        _registry.breach(operator);
        vm.assertEq(_waiting(1), 5e18);
    }

    function test_breach_whoNobodyCanSlashAnyMore() public {
        _commit(operator, 0.1e18);
        _commit(otherOperator, 0.1e18);
        _deliver(otherOperator);
        _leave(operator, _set());
        _pass(DEALLOCATION_DELAY + 1);
        _registry.breach(operator);
        vm.assertEq(allocationManager.getSlashCount(_set()), 0);
        vm.assertEq(_registry.close(), 0);
    }

    /* CLOSE */

    function test_close_whenEverythingIsDecidedAndHere() public {
        vm.expectRevert(CommitmentRegistry.DeadlineNotPassed.selector);
        _registry.close();
        _commit(operator, 0.1e18);
        _commit(otherOperator, 0.1e18);
        _deliver(otherOperator);
        _pass(EPOCH_BLOCKS);
        vm.expectRevert(CommitmentRegistry.DeadlineNotPassed.selector);
        _registry.close();
        _pass(1);
        vm.expectRevert(CommitmentRegistry.CommitmentsOpen.selector);
        _registry.close();
        _registry.breach(operator);
        vm.expectRevert(abi.encodeWithSelector(RedistributionAVS.SlashNotCleared.selector, 1));
        _registry.close();
        _clear(1);
        vm.assertEq(_registry.close(), 5e18);
        vm.assertEq(_registry.epoch(), 1);
        vm.assertEq(_registry.held(), 5e18);
    }

    function test_close_leavesThePotOfNobodyToTheNext() public {
        _commit(operator, 0.1e18);
        _fail(operator, 1);
        vm.assertEq(_registry.close(), 0);
        vm.assertEq(_registry.held(), 0);
        _commit(otherOperator, 0.1e18);
        _deliver(otherOperator);
        _pass(EPOCH_BLOCKS + 1);
        vm.assertEq(_registry.close(), 5e18);
    }

    /* CLAIM */

    function test_claim_byWhatWasAtStake() public {
        _commit(operator, 0.1e18);
        _commit(otherOperator, 0.1e18);
        _commit(_third, 0.25e18);
        _deliver(otherOperator);
        _deliver(_third);
        _fail(operator, 1);
        _registry.close();
        // 5 to share by 2.5 and 7.5.
        vm.assertEq(_claim(otherOperator, 0), 1.25e18);
        vm.assertEq(_claim(_third, 0), 3.75e18);
        vm.assertEq(token.balanceOf(_third), 3.75e18);
        vm.assertEq(_registry.held(), 0);
    }

    function test_claim_onlyOnceAndOnlyByTheReliable() public {
        _commit(operator, 0.1e18);
        _commit(otherOperator, 0.1e18);
        _deliver(otherOperator);
        _refuseClaim(otherOperator, 0);
        _fail(operator, 1);
        _registry.close();
        _refuseClaim(operator, 0);
        _refuseClaim(stranger, 0);
        _claim(otherOperator, 0);
        _refuseClaim(otherOperator, 0);
        _refuseClaim(otherOperator, 1);
    }

    function test_claim_leavesTheDustToTheNext() public {
        _commit(operator, 0.1e18);
        _commit(otherOperator, 0.1e18);
        _deliver(operator);
        _deliver(otherOperator);
        _give(2);
        _pass(EPOCH_BLOCKS + 1);
        _registry.close();
        // Two thirds of 2 wei, and one third.
        vm.assertEq(_claim(operator, 0), 1);
        vm.assertEq(_registry.held(), 1);
        vm.assertEq(_claim(otherOperator, 0), 0);
        vm.assertEq(_registry.held(), 0);
        vm.assertEq(token.balanceOf(address(_registry)), 1);
    }

    /* LAWS */

    /// @dev Rewards and dust are what was redistributed; less than a wei of dust for each that was rewarded.
    function testFuzz_rewards_areWhatWasRedistributed(uint256 atStake, uint256 first, uint256 second, uint256 gift)
        public
    {
        _commit(_third, bound(atStake, 1, WAD));
        _commit(operator, bound(first, 1, WAD));
        _commit(otherOperator, bound(second, 1, WAD));
        _deliver(operator);
        _deliver(otherOperator);
        _give(bound(gift, 0, 1e18));
        _fail(_third, 1);
        uint256 pot = _registry.close();
        vm.assertEq(pot, token.balanceOf(address(_registry)));
        uint256 paid = _claim(operator, 0) + _claim(otherOperator, 0);
        vm.assertLe(paid, pot);
        vm.assertLe(pot - paid, 1);
        vm.assertEq(_registry.held(), 0);
    }

    /* HELPERS */

    function _commit(address who, uint256 wad) private {
        bytes32 digest = _registry.digestOf(who, GOODS);
        vm.prank(who);
        _registry.commit(digest, wad);
    }

    function _refuse(address who, uint256 wad, bytes4 why) private {
        vm.prank(who);
        vm.expectRevert(why);
        _registry.commit(0, wad);
    }

    function _deliver(address who) private {
        vm.prank(who);
        _registry.deliver(GOODS);
    }

    /// @dev The epoch ends, and `who` has not delivered: slashed and cleared.
    function _fail(address who, uint256 slashId) private {
        _pass(EPOCH_BLOCKS + 1);
        _registry.breach(who);
        _clear(slashId);
    }

    function _claim(address who, uint256 epoch) private returns (uint256) {
        vm.prank(who);
        return _registry.claim(epoch);
    }

    function _refuseClaim(address who, uint256 epoch) private {
        vm.prank(who);
        vm.expectRevert(CommitmentRegistry.NothingToClaim.selector);
        _registry.claim(epoch);
    }
}
