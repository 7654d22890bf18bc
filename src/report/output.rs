//! The folder that a campaign writes to, and resumes from.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use alloy_primitives::B256;
use serde_json::{Value, json};

use super::{Format, Report, Timing};
use crate::{
    campaign::Checkpoint,
    corpus::{Corpus, Entry, check_format, read_json, write_bytes, write_whole},
    problem::Problem,
    protocol::Protocol,
};

/// Version of the checkpoint's format.
const FORMAT: u64 = 1;

/// The folder a campaign writes to.
#[derive(Clone, Debug)]
pub struct Output {
    folder: PathBuf,
    corpus: PathBuf,
}

impl Output {
    /// Makes sure that the folders are there and can be written to, before anything is played. `corpus` is where
    /// sequences go if not into the folder.
    pub fn prepare(folder: &Path, corpus: Option<&Path>) -> Result<Self, Problem> {
        let corpus = corpus.map_or_else(|| folder.join("corpus"), Path::to_owned);
        let output = Self { folder: folder.to_owned(), corpus };
        for path in [output.folder.clone(), output.findings()] {
            writable(&path).map_err(|problem| problem.hint("name another with --out"))?;
        }
        writable(&output.corpus).map_err(|problem| problem.hint("name another with --corpus-dir"))?;
        Ok(output)
    }

    /// Where findings go.
    pub fn findings(&self) -> PathBuf {
        self.folder.join("findings")
    }

    /// Where sequences that found coverage go.
    pub fn corpus(&self) -> &Path {
        &self.corpus
    }

    fn checkpoint(&self) -> PathBuf {
        self.folder.join("checkpoint")
    }

    /// Writes from where the campaign called `digest` can be resumed. Whoever is killed meanwhile has the one before.
    pub fn save_checkpoint(
        &self,
        checkpoint: &Checkpoint,
        digest: B256,
        protocol: &dyn Protocol,
    ) -> Result<(), Problem> {
        let entries = self.checkpoint().join("entries");
        checkpoint.corpus.save_into(&entries, protocol)?;
        let names: Vec<String> = checkpoint.corpus.entries().iter().map(|entry| Entry::file_name(entry)).collect();
        let state = json!({ "format": FORMAT, "campaign": digest, "entries": names, "state": checkpoint.state });
        write_whole(&self.checkpoint().join("campaign.json"), &state)
    }

    /// From where the campaign called `digest` can be resumed.
    pub fn load_checkpoint(&self, digest: B256, protocol: &dyn Protocol) -> Result<Checkpoint, Problem> {
        let path = self.checkpoint().join("campaign.json");
        if !path.exists() {
            return Err(Problem::new(format!("there is nothing to resume in {}", self.folder.display()))
                .hint("a campaign that is over leaves no checkpoint; leave --resume out to begin another"));
        }
        self.read_checkpoint(&path, digest, protocol).map_err(|problem| problem.at(path.display()))
    }

    fn read_checkpoint(&self, path: &Path, digest: B256, protocol: &dyn Protocol) -> Result<Checkpoint, Problem> {
        let value = read_json(path)?;
        check_format(&value, FORMAT)?;
        if value["campaign"] != json!(digest) {
            return Err(Problem::new("this is the checkpoint of a campaign with other options or contracts")
                .hint("resume with those of the campaign that was interrupted, or name another --out"));
        }
        let names: Vec<String> = serde_json::from_value(value["entries"].clone())
            .map_err(|error| Problem::new(format!("its \"entries\" make no sense: {error}")))?;
        let plain = |name: &String| Path::new(name).components().count() == 1 && !name.starts_with('.');
        if let Some(name) = names.iter().find(|name| !plain(name)) {
            return Err(Problem::new(format!("{name:?} is no name of an entry")));
        }
        let corpus = Corpus::load_named(&self.checkpoint().join("entries"), &names, protocol)?;
        Ok(Checkpoint { state: value.get("state").cloned().unwrap_or(Value::Null), corpus })
    }

    /// Drops what was written to resume from, if there is anything.
    pub fn drop_checkpoint(&self) -> Result<(), Problem> {
        match fs::remove_dir_all(self.checkpoint()) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(Problem::new(format!("cannot remove {}: {error}", self.checkpoint().display())))
            }
            _ => Ok(()),
        }
    }

    /// Writes the report, as JSON and in each of `formats`.
    pub fn save_report(&self, report: &Report, formats: &[&Format]) -> Result<(), Problem> {
        write_whole(&self.folder.join("report.json"), &json!(report))?;
        for format in formats.iter().filter(|format| format.name != "json") {
            let mut bytes = Vec::new();
            (format.render)(report, &mut bytes)
                .map_err(|error| Problem::new(format!("the report cannot be told as {}: {error}", format.name)))?;
            write_bytes(&self.folder.join(format.file), &bytes)?;
        }
        Ok(())
    }

    /// Writes a finding's test for Foundry beside the finding.
    pub fn save_test(&self, name: &str, text: &str) -> Result<(), Problem> {
        write_bytes(&self.findings().join(format!("{name}.t.sol")), text.as_bytes())
    }

    /// Writes how long it took: apart, because it is never the same twice.
    pub fn save_timing(&self, timing: &Timing) -> Result<(), Problem> {
        write_whole(&self.folder.join("timing.json"), &json!(timing))
    }
}

/// Makes sure that files can be written into a folder.
fn writable(folder: &Path) -> Result<(), Problem> {
    fs::create_dir_all(folder)
        .map_err(|error| Problem::new(format!("cannot create the folder {}: {error}", folder.display())))?;
    tempfile::NamedTempFile::new_in(folder)
        .map_err(|error| Problem::new(format!("cannot write to the folder {}: {error}", folder.display())))?;
    Ok(())
}
