//! What a property is and what it sees.

mod scope;

use std::fmt;

use alloy_primitives::{Address, Bytes, I256, Log, U256};

use crate::{
    book::Book,
    call::{Call, Outcome},
    ghost::Ghosts,
    ledger::{Ledger, Touched},
    model::Prediction,
};

pub use scope::Scope;

/// One call and what it did: all that an invariant sees.
#[derive(Clone, Copy, Debug)]
pub struct Step<'a> {
    /// The ledger just before the call, in the call's block.
    pub before: &'a Ledger,
    /// The call.
    pub call: &'a Call,
    /// How it ended.
    pub outcome: &'a Outcome,
    /// The ledger just after it.
    pub after: &'a Ledger,
    /// What the contracts announced during the call, in order.
    pub events: &'a [Log],
    /// What of the ledger the call may have changed.
    pub touched: Touched,
    /// History, this call included.
    pub ghosts: &'a Ghosts,
    /// Names, for sentences.
    pub book: &'a Book,
    /// What the model said of the call, if it was asked.
    pub predicted: Option<&'a Prediction>,
    /// What is to be answered, if the call asks a view for what it shows of the ledger.
    pub shown: Option<&'a Bytes>,
    /// What the auditor's own functions say of the state after it, if they are asked.
    pub answers: &'a [Answer],
    /// What there was before everybody began to leave, if they do.
    pub leaving: Option<Leaving<'a>>,
}

/// What a function of the auditor's own says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It holds.
    Holds,
    /// It does not: a sentence.
    Broken(String),
    /// A number, which had better be great.
    Number(I256),
}

/// An exit under way: a call of it, or its end. See [`crate::exit`].
#[derive(Clone, Copy, Debug)]
pub struct Leaving<'a> {
    /// The ledger before its first call.
    pub begun: &'a Ledger,
    /// History before its first call.
    pub history: &'a Ghosts,
    /// How far it is.
    pub progress: Progress,
}

/// How far an exit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// The step is a call of it.
    OnTheWay,
    /// Everybody has left; the step is the last call once more.
    Over,
}

impl Step<'_> {
    /// The name of an address.
    pub fn name(&self, address: Address) -> String {
        self.book.name(address)
    }

    /// The operators that the call may have changed, by index.
    pub fn touched_operators(&self) -> impl Iterator<Item = usize> {
        let touched = self.touched;
        (0..self.after.operators.len()).filter(move |index| touched.operator(*index))
    }

    /// The sets that the call may have changed, by index.
    pub fn touched_sets(&self) -> impl Iterator<Item = usize> {
        let touched = self.touched;
        (0..self.after.sets.len()).filter(move |index| touched.set(*index))
    }

    /// The stakers that the call may have changed, by index.
    pub fn touched_stakers(&self) -> impl Iterator<Item = usize> {
        let touched = self.touched;
        (0..self.after.stakers.len()).filter(move |index| touched.staker(*index))
    }

    /// Whether the call's changes stay.
    pub fn succeeded(&self) -> bool {
        self.outcome.is_success()
    }

    /// What there was before the exit, once everybody has left.
    pub fn left(&self) -> Option<Leaving<'_>> {
        self.leaving.filter(|leaving| leaving.progress == Progress::Over)
    }
}

/// The judgement of one invariant on one step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It was exercised and holds.
    Holds,
    /// It had nothing to say about this step.
    NotApplicable,
    /// It does not hold: a sentence with the numbers.
    Violated(String),
}

impl Verdict {
    /// Holds if it was exercised.
    pub const fn holds_if(exercised: bool) -> Self {
        if exercised { Self::Holds } else { Self::NotApplicable }
    }
}

/// When an invariant is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checkpoint {
    /// After every call.
    EveryCall,
    /// While everybody leaves and once they have left, at the end of some runs.
    Exit,
}

impl Checkpoint {
    /// Whether it is at `step`.
    pub const fn is_at(self, step: &Step<'_>) -> bool {
        match self {
            Self::EveryCall => step.leaving.is_none(),
            Self::Exit => step.leaving.is_some(),
        }
    }
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EveryCall => f.write_str("every call"),
            Self::Exit => f.write_str("exit"),
        }
    }
}

/// What an invariant may take for granted of the world around the protocol. Where a world does not grant it, the
/// invariant has nothing to say there, and is not judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Assumption {
    /// Whoever is sent tokens gets all that was sent.
    NoFee,
    /// Balances change by transfers alone.
    NoRebase,
    /// A transfer calls nobody who calls back.
    PassiveTokens,
    /// There are tokens that call those they move between.
    CallingTokens,
    /// There are strategies that take only so much.
    LimitedStrategies,
    /// A registrar calls nobody back.
    PassiveRegistrars,
    /// There are the example AVSs.
    Examples,
    /// There are registrars that refuse, fail and call back.
    WilfulRegistrars,
    /// Slashes are numbered and wait one by one, and sets can have a recipient: of the release, not of the world.
    Redistribution,
    /// What is slashed waits by strategy and is burned: of the release, not of the world.
    BurnByStrategy,
    /// The allocation delay of a new operator waits like any other: of the release, not of the world.
    FirstDelayWaits,
}

impl Assumption {
    /// Every assumption.
    pub const ALL: [Self; 11] = [
        Self::NoFee,
        Self::NoRebase,
        Self::PassiveTokens,
        Self::CallingTokens,
        Self::LimitedStrategies,
        Self::PassiveRegistrars,
        Self::Examples,
        Self::WilfulRegistrars,
        Self::Redistribution,
        Self::BurnByStrategy,
        Self::FirstDelayWaits,
    ];

    /// Whether it is assumed of the release rather than of what surrounds it.
    pub const fn is_of_release(self) -> bool {
        matches!(self, Self::Redistribution | Self::BurnByStrategy | Self::FirstDelayWaits)
    }

    /// What is assumed, in a few words.
    pub const fn text(self) -> &'static str {
        match self {
            Self::NoFee => "transfers without a fee",
            Self::NoRebase => "balances that only transfers change",
            Self::PassiveTokens => "tokens that do not call back",
            Self::CallingTokens => "tokens that call back",
            Self::LimitedStrategies => "strategies with limits",
            Self::Examples => "the example AVSs",
            Self::PassiveRegistrars => "registrars that do not call back",
            Self::WilfulRegistrars => "registrars with a will of their own",
            Self::Redistribution => "a release that redistributes",
            Self::BurnByStrategy => "a release that only burns",
            Self::FirstDelayWaits => "a release in which the delay of a new operator waits",
        }
    }
}

impl fmt::Display for Assumption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

/// A property. A plain value with a function pointer: it cannot hold state, so a replay cannot disagree with the
/// campaign.
#[derive(Debug)]
pub struct Invariant {
    /// Its name for ever: the key of its family and a number.
    pub id: &'static str,
    /// What holds, in a sentence.
    pub statement: &'static str,
    /// The same as a formula.
    pub formula: &'static str,
    /// Why it matters: what somebody loses when it does not hold.
    pub why: &'static str,
    /// When it is judged.
    pub checkpoint: Checkpoint,
    /// What must be true of the world around the protocol for it to be judged at all.
    pub assumes: &'static [Assumption],
    /// What it is about: where a step has nothing of that it holds if it held before, and is not judged.
    pub scope: Scope,
    /// The judgement.
    pub check: fn(&Step<'_>) -> Verdict,
}

impl Invariant {
    /// The judgement on `step`, which has `scope`.
    pub fn judge(&self, step: &Step<'_>, scope: Scope) -> Verdict {
        if self.scope.has(scope) {
            return (self.check)(step);
        }
        debug_assert!(self.held_before_if_at_all(step), "{} has something to say here", self.id);
        Verdict::NotApplicable
    }

    /// Whether nothing is violated that was not violated before: what a deployment itself violates is said when the scope
    /// has it.
    fn held_before_if_at_all(&self, step: &Step<'_>) -> bool {
        let is_violated = |step: &Step<'_>| matches!((self.check)(step), Verdict::Violated(_));
        !is_violated(step) || is_violated(&Step { after: step.before, ..*step })
    }
}

/// What is often believed to hold and does not: measured if somebody asks, never judged.
#[derive(Debug)]
pub struct Deviation {
    /// Its name for ever: that of the catalogue's entry, and which form of it if another form holds.
    pub id: &'static str,
    /// What is believed, in a sentence.
    pub statement: &'static str,
    /// The same as a formula.
    pub formula: &'static str,
    /// Why it does not hold.
    pub why: &'static str,
    /// What is measured.
    pub unit: &'static str,
    /// By how much a step deviates, zero if it does not; `None` if it has nothing to say.
    pub measure: fn(&Step<'_>) -> Option<U256>,
}

/// Invariants with a theme.
#[derive(Debug)]
pub struct Family {
    /// The first part of the identifiers.
    pub key: &'static str,
    /// The theme.
    pub title: &'static str,
    /// What all of them take for granted; what one of them needs of the world stands with it.
    pub assumes: &'static str,
    /// The invariants, in order of number.
    pub invariants: &'static [&'static Invariant],
}

/// Ends a check with a violation unless the condition holds; the sentence has the numbers.
#[macro_export]
macro_rules! must {
    ($condition:expr, $($sentence:tt)+) => {
        if !$condition {
            return $crate::oracle::Verdict::Violated(format!($($sentence)+));
        }
    };
}

/// Ends a check as not applicable unless the condition holds.
#[macro_export]
macro_rules! applies_if {
    ($condition:expr) => {
        if !$condition {
            return $crate::oracle::Verdict::NotApplicable;
        }
    };
}
