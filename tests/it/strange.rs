//! Builds that nobody meant: whatever is in a folder of artifacts, the campaign and the gate end with an exit code of theirs
//! and, where they refuse, with a sentence.

use std::{fs, path::Path, process::Output};

use proptest::{
    prelude::*,
    sample::{Index, select},
    test_runner::{Config, TestRunner},
};
use serde_json::{Value, json};

use crate::support::{code, root, slashproof, stderr, stdout};

/// A copy of the bundled redistribution release as of another build: the last byte, which no code reaches, is another.
fn copy(folder: &Path) {
    fs::create_dir_all(folder).unwrap();
    for file in crate::support::files(&root().join("contracts/artifacts/redistribution")) {
        let mut artifact: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
        let code = artifact["bytecode"].as_str().unwrap();
        artifact["bytecode"] = format!("{}ff", &code[..code.len() - 2]).into();
        fs::write(folder.join(file.file_name().unwrap()), artifact.to_string()).unwrap();
    }
}

/// What a file may be that is no artifact, and what is said of it.
fn files() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let whole = fs::read(root().join("contracts/artifacts/redistribution/AllocationManager.json")).unwrap();
    let with_layout = |text: &str| {
        let mut artifact: Value = serde_json::from_slice(&whole).unwrap();
        artifact["storageLayout"]["storage"][0]["slot"] = text.into();
        artifact.to_string().into_bytes()
    };
    let with_code = |code: &str| {
        let mut artifact: Value = serde_json::from_slice(&whole).unwrap();
        artifact["bytecode"] = code.into();
        artifact.to_string().into_bytes()
    };
    vec![
        ("nothing", Vec::new(), "this is no artifact"),
        ("half a file", whole[..whole.len() / 2].to_vec(), "this is no artifact"),
        ("no text", vec![0xff, 0xfe, 0x00, 0x80], "is no text"),
        ("another thing", b"[1, 2, 3]".to_vec(), "this artifact has no \"abi\""),
        ("depth", "[".repeat(100_000).into_bytes(), "this is no artifact"),
        ("an interface", br#"{"abi": [], "bytecode": {"object": "0x"}}"#.to_vec(), "is of no release that is known"),
        ("a negative slot", with_layout("-1"), "cannot read its \"storageLayout\""),
        ("a slot beyond storage", with_layout(&"9".repeat(100)), "cannot read its \"storageLayout\""),
        (
            "code that is not linked",
            with_code("0x73__$aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa$__60"),
            "its bytecode is not linked",
        ),
        ("code that is no code", with_code("0x6g"), "cannot read its \"bytecode\""),
        ("code without an end", with_code("0x5b600056"), "halted: OutOfGas"),
        ("code that makes no contract", with_code("0x00"), "new implementation is not a contract"),
    ]
}

#[test]
fn files_that_are_no_artifacts_are_refused_with_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    copy(&folder.join("new"));
    let release = "redistribution";
    let ways: [&[&str]; 3] = [
        &["run", "--runs", "1", "--artifacts", "new"],
        &["gate", "--runs", "1", "--baseline", "new", "--candidate-release", release],
        &["gate", "--runs", "1", "--baseline-release", release, "--candidate", "new"],
    ];
    for (what, bytes, expected) in files() {
        fs::write(folder.join("new/AllocationManager.json"), bytes).unwrap();
        for arguments in ways {
            let output = slashproof(folder, arguments);
            let said = stderr(&output);
            assert_eq!(code(&output), 2, "{what}: {arguments:?}: {said}{}", stdout(&output));
            assert!(said.contains("error: ") && said.contains(expected), "{what}: {arguments:?}: {said}");
            assert!(said.len() < 1000, "{what}: {arguments:?}: a sentence of {} bytes: {said}", said.len());
        }
    }
}

/// It ends with an exit code of ours, and says why if it refuses.
fn ends_as_it_should(output: &Output) -> Result<(), TestCaseError> {
    let said = stderr(output);
    prop_assert!((0..=3).contains(&code(output)) && !said.contains("panicked"), "{:?}: {}", output.status, said);
    prop_assert!(code(output) != 2 || said.contains("error: "), "{}", said);
    Ok(())
}

/// A place in a file: at every level one of what is there, until the places end.
fn change(value: &mut Value, places: &[Index], into: Option<&Value>) {
    let [place, deeper @ ..] = places else { return };
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            let key = place.get(&fields.keys().cloned().collect::<Vec<_>>()).clone();
            match into {
                None if deeper.is_empty() => drop(fields.remove(&key)),
                Some(into) if deeper.is_empty() => drop(fields.insert(key, into.clone())),
                _ => change(&mut fields[&key], deeper, into),
            }
        }
        Value::Array(items) if !items.is_empty() => {
            let at = place.index(items.len());
            match into {
                None if deeper.is_empty() => drop(items.remove(at)),
                Some(into) if deeper.is_empty() => items[at] = into.clone(),
                _ => change(&mut items[at], deeper, into),
            }
        }
        leaf => *leaf = into.cloned().unwrap_or_default(),
    }
}

/// Contracts whose artifacts are changed.
const NAMES: &[&str] =
    &["AllocationManager", "DelegationManager", "StrategyBase", "EigenPodManager", "PermissionController"];

/// Texts that mean something elsewhere.
const TEXTS: &[&str] =
    &["", "0x", "0xzz", "-1", "t_uint256", "t_mapping(t_address,t_self)", "(((", "tuple", "uint257", "tuple[]"];

/// What stands in a place instead of what belongs there; nothing means that it is gone.
fn instead() -> impl Strategy<Value = Option<Value>> {
    prop_oneof![
        Just(None),
        select(TEXTS).prop_map(|text| Some(json!(text))),
        select(vec![json!(null), json!([]), json!({}), json!(0), json!(-1), json!(1e300), json!(true)]).prop_map(Some),
        any::<u64>().prop_map(|number| Some(json!(number))),
        "\\PC{0,40}".prop_map(|text| Some(json!(text))),
    ]
}

#[test]
fn no_artifact_is_too_strange() {
    let changes = prop::collection::vec((prop::collection::vec(any::<Index>(), 1..8), instead()), 1..4);
    let strategy = (select(NAMES), changes, 0..3_usize);
    let mut runner = TestRunner::new(Config { cases: 100, failure_persistence: None, ..Config::default() });
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let (whole, new) = (folder.join("whole"), folder.join("new"));
    copy(&whole);
    copy(&new);
    let ways: [&[&str]; 3] = [
        &["run", "--runs", "1", "--depth", "10", "--artifacts", "new"],
        &["gate", "--runs", "1", "--depth", "10", "--baseline", "new", "--candidate-release", "redistribution"],
        &["gate", "--runs", "1", "--depth", "10", "--baseline-release", "slashing", "--candidate", "new"],
    ];
    let played = runner.run(&strategy, |(name, changes, way)| {
        let file = format!("{name}.json");
        let mut artifact: Value = serde_json::from_str(&fs::read_to_string(whole.join(&file)).unwrap()).unwrap();
        for (places, into) in &changes {
            change(&mut artifact, places, into.as_ref());
        }
        fs::write(new.join(&file), artifact.to_string()).unwrap();
        let output = slashproof(folder, ways[way]);
        fs::copy(whole.join(&file), new.join(&file)).unwrap();
        ends_as_it_should(&output)
    });
    played.unwrap();
}

/// Contracts whose variables are read.
const READ: &[&str] = &[
    "AllocationManager",
    "DelegationManager",
    "StrategyManager",
    "EigenPodManager",
    "EigenPod",
    "RewardsCoordinator",
    "StrategyBase",
    "PermissionController",
];

/// Where a variable is said to be that is elsewhere.
#[derive(Clone, Copy, Debug)]
enum Elsewhere {
    /// In the slot after its own.
    After,
    /// In the slot before its own.
    Before,
    /// In this slot.
    At(u64),
    /// Where this one is, and this one where it was.
    Instead(Index),
}

impl Elsewhere {
    fn put(self, storage: &mut [Value], moved: usize) {
        let slot = |variable: &Value| variable["slot"].as_str().unwrap().parse::<u64>().unwrap();
        let own = slot(&storage[moved]);
        let new = match self {
            Self::After => own + 1,
            Self::Before => own.saturating_sub(1),
            Self::At(slot) => slot,
            Self::Instead(other) => {
                let other = other.index(storage.len());
                let theirs = slot(&storage[other]);
                storage[other]["slot"] = own.to_string().into();
                theirs
            }
        };
        storage[moved]["slot"] = new.to_string().into();
    }
}

#[test]
fn layouts_that_are_not_true_end_nothing() {
    let elsewhere = prop_oneof![
        Just(Elsewhere::After),
        Just(Elsewhere::Before),
        (0..400_u64).prop_map(Elsewhere::At),
        any::<Index>().prop_map(Elsewhere::Instead),
    ];
    let strategy = (select(READ), any::<Index>(), elsewhere);
    let mut runner = TestRunner::new(Config { cases: 40, failure_persistence: None, ..Config::default() });
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let (whole, new) = (folder.join("whole"), folder.join("new"));
    copy(&whole);
    copy(&new);
    let way = ["run", "--runs", "10", "--depth", "60", "--shrink-run-limit", "10", "--artifacts", "new"];
    let played = runner.run(&strategy, |(name, variable, elsewhere)| {
        let file = format!("{name}.json");
        let mut artifact: Value = serde_json::from_str(&fs::read_to_string(whole.join(&file)).unwrap()).unwrap();
        let storage = artifact["storageLayout"]["storage"].as_array_mut().unwrap();
        let moved = variable.index(storage.len());
        elsewhere.put(storage, moved);
        fs::write(new.join(&file), artifact.to_string()).unwrap();
        let output = slashproof(folder, &way);
        fs::copy(whole.join(&file), new.join(&file)).unwrap();
        ends_as_it_should(&output)
    });
    played.unwrap();
}
