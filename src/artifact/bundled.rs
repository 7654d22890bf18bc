//! What the binary carries: the contracts of each release, the world around them, the example AVSs, and the mutants.

use std::collections::BTreeMap;

use alloy_primitives::Bytes;
use serde::Deserialize;

use crate::problem::{Problem, nearest};

/// Name and text of each artifact.
pub(super) type Table = &'static [(&'static str, &'static str)];

/// The contracts around a release: proxies, tokens, registrars. From us, also when the release is from elsewhere.
pub(super) const WORLD: Table = &[
    ("AcceptingRegistrar", include_str!("../../contracts/artifacts/world/AcceptingRegistrar.json")),
    ("BeaconProxy", include_str!("../../contracts/artifacts/world/BeaconProxy.json")),
    ("BlacklistingToken", include_str!("../../contracts/artifacts/world/BlacklistingToken.json")),
    ("CallingAccount", include_str!("../../contracts/artifacts/world/CallingAccount.json")),
    ("CallingToken", include_str!("../../contracts/artifacts/world/CallingToken.json")),
    ("Eigen", include_str!("../../contracts/artifacts/world/Eigen.json")),
    ("FeeToken", include_str!("../../contracts/artifacts/world/FeeToken.json")),
    ("DepositContract", include_str!("../../contracts/artifacts/world/DepositContract.json")),
    ("ProxyAdmin", include_str!("../../contracts/artifacts/world/ProxyAdmin.json")),
    ("RebasingToken", include_str!("../../contracts/artifacts/world/RebasingToken.json")),
    ("Recipient", include_str!("../../contracts/artifacts/world/Recipient.json")),
    ("RevertingToken", include_str!("../../contracts/artifacts/world/RevertingToken.json")),
    ("SigningWallet", include_str!("../../contracts/artifacts/world/SigningWallet.json")),
    ("Token", include_str!("../../contracts/artifacts/world/Token.json")),
    ("TransparentUpgradeableProxy", include_str!("../../contracts/artifacts/world/TransparentUpgradeableProxy.json")),
    ("UpgradeableBeacon", include_str!("../../contracts/artifacts/world/UpgradeableBeacon.json")),
    ("WilfulRegistrar", include_str!("../../contracts/artifacts/world/WilfulRegistrar.json")),
];

/// The artifacts of a release, by contract, out of its folder.
macro_rules! release {
    ($folder:literal) => {
        &[
            (
                "AllocationManager",
                include_str!(concat!("../../contracts/artifacts/", $folder, "/AllocationManager.json")),
            ),
            (
                "DelegationManager",
                include_str!(concat!("../../contracts/artifacts/", $folder, "/DelegationManager.json")),
            ),
            ("EigenPod", include_str!(concat!("../../contracts/artifacts/", $folder, "/EigenPod.json"))),
            ("EigenPodManager", include_str!(concat!("../../contracts/artifacts/", $folder, "/EigenPodManager.json"))),
            ("EigenStrategy", include_str!(concat!("../../contracts/artifacts/", $folder, "/EigenStrategy.json"))),
            ("PauserRegistry", include_str!(concat!("../../contracts/artifacts/", $folder, "/PauserRegistry.json"))),
            (
                "PermissionController",
                include_str!(concat!("../../contracts/artifacts/", $folder, "/PermissionController.json")),
            ),
            (
                "RewardsCoordinator",
                include_str!(concat!("../../contracts/artifacts/", $folder, "/RewardsCoordinator.json")),
            ),
            ("StrategyBase", include_str!(concat!("../../contracts/artifacts/", $folder, "/StrategyBase.json"))),
            (
                "StrategyBaseTVLLimits",
                include_str!(concat!("../../contracts/artifacts/", $folder, "/StrategyBaseTVLLimits.json")),
            ),
            ("StrategyFactory", include_str!(concat!("../../contracts/artifacts/", $folder, "/StrategyFactory.json"))),
            ("StrategyManager", include_str!(concat!("../../contracts/artifacts/", $folder, "/StrategyManager.json"))),
        ]
    };
}

/// Every release by name.
const RELEASES: &[(&str, Table)] =
    &[("slashing", release!("slashing")), ("redistribution", release!("redistribution"))];

/// The example AVSs, which a folder may replace one by one.
pub(super) const AVS: Table = &[
    ("CommitmentRegistry", include_str!("../../contracts/artifacts/avs/CommitmentRegistry.json")),
    ("InsuranceFund", include_str!("../../contracts/artifacts/avs/InsuranceFund.json")),
    ("LendingMarket", include_str!("../../contracts/artifacts/avs/LendingMarket.json")),
];

include!(concat!(env!("OUT_DIR"), "/mutants.rs"));

/// A release with one planted bug.
#[derive(Deserialize)]
pub(super) struct Mutant {
    /// The release that it was planted in.
    pub(super) release: String,
    /// The contracts that it changes.
    pub(super) contracts: BTreeMap<String, MutantCode>,
}

/// A contract with a planted bug.
#[derive(Deserialize)]
pub(super) struct MutantCode {
    /// What creates it.
    pub(super) bytecode: Bytes,
}

/// The mutant called `name`.
pub(super) fn mutant(name: &str) -> Result<Mutant, Problem> {
    let Some((_, text)) = MUTANTS.iter().find(|(mutant, _)| *mutant == name) else {
        let problem = Problem::new(format!("there is no mutant called {name:?}"));
        let near = nearest(name, MUTANTS.iter().map(|(mutant, _)| *mutant));
        return Err(problem.hint(
            near.map_or_else(
                || "slashproof list mutants names them".to_owned(),
                |near| format!("did you mean {near}?"),
            ),
        ));
    };
    Ok(serde_json::from_str(text).unwrap_or_else(|error| panic!("bundled mutant {name}: {error}")))
}

/// The contracts of a release that the binary carries.
pub(super) fn release(release: &str) -> Result<Table, Problem> {
    let found = RELEASES.iter().find(|(name, _)| *name == release).map(|(_, table)| *table);
    found.ok_or_else(|| {
        Problem::new(format!("the binary does not carry the contracts of the {release} release"))
            .hint("give a folder of its artifacts with --artifacts")
    })
}

/// The newest release that the binary carries and that is not newer than `release`, or is it.
pub(super) fn nearest_release(release: &str) -> &str {
    if RELEASES.iter().any(|(name, _)| *name == release) { release } else { RELEASES[RELEASES.len() - 1].0 }
}

/// The names of the contracts of every release.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    RELEASES[RELEASES.len() - 1].1.iter().map(|(name, _)| *name)
}
