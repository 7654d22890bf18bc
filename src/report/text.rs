//! What several formats say in the same words: what came of a campaign, and a finding in lines of plain text.

use std::fmt::Write;

use super::{FindingRow, InvariantVerdict, Judgement, Report};
use crate::{invariants, oracle::Checkpoint};

/// What a campaign came to, in a few words.
pub(super) fn headline(report: &Report) -> String {
    let of = |verdict| report.invariants.iter().filter(|row| row.verdict == verdict).count();
    let judged = report.invariants.len() - of(InvariantVerdict::NotApplicable);
    match report.verdict {
        Judgement::Held => format!("{judged} invariants held"),
        Judgement::Violated => format!("{} of {judged} invariants violated", of(InvariantVerdict::Violated)),
        Judgement::Inconclusive => "inconclusive".to_owned(),
    }
}

/// The calls of a finding, numbered and aligned, what follows them, and what was seen.
pub(super) fn finding(finding: &FindingRow) -> String {
    let mut text = String::new();
    let actor = finding.told.iter().map(|told| told.actor.len()).max().unwrap_or(0);
    let delay = finding.told.iter().map(|told| told.delay.len()).max().unwrap_or(0);
    for (index, told) in finding.told.iter().enumerate() {
        write!(text, "  {:>2}  {:>delay$}  {:actor$}  {}", index + 1, told.delay, told.actor, told.text)
            .unwrap_or_default();
        if told.outcome != "returned" {
            write!(text, "  [{}]", told.outcome).unwrap_or_default();
        }
        text.push('\n');
    }
    if invariants::find(&finding.invariant).is_some_and(|invariant| invariant.checkpoint == Checkpoint::Exit) {
        text.push_str("  then everybody leaves\n");
    }
    writeln!(text, "  -> {}", finding.sentence).unwrap_or_default();
    text
}
