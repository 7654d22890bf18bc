//! Plays runs on several threads. A run is a function of its number, so nothing depends on who plays it.

use std::{
    panic,
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    thread,
};

/// How much a judgement may play.
#[derive(Clone, Copy, Debug)]
pub struct Budget<'a> {
    /// Decides everything that is drawn.
    pub seed: u64,
    /// Runs.
    pub runs: u64,
    /// Sequences that making one example smaller may try, more or less.
    pub shrink_run_limit: u64,
    /// Threads.
    pub workers: usize,
    /// Whether there is no more time.
    pub expired: &'a AtomicBool,
}

impl Budget<'_> {
    /// Whether there is no more time.
    pub(super) fn has_expired(&self) -> bool {
        self.expired.load(Ordering::Relaxed)
    }
}

/// Runs between two looks at the clock: what is played is always a beginning of what there is to play.
const RUNS_PER_BLOCK: u64 = 32;

/// Plays all runs, or as many as there is time for; what came of them, in order.
pub(super) fn spread<S, T: Send>(
    budget: &Budget<'_>,
    begin: impl Fn() -> S + Sync,
    play: impl Fn(&mut S, u64) -> T + Sync,
) -> Vec<T> {
    let (next, finished) = (AtomicU64::new(0), AtomicU64::new(budget.runs));
    let worker = || {
        let mut state = begin();
        let mut done = Vec::new();
        loop {
            let block = next.fetch_add(1, Ordering::Relaxed);
            let runs = block * RUNS_PER_BLOCK..((block + 1) * RUNS_PER_BLOCK).min(budget.runs);
            if runs.is_empty() {
                return done;
            }
            if budget.has_expired() {
                finished.fetch_min(runs.start, Ordering::Relaxed);
                return done;
            }
            done.extend(runs.map(|number| (number, play(&mut state, number))));
        }
    };
    let mut all: Vec<(u64, T)> = thread::scope(|scope| {
        let workers: Vec<_> = (0..budget.workers.max(1)).map(|_| scope.spawn(worker)).collect();
        let join = |worker: thread::ScopedJoinHandle<'_, Vec<(u64, T)>>| {
            worker.join().unwrap_or_else(|payload| panic::resume_unwind(payload))
        };
        workers.into_iter().flat_map(join).collect()
    });
    all.sort_unstable_by_key(|(number, _)| *number);
    let finished = finished.into_inner();
    all.into_iter().take_while(|(number, _)| *number < finished).map(|(_, played)| played).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_come_in_order_whoever_plays_them() {
        let expired = AtomicBool::new(false);
        for workers in [1, 3] {
            let budget = Budget { seed: 0, runs: 100, shrink_run_limit: 0, workers, expired: &expired };
            assert_eq!(spread(&budget, || (), |(), number| number), (0..100).collect::<Vec<_>>());
        }
    }

    #[test]
    fn without_time_what_was_played_is_a_beginning() {
        let expired = AtomicBool::new(false);
        let budget = Budget { seed: 0, runs: 1_000, shrink_run_limit: 0, workers: 2, expired: &expired };
        let done = spread(
            &budget,
            || (),
            |(), number| {
                expired.fetch_or(number == 100, Ordering::Relaxed);
                number
            },
        );
        assert!(!done.is_empty() && done.len() < 1_000);
        assert_eq!(done, (0..done.len() as u64).collect::<Vec<_>>());
    }
}
