//! Who is in a set, and how long a set can slash whom.

use alloy_primitives::fixed_bytes;

use crate::{
    applies_if,
    call::{Operation, Outcome},
    invariants::sentence,
    must,
    oracle::{Assumption, Checkpoint, Invariant, Scope, Step, Verdict},
};

/// The sets that an operator joined or left, if a call did that: the operator's index, and theirs.
fn moved(step: &Step<'_>) -> Option<(usize, Vec<usize>)> {
    let (Operation::RegisterForSets { operator, avs, ids } | Operation::DeregisterFromSets { operator, avs, ids }) =
        &step.call.operation
    else {
        return None;
    };
    if !step.succeeded() {
        return None;
    }
    let operator = step.before.operator_index(*operator)?;
    let sets = step.before.sets.iter().enumerate();
    let named = sets.filter(|(_, set)| set.id.avs == *avs && ids.contains(&set.id.id)).map(|(index, _)| index);
    Some((operator, named.collect()))
}

/// The operator and the set of a slash, by index, however it ended.
fn slashed(step: &Step<'_>) -> Option<(usize, usize)> {
    let Operation::Slash { set, operator, .. } = &step.call.operation else { return None };
    Some((step.before.operator_index(*operator)?, step.before.set_index(*set)?))
}

/// `OperatorNotSlashable()`.
const OUT_OF_REACH: [u8; 4] = fixed_bytes!("ebbff497").0;

/// Whether a slash was refused because its operator was out of reach.
fn refused(step: &Step<'_>) -> bool {
    matches!(step.outcome, Outcome::Reverted(data) if data.as_ref() == OUT_OF_REACH)
}

pub(super) const REAL: Invariant = Invariant {
    id: "SET-02",
    statement: "Whoever is in a set is an operator, and the set exists.",
    formula: "o in members(e) implies isOperatorSet(e) and isOperator(o)",
    why: "An AVS counts on its members. One without stake of its own, or in a set that nobody created, secures nothing.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::SETS,
    check: |step| {
        let mut exercised = false;
        for set in step.touched_sets().map(|index| &step.after.sets[index]) {
            for member in &set.members {
                exercised = true;
                must!(
                    set.exists && step.after.is_operator(*member),
                    "{} is in {}, which {}",
                    step.name(*member),
                    sentence::set(step, set.id),
                    if set.exists { "takes only operators" } else { "does not exist" },
                );
            }
        }
        Verdict::holds_if(exercised)
    },
};

pub(super) const IN_REACH: Invariant = Invariant {
    id: "SET-03",
    statement: "A set can slash whoever is in it.",
    formula: "o in members(e) implies isOperatorSlashable(o,e): no slash of o by e reverts with OperatorNotSlashable",
    why: "A member that cannot be slashed serves without anything at stake.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::SLASHES,
    check: |step| {
        let Some((operator, set)) = slashed(step) else { return Verdict::NotApplicable };
        let address = step.before.operators[operator].address;
        applies_if!(step.before.sets[set].members.contains(&address));
        must!(
            !refused(step),
            "{} could not be slashed by {}, of which it is a member",
            step.name(address),
            sentence::set(step, step.before.sets[set].id),
        );
        Verdict::Holds
    },
};

pub(super) const TAIL: Invariant = Invariant {
    id: "SET-04",
    statement: "An operator that left a set can be slashed for as long as a deallocation takes, to the block.",
    formula: "deregisterFromOperatorSets at N, only of members: slashableUntil == N + DEALLOCATION_DELAY; until then no slash of o by e reverts with \
              OperatorNotSlashable; without registration slashableUntil <= N + DEALLOCATION_DELAY",
    why: "Shorter, and an operator leaves before its misbehaviour is noticed. Longer, and it is slashed for what it no longer does.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::OPERATORS.or(Scope::MEMBERSHIPS).or(Scope::SLASHES),
    check: |step| {
        let horizon = step.after.block + step.after.terms.deallocation_delay;
        let mut exercised = false;
        if let (Operation::DeregisterFromSets { .. }, Some((operator, sets))) = (&step.call.operation, moved(step)) {
            for set in sets {
                exercised = true;
                must!(
                    step.before.operators[operator].memberships[set].registered,
                    "{} left {}, in which it was not, and is in its reach again",
                    sentence::operator(step, operator),
                    sentence::set(step, step.after.sets[set].id),
                );
                let until = u64::from(step.after.operators[operator].memberships[set].slashable_until);
                must!(
                    until == horizon,
                    "{} left {} and can be slashed until block {until}, and not until {horizon}",
                    sentence::operator(step, operator),
                    sentence::set(step, step.after.sets[set].id),
                );
            }
        }
        if let Some((operator, set)) = slashed(step) {
            let membership = &step.before.operators[operator].memberships[set];
            let within = !membership.registered && membership.is_slashable(step.before.block);
            exercised |= within;
            must!(
                !(within && refused(step)),
                "{} could not be slashed at block {} by {}, which it left and which can slash it until block {}",
                sentence::operator(step, operator),
                step.before.block,
                sentence::set(step, step.after.sets[set].id),
                membership.slashable_until,
            );
        }
        for operator in step.touched_operators() {
            for (set, membership) in step.after.operators[operator].memberships.iter().enumerate() {
                must!(
                    u64::from(membership.slashable_until) <= horizon,
                    "{} can be slashed by {} until block {}, which is after block {horizon}",
                    sentence::operator(step, operator),
                    sentence::set(step, step.after.sets[set].id),
                    membership.slashable_until,
                );
            }
        }
        Verdict::holds_if(exercised)
    },
};

pub(super) const NO_MAGNITUDE_MOVES: Invariant = Invariant {
    id: "SET-05",
    statement: "Joining and leaving move no magnitude and no share.",
    formula: "registerForOperatorSets, deregisterFromOperatorSets: every (cur, pend, eff), enc, m and op of o unchanged, no staker \
              touched",
    why: "Stake is given by allocating, and taken back by deallocating, with their delays. If joining or leaving moved it, there \
          would be a way around them.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[Assumption::PassiveRegistrars],
    scope: Scope::MEMBERSHIPS.that_succeeded(),
    check: |step| {
        let Some((operator, _)) = moved(step) else { return Verdict::NotApplicable };
        let (was, is) = (&step.before.operators[operator], &step.after.operators[operator]);
        for set in 0..was.allocations.len() {
            for (strategy, (before, after)) in was.allocations[set].iter().zip(&is.allocations[set]).enumerate() {
                must!(
                    before == after,
                    "{} was {before} and is {after}",
                    sentence::allocation(step, operator, set, strategy),
                    before = sentence::said(&before),
                    after = sentence::said(&after)
                );
            }
        }
        for (strategy, (before, after)) in was.stakes.iter().zip(&is.stakes).enumerate() {
            must!(
                before == after,
                "of {}, {} was encumbered and {} is, or shares moved",
                sentence::stake(step, operator, strategy),
                before.encumbered,
                after.encumbered,
            );
        }
        let staker = step.touched_stakers().find(|at| step.before.stakers[*at] != step.after.stakers[*at]);
        must!(
            staker.is_none(),
            "it changed {}",
            staker.map(|at| step.name(step.after.stakers[at].address)).unwrap_or_default()
        );
        Verdict::Holds
    },
};

pub(super) const NO_EARLY_RETURN: Invariant = Invariant {
    id: "SET-06",
    statement: "Nobody joins a set that can still slash it.",
    formula: "successful registerForOperatorSets(o,e) implies that o was not slashable by e",
    why: "Whoever returned while it could be slashed would begin a new window with every exit, and nobody could tell for which \
          service a slash is.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::MEMBERSHIPS,
    check: |step| {
        let Operation::RegisterForSets { .. } = &step.call.operation else { return Verdict::NotApplicable };
        let Some((operator, sets)) = moved(step) else { return Verdict::NotApplicable };
        let block = step.before.block;
        for set in &sets {
            let membership = &step.before.operators[operator].memberships[*set];
            must!(
                !membership.is_slashable(block),
                "{} joined {} at block {block}, which could slash it until block {}",
                sentence::operator(step, operator),
                sentence::set(step, step.after.sets[*set].id),
                membership.slashable_until,
            );
        }
        Verdict::holds_if(!sets.is_empty())
    },
};

pub(super) const OUT_OF_REACH_IS_SAFE: Invariant = Invariant {
    id: "SET-14",
    statement: "Nobody is slashed by a set that it is not in, and out of whose reach it is.",
    formula: "successful slashOperator of o by e at N implies registered(o,e) or N <= slashableUntil(o,e)",
    why: "An operator answers for the time of its service. Slashed afterwards, its stakers pay for what they had no part in.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::SLASHES.that_succeeded(),
    check: |step| {
        let Some((operator, set)) = slashed(step) else { return Verdict::NotApplicable };
        applies_if!(step.succeeded());
        let membership = &step.before.operators[operator].memberships[set];
        must!(
            membership.is_slashable(step.before.block),
            "{} was slashed at block {} by {}, which could slash it until block {}",
            sentence::operator(step, operator),
            step.before.block,
            sentence::set(step, step.after.sets[set].id),
            membership.slashable_until,
        );
        Verdict::Holds
    },
};

#[cfg(test)]
mod tests {
    use alloy_primitives::{Bytes, U256};

    use super::*;
    use crate::invariants::fixture::{Scene, judge};

    /// The operator leaves the set that burns.
    fn left() -> Scene {
        let mut scene = Scene::slash();
        scene.before = scene.after.clone();
        let id = scene.before.sets[0].id;
        let operator = scene.before.operators[0].address;
        scene.call.operation = Operation::DeregisterFromSets { operator, avs: id.avs, ids: vec![id.id] };
        scene.after.sets[0].members.clear();
        scene.after.operators[0].registered_sets.clear();
        let membership = &mut scene.after.operators[0].memberships[0];
        (membership.registered, membership.slashable_until) = (false, 1_151);
        scene
    }

    /// It comes back.
    fn joined() -> Scene {
        let mut scene = left();
        std::mem::swap(&mut scene.before, &mut scene.after);
        (scene.before.block, scene.after.block) = (1_152, 1_152);
        let id = scene.before.sets[0].id;
        let operator = scene.before.operators[0].address;
        scene.call.operation = Operation::RegisterForSets { operator, avs: id.avs, ids: vec![id.id] };
        scene
    }

    #[test]
    fn the_error_is_the_one_of_slashing() {
        assert_eq!(alloy_primitives::keccak256("OperatorNotSlashable()")[..4], OUT_OF_REACH);
    }

    #[test]
    fn set_02() {
        let scene = Scene::slash();
        assert_eq!(judge(&REAL, &scene), Verdict::Holds);
        assert_eq!(judge(&REAL, &Scene::quiet()), Verdict::NotApplicable);
        let mut nowhere = scene.clone();
        nowhere.after.sets[0].exists = false;
        assert!(matches!(judge(&REAL, &nowhere), Verdict::Violated(_)));
        let mut nobody = scene;
        nobody.after.sets[0].members[0] = nobody.after.stakers[1].address;
        assert!(matches!(judge(&REAL, &nobody), Verdict::Violated(_)));
    }

    #[test]
    fn set_03() {
        let mut scene = Scene::slash();
        assert_eq!(judge(&IN_REACH, &scene), Verdict::Holds);
        scene.outcome = Outcome::Reverted(Bytes::from_static(&OUT_OF_REACH));
        assert!(matches!(judge(&IN_REACH, &scene), Verdict::Violated(_)));
        scene.before.sets[0].members.clear();
        assert_eq!(judge(&IN_REACH, &scene), Verdict::NotApplicable);
    }

    #[test]
    fn set_04() {
        let scene = left();
        assert_eq!(judge(&TAIL, &scene), Verdict::Holds);
        assert_eq!(judge(&TAIL, &Scene::quiet()), Verdict::NotApplicable);
        for until in [1_101, 1_150, 1_152] {
            let mut scene = scene.clone();
            scene.after.operators[0].memberships[0].slashable_until = until;
            assert!(matches!(judge(&TAIL, &scene), Verdict::Violated(_)), "{until}");
        }
        let mut again = scene;
        again.before.operators[0].memberships[0].registered = false;
        assert!(matches!(judge(&TAIL, &again), Verdict::Violated(_)), "it had left already");
        // In its last slashable block it is slashed, and not refused.
        let mut scene = Scene::slash();
        scene.before.operators[0].memberships[0].registered = false;
        scene.before.operators[0].memberships[0].slashable_until = 1_101;
        assert_eq!(judge(&TAIL, &scene), Verdict::Holds);
        scene.outcome = Outcome::Reverted(Bytes::from_static(&OUT_OF_REACH));
        assert!(matches!(judge(&TAIL, &scene), Verdict::Violated(_)));
    }

    #[test]
    fn set_05() {
        for scene in [left(), joined()] {
            assert_eq!(judge(&NO_MAGNITUDE_MOVES, &scene), Verdict::Holds);
            for spoil in [
                (|scene: &mut Scene| scene.after.operators[0].allocations[0][0].pending = 1) as fn(&mut Scene),
                |scene| scene.after.operators[0].stakes[0].encumbered += 1,
                |scene| scene.after.stakers[0].holdings[0].shares += U256::ONE,
            ] {
                let mut scene = scene.clone();
                spoil(&mut scene);
                assert!(matches!(judge(&NO_MAGNITUDE_MOVES, &scene), Verdict::Violated(_)));
            }
        }
        assert_eq!(judge(&NO_MAGNITUDE_MOVES, &Scene::slash()), Verdict::NotApplicable);
    }

    #[test]
    fn set_06() {
        let mut scene = joined();
        assert_eq!(judge(&NO_EARLY_RETURN, &scene), Verdict::Holds);
        scene.before.block = 1_151;
        assert!(matches!(judge(&NO_EARLY_RETURN, &scene), Verdict::Violated(_)));
        assert_eq!(judge(&NO_EARLY_RETURN, &left()), Verdict::NotApplicable);
    }

    #[test]
    fn set_14() {
        let mut scene = Scene::slash();
        assert_eq!(judge(&OUT_OF_REACH_IS_SAFE, &scene), Verdict::Holds);
        scene.before.operators[0].memberships[0].registered = false;
        assert!(matches!(judge(&OUT_OF_REACH_IS_SAFE, &scene), Verdict::Violated(_)));
        scene.before.operators[0].memberships[0].slashable_until = 1_101;
        assert_eq!(judge(&OUT_OF_REACH_IS_SAFE, &scene), Verdict::Holds);
        scene.outcome = Outcome::Reverted(Bytes::new());
        assert_eq!(judge(&OUT_OF_REACH_IS_SAFE, &scene), Verdict::NotApplicable);
    }
}
