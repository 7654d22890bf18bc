//! What is done with rewards: given, computed, claimed.

pub(super) mod claims;
pub(super) mod control;
pub(super) mod roots;
pub(super) mod splits;
pub(super) mod submissions;

use alloy_primitives::Address;

use super::{EigenLayer, is_paused};
use crate::{
    book::Role,
    call::{Operation, RewardsOperation},
    draw::Draw,
    protocol::{Action, ActionInfo, Expects},
};

/// What is drawn: who acts, and what is asked.
pub(super) type Drawn = Option<(Address, Operation)>;

const fn action(
    name: &'static str,
    role: Role,
    weight: u32,
    draw: fn(&EigenLayer, &mut Draw<'_>) -> Drawn,
) -> Action<EigenLayer> {
    Action { info: ActionInfo { name, role, weight, expects: Expects::Success }, draw }
}

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
