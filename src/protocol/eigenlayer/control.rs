//! What the owner, the whitelister, the pausers and the unpauser do.

use alloy_primitives::{Address, U256};
use proptest::prelude::*;

use super::{EigenLayer, action::action, deploy::Cast, switch};
use crate::{book::Role, call::Operation, draw::Draw, protocol::Action};

pub(super) const ACTIONS: &[Action<EigenLayer>] = &[
    action("owner.set_whitelister", Role::Owner, 1, set_whitelister),
    action("owner.transfer_ownership", Role::Owner, 1, transfer_ownership),
    action("owner.renounce_ownership", Role::Owner, 1, renounce_ownership),
    action("whitelister.add_strategies", Role::Owner, 4, add_strategies),
    action("whitelister.remove_strategies", Role::Owner, 1, remove_strategies),
    action("pauser.pause", Role::Pauser, 2, pause),
    action("pauser.pause_all", Role::Pauser, 1, pause_all),
    action("unpauser.unpause", Role::Unpauser, 20, unpause),
    action("unpauser.set_pauser", Role::Unpauser, 1, set_pauser),
    action("unpauser.set_unpauser", Role::Unpauser, 1, set_unpauser),
];

/// Those among whom administration moves.
fn administrators(protocol: &EigenLayer) -> Vec<Address> {
    vec![protocol.cast.owner, protocol.cast.whitelister]
}

fn owner(draw: &Draw<'_>) -> Option<Address> {
    Some(draw.ledger.control.owner).filter(|owner| !owner.is_zero())
}

fn set_whitelister(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let factory = protocol.contracts.strategy_factory;
    // On the main network it is the factory.
    let to = if draw.chance(60) { factory } else { draw.choose(&administrators(protocol))? };
    Some((owner(draw)?, Operation::SetStrategyWhitelister { to }))
}

fn transfer_ownership(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let to = draw.choose(&administrators(protocol))?;
    Some((owner(draw)?, Operation::TransferOwnership { to }))
}

/// Seldom: it is for ever.
fn renounce_ownership(_: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    if !draw.chance(20) {
        return None;
    }
    Some((owner(draw)?, Operation::RenounceOwnership {}))
}

fn listed(protocol: &EigenLayer, draw: &Draw<'_>, whitelisted: bool) -> Vec<Address> {
    let strategies = draw.ledger.token_strategies().filter(|(_, strategy)| strategy.whitelisted == whitelisted);
    let addresses: Vec<Address> = strategies.map(|(_, strategy)| strategy.address).collect();
    debug_assert!(addresses.len() <= protocol.cast.strategies.len());
    addresses
}

/// The whitelister, unless it is the factory, which does nothing by itself.
fn whitelister(protocol: &EigenLayer, draw: &Draw<'_>) -> Option<Address> {
    Some(draw.ledger.control.whitelister).filter(|whitelister| protocol.cast.actors.contains(whitelister))
}

fn add_strategies(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let missing = listed(protocol, draw, false);
    if missing.is_empty() {
        return None;
    }
    let strategies = draw.some_of(&missing, 3);
    Some((whitelister(protocol, draw)?, Operation::AddToWhitelist { strategies }))
}

fn remove_strategies(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let present = listed(protocol, draw, true);
    let strategies = vec![draw.choose(&present)?];
    Some((whitelister(protocol, draw)?, Operation::RemoveFromWhitelist { strategies }))
}

fn a_pauser(draw: &mut Draw<'_>) -> Option<Address> {
    let pausers: Vec<Address> =
        draw.ledger.control.pausers.iter().filter(|(_, may)| *may).map(|(pauser, _)| *pauser).collect();
    draw.choose(&pausers)
}

/// The switches of a contract that mean something, and some that do not.
pub(super) fn switch_bits(protocol: &EigenLayer, contract: Address) -> &'static [usize] {
    if contract == protocol.contracts.eigen_pod_manager {
        &[switch::NEW_PODS, switch::NEW_VALIDATORS, switch::START_CHECKPOINT, switch::CHECKPOINT_PROOFS]
    } else if contract == protocol.contracts.rewards_coordinator {
        &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
    } else {
        &[0, 1, 2]
    }
}

/// One or two switches of a contract.
fn switches(protocol: &EigenLayer, contract: Address) -> impl Strategy<Value = U256> {
    let bit = prop::sample::select(switch_bits(protocol, contract));
    prop_oneof![
        3 => bit.clone().prop_map(|bit| U256::ONE << bit),
        1 => (bit.clone(), bit).prop_map(|(a, b)| (U256::ONE << a) | (U256::ONE << b)),
    ]
}

fn pause(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let contract = draw.choose(&protocol.cast.pausable)?;
    let status = draw.ledger.control.paused(contract) | draw.sample(&switches(protocol, contract));
    Some((a_pauser(draw)?, Operation::Pause { contract, status }))
}

fn pause_all(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let contract = draw.choose(&protocol.cast.pausable)?;
    Some((a_pauser(draw)?, Operation::PauseAll { contract }))
}

/// Often, when something is paused: while it is, little happens.
fn unpause(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let paused: Vec<(Address, U256)> =
        draw.ledger.control.paused.iter().filter(|(_, status)| !status.is_zero()).copied().collect();
    let (contract, status) = draw.choose(&paused)?;
    let status = if draw.chance(80) { U256::ZERO } else { status & draw.sample(&switches(protocol, contract)) };
    Some((draw.ledger.control.unpauser, Operation::Unpause { contract, status }))
}

fn set_pauser(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let pausers = &draw.ledger.control.pausers;
    let others = pausers.iter().filter(|(_, may)| *may).count();
    let Cast { pausers: named, stranger, owner, .. } = &protocol.cast;
    let is_candidate = |who: Address| named.contains(&who) || [*stranger, *owner].contains(&who);
    let candidates: Vec<(Address, bool)> = pausers.iter().filter(|(who, _)| is_candidate(*who)).copied().collect();
    let (pauser, may) = draw.choose(&candidates)?;
    // The last pauser stays: without one nothing can be paused for the rest of the run.
    let allowed = !may || others <= 1;
    Some((draw.ledger.control.unpauser, Operation::SetPauser { pauser, allowed }))
}

fn set_unpauser(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let to = draw.choose(&[protocol.cast.unpauser, protocol.cast.owner])?;
    Some((draw.ledger.control.unpauser, Operation::SetUnpauser { to }))
}
