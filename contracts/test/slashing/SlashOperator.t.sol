// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IAllocationManagerErrors, IAllocationManagerTypes} from "../../src/interfaces/IAllocationManager.sol";
import {IDelegationManagerErrors, IDelegationManagerEvents} from "../../src/interfaces/IDelegationManager.sol";
import {IPausable} from "../../src/interfaces/IPausable.sol";
import {PermissionMixin} from "../../src/permissions/PermissionMixin.sol";
import {
    IRedistributionAllocationManager
} from "../../src/redistribution/interfaces/IRedistributionAllocationManager.sol";
import {ISlashingAllocationManager} from "../../src/slashing/interfaces/ISlashingAllocationManager.sol";
import {ISlashingStrategyManager} from "../../src/slashing/interfaces/ISlashingStrategyManager.sol";
import {vm} from "../utils/Vm.sol";
import {SlashingScene} from "./SlashingScene.sol";

contract SlashOperatorTest is SlashingScene {
    /// @dev The operator has 100 shares of the first strategy; each set has half of its magnitude there.
    function setUp() public override {
        super.setUp();
        _deposit(operator, strategy, 100e18);
        _join(operator, operatorSet);
        _join(operator, otherSet);
        _allocate(operator, operatorSet, strategy, 0.5e18);
        _allocate(operator, otherSet, strategy, 0.5e18);
        _pass(ALLOCATION_DELAY);
    }

    /* WHAT IT DOES */

    function test_slash_returnsNothing() public {
        bytes memory data = abi.encodeCall(
            ISlashingAllocationManager.slashOperator, (avs, _slashParams(operator, 1, strategy, 0.5e18))
        );
        vm.prank(avs);
        (bool done, bytes memory returned) = address(allocationManager).call(data);
        vm.assertTrue(done);
        vm.assertEq(returned.length, 0);
    }

    function test_slash_takesFromMagnitudeAndShares() public {
        _slash(operator, operatorSet, strategy, 0.5e18);
        vm.assertEq(allocationManager.getMaxMagnitude(operator, strategy), 0.75e18);
        vm.assertEq(allocationManager.getEncumberedMagnitude(operator, strategy), 0.75e18);
        vm.assertEq(_operatorShares(operator, strategy), 75e18);
        vm.assertEq(_withdrawable(operator, strategy), 75e18);
    }

    function test_slash_booksByStrategyWhoeverSlashes() public {
        _slash(operator, operatorSet, strategy, 0.5e18);
        vm.assertEq(deposits.getBurnableShares(strategy), 25e18);
        _slash(operator, otherSet, strategy, 0.5e18);
        vm.assertEq(deposits.getBurnableShares(strategy), 50e18);
        (address[] memory listed, uint256[] memory shares) = deposits.getStrategiesWithBurnableShares();
        vm.assertEq(listed, _addresses(address(strategy)));
        vm.assertEq(shares, _amounts(50e18));
    }

    function test_slash_emits() public {
        vm.expectEmit(address(delegationManager));
        emit IDelegationManagerEvents.OperatorSharesSlashed(operator, strategy, 25e18);
        vm.expectEmit(address(strategyManager));
        emit ISlashingStrategyManager.BurnableSharesIncreased(strategy, 25e18);
        _slash(operator, operatorSet, strategy, 0.5e18);
    }

    function test_slash_takesFromTheQueueRoundedDown() public {
        _queue(operator, strategy, 3);
        _slash(operator, operatorSet, strategy, 0.5e18);
        // A quarter of three, rounded down, and a quarter of the rest, of which what stays is rounded up.
        vm.assertEq(_operatorShares(operator, strategy), 75e18 - 2);
        vm.assertEq(deposits.getBurnableShares(strategy), 25e18 - 1);
    }

    function test_slash_ofNoSharesListsTheStrategy() public {
        _becomeAllocated();
        _slash(otherOperator, operatorSet, secondStrategy, WAD);
        (address[] memory listed, uint256[] memory shares) = deposits.getStrategiesWithBurnableShares();
        vm.assertEq(listed, _addresses(address(secondStrategy)));
        vm.assertEq(shares, _amounts(0));
    }

    function test_slash_movesNoToken() public {
        _slash(operator, operatorSet, strategy, WAD);
        vm.assertEq(token.balanceOf(address(strategy)), 100e18);
        vm.assertEq(strategy.totalShares(), 100e18);
    }

    /* WHO AND WHEN */

    function test_slash_asksForThePauseFirst() public {
        _pause(allocationManager, 1);
        vm.prank(stranger);
        vm.expectRevert(IPausable.CurrentlyPaused.selector);
        allocations.slashOperator(avs, _mismatched());
    }

    function test_slash_asksForTheRightBeforeTheLengths() public {
        vm.prank(stranger);
        vm.expectRevert(PermissionMixin.InvalidPermissions.selector);
        allocations.slashOperator(avs, _mismatched());
        vm.prank(avs);
        vm.expectRevert(IAllocationManagerErrors.InputArrayLengthMismatch.selector);
        allocations.slashOperator(avs, _mismatched());
    }

    function test_slashOperatorShares_revertsWhenNotTheAllocationManager() public {
        vm.prank(stranger);
        vm.expectRevert(IDelegationManagerErrors.OnlyAllocationManager.selector);
        delegations.slashOperatorShares(operator, strategy, WAD, 0.5e18);
    }

    /* WHAT THERE IS NOT */

    function test_redistribution_hasNoFunctions() public {
        vm.prank(avs);
        vm.expectRevert(bytes(""));
        IRedistributionAllocationManager(address(allocationManager))
            .createRedistributingOperatorSets(avs, _setParams(7, _strategies(strategy)), _addresses(recipient));
        vm.expectRevert(bytes(""));
        allocationManager.getSlashCount(operatorSet);
        vm.expectRevert(bytes(""));
        allocationManager.getRedistributionRecipient(operatorSet);
        vm.expectRevert(bytes(""));
        strategyManager.clearBurnOrRedistributableShares(operatorSet, 1);
    }

    /* HELPERS */

    /// @dev The other operator has no shares, and gave all of the second strategy.
    function _becomeAllocated() private {
        _join(otherOperator, operatorSet);
        _allocate(otherOperator, operatorSet, secondStrategy, WAD);
        _pass(ALLOCATION_DELAY);
    }

    function _mismatched() private view returns (IAllocationManagerTypes.SlashingParams memory params) {
        params = _slashParams(operator, 1, strategy, WAD);
        params.wadsToSlash = new uint256[](0);
    }
}
