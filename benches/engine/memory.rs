//! Resident memory over a long campaign: by how much it grows from one million calls to ten.

use std::collections::BTreeMap;

use serde_json::json;
use slashproof::{
    artifact::Artifacts,
    campaign::{self, Control, Event, Options},
    corpus::Corpus,
    problem::Problem,
    protocol::eigenlayer::EigenLayer,
};

use crate::{campaign, measure::resident_kib, save, setting, without_model};

/// Calls of the campaign.
const CALLS: u64 = 10_000_000;

/// Plays a long campaign and looks at its memory.
pub fn measure() -> Result<(), Problem> {
    let calls = setting("ENGINE_MEMORY_CALLS", CALLS);
    let protocol = EigenLayer::new(Artifacts::bundled())?;
    let options = Options { runs: None, workers: 2, ..campaign(1, 1, without_model()) };
    let control = Control::default();
    let expired = control.expired.clone();
    // Calls and KiB, at every tenth.
    let mut samples: Vec<(u64, u64)> = Vec::new();
    campaign::run(&protocol, &options, Corpus::default(), &control, &mut |event| {
        let Event::Progress(progress) = event else { return };
        if progress.calls >= calls / 10 * (samples.len() as u64 + 1) {
            samples.push((progress.calls, resident_kib()));
        }
        expired.store(progress.calls >= calls, std::sync::atomic::Ordering::Relaxed);
    })?;
    for (calls, kib) in &samples {
        println!("{calls:>9} calls {kib:>8} KiB");
    }
    let kib = |sample: Option<&(u64, u64)>| sample.map_or(f64::NAN, |(_, kib)| *kib as f64);
    let growth = kib(samples.last()) / kib(samples.first()) - 1.0;
    save(
        "memory",
        &BTreeMap::from([
            ("memory_growth".to_owned(), json!(growth)),
            ("memory_calls".to_owned(), json!(calls)),
            ("memory_kib".to_owned(), json!(samples)),
        ]),
    )
}
