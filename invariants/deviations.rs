//! What is often believed to hold, and does not. Each of these was proposed as an invariant somewhere; each has a
//! counter-example in the protocol as it is meant to be. They are measured for who asks, and never judged.

mod native;

use alloy_primitives::U256;

use super::{conservation::shares_owed, leaving::lacking};
use crate::{
    call::Operation,
    ledger::{Allocation, GWEI, Ledger},
    oracle::{Deviation, Step},
};

/// Every known deviation, in catalogue order.
pub const DEVIATIONS: &[&Deviation] = &[
    &LISTED_IN_VIEWS,
    &RAW_CHANGES,
    &EVERY_SLASH_TAKES,
    &FACTOR_GROWS,
    &EVERY_WITHDRAWAL_PAYS,
    &STRICT_SOLVENCY,
    &NOMINAL_SHARES,
    &EVERY_SLASH_CLEARS,
    &EVERY_ENTRY_HAS_SHARES,
    &NATIVE_BACKED,
    &NATIVE_IN_GWEI,
    &native::BURNABLE_IS_LOST,
    &native::EITHER_ORDER,
    &native::NEW_IS_WHOLE,
    &native::SLASHED_CAN_GAIN,
    &native::REPORTS_COUNT,
    &TOLD_IS_SLASHABLE,
];

/// The known deviation called `id`.
pub fn deviation(id: &str) -> Option<&'static Deviation> {
    DEVIATIONS.iter().copied().find(|deviation| deviation.id == id)
}

const LISTED_IN_VIEWS: Deviation = Deviation {
    id: "MAG-14-VIEW",
    statement: "An allocation is listed with its set exactly as long as the views show something of it.",
    formula: "t in allocatedStrategies(o,e) iff cur(o,e,t) > 0 or pend(o,e,t) != 0, by getAllocation",
    why: "A deallocation that is over is no longer shown, but stays listed until somebody clears the queue. MAG-14 says it of \
          storage, where it holds.",
    unit: "allocations listed and not shown",
    measure: |step| {
        let ledger = step.after;
        let mut listed = 0u64;
        let mut empty = 0u64;
        for operator in &ledger.operators {
            for (membership, allocations) in operator.memberships.iter().zip(&operator.allocations) {
                for strategy in &membership.allocated_strategies {
                    let Some(index) = ledger.strategy_index(*strategy) else { continue };
                    let shown = allocations[index].settled(ledger.block);
                    listed += 1;
                    empty += u64::from(shown.current == 0 && shown.pending == 0);
                }
            }
        }
        (listed > 0).then(|| U256::from(empty))
    },
};

/// Whether a change in storage replaces another one that was not completed.
fn replaces(was: Allocation, is: Allocation) -> bool {
    let grew = was.pending.unsigned_abs() < is.pending.unsigned_abs();
    was.pending != 0 && is.pending != 0 && (was.pending.signum() != is.pending.signum() || grew)
}

const RAW_CHANGES: Deviation = Deviation {
    id: "MAG-17-RAW",
    statement: "A pending change in storage is neither replaced nor enlarged.",
    formula: "raw pend: no transition + -> -, - -> +, or to a larger one of the same sign",
    why: "A change whose block has come is completed and replaced within one call, so storage shows one pending change after \
          another. MAG-17 says it of the views, where it holds.",
    unit: "pending changes replaced",
    measure: |step| {
        let mut changed = false;
        let mut replaced = 0u64;
        for index in step.touched_operators() {
            let (was, is) = (&step.before.operators[index].allocations, &step.after.operators[index].allocations);
            for (was, is) in was.iter().flatten().zip(is.iter().flatten()) {
                changed |= was != is;
                replaced += u64::from(replaces(*was, *is));
            }
        }
        changed.then(|| U256::from(replaced))
    },
};

const EVERY_SLASH_TAKES: Deviation = Deviation {
    id: "SLA-24-ALWAYS",
    statement: "A slash that lowers an operator's magnitude takes shares from it, if it has any.",
    formula: "slashOperator: m' < m and op > 0 imply op' < op",
    why: "Shares that are taken are those that no magnitude is left for, rounded up; with few shares, or a small part, that is \
          none. SLA-24 says it of slashes of a meaningful size, where it holds.",
    unit: "stakes slashed for nothing",
    measure: |step| {
        let (lowered, for_nothing) = slashed_for_nothing(step);
        lowered.then(|| U256::from(for_nothing))
    },
};

fn slashed_for_nothing(step: &Step<'_>) -> (bool, u64) {
    let (mut lowered, mut for_nothing) = (false, 0);
    for index in step.touched_operators() {
        let (was, is) = (&step.before.operators[index].stakes, &step.after.operators[index].stakes);
        for (was, is) in was.iter().zip(is).filter(|(was, _)| !was.shares.is_zero()) {
            if is.max_magnitude() < was.max_magnitude() {
                lowered = true;
                for_nothing += u64::from(is.shares == was.shares);
            }
        }
    }
    (lowered, for_nothing)
}

const FACTOR_GROWS: Deviation = Deviation {
    id: "DEL-12",
    statement: "A staker's deposit scaling factor never falls, as long as it has shares.",
    formula: "s > 0 and s' > 0 imply k' >= k",
    why: "The factor is computed anew from rounded shares at each deposit: below full magnitude, tiny deposits lower it, at the \
          staker's own cost.",
    unit: "of the factor lost, in parts of WAD",
    measure: |step| {
        let (mut kept, mut most) = (false, U256::ZERO);
        for index in step.touched_stakers() {
            let (was, is) = (&step.before.stakers[index], &step.after.stakers[index]);
            for (was, is) in was.holdings.iter().zip(&is.holdings) {
                if !was.shares.is_zero() && !is.shares.is_zero() {
                    kept = true;
                    most = most.max(was.factor().saturating_sub(is.factor()));
                }
            }
        }
        kept.then_some(most)
    },
};

const EVERY_WITHDRAWAL_PAYS: Deviation = Deviation {
    id: "WDR-16-ALWAYS",
    statement: "When everybody leaves, every withdrawal finds the shares that it pays.",
    formula: "receivable shares <= T for each item of a withdrawal that is completed",
    why: "What several slashes took from the queue is rounded once, what each withdrawal loses by itself, so the last may lack as \
          many shares as there were inexact entries. WDR-16 allows for that.",
    unit: "shares that lack",
    measure: |step| {
        let Operation::CompleteWithdrawal { completion } = &step.call.operation else { return None };
        step.leaving?;
        let withdrawal = step.before.completion_request(completion)?.withdrawal;
        let items = withdrawal.items.iter().enumerate();
        let lacks = items.map(|(item, (strategy, _))| {
            lacking(step.before, *strategy, step.before.receivable(withdrawal, item).unwrap_or_default())
        });
        lacks.max()
    },
};

const STRICT_SOLVENCY: Deviation = Deviation {
    id: "CON-04",
    statement: "The shares owed are never more than the shares there are.",
    formula: "sum op + sum s of the undelegated + receivable in the queue + waiting to be cleared <= T",
    why: "The shares of a slash that come from the queue are rounded up together, those that are left in it down one by one: the \
          sum of both can be a share more for each inexact entry. CON-03 has the bound that holds.",
    unit: "shares owed too much",
    measure: |step| {
        let ledger = step.after;
        let excess = ledger.token_strategies().map(|(index, strategy)| {
            shares_owed(ledger, index).unwrap_or(U256::MAX).saturating_sub(strategy.total_shares)
        });
        excess.max()
    },
};

/// What stakers hold and what they queued, as if nothing were ever slashed.
fn nominal_shares(ledger: &Ledger, strategy: usize) -> U256 {
    let address = ledger.strategies[strategy].address;
    let held = ledger.stakers.iter().map(|staker| staker.holdings[strategy].shares);
    let pending = ledger.withdrawals.iter().filter(|withdrawal| withdrawal.pending);
    let queued = pending.flat_map(|withdrawal| &withdrawal.items).filter(|(at, _)| *at == address);
    held.chain(queued.map(|(_, shares)| *shares)).fold(U256::ZERO, U256::saturating_add)
}

const NOMINAL_SHARES: Deviation = Deviation {
    id: "CON-15",
    statement: "Deposit shares and queued shares together are the strategy's shares.",
    formula: "sum s + sum of scaled shares in the queue == T",
    why: "Deposit shares stay nominal when their operator is slashed, while a slash that is cleared takes shares from the total: \
          of 100 deposited and half slashed, 100 are held and 50 exist. CON-03 counts what is owed instead.",
    unit: "shares apart",
    measure: |step| {
        let ledger = step.after;
        let apart = ledger.token_strategies().map(|(index, strategy)| {
            let nominal = nominal_shares(ledger, index);
            nominal.max(strategy.total_shares) - nominal.min(strategy.total_shares)
        });
        apart.max()
    },
};

const EVERY_SLASH_CLEARS: Deviation = Deviation {
    id: "RED-09-ALWAYS",
    statement: "When everybody leaves, every slash finds the shares that wait for it.",
    formula: "shares that wait <= T for each slash and strategy that is cleared",
    why: "As for withdrawals: whoever comes last may lack a share for each inexact entry of the queue. RED-09 allows for that.",
    unit: "shares that lack",
    measure: |step| {
        step.leaving?;
        let (strategy, shares, _) = super::leaving::cleared(step)?;
        Some(lacking(step.before, strategy, shares))
    },
};

const EVERY_ENTRY_HAS_SHARES: Deviation = Deviation {
    id: "RED-13",
    statement: "What waits of a slash is more than nothing.",
    formula: "getBurnOrRedistributableShares(e, id, t) > 0 for each entry (e, id, t)",
    why: "Of few shares a slash can take none (SLA-24), and it is noted all the same: the entry waits, is cleared, and pays nothing.",
    unit: "entries without shares",
    measure: |step| {
        let entries = || step.after.sets.iter().flat_map(|set| &set.slashes).flatten();
        let empty = entries().filter(|(_, shares)| shares.is_zero()).count();
        entries().next().map(|_| U256::from(empty))
    },
};

const NATIVE_BACKED: Deviation = Deviation {
    id: "ETH-06",
    statement: "An operator has at least the shares of native ETH that its stakers can withdraw.",
    formula: "op(o,native) >= sum of w(a,native) of its stakers",
    why: "The slashing factor of native ETH is a product itself, rounded once more: what leaves the operator with a loss or comes \
          with a staker need not be what the views say later. Of tokens DEL-05 holds.",
    unit: "shares that lack",
    measure: |step| {
        let ledger = step.after;
        let native = ledger.native_strategy()?;
        let with_some = ledger.operators.iter().enumerate().filter(|(_, of)| !of.stakes[native].shares.is_zero());
        with_some.map(|(operator, _)| ledger.lacking_native(operator)).max()
    },
};

const NATIVE_IN_GWEI: Deviation = Deviation {
    id: "ETH-10",
    statement: "Deposit shares of native ETH are a whole number of gwei.",
    formula: "podOwnerDepositShares(a) % 10^9 == 0",
    why: "Since there are slashes, withdrawals that come back as shares bring parts of a gwei, and any number can be queued. \
          ETH-17 says it of reports, where it holds.",
    unit: "wei beside whole gwei",
    measure: |step| {
        let shares = step.after.native.pods.iter().filter(|pod| pod.deposit_shares.is_positive());
        shares.map(|pod| pod.deposit_shares.unsigned_abs() % GWEI).max()
    },
};

const TOLD_IS_SLASHABLE: Deviation = Deviation {
    id: "VIE-04",
    statement: "A set can slash the stake that it is told of.",
    formula: "getMinimumSlashableStake(e, [o], [t], N) > 0 implies t in strategies(e)",
    why: "The view does not look at whether the strategy is in the set. Where the AVS took it out, an allocation stays and is told \
          of, while every slash of it reverts. VIE-02 says what is told.",
    unit: "shares told of that no slash takes",
    measure: |step| {
        let ledger = step.after;
        let (mut asked, mut most) = (false, U256::ZERO);
        for operator in step.touched_operators().map(|index| &ledger.operators[index]) {
            for (set, of) in ledger.sets.iter().enumerate() {
                for (at, strategy) in ledger.strategies.iter().enumerate() {
                    let told = ledger.minimum_slashable_stake(operator, set, at, ledger.block).unwrap_or_default();
                    asked |= !told.is_zero();
                    most = if of.has_strategy(strategy.address) { most } else { most.max(told) };
                }
            }
        }
        asked.then_some(most)
    },
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        arithmetic::WAD,
        invariants::fixture::{Scene, measure},
    };

    #[test]
    fn a_slash_makes_shares_nominal_once_it_is_cleared() {
        assert_eq!(measure(&NOMINAL_SHARES, &Scene::deposited()), Some(U256::ZERO));
        assert_eq!(measure(&NOMINAL_SHARES, &Scene::cleared()), Some(U256::from(50_000)));
    }

    #[test]
    fn native_eth_that_lacks_is_counted() {
        let mut scene = Scene::native_slash();
        assert_eq!(measure(&NATIVE_BACKED, &scene), Some(U256::ZERO));
        assert_eq!(measure(&NATIVE_IN_GWEI, &scene), None);
        scene.after.operators[0].stakes[0].shares -= U256::ONE;
        assert_eq!(measure(&NATIVE_BACKED, &scene), Some(U256::ONE));
        assert_eq!(measure(&NATIVE_BACKED, &Scene::quiet()), None);
        scene.after.native.pods[0].deposit_shares = alloy_primitives::I256::from_raw(GWEI + U256::from(7));
        assert_eq!(measure(&NATIVE_IN_GWEI, &scene), Some(U256::from(7)));
    }

    #[test]
    fn shares_owed_too_much_are_counted() {
        let mut scene = Scene::deposited();
        assert_eq!(measure(&STRICT_SOLVENCY, &scene), Some(U256::ZERO));
        scene.after.strategies[0].total_shares -= U256::ONE;
        assert_eq!(measure(&STRICT_SOLVENCY, &scene), Some(U256::ONE));
    }

    #[test]
    fn a_factor_that_falls_is_measured() {
        let mut scene = Scene::deposited();
        assert_eq!(measure(&FACTOR_GROWS, &scene), Some(U256::ZERO));
        scene.after.stakers[0].holdings[0].stored_factor = U256::from(WAD - 7);
        assert_eq!(measure(&FACTOR_GROWS, &scene), Some(U256::from(7)));
        assert_eq!(measure(&FACTOR_GROWS, &Scene::quiet()), None);
    }

    #[test]
    fn a_slash_for_nothing_is_counted() {
        let mut scene = Scene::slash();
        assert_eq!(measure(&EVERY_SLASH_TAKES, &scene), Some(U256::ZERO));
        scene.after.operators[0].stakes[0].shares = scene.before.operators[0].stakes[0].shares;
        assert_eq!(measure(&EVERY_SLASH_TAKES, &scene), Some(U256::ONE));
        assert_eq!(measure(&EVERY_SLASH_TAKES, &Scene::quiet()), None);
    }

    #[test]
    fn what_is_over_and_not_cleared_is_listed() {
        let mut scene = Scene::slash();
        assert_eq!(measure(&LISTED_IN_VIEWS, &scene), Some(U256::ZERO));
        scene.after.operators[0].allocations[0][0] =
            Allocation { current: 5, pending: -5, effect_block: u32::try_from(scene.after.block).unwrap() };
        assert_eq!(measure(&LISTED_IN_VIEWS, &scene), Some(U256::ONE));
    }

    #[test]
    fn a_change_that_is_replaced_is_counted() {
        let mut scene = Scene::slash();
        assert_eq!(measure(&RAW_CHANGES, &scene), Some(U256::ZERO));
        scene.before.operators[0].allocations[0][0].pending = -5;
        scene.after.operators[0].allocations[0][0].pending = 5;
        assert_eq!(measure(&RAW_CHANGES, &scene), Some(U256::ONE));
        assert_eq!(measure(&RAW_CHANGES, &Scene::quiet()), None);
    }

    #[test]
    fn what_lacks_at_the_end_is_measured() {
        let mut scene = Scene::completed();
        assert_eq!(measure(&EVERY_WITHDRAWAL_PAYS, &scene), None, "nobody leaves");
        scene.left = Some((scene.before.clone(), scene.ghosts.clone()));
        assert_eq!(measure(&EVERY_WITHDRAWAL_PAYS, &scene), Some(U256::ZERO));
        scene.before.strategies[0].total_shares = U256::from(9_998);
        assert_eq!(measure(&EVERY_WITHDRAWAL_PAYS, &scene), Some(U256::from(2)));
        let mut scene = Scene::cleared();
        let (set, strategy) = (scene.before.sets[0].id, scene.before.strategies[0].address);
        scene.call.operation = Operation::ClearSlashByStrategy { set, nth: 0, strategy };
        scene.left = Some((scene.before.clone(), scene.ghosts.clone()));
        assert_eq!(measure(&EVERY_SLASH_CLEARS, &scene), Some(U256::ZERO));
        scene.before.strategies[0].total_shares = scene.before.waiting_shares(strategy) - U256::ONE;
        assert_eq!(measure(&EVERY_SLASH_CLEARS, &scene), Some(U256::ONE));
    }

    #[test]
    fn an_entry_without_shares_is_counted() {
        let mut scene = Scene::slash();
        assert_eq!(measure(&EVERY_ENTRY_HAS_SHARES, &scene), Some(U256::ZERO));
        scene.after.sets[0].slashes[1][0].1 = U256::ZERO;
        assert_eq!(measure(&EVERY_ENTRY_HAS_SHARES, &scene), Some(U256::ONE));
        assert_eq!(measure(&EVERY_ENTRY_HAS_SHARES, &Scene::quiet()), None);
    }

    #[test]
    fn stake_of_a_strategy_that_was_taken_out_is_measured() {
        let mut scene = Scene::slash();
        assert_eq!(measure(&TOLD_IS_SLASHABLE, &scene), Some(U256::ZERO));
        scene.after.sets[0].strategies.clear();
        assert_eq!(measure(&TOLD_IS_SLASHABLE, &scene), Some(U256::from(50_000)));
        assert_eq!(measure(&TOLD_IS_SLASHABLE, &Scene::quiet()), None);
    }
}
