//! What is believed of native ETH, which two parties slash that do not know of each other.

use alloy_primitives::{Bytes, U256};

use crate::{
    arithmetic::mul_div_down,
    call::{Operation, Outcome, PodOperation},
    invariants::native::{Report, attempted},
    ledger::Ledger,
    model::{Error, Panic, Revert},
    oracle::{Deviation, Step},
};

/// What a staker's native ETH pays after slashes, held and in the queue.
fn worth(ledger: &Ledger, staker: usize) -> Option<U256> {
    let native = ledger.native_strategy()?;
    let (marker, owner) = (ledger.strategies[native].address, ledger.stakers[staker].address);
    let pending = ledger.withdrawals.iter().filter(|withdrawal| withdrawal.pending && withdrawal.staker == owner);
    let items = pending.flat_map(|withdrawal| withdrawal.items.iter().enumerate().map(move |item| (withdrawal, item)));
    let queued = items.filter(|(_, (_, (strategy, _)))| *strategy == marker);
    let mut sum = ledger.withdrawable(staker, native)?;
    for (withdrawal, (item, _)) in queued {
        sum = sum.checked_add(ledger.receivable(withdrawal, item)?)?;
    }
    Some(sum)
}

pub(super) const BURNABLE_IS_LOST: Deviation = Deviation {
    id: "ETH-11",
    statement: "What a slash counts of the queue's native ETH to be burned is what those who queued it lose.",
    formula: "slashOperator: burnableETHShares' - burnableETHShares - (op - op') <= sum of what receivable shares fall",
    why: "The queue is counted in scaled shares, which do not know what the beacon chain has taken from each staker already: where \
          it took something, more is counted than anybody has.",
    unit: "wei counted that nobody lost",
    measure: |step| {
        let (was, is) = (step.before, step.after);
        let native = was.native_strategy()?;
        let fell = |at: &usize| {
            is.operators[*at].stakes[native].max_magnitude() < was.operators[*at].stakes[native].max_magnitude()
        };
        let operator = step.touched_operators().find(fell)?;
        let counted = is.native.burnable_shares.checked_sub(was.native.burnable_shares)?;
        let taken =
            was.operators[operator].stakes[native].shares.checked_sub(is.operators[operator].stakes[native].shares);
        let of_queue = counted.checked_sub(taken?).filter(|of_queue| !of_queue.is_zero())?;
        let queued = |ledger: &Ledger| {
            let marker = ledger.strategies[native].address;
            let pending = ledger.withdrawals.iter().filter(|withdrawal| withdrawal.pending);
            let items = pending.flat_map(|withdrawal| {
                let items = withdrawal.items.iter().enumerate().filter(|(_, (strategy, _))| *strategy == marker);
                items.map(|(item, _)| ledger.receivable(withdrawal, item).unwrap_or_default())
            });
            items.fold(U256::ZERO, U256::saturating_add)
        };
        Some(of_queue.saturating_sub(queued(was).saturating_sub(queued(is))))
    },
};

pub(super) const EITHER_ORDER: Deviation = Deviation {
    id: "ETH-12",
    statement: "What the beacon chain takes is lost by the staker, whether an operator set slashed before or will after.",
    formula: "report of a loss: what the staker can withdraw, held and queued, falls by all of the loss",
    why: "A loss lowers a factor by its part of all the ETH there is, of which slashes may have taken some: of 32 ETH of which \
          half is slashed, a loss of 8 costs the staker 4, while it costs 8 if it comes first. The other 4 are missing where \
          the slash is to be paid.",
    unit: "wei of a loss that the staker did not lose",
    measure: |step| {
        let Report { staker, update } = succeeded(step)?;
        let loss = update.loss();
        let fell = worth(step.before, staker)?.saturating_sub(worth(step.after, staker)?);
        (!loss.is_zero()).then(|| loss.saturating_sub(fell))
    },
};

pub(super) const NEW_IS_WHOLE: Deviation = Deviation {
    id: "ETH-13",
    statement: "ETH that comes to a pod is not slashed for what happened before it came.",
    formula: "checkpoint with delta <= 0 that finds x wei paid into the pod: of x, nothing is lost",
    why: "A checkpoint tells a sum. ETH that came is set against a loss of validators, so it counts like what was lost: at what \
          slashes had left of that.",
    unit: "wei that slashes from before took of ETH that came",
    measure: |step| {
        let Report { staker, update } = succeeded(step)?;
        let Operation::Pods(PodOperation::ReportCheckpoint { .. }) = step.call.operation else { return None };
        let came = step.before.native.pods[staker].unaccounted_gwei(U256::ZERO)?.checked_mul(crate::ledger::GWEI)?;
        if came.is_zero() || !update.gain().is_zero() {
            return None;
        }
        let counted = mul_div_down(came, worth(step.before, staker)?, update.previous)?;
        Some(came.saturating_sub(counted))
    },
};

fn succeeded(step: &Step<'_>) -> Option<Report> {
    attempted(step).filter(|_| step.succeeded())
}

/// Of a report by the reporter of something that can be, whether it was refused with this.
fn refused(step: &Step<'_>, with: Revert) -> Option<U256> {
    let by_reporter = step.call.actor == step.before.native.reporter;
    let Operation::Pods(PodOperation::ReportNewValidators { .. } | PodOperation::ReportCheckpoint { .. }) =
        step.call.operation
    else {
        return None;
    };
    attempted(step).filter(|report| by_reporter && report.update.loss() <= report.update.previous)?;
    let with: Bytes = with.data();
    let is_refused = matches!(step.outcome, Outcome::Reverted(data) if *data == with);
    Some(U256::from(u8::from(is_refused)))
}

pub(super) const SLASHED_CAN_GAIN: Deviation = Deviation {
    id: "ETH-14",
    statement: "Whoever was slashed entirely can still deposit native ETH.",
    formula: "no report of the reporter on a pod reverts FullySlashed",
    why: "Where the slashing factor is zero, no share can be worth anything, so the manager refuses a gain. The pod cannot tell it \
          anything else: until the staker undelegates, its checkpoint cannot be finished.",
    unit: "reports refused",
    measure: |step| refused(step, Revert::Error(Error::FullySlashed)),
};

pub(super) const REPORTS_COUNT: Deviation = Deviation {
    id: "ETH-15",
    statement: "A balance that can be is always taken note of.",
    formula: "no report of the reporter with loss <= prev panics",
    why: "An operator can have a wei less than its stakers can withdraw (ETH-06). A report that everything is lost takes all of it, \
          and finds a wei too little; one that a part is lost goes through.",
    unit: "reports refused",
    measure: |step| refused(step, Revert::Panic(Panic::Overflow)),
};

#[cfg(test)]
mod tests {
    use alloy_primitives::I256;

    use super::*;
    use crate::{
        arithmetic::WAD,
        invariants::{
            fixture::{Scene, measure},
            native::scenes::{NATIVE, ether, lost},
        },
        ledger::Withdrawal,
    };

    #[test]
    fn what_the_queue_does_not_have_is_counted() {
        let mut scene = Scene::native_slash();
        assert_eq!(measure(&BURNABLE_IS_LOST, &scene), None, "nothing was queued");
        // 1000 scaled shares, of which the beacon chain left 500, and the slash 250.
        let (marker, staker) = (scene.before.strategies[0].address, scene.before.stakers[0].address);
        for ledger in [&mut scene.before, &mut scene.after] {
            ledger.withdrawals.push(Withdrawal {
                root: alloy_primitives::B256::repeat_byte(7),
                staker,
                delegated_to: ledger.operators[0].address,
                withdrawer: staker,
                nonce: 0,
                start_block: ledger.block,
                items: vec![(marker, U256::from(1_000))],
                pending: true,
                stored: true,
            });
        }
        scene.after.native.burnable_shares += U256::from(500);
        assert_eq!(measure(&BURNABLE_IS_LOST, &scene), Some(U256::from(250)));
        assert_eq!(measure(&BURNABLE_IS_LOST, &Scene::quiet()), None);
    }

    #[test]
    fn a_loss_that_was_slashed_already_is_measured() {
        let mut scene = lost();
        assert_eq!(measure(&EITHER_ORDER, &scene), Some(U256::ZERO));
        assert_eq!(measure(&EITHER_ORDER, &Scene::quiet()), None);
        // Half of it had been slashed.
        for ledger in [&mut scene.before, &mut scene.after] {
            ledger.operators[0].stakes[NATIVE].max_magnitudes.entries = vec![(1_000, U256::from(WAD / 2))];
        }
        assert_eq!(measure(&EITHER_ORDER, &scene), Some(ether(8)));
    }

    #[test]
    fn what_came_and_is_set_against_a_loss_is_measured() {
        let mut scene = lost();
        assert_eq!(measure(&NEW_IS_WHOLE, &scene), None, "nothing came");
        scene.before.native.pods[0].balance += ether(2);
        assert_eq!(measure(&NEW_IS_WHOLE, &scene), Some(U256::ZERO));
        scene.before.operators[0].stakes[NATIVE].max_magnitudes.entries = vec![(1_000, U256::from(WAD / 2))];
        assert_eq!(measure(&NEW_IS_WHOLE, &scene), Some(ether(1)));
    }

    #[test]
    fn reports_that_are_refused_are_counted() {
        let mut scene = lost();
        scene.before.native.reporter = scene.call.actor;
        let refused = |with: Revert| {
            let mut scene = scene.clone();
            scene.outcome = Outcome::Reverted(with.data());
            (measure(&SLASHED_CAN_GAIN, &scene), measure(&REPORTS_COUNT, &scene))
        };
        let (none, one) = (Some(U256::ZERO), Some(U256::ONE));
        assert_eq!(refused(Revert::Error(Error::FullySlashed)), (one, none));
        assert_eq!(refused(Revert::Panic(Panic::Overflow)), (none, one));
        assert_eq!(refused(Revert::Error(Error::CurrentlyPaused)), (none, none));
        assert_eq!(measure(&REPORTS_COUNT, &scene), none);
        scene.before.native.pods[0].validators_gwei = 1;
        scene.before.native.pods[0].withdrawable_gwei = 0;
        scene.before.native.pods[0].deposit_shares = I256::ZERO;
        assert_eq!(measure(&REPORTS_COUNT, &Scene::quiet()), None);
        scene.before.native.reporter = scene.before.stakers[1].address;
        assert_eq!(measure(&REPORTS_COUNT, &scene), None, "anybody can tell anything");
    }
}
