//! The gate of an upgrade: an old build against a new one, and whether proxies that live on the old may be moved to the new.
//!
//! A judgement is a pure function of two collections of artifacts. [`layout`] judges whether what proxies keep is found
//! again. The verdict of the gate is that of its worst judgement.

pub mod human;
pub mod layout;

use std::collections::BTreeMap;

use alloy_primitives::B256;
use serde::Serialize;

use crate::{
    artifact::{Artifact, Artifacts},
    finding::digests,
    problem::Problem,
};

/// Version of the report's JSON.
const FORMAT: u32 = 1;

/// What the gate says, and each judgement of it. The worse is the greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The upgrade may land.
    Pass,
    /// Somebody has to look: something could not be seen, or could be meant either way.
    Inconclusive,
    /// The upgrade may not land.
    Fail,
}

/// One of the two builds.
#[derive(Clone, Debug, Serialize)]
pub struct Build {
    /// Where its contracts came from.
    pub artifacts: String,
    /// What they are a release of.
    pub release: String,
    /// By contract: the hash of its creation code.
    pub digests: BTreeMap<String, B256>,
}

/// What the gate says of an upgrade.
#[derive(Clone, Debug, Serialize)]
pub struct Gate {
    /// Version of this format.
    pub format: u32,
    /// Version of slashproof.
    pub tool: String,
    /// What proxies live on.
    pub baseline: Build,
    /// What they are to be moved to.
    pub candidate: Build,
    /// What it says: as bad as the worst judgement.
    pub verdict: Verdict,
    /// The judgement of storage layouts.
    pub layout: layout::Layout,
}

/// Judges an upgrade from one build to another.
pub fn judge(baseline: &Artifacts, candidate: &Artifacts) -> Result<Gate, Problem> {
    let same = |one: &Artifact| one.digest() == candidate.get(&one.name).digest();
    if baseline.of_itself().all(same) {
        return Err(Problem::new(format!(
            "baseline and candidate are the same build: every contract of {} is in {}, byte by byte",
            title(baseline),
            title(candidate)
        ))
        .hint("name the build that proxies live on as the baseline, and the one to upgrade to as the candidate"));
    }
    let layout = layout::judge(baseline, candidate);
    Ok(Gate {
        format: FORMAT,
        tool: env!("CARGO_PKG_VERSION").to_owned(),
        baseline: build(baseline),
        candidate: build(candidate),
        verdict: layout.verdict,
        layout,
    })
}

fn title(artifacts: &Artifacts) -> String {
    format!("{} ({})", artifacts.origin, artifacts.release)
}

fn build(artifacts: &Artifacts) -> Build {
    let own = artifacts.of_itself().map(|artifact| artifact.name.as_str()).collect::<Vec<_>>();
    let mut digests = digests(artifacts);
    digests.retain(|name, _| own.contains(&name.as_str()));
    Build { artifacts: artifacts.origin.clone(), release: artifacts.release.clone(), digests }
}
