//! The lending market.

use alloy_primitives::{U256, U512};

use super::{ASSUMES, done};
use crate::{
    applies_if,
    call::ExampleOperation,
    ledger::{Strategy, magnitude_unit},
    must,
    oracle::{Checkpoint, Invariant, Scope, Step, Verdict},
};

/// A loan that was liquidated.
struct Liquidation {
    borrower: alloy_primitives::Address,
    /// What was owed, in wei.
    debt: U256,
    is_overdue: bool,
    is_covered: bool,
}

fn liquidation(step: &Step<'_>) -> Option<Liquidation> {
    let (ExampleOperation::Liquidate { borrower }, before, _) = done(step)? else { return None };
    let (market, block) = (&before.market, step.before.block);
    let loan = market.loan_of(*borrower)?;
    let debt = market.debt(loan, block)?;
    Some(Liquidation {
        borrower: *borrower,
        debt,
        is_overdue: market.is_overdue(loan, block),
        is_covered: step.before.covers(market, *borrower, debt)?,
    })
}

/// The least shares that are worth `amount` now.
fn shares_worth(strategy: &Strategy, amount: U256) -> Option<U256> {
    let shares = strategy.virtual_shares().checked_mul(amount)? / strategy.virtual_balance();
    let enough = strategy.tokens_for(shares)? >= amount;
    if enough { Some(shares) } else { shares.checked_add(U256::ONE) }
}

pub(super) const OWED: Invariant = Invariant {
    id: "EXA-06",
    statement: "A liquidation slashes what is owed, and at most one unit of magnitude more; less only if the allocation has not \
                so much.",
    formula: "liquidate(o) with B = operatorShares + slashable queue, s = shares worth the debt, rounded up: \
              s - 2 <= slashed <= s + ceil(B / m(o,t)) + 1, or the allocation is gone and slashed <= the upper bound",
    why: "What is slashed beyond the debt is taken from the operator's stakers, who owe nothing; what is missing is lost by the \
          lenders.",
    checkpoint: Checkpoint::EveryCall,
    assumes: ASSUMES,
    scope: Scope::EXAMPLES.that_succeeded(),
    check: |step| {
        let Some(liquidation) = liquidation(step) else { return Verdict::NotApplicable };
        let Some((_, before, _)) = done(step) else { return Verdict::NotApplicable };
        let purse = &before.market.purse;
        let who = step.name(liquidation.borrower);
        let (Some(was), Some(set)) = (step.before.set(purse.set), step.after.set_index(purse.set)) else {
            return Verdict::NotApplicable;
        };
        let is = &step.after.sets[set];
        let Some(reach) = step.before.shares_in_reach(purse, liquidation.borrower) else {
            must!(was.slash_count == is.slash_count, "{who} had nothing to slash, and was slashed");
            return Verdict::Holds;
        };
        let strategy = &step.before.strategies[purse.strategy];
        let Some(operator) = step.after.operator(liquidation.borrower) else { return Verdict::NotApplicable };
        let max =
            step.before.operator(liquidation.borrower).map_or(1, |was| was.stakes[purse.strategy].max_magnitude());
        let (Some(owed), Some(unit)) = (shares_worth(strategy, liquidation.debt), magnitude_unit(reach, max)) else {
            return Verdict::NotApplicable;
        };
        let taken = is.waiting(is.slash_count, strategy.address).unwrap_or_default();
        let most = owed.saturating_add(unit).saturating_add(U256::ONE);
        must!(taken <= most, "{who} owes {owed} shares and was slashed by {taken}, one unit of magnitude is {unit}");
        let all = operator.allocations[set][purse.strategy].settled(step.after.block).current == 0;
        let enough = taken.saturating_add(U256::from(2)) >= owed;
        must!(all || enough, "{who} owes {owed} shares and was slashed by {taken}, although it has more");
        Verdict::Holds
    },
};

pub(super) const ONLY_BAD_LOANS: Invariant = Invariant {
    id: "EXA-07",
    statement: "Only a loan that is overdue or not covered is liquidated.",
    formula: "liquidate(o) succeeds only if block > since + term, or o is no member, or debt > worth of lasting stake * maxDebt",
    why: "Whoever could be liquidated at will would lose stake that it could have paid for, and its stakers with it.",
    checkpoint: Checkpoint::EveryCall,
    assumes: ASSUMES,
    scope: Scope::EXAMPLES.that_succeeded(),
    check: |step| {
        let Some(liquidation) = liquidation(step) else { return Verdict::NotApplicable };
        must!(
            liquidation.is_overdue || !liquidation.is_covered,
            "the loan of {} was liquidated, which is in time and covers {}",
            step.name(liquidation.borrower),
            liquidation.debt,
        );
        Verdict::Holds
    },
};

pub(super) const COVERED: Invariant = Invariant {
    id: "EXA-08",
    statement: "A loan begins covered, by stake that stays slashable for as long as a deallocation takes; one for an operator.",
    formula: "borrow(a) by o succeeds only if o has no loan, is a member, and a <= worth of lasting stake * maxDebt",
    why: "Against stake that is leaving already, one borrows and is gone before anybody can slash.",
    checkpoint: Checkpoint::EveryCall,
    assumes: ASSUMES,
    scope: Scope::EXAMPLES.that_succeeded(),
    check: |step| {
        let Some((ExampleOperation::Borrow { amount }, before, after)) = done(step) else {
            return Verdict::NotApplicable;
        };
        let borrower = step.call.actor;
        let amount = amount.of(before.market.purse.held);
        let who = step.name(borrower);
        must!(before.market.loan_of(borrower).is_none(), "{who} borrowed twice");
        let covered = step.before.covers(&before.market, borrower, amount);
        must!(covered == Some(true), "{who} borrowed {amount}, which its stake does not cover");
        let principal = after.market.loan_of(borrower).map_or(U256::ZERO, |loan| loan.principal);
        must!(principal == amount, "{who} borrowed {amount} and owes {principal}");
        Verdict::Holds
    },
};

pub(super) const PRICE: Invariant = Invariant {
    id: "EXA-09",
    statement: "No lender is poorer for what another lends, takes back, borrows or pays back.",
    formula: "lend, withdraw, borrow, repay: assets' * shares >= assets * shares'",
    why: "If lending or taking back rounded in favour of who does it, the pool could be drained a wei at a time.",
    checkpoint: Checkpoint::EveryCall,
    assumes: ASSUMES,
    scope: Scope::EXAMPLES.that_succeeded(),
    check: |step| {
        let Some((operation, before, after)) = done(step) else { return Verdict::NotApplicable };
        let fair = matches!(
            operation,
            ExampleOperation::Lend { .. }
                | ExampleOperation::WithdrawLent { .. }
                | ExampleOperation::Borrow { .. }
                | ExampleOperation::Repay { .. }
        );
        applies_if!(fair);
        let (was, is) = (&before.market, &after.market);
        let now: U512 = is.total_assets().widening_mul(was.total_shares);
        let then: U512 = was.total_assets().widening_mul(is.total_shares);
        must!(
            now >= then,
            "{} shares of {} became {} shares of {}",
            was.total_shares,
            was.total_assets(),
            is.total_shares,
            is.total_assets(),
        );
        Verdict::Holds
    },
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        arithmetic::WAD,
        call::{Operation, Quantity},
        invariants::{
            examples::scene::{MARKET, Stage},
            fixture::judge,
        },
        ledger::Loan,
    };

    /// A loan of 1,000 that was overdue one block ago, liquidated. The stake is 100,000 shares, each worth a wei.
    fn liquidated() -> Stage {
        let mut stage = Stage::of(MARKET);
        let borrower = stage.scene.before.operators[0].address;
        let since = stage.scene.before.block - 31;
        stage.before().market.loans = vec![Loan { borrower, principal: U256::from(1_000), since }];
        stage.scene.call.operation = Operation::Example(ExampleOperation::Liquidate { borrower });
        let strategy = stage.scene.before.strategies[0].address;
        let set = &mut stage.scene.after.sets[1];
        set.slash_count = 1;
        // With 31 blocks of interest of a thousandth.
        set.slashes = vec![vec![], vec![(strategy, U256::from(1_031))]];
        stage.scene.after.operators[0].allocations[1][0].current = WAD - 1_031 * (WAD / 100_000);
        stage
    }

    #[test]
    fn exa_06() {
        assert_eq!(judge(&OWED, &Stage::of(MARKET).scene), Verdict::NotApplicable);
        let mut stage = liquidated();
        assert_eq!(judge(&OWED, &stage.scene), Verdict::Holds);
        for wrong in [1_028u64, 1_034] {
            stage.scene.after.sets[1].slashes[1][0].1 = U256::from(wrong);
            assert!(matches!(judge(&OWED, &stage.scene), Verdict::Violated(_)), "{wrong}");
        }
        // All of too little is enough.
        stage.scene.after.sets[1].slashes[1][0].1 = U256::from(900);
        stage.scene.after.operators[0].allocations[1][0].current = 0;
        assert_eq!(judge(&OWED, &stage.scene), Verdict::Holds);
    }

    #[test]
    fn exa_07() {
        let mut stage = liquidated();
        assert_eq!(judge(&ONLY_BAD_LOANS, &stage.scene), Verdict::Holds);
        stage.before().market.loans[0].since += 1;
        assert!(matches!(judge(&ONLY_BAD_LOANS, &stage.scene), Verdict::Violated(_)));
        stage.before().market.loans[0].principal = U256::from(80_000);
        assert_eq!(judge(&ONLY_BAD_LOANS, &stage.scene), Verdict::Holds);
    }

    #[test]
    fn exa_08() {
        let mut stage = Stage::of(MARKET);
        let borrower = stage.scene.before.operators[0].address;
        stage.scene.call.actor = borrower;
        let mut judged = |amount: u64| {
            let principal = U256::from(amount);
            stage.scene.call.operation =
                Operation::Example(ExampleOperation::Borrow { amount: Quantity::Exactly(principal) });
            stage.after().market.loans = vec![Loan { borrower, principal, since: 0 }];
            judge(&COVERED, &stage.scene)
        };
        assert_eq!(judged(80_000), Verdict::Holds);
        assert!(matches!(judged(80_001), Verdict::Violated(_)));
    }

    #[test]
    fn exa_09() {
        let mut stage = Stage::of(MARKET);
        stage.scene.call.operation = Operation::Example(ExampleOperation::Lend { amount: U256::from(10) });
        let was = &mut stage.before().market;
        (was.purse.held, was.total_shares) = (U256::from(11), U256::from(10));
        let is = &mut stage.after().market;
        (is.purse.held, is.total_shares) = (U256::from(21), U256::from(19));
        assert_eq!(judge(&PRICE, &stage.scene), Verdict::Holds);
        stage.after().market.total_shares = U256::from(20);
        assert!(matches!(judge(&PRICE, &stage.scene), Verdict::Violated(_)));
    }
}
