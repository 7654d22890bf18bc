//! The world: who takes part, and the transactions that deploy the protocol and bring everybody in.
//!
//! Everything behind transparent proxies, wired and initialized as the protocol's own deployment does it
//! (`docs/protocol.md`, "Deployment"). Addresses follow from the deployer's nonces, so the script is known before it runs
//! and gives the same world on every engine.

mod bootstrap;
mod eigen;
pub(super) mod examples;
mod pods;
mod registrars;
mod rewards;

use alloy_primitives::{Address, Bytes, U256, address};
use alloy_sol_types::{SolCall, SolValue};

use super::{
    abi,
    release::{Managers, Release},
};
use crate::{
    arithmetic::WAD,
    artifact::Artifacts,
    book::{Book, Role},
    call::{SetId, Transaction},
    ledger::Booking,
    protocol::Setup,
    signature::Key,
    worlds::{Avss, Behaviour, Kind, TokenKind},
};
use eigen::EIGEN_STRATEGY;
pub(super) use eigen::eigen_strategy;
use examples::ExampleCast;
pub(super) use pods::pod_of;
pub(super) use rewards::{
    CALCULATION_INTERVAL, GENESIS_TIMESTAMP, MAX_FUTURE_LENGTH, MAX_RETROACTIVE_LENGTH, MAX_REWARDS_AMOUNT,
    MAX_REWARDS_DURATION,
};

/// Where slashed funds of ordinary sets go.
pub(super) const BURN_ADDRESS: Address = address!("00000000000000000000000000000000000E16E4");

/// Stands for native ETH.
pub(super) const NATIVE_STRATEGY: Address = address!("beaC0eeEeeeeEEeEeEEEEeeEEeEeeeEeeEEBEaC0");

/// Delays of the deployment, in blocks. Like on the main network the configuration delay is the longest. The other two
/// differ, so that none can be taken for the other.
pub(super) const DEALLOCATION_DELAY: u32 = 50;
pub(super) const CONFIGURATION_DELAY: u32 = 75;
pub(super) const WITHDRAWAL_DELAY: u32 = 40;

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
}

/// Plans the deployment of `artifacts`, which are of `release`, surrounded by `world`.
pub(super) fn plan(artifacts: &Artifacts, release: &'static Release, world: &'static Kind) -> Plan {
    let mut planner = Planner::new(artifacts, release, world);
    let (contracts, cast) = planner.everything();
    let script = planner.creations.into_iter().chain(planner.sends).collect();
    Plan { book: planner.book, contracts, cast, script }
}

/// A contract behind a proxy: its artifact, what its constructor wants, and how the proxy starts.
struct Managed {
    artifact: &'static str,
    proxy: Address,
    arguments: Vec<u8>,
    start: Option<Vec<u8>>,
}

struct Planner<'a> {
    release: &'static Release,
    world: &'static Kind,
    artifacts: &'a Artifacts,
    book: Book,
    deployer: Address,
    /// All come first, so their addresses are those of the deployer's first nonces.
    creations: Vec<Setup>,
    sends: Vec<Setup>,
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
        Self { release, world, artifacts, book, deployer, creations: Vec::new(), sends: Vec::new() }
    }

    fn everything(&mut self) -> (Contracts, Cast) {
        let mut cast = self.people();
        let proxy_admin = self.create("proxy admin", "ProxyAdmin", &[]);
        let registry_arguments = (cast.pausers.clone(), cast.unpauser).abi_encode_params();
        let pauser_registry = self.create("pauserRegistry", "PauserRegistry", &registry_arguments);
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
        for contract in self.managed(&contracts, &cast) {
            self.implement(proxy_admin, contract);
        }
        if self.world.has(Behaviour::Calling) {
            cast.callers = [&cast.stakers[..CALLING_STAKERS], &cast.recipients[..]].concat();
        }
        for contract in [self.coordinator(&contracts, &cast), self.factory(&contracts, &cast)] {
            self.implement(proxy_admin, contract);
        }
        self.pods(&contracts, &cast, proxy_admin);
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
        (contracts, cast)
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

    fn managed(&self, contracts: &Contracts, cast: &Cast) -> Vec<Managed> {
        let Contracts { allocation_manager, delegation_manager, strategy_manager, permission_controller, .. } =
            *contracts;
        let registry = contracts.pauser_registry;
        let version = self.release.version.to_owned();
        let mut managed = vec![
            Managed {
                artifact: "AllocationManager",
                proxy: allocation_manager,
                arguments: self.allocation_manager_arguments(contracts, cast),
                start: Some(start_manager(self.release, cast.owner)),
            },
            Managed {
                artifact: "DelegationManager",
                proxy: delegation_manager,
                arguments: (
                    strategy_manager,
                    contracts.eigen_pod_manager,
                    allocation_manager,
                    registry,
                    permission_controller,
                    WITHDRAWAL_DELAY,
                    version.clone(),
                )
                    .abi_encode_params(),
                start: Some(start_manager(self.release, cast.owner)),
            },
            Managed {
                artifact: "StrategyManager",
                proxy: strategy_manager,
                arguments: match self.release.booking {
                    Booking::ByStrategy => (delegation_manager, registry, version.clone()).abi_encode_params(),
                    Booking::BySlash => {
                        (allocation_manager, delegation_manager, registry, version.clone()).abi_encode_params()
                    }
                },
                start: Some(
                    abi::StrategyManager::initializeCall {
                        initialOwner: cast.owner,
                        initialStrategyWhitelister: cast.whitelister,
                        initialPausedStatus: U256::ZERO,
                    }
                    .abi_encode(),
                ),
            },
            Managed {
                artifact: "PermissionController",
                proxy: permission_controller,
                arguments: (version.clone(),).abi_encode_params(),
                start: None,
            },
        ];
        managed.extend((0..cast.strategies.len()).map(|at| Managed {
            artifact: strategy_of(self.world.tokens[at].behaviour),
            proxy: cast.strategies[at],
            arguments: (strategy_manager, registry, version.clone()).abi_encode_params(),
            start: Some(start_strategy(self.world.tokens[at], cast.tokens[at], cast.eigen)),
        }));
        managed
    }

    /// What the constructor of the allocation manager wants. Where nothing is redistributed, it need not know what cannot.
    fn allocation_manager_arguments(&self, contracts: &Contracts, cast: &Cast) -> Vec<u8> {
        let (delegation, registry) = (contracts.delegation_manager, contracts.pauser_registry);
        let controller = contracts.permission_controller;
        let version = self.release.version.to_owned();
        match self.release.booking {
            Booking::ByStrategy => {
                (delegation, registry, controller, DEALLOCATION_DELAY, CONFIGURATION_DELAY, version).abi_encode_params()
            }
            Booking::BySlash => {
                let eigen = eigen_strategy(&self.book, cast);
                (delegation, eigen, registry, controller, DEALLOCATION_DELAY, CONFIGURATION_DELAY, version)
                    .abi_encode_params()
            }
        }
    }

    fn proxy(&mut self, name: &str, contract: &str, logic: Address, admin: Address) -> Address {
        let arguments = (logic, admin, Bytes::new()).abi_encode_params();
        self.create_as(name, Role::Contract, "TransparentUpgradeableProxy", contract, &arguments)
    }

    fn implement(&mut self, proxy_admin: Address, contract: Managed) {
        let name = format!("{} implementation", self.book.name(contract.proxy));
        let implementation = self.create(&name, contract.artifact, &contract.arguments);
        if let Some(start) = contract.start {
            let data = start.into();
            let upgrade = abi::ProxyAdmin::upgradeAndCallCall { proxy: contract.proxy, implementation, data };
            self.send(self.deployer, proxy_admin, &upgrade);
        } else {
            let upgrade = abi::ProxyAdmin::upgradeCall { proxy: contract.proxy, implementation };
            self.send(self.deployer, proxy_admin, &upgrade);
        }
    }

    fn create(&mut self, name: &str, artifact: &str, arguments: &[u8]) -> Address {
        self.create_as(name, Role::Contract, artifact, artifact, arguments)
    }

    /// Creates `artifact`, which will answer to the ABI of `contract`.
    fn create_as(&mut self, name: &str, role: Role, artifact: &str, contract: &str, arguments: &[u8]) -> Address {
        let address = self.deployer.create(self.creations.len() as u64);
        self.book.add(name, role, address, Some(contract));
        let init_code = [&self.artifacts.get(artifact).creation[..], arguments].concat().into();
        self.creations.push(Setup::Create { from: self.deployer, init_code, address });
        address
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

/// Whose key signs for the wallet.
pub(super) const WALLET_OWNER: &str = "wallet owner";

/// How many stakers call back where tokens call.
const CALLING_STAKERS: usize = 2;

/// What strategies with limits take at the start, in whole tokens: at once, and in all.
const LIMITS: (u64, u64) = (1_000, 10_000);

/// How a strategy is initialized.
fn start_strategy(kind: TokenKind, token: Address, eigen: Option<Eigen>) -> Vec<u8> {
    let whole = U256::from(10).pow(U256::from(kind.decimals));
    match (kind.behaviour, eigen) {
        (Behaviour::Wrapped, Some(eigen)) => {
            abi::EigenStrategy::initializeCall { eigen: eigen.token, backing: token }.abi_encode()
        }
        (Behaviour::Limited, _) => abi::StrategyBaseTVLLimits::initializeCall {
            mostPerDeposit: U256::from(LIMITS.0) * whole,
            mostInTotal: U256::from(LIMITS.1) * whole,
            token,
        }
        .abi_encode(),
        _ => abi::StrategyBase::initializeCall { token }.abi_encode(),
    }
}

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

/// How the allocation manager and the delegation manager are initialized: nothing paused and, where there is an owner,
/// `owner`.
pub(super) fn start_manager(release: &Release, owner: Address) -> Vec<u8> {
    let nothing = U256::ZERO;
    match release.managers {
        Managers::Owned => {
            abi::SlashingManagers::initializeCall { initialOwner: owner, initialPausedStatus: nothing }.abi_encode()
        }
        Managers::Ownerless => abi::AllocationManager::initializeCall { initialPausedStatus: nothing }.abi_encode(),
    }
}
