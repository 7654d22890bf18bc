//! Where a run went: what of it is new, and what is rare.

use crate::coverage::{CoverageMap, Signal, Visited};

/// What one run knows of where it went. Kept between runs for their memory.
#[derive(Debug, Default)]
pub(super) struct Trails {
    pub edges: Steps,
    pub states: Steps,
}

impl Trails {
    /// A run begins.
    pub fn begin(&mut self) {
        for steps in [&mut self.edges, &mut self.states] {
            steps.places.begin();
            steps.signals.begin();
        }
    }
}

/// Of one kind: the places, and the signals.
#[derive(Debug, Default)]
pub(super) struct Steps {
    places: Visited,
    signals: Visited,
}

/// What is written down of it.
pub(super) struct Trail<'a> {
    /// Signals that nobody saw before the epoch.
    pub novel: &'a mut Vec<Signal>,
    /// Places where few went before the epoch.
    pub rare: &'a mut Vec<u32>,
}

impl Steps {
    /// Follows a call to where it went. Each signal and each place is written down once for a run.
    pub fn follow(&mut self, known: &CoverageMap, signals: impl Iterator<Item = Signal>, trail: &mut Trail<'_>) {
        // Most is old after a few epochs.
        for signal in signals.filter(|signal| !known.is_old(*signal)) {
            if known.is_novel(signal) && self.signals.is_first(signal.key()) {
                trail.novel.push(signal);
            }
            if !known.is_common(signal.place) && self.places.is_first(signal.place) {
                trail.rare.push(signal.place);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_tells_what_is_new_once() {
        let (mut trails, mut known) = (Trails::default(), CoverageMap::default());
        known.merge(&[Signal::new(1, 1)]);
        let (mut novel, mut rare) = (Vec::new(), Vec::new());
        trails.begin();
        for hits in [1, 1, 2] {
            let signals = [Signal::new(1, hits), Signal::new(2, 1)];
            trails.edges.follow(&known, signals.into_iter(), &mut Trail { novel: &mut novel, rare: &mut rare });
        }
        assert_eq!(novel, [Signal::new(2, 1), Signal::new(1, 2)]);
        assert_eq!(rare, [1, 2]);
    }
}
