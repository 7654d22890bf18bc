//! The owner of the rewards coordinator.

use alloy_primitives::Address;

use super::asks;
use crate::{
    book::Role,
    call::RewardsOperation,
    draw::Draw,
    protocol::{
        Action,
        eigenlayer::{
            EigenLayer,
            action::{Drawn, action},
        },
    },
};

pub(in super::super) const ACTIONS: &[Action<EigenLayer>] = &[
    action("owner.set_activation_delay", Role::Owner, 1, set_activation_delay),
    action("owner.set_default_split", Role::Owner, 1, set_default_split),
    action("owner.set_updater", Role::Owner, 1, set_updater),
    action("owner.set_submitter_for_all", Role::Owner, 1, set_submitter_for_all),
    action("owner.transfer_rewards", Role::Owner, 1, transfer_ownership),
    action("owner.renounce_rewards", Role::Owner, 1, renounce_ownership),
];

fn owner(draw: &Draw<'_>) -> Option<Address> {
    Some(draw.ledger.rewards.owner).filter(|owner| !owner.is_zero())
}

fn set_activation_delay(_: &EigenLayer, draw: &mut Draw<'_>) -> Drawn {
    let seconds = draw.choose(&[0, 12, 120, 360, 600])?;
    Some((owner(draw)?, asks(RewardsOperation::SetActivationDelay { seconds })))
}

/// More than the whole among them: nothing bounds it.
fn set_default_split(_: &EigenLayer, draw: &mut Draw<'_>) -> Drawn {
    let most = draw.ledger.rewards.terms.most_default_split;
    let bips = draw.choose(&[0, 1_000, 2_500, 10_000, 60_000].map(|bips: u16| bips.min(most)))?;
    Some((owner(draw)?, asks(RewardsOperation::SetDefaultSplit { bips })))
}

fn set_updater(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Drawn {
    let to = draw.choose(&[protocol.cast.updater, protocol.cast.owner])?;
    Some((owner(draw)?, asks(RewardsOperation::SetUpdater { to })))
}

fn set_submitter_for_all(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Drawn {
    let candidates = [&[protocol.cast.hopper][..], &protocol.cast.avss].concat();
    let submitter = draw.choose(&candidates)?;
    let allowed = !draw.ledger.rewards.submitter(submitter)?.for_all;
    Some((owner(draw)?, asks(RewardsOperation::SetSubmitterForAll { submitter, allowed })))
}

fn transfer_ownership(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Drawn {
    let to = draw.choose(&[protocol.cast.owner, protocol.cast.whitelister])?;
    Some((owner(draw)?, asks(RewardsOperation::TransferOwnership { to })))
}

/// Seldom: it is for ever.
fn renounce_ownership(_: &EigenLayer, draw: &mut Draw<'_>) -> Drawn {
    if !draw.chance(20) {
        return None;
    }
    Some((owner(draw)?, asks(RewardsOperation::RenounceOwnership {})))
}
