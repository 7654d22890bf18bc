//! Withdrawals, and what slashes took.

use alloy_primitives::{Address, U256};

use super::{
    Announced, announced,
    kinds::{WAITING_SHARES_DECREASED, WAITING_SHARES_INCREASED, WITHDRAWAL_COMPLETED, WITHDRAWAL_QUEUED},
    sum,
};
use crate::{
    applies_if,
    invariants::sentence,
    ledger::{Ledger, OperatorSet},
    must,
    oracle::{Assumption, Checkpoint, Invariant, Scope, Verdict},
};

pub(super) const WITHDRAWALS: Invariant = Invariant {
    id: "EVT-08",
    statement: "Every withdrawal is announced when it is queued and when it is completed, and no other.",
    formula: "the roots of SlashingWithdrawalQueued are those that became pending; of SlashingWithdrawalCompleted, those that no \
              longer are",
    why: "To complete a withdrawal one must know all of it, and the event is where it is written.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::STAKERS.that_succeeded(),
    check: |step| {
        applies_if!(step.succeeded());
        let mut exercised = false;
        for (what, kind, from, to) in [
            ("became pending", &[WITHDRAWAL_QUEUED], step.before, step.after),
            ("are no longer pending", &[WITHDRAWAL_COMPLETED], step.after, step.before),
        ] {
            let mut is: Vec<U256> = began(from, to).collect();
            let told = announced(step, step.after.terms.managers.delegation, kind);
            let mut told: Vec<U256> = told.map(|told| told.word(0)).collect();
            is.sort_unstable();
            told.sort_unstable();
            exercised |= !told.is_empty();
            must!(is == told, "{} withdrawals {what}, and {} were announced, or others", is.len(), told.len());
        }
        Verdict::holds_if(exercised)
    },
};

/// The roots that are pending in `to` and are not in `from`.
fn began<'a>(from: &'a Ledger, to: &'a Ledger) -> impl Iterator<Item = U256> + 'a {
    let is_pending = |ledger: &Ledger, index: usize| ledger.withdrawals.get(index).is_some_and(|it| it.pending);
    let began = move |index: &usize| is_pending(to, *index) && !is_pending(from, *index);
    (0..to.withdrawals.len()).filter(began).map(|index| to.withdrawals[index].root.into())
}

pub(super) const WAITING: Invariant = Invariant {
    id: "EVT-09",
    statement: "What a slash took, and what is paid out of it, is announced by set, slash and strategy, all of it and nothing else.",
    formula: "b(S,id,t) + sum(BurnOrRedistributableSharesIncreased of S, id, t) == b(S,id,t)' + \
              sum(BurnOrRedistributableSharesDecreased of S, id, t)",
    why: "Those to whom slashed funds are due learn by it that there is something to fetch.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[Assumption::Redistribution],
    scope: Scope::SETS.that_succeeded(),
    check: |step| {
        applies_if!(step.succeeded());
        let manager = step.after.terms.managers.strategy;
        let mut exercised = false;
        for index in step.touched_sets() {
            let (was, is) = (&step.before.sets[index], &step.after.sets[index]);
            for slash in 0..is.slashes.len() {
                for strategy in &step.after.strategies {
                    let of_slash = |told: &Announced<'_>| {
                        told.address(0) == is.id.avs
                            && told.word(1) == U256::from(is.id.id)
                            && told.word(2) == U256::from(slash)
                            && told.address(3) == strategy.address
                    };
                    let [more, less] = [&[WAITING_SHARES_INCREASED], &[WAITING_SHARES_DECREASED]]
                        .map(|kind| sum(announced(step, manager, kind).filter(of_slash), 4));
                    let [was, waits] = [was, is].map(|set| waiting(set, slash, strategy.address));
                    exercised |= was != waits;
                    must!(
                        was.saturating_add(more) == waits.saturating_add(less),
                        "of slash {slash} of {}, {was} shares of {} waited and {waits} wait, and {more} more and {less} less were \
                         announced",
                        sentence::set(step, is.id),
                        step.name(strategy.address)
                    );
                }
            }
        }
        Verdict::holds_if(exercised)
    },
};

/// The shares of a strategy that wait to be paid out of a slash.
fn waiting(set: &OperatorSet, slash: usize, strategy: Address) -> U256 {
    let shares = set.slashes.get(slash).into_iter().flatten().filter(|(of, _)| *of == strategy);
    shares.fold(U256::ZERO, |sum, (_, shares)| sum.saturating_add(*shares))
}

#[cfg(test)]
mod tests {
    use super::{
        super::tests::{event, holds, violated, word},
        *,
    };
    use crate::invariants::fixture::Scene;

    #[test]
    fn evt_08() {
        let mut scene = Scene::queued();
        scene.before = scene.after.clone();
        scene.after.withdrawals[0].pending = false;
        let told = |root: U256| event(scene.after.terms.managers.delegation, WITHDRAWAL_COMPLETED, &[root]);
        let root: U256 = scene.after.withdrawals[0].root.into();
        let (right, wrong) = (told(root), told(root + U256::ONE));
        assert!(violated(&WITHDRAWALS, &scene), "nothing is announced");
        scene.events = vec![wrong];
        assert!(violated(&WITHDRAWALS, &scene), "another is announced");
        scene.events = vec![right];
        assert!(holds(&WITHDRAWALS, &scene));
    }

    #[test]
    fn evt_09() {
        let mut scene = Scene::slash();
        scene.after = scene.before.clone();
        let (set, strategy) = (scene.after.sets[0].id, scene.after.strategies[0].address);
        scene.before.sets[0].slashes = Vec::new();
        scene.after.sets[0].slashes = vec![Vec::new(), vec![(strategy, U256::from(50))]];
        let told = |shares: u64| {
            let numbers = [U256::from(set.id), U256::ONE];
            let words = [&[word(set.avs)], &numbers[..], &[word(strategy), U256::from(shares)]].concat();
            event(scene.after.terms.managers.strategy, WAITING_SHARES_INCREASED, &words)
        };
        let (right, wrong) = (told(50), told(49));
        assert!(violated(&WAITING, &scene), "nothing is announced");
        scene.events = vec![wrong];
        assert!(violated(&WAITING, &scene), "less is announced");
        scene.events = vec![right];
        assert!(holds(&WAITING, &scene));
    }
}
