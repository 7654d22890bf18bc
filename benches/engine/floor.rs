//! The floor: the calls of a guided campaign, replayed on an EVM with nothing around it. What a campaign keeps of that
//! rate is what drawing, encoding, coverage, the ledger, invariants and guidance leave.

use std::collections::BTreeMap;

use serde_json::json;
use slashproof::{
    campaign::{self, Control, Options},
    corpus::Corpus,
    evm::World,
    invariants,
    problem::Problem,
    protocol::{Protocol, eigenlayer::EigenLayer},
};

use crate::{
    campaign,
    measure::{median, timed},
    save, setting,
    tape::{self, Entry, Played, Taped},
    without_model,
};

/// Runs of the campaign that is replayed.
const RUNS: u64 = 600;

/// Times that each way of playing is measured, in turns.
const ROUNDS: u64 = 5;

const SEED: u64 = 1;

/// Measures what a campaign keeps of the rate of the EVM alone.
pub fn measure() -> Result<(), Problem> {
    let protocol = EigenLayer::new(slashproof::artifact::Artifacts::bundled())?;
    let runs = setting("ENGINE_FLOOR_RUNS", RUNS);
    let off = campaign(SEED, runs, without_model());
    let on = campaign(SEED, runs, invariants::all().collect());
    let entries = recorded(&protocol, &off)?;
    let mut raw = tape::deployed(&protocol, World::unobserved)?;
    let mut observed = tape::deployed(&protocol, World::new)?;
    let gas = tape::gas(&mut raw, &entries);
    let expected = tape::play(&mut raw, &entries);
    // What is subtracted: deployments, and the threads.
    let (start, ()) = timed(|| play(&protocol, &Options { runs: Some(1), depth: 1, ..off.clone() }));

    let mut seconds: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for _ in 0..setting("ENGINE_ROUNDS", ROUNDS) {
        let mut note = |mode, cpu: f64| seconds.entry(mode).or_default().push(cpu);
        note("raw", replayed(&mut raw, &entries, expected));
        note("campaign, model off", timed(|| play(&protocol, &off)).0 - start);
        note("raw with coverage", replayed(&mut observed, &entries, expected));
        note("campaign, model on", timed(|| play(&protocol, &on)).0 - start);
    }
    let calls = expected.calls as f64;
    let rate = |mode: &str| calls / median(&seconds[mode]);
    println!("{calls} calls of {runs} runs, exits included; {:.0} gas each", gas as f64 / calls);
    let mut figures = BTreeMap::from([
        ("floor_share".to_owned(), json!(rate("campaign, model off") / rate("raw"))),
        ("floor_share_with_model".to_owned(), json!(rate("campaign, model on") / rate("raw"))),
        ("gas_per_call".to_owned(), json!(gas as f64 / calls)),
    ]);
    for mode in seconds.keys() {
        let (rate, share) = (rate(mode), rate(mode) / rate("raw"));
        println!(
            "{mode:20} {rate:9.0} calls/CPU s  {:6.0} Mgas/CPU s  {:5.1} %",
            rate * gas as f64 / calls / 1e6,
            100.0 * share
        );
        figures.insert(format!("calls per CPU second, {mode}"), json!(rate));
    }
    save("floor", &figures)
}

fn play(protocol: &dyn Protocol, options: &Options) {
    let summary = campaign::run(protocol, options, Corpus::default(), &Control::default(), &mut |_| {});
    let summary = summary.expect("it deploys");
    assert!(summary.violations.is_empty(), "the bundled release holds");
}

/// All that a campaign sends.
fn recorded(protocol: &EigenLayer, options: &Options) -> Result<Vec<Entry>, Problem> {
    let taped = Taped::new(protocol);
    campaign::run(&taped, options, Corpus::default(), &Control::default(), &mut |_| {})?;
    Ok(taped.into_entries())
}

/// CPU seconds of a replay, which must end as `expected`.
fn replayed(world: &mut World, entries: &[Entry], expected: Played) -> f64 {
    let (seconds, played) = timed(|| tape::play(world, entries));
    assert_eq!(played, expected, "a replay is what was played");
    seconds
}
