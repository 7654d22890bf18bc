//! Tokens: where they are, and what shares are worth.

use alloy_primitives::U256;

use crate::{
    applies_if,
    call::Operation,
    ghost::payments,
    invariants::sentence,
    must,
    oracle::{Assumption, Checkpoint, Invariant, Scope, Verdict},
};

pub(super) const BALANCE_LEDGER: Invariant = Invariant {
    id: "CON-01",
    statement: "A strategy holds what was deposited and donated, less what its shares were paid.",
    formula: "B == sum of deposits + sum of donations - sum of floor((B + 1000) * shares / (T + 1000)) over payments",
    why: "Tokens that leave without shares are stolen from all who hold shares; tokens that stay are stolen from who left.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[Assumption::NoFee, Assumption::NoRebase, Assumption::PassiveTokens],
    scope: Scope::REST,
    check: |step| {
        applies_if!(step.touched.rest());
        let mut exercised = false;
        for (strategy, history) in step.after.strategies.iter().zip(&step.ghosts.strategies) {
            exercised |= !strategy.balance.is_zero();
            must!(
                strategy.balance == history.balance,
                "{} holds {} wei, and by its history {}",
                step.name(strategy.address),
                strategy.balance,
                history.balance,
            );
        }
        Verdict::holds_if(exercised)
    },
};

pub(super) const BACKED: Invariant = Invariant {
    id: "CON-06",
    statement: "There is a token for every share.",
    formula: "B(t) >= T(t) for each strategy t",
    why: "Shares begin at one token each and never lose. A strategy with more shares than tokens has made losses that no \
          strategy without a business can make.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[Assumption::NoFee, Assumption::NoRebase, Assumption::PassiveTokens],
    scope: Scope::REST,
    check: |step| {
        applies_if!(step.touched.rest());
        let mut exercised = false;
        for strategy in &step.after.strategies {
            exercised |= !strategy.total_shares.is_zero();
            must!(
                strategy.balance >= strategy.total_shares,
                "{} holds {} wei for {} shares",
                step.name(strategy.address),
                strategy.balance,
                strategy.total_shares,
            );
        }
        Verdict::holds_if(exercised)
    },
};

pub(super) const SOLVENT: Invariant = Invariant {
    id: "CON-07",
    statement: "All shares of a strategy together can be paid out of what it holds.",
    formula: "floor((B + 1000) * T / (T + 1000)) <= B",
    why: "Otherwise the last to leave is not paid.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[Assumption::NoFee, Assumption::NoRebase, Assumption::PassiveTokens],
    scope: Scope::REST,
    check: |step| {
        applies_if!(step.touched.rest());
        let mut exercised = false;
        for strategy in &step.after.strategies {
            let worth = strategy.tokens_for(strategy.total_shares);
            exercised |= !strategy.total_shares.is_zero();
            must!(
                worth.is_some_and(|worth| worth <= strategy.balance),
                "in wei, the {} shares of {} are worth {worth}, and it holds {}",
                strategy.total_shares,
                step.name(strategy.address),
                strategy.balance,
                worth = sentence::said(&worth)
            );
        }
        Verdict::holds_if(exercised)
    },
};

pub(super) const NO_SPLITTING: Invariant = Invariant {
    id: "CON-08",
    statement: "Shares that are paid piece by piece are paid no more than all at once.",
    formula: "for each call and strategy: B - B' <= floor((B + 1000) * sum of shares paid / (T + 1000))",
    why: "If splitting a withdrawal paid, everybody would split until nothing is left for who did not.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[Assumption::NoFee, Assumption::NoRebase, Assumption::PassiveTokens],
    scope: Scope::COMPLETIONS.or(Scope::CLEARINGS),
    check: |step| {
        use Operation as O;
        applies_if!(matches!(
            step.call.operation,
            O::CompleteWithdrawal { .. }
                | O::CompleteWithdrawals { .. }
                | O::ClearSlash { .. }
                | O::ClearSlashByStrategy { .. }
                | O::BurnShares { .. }
        ));
        applies_if!(step.succeeded());
        let paid = payments(step.before, step.call);
        let mut exercised = false;
        for (index, (was, is)) in step.before.strategies.iter().zip(&step.after.strategies).enumerate() {
            let of_strategy = paid.iter().filter(|payment| payment.strategy == index);
            let shares = of_strategy.fold(U256::ZERO, |sum, payment| sum.saturating_add(payment.shares));
            let once = was.tokens_for(shares).unwrap_or(U256::MAX);
            let fell = was.balance.saturating_sub(is.balance);
            exercised |= !shares.is_zero();
            must!(
                fell <= once,
                "{} paid {fell} wei for {shares} shares, which at once are worth {once}",
                step.name(was.address),
            );
        }
        Verdict::holds_if(exercised)
    },
};

pub(super) const BURN_SINK: Invariant = Invariant {
    id: "CON-10",
    statement: "What is burned stays burned, and only slashes of sets without a recipient burn.",
    formula: "the burn address's balances never fall, and rise only in a clearing for a set without recipient or in burnShares",
    why: "A burn that somebody can take back, or that takes what a recipient is due, is a theft with two names.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[Assumption::NoRebase, Assumption::PassiveTokens],
    scope: Scope::REST,
    check: |step| {
        applies_if!(step.touched.rest());
        let burn = step.after.terms.burn_address;
        let Some(at) = step.after.holders.iter().position(|holder| *holder == burn) else {
            return Verdict::NotApplicable;
        };
        let burns = match step.call.operation {
            Operation::ClearSlash { set, .. } | Operation::ClearSlashByStrategy { set, .. } => {
                step.ghosts.recipients.get(&set).is_none_or(|recipient| recipient.is_zero())
            }
            Operation::BurnShares { .. } => true,
            _ => false,
        };
        let mut exercised = false;
        for (was, is) in step.before.tokens.iter().zip(&step.after.tokens) {
            let (before, after) = (was.balances[at], is.balances[at]);
            exercised |= before != after;
            must!(
                before == after || (before < after && burns),
                "the burn address had {before} of {} and has {after}",
                step.name(is.address),
            );
        }
        Verdict::holds_if(exercised)
    },
};

pub(super) const PASSED_ON: Invariant = Invariant {
    id: "CON-11",
    statement: "The managers hold no tokens.",
    formula: "balance of AllocationManager, DelegationManager, StrategyManager == 0, for every token",
    why: "They only pass tokens on. What stays with them belongs to nobody, and nothing gets it out.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::REST,
    check: |step| {
        applies_if!(step.touched.rest());
        let managers = step.after.terms.managers;
        for (at, holder) in step.after.holders.iter().enumerate() {
            if ![managers.allocation, managers.delegation, managers.strategy].contains(holder) {
                continue;
            }
            for token in &step.after.tokens {
                let balance = token.balances[at];
                must!(balance.is_zero(), "{} holds {balance} of {}", step.name(*holder), step.name(token.address),);
            }
        }
        Verdict::Holds
    },
};

pub(super) const NO_PROFIT: Invariant = Invariant {
    id: "CON-12",
    statement: "Nobody takes more out of a strategy than was put in, but for donations and what rounding took from others.",
    formula: "for each staker: tokens out <= tokens in + sum of donations + sum of ceil(rate) over deposits + payments",
    why: "Whoever gets more has it from those who come later, and they find nothing.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[Assumption::NoFee, Assumption::NoRebase, Assumption::PassiveTokens],
    scope: Scope::COMPLETIONS.that_succeeded(),
    check: |step| {
        use Operation as O;
        applies_if!(matches!(step.call.operation, O::CompleteWithdrawal { .. } | O::CompleteWithdrawals { .. }));
        applies_if!(step.succeeded());
        let Some(staker) = step.after.staker_index(step.call.actor) else { return Verdict::NotApplicable };
        let mut exercised = false;
        for (index, account) in step.ghosts.accounts[staker].iter().enumerate() {
            let history = &step.ghosts.strategies[index];
            let gains = history.donated.saturating_add(history.rounded);
            exercised |= !account.paid_out.is_zero();
            must!(
                account.paid_out <= account.paid_in.saturating_add(gains),
                "{} put {} wei into {} and got {}; donations and rounding explain {gains}",
                step.name(step.call.actor),
                account.paid_in,
                step.name(step.after.strategies[index].address),
                account.paid_out,
            );
        }
        Verdict::holds_if(exercised)
    },
};

pub(super) const SLASHED_FUNDS: Invariant = Invariant {
    id: "CON-14",
    statement: "Clearing a slash pays no more than what the slash took from the operator and from its queue.",
    formula: "tokens of slash i in t <= floor((B + 1000) * taken / (T + 1000)), with taken = op - op' + \
              floor(scaled shares within reach * (p - n)) when it was slashed",
    why: "What is paid beyond comes from stakers of operators that did nothing.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[Assumption::NoFee, Assumption::NoRebase, Assumption::PassiveTokens, Assumption::Redistribution],
    scope: Scope::CLEARINGS.that_succeeded(),
    check: |step| {
        let (Operation::ClearSlash { set, nth } | Operation::ClearSlashByStrategy { set, nth, .. }) =
            step.call.operation
        else {
            return Verdict::NotApplicable;
        };
        applies_if!(step.succeeded());
        let Some(of) = step.before.set(set) else { return Verdict::NotApplicable };
        let slash = of.nth_slash(nth);
        let mut exercised = false;
        for (was, is) in step.before.strategies.iter().zip(&step.after.strategies) {
            let fell = was.balance.saturating_sub(is.balance);
            if fell.is_zero() {
                continue;
            }
            exercised = true;
            let taken = step.ghosts.taken.get(&(set, slash, was.address)).copied().unwrap_or_default();
            let most = was.tokens_for(taken).unwrap_or(U256::MAX);
            must!(
                fell <= most,
                "slash {slash} took {taken} shares of {}, worth {most} wei, and {fell} were paid",
                step.name(was.address),
            );
        }
        Verdict::holds_if(exercised)
    },
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        call::{Completion, Receive},
        invariants::fixture::{Scene, judge},
    };

    fn violated(invariant: &Invariant, scene: &Scene) -> bool {
        matches!(judge(invariant, scene), Verdict::Violated(_))
    }

    #[test]
    fn con_01() {
        let mut scene = Scene::completed();
        assert_eq!(judge(&BALANCE_LEDGER, &scene), Verdict::Holds);
        scene.after.strategies[0].balance += U256::ONE;
        assert!(violated(&BALANCE_LEDGER, &scene));
        assert_eq!(judge(&BALANCE_LEDGER, &Scene::quiet()), Verdict::NotApplicable);
    }

    #[test]
    fn con_06() {
        let mut scene = Scene::completed();
        assert_eq!(judge(&BACKED, &scene), Verdict::Holds);
        scene.after.strategies[0].balance -= U256::ONE;
        assert!(violated(&BACKED, &scene));
        assert_eq!(judge(&BACKED, &Scene::quiet()), Verdict::NotApplicable);
    }

    #[test]
    fn con_07() {
        let mut scene = Scene::completed();
        assert_eq!(judge(&SOLVENT, &scene), Verdict::Holds);
        // At half a token for a share, the thousand that nobody owns pay for some of it, and not for all.
        scene.after.strategies[0].balance = U256::from(45_000);
        assert!(violated(&SOLVENT, &scene));
        assert_eq!(judge(&SOLVENT, &Scene::quiet()), Verdict::NotApplicable);
    }

    #[test]
    fn con_08() {
        let mut scene = Scene::completed();
        assert_eq!(judge(&NO_SPLITTING, &scene), Verdict::Holds);
        scene.after.strategies[0].balance -= U256::ONE;
        assert!(violated(&NO_SPLITTING, &scene));
        assert_eq!(judge(&NO_SPLITTING, &Scene::quiet()), Verdict::NotApplicable);
    }

    #[test]
    fn con_10() {
        let mut scene = Scene::cleared();
        assert_eq!(judge(&BURN_SINK, &scene), Verdict::Holds);
        let set = scene.before.sets[0].id;
        scene.ghosts.recipients.insert(set, scene.before.sets[1].recipient);
        assert!(violated(&BURN_SINK, &scene), "it was due to a recipient");
        let mut back = Scene::cleared();
        std::mem::swap(&mut back.before.tokens, &mut back.after.tokens);
        assert!(violated(&BURN_SINK, &back));
        assert_eq!(judge(&BURN_SINK, &Scene::quiet()), Verdict::NotApplicable);
    }

    #[test]
    fn con_11() {
        let mut scene = Scene::quiet();
        assert_eq!(judge(&PASSED_ON, &scene), Verdict::Holds);
        scene.after.holders.push(scene.after.terms.managers.strategy);
        scene.after.tokens[0].balances.push(U256::ONE);
        assert!(violated(&PASSED_ON, &scene));
    }

    #[test]
    fn con_12() {
        let mut scene = Scene::completed();
        assert_eq!(judge(&NO_PROFIT, &scene), Verdict::Holds);
        let account = &mut scene.ghosts.accounts[0][0];
        account.paid_out = account.paid_in + U256::from(3);
        assert!(violated(&NO_PROFIT, &scene));
        scene.ghosts.strategies[0].donated = U256::from(3);
        assert_eq!(judge(&NO_PROFIT, &scene), Verdict::Holds);
        let staker = scene.call.actor;
        let completion = Completion { staker, nth: 0, receive: Receive::Tokens };
        scene.call.operation = Operation::CompleteWithdrawal { completion };
        scene.call.actor = scene.after.terms.burn_address;
        assert_eq!(judge(&NO_PROFIT, &scene), Verdict::NotApplicable);
    }

    #[test]
    fn con_14() {
        let mut scene = Scene::cleared();
        assert_eq!(judge(&SLASHED_FUNDS, &scene), Verdict::Holds);
        for taken in scene.ghosts.taken.values_mut() {
            *taken -= U256::ONE;
        }
        assert!(violated(&SLASHED_FUNDS, &scene));
        assert_eq!(judge(&SLASHED_FUNDS, &Scene::slash()), Verdict::NotApplicable);
    }
}
