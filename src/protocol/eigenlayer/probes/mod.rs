//! What must not be possible. Each probe tries it in earnest: everything else about the call is right.

pub(super) mod avs;
pub(super) mod control;
pub(super) mod factory;
pub(super) mod operator;
pub(super) mod pods;
pub(super) mod rewards;
pub(super) mod staker;

use alloy_primitives::{Address, U256};

use super::EigenLayer;
use crate::{call::Quantity, draw::Draw, ledger::Permission};

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
