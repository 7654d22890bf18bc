//! Two workers against one, by the clock, and two processes of one worker each: what the machine gives at most.

use std::{collections::BTreeMap, process::Command, time::Instant};

use serde_json::json;
use slashproof::{
    artifact::Artifacts,
    campaign::{self, Control, Options},
    corpus::Corpus,
    problem::Problem,
    protocol::eigenlayer::EigenLayer,
};

use crate::{campaign, measure::median, save, setting, without_model};

/// Runs of one campaign.
const RUNS: u64 = 4_000;

const ROUNDS: u64 = 3;

/// Measures how much faster two workers are than one.
pub fn measure() -> Result<(), Problem> {
    let mut rates: [Vec<f64>; 3] = Default::default();
    for _ in 0..setting("ENGINE_ROUNDS", ROUNDS) {
        rates[0].push(rate(1)?);
        rates[1].push(rate(2)?);
        rates[2].push(of_two_processes()?);
    }
    let [one, two, apart] = rates.map(|rates| median(&rates));
    println!("1 worker {one:.0} calls/s, 2 workers {two:.0}, 2 processes {apart:.0}");
    save(
        "workers",
        &BTreeMap::from([
            ("workers_2_ratio".to_owned(), json!(two / one)),
            ("workers_2_ceiling".to_owned(), json!(apart / one)),
        ]),
    )
}

/// Calls per second of one campaign, its deployment included.
fn rate(workers: usize) -> Result<f64, Problem> {
    let protocol = EigenLayer::new(Artifacts::bundled())?;
    let options = Options { workers, ..campaign(1, setting("ENGINE_WORKER_RUNS", RUNS), without_model()) };
    let begun = Instant::now();
    let summary = campaign::run(&protocol, &options, Corpus::default(), &Control::default(), &mut |_| {})?;
    Ok(summary.calls as f64 / begun.elapsed().as_secs_f64())
}

/// The same in a process of its own, which tells its rate.
pub fn play_one() -> Result<(), Problem> {
    println!("{}", rate(1)?);
    Ok(())
}

/// Calls per second of two processes at once, together.
fn of_two_processes() -> Result<f64, Problem> {
    let failed = |error: std::io::Error| Problem::new(format!("the benchmark does not start itself: {error}"));
    let this = std::env::current_exe().map_err(failed)?;
    let start = || Command::new(&this).arg("one").stdout(std::process::Stdio::piped()).spawn().map_err(failed);
    let both = [start()?, start()?];
    let mut sum = 0.0;
    for process in both {
        let told = process.wait_with_output().map_err(failed)?.stdout;
        let told = String::from_utf8_lossy(&told);
        sum += told.trim().parse::<f64>().map_err(|error| Problem::new(format!("it told {told:?}: {error}")))?;
    }
    Ok(sum)
}
