//! What the gate says as text, for people: a line for each contract, then what differs, the worst last.

use std::io::{self, Write};

use super::{
    Build, Gate, Verdict,
    layout::{ContractRow, Difference, Layout, Meaning},
};

/// Tells all of it.
pub fn render(gate: &Gate, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "baseline   {}", build(&gate.baseline))?;
    writeln!(out, "candidate  {}", build(&gate.candidate))?;
    writeln!(out)?;
    layout(&gate.layout, out)?;
    writeln!(out)?;
    writeln!(out, "judged: storage layouts of {} contracts", gate.layout.contracts.len())?;
    writeln!(out, "-> {}", conclusion(gate))
}

fn build(build: &Build) -> String {
    format!("{}, the {} release", build.artifacts, build.release)
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "pass",
        Verdict::Inconclusive => "review",
        Verdict::Fail => "fail",
    }
}

fn layout(layout: &Layout, out: &mut dyn Write) -> io::Result<()> {
    let width = layout.contracts.iter().map(|row| row.contract.len()).max().unwrap_or(0).max("storage layout".len());
    writeln!(out, "{:width$}  variables  allowed  review  breaks  verdict", "storage layout")?;
    for row in &layout.contracts {
        let count = |meaning| row.differences.iter().filter(|difference| difference.meaning == meaning).count();
        let note = if row.same_code { ", the same code" } else { "" };
        writeln!(
            out,
            "{:width$}  {:>9}  {:>7}  {:>6}  {:>6}  {}{note}",
            row.contract,
            row.variables,
            count(Meaning::Allowed),
            count(Meaning::Review),
            count(Meaning::Breaks),
            word(row.verdict),
        )?;
    }
    for meaning in [Meaning::Allowed, Meaning::Review, Meaning::Breaks] {
        differences(&layout.contracts, meaning, out)?;
    }
    unseen(&layout.contracts, out)
}

fn differences(rows: &[ContractRow], meaning: Meaning, out: &mut dyn Write) -> io::Result<()> {
    let title = match meaning {
        Meaning::Allowed => "allowed",
        Meaning::Review => "for review",
        Meaning::Breaks => "breaks proxies",
    };
    let with: Vec<(&ContractRow, &Difference)> = rows
        .iter()
        .flat_map(|row| row.differences.iter().map(move |difference| (row, difference)))
        .filter(|(_, difference)| difference.meaning == meaning)
        .collect();
    if !with.is_empty() {
        writeln!(out, "\n{title}")?;
    }
    for (row, difference) in with {
        let source = if difference.source.is_empty() { String::new() } else { format!("  ({})", difference.source) };
        writeln!(out, "  {}: {}{source}", row.contract, difference.sentence)?;
    }
    Ok(())
}

fn unseen(rows: &[ContractRow], out: &mut dyn Write) -> io::Result<()> {
    let with: Vec<&ContractRow> = rows.iter().filter(|row| !row.unseen.is_empty()).collect();
    let Some(first) = with.first() else { return Ok(()) };
    let names: Vec<&str> = with.iter().map(|row| row.contract.as_str()).collect();
    writeln!(out, "\nnot looked at, since the artifacts have no syntax trees: {}", first.unseen.join(", "))?;
    writeln!(out, "  of {}", names.join(", "))?;
    writeln!(out, "  for Foundry, add ast = true and build with --force")
}

fn conclusion(gate: &Gate) -> String {
    let all = || gate.layout.contracts.iter().flat_map(|row| &row.differences);
    let count = |meaning| all().filter(|difference| difference.meaning == meaning).count();
    match (gate.verdict, count(Meaning::Review), count(Meaning::Breaks)) {
        (Verdict::Pass, ..) => "pass: proxies find what they kept".to_owned(),
        (Verdict::Inconclusive, 1, _) => "inconclusive: 1 difference is for review, nothing breaks".to_owned(),
        (Verdict::Inconclusive, many, _) => format!("inconclusive: {many} differences are for review, nothing breaks"),
        (Verdict::Fail, _, 1) => "fail: 1 difference breaks proxies".to_owned(),
        (Verdict::Fail, _, many) => format!("fail: {many} differences break proxies"),
    }
}
