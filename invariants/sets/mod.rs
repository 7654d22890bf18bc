//! Operator sets: who is in, and where their slashed funds go.

mod making;
mod membership;

use alloy_primitives::Address;

use crate::{
    must,
    oracle::{Assumption, Checkpoint, Family, Invariant, Scope, Verdict},
};

pub(super) const FAMILY: Family = Family {
    key: "SET",
    title: "Operator sets",
    assumes: "Nothing beyond the protocol itself.",
    invariants: &[
        &MEMBERSHIP,
        &membership::REAL,
        &membership::IN_REACH,
        &membership::TAIL,
        &membership::NO_MAGNITUDE_MOVES,
        &membership::NO_EARLY_RETURN,
        &making::FOR_EVER,
        &RECIPIENT_FROZEN,
        &making::EXCLUDED,
        &making::REAL_RECIPIENT,
        &making::STRATEGIES,
        &making::DESCRIBED,
        &membership::OUT_OF_REACH_IS_SAFE,
    ],
};

const MEMBERSHIP: Invariant = Invariant {
    id: "SET-01",
    statement: "The set, the operator and the registration status agree on who is in the set.",
    formula: "o in members(e) iff e in registeredSets(o) iff raw status(o,e).registered",
    why: "Whoever reads one of the three decides by it whether an operator is slashable. Where they differ, an operator \
          serves a set that cannot slash it, or is slashed by a set it left.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::OPERATORS.or(Scope::SETS),
    check: |step| {
        let mut exercised = false;
        for (index, operator) in step.after.operators.iter().enumerate() {
            let of_operator = step.touched.operator(index);
            let of_sets = step.after.sets.iter().zip(&operator.memberships).enumerate();
            for (_, (set, membership)) in of_sets.filter(|(set, _)| of_operator || step.touched.set(*set)) {
                let listed = set.members.contains(&operator.address);
                let knows = operator.registered_sets.contains(&set.id);
                exercised |= membership.registered;
                must!(
                    listed == knows && knows == membership.registered,
                    "set {} of {} {} {}, which {} in it, and whose status says it {}",
                    set.id.id,
                    step.name(set.id.avs),
                    if listed { "lists" } else { "does not list" },
                    step.name(operator.address),
                    if knows { "says it is" } else { "does not say it is" },
                    if membership.registered { "is" } else { "is not" },
                );
            }
        }
        Verdict::holds_if(exercised)
    },
};

const RECIPIENT_FROZEN: Invariant = Invariant {
    id: "SET-08",
    statement: "Where a set's slashed funds go is decided when it is created, and never changes.",
    formula: "getRedistributionRecipient(e) is constant from creation on; before creation it is the burn address",
    why: "Operators and stakers accept to be slashed in favour of a recipient they know. An AVS that could change it could \
          take the funds itself.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[Assumption::Redistribution],
    scope: Scope::SETS,
    check: |step| {
        let mut exercised = false;
        for set in step.touched_sets().map(|index| &step.after.sets[index]) {
            let agreed = step.ghosts.recipients.get(&set.id).copied();
            exercised |= agreed.is_some_and(|recipient| !recipient.is_zero());
            let name = |recipient: Address| {
                if recipient.is_zero() { "the burn address".to_owned() } else { step.name(recipient) }
            };
            let agreed = agreed.unwrap_or_default();
            must!(
                set.recipient == agreed,
                "the recipient of set {} of {} is {}, and was to be {}",
                set.id.id,
                step.name(set.id.avs),
                name(set.recipient),
                name(agreed),
            );
        }
        Verdict::holds_if(exercised)
    },
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::invariants::fixture::{Scene, judge};

    #[test]
    fn set_01() {
        let scene = Scene::slash();
        assert_eq!(judge(&MEMBERSHIP, &scene), Verdict::Holds);
        assert_eq!(judge(&MEMBERSHIP, &Scene::quiet()), Verdict::NotApplicable);
        let mut unlisted = scene.clone();
        unlisted.after.sets[0].members.clear();
        assert!(matches!(judge(&MEMBERSHIP, &unlisted), Verdict::Violated(_)));
        let mut forgotten = scene.clone();
        forgotten.after.operators[0].registered_sets.clear();
        assert!(matches!(judge(&MEMBERSHIP, &forgotten), Verdict::Violated(_)));
        let mut contradicted = scene;
        contradicted.after.operators[0].memberships[0].registered = false;
        assert!(matches!(judge(&MEMBERSHIP, &contradicted), Verdict::Violated(_)));
    }

    #[test]
    fn set_08() {
        let mut scene = Scene::quiet();
        assert_eq!(judge(&RECIPIENT_FROZEN, &scene), Verdict::Holds);
        let other = scene.before.stakers[0].address;
        scene.after.sets[1].recipient = other;
        assert!(matches!(judge(&RECIPIENT_FROZEN, &scene), Verdict::Violated(_)));
        let mut scene = Scene::quiet();
        scene.after.sets[0].recipient = other;
        assert!(matches!(judge(&RECIPIENT_FROZEN, &scene), Verdict::Violated(_)), "a burning set got a recipient");
    }
}
