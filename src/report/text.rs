//! A finding in lines of plain text, for formats that hold a block of it.

use std::fmt::Write;

use super::FindingRow;
use crate::{invariants, oracle::Checkpoint};

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
