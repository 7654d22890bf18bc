//! The judgement of storage layouts: whether what a proxy keeps is where the new code looks for it, as what it was.
//!
//! Places decide, not the order of declarations: a variable is kept if the same bytes have the same name and a type that
//! reads them the same, to the last member. What stands in bytes that nobody used is new and harmless.

mod declared;
mod fates;
mod fields;
mod types;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Verdict;
use crate::{
    artifact::{ASK_FOR_LAYOUTS, Artifact, Artifacts, Declarations, StorageLayout},
    protocol::eigenlayer::UNPROXIED,
};

/// What became of something that is declared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A variable is somewhere else.
    Moved,
    /// A variable is read as another type.
    Retyped,
    /// A variable is not there any more.
    Removed,
    /// A variable has fewer bytes or elements.
    Shrunk,
    /// A variable has more bytes or elements.
    Grown,
    /// The same bytes are called differently.
    Renamed,
    /// A variable is new before the end of the others.
    Inserted,
    /// A variable is new after all others.
    Appended,
    /// A variable is new in what a gap reserved.
    Consumed,
    /// A gap ends elsewhere.
    Gap,
    /// An enum has other members.
    Members,
    /// A place in the code is kept in storage.
    Pointer,
    /// An immutable is new, gone or different.
    Immutable,
    /// A constructor writes what a proxy never sees.
    Constructor,
    /// An initializer is new, gone or different.
    Initializer,
    /// Something could not be seen.
    Unseen,
}

/// What a difference means for the proxies that live on the old build.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Meaning {
    /// What they keep is read as before.
    Allowed,
    /// It depends on what the author meant.
    Review,
    /// What they keep is lost, or read as something else.
    Breaks,
}

/// One difference between two builds of a contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// What became of it.
    pub kind: Kind,
    /// What that means.
    pub meaning: Meaning,
    /// What it is about: `allocations[].pendingDiff` is a member of a struct in a mapping or an array.
    pub what: String,
    /// The same in a sentence.
    pub sentence: String,
    /// Where it is declared: in the candidate, or if it is gone in the baseline. Empty if the artifacts do not say.
    pub source: String,
}

/// What is said of a contract.
#[derive(Clone, Debug, Serialize)]
pub struct ContractRow {
    /// Its name.
    pub contract: String,
    /// As bad as its worst difference.
    pub verdict: Verdict,
    /// Whether its code is the same, byte by byte.
    pub same_code: bool,
    /// Variables of the baseline that are neither gaps nor in a namespace.
    pub variables: usize,
    /// How the two builds differ.
    pub differences: Vec<Difference>,
    /// What was not looked at, since the artifacts do not tell.
    pub unseen: Vec<&'static str>,
}

/// What is said of all contracts behind proxies.
#[derive(Clone, Debug, Serialize)]
pub struct Layout {
    /// As bad as the worst contract.
    pub verdict: Verdict,
    /// What is said of each.
    pub contracts: Vec<ContractRow>,
}

/// Judges every contract that lives behind a proxy.
pub fn judge(baseline: &Artifacts, candidate: &Artifacts) -> Layout {
    let proxied = baseline.of_itself().filter(|artifact| !UNPROXIED.contains(&artifact.name.as_str()));
    let contracts: Vec<ContractRow> = proxied.map(|old| row(old, candidate.get(&old.name))).collect();
    let verdict = contracts.iter().map(|row| row.verdict).max().unwrap_or(Verdict::Inconclusive);
    Layout { verdict, contracts }
}

fn row(old: &Artifact, new: &Artifact) -> ContractRow {
    let same_code = old.creation == new.creation;
    let differences = if same_code { Vec::new() } else { differences(old, new) };
    let worst = differences.iter().map(|difference| difference.meaning).max().unwrap_or(Meaning::Allowed);
    let seen = same_code || (old.declarations.is_some() && new.declarations.is_some());
    let variables = old.layout.iter().flat_map(|layout| &layout.storage);
    ContractRow {
        contract: old.name.clone(),
        verdict: match worst {
            Meaning::Allowed => Verdict::Pass,
            Meaning::Review => Verdict::Inconclusive,
            Meaning::Breaks => Verdict::Fail,
        },
        same_code,
        variables: variables.filter(|variable| !variable.is_gap()).count(),
        differences,
        unseen: if seen { Vec::new() } else { unseen_of(old, new) },
    }
}

/// What is not looked at where one of two builds has no syntax trees.
fn unseen_of(old: &Artifact, new: &Artifact) -> Vec<&'static str> {
    let enums = old.enums().is_some() && new.enums().is_some();
    let initializers = old.initializers().is_some() && new.initializers().is_some();
    let seen = [(declared::ENUMS, enums), (declared::INITIALIZERS, initializers)];
    declared::UNSEEN.iter().copied().filter(|what| !seen.contains(&(*what, true))).collect()
}

/// How two builds of a contract differ in what proxies keep, in the order of places.
pub fn differences(old: &Artifact, new: &Artifact) -> Vec<Difference> {
    let (Some(old_layout), Some(new_layout)) = (&old.layout, &new.layout) else {
        let which = if old.layout.is_none() { "baseline" } else { "candidate" };
        return vec![unseen(format!("the {which} has no storage layout; {ASK_FOR_LAYOUTS}"))];
    };
    let sides = Sides {
        old: Side { layout: old_layout, declarations: old.declarations.as_ref(), enums: old.enums() },
        new: Side { layout: new_layout, declarations: new.declarations.as_ref(), enums: new.enums() },
    };
    let mut comparison = Comparison::new(sides);
    comparison.fields("", &old_layout.storage, &new_layout.storage);
    let mut differences = comparison.differences;
    match (&old.declarations, &new.declarations) {
        (Some(one), Some(other)) => {
            differences.extend(namespaces(one, other));
            differences.extend(declared::differences(sides, one, other));
        }
        _ if old_layout.storage.is_empty() && declared::writes_storage(&old.runtime) => {
            differences.push(unseen(
                "its code writes storage, and its layout has no variables: it keeps them in namespaces, which only syntax \
                 trees tell; for Foundry, add ast = true"
                    .to_owned(),
            ));
        }
        _ => {
            if let Some((old, new)) = old.told.as_ref().zip(new.told.as_ref()) {
                differences.extend(declared::lost(new_layout, &old.constructed, &new.constructed));
            }
        }
    }
    differences.extend(declared::initializers(old, new));
    differences
}

fn unseen(sentence: String) -> Difference {
    let what = "the contract".to_owned();
    Difference { kind: Kind::Unseen, meaning: Meaning::Review, what, sentence, source: String::new() }
}

/// Compares what is kept in each ERC-7201 namespace.
fn namespaces(old: &Declarations, new: &Declarations) -> Vec<Difference> {
    let mut differences = Vec::new();
    let note = |kind, meaning, what: &str, sentence: &str, layout: &StorageLayout| Difference {
        kind,
        meaning,
        what: what.to_owned(),
        sentence: format!("the namespace {what} {sentence}"),
        source: layout.storage.first().map(fields::source).unwrap_or_default(),
    };
    for (namespace, layout) in &old.namespaces {
        let Some(other) = new.namespaces.get(namespace) else {
            let sentence = "is gone, and all that it kept with it";
            differences.push(note(Kind::Removed, Meaning::Breaks, namespace, sentence, layout));
            continue;
        };
        let mut comparison = Comparison::new(Sides {
            old: Side { layout, declarations: Some(old), enums: Some(&old.enums) },
            new: Side { layout: other, declarations: Some(new), enums: Some(&new.enums) },
        });
        comparison.fields(namespace, &layout.storage, &other.storage);
        differences.extend(comparison.differences);
    }
    for (namespace, layout) in new.namespaces.iter().filter(|(namespace, _)| !old.namespaces.contains_key(*namespace)) {
        differences.push(note(Kind::Appended, Meaning::Allowed, namespace, "is new", layout));
    }
    differences
}

/// A layout, and what its sources declare if that is known.
#[derive(Clone, Copy)]
struct Side<'a> {
    layout: &'a StorageLayout,
    declarations: Option<&'a Declarations>,
    enums: Option<&'a BTreeMap<String, Vec<String>>>,
}

/// The baseline and the candidate.
#[derive(Clone, Copy)]
struct Sides<'a> {
    old: Side<'a>,
    new: Side<'a>,
}

/// Goes down two layouts at once and notes what differs.
struct Comparison<'a> {
    sides: Sides<'a>,
    /// The pairs of types that it is within: a struct may hold a mapping to itself.
    within: Vec<(&'a str, &'a str)>,
    differences: Vec<Difference>,
}

impl<'a> Comparison<'a> {
    fn new(sides: Sides<'a>) -> Self {
        Self { sides, within: Vec::new(), differences: Vec::new() }
    }
}
