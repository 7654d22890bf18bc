//! Every planted bug is caught by its own invariant, with a small sequence, whatever the seed.

use slashproof::{invariants, mutant};

use crate::support::{bundled, hunt, options, play};

/// Runs within which a mutant must be caught.
const RUNS: u64 = 6_000;

/// Calls of the smallest sequence, at most.
const LENGTH: usize = 12;

fn caught(seed: u64) {
    for mutant in mutant::all() {
        let invariant = invariants::find(&mutant.breaks).expect("the catalogue is complete");
        let protocol = crate::support::mutant(&mutant.name);
        let summary = play(&protocol, &hunt(seed, RUNS, invariant));
        let violation = summary.violations.first();
        let violation = violation.unwrap_or_else(|| panic!("{} was not caught in {RUNS} runs", mutant.name));
        let length = violation.calls.len();
        assert!(length <= LENGTH, "{} takes {length} calls", mutant.name);
        assert!(violation.shrunk, "{} could be smaller", mutant.name);
    }
}

#[test]
fn every_mutant_is_caught_at_seed_1() {
    caught(1);
}

#[test]
fn every_mutant_is_caught_at_seed_2() {
    caught(2);
}

#[test]
fn every_mutant_is_caught_at_seed_3() {
    caught(3);
}

#[test]
fn the_release_is_clean() {
    let summary = play(&bundled(), &options(11, 300));
    let found: Vec<_> = summary.violations.iter().map(|violation| &violation.sentence).collect();
    assert!(found.is_empty(), "{found:?}");
}
