//! Lines that were run, as `lcov` writes them: for editors and coverage pages.

use std::io::{self, Write};

use super::{Format, Report};

pub(super) const FORMAT: Format = Format { name: "lcov", file: "lcov.info", render };

fn render(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "TN:slashproof")?;
    for (file, covered) in &report.lines {
        writeln!(out, "SF:{}", file.display())?;
        for (line, (name, _)) in &covered.functions {
            writeln!(out, "FN:{line},{name}")?;
        }
        for (name, ran) in covered.functions.values() {
            writeln!(out, "FNDA:{},{name}", u8::from(*ran))?;
        }
        writeln!(out, "FNF:{}", covered.functions.len())?;
        writeln!(out, "FNH:{}", covered.functions.values().filter(|(_, ran)| *ran).count())?;
        for (line, ran) in &covered.lines {
            writeln!(out, "DA:{line},{}", u8::from(*ran))?;
        }
        writeln!(out, "LF:{}", covered.lines.len())?;
        writeln!(out, "LH:{}", covered.lines.values().filter(|ran| **ran).count())?;
        writeln!(out, "end_of_record")?;
    }
    Ok(())
}
