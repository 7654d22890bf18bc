//! Calls back: whoever is called while something is under way finds the door closed.

use alloy_primitives::Address;

use crate::{
    applies_if,
    call::{Operation, SignedOperation},
    must,
    oracle::{Assumption, Checkpoint, Family, Invariant, Scope, Step, Verdict},
};

pub(super) const FAMILY: Family = Family {
    key: "CBK",
    title: "Calls back",
    assumes: "Somebody calls back; in the standard world nobody does.",
    invariants: &[&WITHDRAWAL, &DEPOSIT_AND_CLEARING],
};

const WITHDRAWAL: Invariant = Invariant {
    id: "CBK-01",
    statement: "While a withdrawal is paid, nobody is let into the delegation manager or the strategy manager.",
    formula: "completeQueuedWithdrawal(s) as tokens: every call back into either reverts",
    why: "A withdrawal that is half completed is counted twice by whoever looks then: the staker could withdraw, delegate or \
          deposit with shares that are on their way out.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[Assumption::CallingTokens],
    scope: Scope::EVERYTHING,
    check: |step| {
        let is_completion =
            matches!(step.call.operation, Operation::CompleteWithdrawal { .. } | Operation::CompleteWithdrawals { .. });
        applies_if!(is_completion);
        let managers = &step.after.terms.managers;
        nobody_entered(step, &[managers.delegation, managers.strategy])
    },
};

const DEPOSIT_AND_CLEARING: Invariant = Invariant {
    id: "CBK-02",
    statement: "While tokens are deposited, burned or redistributed, nobody is let into the strategy manager.",
    formula: "depositIntoStrategy*, clearBurnOrRedistributableShares*, burnShares: every call back into the strategy manager \
              reverts",
    why: "Between the move of tokens and the count of shares the price is another. Whoever gets in then deposits or clears at \
          a price that is nobody's.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[Assumption::CallingTokens],
    scope: Scope::EVERYTHING,
    check: |step| {
        let is_under_way = matches!(
            step.call.operation,
            Operation::Deposit { .. }
                | Operation::Signed(SignedOperation::Deposit { .. })
                | Operation::ClearSlash { .. }
                | Operation::ClearSlashByStrategy { .. }
                | Operation::BurnShares { .. }
        );
        applies_if!(is_under_way);
        nobody_entered(step, &[step.after.terms.managers.strategy])
    },
};

/// Exercised when somebody tried.
fn nobody_entered(step: &Step<'_>, closed: &[Address]) -> Verdict {
    let mut exercised = false;
    for (was, is) in step.before.callers.iter().zip(&step.after.callers) {
        exercised |= is.attempts > was.attempts;
        let entered = |target: &&Address| is.entered(**target) > was.entered(**target);
        let open = closed.iter().find(entered);
        must!(
            open.is_none(),
            "{} called back into {} while tokens moved, and was let in",
            step.name(is.address),
            step.name(open.copied().unwrap_or_default()),
        );
    }
    Verdict::holds_if(exercised)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        call::{Completion, Receive},
        invariants::fixture::{Scene, judge},
        ledger::{Caller, Managers},
    };

    /// Somebody called back during an operation; who let it in.
    fn called_back(operation: Operation, by: impl Fn(&Scene) -> Option<Address>) -> Scene {
        let mut scene = Scene::cleared();
        let [allocation, delegation, strategy] = [1, 2, 3].map(Address::repeat_byte);
        let managers = Managers { allocation, delegation, strategy, ..scene.before.terms.managers };
        scene.after.terms.managers = managers;
        let address = scene.after.stakers[0].address;
        let entered = [managers.allocation, managers.delegation, managers.strategy].map(|at| (at, 0)).to_vec();
        scene.before.callers = vec![Caller { address, attempts: 0, entered }];
        scene.after.callers = scene.before.callers.clone();
        scene.after.callers[0].attempts = 1;
        let open = by(&scene);
        for (target, times) in &mut scene.after.callers[0].entered {
            *times += u64::from(Some(*target) == open);
        }
        scene.call.operation = operation;
        scene
    }

    fn completion() -> Operation {
        let completion = Completion { staker: Address::ZERO, nth: 0, receive: Receive::Tokens };
        Operation::CompleteWithdrawal { completion }
    }

    #[test]
    fn cbk_01() {
        assert_eq!(judge(&WITHDRAWAL, &Scene::quiet()), Verdict::NotApplicable);
        assert_eq!(judge(&WITHDRAWAL, &called_back(completion(), |_| None)), Verdict::Holds);
        let elsewhere = called_back(completion(), |scene| Some(scene.after.terms.managers.allocation));
        assert_eq!(judge(&WITHDRAWAL, &elsewhere), Verdict::Holds);
        for by in
            [(|scene: &Scene| Some(scene.after.terms.managers.delegation)) as fn(&Scene) -> Option<Address>, |scene| {
                Some(scene.after.terms.managers.strategy)
            }]
        {
            assert!(matches!(judge(&WITHDRAWAL, &called_back(completion(), by)), Verdict::Violated(_)));
        }
    }

    #[test]
    fn cbk_02() {
        let clearing = || Scene::cleared().call.operation;
        assert_eq!(judge(&DEPOSIT_AND_CLEARING, &Scene::quiet()), Verdict::NotApplicable);
        assert_eq!(judge(&DEPOSIT_AND_CLEARING, &Scene::cleared()), Verdict::NotApplicable, "nobody tried");
        assert_eq!(judge(&DEPOSIT_AND_CLEARING, &called_back(clearing(), |_| None)), Verdict::Holds);
        // While a slash is cleared, delegations can go on.
        let delegated = called_back(clearing(), |scene| Some(scene.after.terms.managers.delegation));
        assert_eq!(judge(&DEPOSIT_AND_CLEARING, &delegated), Verdict::Holds);
        let entered = called_back(clearing(), |scene| Some(scene.after.terms.managers.strategy));
        assert!(matches!(judge(&DEPOSIT_AND_CLEARING, &entered), Verdict::Violated(_)));
    }
}
