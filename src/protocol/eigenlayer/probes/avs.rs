//! What no AVS, and nobody in its place, can do: slash whom it must not, or make sets that cannot be.

use alloy_primitives::{Address, U256};
use proptest::prelude::*;

use super::outsider;
use crate::{
    arithmetic::WAD,
    book::Role,
    call::{NewRedistributingSet, NewSet, Operation, SetId, SlashItem},
    draw::Draw,
    ledger::OperatorSet,
    protocol::{
        Action,
        eigenlayer::{
            EigenLayer, abi,
            action::probe,
            avs::{slash_of_something, slasher},
            deploy::{BURN_ADDRESS, NATIVE_STRATEGY, eigen_strategy},
        },
    },
};

pub(in super::super) const ACTIONS: &[Action<EigenLayer>] = &[
    probe("stranger.slash", Role::Stranger, 2, stranger_slashes),
    probe("avs.slash_out_of_reach", Role::Avs, 2, slash_out_of_reach),
    probe("avs.slash_wrong_proportion", Role::Avs, 1, slash_wrong_proportion),
    probe("avs.slash_wrong_order", Role::Avs, 1, slash_wrong_order),
    probe("avs.slash_foreign_strategy", Role::Avs, 1, slash_foreign_strategy),
    probe("stranger.manage_avs", Role::Stranger, 3, stranger_manages_avs),
    probe("stranger.create_sets", Role::Stranger, 1, stranger_creates),
    probe("avs.create_set_again", Role::Avs, 1, create_set_again),
    probe("avs.redistribute_to_nobody", Role::Avs, 1, redistribute_to_nobody),
    probe("avs.redistribute_native", Role::Avs, 1, redistribute_native),
    probe("avs.add_strategy_again", Role::Avs, 1, add_strategy_again),
];

fn stranger_slashes(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let slash = slash_of_something(draw)?;
    let Operation::Slash { set, .. } = &slash else { unreachable!("a slash was drawn") };
    let ledger = draw.ledger;
    let outsider = outsider(protocol, draw, set.avs, protocol.slash_permission())?;
    (!ledger.may_slash(*set, outsider)).then_some((outsider, slash))
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
    let caller = slasher(protocol, draw, set.id)?;
    Some((caller, Operation::Slash { set: set.id, operator, items }))
}

fn slash_wrong_proportion(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let Operation::Slash { set, operator, mut items } = slash_of_something(draw)? else { return None };
    let wrong = prop_oneof![Just(U256::ZERO), Just(U256::from(WAD) + U256::ONE), Just(U256::MAX)];
    let at = draw.below(items.len());
    items[at].wad = draw.sample(&wrong);
    Some((slasher(protocol, draw, set)?, Operation::Slash { set, operator, items }))
}

fn slash_wrong_order(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let Operation::Slash { set, operator, mut items } = slash_of_something(draw)? else { return None };
    // The last one again, or after the others that belong before it.
    items.push(SlashItem { strategy: items.last()?.strategy, wad: draw.wad() });
    if items.len() > 2 && draw.chance(50) {
        items.reverse();
    }
    Some((slasher(protocol, draw, set)?, Operation::Slash { set, operator, items }))
}

fn slash_foreign_strategy(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let ledger = draw.ledger;
    let mut targets = Vec::new();
    for (index, set) in ledger.sets.iter().enumerate().filter(|(_, set)| set.exists) {
        for operator in ledger.operators.iter().filter(|o| o.memberships[index].is_slashable(ledger.block)) {
            let foreign = protocol.cast.stakeable().into_iter().filter(|strategy| !set.has_strategy(*strategy));
            targets.extend(foreign.map(|strategy| (set.id, operator.address, strategy)));
        }
    }
    let (set, operator, strategy) = draw.choose(&targets)?;
    let items = vec![SlashItem { strategy, wad: draw.wad() }];
    Some((slasher(protocol, draw, set)?, Operation::Slash { set, operator, items }))
}

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

/// Somebody who has not described itself, for itself.
fn stranger_creates(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let avs = protocol.cast.stranger;
    let strategies = vec![draw.choose(&protocol.cast.strategies)?];
    let operation = if draw.chance(50) {
        Operation::CreateSets { avs, sets: vec![NewSet { id: 1, strategies }] }
    } else {
        let recipient = draw.choose(&protocol.cast.recipients)?;
        Operation::CreateRedistributingSets { avs, sets: vec![NewRedistributingSet { id: 1, strategies, recipient }] }
    };
    Some((avs, operation))
}

pub(super) fn existing_set<'a>(draw: &mut Draw<'a>) -> Option<&'a OperatorSet> {
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
    let eigen = eigen_strategy(&protocol.book, &protocol.cast);
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
