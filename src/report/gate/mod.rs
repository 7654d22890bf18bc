//! What the gate says, in the formats of a campaign's report.
//!
//! Whatever was judged is a [`Case`]; formats differ in how they write cases.

mod html;
mod junit;
mod markdown;
mod sarif;

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use crate::{
    corpus::write_bytes,
    gate::{
        Gate,
        cases::{Against, Case, cases, counts},
        exhibit::Exhibit,
        human,
    },
    problem::Problem,
};

/// A way to write what the gate says.
#[derive(Debug)]
pub struct GateFormat {
    /// Its name.
    pub name: &'static str,
    /// The file it is written to.
    pub file: &'static str,
    /// Writes it.
    pub render: fn(&Gate, &mut dyn Write) -> io::Result<()>,
}

/// The format of lines that were run, which not all builds have.
pub const LCOV: &str = "lcov";

/// Every format.
pub const GATE_FORMATS: [GateFormat; 7] = [
    GateFormat { name: "human", file: "gate.txt", render: human::render },
    GateFormat { name: "json", file: "gate.json", render: json },
    GateFormat { name: "junit", file: "gate.junit.xml", render: junit::render },
    GateFormat { name: "sarif", file: "gate.sarif", render: sarif::render },
    GateFormat { name: "markdown", file: "gate.md", render: markdown::render },
    GateFormat { name: "html", file: "gate.html", render: html::render },
    GateFormat { name: LCOV, file: "gate.lcov.info", render: lcov },
];

/// Where examples are, in the folder of reports.
const EXAMPLES: &str = "examples";

/// Writes every format that has something to say into a folder, which is made if it is not there, and examples into one in
/// it; where these are.
pub fn save(gate: &Gate, exhibits: &[Exhibit], folder: &Path) -> Result<Vec<PathBuf>, Problem> {
    create(folder)?;
    for format in &GATE_FORMATS {
        let mut bytes = Vec::new();
        (format.render)(gate, &mut bytes)
            .map_err(|error| Problem::new(format!("cannot write {}: {error}", format.file)))?;
        let file = folder.join(format.file);
        if bytes.is_empty() {
            remove(&file)?;
        } else {
            write_bytes(&file, &bytes)?;
        }
    }
    if exhibits.is_empty() {
        return Ok(Vec::new());
    }
    let examples = folder.join(EXAMPLES);
    create(&examples)?;
    exhibits.iter().map(|exhibit| exhibit.save(&examples)).collect()
}

/// Removes a file if it is there.
fn remove(file: &Path) -> Result<(), Problem> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(Problem::new(format!("cannot remove {}: {error}", file.display())))
        }
        _ => Ok(()),
    }
}

/// Makes a folder if it is not there.
pub fn create(folder: &Path) -> Result<(), Problem> {
    fs::create_dir_all(folder)
        .map_err(|error| Problem::new(format!("cannot create the folder {}: {error}", folder.display())))
}

fn json(gate: &Gate, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, gate)?;
    writeln!(out)
}

/// The lines of the candidate that were run in lockstep.
fn lcov(gate: &Gate, out: &mut dyn Write) -> io::Result<()> {
    let lines = gate.behaviour.iter().map(|behaviour| &behaviour.lines).find(|lines| !lines.is_empty());
    lines.map_or(Ok(()), |lines| super::lcov::write(lines, out))
}
