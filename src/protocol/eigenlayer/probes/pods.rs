//! What must not be possible with native ETH: balances out of nothing, and ETH that is not there.

use alloy_primitives::{Address, U256};

use crate::{
    arithmetic::WAD,
    book::Role,
    call::{Completion, Operation, PodOperation, PodPlumbing, Quantity, Receive},
    draw::Draw,
    ledger::{GWEI, Ledger},
    protocol::{
        Action,
        eigenlayer::{
            EigenLayer,
            action::probe,
            pods::{VALIDATOR, able_to_pay, with_pod},
        },
    },
};

pub(in super::super) const ACTIONS: &[Action<EigenLayer>] = &[
    probe("pod.record_part_of_gwei", Role::Reporter, 1, record_part_of_gwei),
    probe("stranger.record_balance", Role::Stranger, 1, stranger_records),
    probe("stranger.report_balance", Role::Stranger, 1, stranger_reports),
    probe("reporter.report_when_fully_slashed", Role::Reporter, 4, report_when_fully_slashed),
    probe("staker.create_pod_again", Role::Staker, 1, create_pod_again),
    probe("staker.start_odd_validator", Role::Staker, 1, start_odd_validator),
    probe("staker.withdraw_what_is_staked", Role::Staker, 2, withdraw_what_is_staked),
    probe("stranger.trust_another_reporter", Role::Stranger, 1, trust_another_reporter),
    probe("stranger.call_pod_plumbing", Role::Stranger, 1, call_plumbing),
];

/// The pod itself says so; the beacon chain does not know parts of a gwei.
fn record_part_of_gwei(_: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let (_, owner, pod) = draw.choose(&with_pod(draw.ledger))?;
    let part = U256::from(1 + draw.below(999_999_999));
    let previous = U256::from(32) * U256::from(WAD);
    let (gained, lost) = if draw.chance(50) { (GWEI + part, U256::ZERO) } else { (U256::ZERO, GWEI + part) };
    let operation = PodOperation::Record { owner: owner.address, previous, gained, lost };
    Some((pod.address, Operation::Pods(operation)))
}

/// For somebody with or without a pod, by anybody or by another pod.
fn stranger_records(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let ledger = draw.ledger;
    let owner = draw.choose(&protocol.cast.stakers)?;
    let mut callers = protocol.cast.actors.clone();
    callers.extend(with_pod(ledger).iter().filter(|(_, of, _)| of.address != owner).map(|(_, _, pod)| pod.address));
    let amount = U256::from(32) * U256::from(WAD);
    let (gained, lost) = if draw.chance(70) { (amount, U256::ZERO) } else { (U256::ZERO, amount) };
    let operation = PodOperation::Record { owner, previous: amount, gained, lost };
    Some((draw.choose(&callers)?, Operation::Pods(operation)))
}

fn stranger_reports(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let ledger = draw.ledger;
    let (_, owner, pod) = draw.choose(&with_pod(ledger))?;
    let others: Vec<Address> =
        protocol.cast.actors.iter().filter(|actor| **actor != ledger.native.reporter).copied().collect();
    let owner = owner.address;
    let operation = if draw.chance(50) {
        PodOperation::ReportNewValidators { owner, gwei: 32_000_000_000 }
    } else {
        let more = U256::from(pod.validators_gwei).saturating_add(GWEI);
        PodOperation::ReportCheckpoint { owner, validators: Quantity::Exactly(more), value: U256::ZERO }
    };
    Some((draw.choose(&others)?, Operation::Pods(operation)))
}

/// Nothing can be given to somebody of whose shares nothing is left.
fn report_when_fully_slashed(_: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let ledger = draw.ledger;
    let native = ledger.native_strategy()?;
    let mut pods = with_pod(ledger);
    pods.retain(|(staker, ..)| ledger.slashing_factor(*staker, native) == 0);
    let (_, owner, _) = draw.choose(&pods)?;
    let operation = PodOperation::ReportNewValidators { owner: owner.address, gwei: 32_000_000_000 };
    Some((ledger.native.reporter, Operation::Pods(operation)))
}

fn create_pod_again(_: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let (_, owner, _) = draw.choose(&with_pod(draw.ledger))?;
    Some((owner.address, Operation::Pods(PodOperation::Create {})))
}

fn start_odd_validator(_: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let value = draw.choose(&[U256::ZERO, VALIDATOR - U256::ONE, VALIDATOR + U256::ONE])?;
    let payer = draw.choose(&able_to_pay(draw.ledger, value))?;
    Some((payer, Operation::Pods(PodOperation::Stake { value })))
}

/// Withdrawals that could be completed if the pod had the ETH.
pub(in super::super) fn uncovered(ledger: &Ledger) -> Vec<Completion> {
    let mut completions = Vec::new();
    for staker in &ledger.stakers {
        for (nth, withdrawal) in (0u32..).zip(ledger.queue_of(staker.address)) {
            let early = ledger.block <= ledger.slashable_until(withdrawal);
            if !early && !ledger.is_covered(withdrawal) {
                completions.push(Completion { staker: staker.address, nth, receive: Receive::Tokens });
            }
        }
    }
    completions
}

fn withdraw_what_is_staked(_: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let completion = draw.choose(&uncovered(draw.ledger))?;
    Some((completion.staker, Operation::CompleteWithdrawal { completion }))
}

fn trust_another_reporter(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let native = &draw.ledger.native;
    let (insider, operation) = if draw.chance(60) {
        (native.owner, PodOperation::SetReporter { to: protocol.cast.stranger })
    } else {
        (native.reporter, PodOperation::SetForkTimestamp { timestamp: 1 })
    };
    let outsiders: Vec<Address> = protocol.cast.actors.iter().filter(|actor| **actor != insider).copied().collect();
    Some((draw.choose(&outsiders)?, Operation::Pods(operation)))
}

fn call_plumbing(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let function = draw.choose(&[
        PodPlumbing::AddShares,
        PodPlumbing::RemoveDepositShares,
        PodPlumbing::WithdrawSharesAsTokens,
        PodPlumbing::IncreaseBurnOrRedistributableShares,
        PodPlumbing::WithdrawRestaked,
        PodPlumbing::StakeInPod,
        PodPlumbing::InitializePod,
    ])?;
    // A pod with something in it, if there is one, so that it would work.
    let (_, owner, pod) = draw.choose(&with_pod(draw.ledger))?;
    let amount = draw.up_to(U256::from(pod.withdrawable_gwei.max(1)).saturating_mul(GWEI))?;
    let operation = PodOperation::CallPlumbing { function, account: owner.address, amount };
    Some((draw.choose(&protocol.cast.actors)?, Operation::Pods(operation)))
}
