//! A campaign is a pure function of its seed and configuration.

use std::fmt::Write;

use slashproof::{
    campaign::{Options, Summary},
    codec,
    executor::Executor,
    protocol::eigenlayer::EigenLayer,
};

use crate::support::{bundled, code, mutant, options, play, release, slashproof, wander};

/// All that a summary says, as text.
fn told(protocol: &EigenLayer, summary: &Summary) -> String {
    let mut text = format!(
        "{} {} {} {:?} {:?} {}\n",
        summary.runs, summary.calls, summary.reverts, summary.actions, summary.invariants, summary.edges
    );
    for entry in summary.corpus.entries() {
        writeln!(text, "{}", codec::write_calls(protocol, &entry.calls)).expect("text takes everything");
    }
    for violation in &summary.violations {
        let calls = codec::write_calls(protocol, &violation.calls);
        writeln!(text, "{} {:?} {} {calls}", violation.invariant.id, violation.origin, violation.sentence)
            .expect("text takes everything");
    }
    text
}

fn plays_the_same(protocol: &EigenLayer) {
    // More than one epoch, so that what one learns from another counts.
    let one = told(protocol, &play(protocol, &options(7, 150)));
    let again = told(protocol, &play(protocol, &options(7, 150)));
    let three = told(protocol, &play(protocol, &Options { workers: 3, ..options(7, 150) }));
    assert!(one == again, "played twice, it differs");
    assert!(one == three, "played by three workers, it differs");
}

#[test]
fn the_same_seed_gives_the_same_campaign_whoever_plays_it() {
    plays_the_same(&bundled());
}

#[test]
fn the_same_seed_gives_the_same_campaign_of_the_slashing_release() {
    plays_the_same(&release("slashing"));
}

#[test]
fn another_seed_gives_another_campaign() {
    let protocol = bundled();
    let seven = told(&protocol, &play(&protocol, &options(7, 20)));
    let eight = told(&protocol, &play(&protocol, &options(8, 20)));
    assert!(seven != eight);
}

#[test]
fn findings_do_not_depend_on_workers_either() {
    let protocol = mutant("slash-keeps-encumbered");
    let one = told(&protocol, &play(&protocol, &options(3, 70)));
    let two = told(&protocol, &play(&protocol, &Options { workers: 2, ..options(3, 70) }));
    assert!(one.contains("SLA-02"), "{one}");
    assert!(one == two);
}

#[test]
fn the_report_is_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let run = |workers: &str| {
        let output = slashproof(
            folder.path(),
            &["run", "--seed", "1", "--runs", "200", "--json", "--workers", workers, "--out", "out"],
        );
        assert_eq!(code(&output), 0, "{}", crate::support::stdout(&output));
        output.stdout
    };
    let one = run("1");
    assert!(one == run("1") && one == run("2"));
}

#[test]
fn a_world_forgets_what_never_was_and_goes_on_as_before() {
    let protocol = bundled();
    let mut executor = Executor::deploy(&protocol).unwrap();
    executor.world_mut().sweep();
    let at_first = executor.world().places();
    let run = |executor: &mut Executor<'_>, run: u64| {
        let mut ledgers = Vec::new();
        wander(executor, run, 60, |executor| ledgers.push(executor.ledger().clone()));
        ledgers
    };
    for number in 0..20 {
        let kept = run(&mut executor, number);
        executor.reset();
        assert!(executor.world().places() > at_first, "every run leaves something");
        executor.world_mut().sweep();
        assert_eq!(executor.world().places(), at_first, "after run {number}");
        assert!(run(&mut executor, number) == kept, "run {number} went elsewhere");
        executor.reset();
        executor.world_mut().sweep();
    }
}
