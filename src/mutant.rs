//! The planted bugs, each with the invariant that it breaks.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::{artifact::DEFAULT_RELEASE, worlds};

/// A small patch of one place in the sources.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Mutant {
    /// Its name.
    pub name: String,
    /// The release that it is planted in.
    #[serde(default = "release")]
    pub release: String,
    /// The invariant that it breaks.
    pub breaks: String,
    /// The bug in a sentence.
    pub why: String,
    /// Calls within which a campaign must catch it.
    #[serde(default = "budget")]
    pub budget: u64,
    /// The world in which it shows.
    #[serde(default = "world")]
    pub world: String,
    /// The source, within `contracts/`.
    pub file: String,
    /// What is there.
    pub before: String,
    /// What is there instead.
    pub after: String,
}

/// Calls within which a campaign must catch a mutant of which nothing else is said.
fn budget() -> u64 {
    200_000
}

/// Where a mutant shows of which nothing else is said.
fn world() -> String {
    worlds::STANDARD.name.to_owned()
}

/// The release of a mutant of which none is named.
fn release() -> String {
    DEFAULT_RELEASE.to_owned()
}

#[derive(Deserialize)]
struct Table {
    mutant: Vec<Mutant>,
}

/// One table for each family of invariants, in the families' order.
const TABLES: &[&str] = &[
    include_str!("../contracts/mutants/magnitude.toml"),
    include_str!("../contracts/mutants/queue.toml"),
    include_str!("../contracts/mutants/sets.toml"),
    include_str!("../contracts/mutants/registrar.toml"),
    include_str!("../contracts/mutants/slashing.toml"),
    include_str!("../contracts/mutants/delegation.toml"),
    include_str!("../contracts/mutants/withdrawal.toml"),
    include_str!("../contracts/mutants/conservation.toml"),
    include_str!("../contracts/mutants/native.toml"),
    include_str!("../contracts/mutants/redistribution.toml"),
    include_str!("../contracts/mutants/burning.toml"),
    include_str!("../contracts/mutants/timing.toml"),
    include_str!("../contracts/mutants/authority.toml"),
    include_str!("../contracts/mutants/signature.toml"),
    include_str!("../contracts/mutants/callback.toml"),
    include_str!("../contracts/mutants/pausing.toml"),
    include_str!("../contracts/mutants/rewards.toml"),
    include_str!("../contracts/mutants/factory.toml"),
    include_str!("../contracts/mutants/strategy.toml"),
    include_str!("../contracts/mutants/answers.toml"),
    include_str!("../contracts/mutants/views.toml"),
    include_str!("../contracts/mutants/announced.toml"),
    include_str!("../contracts/mutants/examples.toml"),
    include_str!("../contracts/mutants/model.toml"),
];

static MUTANTS: LazyLock<Vec<Mutant>> = LazyLock::new(|| {
    let read = |table: &&str| toml::from_str(table).unwrap_or_else(|error| panic!("a table of mutants: {error}"));
    TABLES.iter().map(read).flat_map(|table: Table| table.mutant).collect()
});

/// The mutant called `name`.
pub fn find(name: &str) -> Option<&'static Mutant> {
    all().iter().find(|mutant| mutant.name == name)
}

/// Every mutant, in the order of the table.
pub fn all() -> &'static [Mutant] {
    &MUTANTS
}
