//! How accounts share their rights: admins and appointees.

use alloy_primitives::Address;
use alloy_sol_types::SolCall;

use super::{EigenLayer, abi, action::action};
use crate::{
    book::Role,
    call::Operation,
    draw::Draw,
    ledger::{Permission, Principal},
    protocol::Action,
};

pub(super) const ACTIONS: &[Action<EigenLayer>] = &[
    action("admin.add_pending_admin", Role::Operator, 5, add_pending_admin),
    action("admin.remove_pending_admin", Role::Operator, 1, remove_pending_admin),
    action("admin.accept_admin", Role::Operator, 6, accept_admin),
    action("admin.remove_admin", Role::Operator, 9, remove_admin),
    action("admin.set_appointee", Role::Operator, 2, set_appointee),
    action("admin.remove_appointee", Role::Operator, 1, remove_appointee),
];

/// What can be shared: every function that asks for a permission.
fn permissions(protocol: &EigenLayer) -> Vec<Permission> {
    use abi::{AllocationManager as A, DelegationManager as D, RewardsCoordinator as R};
    let allocation = [
        A::slashOperatorCall::SELECTOR,
        A::modifyAllocationsCall::SELECTOR,
        A::registerForOperatorSetsCall::SELECTOR,
        A::deregisterFromOperatorSetsCall::SELECTOR,
        A::setAllocationDelayCall::SELECTOR,
        A::createOperatorSetsCall::SELECTOR,
        A::createRedistributingOperatorSetsCall::SELECTOR,
        A::addStrategiesToOperatorSetCall::SELECTOR,
    ];
    let delegation = [D::undelegateCall::SELECTOR, D::modifyOperatorDetailsCall::SELECTOR];
    let rewards = [
        R::createOperatorDirectedAVSRewardsSubmissionCall::SELECTOR,
        R::createOperatorDirectedOperatorSetRewardsSubmissionCall::SELECTOR,
        R::setClaimerFor_1Call::SELECTOR,
        R::setOperatorAVSSplitCall::SELECTOR,
        R::setOperatorPISplitCall::SELECTOR,
        R::setOperatorSetSplitCall::SELECTOR,
    ];
    let of = |target: Address, selectors: &[[u8; 4]]| -> Vec<Permission> {
        selectors.iter().map(|selector| Permission { target, selector: selector.into() }).collect()
    };
    let contracts = &protocol.contracts;
    [
        of(contracts.allocation_manager, &allocation),
        of(contracts.delegation_manager, &delegation),
        of(contracts.rewards_coordinator, &rewards),
    ]
    .concat()
}

fn principal<'a>(draw: &mut Draw<'a>, wanted: impl Fn(&Principal) -> bool) -> Option<&'a Principal> {
    let all: Vec<&Principal> = draw.ledger.principals.iter().filter(|principal| wanted(principal)).collect();
    draw.choose(&all)
}

fn add_pending_admin(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    // Rather where there is an admin already: only with two can one be removed.
    let begun = draw.chance(85).then(|| principal(draw, |principal| !principal.admins.is_empty())).flatten();
    let account = begun.or_else(|| principal(draw, |_| true))?;
    // The account itself is a likely admin: without it, it has no rights left.
    let admin = if draw.chance(40) { account.address } else { draw.choose(&protocol.cast.actors)? };
    if account.admins.contains(&admin) || account.pending_admins.contains(&admin) {
        return None;
    }
    let caller = draw.admin(account.address)?;
    Some((caller, Operation::AddPendingAdmin { account: account.address, admin }))
}

fn remove_pending_admin(_: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let account = principal(draw, |principal| !principal.pending_admins.is_empty())?;
    let admin = draw.choose(&account.pending_admins)?;
    let caller = draw.admin(account.address)?;
    Some((caller, Operation::RemovePendingAdmin { account: account.address, admin }))
}

fn accept_admin(_: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let second = principal(draw, |principal| !principal.admins.is_empty() && !principal.pending_admins.is_empty());
    let account = second.or_else(|| principal(draw, |principal| !principal.pending_admins.is_empty()))?;
    let admin = draw.choose(&account.pending_admins)?;
    Some((admin, Operation::AcceptAdmin { account: account.address }))
}

fn remove_admin(_: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let account = principal(draw, |principal| principal.admins.len() > 1)?;
    let admin = draw.choose(&account.admins)?;
    let caller = draw.admin(account.address)?;
    Some((caller, Operation::RemoveAdmin { account: account.address, admin }))
}

fn set_appointee(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let account = principal(draw, |_| true)?;
    let permission = draw.choose(&permissions(protocol))?;
    let (appointee, has) = draw.choose(&account.appointments)?;
    if has.contains(&permission) {
        return None;
    }
    let caller = draw.admin(account.address)?;
    let Permission { target, selector } = permission;
    Some((caller, Operation::SetAppointee { account: account.address, appointee, target, selector }))
}

fn remove_appointee(_: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let account = principal(draw, |principal| principal.appointments.iter().any(|(_, all)| !all.is_empty()))?;
    let granted: Vec<(Address, Permission)> = account
        .appointments
        .iter()
        .flat_map(|(appointee, all)| all.iter().map(|permission| (*appointee, *permission)))
        .collect();
    let (appointee, Permission { target, selector }) = draw.choose(&granted)?;
    let caller = draw.admin(account.address)?;
    Some((caller, Operation::RemoveAppointee { account: account.address, appointee, target, selector }))
}
