//! Every kind of world can be played, and nothing in it is called a violation that is its own doing.

use alloy_primitives::{Address, U256};
use slashproof::{
    call::{Outcome, Transaction},
    executor::Executor,
    finding::Finding,
    oracle::Assumption,
    protocol::{Protocol, lacking},
    worlds::KINDS,
};

use crate::support::{code, files, in_world, json, options, play, slashproof, stderr, stdout, wander};

#[test]
fn no_world_makes_violations_of_its_own() {
    for kind in KINDS {
        let protocol = in_world(kind);
        let summary = play(&protocol, &options(4, 300));
        let found: Vec<_> = summary.violations.iter().map(|violation| &violation.sentence).collect();
        assert!(found.is_empty(), "{}: {found:?}", kind.name);
        let reverted = 100 * summary.reverts / summary.calls;
        assert!(reverted <= 45, "{}: {reverted} % reverted", kind.name);
    }
}

#[test]
fn what_a_world_does_not_grant_is_not_judged() {
    for kind in KINDS {
        let protocol = in_world(kind);
        let options = options(5, 40);
        let summary = play(&protocol, &options);
        for (invariant, count) in options.invariants.iter().zip(&summary.invariants) {
            let lacks = lacking(&protocol, invariant);
            assert!(lacks.is_empty() || count.checks == 0, "{}: {} is judged", kind.name, invariant.id);
            assert!(lacks.iter().all(|assumption| !protocol.grants(*assumption)));
        }
    }
}

/// Tests of findings ask these questions.
#[test]
fn contracts_answer_what_they_are_to_answer() {
    for kind in KINDS {
        let protocol = in_world(kind);
        let mut executor = Executor::deploy(&protocol).unwrap();
        for run in 0..4 {
            executor.reset();
            wander(&mut executor, run, 60, |_| {});
            for answer in protocol.answers(&executor.ledger().clone()) {
                let Some(expected) = answer.expected else { continue };
                let (to, data, nobody) = (answer.contract, answer.data, Address::ZERO);
                let told = executor.world_mut().view(&Transaction { from: nobody, to, data, value: U256::ZERO });
                let name = format!("{}: {} of {}", kind.name, answer.signature, protocol.book().name(to));
                assert_eq!(told, Outcome::Returned(expected), "{name}");
            }
        }
    }
}

#[test]
fn every_assumption_is_made_by_an_invariant() {
    for assumption in Assumption::ALL {
        let mut all = slashproof::invariants::all();
        assert!(all.any(|invariant| invariant.assumes.contains(&assumption)), "nothing needs {assumption}");
    }
}

#[test]
fn a_finding_is_played_again_in_its_world() {
    let folder = tempfile::tempdir().unwrap();
    let mutant = ["run", "--mutant", "slash-rounds-down", "--world", "decimals", "--seed", "1", "--runs", "500"];
    let output = slashproof(folder.path(), &[&mutant[..], &["--json", "--out", "out"]].concat());
    assert_eq!(code(&output), 1, "{}", stderr(&output));
    assert_eq!(json(&output)["world"], "decimals");
    let path = files(&folder.path().join("out/findings")).into_iter().next().expect("a finding");
    let finding = Finding::load(&path).unwrap();
    assert_eq!(finding.world, "decimals");
    let replay = slashproof(folder.path(), &["replay", path.to_str().unwrap()]);
    assert_eq!(code(&replay), 1, "{}", stdout(&replay));
}

#[test]
fn an_unknown_world_is_told_with_what_was_meant() {
    let folder = tempfile::tempdir().unwrap();
    let output = slashproof(folder.path(), &["run", "--world", "decimal"]);
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("did you mean decimals?"), "{}", stderr(&output));
}
