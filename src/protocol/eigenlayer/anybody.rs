//! What anybody may do: clear what slashes took, complete deallocations, give tokens away.

use alloy_primitives::{Address, U256};
use proptest::prelude::*;

use super::{EigenLayer, action::action, is_paused, switch};
use crate::{
    book::Role,
    call::{ClearItem, Operation, SetId},
    draw::Draw,
    ledger::{Ledger, OperatorSet},
    protocol::Action,
};

pub(super) const ACTIONS: &[Action<EigenLayer>] = &[
    action("anybody.clear_slash", Role::Stranger, 7, clear_slash),
    action("anybody.clear_slash_by_strategy", Role::Stranger, 4, clear_slash_by_strategy),
    action("anybody.clear_slash_again", Role::Stranger, 1, clear_slash_again),
    action("anybody.burn_shares", Role::Stranger, 1, burn_shares),
    action("anybody.clear_deallocation_queue", Role::Stranger, 5, clear_deallocation_queue),
    action("anybody.donate", Role::Stranger, 3, donate),
    action("anybody.ask_user_underlying", Role::Stranger, 1, ask_user_underlying),
];

/// Mostly a stranger, to whom nothing of it belongs; sometimes somebody who takes part.
fn anybody(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<Address> {
    if draw.chance(60) { Some(protocol.cast.stranger) } else { draw.choose(&protocol.cast.actors) }
}

/// The entries of a slash.
fn entries(set: &OperatorSet, nth: u32) -> &[(Address, U256)] {
    usize::try_from(set.nth_slash(nth)).ok().and_then(|id| set.slashes.get(id)).map_or(&[], Vec::as_slice)
}

/// Slashes that wait, whose strategies all pay.
pub(super) fn waiting(ledger: &Ledger) -> Vec<(SetId, u32)> {
    let mut all = Vec::new();
    for set in &ledger.sets {
        let payee = set.payee(&ledger.terms);
        let pays = |(strategy, shares): &(Address, U256)| {
            !is_paused(ledger, *strategy, switch::STRATEGY_WITHDRAWALS)
                && (shares.is_zero() || ledger.pays(*strategy, *shares, payee))
        };
        for (nth, _) in (0u32..).zip(&set.pending_slashes) {
            if entries(set, nth).iter().all(pays) {
                all.push((set.id, nth));
            }
        }
    }
    all
}

fn clear_slash(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let (set, nth) = draw.choose(&waiting(draw.ledger))?;
    Some((anybody(protocol, draw)?, Operation::ClearSlash { set, nth }))
}

fn clear_slash_by_strategy(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let (set, nth) = draw.choose(&waiting(draw.ledger))?;
    let strategy = match draw.ledger.set(set) {
        Some(set) if draw.chance(90) => draw.choose(entries(set, nth))?.0,
        _ => draw.choose(&protocol.cast.strategies)?,
    };
    Some((anybody(protocol, draw)?, Operation::ClearSlashByStrategy { set, nth, strategy }))
}

/// A slash that was cleared, or never was: nothing must happen.
fn clear_slash_again(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let done: Vec<&OperatorSet> =
        draw.ledger.sets.iter().filter(|set| set.exists && set.pending_slashes.is_empty()).collect();
    let set = draw.choose(&done)?;
    let nth = u32::try_from(draw.below(usize::try_from(set.slash_count).unwrap_or(0).saturating_add(1))).unwrap_or(0);
    Some((anybody(protocol, draw)?, Operation::ClearSlash { set: set.id, nth }))
}

fn burn_shares(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let ledger = draw.ledger;
    let pays = |strategy: Address| !is_paused(ledger, strategy, switch::STRATEGY_WITHDRAWALS);
    // Where nothing waits, nothing must happen: paused or not.
    let possible = ledger.strategies.iter().filter(|it| it.burnable_shares.is_zero() || pays(it.address));
    let (waiting, rest): (Vec<_>, Vec<_>) = possible.partition(|strategy| !strategy.burnable_shares.is_zero());
    let pool = if waiting.is_empty() { rest } else { waiting };
    Some((anybody(protocol, draw)?, Operation::BurnShares { strategy: draw.choose(&pool)?.address }))
}

fn clear_deallocation_queue(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let ledger = draw.ledger;
    if is_paused(ledger, protocol.contracts.allocation_manager, switch::MODIFY_ALLOCATIONS) {
        return None;
    }
    let (mut queued, mut several) = (Vec::new(), Vec::new());
    for operator in &ledger.operators {
        let of = |least: usize| -> Vec<Address> {
            let long = ledger.strategies.iter().zip(&operator.stakes);
            let long = long.filter(|(_, stake)| stake.deallocation_queue.len() >= least);
            long.map(|(strategy, _)| strategy.address).collect()
        };
        queued.push((operator.address, of(1)));
        several.push((operator.address, of(2)));
    }
    queued.retain(|(_, strategies)| !strategies.is_empty());
    several.retain(|(_, strategies)| !strategies.is_empty());
    // Only where there is more than one deallocation does it matter which leaves.
    let pool = if several.is_empty() || draw.chance(40) { queued } else { several };
    let (operator, strategies) = draw.choose(&pool)?;
    let count = prop_oneof![3 => 1..=3u16, 2 => Just(u16::MAX), 1 => Just(0u16)];
    let items = draw
        .some_of(&strategies, 3)
        .into_iter()
        .map(|strategy| ClearItem { strategy, count: draw.sample(&count) })
        .collect();
    Some((anybody(protocol, draw)?, Operation::ClearDeallocationQueue { operator, items }))
}

fn donate(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let strategy = draw.choose(&protocol.cast.strategies)?;
    let strategy = draw.ledger.strategy(strategy)?;
    let donor = draw.choose(&protocol.cast.stakers)?;
    if !draw.ledger.moves(strategy.token, donor, strategy.address) {
        return None;
    }
    let balance = draw.ledger.balance(strategy.token, donor)?;
    let most = if draw.chance(3) { balance } else { balance / U256::from(1_000_000_000) };
    let amount = draw.up_to(most.max(U256::ONE).min(balance))?;
    Some((donor, Operation::Donate { strategy: strategy.address, amount }))
}

fn ask_user_underlying(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let strategy = draw.choose(&protocol.cast.strategies)?;
    let user = draw.choose(&protocol.cast.stakers)?;
    Some((anybody(protocol, draw)?, Operation::AskUserUnderlying { strategy, user }))
}
