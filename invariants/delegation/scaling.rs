//! Deposit shares and their scaling factors.

use alloy_primitives::U256;

use super::shares::gives_back;
use crate::{
    arithmetic::{WAD, WAD_WIDE},
    call::Operation,
    invariants::sentence,
    ledger::Ledger,
    must,
    oracle::{Assumption, Checkpoint, Invariant, Scope, Step, Verdict},
};

pub(super) const UNDELEGATED: Invariant = Invariant {
    id: "DEL-09",
    statement: "Whoever is not delegated can withdraw what it deposited, as long as the beacon chain took nothing.",
    formula: "delegatedTo(a) == 0 implies k(a,t) == WAD and w(a,t) == s(a,t); of native ETH if b(a) == WAD",
    why: "Without an operator there is nothing to make up for. Any other factor gives or takes shares that nobody deposited or \
          slashed.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::STAKERS,
    check: |step| {
        let mut exercised = false;
        for index in step.touched_stakers() {
            let staker = &step.after.stakers[index];
            if staker.is_delegated() {
                continue;
            }
            exercised = true;
            for (strategy, holding) in staker.holdings.iter().enumerate() {
                if step.after.slashing_factor(index, strategy) != WAD {
                    continue;
                }
                must!(
                    holding.factor() == WAD_WIDE,
                    "{} is not delegated, and has the deposit scaling factor {}",
                    sentence::holding(step, index, strategy),
                    holding.stored_factor,
                );
            }
        }
        Verdict::holds_if(exercised)
    },
};

pub(super) const COMPUTED: Invariant = Invariant {
    id: "DEL-11",
    statement: "Whoever has deposit shares has a deposit scaling factor, which is never zero.",
    formula: "s(a,t) > 0 implies raw k(a,t) != 0",
    why: "Storage reads zero as WAD. A factor that is rounded down to zero, or forgotten, makes shares worth what they never were.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::STAKERS,
    check: |step| {
        let mut exercised = false;
        for index in step.touched_stakers() {
            let holdings = step.after.stakers[index].holdings.iter().enumerate();
            for (strategy, holding) in holdings.filter(|(_, holding)| !holding.shares.is_zero()) {
                exercised = true;
                must!(
                    !holding.stored_factor.is_zero(),
                    "{} are {} shares without a deposit scaling factor",
                    sentence::holding(step, index, strategy),
                    holding.shares,
                );
            }
        }
        Verdict::holds_if(exercised)
    },
};

pub(super) const DEPOSIT: Invariant = Invariant {
    id: "DEL-13",
    statement: "A deposit adds its shares to what the staker has, to what it can withdraw and to its operator, but for rounding.",
    formula: "x = T' - T: s' == s + x; op' == op + x; w + x - d <= w' <= w + x with d = 2 * ceil(s' / WAD) + 2",
    why: "Earlier slashes are borne by what was there before. If a new deposit bore them too, nobody would deposit; if it gained, \
          others would pay.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[Assumption::PassiveTokens],
    scope: Scope::DEPOSITS.that_succeeded(),
    check: |step| {
        let operation = step.call.unsigned();
        let Operation::Deposit { strategy, .. } = &*operation else { return Verdict::NotApplicable };
        let at = step.after.staker_index(step.call.beneficiary()).zip(step.after.strategy_index(*strategy));
        let (true, Some((staker, at))) = (step.succeeded(), at) else { return Verdict::NotApplicable };
        let place = || sentence::holding(step, staker, at);
        let minted = step.after.strategies[at].total_shares.checked_sub(step.before.strategies[at].total_shares);
        let (was, is) = (&step.before.stakers[staker].holdings[at], &step.after.stakers[staker].holdings[at]);
        let added = is.shares.checked_sub(was.shares);
        must!(
            added == minted && added.is_some(),
            "of shares, a deposit made {minted}, and {} got {added}",
            place(),
            minted = sentence::said(&minted),
            added = sentence::said(&added)
        );
        let added = added.unwrap_or_default();
        if let Some(operator) = step.after.operator_index(step.after.stakers[staker].delegated_to) {
            let shares = |ledger: &Ledger| ledger.operators[operator].stakes[at].shares;
            must!(
                shares(step.before).checked_add(added) == Some(shares(step.after)),
                "{} deposited {added} shares, and {} had {} and has {}",
                place(),
                sentence::stake(step, operator, at),
                shares(step.before),
                shares(step.after),
            );
        }
        let before = step.before.withdrawable(staker, at).unwrap_or(U256::MAX);
        let after = step.after.withdrawable(staker, at).unwrap_or(U256::MAX);
        let most = before.saturating_add(added);
        let slack = is.shares.div_ceil(WAD_WIDE).saturating_add(U256::ONE).saturating_mul(U256::from(2));
        must!(
            after <= most && after >= most.saturating_sub(slack),
            "{} deposited {added} shares, could withdraw {before} and can withdraw {after}; rounding explains {slack}",
            place(),
        );
        Verdict::Holds
    },
};

pub(super) const DELEGATION: Invariant = Invariant {
    id: "DEL-14",
    statement: "Who delegates brings all of its deposit shares of tokens, and loses none of them to what its operator lost before.",
    formula: "delegateTo, registerAsOperator: op' == op + s for every t; s - ceil(s / WAD) - 2 <= w' <= s",
    why: "An operator's past is no burden of whoever comes later. And what comes has to be there to be slashed.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::DELEGATIONS.that_succeeded(),
    check: |step| {
        let operator = match &*step.call.unsigned() {
            Operation::Delegate { operator } => *operator,
            Operation::RegisterAsOperator { .. } => step.call.actor,
            _ => return Verdict::NotApplicable,
        };
        let at = step.after.staker_index(step.call.actor).zip(step.after.operator_index(operator));
        let (true, Some((staker, operator))) = (step.succeeded(), at) else { return Verdict::NotApplicable };
        let mut exercised = false;
        for (strategy, _) in step.before.token_strategies() {
            let holding = &step.before.stakers[staker].holdings[strategy];
            exercised |= !holding.shares.is_zero();
            let shares = |ledger: &Ledger| ledger.operators[operator].stakes[strategy].shares;
            must!(
                shares(step.before).checked_add(holding.shares) == Some(shares(step.after)),
                "{} brought {} shares, and {} had {} and has {}",
                sentence::holding(step, staker, strategy),
                holding.shares,
                sentence::operator(step, operator),
                shares(step.before),
                shares(step.after),
            );
            let is = step.after.withdrawable(staker, strategy).unwrap_or(U256::MAX);
            let slack = holding.shares.div_ceil(WAD_WIDE).saturating_add(U256::from(2));
            must!(
                is <= holding.shares && is >= holding.shares.saturating_sub(slack),
                "{} brought {} shares and can withdraw {is}; rounding explains {slack}",
                sentence::holding(step, staker, strategy),
                holding.shares,
            );
        }
        Verdict::holds_if(exercised)
    },
};

pub(super) const RESCALED: Invariant = Invariant {
    id: "DEL-15",
    statement: "A deposit scaling factor changes only when shares come: by deposit, from the queue, from the beacon chain, or to a \
                new operator; and when all are gone.",
    formula: "k(a,t) changes only in deposits, completions as shares, reports of a gain, delegateTo, registerAsOperator and \
              redelegate of a, or to WAD with s'(a,t) == 0",
    why: "The factor is what a staker's shares are worth. A change without shares is a slash or a gift that nobody decided.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[Assumption::PassiveTokens],
    scope: Scope::STAKERS,
    check: |step| {
        let mut exercised = false;
        for index in step.touched_stakers() {
            let (was, is) = (&step.before.stakers[index], &step.after.stakers[index]);
            for (strategy, (had, has)) in was.holdings.iter().zip(&is.holdings).enumerate() {
                if had.factor() == has.factor() {
                    continue;
                }
                exercised = true;
                let own = step.call.beneficiary() == is.address;
                let comes = match &*step.call.unsigned() {
                    Operation::Deposit { .. } => own && had.shares < has.shares,
                    Operation::Delegate { .. } | Operation::RegisterAsOperator { .. } => own,
                    Operation::Pods(operation) => {
                        operation.reported_on() == Some(is.address) && had.shares < has.shares
                    }
                    operation => gives_back(operation, is.address) && had.shares < has.shares,
                };
                let gone = has.shares.is_zero() && has.factor() == WAD_WIDE;
                must!(
                    comes || gone,
                    "the deposit scaling factor of {} went from {} to {}, with {} shares that were {}",
                    sentence::holding(step, index, strategy),
                    had.factor(),
                    has.factor(),
                    has.shares,
                    had.shares,
                );
            }
        }
        Verdict::holds_if(exercised)
    },
};

/// The most strategies a staker can have shares of.
const MAX_STRATEGIES: usize = 32;

pub(super) const LISTED: Invariant = Invariant {
    id: "DEL-18",
    statement: "A staker's list has each strategy of which it has shares once, and no other; native ETH is not in it.",
    formula: "no duplicates in stakerStrategyList(a), at most 32 of them; t in the list iff s(a,t) > 0 and t is no native ETH",
    why: "Undelegating goes through the list. Shares that are not in it stay with an operator that the staker left.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::STAKERS,
    check: |step| {
        let mut exercised = false;
        for index in step.touched_stakers() {
            let staker = &step.after.stakers[index];
            let list = &staker.strategies;
            exercised |= !list.is_empty();
            let who = || step.name(staker.address);
            must!(list.len() <= MAX_STRATEGIES, "{} lists {} strategies", who(), list.len());
            for (at, strategy) in list.iter().enumerate() {
                must!(!list[..at].contains(strategy), "{} lists {} twice", who(), step.name(*strategy));
            }
            let native =
                list.iter().find(|at| step.after.strategy_index(**at).is_some_and(|at| step.after.is_native(at)));
            must!(native.is_none(), "{} lists native ETH", who());
            for (index, strategy) in step.after.token_strategies() {
                let holding = &staker.holdings[index];
                let listed = list.contains(&strategy.address);
                must!(
                    listed != holding.shares.is_zero(),
                    "{} {} {}, of which it has {} shares",
                    who(),
                    if listed { "lists" } else { "does not list" },
                    step.name(strategy.address),
                    holding.shares,
                );
            }
        }
        Verdict::holds_if(exercised)
    },
};

pub(super) const ALL_LEAVES: Invariant = Invariant {
    id: "DEL-19",
    statement: "Who leaves an operator leaves with all that it deposited: each strategy is queued once, and nothing stays.",
    formula: "undelegate(a), redelegate by a: s'(a,t) == 0 for every t, and one new withdrawal of each t with s(a,t) > 0",
    why: "The delegation manager takes the staker's shares for what the strategy manager says they are. What it overlooks stays \
          with the operator, and is slashed with it.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::QUEUEING.that_succeeded(),
    check: |step| {
        let staker = match &*step.call.unsigned() {
            Operation::Undelegate { staker } => *staker,
            Operation::Redelegate { .. } => step.call.actor,
            _ => return Verdict::NotApplicable,
        };
        let (true, Some(index)) = (step.succeeded(), step.before.staker_index(staker)) else {
            return Verdict::NotApplicable;
        };
        let mut exercised = false;
        for (strategy, holding) in step.before.stakers[index].holdings.iter().enumerate() {
            if holding.shares.is_zero() {
                continue;
            }
            exercised = true;
            let left = step.after.stakers[index].holdings[strategy].shares;
            let queued = newly_queued(step, staker, step.after.strategies[strategy].address);
            must!(
                left.is_zero() && queued == 1,
                "{} left its operator with {} shares; {left} stayed, and {queued} withdrawals were queued",
                sentence::holding(step, index, strategy),
                holding.shares,
            );
        }
        Verdict::holds_if(exercised)
    },
};

fn newly_queued(step: &Step<'_>, staker: alloy_primitives::Address, strategy: alloy_primitives::Address) -> usize {
    let new = step.after.withdrawals.get(step.before.withdrawals.len()..).unwrap_or_default();
    let items = new.iter().filter(|withdrawal| withdrawal.staker == staker).flat_map(|withdrawal| &withdrawal.items);
    items.filter(|(at, _)| *at == strategy).count()
}

#[cfg(test)]
mod tests {
    use alloy_primitives::Address;

    use super::*;
    use crate::{
        call::PodOperation,
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

    /// Staker A, delegated, deposits `shares` after a slash of a half: its factor makes up for it.
    fn deposited(shares: u64, factor: u64) -> Scene {
        let mut scene = Scene::slash();
        scene.before = scene.after.clone();
        scene.call.actor = scene.before.stakers[0].address;
        let strategy = &scene.before.strategies[0];
        let (strategy, token, amount) = (strategy.address, strategy.token, U256::from(shares));
        scene.call.operation = Operation::Deposit { strategy, token, amount };
        scene.after.strategies[0].total_shares += amount;
        scene.after.operators[0].stakes[0].shares += amount;
        let holding = &mut scene.after.stakers[0].holdings[0];
        (holding.shares, holding.stored_factor) = (holding.shares + amount, U256::from(factor));
        scene
    }

    #[test]
    fn del_09() {
        let mut scene = Scene::slash();
        scene.after.stakers[0].delegated_to = Address::ZERO;
        assert_eq!(judge(&UNDELEGATED, &scene), Verdict::Holds);
        scene.after.stakers[0].holdings[0].stored_factor += U256::ONE;
        assert!(matches!(judge(&UNDELEGATED, &scene), Verdict::Violated(_)));
        let mut native = Scene::native_slash();
        native.after.stakers[0].delegated_to = Address::ZERO;
        native.after.stakers[0].holdings[0].stored_factor += U256::ONE;
        assert_eq!(judge(&UNDELEGATED, &native), Verdict::Holds, "there was a loss to make up for");
        native.after.native.pods[0].stored_slashing_factor = None;
        assert!(matches!(judge(&UNDELEGATED, &native), Verdict::Violated(_)));
        scene.after.stakers.iter_mut().for_each(|staker| staker.delegated_to = staker.address);
        assert_eq!(judge(&UNDELEGATED, &scene), Verdict::NotApplicable);
    }

    #[test]
    fn del_11() {
        holds_until_spoiled(
            &COMPUTED,
            &Scene::slash(),
            &[|scene| scene.after.stakers[0].holdings[0].stored_factor = U256::ZERO],
        );
    }

    #[test]
    fn del_13() {
        // 100000 shares that are worth half and 100000 that are not: 1.5 of 2, at half the magnitude.
        let scene = deposited(100_000, 1_500_000_000_000_000_000);
        holds_until_spoiled(
            &DEPOSIT,
            &scene,
            &[
                |scene| scene.after.stakers[0].holdings[0].shares -= U256::ONE,
                |scene| scene.after.operators[0].stakes[0].shares -= U256::ONE,
                |scene| scene.after.strategies[0].total_shares -= U256::ONE,
                |scene| scene.after.stakers[0].holdings[0].stored_factor = WAD_WIDE,
                |scene| scene.after.stakers[0].holdings[0].stored_factor += WAD_WIDE / U256::from(10_000),
            ],
        );
    }

    #[test]
    fn del_14() {
        let mut scene = Scene::slash();
        scene.before = scene.after.clone();
        let operator = scene.before.operators[0].address;
        scene.before.stakers[0].delegated_to = Address::ZERO;
        scene.call.actor = scene.before.stakers[0].address;
        scene.call.operation = Operation::Delegate { operator };
        scene.after.operators[0].stakes[0].shares += scene.before.stakers[0].holdings[0].shares;
        scene.after.stakers[0].holdings[0].stored_factor = WAD_WIDE * U256::from(2);
        holds_until_spoiled(
            &DELEGATION,
            &scene,
            &[
                |scene| scene.after.operators[0].stakes[0].shares -= U256::ONE,
                |scene| scene.after.stakers[0].holdings[0].stored_factor = WAD_WIDE,
                |scene| scene.after.stakers[0].holdings[0].stored_factor = WAD_WIDE * U256::from(3),
            ],
        );
    }

    #[test]
    fn del_15() {
        let mut scene = deposited(100_000, 1_500_000_000_000_000_000);
        assert_eq!(judge(&RESCALED, &scene), Verdict::Holds);
        assert_eq!(judge(&RESCALED, &Scene::quiet()), Verdict::NotApplicable);
        let owner = scene.after.stakers[0].address;
        scene.call.operation = Operation::Pods(PodOperation::ReportNewValidators { owner, gwei: 1 });
        assert_eq!(judge(&RESCALED, &scene), Verdict::Holds);
        let owner = scene.after.stakers[1].address;
        scene.call.operation = Operation::Pods(PodOperation::ReportNewValidators { owner, gwei: 1 });
        assert!(matches!(judge(&RESCALED, &scene), Verdict::Violated(_)), "what somebody else gains");
        scene.call.operation = Operation::RenounceOwnership {};
        assert!(matches!(judge(&RESCALED, &scene), Verdict::Violated(_)));
        scene.after.stakers[0].holdings[0].shares = U256::ZERO;
        assert!(matches!(judge(&RESCALED, &scene), Verdict::Violated(_)));
        scene.before.stakers[0].holdings[0].stored_factor = U256::from(7);
        scene.after.stakers[0].holdings[0].stored_factor = U256::ZERO;
        assert_eq!(judge(&RESCALED, &scene), Verdict::Holds, "all is gone");
    }

    #[test]
    fn del_18() {
        holds_until_spoiled(
            &LISTED,
            &Scene::slash(),
            &[
                |scene| scene.after.stakers[0].strategies.clear(),
                |scene| {
                    let strategy = scene.after.strategies[0].address;
                    scene.after.stakers[0].strategies.push(strategy);
                },
                |scene| {
                    let strategy = scene.after.strategies[0].address;
                    scene.after.stakers[1].strategies.push(strategy);
                },
                |scene| {
                    let native = scene.after.strategies[1].address;
                    scene.after.stakers[0].strategies.push(native);
                },
                |scene| {
                    let others = (0..32).map(Address::repeat_byte);
                    scene.after.stakers[0].strategies.extend(others);
                },
            ],
        );
    }

    #[test]
    fn del_19() {
        let mut scene = Scene::queued();
        let staker = scene.before.stakers[0].address;
        scene.call.operation = Operation::Undelegate { staker };
        scene.after.stakers[0].holdings[0].shares = U256::ZERO;
        holds_until_spoiled(
            &ALL_LEAVES,
            &scene,
            &[|scene| scene.after.stakers[0].holdings[0].shares = U256::ONE, |scene| scene.after.withdrawals.clear()],
        );
    }
}
