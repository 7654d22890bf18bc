//! What should have been instead of a violation, as far as the contracts can be asked: out of what the model predicted, or
//! else out of what the last call changed.

use alloy_primitives::Bytes;

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
    /// Nobody can say what should have been; this is what was seen, as far as the last call changed it.
    Otherwise(Vec<Answer>),
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
            let (right, seen) = (protocol.answers(&predicted.ledger), protocol.answers(step.after));
            let wrong = right.into_iter().zip(seen).filter(|(right, seen)| right.expected != seen.expected);
            let wrong = wrong.filter(|(right, _)| right.expected.is_some());
            let wrong: Vec<_> = wrong.map(|(right, seen)| Expected { right, seen: seen.expected }).take(MOST).collect();
            (!wrong.is_empty()).then_some(Expectation::Answers(wrong))
        }
    }
}

fn otherwise(protocol: &dyn Protocol, step: &Step<'_>) -> Expectation {
    let (before, after) = (protocol.answers(step.before), protocol.answers(step.after));
    let changed = before.into_iter().zip(after).filter(|(before, after)| before.expected != after.expected);
    Expectation::Otherwise(changed.map(|(_, after)| after).filter(|it| it.expected.is_some()).take(MOST).collect())
}
