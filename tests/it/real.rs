//! EigenLayer's own bytecode, of the slashing release: cargo obtains the crate that carries it, and what is read of it
//! stays below `target/`. Its licence is not ours, so that nothing of it is in the repository.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

use serde_json::{Value, json};
use slashproof::{
    artifact::Artifacts,
    executor::Executor,
    protocol::{Protocol, eigenlayer::EigenLayer},
    trial, worlds,
};

use crate::support::{code, json as parsed, options, play, slashproof, stdout, wander};

/// The crate, and the module of each contract in it.
const CRATE: (&str, &str) = ("eigen-utils", "2.0.0");
const CONTRACTS: [(&str, &str); 5] = [
    ("AllocationManager", "allocation_manager"),
    ("DelegationManager", "delegation_manager"),
    ("StrategyManager", "strategy_manager"),
    ("EigenPodManager", "eigen_pod_manager"),
    ("PermissionController", "permission_controller"),
];

/// The folder of its artifacts, written once.
fn eigenlayer() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let sources = obtained().join("src/slashing/core");
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("eigenlayer-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("target/ is writable");
        for (contract, module) in CONTRACTS {
            let path = sources.join(format!("{module}.rs"));
            let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            let artifact =
                json!({ "abi": abi_in(&text), "bytecode": alloy_primitives::hex::encode_prefixed(bytecode_in(&text)) });
            fs::write(folder.join(format!("{contract}.json")), artifact.to_string()).expect("target/ is writable");
        }
        folder
    })
}

/// Where cargo unpacked the crate. If it is not there yet, cargo is asked about it, which downloads it and nothing else.
fn obtained() -> PathBuf {
    let (name, version) = CRATE;
    let find = || unpacked(&format!("{name}-{version}"));
    find().unwrap_or_else(|| {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let asked = Command::new(cargo).args(["info", "--quiet", &format!("{name}@{version}")]).output();
        let said = asked.map_or_else(|error| error.to_string(), |it| String::from_utf8_lossy(&it.stderr).into_owned());
        find().unwrap_or_else(|| {
            panic!("cargo cannot obtain {name} {version}, which carries EigenLayer's bytecode: {said}")
        })
    })
}

fn unpacked(package: &str) -> Option<PathBuf> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cargo")))?;
    let registries = fs::read_dir(home.join("registry/src")).ok()?;
    registries.flatten().map(|registry| registry.path().join(package)).find(|path| path.join(".cargo-ok").is_file())
}

/// The ABI, which a comment of the bindings has as JSON.
fn abi_in(text: &str) -> Value {
    let begin = text.find("```json\n").expect("the ABI is in a comment") + "```json\n".len();
    let length = text[begin..].find("\n```").expect("the comment ends");
    serde_json::from_str(&text[begin..begin + length]).expect("it is JSON")
}

/// The creation code, which the bindings have as a byte string.
fn bytecode_in(text: &str) -> Vec<u8> {
    let constant = text.find(" BYTECODE:").expect("the bindings carry bytecode");
    let begin = constant + text[constant..].find("b\"").expect("it is a byte string") + 2;
    let mut letters = text[begin..].bytes();
    let mut code = Vec::new();
    loop {
        match letters.next().expect("the byte string ends") {
            b'"' => return code,
            b'\\' => code.push(unescaped(&mut letters)),
            byte => code.push(byte),
        }
    }
}

fn unescaped(letters: &mut impl Iterator<Item = u8>) -> u8 {
    let digit = |letter: Option<u8>| {
        let digit = char::from(letter.expect("a digit")).to_digit(16).expect("a digit");
        u8::try_from(digit).expect("it is below sixteen")
    };
    match letters.next().expect("what is escaped") {
        b'0' => 0,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'x' => 16 * digit(letters.next()) + digit(letters.next()),
        other => other,
    }
}

/// The same with the rest of the release from us, in a world.
pub fn deployed(world: &str) -> EigenLayer {
    let artifacts = Artifacts::from_folder(eigenlayer(), "slashing").expect("the crate has the release");
    EigenLayer::in_world(artifacts, worlds::find(world).expect("it exists")).expect("it is complete")
}

#[test]
fn eigenlayers_own_bytecode_holds_and_goes_in_lockstep_with_the_model() {
    for (world, runs) in [("standard", 120), ("registrars", 40), ("decimals", 40)] {
        let protocol = deployed(world);
        let summary = play(&protocol, &options(5, runs));
        let found: Vec<_> = summary.violations.iter().map(|violation| &violation.sentence).collect();
        assert!(found.is_empty(), "{world}: {found:#?}");
        assert!(summary.predictions.made * 100 >= summary.calls * 99, "{world}: {:?}", summary.predictions);
        let slashes = summary.actions.iter().zip(protocol.actions()).find(|(_, info)| info.name == "avs.slash");
        assert!(slashes.expect("it is there").0.succeeded > 0, "{world}: nothing was slashed");
    }
}

#[test]
fn what_it_answers_is_what_its_storage_says() {
    let protocol = deployed("standard");
    let mut silent: Vec<&str> = CONTRACTS.iter().map(|(contract, _)| *contract).collect();
    silent.sort_unstable();
    let mut supposed: Vec<&str> = protocol.artifacts().supposed.iter().map(String::as_str).collect();
    supposed.sort_unstable();
    assert_eq!(supposed, silent);
    trial::hold(&protocol).expect("its storage is as the slashing release has it");
}

/// Something that is wrong in a ledger.
type Change = fn(&mut slashproof::ledger::Ledger);

#[test]
fn a_ledger_that_is_not_what_the_contracts_say_is_noticed() {
    let protocol = deployed("standard");
    let mut executor = Executor::deploy(&protocol).expect("it deploys");
    wander(&mut executor, 3, 120, |_| {});
    executor.confirm().expect("it is what they say");
    let ledger = executor.ledger().clone();
    let changes: [Change; 8] = [
        |ledger| ledger.operators[0].stakes[0].shares += alloy_primitives::U256::ONE,
        |ledger| ledger.operators[0].registered_sets.push(ledger.sets[0].id),
        |ledger| ledger.operators[1].allocations[0][0].current ^= 1,
        |ledger| ledger.sets[0].exists = false,
        |ledger| ledger.stakers[0].withdrawals_queued += 1,
        |ledger| ledger.stakers[0].holdings[0].stored_factor = alloy_primitives::U256::from(5),
        |ledger| ledger.strategies[0].total_shares += alloy_primitives::U256::ONE,
        |ledger| ledger.control.whitelister = alloy_primitives::Address::repeat_byte(9),
    ];
    for (number, change) in changes.into_iter().enumerate() {
        let mut wrong = ledger.clone();
        change(&mut wrong);
        let told = protocol.confirm(executor.world_mut(), &wrong).expect_err(&format!("change {number}")).to_string();
        assert!(told.contains("does not keep its storage as the slashing release does"), "{number}: {told}");
        assert!(told.contains("hint: what "), "{number}: {told}");
    }
}

#[test]
fn the_command_recognizes_it_and_says_what_is_absent() {
    let folder = tempfile::tempdir().expect("a folder");
    let artifacts = eigenlayer().to_str().expect("text");
    let output = slashproof(folder.path(), &["doctor", "--artifacts", artifacts, "--json"]);
    assert_eq!(code(&output), 0, "{}", stdout(&output));
    let told = parsed(&output);
    assert_eq!(told["release"], "slashing");
    let row = |name: &str| {
        let rows = told["contracts"].as_array().expect("a list");
        rows.iter().find(|row| row["name"] == name).unwrap_or_else(|| panic!("{name} is told of")).clone()
    };
    assert_eq!(row("AllocationManager")["from"], "the artifacts");
    assert_eq!(row("StrategyBase")["from"], "the binary");
    let absent = told["absent_actions"].as_array().expect("a list");
    for name in ["anybody.clear_slash", "reporter.report_loss"] {
        assert!(absent.contains(&name.into()), "{name} is not there: {absent:?}");
    }
    let lacks = |id: &str| told["not_judged"].as_array().expect("a list").iter().any(|row| row["id"] == id);
    assert!(lacks("RED-04") && !lacks("BRN-01"));
    let run = slashproof(folder.path(), &["run", "--artifacts", artifacts, "--runs", "20", "--seed", "1", "--json"]);
    assert_eq!(parsed(&run)["release"], "slashing");
    assert_ne!(code(&run), 2);
}
