//! The delegation manager: operators, delegations, and what a slash takes of delegated shares (`docs/protocol.md`
//! section 6).

use alloy_primitives::{Address, B256, U256};

use super::{
    Model, NOT_KEPT,
    arithmetic::{
        add, calc_slashed_amount, calc_withdrawable, mul_wad_down, scale_for_burning, sub, updated_scaling_factor,
    },
    pausing::switch,
    permissions::delegation as function,
    release::{Queued, ZeroFactors},
    revert::{Error, Foreseen, Panic, require},
};
use crate::{call::Approval, ledger::Staker};

/// Shares on their way to an operator, if there is one.
#[derive(Clone, Copy)]
struct Increase {
    pub operator: Option<usize>,
    pub staker: usize,
    pub strategy: usize,
    pub prev_deposit_shares: U256,
    pub added_shares: U256,
    pub slashing_factor: u64,
}

impl Model<'_> {
    /// `registerAsOperator`.
    pub(super) fn register_as_operator(&mut self, approver: Address, allocation_delay: u32) -> Foreseen {
        let caller = self.caller;
        require(!self.is_delegated(caller), Error::ActivelyDelegated)?;
        let operator = self.operator(caller)?;
        self.first_allocation_delay(operator, allocation_delay)?;
        self.ledger.operators[operator].approver = approver;
        self.delegate(caller, operator)
    }

    /// `modifyOperatorDetails`.
    pub(super) fn modify_operator_details(&mut self, operator: Address, approver: Address) -> Foreseen {
        self.check_can_call(operator, self.managers().delegation, function::MODIFY_OPERATOR_DETAILS)?;
        require(self.ledger.is_operator(operator), Error::OperatorNotRegistered)?;
        let operator = self.operator(operator)?;
        self.ledger.operators[operator].approver = approver;
        Ok(())
    }

    /// `updateOperatorMetadataURI`.
    pub(super) fn update_operator_metadata(&mut self, operator: Address) -> Foreseen {
        self.check_can_call(operator, self.managers().delegation, function::UPDATE_OPERATOR_METADATA)?;
        require(self.ledger.is_operator(operator), Error::OperatorNotRegistered)
    }

    /// `delegateTo`.
    pub(super) fn delegate_to(&mut self, operator: Address, approval: Option<&Approval>) -> Foreseen {
        let caller = self.caller;
        require(!self.is_delegated(caller), Error::ActivelyDelegated)?;
        require(self.ledger.is_operator(operator), Error::OperatorNotRegistered)?;
        let operator = self.operator(operator)?;
        self.use_approval(caller, operator, approval)?;
        self.delegate(caller, operator)
    }

    /// The staker's shares come to the operator unslashed; the deposit scaling factors make up for what the operator
    /// lost before.
    fn delegate(&mut self, staker: Address, operator: usize) -> Foreseen {
        self.only_when_not_paused(self.managers().delegation, switch::NEW_DELEGATION)?;
        let staker = self.staker(staker)?;
        self.ledger.stakers[staker].delegated_to = self.ledger.operators[operator].address;
        for strategy in self.held_strategies(staker)? {
            let holding = self.ledger.stakers[staker].holdings[strategy];
            let mut added_shares = holding.shares;
            if self.ledger.is_native(strategy) {
                // It comes with what the beacon chain left of it.
                let left = self.slashing_factor(staker, None, strategy);
                added_shares = calc_withdrawable(holding.factor(), holding.shares, U256::from(left))?;
            }
            self.increase_delegation(Increase {
                operator: Some(operator),
                staker,
                strategy,
                prev_deposit_shares: U256::ZERO,
                added_shares,
                slashing_factor: self.max_magnitude(Some(operator), strategy),
            })?;
        }
        Ok(())
    }

    /// `undelegate`; the roots of the withdrawals, one for each strategy.
    pub(super) fn undelegate(&mut self, staker: Address) -> Foreseen<Vec<B256>> {
        require(self.is_delegated(staker), Error::NotActivelyDelegated)?;
        require(!self.ledger.is_operator(staker), Error::OperatorsCannotUndelegate)?;
        let staker_index = self.staker(staker)?;
        let operator = self.operator_of(staker_index)?;
        if self.caller != staker {
            let operator = &self.ledger.operators[operator.ok_or(NOT_KEPT)?];
            let permitted = self.can_call(operator.address, self.managers().delegation, function::UNDELEGATE);
            require(permitted || self.caller == operator.approver, Error::CallerCannotUndelegate)?;
        }
        self.only_when_not_paused(self.managers().delegation, switch::ENTER_QUEUE)?;
        let held = self.held_strategies(staker_index)?;
        self.ledger.stakers[staker_index].delegated_to = Address::ZERO;
        let mut roots = Vec::with_capacity(held.len());
        for strategy in held {
            let all = self.ledger.stakers[staker_index].holdings[strategy].shares;
            roots.push(self.remove_shares_and_queue(staker_index, operator, &[(strategy, all)])?);
        }
        Ok(roots)
    }

    /// `redelegate`: one after the other.
    pub(super) fn redelegate(&mut self, operator: Address, approval: Option<&Approval>) -> Foreseen<super::Returned> {
        let roots = self.undelegate(self.caller)?;
        self.delegate_to(operator, approval)?;
        Ok(super::Returned::Roots(roots))
    }

    /// `increaseDelegatedShares`: shares came to a staker, and so to whomever it is delegated to.
    pub(super) fn increase_delegated_shares(
        &mut self,
        staker: usize,
        strategy: usize,
        prev_deposit_shares: U256,
        added_shares: U256,
    ) -> Foreseen {
        let operator = self.operator_of(staker)?;
        let slashing_factor = self.slashing_factor(staker, operator, strategy);
        self.increase_delegation(Increase {
            operator,
            staker,
            strategy,
            prev_deposit_shares,
            added_shares,
            slashing_factor,
        })
    }

    /// Nothing can be given to an operator that was slashed entirely, not even nothing.
    fn increase_delegation(&mut self, increase: Increase) -> Foreseen {
        let Increase { operator, staker, strategy, prev_deposit_shares, added_shares, slashing_factor } = increase;
        require(slashing_factor != 0, Error::FullySlashed)?;
        if added_shares.is_zero() {
            return Ok(());
        }
        let release = self.release();
        let holding = &mut self.ledger.stakers[staker].holdings[strategy];
        let factor = U256::from(slashing_factor);
        let updated = updated_scaling_factor(holding.factor(), prev_deposit_shares, added_shares, factor)?;
        let refused = updated.is_zero() && release.zero_factors == ZeroFactors::Refused;
        require(!refused, Error::InvalidDepositScalingFactor)?;
        holding.stored_factor = updated;
        if let Some(operator) = operator {
            let shares = &mut self.ledger.operators[operator].stakes[strategy].shares;
            *shares = add(*shares, added_shares)?;
        }
        Ok(())
    }

    pub(super) fn decrease_delegation(&mut self, operator: usize, strategy: usize, shares: U256) -> Foreseen {
        let delegated = &mut self.ledger.operators[operator].stakes[strategy].shares;
        *delegated = sub(*delegated, shares)?;
        Ok(())
    }

    /// `slashOperatorShares`: of the operator's shares, and of those queued while they can still be slashed. `slash` is
    /// the set and the slash's id, if it has one; the magnitudes are the maximum before and after.
    pub(super) fn slash_operator_shares(
        &mut self,
        operator: usize,
        slash: Option<(usize, u64)>,
        strategy: usize,
        (prev_max, new_max): (u64, u64),
    ) -> Foreseen<U256> {
        let shares = self.ledger.operators[operator].stakes[strategy].shares;
        let slashed = calc_slashed_amount(shares, prev_max, new_max)?;
        let queued = self.scaled_shares_in_queue(operator, strategy)?;
        let slashed_in_queue = self.slashed_in_queue(queued, prev_max, new_max)?;
        let total = add(slashed, slashed_in_queue)?;
        self.decrease_delegation(operator, strategy, slashed)?;
        match slash {
            _ if self.ledger.is_native(strategy) => {
                let sum = &mut self.ledger.native.burnable_shares;
                *sum = add(*sum, total)?;
            }
            Some(slash) => self.increase_burn_or_redistributable_shares(slash, strategy, total)?,
            None => self.increase_burnable_shares(strategy, total)?,
        }
        Ok(total)
    }

    /// What a slash takes of scaled shares in the queue.
    pub(super) fn slashed_in_queue(&self, scaled: U256, prev_max: u64, new_max: u64) -> Foreseen<U256> {
        match self.release().queued {
            Queued::Once => scale_for_burning(scaled, prev_max, new_max),
            Queued::AsShares if prev_max == 0 => Ok(U256::ZERO),
            Queued::AsShares => calc_slashed_amount(mul_wad_down(scaled, U256::from(prev_max))?, prev_max, new_max),
        }
    }

    /// Scaled shares queued in this block and in as many before it as a withdrawal waits.
    pub(super) fn scaled_shares_in_queue(&self, operator: usize, strategy: usize) -> Foreseen<U256> {
        let history = &self.ledger.operators[operator].stakes[strategy].queued_shares;
        let window = self.ledger.terms.withdrawal_delay + 1;
        let before = u64::from(self.block()).checked_sub(window).ok_or(Panic::Overflow)?;
        sub(history.latest().unwrap_or_default(), history.at(before).unwrap_or_default())
    }

    pub(super) fn is_delegated(&self, staker: Address) -> bool {
        self.ledger.staker(staker).is_some_and(Staker::is_delegated)
    }

    /// Whom a staker is delegated to.
    pub(super) fn operator_of(&self, staker: usize) -> Foreseen<Option<usize>> {
        let staker = &self.ledger.stakers[staker];
        if staker.is_delegated() { self.operator(staker.delegated_to).map(Some) } else { Ok(None) }
    }

    /// What slashing leaves of one share delegated to somebody, or to nobody.
    pub(super) fn max_magnitude(&self, operator: Option<usize>, strategy: usize) -> u64 {
        operator
            .map_or(crate::arithmetic::WAD, |operator| self.ledger.operators[operator].stakes[strategy].max_magnitude())
    }

    /// What slashing leaves of one scaled share of a staker delegated to somebody, or to nobody: of native ETH the beacon
    /// chain has its part.
    pub(super) fn slashing_factor(&self, staker: usize, operator: Option<usize>, strategy: usize) -> u64 {
        self.ledger.slashing_factor_with(staker, strategy, self.max_magnitude(operator, strategy))
    }

    /// The strategies a staker has shares of, in their order. Native ETH comes last.
    fn held_strategies(&self, staker: usize) -> Foreseen<Vec<usize>> {
        let native = self.ledger.native_strategy();
        let staker = &self.ledger.stakers[staker];
        let native = native.filter(|native| !staker.holdings[*native].shares.is_zero());
        staker.strategies.iter().map(|strategy| self.strategy(*strategy)).chain(native.map(Ok)).collect()
    }
}
