//! The strategy factory: strategies made by anybody, and what its owner does as long as it is the whitelister.

use alloy_primitives::Address;

use super::{EigenLayer, action::action, is_paused, switch};
use crate::{
    book::Role,
    call::{FactoryOperation, Operation},
    draw::Draw,
    ledger::{FactoryToken, Ledger},
    protocol::Action,
};

pub(super) const ACTIONS: &[Action<EigenLayer>] = &[
    action("anybody.deploy_strategy", Role::Stranger, 3, deploy),
    action("owner.blacklist_tokens", Role::Owner, 1, blacklist),
    action("owner.whitelist_strategies", Role::Owner, 2, whitelist),
    action("owner.remove_strategies", Role::Owner, 1, remove),
    action("owner.transfer_factory", Role::Owner, 1, transfer_ownership),
    action("owner.renounce_factory", Role::Owner, 1, renounce_ownership),
];

/// Whether the factory may whitelist.
fn is_whitelister(ledger: &Ledger) -> bool {
    ledger.control.whitelister == ledger.factory.address
}

fn owner(draw: &Draw<'_>) -> Option<Address> {
    Some(draw.ledger.factory.owner).filter(|owner| !owner.is_zero())
}

/// A token that may have a strategy and has none.
fn lacking(draw: &mut Draw<'_>) -> Option<Address> {
    let lacks = |token: &&FactoryToken| token.strategy.is_zero() && !token.blacklisted;
    let tokens: Vec<Address> = draw.ledger.factory.tokens.iter().filter(lacks).map(|token| token.address).collect();
    draw.choose(&tokens)
}

fn deploy(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    if !is_whitelister(draw.ledger)
        || is_paused(draw.ledger, protocol.contracts.strategy_factory, switch::NEW_STRATEGIES)
    {
        return None;
    }
    let token = lacking(draw)?;
    Some((draw.choose(&protocol.cast.actors)?, Operation::Factory(FactoryOperation::Deploy { token })))
}

fn blacklist(_: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let may = is_whitelister(draw.ledger);
    // What it made it must be able to remove.
    let can = |token: &&FactoryToken| !token.blacklisted && (may || token.strategy.is_zero());
    let tokens: Vec<Address> = draw.ledger.factory.tokens.iter().filter(can).map(|token| token.address).collect();
    let tokens = draw.some_of(&tokens, 2);
    if tokens.is_empty() {
        return None;
    }
    Some((owner(draw)?, Operation::Factory(FactoryOperation::Blacklist { tokens })))
}

/// Strategies that take deposits, or do not: those that were there, and those that the factory made.
fn listed(ledger: &Ledger, whitelisted: bool) -> Vec<Address> {
    let own = ledger.token_strategies().map(|(_, strategy)| (strategy.address, strategy.whitelisted));
    let made = ledger.factory.strategies.iter().filter(|strategy| ledger.factory.made(strategy.address));
    let all = own.chain(made.map(|strategy| (strategy.address, strategy.whitelisted)));
    all.filter(|(_, is)| *is == whitelisted).map(|(address, _)| address).collect()
}

fn whitelist(_: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let strategies = draw.some_of(&listed(draw.ledger, false), 3);
    if strategies.is_empty() || !is_whitelister(draw.ledger) {
        return None;
    }
    Some((owner(draw)?, Operation::Factory(FactoryOperation::Whitelist { strategies })))
}

fn remove(_: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let strategies = vec![draw.choose(&listed(draw.ledger, true))?];
    if !is_whitelister(draw.ledger) {
        return None;
    }
    Some((owner(draw)?, Operation::Factory(FactoryOperation::RemoveFromWhitelist { strategies })))
}

fn transfer_ownership(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let to = draw.choose(&[protocol.cast.owner, protocol.cast.whitelister])?;
    Some((owner(draw)?, Operation::Factory(FactoryOperation::TransferOwnership { to })))
}

/// Seldom: it is for ever.
fn renounce_ownership(_: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    if !draw.chance(20) {
        return None;
    }
    Some((owner(draw)?, Operation::Factory(FactoryOperation::RenounceOwnership {})))
}
