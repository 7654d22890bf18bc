//! Whatever the gate judged, thing by thing: what every format of its report is made of.

use super::{
    Gate, Verdict,
    behaviour::Behaviour,
    divergence::{Example, Group, Kind, Line},
    layout::{ContractRow, Meaning},
    regressions::Regressions,
    upgrade::{RULES, Rule, Upgraded, rule_of},
};

/// Something that was judged.
#[derive(Clone, Debug)]
pub struct Case {
    /// The judgement.
    pub suite: &'static str,
    /// What is judged, for ever the same.
    pub id: String,
    /// What must hold.
    pub statement: String,
    /// What became of it.
    pub verdict: Verdict,
    /// What was seen instead, and how it comes about.
    pub problems: Vec<Against>,
}

/// What stands against an upgrade.
#[derive(Clone, Debug)]
pub struct Against {
    /// Whether it is for review, or a failure.
    pub verdict: Verdict,
    /// What it is.
    pub sentence: String,
    /// The smallest sequence that shows it, as text.
    pub example: String,
    /// File and line, if they are known.
    pub source: String,
    /// The function that it is about, if it is about one.
    pub function: String,
}

/// All cases, in the order in which they are told.
pub fn cases(gate: &Gate) -> Vec<Case> {
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

/// How many things a judgement passed, left for review, and failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// The judgement.
    pub suite: &'static str,
    /// Things that pass.
    pub pass: usize,
    /// Things that somebody has to look at.
    pub review: usize,
    /// Things that fail.
    pub fail: usize,
}

/// A count for each judgement, in order.
pub fn counts(cases: &[Case]) -> Vec<Count> {
    let mut suites: Vec<&str> = cases.iter().map(|case| case.suite).collect();
    suites.dedup();
    let count = |suite| {
        let of = |verdict| cases.iter().filter(|case| case.suite == suite && case.verdict == verdict).count();
        let [pass, review, fail] = [Verdict::Pass, Verdict::Inconclusive, Verdict::Fail].map(of);
        Count { suite, pass, review, fail }
    };
    suites.into_iter().map(count).collect()
}
