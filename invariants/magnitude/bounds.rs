//! How large magnitudes can be.

use crate::{
    applies_if,
    arithmetic::WAD,
    invariants::sentence,
    must,
    oracle::{Checkpoint, Invariant, Scope, Verdict},
};

pub(super) const WITHIN_WAD: Invariant = Invariant {
    id: "MAG-01",
    statement: "A maximum magnitude is at most WAD.",
    formula: "0 <= m(o,t) <= WAD",
    why: "WAD is the whole stake. With more, an operator allocates more than its stakers have, and their shares are worth \
          more than was deposited.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::OPERATORS,
    check: |step| {
        let mut exercised = false;
        for operator in step.touched_operators() {
            for (strategy, stake) in step.after.operators[operator].stakes.iter().enumerate() {
                exercised |= !stake.max_magnitudes.entries.is_empty();
                let max = stake.max_magnitude();
                must!(max <= WAD, "the maximum magnitude of {} is {max}", sentence::stake(step, operator, strategy));
            }
        }
        Verdict::holds_if(exercised)
    },
};

pub(super) const CURRENT_WITHIN_MAX: Invariant = Invariant {
    id: "MAG-07",
    statement: "No allocation exceeds the maximum magnitude.",
    formula: "cur(o,e,t) <= m(o,t)",
    why: "A set with such an allocation counts on stake that is gone, and slashing it fails because there is not enough to take.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::OPERATORS,
    check: |step| {
        let mut exercised = false;
        for operator in step.touched_operators() {
            let of = &step.after.operators[operator];
            for (set, allocations) in of.allocations.iter().enumerate() {
                for (strategy, allocation) in allocations.iter().enumerate().filter(|(_, a)| a.current > 0) {
                    exercised = true;
                    let max = of.stakes[strategy].max_magnitude();
                    must!(
                        allocation.current <= max,
                        "{} is {}, of at most {max}",
                        sentence::allocation(step, operator, set, strategy),
                        allocation.current,
                    );
                }
            }
        }
        Verdict::holds_if(exercised)
    },
};

pub(super) const PROMISE_WITHIN_WAD: Invariant = Invariant {
    id: "MAG-09",
    statement: "No allocation grows beyond WAD.",
    formula: "pend(o,e,t) > 0 implies cur + pend <= WAD",
    why: "An allocation is promised in 64 bits. One that grows beyond the whole stake is a number that wrapped around.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::OPERATORS,
    check: |step| {
        let mut exercised = false;
        for operator in step.touched_operators() {
            for (set, allocations) in step.after.operators[operator].allocations.iter().enumerate() {
                for (strategy, allocation) in allocations.iter().enumerate().filter(|(_, a)| a.pending > 0) {
                    exercised = true;
                    must!(
                        allocation.target() <= i128::from(WAD),
                        "{} is to be {}",
                        sentence::allocation(step, operator, set, strategy),
                        allocation.target(),
                    );
                }
            }
        }
        Verdict::holds_if(exercised)
    },
};

pub(super) const NOTHING_OF_NOTHING: Invariant = Invariant {
    id: "MAG-20",
    statement: "An operator that was slashed entirely has nothing allocated.",
    formula: "m(o,t) == 0 implies raw enc(o,t) == 0 and every raw cur(o,e,t) == 0",
    why: "Such an allocation stands for nothing. It cannot be slashed any more, and the set that has it does not know.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::OPERATORS,
    check: |step| {
        let mut exercised = false;
        for operator in step.touched_operators() {
            let of = &step.after.operators[operator];
            for (strategy, stake) in of.stakes.iter().enumerate().filter(|(_, stake)| stake.max_magnitude() == 0) {
                exercised = true;
                let allocated = of.allocations.iter().map(|of_set| u128::from(of_set[strategy].current)).sum::<u128>();
                must!(
                    stake.encumbered == 0 && allocated == 0,
                    "nothing is left of {}, and {} is encumbered and {allocated} allocated",
                    sentence::stake(step, operator, strategy),
                    stake.encumbered,
                );
            }
        }
        Verdict::holds_if(exercised)
    },
};

pub(super) const FRESH: Invariant = Invariant {
    id: "MAG-19",
    statement: "Where an operator never allocated and never was slashed, all of its stake is free.",
    formula: "never slashed and never allocated in t implies m(o,t) == WAD and raw enc(o,t) == 0",
    why: "Only what an operator did itself may bind its stake. Anything else binds it in somebody else's name.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::OPERATORS,
    check: |step| {
        applies_if!(step.touched.any_operator());
        let mut exercised = false;
        for operator in step.touched_operators() {
            let stakes = &step.after.operators[operator].stakes;
            for (strategy, stake) in stakes.iter().enumerate() {
                if step.ghosts.stakes.get(operator).is_none_or(|of| of[strategy].bound) {
                    continue;
                }
                exercised = true;
                must!(
                    stake.max_magnitude() == WAD && stake.encumbered == 0,
                    "{} was never bound, has the maximum {} and {} encumbered",
                    sentence::stake(step, operator, strategy),
                    stake.max_magnitude(),
                    stake.encumbered,
                );
            }
        }
        Verdict::holds_if(exercised)
    },
};

#[cfg(test)]
mod tests {
    use alloy_primitives::U256;

    use super::*;
    use crate::invariants::fixture::{Scene, judge};

    #[test]
    fn mag_01() {
        let mut scene = Scene::slash();
        assert_eq!(judge(&WITHIN_WAD, &scene), Verdict::Holds);
        scene.after.operators[0].stakes[0].max_magnitudes.entries[0].1 = U256::from(WAD + 1);
        assert!(matches!(judge(&WITHIN_WAD, &scene), Verdict::Violated(_)));
        assert_eq!(judge(&WITHIN_WAD, &Scene::quiet()), Verdict::NotApplicable);
    }

    #[test]
    fn mag_07() {
        let mut scene = Scene::slash();
        assert_eq!(judge(&CURRENT_WITHIN_MAX, &scene), Verdict::Holds);
        scene.after.operators[0].allocations[0][0].current += 1;
        assert!(matches!(judge(&CURRENT_WITHIN_MAX, &scene), Verdict::Violated(_)));
        assert_eq!(judge(&CURRENT_WITHIN_MAX, &Scene::quiet()), Verdict::NotApplicable);
    }

    #[test]
    fn mag_09() {
        let mut scene = Scene::slash();
        assert_eq!(judge(&PROMISE_WITHIN_WAD, &scene), Verdict::NotApplicable);
        scene.after.operators[0].allocations[0][0].pending = i128::from(WAD / 2);
        assert_eq!(judge(&PROMISE_WITHIN_WAD, &scene), Verdict::Holds);
        scene.after.operators[0].allocations[0][0].pending += 1;
        assert!(matches!(judge(&PROMISE_WITHIN_WAD, &scene), Verdict::Violated(_)));
    }

    #[test]
    fn mag_19() {
        let mut scene = Scene::quiet();
        assert_eq!(judge(&FRESH, &scene), Verdict::Holds);
        scene.after.operators[0].stakes[0].encumbered = 1;
        assert!(matches!(judge(&FRESH, &scene), Verdict::Violated(_)));
        scene.ghosts.stakes[0][0].bound = true;
        assert_eq!(judge(&FRESH, &scene), Verdict::Holds, "there is native ETH");
        scene.ghosts.stakes[0][1].bound = true;
        assert_eq!(judge(&FRESH, &scene), Verdict::NotApplicable, "it allocated before");
    }

    #[test]
    fn mag_20() {
        let mut scene = Scene::slash();
        assert_eq!(judge(&NOTHING_OF_NOTHING, &scene), Verdict::NotApplicable);
        let operator = &mut scene.after.operators[0];
        operator.stakes[0].max_magnitudes.entries[0].1 = U256::ZERO;
        operator.stakes[0].encumbered = 0;
        operator.allocations[0][0].current = 0;
        assert_eq!(judge(&NOTHING_OF_NOTHING, &scene), Verdict::Holds);
        scene.after.operators[0].allocations[1][0].current = 1;
        assert!(matches!(judge(&NOTHING_OF_NOTHING, &scene), Verdict::Violated(_)));
    }
}
