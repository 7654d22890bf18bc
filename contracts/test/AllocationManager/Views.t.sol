// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IAllocationManagerTypes} from "../../src/interfaces/IAllocationManager.sol";
import {IStrategy} from "../../src/interfaces/IStrategy.sol";
import {OperatorSet} from "../../src/libraries/OperatorSetLib.sol";
import {Scene} from "../utils/Scene.sol";
import {vm} from "../utils/Vm.sol";

contract AllocationManagerViewsTest is Scene {
    /// @dev The block in which the allocation comes into force.
    uint32 private constant NOW = START + ALLOCATION_DELAY;

    /// @dev The operator has 150 shares and gave half of its magnitude to the set.
    function setUp() public override {
        super.setUp();
        _deposit(operator, strategy, 150e18);
        _join(operator, operatorSet);
        _allocate(operator, operatorSet, strategy, 0.5e18);
        _pass(ALLOCATION_DELAY);
    }

    function test_construction() public view {
        vm.assertEq(allocationManager.DEALLOCATION_DELAY(), 50);
        vm.assertEq(allocationManager.ALLOCATION_CONFIGURATION_DELAY(), 75);
        vm.assertEq(address(allocationManager.delegation()), address(delegationManager));
        vm.assertEq(address(allocationManager.eigenStrategy()), address(EIGEN_STRATEGY));
        vm.assertEq(address(allocationManager.permissionController()), address(permissionController));
        vm.assertEq(address(allocationManager.pauserRegistry()), address(pauserRegistry));
        vm.assertEq(allocationManager.version(), "1.5.0");
    }

    /* MAGNITUDES */

    function test_getMaxMagnitude_isOneBeforeAnySlash() public view {
        vm.assertEq(allocationManager.getMaxMagnitude(stranger, strategy), 1e18);
        vm.assertEq(allocationManager.getMaxMagnitude(address(0), NATIVE_STRATEGY), 1e18);
    }

    function test_getMaxMagnitudes_ofManyStrategies() public {
        _slash(operator, operatorSet, strategy, 0.5e18);
        uint64[] memory found = allocationManager.getMaxMagnitudes(operator, _strategies(secondStrategy, strategy));
        vm.assertEq(found.length, 2);
        vm.assertEq(found[0], 1e18);
        vm.assertEq(found[1], 0.75e18);
    }

    function test_getMaxMagnitudes_ofManyOperators() public {
        _slash(operator, operatorSet, strategy, 0.5e18);
        uint64[] memory found = allocationManager.getMaxMagnitudes(_addresses(otherOperator, operator), strategy);
        vm.assertEq(found.length, 2);
        vm.assertEq(found[0], 1e18);
        vm.assertEq(found[1], 0.75e18);
    }

    function test_getMaxMagnitudesAtBlock_includesThatBlock() public {
        _slash(operator, operatorSet, strategy, 0.5e18);
        _pass(5);
        _slash(operator, operatorSet, strategy, WAD);
        vm.assertEq(_maxMagnitudeAt(0), 1e18);
        vm.assertEq(_maxMagnitudeAt(NOW - 1), 1e18);
        vm.assertEq(_maxMagnitudeAt(NOW), 0.75e18);
        vm.assertEq(_maxMagnitudeAt(NOW + 4), 0.75e18);
        vm.assertEq(_maxMagnitudeAt(NOW + 5), 0.5e18);
        vm.assertEq(_maxMagnitudeAt(type(uint32).max), 0.5e18);
    }

    function test_getEncumberedMagnitude_countsDeallocationsUntilTheirBlock() public {
        _join(operator, otherSet);
        _allocate(operator, otherSet, strategy, 0.4e18);
        _pass(ALLOCATION_DELAY);
        _allocate(operator, operatorSet, strategy, 0.1e18);
        _pass(7);
        _allocate(operator, otherSet, strategy, 0);
        uint32 first = NOW + ALLOCATION_DELAY + DEALLOCATION_DELAY + 1;
        vm.roll(first - 1);
        vm.assertEq(allocationManager.getEncumberedMagnitude(operator, strategy), 0.9e18);
        vm.assertEq(allocationManager.getAllocatableMagnitude(operator, strategy), 0.1e18);
        vm.roll(first);
        vm.assertEq(allocationManager.getEncumberedMagnitude(operator, strategy), 0.5e18);
        vm.assertEq(allocationManager.getAllocatableMagnitude(operator, strategy), 0.5e18);
        vm.roll(first + 7);
        vm.assertEq(allocationManager.getEncumberedMagnitude(operator, strategy), 0.1e18);
        vm.assertEq(allocationManager.getAllocatableMagnitude(operator, strategy), 0.9e18);
    }

    /* ALLOCATIONS */

    function test_getAllocations_ofManyOperators() public {
        _allocate(otherOperator, operatorSet, strategy, 0.2e18);
        IAllocationManagerTypes.Allocation[] memory found =
            allocationManager.getAllocations(_addresses(otherOperator, operator), operatorSet, strategy);
        vm.assertEq(found.length, 2);
        vm.assertEq(found[0].currentMagnitude, 0);
        vm.assertEq(found[0].pendingDiff, 0.2e18);
        vm.assertEq(found[0].effectBlock, NOW + ALLOCATION_DELAY);
        vm.assertEq(found[1].currentMagnitude, 0.5e18);
    }

    function test_getStrategyAllocations_hasAnEntryForEachAllocatedSet() public {
        _allocate(operator, otherSet, secondStrategy, 0.2e18);
        (OperatorSet[] memory sets, IAllocationManagerTypes.Allocation[] memory found) =
            allocationManager.getStrategyAllocations(operator, strategy);
        vm.assertEq(sets.length, 2);
        vm.assertEq(found.length, 2);
        uint256 ours = sets[0].avs == avs ? 0 : 1;
        vm.assertEq(sets[1 - ours].avs, otherAvs);
        vm.assertEq(found[ours].currentMagnitude, 0.5e18);
        vm.assertEq(found[1 - ours].currentMagnitude, 0);
        vm.assertEq(found[1 - ours].pendingDiff, 0);
    }

    function test_getAllocatedStrategies_isForOneSet() public {
        _allocate(operator, otherSet, secondStrategy, 0.2e18);
        _assertStrategies(
            allocationManager.getAllocatedStrategies(operator, otherSet), _strategies(IStrategy(secondStrategy))
        );
    }

    /* STAKE */

    function test_getMinimumSlashableStake_isTheAllocatedPartOfTheShares() public view {
        vm.assertEq(_minimumSlashable(NOW), 75e18);
    }

    function test_getMinimumSlashableStake_roundsDown() public {
        _slash(operator, operatorSet, strategy, 0.5e18);
        // A third of 112.5 shares, in the precision of a magnitude.
        vm.assertEq(_minimumSlashable(NOW), 37499999999999999962);
    }

    function test_getMinimumSlashableStake_countsDeallocationsThatAreDueByThen() public {
        _allocate(operator, operatorSet, strategy, 0.2e18);
        vm.assertEq(_minimumSlashable(NOW + DEALLOCATION_DELAY), 75e18);
        vm.assertEq(_minimumSlashable(NOW + DEALLOCATION_DELAY + 1), 30e18);
    }

    function test_getMinimumSlashableStake_doesNotCountAllocationsToCome() public {
        _allocate(operator, operatorSet, strategy, 0.8e18);
        vm.assertEq(_minimumSlashable(NOW + ALLOCATION_DELAY), 75e18);
        _pass(ALLOCATION_DELAY);
        vm.assertEq(_minimumSlashable(NOW + ALLOCATION_DELAY), 120e18);
    }

    function test_getMinimumSlashableStake_isZeroOnceTheOperatorIsNotSlashable() public {
        _leave(operator, operatorSet);
        // Whether it is slashable is asked for this block, not for the future one.
        vm.assertEq(_minimumSlashable(NOW + 1_000), 75e18);
        _pass(DEALLOCATION_DELAY);
        vm.assertEq(_minimumSlashable(NOW + DEALLOCATION_DELAY), 75e18);
        _pass(1);
        vm.assertEq(_minimumSlashable(NOW + DEALLOCATION_DELAY + 1), 0);
    }

    function test_getMinimumSlashableStake_isZeroWhenFullySlashed() public {
        _slash(operator, operatorSet, strategy, WAD);
        _scar(operator, strategy, 0);
        vm.assertEq(allocationManager.getMaxMagnitude(operator, strategy), 0);
        vm.assertEq(_minimumSlashable(NOW + ALLOCATION_DELAY), 0);
    }

    function test_getMinimumSlashableStake_doesNotAskWhetherTheStrategyIsInTheSet() public {
        _removeStrategy(operatorSet, strategy);
        vm.assertEq(_minimumSlashable(NOW), 75e18);
    }

    function test_getMinimumSlashableStake_isATableByOperatorAndStrategy() public {
        _deposit(otherOperator, secondStrategy, 10e18);
        _join(otherOperator, operatorSet);
        _allocate(otherOperator, operatorSet, secondStrategy, WAD);
        _pass(ALLOCATION_DELAY);
        uint256[][] memory found = allocationManager.getMinimumSlashableStake(
            operatorSet,
            _addresses(otherOperator, operator),
            _strategies(strategy, secondStrategy),
            NOW + ALLOCATION_DELAY
        );
        vm.assertEq(found.length, 2);
        vm.assertEq(found[0], _amounts(0, 10e18));
        vm.assertEq(found[1], _amounts(75e18, 0));
    }

    function test_getAllocatedStake_countsOperatorsThatAreNotSlashable() public {
        _leave(operator, operatorSet);
        _pass(DEALLOCATION_DELAY + 1);
        vm.assertEq(_allocated(), 75e18);
    }

    function test_getAllocatedStake_countsDeallocationsUntilTheirBlock() public {
        _allocate(operator, operatorSet, strategy, 0.2e18);
        _pass(DEALLOCATION_DELAY);
        vm.assertEq(_allocated(), 75e18);
        _pass(1);
        vm.assertEq(_allocated(), 30e18);
    }

    /* REDISTRIBUTION */

    function test_isOperatorRedistributable_inARedistributingSet() public {
        vm.assertFalse(allocationManager.isOperatorRedistributable(operator));
        OperatorSet memory set = _createRedistributingSet(avs, 7, _strategies(strategy), recipient);
        vm.assertFalse(allocationManager.isOperatorRedistributable(operator));
        _join(operator, set);
        vm.assertTrue(allocationManager.isOperatorRedistributable(operator));
    }

    function test_isOperatorRedistributable_notForAnAllocationAlone() public {
        OperatorSet memory set = _createRedistributingSet(avs, 7, _strategies(strategy), recipient);
        _allocate(operator, set, strategy, 0.5e18);
        _pass(ALLOCATION_DELAY);
        vm.assertFalse(allocationManager.isOperatorRedistributable(operator));
    }

    function test_isOperatorRedistributable_untilAnAllocationIsNoLongerSlashable() public {
        OperatorSet memory set = _createRedistributingSet(avs, 7, _strategies(strategy), recipient);
        _join(operator, set);
        _allocate(operator, set, strategy, 0.5e18);
        _leave(operator, set);
        _pass(DEALLOCATION_DELAY);
        vm.assertTrue(allocationManager.isOperatorRedistributable(operator));
        _pass(1);
        vm.assertFalse(allocationManager.isOperatorRedistributable(operator));
    }

    function test_isOperatorRedistributable_notAfterLeavingWithoutAllocation() public {
        OperatorSet memory set = _createRedistributingSet(avs, 7, _strategies(strategy), recipient);
        _join(operator, set);
        _leave(operator, set);
        vm.assertFalse(allocationManager.isOperatorRedistributable(operator));
    }

    /* SETS THAT DO NOT EXIST */

    function test_views_ofASetThatDoesNotExist() public view {
        OperatorSet memory none = OperatorSet(avs, 99);
        vm.assertFalse(allocationManager.isOperatorSet(none));
        vm.assertEq(allocationManager.getRedistributionRecipient(none), BURN_ADDRESS);
        vm.assertFalse(allocationManager.isRedistributingOperatorSet(none));
        vm.assertEq(allocationManager.getStrategiesInOperatorSet(none).length, 0);
        vm.assertEq(allocationManager.getMembers(none).length, 0);
        vm.assertEq(allocationManager.getSlashCount(none), 0);
        vm.assertFalse(allocationManager.isOperatorSlashable(operator, none));
    }

    /* HELPERS */

    function _maxMagnitudeAt(uint32 blockNumber) private view returns (uint64) {
        return allocationManager.getMaxMagnitudesAtBlock(operator, _strategies(strategy), blockNumber)[0];
    }

    function _minimumSlashable(uint32 futureBlock) private view returns (uint256) {
        return allocationManager.getMinimumSlashableStake(
            operatorSet, _addresses(operator), _strategies(strategy), futureBlock
        )[0][0];
    }

    function _allocated() private view returns (uint256) {
        return allocationManager.getAllocatedStake(operatorSet, _addresses(operator), _strategies(strategy))[0][0];
    }
}
