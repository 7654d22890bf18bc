//! A folder of artifacts: as we write them, the `out/` of a Foundry project, or the `artifacts/` of a Hardhat project.

use std::{
    collections::BTreeMap,
    fmt,
    path::{Path, PathBuf},
};

use serde_json::Value;

use super::{Artifact, SourceMap, build::Builds, bundled, foundry, json};
use crate::problem::{Problem, nearest};

/// Folders below the folder of artifacts in which those of a source are looked for.
const DEPTH: usize = 6;

/// Where a project keeps its artifacts, below where it is.
const OUTPUTS: [(&str, &str); 5] = [
    ("foundry.toml", "out"),
    ("hardhat.config.ts", "artifacts"),
    ("hardhat.config.js", "artifacts"),
    ("hardhat.config.cjs", "artifacts"),
    ("hardhat.config.mjs", "artifacts"),
];

/// A folder of artifacts.
#[derive(Clone, Debug)]
pub struct Folder {
    path: PathBuf,
    release: String,
    /// What some contracts are called here, or where they are.
    names: BTreeMap<String, String>,
    /// The folders of artifacts by the name of their source.
    sources: BTreeMap<String, Vec<PathBuf>>,
    /// What was compiled together.
    builds: Builds,
}

impl fmt::Display for Folder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.path.display().fmt(f)
    }
}

impl Folder {
    /// The folder at `path`, or what the project there wrote. Of contracts that releases have in common by name, those
    /// are taken that stand in a folder of `release`.
    pub fn of(path: &Path, release: &str) -> Result<Self, Problem> {
        Self::named(path, release, &BTreeMap::new())
    }

    /// The same, where some contracts have other names, or stand in files that are named.
    pub fn named(path: &Path, release: &str, names: &BTreeMap<String, String>) -> Result<Self, Problem> {
        if !path.is_dir() {
            return Err(Problem::new(format!("{} is no folder", path.display()))
                .hint("give a folder of artifacts, for example the out/ of a Foundry project"));
        }
        if let Some(name) = names.keys().find(|name| !known(name)) {
            let problem = Problem::new(format!("there is no contract {name:?} to find elsewhere"));
            let near = nearest(name, bundled::names());
            return Err(problem.hint(near.map_or_else(
                || format!("there are {}", bundled::names().collect::<Vec<_>>().join(", ")),
                |near| format!("did you mean {near}?"),
            )));
        }
        let written = OUTPUTS.iter().filter(|(project, _)| path.join(project).is_file());
        let path = written.map(|(_, output)| path.join(output)).find(|it| it.is_dir()).unwrap_or(path.to_owned());
        let mut sources = BTreeMap::new();
        foundry::index(&path, DEPTH, &mut sources);
        Ok(Self { path, release: release.to_owned(), names: names.clone(), sources, builds: Builds::default() })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The file of a contract; `None` if there is none.
    pub fn find(&self, name: &str) -> Result<Option<PathBuf>, Problem> {
        let called = self.names.get(name).map_or(name, String::as_str);
        if Path::new(called).extension().is_some_and(|extension| extension == "json") {
            let path = self.path.join(called);
            return if path.is_file() { Ok(Some(path)) } else { Err(self.lacks(name)) };
        }
        let source = |folder: PathBuf| of_source(&folder.join(format!("{called}.sol")), called);
        let own = Some(self.path.join(format!("{called}.json"))).filter(|path| path.is_file());
        let near = own.or_else(|| source(self.path.join(&self.release))).or_else(|| source(self.path.clone()));
        match near {
            None if self.names.contains_key(name) => self.far(called)?.map(Some).ok_or_else(|| self.lacks(name)),
            None => self.far(called),
            near => Ok(near),
        }
    }

    /// The file of a contract anywhere below, which must be the only one, whatever the file of its source is called.
    fn far(&self, name: &str) -> Result<Option<PathBuf>, Problem> {
        let all = self.sources.values().flatten().filter_map(|source| of_source(source, name));
        match all.collect::<Vec<_>>().as_slice() {
            [] => Ok(None),
            [only] => Ok(Some(only.clone())),
            [first, second, ..] => Err(Problem::new(format!(
                "{self} has two artifacts of {name}: {} and {}",
                first.display(),
                second.display()
            ))
            .hint(format!("say which: {name} = \"FILE.json\" under [contracts] in slashproof.toml"))),
        }
    }

    /// That a contract is not there.
    pub fn lacks(&self, name: &str) -> Problem {
        Problem::new(format!("{self} has no artifact of {name}")).hint(format!(
            "expected {name}.json, or {name}.sol/{name}.json as Foundry and Hardhat write it; another name can be given under \
             [contracts] in slashproof.toml"
        ))
    }

    /// The contract called `name`, out of its file. What the file lacks is looked for in what the compiler wrote of the whole
    /// build.
    pub fn read(&self, path: &Path, name: &str) -> Result<Artifact, Problem> {
        let read = || {
            let whole = json::value(&json::read_text(path)?)?;
            let mut artifact = json::artifact(name, &whole)?;
            if self.builds.complete(path, &whole, &mut artifact)? {
                return Ok(artifact);
            }
            artifact.source_map = SourceMap::of(&self.path, &whole);
            if artifact.layout.is_none() {
                let called = path.file_stem().unwrap_or_default().to_string_lossy();
                let source = artifact.target.as_deref().and_then(|target| Some(target.rsplit_once(':')?.0));
                artifact.layout = self.builds.layout(&self.path.join("build-info"), &called, source)?;
            }
            Ok(artifact)
        };
        read().map_err(|problem: Problem| problem.at(path.display()))
    }

    /// Fills in what syntax trees and sources say of contracts beyond their artifacts, which are at `paths`.
    pub fn declare(&self, paths: &[PathBuf], contracts: &mut BTreeMap<String, Artifact>) -> Result<(), Problem> {
        foundry::declare(&self.path, paths, contracts)?;
        self.builds.declare(paths, contracts)
    }
}

/// The artifact of a contract among those of a source; compiled more than once, with the version in its name.
fn of_source(source: &Path, name: &str) -> Option<PathBuf> {
    let exact = source.join(format!("{name}.json"));
    if exact.is_file() {
        return Some(exact);
    }
    let versioned = |path: &PathBuf| {
        let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let version = file.strip_prefix(name).and_then(|rest| rest.strip_prefix('.')?.strip_suffix(".json"));
        version.is_some_and(|version| version.starts_with(|first: char| first.is_ascii_digit()))
    };
    foundry::sorted(source).into_iter().rfind(versioned)
}

/// Whether a contract can be found elsewhere.
fn known(name: &str) -> bool {
    name == super::ALLOCATION_MANAGER_VIEW || bundled::names().any(|own| own == name)
}

/// The ABI of a contract in a folder; `None` if there is no such contract.
pub fn abi(folder: &Folder, name: &str) -> Result<Option<alloy_json_abi::JsonAbi>, Problem> {
    let Some(path) = folder.find(name)? else { return Ok(None) };
    let whole: Value = json::value(&json::read_text(&path)?).map_err(|problem| problem.at(path.display()))?;
    json::abi(&whole).map(Some).map_err(|problem| problem.at(path.display()))
}
