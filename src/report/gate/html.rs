//! What the gate says as one page, made as that of a campaign: nothing is loaded, nothing runs.

use std::io::{self, Write};

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{Against, Case, cases, counts};
use crate::{
    gate::{
        Build, Declared, Gate, Verdict,
        behaviour::Behaviour,
        cases::Count,
        human::{change, conclusion},
        layout::{ContractRow, Layout, Meaning},
    },
    report::{html::STYLE, human::grouped},
};

pub(super) fn render(gate: &Gate, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(page(gate).into_string().as_bytes())
}

fn page(gate: &Gate) -> Markup {
    let cases = cases(gate);
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                // Nothing runs and nothing is loaded, whatever a name says.
                meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:";
                link rel="icon" href="data:,";
                title { "Slashproof gate: " (conclusion(gate)) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                (summary(gate, &cases))
                main {
                    (against(&cases))
                    (judged(&cases))
                    @if let Some(it) = &gate.layout { (layout(it)) }
                    @if let Some(it) = &gate.behaviour { (functions(it)) (gas(it)) }
                    @if let Some(it) = &gate.expectations { (expectations(it, gate)) }
                }
            }
        }
    }
}

fn summary(gate: &Gate, cases: &[Case]) -> Markup {
    let (class, sign) = match gate.verdict {
        Verdict::Pass => ("verdict held", "✓"),
        Verdict::Fail => ("verdict violated", "✗"),
        Verdict::Inconclusive => ("verdict inconclusive", "?"),
    };
    let build = |build: &Build| format!("{}, the {} release", build.artifacts, build.release);
    html! {
        header {
            p class="brand" { "Slashproof gate" }
            h1 { (build(&gate.candidate)) }
            p { "from " (build(&gate.baseline)) }
            p class=(class) { (sign) " " (conclusion(gate)) }
            table class="data" {
                thead { tr { th { "judgement" } th class="n" { "pass" } th class="n" { "review" } th class="n" { "fail" } } }
                tbody {
                    @for Count { suite, pass, review, fail } in counts(cases) {
                        tr {
                            td { (suite) } td class="n" { (pass) } td class="n" { (review) } td class="n" { (fail) }
                        }
                    }
                }
            }
        }
    }
}

fn against(cases: &[Case]) -> Markup {
    let all = || cases.iter().flat_map(|case| case.problems.iter().map(move |problem| (case, problem)));
    html! {
        @if all().next().is_some() {
            section id="against" {
                h2 { "Against it" }
                @for (case, problem) in all() { (problem_of(case, problem)) }
            }
        }
    }
}

fn problem_of(case: &Case, problem: &Against) -> Markup {
    html! {
        article class="finding" {
            h3 { (mark(problem.verdict)) " " (case.id) }
            p { (case.statement) }
            p class="seen" { (problem.sentence) }
            @if !problem.source.is_empty() { p class="mono quiet" { (problem.source) } }
            @if !problem.example.is_empty() {
                ol class="calls" { @for line in problem.example.lines() { li class="mono" style="display:block" { (line) } } }
            }
        }
    }
}

fn mark(verdict: Verdict) -> Markup {
    let (class, word) = match verdict {
        Verdict::Pass => ("mark held", "✓ pass"),
        Verdict::Fail => ("mark violated", "✗ fail"),
        Verdict::Inconclusive => ("mark untested", "? review"),
    };
    html! { span class=(class) { (word) } }
}

fn judged(cases: &[Case]) -> Markup {
    html! {
        section id="judged" {
            h2 { "Judged" }
            table class="data" {
                thead { tr { th { "id" } th { "statement" } th class="narrow-off" { "judgement" } th { "verdict" } } }
                tbody {
                    @for case in cases {
                        tr {
                            td class="id" { (case.id) } td { (case.statement) } td class="narrow-off" { (case.suite) }
                            td { (mark(case.verdict)) }
                        }
                    }
                }
            }
        }
    }
}

fn layout(layout: &Layout) -> Markup {
    let differing: Vec<&ContractRow> = layout.contracts.iter().filter(|row| !row.differences.is_empty()).collect();
    html! {
        @if !differing.is_empty() {
            section id="layout" {
                h2 { "Storage layouts" }
                @for row in differing {
                    h3 { (row.contract) }
                    table class="data" {
                        tbody {
                            @for difference in &row.differences {
                                tr {
                                    td { (meaning(difference.meaning)) }
                                    td { (difference.sentence) }
                                    td class="mono quiet narrow-off" { (difference.source) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn meaning(meaning: Meaning) -> Markup {
    let (class, word) = match meaning {
        Meaning::Allowed => ("mark held", "✓ allowed"),
        Meaning::Review => ("mark untested", "? for review"),
        Meaning::Breaks => ("mark violated", "✗ breaks proxies"),
    };
    html! { span class=(class) { (word) } }
}

fn functions(behaviour: &Behaviour) -> Markup {
    html! {
        @if !behaviour.functions.is_empty() {
            section id="functions" {
                h2 { "Functions that changed" }
                table class="data" {
                    thead { tr { th { "function" } th { "change" } th class="n" { "calls in traced runs" } } }
                    tbody {
                        @for row in &behaviour.functions {
                            tr {
                                td class="mono" { (row.function.name) }
                                td { (change(&row.function)) @if row.function.is_view { ", only answers" } }
                                td class="n" { (grouped(row.calls)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn gas(behaviour: &Behaviour) -> Markup {
    html! {
        @if !behaviour.gas.is_empty() {
            section id="gas" {
                h2 { "Median gas" }
                table class="data" {
                    thead {
                        tr { th { "action" } th class="n" { "baseline" } th class="n" { "candidate" } th class="n" { "calls" } }
                    }
                    tbody {
                        @for row in &behaviour.gas {
                            tr {
                                td { (row.action) } td class="n" { (grouped(row.baseline)) }
                                td class="n" { (grouped(row.candidate)) } td class="n" { (row.calls) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn expectations(declared: &Declared, gate: &Gate) -> Markup {
    html! {
        section id="expectations" {
            h2 { "Meant to change" }
            p class="quiet" { (declared.origin) }
            table class="data" {
                thead { tr { th { "action, kind, condition" } th { "why" } th class="n" { "times" } } }
                tbody {
                    @for group in gate.groups() {
                        @if let Some(reason) = &group.expected {
                            tr {
                                td { (group.key.action) ", " (group.key.kind) ", " (group.key.condition) }
                                td { (reason) } td class="n" { (grouped(group.count)) }
                            }
                        }
                    }
                    @for lonely in &declared.unmatched {
                        tr {
                            td { (lonely.action) ", " (lonely.kind) ", " (lonely.condition) }
                            td { (mark(declared.verdict)) " never met" } td class="n" { "0" }
                        }
                    }
                }
            }
        }
    }
}
