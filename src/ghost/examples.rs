//! History of the example AVSs: what came in and went out, who lost, who delivered, who was paid.

use std::collections::BTreeMap;

use alloy_primitives::{Address, U256};

use super::Happened;
use crate::{
    call::{ExampleOperation, Operation},
    ledger::{Examples, Ledger, Purse},
};

/// What only history knows of the examples.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExampleGhosts {
    /// By example, in the order of [`Examples::purses`].
    pub flows: Vec<Flow>,
    /// By incident and holder: what was lost, as it was decided.
    pub losses: BTreeMap<(u64, Address), U256>,
    /// By incident and holder: wei that were paid for it, in total.
    pub claims: BTreeMap<(u64, Address), U256>,
    /// By epoch and operator: the weight of a commitment that was kept.
    pub kept: BTreeMap<(u64, Address), U256>,
    /// By epoch and operator: wei that it was rewarded with, in total.
    pub rewards: BTreeMap<(u64, Address), U256>,
}

/// What went through the hands of one example.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flow {
    /// Wei that came: paid in, given, and redistributed as far as the strategy is poorer for it.
    pub came: U256,
    /// Wei that were due to whoever asked.
    pub went: U256,
    /// The slashes since the last collection.
    pub in_flight: Vec<u64>,
}

impl ExampleGhosts {
    /// The history of examples that begin as in `ledger`.
    pub(super) fn new(ledger: &Ledger) -> Self {
        let Some(examples) = &ledger.examples else { return Self::default() };
        let flow = |purse: &Purse| Flow {
            came: ledger.balance(purse.token, purse.set.avs).unwrap_or_default(),
            went: U256::ZERO,
            in_flight: purse.in_flight.clone(),
        };
        Self { flows: examples.purses().map(flow).to_vec(), ..Self::default() }
    }

    /// Adds a call that succeeded.
    pub(super) fn fold(&mut self, happened: Happened<'_>) {
        let Some(examples) = &happened.before.examples else { return };
        for (purse, flow) in examples.purses().into_iter().zip(&mut self.flows) {
            flow.came = flow.came.saturating_add(redistributed(happened, purse));
            let made = happened.before.slashes_of(&happened.call.operation);
            let made = made.iter().filter(|slash| slash.set == purse.set).count() as u64;
            let count = happened.after.set(purse.set).map_or(0, |set| set.slash_count);
            flow.in_flight.extend((0..made).rev().map(|before_last| count.saturating_sub(before_last)));
        }
        if let Operation::Example(operation) = &happened.call.operation {
            self.fold_operation(happened, examples, operation);
        }
    }

    fn fold_operation(&mut self, happened: Happened<'_>, examples: &Examples, operation: &ExampleOperation) {
        let Happened { call, after, .. } = happened;
        let Examples { market, fund, registry } = examples;
        match operation {
            ExampleOperation::Lend { amount } => self.came(MARKET, *amount),
            ExampleOperation::WithdrawLent { shares } => {
                self.went(MARKET, market.worth(shares.of(market.shares_of(call.actor))));
            }
            ExampleOperation::Borrow { amount } => self.went(MARKET, Some(amount.of(market.purse.held))),
            ExampleOperation::Repay { borrower } => {
                let debt = market.loan_of(*borrower).and_then(|loan| market.debt(loan, after.block));
                self.came(MARKET, debt.unwrap_or_default());
            }
            ExampleOperation::CollectLiquidations {} => self.collected(MARKET),
            ExampleOperation::SettleIncident {} => self.collected(FUND),
            ExampleOperation::CloseEpoch {} => self.collected(REGISTRY),
            ExampleOperation::Adjudicate { losses, .. } => {
                for loss in losses {
                    let amount = loss.amount.of(fund.cover_of(loss.holder));
                    self.losses.insert((fund.last_incident().saturating_add(1), loss.holder), amount);
                }
            }
            ExampleOperation::ClaimLoss { back } => {
                let id = fund.incident_before(*back);
                let part = fund.incident(id).and_then(|incident| incident.part(incident.loss_of(call.actor)));
                self.went(FUND, part);
                add(&mut self.claims, (id, call.actor), paid_out(happened, &fund.purse));
            }
            ExampleOperation::Deliver { .. } => {
                let commitment = registry.current().commitment_of(call.actor);
                let weight = commitment.map_or(U256::ZERO, |commitment| commitment.weight);
                self.kept.insert((registry.number(), call.actor), weight);
            }
            ExampleOperation::ClaimReward { back } => {
                let number = registry.epoch_before(*back);
                let epoch = registry.closed(number);
                let part = epoch.and_then(|epoch| epoch.part(epoch.commitment_of(call.actor)?.weight));
                self.went(REGISTRY, part);
                add(&mut self.rewards, (number, call.actor), paid_out(happened, &registry.purse));
            }
            ExampleOperation::Give { avs, amount } => {
                let receiver = examples.purses().iter().position(|purse| purse.set.avs == *avs);
                if let Some(receiver) = receiver {
                    self.came(receiver, *amount);
                }
            }
            ExampleOperation::Liquidate { .. }
            | ExampleOperation::SetCover { .. }
            | ExampleOperation::Commit { .. }
            | ExampleOperation::Breach { .. }
            | ExampleOperation::CallRegistrar { .. } => {}
        }
    }

    fn came(&mut self, example: usize, amount: U256) {
        let came = &mut self.flows[example].came;
        *came = came.saturating_add(amount);
    }

    fn went(&mut self, example: usize, amount: Option<U256>) {
        let went = &mut self.flows[example].went;
        *went = went.saturating_add(amount.unwrap_or_default());
    }

    fn collected(&mut self, example: usize) {
        self.flows[example].in_flight.clear();
    }
}

/// Places in [`Examples::purses`].
const MARKET: usize = 0;
const FUND: usize = 1;
const REGISTRY: usize = 2;

fn add(sums: &mut BTreeMap<(u64, Address), U256>, key: (u64, Address), amount: U256) {
    let sum = sums.entry(key).or_default();
    *sum = sum.saturating_add(amount);
}

/// What the strategy lost when a slash of this example was cleared.
fn redistributed(happened: Happened<'_>, purse: &Purse) -> U256 {
    let cleared = match &happened.call.operation {
        Operation::ClearSlash { set, .. } | Operation::ClearSlashByStrategy { set, .. } => Some(*set),
        _ => None,
    };
    if cleared != Some(purse.set) {
        return U256::ZERO;
    }
    let [was, is] = [happened.before, happened.after].map(|ledger| ledger.strategies[purse.strategy].balance);
    was.saturating_sub(is)
}

/// What the example is poorer by.
fn paid_out(happened: Happened<'_>, purse: &Purse) -> U256 {
    let balance = |ledger: &Ledger| ledger.balance(purse.token, purse.set.avs).unwrap_or_default();
    balance(happened.before).saturating_sub(balance(happened.after))
}
