//! Views: what the contracts answer (`docs/protocol.md` sections 5.5 and 6.5).

use alloy_primitives::{Address, U256};

use super::{
    Model, NOT_KEPT, Returned,
    allocation_manager::Place,
    arithmetic::{
        add_blocks, add_diff, calc_withdrawable, scale_for_burning, scale_for_complete_withdrawal, sub_magnitude,
    },
    revert::Foreseen,
};
use crate::call::{Question, SetId};

impl Model<'_> {
    pub(super) fn answer(&self, question: &Question) -> Foreseen<Returned> {
        match question {
            Question::AllocatableMagnitude { operator, strategy } => self.allocatable_magnitude(*operator, *strategy),
            Question::Allocation { operator, set, strategy } => self.allocation(*operator, *set, *strategy),
            Question::WithdrawableShares { staker, strategies } => self.withdrawable_shares(*staker, strategies),
            Question::SlashableSharesInQueue { operator, strategy } => {
                self.slashable_shares_in_queue(*operator, *strategy)
            }
            Question::QueuedWithdrawal { staker, nth } => self.queued_withdrawal(*staker, *nth),
        }
    }

    /// `getAllocatableMagnitude`: deallocations that are over count as cleared, up to the first that is not.
    fn allocatable_magnitude(&self, operator: Address, strategy: Address) -> Foreseen<Returned> {
        let (operator, strategy) = (self.operator(operator)?, self.strategy(strategy)?);
        let kept = &self.ledger.operators[operator];
        let stake = &kept.stakes[strategy];
        let mut encumbered = stake.encumbered;
        for id in &stake.deallocation_queue {
            let set = self.ledger.set_index(*id).ok_or(NOT_KEPT)?;
            let allocation = kept.allocations[set][strategy];
            if allocation.is_locked(self.ledger.block) {
                break;
            }
            encumbered = add_diff(encumbered, allocation.pending)?;
        }
        sub_magnitude(stake.max_magnitude(), encumbered).map(|free| Returned::Amount(U256::from(free)))
    }

    /// `getAllocation`: as it stands in this block.
    fn allocation(&self, operator: Address, set: SetId, strategy: Address) -> Foreseen<Returned> {
        let place = Place {
            operator: self.operator(operator)?,
            set: self.ledger.set_index(set).ok_or(NOT_KEPT)?,
            strategy: self.strategy(strategy)?,
        };
        self.settled(place).map(|(_, allocation)| Returned::Allocation(allocation))
    }

    /// `getWithdrawableShares`, with the deposit shares.
    fn withdrawable_shares(&self, staker: Address, strategies: &[Address]) -> Foreseen<Returned> {
        let staker = self.staker(staker)?;
        let operator = self.operator_of(staker)?;
        let (mut withdrawable, mut deposited) = (Vec::new(), Vec::new());
        for strategy in strategies {
            let strategy = self.strategy(*strategy)?;
            let holding = self.ledger.stakers[staker].holdings[strategy];
            let factor = U256::from(self.slashing_factor(staker, operator, strategy));
            withdrawable.push(calc_withdrawable(holding.factor(), holding.shares, factor)?);
            deposited.push(holding.shares);
        }
        Ok(Returned::Shares { withdrawable, deposited })
    }

    /// `getSlashableSharesInQueue`: what a slash of everything would take there.
    fn slashable_shares_in_queue(&self, operator: Address, strategy: Address) -> Foreseen<Returned> {
        let (operator, strategy) = (self.operator(operator)?, self.strategy(strategy)?);
        let scaled = self.scaled_shares_in_queue(operator, strategy)?;
        scale_for_burning(scaled, self.max_magnitude(Some(operator), strategy), 0).map(Returned::Amount)
    }

    /// `getQueuedWithdrawal`: slashed so far, or as long as it could be.
    fn queued_withdrawal(&self, staker: Address, nth: u32) -> Foreseen<Returned> {
        let withdrawal = self.ledger.nth_withdrawal(staker, nth).filter(|withdrawal| withdrawal.stored);
        let withdrawal = withdrawal.ok_or(NOT_KEPT)?.clone();
        let of = self.staker(withdrawal.staker)?;
        let start = u32::try_from(withdrawal.start_block).unwrap_or(u32::MAX);
        let block = add_blocks(start, self.ledger.terms.withdrawal_delay)?.min(self.block());
        let mut shares = Vec::with_capacity(withdrawal.items.len());
        for (strategy, scaled) in &withdrawal.items {
            let strategy = self.strategy(*strategy)?;
            let max = self.max_magnitude_at(withdrawal.delegated_to, strategy, block)?;
            let factor = self.ledger.slashing_factor_with(of, strategy, max);
            shares.push(scale_for_complete_withdrawal(*scaled, U256::from(factor))?);
        }
        Ok(Returned::Withdrawal { withdrawal: Box::new(withdrawal), shares })
    }
}
