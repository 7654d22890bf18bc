//! `slashproof replay` and `slashproof shrink`.

use std::{
    io::{Write, stdin, stdout},
    path::{Path, PathBuf},
    process::ExitCode,
};

use super::{
    Engine, ReplayArgs, ShrinkArgs, exhibit, exit,
    fork::Subject,
    printed,
    step::{Walk, Walked},
    warn,
};
use crate::{
    artifact::{self, Artifacts, Source},
    call::Call,
    campaign::{Control, Violation, shows, shrink_violation, violation},
    config::ForkSettings,
    decode::Decoder,
    executor::Executor,
    finding::{Finding, Provenance, tell},
    gate::exhibit::Exhibit,
    invariants, mutant,
    oracle::{Checkpoint, Invariant, Step},
    own,
    problem::{Problem, nearest},
    protocol::{
        Protocol,
        eigenlayer::{EigenLayer, release},
    },
    report::trace::Tracer,
    worlds,
};

/// A finding with the world to play it in.
struct Case {
    finding: Finding,
    invariant: &'static Invariant,
    protocol: EigenLayer,
    calls: Vec<Call>,
}

impl Case {
    fn tracer(&self, arguments: &ReplayArgs) -> Tracer<'_> {
        Tracer::new(self.protocol.book(), self.protocol.artifacts(), arguments.color.colours())
    }
}

/// Where the contracts of a replay come from, if not from where the finding does.
#[derive(Default)]
struct Instead {
    source: Option<Source>,
    release: Option<String>,
    /// The node of a fork, and where what was asked of it is kept.
    fork_url: Option<String>,
    fork_cache: PathBuf,
}

impl Instead {
    /// Where a finding on a deployment that lives on a node is played.
    fn fork(&self, deployment: &Path, block: u64) -> Result<ForkSettings, Problem> {
        let url = self.fork_url.clone().ok_or_else(|| {
            Problem::new("it was found on a deployment that lives on a node").hint("name the node with --fork-url")
        })?;
        let (cache, deployment) = (self.fork_cache.clone(), deployment.to_owned());
        Ok(ForkSettings { url, block: Some(block), cache, deployment })
    }
}

fn load(file: &std::path::Path, instead: &Instead) -> Result<Case, Problem> {
    let finding = Finding::load(file)?;
    let own = own::of(&artifact::own(&finding.own_invariants)?)?;
    let all = || invariants::all().chain(own.iter().map(|own| own.invariant));
    let invariant = all().find(|invariant| invariant.id == finding.invariant).ok_or_else(|| {
        let problem = Problem::new(format!("there is no invariant {:?}", finding.invariant)).at(file.display());
        match nearest(&finding.invariant, all().map(|invariant| invariant.id)) {
            Some(near) => problem.hint(format!("did you mean {near}?")),
            None => problem,
        }
    })?;
    let source = instead.source.as_ref().unwrap_or(&finding.source).instead_of(&finding.source)?;
    let release = release::find(instead.release.as_ref().unwrap_or(&finding.release))?;
    let mut artifacts = Artifacts::load(&source, release.name)?;
    artifacts.take_own(&finding.own_invariants)?;
    let differing = finding.differing(&artifacts);
    if !differing.is_empty() {
        warn(&Problem::new(format!(
            "the finding is of other bytecode: the digest of {} differs; it is played all the same",
            differing.join(", ")
        )));
    }
    if let Some((deployment, block)) = &finding.fork {
        let fork = instead.fork(deployment, *block).map_err(|problem| problem.at(file.display()))?;
        let protocol = Subject::forked(&fork, |_| Ok(artifacts))?.protocol;
        let calls = finding.calls(&protocol).map_err(|problem| problem.at(file.display()))?;
        return Ok(Case { finding, invariant, protocol, calls });
    }
    let world = worlds::find(&finding.world).map_err(|problem| problem.at(file.display()))?;
    let protocol = EigenLayer::in_world(artifacts, world)?;
    let calls = finding.calls(&protocol).map_err(|problem| problem.at(file.display()))?;
    Ok(Case { finding, invariant, protocol, calls })
}

pub(super) fn replay(arguments: &ReplayArgs) -> Result<ExitCode, Problem> {
    if let Some(exhibit) = Exhibit::load(&arguments.file)? {
        return exhibit::replay(&exhibit, arguments);
    }
    if arguments.baseline.is_some() {
        return Err(Problem::new("a finding of a campaign is of one build, and has no baseline")
            .at(arguments.file.display())
            .hint("--artifacts says what to play it on"));
    }
    if let (Some(release), Some(mutant)) = (&arguments.release, arguments.mutant.as_deref().and_then(mutant::find))
        && *release != mutant.release
    {
        return Err(Problem::new(format!("the mutant {} is of the {} release", mutant.name, mutant.release)));
    }
    let source = match (&arguments.mutant, &arguments.artifacts) {
        (Some(mutant), _) => Some(Source::Mutant(mutant.clone())),
        (None, Some(folder)) => Some(Source::Folder(folder.clone())),
        (None, None) => arguments.bundled.then_some(Source::Bundled),
    };
    let case = load(
        &arguments.file,
        &Instead {
            source,
            release: arguments.release.clone(),
            fork_url: arguments.fork_url.clone(),
            fork_cache: arguments.fork_cache.clone(),
        },
    )?;
    let mut out = stdout().lock();
    printed(writeln!(out, "{}: {}", case.invariant.id, case.invariant.statement))?;
    let sentence = match arguments.on {
        Engine::Revm if arguments.step => match step(&case, arguments, &mut out)? {
            Walked { to_the_end: true, violated } => violated,
            Walked { .. } => return Ok(ExitCode::SUCCESS),
        },
        Engine::Revm => on_revm(&case, arguments, &mut out)?,
        Engine::Anvil => on_anvil(&case, arguments, &mut out)?,
    };
    if let Some(sentence) = sentence {
        printed(writeln!(out, "-> violated: {sentence}"))?;
        Ok(ExitCode::from(exit::VIOLATED))
    } else {
        printed(writeln!(out, "-> not violated"))?;
        Ok(ExitCode::from(exit::HELD))
    }
}

/// Plays it as lines on standard input say.
fn step(case: &Case, arguments: &ReplayArgs, out: &mut dyn Write) -> Result<Walked, Problem> {
    let mut executor = Executor::deploy(&case.protocol)?;
    let told = tell(&mut executor, &case.calls);
    let Case { invariant, calls, .. } = case;
    let walk = Walk { executor: &mut executor, invariant, calls, told: &told, tracer: case.tracer(arguments) };
    let walked = walk.go(&mut stdin().lock(), out)?;
    if walked.to_the_end && invariant.checkpoint == Checkpoint::Exit {
        return Ok(Walked { violated: leave(case, &mut executor, out)?, ..walked });
    }
    Ok(walked)
}

/// Lets everybody leave, and tells it.
fn leave(case: &Case, executor: &mut Executor<'_>, out: &mut dyn Write) -> Result<Option<String>, Problem> {
    let mut lines = Lines::default();
    let mut violated = None;
    executor.leave(&mut |step| {
        lines.add(case, step);
        violated = violated.take().or_else(|| violation(case.invariant, step));
    });
    lines.print(out)?;
    Ok(violated)
}

fn on_revm(case: &Case, arguments: &ReplayArgs, out: &mut dyn Write) -> Result<Option<String>, Problem> {
    let mut executor = Executor::deploy(&case.protocol)?;
    let told = tell(&mut executor, &case.calls);
    let tracer = case.tracer(arguments);
    executor.reset();
    let mut violated = None;
    for (index, (call, told)) in case.calls.iter().zip(&told).enumerate() {
        executor.advance(call.delay);
        let line = format!("{:>3}  block {}  {}  {}", index + 1, executor.ledger().block, told.actor, told.text);
        printed(writeln!(out, "{line}  [{}]", told.outcome))?;
        let Some((outcome, tree)) = executor.execute_traced(call) else { continue };
        if let Some(tree) = tree.filter(|_| arguments.trace) {
            printed(tracer.render(&tree, executor.world().preimages(), out))?;
        }
        violated = violation(case.invariant, &executor.step(call, &outcome));
        if violated.is_some() {
            return Ok(violated);
        }
    }
    if case.invariant.checkpoint == Checkpoint::Exit {
        violated = leave(case, &mut executor, out)?;
    }
    Ok(violated)
}

#[cfg(feature = "anvil")]
fn on_anvil(case: &Case, arguments: &ReplayArgs, out: &mut dyn Write) -> Result<Option<String>, Problem> {
    use crate::node::Node;

    if arguments.trace || arguments.step {
        warn(
            &Problem::new("a node is not traced, and plays without stopping")
                .hint("replay on revm for --trace and --step"),
        );
    }
    let mut node = Node::start(&case.protocol, arguments.anvil.as_deref())?;
    let decoder = Decoder::new(case.protocol.book(), case.protocol.artifacts());
    let mut violated = None;
    for (index, call) in case.calls.iter().enumerate() {
        let Some(played) = node.play(call)? else { continue };
        let line = format!("{:>3}  block {}  {}", index + 1, played.block, decoder.name(call.actor));
        let text = decoder.call(played.transaction.to, &played.transaction.data);
        printed(writeln!(out, "{line}  {text}  [{}]", decoder.outcome(&played.outcome)))?;
        violated = violation(case.invariant, &node.step(call, &played.outcome));
        if violated.is_some() {
            return Ok(violated);
        }
    }
    if case.invariant.checkpoint == Checkpoint::Exit {
        let mut lines = Lines::default();
        node.leave(&mut |step| {
            lines.add(case, step);
            violated = violated.take().or_else(|| violation(case.invariant, step));
        })?;
        lines.print(out)?;
    }
    Ok(violated)
}

#[cfg(not(feature = "anvil"))]
fn on_anvil(_: &Case, arguments: &ReplayArgs, _: &mut dyn Write) -> Result<Option<String>, Problem> {
    let _ = &arguments.anvil;
    Err(Problem::new("this slashproof was built without anvil").hint("build it with the default features"))
}

/// The calls of an exit, in words.
#[derive(Default)]
struct Lines(Vec<String>);

impl Lines {
    fn add(&mut self, case: &Case, step: &Step<'_>) {
        if step.left().is_some() {
            return;
        }
        let decoder = Decoder::new(case.protocol.book(), case.protocol.artifacts());
        let sent = case.protocol.transaction(step.call, step.before);
        let text = sent.map(|sent| decoder.call(sent.to, &sent.data)).unwrap_or_default();
        let (block, actor) = (step.after.block, decoder.name(step.call.actor));
        self.0.push(format!("     block {block}  {actor}  {text}  [{}]", decoder.outcome(step.outcome)));
    }

    fn print(&self, out: &mut dyn Write) -> Result<(), Problem> {
        printed(writeln!(out, "then everybody leaves:"))?;
        self.0.iter().try_for_each(|line| printed(writeln!(out, "{line}")))
    }
}

pub(super) fn shrink(arguments: &ShrinkArgs) -> Result<ExitCode, Problem> {
    let Case { finding, invariant, protocol, calls } = load(&arguments.file, &Instead::default())?;
    let mut executor = Executor::deploy(&protocol)?;
    let Some((_, sentence)) = shows(&mut executor, invariant, &calls) else {
        return Err(Problem::new(format!("the finding does not violate {} any more", invariant.id))
            .at(arguments.file.display()));
    };
    let violation = Violation {
        invariant,
        sentence,
        origin: finding.origin,
        original_length: finding.original_length,
        calls,
        shrunk: false,
    };
    let before = violation.calls.len();
    let smaller = shrink_violation(&mut executor, violation, arguments.shrink_run_limit, &Control::default());
    let provenance = Provenance { source: finding.source.clone(), config_digest: finding.config_digest };
    let shrunk = Finding::of(&mut executor, &smaller, &provenance);
    let folder = arguments.file.parent().filter(|folder| !folder.as_os_str().is_empty());
    let path = shrunk.save(folder.unwrap_or_else(|| std::path::Path::new(".")))?;
    let more = if shrunk.shrunk { "" } else { "; more runs may make it smaller" };
    let text = format!("{} calls, from {before}{more}: {}", shrunk.length(), path.display());
    printed(writeln!(stdout().lock(), "{text}"))?;
    Ok(ExitCode::SUCCESS)
}
