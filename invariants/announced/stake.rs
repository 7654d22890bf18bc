//! Shares, factors, delegations and pods.

use alloy_primitives::{Address, B256, I256, U256};

use super::{
    announced, is_told,
    kinds::{
        DEPOSIT_SCALING_FACTOR_UPDATED, NEW_TOTAL_SHARES, OPERATOR_SHARES_DECREASED, OPERATOR_SHARES_INCREASED,
        POD_SHARES_UPDATED, STAKER_DELEGATED, STAKER_UNDELEGATED,
    },
    sum,
};
use crate::{
    applies_if,
    invariants::sentence,
    must,
    oracle::{Checkpoint, Invariant, Scope, Step, Verdict},
};

pub(super) const SHARES: Invariant = Invariant {
    id: "EVT-01",
    statement: "What the shares of operators change by is announced, all of it and nothing else.",
    formula: "op(o,t) + sum(OperatorSharesIncreased of o, t) == op(o,t)' + sum(OperatorSharesDecreased of o, t)",
    why: "Rewards are computed from these events alone. Who is left out of them earns nothing for its stake, and who is in \
          them twice earns what is due to others.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::OPERATORS.that_succeeded(),
    check: |step| {
        applies_if!(step.succeeded());
        let mut exercised = false;
        for at in step.touched_operators() {
            for of in 0..step.after.strategies.len() {
                let [was, is] = [step.before, step.after].map(|ledger| ledger.operators[at].stakes[of].shares);
                let [more, less] =
                    [&[OPERATOR_SHARES_INCREASED], &[OPERATOR_SHARES_DECREASED]].map(|kind| moved(step, kind, at, of));
                exercised |= was != is;
                must!(
                    was.saturating_add(more) == is.saturating_add(less),
                    "the shares of {} were {was} and are {is}, and {more} more and {less} less were announced",
                    sentence::stake(step, at, of)
                );
            }
        }
        Verdict::holds_if(exercised)
    },
};

/// The shares of an operator that were announced to come, or to go.
fn moved(step: &Step<'_>, kind: &'static [B256; 1], at: usize, of: usize) -> U256 {
    let (operator, strategy) = (step.after.operators[at].address, step.after.strategies[of].address);
    let told = announced(step, step.after.terms.managers.delegation, kind);
    sum(told.filter(|told| told.address(0) == operator && told.address(2) == strategy), 3)
}

pub(super) const FACTORS: Invariant = Invariant {
    id: "EVT-02",
    statement: "A deposit scaling factor that changes is announced as it is then.",
    formula: "k(a,t)' == the last DepositScalingFactorUpdated of a, t; k(a,t) where there is none",
    why: "What a staker can withdraw follows from it, and so does its part of its operator's rewards.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::STAKERS.that_succeeded(),
    check: |step| {
        applies_if!(step.succeeded());
        let mut exercised = false;
        for at in step.touched_stakers() {
            for of in 0..step.after.strategies.len() {
                let [was, is] = [step.before, step.after].map(|ledger| ledger.stakers[at].holdings[of].factor());
                let (staker, strategy) = (step.after.stakers[at].address, step.after.strategies[of].address);
                let told = announced(step, step.after.terms.managers.delegation, &[DEPOSIT_SCALING_FACTOR_UPDATED])
                    .filter(|told| told.address(0) == staker && told.address(1) == strategy)
                    .last()
                    .map(|told| told.word(2));
                exercised |= told.is_some();
                must!(
                    is_told(&was, &is, told.as_ref()),
                    "the factor of {} was {was} and is {is}, and {} was announced",
                    sentence::holding(step, at, of),
                    sentence::said(&told)
                );
            }
        }
        Verdict::holds_if(exercised)
    },
};

pub(super) const DELEGATIONS: Invariant = Invariant {
    id: "EVT-03",
    statement: "Whom a staker delegates to, and whom no longer, is announced in order.",
    formula: "delegatedTo(a)' follows from delegatedTo(a) by StakerDelegated and StakerUndelegated of a, each true where it \
              stands",
    why: "An operator's stakers are known by nothing else to those who divide its rewards.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::STAKERS.that_succeeded(),
    check: |step| {
        applies_if!(step.succeeded());
        let mut exercised = false;
        for at in step.touched_stakers() {
            let (was, is) = (&step.before.stakers[at], &step.after.stakers[at]);
            let mut told_to = was.delegated_to;
            let events = announced(step, step.after.terms.managers.delegation, &[STAKER_DELEGATED, STAKER_UNDELEGATED]);
            for told in events.filter(|told| told.address(0) == is.address) {
                exercised = true;
                let operator = told.address(1);
                let (due, then) =
                    if told.kind() == STAKER_DELEGATED { (Address::ZERO, operator) } else { (operator, Address::ZERO) };
                must!(
                    told_to == due,
                    "{} delegated to {}, and a change from {} to {} was announced",
                    step.name(is.address),
                    step.name(told_to),
                    step.name(due),
                    step.name(then)
                );
                told_to = then;
            }
            must!(
                told_to == is.delegated_to,
                "{} delegates to {}, and by what was announced to {}",
                step.name(is.address),
                step.name(is.delegated_to),
                step.name(told_to)
            );
        }
        Verdict::holds_if(exercised)
    },
};

pub(super) const PODS: Invariant = Invariant {
    id: "EVT-04",
    statement: "The deposit shares of a pod's owner are announced as they are, and what is added to them too.",
    formula: "s(a)' == the last NewTotalShares of a, s(a) where there is none; s(a)' > s(a) implies sum(PodSharesUpdated of a) \
              == s(a)' - s(a)",
    why: "Stakers of native ETH have no token transfer to be seen by.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::STAKERS.that_succeeded(),
    check: |step| {
        applies_if!(step.succeeded());
        let mut exercised = false;
        for at in step.touched_stakers() {
            let [was, is] = [step.before, step.after].map(|ledger| ledger.native.pods[at].deposit_shares);
            let owner = step.after.stakers[at].address;
            let of_owner = |kind| {
                let told = announced(step, step.after.terms.managers.eigen_pod, kind);
                told.filter(move |told| told.address(0) == owner).map(|told| I256::from_raw(told.word(1)))
            };
            let total = of_owner(&[NEW_TOTAL_SHARES]).last();
            exercised |= total.is_some();
            must!(
                is_told(&was, &is, total.as_ref()),
                "the deposit shares of {} were {was} and are {is}, and {} was announced",
                step.name(owner),
                sentence::said(&total)
            );
            let added = of_owner(&[POD_SHARES_UPDATED]).fold(I256::ZERO, I256::wrapping_add);
            must!(
                is <= was || added == is.wrapping_sub(was),
                "the deposit shares of {} were {was} and are {is}, and a change by {added} was announced",
                step.name(owner)
            );
        }
        Verdict::holds_if(exercised)
    },
};

#[cfg(test)]
mod tests {
    use super::{
        super::tests::{event, holds, violated, word},
        *,
    };
    use crate::invariants::fixture::Scene;

    /// A scene in which the staker that delegates has, and its operator has, `change` more shares.
    fn more(change: u64) -> Scene {
        let mut scene = Scene::slash();
        scene.after = scene.before.clone();
        scene.after.operators[0].stakes[0].shares += U256::from(change);
        scene
    }

    #[test]
    fn evt_01() {
        let mut scene = more(7);
        let (manager, ledger) = (scene.after.terms.managers.delegation, scene.after.clone());
        let told = |shares: u64| {
            let words =
                [ledger.operators[0].address, ledger.stakers[0].address, ledger.strategies[0].address].map(word);
            event(manager, OPERATOR_SHARES_INCREASED, &[&words[..], &[U256::from(shares)]].concat())
        };
        assert!(violated(&SHARES, &scene), "nothing is announced");
        scene.events = vec![told(7)];
        assert!(holds(&SHARES, &scene));
        scene.events = vec![told(7), told(7)];
        assert!(violated(&SHARES, &scene), "it is announced twice");
    }

    #[test]
    fn evt_02() {
        let mut scene = more(0);
        scene.after.stakers[0].holdings[0].stored_factor += U256::ONE;
        let words = [scene.after.stakers[0].address, scene.after.strategies[0].address].map(word);
        let told = |factor| {
            event(
                scene.after.terms.managers.delegation,
                DEPOSIT_SCALING_FACTOR_UPDATED,
                &[&words[..], &[factor]].concat(),
            )
        };
        let factor = scene.after.stakers[0].holdings[0].factor();
        let (right, wrong) = (told(factor), told(factor - U256::ONE));
        assert!(violated(&FACTORS, &scene), "nothing is announced");
        scene.events = vec![wrong.clone(), right.clone()];
        assert!(holds(&FACTORS, &scene));
        scene.events = vec![right, wrong];
        assert!(violated(&FACTORS, &scene), "the last counts");
    }

    #[test]
    fn evt_03() {
        let mut scene = more(0);
        let operator = scene.before.stakers[0].delegated_to;
        scene.after.stakers[0].delegated_to = Address::ZERO;
        let told = |kind| {
            let words = [scene.after.stakers[0].address, operator].map(word);
            event(scene.after.terms.managers.delegation, kind, &words)
        };
        let (there, gone) = (told(STAKER_DELEGATED), told(STAKER_UNDELEGATED));
        assert!(violated(&DELEGATIONS, &scene), "nothing is announced");
        scene.events = vec![gone.clone()];
        assert!(holds(&DELEGATIONS, &scene));
        scene.events = vec![gone.clone(), there.clone(), gone.clone()];
        assert!(holds(&DELEGATIONS, &scene));
        scene.events = vec![there, gone];
        assert!(violated(&DELEGATIONS, &scene), "it delegated already");
    }

    #[test]
    fn evt_04() {
        let mut scene = more(0);
        scene.after.native.pods[0].deposit_shares += I256::unchecked_from(5);
        let is = scene.after.native.pods[0].deposit_shares;
        let (manager, owner) = (scene.after.terms.managers.eigen_pod, word(scene.after.stakers[0].address));
        let told = |kind, shares: I256| event(manager, kind, &[owner, shares.into_raw()]);
        assert!(violated(&PODS, &scene), "nothing is announced");
        scene.events = vec![told(POD_SHARES_UPDATED, I256::unchecked_from(5)), told(NEW_TOTAL_SHARES, is)];
        assert!(holds(&PODS, &scene));
        scene.events = vec![told(NEW_TOTAL_SHARES, is)];
        assert!(violated(&PODS, &scene), "the change is not announced");
    }
}
