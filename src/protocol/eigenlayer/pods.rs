//! What is done with native ETH: stakers make pods, the reporter says what the beacon chain did. Delegating, queueing,
//! completing, allocating and slashing it are the actions of everything else.

use alloy_primitives::{Address, U256};
use proptest::prelude::*;

use super::{EigenLayer, action::action, is_paused, switch};
use crate::{
    arithmetic::WAD,
    book::Role,
    call::{Operation, PodOperation, Quantity},
    draw::Draw,
    ledger::{GWEI, Ledger, Pod, Staker},
    protocol::Action,
};

pub(super) const ACTIONS: &[Action<EigenLayer>] = &[
    action("staker.create_pod", Role::Staker, 3, create_pod),
    action("staker.start_validator", Role::Staker, 1, start_validator),
    action("anybody.pay_pod", Role::Stranger, 1, pay_pod),
    action("reporter.report_new_validators", Role::Reporter, 8, report_new_validators),
    action("reporter.report_gain", Role::Reporter, 4, report_gain),
    action("reporter.report_exit", Role::Reporter, 7, report_exit),
    action("reporter.report_loss", Role::Reporter, 5, report_loss),
    action("owner.set_reporter", Role::Owner, 1, set_reporter),
    action("reporter.set_fork_timestamp", Role::Reporter, 1, set_fork_timestamp),
];

/// What is not there where the manager of the pods trusts nobody to report.
const REPORTED: &[&str] = &["owner.set_reporter", "stranger.report_balance", "stranger.trust_another_reporter"];

/// Whether an action is one with reports.
pub(super) fn is_reported(action: &str) -> bool {
    action.starts_with("reporter.") || REPORTED.contains(&action)
}

/// What a validator is started with, in wei.
pub(super) const VALIDATOR: U256 = U256::from_limbs([13_553_255_926_290_448_384, 1, 0, 0]);

/// The most that validators have together, in gwei: a million ETH.
const MOST_GWEI: u64 = 1_000_000_000_000_000;

fn pods_paused(protocol: &EigenLayer, ledger: &Ledger, bits: &[usize]) -> bool {
    bits.iter().any(|bit| is_paused(ledger, protocol.contracts.eigen_pod_manager, *bit))
}

/// The stakers who have a pod, with their index.
pub(super) fn with_pod(ledger: &Ledger) -> Vec<(usize, &Staker, &Pod)> {
    let all = ledger.stakers.iter().zip(&ledger.native.pods).enumerate();
    all.filter(|(_, (_, pod))| pod.exists()).map(|(index, (staker, pod))| (index, staker, pod)).collect()
}

/// Those of them who can be given shares: neither their operator nor the beacon chain took everything.
fn can_gain(ledger: &Ledger) -> Vec<(usize, &Staker, &Pod)> {
    let mut pods = with_pod(ledger);
    let Some(native) = ledger.native_strategy() else { return Vec::new() };
    pods.retain(|(staker, ..)| ledger.slashing_factor(*staker, native) > 0);
    pods
}

fn create_pod(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    if pods_paused(protocol, draw.ledger, &[switch::NEW_PODS]) {
        return None;
    }
    let without: Vec<Address> =
        draw.ledger.stakers.iter().map(|staker| staker.address).filter(|at| draw.ledger.pod(*at).is_none()).collect();
    Some((draw.prefer(&without, |staker| *staker)?, Operation::Pods(PodOperation::Create {})))
}

fn start_validator(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let ledger = draw.ledger;
    if pods_paused(protocol, ledger, &[switch::NEW_PODS]) {
        return None;
    }
    let rich: Vec<Address> = able_to_pay(ledger, VALIDATOR);
    Some((draw.choose(&rich)?, Operation::Pods(PodOperation::Stake { value: VALIDATOR })))
}

/// The stakers who hold at least `wei`.
pub(super) fn able_to_pay(ledger: &Ledger, wei: U256) -> Vec<Address> {
    let stakers = ledger.stakers.iter().zip(&ledger.native.balances);
    stakers.filter(|(_, balance)| **balance >= wei).map(|(staker, _)| staker.address).collect()
}

/// With and without a part of a gwei.
fn pay_pod(_: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let ledger = draw.ledger;
    let (_, owner, _) = draw.choose(&with_pod(ledger))?;
    let most = U256::from(WAD);
    let payer = draw.choose(&able_to_pay(ledger, most))?;
    let value = draw.up_to(most)?;
    Some((payer, Operation::Pods(PodOperation::Pay { owner: owner.address, value })))
}

/// Round numbers of validators, or whatever they have.
fn new_validators(draw: &mut Draw<'_>) -> u64 {
    let shape = prop_oneof![
        3 => (1..=4u64).prop_map(|validators| validators * 32 * (WAD / 1_000_000_000)),
        1 => Just(1u64),
    ];
    if draw.chance(50) {
        return draw.sample(&shape);
    }
    draw.up_to(U256::from(MOST_GWEI)).map_or(1, |gwei| gwei.to())
}

fn report_new_validators(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let ledger = draw.ledger;
    if pods_paused(protocol, ledger, &[switch::NEW_VALIDATORS]) {
        return None;
    }
    let (_, owner, _) = draw.prefer(&can_gain(ledger), |(_, owner, _)| owner.address)?;
    let gwei = new_validators(draw);
    let operation = PodOperation::ReportNewValidators { owner: owner.address, gwei };
    Some((ledger.native.reporter, Operation::Pods(operation)))
}

fn checkpoint(draw: &Draw<'_>, owner: &Staker, validators: Quantity, value: U256) -> (Address, Operation) {
    let operation = PodOperation::ReportCheckpoint { owner: owner.address, validators, value };
    (draw.ledger.native.reporter, Operation::Pods(operation))
}

fn checkpoints_paused(protocol: &EigenLayer, ledger: &Ledger) -> bool {
    pods_paused(protocol, ledger, &[switch::START_CHECKPOINT, switch::CHECKPOINT_PROOFS])
}

/// Rewards: on the beacon chain, or paid out.
fn report_gain(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let ledger = draw.ledger;
    if checkpoints_paused(protocol, ledger) {
        return None;
    }
    let (_, owner, pod) = draw.prefer(&can_gain(ledger), |(_, owner, _)| owner.address)?;
    let most = U256::from(pod.validators_gwei / 4 + 1_000);
    let gained = draw.up_to(most)?;
    if draw.chance(50) {
        return Some(checkpoint(draw, owner, Quantity::All, gained.checked_mul(GWEI)?));
    }
    let validators = U256::from(pod.validators_gwei).checked_add(gained)?;
    Some(checkpoint(draw, owner, Quantity::Exactly(validators), U256::ZERO))
}

/// Validators leave the beacon chain: all that they had arrives.
fn report_exit(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let ledger = draw.ledger;
    if checkpoints_paused(protocol, ledger) {
        return None;
    }
    let mut pods = can_gain(ledger);
    pods.retain(|(_, _, pod)| pod.validators_gwei > 0);
    let (_, owner, pod) = draw.prefer(&pods, |(_, owner, _)| owner.address)?;
    let left = draw.up_to(U256::from(pod.validators_gwei))?;
    Some(checkpoint(draw, owner, Quantity::AllBut(left), left.checked_mul(GWEI)?))
}

/// Validators lose: something, everything, or on their way out. A pod that somebody paid hides a part of it.
fn report_loss(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let ledger = draw.ledger;
    if checkpoints_paused(protocol, ledger) {
        return None;
    }
    let mut pods = with_pod(ledger);
    let hides = |pod: &Pod| pod.unaccounted_gwei(U256::ZERO).unwrap_or_default();
    pods.retain(|(_, _, pod)| U256::from(pod.validators_gwei) > hides(pod));
    let (_, owner, pod) = draw.prefer(&pods, |(_, owner, _)| owner.address)?;
    // A total loss ends the pod's part in the run, and small ones are the usual ones.
    let validators = U256::from(pod.validators_gwei);
    let most = if draw.chance(25) { validators } else { validators / U256::from(2) };
    let lost = draw.up_to(most.max(U256::ONE))?.max(hides(pod).checked_add(U256::ONE)?);
    let rescued = if draw.chance(20) { (lost - hides(pod)) / U256::from(2) } else { U256::ZERO };
    Some(checkpoint(draw, owner, Quantity::AllBut(lost), rescued.checked_mul(GWEI)?))
}

fn set_reporter(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let to = draw.choose(&[protocol.cast.reporter, protocol.cast.owner])?;
    Some((draw.ledger.native.owner, Operation::Pods(PodOperation::SetReporter { to })))
}

fn set_fork_timestamp(_: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let reporter = Some(draw.ledger.native.reporter).filter(|reporter| !reporter.is_zero())?;
    let operation = PodOperation::SetForkTimestamp { timestamp: draw.ledger.timestamp };
    Some((reporter, Operation::Pods(operation)))
}
