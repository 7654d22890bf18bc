//! Withdrawals: the queue between a staker's shares and a staker's tokens, which slashing still reaches.

mod completion;
mod queueing;

use alloy_primitives::U256;

use super::leaving;
use crate::{
    ledger::{Ledger, Operator},
    must,
    oracle::{Checkpoint, Family, Invariant, Scope, Verdict},
};

pub(super) const FAMILY: Family = Family {
    key: "WDR",
    title: "Withdrawals",
    assumes: "Withdrawals queued since slashing exists.",
    invariants: &[
        &COMMITTED,
        &queueing::ROOT,
        &queueing::NONCE,
        &queueing::CONTENT,
        &completion::DELAY,
        &completion::ONCE,
        &completion::AS_TOKENS,
        &completion::AS_SHARES,
        &completion::FINAL,
        &completion::NEVER_MORE,
        &queueing::EXACTLY,
        &HISTORY,
        &WINDOW,
        &queueing::STILL_PENDING,
        &queueing::NO_GAIN,
        &leaving::COMPLETES,
        &leaving::UNDELEGATES,
        &queueing::UNDELEGATION,
    ],
};

const COMMITTED: Invariant = Invariant {
    id: "WDR-01",
    statement: "A withdrawal is pending exactly as long as its staker's queue lists it and its content is kept.",
    formula: "pendingWithdrawals[r] iff r in stakerQueuedRoots(staker) iff queuedWithdrawals[r].staker != 0",
    why: "A withdrawal that stays pending after it was paid is paid again; one that is not pending before it was paid never \
          is.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::STAKERS.or(Scope::REST),
    check: |step| {
        for withdrawal in &step.after.withdrawals {
            let lists = step.after.staker(withdrawal.staker).map(|staker| staker.roots.contains(&withdrawal.root));
            let listed = lists.unwrap_or(false);
            must!(
                withdrawal.pending == listed && listed == withdrawal.stored,
                "withdrawal {} of {} {} pending, {} listed and {} kept",
                withdrawal.nonce,
                step.name(withdrawal.staker),
                if withdrawal.pending { "is" } else { "is not" },
                if listed { "is" } else { "is not" },
                if withdrawal.stored { "is" } else { "is not" },
            );
        }
        Verdict::holds_if(!step.after.withdrawals.is_empty())
    },
};

const HISTORY: Invariant = Invariant {
    id: "WDR-12",
    statement: "The history of queued shares has one entry for a block, in order, never falling, never from the future.",
    formula: "keys strictly increasing, last key <= N; values non-decreasing",
    why: "What a slash takes from the queue is the difference of two values of this history. Out of order, it takes from \
          withdrawals that are out of reach, or misses those that are not.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::OPERATORS,
    check: |step| {
        let mut exercised = false;
        for operator in &step.after.operators {
            for (at, stake) in operator.stakes.iter().enumerate() {
                let entries = &stake.queued_shares.entries;
                let Some((newest, _)) = entries.last() else { continue };
                exercised = true;
                let place =
                    || format!("{} in {}", step.name(operator.address), step.name(step.after.strategies[at].address));
                for pair in entries.windows(2) {
                    let ((earlier, less), (later, more)) = (pair[0], pair[1]);
                    must!(earlier < later, "the queue history of {} has block {later} after {earlier}", place());
                    must!(less <= more, "the queue history of {} falls from {less} to {more} at {later}", place());
                }
                must!(
                    u64::from(*newest) <= step.after.block,
                    "the queue history of {} has block {newest}, which is after block {}",
                    place(),
                    step.after.block,
                );
            }
        }
        Verdict::holds_if(exercised)
    },
};

const WINDOW: Invariant = Invariant {
    id: "WDR-13",
    statement: "What a slash could take from the queue is what was queued in the slashable window, share by share.",
    formula: "latest - upperLookup(N - M - 1) == sum of scaled shares of withdrawals with delegatedTo == o and startBlock >= N - M",
    why: "A withdrawal that is missing escapes the slash, and the burn takes what belongs to those who stay; one that is \
          counted too long is taken from twice.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::OPERATORS.or(Scope::STAKERS).or(Scope::LATER),
    check: |step| {
        let ledger = step.after;
        let mut exercised = false;
        for operator in &ledger.operators {
            // Most have nothing in the queue and never had.
            let had = operator.stakes.iter().any(|stake| !stake.queued_shares.entries.is_empty());
            if !had && !ledger.withdrawals.iter().any(|withdrawal| withdrawal.delegated_to == operator.address) {
                continue;
            }
            for (at, strategy) in ledger.strategies.iter().enumerate() {
                let history = &operator.stakes[at].queued_shares;
                let until = ledger.block.saturating_sub(ledger.terms.withdrawal_delay + 1);
                let latest = history.latest().unwrap_or_default();
                let outside = history.at(until).unwrap_or_default();
                let queued = queued_in_window(ledger, operator, at);
                exercised |= !queued.is_zero();
                must!(
                    latest.checked_sub(outside) == Some(queued),
                    "of {}, {} scaled shares of {} count as slashable in the queue, and {queued} are",
                    step.name(operator.address),
                    latest.wrapping_sub(outside),
                    step.name(strategy.address),
                );
            }
        }
        Verdict::holds_if(exercised)
    },
};

pub(super) fn queued_in_window(ledger: &Ledger, operator: &Operator, strategy: usize) -> U256 {
    let strategy = ledger.strategies[strategy].address;
    let recent = ledger.withdrawals.iter().filter(|withdrawal| {
        withdrawal.delegated_to == operator.address && ledger.slashable_until(withdrawal) >= ledger.block
    });
    let items = recent.flat_map(|withdrawal| &withdrawal.items).filter(|(at, _)| *at == strategy);
    items.map(|(_, scaled)| *scaled).fold(U256::ZERO, U256::saturating_add)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::invariants::fixture::{Scene, judge};

    #[test]
    fn wdr_01() {
        let scene = Scene::queued();
        assert_eq!(judge(&COMMITTED, &scene), Verdict::Holds);
        assert_eq!(judge(&COMMITTED, &Scene::quiet()), Verdict::NotApplicable);
        for spoil in [
            (|scene: &mut Scene| scene.after.withdrawals[0].pending = false) as fn(&mut Scene),
            |scene| scene.after.withdrawals[0].stored = false,
            |scene| scene.after.stakers[0].roots.clear(),
        ] {
            let mut scene = scene.clone();
            spoil(&mut scene);
            assert!(matches!(judge(&COMMITTED, &scene), Verdict::Violated(_)));
        }
    }

    #[test]
    fn wdr_12() {
        let scene = Scene::queued();
        assert_eq!(judge(&HISTORY, &scene), Verdict::Holds);
        assert_eq!(judge(&HISTORY, &Scene::quiet()), Verdict::NotApplicable);
        let broken: [&[(u32, u64)]; 3] = [&[(1_090, 5), (1_090, 6)], &[(1_090, 5), (1_091, 4)], &[(9_999, 5)]];
        for entries in broken {
            let mut scene = scene.clone();
            scene.after.operators[0].stakes[0].queued_shares.entries =
                entries.iter().map(|(block, value)| (*block, U256::from(*value))).collect();
            assert!(matches!(judge(&HISTORY, &scene), Verdict::Violated(_)), "{entries:?}");
        }
    }

    #[test]
    fn wdr_13() {
        let mut scene = Scene::queued();
        assert_eq!(judge(&WINDOW, &scene), Verdict::Holds);
        assert_eq!(judge(&WINDOW, &Scene::quiet()), Verdict::NotApplicable);
        // In the last slashable block it still counts, in the next it does not.
        let start = scene.after.withdrawals[0].start_block;
        scene.after.block = start + scene.after.terms.withdrawal_delay;
        assert_eq!(judge(&WINDOW, &scene), Verdict::Holds);
        scene.after.block += 1;
        assert_eq!(judge(&WINDOW, &scene), Verdict::NotApplicable);
        let mut scene = Scene::queued();
        scene.after.operators[0].stakes[0].queued_shares.entries[0].1 += U256::ONE;
        assert!(matches!(judge(&WINDOW, &scene), Verdict::Violated(_)));
    }
}
