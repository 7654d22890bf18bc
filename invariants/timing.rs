//! Timing: nothing takes effect before those whom it concerns could have left, and nothing later than it was said.

use std::collections::BTreeMap;

use alloy_primitives::U256;

use crate::{
    applies_if,
    arithmetic::mul_wad_down,
    call::{Completion, Operation},
    invariants::sentence,
    ledger::{Allocation, Ledger, Operator, SlashTarget},
    must,
    oracle::{Assumption, Checkpoint, Family, Invariant, Scope, Step, Verdict},
};

pub(super) const FAMILY: Family = Family {
    key: "TIM",
    title: "Timing",
    assumes: "D, C and M are the deallocation, configuration and withdrawal delays of the deployment, N is the block.",
    invariants: &[
        &DEALLOCATION,
        &ALLOCATION,
        &DELAY_CHANGE,
        &FIRST_DELAY,
        &EXIT_SAFETY,
        &EXIT_FIRST,
        &REGISTRATION_GAP,
        &NO_FAR_FUTURE,
    ],
};

/// An allocation that a call changed.
struct Change<'a> {
    operator: &'a Operator,
    set: usize,
    strategy: usize,
    /// As of the call's block.
    was: Allocation,
    is: Allocation,
}

impl Change<'_> {
    fn place(&self, step: &Step<'_>) -> String {
        let set = step.after.sets[self.set].id;
        let strategy = step.name(step.after.strategies[self.strategy].address);
        format!("{} in {strategy} to set {} of {}", step.name(self.operator.address), set.id, step.name(set.avs))
    }
}

/// Judges every allocation that a successful `modifyAllocations` changed; whether there was one.
fn judge_changes(step: &Step<'_>, judge: &mut dyn FnMut(&Change<'_>) -> Verdict) -> Verdict {
    let Operation::ModifyAllocations { operator, changes } = &step.call.operation else {
        return Verdict::NotApplicable;
    };
    applies_if!(step.succeeded());
    let Some(index) = step.after.operator_index(*operator) else { return Verdict::NotApplicable };
    let (before, operator) = (&step.before.operators[index], &step.after.operators[index]);
    let wanted = step.before.wanted_magnitudes(operator.address, changes);
    let mut last = BTreeMap::new();
    for (change, wanted) in changes.iter().zip(wanted) {
        let Some(set) = step.after.set_index(change.set) else { continue };
        for (item, wanted) in change.items.iter().zip(wanted) {
            let Some(strategy) = step.after.strategy_index(item.strategy) else { continue };
            let was = before.allocations[set][strategy].settled(step.before.block);
            let seen = last.entry((set, strategy)).or_insert((was, wanted));
            // What is changed twice in a call was changed at once before: nothing else can be changed again.
            if seen.1 != wanted {
                *seen = (Allocation { current: seen.1, pending: 0, effect_block: 0 }, wanted);
            }
        }
    }
    let mut exercised = false;
    for ((set, strategy), (was, _)) in last {
        match judge(&Change { operator, set, strategy, was, is: operator.allocations[set][strategy] }) {
            Verdict::Holds => exercised = true,
            Verdict::NotApplicable => {}
            violated @ Verdict::Violated(_) => return violated,
        }
    }
    Verdict::holds_if(exercised)
}

const DEALLOCATION: Invariant = Invariant {
    id: "TIM-01",
    statement: "What can be slashed stays slashable for the deallocation delay after it is taken back.",
    formula: "a deallocation in block N of an allocation that its set can slash: current unchanged, effectBlock == N + D + 1; \
              of one that it cannot slash: at once",
    why: "An operator that misbehaved and deallocates must still be slashed; one that did not must get its stake back when \
          it was told.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::ALLOCATIONS.that_succeeded(),
    check: |step| {
        judge_changes(step, &mut |change| {
            let Change { was, is, .. } = change;
            applies_if!(is.target() < i128::from(was.current));
            let (before, block) = (step.before, step.before.block);
            let member =
                before.operator(change.operator.address).map(|o| o.memberships[change.set].is_slashable(block));
            let strategy = before.strategies[change.strategy].address;
            let slashable = member == Some(true) && before.sets[change.set].has_strategy(strategy);
            if !slashable {
                must!(is.pending == 0, "the deallocation of {} has a delay, and none is due", change.place(step));
                return Verdict::Holds;
            }
            let due = block + before.terms.deallocation_delay + 1;
            must!(
                is.current == was.current && u64::from(is.effect_block) == due,
                "the deallocation of {} in block {block} leaves {} of {} slashable until block {}, and {due} is due",
                change.place(step),
                is.current,
                was.current,
                is.effect_block,
            );
            Verdict::Holds
        })
    },
};

const ALLOCATION: Invariant = Invariant {
    id: "TIM-02",
    statement: "An allocation cannot be slashed before the operator's allocation delay is over.",
    formula: "an allocation in block N by an operator with delay d: current unchanged, effectBlock == N + d",
    why: "Stakers have the allocation delay to leave an operator whose next set they do not trust.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::ALLOCATIONS.that_succeeded(),
    check: |step| {
        judge_changes(step, &mut |change| {
            let Change { was, is, .. } = change;
            applies_if!(is.target() > i128::from(was.current));
            let block = step.before.block;
            let delay = step.before.operator(change.operator.address).and_then(|operator| operator.delay.at(block));
            let due = block + u64::from(delay.unwrap_or(0));
            must!(
                is.current == was.current && u64::from(is.effect_block) == due,
                "the allocation of {} in block {block} counts with {} from block {}, and {} until block {due} is due",
                change.place(step),
                is.current,
                is.effect_block,
                was.current,
            );
            Verdict::Holds
        })
    },
};

const DELAY_CHANGE: Invariant = Invariant {
    id: "TIM-03",
    statement: "Another allocation delay counts after the configuration delay, and not a block earlier.",
    formula: "setAllocationDelay in block N: getAllocationDelay as before in block N, effectBlock == N + C + 1",
    why: "Stakers chose the operator with the delay it had. A shorter one is a way around the time they have to leave.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::REGISTRATIONS.that_succeeded(),
    check: |step| {
        let Operation::SetAllocationDelay { operator, .. } = step.call.operation else {
            return Verdict::NotApplicable;
        };
        applies_if!(step.succeeded());
        delay_is_due(step, operator)
    },
};

const FIRST_DELAY: Invariant = Invariant {
    id: "TIM-04",
    statement: "A new operator has an allocation delay after the configuration delay, and not a block earlier.",
    formula: "registerAsOperator in block N: getAllocationDelay as before in block N, effectBlock == N + C + 1",
    why: "An operator without a delay cannot allocate. One that could at once would be slashable before anybody saw it.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[Assumption::FirstDelayWaits],
    scope: Scope::REGISTRATIONS.that_succeeded(),
    check: |step| {
        applies_if!(matches!(step.call.operation, Operation::RegisterAsOperator { .. }) && step.succeeded());
        delay_is_due(step, step.call.actor)
    },
};

fn delay_is_due(step: &Step<'_>, operator: alloy_primitives::Address) -> Verdict {
    let (Some(was), Some(is)) = (step.before.operator(operator), step.after.operator(operator)) else {
        return Verdict::NotApplicable;
    };
    let block = step.before.block;
    let due = block + step.before.terms.configuration_delay + 1;
    must!(
        u64::from(is.delay.effect_block) == due,
        "the allocation delay of {} changes in block {}, and block {due} is due",
        step.name(operator),
        is.delay.effect_block,
    );
    must!(
        is.delay.at(block) == was.delay.at(block),
        "the allocation delay of {} was {} and is {} in the block of asking",
        step.name(operator),
        sentence::said(&was.delay.at(block)),
        sentence::said(&is.delay.at(block)),
    );
    Verdict::Holds
}

const EXIT_SAFETY: Invariant = Invariant {
    id: "TIM-06",
    statement: "A withdrawal is slashed for the withdrawal delay, then never again, and cannot be completed before.",
    formula: "completion in block N implies N > startBlock + M; a slash in block N takes from the queue at most \
              floor(sum of scaled shares with startBlock >= N - M, times p - n), with p and n the maximum magnitudes before \
              and after",
    why: "The delay is the bargain between stakers and AVSs: long enough to prove a fault, and then over.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[Assumption::PassiveTokens],
    scope: Scope::COMPLETIONS.or(Scope::SLASHES).that_succeeded(),
    check: |step| {
        applies_if!(step.succeeded());
        match &step.call.operation {
            Operation::CompleteWithdrawal { completion } => completed(step, std::slice::from_ref(completion)),
            Operation::CompleteWithdrawals { completions } => completed(step, completions),
            operation => match step.before.slashes_of(operation).as_slice() {
                [slash] => slashed_in_queue(step, slash),
                // The queue that several slashes share shrinks from one to the next.
                _ => Verdict::NotApplicable,
            },
        }
    },
};

fn completed(step: &Step<'_>, completions: &[Completion]) -> Verdict {
    let ledger = step.before;
    for completion in completions {
        let Some(withdrawal) = ledger.nth_withdrawal(completion.staker, completion.nth) else { continue };
        let until = ledger.slashable_until(withdrawal);
        must!(
            ledger.block > until,
            "withdrawal {} of {} was completed in block {}, and could be slashed until block {until}",
            withdrawal.nonce,
            step.name(withdrawal.staker),
            ledger.block,
        );
    }
    Verdict::holds_if(!completions.is_empty())
}

/// What a slash took beyond the operator's own shares comes from the withdrawals within reach.
fn slashed_in_queue(step: &Step<'_>, slash: &SlashTarget) -> Verdict {
    let (Some(index), Some(set)) = (step.after.operator_index(slash.operator), step.after.set(slash.set)) else {
        return Verdict::NotApplicable;
    };
    let mut exercised = false;
    for address in &slash.strategies {
        let Some(strategy) = step.after.strategy_index(*address) else { continue };
        let Some(entry) = set.waiting(set.slash_count, *address) else { continue };
        let (was, is) = (&step.before.operators[index].stakes[strategy], &step.after.operators[index].stakes[strategy]);
        let taken = U256::from(was.max_magnitude().saturating_sub(is.max_magnitude()));
        let reach = scaled_in_reach(step.before, slash.operator, *address);
        exercised |= !reach.is_zero();
        let most = mul_wad_down(reach, taken).unwrap_or(U256::MAX);
        let queued = entry.saturating_sub(was.shares.saturating_sub(is.shares));
        must!(
            queued <= most,
            "the slash took {queued} shares of {} from the queue, and within its reach are {most}",
            step.name(*address),
        );
    }
    Verdict::holds_if(exercised)
}

fn scaled_in_reach(ledger: &Ledger, operator: alloy_primitives::Address, strategy: alloy_primitives::Address) -> U256 {
    let mut sum = U256::ZERO;
    for withdrawal in ledger.withdrawals.iter().filter(|w| w.delegated_to == operator) {
        if ledger.slashable_until(withdrawal) >= ledger.block {
            let items = withdrawal.items.iter().filter(|(at, _)| *at == strategy);
            sum = items.fold(sum, |sum, (_, scaled)| sum.saturating_add(*scaled));
        }
    }
    sum
}

const EXIT_FIRST: Invariant = Invariant {
    id: "TIM-07",
    statement: "Who leaves when a shorter allocation delay is announced is out before it counts.",
    formula: "given C > max(D, M): setAllocationDelay in block N takes effect after N + max(D, M)",
    why: "An announcement that bites before the exit it is announced for is none.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::REGISTRATIONS,
    check: |step| {
        let Operation::SetAllocationDelay { operator, .. } = step.call.operation else {
            return Verdict::NotApplicable;
        };
        let terms = &step.before.terms;
        let exit = terms.deallocation_delay.max(terms.withdrawal_delay);
        applies_if!(step.succeeded() && terms.configuration_delay > exit);
        let Some(is) = step.after.operator(operator) else { return Verdict::NotApplicable };
        let out = step.before.block + exit;
        must!(
            u64::from(is.delay.effect_block) > out,
            "the allocation delay of {} changes in block {}, and its stakers are out after block {out}",
            step.name(operator),
            is.delay.effect_block,
        );
        Verdict::Holds
    },
};

const REGISTRATION_GAP: Invariant = Invariant {
    id: "TIM-08",
    statement: "An operator that leaves a set can be slashed for the deallocation delay, and comes back only after it.",
    formula: "deregistration in block N: slashableUntil == N + D; registration in block N implies not registered and \
              N > slashableUntil before the call",
    why: "Leaving and coming back within the window would wash away what the operator did before.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[Assumption::PassiveRegistrars],
    scope: Scope::MEMBERSHIPS.that_succeeded(),
    check: |step| {
        let (Operation::RegisterForSets { operator, avs, ids } | Operation::DeregisterFromSets { operator, avs, ids }) =
            &step.call.operation
        else {
            return Verdict::NotApplicable;
        };
        applies_if!(step.succeeded());
        let Some(index) = step.after.operator_index(*operator) else { return Verdict::NotApplicable };
        let leaves = matches!(step.call.operation, Operation::DeregisterFromSets { .. });
        let block = step.before.block;
        for (at, set) in step.after.sets.iter().enumerate() {
            if set.id.avs != *avs || !ids.contains(&set.id.id) {
                continue;
            }
            let (was, is) =
                (&step.before.operators[index].memberships[at], &step.after.operators[index].memberships[at]);
            let due = block + step.before.terms.deallocation_delay;
            let right = if leaves { u64::from(is.slashable_until) == due } else { !was.is_slashable(block) };
            must!(
                right,
                "{} {} set {} of {} in block {block}, slashable until block {}",
                step.name(*operator),
                if leaves { "left" } else { "came back to" },
                set.id.id,
                step.name(*avs),
                if leaves { is.slashable_until } else { was.slashable_until },
            );
        }
        Verdict::holds_if(!ids.is_empty())
    },
};

const NO_FAR_FUTURE: Invariant = Invariant {
    id: "TIM-09",
    statement: "A change of an allocation takes effect neither in the past nor later than the longer delay.",
    formula: "modifyAllocations in block N with allocation delay d: N <= effectBlock <= N + max(D + 1, d)",
    why: "While a change is under way the allocation cannot be changed again. One that never comes to pass locks it for ever.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::ALLOCATIONS.that_succeeded(),
    check: |step| {
        judge_changes(step, &mut |change| {
            let block = step.before.block;
            let delay = step.before.operator(change.operator.address).and_then(|operator| operator.delay.at(block));
            let longest = (step.before.terms.deallocation_delay + 1).max(u64::from(delay.unwrap_or(0)));
            let effect = u64::from(change.is.effect_block);
            must!(
                (block..=block + longest).contains(&effect),
                "the change of {} in block {block} takes effect in block {effect}",
                change.place(step),
            );
            Verdict::Holds
        })
    },
};

#[cfg(test)]
mod tests;
