//! The catalogue is complete: every invariant is explained, tested and has a witness.

use std::{collections::BTreeSet, fmt::Write, fs};

use slashproof::{artifact::Artifacts, invariants, mutant, protocol::eigenlayer::release::RELEASES};

use crate::support::root;

#[test]
fn identifiers_are_unique_and_in_order() {
    let mut known = BTreeSet::new();
    for family in invariants::FAMILIES {
        let ids: Vec<&str> = family.invariants.iter().map(|invariant| invariant.id).collect();
        assert!(ids.is_sorted(), "{ids:?}");
        for id in ids {
            let number = id.strip_prefix(family.key).and_then(|rest| rest.strip_prefix('-'));
            let number = number.unwrap_or_else(|| panic!("{id} is of family {}", family.key));
            assert!(number.len() == 2 && number.parse::<u8>().is_ok(), "{id}");
            assert!(known.insert(id), "{id} is there twice");
        }
    }
}

#[test]
fn every_invariant_is_explained() {
    for invariant in invariants::all() {
        for text in [invariant.statement, invariant.formula, invariant.why] {
            assert!(text.len() > 15, "{}: {text:?}", invariant.id);
        }
        assert!(invariant.statement.ends_with('.') && invariant.why.ends_with('.'), "{}", invariant.id);
    }
}

#[test]
fn every_invariant_has_a_unit_test() {
    let folder = root().join("invariants");
    let texts: Vec<String> = crate::support::sources(&folder, "rs")
        .iter()
        .map(|path| fs::read_to_string(path).expect("a readable source"))
        .collect();
    for invariant in invariants::all() {
        let name = format!("fn {}()", invariant.id.to_lowercase().replace('-', "_"));
        assert!(texts.iter().any(|text| text.contains(&name)), "{} has no test {name}", invariant.id);
    }
}

#[test]
fn every_invariant_has_a_mutant_and_every_mutant_an_invariant() {
    for invariant in invariants::all() {
        let broken = mutant::all().iter().any(|mutant| mutant.breaks == invariant.id);
        assert!(broken, "nothing breaks {}", invariant.id);
    }
    let mut names = BTreeSet::new();
    for mutant in mutant::all() {
        assert!(invariants::find(&mutant.breaks).is_some(), "{} breaks {}", mutant.name, mutant.breaks);
        assert!(names.insert(&mutant.name), "{} is there twice", mutant.name);
    }
}

#[test]
fn every_mutant_is_a_patch_of_one_place_and_is_built() {
    for mutant in mutant::all() {
        let path = root().join("contracts").join(&mutant.file);
        let source = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        assert_eq!(source.matches(&mutant.before).count(), 1, "{}: where is its place?", mutant.name);
        let bundled = Artifacts::of_release(&mutant.release).expect("it is bundled");
        let artifacts = Artifacts::mutant(&mutant.name).expect("it is built");
        assert_eq!(artifacts.release, mutant.release, "{}", mutant.name);
        let changed = artifacts.iter().filter(|(name, artifact)| bundled.get(name).digest() != artifact.digest());
        assert!(changed.count() > 0, "{} changes nothing", mutant.name);
    }
}

/// The catalogue as a document.
fn document() -> String {
    let mut text = String::from(
        "# The catalogue\n\n\
         What is judged, by family. `slashproof explain ID` says more of one. A witness is a planted bug, in\n\
         [`contracts/mutants`](../contracts/mutants), that breaks the invariant and that a campaign catches\n\
         with it. This file is written by `make catalogue`, from the constants beside it.\n",
    );
    for family in invariants::FAMILIES {
        write!(text, "\n## {}: {}\n\nAssumes: {}\n\n", family.key, family.title, family.assumes).unwrap();
        text +=
            "| ID | statement | releases | needs | judged after | witness |\n| --- | --- | --- | --- | --- | --- |\n";
        for invariant in family.invariants {
            let witnesses: Vec<String> = mutant::all()
                .iter()
                .filter(|mutant| mutant.breaks == invariant.id)
                .map(|mutant| format!("`{}`", mutant.name))
                .collect();
            let (id, statement, checkpoint) = (invariant.id, invariant.statement, invariant.checkpoint);
            let releases: Vec<&str> = RELEASES
                .iter()
                .filter(|release| invariant.assumes.iter().all(|assumption| release.grants(*assumption)))
                .map(|release| release.name)
                .collect();
            let of_world = invariant.assumes.iter().filter(|assumption| !assumption.is_of_release());
            let needs: Vec<&str> = of_world.map(|assumption| assumption.text()).collect();
            let (releases, needs, witnesses) = (releases.join(", "), needs.join("; "), witnesses.join(", "));
            writeln!(text, "| {id} | {statement} | {releases} | {needs} | {checkpoint} | {witnesses} |").unwrap();
        }
    }
    text += "\n## Known deviations\n\nWhat is often believed to hold, and does not. `slashproof run --metrics` measures them.\n\n";
    text += "| ID | believed | why it does not hold | measured |\n| --- | --- | --- | --- |\n";
    for deviation in invariants::DEVIATIONS {
        let (id, statement, why, unit) = (deviation.id, deviation.statement, deviation.why, deviation.unit);
        writeln!(text, "| {id} | {statement} | {why} | {unit} |").unwrap();
    }
    text
}

#[test]
fn the_document_is_the_catalogue() {
    let path = root().join("invariants/README.md");
    if std::env::var_os("UPDATE_CATALOGUE").is_some() {
        fs::write(&path, document()).expect("a writable repository");
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(written == document(), "run `make catalogue` and commit what it writes");
}
