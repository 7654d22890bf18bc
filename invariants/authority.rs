//! Authority: only who has the right can worsen somebody's position.

use crate::{
    applies_if,
    call::Operation,
    must,
    oracle::{Checkpoint, Family, Invariant, Verdict},
};

pub(super) const FAMILY: Family =
    Family { key: "AUT", title: "Authority", assumes: "Nothing beyond the protocol itself.", invariants: &[&SLASH] };

const SLASH: Invariant = Invariant {
    id: "AUT-01",
    statement: "Only who may act for the AVS slashes.",
    formula: "successful slashOperator(avs, ...) implies PermissionController.canCall(avs, caller, AllocationManager, \
              slashOperator) before the call",
    why: "A slash takes stakers' funds. Whoever can slash without the right can take them.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    check: |step| {
        let Operation::Slash { set, .. } = &step.call.operation else { return Verdict::NotApplicable };
        applies_if!(step.succeeded());
        let permission = step.before.terms.slash_permission;
        must!(
            step.before.can_call(set.avs, step.call.actor, permission),
            "{} slashed for {}, and may not",
            step.name(step.call.actor),
            step.name(set.avs),
        );
        Verdict::Holds
    },
};

#[cfg(test)]
mod tests {
    use alloy_primitives::Bytes;

    use super::*;
    use crate::{
        call::Outcome,
        invariants::fixture::{Scene, judge},
    };

    #[test]
    fn aut_01() {
        let mut scene = Scene::slash();
        assert_eq!(judge(&SLASH, &scene), Verdict::Holds);
        let stranger = scene.before.stakers[1].address;
        scene.call.actor = stranger;
        assert!(matches!(judge(&SLASH, &scene), Verdict::Violated(_)));
        // Appointed, it may.
        let permission = scene.before.terms.slash_permission;
        scene.before.principals[0].appointments.push((stranger, vec![permission]));
        assert_eq!(judge(&SLASH, &scene), Verdict::Holds);
        // The AVS itself may not once it has an admin other than itself.
        scene.call.actor = scene.before.sets[0].id.avs;
        scene.before.principals[0].admins.push(stranger);
        assert!(matches!(judge(&SLASH, &scene), Verdict::Violated(_)));
        scene.outcome = Outcome::Reverted(Bytes::new());
        assert_eq!(judge(&SLASH, &scene), Verdict::NotApplicable);
    }
}
