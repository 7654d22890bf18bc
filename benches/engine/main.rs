//! What the engine costs, measured inside one process where that is possible: against the EVM alone, on two threads,
//! over millions of calls, and in shrinking.
//!
//! `cargo bench --bench engine -- floor shrink workers memory report` from the root of the repository; without names all
//! of them. Figures go to `target/bench`, from where `report` makes the summary and the plot. Linux only: CPU time and
//! memory are read from `/proc`.

#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]

mod floor;
mod measure;
mod memory;
mod report;
mod shrink;
mod tape;
mod workers;

use std::{collections::BTreeMap, fs, path::PathBuf};

use mimalloc::MiMalloc;
use serde_json::Value;
use slashproof::{campaign::Options, invariants, oracle::Invariant, problem::Problem};

/// That of the command: the EVM alone has it too.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// A part of the benchmark.
type Part = fn() -> Result<(), Problem>;

const PARTS: &[(&str, Part)] = &[
    ("floor", floor::measure),
    ("shrink", shrink::measure),
    ("workers", workers::measure),
    ("memory", memory::measure),
    ("report", report::write),
];

fn main() -> Result<(), Problem> {
    // Cargo itself adds --bench.
    let asked: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    if asked == ["one"] {
        return workers::play_one();
    }
    if let Some(unknown) = asked.iter().find(|name| PARTS.iter().all(|(part, _)| part != name)) {
        let parts: Vec<&str> = PARTS.iter().map(|(part, _)| *part).collect();
        return Err(Problem::new(format!("there is no part {unknown:?}")).hint(format!("there are {parts:?}")));
    }
    let parts = PARTS.iter().filter(|(name, _)| asked.is_empty() || asked.iter().any(|asked| asked == name));
    parts.into_iter().try_for_each(|(_, part)| part())
}

/// A campaign with the whole catalogue, on one thread.
fn campaign(seed: u64, runs: u64, invariants: Vec<&'static Invariant>) -> Options {
    Options { invariants, shrink_run_limit: 0, ..Options::new(seed, runs) }
}

/// Every invariant but those about what the model says: without them it is not asked.
fn without_model() -> Vec<&'static Invariant> {
    invariants::all().filter(|invariant| !invariants::asks_model(invariant)).collect()
}

/// A number from the environment.
fn setting(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// Where figures go.
fn folder() -> PathBuf {
    PathBuf::from("target/bench")
}

/// Writes the figures of a part, by name.
fn save(part: &str, figures: &BTreeMap<String, Value>) -> Result<(), Problem> {
    let failed = |error: std::io::Error| Problem::new(format!("the figures of {part} are not written: {error}"));
    fs::create_dir_all(folder()).map_err(failed)?;
    let text = serde_json::to_string_pretty(figures).expect("numbers are written");
    fs::write(folder().join(format!("engine-{part}.json")), text + "\n").map_err(failed)
}
