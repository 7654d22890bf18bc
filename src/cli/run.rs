//! `slashproof run`.

use std::{
    io::{Write, stdout},
    process::ExitCode,
    sync::atomic::Ordering,
    thread,
    time::{Duration, Instant},
};

use super::{RunArgs, checkpoints::Keeper, exit, fork::Subject, printed, progress::Reporter, tell, warn};
use crate::{
    artifact::Artifacts,
    campaign::{self, Checkpoint, Control, Summary},
    config::{Given, Settings},
    corpus::Corpus,
    executor::Executor,
    finding::{Finding, Provenance},
    foundry,
    lines::{self, Lines},
    problem::Problem,
    protocol::{Protocol, eigenlayer::EigenLayer},
    report::{Output, Pace, Report, Timing, format},
    timeline::{Evidence, Timeline},
    trial,
};

pub(super) fn run(arguments: RunArgs) -> Result<ExitCode, Problem> {
    let file = Given::from_file(arguments.config.as_deref())?;
    let mut settings = arguments.given.or(file).settle()?;
    let (source, own) = (settings.source.clone(), settings.own_invariants.clone());
    let subject = Subject::of(&mut settings, |release| {
        let mut artifacts = Artifacts::load(&source, release)?;
        artifacts.take_own(&own)?;
        Ok(artifacts)
    })?;
    let protocol = &subject.protocol;
    let config_digest = settings.digest(protocol.artifacts(), subject.hash());
    let provenance = Provenance { source: settings.source.clone(), config_digest };
    settings.select_actions(protocol)?;
    if !protocol.artifacts().supposed.is_empty() {
        trial::hold(protocol)?;
    }
    check_formats(&settings, protocol.artifacts())?;
    let output = Output::prepare(&settings.out, settings.corpus_dir.as_deref())?;
    let digest = provenance.config_digest;
    let checkpoint = arguments.resume.then(|| output.load_checkpoint(digest, protocol)).transpose()?;
    let played_before = checkpoint.as_ref().map_or(0, Checkpoint::calls);
    let (corpus, damaged) = if checkpoint.is_some() { Default::default() } else { load_corpus(&settings, protocol)? };
    damaged.iter().for_each(warn);
    if checkpoint.is_none() {
        output.drop_checkpoint()?;
    }

    let control = control(&settings)?;
    let mut keeper = Keeper::new(&output, protocol, &settings, digest);
    let mut reporter = Reporter::new(settings.options.seed, settings.options.runs);
    let mut on_event = |event| {
        keeper.on(&event, &control);
        if subject.has_failed() {
            control.interrupted.store(true, Ordering::Relaxed);
        }
        reporter.on(&event);
    };
    let begun = Instant::now();
    let summary = match checkpoint {
        None => campaign::run(protocol, &settings.options, corpus, &control, &mut on_event),
        Some(checkpoint) => campaign::resume(protocol, &settings.options, checkpoint, &control, &mut on_event),
    };
    // What was asked is kept, however it ends.
    subject.save()?;
    let summary = summary?;
    let seconds = begun.elapsed().as_secs_f64();
    let points = reporter.finish();

    let (findings, lines) = save(protocol, &output, &summary, &provenance)?;
    let calls_per_second = (summary.calls - played_before) as f64 / seconds.max(f64::EPSILON);
    let timing = Timing { seconds, calls_per_second, workers: settings.options.workers };
    let mut report = Report::new(protocol, &settings.options, &summary, findings);
    report.lines = lines;
    report.pace = Some(Pace { timing, points });
    output.save_report(&report, &settings.formats)?;
    keeper.finish(summary.ended, !control.interrupted.load(Ordering::Relaxed))?;
    output.save_timing(&timing)?;
    let mut out = stdout().lock();
    let shape = format(if arguments.json { "json" } else { "human" });
    printed((shape.render)(&report, &mut out).and_then(|()| out.flush()))?;
    eprintln!("{seconds:.1} s, {calls_per_second:.0} calls/s, {} workers", settings.options.workers);

    Ok(code_of(&report, damaged.len()))
}

/// The exit code. Everything that could be played was; what could not must not go unnoticed.
fn code_of(report: &Report, damaged: usize) -> ExitCode {
    let code = exit::of(report.verdict);
    if damaged == 0 || code == ExitCode::from(exit::VIOLATED) {
        return code;
    }
    tell(&Problem::new(format!("{damaged} files of the corpus could not be read; they are left where they are")));
    ExitCode::from(exit::FAILED)
}

/// Some formats need what not all artifacts have.
fn check_formats(settings: &Settings, artifacts: &Artifacts) -> Result<(), Problem> {
    let wants_lines = settings.formats.iter().any(|format| format.name == "lcov");
    if wants_lines { artifacts.need_source_maps() } else { Ok(()) }
}

fn load_corpus(settings: &Settings, protocol: &EigenLayer) -> Result<(Corpus, Vec<Problem>), Problem> {
    match &settings.corpus_dir {
        Some(folder) if folder.exists() => Corpus::load(folder, protocol),
        _ => Ok((Corpus::default(), Vec::new())),
    }
}

/// Ctrl-C stops at once, a second one without ceremony; the clock stops at the end of the epoch.
fn control(settings: &Settings) -> Result<Control, Problem> {
    let control = Control::default();
    let interrupted = control.interrupted.clone();
    ctrlc::set_handler(move || {
        if interrupted.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
    })
    .map_err(|error| Problem::new(format!("cannot listen for Ctrl-C: {error}")))?;
    if let Some(seconds) = settings.timeout {
        let expired = control.expired.clone();
        thread::spawn(move || {
            thread::sleep(Duration::from_secs(seconds));
            expired.store(true, Ordering::Relaxed);
        });
    }
    Ok(control)
}

/// Writes findings and corpus; the findings with their files, and how they went.
fn save(
    protocol: &dyn Protocol,
    output: &Output,
    summary: &Summary,
    provenance: &Provenance,
) -> Result<(Vec<Evidence>, Lines), Problem> {
    let mut executor = Executor::deploy(protocol)?;
    let mut findings = Vec::with_capacity(summary.violations.len());
    for violation in &summary.violations {
        let finding = Finding::of(&mut executor, violation, provenance);
        let file = finding.save(&output.findings())?;
        let timeline = Timeline::of(&mut executor, violation.invariant, &violation.calls);
        let evidence = Evidence { finding, file, timeline };
        output.save_test(&foundry::test_name(&evidence), &foundry::test(protocol, &evidence))?;
        findings.push(evidence);
    }
    summary.corpus.save(output.corpus(), protocol)?;
    let lines = lines::of(protocol.artifacts(), executor.world().edges().codes(), summary.taken.iter().copied());
    Ok((findings, lines))
}
