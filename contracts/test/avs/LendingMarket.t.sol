// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {LendingMarket} from "../../avs/LendingMarket.sol";
import {RedistributionAVS} from "../../avs/RedistributionAVS.sol";
import {vm} from "../utils/Vm.sol";
import {bound} from "../utils/Bound.sol";
import {ExampleScene} from "./ExampleScene.sol";

contract LendingMarketTest is ExampleScene {
    uint256 private constant TERM = 30;
    /// @dev A thousandth for each block.
    uint256 private constant INTEREST = 0.001e18;

    LendingMarket private _market;

    function _deployAVS() internal override returns (RedistributionAVS) {
        _market =
            new LendingMarket(allocationManager, strategyManager, delegationManager, strategy, 0.8e18, INTEREST, TERM);
        return _market;
    }

    function setUp() public override {
        super.setUp();
        _fundFor(staker, 1_000e18);
        _fundFor(otherStaker, 1_000e18);
        _fundFor(operator, 1_000e18);
    }

    /* LEND */

    function test_lend_givesShares() public {
        vm.assertEq(_lend(staker, 60e18), 60e18);
        vm.assertEq(_lend(otherStaker, 40e18), 40e18);
        vm.assertEq(_market.totalShares(), 100e18);
        vm.assertEq(_market.sharesOf(staker), 60e18);
        vm.assertEq(_market.held(), 100e18);
    }

    function test_lend_atTheRateOfThatTime() public {
        _lend(staker, 50e18);
        _borrow(operator, 10e18);
        _pass(10);
        _repay(operator);
        // 50.1 tokens for 50 shares.
        vm.assertEq(_lend(otherStaker, 50.1e18), 50e18);
    }

    function test_lend_ofNothingIsRefused() public {
        vm.prank(staker);
        vm.expectRevert(RedistributionAVS.AmountZero.selector);
        _market.lend(0, 0);
    }

    function test_lend_forFewerSharesThanWanted() public {
        vm.prank(staker);
        vm.expectRevert(LendingMarket.TooFewShares.selector);
        _market.lend(10, 11);
    }

    function test_lend_toABustMarket() public {
        _lend(staker, 10e18);
        _borrow(operator, 10e18);
        _losePossessions();
        _market.liquidate(operator);
        vm.assertEq(_market.totalAssets(), 0);
        vm.prank(otherStaker);
        vm.expectRevert(LendingMarket.MarketIsBust.selector);
        _market.lend(1e18, 0);
    }

    function test_lend_giftsChangeNoRate() public {
        _lend(staker, 1);
        _give(100e18);
        vm.assertEq(_lend(otherStaker, 50e18), 50e18);
    }

    /* WITHDRAW */

    function test_withdraw_theLastTakesEverything() public {
        _lend(staker, 60e18 + 1);
        _lend(otherStaker, 40e18);
        _borrow(operator, 10e18);
        _pass(7);
        _repay(operator);
        _withdraw(staker, 60e18 + 1);
        _withdraw(otherStaker, 40e18);
        vm.assertEq(_market.totalShares(), 0);
        vm.assertEq(token.balanceOf(address(_market)), 0);
    }

    function test_withdraw_notWhatIsLentOut() public {
        _lend(staker, 50e18);
        _borrow(operator, 20e18);
        vm.prank(staker);
        vm.expectRevert(LendingMarket.InsufficientCash.selector);
        _market.withdraw(31e18);
        vm.assertEq(_withdraw(staker, 30e18), 30e18);
    }

    function test_withdraw_notWhatOthersLent() public {
        _lend(staker, 50e18);
        _lend(otherStaker, 10e18);
        vm.prank(otherStaker);
        _expectPanic(PANIC_ARITHMETIC);
        _market.withdraw(11e18);
    }

    function test_withdraw_ofNothingIsRefused() public {
        vm.prank(staker);
        vm.expectRevert(RedistributionAVS.AmountZero.selector);
        _market.withdraw(0);
    }

    /* BORROW */

    function test_borrow_upToItsPartOfTheStake() public {
        _lend(staker, 500e18);
        vm.prank(operator);
        vm.expectRevert(LendingMarket.NotCovered.selector);
        _market.borrow(40e18 + 1);
        uint256 before = token.balanceOf(operator);
        _borrow(operator, 40e18);
        vm.assertEq(token.balanceOf(operator), before + 40e18);
        vm.assertEq(_market.lent(), 40e18);
        vm.assertEq(_market.held(), 460e18);
        vm.assertEq(_market.totalAssets(), 500e18);
    }

    function test_borrow_onlyOnce() public {
        _lend(staker, 500e18);
        _borrow(operator, 1e18);
        vm.prank(operator);
        vm.expectRevert(LendingMarket.LoanOpen.selector);
        _market.borrow(1e18);
    }

    function test_borrow_onlyWhatIsThere() public {
        _lend(staker, 5e18);
        vm.prank(operator);
        vm.expectRevert(LendingMarket.InsufficientCash.selector);
        _market.borrow(5e18 + 1);
        vm.prank(operator);
        vm.expectRevert(RedistributionAVS.AmountZero.selector);
        _market.borrow(0);
    }

    function test_borrow_onlyByMembers() public {
        _lend(staker, 5e18);
        vm.prank(stranger);
        vm.expectRevert(LendingMarket.NotCovered.selector);
        _market.borrow(1);
        _leave(operator, _set());
        vm.prank(operator);
        vm.expectRevert(LendingMarket.NotCovered.selector);
        _market.borrow(1);
    }

    function test_borrow_notAgainstWhatIsBeingDeallocated() public {
        _lend(staker, 50e18);
        _allocate(operator, _set(), strategy, 0.1e18);
        vm.prank(operator);
        vm.expectRevert(LendingMarket.NotCovered.selector);
        _market.borrow(8e18 + 1);
        _borrow(operator, 8e18);
    }

    /* REPAY */

    function test_repay_withInterestRoundedUp() public {
        _lend(staker, 50e18);
        _borrow(operator, 1_001);
        _pass(1);
        // 1.001 rounded up.
        vm.assertEq(_market.debtUp(operator), 1_003);
        vm.assertEq(_repay(operator), 1_003);
        vm.assertEq(_market.lent(), 0);
        vm.assertEq(_market.totalAssets(), 50e18 + 2);
    }

    function test_repay_byAnybody() public {
        _lend(staker, 50e18);
        _borrow(operator, 10e18);
        vm.prank(otherStaker);
        _market.repay(operator);
        vm.assertEq(_market.held(), 50e18);
    }

    function test_repay_onlyLoans() public {
        vm.expectRevert(LendingMarket.NoLoan.selector);
        _market.repay(operator);
    }

    /* LIQUIDATE */

    function test_liquidate_notHealthyLoans() public {
        _lend(staker, 50e18);
        _borrow(operator, 10e18);
        _pass(TERM);
        vm.expectRevert(LendingMarket.LoanIsHealthy.selector);
        _market.liquidate(operator);
        vm.expectRevert(LendingMarket.NoLoan.selector);
        _market.liquidate(otherOperator);
    }

    function test_liquidate_overdueLoansForExactlyTheDebt() public {
        _lend(staker, 50e18);
        _borrow(operator, 10e18);
        _pass(TERM + 1);
        _liquidate(operator);
        // 31 blocks of interest.
        vm.assertEq(_waiting(1), 10.31e18);
        vm.assertEq(_market.lent(), 0);
        vm.assertEq(_market.receivable(), 10e18);
        vm.assertEq(_market.totalAssets(), 50e18, "nobody gains or loses before it is here");
    }

    function test_liquidate_loansThatInterestOutgrew() public {
        _lend(staker, 50e18);
        _borrow(operator, 40e18);
        _pass(1);
        _liquidate(operator);
        vm.assertEq(_waiting(1), 40.04e18);
    }

    function test_liquidate_whoeverLeaves() public {
        _lend(staker, 50e18);
        _borrow(operator, 10e18);
        _leave(operator, _set());
        _liquidate(operator);
        vm.assertEq(_waiting(1), 10e18);
    }

    function test_liquidate_whoeverDeallocates() public {
        _lend(staker, 50e18);
        _borrow(operator, 10e18);
        _allocate(operator, _set(), strategy, 0);
        _pass(20);
        _liquidate(operator);
        vm.assertEq(_waiting(1), 10.2e18);
    }

    function test_liquidate_countsTheQueue() public {
        _lend(staker, 50e18);
        _borrow(operator, 10e18);
        _queue(operator, strategy, 90e18);
        _liquidate(operator);
        vm.assertEq(_waiting(1), 10e18);
        vm.assertEq(_operatorShares(operator, strategy), 9e18);
    }

    function test_liquidate_takesAllWhenThatIsTooLittle() public {
        _lend(staker, 50e18);
        _borrow(operator, 40e18);
        _queue(operator, strategy, 90e18);
        _pass(WITHDRAWAL_DELAY + 1);
        _liquidate(operator);
        vm.assertEq(_waiting(1), 5e18);
        _assertAllocation(operator, _set(), strategy, 0, 0, 0);
    }

    function test_liquidate_writesOffWhatNobodyCanSlash() public {
        _lend(staker, 50e18);
        _borrow(operator, 10e18);
        _losePossessions();
        _market.liquidate(operator);
        vm.assertEq(allocationManager.getSlashCount(_set()), 0);
        vm.assertEq(_market.totalAssets(), 40e18);
        vm.assertEq(_market.receivable(), 0);
    }

    function test_liquidate_atARateThatIsNotOne() public {
        token.mint(address(strategy), 75e18);
        _lend(staker, 50e18);
        _borrow(operator, 12e18);
        _leave(operator, _set());
        _liquidate(operator);
        _clear(1);
        vm.assertGe(token.balanceOf(address(_market)), 50e18);
        vm.assertLe(token.balanceOf(address(_market)), 50e18 + 200);
    }

    /* COLLECT */

    function test_collect_reimbursesTheLenders() public {
        _lend(staker, 30e18);
        _lend(otherStaker, 10e18);
        _borrow(operator, 10e18);
        _pass(TERM + 1);
        _liquidate(operator);
        _clear(1);
        vm.assertEq(_market.collect(), 10.31e18);
        vm.assertEq(_withdraw(staker, 30e18), 30.2325e18);
        vm.assertEq(_withdraw(otherStaker, 10e18), 10.0775e18);
        vm.assertEq(token.balanceOf(address(_market)), 0);
    }

    function test_collect_whenAllIsCleared() public {
        _lend(staker, 50e18);
        _borrow(operator, 10e18);
        _borrow(otherOperator, 5e18);
        _pass(TERM + 1);
        _liquidate(operator);
        _liquidate(otherOperator);
        _clear(2);
        vm.expectRevert(abi.encodeWithSelector(RedistributionAVS.SlashNotCleared.selector, 1));
        _market.collect();
        _clear(1);
        _market.collect();
        vm.assertEq(_market.totalAssets(), 50e18 + 0.31e18 + 0.155e18);
    }

    function test_collect_onlyAfterLiquidations() public {
        _give(1e18);
        vm.expectRevert(LendingMarket.NothingToCollect.selector);
        _market.collect();
    }

    /* LAWS */

    /// @dev Whatever was borrowed, from whatever stake: the debt and at most one unit of magnitude more.
    function testFuzz_liquidate_takesWhatIsOwed(uint256 stake, uint256 amount, uint256 gift, uint256 blocks) public {
        stake = bound(stake, 0, 1e30);
        if (stake > 0) _deposit(operator, strategy, stake);
        token.mint(address(strategy), bound(gift, 0, 1e22));
        uint256 worth = strategy.sharesToUnderlyingView(_market.slashableSharesOf(operator));
        amount = bound(amount, 1, worth * 8 / 10);
        _fundFor(staker, amount);
        _lend(staker, amount);
        _borrow(operator, amount);
        _pass(TERM + bound(blocks, 1, 100));
        uint256 debt = _market.debtUp(operator);
        _liquidate(operator);
        uint256 taken = strategy.sharesToUnderlyingView(_waiting(1));
        uint256 shares = 100e18 + stake;
        uint256 unit = strategy.sharesToUnderlyingView(shares / WAD + 2) + 1;
        vm.assertLe(taken, debt + unit);
        vm.assertGe(taken + unit, debt < worth ? debt : worth);
    }

    /// @dev What lenders take out is what they put in and what borrowers paid or lost, to the wei.
    function testFuzz_lenders_areReimbursedToTheWei(uint256 first, uint256 second, uint256 amount, bool repaid) public {
        first = bound(first, 1e9, 100e18);
        second = bound(second, 1e9, 100e18);
        uint256 firstShares = _lend(staker, first);
        uint256 secondShares = _lend(otherStaker, second);
        uint256 most = first + second < 40e18 ? first + second : 40e18;
        amount = bound(amount, 1, most);
        _borrow(operator, amount);
        _pass(TERM + 1);
        uint256 came;
        if (repaid) {
            came = _repay(operator);
        } else {
            _liquidate(operator);
            _clear(1);
            came = _market.collect();
        }
        uint256 out = _withdraw(staker, firstShares) + _withdraw(otherStaker, secondShares);
        vm.assertEq(out, first + second - amount + came);
        vm.assertEq(token.balanceOf(address(_market)), 0);
    }

    /* HELPERS */

    /// @dev The operator's stake leaves, and nobody slashes it in time.
    function _losePossessions() private {
        _queue(operator, strategy, 100e18);
        _pass(WITHDRAWAL_DELAY + 1);
    }

    function _lend(address who, uint256 amount) private returns (uint256) {
        vm.prank(who);
        return _market.lend(amount, 0);
    }

    function _withdraw(address who, uint256 shares) private returns (uint256) {
        vm.prank(who);
        return _market.withdraw(shares);
    }

    function _borrow(address who, uint256 amount) private {
        vm.prank(who);
        _market.borrow(amount);
    }

    function _repay(address who) private returns (uint256) {
        vm.prank(operator);
        return _market.repay(who);
    }

    function _liquidate(address who) private {
        vm.prank(stranger);
        _market.liquidate(who);
    }
}
