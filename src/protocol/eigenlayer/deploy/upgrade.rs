//! Moves a deployment to other code: new implementations behind the proxies and beacons that are there.
//!
//! Implementations are created as those of a deployment are, with what their constructors want of the contracts that are
//! deployed already; then each proxy and each beacon is switched by a transaction of its own.

use std::collections::BTreeMap;

use alloy_json_abi::Function;
use alloy_primitives::{Address, Bytes, FixedBytes, U256};
use alloy_sol_types::SolCall;

use super::{
    Planner,
    wiring::{Given, Thing, Wiring, overloads, state},
};
use crate::{
    artifact::{ALLOCATION_MANAGER_VIEW, Artifact, Artifacts},
    book::Book,
    call::{SetId, Transaction},
    problem::Problem,
    protocol::{
        Current, Setup, Switch, Upgrade,
        eigenlayer::{abi, release::Release},
    },
    worlds::Kind,
};

/// Name of what is created beside what has the name already.
const NEW: &str = "new ";

/// What an upgrade has to know of a deployment.
#[derive(Clone, Debug)]
pub(in super::super) struct Foundation {
    /// What the deployer creates next.
    pub nonce: u64,
    pub proxy_admin: Address,
    pub behind: Vec<Behind>,
}

/// Code that can be exchanged.
#[derive(Clone, Debug)]
pub(in super::super) struct Behind {
    pub door: Door,
    pub contract: String,
    /// What its constructor and its initializer were given.
    pub(super) given: Wiring,
}

/// What stands before the code.
#[derive(Clone, Copy, Debug)]
pub(in super::super) enum Door {
    Proxy(Address),
    Beacon(Address),
}

impl Door {
    fn address(self) -> Address {
        match self {
            Self::Proxy(address) | Self::Beacon(address) => address,
        }
    }
}

/// What is deployed, and what as.
#[derive(Clone, Copy)]
pub(in super::super) struct Deployed<'a> {
    pub foundation: &'a Foundation,
    pub artifacts: &'a Artifacts,
    pub book: &'a Book,
    pub script: &'a [Setup],
    pub world: &'static Kind,
    /// The sets there are, or will be.
    pub sets: &'a [SetId],
}

/// An upgrade that has not been played yet.
pub(in super::super) struct UpgradePlan {
    pub book: Book,
    pub upgrade: Upgrade,
    /// What would initialize a proxy once more.
    pub initializers: BTreeMap<Address, Bytes>,
    pub foundation: Foundation,
}

/// Plans how what is deployed is moved to `artifacts`, which are of `release`.
pub(in super::super) fn plan(
    deployed: Deployed<'_>,
    artifacts: &Artifacts,
    release: &'static Release,
) -> Result<UpgradePlan, Problem> {
    let mut planner = Planner::new(artifacts, release, deployed.world);
    planner.book = deployed.book.clone();
    planner.prefix = NEW;
    planner.first_nonce = deployed.foundation.nonce;
    planner.upgrade(deployed).map_err(|problem| problem.at(&artifacts.origin))
}

impl Planner<'_> {
    fn upgrade(&mut self, deployed: Deployed<'_>) -> Result<UpgradePlan, Problem> {
        let view = self.view(deployed)?;
        let (mut switches, mut usurpations) = (Vec::new(), Vec::new());
        for behind in &deployed.foundation.behind {
            self.wiring = behind.given.clone();
            self.wiring.know(Thing::Version, Given::Text(self.release.version.to_owned()));
            if let Some(view) = view {
                self.wiring.know(Thing::AllocationManagerView, view);
            }
            // The pod is ours, whatever the name it has beside one from elsewhere.
            let is_pod = behind.contract == deployed.artifacts.pod();
            let contract = if is_pod { self.artifacts.pod() } else { behind.contract.as_str() };
            usurpations.extend(self.usurpations(behind.door, contract));
            switches.extend(self.switch(deployed, behind, contract)?);
        }
        let nonce = self.first_nonce + self.creations.len() as u64;
        Ok(UpgradePlan {
            book: std::mem::take(&mut self.book),
            upgrade: Upgrade { preparation: std::mem::take(&mut self.creations), switches, usurpations },
            initializers: std::mem::take(&mut self.initializers),
            foundation: Foundation { nonce, ..deployed.foundation.clone() },
        })
    }

    /// What was split off the allocation manager stands behind no proxy: there is a new one.
    fn view(&mut self, deployed: Deployed<'_>) -> Result<Option<Address>, Problem> {
        let Some(first) = deployed.foundation.behind.first().filter(|_| self.artifacts.has(ALLOCATION_MANAGER_VIEW))
        else {
            return Ok(None);
        };
        self.wiring = first.given.clone();
        self.wiring.know(Thing::Version, Given::Text(self.release.version.to_owned()));
        self.create_wired("allocationManagerView", ALLOCATION_MANAGER_VIEW).map(Some)
    }

    /// The transaction that puts `contract` behind a door; `None` if it is there already.
    fn switch(&mut self, deployed: Deployed<'_>, behind: &Behind, contract: &str) -> Result<Option<Switch>, Problem> {
        let artifact = self.artifacts.get(contract);
        let arguments = self.wiring.constructor(artifact)?;
        let there = |step: &Setup| matches!(step, Setup::Create { init_code, .. } if init_code[..] == [&artifact.creation[..], &arguments].concat());
        if artifact.links.is_empty() && deployed.script.iter().any(there) {
            return Ok(None);
        }
        let at = behind.door.address();
        let implementation = self.create(&format!("{} implementation", self.book.name(at)), contract, &arguments);
        let old = deployed.artifacts.get(contract);
        let mut current = Vec::new();
        let (to, data) = match behind.door {
            Door::Beacon(beacon) => {
                (beacon, abi::UpgradeableBeacon::upgradeToCall { newImplementation: implementation }.abi_encode())
            }
            Door::Proxy(proxy) => {
                let start = next_initializer(artifact, old);
                current = start.map(|start| current_arguments(start, old, proxy)).unwrap_or_default();
                let call = start.map(|start| self.wiring.call_of(start, artifact)).transpose()?;
                (deployed.foundation.proxy_admin, upgrade(proxy, implementation, call))
            }
        };
        let transaction = Transaction { from: self.deployer, to, data: data.into(), value: U256::ZERO };
        let migration = gives_slashers(artifact, old).then(|| Transaction {
            to: at,
            data: migrate_slashers(deployed.sets).into(),
            ..transaction.clone()
        });
        Ok(Some(Switch { door: at, contract: contract.to_owned(), transaction, current, migration }))
    }

    /// The calls with which a stranger would make itself the owner of what stands behind a door.
    fn usurpations(&mut self, door: Door, contract: &str) -> Vec<Transaction> {
        let Door::Proxy(proxy) = door else { return Vec::new() };
        let artifact = self.artifacts.get(contract);
        let stranger = self.book.address("stranger").expect("it is in the book");
        let usurped = self.usurped();
        let declared = artifact.initializers().into_iter().flat_map(|declared| declared.keys());
        let mut names: Vec<&str> = declared.map(String::as_str).chain(["initialize"]).collect();
        names.sort_unstable();
        names.dedup();
        let calls = names.into_iter().flat_map(|name| usurped.calls(artifact, name));
        let calls: Vec<Bytes> = calls.map(Bytes::from).collect();
        if let Some(first) = calls.first() {
            self.initializers.insert(proxy, first.clone());
        }
        let send = |data| Transaction { from: stranger, to: proxy, data, value: U256::ZERO };
        calls.into_iter().map(send).collect()
    }
}

/// Whether sets that were made by `old` have nobody who slashes for them until they are migrated. `docs/protocol.md`
/// section 15.
fn gives_slashers(new: &Artifact, old: &Artifact) -> bool {
    let [new, old] = [new, old].map(|artifact| {
        let named = artifact.abi.function("migrateSlashers").into_iter().flatten();
        named.into_iter().any(|function| function.selector() == abi::AllocationManager::migrateSlashersCall::SELECTOR)
    });
    new && !old
}

/// Sets that do not exist are passed over.
fn migrate_slashers(sets: &[SetId]) -> Vec<u8> {
    let sets = sets.iter().map(|set| abi::OperatorSet { avs: set.avs, id: set.id });
    abi::AllocationManager::migrateSlashersCall { operatorSets: sets.collect() }.abi_encode()
}

/// The initializer that proxies have not had, if there is one; of overloads the one that wants most.
fn next_initializer<'a>(new: &'a Artifact, old: &Artifact) -> Option<&'a Function> {
    let (declared, before) = (new.initializers()?, old.initializers()?);
    let highest = before.values().max().copied().unwrap_or_default();
    // What never had an initializer is for review by its layout; nobody says that it is to be called.
    let next = declared.iter().filter(|(_, version)| highest > 0 && **version > highest);
    let (name, _) = next.max_by_key(|(_, version)| **version)?;
    overloads(name, new).first().copied()
}

/// Bytes before the first argument of what `upgradeAndCall` calls: its selector, two addresses, where the call begins and
/// how long it is, and the selector of the call.
const BEFORE_ARGUMENTS: usize = 4 + 4 * 32 + 4;

/// The arguments of an initializer that are what the proxy answers when it is upgraded.
fn current_arguments(start: &Function, old: &Artifact, proxy: Address) -> Vec<Current> {
    let view = |selector: FixedBytes<4>| Transaction {
        from: Address::ZERO,
        to: proxy,
        data: selector.into(),
        value: U256::ZERO,
    };
    let state = state(start, old).into_iter();
    state.map(|(index, selector)| Current { at: BEFORE_ARGUMENTS + 32 * index, view: view(selector) }).collect()
}

/// What the admin of proxies is asked.
fn upgrade(proxy: Address, implementation: Address, call: Option<Vec<u8>>) -> Vec<u8> {
    let Some(call) = call else { return abi::ProxyAdmin::upgradeCall { proxy, implementation }.abi_encode() };
    let arguments = call[4..].to_vec();
    let data = abi::ProxyAdmin::upgradeAndCallCall { proxy, implementation, data: call.into() }.abi_encode();
    assert!(data[BEFORE_ARGUMENTS..].starts_with(&arguments), "arguments stand where they are looked for");
    data
}
