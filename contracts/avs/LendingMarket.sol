// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IDelegationManager} from "../src/interfaces/IDelegationManager.sol";
import {IStrategy} from "../src/interfaces/IStrategy.sol";
import {IRedistributionAllocationManager} from "../src/redistribution/interfaces/IRedistributionAllocationManager.sol";
import {IRedistributionStrategyManager} from "../src/redistribution/interfaces/IRedistributionStrategyManager.sol";
import {RedistributionAVS} from "./RedistributionAVS.sol";

/// @title A lending market whose collateral is slashable stake
/// @notice Lenders pool a token. Operators of the set borrow it against the stake they allocated, which stays where it
/// is. A loan that is overdue or not covered any more is liquidated by anybody: it slashes what is owed, and what is
/// redistributed is the lenders'.
///
/// Rounding: a debt is rounded up; lent shares and what they pay are rounded down, in favour of the lenders who stay;
/// the last lender takes everything. A liquidation slashes the magnitude that covers the debt, rounded up, so at most
/// one unit of magnitude more than is owed: against the borrower, in favour of the lenders.
contract LendingMarket is RedistributionAVS {
    using Math for uint256;

    /// @notice Thrown when fewer shares would be given than the lender wants.
    error TooFewShares();
    /// @notice Thrown when all that was lent is lost, so that shares are worth nothing.
    error MarketIsBust();
    /// @notice Thrown when the market does not have so much now.
    error InsufficientCash();
    /// @notice Thrown when the operator has a loan already.
    error LoanOpen();
    /// @notice Thrown when there is no such loan.
    error NoLoan();
    /// @notice Thrown when the stake does not cover the loan.
    error NotCovered();
    /// @notice Thrown when the loan is neither overdue nor uncovered.
    error LoanIsHealthy();
    /// @notice Thrown when no liquidation waits to be collected.
    error NothingToCollect();

    /// @notice `lender` put in `amount` for `shares`.
    event Lent(address indexed lender, uint256 amount, uint256 shares);
    /// @notice `lender` gave back `shares` for `amount`.
    event Withdrawn(address indexed lender, uint256 amount, uint256 shares);
    /// @notice `borrower` took out a loan.
    event Borrowed(address indexed borrower, uint256 amount);
    /// @notice The loan was paid back, with interest.
    event Repaid(address indexed borrower, uint256 debt);
    /// @notice The loan was liquidated.
    event Liquidated(address indexed borrower, uint256 debt);

    /// @param principal what was borrowed, in wei; zero if there is no loan
    /// @param since the block of borrowing
    struct Loan {
        uint256 principal;
        uint256 since;
    }

    /* IMMUTABLES */

    IDelegationManager public immutable delegationManager;

    /// @notice What a debt may be at most, as a part of the stake's worth.
    uint256 public immutable maxDebtWad;

    /// @notice Interest for a block, as a part of the principal.
    uint256 public immutable interestWad;

    /// @notice Blocks after which a loan is overdue.
    uint256 public immutable term;

    /* STORAGE */

    /// @notice Shares of the pool.
    mapping(address lender => uint256 shares) public sharesOf;
    uint256 public totalShares;

    /// @notice Loans by borrower.
    mapping(address borrower => Loan loan) public loans;

    /// @notice Principal of all loans.
    uint256 public lent;

    /// @notice Principal of the loans whose liquidation was not collected yet.
    uint256 public receivable;

    /* CONSTRUCTOR */

    constructor(
        IRedistributionAllocationManager allocations,
        IRedistributionStrategyManager strategies,
        IDelegationManager delegations,
        IStrategy slashable,
        uint256 maxDebt,
        uint256 interest,
        uint256 loanTerm
    ) RedistributionAVS(allocations, strategies, slashable, "a lending market") {
        (delegationManager, maxDebtWad, interestWad, term) = (delegations, maxDebt, interest, loanTerm);
    }

    /* LENDERS */

    /// @notice Puts in `amount`, for at least `minShares` shares of the pool.
    function lend(uint256 amount, uint256 minShares) external returns (uint256 shares) {
        shares = _sharesDown(amount);
        require(shares != 0, AmountZero());
        require(shares >= minShares, TooFewShares());
        totalShares += shares;
        sharesOf[msg.sender] += shares;
        emit Lent(msg.sender, amount, shares);
        _take(amount);
    }

    /// @notice Gives back `shares` of the pool for their part of what it has.
    function withdraw(uint256 shares) external returns (uint256 amount) {
        amount = worthDown(shares);
        require(amount != 0, AmountZero());
        require(amount <= held, InsufficientCash());
        sharesOf[msg.sender] -= shares;
        totalShares -= shares;
        emit Withdrawn(msg.sender, amount, shares);
        _pay(msg.sender, amount);
    }

    /* BORROWERS */

    /// @notice Borrows `amount`. One loan for each operator of the set.
    function borrow(uint256 amount) external {
        require(amount != 0, AmountZero());
        require(amount <= held, InsufficientCash());
        require(loans[msg.sender].principal == 0, LoanOpen());
        loans[msg.sender] = Loan({principal: amount, since: block.number});
        lent += amount;
        require(isCovered(msg.sender), NotCovered());
        emit Borrowed(msg.sender, amount);
        _pay(msg.sender, amount);
    }

    /// @notice Pays back the loan of `borrower`, by anybody.
    function repay(address borrower) external returns (uint256 debt) {
        debt = debtUp(borrower);
        _close(borrower);
        emit Repaid(borrower, debt);
        _take(debt);
    }

    /* ANYBODY */

    /// @notice Slashes what `borrower` owes. Of stake that is gone nothing can be slashed: then the loan is lost.
    function liquidate(address borrower) external {
        uint256 debt = debtUp(borrower);
        require(isOverdue(borrower) || !isCovered(borrower), LoanIsHealthy());
        uint256 principal = loans[borrower].principal;
        uint256 wad = wadFor(borrower, debt);
        _close(borrower);
        emit Liquidated(borrower, debt);
        if (wad == 0) return;
        receivable += principal;
        _slash(borrower, wad, "liquidation");
    }

    /// @notice Hands the lenders what liquidations brought, once all of it is here.
    function collect() external returns (uint256 received) {
        require(receivable != 0, NothingToCollect());
        receivable = 0;
        received = _collect();
    }

    /* VIEWS */

    /// @notice What the lenders have: cash, loans, and what liquidations are to bring. Interest counts when it is paid.
    function totalAssets() public view returns (uint256) {
        return held + lent + receivable;
    }

    /// @notice What `shares` pay, rounded down.
    function worthDown(uint256 shares) public view returns (uint256) {
        return totalShares == 0 ? 0 : shares.mulDiv(totalAssets(), totalShares);
    }

    /// @notice What `borrower` owes, interest rounded up.
    function debtUp(address borrower) public view returns (uint256) {
        Loan memory loan = loans[borrower];
        require(loan.principal != 0, NoLoan());
        uint256 rate = interestWad * (block.number - loan.since);
        return loan.principal + loan.principal.mulDiv(rate, WAD, Math.Rounding.Up);
    }

    /// @notice Whether the loan had to be paid back before.
    function isOverdue(address borrower) public view returns (bool) {
        return block.number > loans[borrower].since + term;
    }

    /// @notice Whether the borrower is in the set, with stake that is worth enough and stays long enough.
    function isCovered(address borrower) public view returns (bool) {
        uint256 worth = strategy.sharesToUnderlyingView(slashableSharesOf(borrower));
        return isMember(borrower) && debtUp(borrower) <= worth.mulDiv(maxDebtWad, WAD);
    }

    /// @notice The proportion of the borrower's allocation to slash for `amount` tokens; zero if nothing is there.
    /// @dev A slash takes from the operator's shares and from those its stakers queued, in proportion to magnitude. The
    /// magnitude is rounded up. The proportion is then rounded down, because the allocation manager rounds up: with
    /// allocations of at most WAD it finds exactly this magnitude again.
    function wadFor(address borrower, uint256 amount) public view returns (uint256) {
        uint256 current = allocationManager.getAllocation(borrower, _operatorSet(), strategy).currentMagnitude;
        uint256 shares = delegationManager.operatorShares(borrower, strategy)
            + delegationManager.getSlashableSharesInQueue(borrower, strategy);
        if (current == 0 || shares == 0 || !_canBeSlashed(borrower)) return 0;
        uint256 max = allocationManager.getMaxMagnitude(borrower, strategy);
        uint256 magnitude = _stakeSharesUp(amount).mulDiv(max, shares, Math.Rounding.Up);
        return magnitude >= current ? WAD : magnitude.mulDiv(WAD, current);
    }

    /* INTERNALS */

    function _close(address borrower) private {
        lent -= loans[borrower].principal;
        delete loans[borrower];
    }

    /// @dev Shares of the pool for `amount`, rounded down.
    function _sharesDown(uint256 amount) private view returns (uint256) {
        if (totalShares == 0) return amount;
        uint256 assets = totalAssets();
        require(assets != 0, MarketIsBust());
        return amount.mulDiv(totalShares, assets);
    }

    /// @dev Shares of the strategy that are worth `amount`, rounded up.
    function _stakeSharesUp(uint256 amount) private view returns (uint256 shares) {
        shares = strategy.underlyingToSharesView(amount);
        if (strategy.sharesToUnderlyingView(shares) < amount) ++shares;
    }
}
