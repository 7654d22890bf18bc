//! What is done with the example AVSs, besides what is done with every AVS.

pub(super) mod fund;
pub(super) mod market;
pub(super) mod probes;
pub(super) mod registry;

use alloy_primitives::{Address, U256};

use super::{
    EigenLayer,
    action::{Drawn, action},
    deploy::examples::ExampleCast,
    is_paused, switch,
};
use crate::{
    book::Role,
    call::{ExampleOperation, Operation},
    draw::Draw,
    ledger::{Examples, Ledger, Purse},
    protocol::Action,
};

/// What anybody may do with all of them.
pub(super) const ACTIONS: &[Action<EigenLayer>] = &[action("anybody.give", Role::Stranger, 3, give)];

/// Who there is, and how things stand.
fn scene<'a>(protocol: &'a EigenLayer, draw: &Draw<'a>) -> Option<(&'a ExampleCast, &'a Examples)> {
    protocol.cast.examples.as_ref().zip(draw.ledger.examples.as_ref())
}

fn asked(who: Address, operation: ExampleOperation) -> (Address, Operation) {
    (who, Operation::Example(operation))
}

/// Mostly a stranger, to whom nothing of it belongs; sometimes somebody who takes part.
fn anybody(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<Address> {
    if draw.chance(60) { Some(protocol.cast.stranger) } else { draw.choose(&protocol.cast.actors) }
}

/// Operators that an example can slash now, with something to take.
fn slashable(ledger: &Ledger, purse: &Purse) -> Vec<Address> {
    let operators = ledger.operators.iter().map(|operator| operator.address);
    operators.filter(|operator| ledger.shares_in_reach(purse, *operator).is_some()).collect()
}

/// Whether nothing can be slashed now.
fn slashing_paused(protocol: &EigenLayer, ledger: &Ledger) -> bool {
    is_paused(ledger, protocol.contracts.allocation_manager, switch::SLASHING)
}

/// Operators that are in the set of an example.
fn members(ledger: &Ledger, purse: &Purse) -> Vec<Address> {
    let Some(set) = ledger.set_index(purse.set) else { return Vec::new() };
    let members = ledger.operators.iter().filter(|operator| operator.memberships[set].registered);
    members.map(|operator| operator.address).collect()
}

/// A member, rather one that takes stake away from the set: it counts no longer, and can still be slashed.
fn rather_leaving(draw: &mut Draw<'_>, purse: &Purse, members: &[Address]) -> Option<Address> {
    let ledger = draw.ledger;
    let set = ledger.set_index(purse.set)?;
    let is_leaving = |member: &&Address| {
        let operator = ledger.operator(**member);
        operator.is_some_and(|it| it.allocations[set][purse.strategy].settled(ledger.block).pending < 0)
    };
    let leaving: Vec<Address> = members.iter().filter(is_leaving).copied().collect();
    let rather = draw.choose(&leaving).filter(|_| draw.chance(60));
    rather.or_else(|| draw.prefer(members, |member| *member))
}

fn give(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Drawn {
    let (_, examples) = scene(protocol, draw)?;
    let purse = draw.choose(&examples.purses())?;
    let donor = draw.choose(&protocol.cast.stakers)?;
    let balance = draw.ledger.balance(purse.token, donor)?;
    let amount = draw.up_to(balance / U256::from(1_000_000_000))?;
    Some(asked(donor, ExampleOperation::Give { avs: purse.set.avs, amount }))
}
