//! What surrounds the protocol as it stands: what tokens do besides moving, and who calls back.

use alloy_primitives::{Address, U256};

use super::{Ledger, Token};
use crate::arithmetic::{WAD_WIDE, mul_wad_down};

/// What a token does besides moving what is asked. A plain token does nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Quirks {
    /// One part in so many of a transfer is burned, rounded down.
    pub fee_divisor: Option<u64>,
    /// Of a token that rebases: what its balances are made of.
    pub units: Option<Units>,
    /// By holder: whether the token refuses to move to it. Empty if it bars nobody.
    pub barred: Vec<bool>,
    /// Whether it refuses to move from those that are barred as well.
    pub bars_senders: bool,
}

/// Balances of a token that rebases: each is units times the rate, rounded down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Units {
    /// By holder.
    pub held: Vec<U256>,
    /// What a unit is worth; WAD is par.
    pub rate: U256,
}

impl Units {
    /// The units of nobody, at par.
    pub fn none(holders: usize) -> Self {
        Self { held: vec![U256::ZERO; holders], rate: WAD_WIDE }
    }

    /// What a holder has, in wei, rounded down.
    pub fn balance(&self, holder: usize) -> U256 {
        mul_wad_down(self.held[holder], self.rate).unwrap_or(U256::MAX)
    }
}

/// An account that calls back when it is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// Its address.
    pub address: Address,
    /// How often it called back.
    pub attempts: u64,
    /// By contract: how often it was let in.
    pub entered: Vec<(Address, u64)>,
}

impl Caller {
    /// How often `target` let it in.
    pub fn entered(&self, target: Address) -> u64 {
        self.entered.iter().find(|(at, _)| *at == target).map_or(0, |(_, times)| *times)
    }
}

impl Token {
    /// The part of `amount` that a transfer burns.
    pub fn fee(&self, amount: U256) -> U256 {
        self.quirks.fee_divisor.map_or(U256::ZERO, |divisor| amount / U256::from(divisor))
    }
}

impl Ledger {
    /// Whether a token moves from one holder to another, if the balance covers it.
    pub fn moves(&self, token: Address, from: Address, to: Address) -> bool {
        let Some(token) = self.tokens.iter().find(|at| at.address == token) else { return true };
        let is_barred = |account: Address| {
            let place = self.holders.iter().position(|holder| *holder == account);
            place.and_then(|place| token.quirks.barred.get(place)).copied().unwrap_or(false)
        };
        let bars = is_barred(to) || token.quirks.bars_senders && is_barred(from);
        !bars
    }

    /// Whether a strategy can pay `shares` to somebody: its token moves, and there is enough of it. A strategy whose tokens
    /// became fewer by themselves lacks up to a thousand wei for its last shares. `docs/protocol.md` section 8.1.
    pub fn pays(&self, strategy: Address, shares: U256, to: Address) -> bool {
        let Some(strategy) = self.strategy(strategy) else { return false };
        let covered = strategy.tokens_for(shares).is_some_and(|tokens| tokens <= strategy.balance);
        covered && self.moves(strategy.token, strategy.address, to)
    }

    /// The most that can be deposited at once: where transfers cost a fee, the strategy has to have the tokens that did not
    /// arrive, or its price cannot be computed. `docs/protocol.md` section 8.2.
    pub fn most_depositable(&self, strategy: usize) -> U256 {
        let strategy = &self.strategies[strategy];
        let token = self.tokens.iter().find(|token| token.address == strategy.token);
        match token.and_then(|token| token.quirks.fee_divisor) {
            Some(divisor) => strategy.virtual_balance().saturating_mul(U256::from(divisor)).saturating_sub(U256::ONE),
            None => strategy.room(),
        }
    }
}
