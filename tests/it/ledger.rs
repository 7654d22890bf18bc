//! What the ledger promises: read slot by slot as things change, it is what a fresh reading gives, and what the
//! contracts answer when they are asked.

mod rewards;
pub mod told;

use std::collections::BTreeSet;

use alloy_primitives::Address;
use slashproof::{
    call::{ActionId, Call, Delay, Operation, Outcome, Question},
    draw::{Dice, Draw, Favourites},
    executor::Executor,
    ledger::Ledger,
    protocol::{Protocol, action_called, eigenlayer::EigenLayer},
    worlds::{self, KINDS},
};

use crate::{
    examples::examples_are_as_told,
    ledger::told::{callers_are_as_told, protocol_is_as_told, registrars_are_as_told, strategies_are_as_told},
    support::{bundled, in_world, release, wander},
};

/// What is played on `executor`, call by call: the calls, and the ledger after each.
fn played(executor: &mut Executor<'_>, run: u64, calls: usize) -> (Vec<Call>, Vec<Ledger>) {
    let mut ledgers = Vec::new();
    let calls = wander(executor, run, calls, |executor| ledgers.push(executor.ledger().clone()));
    (calls, ledgers)
}

#[test]
fn what_follows_a_moment_is_the_same_after_coming_back_to_it() {
    for kind in ["standard", "examples"].map(|kind| worlds::find(kind).unwrap()) {
        let protocol = in_world(kind);
        let (mut executor, mut fresh) = (Executor::deploy(&protocol).unwrap(), Executor::deploy(&protocol).unwrap());
        for run in 0..6 {
            executor.reset();
            fresh.reset();
            let (before, _) = played(&mut executor, run, 40);
            let moment = executor.moment();
            for branch in 0..3 {
                executor.return_to(&moment);
                let (calls, ledgers) = played(&mut executor, 100 * branch + run, 40);
                fresh.reset();
                for call in &before {
                    fresh.play(call);
                }
                for (call, ledger) in calls.iter().zip(&ledgers) {
                    fresh.play(call);
                    assert_eq!(fresh.ledger(), ledger, "branch {branch} of run {run} in world {}", kind.name);
                }
            }
        }
    }
}

#[test]
fn what_surrounds_the_contracts_is_as_told() {
    for kind in KINDS {
        let protocol = in_world(kind);
        let mut executor = Executor::deploy(&protocol).unwrap();
        for run in 0..4 {
            wander(&mut executor, 200 + run, 60, |_| {});
            let ledger = executor.ledger().clone();
            strategies_are_as_told(&mut executor, &ledger);
            callers_are_as_told(&mut executor, &ledger);
            registrars_are_as_told(&mut executor, &ledger);
        }
    }
}

#[test]
fn the_ledger_is_what_the_contracts_answer() {
    for protocol in different_worlds() {
        is_what_the_contracts_answer(&protocol);
    }
}

#[test]
fn every_view_that_is_asked_shows_the_ledger() {
    let mut views = BTreeSet::new();
    for protocol in KINDS.iter().copied().map(in_world).chain([release("slashing")]) {
        let mut executor = Executor::deploy(&protocol).unwrap();
        for run in 0..3 {
            wander(&mut executor, 300 + run, 80, |_| {});
            shown_is_what_is_answered(&protocol, &mut executor, run, &mut views);
        }
    }
    assert!(views.len() > 90, "only {} views are asked: {views:?}", views.len());
}

/// Draws questions of the state as it is, and asks them.
fn shown_is_what_is_answered(
    protocol: &EigenLayer,
    executor: &mut Executor<'_>,
    run: u64,
    views: &mut BTreeSet<String>,
) {
    let action = action_called(protocol, "anybody.ask_what_is_shown").expect("it is an action");
    let (mut dice, favourites) = (Dice::of_run(22, 0, run), Favourites::default());
    for _ in 0..300 {
        let drawn = protocol.draw(action, &mut Draw::new(&mut dice, &favourites, executor.ledger()));
        let Some((actor, operation)) = drawn else { continue };
        let shown = protocol.shown(&operation, executor.ledger());
        assert!(shown.is_some(), "what is asked can be judged: {operation:?}");
        let call = Call { action, actor, delay: Delay::default(), operation };
        assert_eq!(executor.execute(&call), shown.map(Outcome::Returned), "{call:?}");
        let Operation::Ask(Question::Shown { view, .. }) = call.operation else { panic!("it asks") };
        views.insert(view);
    }
}

/// The worlds whose ledgers differ in kind.
fn different_worlds() -> [EigenLayer; 2] {
    [bundled(), in_world(worlds::find("examples").unwrap())]
}

#[test]
fn the_ledger_is_what_the_contracts_of_the_slashing_release_answer() {
    is_what_the_contracts_answer(&release("slashing"));
}

fn is_what_the_contracts_answer(protocol: &EigenLayer) {
    let mut executor = Executor::deploy(protocol).unwrap();
    for run in 0..6 {
        executor.reset();
        for _ in 0..10 {
            wander(&mut executor, run, 15, |_| {});
            let ledger = executor.ledger().clone();
            protocol_is_as_told(&mut executor, &ledger);
            examples_are_as_told(&mut executor, &ledger);
            rewards::rewards_are_as_told(&mut executor, &ledger);
        }
    }
}

/// The ledger without what only one who was there can know: withdrawals that are over, what roots stand for, what was
/// submitted.
fn without_history(mut ledger: Ledger) -> Ledger {
    ledger.withdrawals.retain(|withdrawal| withdrawal.pending);
    ledger.withdrawals.sort_by_key(|withdrawal| withdrawal.root);
    ledger.rewards.submissions.clear();
    for root in &mut ledger.rewards.roots {
        root.distribution = None;
    }
    ledger
}

#[test]
fn the_ledger_kept_up_to_date_is_the_one_read_afresh() {
    for kind in KINDS {
        kept_up_to_date(&in_world(kind));
    }
    kept_up_to_date(&release("slashing"));
}

fn kept_up_to_date(protocol: &EigenLayer) {
    let mut executor = Executor::deploy(protocol).unwrap();
    for run in 0..4 {
        executor.reset();
        let mut played = 0;
        wander(&mut executor, 100 + run, 120, |executor| {
            let world = executor.world();
            let block = world.block();
            let storage = |place| world.look(place);
            let fresh = protocol.reader().read(block.number, block.timestamp, &storage);
            assert_eq!(without_history(fresh), without_history(executor.ledger().clone()), "call {played}");
            played += 1;
        });
    }
}

#[test]
fn what_a_call_did_not_touch_is_as_it_was() {
    for protocol in different_worlds() {
        untouched_is_as_it_was(&protocol);
    }
}

fn untouched_is_as_it_was(protocol: &EigenLayer) {
    let mut executor = Executor::deploy(protocol).unwrap();
    let quiet = Call {
        action: ActionId(0),
        actor: Address::ZERO,
        delay: Delay::default(),
        operation: Operation::RenounceOwnership {},
    };
    for run in 0..4 {
        executor.reset();
        let mut untouched = 0;
        wander(&mut executor, 200 + run, 120, |executor| {
            let outcome = Outcome::Halted(String::new());
            let step = executor.step(&quiet, &outcome);
            let (before, after, touched) = (step.before, step.after, step.touched);
            for (at, is) in after.operators.iter().enumerate().filter(|(at, _)| !touched.operator(*at)) {
                assert_eq!(&before.operators[at], is);
                untouched += 1;
            }
            for (at, is) in after.sets.iter().enumerate().filter(|(at, _)| !touched.set(*at)) {
                assert_eq!(&before.sets[at], is);
            }
            for (at, is) in after.stakers.iter().enumerate().filter(|(at, _)| !touched.staker(*at)) {
                assert_eq!(&before.stakers[at], is);
                let own = |ledger: &Ledger| -> Vec<_> {
                    let withdrawals = ledger.withdrawals.iter().filter(|withdrawal| withdrawal.staker == is.address);
                    withdrawals.cloned().collect()
                };
                assert_eq!(own(before), own(after));
            }
            if !touched.rewards() {
                assert_eq!((&before.rewards, &before.factory), (&after.rewards, &after.factory));
            }
            if !touched.rest() {
                assert_eq!((&before.strategies, &before.tokens), (&after.strategies, &after.tokens));
                assert_eq!((&before.control, &before.principals), (&after.control, &after.principals));
                assert_eq!(before.examples, after.examples);
            }
        });
        assert!(untouched > 0);
    }
}
