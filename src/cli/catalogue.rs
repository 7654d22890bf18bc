//! `slashproof list` and `slashproof explain`.

use std::{
    io::{self, Write, stdout},
    process::ExitCode,
};

use serde_json::{Value, json};

use super::{ListArgs, Listed, printed};
use crate::{
    artifact::Artifacts,
    config::select,
    invariants::{self, family_of},
    mutant,
    oracle::{Assumption, Invariant},
    problem::Problem,
    protocol::{
        Expects, Protocol,
        eigenlayer::{
            EigenLayer,
            release::{self, RELEASES, Release},
        },
    },
    worlds::{KINDS, Kind},
};

/// One line of a list: the name, what to say of it, and all of it for programs.
struct Line {
    name: String,
    text: String,
    value: Value,
}

pub(super) fn list(arguments: &ListArgs) -> Result<ExitCode, Problem> {
    let lines = match arguments.what {
        Listed::Invariants => invariant_lines(),
        Listed::Actions => action_lines(&arguments.release)?,
        Listed::Releases => release_lines(),
        Listed::Worlds => world_lines(),
        Listed::Mutants => mutant_lines(),
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

fn invariant_lines() -> Vec<Line> {
    let line = |invariant: &Invariant| Line {
        name: invariant.id.to_owned(),
        text: invariant.statement.to_owned(),
        value: json!({
            "id": invariant.id,
            "family": family_of(invariant).title,
            "statement": invariant.statement,
            "formula": invariant.formula,
            "checkpoint": invariant.checkpoint.to_string(),
            "assumes": invariant.assumes.iter().map(|assumption| assumption.text()).collect::<Vec<_>>(),
            "releases": judged_in(invariant),
            "mutants": breaking(invariant.id),
        }),
    };
    invariants::all().map(line).collect()
}

fn breaking(id: &str) -> Vec<&'static str> {
    mutant::all().iter().filter(|mutant| mutant.breaks == id).map(|mutant| mutant.name.as_str()).collect()
}

/// The releases, by name, in which an invariant is judged.
fn judged_in(invariant: &Invariant) -> Vec<&'static str> {
    let grants = |release: &&&Release| invariant.assumes.iter().all(|assumption| release.grants(*assumption));
    RELEASES.iter().filter(grants).map(|release| release.name).collect()
}

fn release_lines() -> Vec<Line> {
    let line = |release: &&Release| Line {
        name: release.name.to_owned(),
        text: release.text.to_owned(),
        value: json!({ "name": release.name, "text": release.text, "version": release.version }),
    };
    RELEASES.iter().map(line).collect()
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

pub(super) fn explain(id: &str) -> Result<ExitCode, Problem> {
    let selected = select(Some(&[id.to_owned()]))?;
    let mut out = stdout().lock();
    for (index, invariant) in selected.into_iter().enumerate() {
        if index > 0 {
            printed(writeln!(out))?;
        }
        printed(explain_one(invariant, &mut out))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn explain_one(invariant: &Invariant, out: &mut dyn Write) -> io::Result<()> {
    let family = family_of(invariant);
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
