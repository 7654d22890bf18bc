//! The kill matrix: what is caught is told the same whoever plays it, and what is not is told too.

use slashproof::{
    artifact::Artifacts,
    guidance::Guidance,
    invariants,
    matrix::{self, Judged, Plan},
    mutant::{self, Mutant},
    problem::Problem,
    protocol::{Protocol, eigenlayer::EigenLayer},
    worlds,
};

use crate::support::{code, json, slashproof, stderr, stdout};

fn here() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

#[test]
fn the_command_prints_the_same_bytes_with_any_number_of_workers() {
    let folder = here();
    let run = |workers: &str| {
        let chosen = ["--mutant", "slash-rounds-down", "--mutant", "deposit-rounds-up", "--seeds", "2"];
        let output = slashproof(folder.path(), &[&["mutants", "--workers", workers, "--json"], &chosen[..]].concat());
        assert_eq!(code(&output), 0, "{}", stderr(&output));
        output
    };
    let (one, two) = (run("1"), run("2"));
    assert!(one.stdout == two.stdout);
    let matrix = json(&one);
    assert_eq!((matrix["mutants"].as_u64(), matrix["killed"].as_u64()), (Some(2), Some(2)));
    let row = &matrix["rows"][0];
    assert_eq!((row["mutant"].as_str(), row["invariant"].as_str()), (Some("slash-rounds-down"), Some("SLA-01")));
    assert_eq!(row["budget"].as_u64(), Some(200_000));
    for cell in row["cells"].as_array().unwrap() {
        assert!(cell["calls"].as_u64().is_some_and(|calls| calls <= 200_000), "{cell}");
        assert!(!cell["by"].as_array().unwrap().is_empty(), "{cell}");
    }
}

#[test]
fn a_typo_is_told_with_what_was_meant() {
    let output = slashproof(here().path(), &["mutants", "--mutant", "slash-rounds-dwn"]);
    assert_eq!((code(&output), stdout(&output).as_str()), (2, ""));
    assert!(stderr(&output).contains("did you mean slash-rounds-down?"));
    let output = slashproof(here().path(), &["mutants", "--seeds", "0"]);
    assert_eq!(code(&output), 2);
}

fn build(mutant: &Mutant) -> Result<Box<dyn Protocol>, Problem> {
    Ok(Box::new(EigenLayer::in_world(Artifacts::mutant(&mutant.name)?, worlds::find(&mutant.world)?)?))
}

fn played(mutant: &Mutant) -> matrix::Matrix {
    let judged = Judged::All(invariants::all().collect());
    let plan = Plan { mutants: vec![mutant], seeds: 2, judged, guidance: Guidance::All, workers: 2 };
    matrix::play(&plan, &build, &mut |_, _| {}).expect("it deploys")
}

#[test]
fn what_is_not_caught_within_its_budget_survived() {
    let named = |name: &str| mutant::all().iter().find(|mutant| mutant.name == name).expect("it exists");
    let mutant = named("deposit-rounds-up");
    let matrix = played(mutant);
    let calls: Vec<u64> = matrix.rows[0].cells.iter().filter_map(|cell| cell.calls).collect();
    assert!(matrix.all_killed() && calls.len() == 2);
    // Its own calls are enough, one less is not.
    let least = *calls.iter().min().expect("two");
    let most = *calls.iter().max().expect("two");
    assert!(played(&Mutant { budget: most, ..mutant.clone() }).all_killed());
    let short = played(&Mutant { budget: least - 1, ..mutant.clone() });
    assert!(!short.all_killed() && short.rows[0].median_calls.is_none());
}
