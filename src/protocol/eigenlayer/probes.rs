//! What must not be possible. Each probe tries it in earnest: everything else about the call is right.

use alloy_primitives::{Address, U256};
use proptest::prelude::*;

use super::{
    EigenLayer, abi,
    avs::slash_of_something,
    deploy::{BURN_ADDRESS, NATIVE_STRATEGY},
    is_fully_slashed,
    operator::{any_operator, changeable, leaving, one_change, ready_operator},
    operators, pause_bit,
    staker::{completable, delegated_stakers},
};
use crate::{
    arithmetic::WAD,
    book::Role,
    call::{
        AllocationChange, AllocationItem, Completion, Malformed, NewRedistributingSet, NewSet, Operation, Plumbing,
        Quantity, Receive, SetId, SlashItem, WithdrawalItem,
    },
    draw::Draw,
    ledger::{Ledger, OperatorSet, Permission, Staker},
    protocol::{Action, ActionInfo, Expects},
};

pub(super) const ACTIONS: &[Action<EigenLayer>] = &[
    probe("stranger.slash", Role::Stranger, 2, stranger_slashes),
    probe("avs.slash_out_of_reach", Role::Avs, 2, slash_out_of_reach),
    probe("avs.slash_wrong_proportion", Role::Avs, 1, slash_wrong_proportion),
    probe("avs.slash_wrong_order", Role::Avs, 1, slash_wrong_order),
    probe("avs.slash_foreign_strategy", Role::Avs, 1, slash_foreign_strategy),
    probe("stranger.modify_allocations", Role::Stranger, 1, stranger_allocates),
    probe("operator.allocate_too_much", Role::Operator, 2, allocate_too_much),
    probe("operator.allocate_same", Role::Operator, 1, allocate_same),
    probe("operator.allocate_while_pending", Role::Operator, 1, allocate_while_pending),
    probe("operator.join_again", Role::Operator, 1, join_again),
    probe("operator.join_unknown_set", Role::Operator, 1, join_unknown_set),
    probe("stranger.join_sets", Role::Stranger, 1, stranger_joins),
    probe("stranger.leave_sets", Role::Stranger, 1, stranger_leaves),
    probe("stranger.set_allocation_delay", Role::Stranger, 1, stranger_sets_delay),
    probe("stranger.manage_avs", Role::Stranger, 1, stranger_manages_avs),
    probe("avs.create_set_again", Role::Avs, 1, create_set_again),
    probe("avs.redistribute_to_nobody", Role::Avs, 1, redistribute_to_nobody),
    probe("avs.redistribute_native", Role::Avs, 1, redistribute_native),
    probe("avs.add_strategy_again", Role::Avs, 1, add_strategy_again),
    probe("staker.deposit_badly", Role::Staker, 2, deposit_badly),
    probe("staker.deposit_fully_slashed", Role::Staker, 1, deposit_fully_slashed),
    probe("staker.delegate_badly", Role::Staker, 2, delegate_badly),
    probe("operator.undelegate_self", Role::Operator, 1, operator_undelegates),
    probe("stranger.undelegate_staker", Role::Stranger, 1, stranger_undelegates),
    probe("staker.queue_too_much", Role::Staker, 1, queue_too_much),
    probe("staker.complete_early", Role::Staker, 2, complete_early),
    probe("stranger.complete_withdrawal", Role::Stranger, 1, stranger_completes),
    probe("staker.complete_wrong_tokens", Role::Staker, 1, complete_wrong_tokens),
    probe("somebody.ignore_pause", Role::Stranger, 4, ignore_pause),
    probe("stranger.call_plumbing", Role::Stranger, 2, call_plumbing),
    probe("stranger.administer", Role::Stranger, 2, stranger_administers),
    probe("pauser.pause_less", Role::Pauser, 1, pause_less),
    probe("unpauser.unpause_more", Role::Unpauser, 1, unpause_more),
    probe("stranger.share_rights", Role::Stranger, 1, stranger_shares_rights),
    probe("admin.remove_last_admin", Role::Operator, 1, remove_last_admin),
    probe("stranger.initialize", Role::Stranger, 1, initialize),
    probe("stranger.upgrade", Role::Stranger, 1, upgrade),
    probe("somebody.malformed", Role::Stranger, 1, malformed),
];

const fn probe(
    name: &'static str,
    role: Role,
    weight: u32,
    draw: fn(&EigenLayer, &mut Draw<'_>) -> Option<(Address, Operation)>,
) -> Action<EigenLayer> {
    Action { info: ActionInfo { name, role, weight, expects: Expects::Revert }, draw }
}

/// Somebody who may not use `permission` for `account`: mostly the stranger.
fn outsider(protocol: &EigenLayer, draw: &mut Draw<'_>, account: Address, permission: Permission) -> Option<Address> {
    let ledger = draw.ledger;
    let outsiders: Vec<Address> =
        protocol.cast.actors.iter().filter(|actor| !ledger.can_call(account, **actor, permission)).copied().collect();
    let stranger = protocol.cast.stranger;
    if outsiders.contains(&stranger) && draw.chance(50) { Some(stranger) } else { draw.choose(&outsiders) }
}

fn exactly(magnitude: u64) -> Quantity {
    Quantity::Exactly(U256::from(magnitude))
}

// Slashing

fn stranger_slashes(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let slash = slash_of_something(draw)?;
    let Operation::Slash { set, .. } = &slash else { unreachable!("a slash was drawn") };
    Some((outsider(protocol, draw, set.avs, protocol.slash_permission())?, slash))
}

/// Operators that are not in the set, or not any more.
fn slash_out_of_reach(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let ledger = draw.ledger;
    let mut targets = Vec::new();
    let mut former = Vec::new();
    for (index, set) in ledger.sets.iter().enumerate().filter(|(_, set)| set.exists && !set.strategies.is_empty()) {
        for operator in &ledger.operators {
            let membership = &operator.memberships[index];
            if !membership.is_slashable(ledger.block) {
                targets.push((set, operator.address));
                if membership.slashable_until > 0 {
                    former.push((set, operator.address));
                }
            }
        }
    }
    // Those that were in the set are the interesting ones.
    let pool = if former.is_empty() || draw.chance(30) { targets } else { former };
    let (set, operator) = draw.choose(&pool)?;
    let items = vec![SlashItem { strategy: draw.choose(&set.strategies)?, wad: draw.wad() }];
    let caller = draw.caller(set.id.avs, protocol.slash_permission())?;
    Some((caller, Operation::Slash { set: set.id, operator, items }))
}

fn slash_wrong_proportion(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let Operation::Slash { set, operator, mut items } = slash_of_something(draw)? else { return None };
    let wrong = prop_oneof![Just(U256::ZERO), Just(U256::from(WAD) + U256::ONE), Just(U256::MAX)];
    let at = draw.below(items.len());
    items[at].wad = draw.sample(&wrong);
    Some((draw.caller(set.avs, protocol.slash_permission())?, Operation::Slash { set, operator, items }))
}

fn slash_wrong_order(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let Operation::Slash { set, operator, mut items } = slash_of_something(draw)? else { return None };
    // The last one again, or after the others that belong before it.
    items.push(SlashItem { strategy: items.last()?.strategy, wad: draw.wad() });
    if items.len() > 2 && draw.chance(50) {
        items.reverse();
    }
    Some((draw.caller(set.avs, protocol.slash_permission())?, Operation::Slash { set, operator, items }))
}

fn slash_foreign_strategy(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let ledger = draw.ledger;
    let mut targets = Vec::new();
    for (index, set) in ledger.sets.iter().enumerate().filter(|(_, set)| set.exists) {
        for operator in ledger.operators.iter().filter(|o| o.memberships[index].is_slashable(ledger.block)) {
            let foreign = protocol.cast.strategies.iter().filter(|strategy| !set.has_strategy(**strategy));
            targets.extend(foreign.map(|strategy| (set.id, operator.address, *strategy)));
        }
    }
    let (set, operator, strategy) = draw.choose(&targets)?;
    let items = vec![SlashItem { strategy, wad: draw.wad() }];
    Some((draw.caller(set.avs, protocol.slash_permission())?, Operation::Slash { set, operator, items }))
}

// Allocations

fn stranger_allocates(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let index = ready_operator(draw)?;
    let operator = draw.ledger.operators[index].address;
    let mut changes = changeable(draw.ledger, index);
    changes.retain(|change| change.free > 0 || change.current > 0);
    let change = draw.choose(&changes)?;
    let other = if change.free > 0 { change.current.saturating_add(1) } else { change.current - 1 };
    let permission = protocol.allocation_permission::<abi::AllocationManager::modifyAllocationsCall>();
    let caller = outsider(protocol, draw, operator, permission)?;
    Some((caller, one_change(draw.ledger, operator, change, exactly(other))))
}

/// One more than is free, or far more.
fn allocate_too_much(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let index = ready_operator(draw)?;
    let operator = draw.ledger.operators[index].address;
    let change = draw.choose(&changeable(draw.ledger, index))?;
    let least = change.current.saturating_add(change.free).checked_add(1)?;
    let beyond = prop_oneof![4 => Just(least), 2 => least..=least.saturating_add(WAD), 1 => Just(u64::MAX)];
    let too_much = exactly(draw.sample(&beyond));
    let permission = protocol.allocation_permission::<abi::AllocationManager::modifyAllocationsCall>();
    Some((draw.caller(operator, permission)?, one_change(draw.ledger, operator, change, too_much)))
}

fn allocate_same(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let index = ready_operator(draw)?;
    let operator = draw.ledger.operators[index].address;
    let change = draw.choose(&changeable(draw.ledger, index))?;
    let permission = protocol.allocation_permission::<abi::AllocationManager::modifyAllocationsCall>();
    Some((draw.caller(operator, permission)?, one_change(draw.ledger, operator, change, exactly(change.current))))
}

fn allocate_while_pending(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let ledger = draw.ledger;
    let mut locked = Vec::new();
    for operator in ledger.operators.iter().filter(|operator| operator.delay.at(ledger.block).is_some()) {
        for (set, allocations) in ledger.sets.iter().zip(&operator.allocations) {
            for (strategy, allocation) in ledger.strategies.iter().zip(allocations) {
                if allocation.is_locked(ledger.block) {
                    locked.push((operator.address, set.id, strategy.address, allocation.current));
                }
            }
        }
    }
    let (operator, set, strategy, current) = draw.choose(&locked)?;
    let items = vec![AllocationItem { strategy, magnitude: exactly(current / 2 + 1) }];
    let permission = protocol.allocation_permission::<abi::AllocationManager::modifyAllocationsCall>();
    let caller = draw.caller(operator, permission)?;
    Some((caller, Operation::ModifyAllocations { operator, changes: vec![AllocationChange { set, items }] }))
}

// Registration

/// While in the set, or in the window after leaving it.
fn join_again(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let ledger = draw.ledger;
    let operator = any_operator(draw)?;
    let inside: Vec<SetId> = ledger
        .sets
        .iter()
        .zip(&operator.memberships)
        .filter(|(set, membership)| set.exists && membership.is_slashable(ledger.block))
        .map(|(set, _)| set.id)
        .collect();
    let set = draw.choose(&inside)?;
    let permission = protocol.allocation_permission::<abi::AllocationManager::registerForOperatorSetsCall>();
    let caller = draw.caller(operator.address, permission)?;
    let operation = Operation::RegisterForSets { operator: operator.address, avs: set.avs, ids: vec![set.id] };
    Some((caller, operation))
}

fn join_unknown_set(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let missing: Vec<&OperatorSet> = draw.ledger.sets.iter().filter(|set| !set.exists).collect();
    let set = draw.choose(&missing)?.id;
    let operator = any_operator(draw)?.address;
    let permission = protocol.allocation_permission::<abi::AllocationManager::registerForOperatorSetsCall>();
    let caller = draw.caller(operator, permission)?;
    Some((caller, Operation::RegisterForSets { operator, avs: set.avs, ids: vec![set.id] }))
}

fn stranger_joins(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let ledger = draw.ledger;
    let operator = any_operator(draw)?;
    let open: Vec<SetId> = ledger
        .sets
        .iter()
        .zip(&operator.memberships)
        .filter(|(set, membership)| set.exists && !membership.is_slashable(ledger.block))
        .map(|(set, _)| set.id)
        .collect();
    let set = draw.choose(&open)?;
    let permission = protocol.allocation_permission::<abi::AllocationManager::registerForOperatorSetsCall>();
    let caller = outsider(protocol, draw, operator.address, permission)?;
    let operation = Operation::RegisterForSets { operator: operator.address, avs: set.avs, ids: vec![set.id] };
    Some((caller, operation))
}

fn stranger_leaves(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let (operator, avs, ids) = leaving(draw)?;
    let permission = protocol.allocation_permission::<abi::AllocationManager::deregisterFromOperatorSetsCall>();
    let caller = outsider(protocol, draw, operator, permission)?;
    if draw.ledger.can_call(avs, caller, permission) {
        return None;
    }
    Some((caller, Operation::DeregisterFromSets { operator, avs, ids }))
}

fn stranger_sets_delay(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let operator = any_operator(draw)?.address;
    let permission = protocol.allocation_permission::<abi::AllocationManager::setAllocationDelayCall>();
    let caller = outsider(protocol, draw, operator, permission)?;
    Some((caller, Operation::SetAllocationDelay { operator, delay: 1 }))
}

// Sets

fn stranger_manages_avs(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    use abi::AllocationManager as A;
    let set = draw.choose(&draw.ledger.sets)?;
    let avs = set.id.avs;
    let strategies = vec![draw.choose(&protocol.cast.strategies)?];
    let recipient = protocol.cast.stranger;
    let (permission, operation) = match draw.below(6) {
        0 => (protocol.allocation_permission::<A::updateAVSMetadataURICall>(), Operation::UpdateAvsMetadata { avs }),
        1 => (
            protocol.allocation_permission::<A::setAVSRegistrarCall>(),
            Operation::SetAvsRegistrar { avs, registrar: draw.choose(&protocol.cast.registrars)? },
        ),
        2 if !set.exists => (
            protocol.allocation_permission::<A::createOperatorSetsCall>(),
            Operation::CreateSets { avs, sets: vec![NewSet { id: set.id.id, strategies }] },
        ),
        3 if !set.exists => (
            protocol.allocation_permission::<A::createRedistributingOperatorSetsCall>(),
            Operation::CreateRedistributingSets {
                avs,
                sets: vec![NewRedistributingSet { id: set.id.id, strategies, recipient }],
            },
        ),
        4 if set.exists && !set.has_strategy(strategies[0]) => (
            protocol.allocation_permission::<A::addStrategiesToOperatorSetCall>(),
            Operation::AddStrategies { set: set.id, strategies },
        ),
        5 if set.exists && set.has_strategy(strategies[0]) => (
            protocol.allocation_permission::<A::removeStrategiesFromOperatorSetCall>(),
            Operation::RemoveStrategies { set: set.id, strategies },
        ),
        _ => return None,
    };
    Some((outsider(protocol, draw, avs, permission)?, operation))
}

fn existing_set<'a>(draw: &mut Draw<'a>) -> Option<&'a OperatorSet> {
    let existing: Vec<&OperatorSet> = draw.ledger.sets.iter().filter(|set| set.exists).collect();
    draw.choose(&existing)
}

/// Above all not with another recipient.
fn create_set_again(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    use abi::AllocationManager as A;
    let SetId { avs, id } = existing_set(draw)?.id;
    let recipient = draw.choose(&protocol.cast.recipients)?;
    let (permission, operation) = if draw.chance(70) {
        let sets = vec![NewRedistributingSet { id, strategies: Vec::new(), recipient }];
        let permission = protocol.allocation_permission::<A::createRedistributingOperatorSetsCall>();
        (permission, Operation::CreateRedistributingSets { avs, sets })
    } else {
        let sets = vec![NewSet { id, strategies: Vec::new() }];
        (protocol.allocation_permission::<A::createOperatorSetsCall>(), Operation::CreateSets { avs, sets })
    };
    Some((draw.caller(avs, permission)?, operation))
}

fn redistribute_to_nobody(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let missing: Vec<SetId> = draw.ledger.sets.iter().filter(|set| !set.exists).map(|set| set.id).collect();
    let SetId { avs, id } = draw.choose(&missing)?;
    let recipient = draw.choose(&[Address::ZERO, BURN_ADDRESS])?;
    let sets = vec![NewRedistributingSet { id, strategies: Vec::new(), recipient }];
    let permission = protocol.allocation_permission::<abi::AllocationManager::createRedistributingOperatorSetsCall>();
    Some((draw.caller(avs, permission)?, Operation::CreateRedistributingSets { avs, sets }))
}

fn redistribute_native(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    use abi::AllocationManager as A;
    let eigen = protocol.book.address("eigen strategy")?;
    let strategies = vec![draw.choose(&[NATIVE_STRATEGY, eigen])?];
    let set = draw.choose(&draw.ledger.sets)?;
    let SetId { avs, id } = set.id;
    let (permission, operation) = if !set.exists {
        let recipient = draw.choose(&protocol.cast.recipients)?;
        let sets = vec![NewRedistributingSet { id, strategies, recipient }];
        let permission = protocol.allocation_permission::<A::createRedistributingOperatorSetsCall>();
        (permission, Operation::CreateRedistributingSets { avs, sets })
    } else if set.is_redistributing() {
        let permission = protocol.allocation_permission::<A::addStrategiesToOperatorSetCall>();
        (permission, Operation::AddStrategies { set: set.id, strategies })
    } else {
        return None;
    };
    Some((draw.caller(avs, permission)?, operation))
}

fn add_strategy_again(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let set = existing_set(draw)?;
    let strategies = vec![draw.choose(&set.strategies)?];
    let permission = protocol.allocation_permission::<abi::AllocationManager::addStrategiesToOperatorSetCall>();
    Some((draw.caller(set.id.avs, permission)?, Operation::AddStrategies { set: set.id, strategies }))
}

// Stakers

/// Nothing, more than there is, the wrong token, or where nothing may be deposited.
fn deposit_badly(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let ledger = draw.ledger;
    let staker = draw.choose(&protocol.cast.stakers)?;
    let index = draw.below(ledger.strategies.len());
    let strategy = &ledger.strategies[index];
    let other = protocol.cast.tokens[(index + 1) % protocol.cast.tokens.len()];
    let balance = ledger.balance(strategy.token, staker)?;
    let (token, amount) = match draw.below(4) {
        0 => (strategy.token, U256::ZERO),
        1 => (strategy.token, balance.saturating_add(U256::ONE)),
        2 => (other, ledger.balance(other, staker)?.min(U256::from(WAD))),
        _ if !strategy.whitelisted => (strategy.token, balance.min(U256::from(WAD))),
        _ => return None,
    };
    Some((staker, Operation::Deposit { strategy: strategy.address, token, amount }))
}

fn deposit_fully_slashed(_: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let ledger = draw.ledger;
    let mut hopeless = Vec::new();
    for staker in &ledger.stakers {
        for (index, strategy) in ledger.strategies.iter().enumerate() {
            if is_fully_slashed(ledger, staker.delegated_to, index) {
                hopeless.push((staker.address, strategy));
            }
        }
    }
    let (staker, strategy) = draw.choose(&hopeless)?;
    let amount = draw.up_to(ledger.balance(strategy.token, staker)?)?;
    Some((staker, Operation::Deposit { strategy: strategy.address, token: strategy.token, amount }))
}

/// While delegated, to somebody who is no operator, or without the consent it takes.
fn delegate_badly(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let ledger = draw.ledger;
    let free: Vec<&Staker> = ledger.stakers.iter().filter(|staker| !staker.is_delegated()).collect();
    let bound: Vec<&Staker> = ledger.stakers.iter().filter(|staker| staker.is_delegated()).collect();
    let registered = operators(ledger);
    let closed: Vec<Address> =
        registered.iter().filter(|operator| !operator.approver.is_zero()).map(|operator| operator.address).collect();
    let (staker, operator) = match draw.below(3) {
        0 => (draw.choose(&bound)?, draw.choose(&registered)?.address),
        1 => (draw.choose(&free)?, draw.choose(&protocol.cast.avss)?),
        _ => (draw.choose(&free)?, draw.choose(&closed)?),
    };
    Some((staker.address, Operation::Delegate { operator }))
}

fn operator_undelegates(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let staker = any_operator(draw)?.address;
    Some((staker, Operation::Undelegate { staker }))
}

fn stranger_undelegates(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let staker = draw.choose(&delegated_stakers(draw.ledger))?;
    let permission = protocol.delegation_permission::<abi::DelegationManager::undelegateCall>();
    let caller = outsider(protocol, draw, staker.delegated_to, permission)?;
    let approver = draw.ledger.operator(staker.delegated_to)?.approver;
    if caller == staker.address || caller == approver {
        return None;
    }
    Some((caller, Operation::Undelegate { staker: staker.address }))
}

/// One share more than there is, or none.
fn queue_too_much(_: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let staker = draw.choose(&draw.ledger.stakers)?;
    let index = draw.below(draw.ledger.strategies.len());
    let held = staker.holdings[index].shares;
    let shares = Quantity::Exactly(if draw.chance(70) { held.saturating_add(U256::ONE) } else { U256::ZERO });
    let withdrawals = vec![vec![WithdrawalItem { strategy: draw.ledger.strategies[index].address, shares }]];
    Some((staker.address, Operation::QueueWithdrawals { withdrawals }))
}

fn complete_early(_: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let ledger = draw.ledger;
    let mut early = Vec::new();
    for staker in &ledger.stakers {
        for (nth, withdrawal) in (0u32..).zip(ledger.queue_of(staker.address)) {
            if ledger.block <= ledger.slashable_until(withdrawal) {
                early.push((staker.address, nth));
            }
        }
    }
    let (staker, nth) = draw.choose(&early)?;
    let receive = draw.choose(&[Receive::Tokens, Receive::Shares])?;
    Some((staker, Operation::CompleteWithdrawal { completion: Completion { staker, nth, receive } }))
}

fn stranger_completes(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let completion = draw.choose(&completable(draw.ledger))?;
    let others: Vec<Address> =
        protocol.cast.actors.iter().filter(|actor| **actor != completion.staker).copied().collect();
    Some((draw.choose(&others)?, Operation::CompleteWithdrawal { completion }))
}

fn complete_wrong_tokens(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let ledger = draw.ledger;
    let mut possible = completable(ledger);
    // A withdrawal that was slashed to nothing moves no tokens, so none are wrong.
    possible.retain(|completion| {
        ledger.nth_withdrawal(completion.staker, completion.nth).is_some_and(|withdrawal| {
            (0..withdrawal.items.len()).any(|item| ledger.receivable(withdrawal, item) > Some(U256::ZERO))
        })
    });
    let completion = Completion { receive: Receive::WrongTokens, ..draw.choose(&possible)? };
    Some((completion.staker, Operation::CompleteWithdrawal { completion }))
}

// Pausing and administration

/// Whatever is paused now, by somebody who could do it otherwise.
fn ignore_pause(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let ledger = draw.ledger;
    let contracts = &protocol.contracts;
    let mut paused = Vec::new();
    for (contract, status) in &ledger.control.paused {
        paused.extend((0..3).filter(|bit| status.bit(*bit)).map(|bit| (*contract, bit)));
    }
    let (contract, bit) = draw.choose(&paused)?;
    if contract == contracts.allocation_manager {
        paused_allocation_manager(protocol, draw, bit)
    } else if contract == contracts.delegation_manager {
        paused_delegation_manager(protocol, draw, bit)
    } else if contract == contracts.strategy_manager {
        if bit != pause_bit::DEPOSITS {
            return None;
        }
        let strategy = draw.choose(&protocol.cast.strategies)?;
        deposit_one(protocol, draw, strategy)
    } else if bit == pause_bit::STRATEGY_DEPOSITS {
        deposit_one(protocol, draw, contract)
    } else if bit == pause_bit::STRATEGY_WITHDRAWALS {
        clear_slash_of(protocol, draw, contract)
    } else {
        None
    }
}

fn paused_allocation_manager(protocol: &EigenLayer, draw: &mut Draw<'_>, bit: usize) -> Option<(Address, Operation)> {
    match bit {
        pause_bit::MODIFY_ALLOCATIONS => {
            let index = ready_operator(draw)?;
            let operator = draw.ledger.operators[index].address;
            let mut changes = changeable(draw.ledger, index);
            changes.retain(|change| change.free > 0);
            let change = draw.choose(&changes)?;
            let permission = protocol.allocation_permission::<abi::AllocationManager::modifyAllocationsCall>();
            let caller = draw.caller(operator, permission)?;
            Some((caller, one_change(draw.ledger, operator, change, exactly(change.current.saturating_add(1)))))
        }
        pause_bit::SLASH => {
            let slash = slash_of_something(draw)?;
            let Operation::Slash { set, .. } = &slash else { unreachable!("a slash was drawn") };
            Some((draw.caller(set.avs, protocol.slash_permission())?, slash))
        }
        _ => {
            let (operator, avs, ids) = leaving(draw)?;
            let permission = protocol.allocation_permission::<abi::AllocationManager::deregisterFromOperatorSetsCall>();
            let caller = draw.caller(operator, permission)?;
            Some((caller, Operation::DeregisterFromSets { operator, avs, ids }))
        }
    }
}

fn paused_delegation_manager(protocol: &EigenLayer, draw: &mut Draw<'_>, bit: usize) -> Option<(Address, Operation)> {
    match bit {
        pause_bit::NEW_DELEGATION => {
            let free: Vec<&Staker> = draw.ledger.stakers.iter().filter(|staker| !staker.is_delegated()).collect();
            let staker = draw.choose(&free)?.address;
            let open: Vec<Address> = operators(draw.ledger)
                .into_iter()
                .filter(|operator| operator.approver.is_zero())
                .map(|operator| operator.address)
                .collect();
            Some((staker, Operation::Delegate { operator: draw.choose(&open)? }))
        }
        pause_bit::ENTER_QUEUE => {
            let staker = draw.choose(&delegated_stakers(draw.ledger))?.address;
            Some((staker, Operation::Undelegate { staker }))
        }
        _ => {
            let completion = draw.choose(&completable(draw.ledger))?;
            Some((completion.staker, Operation::CompleteWithdrawal { completion }))
        }
    }
}

fn deposit_one(protocol: &EigenLayer, draw: &mut Draw<'_>, strategy: Address) -> Option<(Address, Operation)> {
    let token = draw.ledger.strategy(strategy)?.token;
    let staker = draw.choose(&protocol.cast.stakers)?;
    let amount = draw.ledger.balance(token, staker)?.min(U256::from(WAD));
    Some((staker, Operation::Deposit { strategy, token, amount }))
}

fn clear_slash_of(protocol: &EigenLayer, draw: &mut Draw<'_>, strategy: Address) -> Option<(Address, Operation)> {
    let mut waiting = Vec::new();
    for set in &draw.ledger.sets {
        for nth in 0..u32::try_from(set.pending_slashes.len()).unwrap_or(0) {
            if set.waiting(set.nth_slash(nth), strategy).is_some_and(|shares| !shares.is_zero()) {
                waiting.push((set.id, nth));
            }
        }
    }
    let (set, nth) = draw.choose(&waiting)?;
    Some((protocol.cast.stranger, Operation::ClearSlash { set, nth }))
}

fn call_plumbing(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let function = draw.choose(&[
        Plumbing::IncreaseDelegatedShares,
        Plumbing::DecreaseDelegatedShares,
        Plumbing::SlashOperatorShares,
        Plumbing::AddShares,
        Plumbing::RemoveDepositShares,
        Plumbing::WithdrawSharesAsTokens,
        Plumbing::IncreaseBurnOrRedistributableShares,
        Plumbing::StrategyDeposit,
        Plumbing::StrategyWithdraw,
    ])?;
    let caller = draw.choose(&protocol.cast.actors)?;
    let strategy = draw.choose(&draw.ledger.strategies)?;
    // Something that is there, so that it would work.
    let account = draw.choose(&protocol.cast.stakers)?;
    let amount = draw.up_to(strategy.total_shares.max(U256::ONE))?;
    Some((caller, Operation::CallPlumbing { function, account, strategy: strategy.address, amount }))
}

fn stranger_administers(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let ledger = draw.ledger;
    let control = &ledger.control;
    let to = protocol.cast.stranger;
    let contract = draw.choose(&protocol.cast.pausable)?;
    let strategy = draw.choose(&ledger.strategies)?;
    let strategies = vec![strategy.address];
    let pausers: Vec<Address> = control.pausers.iter().filter(|(_, may)| *may).map(|(pauser, _)| *pauser).collect();
    let (insiders, operation) = match draw.below(9) {
        0 => (vec![control.owner], Operation::SetStrategyWhitelister { to }),
        1 => (vec![control.owner], Operation::TransferOwnership { to }),
        2 => (vec![control.owner], Operation::RenounceOwnership {}),
        3 if !strategy.whitelisted => (vec![control.whitelister], Operation::AddToWhitelist { strategies }),
        4 if strategy.whitelisted => (vec![control.whitelister], Operation::RemoveFromWhitelist { strategies }),
        5 => (pausers, Operation::Pause { contract, status: U256::MAX }),
        6 => (pausers, Operation::PauseAll { contract }),
        7 => (vec![control.unpauser], Operation::Unpause { contract, status: U256::ZERO }),
        8 => (vec![control.unpauser], Operation::SetPauser { pauser: to, allowed: true }),
        _ => return None,
    };
    let outsiders: Vec<Address> =
        protocol.cast.actors.iter().filter(|actor| !insiders.contains(actor)).copied().collect();
    Some((draw.choose(&outsiders)?, operation))
}

/// A pause that turns a switch off.
fn pause_less(_: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let control = &draw.ledger.control;
    let paused: Vec<(Address, U256)> = control.paused.iter().filter(|(_, status)| !status.is_zero()).copied().collect();
    let (contract, status) = draw.choose(&paused)?;
    let pausers: Vec<Address> = control.pausers.iter().filter(|(_, may)| *may).map(|(pauser, _)| *pauser).collect();
    // Without its lowest switch.
    Some((draw.choose(&pausers)?, Operation::Pause { contract, status: status & (status - U256::ONE) }))
}

/// An unpause that turns a switch on.
fn unpause_more(_: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let control = &draw.ledger.control;
    let (contract, status) = draw.choose(&control.paused)?;
    let off: Vec<usize> = (0..3).filter(|bit| !status.bit(*bit)).collect();
    let status = status | (U256::ONE << draw.choose(&off)?);
    Some((control.unpauser, Operation::Unpause { contract, status }))
}

// Rights

fn stranger_shares_rights(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let account = draw.choose(&draw.ledger.principals)?;
    let outsiders: Vec<Address> =
        protocol.cast.actors.iter().filter(|actor| !account.is_admin(**actor)).copied().collect();
    let caller = draw.choose(&outsiders)?;
    let Permission { target, selector } = protocol.slash_permission();
    let address = account.address;
    let operation = match draw.below(5) {
        0 => Operation::AddPendingAdmin { account: address, admin: caller },
        1 if !account.pending_admins.contains(&caller) => Operation::AcceptAdmin { account: address },
        2 => Operation::RemoveAdmin { account: address, admin: draw.choose(&account.admins)? },
        3 => Operation::SetAppointee { account: address, appointee: caller, target, selector },
        _ => Operation::RemovePendingAdmin { account: address, admin: draw.choose(&account.pending_admins)? },
    };
    Some((caller, operation))
}

fn remove_last_admin(_: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let lonely: Vec<_> = draw.ledger.principals.iter().filter(|principal| principal.admins.len() == 1).collect();
    let account = draw.choose(&lonely)?;
    let admin = account.admins[0];
    Some((admin, Operation::RemoveAdmin { account: account.address, admin }))
}

// Proxies, and calls that make no sense

fn initialize(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let contract = draw.choose(&protocol.cast.pausable)?;
    Some((draw.choose(&protocol.cast.actors)?, Operation::Initialize { contract }))
}

fn upgrade(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let contract = draw.choose(&protocol.cast.pausable)?;
    let implementation = protocol.contracts.pauser_registry;
    Some((draw.choose(&protocol.cast.actors)?, Operation::Upgrade { contract, implementation }))
}

fn malformed(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let ledger = draw.ledger;
    let function = draw.choose(&[
        Malformed::Slash,
        Malformed::ModifyAllocations,
        Malformed::ClearDeallocationQueue,
        Malformed::CreateRedistributingSets,
        Malformed::QueueWithdrawals,
        Malformed::CompleteWithdrawal,
    ])?;
    let set = existing_set(draw)?;
    let strategy = draw.choose(&protocol.cast.strategies)?;
    let (caller, account) = match function {
        Malformed::Slash => (draw.caller(set.id.avs, protocol.slash_permission())?, slashed_by(ledger, set)?),
        Malformed::CreateRedistributingSets => (set.id.avs, set.id.avs),
        Malformed::CompleteWithdrawal => {
            let queued: Vec<Address> =
                ledger.withdrawals.iter().filter(|w| w.pending).map(|withdrawal| withdrawal.staker).collect();
            let staker = draw.choose(&queued)?;
            (staker, staker)
        }
        Malformed::QueueWithdrawals => {
            let staker = draw.choose(&protocol.cast.stakers)?;
            (staker, staker)
        }
        Malformed::ModifyAllocations | Malformed::ClearDeallocationQueue => {
            let operator = any_operator(draw)?.address;
            (operator, operator)
        }
    };
    Some((caller, Operation::Malformed { function, account, set: set.id, strategy }))
}

fn slashed_by(ledger: &Ledger, set: &OperatorSet) -> Option<Address> {
    let index = ledger.set_index(set.id)?;
    let operators = ledger.operators.iter();
    let mut slashable = operators.filter(|operator| operator.memberships[index].is_slashable(ledger.block));
    slashable.next().map(|operator| operator.address)
}
