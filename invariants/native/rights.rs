//! Who may say what the beacon chain did. It is of the family of authority, and stands where pods do.

use crate::{
    applies_if,
    call::{Operation, PodOperation},
    must,
    oracle::{Checkpoint, Invariant, Scope, Verdict},
};

pub(in crate::invariants) const RIGHTS: Invariant = Invariant {
    id: "AUT-14",
    statement: "Only a staker's own pod tells the EigenPod manager of its balance, only the reporter tells the pod, and only the \
                manager's owner names the reporter.",
    formula: "recordBeaconChainETHBalanceUpdate(a): caller == ownerToPod(a) != 0; reports, setPectraForkTimestamp: caller == \
              proofTimestampSetter; setProofTimestampSetter: caller == owner",
    why: "A balance is shares. Whoever can report one makes stake out of nothing, or takes what somebody else restaked.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::PODS.that_succeeded(),
    check: |step| {
        let Operation::Pods(operation) = &step.call.operation else { return Verdict::NotApplicable };
        applies_if!(step.succeeded());
        let (native, caller) = (&step.before.native, step.call.actor);
        let (may, what) = match operation {
            PodOperation::Record { owner, .. } => {
                (step.before.pod(*owner).is_some_and(|pod| pod.address == caller), "recorded a balance")
            }
            PodOperation::ReportNewValidators { .. } | PodOperation::ReportCheckpoint { .. } => {
                (caller == native.reporter, "reported a balance")
            }
            PodOperation::SetForkTimestamp { .. } => (caller == native.reporter, "set the time of a fork"),
            PodOperation::SetReporter { .. } => (caller == native.owner, "named the reporter"),
            _ => return Verdict::NotApplicable,
        };
        must!(may, "{} {what}, and may not", step.name(caller));
        Verdict::Holds
    },
};

#[cfg(test)]
mod tests {
    use alloy_primitives::{Bytes, U256};

    use super::*;
    use crate::{
        call::Outcome,
        invariants::{
            fixture::{Scene, judge},
            native::scenes::{gained, restaked, violated},
        },
    };

    #[test]
    fn aut_14() {
        let mut scene = gained();
        let [reporter, stranger] = [0, 1].map(|index| scene.before.stakers[index].address);
        (scene.before.native.reporter, scene.before.native.owner) = (reporter, reporter);
        let owner = scene.before.stakers[0].address;
        let record = PodOperation::Record { owner, previous: U256::ZERO, gained: U256::ZERO, lost: U256::ZERO };
        for operation in [
            PodOperation::ReportNewValidators { owner, gwei: 1 },
            PodOperation::SetForkTimestamp { timestamp: 1 },
            PodOperation::SetReporter { to: stranger },
        ] {
            scene.call.operation = Operation::Pods(operation);
            scene.call.actor = reporter;
            assert_eq!(judge(&RIGHTS, &scene), Verdict::Holds);
            scene.call.actor = stranger;
            assert!(violated(&RIGHTS, &scene));
        }
        scene.call.operation = Operation::Pods(record.clone());
        assert!(violated(&RIGHTS, &scene));
        scene.outcome = Outcome::Reverted(Bytes::new());
        assert_eq!(judge(&RIGHTS, &scene), Verdict::NotApplicable);
        let mut own = restaked();
        own.call.actor = own.before.native.pods[0].address;
        own.call.operation = Operation::Pods(record);
        assert_eq!(judge(&RIGHTS, &own), Verdict::Holds, "a pod may");
        own.call.operation = Operation::Pods(PodOperation::Create {});
        assert_eq!(judge(&RIGHTS, &own), Verdict::NotApplicable);
        assert_eq!(judge(&RIGHTS, &Scene::quiet()), Verdict::NotApplicable);
    }
}
