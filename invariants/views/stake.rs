//! The stake that sets are told they have.

use alloy_primitives::{Address, U256};

use crate::{
    call::{Question, SetId},
    invariants::{
        sentence,
        words::{answer, stake},
    },
    must,
    oracle::{Assumption, Checkpoint, Invariant, Scope, Step, Verdict},
};

/// Operator, set and strategy, by index.
type Place = (usize, usize, usize);

fn place(step: &Step<'_>, operator: Address, set: SetId, strategy: Address) -> Option<Place> {
    let (operator, strategy) = stake(step, operator, strategy)?;
    Some((operator, step.after.set_index(set)?, strategy))
}

/// Where was asked for the slashable stake, for which block, and what was told.
fn slashable_stake(step: &Step<'_>) -> Option<(Place, u64, Option<U256>)> {
    let (Question::MinimumSlashableStake { operator, set, strategy, ahead }, words) = answer(step)? else {
        return None;
    };
    let until = u64::from(step.after.block_ahead(*ahead));
    Some((place(step, *operator, *set, *strategy)?, until, words.only()))
}

pub(super) const BOUNDED: Invariant = Invariant {
    id: "VIE-01",
    statement: "A set is never told that it can slash more shares than the operator has, and none of who is out of its reach.",
    formula: "getMinimumSlashableStake(e, [o], [t], N + x) <= op(o,t); 0 unless o is registered for e or N <= slashableUntil(o,e)",
    why: "It is what an AVS counts as its security. Stake of an operator that left, or that is nobody's, pays for no harm.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::QUESTIONS,
    check: |step| {
        let Some(((operator, set, strategy), _, told)) = slashable_stake(step) else { return Verdict::NotApplicable };
        let of = &step.after.operators[operator];
        let slashable = of.memberships[set].is_slashable(step.after.block);
        let most = if slashable { of.stakes[strategy].shares } else { U256::ZERO };
        must!(
            told.is_some_and(|told| told <= most),
            "{}, which {} be slashed, has {} shares, and {told} is told",
            sentence::allocation(step, operator, set, strategy),
            if slashable { "can" } else { "cannot" },
            of.stakes[strategy].shares,
            told = sentence::said(&told)
        );
        Verdict::Holds
    },
};

pub(super) const LASTING: Invariant = Invariant {
    id: "VIE-02",
    statement: "A set is told for a later block what it can slash now, less what is deallocated by then: never more than for now.",
    formula: "getMinimumSlashableStake(e, [o], [t], n) == floor(op * floor(c(n) * W / m) / W), c(n) = cur + pend if pend < 0 and \
              eff <= n, else cur; so it does not rise with n",
    why: "Whoever lends against stake, or counts on it until work is done, asks for the block in which it may need it.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::QUESTIONS,
    check: |step| {
        let Some(((operator, set, strategy), until, told)) = slashable_stake(step) else {
            return Verdict::NotApplicable;
        };
        let ledger = step.after;
        let due = |until| ledger.minimum_slashable_stake(&ledger.operators[operator], set, strategy, until);
        let (now, then) = (due(ledger.block), due(until));
        must!(
            told.is_some() && told == then && told <= now,
            "of {}, {then} can be slashed at block {until} and {now} now, and {told} is told",
            sentence::allocation(step, operator, set, strategy),
            then = sentence::said(&then),
            now = sentence::said(&now),
            told = sentence::said(&told)
        );
        Verdict::holds_if(now.is_some_and(|now| !now.is_zero()))
    },
};

pub(super) const SHARED: Invariant = Invariant {
    id: "VIE-03",
    statement: "Each set is told its part of an operator's shares, and all sets together no more shares than there are.",
    formula: "getAllocatedStake(e, [o], [t]) == floor(op * floor(cur * W / m) / W); sum over e <= op(o,t)",
    why: "Two AVSs that are told of the same shares both rely on them, and one of them in vain.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::QUESTIONS,
    check: |step| {
        let Some((Question::AllocatedStake { operator, set, strategy }, words)) = answer(step) else {
            return Verdict::NotApplicable;
        };
        let place = place(step, *operator, *set, *strategy);
        let Some((operator, set, strategy)) = place else { return Verdict::NotApplicable };
        let ledger = step.after;
        let of = &ledger.operators[operator];
        let due = |set| ledger.allocated_stake(of, set, strategy, ledger.block);
        let (told, own) = (words.only(), due(set));
        let others = (0..ledger.sets.len()).filter(|other| *other != set).map(|other| due(other).unwrap_or(U256::MAX));
        let all = others.fold(told.unwrap_or(U256::MAX), U256::saturating_add);
        must!(
            told.is_some() && told == own && all <= of.stakes[strategy].shares,
            "{} has {own} of the shares, and {told} is told: with other sets {all} of {}",
            sentence::allocation(step, operator, set, strategy),
            of.stakes[strategy].shares,
            own = sentence::said(&own),
            told = sentence::said(&told)
        );
        Verdict::holds_if(own.is_some_and(|own| !own.is_zero()))
    },
};

pub(super) const REDISTRIBUTABLE: Invariant = Invariant {
    id: "VIE-07",
    statement: "An operator is said to be redistributable exactly while a set with a recipient can slash it, which it is in or has allocated to.",
    formula: "isOperatorRedistributable(o) iff some e with a recipient has o registered or an allocation of o, and o registered or N \
              <= slashableUntil(o,e)",
    why: "What is slashed to burn helps nobody, what is slashed in somebody's favour pays for a crime. Stakers choose operators \
          by it.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[Assumption::Redistribution],
    scope: Scope::QUESTIONS,
    check: |step| {
        let Some((Question::OperatorRedistributable { operator }, words)) = answer(step) else {
            return Verdict::NotApplicable;
        };
        let ledger = step.after;
        let Some(operator) = ledger.operator(*operator) else { return Verdict::NotApplicable };
        let by = ledger.sets.iter().zip(&operator.memberships).find(|(set, membership)| {
            let concerned = membership.registered || !membership.allocated_strategies.is_empty();
            set.is_redistributing() && concerned && membership.is_slashable(ledger.block)
        });
        let told = words.word(0);
        must!(
            told == Some(U256::from(u8::from(by.is_some()))),
            "{} is redistributable by {}, and {told} is told",
            step.name(operator.address),
            by.map_or_else(|| "no set".to_owned(), |(set, _)| sentence::set(step, set.id)),
            told = sentence::said(&told)
        );
        Verdict::Holds
    },
};
