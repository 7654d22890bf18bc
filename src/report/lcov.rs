//! Lines that were run, as `lcov` writes them: for editors and coverage pages. Counts are how often at least.

use std::io::{self, Write};

use super::{Format, Report};
use crate::lines::Lines;

pub(super) const FORMAT: Format =
    Format { name: "lcov", file: "lcov.info", render: |report: &Report, out| write(&report.lines, out) };

/// Writes lines by file.
pub(super) fn write(lines: &Lines, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "TN:slashproof")?;
    for (file, covered) in lines {
        writeln!(out, "SF:{}", file.display())?;
        for (line, (name, _)) in &covered.functions {
            writeln!(out, "FN:{line},{name}")?;
        }
        for (name, times) in covered.functions.values() {
            writeln!(out, "FNDA:{times},{name}")?;
        }
        writeln!(out, "FNF:{}", covered.functions.len())?;
        writeln!(out, "FNH:{}", covered.functions.values().filter(|(_, times)| *times > 0).count())?;
        for (line, times) in &covered.lines {
            writeln!(out, "DA:{line},{times}")?;
        }
        writeln!(out, "LF:{}", covered.lines.len())?;
        writeln!(out, "LH:{}", covered.lines.values().filter(|times| **times > 0).count())?;
        writeln!(out, "end_of_record")?;
    }
    Ok(())
}
