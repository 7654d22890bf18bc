//! Configuration: what was typed, in the file, in the environment and on the command line, and what it means.
//!
//! The nearer to the user wins: flags over environment over file over defaults. The engine sees only the result.

mod deployment;
mod names;

use std::{
    collections::BTreeMap,
    fmt, fs,
    path::{Path, PathBuf},
};

use alloy_primitives::{B256, keccak256};
use serde::Deserialize;
use serde_json::json;

pub use deployment::deployment;
pub use names::select;
use names::{formats, select_actions, with_model};

use crate::{
    artifact::{self, Arguments, Artifacts, DEFAULT_RELEASE, Names, Source},
    campaign::Options,
    finding::digests,
    generator::Selection,
    guidance::Guidance,
    invariants, limits, mutant,
    own::{self, Own},
    problem::{Problem, nearest},
    protocol::{
        Protocol,
        eigenlayer::release::{self, Release},
    },
    report::Format,
    worlds::{self, Kind},
};

/// The file that is read when none is named.
const DEFAULT_FILE: &str = "slashproof.toml";

/// Runs of a campaign when nobody says how many: half a minute on two cores.
const DEFAULT_RUNS: u64 = 15_000;

/// What was typed. Keys of the file, `SLASHPROOF_*` variables and flags have the same names.
#[derive(Clone, Debug, Default, Deserialize, clap::Args)]
#[serde(default, deny_unknown_fields)]
pub struct Given {
    /// Sequences to play [default: 15000, or with --timeout as many as there is time]
    #[arg(long, env = "SLASHPROOF_RUNS", value_name = "N")]
    pub runs: Option<u64>,

    /// Calls per sequence [default: 100]
    #[arg(long, env = "SLASHPROOF_DEPTH", value_name = "N")]
    pub depth: Option<u32>,

    /// Decides everything that is drawn [default: 0]
    #[arg(long, env = "SLASHPROOF_SEED", value_name = "N")]
    pub seed: Option<u64>,

    /// Threads [default: one per core]. The result does not depend on it
    #[arg(long, env = "SLASHPROOF_WORKERS", value_name = "N")]
    pub workers: Option<usize>,

    /// Seconds after which no further epoch begins
    #[arg(long, env = "SLASHPROOF_TIMEOUT", value_name = "SECONDS")]
    pub timeout: Option<u64>,

    /// Invariants to judge, by identifier or family, separated by commas [default: all]
    #[arg(long, env = "SLASHPROOF_INVARIANTS", value_name = "IDS", value_delimiter = ',')]
    pub invariants: Option<Vec<String>>,

    /// Actions to draw, by name or by who acts, separated by commas: `avs.slash,staker` [default: all]
    #[arg(long, env = "SLASHPROOF_ACTIONS", value_name = "NAMES", value_delimiter = ',')]
    pub actions: Option<Vec<String>>,

    /// How much of what was seen decides what is tried next [default: all]
    #[arg(long, env = "SLASHPROOF_GUIDANCE", value_name = "HOW")]
    pub guidance: Option<Guidance>,

    /// Sequences the corpus keeps, at most; of more, those that go where most others go are dropped [default: 1024]
    #[arg(long, env = "SLASHPROOF_CORPUS_SIZE", value_name = "N")]
    pub corpus_size: Option<u64>,

    /// What the report is written as besides JSON, separated by commas: human, junit, sarif, markdown, html, lcov
    #[arg(long, env = "SLASHPROOF_FORMAT", value_name = "FORMATS", value_delimiter = ',')]
    pub format: Option<Vec<String>>,

    /// Whether the reference model predicts every call; without it the family MODEL is not judged [default: on]
    #[arg(long, env = "SLASHPROOF_MODEL", value_name = "SWITCH")]
    pub model: Option<Switch>,

    /// Whether what is often believed to hold, and does not, is measured: the known deviations, see list deviations
    #[arg(
        long,
        env = "SLASHPROOF_METRICS",
        value_name = "BOOL",
        num_args = 0..=1,
        default_missing_value = "true"
    )]
    pub metrics: Option<bool>,

    /// What is played: slashing, redistribution or slashers [default: what the artifacts are, redistribution, or the one of the mutant]
    #[arg(long, env = "SLASHPROOF_RELEASE", value_name = "NAME")]
    pub release: Option<String>,

    /// Plays the bundled release with this bug planted
    #[arg(long, env = "SLASHPROOF_MUTANT", value_name = "NAME")]
    pub mutant: Option<String>,

    /// Plays the contracts of this folder: artifacts as we write them, or the out/ of a Foundry project
    #[arg(long, env = "SLASHPROOF_ARTIFACTS", value_name = "DIR")]
    pub artifacts: Option<PathBuf>,

    /// Contracts that have other names in that folder, or stand in files that are named. Only in the file
    #[arg(skip)]
    pub contracts: Option<BTreeMap<String, String>>,

    /// What constructors and initializers in that folder are given for parameters that EigenLayer's do not have, by contract.
    /// Only in the file
    #[arg(skip)]
    pub arguments: Option<BTreeMap<String, BTreeMap<String, Argument>>>,

    /// Plays a deployment that lives on the node at this URL, from where it stands; --deployment says what of it
    #[arg(long, env = "SLASHPROOF_FORK_URL", value_name = "URL")]
    pub fork_url: Option<String>,

    /// From the end of this block on [default: the newest]
    #[arg(long, env = "SLASHPROOF_FORK_BLOCK", value_name = "N")]
    pub fork_block: Option<u64>,

    /// Where what was asked of the node is kept [default: slashproof-fork]
    #[arg(long, env = "SLASHPROOF_FORK_CACHE", value_name = "DIR")]
    pub fork_cache: Option<PathBuf>,

    /// What is there to be played: TOML or JSON, as for check
    #[arg(long, env = "SLASHPROOF_DEPLOYMENT", value_name = "FILE")]
    pub deployment: Option<PathBuf>,

    /// Contracts with invariants of your own, compiled: out/Stakes.sol/Stakes.json, separated by commas
    #[arg(long, env = "SLASHPROOF_OWN_INVARIANTS", value_name = "FILES", value_delimiter = ',')]
    pub own_invariants: Option<Vec<PathBuf>>,

    /// What surrounds the contracts: tokens and registrars. slashproof list worlds names them [default: the mutant's, or standard]
    #[arg(long, env = "SLASHPROOF_WORLD", value_name = "NAME")]
    pub world: Option<String>,

    /// Where findings, corpus and report go [default: slashproof-out]
    #[arg(long, env = "SLASHPROOF_OUT", value_name = "DIR")]
    pub out: Option<PathBuf>,

    /// Sequences to replay first, and where new ones go [default: start with none, write to the output]
    #[arg(long, env = "SLASHPROOF_CORPUS_DIR", value_name = "DIR")]
    pub corpus_dir: Option<PathBuf>,

    /// Seconds between two checkpoints, from which --resume goes on; 0 for one after every epoch [default: 60]
    #[arg(long, env = "SLASHPROOF_CHECKPOINT", value_name = "SECONDS")]
    pub checkpoint: Option<u64>,

    /// Sequences to try, per finding, in search of a smaller one; 0 leaves findings as found [default: 5000]
    #[arg(long, env = "SLASHPROOF_SHRINK_RUN_LIMIT", value_name = "N")]
    pub shrink_run_limit: Option<u64>,

    /// Stops with the first finding
    #[arg(
        long,
        env = "SLASHPROOF_FAIL_FAST",
        value_name = "BOOL",
        num_args = 0..=1,
        default_missing_value = "true"
    )]
    pub fail_fast: Option<bool>,
}

/// Whether something is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Switch {
    /// It is.
    On,
    /// It is not.
    Off,
}

/// The keys of [`Given`].
const KEYS: &[&str] = &[
    "runs",
    "depth",
    "seed",
    "workers",
    "timeout",
    "invariants",
    "actions",
    "guidance",
    "corpus_size",
    "format",
    "model",
    "metrics",
    "release",
    "mutant",
    "artifacts",
    "contracts",
    "arguments",
    "fork_url",
    "fork_block",
    "fork_cache",
    "deployment",
    "own_invariants",
    "world",
    "out",
    "corpus_dir",
    "checkpoint",
    "shrink_run_limit",
    "fail_fast",
];

/// Keys that are tables, and in no variable of the environment.
const IN_THE_FILE: &[&str] = &["contracts", "arguments"];

/// What a parameter is given.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Argument {
    /// A number of TOML, which has those of 64 bits only; others are written as text.
    Number(i64),
    /// Yes or no.
    Flag(bool),
    /// Anything else, as Solidity writes it.
    Text(String),
}

impl fmt::Display for Argument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Flag(flag) => write!(f, "{flag}"),
            Self::Text(text) => f.write_str(text),
        }
    }
}

/// What is played, if it lives on a node.
#[derive(Clone, Debug)]
pub struct ForkSettings {
    /// The node.
    pub url: String,
    /// From the end of which block on; `None` for the newest.
    pub block: Option<u64>,
    /// Where what was asked is kept.
    pub cache: PathBuf,
    /// The file that says what of it is played.
    pub deployment: PathBuf,
}

/// What it means.
#[derive(Clone, Debug)]
pub struct Settings {
    /// For the engine.
    pub options: Options,
    /// Where the contracts come from.
    pub source: Source,
    /// What they are a release of.
    pub release: &'static Release,
    /// What is played, if it lives on a node.
    pub fork: Option<ForkSettings>,
    /// The files of contracts with invariants of the auditor's own.
    pub own_invariants: Vec<PathBuf>,
    /// What surrounds them.
    pub world: &'static Kind,
    /// Seconds after which no further epoch begins.
    pub timeout: Option<u64>,
    /// Where everything goes.
    pub out: PathBuf,
    /// Sequences to replay first.
    pub corpus_dir: Option<PathBuf>,
    /// Seconds between two checkpoints.
    pub checkpoint: u64,
    /// Which actions are drawn, as they were named; `None` for all.
    pub actions: Option<Vec<String>>,
    /// What the report is written as, besides JSON.
    pub formats: Vec<&'static Format>,
}

impl Given {
    /// What stands in a file: the one named, or `slashproof.toml` if there is one here.
    pub fn from_file(named: Option<&Path>) -> Result<Self, Problem> {
        let path = match named {
            Some(path) => path,
            None if Path::new(DEFAULT_FILE).is_file() => Path::new(DEFAULT_FILE),
            None => return Ok(Self::default()),
        };
        let text = fs::read_to_string(path)
            .map_err(|error| Problem::new(format!("cannot read the configuration {}: {error}", path.display())))?;
        Self::from_text(&text).map_err(|problem| problem.at(path.display()))
    }

    fn from_text(text: &str) -> Result<Self, Problem> {
        let table: toml::Table = text.parse().map_err(|error: toml::de::Error| Problem::new(sentence(&error)))?;
        if let Some(key) = table.keys().find(|key| !KEYS.contains(&key.as_str())) {
            return Err(unknown_key(key, KEYS));
        }
        toml::from_str(text).map_err(|error| Problem::new(sentence(&error)))
    }

    /// What is given here, and where nothing is, what is given in `other`.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        // The two ways to name contracts exclude each other, so the nearer one decides both.
        let names_contracts = self.mutant.is_some() || self.artifacts.is_some();
        let (mutant, artifacts) =
            if names_contracts { (self.mutant, self.artifacts) } else { (other.mutant, other.artifacts) };
        Self {
            runs: self.runs.or(other.runs),
            depth: self.depth.or(other.depth),
            seed: self.seed.or(other.seed),
            workers: self.workers.or(other.workers),
            timeout: self.timeout.or(other.timeout),
            invariants: self.invariants.or(other.invariants),
            actions: self.actions.or(other.actions),
            guidance: self.guidance.or(other.guidance),
            corpus_size: self.corpus_size.or(other.corpus_size),
            format: self.format.or(other.format),
            model: self.model.or(other.model),
            metrics: self.metrics.or(other.metrics),
            release: self.release.or(other.release),
            mutant,
            artifacts,
            contracts: self.contracts.or(other.contracts),
            arguments: self.arguments.or(other.arguments),
            fork_url: self.fork_url.or(other.fork_url),
            fork_block: self.fork_block.or(other.fork_block),
            fork_cache: self.fork_cache.or(other.fork_cache),
            deployment: self.deployment.or(other.deployment),
            own_invariants: self.own_invariants.or(other.own_invariants),
            world: self.world.or(other.world),
            out: self.out.or(other.out),
            corpus_dir: self.corpus_dir.or(other.corpus_dir),
            checkpoint: self.checkpoint.or(other.checkpoint),
            shrink_run_limit: self.shrink_run_limit.or(other.shrink_run_limit),
            fail_fast: self.fail_fast.or(other.fail_fast),
        }
    }

    /// Where the contracts come from.
    pub fn source(&self) -> Result<Source, Problem> {
        match (&self.mutant, &self.artifacts) {
            (Some(_), Some(_)) => Err(Problem::new("both a mutant and artifacts are named")
                .hint("a mutant is of the bundled release; leave one of the two out")),
            (Some(name), None) => Ok(Source::Mutant(name.clone())),
            (None, Some(folder)) => {
                let contracts = self.contracts.clone().unwrap_or_default();
                Ok(Names { contracts, arguments: self.arguments() }.of(folder.clone()))
            }
            (None, None) => Ok(Source::Bundled),
        }
    }

    /// What parameters are given, as text.
    pub fn arguments(&self) -> Arguments {
        let of_contract = |given: &BTreeMap<String, Argument>| {
            given.iter().map(|(parameter, argument)| (parameter.clone(), argument.to_string())).collect()
        };
        self.arguments.iter().flatten().map(|(contract, given)| (contract.clone(), of_contract(given))).collect()
    }

    /// What surrounds the contracts: what is named, or the world in which the mutant shows.
    fn world(&self) -> Result<&'static Kind, Problem> {
        let mutant = self.mutant.as_deref().and_then(mutant::find);
        let usual = mutant.map_or(worlds::STANDARD.name, |mutant| &mutant.world);
        worlds::find(self.world.as_deref().unwrap_or(usual))
    }

    /// What is played: what is named, the release of the mutant, that of the artifacts, or the newest.
    fn release(&self, source: &Source) -> Result<&'static Release, Problem> {
        let named = self.release.as_deref().map(release::find).transpose()?;
        let planted = self.mutant.as_deref().and_then(mutant::find);
        match (named, planted) {
            (Some(named), Some(mutant)) if named.name != mutant.release => {
                Err(Problem::new(format!("the mutant {} is of the {} release", mutant.name, mutant.release))
                    .hint("leave the release out, or name that one"))
            }
            (Some(named), _) => Ok(named),
            (None, Some(mutant)) => release::find(&mutant.release),
            (None, None) => release_of(source),
        }
    }

    /// What is played, if it lives on a node.
    fn fork(&self) -> Result<Option<ForkSettings>, Problem> {
        let (Some(url), Some(file)) = (&self.fork_url, &self.deployment) else {
            return match (&self.fork_url, &self.deployment) {
                (Some(_), None) => Err(Problem::new("it is not said what is deployed on the node")
                    .hint("name a file with --deployment; docs/auditing.md has an example")),
                (None, Some(_)) => Err(Problem::new("a deployment is named, and no node that it lives on")
                    .hint("name one with --fork-url, or judge it as it stands with slashproof check")),
                _ => Ok(None),
            };
        };
        if self.mutant.is_some() || self.world.is_some() || self.release.is_some() {
            return Err(Problem::new("what lives on a node has its own contracts, world and release")
                .hint("leave --mutant, --world and --release out; the deployment names the release"));
        }
        Ok(Some(ForkSettings {
            url: url.clone(),
            block: self.fork_block,
            cache: self.fork_cache.clone().unwrap_or_else(|| PathBuf::from("slashproof-fork")),
            deployment: file.clone(),
        }))
    }

    /// The auditor's own functions.
    pub fn own(&self) -> Result<Vec<Own>, Problem> {
        own::of(&artifact::own(self.own_invariants.as_deref().unwrap_or_default())?)
    }

    /// What it means.
    pub fn settle(self) -> Result<Settings, Problem> {
        let source = self.source()?;
        let release = self.release(&source)?;
        let depth = within("depth", u64::from(self.depth.unwrap_or(100)), 1, u64::from(limits::DEPTH_MAX))?;
        let corpus_size = self.corpus_size.unwrap_or(limits::CORPUS_ENTRIES as u64);
        let corpus_size = within("corpus_size", corpus_size, 1, limits::CORPUS_ENTRIES_MAX as u64)?;
        let runs = match (self.runs, self.timeout) {
            (Some(runs), _) => Some(within("runs", runs, 1, u64::MAX)?),
            (None, Some(_)) => None,
            (None, None) => Some(DEFAULT_RUNS),
        };
        let own = self.own()?;
        let judged = select(self.invariants.as_deref(), &own)?;
        let measured: &[_] = if self.metrics.unwrap_or(false) { invariants::DEVIATIONS } else { &[] };
        let numbers = own.iter().filter_map(|own| own.number);
        Ok(Settings {
            options: Options {
                seed: self.seed.unwrap_or(0),
                runs,
                depth: u32::try_from(depth).expect("within its bounds"),
                workers: workers(self.workers)?,
                actions: Selection::All,
                guidance: self.guidance.unwrap_or_default(),
                corpus_size: usize::try_from(corpus_size).expect("within its bounds"),
                invariants: with_model(judged, self.model.unwrap_or(Switch::On))?,
                deviations: measured.iter().copied().chain(numbers).collect(),
                shrink_run_limit: self.shrink_run_limit.unwrap_or(5_000),
                fail_fast: self.fail_fast.unwrap_or(false),
            },
            source,
            release,
            fork: self.fork()?,
            own_invariants: self.own_invariants.clone().unwrap_or_default(),
            world: self.world()?,
            timeout: self.timeout,
            out: self.out.unwrap_or_else(|| PathBuf::from("slashproof-out")),
            corpus_dir: self.corpus_dir,
            formats: formats(self.format.as_deref().unwrap_or_default())?,
            checkpoint: self.checkpoint.unwrap_or(60),
            actions: self.actions,
        })
    }
}

impl Settings {
    /// Selects the actions that were asked for, now that it is known which there are.
    pub fn select_actions(&mut self, protocol: &dyn Protocol) -> Result<(), Problem> {
        if let Some(names) = &self.actions {
            self.options.actions = select_actions(names, protocol)?;
        }
        Ok(())
    }

    /// Identifies everything that decides what a campaign finds.
    pub fn digest(&self, artifacts: &Artifacts, fork: Option<B256>) -> B256 {
        let options = &self.options;
        let ids: Vec<_> = options.invariants.iter().map(|invariant| invariant.id).collect();
        let mut decisive = json!({
            "seed": options.seed,
            "runs": options.runs,
            "depth": options.depth,
            "invariants": ids,
            "actions": self.actions,
            "guidance": options.guidance.name(),
            "corpus_size": options.corpus_size,
            "shrink_run_limit": options.shrink_run_limit,
            "fail_fast": options.fail_fast,
            "release": self.release.name,
            "world": self.world.name,
            "artifacts": digests(artifacts),
        });
        if let Some(hash) = fork {
            decisive["fork"] = json!(hash);
        }
        keccak256(decisive.to_string())
    }
}

/// The release of contracts when none is named.
pub fn release_of(source: &Source) -> Result<&'static Release, Problem> {
    match source.folder(DEFAULT_RELEASE)? {
        Some(folder) => release::recognize(&folder),
        None => release::find(DEFAULT_RELEASE),
    }
}

/// Refuses variables that look like ours and are not.
pub fn check_environment(variables: impl Iterator<Item = String>) -> Result<(), Problem> {
    for variable in variables {
        let Some(key) = variable.strip_prefix("SLASHPROOF_") else { continue };
        let key = key.to_ascii_lowercase();
        // Which contract is which takes a table, and no variable holds one.
        if (!KEYS.contains(&key.as_str()) || IN_THE_FILE.contains(&key.as_str())) && key != "config" {
            return Err(unknown_key(&key, KEYS).at(format_args!("the environment variable {variable}")));
        }
    }
    Ok(())
}

fn unknown_key(key: &str, known: &[&str]) -> Problem {
    let problem = Problem::new(format!("there is no key {key:?}"));
    match nearest(key, known.iter().copied()) {
        Some(near) => problem.hint(format!("did you mean {near}?")),
        None => problem.hint(format!("the keys are {}", known.join(", "))),
    }
}

/// A TOML error on one line.
fn sentence(error: &toml::de::Error) -> String {
    error.to_string().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn within(name: &str, value: u64, least: u64, most: u64) -> Result<u64, Problem> {
    if (least..=most).contains(&value) {
        return Ok(value);
    }
    let most = if most == u64::MAX { String::new() } else { format!(" to {most}") };
    Err(Problem::new(format!("{name} is {value}")).hint(format!("it can be {least}{most}")))
}

/// How many threads: as many as were asked for, or one per core.
pub fn workers(asked: Option<usize>) -> Result<usize, Problem> {
    let cores = || std::thread::available_parallelism().map_or(1, usize::from).min(limits::WORKERS_MAX);
    let workers = within("workers", asked.unwrap_or_else(cores) as u64, 1, limits::WORKERS_MAX as u64)?;
    Ok(usize::try_from(workers).expect("within its bounds"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typo_is_told_with_what_was_meant() {
        let problem = Given::from_text("deph = 3").unwrap_err().to_string();
        assert_eq!(problem, "there is no key \"deph\"\nhint: did you mean depth?");
    }

    #[test]
    fn keys_are_the_fields() {
        let all = "runs = 1\ndepth = 1\nseed = 1\nworkers = 1\ntimeout = 1\ninvariants = []\nactions = []\nguidance = 'all'\ncorpus_size = 1\nformat = []\nmodel = 'on'\nmetrics = true\nmutant = ''\nartifacts = ''\ncontracts = {}\narguments = {}\nfork_url = ''\nfork_block = 1\n\
                   fork_cache = ''\ndeployment = ''\nown_invariants = []\n\
                   release = 'slashing'\nworld = ''\nout = ''\ncorpus_dir = ''\ncheckpoint = 1\nshrink_run_limit = 1\nfail_fast = true";
        assert_eq!(all.lines().count(), KEYS.len());
        assert!(Given::from_text(all).is_ok());
    }

    #[test]
    fn the_nearer_wins() {
        let flags = Given { runs: Some(1), mutant: Some("m".to_owned()), ..Given::default() };
        let file = Given { runs: Some(2), depth: Some(3), artifacts: Some("a".into()), ..Given::default() };
        let both = flags.or(file);
        assert_eq!((both.runs, both.depth), (Some(1), Some(3)));
        assert_eq!(both.source().unwrap(), Source::Mutant("m".to_owned()));
    }

    #[test]
    fn without_the_model_its_family_is_not_judged() {
        let judged = |text: &str| Given::from_text(text).and_then(Given::settle).map(|it| it.options.invariants.len());
        assert_eq!(judged("model = 'off'").unwrap() + 3, judged("").unwrap());
        assert_eq!(judged("invariants = ['MODEL']").unwrap(), 3);
        assert!(judged("invariants = ['MODEL']\nmodel = 'off'").is_err());
    }

    #[test]
    fn nonsense_is_refused() {
        for text in
            ["runs = 0", "depth = 0", "depth = 99999999", "workers = 0", "world = 'flat'", "seed = 'x'", "runs = -1"]
        {
            assert!(Given::from_text(text).and_then(Given::settle).is_err(), "{text}");
        }
    }

    #[test]
    fn foreign_variables_are_none_of_our_business() {
        assert!(check_environment(["PATH".to_owned(), "SLASHPROOF_RUNS".to_owned()].into_iter()).is_ok());
        assert!(check_environment(["SLASHPROOF_RUN".to_owned()].into_iter()).is_err());
    }
}
