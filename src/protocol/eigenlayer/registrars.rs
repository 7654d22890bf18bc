//! What registrars do where they have a will of their own, and what they keep from happening.

use alloy_primitives::Address;

use super::{
    EigenLayer, abi,
    action::{action, probe},
    operator,
};
use crate::{
    book::Role,
    call::{Answer, Conduct, Movement, Operation, Reaction, SetId, WorldOperation},
    draw::Draw,
    ledger::Operator,
    protocol::Action,
};

pub(super) const ACTIONS: &[Action<EigenLayer>] = &[
    action("avs.instruct_registrar", Role::Avs, 14, instruct),
    probe("operator.join_refused", Role::Operator, 4, join_refused),
    probe("operator.leave_refused", Role::Operator, 3, leave_refused),
    probe("avs.set_useless_registrar", Role::Avs, 3, set_useless),
];

/// Mostly it lets everybody in and out, and mostly it calls back.
fn instruct(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let registrar = draw.choose(&protocol.cast.registrars)?;
    let avs = draw.choose(&protocol.cast.avss)?;
    let serves = draw.chance(80);
    let coming = answer(draw)?;
    let leaving = answer(draw)?;
    let reaction = match draw.below(10) {
        0..3 => Reaction::Undo,
        3..5 => Reaction::Repeat,
        _ => draw.choose(&Reaction::ALL)?,
    };
    let conduct = Conduct { serves, coming, leaving, reaction };
    Some((avs, Operation::World(WorldOperation::Instruct { registrar, conduct })))
}

fn answer(draw: &mut Draw<'_>) -> Option<Answer> {
    if draw.chance(60) { Some(Answer::Nothing) } else { draw.choose(&Answer::ALL) }
}

/// Everything is right, but who answers for the AVS does not want the operator, or there is nobody who answers.
fn join_refused(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let ledger = draw.ledger;
    let operator = operator::any_operator(draw)?;
    let mut open: Vec<SetId> = operator::joinable(ledger, operator);
    open.retain(|set| !ledger.lets(set.avs, Movement::Coming));
    let set = draw.choose(&open)?;
    let permission = protocol.allocation_permission::<abi::AllocationManager::registerForOperatorSetsCall>();
    let caller = draw.caller(operator.address, permission)?;
    Some((caller, Operation::RegisterForSets { operator: operator.address, avs: set.avs, ids: vec![set.id] }))
}

/// The registrar does not let the operator go.
fn leave_refused(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let ledger = draw.ledger;
    let mut kept: Vec<(&Operator, SetId)> = Vec::new();
    for operator in &ledger.operators {
        let sets = operator::joined(ledger, operator).into_iter();
        kept.extend(sets.filter(|set| !ledger.lets(set.avs, Movement::Leaving)).map(|set| (operator, set)));
    }
    let (operator, set) = draw.choose(&kept)?;
    let permission = protocol.allocation_permission::<abi::AllocationManager::deregisterFromOperatorSetsCall>();
    let account = if draw.chance(50) { operator.address } else { set.avs };
    let caller = draw.caller(account, permission)?;
    Some((caller, Operation::DeregisterFromSets { operator: operator.address, avs: set.avs, ids: vec![set.id] }))
}

/// A registrar that does not serve the AVS, or an account that cannot say whether it does.
fn set_useless(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let ledger = draw.ledger;
    let avs = draw.choose(&protocol.cast.avss)?;
    let idle: Vec<Address> =
        protocol.cast.registrars.iter().filter(|registrar| !ledger.serves(**registrar)).copied().collect();
    let registrar = match draw.choose(&idle) {
        Some(idle) if draw.chance(70) => idle,
        _ => draw.choose(&[avs, protocol.cast.stranger, Address::ZERO])?,
    };
    let permission = protocol.allocation_permission::<abi::AllocationManager::setAVSRegistrarCall>();
    Some((draw.caller(avs, permission)?, Operation::SetAvsRegistrar { avs, registrar }))
}
