//! A deployment that somebody else made: where its contracts are and who takes part, as far as it was named, and the rest
//! found by asking the contracts.

use std::{
    collections::BTreeSet,
    sync::{LazyLock, OnceLock},
};

use alloy_primitives::Address;
use alloy_sol_types::{SolCall, sol};

use super::{
    EigenLayer,
    deploy::{BURN_ADDRESS, Cast, Contracts, Delays, EIGEN_STRATEGY, NATIVE_STRATEGY, pod_name},
    release::Release,
    slots::Slots,
};
use crate::{
    artifact::Artifacts,
    book::{Book, Role},
    call::{Outcome, SetId, Transaction},
    ledger::Ledger,
    limits,
    oracle::Assumption,
    problem::Problem,
    protocol::Chain,
    signature::Key,
    worlds,
};

sol! {
    struct Set { address avs; uint32 id; }

    function allocationManager() returns (address);
    function strategyManager() returns (address);
    function eigenPodManager() returns (address);
    function permissionController() returns (address);
    function pauserRegistry() returns (address);
    function minWithdrawalDelayBlocks() returns (uint32);
    function DEALLOCATION_DELAY() returns (uint32);
    function ALLOCATION_CONFIGURATION_DELAY() returns (uint32);
    function getAllocatedSets(address operator) returns (Set[]);
    function getRegisteredSets(address operator) returns (Set[]);
    function getAllocatedStrategies(address operator, Set set) returns (address[]);
    function getStrategiesInOperatorSet(Set set) returns (address[]);
    function getMembers(Set set) returns (address[]);
    function delegatedTo(address staker) returns (address);
    function getDeposits(address staker) returns (address[] strategies, uint256[] shares);
    function underlyingToken() returns (address);
    function getPod(address podOwner) returns (address);
    function balanceOf(address account) returns (uint256);
}

/// What is known of a deployment before anybody is asked.
#[derive(Clone, Debug)]
pub struct Deployment {
    /// What it is a release of.
    pub release: &'static Release,
    /// Where it begins: everything else can be asked from there on.
    pub delegation_manager: Address,
    /// Contracts that no other one names.
    pub rewards_coordinator: Option<Address>,
    /// As above.
    pub strategy_factory: Option<Address>,
    /// Operators to look at.
    pub operators: Vec<Address>,
    /// Stakers to look at.
    pub stakers: Vec<Address>,
    /// Operator sets to look at.
    pub sets: Vec<SetId>,
    /// Strategies to look at.
    pub strategies: Vec<Address>,
    /// Whether somebody vouches for the tokens: that they move, and do nothing else.
    pub plain_tokens: bool,
    /// Whether these are all stakers that there are.
    pub all_stakers: bool,
}

/// What somebody vouches for of a deployment that lives.
#[derive(Clone, Copy, Debug)]
pub(super) struct Vouched {
    plain_tokens: bool,
    all_stakers: bool,
}

impl Vouched {
    /// Whether `assumption` can be made.
    pub fn grants(self, assumption: Assumption) -> bool {
        let of_tokens = [Assumption::NoFee, Assumption::NoRebase, Assumption::PassiveTokens].contains(&assumption);
        self.plain_tokens || !of_tokens
    }
}

impl EigenLayer {
    /// A deployment that lives on `chain`. `artifacts` say where its variables are, and what it answers to. It is there to
    /// be read: nothing is drawn for it.
    pub fn deployed(mut artifacts: Artifacts, deployment: &Deployment, chain: &dyn Chain) -> Result<Self, Problem> {
        artifacts.suppose_layouts();
        let slots = Slots::of(&artifacts, deployment.release)?;
        let asking = Asking { chain };
        let contracts = asking.contracts(deployment)?;
        let delays = asking.delays(&contracts)?;
        let found = asking.everybody(deployment, &contracts)?;
        let (book, cast) = asking.cast(&found, &contracts, artifacts.pod())?;
        Ok(Self {
            release: deployment.release,
            world: &worlds::LIVE,
            artifacts,
            book,
            contracts,
            cast,
            delays,
            slots,
            script: Vec::new(),
            initializers: std::collections::BTreeMap::new(),
            foundation: None,
            views: OnceLock::new(),
            table: Vec::new(),
            actions: Vec::new(),
            vouched: Some(Vouched { plain_tokens: deployment.plain_tokens, all_stakers: deployment.all_stakers }),
            own: Vec::new(),
            origin: None,
        })
    }

    /// Whether the ledger has every staker that there is.
    pub fn has_all_stakers(&self) -> bool {
        self.vouched.is_none_or(|vouched| vouched.all_stakers)
    }

    /// Puts into `ledger` what its strategies hold, by the word of their tokens: where a token keeps its balances is its
    /// own business.
    pub fn ask_balances(&self, ledger: &mut Ledger, chain: &dyn Chain) -> Result<(), Problem> {
        let asking = Asking { chain };
        let native = ledger.native_strategy();
        for (index, strategy) in ledger.strategies.iter_mut().enumerate().filter(|(index, _)| Some(*index) != native) {
            let holds = asking.ask(strategy.token, &balanceOfCall { account: strategy.address });
            strategy.balance = holds.map_err(|problem| problem.at(format_args!("strategies[{index}]")))?;
        }
        Ok(())
    }

    /// Asks the contracts on `chain` whether `ledger` is what they say.
    pub fn confirm_on(&self, chain: &dyn Chain, ledger: &Ledger) -> Result<(), Problem> {
        super::confirm::confirm(self, &mut |view| chain.view(view), ledger)
    }
}

/// Everybody and everything that was named or found.
#[derive(Default)]
struct Found {
    operators: BTreeSet<Address>,
    stakers: BTreeSet<Address>,
    sets: BTreeSet<SetId>,
    strategies: BTreeSet<Address>,
}

impl Found {
    fn count(&self) -> usize {
        self.operators.len() + self.stakers.len() + self.sets.len() + self.strategies.len()
    }
}

const REWARDS_COORDINATOR: &str = "rewards coordinator";
const STRATEGY_FACTORY: &str = "strategy factory";

/// Where a contract that was not named is read: where nobody is.
fn absent(name: &str) -> Address {
    Key::of(name).address()
}

/// Whether a contract is one that was not named.
pub(super) fn is_absent(contract: Address) -> bool {
    static ABSENT: LazyLock<[Address; 2]> = LazyLock::new(|| [REWARDS_COORDINATOR, STRATEGY_FACTORY].map(absent));
    ABSENT.contains(&contract)
}

struct Asking<'a> {
    chain: &'a dyn Chain,
}

impl Asking<'_> {
    fn ask<C: SolCall>(&self, contract: Address, question: &C) -> Result<C::Return, Problem> {
        let data = question.abi_encode().into();
        let view = Transaction { from: Address::ZERO, to: contract, data, value: alloy_primitives::U256::ZERO };
        let answer = match self.chain.view(&view)? {
            Outcome::Returned(answer) => C::abi_decode_returns(&answer).ok(),
            Outcome::Reverted(_) | Outcome::Halted(_) => None,
        };
        answer.ok_or_else(|| {
            Problem::new(format!("{contract} does not answer {}", C::SIGNATURE))
                .hint("is it the contract that it is named as, and of that release?")
        })
    }

    fn code(&self, name: &str, address: Address) -> Result<Address, Problem> {
        if self.chain.has_code(address)? {
            return Ok(address);
        }
        Err(Problem::new(format!("there is no code at {address}, which is to be the {name}"))
            .hint("is it another chain, or a block before it was deployed?"))
    }

    /// From the delegation manager on, each is named by another.
    fn contracts(&self, deployment: &Deployment) -> Result<Contracts, Problem> {
        let delegation_manager = self.code("delegation manager", deployment.delegation_manager)?;
        let named = |name: &str, address: Option<Address>| {
            address.map_or_else(|| Ok(absent(name)), |address| self.code(name, address))
        };
        Ok(Contracts {
            delegation_manager,
            allocation_manager: self
                .code("allocation manager", self.ask(delegation_manager, &allocationManagerCall {})?)?,
            strategy_manager: self.code("strategy manager", self.ask(delegation_manager, &strategyManagerCall {})?)?,
            permission_controller: self
                .code("permission controller", self.ask(delegation_manager, &permissionControllerCall {})?)?,
            eigen_pod_manager: self.code("EigenPod manager", self.ask(delegation_manager, &eigenPodManagerCall {})?)?,
            pauser_registry: self.code("pauser registry", self.ask(delegation_manager, &pauserRegistryCall {})?)?,
            rewards_coordinator: named(REWARDS_COORDINATOR, deployment.rewards_coordinator)?,
            strategy_factory: named(STRATEGY_FACTORY, deployment.strategy_factory)?,
        })
    }

    fn delays(&self, contracts: &Contracts) -> Result<Delays, Problem> {
        Ok(Delays {
            deallocation: self.ask(contracts.allocation_manager, &DEALLOCATION_DELAYCall {})?,
            configuration: self.ask(contracts.allocation_manager, &ALLOCATION_CONFIGURATION_DELAYCall {})?,
            withdrawal: self.ask(contracts.delegation_manager, &minWithdrawalDelayBlocksCall {})?,
        })
    }

    /// All who were named, all whom they name, and so on: an invariant that adds up the allocations of an operator must
    /// know all sets that it allocated to.
    fn everybody(&self, deployment: &Deployment, contracts: &Contracts) -> Result<Found, Problem> {
        let mut found = Found {
            operators: deployment.operators.iter().copied().collect(),
            stakers: deployment.stakers.iter().copied().collect(),
            sets: deployment.sets.iter().copied().collect(),
            strategies: deployment.strategies.iter().copied().collect(),
        };
        loop {
            let known = found.count();
            self.follow(&mut found, contracts)?;
            if found.count() > limits::LIVE_MOST {
                return Err(Problem::new(format!(
                    "{} operators, stakers, sets and strategies belong together, and at most {} are read",
                    found.count(),
                    limits::LIVE_MOST
                ))
                .hint("name fewer operators and sets"));
            }
            if found.count() == known {
                return Ok(found);
            }
        }
    }

    fn follow(&self, found: &mut Found, contracts: &Contracts) -> Result<(), Problem> {
        let manager = contracts.allocation_manager;
        for operator in found.operators.clone() {
            found.stakers.insert(operator);
            let allocated = self.ask(manager, &getAllocatedSetsCall { operator })?;
            let registered = self.ask(manager, &getRegisteredSetsCall { operator })?;
            let sets = allocated.into_iter().chain(registered);
            found.sets.extend(sets.map(|set| SetId { avs: set.avs, id: set.id }));
        }
        for id in found.sets.clone() {
            let set = || Set { avs: id.avs, id: id.id };
            found.strategies.extend(self.ask(manager, &getStrategiesInOperatorSetCall { set: set() })?);
            found.operators.extend(self.ask(manager, &getMembersCall { set: set() })?);
            for operator in found.operators.clone() {
                found.strategies.extend(self.ask(manager, &getAllocatedStrategiesCall { operator, set: set() })?);
            }
        }
        for staker in found.stakers.clone() {
            let operator = self.ask(contracts.delegation_manager, &delegatedToCall { staker })?;
            found.operators.extend(Some(operator).filter(|operator| !operator.is_zero()));
            found.strategies.extend(self.ask(contracts.strategy_manager, &getDepositsCall { staker })?.strategies);
        }
        found.strategies.remove(&NATIVE_STRATEGY);
        Ok(())
    }

    fn cast(&self, found: &Found, contracts: &Contracts, pod: &str) -> Result<(Book, Cast), Problem> {
        let mut book = Book::default();
        book.add("nobody", Role::Special, Address::ZERO, None);
        book.add("burn address", Role::Special, BURN_ADDRESS, None);
        book.add("native ETH", Role::Special, NATIVE_STRATEGY, None);
        // Whoever has no place in what is read is somebody who is not there.
        book.add(EIGEN_STRATEGY, Role::Special, Key::of(EIGEN_STRATEGY).address(), None);
        let nobody = book.add_actor("stranger", Role::Stranger);
        enter_contracts(&mut book, contracts);
        let operators: Vec<Address> = found.operators.iter().copied().collect();
        let stakers = found.stakers.iter().filter(|staker| !found.operators.contains(*staker)).copied();
        let stakers: Vec<Address> = stakers.chain(operators.iter().copied()).collect();
        let sets: Vec<SetId> = found.sets.iter().copied().collect();
        let avss: BTreeSet<Address> = sets.iter().map(|set| set.avs).collect();
        let strategies: Vec<Address> = found.strategies.iter().copied().collect();
        enter(&mut book, Role::Operator, &operators);
        enter(&mut book, Role::Staker, &stakers[..stakers.len() - operators.len()]);
        enter(&mut book, Role::Avs, &avss.iter().copied().collect::<Vec<_>>());
        let mut tokens = Vec::new();
        for (index, strategy) in strategies.iter().enumerate() {
            let strategy = self.code("strategy", *strategy)?;
            tokens.push(self.ask(strategy, &underlyingTokenCall {})?);
            name(&mut book, &format!("strategy {}", letters(index)), strategy, "StrategyBase");
            name(&mut book, &format!("token {}", letters(index)), tokens[index], "Token");
        }
        for staker in &stakers {
            let place = self.ask(contracts.eigen_pod_manager, &getPodCall { podOwner: *staker })?;
            let named = pod_name(&book, *staker);
            if let Some(other) = book.get(place) {
                return Err(Problem::new(format!("{place} is {} and {named} at once", other.name)));
            }
            book.add(&named, Role::Contract, place, Some(pod));
        }
        let pausable = [
            contracts.allocation_manager,
            contracts.delegation_manager,
            contracts.strategy_manager,
            contracts.eigen_pod_manager,
            contracts.rewards_coordinator,
            contracts.strategy_factory,
        ];
        let pausable = pausable.into_iter().filter(|at| !is_absent(*at)).chain(strategies.iter().copied());
        let cast = Cast {
            pausable: pausable.collect(),
            operators,
            stakers,
            avss: avss.into_iter().collect(),
            sets,
            strategies,
            tokens,
            ..Cast::of_nobody(nobody)
        };
        Ok((book, cast))
    }
}

fn enter_contracts(book: &mut Book, contracts: &Contracts) {
    for (as_name, address, contract) in [
        ("allocationManager", contracts.allocation_manager, "AllocationManager"),
        ("delegationManager", contracts.delegation_manager, "DelegationManager"),
        ("strategyManager", contracts.strategy_manager, "StrategyManager"),
        ("permissionController", contracts.permission_controller, "PermissionController"),
        ("eigenPodManager", contracts.eigen_pod_manager, "EigenPodManager"),
        ("pauserRegistry", contracts.pauser_registry, "PauserRegistry"),
        ("rewardsCoordinator", contracts.rewards_coordinator, "RewardsCoordinator"),
        ("strategyFactory", contracts.strategy_factory, "StrategyFactory"),
    ] {
        name(book, as_name, address, contract);
    }
}

fn enter(book: &mut Book, role: Role, addresses: &[Address]) {
    for (index, address) in addresses.iter().enumerate() {
        if book.get(*address).is_none() {
            book.add(&format!("{} {}", role.name(), letters(index)), role, *address, None);
        }
    }
}

/// Gives a contract a name, unless it has one: one that is two things is called by the first.
fn name(book: &mut Book, name: &str, address: Address, contract: &str) {
    if book.get(address).is_none() {
        book.add(name, Role::Contract, address, Some(contract));
    }
}

/// A, B, ..., Z, AA, AB, ...
fn letters(index: usize) -> String {
    const ALPHABET: usize = 26;
    let last = char::from(b'A' + u8::try_from(index % ALPHABET).expect("a letter"));
    match index / ALPHABET {
        0 => last.to_string(),
        more => format!("{}{last}", letters(more - 1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_go_on_after_the_last() {
        assert_eq!([0, 25, 26, 51, 52, 702].map(letters), ["A", "Z", "AA", "AZ", "BA", "AAA"]);
    }
}
