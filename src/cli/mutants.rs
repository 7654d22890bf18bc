//! `slashproof mutants`.

use std::{
    io::{self, IsTerminal, Write, stdout},
    process::ExitCode,
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::{MutantsArgs, exit, printed};
use crate::{
    artifact::Artifacts,
    config::workers,
    invariants,
    matrix::{self, Cell, Judged, Matrix, Plan},
    mutant::{self, Mutant},
    problem::{Problem, nearest},
    protocol::{Protocol, eigenlayer::EigenLayer},
    worlds,
};

/// Between two plain lines.
const INTERVAL: Duration = Duration::from_secs(5);

pub(super) fn mutants(arguments: &MutantsArgs) -> Result<ExitCode, Problem> {
    if arguments.seeds == 0 {
        return Err(Problem::new("no seed is to be played").hint("--seeds can be 1 or more"));
    }
    let plan = Plan {
        mutants: named(&arguments.mutant)?,
        seeds: arguments.seeds,
        judged: if arguments.own {
            Judged::Own(invariants::all().collect())
        } else {
            Judged::All(invariants::all().collect())
        },
        guidance: arguments.guidance,
        workers: workers(arguments.workers)?,
    };
    let mut progress = Progress::new(plan.mutants.len() as u64 * plan.seeds);
    let matrix = matrix::play(&plan, &build, &mut |mutant, cell| progress.on(mutant, cell))?;
    progress.finish();
    let mut out = stdout().lock();
    printed(if arguments.json {
        serde_json::to_writer_pretty(&mut out, &matrix).map_err(io::Error::from).and_then(|()| writeln!(out))
    } else {
        render(&matrix, &mut out)
    })?;
    Ok(ExitCode::from(if matrix.all_killed() { exit::HELD } else { exit::VIOLATED }))
}

fn named(names: &[String]) -> Result<Vec<&'static Mutant>, Problem> {
    for name in names {
        if mutant::all().iter().all(|mutant| mutant.name != *name) {
            let problem = Problem::new(format!("there is no mutant called {name:?}"));
            return Err(match nearest(name, mutant::all().iter().map(|mutant| mutant.name.as_str())) {
                Some(near) => problem.hint(format!("did you mean {near}?")),
                None => problem.hint("slashproof list mutants names them"),
            });
        }
    }
    Ok(mutant::all().iter().filter(|mutant| names.is_empty() || names.contains(&mutant.name)).collect())
}

fn build(mutant: &Mutant) -> Result<Box<dyn Protocol>, Problem> {
    let artifacts = Artifacts::mutant(&mutant.name)?;
    Ok(Box::new(EigenLayer::in_world(artifacts, worlds::find(&mutant.world)?)?))
}

fn render(matrix: &Matrix, out: &mut dyn Write) -> io::Result<()> {
    let width = matrix.rows.iter().map(|row| row.mutant.len()).max().unwrap_or(0);
    writeln!(out, "{:width$}  breaks  killed  calls    budget  by", "mutant")?;
    for row in &matrix.rows {
        let killed = row.cells.iter().filter(|cell| cell.calls.is_some()).count();
        let calls = row.median_calls.map_or("-".to_owned(), |calls| calls.to_string());
        let by = match (row.killed, row.model_alone) {
            (true, _) => row.killers().join(" "),
            (false, true) => format!("the model alone {}", row.killers().join(" ")),
            (false, false) => format!("SURVIVED {}", row.killers().join(" ")),
        };
        writeln!(
            out,
            "{:width$}  {:6}  {:>6}  {calls:>5}  {:>8}  {}",
            row.mutant,
            row.invariant,
            format!("{killed}/{}", row.cells.len()),
            row.budget,
            by.trim_end(),
        )?;
    }
    let (killed, mutants, seeds) = (matrix.killed, matrix.mutants, matrix.seeds);
    writeln!(out)?;
    write!(out, "{killed} of {mutants} mutants killed at every one of {seeds} seeds")?;
    if matrix.model_alone > 0 {
        write!(out, ", {} more by the model alone", matrix.model_alone)?;
    }
    match (matrix.median_calls, matrix.most_calls) {
        (Some(median), Some(most)) => writeln!(out, "; calls to kill: median {median}, most {most}"),
        _ => writeln!(out),
    }
}

/// How far it is, on standard error.
struct Progress {
    begun: Instant,
    told: Instant,
    done: u64,
    of: u64,
    survived: u64,
    bar: Option<ProgressBar>,
}

impl Progress {
    fn new(of: u64) -> Self {
        let bar = io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::with_draw_target(Some(of), ProgressDrawTarget::stderr());
            let template = "{elapsed_precise} {wide_bar} {pos}/{len} campaigns  {msg}";
            bar.set_style(ProgressStyle::with_template(template).expect("a template of ours"));
            bar
        });
        let now = Instant::now();
        Self { begun: now, told: now, done: 0, of, survived: 0, bar }
    }

    fn on(&mut self, mutant: &str, cell: &Cell) {
        self.done += 1;
        if cell.calls.is_none() {
            self.survived += 1;
            self.line(&format!("{mutant} survived at seed {}", cell.seed));
        }
        let message = format!("{} survived", self.survived);
        if let Some(bar) = &self.bar {
            bar.set_position(self.done);
            bar.set_message(message);
        } else if self.told.elapsed() >= INTERVAL {
            self.told = Instant::now();
            let seconds = self.begun.elapsed().as_secs();
            eprintln!("{seconds} s: {}/{} campaigns, {message}", self.done, self.of);
        }
    }

    fn line(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.println(text),
            None => eprintln!("{text}"),
        }
    }

    fn finish(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }
}
