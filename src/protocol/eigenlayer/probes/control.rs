//! What needs a right that is not there: pausing and administration, rights of accounts, plumbing and proxies.

use alloy_primitives::{Address, U256};
use alloy_sol_types::SolCall;

use super::{avs::existing_set, exactly, pods::paused_pods};
use crate::{
    arithmetic::WAD,
    book::Role,
    call::{ClearItem, FactoryOperation, Malformed, Operation, Plumbing},
    draw::Draw,
    ledger::{Booking, Ledger, OperatorSet, Permission, Staker},
    protocol::{
        Action,
        eigenlayer::{
            EigenLayer, abi,
            action::probe,
            avs::{slash_of_something, slasher},
            control::switch_bits,
            factory,
            operator::{any_operator, changeable, leaving, one_change, ready_operator},
            operators,
            rewards::{claims, roots, splits, submissions},
            staker::{completable_any_way, delegated_stakers},
            switch,
        },
    },
};

pub(in super::super) const ACTIONS: &[Action<EigenLayer>] = &[
    probe("somebody.ignore_pause", Role::Stranger, 10, ignore_pause),
    probe("stranger.call_plumbing", Role::Stranger, 2, call_plumbing),
    probe("stranger.administer", Role::Stranger, 2, stranger_administers),
    probe("pauser.pause_less", Role::Pauser, 1, pause_less),
    probe("unpauser.unpause_more", Role::Unpauser, 1, unpause_more),
    probe("stranger.share_rights", Role::Stranger, 1, stranger_shares_rights),
    probe("appointee.overreach", Role::Stranger, 2, overreach),
    probe("admin.remove_last_admin", Role::Operator, 1, remove_last_admin),
    probe("stranger.initialize", Role::Stranger, 1, initialize),
    probe("stranger.upgrade", Role::Stranger, 1, upgrade),
    probe("somebody.malformed", Role::Stranger, 1, malformed),
];

/// Draws after which nothing that is paused is given up on.
const ATTEMPTS: usize = 4;

/// Whatever is paused now, by somebody who could do it otherwise.
fn ignore_pause(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let mut paused = Vec::new();
    for (contract, status) in &draw.ledger.control.paused {
        let bits = switch_bits(protocol, *contract).iter().filter(|bit| status.bit(**bit));
        paused.extend(bits.map(|bit| (*contract, *bit)));
    }
    // Much of it nobody could do now, paused or not.
    (0..ATTEMPTS).find_map(|_| {
        let (contract, bit) = draw.choose(&paused)?;
        ignore_switch(protocol, draw, contract, bit)
    })
}

/// What a switch of a contract forbids.
fn ignore_switch(
    protocol: &EigenLayer,
    draw: &mut Draw<'_>,
    contract: Address,
    bit: usize,
) -> Option<(Address, Operation)> {
    let (ledger, contracts) = (draw.ledger, &protocol.contracts);
    if contract == contracts.allocation_manager {
        paused_allocation_manager(protocol, draw, bit)
    } else if contract == contracts.delegation_manager {
        paused_delegation_manager(draw, bit)
    } else if contract == contracts.eigen_pod_manager {
        paused_pods(protocol, draw, bit)
    } else if contract == contracts.strategy_manager {
        if bit != switch::DEPOSITS {
            return None;
        }
        let strategy = draw.choose(&protocol.cast.strategies)?;
        deposit_one(protocol, draw, strategy)
    } else if contract == contracts.rewards_coordinator {
        paused_rewards_coordinator(protocol, draw, bit)
    } else if contract == contracts.strategy_factory {
        paused_factory(protocol, draw, bit)
    } else if bit == switch::STRATEGY_DEPOSITS {
        deposit_one(protocol, draw, contract)
    } else if bit == switch::STRATEGY_WITHDRAWALS {
        match ledger.terms.booking {
            Booking::ByStrategy => burn_shares_of(protocol, draw, contract),
            Booking::BySlash => clear_slash_of(protocol, draw, contract),
        }
    } else {
        None
    }
}

pub(super) fn paused_rewards_coordinator(
    protocol: &EigenLayer,
    draw: &mut Draw<'_>,
    bit: usize,
) -> Option<(Address, Operation)> {
    match bit {
        switch::AVS_SUBMISSION => submissions::submit_for_avs(protocol, draw),
        switch::SUBMISSION_FOR_ALL => submissions::submit_for_all(protocol, draw),
        switch::CLAIMS if draw.chance(50) => claims::claim_several(protocol, draw),
        switch::CLAIMS => claims::claim(protocol, draw),
        switch::ROOTS if draw.chance(50) => roots::disable_root(protocol, draw),
        switch::ROOTS => roots::submit_root(protocol, draw),
        switch::SUBMISSION_FOR_ALL_EARNERS => submissions::submit_for_all_earners(protocol, draw),
        switch::DIRECTED_SUBMISSION => submissions::submit_directed(protocol, draw),
        switch::AVS_SPLIT => splits::set_avs_split(protocol, draw),
        switch::INCENTIVES_SPLIT => splits::set_incentives_split(protocol, draw),
        switch::SET_SPLIT => splits::set_set_split(protocol, draw),
        _ => submissions::submit_directed_to_set(protocol, draw),
    }
}

fn paused_factory(protocol: &EigenLayer, draw: &mut Draw<'_>, bit: usize) -> Option<(Address, Operation)> {
    if bit != switch::NEW_STRATEGIES || !factory::is_whitelister(draw.ledger) {
        return None;
    }
    let token = factory::lacking(draw)?;
    Some((draw.choose(&protocol.cast.actors)?, Operation::Factory(FactoryOperation::Deploy { token })))
}

fn paused_allocation_manager(protocol: &EigenLayer, draw: &mut Draw<'_>, bit: usize) -> Option<(Address, Operation)> {
    match bit {
        switch::MODIFY_ALLOCATIONS if draw.chance(40) => {
            let items = vec![ClearItem { strategy: draw.choose(&protocol.cast.strategies)?, count: 1 }];
            let operator = any_operator(draw)?.address;
            Some((operator, Operation::ClearDeallocationQueue { operator, items }))
        }
        switch::MODIFY_ALLOCATIONS => {
            let index = ready_operator(draw)?;
            let operator = draw.ledger.operators[index].address;
            let mut changes = changeable(draw.ledger, index);
            changes.retain(|change| change.free > 0);
            let change = draw.choose(&changes)?;
            let permission = protocol.allocation_permission::<abi::AllocationManager::modifyAllocationsCall>();
            let caller = draw.caller(operator, permission)?;
            Some((caller, one_change(draw.ledger, operator, change, exactly(change.current.saturating_add(1)))))
        }
        switch::SLASHING => {
            let slash = slash_of_something(draw)?;
            let Operation::Slash { set, .. } = &slash else { unreachable!("a slash was drawn") };
            Some((slasher(protocol, draw, *set)?, slash))
        }
        _ => {
            let (operator, avs, ids) = leaving(draw)?;
            let permission = protocol.allocation_permission::<abi::AllocationManager::deregisterFromOperatorSetsCall>();
            let caller = draw.caller(operator, permission)?;
            Some((caller, Operation::DeregisterFromSets { operator, avs, ids }))
        }
    }
}

fn paused_delegation_manager(draw: &mut Draw<'_>, bit: usize) -> Option<(Address, Operation)> {
    match bit {
        switch::NEW_DELEGATION => {
            let free: Vec<&Staker> = draw.ledger.stakers.iter().filter(|staker| !staker.is_delegated()).collect();
            let staker = draw.choose(&free)?.address;
            let open: Vec<Address> = operators(draw.ledger)
                .into_iter()
                .filter(|operator| operator.approver.is_zero())
                .map(|operator| operator.address)
                .collect();
            Some((staker, Operation::Delegate { operator: draw.choose(&open)? }))
        }
        switch::ENTER_QUEUE => {
            let staker = draw.choose(&delegated_stakers(draw.ledger))?.address;
            Some((staker, Operation::Undelegate { staker }))
        }
        _ => {
            let completion = draw.choose(&completable_any_way(draw.ledger))?;
            Some((completion.staker, Operation::CompleteWithdrawal { completion }))
        }
    }
}

fn deposit_one(protocol: &EigenLayer, draw: &mut Draw<'_>, strategy: Address) -> Option<(Address, Operation)> {
    let token = draw.ledger.strategy(strategy)?.token;
    let staker = draw.choose(&protocol.cast.stakers)?;
    let amount = draw.ledger.balance(token, staker)?.min(U256::from(WAD));
    Some((staker, Operation::Deposit { strategy, token, amount }))
}

fn burn_shares_of(protocol: &EigenLayer, draw: &mut Draw<'_>, strategy: Address) -> Option<(Address, Operation)> {
    let waits = !draw.ledger.strategy(strategy)?.burnable_shares.is_zero();
    waits.then_some((protocol.cast.stranger, Operation::BurnShares { strategy }))
}

fn clear_slash_of(protocol: &EigenLayer, draw: &mut Draw<'_>, strategy: Address) -> Option<(Address, Operation)> {
    let mut waiting = Vec::new();
    for set in &draw.ledger.sets {
        for nth in 0..u32::try_from(set.pending_slashes.len()).unwrap_or(0) {
            if set.waiting(set.nth_slash(nth), strategy).is_some_and(|shares| !shares.is_zero()) {
                waiting.push((set.id, nth));
            }
        }
    }
    let (set, nth) = draw.choose(&waiting)?;
    Some((protocol.cast.stranger, Operation::ClearSlash { set, nth }))
}

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

/// A pause that turns a switch off.
fn pause_less(_: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let control = &draw.ledger.control;
    let paused: Vec<(Address, U256)> = control.paused.iter().filter(|(_, status)| !status.is_zero()).copied().collect();
    let (contract, status) = draw.choose(&paused)?;
    let pausers: Vec<Address> = control.pausers.iter().filter(|(_, may)| *may).map(|(pauser, _)| *pauser).collect();
    // Without its lowest switch.
    Some((draw.choose(&pausers)?, Operation::Pause { contract, status: status & (status - U256::ONE) }))
}

/// An unpause that turns a switch on.
fn unpause_more(_: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let control = &draw.ledger.control;
    let (contract, status) = draw.choose(&control.paused)?;
    let off: Vec<usize> = (0..3).filter(|bit| !status.bit(*bit)).collect();
    let status = status | (U256::ONE << draw.choose(&off)?);
    Some((control.unpauser, Operation::Unpause { contract, status }))
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
