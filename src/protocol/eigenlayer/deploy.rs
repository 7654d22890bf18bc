//! The world: who takes part, and the transactions that deploy the protocol and bring everybody in.
//!
//! Everything behind transparent proxies, wired and initialized as the protocol's own deployment does it
//! (`docs/protocol.md`, "Deployment"). Addresses follow from the deployer's nonces, so the script is known before it runs
//! and gives the same world on every engine.

mod bootstrap;
mod eigen;
pub(super) mod examples;
pub mod own;
mod pods;
mod registrars;
mod rewards;
pub(super) mod upgrade;
mod wiring;

use std::collections::{BTreeMap, BTreeSet};

use alloy_primitives::{Address, Bytes, U256, address};
use alloy_sol_types::{SolCall, SolValue};

use super::{abi, release::Release};
use crate::{
    arithmetic::WAD,
    artifact::{ALLOCATION_MANAGER_VIEW, Artifact, Artifacts},
    book::{Book, Role},
    call::{SetId, Transaction},
    own::Asked,
    problem::Problem,
    protocol::Setup,
    signature::Key,
    worlds::{Avss, Behaviour, Kind, TokenKind},
};
pub(super) use eigen::EIGEN_STRATEGY;
pub(super) use eigen::eigen_strategy;
use examples::ExampleCast;
pub(super) use pods::{pod_name, pod_of};
pub(super) use rewards::{
    CALCULATION_INTERVAL, GENESIS_TIMESTAMP, MAX_FUTURE_LENGTH, MAX_RETROACTIVE_LENGTH, MAX_REWARDS_AMOUNT,
    MAX_REWARDS_DURATION,
};
use upgrade::{Behind, Door, Foundation};
use wiring::{Given, Thing, Wiring};

/// Where slashed funds of ordinary sets go.
pub(super) const BURN_ADDRESS: Address = address!("00000000000000000000000000000000000E16E4");

/// Stands for native ETH.
pub(super) const NATIVE_STRATEGY: Address = address!("beaC0eeEeeeeEEeEeEEEEeeEEeEeeeEeeEEBEaC0");

/// Delays of the deployment, in blocks. Like on the main network the configuration delay is the longest. The other two
/// differ, so that none can be taken for the other.
pub(super) const DEALLOCATION_DELAY: u32 = 50;
pub(super) const CONFIGURATION_DELAY: u32 = 75;
pub(super) const WITHDRAWAL_DELAY: u32 = 40;

/// How long things take, in blocks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Delays {
    pub deallocation: u32,
    pub configuration: u32,
    pub withdrawal: u32,
}

impl Default for Delays {
    fn default() -> Self {
        Self { deallocation: DEALLOCATION_DELAY, configuration: CONFIGURATION_DELAY, withdrawal: WITHDRAWAL_DELAY }
    }
}

/// Ids that sets may have: the ends of their range among them.
const SET_IDS: [u32; 4] = [1, 2, 3, u32::MAX];

/// Where the contracts are.
#[derive(Clone, Debug)]
pub(super) struct Contracts {
    pub allocation_manager: Address,
    pub delegation_manager: Address,
    pub strategy_manager: Address,
    pub permission_controller: Address,
    pub eigen_pod_manager: Address,
    pub pauser_registry: Address,
    pub rewards_coordinator: Address,
    pub strategy_factory: Address,
}

/// Who takes part.
#[derive(Clone, Debug)]
pub(super) struct Cast {
    /// Operators, and stakers who may become operators.
    pub operators: Vec<Address>,
    /// Everybody who holds tokens: stakers, then operators.
    pub stakers: Vec<Address>,
    pub avss: Vec<Address>,
    /// The sets that exist or may be created.
    pub sets: Vec<SetId>,
    pub strategies: Vec<Address>,
    /// By strategy.
    pub tokens: Vec<Address>,
    /// Where a token is wrapped: in what, and the strategy of it.
    pub eigen: Option<Eigen>,
    pub recipients: Vec<Address>,
    pub registrars: Vec<Address>,
    pub owner: Address,
    pub whitelister: Address,
    pub pausers: Vec<Address>,
    pub unpauser: Address,
    /// Says what the beacon chain did, and pays what leaves it.
    pub reporter: Address,
    /// Who may be asked to approve of delegations: a key, and a contract.
    pub approvers: Vec<Address>,
    pub stranger: Address,
    /// Who decides what tokens do, where they do more than move.
    pub issuer: Option<Address>,
    /// Accounts that call back.
    pub callers: Vec<Address>,
    /// Submits the roots of rewards.
    pub updater: Address,
    /// Gives rewards to all.
    pub hopper: Address,
    /// Everybody who may give rewards.
    pub submitters: Vec<Address>,
    /// Everybody who can send a transaction.
    pub actors: Vec<Address>,
    /// Whatever has switches.
    pub pausable: Vec<Address>,
    /// The example AVSs, where there are any.
    pub examples: Option<ExampleCast>,
}

impl Cast {
    /// Where nobody is known: everybody who must be is somebody who is not there.
    pub fn of_nobody(absent: Address) -> Self {
        Self {
            operators: Vec::new(),
            stakers: Vec::new(),
            avss: Vec::new(),
            sets: Vec::new(),
            strategies: Vec::new(),
            tokens: Vec::new(),
            eigen: None,
            recipients: Vec::new(),
            registrars: Vec::new(),
            owner: absent,
            whitelister: absent,
            pausers: Vec::new(),
            unpauser: absent,
            reporter: absent,
            approvers: Vec::new(),
            stranger: absent,
            issuer: None,
            callers: Vec::new(),
            updater: absent,
            hopper: absent,
            submitters: Vec::new(),
            actors: Vec::new(),
            pausable: Vec::new(),
            examples: None,
        }
    }

    /// The tokens of the strategies, each once: two strategies can hold the same.
    pub fn distinct_tokens(&self) -> Vec<Address> {
        let mut tokens = self.tokens.clone();
        let mut seen = BTreeSet::new();
        tokens.retain(|token| seen.insert(*token));
        tokens
    }

    /// Who pays out what leaves the beacon chain.
    pub fn payers(&self) -> Vec<Address> {
        let payers = [self.reporter, self.owner];
        if self.reporter == self.owner { Vec::new() } else { payers.to_vec() }
    }

    /// Whatever stake can be in: the strategies, then native ETH.
    pub fn stakeable(&self) -> Vec<Address> {
        self.strategies.iter().copied().chain([NATIVE_STRATEGY]).collect()
    }
}

/// EIGEN, which wraps the token of a strategy.
#[derive(Clone, Copy, Debug)]
pub(super) struct Eigen {
    pub token: Address,
    pub inside: Address,
    pub strategy: Address,
}

/// A deployment that has not been played yet.
pub(super) struct Plan {
    pub book: Book,
    pub contracts: Contracts,
    pub cast: Cast,
    pub script: Vec<Setup>,
    /// What would initialize a proxy once more, for somebody who has no business there.
    pub initializers: BTreeMap<Address, Bytes>,
    /// What it can be upgraded by.
    pub foundation: Foundation,
    /// The auditor's own functions.
    pub own: Vec<Asked>,
}

/// Plans the deployment of `artifacts`, which are of `release`, surrounded by `world`.
pub(super) fn plan(artifacts: &Artifacts, release: &'static Release, world: &'static Kind) -> Result<Plan, Problem> {
    let mut planner = Planner::new(artifacts, release, world);
    let (contracts, cast) = planner.everything().map_err(|problem| problem.at(&artifacts.origin))?;
    let own = planner.own(&contracts, &cast)?;
    let script = planner.script();
    let foundation = Foundation {
        nonce: planner.creations.len() as u64,
        proxy_admin: planner.book.address(PROXY_ADMIN).expect("it is in the book"),
        behind: planner.behind,
    };
    Ok(Plan { book: planner.book, contracts, cast, script, initializers: planner.initializers, foundation, own })
}

struct Planner<'a> {
    release: &'static Release,
    world: &'static Kind,
    artifacts: &'a Artifacts,
    book: Book,
    deployer: Address,
    /// Of the first creation.
    first_nonce: u64,
    /// What the names of what is created begin with.
    prefix: &'static str,
    /// All come first, so their addresses are those of the deployer's first nonces.
    creations: Vec<Setup>,
    sends: Vec<Setup>,
    /// What constructors and initializers can be given.
    wiring: Wiring,
    initializers: BTreeMap<Address, Bytes>,
    /// Code that an upgrade would exchange.
    behind: Vec<Behind>,
    /// Where the libraries are that contracts are linked with.
    libraries: BTreeMap<String, Address>,
}

impl<'a> Planner<'a> {
    fn new(artifacts: &'a Artifacts, release: &'static Release, world: &'static Kind) -> Self {
        let mut book = Book::default();
        book.add("nobody", Role::Special, Address::ZERO, None);
        book.add("burn address", Role::Special, BURN_ADDRESS, None);
        book.add("native ETH", Role::Special, NATIVE_STRATEGY, None);
        if !world.has(Behaviour::Wrapped) {
            book.add(EIGEN_STRATEGY, Role::Special, Key::of(EIGEN_STRATEGY).address(), None);
        }
        let deployer = book.add_actor("deployer", Role::Deployer);
        Self {
            release,
            world,
            artifacts,
            book,
            deployer,
            first_nonce: 0,
            prefix: "",
            creations: Vec::new(),
            sends: Vec::new(),
            wiring: Wiring::default(),
            initializers: BTreeMap::new(),
            behind: Vec::new(),
            libraries: BTreeMap::new(),
        }
    }

    fn everything(&mut self) -> Result<(Contracts, Cast), Problem> {
        let mut cast = self.people();
        self.know_people(&cast);
        let proxy_admin = self.create(PROXY_ADMIN, "ProxyAdmin", &[]);
        let pauser_registry = self.create_wired("pauserRegistry", "PauserRegistry")?;
        // A proxy wants code behind it from the start; any will do until the implementations exist.
        let contracts = Contracts {
            allocation_manager: self.proxy("allocationManager", "AllocationManager", pauser_registry, proxy_admin),
            delegation_manager: self.proxy("delegationManager", "DelegationManager", pauser_registry, proxy_admin),
            strategy_manager: self.proxy("strategyManager", "StrategyManager", pauser_registry, proxy_admin),
            permission_controller: self.proxy(
                "permissionController",
                "PermissionController",
                pauser_registry,
                proxy_admin,
            ),
            eigen_pod_manager: self.proxy("eigenPodManager", "EigenPodManager", pauser_registry, proxy_admin),
            pauser_registry,
            rewards_coordinator: self.proxy("rewardsCoordinator", "RewardsCoordinator", pauser_registry, proxy_admin),
            strategy_factory: self.proxy("strategyFactory", "StrategyFactory", pauser_registry, proxy_admin),
        };
        for (letter, token) in ["A", "B", "C"].into_iter().zip(&self.world.tokens) {
            let name = format!("strategy {letter}");
            cast.strategies.push(self.proxy(&name, strategy_of(token.behaviour), pauser_registry, proxy_admin));
        }
        self.tokens(&mut cast);
        self.eigen(&mut cast);
        for name in ["registrar A", "registrar B"] {
            cast.registrars.push(self.registrar(name, &contracts));
        }
        for name in ["recipient A", "recipient B"] {
            let recipient = self.create_as(name, Role::Recipient, self.recipient(), self.recipient(), &[]);
            cast.recipients.push(recipient);
        }
        self.know_contracts(&contracts, &cast);
        self.managers(&contracts, &cast, proxy_admin)?;
        if self.world.has(Behaviour::Calling) {
            cast.callers = [&cast.stakers[..CALLING_STAKERS], &cast.recipients[..]].concat();
        }
        self.strategy_beacon(&contracts)?;
        self.implement(proxy_admin, contracts.rewards_coordinator, "RewardsCoordinator")?;
        self.implement(proxy_admin, contracts.strategy_factory, "StrategyFactory")?;
        self.pods(&contracts, &cast, proxy_admin)?;
        cast.pausable = vec![
            contracts.allocation_manager,
            contracts.delegation_manager,
            contracts.strategy_manager,
            contracts.eigen_pod_manager,
        ];
        cast.pausable.extend(&cast.strategies);
        cast.pausable.extend([contracts.rewards_coordinator, contracts.strategy_factory]);
        self.bootstrap(&contracts, &cast);
        if self.world.avss == Avss::Examples {
            self.examples(&contracts, &mut cast);
        }
        Ok((contracts, cast))
    }

    /// What everybody can be told who is deployed.
    fn know_people(&mut self, cast: &Cast) {
        let wiring = &mut self.wiring;
        wiring.know(Thing::Version, Given::Text(self.release.version.to_owned()));
        wiring.know(Thing::Pausers, Given::Addresses(cast.pausers.clone()));
        wiring.know(Thing::Unpauser, cast.unpauser);
        wiring.know(Thing::Owner, cast.owner);
        wiring.know(Thing::Paused, 0);
        wiring.know(Thing::Whitelister, cast.whitelister);
        wiring.know(Thing::RewardsUpdater, cast.updater);
        // Fees are opted into, and nobody does.
        wiring.know(Thing::FeeRecipient, cast.owner);
        wiring.know(Thing::DeallocationDelay, DEALLOCATION_DELAY);
        wiring.know(Thing::ConfigurationDelay, CONFIGURATION_DELAY);
        wiring.know(Thing::WithdrawalDelay, WITHDRAWAL_DELAY);
        rewards::know(wiring);
    }

    fn know_contracts(&mut self, contracts: &Contracts, cast: &Cast) {
        let wiring = &mut self.wiring;
        know_core(wiring, contracts);
        wiring.know(Thing::EigenStrategy, eigen_strategy(&self.book, cast));
        // Who gives rewards to all that were minted for it; here nobody mints.
        wiring.know(Thing::EmissionsController, cast.hopper);
    }

    fn people(&mut self) -> Cast {
        let owner = self.book.add_actor("owner", Role::Owner);
        let whitelister = self.book.add_actor("whitelister", Role::Owner);
        let pausers = ["pauser A", "pauser B"].map(|name| self.book.add_actor(name, Role::Pauser)).to_vec();
        let unpauser = self.book.add_actor("unpauser", Role::Unpauser);
        let named = |book: &mut Book, role: Role, letters: &[&str]| -> Vec<Address> {
            letters.iter().map(|letter| book.add_actor(&format!("{} {letter}", role.name()), role)).collect()
        };
        let operators = named(&mut self.book, Role::Operator, &["A", "B", "C", "D"]);
        let calling = self.calling_stakers();
        let letters = &["A", "B", "C", "D", "E", "F"][calling.len()..];
        let stakers = [calling, named(&mut self.book, Role::Staker, letters)].concat();
        let avss = named(&mut self.book, Role::Avs, &["A", "B", "C"]);
        let reporter = self.book.add_actor("balance reporter", Role::Reporter);
        let approvers = self.approvers();
        let stranger = self.book.add_actor("stranger", Role::Stranger);
        let does_more = self.world.tokens.iter().any(|token| !token.behaviour.only_moves());
        let issuer = does_more.then(|| self.book.add_actor("issuer", Role::Issuer));
        let updater = self.book.add_actor("rewards updater", Role::Owner);
        let hopper = self.book.add_actor("token hopper", Role::Owner);
        let mut actors = vec![owner, whitelister, unpauser, reporter, stranger, updater, hopper];
        actors.extend(pausers.iter().chain(&operators).chain(&stakers).chain(&avss));
        Cast {
            sets: avss.iter().flat_map(|avs| SET_IDS.map(|id| SetId { avs: *avs, id })).collect(),
            // The last two stakers may become operators with shares of their own.
            operators: operators.iter().chain(&stakers[4..]).copied().collect(),
            stakers: stakers.iter().chain(&operators).copied().collect(),
            submitters: avss.iter().chain([&hopper]).chain(&stakers).chain(&operators).copied().collect(),
            avss,
            strategies: Vec::new(),
            tokens: Vec::new(),
            eigen: None,
            recipients: Vec::new(),
            registrars: Vec::new(),
            owner,
            whitelister,
            pausers,
            unpauser,
            reporter,
            approvers,
            stranger,
            issuer,
            callers: Vec::new(),
            updater,
            hopper,
            actors,
            pausable: Vec::new(),
            examples: None,
        }
    }

    fn approvers(&mut self) -> Vec<Address> {
        let key = self.book.add_actor("approver", Role::Approver);
        let owner = self.book.add_actor(WALLET_OWNER, Role::Approver);
        let arguments = (owner,).abi_encode_params();
        let wallet = self.create_as("wallet", Role::Approver, "SigningWallet", "SigningWallet", &arguments);
        vec![key, wallet]
    }

    /// Where tokens call, the first stakers are contracts, which can call back.
    fn calling_stakers(&mut self) -> Vec<Address> {
        if !self.world.has(Behaviour::Calling) {
            return Vec::new();
        }
        let names: [&str; CALLING_STAKERS] = ["staker A", "staker B"];
        names.map(|name| self.create_as(name, Role::Staker, "CallingAccount", "CallingAccount", &[])).to_vec()
    }

    fn recipient(&self) -> &'static str {
        if self.world.has(Behaviour::Calling) { "CallingAccount" } else { "Recipient" }
    }

    fn tokens(&mut self, cast: &mut Cast) {
        for (letter, token) in ["A", "B", "C"].into_iter().zip(&self.world.tokens) {
            let name = format!("token {letter}");
            let arguments = (name.clone(), letter.to_owned(), U256::from(token.decimals)).abi_encode_params();
            cast.tokens.push(self.create_as(&name, Role::Contract, artifact_of(token.behaviour), "Token", &arguments));
        }
    }

    /// The managers, the controller of permissions and the strategies.
    fn managers(&mut self, contracts: &Contracts, cast: &Cast, proxy_admin: Address) -> Result<(), Problem> {
        if self.artifacts.has(ALLOCATION_MANAGER_VIEW) {
            let view = self.create_wired("allocationManagerView", ALLOCATION_MANAGER_VIEW)?;
            self.wiring.know(Thing::AllocationManagerView, view);
        }
        self.implement(proxy_admin, contracts.allocation_manager, "AllocationManager")?;
        self.implement(proxy_admin, contracts.delegation_manager, "DelegationManager")?;
        self.implement(proxy_admin, contracts.strategy_manager, "StrategyManager")?;
        self.implement(proxy_admin, contracts.permission_controller, "PermissionController")?;
        for (at, kind) in self.world.tokens.iter().enumerate().take(cast.strategies.len()) {
            self.strategy(cast, (at, *kind), proxy_admin)?;
        }
        Ok(())
    }

    /// A strategy of the kind that its token asks for.
    fn strategy(&mut self, cast: &Cast, (at, kind): (usize, TokenKind), proxy_admin: Address) -> Result<(), Problem> {
        let (strategy, whole) = (cast.strategies[at], U256::from(10).pow(U256::from(kind.decimals)));
        self.wiring.know(Thing::Token, cast.tokens[at]);
        if let Some(eigen) = cast.eigen.filter(|eigen| eigen.strategy == strategy) {
            self.wiring.know(Thing::EigenToken, eigen.token);
        }
        if kind.behaviour == Behaviour::Limited {
            self.wiring.know(Thing::MaxPerDeposit, Given::Number(U256::from(LIMITS.0) * whole));
            self.wiring.know(Thing::MaxTotalDeposits, Given::Number(U256::from(LIMITS.1) * whole));
        }
        self.implement(proxy_admin, strategy, strategy_of(kind.behaviour))?;
        for thing in [Thing::EigenToken, Thing::MaxPerDeposit, Thing::MaxTotalDeposits] {
            self.wiring.forget(thing);
        }
        Ok(())
    }

    fn proxy(&mut self, name: &str, contract: &str, logic: Address, admin: Address) -> Address {
        let arguments = (logic, admin, Bytes::new()).abi_encode_params();
        self.create_as(name, Role::Contract, "TransparentUpgradeableProxy", contract, &arguments)
    }

    /// Creates what stands behind a proxy, and lets the proxy start.
    fn implement(&mut self, proxy_admin: Address, proxy: Address, contract: &str) -> Result<(), Problem> {
        let name = format!("{} implementation", self.book.name(proxy));
        let implementation = self.create_wired(&name, contract)?;
        self.stands_behind(Door::Proxy(proxy), contract);
        let artifact = self.artifacts.get(contract);
        if let Some(start) = self.wiring.initializer(artifact)? {
            let again = self.usurped().initializer(artifact)?.unwrap_or_default();
            self.initializers.insert(proxy, again.into());
            let data = start.into();
            let upgrade = abi::ProxyAdmin::upgradeAndCallCall { proxy, implementation, data };
            self.send(self.deployer, proxy_admin, &upgrade);
        } else {
            let upgrade = abi::ProxyAdmin::upgradeCall { proxy, implementation };
            self.send(self.deployer, proxy_admin, &upgrade);
        }
        Ok(())
    }

    /// Notes what an upgrade would exchange.
    fn stands_behind(&mut self, door: Door, contract: &str) {
        self.behind.push(Behind { door, contract: contract.to_owned(), given: self.wiring.clone() });
    }

    /// The same things, but all power is the stranger's.
    fn usurped(&self) -> Wiring {
        let stranger = self.book.address("stranger").expect("it is in the book");
        let mut wiring = self.wiring.clone();
        for power in [Thing::Owner, Thing::Whitelister, Thing::RewardsUpdater] {
            wiring.know(power, stranger);
        }
        wiring
    }

    /// Creates a contract whose constructor is given what it wants.
    fn create_wired(&mut self, name: &str, artifact: &str) -> Result<Address, Problem> {
        let arguments = self.wiring.constructor(self.artifacts.get(artifact))?;
        Ok(self.create(name, artifact, &arguments))
    }

    fn create(&mut self, name: &str, artifact: &str, arguments: &[u8]) -> Address {
        self.create_as(name, Role::Contract, artifact, artifact, arguments)
    }

    /// Creates `artifact`, which will answer to the ABI of `contract`.
    fn create_as(&mut self, name: &str, role: Role, artifact: &str, contract: &str, arguments: &[u8]) -> Address {
        let code = self.linked(self.artifacts.get(artifact));
        let address = self.deployer.create(self.first_nonce + self.creations.len() as u64);
        self.book.add(&format!("{}{name}", self.prefix), role, address, Some(contract));
        let init_code = [&code[..], arguments].concat().into();
        self.creations.push(Setup::Create { from: self.deployer, init_code, address });
        address
    }

    /// The code that creates a contract, with the libraries that it calls, which are created first.
    fn linked(&mut self, artifact: &Artifact) -> Vec<u8> {
        let mut code = artifact.creation.to_vec();
        for link in &artifact.links {
            let library = match self.libraries.get(&link.library) {
                Some(library) => *library,
                None => self.create(&link.library, &link.library, &[]),
            };
            self.libraries.insert(link.library.clone(), library);
            code[link.start..link.start + Address::len_bytes()].copy_from_slice(library.as_slice());
        }
        code
    }

    /// What was planned so far.
    fn script(&self) -> Vec<Setup> {
        self.creations.iter().chain(&self.sends).cloned().collect()
    }

    fn fund(&mut self, account: Address, ether: u64) {
        let wei = U256::from(ether) * U256::from(WAD);
        self.sends.push(Setup::Fund { account, wei });
    }

    fn send(&mut self, from: Address, to: Address, call: &impl SolCall) {
        let data = call.abi_encode().into();
        self.sends.push(Setup::Send(Transaction { from, to, data, value: U256::ZERO }));
    }
}

/// What everybody can be told who is wired to the protocol.
fn know_core(wiring: &mut Wiring, contracts: &Contracts) {
    wiring.know(Thing::AllocationManager, contracts.allocation_manager);
    wiring.know(Thing::DelegationManager, contracts.delegation_manager);
    wiring.know(Thing::StrategyManager, contracts.strategy_manager);
    wiring.know(Thing::EigenPodManager, contracts.eigen_pod_manager);
    wiring.know(Thing::PermissionController, contracts.permission_controller);
    wiring.know(Thing::PauserRegistry, contracts.pauser_registry);
}

/// Who switches proxies.
const PROXY_ADMIN: &str = "proxy admin";

/// Whose key signs for the wallet.
pub(super) const WALLET_OWNER: &str = "wallet owner";

/// How many stakers call back where tokens call.
const CALLING_STAKERS: usize = 2;

/// What strategies with limits take at the start, in whole tokens: at once, and in all.
const LIMITS: (u64, u64) = (1_000, 10_000);

/// The contract that holds a token.
fn strategy_of(behaviour: Behaviour) -> &'static str {
    match behaviour {
        Behaviour::Wrapped => "EigenStrategy",
        Behaviour::Limited => "StrategyBaseTVLLimits",
        _ => "StrategyBase",
    }
}

fn artifact_of(behaviour: Behaviour) -> &'static str {
    match behaviour {
        Behaviour::Plain | Behaviour::Wrapped | Behaviour::Limited => "Token",
        Behaviour::Rebasing => "RebasingToken",
        Behaviour::Fee => "FeeToken",
        Behaviour::Reverting => "RevertingToken",
        Behaviour::Blacklisting => "BlacklistingToken",
        Behaviour::Calling => "CallingToken",
    }
}
