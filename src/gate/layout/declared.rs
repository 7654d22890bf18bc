//! What is declared beside variables: immutables, what constructors write, initializers.

use std::collections::{BTreeMap, BTreeSet};

use super::{Difference, Kind, Meaning, Sides, fields};
use crate::artifact::{Artifact, Declarations, StorageLayout};

/// Of what the text of sources tells too.
pub(super) const ENUMS: &str = "members of enums";
/// Of what the text of sources tells too.
pub(super) const INITIALIZERS: &str = "initializers";

/// What is not looked at where there are no syntax trees. Of constructors the text of sources tells a part.
pub(super) const UNSEEN: &[&str] =
    &[ENUMS, "types behind user-defined ones", "ERC-7201 namespaces", "immutables", "constructors", INITIALIZERS];

/// The variable in which contracts of OpenZeppelin keep how far they are initialized.
const INITIALIZED: &str = "_initialized";

/// How two builds of a contract differ in immutables and in what their constructors write.
pub(super) fn differences(sides: Sides<'_>, old: &Declarations, new: &Declarations) -> Vec<Difference> {
    let mut found = immutables(sides, old, new);
    found.extend(constructors(sides.new.layout, old, new));
    found
}

/// A difference in what `declarations` have a place of.
fn note(kind: Kind, meaning: Meaning, what: &str, sentence: String, declarations: &Declarations) -> Difference {
    let source = declarations.places.get(what).cloned().unwrap_or_default();
    Difference { kind, meaning, what: what.to_owned(), sentence, source }
}

fn source_of(layout: &StorageLayout, name: &str) -> Option<String> {
    layout.storage.iter().find(|variable| variable.label == name).map(fields::source)
}

/// Immutables are in the code, so that they change without harm; unless one was a variable, or becomes one.
fn immutables(sides: Sides<'_>, old: &Declarations, new: &Declarations) -> Vec<Difference> {
    let mut found = Vec::new();
    for (name, label) in &new.immutables {
        let (meaning, sentence) = match old.immutables.get(name) {
            Some(before) if before == label => continue,
            Some(before) => (Meaning::Allowed, format!("the immutable {name} was {before} and is {label}")),
            None if source_of(sides.old.layout, name).is_some() => (
                Meaning::Review,
                format!(
                    "{name} was a variable and is an immutable: proxies no longer keep it, the constructor sets it"
                ),
            ),
            None => (Meaning::Allowed, format!("the immutable {name} is new: the constructor sets it")),
        };
        found.push(note(Kind::Immutable, meaning, name, sentence, new));
    }
    for name in old.immutables.keys().filter(|name| !new.immutables.contains_key(*name)) {
        found.push(match source_of(sides.new.layout, name) {
            Some(source) => {
                let sentence =
                    format!("{name} was an immutable and is a variable: zero in every proxy until something sets it");
                Difference { source, ..note(Kind::Immutable, Meaning::Review, name, sentence, new) }
            }
            None => note(Kind::Immutable, Meaning::Allowed, name, format!("the immutable {name} is gone"), old),
        });
    }
    found
}

/// What a constructor writes is kept by the implementation, and no proxy sees it.
pub(super) fn lost(layout: &StorageLayout, old: &BTreeSet<String>, new: &BTreeSet<String>) -> Vec<Difference> {
    let lost = new.difference(old).filter(|name| *name != INITIALIZED);
    let difference = |name: &String| Difference {
        kind: Kind::Constructor,
        meaning: Meaning::Breaks,
        what: name.clone(),
        sentence: format!("a constructor writes {name}, which is kept by the implementation and by no proxy"),
        source: source_of(layout, name).unwrap_or_default(),
    };
    lost.map(difference).collect()
}

fn constructors(layout: &StorageLayout, old: &Declarations, new: &Declarations) -> Vec<Difference> {
    let mut found = lost(layout, &old.constructed, &new.constructed);
    let locks = |declarations: &Declarations| declarations.constructed.contains(INITIALIZED);
    if locks(old) && !locks(new) && !new.initializers.is_empty() {
        let sentence =
            "the constructor no longer disables initializers: anybody can initialize the implementation".to_owned();
        found.push(note(Kind::Constructor, Meaning::Review, INITIALIZED, sentence, new));
    }
    found
}

/// Proxies keep the version they were initialized to, and what has a higher one can be called again.
pub(super) fn initializers(old: &Artifact, new: &Artifact) -> Vec<Difference> {
    let (Some(older), Some(newer)) = (old.initializers(), new.initializers()) else { return Vec::new() };
    let note = |meaning, what: &str, sentence| {
        let source = new.place(what).unwrap_or_default().to_owned();
        Difference { kind: Kind::Initializer, meaning, what: what.to_owned(), sentence, source }
    };
    let highest = |versions: &BTreeMap<String, u64>| versions.values().max().copied();
    let mut found = Vec::new();
    let Some(after) = highest(newer) else {
        if highest(older).is_some() {
            let sentence = "there is no initializer any more: a new proxy cannot be initialized".to_owned();
            found.push(note(Meaning::Review, INITIALIZERS, sentence));
        }
        return found;
    };
    let before = highest(older).unwrap_or(0);
    for (name, version) in newer.iter().filter(|(_, version)| **version > before) {
        let (meaning, sentence) = if before == 0 {
            (
                Meaning::Review,
                format!("{name} is an initializer, and existing proxies never had one: whoever comes first calls it"),
            )
        } else {
            (
                Meaning::Allowed,
                format!(
                    "{name} initializes to version {version} and proxies are at {before}: call it in the transaction that upgrades"
                ),
            )
        };
        found.push(note(meaning, name, sentence));
    }
    if after < before {
        let sentence = format!("proxies are at version {before}, and new ones are initialized to {after} only");
        found.push(note(Meaning::Review, INITIALIZERS, sentence));
    }
    found
}

/// Whether code writes storage: `SSTORE`, beside what is pushed.
pub(super) fn writes_storage(code: &[u8]) -> bool {
    const SSTORE: u8 = 0x55;
    const PUSH1: u8 = 0x60;
    const PUSH32: u8 = 0x7f;
    let mut at = 0;
    while let Some(opcode) = code.get(at) {
        match *opcode {
            SSTORE => return true,
            push @ PUSH1..=PUSH32 => at += usize::from(push - PUSH1) + 1,
            _ => {}
        }
        at += 1;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::artifact::{Artifacts, Told};

    #[test]
    fn what_is_pushed_is_no_instruction() {
        assert!(writes_storage(&[0x60, 0x00, 0x55]));
        assert!(!writes_storage(&[0x60, 0x55, 0x61, 0x55, 0x55]));
        assert!(!writes_storage(&[0x7f]));
    }

    /// Whether there are syntax trees.
    #[derive(Clone, Copy)]
    enum Trees {
        There,
        Missing,
    }

    #[test]
    fn versions_of_initializers_are_compared() {
        let with = |versions: &[(&str, u64)], trees: Trees| {
            let initializers: BTreeMap<String, u64> =
                versions.iter().map(|(name, version)| ((*name).to_owned(), *version)).collect();
            let mut artifact = Artifacts::bundled().get("PauserRegistry").clone();
            (artifact.declarations, artifact.told) = match trees {
                Trees::There => (Some(Declarations { initializers, ..Declarations::default() }), None),
                Trees::Missing => (None, Some(Told { initializers: Some(initializers), ..Told::default() })),
            };
            artifact
        };
        let meanings = |old: &[(&str, u64)], new: &[(&str, u64)]| {
            let of = |one, other| {
                let found = initializers(&with(old, one), &with(new, other));
                found.into_iter().map(|it| (it.what, it.meaning)).collect::<Vec<_>>()
            };
            let with_trees = of(Trees::There, Trees::There);
            assert_eq!(with_trees, of(Trees::There, Trees::Missing));
            assert_eq!(with_trees, of(Trees::Missing, Trees::Missing));
            with_trees
        };
        let (first, second) = (("initialize", 1), ("again", 2));
        assert!(meanings(&[], &[]).is_empty() && meanings(&[first], &[first]).is_empty());
        assert_eq!(meanings(&[first], &[first, second]), [("again".to_owned(), Meaning::Allowed)]);
        assert_eq!(meanings(&[first, second], &[first]), [("initializers".to_owned(), Meaning::Review)]);
        assert_eq!(meanings(&[], &[first]), [("initialize".to_owned(), Meaning::Review)]);
        assert_eq!(meanings(&[first], &[]), [("initializers".to_owned(), Meaning::Review)]);
    }

    #[test]
    fn an_implementation_that_is_no_longer_locked_is_told() {
        let with = |constructed: &[&str]| Declarations {
            constructed: constructed.iter().map(|name| (*name).to_owned()).collect(),
            initializers: [("initialize".to_owned(), 1)].into(),
            ..Declarations::default()
        };
        assert!(constructors(&StorageLayout::default(), &with(&[]), &with(&[INITIALIZED])).is_empty());
        let [unlocked] = &constructors(&StorageLayout::default(), &with(&[INITIALIZED]), &with(&[]))[..] else {
            panic!("one difference")
        };
        assert_eq!(unlocked.meaning, Meaning::Review);
    }
}
