//! Native ETH: what the beacon chain does to a staker, what pods hold, and what of both the share accounting sees.

mod pods;
pub(super) mod rights;
mod shares;

#[cfg(test)]
pub(super) mod scenes;

use alloy_primitives::{Address, I256, U256};

use crate::{
    call::{Completion, Operation, PodOperation, Receive},
    ledger::{BalanceUpdate, GWEI},
    oracle::{Family, Step},
};

pub(super) const FAMILY: Family = Family {
    key: "ETH",
    title: "Native ETH",
    assumes: "Reports of balances are true, as proofs of the beacon chain are; no staker has a debt older than slashing.",
    invariants: &[
        &shares::FACTOR_FALLS,
        &shares::DEPOSIT_SHARES,
        &shares::NO_DEBT,
        &pods::ONE_POD,
        &pods::BURNABLE,
        &shares::NO_GAIN,
        &pods::POD_SOLVENT,
        &pods::WHOLE_GWEI_PAID,
        &shares::OPERATOR_FOLLOWS,
        &pods::WHOLE_GWEI_REPORTED,
        &shares::DELEGATING_KEEPS,
        &shares::GAIN_COUNTS,
    ],
};

/// A report: whose, by index, and what it tells the manager.
pub(super) struct Report {
    pub staker: usize,
    pub update: BalanceUpdate,
}

/// The report, if it succeeded.
fn report(step: &Step<'_>) -> Option<Report> {
    attempted(step).filter(|_| step.succeeded())
}

/// The report, however it ended.
pub(super) fn attempted(step: &Step<'_>) -> Option<Report> {
    let Operation::Pods(operation) = &step.call.operation else { return None };
    let found = |owner: &Address| Some((step.before.staker_index(*owner)?, step.before.pod(*owner)?));
    let (staker, update) = match operation {
        PodOperation::ReportNewValidators { owner, gwei } => {
            let delta = I256::try_from(U256::from(*gwei).checked_mul(GWEI)?).ok()?;
            (found(owner)?.0, BalanceUpdate { previous: U256::ZERO, delta })
        }
        PodOperation::ReportCheckpoint { owner, validators, value } => {
            let (staker, pod) = found(owner)?;
            (staker, pod.checkpoint(pod.reported_gwei(*validators), *value)?)
        }
        PodOperation::Record { owner, previous, gained, lost } => {
            let update = BalanceUpdate { previous: *previous, delta: I256::from_raw(gained.wrapping_sub(*lost)) };
            (found(owner)?.0, update)
        }
        _ => return None,
    };
    Some(Report { staker, update })
}

/// The report, if it is one on this staker.
fn report_on(step: &Step<'_>, staker: usize) -> Option<BalanceUpdate> {
    report(step).filter(|report| report.staker == staker).map(|report| report.update)
}

fn completions<'a>(step: &Step<'a>) -> &'a [Completion] {
    match &step.call.operation {
        _ if !step.succeeded() => &[],
        Operation::CompleteWithdrawal { completion } => std::slice::from_ref(completion),
        Operation::CompleteWithdrawals { completions } => completions,
        _ => &[],
    }
}

/// What withdrawals of a staker that the call completes give of native ETH, in shares, by item.
fn completed(step: &Step<'_>, staker: Address, native: usize, wanted: impl Fn(Receive) -> bool) -> Vec<U256> {
    let ledger = step.before;
    let mut shares = Vec::new();
    for completion in completions(step).iter().filter(|completion| completion.staker == staker) {
        let Some(withdrawal) = ledger.nth_withdrawal(staker, completion.nth).filter(|_| wanted(completion.receive))
        else {
            continue;
        };
        let items = withdrawal.items.iter().enumerate();
        let of_native = items.filter(|(_, (strategy, _))| *strategy == ledger.strategies[native].address);
        shares.extend(of_native.map(|(item, _)| ledger.receivable(withdrawal, item).unwrap_or(U256::MAX)));
    }
    shares
}
