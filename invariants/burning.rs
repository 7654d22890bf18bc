//! Slashed funds of a release that only burns: they wait by strategy until somebody burns them.

use alloy_primitives::{Address, I256, U256};

use super::withdrawal::queued_in_window;
use crate::{
    applies_if,
    arithmetic::mul_wad_down,
    call::Operation,
    must,
    oracle::{Assumption, Checkpoint, Family, Invariant, Scope, Verdict},
};

pub(super) const FAMILY: Family = Family {
    key: "BRN",
    title: "Burning by strategy",
    assumes: "A release without slash ids (1.3 and 1.4).",
    invariants: &[&BOOKED, &CHANGES, &BURNED],
};

const BOOKED: Invariant = Invariant {
    id: "BRN-01",
    statement: "A slash adds what it took, from the operator and from the queue, to what waits to be burned.",
    formula: "slashOperator from m to m': burnable(t)' - burnable(t) == (op - op') + floor(S * (m - m') / W), S queued in the \
              slashable window",
    why: "What is taken and not booked is burned by nobody: it stays in the strategy, owed to nobody. What is booked and was \
          not taken is burned out of the pockets of those who were not slashed.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[Assumption::BurnByStrategy],
    scope: Scope::SLASHES.that_succeeded(),
    check: |step| {
        let Operation::Slash { operator, .. } = &step.call.operation else { return Verdict::NotApplicable };
        applies_if!(step.succeeded());
        let Some(at) = step.before.operator_index(*operator) else { return Verdict::NotApplicable };
        let mut exercised = false;
        for (index, is) in step.after.strategies.iter().enumerate() {
            let (before, after) = (&step.before.operators[at].stakes[index], &step.after.operators[at].stakes[index]);
            let slashed = U256::from(before.max_magnitude().saturating_sub(after.max_magnitude()));
            exercised |= !slashed.is_zero();
            let queued = queued_in_window(step.before, &step.before.operators[at], index);
            let of_queue = mul_wad_down(queued, slashed).unwrap_or(U256::MAX);
            let taken = before.shares.saturating_sub(after.shares).saturating_add(of_queue);
            let booked = difference(step.before.burnable_shares(index), step.after.burnable_shares(index));
            must!(
                booked == I256::from_raw(taken),
                "a slash of {} took {taken} shares of {} and booked {booked} to be burned",
                step.name(*operator),
                step.name(is.address),
            );
        }
        Verdict::holds_if(exercised)
    },
};

const CHANGES: Invariant = Invariant {
    id: "BRN-02",
    statement: "What waits to be burned grows by slashes only, and is gone when it is burned.",
    formula: "burnable(t)' != burnable(t) only in slashOperator and burnShares(t); after burnShares(t): burnable(t)' == 0, but for \
              native ETH, which is not burned",
    why: "Burned shares that still wait are burned again, out of the pockets of those who were not slashed.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[Assumption::BurnByStrategy, Assumption::PassiveTokens],
    scope: Scope::EVERYTHING,
    check: |step| {
        let mut exercised = false;
        for (index, is) in step.after.strategies.iter().enumerate() {
            let (before, after) = (step.before.burnable_shares(index), step.after.burnable_shares(index));
            let is_asked = matches!(step.call.operation, Operation::BurnShares { strategy } if strategy == is.address);
            let burned = is_asked && !step.after.is_native(index);
            let may = match step.call.operation {
                Operation::BurnShares { .. } if burned && step.succeeded() => after.is_zero(),
                Operation::Slash { .. } => after >= before,
                _ => after == before,
            };
            exercised |= before != after;
            must!(
                may,
                "of {}, {before} shares waited to be burned and {after} do after {}",
                step.name(is.address),
                if burned { "burning" } else { "a call that does not burn them" },
            );
        }
        Verdict::holds_if(exercised)
    },
};

const BURNED: Invariant = Invariant {
    id: "BRN-03",
    statement: "What is burned goes from its strategy to the burn address, and moves nothing else.",
    formula: "burnShares(t): token(t) leaves t and arrives at the burn address; every other balance unchanged",
    why: "Whoever calls would otherwise be paid for slashes.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[Assumption::NoFee, Assumption::NoRebase, Assumption::PassiveTokens, Assumption::BurnByStrategy],
    scope: Scope::CLEARINGS.that_succeeded(),
    check: |step| {
        let Operation::BurnShares { strategy } = step.call.operation else { return Verdict::NotApplicable };
        applies_if!(step.succeeded());
        let mut exercised = false;
        for (was, is) in step.before.tokens.iter().zip(&step.after.tokens) {
            let moved = |holder: Address| {
                let at = step.after.holders.iter().position(|other| *other == holder);
                at.map_or(I256::ZERO, |at| difference(was.balances[at], is.balances[at]))
            };
            let (paid, arrived) = (-moved(strategy), moved(step.after.terms.burn_address));
            exercised |= !paid.is_zero();
            must!(
                paid == arrived,
                "burning of {} took {paid} of {}, of which {arrived} arrived at the burn address",
                step.name(strategy),
                step.name(is.address),
            );
            let concerned = [strategy, step.after.terms.burn_address];
            for holder in step.after.holders.iter().filter(|holder| !concerned.contains(holder)) {
                must!(
                    moved(*holder).is_zero(),
                    "burning of {} moved the {} of {} by {}",
                    step.name(strategy),
                    step.name(is.address),
                    step.name(*holder),
                    moved(*holder),
                );
            }
        }
        Verdict::holds_if(exercised)
    },
};

fn difference(before: U256, after: U256) -> I256 {
    I256::from_raw(after.wrapping_sub(before))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        invariants::fixture::{Scene, judge},
        ledger::Booking,
    };

    /// A slash, booked by strategy.
    fn slash() -> Scene {
        let mut scene = Scene::slash();
        let strategy = scene.after.strategies[0].address;
        let waiting = scene.after.waiting_shares(strategy);
        scene.after.sets = scene.before.sets.clone();
        scene.after.pending_sets.clear();
        scene.after.strategies[0].burnable_shares = waiting;
        scene.before.terms.booking = Booking::ByStrategy;
        scene.after.terms.booking = Booking::ByStrategy;
        scene
    }

    /// What it took is burned.
    fn burned() -> Scene {
        let (slash, cleared) = (slash(), Scene::cleared());
        let mut scene = slash.clone();
        scene.before = slash.after;
        scene.before.tokens = cleared.before.tokens;
        scene.after = scene.before.clone();
        scene.after.tokens = cleared.after.tokens;
        scene.after.strategies = cleared.after.strategies;
        scene.call.operation = Operation::BurnShares { strategy: scene.after.strategies[0].address };
        scene
    }

    #[test]
    fn brn_01() {
        let mut scene = slash();
        assert_eq!(judge(&BOOKED, &scene), Verdict::Holds);
        assert_eq!(judge(&BOOKED, &Scene::quiet()), Verdict::NotApplicable);
        scene.after.strategies[0].burnable_shares += U256::ONE;
        assert!(matches!(judge(&BOOKED, &scene), Verdict::Violated(_)));
        scene.after.strategies[0].burnable_shares = U256::ZERO;
        assert!(matches!(judge(&BOOKED, &scene), Verdict::Violated(_)));
        // What is queued is taken from too.
        let mut scene = slash();
        let queued = Scene::queued();
        scene.before.withdrawals = queued.after.withdrawals.clone();
        scene.after.withdrawals = queued.after.withdrawals;
        assert!(matches!(judge(&BOOKED, &scene), Verdict::Violated(_)));
        let half = scene.before.withdrawals[0].items[0].1 / U256::from(2);
        scene.after.strategies[0].burnable_shares += half;
        assert_eq!(judge(&BOOKED, &scene), Verdict::Holds);
        let mut native = Scene::native_slash();
        assert_eq!(judge(&BOOKED, &native), Verdict::Holds);
        native.after.native.burnable_shares -= U256::ONE;
        assert!(matches!(judge(&BOOKED, &native), Verdict::Violated(_)));
    }

    #[test]
    fn brn_02() {
        assert_eq!(judge(&CHANGES, &slash()), Verdict::Holds);
        assert_eq!(judge(&CHANGES, &Scene::quiet()), Verdict::NotApplicable);
        let mut scene = burned();
        assert_eq!(judge(&CHANGES, &scene), Verdict::Holds);
        scene.after.strategies[0].burnable_shares = U256::ONE;
        assert!(matches!(judge(&CHANGES, &scene), Verdict::Violated(_)));
        let mut scene = slash();
        scene.call.operation = Operation::RenounceOwnership {};
        assert!(matches!(judge(&CHANGES, &scene), Verdict::Violated(_)));
        let mut native = Scene::native_slash();
        assert_eq!(judge(&CHANGES, &native), Verdict::Holds);
        native.call.operation = Operation::BurnShares { strategy: native.before.strategies[0].address };
        assert!(matches!(judge(&CHANGES, &native), Verdict::Violated(_)), "burning leaves it alone");
        native.after.native.burnable_shares = native.before.native.burnable_shares;
        assert_eq!(judge(&CHANGES, &native), Verdict::NotApplicable);
    }

    #[test]
    fn brn_03() {
        let scene = burned();
        assert_eq!(judge(&BURNED, &scene), Verdict::Holds);
        assert_eq!(judge(&BURNED, &slash()), Verdict::NotApplicable);
        let at = |address: Address| scene.after.holders.iter().position(|holder| *holder == address).unwrap();
        let (staker, burn) = (at(scene.after.stakers[0].address), at(scene.after.terms.burn_address));
        let mut stolen = scene.clone();
        stolen.after.tokens[0].balances[staker] += U256::ONE;
        assert!(matches!(judge(&BURNED, &stolen), Verdict::Violated(_)));
        let mut short = scene.clone();
        short.after.tokens[0].balances[burn] -= U256::ONE;
        assert!(matches!(judge(&BURNED, &short), Verdict::Violated(_)));
    }
}
