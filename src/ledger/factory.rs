//! The strategy factory's part of the ledger.

use alloy_primitives::Address;

/// The strategy factory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Factory {
    /// The contract.
    pub address: Address,
    /// Its owner.
    pub owner: Address,
    /// By token.
    pub tokens: Vec<FactoryToken>,
    /// What it made or will make, in the order in which it makes them: an address is known before there is something.
    pub strategies: Vec<FactoryStrategy>,
}

/// What the factory knows of a token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FactoryToken {
    /// Which.
    pub address: Address,
    /// The strategy made for it; zero if there is none.
    pub strategy: Address,
    /// Whether it may have none.
    pub blacklisted: bool,
}

/// A strategy that the factory made or will make.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FactoryStrategy {
    /// Where.
    pub address: Address,
    /// Whether it takes deposits.
    pub whitelisted: bool,
}

impl Factory {
    /// What is known of a token.
    pub fn token(&self, address: Address) -> Option<&FactoryToken> {
        self.tokens.iter().find(|token| token.address == address)
    }

    /// Whether a strategy takes deposits; `None` if it is none of the factory's.
    pub fn is_whitelisted(&self, strategy: Address) -> Option<bool> {
        self.strategies.iter().find(|at| at.address == strategy).map(|at| at.whitelisted)
    }

    /// Whether the factory made this strategy.
    pub fn made(&self, strategy: Address) -> bool {
        !strategy.is_zero() && self.tokens.iter().any(|token| token.strategy == strategy)
    }
}
