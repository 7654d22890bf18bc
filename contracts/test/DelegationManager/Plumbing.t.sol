// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IDelegationManagerErrors, IDelegationManagerEvents} from "../../src/interfaces/IDelegationManager.sol";
import {IStrategy} from "../../src/interfaces/IStrategy.sol";
import {SlashingLib} from "../../src/libraries/SlashingLib.sol";
import {Scene} from "../utils/Scene.sol";
import {vm} from "../utils/Vm.sol";
import {IRedistributionStrategyManager} from "../../src/redistribution/interfaces/IRedistributionStrategyManager.sol";
import {IRedistributionShareManager} from "../../src/redistribution/interfaces/IRedistributionShareManager.sol";

/// @notice What only the other core contracts may call.
contract DelegationManagerPlumbingTest is Scene {
    address private _pods;

    function setUp() public override {
        super.setUp();
        _pods = address(delegationManager.eigenPodManager());
        _delegate(staker, operator);
    }

    /* INCREASING */

    function test_increase_addsToTheOperator() public {
        vm.recordLogs();
        vm.expectEmit(address(delegationManager));
        emit IDelegationManagerEvents.DepositScalingFactorUpdated(staker, strategy, 1e18);
        vm.expectEmit(address(delegationManager));
        emit IDelegationManagerEvents.OperatorSharesIncreased(operator, staker, strategy, 10e18);
        _increase(staker, 0, 10e18);
        vm.assertEq(_emitted(), 2);
        vm.assertEq(_operatorShares(operator, strategy), 10e18);
    }

    function test_increase_ofAStakerWithoutOperatorOnlyUpdatesTheFactor() public {
        vm.recordLogs();
        vm.expectEmit(address(delegationManager));
        emit IDelegationManagerEvents.DepositScalingFactorUpdated(otherStaker, strategy, 1e18);
        _increase(otherStaker, 0, 10e18);
        vm.assertEq(_emitted(), 1);
        vm.assertEq(_operatorShares(address(0), strategy), 0);
    }

    function test_increase_ofNothingIsSilent() public {
        vm.recordLogs();
        _increase(staker, 5, 0);
        vm.assertEq(_emitted(), 0);
    }

    function test_increase_byTheEigenPodManager() public {
        vm.prank(_pods);
        delegationManager.increaseDelegatedShares(staker, NATIVE_STRATEGY, 0, 32e18);
        vm.assertEq(_operatorShares(operator, NATIVE_STRATEGY), 32e18);
    }

    function test_increase_revertsWhenFullySlashed() public {
        _scar(operator, strategy, 0);
        vm.expectRevert(IDelegationManagerErrors.FullySlashed.selector);
        _increase(staker, 0, 10e18);
    }

    function test_increase_checksThatBeforeTheAmount() public {
        _scar(operator, strategy, 0);
        vm.expectRevert(IDelegationManagerErrors.FullySlashed.selector);
        _increase(staker, 0, 0);
    }

    /// @dev Each time the shares before are worth just less than one, so half of the factor is lost to rounding.
    function test_increase_revertsWhenTheScalingFactorVanishes() public {
        _scar(operator, strategy, WAD - 1);
        uint256 prevDepositShares = 1;
        for (uint256 i = 0; i < 59; ++i) {
            _increase(staker, prevDepositShares, 1);
            prevDepositShares = 2 * prevDepositShares + 1;
        }
        vm.assertEq(_scalingFactor(staker, strategy), 1);
        vm.expectRevert(SlashingLib.InvalidDepositScalingFactor.selector);
        _increase(staker, prevDepositShares, 1);
    }

    function test_increase_revertsWhenNotAShareManager() public {
        vm.prank(stranger);
        vm.expectRevert(IDelegationManagerErrors.OnlyStrategyManagerOrEigenPodManager.selector);
        delegationManager.increaseDelegatedShares(staker, strategy, 0, 10e18);
        vm.prank(address(allocationManager));
        vm.expectRevert(IDelegationManagerErrors.OnlyStrategyManagerOrEigenPodManager.selector);
        delegationManager.increaseDelegatedShares(staker, strategy, 0, 10e18);
    }

    /* DECREASING */

    function test_decrease_takesWhatTheBeaconChainTook() public {
        vm.prank(_pods);
        delegationManager.increaseDelegatedShares(staker, NATIVE_STRATEGY, 0, 32e18);
        vm.recordLogs();
        vm.expectEmit(address(delegationManager));
        emit IDelegationManagerEvents.OperatorSharesDecreased(operator, staker, NATIVE_STRATEGY, 8e18);
        _decrease(staker, 32e18, 0.25e18);
        vm.assertEq(_emitted(), 1);
        vm.assertEq(_operatorShares(operator, NATIVE_STRATEGY), 24e18);
    }

    function test_decrease_ofASlashedOperatorTakesSoMuchLess() public {
        vm.prank(_pods);
        delegationManager.increaseDelegatedShares(staker, NATIVE_STRATEGY, 0, 32e18);
        vm.mockCall(
            _pods, abi.encodeWithSelector(IRedistributionShareManager.increaseBurnOrRedistributableShares.selector), ""
        );
        _addStrategy(otherSet, NATIVE_STRATEGY);
        _scar(operator, NATIVE_STRATEGY, 0.5e18);
        vm.assertEq(_operatorShares(operator, NATIVE_STRATEGY), 16e18);
        _decrease(staker, 32e18, 0.25e18);
        vm.assertEq(_operatorShares(operator, NATIVE_STRATEGY), 12e18);
    }

    function test_decrease_roundsDown() public {
        vm.prank(_pods);
        delegationManager.increaseDelegatedShares(staker, NATIVE_STRATEGY, 0, 10);
        _decrease(staker, 7, 0.5e18);
        vm.assertEq(_operatorShares(operator, NATIVE_STRATEGY), 7);
    }

    function test_decrease_ofAStakerWithoutOperatorIsSilent() public {
        vm.recordLogs();
        _decrease(otherStaker, 32e18, 0.25e18);
        vm.assertEq(_emitted(), 0);
    }

    function test_decrease_panicsWhenTheOperatorHasLess() public {
        _expectPanic(PANIC_ARITHMETIC);
        _decrease(staker, 32e18, 0.25e18);
    }

    function test_decrease_revertsWhenNotTheEigenPodManager() public {
        vm.prank(stranger);
        vm.expectRevert(IDelegationManagerErrors.OnlyEigenPodManager.selector);
        delegationManager.decreaseDelegatedShares(staker, 32e18, 0.25e18);
        vm.prank(address(strategyManager));
        vm.expectRevert(IDelegationManagerErrors.OnlyEigenPodManager.selector);
        delegationManager.decreaseDelegatedShares(staker, 32e18, 0.25e18);
    }

    /* SLASHING */

    function test_slashOperatorShares_takesAndBooks() public {
        _deposit(staker, strategy, 150e18);
        vm.recordLogs();
        vm.expectEmit(address(delegationManager));
        emit IDelegationManagerEvents.OperatorSharesDecreased(operator, address(0), strategy, 37.5e18);
        vm.expectEmit(address(delegationManager));
        emit IDelegationManagerEvents.OperatorSharesSlashed(operator, strategy, 37.5e18);
        vm.expectEmit(address(strategyManager));
        emit IRedistributionStrategyManager.BurnOrRedistributableSharesIncreased(operatorSet, 9, strategy, 37.5e18);
        vm.assertEq(_slashShares(9, strategy, WAD, 0.75e18), 37.5e18);
        vm.assertEq(_emitted(), 3);
        vm.assertEq(_operatorShares(operator, strategy), 112.5e18);
        vm.assertEq(_slashedShares(operatorSet, 9, strategy), 37.5e18);
    }

    function test_slashOperatorShares_takesFromTheQueueByTheDifferenceOfMagnitudes() public {
        _deposit(staker, strategy, 3);
        _queue(staker, strategy, 3);
        // 3 * (0.5 - 0.16) = 1.02
        vm.assertEq(_slashShares(9, strategy, 0.5e18, 0.16e18), 1);
    }

    function test_slashOperatorShares_ofNothingIsBooked() public {
        vm.assertEq(_slashShares(9, strategy, WAD, 0.75e18), 0);
        vm.assertEq(strategyManager.getBurnOrRedistributableCount(operatorSet, 9), 1);
    }

    function test_slashOperatorShares_ofNativeEthIsBookedWithTheEigenPodManager() public {
        vm.prank(_pods);
        delegationManager.increaseDelegatedShares(staker, NATIVE_STRATEGY, 0, 32e18);
        bytes memory booking = abi.encodeCall(
            IRedistributionShareManager.increaseBurnOrRedistributableShares, (operatorSet, 9, NATIVE_STRATEGY, 8e18)
        );
        vm.mockCall(_pods, booking, "");
        vm.expectCall(_pods, booking);
        vm.assertEq(_slashShares(9, NATIVE_STRATEGY, WAD, 0.75e18), 8e18);
        vm.assertEq(strategyManager.getBurnOrRedistributableCount(operatorSet, 9), 0);
    }

    function test_slashOperatorShares_panicsOnAChainYoungerThanTheQueue() public {
        vm.roll(WITHDRAWAL_DELAY);
        vm.prank(address(allocationManager));
        _expectPanic(PANIC_ARITHMETIC);
        delegationManager.slashOperatorShares(operator, operatorSet, 9, strategy, WAD, 0.75e18);
        vm.roll(WITHDRAWAL_DELAY + 1);
        vm.assertEq(_slashShares(9, strategy, WAD, 0.75e18), 0);
    }

    function test_slashOperatorShares_panicsWhenNothingWasLeft() public {
        vm.prank(address(allocationManager));
        _expectPanic(PANIC_DIVISION);
        delegationManager.slashOperatorShares(operator, operatorSet, 9, strategy, 0, 0);
    }

    function test_slashOperatorShares_revertsWhenNotTheAllocationManager() public {
        vm.prank(stranger);
        vm.expectRevert(IDelegationManagerErrors.OnlyAllocationManager.selector);
        delegationManager.slashOperatorShares(operator, operatorSet, 9, strategy, WAD, 0.75e18);
        vm.prank(address(strategyManager));
        vm.expectRevert(IDelegationManagerErrors.OnlyAllocationManager.selector);
        delegationManager.slashOperatorShares(operator, operatorSet, 9, strategy, WAD, 0.75e18);
    }

    /* PAUSE */

    function test_plumbing_heedsNoPause() public {
        vm.prank(pauser);
        delegationManager.pauseAll();
        _increase(staker, 0, 10e18);
        vm.assertEq(_slashShares(9, strategy, WAD, 0.5e18), 5e18);
        vm.prank(_pods);
        delegationManager.increaseDelegatedShares(staker, NATIVE_STRATEGY, 0, 32e18);
        _decrease(staker, 32e18, 0.25e18);
        vm.assertEq(_operatorShares(operator, NATIVE_STRATEGY), 24e18);
    }

    /* HELPERS */

    function _increase(address who, uint256 prevDepositShares, uint256 addedShares) private {
        vm.prank(address(strategyManager));
        delegationManager.increaseDelegatedShares(who, strategy, prevDepositShares, addedShares);
    }

    function _decrease(address who, uint256 depositShares, uint64 factorDecrease) private {
        vm.prank(_pods);
        delegationManager.decreaseDelegatedShares(who, depositShares, factorDecrease);
    }

    function _slashShares(uint256 slashId, IStrategy where, uint64 prevMaxMagnitude, uint64 newMaxMagnitude)
        private
        returns (uint256)
    {
        vm.prank(address(allocationManager));
        return
            delegationManager.slashOperatorShares(
                operator, operatorSet, slashId, where, prevMaxMagnitude, newMaxMagnitude
            );
    }
}
