//! Views: what the contracts answer (`docs/protocol.md` sections 5.5, 6.5 and 8.1).

use alloy_primitives::{Address, U256};

use super::{
    Model, NOT_KEPT, Returned,
    allocation_manager::Place,
    arithmetic::{
        add_blocks, add_diff, calc_deposit_shares, calc_withdrawable, div_wad_down, mul_wad_down,
        scale_for_complete_withdrawal, sub_magnitude,
    },
    release::Slashes,
    revert::{Foreseen, Revert, Stop},
};
use crate::{
    call::{Question, SetId},
    ledger::Allocation,
};

impl Model<'_> {
    pub(super) fn answer(&self, question: &Question) -> Foreseen<Returned> {
        match question {
            Question::AllocatableMagnitude { operator, strategy } => self.allocatable_magnitude(*operator, *strategy),
            Question::Allocation { operator, set, strategy } => self.allocation(*operator, *set, *strategy),
            Question::AllocatedStake { operator, set, strategy } => {
                let place = self.allocation_place(*operator, *set, *strategy)?;
                self.allocated_stake(place, self.block()).map(Returned::Stake)
            }
            Question::MinimumSlashableStake { operator, set, strategy, ahead } => {
                let place = self.allocation_place(*operator, *set, *strategy)?;
                self.minimum_slashable_stake(place, self.ledger.block_ahead(*ahead)).map(Returned::Stake)
            }
            Question::OperatorRedistributable { operator } => self.is_operator_redistributable(*operator),
            Question::DepositShares { staker, strategy, shares } => {
                self.convert_to_deposit_shares(*staker, *strategy, *shares)
            }
            Question::SharesForTokens { strategy, tokens } => self.shares_for_tokens(*strategy, *tokens),
            Question::TokensForShares { strategy, shares } => self.tokens_for_shares(*strategy, *shares),
            Question::WithdrawableShares { staker, strategies } => self.withdrawable_shares(*staker, strategies),
            Question::SlashableSharesInQueue { operator, strategy } => {
                self.slashable_shares_in_queue(*operator, *strategy)
            }
            Question::Shown { .. } => Err(NOT_KEPT),
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

    fn allocation_place(&self, operator: Address, set: SetId, strategy: Address) -> Foreseen<Place> {
        Ok(Place {
            operator: self.operator(operator)?,
            set: self.ledger.set_index(set).ok_or(NOT_KEPT)?,
            strategy: self.strategy(strategy)?,
        })
    }

    /// `getAllocation`: as it stands in this block. Of what is no strategy nothing is allocated, unless it is listed.
    fn allocation(&self, operator: Address, set: SetId, strategy: Address) -> Foreseen<Returned> {
        if self.ledger.strategy_index(strategy).is_none() {
            let (operator, set) = (self.operator(operator)?, self.ledger.set_index(set).ok_or(NOT_KEPT)?);
            let listed = self.ledger.operators[operator].memberships[set].allocated_strategies.contains(&strategy);
            return if listed { Err(NOT_KEPT) } else { Ok(Returned::Allocation(Allocation::default())) };
        }
        self.settled(self.allocation_place(operator, set, strategy)?)
            .map(|(_, allocation)| Returned::Allocation(allocation))
    }

    /// `getAllocatedStake`, without the deallocations that are over at block `until`: rounded down twice.
    fn allocated_stake(&self, place: Place, until: u32) -> Foreseen<U256> {
        let stake = &self.ledger.operators[place.operator].stakes[place.strategy];
        let max = stake.max_magnitude();
        if max == 0 {
            return Ok(U256::ZERO);
        }
        let (_, allocation) = self.settled(place)?;
        let mut magnitude = allocation.current;
        if allocation.effect_block <= until && allocation.pending < 0 {
            magnitude = add_diff(magnitude, allocation.pending)?;
        }
        mul_wad_down(stake.shares, div_wad_down(U256::from(magnitude), U256::from(max))?)
    }

    /// `getMinimumSlashableStake`: nothing of who cannot be slashed now.
    fn minimum_slashable_stake(&self, place: Place, until: u32) -> Foreseen<U256> {
        let stake = self.allocated_stake(place, until)?;
        let membership = &self.ledger.operators[place.operator].memberships[place.set];
        Ok(if membership.is_slashable(self.ledger.block) { stake } else { U256::ZERO })
    }

    /// `isOperatorRedistributable`, by the lists of the operator.
    fn is_operator_redistributable(&self, operator: Address) -> Foreseen<Returned> {
        if self.release().slashes == Slashes::Summed {
            return Err(Stop::Reverts(Revert::Silent));
        }
        let operator = &self.ledger.operators[self.operator(operator)?];
        for id in operator.registered_sets.iter().chain(&operator.allocated_sets) {
            let set = self.ledger.set_index(*id).ok_or(NOT_KEPT)?;
            let slashable = operator.memberships[set].is_slashable(self.ledger.block);
            if self.ledger.sets[set].is_redistributing() && slashable {
                return Ok(Returned::Flag(true));
            }
        }
        Ok(Returned::Flag(false))
    }

    /// `convertToDepositShares` of what deposit shares are worth.
    fn convert_to_deposit_shares(&self, staker: Address, strategy: Address, shares: U256) -> Foreseen<Returned> {
        let (staker, strategy) = (self.staker(staker)?, self.strategy(strategy)?);
        let operator = self.operator_of(staker)?;
        let factor = U256::from(self.slashing_factor(staker, operator, strategy));
        let k = self.ledger.stakers[staker].holdings[strategy].factor();
        let worth = calc_withdrawable(k, shares, factor)?;
        calc_deposit_shares(k, worth, factor).map(|shares| Returned::Amounts(vec![shares]))
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
        self.slashed_in_queue(scaled, self.max_magnitude(Some(operator), strategy), 0).map(Returned::Amount)
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
