//! The queue as it stands in storage.

use super::{place, queues};
use crate::{
    invariants::sentence,
    must,
    oracle::{Checkpoint, Invariant, Scope, Verdict},
};

pub(super) const ENDS: Invariant = Invariant {
    id: "QUE-01",
    statement: "A queue's end is not before its beginning, and nothing stands beside it.",
    formula: "end >= begin; the elements at begin - 1 and at end are empty",
    why: "What was left beside the queue becomes an element of it when the queue grows there: a deallocation that nobody asked for.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::OPERATORS,
    check: |step| {
        let mut exercised = false;
        for operator in step.touched_operators() {
            for (strategy, stake) in step.after.operators[operator].stakes.iter().enumerate() {
                let ends = stake.queue_ends;
                exercised |= ends.end != 0;
                let place = || place(step, operator, strategy);
                must!(ends.begin <= ends.end, "{} begins at {} and ends at {}", place(), ends.begin, ends.end);
                must!(!ends.leftover, "beside {} there is something left", place());
            }
        }
        Verdict::holds_if(exercised)
    },
};

pub(super) const REAL_KEYS: Invariant = Invariant {
    id: "QUE-03",
    statement: "What is queued is a set that exists.",
    formula: "e in queue(o,t) implies e != 0 and isOperatorSet(e)",
    why: "Completing an element that is no set writes an allocation to nobody, and the deallocation it should have been stays.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::OPERATORS,
    check: |step| {
        let mut exercised = false;
        for queue in queues(step) {
            for id in queue.sets {
                exercised = true;
                let exists = step.after.set(*id).is_some_and(|set| set.exists);
                must!(
                    exists,
                    "{} has {}, which does not exist",
                    place(step, queue.operator, queue.strategy),
                    sentence::set(step, *id)
                );
            }
        }
        Verdict::holds_if(exercised)
    },
};

pub(super) const HORIZON: Invariant = Invariant {
    id: "QUE-07",
    statement: "No deallocation takes longer than the delay.",
    formula: "e in queue(o,t) implies raw eff(o,e,t) <= N + DEALLOCATION_DELAY + 1",
    why: "An operator that gives back knows until when it can be slashed for it. Longer, and it is slashed for a service that it \
          left.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::OPERATORS,
    check: |step| {
        let horizon = step.after.block + step.after.terms.deallocation_delay + 1;
        let mut exercised = false;
        for queue in queues(step) {
            for id in queue.sets {
                let Some(set) = step.after.set_index(*id) else { continue };
                exercised = true;
                let effect = step.after.operators[queue.operator].allocations[set][queue.strategy].effect_block;
                must!(
                    u64::from(effect) <= horizon,
                    "{} has {}, over at block {effect}, which is after block {horizon}",
                    place(step, queue.operator, queue.strategy),
                    sentence::set(step, *id),
                );
            }
        }
        Verdict::holds_if(exercised)
    },
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        call::SetId,
        invariants::fixture::{Scene, judge},
        ledger::QueueEnds,
    };

    fn queued() -> Scene {
        let mut scene = Scene::slash();
        let id = scene.after.sets[0].id;
        let operator = &mut scene.after.operators[0];
        operator.stakes[0].deallocation_queue = vec![id];
        operator.stakes[0].queue_ends = QueueEnds { begin: 0, end: 1, leftover: false };
        operator.allocations[0][0].pending = -1;
        operator.allocations[0][0].effect_block = 1_101 + 51;
        scene
    }

    #[test]
    fn que_01() {
        let scene = queued();
        assert_eq!(judge(&ENDS, &scene), Verdict::Holds);
        assert_eq!(judge(&ENDS, &Scene::slash()), Verdict::NotApplicable);
        for ends in [QueueEnds { begin: 2, end: 1, leftover: false }, QueueEnds { begin: 1, end: 1, leftover: true }] {
            let mut scene = scene.clone();
            scene.after.operators[0].stakes[0].queue_ends = ends;
            assert!(matches!(judge(&ENDS, &scene), Verdict::Violated(_)), "{ends:?}");
        }
    }

    #[test]
    fn que_03() {
        let mut scene = queued();
        assert_eq!(judge(&REAL_KEYS, &scene), Verdict::Holds);
        assert_eq!(judge(&REAL_KEYS, &Scene::slash()), Verdict::NotApplicable);
        scene.after.operators[0].stakes[0].deallocation_queue =
            vec![SetId { avs: alloy_primitives::Address::ZERO, id: 0 }];
        assert!(matches!(judge(&REAL_KEYS, &scene), Verdict::Violated(_)));
    }

    #[test]
    fn que_07() {
        let mut scene = queued();
        assert_eq!(judge(&HORIZON, &scene), Verdict::Holds);
        assert_eq!(judge(&HORIZON, &Scene::slash()), Verdict::NotApplicable);
        scene.after.operators[0].allocations[0][0].effect_block += 1;
        assert!(matches!(judge(&HORIZON, &scene), Verdict::Violated(_)));
    }
}
