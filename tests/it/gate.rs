//! `slashproof gate`: its exit codes, and what it says of bad input.

use std::{fs, path::Path};

use serde_json::{Value, json};

use crate::support::{code, files, json as json_of, root, slashproof, stderr, stdout};

/// A copy of the bundled artifacts of a release.
fn copy(release: &str, folder: &Path) {
    fs::create_dir_all(folder).unwrap();
    for file in files(&root().join("contracts/artifacts").join(release)) {
        fs::copy(&file, folder.join(file.file_name().unwrap())).unwrap();
    }
}

/// Changes an artifact of a folder. Its code changes too, as that of another build.
fn change(folder: &Path, contract: &str, how: impl Fn(&mut Value)) {
    let path = folder.join(format!("{contract}.json"));
    let mut artifact: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    let code = format!("{}00", artifact["bytecode"].as_str().unwrap());
    artifact["bytecode"] = code.into();
    how(&mut artifact);
    fs::write(path, artifact.to_string()).unwrap();
}

/// Judges the upgrade from the bundled release to a copy of it that is changed.
fn changed(contract: &str, how: impl Fn(&mut Value)) -> std::process::Output {
    let folder = tempfile::tempdir().unwrap();
    copy("redistribution", &folder.path().join("new"));
    change(&folder.path().join("new"), contract, how);
    slashproof(
        folder.path(),
        &["gate", "--judge", "layout", "--baseline-release", "redistribution", "--candidate", "new"],
    )
}

fn variable<'a>(artifact: &'a mut Value, label: &str) -> &'a mut Value {
    let storage = artifact["storageLayout"]["storage"].as_array_mut().unwrap();
    storage.iter_mut().find(|variable| variable["label"] == label).unwrap()
}

fn run(arguments: &[&str]) -> std::process::Output {
    let folder = tempfile::tempdir().unwrap();
    slashproof(folder.path(), &[&["gate"], arguments].concat())
}

const UPGRADE: &[&str] =
    &["--judge", "layout", "--baseline-release", "slashing", "--candidate-release", "redistribution"];

#[test]
fn the_bundled_upgrade_passes() {
    let output = run(UPGRADE);
    assert_eq!(code(&output), 0, "{}", stdout(&output));
    assert!(stdout(&output).ends_with("-> pass: proxies find what they kept\n"));
}

#[test]
fn what_builds_are_releases_of_is_seen() {
    let folder = tempfile::tempdir().unwrap();
    copy("slashing", &folder.path().join("old"));
    copy("redistribution", &folder.path().join("new"));
    let arguments = ["gate", "--judge", "layout", "--baseline", "old", "--candidate", "new", "--json"];
    let report = json_of(&slashproof(folder.path(), &arguments));
    assert_eq!(report["baseline"]["release"], "slashing");
    assert_eq!(report["candidate"]["release"], "redistribution");
}

#[test]
fn contracts_of_a_build_may_have_names_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = (folder.path().join("old"), folder.path().join("new"));
    copy("slashing", &old);
    copy("redistribution", &new);
    fs::rename(new.join("AllocationManager.json"), new.join("ForkedManager.json")).unwrap();
    let arguments = ["gate", "--judge", "layout", "--baseline", "old", "--candidate", "new", "--json"];
    let gate = || slashproof(folder.path(), &arguments);
    let output = gate();
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("AllocationManager"), "{}", stderr(&output));
    let names =
        |names: &str| fs::write(folder.path().join("slashproof.toml"), format!("[contracts]\n{names}\n")).unwrap();
    names("AllocationManager = \"ForkedManager\"");
    assert_eq!(json_of(&gate())["candidate"]["release"], "redistribution");
    names("AllocationManager = \"Forkedmanager\"");
    let output = gate();
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("neither build has \"Forkedmanager\""), "{}", stderr(&output));
}

#[test]
fn the_report_is_json() {
    let report = json_of(&run(&[UPGRADE, &["--json"]].concat()));
    assert_eq!((&report["format"], &report["verdict"]), (&json!(1), &json!("pass")));
    assert_eq!(
        (&report["baseline"]["release"], &report["candidate"]["release"]),
        (&json!("slashing"), &json!("redistribution"))
    );
    let contracts = report["layout"]["contracts"].as_array().unwrap();
    assert_eq!(contracts.len(), 11);
    let manager = contracts.iter().find(|row| row["contract"] == "AllocationManager").unwrap();
    let consumed = &manager["differences"][0];
    assert_eq!((&consumed["kind"], &consumed["meaning"]), (&json!("consumed"), &json!("allowed")));
    assert!(consumed["source"].as_str().unwrap().starts_with("src/redistribution/AllocationManagerStorage.sol:"));
}

#[test]
fn the_way_back_fails() {
    let output = run(&["--judge", "layout", "--baseline-release", "redistribution", "--candidate-release", "slashing"]);
    assert_eq!(code(&output), 1);
    assert!(
        stdout(&output).contains("AllocationManager: _slashIds is gone, and a gap is where it was"),
        "{}",
        stdout(&output)
    );
}

#[test]
fn a_moved_slot_fails() {
    let output =
        changed("DelegationManager", |artifact| variable(artifact, "pendingWithdrawals")["slot"] = "170".into());
    assert_eq!(code(&output), 1);
    let text = stdout(&output);
    let told = "DelegationManager: pendingWithdrawals moves from slot 158 to slot 170";
    assert!(text.contains(told), "{text}");
    assert!(text.contains("(src/"), "{text}");
    assert!(fs::read_to_string(root().join("docs/gate.md")).unwrap().contains(told), "the guide shows it");
}

#[test]
fn a_swap_deep_within_a_mapping_fails() {
    let output = changed("AllocationManager", |artifact| {
        for (_, it) in artifact["storageLayout"]["types"].as_object_mut().unwrap() {
            let Some(members) = it.get_mut("members").and_then(Value::as_array_mut) else { continue };
            for member in members {
                let other = match member["label"].as_str().unwrap() {
                    "currentMagnitude" => "pendingDiff",
                    "pendingDiff" => "currentMagnitude",
                    _ => continue,
                };
                member["label"] = other.into();
            }
        }
    });
    assert_eq!(code(&output), 1);
    let text = stdout(&output);
    assert!(text.contains("allocations[][][].currentMagnitude moves from slot 0"), "{text}");
}

#[test]
fn another_name_is_inconclusive() {
    let output = changed("EigenPodManager", |artifact| variable(artifact, "ownerToPod")["label"] = "podOf".into());
    assert_eq!(code(&output), 3);
    assert!(stdout(&output).contains("EigenPodManager: ownerToPod is called podOf now"), "{}", stdout(&output));
}

#[test]
fn a_contract_without_a_layout_is_inconclusive() {
    let output = changed("StrategyManager", |artifact| artifact["storageLayout"] = Value::Null);
    assert_eq!(code(&output), 3);
    assert!(stdout(&output).contains("StrategyManager: the candidate has no storage layout"), "{}", stdout(&output));
}

#[test]
fn what_is_not_seen_is_told() {
    let output = changed("StrategyManager", |artifact| {
        artifact.as_object_mut().unwrap().remove("declarations");
    });
    assert_eq!(code(&output), 0);
    let text = stdout(&output);
    assert!(
        text.contains(
            "not looked at, since the artifacts have no syntax trees, or those of several builds: members of enums"
        ),
        "{text}"
    );
    assert!(text.contains("of StrategyManager\n"), "{text}");
}

/// Judges the bundled upgrade where of `DelegationManager` there is no syntax tree, but this source.
fn with_source(judge: &str, text: &str) -> std::process::Output {
    let folder = tempfile::tempdir().unwrap();
    copy("redistribution", &folder.path().join("new"));
    fs::write(folder.path().join("D.sol"), text).unwrap();
    let path = folder.path().join("new/DelegationManager.json");
    let mut artifact: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    artifact.as_object_mut().unwrap().remove("declarations");
    artifact["metadata"] = json!({
        "sources": { "D.sol": { "keccak256": alloy_primitives::keccak256(text).to_string() } },
        "settings": { "compilationTarget": { "D.sol": "DelegationManager" } },
    });
    fs::write(&path, artifact.to_string()).unwrap();
    let upgrade = ["--runs", "1", "--baseline-release", "slashing", "--candidate", "new"];
    slashproof(folder.path(), &[&["gate", "--judge", judge], &upgrade[..]].concat())
}

#[test]
fn initializers_are_known_without_trees_too() {
    let output =
        with_source("layout", "contract DelegationManager {\n function initialize() external reinitializer(2) {} }");
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let text = stdout(&output);
    let told = "DelegationManager: initialize initializes to version 2 and proxies are at 1: call it in the transaction \
                that upgrades  (D.sol:2)";
    assert!(text.contains(told), "{text}");
    assert!(text.contains("ERC-7201 namespaces, immutables, constructors\n  of DelegationManager\n"), "{text}");

    let output = with_source("layout", "contract DelegationManager is Elsewhere {}");
    assert!(stdout(&output).contains("immutables, constructors, initializers\n"), "{}", stdout(&output));
}

#[test]
fn a_new_initializer_is_called_without_trees_too() {
    for (function, expected) in [
        // The code has had its only initializer.
        ("initialize", "the upgrade is not possible: delegationManager to DelegationManager, reverted"),
        (
            "undelegate",
            "undelegate of DelegationManager: it wants \"staker\", a address, and nothing here is called so",
        ),
    ] {
        let text = format!("contract DelegationManager {{ function {function}() external reinitializer(2) {{}} }}");
        let output = with_source("upgrade", &text);
        assert_eq!(code(&output), 2, "{}", stdout(&output));
        assert!(stderr(&output).contains(expected), "{}", stderr(&output));
    }
}

#[test]
fn slashers_are_migrated_where_there_were_none() {
    let set = json!({ "name": "operatorSets", "type": "tuple[]", "internalType": "struct OperatorSet[]", "components": [
        { "name": "avs", "type": "address", "internalType": "address" },
        { "name": "id", "type": "uint32", "internalType": "uint32" },
    ] });
    let function = json!({ "type": "function", "name": "migrateSlashers", "inputs": [set], "outputs": [],
        "stateMutability": "nonpayable" });
    let folder = tempfile::tempdir().unwrap();
    copy("redistribution", &folder.path().join("new"));
    // It says that it has the function, and has not: whoever sends it finds out.
    let path = folder.path().join("new/AllocationManager.json");
    let mut artifact: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    artifact["abi"].as_array_mut().unwrap().push(function);
    fs::write(path, artifact.to_string()).unwrap();
    let arguments =
        ["gate", "--judge", "upgrade", "--runs", "1", "--candidate", "new", "--baseline-release", "slashing"];
    let output = slashproof(folder.path(), &arguments);
    assert_eq!(code(&output), 2);
    let expected = "the upgrade is not possible: allocationManager to AllocationManager, reverted";
    assert!(stderr(&output).contains(expected), "{}", stderr(&output));
}

#[test]
fn storage_that_no_layout_has_is_inconclusive() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["old", "new"] {
        copy("redistribution", &folder.path().join(name));
        change(&folder.path().join(name), "StrategyBase", |artifact| {
            artifact["storageLayout"] = json!({ "storage": [], "types": null });
            artifact.as_object_mut().unwrap().remove("declarations");
        });
    }
    change(&folder.path().join("new"), "StrategyBase", |_| {});
    let output = slashproof(folder.path(), &["gate", "--judge", "layout", "--baseline", "old", "--candidate", "new"]);
    assert_eq!(code(&output), 3);
    assert!(
        stdout(&output).contains("its code writes storage, and its layout has no variables"),
        "{}",
        stdout(&output)
    );
}

#[test]
fn a_constructor_that_writes_fails() {
    let output = changed("DelegationManager", |artifact| {
        artifact["declarations"]["constructed"].as_array_mut().unwrap().push("_paused".into());
    });
    assert_eq!(code(&output), 1);
    assert!(stdout(&output).contains("a constructor writes _paused"), "{}", stdout(&output));
}

#[test]
fn bad_input_gets_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    copy("slashing", &folder.path().join("old"));
    fs::create_dir(folder.path().join("empty")).unwrap();
    fs::remove_file(folder.path().join("old/StrategyManager.json")).unwrap();
    let release = ["--candidate-release", "redistribution"];
    for (arguments, expected) in [
        (vec![], "--baseline-release"),
        (vec!["--baseline-release", "redistribution", release[0], release[1]], "are the same build"),
        (vec!["--baseline-release", "slahsing", release[0], release[1]], "did you mean slashing?"),
        (vec!["--baseline", "nowhere", release[0], release[1]], "nowhere is no folder"),
        (vec!["--baseline", "empty", release[0], release[1]], "empty has no artifact of AllocationManager"),
        (vec!["--baseline", "old", release[0], release[1]], "old has no artifact of StrategyManager"),
    ] {
        let output = slashproof(folder.path(), &[vec!["gate"], arguments.clone()].concat());
        assert_eq!(code(&output), 2, "{arguments:?}");
        assert!(stderr(&output).contains(expected), "{arguments:?}: {}", stderr(&output));
    }
}

/// Judges upgrades of the bundled pair with this `gate.toml` in the folder.
fn expecting(text: &str) -> std::process::Output {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("gate.toml"), text).unwrap();
    let upgrade = ["gate", "--judge", "upgrade", "--judge", "behaviour", "--runs", "8", "--shrink-run-limit", "0"];
    let releases = ["--baseline-release", "slashing", "--candidate-release", "redistribution"];
    slashproof(folder.path(), &[&upgrade[..], &releases].concat())
}

#[test]
fn typos_in_expectations_get_a_sentence() {
    let expectation = |action: &str, kind: &str, more: &str| {
        format!("[[expect]]\naction = '{action}'\nkind = '{kind}'\nreason = 'it is meant'\n{more}")
    };
    for (text, expected) in [
        (expectation("upgrade", "leger", ""), "did you mean ledger?"),
        (expectation("staker.depsit", "ledger", ""), "did you mean staker.deposit?"),
        (expectation("upgrade", "ledger", "then = 'halt'"), "gate.toml: line"),
        ("[[expect]]\naction = 'upgrade'\nkind = 'ledger'".to_owned(), "missing field `reason`"),
        ("atomc = true".to_owned(), "unknown field `atomc`"),
    ] {
        let output = expecting(&text);
        assert_eq!(code(&output), 2, "{text}");
        assert!(stderr(&output).contains(expected), "{text}: {}", stderr(&output));
    }
}

#[test]
fn what_is_declared_and_never_met_fails() {
    let output = expecting("[[expect]]\naction = 'upgrade'\nkind = 'ledger'\ncondition = 'nonce'\nreason = 'none'");
    assert_eq!(code(&output), 1, "{}", stdout(&output));
    let text = stdout(&output);
    assert!(text.contains("never met: upgrade, ledger, nonce"), "{text}");
    assert!(text.ends_with("1 expectation was never met\n"), "{text}");
}

#[test]
fn what_was_not_played_for_want_of_time_is_told() {
    let time = ["--judge", "upgrade", "--runs", "1000000", "--timeout", "0"];
    let output = run(&[&time, &UPGRADE[2..]].concat());
    assert_eq!(code(&output), 3, "{}", stdout(&output));
    assert!(stdout(&output).contains(" left out for want of time"), "{}", stdout(&output));
}

#[test]
fn proposals_go_to_a_new_file() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("mine.toml"), "").unwrap();
    let accept = ["gate", "--accept", "mine.toml"];
    let output = slashproof(folder.path(), &[&accept, UPGRADE].concat());
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("mine.toml is there already"), "{}", stderr(&output));
    let accept = ["gate", "--accept", "new.toml"];
    assert_eq!(code(&slashproof(folder.path(), &[&accept, UPGRADE].concat())), 0);
    assert!(fs::read_to_string(folder.path().join("new.toml")).unwrap().starts_with("# Differences"));
}

#[test]
fn a_candidate_that_does_not_deploy_or_cannot_be_put_in_place_gets_a_sentence() {
    for (code_of_it, expected) in [
        ("0xfe", "creating new delegationManager implementation halted"),
        // It creates a contract without code.
        ("0x00", "the upgrade is not possible: delegationManager to DelegationManager, reverted"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        copy("redistribution", &folder.path().join("new"));
        change(&folder.path().join("new"), "DelegationManager", |artifact| artifact["bytecode"] = code_of_it.into());
        let upgrade = ["gate", "--judge", "upgrade", "--runs", "1", "--baseline-release", "redistribution"];
        let output = slashproof(folder.path(), &[&upgrade[..], &["--candidate", "new"]].concat());
        assert_eq!(code(&output), 2, "{}", stdout(&output));
        assert!(stderr(&output).contains(expected), "{}", stderr(&output));
    }
}

#[test]
fn every_format_says_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let way_back = ["--baseline-release", "redistribution", "--candidate-release", "slashing", "--out", "told"];
    let output = slashproof(folder.path(), &[&["gate", "--judge", "layout"], &way_back[..]].concat());
    assert_eq!(code(&output), 1);
    let read = |name: &str| fs::read_to_string(folder.path().join("told").join(name)).unwrap();
    assert_eq!(read("gate.txt"), stdout(&output));
    let lost = "AllocationManager: _slashIds is gone";
    let json: Value = serde_json::from_str(&read("gate.json")).unwrap();
    assert_eq!(json["verdict"], "fail");
    let sarif: Value = serde_json::from_str(&read("gate.sarif")).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let result = results.iter().find(|result| result["message"]["text"].as_str().unwrap().contains(lost)).unwrap();
    assert_eq!((&result["ruleId"], &result["level"]), (&json!("layout-AllocationManager"), &json!("error")));
    let place = &result["locations"][0]["physicalLocation"];
    let file = place["artifactLocation"]["uri"].as_str().unwrap();
    assert!(file.ends_with("AllocationManagerStorage.sol"), "{file}");
    assert!(place["region"]["startLine"].as_u64().unwrap() > 1);
    let junit = read("gate.junit.xml");
    assert!(junit.contains("<failure message=\"AllocationManager: _slashIds is gone"), "{junit}");
    let markdown = read("gate.md");
    assert!(markdown.starts_with("## Slashproof gate: fail: 5 differences break proxies\n"), "{markdown}");
    assert!(markdown.contains("| storage layout | 9 | 0 | 2 |"), "{markdown}");
}

/// What a campaign on `release` with a planted bug leaves in `out`.
fn campaign(folder: &Path, mutant: &str) {
    let output = slashproof(folder, &["run", "--mutant", mutant, "--runs", "200", "--seed", "1"]);
    assert_eq!(code(&output), 1, "{}", stderr(&output));
}

#[test]
fn findings_must_not_show_again_and_what_cannot_be_played_is_named() {
    let folder = tempfile::tempdir().unwrap();
    campaign(folder.path(), "slash-rounds-down");
    let out = files(folder.path()).into_iter().find(|path| path.is_dir()).unwrap();
    let found = out.join("findings");
    let gate = |more: &[&str]| {
        let findings = found.to_str().unwrap();
        let old = ["gate", "--judge", "regressions", "--findings", findings, "--baseline-release", "slashing"];
        slashproof(folder.path(), &[&old[..], &["--candidate-release", "redistribution"], more].concat())
    };
    let output = gate(&[]);
    assert_eq!(code(&output), 0, "{}", stdout(&output));
    assert!(stdout(&output).contains("of the baseline: 0 sequences and 3 findings played"), "{}", stdout(&output));
    let file = files(&found).remove(0);
    let text = fs::read_to_string(&file).unwrap().replacen("\"action\": \"", "\"action\": \"former.", 1);
    fs::write(found.join("older.json"), text).unwrap();
    let output = gate(&[]);
    assert_eq!(code(&output), 3, "{}", stdout(&output));
    assert!(stdout(&output).contains("older.json: "), "{}", stdout(&output));
    assert!(stdout(&output).contains("there is no action called \"former."), "{}", stdout(&output));
}

#[test]
fn half_a_layout_is_refused_with_a_sentence() {
    let output = changed("StrategyManager", |artifact| {
        artifact["storageLayout"]["types"].as_object_mut().unwrap().remove("t_uint8");
    });
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("does not say what t_uint8 is"), "{}", stderr(&output));
}

/// The examples of an upgrade of the bundled release to a mutant.
fn examples(folder: &Path, mutant: &str, more: &[&str]) -> Vec<(std::path::PathBuf, Value)> {
    let upgrade = ["gate", "--baseline-release", "redistribution", "--candidate-mutant", mutant, "--out", "told"];
    let output = slashproof(folder, &[&upgrade[..], more].concat());
    assert_eq!(code(&output), 1, "{}{}", stdout(&output), stderr(&output));
    assert!(
        stderr(&output).contains("to see the first again: slashproof replay told/examples/"),
        "{}",
        stderr(&output)
    );
    let read = |file: std::path::PathBuf| {
        let example = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
        (file, example)
    };
    files(&folder.join("told/examples")).into_iter().map(read).collect()
}

#[test]
fn the_story_of_an_upgrade_is_played_again() {
    let folder = tempfile::tempdir().unwrap();
    let few = ["--judge", "upgrade", "--runs", "2", "--shrink-run-limit", "30"];
    let found = examples(folder.path(), "initialized-again", &few);
    let report: Value =
        serde_json::from_str(&fs::read_to_string(folder.path().join("told/gate.json")).unwrap()).unwrap();
    let groups = report["upgrade"]["groups"].as_array().unwrap();
    assert_eq!(groups.len(), found.len());
    copy("redistribution", &folder.path().join("release"));
    for (file, example) in found {
        let name = file.file_name().unwrap().to_str().unwrap();
        assert!(groups.iter().any(|group| group["example"]["file"] == name), "{name}");
        let replay = |more: &[&str]| slashproof(folder.path(), &[&["replay", file.to_str().unwrap()], more].concat());
        let again = replay(&["--trace"]);
        assert_eq!(code(&again), 1, "{}", stderr(&again));
        let (told, sentence) = (stdout(&again), example["sentence"].as_str().unwrap());
        assert!(told.starts_with("UPG-04: Nobody can initialize what was upgraded\nupgrade, initializer, "), "{told}");
        assert!(
            told.contains("  upgrade everything") && told.ends_with(&format!("-> violated: {sentence}\n")),
            "{told}"
        );
        assert_eq!(code(&replay(&["--baseline", "release"])), 1);
        for mended in [&["--bundled"][..], &["--artifacts", "release"]] {
            let output = replay(mended);
            assert_eq!(code(&output), 0, "{}", stdout(&output));
            assert!(stdout(&output).ends_with("-> not violated\n"), "{}", stdout(&output));
            assert!(stderr(&output).contains("the example is of other bytecode: the digest of StrategyManager"));
        }
    }
}

#[test]
fn what_is_met_after_an_upgrade_and_in_lockstep_is_played_again() {
    let folder = tempfile::tempdir().unwrap();
    let few = ["--judge", "upgrade", "--judge", "behaviour", "--runs", "64", "--shrink-run-limit", "60"];
    let found = examples(folder.path(), "slash-rounds-down", &few);
    let mut seen = std::collections::BTreeSet::new();
    for (file, example) in found {
        let replay = |more: &[&str]| slashproof(folder.path(), &[&["replay", file.to_str().unwrap()], more].concat());
        let (again, mended) = (replay(&["--trace"]), replay(&["--bundled"]));
        assert_eq!((code(&again), code(&mended)), (1, 0), "{example:#}{}{}", stdout(&again), stdout(&mended));
        let (shown, not_shown) = match example["shown_by"].as_str().unwrap() {
            "upgrade" => ("violated", "-> not violated\n"),
            _ => ("differs", "-> does not differ\n"),
        };
        let sentence = example["sentence"].as_str().unwrap();
        assert!(stdout(&again).ends_with(&format!("-> {shown}: {sentence}\n")), "{}", stdout(&again));
        assert!(stdout(&mended).ends_with(not_shown), "{}", stdout(&mended));
        let on = ["baseline", "candidate"].map(|name| stdout(&again).contains(&format!("on the {name}\n")));
        assert!(shown == "violated" || on == [true, true], "{}", stdout(&again));
        seen.insert(shown);
    }
    assert_eq!(seen.len(), 2, "{seen:?}");
}

#[test]
fn an_example_that_makes_no_sense_gets_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let few = ["--judge", "upgrade", "--runs", "32", "--shrink-run-limit", "9"];
    let (file, example) = examples(folder.path(), "slash-rounds-down", &few).remove(0);
    let text = example.to_string();
    let steps = example["steps"].as_array().unwrap();
    let call = steps.iter().find(|step| step["step"]["action"].is_string()).expect("somebody slashes");
    let first = call["step"]["action"].as_str().unwrap();
    let half = text[..text.len() / 2].to_owned();
    let without = |key: &str, value: Value| {
        let mut example = example.clone();
        example[key] = value;
        example.to_string()
    };
    let no_upgrade = json!([call.clone()]);
    for (text, expected) in [
        (half, "this is no JSON"),
        (without("format", json!(9)), "it has format 9"),
        (without("kind", json!("story")), "this is no slashproof finding"),
        (without("what", json!(1)), "makes no sense"),
        (without("steps", json!([])), "it has no steps"),
        (without("steps", no_upgrade), "nothing is upgraded in it"),
        (text.replace(first, "staker.dine"), "there is no action called \"staker.dine\""),
        (text.replace("\"upgrade\":[\"", "\"upgrade\":[\"un"), "nobody here is called \"un"),
        (without("world", json!("moon")), "moon"),
    ] {
        fs::write(&file, &text).unwrap();
        let output = slashproof(folder.path(), &["replay", file.to_str().unwrap()]);
        assert_eq!(code(&output), 2, "{expected}: {}", stdout(&output));
        assert!(stderr(&output).contains(expected), "{expected}: {}", stderr(&output));
    }
    fs::write(&file, &text).unwrap();
    let output = slashproof(folder.path(), &["replay", file.to_str().unwrap(), "--step"]);
    assert!(stderr(&output).contains("leave --step, --on and --fork-url out"), "{}", stderr(&output));
}
