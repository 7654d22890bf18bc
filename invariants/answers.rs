//! What calls return and views answer: whoever builds on the contracts sees them by it.

use alloy_primitives::{Address, U256};

use super::{sentence, words::Words};
use crate::{
    applies_if,
    call::{Operation, Question, SignedOperation},
    ghost::payments,
    must,
    oracle::{Assumption, Checkpoint, Family, Invariant, Step, Verdict},
};

pub(super) const FAMILY: Family = Family {
    key: "ANS",
    title: "Answers",
    assumes: "Storage is right; the other families say so.",
    invariants: &[&DEPOSITED, &QUEUED, &CLEARED, &FREE, &WITHDRAWABLE, &IN_QUEUE, &WITHDRAWAL],
};

const DEPOSITED: Invariant = Invariant {
    id: "ANS-01",
    statement: "A deposit tells its caller the shares that the staker has got.",
    formula: "returned == s(a,t)' - s(a,t)",
    why: "A contract that deposits for others books to them what it is told.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[Assumption::PassiveTokens],
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
        must!(told == Some(got), "{} got {got} shares, and was told {told:?}", sentence::holding(step, staker, at));
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
    check: |step| {
        let Some(words) = Words::returned(step) else { return Verdict::NotApplicable };
        let (entries, told) = match step.call.operation {
            Operation::ClearSlash { set, nth } => (entries(step, set, nth), words.array(0)),
            Operation::ClearSlashByStrategy { .. } => (1, words.word(0).map(|told| vec![told])),
            _ => return Verdict::NotApplicable,
        };
        let paid: Vec<U256> = payments(step.before, step.call).iter().map(|payment| payment.tokens).collect();
        applies_if!(paid.len() == entries);
        must!(told.as_ref() == Some(&paid), "clearing paid {paid:?} wei, and told {told:?}");
        Verdict::holds_if(!paid.is_empty())
    },
};

/// How many strategies a slash waits in.
fn entries(step: &Step<'_>, set: crate::call::SetId, nth: u32) -> usize {
    let Some(set) = step.before.set(set) else { return 0 };
    usize::try_from(set.nth_slash(nth)).ok().and_then(|id| set.slashes.get(id)).map_or(0, Vec::len)
}

/// What was asked and what was answered, if it was.
fn answer<'a>(step: &Step<'a>) -> Option<(&'a Question, Words<'a>)> {
    let Operation::Ask(question) = &step.call.operation else { return None };
    Some((question, Words::returned(step)?))
}

/// Operator and strategy, by index.
fn stake(step: &Step<'_>, operator: Address, strategy: Address) -> Option<(usize, usize)> {
    Some((step.after.operator_index(operator)?, step.after.strategy_index(strategy)?))
}

const FREE: Invariant = Invariant {
    id: "ANS-04",
    statement: "What an operator is told it can still allocate is all that is free: deallocations that are over are, cleared or not.",
    formula: "getAllocatableMagnitude(o,t) == m(o,t) - view enc(o,t)",
    why: "An operator that is told less leaves stake without use, one that is told more plans with what it does not have.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
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
            "{} has {free:?} free, and is told {told:?}",
            sentence::stake(step, operator, strategy),
        );
        Verdict::Holds
    },
};

const WITHDRAWABLE: Invariant = Invariant {
    id: "ANS-05",
    statement: "Whoever asks what a staker can withdraw is told what is left of its shares after slashes, and its shares.",
    formula: "getWithdrawableShares(a,t) == (floor(floor(s * k / W) * f / W), s)",
    why: "Lenders and other contracts value stakers by it.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    check: |step| {
        let Some((Question::WithdrawableShares { staker, strategies }, words)) = answer(step) else {
            return Verdict::NotApplicable;
        };
        let Some(staker) = step.after.staker_index(*staker) else { return Verdict::NotApplicable };
        let (withdrawable, deposited) = (words.array(0), words.array(1));
        let told = |list: &Option<Vec<U256>>, item: usize| list.as_ref().and_then(|list| list.get(item).copied());
        for (item, strategy) in strategies.iter().enumerate() {
            let Some(strategy) = step.after.strategy_index(*strategy) else { continue };
            let can = step.after.withdrawable(staker, strategy);
            let has = step.after.stakers[staker].holdings[strategy].shares;
            let told = (told(&withdrawable, item), told(&deposited, item));
            must!(
                told == (can, Some(has)) && can.is_some(),
                "of {}, {can:?} of {has} shares can be withdrawn, and {told:?} is told",
                sentence::holding(step, staker, strategy),
            );
        }
        Verdict::holds_if(!strategies.is_empty())
    },
};

const IN_QUEUE: Invariant = Invariant {
    id: "ANS-06",
    statement: "Whoever asks what of the queue can still be slashed is told it as it is worth now.",
    formula: "getSlashableSharesInQueue(o,t) == floor(S * m / W), S the scaled shares queued in the slashable window",
    why: "An AVS counts it among what secures it.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    check: |step| {
        let Some((Question::SlashableSharesInQueue { operator, strategy }, words)) = answer(step) else {
            return Verdict::NotApplicable;
        };
        let Some((operator, strategy)) = stake(step, *operator, *strategy) else { return Verdict::NotApplicable };
        let due = step.after.slashable_in_queue(&step.after.operators[operator], strategy);
        let told = words.word(0);
        must!(
            due.is_some() && told == due,
            "of the queue of {}, {due:?} shares can be slashed, and {told:?} is told",
            sentence::stake(step, operator, strategy),
        );
        Verdict::holds_if(due.is_some_and(|due| !due.is_zero()))
    },
};

const WITHDRAWAL: Invariant = Invariant {
    id: "ANS-07",
    statement: "A staker is told of a queued withdrawal what it pays: by the slashes that reach it, and by no later ones.",
    formula: "getQueuedWithdrawal(root).shares[i] == floor(q_i * m(o, t_i, min(N, startBlock + M)) / W)",
    why: "It is by this answer that a staker decides, and that others take a withdrawal as security.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    check: |step| {
        let Some((Question::QueuedWithdrawal { staker, nth }, words)) = answer(step) else {
            return Verdict::NotApplicable;
        };
        let Some(withdrawal) = step.before.nth_withdrawal(*staker, *nth) else { return Verdict::NotApplicable };
        let items = 0..withdrawal.items.len();
        let due: Option<Vec<U256>> = items.map(|item| step.before.receivable(withdrawal, item)).collect();
        let told = words.array(1);
        must!(
            due.is_some() && told == due,
            "withdrawal {} of {} pays {due:?} shares, and {told:?} is told",
            withdrawal.nonce,
            step.name(*staker),
        );
        Verdict::Holds
    },
};

#[cfg(test)]
mod tests;
