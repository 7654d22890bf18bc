//! What the gate says, in the formats of a campaign's report.
//!
//! Whatever was judged is a [`Case`]; formats differ in how they write cases.

mod junit;
mod markdown;
mod sarif;

use std::{
    fs,
    io::{self, Write},
    path::Path,
};

use crate::{
    corpus::write_bytes,
    gate::{
        Gate, Verdict,
        behaviour::Behaviour,
        divergence::{Example, Group, Kind, Line},
        human,
        layout::{ContractRow, Meaning},
        regressions::Regressions,
        upgrade::{RULES, Rule, Upgraded, rule_of},
    },
    problem::Problem,
};

/// A way to write what the gate says.
#[derive(Debug)]
pub struct GateFormat {
    /// Its name.
    pub name: &'static str,
    /// The file it is written to.
    pub file: &'static str,
    /// Writes it.
    pub render: fn(&Gate, &mut dyn Write) -> io::Result<()>,
}

/// Every format.
pub const GATE_FORMATS: [GateFormat; 5] = [
    GateFormat { name: "human", file: "gate.txt", render: human::render },
    GateFormat { name: "json", file: "gate.json", render: json },
    GateFormat { name: "junit", file: "gate.junit.xml", render: junit::render },
    GateFormat { name: "sarif", file: "gate.sarif", render: sarif::render },
    GateFormat { name: "markdown", file: "gate.md", render: markdown::render },
];

/// Writes every format into a folder, which is made if it is not there.
pub fn save(gate: &Gate, folder: &Path) -> Result<(), Problem> {
    fs::create_dir_all(folder)
        .map_err(|error| Problem::new(format!("cannot create the folder {}: {error}", folder.display())))?;
    for format in &GATE_FORMATS {
        let mut bytes = Vec::new();
        (format.render)(gate, &mut bytes)
            .map_err(|error| Problem::new(format!("cannot write {}: {error}", format.file)))?;
        write_bytes(&folder.join(format.file), &bytes)?;
    }
    Ok(())
}

fn json(gate: &Gate, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, gate)?;
    writeln!(out)
}

/// Something that was judged.
struct Case {
    suite: &'static str,
    /// What is judged, for ever the same.
    id: String,
    /// What must hold.
    statement: String,
    verdict: Verdict,
    /// What was seen instead, and how it comes about.
    problems: Vec<Against>,
}

/// What stands against an upgrade.
struct Against {
    verdict: Verdict,
    sentence: String,
    /// The smallest sequence that shows it, as text.
    example: String,
    /// File and line, if they are known.
    source: String,
    /// The function that it is about, if it is about one.
    function: String,
}

/// All cases, in the order in which they are told.
fn cases(gate: &Gate) -> Vec<Case> {
    let mut cases: Vec<Case> = gate.layout.iter().flat_map(|layout| &layout.contracts).map(of_layout).collect();
    cases.extend(gate.upgrade.iter().flat_map(of_upgrade));
    cases.extend(gate.behaviour.iter().flat_map(of_behaviour));
    cases.extend(gate.regressions.iter().map(of_regressions));
    cases.extend(gate.expectations.iter().map(|declared| {
        let problems = declared.unmatched.iter().map(|lonely| Against {
            verdict: declared.verdict,
            sentence: format!("{}, {}, {} was never met", lonely.action, lonely.kind, lonely.condition),
            example: String::new(),
            source: String::new(),
            function: String::new(),
        });
        Case {
            suite: "expectations",
            id: "expectations".to_owned(),
            statement: "Whatever is declared is met".to_owned(),
            verdict: declared.verdict,
            problems: problems.collect(),
        }
    }));
    cases
}

fn of_layout(row: &ContractRow) -> Case {
    let meant = |meaning| if meaning == Meaning::Breaks { Verdict::Fail } else { Verdict::Inconclusive };
    let against = row.differences.iter().filter(|difference| difference.meaning != Meaning::Allowed);
    let problems = against.map(|difference| Against {
        verdict: meant(difference.meaning),
        sentence: format!("{}: {}", row.contract, difference.sentence),
        example: String::new(),
        source: difference.source.clone(),
        function: String::new(),
    });
    Case {
        suite: "storage layout",
        id: format!("layout-{}", row.contract),
        statement: format!("Proxies of {} find what they kept", row.contract),
        verdict: row.verdict,
        problems: problems.collect(),
    }
}

fn of_upgrade(upgraded: &Upgraded) -> Vec<Case> {
    let case = |rule: &Rule| {
        let of_rule = upgraded.groups.iter().filter(|group| rule_of(&group.key) == *rule);
        of_groups("upgrade in the middle of life", rule.id, rule.statement, of_rule)
    };
    RULES.iter().map(case).collect()
}

fn of_behaviour(behaviour: &Behaviour) -> Vec<Case> {
    let case = |(kind, name): &(Kind, &'static str)| {
        let of_kind = behaviour.groups.iter().filter(|group| group.key.kind == *kind);
        let statement = format!("Nothing undeclared: {name}");
        of_groups("behaviour in lockstep", &format!("behaviour-{name}"), &statement, of_kind)
    };
    let in_lockstep =
        [Kind::Success, Kind::Error, Kind::Output, Kind::Events, Kind::Ledger, Kind::Call, Kind::Unreached];
    Kind::ALL.iter().filter(|(kind, _)| in_lockstep.contains(kind)).map(case).collect()
}

fn of_regressions(regressions: &Regressions) -> Case {
    let unplayed = regressions.unplayed.iter().map(|name| Against {
        verdict: Verdict::Inconclusive,
        sentence: format!("not played: {name}"),
        example: String::new(),
        source: String::new(),
        function: String::new(),
    });
    let statement = "What campaigns kept of the baseline plays on the candidate, and shows nothing";
    let mut case = of_groups("corpus and regressions", "regressions", statement, regressions.groups.iter());
    case.problems.extend(unplayed);
    Case { verdict: regressions.verdict, ..case }
}

fn of_groups<'g>(suite: &'static str, id: &str, statement: &str, groups: impl Iterator<Item = &'g Group>) -> Case {
    let problem = |group: &Group| Against {
        verdict: if group.key.kind == Kind::Unreached { Verdict::Inconclusive } else { Verdict::Fail },
        sentence: format!("{}, {}: {}", group.key.action, group.key.condition, group.sentence),
        example: group.example.as_ref().map(lines).unwrap_or_default(),
        source: String::new(),
        function: group.key.action.clone(),
    };
    let problems: Vec<Against> = groups.filter(|group| group.expected.is_none()).map(problem).collect();
    let verdict = problems.iter().map(|problem| problem.verdict).max().unwrap_or(Verdict::Pass);
    Case { suite, id: id.to_owned(), statement: statement.to_owned(), verdict, problems }
}

/// An example as text, a line for each call.
fn lines(example: &Example) -> String {
    let line = |(number, line): (usize, &Line)| {
        format!("{number}. {} {}: {} {}\n", line.delay, line.actor, line.text, line.outcome)
    };
    (1..).zip(&example.lines).map(line).collect()
}
