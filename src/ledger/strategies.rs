//! Strategies.

use alloy_primitives::{Address, U256};

/// What stands behind a strategy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StrategyKind {
    /// A contract that holds a token.
    Token,
    /// The pods, which hold native ETH. There is no contract: what a strategy keeps of its token is zero here.
    Native,
}

/// What a strategy takes at most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Wei of one deposit.
    pub per_deposit: U256,
    /// Wei that it holds after a deposit.
    pub total: U256,
}

/// A strategy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Strategy {
    /// What stands behind it.
    pub kind: StrategyKind,
    /// Its address.
    pub address: Address,
    /// Its token.
    pub token: Address,
    /// Another token, which wraps its own, and which it takes as well.
    pub wrapper: Option<Address>,
    /// What it takes at most, if that is limited.
    pub limits: Option<Limits>,
    /// All shares there are.
    pub total_shares: U256,
    /// Tokens it holds.
    pub balance: U256,
    /// Whether it takes deposits.
    pub whitelisted: bool,
    /// Slashed shares that wait by strategy; where they wait by slash, those that were slashed before.
    pub burnable_shares: U256,
}

/// The shares and the tokens of a strategy that nobody owns.
const OFFSET: U256 = U256::from_limbs([1_000, 0, 0, 0]);

impl Strategy {
    /// Shares, with those that nobody owns.
    pub fn virtual_shares(&self) -> U256 {
        self.total_shares.saturating_add(OFFSET)
    }

    /// Tokens, with those that nobody owns.
    pub fn virtual_balance(&self) -> U256 {
        self.balance.saturating_add(OFFSET)
    }

    /// Wei that one deposit can bring now, as far as limits go.
    pub fn room(&self) -> U256 {
        let room = |limits: Limits| limits.per_deposit.min(limits.total.saturating_sub(self.balance));
        self.limits.map_or(U256::MAX, room)
    }

    /// Tokens for `shares` now, rounded down. `docs/protocol.md` section 8.1.
    pub fn tokens_for(&self, shares: U256) -> Option<U256> {
        self.virtual_balance().checked_mul(shares).map(|product| product / self.virtual_shares())
    }
}
