//! Compiled contracts: ABI, code and storage layout, out of the binary, a folder of ours, a Foundry `out/` or the `artifacts/`
//! of Hardhat.

mod build;
mod bundled;
mod declarations;
mod folder;
mod foundry;
mod json;
pub mod layout;
mod revision;
mod source;
mod source_map;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use alloy_json_abi::JsonAbi;
use alloy_primitives::{B256, Bytes, keccak256};

pub use declarations::{Declarations, SourceTexts, Target, Told};
pub use folder::{Folder, abi as abi_in};
pub use layout::{Field, StorageLayout};
pub use revision::Revision;
pub use source::{Arguments, Names, Source, is_called};
pub use source_map::{SourceLine, SourceMap, Stretch, StretchKind};

use crate::problem::{Problem, nearest};

/// One compiled contract.
#[derive(Clone, Debug)]
pub struct Artifact {
    /// Its name.
    pub name: String,
    /// What it understands.
    pub abi: JsonAbi,
    /// What creates it, without constructor arguments, and with zeros where libraries go.
    pub creation: Bytes,
    /// The libraries that it calls.
    pub links: Vec<Link>,
    /// What it is once created, before immutables are filled in; empty if the artifact leaves it out.
    pub runtime: Bytes,
    /// Where its variables are, if the compiler was asked.
    pub layout: Option<StorageLayout>,
    /// What else is declared in its sources, if the compiler was asked.
    pub declarations: Option<Declarations>,
    /// What the text of its sources tells, where there are no declarations and every source is at hand as it was compiled.
    pub told: Option<Told>,
    /// What forge knows it by, `path:name`, if forge built it.
    pub target: Option<String>,
    /// Where its code stands in its sources, if it comes with a source map.
    pub source_map: Option<SourceMap>,
    /// What parameters of its constructor and its initializer are given whose names say nothing here: by name, as text.
    pub arguments: BTreeMap<String, String>,
}

impl Artifact {
    /// The members of each enum, in order, by its name with that of the contract it is in, if that can be known.
    pub fn enums(&self) -> Option<&BTreeMap<String, Vec<String>>> {
        let told = || self.told.as_ref().map(|told| &told.enums);
        self.declarations.as_ref().map(|declared| &declared.enums).or_else(told)
    }

    /// The version that each initializer leaves it at, by name, or by signature if others have the name, if that can be known.
    pub fn initializers(&self) -> Option<&BTreeMap<String, u64>> {
        let told = || self.told.as_ref()?.initializers.as_ref();
        self.declarations.as_ref().map(|declared| &declared.initializers).or_else(told)
    }

    /// Where an immutable or an initializer is declared, if that can be known.
    pub fn place(&self, name: &str) -> Option<&str> {
        let told = || self.told.as_ref().map(|told| &told.places);
        let places = self.declarations.as_ref().map(|declared| &declared.places).or_else(told)?;
        places.get(name).map(String::as_str)
    }

    /// Identifies the code: the hash of what creates it.
    pub fn digest(&self) -> B256 {
        let mut all = self.creation.to_vec();
        for (parameter, given) in &self.arguments {
            all.extend(format!("{parameter}={given};").into_bytes());
        }
        keccak256(all)
    }
}

/// A place in creation code for the address of a library.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Its name.
    pub library: String,
    /// First of the twenty bytes.
    pub start: usize,
}

/// The contract that some releases split off the allocation manager, for what it is asked.
pub const ALLOCATION_MANAGER_VIEW: &str = "AllocationManagerView";

/// Our pod, under the name that it has beside a pod from elsewhere: one that takes the word of a reporter for what
/// EigenLayer's wants proofs of.
const REPORTED_POD: &str = "ReportedEigenPod";

/// How to have a compiler say where variables are.
pub const ASK_FOR_LAYOUTS: &str = "compile with extra_output = [\"storageLayout\"] in foundry.toml, or of Hardhat with storageLayout in \
                                   the outputSelection of solc's settings";

/// What a folder must have to be a release. What else it lacks comes from the binary.
pub const CORE: &[&str] =
    &["AllocationManager", "DelegationManager", "StrategyManager", "EigenPodManager", "PermissionController"];

/// The release that is played when none is named.
pub const DEFAULT_RELEASE: &str = "redistribution";

/// Compiled contracts by name.
#[derive(Clone, Debug)]
pub struct Artifacts {
    /// Where they come from, for messages.
    pub origin: String,
    /// What they are a release of.
    pub release: String,
    /// The contracts of the release that are from the binary, because the folder has none such.
    pub borrowed: Vec<String>,
    /// The contracts whose artifacts do not say where variables are. They are taken to be where the binary's are.
    pub supposed: Vec<String>,
    /// The contracts with invariants of the auditor's own, and the files that they are from.
    pub own: Vec<(String, PathBuf)>,
    contracts: BTreeMap<String, Artifact>,
}

impl Artifacts {
    /// The contracts of `source`, as those of a release. A mutant is of the release it was planted in.
    pub fn load(source: &Source, release: &str) -> Result<Self, Problem> {
        match source {
            Source::Bundled => Self::of_release(release),
            Source::Mutant(name) => Self::mutant(name),
            Source::Folder(folder) => Self::from_folder(folder, release),
            Source::Named { folder, contracts, arguments } => {
                let mut artifacts = Self::from_project(&Folder::named(folder, release, contracts)?, release)?;
                artifacts.give(arguments)?;
                Ok(artifacts)
            }
        }
    }

    /// The release that is played when none is named, as the binary carries it.
    pub fn bundled() -> Self {
        Self::of_release(DEFAULT_RELEASE).expect("it is one of the releases")
    }

    /// A release as the binary carries it.
    pub fn of_release(release: &str) -> Result<Self, Problem> {
        let table = bundled::release(release)?;
        let contracts = table.iter().chain(bundled::AVS).chain(bundled::WORLD).map(|(name, text)| {
            let artifact = json::parse(name, text).unwrap_or_else(|problem| panic!("bundled artifact: {problem}"));
            ((*name).to_owned(), artifact)
        });
        let contracts = contracts.collect();
        Ok(Self {
            origin: "bundled".to_owned(),
            release: release.to_owned(),
            borrowed: Vec::new(),
            supposed: Vec::new(),
            own: Vec::new(),
            contracts,
        })
    }

    /// A release out of a folder; what it lacks of the world around a release, and of the release beside [`CORE`], comes
    /// from the binary.
    pub fn from_folder(folder: &Path, release: &str) -> Result<Self, Problem> {
        Self::from_project(&Folder::of(folder, release)?, release)
    }

    fn from_project(folder: &Folder, release: &str) -> Result<Self, Problem> {
        let mut artifacts =
            Self { release: release.to_owned(), ..Self::of_release(bundled::nearest_release(release))? };
        artifacts.origin = folder.to_string();
        let own: Vec<&str> = bundled::names().chain([ALLOCATION_MANAGER_VIEW]).collect();
        for name in own.iter().copied().chain(bundled::AVS.iter().map(|(name, _)| *name)) {
            match folder.find(name)? {
                Some(path) => artifacts.take(name, folder.read(&path, name)?),
                None if CORE.contains(&name) => return Err(folder.lacks(name)),
                None if bundled::names().any(|own| own == name) => artifacts.borrowed.push(name.to_owned()),
                None => {}
            }
        }
        artifacts.libraries(folder)?;
        Ok(artifacts)
    }

    /// Notes what parameters are given. Not every build has all of them: of two, one may be older.
    fn give(&mut self, arguments: &Arguments) -> Result<(), Problem> {
        for (contract, given) in arguments {
            let Some(artifact) = self.contracts.get_mut(contract) else {
                let problem = Problem::new(format!("there is no contract {contract:?} to give arguments to"));
                return Err(match nearest(contract, self.contracts.keys().map(String::as_str)) {
                    Some(near) => problem.hint(format!("did you mean {near}?")),
                    None => problem,
                });
            };
            artifact.arguments.clone_from(given);
        }
        Ok(())
    }

    /// Takes contracts with invariants of the auditor's own in.
    pub fn take_own(&mut self, files: &[PathBuf]) -> Result<(), Problem> {
        for (file, artifact) in files.iter().zip(own(files)?) {
            if self.has(&artifact.name) {
                return Err(Problem::new(format!("there is a contract called {} already", artifact.name))
                    .at(file.display())
                    .hint("give it another name"));
            }
            self.own.push((artifact.name.clone(), file.clone()));
            self.contracts.insert(artifact.name.clone(), artifact);
        }
        Ok(())
    }

    /// Takes a contract from elsewhere in. A pod that wants proofs of the beacon chain stands beside ours.
    fn take(&mut self, name: &str, artifact: Artifact) {
        if name == "EigenPod" && artifact.abi.function("reportNewValidators").is_none() {
            let ours = self.get(name).clone();
            self.contracts.insert(REPORTED_POD.to_owned(), ours);
        }
        self.contracts.insert(name.to_owned(), artifact);
    }

    /// Takes variables to be where the binary's contracts have them, wherever an artifact does not say it. Not done when
    /// artifacts are loaded: whoever compares layouts must see that there is none.
    pub fn suppose_layouts(&mut self) {
        let silent = |name: &&str| self.contracts.get(*name).is_some_and(|artifact| artifact.layout.is_none());
        let silent: Vec<&str> = bundled::names().filter(silent).collect();
        if silent.is_empty() {
            return;
        }
        let ours = Self::of_release(bundled::nearest_release(&self.release)).expect("the binary carries it");
        for name in silent {
            let layout = ours.get(name).layout.clone();
            self.contracts.get_mut(name).expect("it is one of them").layout = layout;
            self.supposed.push(name.to_owned());
        }
    }

    /// Takes in the libraries that contracts are linked with, and those that these are.
    fn libraries(&mut self, folder: &Folder) -> Result<(), Problem> {
        let wanted = |artifact: &Artifact| artifact.links.iter().map(|link| link.library.clone()).collect::<Vec<_>>();
        let mut open: Vec<String> = self.contracts.values().flat_map(wanted).collect();
        while let Some(name) = open.pop() {
            if !self.has(&name) {
                let path = folder.find(&name)?.ok_or_else(|| {
                    folder.lacks(&name).hint("a contract is linked with this library; build the library too")
                })?;
                let library = folder.read(&path, &name)?;
                open.extend(wanted(&library));
                self.contracts.insert(name, library);
            }
        }
        Ok(())
    }

    /// The same, with what syntax trees say of the contracts of the release where an artifact does not say it itself.
    /// Apart, because trees are large, and only the gate asks.
    pub fn with_declarations(mut self, source: &Source) -> Result<Self, Problem> {
        if let Some(folder) = source.folder(&self.release)? {
            let paths: Result<Vec<Option<PathBuf>>, Problem> = bundled::names().map(|name| folder.find(name)).collect();
            let paths: Vec<PathBuf> = paths?.into_iter().flatten().collect();
            folder.declare(&paths, &mut self.contracts)?;
        }
        Ok(self)
    }

    /// A bundled release with one planted bug.
    pub fn mutant(name: &str) -> Result<Self, Problem> {
        let mutant = bundled::mutant(name)?;
        let mut artifacts = Self::of_release(&mutant.release)?;
        artifacts.origin = format!("bundled, with the bug {name}");
        for (contract, code) in mutant.contracts {
            let creation = code.bytecode;
            let artifact = artifacts.contracts.get_mut(&contract);
            let artifact =
                artifact.unwrap_or_else(|| panic!("mutant {name} changes {contract}, which is not in the release"));
            // Of what it is once created, only the code without the bug is known.
            (artifact.creation, artifact.runtime) = (creation, Bytes::new());
        }
        Ok(artifacts)
    }

    /// The contract called `name`.
    ///
    /// # Panics
    /// If there is none; every collection has the contracts that the adapters name.
    pub fn get(&self, name: &str) -> &Artifact {
        self.contracts.get(name).unwrap_or_else(|| panic!("no artifact called {name}"))
    }

    /// Whether there is a contract called `name`.
    pub fn has(&self, name: &str) -> bool {
        self.contracts.contains_key(name)
    }

    /// Whether some of them say where their code stands in its sources.
    pub fn have_source_maps(&self) -> bool {
        self.contracts.values().any(|artifact| artifact.source_map.is_some())
    }

    /// Refuses if nothing can be said of lines.
    pub fn need_source_maps(&self) -> Result<(), Problem> {
        if self.have_source_maps() {
            return Ok(());
        }
        Err(Problem::new("these artifacts have no source maps, so nothing can be said of lines")
            .at(&self.origin)
            .hint("give a Foundry or Hardhat project, where its sources are beside what was built"))
    }

    /// The name of the pod that is deployed: ours, whoever else has one.
    pub fn pod(&self) -> &'static str {
        if self.has(REPORTED_POD) { REPORTED_POD } else { "EigenPod" }
    }

    /// Whether native ETH can be reported: the manager of the pods says whom it trusts.
    pub fn has_reporter(&self) -> bool {
        self.get("EigenPodManager").abi.function("setProofTimestampSetter").is_some()
    }

    /// The contracts of the release itself, by name, without the world around it.
    pub fn of_itself(&self) -> impl Iterator<Item = &Artifact> {
        bundled::names().map(|name| self.get(name))
    }

    /// All contracts, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&String, &Artifact)> {
        self.contracts.iter()
    }
}

/// The contracts of the auditor's own in `files`, each called as its file.
pub fn own(files: &[PathBuf]) -> Result<Vec<Artifact>, Problem> {
    let read = |file: &PathBuf| {
        let name = file.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let artifact = json::parse(&name, &json::read_text(file)?).map_err(|problem| problem.at(file.display()))?;
        match artifact.links.first() {
            Some(link) => Err(Problem::new(format!("it is linked with the library {}", link.library))
                .at(file.display())
                .hint("make the library's functions internal")),
            None => Ok(artifact),
        }
    };
    files.iter().map(read).collect()
}
