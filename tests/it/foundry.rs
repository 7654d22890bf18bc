//! Findings as Foundry tests: they compile, fail for the reason that the finding gives, and pass where the bug is mended.

use std::{fs, path::Path, process::Command};

use alloy_primitives::B256;
use serde_json::Value;
use slashproof::{
    artifact::Source,
    executor::Executor,
    finding::{Finding, Provenance},
    foundry, invariants, mutant,
    protocol::{Protocol, eigenlayer::EigenLayer},
    timeline::{Evidence, Expectation, Timeline},
};

use crate::support::{hunt, in_world, play, root};

/// Whether what should have been is told in some way.
type Says = fn(&Expectation) -> bool;

/// Planted bugs, with what their tests have to say: that a call is possible, that it is not, what it returns, what
/// contracts answer, and what was seen where nobody can predict.
const BUGS: &[(&str, Says)] = &[
    ("anybody-slashes", |it| matches!(it, Expectation::Reverts)),
    ("delay-stops-with-allocations", |it| matches!(it, Expectation::Succeeds)),
    ("queueing-tells-the-last-root", |it| matches!(it, Expectation::Returns(_))),
    ("slash-rounds-down", |it| matches!(it, Expectation::Answers(_))),
    ("tokens-stay-with-the-manager", |it| matches!(it, Expectation::Answers(_))),
    ("half-of-a-slash-waits", |it| matches!(it, Expectation::Otherwise(_))),
    ("slashed-eth-not-summed", |it| matches!(it, Expectation::Answers(_))),
    ("withdrawal-stays-pending", |it| matches!(it, Expectation::Answers(_))),
    ("interest-rounded-down", |it| matches!(it, Expectation::Otherwise(_))),
    ("slash-announced-of-what-is-left", |it| matches!(it, Expectation::Otherwise(seen) if seen.events.is_some())),
    ("wrong-error-for-the-order", |it| matches!(it, Expectation::RevertsWith(_))),
];

/// The finding of a planted bug, without its file.
fn evidence(protocol: &EigenLayer, name: &str) -> Evidence {
    let table = mutant::find(name).expect("it exists");
    let invariant = invariants::find(&table.breaks).expect("the catalogue is complete");
    let summary = play(protocol, &hunt(1, 6_000, invariant));
    let violation = summary.violations.first().unwrap_or_else(|| panic!("{name} is not caught"));
    let mut executor = Executor::deploy(protocol).unwrap();
    let provenance = Provenance { source: Source::Mutant(name.to_owned()), config_digest: B256::ZERO };
    let finding = Finding::of(&mut executor, violation, &provenance);
    let timeline = Timeline::of(&mut executor, invariant, &violation.calls);
    Evidence { file: finding.file_name().into(), finding, timeline }
}

/// A Foundry project with nothing in it.
fn project(folder: &Path) {
    let solc = root().join("contracts/scripts/solc");
    let settings = format!(
        "[profile.default]\nsolc = {:?}\nevm_version = \"cancun\"\noptimizer = false\ndeny = \"warnings\"\n\
         bytecode_hash = \"none\"\ncbor_metadata = false\n[lint]\nlint_on_build = false\n",
        solc.display().to_string()
    );
    fs::write(folder.join("foundry.toml"), settings).unwrap();
}

/// What forge says of every test: by file, how it ended and why.
fn forge(folder: &Path) -> Vec<(String, String, String)> {
    let forge = root().join("contracts/scripts/forge");
    let output = Command::new(forge).args(["test", "--json"]).current_dir(folder).output().expect("forge starts");
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let last = stdout.lines().rev().find(|line| line.starts_with('{')).unwrap_or_else(|| panic!("{stdout}\n{stderr}"));
    let told: Value = serde_json::from_str(last).unwrap();
    let suites = told.as_object().unwrap().iter();
    let tests = suites.flat_map(|(suite, told)| {
        let tests = told["test_results"].as_object().into_iter().flatten();
        tests.map(move |(_, test)| {
            let text = |key: &str| test[key].as_str().unwrap_or_default().to_owned();
            (suite.clone(), text("status"), text("reason"))
        })
    });
    tests.collect()
}

#[test]
fn tests_of_findings_fail_for_their_reason_and_pass_once_it_is_mended() {
    let folder = tempfile::tempdir().unwrap();
    project(folder.path());
    let mut expected = Vec::new();
    for (name, says) in BUGS {
        let planted = crate::support::mutant(name);
        let evidence = evidence(&planted, name);
        let expectation = evidence.timeline.expectation.as_ref();
        assert!(expectation.is_some_and(says), "{name}: {expectation:?}");
        let mended = in_world(planted.world());
        for (place, protocol) in [("planted", &planted), ("mended", &mended)] {
            let path = folder.path().join("test").join(place).join(format!("{}.t.sol", foundry::test_name(&evidence)));
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, foundry::test(protocol, &evidence)).unwrap();
        }
        expected.push((
            foundry::test_name(&evidence),
            format!("{}: {}", evidence.finding.invariant, evidence.finding.sentence),
        ));
    }
    let told = forge(folder.path());
    assert_eq!(told.len(), 2 * BUGS.len(), "{told:?}");
    for (name, reason) in expected {
        let of = |place: &str| {
            let path = format!("test/{place}/{name}.t.sol:");
            let (_, status, reason) = told.iter().find(|(suite, ..)| suite.starts_with(&path)).expect("it is run");
            (status.as_str(), reason.as_str())
        };
        assert_eq!(of("planted"), ("Failure", reason.as_str()), "{name}");
        assert_eq!(of("mended").0, "Success", "{name}: {}", of("mended").1);
    }
}

#[test]
fn a_campaign_writes_them_beside_its_findings() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["run", "--mutant", "slash-rounds-down", "--invariants", "SLA", "--seed", "1", "--runs", "64"];
    crate::support::slashproof(folder.path(), &arguments);
    let finding = crate::support::finding(&folder.path().join("slashproof-out"), "SLA-01");
    let test = fs::read_to_string(finding.with_extension("t.sol")).unwrap();
    assert!(
        test.contains("contract Finding_SLA_01_")
            && test.contains("IAllocationManager(ALLOCATION_MANAGER).slashOperator(")
    );
}
