//! Completing deallocations: what leaves the queue, and what becomes of it.

use alloy_primitives::Address;

use crate::{
    applies_if,
    call::{Operation, SetId},
    invariants::sentence,
    ledger::Operator,
    must,
    oracle::{Checkpoint, Invariant, Scope, Step, Verdict},
};

/// The index of the operator whose queues a call completed, if that is what it did.
fn cleared(step: &Step<'_>) -> Option<usize> {
    let (Operation::ClearDeallocationQueue { operator, .. } | Operation::ModifyAllocations { operator, .. }) =
        &step.call.operation
    else {
        return None;
    };
    step.succeeded().then(|| step.before.operator_index(*operator)).flatten()
}

/// How many elements left the front of a queue, if what is left of it then follows. Only a new deallocation adds to it.
fn removed(step: &Step<'_>, before: &[SetId], after: &[SetId]) -> Option<usize> {
    let grows = matches!(step.call.operation, Operation::ModifyAllocations { .. });
    (0..=before.len()).find(|count| {
        let left = &before[*count..];
        after.starts_with(left) && (grows || after.len() == left.len())
    })
}

pub(super) const NO_CHANGE: Invariant = Invariant {
    id: "QUE-08",
    statement: "Completing deallocations changes nothing that anybody sees.",
    formula: "clearDeallocationQueue: view enc, view (cur, pend, eff), m and op of the operator unchanged, and no staker touched",
    why: "Anybody may call it, at any time. If it changed what somebody has, everybody could change it.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::UNQUEUEING,
    check: |step| {
        let Operation::ClearDeallocationQueue { .. } = &step.call.operation else { return Verdict::NotApplicable };
        let Some(operator) = cleared(step) else { return Verdict::NotApplicable };
        let (was, is) = (&step.before.operators[operator], &step.after.operators[operator]);
        let block = step.after.block;
        for (strategy, (before, after)) in was.stakes.iter().zip(&is.stakes).enumerate() {
            let place = || sentence::stake(step, operator, strategy);
            let seen = [step.before, step.after].map(|ledger| ledger.encumbered(operator, strategy));
            let [was_seen, is_seen] = &seen;
            must!(
                was_seen == is_seen,
                "clearing moved what is encumbered of {} from {was_seen} to {is_seen}",
                place(),
                was_seen = sentence::said(&was_seen),
                is_seen = sentence::said(&is_seen)
            );
            must!(
                before.max_magnitudes == after.max_magnitudes && before.shares == after.shares,
                "clearing changed the maximum magnitude or the shares of {}",
                place()
            );
            let settled = |of: &Operator, set: usize| of.allocations[set][strategy].settled(block);
            for set in 0..was.allocations.len() {
                let (before, after) = (settled(was, set), settled(is, set));
                must!(
                    before == after,
                    "clearing changed {} from {before} to {after}",
                    sentence::allocation(step, operator, set, strategy),
                    before = sentence::said(&before),
                    after = sentence::said(&after)
                );
            }
        }
        let staker = step.touched_stakers().find(|at| step.before.stakers[*at] != step.after.stakers[*at]);
        must!(
            staker.is_none(),
            "clearing changed {}",
            staker.map(|at| step.name(step.after.stakers[at].address)).unwrap_or_default()
        );
        Verdict::Holds
    },
};

pub(super) const PREFIX: Invariant = Invariant {
    id: "QUE-09",
    statement: "Deallocations leave the queue from its front, once they are over, and not more of them than were asked for.",
    formula: "clear(n): queue' continues queue without its first k <= n elements, each with N >= raw eff",
    why: "A deallocation that leaves early is out of reach of the slash that it waits for; one that leaves out of turn breaks \
          the order in which the others are found.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::ALLOCATIONS.or(Scope::UNQUEUEING),
    check: |step| {
        let Some(operator) = cleared(step) else { return Verdict::NotApplicable };
        let (was, is) = (&step.before.operators[operator], &step.after.operators[operator]);
        let mut exercised = false;
        for (strategy, (before, after)) in was.stakes.iter().zip(&is.stakes).enumerate() {
            let place = || sentence::stake(step, operator, strategy);
            let (queue, left) = (&before.deallocation_queue, &after.deallocation_queue);
            if queue.is_empty() {
                continue;
            }
            let count = removed(step, queue, left);
            must!(count.is_some(), "the queue of {} lost what was not in front", place());
            let gone = &queue[..count.unwrap_or_default()];
            exercised |= !gone.is_empty();
            let most = asked_for(step, step.after.strategies[strategy].address);
            must!(gone.len() <= most, "{} left the queue of {}, of at most {most}", gone.len(), place());
            for id in gone {
                let Some(set) = step.before.set_index(*id) else { continue };
                let allocation = was.allocations[set][strategy];
                must!(
                    !allocation.is_locked(step.before.block),
                    "{} left the queue at block {} and is over at block {}",
                    sentence::allocation(step, operator, set, strategy),
                    step.before.block,
                    allocation.effect_block,
                );
            }
        }
        Verdict::holds_if(exercised)
    },
};

/// How many deallocations a call may complete in a strategy.
fn asked_for(step: &Step<'_>, strategy: Address) -> usize {
    let Operation::ClearDeallocationQueue { items, .. } = &step.call.operation else { return usize::MAX };
    items.iter().filter(|item| item.strategy == strategy).map(|item| usize::from(item.count)).sum()
}

/// Whether a call completes all that is over in a strategy.
fn clears_all(step: &Step<'_>, strategy: Address) -> bool {
    match &step.call.operation {
        Operation::ModifyAllocations { changes, .. } => {
            changes.iter().flat_map(|change| &change.items).any(|item| item.strategy == strategy)
        }
        Operation::ClearDeallocationQueue { items, .. } => {
            items.iter().any(|item| item.strategy == strategy && item.count == u16::MAX)
        }
        _ => false,
    }
}

pub(super) const SETTLED: Invariant = Invariant {
    id: "QUE-10",
    statement: "Once a queue is cleared, the next deallocation in it is not over yet, and what is encumbered is what is seen.",
    formula: "after modifyAllocations in t or clear(o, t, 65535): front is locked or there is none; raw enc == view enc",
    why: "An operator that allocates relies on the magnitude that is free again. What stays in the queue is not there for it.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::ALLOCATIONS.or(Scope::UNQUEUEING),
    check: |step| {
        let Some(operator) = cleared(step) else { return Verdict::NotApplicable };
        let is = &step.after.operators[operator];
        let mut exercised = false;
        for (strategy, stake) in is.stakes.iter().enumerate() {
            let queued = !step.before.operators[operator].stakes[strategy].deallocation_queue.is_empty();
            if !queued || !clears_all(step, step.after.strategies[strategy].address) {
                continue;
            }
            exercised = true;
            let place = || sentence::stake(step, operator, strategy);
            let front = stake.deallocation_queue.first().and_then(|id| step.after.set_index(*id));
            let over = front.filter(|set| !is.allocations[*set][strategy].is_locked(step.after.block));
            must!(
                over.is_none(),
                "the queue of {} was cleared and begins with {}, which is over",
                place(),
                over.map(|set| sentence::set(step, step.after.sets[set].id)).unwrap_or_default(),
            );
            let seen = step.after.encumbered(operator, strategy);
            must!(
                seen == Some(stake.encumbered),
                "the queue of {} was cleared, {} is encumbered and {seen} is seen",
                place(),
                stake.encumbered,
                seen = sentence::said(&seen)
            );
        }
        Verdict::holds_if(exercised)
    },
};

/// The switch that stops allocations and clearing.
const PAUSED_MODIFY_ALLOCATIONS: usize = 0;

pub(super) const LIVE: Invariant = Invariant {
    id: "QUE-12",
    statement: "What was deallocated comes back: clearing never fails, and frees what the deallocations that leave gave back.",
    formula: "clearDeallocationQueue succeeds unless paused; raw enc' == raw enc + sum of raw pend of what left the queue",
    why: "An operator that cannot free its stake is bound to a set for ever. One deallocation that cannot be completed blocks \
          all behind it.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::UNQUEUEING,
    check: |step| {
        let Operation::ClearDeallocationQueue { operator, .. } = &step.call.operation else {
            return Verdict::NotApplicable;
        };
        let paused = step.before.control.paused(step.before.terms.managers.allocation);
        applies_if!(!paused.bit(PAUSED_MODIFY_ALLOCATIONS));
        must!(step.succeeded(), "clearing the queue of {} failed", step.name(*operator));
        let Some(operator) = cleared(step) else { return Verdict::NotApplicable };
        let (was, is) = (&step.before.operators[operator], &step.after.operators[operator]);
        for (strategy, (before, after)) in was.stakes.iter().zip(&is.stakes).enumerate() {
            let count = removed(step, &before.deallocation_queue, &after.deallocation_queue).unwrap_or_default();
            let gone = before.deallocation_queue[..count].iter().filter_map(|id| step.before.set_index(*id));
            let back: i128 = gone.map(|set| was.allocations[set][strategy].pending).fold(0, i128::saturating_add);
            must!(
                i128::from(after.encumbered) == i128::from(before.encumbered).saturating_add(back),
                "clearing {} gave back {}, and {} was encumbered and {} is",
                sentence::stake(step, operator, strategy),
                back.saturating_neg(),
                before.encumbered,
                after.encumbered,
            );
        }
        Verdict::Holds
    },
};

pub(super) const LOCK: Invariant = Invariant {
    id: "QUE-11",
    statement: "An allocation with a change under way cannot be changed.",
    formula: "view eff(o,e,t) != 0 implies that modifyAllocations of (o,e,t) reverts",
    why: "The second change would take the place of the first: what was promised to a set, or what it may still slash, would be \
          gone.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::ALLOCATIONS,
    check: |step| {
        let Operation::ModifyAllocations { operator, changes } = &step.call.operation else {
            return Verdict::NotApplicable;
        };
        let Some(operator) = step.before.operator_index(*operator) else { return Verdict::NotApplicable };
        let mut exercised = false;
        for change in changes {
            let Some(set) = step.before.set_index(change.set) else { continue };
            for item in &change.items {
                let Some(strategy) = step.before.strategy_index(item.strategy) else { continue };
                let allocation = step.before.operators[operator].allocations[set][strategy];
                if !allocation.is_locked(step.before.block) {
                    continue;
                }
                exercised = true;
                must!(
                    !step.succeeded(),
                    "{} was changed at block {}, with a change under way until block {}",
                    sentence::allocation(step, operator, set, strategy),
                    step.before.block,
                    allocation.effect_block,
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
        call::{AllocationChange, AllocationItem, ClearItem, Outcome, Quantity},
        invariants::fixture::{Scene, judge},
        ledger::Allocation,
    };

    /// Everything in operator A's queue is cleared: the first of two deallocations is over.
    fn cleared_one() -> Scene {
        let mut scene = Scene::quiet();
        let ids: Vec<_> = scene.before.sets.iter().map(|set| set.id).collect();
        let strategy = scene.before.strategies[0].address;
        let second = Allocation { current: 10, pending: -4, effect_block: 1_102 };
        let operator = &mut scene.before.operators[0];
        operator.allocations[0][0] = Allocation { current: 10, pending: -3, effect_block: 1_101 };
        operator.allocations[1][0] = second;
        operator.stakes[0].deallocation_queue = ids.clone();
        operator.stakes[0].encumbered = 20;
        scene.after = scene.before.clone();
        let operator = &mut scene.after.operators[0];
        operator.allocations[0][0] = Allocation { current: 7, pending: 0, effect_block: 0 };
        operator.stakes[0].deallocation_queue = ids[1..].to_vec();
        operator.stakes[0].encumbered = 17;
        scene.call.operation = Operation::ClearDeallocationQueue {
            operator: scene.before.operators[0].address,
            items: vec![ClearItem { strategy, count: u16::MAX }],
        };
        scene
    }

    #[test]
    fn que_08() {
        let scene = cleared_one();
        assert_eq!(judge(&NO_CHANGE, &scene), Verdict::Holds);
        assert_eq!(judge(&NO_CHANGE, &Scene::slash()), Verdict::NotApplicable);
        for spoil in [
            (|scene: &mut Scene| scene.after.operators[0].stakes[0].encumbered = 20) as fn(&mut Scene),
            |scene| scene.after.operators[0].stakes[0].shares += U256::ONE,
            |scene| scene.after.operators[0].allocations[1][0].current += 1,
            |scene| scene.after.stakers[0].withdrawals_queued += 1,
        ] {
            let mut scene = scene.clone();
            spoil(&mut scene);
            assert!(matches!(judge(&NO_CHANGE, &scene), Verdict::Violated(_)));
        }
    }

    #[test]
    fn que_09() {
        let scene = cleared_one();
        assert_eq!(judge(&PREFIX, &scene), Verdict::Holds);
        assert_eq!(judge(&PREFIX, &Scene::slash()), Verdict::NotApplicable);
        let mut early = scene.clone();
        early.after.operators[0].stakes[0].deallocation_queue.clear();
        assert!(matches!(judge(&PREFIX, &early), Verdict::Violated(s) if s.contains("is over at block 1102")));
        let mut wrong_end = scene.clone();
        let first = wrong_end.before.sets[0].id;
        wrong_end.after.operators[0].stakes[0].deallocation_queue = vec![first];
        assert!(matches!(judge(&PREFIX, &wrong_end), Verdict::Violated(s) if s.contains("in front")));
        let mut too_many = scene;
        let Operation::ClearDeallocationQueue { items, .. } = &mut too_many.call.operation else { unreachable!() };
        items[0].count = 0;
        assert!(matches!(judge(&PREFIX, &too_many), Verdict::Violated(s) if s.contains("at most 0")));
    }

    #[test]
    fn que_10() {
        let scene = cleared_one();
        assert_eq!(judge(&SETTLED, &scene), Verdict::Holds);
        assert_eq!(judge(&SETTLED, &Scene::slash()), Verdict::NotApplicable);
        let mut over = scene.clone();
        over.after.operators[0].allocations[1][0].effect_block = 1_101;
        assert!(matches!(judge(&SETTLED, &over), Verdict::Violated(_)));
        let Operation::ClearDeallocationQueue { items, .. } = &mut over.call.operation else { unreachable!() };
        items[0].count = 1;
        assert_eq!(judge(&SETTLED, &over), Verdict::NotApplicable, "it was not to clear more");
    }

    #[test]
    fn que_11() {
        let mut scene = cleared_one();
        let change = |scene: &mut Scene, set: usize| {
            let magnitude = Quantity::Exactly(U256::ONE);
            let items = vec![AllocationItem { strategy: scene.before.strategies[0].address, magnitude }];
            let changes = vec![AllocationChange { set: scene.before.sets[set].id, items }];
            let operator = scene.before.operators[0].address;
            scene.call.operation = Operation::ModifyAllocations { operator, changes };
        };
        change(&mut scene, 0);
        assert_eq!(judge(&LOCK, &scene), Verdict::NotApplicable, "its change is over");
        change(&mut scene, 1);
        assert!(matches!(judge(&LOCK, &scene), Verdict::Violated(_)));
        scene.outcome = Outcome::Reverted(Bytes::new());
        assert_eq!(judge(&LOCK, &scene), Verdict::Holds);
    }

    #[test]
    fn que_12() {
        let scene = cleared_one();
        assert_eq!(judge(&LIVE, &scene), Verdict::Holds);
        assert_eq!(judge(&LIVE, &Scene::slash()), Verdict::NotApplicable);
        let mut kept = scene.clone();
        kept.after.operators[0].stakes[0].encumbered = 20;
        assert!(matches!(judge(&LIVE, &kept), Verdict::Violated(_)));
        let mut failed = scene;
        failed.outcome = Outcome::Reverted(Bytes::new());
        assert!(matches!(judge(&LIVE, &failed), Verdict::Violated(_)));
        let manager = failed.before.terms.managers.allocation;
        failed.before.control.paused.push((manager, U256::ONE));
        assert_eq!(judge(&LIVE, &failed), Verdict::NotApplicable);
    }
}
