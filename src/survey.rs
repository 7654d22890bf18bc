//! What sequences reach, each played by itself from the deployment: what a corpus is worth, and which of it is enough.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    corpus::{Corpus, Entry},
    coverage::{self, Signal},
    executor::Executor,
    novelty,
};

/// What one sequence reaches.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reached {
    /// Edges, each with about how often one call took it.
    pub edges: BTreeSet<Signal>,
    /// Kinds of states of the ledger.
    pub states: BTreeSet<u32>,
    /// Calls whose changes stayed.
    pub succeeded: usize,
    /// Calls that reverted or halted.
    pub failed: usize,
    /// Calls that name what is not there.
    pub missing: usize,
}

/// Something that is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Goal {
    Edge(Signal),
    State(u32),
}

impl Reached {
    fn goals(&self) -> impl Iterator<Item = Goal> {
        let edges = self.edges.iter().copied().map(Goal::Edge);
        edges.chain(self.states.iter().copied().map(Goal::State))
    }
}

/// Plays every sequence; what each reaches, in the order of the corpus.
pub fn survey(executor: &mut Executor<'_>, corpus: &Corpus) -> Vec<Reached> {
    executor.ask_for([]);
    corpus.entries().iter().map(|entry| reached(executor, entry)).collect()
}

fn reached(executor: &mut Executor<'_>, entry: &Entry) -> Reached {
    let mut reached = Reached::default();
    executor.reset();
    for call in &entry.calls {
        executor.world_mut().edges_mut().clear();
        match executor.play(call) {
            None => {
                reached.missing += 1;
                continue;
            }
            Some(outcome) if outcome.is_success() => {
                reached.succeeded += 1;
                reached.states.extend(novelty::states(executor.ledger(), executor.touched()));
            }
            Some(_) => reached.failed += 1,
        }
        reached.edges.extend(coverage::signals(executor.world().edges()));
    }
    reached
}

/// The entries that are enough to reach all that all of them reach, in the order of the corpus. Rather short ones; nothing
/// but their content decides.
pub fn enough(corpus: &Corpus, reached: &[Reached]) -> Vec<usize> {
    let entries = corpus.entries();
    let cost = |index: &usize| (entries[*index].calls.len(), entries[*index].file_name());
    let mut by_goal: BTreeMap<Goal, Vec<usize>> = BTreeMap::new();
    for (index, reached) in reached.iter().enumerate() {
        for goal in reached.goals() {
            by_goal.entry(goal).or_default().push(index);
        }
    }
    // What few reach first: who reaches it reaches much of the rest as well.
    let mut rare: Vec<(usize, Goal)> = by_goal.iter().map(|(goal, by)| (by.len(), *goal)).collect();
    rare.sort_unstable();
    let (mut chosen, mut covered) = (BTreeSet::new(), BTreeSet::new());
    for (_, goal) in rare {
        if covered.contains(&goal) {
            continue;
        }
        let cheapest = by_goal[&goal].iter().copied().min_by_key(cost).expect("somebody reaches it");
        chosen.insert(cheapest);
        covered.extend(reached[cheapest].goals());
    }
    without_redundant(chosen, reached, cost)
}

/// Drops what others reach as well, the most expensive first.
fn without_redundant<C: Ord>(
    mut chosen: BTreeSet<usize>,
    reached: &[Reached],
    cost: impl Fn(&usize) -> C,
) -> Vec<usize> {
    let mut times: BTreeMap<Goal, usize> = BTreeMap::new();
    for goal in chosen.iter().flat_map(|index| reached[*index].goals()) {
        *times.entry(goal).or_default() += 1;
    }
    let mut dearest: Vec<usize> = chosen.iter().copied().collect();
    dearest.sort_by_key(|index| std::cmp::Reverse(cost(index)));
    for index in dearest {
        if reached[index].goals().all(|goal| times[&goal] > 1) {
            chosen.remove(&index);
            reached[index].goals().for_each(|goal| *times.get_mut(&goal).expect("it was counted") -= 1);
        }
    }
    chosen.into_iter().collect()
}
