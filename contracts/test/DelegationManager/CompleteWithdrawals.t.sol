// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {
    IDelegationManagerErrors,
    IDelegationManagerEvents,
    IDelegationManagerTypes
} from "../../src/interfaces/IDelegationManager.sol";
import {IPausable} from "../../src/interfaces/IPausable.sol";
import {IStrategy} from "../../src/interfaces/IStrategy.sol";
import {IStrategyManagerErrors, IStrategyManagerEvents} from "../../src/interfaces/IStrategyManager.sol";
import {StrategyBase} from "../../src/redistribution/StrategyBase.sol";
import {Scene} from "../utils/Scene.sol";
import {vm} from "../utils/Vm.sol";

contract CompleteWithdrawalsTest is Scene {
    /// @dev The staker has 100 shares, delegated to the operator, which gave half of its magnitude to the set.
    function setUp() public override {
        super.setUp();
        _deposit(staker, strategy, 100e18);
        _deposit(staker, secondStrategy, 5e18);
        _delegate(staker, operator);
        _join(operator, operatorSet);
        _allocate(operator, operatorSet, strategy, 0.5e18);
        _pass(ALLOCATION_DELAY);
    }

    /* AS TOKENS */

    function test_complete_asTokensPaysTheStaker() public {
        IDelegationManagerTypes.Withdrawal memory queued = _queue(staker, strategy, 30e18);
        _pass(WITHDRAWAL_DELAY + 1);
        _complete(queued, true);
        vm.assertEq(token.balanceOf(staker), 30e18);
        vm.assertEq(token.balanceOf(address(strategy)), 70e18);
        vm.assertEq(strategy.totalShares(), 70e18);
        vm.assertEq(_depositShares(staker, strategy), 70e18);
        vm.assertEq(_operatorShares(operator, strategy), 70e18);
    }

    function test_complete_forgetsTheWithdrawal() public {
        IDelegationManagerTypes.Withdrawal memory queued = _queue(staker, strategy, 30e18);
        bytes32 root = keccak256(abi.encode(queued));
        _pass(WITHDRAWAL_DELAY + 1);
        _complete(queued, true);
        vm.assertFalse(delegationManager.pendingWithdrawals(root));
        vm.assertEq(delegationManager.getQueuedWithdrawalRoots(staker).length, 0);
        vm.assertEq(delegationManager.queuedWithdrawals(root).staker, address(0));
        vm.assertEq(delegationManager.queuedWithdrawals(root).strategies.length, 0);
        // The nonce is not given back.
        vm.assertEq(delegationManager.cumulativeWithdrawalsQueued(staker), 1);
    }

    function test_complete_asTokensEmitsInOrder() public {
        IDelegationManagerTypes.Withdrawal memory queued = _queue(staker, strategy, 30e18);
        _pass(WITHDRAWAL_DELAY + 1);
        vm.recordLogs();
        vm.expectEmit(address(delegationManager));
        emit IDelegationManagerEvents.SlashingWithdrawalCompleted(keccak256(abi.encode(queued)));
        vm.expectEmit(address(token));
        emit IERC20.Transfer(address(strategy), staker, 30e18);
        _complete(queued, true);
        // And the exchange rate of the strategy.
        vm.assertEq(_emitted(), 3);
    }

    function test_complete_asTokensRevertsWithAnotherToken() public {
        IDelegationManagerTypes.Withdrawal memory queued = _queue(staker, strategy, 30e18);
        _pass(WITHDRAWAL_DELAY + 1);
        IERC20[] memory wrong = new IERC20[](1);
        wrong[0] = secondToken;
        vm.prank(staker);
        vm.expectRevert(IStrategy.OnlyUnderlyingToken.selector);
        delegationManager.completeQueuedWithdrawal(queued, wrong, true);
    }

    /* AS SHARES */

    function test_complete_asSharesGivesThemBack() public {
        IDelegationManagerTypes.Withdrawal memory queued = _queue(staker, strategy, 100e18);
        _pass(WITHDRAWAL_DELAY + 1);
        vm.recordLogs();
        vm.expectEmit(address(delegationManager));
        emit IDelegationManagerEvents.SlashingWithdrawalCompleted(keccak256(abi.encode(queued)));
        vm.expectEmit(address(strategyManager));
        emit IStrategyManagerEvents.Deposit(staker, strategy, 100e18);
        vm.expectEmit(address(delegationManager));
        emit IDelegationManagerEvents.DepositScalingFactorUpdated(staker, strategy, 1e18);
        vm.expectEmit(address(delegationManager));
        emit IDelegationManagerEvents.OperatorSharesIncreased(operator, staker, strategy, 100e18);
        _complete(queued, false);
        vm.assertEq(_emitted(), 4);
        vm.assertEq(_depositShares(staker, strategy), 100e18);
        vm.assertEq(_operatorShares(operator, strategy), 100e18);
        vm.assertEq(token.balanceOf(staker), 0);
    }

    function test_complete_asSharesIgnoresTheToken() public {
        IDelegationManagerTypes.Withdrawal memory queued = _queue(staker, strategy, 30e18);
        _pass(WITHDRAWAL_DELAY + 1);
        vm.prank(staker);
        delegationManager.completeQueuedWithdrawal(queued, new IERC20[](1), false);
        vm.assertEq(_depositShares(staker, strategy), 100e18);
    }

    function test_complete_asSharesOfTheSlashedOperatorKeepsTheValue() public {
        IDelegationManagerTypes.Withdrawal memory queued = _queue(staker, strategy, 40e18);
        _slash(operator, operatorSet, strategy, 0.5e18);
        _pass(WITHDRAWAL_DELAY + 1);
        _complete(queued, false);
        // 60 shares worth 45, plus 30.
        vm.assertEq(_depositShares(staker, strategy), 90e18);
        vm.assertEq(_operatorShares(operator, strategy), 75e18);
        // 75/90 is rounded down to 0.8333, divided by 0.75 and rounded down to 1.1111.
        vm.assertEq(_scalingFactor(staker, strategy), 1111111111111111110);
        vm.assertEq(_withdrawable(staker, strategy), 74999999999999999925);
    }

    function test_complete_asSharesWithoutOperator() public {
        _undelegate(staker);
        IDelegationManagerTypes.Withdrawal memory queued = _first(staker);
        _pass(WITHDRAWAL_DELAY + 1);
        vm.recordLogs();
        _complete(queued, false);
        vm.assertEq(_emitted(), 3);
        vm.assertEq(_depositShares(staker, strategy), 100e18);
        vm.assertEq(_operatorShares(operator, strategy), 0);
    }

    function test_complete_asSharesGoesToTheNewOperator() public {
        _scar(otherOperator, strategy, 0.5e18);
        vm.prank(staker);
        delegationManager.redelegate(otherOperator, _noSignature(), 0);
        IDelegationManagerTypes.Withdrawal memory queued = _first(staker);
        _pass(WITHDRAWAL_DELAY + 1);
        _complete(queued, false);
        vm.assertEq(_operatorShares(otherOperator, strategy), 100e18);
        vm.assertEq(_scalingFactor(staker, strategy), 2e18);
        vm.assertEq(_withdrawable(staker, strategy), 100e18);
    }

    function test_complete_asSharesOfAStrategyNoLongerWhitelisted() public {
        IDelegationManagerTypes.Withdrawal memory queued = _queue(staker, strategy, 30e18);
        vm.prank(whitelister);
        strategyManager.removeStrategiesFromDepositWhitelist(_strategies(strategy));
        _pass(WITHDRAWAL_DELAY + 1);
        _complete(queued, false);
        vm.assertEq(_depositShares(staker, strategy), 100e18);
    }

    function test_complete_asSharesRevertsWhenTheOperatorIsFullySlashed() public {
        IDelegationManagerTypes.Withdrawal memory queued = _queue(staker, strategy, 30e18);
        _pass(WITHDRAWAL_DELAY + 1);
        _slash(operator, operatorSet, strategy, WAD);
        _scar(operator, strategy, 0);
        vm.expectRevert(IDelegationManagerErrors.FullySlashed.selector);
        _complete(queued, false);
        _complete(queued, true);
        vm.assertEq(token.balanceOf(staker), 30e18);
    }

    function test_complete_asSharesRevertsWhenTheStakerHasTooManyStrategies() public {
        IDelegationManagerTypes.Withdrawal memory queued = _queue(staker, strategy, 100e18);
        // The second strategy is still there.
        for (uint256 i = 0; i < 31; ++i) {
            StrategyBase another = _newStrategy(token);
            token.mint(staker, 1e18);
            vm.prank(staker);
            token.approve(address(strategyManager), 1e18);
            vm.prank(staker);
            strategyManager.depositIntoStrategy(another, token, 1e18);
        }
        vm.assertEq(strategyManager.stakerStrategyListLength(staker), 32);
        _pass(WITHDRAWAL_DELAY + 1);
        vm.expectRevert(IStrategyManagerErrors.MaxStrategiesExceeded.selector);
        _complete(queued, false);
        _complete(queued, true);
        vm.assertEq(token.balanceOf(staker), 100e18);
    }

    /* THE DELAY */

    function test_complete_revertsInTheLastSlashableBlock() public {
        IDelegationManagerTypes.Withdrawal memory queued = _queue(staker, strategy, 30e18);
        _pass(WITHDRAWAL_DELAY);
        vm.expectRevert(IDelegationManagerErrors.WithdrawalDelayNotElapsed.selector);
        _complete(queued, true);
    }

    function test_complete_ofUndelegatedStakersWaitsToo() public {
        _deposit(otherStaker, strategy, 10e18);
        IDelegationManagerTypes.Withdrawal memory queued = _queue(otherStaker, strategy, 10e18);
        _pass(WITHDRAWAL_DELAY);
        vm.expectRevert(IDelegationManagerErrors.WithdrawalDelayNotElapsed.selector);
        _complete(queued, true);
        _pass(1);
        _complete(queued, true);
        vm.assertEq(token.balanceOf(otherStaker), 10e18);
    }

    /* SLASHES ON THE WAY */

    function test_complete_paysLessAfterASlashBeforeQueueing() public {
        _slash(operator, operatorSet, strategy, 0.5e18);
        IDelegationManagerTypes.Withdrawal memory queued = _queue(staker, strategy, 40e18);
        _pass(WITHDRAWAL_DELAY + 1);
        _complete(queued, true);
        vm.assertEq(token.balanceOf(staker), 30e18);
    }

    function test_complete_paysLessAfterASlashInTheBlockOfQueueing() public {
        IDelegationManagerTypes.Withdrawal memory queued = _queue(staker, strategy, 40e18);
        _slash(operator, operatorSet, strategy, 0.5e18);
        _pass(WITHDRAWAL_DELAY + 1);
        _complete(queued, true);
        vm.assertEq(token.balanceOf(staker), 30e18);
    }

    function test_complete_paysLessAfterASlashInTheLastSlashableBlock() public {
        IDelegationManagerTypes.Withdrawal memory queued = _queue(staker, strategy, 40e18);
        _pass(WITHDRAWAL_DELAY);
        _slash(operator, operatorSet, strategy, 0.5e18);
        _pass(1);
        _complete(queued, true);
        vm.assertEq(token.balanceOf(staker), 30e18);
    }

    function test_complete_paysInFullAfterASlashABlockLater() public {
        IDelegationManagerTypes.Withdrawal memory queued = _queue(staker, strategy, 40e18);
        _pass(WITHDRAWAL_DELAY + 1);
        _slash(operator, operatorSet, strategy, 0.5e18);
        _complete(queued, true);
        vm.assertEq(token.balanceOf(staker), 40e18);
    }

    function test_complete_paysInFullBeforeASlashOfTheSameBlock() public {
        IDelegationManagerTypes.Withdrawal memory queued = _queue(staker, strategy, 40e18);
        _pass(WITHDRAWAL_DELAY + 1);
        _complete(queued, true);
        _slash(operator, operatorSet, strategy, 0.5e18);
        vm.assertEq(token.balanceOf(staker), 40e18);
        vm.assertEq(_slashedShares(operatorSet, 1, strategy), 15e18);
    }

    function test_complete_paysLessAfterASlashOfTheOperatorLeftByThen() public {
        _undelegate(staker);
        IDelegationManagerTypes.Withdrawal memory queued = _first(staker);
        _delegate(staker, otherOperator);
        _slash(operator, operatorSet, strategy, 0.5e18);
        _pass(WITHDRAWAL_DELAY + 1);
        _complete(queued, true);
        vm.assertEq(token.balanceOf(staker), 75e18);
    }

    function test_complete_roundsDown() public {
        IDelegationManagerTypes.Withdrawal memory queued = _queue(staker, strategy, 7);
        _slash(operator, operatorSet, strategy, 0.5e18);
        _pass(WITHDRAWAL_DELAY + 1);
        _complete(queued, true);
        vm.assertEq(token.balanceOf(staker), 5);
    }

    function test_complete_ofNothingCallsNobody() public {
        IDelegationManagerTypes.Withdrawal memory queued = _queue(staker, strategy, 1);
        _slash(operator, operatorSet, strategy, 0.5e18);
        _pause(strategy, 1);
        _pass(WITHDRAWAL_DELAY + 1);
        vm.recordLogs();
        _complete(queued, true);
        vm.assertEq(_emitted(), 1);
    }

    function test_complete_ofNothingAsSharesOfAFullySlashedOperator() public {
        IDelegationManagerTypes.Withdrawal memory queued = _queue(staker, strategy, 30e18);
        _slash(operator, operatorSet, strategy, WAD);
        _scar(operator, strategy, 0);
        _pass(WITHDRAWAL_DELAY + 1);
        vm.recordLogs();
        _complete(queued, false);
        vm.assertEq(_emitted(), 1);
        vm.assertEq(_depositShares(staker, strategy), 70e18);
    }

    /* ALL OR NOTHING */

    function test_complete_revertsWhenOneOfItsStrategiesDoesNotPay() public {
        vm.prank(staker);
        delegationManager.queueWithdrawals(_queueParams(_strategies(strategy, secondStrategy), _amounts(30e18, 1e18)));
        IDelegationManagerTypes.Withdrawal memory queued = _first(staker);
        _pass(WITHDRAWAL_DELAY + 1);
        _pause(secondStrategy, 1);
        vm.expectRevert(IPausable.CurrentlyPaused.selector);
        _complete(queued, true);
        vm.assertEq(token.balanceOf(staker), 0);
        _complete(queued, false);
        vm.assertEq(_depositShares(staker, strategy), 100e18);
        vm.assertEq(_depositShares(staker, secondStrategy), 5e18);
    }

    /* MANY */

    function test_completeMany() public {
        IDelegationManagerTypes.Withdrawal[] memory queued = _queueTwo();
        _pass(WITHDRAWAL_DELAY + 1);
        bool[] memory asTokens = new bool[](2);
        asTokens[0] = true;
        vm.prank(staker);
        delegationManager.completeQueuedWithdrawals(queued, _tokensOfTwo(), asTokens);
        vm.assertEq(token.balanceOf(staker), 30e18);
        vm.assertEq(secondToken.balanceOf(staker), 0);
        vm.assertEq(_depositShares(staker, secondStrategy), 5e18);
        vm.assertEq(delegationManager.getQueuedWithdrawalRoots(staker).length, 0);
    }

    function test_completeMany_revertsWhenOneIsEarly() public {
        IDelegationManagerTypes.Withdrawal[] memory queued = new IDelegationManagerTypes.Withdrawal[](2);
        queued[0] = _queue(staker, strategy, 30e18);
        _pass(1);
        queued[1] = _queue(staker, secondStrategy, 1e18);
        _pass(WITHDRAWAL_DELAY);
        vm.prank(staker);
        vm.expectRevert(IDelegationManagerErrors.WithdrawalDelayNotElapsed.selector);
        delegationManager.completeQueuedWithdrawals(queued, _tokensOfTwo(), new bool[](2));
    }

    function test_completeMany_panicsWithTooFewTokenLists() public {
        IDelegationManagerTypes.Withdrawal[] memory queued = _queueTwo();
        _pass(WITHDRAWAL_DELAY + 1);
        IERC20[][] memory one = new IERC20[][](1);
        one[0] = _tokensOf(_strategies(strategy));
        vm.prank(staker);
        _expectPanic(PANIC_INDEX);
        delegationManager.completeQueuedWithdrawals(queued, one, new bool[](2));
    }

    function test_completeMany_panicsWithTooFewFlags() public {
        IDelegationManagerTypes.Withdrawal[] memory queued = _queueTwo();
        _pass(WITHDRAWAL_DELAY + 1);
        vm.prank(staker);
        _expectPanic(PANIC_INDEX);
        delegationManager.completeQueuedWithdrawals(queued, _tokensOfTwo(), new bool[](1));
    }

    function test_completeMany_revertsWhenPaused() public {
        _pause(delegationManager, 2);
        vm.prank(staker);
        vm.expectRevert(IPausable.CurrentlyPaused.selector);
        delegationManager.completeQueuedWithdrawals(
            new IDelegationManagerTypes.Withdrawal[](0), new IERC20[][](0), new bool[](0)
        );
    }

    /* ERRORS */

    function test_complete_revertsWhenLengthsDiffer() public {
        IDelegationManagerTypes.Withdrawal memory queued = _queue(staker, strategy, 30e18);
        _pass(WITHDRAWAL_DELAY + 1);
        vm.prank(staker);
        vm.expectRevert(IDelegationManagerErrors.InputArrayLengthMismatch.selector);
        delegationManager.completeQueuedWithdrawal(queued, new IERC20[](2), false);
    }

    function test_complete_revertsWhenNotWithdrawer() public {
        IDelegationManagerTypes.Withdrawal memory queued = _queue(staker, strategy, 30e18);
        _pass(WITHDRAWAL_DELAY + 1);
        vm.prank(stranger);
        vm.expectRevert(IDelegationManagerErrors.WithdrawerNotCaller.selector);
        delegationManager.completeQueuedWithdrawal(queued, new IERC20[](1), false);
    }

    function test_complete_revertsWhenNotWithdrawerThoughAppointed() public {
        IDelegationManagerTypes.Withdrawal memory queued = _queue(staker, strategy, 30e18);
        _appoint(staker, address(delegationManager), delegationManager.completeQueuedWithdrawal.selector);
        _pass(WITHDRAWAL_DELAY + 1);
        vm.prank(appointee);
        vm.expectRevert(IDelegationManagerErrors.WithdrawerNotCaller.selector);
        delegationManager.completeQueuedWithdrawal(queued, new IERC20[](1), false);
    }

    function test_complete_revertsWhenNotQueued() public {
        IDelegationManagerTypes.Withdrawal memory queued = _queue(staker, strategy, 30e18);
        _pass(WITHDRAWAL_DELAY + 1);
        queued.scaledShares[0] += 1;
        vm.expectRevert(IDelegationManagerErrors.WithdrawalNotQueued.selector);
        _complete(queued, true);
    }

    function test_complete_revertsTheSecondTime() public {
        IDelegationManagerTypes.Withdrawal memory queued = _queue(staker, strategy, 30e18);
        _pass(WITHDRAWAL_DELAY + 1);
        _complete(queued, true);
        vm.expectRevert(IDelegationManagerErrors.WithdrawalNotQueued.selector);
        _complete(queued, true);
    }

    function test_complete_revertsWhenPaused() public {
        IDelegationManagerTypes.Withdrawal memory queued = _queue(staker, strategy, 30e18);
        _pass(WITHDRAWAL_DELAY + 1);
        _pause(delegationManager, 2);
        vm.expectRevert(IPausable.CurrentlyPaused.selector);
        _complete(queued, true);
    }

    function test_complete_heedsNoOtherPause() public {
        IDelegationManagerTypes.Withdrawal memory queued = _queue(staker, strategy, 30e18);
        _pass(WITHDRAWAL_DELAY + 1);
        _pauseAllBut(delegationManager, 2);
        vm.prank(pauser);
        strategyManager.pauseAll();
        _complete(queued, true);
        vm.assertEq(token.balanceOf(staker), 30e18);
    }

    /* ORDER OF CHECKS */

    function test_complete_checksThePauseBeforeLengths() public {
        IDelegationManagerTypes.Withdrawal memory queued = _queue(staker, strategy, 30e18);
        _pause(delegationManager, 2);
        vm.prank(staker);
        vm.expectRevert(IPausable.CurrentlyPaused.selector);
        delegationManager.completeQueuedWithdrawal(queued, new IERC20[](2), false);
    }

    function test_complete_checksLengthsBeforeTheCaller() public {
        IDelegationManagerTypes.Withdrawal memory queued = _queue(staker, strategy, 30e18);
        vm.prank(stranger);
        vm.expectRevert(IDelegationManagerErrors.InputArrayLengthMismatch.selector);
        delegationManager.completeQueuedWithdrawal(queued, new IERC20[](2), false);
    }

    function test_complete_checksTheCallerBeforeTheQueue() public {
        IDelegationManagerTypes.Withdrawal memory queued = _queue(staker, strategy, 30e18);
        queued.nonce = 9;
        vm.prank(stranger);
        vm.expectRevert(IDelegationManagerErrors.WithdrawerNotCaller.selector);
        delegationManager.completeQueuedWithdrawal(queued, new IERC20[](1), false);
    }

    function test_complete_checksTheQueueBeforeTheDelay() public {
        IDelegationManagerTypes.Withdrawal memory queued = _queue(staker, strategy, 30e18);
        queued.nonce = 9;
        vm.expectRevert(IDelegationManagerErrors.WithdrawalNotQueued.selector);
        _complete(queued, true);
    }

    /* HELPERS */

    function _first(address who) private view returns (IDelegationManagerTypes.Withdrawal memory) {
        return delegationManager.queuedWithdrawals(delegationManager.getQueuedWithdrawalRoots(who)[0]);
    }

    function _queueTwo() private returns (IDelegationManagerTypes.Withdrawal[] memory queued) {
        queued = new IDelegationManagerTypes.Withdrawal[](2);
        queued[0] = _queue(staker, strategy, 30e18);
        queued[1] = _queue(staker, secondStrategy, 1e18);
    }

    function _tokensOfTwo() private view returns (IERC20[][] memory lists) {
        lists = new IERC20[][](2);
        lists[0] = _tokensOf(_strategies(strategy));
        lists[1] = _tokensOf(_strategies(secondStrategy));
    }
}
