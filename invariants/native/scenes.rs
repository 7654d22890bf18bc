//! Scenes for the unit tests of this family.

use alloy_primitives::{Address, I256, U256};

use crate::{
    arithmetic::{WAD, WAD_WIDE},
    call::{Completion, Operation, PodOperation, Quantity, Receive},
    invariants::fixture::{Scene, judge},
    ledger::{Holding, Pod},
    oracle::{Invariant, Verdict},
};

/// Native ETH among the strategies of the scene.
pub(in crate::invariants) const NATIVE: usize = 1;

pub(in crate::invariants) fn ether(number: u64) -> U256 {
    U256::from(number) * WAD_WIDE
}

pub(super) fn signed(number: U256) -> I256 {
    I256::from_raw(number)
}

fn in_gwei(number: u64) -> u64 {
    number * 1_000_000_000
}

pub(super) fn violated(invariant: &Invariant, scene: &Scene) -> bool {
    matches!(judge(invariant, scene), Verdict::Violated(_))
}

/// Staker A, delegated to operator A, has a pod with 4 ETH and validators with 28; nothing happens.
pub(super) fn restaked() -> Scene {
    let mut scene = Scene::quiet();
    let operator = scene.before.operators[0].address;
    let ledger = &mut scene.before;
    let owner = ledger.stakers[0].address;
    ledger.stakers[0].delegated_to = operator;
    ledger.stakers[0].holdings[NATIVE] = Holding { shares: ether(32), stored_factor: WAD_WIDE };
    ledger.operators[0].stakes[NATIVE].shares = ether(32);
    ledger.native.pod_count = 1;
    ledger.native.pods[0] = Pod {
        address: Address::repeat_byte(9),
        deposit_shares: signed(ether(32)),
        owner,
        withdrawable_gwei: in_gwei(4),
        validators_gwei: in_gwei(28),
        balance: ether(4),
        ..Pod::default()
    };
    scene.after = scene.before.clone();
    scene
}

fn checkpoint(scene: &mut Scene, validators: u64) {
    let owner = scene.before.stakers[0].address;
    let validators = Quantity::Exactly(U256::from(in_gwei(validators)));
    scene.call.operation = Operation::Pods(PodOperation::ReportCheckpoint { owner, validators, value: U256::ZERO });
}

/// Half of it is lost: 16 of 32 ETH.
pub(in crate::invariants) fn lost() -> Scene {
    let mut scene = restaked();
    checkpoint(&mut scene, 12);
    scene.after.native.pods[0].validators_gwei = in_gwei(12);
    scene.after.native.pods[0].stored_slashing_factor = Some(WAD / 2);
    scene.after.operators[0].stakes[NATIVE].shares = ether(16);
    scene
}

/// After that loss, 16 ETH are gained.
pub(super) fn gained() -> Scene {
    let mut scene = lost();
    scene.before = scene.after.clone();
    checkpoint(&mut scene, 28);
    let ledger = &mut scene.after;
    ledger.native.pods[0].validators_gwei = in_gwei(28);
    ledger.native.pods[0].deposit_shares = signed(ether(48));
    ledger.operators[0].stakes[NATIVE].shares = ether(32);
    // 16 of 32 were left and 16 came: 32 of 48 can be withdrawn, at half a share for each scaled one.
    ledger.stakers[0].holdings[NATIVE] =
        Holding { shares: ether(48), stored_factor: U256::from(1_333_333_333_333_333_332u64) };
    scene
}

/// Staker A queues 3 ETH and a wei; later they are completed.
pub(super) fn completed_as(receive: Receive) -> Scene {
    let mut scene = restaked();
    let shares = ether(3) + U256::ONE;
    let staker = scene.before.stakers[0].address;
    let marker = scene.before.strategies[NATIVE].address;
    scene.before.withdrawals.push(crate::ledger::Withdrawal {
        root: alloy_primitives::B256::repeat_byte(7),
        staker,
        delegated_to: scene.before.operators[0].address,
        withdrawer: staker,
        nonce: 0,
        start_block: 1_000,
        items: vec![(marker, shares)],
        pending: true,
        stored: true,
    });
    scene.after = scene.before.clone();
    scene.after.withdrawals[0].pending = false;
    scene.call.actor = staker;
    let completion = Completion { staker, nth: 0, receive };
    scene.call.operation = Operation::CompleteWithdrawal { completion };
    if receive == Receive::Shares {
        scene.after.native.pods[0].deposit_shares += signed(shares);
    } else {
        let pod = &mut scene.after.native.pods[0];
        (pod.withdrawable_gwei, pod.balance) = (in_gwei(1), ether(1));
        scene.after.native.balances[0] = ether(3);
    }
    scene
}
