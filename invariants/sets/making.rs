//! How sets come to be, and what they can slash in whose favour.

use crate::{
    applies_if,
    call::Operation,
    invariants::sentence,
    ledger::Ledger,
    must,
    oracle::{Assumption, Checkpoint, Invariant, Scope, Verdict},
};

pub(super) const FOR_EVER: Invariant = Invariant {
    id: "SET-07",
    statement: "A set that was created exists for ever.",
    formula: "isOperatorSet(e) never becomes false; getOperatorSetCount(avs) never falls",
    why: "Operators have stake allocated to it. Gone, they could neither be slashed nor take their stake back.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::SETS,
    check: |step| {
        let mut exercised = false;
        for set in step.touched_sets() {
            let (was, is) = (&step.before.sets[set], &step.after.sets[set]);
            exercised |= was.exists;
            must!(!was.exists || is.exists, "{} is gone", sentence::set(step, is.id));
        }
        Verdict::holds_if(exercised)
    },
};

pub(super) const EXCLUDED: Invariant = Invariant {
    id: "SET-09",
    statement: "No set redistributes native ETH or EIGEN.",
    formula: "recipient(e) != burn address implies that neither is in strategies(e)",
    why: "Native ETH cannot be moved to a recipient, and EIGEN must not be. Slashed there, the funds would wait for ever.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[Assumption::Redistribution],
    scope: Scope::SETS,
    check: |step| {
        let excluded = &step.after.terms.not_redistributable;
        let mut exercised = false;
        for set in step.touched_sets().map(|index| &step.after.sets[index]).filter(|set| set.is_redistributing()) {
            exercised |= !set.strategies.is_empty();
            let refused = set.strategies.iter().find(|strategy| excluded.contains(strategy));
            must!(
                refused.is_none(),
                "{} redistributes {}",
                sentence::set(step, set.id),
                refused.map(|strategy| step.name(*strategy)).unwrap_or_default(),
            );
        }
        Verdict::holds_if(exercised)
    },
};

pub(super) const REAL_RECIPIENT: Invariant = Invariant {
    id: "SET-10",
    statement: "A redistributing set has a recipient, which is not the burn address.",
    formula: "createRedistributingOperatorSets: stored recipient(e) != 0 and != burn address; no stored recipient is ever the \
              burn address",
    why: "Operators were told that what is slashed makes up for harm. With nobody to receive it, it is burned after all.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[Assumption::Redistribution],
    scope: Scope::SETS.or(Scope::MAKING_SETS),
    check: |step| {
        let mut exercised = false;
        for set in step.touched_sets().map(|index| &step.after.sets[index]) {
            exercised |= set.is_redistributing();
            must!(
                set.recipient != step.after.terms.burn_address,
                "{} redistributes to the burn address",
                sentence::set(step, set.id)
            );
        }
        if let (Operation::CreateRedistributingSets { avs, sets }, true) = (&step.call.operation, step.succeeded()) {
            for new in sets {
                let made = step.after.sets.iter().find(|set| set.id.avs == *avs && set.id.id == new.id);
                let Some(set) = made else { continue };
                exercised = true;
                must!(set.is_redistributing(), "{} is to redistribute, to nobody", sentence::set(step, set.id));
            }
        }
        Verdict::holds_if(exercised)
    },
};

/// Whether somebody acts for an AVS in anything that concerns its sets.
fn may_act(ledger: &Ledger, avs: alloy_primitives::Address, caller: alloy_primitives::Address) -> bool {
    let Some(principal) = ledger.principal(avs) else { return caller == avs };
    let manager = ledger.terms.managers.allocation;
    let mut own = principal.appointments.iter().filter(|(appointee, _)| *appointee == caller);
    principal.is_admin(caller) || own.any(|(_, all)| all.iter().any(|permission| permission.target == manager))
}

pub(super) const STRATEGIES: Invariant = Invariant {
    id: "SET-12",
    statement: "What a set can slash is decided by its AVS.",
    formula: "strategies(e) changes only in createOperatorSets, createRedistributingOperatorSets, addStrategiesToOperatorSet and \
              removeStrategiesFromOperatorSet, by somebody who acts for the AVS",
    why: "A strategy that is taken away protects operators from a slash; one that is added exposes them. Neither is for anybody \
          else to decide.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[Assumption::PassiveRegistrars],
    scope: Scope::SETS,
    check: |step| {
        let mut exercised = false;
        for index in step.touched_sets() {
            let (was, is) = (&step.before.sets[index], &step.after.sets[index]);
            if was.strategies == is.strategies {
                continue;
            }
            exercised = true;
            let own = match &step.call.operation {
                Operation::AddStrategies { set, .. } | Operation::RemoveStrategies { set, .. } => *set == is.id,
                Operation::CreateSets { avs, sets } => {
                    *avs == is.id.avs && !was.exists && sets.iter().any(|set| set.id == is.id.id)
                }
                Operation::CreateRedistributingSets { avs, sets } => {
                    *avs == is.id.avs && !was.exists && sets.iter().any(|set| set.id == is.id.id)
                }
                _ => false,
            };
            must!(own, "the strategies of {} changed in a call about something else", sentence::set(step, is.id));
            must!(
                may_act(step.before, is.id.avs, step.call.actor),
                "{} changed the strategies of {}",
                step.name(step.call.actor),
                sentence::set(step, is.id)
            );
        }
        Verdict::holds_if(exercised)
    },
};

pub(super) const DESCRIBED: Invariant = Invariant {
    id: "SET-13",
    statement: "Whose sets exist has described itself.",
    formula: "isOperatorSet(e) implies avsRegisteredMetadata[avs(e)]; createOperatorSets and \
              createRedistributingOperatorSets(avs) succeed only with avsRegisteredMetadata[avs]",
    why: "Operators and stakers decide by the description whom they let slash them.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::MAKING_SETS.or(Scope::SETS).or(Scope::REST),
    check: |step| {
        let by = match &step.call.operation {
            Operation::CreateSets { avs, .. } | Operation::CreateRedistributingSets { avs, .. } => Some(*avs),
            _ => None,
        };
        applies_if!(by.is_some() || step.touched.any_set() || step.touched.rest());
        let told = |avs| step.before.control.described.iter().any(|(other, described)| *other == avs && *described);
        let mut exercised = by.is_some();
        if let Some(avs) = by.filter(|_| step.succeeded()) {
            must!(told(avs), "{} created sets, and has not described itself", step.name(avs));
        }
        for set in step.after.sets.iter().filter(|set| set.exists) {
            let Some((_, described)) = step.after.control.described.iter().find(|(avs, _)| *avs == set.id.avs) else {
                continue;
            };
            exercised = true;
            must!(*described, "{} exists, and its AVS has not described itself", sentence::set(step, set.id));
        }
        Verdict::holds_if(exercised)
    },
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        call::NewRedistributingSet,
        invariants::fixture::{Scene, judge},
    };

    #[test]
    fn set_07() {
        let mut scene = Scene::quiet();
        assert_eq!(judge(&FOR_EVER, &scene), Verdict::Holds);
        scene.after.sets[1].exists = false;
        assert!(matches!(judge(&FOR_EVER, &scene), Verdict::Violated(_)));
        scene.before.sets.iter_mut().for_each(|set| set.exists = false);
        assert_eq!(judge(&FOR_EVER, &scene), Verdict::NotApplicable);
    }

    #[test]
    fn set_09() {
        let mut scene = Scene::quiet();
        let strategy = scene.after.strategies[0].address;
        scene.after.terms.not_redistributable = vec![scene.after.tokens[0].address];
        assert_eq!(judge(&EXCLUDED, &scene), Verdict::Holds);
        scene.after.terms.not_redistributable = vec![strategy];
        assert!(matches!(judge(&EXCLUDED, &scene), Verdict::Violated(_)));
        scene.after.sets[1].strategies.clear();
        assert_eq!(judge(&EXCLUDED, &scene), Verdict::NotApplicable, "the other set burns");
    }

    #[test]
    fn set_10() {
        let mut scene = Scene::quiet();
        assert_eq!(judge(&REAL_RECIPIENT, &scene), Verdict::Holds);
        scene.after.sets[1].recipient = scene.after.terms.burn_address;
        assert!(matches!(judge(&REAL_RECIPIENT, &scene), Verdict::Violated(_)));
        let mut scene = Scene::quiet();
        let id = scene.after.sets[1].id;
        let new = NewRedistributingSet { id: id.id, strategies: Vec::new(), recipient: scene.after.sets[1].recipient };
        scene.call.operation = Operation::CreateRedistributingSets { avs: id.avs, sets: vec![new] };
        assert_eq!(judge(&REAL_RECIPIENT, &scene), Verdict::Holds);
        scene.after.sets[1].recipient = alloy_primitives::Address::ZERO;
        assert!(matches!(judge(&REAL_RECIPIENT, &scene), Verdict::Violated(_)));
    }

    #[test]
    fn set_12() {
        let mut scene = Scene::quiet();
        assert_eq!(judge(&STRATEGIES, &scene), Verdict::NotApplicable);
        let set = scene.after.sets[0].id;
        let strategies = std::mem::take(&mut scene.after.sets[0].strategies);
        scene.call.actor = set.avs;
        assert!(matches!(judge(&STRATEGIES, &scene), Verdict::Violated(_)));
        scene.call.operation = Operation::RemoveStrategies { set, strategies };
        assert_eq!(judge(&STRATEGIES, &scene), Verdict::Holds);
        scene.call.actor = scene.after.stakers[0].address;
        assert!(matches!(judge(&STRATEGIES, &scene), Verdict::Violated(_)), "anybody");
    }

    #[test]
    fn set_13() {
        let mut scene = Scene::quiet();
        assert_eq!(judge(&DESCRIBED, &scene), Verdict::NotApplicable);
        let avs = scene.after.sets[0].id.avs;
        scene.after.control.described = vec![(avs, true)];
        assert_eq!(judge(&DESCRIBED, &scene), Verdict::Holds);
        scene.after.control.described[0].1 = false;
        assert!(matches!(judge(&DESCRIBED, &scene), Verdict::Violated(_)));
        let mut scene = Scene::quiet();
        scene.call.operation = Operation::CreateSets { avs, sets: Vec::new() };
        assert!(matches!(judge(&DESCRIBED, &scene), Verdict::Violated(_)));
        scene.before.control.described = vec![(avs, true)];
        assert_eq!(judge(&DESCRIBED, &scene), Verdict::Holds);
    }
}
