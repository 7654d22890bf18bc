//! The command line. The only module that prints, reads a clock or decides an exit code.
//!
//! Standard output is the result and nothing else; progress, warnings and problems go to standard error.

#![expect(clippy::disallowed_methods, reason = "this is the one place that may")]

pub mod exit;

mod catalogue;
mod check;
mod checkpoints;
mod corpus;
mod doctor;
mod exhibit;
mod fork;
mod gate;
mod mutants;
mod progress;
mod replay;
mod run;
mod step;

use std::{ffi::OsString, io::IsTerminal, path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};

use crate::{
    artifact::DEFAULT_RELEASE,
    config::{Given, check_environment},
    guidance::Guidance,
    problem::Problem,
    report::trace::Colours,
};

/// Fuzzing and invariant harness for slashing contracts.
///
/// Without a subcommand, plays a campaign on the bundled contracts.
#[derive(Debug, Parser)]
#[command(name = "slashproof", version, about, args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,

    #[command(flatten)]
    run: RunArgs,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Plays a campaign: deploys the contracts, plays random sequences, judges invariants after every call
    Run(Box<RunArgs>),
    /// Plays a finding again: exit code 1 if its violation shows, 0 if it no longer does
    Replay(ReplayArgs),
    /// Makes a finding smaller, and writes the smaller one beside it
    Shrink(ShrinkArgs),
    /// Says what artifacts are: their release, what of it is there, what can be done and judged; and tries them
    Doctor(DoctorArgs),
    /// Reads the ledger of a deployment on a node, and judges what can be judged without its history
    Check(CheckArgs),
    /// Names invariants, actions, releases, worlds or mutants, one on each line
    List(ListArgs),
    /// Plays a campaign against every planted bug, and tells which are caught
    Mutants(MutantsArgs),
    /// Looks after sequences that campaigns kept: counts, minimizes, merges and exports them
    #[command(subcommand)]
    Corpus(corpus::CorpusCommand),
    /// Judges an upgrade: an old build against a new one, whether proxies find what they kept
    Gate(Box<gate::GateArgs>),
    /// Explains an invariant, or a known deviation, with the smallest example of a violation
    Explain {
        /// Its identifier, for example MAG-05; or a family, without examples
        id: String,
    },
}

#[derive(Debug, clap::Args)]
struct RunArgs {
    #[command(flatten)]
    given: Given,

    /// Configuration file [default: slashproof.toml, if there is one]
    #[arg(long, env = "SLASHPROOF_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,

    /// Goes on with the campaign that was interrupted, from its last checkpoint in the output; the report is that of the
    /// whole
    #[arg(long)]
    resume: bool,

    /// Prints the report as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
struct DoctorArgs {
    /// A folder of artifacts: as we write them, or the out/ of a Foundry project [default: the bundled release]
    #[arg(long, value_name = "DIR")]
    artifacts: Option<PathBuf>,

    /// What they are a release of [default: what they can be called for]
    #[arg(long, value_name = "NAME")]
    release: Option<String>,

    /// What surrounds them
    #[arg(long, value_name = "NAME")]
    world: Option<String>,

    /// Configuration file [default: slashproof.toml, if there is one]
    #[arg(long, env = "SLASHPROOF_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,

    /// Prints JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
struct CheckArgs {
    /// The node
    #[arg(long, value_name = "URL")]
    rpc_url: String,

    /// What to read there: TOML or JSON
    #[arg(long, value_name = "FILE")]
    deployment: PathBuf,

    /// At the end of this block [default: the newest]
    #[arg(long, value_name = "N")]
    block: Option<u64>,

    /// Seconds that the node has for an answer
    #[arg(long, value_name = "SECONDS", default_value_t = 20)]
    timeout: u64,

    /// Invariants to judge, by identifier or family, separated by commas [default: all that can be]
    #[arg(long, value_name = "IDS", value_delimiter = ',')]
    invariants: Option<Vec<String>>,

    /// The contracts as they were compiled, for where their variables are [default: as in the bundled release]
    #[arg(long, value_name = "DIR")]
    artifacts: Option<PathBuf>,

    /// Prints JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
struct ReplayArgs {
    /// A finding of a campaign, or an example of the gate
    file: PathBuf,

    /// The node, for a finding on a deployment that lives on one
    #[arg(long, value_name = "URL")]
    fork_url: Option<String>,

    /// Where what was asked of that node is kept
    #[arg(long, value_name = "DIR", default_value = "slashproof-fork")]
    fork_cache: PathBuf,

    /// Prints the call tree of every call
    #[arg(long)]
    trace: bool,

    /// Plays it call by call, as lines on standard input say: h tells the commands
    #[arg(long)]
    step: bool,

    /// Whether call trees are coloured
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = Colour::Auto)]
    color: Colour,

    /// Where to play it
    #[arg(long, value_enum, default_value_t = Engine::Revm)]
    on: Engine,

    /// The anvil to start [default: the one on the PATH, or of the repository's npm packages]
    #[arg(long, value_name = "PATH")]
    anvil: Option<PathBuf>,

    /// Plays it on this release, whatever it was found on: slashing, redistribution or slashers
    #[arg(long, value_name = "NAME")]
    release: Option<String>,

    /// Plays it on the bundled release with this bug planted, whatever it was found on
    #[arg(long, value_name = "NAME", conflicts_with_all = ["artifacts", "bundled"])]
    mutant: Option<String>,

    /// Plays it on the contracts of this folder, whatever it was found on
    #[arg(long, value_name = "DIR", conflicts_with = "bundled")]
    artifacts: Option<PathBuf>,

    /// Plays it on the bundled release, whatever it was found on
    #[arg(long)]
    bundled: bool,

    /// Of what the gate found: upgrades from the contracts of this folder. The options above say what to upgrade to
    #[arg(long, value_name = "DIR")]
    baseline: Option<PathBuf>,

    /// Of what the gate found with --git: what builds the revision again
    #[arg(long, value_name = "PROGRAM", default_value = "forge", env = "FORGE")]
    forge: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Engine {
    /// The EVM of the campaign
    Revm,
    /// A node
    Anvil,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Colour {
    /// On a terminal, unless `NO_COLOR` says otherwise
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl Colour {
    fn colours(self) -> Colours {
        let wanted = match self {
            Self::Auto => std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none(),
            Self::Always => true,
            Self::Never => false,
        };
        if wanted { Colours::On } else { Colours::Off }
    }
}

#[derive(Debug, clap::Args)]
struct ShrinkArgs {
    /// A finding
    file: PathBuf,

    /// Sequences to try in search of a smaller one
    #[arg(long, value_name = "N", default_value_t = 50_000)]
    shrink_run_limit: u64,
}

#[derive(Debug, clap::Args)]
struct ListArgs {
    /// What
    #[arg(value_enum)]
    what: Listed,

    /// Of this release, for actions [default: redistribution]
    #[arg(long, value_name = "NAME", default_value = DEFAULT_RELEASE)]
    release: String,

    /// Prints JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
struct MutantsArgs {
    /// Seeds to play each with: 1 to this
    #[arg(long, value_name = "N", default_value_t = 3)]
    seeds: u64,

    /// Only this one; can be given more than once [default: all]
    #[arg(long, value_name = "NAME")]
    mutant: Vec<String>,

    /// Judges each by the invariant that it breaks alone, not by the whole catalogue
    #[arg(long)]
    own: bool,

    /// How much of what was seen decides what is tried next
    #[arg(long, value_name = "HOW", default_value = "all")]
    guidance: Guidance,

    /// Threads [default: one per core]. The result does not depend on it
    #[arg(long, value_name = "N")]
    workers: Option<usize>,

    /// Prints JSON
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Listed {
    /// What is judged
    Invariants,
    /// What is played
    Actions,
    /// What can be played
    Releases,
    /// What can surround the contracts
    Worlds,
    /// What is often believed to hold, and does not
    Deviations,
    /// The planted bugs
    Mutants,
}

/// Does what `arguments` ask.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            // Clap knows whether it is help or a mistake, and where each belongs.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(exit::FAILED));
        }
    };
    let variables = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    let done =
        check_environment(variables).and_then(|()| match cli.command.unwrap_or(Command::Run(Box::new(cli.run))) {
            Command::Run(arguments) => run::run(*arguments),
            Command::Replay(arguments) => replay::replay(&arguments),
            Command::Shrink(arguments) => replay::shrink(&arguments),
            Command::Doctor(arguments) => doctor::doctor(arguments),
            Command::Check(arguments) => check::check(&arguments),
            Command::List(arguments) => catalogue::list(&arguments),
            Command::Mutants(arguments) => mutants::mutants(&arguments),
            Command::Corpus(command) => corpus::corpus(&command),
            Command::Gate(arguments) => gate::gate(&arguments),
            Command::Explain { id } => catalogue::explain(&id),
        });
    done.unwrap_or_else(|problem| {
        tell(&problem);
        ExitCode::from(exit::FAILED)
    })
}

/// Tells a problem on standard error.
fn tell(problem: &Problem) {
    eprintln!("error: {problem}");
}

/// Tells something that is no reason to stop on standard error.
fn warn(problem: &Problem) {
    eprintln!("warning: {problem}");
}

/// A standard output that is closed early is no failure: somebody looked at the head and had enough.
fn printed(result: std::io::Result<()>) -> Result<(), Problem> {
    match result {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Problem::new(format!("cannot write to standard output: {error}")))
        }
        _ => Ok(()),
    }
}
