// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {
    IRewardsCoordinatorErrors as Errors,
    IRewardsCoordinatorEvents as Events,
    IRewardsCoordinatorTypes as Types
} from "../../src/interfaces/IRewardsCoordinator.sol";
import {Merkle} from "../../src/libraries/Merkle.sol";
import {PermissionMixin} from "../../src/permissions/PermissionMixin.sol";
import {RewardsCoordinator} from "../../src/rewards/RewardsCoordinator.sol";
import {RewardsScene} from "../utils/RewardsScene.sol";
import {vm} from "../utils/Vm.sol";

contract ClaimsTest is RewardsScene {
    function setUp() public override {
        super.setUp();
        tokens[0].mint(address(rewards), 1_000);
        tokens[1].mint(address(rewards), 2_000);
    }

    /* WHAT HAPPENS */

    function test_claim_paysTheEarnings() public {
        _activeRoot(100, 50);
        vm.expectEmit(address(rewards));
        emit Events.RewardsClaimed(_root(100, 50), earner, earner, recipient, token, 100);
        vm.expectEmit(address(rewards));
        emit Events.RewardsClaimed(_root(100, 50), earner, earner, recipient, secondToken, 200);
        _process(earner, _claim(0, 100, 50, 2));
        vm.assertEq(_balance(token, recipient), 100);
        vm.assertEq(_balance(secondToken, recipient), 200);
        vm.assertEq(rewards.cumulativeClaimed(earner, token), 100);
        vm.assertEq(rewards.cumulativeClaimed(earner, secondToken), 200);
        vm.assertEq(rewards.cumulativeClaimed(otherEarner, token), 0);
    }

    function test_claim_paysOnlyWhatIsNew() public {
        _activeRoot(100, 50);
        _process(earner, _claim(0, 100, 50, 1));
        _activeRoot(130, 60);
        _process(earner, _claim(1, 130, 60, 2));
        vm.assertEq(_balance(token, recipient), 130);
        vm.assertEq(_balance(secondToken, recipient), 260);
    }

    function test_claim_oldRootsServeToo() public {
        _activeRoot(100, 50);
        _activeRoot(130, 60);
        _process(earner, _claim(0, 100, 50, 1));
        vm.assertEq(_balance(token, recipient), 100);
        _process(earner, _claim(1, 130, 60, 1));
        vm.assertEq(_balance(token, recipient), 130);
    }

    function test_claim_ofNoTokenIsNone() public {
        _activeRoot(100, 50);
        vm.recordLogs();
        _process(earner, _claim(0, 100, 50, 0));
        vm.assertEq(_emitted(), 0);
    }

    function test_claim_ofALonelyLeaf() public {
        Types.RewardsMerkleClaim memory claim = _claim(0, 100, 50, 1);
        claim.tokenTreeProofs[0] = "";
        claim.earnerTreeProof = "";
        claim.earnerLeaf.earnerTokenRoot = _hash(claim.tokenLeaves[0]);
        bytes32 root = _hash(claim.earnerLeaf);
        vm.prank(updater);
        rewards.submitRoot(root, 1);
        vm.warp(block.timestamp + ACTIVATION_DELAY);
        _process(earner, claim);
        vm.assertEq(_balance(token, recipient), 100);
    }

    function test_claims_areAllOrNone() public {
        _activeRoot(100, 50);
        Types.RewardsMerkleClaim[] memory claims = new Types.RewardsMerkleClaim[](2);
        claims[0] = _claim(0, 100, 50, 1);
        claims[1] = _claim(0, 100, 50, 2);
        // The second asks for the first token again.
        vm.prank(earner);
        vm.expectRevert(Errors.EarningsNotGreaterThanClaimed.selector);
        rewards.processClaims(claims, recipient);
        vm.assertEq(_balance(token, recipient), 0);
        _activeRoot(101, 50);
        claims[1] = _claim(1, 101, 50, 2);
        vm.prank(earner);
        rewards.processClaims(claims, recipient);
        vm.assertEq(_balance(token, recipient), 101);
        vm.assertEq(_balance(secondToken, recipient), 202);
    }

    function test_claim_ofMoreThanThereIsFails() public {
        _activeRoot(1_001, 0);
        Types.RewardsMerkleClaim memory claim = _claim(0, 1_001, 0, 1);
        vm.prank(earner);
        _expectError("ERC20: transfer amount exceeds balance");
        rewards.processClaim(claim, recipient);
        vm.assertEq(rewards.cumulativeClaimed(earner, token), 0);
    }

    /* CHECKS, IN THEIR ORDER */

    function test_root_isThere() public {
        vm.prank(earner);
        _expectPanic(PANIC_INDEX);
        rewards.processClaim(_claim(0, 100, 50, 1), recipient);
    }

    function test_root_isNotDisabled() public {
        _submitRoot(100, 50);
        vm.prank(updater);
        rewards.disableRoot(0);
        _refused(_claim(0, 100, 50, 1), Errors.RootDisabled.selector);
        vm.warp(block.timestamp + ACTIVATION_DELAY);
        _refused(_claim(0, 100, 50, 1), Errors.RootDisabled.selector);
    }

    function test_root_isActive() public {
        _submitRoot(100, 50);
        vm.warp(block.timestamp + ACTIVATION_DELAY - 1);
        Types.RewardsMerkleClaim memory claim = _claim(0, 100, 50, 1);
        claim.tokenIndices = new uint32[](0);
        _refused(claim, Errors.RootNotActivated.selector);
        vm.warp(block.timestamp + 1);
        _process(earner, _claim(0, 100, 50, 1));
    }

    function test_lengths_fit() public {
        _activeRoot(100, 50);
        Types.RewardsMerkleClaim memory claim = _claim(0, 100, 50, 2);
        claim.tokenIndices = new uint32[](1);
        claim.earnerIndex = 7;
        _refused(claim, Errors.InputArrayLengthMismatch.selector);
        claim = _claim(0, 100, 50, 2);
        claim.tokenLeaves = new Types.TokenTreeMerkleLeaf[](1);
        _refused(claim, Errors.InputArrayLengthMismatch.selector);
    }

    /// @dev Number 2 would lead to the root as well as number 0 does.
    function test_earner_isOfTheTree() public {
        _activeRoot(100, 50);
        Types.RewardsMerkleClaim memory claim = _claim(0, 100, 50, 1);
        claim.earnerIndex = 2;
        claim.earnerTreeProof = bytes.concat(claim.earnerTreeProof, hex"00");
        _refused(claim, Errors.InvalidEarnerLeafIndex.selector);
    }

    function test_earnerProof_isMadeOfWords() public {
        _activeRoot(100, 50);
        Types.RewardsMerkleClaim memory claim = _claim(0, 100, 50, 1);
        claim.earnerTreeProof = bytes.concat(claim.earnerTreeProof, hex"00");
        _refused(claim, Merkle.InvalidProofLength.selector);
    }

    function test_earnerProof_leadsToTheRoot() public {
        _activeRoot(100, 50);
        Types.RewardsMerkleClaim memory claim = _claim(0, 100, 50, 1);
        claim.earnerIndex = 1;
        _refused(claim, Errors.InvalidClaimProof.selector);
        claim = _claim(0, 100, 51, 1);
        _refused(claim, Errors.InvalidClaimProof.selector);
        claim = _claim(0, 100, 50, 1);
        claim.earnerLeaf.earner = stranger;
        _refused(claim, Errors.InvalidClaimProof.selector);
    }

    function test_token_isOfTheTree() public {
        _activeRoot(100, 50);
        Types.RewardsMerkleClaim memory claim = _claim(0, 100, 50, 1);
        claim.tokenIndices[0] = 2;
        _refused(claim, Errors.InvalidTokenLeafIndex.selector);
    }

    function test_tokenProof_leadsToTheRoot() public {
        _activeRoot(100, 50);
        Types.RewardsMerkleClaim memory claim = _claim(0, 100, 50, 1);
        claim.tokenLeaves[0].cumulativeEarnings = 101;
        _refused(claim, Errors.InvalidClaimProof.selector);
        claim = _claim(0, 100, 50, 1);
        claim.tokenIndices[0] = 1;
        _refused(claim, Errors.InvalidClaimProof.selector);
    }

    function test_claimer_isTheEarner() public {
        _activeRoot(100, 50);
        Types.RewardsMerkleClaim memory claim = _claim(0, 100, 50, 1);
        vm.prank(otherEarner);
        vm.expectRevert(Errors.UnauthorizedCaller.selector);
        rewards.processClaim(claim, recipient);
    }

    function test_claim_onlyOnce() public {
        _activeRoot(100, 50);
        _process(earner, _claim(0, 100, 50, 1));
        vm.prank(earner);
        vm.expectRevert(Errors.EarningsNotGreaterThanClaimed.selector);
        rewards.processClaim(_claim(0, 100, 50, 1), recipient);
    }

    function test_claim_ofLessThanClaimed() public {
        _activeRoot(100, 50);
        _process(earner, _claim(0, 100, 50, 1));
        _activeRoot(99, 50);
        vm.prank(earner);
        vm.expectRevert(Errors.EarningsNotGreaterThanClaimed.selector);
        rewards.processClaim(_claim(1, 99, 50, 1), recipient);
    }

    /* CLAIMERS */

    function test_setClaimer_appoints() public {
        _activeRoot(100, 50);
        vm.expectEmit(address(rewards));
        emit Events.ClaimerForSet(earner, address(0), claimer);
        vm.prank(earner);
        rewards.setClaimerFor(claimer);
        Types.RewardsMerkleClaim memory claim = _claim(0, 100, 50, 1);
        vm.prank(earner);
        vm.expectRevert(Errors.UnauthorizedCaller.selector);
        rewards.processClaim(claim, recipient);
        vm.expectEmit(address(rewards));
        emit Events.RewardsClaimed(_root(100, 50), earner, claimer, recipient, token, 100);
        _process(claimer, claim);
    }

    function test_setClaimer_givesBack() public {
        _activeRoot(100, 50);
        vm.prank(earner);
        rewards.setClaimerFor(claimer);
        vm.expectEmit(address(rewards));
        emit Events.ClaimerForSet(earner, claimer, address(0));
        vm.prank(earner);
        rewards.setClaimerFor(address(0));
        _process(earner, _claim(0, 100, 50, 1));
    }

    function test_setClaimerFor_operatorsAndAvss() public {
        _appoint(operator, address(rewards), _SET_CLAIMER_FOR);
        vm.expectEmit(address(rewards));
        emit Events.ClaimerForSet(operator, address(0), claimer);
        vm.prank(appointee);
        rewards.setClaimerFor(operator, claimer);
        vm.assertEq(rewards.claimerFor(operator), claimer);
        vm.prank(avs);
        rewards.setClaimerFor(avs, claimer);
        vm.assertEq(rewards.claimerFor(avs), claimer);
    }

    function test_setClaimerFor_onlyWhoMayActForIt() public {
        vm.prank(stranger);
        vm.expectRevert(PermissionMixin.InvalidPermissions.selector);
        rewards.setClaimerFor(staker, claimer);
    }

    function test_setClaimerFor_notOthers() public {
        vm.prank(staker);
        vm.expectRevert(Errors.InvalidEarner.selector);
        rewards.setClaimerFor(staker, claimer);
    }

    /* VIEWS */

    function test_checkClaim_saysYes() public {
        _activeRoot(100, 50);
        vm.assertTrue(rewards.checkClaim(_claim(0, 100, 50, 2)));
        // Claimed or not.
        _process(earner, _claim(0, 100, 50, 2));
        vm.assertTrue(rewards.checkClaim(_claim(0, 100, 50, 2)));
    }

    function test_hashes_areSalted() public view {
        Types.TokenTreeMerkleLeaf memory leaf = _leaf(token, 100);
        vm.assertEq(rewards.calculateTokenLeafHash(leaf), _hash(leaf));
        Types.EarnerTreeMerkleLeaf memory above = _earnerLeaf(earner, 100);
        vm.assertEq(rewards.calculateEarnerLeafHash(above), _hash(above));
    }

    /* HELPERS */

    /// @dev Two functions share the name. Of the one that names the earner.
    bytes4 private constant _SET_CLAIMER_FOR = 0xf22cef85;

    /// @dev By a claim and by the question.
    function _refused(Types.RewardsMerkleClaim memory claim, bytes4 selector) private {
        vm.prank(earner);
        vm.expectRevert(selector);
        rewards.processClaim(claim, recipient);
        vm.expectRevert(selector);
        rewards.checkClaim(claim);
    }
}
