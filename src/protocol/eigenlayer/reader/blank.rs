//! A ledger with everybody and everything in it, and nothing known of them.

use std::collections::BTreeSet;

use alloy_primitives::{Address, U256};

use super::examples;
use crate::{
    book::Book,
    call::{SetId, SplitId},
    ledger::{
        Allocation, AllocationDelay, Approver, Caller, Control, Earner, Factory, FactoryStrategy, FactoryToken,
        Holding, Ledger, Limits, Managers, Membership, NativeStake, Operator, OperatorSet, Pod, Principal, Quirks,
        Registrar, Rewards, RewardsTerms, Slasher, Split, Stake, Staker, Strategy, StrategyKind, Submitter, Terms,
        Token, Units, WHOLE,
    },
    protocol::eigenlayer::{
        EigenLayer,
        deploy::{
            BURN_ADDRESS, CALCULATION_INTERVAL, Cast, GENESIS_TIMESTAMP, MAX_FUTURE_LENGTH, MAX_RETROACTIVE_LENGTH,
            MAX_REWARDS_AMOUNT, MAX_REWARDS_DURATION, NATIVE_STRATEGY, WALLET_OWNER, eigen_strategy,
            examples::ExampleCast, pod_of,
        },
    },
    worlds::{Behaviour, Kind, Registrars},
};

/// One part in so many of a transfer is what a token with a fee keeps.
const FEE_DIVISOR: u64 = 100;

/// The ledger before anything is read.
pub(super) fn ledger(protocol: &EigenLayer) -> Ledger {
    let cast = &protocol.cast;
    let holders = holders(protocol);
    let behaviour = |at: usize| protocol.world.tokens.get(at).map_or(Behaviour::Plain, |kind| kind.behaviour);
    let tokens = cast.distinct_tokens().into_iter().enumerate().map(|(at, token)| (token, behaviour(at)));
    let eigen = cast.eigen.map(|eigen| (eigen.token, Behaviour::Plain));
    let tokens = tokens.chain(eigen).map(|(at, behaviour)| token(at, behaviour, holders.len())).collect();
    Ledger {
        block: 0,
        timestamp: 0,
        terms: terms(protocol),
        operators: cast.operators.iter().map(|address| operator(*address, cast)).collect(),
        sets: cast.sets.iter().map(|id| set(*id)).collect(),
        strategies: strategies(cast, protocol.world),
        native: native(protocol),
        stakers: cast.stakers.iter().map(|address| staker(*address, cast)).collect(),
        withdrawals: Vec::new(),
        pending_sets: Vec::new(),
        principals: principals(cast).into_iter().map(|address| principal(address, protocol)).collect(),
        tokens,
        approvers: cast.approvers.iter().map(|address| approver(*address, protocol)).collect(),
        registrars: wilful_registrars(protocol).into_iter().map(Registrar::unknown).collect(),
        callers: cast.callers.iter().map(|address| caller(*address, protocol)).collect(),
        holders,
        control: control(&protocol.book, cast),
        rewards: rewards(protocol),
        factory: factory(protocol),
        examples: cast.examples.as_ref().map(|examples| examples::blank(examples, cast)),
    }
}

fn terms(protocol: &EigenLayer) -> Terms {
    Terms {
        deallocation_delay: u64::from(protocol.delays.deallocation),
        configuration_delay: u64::from(protocol.delays.configuration),
        withdrawal_delay: u64::from(protocol.delays.withdrawal),
        burn_address: BURN_ADDRESS,
        slash_permission: protocol.slash_permission(),
        managers: Managers {
            allocation: protocol.contracts.allocation_manager,
            delegation: protocol.contracts.delegation_manager,
            strategy: protocol.contracts.strategy_manager,
            eigen_pod: protocol.contracts.eigen_pod_manager,
        },
        slashing: protocol.release.slashing,
        booking: protocol.release.booking,
        not_redistributable: vec![NATIVE_STRATEGY, eigen_strategy(&protocol.book, &protocol.cast)],
        accepting_registrars: accepting_registrars(protocol),
    }
}

fn accepting_registrars(protocol: &EigenLayer) -> Vec<Address> {
    match protocol.world.registrars {
        Registrars::Accepting => protocol.cast.registrars.clone(),
        Registrars::Wilful => Vec::new(),
    }
}

fn wilful_registrars(protocol: &EigenLayer) -> Vec<Address> {
    match protocol.world.registrars {
        Registrars::Accepting => Vec::new(),
        Registrars::Wilful => protocol.cast.registrars.clone(),
    }
}

/// Whoever may come to hold tokens.
fn holders(protocol: &EigenLayer) -> Vec<Address> {
    let cast = &protocol.cast;
    let contracts = &protocol.contracts;
    let mut holders = cast.stakers.clone();
    holders.extend(cast.strategies.iter().chain(&cast.recipients));
    holders.push(BURN_ADDRESS);
    holders.extend([contracts.allocation_manager, contracts.delegation_manager, contracts.strategy_manager]);
    holders.extend([cast.stranger, Address::ZERO]);
    holders.extend(&cast.avss);
    holders.extend([contracts.rewards_coordinator, cast.hopper]);
    holders.extend(cast.eigen.map(|eigen| eigen.token));
    holders.extend(cast.examples.iter().flat_map(ExampleCast::avss));
    // Elsewhere one account may be several things.
    let mut seen = BTreeSet::new();
    holders.retain(|holder| seen.insert(*holder));
    holders
}

fn operator(address: Address, cast: &Cast) -> Operator {
    let (sets, strategies) = (cast.sets.len(), cast.stakeable().len());
    Operator {
        address,
        staker: cast.stakers.iter().position(|staker| *staker == address).expect("operators are stakers"),
        approver: Address::ZERO,
        delay: AllocationDelay::default(),
        registered_sets: Vec::new(),
        allocated_sets: Vec::new(),
        memberships: vec![Membership::default(); sets],
        stakes: vec![Stake::default(); strategies],
        allocations: vec![vec![Allocation::default(); strategies]; sets],
    }
}

fn set(id: SetId) -> OperatorSet {
    OperatorSet {
        id,
        exists: false,
        strategies: Vec::new(),
        members: Vec::new(),
        recipient: Address::ZERO,
        slasher: Slasher::default(),
        slash_count: 0,
        pending_slashes: Vec::new(),
        slashes: Vec::new(),
    }
}

/// Those that hold tokens, then native ETH.
fn strategies(cast: &Cast, world: &Kind) -> Vec<Strategy> {
    let of_tokens = cast.strategies.iter().zip(&cast.tokens);
    let mut all: Vec<_> = of_tokens.map(|(at, token)| strategy(*at, *token, StrategyKind::Token, cast)).collect();
    for (kept, token) in all.iter_mut().zip(&world.tokens) {
        kept.limits = (token.behaviour == Behaviour::Limited).then(Limits::default);
    }
    all.push(strategy(NATIVE_STRATEGY, Address::ZERO, StrategyKind::Native, cast));
    all
}

fn native(protocol: &EigenLayer) -> NativeStake {
    let stakers = &protocol.cast.stakers;
    NativeStake {
        pods: vec![Pod::default(); stakers.len()],
        places: stakers.iter().map(|staker| pod_of(&protocol.book, *staker)).collect(),
        payers: protocol.cast.payers().into_iter().map(|payer| (payer, U256::ZERO)).collect(),
        balances: vec![U256::ZERO; stakers.len()],
        ..NativeStake::default()
    }
}

fn strategy(address: Address, token: Address, kind: StrategyKind, cast: &Cast) -> Strategy {
    Strategy {
        kind,
        address,
        token,
        wrapper: cast.eigen.filter(|eigen| eigen.strategy == address).map(|eigen| eigen.token),
        limits: None,
        total_shares: U256::ZERO,
        balance: U256::ZERO,
        whitelisted: false,
        burnable_shares: U256::ZERO,
    }
}

fn staker(address: Address, cast: &Cast) -> Staker {
    Staker {
        address,
        delegated_to: Address::ZERO,
        withdrawals_queued: 0,
        nonce: U256::ZERO,
        roots: Vec::new(),
        strategies: Vec::new(),
        holdings: vec![Holding::default(); cast.stakeable().len()],
    }
}

fn token(address: Address, behaviour: Behaviour, holders: usize) -> Token {
    let quirks = Quirks {
        fee_divisor: (behaviour == Behaviour::Fee).then_some(FEE_DIVISOR),
        units: (behaviour == Behaviour::Rebasing).then(|| Units::none(holders)),
        barred: if behaviour.bars() { vec![false; holders] } else { Vec::new() },
        bars_senders: behaviour == Behaviour::Blacklisting,
    };
    Token { address, balances: vec![U256::ZERO; holders], quirks }
}

/// Salts that approvals have.
const SALTS: usize = 16;

fn approver(address: Address, protocol: &EigenLayer) -> Approver {
    let owner = || protocol.book.address(WALLET_OWNER).expect("it is in the book");
    let key_holder = if protocol.book.key(address).is_some() { address } else { owner() };
    Approver { address, key_holder, spent: vec![false; SALTS] }
}

fn caller(address: Address, protocol: &EigenLayer) -> Caller {
    let contracts = &protocol.contracts;
    let managers = [contracts.allocation_manager, contracts.delegation_manager, contracts.strategy_manager];
    Caller { address, attempts: 0, entered: managers.map(|manager| (manager, 0)).to_vec() }
}

/// Whoever can let others act: operators and AVSs. Elsewhere one can be both.
fn principals(cast: &Cast) -> Vec<Address> {
    let avss = cast.avss.iter().filter(|avs| !cast.operators.contains(*avs));
    cast.operators.iter().chain(avss).copied().collect()
}

/// Who has a will of its own may be trusted with something.
fn principal(address: Address, protocol: &EigenLayer) -> Principal {
    let wilful = wilful_registrars(protocol);
    Principal {
        address,
        admins: Vec::new(),
        pending_admins: Vec::new(),
        appointments: protocol.cast.actors.iter().chain(&wilful).map(|actor| (*actor, Vec::new())).collect(),
    }
}

fn control(book: &Book, cast: &Cast) -> Control {
    let avss = || cast.avss.iter().copied().chain(cast.examples.iter().flat_map(ExampleCast::avss));
    Control {
        // Whoever has a key can be made a pauser, and use it.
        pausers: book.keyed().map(|pauser| (pauser, false)).collect(),
        paused: cast.pausable.iter().map(|contract| (*contract, U256::ZERO)).collect(),
        described: avss().map(|avs| (avs, false)).collect(),
        registrars: avss().map(|avs| (avs, Address::ZERO)).collect(),
        ..Control::default()
    }
}

fn rewards(protocol: &EigenLayer) -> Rewards {
    let cast = &protocol.cast;
    let earner = |address: &Address| Earner {
        address: *address,
        claimer: Address::ZERO,
        claimed: vec![U256::ZERO; cast.distinct_tokens().len() + usize::from(cast.eigen.is_some())],
    };
    let submitter = |address: &Address| Submitter { address: *address, nonce: 0, for_all: false };
    Rewards {
        coordinator: protocol.contracts.rewards_coordinator,
        terms: RewardsTerms {
            interval: CALCULATION_INTERVAL,
            longest: MAX_REWARDS_DURATION,
            most_back: MAX_RETROACTIVE_LENGTH,
            most_ahead: MAX_FUTURE_LENGTH,
            genesis: GENESIS_TIMESTAMP,
            most: MAX_REWARDS_AMOUNT,
            most_default_split: most_default_split(protocol),
            native: NATIVE_STRATEGY,
        },
        earners: earners(cast).iter().map(earner).collect(),
        submitters: cast.submitters.iter().map(submitter).collect(),
        splits: splits(cast),
        ..Rewards::default()
    }
}

/// Whoever can earn: stakers and AVSs. Elsewhere one can be both.
fn earners(cast: &Cast) -> Vec<Address> {
    let avss = cast.avss.iter().filter(|avs| !cast.stakers.contains(*avs));
    cast.stakers.iter().chain(avss).copied().collect()
}

/// Coordinators that take fees look at default splits too.
fn most_default_split(protocol: &EigenLayer) -> u16 {
    let coordinator = &protocol.artifacts.get("RewardsCoordinator").abi;
    if coordinator.function("feeRecipient").is_some() { WHOLE } else { u16::MAX }
}

/// Of every operator: with each AVS, of incentives, with each set.
fn splits(cast: &Cast) -> Vec<Split> {
    let of = |operator: Address| {
        let with_avss = cast.avss.iter().map(move |avs| SplitId::Avs { operator, avs: *avs });
        let with_sets = cast.sets.iter().map(move |set| SplitId::Set { operator, set: *set });
        with_avss.chain([SplitId::Incentives { operator }]).chain(with_sets)
    };
    cast.operators.iter().flat_map(|operator| of(*operator)).map(Split::unset).collect()
}

fn factory(protocol: &EigenLayer) -> Factory {
    let address = protocol.contracts.strategy_factory;
    let tokens = protocol.cast.distinct_tokens();
    // What a factory of somebody else made is found by nobody's count.
    let count = if protocol.vouched.is_some() { 0 } else { tokens.len() };
    // A contract counts what it creates from one.
    let made = |number: usize| FactoryStrategy { address: address.create(number as u64 + 1), whitelisted: false };
    Factory {
        address,
        owner: Address::ZERO,
        tokens: tokens.iter().map(|token| FactoryToken { address: *token, ..FactoryToken::default() }).collect(),
        strategies: (0..count).map(made).collect(),
    }
}
