//! Storage layouts before and after an upgrade: what the gate says of the pairs in tests/layouts, beside OpenZeppelin's
//! upgrades-core; and what must hold of all layouts.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    sync::LazyLock,
};

use alloy_json_abi::JsonAbi;
use alloy_primitives::U256;
use proptest::{prelude::*, sample::subsequence};
use serde::Deserialize;
use serde_json::Value;
use slashproof::{
    artifact::{
        Artifact, Declarations, SourceTexts, StorageLayout, Target, Told,
        layout::{LayoutType, Variable},
    },
    gate::layout::{Difference, Kind, Meaning, differences},
};

use crate::support::root;

/// What is written of a pair.
#[derive(Deserialize)]
struct Pair {
    name: String,
    ours: Meaning,
    differs: Option<String>,
}

#[derive(Deserialize)]
struct Pairs {
    pair: Vec<Pair>,
}

/// What the compiler and upgrades-core say of it.
#[derive(Deserialize)]
struct Compiled {
    name: String,
    objections: Vec<String>,
    before: Side,
    after: Side,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Side {
    path: String,
    source: String,
    storage_layout: StorageLayout,
    declarations: Declarations,
    namespaces: BTreeMap<String, Vec<Member>>,
    ast: Value,
}

/// No two functions have one name.
static ABI: LazyLock<JsonAbi> = LazyLock::new(JsonAbi::new);

impl Side {
    fn target(&self) -> Target<'_> {
        Target { name: "C", path: &self.path, abi: &ABI }
    }
}

/// Where a member of a namespace is.
#[derive(Debug, PartialEq, Deserialize)]
struct Member {
    label: String,
    slot: U256,
    offset: usize,
}

fn pairs() -> Vec<(Pair, Compiled)> {
    let text = |name: &str| fs::read_to_string(root().join("tests/layouts").join(name)).expect("a file of pairs");
    let pairs: Pairs = toml::from_str(&text("pairs.toml")).expect("pairs");
    let compiled: Vec<Compiled> = serde_json::from_str(&text("pairs.json")).expect("compiled pairs");
    assert_eq!(pairs.pair.len(), compiled.len(), "run `make artifacts`");
    pairs.pair.into_iter().zip(compiled).collect()
}

/// A contract of which only the layout counts.
fn artifact(layout: StorageLayout, declarations: Option<Declarations>) -> Artifact {
    let (creation, runtime) = Default::default();
    let (name, layout) = ("C".to_owned(), Some(layout));
    Artifact {
        name,
        abi: JsonAbi::new(),
        creation,
        links: Vec::new(),
        runtime,
        layout,
        declarations,
        told: None,
        target: None,
        source_map: None,
        arguments: BTreeMap::new(),
    }
}

/// A contract with what its syntax tree says.
fn with_trees(side: &Side) -> Artifact {
    let mut layout = side.storage_layout.clone();
    let texts = BTreeMap::from([(side.path.clone(), side.source.clone())]);
    let read = Declarations::of_trees([side.ast.clone()], &texts, side.target(), &mut layout);
    artifact(layout, Some(read.expect("a readable tree").expect("a whole tree")))
}

fn worst(differences: &[Difference]) -> Meaning {
    differences.iter().map(|difference| difference.meaning).max().unwrap_or(Meaning::Allowed)
}

#[test]
fn the_gate_says_of_each_pair_what_is_written_of_it() {
    let mut wrong = Vec::new();
    for (pair, compiled) in pairs() {
        let found = differences(&with_trees(&compiled.before), &with_trees(&compiled.after));
        if worst(&found) != pair.ours {
            wrong.push(format!("{}: {:?}, not {:?}: {found:#?}", pair.name, worst(&found), pair.ours));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_gate_agrees_with_upgrades_core_or_says_why_not() {
    let pairs = pairs();
    assert!(pairs.len() >= 100);
    for (pair, Compiled { name, objections, .. }) in &pairs {
        assert_eq!(pair.name, *name, "run `make artifacts`");
        let agrees = match pair.ours {
            Meaning::Allowed => objections.is_empty(),
            Meaning::Breaks => !objections.is_empty(),
            Meaning::Review => false,
        };
        assert_eq!(agrees, pair.differs.is_none(), "{name}: upgrades-core objects {objections:?}");
    }
    let agreeing = pairs.iter().filter(|(pair, _)| pair.differs.is_none()).count();
    assert!(agreeing * 4 >= pairs.len() * 3, "they agree on {agreeing} of {} only", pairs.len());
}

#[test]
fn every_difference_from_upgrades_core_is_in_the_guide() {
    let guide = fs::read_to_string(root().join("docs/gate.md")).expect("the guide");
    let differing: Vec<Pair> =
        pairs().into_iter().map(|(pair, _)| pair).filter(|pair| pair.differs.is_some()).collect();
    for Pair { name, differs, .. } in &differing {
        let why = differs.as_ref().expect("it differs");
        assert!(guide.contains(&format!("| {name} | ")), "docs/gate.md does not have: {name}");
        assert!(guide.contains(&format!("| {why} |")), "docs/gate.md does not say why: {why}");
    }
}

#[test]
fn names_of_pairs_are_unique() {
    let names: BTreeSet<String> = pairs().into_iter().map(|(pair, _)| pair.name).collect();
    assert_eq!(names.len(), pairs().len());
}

/// Two readers of syntax trees, one for our own artifacts and one for those of others.
#[test]
fn both_readers_of_syntax_trees_read_the_same() {
    for (_, compiled) in pairs() {
        for side in [&compiled.before, &compiled.after] {
            let Artifact { declarations: Some(read), .. } = with_trees(side) else { unreachable!("it has trees") };
            let others = Declarations { namespaces: read.namespaces.clone(), ..side.declarations.clone() };
            assert_eq!(read, others, "{}", compiled.name);
        }
    }
}

/// The text of sources tells what their syntax trees do.
#[test]
fn text_is_read_as_trees_are() {
    let mut told = BTreeSet::new();
    for (_, compiled) in pairs() {
        for side in [&compiled.before, &compiled.after] {
            let texts = BTreeMap::from([(side.path.clone(), side.source.clone())]);
            let text = Told::of_sources(&SourceTexts { texts, remappings: Vec::new() }, side.target());
            let Artifact { declarations: Some(trees), .. } = with_trees(side) else { unreachable!("it has trees") };
            assert_eq!(text.enums, trees.enums, "{}", compiled.name);
            assert_eq!(text.initializers.as_ref(), Some(&trees.initializers), "{}", compiled.name);
            for (name, place) in &text.places {
                assert_eq!(trees.places.get(name), Some(place), "{}", compiled.name);
            }
            told.extend(text.initializers.into_iter().flatten());
            told.extend(text.enums.into_keys().map(|name| (name, 0)));
        }
    }
    assert!(told.len() >= 4, "only {told:?} is compared");
}

#[test]
fn namespaces_are_laid_out_as_by_solc() {
    let mut members = 0;
    for (_, compiled) in pairs() {
        for side in [&compiled.before, &compiled.after] {
            let Artifact { declarations: Some(read), .. } = with_trees(side) else { unreachable!("it has trees") };
            let place = |it: &Variable| Member { label: it.label.clone(), slot: it.slot, offset: it.offset };
            let ours =
                read.namespaces.iter().map(|(id, layout)| (id.clone(), layout.storage.iter().map(place).collect()));
            let ours: BTreeMap<String, Vec<Member>> = ours.collect();
            assert_eq!(ours, side.namespaces, "{}", compiled.name);
            members += ours.values().flatten().count();
        }
    }
    assert!(members > 50, "only {members} members are compared");
}

#[test]
fn a_difference_has_its_line() {
    let (_, compiled) =
        pairs().into_iter().find(|(pair, _)| pair.name == "a variable is inserted between").expect("it");
    let found = differences(&with_trees(&compiled.before), &with_trees(&compiled.after));
    let [moved, inserted] = &found[..] else { panic!("{found:?}") };
    assert_eq!((moved.kind, moved.what.as_str()), (Kind::Moved, "b"));
    assert_eq!((inserted.kind, inserted.what.as_str()), (Kind::Inserted, "x"));
    assert_eq!(inserted.source, format!("{}:4", compiled.after.path));
    assert_eq!(inserted.sentence, "x is new at slot 1, where b was kept");
}

#[test]
fn without_trees_an_enum_is_left_to_a_person() {
    let (_, compiled) =
        pairs().into_iter().find(|(pair, _)| pair.name == "a member is appended to an enum").expect("it");
    let plain = |side: &Side| artifact(side.storage_layout.clone(), None);
    let found = differences(&plain(&compiled.before), &plain(&compiled.after));
    assert_eq!(found.iter().map(|it| (it.kind, it.meaning)).collect::<Vec<_>>(), [(Kind::Unseen, Meaning::Review)]);
}

#[test]
fn a_struct_that_holds_itself_is_compared() {
    let text = |key: &str| {
        format!(
            r#"{{"storage":[{{"label":"s","slot":"0","offset":0,"type":"S"}}],"types":{{
            "S":{{"encoding":"inplace","label":"struct S","numberOfBytes":"32","members":[{{"label":"m","slot":"0","offset":0,"type":"M"}}]}},
            "M":{{"encoding":"mapping","label":"mapping","numberOfBytes":"32","key":"{key}","value":"S"}},
            "a":{{"encoding":"inplace","label":"address","numberOfBytes":"20"}},
            "u":{{"encoding":"inplace","label":"uint256","numberOfBytes":"32"}}}}}}"#
        )
    };
    let side = |key: &str| artifact(serde_json::from_str(&text(key)).expect("a layout"), None);
    assert!(differences(&side("a"), &side("a")).is_empty());
    assert_eq!(worst(&differences(&side("a"), &side("u"))), Meaning::Breaks);
}

/// The types that are drawn, with their bytes.
const TYPES: &[(&str, u64)] =
    &[("bool", 1), ("uint64", 8), ("address", 20), ("uint256", 32), ("int128", 16), ("bytes4", 4), ("uint128", 16)];

/// Variables by name and type, laid out as solc does.
fn laid_out(variables: &[(String, usize)]) -> StorageLayout {
    let (mut slot, mut offset) = (0u64, 0u64);
    let mut storage = Vec::new();
    for (label, number) in variables {
        let (type_id, bytes) = TYPES[*number];
        if offset + bytes > 32 {
            (slot, offset) = (slot + 1, 0);
        }
        storage.push(Variable {
            label: label.clone(),
            slot: U256::from(slot),
            offset: usize::try_from(offset).expect("within a slot"),
            type_id: type_id.to_owned(),
            ast_id: None,
            declared: None,
        });
        offset += bytes;
    }
    let types = TYPES.iter().map(|(label, bytes)| {
        let it = LayoutType {
            encoding: "inplace".to_owned(),
            label: (*label).to_owned(),
            number_of_bytes: U256::from(*bytes),
            key: None,
            value: None,
            base: None,
            members: Vec::new(),
        };
        ((*label).to_owned(), it)
    });
    StorageLayout { storage, types: types.collect() }
}

fn named(types: &[usize], prefix: &str) -> Vec<(String, usize)> {
    types.iter().enumerate().map(|(index, it)| (format!("{prefix}{index}"), *it)).collect()
}

fn judged(before: &[(String, usize)], after: &[(String, usize)]) -> Vec<Difference> {
    differences(&artifact(laid_out(before), None), &artifact(laid_out(after), None))
}

fn some_types() -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(0..TYPES.len(), 1..20)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_layout_is_compatible_with_itself(types in some_types()) {
        let variables = named(&types, "v");
        prop_assert_eq!(judged(&variables, &variables), []);
    }

    #[test]
    fn what_is_appended_is_allowed(types in some_types(), more in some_types()) {
        let before = named(&types, "v");
        let after = [before.clone(), named(&more, "w")].concat();
        let found = judged(&before, &after);
        prop_assert_eq!(found.len(), more.len());
        prop_assert_eq!(worst(&found), Meaning::Allowed);
    }

    #[test]
    fn no_two_variables_change_places(types in prop::collection::vec(0..TYPES.len(), 2..20), one: usize, other: usize) {
        let before = named(&types, "v");
        let (one, other) = (one % types.len(), other % types.len());
        prop_assume!(one != other);
        let mut after = before.clone();
        after.swap(one, other);
        let found = judged(&before, &after);
        prop_assert_eq!(worst(&found), Meaning::Breaks);
        let places = |variables: &[(String, usize)]| {
            let layout = laid_out(variables);
            layout.storage.into_iter().map(|it| (it.label, (it.slot, it.offset))).collect::<BTreeMap<_, _>>()
        };
        let later = places(&after);
        for (label, place) in places(&before) {
            let told = found.iter().any(|it| it.kind == Kind::Moved && it.what == label);
            prop_assert_eq!(told, later[&label] != place, "{}: {:?}", label, found);
        }
    }

    #[test]
    fn nothing_that_is_kept_may_go(types in some_types(), gone: usize) {
        let before = named(&types, "v");
        let mut after = before.clone();
        let (label, _) = after.remove(gone % types.len());
        let found = judged(&before, &after);
        prop_assert!(found.iter().any(|it| it.kind == Kind::Removed && it.what == label && it.meaning == Meaning::Breaks));
    }

    #[test]
    fn nothing_is_retyped_unseen(types in some_types(), at: usize, to in 0..TYPES.len()) {
        let before = named(&types, "v");
        let at = at % types.len();
        let mut after = before.clone();
        prop_assume!(after[at].1 != to);
        after[at].1 = to;
        let found = judged(&before, &after);
        let what = format!("v{at}");
        prop_assert!(worst(&found) != Meaning::Allowed && found.iter().any(|it| it.what == what), "{:?}", found);
    }

    /// Whoever is allowed to stay is read from the bytes it was kept in: no byte of the baseline is anybody else's.
    #[test]
    fn what_passes_keeps_every_byte(types in some_types(), kept in subsequence((0..20usize).collect::<Vec<_>>(), 0..20), more in some_types()) {
        let before = named(&types, "v");
        let mut after: Vec<_> = before.iter().enumerate().filter(|(at, _)| kept.contains(at)).map(|(_, it)| it.clone()).collect();
        after.extend(named(&more, "w"));
        if worst(&judged(&before, &after)) == Meaning::Allowed {
            let owners = |variables: &[(String, usize)]| {
                let layout = laid_out(variables);
                let bytes = |it: &Variable| {
                    let begin = it.slot.to::<usize>() * 32 + it.offset;
                    let end = begin + layout.types[&it.type_id].number_of_bytes.to::<usize>();
                    (begin..end).map(|byte| (byte, it.label.clone())).collect::<Vec<_>>()
                };
                layout.storage.iter().flat_map(bytes).collect::<BTreeMap<usize, String>>()
            };
            let later = owners(&after);
            for (byte, owner) in owners(&before) {
                prop_assert_eq!(later.get(&byte), Some(&owner));
            }
        }
    }
}
