//! What the gate says as SARIF 2.1.0, for code scanning: a rule for each thing that was judged, a result for each thing that
//! stands against the upgrade. A difference of layouts is where the variable is declared.

use std::io::{self, Write};

use serde_json::json;
use serde_sarif::sarif::{
    ArtifactLocation, Location, LogicalLocation, Message, MultiformatMessageString, PhysicalLocation, Region,
    ReportingDescriptor, Result as Found, ResultLevel, Run, SCHEMA_URL, Sarif, Tool, ToolComponent,
};

use super::{Against, Case, cases};
use crate::gate::{Gate, Verdict};

pub(super) fn render(gate: &Gate, out: &mut dyn Write) -> io::Result<()> {
    let cases = cases(gate);
    let driver = ToolComponent::builder()
        .name(env!("CARGO_PKG_NAME"))
        .version(env!("CARGO_PKG_VERSION"))
        .information_uri(env!("CARGO_PKG_REPOSITORY"))
        .rules(cases.iter().map(rule).collect::<Vec<_>>())
        .build();
    let results: Vec<Found> =
        cases.iter().flat_map(|case| case.problems.iter().map(move |problem| result(case, problem))).collect();
    let run = Run::builder().tool(Tool::builder().driver(driver).build()).results(results).build();
    let sarif = Sarif::builder().version(json!("2.1.0")).schema(SCHEMA_URL).runs(vec![run]).build();
    serde_json::to_writer_pretty(&mut *out, &sarif)?;
    writeln!(out)
}

fn rule(case: &Case) -> ReportingDescriptor {
    let statement = MultiformatMessageString::builder().text(case.statement.clone()).build();
    ReportingDescriptor::builder().id(case.id.clone()).short_description(statement).build()
}

fn result(case: &Case, problem: &Against) -> Found {
    let level = if problem.verdict == Verdict::Fail { ResultLevel::Error } else { ResultLevel::Warning };
    let message = format!("{}\n\n{}", problem.sentence, problem.example);
    Found::builder()
        .rule_id(case.id.clone())
        .level(level)
        .message(Message::builder().text(message.trim_end().to_owned()).build())
        .locations(vec![location(case, problem)])
        .build()
}

/// Where a variable is declared; of what was played, the expectations, where it would be declared.
fn location(case: &Case, problem: &Against) -> Location {
    let (file, line) = match problem.source.rsplit_once(':') {
        Some((file, line)) => (file, line.parse().unwrap_or(1)),
        None if problem.source.is_empty() => ("gate.toml", 1),
        None => (problem.source.as_str(), 1),
    };
    let file = ArtifactLocation::builder().uri(file).build();
    let region = Region::builder().start_line(line).build();
    let physical = PhysicalLocation::builder().artifact_location(file).region(region).build();
    let name = if problem.function.is_empty() { &case.id } else { &problem.function };
    let logical = LogicalLocation::builder().fully_qualified_name(name.clone()).kind("function").build();
    Location::builder().physical_location(physical).logical_locations(vec![logical]).build()
}
