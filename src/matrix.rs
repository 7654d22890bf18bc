//! The kill matrix: every planted bug, played with the whole catalogue at several seeds.
//!
//! The catalogue must do without the model, which catches nearly everything. It is asked about what the others miss.
//!
//! A cell is a campaign of its own on one thread, so it does not matter which worker plays it; cells are told in the
//! order of the table.

use std::{
    any::Any,
    panic::{self, AssertUnwindSafe},
    sync::{
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread,
};

use serde::Serialize;

use crate::{
    campaign::{self, Control, First, Options},
    corpus::Corpus,
    guidance::Guidance,
    invariants::{self, asks_model},
    mutant::Mutant,
    oracle::Invariant,
    problem::Problem,
    protocol::Protocol,
};

/// Calls of a run: those of a campaign of which nothing is said.
const DEPTH: u32 = 100;

/// Version of the JSON.
const FORMAT: u32 = 1;

/// How a matrix is played.
#[derive(Clone, Debug)]
pub struct Plan<'a> {
    /// The rows.
    pub mutants: Vec<&'a Mutant>,
    /// The columns: seeds from one to this.
    pub seeds: u64,
    /// What is judged.
    pub judged: Judged,
    /// What decides what is tried next.
    pub guidance: Guidance,
    /// Threads.
    pub workers: usize,
}

/// What a mutant is judged by.
#[derive(Clone, Debug)]
pub enum Judged {
    /// By all of these.
    All(Vec<&'static Invariant>),
    /// By the one of these that it breaks, and no other.
    Own(Vec<&'static Invariant>),
}

impl Judged {
    fn of(&self, mutant: &Mutant) -> Vec<&'static Invariant> {
        match self {
            Self::All(all) => all.clone(),
            Self::Own(all) => all.iter().filter(|invariant| invariant.id == mutant.breaks).copied().collect(),
        }
    }
}

/// How to build what a mutant is planted in.
pub type Build<'a> = dyn Fn(&Mutant) -> Result<Box<dyn Protocol>, Problem> + Sync + 'a;

/// A played matrix.
#[derive(Clone, Debug, Serialize)]
pub struct Matrix {
    /// Version of this format.
    pub format: u32,
    /// Campaigns for each mutant.
    pub seeds: u64,
    /// Mutants caught at every seed.
    pub killed: usize,
    /// Mutants that the others miss at some seed, and the model catches there.
    pub model_alone: usize,
    /// Mutants.
    pub mutants: usize,
    /// Middle of all calls to kill.
    pub median_calls: Option<u64>,
    /// Most of all calls to kill.
    pub most_calls: Option<u64>,
    /// By mutant, in the order of the table.
    pub rows: Vec<Row>,
}

/// What came of a mutant.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// Its name.
    pub mutant: String,
    /// What it is planted in.
    pub release: String,
    /// The invariant that it breaks.
    pub invariant: String,
    /// Calls within which it must be caught.
    pub budget: u64,
    /// Whether it was, at every seed.
    pub killed: bool,
    /// Whether the model caught it wherever the others did not.
    pub model_alone: bool,
    /// Middle of its calls to kill, of the seeds at which it was caught.
    pub median_calls: Option<u64>,
    /// By seed.
    pub cells: Vec<Cell>,
}

/// A campaign against a mutant.
#[derive(Clone, Debug, Serialize)]
pub struct Cell {
    /// Its seed.
    pub seed: u64,
    /// Calls up to the first violation, if there was one within the budget.
    pub calls: Option<u64>,
    /// What the first call that violated anything violated.
    pub by: Vec<&'static str>,
    /// If nothing was violated: calls up to the first that the model did not predict.
    pub model_calls: Option<u64>,
}

/// Plays every cell; `on_cell` is told of each as it is done.
pub fn play(plan: &Plan<'_>, build: &Build<'_>, on_cell: &mut dyn FnMut(&str, &Cell)) -> Result<Matrix, Problem> {
    let seeds = usize::try_from(plan.seeds).unwrap_or(usize::MAX);
    let count = plan.mutants.len().saturating_mul(seeds);
    let mut cells: Vec<Option<(String, Cell)>> = vec![None; count];
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        let (results, received) = mpsc::channel();
        for _ in 0..plan.workers.min(count) {
            let (results, next) = (results.clone(), &next);
            scope.spawn(move || {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    if index >= count {
                        break;
                    }
                    let (mutant, seed) = (plan.mutants[index / seeds], (index % seeds) as u64 + 1);
                    let played = panic::catch_unwind(AssertUnwindSafe(|| cell(plan, mutant, seed, build)));
                    // Nobody listens any more when a cell failed.
                    if results.send((index, played)).is_err() {
                        break;
                    }
                }
            });
        }
        drop(results);
        collect(&received, plan, seeds, &mut cells, on_cell)
    })?;
    let cells = cells.into_iter().map(|cell| cell.expect("every cell is played once")).collect();
    Ok(Matrix::of(plan, cells))
}

type Played = Result<Result<(String, Cell), Problem>, Box<dyn Any + Send>>;

fn collect(
    received: &mpsc::Receiver<(usize, Played)>,
    plan: &Plan<'_>,
    seeds: usize,
    cells: &mut [Option<(String, Cell)>],
    on_cell: &mut dyn FnMut(&str, &Cell),
) -> Result<(), Problem> {
    while let Ok((index, played)) = received.recv() {
        let (release, cell) = played.unwrap_or_else(|payload| panic::resume_unwind(payload))?;
        on_cell(&plan.mutants[index / seeds].name, &cell);
        cells[index] = Some((release, cell));
    }
    Ok(())
}

/// A campaign without the model and, if it finds nothing, one for the model alone.
fn cell(plan: &Plan<'_>, mutant: &Mutant, seed: u64, build: &Build<'_>) -> Result<(String, Cell), Problem> {
    let protocol = build(mutant)?;
    let (model, others) = plan.judged.of(mutant).into_iter().partition(|invariant| asks_model(invariant));
    let hunt = Hunt { protocol: protocol.as_ref(), mutant, seed, guidance: plan.guidance };
    let first = hunt.first(others)?;
    let by_model = if first.is_none() { hunt.first(model)? } else { None };
    let (calls, by) = first.map_or((None, Vec::new()), |first| {
        (Some(first.calls), first.invariants.iter().map(|invariant| invariant.id).collect())
    });
    let cell = Cell { seed, calls, by, model_calls: by_model.map(|first| first.calls) };
    Ok((protocol.name().to_owned(), cell))
}

/// A campaign that ends with the first violation, or with the budget.
struct Hunt<'a> {
    protocol: &'a dyn Protocol,
    mutant: &'a Mutant,
    seed: u64,
    guidance: Guidance,
}

impl Hunt<'_> {
    fn first(&self, invariants: Vec<&'static Invariant>) -> Result<Option<First>, Problem> {
        if invariants.is_empty() {
            return Ok(None);
        }
        let Self { protocol, mutant, seed, guidance } = *self;
        let runs = mutant.budget.div_ceil(u64::from(DEPTH)).max(1);
        let options = Options {
            depth: DEPTH,
            guidance,
            invariants,
            shrink_run_limit: 0,
            fail_fast: true,
            ..Options::new(seed, runs)
        };
        let summary = campaign::run(protocol, &options, Corpus::default(), &Control::default(), &mut |_| {})
            .map_err(|problem| problem.at(format_args!("mutant {}", mutant.name)))?;
        Ok(summary.first.filter(|first| first.calls <= mutant.budget))
    }
}

impl Matrix {
    fn of(plan: &Plan<'_>, cells: Vec<(String, Cell)>) -> Self {
        let mut cells = cells.into_iter();
        let rows: Vec<Row> = plan.mutants.iter().map(|mutant| Row::of(mutant, plan.seeds, &mut cells)).collect();
        let all: Vec<u64> = rows.iter().flat_map(Row::calls).collect();
        Self {
            format: FORMAT,
            seeds: plan.seeds,
            killed: rows.iter().filter(|row| row.killed).count(),
            model_alone: rows.iter().filter(|row| row.model_alone).count(),
            mutants: rows.len(),
            median_calls: median(all.clone()),
            most_calls: all.into_iter().max(),
            rows,
        }
    }

    /// Whether every mutant was caught at every seed. What breaks only the model's own invariants need not break others.
    pub fn all_killed(&self) -> bool {
        self.rows.iter().all(|row| row.killed || row.model_alone && row.breaks_model())
    }
}

impl Row {
    fn of(mutant: &Mutant, seeds: u64, cells: &mut impl Iterator<Item = (String, Cell)>) -> Self {
        let mut release = String::new();
        let cells: Vec<Cell> = (0..seeds)
            .filter_map(|_| {
                let (of, cell) = cells.next()?;
                release = of;
                Some(cell)
            })
            .collect();
        let mut row = Self {
            mutant: mutant.name.clone(),
            release,
            invariant: mutant.breaks.clone(),
            budget: mutant.budget,
            killed: cells.iter().all(|cell| cell.calls.is_some()),
            model_alone: false,
            median_calls: None,
            cells,
        };
        row.model_alone =
            !row.killed && row.cells.iter().all(|cell| cell.calls.is_some() || cell.model_calls.is_some());
        row.median_calls = median(row.calls().collect());
        row
    }

    fn calls(&self) -> impl Iterator<Item = u64> + '_ {
        self.cells.iter().filter_map(|cell| cell.calls)
    }

    fn breaks_model(&self) -> bool {
        invariants::find(&self.invariant).is_some_and(asks_model)
    }

    /// Every invariant that killed it at some seed, in the order first seen.
    pub fn killers(&self) -> Vec<&'static str> {
        let mut killers = Vec::new();
        for id in self.cells.iter().flat_map(|cell| &cell.by) {
            if !killers.contains(id) {
                killers.push(*id);
            }
        }
        killers
    }
}

/// The middle; of two, the greater.
fn median(mut numbers: Vec<u64>) -> Option<u64> {
    numbers.sort_unstable();
    numbers.get(numbers.len() / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!(median(vec![]), None);
        assert_eq!(median(vec![7]), Some(7));
        assert_eq!(median(vec![9, 1, 5]), Some(5));
        assert_eq!(median(vec![4, 3]), Some(4));
    }
}
