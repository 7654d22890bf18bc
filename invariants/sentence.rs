//! Names of places in the ledger, for sentences.

use crate::{call::SetId, oracle::Step};

/// A set.
pub(super) fn set(step: &Step<'_>, id: SetId) -> String {
    format!("set {} of {}", id.id, step.name(id.avs))
}

/// An operator, by index.
pub(super) fn operator(step: &Step<'_>, operator: usize) -> String {
    step.name(step.after.operators[operator].address)
}

/// A strategy, by index.
pub(super) fn strategy(step: &Step<'_>, strategy: usize) -> String {
    step.name(step.after.strategies[strategy].address)
}

/// What an operator has in a strategy.
pub(super) fn stake(step: &Step<'_>, at: usize, of: usize) -> String {
    format!("{} in {}", operator(step, at), strategy(step, of))
}

/// What an operator gave a set in a strategy.
pub(super) fn allocation(step: &Step<'_>, at: usize, to: usize, of: usize) -> String {
    format!("{} for {}", stake(step, at, of), set(step, step.after.sets[to].id))
}

/// What a staker has in a strategy.
pub(super) fn holding(step: &Step<'_>, at: usize, of: usize) -> String {
    format!("{} in {}", step.name(step.after.stakers[at].address), strategy(step, of))
}
