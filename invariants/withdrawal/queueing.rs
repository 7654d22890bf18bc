//! Entering the queue: what a withdrawal says of itself, and what leaves the staker for it.

use alloy_primitives::{B256, U256, keccak256};

use crate::{
    applies_if,
    arithmetic::{WAD_WIDE, mul_wad_down},
    call::Operation,
    invariants::sentence,
    ledger::{Ledger, Withdrawal},
    must,
    oracle::{Checkpoint, Invariant, Scope, Step, Verdict},
};

/// The withdrawals that a step put into the queue.
fn new<'a>(step: &Step<'a>) -> &'a [Withdrawal] {
    step.after.withdrawals.get(step.before.withdrawals.len()..).unwrap_or_default()
}

/// The hash of a withdrawal: of its ABI encoding as a struct with two arrays.
fn root_of(withdrawal: &Withdrawal) -> B256 {
    let count = withdrawal.items.len();
    let mut words = Vec::with_capacity(10 + 2 * count);
    words.push(U256::from(32));
    for address in [withdrawal.staker, withdrawal.delegated_to, withdrawal.withdrawer] {
        words.push(U256::from_be_bytes(address.into_word().0));
    }
    words.extend([withdrawal.nonce, withdrawal.start_block].map(U256::from));
    // Where the arrays begin, from the beginning of the struct.
    words.extend([7 * 32, (8 + count) * 32].map(U256::from));
    words.push(U256::from(count));
    words.extend(withdrawal.items.iter().map(|(strategy, _)| U256::from_be_bytes(strategy.into_word().0)));
    words.push(U256::from(count));
    words.extend(withdrawal.items.iter().map(|(_, scaled)| *scaled));
    let bytes: Vec<u8> = words.iter().flat_map(U256::to_be_bytes::<32>).collect();
    keccak256(bytes)
}

pub(super) const ROOT: Invariant = Invariant {
    id: "WDR-02",
    statement: "A withdrawal is known by the hash of all that it says.",
    formula: "keccak256(abi.encode(queuedWithdrawals[r])) == r",
    why: "Who completes a withdrawal shows its content, and the hash is all that is checked. What is not in the hash can be \
          made up.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::STAKERS.or(Scope::REST).or(Scope::QUEUEING),
    check: |step| {
        for withdrawal in new(step) {
            let root = root_of(withdrawal);
            must!(
                root == withdrawal.root,
                "withdrawal {} of {} is queued as {}, and its hash is {root}",
                withdrawal.nonce,
                step.name(withdrawal.staker),
                withdrawal.root,
            );
        }
        Verdict::holds_if(!new(step).is_empty())
    },
};

pub(super) const NONCE: Invariant = Invariant {
    id: "WDR-03",
    statement: "A staker's withdrawals are numbered one by one.",
    formula: "cumulativeWithdrawalsQueued(a)' == cumulativeWithdrawalsQueued(a) + new withdrawals of a, whose nonces are the \
              numbers between",
    why: "Two withdrawals with the same number and content have the same hash: one of them is lost.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::STAKERS,
    check: |step| {
        applies_if!(step.touched.any_staker());
        let mut exercised = false;
        for index in step.touched_stakers() {
            let (was, is) = (&step.before.stakers[index], &step.after.stakers[index]);
            let own = || new(step).iter().filter(|withdrawal| withdrawal.staker == is.address);
            let count = own().count() as u64;
            exercised |= count > 0;
            let numbered = own().all(|withdrawal| {
                let again = own().filter(|other| other.nonce == withdrawal.nonce).count();
                (was.withdrawals_queued..is.withdrawals_queued).contains(&withdrawal.nonce) && again == 1
            });
            must!(
                numbered && is.withdrawals_queued == was.withdrawals_queued + count,
                "{} queued {count} withdrawals, and counts {} after {}",
                step.name(is.address),
                is.withdrawals_queued,
                was.withdrawals_queued,
            );
        }
        Verdict::holds_if(exercised)
    },
};

pub(super) const CONTENT: Invariant = Invariant {
    id: "WDR-04",
    statement: "A withdrawal is its staker's own, begins in the block of queueing, and names the operator of that moment.",
    formula: "withdrawer == staker; startBlock == N; delegatedTo == delegatedTo(staker) before the call; strategies non-empty",
    why: "The start decides how long it can be slashed, the operator by whose slashes, the withdrawer who is paid.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::STAKERS.or(Scope::REST).or(Scope::QUEUEING),
    check: |step| {
        for withdrawal in new(step) {
            let operator = step.before.staker(withdrawal.staker).map(|staker| staker.delegated_to);
            must!(
                withdrawal.withdrawer == withdrawal.staker
                    && withdrawal.start_block == step.before.block
                    && operator == Some(withdrawal.delegated_to)
                    && !withdrawal.items.is_empty(),
                "withdrawal {} of {}, queued in block {}, is for {}, from block {}, with {} and {} strategies",
                withdrawal.nonce,
                step.name(withdrawal.staker),
                step.before.block,
                step.name(withdrawal.withdrawer),
                withdrawal.start_block,
                step.name(withdrawal.delegated_to),
                withdrawal.items.len(),
            );
        }
        Verdict::holds_if(!new(step).is_empty())
    },
};

/// The deposit shares that each item of a withdrawal was asked to take: by item, in order of nonce.
fn asked(step: &Step<'_>) -> Option<Vec<Vec<U256>>> {
    match &*step.call.unsigned() {
        Operation::QueueWithdrawals { withdrawals } => Some(step.before.withdrawn_shares(step.call.actor, withdrawals)),
        Operation::Undelegate { staker } => Some(everything(step.before, *staker)),
        Operation::Redelegate { .. } => Some(everything(step.before, step.call.actor)),
        _ => None,
    }
}

fn everything(ledger: &Ledger, staker: alloy_primitives::Address) -> Vec<Vec<U256>> {
    let Some(staker) = ledger.staker(staker) else { return Vec::new() };
    let of = |strategy: &alloy_primitives::Address| {
        ledger.strategy_index(*strategy).map_or(U256::ZERO, |index| staker.holdings[index].shares)
    };
    // Native ETH is in no list, and comes last.
    let native = ledger.native_strategy().map(|native| staker.holdings[native].shares).filter(|it| !it.is_zero());
    staker.strategies.iter().map(of).chain(native).map(|shares| vec![shares]).collect()
}

pub(super) const EXACTLY: Invariant = Invariant {
    id: "WDR-11",
    statement: "What is queued is what leaves: scaled for the queue, slashed for the operator, each rounded down.",
    formula: "for x deposit shares with factor k and maximum magnitude m: scaledShares == floor(x * k / WAD), and \
              operatorShares falls by the sum of floor(scaledShares * m / WAD)",
    why: "Scaled once too often, a withdrawal is slashed for what happened before; once too seldom, it escapes its slash.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::STAKERS.or(Scope::REST).or(Scope::QUEUEING).that_succeeded(),
    check: |step| {
        applies_if!(step.succeeded() && !new(step).is_empty());
        let Some(asked) = asked(step) else { return Verdict::NotApplicable };
        let ledger = step.before;
        let mut left = vec![U256::ZERO; ledger.strategies.len()];
        for (withdrawal, shares) in new(step).iter().zip(&asked) {
            let Some(staker) = ledger.staker_index(withdrawal.staker) else { return Verdict::NotApplicable };
            for ((strategy, scaled), shares) in withdrawal.items.iter().zip(shares) {
                let Some(index) = ledger.strategy_index(*strategy) else { continue };
                let due = mul_wad_down(*shares, ledger.stakers[staker].holdings[index].factor());
                must!(
                    due == Some(*scaled),
                    "{shares} shares of {} in {} are queued as {scaled}, and {due} is due",
                    step.name(withdrawal.staker),
                    step.name(*strategy),
                    due = sentence::said(&due)
                );
                let factor = U256::from(ledger.slashing_factor(staker, index));
                left[index] = left[index].saturating_add(mul_wad_down(*scaled, factor).unwrap_or_default());
            }
        }
        operator_gave(step, new(step)[0].delegated_to, &left)
    },
};

/// The operator's shares fell by what left it.
fn operator_gave(step: &Step<'_>, operator: alloy_primitives::Address, left: &[U256]) -> Verdict {
    let (Some(was), Some(is)) = (step.before.operator(operator), step.after.operator(operator)) else {
        return Verdict::Holds;
    };
    for (index, left) in left.iter().enumerate() {
        let (had, has) = (was.stakes[index].shares, is.stakes[index].shares);
        must!(
            had.checked_sub(*left) == Some(has),
            "{} had {had} shares of {}, {left} left, and it has {has}",
            step.name(operator),
            step.name(step.after.strategies[index].address),
        );
    }
    Verdict::Holds
}

pub(super) const STILL_PENDING: Invariant = Invariant {
    id: "WDR-14",
    statement: "A withdrawal that can be slashed is still in the queue.",
    formula: "startBlock + M >= N implies pendingWithdrawals[r]",
    why: "What a slash takes from the queue must still be there. Out of the queue, it is taken from somebody else.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::STAKERS,
    check: |step| {
        applies_if!(step.touched.any_staker());
        let mut exercised = false;
        for withdrawal in &step.after.withdrawals {
            if step.after.slashable_until(withdrawal) < step.after.block {
                continue;
            }
            exercised = true;
            must!(
                withdrawal.pending,
                "withdrawal {} of {} left the queue, and can be slashed until block {}",
                withdrawal.nonce,
                step.name(withdrawal.staker),
                step.after.slashable_until(withdrawal),
            );
        }
        Verdict::holds_if(exercised)
    },
};

pub(super) const NO_GAIN: Invariant = Invariant {
    id: "WDR-15",
    statement: "Moving shares into the queue gains nothing, and loses but the dust of rounding.",
    formula: "queueWithdrawals: with R the sum of receivable shares of the n new items, \
              w - 2 * (n + 1) <= w' + R <= w, for each strategy",
    why: "Queueing is free. If it gained a share, it would be done again and again.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::QUEUEING.that_succeeded(),
    check: |step| {
        applies_if!(matches!(step.call.operation, Operation::QueueWithdrawals { .. }) && step.succeeded());
        let Some(staker) = step.after.staker_index(step.call.actor) else { return Verdict::NotApplicable };
        let mut exercised = false;
        for (index, strategy) in step.after.strategies.iter().enumerate() {
            let (mut sum, mut items) = (U256::ZERO, 0u64);
            for withdrawal in new(step) {
                for (item, _) in withdrawal.items.iter().enumerate().filter(|(_, (at, _))| *at == strategy.address) {
                    sum = sum.saturating_add(step.after.receivable(withdrawal, item).unwrap_or_default());
                    items += 1;
                }
            }
            if items == 0 {
                continue;
            }
            exercised = true;
            let worth = |ledger: &Ledger| ledger.withdrawable(staker, index).unwrap_or_default();
            let (was, is) = (worth(step.before), worth(step.after).saturating_add(sum));
            must!(
                is <= was && was <= is.saturating_add(U256::from(2 * (items + 1))),
                "{} had {was} shares of {} to withdraw, and with those in the queue has {is}",
                step.name(step.call.actor),
                step.name(strategy.address),
            );
        }
        Verdict::holds_if(exercised)
    },
};

pub(super) const UNDELEGATION: Invariant = Invariant {
    id: "WDR-18",
    statement: "Whoever ends a delegation, all that the staker has goes into its own queue, strategy by strategy.",
    formula: "undelegate(a): for each strategy with s > 0 one withdrawal of a with one item of floor(s * k / WAD); s' == 0 \
              everywhere, delegatedTo(a)' == 0",
    why: "An operator that throws a staker out must not do it more harm than the staker would by leaving.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::QUEUEING.that_succeeded(),
    check: |step| {
        let Operation::Undelegate { staker } = step.call.operation else { return Verdict::NotApplicable };
        applies_if!(step.succeeded());
        let (Some(was), Some(is)) = (step.before.staker(staker), step.after.staker(staker)) else {
            return Verdict::NotApplicable;
        };
        let free = is.holdings.iter().all(|holding| holding.shares.is_zero()) && !is.is_delegated();
        must!(free, "{} is undelegated, and has shares or an operator left", step.name(staker));
        let mut held = 0;
        for (holding, strategy) in was.holdings.iter().zip(&step.before.strategies) {
            if holding.shares.is_zero() {
                continue;
            }
            held += 1;
            let due = mul_wad_down(holding.shares, holding.factor()).unwrap_or(WAD_WIDE);
            let queued = new(step)
                .iter()
                .filter(|withdrawal| withdrawal.staker == staker && withdrawal.items == [(strategy.address, due)]);
            must!(
                queued.count() == 1,
                "of {}, the {} shares of {} are not in the queue by themselves",
                step.name(staker),
                holding.shares,
                step.name(strategy.address),
            );
        }
        must!(new(step).len() == held, "of {}, more is in the queue than it had", step.name(staker));
        Verdict::Holds
    },
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        call::{Quantity, WithdrawalItem},
        invariants::fixture::{Scene, judge},
    };

    fn violated(invariant: &Invariant, scene: &Scene) -> bool {
        matches!(judge(invariant, scene), Verdict::Violated(_))
    }

    /// A tenth is queued by the call of the scene.
    fn queued() -> Scene {
        let mut scene = Scene::queued();
        let block = scene.before.block;
        let withdrawal = &mut scene.after.withdrawals[0];
        withdrawal.start_block = block;
        withdrawal.root = root_of(withdrawal);
        scene.call.actor = withdrawal.staker;
        let (strategy, shares) = withdrawal.items[0];
        let items = vec![WithdrawalItem { strategy, shares: Quantity::Exactly(shares) }];
        scene.call.operation = Operation::QueueWithdrawals { withdrawals: vec![items] };
        scene
    }

    #[test]
    fn wdr_02() {
        let mut scene = queued();
        assert_eq!(judge(&ROOT, &scene), Verdict::Holds);
        scene.after.withdrawals[0].nonce = 1;
        assert!(violated(&ROOT, &scene));
        assert_eq!(judge(&ROOT, &Scene::quiet()), Verdict::NotApplicable);
    }

    #[test]
    fn wdr_03() {
        let mut scene = queued();
        assert_eq!(judge(&NONCE, &scene), Verdict::Holds);
        scene.after.stakers[0].withdrawals_queued = 2;
        assert!(violated(&NONCE, &scene));
        scene.after.stakers[0].withdrawals_queued = 1;
        scene.after.withdrawals[0].nonce = 1;
        assert!(violated(&NONCE, &scene));
        assert_eq!(judge(&NONCE, &Scene::quiet()), Verdict::NotApplicable);
    }

    #[test]
    fn wdr_04() {
        assert_eq!(judge(&CONTENT, &queued()), Verdict::Holds);
        assert_eq!(judge(&CONTENT, &Scene::quiet()), Verdict::NotApplicable);
        for spoil in [
            (|withdrawal: &mut Withdrawal| withdrawal.start_block += 1) as fn(&mut Withdrawal),
            |withdrawal| withdrawal.withdrawer = withdrawal.delegated_to,
            |withdrawal| withdrawal.delegated_to = withdrawal.staker,
            |withdrawal| withdrawal.items.clear(),
        ] {
            let mut scene = queued();
            spoil(&mut scene.after.withdrawals[0]);
            assert!(violated(&CONTENT, &scene));
        }
    }

    #[test]
    fn wdr_11() {
        let mut scene = queued();
        assert_eq!(judge(&EXACTLY, &scene), Verdict::Holds);
        scene.after.operators[0].stakes[0].shares += U256::ONE;
        assert!(violated(&EXACTLY, &scene), "the operator keeps one");
        let mut scene = queued();
        scene.after.withdrawals[0].items[0].1 -= U256::ONE;
        assert!(violated(&EXACTLY, &scene), "one is not queued");
        assert_eq!(judge(&EXACTLY, &Scene::quiet()), Verdict::NotApplicable);
    }

    #[test]
    fn wdr_14() {
        let mut scene = queued();
        assert_eq!(judge(&STILL_PENDING, &scene), Verdict::Holds);
        scene.after.withdrawals[0].pending = false;
        assert!(violated(&STILL_PENDING, &scene));
        scene.after.block += 41;
        assert_eq!(judge(&STILL_PENDING, &scene), Verdict::NotApplicable);
    }

    #[test]
    fn wdr_15() {
        let mut scene = queued();
        assert_eq!(judge(&NO_GAIN, &scene), Verdict::Holds);
        scene.after.stakers[0].holdings[0].shares += U256::ONE;
        assert!(violated(&NO_GAIN, &scene), "one more");
        scene.after.stakers[0].holdings[0].shares -= U256::from(6);
        assert!(violated(&NO_GAIN, &scene), "five fewer");
        assert_eq!(judge(&NO_GAIN, &Scene::quiet()), Verdict::NotApplicable);
    }

    #[test]
    fn wdr_18() {
        let mut scene = queued();
        let staker = scene.before.stakers[0].address;
        scene.call.operation = Operation::Undelegate { staker };
        assert!(violated(&UNDELEGATION, &scene), "most is left");
        scene.after.stakers[0].holdings[0].shares = U256::ZERO;
        scene.after.stakers[0].delegated_to = alloy_primitives::Address::ZERO;
        assert!(violated(&UNDELEGATION, &scene), "most is lost");
        scene.after.withdrawals[0].items[0].1 = scene.before.stakers[0].holdings[0].shares;
        assert_eq!(judge(&UNDELEGATION, &scene), Verdict::Holds);
        assert_eq!(judge(&UNDELEGATION, &Scene::quiet()), Verdict::NotApplicable);
    }
}
