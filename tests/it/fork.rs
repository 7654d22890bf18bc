//! A campaign from where a deployment on a node stands: the same block and what was kept of it give the same bytes, bugs are
//! found and replayed there, and a node that does not play along ends in one sentence.
#![cfg(feature = "anvil")]

use std::{fs, path::Path};

use serde_json::{Value, json};
use slashproof::{call::Call, executor::Executor, ledger::Ledger, node::Node, protocol::eigenlayer::EigenLayer};

use crate::{
    live::{MANAGER, anybody_slashable, describe, live_until, nothing_paused, server, with_a_block},
    node::anvil,
    own::ALLOCATIONS,
    support::{bundled, code, finding, json, mutant, slashproof, stderr, stdout},
};

/// What happened on a deployment that has lived for a while.
fn life(protocol: &EigenLayer, as_it_should: impl Fn(&Ledger) -> bool) -> Vec<Call> {
    let mut executor = Executor::deploy(protocol).unwrap();
    live_until(&mut executor, 30, |ledger| nothing_paused(ledger) && as_it_should(ledger))
}

/// Nobody came upon a bug of allocations yet.
fn nobody_allocated(ledger: &Ledger) -> bool {
    ledger.operators.iter().all(|operator| operator.allocated_sets.is_empty())
}

/// A node on which it did.
fn node_of<'p>(protocol: &'p EigenLayer, life: &[Call]) -> Node<'p> {
    let mut node = Node::start(protocol, Some(&anvil())).unwrap();
    for call in life {
        node.play(call).unwrap();
    }
    node
}

fn lived(protocol: &EigenLayer) -> Node<'_> {
    node_of(protocol, &life(protocol, nobody_allocated))
}

/// Plays a campaign on a node; its report.
fn fork(folder: &Path, url: &str, more: &[&str]) -> (i32, Value) {
    let arguments = ["run", "--fork-url", url, "--deployment", "deployment.toml", "--runs", "40", "--depth", "40"];
    let output = slashproof(folder, &[&arguments[..], &["--json"], more].concat());
    assert_ne!(code(&output), 2, "{}", stderr(&output));
    (code(&output), json(&output))
}

#[test]
fn the_same_block_gives_the_same_bytes() {
    let protocol = bundled();
    let node = lived(&protocol);
    let folder = tempfile::tempdir().unwrap();
    describe(&protocol, folder.path());
    let (url, at) = (node.url(), node.ledger().block.to_string());
    let (ended, report) = fork(folder.path(), &url, &["--out", "a", "--workers", "2", "--invariants", "MAG,DEL,MODEL"]);
    assert_ne!(ended, 1, "nothing is wrong with it: {:#}", report["findings"]);
    let succeeded = |row: &Value| row["succeeded"].as_u64().unwrap_or(0) > 0;
    let actions = report["actions"].as_array().unwrap();
    assert!(actions.iter().filter(|row| succeeded(row)).count() > 5, "{actions:#?}");
    assert!(report["coverage"]["edges"].as_u64().unwrap() > 100, "contracts that were there have edges");
    assert_eq!(report["world"], "live");
    let held = |id: &str| {
        report["invariants"].as_array().unwrap().iter().any(|row| row["id"] == id && row["verdict"] == "held")
    };
    assert!(held("MAG-05") && held("MODEL-01"), "the model follows from where it stands");

    let kept = folder.path().join(format!("slashproof-fork/31337-{at}.json"));
    let before = fs::read(&kept).unwrap();
    fork(folder.path(), &url, &["--out", "b", "--fork-block", &at, "--workers", "1", "--invariants", "MAG,DEL,MODEL"]);
    let [a, b] = ["a", "b"].map(|out| fs::read(folder.path().join(out).join("report.json")).unwrap());
    assert!(a == b, "the reports differ");
    assert!(fs::read(&kept).unwrap() == before, "the node was asked for nothing new");

    // Where not everybody is named, what adds up over everybody is not judged.
    let text = fs::read_to_string(folder.path().join("deployment.toml")).unwrap();
    fs::write(folder.path().join("deployment.toml"), text.replace("all_stakers = true", "all_stakers = false"))
        .unwrap();
    let (_, report) = fork(folder.path(), &url, &["--out", "c"]);
    let judged: Vec<&str> =
        report["invariants"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap()).collect();
    assert!(judged.contains(&"MAG-05") && !judged.contains(&"MODEL-01") && !judged.contains(&"WDR-13"), "{judged:?}");
}

#[test]
fn a_bug_is_found_from_where_it_stands_and_replayed_there() {
    let protocol = mutant("allocation-not-encumbered");
    let node = lived(&protocol);
    let folder = tempfile::tempdir().unwrap();
    describe(&protocol, folder.path());
    let (ended, _) = fork(folder.path(), &node.url(), &["--invariants", "MAG-05", "--out", "a"]);
    assert_eq!(ended, 1);
    let file = finding(&folder.path().join("a"), "MAG-05");
    let replay = ["replay", file.to_str().unwrap()];
    let output = slashproof(folder.path(), &replay);
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("name the node with --fork-url"), "{}", stderr(&output));
    let url = node.url();
    let again = slashproof(folder.path(), &[&replay[..], &["--fork-url", &url]].concat());
    assert_eq!(code(&again), 1, "{}{}", stdout(&again), stderr(&again));
}

#[test]
fn what_the_auditor_wrote_is_judged_from_where_it_stands() {
    let protocol = mutant("allocation-not-encumbered");
    let node = lived(&protocol);
    let project = crate::own::project();
    let folder = project.path();
    describe(&protocol, folder);
    let (ended, report) = fork(folder, &node.url(), &["--invariants", "OWN,MAG-01", "--out", "a"]);
    assert_eq!(ended, 1, "{report:#}");
    let file = finding(&folder.join("a"), ALLOCATIONS);
    let (file, url) = (file.to_str().unwrap(), node.url());
    let again = slashproof(folder, &["replay", file, "--fork-url", &url]);
    assert_eq!(code(&again), 1, "{}{}", stdout(&again), stderr(&again));
    assert!(stdout(&again).contains("-> violated: Stakes.invariant_allocations"), "{}", stdout(&again));

    let test = fs::read_to_string(Path::new(file).with_extension("t.sol")).unwrap();
    let project = tempfile::tempdir().unwrap();
    crate::foundry::project(project.path());
    fs::create_dir(project.path().join("test")).unwrap();
    fs::write(project.path().join("test/Finding.t.sol"), test).unwrap();
    let told = crate::foundry::forge(project.path(), Some(&url));
    let [(_, status, reason)] = told.as_slice() else { panic!("{told:?}") };
    assert!(status == "Failure" && reason.contains("more is allocated"), "{reason}");
}

#[test]
fn the_test_of_a_finding_begins_where_the_deployment_stands() {
    let (buggy, sound) = (mutant("anybody-slashes"), bundled());
    let life = life(&sound, anybody_slashable);
    let (planted, mended) = (node_of(&buggy, &life), node_of(&sound, &life));
    assert_eq!(planted.ledger(), mended.ledger(), "nobody came upon the bug yet");
    let folder = tempfile::tempdir().unwrap();
    describe(&buggy, folder.path());
    let (ended, report) = fork(folder.path(), &planted.url(), &["--invariants", "MODEL-01", "--out", "a"]);
    assert_eq!(ended, 1, "{:#}{:#}", report["actions"], report["probes"]);
    let finding = &report["findings"][0];
    let reason = format!("MODEL-01: {}", finding["sentence"].as_str().unwrap());
    let file = folder.path().join(finding["file"].as_str().unwrap()).with_extension("t.sol");
    let text = fs::read_to_string(&file).unwrap();
    assert!(!text.contains(&planted.url()), "a URL may have a key in it");

    let project = tempfile::tempdir().unwrap();
    crate::foundry::project(project.path());
    fs::create_dir(project.path().join("test")).unwrap();
    fs::write(project.path().join("test/Finding.t.sol"), text).unwrap();
    let ends = |node: Option<&str>| {
        let told = crate::foundry::forge(project.path(), node);
        let [(_, status, reason)] = told.as_slice() else { panic!("{told:?}") };
        (status.clone(), reason.clone())
    };
    assert_eq!(ends(Some(&planted.url())), ("Failure".to_owned(), reason));
    assert_eq!(ends(Some(&mended.url())).0, "Success", "the same state, with code that is mended");
    let (status, reason) = ends(None);
    assert!(status == "Failure" && reason.contains("SLASHPROOF_FORK_URL"), "{reason}");
}

/// What `run` says, which must be one sentence and exit code 2.
fn refused(folder: &Path, arguments: &[&str]) -> String {
    let output = slashproof(folder, &[&["run", "--runs", "1"], arguments].concat());
    let told = stderr(&output);
    assert_eq!(code(&output), 2, "{told}");
    assert!(told.starts_with("error: ") && told.lines().count() <= 2, "{told}");
    told
}

#[test]
fn what_cannot_be_forked_ends_in_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    fs::write(at.join("d.toml"), MANAGER).unwrap();
    let url = "http://127.0.0.1:1";
    assert!(refused(at, &["--fork-url", url]).contains("name a file with --deployment"));
    assert!(refused(at, &["--deployment", "d.toml"]).contains("no node that it lives on"));
    let world = ["--fork-url", url, "--deployment", "d.toml", "--world", "fee"];
    assert!(refused(at, &world).contains("its own contracts, world and release"));

    let pruned = |request: &Value| {
        Some(with_a_block(request, |request| match request["method"].as_str() {
            Some("eth_chainId") => json!({ "result": "0x7" }),
            _ => json!({ "error": { "code": -32000, "message": "missing trie node" } }),
        }))
    };
    let url = server(pruned);
    let old = ["--fork-url", &url, "--fork-block", "16", "--deployment", "d.toml"];
    let told = refused(at, &old);
    assert!(told.contains("does not have the state of that block") && told.contains("an archive node"), "{told}");
    fs::create_dir(at.join("slashproof-fork")).unwrap();
    fs::write(at.join("slashproof-fork/7-16.json"), "{}").unwrap();
    assert!(refused(at, &old).contains("7-16.json: this is nothing that was kept of a chain"));
    let other = json!({ "format": 1, "chain": 7, "block": 16, "hash": format!("0x{}", "cd".repeat(32)),
                        "accounts": {}, "storage": {} });
    fs::write(at.join("slashproof-fork/7-16.json"), other.to_string()).unwrap();
    assert!(refused(at, &old).contains("is not of this chain"));
}
