//! Files: what is written is read again, also by another process.

use serde_json::Value;
use slashproof::{corpus::Corpus, draw::Dice, executor::Executor, finding::Finding};

use crate::support::{bundled, code, files, finding, json, slashproof, stderr, stdout};

#[test]
fn a_corpus_is_read_as_written_and_replayed_first() {
    let folder = tempfile::tempdir().unwrap();
    let run = |seed: &str| {
        let output = slashproof(
            folder.path(),
            &["run", "--seed", seed, "--runs", "64", "--corpus-dir", "corpus", "--out", "out", "--json"],
        );
        assert!([0, 3].contains(&code(&output)), "{}", stderr(&output));
        json(&output)
    };
    let first = run("1");
    let entries = files(&folder.path().join("corpus"));
    assert_eq!(first["corpus"], entries.len());
    assert!(entries.len() > 5);
    let second = run("2");
    assert_eq!(second["replayed"], entries.len());
    // What was covered is covered again before anything is drawn.
    assert!(second["coverage"]["edges"].as_u64() >= first["coverage"]["edges"].as_u64());
    // What was there is still there, byte for byte.
    assert!(entries.iter().all(|entry| entry.is_file()));
}

#[test]
fn corpus_entries_go_there_and_back() {
    let protocol = bundled();
    let folder = tempfile::tempdir().unwrap();
    let summary = crate::support::play(&protocol, &crate::support::options(5, 64));
    summary.corpus.save(folder.path(), &protocol).unwrap();
    let (read, problems) = Corpus::load(folder.path(), &protocol).unwrap();
    assert!(problems.is_empty(), "{problems:?}");
    let calls = |corpus: &Corpus| {
        let mut all: Vec<String> = corpus.entries().iter().map(|entry| format!("{:?}", entry.calls)).collect();
        all.sort();
        all
    };
    assert_eq!(calls(&read), calls(&summary.corpus));
}

#[test]
fn a_finding_replays_here_and_not_on_what_is_mended() {
    let folder = tempfile::tempdir().unwrap();
    let output = slashproof(
        folder.path(),
        &["run", "--mutant", "redistribution-to-the-caller", "--seed", "1", "--runs", "500", "--out", "out"],
    );
    assert_eq!(code(&output), 1, "{}", stderr(&output));
    let text = stdout(&output);
    assert!(text.contains("VIOLATED  RED-06"), "{text}");
    assert!(text.contains("clearBurnOrRedistributableShares"), "{text}");
    let path = finding(&folder.path().join("out"), "RED-06");
    let path = path.to_str().unwrap();

    let again = slashproof(folder.path(), &["replay", path]);
    assert_eq!(code(&again), 1);
    assert!(stdout(&again).contains("violated: clearing a slash"));

    let mended = slashproof(folder.path(), &["replay", path, "--bundled"]);
    assert_eq!(code(&mended), 0, "{}", stdout(&mended));
    assert!(stderr(&mended).contains("the digest of StrategyManager differs"), "{}", stderr(&mended));

    let traced = stdout(&slashproof(folder.path(), &["replay", path, "--trace"]));
    for expected in [" implementation.withdraw(recipient: ", "emits OperatorSlashed(", "<- ", "gas)"] {
        assert!(traced.contains(expected), "{expected} is not in\n{traced}");
    }

    let shrunk = slashproof(folder.path(), &["shrink", path]);
    assert_eq!(code(&shrunk), 0, "{}", stderr(&shrunk));
    assert!(stdout(&shrunk).contains("calls, from "));
}

#[test]
fn a_finding_says_all_there_is_to_say() {
    let folder = tempfile::tempdir().unwrap();
    slashproof(folder.path(), &["run", "--mutant", "slash-rounds-down", "--runs", "64", "--out", "out"]);
    let path = finding(&folder.path().join("out"), "SLA-01");
    let text = std::fs::read_to_string(&path).unwrap();
    let value: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(value["format"], 1);
    assert_eq!(value["invariant"], "SLA-01");
    assert_eq!(value["source"]["mutant"], "slash-rounds-down");
    assert_eq!(value["shrunk_length"].as_u64(), value["calls"].as_array().map(|calls| calls.len() as u64));
    for key in ["statement", "sentence", "origin", "original_length", "tool", "config_digest", "artifacts"] {
        assert!(!value[key].is_null(), "{key}");
    }
    for call in value["calls"].as_array().unwrap() {
        for key in ["action", "actor", "operation", "text", "outcome"] {
            assert!(!call[key].is_null(), "{key}");
        }
        assert!(!call.to_string().contains("\"0x"), "addresses have names: {call}");
    }
    // Written again, it is the same file.
    let finding = Finding::load(&path).unwrap();
    let copy = tempfile::tempdir().unwrap();
    let written = finding.save(copy.path()).unwrap();
    assert_eq!(std::fs::read_to_string(written).unwrap(), text);
}

#[test]
fn calls_go_through_json_unchanged() {
    let protocol = bundled();
    let mut executor = Executor::deploy(&protocol).unwrap();
    for run in 0..5 {
        executor.reset();
        let mut dice = Dice::of_run(9, 0, run);
        let generator = slashproof::generator::Generator::for_run(&protocol, &mut dice);
        for _ in 0..60 {
            let delay = generator.delay(&mut dice, executor.ledger());
            executor.advance(delay);
            let Some((action, actor, operation)) = generator.next(&mut dice, executor.ledger()).call else { continue };
            let call = slashproof::call::Call { action, actor, delay, operation };
            let value = slashproof::codec::write_call(&protocol, &call);
            assert_eq!(slashproof::codec::read_call(&protocol, &value).unwrap(), call);
            executor.execute(&call);
        }
    }
}
