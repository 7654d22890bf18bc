//! Conservation of tokens: nobody can be owed more than there is, and nothing is lost on the way.

mod tokens;

use alloy_primitives::{U256, U512};

use super::leaving;
use crate::{
    ledger::Ledger,
    must,
    oracle::{Assumption, Checkpoint, Family, Invariant, Scope, Step, Verdict},
};

pub(super) const FAMILY: Family = Family {
    key: "CON",
    title: "Conservation of tokens",
    assumes: "Donations are allowed.",
    invariants: &[
        &tokens::BALANCE_LEDGER,
        &SHARE_LEDGER,
        &SHARE_SOLVENCY,
        &RATE,
        &tokens::BACKED,
        &tokens::SOLVENT,
        &tokens::NO_SPLITTING,
        &SLASH_MOVES_NOTHING,
        &tokens::BURN_SINK,
        &tokens::PASSED_ON,
        &tokens::NO_PROFIT,
        &leaving::WORTH,
        &tokens::SLASHED_FUNDS,
        &leaving::NOTHING_LEFT,
    ],
};

const SHARE_LEDGER: Invariant = Invariant {
    id: "CON-02",
    statement: "A strategy has the shares that were deposited, less those that were withdrawn, burned and redistributed.",
    formula: "T == sum of shares of deposits - sum of shares of withdrawals as tokens - sum of shares cleared",
    why: "A share without a deposit dilutes everybody; a share that stays after its tokens left is owed tokens that are gone.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[Assumption::PassiveTokens],
    scope: Scope::EVERYTHING.that_succeeded(),
    check: |step| {
        let mut exercised = false;
        for (at, strategy) in step.after.token_strategies() {
            let history = &step.ghosts.strategies[at];
            exercised |= !strategy.total_shares.is_zero();
            must!(
                strategy.total_shares == history.shares,
                "{} has {} shares, and by its history {}",
                step.name(strategy.address),
                strategy.total_shares,
                history.shares,
            );
        }
        Verdict::holds_if(exercised)
    },
};

const SHARE_SOLVENCY: Invariant = Invariant {
    id: "CON-03",
    statement: "The shares owed are the shares there are, but for a bounded dust of rounding.",
    formula: "with L = sum op + sum s of the undelegated + sum of receivable shares in the queue + shares that wait to be \
              cleared: T - (2 * slashes + delegated queue entries) <= L <= T + inexact delegated queue entries",
    why: "Above, somebody is owed shares that do not exist, and whoever comes last is not paid. Below, shares belong to \
          nobody: they were taken from somebody.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::EVERYTHING.that_succeeded(),
    check: |step| {
        let mut exercised = false;
        for (at, strategy) in step.after.token_strategies() {
            let history = &step.ghosts.strategies[at];
            let Some(owed) = shares_owed(step.after, at) else {
                return Verdict::Violated(format!(
                    "{} owes more shares than can be counted",
                    step.name(strategy.address)
                ));
            };
            exercised |= !strategy.total_shares.is_zero();
            let most = strategy.total_shares.saturating_add(U256::from(history.queued_inexactly));
            let dust = U256::from(2 * history.slashes + history.queued);
            let least = strategy.total_shares.saturating_sub(dust);
            must!(
                least <= owed && owed <= most,
                "{} has {} shares and owes {owed}; rounding explains from {least} to {most}",
                step.name(strategy.address),
                strategy.total_shares,
            );
        }
        Verdict::holds_if(exercised)
    },
};

/// All that is owed in a strategy: to operators' stakers, to stakers without operator, to the queue, to recipients.
pub(super) fn shares_owed(ledger: &Ledger, strategy: usize) -> Option<U256> {
    let address = ledger.strategies[strategy].address;
    let mut owed = ledger.waiting_shares(address);
    for operator in &ledger.operators {
        owed = owed.checked_add(operator.stakes[strategy].shares)?;
    }
    for staker in ledger.stakers.iter().filter(|staker| !staker.is_delegated()) {
        owed = owed.checked_add(staker.holdings[strategy].shares)?;
    }
    for withdrawal in ledger.withdrawals.iter().filter(|withdrawal| withdrawal.pending) {
        for (item, _) in withdrawal.items.iter().enumerate().filter(|(_, (at, _))| *at == address) {
            owed = owed.checked_add(ledger.receivable(withdrawal, item)?)?;
        }
    }
    Some(owed)
}

const RATE: Invariant = Invariant {
    id: "CON-05",
    statement: "No call makes a share worth less.",
    formula: "(B' + 1000) * (T + 1000) >= (B + 1000) * (T' + 1000)",
    why: "A rate that falls is a transfer from everybody who holds shares to whoever made it fall.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[Assumption::NoFee, Assumption::NoRebase],
    scope: Scope::REST,
    check: |step| {
        let mut exercised = false;
        for (was, is) in step.before.strategies.iter().zip(&step.after.strategies) {
            if was.balance == is.balance && was.total_shares == is.total_shares {
                continue;
            }
            exercised = true;
            let after: U512 = is.virtual_balance().widening_mul(was.virtual_shares());
            let before: U512 = was.virtual_balance().widening_mul(is.virtual_shares());
            must!(
                after >= before,
                "a share of {} was worth {}/{} and is worth {}/{}",
                step.name(is.address),
                was.virtual_balance(),
                was.virtual_shares(),
                is.virtual_balance(),
                is.virtual_shares(),
            );
        }
        Verdict::holds_if(exercised)
    },
};

const SLASH_MOVES_NOTHING: Invariant = Invariant {
    id: "CON-09",
    statement: "A slash moves no token; only clearing it does.",
    formula: "slashOperator: every balance of every token unchanged",
    why: "What a slash takes waits in the strategy until it is cleared, where everybody can see it. Tokens that move with \
          the slash escape that.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::SLASHES.that_succeeded(),
    check: |step| {
        if !is_slash(step) {
            return Verdict::NotApplicable;
        }
        for (was, is) in step.before.tokens.iter().zip(&step.after.tokens) {
            for (holder, (before, after)) in step.after.holders.iter().zip(was.balances.iter().zip(&is.balances)) {
                must!(
                    before == after,
                    "a slash moved the {} of {} from {before} to {after}",
                    step.name(is.address),
                    step.name(*holder),
                );
            }
        }
        Verdict::Holds
    },
};

fn is_slash(step: &Step<'_>) -> bool {
    step.succeeded() && matches!(step.call.operation, crate::call::Operation::Slash { .. })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::invariants::fixture::{Scene, judge};

    #[test]
    fn con_02() {
        let mut scene = Scene::slash();
        assert_eq!(judge(&SHARE_LEDGER, &scene), Verdict::Holds);
        scene.after.strategies[0].total_shares += U256::ONE;
        assert!(matches!(judge(&SHARE_LEDGER, &scene), Verdict::Violated(_)));
        assert_eq!(judge(&SHARE_LEDGER, &Scene::quiet()), Verdict::NotApplicable);
    }

    #[test]
    fn con_03() {
        let mut scene = Scene::slash();
        assert_eq!(judge(&SHARE_SOLVENCY, &scene), Verdict::Holds);
        assert_eq!(judge(&SHARE_SOLVENCY, &Scene::quiet()), Verdict::NotApplicable);
        // One wei of bad debt is too much without a queue entry that was rounded.
        scene.after.operators[0].stakes[0].shares += U256::ONE;
        assert!(matches!(judge(&SHARE_SOLVENCY, &scene), Verdict::Violated(_)));
        scene.ghosts.strategies[0].queued_inexactly = 1;
        assert_eq!(judge(&SHARE_SOLVENCY, &scene), Verdict::Holds);
        // Two shares may be nobody's for a slash, a third may not.
        let mut scene = Scene::slash();
        scene.ghosts.strategies[0].slashes = 1;
        scene.after.operators[0].stakes[0].shares -= U256::from(2);
        assert_eq!(judge(&SHARE_SOLVENCY, &scene), Verdict::Holds);
        scene.after.operators[0].stakes[0].shares -= U256::ONE;
        assert!(matches!(judge(&SHARE_SOLVENCY, &scene), Verdict::Violated(_)));
    }

    #[test]
    fn con_05() {
        let mut scene = Scene::quiet();
        assert_eq!(judge(&RATE, &scene), Verdict::NotApplicable);
        scene.after.strategies[0].balance = U256::from(7);
        assert_eq!(judge(&RATE, &scene), Verdict::Holds, "a donation");
        scene.after.strategies[0].total_shares = U256::from(7);
        assert_eq!(judge(&RATE, &scene), Verdict::Holds, "a deposit at par");
        scene.after.strategies[0].total_shares = U256::from(8);
        assert!(matches!(judge(&RATE, &scene), Verdict::Violated(_)), "a share too many");
    }

    #[test]
    fn con_09() {
        let mut scene = Scene::slash();
        assert_eq!(judge(&SLASH_MOVES_NOTHING, &scene), Verdict::Holds);
        assert_eq!(judge(&SLASH_MOVES_NOTHING, &Scene::quiet()), Verdict::NotApplicable);
        scene.after.tokens[0].balances[0] += U256::ONE;
        assert!(matches!(judge(&SLASH_MOVES_NOTHING, &scene), Verdict::Violated(_)));
    }
}
