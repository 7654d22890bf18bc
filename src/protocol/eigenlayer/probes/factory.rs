//! What must not be possible with the strategy factory.

use alloy_primitives::Address;

use crate::{
    book::Role,
    call::{FactoryOperation, Operation},
    draw::Draw,
    ledger::FactoryToken,
    protocol::{
        Action,
        eigenlayer::{EigenLayer, action::probe},
    },
};

pub(in super::super) const ACTIONS: &[Action<EigenLayer>] = &[
    probe("anybody.deploy_strategy_again", Role::Stranger, 1, deploy_again),
    probe("owner.blacklist_again", Role::Owner, 1, blacklist_again),
    probe("stranger.administer_factory", Role::Stranger, 1, administer),
];

fn tokens(draw: &Draw<'_>, wanted: impl Fn(&FactoryToken) -> bool) -> Vec<Address> {
    let tokens = draw.ledger.factory.tokens.iter().filter(|token| wanted(token));
    tokens.map(|token| token.address).collect()
}

/// For a token that has a strategy, or may have none.
fn deploy_again(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let done = tokens(draw, |token| token.blacklisted || !token.strategy.is_zero());
    let token = draw.choose(&done)?;
    Some((draw.choose(&protocol.cast.actors)?, Operation::Factory(FactoryOperation::Deploy { token })))
}

fn blacklist_again(_: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let token = draw.choose(&tokens(draw, |token| token.blacklisted))?;
    let owner = Some(draw.ledger.factory.owner).filter(|owner| !owner.is_zero())?;
    Some((owner, Operation::Factory(FactoryOperation::Blacklist { tokens: vec![token] })))
}

fn administer(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let owner = draw.ledger.factory.owner;
    let others: Vec<Address> = protocol.cast.actors.iter().filter(|actor| **actor != owner).copied().collect();
    let outsider = draw.choose(&others)?;
    let strategies = vec![draw.choose(&protocol.cast.strategies)?];
    let operation = match draw.below(5) {
        0 => FactoryOperation::Blacklist { tokens: vec![draw.choose(&protocol.cast.tokens)?] },
        1 => FactoryOperation::Whitelist { strategies },
        2 => FactoryOperation::RemoveFromWhitelist { strategies },
        3 => FactoryOperation::TransferOwnership { to: outsider },
        _ => FactoryOperation::RenounceOwnership {},
    };
    Some((outsider, Operation::Factory(operation)))
}
