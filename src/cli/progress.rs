//! Progress on standard error: a bar on a terminal, a plain line every few seconds elsewhere.

use std::{
    io::IsTerminal,
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::campaign::{Event, Progress};

/// Between two plain lines.
const INTERVAL: Duration = Duration::from_secs(5);

/// Moments of a campaign whose pace is kept, at most.
const MOST_POINTS: usize = 120;

/// Tells how a campaign goes.
pub(super) struct Reporter {
    begun: Instant,
    told: Instant,
    bar: Option<ProgressBar>,
    /// Seconds, and calls played until then.
    pace: Vec<(f64, u64)>,
    /// How many events lie between two of them.
    every: usize,
    events: usize,
}

impl Reporter {
    /// Tells the seed before anything else.
    pub fn new(seed: u64, runs: Option<u64>) -> Self {
        eprintln!("seed {seed}");
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::with_draw_target(runs, ProgressDrawTarget::stderr());
            let template = if runs.is_some() {
                "{elapsed_precise} {wide_bar} {pos}/{len} runs  {msg}"
            } else {
                "{elapsed_precise} {spinner} {pos} runs  {msg}"
            };
            bar.set_style(ProgressStyle::with_template(template).expect("a template of ours"));
            bar
        });
        let now = Instant::now();
        Self { begun: now, told: now, bar, pace: Vec::new(), every: 1, events: 0 }
    }

    /// Takes notice of an event.
    pub fn on(&mut self, event: &Event) {
        match event {
            Event::Progress(progress) => self.progress(progress),
            Event::Violated { invariant, sentence } => {
                self.line(&format!("{} violated: {sentence}", invariant.id));
            }
            Event::Shrinking { invariant, length } => {
                self.line(&format!("shrinking {} from {length} calls", invariant.id));
            }
            Event::Checkpoint(_) => {}
        }
    }

    /// Clears the bar; how fast it went: seconds, and calls played until then.
    pub fn finish(self) -> Vec<(f64, u64)> {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
        self.pace
    }

    /// Notes how fast it goes: less often the longer it lasts.
    fn note(&mut self, seconds: f64, calls: u64) {
        if self.events.is_multiple_of(self.every) {
            self.pace.push((seconds, calls));
        }
        self.events += 1;
        if self.pace.len() > MOST_POINTS {
            self.pace = self.pace.iter().copied().step_by(2).collect();
            self.every *= 2;
        }
    }

    fn progress(&mut self, progress: &Progress) {
        let seconds = self.begun.elapsed().as_secs_f64().max(f64::EPSILON);
        let Progress { runs, of_runs, calls, edges, corpus, findings } = *progress;
        self.note(seconds, calls);
        let message = format!(
            "{calls} calls, {:.0}/s, {edges} edges, {corpus} kept, {findings} findings",
            calls as f64 / seconds
        );
        if let Some(bar) = &self.bar {
            bar.set_position(runs);
            bar.set_message(message);
        } else if self.told.elapsed() >= INTERVAL {
            self.told = Instant::now();
            let of = of_runs.map_or(String::new(), |of| format!("/{of}"));
            eprintln!("{seconds:.0} s: {runs}{of} runs, {message}");
        }
    }

    fn line(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.println(text),
            None => eprintln!("{text}"),
        }
    }
}
