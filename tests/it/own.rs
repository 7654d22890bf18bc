//! The auditor's own invariants are judged like any other: in Solidity, compiled by their forge, and in Rust.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::{Value, json};

use crate::support::{code, finding, json, root, slashproof, stderr, stdout};

pub const ALLOCATIONS: &str = "OWN-Stakes.invariant_allocations_are_encumbered";
const SHARES: &str = "OWN-Stakes.invariant_operators_share_what_there_is";
const SLASHED: &str = "OWN-Stakes.invariant_most_slashed";

/// The example in Solidity, built by forge in a folder of its own.
pub fn project() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let example = root().join("examples/own-invariants-solidity");
    fs::create_dir(folder.path().join("src")).unwrap();
    for name in ["foundry.toml", "slashproof.toml", "src/Stakes.sol"] {
        fs::copy(example.join(name), folder.path().join(name)).unwrap();
    }
    let scripts = root().join("contracts/scripts");
    let mut forge = Command::new(scripts.join("forge"));
    forge.args(["build", "--offline", "--use"]).arg(scripts.join("solc")).current_dir(folder.path());
    let built = forge.output().expect("forge starts");
    assert!(built.status.success(), "{}{}", stdout(&built), stderr(&built));
    folder
}

fn row<'a>(rows: &'a Value, id: &str) -> &'a Value {
    rows.as_array().unwrap().iter().find(|row| row["id"] == id).unwrap_or_else(|| panic!("no {id} in {rows:#}"))
}

#[test]
fn what_the_auditor_wrote_in_solidity_is_judged_shrunk_reported_and_replayed() {
    let project = project();
    let folder = project.path();
    let told = json(&slashproof(folder, &["run", "--runs", "64", "--json"]));
    for id in [ALLOCATIONS, SHARES, SLASHED] {
        assert_eq!(row(&told["invariants"], id)["verdict"], "held", "{id}");
    }
    assert_eq!(row(&told["invariants"], "MAG-05")["verdict"], "held", "the catalogue is judged beside it");
    let most: u64 = row(&told["metrics"], SLASHED)["most"].as_str().unwrap().parse().unwrap();
    assert_eq!(most, 1_000_000_000_000_000_000, "somebody loses everything");

    let planted = ["run", "--mutant", "allocation-not-encumbered", "--invariants", "OWN", "--out", "broken"];
    let output = slashproof(folder, &planted);
    assert_eq!(code(&output), 1, "{}", stderr(&output));
    let human = stdout(&output);
    assert!(human.contains("Stakes.invariant_allocations_are_encumbered reverted: \"more is allocated"), "{human}");
    assert!(human.contains("the greatest\n") && human.contains("VIOLATED: 1 of 3 invariants"), "{human}");
    let file = finding(&folder.join("broken"), ALLOCATIONS);
    let value: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
    assert!(value["shrunk_length"].as_u64().unwrap() <= 3, "{value:#}");
    assert_eq!(value["own_invariants"], json!(["out/Stakes.sol/Stakes.json"]));

    let file = file.to_str().unwrap();
    let again = slashproof(folder, &["replay", file, "--trace"]);
    assert_eq!(code(&again), 1, "{}", stderr(&again));
    assert!(stdout(&again).contains("-> violated: Stakes.invariant_allocations"), "{}", stdout(&again));
    assert_eq!(code(&slashproof(folder, &["replay", file, "--bundled"])), 0, "nothing is wrong with the release");
}

#[cfg(feature = "anvil")]
#[test]
fn what_the_auditor_wrote_is_asked_on_a_node_too() {
    let project = project();
    let folder = project.path();
    let planted = ["run", "--mutant", "allocation-not-encumbered", "--invariants", ALLOCATIONS, "--fail-fast"];
    assert_eq!(code(&slashproof(folder, &planted)), 1);
    let file = finding(&folder.join("slashproof-out"), ALLOCATIONS);
    let anvil = crate::node::anvil();
    let arguments = ["replay", file.to_str().unwrap(), "--on", "anvil", "--anvil", anvil.to_str().unwrap()];
    let output = slashproof(folder, &arguments);
    assert_eq!(code(&output), 1, "{}{}", stdout(&output), stderr(&output));
}

#[test]
fn what_the_auditor_wrote_is_listed_and_explained() {
    let project = project();
    let folder = project.path();
    let listed = stdout(&slashproof(folder, &["list", "invariants"]));
    assert!(listed.contains(ALLOCATIONS) && listed.contains("  Stakes.invariant_most_slashed holds."), "{listed}");
    let explained = stdout(&slashproof(folder, &["explain", SHARES]));
    assert!(explained.contains("it returns true") && explained.contains("the auditor's own"), "{explained}");
    let typo = slashproof(folder, &["run", "--invariants", "OWN-Stakes.invariant_most_slashd"]);
    assert_eq!(code(&typo), 2);
    assert!(stderr(&typo).contains(&format!("did you mean {SLASHED}?")), "{}", stderr(&typo));
}

#[test]
fn asking_changes_nothing_of_what_is_played() {
    let project = project();
    let folder = project.path();
    fs::write(folder.join("without.toml"), "runs = 64\nseed = 1\n").unwrap();
    let same = ["--guidance", "coverage", "--invariants", "MAG", "--json"];
    let with = json(&slashproof(folder, &[&["run", "--runs", "64"], &same[..]].concat()));
    let without = json(&slashproof(folder, &[&["run", "--config", "without.toml"], &same[..]].concat()));
    assert!(row(&with["metrics"], SLASHED)["measured"].as_u64().unwrap() > 1_000, "it was asked");
    for key in ["calls", "reverts", "actions", "probes", "invariants", "coverage", "corpus"] {
        assert_eq!(with[key], without[key], "{key}");
    }
}

/// What `run` says of a contract that is no use, with exit code 2.
fn refused(abi: &Value, bytecode: &str, name: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let artifact = json!({ "abi": abi, "bytecode": { "object": bytecode } });
    fs::write(folder.path().join(name), artifact.to_string()).unwrap();
    let output = slashproof(folder.path(), &["run", "--runs", "1", "--own-invariants", name]);
    assert_eq!(code(&output), 2, "{}", stderr(&output));
    stderr(&output)
}

fn function(name: &str, inputs: &Value, outputs: &Value) -> Value {
    json!({ "type": "function", "name": name, "inputs": inputs, "outputs": outputs, "stateMutability": "view" })
}

#[test]
fn what_cannot_be_judged_is_told_in_a_sentence() {
    let good = json!([function("invariant_x", &json!([]), &json!([]))]);
    let number = json!([{ "name": "", "type": "uint256" }]);
    assert!(refused(&json!([]), "0x00", "A.json").contains("A: it has no function that begins with invariant"));
    let told = refused(&json!([function("invariant_x", &json!([]), &number)]), "0x00", "A.json");
    assert!(told.contains("A: invariant_x returns (uint256)") && told.contains("a bool, or an int256"), "{told}");
    let told = refused(&json!([function("invariant_x", &number, &json!([]))]), "0x00", "A.json");
    assert!(told.contains("invariant_x takes arguments"), "{told}");
    let told = refused(&good, "0x737109709ecfa91a80626ff3989d68f67f5b1dd12d", "A.json");
    assert!(told.contains("Foundry's cheatcodes"), "{told}");
    assert!(refused(&good, "0x00", "AllocationManager.json").contains("there is a contract called AllocationManager"));
    assert!(refused(&good, "", "A.json").contains("A.json: its bytecode is empty"));
    let strange = json!({ "type": "constructor", "inputs": [{ "name": "oracle", "type": "address" }],
                          "stateMutability": "nonpayable" });
    let told = refused(&json!([strange, good[0]]), "0x00", "A.json");
    assert!(told.contains("it wants \"oracle\"") && told.contains("operators, stakers, avss"), "{told}");
    // What creates it reverts.
    let told = refused(&good, "0x5f5ffd", "A.json");
    assert!(told.contains("the protocol does not deploy: creating A reverted"), "{told}");
    let folder = tempfile::tempdir().unwrap();
    let output = slashproof(folder.path(), &["run", "--own-invariants", "out/None.json"]);
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("cannot read out/None.json"), "{}", stderr(&output));
}

/// The example in Rust, which is built with the tests.
fn rust_example() -> PathBuf {
    let tests = std::env::current_exe().expect("a test has a path");
    let target = tests.parent().and_then(Path::parent).expect("it is in deps");
    target.join(format!("examples/own-invariants-rust{}", std::env::consts::EXE_SUFFIX))
}

#[test]
fn what_the_auditor_wrote_in_rust_is_judged_beside_the_catalogue() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let mut command = Command::new(rust_example());
        command.args(arguments).current_dir(folder.path()).output().expect("the example is built")
    };
    let output = run(&["allocation-not-encumbered"]);
    assert_eq!(code(&output), 1, "{}{}", stdout(&output), stderr(&output));
    let human = stdout(&output);
    assert!(human.contains("MINE-01 after ") && human.contains("encumbered"), "{human}");
    assert!(human.contains("MAG-05 after "), "the catalogue sees it too: {human}");
    let test = finding(folder.path(), "MINE-01").with_extension("t.sol");
    let tests = tempfile::tempdir().unwrap();
    crate::foundry::project(tests.path());
    fs::create_dir(tests.path().join("test")).unwrap();
    fs::copy(&test, tests.path().join("test/Mine.t.sol")).unwrap();
    let told = crate::foundry::forge(tests.path(), None);
    let [(_, status, reason)] = told.as_slice() else { panic!("{told:?}") };
    assert!(status == "Failure" && reason.starts_with("MINE-01: ") && human.contains(&reason[9..]), "{told:?}");
    let output = run(&["no-such-mutant"]);
    assert_eq!(code(&output), 2, "{}", stderr(&output));
}
