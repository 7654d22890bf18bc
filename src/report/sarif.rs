//! The report as SARIF 2.1.0, for code scanning: a rule for each invariant that was judged, a result for each finding.
//!
//! A result is at the line of the function whose call showed the violation, if the artifacts say where that is, or else where
//! the evidence is, in the finding's file.

use std::{
    collections::BTreeMap,
    io::{self, Write},
    path::Path,
};

use serde_json::json;
use serde_sarif::sarif::{
    ArtifactLocation, Location, LogicalLocation, Message, MultiformatMessageString, PhysicalLocation, Region,
    ReportingConfiguration, ReportingDescriptor, Result as Found, ResultLevel, Run, SCHEMA_URL, Sarif, Tool,
    ToolComponent,
};

use super::{FindingRow, Format, InvariantRow, InvariantVerdict, Report, text};
use crate::invariants;

pub(super) const FORMAT: Format = Format { name: "sarif", file: "report.sarif", render };

fn render(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let judged: Vec<&InvariantRow> =
        report.invariants.iter().filter(|row| row.verdict != InvariantVerdict::NotApplicable).collect();
    let driver = ToolComponent::builder()
        .name(env!("CARGO_PKG_NAME"))
        .version(env!("CARGO_PKG_VERSION"))
        .information_uri(env!("CARGO_PKG_REPOSITORY"))
        .rules(judged.iter().map(|row| rule(row)).collect::<Vec<_>>())
        .build();
    let results: Vec<Found> = report.findings.iter().map(|finding| result(finding, &judged)).collect();
    let run = Run::builder().tool(Tool::builder().driver(driver).build()).results(results).build();
    let sarif = Sarif::builder().version(json!("2.1.0")).schema(SCHEMA_URL).runs(vec![run]).build();
    serde_json::to_writer_pretty(&mut *out, &sarif)?;
    writeln!(out)
}

fn rule(row: &InvariantRow) -> ReportingDescriptor {
    let words = |text: &str| MultiformatMessageString::builder().text(text).build();
    let why = invariants::find(row.id).map_or("", |invariant| invariant.why);
    let level = ReportingConfiguration::builder().level(json!("error")).build();
    ReportingDescriptor::builder()
        .id(row.id)
        .short_description(words(row.statement))
        .full_description(words(if why.is_empty() { row.statement } else { why }))
        .default_configuration(level)
        .build()
}

fn result(finding: &FindingRow, judged: &[&InvariantRow]) -> Found {
    let message = format!("{}\n\n{}", finding.sentence, text::finding(finding));
    let result = Found::builder()
        .rule_id(finding.invariant.clone())
        .level(ResultLevel::Error)
        .message(Message::builder().text(message).build())
        .locations(vec![location(finding)])
        .partial_fingerprints(BTreeMap::from([("finding/v1".to_owned(), name(&finding.file))]));
    match judged.iter().position(|row| row.id == finding.invariant) {
        Some(index) => result.rule_index(i64::try_from(index).unwrap_or(-1)).build(),
        None => result.build(),
    }
}

fn location(finding: &FindingRow) -> Location {
    let (file, line) = finding.source.as_ref().map_or((&finding.file, 1), |source| (&source.file, source.line));
    let file = ArtifactLocation::builder().uri(uri(file)).build();
    let region = Region::builder().start_line(i64::try_from(line).unwrap_or(1)).build();
    let physical = PhysicalLocation::builder().artifact_location(file).region(region).build();
    let last = finding.told.last().map(|told| told.function.as_str()).filter(|function| !function.is_empty());
    let logical =
        last.map(|function| LogicalLocation::builder().fully_qualified_name(function).kind("function").build());
    Location::builder().physical_location(physical).logical_locations(logical.into_iter().collect::<Vec<_>>()).build()
}

fn name(file: &Path) -> String {
    file.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// A path as SARIF wants it: with slashes, and what is no plain letter escaped.
fn uri(file: &Path) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/:".contains(&byte);
    let path = file.to_string_lossy().replace('\\', "/");
    let escaped =
        path.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") });
    let path: String = escaped.collect();
    if file.is_absolute() { format!("file://{path}") } else { path }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_uris() {
        assert_eq!(uri(Path::new("out/findings/RED-04-01.json")), "out/findings/RED-04-01.json");
        assert_eq!(uri(Path::new("/a b/ü.json")), "file:///a%20b/%C3%BC.json");
    }
}
