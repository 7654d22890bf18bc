//! What a compiler was given and what it answered, as Hardhat keeps it beside its artifacts, and Foundry if it is asked to: in
//! one file for each build, or of Hardhat 3 in one for what went in and one for what came out.

use std::{
    cell::RefCell,
    collections::BTreeMap,
    path::{Path, PathBuf},
    rc::Rc,
    sync::Arc,
};

use serde::Deserialize;
use serde_json::Value;

use super::{
    Artifact, Declarations, SourceMap, StorageLayout, Told,
    declarations::{Lines, SourceTexts, Target, Trees},
    foundry::sorted,
    json,
};
use crate::{limits, problem::Problem};

/// Sources by the number that source maps give them: the path in the project, and the text as it was compiled.
pub(super) type Sources = BTreeMap<u64, (String, String)>;

/// What is needed of a file.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Written {
    input: Input,
    output: Output,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Input {
    sources: BTreeMap<String, Text>,
    settings: Settings,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Settings {
    remappings: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Text {
    content: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Output {
    contracts: BTreeMap<String, BTreeMap<String, Compiled>>,
    sources: BTreeMap<String, Numbered>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Compiled {
    storage_layout: Value,
    evm: Evm,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Evm {
    deployed_bytecode: Deployed,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Deployed {
    source_map: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Numbered {
    id: u64,
}

/// A build.
#[derive(Debug)]
pub(super) struct Build {
    /// By source, as the compiler calls it, and name.
    contracts: BTreeMap<String, BTreeMap<String, Compiled>>,
    /// By source, as the compiler calls it.
    numbers: BTreeMap<String, u64>,
    sources: Arc<Sources>,
    remappings: Vec<String>,
}

/// Where an artifact comes from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Origin {
    /// The files of its build.
    files: Vec<PathBuf>,
    /// Its source, as the compiler calls it.
    source: String,
}

/// Builds that were read. They are large, and many contracts are of one.
#[derive(Clone, Debug, Default)]
pub(super) struct Builds {
    read: RefCell<BTreeMap<Vec<PathBuf>, Rc<Build>>>,
}

impl Builds {
    /// Fills in what the build of an artifact says of its code and its variables. `false` if the artifact names no build, as
    /// those of Foundry do not, or one that is gone.
    pub fn complete(&self, path: &Path, whole: &Value, artifact: &mut Artifact) -> Result<bool, Problem> {
        let Some(Origin { files, source }) = origin(path, whole)? else { return Ok(false) };
        let build = self.read(&files)?;
        let name = whole["contractName"].as_str().unwrap_or(&artifact.name);
        let Some(compiled) = build.contracts.get(&source).and_then(|contracts| contracts.get(name)) else {
            return Err(
                Problem::new(format!("its build, {}, has no {name} of {source}", shown(&files))).hint("compile again")
            );
        };
        if artifact.layout.is_none() {
            artifact.layout = compiled.layout()?;
        }
        let (map, folder) = (&compiled.evm.deployed_bytecode.source_map, folder_of(&files));
        if let (Some(number), false) = (build.numbers.get(&source), map.is_empty()) {
            let own = (*number, in_project(&source));
            artifact.source_map = Some(SourceMap::of_build(folder, map, own, Arc::clone(&build.sources)));
        }
        Ok(true)
    }

    /// The layout of a contract in any build that has one, of those in `folder`. `source` is its own, if that is known.
    pub fn layout(&self, folder: &Path, name: &str, source: Option<&str>) -> Result<Option<StorageLayout>, Problem> {
        for file in sorted(folder) {
            let Ok(build) = self.read(&[file]) else { continue };
            let of_source = build.contracts.iter().filter(|(path, _)| source.is_none_or(|source| source == *path));
            for compiled in of_source.filter_map(|(_, contracts)| contracts.get(name)) {
                if let Some(layout) = compiled.layout()? {
                    return Ok(Some(layout));
                }
            }
        }
        Ok(None)
    }

    fn read(&self, files: &[PathBuf]) -> Result<Rc<Build>, Problem> {
        if let Some(build) = self.read.borrow().get(files) {
            return Ok(Rc::clone(build));
        }
        let mut whole = Written::default();
        for file in files {
            let Written { input, output } = written(file)?;
            whole.input.sources.extend(input.sources);
            whole.input.settings.remappings.extend(input.settings.remappings);
            whole.output.contracts.extend(output.contracts);
            whole.output.sources.extend(output.sources);
        }
        let build = Rc::new(Build::of(whole));
        self.read.borrow_mut().insert(files.to_vec(), Rc::clone(&build));
        Ok(build)
    }

    /// Fills in what the syntax trees of their builds say of contracts, or the text of their sources. `paths` are those of
    /// the artifacts.
    pub fn declare(&self, paths: &[PathBuf], contracts: &mut BTreeMap<String, Artifact>) -> Result<(), Problem> {
        let mut by_build: BTreeMap<Vec<PathBuf>, Vec<(String, String)>> = BTreeMap::new();
        for path in paths {
            let whole = json::value(&json::read_text(path)?).map_err(|problem| problem.at(path.display()))?;
            let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            if let Some(Origin { files, source }) = origin(path, &whole)? {
                by_build.entry(files).or_default().push((name, source));
            }
        }
        for (files, own) in by_build {
            let build = self.read(&files)?;
            let trees = trees(&files)?;
            let lines = build.lines();
            for (name, source) in own {
                let Some(artifact) = contracts.get_mut(&name).filter(|it| it.declarations.is_none()) else { continue };
                let target = Target { name: &name, path: &source, abi: &artifact.abi };
                if let (Some(layout), Some(index)) = (&mut artifact.layout, trees.index(&source)) {
                    let read = Declarations::read(&index, target, layout, &lines);
                    artifact.declarations = read.map_err(|problem| problem.at(&source))?;
                }
                if artifact.declarations.is_none() {
                    artifact.told = Some(build.told(target));
                }
            }
        }
        Ok(())
    }
}

impl Compiled {
    fn layout(&self) -> Result<Option<StorageLayout>, Problem> {
        Some(&self.storage_layout).filter(|layout| !layout.is_null()).map(json::layout).transpose()
    }
}

impl Build {
    fn of(whole: Written) -> Self {
        let mut texts = whole.input.sources;
        let numbers: BTreeMap<String, u64> =
            whole.output.sources.into_iter().map(|(source, numbered)| (source, numbered.id)).collect();
        let sources = numbers.iter().map(|(source, number)| {
            let text = texts.remove(source).unwrap_or_default().content;
            (*number, (in_project(source), text))
        });
        let sources = Arc::new(sources.collect());
        Self { contracts: whole.output.contracts, sources, numbers, remappings: whole.input.settings.remappings }
    }

    /// What the text of the sources tells of a contract.
    fn told(&self, target: Target<'_>) -> Told {
        let texts = self.numbers.iter().map(|(source, number)| (source.clone(), self.sources[number].1.clone()));
        let sources = SourceTexts { texts: texts.collect(), remappings: self.remappings.clone() };
        let mut told = Told::of_sources(&sources, target);
        told.places.values_mut().for_each(|place| *place = in_project(place));
        told
    }

    fn lines(&self) -> Lines {
        let files =
            self.sources.iter().map(|(number, (path, text))| (number.to_string(), (path.clone(), Some(text.clone()))));
        Lines { files: files.collect() }
    }
}

/// Where an artifact of Hardhat comes from. Hardhat 3 says which build that is in the artifact, Hardhat 2 in a file beside it.
fn origin(path: &Path, whole: &Value) -> Result<Option<Origin>, Problem> {
    let beside = path.with_extension("dbg.json");
    let names = if let Some(id) = whole["buildInfoId"].as_str() {
        vec![format!("{id}.json"), format!("{id}.output.json")]
    } else if beside.is_file() {
        let told = json::value(&json::read_text(&beside)?).map_err(|problem| problem.at(beside.display()))?;
        let file = Path::new(told["buildInfo"].as_str().unwrap_or_default()).file_name().unwrap_or_default();
        vec![file.to_string_lossy().into_owned()]
    } else {
        return Ok(None);
    };
    let source = whole["inputSourceName"].as_str().or_else(|| whole["sourceName"].as_str());
    let folder = path.ancestors().map(|above| above.join("build-info")).find(|folder| folder.is_dir());
    let files: Option<Vec<PathBuf>> = folder.map(|folder| names.iter().map(|name| folder.join(name)).collect());
    let files = files.filter(|files| files.iter().all(|file| file.is_file()));
    Ok(files.zip(source).map(|(files, source)| Origin { files, source: source.to_owned() }))
}

fn written(file: &Path) -> Result<Written, Problem> {
    let text = json::read_within(file, limits::BUILD_BYTES)?;
    serde_json::from_str(&text).map_err(|error| {
        Problem::new(format!("this is nothing that a compiler was given or answered: {error}"))
            .at(file.display())
            .hint("is the file complete? compile again")
    })
}

/// The syntax trees in the files of a build.
fn trees(files: &[PathBuf]) -> Result<Trees, Problem> {
    let mut trees = Trees::default();
    for file in files {
        let mut whole = json::value(&json::read_within(file, limits::BUILD_BYTES)?)
            .map_err(|problem| problem.at(file.display()))?;
        let sources = whole["output"]["sources"].as_object_mut().into_iter().flatten();
        sources.map(|(_, source)| source["ast"].take()).filter(Value::is_object).for_each(|tree| trees.add(tree));
    }
    Ok(trees)
}

/// The folder of artifacts that a build is in: its files are in `build-info/`.
fn folder_of(files: &[PathBuf]) -> &Path {
    files.first().and_then(|file| file.parent()?.parent()).unwrap_or(Path::new(""))
}

fn shown(files: &[PathBuf]) -> String {
    files.last().map(|file| file.display().to_string()).unwrap_or_default()
}

/// Where a source is in its project. Hardhat 3 calls it `project/contracts/A.sol`, or `npm/PACKAGE@VERSION/A.sol`; Hardhat 2 has
/// no word before what is in a package.
fn in_project(source: &str) -> String {
    if let Some(path) = source.strip_prefix("project/") {
        return path.to_owned();
    }
    let Some(package) = source.strip_prefix("npm/") else { return source.to_owned() };
    let scope = usize::from(package.starts_with('@'));
    let version = package[scope..].find('@').map(|at| at + scope);
    let after = version.and_then(|at| Some((at, at + package[at..].find('/')?)));
    after.map_or_else(
        || source.to_owned(),
        |(version, rest)| format!("node_modules/{}{}", &package[..version], &package[rest..]),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_of_hardhat_are_found_in_the_project() {
        for (source, expected) in [
            ("contracts/A.sol", "contracts/A.sol"),
            ("project/contracts/A.sol", "contracts/A.sol"),
            ("npm/@openzeppelin/contracts@4.9.6/token/A.sol", "node_modules/@openzeppelin/contracts/token/A.sol"),
            ("npm/solmate@6.0.0/A.sol", "node_modules/solmate/A.sol"),
            ("npm/strange", "npm/strange"),
            ("npm/@", "npm/@"),
        ] {
            assert_eq!(in_project(source), expected);
        }
    }
}
