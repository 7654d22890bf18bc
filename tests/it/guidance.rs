//! What a campaign learns from, and what it makes of it.

use std::sync::Arc;

use alloy_primitives::U256;
use proptest::prelude::*;
use slashproof::{
    call::{ActionId, Call, Delay, Operation},
    campaign::{self, ActionCount, Control, Options},
    codec,
    corpus::Entry,
    draw::Dice,
    executor::Executor,
    guidance::Guidance,
    mutator::{Mutator, Place},
    protocol::{Expects, Protocol, eigenlayer::EigenLayer},
};

use crate::support::{bundled, options, play, wander};

/// Sequences as a corpus has them.
fn entries(protocol: &EigenLayer) -> Vec<Arc<Entry>> {
    let mut executor = Executor::deploy(protocol).expect("it deploys");
    let drawn = (0..3).map(|run| {
        executor.reset();
        Arc::new(Entry::new(protocol, wander(&mut executor, run, 60, |_| {})))
    });
    drawn.collect()
}

fn is_probe(protocol: &EigenLayer, call: &Call) -> bool {
    protocol.actions()[usize::from(call.action.0)].expects == Expects::Revert
}

#[test]
fn changed_sequences_have_no_probes_and_can_be_written_and_read() {
    let protocol = bundled();
    let entries = entries(&protocol);
    assert!(entries.iter().flat_map(|entry| &entry.calls).any(|call| is_probe(&protocol, call)));
    let mutator = Mutator { protocol: &protocol, entries: &entries, dictionary: &[U256::from(12_345)] };
    let unchanged = |calls: &[Call]| -> Vec<Place> {
        calls
            .iter()
            .filter(|call| !is_probe(&protocol, call))
            .cloned()
            .map(|call| Place::Kept(Box::new(call)))
            .collect()
    };
    let mut changed = 0;
    for run in 0..200 {
        let calls = &entries[run % 3].calls;
        let mutate = || mutator.mutate(&mut Dice::of_run(1, 2, run as u64), calls);
        let places = mutate();
        assert_eq!(places, mutate(), "the same dice change the same");
        changed += u32::from(places != unchanged(calls));
        for place in &places {
            let Place::Kept(call) = place else { continue };
            assert!(!is_probe(&protocol, call));
            let written = codec::write_call(&protocol, call);
            assert_eq!(codec::read_call(&protocol, &written).expect("it is a call"), **call);
        }
    }
    assert!(changed > 150, "{changed} of 200 are others");
}

#[test]
fn nothing_comes_of_nothing() {
    let protocol = bundled();
    let mutator = Mutator { protocol: &protocol, entries: &[], dictionary: &[] };
    for run in 0..50 {
        let places = mutator.mutate(&mut Dice::of_run(1, 2, run), &[]);
        assert!(places.iter().all(|place| *place == Place::Fresh), "{places:?}");
    }
}

/// A deposit of more than the staker has: the token compares.
fn poor_deposit(executor: &Executor<'_>) -> (Call, U256) {
    let ledger = executor.ledger();
    let strategy = &ledger.strategies[0];
    let staker = ledger.stakers.last().expect("there are stakers").address;
    let balance = ledger.balance(strategy.token, staker).expect("its token is kept");
    let amount = balance + U256::from(77);
    let operation = Operation::Deposit { strategy: strategy.address, token: strategy.token, amount };
    (Call { action: ActionId(0), actor: staker, delay: Delay::default(), operation }, balance)
}

#[test]
fn a_call_that_fails_is_solved_by_what_it_was_compared_with() {
    let protocol = bundled();
    let mut executor = Executor::deploy(&protocol).expect("it deploys");
    let (call, balance) = poor_deposit(&executor);
    assert_eq!(executor.compared(), [], "nothing failed");
    assert!(!executor.execute(&call).expect("it is played").is_success());
    let (before, edges) = (executor.ledger().clone(), executor.world().edges().taken().to_vec());
    let compared = executor.compared();
    assert_eq!((executor.ledger(), executor.world().edges().taken()), (&before, &edges[..]), "nobody noticed");
    let amount = balance + U256::from(77);
    assert!(compared.iter().any(|pair| *pair == (balance, amount) || *pair == (amount, balance)), "{compared:?}");
    let mutator = Mutator { protocol: &protocol, entries: &[], dictionary: &[] };
    let solved: Vec<bool> = (0..20)
        .filter_map(|run| mutator.solve(&mut Dice::of_run(0, 0, run), &call, amount, balance))
        .map(|solved| {
            executor.reset();
            executor.execute(&solved).expect("it is played").is_success()
        })
        .collect();
    assert!(solved.len() == 20 && solved.contains(&true) && solved.contains(&false), "{solved:?}");
    assert!(mutator.solve(&mut Dice::of_run(0, 0, 0), &call, U256::from(123_456_789), balance).is_none());
}

#[test]
fn siblings_play_what_they_have_in_common_once_and_their_sequences_stand_alone() {
    let protocol = bundled();
    let options = options(5, 320);
    let played = play(&protocol, &options);
    let alone = play(&protocol, &Options { guidance: Guidance::Off, ..options.clone() });
    assert!(played.calls + 2_000 < alone.calls, "{} calls, {} without", played.calls, alone.calls);
    // Whatever a sequence was kept for, it does from the deployment.
    let nothing_new = Options { runs: Some(0), ..options };
    let replay = |corpus| campaign::run(&protocol, &nothing_new, corpus, &Control::default(), &mut |_| {}).unwrap();
    let replayed = replay(played.corpus.clone());
    assert_eq!((replayed.edges, replayed.states), (played.edges, played.states));
}

#[test]
fn what_seldom_finds_something_to_do_is_drawn_more_often() {
    let protocol = bundled();
    let all = play(&protocol, &options(5, 320));
    let off = play(&protocol, &Options { guidance: Guidance::Off, ..options(5, 320) });
    let calls = |count: &ActionCount| count.succeeded + count.reverted;
    let is_scarce = |count: &ActionCount| calls(count) < off.calls / 400 && count.discarded > 6 * calls(count);
    let pairs = off.actions.iter().zip(&all.actions).filter(|(count, _)| is_scarce(count));
    let (before, after) = pairs.map(|(off, all)| (calls(off), calls(all))).fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
    assert!(before > 100 && after * 2 > before * 3, "{before} calls, {after} when they are insisted on");
}

#[test]
fn a_corpus_stays_within_its_bound() {
    let protocol = bundled();
    let free = play(&protocol, &options(5, 128)).corpus.entries().len();
    let bound = play(&protocol, &Options { corpus_size: 7, ..options(5, 128) }).corpus.entries().len();
    assert!(free > 50 && bound == 7, "{free}, {bound}");
}

#[test]
fn every_guidance_plays_the_same_with_any_number_of_workers() {
    let protocol = bundled();
    let mut told = Vec::new();
    for guidance in [Guidance::Off, Guidance::Coverage, Guidance::Comparisons, Guidance::All] {
        let played = |workers| {
            let summary = play(&protocol, &Options { guidance, workers, ..options(5, 130) });
            assert!(summary.violations.is_empty(), "{guidance:?}: {:?}", summary.violations);
            assert!(summary.calls <= 130 * 100, "no run has more calls than it may");
            (summary.edges, summary.states, summary.reverts, summary.corpus.entries().to_vec())
        };
        let one = played(1);
        assert!(one == played(2), "{guidance:?}");
        assert_eq!(one.1 > 0, guidance.sees_states());
        told.push(one);
    }
    assert!(told.windows(2).all(|pair| pair[0] != pair[1]), "each of them does something");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn changed_sequences_play(seed in any::<u64>()) {
        let protocol = bundled();
        let entries = entries(&protocol);
        let mutator = Mutator { protocol: &protocol, entries: &entries, dictionary: &[] };
        let mut executor = Executor::deploy(&protocol).expect("it deploys");
        for place in mutator.mutate(&mut Dice::of_run(seed, 0, 0), &entries[0].calls) {
            if let Place::Kept(call) = place {
                executor.play(&call);
            }
        }
    }
}
