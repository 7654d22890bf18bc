// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IAllocationManagerTypes} from "../../src/interfaces/IAllocationManager.sol";
import {IDelegationManagerTypes} from "../../src/interfaces/IDelegationManager.sol";
import {IPausable} from "../../src/interfaces/IPausable.sol";
import {IStrategy} from "../../src/interfaces/IStrategy.sol";
import {IStrategyManager, IStrategyManagerEvents} from "../../src/interfaces/IStrategyManager.sol";
import {OperatorSet} from "../../src/libraries/OperatorSetLib.sol";
import {StrategyBase} from "../../src/redistribution/StrategyBase.sol";
import {CallingToken} from "../utils/CallingToken.sol";
import {Scene} from "../utils/Scene.sol";
import {vm} from "../utils/Vm.sol";
import {IRedistributionStrategyManager} from "../../src/redistribution/interfaces/IRedistributionStrategyManager.sol";

contract ClearSlashesTest is Scene {
    /// @dev Set 2 of `avs`.
    OperatorSet private _redistributing;

    /// @dev The operator has 100 shares of the first strategy and 10 of the second; each set has half of its magnitude.
    function setUp() public override {
        super.setUp();
        _redistributing = _createRedistributingSet(avs, 2, _strategies(strategy, secondStrategy), recipient);
        _deposit(operator, strategy, 100e18);
        _deposit(operator, secondStrategy, 10e18);
        _join(operator, operatorSet);
        _join(operator, _redistributing);
        _allocate(operator, operatorSet, strategy, 0.5e18);
        _allocate(operator, operatorSet, secondStrategy, 0.5e18);
        _allocate(operator, _redistributing, strategy, 0.5e18);
        _pass(ALLOCATION_DELAY);
    }

    /* WHERE IT GOES */

    function test_clear_burns() public {
        _slash(operator, operatorSet, strategy, 0.5e18);
        vm.prank(stranger);
        vm.assertEq(strategyManager.clearBurnOrRedistributableShares(operatorSet, 1), _amounts(25e18));
        vm.assertEq(token.balanceOf(BURN_ADDRESS), 25e18);
        vm.assertEq(token.balanceOf(address(strategy)), 75e18);
        vm.assertEq(strategy.totalShares(), 75e18);
        vm.assertEq(token.balanceOf(stranger), 0);
    }

    function test_clear_redistributes() public {
        _slash(operator, _redistributing, strategy, 0.5e18);
        vm.prank(stranger);
        strategyManager.clearBurnOrRedistributableShares(_redistributing, 1);
        vm.assertEq(token.balanceOf(recipient), 25e18);
        vm.assertEq(token.balanceOf(BURN_ADDRESS), 0);
    }

    function test_clear_emits() public {
        _slash(operator, operatorSet, strategy, 0.5e18);
        vm.recordLogs();
        vm.expectEmit(address(strategyManager));
        emit IRedistributionStrategyManager.BurnOrRedistributableSharesDecreased(operatorSet, 1, strategy, 25e18);
        strategyManager.clearBurnOrRedistributableShares(operatorSet, 1);
        // And the exchange rate and the transfer.
        vm.assertEq(_emitted(), 3);
    }

    function test_clear_sendsTheTokens() public {
        _slash(operator, operatorSet, strategy, 0.5e18);
        vm.expectEmit(address(token));
        emit IERC20.Transfer(address(strategy), BURN_ADDRESS, 25e18);
        strategyManager.clearBurnOrRedistributableShares(operatorSet, 1);
    }

    function test_clear_paysAtTheRateOfThatTime() public {
        _slash(operator, operatorSet, strategy, 0.5e18);
        token.mint(address(strategy), 100e18);
        uint256[] memory amounts = strategyManager.clearBurnOrRedistributableShares(operatorSet, 1);
        // (200e18 + 1000) * 25e18 / (100e18 + 1000)
        vm.assertEq(amounts, _amounts(49999999999999999750));
        vm.assertEq(token.balanceOf(BURN_ADDRESS), 49999999999999999750);
    }

    function test_clear_inTheBlockOfTheSlash() public {
        _slash(operator, operatorSet, strategy, WAD);
        strategyManager.clearBurnOrRedistributableShares(operatorSet, 1);
        vm.assertEq(token.balanceOf(BURN_ADDRESS), 50e18);
    }

    function test_clear_toTheStrategyItselfIsADonation() public {
        OperatorSet memory set = _createRedistributingSet(avs, 3, _strategies(secondStrategy), address(secondStrategy));
        _join(operator, set);
        _allocate(operator, set, secondStrategy, 0.5e18);
        _pass(ALLOCATION_DELAY);
        _slash(operator, set, secondStrategy, WAD);
        strategyManager.clearBurnOrRedistributableShares(set, 1);
        vm.assertEq(secondToken.balanceOf(address(secondStrategy)), 10e18);
        vm.assertEq(secondStrategy.totalShares(), 5e18);
    }

    /* THE LISTS */

    function test_clear_entriesWaitInLists() public {
        _slash(operator, operatorSet, strategy, 0.5e18);
        _slash(operator, operatorSet, strategy, 0.5e18);
        _slash(operator, _redistributing, strategy, 0.5e18);
        vm.assertEq(strategyManager.getPendingOperatorSets().length, 2);
        vm.assertEq(strategyManager.getPendingSlashIds(operatorSet), _amounts(1, 2));
        vm.assertEq(strategyManager.getPendingSlashIds(_redistributing), _amounts(1));
        vm.assertEq(strategyManager.getBurnOrRedistributableCount(operatorSet, 2), 1);
        (IStrategy[] memory list, uint256[] memory shares) =
            strategyManager.getBurnOrRedistributableShares(operatorSet, 2);
        _assertStrategies(list, _strategies(strategy));
        vm.assertEq(shares, _amounts(12.5e18));
    }

    function test_clear_leavesTheLists() public {
        _slash(operator, operatorSet, strategy, 0.5e18);
        _slash(operator, operatorSet, strategy, 0.5e18);
        _slash(operator, _redistributing, strategy, 0.5e18);
        strategyManager.clearBurnOrRedistributableShares(operatorSet, 1);
        vm.assertEq(strategyManager.getPendingSlashIds(operatorSet), _amounts(2));
        vm.assertEq(strategyManager.getPendingOperatorSets().length, 2);

        strategyManager.clearBurnOrRedistributableShares(operatorSet, 2);
        vm.assertEq(strategyManager.getPendingSlashIds(operatorSet).length, 0);
        _assertSets(strategyManager.getPendingOperatorSets(), _redistributing);
        vm.assertEq(strategyManager.getBurnOrRedistributableCount(operatorSet, 1), 0);
        vm.assertEq(_slashedShares(operatorSet, 1, strategy), 0);
    }

    function test_clear_allStrategiesOfASlash() public {
        _slashBoth();
        uint256[] memory amounts = strategyManager.clearBurnOrRedistributableShares(operatorSet, 1);
        vm.assertEq(amounts, _amounts(25e18, 2.5e18));
        vm.assertEq(token.balanceOf(BURN_ADDRESS), 25e18);
        vm.assertEq(secondToken.balanceOf(BURN_ADDRESS), 2.5e18);
        vm.assertEq(strategyManager.getPendingOperatorSets().length, 0);
    }

    function test_clear_anEntryOfNothing() public {
        OperatorSet memory set = _createSet(avs, 3, _strategies(thirdStrategy));
        _join(operator, set);
        _allocate(operator, set, thirdStrategy, 0.5e18);
        _pass(ALLOCATION_DELAY);
        // The operator has no shares there.
        _slash(operator, set, thirdStrategy, WAD);
        vm.assertEq(strategyManager.getPendingSlashIds(set), _amounts(1));
        vm.recordLogs();
        vm.assertEq(strategyManager.clearBurnOrRedistributableShares(set, 1), _amounts(0));
        vm.assertEq(_emitted(), 0);
        vm.assertEq(strategyManager.getPendingOperatorSets().length, 0);
    }

    /* NOTHING TO CLEAR */

    function test_clear_theSecondTimeDoesNothing() public {
        _slash(operator, operatorSet, strategy, 0.5e18);
        strategyManager.clearBurnOrRedistributableShares(operatorSet, 1);
        vm.recordLogs();
        vm.assertEq(strategyManager.clearBurnOrRedistributableShares(operatorSet, 1).length, 0);
        vm.assertEq(_emitted(), 0);
        vm.assertEq(token.balanceOf(BURN_ADDRESS), 25e18);
    }

    function test_clear_whatNeverWasDoesNothing() public {
        vm.recordLogs();
        vm.assertEq(strategyManager.clearBurnOrRedistributableShares(OperatorSet(stranger, 5), 1).length, 0);
        vm.assertEq(
            strategyManager.clearBurnOrRedistributableSharesByStrategy(OperatorSet(stranger, 5), 1, strategy), 0
        );
        vm.assertEq(_emitted(), 0);
    }

    /* BY STRATEGY */

    function test_clearByStrategy_leavesTheOthers() public {
        _slashBoth();
        vm.expectEmit(address(strategyManager));
        emit IRedistributionStrategyManager.BurnOrRedistributableSharesDecreased(operatorSet, 1, secondStrategy, 2.5e18);
        vm.prank(stranger);
        vm.assertEq(strategyManager.clearBurnOrRedistributableSharesByStrategy(operatorSet, 1, secondStrategy), 2.5e18);
        vm.assertEq(secondToken.balanceOf(BURN_ADDRESS), 2.5e18);
        vm.assertEq(token.balanceOf(BURN_ADDRESS), 0);
        vm.assertEq(_slashedShares(operatorSet, 1, strategy), 25e18);
        vm.assertEq(strategyManager.getPendingSlashIds(operatorSet), _amounts(1));

        strategyManager.clearBurnOrRedistributableSharesByStrategy(operatorSet, 1, strategy);
        vm.assertEq(strategyManager.getPendingSlashIds(operatorSet).length, 0);
        vm.assertEq(strategyManager.getPendingOperatorSets().length, 0);
    }

    function test_clearByStrategy_theSecondTimeDoesNothing() public {
        _slashBoth();
        strategyManager.clearBurnOrRedistributableSharesByStrategy(operatorSet, 1, strategy);
        vm.recordLogs();
        vm.assertEq(strategyManager.clearBurnOrRedistributableSharesByStrategy(operatorSet, 1, strategy), 0);
        vm.assertEq(_emitted(), 0);
        vm.assertEq(strategyManager.getPendingSlashIds(operatorSet), _amounts(1));
    }

    function test_clearByStrategy_worksWhenAnotherStrategyIsPaused() public {
        _slashBoth();
        _pause(strategy, 1);
        vm.expectRevert(IPausable.CurrentlyPaused.selector);
        strategyManager.clearBurnOrRedistributableShares(operatorSet, 1);
        strategyManager.clearBurnOrRedistributableSharesByStrategy(operatorSet, 1, secondStrategy);
        vm.assertEq(secondToken.balanceOf(BURN_ADDRESS), 2.5e18);
        vm.assertEq(_slashedShares(operatorSet, 1, strategy), 25e18);
    }

    /* WHAT STOPS IT */

    function test_clear_heedsNoPauseOfTheManager() public {
        _slashBoth();
        vm.prank(pauser);
        strategyManager.pauseAll();
        strategyManager.clearBurnOrRedistributableSharesByStrategy(operatorSet, 1, strategy);
        strategyManager.clearBurnOrRedistributableShares(operatorSet, 1);
        vm.assertEq(token.balanceOf(BURN_ADDRESS), 25e18);
        vm.assertEq(secondToken.balanceOf(BURN_ADDRESS), 2.5e18);
    }

    function test_clear_anEntryWhoseTokenRefusesStays() public {
        (StrategyBase its, CallingToken calling) = _slashCalling();
        calling.callDuringTransfers(address(registrar), hex"deadbeef");
        vm.expectRevert(bytes("Address: low-level call failed"));
        strategyManager.clearBurnOrRedistributableShares(operatorSet, 1);
        vm.assertEq(_slashedShares(operatorSet, 1, its), 5e18);
        vm.assertEq(strategyManager.getPendingSlashIds(operatorSet), _amounts(1));
    }

    function test_clear_revertsWhenTheTokenReenters() public {
        (StrategyBase its, CallingToken calling) = _slashCalling();
        calling.callDuringTransfers(
            address(strategyManager),
            abi.encodeCall(
                IRedistributionStrategyManager.clearBurnOrRedistributableSharesByStrategy, (operatorSet, 1, its)
            )
        );
        _expectError("ReentrancyGuard: reentrant call");
        strategyManager.clearBurnOrRedistributableShares(operatorSet, 1);
    }

    /// @dev Rounding lets a slash count one share of the queue that nobody has: withdrawals are paid less than what was
    /// counted for them.
    function test_clear_revertsWhenMoreWasBookedThanThereIs() public {
        _deposit(staker, thirdStrategy, 1);
        _deposit(otherStaker, thirdStrategy, 1);
        _delegate(staker, otherOperator);
        _delegate(otherStaker, otherOperator);
        _join(otherOperator, otherSet);
        _allocate(otherOperator, otherSet, thirdStrategy, WAD);
        _pass(ALLOCATION_DELAY);

        _slash(otherOperator, otherSet, thirdStrategy, 0.5e18);
        vm.assertEq(_slashedShares(otherSet, 1, thirdStrategy), 1);
        vm.assertEq(_operatorShares(otherOperator, thirdStrategy), 1);
        IDelegationManagerTypes.Withdrawal memory first = _queue(staker, thirdStrategy, 1);
        IDelegationManagerTypes.Withdrawal memory second = _queue(otherStaker, thirdStrategy, 1);
        vm.assertEq(first.scaledShares, _amounts(1));
        vm.assertEq(second.scaledShares, _amounts(1));
        vm.assertEq(_operatorShares(otherOperator, thirdStrategy), 1);

        _slash(otherOperator, otherSet, thirdStrategy, WAD);
        vm.assertEq(_slashedShares(otherSet, 2, thirdStrategy), 2);
        strategyManager.clearBurnOrRedistributableShares(otherSet, 1);
        vm.assertEq(thirdStrategy.totalShares(), 1);
        vm.expectRevert(IStrategy.WithdrawalAmountExceedsTotalDeposits.selector);
        strategyManager.clearBurnOrRedistributableShares(otherSet, 2);
    }

    /* WHAT WAS SLASHED BEFORE REDISTRIBUTION */

    function test_burnShares_burnsWhatIsLeftFromBefore() public {
        _bookOldSlash(30e18);
        vm.assertEq(strategyManager.getBurnableShares(strategy), 30e18);
        (address[] memory list, uint256[] memory shares) = strategyManager.getStrategiesWithBurnableShares();
        vm.assertEq(list, _addresses(address(strategy)));
        vm.assertEq(shares, _amounts(30e18));

        vm.expectEmit(address(strategyManager));
        emit IStrategyManagerEvents.BurnableSharesDecreased(strategy, 30e18);
        vm.prank(stranger);
        strategyManager.burnShares(strategy);
        vm.assertEq(token.balanceOf(BURN_ADDRESS), 30e18);
        vm.assertEq(strategyManager.getBurnableShares(strategy), 0);
        (list,) = strategyManager.getStrategiesWithBurnableShares();
        vm.assertEq(list.length, 0);
    }

    function test_burnShares_ofNothingEmitsToo() public {
        vm.recordLogs();
        vm.expectEmit(address(strategyManager));
        emit IStrategyManagerEvents.BurnableSharesDecreased(strategy, 0);
        strategyManager.burnShares(strategy);
        vm.assertEq(_emitted(), 1);
    }

    function test_burnShares_leavesSlashesAlone() public {
        _slash(operator, operatorSet, strategy, 0.5e18);
        strategyManager.burnShares(strategy);
        vm.assertEq(token.balanceOf(BURN_ADDRESS), 0);
        vm.assertEq(_slashedShares(operatorSet, 1, strategy), 25e18);
    }

    function test_burnShares_heedsNoPauseOfTheManager() public {
        _bookOldSlash(30e18);
        vm.prank(pauser);
        strategyManager.pauseAll();
        strategyManager.burnShares(strategy);
        vm.assertEq(token.balanceOf(BURN_ADDRESS), 30e18);
    }

    /* HELPERS */

    function _slashBoth() private {
        vm.prank(avs);
        allocationManager.slashOperator(
            avs,
            IAllocationManagerTypes.SlashingParams(
                operator, 1, _strategies(strategy, secondStrategy), _amounts(0.5e18, 0.5e18), ""
            )
        );
    }

    /// @dev Slashes 5 of the operator's 10 shares of a strategy whose token calls.
    function _slashCalling() private returns (StrategyBase its, CallingToken calling) {
        calling = new CallingToken();
        its = _newStrategy(calling);
        calling.mint(operator, 10e18);
        vm.prank(operator);
        calling.approve(address(strategyManager), 10e18);
        vm.prank(operator);
        strategyManager.depositIntoStrategy(its, calling, 10e18);
        _addStrategy(operatorSet, its);
        _allocate(operator, operatorSet, its, WAD);
        _pass(ALLOCATION_DELAY);
        _slash(operator, operatorSet, its, 0.5e18);
    }

    /// @dev An entry of the enumerable map in slots 212 to 214, which nothing writes any more.
    function _bookOldSlash(uint256 shares) private {
        bytes32 entry = bytes32(uint256(uint160(address(strategy))));
        vm.store(address(strategyManager), bytes32(uint256(212)), bytes32(uint256(1)));
        vm.store(address(strategyManager), keccak256(abi.encode(212)), entry);
        vm.store(address(strategyManager), keccak256(abi.encode(entry, 213)), bytes32(uint256(1)));
        vm.store(address(strategyManager), keccak256(abi.encode(entry, 214)), bytes32(shares));
    }
}
