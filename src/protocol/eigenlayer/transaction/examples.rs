//! The example AVSs.

use alloy_primitives::{Address, Bytes, U256};
use alloy_sol_types::SolCall;

use super::{Encoded, Encoder};
use crate::{
    call::{ExampleOperation, Fault, Loss, Operation},
    ledger::{Fund, digest_of, goods_bytes},
    protocol::eigenlayer::abi,
};

impl Encoder<'_> {
    /// `None` where there are no examples.
    pub(super) fn examples(&self, operation: &Operation) -> Option<Encoded> {
        let Operation::Example(example) = operation else { return None };
        self.market(example)
            .or_else(|| self.fund(example))
            .or_else(|| self.registry(example))
            .or_else(|| self.any_example(example))
    }

    fn market(&self, operation: &ExampleOperation) -> Option<Encoded> {
        use ExampleOperation as E;
        use abi::LendingMarket as M;
        let market = &self.before.examples.as_ref()?.market;
        let data = match operation {
            E::Lend { amount } => M::lendCall { amount: *amount, minShares: U256::ZERO }.abi_encode(),
            E::WithdrawLent { shares } => {
                M::withdrawCall { shares: shares.of(market.shares_of(self.actor)) }.abi_encode()
            }
            E::Borrow { amount } => M::borrowCall { amount: amount.of(market.purse.held) }.abi_encode(),
            E::Repay { borrower } => M::repayCall { borrower: *borrower }.abi_encode(),
            E::Liquidate { borrower } => M::liquidateCall { borrower: *borrower }.abi_encode(),
            E::CollectLiquidations {} => M::collectCall {}.abi_encode(),
            _ => return None,
        };
        Some((market.purse.set.avs, data))
    }

    fn fund(&self, operation: &ExampleOperation) -> Option<Encoded> {
        use ExampleOperation as E;
        use abi::InsuranceFund as F;
        let fund = &self.before.examples.as_ref()?.fund;
        let data = match operation {
            E::SetCover { holder, amount } => F::setCoverCall { holder: *holder, amount: *amount }.abi_encode(),
            E::Adjudicate { faults, losses } => adjudicate(fund, faults, losses).abi_encode(),
            E::SettleIncident {} => F::settleCall {}.abi_encode(),
            E::ClaimLoss { back } => F::claimCall { incidentId: U256::from(fund.incident_before(*back)) }.abi_encode(),
            _ => return None,
        };
        Some((fund.purse.set.avs, data))
    }

    fn registry(&self, operation: &ExampleOperation) -> Option<Encoded> {
        use ExampleOperation as E;
        use abi::CommitmentRegistry as R;
        let registry = &self.before.examples.as_ref()?.registry;
        let data = match operation {
            E::Commit { goods, wad } => {
                R::commitCall { digest: digest_of(self.actor, *goods), wadAtStake: *wad }.abi_encode()
            }
            E::Deliver { goods } => R::deliverCall { delivery: goods_bytes(*goods).into() }.abi_encode(),
            E::Breach { operator } => R::breachCall { operator: *operator }.abi_encode(),
            E::CloseEpoch {} => R::closeCall {}.abi_encode(),
            E::ClaimReward { back } => {
                R::claimCall { closedEpoch: U256::from(registry.epoch_before(*back)) }.abi_encode()
            }
            _ => return None,
        };
        Some((registry.purse.set.avs, data))
    }

    fn any_example(&self, operation: &ExampleOperation) -> Option<Encoded> {
        let purses = self.before.examples.as_ref()?.purses();
        let token_of = |avs: Address| purses.iter().find(|purse| purse.set.avs == avs).map(|purse| purse.token);
        match operation {
            ExampleOperation::Give { avs, amount } => {
                Some((token_of(*avs)?, abi::Token::transferCall { to: *avs, amount: *amount }.abi_encode()))
            }
            ExampleOperation::CallRegistrar { avs, operator } => {
                let call = abi::AVSRegistrar::registerOperatorCall {
                    operator: *operator,
                    avs: *avs,
                    operatorSetIds: vec![1],
                    data: Bytes::new(),
                };
                Some((*avs, call.abi_encode()))
            }
            _ => None,
        }
    }
}

fn adjudicate(fund: &Fund, faults: &[Fault], losses: &[Loss]) -> abi::InsuranceFund::adjudicateCall {
    let fault = |fault: &Fault| abi::InsuranceFund::Fault { operator: fault.operator, wadToSlash: fault.wad };
    let loss = |loss: &Loss| abi::InsuranceFund::Loss {
        holder: loss.holder,
        amount: loss.amount.of(fund.cover_of(loss.holder)),
    };
    abi::InsuranceFund::adjudicateCall {
        faults: faults.iter().map(fault).collect(),
        losses: losses.iter().map(loss).collect(),
    }
}
