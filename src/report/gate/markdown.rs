//! What the gate says as Markdown, short enough for a comment on a pull request.

use std::io::{self, Write};

use super::{Against, Case, cases, counts};
use crate::{
    gate::{Gate, cases::Count, human::conclusion},
    report::markdown::escaped,
};

/// Examples that are shown; a comment has an end.
const MOST_EXAMPLES: usize = 10;

pub(super) fn render(gate: &Gate, out: &mut dyn Write) -> io::Result<()> {
    let cases = cases(gate);
    writeln!(out, "## Slashproof gate: {}\n", escaped(&conclusion(gate)))?;
    let build = |build: &crate::gate::Build| format!("{}, the {} release", escaped(&build.artifacts), build.release);
    writeln!(out, "From {} to {}.\n", build(&gate.baseline), build(&gate.candidate))?;
    table(&cases, out)?;
    let against: Vec<(&Case, &Against)> =
        cases.iter().flat_map(|case| case.problems.iter().map(move |problem| (case, problem))).collect();
    for (case, problem) in against.iter().take(MOST_EXAMPLES) {
        writeln!(out, "\n### {}\n", escaped(&case.id))?;
        let source = if problem.source.is_empty() { String::new() } else { format!(" (`{}`)", problem.source) };
        writeln!(out, "{}{source}", escaped(&problem.sentence))?;
        if !problem.example.is_empty() {
            let fence = "`".repeat(3);
            writeln!(out, "\n{fence}text\n{}{fence}", problem.example)?;
        }
    }
    if let Some(more) = against.len().checked_sub(MOST_EXAMPLES).filter(|more| *more > 0) {
        writeln!(out, "\nAnd {more} more.")?;
    }
    Ok(())
}

fn table(cases: &[Case], out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "| judgement | pass | review | fail |")?;
    writeln!(out, "| --- | ---: | ---: | ---: |")?;
    for Count { suite, pass, review, fail } in counts(cases) {
        writeln!(out, "| {suite} | {pass} | {review} | {fail} |")?;
    }
    Ok(())
}
