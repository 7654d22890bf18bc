// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {
    IAllocationManagerErrors,
    IAllocationManagerEvents,
    IAllocationManagerTypes
} from "../../src/interfaces/IAllocationManager.sol";
import {IDelegationManagerEvents} from "../../src/interfaces/IDelegationManager.sol";
import {IPausable} from "../../src/interfaces/IPausable.sol";
import {IStrategy} from "../../src/interfaces/IStrategy.sol";
import {OperatorSet} from "../../src/libraries/OperatorSetLib.sol";
import {PermissionMixin} from "../../src/permissions/PermissionMixin.sol";
import {Scene} from "../utils/Scene.sol";
import {vm} from "../utils/Vm.sol";
import {IRedistributionStrategyManager} from "../../src/redistribution/interfaces/IRedistributionStrategyManager.sol";

contract SlashOperatorTest is Scene {
    /// @dev The block in which the allocation comes into force.
    uint32 private constant NOW = START + ALLOCATION_DELAY;

    /// @dev The operator has 150 shares, two thirds of them a staker's, and gave half of its magnitude to the set.
    function setUp() public override {
        super.setUp();
        _deposit(operator, strategy, 50e18);
        _deposit(staker, strategy, 100e18);
        _delegate(staker, operator);
        _join(operator, operatorSet);
        _allocate(operator, operatorSet, strategy, 0.5e18);
        _pass(ALLOCATION_DELAY);
    }

    /* WHAT IT TAKES */

    function test_slash_takesMagnitudeAndShares() public {
        vm.prank(avs);
        (uint256 slashId, uint256[] memory shares) =
            allocationManager.slashOperator(avs, _slashParams(operator, 1, strategy, 0.5e18));

        vm.assertEq(slashId, 1);
        vm.assertEq(shares, _amounts(37.5e18));
        _assertAllocation(operator, operatorSet, strategy, 0.25e18, 0, 0);
        vm.assertEq(allocationManager.getMaxMagnitude(operator, strategy), 0.75e18);
        vm.assertEq(allocationManager.getEncumberedMagnitude(operator, strategy), 0.25e18);
        vm.assertEq(_operatorShares(operator, strategy), 112.5e18);
        vm.assertEq(_slashedShares(operatorSet, 1, strategy), 37.5e18);
        vm.assertEq(allocationManager.getSlashCount(operatorSet), 1);
    }

    function test_slash_devaluesDepositsWithoutTouchingThem() public {
        _slash(operator, operatorSet, strategy, 0.5e18);
        vm.assertEq(_withdrawable(staker, strategy), 75e18);
        vm.assertEq(_withdrawable(operator, strategy), 37.5e18);
        vm.assertEq(_depositShares(staker, strategy), 100e18);
        vm.assertEq(_scalingFactor(staker, strategy), 1e18);
    }

    function test_slash_movesNoTokens() public {
        _slash(operator, operatorSet, strategy, 0.5e18);
        vm.assertEq(token.balanceOf(address(strategy)), 150e18);
        vm.assertEq(strategy.totalShares(), 150e18);
    }

    function test_slash_aDepositAfterItArrivesUnslashed() public {
        _slash(operator, operatorSet, strategy, 0.5e18);
        _deposit(staker, strategy, 10e18);
        vm.assertEq(_scalingFactor(staker, strategy), 1030303030303030302);
        // 85 less than 85 whole shares: dust of the two divisions.
        vm.assertEq(_withdrawable(staker, strategy), 84999999999999999915);
        vm.assertEq(_operatorShares(operator, strategy), 122.5e18);
    }

    function test_slash_emitsWhatChangedInOrder() public {
        vm.recordLogs();
        vm.expectEmit(address(allocationManager));
        emit IAllocationManagerEvents.EncumberedMagnitudeUpdated(operator, strategy, 0.25e18);
        vm.expectEmit(address(allocationManager));
        emit IAllocationManagerEvents.AllocationUpdated(operator, operatorSet, strategy, 0.25e18, NOW);
        vm.expectEmit(address(allocationManager));
        emit IAllocationManagerEvents.MaxMagnitudeUpdated(operator, strategy, 0.75e18);
        vm.expectEmit(address(delegationManager));
        emit IDelegationManagerEvents.OperatorSharesDecreased(operator, address(0), strategy, 37.5e18);
        vm.expectEmit(address(delegationManager));
        emit IDelegationManagerEvents.OperatorSharesSlashed(operator, strategy, 37.5e18);
        vm.expectEmit(address(strategyManager));
        emit IRedistributionStrategyManager.BurnOrRedistributableSharesIncreased(operatorSet, 1, strategy, 37.5e18);
        vm.expectEmit(address(allocationManager));
        emit IAllocationManagerEvents.OperatorSlashed(
            operator, operatorSet, _strategies(strategy), _amounts(0.25e18), "too slow"
        );

        IAllocationManagerTypes.SlashingParams memory params = _slashParams(operator, 1, strategy, 0.5e18);
        params.description = "too slow";
        vm.prank(avs);
        allocationManager.slashOperator(avs, params);
        vm.assertEq(_emitted(), 7);
    }

    function test_slash_everything() public {
        _allocate(operator, operatorSet, strategy, WAD);
        _pass(ALLOCATION_DELAY);
        _slash(operator, operatorSet, strategy, WAD);
        _assertAllocation(operator, operatorSet, strategy, 0, 0, 0);
        vm.assertEq(allocationManager.getMaxMagnitude(operator, strategy), 0);
        vm.assertEq(allocationManager.getEncumberedMagnitude(operator, strategy), 0);
        vm.assertEq(_operatorShares(operator, strategy), 0);
        vm.assertEq(_withdrawable(staker, strategy), 0);
        vm.assertEq(_slashedShares(operatorSet, 1, strategy), 150e18);
    }

    function test_slash_everythingOfAnAllocationEndsIt() public {
        _slash(operator, operatorSet, strategy, WAD);
        vm.assertEq(allocationManager.getAllocatedSets(operator).length, 0);
        vm.assertEq(allocationManager.getAllocatedStrategies(operator, operatorSet).length, 0);
    }

    function test_slash_manyStrategies() public {
        _deposit(operator, secondStrategy, 80e18);
        _allocate(operator, operatorSet, secondStrategy, WAD);
        _pass(ALLOCATION_DELAY);

        vm.prank(avs);
        (, uint256[] memory shares) = allocationManager.slashOperator(
            avs,
            IAllocationManagerTypes.SlashingParams(
                operator, 1, _strategies(strategy, secondStrategy), _amounts(0.5e18, 0.1e18), ""
            )
        );
        vm.assertEq(shares, _amounts(37.5e18, 8e18));
        vm.assertEq(allocationManager.getMaxMagnitude(operator, strategy), 0.75e18);
        vm.assertEq(allocationManager.getMaxMagnitude(operator, secondStrategy), 0.9e18);
    }

    function test_slash_leavesOtherSetsAndOperatorsAlone() public {
        _allocate(operator, otherSet, strategy, 0.5e18);
        _deposit(otherOperator, strategy, 10e18);
        _pass(ALLOCATION_DELAY);
        _slash(operator, operatorSet, strategy, WAD);
        _assertAllocation(operator, otherSet, strategy, 0.5e18, 0, 0);
        vm.assertEq(allocationManager.getMaxMagnitude(otherOperator, strategy), WAD);
        vm.assertEq(_operatorShares(otherOperator, strategy), 10e18);
    }

    function test_slash_isKeptByBlock() public {
        _slash(operator, operatorSet, strategy, 0.5e18);
        // The second one of the block takes the place of the first.
        _slash(operator, operatorSet, strategy, 0.5e18);
        vm.assertEq(_maxMagnitudeAt(NOW - 1), WAD);
        vm.assertEq(_maxMagnitudeAt(NOW), 0.625e18);
        vm.assertEq(_maxMagnitudeAt(NOW + 1), 0.625e18);
    }

    /* SLASH IDS */

    function test_slash_countsTheSlashesOfEachSetApart() public {
        OperatorSet memory sibling = _createSet(avs, 2, _strategies(strategy));
        _join(operator, sibling);
        _slash(operator, operatorSet, strategy, 0.5e18);
        _slash(operator, operatorSet, strategy, 0.5e18);
        _slash(operator, sibling, strategy, 0.5e18);
        vm.assertEq(allocationManager.getSlashCount(operatorSet), 2);
        vm.assertEq(allocationManager.getSlashCount(sibling), 1);
    }

    function test_slash_countsWhenThereIsNothingToSlash() public {
        IAllocationManagerTypes.SlashingParams memory params =
            IAllocationManagerTypes.SlashingParams(operator, 1, new IStrategy[](0), new uint256[](0), "for the record");
        vm.recordLogs();
        vm.expectEmit(address(allocationManager));
        emit IAllocationManagerEvents.OperatorSlashed(
            operator, operatorSet, new IStrategy[](0), new uint256[](0), "for the record"
        );
        vm.prank(avs);
        (uint256 slashId, uint256[] memory shares) = allocationManager.slashOperator(avs, params);
        vm.assertEq(_emitted(), 1);
        vm.assertEq(slashId, 1);
        vm.assertEq(shares.length, 0);
        vm.assertEq(allocationManager.getSlashCount(operatorSet), 1);
    }

    function test_slash_skipsStrategiesWithoutAllocation() public {
        vm.recordLogs();
        vm.expectEmit(address(allocationManager));
        emit IAllocationManagerEvents.OperatorSlashed(
            operator, operatorSet, _strategies(secondStrategy), _amounts(0), ""
        );
        vm.prank(avs);
        (uint256 slashId, uint256[] memory shares) =
            allocationManager.slashOperator(avs, _slashParams(operator, 1, secondStrategy, WAD));
        vm.assertEq(_emitted(), 1);
        vm.assertEq(slashId, 1);
        vm.assertEq(shares, _amounts(0));
        vm.assertEq(strategyManager.getPendingSlashIds(operatorSet).length, 0);
    }

    /* ROUNDING */

    function test_slash_roundsMagnitudeUp() public {
        _allocate(operator, operatorSet, secondStrategy, 10);
        _pass(ALLOCATION_DELAY);
        vm.expectEmit(address(allocationManager));
        emit IAllocationManagerEvents.OperatorSlashed(
            operator, operatorSet, _strategies(secondStrategy), _amounts(6), ""
        );
        _slash(operator, operatorSet, secondStrategy, 0.5e18 + 1);
        _assertAllocation(operator, operatorSet, secondStrategy, 4, 0, 0);
        vm.assertEq(allocationManager.getMaxMagnitude(operator, secondStrategy), WAD - 6);
    }

    function test_slash_theSmallestTakesOneOfMagnitude() public {
        _allocate(operator, operatorSet, secondStrategy, 1);
        _pass(ALLOCATION_DELAY);
        _slash(operator, operatorSet, secondStrategy, 1);
        _assertAllocation(operator, operatorSet, secondStrategy, 0, 0, 0);
        vm.assertEq(allocationManager.getMaxMagnitude(operator, secondStrategy), WAD - 1);
    }

    function test_slash_roundsWadSlashedDown() public {
        _slash(operator, operatorSet, strategy, 0.5e18);
        // A tenth of 0.25 out of 0.75 is a thirtieth.
        vm.expectEmit(address(allocationManager));
        emit IAllocationManagerEvents.OperatorSlashed(
            operator, operatorSet, _strategies(strategy), _amounts(33333333333333333), ""
        );
        _slash(operator, operatorSet, strategy, 0.1e18);
    }

    function test_slash_roundsSharesDown() public {
        _deposit(operator, secondStrategy, 7);
        _allocate(operator, operatorSet, secondStrategy, WAD);
        _pass(ALLOCATION_DELAY);
        _slash(operator, operatorSet, secondStrategy, 0.5e18);
        vm.assertEq(_slashedShares(operatorSet, 1, secondStrategy), 3);
        vm.assertEq(_operatorShares(operator, secondStrategy), 4);
    }

    function test_slash_ofTooLittleTakesNoShares() public {
        _deposit(operator, secondStrategy, 0.1e18);
        _allocate(operator, operatorSet, secondStrategy, 1e4);
        _pass(ALLOCATION_DELAY);
        _slash(operator, operatorSet, secondStrategy, 1e14);
        vm.assertEq(allocationManager.getMaxMagnitude(operator, secondStrategy), WAD - 1);
        vm.assertEq(_operatorShares(operator, secondStrategy), 0.1e18);
        // Nothing was taken, yet the entry is there.
        vm.assertEq(_slashedShares(operatorSet, 1, secondStrategy), 0);
        vm.assertEq(strategyManager.getBurnOrRedistributableCount(operatorSet, 1), 1);
    }

    /* QUEUED WITHDRAWALS */

    function test_slash_takesFromTheQueueToo() public {
        _queue(staker, strategy, 100e18);
        vm.expectEmit(address(delegationManager));
        emit IDelegationManagerEvents.OperatorSharesDecreased(operator, address(0), strategy, 12.5e18);
        vm.expectEmit(address(delegationManager));
        emit IDelegationManagerEvents.OperatorSharesSlashed(operator, strategy, 37.5e18);
        _slash(operator, operatorSet, strategy, 0.5e18);
        vm.assertEq(_operatorShares(operator, strategy), 37.5e18);
        vm.assertEq(_slashedShares(operatorSet, 1, strategy), 37.5e18);
    }

    function test_slash_takesFromTheQueueInItsLastSlashableBlock() public {
        _queue(staker, strategy, 100e18);
        _pass(WITHDRAWAL_DELAY);
        _slash(operator, operatorSet, strategy, 0.5e18);
        vm.assertEq(_slashedShares(operatorSet, 1, strategy), 37.5e18);
    }

    function test_slash_doesNotTakeFromTheQueueABlockLater() public {
        _queue(staker, strategy, 100e18);
        _pass(WITHDRAWAL_DELAY + 1);
        _slash(operator, operatorSet, strategy, 0.5e18);
        vm.assertEq(_slashedShares(operatorSet, 1, strategy), 12.5e18);
    }

    function test_slash_takesScaledSharesTimesTheDifferenceOfMagnitudes() public {
        _deposit(otherStaker, secondStrategy, 3);
        _delegate(otherStaker, operator);
        _scar(operator, secondStrategy, 0.5e18);
        _allocate(operator, operatorSet, secondStrategy, 0.34e18);
        _pass(ALLOCATION_DELAY);
        _queue(otherStaker, secondStrategy, 3);
        _slash(operator, operatorSet, secondStrategy, WAD);
        // 3 * (0.5 - 0.16) = 1.02 from the queue. Of the operator's 2 shares, 1 was withdrawn, and 1 - ceil(0.32) is 0.
        vm.assertEq(_slashedShares(operatorSet, 1, secondStrategy), 1);
        vm.assertEq(_operatorShares(operator, secondStrategy), 1);
    }

    /* PENDING CHANGES */

    function test_slash_leavesPendingAllocationsAlone() public {
        _allocate(operator, operatorSet, strategy, 0.7e18);
        _slash(operator, operatorSet, strategy, 0.5e18);
        _assertAllocation(operator, operatorSet, strategy, 0.25e18, 0.2e18, NOW + ALLOCATION_DELAY);
        vm.assertEq(allocationManager.getEncumberedMagnitude(operator, strategy), 0.45e18);
    }

    function test_slash_doesNotReachAnAllocationBeforeItsBlock() public {
        _allocate(operator, operatorSet, secondStrategy, WAD);
        _pass(ALLOCATION_DELAY - 1);
        _slash(operator, operatorSet, secondStrategy, WAD);
        vm.assertEq(allocationManager.getMaxMagnitude(operator, secondStrategy), WAD);
    }

    function test_slash_reachesAnAllocationInItsBlock() public {
        _allocate(operator, operatorSet, secondStrategy, WAD);
        _pass(ALLOCATION_DELAY);
        _slash(operator, operatorSet, secondStrategy, WAD);
        vm.assertEq(allocationManager.getMaxMagnitude(operator, secondStrategy), 0);
    }

    function test_slash_reachesADeallocationInItsLastBlock() public {
        _allocate(operator, operatorSet, strategy, 0.1e18);
        _pass(DEALLOCATION_DELAY);
        _slash(operator, operatorSet, strategy, WAD);
        vm.assertEq(allocationManager.getMaxMagnitude(operator, strategy), 0.5e18);
    }

    function test_slash_doesNotReachADeallocationABlockLater() public {
        _allocate(operator, operatorSet, strategy, 0.1e18);
        _pass(DEALLOCATION_DELAY + 1);
        _slash(operator, operatorSet, strategy, WAD);
        vm.assertEq(allocationManager.getMaxMagnitude(operator, strategy), 0.9e18);
        // The slash completed the deallocation in storage on its way.
        vm.assertEq(allocationManager.getEncumberedMagnitude(operator, strategy), 0);
    }

    function test_slash_takesFromAPendingDeallocationRoundedUp() public {
        _allocate(operator, operatorSet, secondStrategy, 10);
        _pass(ALLOCATION_DELAY);
        _allocate(operator, operatorSet, secondStrategy, 3);
        uint32 effectBlock = NOW + ALLOCATION_DELAY + DEALLOCATION_DELAY + 1;

        vm.recordLogs();
        vm.expectEmit(address(allocationManager));
        emit IAllocationManagerEvents.AllocationUpdated(operator, operatorSet, secondStrategy, 1, effectBlock);
        vm.expectEmit(address(allocationManager));
        emit IAllocationManagerEvents.AllocationUpdated(
            operator, operatorSet, secondStrategy, 4, NOW + ALLOCATION_DELAY
        );
        _slash(operator, operatorSet, secondStrategy, 0.5e18 + 1);
        vm.assertEq(_emitted(), 8);

        _assertAllocation(operator, operatorSet, secondStrategy, 4, -3, effectBlock);
        vm.assertEq(allocationManager.getEncumberedMagnitude(operator, secondStrategy), 4);
        vm.roll(effectBlock);
        _assertAllocation(operator, operatorSet, secondStrategy, 1, 0, 0);
        vm.assertEq(allocationManager.getEncumberedMagnitude(operator, secondStrategy), 1);
    }

    function test_slash_ofEverythingLocksADeallocationUntilItsBlock() public {
        _allocate(operator, operatorSet, strategy, 0.1e18);
        uint32 effectBlock = NOW + DEALLOCATION_DELAY + 1;
        _slash(operator, operatorSet, strategy, WAD);
        _assertAllocation(operator, operatorSet, strategy, 0, 0, effectBlock);

        vm.roll(effectBlock - 1);
        vm.expectRevert(IAllocationManagerErrors.ModificationAlreadyPending.selector);
        _allocate(operator, operatorSet, strategy, 0.2e18);

        vm.roll(effectBlock);
        _allocate(operator, operatorSet, strategy, 0.2e18);
        _assertAllocation(operator, operatorSet, strategy, 0, 0.2e18, effectBlock + ALLOCATION_DELAY);
    }

    /* WHO IS SLASHABLE */

    function test_slash_reachesOperatorsThatLeftForTheDeallocationDelay() public {
        _leave(operator, operatorSet);
        _pass(DEALLOCATION_DELAY);
        _slash(operator, operatorSet, strategy, WAD);
        vm.assertEq(allocationManager.getMaxMagnitude(operator, strategy), 0.5e18);
    }

    function test_slash_revertsABlockLater() public {
        _leave(operator, operatorSet);
        _pass(DEALLOCATION_DELAY + 1);
        vm.expectRevert(IAllocationManagerErrors.OperatorNotSlashable.selector);
        _slash(operator, operatorSet, strategy, WAD);
    }

    function test_slash_reachesAllocationsThatComeIntoForceAfterLeaving() public {
        _allocate(operator, operatorSet, secondStrategy, WAD);
        _leave(operator, operatorSet);
        _pass(ALLOCATION_DELAY);
        _slash(operator, operatorSet, secondStrategy, WAD);
        vm.assertEq(allocationManager.getMaxMagnitude(operator, secondStrategy), 0);
    }

    function test_slash_revertsWhenTheOperatorNeverJoined() public {
        _allocate(otherOperator, operatorSet, strategy, WAD);
        _pass(ALLOCATION_DELAY);
        vm.expectRevert(IAllocationManagerErrors.OperatorNotSlashable.selector);
        _slash(otherOperator, operatorSet, strategy, WAD);
    }

    function test_slash_revertsWhenTheStrategyWasRemoved() public {
        _allocate(operator, operatorSet, strategy, 0.1e18);
        _removeStrategy(operatorSet, strategy);
        vm.expectRevert(IAllocationManagerErrors.StrategyNotInOperatorSet.selector);
        _slash(operator, operatorSet, strategy, WAD);
    }

    /* WHO SLASHES */

    function test_slash_revertsWhenNotSlasher() public {
        vm.prank(stranger);
        vm.expectRevert(PermissionMixin.InvalidPermissions.selector);
        allocationManager.slashOperator(avs, _slashParams(operator, 1, strategy, 0.5e18));
    }

    function test_slash_revertsWhenAnotherAvs() public {
        vm.prank(otherAvs);
        vm.expectRevert(PermissionMixin.InvalidPermissions.selector);
        allocationManager.slashOperator(avs, _slashParams(operator, 1, strategy, 0.5e18));
    }

    function test_slash_byAnAdmin() public {
        _makeAdmin(avs, admin);
        vm.prank(admin);
        allocationManager.slashOperator(avs, _slashParams(operator, 1, strategy, 0.5e18));
        vm.assertEq(allocationManager.getSlashCount(operatorSet), 1);
    }

    function test_slash_revertsWhenTheAvsLeftItsRightsToAnAdmin() public {
        _makeAdmin(avs, admin);
        vm.expectRevert(PermissionMixin.InvalidPermissions.selector);
        _slash(operator, operatorSet, strategy, 0.5e18);
    }

    function test_slash_byAnAppointee() public {
        _appoint(avs, address(allocationManager), allocationManager.slashOperator.selector);
        vm.prank(appointee);
        allocationManager.slashOperator(avs, _slashParams(operator, 1, strategy, 0.5e18));
        vm.assertEq(allocationManager.getSlashCount(operatorSet), 1);
    }

    function test_slash_revertsWhenAppointedForSomethingElse() public {
        _appoint(avs, address(allocationManager), allocationManager.createOperatorSets.selector);
        vm.prank(appointee);
        vm.expectRevert(PermissionMixin.InvalidPermissions.selector);
        allocationManager.slashOperator(avs, _slashParams(operator, 1, strategy, 0.5e18));
    }

    /* PARAMETERS */

    function test_slash_revertsWhenLengthsDiffer() public {
        vm.prank(avs);
        vm.expectRevert(IAllocationManagerErrors.InputArrayLengthMismatch.selector);
        allocationManager.slashOperator(
            avs, IAllocationManagerTypes.SlashingParams(operator, 1, _strategies(strategy), _amounts(1, 1), "")
        );
    }

    function test_slash_revertsWhenTheSetDoesNotExist() public {
        vm.expectRevert(IAllocationManagerErrors.InvalidOperatorSet.selector);
        _slash(operator, OperatorSet(avs, 2), strategy, 0.5e18);
    }

    function test_slash_revertsWhenWadIsZero() public {
        vm.expectRevert(IAllocationManagerErrors.InvalidWadToSlash.selector);
        _slash(operator, operatorSet, strategy, 0);
    }

    function test_slash_revertsWhenWadIsAboveOne() public {
        vm.expectRevert(IAllocationManagerErrors.InvalidWadToSlash.selector);
        _slash(operator, operatorSet, strategy, 1e18 + 1);
    }

    function test_slash_revertsWhenTheStrategyIsNotInTheSet() public {
        vm.expectRevert(IAllocationManagerErrors.StrategyNotInOperatorSet.selector);
        _slash(operator, operatorSet, thirdStrategy, 0.5e18);
    }

    function test_slash_revertsWhenStrategiesDescend() public {
        _expectRevertOfTwo(
            secondStrategy, strategy, 0.5e18, IAllocationManagerErrors.StrategiesMustBeInAscendingOrder.selector
        );
    }

    function test_slash_revertsWhenAStrategyRepeats() public {
        _expectRevertOfTwo(
            strategy, strategy, 0.5e18, IAllocationManagerErrors.StrategiesMustBeInAscendingOrder.selector
        );
    }

    /* PAUSE */

    function test_slash_revertsWhenPaused() public {
        _pause(allocationManager, 1);
        vm.expectRevert(IPausable.CurrentlyPaused.selector);
        _slash(operator, operatorSet, strategy, 0.5e18);
    }

    function test_slash_heedsNoOtherPause() public {
        _pauseAllBut(allocationManager, 1);
        _slash(operator, operatorSet, strategy, 0.5e18);
        vm.assertEq(allocationManager.getSlashCount(operatorSet), 1);
    }

    /* ORDER OF CHECKS */

    function test_slash_checksThePauseBeforePermissions() public {
        _pause(allocationManager, 1);
        vm.prank(stranger);
        vm.expectRevert(IPausable.CurrentlyPaused.selector);
        allocationManager.slashOperator(avs, _slashParams(operator, 1, strategy, 0.5e18));
    }

    function test_slash_checksPermissionsBeforeLengths() public {
        vm.prank(stranger);
        vm.expectRevert(PermissionMixin.InvalidPermissions.selector);
        allocationManager.slashOperator(
            avs, IAllocationManagerTypes.SlashingParams(operator, 1, _strategies(strategy), _amounts(1, 1), "")
        );
    }

    function test_slash_checksLengthsBeforeTheSet() public {
        vm.prank(avs);
        vm.expectRevert(IAllocationManagerErrors.InputArrayLengthMismatch.selector);
        allocationManager.slashOperator(
            avs, IAllocationManagerTypes.SlashingParams(operator, 2, _strategies(strategy), _amounts(1, 1), "")
        );
    }

    function test_slash_checksTheSetBeforeTheOperator() public {
        vm.expectRevert(IAllocationManagerErrors.InvalidOperatorSet.selector);
        _slash(otherOperator, OperatorSet(avs, 2), strategy, 0.5e18);
    }

    function test_slash_checksTheOperatorBeforeWads() public {
        vm.expectRevert(IAllocationManagerErrors.OperatorNotSlashable.selector);
        _slash(otherOperator, operatorSet, strategy, 0);
    }

    function test_slash_checksTheOrderOfStrategiesBeforeWads() public {
        IAllocationManagerTypes.SlashingParams memory params = IAllocationManagerTypes.SlashingParams(
            operator, 1, _strategies(secondStrategy, strategy), _amounts(0.5e18, 0), ""
        );
        vm.prank(avs);
        vm.expectRevert(IAllocationManagerErrors.StrategiesMustBeInAscendingOrder.selector);
        allocationManager.slashOperator(avs, params);
    }

    function test_slash_checksWadsBeforeMembershipOfTheStrategy() public {
        vm.expectRevert(IAllocationManagerErrors.InvalidWadToSlash.selector);
        _slash(operator, operatorSet, thirdStrategy, 0);
    }

    /* HELPERS */

    function _maxMagnitudeAt(uint32 blockNumber) private view returns (uint64) {
        return allocationManager.getMaxMagnitudesAtBlock(operator, _strategies(strategy), blockNumber)[0];
    }

    function _expectRevertOfTwo(IStrategy first, IStrategy second, uint256 wad, bytes4 err) private {
        IAllocationManagerTypes.SlashingParams memory params =
            IAllocationManagerTypes.SlashingParams(operator, 1, _strategies(first, second), _amounts(wad, wad), "");
        vm.prank(avs);
        vm.expectRevert(err);
        allocationManager.slashOperator(avs, params);
    }
}
