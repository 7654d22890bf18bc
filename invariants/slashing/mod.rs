//! Slashing: a slash takes what it says, from whom it says, once.

mod magnitude;
mod others;
mod refusals;
mod shares;
mod stakers;

use alloy_primitives::{Address, U256};

use crate::{
    applies_if,
    arithmetic::{mul_div_up, mul_wad_up},
    call::{Operation, SetId, SlashItem},
    invariants::sentence,
    ledger::{Allocation, Booking, Ledger, Stake},
    must,
    oracle::{Checkpoint, Family, Invariant, Scope, Step, Verdict},
};

pub(super) const FAMILY: Family = Family {
    key: "SLA",
    title: "Slashing",
    assumes: "Nothing beyond the protocol itself.",
    invariants: &[
        &SLASHED_MAGNITUDE,
        &SAME_AMOUNT,
        &magnitude::PENDING,
        &OTHER_SETS,
        &others::STRATEGIES,
        &others::OPERATORS,
        &magnitude::FREE,
        &others::REGISTRATION,
        &OPERATOR_SHARES,
        &shares::PROPORTIONAL,
        &shares::TOLD,
        &shares::FROM_THE_QUEUE,
        &shares::HANDED_OVER,
        &shares::COUNTED,
        &others::STAKERS,
        &stakers::DEVALUED,
        &others::OTHER_STAKERS,
        &stakers::OUT_OF_REACH,
        &stakers::IN_THE_QUEUE,
        &shares::ANNOUNCED,
        &stakers::NOTHING_CREATED,
        &magnitude::ENTIRE,
        &magnitude::NOTHING,
        &magnitude::MEANINGFUL,
        &magnitude::TWICE,
        &shares::NAMED,
        &refusals::STRANGE,
    ],
};

/// A slash that succeeded.
struct Slash<'a> {
    operator: usize,
    set: usize,
    items: &'a [SlashItem],
}

fn slash<'a>(step: &Step<'a>) -> Option<Slash<'a>> {
    let Operation::Slash { set, operator, items } = &step.call.operation else { return None };
    let found = step.succeeded().then(|| indices(step.before, *set, *operator))??;
    Some(Slash { operator: found.0, set: found.1, items })
}

fn indices(ledger: &Ledger, set: SetId, operator: Address) -> Option<(usize, usize)> {
    Some((ledger.operator_index(operator)?, ledger.set_index(set)?))
}

/// One strategy of a slash, before and after.
struct Part<'a> {
    /// Where it stands in the call.
    item: usize,
    strategy: usize,
    wad: U256,
    /// As it stood in the slash's block.
    was: Allocation,
    is: Allocation,
    /// The encumbered magnitude, with this allocation completed if it is over.
    was_encumbered: i128,
    before: &'a Stake,
    after: &'a Stake,
}

fn parts<'a>(step: &Step<'a>, slash: &Slash<'a>) -> impl Iterator<Item = Part<'a>> {
    let (ledger, set) = (step.before, slash.set);
    let (was, is) = (&step.before.operators[slash.operator], &step.after.operators[slash.operator]);
    slash.items.iter().enumerate().filter_map(move |(item, SlashItem { strategy, wad })| {
        let strategy = ledger.strategy_index(*strategy)?;
        let stored = was.allocations[set][strategy];
        let given_back = if stored.is_locked(ledger.block) { 0 } else { stored.pending.min(0) };
        Some(Part {
            item,
            strategy,
            wad: *wad,
            was: stored.settled(ledger.block),
            is: is.allocations[set][strategy],
            was_encumbered: i128::from(was.stakes[strategy].encumbered) + given_back,
            before: &was.stakes[strategy],
            after: &is.stakes[strategy],
        })
    })
}

/// Shares that the slash handed over: its entry where slashes wait by themselves, what was added where they wait by
/// strategy. `None` without an entry, or if less waits than before.
fn handed_over(step: &Step<'_>, slash: &Slash<'_>, strategy: usize) -> Option<U256> {
    let by_slash = step.after.terms.booking == Booking::BySlash && !step.after.is_native(strategy);
    if !by_slash {
        return step.after.burnable_shares(strategy).checked_sub(step.before.burnable_shares(strategy));
    }
    let set = &step.after.sets[slash.set];
    set.waiting(set.slash_count, step.after.strategies[strategy].address)
}

fn place(step: &Step<'_>, slash: &Slash<'_>, strategy: usize) -> String {
    let set = &step.after.sets[slash.set].id;
    format!(
        "{} in {} by set {} of {}",
        step.name(step.after.operators[slash.operator].address),
        step.name(step.after.strategies[strategy].address),
        set.id,
        step.name(set.avs)
    )
}

const SLASHED_MAGNITUDE: Invariant = Invariant {
    id: "SLA-01",
    statement: "A slash takes its proportion of the allocation, rounded up, from the allocation and from both totals.",
    formula: "with x = ceil(c * wad / WAD): c' = c - x, m' = m - x, enc' = enc_completed - x",
    why: "Rounded down, small allocations could never be slashed; taken from one place and not from the others, what the set \
          can slash and what the stakers lose drift apart.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::SLASHES.that_succeeded(),
    check: |step| {
        let Some(slash) = slash(step) else { return Verdict::NotApplicable };
        let mut exercised = false;
        for part in parts(step, &slash).filter(|part| part.was.current > 0) {
            exercised = true;
            let taken: u64 = mul_wad_up(U256::from(part.was.current), part.wad).map_or(u64::MAX, |x| x.saturating_to());
            let expected = |from: u64| i128::from(from) - i128::from(taken);
            let at = || place(step, &slash, part.strategy);
            must!(
                i128::from(part.is.current) == expected(part.was.current),
                "slashing {} took {} of {} to {}, and was to take {taken}",
                at(),
                i128::from(part.was.current) - i128::from(part.is.current),
                part.was.current,
                part.is.current,
            );
            let (was, is) = (part.before.max_magnitude(), part.after.max_magnitude());
            must!(
                i128::from(is) == expected(was),
                "slashing {} moved the maximum magnitude from {was} to {is}, and was to take {taken}",
                at(),
            );
            must!(
                i128::from(part.after.encumbered) == part.was_encumbered - i128::from(taken),
                "slashing {} moved the encumbered magnitude from {} to {}, and was to take {taken}",
                at(),
                part.was_encumbered,
                part.after.encumbered,
            );
        }
        Verdict::holds_if(exercised)
    },
};

const SAME_AMOUNT: Invariant = Invariant {
    id: "SLA-02",
    statement: "A slash takes the same magnitude from the allocation, from the maximum and from what is encumbered.",
    formula: "c - c' == m - m' == enc_completed - enc'",
    why: "It is one stake that is slashed. Taken from the three in different amounts, an operator is left with magnitude that \
          nobody can slash, or is slashed for what it no longer has.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::SLASHES.that_succeeded(),
    check: |step| {
        let Some(slash) = slash(step) else { return Verdict::NotApplicable };
        let mut exercised = false;
        for part in parts(step, &slash).filter(|part| part.was.current > 0) {
            exercised = true;
            let current = i128::from(part.was.current) - i128::from(part.is.current);
            let max = i128::from(part.before.max_magnitude()) - i128::from(part.after.max_magnitude());
            let encumbered = part.was_encumbered - i128::from(part.after.encumbered);
            must!(
                current == max && max == encumbered,
                "slashing {} took {current} of the allocation, {max} of the maximum and {encumbered} of what is encumbered",
                place(step, &slash, part.strategy),
            );
        }
        Verdict::holds_if(exercised)
    },
};

const OTHER_SETS: Invariant = Invariant {
    id: "SLA-04",
    statement: "A slash touches no allocation to another set.",
    formula: "for e' != e and every t: raw (cur, pend, eff)(o,e',t) unchanged",
    why: "Unique Stake seen from the other side: what an operator gave one set is out of reach of every other.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::SLASHES.that_succeeded(),
    check: |step| {
        let Some(slash) = slash(step) else { return Verdict::NotApplicable };
        let (was, is) = (&step.before.operators[slash.operator], &step.after.operators[slash.operator]);
        let mut exercised = false;
        for (index, set) in step.after.sets.iter().enumerate().filter(|(index, _)| *index != slash.set) {
            for (strategy, (before, after)) in was.allocations[index].iter().zip(&is.allocations[index]).enumerate() {
                exercised |= before.current > 0;
                must!(
                    before == after,
                    "slashing {} changed what set {} of {} has from {before} to {after}",
                    place(step, &slash, strategy),
                    set.id.id,
                    step.name(set.id.avs),
                    before = sentence::said(&before),
                    after = sentence::said(&after)
                );
            }
        }
        Verdict::holds_if(exercised)
    },
};

const OPERATOR_SHARES: Invariant = Invariant {
    id: "SLA-09",
    statement: "A slash leaves the operator its shares in proportion to the magnitude that is left, rounded up.",
    formula: "op' == ceil(op * m' / m)",
    why: "Rounded down, the operator's shares fall below the sum of what its stakers can withdraw, and the last of them \
          cannot leave.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::SLASHES.that_succeeded(),
    check: |step| {
        let Some(slash) = slash(step) else { return Verdict::NotApplicable };
        let mut exercised = false;
        for part in parts(step, &slash).filter(|part| part.was.current > 0) {
            applies_if!(part.before.max_magnitude() > 0);
            exercised |= !part.before.shares.is_zero();
            let (prev, new) = (U256::from(part.before.max_magnitude()), U256::from(part.after.max_magnitude()));
            let expected = mul_div_up(part.before.shares, new, prev);
            must!(
                Some(part.after.shares) == expected,
                "slashing {} from magnitude {prev} to {new} left {} of {} operator shares, and was to leave {}",
                place(step, &slash, part.strategy),
                part.after.shares,
                part.before.shares,
                expected.unwrap_or_default(),
            );
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
    };

    #[test]
    fn sla_01() {
        let scene = Scene::slash();
        assert_eq!(judge(&SLASHED_MAGNITUDE, &scene), Verdict::Holds);
        assert_eq!(judge(&SLASHED_MAGNITUDE, &Scene::quiet()), Verdict::NotApplicable);
        for spoil in [
            (|scene: &mut Scene| scene.after.operators[0].allocations[0][0].current += 1) as fn(&mut Scene),
            |scene| scene.after.operators[0].stakes[0].encumbered += 1,
            |scene| scene.after.operators[0].stakes[0].max_magnitudes.entries[0].1 += U256::ONE,
        ] {
            let mut scene = scene.clone();
            spoil(&mut scene);
            assert!(matches!(judge(&SLASHED_MAGNITUDE, &scene), Verdict::Violated(_)));
        }
    }

    #[test]
    fn sla_02() {
        let mut scene = Scene::slash();
        assert_eq!(judge(&SAME_AMOUNT, &scene), Verdict::Holds);
        scene.after.operators[0].stakes[0].encumbered += 1;
        assert!(matches!(judge(&SAME_AMOUNT, &scene), Verdict::Violated(_)));
        // A deallocation that was over is given back first, and is no part of the slash.
        let mut scene = Scene::slash();
        let operator = &mut scene.before.operators[0];
        operator.allocations[0][0].current += 7;
        operator.allocations[0][0].pending = -7;
        operator.allocations[0][0].effect_block = 1_000;
        operator.stakes[0].encumbered += 7;
        assert_eq!(judge(&SAME_AMOUNT, &scene), Verdict::Holds);
    }

    #[test]
    fn sla_04() {
        let mut scene = Scene::slash();
        for ledger in [&mut scene.before, &mut scene.after] {
            ledger.operators[0].allocations[1][0].current = 5;
        }
        assert_eq!(judge(&OTHER_SETS, &scene), Verdict::Holds);
        scene.after.operators[0].allocations[1][0].current = 4;
        assert!(matches!(judge(&OTHER_SETS, &scene), Verdict::Violated(_)));
        assert_eq!(judge(&OTHER_SETS, &Scene::slash()), Verdict::NotApplicable, "there is no other set");
    }

    #[test]
    fn sla_09() {
        let mut scene = Scene::slash();
        assert_eq!(judge(&OPERATOR_SHARES, &scene), Verdict::Holds);
        scene.after.operators[0].stakes[0].shares -= U256::ONE;
        assert!(matches!(judge(&OPERATOR_SHARES, &scene), Verdict::Violated(_)));
        let mut failed = Scene::slash();
        failed.outcome = Outcome::Reverted(Bytes::new());
        assert_eq!(judge(&OPERATOR_SHARES, &failed), Verdict::NotApplicable);
    }
}
