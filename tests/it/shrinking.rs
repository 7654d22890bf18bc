//! What shrinking promises: the result shows the same thing, is never longer, and cannot be shrunk further.

use slashproof::{
    campaign::{Control, Options, Rehearsal, shows, shrink_violation},
    executor::Executor,
    invariants,
};

use crate::support::{hunt, mutant, play};

#[test]
fn the_smallest_sequence_shows_the_same_and_stays_as_it_is() {
    for (name, seeds) in [("scaling-factor-not-reset", 4..6), ("queue-is-a-stack", 1..3), ("slash-cleared-twice", 2..4)]
    {
        let table = slashproof::mutant::all().iter().find(|mutant| mutant.name == name).expect("it exists");
        let invariant = invariants::find(&table.breaks).expect("the catalogue is complete");
        let protocol = mutant(name);
        let mut executor = Executor::deploy(&protocol).unwrap();
        for seed in seeds {
            let found = play(&protocol, &Options { shrink_run_limit: 0, ..hunt(seed, 3_000, invariant) });
            let found = found.violations.into_iter().next().expect("it is caught");
            let length = found.calls.len();
            let smaller = shrink_violation(&mut executor, found, 5_000, &Control::default());
            assert!(smaller.shrunk && smaller.calls.len() <= length);
            let (shown, sentence) = shows(&mut executor, invariant, &smaller.calls).expect("it still shows");
            assert_eq!((shown.at + 1, &sentence), (smaller.calls.len(), &smaller.sentence));
            let again = shrink_violation(&mut executor, smaller.clone(), 5_000, &Control::default());
            assert_eq!(again.calls, smaller.calls, "{name} at seed {seed}");
        }
    }
}

#[test]
fn an_attempt_shows_the_same_from_where_it_parts_as_from_the_beginning() {
    // An invariant of every call, one of the exit, and one about what calls announce.
    for (name, seed) in [("scaling-factor-not-reset", 4), ("queue-is-a-stack", 1), ("slash-cleared-twice", 2)] {
        let table = slashproof::mutant::all().iter().find(|mutant| mutant.name == name).expect("it exists");
        let invariant = invariants::find(&table.breaks).expect("the catalogue is complete");
        let protocol = mutant(name);
        let found = play(&protocol, &Options { shrink_run_limit: 0, ..hunt(seed, 3_000, invariant) });
        let calls = found.violations.into_iter().next().expect("it is caught").calls;
        let (mut one, mut other) = (Executor::deploy(&protocol).unwrap(), Executor::deploy(&protocol).unwrap());
        let mut rehearsal = Rehearsal::new(&mut one, invariant);
        let mut shown = 0;
        // Without one of them, without a few, with two in each other's place, and to the middle.
        for index in 0..calls.len() {
            let mut without = calls.clone();
            without.remove(index);
            let mut shorter = calls.clone();
            shorter.drain(index..(index + 5).min(calls.len()));
            let mut swapped = calls.clone();
            swapped.swap(index, calls.len() / 2);
            for attempt in [without, shorter, swapped, calls[..=index].to_vec()] {
                let expected = shows(&mut other, invariant, &attempt);
                shown += usize::from(expected.is_some());
                assert_eq!(rehearsal.shows(&attempt), expected, "{name} at call {index}");
            }
        }
        assert!(shown > 0, "{name}: something of it shows");
    }
}

#[test]
fn what_shows_nothing_is_left_alone() {
    let protocol = mutant("anybody-slashes");
    let invariant = invariants::find("AUT-01").unwrap();
    let found = play(&protocol, &hunt(1, 500, invariant)).violations.into_iter().next().expect("it is caught");
    let clean = crate::support::bundled();
    let mut executor = Executor::deploy(&clean).unwrap();
    let same = shrink_violation(&mut executor, found.clone(), 5_000, &Control::default());
    assert_eq!(same.calls, found.calls);
    assert!(!same.shrunk);
}
