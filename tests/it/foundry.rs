//! Findings as Foundry tests: they compile, fail for the reason that the finding gives, and pass where the bug is mended.

use std::{fs, path::Path, process::Command};

use alloy_primitives::B256;
use serde_json::Value;
use slashproof::{
    artifact::{Artifacts, Source},
    campaign::{Options, Violation},
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
    ("queued-without-the-factor", |it| matches!(it, Expectation::Otherwise(_))),
    ("only-the-newest-slash-is-cleared", |it| matches!(it, Expectation::Succeeds)),
    ("one-token-of-a-claim", |it| matches!(it, Expectation::Otherwise(_))),
    ("withdrawals-need-the-whitelist", |it| matches!(it, Expectation::Succeeds)),
    ("registrar-told-of-one-set", |it| matches!(it, Expectation::Answers(_))),
    ("clearing-lets-in", |it| matches!(it, Expectation::Otherwise(_))),
    ("cover-is-not-used-up", |it| matches!(it, Expectation::Otherwise(_))),
    ("claimed-twice", |it| matches!(it, Expectation::Otherwise(_))),
    // What no event and no answer tells: what was written, what was left, who was paid.
    ("history-written-over", has_effects),
    ("popped-element-stays", has_effects),
    ("pod-pays-the-wrong-person", has_effects),
    // Of the queue that it leaves the ledger says too little: the contracts are asked whether they answer otherwise.
    ("entire-deallocation-queued-for-nobody", has_effects),
];

fn has_effects(it: &Expectation) -> bool {
    it.seen().is_some_and(|seen| seen.effects.as_ref().is_some_and(|effects| !effects.is_empty()))
}

/// The finding of a planted bug, without its file.
fn evidence(protocol: &EigenLayer, name: &str) -> Evidence {
    let table = mutant::find(name).expect("it exists");
    let invariant = invariants::find(&table.breaks).expect("the catalogue is complete");
    let summary = play(protocol, &hunt(1, 6_000, invariant));
    let violation = summary.violations.first().unwrap_or_else(|| panic!("{name} is not caught"));
    written_down(protocol, name, violation)
}

fn written_down(protocol: &EigenLayer, name: &str, violation: &Violation) -> Evidence {
    let mut executor = Executor::deploy(protocol).unwrap();
    let provenance = Provenance { source: Source::Mutant(name.to_owned()), config_digest: B256::ZERO };
    let finding = Finding::of(&mut executor, violation, &provenance);
    let timeline = Timeline::of(&mut executor, violation.invariant, &violation.calls);
    Evidence { file: finding.file_name().into(), finding, timeline }
}

/// A Foundry project with nothing in it.
pub fn project(folder: &Path) {
    let solc = root().join("contracts/scripts/solc");
    let settings = format!(
        "[profile.default]\nsolc = {:?}\nevm_version = \"cancun\"\noptimizer = false\ndeny = \"warnings\"\n\
         bytecode_hash = \"none\"\ncbor_metadata = false\n[lint]\nlint_on_build = false\n",
        solc.display().to_string()
    );
    fs::write(folder.join("foundry.toml"), settings).unwrap();
}

/// What forge says of every test: by file, how it ended and why. `node` is for tests that begin with the state of one.
pub fn forge(folder: &Path, node: Option<&str>) -> Vec<(String, String, String)> {
    let mut forge = Command::new(root().join("contracts/scripts/forge"));
    forge.args(["test", "--json"]).current_dir(folder).env_remove("SLASHPROOF_FORK_URL");
    let output = forge.envs(node.map(|url| ("SLASHPROOF_FORK_URL", url))).output().expect("forge starts");
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
        expected.push(written(folder.path(), &evidence, [&planted, &in_world(planted.world())]));
    }
    check(folder.path(), &expected);
}

/// Writes the test of a finding twice: of what it was found on, and of what is mended. Its name, and the reason to fail.
fn written(folder: &Path, evidence: &Evidence, protocols: [&EigenLayer; 2]) -> (String, String) {
    let name = foundry::test_name(evidence);
    for (place, protocol) in ["planted", "mended"].into_iter().zip(protocols) {
        let path = folder.join("test").join(place).join(format!("{name}.t.sol"));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, foundry::test(protocol, evidence)).unwrap();
    }
    (name, format!("{}: {}", evidence.finding.invariant, evidence.finding.sentence))
}

/// Each test fails for its reason, and passes where the bug is mended.
fn check(folder: &Path, expected: &[(String, String)]) {
    let told = forge(folder, None);
    assert_eq!(told.len(), 2 * expected.len(), "{told:?}");
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

/// What an auditor may write: broken by each way to be, and set up by each way to be.
const MINE: &str = "// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

interface IAllocationManager {
    function getMaxMagnitude(address operator, address strategy) external view returns (uint64);
    function getEncumberedMagnitude(address operator, address strategy) external view returns (uint64);
    function getAllocatableMagnitude(address operator, address strategy) external view returns (uint64);
}

contract Mine {
    IAllocationManager public immutable manager;
    address[] public operators;
    address[] public strategies;

    error Unsound(address operator);

    constructor(IAllocationManager allocationManager) {
        manager = allocationManager;
    }

    function setUp(address[] memory operators_, address[] memory strategies_) external {
        require(operators.length == 0, \"once\");
        (operators, strategies) = (operators_, strategies_);
    }

    function unsound() internal view returns (address) {
        for (uint256 o = 0; o < operators.length; o++) {
            for (uint256 s = 0; s < strategies.length; s++) {
                uint256 most = manager.getMaxMagnitude(operators[o], strategies[s]);
                if (manager.getEncumberedMagnitude(operators[o], strategies[s]) > most) return operators[o];
            }
        }
        return address(0);
    }

    function invariant_by_error() external view {
        address found = unsound();
        if (found != address(0)) revert Unsound(found);
    }

    function invariant_by_assertion() external view {
        assert(unsound() == address(0));
    }

    function invariant_by_halting() external view {
        if (unsound() != address(0)) {
            assembly {
                invalid()
            }
        }
    }

    function invariant_by_flag() external view returns (bool) {
        return unsound() == address(0);
    }

    function invariant_by_number() external view returns (int256) {
        require(unsound() == address(0), \"no number\");
        return 1;
    }
}
";

#[test]
fn tests_ask_what_the_auditor_wrote() {
    const BUG: &str = "slash-keeps-encumbered";
    let folder = tempfile::tempdir().unwrap();
    project(folder.path());
    fs::create_dir(folder.path().join("src")).unwrap();
    fs::write(folder.path().join("src/Mine.sol"), MINE).unwrap();
    let built = Command::new(root().join("contracts/scripts/forge")).arg("build").current_dir(folder.path()).output();
    assert!(built.as_ref().is_ok_and(|built| built.status.success()), "{built:?}");
    let own = [folder.path().join("out/Mine.sol/Mine.json")];
    let [planted, mended] = [Artifacts::mutant(BUG).unwrap(), Artifacts::bundled()].map(|mut artifacts| {
        artifacts.take_own(&own).unwrap();
        EigenLayer::new(artifacts).unwrap()
    });
    let invariants: Vec<_> = planted.own().iter().map(|asked| asked.own.invariant).collect();
    let mut expected = Vec::new();
    for violation in
        &play(&planted, &Options { invariants, ..hunt(1, 6_000, planted.own()[0].own.invariant) }).violations
    {
        let mut evidence = written_down(&planted, BUG, violation);
        assert!(matches!(evidence.timeline.expectation, Some(Expectation::Holds(_))));
        evidence.file = evidence.finding.invariant.replace('.', "-").into();
        expected.push(written(folder.path(), &evidence, [&planted, &mended]));
    }
    for how in ["error", "assertion", "halting", "flag", "number"] {
        let name = format!("OWN-Mine-invariant_by_{how}");
        assert!(expected.iter().any(|(found, _)| *found == name), "{how}: {expected:?}");
    }
    check(folder.path(), &expected);
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
