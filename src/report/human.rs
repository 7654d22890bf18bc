//! The report as text, for people: readable without colour, aligned, the worst last, where the eye stops.

use std::io::{self, Write};

use crate::{campaign::Predictions, own::is_own};

use super::{ActionRow, FindingRow, Format, InvariantRow, InvariantVerdict, Judgement, MetricRow, Report, text};

pub(super) const FORMAT: Format = Format { name: "human", file: "report.txt", render };

fn render(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let percent = 100.0 * report.reverts as f64 / report.calls.max(1) as f64;
    writeln!(out, "{}, {}, {} world, seed {}", report.protocol, report.artifacts, report.world, report.seed)?;
    writeln!(
        out,
        "{} runs of {} calls: {} calls, {percent:.1} % reverted; {} edges, {} sequences kept",
        grouped(report.runs),
        report.depth,
        grouped(report.calls),
        grouped(report.coverage.edges as u64),
        report.corpus,
    )?;
    if report.model != Predictions::default() {
        let Predictions { made, missing, reasons } = &report.model;
        writeln!(out, "the model predicted {} calls, and {} not", grouped(*made), grouped(*missing))?;
        for (why, calls) in reasons {
            writeln!(out, "  {} not, since {why}", grouped(*calls))?;
        }
    }
    writeln!(out)?;
    actions(out, "action", &report.actions)?;
    writeln!(out)?;
    actions(out, "probe (must fail)", &report.probes)?;
    writeln!(out)?;
    invariants(out, &report.invariants)?;
    metrics(out, &report.metrics)?;
    for finding in &report.findings {
        writeln!(out)?;
        finding_text(out, finding)?;
        writeln!(out, "  replay: slashproof replay {}", finding.file.display())?;
    }
    writeln!(out)?;
    conclusion(out, report)
}

fn actions(out: &mut dyn Write, title: &str, rows: &[ActionRow]) -> io::Result<()> {
    let width = rows.iter().map(|row| row.name.len()).max().unwrap_or(0).max(title.len());
    writeln!(out, "{title:width$}  {:>11}  {:>11}  {:>11}  {:>11}", "calls", "succeeded", "reverted", "discarded")?;
    for row in rows {
        writeln!(
            out,
            "{:width$}  {:>11}  {:>11}  {:>11}  {:>11}",
            row.name,
            grouped(row.calls),
            grouped(row.succeeded),
            grouped(row.reverted),
            grouped(row.discarded),
        )?;
    }
    Ok(())
}

fn invariants(out: &mut dyn Write, rows: &[InvariantRow]) -> io::Result<()> {
    let order = [
        InvariantVerdict::Held,
        InvariantVerdict::NotApplicable,
        InvariantVerdict::Untested,
        InvariantVerdict::Violated,
    ];
    for verdict in order {
        for row in rows.iter().filter(|row| row.verdict == verdict) {
            let word = match verdict {
                InvariantVerdict::Held => "held",
                InvariantVerdict::NotApplicable => {
                    writeln!(out, "n/a       {:6}  needs {}  {}", row.id, row.lacks.join(" and "), row.statement)?;
                    continue;
                }
                InvariantVerdict::Untested => "untested",
                InvariantVerdict::Violated => "VIOLATED",
            };
            writeln!(out, "{word:8}  {:6}  {:>11} checks  {}", row.id, grouped(row.checks), row.statement)?;
        }
    }
    Ok(())
}

/// What is believed and does not hold, and what the auditor wants to be great.
fn metrics(out: &mut dyn Write, rows: &[MetricRow]) -> io::Result<()> {
    let (own, deviations): (Vec<_>, Vec<_>) = rows.iter().partition(|row| is_own(row.id));
    deviation_rows(out, &deviations)?;
    if own.is_empty() {
        return Ok(());
    }
    let width = own.iter().map(|row| row.id.len()).max().unwrap_or(0).max("your own".len());
    writeln!(out, "\n{:width$}  {:>11}  the greatest", "your own", "measured")?;
    own.iter().try_for_each(|row| writeln!(out, "{:width$}  {:>11}  {}", row.id, grouped(row.measured), row.most))
}

fn deviation_rows(out: &mut dyn Write, rows: &[&MetricRow]) -> io::Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let width = rows.iter().map(|row| row.id.len()).max().unwrap_or(0);
    writeln!(
        out,
        "\n{:width$}  {:>11}  {:>11}  at most",
        "does not hold",
        "measured",
        "deviated",
        width = width.max(13)
    )?;
    for row in rows {
        let (measured, deviated) = (grouped(row.measured), grouped(row.deviated));
        writeln!(
            out,
            "{:width$}  {measured:>11}  {deviated:>11}  {} {}",
            row.id,
            row.most,
            row.unit,
            width = width.max(13)
        )?;
    }
    Ok(())
}

/// A finding as text: what was violated, by which calls.
pub fn finding_text(out: &mut dyn Write, finding: &FindingRow) -> io::Result<()> {
    let unfinished = if finding.shrunk { "" } else { ", could be smaller" };
    writeln!(
        out,
        "{} after {} calls (shrunk from {}{unfinished})",
        finding.invariant, finding.shrunk_length, finding.original_length
    )?;
    write!(out, "{}", text::finding(finding))
}

fn conclusion(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    let judged = report.invariants.iter().filter(|row| row.verdict != InvariantVerdict::NotApplicable).count();
    match report.verdict {
        Judgement::Held => writeln!(out, "held: every invariant that this world allows to judge, each exercised"),
        Judgement::Violated => {
            let violated = report.invariants.iter().filter(|row| row.verdict == InvariantVerdict::Violated).count();
            writeln!(out, "VIOLATED: {violated} of {judged} invariants")
        }
        Judgement::Inconclusive => {
            writeln!(out, "inconclusive: nothing was violated, but")?;
            report.reasons.iter().try_for_each(|reason| writeln!(out, "  {reason}"))
        }
    }
}

/// A number with its thousands apart.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn thousands_are_apart() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
    }
}
