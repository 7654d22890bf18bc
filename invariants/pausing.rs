//! Pausing: a switch stops what it is for, at once, and nothing else.

use alloy_primitives::{Address, U256};

use crate::{
    applies_if,
    call::{
        Audience, Beneficiary, FactoryOperation, Operation, PodOperation, Receive, RewardsOperation, SetId, SplitId,
    },
    ledger::Ledger,
    must,
    oracle::{Assumption, Checkpoint, Family, Invariant, Scope, Step, Verdict},
};

pub(super) const FAMILY: Family = Family {
    key: "PAU",
    title: "Pausing",
    assumes: "The switches of docs/protocol.md section 10.3.",
    invariants: &[&STOPS, &SWITCHING, &NOTHING_ELSE, &NO_ACCOUNTING],
};

/// The error `CurrentlyPaused()`.
const CURRENTLY_PAUSED: [u8; 4] = [0x84, 0x0a, 0x48, 0xd5];

/// Whether any switch is on.
fn anything_paused(ledger: &Ledger) -> bool {
    ledger.control.paused.iter().any(|(_, status)| !status.is_zero())
}

/// Names the switches that stop an operation, as `docs/protocol.md` section 10.3 has them. False for an operation that
/// nothing is said of.
fn for_each_switch(step: &Step<'_>, visit: &mut dyn FnMut(Address, usize)) -> bool {
    use Operation as O;
    let ledger = step.before;
    let managers = ledger.terms.managers;
    let (allocation, delegation) = (managers.allocation, managers.delegation);
    match &*step.call.unsigned() {
        O::ModifyAllocations { .. } | O::ClearDeallocationQueue { .. } => visit(allocation, 0),
        O::Slash { .. } => visit(allocation, 1),
        O::RegisterForSets { .. } | O::DeregisterFromSets { .. } => visit(allocation, 2),
        O::RegisterAsOperator { .. } | O::Delegate { .. } => visit(delegation, 0),
        O::QueueWithdrawals { .. } | O::Undelegate { .. } => visit(delegation, 1),
        O::Redelegate { .. } => {
            visit(delegation, 1);
            visit(delegation, 0);
        }
        O::CompleteWithdrawal { completion } => {
            visit(delegation, 2);
            completion_switches(ledger, std::slice::from_ref(completion), visit);
        }
        O::CompleteWithdrawals { completions } => {
            visit(delegation, 2);
            completion_switches(ledger, completions, visit);
        }
        O::Deposit { strategy, .. } => {
            visit(managers.strategy, 0);
            visit(*strategy, 0);
        }
        O::ClearSlash { set, nth } => clearing_switches(ledger, *set, *nth, None, visit),
        O::ClearSlashByStrategy { set, nth, strategy } => {
            clearing_switches(ledger, *set, *nth, Some(*strategy), visit);
        }
        O::Pods(operation) => return pod_switches(operation, managers.eigen_pod, visit),
        O::Rewards(operation) => {
            if let Some(bit) = rewards_switch(operation) {
                visit(ledger.rewards.coordinator, bit);
            }
        }
        O::Factory(FactoryOperation::Deploy { .. }) => visit(ledger.factory.address, 0),
        O::Factory(_)
        | O::SetAllocationDelay { .. }
        | O::UpdateAvsMetadata { .. }
        | O::SetAvsRegistrar { .. }
        | O::CreateSets { .. }
        | O::CreateRedistributingSets { .. }
        | O::AddStrategies { .. }
        | O::RemoveStrategies { .. }
        | O::ModifyOperatorDetails { .. }
        | O::UpdateOperatorMetadata { .. }
        | O::AddToWhitelist { .. }
        | O::RemoveFromWhitelist { .. }
        | O::SetStrategyWhitelister { .. }
        | O::AddPendingAdmin { .. }
        | O::AcceptAdmin { .. }
        | O::SetAppointee { .. } => {}
        _ => return false,
    }
    true
}

/// The switch of the rewards coordinator that stops an operation; none stops claimers and administration.
fn rewards_switch(operation: &RewardsOperation) -> Option<usize> {
    use RewardsOperation as R;
    Some(match operation {
        R::Submit { audience: Audience::Avs, .. } => 0,
        R::Submit { audience: Audience::All, .. } => 1,
        R::Claim { .. } | R::Claims { .. } => 2,
        R::SubmitRoot { .. } | R::DisableRoot { .. } => 3,
        R::Submit { audience: Audience::AllEarners, .. } => 4,
        R::SubmitDirected { beneficiary: Beneficiary::Avs(_), .. } => 5,
        R::SetSplit { split: SplitId::Avs { .. }, .. } => 6,
        R::SetSplit { split: SplitId::Incentives { .. }, .. } => 7,
        R::SetSplit { split: SplitId::Set { .. }, .. } => 8,
        R::SubmitDirected { beneficiary: Beneficiary::Set(_), .. } => 9,
        R::SetClaimer { .. }
        | R::SetClaimerFor { .. }
        | R::SetActivationDelay { .. }
        | R::SetDefaultSplit { .. }
        | R::SetUpdater { .. }
        | R::SetSubmitterForAll { .. }
        | R::TransferOwnership { .. }
        | R::RenounceOwnership {} => return None,
    })
}

/// The pods ask the manager for their switches.
fn pod_switches(operation: &PodOperation, manager: Address, visit: &mut dyn FnMut(Address, usize)) -> bool {
    match operation {
        PodOperation::Create {} | PodOperation::Stake { .. } => visit(manager, 0),
        PodOperation::ReportNewValidators { .. } => visit(manager, 2),
        PodOperation::ReportCheckpoint { .. } => {
            visit(manager, 6);
            visit(manager, 7);
        }
        PodOperation::Pay { .. } | PodOperation::SetReporter { .. } | PodOperation::SetForkTimestamp { .. } => {}
        PodOperation::Record { .. } | PodOperation::CallPlumbing { .. } => return false,
    }
    true
}

/// A strategy that pays nothing is not asked.
fn completion_switches(
    ledger: &Ledger,
    completions: &[crate::call::Completion],
    visit: &mut dyn FnMut(Address, usize),
) {
    for completion in completions.iter().filter(|completion| completion.receive != Receive::Shares) {
        let Some(withdrawal) = ledger.nth_withdrawal(completion.staker, completion.nth) else { continue };
        for (index, (strategy, _)) in withdrawal.items.iter().enumerate() {
            if ledger.receivable(withdrawal, index).is_some_and(|shares| !shares.is_zero()) {
                visit(*strategy, 1);
            }
        }
    }
}

fn clearing_switches(
    ledger: &Ledger,
    set: SetId,
    nth: u32,
    only: Option<Address>,
    visit: &mut dyn FnMut(Address, usize),
) {
    let Some(set) = ledger.set(set) else { return };
    let entries = usize::try_from(set.nth_slash(nth)).ok().and_then(|id| set.slashes.get(id));
    for (strategy, shares) in entries.into_iter().flatten() {
        if !shares.is_zero() && only.is_none_or(|only| only == *strategy) {
            visit(*strategy, 1);
        }
    }
}

/// The first switch that is on and stops the operation of a step; and whether anything is said of the operation.
fn closed(step: &Step<'_>) -> (Option<(Address, usize)>, bool) {
    let mut first = None;
    let known = for_each_switch(step, &mut |contract, bit| {
        if first.is_none() && step.before.control.paused(contract).bit(bit) {
            first = Some((contract, bit));
        }
    });
    (first, known)
}

const STOPS: Invariant = Invariant {
    id: "PAU-01",
    statement: "While a switch is on, what it is for does not happen.",
    formula: "paused(c) has bit i before the call implies that no function of bit i of c succeeds",
    why: "Pausing is the last defence while an attack goes on. A function that forgets its switch is the one that is used.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::EVERYTHING,
    check: |step| {
        applies_if!(anything_paused(step.before));
        let (Some((contract, bit)), _) = closed(step) else { return Verdict::NotApplicable };
        must!(
            !step.succeeded(),
            "{} succeeded with what switch {bit} of {} stops",
            step.name(step.call.actor),
            step.name(contract),
        );
        Verdict::Holds
    },
};

const SWITCHING: Invariant = Invariant {
    id: "PAU-02",
    statement: "A pauser turns switches on, the unpauser turns them off, and nobody does anything else to them.",
    formula: "pause: caller is a pauser and paused' has every bit of paused; pauseAll: caller is a pauser and all bits are \
              on; unpause: caller == unpauser and paused' has no bit that paused has not; every other call: paused' == paused",
    why: "Many may stop the protocol, so that somebody is awake; one may start it again, so that somebody has thought.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::REST,
    check: |step| {
        applies_if!(step.touched.rest());
        let control = &step.before.control;
        let actor = step.call.actor;
        let (switched, may) = match step.call.operation {
            Operation::Pause { contract, .. } | Operation::PauseAll { contract } => {
                (contract, control.pausers.iter().any(|(pauser, may)| *pauser == actor && *may))
            }
            Operation::Unpause { contract, .. } => (contract, control.unpauser == actor),
            _ => (Address::ZERO, false),
        };
        let mut exercised = false;
        for ((contract, was), (_, is)) in control.paused.iter().zip(&step.after.control.paused) {
            if was == is {
                continue;
            }
            exercised = true;
            must!(
                *contract == switched && may,
                "{} changed the switches of {} from {was:#x} to {is:#x}, and may not",
                step.name(actor),
                step.name(*contract),
            );
            let kept = *was & *is;
            let right = match step.call.operation {
                Operation::Pause { .. } => kept == *was,
                Operation::PauseAll { .. } => *is == U256::MAX,
                _ => kept == *is,
            };
            must!(right, "the switches of {} went the wrong way, from {was:#x} to {is:#x}", step.name(*contract));
        }
        Verdict::holds_if(exercised)
    },
};

const NOTHING_ELSE: Invariant = Invariant {
    id: "PAU-03",
    statement: "What no switch that is on is for does not fail for being paused.",
    formula: "a call reverts with CurrentlyPaused only if paused(c) has a bit i before the call whose functions include it",
    why: "Withdrawals that are stopped by the switch for deposits cannot be left open in an emergency. Slashed funds can be \
          cleared while all but the strategies is paused.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[Assumption::PassiveTokens, Assumption::PassiveRegistrars],
    scope: Scope::EVERYTHING,
    check: |step| {
        applies_if!(anything_paused(step.before));
        let (None, true) = closed(step) else { return Verdict::NotApplicable };
        let failed = match step.outcome {
            crate::call::Outcome::Reverted(data) => data.get(..4) == Some(&CURRENTLY_PAUSED[..]),
            _ => false,
        };
        must!(!failed, "what {} asked failed for being paused, and no switch for it is on", step.name(step.call.actor));
        Verdict::Holds
    },
};

const NO_ACCOUNTING: Invariant = Invariant {
    id: "PAU-04",
    statement: "Pausing and unpausing change no accounting.",
    formula: "pause, pauseAll, unpause: everything but paused is as before",
    why: "Who may stop the protocol must not be able to take from it.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::PAUSING.that_succeeded(),
    check: |step| {
        use Operation as O;
        applies_if!(matches!(step.call.operation, O::Pause { .. } | O::PauseAll { .. } | O::Unpause { .. }));
        applies_if!(step.succeeded());
        let (was, is) = (step.before, step.after);
        let same = was.strategies == is.strategies
            && was.tokens == is.tokens
            && was.withdrawals == is.withdrawals
            && was.pending_sets == is.pending_sets
            && was.principals == is.principals
            && (!step.touched.any_operator() || was.operators == is.operators)
            && (!step.touched.any_staker() || was.stakers == is.stakers)
            && (!step.touched.any_set() || was.sets == is.sets);
        must!(same, "{} changed the accounting with a switch", step.name(step.call.actor));
        Verdict::Holds
    },
};

#[cfg(test)]
mod tests {
    use alloy_primitives::{Bytes, keccak256};

    use super::*;
    use crate::{
        call::Outcome,
        invariants::fixture::{Scene, judge},
    };

    /// A deposit, and every switch of the strategy in `status`.
    fn deposit(status: u64) -> Scene {
        let mut scene = Scene::quiet();
        let (strategy, token) = (scene.before.strategies[0].address, scene.before.strategies[0].token);
        scene.call.operation = Operation::Deposit { strategy, token, amount: U256::ONE };
        scene.before.control.paused = vec![(strategy, U256::from(status))];
        scene.after.control.paused = scene.before.control.paused.clone();
        scene
    }

    fn paused() -> Outcome {
        Outcome::Reverted(Bytes::copy_from_slice(&keccak256("CurrentlyPaused()")[..4]))
    }

    fn violated(invariant: &Invariant, scene: &Scene) -> bool {
        matches!(judge(invariant, scene), Verdict::Violated(_))
    }

    #[test]
    fn pau_01() {
        assert_eq!(judge(&STOPS, &deposit(0)), Verdict::NotApplicable);
        assert_eq!(judge(&STOPS, &deposit(2)), Verdict::NotApplicable, "the switch for withdrawals");
        let mut scene = deposit(1);
        assert!(violated(&STOPS, &scene));
        scene.outcome = paused();
        assert_eq!(judge(&STOPS, &scene), Verdict::Holds);
        // A slash of which something waits cannot be cleared while the strategy does not pay.
        let mut scene = Scene::cleared();
        let strategy = scene.before.strategies[0].address;
        scene.before.control.paused = vec![(strategy, U256::from(2))];
        assert!(violated(&STOPS, &scene));
    }

    #[test]
    fn pau_02() {
        let mut scene = deposit(1);
        let (contract, pauser) = (scene.before.strategies[0].address, scene.call.actor);
        assert_eq!(judge(&SWITCHING, &scene), Verdict::NotApplicable);
        scene.after.control.paused[0].1 = U256::from(3);
        assert!(violated(&SWITCHING, &scene), "a deposit");
        scene.call.operation = Operation::Pause { contract, status: U256::from(3) };
        assert!(violated(&SWITCHING, &scene), "no pauser");
        scene.before.control.pausers = vec![(pauser, true)];
        assert_eq!(judge(&SWITCHING, &scene), Verdict::Holds);
        scene.after.control.paused[0].1 = U256::from(2);
        assert!(violated(&SWITCHING, &scene), "a bit less");
        scene.call.operation = Operation::Unpause { contract, status: U256::from(2) };
        scene.before.control.unpauser = pauser;
        assert!(violated(&SWITCHING, &scene), "a bit more");
        scene.after.control.paused[0].1 = U256::ZERO;
        assert_eq!(judge(&SWITCHING, &scene), Verdict::Holds);
    }

    #[test]
    fn pau_03() {
        let mut scene = deposit(2);
        assert_eq!(judge(&NOTHING_ELSE, &scene), Verdict::Holds);
        scene.outcome = paused();
        assert!(violated(&NOTHING_ELSE, &scene), "the switch for withdrawals stops deposits");
        scene.before.control.paused[0].1 = U256::ONE;
        assert_eq!(judge(&NOTHING_ELSE, &scene), Verdict::NotApplicable);
        assert_eq!(judge(&NOTHING_ELSE, &deposit(0)), Verdict::NotApplicable);
    }

    #[test]
    fn pau_04() {
        let mut scene = deposit(0);
        assert_eq!(judge(&NO_ACCOUNTING, &scene), Verdict::NotApplicable);
        let contract = scene.before.strategies[0].address;
        scene.call.operation = Operation::PauseAll { contract };
        scene.after.control.paused[0].1 = U256::MAX;
        assert_eq!(judge(&NO_ACCOUNTING, &scene), Verdict::Holds);
        scene.after.strategies[0].total_shares = U256::ONE;
        assert!(violated(&NO_ACCOUNTING, &scene));
    }
}
