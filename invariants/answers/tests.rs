//! The answers of small scenes: the right one, and others.

use super::*;
use crate::invariants::fixture::{Scene, asking, judge, numbers, returning};

fn violated(invariant: &Invariant, scene: &Scene) -> bool {
    matches!(judge(invariant, scene), Verdict::Violated(_))
}

#[test]
fn ans_01() {
    let scene = || Scene::deposited();
    assert_eq!(judge(&DEPOSITED, &returning(scene(), &numbers([10]))), Verdict::Holds);
    assert!(violated(&DEPOSITED, &returning(scene(), &numbers([11]))));
    assert!(violated(&DEPOSITED, &returning(scene(), &[])));
    assert_eq!(judge(&DEPOSITED, &Scene::quiet()), Verdict::NotApplicable);
}

#[test]
fn ans_02() {
    let scene = || {
        let mut scene = Scene::queued();
        let staker = scene.after.stakers[0].address;
        scene.call.operation = Operation::Undelegate { staker };
        scene
    };
    let root: U256 = scene().after.withdrawals[0].root.into();
    let told = |words: &[u64], root: U256| {
        let words: Vec<U256> = words.iter().map(|word| U256::from(*word)).chain([root]).collect();
        returning(scene(), &words)
    };
    assert_eq!(judge(&QUEUED, &told(&[32, 1], root)), Verdict::Holds);
    assert!(violated(&QUEUED, &told(&[32, 1], root.wrapping_add(U256::ONE))));
    assert!(violated(&QUEUED, &told(&[32, 0], root)));
    assert!(violated(&QUEUED, &returning(scene(), &[])));
    assert_eq!(judge(&QUEUED, &Scene::quiet()), Verdict::NotApplicable);
}

#[test]
fn ans_03() {
    let mut scene = Scene::slash();
    scene.before = scene.after.clone();
    let (set, strategy) = (scene.before.sets[0].id, scene.before.strategies[0].address);
    // Without donations a share is a token.
    scene.before.strategies[0].total_shares = U256::from(100_000);
    scene.before.strategies[0].balance = U256::from(100_000);
    let id = scene.before.sets[0].slash_count;
    let index = usize::try_from(id).unwrap();
    scene.before.sets[0].slashes.resize(index + 1, Vec::new());
    scene.before.sets[0].slashes[index] = vec![(strategy, U256::from(500))];
    scene.before.sets[0].pending_slashes = vec![id];
    scene.call.operation = Operation::ClearSlash { set, nth: 0 };
    assert_eq!(judge(&CLEARED, &returning(scene.clone(), &numbers([32, 1, 500]))), Verdict::Holds);
    assert!(violated(&CLEARED, &returning(scene.clone(), &numbers([32, 1, 501]))));
    assert!(violated(&CLEARED, &returning(scene.clone(), &numbers([32, 0]))));
    scene.call.operation = Operation::ClearSlashByStrategy { set, nth: 0, strategy };
    assert_eq!(judge(&CLEARED, &returning(scene.clone(), &numbers([500]))), Verdict::Holds);
    assert!(violated(&CLEARED, &returning(scene, &numbers([0]))));
}

#[test]
fn ans_04() {
    let scene = asking(|scene| Question::AllocatableMagnitude {
        operator: scene.after.operators[0].address,
        strategy: scene.after.strategies[0].address,
    });
    let stake = &scene.after.operators[0].stakes[0];
    let free = U256::from(stake.max_magnitude() - stake.encumbered);
    assert_eq!(judge(&FREE, &returning(scene.clone(), &[free])), Verdict::Holds);
    assert!(violated(&FREE, &returning(scene.clone(), &[free + U256::ONE])));
    assert_eq!(judge(&QUEUED, &returning(scene, &[free])), Verdict::NotApplicable);
}
