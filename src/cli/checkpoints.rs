//! Checkpoints of a campaign: where it begins if it is resumed, when they are written, and when nobody needs them.

use std::{
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

use alloy_primitives::B256;

use super::warn;
use crate::{
    campaign::{Control, Ended, Event},
    config::Settings,
    problem::Problem,
    protocol::Protocol,
    report::Output,
};

/// Writes checkpoints of one campaign.
pub(super) struct Keeper<'a> {
    output: &'a Output,
    protocol: &'a dyn Protocol,
    /// Of the campaign.
    digest: B256,
    interval: Duration,
    last: Instant,
    /// Whether one could not be written: that is told once, and the campaign goes on.
    failed: bool,
}

impl<'a> Keeper<'a> {
    pub fn new(output: &'a Output, protocol: &'a dyn Protocol, settings: &Settings, digest: B256) -> Self {
        let interval = Duration::from_secs(settings.checkpoint);
        Self { output, protocol, digest, interval, last: Instant::now(), failed: false }
    }

    /// Takes notice of an event: after an epoch it says whether a checkpoint is due, and writes the one that it gets.
    pub fn on(&mut self, event: &Event, control: &Control) {
        match event {
            Event::Progress(_) if self.last.elapsed() >= self.interval && !self.failed => {
                self.last = Instant::now();
                control.checkpoint_due.store(true, Ordering::Relaxed);
            }
            Event::Checkpoint(checkpoint) => {
                let saved = self.output.save_checkpoint(checkpoint, self.digest, self.protocol);
                if let Err(problem) = saved {
                    warn(&problem.hint("the campaign goes on, and cannot be resumed"));
                    self.failed = true;
                }
            }
            _ => {}
        }
    }

    /// What was found is written: a campaign that is over is not resumed.
    pub fn finish(&self, ended: Ended, shrunk: bool) -> Result<(), Problem> {
        match ended {
            Ended::Completed | Ended::FailedFast if shrunk => self.output.drop_checkpoint(),
            _ if self.failed => Ok(()),
            _ => {
                eprintln!("the campaign can be resumed: the same command with --resume");
                Ok(())
            }
        }
    }
}
