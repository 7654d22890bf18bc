//! Sequences worth keeping: a set with a file format.

use std::{
    collections::BTreeSet,
    fs,
    io::{Read, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

use alloy_primitives::{B256, hex, keccak256};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{call::Call, codec, limits, problem::Problem, protocol::Protocol};

/// Version of the file format.
const FORMAT: u64 = 1;

/// What a file says it is.
const KIND: &str = "slashproof corpus entry";

/// A sequence and what identifies it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The calls.
    pub calls: Vec<Call>,
    /// Where it was the first to go.
    pub goals: Goals,
    digest: B256,
}

/// Places of the two coverage maps.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Goals {
    /// Edges.
    pub edges: Vec<u32>,
    /// States.
    pub states: Vec<u32>,
}

impl Entry {
    /// An entry of `calls`.
    pub fn new(protocol: &dyn Protocol, calls: Vec<Call>) -> Self {
        let digest = keccak256(codec::write_calls(protocol, &calls).to_string());
        Self { calls, goals: Goals::default(), digest }
    }

    /// The name of its file: it depends on nothing but the calls.
    pub fn file_name(&self) -> String {
        format!("{}.json", hex::encode(&self.digest[..8]))
    }
}

/// A set of sequences, in the order in which they were added.
#[derive(Clone, Debug, Default)]
pub struct Corpus {
    entries: Vec<Arc<Entry>>,
    digests: BTreeSet<B256>,
}

impl Corpus {
    /// The entries, oldest first.
    pub fn entries(&self) -> &[Arc<Entry>] {
        &self.entries
    }

    /// Adds an entry, unless it is there; tells whether it was added.
    pub fn add(&mut self, entry: Entry) -> bool {
        let added = self.digests.insert(entry.digest);
        if added {
            self.entries.push(Arc::new(entry));
        }
        added
    }

    /// Drops the entry called `index`.
    pub fn remove(&mut self, index: usize) {
        let entry = self.entries.remove(index);
        self.digests.remove(&entry.digest);
    }

    /// Some of its entries, by index.
    #[must_use]
    pub fn only(&self, indices: &[usize]) -> Self {
        let mut some = Self::default();
        for entry in indices.iter().filter_map(|index| self.entries.get(*index)) {
            some.digests.insert(entry.digest);
            some.entries.push(Arc::clone(entry));
        }
        some
    }

    /// All of it as one document, by name and value.
    pub fn to_json(&self, protocol: &dyn Protocol) -> Value {
        let entry = |entry: &Arc<Entry>| json!({ "file": entry.file_name(), "calls": codec::write_calls(protocol, &entry.calls) });
        let entries: Vec<Value> = self.entries.iter().map(entry).collect();
        json!({ "format": FORMAT, "kind": "slashproof corpus", "release": protocol.release(), "entries": entries })
    }

    /// Says where entry `number` was the first to go.
    pub fn credit(&mut self, number: u64, goals: Goals) {
        let index = usize::try_from(number).ok();
        if let Some(entry) = index.and_then(|index| self.entries.get_mut(index)) {
            Arc::make_mut(entry).goals = goals;
        }
    }

    /// Reads a folder, in order of file names. What cannot be read is told, and left where it is.
    pub fn load(folder: &Path, protocol: &dyn Protocol) -> Result<(Self, Vec<Problem>), Problem> {
        let paths = files(folder).map_err(|problem| problem.at("the corpus"))?;
        let mut corpus = Self::default();
        let mut problems = Vec::new();
        for path in paths {
            match read_entry(&path, protocol) {
                Ok(calls) => {
                    corpus.add(Entry::new(protocol, calls));
                }
                Err(problem) => problems.push(problem.at(path.display())),
            }
        }
        Ok((corpus, problems))
    }

    /// Reads the entries called `names` from a folder, in this order.
    pub fn load_named(folder: &Path, names: &[String], protocol: &dyn Protocol) -> Result<Self, Problem> {
        let mut corpus = Self::default();
        for name in names {
            let path = folder.join(name);
            let entry = Entry::new(protocol, read_entry(&path, protocol).map_err(|it| it.at(path.display()))?);
            if entry.file_name() != *name || !corpus.add(entry) {
                return Err(Problem::new("this is not the sequence that its name says").at(path.display()));
            }
        }
        Ok(corpus)
    }

    /// Makes `folder` if it is not there, and writes every entry into it.
    pub fn save_into(&self, folder: &Path, protocol: &dyn Protocol) -> Result<(), Problem> {
        fs::create_dir_all(folder)
            .map_err(|error| Problem::new(format!("cannot create the folder {}: {error}", folder.display())))?;
        self.save(folder, protocol)
    }

    /// Writes every entry into `folder`, each to a file of its own that appears whole or not at all.
    pub fn save(&self, folder: &Path, protocol: &dyn Protocol) -> Result<(), Problem> {
        for entry in &self.entries {
            let path = folder.join(entry.file_name());
            if path.exists() {
                continue;
            }
            let calls = codec::write_calls(protocol, &entry.calls);
            write_whole(&path, &json!({ "format": FORMAT, "kind": KIND, "calls": calls }))?;
        }
        Ok(())
    }
}

/// The files of a folder, sorted; without hidden ones.
pub fn files(folder: &Path) -> Result<Vec<PathBuf>, Problem> {
    let unreadable = |error: std::io::Error| Problem::new(format!("cannot read {}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if path.is_file() && !hidden {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

fn read_entry(path: &Path, protocol: &dyn Protocol) -> Result<Vec<Call>, Problem> {
    let value = read_json(path)?;
    if value.get("kind").and_then(Value::as_str) != Some(KIND) {
        return Err(Problem::new(format!("this is no {KIND}")));
    }
    check_format(&value, FORMAT)?;
    codec::read_calls(protocol, value.get("calls").unwrap_or(&Value::Null))
}

/// Refuses a file of another version.
pub fn check_format(value: &Value, expected: u64) -> Result<(), Problem> {
    match value.get("format").and_then(Value::as_u64) {
        Some(format) if format == expected => Ok(()),
        Some(format) => Err(Problem::new(format!("it has format {format}, and {expected} is what is read here"))
            .hint("use the version of slashproof that wrote it")),
        None => Err(Problem::new("it has no \"format\"")),
    }
}

/// Reads a JSON file of reasonable size.
pub fn read_json(path: &Path) -> Result<Value, Problem> {
    serde_json::from_slice(&read_bytes(path)?).map_err(|error| Problem::new(format!("this is no JSON: {error}")))
}

/// Reads a text file of reasonable size.
pub fn read_text(path: &Path) -> Result<String, Problem> {
    String::from_utf8(read_bytes(path)?).map_err(|_| Problem::new("this is no text"))
}

fn read_bytes(path: &Path) -> Result<Vec<u8>, Problem> {
    let unreadable = |error: std::io::Error| Problem::new(format!("cannot be read: {error}"));
    let mut bytes = Vec::new();
    // What is no file may have no length, and no end.
    let file = fs::File::open(path).map_err(unreadable)?;
    file.take(limits::FILE_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > limits::FILE_BYTES {
        return Err(Problem::new(format!("has more than {} bytes, which is too large", limits::FILE_BYTES)));
    }
    Ok(bytes)
}

/// Writes a JSON file that appears whole or not at all.
pub fn write_whole(path: &Path, value: &Value) -> Result<(), Problem> {
    let mut text = serde_json::to_string_pretty(value).expect("a JSON value is written");
    text.push('\n');
    write_bytes(path, text.as_bytes())
}

/// Writes a file that appears whole or not at all.
pub fn write_bytes(path: &Path, bytes: &[u8]) -> Result<(), Problem> {
    let folder = path.parent().expect("a file is in a folder");
    let failed = |error: std::io::Error| {
        Problem::new(format!("cannot write {}: {error}", path.display())).hint("is the folder writable?")
    };
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    file.write_all(bytes).map_err(failed)?;
    file.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}
