//! The tools for corpora.

use std::{collections::BTreeSet, fs, path::Path};

use serde_json::Value;
use slashproof::{
    corpus::{Corpus, Entry},
    executor::Executor,
    protocol::eigenlayer::EigenLayer,
    survey::{Reached, enough, survey},
};

use crate::support::{bundled, code, files, json, options, play, slashproof, stderr, stdout};

/// The corpus of a short campaign, in the folder `corpus` of `folder`.
fn played(folder: &Path, seed: u64) -> (EigenLayer, Corpus) {
    let protocol = bundled();
    let corpus = play(&protocol, &options(seed, 128)).corpus;
    corpus.save_into(&folder.join("corpus"), &protocol).unwrap();
    (protocol, corpus)
}

fn union(reached: &[Reached]) -> (BTreeSet<u64>, BTreeSet<u32>) {
    let edges = reached.iter().flat_map(|it| &it.edges).map(|signal| u64::from(signal.key())).collect();
    (edges, reached.iter().flat_map(|it| it.states.iter().copied()).collect())
}

#[test]
fn what_is_enough_reaches_everything_and_nothing_of_it_is_redundant() {
    let folder = tempfile::tempdir().unwrap();
    let (protocol, corpus) = played(folder.path(), 1);
    let mut executor = Executor::deploy(&protocol).unwrap();
    let reached = survey(&mut executor, &corpus);
    let kept = enough(&corpus, &reached);
    assert!(kept.len() < corpus.entries().len() && !kept.is_empty());
    let of = |indices: &[usize]| union(&indices.iter().map(|index| reached[*index].clone()).collect::<Vec<_>>());
    assert_eq!(of(&kept), union(&reached));
    for dropped in &kept {
        let others: Vec<usize> = kept.iter().copied().filter(|index| index != dropped).collect();
        assert!(of(&others) != union(&reached), "entry {dropped} is not needed");
    }
    // What is read in another order is minimized to the same.
    let mut reversed = Corpus::default();
    for entry in corpus.entries().iter().rev() {
        reversed.add(entry.as_ref().clone());
    }
    let again = enough(&reversed, &survey(&mut executor, &reversed));
    let names = |corpus: &Corpus, indices: &[usize]| -> BTreeSet<String> {
        indices.iter().map(|index| corpus.entries()[*index].file_name()).collect()
    };
    assert_eq!(names(&corpus, &kept), names(&reversed, &again));
}

#[test]
fn a_corpus_is_minimized_into_another_folder() {
    let folder = tempfile::tempdir().unwrap();
    played(folder.path(), 1);
    let stats = |name: &str| json(&slashproof(folder.path(), &["corpus", "stats", name, "--json"]));
    let minimize = |into: &str| slashproof(folder.path(), &["corpus", "minimize", "corpus", "--into", into, "--json"]);
    let done = json(&minimize("small"));
    assert_eq!(code(&minimize("again")), 0);
    let (before, after) = (stats("corpus"), stats("small"));
    for same in ["edges", "edge_signals", "states", "enough"] {
        assert_eq!(before[same], after[same], "{same}");
    }
    assert_eq!(after["sequences"], after["enough"]);
    assert_eq!((&done["before"], &done["after"]), (&before["sequences"], &after["sequences"]));
    assert!(before["sequences"].as_u64() > after["sequences"].as_u64());
    assert_eq!(contents(&folder.path().join("small")), contents(&folder.path().join("again")));
    let full = minimize("small");
    assert_eq!(code(&full), 2);
    assert!(stderr(&full).contains("small is not empty"), "{}", stderr(&full));
}

/// Names and texts of the files of a folder.
fn contents(folder: &Path) -> Vec<(String, String)> {
    let read = |path: &std::path::PathBuf| {
        (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read_to_string(path).unwrap())
    };
    files(folder).iter().map(read).collect()
}

#[test]
fn corpora_are_merged_by_what_is_in_them() {
    let folder = tempfile::tempdir().unwrap();
    let (_, one) = played(folder.path(), 1);
    fs::rename(folder.path().join("corpus"), folder.path().join("one")).unwrap();
    let (_, other) = played(folder.path(), 2);
    let merge = ["corpus", "merge", "one", "corpus", "one", "--into", "all", "--json"];
    let merged = json(&slashproof(folder.path(), &merge));
    let names = |corpus: &Corpus| corpus.entries().iter().map(|entry| Entry::file_name(entry)).collect::<BTreeSet<_>>();
    let all = names(&one).union(&names(&other)).count();
    assert_eq!((merged["new"].as_u64(), merged["sequences"].as_u64()), (Some(all as u64), Some(all as u64)));
    assert_eq!(files(&folder.path().join("all")).len(), all);
    assert_eq!(json(&slashproof(folder.path(), &merge))["new"], 0);
}

#[test]
fn an_exported_corpus_has_every_sequence() {
    let folder = tempfile::tempdir().unwrap();
    let (_, corpus) = played(folder.path(), 1);
    let exported = json(&slashproof(folder.path(), &["corpus", "export", "corpus"]));
    assert_eq!(exported["kind"], "slashproof corpus");
    let entries = exported["entries"].as_array().unwrap();
    assert_eq!(entries.len(), corpus.entries().len());
    for entry in entries {
        let file = folder.path().join("corpus").join(entry["file"].as_str().unwrap());
        let written: Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
        assert_eq!(entry["calls"], written["calls"]);
    }
}

#[test]
fn an_empty_corpus_reaches_nothing() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("none")).unwrap();
    let output = slashproof(folder.path(), &["corpus", "stats", "none"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert!(stdout(&output).contains("0 sequences"), "{}", stdout(&output));
}

#[test]
fn what_is_no_corpus_is_told_and_the_rest_is_used() {
    let folder = tempfile::tempdir().unwrap();
    played(folder.path(), 1);
    for command in ["stats", "export"] {
        let output = slashproof(folder.path(), &["corpus", command, "nowhere"]);
        assert_eq!((code(&output), output.stdout.len()), (2, 0));
        assert!(stderr(&output).contains("there is no folder nowhere"), "{}", stderr(&output));
    }
    let whole = contents(&folder.path().join("corpus"));
    let good = whole.len();
    let (name, text) = &whole[0];
    let bad = [
        ("half.json", text[..text.len() / 2].to_owned()),
        ("list.json", "[".repeat(200_000)),
        ("other.json", r#"{ "format": 1, "kind": "something else" }"#.to_owned()),
        ("newer.json", text.replace("\"format\": 1", "\"format\": 2")),
        ("nobody.json", text.replacen("\"actor\": \"", "\"actor\": \"nobody called ", 1)),
    ];
    for (name, text) in &bad {
        fs::write(folder.path().join("corpus").join(name), text).unwrap();
    }
    for command in [vec!["stats", "corpus", "--json"], vec!["minimize", "corpus", "--into", "small", "--json"]] {
        let output = slashproof(folder.path(), &[&["corpus"], &command[..]].concat());
        assert_eq!(code(&output), 2, "{}", stderr(&output));
        for (name, _) in &bad {
            assert!(stderr(&output).contains(name), "{name}: {}", stderr(&output));
        }
        assert!(!stderr(&output).contains(name.as_str()), "{}", stderr(&output));
        let told = json(&output);
        assert_eq!(told["unreadable"], bad.len());
        assert_eq!(told.get("sequences").or(told.get("before")).and_then(Value::as_u64), Some(good as u64));
    }
}
