//! Who may submit, disable and claim. It is of the family of authority, and stands where rewards do.

use crate::{
    applies_if,
    call::{Audience, Operation, RewardsOperation},
    ledger::Earner,
    must,
    oracle::{Checkpoint, Invariant, Scope, Verdict},
};

pub(in crate::invariants) const RIGHTS: Invariant = Invariant {
    id: "AUT-11",
    statement: "Only the rewards updater submits and disables roots; only who claims for an earner claims; only who may give to \
                all does.",
    formula: "submitRoot, disableRoot: caller == rewardsUpdater; processClaim: caller == claimerFor(earner), or the earner if \
              that is zero; createRewardsForAll*: isRewardsForAllSubmitter(caller)",
    why: "Whoever submits roots says who gets everything that was given. Whoever claims says where it goes.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::REWARDING.that_succeeded(),
    check: |step| {
        let Operation::Rewards(operation) = &step.call.operation else { return Verdict::NotApplicable };
        applies_if!(step.succeeded());
        let (rewards, caller) = (&step.before.rewards, step.call.actor);
        let name = step.name(caller);
        match operation {
            RewardsOperation::SubmitRoot { .. } | RewardsOperation::DisableRoot { .. } => {
                must!(caller == rewards.updater, "{name} meddles with roots, and is not the updater");
            }
            RewardsOperation::Claim { .. } | RewardsOperation::Claims { .. } => {
                for claim in operation.claims() {
                    let claimer = rewards.earner(claim.earner).map_or(claim.earner, Earner::claims);
                    must!(caller == claimer, "{name} claimed for {}, and may not", step.name(claim.earner));
                }
            }
            RewardsOperation::Submit { audience: Audience::All | Audience::AllEarners, .. } => {
                let may = rewards.submitter(caller).is_some_and(|submitter| submitter.for_all);
                must!(may, "{name} gave to all, and may not");
            }
            _ => return Verdict::NotApplicable,
        }
        Verdict::Holds
    },
};

#[cfg(test)]
mod tests {
    use alloy_primitives::Bytes;

    use super::*;
    use crate::{
        call::{Claim, Outcome, Proof},
        invariants::fixture::{Scene, judge},
        ledger::Submitter,
    };

    #[test]
    fn aut_11() {
        let mut scene = Scene::quiet();
        let [updater, stranger] = [0, 1].map(|index| scene.before.stakers[index].address);
        scene.before.rewards.updater = updater;
        scene.call.actor = updater;
        scene.call.operation = Operation::Rewards(RewardsOperation::DisableRoot { back: 0 });
        assert_eq!(judge(&RIGHTS, &scene), Verdict::Holds);
        scene.call.actor = stranger;
        assert!(matches!(judge(&RIGHTS, &scene), Verdict::Violated(_)), "a root");
        let claim = Claim { back: 0, earner: stranger, tokens: Vec::new(), proof: Proof::Right };
        scene.call.operation = Operation::Rewards(RewardsOperation::Claim { claim, recipient: stranger });
        assert_eq!(judge(&RIGHTS, &scene), Verdict::Holds, "for itself");
        scene.before.rewards.earners.push(Earner { address: stranger, claimer: updater, claimed: Vec::new() });
        assert!(matches!(judge(&RIGHTS, &scene), Verdict::Violated(_)), "another claims");
        let submit = RewardsOperation::Submit { audience: Audience::All, submissions: Vec::new() };
        scene.call.operation = Operation::Rewards(submit);
        assert!(matches!(judge(&RIGHTS, &scene), Verdict::Violated(_)), "to all");
        scene.before.rewards.submitters.push(Submitter { address: stranger, nonce: 0, for_all: true });
        assert_eq!(judge(&RIGHTS, &scene), Verdict::Holds);
        scene.outcome = Outcome::Reverted(Bytes::new());
        assert_eq!(judge(&RIGHTS, &scene), Verdict::NotApplicable);
    }
}
