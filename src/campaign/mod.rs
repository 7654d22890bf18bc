//! The campaign: all runs under one seed and configuration.
//!
//! Work proceeds in epochs. The runs of an epoch read the corpus, the coverage and the findings as they were when it
//! began; what they found is merged when it ends, in the order of the runs. A run is thus a pure function of seed, epoch
//! and number, and it does not matter which worker plays it: one worker and many give the same summary, byte for byte.

mod checkpoint;
mod failures;
mod growth;
mod learning;
mod rehearsal;
mod summary;
mod trail;
mod worker;

use std::{
    any::Any,
    ops::Range,
    panic,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
        mpsc,
    },
    thread,
};

use crate::{
    call::{ActionId, Call},
    corpus::Corpus,
    coverage::{CoverageMap, Signal},
    executor::Executor,
    generator::Selection,
    guidance::Guidance,
    invariants, limits,
    oracle::{Deviation, Invariant},
    problem::Problem,
    protocol::{Protocol, lacking},
};

pub use checkpoint::Checkpoint;
pub use failures::{Failure, Failures};
use growth::Growth;
pub use growth::Point;
pub use rehearsal::Rehearsal;
pub use summary::{ActionCount, DeviationCount, Ended, First, InvariantCount, Origin, Predictions, Summary, Violation};
use worker::{Open, Worker};
pub use worker::{shows, shrink_violation, violation};

/// How a campaign is played.
#[derive(Clone, Debug)]
pub struct Options {
    /// Decides everything that is drawn.
    pub seed: u64,
    /// Sequences to play; `None` for as many as there is time.
    pub runs: Option<u64>,
    /// Calls per run.
    pub depth: u32,
    /// Threads.
    pub workers: usize,
    /// What is drawn.
    pub actions: Selection,
    /// What decides what is tried next.
    pub guidance: Guidance,
    /// Sequences that are kept, at most.
    pub corpus_size: usize,
    /// What is judged.
    pub invariants: Vec<&'static Invariant>,
    /// What is measured.
    pub deviations: Vec<&'static Deviation>,
    /// Sequences that shrinking one finding may try; zero leaves findings as they were found.
    pub shrink_run_limit: u64,
    /// Whether to stop with the first run, in order, that has a finding, or with the siblings it was played among.
    pub fail_fast: bool,
}

impl Options {
    /// So many runs from `seed`, of everything, judging the whole catalogue.
    pub fn new(seed: u64, runs: u64) -> Self {
        Self {
            seed,
            runs: Some(runs),
            depth: 100,
            workers: 1,
            actions: Selection::All,
            guidance: Guidance::default(),
            corpus_size: limits::CORPUS_ENTRIES,
            invariants: invariants::all().collect(),
            deviations: Vec::new(),
            shrink_run_limit: 5_000,
            fail_fast: false,
        }
    }
}

/// What stops a campaign from outside.
#[derive(Clone, Debug, Default)]
pub struct Control {
    /// Stop at once; what was found is kept.
    pub interrupted: Arc<AtomicBool>,
    /// Stop at the end of the epoch.
    pub expired: Arc<AtomicBool>,
    /// Tell a checkpoint at the end of the epoch.
    pub checkpoint_due: Arc<AtomicBool>,
}

/// What a campaign tells while it goes on.
#[derive(Clone, Debug)]
pub enum Event {
    /// An epoch ended.
    Progress(Progress),
    /// An invariant was violated.
    Violated {
        /// Which.
        invariant: &'static Invariant,
        /// How.
        sentence: String,
    },
    /// A finding is being made smaller.
    Shrinking {
        /// Of which invariant.
        invariant: &'static Invariant,
        /// Calls now.
        length: usize,
    },
    /// From here the campaign can be resumed: it is time, or it ends before it is over.
    Checkpoint(Box<Checkpoint>),
}

/// How far a campaign is.
#[derive(Clone, Copy, Debug, Default)]
pub struct Progress {
    /// Runs played.
    pub runs: u64,
    /// Runs to play, if that is known.
    pub of_runs: Option<u64>,
    /// Calls played.
    pub calls: u64,
    /// Edges seen.
    pub edges: usize,
    /// Sequences kept.
    pub corpus: usize,
    /// Invariants violated.
    pub findings: usize,
}

/// Plays a campaign. `corpus` is replayed first.
pub fn run(
    protocol: &dyn Protocol,
    options: &Options,
    corpus: Corpus,
    control: &Control,
    on_event: &mut dyn FnMut(Event),
) -> Result<Summary, Problem> {
    begin(protocol, options, Beginning::Corpus(corpus), control, on_event)
}

/// Plays what is left of a campaign; the summary is that of the whole.
pub fn resume(
    protocol: &dyn Protocol,
    options: &Options,
    checkpoint: Checkpoint,
    control: &Control,
    on_event: &mut dyn FnMut(Event),
) -> Result<Summary, Problem> {
    begin(protocol, options, Beginning::Checkpoint(checkpoint), control, on_event)
}

/// What a campaign begins with.
enum Beginning {
    /// Sequences to replay.
    Corpus(Corpus),
    /// What was played already.
    Checkpoint(Checkpoint),
}

fn begin(
    protocol: &dyn Protocol,
    options: &Options,
    beginning: Beginning,
    control: &Control,
    on_event: &mut dyn FnMut(Event),
) -> Result<Summary, Problem> {
    // Whether it deploys is told before anything else, and once.
    let possible = Executor::deploy(protocol)?.world().edges().capacity();
    thread::scope(|scope| {
        let (results, received) = mpsc::channel();
        let plans: Vec<mpsc::Sender<Arc<Plan>>> = (0..options.workers)
            .map(|_| {
                let (plan, planned) = mpsc::channel();
                let worker = Worker { protocol, options, control, results: results.clone() };
                scope.spawn(move || worker.work(&planned));
                plan
            })
            .collect();
        drop(results);
        let mut campaign = Campaign::new(protocol, options, control, plans, received);
        match beginning {
            Beginning::Corpus(corpus) => campaign.corpus = corpus,
            Beginning::Checkpoint(checkpoint) => campaign.restore(checkpoint, possible)?,
        }
        campaign.play(on_event);
        campaign.shrink(on_event);
        // What could not be read was taken for empty: nothing that was found counts.
        protocol.origin().and_then(|origin| origin.backing.failure()).map_or(Ok(()), Err)?;
        Ok(campaign.into_summary(possible))
    })
}

/// Work that any worker can do.
#[derive(Clone, Debug)]
enum Task {
    /// An entry of the corpus, from the beginning.
    Replay { entry: usize },
    /// Runs that begin with the same of the corpus.
    Siblings { numbers: Range<u64> },
    /// A run of its own.
    Run { number: u64 },
    /// A finding.
    Shrink { violation: usize },
}

/// The work of an epoch, and what its runs know.
struct Plan {
    epoch: u64,
    tasks: Vec<Task>,
    /// The next task that nobody took.
    next: AtomicUsize,
    /// The first task that is known to end the campaign; those after it are not of it, whoever played them.
    last: AtomicUsize,
    corpus: Corpus,
    /// By entry of the corpus: how seldom it is gone where it went first.
    weights: Vec<u32>,
    /// Actions of which nothing came yet as it should.
    neglected: Vec<ActionId>,
    /// Actions that seldom have something to do, and how many times as often they are drawn.
    scarce: Vec<(ActionId, u32)>,
    edges: CoverageMap,
    states: CoverageMap,
    open: Open,
    violations: Vec<Violation>,
}

/// What came of a task.
enum Done {
    Played(Vec<Played>),
    Shrunk(Box<Violation>),
    /// The campaign was interrupted before, or was over.
    Skipped,
    /// An assertion of ours failed.
    Broken(Box<dyn Any + Send>),
}

impl Done {
    fn has_finding(&self) -> bool {
        matches!(self, Self::Played(runs) if runs.iter().any(|run| !run.violations.is_empty()))
    }
}

/// What came of a run. What its older sibling played of its sequence is none of its calls.
#[derive(Default)]
struct Played {
    /// That of the run, or of the entry of the corpus.
    number: u64,
    /// Whether it was an entry of the corpus, from the beginning.
    is_replay: bool,
    calls: u64,
    reverts: u64,
    predictions: Predictions,
    actions: Vec<ActionCount>,
    failures: Failures,
    invariants: Vec<InvariantCount>,
    deviations: Vec<DeviationCount>,
    /// Index of a selected invariant, of the call after which it was violated, and how.
    violations: Vec<(usize, usize, String)>,
    /// What no run before the epoch did: edges, and states.
    edges: Vec<Signal>,
    states: Vec<Signal>,
    /// Where it went and few others did.
    rare_edges: Vec<u32>,
    rare_states: Vec<u32>,
    /// Calls up to the last that did something new.
    useful: usize,
    /// The calls, if anything came of them.
    sequence: Vec<Call>,
}

/// A violation as a run found it.
#[derive(Clone)]
struct Found {
    run: u64,
    sentence: String,
    calls: Vec<Call>,
}

struct Campaign<'a> {
    protocol: &'a dyn Protocol,
    options: &'a Options,
    control: &'a Control,
    plans: Vec<mpsc::Sender<Arc<Plan>>>,
    received: mpsc::Receiver<(usize, Done)>,
    epoch: u64,
    runs: u64,
    replayed: u64,
    calls: u64,
    reverts: u64,
    predictions: Predictions,
    actions: Vec<ActionCount>,
    failures: Failures,
    growth: Growth,
    invariants: Vec<InvariantCount>,
    deviations: Vec<DeviationCount>,
    edges: CoverageMap,
    states: CoverageMap,
    corpus: Corpus,
    violations: Vec<Violation>,
    first: Option<First>,
    ended: Ended,
}

impl<'a> Campaign<'a> {
    fn new(
        protocol: &'a dyn Protocol,
        options: &'a Options,
        control: &'a Control,
        plans: Vec<mpsc::Sender<Arc<Plan>>>,
        received: mpsc::Receiver<(usize, Done)>,
    ) -> Self {
        Self {
            protocol,
            options,
            control,
            plans,
            received,
            epoch: 0,
            runs: 0,
            replayed: 0,
            calls: 0,
            reverts: 0,
            predictions: Predictions::default(),
            actions: vec![ActionCount::default(); protocol.actions().len()],
            failures: Failures::default(),
            growth: Growth::default(),
            invariants: vec![InvariantCount::default(); options.invariants.len()],
            deviations: vec![DeviationCount::default(); options.deviations.len()],
            edges: CoverageMap::default(),
            states: CoverageMap::default(),
            corpus: Corpus::default(),
            violations: Vec::new(),
            first: None,
            ended: Ended::Completed,
        }
    }

    fn play(&mut self, on_event: &mut dyn FnMut(Event)) {
        // One that is resumed may have nothing left but findings to shrink.
        if let Some(ended) = self.is_over().filter(|_| self.epoch > 0) {
            self.ended = ended;
            return;
        }
        loop {
            let tasks = self.tasks();
            let mut is_whole = true;
            if !tasks.is_empty() {
                let results = self.distribute(tasks);
                is_whole = !results.iter().any(|done| matches!(done, Done::Skipped));
                if !is_whole {
                    // What was played of this epoch is told, and played again by whoever resumes.
                    on_event(Event::Checkpoint(Box::new(self.checkpoint())));
                }
                self.merge(results, on_event);
                on_event(Event::Progress(self.progress()));
            }
            self.growth.note(self.epoch, self.point());
            self.epoch += 1;
            let over = self.is_over();
            let is_cut_short = matches!(over, Some(Ended::Interrupted | Ended::TimedOut));
            if is_whole && (self.control.checkpoint_due.swap(false, Ordering::Relaxed) || is_cut_short) {
                on_event(Event::Checkpoint(Box::new(self.checkpoint())));
            }
            if let Some(ended) = over {
                self.ended = ended;
                return;
            }
        }
    }

    /// The tasks of the epoch. The first replays the corpus; in others, half of the runs begin with something of it. Those are
    /// the long tasks and come first, so that workers are done at about the same time.
    fn tasks(&self) -> Vec<Task> {
        if self.epoch == 0 {
            return (0..self.corpus.entries().len()).map(|entry| Task::Replay { entry }).collect();
        }
        let left = self.options.runs.map_or(u64::MAX, |runs| runs.saturating_sub(self.runs));
        let count = left.min(limits::RUNS_PER_EPOCH);
        let can_go_on = self.options.guidance.keeps() && !self.corpus.entries().is_empty();
        let guided = if can_go_on { count / 2 } else { 0 };
        let numbers = |first| first..guided.min(first + limits::SIBLINGS);
        let step = usize::try_from(limits::SIBLINGS).expect("they are few");
        let siblings = (0..guided).step_by(step).map(|first| Task::Siblings { numbers: numbers(first) });
        siblings.chain((guided..count).map(|number| Task::Run { number })).collect()
    }

    fn is_over(&self) -> Option<Ended> {
        if self.control.interrupted.load(Ordering::Relaxed) {
            Some(Ended::Interrupted)
        } else if self.options.runs.is_some_and(|runs| self.runs >= runs) {
            Some(Ended::Completed)
        } else if self.options.fail_fast && !self.violations.is_empty() {
            Some(Ended::FailedFast)
        } else if self.control.expired.load(Ordering::Relaxed) {
            Some(Ended::TimedOut)
        } else {
            None
        }
    }

    /// Lets the workers do `tasks`; the results come in order of the tasks, up to the one that ends the campaign.
    fn distribute(&self, tasks: Vec<Task>) -> Vec<Done> {
        let count = tasks.len();
        let plan = Arc::new(Plan {
            epoch: self.epoch,
            tasks,
            next: AtomicUsize::new(0),
            last: AtomicUsize::new(usize::MAX),
            corpus: self.corpus.clone(),
            weights: self.weights(),
            neglected: self.neglected(),
            scarce: self.scarce(),
            edges: self.edges.clone(),
            states: self.states.clone(),
            open: Open::of(&self.options.invariants, &self.settled()),
            violations: self.violations.clone(),
        });
        for worker in &self.plans {
            worker.send(Arc::clone(&plan)).expect("workers live as long as the campaign");
        }
        let mut results: Vec<Option<Done>> = (0..count).map(|_| None).collect();
        for _ in 0..count {
            let (index, done) = self.received.recv().expect("a worker answers for every task it takes");
            results[index] = Some(done);
        }
        let results = results.into_iter().map(|done| done.expect("every task is done once"));
        let of_campaign = results.take(plan.last.load(Ordering::Relaxed).saturating_add(1));
        let whole = |done| match done {
            // The campaign ends as if the assertion had failed here.
            Done::Broken(payload) => panic::resume_unwind(payload),
            done => done,
        };
        of_campaign.map(whole).collect()
    }

    /// By selected invariant: whether it was violated already, or is not meant for this world.
    fn settled(&self) -> Vec<bool> {
        let judged = self.options.invariants.iter().zip(&self.invariants);
        judged.map(|(invariant, count)| count.violated || !lacking(self.protocol, invariant).is_empty()).collect()
    }

    fn merge(&mut self, results: Vec<Done>, on_event: &mut dyn FnMut(Event)) {
        let mut found: Vec<Option<Found>> = vec![None; self.invariants.len()];
        let runs = results.into_iter().filter_map(|done| match done {
            Done::Played(runs) => Some(runs),
            Done::Shrunk(_) | Done::Skipped | Done::Broken(_) => None,
        });
        for played in runs.flatten() {
            let run = played.number;
            if played.is_replay {
                self.replayed += 1;
            } else {
                self.runs += 1;
            }
            self.notice_first(&played);
            self.calls += played.calls;
            self.reverts += played.reverts;
            self.predictions.add(&played.predictions);
            for (total, count) in self.actions.iter_mut().zip(&played.actions) {
                total.succeeded += count.succeeded;
                total.reverted += count.reverted;
                total.discarded += count.discarded;
            }
            self.failures.add(&played.failures);
            for (total, count) in self.invariants.iter_mut().zip(&played.invariants) {
                total.checks += count.checks;
                total.violated |= count.violated;
            }
            for (total, count) in self.deviations.iter_mut().zip(&played.deviations) {
                total.merge(count);
            }
            for (invariant, at, sentence) in &played.violations {
                // The shortest of the epoch; of equal ones the first.
                if found[*invariant].as_ref().is_none_or(|found| *at + 1 < found.calls.len()) {
                    let calls = played.sequence[..=*at].to_vec();
                    found[*invariant] = Some(Found { run, sentence: sentence.clone(), calls });
                }
            }
            self.learn(&played);
        }
        for (index, found) in found.into_iter().enumerate() {
            let Some(Found { run, sentence, calls }) = found else { continue };
            let invariant = self.options.invariants[index];
            on_event(Event::Violated { invariant, sentence: sentence.clone() });
            self.violations.push(Violation {
                invariant,
                sentence,
                origin: Origin { seed: self.options.seed, epoch: self.epoch, run },
                original_length: calls.len(),
                calls,
                shrunk: false,
            });
        }
    }

    /// Keeps the first violation there is; `played` is the next run in order.
    fn notice_first(&mut self, played: &Played) {
        let Some(first) = played.violations.iter().map(|(_, at, _)| *at).min() else { return };
        let invariants = &self.options.invariants;
        let mut violated: Vec<_> = played.violations.iter().filter(|(_, at, _)| *at == first).collect();
        violated.sort_by_key(|(index, ..)| *index);
        self.first.get_or_insert_with(|| First {
            calls: self.calls + first as u64 + 1,
            invariants: violated.into_iter().map(|(index, ..)| invariants[*index]).collect(),
        });
    }

    /// Makes every finding smaller, all at once.
    fn shrink(&mut self, on_event: &mut dyn FnMut(Event)) {
        if self.options.shrink_run_limit == 0 || self.violations.is_empty() {
            return;
        }
        for violation in &self.violations {
            on_event(Event::Shrinking { invariant: violation.invariant, length: violation.calls.len() });
        }
        let tasks = (0..self.violations.len()).map(|violation| Task::Shrink { violation }).collect();
        let results = self.distribute(tasks);
        if self.control.interrupted.load(Ordering::Relaxed) && self.ended != Ended::Interrupted {
            on_event(Event::Checkpoint(Box::new(self.checkpoint())));
        }
        for (violation, done) in self.violations.iter_mut().zip(results) {
            if let Done::Shrunk(shrunk) = done {
                *violation = *shrunk;
            }
        }
    }

    fn point(&self) -> Point {
        Point { runs: self.runs, calls: self.calls, edges: self.edges.count(), states: self.states.count() }
    }

    fn progress(&self) -> Progress {
        Progress {
            runs: self.runs,
            of_runs: self.options.runs,
            calls: self.calls,
            edges: self.edges.count(),
            corpus: self.corpus.entries().len(),
            findings: self.violations.len(),
        }
    }

    fn into_summary(mut self, edges_possible: usize) -> Summary {
        let order = |violation: &Violation| {
            self.options.invariants.iter().position(|invariant| invariant.id == violation.invariant.id)
        };
        self.violations.sort_by_key(order);
        let end = self.point();
        Summary {
            runs: self.runs,
            replayed: self.replayed,
            calls: self.calls,
            reverts: self.reverts,
            predictions: self.predictions,
            actions: self.actions,
            failures: self.failures,
            growth: self.growth.until(end),
            invariants: self.invariants,
            deviations: self.deviations,
            edges: self.edges.count(),
            taken: self.edges.places().into_iter().map(|(place, _, runs)| (place, u64::from(runs.max(1)))).collect(),
            states: self.states.count(),
            edges_possible,
            corpus: self.corpus,
            violations: self.violations,
            first: self.first,
            ended: self.ended,
        }
    }
}
