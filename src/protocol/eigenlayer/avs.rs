//! What AVSs do: create and change sets, slash, remove operators.

use alloy_primitives::{Address, U256};

use super::{EigenLayer, abi, action::action, is_paused, operator, switch};
use crate::{
    arithmetic::WAD,
    book::Role,
    call::{NewRedistributingSet, NewSet, Operation, SetId, SlashItem},
    draw::Draw,
    ledger::{Ledger, Operator, OperatorSet, Slashing},
    protocol::Action,
};

pub(super) const ACTIONS: &[Action<EigenLayer>] = &[
    action("avs.update_metadata", Role::Avs, 1, update_metadata),
    action("avs.set_registrar", Role::Avs, 1, set_registrar),
    action("avs.create_sets", Role::Avs, 2, create_sets),
    action("avs.create_redistributing_sets", Role::Avs, 2, create_redistributing_sets),
    action("avs.add_strategies", Role::Avs, 2, add_strategies),
    action("avs.remove_strategies", Role::Avs, 1, remove_strategies),
    action("avs.update_slasher", Role::Avs, 2, update_slasher),
    action("avs.slash", Role::Avs, 18, slash),
    action("avs.slash_everything", Role::Avs, 3, slash_everything),
    action("avs.slash_nothing", Role::Avs, 1, slash_nothing),
    action("avs.remove_operator", Role::Avs, 1, remove_operator),
];

fn update_metadata(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let avs = draw.choose(&protocol.cast.avss)?;
    let permission = protocol.allocation_permission::<abi::AllocationManager::updateAVSMetadataURICall>();
    Some((draw.caller(avs, permission)?, Operation::UpdateAvsMetadata { avs }))
}

fn set_registrar(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let avs = draw.choose(&protocol.cast.avss)?;
    let serving: Vec<Address> =
        protocol.cast.registrars.iter().filter(|registrar| draw.ledger.serves(**registrar)).copied().collect();
    let registrar = draw.choose(&serving)?;
    let permission = protocol.allocation_permission::<abi::AllocationManager::setAVSRegistrarCall>();
    Some((draw.caller(avs, permission)?, Operation::SetAvsRegistrar { avs, registrar }))
}

/// Sets of one AVS that are not there yet.
fn missing_sets(ledger: &Ledger, draw: &mut Draw<'_>) -> Option<(Address, Vec<u32>)> {
    let missing: Vec<SetId> = ledger.sets.iter().filter(|set| !set.exists).map(|set| set.id).collect();
    let avs = draw.choose(&missing)?.avs;
    let ids: Vec<u32> = missing.iter().filter(|set| set.avs == avs).map(|set| set.id).collect();
    Some((avs, draw.some_of(&ids, 2)))
}

fn create_sets(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let (avs, ids) = missing_sets(draw.ledger, draw)?;
    let sets = ids.into_iter().map(|id| NewSet { id, strategies: draw.some_of(&protocol.cast.stakeable(), 3) });
    let sets = sets.collect();
    let permission = protocol.allocation_permission::<abi::AllocationManager::createOperatorSetsCall>();
    Some((draw.caller(avs, permission)?, Operation::CreateSets { avs, sets }))
}

/// The strategies that redistributing sets take.
fn redistributable(protocol: &EigenLayer, ledger: &Ledger) -> Vec<Address> {
    let refused = &ledger.terms.not_redistributable;
    protocol.cast.strategies.iter().filter(|strategy| !refused.contains(strategy)).copied().collect()
}

fn create_redistributing_sets(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let (avs, ids) = missing_sets(draw.ledger, draw)?;
    let possible = redistributable(protocol, draw.ledger);
    let mut sets = Vec::new();
    for id in ids {
        let strategies = draw.some_of(&possible, 3);
        // Mostly a contract made for it; sometimes somebody who takes part in other ways.
        let recipient = match draw.below(10) {
            0 => avs,
            1 => draw.choose(&protocol.cast.stakers)?,
            2 => draw.choose(&protocol.cast.strategies)?,
            _ => draw.choose(&protocol.cast.recipients)?,
        };
        sets.push(NewRedistributingSet { id, strategies, recipient });
    }
    let permission = protocol.allocation_permission::<abi::AllocationManager::createRedistributingOperatorSetsCall>();
    Some((draw.caller(avs, permission)?, Operation::CreateRedistributingSets { avs, sets }))
}

fn add_strategies(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let ledger = draw.ledger;
    let missing = |set: &OperatorSet| {
        // Native ETH and EIGEN cannot be redistributed.
        let mut all =
            if set.is_redistributing() { redistributable(protocol, ledger) } else { protocol.cast.stakeable() };
        all.retain(|strategy| !set.has_strategy(*strategy));
        all
    };
    let sets: Vec<&OperatorSet> = ledger.sets.iter().filter(|set| set.exists && !missing(set).is_empty()).collect();
    let set = draw.choose(&sets)?;
    let missing = missing(set);
    let strategies = draw.some_of(&missing, 2);
    let permission = protocol.allocation_permission::<abi::AllocationManager::addStrategiesToOperatorSetCall>();
    Some((draw.caller(set.id.avs, permission)?, Operation::AddStrategies { set: set.id, strategies }))
}

fn remove_strategies(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let sets: Vec<&OperatorSet> =
        draw.ledger.sets.iter().filter(|set| set.exists && !set.strategies.is_empty()).collect();
    let set = draw.choose(&sets)?;
    let strategies = draw.some_of(&set.strategies, 1);
    let permission = protocol.allocation_permission::<abi::AllocationManager::removeStrategiesFromOperatorSetCall>();
    Some((draw.caller(set.id.avs, permission)?, Operation::RemoveStrategies { set: set.id, strategies }))
}

/// The operators that a set can slash, by index.
fn slashable(ledger: &Ledger, set: usize) -> impl Iterator<Item = &Operator> {
    ledger.operators.iter().filter(move |operator| operator.memberships[set].is_slashable(ledger.block))
}

/// The strategies in which a slash would take something.
fn takes_from(ledger: &Ledger, set: usize, operator: &Operator) -> Vec<Address> {
    let current = |strategy: usize| operator.allocations[set][strategy].settled(ledger.block).current;
    let strategies = (0..ledger.strategies.len()).filter(|strategy| current(*strategy) > 0);
    let addresses = strategies.map(|strategy| ledger.strategies[strategy].address);
    addresses.filter(|strategy| ledger.sets[set].has_strategy(*strategy)).collect()
}

fn slash(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    if is_paused(draw.ledger, protocol.contracts.allocation_manager, switch::SLASHING) {
        return None;
    }
    let slash = slash_of_something(draw)?;
    let Operation::Slash { set, .. } = &slash else { unreachable!("a slash was drawn") };
    Some((slasher(protocol, draw, *set)?, slash))
}

/// Who may slash for a set.
pub(super) fn slasher(protocol: &EigenLayer, draw: &mut Draw<'_>, set: SetId) -> Option<Address> {
    match draw.ledger.terms.slashing {
        Slashing::ByPermission => draw.caller(set.avs, protocol.slash_permission()),
        Slashing::BySlasher => draw.ledger.set(set).map(|at| at.slasher.at(draw.ledger.block)),
    }
}

/// Asks for another slasher, or for the AVS itself again.
fn update_slasher(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let sets: Vec<SetId> = draw.ledger.sets.iter().filter(|set| set.exists).map(|set| set.id).collect();
    let set = draw.choose(&sets)?;
    let to = if draw.chance(40) { set.avs } else { draw.choose(&protocol.cast.actors)? };
    let permission = protocol.allocation_permission::<abi::AllocationManager::updateSlasherCall>();
    Some((draw.caller(set.avs, permission)?, Operation::UpdateSlasher { set, to }))
}

/// A slash that takes something, if it is permitted.
pub(super) fn slash_of_something(draw: &mut Draw<'_>) -> Option<Operation> {
    let ledger = draw.ledger;
    let mut targets = Vec::new();
    for set in (0..ledger.sets.len()).filter(|set| ledger.sets[*set].exists) {
        for operator in slashable(ledger, set) {
            let strategies = takes_from(ledger, set, operator);
            if !strategies.is_empty() {
                targets.push((ledger.sets[set].id, operator.address, strategies));
            }
        }
    }
    let (set, operator, strategies) = draw.prefer(&targets, |(_, operator, _)| *operator)?;
    let mut strategies = draw.some_of(&strategies, 3);
    strategies.sort_unstable();
    let items = strategies.into_iter().map(|strategy| SlashItem { strategy, wad: draw.wad() }).collect();
    Some(Operation::Slash { set, operator, items })
}

/// A slash of all that an operator gave, rather where that is all it has, or where it takes some of it back: of that
/// nothing is left then, and the allocation stays locked all the same.
fn slash_everything(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    if is_paused(draw.ledger, protocol.contracts.allocation_manager, switch::SLASHING) {
        return None;
    }
    let ledger = draw.ledger;
    let (mut all, mut whole, mut falling) = (Vec::new(), Vec::new(), Vec::new());
    for set in (0..ledger.sets.len()).filter(|set| ledger.sets[*set].exists) {
        for operator in slashable(ledger, set) {
            for strategy in takes_from(ledger, set, operator) {
                let Some(at) = ledger.strategy_index(strategy) else { continue };
                let target = (ledger.sets[set].id, operator.address, strategy);
                let allocation = operator.allocations[set][at].settled(ledger.block);
                let is_whole = allocation.current == operator.stakes[at].max_magnitude();
                let pool = match (is_whole, allocation.pending < 0) {
                    (true, _) => &mut whole,
                    (false, true) => &mut falling,
                    (false, false) => &mut all,
                };
                pool.push(target);
            }
        }
    }
    let pool = match (whole.is_empty(), falling.is_empty()) {
        (true, true) => all,
        (false, true) => whole,
        (true, false) => falling,
        (false, false) => {
            if draw.chance(50) {
                whole
            } else {
                falling
            }
        }
    };
    let (set, operator, strategy) = draw.prefer(&pool, |(_, operator, _)| *operator)?;
    let items = vec![SlashItem { strategy, wad: U256::from(WAD) }];
    Some((slasher(protocol, draw, set)?, Operation::Slash { set, operator, items }))
}

/// A slash of strategies without allocation, or of none: counted, and nothing else.
fn slash_nothing(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let ledger = draw.ledger;
    if is_paused(ledger, protocol.contracts.allocation_manager, switch::SLASHING) {
        return None;
    }
    let sets: Vec<usize> = (0..ledger.sets.len()).filter(|set| slashable(ledger, *set).next().is_some()).collect();
    let set = draw.choose(&sets)?;
    let operators: Vec<&Operator> = slashable(ledger, set).collect();
    let operator = draw.choose(&operators)?;
    let taken = takes_from(ledger, set, operator);
    let set = &ledger.sets[set];
    let mut empty: Vec<Address> = set.strategies.iter().filter(|strategy| !taken.contains(strategy)).copied().collect();
    empty.sort_unstable();
    let strategies = if draw.chance(30) { Vec::new() } else { draw.some_of(&empty, 2) };
    let items = strategies.into_iter().map(|strategy| SlashItem { strategy, wad: draw.wad() }).collect();
    let caller = slasher(protocol, draw, set.id)?;
    Some((caller, Operation::Slash { set: set.id, operator: operator.address, items }))
}

fn remove_operator(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    if operator::registration_paused(protocol, draw.ledger) {
        return None;
    }
    let (operator, avs, ids) = operator::leaving(draw)?;
    let permission = protocol.allocation_permission::<abi::AllocationManager::deregisterFromOperatorSetsCall>();
    let caller = draw.caller(avs, permission)?;
    Some((caller, Operation::DeregisterFromSets { operator, avs, ids }))
}
