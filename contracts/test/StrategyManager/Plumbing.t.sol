// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IStrategy} from "../../src/interfaces/IStrategy.sol";
import {IStrategyManagerErrors, IStrategyManagerEvents} from "../../src/interfaces/IStrategyManager.sol";
import {Scene} from "../utils/Scene.sol";
import {vm} from "../utils/Vm.sol";
import {IRedistributionStrategyManager} from "../../src/redistribution/interfaces/IRedistributionStrategyManager.sol";

/// @notice What only the delegation manager may call.
contract StrategyManagerPlumbingTest is Scene {
    /* ADDING */

    function test_addShares_credits() public {
        vm.recordLogs();
        vm.expectEmit(address(strategyManager));
        emit IStrategyManagerEvents.Deposit(staker, strategy, 10e18);
        (uint256 prevDepositShares, uint256 addedShares) = _addShares(staker, strategy, 10e18);
        vm.assertEq(_emitted(), 1);
        vm.assertEq(prevDepositShares, 0);
        vm.assertEq(addedShares, 10e18);
        vm.assertEq(_depositShares(staker, strategy), 10e18);

        (prevDepositShares, addedShares) = _addShares(staker, strategy, 1e18);
        vm.assertEq(prevDepositShares, 10e18);
        vm.assertEq(addedShares, 1e18);
        vm.assertEq(strategyManager.stakerStrategyListLength(staker), 1);
    }

    function test_addShares_revertsWhenNobody() public {
        vm.expectRevert(IStrategyManagerErrors.StakerAddressZero.selector);
        _addShares(address(0), strategy, 10e18);
    }

    function test_addShares_revertsWhenNothing() public {
        vm.expectRevert(IStrategyManagerErrors.SharesAmountZero.selector);
        _addShares(staker, strategy, 0);
    }

    function test_addShares_checksTheStakerBeforeTheAmount() public {
        vm.expectRevert(IStrategyManagerErrors.StakerAddressZero.selector);
        _addShares(address(0), strategy, 0);
    }

    function test_addShares_revertsWithA33rdStrategy() public {
        for (uint160 i = 1; i <= 32; ++i) {
            _addShares(staker, IStrategy(address(i)), 1);
        }
        vm.expectRevert(IStrategyManagerErrors.MaxStrategiesExceeded.selector);
        _addShares(staker, strategy, 1);
        _addShares(staker, IStrategy(address(1)), 1);
        vm.assertEq(strategyManager.stakerStrategyListLength(staker), 32);
    }

    function test_addShares_checksTheAmountBeforeTheLimit() public {
        for (uint160 i = 1; i <= 32; ++i) {
            _addShares(staker, IStrategy(address(i)), 1);
        }
        vm.expectRevert(IStrategyManagerErrors.SharesAmountZero.selector);
        _addShares(staker, strategy, 0);
    }

    function test_addShares_revertsWhenNotTheDelegationManager() public {
        vm.prank(stranger);
        vm.expectRevert(IStrategyManagerErrors.OnlyDelegationManager.selector);
        strategyManager.addShares(staker, strategy, 10e18);
    }

    /* REMOVING */

    function test_removeDepositShares_takes() public {
        _addShares(staker, strategy, 10e18);
        vm.assertEq(_removeShares(staker, strategy, 4e18), 6e18);
        vm.assertEq(_depositShares(staker, strategy), 6e18);
        vm.assertEq(strategyManager.stakerStrategyListLength(staker), 1);
    }

    function test_removeDepositShares_ofEverythingEndsTheListing() public {
        _addShares(staker, strategy, 10e18);
        _addShares(staker, secondStrategy, 1e18);
        _addShares(staker, thirdStrategy, 1e18);
        vm.assertEq(_removeShares(staker, strategy, 10e18), 0);
        // The last one took the place of the first.
        _assertStrategies(strategyManager.getStakerStrategyList(staker), _strategies(thirdStrategy, secondStrategy));
    }

    function test_removeDepositShares_revertsWhenNothing() public {
        _addShares(staker, strategy, 10e18);
        vm.expectRevert(IStrategyManagerErrors.SharesAmountZero.selector);
        _removeShares(staker, strategy, 0);
    }

    function test_removeDepositShares_revertsWhenTooMany() public {
        _addShares(staker, strategy, 10e18);
        vm.expectRevert(IStrategyManagerErrors.SharesAmountTooHigh.selector);
        _removeShares(staker, strategy, 10e18 + 1);
    }

    /// @dev Cannot happen. Slot 206 holds the lists.
    function test_removeDepositShares_revertsWhenTheStrategyIsNotListed() public {
        _addShares(staker, strategy, 10e18);
        vm.store(address(strategyManager), keccak256(abi.encode(staker, 206)), 0);
        vm.expectRevert(IStrategyManagerErrors.StrategyNotFound.selector);
        _removeShares(staker, strategy, 10e18);
    }

    function test_removeDepositShares_revertsWhenNotTheDelegationManager() public {
        vm.prank(stranger);
        vm.expectRevert(IStrategyManagerErrors.OnlyDelegationManager.selector);
        strategyManager.removeDepositShares(staker, strategy, 1);
    }

    /* PAYING */

    function test_withdrawSharesAsTokens_pays() public {
        _deposit(staker, strategy, 10e18);
        vm.prank(address(delegationManager));
        strategyManager.withdrawSharesAsTokens(otherStaker, strategy, token, 4e18);
        vm.assertEq(token.balanceOf(otherStaker), 4e18);
        vm.assertEq(strategy.totalShares(), 6e18);
        // The shares left the staker when they entered the queue.
        vm.assertEq(_depositShares(staker, strategy), 10e18);
    }

    function test_withdrawSharesAsTokens_revertsWhenNotTheDelegationManager() public {
        vm.prank(stranger);
        vm.expectRevert(IStrategyManagerErrors.OnlyDelegationManager.selector);
        strategyManager.withdrawSharesAsTokens(staker, strategy, token, 1);
    }

    /* BOOKING SLASHES */

    function test_increase_books() public {
        vm.recordLogs();
        vm.expectEmit(address(strategyManager));
        emit IRedistributionStrategyManager.BurnOrRedistributableSharesIncreased(operatorSet, 4, strategy, 10e18);
        _book(4, strategy, 10e18);
        vm.assertEq(_emitted(), 1);
        vm.assertEq(_slashedShares(operatorSet, 4, strategy), 10e18);
        vm.assertEq(_slashedShares(operatorSet, 3, strategy), 0);
        vm.assertEq(_slashedShares(otherSet, 4, strategy), 0);
        vm.assertEq(strategyManager.getPendingSlashIds(operatorSet), _amounts(4));
        _assertSets(strategyManager.getPendingOperatorSets(), operatorSet);
    }

    function test_increase_booksManyStrategiesInOneSlash() public {
        _book(4, strategy, 10e18);
        _book(4, secondStrategy, 1e18);
        (IStrategy[] memory list, uint256[] memory shares) =
            strategyManager.getBurnOrRedistributableShares(operatorSet, 4);
        _assertStrategies(list, _strategies(strategy, secondStrategy));
        vm.assertEq(shares, _amounts(10e18, 1e18));
        vm.assertEq(strategyManager.getPendingSlashIds(operatorSet), _amounts(4));
        vm.assertEq(strategyManager.getBurnOrRedistributableCount(operatorSet, 4), 2);
    }

    function test_increase_booksNothingAsAnEntry() public {
        _book(4, strategy, 0);
        vm.assertEq(strategyManager.getBurnOrRedistributableCount(operatorSet, 4), 1);
        vm.assertEq(strategyManager.getPendingSlashIds(operatorSet), _amounts(4));
    }

    function test_increase_revertsWhenTheStrategyIsBooked() public {
        _book(4, strategy, 0);
        vm.expectRevert(IRedistributionStrategyManager.StrategyAlreadyInSlash.selector);
        _book(4, strategy, 1e18);
    }

    function test_increase_revertsWhenNotTheDelegationManager() public {
        vm.prank(address(allocationManager));
        vm.expectRevert(IStrategyManagerErrors.OnlyDelegationManager.selector);
        strategyManager.increaseBurnOrRedistributableShares(operatorSet, 4, strategy, 10e18);
    }

    /* PAUSE */

    function test_plumbing_heedsNoPause() public {
        _deposit(staker, strategy, 10e18);
        vm.prank(pauser);
        strategyManager.pauseAll();
        _addShares(staker, strategy, 3e18);
        vm.assertEq(_removeShares(staker, strategy, 1e18), 12e18);
        _book(4, strategy, 2e18);
        vm.prank(address(delegationManager));
        strategyManager.withdrawSharesAsTokens(staker, strategy, token, 1e18);
        vm.assertEq(token.balanceOf(staker), 1e18);
    }

    /* HELPERS */

    function _addShares(address who, IStrategy where, uint256 shares) private returns (uint256, uint256) {
        vm.prank(address(delegationManager));
        return strategyManager.addShares(who, where, shares);
    }

    function _removeShares(address who, IStrategy where, uint256 shares) private returns (uint256) {
        vm.prank(address(delegationManager));
        return strategyManager.removeDepositShares(who, where, shares);
    }

    function _book(uint256 slashId, IStrategy where, uint256 shares) private {
        vm.prank(address(delegationManager));
        strategyManager.increaseBurnOrRedistributableShares(operatorSet, slashId, where, shares);
    }
}
