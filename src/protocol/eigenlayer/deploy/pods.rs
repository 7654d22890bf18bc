//! Native ETH: the EigenPod manager, the code of the pods, and who has ETH.

use alloy_primitives::{Address, Bytes, U256};
use alloy_sol_types::{SolCall, SolValue};

use super::{
    Cast, Contracts, Planner,
    upgrade::Door,
    wiring::{Given, Thing},
};
use crate::{
    book::{Book, Role},
    call::{Outcome, Transaction},
    evm::{Block, World},
    problem::Problem,
    protocol::{Setup, eigenlayer::abi},
};

/// What every staker gets of ETH, and what is on the beacon chain for validators to have, in whole ones.
const STAKER_ETH: u64 = 10_000;
const BEACON_CHAIN_ETH: u64 = 1_000_000_000;

/// Stakers who have a pod from the start.
const PODS_FROM_THE_START: usize = 4;

/// When the beacon chain of the main network began, in seconds.
const BEACON_CHAIN_GENESIS: u64 = 1_606_824_023;

impl Planner<'_> {
    /// The EigenPod manager, the code of the pods, and the ETH of those who have some. The pods are always ours: those of
    /// EigenLayer want proofs of the beacon chain, where ours take the word of a reporter. To the manager both are alike.
    pub(super) fn pods(&mut self, contracts: &Contracts, cast: &Cast, proxy_admin: Address) -> Result<(), Problem> {
        let manager = contracts.eigen_pod_manager;
        let deposits = self.create("depositContract", "DepositContract", &[]);
        // A beacon wants code behind it from the start, like a proxy.
        let beacon = self.create("podBeacon", "UpgradeableBeacon", &contracts.pauser_registry.abi_encode());
        self.wiring.know(Thing::DepositContract, deposits);
        self.wiring.know(Thing::PodBeacon, beacon);
        self.wiring.know(Thing::GenesisTime, Given::Number(U256::from(BEACON_CHAIN_GENESIS)));
        self.implement(proxy_admin, manager, "EigenPodManager")?;
        let implementation = self.create_wired("pod implementation", self.artifacts.pod())?;
        self.stands_behind(Door::Beacon(beacon), self.artifacts.pod());
        let upgrade = abi::UpgradeableBeacon::upgradeToCall { newImplementation: implementation };
        self.send(self.deployer, beacon, &upgrade);
        if self.artifacts.has_reporter() {
            let reporter = abi::EigenPodManager::setProofTimestampSetterCall { newProofTimestampSetter: cast.reporter };
            self.send(cast.owner, manager, &reporter);
        }
        let places = self.places_of_pods(manager, beacon, cast)?;
        for (staker, pod) in cast.stakers.iter().zip(places) {
            self.fund(*staker, STAKER_ETH);
            let name = pod_name(&self.book, *staker);
            self.book.add(&name, Role::Contract, pod, Some(self.artifacts.pod()));
        }
        // The owner may come to report as well.
        self.fund(cast.reporter, BEACON_CHAIN_ETH);
        self.fund(cast.owner, BEACON_CHAIN_ETH);
        // The others make their pods themselves, or never.
        for staker in cast.stakers.iter().take(PODS_FROM_THE_START) {
            self.send(*staker, manager, &abi::EigenPodManager::createPodCall {});
        }
        Ok(())
    }

    /// Where the pods of the stakers are, or will be. The address of a pod follows from the code of the proxy that the
    /// manager makes; where that is not ours, the manager itself is asked, in a world that has all that was planned so far.
    fn places_of_pods(&self, manager: Address, beacon: Address, cast: &Cast) -> Result<Vec<Address>, Problem> {
        let proxy = &self.artifacts.get("BeaconProxy").creation[..];
        let code = &self.artifacts.get("EigenPodManager").creation;
        if code.windows(proxy.len()).any(|part| part == proxy) {
            let init_code = [proxy, &(beacon, Bytes::new()).abi_encode_params()].concat();
            let place = |owner: &Address| manager.create2_from_code(owner.into_word(), &init_code);
            return Ok(cast.stakers.iter().map(place).collect());
        }
        let mut world = World::new(Block { number: 1, timestamp: BEACON_CHAIN_GENESIS });
        for step in self.script() {
            match step {
                Setup::Create { from, init_code, .. } => drop(world.create(from, init_code)),
                Setup::Send(transaction) => drop(world.call(&transaction)),
                Setup::Fund { .. } | Setup::Pass { .. } => {}
            }
        }
        cast.stakers.iter().map(|owner| ask_for_pod(&mut world, manager, *owner)).collect()
    }
}

fn ask_for_pod(world: &mut World, manager: Address, owner: Address) -> Result<Address, Problem> {
    let question = abi::EigenPodManager::getPodCall { podOwner: owner };
    let data = question.abi_encode().into();
    let asked = world.view(&Transaction { from: Address::ZERO, to: manager, data, value: U256::ZERO });
    let answer = match asked {
        Outcome::Returned(answer) => abi::EigenPodManager::getPodCall::abi_decode_returns(&answer).ok(),
        _ => None,
    };
    answer.ok_or_else(|| Problem::new("the EigenPodManager does not deploy, or does not say where pods are"))
}

/// What the pod of a staker is called.
pub(in crate::protocol::eigenlayer) fn pod_name(book: &Book, owner: Address) -> String {
    format!("pod of {}", book.name(owner))
}

/// Where the pod of a staker is, or will be.
pub(in crate::protocol::eigenlayer) fn pod_of(book: &Book, owner: Address) -> Address {
    book.address(&pod_name(book, owner)).expect("every staker's pod is in the book")
}
