//! The deallocation queue: what an operator takes back, in the order in which it may.

mod clearing;
mod shape;

use crate::{
    invariants::sentence,
    must,
    oracle::{Checkpoint, Family, Invariant, Scope, Step, Verdict},
};

pub(super) const FAMILY: Family = Family {
    key: "QUE",
    title: "Deallocation queue",
    assumes: "Nothing beyond the protocol itself.",
    invariants: &[
        &shape::ENDS,
        &UNIQUE,
        &shape::REAL_KEYS,
        &DEALLOCATIONS,
        &COMPLETE,
        &ORDER,
        &shape::HORIZON,
        &clearing::NO_CHANGE,
        &clearing::PREFIX,
        &clearing::SETTLED,
        &clearing::LOCK,
        &clearing::LIVE,
    ],
};

/// An operator's queue in one strategy.
struct Queue<'a> {
    operator: usize,
    strategy: usize,
    sets: &'a [crate::call::SetId],
}

fn queues<'a>(step: &'a Step<'a>) -> impl Iterator<Item = Queue<'a>> {
    step.touched_operators().flat_map(|operator| {
        let stakes = step.after.operators[operator].stakes.iter().enumerate();
        stakes.map(move |(strategy, stake)| Queue { operator, strategy, sets: &stake.deallocation_queue })
    })
}

fn place(step: &Step<'_>, operator: usize, strategy: usize) -> String {
    format!("the queue of {}", sentence::stake(step, operator, strategy))
}

const UNIQUE: Invariant = Invariant {
    id: "QUE-02",
    statement: "No set is twice in one deallocation queue.",
    formula: "queue(o,t) has no key twice",
    why: "A set that is queued twice is completed twice, or blocks the queue with an entry that means nothing.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::OPERATORS,
    check: |step| {
        let mut exercised = false;
        for Queue { operator, strategy, sets } in queues(step).filter(|queue| queue.sets.len() > 1) {
            exercised = true;
            for (at, id) in sets.iter().enumerate() {
                must!(
                    !sets[..at].contains(id),
                    "{} has {} twice",
                    place(step, operator, strategy),
                    sentence::set(step, *id)
                );
            }
        }
        Verdict::holds_if(exercised)
    },
};

const DEALLOCATIONS: Invariant = Invariant {
    id: "QUE-04",
    statement: "What is queued is a deallocation, never an allocation.",
    formula: "e in queue(o,t) implies raw pend(o,e,t) <= 0",
    why: "Completing the queue adds what is pending to what is free. If that were an allocation, free magnitude would be \
          made out of nothing.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::OPERATORS,
    check: |step| {
        let mut exercised = false;
        for Queue { operator, strategy, sets } in queues(step) {
            for id in sets {
                exercised = true;
                let set = step.after.set_index(*id);
                must!(
                    set.is_some(),
                    "{} has {}, which is no set",
                    place(step, operator, strategy),
                    sentence::set(step, *id)
                );
                let allocation = step.after.operators[operator].allocations[set.unwrap_or_default()][strategy];
                must!(
                    allocation.pending <= 0,
                    "{} has {}, which waits for {} more",
                    place(step, operator, strategy),
                    sentence::set(step, *id),
                    allocation.pending,
                );
            }
        }
        Verdict::holds_if(exercised)
    },
};

const COMPLETE: Invariant = Invariant {
    id: "QUE-05",
    statement: "Every deallocation with a delay is queued.",
    formula: "raw pend(o,e,t) < 0 implies e in queue(o,t)",
    why: "What is not queued is never completed: its magnitude stays encumbered for ever.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::OPERATORS,
    check: |step| {
        let mut exercised = false;
        for index in step.touched_operators() {
            let operator = &step.after.operators[index];
            for (set, of_set) in step.after.sets.iter().zip(&operator.allocations) {
                for (strategy, allocation) in of_set.iter().enumerate().filter(|(_, a)| a.pending < 0) {
                    exercised = true;
                    must!(
                        operator.stakes[strategy].deallocation_queue.contains(&set.id),
                        "{} lacks {}, which is giving back {}",
                        place(step, index, strategy),
                        sentence::set(step, set.id),
                        -allocation.pending,
                    );
                }
            }
        }
        Verdict::holds_if(exercised)
    },
};

const ORDER: Invariant = Invariant {
    id: "QUE-06",
    statement: "The queue is in the order in which its deallocations are over.",
    formula: "along queue(o,t), raw eff(o,e,t) never falls; entries with raw eff == 0 are passed over",
    why: "The first entry that is not over stops the completion of all behind it. Out of order, magnitude that is free stays \
          locked behind magnitude that is not.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::OPERATORS,
    check: |step| {
        let mut exercised = false;
        for Queue { operator, strategy, sets } in queues(step).filter(|queue| queue.sets.len() > 1) {
            exercised = true;
            let mut latest = 0;
            for id in sets {
                let Some(set) = step.after.set_index(*id) else { continue };
                let effect = step.after.operators[operator].allocations[set][strategy].effect_block;
                // A slash can complete an entry that is still queued; then its block is zero.
                if effect == 0 {
                    continue;
                }
                must!(
                    effect >= latest,
                    "{} has {}, over at block {effect}, behind one over at block {latest}",
                    place(step, operator, strategy),
                    sentence::set(step, *id),
                );
                latest = effect;
            }
        }
        Verdict::holds_if(exercised)
    },
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::invariants::fixture::{Scene, judge};

    /// Operator A giving back to both sets, the second two blocks after the first.
    fn two_queued() -> Scene {
        let mut scene = Scene::quiet();
        let queue: Vec<_> = scene.after.sets.iter().map(|set| set.id).collect();
        let operator = &mut scene.after.operators[0];
        operator.stakes[0].deallocation_queue = queue;
        for (set, effect_block) in [(0, 1_150), (1, 1_152)] {
            operator.allocations[set][0] = crate::ledger::Allocation { current: 10, pending: -4, effect_block };
        }
        scene
    }

    #[test]
    fn que_02() {
        let mut scene = two_queued();
        assert_eq!(judge(&UNIQUE, &scene), Verdict::Holds);
        let first = scene.after.sets[0].id;
        scene.after.operators[0].stakes[0].deallocation_queue[1] = first;
        assert!(matches!(judge(&UNIQUE, &scene), Verdict::Violated(_)));
        assert_eq!(judge(&UNIQUE, &Scene::quiet()), Verdict::NotApplicable);
    }

    #[test]
    fn que_04() {
        let mut scene = two_queued();
        assert_eq!(judge(&DEALLOCATIONS, &scene), Verdict::Holds);
        scene.after.operators[0].allocations[1][0].pending = 0;
        assert_eq!(judge(&DEALLOCATIONS, &scene), Verdict::Holds, "a slash can leave nothing to give back");
        scene.after.operators[0].allocations[1][0].pending = 1;
        assert!(matches!(judge(&DEALLOCATIONS, &scene), Verdict::Violated(_)));
        assert_eq!(judge(&DEALLOCATIONS, &Scene::quiet()), Verdict::NotApplicable);
    }

    #[test]
    fn que_05() {
        let mut scene = two_queued();
        assert_eq!(judge(&COMPLETE, &scene), Verdict::Holds);
        scene.after.operators[0].stakes[0].deallocation_queue.pop();
        assert!(matches!(judge(&COMPLETE, &scene), Verdict::Violated(_)));
        assert_eq!(judge(&COMPLETE, &Scene::quiet()), Verdict::NotApplicable);
    }

    #[test]
    fn que_06() {
        let mut scene = two_queued();
        assert_eq!(judge(&ORDER, &scene), Verdict::Holds);
        scene.after.operators[0].allocations[1][0].effect_block = 1_149;
        assert!(matches!(judge(&ORDER, &scene), Verdict::Violated(_)));
        scene.after.operators[0].allocations[1][0].effect_block = 0;
        assert_eq!(judge(&ORDER, &scene), Verdict::Holds, "an entry completed by a slash is passed over");
        assert_eq!(judge(&ORDER, &Scene::quiet()), Verdict::NotApplicable);
    }
}
