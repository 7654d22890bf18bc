//! A strategy: shares against tokens (`docs/protocol.md` section 8.1).

use alloy_primitives::{Address, U256};

use super::{
    Model, Returned,
    arithmetic::{add, div_down, mul, sub},
    pausing::switch,
    revert::{Error, Foreseen, Revert, Stop, require},
};
use crate::{
    arithmetic::WAD_WIDE,
    ledger::{Holding, Limits, Strategy},
};

/// Shares of a strategy, at most: 1e38 - 1.
const MAX_TOTAL_SHARES: U256 = U256::from_limbs([0x098a_223f_ffff_ffff, 0x4b3b_4ca8_5a86_c47a, 0, 0]);

impl Model<'_> {
    /// `deposit`, when the tokens are there already; the new shares, rounded down.
    pub(super) fn deposit(&mut self, strategy: usize, token: Address, amount: U256) -> Foreseen<U256> {
        self.only_when_not_paused(self.ledger.strategies[strategy].address, switch::STRATEGY_DEPOSITS)?;
        self.check_limits(strategy, amount)?;
        if self.ledger.strategies[strategy].wrapper == Some(token) {
            self.unwrap(token, strategy, amount)?;
        } else {
            require(token == self.ledger.strategies[strategy].token, Error::OnlyUnderlyingToken)?;
        }
        let strategy = &mut self.ledger.strategies[strategy];
        let before = sub(strategy.virtual_balance(), amount)?;
        let new_shares = underlying_to_shares(amount, strategy.virtual_shares(), before)?;
        require(!new_shares.is_zero(), Error::NewSharesZero)?;
        let total = add(strategy.total_shares, new_shares)?;
        require(total <= MAX_TOTAL_SHARES, Error::TotalSharesExceedsMax)?;
        strategy.total_shares = total;
        exchange_rate(strategy, strategy.virtual_balance())?;
        Ok(new_shares)
    }

    /// The tokens are there already, so the balance is the one after the deposit. `docs/protocol.md` section 8.5.
    fn check_limits(&self, strategy: usize, amount: U256) -> Foreseen {
        let strategy = &self.ledger.strategies[strategy];
        let Some(limits) = strategy.limits else { return Ok(()) };
        require(amount <= limits.per_deposit, Error::MaxPerDepositExceedsMax)?;
        require(strategy.balance <= limits.total, Error::BalanceExceedsMaxTotalDeposits)
    }

    /// `setTVLLimits`.
    pub(super) fn set_limits(&mut self, strategy: Address, new: Limits) -> Foreseen {
        let strategy = self.strategy(strategy)?;
        let limits = self.ledger.strategies[strategy].limits;
        if limits.is_none() {
            return Err(Stop::Reverts(Revert::Silent));
        }
        self.only_unpauser()?;
        require(new.per_deposit <= new.total, Error::MaxPerDepositExceedsMax)?;
        self.ledger.strategies[strategy].limits = Some(new);
        Ok(())
    }

    /// `withdraw`; the tokens, rounded down.
    pub(super) fn withdraw(
        &mut self,
        strategy: usize,
        recipient: Address,
        token: Address,
        shares: U256,
    ) -> Foreseen<U256> {
        let address = self.ledger.strategies[strategy].address;
        self.only_when_not_paused(address, switch::STRATEGY_WITHDRAWALS)?;
        let kept = &mut self.ledger.strategies[strategy];
        let wraps = kept.wrapper == Some(token);
        require(token == kept.token || wraps, Error::OnlyUnderlyingToken)?;
        require(shares <= kept.total_shares, Error::WithdrawalAmountExceedsTotalDeposits)?;
        let amount = shares_to_underlying(kept, shares)?;
        kept.total_shares -= shares;
        exchange_rate(kept, sub(kept.virtual_balance(), amount)?)?;
        if wraps {
            self.wrap(token, strategy, amount)?;
        }
        self.safe_transfer(token, address, recipient, amount)?;
        Ok(amount)
    }

    /// `userUnderlying`: what somebody's deposit shares are worth, whatever was slashed.
    pub(super) fn user_underlying(&self, strategy: Address, user: Address) -> Foreseen<Returned> {
        let strategy = self.strategy(strategy)?;
        let holding = self.ledger.staker(user).map_or_else(Holding::default, |staker| staker.holdings[strategy]);
        shares_to_underlying(&self.ledger.strategies[strategy], holding.shares).map(Returned::Amount)
    }

    /// `underlyingToShares`.
    pub(super) fn shares_for_tokens(&self, strategy: Address, tokens: U256) -> Foreseen<Returned> {
        let strategy = &self.ledger.strategies[self.strategy(strategy)?];
        let shares = underlying_to_shares(tokens, strategy.virtual_shares(), strategy.virtual_balance());
        shares.map(Returned::Amount)
    }

    /// `sharesToUnderlying`.
    pub(super) fn tokens_for_shares(&self, strategy: Address, shares: U256) -> Foreseen<Returned> {
        shares_to_underlying(&self.ledger.strategies[self.strategy(strategy)?], shares).map(Returned::Amount)
    }
}

/// Shares for tokens that come on top of those there were, rounded down.
fn underlying_to_shares(amount: U256, virtual_shares: U256, virtual_balance: U256) -> Foreseen<U256> {
    div_down(mul(amount, virtual_shares)?, virtual_balance)
}

fn shares_to_underlying(strategy: &Strategy, shares: U256) -> Foreseen<U256> {
    div_down(mul(strategy.virtual_balance(), shares)?, strategy.virtual_shares())
}

/// What is told of each change: tokens for a whole share, rounded down. Nothing depends on it, but it can fail.
fn exchange_rate(strategy: &Strategy, virtual_balance: U256) -> Foreseen<U256> {
    div_down(mul(WAD_WIDE, virtual_balance)?, strategy.virtual_shares())
}

#[cfg(test)]
mod tests {
    use alloy_primitives::{Address, U256};
    use proptest::prelude::{Strategy as Drawn, any, prop_assert, proptest};

    use super::{MAX_TOTAL_SHARES, shares_to_underlying, underlying_to_shares};
    use crate::ledger::{Strategy, StrategyKind};

    /// A strategy with shares and tokens, at any price.
    fn strategy(total_shares: u128, balance: u128) -> Strategy {
        Strategy {
            kind: StrategyKind::Token,
            address: Address::ZERO,
            token: Address::ZERO,
            wrapper: None,
            limits: None,
            total_shares: U256::from(total_shares),
            balance: U256::from(balance),
            whitelisted: true,
            burnable_shares: U256::ZERO,
        }
    }

    fn new_shares(pool: &Strategy, amount: u128) -> U256 {
        underlying_to_shares(U256::from(amount), pool.virtual_shares(), pool.virtual_balance()).unwrap()
    }

    /// Uniform in bit length; no product of three is beyond 256 bits.
    fn amount() -> impl Drawn<Value = u128> {
        (0..=84u32, any::<u128>()).prop_map(|(bits, number)| number & ((1 << bits) - 1))
    }

    proptest! {
        #[test]
        fn who_deposits_and_withdraws_gains_nothing(total in amount(), balance in amount(), deposit in amount()) {
            let mut pool = strategy(total, balance);
            let shares = new_shares(&pool, deposit);
            pool.balance += U256::from(deposit);
            pool.total_shares += shares;
            prop_assert!(shares_to_underlying(&pool, shares).unwrap() <= U256::from(deposit));
        }

        #[test]
        fn nobody_else_loses_by_a_deposit(total in amount(), balance in amount(), deposit in amount()) {
            let mut pool = strategy(total, balance);
            let others = U256::from(total);
            let before = shares_to_underlying(&pool, others).unwrap();
            pool.total_shares += new_shares(&pool, deposit);
            pool.balance += U256::from(deposit);
            prop_assert!(shares_to_underlying(&pool, others).unwrap() >= before);
        }

        #[test]
        fn more_shares_are_worth_no_less(total in amount(), balance in amount(), some in amount(), more in amount()) {
            let pool = strategy(total, balance);
            let (some, more) = (U256::from(some.min(more)), U256::from(some.max(more)));
            prop_assert!(shares_to_underlying(&pool, some).unwrap() <= shares_to_underlying(&pool, more).unwrap());
        }
    }

    #[test]
    fn all_shares_are_one_less_than_1e38() {
        assert_eq!(MAX_TOTAL_SHARES, U256::from(10).pow(U256::from(38)) - U256::ONE);
    }
}
