//! Who is delegated to whom, and by whose call that changes.

use alloy_primitives::Address;

use crate::{
    call::Operation,
    ledger::Ledger,
    must,
    oracle::{Assumption, Checkpoint, Invariant, Scope, Verdict},
};

pub(super) const FOR_EVER: Invariant = Invariant {
    id: "DEL-01",
    statement: "Whoever is an operator stays one, delegated to itself.",
    formula: "isOperator(o) never becomes false; delegatedTo(o) == o",
    why: "Stakers, allocations and slashes of an operator that is none any more would belong to nobody.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::STAKERS,
    check: |step| {
        let mut exercised = false;
        for staker in step.touched_stakers() {
            let (was, is) = (&step.before.stakers[staker], &step.after.stakers[staker]);
            exercised |= was.is_operator();
            must!(
                !was.is_operator() || is.is_operator(),
                "{} was an operator and is delegated to {}",
                step.name(is.address),
                step.name(is.delegated_to)
            );
        }
        Verdict::holds_if(exercised)
    },
};

pub(super) const OWN_CHOICE: Invariant = Invariant {
    id: "DEL-02",
    statement: "A delegation changes only by delegating, registering, undelegating and redelegating, of that staker.",
    formula: "delegatedTo(a) changes only in delegateTo, registerAsOperator and redelegate by a, and in undelegate(a)",
    why: "Delegating is consent to be slashed. Nothing else may stand for it.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[Assumption::PassiveTokens],
    scope: Scope::STAKERS,
    check: |step| {
        let mut exercised = false;
        for staker in step.touched_stakers() {
            let (was, is) = (&step.before.stakers[staker], &step.after.stakers[staker]);
            if was.delegated_to == is.delegated_to {
                continue;
            }
            exercised = true;
            let own = step.call.actor == is.address;
            let asked = match &*step.call.unsigned() {
                Operation::RegisterAsOperator { .. } => own && is.delegated_to == is.address,
                Operation::Delegate { operator } | Operation::Redelegate { operator } => {
                    own && is.delegated_to == *operator
                }
                Operation::Undelegate { staker } => *staker == is.address && !is.is_delegated(),
                _ => false,
            };
            must!(
                asked,
                "{} was delegated to {} and is to {}, which nobody asked for",
                step.name(is.address),
                step.name(was.delegated_to),
                step.name(is.delegated_to)
            );
        }
        Verdict::holds_if(exercised)
    },
};

pub(super) const TO_OPERATORS: Invariant = Invariant {
    id: "DEL-03",
    statement: "Whoever is delegated is delegated to an operator.",
    formula: "delegatedTo(a) != 0 implies isOperator(delegatedTo(a))",
    why: "Shares that are with somebody who is no operator cannot be allocated, and who they are with could become an operator \
          later, without having asked anybody.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::STAKERS,
    check: |step| {
        let mut exercised = false;
        for staker in step.touched_stakers().map(|index| &step.after.stakers[index]) {
            if !staker.is_delegated() || staker.is_operator() {
                continue;
            }
            exercised = true;
            must!(
                step.after.is_operator(staker.delegated_to),
                "{} is delegated to {}, which is no operator",
                step.name(staker.address),
                step.name(staker.delegated_to)
            );
        }
        Verdict::holds_if(exercised)
    },
};

pub(super) const NO_SWITCH: Invariant = Invariant {
    id: "DEL-04",
    statement: "Nobody goes from one operator to another without undelegating.",
    formula: "delegatedTo(a) changes from x to y, both not zero, only in redelegate by a",
    why: "Undelegating is what takes the shares from the first operator. Without it both have them.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::STAKERS,
    check: |step| {
        let mut exercised = false;
        for staker in step.touched_stakers() {
            let (was, is) = (&step.before.stakers[staker], &step.after.stakers[staker]);
            if !was.is_delegated() || was.delegated_to == is.delegated_to {
                continue;
            }
            exercised = true;
            let redelegates =
                matches!(*step.call.unsigned(), Operation::Redelegate { .. }) && step.call.actor == is.address;
            must!(
                !is.is_delegated() || redelegates,
                "{} went from {} to {}",
                step.name(is.address),
                step.name(was.delegated_to),
                step.name(is.delegated_to)
            );
        }
        Verdict::holds_if(exercised)
    },
};

/// Whether `caller` can end delegations to `operator`.
fn may_release(ledger: &Ledger, operator: Address, caller: Address) -> bool {
    if ledger.operator(operator).is_some_and(|operator| !operator.approver.is_zero() && operator.approver == caller) {
        return true;
    }
    let Some(principal) = ledger.principal(operator) else { return caller == operator };
    let manager = ledger.terms.managers.delegation;
    let mut own = principal.appointments.iter().filter(|(appointee, _)| *appointee == caller);
    principal.is_admin(caller) || own.any(|(_, all)| all.iter().any(|permission| permission.target == manager))
}

pub(super) const OWN_SHARES: Invariant = Invariant {
    id: "DEL-17",
    statement: "A staker's deposit shares leave it only when it queues them, or when its delegation is ended by itself or on the \
                operator's side.",
    formula: "s(a,t) falls only in queueWithdrawals and redelegate by a, and in undelegate(a) by a, its operator or the approver",
    why: "Whoever can take shares out of somebody's deposit can end its service and its rewards at will.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[Assumption::PassiveTokens],
    scope: Scope::STAKERS,
    check: |step| {
        let mut exercised = false;
        for staker in step.touched_stakers() {
            let (was, is) = (&step.before.stakers[staker], &step.after.stakers[staker]);
            let fell = was.holdings.iter().zip(&is.holdings).any(|(was, is)| is.shares < was.shares);
            if !fell {
                continue;
            }
            exercised = true;
            let (caller, own) = (step.call.actor, step.call.actor == is.address);
            let allowed = match &*step.call.unsigned() {
                Operation::QueueWithdrawals { .. } | Operation::Redelegate { .. } => own,
                Operation::Undelegate { staker } => {
                    *staker == is.address && (own || may_release(step.before, was.delegated_to, caller))
                }
                _ => false,
            };
            must!(allowed, "{} took shares of {}", step.name(caller), step.name(is.address));
        }
        Verdict::holds_if(exercised)
    },
};

#[cfg(test)]
mod tests {
    use alloy_primitives::U256;

    use super::*;
    use crate::invariants::fixture::{Scene, judge};

    /// Staker A leaves the operator.
    pub(super) fn left() -> Scene {
        let mut scene = Scene::queued();
        let staker = scene.before.stakers[0].address;
        scene.call.operation = Operation::Undelegate { staker };
        scene.after.stakers[0].delegated_to = Address::ZERO;
        scene.after.stakers[0].holdings[0].shares = U256::ZERO;
        scene
    }

    /// Staker B comes to it.
    fn came() -> Scene {
        let mut scene = Scene::quiet();
        let operator = scene.before.operators[0].address;
        scene.call.actor = scene.before.stakers[1].address;
        scene.call.operation = Operation::Delegate { operator };
        scene.after.stakers[1].delegated_to = operator;
        scene
    }

    #[test]
    fn del_01() {
        let mut scene = Scene::quiet();
        assert_eq!(judge(&FOR_EVER, &scene), Verdict::Holds);
        scene.after.stakers[2].delegated_to = Address::ZERO;
        assert!(matches!(judge(&FOR_EVER, &scene), Verdict::Violated(_)));
        scene.before.stakers[2].delegated_to = Address::ZERO;
        assert_eq!(judge(&FOR_EVER, &scene), Verdict::NotApplicable);
    }

    #[test]
    fn del_02() {
        for mut scene in [left(), came()] {
            assert_eq!(judge(&OWN_CHOICE, &scene), Verdict::Holds);
            scene.call.operation = Operation::RenounceOwnership {};
            assert!(matches!(judge(&OWN_CHOICE, &scene), Verdict::Violated(_)));
        }
        let mut pushed = came();
        pushed.call.actor = pushed.before.stakers[0].address;
        assert!(matches!(judge(&OWN_CHOICE, &pushed), Verdict::Violated(_)));
        assert_eq!(judge(&OWN_CHOICE, &Scene::quiet()), Verdict::NotApplicable);
    }

    #[test]
    fn del_03() {
        let mut scene = came();
        assert_eq!(judge(&TO_OPERATORS, &scene), Verdict::Holds);
        scene.after.stakers[1].delegated_to = scene.after.stakers[0].address;
        assert!(matches!(judge(&TO_OPERATORS, &scene), Verdict::Violated(_)));
        assert_eq!(judge(&TO_OPERATORS, &Scene::quiet()), Verdict::NotApplicable);
    }

    #[test]
    fn del_04() {
        assert_eq!(judge(&NO_SWITCH, &left()), Verdict::Holds);
        let mut scene = came();
        assert_eq!(judge(&NO_SWITCH, &scene), Verdict::NotApplicable);
        scene.before.stakers[1].delegated_to = scene.before.stakers[0].address;
        assert!(matches!(judge(&NO_SWITCH, &scene), Verdict::Violated(_)));
        scene.call.operation = Operation::Redelegate { operator: scene.after.operators[0].address };
        assert_eq!(judge(&NO_SWITCH, &scene), Verdict::Holds);
    }

    #[test]
    fn del_17() {
        let mut scene = left();
        assert_eq!(judge(&OWN_SHARES, &scene), Verdict::Holds);
        scene.call.actor = scene.before.stakers[1].address;
        assert!(matches!(judge(&OWN_SHARES, &scene), Verdict::Violated(_)));
        scene.before.operators[0].approver = scene.call.actor;
        assert_eq!(judge(&OWN_SHARES, &scene), Verdict::Holds, "the approver may");
        scene.call.actor = scene.before.operators[0].address;
        assert_eq!(judge(&OWN_SHARES, &scene), Verdict::Holds, "and the operator");
        scene.call.operation = Operation::RenounceOwnership {};
        assert!(matches!(judge(&OWN_SHARES, &scene), Verdict::Violated(_)));
        assert_eq!(judge(&OWN_SHARES, &came()), Verdict::NotApplicable);
    }
}
