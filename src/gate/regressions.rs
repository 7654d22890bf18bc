//! Corpus and regressions: what campaigns kept of the baseline, sequences and findings, plays again on the candidate.
//!
//! Every invariant is judged on every sequence, and a finding must not show any more. What the candidate has no words for
//! cannot be played; it is told by name, and somebody has to look.

use std::path::Path;

use serde::Serialize;

use super::{
    Verdict,
    divergence::{Divergence, Group, Key, Kind, Tally},
    expect::Expectations,
    upgrade,
};
use crate::{
    call::Call,
    campaign::{shows, violation},
    corpus::Corpus,
    executor::Executor,
    finding::Finding,
    invariants,
    oracle::Invariant,
    problem::Problem,
    protocol::{Protocol, lacking},
};

/// What campaigns on the baseline left.
#[derive(Clone, Copy, Debug, Default)]
pub struct Legacy<'a> {
    /// A folder of sequences.
    pub corpus: Option<&'a Path>,
    /// A folder of findings.
    pub findings: Option<&'a Path>,
}

/// The judgement.
#[derive(Clone, Debug, Serialize)]
pub struct Regressions {
    /// As bad as the worst of what was met; inconclusive if something could not be played.
    pub verdict: Verdict,
    /// Sequences that were played.
    pub sequences: usize,
    /// Findings that were played.
    pub findings: usize,
    /// What could not be played, and why.
    pub unplayed: Vec<String>,
    /// What was met.
    pub groups: Vec<Group>,
}

/// Plays what campaigns on the baseline left on the candidate.
pub fn judge(path: upgrade::Path<'_>, legacy: Legacy<'_>, expectations: &Expectations) -> Result<Regressions, Problem> {
    let mut executor = Executor::deploy(path.to)?;
    let mut tally = Tally::<()>::default();
    let mut unplayed = Vec::new();
    let mut sequences = 0;
    if let Some(folder) = legacy.corpus {
        let (corpus, unread) = Corpus::load(folder, path.to)?;
        unplayed.extend(unread.iter().map(ToString::to_string));
        sequences = corpus.entries().len();
        for entry in corpus.entries() {
            let met = play(&mut executor, &entry.calls, &entry.file_name());
            for divergence in met {
                tally.add(0, divergence, None, |()| 0);
            }
        }
    }
    let mut findings = 0;
    for (name, finding) in legacy.findings.map(Finding::load_all).transpose()?.unwrap_or_default() {
        match finding.and_then(|finding| replay(&mut executor, &finding, &name).map_err(|problem| problem.at(&name))) {
            Ok(shown) => {
                findings += 1;
                if let Some(divergence) = shown {
                    tally.add(0, divergence, None, |()| 0);
                }
            }
            Err(problem) => unplayed.push(problem.to_string()),
        }
    }
    let groups = tally.into_groups(expectations, |_, _, _, ()| unreachable!("no examples are kept"));
    let undeclared = groups.iter().any(|group| group.expected.is_none());
    let verdict = match (undeclared, unplayed.is_empty()) {
        (true, _) => Verdict::Fail,
        (false, false) => Verdict::Inconclusive,
        (false, true) => Verdict::Pass,
    };
    Ok(Regressions { verdict, sequences, findings, unplayed, groups })
}

/// Plays a sequence and judges every invariant; each that is violated is told once.
fn play(executor: &mut Executor<'_>, calls: &[Call], name: &str) -> Vec<Divergence> {
    let protocol = executor.protocol();
    let judged: Vec<&'static Invariant> = invariants::all().filter(|it| lacking(protocol, it).is_empty()).collect();
    executor.ask_for(judged.iter().copied());
    executor.reset();
    let mut met: Vec<Divergence> = Vec::new();
    let mut see = |step: &crate::oracle::Step<'_>| {
        for invariant in &judged {
            if let Some(sentence) = violation(invariant, step) {
                add(&mut met, "corpus", invariant.id, format!("{name}: {sentence}"));
            }
        }
    };
    for call in calls {
        if let Some(outcome) = executor.play(call) {
            see(&executor.step(call, &outcome));
        }
    }
    executor.leave(&mut see);
    met
}

fn add(met: &mut Vec<Divergence>, action: &str, invariant: &str, sentence: String) {
    let key = Key { action: action.to_owned(), kind: Kind::Invariant, condition: invariant.to_owned() };
    if met.iter().all(|divergence| divergence.key != key) {
        met.push(Divergence { key, sentence });
    }
}

/// Plays a finding; what it still shows.
fn replay(executor: &mut Executor<'_>, finding: &Finding, name: &str) -> Result<Option<Divergence>, Problem> {
    let protocol: &dyn Protocol = executor.protocol();
    if finding.world != protocol.world().name {
        return Err(
            Problem::new(format!("it was found in the world {}", finding.world)).hint("judge that world with --world")
        );
    }
    let invariant = invariants::find(&finding.invariant)
        .ok_or_else(|| Problem::new(format!("there is no invariant {} any more", finding.invariant)))?;
    let calls = finding.calls(protocol)?;
    let shown = shows(executor, invariant, &calls);
    let key = Key { action: "finding".to_owned(), kind: Kind::Invariant, condition: invariant.id.to_owned() };
    Ok(shown.map(|(_, sentence)| Divergence { key, sentence: format!("{name} still shows: {sentence}") }))
}
