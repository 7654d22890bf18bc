//! Unit tests of the family.

use super::*;
use crate::{
    arithmetic::WAD,
    call::{AllocationChange, AllocationItem, Quantity, Receive},
    invariants::fixture::{Scene, judge},
};

fn violated(invariant: &Invariant, scene: &Scene) -> bool {
    matches!(judge(invariant, scene), Verdict::Violated(_))
}

/// The operator, in the set and all allocated, changes its allocation to `is`.
fn changed(is: Allocation) -> Scene {
    let mut scene = Scene::slash();
    scene.after = scene.before.clone();
    let operator = &mut scene.after.operators[0];
    operator.allocations[0][0] = is;
    let items =
        vec![AllocationItem { strategy: scene.before.strategies[0].address, magnitude: Quantity::Exactly(U256::ONE) }];
    scene.call.operation = Operation::ModifyAllocations {
        operator: operator.address,
        changes: vec![AllocationChange { set: scene.before.sets[0].id, items }],
    };
    scene
}

fn deallocated(effect_block: u32) -> Scene {
    changed(Allocation { current: WAD, pending: -5, effect_block })
}

/// From nothing to five, with an allocation delay of ten.
fn allocated(current: u64, effect_block: u32) -> Scene {
    let mut scene = changed(Allocation { current, pending: 5 - i128::from(current), effect_block });
    scene.before.operators[0].allocations[0][0] = Allocation::default();
    scene.before.operators[0].delay.delay = 10;
    scene
}

#[test]
fn tim_01() {
    assert_eq!(judge(&DEALLOCATION, &deallocated(1_152)), Verdict::Holds);
    assert!(violated(&DEALLOCATION, &deallocated(1_151)), "a block too early");
    assert!(violated(&DEALLOCATION, &deallocated(1_153)), "a block too late");
    let at_once = changed(Allocation { current: WAD - 5, pending: 0, effect_block: 1_101 });
    assert!(violated(&DEALLOCATION, &at_once));
    // Out of the set, at once is right.
    let mut outside = at_once;
    outside.before.operators[0].memberships[0].registered = false;
    assert_eq!(judge(&DEALLOCATION, &outside), Verdict::Holds);
    let mut outside = deallocated(1_152);
    outside.before.operators[0].memberships[0].registered = false;
    assert!(violated(&DEALLOCATION, &outside));
    assert_eq!(judge(&DEALLOCATION, &Scene::quiet()), Verdict::NotApplicable);
}

/// Everything at once, without a delay, and in the same call all of it back but for one.
fn allocated_and_taken_back(is: Allocation) -> Scene {
    let mut scene = changed(is);
    let Operation::ModifyAllocations { changes, .. } = &mut scene.call.operation else { unreachable!() };
    let all = AllocationItem { magnitude: Quantity::Exactly(U256::from(WAD)), ..changes[0].items[0].clone() };
    changes[0].items.insert(0, all);
    scene.before.operators[0].allocations[0][0] = Allocation::default();
    scene.before.operators[0].delay.delay = 0;
    scene
}

#[test]
fn what_is_changed_twice_in_a_call_is_judged_from_between() {
    let slashable =
        allocated_and_taken_back(Allocation { current: WAD, pending: 1 - i128::from(WAD), effect_block: 1_152 });
    assert_eq!(judge(&DEALLOCATION, &slashable), Verdict::Holds);
    assert_eq!(judge(&ALLOCATION, &slashable), Verdict::NotApplicable, "in the end it is a deallocation");
    let at_once = allocated_and_taken_back(Allocation { current: 1, pending: 0, effect_block: 0 });
    assert!(violated(&DEALLOCATION, &at_once));
    let mut outside = at_once;
    outside.before.operators[0].memberships[0].registered = false;
    assert_eq!(judge(&DEALLOCATION, &outside), Verdict::Holds);
    assert_eq!(judge(&ALLOCATION, &outside), Verdict::NotApplicable);
}

#[test]
fn tim_02() {
    assert_eq!(judge(&ALLOCATION, &allocated(0, 1_111)), Verdict::Holds);
    assert!(violated(&ALLOCATION, &allocated(0, 1_110)));
    assert!(violated(&ALLOCATION, &allocated(5, 1_111)), "slashable at once");
    assert_eq!(judge(&ALLOCATION, &deallocated(1_152)), Verdict::NotApplicable);
}

/// The operator, whose delay is zero, asks for seven.
fn delayed(effect_block: u32) -> Scene {
    let mut scene = Scene::quiet();
    let operator = &mut scene.after.operators[0];
    scene.call.actor = operator.address;
    scene.call.operation = Operation::SetAllocationDelay { operator: operator.address, delay: 7 };
    operator.delay.pending = 7;
    operator.delay.effect_block = effect_block;
    scene
}

#[test]
fn tim_03() {
    let mut scene = delayed(1_177);
    assert_eq!(judge(&DELAY_CHANGE, &scene), Verdict::Holds);
    assert!(violated(&DELAY_CHANGE, &delayed(1_176)));
    scene.after.operators[0].delay.delay = 7;
    assert!(violated(&DELAY_CHANGE, &scene), "it counts at once");
    assert_eq!(judge(&DELAY_CHANGE, &Scene::quiet()), Verdict::NotApplicable);
}

#[test]
fn tim_04() {
    let mut scene = delayed(1_177);
    scene.call.operation = Operation::RegisterAsOperator { approver: scene.call.actor, allocation_delay: 7 };
    scene.before.operators[0].delay.is_set = false;
    assert!(violated(&FIRST_DELAY, &scene), "it counts at once");
    scene.after.operators[0].delay.is_set = false;
    assert_eq!(judge(&FIRST_DELAY, &scene), Verdict::Holds);
    scene.after.operators[0].delay.effect_block = 1_101;
    assert!(violated(&FIRST_DELAY, &scene));
    assert_eq!(judge(&FIRST_DELAY, &Scene::quiet()), Verdict::NotApplicable);
}

#[test]
fn tim_06() {
    // A tenth was queued eleven blocks ago; it can be slashed for another twenty-nine.
    let mut scene = Scene::queued();
    scene.before = scene.after.clone();
    let staker = scene.before.stakers[0].address;
    let completion = Completion { staker, nth: 0, receive: Receive::Tokens };
    scene.call.operation = Operation::CompleteWithdrawal { completion };
    assert!(violated(&EXIT_SAFETY, &scene));
    scene.before.block = 1_130;
    assert!(violated(&EXIT_SAFETY, &scene));
    scene.before.block = 1_131;
    assert_eq!(judge(&EXIT_SAFETY, &scene), Verdict::Holds);
    assert_eq!(judge(&EXIT_SAFETY, &Scene::quiet()), Verdict::NotApplicable);

    // Half is slashed: of the tenth, five thousand shares.
    let mut slash = Scene::slash();
    slash.before.withdrawals = Scene::queued().after.withdrawals;
    slash.after.sets[0].slashes[1][0].1 += U256::from(5_000);
    assert_eq!(judge(&EXIT_SAFETY, &slash), Verdict::Holds);
    slash.after.sets[0].slashes[1][0].1 += U256::ONE;
    assert!(violated(&EXIT_SAFETY, &slash), "more than there is");
    let mut late = slash.clone();
    late.after.sets[0].slashes[1][0].1 -= U256::ONE;
    late.before.block = 1_131;
    assert!(violated(&EXIT_SAFETY, &late), "out of reach");
}

#[test]
fn tim_07() {
    assert_eq!(judge(&EXIT_FIRST, &delayed(1_177)), Verdict::Holds);
    assert!(violated(&EXIT_FIRST, &delayed(1_151)));
    let mut short = delayed(1_151);
    short.before.terms.configuration_delay = 50;
    assert_eq!(judge(&EXIT_FIRST, &short), Verdict::NotApplicable, "not promised by this deployment");
}

#[test]
fn tim_08() {
    let mut scene = Scene::slash();
    let (operator, set) = (scene.before.operators[0].address, scene.before.sets[0].id);
    scene.call.operation = Operation::DeregisterFromSets { operator, avs: set.avs, ids: vec![set.id] };
    scene.after.operators[0].memberships[0].slashable_until = 1_151;
    assert_eq!(judge(&REGISTRATION_GAP, &scene), Verdict::Holds);
    scene.after.operators[0].memberships[0].slashable_until = 1_101;
    assert!(violated(&REGISTRATION_GAP, &scene));
    scene.call.operation = Operation::RegisterForSets { operator, avs: set.avs, ids: vec![set.id] };
    assert!(violated(&REGISTRATION_GAP, &scene), "it is in already");
    let membership = &mut scene.before.operators[0].memberships[0];
    membership.registered = false;
    membership.slashable_until = 1_101;
    assert!(violated(&REGISTRATION_GAP, &scene), "it can still be slashed");
    scene.before.operators[0].memberships[0].slashable_until = 1_100;
    assert_eq!(judge(&REGISTRATION_GAP, &scene), Verdict::Holds);
    assert_eq!(judge(&REGISTRATION_GAP, &Scene::quiet()), Verdict::NotApplicable);
}

#[test]
fn tim_09() {
    assert_eq!(judge(&NO_FAR_FUTURE, &deallocated(1_152)), Verdict::Holds);
    assert!(violated(&NO_FAR_FUTURE, &deallocated(1_153)));
    assert!(violated(&NO_FAR_FUTURE, &deallocated(1_100)), "in the past");
    let mut patient = deallocated(1_153);
    patient.before.operators[0].delay.delay = 52;
    assert_eq!(judge(&NO_FAR_FUTURE, &patient), Verdict::Holds, "its delay is longer");
    assert_eq!(judge(&NO_FAR_FUTURE, &Scene::quiet()), Verdict::NotApplicable);
}
