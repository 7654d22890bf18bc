//! Delegation and deposit scaling: operators' shares stand for stakers' shares.

mod links;
mod scaling;
mod shares;

use alloy_primitives::{Address, U256, U512};

use crate::{
    arithmetic::{WAD_WIDE, mul_wad_down},
    ledger::Ledger,
    must,
    oracle::{Checkpoint, Family, Invariant, Scope, Step, Verdict},
};

pub(super) const FAMILY: Family = Family {
    key: "DEL",
    title: "Delegation and deposit scaling",
    assumes: "Nothing beyond the protocol itself. What holds of tokens only says so; native ETH has a family of its own.",
    invariants: &[
        &links::FOR_EVER,
        &links::OWN_CHOICE,
        &links::TO_OPERATORS,
        &links::NO_SWITCH,
        &BACKED,
        &shares::NOT_INFLATED,
        &NO_GAIN,
        &shares::NOTHING_LEFT,
        &scaling::UNDELEGATED,
        &RESET,
        &scaling::COMPUTED,
        &scaling::DEPOSIT,
        &scaling::DELEGATION,
        &scaling::RESCALED,
        &shares::MOVED,
        &links::OWN_SHARES,
        &scaling::LISTED,
        &scaling::ALL_LEAVES,
        &shares::OF_OPERATORS,
        &shares::REFUSED,
    ],
};

/// Whether a call may have changed what an operator or one of its stakers has.
fn concerns(step: &Step<'_>, operator: usize) -> bool {
    let address = step.after.operators[operator].address;
    step.touched.operator(operator)
        || step.touched_stakers().any(|staker| {
            step.after.stakers[staker].delegated_to == address || step.after.stakers[staker].address == address
        })
}

/// Whether a step may have changed what a staker can withdraw.
pub(super) fn concerns_staker(step: &Step<'_>, staker: usize) -> bool {
    let with = |operator| step.touched.operator(operator);
    step.touched.staker(staker) || step.after.operator_index(step.after.stakers[staker].delegated_to).is_some_and(with)
}

const BACKED: Invariant = Invariant {
    id: "DEL-05",
    statement: "Of a token, an operator has at least the shares that its stakers can withdraw.",
    formula: "op(o,t) * WAD >= sum over stakers a of o: floor(s(a,t) * k(a,t) / WAD) * m(o,t)",
    why: "Shares leave the operator when stakers leave it. If there are too few, the last staker's withdrawal reverts: its \
          funds are locked.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::OPERATORS.or(Scope::STAKERS),
    check: |step| {
        let ledger = step.after;
        let mut exercised = false;
        let concerned = (0..ledger.operators.len()).filter(|operator| concerns(step, *operator));
        for operator in concerned.map(|operator| &ledger.operators[operator]) {
            for (at, _) in ledger.token_strategies() {
                let stake = &operator.stakes[at];
                let scaled = scaled_shares(ledger, operator.address, at);
                exercised |= !scaled.is_zero();
                let owed = scaled.widening_mul::<256, 4, 512, 8>(U256::from(stake.max_magnitude()));
                let owned: U512 = stake.shares.widening_mul(WAD_WIDE);
                must!(
                    owned >= owed,
                    "{} has {} shares of {}, and its stakers can withdraw {}",
                    step.name(operator.address),
                    stake.shares,
                    step.name(ledger.strategies[at].address),
                    owed.div_ceil(U512::from(WAD_WIDE)),
                );
            }
        }
        Verdict::holds_if(exercised)
    },
};

/// The scaled shares of everybody delegated to `operator`, each rounded down.
fn scaled_shares(ledger: &Ledger, operator: Address, strategy: usize) -> U256 {
    let own = ledger.stakers.iter().filter(|staker| staker.delegated_to == operator);
    own.map(|staker| &staker.holdings[strategy])
        .map(|holding| mul_wad_down(holding.shares, holding.factor()).unwrap_or(U256::MAX))
        .fold(U256::ZERO, U256::saturating_add)
}

const NO_GAIN: Invariant = Invariant {
    id: "DEL-07",
    statement: "Of a token, nobody can withdraw more shares than it deposited.",
    formula: "w(a,t) <= s(a,t)",
    why: "The deposit scaling factor makes up for slashes before a deposit; it must never pay for them. What one staker gains \
          another loses.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::OPERATORS.or(Scope::STAKERS),
    check: |step| {
        let ledger = step.after;
        let mut exercised = false;
        for (index, staker) in ledger.stakers.iter().enumerate() {
            if !concerns_staker(step, index) {
                continue;
            }
            let held = ledger.token_strategies().map(|(at, _)| (at, &staker.holdings[at]));
            for (at, holding) in held.filter(|(_, holding)| !holding.shares.is_zero()) {
                exercised = true;
                let withdrawable = ledger.withdrawable(index, at);
                must!(
                    withdrawable.is_some_and(|shares| shares <= holding.shares),
                    "{} deposited {} shares of {} and can withdraw {}",
                    step.name(staker.address),
                    holding.shares,
                    step.name(ledger.strategies[at].address),
                    withdrawable.map_or("more than there are".to_owned(), |shares| shares.to_string()),
                );
            }
        }
        Verdict::holds_if(exercised)
    },
};

const RESET: Invariant = Invariant {
    id: "DEL-10",
    statement: "A staker without shares has no deposit scaling factor left.",
    formula: "s(a,t) == 0 implies k(a,t) == WAD",
    why: "A factor that survives a full withdrawal multiplies the next deposit: the staker is paid again for a slash it was \
          already paid for.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::STAKERS,
    check: |step| {
        let mut exercised = false;
        for index in step.touched_stakers() {
            let (was, is) = (&step.before.stakers[index], &step.after.stakers[index]);
            for (at, (before, after)) in was.holdings.iter().zip(&is.holdings).enumerate() {
                if !after.shares.is_zero() {
                    continue;
                }
                exercised |= !before.shares.is_zero();
                must!(
                    after.factor() == WAD_WIDE,
                    "{} has no shares of {} and the deposit scaling factor {}",
                    step.name(is.address),
                    step.name(step.after.strategies[at].address),
                    after.stored_factor,
                );
            }
        }
        Verdict::holds_if(exercised)
    },
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::invariants::fixture::{Scene, judge};

    #[test]
    fn del_05() {
        let mut scene = Scene::slash();
        assert_eq!(judge(&BACKED, &scene), Verdict::Holds);
        scene.after.operators[0].stakes[0].shares -= U256::ONE;
        assert!(matches!(judge(&BACKED, &scene), Verdict::Violated(_)));
        assert_eq!(judge(&BACKED, &Scene::quiet()), Verdict::NotApplicable);
    }

    #[test]
    fn del_07() {
        let mut scene = Scene::slash();
        assert_eq!(judge(&NO_GAIN, &scene), Verdict::Holds);
        // Half was slashed; a factor of twice WAD makes up for it exactly, anything more is a gain.
        scene.after.stakers[0].holdings[0].stored_factor = WAD_WIDE * U256::from(2);
        assert_eq!(judge(&NO_GAIN, &scene), Verdict::Holds);
        scene.after.stakers[0].holdings[0].stored_factor += WAD_WIDE / U256::from(10_000);
        assert!(matches!(judge(&NO_GAIN, &scene), Verdict::Violated(_)));
        assert_eq!(judge(&NO_GAIN, &Scene::quiet()), Verdict::NotApplicable);
    }

    #[test]
    fn del_10() {
        let mut scene = Scene::slash();
        assert_eq!(judge(&RESET, &scene), Verdict::NotApplicable);
        scene.after.stakers[0].holdings[0].shares = U256::ZERO;
        assert_eq!(judge(&RESET, &scene), Verdict::Holds);
        scene.after.stakers[0].holdings[0].stored_factor = WAD_WIDE + U256::ONE;
        assert!(matches!(judge(&RESET, &scene), Verdict::Violated(_)));
    }
}
