//! Every planted bug is caught by its own invariant, with a small sequence, whatever the seed.

use slashproof::{invariants, mutant};

use crate::support::{bundled, hunt, options, play};

/// Runs within which a mutant must be caught.
const RUNS: u64 = 6_000;

/// Calls of the smallest sequence, at most.
const LENGTH: usize = 12;

/// Plays against every third mutant, so that no test takes long.
fn caught(seed: u64, third: usize) {
    for mutant in mutant::all().iter().skip(third).step_by(3) {
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

macro_rules! every_mutant_is_caught {
    ($($name:ident: $seed:literal, $third:literal;)*) => {
        $(#[test]
        fn $name() {
            caught($seed, $third);
        })*
    };
}

every_mutant_is_caught! {
    every_mutant_is_caught_at_seed_1_first_third: 1, 0;
    every_mutant_is_caught_at_seed_1_second_third: 1, 1;
    every_mutant_is_caught_at_seed_1_last_third: 1, 2;
    every_mutant_is_caught_at_seed_2_first_third: 2, 0;
    every_mutant_is_caught_at_seed_2_second_third: 2, 1;
    every_mutant_is_caught_at_seed_2_last_third: 2, 2;
    every_mutant_is_caught_at_seed_3_first_third: 3, 0;
    every_mutant_is_caught_at_seed_3_second_third: 3, 1;
    every_mutant_is_caught_at_seed_3_last_third: 3, 2;
}

#[test]
fn the_release_is_clean() {
    let summary = play(&bundled(), &options(11, 300));
    let found: Vec<_> = summary.violations.iter().map(|violation| &violation.sentence).collect();
    assert!(found.is_empty(), "{found:?}");
}
