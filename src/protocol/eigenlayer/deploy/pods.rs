//! Native ETH: the EigenPod manager, the code of the pods, and who has ETH.

use alloy_primitives::{Address, Bytes, U256};
use alloy_sol_types::{SolCall, SolValue};

use super::{Cast, Contracts, Managed, Planner};
use crate::{
    artifact::Artifacts,
    book::{Book, Role},
    protocol::eigenlayer::abi,
};

/// What every staker gets of ETH, and what is on the beacon chain for validators to have, in whole ones.
const STAKER_ETH: u64 = 10_000;
const BEACON_CHAIN_ETH: u64 = 1_000_000_000;

/// Stakers who have a pod from the start.
const PODS_FROM_THE_START: usize = 4;

/// When the beacon chain of the main network began, in seconds.
const BEACON_CHAIN_GENESIS: u64 = 1_606_824_023;

impl Planner<'_> {
    /// The EigenPod manager, the code of the pods, and the ETH of those who have some.
    pub(super) fn pods(&mut self, contracts: &Contracts, cast: &Cast, proxy_admin: Address) {
        let Contracts { eigen_pod_manager: manager, delegation_manager, pauser_registry: registry, .. } = *contracts;
        let deposits = self.create("depositContract", "DepositContract", &[]);
        // A beacon wants code behind it from the start, like a proxy.
        let beacon = self.create("podBeacon", "UpgradeableBeacon", &registry.abi_encode());
        let version = self.release.version.to_owned();
        let arguments = (deposits, beacon, delegation_manager, registry, version.clone()).abi_encode_params();
        let start = abi::EigenPodManager::initializeCall { initialOwner: cast.owner, initialPausedStatus: U256::ZERO };
        let start = Some(start.abi_encode());
        self.implement(proxy_admin, Managed { artifact: "EigenPodManager", proxy: manager, arguments, start });
        let arguments = (deposits, manager, BEACON_CHAIN_GENESIS, version).abi_encode_params();
        let implementation = self.create("pod implementation", "EigenPod", &arguments);
        let upgrade = abi::UpgradeableBeacon::upgradeToCall { newImplementation: implementation };
        self.send(self.deployer, beacon, &upgrade);
        let reporter = abi::EigenPodManager::setProofTimestampSetterCall { newProofTimestampSetter: cast.reporter };
        self.send(cast.owner, manager, &reporter);
        for staker in &cast.stakers {
            self.fund(*staker, STAKER_ETH);
            let name = pod_name(&self.book, *staker);
            let pod = pod_address(self.artifacts, manager, beacon, *staker);
            self.book.add(&name, Role::Contract, pod, Some("EigenPod"));
        }
        // The owner may come to report as well.
        self.fund(cast.reporter, BEACON_CHAIN_ETH);
        self.fund(cast.owner, BEACON_CHAIN_ETH);
        // The others make their pods themselves, or never.
        for staker in cast.stakers.iter().take(PODS_FROM_THE_START) {
            self.send(*staker, manager, &abi::EigenPodManager::createPodCall {});
        }
    }
}

fn pod_name(book: &Book, owner: Address) -> String {
    format!("pod of {}", book.name(owner))
}

/// Where the pod of a staker is, or will be.
pub(in crate::protocol::eigenlayer) fn pod_of(book: &Book, owner: Address) -> Address {
    book.address(&pod_name(book, owner)).expect("every staker's pod is in the book")
}

/// Where the manager makes the pod of `owner`: a beacon proxy, with the owner as salt.
fn pod_address(artifacts: &Artifacts, manager: Address, beacon: Address, owner: Address) -> Address {
    let arguments = (beacon, Bytes::new()).abi_encode_params();
    let init_code = [&artifacts.get("BeaconProxy").creation[..], &arguments].concat();
    manager.create2_from_code(owner.into_word(), init_code)
}
