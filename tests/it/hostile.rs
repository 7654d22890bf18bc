//! Bad input ends in a clear sentence and exit code 2, and nothing is lost.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::support::{code, root, slashproof, stderr, stdout};

/// The command fails with exit code 2, prints nothing on standard output, and says all of `expected`.
fn refused(folder: &Path, arguments: &[&str], expected: &[&str]) {
    let output = slashproof(folder, arguments);
    let said = stderr(&output);
    assert_eq!(code(&output), 2, "{arguments:?}: {said}");
    assert_eq!(stdout(&output), "", "{arguments:?}");
    for text in expected {
        assert!(said.contains(text), "{arguments:?} does not say {text:?}:\n{said}");
    }
    assert!(!said.contains("panicked"), "{said}");
}

#[test]
fn options_that_make_no_sense() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    refused(folder, &["run", "--seed", "one"], &["invalid value 'one' for '--seed <N>'"]);
    refused(folder, &["run", "--runs", "0"], &["error: runs is 0", "hint: it can be 1"]);
    refused(folder, &["run", "--depth", "0"], &["error: depth is 0"]);
    refused(folder, &["run", "--workers", "0"], &["error: workers is 0"]);
    refused(folder, &["run", "--colour"], &["unexpected argument '--colour'"]);
    refused(
        folder,
        &["run", "--invariants", "MAG-50"],
        &["there is no invariant \"MAG-50\"", "hint: did you mean MAG-"],
    );
    refused(
        folder,
        &["run", "--actions", "avs.slsh"],
        &["there is no action \"avs.slsh\"", "hint: did you mean avs.slash?"],
    );
    refused(
        folder,
        &["run", "--mutant", "anybody-slash"],
        &["no mutant called", "hint: did you mean anybody-slashes?"],
    );
    refused(folder, &["run", "--mutant", "x", "--artifacts", "y"], &["both a mutant and artifacts are named"]);
    refused(folder, &["explain", "XYZ"], &["there is no invariant \"XYZ\""]);
    refused(folder, &["run", "--config", "none.toml"], &["cannot read the configuration none.toml"]);
}

#[test]
fn configurations_with_typos() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let file = folder.join("slashproof.toml");
    fs::write(&file, "rums = 5\n").unwrap();
    refused(folder, &["run"], &["slashproof.toml: there is no key \"rums\"", "hint: did you mean runs?"]);
    fs::write(&file, "runs = \"many\"\n").unwrap();
    refused(folder, &["run"], &["slashproof.toml: ", "expected u64"]);
    fs::write(&file, "runs = = 5\n").unwrap();
    refused(folder, &["run"], &["slashproof.toml: TOML parse error at line 1"]);
    fs::write(&file, "runs = 5\ndepth = 7\n").unwrap();
    let output = slashproof(folder, &["run", "--runs", "2", "--json"]);
    let report = crate::support::json(&output);
    assert_eq!((report["runs"].as_u64(), report["depth"].as_u64()), (Some(2), Some(7)), "flags win over the file");
}

#[test]
fn environment_variables_with_typos() {
    let folder = tempfile::tempdir().unwrap();
    let run = |name: &str, value: &str| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_slashproof"));
        command.current_dir(folder.path()).args(["run", "--runs", "1", "--json"]).env(name, value).output().unwrap()
    };
    let output = run("SLASHPROOF_DEPHT", "3");
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("SLASHPROOF_DEPHT: there is no key \"depht\"\nhint: did you mean depth?"));
    let output = run("SLASHPROOF_DEPTH", "3");
    assert_eq!(crate::support::json(&output)["depth"], 3);
}

#[test]
fn artifacts_that_are_none() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    refused(folder, &["run", "--artifacts", "nowhere"], &["nowhere is no folder"]);
    fs::create_dir(folder.join("out-of-another-project")).unwrap();
    refused(
        folder,
        &["run", "--artifacts", "out-of-another-project"],
        &["has no artifact of AllocationManager", "hint: expected AllocationManager.json"],
    );
    let copy = folder.join("copy");
    copy_release(&copy);
    let file = copy.join("DelegationManager.json");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, &text[..text.len() / 2]).unwrap();
    refused(folder, &["run", "--artifacts", "copy"], &["DelegationManager.json: this is no artifact", "hint: "]);
    fs::write(&file, text.replace("\"label\": \"operatorShares\"", "\"label\": \"sharesOfOperators\"")).unwrap();
    refused(folder, &["run", "--artifacts", "copy"], &["no variable \"operatorShares\""]);
    // Bytecode that is broken is no longer ours to parse, but it does not deploy.
    fs::write(&file, text.replacen("\"bytecode\": \"0x6", "\"bytecode\": \"0xfe", 1)).unwrap();
    refused(folder, &["run", "--artifacts", "copy"], &["cannot read its \"bytecode\""]);
    fs::write(&file, text.replacen("\"bytecode\": \"0x61", "\"bytecode\": \"0xfe", 1)).unwrap();
    refused(folder, &["run", "--artifacts", "copy"], &["the protocol does not deploy: creating delegationManager"]);
}

fn copy_release(to: &Path) {
    fs::create_dir(to).unwrap();
    for file in crate::support::files(&root().join("contracts/artifacts/redistribution")) {
        fs::copy(&file, to.join(file.file_name().unwrap())).unwrap();
    }
}

#[test]
fn folders_of_other_projects_and_unlinked_code() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    // A Foundry project of somebody else.
    let other = folder.join("other/out/Counter.sol");
    fs::create_dir_all(&other).unwrap();
    fs::write(folder.join("other/foundry.toml"), "[profile.default]\n").unwrap();
    fs::write(other.join("Counter.json"), r#"{"abi":[],"bytecode":{"object":"0x6000"}}"#).unwrap();
    refused(folder, &["run", "--artifacts", "other"], &["other/out has no artifact of AllocationManager", "hint: "]);
    refused(folder, &["doctor", "--artifacts", "other/out"], &["has no artifact of AllocationManager"]);
    // Something else of that name.
    let copy = folder.join("copy");
    copy_release(&copy);
    let file = copy.join("AllocationManager.json");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replace("\"slashOperator\"", "\"punishOperator\"")).unwrap();
    refused(folder, &["run", "--artifacts", "copy"], &["its AllocationManager has no slashOperator", "hint: "]);
    // A library that nobody built, and one that nobody names.
    let library = "__$0123456789abcdef0123456789abcdef01$__";
    let unlinked = text.replacen("\"bytecode\": \"0x", &format!("\"bytecode\": \"0x73{library}"), 1);
    fs::write(&file, &unlinked).unwrap();
    refused(folder, &["run", "--artifacts", "copy"], &["AllocationManager.json: its bytecode is not linked", "hint: "]);
    let references = r#""linkReferences": {"src/L.sol": {"L": [{"start": 1, "length": 20}]}}, "bytecode""#;
    fs::write(&file, unlinked.replacen("\"bytecode\"", references, 1)).unwrap();
    refused(folder, &["run", "--artifacts", "copy"], &["has no artifact of L", "hint: a contract is linked with"]);
}

#[test]
fn contracts_that_stand_twice_or_elsewhere() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let copy = folder.join("copy");
    copy_release(&copy);
    let play = ["run", "--runs", "5", "--seed", "1", "--artifacts", "copy", "--json"];
    let before = crate::support::json(&slashproof(folder, &play));
    for place in ["new/AllocationManager.sol", "old/AllocationManager.sol"] {
        fs::create_dir_all(copy.join(place)).unwrap();
        fs::copy(copy.join("AllocationManager.json"), copy.join(place).join("AllocationManager.json")).unwrap();
    }
    fs::remove_file(copy.join("AllocationManager.json")).unwrap();
    refused(folder, &play, &["copy has two artifacts of AllocationManager", "hint: say which: AllocationManager = "]);
    let named = |names: &str| fs::write(folder.join("slashproof.toml"), format!("[contracts]\n{names}\n")).unwrap();
    named("AllocationManager = \"new/AllocationManager.sol/AllocationManager.json\"");
    let mut after = crate::support::json(&slashproof(folder, &play));
    after["artifacts"].clone_from(&before["artifacts"]);
    assert_eq!(before, after);
    named("AllocationManager = \"nowhere.json\"");
    refused(folder, &play, &["copy has no artifact of AllocationManager"]);
    named("AlocationManager = \"X\"");
    refused(folder, &play, &["there is no contract \"AlocationManager\"", "hint: did you mean AllocationManager?"]);
}

#[test]
fn artifacts_without_layouts_play_like_those_with() {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("copy");
    copy_release(&copy);
    let run = || {
        let play = ["run", "--runs", "20", "--seed", "2", "--json", "--artifacts", "copy"];
        let mut report = crate::support::json(&slashproof(folder.path(), &play));
        report["artifacts"].take();
        report
    };
    let told = run();
    for file in crate::support::files(&copy) {
        let text = fs::read_to_string(&file).unwrap();
        fs::write(&file, text.replace("\"storageLayout\"", "\"otherLayout\"")).unwrap();
    }
    assert_eq!(run(), told);
}

/// A fork whose constructor wants something of its own.
#[test]
fn arguments_that_nobody_here_knows_are_given() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    copy_release(&folder.join("fork"));
    let file = folder.join("fork/StrategyFactory.json");
    let mut artifact: serde_json::Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
    let items = artifact["abi"].as_array_mut().unwrap();
    let constructor = items.iter_mut().find(|item| item["type"] == "constructor").unwrap();
    let oracle = serde_json::json!({ "name": "_oracle", "type": "address", "internalType": "contract IOracle" });
    constructor["inputs"].as_array_mut().unwrap().push(oracle);
    fs::write(&file, artifact.to_string()).unwrap();
    let play = ["run", "--runs", "5", "--seed", "1", "--artifacts", "fork", "--json"];
    let unknown = "the constructor of StrategyFactory: it wants \"_oracle\", a contract IOracle";
    refused(folder, &play, &[unknown, "below [arguments] in slashproof.toml: StrategyFactory = { oracle = \"...\" }"]);
    let given = |text: &str| fs::write(folder.join("slashproof.toml"), format!("[arguments]\n{text}\n")).unwrap();
    given("StrategyFactory = { oracle = 7 }");
    refused(folder, &play, &["\"7\", given for \"_oracle\", is no contract IOracle"]);
    given("StrategyFactroy = { oracle = \"initialOwner\" }");
    refused(folder, &play, &["there is no contract \"StrategyFactroy\"", "did you mean StrategyFactory?"]);
    given("StrategyFactory = { delegationManager = 7, oracle = \"initialOwner\" }");
    assert_eq!(crate::support::json(&slashproof(folder, &play))["verdict"], "inconclusive");
    // Of the two builds of an upgrade, the older one wants nothing.
    let gate = ["gate", "--judge", "upgrade", "--runs", "2", "--baseline-release", "slashing", "--candidate", "fork"];
    let output = slashproof(folder, &gate);
    assert!(stdout(&output).contains("upgrade in the middle of life: 2 runs"), "{}", stderr(&output));
}

/// What a fork calls its contracts goes with its findings, also to another build of it.
#[test]
fn a_finding_of_a_fork_is_replayed_on_its_next_build() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let (old, new) = (folder.join("old"), folder.join("new"));
    copy_release(&old);
    copy_release(&new);
    for copy in [&old, &new] {
        fs::rename(copy.join("AllocationManager.json"), copy.join("ForkedManager.json")).unwrap();
    }
    let read = |path: PathBuf| serde_json::from_str::<serde_json::Value>(&fs::read_to_string(path).unwrap()).unwrap();
    let bug = read(root().join("contracts/artifacts/mutants/slash-rounds-down.json"));
    let mut forked = read(old.join("ForkedManager.json"));
    forked["bytecode"].clone_from(&bug["contracts"]["AllocationManager"]["bytecode"]);
    fs::write(old.join("ForkedManager.json"), forked.to_string()).unwrap();
    fs::write(folder.join("slashproof.toml"), "[contracts]\nAllocationManager = \"ForkedManager\"\n").unwrap();
    let output = slashproof(
        folder,
        &["run", "--artifacts", "old", "--fail-fast", "--runs", "64", "--seed", "1", "--out", "out"],
    );
    assert_eq!(code(&output), 1, "{}", stderr(&output));
    fs::remove_file(folder.join("slashproof.toml")).unwrap();
    let found = crate::support::files(&folder.join("out/findings"));
    let found = found.iter().find(|file| file.extension().is_some_and(|it| it == "json")).unwrap();
    for (build, expected) in [("old", 1), ("new", 0)] {
        let output = slashproof(folder, &["replay", found.to_str().unwrap(), "--artifacts", build]);
        assert_eq!(code(&output), expected, "{build}: {}{}", stdout(&output), stderr(&output));
    }
}

#[test]
fn a_copy_of_the_release_plays_like_the_release() {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("copy");
    copy_release(&copy);
    let run = |arguments: &[&str]| {
        let common = ["run", "--runs", "20", "--seed", "2", "--json", "--out", "out"];
        let mut report = crate::support::json(&slashproof(folder.path(), &[&common, arguments].concat()));
        report["artifacts"].take();
        report
    };
    assert_eq!(run(&["--artifacts", "copy"]), run(&[]));
}

#[test]
fn a_damaged_corpus_is_told_and_kept_and_the_rest_is_played() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let first = slashproof(folder, &["run", "--runs", "64", "--corpus-dir", "corpus", "--out", "out"]);
    assert!([0, 3].contains(&code(&first)));
    let good = crate::support::files(&folder.join("corpus")).len();
    let noise: Vec<u8> = (0..200u8).map(|byte| byte.wrapping_mul(37)).collect();
    fs::write(folder.join("corpus/0-noise.json"), &noise).unwrap();
    fs::write(folder.join("corpus/1-foreign.json"), "{\"calls\": []}").unwrap();
    fs::write(
        folder.join("corpus/2-future.json"),
        "{\"kind\": \"slashproof corpus entry\", \"format\": 99, \"calls\": []}",
    )
    .unwrap();
    fs::write(
        folder.join("corpus/3-typo.json"),
        "{\"kind\": \"slashproof corpus entry\", \"format\": 1, \"calls\": [{\"action\": \"staker.deposits\", \"actor\": \"staker A\"}]}",
    )
    .unwrap();
    let output = slashproof(folder, &["run", "--runs", "64", "--corpus-dir", "corpus", "--out", "out", "--json"]);
    let said = stderr(&output);
    assert_eq!(code(&output), 2, "{said}");
    for expected in [
        "0-noise.json: this is no JSON",
        "1-foreign.json: this is no slashproof corpus entry",
        "2-future.json: it has format 99, and 1 is what is read here",
        "3-typo.json: call 1: there is no action called \"staker.deposits\"\nhint: did you mean staker.deposit?",
        "4 files of the corpus could not be read; they are left where they are",
    ] {
        assert!(said.contains(expected), "{expected} is not in\n{said}");
    }
    assert_eq!(crate::support::json(&output)["replayed"], good);
    assert_eq!(fs::read(folder.join("corpus/0-noise.json")).unwrap(), noise);
}

#[test]
fn output_that_cannot_be_written() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    // Not even the superuser makes a folder inside a file.
    fs::write(folder.join("file"), "").unwrap();
    refused(folder, &["run", "--out", "file"], &["cannot create the folder", "hint: name another with --out"]);
    refused(folder, &["run", "--out", "file/inside"], &["cannot create the folder"]);
    #[cfg(target_os = "linux")]
    refused(folder, &["run", "--out", "/proc/slashproof"], &["cannot create the folder"]);
}

#[test]
fn findings_that_are_none() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    refused(folder, &["replay", "nothing.json"], &["nothing.json: cannot be read"]);
    fs::write(folder.join("noise.json"), [0xff, 0xfe, 0x00]).unwrap();
    refused(folder, &["replay", "noise.json"], &["noise.json: this is no JSON"]);
    fs::write(folder.join("other.json"), "{}").unwrap();
    refused(folder, &["replay", "other.json"], &["other.json: this is no slashproof finding", "hint: "]);
    fs::write(folder.join("half.json"), "{\"kind\": \"slashproof finding\", \"format\": 1}").unwrap();
    refused(folder, &["replay", "half.json"], &["half.json: a finding has a \"origin\", and this has none"]);
    refused(folder, &["shrink", "half.json"], &["half.json: "]);
}
