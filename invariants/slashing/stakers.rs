//! What a slash leaves its operator's stakers, and those who are leaving it.

use alloy_primitives::U256;

use super::{handed_over, parts, place, shares::in_reach, slash};
use crate::{
    arithmetic::{WAD_WIDE, mul_div_down, mul_div_up, mul_wad_down},
    invariants::sentence,
    ledger::{Ledger, Stake, Withdrawal},
    must,
    oracle::{Checkpoint, Invariant, Scope, Step, Verdict},
};

pub(super) const DEVALUED: Invariant = Invariant {
    id: "SLA-16",
    statement: "A slash leaves each of its operator's stakers its proportion, to the share.",
    formula: "with f the slashing factor, of tokens m: floor(w * f' / f) <= w' <= ceil((w + 1) * f' / f) - 1 for every staker \
              of o; w' == 0 if m' == 0",
    why: "All stakers of an operator bear its slashes alike. Whoever loses more or less than the others pays for them, or is \
          paid by them.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::SLASHES.that_succeeded(),
    check: |step| {
        let Some(slash) = slash(step) else { return Verdict::NotApplicable };
        let operator = step.before.operators[slash.operator].address;
        let mut exercised = false;
        for part in parts(step, &slash).filter(|part| part.was.current > 0 && part.before.max_magnitude() > 0) {
            let own = step.before.stakers.iter().enumerate().filter(|(_, staker)| staker.delegated_to == operator);
            for (index, staker) in own.filter(|(_, staker)| !staker.holdings[part.strategy].shares.is_zero()) {
                exercised = true;
                let was = step.before.withdrawable(index, part.strategy).unwrap_or(U256::MAX);
                let is = step.after.withdrawable(index, part.strategy).unwrap_or(U256::MAX);
                let factors = [step.before, step.after].map(|ledger| ledger.slashing_factor(index, part.strategy));
                let Some((least, most)) = proportion(factors, was) else { continue };
                must!(
                    least <= is && is <= most,
                    "slashing {} left {} {is} of {was} shares, and was to leave from {least} to {most}",
                    place(step, &slash, part.strategy),
                    step.name(staker.address),
                );
            }
        }
        Verdict::holds_if(exercised)
    },
};

/// What a slash can leave of `was` shares that can be withdrawn. They were rounded down already, so what is left can be
/// the proportion of almost one more.
fn proportion(factors: [u64; 2], was: U256) -> Option<(U256, U256)> {
    let [prev, new] = factors.map(U256::from);
    let least = mul_div_down(was, new, prev)?;
    let most = mul_div_up(was.checked_add(U256::ONE)?, new, prev)?;
    Some((least, most.saturating_sub(U256::ONE)))
}

pub(super) const OUT_OF_REACH: Invariant = Invariant {
    id: "SLA-18",
    statement: "A slash takes nothing from withdrawals whose window is over, nor from those of other operators.",
    formula: "receivable of q unchanged if N > start(q) + MIN_WITHDRAWAL_DELAY_BLOCKS or delegatedTo(q) != o",
    why: "Who waited out the delay has borne its risk. Paid by what comes later, nobody could ever leave.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::SLASHES.that_succeeded(),
    check: |step| {
        let Some(slash) = slash(step) else { return Verdict::NotApplicable };
        let slashed = step.before.operators[slash.operator].address;
        let mut exercised = false;
        for withdrawal in step.before.withdrawals.iter().filter(|withdrawal| withdrawal.pending) {
            let over = step.before.slashable_until(withdrawal) < step.before.block;
            if withdrawal.delegated_to == slashed && !over {
                continue;
            }
            let Some(operator) = step.before.operator_index(withdrawal.delegated_to) else { continue };
            if !step.touched.operator(operator) {
                continue;
            }
            exercised = true;
            for (strategy, _) in &withdrawal.items {
                let factors = [step.before, step.after].map(|ledger| factor(ledger, withdrawal, operator, *strategy));
                must!(
                    factors[0] == factors[1],
                    "slashing {} moved the factor of withdrawal {} of {} from {} to {}",
                    step.name(slashed),
                    withdrawal.nonce,
                    step.name(withdrawal.staker),
                    sentence::said(&factors[0]),
                    sentence::said(&factors[1]),
                );
            }
        }
        Verdict::holds_if(exercised)
    },
};

/// What a withdrawal is paid of one scaled share: as of now, or as of its last slashable block once that is past.
fn factor(ledger: &Ledger, withdrawal: &Withdrawal, operator: usize, strategy: alloy_primitives::Address) -> u64 {
    let at = ledger.slashable_until(withdrawal).min(ledger.block);
    let strategy = ledger.strategy_index(strategy);
    strategy.map_or(0, |strategy| ledger.operators[operator].stakes[strategy].max_magnitude_at(at))
}

/// The withdrawals of the slashed operator that the slash reaches, with their scaled shares of a strategy.
fn reached<'a>(step: &'a Step<'a>, operator: usize, strategy: usize) -> impl Iterator<Item = (&'a Withdrawal, usize)> {
    let ledger = step.before;
    let (operator, strategy) = (ledger.operators[operator].address, ledger.strategies[strategy].address);
    let own = ledger.withdrawals.iter().filter(move |withdrawal| {
        withdrawal.pending && withdrawal.delegated_to == operator && ledger.slashable_until(withdrawal) >= ledger.block
    });
    own.flat_map(move |withdrawal| {
        let items = withdrawal.items.iter().enumerate().filter(move |(_, (at, _))| *at == strategy);
        items.map(move |(item, _)| (withdrawal, item))
    })
}

pub(super) const IN_THE_QUEUE: Invariant = Invariant {
    id: "SLA-19",
    statement: "A slash leaves each withdrawal that it reaches its scaled shares times the magnitude that is left, rounded down.",
    formula: "receivable'(q) == floor(scaled(q) * f / WAD) with f = n = m - (c - c'), of native ETH f = floor(n * b / WAD), for q \
              of o with start(q) >= N - MIN_WITHDRAWAL_DELAY_BLOCKS",
    why: "Otherwise stakers leave in time to escape a slash, or are slashed for having wanted to leave.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::SLASHES.that_succeeded(),
    check: |step| {
        let Some(slash) = slash(step) else { return Verdict::NotApplicable };
        let mut exercised = false;
        for part in parts(step, &slash).filter(|part| part.was.current > 0) {
            let lost = part.was.current.saturating_sub(part.is.current);
            let left = part.before.max_magnitude().saturating_sub(lost);
            for (withdrawal, item) in reached(step, slash.operator, part.strategy) {
                exercised = true;
                let staker = step.before.staker_index(withdrawal.staker);
                let factor =
                    staker.map_or(left, |staker| step.before.slashing_factor_with(staker, part.strategy, left));
                let expected = mul_wad_down(withdrawal.items[item].1, U256::from(factor));
                let is = step.after.receivable(withdrawal, item);
                must!(
                    is == expected,
                    "slashing {} left {is} of the shares of withdrawal {} of {}, and was to leave {expected}",
                    place(step, &slash, part.strategy),
                    withdrawal.nonce,
                    step.name(withdrawal.staker),
                    is = sentence::said(&is),
                    expected = sentence::said(&expected)
                );
            }
        }
        Verdict::holds_if(exercised)
    },
};

pub(super) const NOTHING_CREATED: Invariant = Invariant {
    id: "SLA-21",
    statement: "A slash creates no share: what stays with the operator, what it leaves of the queue and what waits are what there \
                was, but for the rounding of the queue.",
    formula: "with v(q) = floor(scaled(q) * m / WAD): op' + sum v' + entry <= op + sum v + max(0, inexact - 1), over the withdrawals \
              in reach; inexact counts those whose worth before was no whole number of shares",
    why: "What is slashed is handed out. If it is more than was taken, the strategy owes what it does not have.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::SLASHES.that_succeeded(),
    check: |step| {
        let Some(slash) = slash(step) else { return Verdict::NotApplicable };
        let mut exercised = false;
        for part in parts(step, &slash).filter(|part| part.was.current > 0) {
            exercised = true;
            let entry = handed_over(step, &slash, part.strategy).unwrap_or_default();
            let (mut was, mut is) = (part.before.shares, part.after.shares.saturating_add(entry));
            let mut inexact = 0u64;
            for (withdrawal, item) in reached(step, slash.operator, part.strategy) {
                // What the beacon chain took of it no operator set can hand over, and none does.
                let scaled = withdrawal.items[item].1;
                let worth = |stake: &Stake| mul_wad_down(scaled, U256::from(stake.max_magnitude()));
                was = was.saturating_add(worth(part.before).unwrap_or_default());
                is = is.saturating_add(worth(part.after).unwrap_or(U256::MAX));
                let worth = scaled.saturating_mul(U256::from(part.before.max_magnitude()));
                inexact += u64::from(!(worth % WAD_WIDE).is_zero());
            }
            let most = was.saturating_add(U256::from(inexact.saturating_sub(1)));
            must!(
                is <= most,
                "slashing {} made {is} shares of {was}; the rounding of {} scaled shares in the queue explains {most}",
                place(step, &slash, part.strategy),
                in_reach(
                    step.before,
                    step.before.operators[slash.operator].address,
                    step.before.strategies[part.strategy].address
                ),
            );
        }
        Verdict::holds_if(exercised)
    },
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        arithmetic::WAD,
        invariants::fixture::{Scene, judge},
    };

    /// A slash of a half; a withdrawal of `scaled` shares began at block `start`.
    fn with_queue(scaled: u64, start: u64) -> Scene {
        let mut scene = queue_into(Scene::slash(), scaled, start);
        scene.after.sets[0].slashes[1][0].1 = U256::from(50_000 + scaled / 2);
        scene
    }

    fn queue_into(mut scene: Scene, scaled: u64, start: u64) -> Scene {
        let mut withdrawals = Scene::queued().after.withdrawals;
        withdrawals[0].items[0].1 = U256::from(scaled);
        withdrawals[0].start_block = start;
        scene.before.withdrawals = withdrawals.clone();
        scene.after.withdrawals = withdrawals;
        scene
    }

    #[test]
    fn sla_16() {
        let mut scene = Scene::slash();
        assert_eq!(judge(&DEVALUED, &scene), Verdict::Holds);
        // A half of 100000 and almost one more is at most 50000.
        scene.after.stakers[0].holdings[0].shares += U256::from(2);
        assert!(matches!(judge(&DEVALUED, &scene), Verdict::Violated(_)));
        scene.after.stakers[0].holdings[0].shares -= U256::from(4);
        assert!(matches!(judge(&DEVALUED, &scene), Verdict::Violated(_)));
        assert_eq!(judge(&DEVALUED, &Scene::quiet()), Verdict::NotApplicable);
        let mut native = Scene::native_slash();
        assert_eq!(judge(&DEVALUED, &native), Verdict::Holds);
        native.after.stakers[0].holdings[0].shares += U256::from(5);
        assert!(matches!(judge(&DEVALUED, &native), Verdict::Violated(_)), "a quarter of 5 is more than one share");
    }

    #[test]
    fn sla_18() {
        let mut scene = with_queue(1_000, 1_060);
        assert_eq!(judge(&OUT_OF_REACH, &scene), Verdict::Holds);
        assert_eq!(judge(&OUT_OF_REACH, &with_queue(1_000, 1_061)), Verdict::NotApplicable, "its last block");
        scene.after.operators[0].stakes[0].max_magnitudes.entries[0].0 = 1_100;
        assert!(matches!(judge(&OUT_OF_REACH, &scene), Verdict::Violated(_)));
    }

    #[test]
    fn sla_19() {
        let mut scene = with_queue(1_001, 1_061);
        assert_eq!(judge(&IN_THE_QUEUE, &scene), Verdict::Holds);
        assert_eq!(judge(&IN_THE_QUEUE, &with_queue(1_001, 1_060)), Verdict::NotApplicable, "out of reach");
        scene.after.operators[0].stakes[0].max_magnitudes.entries[0].0 = 1_102;
        assert!(matches!(judge(&IN_THE_QUEUE, &scene), Verdict::Violated(_)));
        let mut native = queue_into(Scene::native_slash(), 1_001, 1_061);
        assert_eq!(judge(&IN_THE_QUEUE, &native), Verdict::Holds);
        native.after.native.pods[0].stored_slashing_factor = Some(WAD / 4);
        assert!(matches!(judge(&IN_THE_QUEUE, &native), Verdict::Violated(_)), "a slash is no loss");
    }

    #[test]
    fn sla_21() {
        let mut scene = with_queue(1_001, 1_061);
        assert_eq!(judge(&NOTHING_CREATED, &scene), Verdict::Holds);
        // The half of 1001 that the withdrawal is not paid was no share, so one more makes no new share; two do.
        scene.after.sets[0].slashes[1][0].1 += U256::ONE;
        assert_eq!(judge(&NOTHING_CREATED, &scene), Verdict::Holds);
        scene.after.sets[0].slashes[1][0].1 += U256::ONE;
        assert!(matches!(judge(&NOTHING_CREATED, &scene), Verdict::Violated(_)));
        // What is handed over of the queue is half of it, though the beacon chain left less than that to be paid.
        let mut native = queue_into(Scene::native_slash(), 1_000, 1_061);
        native.after.native.burnable_shares += U256::from(500);
        assert_eq!(judge(&NOTHING_CREATED, &native), Verdict::Holds);
        native.after.native.burnable_shares += U256::ONE;
        assert!(matches!(judge(&NOTHING_CREATED, &native), Verdict::Violated(_)));
        assert_eq!(judge(&NOTHING_CREATED, &Scene::quiet()), Verdict::NotApplicable);
    }
}
