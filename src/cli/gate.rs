//! `slashproof gate`.

use std::{
    io::{Write, stdout},
    path::PathBuf,
    process::ExitCode,
};

use super::{exit, printed};
use crate::{
    artifact::{Artifacts, DEFAULT_RELEASE, Folder, Revision, Source},
    gate::{self, human},
    problem::Problem,
    protocol::eigenlayer::release,
};

#[derive(Debug, clap::Args)]
pub(super) struct GateArgs {
    /// Folder of artifacts that proxies live on: Foundry's out/, or our own [default: the bundled release]
    #[arg(long, value_name = "DIR")]
    baseline: Option<PathBuf>,

    /// Builds the baseline with forge from this revision of the Foundry project that the candidate is, in a folder of its
    /// own; the candidate is the project here if none is named
    #[arg(long, value_name = "REVISION", conflicts_with = "baseline")]
    git: Option<String>,

    /// What builds the revision
    #[arg(long, value_name = "PROGRAM", default_value = "forge", env = "FORGE")]
    forge: String,

    /// What the baseline is a release of: slashing or redistribution [default: redistribution]
    #[arg(long, value_name = "NAME", required_unless_present_any = ["baseline", "git"])]
    baseline_release: Option<String>,

    /// Folder of artifacts to upgrade to [default: the bundled release]
    #[arg(long, value_name = "DIR")]
    candidate: Option<PathBuf>,

    /// What the candidate is a release of: slashing or redistribution [default: redistribution]
    #[arg(long, value_name = "NAME", required_unless_present_any = ["candidate", "git"])]
    candidate_release: Option<String>,

    /// Prints the report as JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn gate(arguments: &GateArgs) -> Result<ExitCode, Problem> {
    let (baseline, candidate) = builds(arguments)?;
    let gate = gate::judge(&baseline, &candidate)?;
    let mut out = stdout().lock();
    printed(if arguments.json {
        serde_json::to_writer_pretty(&mut out, &gate).map_err(Into::into).and_then(|()| writeln!(out))
    } else {
        human::render(&gate, &mut out).and_then(|()| out.flush())
    })?;
    Ok(exit::of_gate(gate.verdict))
}

/// What proxies live on, and what they are to be moved to.
fn builds(arguments: &GateArgs) -> Result<(Artifacts, Artifacts), Problem> {
    let Some(revision) = &arguments.git else {
        let baseline = load(arguments.baseline.as_ref(), arguments.baseline_release.as_deref())?;
        let candidate = load(arguments.candidate.as_ref(), arguments.candidate_release.as_deref())?;
        return Ok((baseline, candidate));
    };
    let project = arguments.candidate.clone().unwrap_or_else(|| PathBuf::from("."));
    // First, for it costs nothing: forge takes minutes.
    let candidate = load(Some(&project), arguments.candidate_release.as_deref())?;
    let built = Revision::build(&project, revision, &arguments.forge)?;
    let mut baseline = load(Some(&built.folder()), arguments.baseline_release.as_deref())?;
    baseline.origin = format!("{revision}, commit {}", built.commit());
    Ok((baseline, candidate))
}

fn load(folder: Option<&PathBuf>, named: Option<&str>) -> Result<Artifacts, Problem> {
    let release = release::find(named.unwrap_or(DEFAULT_RELEASE))?.name;
    let source = folder.map_or(Source::Bundled, |folder| Source::Folder(folder.clone()));
    let artifacts = Artifacts::load(&source, release)?;
    // What comes from the binary would be compared with itself.
    match (folder, artifacts.borrowed.first()) {
        (Some(folder), Some(name)) => Err(Folder::of(folder, release)?.lacks(name)),
        _ => artifacts.with_declarations(&source),
    }
}
