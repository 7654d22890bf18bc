//! What a thread of a campaign does: runs, replays of the corpus, and the shrinking of findings.

use std::{
    ops::Range,
    panic::{self, AssertUnwindSafe},
    sync::{Arc, atomic::Ordering, mpsc},
};

use super::{
    ActionCount, Control, DeviationCount, Done, InvariantCount, Options, Plan, Played, Task, Violation,
    rehearsal::Rehearsal,
    trail::{Trail, Trails},
};
use alloy_primitives::U256;

use crate::{
    call::{ActionId, Call, Delay, Outcome},
    coverage::{self, Signal},
    draw::Dice,
    executor::{Executor, Moment},
    generator::Generator,
    limits,
    mutator::{Mutator, Place},
    novelty,
    oracle::{Checkpoint, Deviation, Invariant, Scope, Step, Verdict},
    own,
    protocol::{Expects, Protocol},
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
        let mut trails = Trails::default();
        while let Ok(plan) = plans.recv() {
            loop {
                let index = plan.next.fetch_add(1, Ordering::Relaxed);
                if index >= plan.tasks.len() {
                    break;
                }
                let performed =
                    panic::catch_unwind(AssertUnwindSafe(|| self.perform(&mut executor, &mut trails, &plan, index)));
                let done = performed.unwrap_or_else(Done::Broken);
                if self.options.fail_fast && done.has_finding() {
                    plan.last.fetch_min(index, Ordering::Relaxed);
                }
                // Nobody listens any more only when the campaign is over.
                if self.results.send((index, done)).is_err() {
                    return;
                }
            }
        }
    }

    fn perform(&self, executor: &mut Executor<'_>, trails: &mut Trails, plan: &Plan, index: usize) -> Done {
        if self.control.interrupted.load(Ordering::Relaxed) || index > plan.last.load(Ordering::Relaxed) {
            return Done::Skipped;
        }
        match &plan.tasks[index] {
            Task::Replay { entry } => {
                let calls = &plan.corpus.entries()[*entry].calls;
                let mut run = Run::begin(executor, self.options, plan, trails);
                run.played.is_replay = true;
                run.replay(calls);
                run.leave();
                Done::Played(vec![run.end(*entry as u64)])
            }
            Task::Siblings { numbers } => {
                let mut run = Run::begin(executor, self.options, plan, trails);
                Done::Played(run.play_siblings(numbers.clone()))
            }
            Task::Run { number } => {
                let mut run = Run::begin(executor, self.options, plan, trails);
                Done::Played(vec![run.play(*number, &[])])
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
    /// Where the run went.
    trails: &'r mut Trails,
    /// Numbers that contracts compared something with when a call failed.
    dictionary: Vec<U256>,
}

/// Where runs that begin alike part.
struct Parting {
    moment: Moment,
    waited: Delay,
    sequence: Vec<Call>,
}

impl<'r, 'p> Run<'r, 'p> {
    fn begin(executor: &'r mut Executor<'p>, options: &'r Options, plan: &'r Plan, trails: &'r mut Trails) -> Self {
        executor.ask_for(plan.open.invariants());
        executor.reset();
        trails.begin();
        let played = Played::nothing(executor.protocol(), options);
        Self { executor, options, plan, played, waited: Delay::default(), trails, dictionary: Vec::new() }
    }

    /// Plays calls that were drawn before; those that name what is not there are passed over.
    fn replay(&mut self, calls: &[Call]) {
        for call in calls {
            self.wait(call.delay);
            self.execute(call.clone());
        }
    }

    /// Plays runs that begin with the same of the corpus, which only the first of them plays.
    fn play_siblings(&mut self, numbers: Range<u64>) -> Vec<Played> {
        let plan = self.plan;
        let mut dice = Dice::of_siblings(self.options.seed, plan.epoch, numbers.start);
        let chosen = dice.weighted(&plan.weights);
        let calls = chosen.map_or(&[][..], |chosen| &plan.corpus.entries()[chosen].calls);
        let longest = calls.len().min(self.options.depth as usize);
        let (kept, rest) = calls.split_at(dice.below(longest + 1));
        self.replay(kept);
        let parting = self.part();
        let go_on = |number| {
            if number != numbers.start {
                self.go_back(&parting);
            }
            self.play(number, rest)
        };
        numbers.clone().map(go_on).collect()
    }

    fn part(&mut self) -> Parting {
        let (moment, sequence) = (self.executor.moment(), self.played.sequence.clone());
        Parting { moment, waited: self.waited, sequence }
    }

    fn go_back(&mut self, parting: &Parting) {
        self.executor.return_to(&parting.moment);
        self.trails.begin();
        self.waited = parting.waited;
        self.dictionary.clear();
        self.played.sequence.clone_from(&parting.sequence);
    }

    /// Plays calls drawn now; in half of the runs after `rest`, changed: what comes next in a sequence of the corpus.
    fn play(&mut self, number: u64, rest: &[Call]) -> Played {
        let mut dice = Dice::of_run(self.options.seed, self.plan.epoch, number);
        let changed = !rest.is_empty() && dice.chance(50);
        let beginning = if changed { self.mutator().mutate(&mut dice, rest) } else { Vec::new() };
        self.fill(&mut dice, beginning);
        if number.is_multiple_of(limits::RUNS_PER_EXIT) {
            self.leave();
        }
        self.end(number)
    }

    /// Plays `beginning`, and draws until the run has all its calls.
    fn fill(&mut self, dice: &mut Dice, beginning: Vec<Place>) {
        let generator = Generator::for_run(self.executor.protocol(), dice);
        let generator = generator.insisting(&self.plan.scarce).favouring(&self.plan.neglected);
        let generator = generator.among(&self.options.actions);
        for place in beginning {
            if self.is_full() {
                break;
            }
            match place {
                Place::Kept(call) => {
                    self.wait(call.delay);
                    self.execute(*call);
                }
                Place::Fresh => self.draw(dice, &generator),
            }
        }
        let depth = self.options.depth as usize;
        for _ in 0..depth.saturating_sub(self.played.sequence.len()) {
            if self.is_full() {
                break;
            }
            self.draw(dice, &generator);
        }
    }

    /// Whether the run has all its calls. One that is solved is one more.
    fn is_full(&self) -> bool {
        self.played.sequence.len() >= self.options.depth as usize
    }

    fn mutator(&self) -> Mutator<'_> {
        let (protocol, entries) = (self.executor.protocol(), self.plan.corpus.entries());
        Mutator { protocol, entries, dictionary: &self.dictionary }
    }

    /// Draws a call and plays it. If it fails for a number, then mostly once more with the one it was compared with.
    fn draw(&mut self, dice: &mut Dice, generator: &Generator<'_>) {
        self.wait(generator.delay(dice, self.executor.ledger()));
        let drawn = generator.next(dice, self.executor.ledger());
        for action in drawn.discarded {
            self.count(action).discarded += 1;
        }
        let Some((action, actor, operation)) = drawn.call else { return };
        let call = Call { action, actor, delay: Delay::default(), operation };
        let succeeded = self.execute(call.clone());
        if succeeded == Some(false) && self.options.guidance.compares() && !self.is_full() {
            let solved = self.solve(dice, &call);
            solved.and_then(|solved| self.execute(solved));
        }
    }

    /// `call` with a number that it was compared with. Probes fail for other reasons.
    fn solve(&mut self, dice: &mut Dice, call: &Call) -> Option<Call> {
        let protocol = self.executor.protocol();
        if protocol.actions()[usize::from(call.action.0)].expects == Expects::Revert || !dice.chance(50) {
            return None;
        }
        let compared = self.executor.compared();
        let room = limits::DICTIONARY.saturating_sub(self.dictionary.len());
        self.dictionary.extend(compared.iter().flat_map(|(left, right)| [*left, *right]).take(room));
        let both_ways = compared.into_iter().flat_map(|(left, right)| [(left, right), (right, left)]);
        let mutator = self.mutator();
        both_ways.into_iter().find_map(|(given, found)| mutator.solve(dice, call, given, found))
    }

    fn wait(&mut self, delay: Delay) {
        self.executor.advance(delay);
        self.waited = self.waited.plus(delay);
    }

    fn count(&mut self, action: ActionId) -> &mut ActionCount {
        &mut self.played.actions[usize::from(action.0)]
    }

    /// Plays a call; whether it succeeded, if it could be played.
    fn execute(&mut self, mut call: Call) -> Option<bool> {
        call.delay = self.waited;
        self.executor.world_mut().edges_mut().clear();
        let Some(outcome) = self.executor.execute(&call) else {
            self.count(call.action).discarded += 1;
            return None;
        };
        self.waited = Delay::default();
        let count = self.count(call.action);
        if outcome.is_success() {
            count.succeeded += 1;
        } else {
            count.reverted += 1;
            self.played.reverts += 1;
            self.played.failures.count(call.action, &outcome);
        }
        self.played.calls += 1;
        self.judge(&call, &outcome);
        self.played.sequence.push(call);
        self.learn(outcome.is_success());
        Some(outcome.is_success())
    }

    /// Notes where the last call went, if few went there.
    fn learn(&mut self, succeeded: bool) {
        let Self { executor, options, plan, played, trails, .. } = self;
        let Played { edges, rare_edges, states, rare_states, .. } = played;
        let known = edges.len() + states.len();
        let taken = coverage::signals(executor.world().edges());
        trails.edges.follow(&plan.edges, taken, &mut Trail { novel: edges, rare: rare_edges });
        if succeeded && options.guidance.sees_states() {
            let own = own::states(executor.answers()).map(|state| novelty::END + state);
            let reached = novelty::states(executor.ledger(), executor.touched()).into_iter().chain(own);
            let reached = reached.map(|state| Signal::new(state, 1));
            trails.states.follow(&plan.states, reached, &mut Trail { novel: states, rare: rare_states });
        }
        if edges.len() + states.len() > known {
            played.useful = played.sequence.len();
        }
    }

    fn judge(&mut self, call: &Call, outcome: &Outcome) {
        let Self { executor, options, plan, played, .. } = self;
        let step = executor.step(call, outcome);
        if let Some(prediction) = step.predicted {
            played.predictions.count(&prediction.ending);
        }
        let at = played.sequence.len();
        played.judge(&options.deviations, &plan.open, &step, at);
    }

    /// Everybody leaves, if that is judged. The calls of it are none of the sequence: they follow from it.
    fn leave(&mut self) {
        let Self { executor, options, plan, played, .. } = self;
        let Some(at) = played.sequence.len().checked_sub(1) else { return };
        if !options.deviations.is_empty() || !plan.open.at_exit.is_empty() {
            executor.leave(&mut |step| played.judge(&options.deviations, &plan.open, step, at));
        }
    }

    /// What came of the run.
    fn end(&mut self, number: u64) -> Played {
        let nothing = Played::nothing(self.executor.protocol(), self.options);
        let mut played = std::mem::replace(&mut self.played, nothing);
        played.number = number;
        if played.violations.is_empty() && played.useful == 0 {
            played.sequence = Vec::new();
        }
        played
    }
}

impl Played {
    fn nothing(protocol: &dyn Protocol, options: &Options) -> Self {
        Self {
            actions: vec![ActionCount::default(); protocol.actions().len()],
            invariants: vec![InvariantCount::default(); options.invariants.len()],
            deviations: vec![DeviationCount::default(); options.deviations.len()],
            ..Self::default()
        }
    }

    /// Judges what is judged at `step`, which is of the call `at` of the sequence, and measures what is measured.
    fn judge(&mut self, deviations: &[&Deviation], open: &Open, step: &Step<'_>, at: usize) {
        for (deviation, count) in deviations.iter().zip(&mut self.deviations) {
            count.add((deviation.measure)(step));
        }
        let scope = Scope::of(step);
        for (index, invariant) in open.at(step) {
            let count = &mut self.invariants[*index];
            // What was violated once stays so; its sequence is known.
            if count.violated {
                continue;
            }
            match invariant.judge(step, scope) {
                Verdict::NotApplicable => {}
                Verdict::Holds => count.checks += 1,
                Verdict::Violated(sentence) => {
                    count.checks += 1;
                    count.violated = true;
                    self.violations.push((*index, at, sentence));
                }
            }
        }
    }
}

/// What there is left to judge, in the order selected: with the index among all that are selected.
#[derive(Default)]
pub(super) struct Open {
    after_calls: Vec<(usize, &'static Invariant)>,
    at_exit: Vec<(usize, &'static Invariant)>,
}

impl Open {
    /// Of `selected`, those that are not `settled`.
    pub(super) fn of(selected: &[&'static Invariant], settled: &[bool]) -> Self {
        let mut open = Self::default();
        let left = selected.iter().copied().enumerate().zip(settled).filter(|(_, settled)| !**settled);
        for ((index, invariant), _) in left {
            match invariant.checkpoint {
                Checkpoint::EveryCall => open.after_calls.push((index, invariant)),
                Checkpoint::Exit => open.at_exit.push((index, invariant)),
            }
        }
        open
    }

    fn at(&self, step: &Step<'_>) -> &[(usize, &'static Invariant)] {
        if Checkpoint::Exit.is_at(step) { &self.at_exit } else { &self.after_calls }
    }

    fn invariants(&self) -> impl Iterator<Item = &'static Invariant> {
        self.after_calls.iter().chain(&self.at_exit).map(|(_, invariant)| *invariant)
    }
}

/// Makes a finding smaller.
pub fn shrink_violation(executor: &mut Executor<'_>, violation: Violation, limit: u64, control: &Control) -> Violation {
    let invariant = violation.invariant;
    let protocol = executor.protocol();
    let mut rehearsal = Rehearsal::new(executor, invariant);
    let mut verifier = |calls: &[Call]| {
        if control.interrupted.load(Ordering::Relaxed) {
            return None;
        }
        rehearsal.shows(calls).map(|(shown, _)| shown)
    };
    let shrunk = shrink(protocol, violation.calls.clone(), limit, &mut verifier);
    // Played once more from the deployment, as whoever replays it will.
    let sentence = shows(executor, invariant, &shrunk.calls).map(|(_, sentence)| sentence);
    let finished = shrunk.finished && !control.interrupted.load(Ordering::Relaxed);
    Violation { sentence: sentence.unwrap_or(violation.sentence), calls: shrunk.calls, shrunk: finished, ..violation }
}

/// Plays `calls` from the deployment; where and how they violate `invariant`, if they do.
pub fn shows(executor: &mut Executor<'_>, invariant: &Invariant, calls: &[Call]) -> Option<(Shown, String)> {
    executor.ask_for([invariant]);
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
    match invariant.judge(step, Scope::of(step)) {
        Verdict::Violated(sentence) => Some(sentence),
        Verdict::Holds | Verdict::NotApplicable => None,
    }
}
