//! The rewards updater: it submits what everybody earned, and takes back what is wrong before it counts.

use alloy_primitives::U256;

use super::{asks, unless_paused};
use crate::{
    book::Role,
    call::{Distribution, Earned, Earnings, RewardsOperation},
    draw::Draw,
    ledger::Ledger,
    protocol::{
        Action,
        eigenlayer::{
            EigenLayer,
            action::{Drawn, action},
            switch,
        },
    },
};

pub(in super::super) const ACTIONS: &[Action<EigenLayer>] = &[
    action("updater.submit_root", Role::Owner, 4, |protocol, draw| {
        unless_paused(switch::ROOTS, protocol, draw, submit_root)
    }),
    action("updater.disable_root", Role::Owner, 3, |protocol, draw| {
        unless_paused(switch::ROOTS, protocol, draw, disable_root)
    }),
];

pub(in super::super) fn submit_root(_: &EigenLayer, draw: &mut Draw<'_>) -> Drawn {
    let rewards = &draw.ledger.rewards;
    // After the end of the newest root, and before now.
    let elapsed = draw.ledger.timestamp.saturating_sub(u64::from(rewards.calculation_end));
    let most = usize::try_from(elapsed.checked_sub(1)?).ok()?.min(100_000);
    if most == 0 {
        return None;
    }
    let ago = match draw.below(4) {
        0 => most,
        1 => 1 + draw.below(most),
        _ => 1,
    };
    let distribution = next_distribution(draw)?;
    let ago = u32::try_from(ago).ok()?;
    Some((rewards.updater, asks(RewardsOperation::SubmitRoot { distribution, ago })))
}

/// What the newest root that was not taken back promises, and that was not claimed, of a token.
fn promised(ledger: &Ledger, base: &Distribution, token: usize) -> U256 {
    let address = ledger.tokens[token].address;
    let owed = base.earners.iter().map(|earnings| {
        let earner = ledger.rewards.earner(earnings.earner);
        let claimed = earner.and_then(|earner| earner.claimed.get(token)).copied().unwrap_or_default();
        earnings.of(address).unwrap_or_default().saturating_sub(claimed)
    });
    owed.fold(U256::ZERO, U256::saturating_add)
}

/// What was earned until now, and some of what was given since. Honest, but for one in twenty-five: there somebody goes
/// away empty-handed. `None` if nobody ever earned anything.
fn next_distribution(draw: &mut Draw<'_>) -> Option<Distribution> {
    let ledger = draw.ledger;
    let newest = ledger.rewards.roots.iter().rev().find(|root| !root.disabled);
    let mut next = newest.and_then(|root| root.distribution.as_deref()).cloned().unwrap_or_default();
    let count = ledger.tokens.len();
    let mut left: Vec<U256> =
        (0..count).map(|token| ledger.rewards_held(token).saturating_sub(promised(ledger, &next, token))).collect();
    if draw.chance(4) {
        left = left.into_iter().map(|left| left.saturating_mul(U256::from(3)).max(U256::from(1_000))).collect();
    }
    for _ in 0..=draw.below(3) {
        let funded: Vec<usize> = (0..count).filter(|token| !left[*token].is_zero()).collect();
        let Some(token) = draw.choose(&funded) else { break };
        let earner = draw.prefer(&ledger.rewards.earners, |earner| earner.address)?.address;
        let amount = draw.up_to(left[token])?;
        left[token] = left[token].saturating_sub(amount);
        add(&mut next, earner, Earned { token: ledger.tokens[token].address, cumulative: amount });
    }
    (!next.earners.is_empty()).then_some(next)
}

/// Adds to what was earned.
fn add(distribution: &mut Distribution, earner: alloy_primitives::Address, more: Earned) {
    let known = distribution.earners.iter().position(|earnings| earnings.earner == earner);
    let index = known.unwrap_or_else(|| {
        distribution.earners.push(Earnings { earner, tokens: Vec::new() });
        distribution.earners.len() - 1
    });
    let tokens = &mut distribution.earners[index].tokens;
    match tokens.iter_mut().find(|earned| earned.token == more.token) {
        Some(known) => known.cumulative = known.cumulative.saturating_add(more.cumulative),
        None => tokens.push(more),
    }
}

fn disable_root(_: &EigenLayer, draw: &mut Draw<'_>) -> Drawn {
    let rewards = &draw.ledger.rewards;
    let waits = |back: &u32| {
        let root = rewards.root_index(*back).map(|index| &rewards.roots[index]);
        root.is_some_and(|root| !root.disabled && draw.ledger.timestamp < u64::from(root.activated_at))
    };
    let count = u32::try_from(rewards.roots.len()).ok()?;
    let waiting: Vec<u32> = (0..count).filter(waits).collect();
    let back = draw.choose(&waiting)?;
    Some((rewards.updater, asks(RewardsOperation::DisableRoot { back })))
}
