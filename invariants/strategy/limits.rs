//! Strategies of limited size.

use crate::{
    applies_if,
    call::Operation,
    must,
    oracle::{Assumption, Checkpoint, Invariant, Scope, Verdict},
};

use super::deposit;

pub(super) const FITS: Invariant = Invariant {
    id: "STR-05",
    statement: "A deposit is no larger than one may be, and the strategy holds no more after it than it may.",
    formula: "amount <= maxPerDeposit and B' <= maxTotalDeposits, with the limits before the deposit",
    why: "Limits keep young strategies small while they may still have faults. Stake beyond them is exposed to what nobody \
          accepted.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[Assumption::LimitedStrategies],
    scope: Scope::DEPOSITS.that_succeeded(),
    check: |step| {
        let Some((was, is, amount, _)) = deposit(step) else { return Verdict::NotApplicable };
        let Some(limits) = was.limits else { return Verdict::NotApplicable };
        must!(
            amount <= limits.per_deposit,
            "{amount} wei came into {} at once, and {} may",
            step.name(was.address),
            limits.per_deposit,
        );
        must!(
            is.balance <= limits.total,
            "{} took a deposit and holds {} wei, and {} is the most",
            step.name(was.address),
            is.balance,
            limits.total,
        );
        Verdict::Holds
    },
};

pub(super) const SET: Invariant = Invariant {
    id: "STR-07",
    statement: "Only the unpauser moves limits, to what it says, and one deposit may never be more than all.",
    formula: "limits' == (newMaxPerDeposit, newMaxTotalDeposits) with newMaxPerDeposit <= newMaxTotalDeposits after \
              setTVLLimits(...) by the unpauser; every other call: limits' == limits",
    why: "Whoever else can move them opens the strategy to more than was accepted, or closes it to everybody.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[Assumption::LimitedStrategies],
    scope: Scope::REST,
    check: |step| {
        applies_if!(step.touched.rest());
        let told = match step.call.operation {
            Operation::SetLimits { strategy, per_deposit, total } if step.succeeded() => {
                Some((strategy, per_deposit, total))
            }
            _ => None,
        };
        for (was, is) in step.before.strategies.iter().zip(&step.after.strategies) {
            let (Some(before), Some(after)) = (was.limits, is.limits) else { continue };
            let due = match told {
                Some((strategy, per_deposit, total)) if strategy == is.address => (per_deposit, total),
                _ => (before.per_deposit, before.total),
            };
            must!(
                (after.per_deposit, after.total) == due && after.per_deposit <= after.total,
                "{} takes {} wei at once and {} in all, after {} and {}",
                step.name(is.address),
                after.per_deposit,
                after.total,
                before.per_deposit,
                before.total,
            );
        }
        let Some((strategy, ..)) = told else { return Verdict::NotApplicable };
        must!(
            step.call.actor == step.before.control.unpauser,
            "{} moved the limits of {}",
            step.name(step.call.actor),
            step.name(strategy),
        );
        Verdict::Holds
    },
};

#[cfg(test)]
mod tests {
    use alloy_primitives::{Address, U256};

    use super::*;
    use crate::{
        invariants::fixture::{Scene, judge},
        ledger::Limits,
    };

    fn violated(invariant: &Invariant, scene: &Scene) -> bool {
        matches!(judge(invariant, scene), Verdict::Violated(_))
    }

    fn limit(scene: &mut Scene, per_deposit: U256, total: U256) {
        for ledger in [&mut scene.before, &mut scene.after] {
            ledger.strategies[0].limits = Some(Limits { per_deposit, total });
        }
    }

    #[test]
    fn str_05() {
        let mut scene = Scene::deposited();
        assert_eq!(judge(&FITS, &scene), Verdict::NotApplicable, "there are no limits");
        let Operation::Deposit { amount, .. } = scene.call.operation else { unreachable!() };
        let holds = scene.after.strategies[0].balance;
        limit(&mut scene, amount, holds);
        assert_eq!(judge(&FITS, &scene), Verdict::Holds);
        limit(&mut scene, amount - U256::ONE, holds);
        assert!(violated(&FITS, &scene), "too much at once");
        limit(&mut scene, amount, holds - U256::ONE);
        assert!(violated(&FITS, &scene), "too much in all");
    }

    #[test]
    fn str_07() {
        let (one, all) = (U256::from(7), U256::from(8));
        let mut scene = Scene::quiet();
        limit(&mut scene, all, all);
        scene.after.strategies[0].limits = Some(Limits { per_deposit: one, total: all });
        assert!(violated(&SET, &scene), "nobody moved them");
        let strategy = scene.after.strategies[0].address;
        scene.call.operation = Operation::SetLimits { strategy, per_deposit: one, total: all };
        scene.before.control.unpauser = scene.call.actor;
        assert_eq!(judge(&SET, &scene), Verdict::Holds);
        scene.before.control.unpauser = Address::ZERO;
        assert!(violated(&SET, &scene), "somebody else moved them");
        scene.before.control.unpauser = scene.call.actor;
        scene.call.operation = Operation::SetLimits { strategy, per_deposit: all, total: all };
        assert!(violated(&SET, &scene), "not to what was said");
        scene.call.operation = Operation::SetLimits { strategy, per_deposit: all, total: one };
        scene.after.strategies[0].limits = Some(Limits { per_deposit: all, total: one });
        assert!(violated(&SET, &scene), "one may be more than all");
    }
}
