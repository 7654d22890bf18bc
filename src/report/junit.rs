//! The report as `JUnit`'s XML, for CI: a suite for each family, a case for each invariant, and a suite for what was played.
//!
//! A violation is a failure. What was never exercised is an error: it must not pass for held. What this world does not
//! allow to judge is skipped, with the reason.

use std::io::{self, Write};

use quick_junit::{NonSuccessKind, Report as Junit, TestCase, TestCaseStatus, TestSuite};

use super::{ActionRow, FindingRow, Format, InvariantRow, InvariantVerdict, Report, text};

pub(super) const FORMAT: Format = Format { name: "junit", file: "junit.xml", render };

fn render(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut junit = Junit::new("slashproof");
    for (family, rows) in report.families() {
        let mut suite = TestSuite::new(family);
        suite.add_test_cases(rows.iter().map(|row| invariant(report, row)));
        junit.add_test_suite(suite);
    }
    let mut played = TestSuite::new("played");
    played.add_test_cases(report.actions.iter().map(|row| action(row, row.succeeded, "never succeeded")));
    played.add_test_cases(report.probes.iter().map(|row| action(row, row.reverted, "was never refused")));
    junit.add_test_suite(played);
    junit.serialize(&mut *out).map_err(io::Error::other)
}

fn invariant(report: &Report, row: &InvariantRow) -> TestCase {
    let status = match row.verdict {
        InvariantVerdict::Held => TestCaseStatus::success(),
        InvariantVerdict::NotApplicable => {
            let mut skipped = TestCaseStatus::skipped();
            skipped.set_message(format!("needs {}", row.lacks.join(", ")));
            skipped
        }
        InvariantVerdict::Untested => never("never exercised"),
        InvariantVerdict::Violated => violated(report, row),
    };
    let mut case = TestCase::new(format!("{} {}", row.id, row.statement), status);
    case.set_classname(format!("slashproof.{}", row.family()));
    case.set_assertions(usize::try_from(row.checks).unwrap_or(usize::MAX));
    case
}

fn violated(report: &Report, row: &InvariantRow) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    let findings: Vec<&FindingRow> = report.findings.iter().filter(|finding| finding.invariant == row.id).collect();
    if let Some(first) = findings.first() {
        status.set_message(first.sentence.clone()).set_type(row.id);
    }
    let told: Vec<String> = findings.iter().map(|finding| text::finding(finding)).collect();
    status.set_description(told.join("\n"));
    status
}

fn action(row: &ActionRow, wanted: u64, otherwise: &str) -> TestCase {
    let status = if wanted > 0 { TestCaseStatus::success() } else { never(otherwise) };
    let mut case = TestCase::new(row.name, status);
    case.set_classname("slashproof.played");
    case
}

fn never(what: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
    status.set_message(what).set_type("inconclusive");
    status
}
