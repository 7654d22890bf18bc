//! What needs a right that is not there: administration, rights of accounts, plumbing and proxies.

use alloy_primitives::{Address, U256};
use alloy_sol_types::SolCall;

use super::avs::existing_set;
use crate::{
    book::Role,
    call::{Malformed, Operation, Plumbing},
    draw::Draw,
    ledger::{Booking, Ledger, OperatorSet, Permission},
    protocol::{
        Action,
        eigenlayer::{EigenLayer, abi, action::probe, avs::slasher, operator::any_operator},
    },
};

pub(in super::super) const ACTIONS: &[Action<EigenLayer>] = &[
    probe("stranger.call_plumbing", Role::Stranger, 2, call_plumbing),
    probe("stranger.administer", Role::Stranger, 4, stranger_administers),
    probe("stranger.share_rights", Role::Stranger, 1, stranger_shares_rights),
    probe("appointee.overreach", Role::Stranger, 2, overreach),
    probe("admin.remove_last_admin", Role::Operator, 1, remove_last_admin),
    probe("stranger.initialize", Role::Stranger, 1, initialize),
    probe("stranger.upgrade", Role::Stranger, 1, upgrade),
    probe("somebody.malformed", Role::Stranger, 1, malformed),
];

fn call_plumbing(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let function = draw.choose(&[
        Plumbing::IncreaseDelegatedShares,
        Plumbing::DecreaseDelegatedShares,
        Plumbing::SlashOperatorShares,
        Plumbing::AddShares,
        Plumbing::RemoveDepositShares,
        Plumbing::WithdrawSharesAsTokens,
        Plumbing::IncreaseBurnOrRedistributableShares,
        Plumbing::StrategyDeposit,
        Plumbing::StrategyWithdraw,
    ])?;
    let caller = draw.choose(&protocol.cast.actors)?;
    let strategy = draw.choose(&protocol.cast.strategies)?;
    let strategy = draw.ledger.strategy(strategy)?;
    // Something that is there, so that it would work.
    let account = draw.choose(&protocol.cast.stakers)?;
    let amount = draw.up_to(strategy.total_shares.max(U256::ONE))?;
    Some((caller, Operation::CallPlumbing { function, account, strategy: strategy.address, amount }))
}

fn stranger_administers(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let ledger = draw.ledger;
    let control = &ledger.control;
    let to = protocol.cast.stranger;
    let contract = draw.choose(&protocol.cast.pausable)?;
    let strategy = draw.choose(&protocol.cast.strategies)?;
    let strategy = ledger.strategy(strategy)?;
    let strategies = vec![strategy.address];
    let pausers: Vec<Address> = control.pausers.iter().filter(|(_, may)| *may).map(|(pauser, _)| *pauser).collect();
    let (insiders, operation) = match draw.below(9) {
        0 => (vec![control.owner], Operation::SetStrategyWhitelister { to }),
        1 => (vec![control.owner], Operation::TransferOwnership { to }),
        2 => (vec![control.owner], Operation::RenounceOwnership {}),
        3 if !strategy.whitelisted => (vec![control.whitelister], Operation::AddToWhitelist { strategies }),
        4 if strategy.whitelisted => (vec![control.whitelister], Operation::RemoveFromWhitelist { strategies }),
        5 => (pausers, Operation::Pause { contract, status: U256::MAX }),
        6 => (pausers, Operation::PauseAll { contract }),
        7 => (vec![control.unpauser], Operation::Unpause { contract, status: U256::ZERO }),
        8 => (vec![control.unpauser], Operation::SetPauser { pauser: to, allowed: true }),
        _ => return None,
    };
    let outsiders: Vec<Address> =
        protocol.cast.actors.iter().filter(|actor| !insiders.contains(actor)).copied().collect();
    Some((draw.choose(&outsiders)?, operation))
}

fn stranger_shares_rights(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let account = draw.choose(&draw.ledger.principals)?;
    let outsiders: Vec<Address> =
        protocol.cast.actors.iter().filter(|actor| !account.is_admin(**actor)).copied().collect();
    let caller = draw.choose(&outsiders)?;
    let Permission { target, selector } = protocol.slash_permission();
    let address = account.address;
    let operation = match draw.below(5) {
        0 => Operation::AddPendingAdmin { account: address, admin: caller },
        1 if !account.pending_admins.contains(&caller) => Operation::AcceptAdmin { account: address },
        2 => Operation::RemoveAdmin { account: address, admin: draw.choose(&account.admins)? },
        3 => Operation::SetAppointee { account: address, appointee: caller, target, selector },
        _ => Operation::RemovePendingAdmin { account: address, admin: draw.choose(&account.pending_admins)? },
    };
    Some((caller, operation))
}

/// Whoever is appointed to one thing does another, which its admin could do at any time.
fn overreach(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let ledger = draw.ledger;
    let mut possible = Vec::new();
    for account in &ledger.principals {
        let address = account.address;
        let (operation, selector) = if protocol.cast.avss.contains(&address) {
            (Operation::UpdateAvsMetadata { avs: address }, abi::AllocationManager::updateAVSMetadataURICall::SELECTOR)
        } else if ledger.is_operator(address) {
            let asks = Operation::SetAllocationDelay { operator: address, delay: 1 };
            (asks, abi::AllocationManager::setAllocationDelayCall::SELECTOR)
        } else {
            continue;
        };
        let other = Permission { target: protocol.contracts.allocation_manager, selector: selector.into() };
        let appointees =
            account.appointments.iter().filter(|(_, all)| !all.is_empty()).map(|(appointee, _)| *appointee);
        let short = appointees.filter(|appointee| !account.can_call(*appointee, other));
        possible.extend(short.map(|appointee| (appointee, operation.clone())));
    }
    draw.choose(&possible)
}

fn remove_last_admin(_: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let lonely: Vec<_> = draw.ledger.principals.iter().filter(|principal| principal.admins.len() == 1).collect();
    let account = draw.choose(&lonely)?;
    let admin = account.admins[0];
    Some((admin, Operation::RemoveAdmin { account: account.address, admin }))
}

fn initialize(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let contract = draw.choose(&protocol.cast.pausable)?;
    Some((draw.choose(&protocol.cast.actors)?, Operation::Initialize { contract }))
}

fn upgrade(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let contract = draw.choose(&protocol.cast.pausable)?;
    let implementation = protocol.contracts.pauser_registry;
    Some((draw.choose(&protocol.cast.actors)?, Operation::Upgrade { contract, implementation }))
}

fn malformed(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let ledger = draw.ledger;
    let mut functions = vec![
        Malformed::Slash,
        Malformed::ModifyAllocations,
        Malformed::ClearDeallocationQueue,
        Malformed::CreateRedistributingSets,
        Malformed::QueueWithdrawals,
        Malformed::CompleteWithdrawal,
    ];
    if ledger.terms.booking == Booking::ByStrategy {
        functions.retain(|function| *function != Malformed::CreateRedistributingSets);
    }
    let function = draw.choose(&functions)?;
    let set = existing_set(draw)?;
    let strategy = draw.choose(&protocol.cast.strategies)?;
    let (caller, account) = match function {
        Malformed::Slash => (slasher(protocol, draw, set.id)?, slashed_by(ledger, set)?),
        Malformed::CreateRedistributingSets => (set.id.avs, set.id.avs),
        Malformed::CompleteWithdrawal => {
            let queued: Vec<Address> =
                ledger.withdrawals.iter().filter(|w| w.pending).map(|withdrawal| withdrawal.staker).collect();
            let staker = draw.choose(&queued)?;
            (staker, staker)
        }
        Malformed::QueueWithdrawals => {
            let staker = draw.choose(&protocol.cast.stakers)?;
            (staker, staker)
        }
        Malformed::ModifyAllocations | Malformed::ClearDeallocationQueue => {
            let operator = any_operator(draw)?.address;
            (operator, operator)
        }
    };
    Some((caller, Operation::Malformed { function, account, set: set.id, strategy }))
}

fn slashed_by(ledger: &Ledger, set: &OperatorSet) -> Option<Address> {
    let index = ledger.set_index(set.id)?;
    let operators = ledger.operators.iter();
    let mut slashable = operators.filter(|operator| operator.memberships[index].is_slashable(ledger.block));
    slashable.next().map(|operator| operator.address)
}
