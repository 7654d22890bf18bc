//! The arithmetic of a strategy: shares for tokens, tokens for shares.

mod limits;
mod price;

use alloy_primitives::U256;

use crate::{
    applies_if,
    arithmetic::mul_div_down,
    call::Operation,
    ledger::Strategy,
    must,
    oracle::{Assumption, Checkpoint, Family, Invariant, Scope, Step, Verdict},
};

pub(super) const FAMILY: Family = Family {
    key: "STR",
    title: "Strategy arithmetic",
    assumes: "Strategies as in docs/protocol.md sections 8.1 and 8.5.",
    invariants: &[
        &NEW_SHARES,
        &ROUND_TRIP,
        &MOST_SHARES,
        &price::BACK_AND_FORTH,
        &limits::FITS,
        &price::RATE,
        &limits::SET,
    ],
};

/// A deposit that succeeded: the strategy before and after, wei, and the shares that the staker got.
fn deposit<'a>(step: &Step<'a>) -> Option<(&'a Strategy, &'a Strategy, U256, U256)> {
    let Operation::Deposit { strategy, amount, .. } = *step.call.unsigned() else { return None };
    if !step.succeeded() {
        return None;
    }
    let index = step.after.strategy_index(strategy)?;
    let staker = step.after.staker_index(step.call.beneficiary())?;
    let had = step.before.stakers[staker].holdings[index].shares;
    let has = step.after.stakers[staker].holdings[index].shares;
    Some((&step.before.strategies[index], &step.after.strategies[index], amount, has.wrapping_sub(had)))
}

const NEW_SHARES: Invariant = Invariant {
    id: "STR-01",
    statement: "A deposit gives shares in proportion, rounded down, and never none.",
    formula: "newShares == floor(amount * (T + 1000) / (B + 1000)) > 0, with T and B before the deposit; T' == T + newShares",
    why: "More dilutes those who are in, fewer robs the depositor.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[Assumption::NoFee, Assumption::NoRebase, Assumption::PassiveTokens],
    scope: Scope::DEPOSITS.that_succeeded(),
    check: |step| {
        let Some((was, is, amount, got)) = deposit(step) else { return Verdict::NotApplicable };
        let due = mul_div_down(amount, was.virtual_shares(), was.virtual_balance()).unwrap_or_default();
        let minted = is.total_shares.wrapping_sub(was.total_shares);
        must!(
            got == due && minted == due && !due.is_zero(),
            "{amount} wei into {} gave {got} shares of {minted} new ones, and {due} are due",
            step.name(was.address),
        );
        Verdict::Holds
    },
};

const ROUND_TRIP: Invariant = Invariant {
    id: "STR-02",
    statement: "What is deposited could be taken out at once for the same, less a share and a wei.",
    formula: "amount - 1 - ceil((B' + 1000) / (T' + 1000)) <= floor((B' + 1000) * newShares / (T' + 1000)) <= amount",
    why: "A deposit that loses more was robbed by whoever made the rate; one that gains robs those who are in.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[Assumption::NoFee, Assumption::NoRebase, Assumption::PassiveTokens],
    scope: Scope::DEPOSITS.that_succeeded(),
    check: |step| {
        let Some((_, is, amount, got)) = deposit(step) else { return Verdict::NotApplicable };
        let worth = is.tokens_for(got).unwrap_or(U256::MAX);
        let share = is.virtual_balance().div_ceil(is.virtual_shares());
        let least = amount.saturating_sub(share.saturating_add(U256::ONE));
        must!(
            least <= worth && worth <= amount,
            "{amount} wei into {} could be taken out for {worth}; rounding explains {least}",
            step.name(is.address),
        );
        Verdict::Holds
    },
};

/// One less than ten to the power of 38.
const MOST: U256 = U256::from_limbs([687_399_551_400_673_279, 5_421_010_862_427_522_170, 0, 0]);

const MOST_SHARES: Invariant = Invariant {
    id: "STR-03",
    statement: "A strategy never has more shares than can be multiplied.",
    formula: "T(t) <= 10^38 - 1 for each strategy t",
    why: "Shares are multiplied by magnitudes and factors. Above the bound a product overflows, and every call that needs it \
          fails for ever.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::REST,
    check: |step| {
        applies_if!(step.touched.rest());
        let mut exercised = false;
        for strategy in &step.after.strategies {
            exercised |= !strategy.total_shares.is_zero();
            must!(
                strategy.total_shares <= MOST,
                "{} has {} shares",
                step.name(strategy.address),
                strategy.total_shares,
            );
        }
        Verdict::holds_if(exercised)
    },
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::invariants::fixture::{Scene, judge};

    fn violated(invariant: &Invariant, scene: &Scene) -> bool {
        matches!(judge(invariant, scene), Verdict::Violated(_))
    }

    #[test]
    fn str_01() {
        let mut scene = Scene::deposited();
        assert_eq!(judge(&NEW_SHARES, &scene), Verdict::Holds);
        scene.after.stakers[0].holdings[0].shares -= U256::ONE;
        assert!(violated(&NEW_SHARES, &scene), "the staker got fewer than were made");
        scene.after.strategies[0].total_shares -= U256::ONE;
        assert!(violated(&NEW_SHARES, &scene), "fewer were made");
        assert_eq!(judge(&NEW_SHARES, &Scene::quiet()), Verdict::NotApplicable);
    }

    #[test]
    fn str_02() {
        let mut scene = Scene::deposited();
        assert_eq!(judge(&ROUND_TRIP, &scene), Verdict::Holds);
        scene.after.stakers[0].holdings[0].shares += U256::ONE;
        assert!(violated(&ROUND_TRIP, &scene));
        scene.after.stakers[0].holdings[0].shares -= U256::from(4);
        assert!(violated(&ROUND_TRIP, &scene));
        assert_eq!(judge(&ROUND_TRIP, &Scene::quiet()), Verdict::NotApplicable);
    }

    #[test]
    fn str_03() {
        assert_eq!(MOST, U256::from(10).pow(U256::from(38)) - U256::ONE);
        let mut scene = Scene::deposited();
        assert_eq!(judge(&MOST_SHARES, &scene), Verdict::Holds);
        scene.after.strategies[0].total_shares = MOST + U256::ONE;
        assert!(violated(&MOST_SHARES, &scene));
        assert_eq!(judge(&MOST_SHARES, &Scene::quiet()), Verdict::NotApplicable);
    }
}
