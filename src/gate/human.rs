//! What the gate says as text, for people: a line for each contract, then what differs, the worst last.

use std::{
    collections::BTreeMap,
    io::{self, Write},
};

use super::{
    Build, Declared, Gate, Verdict,
    behaviour::{Behaviour, Change, Function, FunctionRow, GasRow, Place},
    cases::{Count, cases, counts},
    divergence::{Group, Line},
    layout::{ContractRow, Difference, Layout, Meaning},
    regressions::Regressions,
    upgrade::{RULES, Upgraded, rule_of},
};

/// Tells all of it.
pub fn render(gate: &Gate, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "baseline   {}", build(&gate.baseline))?;
    writeln!(out, "candidate  {}", build(&gate.candidate))?;
    for part in parts(gate) {
        writeln!(out)?;
        match part {
            Part::Layout(it) => layout(it, out)?,
            Part::Upgrade(it) => upgrade(it, out)?,
            Part::Behaviour(it) => behaviour(it, out)?,
            Part::Regressions(it) => regressions(it, out)?,
        }
    }
    if let Some(declared) = &gate.expectations {
        expectations(declared, gate, out)?;
    }
    table(gate, out)?;
    writeln!(out, "\njudged: {}", what(gate).join(", "))?;
    writeln!(out, "-> {}", conclusion(gate))
}

/// A line for each judgement, whatever it says.
fn table(gate: &Gate, out: &mut dyn Write) -> io::Result<()> {
    let counts = counts(&cases(gate));
    let width = counts.iter().map(|count| count.suite.len()).max().unwrap_or_default().max("judgement".len());
    writeln!(out, "\n{:width$}  {:>5}  {:>6}  {:>5}", "judgement", "pass", "review", "fail")?;
    for Count { suite, pass, review, fail } in counts {
        writeln!(out, "{suite:width$}  {pass:>5}  {review:>6}  {fail:>5}")?;
    }
    Ok(())
}

/// One judgement.
enum Part<'g> {
    Layout(&'g Layout),
    Upgrade(&'g Upgraded),
    Behaviour(&'g Behaviour),
    Regressions(&'g Regressions),
}

fn parts(gate: &Gate) -> impl Iterator<Item = Part<'_>> {
    let layout = gate.layout.as_ref().map(Part::Layout);
    let played = [gate.upgrade.as_ref().map(Part::Upgrade), gate.behaviour.as_ref().map(Part::Behaviour)];
    layout.into_iter().chain(played.into_iter().flatten()).chain(gate.regressions.as_ref().map(Part::Regressions))
}

/// What was judged, in words.
fn what(gate: &Gate) -> Vec<String> {
    let told = |part| match part {
        Part::Layout(it) => format!("storage layouts of {} contracts", it.contracts.len()),
        Part::Upgrade(it) => format!("{} upgrades in the middle of life", it.runs),
        Part::Behaviour(it) => format!("{} runs in lockstep", it.runs),
        Part::Regressions(it) => format!("{} sequences and {} findings of the baseline", it.sequences, it.findings),
    };
    parts(gate).map(told).collect()
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
    let mut groups: BTreeMap<&[&str], Vec<&str>> = BTreeMap::new();
    for row in rows.iter().filter(|row| !row.unseen.is_empty()) {
        groups.entry(&row.unseen).or_default().push(&row.contract);
    }
    for (what, contracts) in &groups {
        writeln!(
            out,
            "\nnot looked at, since the artifacts have no syntax trees, or those of several builds: {}",
            what.join(", ")
        )?;
        writeln!(out, "  of {}", contracts.join(", "))?;
    }
    if groups.is_empty() { Ok(()) } else { writeln!(out, "  for Foundry, add ast = true and build with --force") }
}

fn upgrade(upgraded: &Upgraded, out: &mut dyn Write) -> io::Result<()> {
    let left_out = left_out(upgraded.runs_left_out);
    writeln!(out, "upgrade in the middle of life: {} runs, {} calls{left_out}", upgraded.runs, upgraded.calls)?;
    for rule in RULES {
        let of_rule = || upgraded.groups.iter().filter(|group| rule_of(&group.key) == rule);
        let count = |declared: bool| of_rule().filter(|group| group.expected.is_some() == declared).count();
        let says = match (count(false), count(true)) {
            (0, 0) => "holds".to_owned(),
            (0, declared) => format!("holds but for what is declared ({declared})"),
            (undeclared, _) => format!("violated ({undeclared})"),
        };
        writeln!(out, "  {}  {:<102}  {says}", rule.id, rule.statement)?;
    }
    undeclared(&upgraded.groups, out)
}

fn left_out(runs: u64) -> String {
    if runs == 0 { String::new() } else { format!(", {runs} more for which there was no time") }
}

fn behaviour(behaviour: &Behaviour, out: &mut dyn Write) -> io::Result<()> {
    let Behaviour { runs, calls, parted, .. } = behaviour;
    let left_out = left_out(behaviour.runs_left_out);
    writeln!(out, "behaviour in lockstep: {runs} runs, {calls} calls on both, {parted} runs parted{left_out}")?;
    let width = behaviour.functions.iter().map(|row| row.function.name.len()).max().unwrap_or_default();
    writeln!(out, "\nfunctions that changed, and calls of them in the runs that were traced")?;
    for FunctionRow { function, calls } in &behaviour.functions {
        let name = &function.name;
        let view = if function.is_view { ", only answers" } else { "" };
        writeln!(out, "  {name:width$}  {calls:>7}  {}{view}", change(function))?;
    }
    if !behaviour.by_code_alone.is_empty() {
        writeln!(
            out,
            "  by code alone, since there are no sources of both builds: {}",
            behaviour.by_code_alone.join(", ")
        )?;
    }
    let is_another = |row: &&GasRow| row.baseline.abs_diff(row.candidate) * 100 >= row.baseline;
    let costs: Vec<&GasRow> = behaviour.gas.iter().filter(is_another).collect();
    if !costs.is_empty() {
        let width = costs.iter().map(|row| row.action.len()).max().unwrap_or_default();
        writeln!(
            out,
            "\n{:width$}  {:>9}  {:>9}  {:>7}",
            "median gas",
            "baseline",
            "candidate",
            "",
            width = width + 2
        )?;
        for GasRow { action, baseline, candidate, .. } in costs {
            let percent = (*candidate as f64 / *baseline as f64 - 1.0) * 100.0;
            writeln!(out, "  {action:width$}  {baseline:>9}  {candidate:>9}  {percent:>+6.1}%")?;
        }
    }
    undeclared(&behaviour.groups, out)
}

/// What happened to a function, and where that shows.
pub fn change(function: &Function) -> String {
    let change = match function.change {
        Change::New => return "new".to_owned(),
        Change::Gone => return "gone".to_owned(),
        Change::Changed => "changed",
    };
    let places = function.seen_in.iter().map(|place| match place {
        Place::Code => "code",
        Place::Sources => "sources",
        Place::Contract => "its contract",
    });
    format!("{change} in {}", places.collect::<Vec<_>>().join(" and "))
}

fn regressions(regressions: &Regressions, out: &mut dyn Write) -> io::Result<()> {
    let Regressions { sequences, findings, unplayed, groups, .. } = regressions;
    writeln!(out, "of the baseline: {sequences} sequences and {findings} findings played")?;
    unplayed.iter().try_for_each(|name| writeln!(out, "  not played: {name}"))?;
    undeclared(groups, out)
}

/// What nobody declared, with examples.
fn undeclared(groups: &[Group], out: &mut dyn Write) -> io::Result<()> {
    for group in groups.iter().filter(|group| group.expected.is_none()) {
        let key = &group.key;
        writeln!(out, "\n{}, {}, {}: {} times", key.action, key.kind, key.condition, group.count)?;
        writeln!(out, "  {}", group.sentence)?;
        let Some(example) = &group.example else { continue };
        let state = if example.shrunk { "and nothing makes it smaller" } else { "and it may be made smaller still" };
        writeln!(out, "  run {}, {} of {} lines, {state}:", example.run, example.lines.len(), example.original_length)?;
        for (number, Line { delay, actor, text, outcome, .. }) in (1..).zip(&example.lines) {
            let outcome = if outcome.is_empty() { String::new() } else { format!("  {outcome}") };
            writeln!(out, "  {number:>3}. {delay:<11} {actor}: {text}{outcome}")?;
        }
    }
    Ok(())
}

/// What was declared: how often each was met, and what never was.
fn expectations(declared: &Declared, gate: &Gate, out: &mut dyn Write) -> io::Result<()> {
    let met: Vec<&Group> = gate.groups().filter(|group| group.expected.is_some()).collect();
    writeln!(out, "\nexpectations: {}, {} met", declared.origin, met.len())?;
    for group in met {
        let key = &group.key;
        let reason = group.expected.as_deref().unwrap_or_default();
        writeln!(out, "  {}, {}, {}: {} times. {reason}", key.action, key.kind, key.condition, group.count)?;
    }
    for lonely in &declared.unmatched {
        writeln!(out, "  never met: {}, {}, {}", lonely.action, lonely.kind, lonely.condition)?;
    }
    Ok(())
}

/// The verdict, and what it is for.
pub fn conclusion(gate: &Gate) -> String {
    let all = || gate.layout.iter().flat_map(|layout| &layout.contracts).flat_map(|row| &row.differences);
    let differences = |meaning| all().filter(|difference| difference.meaning == meaning).count() as u64;
    let undeclared = gate.groups().filter(|group| group.expected.is_none()).count() as u64;
    let unmatched = gate.expectations.as_ref().map_or(0, |declared| declared.unmatched.len() as u64);
    match gate.verdict {
        Verdict::Pass if gate.behaviour.is_none() => "pass: proxies find what they kept".to_owned(),
        Verdict::Pass => "pass: proxies find what they kept, and nothing differs but what is declared".to_owned(),
        Verdict::Fail => {
            let said = counted(&[
                (differences(Meaning::Breaks), "difference breaks proxies", "differences break proxies"),
                (undeclared, "divergence is not declared", "divergences are not declared"),
                (unmatched, "expectation was never met", "expectations were never met"),
            ]);
            format!("fail: {said}")
        }
        Verdict::Inconclusive => {
            let unplayed = gate.regressions.as_ref().map_or(0, |regressions| regressions.unplayed.len() as u64);
            let said = counted(&[
                (
                    differences(Meaning::Review),
                    "difference is for review, nothing breaks",
                    "differences are for review, nothing breaks",
                ),
                (undeclared, "changed function was never called", "changed functions were never called"),
                (unplayed, "sequence or finding could not be played", "sequences or findings could not be played"),
                (gate.runs_left_out(), "run was left out for want of time", "runs were left out for want of time"),
            ]);
            format!("inconclusive: {said}")
        }
    }
}

/// What there is some of: each with its number, in the words for one or for many.
fn counted(these: &[(u64, &str, &str)]) -> String {
    let some = these.iter().filter(|(count, ..)| *count > 0);
    let said = some.map(|(count, one, many)| format!("{count} {}", if *count == 1 { one } else { many }));
    said.collect::<Vec<_>>().join(", ")
}
