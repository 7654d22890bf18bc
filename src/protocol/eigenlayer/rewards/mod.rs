//! What is done with rewards: given, computed, claimed.

pub(super) mod claims;
pub(super) mod control;
pub(super) mod roots;
pub(super) mod splits;
pub(super) mod submissions;

use super::{EigenLayer, action::Drawn, is_paused};
use crate::{
    call::{Operation, RewardsOperation},
    draw::Draw,
};

const fn asks(operation: RewardsOperation) -> Operation {
    Operation::Rewards(operation)
}

/// Draws unless the coordinator's switch `bit` is on.
fn unless_paused(
    bit: usize,
    protocol: &EigenLayer,
    draw: &mut Draw<'_>,
    inner: fn(&EigenLayer, &mut Draw<'_>) -> Drawn,
) -> Drawn {
    if is_paused(draw.ledger, protocol.contracts.rewards_coordinator, bit) {
        return None;
    }
    inner(protocol, draw)
}
