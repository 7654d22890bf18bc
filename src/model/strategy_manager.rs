//! The strategy manager: deposit shares, and what slashes took (`docs/protocol.md` section 7).

use alloy_primitives::{Address, U256};

use super::{
    Model, NOT_KEPT, Returned,
    arithmetic::{add, sub},
    insert,
    pausing::switch,
    remove,
    revert::{Error, Foreseen, require},
};
use crate::call::SetId;

/// Strategies that a staker can have shares of.
const MAX_STAKER_STRATEGY_LIST_LENGTH: usize = 32;

impl Model<'_> {
    /// `depositIntoStrategy`: the tokens go to the strategy first, which counts what it then holds.
    pub(super) fn deposit_into_strategy(
        &mut self,
        strategy: Address,
        token: Address,
        amount: U256,
    ) -> Foreseen<Returned> {
        self.only_when_not_paused(self.managers().strategy, switch::DEPOSITS)?;
        self.deposit_for(self.caller, strategy, token, amount)
    }

    /// The caller's tokens become somebody's shares.
    pub(super) fn deposit_for(
        &mut self,
        staker: Address,
        strategy: Address,
        token: Address,
        amount: U256,
    ) -> Foreseen<Returned> {
        let strategy_index = self.strategy(strategy)?;
        require(self.ledger.strategies[strategy_index].whitelisted, Error::StrategyNotWhitelisted)?;
        self.safe_transfer_from(self.managers().strategy, token, (self.caller, strategy), amount)?;
        let shares = self.deposit(strategy_index, token, amount)?;
        let staker = self.staker(staker)?;
        let before = self.add_shares(staker, strategy_index, shares)?;
        self.increase_delegated_shares(staker, strategy_index, before, shares)?;
        Ok(Returned::Amount(shares))
    }

    /// `addShares`; the shares there were before.
    pub(super) fn add_shares(&mut self, staker: usize, strategy: usize, shares: U256) -> Foreseen<U256> {
        require(!shares.is_zero(), Error::SharesAmountZero)?;
        let address = self.ledger.strategies[strategy].address;
        let staker = &mut self.ledger.stakers[staker];
        let prev = staker.holdings[strategy].shares;
        if prev.is_zero() {
            let room = staker.strategies.len() < MAX_STAKER_STRATEGY_LIST_LENGTH;
            require(room, Error::MaxStrategiesExceeded)?;
            staker.strategies.push(address);
        }
        staker.holdings[strategy].shares = add(prev, shares)?;
        Ok(prev)
    }

    /// `removeDepositShares`; the shares that are left.
    pub(super) fn remove_deposit_shares(&mut self, staker: usize, strategy: usize, shares: U256) -> Foreseen<U256> {
        require(!shares.is_zero(), Error::SharesAmountZero)?;
        let address = self.ledger.strategies[strategy].address;
        let staker = &mut self.ledger.stakers[staker];
        let held = staker.holdings[strategy].shares;
        require(shares <= held, Error::SharesAmountTooHigh)?;
        let left = sub(held, shares)?;
        staker.holdings[strategy].shares = left;
        if left.is_zero() {
            require(remove(&mut staker.strategies, &address), Error::StrategyNotFound)?;
        }
        Ok(left)
    }

    /// `increaseBurnOrRedistributableShares`. Zero shares wait like any others.
    pub(super) fn increase_burn_or_redistributable_shares(
        &mut self,
        (set, slash_id): (usize, u64),
        strategy: usize,
        shares: U256,
    ) -> Foreseen {
        let address = self.ledger.strategies[strategy].address;
        let set = &mut self.ledger.sets[set];
        let place = usize::try_from(slash_id).ok();
        let entries = place.and_then(|place| set.slashes.get_mut(place)).ok_or(NOT_KEPT)?;
        require(entries.iter().all(|(strategy, _)| *strategy != address), Error::StrategyAlreadyInSlash)?;
        entries.push((address, shares));
        insert(&mut set.pending_slashes, slash_id);
        insert(&mut self.ledger.pending_sets, set.id);
        Ok(())
    }

    /// `increaseBurnableShares`: shares wait by strategy.
    pub(super) fn increase_burnable_shares(&mut self, strategy: usize, shares: U256) -> Foreseen {
        let sum = &mut self.ledger.strategies[strategy].burnable_shares;
        *sum = add(*sum, shares)?;
        Ok(())
    }

    /// `clearBurnOrRedistributableShares`: every strategy of a slash, in the order there is.
    pub(super) fn clear_burn_or_redistributable_shares(&mut self, id: SetId, nth: u32) -> Foreseen<Returned> {
        let set = self.ledger.set_index(id).ok_or(NOT_KEPT)?;
        let slash_id = self.ledger.sets[set].nth_slash(nth);
        let strategies: Vec<Address> = self.entries(set, slash_id).iter().map(|(strategy, _)| *strategy).collect();
        let mut amounts = Vec::with_capacity(strategies.len());
        for strategy in strategies {
            amounts.push(self.clear_one(set, slash_id, strategy)?);
        }
        Ok(Returned::Amounts(amounts))
    }

    /// `clearBurnOrRedistributableSharesByStrategy`.
    pub(super) fn clear_burn_or_redistributable_shares_by_strategy(
        &mut self,
        id: SetId,
        nth: u32,
        strategy: Address,
    ) -> Foreseen<Returned> {
        let set = self.ledger.set_index(id).ok_or(NOT_KEPT)?;
        let slash_id = self.ledger.sets[set].nth_slash(nth);
        self.clear_one(set, slash_id, strategy).map(Returned::Amount)
    }

    fn entries(&self, set: usize, slash_id: u64) -> &[(Address, U256)] {
        let slashes = &self.ledger.sets[set].slashes;
        usize::try_from(slash_id).ok().and_then(|id| slashes.get(id)).map_or(&[], Vec::as_slice)
    }

    /// The entry goes before the tokens do. What lists the slash follows.
    fn clear_one(&mut self, set: usize, slash_id: u64, strategy: Address) -> Foreseen<U256> {
        let at = self.entries(set, slash_id).iter().position(|(other, _)| *other == strategy);
        let mut amount = U256::ZERO;
        if let Some(at) = at {
            let slash = usize::try_from(slash_id).expect("it has an entry");
            let (_, shares) = self.ledger.sets[set].slashes[slash].swap_remove(at);
            if !shares.is_zero() {
                amount = self.pay_out(self.redistribution_recipient(set), strategy, shares)?;
            }
        }
        if self.entries(set, slash_id).is_empty() {
            let set = &mut self.ledger.sets[set];
            remove(&mut set.pending_slashes, &slash_id);
            if set.pending_slashes.is_empty() {
                remove(&mut self.ledger.pending_sets, &set.id);
            }
        }
        Ok(amount)
    }

    /// Where slashed funds of a set go.
    fn redistribution_recipient(&self, set: usize) -> Address {
        let recipient = self.ledger.sets[set].recipient;
        if recipient.is_zero() { self.ledger.terms.burn_address } else { recipient }
    }

    /// Shares leave a strategy as its own token.
    fn pay_out(&mut self, recipient: Address, strategy: Address, shares: U256) -> Foreseen<U256> {
        let strategy = self.strategy(strategy)?;
        let token = self.ledger.strategies[strategy].token;
        self.withdraw(strategy, recipient, token, shares)
    }

    /// `burnShares`: all that waits in a strategy.
    pub(super) fn burn_shares(&mut self, strategy: Address) -> Foreseen {
        let index = self.strategy(strategy)?;
        let shares = std::mem::take(&mut self.ledger.strategies[index].burnable_shares);
        if !shares.is_zero() {
            self.pay_out(self.ledger.terms.burn_address, strategy, shares)?;
        }
        Ok(())
    }
}
