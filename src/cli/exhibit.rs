//! `slashproof replay` of what the gate found.

use std::{
    io::{Write, stdout},
    process::ExitCode,
};

use super::{Engine, ReplayArgs, exit, printed, warn};
use crate::{
    artifact::{Artifacts, Revision, Source},
    config::release_of,
    gate::{
        divergence::{Line, Retold, Side, Tree},
        exhibit::{Exhibit, Place, Replayed, ShownBy, Stage},
        upgrade::rule_of,
    },
    problem::Problem,
    protocol::{Protocol, eigenlayer::release},
    report::trace::Tracer,
};

/// Plays an example of the gate again, on the builds that it was found with or on others.
pub(super) fn replay(exhibit: &Exhibit, arguments: &ReplayArgs) -> Result<ExitCode, Problem> {
    if arguments.step || matches!(arguments.on, Engine::Anvil) || arguments.fork_url.is_some() {
        return Err(Problem::new("an example of the gate is played on revm, from the beginning to the end")
            .at(arguments.file.display())
            .hint("leave --step, --on and --fork-url out"));
    }
    let (baseline, candidate) = builds(exhibit, arguments)?;
    let differing = exhibit.differing(&baseline, &candidate);
    if !differing.is_empty() {
        warn(&Problem::new(format!(
            "the example is of other bytecode: the digest of {} differs; it is played all the same",
            differing.join(", ")
        )));
    }
    let stage = Stage::new(baseline, candidate, &exhibit.world)?;
    let Replayed { lines, sentence } =
        exhibit.replay(&stage).map_err(|problem| problem.at(arguments.file.display()))?;
    let mut out = stdout().lock();
    printed(writeln!(out, "{}", heading(exhibit)))?;
    for (number, told) in (1..).zip(&lines) {
        printed(tell((number, told), &stage, arguments, &mut out))?;
    }
    let (still, ended) = match (exhibit.shown_by, &sentence) {
        (ShownBy::Upgrade, None) => ("not violated", exit::HELD),
        (ShownBy::Behaviour, None) => ("does not differ", exit::HELD),
        (ShownBy::Upgrade, Some(_)) => ("violated", exit::VIOLATED),
        (ShownBy::Behaviour, Some(_)) => ("differs", exit::VIOLATED),
    };
    let seen = sentence.map(|sentence| format!(": {sentence}")).unwrap_or_default();
    printed(writeln!(out, "-> {still}{seen}"))?;
    Ok(ExitCode::from(ended))
}

/// What it is an example of.
fn heading(exhibit: &Exhibit) -> String {
    let what = &exhibit.what;
    let group = format!("{}, {}, {}", what.action, what.kind, what.condition);
    match exhibit.shown_by {
        ShownBy::Upgrade => format!("{}: {}\n{group}", exhibit.title(), rule_of(what).statement),
        ShownBy::Behaviour => group,
    }
}

fn tell(
    (number, told): (usize, &Retold),
    stage: &Stage,
    arguments: &ReplayArgs,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    let Retold { line: Line { delay, actor, text, outcome, .. }, other_outcome, trees } = told;
    let ended = match other_outcome {
        Some(other) => format!("  [{outcome}; on the candidate {other}]"),
        None if outcome.is_empty() => String::new(),
        None => format!("  [{outcome}]"),
    };
    writeln!(out, "{number:>3}  {delay:<11}  {actor}  {text}{ended}")?;
    for Tree { on, frame, preimages } in trees.iter().filter(|_| arguments.trace) {
        let (name, protocol) = match on {
            Side::Baseline => ("baseline", &stage.from),
            Side::Candidate => ("candidate", &stage.to),
        };
        writeln!(out, "     on the {name}")?;
        let tracer = Tracer::new(protocol.book(), protocol.artifacts(), arguments.color.colours());
        tracer.render(frame, preimages, out)?;
    }
    Ok(())
}

/// The builds to play it on.
fn builds(exhibit: &Exhibit, arguments: &ReplayArgs) -> Result<(Artifacts, Artifacts), Problem> {
    let instead = match (&arguments.mutant, &arguments.artifacts) {
        (Some(mutant), _) => Some(Source::Mutant(mutant.clone())),
        (None, Some(folder)) => Some(Source::Folder(folder.clone())),
        (None, None) => arguments.bundled.then_some(Source::Bundled),
    };
    let candidate = match (instead, &arguments.release) {
        (None, None) => found_with(&exhibit.candidate, arguments)?,
        (None, Some(name)) => load(&exhibit.candidate.source, Some(name))?,
        (Some(source), name) => load(&source.instead_of(&exhibit.candidate.source)?, name.as_deref())?,
    };
    let baseline = match &arguments.baseline {
        Some(folder) => load(&Source::Folder(folder.clone()).instead_of(&exhibit.baseline.source)?, None)?,
        None => found_with(&exhibit.baseline, arguments)?,
    };
    Ok((baseline, candidate))
}

/// A build as it was when something was found with it; what was built for the occasion is built again.
fn found_with(place: &Place, arguments: &ReplayArgs) -> Result<Artifacts, Problem> {
    let release = place.release()?;
    let Some((commit, project)) = &place.commit else { return complete(&place.source, release) };
    let built = Revision::build(project, commit, &arguments.forge)
        .map_err(|problem| problem.hint("or name a folder of its artifacts with --baseline"))?;
    complete(&Source::Folder(built.folder()).instead_of(&place.source)?, release)
}

fn load(source: &Source, name: Option<&str>) -> Result<Artifacts, Problem> {
    let release = name.map_or_else(|| release_of(source), release::find)?;
    complete(source, release.name)
}

fn complete(source: &Source, release: &str) -> Result<Artifacts, Problem> {
    // What initializes is asked of the sources.
    Artifacts::load(source, release)?.with_declarations(source)
}
