//! Plays sequences one after the other, each from where it parts from the one before: attempts of the shrinker differ in
//! a few calls, and what comes before those is played already.

use super::worker::violation;
use crate::{
    call::{Call, Outcome},
    executor::{Executor, Moment},
    oracle::{Checkpoint, Invariant, Step},
    shrinker::Shown,
};

/// Moments that are kept of a sequence, at most: each holds a ledger.
const MOST_MOMENTS: usize = 128;

/// A call that was played and showed nothing.
struct Mark {
    call: Call,
    succeeded: bool,
    /// The world after it. Of long sequences only some are kept.
    moment: Option<Moment>,
}

/// What was played last, and what is looked for.
pub struct Rehearsal<'e, 'p> {
    executor: &'e mut Executor<'p>,
    invariant: &'static Invariant,
    marks: Vec<Mark>,
}

impl<'e, 'p> Rehearsal<'e, 'p> {
    /// Looks for violations of `invariant`. Nobody else may play on `executor` meanwhile.
    pub fn new(executor: &'e mut Executor<'p>, invariant: &'static Invariant) -> Self {
        executor.ask_for([invariant]);
        executor.reset();
        Self { executor, invariant, marks: Vec::new() }
    }

    /// Where and how `calls`, played from the deployment, violate the invariant, if they do.
    pub fn shows(&mut self, calls: &[Call]) -> Option<(Shown, String)> {
        self.go_back(calls);
        let stride = calls.len().div_ceil(MOST_MOMENTS).max(1);
        for (at, call) in calls.iter().enumerate().skip(self.marks.len()) {
            let outcome = self.executor.play(call);
            let succeeded = outcome.as_ref().is_some_and(Outcome::is_success);
            if let Some(outcome) = &outcome
                && let Some(sentence) = violation(self.invariant, &self.executor.step(call, outcome))
            {
                return Some((self.shown(at, Some(succeeded)), sentence));
            }
            let moment = (at + 1).is_multiple_of(stride).then(|| self.executor.moment());
            self.marks.push(Mark { call: call.clone(), succeeded, moment });
        }
        let sentence = self.violation_at_exit()?;
        Some((self.shown(calls.len().saturating_sub(1), None), sentence))
    }

    /// Goes back to the last moment that is kept of what `calls` have in common with what was played.
    fn go_back(&mut self, calls: &[Call]) {
        let common = self.marks.iter().zip(calls).take_while(|(mark, call)| mark.call == **call).count();
        let kept = self.marks[..common].iter().rposition(|mark| mark.moment.is_some());
        self.marks.truncate(kept.map_or(0, |last| last + 1));
        match self.marks.last().and_then(|mark| mark.moment.as_ref()) {
            Some(moment) => self.executor.return_to(moment),
            None => self.executor.reset(),
        }
    }

    fn shown(&self, at: usize, last: Option<bool>) -> Shown {
        Shown { at, succeeded: self.marks.iter().map(|mark| mark.succeeded).chain(last).collect() }
    }

    fn violation_at_exit(&mut self) -> Option<String> {
        let Self { executor, invariant, .. } = self;
        if invariant.checkpoint != Checkpoint::Exit {
            return None;
        }
        let mut shown = None;
        executor.leave(&mut |step: &Step<'_>| shown = shown.take().or_else(|| violation(invariant, step)));
        shown
    }
}
