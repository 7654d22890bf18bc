//! The facts of what surrounds the protocol: tokens, and accounts that call back.

use alloy_primitives::{Address, U256};

use super::facts::Facts;
use crate::{
    ledger::{Ledger, Token},
    protocol::eigenlayer::slots::entry,
};

impl Facts<'_> {
    pub(super) fn tokens(&mut self, blank: &Ledger) {
        for (k, token) in blank.tokens.iter().enumerate() {
            self.at = token.address;
            if token.quirks.units.is_some() {
                self.units(blank, k);
            } else {
                self.balances(blank, k);
            }
            if !token.quirks.barred.is_empty() {
                self.barred(blank, k);
            }
        }
    }

    fn balances(&mut self, blank: &Ledger, k: usize) {
        for (h, holder) in blank.holders.iter().enumerate() {
            let strategy = strategy_at(blank, &blank.tokens[k], *holder);
            self.word(entry(self.slots.tokens.balances, *holder), move |ledger, word| {
                put_balance(ledger, k, h, strategy, word);
            });
        }
    }

    /// A new rate is a new balance of everybody.
    fn units(&mut self, blank: &Ledger, k: usize) {
        let strategies: Vec<Option<usize>> =
            blank.holders.iter().map(|holder| strategy_at(blank, &blank.tokens[k], *holder)).collect();
        for (h, holder) in blank.holders.iter().enumerate() {
            let strategy = strategies[h];
            self.word(entry(self.slots.tokens.units, *holder), move |ledger, word| {
                let Some(units) = &mut ledger.tokens[k].quirks.units else { return };
                units.held[h] = word;
                let balance = units.balance(h);
                put_balance(ledger, k, h, strategy, balance);
            });
        }
        self.word(self.slots.tokens.rate, move |ledger, word| {
            for (h, strategy) in strategies.iter().enumerate() {
                let Some(units) = &mut ledger.tokens[k].quirks.units else { return };
                units.rate = word;
                let balance = units.balance(h);
                put_balance(ledger, k, h, *strategy, balance);
            }
        });
    }

    fn barred(&mut self, blank: &Ledger, k: usize) {
        for (h, holder) in blank.holders.iter().enumerate() {
            self.word(entry(self.slots.tokens.is_barred, *holder), move |ledger, word| {
                ledger.tokens[k].quirks.barred[h] = !word.is_zero();
            });
        }
    }

    pub(super) fn callers(&mut self, blank: &Ledger) {
        for (c, caller) in blank.callers.iter().enumerate() {
            self.at = caller.address;
            self.word(self.slots.callers.attempts, move |ledger, word| {
                ledger.callers[c].attempts = word.saturating_to();
            });
            for (m, (manager, _)) in caller.entered.iter().enumerate() {
                self.word(entry(self.slots.callers.entered, *manager), move |ledger, word| {
                    ledger.callers[c].entered[m].1 = word.saturating_to();
                });
            }
        }
    }
}

/// The strategy of a token that `holder` is.
fn strategy_at(blank: &Ledger, token: &Token, holder: Address) -> Option<usize> {
    blank.strategies.iter().position(|strategy| strategy.address == holder && strategy.token == token.address)
}

fn put_balance(ledger: &mut Ledger, token: usize, holder: usize, strategy: Option<usize>, balance: U256) {
    ledger.tokens[token].balances[holder] = balance;
    if let Some(strategy) = strategy {
        ledger.strategies[strategy].balance = balance;
    }
}
