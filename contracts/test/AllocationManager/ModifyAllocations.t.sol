// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {
    IAllocationManagerErrors,
    IAllocationManagerEvents,
    IAllocationManagerTypes
} from "../../src/interfaces/IAllocationManager.sol";
import {IPausable} from "../../src/interfaces/IPausable.sol";
import {IStrategy} from "../../src/interfaces/IStrategy.sol";
import {OperatorSet} from "../../src/libraries/OperatorSetLib.sol";
import {Scene} from "../utils/Scene.sol";
import {vm} from "../utils/Vm.sol";

contract ModifyAllocationsTest is Scene {
    /* ALLOCATING */

    function test_allocate_encumbersAtOnceAndWaits() public {
        _allocate(operator, operatorSet, strategy, 0.3e18);
        _assertAllocation(operator, operatorSet, strategy, 0, 0.3e18, START + ALLOCATION_DELAY);
        vm.assertEq(allocationManager.getEncumberedMagnitude(operator, strategy), 0.3e18);
        vm.assertEq(allocationManager.getAllocatableMagnitude(operator, strategy), 0.7e18);
        vm.assertEq(allocationManager.getMaxMagnitude(operator, strategy), WAD);
    }

    function test_allocate_takesEffectInItsBlockAndNotBefore() public {
        _allocate(operator, operatorSet, strategy, 0.3e18);
        vm.roll(START + ALLOCATION_DELAY - 1);
        _assertAllocation(operator, operatorSet, strategy, 0, 0.3e18, START + ALLOCATION_DELAY);
        vm.roll(START + ALLOCATION_DELAY);
        _assertAllocation(operator, operatorSet, strategy, 0.3e18, 0, 0);
    }

    function test_allocate_emits() public {
        vm.recordLogs();
        vm.expectEmit(address(allocationManager));
        emit IAllocationManagerEvents.EncumberedMagnitudeUpdated(operator, strategy, 0.3e18);
        vm.expectEmit(address(allocationManager));
        emit IAllocationManagerEvents.AllocationUpdated(
            operator, operatorSet, strategy, 0.3e18, START + ALLOCATION_DELAY
        );
        _allocate(operator, operatorSet, strategy, 0.3e18);
        vm.assertEq(_emitted(), 2);
    }

    function test_allocate_listsTheSetAndTheStrategyAtOnce() public {
        _allocate(operator, operatorSet, strategy, 0.3e18);
        _assertSets(allocationManager.getAllocatedSets(operator), operatorSet);
        _assertStrategies(
            allocationManager.getAllocatedStrategies(operator, operatorSet), _strategies(IStrategy(strategy))
        );
    }

    function test_allocate_more() public {
        _allocate(operator, operatorSet, strategy, 0.3e18);
        _pass(ALLOCATION_DELAY);
        vm.expectEmit(address(allocationManager));
        emit IAllocationManagerEvents.AllocationUpdated(
            operator, operatorSet, strategy, 0.5e18, START + 2 * ALLOCATION_DELAY
        );
        _allocate(operator, operatorSet, strategy, 0.5e18);
        _assertAllocation(operator, operatorSet, strategy, 0.3e18, 0.2e18, START + 2 * ALLOCATION_DELAY);
        vm.assertEq(allocationManager.getEncumberedMagnitude(operator, strategy), 0.5e18);
    }

    function test_allocate_withDelayZeroCountsInTheSameBlock() public {
        _setDelay(operator, 0);
        _pass(CONFIGURATION_DELAY + 1);
        uint32 now_ = START + CONFIGURATION_DELAY + 1;
        vm.expectEmit(address(allocationManager));
        emit IAllocationManagerEvents.AllocationUpdated(operator, operatorSet, strategy, 0.3e18, now_);
        _allocate(operator, operatorSet, strategy, 0.3e18);
        _assertAllocation(operator, operatorSet, strategy, 0.3e18, 0, 0);
        _assertSets(allocationManager.getAllocatedSets(operator), operatorSet);

        // And can be changed again in the same block.
        _allocate(operator, operatorSet, strategy, 0.4e18);
        _assertAllocation(operator, operatorSet, strategy, 0.4e18, 0, 0);
        vm.assertEq(allocationManager.getEncumberedMagnitude(operator, strategy), 0.4e18);
    }

    function test_allocate_needsNeitherMembershipNorSharesNorAStrategyOfTheSet() public {
        _allocate(operator, operatorSet, thirdStrategy, 0.3e18);
        _assertAllocation(operator, operatorSet, thirdStrategy, 0, 0.3e18, START + ALLOCATION_DELAY);
    }

    function test_allocate_theWholeMagnitude() public {
        _allocate(operator, operatorSet, strategy, WAD);
        vm.assertEq(allocationManager.getAllocatableMagnitude(operator, strategy), 0);
    }

    function test_allocate_eachStrategyHasItsOwnMagnitude() public {
        IAllocationManagerTypes.AllocateParams[] memory params = new IAllocationManagerTypes.AllocateParams[](1);
        params[0] = IAllocationManagerTypes.AllocateParams(
            operatorSet, _strategies(strategy, secondStrategy), _magnitudes(WAD, 0.4e18)
        );
        vm.prank(operator);
        allocationManager.modifyAllocations(operator, params);
        vm.assertEq(allocationManager.getEncumberedMagnitude(operator, strategy), WAD);
        vm.assertEq(allocationManager.getEncumberedMagnitude(operator, secondStrategy), 0.4e18);
    }

    function test_allocate_toManySets() public {
        vm.prank(operator);
        allocationManager.modifyAllocations(operator, _twoSets(operatorSet, 0.3e18, otherSet, 0.7e18));
        _assertAllocation(operator, operatorSet, strategy, 0, 0.3e18, START + ALLOCATION_DELAY);
        _assertAllocation(operator, otherSet, strategy, 0, 0.7e18, START + ALLOCATION_DELAY);
        vm.assertEq(allocationManager.getEncumberedMagnitude(operator, strategy), WAD);
        vm.assertEq(allocationManager.getAllocatedSets(operator).length, 2);
    }

    function test_allocate_revertsWhenAboveTheMagnitude() public {
        vm.expectRevert(IAllocationManagerErrors.InsufficientMagnitude.selector);
        _allocate(operator, operatorSet, strategy, WAD + 1);
    }

    function test_allocate_revertsWhenTheSetsTogetherExceedTheMagnitude() public {
        _allocate(operator, otherSet, strategy, 0.7e18);
        vm.expectRevert(IAllocationManagerErrors.InsufficientMagnitude.selector);
        _allocate(operator, operatorSet, strategy, 0.3e18 + 1);
    }

    function test_allocate_revertsWhenAboveWhatSlashingLeft() public {
        _scar(operator, strategy, 0.4e18);
        vm.expectRevert(IAllocationManagerErrors.InsufficientMagnitude.selector);
        _allocate(operator, operatorSet, strategy, 0.4e18 + 1);
        _allocate(operator, operatorSet, strategy, 0.4e18);
        vm.assertEq(allocationManager.getAllocatableMagnitude(operator, strategy), 0);
    }

    function test_allocate_revertsWhenFullySlashed() public {
        _scar(operator, strategy, 0);
        vm.expectRevert(IAllocationManagerErrors.InsufficientMagnitude.selector);
        _allocate(operator, operatorSet, strategy, 1);
    }

    function test_allocate_revertsWhenTheSumIsNoMagnitude() public {
        _allocate(operator, otherSet, strategy, WAD);
        _expectError("SafeCast: value doesn't fit in 64 bits");
        _allocate(operator, operatorSet, strategy, type(uint64).max);
    }

    /* DEALLOCATING WHAT IS SLASHABLE */

    function test_deallocate_ofASlashableAllocationWaits() public {
        _joinAndAllocate(0.5e18);
        _allocate(operator, operatorSet, strategy, 0.2e18);
        _assertAllocation(
            operator, operatorSet, strategy, 0.5e18, -0.3e18, START + ALLOCATION_DELAY + DEALLOCATION_DELAY + 1
        );
        vm.assertEq(allocationManager.getEncumberedMagnitude(operator, strategy), 0.5e18);
    }

    function test_deallocate_ofASlashableAllocationEmits() public {
        _joinAndAllocate(0.5e18);
        vm.recordLogs();
        vm.expectEmit(address(allocationManager));
        emit IAllocationManagerEvents.AllocationUpdated(
            operator, operatorSet, strategy, 0.2e18, START + ALLOCATION_DELAY + DEALLOCATION_DELAY + 1
        );
        _allocate(operator, operatorSet, strategy, 0.2e18);
        vm.assertEq(_emitted(), 1);
    }

    function test_deallocate_takesEffectABlockAfterTheDelay() public {
        _joinAndAllocate(0.5e18);
        uint32 last = START + ALLOCATION_DELAY + DEALLOCATION_DELAY;
        _allocate(operator, operatorSet, strategy, 0.2e18);
        vm.roll(last);
        _assertAllocation(operator, operatorSet, strategy, 0.5e18, -0.3e18, last + 1);
        vm.assertEq(allocationManager.getEncumberedMagnitude(operator, strategy), 0.5e18);
        vm.roll(last + 1);
        _assertAllocation(operator, operatorSet, strategy, 0.2e18, 0, 0);
        vm.assertEq(allocationManager.getEncumberedMagnitude(operator, strategy), 0.2e18);
    }

    function test_deallocate_magnitudeCannotBeReusedInTheLastBlock() public {
        _joinAndAllocate(WAD);
        _allocate(operator, operatorSet, strategy, 0);
        _pass(DEALLOCATION_DELAY);
        vm.expectRevert(IAllocationManagerErrors.InsufficientMagnitude.selector);
        _allocate(operator, otherSet, strategy, 1);
    }

    function test_deallocate_magnitudeCanBeReusedABlockLater() public {
        _joinAndAllocate(WAD);
        _allocate(operator, operatorSet, strategy, 0);
        _pass(DEALLOCATION_DELAY + 1);
        vm.recordLogs();
        // Completing the deallocation first, then allocating.
        vm.expectEmit(address(allocationManager));
        emit IAllocationManagerEvents.EncumberedMagnitudeUpdated(operator, strategy, 0);
        vm.expectEmit(address(allocationManager));
        emit IAllocationManagerEvents.EncumberedMagnitudeUpdated(operator, strategy, WAD);
        _allocate(operator, otherSet, strategy, WAD);
        vm.assertEq(_emitted(), 3);
        _assertSets(allocationManager.getAllocatedSets(operator), otherSet);
    }

    function test_deallocate_waitsWhileTheOperatorThatLeftIsSlashable() public {
        _joinAndAllocate(0.5e18);
        _leave(operator, operatorSet);
        _pass(DEALLOCATION_DELAY);
        uint32 now_ = START + ALLOCATION_DELAY + DEALLOCATION_DELAY;
        _allocate(operator, operatorSet, strategy, 0);
        _assertAllocation(operator, operatorSet, strategy, 0.5e18, -0.5e18, now_ + DEALLOCATION_DELAY + 1);
    }

    /* DEALLOCATING WHAT IS NOT */

    function test_deallocate_isImmediateABlockAfterLeaving() public {
        _joinAndAllocate(0.5e18);
        _leave(operator, operatorSet);
        _pass(DEALLOCATION_DELAY + 1);
        _allocate(operator, operatorSet, strategy, 0);
        _assertAllocation(operator, operatorSet, strategy, 0, 0, 0);
    }

    function test_deallocate_isImmediateWhenTheOperatorNeverJoined() public {
        _allocate(operator, operatorSet, strategy, 0.5e18);
        _pass(ALLOCATION_DELAY);
        vm.recordLogs();
        vm.expectEmit(address(allocationManager));
        emit IAllocationManagerEvents.EncumberedMagnitudeUpdated(operator, strategy, 0.2e18);
        vm.expectEmit(address(allocationManager));
        emit IAllocationManagerEvents.AllocationUpdated(
            operator, operatorSet, strategy, 0.2e18, START + ALLOCATION_DELAY
        );
        _allocate(operator, operatorSet, strategy, 0.2e18);
        vm.assertEq(_emitted(), 2);
        _assertAllocation(operator, operatorSet, strategy, 0.2e18, 0, 0);
        vm.assertEq(allocationManager.getEncumberedMagnitude(operator, strategy), 0.2e18);
    }

    function test_deallocate_isImmediateWhenTheStrategyIsNotInTheSet() public {
        _join(operator, operatorSet);
        _allocate(operator, operatorSet, thirdStrategy, 0.5e18);
        _pass(ALLOCATION_DELAY);
        _allocate(operator, operatorSet, thirdStrategy, 0);
        _assertAllocation(operator, operatorSet, thirdStrategy, 0, 0, 0);
        vm.assertEq(allocationManager.getAllocatableMagnitude(operator, thirdStrategy), WAD);
    }

    function test_deallocate_isImmediateWhenTheStrategyWasRemoved() public {
        _joinAndAllocate(0.5e18);
        _removeStrategy(operatorSet, strategy);
        _allocate(operator, operatorSet, strategy, 0);
        _assertAllocation(operator, operatorSet, strategy, 0, 0, 0);
    }

    function test_deallocate_ofEverythingEndsTheListings() public {
        _allocate(operator, operatorSet, strategy, 0.5e18);
        _pass(ALLOCATION_DELAY);
        _allocate(operator, operatorSet, strategy, 0);
        vm.assertEq(allocationManager.getAllocatedSets(operator).length, 0);
        vm.assertEq(allocationManager.getAllocatedStrategies(operator, operatorSet).length, 0);
    }

    function test_deallocate_ofOneStrategyKeepsTheSetListed() public {
        _allocate(operator, operatorSet, strategy, 0.5e18);
        _allocate(operator, operatorSet, secondStrategy, 0.5e18);
        _pass(ALLOCATION_DELAY);
        _allocate(operator, operatorSet, strategy, 0);
        _assertSets(allocationManager.getAllocatedSets(operator), operatorSet);
        _assertStrategies(
            allocationManager.getAllocatedStrategies(operator, operatorSet), _strategies(IStrategy(secondStrategy))
        );
    }

    function test_deallocate_atOnceMakesRoomInTheSameCall() public {
        _allocate(operator, operatorSet, strategy, WAD);
        _pass(ALLOCATION_DELAY);
        vm.prank(operator);
        allocationManager.modifyAllocations(operator, _twoSets(operatorSet, 0, otherSet, WAD));
        _assertAllocation(operator, otherSet, strategy, 0, 1e18, START + 2 * ALLOCATION_DELAY);
    }

    function test_deallocate_afterAllocatingMakesNoRoom() public {
        _allocate(operator, operatorSet, strategy, WAD);
        _pass(ALLOCATION_DELAY);
        vm.prank(operator);
        vm.expectRevert(IAllocationManagerErrors.InsufficientMagnitude.selector);
        allocationManager.modifyAllocations(operator, _twoSets(otherSet, WAD, operatorSet, 0));
    }

    function test_deallocate_atOnceAndAgainInTheSameCall() public {
        _allocate(operator, operatorSet, strategy, 0.5e18);
        _pass(ALLOCATION_DELAY);
        vm.prank(operator);
        allocationManager.modifyAllocations(operator, _twoSets(operatorSet, 0.4e18, operatorSet, 0.3e18));
        _assertAllocation(operator, operatorSet, strategy, 0.3e18, 0, 0);
    }

    /* ONE CHANGE AT A TIME */

    function test_modify_revertsWhenAnAllocationIsPending() public {
        _allocate(operator, operatorSet, strategy, 0.5e18);
        _pass(ALLOCATION_DELAY - 1);
        vm.expectRevert(IAllocationManagerErrors.ModificationAlreadyPending.selector);
        _allocate(operator, operatorSet, strategy, 0);
    }

    function test_modify_revertsWhenADeallocationIsPending() public {
        _joinAndAllocate(0.5e18);
        _allocate(operator, operatorSet, strategy, 0);
        _pass(DEALLOCATION_DELAY);
        vm.expectRevert(IAllocationManagerErrors.ModificationAlreadyPending.selector);
        _allocate(operator, operatorSet, strategy, 0.1e18);
    }

    function test_modify_revertsWhenAStrategyRepeatsWithADelay() public {
        vm.prank(operator);
        vm.expectRevert(IAllocationManagerErrors.ModificationAlreadyPending.selector);
        allocationManager.modifyAllocations(operator, _twoSets(operatorSet, 0.4e18, operatorSet, 0.3e18));
    }

    function test_modify_revertsWhenNothingChanges() public {
        _allocate(operator, operatorSet, strategy, 0.5e18);
        _pass(ALLOCATION_DELAY);
        vm.expectRevert(IAllocationManagerErrors.SameMagnitude.selector);
        _allocate(operator, operatorSet, strategy, 0.5e18);
    }

    function test_modify_revertsWhenNothingBecomesNothing() public {
        vm.expectRevert(IAllocationManagerErrors.SameMagnitude.selector);
        _allocate(operator, operatorSet, strategy, 0);
    }

    function test_modify_checksPendingBeforeSameMagnitude() public {
        _allocate(operator, operatorSet, strategy, 0.5e18);
        vm.expectRevert(IAllocationManagerErrors.ModificationAlreadyPending.selector);
        _allocate(operator, operatorSet, strategy, 0);
    }

    /* THE ALLOCATION DELAY */

    function test_modify_revertsWhenNotAnOperator() public {
        vm.expectRevert(IAllocationManagerErrors.UninitializedAllocationDelay.selector);
        _allocate(staker, operatorSet, strategy, 0.5e18);
    }

    function test_modify_revertsUntilTheDelayOfANewOperatorIsInForce() public {
        _becomeOperator(staker);
        _pass(CONFIGURATION_DELAY);
        vm.expectRevert(IAllocationManagerErrors.UninitializedAllocationDelay.selector);
        _allocate(staker, operatorSet, strategy, 0.5e18);
        _pass(1);
        _allocate(staker, operatorSet, strategy, 0.5e18);
        vm.assertEq(allocationManager.getEncumberedMagnitude(staker, strategy), 0.5e18);
    }

    function test_modify_usesTheDelayInForce() public {
        _setDelay(operator, 3);
        _pass(CONFIGURATION_DELAY);
        uint32 now_ = START + CONFIGURATION_DELAY;
        _allocate(operator, operatorSet, strategy, 0.5e18);
        _assertAllocation(operator, operatorSet, strategy, 0, 0.5e18, now_ + ALLOCATION_DELAY);
        _pass(1);
        _allocate(operator, operatorSet, secondStrategy, 0.5e18);
        _assertAllocation(operator, operatorSet, secondStrategy, 0, 0.5e18, now_ + 1 + 3);
    }

    function test_modify_revertsWhenTheDelayLeadsBeyondAllBlocks() public {
        _setDelay(operator, type(uint32).max);
        _pass(CONFIGURATION_DELAY + 1);
        _expectPanic(PANIC_ARITHMETIC);
        _allocate(operator, operatorSet, strategy, 0.5e18);
    }

    /* WHO */

    function test_modify_revertsWhenNotOperator() public {
        vm.prank(stranger);
        vm.expectRevert(IAllocationManagerErrors.InvalidCaller.selector);
        allocationManager.modifyAllocations(operator, _allocateParams(operatorSet, strategy, 0.5e18));
    }

    function test_modify_revertsWhenTheAvs() public {
        vm.prank(avs);
        vm.expectRevert(IAllocationManagerErrors.InvalidCaller.selector);
        allocationManager.modifyAllocations(operator, _allocateParams(operatorSet, strategy, 0.5e18));
    }

    function test_modify_byAnAdmin() public {
        _makeAdmin(operator, admin);
        vm.prank(admin);
        allocationManager.modifyAllocations(operator, _allocateParams(operatorSet, strategy, 0.5e18));
        vm.assertEq(allocationManager.getEncumberedMagnitude(operator, strategy), 0.5e18);
    }

    function test_modify_byAnAppointee() public {
        _appoint(operator, address(allocationManager), allocationManager.modifyAllocations.selector);
        vm.prank(appointee);
        allocationManager.modifyAllocations(operator, _allocateParams(operatorSet, strategy, 0.5e18));
        vm.assertEq(allocationManager.getEncumberedMagnitude(operator, strategy), 0.5e18);
    }

    function test_modify_revertsWhenAppointedForSomethingElse() public {
        _appoint(operator, address(allocationManager), allocationManager.setAllocationDelay.selector);
        vm.prank(appointee);
        vm.expectRevert(IAllocationManagerErrors.InvalidCaller.selector);
        allocationManager.modifyAllocations(operator, _allocateParams(operatorSet, strategy, 0.5e18));
    }

    /* PARAMETERS */

    function test_modify_revertsWhenLengthsDiffer() public {
        vm.prank(operator);
        vm.expectRevert(IAllocationManagerErrors.InputArrayLengthMismatch.selector);
        allocationManager.modifyAllocations(operator, _uneven(operatorSet));
    }

    function test_modify_revertsWhenTheSetDoesNotExist() public {
        vm.expectRevert(IAllocationManagerErrors.InvalidOperatorSet.selector);
        _allocate(operator, OperatorSet(avs, 2), strategy, 0.5e18);
    }

    /* PAUSE AND ORDER OF CHECKS */

    function test_modify_revertsWhenPaused() public {
        _pause(allocationManager, 0);
        vm.expectRevert(IPausable.CurrentlyPaused.selector);
        _allocate(operator, operatorSet, strategy, 0.5e18);
    }

    function test_modify_heedsNoOtherPause() public {
        _pauseAllBut(allocationManager, 0);
        _allocate(operator, operatorSet, strategy, 0.5e18);
        vm.assertEq(allocationManager.getEncumberedMagnitude(operator, strategy), 0.5e18);
    }

    function test_modify_checksThePauseBeforeTheCaller() public {
        _pause(allocationManager, 0);
        vm.prank(stranger);
        vm.expectRevert(IPausable.CurrentlyPaused.selector);
        allocationManager.modifyAllocations(operator, _allocateParams(operatorSet, strategy, 0.5e18));
    }

    function test_modify_checksTheCallerBeforeTheDelay() public {
        vm.prank(stranger);
        vm.expectRevert(IAllocationManagerErrors.InvalidCaller.selector);
        allocationManager.modifyAllocations(staker, _allocateParams(operatorSet, strategy, 0.5e18));
    }

    function test_modify_checksTheDelayBeforeLengths() public {
        vm.prank(staker);
        vm.expectRevert(IAllocationManagerErrors.UninitializedAllocationDelay.selector);
        allocationManager.modifyAllocations(staker, _uneven(operatorSet));
    }

    function test_modify_checksLengthsBeforeTheSet() public {
        vm.prank(operator);
        vm.expectRevert(IAllocationManagerErrors.InputArrayLengthMismatch.selector);
        allocationManager.modifyAllocations(operator, _uneven(OperatorSet(avs, 2)));
    }

    function test_modify_checksTheSetBeforeTheMagnitude() public {
        vm.expectRevert(IAllocationManagerErrors.InvalidOperatorSet.selector);
        _allocate(operator, OperatorSet(avs, 2), strategy, 0);
    }

    /* HELPERS */

    /// @dev In force when it returns.
    function _joinAndAllocate(uint64 magnitude) private {
        _join(operator, operatorSet);
        _allocate(operator, operatorSet, strategy, magnitude);
        _pass(ALLOCATION_DELAY);
    }

    function _twoSets(
        OperatorSet memory first,
        uint64 firstMagnitude,
        OperatorSet memory second,
        uint64 secondMagnitude
    ) private view returns (IAllocationManagerTypes.AllocateParams[] memory params) {
        params = new IAllocationManagerTypes.AllocateParams[](2);
        params[0] = _allocateParams(first, strategy, firstMagnitude)[0];
        params[1] = _allocateParams(second, strategy, secondMagnitude)[0];
    }

    function _uneven(OperatorSet memory set)
        private
        view
        returns (IAllocationManagerTypes.AllocateParams[] memory params)
    {
        params = new IAllocationManagerTypes.AllocateParams[](1);
        params[0] = IAllocationManagerTypes.AllocateParams(set, _strategies(strategy), _magnitudes(1, 1));
    }
}
