//! Findings as files: what was violated, by which calls, and where it comes from. Everything by name and value.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use alloy_primitives::{B256, hex, keccak256};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::{
    artifact::{Artifacts, DEFAULT_RELEASE, Source},
    call::Call,
    campaign::{Origin, Violation},
    codec,
    corpus::{check_format, files, read_json, write_whole},
    decode::Decoder,
    executor::Executor,
    problem::Problem,
    protocol::Protocol,
    worlds,
};

/// Version of the file format.
const FORMAT: u64 = 1;

/// What a file says it is.
const KIND: &str = "slashproof finding";

/// A violated invariant, ready to be handed over.
#[derive(Clone, Debug)]
pub struct Finding {
    /// Identifier of the invariant.
    pub invariant: String,
    /// What should hold.
    pub statement: String,
    /// What was seen instead, with the numbers.
    pub sentence: String,
    /// Where it was found.
    pub origin: Origin,
    /// Calls of the sequence as it was found.
    pub original_length: usize,
    /// Whether nothing makes the sequence smaller.
    pub shrunk: bool,
    /// Where the contracts came from.
    pub source: Source,
    /// What they were a release of, by name.
    pub release: String,
    /// What surrounded them, by name.
    pub world: String,
    /// The files of contracts with invariants of the auditor's own.
    pub own_invariants: Vec<PathBuf>,
    /// The deployment that it was found on and the block, if that lives on a node.
    pub fork: Option<(PathBuf, u64)>,
    /// Digest of the configuration of its campaign.
    pub config_digest: B256,
    /// Digest of each contract's creation code.
    pub artifacts: BTreeMap<String, B256>,
    /// The calls as JSON: names are resolved when the world is known.
    calls: Value,
    /// By call: what it says, and how it ended.
    pub told: Vec<Told>,
}

/// A file of findings by its path, and what is in it.
pub type Loaded = (String, Result<Finding, Problem>);

/// A call in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Who calls.
    pub actor: String,
    /// When, counted from the call before.
    pub delay: String,
    /// The contract, as its sources call it, and the function; empty if that is not known.
    pub function: String,
    /// Contract, function and decoded arguments.
    pub text: String,
    /// How it ended.
    pub outcome: String,
}

/// What a finding inherits from its campaign.
#[derive(Clone, Debug)]
pub struct Provenance {
    /// Where the contracts came from.
    pub source: Source,
    /// Digest of the configuration.
    pub config_digest: B256,
}

impl Finding {
    /// The finding of a violation; its calls are played once more to tell how each ended.
    pub fn of(executor: &mut Executor<'_>, violation: &Violation, provenance: &Provenance) -> Self {
        let protocol = executor.protocol();
        Self {
            invariant: violation.invariant.id.to_owned(),
            statement: violation.invariant.statement.to_owned(),
            sentence: violation.sentence.clone(),
            origin: violation.origin,
            original_length: violation.original_length,
            shrunk: violation.shrunk,
            source: provenance.source.clone(),
            release: protocol.release().to_owned(),
            world: protocol.world().name.to_owned(),
            own_invariants: protocol.artifacts().own.iter().map(|(_, file)| file.clone()).collect(),
            fork: protocol.origin().map(|origin| (origin.deployment.clone(), origin.block.number)),
            config_digest: provenance.config_digest,
            artifacts: digests(protocol.artifacts()),
            calls: codec::write_calls(protocol, &violation.calls),
            told: tell(executor, &violation.calls),
        }
    }

    /// How many calls it takes.
    pub fn length(&self) -> usize {
        self.calls.as_array().map_or(0, Vec::len)
    }

    /// The calls, in the words of a world.
    pub fn calls(&self, protocol: &dyn Protocol) -> Result<Vec<Call>, Problem> {
        codec::read_calls(protocol, &self.calls)
    }

    /// The name of its file: the invariant, and a few digits of what it takes.
    pub fn file_name(&self) -> String {
        let digest = keccak256(self.calls.to_string());
        format!("{}-{}.json", self.invariant, hex::encode(&digest[..4]))
    }

    /// The contracts whose code differs from that of `artifacts`.
    pub fn differing(&self, artifacts: &Artifacts) -> Vec<String> {
        differing(&self.artifacts, artifacts)
    }

    /// Writes it into `folder`; tells where.
    pub fn save(&self, folder: &Path) -> Result<PathBuf, Problem> {
        let path = folder.join(self.file_name());
        write_whole(&path, &self.to_json())?;
        Ok(path)
    }

    /// Reads a file.
    pub fn load(path: &Path) -> Result<Self, Problem> {
        let parse = || {
            let value = read_json(path)?;
            if value.get("kind").and_then(Value::as_str) != Some(KIND) {
                return Err(Problem::new(format!("this is no {KIND}"))
                    .hint("findings are written to the findings folder of a campaign's output"));
            }
            check_format(&value, FORMAT)?;
            Self::from_json(&value)
        };
        parse().map_err(|problem| problem.at(path.display()))
    }

    /// Reads every file of a folder, in order of their names.
    pub fn load_all(folder: &Path) -> Result<Vec<Loaded>, Problem> {
        let load = |path: PathBuf| (path.display().to_string(), Self::load(&path));
        // Beside each there is a test of forge's.
        let is_test = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "sol");
        Ok(files(folder)?.into_iter().filter(|path| !is_test(path)).map(load).collect())
    }

    fn to_json(&self) -> Value {
        let mut calls = self.calls.clone();
        for (call, told) in calls.as_array_mut().into_iter().flatten().zip(&self.told) {
            if let Value::Object(fields) = call {
                fields.insert("text".to_owned(), json!(told.text));
                fields.insert("outcome".to_owned(), json!(told.outcome));
            }
        }
        let Origin { seed, epoch, run } = self.origin;
        let mut whole = json!({
            "format": FORMAT,
            "kind": KIND,
            "invariant": self.invariant,
            "statement": self.statement,
            "sentence": self.sentence,
            "origin": { "seed": seed, "epoch": epoch, "run": run },
            "original_length": self.original_length,
            "shrunk_length": self.length(),
            "shrunk": self.shrunk,
            "tool": env!("CARGO_PKG_VERSION"),
            "source": self.source,
            "release": self.release,
            "world": self.world,
            "config_digest": self.config_digest,
            "artifacts": self.artifacts,
            "calls": calls,
        });
        if !self.own_invariants.is_empty() {
            whole["own_invariants"] = json!(self.own_invariants);
        }
        if let Some(fork) = &self.fork {
            whole["fork"] = json!(fork);
        }
        whole
    }

    fn from_json(value: &Value) -> Result<Self, Problem> {
        let field = |key: &str| {
            value.get(key).cloned().ok_or_else(|| Problem::new(format!("a finding has a {key:?}, and this has none")))
        };
        let origin = field("origin")?;
        let number = |key: &str| origin.get(key).and_then(Value::as_u64);
        let (Some(seed), Some(epoch), Some(run)) = (number("seed"), number("epoch"), number("run")) else {
            return Err(Problem::new("its \"origin\" lacks seed, epoch or run"));
        };
        let mut calls = field("calls")?;
        let mut told = Vec::new();
        for call in calls.as_array_mut().ok_or_else(|| Problem::new("its \"calls\" are no list"))? {
            let Value::Object(fields) = call else {
                return Err(Problem::new("one of its \"calls\" is no object"));
            };
            let mut text = |key: &str| fields.remove(key).and_then(|text| Some(text.as_str()?.to_owned()));
            let (says, outcome) = (text("text").unwrap_or_default(), text("outcome").unwrap_or_default());
            let actor = fields.get("actor").and_then(Value::as_str).unwrap_or_default().to_owned();
            told.push(Told { actor, delay: String::new(), function: String::new(), text: says, outcome });
        }
        let named = |key: &str, default: &str| {
            value.get(key).map_or_else(|| Ok(default.to_owned()), |name| read(key, name.clone()))
        };
        Ok(Self {
            invariant: read("invariant", field("invariant")?)?,
            statement: read("statement", field("statement")?)?,
            sentence: read("sentence", field("sentence")?)?,
            origin: Origin { seed, epoch, run },
            original_length: read("original_length", field("original_length")?)?,
            shrunk: read("shrunk", field("shrunk")?)?,
            source: read("source", field("source")?)?,
            release: named("release", DEFAULT_RELEASE)?,
            world: named("world", worlds::STANDARD.name)?,
            own_invariants: value
                .get("own_invariants")
                .map_or(Ok(Vec::new()), |own| read("own_invariants", own.clone()))?,
            fork: value.get("fork").map(|fork| read("fork", fork.clone())).transpose()?,
            config_digest: read("config_digest", field("config_digest")?)?,
            artifacts: read("artifacts", field("artifacts")?)?,
            calls,
            told,
        })
    }
}

fn read<T: DeserializeOwned>(key: &str, value: Value) -> Result<T, Problem> {
    serde_json::from_value(value).map_err(|error| Problem::new(format!("its {key:?} makes no sense: {error}")))
}

/// The contracts whose code differs from that of `artifacts`, by the digest of each.
pub fn differing(digests_then: &BTreeMap<String, B256>, artifacts: &Artifacts) -> Vec<String> {
    let present = digests(artifacts);
    let differs = |(name, digest): &(&String, &B256)| present.get(*name) != Some(*digest);
    digests_then.iter().filter(differs).map(|(name, _)| name.clone()).collect()
}

/// Digest of each contract of `artifacts`.
pub fn digests(artifacts: &Artifacts) -> BTreeMap<String, B256> {
    artifacts.iter().map(|(name, artifact)| (name.clone(), artifact.digest())).collect()
}

/// Plays `calls` and tells each in words.
pub fn tell(executor: &mut Executor<'_>, calls: &[Call]) -> Vec<Told> {
    let protocol = executor.protocol();
    let decoder = Decoder::new(protocol.book(), protocol.artifacts());
    executor.reset();
    let mut told = Vec::with_capacity(calls.len());
    for call in calls {
        executor.advance(call.delay);
        let sent = executor.transaction(call);
        let function = sent.as_ref().and_then(|sent| decoder.function_name(sent.to, &sent.data));
        let text = sent.map(|sent| decoder.call(sent.to, &sent.data));
        let outcome = executor.execute(call);
        told.push(Told {
            actor: decoder.name(call.actor),
            delay: call.delay.to_string(),
            function: function.unwrap_or_default(),
            text: text.unwrap_or_else(|| "names something that is not there".to_owned()),
            outcome: outcome.map_or_else(|| "not played".to_owned(), |outcome| decoder.outcome(&outcome)),
        });
    }
    told
}
