//! The planted bugs, each with the invariant that it breaks.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

/// A small patch of one place in the sources.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Mutant {
    /// Its name.
    pub name: String,
    /// The invariant that it breaks.
    pub breaks: String,
    /// The bug in a sentence.
    pub why: String,
    /// The source, within `contracts/`.
    pub file: String,
    /// What is there.
    pub before: String,
    /// What is there instead.
    pub after: String,
}

#[derive(Deserialize)]
struct Table {
    mutant: Vec<Mutant>,
}

static MUTANTS: LazyLock<Vec<Mutant>> = LazyLock::new(|| {
    let table: Table = toml::from_str(include_str!("../contracts/mutants/mutants.toml"))
        .unwrap_or_else(|error| panic!("the table of mutants: {error}"));
    table.mutant
});

/// Every mutant, in the order of the table.
pub fn all() -> &'static [Mutant] {
    &MUTANTS
}
