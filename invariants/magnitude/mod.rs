//! Magnitudes: what an operator can be slashed for, and by whom.

mod bounds;
mod changes;
mod free;
mod lists;
mod views;

use crate::{
    arithmetic::WAD,
    invariants::sentence,
    must,
    oracle::{Assumption, Checkpoint, Family, Invariant, Scope, Verdict},
};

pub(super) const FAMILY: Family = Family {
    key: "MAG",
    title: "Magnitudes",
    assumes: "Nothing beyond the protocol itself.",
    invariants: &[
        &bounds::WITHIN_WAD,
        &MONOTONE,
        &ENCUMBERED_WITHIN_MAX,
        &views::PARTITION,
        &ENCUMBERED_IS_A_SUM,
        &UNIQUE_STAKE,
        &bounds::CURRENT_WITHIN_MAX,
        &PENDING_BOUNDED,
        &bounds::PROMISE_WITHIN_WAD,
        &changes::EFFECT_BLOCK,
        &views::SETTLED,
        &HISTORY,
        &views::NOW,
        &lists::STRATEGIES,
        &lists::SETS,
        &changes::OWNERS,
        &changes::PENDING,
        &changes::ENCUMBERED_GROWS,
        &bounds::FRESH,
        &bounds::NOTHING_OF_NOTHING,
        &lists::NAMED,
        &changes::ANOTHER,
        &free::FREE,
    ],
};

const MONOTONE: Invariant = Invariant {
    id: "MAG-02",
    statement: "An operator's maximum magnitude only ever goes down, and only when it is slashed in that strategy.",
    formula: "every call: m'(o,t) <= m(o,t); m' != m only in slashOperator of o with t",
    why: "The maximum magnitude is the factor by which every delegated staker's shares are worth less. If it rose, what was \
          slashed would come back; if anything but a slash lowered it, stakers would lose without a slash.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[Assumption::PassiveRegistrars],
    scope: Scope::OPERATORS,
    check: |step| {
        let mut exercised = false;
        for index in step.touched_operators() {
            let (was, is) = (&step.before.operators[index], &step.after.operators[index]);
            for (at, strategy) in step.after.strategies.iter().enumerate() {
                let (before, after) = (was.stakes[at].max_magnitude(), is.stakes[at].max_magnitude());
                if before == after {
                    continue;
                }
                exercised = true;
                let who = step.name(is.address);
                let at = step.name(strategy.address);
                must!(after < before, "the maximum magnitude of {who} in {at} rose from {before} to {after}");
                let mut slashes = step.before.slashes_of(&step.call.operation).into_iter();
                let slashed =
                    slashes.any(|slash| slash.operator == is.address && slash.strategies.contains(&strategy.address));
                must!(slashed, "the maximum magnitude of {who} in {at} fell from {before} to {after} without a slash");
            }
        }
        Verdict::holds_if(exercised)
    },
};

const ENCUMBERED_WITHIN_MAX: Invariant = Invariant {
    id: "MAG-03",
    statement: "The magnitude that is not free never exceeds the maximum magnitude.",
    formula: "raw enc(o,t) <= m(o,t) and view enc(o,t) <= m(o,t)",
    why: "Beyond the maximum, an operator has promised more than it has: two sets count on the same stake, and the second \
          slash fails or takes what the first already took.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::OPERATORS,
    check: |step| {
        let mut exercised = false;
        for index in step.touched_operators() {
            let operator = &step.after.operators[index];
            for (at, stake) in operator.stakes.iter().enumerate().filter(|(_, stake)| stake.encumbered > 0) {
                exercised = true;
                let who = step.name(operator.address);
                let strategy = step.name(step.after.strategies[at].address);
                let max = stake.max_magnitude();
                let stored = stake.encumbered;
                must!(stored <= max, "{who} has {stored} of {strategy} encumbered, of at most {max}");
                let seen = step.after.encumbered(index, at);
                must!(
                    seen.is_some_and(|seen| seen <= max),
                    "{who} shows {seen} of {strategy} encumbered, of at most {max}",
                    seen = sentence::said(&seen)
                );
            }
        }
        Verdict::holds_if(exercised)
    },
};

const ENCUMBERED_IS_A_SUM: Invariant = Invariant {
    id: "MAG-05",
    statement: "The encumbered magnitude is the sum of what is allocated and what is promised.",
    formula: "raw enc(o,t) == sum over e of (raw cur(o,e,t) + max(raw pend(o,e,t), 0))",
    why: "Too small a sum lets an operator allocate the same stake twice; too large a one locks stake away for ever.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::OPERATORS,
    check: |step| {
        let mut exercised = false;
        for operator in step.touched_operators().map(|index| &step.after.operators[index]) {
            for (at, stake) in operator.stakes.iter().enumerate() {
                let promised =
                    |allocation: &crate::ledger::Allocation| i128::from(allocation.current) + allocation.pending.max(0);
                let sum: i128 =
                    operator.allocations.iter().map(|of_set| promised(&of_set[at])).fold(0, i128::saturating_add);
                exercised |= sum != 0 || stake.encumbered != 0;
                must!(
                    i128::from(stake.encumbered) == sum,
                    "{} has {} of {} encumbered, and {sum} allocated and promised",
                    step.name(operator.address),
                    stake.encumbered,
                    step.name(step.after.strategies[at].address),
                );
            }
        }
        Verdict::holds_if(exercised)
    },
};

const UNIQUE_STAKE: Invariant = Invariant {
    id: "MAG-06",
    statement: "No stake is allocated twice: what all sets together can slash now or soon fits into the maximum magnitude.",
    formula: "sum over e of (cur_view(o,e,t) + max(pend_view(o,e,t), 0)) <= m(o,t)",
    why: "Unique Stake is the promise that makes the protocol worth building on: a set's share of an operator is its own, \
          whatever other sets do.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::OPERATORS,
    check: |step| {
        let mut exercised = false;
        for operator in step.touched_operators().map(|index| &step.after.operators[index]) {
            for (at, stake) in operator.stakes.iter().enumerate() {
                let mut sets = 0;
                let mut sum = 0i128;
                for of_set in &operator.allocations {
                    let allocation = of_set[at].settled(step.after.block);
                    let part = i128::from(allocation.current) + allocation.pending.max(0);
                    sets += usize::from(part > 0);
                    sum += part;
                }
                exercised |= sets > 1;
                let max = stake.max_magnitude();
                must!(
                    sum <= i128::from(max),
                    "{} gave {sets} sets {sum} of {}, and has {max}",
                    step.name(operator.address),
                    step.name(step.after.strategies[at].address),
                );
            }
        }
        Verdict::holds_if(exercised)
    },
};

const PENDING_BOUNDED: Invariant = Invariant {
    id: "MAG-08",
    statement: "What is being deallocated never exceeds what is allocated.",
    formula: "pend(o,e,t) < 0 implies -pend <= cur, stored and as seen now",
    why: "A deallocation larger than its allocation can never be completed: the operator's queue is blocked, and with it \
          every later change in that strategy.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::OPERATORS,
    check: |step| {
        let mut exercised = false;
        for operator in step.touched_operators().map(|index| &step.after.operators[index]) {
            for (set, of_set) in step.after.sets.iter().zip(&operator.allocations) {
                for (at, allocation) in of_set.iter().enumerate().filter(|(_, allocation)| allocation.pending < 0) {
                    exercised = true;
                    must!(
                        allocation.target() >= 0,
                        "{} is deallocating {} of {} from set {} of {}, which has {}",
                        step.name(operator.address),
                        -allocation.pending,
                        step.name(step.after.strategies[at].address),
                        set.id.id,
                        step.name(set.id.avs),
                        allocation.current,
                    );
                }
            }
        }
        Verdict::holds_if(exercised)
    },
};

const HISTORY: Invariant = Invariant {
    id: "MAG-12",
    statement: "The history of a maximum magnitude has one entry for a block, in order, never rising, never from the future.",
    formula: "keys strictly increasing, last key <= N; values non-increasing, values <= WAD",
    why: "Withdrawals are paid by what the history says of their last slashable block. Two entries for one block, or one out \
          of order, pay some stakers as if a slash had not been.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::OPERATORS,
    check: |step| {
        let mut exercised = false;
        for operator in step.touched_operators().map(|index| &step.after.operators[index]) {
            for (at, stake) in operator.stakes.iter().enumerate() {
                let entries = &stake.max_magnitudes.entries;
                exercised |= !entries.is_empty();
                let place =
                    || format!("{} in {}", step.name(operator.address), step.name(step.after.strategies[at].address));
                for pair in entries.windows(2) {
                    let ((earlier, high), (later, low)) = (pair[0], pair[1]);
                    must!(earlier < later, "the history of {} has block {later} after block {earlier}", place());
                    must!(low <= high, "the history of {} rises from {high} to {low} at block {later}", place());
                }
                if let (Some((_, highest)), Some((newest, _))) = (entries.first(), entries.last()) {
                    must!(
                        *highest <= crate::arithmetic::WAD_WIDE,
                        "the history of {} has {highest}, above {WAD}",
                        place()
                    );
                    must!(
                        u64::from(*newest) <= step.after.block,
                        "the history of {} has block {newest}, which is after block {}",
                        place(),
                        step.after.block
                    );
                }
            }
        }
        Verdict::holds_if(exercised)
    },
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::invariants::fixture::{Scene, judge};
    use alloy_primitives::U256;

    #[test]
    fn mag_02() {
        let scene = Scene::slash();
        assert_eq!(judge(&MONOTONE, &scene), Verdict::Holds);
        assert_eq!(judge(&MONOTONE, &Scene::quiet()), Verdict::NotApplicable);
        let mut risen = scene.clone();
        risen.after.operators[0].stakes[0].max_magnitudes.entries.push((1_102, U256::from(WAD)));
        risen.before.operators[0].stakes[0].max_magnitudes.entries.push((1_000, U256::from(1)));
        assert!(matches!(judge(&MONOTONE, &risen), Verdict::Violated(sentence) if sentence.contains("rose")));
        let mut unprovoked = scene;
        unprovoked.call.operation = crate::call::Operation::RenounceOwnership {};
        assert!(matches!(judge(&MONOTONE, &unprovoked), Verdict::Violated(s) if s.contains("without a slash")));
    }

    #[test]
    fn mag_03() {
        let mut scene = Scene::slash();
        assert_eq!(judge(&ENCUMBERED_WITHIN_MAX, &scene), Verdict::Holds);
        scene.after.operators[0].stakes[0].encumbered = WAD + 1;
        assert!(matches!(judge(&ENCUMBERED_WITHIN_MAX, &scene), Verdict::Violated(_)));
        assert_eq!(judge(&ENCUMBERED_WITHIN_MAX, &Scene::quiet()), Verdict::NotApplicable);
    }

    #[test]
    fn mag_05() {
        let mut scene = Scene::slash();
        assert_eq!(judge(&ENCUMBERED_IS_A_SUM, &scene), Verdict::Holds);
        // A deallocation that is over counts in full until it is completed; an allocation counts from the start.
        scene.after.operators[0].allocations[0][0].pending = -1;
        assert_eq!(judge(&ENCUMBERED_IS_A_SUM, &scene), Verdict::Holds);
        scene.after.operators[0].allocations[0][0].pending = 1;
        assert!(matches!(judge(&ENCUMBERED_IS_A_SUM, &scene), Verdict::Violated(_)));
        assert_eq!(judge(&ENCUMBERED_IS_A_SUM, &Scene::quiet()), Verdict::NotApplicable);
    }

    #[test]
    fn mag_06() {
        let mut scene = Scene::slash();
        let max = scene.after.operators[0].stakes[0].max_magnitude();
        let first = max / 4;
        scene.after.operators[0].allocations[0][0].current = first;
        assert_eq!(judge(&UNIQUE_STAKE, &scene), Verdict::NotApplicable, "one set shares with nobody");
        scene.after.operators[0].allocations[1][0].current = max - first;
        assert_eq!(judge(&UNIQUE_STAKE, &scene), Verdict::Holds);
        scene.after.operators[0].allocations[1][0].current += 1;
        assert!(matches!(judge(&UNIQUE_STAKE, &scene), Verdict::Violated(_)));
        // A deallocation that is over no longer counts, wherever it is stored.
        scene.after.operators[0].allocations[1][0].pending = -1;
        scene.after.operators[0].allocations[1][0].effect_block = u32::try_from(scene.after.block).unwrap();
        assert_eq!(judge(&UNIQUE_STAKE, &scene), Verdict::Holds);
    }

    #[test]
    fn mag_08() {
        let mut scene = Scene::slash();
        assert_eq!(judge(&PENDING_BOUNDED, &scene), Verdict::NotApplicable);
        let allocation = &mut scene.after.operators[0].allocations[0][0];
        allocation.pending = -i128::from(allocation.current);
        assert_eq!(judge(&PENDING_BOUNDED, &scene), Verdict::Holds);
        scene.after.operators[0].allocations[0][0].pending -= 1;
        assert!(matches!(judge(&PENDING_BOUNDED, &scene), Verdict::Violated(_)));
    }

    #[test]
    fn mag_12() {
        let scene = Scene::slash();
        assert_eq!(judge(&HISTORY, &scene), Verdict::Holds);
        assert_eq!(judge(&HISTORY, &Scene::quiet()), Verdict::NotApplicable);
        let broken: [&[(u32, u64)]; 4] =
            [&[(1_100, 5), (1_100, 4)], &[(1_100, 4), (1_101, 5)], &[(1_100, WAD + 1)], &[(9_999, 5)]];
        for entries in broken {
            let mut scene = scene.clone();
            scene.after.operators[0].stakes[0].max_magnitudes.entries =
                entries.iter().map(|(block, value)| (*block, U256::from(*value))).collect();
            assert!(matches!(judge(&HISTORY, &scene), Verdict::Violated(_)), "{entries:?}");
        }
    }
}
