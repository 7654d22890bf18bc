//! Shrinking: sequences of about a hundred calls, as campaigns found them, to where nothing makes them smaller.

use std::{collections::BTreeMap, time::Instant};

use serde_json::json;
use slashproof::{
    artifact::Artifacts,
    campaign::{self, Control, Options, Violation, shrink_violation},
    corpus::Corpus,
    executor::Executor,
    mutant::{self, Mutant},
    problem::Problem,
    protocol::eigenlayer::EigenLayer,
    worlds,
};

use crate::{campaign, measure::median, save, setting, without_model};

/// Calls that a finding has at least. Most runs that violate something do so earlier.
const LENGTH: usize = 95;

/// Findings that are shrunk.
const FINDINGS: u64 = 12;

/// Of the mutants, each so many is looked at.
const STRIDE: usize = 5;

/// Sequences that are tried, more than any needs.
const LIMIT: u64 = 1_000_000;

/// Measures how long shrinking takes.
pub fn measure() -> Result<(), Problem> {
    let wanted = usize::try_from(setting("ENGINE_FINDINGS", FINDINGS)).expect("a few");
    let mut seconds = Vec::new();
    let mut lengths = Vec::new();
    for mutant in mutant::all().iter().step_by(STRIDE) {
        if seconds.len() >= wanted {
            break;
        }
        let artifacts = Artifacts::mutant(&mutant.name)?;
        let protocol = EigenLayer::in_world(artifacts, worlds::find(&mutant.world)?)?;
        let Some(violation) = long_finding(&protocol)? else { continue };
        let (before, taken, after) = shrunk(&protocol, violation)?;
        tell(mutant, before, taken, after);
        seconds.push(taken);
        lengths.push(json!([before, after]));
    }
    println!("{} findings, median {:.3} s", seconds.len(), median(&seconds));
    save(
        "shrink",
        &BTreeMap::from([
            ("shrink_seconds".to_owned(), json!(median(&seconds))),
            ("shrink_each".to_owned(), json!(seconds)),
            ("shrink_lengths".to_owned(), json!(lengths)),
        ]),
    )
}

fn tell(mutant: &Mutant, before: usize, seconds: f64, after: usize) {
    println!("{:40} {before:>4} calls to {after:>2} in {seconds:.3} s", mutant.name);
}

/// The longest of what one run violates, if it is long.
fn long_finding(protocol: &EigenLayer) -> Result<Option<Violation>, Problem> {
    let options = Options { runs: Some(1), ..campaign(1, 1, without_model()) };
    let summary = campaign::run(protocol, &options, Corpus::default(), &Control::default(), &mut |_| {})?;
    Ok(summary.violations.into_iter().rev().find(|violation| violation.calls.len() >= LENGTH))
}

/// Calls before, seconds, and calls after.
fn shrunk(protocol: &EigenLayer, violation: Violation) -> Result<(usize, f64, usize), Problem> {
    let mut executor = Executor::deploy(protocol)?;
    let before = violation.calls.len();
    let begun = Instant::now();
    let shrunk = shrink_violation(&mut executor, violation, LIMIT, &Control::default());
    assert!(shrunk.shrunk, "it is shrunk to where nothing helps");
    Ok((before, begun.elapsed().as_secs_f64(), shrunk.calls.len()))
}
