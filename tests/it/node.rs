//! A second engine: the same deployment and the same calls on an anvil node give the same ledger and the same verdicts.
#![cfg(feature = "anvil")]

use std::path::PathBuf;

use slashproof::{
    call::Call,
    executor::Executor,
    invariants,
    ledger::Ledger,
    mutant,
    node::Node,
    oracle::Verdict,
    protocol::{Protocol, eigenlayer::EigenLayer},
};

use crate::support::{bundled, hunt, play, release, root, wander};

/// The anvil that `make test` installs from npm.
pub fn anvil() -> PathBuf {
    let packages = root().join("contracts/node_modules/@foundry-rs");
    let found = crate::support::files(&packages)
        .into_iter()
        .map(|package| package.join("bin/anvil"))
        .find(|program| program.is_file());
    found.unwrap_or_else(|| panic!("no anvil below {}: run `make npm`", packages.display()))
}

/// Plays `calls` on both engines; after each call ledgers and outcomes are the same.
fn agree(protocol: &EigenLayer, calls: &[Call]) {
    let mut executor = Executor::deploy(protocol).unwrap();
    let mut node = Node::start(protocol, Some(&anvil())).unwrap();
    for (index, call) in calls.iter().enumerate() {
        let here = executor.play(call);
        let there = node.play(call).unwrap();
        let told = slashproof::codec::write_call(protocol, call);
        assert_eq!(here.as_ref(), there.as_ref().map(|played| &played.outcome), "call {index}: {told}");
        same(executor.ledger(), node.ledger(), index);
    }
}

fn same(here: &Ledger, there: &Ledger, index: usize) {
    assert_eq!(here.block, there.block, "call {index}");
    assert_eq!(here.operators, there.operators, "call {index}");
    assert_eq!(here.stakers, there.stakers, "call {index}");
    assert_eq!(here, there, "call {index}");
}

#[test]
fn a_random_sequence_gives_the_same_ledger() {
    for protocol in [bundled(), release("slashing")] {
        let mut executor = Executor::deploy(&protocol).unwrap();
        let calls = wander(&mut executor, 0, 40, |_| {});
        agree(&protocol, &calls);
    }
}

#[test]
fn findings_show_on_both_engines() {
    // One for each way a verdict can depend on state: magnitudes, blocks, history, tokens, and a withdrawal that is gone.
    for name in [
        "allocation-not-encumbered",
        "queue-is-a-stack",
        "history-appends-in-one-block",
        "redistribution-to-the-caller",
        "burned-to-the-caller",
        "withdrawal-stays-pending",
    ] {
        let table = mutant::all().iter().find(|mutant| mutant.name == name).expect("it exists");
        let invariant = invariants::find(&table.breaks).expect("the catalogue is complete");
        let protocol = crate::support::mutant(name);
        let summary = play(&protocol, &hunt(1, 3_000, invariant));
        let violation = summary.violations.first().expect("it is caught");
        let mut node = Node::start(&protocol, Some(&anvil())).unwrap();
        let mut shown = None;
        for call in &violation.calls {
            let played = node.play(call).unwrap().expect("a finding names what is there");
            if let Verdict::Violated(sentence) = (invariant.check)(&node.step(call, &played.outcome)) {
                shown = Some(sentence);
            }
        }
        assert_eq!(shown.as_ref(), Some(&violation.sentence), "{name}");
    }
}

#[test]
fn the_command_replays_on_a_node() {
    let folder = tempfile::tempdir().unwrap();
    let run = ["run", "--mutant", "slash-rounds-down", "--runs", "64", "--out", "out"];
    crate::support::slashproof(folder.path(), &run);
    let path = crate::support::finding(&folder.path().join("out"), "SLA-01");
    let (path, anvil) = (path.to_str().unwrap().to_owned(), anvil());
    let arguments = ["replay", &path, "--on", "anvil", "--anvil", anvil.to_str().unwrap()];
    let output = crate::support::slashproof(folder.path(), &arguments);
    assert_eq!(crate::support::code(&output), 1, "{}", crate::support::stderr(&output));
    assert!(crate::support::stdout(&output).contains("violated: slashing operator"));
    let missing = ["replay", &path, "--on", "anvil", "--anvil", "no-such-anvil"];
    let output = crate::support::slashproof(folder.path(), &missing);
    assert_eq!(crate::support::code(&output), 2);
    assert!(crate::support::stderr(&output).contains("no-such-anvil: anvil does not start"));
}

#[test]
fn names_of_the_world_are_those_of_the_script() {
    // Contracts are where the plan says on both engines; this is the plan.
    let protocol = bundled();
    let names: Vec<&str> = protocol.book().entries().iter().map(|entry| entry.name.as_str()).collect();
    for name in ["operator D", "staker F", "avs C", "strategy C", "token C", "recipient B", "stranger", "owner"] {
        assert!(names.contains(&name), "{name}");
    }
}
