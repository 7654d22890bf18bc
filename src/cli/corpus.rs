//! `slashproof corpus`.

use std::{
    collections::BTreeSet,
    io::{self, Write, stdout},
    path::{Path, PathBuf},
    process::ExitCode,
};

use serde::Serialize;
use serde_json::json;

use super::{exit, printed, tell, warn};
use crate::{
    artifact::Artifacts,
    config::Given,
    corpus::Corpus,
    executor::Executor,
    problem::Problem,
    protocol::eigenlayer::EigenLayer,
    survey::{Reached, enough, survey},
};

#[derive(Debug, clap::Subcommand)]
pub(super) enum CorpusCommand {
    /// Plays every sequence, and tells how many there are, how long they are and what they reach together
    Stats {
        /// The corpus
        folder: PathBuf,
        #[command(flatten)]
        contracts: Contracts,
        /// Prints JSON
        #[arg(long)]
        json: bool,
    },
    /// Copies as few and as short sequences as reach all that the corpus reaches: the same edges as often, the same kinds
    /// of states
    Minimize {
        /// The corpus, which stays as it is
        folder: PathBuf,
        /// Where to: a folder that is empty, or is not there yet
        #[arg(long, value_name = "DIR")]
        into: PathBuf,
        #[command(flatten)]
        contracts: Contracts,
        /// Prints JSON
        #[arg(long)]
        json: bool,
    },
    /// Copies the sequences of several corpora into one; the same sequence is kept once
    Merge {
        /// The corpora, which stay as they are
        #[arg(required = true)]
        folders: Vec<PathBuf>,
        /// Where to; what is there already stays
        #[arg(long, value_name = "DIR")]
        into: PathBuf,
        #[command(flatten)]
        contracts: Contracts,
        /// Prints JSON
        #[arg(long)]
        json: bool,
    },
    /// Prints every sequence as one JSON document, by name and value, in the order of file names
    Export {
        /// The corpus
        folder: PathBuf,
        #[command(flatten)]
        contracts: Contracts,
    },
}

/// What the sequences are played on; names and actions are those of a release in a world.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Contracts {
    /// slashing or redistribution [default: redistribution, or the one of the mutant]
    #[arg(long, value_name = "NAME")]
    release: Option<String>,

    /// What surrounds the contracts; slashproof list worlds names them [default: the mutant's, or standard]
    #[arg(long, value_name = "NAME")]
    world: Option<String>,

    /// The bundled release with this bug planted
    #[arg(long, value_name = "NAME")]
    mutant: Option<String>,

    /// The contracts of this folder
    #[arg(long, value_name = "DIR", conflicts_with = "mutant")]
    artifacts: Option<PathBuf>,
}

impl Contracts {
    fn protocol(&self) -> Result<EigenLayer, Problem> {
        let Self { release, world, mutant, artifacts } = self.clone();
        let settings = Given { release, mutant, artifacts, world, ..Given::default() }.settle()?;
        EigenLayer::in_world(Artifacts::load(&settings.source, settings.release.name)?, settings.world)
    }
}

pub(super) fn corpus(command: &CorpusCommand) -> Result<ExitCode, Problem> {
    match command {
        CorpusCommand::Stats { folder, contracts, json } => stats(folder, contracts, *json),
        CorpusCommand::Minimize { folder, into, contracts, json } => minimize(folder, into, contracts, *json),
        CorpusCommand::Merge { folders, into, contracts, json } => merge(folders, into, contracts, *json),
        CorpusCommand::Export { folder, contracts } => export(folder, contracts),
    }
}

/// A corpus, and how many of its files could not be read; each of those is told.
fn load(folder: &Path, protocol: &EigenLayer) -> Result<(Corpus, usize), Problem> {
    if !folder.is_dir() {
        return Err(Problem::new(format!("there is no folder {}", folder.display()))
            .hint("a campaign writes its corpus to slashproof-out/corpus, or where --corpus-dir says"));
    }
    let (corpus, damaged) = Corpus::load(folder, protocol)?;
    damaged.iter().for_each(warn);
    Ok((corpus, damaged.len()))
}

/// What could be read was used; what could not must not go unnoticed.
fn ended(damaged: usize) -> ExitCode {
    if damaged == 0 {
        return ExitCode::from(exit::HELD);
    }
    tell(&Problem::new(format!("{damaged} files could not be read; they are left where they are")));
    ExitCode::from(exit::FAILED)
}

/// What there is to tell of a corpus.
#[derive(Serialize)]
struct Stats {
    sequences: usize,
    calls: usize,
    succeeded: usize,
    failed: usize,
    missing: usize,
    shortest: usize,
    median: usize,
    longest: usize,
    edges: usize,
    edge_signals: usize,
    states: usize,
    enough: usize,
    unreadable: usize,
}

impl Stats {
    fn of(corpus: &Corpus, reached: &[Reached], unreadable: usize) -> Self {
        let mut lengths: Vec<usize> = corpus.entries().iter().map(|entry| entry.calls.len()).collect();
        lengths.sort_unstable();
        let count = |of: fn(&Reached) -> usize| reached.iter().map(of).sum();
        let signals: BTreeSet<_> = reached.iter().flat_map(|it| &it.edges).collect();
        let edges: BTreeSet<u32> = signals.iter().map(|signal| signal.place).collect();
        let states: BTreeSet<_> = reached.iter().flat_map(|it| &it.states).collect();
        Self {
            sequences: lengths.len(),
            calls: lengths.iter().sum(),
            succeeded: count(|it| it.succeeded),
            failed: count(|it| it.failed),
            missing: count(|it| it.missing),
            shortest: lengths.first().copied().unwrap_or(0),
            median: lengths.get(lengths.len() / 2).copied().unwrap_or(0),
            longest: lengths.last().copied().unwrap_or(0),
            edges: edges.len(),
            edge_signals: signals.len(),
            states: states.len(),
            enough: enough(corpus, reached).len(),
            unreadable,
        }
    }

    fn render(&self, out: &mut dyn Write) -> io::Result<()> {
        let Self { sequences, calls, succeeded, failed, missing, shortest, median, longest, .. } = self;
        writeln!(
            out,
            "{sequences} sequences, {calls} calls: {succeeded} succeed, {failed} fail, {missing} name what is not there"
        )?;
        writeln!(out, "lengths: {shortest} to {longest}, median {median}")?;
        let Self { edges, edge_signals, states, enough, .. } = self;
        writeln!(out, "they reach {edges} edges ({edge_signals} with how often) and {states} kinds of states")?;
        writeln!(out, "{enough} of them are enough for that")
    }
}

fn stats(folder: &Path, contracts: &Contracts, as_json: bool) -> Result<ExitCode, Problem> {
    let protocol = contracts.protocol()?;
    let (corpus, damaged) = load(folder, &protocol)?;
    let reached = survey(&mut Executor::deploy(&protocol)?, &corpus);
    let stats = Stats::of(&corpus, &reached, damaged);
    let mut out = stdout().lock();
    printed(if as_json { write_json(&mut out, &json!(stats)) } else { stats.render(&mut out) })?;
    Ok(ended(damaged))
}

fn minimize(folder: &Path, into: &Path, contracts: &Contracts, as_json: bool) -> Result<ExitCode, Problem> {
    let protocol = contracts.protocol()?;
    let (corpus, damaged) = load(folder, &protocol)?;
    if !is_empty(into)? {
        return Err(Problem::new(format!("{} is not empty", into.display()))
            .hint("what is there would not be minimal; name another folder with --into"));
    }
    let reached = survey(&mut Executor::deploy(&protocol)?, &corpus);
    let kept = corpus.only(&enough(&corpus, &reached));
    kept.save_into(into, &protocol)?;
    let (before, after) = (corpus.entries().len(), kept.entries().len());
    let mut out = stdout().lock();
    printed(if as_json {
        write_json(&mut out, &json!({ "before": before, "after": after, "unreadable": damaged }))
    } else {
        writeln!(out, "{after} of {before} sequences reach all that they reach: {}", into.display())
    })?;
    Ok(ended(damaged))
}

fn merge(folders: &[PathBuf], into: &Path, contracts: &Contracts, as_json: bool) -> Result<ExitCode, Problem> {
    let protocol = contracts.protocol()?;
    let (mut merged, mut damaged) = if into.exists() { load(into, &protocol)? } else { Default::default() };
    let (before, mut read) = (merged.entries().len(), 0);
    // All is read before anything is written.
    for folder in folders {
        let (corpus, unreadable) = load(folder, &protocol)?;
        damaged += unreadable;
        read += corpus.entries().len();
        for entry in corpus.entries() {
            merged.add(entry.as_ref().clone());
        }
    }
    merged.save_into(into, &protocol)?;
    let after = merged.entries().len();
    let mut out = stdout().lock();
    printed(if as_json {
        write_json(&mut out, &json!({ "read": read, "new": after - before, "sequences": after, "unreadable": damaged }))
    } else {
        let new = after - before;
        writeln!(out, "{new} of {read} sequences are new, which makes {after}: {}", into.display())
    })?;
    Ok(ended(damaged))
}

fn export(folder: &Path, contracts: &Contracts) -> Result<ExitCode, Problem> {
    let protocol = contracts.protocol()?;
    let (corpus, damaged) = load(folder, &protocol)?;
    printed(write_json(&mut stdout().lock(), &corpus.to_json(&protocol)))?;
    Ok(ended(damaged))
}

fn is_empty(folder: &Path) -> Result<bool, Problem> {
    if !folder.exists() {
        return Ok(true);
    }
    let unreadable = |error: io::Error| Problem::new(format!("cannot read {}: {error}", folder.display()));
    Ok(folder.read_dir().map_err(unreadable)?.next().is_none())
}

fn write_json(out: &mut dyn Write, value: &serde_json::Value) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, value)?;
    writeln!(out)
}
