//! What anybody may ask: views, for which no transaction is needed, but which one can ask all the same.

use alloy_primitives::Address;

use super::{EigenLayer, operators};
use crate::{
    book::Role,
    call::{Operation, Question},
    draw::Draw,
    protocol::{Action, ActionInfo, Expects},
};

pub(super) const ACTIONS: &[Action<EigenLayer>] = &[
    action("anybody.ask_magnitudes", 3, ask_magnitudes),
    action("anybody.ask_shares", 3, ask_shares),
    action("anybody.ask_queue", 2, ask_queue),
];

const fn action(
    name: &'static str,
    weight: u32,
    draw: fn(&EigenLayer, &mut Draw<'_>) -> Option<(Address, Operation)>,
) -> Action<EigenLayer> {
    Action { info: ActionInfo { name, role: Role::Stranger, weight, expects: Expects::Success }, draw }
}

fn asked(protocol: &EigenLayer, question: Question) -> (Address, Operation) {
    (protocol.cast.stranger, Operation::Ask(question))
}

/// Mostly where something was allocated.
fn ask_magnitudes(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let ledger = draw.ledger;
    let operator = draw.choose(&operators(ledger))?;
    let mut allocated = Vec::new();
    for (of_set, set) in operator.allocations.iter().zip(&ledger.sets) {
        let given = of_set.iter().zip(&ledger.strategies).filter(|(allocation, _)| allocation.effect_block > 0);
        allocated.extend(given.map(|(_, strategy)| (set.id, strategy.address)));
    }
    let (set, strategy) = draw.choose(&allocated)?;
    let operator = operator.address;
    let question = if draw.chance(50) {
        Question::AllocatableMagnitude { operator, strategy }
    } else {
        Question::Allocation { operator, set, strategy }
    };
    Some(asked(protocol, question))
}

fn ask_shares(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let ledger = draw.ledger;
    let staker = draw.choose(&ledger.stakers.iter().collect::<Vec<_>>())?;
    let held = staker.holdings.iter().zip(&ledger.strategies).filter(|(holding, _)| !holding.shares.is_zero());
    let strategies: Vec<Address> = held.map(|(_, strategy)| strategy.address).collect();
    (!strategies.is_empty()).then_some(())?;
    Some(asked(protocol, Question::WithdrawableShares { staker: staker.address, strategies }))
}

fn ask_queue(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let ledger = draw.ledger;
    let pending: Vec<_> = ledger.withdrawals.iter().filter(|withdrawal| withdrawal.pending).collect();
    let withdrawal = draw.choose(&pending)?;
    let (strategy, _) = draw.choose(&withdrawal.items)?;
    let question = if draw.chance(50) && ledger.is_operator(withdrawal.delegated_to) {
        Question::SlashableSharesInQueue { operator: withdrawal.delegated_to, strategy }
    } else {
        let staker = withdrawal.staker;
        let nth = ledger.queue_of(staker).iter().position(|other| other.root == withdrawal.root)?;
        Question::QueuedWithdrawal { staker, nth: u32::try_from(nth).ok()? }
    };
    Some(asked(protocol, question))
}
