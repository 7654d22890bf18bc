//! A campaign between two epochs, as it is written down to be resumed.
//!
//! An epoch is a function of what is known when it begins, so a campaign that goes on from here ends as if it had never
//! stopped.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    ActionCount, Campaign, DeviationCount, Failures, First, Growth, InvariantCount, Origin, Predictions, Violation,
};
use crate::{
    codec,
    corpus::{Corpus, Goals},
    coverage::CoverageMap,
    novelty,
    oracle::Invariant,
    own,
    problem::Problem,
};

/// A campaign between two epochs.
#[derive(Clone, Debug)]
pub struct Checkpoint {
    /// All but the corpus, as JSON.
    pub state: Value,
    /// The corpus, in its order.
    pub corpus: Corpus,
}

impl Checkpoint {
    /// Calls that were played up to here.
    pub fn calls(&self) -> u64 {
        self.state.get("calls").and_then(Value::as_u64).unwrap_or(0)
    }
}

/// A place of a map: where, what was seen, and how many runs went there.
type Place = (u32, u8, u16);

#[derive(Serialize, Deserialize)]
struct State {
    epoch: u64,
    runs: u64,
    replayed: u64,
    calls: u64,
    reverts: u64,
    predictions: Predictions,
    actions: Vec<ActionCount>,
    failures: Failures,
    growth: Growth,
    invariants: Vec<(String, InvariantCount)>,
    deviations: Vec<DeviationCount>,
    edges: Vec<Place>,
    states: Vec<Place>,
    /// By entry of the corpus.
    goals: Vec<Goals>,
    violations: Vec<Violated>,
    first: Option<FirstViolated>,
}

#[derive(Serialize, Deserialize)]
struct Violated {
    invariant: String,
    sentence: String,
    origin: Origin,
    calls: Value,
}

#[derive(Serialize, Deserialize)]
struct FirstViolated {
    calls: u64,
    invariants: Vec<String>,
}

impl Campaign<'_> {
    /// The campaign as it stands, which must be between two epochs.
    pub(super) fn checkpoint(&self) -> Checkpoint {
        let id = |invariant: &&'static Invariant| invariant.id.to_owned();
        let violated = |violation: &Violation| Violated {
            invariant: id(&violation.invariant),
            sentence: violation.sentence.clone(),
            origin: violation.origin,
            calls: codec::write_calls(self.protocol, &violation.calls),
        };
        let state = State {
            epoch: self.epoch,
            runs: self.runs,
            replayed: self.replayed,
            calls: self.calls,
            reverts: self.reverts,
            predictions: self.predictions.clone(),
            actions: self.actions.clone(),
            failures: self.failures.clone(),
            growth: self.growth.clone(),
            invariants: self.options.invariants.iter().map(id).zip(self.invariants.iter().copied()).collect(),
            deviations: self.deviations.clone(),
            edges: self.edges.places(),
            states: self.states.places(),
            goals: self.corpus.entries().iter().map(|entry| entry.goals.clone()).collect(),
            violations: self.violations.iter().map(violated).collect(),
            first: self.first.as_ref().map(|first| FirstViolated {
                calls: first.calls,
                invariants: first.invariants.iter().map(id).collect(),
            }),
        };
        Checkpoint { state: json!(state), corpus: self.corpus.clone() }
    }

    /// Becomes what was written down. `edges` is the number of edges there can be.
    pub(super) fn restore(&mut self, checkpoint: Checkpoint, edges: usize) -> Result<(), Problem> {
        let Checkpoint { state, mut corpus } = checkpoint;
        let state: State =
            serde_json::from_value(state).map_err(|error| foreign(&format!("it makes no sense: {error}")))?;
        if !self.is_like(&state) || state.goals.len() != corpus.entries().len() {
            return Err(foreign("it counts other actions, invariants or sequences"));
        }
        let end = u32::try_from(edges).unwrap_or(u32::MAX);
        let map = |places: &[Place], end| {
            CoverageMap::of_places(places, end).ok_or_else(|| foreign("it knows code that is not there"))
        };
        (self.edges, self.states) = (map(&state.edges, end)?, map(&state.states, novelty::END + own::STATES)?);
        for (number, goals) in (0..).zip(state.goals) {
            corpus.credit(number, goals);
        }
        self.corpus = corpus;
        self.violations = state.violations.into_iter().map(|it| self.violation(it)).collect::<Result<_, _>>()?;
        self.first = state.first.as_ref().map(|first| self.first(first)).transpose()?;
        (self.epoch, self.runs, self.replayed) = (state.epoch, state.runs, state.replayed);
        (self.calls, self.reverts, self.predictions) = (state.calls, state.reverts, state.predictions);
        (self.actions, self.deviations) = (state.actions, state.deviations);
        (self.failures, self.growth) = (state.failures, state.growth);
        self.invariants = state.invariants.into_iter().map(|(_, count)| count).collect();
        Ok(())
    }

    /// Whether `state` counts what this campaign counts.
    fn is_like(&self, state: &State) -> bool {
        let ids = state.invariants.iter().map(|(id, _)| id.as_str());
        self.actions.len() == state.actions.len()
            && self.deviations.len() == state.deviations.len()
            && self.options.invariants.iter().map(|invariant| invariant.id).eq(ids)
    }

    fn violation(&self, violated: Violated) -> Result<Violation, Problem> {
        let calls = codec::read_calls(self.protocol, &violated.calls)?;
        Ok(Violation {
            invariant: self.selected(&violated.invariant)?,
            sentence: violated.sentence,
            origin: violated.origin,
            original_length: calls.len(),
            calls,
            shrunk: false,
        })
    }

    fn first(&self, first: &FirstViolated) -> Result<First, Problem> {
        let invariants = first.invariants.iter().map(|id| self.selected(id)).collect::<Result<_, _>>()?;
        Ok(First { calls: first.calls, invariants })
    }

    fn selected(&self, id: &str) -> Result<&'static Invariant, Problem> {
        let found = self.options.invariants.iter().find(|invariant| invariant.id == id);
        found.copied().ok_or_else(|| foreign(&format!("{id} is not judged here")))
    }
}

fn foreign(why: &str) -> Problem {
    Problem::new(format!("the checkpoint is of another campaign: {why}"))
        .hint("resume with the options and the contracts of the campaign that was interrupted")
}
