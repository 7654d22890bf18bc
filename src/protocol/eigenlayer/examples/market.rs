//! The lending market: lenders, borrowers, liquidators.

use alloy_primitives::{Address, U256};

use super::{anybody, asked, members, rather_leaving, scene, slashing_paused};
use crate::{
    arithmetic::{WAD_WIDE, mul_div_down},
    book::Role,
    call::ExampleOperation,
    draw::Draw,
    ledger::{Ledger, Loan, Market},
    protocol::{
        Action,
        eigenlayer::{
            EigenLayer,
            action::{Drawn, action},
        },
    },
};

pub(in crate::protocol::eigenlayer) const ACTIONS: &[Action<EigenLayer>] = &[
    action("lender.lend", Role::Staker, 5, lend),
    action("lender.withdraw", Role::Staker, 6, withdraw),
    action("operator.borrow", Role::Operator, 16, borrow),
    action("operator.repay", Role::Operator, 4, repay),
    action("anybody.liquidate", Role::Stranger, 24, liquidate),
    action("anybody.collect_liquidations", Role::Stranger, 24, collect),
];

fn lend(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Drawn {
    let (cast, examples) = scene(protocol, draw)?;
    let market = &examples.market;
    let lender = draw.prefer(&cast.lenders, |lender| *lender)?;
    let balance = draw.ledger.balance(market.purse.token, lender)?;
    let amount = draw.up_to(balance / U256::from(1_000_000))?;
    let gives = market.shares_for(amount).is_some_and(|shares| !shares.is_zero());
    gives.then_some(())?;
    Some(asked(lender, ExampleOperation::Lend { amount }))
}

fn withdraw(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Drawn {
    let (_, examples) = scene(protocol, draw)?;
    let market = &examples.market;
    let lenders: Vec<(Address, U256)> =
        market.lenders.iter().filter(|(_, shares)| !shares.is_zero()).copied().collect();
    let (lender, own) = draw.prefer(&lenders, |(lender, _)| *lender)?;
    let payable = mul_div_down(market.purse.held, market.total_shares, market.total_assets())?;
    let shares = draw.up_to(own.min(payable))?;
    let pays = market.worth(shares).is_some_and(|amount| !amount.is_zero());
    pays.then_some(())?;
    Some(asked(lender, ExampleOperation::WithdrawLent { shares: draw.quantity(shares, own) }))
}

/// The most that an operator without a loan can borrow.
pub(super) fn limit(ledger: &Ledger, market: &Market, borrower: Address) -> Option<U256> {
    let shares = ledger.lasting_shares(&market.purse, borrower)?;
    let worth = ledger.strategies[market.purse.strategy].tokens_for(shares)?;
    mul_div_down(worth, U256::from(market.max_debt_wad), WAD_WIDE)
}

fn borrow(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Drawn {
    let (_, examples) = scene(protocol, draw)?;
    let (ledger, market) = (draw.ledger, &examples.market);
    let mut free = members(ledger, &market.purse);
    free.retain(|operator| market.loan_of(*operator).is_none());
    let borrower = rather_leaving(draw, &market.purse, &free)?;
    let amount = draw.up_to(limit(ledger, market, borrower)?.min(market.purse.held))?;
    Some(asked(borrower, ExampleOperation::Borrow { amount: draw.quantity(amount, market.purse.held) }))
}

/// The loans that are open.
pub(super) fn loans(market: &Market) -> Vec<Loan> {
    market.loans.iter().filter(|loan| !loan.principal.is_zero()).copied().collect()
}

fn repay(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Drawn {
    let (_, examples) = scene(protocol, draw)?;
    let (ledger, market) = (draw.ledger, &examples.market);
    let loan = draw.choose(&loans(market))?;
    let payer = if draw.chance(80) { loan.borrower } else { draw.choose(&protocol.cast.stakers)? };
    let debt = market.debt(&loan, ledger.block)?;
    (debt <= ledger.balance(market.purse.token, payer)?).then_some(())?;
    Some(asked(payer, ExampleOperation::Repay { borrower: loan.borrower }))
}

/// Whether a loan can be liquidated.
pub(super) fn is_bad(ledger: &Ledger, market: &Market, loan: &Loan) -> Option<bool> {
    let debt = market.debt(loan, ledger.block)?;
    Some(market.is_overdue(loan, ledger.block) || !ledger.covers(market, loan.borrower, debt)?)
}

fn liquidate(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Drawn {
    let (_, examples) = scene(protocol, draw)?;
    let (ledger, market) = (draw.ledger, &examples.market);
    let mut bad = loans(market);
    bad.retain(|loan| is_bad(ledger, market, loan) == Some(true));
    let borrower = draw.choose(&bad)?.borrower;
    if slashing_paused(protocol, ledger) && ledger.shares_in_reach(&market.purse, borrower).is_some() {
        return None;
    }
    Some(asked(anybody(protocol, draw)?, ExampleOperation::Liquidate { borrower }))
}

fn collect(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Drawn {
    let (_, examples) = scene(protocol, draw)?;
    let market = &examples.market;
    let ready = !market.receivable.is_zero() && draw.ledger.all_cleared(&market.purse);
    ready.then_some(())?;
    Some(asked(anybody(protocol, draw)?, ExampleOperation::CollectLiquidations {}))
}
