//! `gate.toml`: what an upgrade is meant to change, declared by whoever makes it, and why.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::divergence::{Group, Key, Kind};
use crate::{
    corpus::read_text,
    problem::{Problem, nearest},
};

/// What is done by nobody of the protocol.
const DOINGS: [&str; 5] = ["upgrade", "exit", "gate", "corpus", "finding"];

/// The expectations that come along, by the releases between which they are meant.
const BUNDLED: &[(&str, &str, &str)] =
    &[("slashing", "redistribution", include_str!("../../contracts/upgrades/slashing-redistribution.toml"))];

/// All that is declared.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Expectations {
    /// Where it is declared.
    #[serde(skip)]
    pub origin: String,
    /// Whether all contracts are upgraded in one transaction, so that nobody can call in between.
    #[serde(default)]
    pub atomic: bool,
    /// The declarations.
    #[serde(default, rename = "expect")]
    all: Vec<Expectation>,
}

/// A difference that is meant.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    /// An action, `upgrade` or `exit`; `*` stands for any text.
    pub action: String,
    /// How it differs.
    kind: String,
    /// What differs; `*` stands for any text.
    #[serde(default = "anything")]
    pub condition: String,
    /// Why it is meant.
    pub reason: String,
    /// Whether a run can be compared further after it.
    #[serde(default)]
    then: Then,
    /// Whether it is met so seldom that it may not be met at all.
    #[serde(default)]
    seldom: bool,
}

/// What becomes of a run in lockstep after an expected divergence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Then {
    /// It goes on: what follows is comparable.
    #[default]
    GoOn,
    /// It ends: the two worlds have parted.
    Stop,
}

/// A declaration that nothing matched.
#[derive(Clone, Debug, Serialize)]
pub struct Unmatched {
    /// The action.
    pub action: String,
    /// The kind.
    pub kind: String,
    /// The condition.
    pub condition: String,
}

fn anything() -> String {
    "*".to_owned()
}

impl Expectations {
    /// None at all.
    pub fn none() -> Self {
        Self { origin: "none".to_owned(), atomic: false, all: Vec::new() }
    }

    /// Those that come along for an upgrade between two bundled releases.
    pub fn bundled(baseline: &str, candidate: &str) -> Option<Self> {
        let (_, _, text) = BUNDLED.iter().find(|(old, new, _)| (*old, *new) == (baseline, candidate))?;
        let parsed = Self::parse(text, "bundled").unwrap_or_else(|problem| panic!("bundled expectations: {problem}"));
        Some(parsed)
    }

    /// Reads a file. `actions` are the names that an action can have.
    pub fn load(path: &Path, actions: &[&str]) -> Result<Self, Problem> {
        let read = || {
            let text = read_text(path)?;
            let expectations = Self::parse(&text, &path.display().to_string())?;
            expectations.all.iter().try_for_each(|expectation| expectation.check(actions))?;
            Ok(expectations)
        };
        read().map_err(|problem: Problem| problem.at(path.display()))
    }

    fn parse(text: &str, origin: &str) -> Result<Self, Problem> {
        let parsed: Self = toml::from_str(text).map_err(|error| {
            let place = error.span().map_or(0, |span| text[..span.start.min(text.len())].lines().count().max(1));
            Problem::new(format!("line {place}: {}", error.message()))
                .hint("an [[expect]] has action, kind, condition, reason, then and seldom; docs/gate.md describes them")
        })?;
        for expectation in &parsed.all {
            expectation.kind()?;
            if expectation.reason.trim().is_empty() {
                return Err(Problem::new(format!("the expectation of {} has no reason", expectation.title()))
                    .hint("say in a sentence why the upgrade is meant to do this"));
            }
        }
        Ok(Self { origin: origin.to_owned(), ..parsed })
    }

    fn of(&self, key: &Key) -> Option<&Expectation> {
        self.all.iter().find(|expectation| expectation.allows(key))
    }

    /// Why a divergence is meant, if it is.
    pub fn reason(&self, key: &Key) -> Option<String> {
        self.of(key).map(|expectation| expectation.reason.clone())
    }

    /// What becomes of a run after a divergence; `None` if it is not meant.
    pub fn then(&self, key: &Key) -> Option<Then> {
        self.of(key).map(|expectation| expectation.then)
    }

    /// The declarations that allow none of `groups`.
    pub fn unmatched<'g>(&self, groups: &(impl Iterator<Item = &'g Group> + Clone)) -> Vec<Unmatched> {
        let matched = |expectation: &&Expectation| groups.clone().any(|group| expectation.allows(&group.key));
        let lonely = self.all.iter().filter(|expectation| !expectation.seldom && !matched(expectation));
        let told = |Expectation { action, kind, condition, .. }: &Expectation| Unmatched {
            action: action.clone(),
            kind: kind.clone(),
            condition: condition.clone(),
        };
        lonely.map(told).collect()
    }
}

impl Expectation {
    fn kind(&self) -> Result<Kind, Problem> {
        Kind::ALL.iter().find(|(_, name)| *name == self.kind).map(|(kind, _)| *kind).ok_or_else(|| {
            let names = Kind::ALL.map(|(_, name)| name);
            let problem = Problem::new(format!("there is no kind {:?} of differences", self.kind));
            match nearest(&self.kind, names) {
                Some(near) => problem.hint(format!("did you mean {near}?")),
                None => problem.hint(format!("there are {}", names.join(", "))),
            }
        })
    }

    /// Whether its action is one that can be met.
    fn check(&self, actions: &[&str]) -> Result<(), Problem> {
        let mut names = actions.iter().copied().chain(DOINGS);
        if names.clone().any(|name| matches(&self.action, name)) {
            return Ok(());
        }
        let problem = Problem::new(format!("there is no action {:?}", self.action));
        Err(match nearest(&self.action, names.by_ref()) {
            Some(near) => problem.hint(format!("did you mean {near}?")),
            None => problem
                .hint("slashproof list actions names them; and there are upgrade, exit, gate, corpus and finding"),
        })
    }

    fn allows(&self, key: &Key) -> bool {
        self.kind == key.kind.to_string()
            && matches(&self.action, &key.action)
            && matches(&self.condition, &key.condition)
    }

    fn title(&self) -> String {
        format!("{}, {}, {}", self.action, self.kind, self.condition)
    }
}

/// Whether `text` is `pattern`, in which `*` stands for any text.
fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

/// Declarations of what was met and is not declared, for somebody to edit.
pub fn proposals<'g>(groups: impl Iterator<Item = &'g Group>) -> String {
    let mut text = String::from("# Differences that nobody has declared. Keep those that are meant, and say why.\n");
    for Group { key, sentence, count, .. } in groups.filter(|group| group.expected.is_none()) {
        let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
        let (action, condition) = (quoted(&key.action), quoted(&key.condition));
        let seen: String = sentence.chars().filter(|letter| !letter.is_control()).collect();
        text.extend([
            format!("\n# {count} times, for example: {seen}\n[[expect]]\n"),
            format!("action = {action}\nkind = \"{}\"\ncondition = {condition}\nreason = \"\"\n", key.kind),
        ]);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(action: &str, kind: Kind, condition: &str) -> Key {
        Key { action: action.to_owned(), kind, condition: condition.to_owned() }
    }

    #[test]
    fn stars_stand_for_any_text() {
        for (pattern, text, expected) in [
            ("*", "", true),
            ("a*c", "abc", true),
            ("a*c", "abd", false),
            ("*b*", "abc", true),
            ("ab", "abc", false),
            ("avs.*", "avs.slash", true),
            ("a*bb*b", "abb", false),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn what_is_declared_is_allowed_and_nothing_else() {
        let text = "[[expect]]\naction = 'avs.*'\nkind = 'events'\ncondition = '*Slashed*'\nreason = 'it is so'\nthen = 'stop'";
        let expectations = Expectations::parse(text, "here").unwrap();
        assert_eq!(expectations.then(&key("avs.slash", Kind::Events, "no OperatorSlashed")), Some(Then::Stop));
        for other in [
            key("staker.slash", Kind::Events, "OperatorSlashed"),
            key("avs.slash", Kind::Output, "OperatorSlashed"),
            key("avs.slash", Kind::Events, "Deposit"),
        ] {
            assert_eq!(expectations.then(&other), None);
        }
        assert_eq!(expectations.unmatched(&std::iter::empty()).len(), 1);
        let seldom = Expectations::parse(&format!("{text}\nseldom = true"), "here").unwrap();
        assert_eq!(seldom.unmatched(&std::iter::empty()).len(), 0);
    }

    #[test]
    fn typos_get_a_sentence() {
        for (text, expected) in [
            ("[[expect]]\naction = 'x'\nkind = 'ledgers'\nreason = 'y'", "did you mean ledger?"),
            ("[[expect]]\naction = 'x'\nkind = 'ledger'\nreason = ' '", "has no reason"),
            ("[[expect]]\naction = 'x'\nkind = 'ledger'", "missing field `reason`"),
            ("[[expects]]\naction = 'x'", "unknown field `expects`"),
            ("atomic = 1", "line 1"),
        ] {
            let problem = Expectations::parse(text, "here").unwrap_err().to_string();
            assert!(problem.contains(expected), "{text}: {problem}");
        }
        let text = "[[expect]]\naction = 'avs.slsh'\nkind = 'ledger'\nreason = 'y'";
        let parsed = Expectations::parse(text, "here").unwrap();
        let problem = parsed.all[0].check(&["avs.slash"]).unwrap_err().to_string();
        assert!(problem.contains("did you mean avs.slash?"), "{problem}");
    }

    #[test]
    fn proposals_can_be_read_once_they_have_reasons() {
        let group = Group {
            key: key("avs.slash", Kind::Output, "\"quoted\""),
            count: 3,
            sentence: "two\nlines".to_owned(),
            expected: None,
            example: None,
        };
        let text = proposals([&group].into_iter());
        assert!(Expectations::parse(&text, "here").unwrap_err().to_string().contains("has no reason"));
        let parsed = Expectations::parse(&text.replace("reason = \"\"", "reason = \"meant\""), "here").unwrap();
        assert!(parsed.all[0].allows(&group.key));
    }

    #[test]
    fn what_comes_along_can_be_read() {
        for (old, new, _) in BUNDLED {
            assert!(Expectations::bundled(old, new).is_some());
        }
        assert_eq!(Expectations::bundled("redistribution", "slashing"), None);
    }
}
