//! A strategy: shares against tokens (`docs/protocol.md` section 8.1).

use alloy_primitives::{Address, U256};

use super::{
    Model, Returned,
    arithmetic::{add, div_down, mul, sub},
    pausing::switch,
    revert::{Error, Foreseen, require},
};
use crate::{
    arithmetic::WAD_WIDE,
    ledger::{Holding, Strategy},
};

/// Shares of a strategy, at most: 1e38 - 1.
const MAX_TOTAL_SHARES: U256 = U256::from_limbs([0x098a_223f_ffff_ffff, 0x4b3b_4ca8_5a86_c47a, 0, 0]);

impl Model<'_> {
    /// `deposit`, when the tokens are there already; the new shares, rounded down.
    pub(super) fn deposit(&mut self, strategy: usize, token: Address, amount: U256) -> Foreseen<U256> {
        self.only_when_not_paused(self.ledger.strategies[strategy].address, switch::STRATEGY_DEPOSITS)?;
        if self.ledger.strategies[strategy].wrapper == Some(token) {
            self.unwrap(token, strategy, amount)?;
        } else {
            require(token == self.ledger.strategies[strategy].token, Error::OnlyUnderlyingToken)?;
        }
        let strategy = &mut self.ledger.strategies[strategy];
        let before = sub(strategy.virtual_balance(), amount)?;
        let new_shares = div_down(mul(amount, strategy.virtual_shares())?, before)?;
        require(!new_shares.is_zero(), Error::NewSharesZero)?;
        let total = add(strategy.total_shares, new_shares)?;
        require(total <= MAX_TOTAL_SHARES, Error::TotalSharesExceedsMax)?;
        strategy.total_shares = total;
        exchange_rate(strategy, strategy.virtual_balance())?;
        Ok(new_shares)
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
        let strategy = &mut self.ledger.strategies[strategy];
        require(token == strategy.token, Error::OnlyUnderlyingToken)?;
        require(shares <= strategy.total_shares, Error::WithdrawalAmountExceedsTotalDeposits)?;
        let amount = shares_to_underlying(strategy, shares)?;
        strategy.total_shares -= shares;
        exchange_rate(strategy, sub(strategy.virtual_balance(), amount)?)?;
        self.safe_transfer(token, address, recipient, amount)?;
        Ok(amount)
    }

    /// `userUnderlying`: what somebody's deposit shares are worth, whatever was slashed.
    pub(super) fn user_underlying(&self, strategy: Address, user: Address) -> Foreseen<Returned> {
        let strategy = self.strategy(strategy)?;
        let holding = self.ledger.staker(user).map_or_else(Holding::default, |staker| staker.holdings[strategy]);
        shares_to_underlying(&self.ledger.strategies[strategy], holding.shares).map(Returned::Amount)
    }
}

fn shares_to_underlying(strategy: &Strategy, shares: U256) -> Foreseen<U256> {
    div_down(mul(strategy.virtual_balance(), shares)?, strategy.virtual_shares())
}

/// What is told of each change: tokens for a whole share, rounded down. Nothing depends on it, but it can fail.
fn exchange_rate(strategy: &Strategy, virtual_balance: U256) -> Foreseen<U256> {
    div_down(mul(WAD_WIDE, virtual_balance)?, strategy.virtual_shares())
}
