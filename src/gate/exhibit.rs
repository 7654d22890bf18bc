//! An example of the gate as a file: what was found, and all that it takes to play it again on the same builds or others.

use std::path::{Path as FilePath, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    Build, Gate, behaviour,
    divergence::{Example, Group, Key, Retold},
    expect::Expectations,
    upgrade::{self, Path, rule_of},
};
use crate::{
    artifact::{Artifacts, Source},
    corpus::{check_format, read_json, write_whole},
    finding::differing,
    limits,
    problem::Problem,
    protocol::{
        Upgrade,
        eigenlayer::{EigenLayer, release},
    },
    worlds::{self, Kind},
};

/// Version of the file format.
const FORMAT: u64 = 1;

/// What a file says it is.
const KIND: &str = "slashproof gate example";

/// An example in a file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Exhibit {
    format: u64,
    kind: String,
    /// Version of slashproof.
    tool: String,
    /// What found it.
    pub shown_by: ShownBy,
    /// What it is an example of.
    pub what: Key,
    /// What was seen, with names and numbers.
    pub sentence: String,
    /// What surrounded the protocol, by name.
    pub world: String,
    /// What is meant to differ, which decides how far builds are compared.
    expectations: Expectations,
    /// What proxies live on.
    pub baseline: Place,
    /// What they are moved to.
    pub candidate: Place,
    /// Calls and transactions of the upgrade, each with what it says and how it ended.
    steps: Vec<Played>,
}

/// The judgement that an example is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ShownBy {
    /// The upgrade in the middle of life.
    Upgrade,
    /// Behaviour in lockstep.
    Behaviour,
}

/// Where a build was.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Place {
    /// Where its contracts came from.
    pub source: Source,
    /// The commit that they were built from, and the project, if they were built for the occasion.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<(String, PathBuf)>,
    /// What it is, once it was read.
    #[serde(flatten)]
    pub build: Option<Build>,
}

/// A line of an example.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Played {
    /// What is played.
    step: Value,
    text: String,
    outcome: String,
}

/// What the examples of a gate have in common.
#[derive(Clone, Copy, Debug)]
pub struct Provenance<'a> {
    /// What surrounded the protocol.
    pub world: &'static Kind,
    /// What is meant to differ.
    pub expectations: &'a Expectations,
    /// Where the baseline was.
    pub baseline: &'a Place,
    /// Where the candidate was.
    pub candidate: &'a Place,
}

/// The two builds of an example, to play it on.
pub struct Stage {
    /// The baseline.
    pub from: EigenLayer,
    /// The candidate, in the places of the baseline.
    pub to: EigenLayer,
    upgrade: Upgrade,
}

/// An example, played again.
#[derive(Debug)]
pub struct Replayed {
    /// What was played.
    pub lines: Vec<Retold>,
    /// What is seen, if it still is.
    pub sentence: Option<String>,
}

/// The examples of what the gate found and nobody declared.
pub fn exhibits(gate: &Gate, provenance: Provenance<'_>) -> Vec<Exhibit> {
    let upgraded = gate.upgrade.iter().flat_map(|it| &it.groups).map(|group| (ShownBy::Upgrade, group));
    let behaviour = gate.behaviour.iter().flat_map(|it| &it.groups).map(|group| (ShownBy::Behaviour, group));
    let of = |(shown_by, group): (ShownBy, &Group)| {
        let example = group.example.as_ref()?;
        let place = |place: &Place, build: &Build| Place { build: Some(build.clone()), ..place.clone() };
        Some(Exhibit {
            format: FORMAT,
            kind: KIND.to_owned(),
            tool: env!("CARGO_PKG_VERSION").to_owned(),
            shown_by,
            what: group.key.clone(),
            sentence: group.sentence.clone(),
            world: provenance.world.name.to_owned(),
            expectations: provenance.expectations.clone(),
            baseline: place(provenance.baseline, &gate.baseline),
            candidate: place(provenance.candidate, &gate.candidate),
            steps: steps(example),
        })
    };
    upgraded.chain(behaviour).filter_map(of).collect()
}

fn steps(example: &Example) -> Vec<Played> {
    let step = |line: &super::divergence::Line| Played {
        step: line.step.clone(),
        text: line.text.clone(),
        outcome: line.outcome.clone(),
    };
    example.lines.iter().map(step).collect()
}

impl Exhibit {
    /// Reads a file; `None` if it is something else.
    pub fn load(path: &FilePath) -> Result<Option<Self>, Problem> {
        let read = || {
            let value = read_json(path)?;
            if value.get("kind").and_then(Value::as_str) != Some(KIND) {
                return Ok(None);
            }
            check_format(&value, FORMAT)?;
            let exhibit: Self = serde_json::from_value(value)
                .map_err(|error| Problem::new(format!("this {KIND} makes no sense: {error}")))?;
            match exhibit.steps.len() {
                0 => Err(Problem::new("it has no steps")),
                count if count > limits::DEPTH_MAX as usize => {
                    Err(Problem::new(format!("it has {count} steps, which is too many")))
                }
                _ => Ok(Some(exhibit)),
            }
        };
        read().map_err(|problem| problem.at(path.display()))
    }

    /// Writes it into `folder`; tells where.
    pub fn save(&self, folder: &FilePath) -> Result<PathBuf, Problem> {
        let path = folder.join(self.file_name());
        let value = serde_json::to_value(self).expect("an example is written");
        write_whole(&path, &value)?;
        Ok(path)
    }

    /// The name of its file.
    fn file_name(&self) -> String {
        let steps: Vec<&Value> = self.steps.iter().map(|step| &step.step).collect();
        self.what.file_name(&self.title(), &steps)
    }

    /// The rule that is broken, or what differs.
    pub fn title(&self) -> String {
        match self.shown_by {
            ShownBy::Upgrade => rule_of(&self.what).id.to_owned(),
            ShownBy::Behaviour => format!("behaviour-{}", self.what.kind),
        }
    }

    /// The contracts whose code is another than that it was found with.
    pub fn differing(&self, baseline: &Artifacts, candidate: &Artifacts) -> Vec<String> {
        let of = |place: &Place, artifacts| {
            let build = place.build.as_ref();
            build.map(|build| differing(&build.digests, artifacts)).unwrap_or_default()
        };
        let mut names = of(&self.baseline, baseline);
        names.extend(of(&self.candidate, candidate));
        names.sort();
        names.dedup();
        names
    }

    /// Plays it again.
    pub fn replay(&self, stage: &Stage) -> Result<Replayed, Problem> {
        let steps: Vec<&Value> = self.steps.iter().map(|step| &step.step).collect();
        match self.shown_by {
            ShownBy::Upgrade => upgrade::replay(stage.path(), &self.expectations, &self.what, &steps),
            ShownBy::Behaviour => behaviour::replay(stage.path(), &self.expectations, &self.what, &steps),
        }
    }
}

impl Stage {
    /// Sets both builds up in the world called `world`.
    pub fn new(baseline: Artifacts, candidate: Artifacts, world: &str) -> Result<Self, Problem> {
        let from = EigenLayer::in_world(baseline, worlds::find(world)?)?;
        let (to, upgrade) = from.upgraded(candidate)?;
        Ok(Self { from, to, upgrade })
    }

    fn path(&self) -> Path<'_> {
        Path { from: &self.from, to: &self.to, upgrade: &self.upgrade }
    }
}

impl Place {
    /// Where the contracts are; what is built for the occasion has a folder that goes.
    pub fn of(source: Source) -> Self {
        Self { source, commit: None, build: None }
    }

    /// What it was a release of.
    pub fn release(&self) -> Result<&'static str, Problem> {
        let build =
            self.build.as_ref().ok_or_else(|| Problem::new("it does not say what its builds are releases of"))?;
        Ok(release::find(&build.release)?.name)
    }
}
