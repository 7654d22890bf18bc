//! The shares of operators, and what they stand for.

use alloy_primitives::{Address, U256};

use super::concerns;
use crate::{
    applies_if,
    call::{Operation, Receive},
    invariants::sentence,
    must,
    oracle::{Assumption, Checkpoint, Invariant, Scope, Step, Verdict},
};

pub(super) const NOT_INFLATED: Invariant = Invariant {
    id: "DEL-06",
    statement: "An operator has no more shares than its stakers can withdraw, but for the rounding of what happened to them.",
    formula: "op(o,t) - sum of w(a,t) of its stakers <= G, with G += 2 * ceil(s / WAD) + 2 for each deposit scaling factor computed, \
              += 2 for each entry queued, += 1 + stakers for each slash; of native ETH also what the second factor rounds",
    why: "Shares beyond that are counted as stake by AVSs and rewards, and belong to nobody.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::OPERATORS.or(Scope::STAKERS),
    check: |step| {
        let mut exercised = false;
        for operator in (0..step.after.operators.len()).filter(|operator| concerns(step, *operator)) {
            let of = &step.after.operators[operator];
            for (strategy, stake) in of.stakes.iter().enumerate().filter(|(_, stake)| !stake.shares.is_zero()) {
                let Some(history) = step.ghosts.stakes.get(operator).map(|of| &of[strategy]) else { continue };
                exercised = true;
                let own = step.after.stakers.iter().enumerate().filter(|(_, s)| s.delegated_to == of.address);
                let held = own.filter(|(_, staker)| !staker.holdings[strategy].shares.is_zero());
                let owed = held
                    .map(|(staker, _)| step.after.withdrawable(staker, strategy).unwrap_or(U256::MAX))
                    .fold(U256::ZERO, U256::saturating_add);
                let most = owed.saturating_add(history.dust);
                must!(
                    stake.shares <= most,
                    "{} has {} shares, its stakers can withdraw {owed}, and rounding explains {}",
                    sentence::stake(step, operator, strategy),
                    stake.shares,
                    history.dust,
                );
            }
        }
        Verdict::holds_if(exercised)
    },
};

pub(super) const NOTHING_LEFT: Invariant = Invariant {
    id: "DEL-08",
    statement: "An operator that was slashed entirely has no shares.",
    formula: "m(o,t) == 0 implies op(o,t) == 0, and so w(a,t) == 0 for its stakers",
    why: "Its stakers can withdraw nothing. Shares that it has all the same stand for funds that were slashed.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::OPERATORS,
    check: |step| {
        let mut exercised = false;
        for operator in step.touched_operators() {
            for (strategy, stake) in step.after.operators[operator].stakes.iter().enumerate() {
                if stake.max_magnitude() != 0 {
                    continue;
                }
                exercised = true;
                must!(
                    stake.shares.is_zero(),
                    "nothing is left of {}, and it has {} shares",
                    sentence::stake(step, operator, strategy),
                    stake.shares,
                );
            }
        }
        Verdict::holds_if(exercised)
    },
};

/// Whether a call gives back withdrawals of `staker` as shares.
pub(super) fn gives_back(operation: &Operation, staker: Address) -> bool {
    let completions = match operation {
        Operation::CompleteWithdrawal { completion } => std::slice::from_ref(completion),
        Operation::CompleteWithdrawals { completions } => completions,
        _ => &[],
    };
    completions.iter().any(|completion| completion.staker == staker && completion.receive == Receive::Shares)
}

pub(super) const MOVED: Invariant = Invariant {
    id: "DEL-16",
    statement: "An operator's shares rise by what its stakers bring, and fall by what they take out and by slashes.",
    formula: "op(o,t) rises only in deposits, completions as shares, balance reports and delegations of its stakers; falls only in \
              queueWithdrawals, undelegate and redelegate of its stakers, in balance reports of them and in slashOperator(o)",
    why: "Operators' shares are what AVSs and rewards count by. Nothing but stake may move them.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[Assumption::PassiveTokens, Assumption::PassiveRegistrars],
    scope: Scope::OPERATORS,
    check: |step| {
        let mut exercised = false;
        for operator in step.touched_operators() {
            let (was, is) = (&step.before.operators[operator], &step.after.operators[operator]);
            for (strategy, (before, after)) in was.stakes.iter().zip(&is.stakes).enumerate() {
                if before.shares == after.shares {
                    continue;
                }
                exercised = true;
                let allowed =
                    if before.shares < after.shares { brings(step, is.address) } else { takes(step, is.address) };
                must!(
                    allowed,
                    "{} had {} shares and has {}, by a call that has no say in it",
                    sentence::stake(step, operator, strategy),
                    before.shares,
                    after.shares,
                );
            }
        }
        Verdict::holds_if(exercised)
    },
};

fn is_with(step: &Step<'_>, staker: Address, operator: Address) -> bool {
    step.before.staker(staker).is_some_and(|staker| staker.delegated_to == operator)
}

fn brings(step: &Step<'_>, operator: Address) -> bool {
    let caller = step.call.beneficiary();
    match &*step.call.unsigned() {
        Operation::Deposit { .. } => is_with(step, caller, operator),
        Operation::CompleteWithdrawal { .. } | Operation::CompleteWithdrawals { .. } => {
            let mut own = step.before.stakers.iter().filter(|staker| staker.delegated_to == operator);
            own.any(|staker| gives_back(&step.call.operation, staker.address))
        }
        Operation::Delegate { operator: to } | Operation::Redelegate { operator: to } => *to == operator,
        Operation::RegisterAsOperator { .. } => caller == operator,
        Operation::Pods(operation) => operation.reported_on().is_some_and(|owner| is_with(step, owner, operator)),
        _ => false,
    }
}

fn takes(step: &Step<'_>, operator: Address) -> bool {
    match &*step.call.unsigned() {
        Operation::QueueWithdrawals { .. } | Operation::Redelegate { .. } => is_with(step, step.call.actor, operator),
        Operation::Undelegate { staker } => is_with(step, *staker, operator),
        Operation::Pods(operation) => operation.reported_on().is_some_and(|owner| is_with(step, owner, operator)),
        operation => step.before.slashes_of(operation).iter().any(|slash| slash.operator == operator),
    }
}

pub(super) const OF_OPERATORS: Invariant = Invariant {
    id: "DEL-20",
    statement: "Whoever is no operator has no operator shares.",
    formula: "!isOperator(x) implies op(x,t) == 0",
    why: "It could become an operator at any time, with stake that nobody delegated to it.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::OPERATORS.or(Scope::STAKERS),
    check: |step| {
        let mut exercised = false;
        for operator in (0..step.after.operators.len()).filter(|operator| concerns(step, *operator)) {
            let of = &step.after.operators[operator];
            if step.after.stakers.get(of.staker).is_none_or(crate::ledger::Staker::is_operator) {
                continue;
            }
            exercised = true;
            for (strategy, stake) in of.stakes.iter().enumerate() {
                must!(
                    stake.shares.is_zero(),
                    "{} has {} shares, and is no operator",
                    sentence::stake(step, operator, strategy),
                    stake.shares,
                );
            }
        }
        Verdict::holds_if(exercised)
    },
};

pub(super) const REFUSED: Invariant = Invariant {
    id: "DEL-21",
    statement: "Nothing can be given to an operator that was slashed entirely, nor native ETH to whom the beacon chain left nothing.",
    formula: "f(a,t) == 0 implies that no call raises s(a,t); m(o,t) == 0 that nobody with s(a,t) > 0 delegates to o",
    why: "What is given to it is worth nothing at once: a deposit would be a gift to whoever slashed before.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::STAKERS,
    check: |step| {
        applies_if!(step.touched.any_staker());
        let mut exercised = false;
        for index in step.touched_stakers() {
            let (was, is) = (&step.before.stakers[index], &step.after.stakers[index]);
            let operator = step.after.operator(is.delegated_to);
            for (strategy, (had, has)) in was.holdings.iter().zip(&is.holdings).enumerate() {
                let given = has.shares > had.shares;
                let brought = was.delegated_to != is.delegated_to && !has.shares.is_zero();
                let none_left = operator.is_some_and(|operator| operator.stakes[strategy].max_magnitude() == 0);
                exercised |= operator.is_some() && (given || brought);
                must!(
                    !(brought && none_left || given && step.after.slashing_factor(index, strategy) == 0),
                    "{} got shares, or gave them to {}, and nothing is left of them",
                    sentence::holding(step, index, strategy),
                    step.name(is.delegated_to),
                );
            }
        }
        Verdict::holds_if(exercised)
    },
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        call::PodOperation,
        invariants::fixture::{Scene, judge},
    };

    #[test]
    fn del_06() {
        let mut scene = Scene::slash();
        assert_eq!(judge(&NOT_INFLATED, &scene), Verdict::Holds);
        scene.after.operators[0].stakes[0].shares += U256::from(3);
        assert!(matches!(judge(&NOT_INFLATED, &scene), Verdict::Violated(_)));
        scene.ghosts.stakes[0][0].dust = U256::from(3);
        assert_eq!(judge(&NOT_INFLATED, &scene), Verdict::Holds);
        assert_eq!(judge(&NOT_INFLATED, &Scene::quiet()), Verdict::NotApplicable);
    }

    #[test]
    fn del_08() {
        let mut scene = Scene::slash();
        assert_eq!(judge(&NOTHING_LEFT, &scene), Verdict::NotApplicable);
        scene.after.operators[0].stakes[0].max_magnitudes.entries[0].1 = U256::ZERO;
        assert!(matches!(judge(&NOTHING_LEFT, &scene), Verdict::Violated(_)));
        scene.after.operators[0].stakes[0].shares = U256::ZERO;
        assert_eq!(judge(&NOTHING_LEFT, &scene), Verdict::Holds);
    }

    #[test]
    fn del_16() {
        let mut scene = Scene::slash();
        assert_eq!(judge(&MOVED, &scene), Verdict::Holds);
        assert_eq!(judge(&MOVED, &Scene::quiet()), Verdict::NotApplicable);
        // The same movement the other way round, or by a call about something else.
        std::mem::swap(&mut scene.before, &mut scene.after);
        assert!(matches!(judge(&MOVED, &scene), Verdict::Violated(_)));
        let mut scene = Scene::slash();
        scene.call.operation = Operation::RenounceOwnership {};
        assert!(matches!(judge(&MOVED, &scene), Verdict::Violated(_)));
        let owner = scene.after.stakers[0].address;
        scene.call.operation = Operation::Pods(PodOperation::ReportNewValidators { owner, gwei: 1 });
        assert_eq!(judge(&MOVED, &scene), Verdict::Holds);
        let owner = scene.after.stakers[1].address;
        scene.call.operation = Operation::Pods(PodOperation::ReportNewValidators { owner, gwei: 1 });
        assert!(matches!(judge(&MOVED, &scene), Verdict::Violated(_)), "it is not with this operator");
        // Whoever leaves takes shares from its own operator.
        let mut scene = Scene::queued();
        let staker = scene.before.stakers[0].address;
        scene.call.operation = Operation::Undelegate { staker };
        assert_eq!(judge(&MOVED, &scene), Verdict::Holds);
        let staker = scene.before.stakers[1].address;
        scene.call.operation = Operation::Undelegate { staker };
        assert!(matches!(judge(&MOVED, &scene), Verdict::Violated(_)));
    }

    #[test]
    fn del_20() {
        let mut scene = Scene::quiet();
        assert_eq!(judge(&OF_OPERATORS, &scene), Verdict::NotApplicable);
        scene.after.stakers[2].delegated_to = Address::ZERO;
        assert_eq!(judge(&OF_OPERATORS, &scene), Verdict::Holds);
        scene.after.operators[0].stakes[0].shares = U256::ONE;
        assert!(matches!(judge(&OF_OPERATORS, &scene), Verdict::Violated(_)));
    }

    #[test]
    fn del_21() {
        let mut scene = Scene::slash();
        assert_eq!(judge(&REFUSED, &scene), Verdict::NotApplicable);
        scene.after.stakers[0].holdings[0].shares += U256::ONE;
        assert_eq!(judge(&REFUSED, &scene), Verdict::Holds);
        scene.after.operators[0].stakes[0].max_magnitudes.entries[0].1 = U256::ZERO;
        assert!(matches!(judge(&REFUSED, &scene), Verdict::Violated(_)));
        scene.after.stakers[0].holdings[0].shares -= U256::ONE;
        assert_eq!(judge(&REFUSED, &scene), Verdict::NotApplicable);
        scene.before.stakers[0].delegated_to = Address::ZERO;
        assert!(matches!(judge(&REFUSED, &scene), Verdict::Violated(_)), "it came with shares");
        let mut native = Scene::native_slash();
        native.after.stakers[0].delegated_to = Address::ZERO;
        native.after.stakers[0].holdings[0].shares += U256::ONE;
        assert_eq!(judge(&REFUSED, &native), Verdict::NotApplicable, "half is left");
        native.after.native.pods[0].stored_slashing_factor = Some(0);
        assert!(matches!(judge(&REFUSED, &native), Verdict::Violated(_)), "nothing is left, with or without operator");
    }
}
