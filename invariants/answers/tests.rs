//! The answers of small scenes: the right one, and others.

use alloy_primitives::Bytes;

use super::*;
use crate::{
    call::Outcome,
    invariants::fixture::{Scene, judge},
};

/// The scene with `words` returned.
fn returning(mut scene: Scene, words: &[U256]) -> Scene {
    let bytes: Vec<u8> = words.iter().flat_map(U256::to_be_bytes::<32>).collect();
    scene.outcome = Outcome::Returned(Bytes::from(bytes));
    scene
}

fn numbers<const N: usize>(words: [u64; N]) -> [U256; N] {
    words.map(U256::from)
}

/// What was asked after a slash of a half, of everything there is.
fn asking(question: impl Fn(&Scene) -> Question) -> Scene {
    let mut scene = Scene::slash();
    scene.before = scene.after.clone();
    scene.call.operation = Operation::Ask(question(&scene));
    scene
}

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
    assert_eq!(judge(&WITHDRAWABLE, &returning(scene, &[free])), Verdict::NotApplicable);
}

#[test]
fn ans_05() {
    let scene = asking(|scene| Question::WithdrawableShares {
        staker: scene.after.stakers[0].address,
        strategies: vec![scene.after.strategies[0].address],
    });
    // Half of its shares are left.
    let told = |half: u64| returning(scene.clone(), &numbers([64, 128, 1, half, 1, 100_000]));
    assert_eq!(judge(&WITHDRAWABLE, &told(50_000)), Verdict::Holds);
    assert!(violated(&WITHDRAWABLE, &told(100_000)));
    assert!(violated(&WITHDRAWABLE, &returning(scene.clone(), &numbers([64, 96, 0, 0]))));
}

#[test]
fn ans_06() {
    let mut scene = Scene::queued();
    let operator = scene.after.operators[0].address;
    let strategy = scene.after.strategies[0].address;
    scene.before = scene.after.clone();
    scene.call.operation = Operation::Ask(Question::SlashableSharesInQueue { operator, strategy });
    let due = scene.after.slashable_in_queue(&scene.after.operators[0], 0).unwrap();
    assert_eq!(judge(&IN_QUEUE, &returning(scene.clone(), &[due])), Verdict::holds_if(!due.is_zero()));
    assert!(violated(&IN_QUEUE, &returning(scene, &[due + U256::ONE])));
}

#[test]
fn ans_07() {
    let mut scene = Scene::queued();
    scene.before = scene.after.clone();
    let staker = scene.after.stakers[0].address;
    scene.call.operation = Operation::Ask(Question::QueuedWithdrawal { staker, nth: 0 });
    let due = scene.before.receivable(&scene.before.withdrawals[0], 0).unwrap();
    let told = |due: U256| {
        let words = [U256::from(64), U256::from(96), U256::ZERO, U256::ONE, due];
        returning(scene.clone(), &words)
    };
    assert_eq!(judge(&WITHDRAWAL, &told(due)), Verdict::Holds);
    assert!(violated(&WITHDRAWAL, &told(due + U256::ONE)));
    assert!(violated(&WITHDRAWAL, &returning(scene.clone(), &[])));
    assert!(violated(&WITHDRAWAL, &returning(scene, &numbers([0]))));
}
