//! What a campaign has seen: places that sequences went to, and about how often a call went there.

use crate::evm::{Edge, EdgeMap};

/// Runs that went somewhere, above which a place is common and no longer counted.
const COMMON: u16 = 256;

/// The bit that marks a common place.
const IS_COMMON: u8 = 1 << 7;

/// By number of hits: its bucket, as one bit.
const BUCKETS: [u8; 256] = {
    let mut buckets = [1 << 6; 256];
    let mut hits = 0;
    while hits < 32 {
        buckets[hits] = 1
            << match hits {
                0..=1 => 0,
                2 => 1,
                3 => 2,
                4..=7 => 3,
                8..=15 => 4,
                _ => 5,
            };
        hits += 1;
    }
    buckets
};

/// Somewhere a call went, and about how often.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Signal {
    /// Where: an edge of the code, or a state of the ledger.
    pub place: u32,
    /// How often, as one bit: once, twice, three times, up to 7, up to 15, up to 31, more.
    bucket: u8,
}

impl Signal {
    /// `place`, `hits` times in one call. Never no times.
    #[inline]
    pub fn new(place: u32, hits: u8) -> Self {
        Self { place, bucket: BUCKETS[usize::from(hits)] }
    }

    /// A number of its own.
    pub fn key(self) -> u32 {
        self.place * u8::BITS + self.bucket.trailing_zeros()
    }
}

/// A set of signals, and how many runs went to the places of them that are rare.
#[derive(Clone, Debug, Default)]
pub struct CoverageMap {
    /// By place: a bit for each bucket, and one for the common.
    seen: Vec<u8>,
    /// By place: runs that went there, until it is common.
    runs: Vec<u16>,
    places: usize,
}

impl CoverageMap {
    /// Whether `signal` was never seen.
    pub fn is_novel(&self, signal: Signal) -> bool {
        self.at(signal.place) & signal.bucket == 0
    }

    /// Whether so many runs went to `place` that nobody counts them any more.
    pub fn is_common(&self, place: u32) -> bool {
        self.at(place) & IS_COMMON != 0
    }

    /// Whether there is nothing to tell of `signal`: it was seen, and its place is common.
    #[inline]
    pub fn is_old(&self, signal: Signal) -> bool {
        let old = signal.bucket | IS_COMMON;
        self.at(signal.place) & old == old
    }

    #[inline]
    fn at(&self, place: u32) -> u8 {
        self.seen.get(place as usize).copied().unwrap_or(0)
    }

    /// Adds signals; tells how many were new.
    pub fn merge(&mut self, signals: &[Signal]) -> usize {
        let mut new = 0;
        for signal in signals {
            let seen = self.entry(signal.place);
            let known = *seen & !IS_COMMON;
            new += usize::from(known & signal.bucket == 0);
            *seen |= signal.bucket;
            self.places += usize::from(known == 0);
        }
        new
    }

    /// Counts a run that went to `places`, each named once.
    pub fn count_run(&mut self, places: &[u32]) {
        for place in places {
            self.entry(*place);
            let index = *place as usize;
            if index >= self.runs.len() {
                self.runs.resize(self.seen.len(), 0);
            }
            let runs = &mut self.runs[index];
            *runs = (*runs + 1).min(COMMON);
            if *runs == COMMON {
                self.seen[index] |= IS_COMMON;
            }
        }
    }

    fn entry(&mut self, place: u32) -> &mut u8 {
        let index = place as usize;
        if index >= self.seen.len() {
            self.seen.resize(index + 1, 0);
        }
        &mut self.seen[index]
    }

    /// How seldom runs go to `place`: [`COMMON`] for never, 1 for all the time.
    pub fn rarity(&self, place: u32) -> u16 {
        let runs = self.runs.get(place as usize).copied().unwrap_or(0);
        COMMON / runs.clamp(1, COMMON)
    }

    /// All that it holds: of each place that runs went to, its bits and its runs.
    pub fn places(&self) -> Vec<(u32, u8, u16)> {
        let runs = |index: usize| self.runs.get(index).copied().unwrap_or(0);
        let all = (0u32..).zip(&self.seen).enumerate().map(|(index, (place, seen))| (place, *seen, runs(index)));
        all.filter(|(_, seen, runs)| *seen != 0 || *runs != 0).collect()
    }

    /// The map that holds `places`, of which the last must be less than `end`.
    pub fn of_places(places: &[(u32, u8, u16)], end: u32) -> Option<Self> {
        let mut map = Self::default();
        for (place, seen, runs) in places {
            if *place >= end {
                return None;
            }
            *map.entry(*place) = *seen;
            map.runs.resize(map.seen.len(), 0);
            map.runs[*place as usize] = *runs;
            map.places += usize::from(seen & !IS_COMMON != 0);
        }
        Some(map)
    }

    /// How many places were seen.
    pub fn count(&self) -> usize {
        self.places
    }
}

/// The places that one run went to, so that it counts once for each. Kept between runs: it never has to be cleared.
#[derive(Debug, Default)]
pub struct Visited {
    /// By place: the last run that went there.
    last: Vec<u32>,
    run: u32,
}

impl Visited {
    /// A run begins.
    pub fn begin(&mut self) {
        self.run = self.run.wrapping_add(1);
        if self.run == 0 {
            self.last.clear();
            self.run = 1;
        }
    }

    /// Whether this is the first time that the run goes to `place`.
    pub fn is_first(&mut self, place: u32) -> bool {
        let index = place as usize;
        if index >= self.last.len() {
            self.last.resize(index + 1, 0);
        }
        std::mem::replace(&mut self.last[index], self.run) != self.run
    }
}

/// The signals of the edges that were taken since they were last cleared.
pub fn signals(edges: &EdgeMap) -> impl Iterator<Item = Signal> {
    edges.taken().iter().map(|edge: &Edge| Signal::new(*edge, edges.hits(*edge)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_signals() -> impl Strategy<Value = Vec<Signal>> {
        let signal = (0..50u32, 1..=255u8).prop_map(|(place, hits)| Signal::new(place, hits));
        proptest::collection::vec(signal, 0..40)
    }

    fn merged(parts: &[&[Signal]]) -> (Vec<u8>, usize) {
        let mut map = CoverageMap::default();
        for part in parts {
            map.merge(part);
        }
        // Capacity is not part of what was seen.
        map.seen.resize(50, 0);
        (map.seen, map.places)
    }

    proptest! {
        #[test]
        fn merging_has_no_order_and_no_repetition(a in any_signals(), b in any_signals()) {
            prop_assert_eq!(merged(&[&a, &b]), merged(&[&b, &a]));
            prop_assert_eq!(merged(&[&a, &b]), merged(&[&a, &b, &a]));
        }

        #[test]
        fn merging_only_adds(a in any_signals(), b in any_signals()) {
            let mut map = CoverageMap::default();
            map.merge(&a);
            let before = map.count();
            let mut new: Vec<Signal> = b.iter().copied().filter(|signal| map.is_novel(*signal)).collect();
            new.sort_unstable();
            new.dedup();
            prop_assert_eq!(map.merge(&b), new.len());
            prop_assert!(map.count() >= before);
            prop_assert!(a.iter().chain(&b).all(|signal| !map.is_novel(*signal)));
        }

        #[test]
        fn the_more_runs_go_somewhere_the_less_rare_it_is(runs in 0..600u16) {
            let mut map = CoverageMap::default();
            let mut last = map.rarity(7);
            for run in 1..=runs {
                map.count_run(&[7]);
                prop_assert!(map.rarity(7) <= last);
                prop_assert_eq!(map.is_common(7), run >= COMMON);
                last = map.rarity(7);
            }
            prop_assert!(map.is_novel(Signal::new(7, 1)), "counting is not seeing");
            prop_assert_eq!(map.count(), 0);
        }
    }

    #[test]
    fn a_map_is_made_of_its_places() {
        let mut map = CoverageMap::default();
        map.merge(&[Signal::new(3, 1), Signal::new(3, 9), Signal::new(8, 1)]);
        (0..COMMON).for_each(|_| map.count_run(&[3]));
        map.count_run(&[5]);
        let again = CoverageMap::of_places(&map.places(), 9).expect("all are below 9");
        assert_eq!(again.places(), map.places());
        assert_eq!(again.count(), 2);
        assert!(again.is_common(3) && !again.is_novel(Signal::new(3, 9)) && again.is_novel(Signal::new(3, 2)));
        assert!(CoverageMap::of_places(&map.places(), 8).is_none());
    }

    #[test]
    fn a_run_visits_a_place_once() {
        let mut visited = Visited::default();
        for _ in 0..2 {
            visited.begin();
            assert!(visited.is_first(3));
            assert!(!visited.is_first(3));
        }
        visited.run = u32::MAX;
        visited.begin();
        assert!(visited.is_first(3));
    }
}
