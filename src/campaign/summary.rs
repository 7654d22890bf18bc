//! What a campaign found, and the counts it is made of.

use std::{borrow::Cow, collections::BTreeMap};

use alloy_primitives::U256;
use serde::{Deserialize, Serialize};

use super::{Failures, Point};
use crate::{call::Call, corpus::Corpus, evm::Edge, model::Ending, oracle::Invariant};

/// What came of an action.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionCount {
    /// Calls that succeeded.
    pub succeeded: u64,
    /// Calls that reverted or halted.
    pub reverted: u64,
    /// Times there was nothing to do.
    pub discarded: u64,
}

/// What came of asking the model.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Predictions {
    /// Calls that it predicted.
    pub made: u64,
    /// Calls of which it said nothing.
    pub missing: u64,
    /// How many of them for which reason.
    pub reasons: BTreeMap<Cow<'static, str>, u64>,
}

impl Predictions {
    /// Counts what was said of a call.
    pub(super) fn count(&mut self, ending: &Ending) {
        match ending {
            Ending::Returns(_) | Ending::Reverts(_) => self.made += 1,
            Ending::Unpredicted(why) => {
                self.missing += 1;
                *self.reasons.entry(Cow::Borrowed(why)).or_default() += 1;
            }
        }
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.made += other.made;
        self.missing += other.missing;
        for (why, calls) in &other.reasons {
            *self.reasons.entry(why.clone()).or_default() += calls;
        }
    }
}

/// What came of an invariant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvariantCount {
    /// Calls after which it was exercised.
    pub checks: u64,
    /// Whether it was violated.
    pub violated: bool,
}

/// What came of a known deviation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviationCount {
    /// Calls after which it was measured.
    pub measured: u64,
    /// Of those, the ones that deviated.
    pub deviated: u64,
    /// By how much at most.
    pub most: U256,
}

impl DeviationCount {
    pub(super) fn add(&mut self, measured: Option<U256>) {
        let Some(by) = measured else { return };
        self.measured += 1;
        self.deviated += u64::from(!by.is_zero());
        self.most = self.most.max(by);
    }

    pub(super) fn merge(&mut self, other: &Self) {
        self.measured += other.measured;
        self.deviated += other.deviated;
        self.most = self.most.max(other.most);
    }
}

/// A violated invariant and the sequence that shows it.
#[derive(Clone, Debug)]
pub struct Violation {
    /// Which.
    pub invariant: &'static Invariant,
    /// What was seen, with the numbers, for the sequence as it is now.
    pub sentence: String,
    /// Where it was found.
    pub origin: Origin,
    /// The sequence, ending with the call that shows it.
    pub calls: Vec<Call>,
    /// Calls of the sequence as it was found.
    pub original_length: usize,
    /// Whether nothing makes the sequence smaller.
    pub shrunk: bool,
}

/// The run in which something was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The campaign's seed.
    pub seed: u64,
    /// Epoch, counted from zero; the replay of the corpus is epoch zero.
    pub epoch: u64,
    /// Number within the epoch.
    pub run: u64,
}

/// Why a campaign ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// All runs were played.
    Completed,
    /// There was a finding.
    FailedFast,
    /// Time was up.
    TimedOut,
    /// Somebody stopped it.
    Interrupted,
}

/// What a campaign found.
#[derive(Clone, Debug)]
pub struct Summary {
    /// Runs played; entries of the corpus that were replayed are not counted.
    pub runs: u64,
    /// Entries of the corpus that were replayed.
    pub replayed: u64,
    /// Calls played.
    pub calls: u64,
    /// Calls that reverted or halted.
    pub reverts: u64,
    /// What came of asking the model.
    pub predictions: Predictions,
    /// By action.
    pub actions: Vec<ActionCount>,
    /// Why calls failed.
    pub failures: Failures,
    /// How what is known grew, from nothing to the end.
    pub growth: Vec<Point>,
    /// By selected invariant.
    pub invariants: Vec<InvariantCount>,
    /// By deviation that was measured.
    pub deviations: Vec<DeviationCount>,
    /// Edges seen.
    pub edges: usize,
    /// Kinds of states of the ledger that were seen.
    pub states: usize,
    /// Those edges, each with how many runs took it; of the common ones, some of them.
    pub taken: Vec<(Edge, u64)>,
    /// Edges there can be.
    pub edges_possible: usize,
    /// Sequences that found coverage.
    pub corpus: Corpus,
    /// In order of the catalogue.
    pub violations: Vec<Violation>,
    /// When something was violated for the first time.
    pub first: Option<First>,
    /// Why it ended.
    pub ended: Ended,
}

/// The first violation of a campaign, in the order of its runs.
#[derive(Clone, Debug)]
pub struct First {
    /// Calls up to it, itself included.
    pub calls: u64,
    /// All that this call violated, in the order selected.
    pub invariants: Vec<&'static Invariant>,
}
