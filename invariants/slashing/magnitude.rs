//! What a slash does to the magnitudes of its operator.

use alloy_primitives::U256;

use super::{handed_over, parts, place, slash};
use crate::{
    applies_if,
    arithmetic::{WAD, WAD_WIDE, mul_div_down, mul_div_up, mul_wad_up},
    invariants::sentence,
    must,
    oracle::{Assumption, Checkpoint, Invariant, Scope, Verdict},
};

pub(super) const PENDING: Invariant = Invariant {
    id: "SLA-03",
    statement: "A slash takes its proportion of a deallocation under way, rounded up, and leaves its block; it leaves what is \
                promised alone.",
    formula: "pend < 0: pend' = pend + ceil(-pend * wad / WAD); pend >= 0: pend' = pend; eff' = eff",
    why: "Rounded down, more is given back than is left. And a block that moved would let a slash choose for how long an \
          operator can be slashed again.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::SLASHES.that_succeeded(),
    check: |step| {
        let Some(slash) = slash(step) else { return Verdict::NotApplicable };
        let mut exercised = false;
        for part in parts(step, &slash).filter(|part| part.was.current > 0) {
            exercised |= part.was.pending != 0;
            let taken = mul_wad_up(U256::from(part.was.pending.min(0).unsigned_abs()), part.wad);
            let taken: i128 = taken.map_or(i128::MAX, |taken| taken.saturating_to());
            let expected = part.was.pending.saturating_add(taken);
            must!(
                part.is.pending == expected && part.is.effect_block == part.was.effect_block,
                "slashing {} left {} pending until block {}, and was to leave {expected} until block {}",
                place(step, &slash, part.strategy),
                part.is.pending,
                part.is.effect_block,
                part.was.effect_block,
            );
        }
        Verdict::holds_if(exercised)
    },
};

pub(super) const FREE: Invariant = Invariant {
    id: "SLA-07",
    statement: "A slash leaves free what was free.",
    formula: "m'(o,t) - view enc'(o,t) == m(o,t) - view enc(o,t)",
    why: "What is free belongs to no set. A slash that takes from it takes stake that nobody put at risk; one that adds to it \
          gives the operator stake that its stakers do not have.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::SLASHES.that_succeeded(),
    check: |step| {
        let Some(slash) = slash(step) else { return Verdict::NotApplicable };
        let mut exercised = false;
        for part in parts(step, &slash).filter(|part| part.was.current > 0) {
            exercised = true;
            let free = |ledger: &crate::ledger::Ledger, max: u64| {
                Some(i128::from(max) - i128::from(ledger.encumbered(slash.operator, part.strategy)?))
            };
            let before = free(step.before, part.before.max_magnitude());
            let after = free(step.after, part.after.max_magnitude());
            must!(
                before == after,
                "slashing {} moved what is free from {before} to {after}",
                place(step, &slash, part.strategy),
                before = sentence::said(&before),
                after = sentence::said(&after)
            );
        }
        Verdict::holds_if(exercised)
    },
};

pub(super) const ENTIRE: Invariant = Invariant {
    id: "SLA-22",
    statement: "A slash of all of an allocation that is all there is leaves nothing.",
    formula: "wad == WAD and c == m implies m' == 0, op' == 0 and w'(a,t) == 0 for every staker a of o",
    why: "A set that was promised the whole stake takes the whole stake. What would be left is neither slashable nor safe.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::SLASHES.that_succeeded(),
    check: |step| {
        let Some(slash) = slash(step) else { return Verdict::NotApplicable };
        let mut exercised = false;
        let whole = |part: &super::Part<'_>| part.wad == WAD_WIDE && part.was.current == part.before.max_magnitude();
        for part in parts(step, &slash).filter(|part| part.was.current > 0).filter(whole) {
            exercised = true;
            must!(
                part.after.max_magnitude() == 0 && part.after.shares.is_zero(),
                "slashing all of {} left magnitude {} and {} shares",
                place(step, &slash, part.strategy),
                part.after.max_magnitude(),
                part.after.shares,
            );
            let operator = step.after.operators[slash.operator].address;
            for (index, staker) in step.after.stakers.iter().enumerate().filter(|(_, s)| s.delegated_to == operator) {
                let left = step.after.withdrawable(index, part.strategy);
                must!(
                    left == Some(U256::ZERO),
                    "slashing all of {} left {left} of the shares of {}",
                    place(step, &slash, part.strategy),
                    step.name(staker.address),
                    left = sentence::said(&left)
                );
            }
        }
        Verdict::holds_if(exercised)
    },
};

pub(super) const NOTHING: Invariant = Invariant {
    id: "SLA-23",
    statement: "Where nothing is allocated a slash does nothing, and nothing waits for it.",
    formula: "c == 0 implies (cur, pend, eff), enc, m and op unchanged, and no entry for t in the slash",
    why: "An entry of nothing would have to be cleared before the others, and a history of slashes that were none would pay \
          withdrawals by them.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::SLASHES.that_succeeded(),
    check: |step| {
        let Some(slash) = slash(step) else { return Verdict::NotApplicable };
        let set = &step.after.sets[slash.set];
        let mut exercised = false;
        for part in parts(step, &slash).filter(|part| part.was.current == 0) {
            exercised = true;
            let stored = step.before.operators[slash.operator].allocations[slash.set][part.strategy];
            must!(
                part.is == stored && part.before == part.after,
                "slashing {}, where nothing is allocated, changed {stored} to {}, or the stake",
                place(step, &slash, part.strategy),
                sentence::said(&part.is),
                stored = sentence::said(&stored)
            );
            let waiting = set.waiting(set.slash_count, step.after.strategies[part.strategy].address);
            must!(
                waiting.is_none(),
                "slashing {}, where nothing is allocated, left {waiting} shares to be cleared",
                place(step, &slash, part.strategy),
                waiting = sentence::said(&waiting)
            );
            let burnable = |ledger: &crate::ledger::Ledger| ledger.burnable_shares(part.strategy);
            must!(
                burnable(step.before) == burnable(step.after),
                "slashing {}, where nothing is allocated, left {} shares to be burned, of {} before",
                place(step, &slash, part.strategy),
                burnable(step.after),
                burnable(step.before),
            );
        }
        Verdict::holds_if(exercised)
    },
};

pub(super) const TWICE: Invariant = Invariant {
    id: "SLA-25",
    statement: "Two slashes in a row take what one of both proportions takes, but for rounding.",
    formula: "with 1 - wad = (1 - wad1) * (1 - wad2): m differs by at most 2, op by at most 2 + 2 * ceil(op / m)",
    why: "What is taken may not depend on the number of steps in which an AVS takes it.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::SLASHES.that_succeeded(),
    check: |step| {
        let Some(slash) = slash(step) else { return Verdict::NotApplicable };
        let mut exercised = false;
        for part in parts(step, &slash).filter(|part| part.was.current > 0) {
            let history = step.ghosts.stakes.get(slash.operator).map(|of| &of[part.strategy]);
            let Some(first) = history.and_then(|history| history.preceding) else { continue };
            let left = mul_wad_up(U256::from(first.current), first.wad);
            let left = left.and_then(|taken| U256::from(first.current).checked_sub(taken));
            // In between nothing happened, not even that something pending came into effect.
            if first.set != step.after.sets[slash.set].id || left != Some(U256::from(part.was.current)) {
                continue;
            }
            exercised = true;
            let Some((max, shares)) = at_once(&first, part.wad) else { continue };
            let unit = first.shares.div_ceil(U256::from(first.max_magnitude.max(1)));
            let slack = unit.saturating_add(U256::ONE).saturating_mul(U256::from(2));
            must!(
                max.abs_diff(U256::from(part.after.max_magnitude())) <= U256::from(2)
                    && shares.abs_diff(part.after.shares) <= slack,
                "slashing {} by {} and {} left magnitude {} and {} shares; at once it leaves {max} and {shares}",
                place(step, &slash, part.strategy),
                first.wad,
                part.wad,
                part.after.max_magnitude(),
                part.after.shares,
            );
        }
        Verdict::holds_if(exercised)
    },
};

/// The maximum magnitude and the shares after one slash of both proportions.
fn at_once(first: &crate::ghost::LastSlash, wad: U256) -> Option<(U256, U256)> {
    let kept = mul_div_down(WAD_WIDE.checked_sub(first.wad)?, WAD_WIDE.checked_sub(wad)?, U256::from(WAD))?;
    let taken = mul_wad_up(U256::from(first.current), WAD_WIDE.checked_sub(kept)?)?;
    let was = U256::from(first.max_magnitude);
    let max = was.checked_sub(taken)?;
    Some((max, mul_div_up(first.shares, max, was)?))
}

pub(super) const MEANINGFUL: Invariant = Invariant {
    id: "SLA-24",
    statement: "A slash of a meaningful size takes at least a share.",
    formula: "op >= 1e9, c >= 1e9, wad >= 1e14 and op * (m - m') >= m imply that shares of the slash wait",
    why: "An AVS that slashes counts on something being taken. Very small slashes can take magnitude and no share; ordinary ones \
          may not.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[Assumption::Redistribution],
    scope: Scope::SLASHES.that_succeeded(),
    check: |step| {
        let Some(slash) = slash(step) else { return Verdict::NotApplicable };
        let (least, least_wad) = (1_000_000_000u64, U256::from(WAD / 10_000));
        let mut exercised = false;
        for part in parts(step, &slash).filter(|part| part.was.current >= least && part.wad >= least_wad) {
            let (was, is) = (part.before.max_magnitude(), part.after.max_magnitude());
            let worth = part.before.shares.saturating_mul(U256::from(was.saturating_sub(is)));
            if part.before.shares < U256::from(least) || worth < U256::from(was) {
                continue;
            }
            exercised = true;
            let waiting = handed_over(step, &slash, part.strategy);
            must!(
                waiting.is_some_and(|shares| !shares.is_zero()),
                "slashing {} from magnitude {was} to {is} took nothing of {} shares",
                place(step, &slash, part.strategy),
                part.before.shares,
            );
        }
        applies_if!(exercised);
        Verdict::Holds
    },
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ghost::LastSlash,
        invariants::fixture::{Scene, judge},
    };

    #[test]
    fn sla_03() {
        let mut scene = Scene::slash();
        assert_eq!(judge(&PENDING, &scene), Verdict::NotApplicable);
        for (ledger, pending) in [(&mut scene.before, -7), (&mut scene.after, -3)] {
            let allocation = &mut ledger.operators[0].allocations[0][0];
            (allocation.pending, allocation.effect_block) = (pending, 1_140);
        }
        assert_eq!(judge(&PENDING, &scene), Verdict::Holds);
        let mut down = scene.clone();
        down.after.operators[0].allocations[0][0].pending = -4;
        assert!(matches!(judge(&PENDING, &down), Verdict::Violated(_)));
        let mut later = scene.clone();
        later.after.operators[0].allocations[0][0].effect_block += 1;
        assert!(matches!(judge(&PENDING, &later), Verdict::Violated(_)));
        // What is promised is left alone.
        for ledger in [&mut scene.before, &mut scene.after] {
            ledger.operators[0].allocations[0][0].pending = 7;
        }
        assert_eq!(judge(&PENDING, &scene), Verdict::Holds);
        scene.after.operators[0].allocations[0][0].pending = 4;
        assert!(matches!(judge(&PENDING, &scene), Verdict::Violated(_)));
    }

    #[test]
    fn sla_07() {
        let mut scene = Scene::slash();
        assert_eq!(judge(&FREE, &scene), Verdict::Holds);
        assert_eq!(judge(&FREE, &Scene::quiet()), Verdict::NotApplicable);
        scene.after.operators[0].stakes[0].encumbered -= 1;
        assert!(matches!(judge(&FREE, &scene), Verdict::Violated(_)));
    }

    /// As [`Scene::slash`], but all of it.
    fn slashed_entirely() -> Scene {
        let mut scene = Scene::slash();
        let crate::call::Operation::Slash { items, .. } = &mut scene.call.operation else { unreachable!() };
        items[0].wad = WAD_WIDE;
        let operator = &mut scene.after.operators[0];
        operator.allocations[0][0].current = 0;
        operator.stakes[0].encumbered = 0;
        operator.stakes[0].shares = U256::ZERO;
        operator.stakes[0].max_magnitudes.entries[0].1 = U256::ZERO;
        scene
    }

    #[test]
    fn sla_22() {
        let mut scene = slashed_entirely();
        assert_eq!(judge(&ENTIRE, &scene), Verdict::Holds);
        assert_eq!(judge(&ENTIRE, &Scene::slash()), Verdict::NotApplicable);
        scene.after.operators[0].stakes[0].shares = U256::ONE;
        assert!(matches!(judge(&ENTIRE, &scene), Verdict::Violated(_)));
        let mut scene = slashed_entirely();
        scene.after.operators[0].stakes[0].max_magnitudes.entries[0].1 = U256::ONE;
        assert!(matches!(judge(&ENTIRE, &scene), Verdict::Violated(_)));
    }

    #[test]
    fn sla_23() {
        let mut scene = Scene::slash();
        assert_eq!(judge(&NOTHING, &scene), Verdict::NotApplicable);
        scene.before.operators[0].allocations[0][0].current = 0;
        assert!(matches!(judge(&NOTHING, &scene), Verdict::Violated(_)));
        let (slashes, count) = (scene.after.sets[0].slashes.clone(), scene.after.sets[0].slash_count);
        scene.after = scene.before.clone();
        scene.after.sets[0].slash_count = count;
        assert_eq!(judge(&NOTHING, &scene), Verdict::Holds, "it is counted");
        scene.after.sets[0].slashes = slashes;
        assert!(matches!(judge(&NOTHING, &scene), Verdict::Violated(s) if s.contains("to be cleared")));
        scene.after.sets[0].slashes[1].clear();
        scene.after.strategies[0].burnable_shares = U256::ONE;
        assert!(matches!(judge(&NOTHING, &scene), Verdict::Violated(s) if s.contains("to be burned")));
    }

    #[test]
    fn sla_24() {
        let mut scene = Scene::slash();
        assert_eq!(judge(&MEANINGFUL, &scene), Verdict::NotApplicable, "too few shares");
        scene.before.operators[0].stakes[0].shares = U256::from(1_000_000_000);
        assert_eq!(judge(&MEANINGFUL, &scene), Verdict::Holds);
        scene.after.sets[0].slashes[1][0].1 = U256::ZERO;
        assert!(matches!(judge(&MEANINGFUL, &scene), Verdict::Violated(_)));
    }

    #[test]
    fn sla_25() {
        // A half of a half: a quarter is left.
        let mut scene = Scene::slash();
        scene.ghosts.stakes[0][0].preceding = Some(LastSlash {
            set: scene.before.sets[0].id,
            wad: U256::from(WAD / 2),
            current: WAD,
            max_magnitude: WAD,
            shares: U256::from(100_000),
        });
        assert_eq!(judge(&TWICE, &scene), Verdict::NotApplicable, "in between it was allocated anew");
        let quarter = U256::from(WAD / 4);
        scene.before = scene.after.clone();
        let operator = &mut scene.after.operators[0];
        operator.allocations[0][0].current = WAD / 4;
        operator.stakes[0].encumbered = WAD / 4;
        operator.stakes[0].shares = U256::from(25_000);
        operator.stakes[0].max_magnitudes.entries[0].1 = quarter;
        assert_eq!(judge(&TWICE, &scene), Verdict::Holds);
        scene.after.operators[0].stakes[0].max_magnitudes.entries[0].1 = quarter + U256::from(2);
        assert_eq!(judge(&TWICE, &scene), Verdict::Holds);
        scene.after.operators[0].stakes[0].max_magnitudes.entries[0].1 = quarter + U256::from(3);
        assert!(matches!(judge(&TWICE, &scene), Verdict::Violated(_)));
        scene.after.operators[0].stakes[0].max_magnitudes.entries[0].1 = quarter;
        scene.after.operators[0].stakes[0].shares = U256::from(25_005);
        assert!(matches!(judge(&TWICE, &scene), Verdict::Violated(_)));
    }
}
