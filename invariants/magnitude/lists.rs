//! The lists of what an operator has allocated.

use alloy_primitives::{Address, U256};

use crate::{
    call::{Operation, Question, SetId},
    invariants::{sentence, words::answer},
    must,
    oracle::{Checkpoint, Invariant, Scope, Step, Verdict},
};

pub(super) const STRATEGIES: Invariant = Invariant {
    id: "MAG-14",
    statement: "An allocation is listed with its set exactly as long as there is something of it in storage.",
    formula: "t in allocatedStrategies(o,e) iff raw cur(o,e,t) > 0 or raw pend(o,e,t) != 0",
    why: "Whoever asks what secures a set reads the list. What is missing there is stake that nobody sees; what is left over is \
          stake that is not there.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::OPERATORS,
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
    scope: Scope::OPERATORS,
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

/// Whether the call asks for an allocation there.
fn names(step: &Step<'_>, operator: Address, set: SetId, strategy: Address) -> bool {
    let Operation::ModifyAllocations { operator: of, changes } = &step.call.operation else { return false };
    let to_set = changes.iter().filter(|change| change.set == set);
    *of == operator && to_set.flat_map(|change| &change.items).any(|item| item.strategy == strategy)
}

/// Where nothing was listed, a view has nothing to show. Of what is a strategy, MAG-11 says what it shows.
fn shown(step: &Step<'_>) -> Verdict {
    let Some((Question::Allocation { operator, set, strategy }, words)) = answer(step) else {
        return Verdict::NotApplicable;
    };
    let place = (step.after.operator_index(*operator), step.after.set_index(*set));
    let (Some(operator), Some(set)) = place else { return Verdict::NotApplicable };
    let listed = &step.after.operators[operator].memberships[set].allocated_strategies;
    if listed.contains(strategy) || step.after.strategy(*strategy).is_some() {
        return Verdict::NotApplicable;
    }
    let told = [words.word(0), words.word(1)];
    must!(
        told == [Some(U256::ZERO); 2],
        "{} allocated nothing of {}, and {told} is shown",
        sentence::operator(step, operator),
        step.name(*strategy),
        told = sentence::said(&told)
    );
    Verdict::Holds
}

pub(super) const NAMED: Invariant = Invariant {
    id: "MAG-21",
    statement: "Nothing is allocated of a strategy that nobody named.",
    formula: "t comes to allocatedStrategies(o,e) only in modifyAllocations of o that names e and t; getAllocation(o,e,t) shows (0, 0) \
              of what is no strategy and not listed, such as the zero address",
    why: "What is allocated of nothing is stake that nobody has, in the lists of those who count on it.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::OPERATORS.or(Scope::QUESTIONS),
    check: |step| {
        let mut exercised = false;
        for operator in step.touched_operators() {
            let (was, is) = (&step.before.operators[operator], &step.after.operators[operator]);
            for (set, (had, has)) in step.after.sets.iter().zip(was.memberships.iter().zip(&is.memberships)) {
                let had = &had.allocated_strategies;
                for strategy in has.allocated_strategies.iter().filter(|strategy| !had.contains(strategy)) {
                    exercised = true;
                    must!(
                        names(step, is.address, set.id, *strategy),
                        "{} has an allocation of {} for {}, which nobody asked for",
                        step.name(is.address),
                        step.name(*strategy),
                        sentence::set(step, set.id),
                    );
                }
            }
        }
        if exercised { Verdict::Holds } else { shown(step) }
    },
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        call::{AllocationChange, AllocationItem, Quantity},
        invariants::fixture::{Scene, asking, judge, numbers, returning},
    };

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

    #[test]
    fn mag_21() {
        let mut scene = Scene::slash();
        let (operator, set) = (scene.after.operators[0].address, scene.after.sets[0].id);
        assert_eq!(judge(&NAMED, &scene), Verdict::NotApplicable);
        scene.after.operators[0].memberships[0].allocated_strategies.push(Address::ZERO);
        let asks_for = |strategy: Address| {
            let magnitude = Quantity::Exactly(U256::ONE);
            let items = vec![AllocationItem { strategy, magnitude }];
            Operation::ModifyAllocations { operator, changes: vec![AllocationChange { set, items }] }
        };
        scene.call.operation = asks_for(scene.after.strategies[0].address);
        assert!(matches!(judge(&NAMED, &scene), Verdict::Violated(_)));
        scene.call.operation = asks_for(Address::ZERO);
        assert_eq!(judge(&NAMED, &scene), Verdict::Holds);
        let asked = asking(|_| Question::Allocation { operator, set, strategy: Address::ZERO });
        assert_eq!(judge(&NAMED, &returning(asked.clone(), &numbers([0, 0, 0]))), Verdict::Holds);
        assert!(matches!(judge(&NAMED, &returning(asked, &numbers([1, 0, 0]))), Verdict::Violated(_)));
    }
}
