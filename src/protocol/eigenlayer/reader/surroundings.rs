//! The facts of what surrounds the protocol: tokens, accounts that call back, registrars.

use alloy_primitives::{Address, U256};

use super::facts::Facts;
use crate::{
    call::{Answer, Conduct, Reaction},
    ledger::{Ledger, Token},
    protocol::eigenlayer::slots::{address_of, entry},
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
        let token = blank.tokens[k].address;
        for (h, holder) in blank.holders.iter().enumerate() {
            let strategy = strategy_at(blank, &blank.tokens[k], *holder);
            self.word(entry(self.slots.tokens.balances(token), *holder), move |ledger, word| {
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

    pub(super) fn registrars(&mut self, blank: &Ledger) {
        for (r, registrar) in blank.registrars.iter().enumerate() {
            self.at = registrar.address;
            self.conduct(r);
            let slots = &self.slots.registrars;
            self.word(slots.comings, move |ledger, word| ledger.registrars[r].comings = word.saturating_to());
            self.word(slots.leavings, move |ledger, word| ledger.registrars[r].leavings = word.saturating_to());
            self.word(slots.attempts, move |ledger, word| ledger.registrars[r].attempts = word.saturating_to());
            self.word(slots.entered, move |ledger, word| ledger.registrars[r].entered = word.saturating_to());
            self.word(slots.last_operator, move |ledger, word| {
                ledger.registrars[r].notice.operator = address_of(word);
            });
            self.word(slots.last_avs, move |ledger, word| ledger.registrars[r].notice.avs = address_of(word));
            self.word(slots.last_ids, move |ledger, word| ledger.registrars[r].notice.ids = word.into());
        }
    }

    /// All of it in one slot.
    fn conduct(&mut self, r: usize) {
        let slots = &self.slots.registrars;
        let (serves, coming, leaving, reaction) = (slots.serves, slots.coming, slots.leaving, slots.reaction);
        let answer = |number: U256| Answer::ALL.get(number.saturating_to::<usize>()).copied().unwrap_or_default();
        self.word(serves.slot, move |ledger, word| {
            let reaction = Reaction::ALL.get(reaction.of(word).saturating_to::<usize>()).copied();
            ledger.registrars[r].conduct = Conduct {
                serves: !serves.of(word).is_zero(),
                coming: answer(coming.of(word)),
                leaving: answer(leaving.of(word)),
                reaction: reaction.unwrap_or_default(),
            };
        });
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
