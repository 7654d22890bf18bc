//! The report: plain data about a finished campaign, and one file per format.
//!
//! Nothing in it depends on the machine or on how many workers there were, so that the same campaign gives the same
//! bytes. How long it took is told apart: in a file of its own, and in a section of the page.

pub mod gate;
mod html;
pub mod human;
mod json;
mod junit;
mod lcov;
mod markdown;
mod output;
mod sarif;
mod text;
pub mod trace;

use std::{
    collections::BTreeMap,
    io::{self, Write},
    path::{Path, PathBuf},
};

use alloy_primitives::B256;
use serde::Serialize;

use crate::{
    artifact::{Artifacts, SourceLine},
    campaign::{
        ActionCount, DeviationCount, Ended, Failure, Failures, InvariantCount, Options, Point, Predictions, Summary,
    },
    decode::Decoder,
    finding::{Finding, Told, digests},
    invariants,
    lines::Lines,
    oracle::{Assumption, Deviation, Invariant},
    own::{self, is_own},
    protocol::{ActionInfo, Expects, Protocol, action_info, lacking},
    timeline::{Evidence, Timeline},
};

pub use output::Output;

/// Version of the report's JSON.
const FORMAT: u32 = 1;

/// What a campaign says of the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Judgement {
    /// Every selected invariant held and was exercised.
    Held,
    /// Something was violated.
    Violated,
    /// Nothing was violated, and not everything was exercised.
    Inconclusive,
}

/// What a campaign says of an invariant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum InvariantVerdict {
    /// Exercised, and never violated.
    Held,
    /// Not judged: it assumes what this world does not grant.
    NotApplicable,
    /// Never exercised.
    Untested,
    /// Violated.
    Violated,
}

/// A finished campaign.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Version of this format.
    pub format: u32,
    /// Version of slashproof.
    pub tool: String,
    /// What was driven.
    pub protocol: String,
    /// Where its contracts came from.
    pub artifacts: String,
    /// What they are a release of.
    pub release: &'static str,
    /// What surrounded them.
    pub world: &'static str,
    /// By contract: the hash of its creation code.
    pub digests: BTreeMap<String, B256>,
    /// Decides everything that was drawn.
    pub seed: u64,
    /// Sequences played.
    pub runs: u64,
    /// Calls per run.
    pub depth: u32,
    /// Entries of the corpus that were replayed.
    pub replayed: u64,
    /// Calls played.
    pub calls: u64,
    /// Calls that reverted or halted.
    pub reverts: u64,
    /// What came of asking the model.
    pub model: Predictions,
    /// What it says.
    pub verdict: Judgement,
    /// Why it says so, if it is not that everything held.
    pub reasons: Vec<String>,
    /// Whether it ended before all runs were played.
    pub truncated: bool,
    /// What was done.
    pub actions: Vec<ActionRow>,
    /// What was tried and must fail.
    pub probes: Vec<ActionRow>,
    /// What was judged.
    pub invariants: Vec<InvariantRow>,
    /// What was measured: beliefs that do not hold.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub metrics: Vec<MetricRow>,
    /// Code that was reached.
    pub coverage: Coverage,
    /// Sequences that reached it.
    pub corpus: usize,
    /// Why calls failed, the commonest first.
    pub failures: Vec<FailureRow>,
    /// How what is known grew, from nothing to the end.
    pub growth: Vec<Point>,
    /// What was found.
    pub findings: Vec<FindingRow>,
    /// The lines that were run, of contracts whose artifacts say where their code stands.
    #[serde(skip)]
    pub lines: Lines,
    /// How fast it was. Only whoever reads a clock knows, and only a page shows it.
    #[serde(skip)]
    pub pace: Option<Pace>,
}

/// An action.
#[derive(Clone, Debug, Serialize)]
pub struct ActionRow {
    /// Its name.
    pub name: &'static str,
    /// Calls.
    pub calls: u64,
    /// Of those, the ones that succeeded.
    pub succeeded: u64,
    /// Of those, the ones that reverted or halted.
    pub reverted: u64,
    /// Times there was nothing to do.
    pub discarded: u64,
}

/// A reason for which calls failed.
#[derive(Clone, Debug, Serialize)]
pub struct FailureRow {
    /// The error, the message, or what stopped the EVM.
    pub reason: String,
    /// Calls.
    pub calls: u64,
    /// Of which action.
    pub actions: BTreeMap<&'static str, u64>,
}

/// An invariant.
#[derive(Clone, Debug, Serialize)]
pub struct InvariantRow {
    /// Its identifier.
    pub id: &'static str,
    /// What should hold.
    pub statement: &'static str,
    /// Calls after which it was exercised.
    pub checks: u64,
    /// What came of it.
    pub verdict: InvariantVerdict,
    /// What it assumes and this world does not grant.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lacks: Vec<&'static str>,
}

/// A known deviation.
#[derive(Clone, Debug, Serialize)]
pub struct MetricRow {
    /// Its identifier.
    pub id: &'static str,
    /// What is believed.
    pub statement: &'static str,
    /// Calls after which it was measured.
    pub measured: u64,
    /// Of those, the ones that deviated.
    pub deviated: u64,
    /// By how much at most.
    pub most: String,
    /// Of what.
    pub unit: &'static str,
}

/// Edge coverage.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Coverage {
    /// Edges taken.
    pub edges: usize,
    /// Kinds of states of the ledger.
    pub states: usize,
}

/// A finding.
#[derive(Clone, Debug, Serialize)]
pub struct FindingRow {
    /// The invariant.
    pub invariant: String,
    /// What was seen, with the numbers.
    pub sentence: String,
    /// Calls as it was found.
    pub original_length: usize,
    /// Calls as it is.
    pub shrunk_length: usize,
    /// Whether nothing makes it smaller.
    pub shrunk: bool,
    /// Its file.
    pub file: PathBuf,
    /// Where the function stands whose call showed it, if the artifacts say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<SourceLine>,
    /// The calls in words.
    #[serde(skip)]
    pub told: Vec<Told>,
    /// How it went, if that was written down.
    #[serde(skip)]
    pub timeline: Option<Timeline>,
}

impl Report {
    /// The report of a campaign. `findings` are those of the summary's violations.
    pub fn new(protocol: &dyn Protocol, options: &Options, summary: &Summary, findings: Vec<Evidence>) -> Self {
        let rows = |expects: Expects| -> Vec<ActionRow> {
            let counted = protocol.actions().iter().zip(&summary.actions).enumerate();
            let counted = counted.filter(|(index, _)| options.actions.has(*index)).map(|(_, counted)| counted);
            counted.filter(|(info, _)| info.expects == expects).map(|(info, count)| row(info, *count)).collect()
        };
        let judged = options.invariants.iter().zip(&summary.invariants);
        let invariants = judged.map(|(invariant, count)| invariant_row(protocol, invariant, *count));
        let mut report = Self {
            format: FORMAT,
            tool: env!("CARGO_PKG_VERSION").to_owned(),
            protocol: protocol.name().to_owned(),
            artifacts: protocol.artifacts().origin.clone(),
            release: protocol.release(),
            world: protocol.world().name,
            digests: digests(protocol.artifacts()),
            seed: options.seed,
            runs: summary.runs,
            depth: options.depth,
            replayed: summary.replayed,
            calls: summary.calls,
            reverts: summary.reverts,
            model: summary.predictions.clone(),
            verdict: Judgement::Held,
            reasons: Vec::new(),
            truncated: is_truncated(options, summary),
            actions: rows(Expects::Success),
            probes: rows(Expects::Revert),
            invariants: invariants.collect(),
            metrics: options.deviations.iter().zip(&summary.deviations).map(metric_row).collect(),
            coverage: Coverage { edges: summary.edges, states: summary.states },
            corpus: summary.corpus.entries().len(),
            failures: failure_rows(protocol, &summary.failures),
            growth: summary.growth.clone(),
            findings: findings.into_iter().map(|evidence| evidence_row(protocol.artifacts(), evidence)).collect(),
            lines: Lines::new(),
            pace: None,
        };
        report.judge(summary.ended);
        report
    }

    /// Nothing that was not exercised passes for held.
    fn judge(&mut self, ended: Ended) {
        let reasons = &mut self.reasons;
        if self.calls == 0 {
            reasons.push("nothing was played".to_owned());
        }
        if self.invariants.iter().all(|row| row.verdict == InvariantVerdict::NotApplicable) {
            reasons.push("no selected invariant is applicable in this release and world".to_owned());
        }
        for invariant in self.invariants.iter().filter(|row| row.verdict == InvariantVerdict::Untested) {
            reasons.push(format!("{} was never exercised", invariant.id));
        }
        for action in self.actions.iter().filter(|row| row.succeeded == 0) {
            reasons.push(format!("{} never succeeded", action.name));
        }
        for probe in self.probes.iter().filter(|row| row.reverted == 0) {
            reasons.push(format!("{} was never refused", probe.name));
        }
        if self.truncated {
            reasons.push(match ended {
                Ended::Interrupted => "the campaign was interrupted".to_owned(),
                Ended::Completed | Ended::FailedFast | Ended::TimedOut => {
                    "time was up before all runs were played".to_owned()
                }
            });
        }
        let violated = self.invariants.iter().any(|row| row.verdict == InvariantVerdict::Violated);
        self.verdict = match (violated, self.reasons.is_empty()) {
            (true, _) => Judgement::Violated,
            (false, true) => Judgement::Held,
            (false, false) => Judgement::Inconclusive,
        };
    }
}

/// Stopping at the first finding is what was asked for; so is playing until time is up, if no number of runs was named.
fn is_truncated(options: &Options, summary: &Summary) -> bool {
    match summary.ended {
        Ended::Completed | Ended::FailedFast => false,
        Ended::TimedOut => options.runs.is_some(),
        Ended::Interrupted => true,
    }
}

fn row(info: &ActionInfo, count: ActionCount) -> ActionRow {
    ActionRow {
        name: info.name,
        calls: count.succeeded + count.reverted,
        succeeded: count.succeeded,
        reverted: count.reverted,
        discarded: count.discarded,
    }
}

fn invariant_row(protocol: &dyn Protocol, invariant: &Invariant, count: InvariantCount) -> InvariantRow {
    let lacks: Vec<&str> = lacking(protocol, invariant).into_iter().map(Assumption::text).collect();
    InvariantRow {
        id: invariant.id,
        statement: invariant.statement,
        checks: count.checks,
        verdict: match (count.violated, count.checks) {
            _ if !lacks.is_empty() => InvariantVerdict::NotApplicable,
            (true, _) => InvariantVerdict::Violated,
            (false, 0) => InvariantVerdict::Untested,
            (false, _) => InvariantVerdict::Held,
        },
        lacks,
    }
}

fn metric_row((deviation, count): (&&Deviation, &DeviationCount)) -> MetricRow {
    MetricRow {
        id: deviation.id,
        statement: deviation.statement,
        measured: count.measured,
        deviated: count.deviated,
        most: if !is_own(deviation.id) {
            count.most.to_string()
        } else if count.measured == 0 {
            "-".to_owned()
        } else {
            own::number(count.most).to_string()
        },
        unit: deviation.unit,
    }
}

/// The reasons, of all actions together.
fn failure_rows(protocol: &dyn Protocol, failures: &Failures) -> Vec<FailureRow> {
    let decoder = Decoder::new(protocol.book(), protocol.artifacts());
    let mut rows: BTreeMap<String, FailureRow> = BTreeMap::new();
    for (action, failure, calls) in failures.iter() {
        let reason = match failure {
            Failure::Reverted(data) => decoder.error_name(data),
            Failure::Halted(reason) => format!("halted: {reason}"),
            Failure::Uncounted => "other reasons".to_owned(),
        };
        let row = rows.entry(reason.clone()).or_insert(FailureRow { reason, calls: 0, actions: BTreeMap::new() });
        row.calls += calls;
        *row.actions.entry(action_info(protocol, action).name).or_default() += calls;
    }
    let mut rows: Vec<FailureRow> = rows.into_values().collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.calls));
    rows
}

fn evidence_row(artifacts: &Artifacts, Evidence { finding, file, timeline }: Evidence) -> FindingRow {
    let source = finding.told.last().and_then(|told| line_of(artifacts, &told.function));
    FindingRow { source, timeline: Some(timeline), ..finding_row(&finding, &file) }
}

/// Where a function stands, `Contract.function`.
fn line_of(artifacts: &Artifacts, function: &str) -> Option<SourceLine> {
    let (contract, function) = function.split_once('.')?;
    let (_, artifact) = artifacts.iter().find(|(name, _)| *name == contract)?;
    artifact.source_map.as_ref()?.functions().remove(function)
}

/// A finding as a report tells it.
pub fn finding_row(finding: &Finding, file: &Path) -> FindingRow {
    FindingRow {
        invariant: finding.invariant.clone(),
        sentence: finding.sentence.clone(),
        original_length: finding.original_length,
        shrunk_length: finding.length(),
        shrunk: finding.shrunk,
        file: file.to_owned(),
        source: None,
        told: finding.told.clone(),
        timeline: None,
    }
}

impl Report {
    /// The invariants by family, in the order of the catalogue: the title, and what came of each.
    pub fn families(&self) -> Vec<(&'static str, Vec<&InvariantRow>)> {
        let mut families: Vec<(&'static str, Vec<&InvariantRow>)> = Vec::new();
        for row in &self.invariants {
            match families.last_mut() {
                Some((family, rows)) if *family == row.family() => rows.push(row),
                _ => families.push((row.family(), vec![row])),
            }
        }
        families
    }
}

impl InvariantRow {
    /// The title of its family.
    pub fn family(&self) -> &'static str {
        match invariants::find(self.id) {
            Some(invariant) => invariants::family_of(invariant).title,
            None if is_own(self.id) => own::FAMILY.title,
            // Of a crate with a catalogue of its own.
            None => self.id.split('-').next().unwrap_or_default(),
        }
    }
}

/// A way to write a report.
#[derive(Debug)]
pub struct Format {
    /// Its name.
    pub name: &'static str,
    /// The file it is written to, in the folder of the campaign.
    pub file: &'static str,
    /// Writes it.
    pub render: fn(&Report, &mut dyn Write) -> io::Result<()>,
}

/// Every format.
pub const FORMATS: &[Format] =
    &[human::FORMAT, json::FORMAT, junit::FORMAT, sarif::FORMAT, markdown::FORMAT, html::FORMAT, lcov::FORMAT];

/// The format called `name`.
///
/// # Panics
/// If there is none.
pub fn format(name: &str) -> &'static Format {
    FORMATS.iter().find(|format| format.name == name).expect("formats are named by their table")
}

/// How long a campaign took.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Timing {
    /// Seconds, from the first call to the last finding's smallest sequence.
    pub seconds: f64,
    /// Calls of runs per second.
    pub calls_per_second: f64,
    /// Threads.
    pub workers: usize,
}

/// How fast a campaign was.
#[derive(Clone, Debug)]
pub struct Pace {
    /// All of it.
    pub timing: Timing,
    /// Seconds from the beginning, and calls played until then, in order.
    pub points: Vec<(f64, u64)>,
}
