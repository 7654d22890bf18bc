//! The gate's judgement of an upgrade in the middle of life: the one that comes along passes, bad ones do not.

use std::sync::atomic::AtomicBool;

use slashproof::{
    artifact::Artifacts,
    gate::{Gate, Judgement, Options, Verdict, expect::Expectations, judge, upgrade::rule_of, work::Budget},
    worlds,
};

/// Judges an upgrade, with few runs.
fn upgrade(baseline: &Artifacts, candidate: &Artifacts, (seed, runs): (u64, u64), expect: &Expectations) -> Gate {
    let budget = Budget { seed, runs, shrink_run_limit: 60, workers: 2, expired: &AtomicBool::new(false) };
    let options = Options { judgements: &[Judgement::Upgrade], expectations: expect, world: &worlds::STANDARD, budget };
    judge(baseline, candidate, options).expect("it can be judged")
}

fn released(name: &str) -> Artifacts {
    Artifacts::of_release(name).expect("it is bundled")
}

/// The rules that an upgrade of the bundled release to a bad one breaks.
fn broken(candidate: &str, runs: u64) -> Vec<&'static str> {
    let candidate = Artifacts::mutant(candidate).expect("it is a mutant");
    let gate = upgrade(&released("redistribution"), &candidate, (1, runs), &Expectations::none());
    let groups = &gate.upgrade.as_ref().expect("it was judged").groups;
    assert_eq!(gate.verdict == Verdict::Fail, !groups.is_empty());
    groups.iter().map(|group| rule_of(&group.key).id).collect()
}

#[test]
fn the_bundled_upgrade_passes_at_every_seed() {
    let expect = Expectations::bundled("slashing", "redistribution").expect("they come along");
    for seed in 1..=3 {
        let gate = upgrade(&released("slashing"), &released("redistribution"), (seed, 48), &expect);
        let upgraded = gate.upgrade.expect("it was judged");
        assert_eq!(upgraded.verdict, Verdict::Pass, "seed {seed}: {:#?}", upgraded.groups);
        assert_eq!((upgraded.runs, upgraded.runs_left_out), (48, 0));
        // What is built the same, and given the same, is there already.
        assert_eq!(upgraded.switched.len(), 12, "{:?}", upgraded.switched);
    }
}

#[test]
fn workers_change_nothing() {
    let (old, new) = (released("slashing"), released("redistribution"));
    let once = |workers| {
        let budget = Budget { seed: 5, runs: 40, shrink_run_limit: 60, workers, expired: &AtomicBool::new(false) };
        let expectations = &Expectations::none();
        let options = Options { judgements: &[Judgement::Upgrade], expectations, world: &worlds::STANDARD, budget };
        serde_json::to_string(&judge(&old, &new, options).expect("it can be judged")).expect("a report is written")
    };
    assert_eq!(once(1), once(2));
}

#[test]
fn code_that_breaks_an_invariant_fails_after_the_upgrade() {
    for mutant in ["slash-rounds-down", "slash-keeps-encumbered", "anybody-completes"] {
        let rules = broken(mutant, 64);
        assert!(rules.contains(&"UPG-07"), "{mutant}: {rules:?}");
    }
}
