//! The lists of what an operator has allocated.

use crate::{
    invariants::sentence,
    must,
    oracle::{Checkpoint, Invariant, Verdict},
};

pub(super) const STRATEGIES: Invariant = Invariant {
    id: "MAG-14",
    statement: "An allocation is listed with its set exactly as long as there is something of it in storage.",
    formula: "t in allocatedStrategies(o,e) iff raw cur(o,e,t) > 0 or raw pend(o,e,t) != 0",
    why: "Whoever asks what secures a set reads the list. What is missing there is stake that nobody sees; what is left over is \
          stake that is not there.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    check: |step| {
        let mut exercised = false;
        for operator in step.touched_operators() {
            let of = &step.after.operators[operator];
            for (set, membership) in of.memberships.iter().enumerate() {
                let list = &membership.allocated_strategies;
                for (strategy, allocation) in of.allocations[set].iter().enumerate() {
                    let there = allocation.current > 0 || allocation.pending != 0;
                    let listed = list.contains(&step.after.strategies[strategy].address);
                    exercised |= there;
                    must!(
                        there == listed,
                        "{} {} listed, and has {} and {} pending",
                        sentence::allocation(step, operator, set, strategy),
                        if listed { "is" } else { "is not" },
                        allocation.current,
                        allocation.pending,
                    );
                }
            }
        }
        Verdict::holds_if(exercised)
    },
};

pub(super) const SETS: Invariant = Invariant {
    id: "MAG-15",
    statement: "A set is listed with an operator exactly as long as one of the operator's allocations to it is.",
    formula: "e in allocatedSets(o) iff allocatedStrategies(o,e) is not empty",
    why: "Whether an operator is redistributable is decided by this list. A set that is missing slashes an operator whose \
          stakers were told that nothing can be taken in anybody's favour.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    check: |step| {
        let mut exercised = false;
        for operator in step.touched_operators() {
            let of = &step.after.operators[operator];
            for (set, membership) in step.after.sets.iter().zip(&of.memberships) {
                let allocated = !membership.allocated_strategies.is_empty();
                let listed = of.allocated_sets.contains(&set.id);
                exercised |= allocated;
                must!(
                    allocated == listed,
                    "{} {} {}, to which it has {} allocations",
                    sentence::operator(step, operator),
                    if listed { "lists" } else { "does not list" },
                    sentence::set(step, set.id),
                    membership.allocated_strategies.len(),
                );
            }
        }
        Verdict::holds_if(exercised)
    },
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::invariants::fixture::{Scene, judge};

    #[test]
    fn mag_14() {
        let scene = Scene::slash();
        assert_eq!(judge(&STRATEGIES, &scene), Verdict::Holds);
        assert_eq!(judge(&STRATEGIES, &Scene::quiet()), Verdict::NotApplicable);
        let mut forgotten = scene.clone();
        forgotten.after.operators[0].memberships[0].allocated_strategies.clear();
        assert!(matches!(judge(&STRATEGIES, &forgotten), Verdict::Violated(_)));
        let mut kept = scene;
        kept.after.operators[0].allocations[0][0].current = 0;
        assert!(matches!(judge(&STRATEGIES, &kept), Verdict::Violated(_)));
        kept.after.operators[0].allocations[0][0].pending = 1;
        assert_eq!(judge(&STRATEGIES, &kept), Verdict::Holds, "what is promised is there");
    }

    #[test]
    fn mag_15() {
        let scene = Scene::slash();
        assert_eq!(judge(&SETS, &scene), Verdict::Holds);
        assert_eq!(judge(&SETS, &Scene::quiet()), Verdict::NotApplicable);
        let mut forgotten = scene.clone();
        forgotten.after.operators[0].allocated_sets.clear();
        assert!(matches!(judge(&SETS, &forgotten), Verdict::Violated(_)));
        let mut kept = scene;
        kept.after.operators[0].memberships[0].allocated_strategies.clear();
        assert!(matches!(judge(&SETS, &kept), Verdict::Violated(_)));
    }
}
