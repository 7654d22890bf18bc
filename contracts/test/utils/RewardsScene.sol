// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {TransparentUpgradeableProxy} from "@openzeppelin/contracts/proxy/transparent/TransparentUpgradeableProxy.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IRewardsCoordinatorTypes as Types} from "../../src/interfaces/IRewardsCoordinator.sol";
import {IStrategy} from "../../src/interfaces/IStrategy.sol";
import {RewardsCoordinator} from "../../src/rewards/RewardsCoordinator.sol";
import {Token} from "../../mocks/Token.sol";
import {Scene} from "./Scene.sol";
import {vm} from "./Vm.sol";

/// @title A scene with rewards in it
/// @notice A coordinator, and two earners with two tokens each in one distribution.
/// @dev As in {Scene}, no helper calls anything else before the call it is named for.
abstract contract RewardsScene is Scene {
    uint32 internal constant INTERVAL = 1 days;
    uint32 internal constant MAX_DURATION = 70 days;
    uint32 internal constant MAX_RETROACTIVE = 90 days;
    uint32 internal constant MAX_FUTURE = 30 days;
    uint32 internal constant GENESIS = 1_710_979_200;
    uint32 internal constant ACTIVATION_DELAY = 600;
    uint16 internal constant DEFAULT_SPLIT = 1_000;
    uint256 internal constant MAX_AMOUNT = 1e38 - 1;

    address internal updater = _actor("updater");
    address internal hopper = _actor("hopper");
    address internal earner = _actor("earner");
    address internal otherEarner = _actor("otherEarner");
    address internal claimer = _actor("claimer");

    RewardsCoordinator internal rewards;

    function setUp() public virtual override {
        super.setUp();
        rewards = _coordinator(ACTIVATION_DELAY);
        _fundRewards(avs);
        _fundRewards(hopper);
        vm.prank(owner);
        rewards.setRewardsForAllSubmitter(hopper, true);
    }

    function _coordinator(uint32 delay) internal returns (RewardsCoordinator) {
        bytes memory start = abi.encodeCall(RewardsCoordinator.initialize, (owner, 0, updater, delay, DEFAULT_SPLIT));
        address implementation = address(new RewardsCoordinator(_constructorParams()));
        return RewardsCoordinator(address(new TransparentUpgradeableProxy(implementation, address(proxyAdmin), start)));
    }

    function _constructorParams() internal view returns (Types.RewardsCoordinatorConstructorParams memory) {
        return Types.RewardsCoordinatorConstructorParams({
            delegationManager: delegationManager,
            strategyManager: strategyManager,
            allocationManager: allocationManager,
            pauserRegistry: pauserRegistry,
            permissionController: permissionController,
            CALCULATION_INTERVAL_SECONDS: INTERVAL,
            MAX_REWARDS_DURATION: MAX_DURATION,
            MAX_RETROACTIVE_LENGTH: MAX_RETROACTIVE,
            MAX_FUTURE_LENGTH: MAX_FUTURE,
            GENESIS_REWARDS_TIMESTAMP: GENESIS,
            version: "1.5.0"
        });
    }

    /// @dev Four calls.
    function _fundRewards(address who) internal {
        for (uint256 i = 0; i < 2; ++i) {
            tokens[i].mint(who, 1e36);
            vm.prank(who);
            tokens[i].approve(address(rewards), type(uint256).max);
        }
    }

    /* SUBMISSIONS */

    /// @notice The start of today, or of a day before or after it.
    function _day(int256 offset) internal view returns (uint32) {
        int256 today = int256(block.timestamp - block.timestamp % INTERVAL);
        return uint32(uint256(today + offset * int256(uint256(INTERVAL))));
    }

    /// @notice 100 tokens for stake in the first strategy, over today.
    function _submission() internal view returns (Types.RewardsSubmission memory submission) {
        submission.strategiesAndMultipliers = _weights(strategy);
        submission.token = token;
        submission.amount = 100e18;
        submission.startTimestamp = _day(0);
        submission.duration = INTERVAL;
    }

    /// @notice 10 tokens for one operator and 20 for the other, over the day before yesterday.
    function _directed() internal view returns (Types.OperatorDirectedRewardsSubmission memory submission) {
        submission.strategiesAndMultipliers = _weights(strategy);
        submission.token = token;
        submission.operatorRewards = new Types.OperatorReward[](2);
        (address low, address high) = operator < otherOperator ? (operator, otherOperator) : (otherOperator, operator);
        submission.operatorRewards[0] = Types.OperatorReward(low, 10e18);
        submission.operatorRewards[1] = Types.OperatorReward(high, 20e18);
        submission.startTimestamp = _day(-2);
        submission.duration = INTERVAL;
        submission.description = "work";
    }

    function _weights(IStrategy a) internal pure returns (Types.StrategyAndMultiplier[] memory list) {
        list = new Types.StrategyAndMultiplier[](1);
        list[0] = Types.StrategyAndMultiplier(a, 1e18);
    }

    function _weights(IStrategy a, IStrategy b) internal pure returns (Types.StrategyAndMultiplier[] memory list) {
        list = new Types.StrategyAndMultiplier[](2);
        list[0] = Types.StrategyAndMultiplier(a, 1e18);
        list[1] = Types.StrategyAndMultiplier(b, 2e18);
    }

    function _list(Types.RewardsSubmission memory a) internal pure returns (Types.RewardsSubmission[] memory list) {
        list = new Types.RewardsSubmission[](1);
        list[0] = a;
    }

    function _list(Types.OperatorDirectedRewardsSubmission memory a)
        internal
        pure
        returns (Types.OperatorDirectedRewardsSubmission[] memory list)
    {
        list = new Types.OperatorDirectedRewardsSubmission[](1);
        list[0] = a;
    }

    function _submit(Types.RewardsSubmission memory submission) internal {
        vm.prank(avs);
        rewards.createAVSRewardsSubmission(_list(submission));
    }

    /* TREES */

    /// @notice A leaf of the token tree.
    function _leaf(IERC20 what, uint256 earnings) internal pure returns (Types.TokenTreeMerkleLeaf memory) {
        return Types.TokenTreeMerkleLeaf(what, earnings);
    }

    function _hash(Types.TokenTreeMerkleLeaf memory leaf) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(uint8(1), leaf.token, leaf.cumulativeEarnings));
    }

    function _hash(Types.EarnerTreeMerkleLeaf memory leaf) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(uint8(0), leaf.earner, leaf.earnerTokenRoot));
    }

    function _node(bytes32 left, bytes32 right) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(left, right));
    }

    /// @notice The root of two earners with two tokens each: `a` and `b` of the first token, twice as many of the
    /// second.
    function _root(uint256 a, uint256 b) internal view returns (bytes32) {
        return _node(_hash(_earnerLeaf(earner, a)), _hash(_earnerLeaf(otherEarner, b)));
    }

    function _earnerLeaf(address who, uint256 earnings) internal view returns (Types.EarnerTreeMerkleLeaf memory) {
        return
            Types.EarnerTreeMerkleLeaf(
                who, _node(_hash(_leaf(token, earnings)), _hash(_leaf(secondToken, 2 * earnings)))
            );
    }

    /// @notice The claim of the first earner under {_root}: its first token, and the second too if `tokenCount` is two.
    function _claim(uint32 rootIndex, uint256 a, uint256 b, uint256 tokenCount)
        internal
        view
        returns (Types.RewardsMerkleClaim memory claim)
    {
        claim.rootIndex = rootIndex;
        claim.earnerTreeProof = abi.encodePacked(_hash(_earnerLeaf(otherEarner, b)));
        claim.earnerLeaf = _earnerLeaf(earner, a);
        Types.TokenTreeMerkleLeaf[2] memory leaves = [_leaf(token, a), _leaf(secondToken, 2 * a)];
        claim.tokenIndices = new uint32[](tokenCount);
        claim.tokenTreeProofs = new bytes[](tokenCount);
        claim.tokenLeaves = new Types.TokenTreeMerkleLeaf[](tokenCount);
        for (uint256 i = 0; i < tokenCount; ++i) {
            claim.tokenIndices[i] = uint32(i);
            claim.tokenTreeProofs[i] = abi.encodePacked(_hash(leaves[1 - i]));
            claim.tokenLeaves[i] = leaves[i];
        }
    }

    /* ROOTS */

    /// @notice Submits {_root} for the time until one second ago.
    function _submitRoot(uint256 a, uint256 b) internal {
        bytes32 root = _root(a, b);
        vm.prank(updater);
        rewards.submitRoot(root, uint32(block.timestamp - 1));
    }

    /// @dev Many calls.
    function _activeRoot(uint256 a, uint256 b) internal {
        _submitRoot(a, b);
        vm.warp(block.timestamp + ACTIVATION_DELAY);
    }

    function _process(address who, Types.RewardsMerkleClaim memory claim) internal {
        vm.prank(who);
        rewards.processClaim(claim, recipient);
    }

    function _balance(Token what, address who) internal view returns (uint256) {
        return what.balanceOf(who);
    }
}
