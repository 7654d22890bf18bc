//! Invariants of one's own in Rust: a crate that depends on slashproof, declares a family, and plays a campaign that judges
//! it beside the catalogue.
//!
//! `cargo run --release --example own-invariants-rust` plays the bundled release; with the name of a mutant behind it, the
//! release with that bug.

use std::{env, fs, io, path::Path, process::ExitCode};

use slashproof::{
    artifact::{Artifacts, Source},
    campaign::{self, Control, Options},
    corpus::Corpus,
    executor::Executor,
    finding::{Finding, Provenance},
    foundry, invariants, must, mutant,
    oracle::{Checkpoint, Family, Invariant, Scope, Verdict},
    problem::Problem,
    protocol::eigenlayer::EigenLayer,
    report::{Report, format},
    timeline::{Evidence, Timeline},
    worlds,
};

/// An invariant is a value: what holds, and a function that sees one call with the ledger before and after.
const ENCUMBERED: Invariant = Invariant {
    id: "MINE-01",
    statement: "What an operator allocated to one set, it has encumbered.",
    formula: "cur(o,e,t) <= enc(o,t)",
    why: "Stake that is not encumbered can be allocated again, to somebody else.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::OPERATORS,
    check: |step| {
        let mut exercised = false;
        for (index, operator) in step.after.operators.iter().enumerate() {
            for (set, allocations) in step.after.sets.iter().zip(&operator.allocations) {
                for (at, allocation) in allocations.iter().enumerate().filter(|(_, it)| it.current > 0) {
                    exercised = true;
                    let encumbered = step.after.operators[index].stakes[at].encumbered;
                    must!(
                        allocation.current <= encumbered,
                        "{} allocated {} to set {} of {}, and has {encumbered} encumbered",
                        step.name(operator.address),
                        allocation.current,
                        set.id.id,
                        step.name(set.id.avs),
                    );
                }
            }
        }
        Verdict::holds_if(exercised)
    },
};

/// Invariants with a theme. A family is what others import from here.
const FAMILY: Family =
    Family { key: "MINE", title: "stake, as I see it", assumes: "Nothing.", invariants: &[&ENCUMBERED] };

fn main() -> ExitCode {
    let named = env::args().nth(1);
    play(named.as_deref()).unwrap_or_else(|problem| {
        eprintln!("error: {problem}");
        ExitCode::from(2)
    })
}

fn play(planted: Option<&str>) -> Result<ExitCode, Problem> {
    let (source, artifacts) = match planted {
        Some(name) => (Source::Mutant(name.to_owned()), Artifacts::mutant(name)?),
        None => (Source::Bundled, Artifacts::bundled()),
    };
    let world = planted.and_then(mutant::find).map_or(Ok(&worlds::STANDARD), |mutant| worlds::find(&mutant.world))?;
    let protocol = EigenLayer::in_world(artifacts, world)?;
    let judged = invariants::all().chain(FAMILY.invariants.iter().copied());
    let options = Options { invariants: judged.collect(), fail_fast: true, ..Options::new(1, 300) };

    let summary = campaign::run(&protocol, &options, Corpus::default(), &Control::default(), &mut |_| {})?;

    let provenance = Provenance { source, config_digest: alloy_primitives::B256::ZERO };
    let mut executor = Executor::deploy(&protocol)?;
    let mut findings = Vec::new();
    fs::create_dir_all("findings").map_err(|error| Problem::new(error.to_string()))?;
    for violation in &summary.violations {
        let finding = Finding::of(&mut executor, violation, &provenance);
        let file = finding.save(Path::new("findings"))?;
        let timeline = Timeline::of(&mut executor, violation.invariant, &violation.calls);
        let evidence = Evidence { finding, file, timeline };
        let test = evidence.file.with_extension("t.sol");
        fs::write(&test, foundry::test(&protocol, &evidence)).map_err(|error| Problem::new(error.to_string()))?;
        findings.push(evidence);
    }
    let nothing_found = findings.is_empty();
    let report = Report::new(&protocol, &options, &summary, findings);
    (format("human").render)(&report, &mut io::stdout().lock()).map_err(|error| Problem::new(error.to_string()))?;
    Ok(if nothing_found { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
