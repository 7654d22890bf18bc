//! The syntax trees in Foundry's artifacts (`ast = true`), and the sources beside them, which tell a little without trees.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use alloy_json_abi::JsonAbi;
use alloy_primitives::keccak256;
use serde_json::Value;

use super::{
    Artifact, Declarations, Told,
    declarations::{Lines, SourceTexts, Target, Trees},
    json,
};
use crate::problem::Problem;

/// Folders below the folder of artifacts in which those of a source are looked for: Foundry puts them deeper when two
/// sources have the same file name.
const DEPTH: usize = 6;

/// Fills in what the syntax trees say of contracts, where all that they need are in the folder. `paths` are those of the
/// artifacts.
pub(super) fn declare(
    folder: &Path,
    paths: &[PathBuf],
    contracts: &mut BTreeMap<String, Artifact>,
) -> Result<(), Problem> {
    let mut trees = Trees::default();
    let mut own: Vec<(String, String)> = Vec::new();
    for path in paths {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if contracts.get(&name).is_some_and(|artifact| artifact.declarations.is_some()) {
            continue;
        }
        let mut whole = json::value(&json::read_text(path)?).map_err(|problem| problem.at(path.display()))?;
        // Of the other build of a pair trees may be of no use, and then texts are compared.
        if let Some(artifact) = contracts.get_mut(&name) {
            artifact.told = told(folder, &whole, &artifact.abi);
        }
        if let Some(source) = whole["ast"]["absolutePath"].as_str() {
            own.push((name, source.to_owned()));
            trees.add(whole["ast"].take());
        }
    }
    complete(folder, &mut trees)?;
    let lines = lines(folder, &trees);
    for (name, source) in own {
        let Some(Artifact { abi, layout: Some(layout), declarations, .. }) = contracts.get_mut(&name) else { continue };
        let Some(index) = trees.index(&source) else { continue };
        let target = Target { name: &name, path: &source, abi };
        let read = Declarations::read(&index, target, layout, &lines);
        *declarations = read.map_err(|problem| problem.at(&source))?;
    }
    Ok(())
}

/// What the sources of a contract tell, if each is beside the folder, and is what its metadata says was compiled.
fn told(folder: &Path, whole: &Value, abi: &JsonAbi) -> Option<Told> {
    let raw = || whole["rawMetadata"].as_str().and_then(|text| json::value(text).ok());
    let metadata = whole["metadata"].is_object().then(|| whole["metadata"].clone()).or_else(raw)?;
    let text = |(path, source): (&String, &Value)| {
        let text = source_text(folder, path)?;
        (source["keccak256"] == keccak256(&text).to_string()).then(|| (path.clone(), text))
    };
    let texts: Option<BTreeMap<String, String>> = metadata["sources"].as_object()?.iter().map(text).collect();
    let remappings = serde_json::from_value(metadata["settings"]["remappings"].clone()).unwrap_or_default();
    let target = metadata["settings"]["compilationTarget"].as_object().and_then(|target| target.iter().next());
    let (path, name) = target.and_then(|(path, name)| Some((path.as_str(), name.as_str()?))).unwrap_or_default();
    Some(Told::of_sources(&SourceTexts { texts: texts?, remappings }, Target { name, path, abi }))
}

/// Adds the trees of all that is imported.
fn complete(folder: &Path, trees: &mut Trees) -> Result<(), Problem> {
    let mut places = BTreeMap::new();
    index(folder, DEPTH, &mut places);
    let mut asked = BTreeSet::new();
    let mut open = trees.imports();
    while let Some(path) = open.pop() {
        if trees.has(&path) || !asked.insert(path.clone()) {
            continue;
        }
        let file = Path::new(&path).file_name().unwrap_or_default().to_string_lossy().into_owned();
        for place in places.get(&file).into_iter().flatten() {
            if let Some(found) = tree_in(place, &path)? {
                trees.add(found);
                open = trees.imports();
                break;
            }
        }
    }
    Ok(())
}

/// The folders of artifacts by the name of their source: `out/A.sol` and `out/core/A.sol` under `A.sol`.
pub(super) fn index(folder: &Path, depth: usize, places: &mut BTreeMap<String, Vec<PathBuf>>) {
    for path in sorted(folder).into_iter().filter(|path| path.is_dir()) {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if Path::new(&name).extension().is_some_and(|extension| extension == "sol") {
            places.entry(name).or_default().push(path);
        } else if depth > 0 {
            index(&path, depth - 1, places);
        }
    }
}

/// The tree of the source at `path`, out of one of its artifacts.
fn tree_in(place: &Path, path: &str) -> Result<Option<Value>, Problem> {
    for file in sorted(place).into_iter().filter(|file| file.extension().is_some_and(|extension| extension == "json")) {
        let mut whole = json::value(&json::read_text(&file)?).map_err(|problem| problem.at(file.display()))?;
        if whole["ast"]["absolutePath"] == path {
            return Ok(Some(whole["ast"].take()));
        }
    }
    Ok(None)
}

/// What is in a folder, in an order that does not depend on the file system; nothing if it cannot be read.
pub(super) fn sorted(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).into_iter().flatten().flatten().map(|it| it.path()).collect();
    paths.sort();
    paths
}

/// The texts of the sources.
fn lines(folder: &Path, trees: &Trees) -> Lines {
    let files = trees.files().into_iter().map(|(number, path)| {
        let text = source_text(folder, &path);
        (number, (path, text))
    });
    Lines { files: files.collect() }
}

/// The text of a source, if the project is where its artifacts are: in the folder above them, or further up.
fn source_text(folder: &Path, path: &str) -> Option<String> {
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    folder.ancestors().take(3).find_map(|root| json::read_text(&root.join(path)).ok())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn sources_tell_only_if_they_are_what_was_compiled() {
        let project = tempfile::tempdir().unwrap();
        let out = project.path().join("out");
        fs::create_dir_all(project.path().join("src")).unwrap();
        fs::create_dir_all(&out).unwrap();
        let text = "contract A { enum State { OFF, ON } function start() external reinitializer(2) {} }";
        let sources = json!({ "src/A.sol": { "keccak256": keccak256(text).to_string() } });
        let target = json!({ "compilationTarget": { "src/A.sol": "A" } });
        let parsed = json!({ "metadata": { "sources": sources, "settings": target } });
        let raw = json!({ "rawMetadata": json!({ "sources": sources, "settings": target }).to_string() });
        let told = |out: &Path, whole: &Value| {
            let told = told(out, whole, &JsonAbi::default())?;
            assert_eq!(told.functions.len(), told.places.len(), "of a contract that is known");
            Some(Told { functions: BTreeMap::new(), ..told })
        };
        assert_eq!(told(&out, &parsed), None, "there is no source");

        fs::write(project.path().join("src/A.sol"), text).unwrap();
        let expected = Told {
            enums: BTreeMap::from([("A.State".to_owned(), vec!["OFF".to_owned(), "ON".to_owned()])]),
            initializers: Some(BTreeMap::from([("start".to_owned(), 2)])),
            places: BTreeMap::from([("start".to_owned(), "src/A.sol:1".to_owned())]),
            ..Told::default()
        };
        assert_eq!(told(&out, &parsed), Some(expected.clone()));
        assert_eq!(told(&out, &raw), Some(expected.clone()));
        let of_nothing = json!({ "metadata": { "sources": sources } });
        let enums_only = Told { enums: expected.enums, ..Told::default() };
        assert_eq!(told(&out, &of_nothing), Some(enums_only), "nobody says which contract it is");

        fs::write(project.path().join("src/A.sol"), text.replace("OFF, ON", "ON, OFF")).unwrap();
        assert_eq!(told(&out, &parsed), None, "it was edited since");
    }
}
