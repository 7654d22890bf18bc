//! How allocations change, and by whose call.

use crate::{
    applies_if,
    call::Operation,
    invariants::sentence,
    ledger::Allocation,
    must,
    oracle::{Checkpoint, Invariant, Scope, Step, Verdict},
};

/// What an operator gave, before and after a call, where it changed in storage: by set and strategy.
fn changed<'a>(step: &'a Step<'a>, operator: usize) -> impl Iterator<Item = (usize, usize, Allocation, Allocation)> {
    let (was, is) = (&step.before.operators[operator].allocations, &step.after.operators[operator].allocations);
    was.iter().zip(is).enumerate().flat_map(|(set, (was, is))| {
        let both = was.iter().zip(is).enumerate().filter(|(_, (was, is))| was != is);
        both.map(move |(strategy, (was, is))| (set, strategy, *was, *is))
    })
}

pub(super) const OWNERS: Invariant = Invariant {
    id: "MAG-16",
    statement: "An allocation changes only when its operator's allocations are modified or cleared, or when its set slashes.",
    formula: "raw (cur, pend, eff)(o,e,t) changes only in modifyAllocations(o), clearDeallocationQueue(o) and slashOperator(o) by e",
    why: "What an operator gave one set is nobody else's to move: neither joining nor leaving, nor what stakers or other AVSs \
          do, may change what the set can slash.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::OPERATORS,
    check: |step| {
        let mut exercised = false;
        for operator in step.touched_operators() {
            let address = step.after.operators[operator].address;
            for (set, strategy, was, is) in changed(step, operator) {
                exercised = true;
                let by_owner = match &step.call.operation {
                    Operation::ModifyAllocations { operator, .. }
                    | Operation::ClearDeallocationQueue { operator, .. } => *operator == address,
                    operation => {
                        let mut slashes = step.before.slashes_of(operation).into_iter();
                        slashes.any(|slash| slash.operator == address && slash.set == step.after.sets[set].id)
                    }
                };
                must!(
                    by_owner,
                    "{} changed from {was} to {is}, by a call that has no say in it",
                    sentence::allocation(step, operator, set, strategy),
                    was = sentence::said(&was),
                    is = sentence::said(&is)
                );
            }
        }
        Verdict::holds_if(exercised)
    },
};

pub(super) const PENDING: Invariant = Invariant {
    id: "MAG-17",
    statement: "A change under way is neither replaced nor enlarged; only a slash makes a deallocation smaller.",
    formula: "views in the call's block: 0 -> any only in modifyAllocations; + -> same; - -> same, or closer to 0 in slashOperator",
    why: "What is under way was announced. A set relies on a deallocation to be slashable until its block, and on an allocation to come.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::OPERATORS,
    check: |step| {
        let block = step.after.block;
        let mut exercised = false;
        for operator in step.touched_operators() {
            for (set, strategy, was, is) in changed(step, operator) {
                let (was, is) = (was.settled(block), is.settled(block));
                exercised |= was.pending != 0;
                let allowed = match &step.call.operation {
                    _ if was.pending == is.pending => true,
                    Operation::ModifyAllocations { .. } => was.pending == 0,
                    operation if step.before.slashes_of(operation).is_empty() => false,
                    _ => was.pending < is.pending && is.pending <= 0,
                };
                must!(
                    allowed,
                    "of {}, {} was pending and is {}",
                    sentence::allocation(step, operator, set, strategy),
                    was.pending,
                    is.pending,
                );
            }
        }
        Verdict::holds_if(exercised)
    },
};

pub(super) const ENCUMBERED_GROWS: Invariant = Invariant {
    id: "MAG-18",
    statement: "Magnitude is encumbered only by an operator that allocates more.",
    formula: "raw enc'(o,t) > raw enc(o,t) implies modifyAllocations(o) with an allocation in t that grows",
    why: "Magnitude that is encumbered without an allocation is lost to the operator: nothing can ever free it.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::OPERATORS,
    check: |step| {
        let mut exercised = false;
        for operator in step.touched_operators() {
            let (was, is) = (&step.before.operators[operator], &step.after.operators[operator]);
            for (strategy, (before, after)) in was.stakes.iter().zip(&is.stakes).enumerate() {
                if after.encumbered <= before.encumbered {
                    continue;
                }
                exercised = true;
                let own = matches!(
                    &step.call.operation,
                    Operation::ModifyAllocations { operator, .. } if *operator == is.address
                );
                let grows =
                    changed(step, operator).any(|(_, at, was, is)| at == strategy && is.target() > was.target());
                must!(
                    own && grows,
                    "of {}, {} is encumbered and was {}, without more being allocated",
                    sentence::stake(step, operator, strategy),
                    after.encumbered,
                    before.encumbered,
                );
            }
        }
        Verdict::holds_if(exercised)
    },
};

pub(super) const EFFECT_BLOCK: Invariant = Invariant {
    id: "MAG-10",
    statement: "What is pending has a block from which it counts.",
    formula: "raw eff(o,e,t) == 0 implies raw pend(o,e,t) == 0",
    why: "Without a block a change counts at once: a deallocation is out of reach before its delay, which is all that a slash has.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::OPERATORS,
    check: |step| {
        applies_if!(step.touched.any_operator());
        let mut exercised = false;
        for operator in step.touched_operators() {
            for (set, allocations) in step.after.operators[operator].allocations.iter().enumerate() {
                for (strategy, allocation) in allocations.iter().enumerate().filter(|(_, a)| a.pending != 0) {
                    exercised = true;
                    must!(
                        allocation.effect_block != 0,
                        "{} has {} pending, from no block on",
                        sentence::allocation(step, operator, set, strategy),
                        allocation.pending,
                    );
                }
            }
        }
        Verdict::holds_if(exercised)
    },
};

pub(super) const ANOTHER: Invariant = Invariant {
    id: "MAG-22",
    statement: "Whoever changes an allocation changes it to another magnitude.",
    formula: "modifyAllocations of (o,e,t) to cur_view(o,e,t), nothing pending, reverts",
    why: "A change to the same locks the allocation for its delay, and is announced to the set as if there were something to see.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::ALLOCATIONS,
    check: |step| {
        let Operation::ModifyAllocations { operator, changes } = &step.call.operation else {
            return Verdict::NotApplicable;
        };
        let ledger = step.before;
        let Some(index) = ledger.operator_index(*operator) else { return Verdict::NotApplicable };
        let mut exercised = false;
        let mut seen = Vec::new();
        for (change, wanted) in changes.iter().zip(ledger.wanted_magnitudes(*operator, changes)) {
            let Some(set) = ledger.set_index(change.set) else { continue };
            for (item, wanted) in change.items.iter().zip(wanted) {
                let Some(strategy) = ledger.strategy_index(item.strategy) else { continue };
                // What is changed twice in a call may come back to what it was.
                if seen.contains(&(set, strategy)) {
                    continue;
                }
                seen.push((set, strategy));
                let allocation = ledger.operators[index].allocations[set][strategy].settled(ledger.block);
                if allocation.pending != 0 || allocation.current != wanted {
                    continue;
                }
                exercised = true;
                must!(
                    !step.succeeded(),
                    "{} was changed from {wanted} to {wanted}",
                    sentence::allocation(step, index, set, strategy),
                );
            }
        }
        Verdict::holds_if(exercised)
    },
};

#[cfg(test)]
mod tests {
    use alloy_primitives::{Bytes, U256};

    use super::*;
    use crate::{
        call::{AllocationChange, AllocationItem, Outcome, Quantity},
        invariants::fixture::{Scene, judge},
    };

    #[test]
    fn mag_22() {
        let mut scene = Scene::slash();
        let operator = scene.before.operators[0].address;
        let current = scene.before.operators[0].allocations[0][0].current;
        let to = |magnitudes: &[u64]| {
            let strategy = scene.before.strategies[0].address;
            let items = magnitudes
                .iter()
                .map(|magnitude| AllocationItem { strategy, magnitude: Quantity::Exactly(U256::from(*magnitude)) });
            let change = AllocationChange { set: scene.before.sets[0].id, items: items.collect() };
            Operation::ModifyAllocations { operator, changes: vec![change] }
        };
        let (same, another, back) = (to(&[current]), to(&[current - 1]), to(&[current - 1, current]));
        scene.call.operation = same;
        assert!(matches!(judge(&ANOTHER, &scene), Verdict::Violated(_)));
        scene.outcome = Outcome::Reverted(Bytes::new());
        assert_eq!(judge(&ANOTHER, &scene), Verdict::Holds);
        scene.outcome = Outcome::Returned(Bytes::new());
        for operation in [another, back] {
            scene.call.operation = operation;
            assert_eq!(judge(&ANOTHER, &scene), Verdict::NotApplicable);
        }
    }

    /// The operator has a deallocation under way when it is slashed.
    fn slashed_while_deallocating() -> Scene {
        let mut scene = Scene::slash();
        for (ledger, pending) in [(&mut scene.before, -10), (&mut scene.after, -5)] {
            let allocation = &mut ledger.operators[0].allocations[0][0];
            (allocation.pending, allocation.effect_block) = (pending, 1_140);
        }
        scene
    }

    #[test]
    fn mag_10() {
        let mut scene = slashed_while_deallocating();
        assert_eq!(judge(&EFFECT_BLOCK, &scene), Verdict::Holds);
        scene.after.operators[0].allocations[0][0].effect_block = 0;
        assert!(matches!(judge(&EFFECT_BLOCK, &scene), Verdict::Violated(_)));
        assert_eq!(judge(&EFFECT_BLOCK, &Scene::slash()), Verdict::NotApplicable);
    }

    #[test]
    fn mag_16() {
        let mut scene = Scene::slash();
        assert_eq!(judge(&OWNERS, &scene), Verdict::Holds);
        scene.after.operators[0].allocations[1][0].current = 1;
        assert!(matches!(judge(&OWNERS, &scene), Verdict::Violated(_)), "another set's");
        let mut scene = Scene::slash();
        scene.call.operation = Operation::RenounceOwnership {};
        assert!(matches!(judge(&OWNERS, &scene), Verdict::Violated(_)));
        assert_eq!(judge(&OWNERS, &Scene::quiet()), Verdict::NotApplicable);
    }

    #[test]
    fn mag_17() {
        let scene = slashed_while_deallocating();
        assert_eq!(judge(&PENDING, &scene), Verdict::Holds);
        let mut grown = scene.clone();
        grown.after.operators[0].allocations[0][0].pending = -11;
        assert!(matches!(judge(&PENDING, &grown), Verdict::Violated(_)));
        let mut replaced = scene.clone();
        let operator = replaced.after.operators[0].address;
        replaced.call.operation = Operation::ModifyAllocations { operator, changes: Vec::new() };
        assert!(matches!(judge(&PENDING, &replaced), Verdict::Violated(_)));
        // One that is over can be replaced.
        replaced.before.operators[0].allocations[0][0].effect_block = 1_101;
        assert_eq!(judge(&PENDING, &replaced), Verdict::NotApplicable);
        assert_eq!(judge(&PENDING, &Scene::quiet()), Verdict::NotApplicable);
    }

    #[test]
    fn mag_18() {
        let mut scene = Scene::slash();
        assert_eq!(judge(&ENCUMBERED_GROWS, &scene), Verdict::NotApplicable);
        scene.before.operators[0].stakes[0].encumbered = 1;
        assert!(matches!(judge(&ENCUMBERED_GROWS, &scene), Verdict::Violated(_)));
        let operator = scene.after.operators[0].address;
        scene.call.operation = Operation::ModifyAllocations { operator, changes: Vec::new() };
        assert!(matches!(judge(&ENCUMBERED_GROWS, &scene), Verdict::Violated(_)), "nothing grew");
        scene.before.operators[0].allocations[0][0].current = 1;
        assert_eq!(judge(&ENCUMBERED_GROWS, &scene), Verdict::Holds);
    }
}
