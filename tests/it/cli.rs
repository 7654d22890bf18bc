//! What each subcommand prints, where, and how it exits.

use serde_json::Value;

use crate::support::{code, json, slashproof, stderr, stdout};

fn here() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

#[test]
fn lists_begin_with_the_name() {
    let folder = here();
    for (what, name) in [
        ("invariants", "MAG-01"),
        ("actions", "staker.deposit"),
        ("releases", "slashing"),
        ("mutants", "deallocation-restores-magnitude"),
    ] {
        let output = slashproof(folder.path(), &["list", what]);
        assert_eq!(code(&output), 0);
        assert!(stdout(&output).starts_with(name), "{what}");
        assert_eq!(stderr(&output), "");
        let listed = json(&slashproof(folder.path(), &["list", what, "--json"]));
        assert_eq!(listed.as_array().map(Vec::len), Some(stdout(&output).lines().count()), "{what}");
    }
}

#[test]
fn an_invariant_is_explained() {
    let output = slashproof(here().path(), &["explain", "MAG-05"]);
    assert_eq!(code(&output), 0);
    for part in ["formula", "why", "assumes", "broken by   instant-deallocation-stays-encumbered"] {
        assert!(stdout(&output).contains(part), "{}", stdout(&output));
    }
}

#[test]
fn a_campaign_that_holds_exits_with_zero() {
    let folder = here();
    let output = slashproof(folder.path(), &["run", "--seed", "1", "--runs", "200", "--json"]);
    assert_eq!(code(&output), 0, "{}", stdout(&output));
    let report = json(&output);
    assert_eq!(report["format"], 1);
    assert_eq!((report["seed"].as_u64(), report["runs"].as_u64()), (Some(1), Some(200)));
    assert_eq!(report["verdict"], "held");
    let (calls, reverts) = (report["calls"].as_f64().unwrap(), report["reverts"].as_f64().unwrap());
    assert!(reverts / calls <= 0.45, "{reverts} of {calls} calls reverted");
    for action in report["actions"].as_array().unwrap() {
        assert!(action["succeeded"].as_u64() > Some(0), "{action}");
        for key in ["name", "calls", "reverted", "discarded"] {
            assert!(!action[key].is_null(), "{action}");
        }
    }
    for probe in report["probes"].as_array().unwrap() {
        assert!(probe["reverted"].as_u64() > Some(0) && probe["succeeded"] == 0, "{probe}");
    }
    for invariant in report["invariants"].as_array().unwrap() {
        let is_meant = invariant["verdict"] != "not_applicable";
        assert!(!is_meant || invariant["checks"].as_u64() > Some(0) && invariant["verdict"] == "held", "{invariant}");
        assert_eq!(is_meant, invariant["lacks"].is_null(), "{invariant}");
    }
    let saved: Value =
        serde_json::from_str(&std::fs::read_to_string(folder.path().join("slashproof-out/report.json")).unwrap())
            .unwrap();
    assert_eq!(saved, report);
    let timing = std::fs::read_to_string(folder.path().join("slashproof-out/timing.json")).unwrap();
    assert!(timing.contains("calls_per_second"));
}

#[test]
fn a_campaign_that_exercises_too_little_is_inconclusive() {
    let folder = here();
    let output = slashproof(folder.path(), &["run", "--runs", "1", "--depth", "3"]);
    assert_eq!(code(&output), 3);
    let text = stdout(&output);
    assert!(text.contains("inconclusive: nothing was violated, but"), "{text}");
    assert!(text.contains("was never exercised") && text.contains("never succeeded"), "{text}");
}

#[test]
fn selected_actions_are_drawn_and_no_others() {
    let folder = here();
    let arguments = ["run", "--runs", "30", "--actions", "staker.deposit,avs", "--json"];
    let report = json(&slashproof(folder.path(), &arguments));
    let names: Vec<&str> =
        report["actions"].as_array().unwrap().iter().map(|action| action["name"].as_str().unwrap()).collect();
    assert!(names.contains(&"staker.deposit") && names.contains(&"avs.create_sets"), "{names:?}");
    assert!(names.iter().all(|name| *name == "staker.deposit" || name.starts_with("avs.")), "{names:?}");
    let calls = |row: &serde_json::Value| row["calls"].as_u64().unwrap();
    let rows = ["actions", "probes"].into_iter().flat_map(|key| report[key].as_array().unwrap());
    assert_eq!(rows.map(calls).sum::<u64>(), report["calls"].as_u64().unwrap());
}

#[test]
fn selected_invariants_are_judged_and_no_others() {
    let folder = here();
    let report = json(&slashproof(folder.path(), &["run", "--runs", "30", "--invariants", "SLA,AUT-01", "--json"]));
    let ids: Vec<&str> =
        report["invariants"].as_array().unwrap().iter().map(|invariant| invariant["id"].as_str().unwrap()).collect();
    assert!(ids.contains(&"AUT-01") && ids.contains(&"SLA-01") && !ids.contains(&"MAG-02"), "{ids:?}");
}

#[test]
fn time_that_is_up_is_told() {
    let folder = here();
    let output = slashproof(folder.path(), &["run", "--runs", "100000000", "--timeout", "1", "--json"]);
    let report = json(&output);
    assert_eq!(code(&output), 3);
    assert_eq!(report["truncated"], true);
    assert!(report["reasons"].to_string().contains("time was up before all runs were played"));
    // Without a number of runs, playing until time is up is what was asked for.
    let report = json(&slashproof(folder.path(), &["run", "--timeout", "1", "--json"]));
    assert_eq!(report["truncated"], false);
}

#[test]
fn fail_fast_ends_early() {
    let folder = here();
    let output = slashproof(
        folder.path(),
        &["run", "--mutant", "anybody-slashes", "--runs", "100000000", "--fail-fast", "--json"],
    );
    assert_eq!(code(&output), 1);
    let report = json(&output);
    assert!(report["runs"].as_u64().unwrap() < 64);
    // Who plays what is no matter: what others played beyond the finding is not told.
    for workers in ["1", "3"] {
        let again =
            [&["run", "--mutant", "anybody-slashes", "--runs", "100000000"][..], &["--workers", workers]].concat();
        let output = slashproof(folder.path(), &[&again[..], &["--fail-fast", "--json"]].concat());
        assert_eq!(json(&output), report, "with {workers} workers");
    }
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_at_once_and_saves_what_was_found() {
    use std::{
        process::{Command, Stdio},
        time::Duration,
    };
    let folder = here();
    let child = Command::new(env!("CARGO_BIN_EXE_slashproof"))
        .current_dir(folder.path())
        .args(["run", "--mutant", "anybody-slashes", "--runs", "100000000", "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    std::thread::sleep(Duration::from_secs(4));
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill is there");
    assert!(killed.success());
    // The report is longer than what a pipe holds, so it has to be read for the command to end.
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(1), "what was found counts");
    let found = crate::support::files(&folder.path().join("slashproof-out/findings"));
    assert!(!found.is_empty());
    assert!(!crate::support::files(&folder.path().join("slashproof-out/corpus")).is_empty());
}

#[test]
fn help_and_version_are_results() {
    let folder = here();
    for arguments in [&["--help"][..], &["run", "--help"], &["replay", "--help"], &["--version"]] {
        let output = slashproof(folder.path(), arguments);
        assert_eq!(code(&output), 0);
        assert!(!stdout(&output).is_empty() && stderr(&output).is_empty());
    }
}
