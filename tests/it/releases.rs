//! Every release is played as itself: what it has is exercised, what it lacks is not missed.

use serde_json::Value;
use slashproof::protocol::eigenlayer::release::RELEASES;

use crate::support::{code, files, json, slashproof, stderr, stdout};

fn here() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

fn names(rows: &Value) -> Vec<&str> {
    rows.as_array().expect("a list").iter().map(|row| row["name"].as_str().expect("a name")).collect()
}

#[test]
fn the_slashing_release_holds_and_is_exercised() {
    let folder = here();
    let output = slashproof(folder.path(), &["run", "--release", "slashing", "--seed", "1", "--runs", "250", "--json"]);
    assert_eq!(code(&output), 0, "{}", stdout(&output));
    let report = json(&output);
    assert_eq!((report["release"].as_str(), report["verdict"].as_str()), (Some("slashing"), Some("held")));
    let (calls, reverts) = (report["calls"].as_f64().unwrap(), report["reverts"].as_f64().unwrap());
    assert!(reverts / calls <= 0.45, "{reverts} of {calls} calls reverted");
    // What it has no function for is not among what could have been done.
    assert!(!names(&report["actions"]).contains(&"anybody.clear_slash"));
    assert!(names(&report["actions"]).contains(&"anybody.burn_shares"));
    // Signatures are bound to the version as this release reads it.
    for name in ["staker.delegate_with_approval", "anybody.deposit_with_signature"] {
        let row = report["actions"].as_array().unwrap().iter().find(|row| row["name"] == name).expect("it is there");
        assert!(row["succeeded"].as_u64().unwrap() > row["reverted"].as_u64().unwrap(), "{name}: {row}");
    }
    let verdict = |id: &str| {
        let rows = report["invariants"].as_array().unwrap();
        rows.iter().find(|row| row["id"] == id).unwrap_or_else(|| panic!("{id} is judged"))["verdict"].clone()
    };
    assert_eq!((verdict("RED-04"), verdict("SET-08")), ("not_applicable".into(), "not_applicable".into()));
    assert_eq!((verdict("BRN-01"), verdict("BRN-03")), ("held".into(), "held".into()));
}

#[test]
fn releases_can_be_named_everywhere() {
    let folder = here();
    std::fs::write(folder.path().join("slashproof.toml"), "release = \"slashing\"\nruns = 20\nseed = 1\n").unwrap();
    let report = json(&slashproof(folder.path(), &["run", "--json"]));
    assert_eq!(report["protocol"], "eigenlayer slashing");
    // The nearer to the user wins.
    let report = json(&slashproof(folder.path(), &["run", "--json", "--release", "redistribution"]));
    assert_eq!(report["protocol"], "eigenlayer redistribution");
    for release in RELEASES {
        let listed = json(&slashproof(folder.path(), &["list", "actions", "--release", release.name, "--json"]));
        for absent in release.absent {
            assert!(!names(&listed).contains(absent), "{}: {absent}", release.name);
        }
    }
}

#[test]
fn a_mutant_brings_its_release_and_its_findings_keep_it() {
    let folder = here();
    let run = ["run", "--mutant", "burned-to-the-caller", "--runs", "300", "--seed", "1", "--out", "out"];
    let output = slashproof(folder.path(), &run);
    assert_eq!(code(&output), 1, "{}", stdout(&output));
    let findings = files(&folder.path().join("out/findings"));
    let finding = findings.iter().find(|path| path.to_string_lossy().contains("BRN-03")).expect("it is found");
    let saved: Value = serde_json::from_str(&std::fs::read_to_string(finding).unwrap()).unwrap();
    assert_eq!(saved["release"], "slashing");
    let finding = finding.to_str().unwrap();
    assert_eq!(code(&slashproof(folder.path(), &["replay", finding])), 1);
    assert_eq!(code(&slashproof(folder.path(), &["replay", finding, "--bundled"])), 0);
    assert_eq!(code(&slashproof(folder.path(), &["shrink", finding])), 0);
    // In the other release nothing waits by strategy.
    let other = slashproof(folder.path(), &["replay", finding, "--bundled", "--release", "redistribution"]);
    assert_eq!(code(&other), 0, "{}", stderr(&other));
}

#[test]
fn releases_that_are_none_and_mutants_of_another_are_told() {
    let folder = here();
    let output = slashproof(folder.path(), &["run", "--release", "slahsing"]);
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("did you mean slashing?"), "{}", stderr(&output));
    let both = ["run", "--release", "redistribution", "--mutant", "burned-to-the-caller"];
    let output = slashproof(folder.path(), &both);
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("is of the slashing release"), "{}", stderr(&output));
    let output = slashproof(folder.path(), &["run", "--release", "slashing", "--world", "examples"]);
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("no world examples of the slashing release"), "{}", stderr(&output));
}

#[test]
fn a_copy_of_a_release_plays_like_the_release() {
    let folder = here();
    let copy = crate::support::root().join("contracts/artifacts/slashing");
    let copy = copy.to_str().unwrap();
    let run = |arguments: &[&str]| {
        let fixed = ["run", "--release", "slashing", "--runs", "30", "--seed", "4", "--json"];
        let mut report = json(&slashproof(folder.path(), &[&fixed, arguments].concat()));
        report["artifacts"].take();
        report
    };
    assert_eq!(run(&[]), run(&["--artifacts", copy]));
}
