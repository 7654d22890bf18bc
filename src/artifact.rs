//! Compiled contracts: ABI, code and storage layout, out of the binary, a folder of ours or a Foundry `out/`.

mod declarations;
mod foundry;
pub mod layout;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use alloy_json_abi::JsonAbi;
use alloy_primitives::{B256, Bytes, hex, keccak256};
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use declarations::Declarations;
pub use layout::{Field, StorageLayout};

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
    /// What creates it, without constructor arguments.
    pub creation: Bytes,
    /// What it is once created, before immutables are filled in; empty if the artifact leaves it out.
    pub runtime: Bytes,
    /// Where its variables are, if the compiler was asked.
    pub layout: Option<StorageLayout>,
    /// What else is declared in its sources, if the compiler was asked.
    pub declarations: Option<Declarations>,
}

impl Artifact {
    /// Identifies the code: the hash of what creates it.
    pub fn digest(&self) -> B256 {
        keccak256(&self.creation)
    }
}

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
}

/// Compiled contracts by name.
#[derive(Clone, Debug)]
pub struct Artifacts {
    /// Where they come from, for messages.
    pub origin: String,
    /// What they are a release of.
    pub release: String,
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
        }
    }

    /// The release that is played when none is named, as the binary carries it.
    pub fn bundled() -> Self {
        Self::of_release(DEFAULT_RELEASE).expect("it is one of the releases")
    }

    /// A release as the binary carries it.
    pub fn of_release(release: &str) -> Result<Self, Problem> {
        let contracts = table(release)?.iter().chain(AVS).chain(WORLD).map(|(name, text)| {
            let artifact = parse(name, text).unwrap_or_else(|problem| panic!("bundled artifact: {problem}"));
            ((*name).to_owned(), artifact)
        });
        let contracts = contracts.collect();
        Ok(Self { origin: "bundled".to_owned(), release: release.to_owned(), contracts })
    }

    /// A release out of a folder: `NAME.json` as we write them, or `NAME.sol/NAME.json` as Foundry does, in a folder of
    /// the release where there is another contract of that name. What it lacks of the world around a release comes from
    /// the binary.
    pub fn from_folder(folder: &Path, release: &str) -> Result<Self, Problem> {
        if !folder.is_dir() {
            return Err(Problem::new(format!("{} is no folder", folder.display()))
                .hint("give a folder of artifacts, for example the out/ of a Foundry project"));
        }
        let mut artifacts = Self::of_release(release)?;
        artifacts.origin = folder.display().to_string();
        for (name, _) in table(release)? {
            let path = find(folder, release, name)?;
            artifacts.contracts.insert((*name).to_owned(), read(&path, name)?);
        }
        for (name, _) in AVS {
            if let Ok(path) = find(folder, release, name) {
                artifacts.contracts.insert((*name).to_owned(), read(&path, name)?);
            }
        }
        Ok(artifacts)
    }

    /// The same, with what syntax trees say of the contracts of the release where an artifact does not say it itself.
    /// Apart, because trees are large, and only the gate asks.
    pub fn with_declarations(mut self, source: &Source) -> Result<Self, Problem> {
        if let Source::Folder(folder) = source {
            let paths = table(&self.release)?.iter().map(|(name, _)| find(folder, &self.release, name));
            foundry::declare(folder, &paths.collect::<Result<Vec<_>, _>>()?, &mut self.contracts)?;
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
            artifact
                .unwrap_or_else(|| panic!("mutant {name} changes {contract}, which is not in the release"))
                .creation = creation;
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

    /// The contracts of the release itself, by name, without the world around it.
    pub fn of_itself(&self) -> impl Iterator<Item = &Artifact> {
        let names = table(&self.release).expect("it is one of the releases");
        names.iter().map(|(name, _)| self.get(name))
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

/// The contracts of a release.
fn table(release: &str) -> Result<Table, Problem> {
    let found = RELEASES.iter().find(|(name, _)| *name == release).map(|(_, table)| *table);
    found.ok_or_else(|| Problem::new(format!("the binary carries no release {release:?}")))
}

fn find(folder: &Path, release: &str, name: &str) -> Result<PathBuf, Problem> {
    let foundry = |folder: &Path| folder.join(format!("{name}.sol")).join(format!("{name}.json"));
    let places = [folder.join(format!("{name}.json")), foundry(&folder.join(release)), foundry(folder)];
    if let Some(path) = places.into_iter().find(|path| path.is_file()) {
        Ok(path)
    } else {
        Err(Problem::new(format!("{} has no artifact of {name}", folder.display()))
            .hint(format!("expected {name}.json, or {name}.sol/{name}.json as Foundry writes it")))
    }
}

fn read_text(path: &Path) -> Result<String, Problem> {
    let problem = |error: std::io::Error| Problem::new(format!("cannot read {}: {error}", path.display()));
    let length = fs::metadata(path).map_err(problem)?.len();
    if length > limits::FILE_BYTES {
        return Err(Problem::new(format!("{} has {length} bytes, which is too large", path.display())));
    }
    fs::read_to_string(path).map_err(problem)
}

/// An artifact of a folder.
fn read(path: &Path, name: &str) -> Result<Artifact, Problem> {
    parse(name, &read_text(path)?).map_err(|problem| problem.at(path.display()))
}

fn json(text: &str) -> Result<Value, Problem> {
    serde_json::from_str(text).map_err(|error| {
        Problem::new(format!("this is no artifact: {error}")).hint("is the file complete? compile again")
    })
}

fn parse(name: &str, text: &str) -> Result<Artifact, Problem> {
    of_json(name, &json(text)?)
}

fn of_json(name: &str, whole: &Value) -> Result<Artifact, Problem> {
    let abi = whole.get("abi").ok_or_else(|| Problem::new("this artifact has no \"abi\""))?;
    let abi = JsonAbi::deserialize(abi).map_err(|error| Problem::new(format!("cannot read its \"abi\": {error}")))?;
    let layout = match whole.get("storageLayout") {
        None | Some(Value::Null) => None,
        Some(layout) => Some(
            StorageLayout::deserialize(layout)
                .map_err(|error| Problem::new(format!("cannot read its \"storageLayout\": {error}")))?
                .checked()?,
        ),
    };
    let declarations = whole.get("declarations").map(Declarations::deserialize).transpose();
    Ok(Artifact {
        name: name.to_owned(),
        abi,
        creation: creation_code(whole)?,
        runtime: runtime_code(whole),
        layout,
        declarations: declarations
            .map_err(|error| Problem::new(format!("cannot read its \"declarations\": {error}")))?,
    })
}

/// The code after creation: text, or as Foundry has it an object with text. It is looked at, never run, so that it may be
/// missing.
fn runtime_code(whole: &Value) -> Bytes {
    let bytecode = &whole["deployedBytecode"];
    let text = bytecode.as_str().or_else(|| bytecode["object"].as_str()).unwrap_or_default();
    hex::decode(text).unwrap_or_default().into()
}

/// The creation code: text, or as Foundry has it an object with text.
fn creation_code(whole: &Value) -> Result<Bytes, Problem> {
    let bytecode = whole.get("bytecode").ok_or_else(|| Problem::new("this artifact has no \"bytecode\""))?;
    let text = bytecode.as_str().or_else(|| bytecode.get("object")?.as_str());
    let text = text.ok_or_else(|| Problem::new("its \"bytecode\" is neither text nor an object with text"))?;
    if text.contains("__$") {
        return Err(Problem::new("its bytecode is not linked: it wants a library at an address")
            .hint("link the library when compiling, or make its functions internal"));
    }
    let code = hex::decode(text).map_err(|error| Problem::new(format!("cannot read its \"bytecode\": {error}")))?;
    if code.is_empty() {
        return Err(Problem::new("its bytecode is empty").hint("is it an interface or an abstract contract?"));
    }
    Ok(code.into())
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
}
