//! Unit tests of the family.

use alloy_primitives::{Bytes, U256, keccak256};

use super::*;
use crate::{
    call::{Completion, Outcome, Receive},
    invariants::fixture::{Scene, judge},
    ledger::FactoryStrategy,
};

/// A scene in which `operation` succeeded.
fn done(actor: Address, operation: Operation) -> Scene {
    let mut scene = Scene::quiet();
    scene.call.actor = actor;
    scene.call.operation = operation;
    scene
}

fn refused_now(scene: &mut Scene) {
    scene.outcome = Outcome::Reverted(Bytes::new());
}

fn violated(invariant: &Invariant, scene: &Scene) -> bool {
    matches!(judge(invariant, scene), Verdict::Violated(_))
}

#[test]
fn selectors_are_those_of_their_signatures() {
    for (own, signature) in [
        (selector::MODIFY_ALLOCATIONS, "modifyAllocations(address,((address,uint32),address[],uint64[])[])"),
        (selector::SET_ALLOCATION_DELAY, "setAllocationDelay(address,uint32)"),
        (selector::REGISTER, "registerForOperatorSets(address,(address,uint32[],bytes))"),
        (selector::DEREGISTER, "deregisterFromOperatorSets((address,address,uint32[]))"),
        (selector::UPDATE_METADATA, "updateAVSMetadataURI(address,string)"),
        (selector::SET_REGISTRAR, "setAVSRegistrar(address,address)"),
        (selector::CREATE_SETS, "createOperatorSets(address,(uint32,address[])[])"),
        (
            selector::CREATE_REDISTRIBUTING_SETS,
            "createRedistributingOperatorSets(address,(uint32,address[])[],address[])",
        ),
        (selector::ADD_STRATEGIES, "addStrategiesToOperatorSet(address,uint32,address[])"),
        (selector::REMOVE_STRATEGIES, "removeStrategiesFromOperatorSet(address,uint32,address[])"),
        (selector::UNDELEGATE, "undelegate(address)"),
    ] {
        assert_eq!(own, keccak256(signature)[..4], "{signature}");
    }
}

#[test]
fn aut_01() {
    let mut scene = Scene::slash();
    assert_eq!(judge(&SLASH, &scene), Verdict::Holds);
    let stranger = scene.before.stakers[1].address;
    scene.call.actor = stranger;
    assert!(matches!(judge(&SLASH, &scene), Verdict::Violated(_)));
    // Appointed, it may.
    let permission = scene.before.terms.slash_permission;
    scene.before.principals[0].appointments.push((stranger, vec![permission]));
    assert_eq!(judge(&SLASH, &scene), Verdict::Holds);
    // The AVS itself may not once it has an admin other than itself.
    scene.call.actor = scene.before.sets[0].id.avs;
    scene.before.principals[0].admins.push(stranger);
    assert!(matches!(judge(&SLASH, &scene), Verdict::Violated(_)));
    scene.outcome = Outcome::Reverted(Bytes::new());
    assert_eq!(judge(&SLASH, &scene), Verdict::NotApplicable);
}

#[test]
fn aut_02() {
    let operator = Scene::quiet().before.operators[0].address;
    let mut scene = done(operator, Operation::SetAllocationDelay { operator, delay: 1 });
    assert_eq!(judge(&ALLOCATIONS, &scene), Verdict::Holds);
    scene.call.actor = scene.before.stakers[0].address;
    assert!(violated(&ALLOCATIONS, &scene));
    scene.call.operation = Operation::ModifyAllocations { operator, changes: Vec::new() };
    assert!(violated(&ALLOCATIONS, &scene));
    refused_now(&mut scene);
    assert_eq!(judge(&ALLOCATIONS, &scene), Verdict::NotApplicable);
}

#[test]
fn aut_03() {
    let quiet = Scene::quiet();
    let (operator, avs) = (quiet.before.operators[0].address, quiet.before.sets[0].id.avs);
    let mut scene = done(avs, Operation::DeregisterFromSets { operator, avs, ids: vec![1] });
    assert_eq!(judge(&REGISTRATION, &scene), Verdict::Holds, "the AVS");
    scene.call.actor = operator;
    assert_eq!(judge(&REGISTRATION, &scene), Verdict::Holds, "the operator");
    scene.call.actor = scene.before.stakers[0].address;
    assert!(violated(&REGISTRATION, &scene));
    // The AVS cannot let an operator in.
    assert!(violated(&REGISTRATION, &done(avs, Operation::RegisterForSets { operator, avs, ids: vec![1] })));
    assert_eq!(judge(&REGISTRATION, &quiet), Verdict::NotApplicable);
}

#[test]
fn aut_04() {
    let quiet = Scene::quiet();
    let set = quiet.before.sets[0].id;
    let scene = done(set.avs, Operation::CreateSets { avs: set.avs, sets: Vec::new() });
    assert_eq!(judge(&AVS, &scene), Verdict::Holds);
    let stranger = quiet.before.stakers[0].address;
    for operation in [
        Operation::UpdateAvsMetadata { avs: set.avs },
        Operation::SetAvsRegistrar { avs: set.avs, registrar: stranger },
        Operation::CreateSets { avs: set.avs, sets: Vec::new() },
        Operation::CreateRedistributingSets { avs: set.avs, sets: Vec::new() },
        Operation::AddStrategies { set, strategies: Vec::new() },
        Operation::RemoveStrategies { set, strategies: Vec::new() },
    ] {
        assert!(violated(&AVS, &done(stranger, operation)));
    }
    assert_eq!(judge(&AVS, &quiet), Verdict::NotApplicable);
}

fn plumbing(function: Plumbing) -> Scene {
    let quiet = Scene::quiet();
    let (account, strategy) = (quiet.before.stakers[0].address, quiet.before.strategies[0].address);
    done(account, Operation::CallPlumbing { function, account, strategy, amount: U256::ONE })
}

fn pod_plumbing(function: PodPlumbing) -> Scene {
    let account = Scene::quiet().before.stakers[0].address;
    done(account, Operation::Pods(PodOperation::CallPlumbing { function, account, amount: U256::ONE }))
}

#[test]
fn aut_05() {
    let mut scene = plumbing(Plumbing::AddShares);
    assert!(violated(&CORE_PLUMBING, &scene));
    refused_now(&mut scene);
    assert_eq!(judge(&CORE_PLUMBING, &scene), Verdict::Holds);
    assert_eq!(judge(&CORE_PLUMBING, &plumbing(Plumbing::StrategyDeposit)), Verdict::NotApplicable);
    let mut scene = pod_plumbing(PodPlumbing::WithdrawRestaked);
    assert!(violated(&CORE_PLUMBING, &scene));
    refused_now(&mut scene);
    assert_eq!(judge(&CORE_PLUMBING, &scene), Verdict::Holds);
    assert_eq!(judge(&CORE_PLUMBING, &pod_plumbing(PodPlumbing::InitializePod)), Verdict::NotApplicable);
}

#[test]
fn aut_06() {
    let mut scene = plumbing(Plumbing::StrategyWithdraw);
    assert!(violated(&STRATEGY_PLUMBING, &scene));
    refused_now(&mut scene);
    assert_eq!(judge(&STRATEGY_PLUMBING, &scene), Verdict::Holds);
    assert_eq!(judge(&STRATEGY_PLUMBING, &plumbing(Plumbing::AddShares)), Verdict::NotApplicable);
}

#[test]
fn aut_07() {
    let quiet = Scene::quiet();
    let (staker, operator) = (quiet.before.stakers[0].address, quiet.before.operators[0].address);
    let mut scene = done(staker, Operation::Delegate { operator });
    assert_eq!(judge(&CONSENT, &scene), Verdict::Holds, "it wants no consent");
    scene.before.operators[0].approver = quiet.before.stakers[1].address;
    assert!(violated(&CONSENT, &scene));
    refused_now(&mut scene);
    assert_eq!(judge(&CONSENT, &scene), Verdict::Holds);
}

#[test]
fn aut_08() {
    let quiet = Scene::quiet();
    let staker = quiet.before.stakers[0].address;
    let completion = Completion { staker, nth: 0, receive: Receive::Tokens };
    let mut scene = done(staker, Operation::CompleteWithdrawal { completion });
    assert_eq!(judge(&COMPLETION, &scene), Verdict::Holds);
    scene.call.actor = quiet.before.stakers[1].address;
    assert!(violated(&COMPLETION, &scene));
    refused_now(&mut scene);
    assert_eq!(judge(&COMPLETION, &scene), Verdict::NotApplicable);
}

#[test]
fn aut_09() {
    let quiet = Scene::quiet();
    let (account, other) = (quiet.before.principals[0].address, quiet.before.stakers[0].address);
    let mut scene = done(account, Operation::AddPendingAdmin { account, admin: other });
    assert_eq!(judge(&ADMINS, &scene), Verdict::Holds);
    scene.call.actor = other;
    assert!(violated(&ADMINS, &scene));
    // It accepts without having been asked, and asked.
    let mut scene = done(other, Operation::AcceptAdmin { account });
    assert!(violated(&ADMINS, &scene));
    scene.before.principals[0].pending_admins.push(other);
    assert_eq!(judge(&ADMINS, &scene), Verdict::Holds);
    // The last one goes.
    let mut scene = done(other, Operation::RemoveAdmin { account, admin: other });
    scene.before.principals[0].admins.push(other);
    assert!(violated(&ADMINS, &scene));
    assert_eq!(judge(&ADMINS, &quiet), Verdict::NotApplicable);
}

#[test]
fn aut_10() {
    let quiet = Scene::quiet();
    let (avs, appointee) = (quiet.before.principals[0].address, quiet.before.stakers[0].address);
    let mut scene = done(appointee, Operation::UpdateAvsMetadata { avs });
    assert_eq!(judge(&APPOINTEES, &scene), Verdict::NotApplicable, "appointed to nothing");
    let target = scene.before.terms.managers.allocation;
    let right = Permission { target, selector: FixedBytes(selector::UPDATE_METADATA) };
    let wrong = Permission { target, selector: FixedBytes(selector::CREATE_SETS) };
    scene.before.principals[0].appointments = vec![(appointee, vec![wrong])];
    assert!(violated(&APPOINTEES, &scene));
    scene.before.principals[0].appointments = vec![(appointee, vec![wrong, right])];
    assert_eq!(judge(&APPOINTEES, &scene), Verdict::Holds);
}

#[test]
fn aut_12() {
    let quiet = Scene::quiet();
    let (who, strategy) = (quiet.before.stakers[0].address, quiet.before.strategies[0].address);
    let mut scene = done(who, Operation::AddToWhitelist { strategies: Vec::new() });
    assert!(violated(&WHITELIST, &scene));
    scene.before.control.whitelister = who;
    assert_eq!(judge(&WHITELIST, &scene), Verdict::Holds);
    scene.call.operation = Operation::RenounceOwnership {};
    assert!(violated(&WHITELIST, &scene), "the whitelister is not the owner");
    scene.call.operation = Operation::Deposit { strategy, token: strategy, amount: U256::ONE };
    assert_eq!(judge(&WHITELIST, &scene), Verdict::Holds);
    scene.before.strategies[0].whitelisted = false;
    assert!(violated(&WHITELIST, &scene));
    // One that the factory made is listed elsewhere.
    let made = FactoryStrategy { address: Address::repeat_byte(0xfa), whitelisted: true };
    scene.call.operation = Operation::Deposit { strategy: made.address, token: strategy, amount: U256::ONE };
    assert!(violated(&WHITELIST, &scene), "nobody knows it");
    scene.before.factory.strategies = vec![made];
    assert_eq!(judge(&WHITELIST, &scene), Verdict::Holds);
    scene.before.factory.strategies[0].whitelisted = false;
    assert!(violated(&WHITELIST, &scene));
}

#[test]
fn aut_15() {
    let contract = Scene::quiet().before.strategies[0].address;
    let mut scene = done(contract, Operation::Initialize { contract });
    assert!(violated(&INITIALIZERS, &scene));
    refused_now(&mut scene);
    assert_eq!(judge(&INITIALIZERS, &scene), Verdict::Holds);
    let mut scene = pod_plumbing(PodPlumbing::InitializePod);
    assert!(violated(&INITIALIZERS, &scene));
    refused_now(&mut scene);
    assert_eq!(judge(&INITIALIZERS, &scene), Verdict::Holds);
    assert_eq!(judge(&INITIALIZERS, &pod_plumbing(PodPlumbing::AddShares)), Verdict::NotApplicable);
}

#[test]
fn aut_16() {
    let mut quiet = Scene::quiet();
    let (staker, other) = (quiet.before.stakers[0].address, quiet.before.stakers[1].address);
    let operator = quiet.before.operators[0].address;
    quiet.before.stakers[0].delegated_to = operator;
    let by = |actor: Address, staker: Address| {
        let mut scene = quiet.clone();
        scene.call.actor = actor;
        scene.call.operation = Operation::Undelegate { staker };
        scene
    };
    assert_eq!(judge(&UNDELEGATION, &by(staker, staker)), Verdict::Holds);
    assert_eq!(judge(&UNDELEGATION, &by(operator, staker)), Verdict::Holds);
    assert!(violated(&UNDELEGATION, &by(other, staker)));
    assert!(violated(&UNDELEGATION, &by(operator, operator)));
    let mut approved = by(other, staker);
    approved.before.operators[0].approver = other;
    assert_eq!(judge(&UNDELEGATION, &approved), Verdict::Holds);
}

#[test]
fn aut_17() {
    for (refusal, error) in
        entitled::REFUSALS.iter().zip(["InvalidPermissions", "InvalidCaller", "CallerCannotUndelegate"])
    {
        assert_eq!(keccak256(format!("{error}()"))[..4], refusal[..], "{error}");
    }
    let quiet = Scene::quiet();
    let (operator, staker) = (quiet.before.operators[0].address, quiet.before.stakers[0].address);
    let allocate = Operation::ModifyAllocations { operator, changes: Vec::new() };
    let undelegate = Operation::Undelegate { staker };
    for (actor, operation, refusal) in [(operator, &allocate, 0), (staker, &undelegate, 2)] {
        let mut scene = done(actor, operation.clone());
        assert_eq!(judge(&entitled::ENTITLED, &scene), Verdict::Holds);
        scene.outcome = Outcome::Reverted(Bytes::from(entitled::REFUSALS[refusal]));
        assert!(violated(&entitled::ENTITLED, &scene));
        scene.outcome = Outcome::Reverted(Bytes::new());
        assert_eq!(judge(&entitled::ENTITLED, &scene), Verdict::Holds, "for another reason");
    }
    assert_eq!(judge(&entitled::ENTITLED, &done(staker, allocate)), Verdict::NotApplicable, "it has no right");
}
