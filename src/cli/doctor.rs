//! `slashproof doctor`.

use std::{
    io::{self, Write, stdout},
    process::ExitCode,
};

use serde_json::{Value, json};

use super::{DoctorArgs, printed};
use crate::{
    artifact::{Artifact, Artifacts},
    config::Given,
    invariants,
    oracle::Invariant,
    problem::Problem,
    protocol::{
        Protocol,
        eigenlayer::{EigenLayer, every_action},
        lacking,
    },
    trial,
};

/// Says what artifacts are, and plays a little on them.
pub(super) fn doctor(arguments: DoctorArgs) -> Result<ExitCode, Problem> {
    let file = Given::from_file(arguments.config.as_deref())?;
    let given = Given { artifacts: arguments.artifacts, release: arguments.release, ..Given::default() };
    let given = Given { world: arguments.world, ..given };
    let settings = given.or(file).settle()?;
    let artifacts = Artifacts::load(&settings.source, settings.release.name)?;
    let protocol = EigenLayer::in_world(artifacts, settings.world)?;
    trial::hold(&protocol)?;
    let told = told(&protocol);
    let mut out = stdout().lock();
    printed(if arguments.json { writeln!(out, "{told:#}") } else { human(&told, &mut out) })?;
    Ok(ExitCode::SUCCESS)
}

fn told(protocol: &EigenLayer) -> Value {
    let artifacts = protocol.artifacts();
    let there: Vec<&str> = protocol.actions().iter().map(|action| action.name).collect();
    let absent: Vec<&str> = every_action(protocol.world()).filter(|name| !there.contains(name)).collect();
    let (judged, not_judged): (Vec<_>, Vec<_>) =
        invariants::all().partition(|invariant| lacking(protocol, invariant).is_empty());
    let reason = |invariant: &&'static Invariant| {
        let lacking: Vec<_> = lacking(protocol, invariant).iter().map(|it| it.text()).collect();
        json!({ "id": invariant.id, "lacks": lacking })
    };
    json!({
        "artifacts": artifacts.origin,
        "release": protocol.release(),
        "world": protocol.world().name,
        "contracts": artifacts.of_itself().map(|contract| row(artifacts, contract)).collect::<Vec<_>>(),
        "pods": if artifacts.has_reporter() { "ours, which take the word of a reporter" } else { "ours, and nobody reports" },
        "actions": there,
        "absent_actions": absent,
        "invariants": judged.len(),
        "not_judged": not_judged.iter().map(reason).collect::<Vec<_>>(),
    })
}

fn row(artifacts: &Artifacts, contract: &Artifact) -> Value {
    let named = |names: &[String]| names.contains(&contract.name);
    json!({
        "name": contract.name,
        "from": if named(&artifacts.borrowed) { "the binary" } else { "the artifacts" },
        "layout": if named(&artifacts.supposed) { "supposed, and confirmed by asking" } else { "told" },
        "bytes": contract.creation.len(),
        "libraries": contract.links.iter().map(|link| link.library.as_str()).collect::<Vec<_>>(),
    })
}

fn human(told: &Value, out: &mut dyn Write) -> io::Result<()> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let names = |value: &Value| list(value).iter().map(text).collect::<Vec<_>>().join(", ");
    writeln!(out, "artifacts   {}", text(&told["artifacts"]))?;
    writeln!(out, "release     {}", text(&told["release"]))?;
    writeln!(out, "world       {}", text(&told["world"]))?;
    for contract in list(&told["contracts"]) {
        let (name, from, layout) = (text(&contract["name"]), text(&contract["from"]), text(&contract["layout"]));
        writeln!(out, "contract    {name}: from {from}, {} bytes, storage layout {layout}", contract["bytes"])?;
    }
    writeln!(out, "pods        {}", text(&told["pods"]))?;
    writeln!(out, "actions     {}", list(&told["actions"]).len())?;
    let absent = names(&told["absent_actions"]);
    writeln!(out, "absent      {}", if absent.is_empty() { "none" } else { &absent })?;
    writeln!(out, "invariants  {} are judged", told["invariants"])?;
    for invariant in list(&told["not_judged"]) {
        writeln!(out, "not judged  {}: lacks {}", text(&invariant["id"]), names(&invariant["lacks"]))?;
    }
    writeln!(out, "it deploys, and what it answers is what its storage says")
}
