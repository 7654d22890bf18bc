//! The commitment registry: operators who deliver, and those who do not.

use alloy_primitives::Address;

use super::{anybody, asked, members, scene, slashing_paused};
use crate::{
    arithmetic::mul_wad_down,
    book::Role,
    call::ExampleOperation,
    draw::Draw,
    ledger::{Commitment, CommitmentStatus, Registry, digest_of},
    protocol::{
        Action,
        eigenlayer::{
            EigenLayer,
            action::{Drawn, action},
        },
    },
};

pub(in crate::protocol::eigenlayer) const ACTIONS: &[Action<EigenLayer>] = &[
    action("operator.commit", Role::Operator, 20, commit),
    action("operator.deliver", Role::Operator, 12, deliver),
    action("anybody.breach", Role::Stranger, 20, breach),
    action("anybody.close_epoch", Role::Stranger, 24, close),
    action("operator.claim_reward", Role::Operator, 20, claim),
];

/// Different goods there are.
const GOODS: u32 = 4;

/// The goods that a commitment means.
pub(super) fn goods_of(commitment: &Commitment) -> Option<u32> {
    (0..GOODS).find(|goods| digest_of(commitment.operator, *goods) == commitment.digest)
}

/// Whether operators can still commit and deliver.
pub(super) fn in_time(registry: &Registry, block: u64) -> bool {
    let deadline = registry.current().deadline;
    deadline == 0 || block <= deadline
}

/// The commitments under way with a status.
pub(super) fn with_status(registry: &Registry, status: CommitmentStatus) -> Vec<Commitment> {
    let all = registry.current().commitments.iter();
    all.filter(|commitment| commitment.status == status).copied().collect()
}

fn commit(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Drawn {
    let (_, examples) = scene(protocol, draw)?;
    let (ledger, registry) = (draw.ledger, &examples.registry);
    in_time(registry, ledger.block).then_some(())?;
    let members = members(ledger, &registry.purse);
    let mut free: Vec<Address> =
        with_status(registry, CommitmentStatus::None).iter().map(|commitment| commitment.operator).collect();
    free.retain(|operator| members.contains(operator));
    let operator = draw.choose(&free)?;
    let wad = draw.wad();
    let weight = mul_wad_down(ledger.lasting_shares(&registry.purse, operator)?, wad)?;
    (!weight.is_zero()).then_some(())?;
    let goods = u32::try_from(draw.below(GOODS as usize)).unwrap_or_default();
    Some(asked(operator, ExampleOperation::Commit { goods, wad }))
}

fn deliver(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Drawn {
    let (_, examples) = scene(protocol, draw)?;
    let registry = &examples.registry;
    in_time(registry, draw.ledger.block).then_some(())?;
    let commitment = draw.choose(&with_status(registry, CommitmentStatus::Open))?;
    Some(asked(commitment.operator, ExampleOperation::Deliver { goods: goods_of(&commitment)? }))
}

fn breach(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Drawn {
    let (_, examples) = scene(protocol, draw)?;
    let registry = &examples.registry;
    if in_time(registry, draw.ledger.block) || slashing_paused(protocol, draw.ledger) {
        return None;
    }
    let operator = draw.choose(&with_status(registry, CommitmentStatus::Open))?.operator;
    Some(asked(anybody(protocol, draw)?, ExampleOperation::Breach { operator }))
}

fn close(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Drawn {
    let (_, examples) = scene(protocol, draw)?;
    let (ledger, registry) = (draw.ledger, &examples.registry);
    let over = !in_time(registry, ledger.block) && registry.current().open == 0;
    (over && ledger.all_cleared(&registry.purse)).then_some(())?;
    Some(asked(anybody(protocol, draw)?, ExampleOperation::CloseEpoch {}))
}

fn claim(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Drawn {
    let (_, examples) = scene(protocol, draw)?;
    let mut open = Vec::new();
    for (back, epoch) in (0u64..).zip(examples.registry.epochs.iter().rev().skip(1)) {
        let kept = epoch.commitments.iter().filter(|commitment| commitment.status == CommitmentStatus::Kept);
        open.extend(kept.map(|commitment| (back, commitment.operator)));
    }
    let (back, operator) = draw.choose(&open)?;
    Some(asked(operator, ExampleOperation::ClaimReward { back }))
}
