//! Pods: whose they are, what they hold, what they pay and report, and what of their ETH was slashed.

use alloy_primitives::U256;

use super::{Report, completed, report};
use crate::{
    call::{Operation, Receive},
    ledger::{GWEI, Ledger},
    must,
    oracle::{Assumption, Checkpoint, Invariant, Scope, Step, Verdict},
};

pub(super) const ONE_POD: Invariant = Invariant {
    id: "ETH-04",
    statement: "A staker has at most one pod, for ever the same, which knows whose it is.",
    formula: "ownerToPod(a) != 0 implies ownerToPod'(a) == ownerToPod(a) and podOwner(ownerToPod(a)) == a; numPods == number \
              of pods",
    why: "Validators name their pod for good. If the protocol looks elsewhere, what they pay out is lost; if it takes a pod \
          for somebody else's, it is somebody else's.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::STAKERS.or(Scope::REST),
    check: |step| {
        for index in step.touched_stakers() {
            let owner = step.after.stakers[index].address;
            let (was, is) = (&step.before.native.pods[index], &step.after.native.pods[index]);
            must!(
                !was.exists() || was.address == is.address,
                "the pod of {} was at {} and is at {}",
                step.name(owner),
                was.address,
                is.address,
            );
            must!(
                !is.exists() || is.owner == owner,
                "the pod of {} says that it is that of {}",
                step.name(owner),
                step.name(is.owner),
            );
        }
        let pods = step.after.native.pods.iter().filter(|pod| pod.exists()).count() as u64;
        let counted = step.after.native.pod_count;
        must!(pods == counted, "there are {pods} pods, and {counted} are counted");
        Verdict::holds_if(pods > 0)
    },
};

pub(super) const BURNABLE: Invariant = Invariant {
    id: "ETH-05",
    statement: "Slashed native ETH is counted once, all of it, and never taken from the count.",
    formula: "burnableETHShares' - burnableETHShares == (op - op') + floor(S * (p - n) / WAD) on a slash of native ETH, with S \
              the scaled shares in the slashable queue; 0 on every other call",
    why: "The count is the only trace of what operator sets took. What is missing stays with the slashed; what is counted \
          twice would one day be burned from those who were not.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::SLASHES.or(Scope::REST),
    check: |step| {
        let Some(native) = step.after.native_strategy() else { return Verdict::NotApplicable };
        let slashed = slashed_shares(step, native);
        let (was, is) = (step.before.native.burnable_shares, step.after.native.burnable_shares);
        let expected = slashed.map_or(Some(was), |shares| was.checked_add(shares));
        must!(
            Some(is) == expected,
            "{} burnable shares of native ETH became {is}, and a slash took {}",
            was,
            slashed.unwrap_or_default(),
        );
        Verdict::holds_if(slashed.is_some())
    },
};

/// What a slash takes of native ETH, from the operator's shares and from the queue; `None` when nothing.
/// `docs/protocol.md` section 6.4.
fn slashed_shares(step: &Step<'_>, native: usize) -> Option<U256> {
    let Operation::Slash { operator, .. } = &step.call.operation else { return None };
    let index = step.before.operator_index(*operator).filter(|_| step.succeeded())?;
    let (was, is) = (&step.before.operators[index].stakes[native], &step.after.operators[index].stakes[native]);
    let (prev, new) = (was.max_magnitude(), is.max_magnitude());
    if new >= prev {
        return None;
    }
    let out_of_reach = step.before.block.saturating_sub(step.before.terms.withdrawal_delay + 1);
    let ever = was.queued_shares.latest().unwrap_or_default();
    let reachable = ever.checked_sub(was.queued_shares.at(out_of_reach).unwrap_or_default())?;
    let own = was.shares.checked_sub(is.shares)?;
    own.checked_add(step.before.terms.slashed_in_queue(reachable, prev, new)?)
}

pub(super) const POD_SOLVENT: Invariant = Invariant {
    id: "ETH-08",
    statement: "A pod holds all the ETH that it says can be withdrawn from it.",
    formula: "balance(pod) >= withdrawableRestakedExecutionLayerGwei * 10^9",
    why: "Withdrawals are paid out of the pod. What is accounted for and not there is a withdrawal that reverts for ever.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::STAKERS,
    check: |step| {
        let mut exercised = false;
        for index in step.touched_stakers() {
            let pod = &step.after.native.pods[index];
            exercised |= pod.withdrawable_gwei > 0;
            must!(
                pod.unaccounted_gwei(U256::ZERO).is_some(),
                "the pod of {} says that {} gwei can be withdrawn, and holds {} wei",
                step.name(step.after.stakers[index].address),
                pod.withdrawable_gwei,
                pod.balance,
            );
        }
        Verdict::holds_if(exercised)
    },
};

pub(super) const WHOLE_GWEI_PAID: Invariant = Invariant {
    id: "ETH-09",
    statement: "A withdrawal pays its shares in whole gwei, rounded down, to its staker; a pod pays for nothing else.",
    formula: "completion as tokens: balance(pod), withdrawable * 10^9 and balance(staker) move by floor(rec / 10^9) * 10^9; \
              on every other call neither of the first two falls",
    why: "What a pod pays beyond the shares is the ETH behind other shares; what it pays less, the staker has lost.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[Assumption::PassiveTokens],
    scope: Scope::STAKERS,
    check: |step| {
        let Some(native) = step.after.native_strategy() else { return Verdict::NotApplicable };
        let mut exercised = false;
        for index in step.touched_stakers() {
            let staker = step.after.stakers[index].address;
            let paid = completed(step, staker, native, |receive| receive != Receive::Shares);
            let paid = paid.into_iter().map(|shares| shares / GWEI).fold(U256::ZERO, U256::saturating_add);
            let (was, is) = (&step.before.native.pods[index], &step.after.native.pods[index]);
            if paid.is_zero() {
                must!(
                    is.balance >= was.balance && is.withdrawable_gwei >= was.withdrawable_gwei,
                    "the pod of {} went from {} wei, {} gwei withdrawable, to {} and {} without a withdrawal",
                    step.name(staker),
                    was.balance,
                    was.withdrawable_gwei,
                    is.balance,
                    is.withdrawable_gwei,
                );
                continue;
            }
            exercised = true;
            let wei = paid.saturating_mul(GWEI);
            must!(
                is.balance.checked_add(wei) == Some(was.balance)
                    && U256::from(was.withdrawable_gwei).checked_sub(paid) == Some(U256::from(is.withdrawable_gwei)),
                "the pod of {} was to pay {wei} wei, and went from {} wei, {} gwei withdrawable, to {} and {}",
                step.name(staker),
                was.balance,
                was.withdrawable_gwei,
                is.balance,
                is.withdrawable_gwei,
            );
            let (had, has) = (step.before.native.balances[index], step.after.native.balances[index]);
            must!(
                had.checked_add(wei) == Some(has),
                "{} was to be paid {wei} wei, and went from {had} to {has}",
                step.name(staker),
            );
        }
        Verdict::holds_if(exercised)
    },
};

pub(super) const WHOLE_GWEI_REPORTED: Invariant = Invariant {
    id: "ETH-17",
    statement: "What the beacon chain does is counted in whole gwei.",
    formula: "on a report: (s' - s) % 10^9 == 0, and its delta % 10^9 == 0",
    why: "The beacon chain has no parts of a gwei. Shares of such a part are backed by nothing.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::PODS.that_succeeded(),
    check: |step| {
        let Some(Report { staker, update }) = report(step) else { return Verdict::NotApplicable };
        must!(
            (update.gain() % GWEI).is_zero() && (update.loss() % GWEI).is_zero(),
            "a balance of {} that changed by {} wei was taken",
            step.name(step.after.stakers[staker].address),
            update.delta,
        );
        let shares = |ledger: &Ledger| ledger.native.pods[staker].deposit_shares.into_raw();
        let added = shares(step.after).wrapping_sub(shares(step.before));
        must!(
            update.gain().is_zero() || (added % GWEI).is_zero(),
            "a report gave {} {added} deposit shares of native ETH",
            step.name(step.after.stakers[staker].address),
        );
        Verdict::Holds
    },
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        arithmetic::{WAD, WAD_WIDE},
        call::{PodOperation, SlashItem},
        invariants::{
            fixture::{Scene, judge},
            native::scenes::{NATIVE, completed_as, ether, gained, restaked, violated},
        },
    };
    use alloy_primitives::{Address, I256};

    #[test]
    fn eth_04() {
        let scene = restaked();
        assert_eq!(judge(&ONE_POD, &scene), Verdict::Holds);
        assert_eq!(judge(&ONE_POD, &Scene::quiet()), Verdict::NotApplicable);
        for spoil in [
            (|scene: &mut Scene| scene.after.native.pods[0].address = Address::repeat_byte(8)) as fn(&mut Scene),
            |scene| scene.after.native.pods[0].owner = scene.after.stakers[1].address,
            |scene| scene.after.native.pod_count = 2,
        ] {
            let mut scene = scene.clone();
            spoil(&mut scene);
            assert!(violated(&ONE_POD, &scene));
        }
    }

    #[test]
    fn eth_05() {
        let mut scene = restaked();
        let strategy = scene.before.strategies[NATIVE].address;
        scene.call.operation = Operation::Slash {
            set: scene.before.sets[0].id,
            operator: scene.before.operators[0].address,
            items: vec![SlashItem { strategy, wad: WAD_WIDE }],
        };
        // A quarter of 32 ETH, and of 10 wei in the queue, of which 2 are out of reach.
        let queue = vec![(1_059, U256::from(2)), (1_061, U256::from(10))];
        scene.before.operators[0].stakes[NATIVE].queued_shares.entries = queue;
        scene.after.operators[0].stakes[NATIVE].max_magnitudes.entries = vec![(1_101, U256::from(WAD / 4 * 3))];
        scene.after.operators[0].stakes[NATIVE].shares = ether(24);
        scene.after.native.burnable_shares = ether(8) + U256::from(2);
        assert_eq!(judge(&BURNABLE, &scene), Verdict::Holds);
        assert_eq!(judge(&BURNABLE, &restaked()), Verdict::NotApplicable);
        scene.after.native.burnable_shares += U256::ONE;
        assert!(violated(&BURNABLE, &scene));
        let mut scene = restaked();
        scene.before.native.burnable_shares = U256::ONE;
        assert!(violated(&BURNABLE, &scene), "what was counted stays counted");
    }

    #[test]
    fn eth_08() {
        let mut scene = restaked();
        assert_eq!(judge(&POD_SOLVENT, &scene), Verdict::Holds);
        assert_eq!(judge(&POD_SOLVENT, &Scene::quiet()), Verdict::NotApplicable);
        scene.after.native.pods[0].balance -= U256::ONE;
        assert!(violated(&POD_SOLVENT, &scene));
    }

    #[test]
    fn eth_09() {
        let scene = completed_as(Receive::Tokens);
        assert_eq!(judge(&WHOLE_GWEI_PAID, &scene), Verdict::Holds);
        assert_eq!(judge(&WHOLE_GWEI_PAID, &restaked()), Verdict::NotApplicable);
        for spoil in [
            (|scene: &mut Scene| scene.after.native.pods[0].balance -= U256::ONE) as fn(&mut Scene),
            |scene| scene.after.native.pods[0].withdrawable_gwei += 1,
            |scene| scene.after.native.balances[0] += U256::ONE,
        ] {
            let mut scene = scene.clone();
            spoil(&mut scene);
            assert!(violated(&WHOLE_GWEI_PAID, &scene));
        }
        let mut scene = restaked();
        scene.after.native.pods[0].balance -= U256::ONE;
        assert!(violated(&WHOLE_GWEI_PAID, &scene), "a pod does not pay by itself");
    }

    #[test]
    fn eth_17() {
        assert_eq!(judge(&WHOLE_GWEI_REPORTED, &gained()), Verdict::Holds);
        assert_eq!(judge(&WHOLE_GWEI_REPORTED, &restaked()), Verdict::NotApplicable);
        let mut scene = gained();
        scene.after.native.pods[0].deposit_shares += I256::ONE;
        assert!(violated(&WHOLE_GWEI_REPORTED, &scene));
        let mut scene = restaked();
        let (owner, lost) = (scene.before.stakers[0].address, U256::ONE);
        let record = PodOperation::Record { owner, previous: ether(32), gained: U256::ZERO, lost };
        scene.call.operation = Operation::Pods(record);
        assert!(violated(&WHOLE_GWEI_REPORTED, &scene));
    }
}
