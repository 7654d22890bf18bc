// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IAllocationManagerErrors, IAllocationManagerEvents} from "../../src/interfaces/IAllocationManager.sol";
import {IPausable} from "../../src/interfaces/IPausable.sol";
import {IStrategy} from "../../src/interfaces/IStrategy.sol";
import {OperatorSet} from "../../src/libraries/OperatorSetLib.sol";
import {Scene} from "../utils/Scene.sol";
import {vm} from "../utils/Vm.sol";

contract ClearDeallocationQueueTest is Scene {
    /// @dev The block of the first deallocation.
    uint32 private constant NOW = START + ALLOCATION_DELAY;

    /// @dev The operator has half of its magnitude in each of the two sets, slashable, in two strategies.
    function setUp() public override {
        super.setUp();
        _join(operator, operatorSet);
        _join(operator, otherSet);
        _allocate(operator, operatorSet, strategy, 0.5e18);
        _allocate(operator, otherSet, strategy, 0.5e18);
        _allocate(operator, operatorSet, secondStrategy, 0.5e18);
        _pass(ALLOCATION_DELAY);
    }

    function test_clear_completesADeallocation() public {
        _allocate(operator, operatorSet, strategy, 0);
        _pass(DEALLOCATION_DELAY + 1);
        // Until somebody clears, only readers know that it is over.
        vm.assertEq(allocationManager.getAllocatedSets(operator).length, 2);
        vm.assertEq(allocationManager.getAllocatedStrategies(operator, operatorSet).length, 2);

        vm.recordLogs();
        vm.expectEmit(address(allocationManager));
        emit IAllocationManagerEvents.EncumberedMagnitudeUpdated(operator, strategy, 0.5e18);
        _clear(strategy, 1);
        vm.assertEq(_emitted(), 1);

        _assertStrategies(
            allocationManager.getAllocatedStrategies(operator, operatorSet), _strategies(IStrategy(secondStrategy))
        );
        vm.assertEq(allocationManager.getEncumberedMagnitude(operator, strategy), 0.5e18);
        _assertAllocation(operator, operatorSet, strategy, 0, 0, 0);
    }

    function test_clear_endsTheListingOfASet() public {
        _allocate(operator, otherSet, strategy, 0);
        _pass(DEALLOCATION_DELAY + 1);
        _clear(strategy, 1);
        _assertSets(allocationManager.getAllocatedSets(operator), operatorSet);
    }

    function test_clear_doesNothingInTheLastBlockOfADeallocation() public {
        _allocate(operator, operatorSet, strategy, 0.1e18);
        _pass(DEALLOCATION_DELAY);
        vm.recordLogs();
        _clear(strategy, 1);
        vm.assertEq(_emitted(), 0);
        _assertAllocation(operator, operatorSet, strategy, 0.5e18, -0.4e18, NOW + DEALLOCATION_DELAY + 1);
    }

    function test_clear_changesNothingThatIsRead() public {
        _allocate(operator, operatorSet, strategy, 0.1e18);
        _pass(DEALLOCATION_DELAY + 1);
        vm.assertEq(allocationManager.getEncumberedMagnitude(operator, strategy), 0.6e18);
        _clear(strategy, 1);
        vm.assertEq(allocationManager.getEncumberedMagnitude(operator, strategy), 0.6e18);
        _assertAllocation(operator, operatorSet, strategy, 0.1e18, 0, 0);
    }

    function test_clear_stopsAtWhatIsNotOver() public {
        _allocate(operator, operatorSet, strategy, 0.1e18);
        _pass(1);
        _allocate(operator, otherSet, strategy, 0.1e18);
        _pass(DEALLOCATION_DELAY);
        vm.recordLogs();
        _clear(strategy, 2);
        vm.assertEq(_emitted(), 1);
        vm.assertEq(allocationManager.getEncumberedMagnitude(operator, strategy), 0.6e18);
        _assertAllocation(operator, otherSet, strategy, 0.5e18, -0.4e18, NOW + DEALLOCATION_DELAY + 2);

        _pass(1);
        _clear(strategy, 2);
        vm.assertEq(_emitted(), 1);
        vm.assertEq(allocationManager.getEncumberedMagnitude(operator, strategy), 0.2e18);
    }

    function test_clear_oldestFirst() public {
        _allocate(operator, otherSet, strategy, 0);
        _allocate(operator, operatorSet, strategy, 0.1e18);
        _pass(DEALLOCATION_DELAY + 1);
        vm.expectEmit(address(allocationManager));
        emit IAllocationManagerEvents.EncumberedMagnitudeUpdated(operator, strategy, 0.5e18);
        _clear(strategy, 1);
        _assertSets(allocationManager.getAllocatedSets(operator), operatorSet);

        vm.expectEmit(address(allocationManager));
        emit IAllocationManagerEvents.EncumberedMagnitudeUpdated(operator, strategy, 0.1e18);
        _clear(strategy, 1);
    }

    function test_clear_noMoreThanAsked() public {
        _allocate(operator, operatorSet, strategy, 0);
        _allocate(operator, otherSet, strategy, 0);
        _pass(DEALLOCATION_DELAY + 1);
        vm.recordLogs();
        _clear(strategy, 0);
        vm.assertEq(_emitted(), 0);
        _clear(strategy, 1);
        vm.assertEq(_emitted(), 1);
        _clear(strategy, 5);
        vm.assertEq(_emitted(), 1);
        _clear(strategy, 5);
        vm.assertEq(_emitted(), 0);
    }

    function test_clear_eachStrategyApart() public {
        _allocate(operator, operatorSet, strategy, 0.1e18);
        _allocate(operator, operatorSet, secondStrategy, 0.1e18);
        _pass(DEALLOCATION_DELAY + 1);
        vm.recordLogs();
        _clear(secondStrategy, 5);
        vm.assertEq(_emitted(), 1);
        vm.expectEmit(address(allocationManager));
        emit IAllocationManagerEvents.EncumberedMagnitudeUpdated(operator, strategy, 0.6e18);
        _clear(strategy, 5);
    }

    function test_clear_manyStrategies() public {
        _allocate(operator, operatorSet, strategy, 0.1e18);
        _allocate(operator, operatorSet, secondStrategy, 0.1e18);
        _pass(DEALLOCATION_DELAY + 1);
        uint16[] memory counts = new uint16[](2);
        (counts[0], counts[1]) = (1, 1);
        vm.recordLogs();
        vm.expectEmit(address(allocationManager));
        emit IAllocationManagerEvents.EncumberedMagnitudeUpdated(operator, strategy, 0.6e18);
        vm.expectEmit(address(allocationManager));
        emit IAllocationManagerEvents.EncumberedMagnitudeUpdated(operator, secondStrategy, 0.1e18);
        allocationManager.clearDeallocationQueue(operator, _strategies(strategy, secondStrategy), counts);
        vm.assertEq(_emitted(), 2);
    }

    /// @dev A slash of everything leaves nothing to free, but the entry keeps its place.
    function test_clear_countsADeallocationThatWasSlashedAway() public {
        _allocate(operator, operatorSet, strategy, 0);
        _slash(operator, operatorSet, strategy, WAD);
        _allocate(operator, otherSet, strategy, 0);
        _pass(DEALLOCATION_DELAY + 1);
        vm.recordLogs();
        _clear(strategy, 1);
        vm.assertEq(_emitted(), 0);
        vm.expectEmit(address(allocationManager));
        emit IAllocationManagerEvents.EncumberedMagnitudeUpdated(operator, strategy, 0);
        _clear(strategy, 1);
    }

    function test_clear_ofNobodyDoesNothing() public {
        vm.recordLogs();
        uint16[] memory counts = new uint16[](1);
        counts[0] = 1;
        allocationManager.clearDeallocationQueue(stranger, _strategies(strategy), counts);
        vm.assertEq(_emitted(), 0);
    }

    function test_clear_revertsWhenLengthsDiffer() public {
        vm.expectRevert(IAllocationManagerErrors.InputArrayLengthMismatch.selector);
        allocationManager.clearDeallocationQueue(operator, _strategies(strategy), new uint16[](2));
    }

    function test_clear_revertsWhenPaused() public {
        _pause(allocationManager, 0);
        vm.expectRevert(IPausable.CurrentlyPaused.selector);
        _clear(strategy, 1);
    }

    function test_clear_heedsNoOtherPause() public {
        _allocate(operator, operatorSet, strategy, 0);
        _pass(DEALLOCATION_DELAY + 1);
        _pauseAllBut(allocationManager, 0);
        vm.recordLogs();
        _clear(strategy, 1);
        vm.assertEq(_emitted(), 1);
    }

    function test_clear_checksThePauseBeforeLengths() public {
        _pause(allocationManager, 0);
        vm.expectRevert(IPausable.CurrentlyPaused.selector);
        allocationManager.clearDeallocationQueue(operator, _strategies(strategy), new uint16[](2));
    }

    /// @dev By anybody.
    function _clear(IStrategy where, uint16 count) private {
        uint16[] memory counts = new uint16[](1);
        counts[0] = count;
        vm.prank(stranger);
        allocationManager.clearDeallocationQueue(operator, _strategies(where), counts);
    }
}
