//! The answers of small scenes: the right one, and others.

use super::*;
use crate::{
    call::Operation,
    invariants::fixture::{Scene, asking, judge, numbers, returning},
    ledger::Allocation,
};

fn violated(invariant: &Invariant, scene: &Scene) -> bool {
    matches!(judge(invariant, scene), Verdict::Violated(_))
}

/// What is told of one operator and one strategy.
fn told(scene: &Scene, shares: u64) -> Scene {
    returning(scene.clone(), &numbers([32, 1, 32, 1, shares]))
}

/// The operator has 50000 shares; of half its magnitude, the first set has all, and in 100 blocks nothing.
fn slashable(ahead: u32) -> Scene {
    let mut scene = asking(|scene| Question::MinimumSlashableStake {
        operator: scene.after.operators[0].address,
        set: scene.after.sets[0].id,
        strategy: scene.after.strategies[0].address,
        ahead,
    });
    let block = u32::try_from(scene.after.block).unwrap();
    let current = scene.after.operators[0].allocations[0][0].current;
    scene.after.operators[0].allocations[0][0] =
        Allocation { current, pending: -i128::from(current / 5), effect_block: block + 100 };
    scene
}

#[test]
fn vie_01() {
    let mut scene = slashable(0);
    assert_eq!(judge(&stake::BOUNDED, &told(&scene, 50_000)), Verdict::Holds);
    assert!(violated(&stake::BOUNDED, &told(&scene, 50_001)));
    assert!(violated(&stake::BOUNDED, &returning(scene.clone(), &numbers([7]))));
    scene.after.operators[0].memberships[0].registered = false;
    assert!(violated(&stake::BOUNDED, &told(&scene, 1)), "it left");
    assert_eq!(judge(&stake::BOUNDED, &told(&scene, 0)), Verdict::Holds);
    assert_eq!(judge(&stake::BOUNDED, &Scene::quiet()), Verdict::NotApplicable);
}

#[test]
fn vie_02() {
    let before = slashable(99);
    assert_eq!(judge(&stake::LASTING, &told(&before, 50_000)), Verdict::Holds);
    assert!(violated(&stake::LASTING, &told(&before, 40_000)), "it lasts a block longer");
    let mut then = slashable(100);
    assert_eq!(judge(&stake::LASTING, &told(&then, 40_000)), Verdict::Holds);
    assert!(violated(&stake::LASTING, &told(&then, 50_000)), "it is over");
    then.after.operators[0].memberships[0].registered = false;
    assert_eq!(judge(&stake::LASTING, &told(&then, 0)), Verdict::NotApplicable, "nothing can be slashed");
    assert_eq!(judge(&stake::LASTING, &Scene::quiet()), Verdict::NotApplicable);
}

#[test]
fn vie_03() {
    let mut scene = asking(|scene| Question::AllocatedStake {
        operator: scene.after.operators[0].address,
        set: scene.after.sets[0].id,
        strategy: scene.after.strategies[0].address,
    });
    assert_eq!(judge(&stake::SHARED, &told(&scene, 50_000)), Verdict::Holds);
    assert!(violated(&stake::SHARED, &told(&scene, 49_999)));
    // Another set is told of half of the same shares.
    let allocation = scene.after.operators[0].allocations[0][0];
    scene.after.operators[0].allocations[1][0] = Allocation { current: allocation.current / 2, ..allocation };
    assert!(violated(&stake::SHARED, &told(&scene, 50_000)));
    scene.after.operators[0].allocations[0][0].current /= 2;
    assert_eq!(judge(&stake::SHARED, &told(&scene, 25_000)), Verdict::Holds);
    assert_eq!(judge(&stake::SHARED, &Scene::quiet()), Verdict::NotApplicable);
}

#[test]
fn vie_07() {
    let mut scene = asking(|scene| Question::OperatorRedistributable { operator: scene.after.operators[0].address });
    let told = |scene: &Scene, flag: u64| returning(scene.clone(), &numbers([flag]));
    assert_eq!(judge(&stake::REDISTRIBUTABLE, &told(&scene, 0)), Verdict::Holds, "it is in a set that burns");
    assert!(violated(&stake::REDISTRIBUTABLE, &told(&scene, 1)));
    scene.after.sets[0].recipient = scene.after.stakers[0].address;
    assert_eq!(judge(&stake::REDISTRIBUTABLE, &told(&scene, 1)), Verdict::Holds);
    assert!(violated(&stake::REDISTRIBUTABLE, &told(&scene, 0)));
    // It left, and what it allocated can be slashed for a while.
    let membership = &mut scene.after.operators[0].memberships[0];
    membership.registered = false;
    membership.slashable_until = u32::try_from(scene.after.block).unwrap();
    assert!(violated(&stake::REDISTRIBUTABLE, &told(&scene, 0)));
    scene.after.block += 1;
    assert_eq!(judge(&stake::REDISTRIBUTABLE, &told(&scene, 0)), Verdict::Holds, "it is out of reach");
    assert_eq!(judge(&stake::REDISTRIBUTABLE, &Scene::quiet()), Verdict::NotApplicable);
}

#[test]
fn vie_09() {
    let scene = asking(|scene| Question::DepositShares {
        staker: scene.after.stakers[0].address,
        strategy: scene.after.strategies[0].address,
        shares: U256::from(1_001),
    });
    // Half is left: 500 can be withdrawn, behind which there are 1000.
    let told = |shares: u64| returning(scene.clone(), &numbers([32, 1, shares]));
    assert_eq!(judge(&BEHIND, &told(1_000)), Verdict::Holds);
    assert!(violated(&BEHIND, &told(1_001)));
    assert!(violated(&BEHIND, &told(1_002)));
    assert!(violated(&BEHIND, &returning(scene.clone(), &[])));
    assert_eq!(judge(&BEHIND, &Scene::quiet()), Verdict::NotApplicable);
}

#[test]
fn vie_06() {
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
fn vie_08() {
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
fn vie_05() {
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

#[test]
fn vie_10() {
    let mut scene = asking(|scene| Question::Shown {
        contract: scene.after.terms.managers.delegation,
        view: "delegatedTo(address)".to_owned(),
        of: vec![Argument::Address(scene.after.stakers[0].address)],
    });
    let due = scene.after.operators[0].address.into_word().into();
    assert_eq!(judge(&SHOWN, &returning(scene.clone(), &[due])), Verdict::NotApplicable, "nothing is known of it");
    scene.shown = Some(due.to_be_bytes::<32>().into());
    assert_eq!(judge(&SHOWN, &returning(scene.clone(), &[due])), Verdict::Holds);
    assert!(violated(&SHOWN, &returning(scene.clone(), &[U256::ZERO])));
    assert!(violated(&SHOWN, &returning(scene.clone(), &[])));
    scene.outcome = Outcome::Reverted(scene.shown.clone().unwrap());
    assert!(violated(&SHOWN, &scene), "it does not answer");
}
