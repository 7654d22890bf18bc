//! What is to be seen of magnitudes that storage does not say by itself.

use alloy_primitives::{I256, U256};

use crate::{
    arithmetic::WAD_WIDE,
    call::{Operation, Question},
    invariants::{sentence, words::Words},
    must,
    oracle::{Checkpoint, Invariant, Scope, Verdict},
};

pub(super) const PARTITION: Invariant = Invariant {
    id: "MAG-04",
    statement: "What is free and what is promised make up the maximum: a deallocation that is over is free before anybody \
                completes it.",
    formula: "m(o,t) - view enc(o,t) + sum over e of (cur_view(o,e,t) + max(pend_view(o,e,t), 0)) == m(o,t)",
    why: "Magnitude that is neither free nor promised is lost: a deallocation that the queue does not give back when it is over \
          binds stake that secures nothing.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::OPERATORS.or(Scope::LATER),
    check: |step| {
        let block = step.after.block;
        let later = !step.call.delay.is_zero();
        let mut exercised = false;
        for (operator, of) in step.after.operators.iter().enumerate() {
            if !later && !step.touched.operator(operator) {
                continue;
            }
            for (strategy, stake) in of.stakes.iter().enumerate().filter(|(_, stake)| stake.encumbered > 0) {
                exercised = true;
                let settled = of.allocations.iter().map(|of_set| of_set[strategy].settled(block));
                let promised: i128 = settled
                    .map(|a| i128::from(a.current).saturating_add(a.pending.max(0)))
                    .fold(0, i128::saturating_add);
                let seen = step.after.encumbered(operator, strategy);
                must!(
                    seen.is_some_and(|seen| i128::from(seen) == promised),
                    "of {}, {promised} is promised, and {seen} of the {} encumbered is not over",
                    sentence::stake(step, operator, strategy),
                    stake.encumbered,
                    seen = sentence::said(&seen)
                );
            }
        }
        Verdict::holds_if(exercised)
    },
};

pub(super) const SETTLED: Invariant = Invariant {
    id: "MAG-11",
    statement: "An allocation is shown as it stands: a change that counts is part of it, and one that is shown is yet to come.",
    formula: "getAllocation(o,e,t): N >= raw eff implies (cur + pend, 0, 0), else (cur, pend, eff) as in storage",
    why: "Whoever looks would take for pending what can be slashed already, or for secured what is free.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::QUESTIONS,
    check: |step| {
        let Operation::Ask(Question::Allocation { operator, set, strategy }) = &step.call.operation else {
            return Verdict::NotApplicable;
        };
        let Some(words) = Words::returned(step) else { return Verdict::NotApplicable };
        let ledger = step.after;
        let at = (ledger.operator_index(*operator), ledger.set_index(*set), ledger.strategy_index(*strategy));
        let (Some(operator), Some(set), Some(strategy)) = at else { return Verdict::NotApplicable };
        let is = ledger.operators[operator].allocations[set][strategy].settled(ledger.block);
        let pending = U256::from_be_bytes(I256::try_from(is.pending).unwrap_or_default().to_be_bytes::<32>());
        let due = [U256::from(is.current), pending, U256::from(is.effect_block)];
        let told = [words.word(0), words.word(1), words.word(2)];
        must!(
            told == due.map(Some),
            "{} stands at {} in block {}, and is shown as {}",
            sentence::allocation(step, operator, set, strategy),
            sentence::said(&due.map(I256::from_raw)),
            ledger.block,
            sentence::said(&told.map(|word| word.map(I256::from_raw))),
        );
        Verdict::Holds
    },
};

pub(super) const NOW: Invariant = Invariant {
    id: "MAG-13",
    statement: "What the history says of this block is the maximum magnitude.",
    formula: "getMaxMagnitudesAtBlock(o, [t], N) == getMaxMagnitude(o,t)",
    why: "Withdrawals are paid by the history, everything else by the latest value. Where they differ, whoever is in the queue \
          is slashed differently from whoever is not.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::OPERATORS,
    check: |step| {
        let mut exercised = false;
        for operator in step.touched_operators() {
            for (strategy, stake) in step.after.operators[operator].stakes.iter().enumerate() {
                let Some((_, latest)) = stake.max_magnitudes.entries.last() else { continue };
                exercised = true;
                let now = stake.max_magnitudes.at(step.after.block).unwrap_or(WAD_WIDE);
                must!(
                    now == *latest,
                    "the maximum magnitude of {} is {latest}, and its history says {now}",
                    sentence::stake(step, operator, strategy),
                );
            }
        }
        Verdict::holds_if(exercised)
    },
};

#[cfg(test)]
mod tests {
    use alloy_primitives::Bytes;

    use super::*;
    use crate::{
        call::Outcome,
        invariants::fixture::{Scene, judge},
        ledger::Allocation,
    };

    #[test]
    fn mag_04() {
        let mut scene = Scene::slash();
        assert_eq!(judge(&PARTITION, &scene), Verdict::Holds);
        assert_eq!(judge(&PARTITION, &Scene::quiet()), Verdict::NotApplicable);
        // A deallocation that is over is free, queued and not completed.
        let queued = scene.after.sets[0].id;
        let operator = &mut scene.after.operators[0];
        let current = operator.allocations[0][0].current;
        operator.allocations[0][0] = Allocation { current, pending: -10, effect_block: 1_101 };
        assert!(matches!(judge(&PARTITION, &scene), Verdict::Violated(_)), "nobody gives it back");
        scene.after.operators[0].stakes[0].deallocation_queue = vec![queued];
        assert_eq!(judge(&PARTITION, &scene), Verdict::Holds);
    }

    #[test]
    fn mag_11() {
        let mut scene = Scene::slash();
        let operator = scene.after.operators[0].address;
        let (set, strategy) = (scene.after.sets[0].id, scene.after.strategies[0].address);
        scene.after.operators[0].allocations[0][0] = Allocation { current: 100, pending: -10, effect_block: 1_140 };
        scene.call.operation = Operation::Ask(Question::Allocation { operator, set, strategy });
        let told = |scene: &Scene, current: u64, pending: i64, effect_block: u64| {
            let pending = I256::try_from(pending).unwrap().to_be_bytes::<32>();
            let words =
                [U256::from(current).to_be_bytes::<32>(), pending, U256::from(effect_block).to_be_bytes::<32>()];
            let mut scene = scene.clone();
            scene.outcome = Outcome::Returned(Bytes::from(words.concat()));
            judge(&SETTLED, &scene)
        };
        assert_eq!(told(&scene, 100, -10, 1_140), Verdict::Holds);
        assert!(matches!(told(&scene, 90, 0, 0), Verdict::Violated(_)), "it does not count yet");
        scene.after.block = 1_140;
        assert_eq!(told(&scene, 90, 0, 0), Verdict::Holds);
        assert!(matches!(told(&scene, 100, -10, 1_140), Verdict::Violated(_)), "it is over");
        assert!(matches!(judge(&SETTLED, &scene), Verdict::Violated(_)), "nothing was told");
        assert_eq!(judge(&SETTLED, &Scene::quiet()), Verdict::NotApplicable);
    }

    #[test]
    fn mag_13() {
        let mut scene = Scene::slash();
        assert_eq!(judge(&NOW, &scene), Verdict::Holds);
        assert_eq!(judge(&NOW, &Scene::quiet()), Verdict::NotApplicable);
        scene.after.operators[0].stakes[0].max_magnitudes.entries.push((1_102, U256::ONE));
        assert!(matches!(judge(&NOW, &scene), Verdict::Violated(_)));
    }
}
