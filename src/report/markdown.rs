//! The report as Markdown, short enough for a comment on a pull request.

use std::io::{self, Write};

use super::{FindingRow, Format, InvariantRow, InvariantVerdict, Report, human::grouped, text};

pub(super) const FORMAT: Format = Format { name: "markdown", file: "report.md", render };

fn render(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "## Slashproof: {}\n", text::headline(report))?;
    writeln!(
        out,
        "{}, {}, {} world, seed {}: {} calls in {} runs, {} edges.\n",
        report.protocol,
        escaped(&report.artifacts),
        report.world,
        report.seed,
        grouped(report.calls),
        grouped(report.runs),
        grouped(report.coverage.edges as u64),
    )?;
    report.findings.iter().try_for_each(|found| finding(out, found))?;
    if !report.reasons.is_empty() {
        writeln!(out, "Not conclusive:\n")?;
        report.reasons.iter().try_for_each(|reason| writeln!(out, "- {}", escaped(reason)))?;
        writeln!(out)?;
    }
    families(out, report)
}

fn finding(out: &mut dyn Write, finding: &FindingRow) -> io::Result<()> {
    writeln!(out, "### {}\n", finding.invariant)?;
    writeln!(out, "{}\n", escaped(&finding.sentence))?;
    let fence = "`".repeat(3);
    writeln!(out, "{fence}text\n{}{fence}\n", text::finding(finding))?;
    writeln!(out, "`slashproof replay {}`\n", finding.file.display())
}

fn families(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    writeln!(out, "| family | held | violated | never exercised | not applicable | checks |")?;
    writeln!(out, "| --- | ---: | ---: | ---: | ---: | ---: |")?;
    for (family, rows) in report.families() {
        let of = |verdict| rows.iter().filter(|row: &&&InvariantRow| row.verdict == verdict).count();
        writeln!(
            out,
            "| {family} | {} | {} | {} | {} | {} |",
            of(InvariantVerdict::Held),
            of(InvariantVerdict::Violated),
            of(InvariantVerdict::Untested),
            of(InvariantVerdict::NotApplicable),
            grouped(rows.iter().map(|row| row.checks).sum()),
        )?;
    }
    Ok(())
}

/// Text that means itself: nothing in it is a table, a tag, emphasis or code.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\\' | '`' | '*' | '_' | '<' | '>' | '|' | '[' | ']' | '#' | '@' => out.extend(['\\', letter]),
            '\n' | '\r' => out.push(' '),
            _ => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn text_means_itself() {
        assert_eq!(escaped("a|b <c> `d`\n@e"), r"a\|b \<c\> \`d\` \@e");
    }
}
