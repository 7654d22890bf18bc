//! Unit tests of the registrar family.

use alloy_primitives::{Bytes, keccak256};

use super::*;
use crate::{
    call::{Answer, Outcome},
    invariants::fixture::{Scene, judge},
    ledger::Principal,
};

const REGISTRAR: Address = Address::repeat_byte(0x77);

fn violated(invariant: &Invariant, scene: &Scene) -> bool {
    matches!(judge(invariant, scene), Verdict::Violated(_))
}

/// The operator leaves the set that burns; the registrar is told.
fn left() -> Scene {
    let mut scene = Scene::slash();
    scene.before = scene.after.clone();
    let id = scene.before.sets[0].id;
    let operator = scene.before.operators[0].address;
    scene.call.actor = operator;
    scene.call.operation = Operation::DeregisterFromSets { operator, avs: id.avs, ids: vec![id.id] };
    scene.before.control.registrars = vec![(id.avs, REGISTRAR)];
    scene.before.registrars = vec![Registrar::unknown(REGISTRAR)];
    (scene.after.control, scene.after.registrars) = (scene.before.control.clone(), scene.before.registrars.clone());
    scene.after.sets[0].members.clear();
    scene.after.operators[0].registered_sets.clear();
    let membership = &mut scene.after.operators[0].memberships[0];
    (membership.registered, membership.slashable_until) = (false, 1_151);
    scene.after.registrars[0].leavings = 1;
    scene.after.registrars[0].notice = Notice::of(operator, id.avs, &[id.id]);
    scene
}

/// It comes back.
fn came() -> Scene {
    let mut scene = left();
    let id = scene.before.sets[0].id;
    let operator = scene.before.operators[0].address;
    scene.call.operation = Operation::RegisterForSets { operator, avs: id.avs, ids: vec![id.id] };
    let registrars = (scene.before.registrars.clone(), scene.after.registrars.clone());
    std::mem::swap(&mut scene.before, &mut scene.after);
    (scene.before.registrars, scene.after.registrars) = registrars;
    (scene.before.block, scene.after.block) = (1_152, 1_152);
    scene.after.operators[0].memberships[0].slashable_until = 1_151;
    (scene.after.registrars[0].comings, scene.after.registrars[0].leavings) = (1, 0);
    scene
}

/// The registrar behaved so.
fn behaved(mut scene: Scene, change: impl Fn(&mut Registrar)) -> Scene {
    change(&mut scene.before.registrars[0]);
    scene.after.registrars[0].conduct = scene.before.registrars[0].conduct;
    scene
}

/// It called back, and was let in so many times.
fn called_back(scene: Scene, reaction: Reaction, entered: u64) -> Scene {
    let mut scene = behaved(scene, |registrar| registrar.conduct.reaction = reaction);
    scene.after.registrars[0].attempts = 1;
    scene.after.registrars[0].entered = entered;
    scene
}

/// Who came was sent away at once.
fn sent_away() -> Scene {
    let mut scene = called_back(came(), Reaction::Undo, 1);
    let membership = &mut scene.after.operators[0].memberships[0];
    (membership.registered, membership.slashable_until) = (false, 1_202);
    scene.after.registrars[0].leavings = 1;
    scene
}

fn failed(mut scene: Scene) -> Scene {
    scene.outcome = Outcome::Reverted(Bytes::new());
    (scene.after.operators, scene.after.sets) = (scene.before.operators.clone(), scene.before.sets.clone());
    scene.after.registrars = scene.before.registrars.clone();
    scene
}

#[test]
fn selectors_are_those_of_their_signatures() {
    for (selector, signature) in [
        (selector::REGISTER, "registerForOperatorSets(address,(address,uint32[],bytes))"),
        (selector::DEREGISTER, "deregisterFromOperatorSets((address,address,uint32[]))"),
        (selector::MODIFY_ALLOCATIONS, "modifyAllocations(address,((address,uint32),address[],uint64[])[])"),
        (selector::SET_REGISTRAR, "setAVSRegistrar(address,address)"),
        (selector::MODIFY_DETAILS, "modifyOperatorDetails(address,address)"),
    ] {
        assert_eq!(keccak256(signature)[..4], selector, "{signature}");
    }
}

#[test]
fn reg_01() {
    for scene in [left, came, sent_away].map(|scene| Box::new(scene())) {
        assert_eq!(judge(&TOLD, &scene), Verdict::Holds);
        for spoil in [
            (|registrar: &mut Registrar| registrar.comings += 1) as fn(&mut Registrar),
            |registrar| registrar.leavings += 1,
            |registrar| registrar.notice.operator = REGISTRAR,
            |registrar| registrar.notice.ids = keccak256([]),
        ] {
            let mut scene = scene.clone();
            spoil(&mut scene.after.registrars[0]);
            assert!(violated(&TOLD, &scene));
        }
    }
    assert_eq!(judge(&TOLD, &failed(left())), Verdict::NotApplicable);
    let mut quiet = left();
    quiet.call.operation = Operation::RenounceOwnership {};
    assert!(violated(&TOLD, &quiet), "nobody left");
}

#[test]
fn reg_02() {
    assert_eq!(judge(&ENTRY, &came()), Verdict::NotApplicable);
    let refused = behaved(came(), |registrar| registrar.conduct.coming = Answer::BurnGas);
    assert!(violated(&ENTRY, &refused));
    assert_eq!(judge(&ENTRY, &failed(refused)), Verdict::Holds);
    let mut nobody = came();
    nobody.before.control.registrars[0].1 = Address::ZERO;
    assert!(violated(&ENTRY, &nobody));
    let other = behaved(came(), |registrar| registrar.conduct.leaving = Answer::Revert);
    assert_eq!(judge(&ENTRY, &other), Verdict::NotApplicable);
    let aside = behaved(came(), |registrar| registrar.conduct.coming = Answer::False);
    assert_eq!(judge(&ENTRY, &aside), Verdict::NotApplicable);
}

#[test]
fn reg_03() {
    assert_eq!(judge(&EXIT, &left()), Verdict::NotApplicable);
    let kept = behaved(left(), |registrar| registrar.conduct.leaving = Answer::RevertLong);
    assert!(violated(&EXIT, &kept));
    assert_eq!(judge(&EXIT, &failed(kept)), Verdict::Holds);
}

#[test]
fn reg_04() {
    for scene in [left(), came()] {
        assert_eq!(judge(&OPEN_DOORS, &scene), Verdict::Holds);
        let failed = failed(scene);
        assert!(violated(&OPEN_DOORS, &failed));
        let refused = behaved(failed.clone(), |registrar| {
            (registrar.conduct.coming, registrar.conduct.leaving) = (Answer::Panic, Answer::Panic);
        });
        assert_eq!(judge(&OPEN_DOORS, &refused), Verdict::NotApplicable);
        let mut stranger = failed;
        stranger.call.actor = stranger.before.stakers[0].address;
        assert_eq!(judge(&OPEN_DOORS, &stranger), Verdict::NotApplicable);
    }
}

#[test]
fn reg_05() {
    assert_eq!(judge(&IN_ORDER, &left()), Verdict::NotApplicable, "nobody called back");
    assert_eq!(judge(&IN_ORDER, &called_back(left(), Reaction::Repeat, 0)), Verdict::Holds);
    assert_eq!(judge(&IN_ORDER, &sent_away()), Verdict::Holds);
    assert!(violated(&IN_ORDER, &called_back(left(), Reaction::Repeat, 1)), "it left twice");
    assert!(violated(&IN_ORDER, &called_back(left(), Reaction::Undo, 1)), "it came back within reach");
    assert!(violated(&IN_ORDER, &called_back(came(), Reaction::Repeat, 1)), "it came twice");
    let mut still_in = sent_away();
    still_in.after.operators[0].memberships[0].registered = true;
    assert!(violated(&IN_ORDER, &still_in));
}

#[test]
fn reg_06() {
    assert_eq!(judge(&NO_RIGHTS, &left()), Verdict::NotApplicable);
    let reactions = Reaction::ALL.into_iter().filter(|reaction| *reaction != Reaction::None);
    for reaction in reactions {
        assert_eq!(judge(&NO_RIGHTS, &called_back(came(), reaction, 0)), Verdict::Holds);
        assert!(violated(&NO_RIGHTS, &called_back(came(), reaction, 1)), "{reaction:?}");
    }
    let mut trusted = sent_away();
    let permission =
        Permission { target: trusted.before.terms.managers.allocation, selector: FixedBytes(selector::DEREGISTER) };
    let appointments = vec![(REGISTRAR, vec![permission])];
    let avs = trusted.before.sets[0].id.avs;
    trusted.before.principals =
        vec![Principal { address: avs, admins: Vec::new(), pending_admins: Vec::new(), appointments }];
    assert_eq!(judge(&NO_RIGHTS, &trusted), Verdict::NotApplicable);
}

#[test]
fn reg_07() {
    assert_eq!(judge(&SERVED, &left()), Verdict::NotApplicable);
    let mut scene = left();
    let avs = scene.before.sets[0].id.avs;
    scene.call.operation = Operation::SetAvsRegistrar { avs, registrar: REGISTRAR };
    assert_eq!(judge(&SERVED, &scene), Verdict::Holds);
    assert!(violated(&SERVED, &behaved(scene.clone(), |registrar| registrar.conduct.serves = false)));
    scene.after.control.registrars[0].1 = Address::ZERO;
    assert!(violated(&SERVED, &scene), "it is another one");
    scene.call.operation = Operation::RenounceOwnership {};
    assert!(violated(&SERVED, &scene), "nobody set it");
}
