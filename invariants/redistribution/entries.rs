//! The entries that wait to be cleared: where they come from, and what clearing one does.

use alloy_primitives::{Address, U256};

use super::set_name;
use crate::{
    applies_if,
    call::{Operation, SetId},
    ghost::payments,
    invariants::sentence,
    ledger::{Ledger, OperatorSet},
    must,
    oracle::{Assumption, Checkpoint, Invariant, Scope, Step, Verdict},
};

pub(super) const KNOWN_IDS: Invariant = Invariant {
    id: "RED-02",
    statement: "Only slashes that were made wait to be cleared.",
    formula: "id in getPendingSlashIds(e) implies 1 <= id <= getSlashCount(e)",
    why: "An id that was never given can be given later, to another slash with other funds.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[Assumption::Redistribution],
    scope: Scope::SETS,
    check: |step| {
        applies_if!(step.touched.any_set());
        let mut exercised = false;
        for set in step.touched_sets().map(|index| &step.after.sets[index]) {
            for id in &set.pending_slashes {
                exercised = true;
                must!(
                    (1..=set.slash_count).contains(id),
                    "slash {id} of {} waits, and it made {}",
                    set_name(step, set.id),
                    set.slash_count,
                );
            }
        }
        Verdict::holds_if(exercised)
    },
};

/// The entries of a slash; none for one that there is not.
fn entries(set: &OperatorSet, id: usize) -> &[(Address, U256)] {
    set.slashes.get(id).map_or(&[], Vec::as_slice)
}

pub(super) const FROM_SLASHES: Invariant = Invariant {
    id: "RED-05",
    statement: "Shares wait only because a slash took them, and never become more.",
    formula: "an entry (e, id, t) appears only in slashOperator of e with id == getSlashCount(e)'; its shares never rise",
    why: "An entry is paid with the tokens of stakers. Made up, it is a theft; made bigger, a larger one.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[Assumption::Redistribution],
    scope: Scope::SETS,
    check: |step| {
        applies_if!(step.touched.any_set());
        let slashes = if step.succeeded() { step.before.slashes_of(&step.call.operation) } else { Vec::new() };
        let mut exercised = false;
        for index in step.touched_sets() {
            let (was, is) = (&step.before.sets[index], &step.after.sets[index]);
            if was.slashes == is.slashes {
                continue;
            }
            exercised = true;
            let own = slashes.iter().filter(|slash| slash.set == is.id).count() as u64;
            for id in 0..is.slashes.len() {
                let fresh = is.slash_count.checked_sub(id as u64).is_some_and(|later| later < own);
                for (strategy, shares) in entries(is, id) {
                    let had = entries(was, id).iter().find(|(at, _)| at == strategy).map(|(_, had)| *had);
                    must!(
                        fresh || had.is_some_and(|had| *shares <= had),
                        "of slash {id} of {}, {shares} shares of {} wait, and {had} did before",
                        set_name(step, is.id),
                        step.name(*strategy),
                        had = sentence::said(&had)
                    );
                }
            }
        }
        Verdict::holds_if(exercised)
    },
};

/// The slash that a successful step clears, if it clears one.
fn clearing(step: &Step<'_>) -> Option<(SetId, usize, Option<Address>)> {
    let (set, nth, only) = match step.call.operation {
        Operation::ClearSlash { set, nth } => (set, nth, None),
        Operation::ClearSlashByStrategy { set, nth, strategy } => (set, nth, Some(strategy)),
        _ => return None,
    };
    if !step.succeeded() {
        return None;
    }
    let slash = step.before.set(set)?.nth_slash(nth);
    Some((set, usize::try_from(slash).ok()?, only))
}

pub(super) const AMOUNT: Invariant = Invariant {
    id: "RED-07",
    statement: "Clearing pays the shares that wait at the rate of the moment, and takes the shares from the total.",
    formula: "for each entry: amount == floor((B + 1000) * shares / (T + 1000)), T' == T - shares, B' == B - amount",
    why: "More comes from stakers who were not slashed, less stays behind for nobody.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[Assumption::NoFee, Assumption::NoRebase, Assumption::PassiveTokens, Assumption::Redistribution],
    scope: Scope::CLEARINGS.that_succeeded(),
    check: |step| {
        applies_if!(clearing(step).is_some());
        let paid = payments(step.before, step.call);
        for (index, (was, is)) in step.before.strategies.iter().zip(&step.after.strategies).enumerate() {
            let mut due = (U256::ZERO, U256::ZERO);
            for payment in paid.iter().filter(|payment| payment.strategy == index) {
                due = (due.0.saturating_add(payment.shares), due.1.saturating_add(payment.tokens));
            }
            // A strategy may be the recipient, and of its own tokens too.
            for payment in paid.iter().filter(|payment| payment.into == Some(index)) {
                due.1 = due.1.wrapping_sub(payment.tokens);
            }
            let fell = (was.total_shares.wrapping_sub(is.total_shares), was.balance.wrapping_sub(is.balance));
            must!(
                fell == due,
                "{} lost {} shares and {} wei, and {} and {} were due",
                step.name(was.address),
                fell.0,
                fell.1,
                due.0,
                due.1,
            );
        }
        Verdict::holds_if(!paid.is_empty())
    },
};

pub(super) const NEUTRAL: Invariant = Invariant {
    id: "RED-08",
    statement: "Clearing a slash changes nobody's shares.",
    formula: "clear: s, k, m, op, and every withdrawal are as before",
    why: "The slash took what it took. Who comes to fetch it must not make anybody pay again.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[Assumption::PassiveTokens, Assumption::Redistribution],
    scope: Scope::CLEARINGS.that_succeeded(),
    check: |step| {
        applies_if!(clearing(step).is_some());
        let (was, is) = (step.before, step.after);
        let stakers = step.touched_stakers().all(|index| was.stakers[index] == is.stakers[index]);
        let operators = step.touched_operators().all(|index| was.operators[index] == is.operators[index]);
        must!(
            stakers && operators && was.withdrawals == is.withdrawals,
            "clearing a slash changed shares of an operator or a staker",
        );
        Verdict::Holds
    },
};

pub(super) const IDEMPOTENT: Invariant = Invariant {
    id: "RED-10",
    statement: "Clearing what does not wait moves nothing.",
    formula: "clear of (e, id) without entries, or of a strategy without entry: every balance and total unchanged",
    why: "Anybody may clear, as often as they like. It must pay once.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[Assumption::NoRebase, Assumption::Redistribution],
    scope: Scope::CLEARINGS.that_succeeded(),
    check: |step| {
        let Some((set, slash, only)) = clearing(step) else { return Verdict::NotApplicable };
        let waits = step.before.set(set).is_some_and(|set| {
            entries(set, slash).iter().any(|(strategy, _)| only.is_none_or(|only| only == *strategy))
        });
        applies_if!(!waits);
        must!(
            step.before.tokens == step.after.tokens && step.before.strategies == step.after.strategies,
            "slash {slash} of {} does not wait, and clearing it moved shares or tokens",
            set_name(step, set),
        );
        Verdict::Holds
    },
};

pub(super) const ISOLATION: Invariant = Invariant {
    id: "RED-11",
    statement: "Clearing one slash leaves what waits of every other as it is.",
    formula: "clear of (e, id): the entries of every (e', id') != (e, id) are as before, and those of other strategies if one \
              is named",
    why: "Funds that disappear from the list when others are paid are lost to whom they are due.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[Assumption::Redistribution],
    scope: Scope::CLEARINGS.that_succeeded(),
    check: |step| {
        let Some((cleared, slash, only)) = clearing(step) else { return Verdict::NotApplicable };
        let mut exercised = false;
        for (was, is) in step.before.sets.iter().zip(&step.after.sets) {
            for id in 0..was.slashes.len() {
                let own = was.id == cleared && id == slash;
                for (strategy, shares) in entries(was, id) {
                    if own && only.is_none_or(|only| only == *strategy) {
                        continue;
                    }
                    exercised = true;
                    let left = entries(is, id).iter().find(|(at, _)| at == strategy).map(|(_, left)| *left);
                    must!(
                        left == Some(*shares),
                        "clearing slash {slash} of {} left {left} of the {shares} shares of {} of slash {id} of {}",
                        set_name(step, cleared),
                        step.name(*strategy),
                        set_name(step, was.id),
                        left = sentence::said(&left)
                    );
                }
            }
        }
        Verdict::holds_if(exercised)
    },
};

pub(super) const LEGACY: Invariant = Invariant {
    id: "RED-12",
    statement: "What waited to be burned before slashes were numbered never becomes more.",
    formula: "getBurnableShares(t)' <= getBurnableShares(t) for each strategy t of a token",
    why: "Slashes wait by number, for whom they are due. What is added beside them is burned as well, and whoever burns it takes it \
          from those who stay.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[Assumption::Redistribution],
    scope: Scope::SLASHES.or(Scope::REST),
    check: |step| {
        let slashes = step.succeeded() && !step.before.slashes_of(&step.call.operation).is_empty();
        let mut exercised = slashes;
        for (index, is) in step.after.token_strategies() {
            let (had, has) = (step.before.strategies[index].burnable_shares, is.burnable_shares);
            exercised |= !had.is_zero();
            must!(has <= had, "of {}, {has} shares wait to be burned, and {had} did before", step.name(is.address));
        }
        Verdict::holds_if(exercised)
    },
};

pub(super) const NO_NATIVE: Invariant = Invariant {
    id: "RED-14",
    statement: "Native ETH is never redistributed: no slash of it waits to be cleared, whoever slashed.",
    formula: "no entry (e, id, native); what a slash takes of native ETH is in burnableETHShares only",
    why: "The strategy manager has no native ETH to pay with. An entry of it can never be cleared, and keeps all that was \
          slashed with it from being paid.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[Assumption::Redistribution],
    scope: Scope::SLASHES.that_succeeded(),
    check: |step| {
        let Some(native) = step.after.native_strategy() else { return Verdict::NotApplicable };
        let Operation::Slash { operator, .. } = step.call.operation else { return Verdict::NotApplicable };
        let Some(operator) = step.before.operator_index(operator) else { return Verdict::NotApplicable };
        let max = |ledger: &Ledger| ledger.operators[operator].stakes[native].max_magnitude();
        applies_if!(step.succeeded() && max(step.before) != max(step.after));
        let marker = step.after.strategies[native].address;
        for set in &step.after.sets {
            let id = (0u64..).zip(&set.slashes).find(|(_, all)| all.iter().any(|(strategy, _)| *strategy == marker));
            must!(
                id.is_none(),
                "slash {} of {} waits with native ETH",
                id.map_or(0, |(id, _)| id),
                set_name(step, set.id),
            );
        }
        Verdict::Holds
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
    fn red_02() {
        let mut scene = Scene::slash();
        assert_eq!(judge(&KNOWN_IDS, &scene), Verdict::Holds);
        scene.after.sets[0].pending_slashes.push(2);
        assert!(violated(&KNOWN_IDS, &scene));
        assert_eq!(judge(&KNOWN_IDS, &Scene::quiet()), Verdict::NotApplicable);
    }

    #[test]
    fn red_05() {
        let mut scene = Scene::slash();
        assert_eq!(judge(&FROM_SLASHES, &scene), Verdict::Holds);
        scene.after.sets[0].slash_count = 2;
        assert!(violated(&FROM_SLASHES, &scene), "of another slash than this");
        let mut scene = Scene::cleared();
        assert_eq!(judge(&FROM_SLASHES, &scene), Verdict::Holds);
        scene.after.sets[0].slashes[1] = vec![(scene.after.strategies[0].address, U256::MAX)];
        assert!(violated(&FROM_SLASHES, &scene));
        assert_eq!(judge(&FROM_SLASHES, &Scene::quiet()), Verdict::NotApplicable);
    }

    #[test]
    fn red_07() {
        let mut scene = Scene::cleared();
        assert_eq!(judge(&AMOUNT, &scene), Verdict::Holds);
        scene.after.strategies[0].balance -= U256::ONE;
        assert!(violated(&AMOUNT, &scene));
        assert_eq!(judge(&AMOUNT, &Scene::slash()), Verdict::NotApplicable);
        let mut scene = Scene::cleared();
        scene.before.sets[0].recipient = scene.before.strategies[0].address;
        assert!(violated(&AMOUNT, &scene), "what it pays to itself it keeps");
        scene.after.strategies[0].balance = scene.before.strategies[0].balance;
        assert_eq!(judge(&AMOUNT, &scene), Verdict::Holds);
    }

    #[test]
    fn red_12() {
        let mut scene = Scene::slash();
        assert_eq!(judge(&LEGACY, &scene), Verdict::Holds);
        assert_eq!(judge(&LEGACY, &Scene::quiet()), Verdict::NotApplicable);
        scene.after.strategies[0].burnable_shares = U256::from(2);
        assert!(matches!(judge(&LEGACY, &scene), Verdict::Violated(_)));
        scene.before.strategies[0].burnable_shares = U256::from(3);
        scene.call.operation = Operation::RenounceOwnership {};
        assert_eq!(judge(&LEGACY, &scene), Verdict::Holds, "what waited was burned");
    }

    #[test]
    fn red_14() {
        let mut scene = Scene::native_slash();
        assert_eq!(judge(&NO_NATIVE, &scene), Verdict::Holds);
        assert_eq!(judge(&NO_NATIVE, &Scene::slash()), Verdict::NotApplicable, "of a token");
        let marker = scene.after.strategies[0].address;
        scene.after.sets[0].slashes[1].push((marker, U256::ZERO));
        assert!(violated(&NO_NATIVE, &scene));
    }

    #[test]
    fn red_08() {
        let mut scene = Scene::cleared();
        assert_eq!(judge(&NEUTRAL, &scene), Verdict::Holds);
        scene.after.operators[0].stakes[0].shares -= U256::ONE;
        assert!(violated(&NEUTRAL, &scene));
        assert_eq!(judge(&NEUTRAL, &Scene::slash()), Verdict::NotApplicable);
    }

    #[test]
    fn red_10() {
        assert_eq!(judge(&IDEMPOTENT, &Scene::cleared()), Verdict::NotApplicable, "something waits");
        let mut scene = Scene::cleared();
        scene.before = scene.after.clone();
        assert_eq!(judge(&IDEMPOTENT, &scene), Verdict::Holds);
        scene.after.strategies[0].balance -= U256::ONE;
        assert!(violated(&IDEMPOTENT, &scene));
    }

    #[test]
    fn red_11() {
        let mut scene = Scene::cleared();
        assert_eq!(judge(&ISOLATION, &scene), Verdict::NotApplicable, "nothing else waits");
        let other = vec![Vec::new(), vec![(scene.before.strategies[0].address, U256::from(5))]];
        scene.before.sets[1].slashes = other.clone();
        scene.after.sets[1].slashes = other;
        assert_eq!(judge(&ISOLATION, &scene), Verdict::Holds);
        scene.after.sets[1].slashes[1].clear();
        assert!(violated(&ISOLATION, &scene));
    }
}
