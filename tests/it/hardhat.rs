//! Projects of Hardhat, as its versions 2 and 3 write them: artifacts without metadata, and beside them what the compiler was
//! given and answered. Our own artifacts are put in both orders.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::{Map, Value, json};
use slashproof::artifact::{Artifacts, Source};

use crate::support::{code, json, root, slashproof, sources, stderr, stdout};

const BUILD: &str = "solc-0_8_30-0123";
const MANAGER: &str = "contracts/redistribution/AllocationManager.sol";

/// A version of Hardhat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Version {
    Two,
    Three,
}

const VERSIONS: [Version; 2] = [Version::Two, Version::Three];

impl Version {
    /// What the compiler calls a source.
    fn input(self, source: &str) -> String {
        match self {
            Self::Two => source.to_owned(),
            Self::Three => format!("project/{source}"),
        }
    }

    /// The artifact of a contract, of which `ours` says what it is.
    fn artifact(self, ours: &Value, source: &str) -> Value {
        let mut artifact = json!({
            "_format": "hh-sol-artifact-1",
            "contractName": ours["contract"],
            "sourceName": source,
            "abi": ours["abi"],
            "bytecode": ours["bytecode"],
            "deployedBytecode": ours["deployedBytecode"],
            "linkReferences": {},
            "deployedLinkReferences": {},
        });
        if self == Self::Three {
            artifact["_format"] = "hh3-artifact-1".into();
            artifact["immutableReferences"] = ours["immutableReferences"].clone();
            artifact["inputSourceName"] = self.input(source).into();
            artifact["buildInfoId"] = BUILD.into();
        }
        artifact
    }

    /// The files of a build, by name.
    fn build_info(self, input: &Value, output: &Value) -> Vec<(String, Value)> {
        match self {
            Self::Two => {
                let whole = json!({ "_format": "hh-sol-build-info-1", "id": BUILD, "input": input, "output": output });
                vec![(format!("{BUILD}.json"), whole)]
            }
            Self::Three => {
                let given = json!({ "_format": "hh3-sol-build-info-1", "id": BUILD, "input": input });
                let answered = json!({ "_format": "hh3-sol-build-info-output-1", "id": BUILD, "output": output });
                vec![(format!("{BUILD}.json"), given), (format!("{BUILD}.output.json"), answered)]
            }
        }
    }
}

/// Whether the compiler was asked for storage layouts. Hardhat does not ask by itself.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Layouts {
    Asked,
    NotAsked,
}

fn write(path: &Path, value: &Value) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, value.to_string()).unwrap();
}

/// What the compiler answers of a contract. The source map has the functions of its file, an instruction each.
fn compiled(ours: &Value, text: &str, number: usize, layouts: Layouts) -> Value {
    let functions = text.match_indices("function ").map(|(at, _)| format!("{at}:9:{number}:-:0"));
    let map = functions.collect::<Vec<_>>().join(";");
    let mut compiled = json!({ "abi": ours["abi"], "evm": { "deployedBytecode": { "sourceMap": map } } });
    if layouts == Layouts::Asked {
        compiled["storageLayout"] = ours["storageLayout"].clone();
    }
    compiled
}

/// Writes the project: the redistribution release, with a bug.
fn project(folder: &Path, version: Version, layouts: Layouts) {
    let contracts = root().join("contracts");
    let planted = Artifacts::load(&Source::Mutant("slash-rounds-down".to_owned()), "redistribution").unwrap();
    let (mut texts, mut numbers, mut answered) = (Map::new(), Map::new(), Map::new());
    for (number, file) in sources(&contracts.join("artifacts/redistribution"), "json").iter().enumerate() {
        let mut ours: Value = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
        let (name, path) = (ours["contract"].as_str().unwrap().to_owned(), ours["source"].as_str().unwrap().to_owned());
        ours["bytecode"] = planted.get(&name).creation.to_string().into();
        let source = path.replacen("src/", "contracts/", 1);
        let text = fs::read_to_string(contracts.join(&path)).unwrap();
        fs::create_dir_all(folder.join(&source).parent().unwrap()).unwrap();
        fs::write(folder.join(&source), &text).unwrap();
        let artifact = folder.join("artifacts").join(&source).join(format!("{name}.json"));
        write(&artifact, &version.artifact(&ours, &source));
        if version == Version::Two {
            let up = "../".repeat(source.split('/').count());
            let beside = json!({ "_format": "hh-sol-dbg-1", "buildInfo": format!("{up}build-info/{BUILD}.json") });
            write(&artifact.with_extension("dbg.json"), &beside);
        }
        let input = version.input(&source);
        answered.insert(input.clone(), json!({ name: compiled(&ours, &text, number, layouts) }));
        texts.insert(input.clone(), json!({ "content": text }));
        numbers.insert(input, json!({ "id": number }));
    }
    // Another contract of the same name, which nobody plays.
    let nothing = json!({ "storage": [], "types": null });
    let other = json!({ "AllocationManager": { "abi": [], "storageLayout": nothing, "evm": {} } });
    answered.insert(version.input("contracts/a/AllocationManager.sol"), other);
    let output = json!({ "contracts": answered, "sources": numbers });
    for (name, value) in version.build_info(&json!({ "language": "Solidity", "sources": texts }), &output) {
        write(&folder.join("artifacts/build-info").join(name), &value);
    }
    fs::write(folder.join("hardhat.config.ts"), "export default { solidity: \"0.8.30\" };\n").unwrap();
}

/// What `doctor` says of storage layouts, which is the same of all contracts.
fn layouts(folder: &Path) -> String {
    let output = slashproof(folder, &["doctor", "--artifacts", ".", "--json"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let told = json(&output);
    let rows = told["contracts"].as_array().unwrap();
    assert!(rows.iter().all(|row| row["from"] == "the artifacts" && row["layout"] == rows[0]["layout"]), "{rows:#?}");
    rows[0]["layout"].as_str().unwrap().to_owned()
}

#[test]
fn a_project_of_hardhat_is_recognized_and_its_findings_have_lines() {
    for version in VERSIONS {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        project(folder, version, Layouts::Asked);
        assert_eq!(layouts(folder), "told", "{version:?}");
        let play = ["run", "--artifacts", ".", "--invariants", "SLA-01", "--seed", "1", "--runs", "64"];
        let output = slashproof(folder, &[&play[..], &["--format", "sarif,lcov"]].concat());
        assert_eq!(code(&output), 1, "{version:?}: {}", stderr(&output));
        let sarif = fs::read_to_string(folder.join("slashproof-out/report.sarif")).unwrap();
        let sarif: Value = serde_json::from_str(&sarif).unwrap();
        let place = &sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], format!("./{MANAGER}"), "{version:?}");
        let line = usize::try_from(place["region"]["startLine"].as_u64().unwrap()).unwrap();
        let source = fs::read_to_string(folder.join(MANAGER)).unwrap();
        assert!(source.lines().nth(line - 1).unwrap().contains("function slashOperator("), "{version:?}: line {line}");
        let lcov = fs::read_to_string(folder.join("slashproof-out/lcov.info")).unwrap();
        let file = lcov
            .split("end_of_record\n")
            .find(|file| file.contains("SF:./contracts/redistribution/DelegationManager.sol\n"));
        assert!(file.is_some_and(|file| file.contains(",slashOperatorShares\n")), "{version:?}: {lcov}");
    }
}

#[test]
fn lines_are_those_that_were_compiled() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    project(folder, Version::Three, Layouts::NotAsked);
    let line = || {
        let artifacts = Artifacts::from_folder(folder, "redistribution").unwrap();
        let functions = artifacts.get("AllocationManager").source_map.as_ref().unwrap().functions();
        functions["slashOperator"].line
    };
    let before = line();
    let edited = format!("\n\n{}", fs::read_to_string(folder.join(MANAGER)).unwrap());
    fs::write(folder.join(MANAGER), edited).unwrap();
    assert_eq!(line(), before, "it was edited since");
}

#[test]
fn without_layouts_or_builds_variables_are_where_ours_are() {
    for version in VERSIONS {
        let folder = tempfile::tempdir().unwrap();
        project(folder.path(), version, Layouts::NotAsked);
        assert_eq!(layouts(folder.path()), "supposed, and confirmed by asking", "{version:?}");
        fs::remove_dir_all(folder.path().join("artifacts/build-info")).unwrap();
        assert_eq!(layouts(folder.path()), "supposed, and confirmed by asking", "{version:?}");
    }
}

#[test]
fn the_gate_compares_a_project_of_hardhat() {
    let baseline = root().join("contracts/artifacts/slashing").display().to_string();
    let asked = "AllocationManager: _slashIds is new at slot ";
    for (layouts, expected) in [(Layouts::Asked, asked), (Layouts::NotAsked, "outputSelection of solc's settings")] {
        let folder = tempfile::tempdir().unwrap();
        project(folder.path(), Version::Two, layouts);
        let gate = ["gate", "--baseline", &baseline, "--candidate", ".", "--judge", "layout"];
        let told = stdout(&slashproof(folder.path(), &gate));
        assert!(told.contains(expected), "{told}");
    }
}

/// A contract whose syntax tree is at hand: what it declares is asked of the tree in the build.
#[test]
fn syntax_trees_are_read_out_of_builds() {
    let pairs = fs::read_to_string(root().join("tests/layouts/pairs.json")).unwrap();
    let pairs: Value = serde_json::from_str(&pairs).unwrap();
    let sides = pairs.as_array().unwrap().iter().map(|pair| &pair["before"]);
    let initialized =
        |side: &&Value| side["declarations"]["initializers"].as_object().is_some_and(|all| !all.is_empty());
    let side = sides.into_iter().find(initialized).expect("one has initializers");
    for version in VERSIONS {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        project(folder, version, Layouts::Asked);
        let (file, input) =
            (sources(&folder.join("artifacts/build-info"), "json").pop().unwrap(), version.input(MANAGER));
        let mut build: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
        let tree = side["ast"].to_string().replace("\"name\":\"C\"", "\"name\":\"AllocationManager\"");
        let mut tree: Value = serde_json::from_str(&tree).unwrap();
        tree["absolutePath"] = input.as_str().into();
        let number: u64 = tree["src"].as_str().unwrap().rsplit(':').next().unwrap().parse().unwrap();
        build["output"]["sources"] = json!({ input.as_str(): { "id": number, "ast": tree } });
        build["output"]["contracts"][&input]["AllocationManager"]["storageLayout"] = side["storageLayout"].clone();
        write(&file, &build);
        let source = Source::Folder(folder.to_owned());
        let artifacts = Artifacts::load(&source, "redistribution").unwrap().with_declarations(&source).unwrap();
        let read = artifacts.get("AllocationManager").declarations.as_ref().expect("there is a tree");
        assert_eq!(json!(read.initializers), side["declarations"]["initializers"], "{version:?}");
        let mut places = read.places.values();
        assert!(places.all(|place| place.starts_with(&format!("{MANAGER}:"))), "{version:?}: {:?}", read.places);
    }
}

/// What is said with exit code 2.
fn refused(folder: &Path) -> String {
    let output = slashproof(folder, &["doctor", "--artifacts", "."]);
    assert_eq!(code(&output), 2, "{}", stderr(&output));
    stderr(&output)
}

#[test]
fn a_build_that_does_not_fit_is_told_in_a_sentence() {
    for version in VERSIONS {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        project(folder, version, Layouts::Asked);
        let build: PathBuf = sources(&folder.join("artifacts/build-info"), "json").pop().unwrap();
        let whole = fs::read_to_string(&build).unwrap();
        fs::write(&build, &whole[..whole.len() / 2]).unwrap();
        let told = refused(folder);
        assert!(told.contains("this is nothing that a compiler was given or answered"), "{version:?}: {told}");
        assert!(told.contains(BUILD) && told.contains("compile again"), "{version:?}: {told}");
        fs::write(&build, "{}").unwrap();
        assert!(refused(folder).contains("has no AllocationManager of "), "{version:?}");
    }
}

#[test]
fn libraries_of_a_project_of_hardhat_are_found() {
    for version in VERSIONS {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        project(folder, version, Layouts::NotAsked);
        let file = folder.join("artifacts").join(MANAGER).join("AllocationManager.json");
        let mut artifact: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
        let mut code = artifact["bytecode"].as_str().unwrap().to_owned();
        code.replace_range(2 + 2 * 100..2 + 2 * 120, "__$0123456789abcdef0123456789abcdef01$__");
        artifact["bytecode"] = code.into();
        let input = version.input("contracts/L.sol");
        artifact["linkReferences"] = json!({ input: { "L": [{ "start": 100, "length": 20 }] } });
        write(&file, &artifact);
        assert!(refused(folder).contains("has no artifact of L"), "{version:?}");
        let library =
            json!({ "contractName": "L", "abi": [], "bytecode": "0x600180600a5f395ff300", "linkReferences": {} });
        write(&folder.join("artifacts/contracts/L.sol/L.json"), &library);
        let artifacts = Artifacts::from_folder(folder, "redistribution").unwrap();
        let [link] = artifacts.get("AllocationManager").links.as_slice() else { panic!("{version:?}") };
        assert!((link.library.as_str(), link.start) == ("L", 100) && artifacts.has("L"), "{version:?}");
    }
}
