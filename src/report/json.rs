//! The report as JSON, for programs.

use std::io::{self, Write};

use super::{Format, Report};

pub(super) const FORMAT: Format = Format { name: "json", file: "report.json", render };

fn render(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, report)?;
    writeln!(out)
}
