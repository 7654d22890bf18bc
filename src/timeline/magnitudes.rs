//! Where an operator's magnitude is in one strategy, over time: with each set, on its way, free, slashed.

use std::collections::BTreeSet;

use alloy_primitives::U256;

use crate::{
    arithmetic::WAD,
    book::Book,
    ledger::{Allocation, Ledger},
};

/// The magnitude of an operator in a strategy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Track {
    /// Whose.
    pub operator: String,
    /// Where.
    pub strategy: String,
    /// The sets that are given some of it, in order.
    pub sets: Vec<String>,
    /// In order of time; each counts until the next.
    pub samples: Vec<Sample>,
}

/// Magnitudes from a moment on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// How many calls were played.
    pub calls: usize,
    /// From which block on.
    pub block: u64,
    /// What there is.
    pub magnitudes: Magnitudes,
}

/// How a magnitude is divided. Their sum is WAD, unless the contracts are wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Magnitudes {
    /// By set of the track.
    pub sets: Vec<SetMagnitude>,
    /// Allocated to nobody.
    pub free: u64,
    /// Gone for ever.
    pub slashed: u64,
}

/// What a set has of a magnitude.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SetMagnitude {
    /// Slashable, and it stays so.
    pub allocated: u64,
    /// Slashable, and on its way back to the operator.
    pub leaving: u64,
    /// On its way to the set, and not slashable.
    pub coming: u64,
}

impl From<Allocation> for SetMagnitude {
    fn from(Allocation { current, pending, .. }: Allocation) -> Self {
        let size = u64::try_from(pending.unsigned_abs()).unwrap_or(u64::MAX);
        if pending < 0 {
            let leaving = size.min(current);
            return Self { allocated: current - leaving, leaving, coming: 0 };
        }
        Self { allocated: current, leaving: 0, coming: size }
    }
}

impl SetMagnitude {
    /// All that is not free on account of the set.
    pub fn total(self) -> u64 {
        self.allocated.saturating_add(self.leaving).saturating_add(self.coming)
    }
}

/// The tracks of those whose magnitude moved. `ledgers` are before the first call and after each, `blocks` those of the
/// calls.
pub(super) fn tracks(ledgers: &[Ledger], blocks: &[u64], book: &Book) -> Vec<Track> {
    let Some(first) = ledgers.first() else { return Vec::new() };
    let pairs = (0..first.operators.len()).flat_map(|o| (0..first.strategies.len()).map(move |s| (o, s)));
    pairs.filter(|at| moves(ledgers, *at)).map(|at| track(ledgers, blocks, at, book)).collect()
}

fn moves(ledgers: &[Ledger], (o, s): (usize, usize)) -> bool {
    ledgers.windows(2).any(|pair| {
        let [was, is] = [&pair[0].operators[o], &pair[1].operators[o]];
        let allocated = was.allocations.iter().zip(&is.allocations).any(|(was, is)| was[s] != is[s]);
        allocated || was.stakes[s].max_magnitudes != is.stakes[s].max_magnitudes
    })
}

fn track(ledgers: &[Ledger], blocks: &[u64], at: (usize, usize), book: &Book) -> Track {
    let (o, s) = at;
    let is_given = |set: &usize| {
        ledgers.iter().any(|ledger| {
            let Allocation { current, pending, .. } = ledger.operators[o].allocations[*set][s];
            current != 0 || pending != 0
        })
    };
    let first = &ledgers[0];
    let sets: Vec<usize> = (0..first.sets.len()).filter(is_given).collect();
    let mut samples = Vec::new();
    for (calls, ledger) in ledgers.iter().enumerate() {
        let begins = calls.checked_sub(1).map_or(ledger.block, |last| blocks[last]);
        let ends = blocks.get(calls).copied().unwrap_or(begins);
        for block in moments(ledger, at, begins, ends) {
            samples.push(Sample { calls, block, magnitudes: magnitudes(ledger, at, &sets, block) });
        }
    }
    let name = |set: &usize| {
        let id = first.sets[*set].id;
        format!("set {} of {}", id.id, book.name(id.avs))
    };
    Track {
        operator: book.name(first.operators[o].address),
        strategy: book.name(first.strategies[s].address),
        sets: sets.iter().map(name).collect(),
        samples,
    }
}

/// The blocks at which something begins to count: `begins`, and where a change takes effect until `ends`.
fn moments(ledger: &Ledger, (o, s): (usize, usize), begins: u64, ends: u64) -> BTreeSet<u64> {
    let allocations = ledger.operators[o].allocations.iter().map(|by_strategy| by_strategy[s]);
    let effects = allocations.filter(|allocation| allocation.pending != 0).map(|at| u64::from(at.effect_block));
    effects.filter(|block| (begins..=ends).contains(block)).chain([begins]).collect()
}

fn magnitudes(ledger: &Ledger, (o, s): (usize, usize), sets: &[usize], block: u64) -> Magnitudes {
    let operator = &ledger.operators[o];
    let most = operator.stakes[s].max_magnitude();
    let settled = |set: &usize| SetMagnitude::from(operator.allocations[*set][s].settled(block));
    let sets: Vec<SetMagnitude> = sets.iter().map(settled).collect();
    let given = sets.iter().map(|set| set.total()).fold(0, u64::saturating_add);
    Magnitudes { sets, free: most.saturating_sub(given), slashed: WAD.saturating_sub(most) }
}

impl Magnitudes {
    /// All of it.
    pub fn total(&self) -> U256 {
        let sets = self.sets.iter().flat_map(|set| [set.allocated, set.leaving, set.coming]);
        sets.chain([self.free, self.slashed]).map(U256::from).fold(U256::ZERO, U256::saturating_add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_allocation_is_what_stays_what_leaves_and_what_comes() {
        let at = |current, pending| SetMagnitude::from(Allocation { current, pending, effect_block: 9 });
        assert_eq!(at(7, 0), SetMagnitude { allocated: 7, ..SetMagnitude::default() });
        assert_eq!(at(7, -3), SetMagnitude { allocated: 4, leaving: 3, coming: 0 });
        assert_eq!(at(7, 3), SetMagnitude { allocated: 7, leaving: 0, coming: 3 });
        assert_eq!(at(7, -9), SetMagnitude { allocated: 0, leaving: 7, coming: 0 }, "more cannot leave than there is");
        assert_eq!(at(7, -3).total(), 7, "what leaves is not free yet");
    }
}
