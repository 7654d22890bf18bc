//! Magnitudes, allocations and memberships.

use alloy_primitives::{B256, U256};

use super::{
    Announced, announced, is_told,
    kinds::{
        ALLOCATION_UPDATED, ENCUMBERED_MAGNITUDE_UPDATED, MAX_MAGNITUDE_UPDATED, OPERATOR_ADDED, OPERATOR_REMOVED,
    },
};
use crate::{
    applies_if,
    invariants::sentence,
    ledger::{Allocation, Ledger},
    must,
    oracle::{Checkpoint, Invariant, Scope, Step, Verdict},
};

pub(super) const MAGNITUDES: Invariant = Invariant {
    id: "EVT-05",
    statement: "A maximum magnitude that changes is announced as it is then, and so is what of it is encumbered.",
    formula: "m(o,t)' == the last MaxMagnitudeUpdated of o, t; enc(o,t)' == the last EncumberedMagnitudeUpdated of o, t; each \
              as before where there is none",
    why: "Who watches how much of a stake is left to be promised, and how much of it was slashed, watches these.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::OPERATORS.that_succeeded(),
    check: |step| {
        applies_if!(step.succeeded());
        let mut exercised = false;
        for at in step.touched_operators() {
            for of in 0..step.after.strategies.len() {
                let [was, is] = [step.before, step.after].map(|ledger| &ledger.operators[at].stakes[of]);
                for (what, kind, was, is) in [
                    ("maximum", &[MAX_MAGNITUDE_UPDATED], was.max_magnitude(), is.max_magnitude()),
                    ("encumbered", &[ENCUMBERED_MAGNITUDE_UPDATED], was.encumbered, is.encumbered),
                ] {
                    let told = last_of_stake(step, kind, at, of);
                    exercised |= told.is_some();
                    must!(
                        is_told(&U256::from(was), &U256::from(is), told.as_ref()),
                        "the {what} magnitude of {} was {was} and is {is}, and {} was announced",
                        sentence::stake(step, at, of),
                        sentence::said(&told)
                    );
                }
            }
        }
        Verdict::holds_if(exercised)
    },
};

/// What was announced last of what an operator has in a strategy.
fn last_of_stake(step: &Step<'_>, kind: &'static [B256; 1], at: usize, of: usize) -> Option<U256> {
    let (operator, strategy) = (step.after.operators[at].address, step.after.strategies[of].address);
    let told = announced(step, step.after.terms.managers.allocation, kind);
    let of_stake = told.filter(|told| told.address(0) == operator && told.address(1) == strategy);
    of_stake.last().map(|told| told.word(2))
}

pub(super) const ALLOCATIONS: Invariant = Invariant {
    id: "EVT-06",
    statement: "An allocation that changes is announced: what it is now, and what it will be from which block on.",
    formula: "settled at the block, c' != c implies an AllocationUpdated with c' from now on; d' != d and d' != 0 one with c' + d' \
              from e' on",
    why: "An AVS counts the stake behind it by these, and stakers what can be slashed from when.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::OPERATORS.that_succeeded(),
    check: |step| {
        applies_if!(step.succeeded());
        let mut exercised = false;
        for at in step.touched_operators() {
            for to in 0..step.after.sets.len() {
                for of in 0..step.after.strategies.len() {
                    let [was, is] = [step.before, step.after].map(|ledger| settled(ledger, step, [at, to, of]));
                    let now = (is.current != was.current).then(|| (i128::from(is.current), step.after.block));
                    let later = (is.pending != was.pending && is.pending != 0)
                        .then(|| (is.target(), u64::from(is.effect_block)));
                    for (magnitude, block) in [now, later].into_iter().flatten() {
                        exercised = true;
                        must!(
                            allocated(step, [at, to, of]).any(|told| told == (magnitude, block)),
                            "{magnitude} from block {block} on is allocated by {}, and was not announced",
                            sentence::allocation(step, at, to, of)
                        );
                    }
                }
            }
        }
        Verdict::holds_if(exercised)
    },
};

fn settled(ledger: &Ledger, step: &Step<'_>, [at, to, of]: [usize; 3]) -> Allocation {
    ledger.operators[at].allocations[to][of].settled(step.after.block)
}

/// The magnitudes that were announced of an allocation, each with the block from which on it counts.
fn allocated(step: &Step<'_>, [at, to, of]: [usize; 3]) -> impl Iterator<Item = (i128, u64)> {
    let ledger = step.after;
    let (operator, set, strategy) = (ledger.operators[at].address, ledger.sets[to].id, ledger.strategies[of].address);
    let of_allocation = move |told: &Announced<'_>| {
        told.address(0) == operator
            && told.address(1) == set.avs
            && told.word(2) == U256::from(set.id)
            && told.address(3) == strategy
    };
    let told = announced(step, ledger.terms.managers.allocation, &[ALLOCATION_UPDATED]);
    told.filter(of_allocation).map(|told| (told.word(4).saturating_to(), told.word(5).saturating_to()))
}

pub(super) const MEMBERSHIPS: Invariant = Invariant {
    id: "EVT-07",
    statement: "Which sets an operator joins and leaves is announced in order.",
    formula: "registered(o,S)' follows from registered(o,S) by OperatorAddedToOperatorSet and OperatorRemovedFromOperatorSet of o, \
              S, each true where it stands",
    why: "An AVS gives work, and rewards, to those of whom it hears.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::OPERATORS.that_succeeded(),
    check: |step| {
        applies_if!(step.succeeded());
        let mut exercised = false;
        for at in step.touched_operators() {
            let operator = step.after.operators[at].address;
            for to in 0..step.after.sets.len() {
                let set = step.after.sets[to].id;
                let [was, is] = [step.before, step.after].map(|ledger| ledger.operators[at].memberships[to].registered);
                let mut told_in = was;
                let of_set = |told: &Announced<'_>| {
                    told.address(0) == operator && told.address(1) == set.avs && told.word(2) == U256::from(set.id)
                };
                let events = announced(step, step.after.terms.managers.allocation, &[OPERATOR_ADDED, OPERATOR_REMOVED]);
                for told in events.filter(of_set) {
                    exercised = true;
                    let joins = told.kind() == OPERATOR_ADDED;
                    must!(
                        told_in != joins,
                        "it was announced that {} {} {}, and so it was before",
                        step.name(operator),
                        if joins { "joins" } else { "leaves" },
                        sentence::set(step, set)
                    );
                    told_in = joins;
                }
                must!(
                    told_in == is,
                    "{} {} {}, and that was not announced",
                    step.name(operator),
                    if is { "joined" } else { "left" },
                    sentence::set(step, set)
                );
            }
        }
        Verdict::holds_if(exercised)
    },
};

#[cfg(test)]
mod tests {
    use alloy_primitives::Log;

    use super::{
        super::tests::{event, holds, violated, word},
        *,
    };
    use crate::invariants::fixture::Scene;

    /// Nothing changed.
    fn still() -> Scene {
        let mut scene = Scene::slash();
        scene.after = scene.before.clone();
        scene
    }

    fn told(scene: &Scene, kind: B256, numbers: &[u64]) -> Log {
        let numbers = numbers.iter().copied().map(U256::from);
        let stake = [scene.after.operators[0].address, scene.after.strategies[0].address].map(word);
        let words: Vec<U256> = stake.into_iter().chain(numbers).collect();
        event(scene.after.terms.managers.allocation, kind, &words)
    }

    #[test]
    fn evt_05() {
        let mut scene = still();
        scene.after.operators[0].stakes[0].encumbered -= 1;
        let is = scene.after.operators[0].stakes[0].encumbered;
        assert!(violated(&MAGNITUDES, &scene), "nothing is announced");
        scene.events = vec![told(&scene, ENCUMBERED_MAGNITUDE_UPDATED, &[is])];
        assert!(holds(&MAGNITUDES, &scene));
        scene.events = vec![told(&scene, ENCUMBERED_MAGNITUDE_UPDATED, &[is + 1])];
        assert!(violated(&MAGNITUDES, &scene), "what was is announced");
    }

    #[test]
    fn evt_06() {
        let mut scene = still();
        let block = scene.after.block;
        let set = scene.after.sets[0].id;
        scene.after.operators[0].allocations[0][0].pending = -10;
        scene.after.operators[0].allocations[0][0].effect_block = u32::try_from(block).unwrap() + 9;
        let is = scene.after.operators[0].allocations[0][0];
        let told = |from: u64| {
            let [operator, avs, strategy] =
                [scene.after.operators[0].address, set.avs, scene.after.strategies[0].address].map(word);
            let target = U256::from(u64::try_from(is.target()).unwrap());
            let words = [operator, avs, U256::from(set.id), strategy, target, U256::from(from)];
            event(scene.after.terms.managers.allocation, ALLOCATION_UPDATED, &words)
        };
        let (right, early) = (told(block + 9), told(block + 8));
        assert!(violated(&ALLOCATIONS, &scene), "nothing is announced");
        scene.events = vec![early];
        assert!(violated(&ALLOCATIONS, &scene), "it is announced for a block before");
        scene.events = vec![right];
        assert!(holds(&ALLOCATIONS, &scene));
    }

    #[test]
    fn evt_07() {
        let mut scene = still();
        let was = scene.before.operators[0].memberships[0].registered;
        scene.after.operators[0].memberships[0].registered = !was;
        let set = scene.after.sets[0].id;
        let told = |kind| {
            let words = [word(scene.after.operators[0].address), word(set.avs), U256::from(set.id)];
            event(scene.after.terms.managers.allocation, kind, &words)
        };
        let (true_one, false_one) = if was {
            (told(OPERATOR_REMOVED), told(OPERATOR_ADDED))
        } else {
            (told(OPERATOR_ADDED), told(OPERATOR_REMOVED))
        };
        assert!(violated(&MEMBERSHIPS, &scene), "nothing is announced");
        scene.events = vec![false_one];
        assert!(violated(&MEMBERSHIPS, &scene), "what was is announced");
        scene.events = vec![true_one];
        assert!(holds(&MEMBERSHIPS, &scene));
    }
}
