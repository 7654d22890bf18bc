//! What a slash leaves alone.

use super::slash;
use crate::{
    invariants::sentence,
    must,
    oracle::{Checkpoint, Invariant, Scope, Verdict},
};

pub(super) const STRATEGIES: Invariant = Invariant {
    id: "SLA-05",
    statement: "A slash touches only the strategies it names.",
    formula: "t not in params: m, enc, op, total shares and the shares that wait unchanged",
    why: "An AVS that is harmed in one token may not take another, which other stakers deposited.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::SLASHES.that_succeeded(),
    check: |step| {
        let Some(slash) = slash(step) else { return Verdict::NotApplicable };
        let (was, is) = (&step.before.operators[slash.operator], &step.after.operators[slash.operator]);
        let named = |address| slash.items.iter().any(|item| item.strategy == address);
        let mut exercised = false;
        for (at, strategy) in step.after.strategies.iter().enumerate().filter(|(_, s)| !named(s.address)) {
            exercised = true;
            must!(
                was.stakes[at] == is.stakes[at],
                "a slash elsewhere changed {}",
                sentence::stake(step, slash.operator, at),
            );
            must!(
                &step.before.strategies[at] == strategy,
                "a slash elsewhere changed {}",
                sentence::strategy(step, at)
            );
            must!(
                step.before.burnable_shares(at) == step.after.burnable_shares(at),
                "a slash elsewhere left {} shares of {} to be burned, of {} before",
                step.after.burnable_shares(at),
                step.name(strategy.address),
                step.before.burnable_shares(at),
            );
        }
        let set = &step.after.sets[slash.set];
        let entries = usize::try_from(set.slash_count).ok().and_then(|id| set.slashes.get(id));
        for (address, shares) in entries.into_iter().flatten() {
            must!(named(*address), "a slash elsewhere left {shares} shares of {} to be cleared", step.name(*address));
        }
        Verdict::holds_if(exercised)
    },
};

pub(super) const OPERATORS: Invariant = Invariant {
    id: "SLA-06",
    statement: "A slash touches only its operator.",
    formula: "o' != o: nothing of o' changes",
    why: "Every operator answers for itself. What its stakers have may not depend on what others do.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::SLASHES.that_succeeded(),
    check: |step| {
        let Some(slash) = slash(step) else { return Verdict::NotApplicable };
        for operator in step.touched_operators().filter(|operator| *operator != slash.operator) {
            must!(
                step.before.operators[operator] == step.after.operators[operator],
                "slashing {} changed {}",
                sentence::operator(step, slash.operator),
                sentence::operator(step, operator),
            );
        }
        Verdict::Holds
    },
};

pub(super) const REGISTRATION: Invariant = Invariant {
    id: "SLA-08",
    statement: "A slash changes neither who is in a set, nor what it can slash, nor any delay.",
    formula: "members, strategies and recipient of e; registration, slashableUntil, delay and approver of o unchanged",
    why: "Whoever is slashed stays in its sets and can be slashed again, and leaves as others do.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::SLASHES.that_succeeded(),
    check: |step| {
        let Some(slash) = slash(step) else { return Verdict::NotApplicable };
        let (was, is) = (&step.before.operators[slash.operator], &step.after.operators[slash.operator]);
        must!(
            was.registered_sets == is.registered_sets && was.delay == is.delay && was.approver == is.approver,
            "a slash changed the sets, the delay or the approver of {}",
            sentence::operator(step, slash.operator),
        );
        for (set, (before, after)) in was.memberships.iter().zip(&is.memberships).enumerate() {
            must!(
                before.registered == after.registered && before.slashable_until == after.slashable_until,
                "a slash changed how {} stands to {}",
                sentence::operator(step, slash.operator),
                sentence::set(step, step.after.sets[set].id),
            );
        }
        for set in step.touched_sets() {
            let (before, after) = (&step.before.sets[set], &step.after.sets[set]);
            must!(
                before.members == after.members
                    && before.strategies == after.strategies
                    && before.recipient == after.recipient,
                "a slash changed {}",
                sentence::set(step, after.id),
            );
        }
        Verdict::Holds
    },
};

pub(super) const STAKERS: Invariant = Invariant {
    id: "SLA-15",
    statement: "A slash touches no staker and no withdrawal: what they have is worth less, and that is all.",
    formula: "s(a,t), k(a,t), delegatedTo(a), nonces and queued withdrawals of every staker a unchanged",
    why: "An operator can have any number of stakers. A slash that had to touch them could be made too expensive to be done.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::SLASHES.that_succeeded(),
    check: |step| {
        let Some(slash) = slash(step) else { return Verdict::NotApplicable };
        for staker in step.touched_stakers() {
            let (was, is) = (&step.before.stakers[staker], &step.after.stakers[staker]);
            must!(
                was == is && step.before.native.pods[staker] == step.after.native.pods[staker],
                "slashing {} changed the shares, the factors or the withdrawals of {}",
                sentence::operator(step, slash.operator),
                step.name(is.address)
            );
            let own = |ledger: &'_ crate::ledger::Ledger| {
                let withdrawals = ledger.withdrawals.iter().filter(|withdrawal| withdrawal.staker == is.address);
                withdrawals.filter(|withdrawal| withdrawal.pending).count()
            };
            must!(own(step.before) == own(step.after), "a slash changed the queue of {}", step.name(is.address));
        }
        Verdict::Holds
    },
};

pub(super) const OTHER_STAKERS: Invariant = Invariant {
    id: "SLA-17",
    statement: "A slash takes nothing from whoever is not delegated to its operator.",
    formula: "delegatedTo(a) != o implies w'(a,t) == w(a,t)",
    why: "Stakers choose whose risk they bear. Nobody else's may reach them.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::SLASHES.that_succeeded(),
    check: |step| {
        let Some(slash) = slash(step) else { return Verdict::NotApplicable };
        let slashed = step.after.operators[slash.operator].address;
        for (index, staker) in step.after.stakers.iter().enumerate().filter(|(_, s)| s.delegated_to != slashed) {
            // What a staker can withdraw is a matter of its own holdings and of its operator.
            let operator = step.after.operator_index(staker.delegated_to);
            let reached = operator.is_some_and(|operator| step.touched.operator(operator));
            if !reached && !step.touched.staker(index) {
                continue;
            }
            for strategy in 0..staker.holdings.len() {
                let (before, after) =
                    (step.before.withdrawable(index, strategy), step.after.withdrawable(index, strategy));
                must!(
                    before == after,
                    "slashing {} moved what {} can withdraw from {before} to {after}",
                    step.name(slashed),
                    sentence::holding(step, index, strategy),
                    before = sentence::said(&before),
                    after = sentence::said(&after)
                );
            }
        }
        Verdict::Holds
    },
};

#[cfg(test)]
mod tests {
    use alloy_primitives::U256;

    use super::*;
    use crate::{
        call::Operation,
        invariants::fixture::{Scene, judge},
    };

    type Spoil = fn(&mut Scene);

    fn holds_until_spoiled(invariant: &Invariant, scene: &Scene, spoils: &[Spoil]) {
        assert_eq!(judge(invariant, scene), Verdict::Holds);
        assert_eq!(judge(invariant, &Scene::quiet()), Verdict::NotApplicable);
        for (index, spoil) in spoils.iter().enumerate() {
            let mut scene = scene.clone();
            spoil(&mut scene);
            assert!(matches!(judge(invariant, &scene), Verdict::Violated(_)), "{index}");
        }
    }

    /// A slash that names nothing; another operator has what the slashed one has.
    fn elsewhere() -> Scene {
        let mut scene = Scene::slash();
        scene.after = scene.before.clone();
        scene.after.sets[0].slash_count = 1;
        let Operation::Slash { items, .. } = &mut scene.call.operation else { unreachable!() };
        items.clear();
        for ledger in [&mut scene.before, &mut scene.after] {
            let mut other = ledger.operators[0].clone();
            other.address = ledger.stakers[1].address;
            ledger.stakers[1].delegated_to = other.address;
            ledger.stakers[1].holdings = ledger.stakers[0].holdings.clone();
            ledger.operators.push(other);
        }
        let stakes = scene.ghosts.stakes[0].clone();
        scene.ghosts.stakes.push(stakes);
        scene
    }

    #[test]
    fn sla_05() {
        holds_until_spoiled(
            &STRATEGIES,
            &elsewhere(),
            &[
                |scene| scene.after.operators[0].stakes[0].shares -= U256::ONE,
                |scene| scene.after.strategies[0].total_shares -= U256::ONE,
                |scene| {
                    let strategy = scene.after.strategies[0].address;
                    scene.after.sets[0].slashes = vec![Vec::new(), vec![(strategy, U256::ONE)]];
                },
            ],
        );
        let mut scene = Scene::slash();
        assert_eq!(judge(&STRATEGIES, &scene), Verdict::Holds, "native ETH is the other one");
        scene.after.native.burnable_shares = U256::ONE;
        assert!(matches!(judge(&STRATEGIES, &scene), Verdict::Violated(_)));
    }

    #[test]
    fn sla_06() {
        holds_until_spoiled(
            &OPERATORS,
            &elsewhere(),
            &[
                |scene| scene.after.operators[1].stakes[0].encumbered -= 1,
                |scene| {
                    scene.after.operators[1].allocations[0][0].current -= 1;
                },
            ],
        );
    }

    #[test]
    fn sla_08() {
        holds_until_spoiled(
            &REGISTRATION,
            &Scene::slash(),
            &[
                |scene| scene.after.operators[0].memberships[0].registered = false,
                |scene| scene.after.operators[0].memberships[1].slashable_until = 7,
                |scene| scene.after.operators[0].delay.delay = 7,
                |scene| scene.after.operators[0].registered_sets.clear(),
                |scene| scene.after.sets[0].members.clear(),
                |scene| scene.after.sets[1].strategies.clear(),
            ],
        );
    }

    #[test]
    fn sla_15() {
        let mut scene = Scene::slash();
        let queued = Scene::queued().after.withdrawals;
        scene.before.withdrawals = queued.clone();
        scene.after.withdrawals = queued;
        holds_until_spoiled(
            &STAKERS,
            &scene,
            &[
                |scene| scene.after.stakers[0].holdings[0].shares -= U256::ONE,
                |scene| scene.after.stakers[0].holdings[0].stored_factor -= U256::ONE,
                |scene| scene.after.stakers[2].withdrawals_queued += 1,
                |scene| scene.after.native.pods[0].stored_slashing_factor = Some(1),
                |scene| scene.after.withdrawals[0].pending = false,
            ],
        );
    }

    #[test]
    fn sla_17() {
        holds_until_spoiled(
            &OTHER_STAKERS,
            &elsewhere(),
            &[
                |scene| scene.after.operators[1].stakes[0].max_magnitudes.entries = vec![(1_101, U256::ONE)],
                |scene| scene.after.stakers[1].holdings[0].shares -= U256::ONE,
            ],
        );
    }
}
