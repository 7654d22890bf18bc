//! A Foundry project with a bug in it, as an auditor has one: what is found names its lines, and tests of it are forge's.

use std::{fs, os::unix::fs::symlink, path::Path, process::Command};

use crate::support::{code, json, root, slashproof, sources, stderr, stdout};

const BUG: &str = "slash-rounds-down";
const MANAGER: &str = "src/redistribution/AllocationManager.sol";

/// A project with our sources. Forge builds only the allocation manager; the rest of the release is as we build it.
fn project(folder: &Path) {
    let contracts = root().join("contracts");
    for source in sources(&contracts.join("src"), "sol") {
        let target = folder.join(source.strip_prefix(&contracts).unwrap());
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::copy(&source, target).unwrap();
    }
    symlink(contracts.join("node_modules"), folder.join("node_modules")).unwrap();
    let settings = fs::read_to_string(contracts.join("foundry.toml")).unwrap();
    let solc = contracts.join("scripts/solc").display().to_string();
    fs::write(folder.join("foundry.toml"), settings.replace("scripts/solc", &solc)).unwrap();
    fs::create_dir_all(folder.join("out")).unwrap();
    for artifact in sources(&contracts.join("artifacts/redistribution"), "json") {
        let name = artifact.file_name().unwrap();
        if name != "AllocationManager.json" {
            fs::copy(&artifact, folder.join("out").join(name)).unwrap();
        }
    }
}

/// Puts the bug into the sources, or takes it out again.
fn plant(folder: &Path, turn: fn((String, String)) -> (String, String)) {
    let table = fs::read_to_string(root().join("contracts/mutants/slashing.toml")).unwrap();
    let table: toml::Table = table.parse().unwrap();
    let mutants = table["mutant"].as_array().unwrap();
    let patch = mutants.iter().find(|mutant| mutant["name"].as_str() == Some(BUG)).unwrap();
    let text = |key: &str| patch[key].as_str().unwrap().to_owned();
    let (from, to) = turn((text("before"), text("after")));
    let file = folder.join(text("file"));
    let source = fs::read_to_string(&file).unwrap();
    assert_eq!(source.matches(&from).count(), 1, "the patch fits");
    fs::write(file, source.replace(&from, &to)).unwrap();
}

fn forge(folder: &Path, arguments: &[&str]) -> (bool, String) {
    let forge = root().join("contracts/scripts/forge");
    let output = Command::new(forge).args(arguments).current_dir(folder).output().expect("forge starts");
    let told = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&told).into_owned())
}

fn build(folder: &Path) {
    let (built, told) = forge(folder, &["build", MANAGER]);
    assert!(built, "{told}");
}

/// Removes the sources that were not built: forge compiles all that it finds when it runs tests.
fn prune(folder: &Path) {
    let builds = sources(&folder.join("out/build-info"), "json");
    let told: String = builds.iter().map(|build| fs::read_to_string(build).unwrap()).collect();
    for source in sources(&folder.join("src"), "sol") {
        let path = source.strip_prefix(folder).unwrap().display().to_string();
        if !told.contains(&format!("\"{path}\"")) {
            fs::remove_file(source).unwrap();
        }
    }
}

/// The records of a file in what lcov reads: those that begin with `key`.
fn records<'l>(lcov: &'l str, file: &str, key: &str) -> Vec<&'l str> {
    let of_file = lcov.split("end_of_record\n").find(|part| part.contains(&format!("SF:{file}\n")));
    let of_file = of_file.unwrap_or_else(|| panic!("{file} is not in\n{lcov}"));
    of_file.lines().filter_map(|line| line.strip_prefix(key)).collect()
}

#[test]
fn findings_name_the_lines_of_a_project_and_become_its_tests() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    project(folder);
    plant(folder, |patch| patch);
    build(folder);
    prune(folder);
    let arguments = ["run", "--artifacts", "out", "--invariants", "SLA-01", "--seed", "1", "--runs", "64"];
    let output = slashproof(folder, &[&arguments[..], &["--format", "sarif,lcov", "--json"]].concat());
    assert_eq!(code(&output), 1, "{}", stderr(&output));

    let found = &json(&output)["findings"][0];
    let (file, line) = (found["source"]["file"].as_str().unwrap(), found["source"]["line"].as_u64().unwrap());
    let source = fs::read_to_string(folder.join(file)).unwrap();
    let named = source.lines().nth(usize::try_from(line).unwrap() - 1).unwrap();
    assert!(named.contains("function slashOperator("), "{file}:{line}: {named}");
    let sarif = fs::read_to_string(folder.join("slashproof-out/report.sarif")).unwrap();
    let sarif: serde_json::Value = serde_json::from_str(&sarif).unwrap();
    let place = &sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    assert_eq!((&place["artifactLocation"]["uri"], &place["region"]["startLine"]), (&file.into(), &line.into()));

    let lcov = fs::read_to_string(folder.join("slashproof-out/lcov.info")).unwrap();
    let lines = records(&lcov, file, "DA:");
    let ran = lines.iter().filter(|line| !line.ends_with(",0")).count();
    assert!(ran > lines.len() / 2 && ran < lines.len(), "most of it ran, and not all: {ran} of {}", lines.len());
    let times = records(&lcov, file, "FNDA:").into_iter().find_map(|record| record.strip_suffix(",slashOperator"));
    let times: u64 = times.unwrap().parse().unwrap();
    assert!((2..=64).contains(&times), "as many runs of 64 as slash: {times}");

    let gate = ["gate", "--baseline-release", "redistribution", "--candidate", "out", "--out", "told"];
    let few = ["--judge", "behaviour", "--runs", "8", "--shrink-run-limit", "0", "--format", "lcov"];
    let output = slashproof(folder, &[&gate[..], &few].concat());
    assert_eq!(code(&output), 1, "{}", stderr(&output));
    assert_eq!(stdout(&output), fs::read_to_string(folder.join("told/gate.lcov.info")).unwrap());
    let told = stdout(&output);
    let slashes = records(&told, file, "FNDA:").into_iter().find_map(|it| it.strip_suffix(",slashOperator"));
    let slashes: u64 = slashes.unwrap().parse().unwrap();
    assert!((1..=8).contains(&slashes), "as many runs of 8 as slash: {slashes}");
    let is_left_out = |lines: &[&str]| lines.iter().any(|line| line.ends_with(",0"));
    assert!(is_left_out(&records(&told, file, "DA:")), "not all of it ran");

    let finding = Path::new(found["file"].as_str().unwrap()).with_extension("t.sol");
    let test = fs::read_to_string(folder.join(finding)).unwrap();
    assert!(test.contains(&format!("vm.getCode(\"{MANAGER}:AllocationManager\")")), "it is of the project");
    fs::create_dir_all(folder.join("test")).unwrap();
    fs::write(folder.join("test/Finding.t.sol"), test).unwrap();
    let wanted = ["test", "--match-path", "test/Finding.t.sol"];
    let (passed, told) = forge(folder, &wanted);
    assert!(!passed && told.contains(found["sentence"].as_str().unwrap()), "{told}");
    plant(folder, |(before, after)| (after, before));
    build(folder);
    let (passed, told) = forge(folder, &wanted);
    assert!(passed, "it passes once it is mended: {told}");
}

#[test]
fn lines_are_of_artifacts_with_source_maps() {
    let folder = tempfile::tempdir().unwrap();
    let output = slashproof(folder.path(), &["run", "--format", "lcov"]);
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("these artifacts have no source maps"), "{}", stderr(&output));
    assert!(!folder.path().join("slashproof-out").exists(), "it is told before anything is played");
    let releases = ["gate", "--baseline-release", "slashing", "--candidate-release", "redistribution"];
    for (more, expected) in [
        (&[][..], "these artifacts have no source maps"),
        (&["--judge", "layout"], "lines are counted by the judgement of behaviour"),
    ] {
        let output = slashproof(folder.path(), &[&releases[..], &["--format", "lcov"], more].concat());
        assert_eq!(code(&output), 2);
        assert!(stderr(&output).contains(expected), "{}", stderr(&output));
    }
}
