//! What anybody may ask: views, for which no transaction is needed, but which one can ask all the same.

use alloy_primitives::{Address, U256};

use super::{EigenLayer, action::action, confirm::draw_answer, operators};
use crate::{
    arithmetic::WAD,
    book::Role,
    call::{Argument, Operation, Question, SetId},
    draw::Draw,
    ledger::{Allocation, Booking, Ledger, Operator, Withdrawal},
    protocol::{Action, Answer},
};

pub(super) const ACTIONS: &[Action<EigenLayer>] = &[
    action("anybody.ask_magnitudes", Role::Stranger, 3, ask_magnitudes),
    action("anybody.ask_stake", Role::Stranger, 4, ask_stake),
    action("anybody.ask_leaving_stake", Role::Stranger, 10, ask_leaving_stake),
    action("anybody.ask_shares", Role::Stranger, 6, ask_shares),
    action("anybody.ask_price", Role::Stranger, 2, ask_price),
    action("anybody.ask_queue", Role::Stranger, 4, ask_queue),
    action("anybody.ask_what_is_shown", Role::Stranger, 6, ask_what_is_shown),
];

/// Any view, as the ledger has it.
fn ask_what_is_shown(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let Answer { contract, data, signature, .. } = draw_answer(protocol, draw)?;
    let of = Argument::read(signature, &data)?;
    Some(asked(protocol, Question::Shown { contract, view: signature.to_owned(), of }))
}

fn asked(protocol: &EigenLayer, question: Question) -> (Address, Operation) {
    (protocol.cast.stranger, Operation::Ask(question))
}

/// Allocations that were ever made, by operator: mostly what is asked about.
fn allocated(draw: &mut Draw<'_>) -> Option<(Address, SetId, Address)> {
    let ledger = draw.ledger;
    let operator = draw.choose(&operators(ledger))?;
    let mut allocated = Vec::new();
    for (of_set, set) in operator.allocations.iter().zip(&ledger.sets) {
        let given = of_set.iter().zip(&ledger.strategies).filter(|(allocation, _)| allocation.effect_block > 0);
        allocated.extend(given.map(|(_, strategy)| (set.id, strategy.address)));
    }
    let (set, strategy) = draw.choose(&allocated)?;
    Some((operator.address, set, strategy))
}

fn ask_magnitudes(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let (operator, set, strategy) = allocated(draw)?;
    let question = match draw.below(100) {
        0..45 => Question::AllocatableMagnitude { operator, strategy },
        45..90 => Question::Allocation { operator, set, strategy },
        // Of what is no strategy at all.
        _ => Question::Allocation { operator, set, strategy: Address::ZERO },
    };
    Some(asked(protocol, question))
}

/// Allocations, settled, that are as `is` says, of operators with shares there.
fn with_shares(ledger: &Ledger, is: impl Fn(Allocation) -> bool) -> Vec<(Address, SetId, Address)> {
    let mut places = Vec::new();
    for operator in operators(ledger) {
        for (set, of_set) in ledger.sets.iter().zip(&operator.allocations) {
            let all = ledger.strategies.iter().zip(of_set.iter().zip(&operator.stakes));
            let chosen =
                all.filter(|(_, (allocation, stake))| !stake.shares.is_zero() && is(allocation.settled(ledger.block)));
            places.extend(chosen.map(|(strategy, _)| (operator.address, set.id, strategy.address)));
        }
    }
    places
}

/// Rather where there is something.
fn ask_stake(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    if draw.ledger.terms.booking == Booking::BySlash && draw.chance(20) {
        let operator = draw.choose(&operators(draw.ledger))?.address;
        return Some(asked(protocol, Question::OperatorRedistributable { operator }));
    }
    let places = with_shares(draw.ledger, |allocation| allocation.current > 0);
    let rather = draw.choose(&places).filter(|_| draw.chance(80));
    let place = rather.or_else(|| allocated(draw))?;
    Some(asked(protocol, stake(draw, place)))
}

fn stake(draw: &mut Draw<'_>, (operator, set, strategy): (Address, SetId, Address)) -> Question {
    if draw.chance(30) {
        return Question::AllocatedStake { operator, set, strategy };
    }
    let ahead = ahead(draw, operator, set, strategy);
    Question::MinimumSlashableStake { operator, set, strategy, ahead }
}

/// While stake is being deallocated, or somebody that left a set can still be slashed by it. That is soon over.
fn ask_leaving_stake(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let ledger = draw.ledger;
    let left = |operator: &&Operator| {
        operator.memberships.iter().any(|membership| !membership.registered && membership.is_slashable(ledger.block))
    };
    let leaving: Vec<Address> = operators(ledger).into_iter().filter(left).map(|operator| operator.address).collect();
    if ledger.terms.booking == Booking::BySlash && draw.chance(40) {
        let operator = draw.choose(&leaving)?;
        return Some(asked(protocol, Question::OperatorRedistributable { operator }));
    }
    // Settled, it is not over.
    let place = draw.choose(&with_shares(ledger, |allocation| allocation.pending < 0))?;
    Some(asked(protocol, stake(draw, place)))
}

/// Blocks to wait: none, as long as a deallocation takes that is asked for now, or to about where one under way is over.
fn ahead(draw: &mut Draw<'_>, operator: Address, set: SetId, strategy: Address) -> u32 {
    let ledger = draw.ledger;
    let place = (ledger.operator(operator), ledger.set_index(set), ledger.strategy_index(strategy));
    let (Some(operator), Some(set), Some(strategy)) = place else { return 0 };
    let allocation = operator.allocations[set][strategy];
    let blocks = if allocation.is_locked(ledger.block) && draw.chance(70) {
        let over = u64::from(allocation.effect_block) - ledger.block;
        (over + draw.below(3) as u64).saturating_sub(1)
    } else {
        draw.choose(&[0, ledger.terms.deallocation_delay + 1]).unwrap_or_default()
    };
    u32::try_from(blocks).unwrap_or(u32::MAX)
}

fn ask_shares(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let ledger = draw.ledger;
    let (at, staker) = draw.choose(&ledger.stakers.iter().enumerate().collect::<Vec<_>>())?;
    let held = staker.holdings.iter().enumerate().filter(|(_, holding)| !holding.shares.is_zero());
    let held: Vec<(usize, U256)> = held.map(|(strategy, holding)| (strategy, holding.shares)).collect();
    if draw.chance(60) {
        let strategies: Vec<Address> = held.iter().map(|(index, _)| ledger.strategies[*index].address).collect();
        (!strategies.is_empty()).then_some(())?;
        return Some(asked(protocol, Question::WithdrawableShares { staker: staker.address, strategies }));
    }
    // Where everything was slashed, there are no shares behind anything.
    let left: Vec<_> = held.into_iter().filter(|(strategy, _)| ledger.slashing_factor(at, *strategy) > 0).collect();
    let (strategy, all) = draw.choose(&left)?;
    let (staker, strategy, shares) = (staker.address, ledger.strategies[strategy].address, draw.up_to(all)?);
    Some(asked(protocol, Question::DepositShares { staker, strategy, shares }))
}

fn ask_price(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let ledger = draw.ledger;
    let (_, strategy) = draw.choose(&ledger.token_strategies().collect::<Vec<_>>())?;
    let (tokens, shares) = (draw.up_to(strategy.virtual_balance())?, draw.up_to(strategy.virtual_shares())?);
    let (strategy, by_tokens) = (strategy.address, draw.chance(50));
    let question = if by_tokens {
        Question::SharesForTokens { strategy, tokens }
    } else {
        Question::TokensForShares { strategy, shares }
    };
    Some(asked(protocol, question))
}

fn ask_queue(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let ledger = draw.ledger;
    let pending = ledger.withdrawals.iter().filter(|withdrawal| withdrawal.pending);
    let mut queued: Vec<(&Withdrawal, Address)> = Vec::new();
    for withdrawal in pending {
        queued.extend(withdrawal.items.iter().map(|(strategy, _)| (withdrawal, *strategy)));
    }
    // Where nothing was slashed, what is queued is worth what it was.
    let was_slashed = |(withdrawal, strategy): &(&Withdrawal, Address)| {
        let place = (ledger.operator(withdrawal.delegated_to), ledger.strategy_index(*strategy));
        matches!(place, (Some(operator), Some(strategy)) if operator.stakes[strategy].max_magnitude() < WAD)
    };
    let slashed: Vec<_> = queued.iter().copied().filter(was_slashed).collect();
    let rather = draw.choose(&slashed).filter(|_| draw.chance(60));
    let (withdrawal, strategy) = rather.or_else(|| draw.choose(&queued))?;
    let question = if draw.chance(50) && ledger.is_operator(withdrawal.delegated_to) {
        Question::SlashableSharesInQueue { operator: withdrawal.delegated_to, strategy }
    } else {
        let staker = withdrawal.staker;
        let nth = ledger.queue_of(staker).iter().position(|other| other.root == withdrawal.root)?;
        Question::QueuedWithdrawal { staker, nth: u32::try_from(nth).ok()? }
    };
    Some(asked(protocol, question))
}
