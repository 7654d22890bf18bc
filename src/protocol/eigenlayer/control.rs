//! What the owner and the whitelister do.

use alloy_primitives::Address;

use super::{EigenLayer, action::action};
use crate::{book::Role, call::Operation, draw::Draw, protocol::Action};

pub(super) const ACTIONS: &[Action<EigenLayer>] = &[
    action("owner.set_whitelister", Role::Owner, 1, set_whitelister),
    action("owner.transfer_ownership", Role::Owner, 1, transfer_ownership),
    action("owner.renounce_ownership", Role::Owner, 1, renounce_ownership),
    action("whitelister.add_strategies", Role::Owner, 4, add_strategies),
    action("whitelister.remove_strategies", Role::Owner, 1, remove_strategies),
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
