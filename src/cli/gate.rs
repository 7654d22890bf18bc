//! `slashproof gate`.

use std::{
    io::{Write, stdout},
    num::NonZero,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use clap::builder::PossibleValuesParser;

use super::{exit, printed};
use crate::{
    artifact::{Artifacts, Names, Revision, Source, is_called},
    config::{Given, release_of},
    corpus::write_bytes,
    gate::{
        self, Judgement,
        exhibit::{Place, Provenance, exhibits},
        expect::{self, Expectations},
        regressions::Legacy,
        work::Budget,
    },
    limits,
    problem::Problem,
    protocol::eigenlayer::{self, release},
    report::gate::{GATE_FORMATS, LCOV, create, save as save_gate},
    worlds::{self, Kind},
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

    /// What the baseline is a release of [default: what it can be called for]
    #[arg(long, value_name = "NAME", required_unless_present_any = ["baseline", "git"])]
    baseline_release: Option<String>,

    /// Folder of artifacts to upgrade to [default: the bundled release]
    #[arg(long, value_name = "DIR")]
    candidate: Option<PathBuf>,

    /// Upgrades to the bundled release with this bug planted, to see what becomes of it
    #[arg(long, value_name = "NAME", conflicts_with_all = ["candidate", "candidate_release", "git"])]
    candidate_mutant: Option<String>,

    /// What the candidate is a release of [default: what it can be called for]
    #[arg(long, value_name = "NAME", required_unless_present_any = ["candidate", "candidate_mutant", "git"])]
    candidate_release: Option<String>,

    /// Whose [contracts] and [arguments] say what contracts of the folders are called and given [default: slashproof.toml, if there is one]
    #[arg(long, value_name = "FILE", env = "SLASHPROOF_CONFIG")]
    config: Option<PathBuf>,

    /// Asks only this; can be given more than once [default: all]
    #[arg(long, value_enum, value_name = "WHAT")]
    judge: Vec<Asked>,

    /// What is meant to change [default: gate.toml, if there is one; for the bundled upgrade, what comes along]
    #[arg(long, value_name = "FILE")]
    expect: Option<PathBuf>,

    /// Writes declarations of what nobody declared to this new file, for somebody to edit
    #[arg(long, value_name = "FILE")]
    accept: Option<PathBuf>,

    /// What surrounds the protocol
    #[arg(long, value_name = "NAME", default_value = worlds::STANDARD.name)]
    world: String,

    /// Decides everything that is drawn
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,

    /// Sequences that each judgement plays
    #[arg(long, value_name = "N", default_value_t = 1_000)]
    runs: u64,

    /// Sequences that making one example smaller may try, more or less
    #[arg(long, value_name = "N", default_value_t = 1_000)]
    shrink_run_limit: u64,

    /// Seconds after which no more is begun; what was not played is told
    #[arg(long, value_name = "SECONDS")]
    timeout: Option<u64>,

    /// Threads [default: one per core]. The result does not depend on it
    #[arg(long, value_name = "N")]
    workers: Option<usize>,

    /// Folder of sequences that campaigns on the baseline kept, to be played on the candidate
    #[arg(long, value_name = "DIR")]
    corpus: Option<PathBuf>,

    /// Folder of findings on the baseline, which must not show on the candidate
    #[arg(long, value_name = "DIR")]
    findings: Option<PathBuf>,

    /// Writes the report in every format into this folder
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,

    /// What is printed
    #[arg(long, value_name = "FORMAT", default_value = "human", value_parser = PossibleValuesParser::new(GATE_FORMATS.map(|format| format.name)))]
    format: String,

    /// Prints the report as JSON, as --format json
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Asked {
    /// Whether proxies find what they kept
    Layout,
    /// Whether an upgrade in the middle of life leaves everybody what they have
    Upgrade,
    /// Whether the same calls do the same
    Behaviour,
    /// Whether what campaigns kept of the baseline plays on the candidate
    Regressions,
}

impl From<Asked> for Judgement {
    fn from(asked: Asked) -> Self {
        match asked {
            Asked::Layout => Self::Layout,
            Asked::Upgrade => Self::Upgrade,
            Asked::Behaviour => Self::Behaviour,
            Asked::Regressions => Self::Regressions,
        }
    }
}

/// Where expectations are looked for if nobody says where.
const EXPECTATIONS: &str = "gate.toml";

/// What can be known to be wrong before anything is played, for playing takes minutes.
fn check(arguments: &GateArgs) -> Result<(), Problem> {
    let none = |name: &str| Problem::new(format!("{name} is 0")).hint("it can be 1 or more");
    if arguments.runs == 0 {
        return Err(none("runs"));
    }
    if arguments.workers == Some(0) {
        return Err(none("workers"));
    }
    let legacy = [&arguments.corpus, &arguments.findings];
    if arguments.judge.contains(&Asked::Regressions) && legacy.iter().all(|folder| folder.is_none()) {
        return Err(Problem::new("regressions are to be judged, and there is nothing to judge")
            .hint("--corpus names a folder of sequences that campaigns kept, --findings one of what they found"));
    }
    if let Some(folder) = legacy.into_iter().flatten().find(|folder| !folder.is_dir()) {
        return Err(Problem::new(format!("{} is no folder", folder.display()))
            .hint("name the folder that a campaign on the baseline wrote, or leave it out"));
    }
    let Some(path) = &arguments.accept else { return Ok(()) };
    if path.exists() {
        return Err(Problem::new(format!("{} is there already", path.display()))
            .hint("proposals are written to a new file; name another, or move this one away"));
    }
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() && !folder.is_dir() => {
            Err(Problem::new(format!("there is no folder {} to write proposals into", folder.display()))
                .hint("make it, or name another file"))
        }
        _ => Ok(()),
    }
}

pub(super) fn gate(arguments: &GateArgs) -> Result<ExitCode, Problem> {
    check(arguments)?;
    if let Some(folder) = &arguments.out {
        create(folder)?;
    }
    let [(baseline, old), (candidate, new)] = builds(arguments)?;
    let world = worlds::find(&arguments.world)?;
    let expectations = expectations(arguments, (&baseline, &candidate), world)?;
    let judgements: Vec<Judgement> = match &arguments.judge[..] {
        [] => Judgement::ALL.to_vec(),
        asked => asked.iter().copied().map(Judgement::from).collect(),
    };
    if arguments.format == LCOV && !arguments.json {
        check_lines(&candidate, &judgements)?;
    }
    let (expired, halfway) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
    if let Some(seconds) = arguments.timeout {
        expire(Arc::clone(&expired), Duration::from_secs(seconds));
        expire(Arc::clone(&halfway), Duration::from_millis(seconds.saturating_mul(500)));
    }
    let workers = arguments.workers.unwrap_or_else(|| thread::available_parallelism().map_or(1, NonZero::get));
    let budget = Budget {
        seed: arguments.seed,
        runs: arguments.runs,
        shrink_run_limit: arguments.shrink_run_limit,
        workers: workers.clamp(1, limits::WORKERS_MAX),
        expired: &expired,
    };
    let legacy = Legacy { corpus: arguments.corpus.as_deref(), findings: arguments.findings.as_deref() };
    let options = gate::Options {
        judgements: &judgements,
        expectations: &expectations,
        world,
        budget,
        halfway: &halfway,
        legacy,
    };
    let gate = gate::judge(&baseline, &candidate, options)?;
    if let Some(path) = &arguments.accept {
        write_bytes(path, expect::proposals(gate.groups()).as_bytes())?;
    }
    if let Some(folder) = &arguments.out {
        let provenance = Provenance { world, expectations: &expectations, baseline: &old, candidate: &new };
        let examples = save_gate(&gate, &exhibits(&gate, provenance), folder)?;
        if let Some(first) = examples.first() {
            let count = examples.len();
            eprintln!("{count} examples written; to see the first again: slashproof replay {}", first.display());
        }
    }
    let name = if arguments.json { "json" } else { arguments.format.as_str() };
    let format = GATE_FORMATS.iter().find(|format| format.name == name).expect("only formats are parsed");
    let mut out = stdout().lock();
    printed((format.render)(&gate, &mut out).and_then(|()| out.flush()))?;
    Ok(exit::of_gate(gate.verdict))
}

/// Lines are of the candidate's sources, and counted in lockstep.
fn check_lines(candidate: &Artifacts, judgements: &[Judgement]) -> Result<(), Problem> {
    if !judgements.contains(&Judgement::Behaviour) {
        return Err(Problem::new("lines are counted by the judgement of behaviour, and that is not asked for")
            .hint("add --judge behaviour, or leave --judge out"));
    }
    candidate.need_source_maps()
}

/// What is meant to change, as far as somebody says so.
fn expectations(
    arguments: &GateArgs,
    (baseline, candidate): (&Artifacts, &Artifacts),
    world: &'static Kind,
) -> Result<Expectations, Problem> {
    let own = Path::new(EXPECTATIONS);
    let own = arguments.expect.as_deref().or_else(|| own.exists().then_some(own));
    if let Some(path) = own {
        return Expectations::load(path, &eigenlayer::every_action(world).collect::<Vec<_>>());
    }
    let is_bundled = [&arguments.baseline, &arguments.candidate].iter().all(|folder| folder.is_none());
    let is_bundled = is_bundled && arguments.git.is_none();
    let along = is_bundled.then(|| Expectations::bundled(&baseline.release, &candidate.release)).flatten();
    Ok(along.unwrap_or_else(Expectations::none))
}

/// Says after a while that there is no more time.
fn expire(expired: Arc<AtomicBool>, after: Duration) {
    thread::spawn(move || {
        thread::sleep(after);
        expired.store(true, Ordering::Relaxed);
    });
}

/// A build, and where it is to be found again.
type Side = (Artifacts, Place);

/// What proxies live on, and what they are to be moved to.
fn builds(arguments: &GateArgs) -> Result<[Side; 2], Problem> {
    let names = names(arguments)?;
    let load = |folder, release| load(folder, release, &names);
    let Some(revision) = &arguments.git else {
        let baseline = load(arguments.baseline.as_ref(), arguments.baseline_release.as_deref())?;
        if let Some(mutant) = &arguments.candidate_mutant {
            let source = Source::Mutant(mutant.clone());
            return Ok([baseline, (Artifacts::mutant(mutant)?, Place::of(source))]);
        }
        let candidate = load(arguments.candidate.as_ref(), arguments.candidate_release.as_deref())?;
        return Ok([baseline, candidate]);
    };
    let project = arguments.candidate.clone().unwrap_or_else(|| PathBuf::from("."));
    // First, for it costs nothing: forge takes minutes.
    let candidate = load(Some(&project), arguments.candidate_release.as_deref())?;
    let built = Revision::build(&project, revision, &arguments.forge)?;
    let (mut baseline, place) = load(Some(&built.folder()), arguments.baseline_release.as_deref())?;
    baseline.origin = format!("{revision}, commit {}", built.commit());
    let place = Place { commit: Some((built.commit().to_owned(), project)), ..place };
    Ok([(baseline, place), candidate])
}

fn load(folder: Option<&PathBuf>, release: Option<&str>, names: &Names) -> Result<Side, Problem> {
    let source = folder.map_or(Ok(Source::Bundled), |folder| names.clone().within(folder))?;
    let release = release.map_or_else(|| release_of(&source), release::find)?.name;
    let artifacts = Artifacts::load(&source, release)?;
    // What comes from the binary would be compared with itself.
    let artifacts = match (source.folder(release)?, artifacts.borrowed.first()) {
        (Some(folder), Some(name)) => return Err(folder.lacks(name)),
        _ => artifacts.with_declarations(&source)?,
    };
    Ok((artifacts, Place::of(source)))
}

/// What contracts are called that have names of their own: in one of the folders, or in both.
fn names(arguments: &GateArgs) -> Result<Names, Problem> {
    let given = Given::from_file(arguments.config.as_deref())?;
    let names = Names { arguments: given.arguments(), contracts: given.contracts.unwrap_or_default() };
    let given = [&arguments.baseline, &arguments.candidate].into_iter().flatten().map(PathBuf::as_path);
    let folders: Vec<&Path> = given.chain(arguments.git.as_ref().map(|_| Path::new("."))).collect();
    for (contract, called) in &names.contracts {
        let mut found = folders.is_empty();
        for folder in &folders {
            found |= is_called(folder, contract, called)?;
        }
        if !found {
            return Err(Problem::new(format!("neither build has {called:?}, which is to be {contract}"))
                .hint("names of contracts come from [contracts] of slashproof.toml, or of what --config names"));
        }
    }
    Ok(names)
}
