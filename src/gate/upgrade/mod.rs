//! The upgrade in the middle of life: sequences are played on the baseline, every proxy and beacon is moved to the
//! candidate's code, at once or one by one with calls in between, and life goes on.
//!
//! [`RULES`] are what must hold of it. What does not is made smaller like a finding of a campaign, with the transactions of
//! the upgrade among the calls.

mod crossing;
mod rules;
mod run;
mod story;

use serde::Serialize;
use serde_json::{Value, json};

pub use crossing::Path;
pub use rules::{RULES, Rule, of as rule_of};

use super::{
    Verdict,
    divergence::{Divergence, Example, Group, Key, Line, Retold, Side, Tally, Tree},
    exhibit::Replayed,
    expect::Expectations,
    reach::Reach,
    work::{self, Budget},
};
use crate::{
    call::Call,
    codec,
    decode::Decoder,
    draw::Dice,
    invariants,
    problem::Problem,
    protocol::{Protocol, Switch},
};
use crossing::{Crossing, Phase};
use run::{Run, Witness, judged};
use story::{EXIT, Seen, Story, UPGRADE, smaller};

/// The judgement.
#[derive(Clone, Debug, Serialize)]
pub struct Upgraded {
    /// As bad as the worst of what was met.
    pub verdict: Verdict,
    /// Runs, each with one upgrade.
    pub runs: u64,
    /// Runs that there was no time for.
    pub runs_left_out: u64,
    /// Calls, in all.
    pub calls: u64,
    /// The proxies and beacons that are moved.
    pub switched: Vec<String>,
    /// What was met.
    pub groups: Vec<Group>,
}

/// What came of a run.
struct Played {
    calls: u64,
    met: Vec<Divergence>,
    story: Story,
    reach: Reach,
}

/// Judges an upgrade; what was called after it is told too.
pub fn judge(path: Path<'_>, expectations: &Expectations, budget: &Budget<'_>) -> Result<(Upgraded, Reach), Problem> {
    possible(path)?;
    let all: Vec<_> = invariants::all().collect();
    let [after, at_exit, between] = judged(&all, path.from, path.to);
    let witness = Witness { upgrade: path.upgrade, expectations, after, at_exit, between };
    let done = work::spread(
        budget,
        || Crossing::new(path).expect("what deployed once deploys again"),
        |crossing, number| {
            let mut run = Run::begin(crossing, &witness);
            run.draw(&mut Dice::of_run(budget.seed, EPOCH, number), number);
            let met = run.met.into_iter().map(|(_, divergence)| divergence).collect();
            Played { calls: run.calls, met, story: run.story, reach: run.reach.unwrap_or_default() }
        },
    );
    let (runs, calls) = (done.len() as u64, done.iter().map(|played| played.calls).sum());
    let mut tally = Tally::default();
    let mut reached = of_every_upgrade(path, runs);
    for (number, Played { met, story, reach, .. }) in (0..).zip(done) {
        reached.add(reach);
        for divergence in met {
            let is_meant = expectations.then(&divergence.key).is_some();
            tally.add(number, divergence, (!is_meant).then(|| story.clone()), Story::length);
        }
    }
    let mut crossing = Crossing::new(path)?;
    let groups = tally.into_groups(expectations, |key, sentence, run, story| {
        example(&mut crossing, &witness, budget, Found { key, sentence, run, story })
    });
    let undeclared = groups.iter().any(|group| group.expected.is_none());
    let name = |switch: &Switch| path.to.book().name(switch.door);
    let upgraded = Upgraded {
        verdict: if undeclared { Verdict::Fail } else { Verdict::Pass },
        runs,
        runs_left_out: budget.runs - runs,
        calls,
        switched: path.upgrade.switches.iter().map(name).collect(),
        groups,
    };
    Ok((upgraded, reached))
}

/// What is called in each upgrade beside what users call: what migrates, and what a stranger tries to initialize.
fn of_every_upgrade(path: Path<'_>, runs: u64) -> Reach {
    let decoder = Decoder::new(path.to.book(), path.to.artifacts());
    let migrations = path.upgrade.switches.iter().filter_map(|switch| switch.migration.as_ref());
    let mut reached = Reach::default();
    for sent in migrations.chain(&path.upgrade.usurpations) {
        if let Some(function) = decoder.function_name(sent.to, &sent.data) {
            *reached.calls.entry(function).or_default() += runs;
        }
    }
    reached
}

/// Tells the runs of this judgement from those of others under the same seed.
const EPOCH: u64 = 1 << 32;

/// Whether the upgrade can be carried out at all.
fn possible(path: Path<'_>) -> Result<(), Problem> {
    let mut crossing = Crossing::new(path)?;
    for switch in &path.upgrade.switches {
        let outcome = crossing.switch(switch);
        if !outcome.is_success() {
            let how = Decoder::new(path.to.book(), path.to.artifacts()).outcome(&outcome);
            let name = path.to.book().name(switch.door);
            return Err(Problem::new(format!("the upgrade is not possible: {name} to {}, {how}", switch.contract))
                .at(&path.to.artifacts().origin)
                .hint("it is so in a fresh deployment already; does a reinitializer revert?"));
        }
    }
    Ok(())
}

/// What was found in a run.
struct Found<'f> {
    key: &'f Key,
    sentence: &'f str,
    run: u64,
    story: Story,
}

fn example<'p>(crossing: &mut Crossing<'p>, witness: &Witness<'p>, budget: &Budget<'_>, found: Found<'_>) -> Example {
    let path = crossing.path();
    let Found { key, sentence, run, story } = found;
    let original_length = story.length();
    let mut shows = |story: &Story| Run::begin(crossing, witness).look_for(story, key);
    let seen = shows(&story);
    let mut in_time = |story: &Story| (!budget.has_expired()).then(|| shows(story)).flatten();
    let (story, finished) = match seen {
        Some(_) => smaller(path, story, budget.shrink_run_limit, &mut in_time),
        None => (story, false),
    };
    let shrunk = finished && !budget.has_expired();
    let sentence = shows(&story).map_or_else(|| sentence.to_owned(), |Seen { sentence, .. }| sentence);
    let lines: Vec<Line> = tell(crossing, &story).into_iter().map(|told| told.line).collect();
    let file = file_name(key, rule_of(key).id, &lines);
    Example { sentence, run, original_length, shrunk, file, lines }
}

/// The name of the file of an example.
pub(super) fn file_name(key: &Key, title: &str, lines: &[Line]) -> String {
    key.file_name(title, &lines.iter().map(|line| &line.step).collect::<Vec<_>>())
}

/// Plays an example again, by its steps.
pub(super) fn replay(
    path: Path<'_>,
    expectations: &Expectations,
    what: &Key,
    steps: &[&Value],
) -> Result<Replayed, Problem> {
    let story = Story::read(path, steps)?;
    let all: Vec<_> = invariants::all().collect();
    let [after, at_exit, between] = judged(&all, path.from, path.to);
    let witness = Witness { upgrade: path.upgrade, expectations, after, at_exit, between };
    let mut crossing = Crossing::new(path)?;
    let seen = Run::begin(&mut crossing, &witness).look_for(&story, what);
    Ok(Replayed { lines: tell(&mut crossing, &story), sentence: seen.map(|Seen { sentence, .. }| sentence) })
}

/// Plays a story and tells it line by line.
fn tell(crossing: &mut Crossing<'_>, story: &Story) -> Vec<Retold> {
    crossing.reset();
    let mut lines = Vec::new();
    let plain = |line| Retold { line, other_outcome: None, trees: Vec::new() };
    for (index, stretch) in story.stretches.iter().enumerate() {
        lines.extend(stretch.calls.iter().map(|call| tell_call(crossing, call)));
        lines.extend(tell_switches(crossing, &stretch.switches).map(plain));
        if index == story.arrival() && crossing.phase() != Phase::After {
            crossing.arrive(&[]);
        }
    }
    if story.leaves {
        lines.push(plain(Line {
            delay: String::new(),
            actor: "everybody".to_owned(),
            text: "leaves".to_owned(),
            outcome: String::new(),
            step: json!({ EXIT: "everybody" }),
        }));
    }
    lines
}

/// Transactions of the upgrade that follow one another, as one line.
fn tell_switches(crossing: &mut Crossing<'_>, switches: &[usize]) -> Option<Line> {
    let path = crossing.path();
    let decoder = Decoder::new(path.to.book(), path.to.artifacts());
    let switches: Vec<&Switch> = switches.iter().map(|index| &path.upgrade.switches[*index]).collect();
    let from = switches.first()?.transaction.from;
    let outcomes: Vec<String> = switches.iter().map(|switch| decoder.outcome(&crossing.switch(switch))).collect();
    let names: Vec<String> = switches.iter().map(|switch| decoder.name(switch.door)).collect();
    let is_all = names.len() == path.upgrade.switches.len();
    let upgraded = if is_all { "upgrade everything".to_owned() } else { format!("upgrade {}", names.join(", ")) };
    let migrations = switches.iter().filter_map(|switch| switch.migration.as_ref());
    let migrated = migrations.map(|migration| decoder.call(migration.to, &migration.data));
    let text = std::iter::once(upgraded).chain(migrated).collect::<Vec<_>>().join(", then ");
    let failed = outcomes.iter().find(|outcome| *outcome != "returned");
    Some(Line {
        delay: "same block".to_owned(),
        actor: decoder.name(from),
        text,
        outcome: failed.or(outcomes.first())?.clone(),
        step: json!({ UPGRADE: names }),
    })
}

fn tell_call(crossing: &mut Crossing<'_>, call: &Call) -> Retold {
    crossing.executor().advance(call.delay);
    let protocol = crossing.protocol();
    let on = if crossing.phase() == Phase::After { Side::Candidate } else { Side::Baseline };
    let sent = crossing.executor().transaction(call);
    let mut trees = Vec::new();
    let line = tell_played(protocol, call, sent, || {
        let (outcome, frame) = crossing.execute_traced(call)?;
        let preimages = crossing.executor().world().preimages();
        trees.extend(frame.map(|frame| Tree { on, frame, preimages: preimages.clone() }));
        Some(outcome)
    });
    Retold { line, other_outcome: None, trees }
}

/// A call as a line; `play` plays it.
pub(super) fn tell_played(
    protocol: &dyn Protocol,
    call: &Call,
    sent: Option<crate::call::Transaction>,
    play: impl FnOnce() -> Option<crate::call::Outcome>,
) -> Line {
    let decoder = Decoder::new(protocol.book(), protocol.artifacts());
    let text = sent.map(|sent| decoder.call(sent.to, &sent.data));
    let outcome = play().map(|outcome| decoder.outcome(&outcome));
    Line {
        delay: call.delay.to_string(),
        actor: decoder.name(call.actor),
        text: text.unwrap_or_else(|| "names something that is not there".to_owned()),
        outcome: outcome.unwrap_or_else(|| "not played".to_owned()),
        step: codec::write_call(protocol, call),
    }
}
