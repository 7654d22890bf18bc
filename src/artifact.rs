//! Compiled contracts: ABI, code and storage layout, out of the binary, a folder of ours, a Foundry `out/` or the `artifacts/`
//! of Hardhat.

mod build;
mod declarations;
mod folder;
mod foundry;
pub mod layout;
mod revision;
mod source_map;

use std::{
    collections::BTreeMap,
    fs,
    io::Read,
    path::{Path, PathBuf},
};

use alloy_json_abi::JsonAbi;
use alloy_primitives::{B256, Bytes, hex, keccak256};
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use declarations::{Declarations, SourceTexts, Target, Told};
pub use folder::{Folder, abi as abi_in};
pub use layout::{Field, StorageLayout};
pub use revision::Revision;
pub use source_map::{SourceLine, SourceMap, Stretch, StretchKind};

use crate::{
    limits,
    problem::{Problem, nearest},
};

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

/// Where contracts come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The binary.
    Bundled,
    /// The binary, with this bug planted.
    Mutant(String),
    /// This folder.
    Folder(PathBuf),
    /// This folder, where some contracts have other names, or stand in files that are named.
    Named {
        /// The folder.
        folder: PathBuf,
        /// By the name that EigenLayer gives it: the name in the folder, or a file.
        contracts: BTreeMap<String, String>,
        /// What parameters are given whose names say nothing here.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        arguments: Arguments,
    },
}

/// By contract, and by parameter of its constructor or its initializer: what it is given, as text.
pub type Arguments = BTreeMap<String, BTreeMap<String, String>>;

impl Source {
    /// Its folder, as one of a release; `None` for what the binary carries.
    pub fn folder(&self, release: &str) -> Result<Option<Folder>, Problem> {
        match self {
            Self::Bundled | Self::Mutant(_) => Ok(None),
            Self::Folder(folder) => Folder::of(folder, release).map(Some),
            Self::Named { folder, contracts, .. } => Folder::named(folder, release, contracts).map(Some),
        }
    }
}

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

/// The contracts around a release: proxies, tokens, registrars. From us, also when the release is from elsewhere.
const WORLD: &[(&str, &str)] = &[
    ("AcceptingRegistrar", include_str!("../contracts/artifacts/world/AcceptingRegistrar.json")),
    ("BeaconProxy", include_str!("../contracts/artifacts/world/BeaconProxy.json")),
    ("BlacklistingToken", include_str!("../contracts/artifacts/world/BlacklistingToken.json")),
    ("CallingAccount", include_str!("../contracts/artifacts/world/CallingAccount.json")),
    ("CallingToken", include_str!("../contracts/artifacts/world/CallingToken.json")),
    ("Eigen", include_str!("../contracts/artifacts/world/Eigen.json")),
    ("FeeToken", include_str!("../contracts/artifacts/world/FeeToken.json")),
    ("DepositContract", include_str!("../contracts/artifacts/world/DepositContract.json")),
    ("ProxyAdmin", include_str!("../contracts/artifacts/world/ProxyAdmin.json")),
    ("RebasingToken", include_str!("../contracts/artifacts/world/RebasingToken.json")),
    ("Recipient", include_str!("../contracts/artifacts/world/Recipient.json")),
    ("RevertingToken", include_str!("../contracts/artifacts/world/RevertingToken.json")),
    ("SigningWallet", include_str!("../contracts/artifacts/world/SigningWallet.json")),
    ("Token", include_str!("../contracts/artifacts/world/Token.json")),
    ("TransparentUpgradeableProxy", include_str!("../contracts/artifacts/world/TransparentUpgradeableProxy.json")),
    ("UpgradeableBeacon", include_str!("../contracts/artifacts/world/UpgradeableBeacon.json")),
    ("WilfulRegistrar", include_str!("../contracts/artifacts/world/WilfulRegistrar.json")),
];

/// The release that is played when none is named.
pub const DEFAULT_RELEASE: &str = "redistribution";

/// The artifacts of a release, by contract, out of its folder.
macro_rules! release {
    ($folder:literal) => {
        &[
            ("AllocationManager", include_str!(concat!("../contracts/artifacts/", $folder, "/AllocationManager.json"))),
            ("DelegationManager", include_str!(concat!("../contracts/artifacts/", $folder, "/DelegationManager.json"))),
            ("EigenPod", include_str!(concat!("../contracts/artifacts/", $folder, "/EigenPod.json"))),
            ("EigenPodManager", include_str!(concat!("../contracts/artifacts/", $folder, "/EigenPodManager.json"))),
            ("EigenStrategy", include_str!(concat!("../contracts/artifacts/", $folder, "/EigenStrategy.json"))),
            ("PauserRegistry", include_str!(concat!("../contracts/artifacts/", $folder, "/PauserRegistry.json"))),
            (
                "PermissionController",
                include_str!(concat!("../contracts/artifacts/", $folder, "/PermissionController.json")),
            ),
            (
                "RewardsCoordinator",
                include_str!(concat!("../contracts/artifacts/", $folder, "/RewardsCoordinator.json")),
            ),
            ("StrategyBase", include_str!(concat!("../contracts/artifacts/", $folder, "/StrategyBase.json"))),
            (
                "StrategyBaseTVLLimits",
                include_str!(concat!("../contracts/artifacts/", $folder, "/StrategyBaseTVLLimits.json")),
            ),
            ("StrategyFactory", include_str!(concat!("../contracts/artifacts/", $folder, "/StrategyFactory.json"))),
            ("StrategyManager", include_str!(concat!("../contracts/artifacts/", $folder, "/StrategyManager.json"))),
        ]
    };
}

/// Name and text of each artifact.
type Table = &'static [(&'static str, &'static str)];

/// Every release by name.
const RELEASES: &[(&str, Table)] =
    &[("slashing", release!("slashing")), ("redistribution", release!("redistribution"))];

/// The example AVSs, which a folder may replace one by one.
const AVS: Table = &[
    ("CommitmentRegistry", include_str!("../contracts/artifacts/avs/CommitmentRegistry.json")),
    ("InsuranceFund", include_str!("../contracts/artifacts/avs/InsuranceFund.json")),
    ("LendingMarket", include_str!("../contracts/artifacts/avs/LendingMarket.json")),
];

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
        let table = bundled(release)?;
        let contracts = table.iter().chain(AVS).chain(WORLD).map(|(name, text)| {
            let artifact = parse(name, text).unwrap_or_else(|problem| panic!("bundled artifact: {problem}"));
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
        let mut artifacts = Self { release: release.to_owned(), ..Self::of_release(nearest_bundled(release))? };
        artifacts.origin = folder.to_string();
        let own: Vec<&str> = names().chain([ALLOCATION_MANAGER_VIEW]).collect();
        for name in own.iter().copied().chain(AVS.iter().map(|(name, _)| *name)) {
            match folder.find(name)? {
                Some(path) => artifacts.take(name, folder.read(&path, name)?),
                None if CORE.contains(&name) => return Err(folder.lacks(name)),
                None if names().any(|own| own == name) => artifacts.borrowed.push(name.to_owned()),
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
        let silent: Vec<&str> = names().filter(silent).collect();
        if silent.is_empty() {
            return;
        }
        let ours = Self::of_release(nearest_bundled(&self.release)).expect("the binary carries it");
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
            let paths: Result<Vec<Option<PathBuf>>, Problem> = names().map(|name| folder.find(name)).collect();
            let paths: Vec<PathBuf> = paths?.into_iter().flatten().collect();
            folder.declare(&paths, &mut self.contracts)?;
        }
        Ok(self)
    }

    /// A bundled release with one planted bug.
    pub fn mutant(name: &str) -> Result<Self, Problem> {
        let Some((_, text)) = MUTANTS.iter().find(|(mutant, _)| *mutant == name) else {
            let problem = Problem::new(format!("there is no mutant called {name:?}"));
            let near = nearest(name, MUTANTS.iter().map(|(mutant, _)| *mutant));
            return Err(problem.hint(near.map_or_else(
                || "slashproof list mutants names them".to_owned(),
                |near| format!("did you mean {near}?"),
            )));
        };
        let mutant: MutantFile =
            serde_json::from_str(text).unwrap_or_else(|error| panic!("bundled mutant {name}: {error}"));
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
        names().map(|name| self.get(name))
    }

    /// All contracts, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&String, &Artifact)> {
        self.contracts.iter()
    }
}

include!(concat!(env!("OUT_DIR"), "/mutants.rs"));

#[derive(Deserialize)]
struct MutantFile {
    release: String,
    contracts: BTreeMap<String, MutantCode>,
}

#[derive(Deserialize)]
struct MutantCode {
    bytecode: Bytes,
}

/// The contracts of the auditor's own in `files`, each called as its file.
pub fn own(files: &[PathBuf]) -> Result<Vec<Artifact>, Problem> {
    let read = |file: &PathBuf| {
        let name = file.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let artifact = parse(&name, &read_text(file)?).map_err(|problem| problem.at(file.display()))?;
        match artifact.links.first() {
            Some(link) => Err(Problem::new(format!("it is linked with the library {}", link.library))
                .at(file.display())
                .hint("make the library's functions internal")),
            None => Ok(artifact),
        }
    };
    files.iter().map(read).collect()
}

/// The contracts of a release that the binary carries.
fn bundled(release: &str) -> Result<Table, Problem> {
    let found = RELEASES.iter().find(|(name, _)| *name == release).map(|(_, table)| *table);
    found.ok_or_else(|| {
        Problem::new(format!("the binary does not carry the contracts of the {release} release"))
            .hint("give a folder of its artifacts with --artifacts")
    })
}

/// The newest release that the binary carries and that is not newer than `release`, or is it.
fn nearest_bundled(release: &str) -> &str {
    if RELEASES.iter().any(|(name, _)| *name == release) { release } else { RELEASES[RELEASES.len() - 1].0 }
}

/// The names of the contracts of every release.
fn names() -> impl Iterator<Item = &'static str> {
    RELEASES[RELEASES.len() - 1].1.iter().map(|(name, _)| *name)
}

fn read_text(path: &Path) -> Result<String, Problem> {
    read_within(path, limits::FILE_BYTES)
}

/// The text of a file that has no more than so many bytes.
fn read_within(path: &Path, most: u64) -> Result<String, Problem> {
    let problem = |error: std::io::Error| Problem::new(format!("cannot read {}: {error}", path.display()));
    let mut bytes = Vec::new();
    // What is no file may have no length, and no end.
    fs::File::open(path).and_then(|file| file.take(most + 1).read_to_end(&mut bytes)).map_err(problem)?;
    if bytes.len() as u64 > most {
        return Err(Problem::new(format!("{} has more than {most} bytes, which is too large", path.display())));
    }
    String::from_utf8(bytes)
        .map_err(|_| Problem::new(format!("{} is no text", path.display())).hint("is it an artifact? compile again"))
}

fn json(text: &str) -> Result<Value, Problem> {
    serde_json::from_str(text).map_err(|error| {
        Problem::new(format!("this is no artifact: {error}")).hint("is the file complete? compile again")
    })
}

fn parse(name: &str, text: &str) -> Result<Artifact, Problem> {
    of_json(name, &json(text)?)
}

fn abi_of(whole: &Value) -> Result<JsonAbi, Problem> {
    let abi = whole.get("abi").ok_or_else(|| Problem::new("this artifact has no \"abi\""))?;
    JsonAbi::deserialize(abi).map_err(|error| Problem::new(format!("cannot read its \"abi\": {error}")))
}

fn layout_of(layout: &Value) -> Result<StorageLayout, Problem> {
    StorageLayout::deserialize(layout)
        .map_err(|error| Problem::new(format!("cannot read its \"storageLayout\": {error}")))?
        .checked()
}

fn of_json(name: &str, whole: &Value) -> Result<Artifact, Problem> {
    let abi = abi_of(whole)?;
    let layout = whole.get("storageLayout").filter(|layout| !layout.is_null()).map(layout_of).transpose()?;
    let declarations = whole.get("declarations").map(Declarations::deserialize).transpose();
    let (creation, links) = creation_code(whole)?;
    Ok(Artifact {
        name: name.to_owned(),
        abi,
        creation,
        links,
        runtime: runtime_code(whole),
        target: target_of(whole),
        source_map: None,
        arguments: BTreeMap::new(),
        layout,
        declarations: declarations
            .map_err(|error| Problem::new(format!("cannot read its \"declarations\": {error}")))?,
        told: None,
    })
}

/// What forge was told to compile, as its artifacts have it.
fn target_of(whole: &Value) -> Option<String> {
    let target = whole["metadata"]["settings"]["compilationTarget"].as_object()?;
    let (path, name) = target.iter().next()?;
    Some(format!("{path}:{}", name.as_str()?))
}

/// The code after creation: text, or as Foundry has it an object with text. It is looked at, never run, so that it may be
/// missing.
fn runtime_code(whole: &Value) -> Bytes {
    let bytecode = &whole["deployedBytecode"];
    let text = bytecode.as_str().or_else(|| bytecode["object"].as_str()).unwrap_or_default();
    hex::decode(text).unwrap_or_default().into()
}

/// The creation code, text or as Foundry has it an object with text, and the libraries that go into it.
fn creation_code(whole: &Value) -> Result<(Bytes, Vec<Link>), Problem> {
    let bytecode = whole.get("bytecode").ok_or_else(|| Problem::new("this artifact has no \"bytecode\""))?;
    let text = bytecode.as_str().or_else(|| bytecode.get("object")?.as_str());
    let text = text.ok_or_else(|| Problem::new("its \"bytecode\" is neither text nor an object with text"))?;
    let text = text.strip_prefix("0x").unwrap_or(text);
    // Foundry says it of the bytecode, Hardhat of the artifact.
    let links = links(bytecode.get("linkReferences").or_else(|| whole.get("linkReferences")));
    let text = without_libraries(text, &links)?;
    let code = hex::decode(&text).map_err(|error| Problem::new(format!("cannot read its \"bytecode\": {error}")))?;
    if code.is_empty() {
        return Err(Problem::new("its bytecode is empty").hint("is it an interface or an abstract contract?"));
    }
    Ok((code.into(), links))
}

/// What a compiler says of libraries: file, name, and where their addresses go.
fn links(references: Option<&Value>) -> Vec<Link> {
    let files = references.and_then(Value::as_object).into_iter().flatten();
    let libraries = files.filter_map(|(_, libraries)| libraries.as_object()).flatten();
    let places = |(library, places): (&String, &Value)| -> Vec<Link> {
        let starts = places.as_array().into_iter().flatten().filter_map(|place| place["start"].as_u64());
        let link = |start| Link { library: library.clone(), start: usize::try_from(start).unwrap_or(usize::MAX) };
        starts.map(link).collect()
    };
    libraries.flat_map(places).collect()
}

/// Bytecode with zeros where the addresses of libraries go.
fn without_libraries(text: &str, links: &[Link]) -> Result<String, Problem> {
    let mut text = text.to_owned();
    for link in links {
        let digits = link.start.saturating_mul(2);
        let place = digits..digits.saturating_add(40);
        if !text.get(place.clone()).is_some_and(str::is_ascii) {
            return Err(Problem::new(format!("its bytecode has no place for the library {}", link.library))
                .hint("is the file complete? compile again"));
        }
        text.replace_range(place, &"0".repeat(40));
    }
    if text.contains("__") {
        return Err(Problem::new(
            "its bytecode is not linked: it wants a library at an address, and does not say which",
        )
        .hint("keep the compiler's linkReferences, or make the library's functions internal"));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foundry_and_our_own_artifacts_read_the_same() {
        let ours = parse("X", r#"{"abi":[],"bytecode":"0x6001"}"#).unwrap();
        let foundry = parse("X", r#"{"abi":[],"bytecode":{"object":"0x6001","linkReferences":{}}}"#).unwrap();
        assert_eq!(ours.creation, foundry.creation);
    }

    #[test]
    fn half_an_artifact_is_refused_with_a_sentence() {
        for (text, expected) in [
            (r#"{"abi":[],"byte"#, "this is no artifact"),
            (r#"{"bytecode":"0x00"}"#, "has no \"abi\""),
            (r#"{"abi":[]}"#, "has no \"bytecode\""),
            (r#"{"abi":[],"bytecode":"0x"}"#, "its bytecode is empty"),
            (r#"{"abi":[],"bytecode":"0x60__$aa$__"}"#, "its bytecode is not linked"),
            (r#"{"abi":[],"bytecode":"0xzz"}"#, "cannot read its \"bytecode\""),
        ] {
            let problem = parse("X", text).unwrap_err().to_string();
            assert!(problem.contains(expected), "{text}: {problem}");
        }
    }

    #[test]
    fn the_places_of_libraries_are_kept() {
        let code = format!("0x73{}00", "__$0123456789abcdef0123456789abcdef01$__");
        let references = r#"{"src/L.sol":{"L":[{"start":1,"length":20}]}}"#;
        let expected = [&[0x73][..], &[0; 20], &[0]].concat();
        for text in [
            format!(r#"{{"abi":[],"bytecode":{{"object":"{code}","linkReferences":{references}}}}}"#),
            format!(r#"{{"abi":[],"bytecode":"{code}","linkReferences":{references}}}"#),
        ] {
            let artifact = parse("X", &text).unwrap();
            assert_eq!(artifact.links, [Link { library: "L".to_owned(), start: 1 }]);
            assert_eq!(artifact.creation[..], expected[..]);
        }
        let outside = r#"{"abi":[],"bytecode":"0x00","linkReferences":{"f":{"L":[{"start":9}]}}}"#;
        assert!(parse("X", outside).unwrap_err().to_string().contains("no place for the library L"));
    }
}
