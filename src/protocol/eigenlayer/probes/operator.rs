//! What no operator, and nobody in its place, can do: allocate what it has not, or join where it cannot.

use alloy_primitives::Address;
use proptest::prelude::*;

use super::{exactly, outsider};
use crate::{
    arithmetic::WAD,
    book::Role,
    call::{AllocationChange, AllocationItem, Operation, SetId},
    draw::Draw,
    ledger::OperatorSet,
    protocol::{
        Action,
        eigenlayer::{
            EigenLayer, abi,
            action::probe,
            operator::{any_operator, changeable, leaving, one_change, ready_operator},
            operators,
        },
    },
};

pub(in super::super) const ACTIONS: &[Action<EigenLayer>] = &[
    probe("stranger.modify_allocations", Role::Stranger, 1, stranger_allocates),
    probe("operator.allocate_too_much", Role::Operator, 2, allocate_too_much),
    probe("operator.allocate_same", Role::Operator, 1, allocate_same),
    probe("operator.allocate_while_pending", Role::Operator, 2, allocate_while_pending),
    probe("operator.join_again", Role::Operator, 1, join_again),
    probe("operator.join_unknown_set", Role::Operator, 1, join_unknown_set),
    probe("staker.join_sets", Role::Staker, 1, staker_joins),
    probe("operator.leave_again", Role::Operator, 1, leave_again),
    probe("stranger.join_sets", Role::Stranger, 1, stranger_joins),
    probe("stranger.leave_sets", Role::Stranger, 1, stranger_leaves),
    probe("stranger.set_allocation_delay", Role::Stranger, 1, stranger_sets_delay),
];

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
    let (mut locked, mut empty) = (Vec::new(), Vec::new());
    for operator in ledger.operators.iter().filter(|operator| operator.delay.at(ledger.block).is_some()) {
        for (set, allocations) in ledger.sets.iter().zip(&operator.allocations) {
            for (strategy, allocation) in ledger.strategies.iter().zip(allocations) {
                if allocation.is_locked(ledger.block) {
                    let place = (operator.address, set.id, strategy.address, allocation.current);
                    // Of some a slash left nothing; they look as if they were over.
                    if allocation.pending == 0 { &mut empty } else { &mut locked }.push(place);
                }
            }
        }
    }
    let pool = if locked.is_empty() || !empty.is_empty() && draw.chance(70) { empty } else { locked };
    let (operator, set, strategy, current) = draw.choose(&pool)?;
    let items = vec![AllocationItem { strategy, magnitude: exactly(current / 2 + 1) }];
    let permission = protocol.allocation_permission::<abi::AllocationManager::modifyAllocationsCall>();
    let caller = draw.caller(operator, permission)?;
    Some((caller, Operation::ModifyAllocations { operator, changes: vec![AllocationChange { set, items }] }))
}

/// While in the set, or in the window after leaving it.
fn join_again(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let ledger = draw.ledger;
    let (mut inside, mut left) = (Vec::new(), Vec::new());
    for operator in operators(ledger) {
        let places = ledger.sets.iter().zip(&operator.memberships);
        for (set, membership) in places.filter(|(set, it)| set.exists && it.is_slashable(ledger.block)) {
            if membership.registered { &mut inside } else { &mut left }.push((operator.address, set.id));
        }
    }
    // The window is soon over.
    let pool = if inside.is_empty() || !left.is_empty() && draw.chance(70) { left } else { inside };
    let (operator, set) = draw.prefer(&pool, |(operator, _)| *operator)?;
    let permission = protocol.allocation_permission::<abi::AllocationManager::registerForOperatorSetsCall>();
    let caller = draw.caller(operator, permission)?;
    let operation = Operation::RegisterForSets { operator, avs: set.avs, ids: vec![set.id] };
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

/// Somebody who is no operator.
fn staker_joins(_: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let ledger = draw.ledger;
    let existing: Vec<&OperatorSet> = ledger.sets.iter().filter(|set| set.exists).collect();
    let set = draw.choose(&existing)?.id;
    let others: Vec<Address> =
        ledger.stakers.iter().filter(|staker| !staker.is_operator()).map(|staker| staker.address).collect();
    let operator = draw.choose(&others)?;
    Some((draw.admin(operator)?, Operation::RegisterForSets { operator, avs: set.avs, ids: vec![set.id] }))
}

/// A set that it left, or never was in.
fn leave_again(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let ledger = draw.ledger;
    let operator = any_operator(draw)?;
    let outside: Vec<SetId> = ledger
        .sets
        .iter()
        .zip(&operator.memberships)
        .filter(|(set, membership)| set.exists && !membership.registered)
        .map(|(set, _)| set.id)
        .collect();
    let set = draw.choose(&outside)?;
    let permission = protocol.allocation_permission::<abi::AllocationManager::deregisterFromOperatorSetsCall>();
    let caller = draw.caller(operator.address, permission)?;
    let operation = Operation::DeregisterFromSets { operator: operator.address, avs: set.avs, ids: vec![set.id] };
    Some((caller, operation))
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
