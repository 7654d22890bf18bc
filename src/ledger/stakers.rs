//! Stakers, what they hold, and what they queued to withdraw.

use alloy_primitives::{Address, B256, U256};

use crate::arithmetic::WAD;

/// A staker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Staker {
    /// Its address.
    pub address: Address,
    /// Its operator; zero for none.
    pub delegated_to: Address,
    /// Withdrawals it ever queued.
    pub withdrawals_queued: u64,
    /// The nonce of its next deposit by signature.
    pub nonce: U256,
    /// The withdrawals of its queue, as stored with it.
    pub roots: Vec<B256>,
    /// The strategies it has shares of, as stored.
    pub strategies: Vec<Address>,
    /// By strategy.
    pub holdings: Vec<Holding>,
}

impl Staker {
    /// Whether it is delegated.
    pub fn is_delegated(&self) -> bool {
        !self.delegated_to.is_zero()
    }

    /// Whether it is an operator.
    pub fn is_operator(&self) -> bool {
        self.delegated_to == self.address
    }
}

/// What a staker has in one strategy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Holding {
    /// Deposit shares.
    pub shares: U256,
    /// The deposit scaling factor, as stored: zero means WAD.
    pub stored_factor: U256,
}

impl Holding {
    /// The deposit scaling factor.
    pub fn factor(&self) -> U256 {
        if self.stored_factor.is_zero() { U256::from(WAD) } else { self.stored_factor }
    }
}

/// A withdrawal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Withdrawal {
    /// Its hash.
    pub root: B256,
    /// Whose.
    pub staker: Address,
    /// The operator when it was queued; zero for none.
    pub delegated_to: Address,
    /// Who completes it.
    pub withdrawer: Address,
    /// Its number among the staker's.
    pub nonce: u64,
    /// The block of queueing.
    pub start_block: u64,
    /// Where, and how many scaled shares.
    pub items: Vec<(Address, U256)>,
    /// Whether the queue knows it as pending.
    pub pending: bool,
    /// Whether the queue has its content.
    pub stored: bool,
}
