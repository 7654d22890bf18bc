//! The report as one page: nothing is loaded, nothing runs. Made for a phone, a screen and paper.
//!
//! Whatever came from outside goes through the templates, which escape it.

mod drawing;
mod finding;
mod plot;

use std::io::{self, Write};

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{ActionRow, Format, InvariantRow, InvariantVerdict, Judgement, Pace, Report, human::grouped, text};
use plot::Curve;

pub(super) const FORMAT: Format = Format { name: "html", file: "report.html", render };

pub(super) const STYLE: &str = include_str!("style.css");

/// Reasons of reverts that are shown.
const REASONS: usize = 40;

fn render(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(page(report).into_string().as_bytes())
}

fn page(report: &Report) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                // Nothing runs and nothing is loaded, whatever a name says.
                meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:";
                link rel="icon" href="data:,";
                title { "Slashproof: " (text::headline(report)) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                (drawing::patterns())
                (summary(report))
                main {
                    (findings(report))
                    (families(report))
                    (actions(report))
                    (failures(report))
                    (growth(report))
                }
                (provenance(report))
            }
        }
    }
}

fn summary(report: &Report) -> Markup {
    let (class, sign) = match report.verdict {
        Judgement::Held => ("verdict held", "✓"),
        Judgement::Violated => ("verdict violated", "✗"),
        Judgement::Inconclusive => ("verdict inconclusive", "?"),
    };
    let reverted = 100.0 * report.reverts as f64 / report.calls.max(1) as f64;
    let facts = [
        ("runs", grouped(report.runs)),
        ("calls", grouped(report.calls)),
        ("reverted", format!("{reverted:.1} %")),
        ("edges", grouped(report.coverage.edges as u64)),
        ("kinds of states", grouped(report.coverage.states as u64)),
        ("findings", grouped(report.findings.len() as u64)),
    ];
    html! {
        header {
            p class="brand" { "Slashproof report" }
            h1 { (report.protocol) }
            p { (report.artifacts) }
            p class="quiet" {
                "Release " (report.release) " · world " (report.world) " · seed " (report.seed) " · " (report.depth)
                " calls per run"
            }
            p class=(class) { (sign) " " (text::headline(report)) }
            @if !report.reasons.is_empty() {
                ul class="quiet" { @for reason in &report.reasons { li { (reason) } } }
            }
            dl class="facts" { @for (name, value) in &facts { div { dt { (name) } dd { (value) } } } }
            nav {
                ul {
                    @if !report.findings.is_empty() { li { a href="#findings" { "Findings" } } }
                    li { a href="#invariants" { "Invariants" } }
                    li { a href="#actions" { "Actions" } }
                    li { a href="#reasons" { "Revert reasons" } }
                    li { a href="#growth" { "Growth" } }
                    li { a href="#provenance" { "Provenance" } }
                }
            }
        }
    }
}

fn findings(report: &Report) -> Markup {
    html! {
        @if !report.findings.is_empty() {
            section id="findings" {
                h2 { "Findings" }
                @for row in &report.findings { (finding::article(row)) }
            }
        }
    }
}

fn families(report: &Report) -> Markup {
    html! {
        section id="invariants" {
            h2 { "Invariants by family" }
            @for (family, rows) in report.families() {
                @let is_quiet = rows.iter().all(|row| row.verdict == InvariantVerdict::Held);
                details open[!is_quiet] {
                    summary { (family) " " span class="quiet" { (tally(&rows)) } }
                    table class="data" {
                        thead {
                            tr { th { "id" } th { "statement" } th class="n narrow-off" { "checks" } th { "verdict" } }
                        }
                        tbody { @for row in rows { (invariant(row)) } }
                    }
                }
            }
        }
    }
}

fn tally(rows: &[&InvariantRow]) -> String {
    let told = [
        (InvariantVerdict::Violated, "violated"),
        (InvariantVerdict::Held, "held"),
        (InvariantVerdict::Untested, "never exercised"),
        (InvariantVerdict::NotApplicable, "not applicable"),
    ];
    let count = |verdict| rows.iter().filter(|row| row.verdict == verdict).count();
    let told = told.into_iter().map(|(verdict, word)| (count(verdict), word)).filter(|(count, _)| *count > 0);
    told.map(|(count, word)| format!("{count} {word}")).collect::<Vec<_>>().join(", ")
}

fn invariant(row: &InvariantRow) -> Markup {
    let (class, word) = match row.verdict {
        InvariantVerdict::Held => ("mark held", "✓ held"),
        InvariantVerdict::Violated => ("mark violated", "✗ violated"),
        InvariantVerdict::Untested => ("mark untested", "? untested"),
        InvariantVerdict::NotApplicable => ("mark not_applicable", "– n/a"),
    };
    html! {
        tr {
            td class="id" { (row.id) }
            td {
                (row.statement)
                @if !row.lacks.is_empty() { " " span class="quiet" { "Needs " (row.lacks.join(" and ")) "." } }
            }
            td class="n narrow-off" { (grouped(row.checks)) }
            td class=(class) { (word) }
        }
    }
}

fn actions(report: &Report) -> Markup {
    html! {
        section id="actions" {
            h2 { "Actions" }
            (action_table("action", &report.actions, |row| row.succeeded))
            h3 { "Probes: these must fail" }
            (action_table("probe", &report.probes, |row| row.reverted))
        }
    }
}

/// A row for each action; its bar is the part of its calls that ended as meant.
fn action_table(title: &str, rows: &[ActionRow], meant: fn(&ActionRow) -> u64) -> Markup {
    html! {
        table class="data" {
            thead {
                tr {
                    th { (title) } th class="n" { "calls" } th class="n" { "succeeded" } th class="n" { "reverted" }
                    th class="n narrow-off" { "nothing to do" }
                }
            }
            tbody {
                @for row in rows {
                    @let share = 100.0 * meant(row) as f64 / row.calls.max(1) as f64;
                    tr {
                        td { (row.name) span class="bar" { i style=(format!("width:{share:.1}%")) {} } }
                        td class="n" { (grouped(row.calls)) }
                        td class="n" { (grouped(row.succeeded)) }
                        td class="n" { (grouped(row.reverted)) }
                        td class="n narrow-off" { (grouped(row.discarded)) }
                    }
                }
            }
        }
    }
}

fn failures(report: &Report) -> Markup {
    html! {
        section id="reasons" {
            h2 { "Revert reasons" }
            @if report.failures.is_empty() {
                p { "No call failed." }
            } @else {
                table class="data" {
                    thead { tr { th { "reason" } th class="n" { "calls" } th { "mostly of" } } }
                    tbody {
                        @for row in report.failures.iter().take(REASONS) {
                            tr {
                                td class="mono" { (row.reason) }
                                td class="n" { (grouped(row.calls)) }
                                td { (mostly(&row.actions)) }
                            }
                        }
                    }
                }
                @if report.failures.len() > REASONS {
                    p class="quiet" { "and " (report.failures.len() - REASONS) " more, in report.json" }
                }
            }
        }
    }
}

/// The three actions that failed most.
fn mostly(actions: &std::collections::BTreeMap<&'static str, u64>) -> String {
    let mut rows: Vec<_> = actions.iter().collect();
    rows.sort_by_key(|(_, calls)| std::cmp::Reverse(**calls));
    rows.iter().take(3).map(|(name, _)| **name).collect::<Vec<_>>().join(", ")
}

fn growth(report: &Report) -> Markup {
    let curve = |of: fn(&crate::campaign::Point) -> usize| -> Vec<(f64, f64)> {
        report.growth.iter().map(|point| (point.calls as f64, of(point) as f64)).collect()
    };
    let (edges, states) = (curve(|point| point.edges), curve(|point| point.states));
    html! {
        section id="growth" {
            h2 { "Growth" }
            div class="plots" {
                (Curve { title: "Coverage: edges of the bytecode", x: "calls", y: "edges", points: &edges }.draw())
                (Curve { title: "Kinds of states of the ledger", x: "calls", y: "kinds of states", points: &states }.draw())
            }
            @if let Some(pace) = &report.pace { (throughput(pace)) }
        }
    }
}

/// The only part that is never the same twice; it is one element, so that it can be left out of a comparison.
fn throughput(pace: &Pace) -> Markup {
    let rate = |pair: &[(f64, u64)]| {
        let [(begun, before), (ended, after)] = pair else { return (0.0, 0.0) };
        (*ended, (after - before) as f64 / (ended - begun).max(1e-3))
    };
    let points: Vec<(f64, f64)> = pace.points.windows(2).map(rate).collect();
    html! {
        div id="throughput" {
            div class="plots" {
                (Curve { title: "Throughput", x: "seconds", y: "calls per second", points: &points }.draw())
            }
            p class="quiet" {
                (format!("{:.1} s, {:.0} calls per second, {} workers", pace.timing.seconds, pace.timing.calls_per_second,
                    pace.timing.workers))
            }
        }
    }
}

fn provenance(report: &Report) -> Markup {
    html! {
        footer id="provenance" {
            p { "Slashproof " (report.tool) ". The same command with the same build gives the same report." }
            p class="quiet" { "Creation code, by contract:" }
            ul class="digests mono" { @for (name, digest) in &report.digests { li { (name) " " (digest) } } }
        }
    }
}

/// A number of many digits, shorter: readable where it stands for a size. `digits` in full are told elsewhere.
fn amount(digits: &str) -> String {
    match digits.parse::<u64>() {
        Ok(small) if small < 1_000_000 => grouped(small),
        _ => {
            let (first, rest) = digits.split_at(1);
            format!("{first}.{}e{}", &rest[..rest.len().min(2)], rest.len())
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use alloy_primitives::{B256, U256};

    use super::*;
    use crate::{
        call::Outcome,
        campaign::Predictions,
        finding::Told,
        report::{Coverage, FailureRow, FindingRow},
        timeline::{Change, Flow, Magnitudes, Part, PlayedCall, Sample, SetMagnitude, Timeline, Track, Way},
    };

    const EVIL: &str = "<script>alert(1)</script>\"'&<img src=x onerror=alert(1)>";

    fn hostile_words() -> Told {
        Told {
            actor: EVIL.to_owned(),
            delay: EVIL.to_owned(),
            function: EVIL.to_owned(),
            text: EVIL.to_owned(),
            outcome: EVIL.to_owned(),
        }
    }

    fn hostile_timeline() -> Timeline {
        let changes = vec![Change { what: EVIL.to_owned(), before: EVIL.to_owned(), after: EVIL.to_owned() }];
        let flow = |way| Flow { way, who: EVIL.to_owned(), token: EVIL.to_owned(), amount: U256::from(7) };
        let call = |block| PlayedCall {
            part: Part::Sequence,
            block,
            timestamp: 0,
            told: hostile_words(),
            sent: None,
            outcome: Outcome::Halted(EVIL.to_owned()),
            succeeded: false,
            changes: changes.clone(),
            flows: Way::ALL.map(flow).to_vec(),
        };
        let set = SetMagnitude { allocated: 1, leaving: 2, coming: 3 };
        let magnitudes = Magnitudes { sets: vec![set], free: 4, slashed: 5 };
        let track = Track {
            operator: EVIL.to_owned(),
            strategy: EVIL.to_owned(),
            sets: vec![EVIL.to_owned()],
            samples: vec![Sample { calls: 0, block: 1, magnitudes }],
        };
        Timeline {
            begins: 1,
            calls: vec![call(2), call(9)],
            violated_at: Some(1),
            expectation: None,
            tracks: vec![track],
        }
    }

    /// A report in which everything that can come from outside is hostile.
    fn hostile() -> Report {
        let finding = FindingRow {
            invariant: EVIL.to_owned(),
            sentence: EVIL.to_owned(),
            original_length: 2,
            shrunk_length: 2,
            shrunk: true,
            file: EVIL.into(),
            source: None,
            told: vec![hostile_words()],
            timeline: Some(hostile_timeline()),
        };
        let without_timeline = FindingRow { timeline: None, ..finding.clone() };
        Report {
            format: 1,
            tool: EVIL.to_owned(),
            protocol: EVIL.to_owned(),
            artifacts: EVIL.to_owned(),
            release: EVIL,
            world: EVIL,
            digests: BTreeMap::from([(EVIL.to_owned(), B256::ZERO)]),
            seed: 1,
            runs: 1,
            depth: 1,
            replayed: 0,
            calls: 1,
            reverts: 1,
            model: Predictions::default(),
            verdict: Judgement::Violated,
            reasons: vec![EVIL.to_owned()],
            truncated: false,
            actions: Vec::new(),
            probes: Vec::new(),
            invariants: Vec::new(),
            metrics: Vec::new(),
            coverage: Coverage { edges: 1, states: 1 },
            corpus: 0,
            failures: vec![FailureRow { reason: EVIL.to_owned(), calls: 1, actions: BTreeMap::from([(EVIL, 1)]) }],
            growth: Vec::new(),
            findings: vec![finding, without_timeline],
            lines: crate::lines::Lines::new(),
            pace: None,
        }
    }

    #[test]
    fn nothing_from_outside_is_markup() {
        let page = page(&hostile()).into_string();
        assert!(page.contains("&lt;script&gt;alert(1)"), "it is told");
        for tag in ["<script", "<img"] {
            assert!(!page.contains(tag), "{tag} is in the page");
        }
        // Every attribute is one of ours: a quote in a text does not end it.
        assert!(!page.contains("\"'&<") && !page.contains("=\"<"));
    }

    #[test]
    fn nothing_is_loaded() {
        let page = page(&hostile()).into_string();
        let links = page.match_indices("://").map(|(at, _)| &page[at.saturating_sub(5)..(at + 30).min(page.len())]);
        let foreign: Vec<&str> = links.filter(|link| !link.contains("://www.w3.org/2000/svg")).collect();
        assert!(foreign.is_empty(), "{foreign:?}");
    }

    #[test]
    fn amounts_are_readable() {
        assert_eq!(
            ["7", "999999", "1000000", "1234567890123456789"].map(amount),
            ["7", "999,999", "1.00e6", "1.23e18"]
        );
    }
}
