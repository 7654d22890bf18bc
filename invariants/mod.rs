//! The catalogue: what must hold of a slashing protocol, by theme.
//!
//! An invariant is one constant in the file of its family, with its unit test below and its witness, a planted bug that
//! breaks it, in `contracts/mutants/`. Identifiers are for ever: they are neither renumbered nor used again.

mod announced;
mod answers;
mod authority;
mod burning;
mod callback;
mod conservation;
mod delegation;
mod deviations;
mod examples;
mod factory;
mod leaving;
mod magnitude;
mod model;
mod native;
mod pausing;
mod queue;
mod redistribution;
mod registrar;
mod rewards;
mod sentence;
mod sets;
mod signature;
mod slashing;
mod standing;
mod strategy;
mod timing;
mod views;
mod withdrawal;
mod words;

#[cfg(test)]
mod fixture;

pub use self::{
    deviations::{DEVIATIONS, deviation},
    standing::{Needs, needs},
};
use crate::oracle::{Family, Invariant};

/// Every family, in catalogue order.
pub const FAMILIES: &[&Family] = &[
    &magnitude::FAMILY,
    &queue::FAMILY,
    &sets::FAMILY,
    &registrar::FAMILY,
    &slashing::FAMILY,
    &delegation::FAMILY,
    &withdrawal::FAMILY,
    &conservation::FAMILY,
    &native::FAMILY,
    &redistribution::FAMILY,
    &burning::FAMILY,
    &timing::FAMILY,
    &authority::FAMILY,
    &signature::FAMILY,
    &callback::FAMILY,
    &pausing::FAMILY,
    &rewards::FAMILY,
    &factory::FAMILY,
    &strategy::FAMILY,
    &answers::FAMILY,
    &views::FAMILY,
    &announced::FAMILY,
    &examples::FAMILY,
    &model::FAMILY,
];

/// Every invariant, in catalogue order.
pub fn all() -> impl Iterator<Item = &'static Invariant> {
    FAMILIES.iter().flat_map(|family| family.invariants.iter().copied())
}

/// The invariant called `id`.
pub fn find(id: &str) -> Option<&'static Invariant> {
    all().find(|invariant| invariant.id == id)
}

/// The family of an invariant.
pub fn family_of(invariant: &Invariant) -> &'static Family {
    let of = |family: &&&Family| family.invariants.iter().any(|other| other.id == invariant.id);
    FAMILIES.iter().find(of).expect("every invariant is in the family that lists it")
}

/// Whether an invariant is about what the model says.
pub fn asks_model(invariant: &Invariant) -> bool {
    model::FAMILY.invariants.iter().any(|other| other.id == invariant.id)
}
