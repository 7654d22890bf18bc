//! Views: what the contracts answer is what their accounting says.

mod stake;

use alloy_primitives::{Address, B256, U256};

use super::{
    sentence,
    words::{answer, stake as place_of},
};
use crate::{
    call::{Argument, Operation, Outcome, Question},
    must,
    oracle::{Checkpoint, Family, Invariant, Scope, Step, Verdict},
};

pub(super) const FAMILY: Family = Family {
    key: "VIE",
    title: "Views",
    assumes: "Storage is right; the other families say so.",
    invariants: &[
        &stake::BOUNDED,
        &stake::LASTING,
        &stake::SHARED,
        &WITHDRAWAL,
        &WITHDRAWABLE,
        &stake::REDISTRIBUTABLE,
        &IN_QUEUE,
        &BEHIND,
        &SHOWN,
    ],
};

const SHOWN: Invariant = Invariant {
    id: "VIE-10",
    statement: "What a view shows is what the ledger has: lists, magnitudes, shares, rights, splits and roots alike.",
    formula: "view(x) == ledger.view(x), for every view without an invariant of its own",
    why: "Operators, AVSs, reward calculations and front ends act on what views show, and read no storage.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::QUESTIONS,
    check: |step| {
        let (Operation::Ask(Question::Shown { contract, view, of }), Some(shown)) = (&step.call.operation, step.shown)
        else {
            return Verdict::NotApplicable;
        };
        let asked = || {
            let of: Vec<String> = of.iter().map(|argument| said_argument(step, argument)).collect();
            let name = view.split('(').next().unwrap_or_default();
            format!("{}.{name}({})", step.name(*contract), of.join(", "))
        };
        let Outcome::Returned(told) = step.outcome else {
            return Verdict::Violated(format!("{} does not answer, and {} is so", asked(), said_words(step, shown)));
        };
        must!(told == shown, "{} answers {}, and {} is so", asked(), said_words(step, told), said_words(step, shown));
        Verdict::Holds
    },
};

fn said_argument(step: &Step<'_>, argument: &Argument) -> String {
    match argument {
        Argument::Address(address) => step.name(*address),
        Argument::Addresses(all) => {
            let names: Vec<String> = all.iter().map(|address| step.name(*address)).collect();
            format!("[{}]", names.join(", "))
        }
        Argument::Set(id) => format!("set {} of {}", id.id, step.name(id.avs)),
        Argument::Number(number) => number.to_string(),
        Argument::Hash(hash) => hash.to_string(),
        Argument::Function(selector) => selector.to_string(),
    }
}

/// Words as they are encoded, those that are somebody's address by name.
fn said_words(step: &Step<'_>, data: &[u8]) -> String {
    let said = |word: &[u8]| {
        let somebody = (word.len() == WORD).then(|| Address::from_word(B256::from_slice(word)));
        let somebody = somebody.filter(|it| it.into_word().as_slice() == word && step.book.get(*it).is_some());
        somebody.map_or_else(|| U256::from_be_slice(word).to_string(), |address| step.name(address))
    };
    let words: Vec<String> = data.chunks(WORD).map(said).collect();
    format!("[{}]", words.join(", "))
}

/// Bytes of a word.
const WORD: usize = 32;

const WITHDRAWAL: Invariant = Invariant {
    id: "VIE-05",
    statement: "A staker is told of a queued withdrawal what it pays: by the slashes that reach it, and by no later ones.",
    formula: "getQueuedWithdrawal(root).shares[i] == floor(q_i * m(o, t_i, min(N, startBlock + M)) / W)",
    why: "It is by this answer that a staker decides, and that others take a withdrawal as security.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::QUESTIONS,
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
            "withdrawal {} of {} pays {due} in shares, and {told} is told",
            withdrawal.nonce,
            step.name(*staker),
            due = sentence::said(&due),
            told = sentence::said(&told)
        );
        Verdict::Holds
    },
};

const WITHDRAWABLE: Invariant = Invariant {
    id: "VIE-06",
    statement: "Whoever asks what a staker can withdraw is told what is left of its shares after slashes, and its shares.",
    formula: "getWithdrawableShares(a,t) == (floor(floor(s * k / W) * f / W), s)",
    why: "Lenders and other contracts value stakers by it.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::QUESTIONS,
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
                "of {}, {can} of {has} shares can be withdrawn, and {told} is told",
                sentence::holding(step, staker, strategy),
                can = sentence::said(&can),
                told = sentence::said(&told)
            );
        }
        Verdict::holds_if(!strategies.is_empty())
    },
};

const IN_QUEUE: Invariant = Invariant {
    id: "VIE-08",
    statement: "Whoever asks what of the queue can still be slashed is told it as it is worth now.",
    formula: "getSlashableSharesInQueue(o,t) == floor(S * m / W), S the scaled shares queued in the slashable window",
    why: "An AVS counts it among what secures it.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::QUESTIONS,
    check: |step| {
        let Some((Question::SlashableSharesInQueue { operator, strategy }, words)) = answer(step) else {
            return Verdict::NotApplicable;
        };
        let Some((operator, strategy)) = place_of(step, *operator, *strategy) else { return Verdict::NotApplicable };
        let due = step.after.slashable_in_queue(&step.after.operators[operator], strategy);
        let told = words.word(0);
        must!(
            due.is_some() && told == due,
            "of the shares in the queue of {}, {due} can be slashed, and {told} is told",
            sentence::stake(step, operator, strategy),
            due = sentence::said(&due),
            told = sentence::said(&told)
        );
        Verdict::holds_if(due.is_some_and(|due| !due.is_zero()))
    },
};

const BEHIND: Invariant = Invariant {
    id: "VIE-09",
    statement: "Whoever asks how many deposit shares to queue for what some of them are worth is never told more of them.",
    formula: "convertToDepositShares(a, t, w) == floor(floor(w * W / k) * W / f) <= x, with w = floor(floor(x * k / W) * f / W)",
    why: "A staker queues what it is told. Were that more than it has, it could not leave; were it more than it wants, more \
          leaves than was asked for.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::QUESTIONS,
    check: |step| {
        let Some((Question::DepositShares { staker, strategy, shares }, words)) = answer(step) else {
            return Verdict::NotApplicable;
        };
        let place = (step.before.staker_index(*staker), step.before.strategy_index(*strategy));
        let (Some(staker), Some(strategy)) = place else { return Verdict::NotApplicable };
        let Some(worth) = step.before.worth_of(staker, strategy, *shares) else { return Verdict::NotApplicable };
        let due = step.before.deposit_shares_behind(staker, strategy, worth);
        let told = words.array(0);
        must!(
            due.is_some_and(|due| due <= *shares && told == Some(vec![due])),
            "{shares} deposit shares of {} are worth {worth}, behind which is {due}, and {told} is told",
            sentence::holding(step, staker, strategy),
            due = sentence::said(&due),
            told = sentence::said(&told)
        );
        Verdict::Holds
    },
};

#[cfg(test)]
mod tests;
