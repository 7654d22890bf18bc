//! Leaving the queue: when, how often, and for how much.

use alloy_primitives::U256;

use crate::{
    applies_if,
    call::{Completion, Operation, Receive},
    ghost::payments,
    ledger::Withdrawal,
    must,
    oracle::{Assumption, Checkpoint, Invariant, Scope, Step, Verdict},
};

/// What a successful step completed; empty for every other step.
fn completions<'a>(step: &Step<'a>) -> &'a [Completion] {
    match &step.call.operation {
        Operation::CompleteWithdrawal { completion } if step.succeeded() => std::slice::from_ref(completion),
        Operation::CompleteWithdrawals { completions } if step.succeeded() => completions,
        _ => &[],
    }
}

fn withdrawal<'a>(step: &Step<'a>, completion: &Completion) -> Option<&'a Withdrawal> {
    step.before.nth_withdrawal(completion.staker, completion.nth)
}

pub(super) const DELAY: Invariant = Invariant {
    id: "WDR-05",
    statement: "A withdrawal is completed only after its delay.",
    formula: "completion in block N implies N > startBlock + M",
    why: "The delay is the time in which a fault can be proved. Without it, who is about to be slashed is gone.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::COMPLETIONS.that_succeeded(),
    check: |step| {
        let completions = completions(step);
        for completion in completions {
            let Some(withdrawal) = withdrawal(step, completion) else { continue };
            let first = step.before.slashable_until(withdrawal).saturating_add(1);
            must!(
                step.before.block >= first,
                "withdrawal {} of {} was completed in block {}, before block {first}",
                withdrawal.nonce,
                step.name(withdrawal.staker),
                step.before.block,
            );
        }
        Verdict::holds_if(!completions.is_empty())
    },
};

pub(super) const ONCE: Invariant = Invariant {
    id: "WDR-06",
    statement: "A withdrawal is completed once.",
    formula: "for each root: completions <= 1",
    why: "Completed twice, it is paid twice, with the tokens of others.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::COMPLETIONS.that_succeeded(),
    check: |step| {
        let completions = completions(step);
        for completion in completions {
            let Some(withdrawal) = withdrawal(step, completion) else { continue };
            let times = step.ghosts.completions.get(&withdrawal.root).copied().unwrap_or_default();
            must!(
                times <= 1,
                "withdrawal {} of {} was completed {times} times",
                withdrawal.nonce,
                step.name(withdrawal.staker),
            );
        }
        Verdict::holds_if(!completions.is_empty())
    },
};

/// Receivable shares of all completed withdrawals, by strategy.
fn received(step: &Step<'_>) -> Vec<U256> {
    let mut shares = vec![U256::ZERO; step.before.strategies.len()];
    for withdrawal in completions(step).iter().filter_map(|completion| withdrawal(step, completion)) {
        for (item, (strategy, _)) in withdrawal.items.iter().enumerate() {
            let Some(index) = step.before.strategy_index(*strategy) else { continue };
            let worth = step.before.receivable(withdrawal, item).unwrap_or_default();
            shares[index] = shares[index].saturating_add(worth);
        }
    }
    shares
}

pub(super) const AS_TOKENS: Invariant = Invariant {
    id: "WDR-07",
    statement: "A withdrawal as tokens pays its shares at the rate of the moment, to its staker, and moves nothing else.",
    formula: "with r = floor(scaledShares * m(startBlock + M) / WAD): T' == T - r, staker's balance rises by \
              floor((B + 1000) * r / (T + 1000)); s, k, op unchanged. What pods pay is ETH-09",
    why: "This is the moment for which everything else is kept: what the staker was promised is in its hands.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[Assumption::NoFee, Assumption::NoRebase, Assumption::PassiveTokens],
    scope: Scope::COMPLETIONS.that_succeeded(),
    check: |step| {
        let all = completions(step);
        applies_if!(
            !all.is_empty()
                && all.iter().all(|completion| matches!(completion.receive, Receive::Tokens | Receive::Wrapped))
        );
        let paid = payments(step.before, step.call);
        let shares = received(step);
        for (index, (was, is)) in step.before.strategies.iter().zip(&step.after.strategies).enumerate() {
            must!(
                step.before.is_native(index) || was.total_shares.wrapping_sub(is.total_shares) == shares[index],
                "a withdrawal of {} shares took {} to {} shares from {}",
                shares[index],
                step.name(was.address),
                is.total_shares,
                was.total_shares,
            );
        }
        for token in &step.after.tokens {
            let due = paid.iter().filter(|payment| payment.token == token.address);
            let due = due.fold(U256::ZERO, |sum, payment| sum.saturating_add(payment.tokens));
            let has = step.after.balance(token.address, step.call.actor).unwrap_or_default();
            let had = step.before.balance(token.address, step.call.actor).unwrap_or_default();
            must!(
                has.wrapping_sub(had) == due,
                "{} was to get {due} wei of {}, and had {had} and has {has}",
                step.name(step.call.actor),
                step.name(token.address),
            );
        }
        let moved = step
            .touched_stakers()
            .any(|at| step.before.stakers[at].holdings != step.after.stakers[at].holdings)
            || step.touched_operators().any(|at| step.before.operators[at].stakes != step.after.operators[at].stakes);
        must!(!moved, "a withdrawal as tokens of {} moved shares", step.name(step.call.actor));
        Verdict::Holds
    },
};

pub(super) const AS_SHARES: Invariant = Invariant {
    id: "WDR-08",
    statement: "A withdrawal as shares gives the staker its shares back, and whoever it is delegated to as many; no token moves.",
    formula: "with r as in WDR-07: s' == s + r; op(delegatedTo(staker))' == op + r; T and B unchanged",
    why: "Shares that come back twice, or to the wrong operator, are stake that nobody deposited.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[Assumption::NoRebase],
    scope: Scope::COMPLETIONS.that_succeeded(),
    check: |step| {
        let all = completions(step);
        applies_if!(!all.is_empty() && all.iter().all(|completion| completion.receive == Receive::Shares));
        let shares = received(step);
        let Some(staker) = step.after.staker_index(step.call.actor) else { return Verdict::NotApplicable };
        let (was, is) = (&step.before.stakers[staker], &step.after.stakers[staker]);
        let operator = step.after.operator_index(is.delegated_to);
        for (index, strategy) in step.after.strategies.iter().enumerate() {
            let due = shares[index];
            let gained = is.holdings[index].shares.wrapping_sub(was.holdings[index].shares);
            must!(
                gained == due,
                "{} was to get back {due} shares of {}, and got {gained}",
                step.name(is.address),
                step.name(strategy.address),
            );
            if let Some(operator) = operator {
                let of = |ledger: &crate::ledger::Ledger| ledger.operators[operator].stakes[index].shares;
                let came = of(step.after).wrapping_sub(of(step.before));
                must!(
                    came == due,
                    "{due} shares of {} came back to {}, which counts {came}",
                    step.name(strategy.address),
                    step.name(is.delegated_to),
                );
            }
            let pool = &step.before.strategies[index];
            must!(
                pool.total_shares == strategy.total_shares && pool.balance == strategy.balance,
                "shares of {} came back, and its tokens moved",
                step.name(strategy.address),
            );
        }
        Verdict::Holds
    },
};

/// Judges receivable shares of every withdrawal whose operator's magnitudes a step changed.
fn judge_receivable(step: &Step<'_>, judge: &dyn Fn(&Withdrawal, U256, U256) -> Verdict) -> Verdict {
    let mut exercised = false;
    for operator in step.touched_operators() {
        let (was, is) = (&step.before.operators[operator], &step.after.operators[operator]);
        let same = was.stakes.iter().zip(&is.stakes).all(|(was, is)| was.max_magnitudes == is.max_magnitudes);
        if same {
            continue;
        }
        for withdrawal in step.before.withdrawals.iter().filter(|w| w.pending && w.delegated_to == is.address) {
            for item in 0..withdrawal.items.len() {
                let worth = |ledger: &crate::ledger::Ledger| ledger.receivable(withdrawal, item).unwrap_or_default();
                match judge(withdrawal, worth(step.before), worth(step.after)) {
                    Verdict::Holds => exercised = true,
                    Verdict::NotApplicable => {}
                    violated @ Verdict::Violated(_) => return violated,
                }
            }
        }
    }
    Verdict::holds_if(exercised)
}

pub(super) const FINAL: Invariant = Invariant {
    id: "WDR-09",
    statement: "What a withdrawal pays is final once it cannot be slashed any more.",
    formula: "N > startBlock + M implies that no call changes floor(scaledShares * m(startBlock + M) / WAD)",
    why: "After the delay the tokens are the staker's, whether it fetches them or not.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::OPERATORS,
    check: |step| {
        applies_if!(step.touched.any_operator());
        judge_receivable(step, &|withdrawal, was, is| {
            applies_if!(step.before.block > step.before.slashable_until(withdrawal));
            must!(
                was == is,
                "withdrawal {} of {} was worth {was} shares for good, and is worth {is}",
                withdrawal.nonce,
                step.name(withdrawal.staker),
            );
            Verdict::Holds
        })
    },
};

pub(super) const NEVER_MORE: Invariant = Invariant {
    id: "WDR-10",
    statement: "A queued withdrawal never becomes worth more shares.",
    formula: "receivable shares of every pending withdrawal never rise",
    why: "Shares in the queue earn nothing. What they gain is taken from others.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::OPERATORS,
    check: |step| {
        applies_if!(step.touched.any_operator());
        judge_receivable(step, &|withdrawal, was, is| {
            must!(
                is <= was,
                "withdrawal {} of {} was worth {was} shares, and is worth {is}",
                withdrawal.nonce,
                step.name(withdrawal.staker),
            );
            Verdict::Holds
        })
    },
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        arithmetic::WAD,
        invariants::fixture::{Scene, judge},
    };

    fn violated(invariant: &Invariant, scene: &Scene) -> bool {
        matches!(judge(invariant, scene), Verdict::Violated(_))
    }

    #[test]
    fn wdr_05() {
        let mut scene = Scene::completed();
        assert_eq!(judge(&DELAY, &scene), Verdict::Holds);
        scene.before.block = 1_130;
        assert!(violated(&DELAY, &scene));
        assert_eq!(judge(&DELAY, &Scene::quiet()), Verdict::NotApplicable);
    }

    #[test]
    fn wdr_06() {
        let mut scene = Scene::completed();
        assert_eq!(judge(&ONCE, &scene), Verdict::Holds);
        *scene.ghosts.completions.values_mut().next().unwrap() = 2;
        assert!(violated(&ONCE, &scene));
        assert_eq!(judge(&ONCE, &Scene::quiet()), Verdict::NotApplicable);
    }

    #[test]
    fn wdr_07() {
        let scene = Scene::completed();
        assert_eq!(judge(&AS_TOKENS, &scene), Verdict::Holds);
        for spoil in [
            (|scene: &mut Scene| scene.after.strategies[0].total_shares += U256::ONE) as fn(&mut Scene),
            |scene| scene.after.tokens[0].balances[0] -= U256::ONE,
            |scene| scene.after.stakers[0].holdings[0].shares += U256::ONE,
            |scene| scene.after.operators[0].stakes[0].shares += U256::ONE,
        ] {
            let mut scene = scene.clone();
            spoil(&mut scene);
            assert!(violated(&AS_TOKENS, &scene));
        }
        assert_eq!(judge(&AS_TOKENS, &Scene::quiet()), Verdict::NotApplicable);
    }

    #[test]
    fn wdr_08() {
        let mut scene = Scene::completed();
        assert_eq!(judge(&AS_SHARES, &scene), Verdict::NotApplicable);
        let tenth = scene.before.withdrawals[0].items[0].1;
        let completion = Completion { staker: scene.call.actor, nth: 0, receive: Receive::Shares };
        scene.call.operation = Operation::CompleteWithdrawal { completion };
        scene.after = scene.before.clone();
        assert!(violated(&AS_SHARES, &scene), "nothing came back");
        scene.after.stakers[0].holdings[0].shares += tenth;
        assert!(violated(&AS_SHARES, &scene), "nothing to the operator");
        scene.after.operators[0].stakes[0].shares += tenth;
        assert_eq!(judge(&AS_SHARES, &scene), Verdict::Holds);
        scene.after.strategies[0].balance -= U256::ONE;
        assert!(violated(&AS_SHARES, &scene));
    }

    /// Half is slashed while a tenth is queued, `entries` being the magnitudes after it.
    fn slashed(entries: Vec<(u32, U256)>) -> Scene {
        let mut scene = Scene::slash();
        scene.before.withdrawals = Scene::queued().after.withdrawals;
        scene.after.withdrawals = scene.before.withdrawals.clone();
        scene.after.operators[0].stakes[0].max_magnitudes.entries = entries;
        scene
    }

    #[test]
    fn wdr_09() {
        let half = U256::from(WAD / 2);
        let mut scene = slashed(vec![(1_200, half)]);
        assert_eq!(judge(&FINAL, &scene), Verdict::NotApplicable, "it can still be slashed");
        (scene.before.block, scene.after.block) = (1_200, 1_200);
        assert_eq!(judge(&FINAL, &scene), Verdict::Holds);
        scene.after.operators[0].stakes[0].max_magnitudes.entries = vec![(1_130, half)];
        assert!(violated(&FINAL, &scene), "in its last block");
        assert_eq!(judge(&FINAL, &Scene::quiet()), Verdict::NotApplicable);
    }

    #[test]
    fn wdr_10() {
        let half = U256::from(WAD / 2);
        let mut scene = slashed(vec![(1_101, half)]);
        assert_eq!(judge(&NEVER_MORE, &scene), Verdict::Holds);
        scene.before.operators[0].stakes[0].max_magnitudes.entries = vec![(1_100, half - U256::from(WAD / 4))];
        assert!(violated(&NEVER_MORE, &scene));
        assert_eq!(judge(&NEVER_MORE, &Scene::quiet()), Verdict::NotApplicable);
    }
}
