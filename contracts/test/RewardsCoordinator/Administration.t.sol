// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IPausable} from "../../src/interfaces/IPausable.sol";
import {
    IRewardsCoordinatorErrors as Errors,
    IRewardsCoordinatorEvents as Events,
    IRewardsCoordinatorTypes as Types
} from "../../src/interfaces/IRewardsCoordinator.sol";
import {RewardsCoordinator} from "../../src/rewards/RewardsCoordinator.sol";
import {RewardsScene} from "../utils/RewardsScene.sol";
import {vm} from "../utils/Vm.sol";

contract AdministrationTest is RewardsScene {
    string private constant NOT_OWNER = "Ownable: caller is not the owner";

    /* CONSTRUCTION */

    function test_constructor_wantsWholeDays() public {
        Types.RewardsCoordinatorConstructorParams memory params = _constructorParams();
        params.CALCULATION_INTERVAL_SECONDS = INTERVAL / 2;
        vm.expectRevert(Errors.InvalidCalculationIntervalSecondsRemainder.selector);
        new RewardsCoordinator(params);
    }

    function test_constructor_wantsAFirstDayOnTheGrid() public {
        Types.RewardsCoordinatorConstructorParams memory params = _constructorParams();
        params.GENESIS_REWARDS_TIMESTAMP += 1;
        // Found before the interval is.
        params.CALCULATION_INTERVAL_SECONDS = INTERVAL / 2;
        vm.expectRevert(Errors.InvalidGenesisRewardsTimestampRemainder.selector);
        new RewardsCoordinator(params);
    }

    function test_initialize_setsAll() public {
        vm.assertEq(rewards.owner(), owner);
        vm.assertEq(rewards.rewardsUpdater(), updater);
        vm.assertEq(rewards.activationDelay(), ACTIVATION_DELAY);
        vm.assertEq(rewards.defaultOperatorSplitBips(), DEFAULT_SPLIT);
        vm.assertEq(rewards.version(), "1.5.0");
        vm.assertEq(rewards.GENESIS_REWARDS_TIMESTAMP(), GENESIS);
        _expectError("Initializable: contract is already initialized");
        rewards.initialize(stranger, 0, stranger, 0, 0);
    }

    /* THE OWNER */

    function test_setActivationDelay() public {
        vm.expectEmit(address(rewards));
        emit Events.ActivationDelaySet(ACTIVATION_DELAY, 5);
        vm.prank(owner);
        rewards.setActivationDelay(5);
        vm.assertEq(rewards.activationDelay(), 5);
        _expectError(NOT_OWNER);
        rewards.setActivationDelay(6);
    }

    function test_setDefaultOperatorSplit_hasNoBound() public {
        vm.expectEmit(address(rewards));
        emit Events.DefaultOperatorSplitBipsSet(DEFAULT_SPLIT, 10_001);
        vm.prank(owner);
        rewards.setDefaultOperatorSplit(10_001);
        vm.assertEq(rewards.defaultOperatorSplitBips(), 10_001);
        _expectError(NOT_OWNER);
        rewards.setDefaultOperatorSplit(6);
    }

    function test_setRewardsUpdater() public {
        vm.expectEmit(address(rewards));
        emit Events.RewardsUpdaterSet(updater, stranger);
        vm.prank(owner);
        rewards.setRewardsUpdater(stranger);
        vm.assertEq(rewards.rewardsUpdater(), stranger);
        _expectError(NOT_OWNER);
        rewards.setRewardsUpdater(updater);
    }

    function test_setRewardsForAllSubmitter() public {
        vm.expectEmit(address(rewards));
        emit Events.RewardsForAllSubmitterSet(hopper, true, false);
        vm.prank(owner);
        rewards.setRewardsForAllSubmitter(hopper, false);
        vm.assertFalse(rewards.isRewardsForAllSubmitter(hopper));
        vm.assertFalse(rewards.isRewardsForAllSubmitter(stranger));
        _expectError(NOT_OWNER);
        rewards.setRewardsForAllSubmitter(hopper, true);
    }

    /* SWITCHES */

    struct Guarded {
        uint8 bit;
        address caller;
        bytes data;
    }

    Guarded[] private _guarded;

    /// @dev Each function stops when its own switch is on, and when no other is it does not.
    function test_switches_stopTheirFunctions() public {
        _guard();
        for (uint256 i = 0; i < _guarded.length; ++i) {
            Guarded memory guarded = _guarded[i];
            _pause(rewards, guarded.bit);
            (bool done, bytes memory answer) = _call(guarded);
            vm.assertFalse(done);
            vm.assertEq(bytes32(answer), bytes32(IPausable.CurrentlyPaused.selector));
            vm.prank(unpauser);
            rewards.unpause(0);
            _pauseAllBut(rewards, guarded.bit);
            (done,) = _call(guarded);
            vm.assertTrue(done);
            vm.prank(unpauser);
            rewards.unpause(0);
        }
    }

    function test_claimers_heedNoPause() public {
        vm.prank(pauser);
        rewards.pauseAll();
        vm.prank(operator);
        rewards.setClaimerFor(claimer);
        vm.prank(operator);
        rewards.setClaimerFor(operator, address(0));
        vm.prank(owner);
        rewards.setActivationDelay(1);
        vm.assertEq(rewards.claimerFor(operator), address(0));
    }

    function _guard() private {
        _fundRewards(avs);
        tokens[0].mint(address(rewards), 1_000);
        _activeRoot(100, 50);
        Types.RewardsMerkleClaim[] memory claims = new Types.RewardsMerkleClaim[](1);
        claims[0] = _claim(0, 100, 50, 0);
        Types.RewardsSubmission[] memory given = _list(_submission());
        Types.OperatorDirectedRewardsSubmission[] memory directed = _list(_directed());
        _add(0, avs, abi.encodeCall(rewards.createAVSRewardsSubmission, (given)));
        _add(1, hopper, abi.encodeCall(rewards.createRewardsForAllSubmission, (given)));
        _add(2, earner, abi.encodeCall(rewards.processClaim, (claims[0], recipient)));
        _add(2, earner, abi.encodeCall(rewards.processClaims, (claims, recipient)));
        _add(3, updater, abi.encodeCall(rewards.submitRoot, (bytes32(0), uint32(block.timestamp - 1))));
        _add(3, updater, abi.encodeCall(rewards.disableRoot, (1)));
        _add(4, hopper, abi.encodeCall(rewards.createRewardsForAllEarners, (given)));
        _add(5, avs, abi.encodeCall(rewards.createOperatorDirectedAVSRewardsSubmission, (avs, directed)));
        _add(6, operator, abi.encodeCall(rewards.setOperatorAVSSplit, (operator, avs, 1)));
        _add(7, operator, abi.encodeCall(rewards.setOperatorPISplit, (operator, 1)));
        _add(8, operator, abi.encodeCall(rewards.setOperatorSetSplit, (operator, operatorSet, 1)));
        bytes memory data =
            abi.encodeCall(rewards.createOperatorDirectedOperatorSetRewardsSubmission, (operatorSet, directed));
        _add(9, avs, data);
    }

    function _add(uint8 bit, address caller, bytes memory data) private {
        _guarded.push(Guarded(bit, caller, data));
    }

    function _call(Guarded memory guarded) private returns (bool, bytes memory) {
        vm.prank(guarded.caller);
        return address(rewards).call(guarded.data);
    }

    /* STORAGE */

    /// @dev Where EigenLayer's tools look: the variables that share a slot, and the roots.
    function test_storage_isTheKnownOne() public {
        _submitRoot(1, 2);
        bytes32 shared = vm.load(address(rewards), bytes32(uint256(203)));
        vm.assertEq(address(uint160(uint256(shared))), updater);
        vm.assertEq(uint256(uint32(uint256(shared) >> 160)), ACTIVATION_DELAY);
        vm.assertEq(uint256(uint32(uint256(shared) >> 192)), block.timestamp - 1);
        vm.assertEq(uint256(uint16(uint256(shared) >> 224)), DEFAULT_SPLIT);
        vm.assertEq(uint256(vm.load(address(rewards), bytes32(uint256(202)))), 1);
        vm.assertEq(vm.load(address(rewards), keccak256(abi.encode(uint256(202)))), _root(1, 2));
        bytes32 slot = keccak256(abi.encode(hopper, uint256(209)));
        vm.assertEq(uint256(vm.load(address(rewards), slot)), 1);
    }

    function test_native_standsForEth() public view {
        vm.assertEq(address(rewards.beaconChainETHStrategy()), address(NATIVE_STRATEGY));
    }
}
