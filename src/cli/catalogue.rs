//! `slashproof list` and `slashproof explain`.

use std::{
    io::{self, Write, stdout},
    path::Path,
    process::ExitCode,
};

use alloy_primitives::B256;
use serde_json::{Value, json};

use super::{ListArgs, Listed, printed};
use crate::{
    artifact::{Artifacts, Source},
    campaign::{self, Control, Options},
    config::{Given, select},
    corpus::Corpus,
    executor::Executor,
    finding::{Finding, Provenance},
    invariants::{self, family_of},
    mutant,
    oracle::{Assumption, Deviation, Family, Invariant},
    own::{self, Own, is_own},
    problem::Problem,
    protocol::{
        Expects, Protocol,
        eigenlayer::{
            EigenLayer,
            release::{self, Release},
        },
    },
    report::{finding_row, human},
    worlds::{self, KINDS, Kind},
};

/// One line of a list: the name, what to say of it, and all of it for programs.
struct Line {
    name: String,
    text: String,
    value: Value,
}

pub(super) fn list(arguments: &ListArgs) -> Result<ExitCode, Problem> {
    let lines = match arguments.what {
        Listed::Invariants => invariant_lines(&own()?),
        Listed::Actions => action_lines(&arguments.release)?,
        Listed::Releases => release_lines(),
        Listed::Worlds => world_lines(),
        Listed::Mutants => mutant_lines(),
        Listed::Deviations => deviation_lines(),
    };
    let mut out = stdout().lock();
    printed(if arguments.json {
        let values: Vec<Value> = lines.into_iter().map(|line| line.value).collect();
        writeln!(out, "{:#}", Value::Array(values))
    } else {
        let width = lines.iter().map(|line| line.name.len()).max().unwrap_or(0);
        lines.iter().try_for_each(|line| writeln!(out, "{:width$}  {}", line.name, line.text))
    })?;
    Ok(ExitCode::SUCCESS)
}

/// The auditor's own functions, if a configuration file here names some.
fn own() -> Result<Vec<Own>, Problem> {
    Given::from_file(None)?.own()
}

/// The family of an invariant of the catalogue, or that of all that are not.
fn family(invariant: &Invariant) -> &'static Family {
    if is_own(invariant.id) { &own::FAMILY } else { family_of(invariant) }
}

fn invariant_lines(own: &[Own]) -> Vec<Line> {
    let line = |invariant: &Invariant| Line {
        name: invariant.id.to_owned(),
        text: invariant.statement.to_owned(),
        value: json!({
            "id": invariant.id,
            "family": family(invariant).title,
            "statement": invariant.statement,
            "formula": invariant.formula,
            "checkpoint": invariant.checkpoint.to_string(),
            "assumes": invariant.assumes.iter().map(|assumption| assumption.text()).collect::<Vec<_>>(),
            "releases": judged_in(invariant),
            "mutants": breaking(invariant.id),
        }),
    };
    invariants::all().chain(own.iter().map(|own| own.invariant)).map(line).collect()
}

fn breaking(id: &str) -> Vec<&'static str> {
    mutant::all().iter().filter(|mutant| mutant.breaks == id).map(|mutant| mutant.name.as_str()).collect()
}

/// The releases, by name, in which an invariant is judged.
fn judged_in(invariant: &Invariant) -> Vec<&'static str> {
    let grants = |release: &&'static Release| invariant.assumes.iter().all(|assumption| release.grants(*assumption));
    release::every().filter(grants).map(|release| release.name).collect()
}

fn release_lines() -> Vec<Line> {
    let line = |release: &'static Release| Line {
        name: release.name.to_owned(),
        text: release.text.to_owned(),
        value: json!({ "name": release.name, "text": release.text, "version": release.version }),
    };
    release::every().map(line).collect()
}

fn action_lines(release: &str) -> Result<Vec<Line>, Problem> {
    let protocol = EigenLayer::new(Artifacts::of_release(release::find(release)?.name)?)?;
    let lines = protocol.actions().iter().map(|action| {
        let expects = match action.expects {
            Expects::Success => "success",
            Expects::Revert => "revert",
        };
        Line {
            name: action.name.to_owned(),
            text: format!("by {}, expects {expects}, weight {}", action.role.name(), action.weight),
            value: json!({
                "name": action.name,
                "role": action.role.name(),
                "expects": expects,
                "weight": action.weight,
            }),
        }
    });
    Ok(lines.collect())
}

fn world_lines() -> Vec<Line> {
    let line = |kind: &&Kind| Line {
        name: kind.name.to_owned(),
        text: kind.text.to_owned(),
        value: json!({
            "name": kind.name,
            "text": kind.text,
            "tokens": kind.tokens.map(|token| json!({ "behaviour": token.behaviour.name(), "decimals": token.decimals })),
            "grants": Assumption::ALL.into_iter().filter(|it| !it.is_of_release() && kind.grants(*it)).map(Assumption::text).collect::<Vec<_>>(),
        }),
    };
    KINDS.iter().map(line).collect()
}

fn mutant_lines() -> Vec<Line> {
    let line = |mutant: &mutant::Mutant| Line {
        name: mutant.name.clone(),
        text: format!("{}  {}  {}", mutant.breaks, mutant.release, mutant.why),
        value: json!(mutant),
    };
    mutant::all().iter().map(line).collect()
}

fn deviation_lines() -> Vec<Line> {
    let line = |deviation: &&Deviation| Line {
        name: deviation.id.to_owned(),
        text: deviation.statement.to_owned(),
        value: json!({
            "id": deviation.id,
            "statement": deviation.statement,
            "formula": deviation.formula,
            "why": deviation.why,
            "unit": deviation.unit,
        }),
    };
    invariants::DEVIATIONS.iter().map(line).collect()
}

pub(super) fn explain(id: &str) -> Result<ExitCode, Problem> {
    let mut out = stdout().lock();
    if let Some(deviation) = invariants::deviation(id) {
        printed(explain_deviation(deviation, &mut out))?;
        return Ok(ExitCode::SUCCESS);
    }
    let selected = select(Some(&[id.to_owned()]), &own()?)?;
    for (index, invariant) in selected.iter().enumerate() {
        if index > 0 {
            printed(writeln!(out))?;
        }
        printed(explain_one(invariant, &mut out))?;
    }
    if let [invariant] = selected[..] {
        printed(out.flush())?;
        example(invariant, &mut out)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn explain_deviation(deviation: &Deviation, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}  {}\n", deviation.id, deviation.statement)?;
    writeln!(out, "formula     {}", deviation.formula)?;
    writeln!(out, "does not hold: {}", deviation.why)?;
    writeln!(out, "measured    {}, by slashproof run --metrics", deviation.unit)
}

fn explain_one(invariant: &Invariant, out: &mut dyn Write) -> io::Result<()> {
    let family = family(invariant);
    writeln!(out, "{}  {}\n", invariant.id, invariant.statement)?;
    writeln!(out, "formula     {}", invariant.formula)?;
    writeln!(out, "why         {}", invariant.why)?;
    writeln!(out, "family      {}", family.title)?;
    writeln!(out, "assumes     {}", family.assumes)?;
    writeln!(out, "releases    {}", judged_in(invariant).join(", "))?;
    invariant.assumes.iter().try_for_each(|assumption| writeln!(out, "needs       {assumption}"))?;
    writeln!(out, "judged      after {}", invariant.checkpoint)?;
    let mut breaking = mutant::all().iter().filter(|mutant| mutant.breaks == invariant.id);
    breaking.try_for_each(|mutant| writeln!(out, "broken by   {}: {}", mutant.name, mutant.why))
}

/// Plays the first of the planted bugs that break an invariant until they do, and tells the smallest sequence.
fn example(invariant: &'static Invariant, out: &mut dyn Write) -> Result<(), Problem> {
    let Some(mutant) = mutant::all().iter().find(|mutant| mutant.breaks == invariant.id) else { return Ok(()) };
    let protocol = EigenLayer::in_world(Artifacts::mutant(&mutant.name)?, worlds::find(&mutant.world)?)?;
    let runs = mutant.budget.div_ceil(100);
    let options = Options { invariants: vec![invariant], fail_fast: true, ..Options::new(1, runs) };
    let summary = campaign::run(&protocol, &options, Corpus::default(), &Control::default(), &mut |_| {})?;
    let Some(violation) = summary.violations.first() else { return Ok(()) };
    let source = Source::Mutant(mutant.name.clone());
    let mut executor = Executor::deploy(&protocol)?;
    let finding = Finding::of(&mut executor, violation, &Provenance { source, config_digest: B256::ZERO });
    let row = finding_row(&finding, Path::new(""));
    printed(writeln!(out, "\nan example, with {}:", mutant.name).and_then(|()| human::finding_text(out, &row)))
}
