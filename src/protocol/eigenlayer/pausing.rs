//! Switches: who turns them on and off, and that they stop what they are for.

use alloy_primitives::{Address, U256};

use super::{
    EigenLayer,
    action::{Drawn, action, probe},
    deploy::Cast,
    is_paused, switch,
};
use crate::{
    book::Role,
    call::{Completion, Operation, Receive, SetId, SignedOperation},
    draw::Draw,
    ledger::Ledger,
    protocol::Action,
};

pub(super) const ACTIONS: &[Action<EigenLayer>] = &[
    action("pauser.pause", Role::Pauser, 5, pause),
    action("pauser.pause_all", Role::Pauser, 1, pause_all),
    action("unpauser.unpause", Role::Unpauser, 20, unpause),
    action("unpauser.set_pauser", Role::Unpauser, 1, set_pauser),
    action("unpauser.set_unpauser", Role::Unpauser, 1, set_unpauser),
    // Mostly there is nothing to ignore; when there is, it is not for long.
    probe("somebody.ignore_pause", Role::Stranger, 120, ignore_pause),
    probe("pauser.pause_less", Role::Pauser, 1, pause_less),
    probe("unpauser.unpause_more", Role::Unpauser, 1, unpause_more),
];

/// A switch: its contract, and its bit there.
type At = (Address, usize);

/// Draws of the actions that a switch stops, after which nothing is found that it stops now.
const ATTEMPTS: usize = 12;

/// Switches tried, after which any of them is turned on.
const SWITCHES_TRIED: usize = 4;

fn a_pauser(draw: &mut Draw<'_>) -> Option<Address> {
    let pausers: Vec<Address> =
        draw.ledger.control.pausers.iter().filter(|(_, may)| *may).map(|(pauser, _)| *pauser).collect();
    draw.choose(&pausers)
}

/// The switches of a contract that mean something, and some that do not.
fn switch_bits(protocol: &EigenLayer, contract: Address) -> &'static [usize] {
    if contract == protocol.contracts.eigen_pod_manager {
        &[switch::NEW_PODS, switch::NEW_VALIDATORS, switch::START_CHECKPOINT, switch::CHECKPOINT_PROOFS]
    } else if contract == protocol.contracts.rewards_coordinator {
        &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
    } else {
        &[0, 1, 2]
    }
}

/// A switch of a contract.
fn some_bit(protocol: &EigenLayer, draw: &mut Draw<'_>, contract: Address) -> Option<usize> {
    draw.choose(switch_bits(protocol, contract))
}

/// One or two more switches of a contract.
fn pause(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Drawn {
    let (contract, bit) = worth_pausing(protocol, draw)?;
    let mut status = draw.ledger.control.paused(contract) | U256::ONE << bit;
    if draw.chance(25) {
        status |= U256::ONE << some_bit(protocol, draw, contract)?;
    }
    Some((a_pauser(draw)?, Operation::Pause { contract, status }))
}

/// A switch of something that could be done now; most stop nothing at most times. Any switch if none is found.
fn worth_pausing(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<At> {
    for _ in 0..SWITCHES_TRIED {
        let at = any_switch(protocol, draw)?;
        if !is_paused(draw.ledger, at.0, at.1) && stopped(protocol, draw, at).is_some() {
            return Some(at);
        }
    }
    any_switch(protocol, draw)
}

fn any_switch(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<At> {
    let contract = draw.choose(&protocol.cast.pausable)?;
    Some((contract, some_bit(protocol, draw, contract)?))
}

fn pause_all(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Drawn {
    let contract = draw.choose(&protocol.cast.pausable)?;
    Some((a_pauser(draw)?, Operation::PauseAll { contract }))
}

/// Where something is paused, and what.
fn paused(ledger: &Ledger) -> Vec<(Address, U256)> {
    ledger.control.paused.iter().filter(|(_, status)| !status.is_zero()).copied().collect()
}

/// Often, when something is paused: while it is, little happens.
fn unpause(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Drawn {
    let (contract, status) = draw.choose(&paused(draw.ledger))?;
    let left = if draw.chance(80) { U256::ZERO } else { U256::ONE << some_bit(protocol, draw, contract)? };
    Some((draw.ledger.control.unpauser, Operation::Unpause { contract, status: status & left }))
}

fn set_pauser(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Drawn {
    let pausers = &draw.ledger.control.pausers;
    let others = pausers.iter().filter(|(_, may)| *may).count();
    let Cast { pausers: named, stranger, owner, .. } = &protocol.cast;
    let is_candidate = |who: Address| named.contains(&who) || [*stranger, *owner].contains(&who);
    let candidates: Vec<(Address, bool)> = pausers.iter().filter(|(who, _)| is_candidate(*who)).copied().collect();
    let (pauser, may) = draw.choose(&candidates)?;
    // The last pauser stays: without one nothing can be paused for the rest of the run.
    let allowed = !may || others <= 1;
    Some((draw.ledger.control.unpauser, Operation::SetPauser { pauser, allowed }))
}

fn set_unpauser(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Drawn {
    let to = draw.choose(&[protocol.cast.unpauser, protocol.cast.owner])?;
    Some((draw.ledger.control.unpauser, Operation::SetUnpauser { to }))
}

/// A pause that turns a switch off.
fn pause_less(_: &EigenLayer, draw: &mut Draw<'_>) -> Drawn {
    let (contract, status) = draw.choose(&paused(draw.ledger))?;
    // Without its lowest switch.
    Some((a_pauser(draw)?, Operation::Pause { contract, status: status & (status - U256::ONE) }))
}

/// An unpause that turns a switch on.
fn unpause_more(_: &EigenLayer, draw: &mut Draw<'_>) -> Drawn {
    let control = &draw.ledger.control;
    let (contract, status) = draw.choose(&control.paused)?;
    let off: Vec<usize> = (0..3).filter(|bit| !status.bit(*bit)).collect();
    let status = status | (U256::ONE << draw.choose(&off)?);
    Some((control.unpauser, Operation::Unpause { contract, status }))
}

/// What could be done now if nothing were paused, and is stopped by a switch that is on.
fn ignore_pause(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Drawn {
    let mut on = Vec::new();
    for (contract, status) in paused(draw.ledger) {
        let bits = switch_bits(protocol, contract).iter().filter(|bit| status.bit(**bit));
        on.extend(bits.map(|bit| (contract, *bit)));
    }
    if on.is_empty() {
        return None;
    }
    let mut open = draw.ledger.clone();
    for (_, status) in &mut open.control.paused {
        *status = U256::ZERO;
    }
    let mut draw = draw.from(&open);
    while !on.is_empty() {
        let at = on.swap_remove(draw.below(on.len()));
        let drawn = stopped(protocol, &mut draw, at);
        if drawn.is_some() {
            return drawn;
        }
    }
    None
}

/// What a switch would stop now, as it is drawn at other times.
fn stopped(protocol: &EigenLayer, draw: &mut Draw<'_>, at: At) -> Drawn {
    let ledger = draw.ledger;
    let names = actions_stopped(protocol, at);
    let possible: Vec<&Action<EigenLayer>> =
        protocol.table.iter().copied().filter(|action| names.contains(&action.info.name)).collect();
    (0..ATTEMPTS).find_map(|_| {
        let (who, operation) = protocol.draw_one(draw.choose(&possible)?, draw)?;
        let is_stopped = !protocol.cast.strategies.contains(&at.0) || uses(ledger, &operation, at.0);
        is_stopped.then_some((who, operation))
    })
}

/// The actions that a switch stops, always or sometimes (`docs/protocol.md` section 10.3).
fn actions_stopped(protocol: &EigenLayer, (contract, bit): At) -> &'static [&'static str] {
    let contracts = &protocol.contracts;
    if contract == contracts.allocation_manager {
        of_allocation_manager(bit)
    } else if contract == contracts.delegation_manager {
        of_delegation_manager(bit)
    } else if contract == contracts.strategy_manager {
        if bit == switch::DEPOSITS { DEPOSITS } else { &[] }
    } else if contract == contracts.eigen_pod_manager {
        of_eigen_pod_manager(bit)
    } else if contract == contracts.rewards_coordinator {
        of_rewards_coordinator(bit)
    } else if contract == contracts.strategy_factory {
        if bit == switch::NEW_STRATEGIES { &["anybody.deploy_strategy"] } else { &[] }
    } else {
        of_strategy(bit)
    }
}

const DEPOSITS: &[&str] = &["staker.deposit", "anybody.deposit_with_signature", "staker.deposit_eigen"];

fn of_allocation_manager(bit: usize) -> &'static [&'static str] {
    match bit {
        switch::MODIFY_ALLOCATIONS => &[
            "operator.allocate",
            "operator.allocate_rest",
            "operator.deallocate",
            "operator.reallocate",
            "anybody.clear_deallocation_queue",
        ],
        switch::SLASHING => &["avs.slash", "avs.slash_everything", "avs.slash_nothing"],
        switch::REGISTRATION => &["operator.join_sets", "operator.leave_sets", "avs.remove_operator"],
        _ => &[],
    }
}

fn of_delegation_manager(bit: usize) -> &'static [&'static str] {
    match bit {
        switch::NEW_DELEGATION => {
            &["operator.register", "staker.delegate", "staker.delegate_with_approval", "staker.redelegate"]
        }
        switch::ENTER_QUEUE => &[
            "staker.undelegate",
            "staker.redelegate",
            "staker.redelegate_with_approval",
            "staker.queue_withdrawals",
            "operator.undelegate_staker",
        ],
        switch::EXIT_QUEUE => {
            &["staker.complete_withdrawal", "staker.complete_withdrawals", "staker.complete_as_eigen"]
        }
        _ => &[],
    }
}

fn of_eigen_pod_manager(bit: usize) -> &'static [&'static str] {
    match bit {
        switch::NEW_PODS => &["staker.create_pod", "staker.start_validator"],
        switch::NEW_VALIDATORS => &["reporter.report_new_validators"],
        switch::START_CHECKPOINT | switch::CHECKPOINT_PROOFS => {
            &["reporter.report_gain", "reporter.report_exit", "reporter.report_loss"]
        }
        _ => &[],
    }
}

fn of_rewards_coordinator(bit: usize) -> &'static [&'static str] {
    match bit {
        switch::AVS_SUBMISSION => &["avs.submit_rewards"],
        switch::SUBMISSION_FOR_ALL => &["submitter.submit_for_all"],
        switch::CLAIMS => &["earner.claim", "earner.claim_several"],
        switch::ROOTS => &["updater.submit_root", "updater.disable_root"],
        switch::SUBMISSION_FOR_ALL_EARNERS => &["submitter.submit_for_all_earners"],
        switch::DIRECTED_SUBMISSION => &["avs.submit_directed_rewards"],
        switch::AVS_SPLIT => &["operator.set_avs_split"],
        switch::INCENTIVES_SPLIT => &["operator.set_incentives_split"],
        switch::SET_SPLIT => &["operator.set_set_split"],
        switch::DIRECTED_SET_SUBMISSION => &["avs.submit_directed_rewards_to_set"],
        _ => &[],
    }
}

/// Where they use this strategy: see [`uses`].
fn of_strategy(bit: usize) -> &'static [&'static str] {
    match bit {
        switch::STRATEGY_DEPOSITS => DEPOSITS,
        switch::STRATEGY_WITHDRAWALS => &[
            "staker.complete_withdrawal",
            "staker.complete_withdrawals",
            "staker.complete_as_eigen",
            "anybody.clear_slash",
            "anybody.clear_slash_by_strategy",
            "anybody.burn_shares",
        ],
        _ => &[],
    }
}

/// Whether an operation moves tokens into a strategy or out of it.
fn uses(ledger: &Ledger, operation: &Operation, strategy: Address) -> bool {
    use Operation as O;
    match operation {
        O::Deposit { strategy: into, .. } | O::Signed(SignedOperation::Deposit { strategy: into, .. }) => {
            *into == strategy
        }
        O::CompleteWithdrawal { completion } => is_paid_by(ledger, completion, strategy),
        O::CompleteWithdrawals { completions } => {
            completions.iter().any(|completion| is_paid_by(ledger, completion, strategy))
        }
        O::ClearSlash { set, nth } => waits_in(ledger, *set, *nth, strategy),
        O::ClearSlashByStrategy { set, nth, strategy: of } => *of == strategy && waits_in(ledger, *set, *nth, strategy),
        O::BurnShares { strategy: of } => {
            *of == strategy && ledger.strategy(strategy).is_some_and(|strategy| !strategy.burnable_shares.is_zero())
        }
        _ => false,
    }
}

/// Whether a strategy pays for a withdrawal. One that pays nothing is not asked.
fn is_paid_by(ledger: &Ledger, completion: &Completion, strategy: Address) -> bool {
    let Some(withdrawal) = ledger.nth_withdrawal(completion.staker, completion.nth) else { return false };
    let pays = |(item, (of, _)): (usize, &(Address, U256))| {
        *of == strategy && ledger.receivable(withdrawal, item).is_some_and(|shares| !shares.is_zero())
    };
    completion.receive != Receive::Shares && withdrawal.items.iter().enumerate().any(pays)
}

fn waits_in(ledger: &Ledger, set: SetId, nth: u32, strategy: Address) -> bool {
    let waiting = ledger.set(set).and_then(|set| set.waiting(set.nth_slash(nth), strategy));
    waiting.is_some_and(|shares| !shares.is_zero())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::worlds;

    #[test]
    fn what_switches_stop_can_be_done_somewhere() {
        let known: Vec<&str> = worlds::KINDS.iter().copied().flat_map(super::super::every_action).collect();
        let of: [fn(usize) -> &'static [&'static str]; 5] =
            [of_allocation_manager, of_delegation_manager, of_eigen_pod_manager, of_rewards_coordinator, of_strategy];
        for name in of.iter().flat_map(|of| (0..10).flat_map(of)) {
            assert!(known.contains(name), "{name} is no action");
        }
    }
}
