//! A campaign that is interrupted and resumed is the campaign that was not.

use std::{fs, process::Child, sync::atomic::Ordering, thread, time::Duration};

use slashproof::{
    campaign::{self, Checkpoint, Control, Event, Options, Summary},
    corpus::Corpus,
    protocol::eigenlayer::EigenLayer,
    report::Output,
};
use tempfile::TempDir;

use crate::support::{bundled, code, files, mutant, options, play, slashproof, starting, stderr};

/// All that is reported of a summary, and what else there is.
fn told(protocol: &EigenLayer, options: &Options, summary: &Summary) -> String {
    let report = slashproof::report::Report::new(protocol, options, summary, Vec::new());
    let calls: Vec<_> = summary.corpus.entries().iter().map(|entry| (entry.file_name(), &entry.goals)).collect();
    format!("{} {calls:?} {:?} {:?}", serde_json::to_string(&report).unwrap(), summary.violations, summary.first)
}

/// Interrupts a campaign when it has played `after` runs, in the middle of the epoch that follows; the checkpoint, from
/// disk.
fn interrupted(protocol: &EigenLayer, options: &Options, after: u64) -> Checkpoint {
    let control = Control::default();
    let mut told = None;
    let mut on_event = |event| match event {
        Event::Progress(progress) if progress.runs >= after => {
            let interrupted = control.interrupted.clone();
            thread::spawn(move || {
                thread::sleep(Duration::from_millis(100));
                interrupted.store(true, Ordering::Relaxed);
            });
        }
        Event::Checkpoint(checkpoint) => told = Some(checkpoint),
        _ => {}
    };
    let summary = campaign::run(protocol, options, Corpus::default(), &control, &mut on_event).expect("it deploys");
    assert!(summary.runs < options.runs.unwrap(), "it was interrupted");
    there_and_back(protocol, &told.expect("who is interrupted tells from where to go on"))
}

fn there_and_back(protocol: &EigenLayer, checkpoint: &Checkpoint) -> Checkpoint {
    let folder = tempfile::tempdir().unwrap();
    let output = Output::prepare(folder.path(), None).unwrap();
    let digest = alloy_primitives::B256::repeat_byte(7);
    output.save_checkpoint(checkpoint, digest, protocol).unwrap();
    let other = output.load_checkpoint(alloy_primitives::B256::ZERO, protocol).unwrap_err().to_string();
    assert!(other.contains("other options"), "{other}");
    output.load_checkpoint(digest, protocol).unwrap()
}

fn resumes_as_if_nothing_had_happened(protocol: &EigenLayer, options: &Options) {
    let whole = told(protocol, options, &play(protocol, options));
    for after in [64, 192] {
        let checkpoint = interrupted(protocol, options, after);
        let resumed = campaign::resume(protocol, options, checkpoint, &Control::default(), &mut |_| {});
        assert!(told(protocol, options, &resumed.unwrap()) == whole, "interrupted after {after} runs");
    }
}

#[test]
fn a_resumed_campaign_ends_as_one_that_was_never_interrupted() {
    resumes_as_if_nothing_had_happened(&bundled(), &Options { workers: 2, corpus_size: 64, ..options(3, 400) });
}

#[test]
fn findings_survive_an_interruption() {
    let protocol = mutant("slash-keeps-encumbered");
    let options = Options { shrink_run_limit: 50, ..options(3, 400) };
    assert!(!play(&protocol, &options).violations.is_empty());
    resumes_as_if_nothing_had_happened(&protocol, &options);
}

#[test]
fn a_checkpoint_of_other_invariants_is_refused() {
    let protocol = bundled();
    let options = options(3, 400);
    let checkpoint = interrupted(&protocol, &options, 64);
    let fewer = Options { invariants: options.invariants[1..].to_vec(), ..options };
    let refused = campaign::resume(&protocol, &fewer, checkpoint, &Control::default(), &mut |_| {});
    assert!(refused.unwrap_err().to_string().contains("another campaign"));
}

const RUN: [&str; 9] = ["run", "--seed", "2", "--runs", "400", "--json", "--checkpoint", "0", "--out"];

fn run(folder: &TempDir, out: &str, more: &[&str]) -> std::process::Output {
    slashproof(folder.path(), &[&RUN[..], &[out], more].concat())
}

/// Waits for a file.
fn appears(file: &std::path::Path, child: &mut Child) {
    // It appears before the process ends, or never.
    while !file.exists() {
        assert!(child.try_wait().unwrap().is_none(), "{} did not appear", file.display());
        thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_killed_campaign_is_resumed_to_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let whole = run(&folder, "whole", &[]);
    assert!([0, 3].contains(&code(&whole)), "{}", stderr(&whole));
    assert!(!folder.path().join("whole/checkpoint").exists(), "a campaign that is over is not resumed");

    let mut child = starting(folder.path(), &[&RUN[..], &["killed"]].concat()).spawn().unwrap();
    appears(&folder.path().join("killed/checkpoint/campaign.json"), &mut child);
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(!folder.path().join("killed/report.json").exists());

    let resumed = run(&folder, "killed", &["--resume", "--workers", "1"]);
    assert_eq!(code(&resumed), code(&whole), "{}", stderr(&resumed));
    assert!(resumed.stdout == whole.stdout);
    let names = |out: &str| -> Vec<_> {
        files(&folder.path().join(out).join("corpus")).iter().map(|path| path.file_name().unwrap().to_owned()).collect()
    };
    assert_eq!(names("killed"), names("whole"));
    assert!(!folder.path().join("killed/checkpoint").exists());
}

#[test]
fn what_cannot_be_resumed_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let refused = |expected: &str| {
        let output = run(&folder, "out", &["--resume"]);
        assert_eq!(code(&output), 2);
        assert!(stderr(&output).contains(expected), "{}", stderr(&output));
    };
    refused("there is nothing to resume");
    let checkpoint = folder.path().join("out/checkpoint");
    fs::create_dir_all(&checkpoint).unwrap();
    for (text, expected) in [
        ("{", "this is no JSON"),
        ("{}", "no \"format\""),
        (r#"{ "format": 99 }"#, "format 99"),
        (r#"{ "format": 1, "campaign": "0x00" }"#, "other options or contracts"),
    ] {
        fs::write(checkpoint.join("campaign.json"), text).unwrap();
        refused(expected);
    }
}
