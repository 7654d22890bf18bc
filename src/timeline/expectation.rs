//! What should have been instead of a violation, as far as the contracts can be asked: out of what the model predicted, or
//! else out of what the last call changed.

use std::collections::BTreeMap;

use alloy_primitives::{Address, Bytes, Log};

use crate::{
    call::Outcome,
    model::{Ending, Prediction},
    oracle::Step,
    protocol::{Answer, Protocol},
};

/// Answers that are kept: one that is wrong is enough to show it.
const MOST: usize = 4;

/// What should have been.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expectation {
    /// The last call had to revert.
    Reverts,
    /// The last call had to succeed.
    Succeeds,
    /// The last call had to return this.
    Returns(Bytes),
    /// Contracts had to answer otherwise.
    Answers(Vec<Expected>),
    /// Nobody can say what should have been, only that it was not this.
    Otherwise(Seen),
}

/// What was seen of the last call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// What contracts answered after it and not before it.
    pub answers: Vec<Answer>,
    /// What they announced, if it succeeded.
    pub events: Option<Vec<Log>>,
}

/// A question, what should have been answered, and what was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// The question, with what should have been answered.
    pub right: Answer,
    /// What was answered.
    pub seen: Option<Bytes>,
}

/// What should have been at `step`, which violates something.
pub(super) fn of(protocol: &dyn Protocol, step: &Step<'_>) -> Expectation {
    step.predicted
        .and_then(|predicted| of_model(protocol, step, predicted))
        .unwrap_or_else(|| otherwise(protocol, step))
}

fn of_model(protocol: &dyn Protocol, step: &Step<'_>, predicted: &Prediction) -> Option<Expectation> {
    match (&predicted.ending, step.outcome) {
        (Ending::Unpredicted(_), _) => None,
        (Ending::Reverts(_), Outcome::Returned(_)) => Some(Expectation::Reverts),
        (Ending::Returns(_), Outcome::Reverted(_) | Outcome::Halted(_)) => Some(Expectation::Succeeds),
        (Ending::Returns(returned), Outcome::Returned(data)) if !data.is_empty() && *returned.data() != data[..] => {
            Some(Expectation::Returns(returned.data().into()))
        }
        (Ending::Returns(_) | Ending::Reverts(_), _) => {
            let mut seen = by_question(protocol.answers(step.after));
            let wrong = protocol.answers(&predicted.ledger).into_iter().filter_map(|right| {
                let seen = seen.remove(&(right.contract, right.data.clone()))?.expected;
                (right.expected.is_some() && right.expected != seen).then_some(Expected { right, seen })
            });
            let wrong: Vec<_> = wrong.take(MOST).collect();
            (!wrong.is_empty()).then_some(Expectation::Answers(wrong))
        }
    }
}

fn otherwise(protocol: &dyn Protocol, step: &Step<'_>) -> Expectation {
    let mut before = by_question(protocol.answers(step.before));
    let mut is_new = |after: &Answer| {
        let before = before.remove(&(after.contract, after.data.clone()));
        before.is_some_and(|before| before.expected != after.expected)
    };
    let changed = protocol.answers(step.after).into_iter().filter(|after| is_new(after) && after.expected.is_some());
    let events = step.succeeded().then(|| step.events.to_vec());
    Expectation::Otherwise(Seen { answers: changed.take(MOST).collect(), events })
}

/// The questions are not the same before and after: there may be one more slash to ask about.
fn by_question(answers: Vec<Answer>) -> BTreeMap<(Address, Bytes), Answer> {
    answers.into_iter().map(|answer| ((answer.contract, answer.data.clone()), answer)).collect()
}
