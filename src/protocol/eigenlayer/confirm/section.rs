//! Parts of what can be asked: which views are about whom.

use alloy_primitives::Address;

use super::Answers;
use crate::{
    draw::Draw,
    ledger::{Ledger, StrategyKind},
};

/// A part of what can be asked. By index in the ledger: whose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Section {
    Operator(usize),
    Set(usize),
    Slashes(usize),
    Staker(usize),
    Strategy(usize),
    Principal(usize),
    Token(usize),
    Control,
    Pods,
    Rewards,
    Withdrawals,
    Surroundings,
}

impl Section {
    pub(super) fn all(ledger: &Ledger) -> impl Iterator<Item = Self> {
        let alone = [Self::Control, Self::Pods, Self::Rewards, Self::Withdrawals, Self::Surroundings];
        (0..ledger.operators.len())
            .map(Self::Operator)
            .chain((0..ledger.sets.len()).map(Self::Set))
            .chain((0..ledger.sets.len()).map(Self::Slashes))
            .chain((0..ledger.stakers.len()).map(Self::Staker))
            .chain((0..ledger.strategies.len()).map(Self::Strategy))
            .chain((0..ledger.principals.len()).map(Self::Principal))
            .chain((0..ledger.tokens.len()).map(Self::Token))
            .chain(alone)
    }

    /// Each kind as likely as it has views, about.
    pub(super) fn draw(draw: &mut Draw<'_>) -> Option<Self> {
        let ledger = draw.ledger;
        let (of, count): (fn(usize) -> Self, usize) = match draw.below(100) {
            0..18 => (Self::Operator, ledger.operators.len()),
            18..28 => (Self::Set, ledger.sets.len()),
            28..34 => (Self::Slashes, ledger.sets.len()),
            34..45 => (Self::Staker, ledger.stakers.len()),
            45..58 => (Self::Strategy, ledger.strategies.len()),
            58..66 => (Self::Principal, ledger.principals.len()),
            66..68 => (Self::Token, ledger.tokens.len()),
            68..76 => return Some(Self::Control),
            76..80 => return Some(Self::Pods),
            80..96 => return Some(Self::Rewards),
            96..97 => return Some(Self::Withdrawals),
            _ => return Some(Self::Surroundings),
        };
        let all: Vec<Self> = (0..count).map(of).collect();
        draw.prefer(&all, |section| section.subject(ledger).unwrap_or_default())
    }

    /// Whom it is about, if it is one.
    fn subject(self, ledger: &Ledger) -> Option<Address> {
        match self {
            Self::Operator(place) => Some(ledger.operators[place].address),
            Self::Set(place) | Self::Slashes(place) => Some(ledger.sets[place].id.avs),
            Self::Staker(place) => Some(ledger.stakers[place].address),
            Self::Strategy(place) => Some(ledger.strategies[place].address),
            Self::Principal(place) => Some(ledger.principals[place].address),
            Self::Token(place) => Some(ledger.tokens[place].address),
            Self::Rewards => Some(ledger.rewards.coordinator),
            Self::Control | Self::Pods | Self::Withdrawals | Self::Surroundings => None,
        }
    }

    /// Whether a question to `contract` can be one of these: it is asked, or it is asked about.
    pub(super) fn is_about(self, ledger: &Ledger, contract: Address, data: &[u8]) -> bool {
        let Some(subject) = self.subject(ledger) else { return true };
        contract == subject || data[SELECTOR..].chunks(WORD).any(|word| word == subject.into_word().as_slice())
    }
}

/// Bytes of a selector, and of a word.
const SELECTOR: usize = 4;
const WORD: usize = 32;

impl Answers<'_> {
    pub(super) fn accounting(&mut self, ledger: &Ledger) {
        for place in 0..ledger.operators.len() {
            self.operator(ledger, place);
        }
        for set in &ledger.sets {
            self.set(set);
        }
        for staker in 0..ledger.stakers.len() {
            self.staker(ledger, staker);
        }
        for (_, strategy) in ledger.token_strategies() {
            self.strategy(strategy);
        }
        for principal in &ledger.principals {
            self.rights(principal);
        }
        self.control(ledger);
    }

    pub(super) fn rest(&mut self, ledger: &Ledger) {
        self.pending_sets(ledger);
        for set in &ledger.sets {
            self.slashes(ledger, set);
        }
        self.withdrawals(ledger);
        self.beacon_chain(ledger);
        self.rewards(ledger);
        for token in &ledger.tokens {
            self.balances(ledger, token);
        }
        self.callers(ledger);
        self.registrars(ledger);
        self.examples(ledger);
    }

    pub(super) fn section(&mut self, ledger: &Ledger, section: Section) {
        match section {
            Section::Operator(place) => {
                self.operator(ledger, place);
                self.memberships(ledger, &ledger.operators[place]);
                self.magnitudes(ledger, &ledger.operators[place]);
            }
            Section::Set(place) => {
                self.set(&ledger.sets[place]);
                self.set_besides(ledger, &ledger.sets[place]);
            }
            Section::Slashes(place) => {
                self.slashes(ledger, &ledger.sets[place]);
                self.slashes_besides(&ledger.sets[place]);
            }
            Section::Staker(place) => {
                self.staker(ledger, place);
                self.stakes_of(ledger, &ledger.stakers[place]);
            }
            Section::Strategy(place) => {
                self.operators_together(ledger, place);
                if ledger.strategies[place].kind == StrategyKind::Token {
                    self.strategy(&ledger.strategies[place]);
                    self.prices(ledger, place);
                }
            }
            Section::Principal(place) => {
                self.rights(&ledger.principals[place]);
                self.rights_besides(&ledger.principals[place]);
            }
            Section::Token(place) => self.balances(ledger, &ledger.tokens[place]),
            Section::Control => {
                self.control(ledger);
                self.switches(ledger);
                self.pending_sets(ledger);
                self.shares_together(ledger);
            }
            Section::Pods => {
                self.beacon_chain(ledger);
                self.pods(ledger);
            }
            Section::Rewards => {
                self.rewards(ledger);
                self.rewards_now(ledger);
            }
            Section::Withdrawals => self.withdrawals(ledger),
            Section::Surroundings => {
                self.callers(ledger);
                self.registrars(ledger);
                self.examples(ledger);
            }
        }
    }
}
