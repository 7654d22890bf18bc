//! Behaviour in lockstep: the same sequences on the baseline and on the candidate, from the same state. Every call ends,
//! answers, announces and books the same on both, or it is declared that it does not.
//!
//! A run ends at the first divergence that is not declared, and at one whose declaration says that nothing after it can be
//! compared. A field of the ledger that is meant to differ is not compared again in that run.

mod changed;
mod pair;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

use changed::Changed;
pub use changed::{Change, Function, Place};

use super::{
    Verdict,
    divergence::{Divergence, Example, Group, Key, Kind, Line, Retold, Side, Tally, Tree},
    exhibit::Replayed,
    expect::Expectations,
    reach::Reach,
    upgrade::{Path, file_name, tell_played},
    work::{self, Budget},
};
use crate::{
    call::{ActionId, Call, Delay},
    codec::read_call,
    draw::Dice,
    evm::Edge,
    executor::Executor,
    generator::Generator,
    lines::{self, Lines},
    problem::Problem,
    protocol::{Protocol, action_called},
    shrinker::{Shown, shrink},
};
use pair::{Compared, Pair};

/// Calls of a run.
const CALLS: usize = 80;

/// Of so many runs, one is traced: it is known which functions it called.
const RUNS_PER_TRACE: u64 = 4;

/// Runs that show which actions reach which functions, so that what changed is drawn more often.
const RUNS_OF_SURVEY: u64 = 4;

/// Tells the runs of this judgement from those of others under the same seed.
const EPOCH: u64 = 2 << 32;

/// The judgement.
#[derive(Clone, Debug, Serialize)]
pub struct Behaviour {
    /// As bad as the worst of what was met.
    pub verdict: Verdict,
    /// Runs.
    pub runs: u64,
    /// Runs that there was no time for.
    pub runs_left_out: u64,
    /// Calls that were played on both.
    pub calls: u64,
    /// Runs that ended early, since the two could not be compared any further.
    pub parted: u64,
    /// What was met.
    pub groups: Vec<Group>,
    /// The functions whose code changed, and how often they were called in the runs that were traced.
    pub functions: Vec<FunctionRow>,
    /// The contracts that changed and of which no sources were compared, since they are not at hand on both sides.
    pub by_code_alone: Vec<String>,
    /// Gas, by action.
    pub gas: Vec<GasRow>,
    /// The lines of the candidate that these runs ran; of builds without source maps none.
    #[serde(skip)]
    pub lines: Lines,
}

/// A function that changed.
#[derive(Clone, Debug, Serialize)]
pub struct FunctionRow {
    /// Which, and how.
    #[serde(flatten)]
    pub function: Function,
    /// Calls, by whoever.
    pub calls: u64,
}

/// What an action costs.
#[derive(Clone, Debug, Serialize)]
pub struct GasRow {
    /// The action.
    pub action: String,
    /// Calls that succeeded on both.
    pub calls: usize,
    /// Median gas on the baseline.
    pub baseline: u64,
    /// Median gas on the candidate.
    pub candidate: u64,
}

/// What came of a run.
#[derive(Default)]
struct Played {
    calls: Vec<Call>,
    met: Vec<Divergence>,
    gas: Vec<(ActionId, [u64; 2])>,
    reach: Reach,
    /// Edges of the candidate's code, each once.
    taken: Vec<Edge>,
    compared: u64,
    parted: bool,
}

/// Judges how a candidate behaves beside its baseline. `reached` is what other judgements called.
pub fn judge(
    path: Path<'_>,
    expectations: &Expectations,
    budget: &Budget<'_>,
    reached: Reach,
) -> Result<Behaviour, Problem> {
    let deployed: BTreeSet<&str> =
        path.from.book().entries().iter().filter_map(|entry| entry.contract.as_deref()).collect();
    let is_deployed = |contract: &str| deployed.contains(contract);
    let Changed { functions, by_code_alone } =
        changed::functions(path.from.artifacts(), path.to.artifacts(), is_deployed);
    let mut pair = Pair::new(path, expectations)?;
    let survey = survey(&mut pair, budget.seed);
    let favourites = favourites(path.from, &functions, &survey);
    let done = work::spread(
        budget,
        || Pair::new(path, expectations).expect("what deployed once deploys again"),
        |pair, number| play(pair, Dice::of_run(budget.seed, EPOCH, number), number, &favourites),
    );
    let runs = done.len() as u64;
    let (mut tally, mut reach, mut gas) = (Tally::default(), survey, BTreeMap::<ActionId, Vec<[u64; 2]>>::new());
    let (mut calls, mut parted, mut taken) = (0, 0, BTreeMap::<Edge, u64>::new());
    reach.add(reached);
    for (number, played) in (0..).zip(done) {
        calls += played.compared;
        parted += u64::from(played.parted);
        reach.add(played.reach);
        played.taken.into_iter().for_each(|edge| *taken.entry(edge).or_default() += 1);
        played.gas.into_iter().for_each(|(action, used)| gas.entry(action).or_default().push(used));
        for divergence in played.met {
            let is_meant = expectations.then(&divergence.key).is_some();
            tally.add(number, divergence, (!is_meant).then(|| played.calls.clone()), Vec::len);
        }
    }
    let rows: Vec<FunctionRow> = functions.into_iter().map(|function| row(function, &reach)).collect();
    for divergence in rows.iter().filter_map(unreached) {
        tally.add(0, divergence, None, Vec::len);
    }
    let groups = tally.into_groups(expectations, |key, sentence, run, calls| {
        example(&mut pair, budget, Found { key, sentence, run, calls })
    });
    Ok(Behaviour {
        verdict: verdict(&groups),
        runs,
        runs_left_out: budget.runs - runs,
        calls,
        parted,
        groups,
        functions: rows,
        by_code_alone,
        gas: gas.into_iter().map(|(action, used)| gas_row(path.from, action, &used)).collect(),
        lines: lines::of(path.to.artifacts(), pair.new.world().edges().codes(), taken),
    })
}

/// What was never called is no failure: somebody has to look.
fn verdict(groups: &[Group]) -> Verdict {
    let undeclared = groups.iter().filter(|group| group.expected.is_none());
    let each = undeclared.map(|group| match group.key.kind {
        Kind::Unreached => Verdict::Inconclusive,
        _ => Verdict::Fail,
    });
    each.max().unwrap_or(Verdict::Pass)
}

fn row(function: Function, reach: &Reach) -> FunctionRow {
    let calls = reach.calls.get(&function.name).copied().unwrap_or_default();
    FunctionRow { function, calls }
}

/// A function that changed, does something, and was never called.
fn unreached(FunctionRow { function, calls }: &FunctionRow) -> Option<Divergence> {
    if *calls > 0 || function.is_view || function.change == Change::Gone {
        return None;
    }
    let name = &function.name;
    let sentence = match function.change {
        Change::New => format!("{name} is new, and nothing called it: no action here leads to it"),
        _ if function.seen_in.contains(&Place::Code) => {
            format!("the code of {name} changed, and nothing called it: no action here led to it")
        }
        _ => format!("the source of {name} changed, and nothing called it: no action here led to it"),
    };
    let key = Key { action: "gate".to_owned(), kind: Kind::Unreached, condition: function.name.clone() };
    Some(Divergence { key, sentence })
}

fn gas_row(protocol: &dyn Protocol, action: ActionId, used: &[[u64; 2]]) -> GasRow {
    let median = |side: usize| {
        let mut all: Vec<u64> = used.iter().map(|both| both[side]).collect();
        all.sort_unstable();
        all[all.len() / 2]
    };
    let action = protocol.actions()[usize::from(action.0)].name.to_owned();
    GasRow { action, calls: used.len(), baseline: median(0), candidate: median(1) }
}

/// Plays a few runs to see which actions reach which functions.
fn survey(pair: &mut Pair<'_>, seed: u64) -> Reach {
    let mut reach = Reach::default();
    for number in 0..RUNS_OF_SURVEY {
        reach.add(play(pair, Dice::of_run(seed, EPOCH + 1, number), number * RUNS_PER_TRACE, &[]).reach);
    }
    reach
}

/// The actions that reach functions that changed, and not those that all reach.
fn favourites(protocol: &dyn Protocol, functions: &[Function], reach: &Reach) -> Vec<ActionId> {
    let changed: BTreeSet<&str> = functions.iter().map(|function| function.name.as_str()).collect();
    let reaching = reach.by_action.iter().filter(|(_, reached)| reached.iter().any(|it| changed.contains(it.as_str())));
    reaching.filter_map(|(action, _)| action_called(protocol, action)).collect()
}

/// Draws a run and plays it on both.
fn play(pair: &mut Pair<'_>, mut dice: Dice, number: u64, favourites: &[ActionId]) -> Played {
    pair.reset();
    let generator = Generator::for_run(pair.old.protocol(), &mut dice);
    // Half of the runs are for what changed: some of it at a time, or it would crowd itself out.
    let favoured = if number.is_multiple_of(2) { Vec::new() } else { favoured(&mut dice, favourites) };
    let generator = generator.favouring(&favoured);
    let mut played = Played::default();
    let mut waited = Delay::default();
    for _ in 0..CALLS {
        let delay = generator.delay(&mut dice, pair.old.ledger());
        pair.advance(delay);
        waited = waited.plus(delay);
        let Some((action, actor, operation)) = generator.next(&mut dice, pair.old.ledger()).call else { continue };
        let call = Call { action, actor, delay: std::mem::take(&mut waited), operation };
        let reach = number.is_multiple_of(RUNS_PER_TRACE).then_some(&mut played.reach);
        let Compared { met, gas, played: was_played, .. } = pair.execute(&call, reach);
        played.compared += u64::from(was_played);
        if was_played {
            pair.visit(&mut played.taken);
        }
        played.gas.extend(gas.map(|gas| (action, gas)));
        played.met.extend(met);
        played.calls.push(call);
        if pair.is_over() {
            played.parted = true;
            break;
        }
    }
    played
}

fn favoured(dice: &mut Dice, favourites: &[ActionId]) -> Vec<ActionId> {
    favourites.iter().copied().filter(|_| dice.below(6) == 0).collect()
}

/// What was found in a run.
struct Found<'f> {
    key: &'f Key,
    sentence: &'f str,
    run: u64,
    calls: Vec<Call>,
}

fn example(pair: &mut Pair<'_>, budget: &Budget<'_>, found: Found<'_>) -> Example {
    let Found { key, sentence, run, calls } = found;
    let original_length = calls.len();
    let protocol = pair.old.protocol();
    let shrunk = shrink(protocol, calls, budget.shrink_run_limit, &mut |calls| {
        (!budget.has_expired()).then(|| shows(pair, calls, key).map(|(shown, _)| shown)).flatten()
    });
    let sentence = shows(pair, &shrunk.calls, key).map_or_else(|| sentence.to_owned(), |(_, sentence)| sentence);
    let is_smallest = shrunk.finished && !budget.has_expired();
    let lines = tell(pair, &shrunk.calls);
    let file = file_name(key, &format!("behaviour-{}", key.kind), &lines);
    Example { sentence, run, original_length, shrunk: is_smallest, file, lines }
}

/// Plays calls on both, until what `key` is of is met; where, and how.
fn shows(pair: &mut Pair<'_>, calls: &[Call], key: &Key) -> Option<(Shown, String)> {
    pair.reset();
    let mut succeeded = Vec::with_capacity(calls.len());
    for (at, call) in calls.iter().enumerate() {
        pair.advance(call.delay);
        let compared = pair.execute(call, None);
        succeeded.push(compared.succeeded);
        if let Some(divergence) = compared.met.into_iter().find(|divergence| divergence.key == *key) {
            return Some((Shown { at, succeeded }, divergence.sentence));
        }
        if pair.is_over() {
            return None;
        }
    }
    None
}

/// Plays an example again, by its steps.
pub(super) fn replay(
    path: Path<'_>,
    expectations: &Expectations,
    what: &Key,
    steps: &[&Value],
) -> Result<Replayed, Problem> {
    let read = |(index, step): (usize, &&Value)| {
        read_call(path.from, step).map_err(|problem| problem.at(format_args!("step {}", index + 1)))
    };
    let calls: Vec<Call> = steps.iter().enumerate().map(read).collect::<Result<_, _>>()?;
    let mut pair = Pair::new(path, expectations)?;
    let sentence = shows(&mut pair, &calls, what).map(|(_, sentence)| sentence);
    pair.reset();
    let lines = calls.iter().map(|call| tell_both(&mut pair, call)).collect();
    Ok(Replayed { lines, sentence })
}

/// The calls as lines, as they end on the baseline.
fn tell(pair: &mut Pair<'_>, calls: &[Call]) -> Vec<Line> {
    pair.reset();
    calls.iter().map(|call| tell_on(&mut pair.old, call, Side::Baseline).0).collect()
}

/// A call as it ends on both.
fn tell_both(pair: &mut Pair<'_>, call: &Call) -> Retold {
    let same = pair.same(call);
    let (line, old) = tell_on(&mut pair.old, call, Side::Baseline);
    let (other, new) = tell_on(&mut pair.new, &same, Side::Candidate);
    let other_outcome = Some(other.outcome).filter(|outcome| *outcome != line.outcome);
    Retold { line, other_outcome, trees: old.into_iter().chain(new).collect() }
}

fn tell_on(executor: &mut Executor<'_>, call: &Call, on: Side) -> (Line, Option<Tree>) {
    executor.advance(call.delay);
    let (protocol, sent) = (executor.protocol(), executor.transaction(call));
    let mut tree = None;
    let line = tell_played(protocol, call, sent, || {
        let (outcome, frame) = executor.execute_traced(call)?;
        tree = frame.map(|frame| Tree { on, frame, preimages: executor.world().preimages().clone() });
        Some(outcome)
    });
    (line, tree)
}
