//! What a candidate does otherwise than its baseline: grouped by what was done and how it differs, counted, with one
//! example of each.

use std::{cmp::Ordering, collections::BTreeMap, fmt};

use alloy_primitives::{hex, keccak256};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::expect::Expectations;
use crate::evm::{Frame, Preimages};

/// How something differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Accounting: a field of the ledger is another.
    Ledger,
    /// An invariant of the candidate does not hold.
    Invariant,
    /// A transaction of the upgrade does not succeed.
    Switch,
    /// Somebody can initialize again what was upgraded.
    Initializer,
    /// The contracts do not answer what they keep.
    Answers,
    /// What succeeded fails, or what failed succeeds.
    Success,
    /// It fails for another reason.
    Error,
    /// It returns something else.
    Output,
    /// It announces something else.
    Events,
    /// What can be asked of one cannot be asked of the other.
    Call,
    /// A function of a changed contract was never called.
    Unreached,
}

impl Kind {
    /// Every kind with its name in files.
    pub const ALL: [(Self, &'static str); 11] = [
        (Self::Ledger, "ledger"),
        (Self::Invariant, "invariant"),
        (Self::Switch, "switch"),
        (Self::Initializer, "initializer"),
        (Self::Answers, "answers"),
        (Self::Success, "success"),
        (Self::Error, "error"),
        (Self::Output, "output"),
        (Self::Events, "events"),
        (Self::Call, "call"),
        (Self::Unreached, "unreached"),
    ];
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = Self::ALL.iter().find(|(kind, _)| kind == self).map(|(_, name)| *name);
        f.write_str(name.expect("every kind has a name"))
    }
}

/// What divergences are grouped by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Key {
    /// The action, or what was done if nobody of the protocol did it: `upgrade`, `exit`.
    pub action: String,
    /// How it differs.
    pub kind: Kind,
    /// What differs, without names and numbers: a field, an invariant, an error.
    pub condition: String,
}

impl Key {
    /// The name of the file of an example of it: `title`, and a few digits of what it takes.
    pub fn file_name(&self, title: &str, steps: &[&Value]) -> String {
        let text = format!("{}\n{}\n{}\n{steps:?}", self.action, self.kind, self.condition);
        format!("{title}-{}.json", hex::encode(&keccak256(text)[..4]))
    }
}

/// One divergence, as it was met.
#[derive(Clone, Debug)]
pub struct Divergence {
    /// Its group.
    pub key: Key,
    /// What was seen, with names and numbers.
    pub sentence: String,
}

/// One line of an example: a call, or a step of the upgrade.
#[derive(Clone, Debug, Serialize)]
pub struct Line {
    /// When, counted from the line before.
    pub delay: String,
    /// Who.
    pub actor: String,
    /// What.
    pub text: String,
    /// How it ended.
    pub outcome: String,
    /// The same for programs.
    pub step: Value,
}

/// A line of an example that is played again, and what was called.
#[derive(Clone, Debug)]
pub struct Retold {
    /// What was played.
    pub line: Line,
    /// How it ended on the candidate, if that is another ending.
    pub other_outcome: Option<String>,
    /// What was called, on each build that played it.
    pub trees: Vec<Tree>,
}

/// What a transaction called, and how.
#[derive(Clone, Debug)]
pub struct Tree {
    /// Which build it was played on.
    pub on: Side,
    /// The transaction.
    pub frame: Frame,
    /// What was hashed meanwhile.
    pub preimages: Preimages,
}

/// One of the two builds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// What proxies live on.
    Baseline,
    /// What they are moved to.
    Candidate,
}

/// The smallest sequence there is that shows it.
#[derive(Clone, Debug, Serialize)]
pub struct Example {
    /// What is seen, with names and numbers.
    pub sentence: String,
    /// The run that it was found in, from zero.
    pub run: u64,
    /// Lines of the sequence as it was found.
    pub original_length: usize,
    /// Whether nothing makes it smaller.
    pub shrunk: bool,
    /// The file that it is in, where examples are written.
    pub file: String,
    /// The sequence.
    pub lines: Vec<Line>,
}

/// All divergences of a kind.
#[derive(Clone, Debug, Serialize)]
pub struct Group {
    /// What they have in common.
    #[serde(flatten)]
    pub key: Key,
    /// How often it was met.
    pub count: u64,
    /// The first that was met.
    pub sentence: String,
    /// Why it is meant, if it is declared.
    pub expected: Option<String>,
    /// An example, of what is not declared.
    pub example: Option<Example>,
}

/// Something that was met in a run, to be made smaller.
pub(super) struct Met<S> {
    pub count: u64,
    pub sentence: String,
    /// The shortest that shows it: the run, and what was played.
    pub shown: Option<(u64, S)>,
}

/// All that was met.
pub(super) struct Tally<S>(BTreeMap<Key, Met<S>>);

impl<S> Default for Tally<S> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<S> Tally<S> {
    /// Adds a divergence of run `run`. A shorter `story` is the better example; of equal ones the first.
    pub fn add(&mut self, run: u64, divergence: Divergence, story: Option<S>, length: impl Fn(&S) -> usize) {
        let Divergence { key, sentence } = divergence;
        let met = self.0.entry(key).or_insert(Met { count: 0, sentence: sentence.clone(), shown: None });
        met.count += 1;
        let Some(story) = story else { return };
        let is_better = match &met.shown {
            None => true,
            Some((_, known)) => length(&story).cmp(&length(known)) == Ordering::Less,
        };
        if is_better {
            met.sentence = sentence;
            met.shown = Some((run, story));
        }
    }

    /// The groups, in order; `example` makes an example of one that is not declared.
    pub fn into_groups(
        self,
        expectations: &Expectations,
        mut example: impl FnMut(&Key, &str, u64, S) -> Example,
    ) -> Vec<Group> {
        let group = |(key, met): (Key, Met<S>)| {
            let Met { count, sentence, shown } = met;
            let expected = expectations.reason(&key);
            let shown = shown.filter(|_| expected.is_none());
            let example = shown.map(|(run, story)| example(&key, &sentence, run, story));
            let sentence = example.as_ref().map_or(sentence, |example| example.sentence.clone());
            Group { key, count, sentence, expected, example }
        };
        self.0.into_iter().map(group).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn divergence(condition: &str) -> Divergence {
        let key = Key { action: "upgrade".to_owned(), kind: Kind::Ledger, condition: condition.to_owned() };
        Divergence { key, sentence: format!("{condition} differs") }
    }

    #[test]
    fn every_kind_has_a_name_of_its_own() {
        for (kind, name) in Kind::ALL {
            assert_eq!(kind.to_string(), name);
            assert_eq!(serde_json::to_value(kind).unwrap(), name);
        }
    }

    #[test]
    fn of_what_is_met_often_the_shortest_is_the_example() {
        let mut tally = Tally::<Vec<u8>>::default();
        for (run, length) in [(3, 2), (4, 1), (5, 1)] {
            tally.add(run, divergence("nonce"), Some(vec![0; length]), Vec::len);
        }
        let groups = tally.into_groups(&Expectations::none(), |_, sentence, run, story| Example {
            sentence: sentence.to_owned(),
            run,
            original_length: story.len(),
            shrunk: true,
            file: String::new(),
            lines: Vec::new(),
        });
        let example = groups[0].example.as_ref().unwrap();
        assert_eq!((groups.len(), groups[0].count, example.run, example.original_length), (1, 3, 4, 1));
    }
}
