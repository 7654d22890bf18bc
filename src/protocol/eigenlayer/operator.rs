//! What operators do: register, allocate, join and leave sets, end delegations.

use alloy_primitives::{Address, U256};
use proptest::prelude::*;

use super::{EigenLayer, abi, action::action, is_paused, operators, switch};
use crate::{
    book::Role,
    call::{AllocationChange, AllocationItem, Movement, Operation, Quantity, SetId},
    draw::Draw,
    ledger::{Ledger, Operator},
    protocol::Action,
};

pub(super) const ACTIONS: &[Action<EigenLayer>] = &[
    action("operator.register", Role::Operator, 3, register),
    action("operator.modify_details", Role::Operator, 1, modify_details),
    action("operator.update_metadata", Role::Operator, 1, update_metadata),
    action("operator.allocate", Role::Operator, 20, allocate),
    action("operator.allocate_rest", Role::Operator, 4, allocate_rest),
    action("operator.deallocate", Role::Operator, 9, deallocate),
    action("operator.reallocate", Role::Operator, 4, reallocate),
    action("operator.join_sets", Role::Operator, 14, join_sets),
    action("operator.leave_sets", Role::Operator, 3, leave_sets),
    action("operator.set_allocation_delay", Role::Operator, 2, set_allocation_delay),
    action("operator.undelegate_staker", Role::Operator, 1, undelegate_staker),
];

fn register(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let ledger = draw.ledger;
    if is_paused(ledger, protocol.contracts.delegation_manager, switch::NEW_DELEGATION) {
        return None;
    }
    let free: Vec<Address> = ledger
        .operators
        .iter()
        .filter(|operator| !ledger.stakers[operator.staker].is_delegated())
        .map(|operator| operator.address)
        .collect();
    let caller = draw.choose(&free)?;
    let allocation_delay = draw.sample(&delays());
    let approver = if draw.chance(80) { Address::ZERO } else { draw.choose(&protocol.cast.approvers)? };
    Some((caller, Operation::RegisterAsOperator { approver, allocation_delay }))
}

/// Allocation delays in blocks: mostly short, so that allocations matter within a run.
fn delays() -> impl Strategy<Value = u32> {
    prop_oneof![4 => Just(0u32), 3 => 1..=20u32, 2 => 21..=100u32]
}

fn modify_details(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let operator = any_operator(draw)?.address;
    let permission = protocol.delegation_permission::<abi::DelegationManager::modifyOperatorDetailsCall>();
    let caller = draw.caller(operator, permission)?;
    // With an approver it takes a signature to delegate.
    let approver = if draw.chance(60) { Address::ZERO } else { draw.choose(&protocol.cast.approvers)? };
    Some((caller, Operation::ModifyOperatorDetails { operator, approver }))
}

fn update_metadata(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let operator = any_operator(draw)?.address;
    let permission = protocol.delegation_permission::<abi::DelegationManager::updateOperatorMetadataURICall>();
    let caller = draw.caller(operator, permission)?;
    Some((caller, Operation::UpdateOperatorMetadata { operator }))
}

pub(super) fn any_operator<'a>(draw: &mut Draw<'a>) -> Option<&'a Operator> {
    draw.prefer(&operators(draw.ledger), |operator| operator.address)
}

/// One allocation that can be changed now, and how much magnitude is free for it.
#[derive(Clone, Copy)]
pub(super) struct Changeable {
    pub set: SetId,
    pub strategy: usize,
    pub current: u64,
    pub free: u64,
}

/// The allocations of `operator` that have no change under way.
pub(super) fn changeable(ledger: &Ledger, operator: usize) -> Vec<Changeable> {
    let mut all = Vec::new();
    for (at, set) in ledger.sets.iter().enumerate().filter(|(_, set)| set.exists) {
        for strategy in 0..ledger.strategies.len() {
            let allocation = ledger.operators[operator].allocations[at][strategy];
            if allocation.is_locked(ledger.block) {
                continue;
            }
            let free = ledger.free_magnitude(operator, strategy);
            let current = allocation.settled(ledger.block).current;
            all.push(Changeable { set: set.id, strategy, current, free });
        }
    }
    all
}

/// An operator who may change allocations now, who may do it for it, and what can be changed.
fn allocator(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Address, Vec<Changeable>)> {
    if is_paused(draw.ledger, protocol.contracts.allocation_manager, switch::MODIFY_ALLOCATIONS) {
        return None;
    }
    let index = ready_operator(draw)?;
    let operator = draw.ledger.operators[index].address;
    let permission = protocol.allocation_permission::<abi::AllocationManager::modifyAllocationsCall>();
    let caller = draw.caller(operator, permission)?;
    Some((operator, caller, changeable(draw.ledger, index)))
}

/// Index of an operator whose allocation delay is in force.
pub(super) fn ready_operator(draw: &mut Draw<'_>) -> Option<usize> {
    let ledger = draw.ledger;
    let ready: Vec<usize> =
        (0..ledger.operators.len()).filter(|at| ledger.operators[*at].delay.at(ledger.block).is_some()).collect();
    draw.prefer(&ready, |at| ledger.operators[*at].address)
}

/// Prefers allocations that could be slashed: to a strategy of the set, in a set the operator is in.
fn prefer_slashable(draw: &mut Draw<'_>, operator: Address, from: Vec<Changeable>) -> Option<Changeable> {
    let ledger = draw.ledger;
    let Some(who) = ledger.operator(operator) else { return draw.choose(&from) };
    let in_set = |change: &&Changeable| {
        let Some(set) = ledger.set_index(change.set) else { return false };
        ledger.sets[set].has_strategy(ledger.strategies[change.strategy].address)
    };
    let sensible: Vec<Changeable> = from.iter().filter(in_set).copied().collect();
    let registered: Vec<Changeable> =
        sensible.iter().filter(|change| who.registered_sets.contains(&change.set)).copied().collect();
    let pool = match draw.below(100) {
        0..50 if !registered.is_empty() => registered,
        0..90 if !sensible.is_empty() => sensible,
        _ => from,
    };
    draw.prefer(&pool, |change| ledger.strategies[change.strategy].address)
}

pub(super) fn one_change(ledger: &Ledger, operator: Address, change: Changeable, magnitude: Quantity) -> Operation {
    let item = AllocationItem { strategy: ledger.strategies[change.strategy].address, magnitude };
    let changes = vec![AllocationChange { set: change.set, items: vec![item] }];
    Operation::ModifyAllocations { operator, changes }
}

fn allocate(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let (operator, caller, mut changes) = allocator(protocol, draw)?;
    changes.retain(|change| change.free > 0);
    let change = prefer_slashable(draw, operator, changes)?;
    let more = draw.up_to(U256::from(change.free))?;
    let all = U256::from(change.current.saturating_add(change.free));
    let wanted = draw.quantity(U256::from(change.current).saturating_add(more), all);
    Some((caller, one_change(draw.ledger, operator, change, wanted)))
}

/// Exactly what is free.
fn allocate_rest(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let (operator, caller, mut changes) = allocator(protocol, draw)?;
    changes.retain(|change| change.free > 0);
    let change = prefer_slashable(draw, operator, changes)?;
    Some((caller, one_change(draw.ledger, operator, change, Quantity::All)))
}

fn deallocate(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let (operator, caller, mut changes) = allocator(protocol, draw)?;
    changes.retain(|change| change.current > 0);
    // Where others wait already: a queue of one has no order.
    let queued =
        |at: usize| draw.ledger.operator(operator).is_some_and(|it| !it.stakes[at].deallocation_queue.is_empty());
    let behind: Vec<Changeable> = changes.iter().filter(|change| queued(change.strategy)).copied().collect();
    let change = if !behind.is_empty() && draw.chance(50) {
        draw.choose(&behind)?
    } else {
        prefer_slashable(draw, operator, changes)?
    };
    let less = draw.up_to(U256::from(change.current))?;
    let left = Quantity::Exactly(U256::from(change.current).saturating_sub(less));
    Some((caller, one_change(draw.ledger, operator, change, left)))
}

/// Several allocations in one call: some up, some down, each at most once.
fn reallocate(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let (operator, caller, mut changes) = allocator(protocol, draw)?;
    changes.retain(|change| change.current > 0 || change.free > 0);
    let mut free: Vec<U256> = draw.ledger.strategies.iter().map(|_| U256::MAX).collect();
    let mut grouped: Vec<AllocationChange> = Vec::new();
    for change in draw.some_of(&changes, 4) {
        let current = U256::from(change.current);
        let left = free[change.strategy].min(U256::from(change.free));
        let up = !left.is_zero() && (current.is_zero() || draw.chance(50));
        let wanted = if up {
            let more = draw.up_to(left)?;
            free[change.strategy] = left - more;
            current.saturating_add(more)
        } else if !current.is_zero() {
            current - draw.up_to(current)?
        } else {
            continue;
        };
        let strategy = draw.ledger.strategies[change.strategy].address;
        let item = AllocationItem { strategy, magnitude: Quantity::Exactly(wanted) };
        match grouped.iter_mut().find(|group| group.set == change.set) {
            Some(group) => group.items.push(item),
            None => grouped.push(AllocationChange { set: change.set, items: vec![item] }),
        }
    }
    (!grouped.is_empty()).then_some((caller, Operation::ModifyAllocations { operator, changes: grouped }))
}

/// Whether registration is paused.
pub(super) fn registration_paused(protocol: &EigenLayer, ledger: &Ledger) -> bool {
    is_paused(ledger, protocol.contracts.allocation_manager, switch::REGISTRATION)
}

/// The sets that an operator is not in, nor within reach of.
pub(super) fn joinable(ledger: &Ledger, operator: &Operator) -> Vec<SetId> {
    let sets = ledger.sets.iter().zip(&operator.memberships);
    let open = sets.filter(|(set, membership)| set.exists && !membership.is_slashable(ledger.block));
    open.map(|(set, _)| set.id).collect()
}

/// The sets that an operator is in.
pub(super) fn joined(ledger: &Ledger, operator: &Operator) -> Vec<SetId> {
    let sets = ledger.sets.iter().zip(&operator.memberships);
    sets.filter(|(set, membership)| set.exists && membership.registered).map(|(set, _)| set.id).collect()
}

fn join_sets(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let ledger = draw.ledger;
    if registration_paused(protocol, ledger) {
        return None;
    }
    let operator = any_operator(draw)?;
    let mut open = joinable(ledger, operator);
    open.retain(|set| ledger.lets(set.avs, Movement::Coming));
    let avs = draw.prefer(&open, |set| set.avs)?.avs;
    let of_avs: Vec<u32> = open.iter().filter(|set| set.avs == avs).map(|set| set.id).collect();
    let ids = draw.some_of(&of_avs, 3);
    let permission = protocol.allocation_permission::<abi::AllocationManager::registerForOperatorSetsCall>();
    let caller = draw.caller(operator.address, permission)?;
    Some((caller, Operation::RegisterForSets { operator: operator.address, avs, ids }))
}

/// An operator that is in sets of an AVS that lets it go, and some of these sets.
pub(super) fn leaving(draw: &mut Draw<'_>) -> Option<(Address, Address, Vec<u32>)> {
    let ledger = draw.ledger;
    let open = |operator: &Operator| {
        let mut sets = joined(ledger, operator);
        sets.retain(|set| ledger.lets(set.avs, Movement::Leaving));
        sets
    };
    let members: Vec<&Operator> = ledger.operators.iter().filter(|operator| !open(operator).is_empty()).collect();
    let operator = draw.choose(&members)?;
    let sets = open(operator);
    let avs = draw.choose(&sets)?.avs;
    let of_avs: Vec<u32> = sets.iter().filter(|set| set.avs == avs).map(|set| set.id).collect();
    Some((operator.address, avs, draw.some_of(&of_avs, 3)))
}

fn leave_sets(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    if registration_paused(protocol, draw.ledger) {
        return None;
    }
    let (operator, avs, ids) = leaving(draw)?;
    let permission = protocol.allocation_permission::<abi::AllocationManager::deregisterFromOperatorSetsCall>();
    let caller = draw.caller(operator, permission)?;
    Some((caller, Operation::DeregisterFromSets { operator, avs, ids }))
}

fn set_allocation_delay(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let operator = any_operator(draw)?.address;
    let permission = protocol.allocation_permission::<abi::AllocationManager::setAllocationDelayCall>();
    let caller = draw.caller(operator, permission)?;
    let delay = draw.sample(&delays());
    Some((caller, Operation::SetAllocationDelay { operator, delay }))
}

fn undelegate_staker(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let ledger = draw.ledger;
    if is_paused(ledger, protocol.contracts.delegation_manager, switch::ENTER_QUEUE) {
        return None;
    }
    let delegated: Vec<_> =
        ledger.stakers.iter().filter(|staker| staker.is_delegated() && !staker.is_operator()).collect();
    let staker = draw.choose(&delegated)?;
    let operator = ledger.operator(staker.delegated_to)?;
    let permission = protocol.delegation_permission::<abi::DelegationManager::undelegateCall>();
    let caller = if !operator.approver.is_zero() && draw.chance(50) {
        operator.approver
    } else {
        draw.caller(operator.address, permission)?
    };
    Some((caller, Operation::Undelegate { staker: staker.address }))
}
