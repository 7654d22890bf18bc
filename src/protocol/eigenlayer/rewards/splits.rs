//! What operators keep of what is earned with them.

use alloy_primitives::Address;

use super::{asks, unless_paused};
use crate::{
    book::Role,
    call::{RewardsOperation, SplitId},
    draw::Draw,
    ledger::{Permission, Split, WHOLE},
    protocol::{
        Action,
        eigenlayer::{
            EigenLayer,
            abi::RewardsCoordinator as R,
            action::{Drawn, action},
            switch,
        },
    },
};

pub(in super::super) const ACTIONS: &[Action<EigenLayer>] = &[
    action("operator.set_avs_split", Role::Operator, 1, |protocol, draw| {
        unless_paused(switch::AVS_SPLIT, protocol, draw, set_avs_split)
    }),
    action("operator.set_incentives_split", Role::Operator, 1, |protocol, draw| {
        unless_paused(switch::INCENTIVES_SPLIT, protocol, draw, set_incentives_split)
    }),
    action("operator.set_set_split", Role::Operator, 1, |protocol, draw| {
        unless_paused(switch::SET_SPLIT, protocol, draw, set_set_split)
    }),
];

/// The right to change a split.
pub(in super::super) fn permission(protocol: &EigenLayer, id: SplitId) -> Permission {
    match id {
        SplitId::Avs { .. } => protocol.rewards_permission::<R::setOperatorAVSSplitCall>(),
        SplitId::Incentives { .. } => protocol.rewards_permission::<R::setOperatorPISplitCall>(),
        SplitId::Set { .. } => protocol.rewards_permission::<R::setOperatorSetSplitCall>(),
    }
}

fn set_avs_split(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Drawn {
    set_split(protocol, draw, |id| matches!(id, SplitId::Avs { .. }))
}

fn set_incentives_split(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Drawn {
    set_split(protocol, draw, |id| matches!(id, SplitId::Incentives { .. }))
}

fn set_set_split(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Drawn {
    set_split(protocol, draw, |id| matches!(id, SplitId::Set { .. }))
}

/// Whether what the split is of is there.
pub(in super::super) fn exists(draw: &Draw<'_>, id: SplitId) -> bool {
    match id {
        SplitId::Set { set, .. } => draw.ledger.set(set).is_some_and(|set| set.exists),
        SplitId::Avs { .. } | SplitId::Incentives { .. } => true,
    }
}

fn set_split(protocol: &EigenLayer, draw: &mut Draw<'_>, wanted: fn(SplitId) -> bool) -> Drawn {
    let ledger = draw.ledger;
    let open = |split: &&Split| wanted(split.id) && !split.is_locked(ledger.timestamp) && exists(draw, split.id);
    let open: Vec<SplitId> = ledger.rewards.splits.iter().filter(open).map(|split| split.id).collect();
    // Rather one that was set before: only there is something to go wrong.
    let set: Vec<SplitId> = open
        .iter()
        .filter(|id| ledger.rewards.split(**id).is_some_and(|split| split.activated_at != 0))
        .copied()
        .collect();
    let again = if draw.chance(60) { draw.choose(&set) } else { None };
    let id = again.or_else(|| draw.prefer(&open, |id| id.operator()))?;
    let bips = match draw.below(4) {
        0 => 0,
        1 => WHOLE,
        _ => u16::try_from(draw.below(usize::from(WHOLE) + 1)).unwrap_or(WHOLE),
    };
    let caller: Address = draw.caller(id.operator(), permission(protocol, id))?;
    Some((caller, asks(RewardsOperation::SetSplit { split: id, bips })))
}
