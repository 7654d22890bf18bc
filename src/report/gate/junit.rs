//! What the gate says as `JUnit`'s XML: a suite for each judgement, a case for each thing that was judged. What somebody has
//! to look at is an error; it must not pass for held.

use std::io::{self, Write};

use quick_junit::{NonSuccessKind, Report as Junit, TestCase, TestCaseStatus, TestSuite};

use super::{Case, cases};
use crate::gate::{Gate, Verdict};

pub(super) fn render(gate: &Gate, out: &mut dyn Write) -> io::Result<()> {
    let mut junit = Junit::new("slashproof gate");
    let mut suites: Vec<TestSuite> = Vec::new();
    for case in cases(gate) {
        if suites.last().is_none_or(|suite| suite.name.as_str() != case.suite) {
            suites.push(TestSuite::new(case.suite));
        }
        let suite = suites.last_mut().expect("there is one now");
        suite.add_test_case(test_case(&case));
    }
    junit.add_test_suites(suites);
    junit.serialize(&mut *out).map_err(io::Error::other)
}

fn test_case(case: &Case) -> TestCase {
    let mut test = TestCase::new(format!("{} {}", case.id, case.statement), status(case));
    test.set_classname(format!("slashproof.gate.{}", case.suite));
    test
}

fn status(case: &Case) -> TestCaseStatus {
    let kind = match case.verdict {
        Verdict::Pass => return TestCaseStatus::success(),
        Verdict::Inconclusive => NonSuccessKind::Error,
        Verdict::Fail => NonSuccessKind::Failure,
    };
    let mut status = TestCaseStatus::non_success(kind);
    if let Some(first) = case.problems.first() {
        status.set_message(first.sentence.clone()).set_type(case.id.clone());
    }
    let told: Vec<String> =
        case.problems.iter().map(|problem| format!("{}\n{}", problem.sentence, problem.example)).collect();
    status.set_description(told.join("\n"));
    status
}
