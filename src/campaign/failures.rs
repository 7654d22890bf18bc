//! Why calls failed, counted by action.

use std::collections::BTreeMap;

use alloy_primitives::Bytes;
use alloy_sol_types::{Panic, Revert, SolError};
use serde::{Deserialize, Serialize};

use crate::call::{ActionId, Outcome};

/// Different reasons that are counted; contracts can make up as many as they like.
const MOST: usize = 2_000;

/// The longest reason that is kept whole: a message of a line.
const LONGEST: usize = 4 + 4 * 32;

/// Why a call failed, as far as that is counted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Failure {
    /// It reverted: with a message or a panic, which is whole, or with an error, of which this is the selector.
    Reverted(Bytes),
    /// The EVM stopped it.
    Halted(String),
    /// There were too many reasons to tell them apart.
    Uncounted,
}

impl Failure {
    fn of(outcome: &Outcome) -> Option<Self> {
        match outcome {
            Outcome::Returned(_) => None,
            Outcome::Reverted(data) => {
                let says_why = data.starts_with(&Revert::SELECTOR) || data.starts_with(&Panic::SELECTOR);
                let kept = if says_why && data.len() <= LONGEST { data.len() } else { data.len().min(4) };
                Some(Self::Reverted(data.slice(..kept)))
            }
            Outcome::Halted(reason) => Some(Self::Halted(reason.clone())),
        }
    }
}

/// By action and reason: calls that failed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<(u16, Failure, u64)>", into = "Vec<(u16, Failure, u64)>")]
pub struct Failures(BTreeMap<(u16, Failure), u64>);

impl Failures {
    /// Counts a call of `action`, if it failed.
    pub(super) fn count(&mut self, action: ActionId, outcome: &Outcome) {
        if let Some(failure) = Failure::of(outcome) {
            self.add_to((action.0, failure), 1);
        }
    }

    pub(super) fn add(&mut self, other: &Self) {
        for (key, calls) in &other.0 {
            self.add_to(key.clone(), *calls);
        }
    }

    fn add_to(&mut self, (action, failure): (u16, Failure), calls: u64) {
        let is_known = self.0.len() < MOST || self.0.contains_key(&(action, failure.clone()));
        let key = (action, if is_known { failure } else { Failure::Uncounted });
        *self.0.entry(key).or_default() += calls;
    }

    /// Action, reason and number of calls, in order of the actions.
    pub fn iter(&self) -> impl Iterator<Item = (ActionId, &Failure, u64)> {
        self.0.iter().map(|((action, failure), calls)| (ActionId(*action), failure, *calls))
    }
}

impl From<Vec<(u16, Failure, u64)>> for Failures {
    fn from(rows: Vec<(u16, Failure, u64)>) -> Self {
        Self(rows.into_iter().map(|(action, failure, calls)| ((action, failure), calls)).collect())
    }
}

impl From<Failures> for Vec<(u16, Failure, u64)> {
    fn from(failures: Failures) -> Self {
        failures.0.into_iter().map(|((action, failure), calls)| (action, failure, calls)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calls(failures: &Failures) -> u64 {
        failures.iter().map(|(_, _, calls)| calls).sum()
    }

    #[test]
    fn errors_are_counted_by_selector_and_messages_as_they_are() {
        let mut failures = Failures::default();
        for last in 0..3 {
            failures.count(ActionId(1), &Outcome::Reverted(Bytes::from(vec![1, 2, 3, 4, last])));
        }
        let message = Bytes::from(Revert::from("no".to_owned()).abi_encode());
        failures.count(ActionId(1), &Outcome::Reverted(message.clone()));
        failures.count(ActionId(2), &Outcome::Halted("OutOfGas".to_owned()));
        failures.count(ActionId(2), &Outcome::Returned(Bytes::new()));
        let rows: Vec<_> = failures.iter().map(|(action, failure, calls)| (action.0, failure.clone(), calls)).collect();
        let expected = [
            (1, Failure::Reverted(message), 1),
            (1, Failure::Reverted(Bytes::from(vec![1, 2, 3, 4])), 3),
            (2, Failure::Halted("OutOfGas".to_owned()), 1),
        ];
        assert!(expected.iter().all(|row| rows.contains(row)) && rows.len() == 3, "{rows:?}");
        let there = serde_json::to_string(&failures).unwrap();
        assert_eq!(serde_json::from_str::<Failures>(&there).unwrap(), failures);
    }

    #[test]
    fn reasons_that_are_made_up_take_no_more_memory() {
        let mut failures = Failures::default();
        for number in 0..2 * MOST {
            let message = Revert::from(format!("{number}")).abi_encode();
            failures.count(ActionId(0), &Outcome::Reverted(Bytes::from(message)));
        }
        assert_eq!(failures.iter().count(), MOST + 1);
        assert_eq!(calls(&failures), 2 * MOST as u64, "and every call is counted");
    }
}
