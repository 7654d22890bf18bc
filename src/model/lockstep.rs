//! The model beside the contracts, call by call.

use alloy_primitives::Bytes;

use super::{Ending, Prediction, Returned, play, revert::Stop};
use crate::{call::Call, ledger::Ledger};

/// Predicts each call, and compares.
///
/// The predicted ledger is the one to begin with next time as long as both sides agree, so it is copied only when they
/// do not.
#[derive(Clone, Debug)]
pub struct Lockstep {
    prediction: Prediction,
    /// Whether the predicted ledger may differ from the one there is.
    astray: bool,
}

impl Lockstep {
    /// Beside a world that stands as `ledger`.
    pub fn new(ledger: &Ledger) -> Self {
        let ending = Ending::Unpredicted("nothing was played");
        Self { prediction: Prediction { ending, ledger: ledger.clone(), agrees: true }, astray: false }
    }

    /// Tells that the world went elsewhere.
    pub fn lose(&mut self) {
        self.astray = true;
    }

    /// Predicts a call on `before`. `shown` is what a view is to show, if the call asks one for that: it changes nothing,
    /// and there is nothing to work out.
    pub fn predict(&mut self, before: &Ledger, call: &Call, shown: Option<&Bytes>) {
        let Prediction { ending, ledger, .. } = &mut self.prediction;
        if self.astray {
            become_like(ledger, before);
        }
        (ledger.block, ledger.timestamp) = (before.block, before.timestamp);
        if let Some(shown) = shown {
            *ending = Ending::Returns(Returned::Shown(shown.clone()));
            return;
        }
        *ending = match play(ledger, call) {
            Ok(returned) => Ending::Returns(returned),
            Err(Stop::Unpredicted(why)) => Ending::Unpredicted(why),
            Err(Stop::Reverts(revert)) => {
                // What was done so far is undone.
                become_like(ledger, before);
                Ending::Reverts(revert)
            }
        };
        self.astray = true;
    }

    /// Compares with the ledger after the call.
    pub fn compare(&mut self, after: &Ledger) {
        let Prediction { ending, ledger, agrees } = &mut self.prediction;
        *agrees = ending.is_predicted() && ledger == after;
        self.astray = !*agrees;
    }

    /// What was said of the last call.
    pub fn prediction(&self) -> &Prediction {
        &self.prediction
    }
}

/// Makes `ledger` what `other` is, of the same world: what is the same already is not copied.
fn become_like(ledger: &mut Ledger, other: &Ledger) {
    let Ledger {
        block,
        timestamp,
        // The same for ever.
        terms: _,
        holders: _,
        operators,
        sets,
        strategies,
        native,
        stakers,
        withdrawals,
        pending_sets,
        principals,
        tokens,
        callers,
        approvers,
        registrars,
        control,
        rewards,
        factory,
        examples,
    } = ledger;
    (*block, *timestamp) = (other.block, other.timestamp);
    list_becomes_like(operators, &other.operators);
    list_becomes_like(sets, &other.sets);
    list_becomes_like(strategies, &other.strategies);
    list_becomes_like(stakers, &other.stakers);
    list_becomes_like(withdrawals, &other.withdrawals);
    list_becomes_like(pending_sets, &other.pending_sets);
    list_becomes_like(principals, &other.principals);
    list_becomes_like(tokens, &other.tokens);
    list_becomes_like(callers, &other.callers);
    list_becomes_like(approvers, &other.approvers);
    list_becomes_like(registrars, &other.registrars);
    becomes_like(native, &other.native);
    becomes_like(control, &other.control);
    becomes_like(rewards, &other.rewards);
    becomes_like(factory, &other.factory);
    becomes_like(examples, &other.examples);
}

fn becomes_like<T: Clone + PartialEq>(value: &mut T, other: &T) {
    if value != other {
        value.clone_from(other);
    }
}

fn list_becomes_like<T: Clone + PartialEq>(list: &mut Vec<T>, other: &[T]) {
    list.truncate(other.len());
    for (item, other) in list.iter_mut().zip(other) {
        becomes_like(item, other);
    }
    list.extend_from_slice(&other[list.len()..]);
}
