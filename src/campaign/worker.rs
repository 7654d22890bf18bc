//! What a thread of a campaign does: runs, replays of the corpus, and the shrinking of findings.

use std::{
    panic::{self, AssertUnwindSafe},
    sync::{Arc, atomic::Ordering, mpsc},
};

use super::{ActionCount, Control, DeviationCount, Done, InvariantCount, Options, Plan, Played, Task, Violation};
use crate::{
    call::{ActionId, Call, Delay, Outcome},
    draw::Dice,
    executor::Executor,
    generator::Generator,
    limits,
    oracle::{Checkpoint, Invariant, Step, Verdict},
    protocol::Protocol,
    shrinker::{Shown, shrink},
};

/// A thread with a world of its own. Nothing is shared between epochs.
pub(super) struct Worker<'a> {
    pub(super) protocol: &'a dyn Protocol,
    pub(super) options: &'a Options,
    pub(super) control: &'a Control,
    pub(super) results: mpsc::Sender<(usize, Done)>,
}

impl Worker<'_> {
    pub(super) fn work(&self, plans: &mpsc::Receiver<Arc<Plan>>) {
        let mut executor = Executor::deploy(self.protocol).expect("what deployed once deploys again");
        while let Ok(plan) = plans.recv() {
            loop {
                let index = plan.next.fetch_add(1, Ordering::Relaxed);
                let Some(task) = plan.tasks.get(index) else { break };
                let performed = panic::catch_unwind(AssertUnwindSafe(|| self.perform(&mut executor, &plan, task)));
                let done = performed.unwrap_or_else(Done::Broken);
                // Nobody listens any more only when the campaign is over.
                if self.results.send((index, done)).is_err() {
                    return;
                }
            }
        }
    }

    fn perform(&self, executor: &mut Executor<'_>, plan: &Plan, task: &Task) -> Done {
        if self.control.interrupted.load(Ordering::Relaxed) {
            return Done::Skipped;
        }
        match task {
            Task::Replay { entry } => {
                let calls = &plan.corpus.entries()[*entry].calls;
                let mut run = Run::begin(executor, self.options, plan);
                run.played.is_replay = true;
                run.replay(calls);
                run.leave();
                Done::Played(Box::new(run.end()))
            }
            Task::Run { number } => {
                let mut dice = Dice::of_run(self.options.seed, plan.epoch, *number);
                let mut run = Run::begin(executor, self.options, plan);
                run.play(&mut dice);
                if number.is_multiple_of(limits::RUNS_PER_EXIT) {
                    run.leave();
                }
                Done::Played(Box::new(run.end()))
            }
            Task::Shrink { violation } => {
                let violation = plan.violations[*violation].clone();
                let limit = self.options.shrink_run_limit;
                Done::Shrunk(Box::new(shrink_violation(executor, violation, limit, self.control)))
            }
        }
    }
}

/// A run under way.
struct Run<'r, 'p> {
    executor: &'r mut Executor<'p>,
    options: &'r Options,
    plan: &'r Plan,
    played: Played,
    /// Time that passed since the last call.
    waited: Delay,
}

impl<'r, 'p> Run<'r, 'p> {
    fn begin(executor: &'r mut Executor<'p>, options: &'r Options, plan: &'r Plan) -> Self {
        let open = options.invariants.iter().zip(&plan.settled).filter(|(_, settled)| !**settled);
        executor.ask_model_for(open.map(|(invariant, _)| *invariant));
        executor.reset();
        executor.world_mut().edges_mut().clear();
        let played = Played {
            actions: vec![ActionCount::default(); executor.protocol().actions().len()],
            invariants: vec![InvariantCount::default(); options.invariants.len()],
            deviations: vec![DeviationCount::default(); options.deviations.len()],
            ..Played::default()
        };
        Self { executor, options, plan, played, waited: Delay::default() }
    }

    /// Plays calls that were drawn before; those that name what is not there are passed over.
    fn replay(&mut self, calls: &[Call]) {
        for call in calls {
            self.wait(call.delay);
            self.execute(call.clone());
        }
    }

    /// Plays calls drawn now, after the beginning of a sequence of the corpus in half of the runs.
    fn play(&mut self, dice: &mut Dice) {
        let entries = self.plan.corpus.entries();
        if !entries.is_empty() && dice.chance(50) {
            let calls = &entries[dice.below(entries.len())].calls;
            if !calls.is_empty() {
                self.replay(&calls[..=dice.below(calls.len())]);
            }
        }
        let generator = Generator::for_run(self.executor.protocol(), dice).among(&self.options.actions);
        let depth = self.options.depth as usize;
        for _ in 0..depth.saturating_sub(self.played.sequence.len()) {
            self.wait(generator.delay(dice, self.executor.ledger()));
            let drawn = generator.next(dice, self.executor.ledger());
            for action in drawn.discarded {
                self.count(action).discarded += 1;
            }
            if let Some((action, actor, operation)) = drawn.call {
                self.execute(Call { action, actor, delay: Delay::default(), operation });
            }
        }
    }

    fn wait(&mut self, delay: Delay) {
        self.executor.advance(delay);
        self.waited = self.waited.plus(delay);
    }

    fn count(&mut self, action: ActionId) -> &mut ActionCount {
        &mut self.played.actions[usize::from(action.0)]
    }

    fn execute(&mut self, mut call: Call) {
        call.delay = self.waited;
        let edges = self.executor.world().edges().taken().len();
        let Some(outcome) = self.executor.execute(&call) else {
            self.count(call.action).discarded += 1;
            return;
        };
        self.waited = Delay::default();
        let count = self.count(call.action);
        if outcome.is_success() {
            count.succeeded += 1;
        } else {
            count.reverted += 1;
            self.played.reverts += 1;
        }
        self.played.calls += 1;
        self.judge(&call, &outcome);
        self.played.sequence.push(call);
        let novel = self.plan.coverage.novel(self.executor.world().edges(), edges);
        if !novel.is_empty() {
            self.played.edges.extend(novel);
            self.played.useful = self.played.sequence.len();
        }
    }

    fn judge(&mut self, call: &Call, outcome: &Outcome) {
        let Self { executor, options, plan, played, .. } = self;
        let step = executor.step(call, outcome);
        if let Some(prediction) = step.predicted {
            played.predictions.count(&prediction.ending);
        }
        let at = played.sequence.len();
        played.judge(options, &plan.settled, &step, at);
    }

    /// Everybody leaves, if that is judged. The calls of it are none of the sequence: they follow from it.
    fn leave(&mut self) {
        let Self { executor, options, plan, played, .. } = self;
        let is_judged =
            |(invariant, settled): (&&Invariant, &bool)| invariant.checkpoint == Checkpoint::Exit && !settled;
        let Some(at) = played.sequence.len().checked_sub(1) else { return };
        if !options.deviations.is_empty() || options.invariants.iter().zip(&plan.settled).any(is_judged) {
            executor.leave(&mut |step| played.judge(options, &plan.settled, step, at));
        }
    }

    fn end(mut self) -> Played {
        if self.played.violations.is_empty() && self.played.edges.is_empty() {
            self.played.sequence = Vec::new();
        }
        self.played
    }
}

impl Played {
    /// Judges what is judged at `step`, which is of the call `at` of the sequence, and measures what is measured.
    fn judge(&mut self, options: &Options, settled: &[bool], step: &Step<'_>, at: usize) {
        for (deviation, count) in options.deviations.iter().zip(&mut self.deviations) {
            count.add((deviation.measure)(step));
        }
        for (index, invariant) in options.invariants.iter().enumerate() {
            let count = &mut self.invariants[index];
            // What was violated once stays so; its sequence is known.
            if settled[index] || count.violated || !invariant.checkpoint.is_at(step) {
                continue;
            }
            match (invariant.check)(step) {
                Verdict::Holds => count.checks += 1,
                Verdict::NotApplicable => count.not_applicable += 1,
                Verdict::Violated(sentence) => {
                    count.checks += 1;
                    count.violated = true;
                    self.violations.push((index, at, sentence));
                }
            }
        }
    }
}

/// Makes a finding smaller.
pub fn shrink_violation(executor: &mut Executor<'_>, violation: Violation, limit: u64, control: &Control) -> Violation {
    let invariant = violation.invariant;
    let protocol = executor.protocol();
    let mut verifier = |calls: &[Call]| {
        if control.interrupted.load(Ordering::Relaxed) {
            return None;
        }
        shows(executor, invariant, calls).map(|(shown, _)| shown)
    };
    let shrunk = shrink(protocol, violation.calls.clone(), limit, &mut verifier);
    let sentence = shows(executor, invariant, &shrunk.calls).map(|(_, sentence)| sentence);
    let finished = shrunk.finished && !control.interrupted.load(Ordering::Relaxed);
    Violation { sentence: sentence.unwrap_or(violation.sentence), calls: shrunk.calls, shrunk: finished, ..violation }
}

/// Plays `calls` from the deployment; where and how they violate `invariant`, if they do.
pub fn shows(executor: &mut Executor<'_>, invariant: &Invariant, calls: &[Call]) -> Option<(Shown, String)> {
    executor.ask_model_for([invariant]);
    executor.reset();
    let mut succeeded = Vec::with_capacity(calls.len());
    for (at, call) in calls.iter().enumerate() {
        let Some(outcome) = executor.play(call) else {
            succeeded.push(false);
            continue;
        };
        succeeded.push(outcome.is_success());
        if let Some(sentence) = violation(invariant, &executor.step(call, &outcome)) {
            return Some((Shown { at, succeeded }, sentence));
        }
    }
    if invariant.checkpoint != Checkpoint::Exit {
        return None;
    }
    let mut shown = None;
    executor.leave(&mut |step| shown = shown.take().or_else(|| violation(invariant, step)));
    shown.map(|sentence| (Shown { at: calls.len().saturating_sub(1), succeeded }, sentence))
}

/// How `invariant` is violated at `step`, if it is judged there and is.
pub fn violation(invariant: &Invariant, step: &Step<'_>) -> Option<String> {
    if !invariant.checkpoint.is_at(step) {
        return None;
    }
    match (invariant.check)(step) {
        Verdict::Violated(sentence) => Some(sentence),
        Verdict::Holds | Verdict::NotApplicable => None,
    }
}
