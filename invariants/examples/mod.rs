//! The example AVSs: who was harmed by what a slash punishes gets what it brought, to the wei, once, and nobody else
//! does.

mod fund;
mod market;
mod purse;
mod registry;

#[cfg(test)]
mod scene;

use crate::{
    call::{ExampleOperation, Operation},
    ledger::Examples,
    oracle::{Assumption, Family, Step},
};

pub(super) const FAMILY: Family = Family {
    key: "EXA",
    title: "AVSs that live on redistribution",
    assumes: "Each example alone may slash its set; tokens only move, and move what is asked.",
    invariants: &[
        &purse::BACKED,
        &purse::FLOW,
        &purse::COLLECTED,
        &purse::IN_FLIGHT,
        &purse::NOTHING_STRANDED,
        &market::OWED,
        &market::ONLY_BAD_LOANS,
        &market::COVERED,
        &market::PRICE,
        &fund::CLAIMED_ONCE,
        &fund::WITHIN_COVER,
        &registry::REWARDED_ONCE,
        &registry::ONLY_BROKEN,
        &registry::DELIVERED,
    ],
};

/// What all of them need.
const ASSUMES: &[Assumption] = &[Assumption::Redistribution, Assumption::Examples];

/// The examples before and after a call, where there are any.
fn examples<'a>(step: &Step<'a>) -> Option<(&'a Examples, &'a Examples)> {
    step.before.examples.as_ref().zip(step.after.examples.as_ref())
}

/// What a call that succeeded asked of the examples.
fn done<'a>(step: &Step<'a>) -> Option<(&'a ExampleOperation, &'a Examples, &'a Examples)> {
    let (before, after) = examples(step)?;
    match &step.call.operation {
        Operation::Example(operation) if step.succeeded() => Some((operation, before, after)),
        _ => None,
    }
}
