//! The gate of an upgrade: an old build against a new one, and whether proxies that live on the old may be moved to the new.
//!
//! [`layout`] judges whether what proxies keep is found again, [`upgrade`] whether an upgrade in the middle of life leaves
//! everybody what they have, [`behaviour`] whether the same calls do the same, and [`regressions`] what campaigns kept of the
//! baseline. What is meant to change is declared ([`expect`]). What is found can be played again ([`exhibit`]). The verdict of the gate is that of its worst judgement.

pub mod behaviour;
pub mod cases;
pub mod divergence;
pub mod exhibit;
pub mod expect;
pub mod human;
pub mod layout;
mod reach;
pub mod regressions;
pub mod upgrade;
pub mod work;

use std::{collections::BTreeMap, sync::atomic::AtomicBool};

use alloy_primitives::B256;
use serde::{Deserialize, Serialize};

use crate::{
    artifact::{Artifact, Artifacts},
    finding::digests,
    problem::Problem,
    protocol::eigenlayer::EigenLayer,
    worlds::Kind,
};
use expect::{Expectations, Unmatched};
use regressions::Legacy;
use work::Budget;

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
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Build {
    /// Where its contracts came from.
    pub artifacts: String,
    /// What they are a release of.
    pub release: String,
    /// By contract: the hash of its creation code.
    pub digests: BTreeMap<String, B256>,
}

/// A question that the gate asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Judgement {
    /// Is what proxies keep found again?
    Layout,
    /// Does an upgrade in the middle of life leave everybody what they have?
    Upgrade,
    /// Do the same calls do the same?
    Behaviour,
    /// Does what campaigns kept of the baseline play on the candidate?
    Regressions,
}

impl Judgement {
    /// All of them, in order.
    pub const ALL: [Self; 4] = [Self::Layout, Self::Upgrade, Self::Behaviour, Self::Regressions];
}

/// What is asked, and how long.
#[derive(Clone, Copy, Debug)]
pub struct Options<'a> {
    /// The questions.
    pub judgements: &'a [Judgement],
    /// What is meant to change.
    pub expectations: &'a Expectations,
    /// What surrounds the protocol.
    pub world: &'static Kind,
    /// How much each judgement plays.
    pub budget: Budget<'a>,
    /// Whether half of the time is over, if there is an end to it: what is played first leaves as much to what comes after.
    pub halfway: &'a AtomicBool,
    /// What campaigns left.
    pub legacy: Legacy<'a>,
}

/// What was declared, and whether it was met.
#[derive(Clone, Debug, Serialize)]
pub struct Declared {
    /// Where it is declared.
    pub origin: String,
    /// Whether all contracts are upgraded at once.
    pub atomic: bool,
    /// Fail if something declared was never met; inconclusive if there was no time.
    pub verdict: Verdict,
    /// What was declared and never met.
    pub unmatched: Vec<Unmatched>,
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
    pub layout: Option<layout::Layout>,
    /// The judgement of the upgrade itself.
    pub upgrade: Option<upgrade::Upgraded>,
    /// The judgement of behaviour in lockstep.
    pub behaviour: Option<behaviour::Behaviour>,
    /// The judgement of what campaigns kept.
    pub regressions: Option<regressions::Regressions>,
    /// What was declared, if something was played.
    pub expectations: Option<Declared>,
}

impl Gate {
    /// What was met while playing.
    pub fn groups(&self) -> impl Iterator<Item = &divergence::Group> + Clone {
        let upgraded = self.upgrade.iter().flat_map(|upgraded| &upgraded.groups);
        let behaviour = self.behaviour.iter().flat_map(|behaviour| &behaviour.groups);
        let regressions = self.regressions.iter().flat_map(|regressions| &regressions.groups);
        upgraded.chain(behaviour).chain(regressions)
    }

    /// Runs that there was no time for.
    pub fn runs_left_out(&self) -> u64 {
        let upgraded = self.upgrade.iter().map(|upgraded| upgraded.runs_left_out);
        upgraded.chain(self.behaviour.iter().map(|behaviour| behaviour.runs_left_out)).sum()
    }
}

/// Judges an upgrade from one build to another.
pub fn judge(baseline: &Artifacts, candidate: &Artifacts, options: Options<'_>) -> Result<Gate, Problem> {
    let same = |one: &Artifact| one.digest() == candidate.get(&one.name).digest();
    if baseline.of_itself().all(same) {
        return Err(Problem::new(format!(
            "baseline and candidate are the same build: every contract of {} is in {}, byte by byte",
            title(baseline),
            title(candidate)
        ))
        .hint("name the build that proxies live on as the baseline, and the one to upgrade to as the candidate"));
    }
    let mut gate = Gate {
        format: FORMAT,
        tool: env!("CARGO_PKG_VERSION").to_owned(),
        baseline: build(baseline),
        candidate: build(candidate),
        verdict: Verdict::Pass,
        layout: options.judgements.contains(&Judgement::Layout).then(|| layout::judge(baseline, candidate)),
        upgrade: None,
        behaviour: None,
        regressions: None,
        expectations: None,
    };
    play(&mut gate, (baseline, candidate), options)?;
    let verdicts = [
        gate.layout.as_ref().map(|layout| layout.verdict),
        gate.upgrade.as_ref().map(|upgraded| upgraded.verdict),
        gate.behaviour.as_ref().map(|behaviour| behaviour.verdict),
        gate.regressions.as_ref().map(|regressions| regressions.verdict),
        gate.expectations.as_ref().map(|declared| declared.verdict),
    ];
    gate.verdict = verdicts.into_iter().flatten().max().unwrap_or(Verdict::Pass);
    Ok(gate)
}

/// The judgements for which something is played.
fn play(gate: &mut Gate, builds: (&Artifacts, &Artifacts), options: Options<'_>) -> Result<(), Problem> {
    let asks = |judgement| options.judgements.contains(&judgement);
    let has_legacy = options.legacy.corpus.or(options.legacy.findings).is_some();
    let asks_regressions = asks(Judgement::Regressions) && has_legacy;
    if !asks(Judgement::Upgrade) && !asks(Judgement::Behaviour) && !asks_regressions {
        return Ok(());
    }
    let from = EigenLayer::in_world(builds.0.clone(), options.world)?;
    let (to, upgrade) = from.upgraded(builds.1.clone())?;
    let path = upgrade::Path { from: &from, to: &to, upgrade: &upgrade };
    let Options { expectations, budget, .. } = options;
    let mut reach = reach::Reach::default();
    if asks(Judgement::Upgrade) {
        let expired = if asks(Judgement::Behaviour) { options.halfway } else { budget.expired };
        let (upgraded, reached) = upgrade::judge(path, expectations, &Budget { expired, ..budget })?;
        gate.upgrade = Some(upgraded);
        reach = reached;
    }
    if asks(Judgement::Behaviour) {
        gate.behaviour = Some(behaviour::judge(path, expectations, &budget, reach)?);
    }
    if asks_regressions {
        gate.regressions = Some(regressions::judge(path, options.legacy, expectations)?);
    }
    let left_out = gate.runs_left_out() > 0;
    // What nobody asked about cannot be met.
    let is_whole = asks(Judgement::Upgrade) && asks(Judgement::Behaviour);
    let unmatched = if is_whole { expectations.unmatched(&gate.groups()) } else { Vec::new() };
    gate.expectations = Some(Declared {
        origin: options.expectations.origin.clone(),
        atomic: options.expectations.atomic,
        verdict: match (unmatched.is_empty(), left_out) {
            (true, false) => Verdict::Pass,
            (_, true) => Verdict::Inconclusive,
            (false, false) => Verdict::Fail,
        },
        unmatched,
    });
    Ok(())
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
