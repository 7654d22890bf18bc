//! What calls return, and what is said to be free: whoever builds on the contracts sees them by it.

use alloy_primitives::U256;

use super::{
    sentence,
    words::{Words, answer, stake},
};
use crate::{
    applies_if,
    call::{Operation, Question, SignedOperation},
    ghost::payments,
    must,
    oracle::{Assumption, Checkpoint, Family, Invariant, Scope, Step, Verdict},
};

pub(super) const FAMILY: Family = Family {
    key: "ANS",
    title: "Answers",
    assumes: "Storage is right; the other families say so.",
    invariants: &[&DEPOSITED, &QUEUED, &CLEARED, &FREE],
};

const DEPOSITED: Invariant = Invariant {
    id: "ANS-01",
    statement: "A deposit tells its caller the shares that the staker has got.",
    formula: "returned == s(a,t)' - s(a,t)",
    why: "A contract that deposits for others books to them what it is told.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[Assumption::PassiveTokens],
    scope: Scope::DEPOSITS.that_succeeded(),
    check: |step| {
        let (staker, strategy) = match step.call.operation {
            Operation::Deposit { strategy, .. } => (step.call.actor, strategy),
            Operation::Signed(SignedOperation::Deposit { staker, strategy, .. }) => (staker, strategy),
            _ => return Verdict::NotApplicable,
        };
        let Some(words) = Words::returned(step) else { return Verdict::NotApplicable };
        let (staker, at) = (step.before.staker_index(staker), step.before.strategy_index(strategy));
        let (Some(staker), Some(at)) = (staker, at) else { return Verdict::NotApplicable };
        let [had, has] = [step.before, step.after].map(|ledger| ledger.stakers[staker].holdings[at].shares);
        let (told, got) = (words.word(0), has.wrapping_sub(had));
        must!(
            told == Some(got),
            "{} got {got} shares, and was told {told}",
            sentence::holding(step, staker, at),
            told = sentence::said(&told)
        );
        Verdict::Holds
    },
};

const QUEUED: Invariant = Invariant {
    id: "ANS-02",
    statement: "Whoever queues withdrawals is told their roots, in their order.",
    formula: "queueWithdrawals, undelegate, redelegate: returned == roots of the new withdrawals, oldest first",
    why: "Who is told another root, or none, waits for a withdrawal that there is not.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::QUEUEING.that_succeeded(),
    check: |step| {
        applies_if!(matches!(
            step.call.operation,
            Operation::QueueWithdrawals { .. } | Operation::Undelegate { .. } | Operation::Redelegate { .. }
        ));
        let Some(words) = Words::returned(step) else { return Verdict::NotApplicable };
        let known = step.before.withdrawals.len();
        let new = step.after.withdrawals.get(known..).unwrap_or_default();
        let roots: Vec<U256> = new.iter().map(|withdrawal| withdrawal.root.into()).collect();
        let told = words.array(0);
        must!(
            told.as_ref() == Some(&roots),
            "{} withdrawals were queued, and the caller was told {}",
            roots.len(),
            told.map_or_else(|| "no list of roots".to_owned(), |told| format!("{} roots, not theirs", told.len())),
        );
        Verdict::holds_if(!roots.is_empty())
    },
};

const CLEARED: Invariant = Invariant {
    id: "ANS-03",
    statement: "Who clears a slash is told the tokens that were paid, strategy by strategy.",
    formula: "clearBurnOrRedistributableShares: returned amounts[i] == floor((B + 1000) * shares[i] / (T + 1000)), each after the \
              ones before",
    why: "A recipient that shares out what it is told gives away what it did not get, or keeps what it owes.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[Assumption::Redistribution, Assumption::PassiveTokens],
    scope: Scope::CLEARINGS.that_succeeded(),
    check: |step| {
        let Some(words) = Words::returned(step) else { return Verdict::NotApplicable };
        let (entries, told) = match step.call.operation {
            Operation::ClearSlash { set, nth } => (entries(step, set, nth), words.array(0)),
            Operation::ClearSlashByStrategy { .. } => (1, words.word(0).map(|told| vec![told])),
            _ => return Verdict::NotApplicable,
        };
        let paid: Vec<U256> = payments(step.before, step.call).iter().map(|payment| payment.tokens).collect();
        applies_if!(paid.len() == entries);
        must!(
            told.as_ref() == Some(&paid),
            "in wei, clearing paid {paid}, and told {told}",
            paid = sentence::said(&paid),
            told = sentence::said(&told)
        );
        Verdict::holds_if(!paid.is_empty())
    },
};

/// How many strategies a slash waits in.
fn entries(step: &Step<'_>, set: crate::call::SetId, nth: u32) -> usize {
    let Some(set) = step.before.set(set) else { return 0 };
    usize::try_from(set.nth_slash(nth)).ok().and_then(|id| set.slashes.get(id)).map_or(0, Vec::len)
}

const FREE: Invariant = Invariant {
    id: "ANS-04",
    statement: "What an operator is told it can still allocate is all that is free: deallocations that are over are, cleared or not.",
    formula: "getAllocatableMagnitude(o,t) == m(o,t) - view enc(o,t)",
    why: "An operator that is told less leaves stake without use, one that is told more plans with what it does not have.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::QUESTIONS,
    check: |step| {
        let Some((Question::AllocatableMagnitude { operator, strategy }, words)) = answer(step) else {
            return Verdict::NotApplicable;
        };
        let Some((operator, strategy)) = stake(step, *operator, *strategy) else { return Verdict::NotApplicable };
        let max = step.after.operators[operator].stakes[strategy].max_magnitude();
        let free = step.after.encumbered(operator, strategy).and_then(|encumbered| max.checked_sub(encumbered));
        let told = words.word(0);
        must!(
            free.is_some_and(|free| told == Some(U256::from(free))),
            "{} has {free} free, and is told {told}",
            sentence::stake(step, operator, strategy),
            free = sentence::said(&free),
            told = sentence::said(&told)
        );
        Verdict::Holds
    },
};

#[cfg(test)]
mod tests;
