//! The gate's judgements that play: the upgrade that comes along passes, bad ones fail by the judgement that should catch
//! them.

use std::{fs, path::Path, sync::atomic::AtomicBool};

use serde_json::Value;
use slashproof::{
    artifact::{Artifacts, Source},
    gate::{
        Gate, Judgement, Options, Verdict, behaviour::Change, divergence::Kind, expect::Expectations, judge,
        regressions::Legacy, upgrade::rule_of, work::Budget,
    },
    worlds,
};

use crate::support::{files, root};

/// How an upgrade is judged here: with few runs, and examples as they were found.
struct Trial<'t> {
    judgements: &'t [Judgement],
    expectations: &'t Expectations,
    seed: u64,
    runs: u64,
    workers: usize,
}

impl Trial<'_> {
    fn judge(&self, baseline: &Artifacts, candidate: &Artifacts) -> Gate {
        let expired = AtomicBool::new(false);
        let Self { judgements, expectations, seed, runs, workers } = *self;
        let budget = Budget { seed, runs, shrink_run_limit: 0, workers, expired: &expired };
        let legacy = Legacy::default();
        let world = &worlds::STANDARD;
        let options = Options { judgements, expectations, world, budget, halfway: &expired, legacy };
        judge(baseline, candidate, options).expect("it can be judged")
    }
}

fn released(name: &str) -> Artifacts {
    Artifacts::of_release(name).expect("it is bundled")
}

fn along() -> Expectations {
    Expectations::bundled("slashing", "redistribution").expect("they come along")
}

#[test]
fn the_bundled_upgrade_passes_at_every_seed() {
    let expectations = &along();
    let judgements = &[Judgement::Layout, Judgement::Upgrade, Judgement::Behaviour];
    for seed in 1..=10 {
        let trial = Trial { judgements, expectations, seed, runs: 40, workers: 2 };
        let gate = trial.judge(&released("slashing"), &released("redistribution"));
        let undeclared: Vec<_> = gate.groups().filter(|group| group.expected.is_none()).collect();
        // So few runs may leave a function out.
        let missed = undeclared.iter().all(|group| group.key.kind == Kind::Unreached);
        assert!(missed, "seed {seed}: {undeclared:#?}");
        let upgraded = gate.upgrade.expect("it was judged");
        assert_eq!((upgraded.verdict, upgraded.runs, upgraded.runs_left_out), (Verdict::Pass, 40, 0));
        // What is built the same, and given the same, is there already.
        assert_eq!(upgraded.switched.len(), 12, "{:?}", upgraded.switched);
    }
}

#[test]
fn workers_change_nothing() {
    let judgements = &[Judgement::Upgrade, Judgement::Behaviour];
    let once = |workers| {
        let trial = Trial { judgements, expectations: &Expectations::none(), seed: 5, runs: 40, workers };
        let gate = trial.judge(&released("slashing"), &released("redistribution"));
        serde_json::to_string(&gate).expect("a report is written")
    };
    assert_eq!(once(1), once(2));
}

/// The rules that an upgrade of the bundled release to `candidate` breaks, when it is carried out in the middle of life.
fn broken(candidate: &Artifacts, runs: u64) -> Vec<&'static str> {
    let expectations = &Expectations::none();
    let trial = Trial { judgements: &[Judgement::Upgrade], expectations, seed: 1, runs, workers: 2 };
    let gate = trial.judge(&released("redistribution"), candidate);
    let groups = &gate.upgrade.as_ref().expect("it was judged").groups;
    assert_eq!(gate.verdict == Verdict::Fail, !groups.is_empty());
    groups.iter().map(|group| rule_of(&group.key).id).collect()
}

/// How an upgrade of the bundled release to a bad one behaves otherwise, each as action, kind and condition.
fn otherwise(mutant: &str, runs: u64) -> Vec<String> {
    let expectations = &Expectations::none();
    let trial = Trial { judgements: &[Judgement::Behaviour], expectations, seed: 1, runs, workers: 2 };
    let candidate = Artifacts::mutant(mutant).expect("it is a mutant");
    let gate = trial.judge(&released("redistribution"), &candidate);
    let undeclared = gate.groups().filter(|group| group.key.kind != Kind::Unreached);
    undeclared.map(|group| format!("{}, {}, {}", group.key.action, group.key.kind, group.key.condition)).collect()
}

/// Bad candidates that break an invariant of life after the upgrade.
const BREAK_LIFE: &[&str] = &["slash-rounds-down", "slash-keeps-encumbered", "anybody-completes"];

#[test]
fn code_that_breaks_an_invariant_fails_after_the_upgrade() {
    for mutant in BREAK_LIFE {
        let rules = broken(&Artifacts::mutant(mutant).expect("it is a mutant"), 64);
        assert!(rules.contains(&"UPG-07"), "{mutant}: {rules:?}");
    }
}

#[test]
fn what_can_be_initialized_again_fails() {
    let rules = broken(&Artifacts::mutant("initialized-again").expect("it is a mutant"), 1);
    assert!(rules.contains(&"UPG-04"), "{rules:?}");
}

#[test]
fn what_initializes_once_more_is_given_what_is_there() {
    let second = |artifact: &mut Value| artifact["declarations"]["initializers"]["initialize"] = 2.into();
    let candidate = rebuilt("initialized-again", |folder| edit(&folder.join("StrategyManager.json"), second));
    // The upgrade sets owner, whitelister and switches to what they are. That anybody can do so after it is the bug.
    assert_eq!(broken(&candidate, 64), ["UPG-04"]);
}

#[test]
fn what_an_upgrade_calls_itself_is_called() {
    let judgements = &[Judgement::Upgrade, Judgement::Behaviour];
    let trial = Trial { judgements, expectations: &Expectations::none(), seed: 1, runs: 3, workers: 1 };
    let candidate = Artifacts::mutant("initialized-again").expect("it is a mutant");
    let behaviour = trial.judge(&released("redistribution"), &candidate).behaviour.expect("it was judged");
    let initialize = behaviour.functions.iter().find(|row| row.function.name == "StrategyManager.initialize");
    assert!(initialize.is_some_and(|row| row.calls >= 3), "a stranger tries it in each upgrade: {initialize:?}");
}

/// The bundled release with the code of a mutant, and with artifacts changed in their folder.
fn rebuilt(mutant: &str, change: impl FnOnce(&Path)) -> Artifacts {
    let folder = tempfile::tempdir().expect("a folder");
    for file in files(&root().join("contracts/artifacts/redistribution")) {
        fs::copy(&file, folder.path().join(file.file_name().expect("a name"))).expect("a copy");
    }
    change(folder.path());
    let mutant = root().join(format!("contracts/artifacts/mutants/{mutant}.json"));
    let mutant: Value = serde_json::from_str(&fs::read_to_string(mutant).expect("a file")).expect("JSON");
    for (name, code) in mutant["contracts"].as_object().expect("contracts") {
        edit(&folder.path().join(format!("{name}.json")), |artifact| artifact["bytecode"] = code["bytecode"].clone());
    }
    Artifacts::load(&Source::Folder(folder.path().to_owned()), "redistribution").expect("a release")
}

/// The bundled release as it would be if somebody had moved variables without moving what proxies keep: only the layouts
/// say so, and one contract has other code, or it would be the same build.
fn misplaced(contract: &str, moves: &[(&str, u64)]) -> Artifacts {
    let change = |artifact: &mut Value| {
        for variable in artifact["storageLayout"]["storage"].as_array_mut().expect("a layout") {
            let to = moves.iter().find(|(label, _)| variable["label"] == *label);
            if let Some((_, slot)) = to {
                variable["slot"] = slot.to_string().into();
            }
        }
    };
    rebuilt("wrong-error-for-the-order", |folder| edit(&folder.join(format!("{contract}.json")), change))
}

fn edit(path: &Path, how: impl FnOnce(&mut Value)) {
    let mut artifact: Value = serde_json::from_str(&fs::read_to_string(path).expect("a file")).expect("JSON");
    how(&mut artifact);
    fs::write(path, artifact.to_string()).expect("it is written");
}

/// Variables with the slots that they are looked for in.
type Moves = &'static [(&'static str, u64)];

/// Variables that are looked for where they are not, and the rule that what everybody has breaks by it.
const MISPLACED: &[(&str, Moves, &str)] = &[
    ("StrategyManager", &[("strategyWhitelister", 51), ("_owner", 203)], "UPG-03"),
    ("StrategyManager", &[("strategyWhitelister", 240)], "UPG-03"),
    ("StrategyManager", &[("stakerDepositShares", 240)], "UPG-01"),
    ("StrategyManager", &[("_pendingSlashIds", 240)], "UPG-02"),
    ("StrategyManager", &[("_burnOrRedistributableShares", 240)], "UPG-02"),
    ("DelegationManager", &[("operatorShares", 240)], "UPG-01"),
    ("DelegationManager", &[("pendingWithdrawals", 240)], "UPG-02"),
    ("DelegationManager", &[("_stakerQueuedWithdrawalRoots", 240)], "UPG-02"),
    ("AllocationManager", &[("_allocationDelayInfo", 240)], "UPG-02"),
    ("AllocationManager", &[("encumberedMagnitude", 240)], "UPG-01"),
    ("AllocationManager", &[("_redistributionRecipients", 240)], "UPG-03"),
];

#[test]
fn what_is_looked_for_elsewhere_fails_while_contracts_are_upgraded() {
    for (contract, moves, rule) in MISPLACED {
        let rules = broken(&misplaced(contract, moves), 24);
        assert!(rules.contains(rule), "{contract} {moves:?}: {rules:?}");
    }
}

/// Bad candidates that do something else: the mutant, and what is told of it.
const DO_ELSE: &[(&str, &str, u64)] = &[
    ("operator-shares-rounded-down", "avs.slash, ledger, operator shares", 64),
    ("allocation-a-block-late", "operator.allocate, ledger, allocation", 32),
    ("deallocation-at-once", "ledger", 64),
    ("anybody-slashes", "success", 64),
    ("wrong-error-for-the-order", "error", 200),
    ("clearing-tells-nothing", "output", 100),
    ("slash-tells-the-next-id", "output", 64),
    ("withdrawable-told-unslashed", "output", 200),
];

#[test]
fn what_does_something_else_fails_in_lockstep() {
    for (mutant, expected, runs) in DO_ELSE {
        let told = otherwise(mutant, *runs);
        assert!(told.iter().any(|divergence| divergence.contains(expected)), "{mutant}: {told:?}");
    }
}

#[test]
fn changed_functions_are_counted_and_gas_is_measured() {
    let expectations = &Expectations::none();
    let trial = Trial { judgements: &[Judgement::Behaviour], expectations, seed: 1, runs: 16, workers: 1 };
    let candidate = Artifacts::mutant("slash-rounds-down").expect("it is a mutant");
    let behaviour = trial.judge(&released("redistribution"), &candidate).behaviour.expect("it was judged");
    let slash = behaviour.functions.iter().find(|row| row.function.name == "AllocationManager.slashOperator");
    let slash = slash.expect("it changed");
    assert!(slash.function.change == Change::Changed && slash.calls > 0);
    assert!(behaviour.functions.iter().all(|row| row.function.name.starts_with("AllocationManager.")));
    assert!(behaviour.gas.iter().any(|row| row.action == "staker.deposit" && row.baseline == row.candidate));
}
