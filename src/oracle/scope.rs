//! What of a step an invariant is about, so that it is judged only where it can have something to say: nine of ten have
//! nothing to say of a call.

use super::Step;
use crate::{
    call::{Operation, SignedOperation},
    ledger::Touched,
};

/// What there is about a step: kinds of calls, and parts of the ledger that a call may have changed. A step that has
/// nothing of an invariant's scope is not judged: there the invariant holds if it held before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scope {
    /// A bit for each kind and part: any of them is enough.
    any: u32,
    /// Whether the call must have succeeded, too; of a step, whether it did.
    success: bool,
}

impl Scope {
    /// Every step.
    pub const EVERYTHING: Self = Self { any: u32::MAX, success: false };

    /// Steps that may have changed an operator.
    pub const OPERATORS: Self = Self::bit(0);
    /// Steps that may have changed a set.
    pub const SETS: Self = Self::bit(1);
    /// Steps that may have changed a staker: what it holds, its pod, its withdrawals.
    pub const STAKERS: Self = Self::bit(2);
    /// Steps that may have changed rewards, or the strategy factory.
    pub const REWARDS: Self = Self::bit(3);
    /// Steps that may have changed anything else.
    pub const REST: Self = Self::bit(4);
    /// Steps before which time passed.
    pub const LATER: Self = Self::bit(5);

    /// Deposits, with a signature or without.
    pub const DEPOSITS: Self = Self::bit(6);
    /// Delegations: registering as an operator and delegating anew are some.
    pub const DELEGATIONS: Self = Self::bit(7);
    /// Calls that queue withdrawals: undelegating and delegating anew do.
    pub const QUEUEING: Self = Self::bit(8);
    /// Completions of withdrawals.
    pub const COMPLETIONS: Self = Self::bit(9);
    /// What an operator says of itself: that it is one, its delay, its approver.
    pub const REGISTRATIONS: Self = Self::bit(10);
    /// Changes of allocations.
    pub const ALLOCATIONS: Self = Self::bit(11);
    /// Clearings of deallocation queues.
    pub const UNQUEUEING: Self = Self::bit(12);
    /// Registering for sets, and deregistering.
    pub const MEMBERSHIPS: Self = Self::bit(13);
    /// What an AVS says of itself and its sets.
    pub const MAKING_SETS: Self = Self::bit(14);
    /// Slashes; calls of the example AVSs may be some.
    pub const SLASHES: Self = Self::bit(15);
    /// Clearings of slashes, and burning.
    pub const CLEARINGS: Self = Self::bit(16);
    /// Questions.
    pub const QUESTIONS: Self = Self::bit(17);
    /// Calls about native ETH.
    pub const PODS: Self = Self::bit(18);
    /// Calls of the example AVSs.
    pub const EXAMPLES: Self = Self::bit(19);
    /// Calls of the rewards coordinator.
    pub const REWARDING: Self = Self::bit(20);
    /// Calls of the strategy factory.
    pub const MAKING_STRATEGIES: Self = Self::bit(21);
    /// Pausing and unpausing.
    pub const PAUSING: Self = Self::bit(22);
    /// Every other call.
    pub const OTHER_CALLS: Self = Self::bit(23);

    const fn bit(index: u32) -> Self {
        Self { any: 1 << index, success: false }
    }

    /// What either has.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self { any: self.any | other.any, success: self.success && other.success }
    }

    /// Of them, the calls that succeeded.
    #[must_use]
    pub const fn that_succeeded(self) -> Self {
        Self { success: true, ..self }
    }

    /// What there is about a step.
    pub fn of(step: &Step<'_>) -> Self {
        let mut scope = Self::of_operation(&step.call.operation).or(Self::of_parts(step.touched));
        if !step.call.delay.is_zero() {
            scope = scope.or(Self::LATER);
        }
        Self { success: step.succeeded(), ..scope }
    }

    /// Whether an invariant with this scope is judged at a step with that one.
    pub const fn has(self, step: Self) -> bool {
        self.any & step.any != 0 && (step.success || !self.success)
    }

    fn of_parts(touched: Touched) -> Self {
        let parts = [
            (touched.any_operator(), Self::OPERATORS),
            (touched.any_set(), Self::SETS),
            (touched.any_staker(), Self::STAKERS),
            (touched.rewards(), Self::REWARDS),
            (touched.rest(), Self::REST),
        ];
        let there = parts.into_iter().filter(|(is_touched, _)| *is_touched);
        Self { any: there.fold(0, |any, (_, part)| any | part.any), success: false }
    }

    fn of_operation(operation: &Operation) -> Self {
        use Operation as O;
        use SignedOperation as S;
        match operation {
            O::Deposit { .. } | O::Signed(S::Deposit { .. }) => Self::DEPOSITS,
            O::Delegate { .. } | O::Signed(S::Delegate { .. }) => Self::DELEGATIONS,
            O::Redelegate { .. } | O::Signed(S::Redelegate { .. }) => Self::DELEGATIONS.or(Self::QUEUEING),
            O::QueueWithdrawals { .. } | O::Undelegate { .. } => Self::QUEUEING,
            O::CompleteWithdrawal { .. } | O::CompleteWithdrawals { .. } => Self::COMPLETIONS,
            O::RegisterAsOperator { .. } => Self::REGISTRATIONS.or(Self::DELEGATIONS),
            O::ModifyOperatorDetails { .. } | O::UpdateOperatorMetadata { .. } | O::SetAllocationDelay { .. } => {
                Self::REGISTRATIONS
            }
            O::ModifyAllocations { .. } => Self::ALLOCATIONS,
            O::ClearDeallocationQueue { .. } => Self::UNQUEUEING,
            O::RegisterForSets { .. } | O::DeregisterFromSets { .. } => Self::MEMBERSHIPS,
            O::UpdateAvsMetadata { .. }
            | O::SetAvsRegistrar { .. }
            | O::CreateSets { .. }
            | O::CreateRedistributingSets { .. }
            | O::AddStrategies { .. }
            | O::RemoveStrategies { .. }
            | O::UpdateSlasher { .. } => Self::MAKING_SETS,
            O::Slash { .. } => Self::SLASHES,
            O::ClearSlash { .. } | O::ClearSlashByStrategy { .. } | O::BurnShares { .. } => Self::CLEARINGS,
            O::Ask(_) | O::AskUserUnderlying { .. } => Self::QUESTIONS,
            O::Pods(_) => Self::PODS,
            O::Example(_) => Self::EXAMPLES.or(Self::SLASHES),
            O::Rewards(_) => Self::REWARDING,
            O::Factory(_) => Self::MAKING_STRATEGIES,
            O::Pause { .. } | O::PauseAll { .. } | O::Unpause { .. } => Self::PAUSING,
            O::Donate { .. }
            | O::SetStrategyWhitelister { .. }
            | O::AddToWhitelist { .. }
            | O::RemoveFromWhitelist { .. }
            | O::TransferOwnership { .. }
            | O::RenounceOwnership {}
            | O::SetPauser { .. }
            | O::SetUnpauser { .. }
            | O::SetLimits { .. }
            | O::AddPendingAdmin { .. }
            | O::RemovePendingAdmin { .. }
            | O::AcceptAdmin { .. }
            | O::RemoveAdmin { .. }
            | O::SetAppointee { .. }
            | O::RemoveAppointee { .. }
            | O::World(_)
            | O::Initialize { .. }
            | O::Upgrade { .. }
            | O::CallPlumbing { .. }
            | O::Malformed { .. } => Self::OTHER_CALLS,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_part_is_enough_and_success_is_asked_beside_it() {
        let step = Scope::SLASHES.or(Scope::OPERATORS);
        assert!(Scope::EVERYTHING.has(step) && Scope::OPERATORS.has(step) && Scope::SETS.or(Scope::SLASHES).has(step));
        assert!(!Scope::SETS.has(step) && !Scope::OPERATORS.that_succeeded().has(step));
        assert!(Scope::OPERATORS.that_succeeded().has(step.that_succeeded()));
        assert!(!Scope::DEPOSITS.or(Scope::SETS).that_succeeded().has(step.that_succeeded()));
    }

    #[test]
    fn either_may_have_failed_if_one_of_them_may() {
        assert_eq!(Scope::SETS.that_succeeded().or(Scope::REST), Scope::SETS.or(Scope::REST));
    }

    #[test]
    fn parts_are_told_apart() {
        assert_eq!(Scope::of_parts(Touched::default()).any, 0);
        let all = Scope::OPERATORS.or(Scope::SETS).or(Scope::STAKERS).or(Scope::REWARDS).or(Scope::REST);
        assert_eq!(Scope::of_parts(Touched::EVERYTHING), all);
    }
}
