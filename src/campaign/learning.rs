//! What a campaign makes of its runs: what is kept, how much it weighs, and what is neglected.

use super::{ActionCount, Campaign, Played};
use crate::{
    call::ActionId,
    corpus::{Entry, Goals},
    coverage::Signal,
    limits,
    protocol::Expects,
};

impl Campaign<'_> {
    /// Keeps what a run went to first.
    pub(super) fn learn(&mut self, played: &Played) {
        self.edges.count_run(&played.rare_edges);
        self.states.count_run(&played.rare_states);
        let new = self.edges.merge(&played.edges) + self.states.merge(&played.states);
        if new == 0 {
            return;
        }
        let places = |signals: &[Signal]| signals.iter().map(|signal| signal.place).collect();
        let goals = Goals { edges: places(&played.edges), states: places(&played.states) };
        if played.is_replay {
            return self.corpus.credit(played.number, goals);
        }
        let mut entry = Entry::new(self.protocol, played.sequence[..played.useful].to_vec());
        entry.goals = goals;
        if self.corpus.add(entry) && self.corpus.entries().len() > self.options.corpus_size {
            self.drop_commonest();
        }
    }

    /// Drops the sequence that goes where most others go; of equal ones the oldest.
    fn drop_commonest(&mut self) {
        let weights = self.weights();
        let (_, earlier) = weights.split_last().expect("there is one too many");
        if let Some((index, _)) = earlier.iter().enumerate().min_by_key(|(_, weight)| **weight) {
            self.corpus.remove(index);
        }
    }

    /// Actions that never succeeded, and probes that were never refused. In the first epoch that says nothing.
    pub(super) fn neglected(&self) -> Vec<ActionId> {
        if !self.options.guidance.keeps() || self.runs == 0 {
            return Vec::new();
        }
        let counted = (0..).map(ActionId).zip(self.protocol.actions().iter().zip(&self.actions));
        let lacking = counted.filter(|(_, (info, count))| match info.expects {
            Expects::Success => count.succeeded == 0,
            Expects::Revert => count.reverted == 0,
        });
        lacking.map(|(action, _)| action).collect()
    }

    /// Actions that few calls are of because they seldom have something to do, and how many times as often they are to
    /// be drawn. A draw that finds nothing to do costs no call.
    pub(super) fn scarce(&self) -> Vec<(ActionId, u32)> {
        if !self.options.guidance.keeps() {
            return Vec::new();
        }
        let calls = |count: &ActionCount| count.succeeded + count.reverted;
        let all: u64 = self.actions.iter().map(calls).sum();
        let times = |count: &ActionCount| (1 + count.discarded / calls(count).max(1)).min(limits::INSISTENCE);
        let few = |count: &ActionCount| calls(count) < all / limits::SCARCE;
        let counted = (0..).map(ActionId).zip(&self.actions).filter(|(_, count)| few(count));
        let scarce = counted.map(|(action, count)| (action, u32::try_from(times(count)).expect("it is limited")));
        scarce.filter(|(_, times)| *times > 1).collect()
    }

    /// By entry of the corpus: how seldom it is gone where it went first.
    pub(super) fn weights(&self) -> Vec<u32> {
        let weight = |goals: &Goals| {
            let edges = goals.edges.iter().map(|edge| self.edges.rarity(*edge));
            let states = goals.states.iter().map(|state| self.states.rarity(*state));
            u32::from(edges.chain(states).max().unwrap_or(1))
        };
        self.corpus.entries().iter().map(|entry| weight(&entry.goals)).collect()
    }
}
