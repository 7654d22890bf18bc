//! The way out: what holds while everybody leaves and once they have left. The invariants belong to the families of
//! withdrawals, tokens, redistribution and rewards; what they share is here.

use alloy_primitives::{Address, U256};

use crate::{
    applies_if,
    call::{Operation, SetId},
    exit::last_root,
    ghost::StrategyHistory,
    ledger::{Ledger, Withdrawal},
    must,
    oracle::{Assumption, Checkpoint, Invariant, Scope, Step, Verdict},
};

/// Whether shares of a strategy can be turned into tokens for somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Payable {
    /// They can.
    Yes,
    /// The token does not move, or is not there.
    Refused,
    /// There are fewer shares than are owed, as rounding explains: the known deviation of WDR-16 and RED-09.
    Rounded,
}

fn payable(ledger: &Ledger, history: &[StrategyHistory], strategy: Address, shares: U256, to: Address) -> Payable {
    let Some(index) = ledger.strategy_index(strategy) else { return Payable::Refused };
    let lacking = lacking(ledger, strategy, shares);
    if !lacking.is_zero() && lacking <= U256::from(history[index].queued_inexactly) {
        Payable::Rounded
    } else if !ledger.pays(strategy, shares, to) {
        Payable::Refused
    } else {
        Payable::Yes
    }
}

/// By how much `shares` are more than a strategy has.
pub(super) fn lacking(ledger: &Ledger, strategy: Address, shares: U256) -> U256 {
    // Native ETH is nowhere counted in total.
    let token = ledger.token_strategies().find(|(_, token)| token.address == strategy);
    token.map_or(U256::ZERO, |(_, token)| shares.saturating_sub(token.total_shares))
}

/// Whether a withdrawal can be completed as tokens: each of its strategies pays, and so does the pod.
fn completable(ledger: &Ledger, history: &[StrategyHistory], withdrawal: &Withdrawal) -> Payable {
    if !ledger.is_covered(withdrawal) {
        return Payable::Refused;
    }
    let mut due: Vec<(Address, U256)> = Vec::new();
    for (index, (strategy, _)) in withdrawal.items.iter().enumerate() {
        if ledger.strategy_index(*strategy).is_some_and(|at| ledger.is_native(at)) {
            continue;
        }
        let shares = ledger.receivable(withdrawal, index).unwrap_or(U256::MAX);
        match due.iter_mut().find(|(at, _)| at == strategy) {
            Some((_, sum)) => *sum = sum.saturating_add(shares),
            None => due.push((*strategy, shares)),
        }
    }
    let each = due.iter().map(|(strategy, shares)| payable(ledger, history, *strategy, *shares, withdrawal.staker));
    each.into_iter().find(|answer| *answer != Payable::Yes).unwrap_or(Payable::Yes)
}

pub(super) const COMPLETES: Invariant = Invariant {
    id: "WDR-16",
    statement: "When everybody leaves, every withdrawal is paid.",
    formula: "startBlock + M < block, nothing paused, the tokens move, the pod has the ETH, and no strategy has fewer shares than \
              are owed by more than its inexact queue entries: completeQueuedWithdrawal as tokens succeeds",
    why: "A withdrawal that waits for ever is a loss with another name.",
    checkpoint: Checkpoint::Exit,
    assumes: &[Assumption::PassiveTokens],
    scope: Scope::EVERYTHING,
    check: |step| {
        let Operation::CompleteWithdrawal { completion } = &step.call.operation else { return Verdict::NotApplicable };
        applies_if!(step.left().is_none());
        let Some(request) = step.before.completion_request(completion) else { return Verdict::NotApplicable };
        applies_if!(completable(step.before, &step.ghosts.strategies, request.withdrawal) == Payable::Yes);
        must!(
            step.succeeded(),
            "everybody leaves, and withdrawal {} of {} cannot be completed",
            request.withdrawal.nonce,
            step.name(completion.staker),
        );
        Verdict::Holds
    },
};

/// The switch that stops withdrawals from being queued. `docs/protocol.md` section 10.3.
const QUEUEING_SWITCH: usize = 1;

pub(super) const UNDELEGATES: Invariant = Invariant {
    id: "WDR-17",
    statement: "Whoever is delegated can end it.",
    formula: "delegatedTo(a) != 0, a no operator, queueing not paused, op(delegatedTo(a), native) >= w(a, native): undelegate(a) \
              by a succeeds",
    why: "A staker who cannot leave has to stand by while its operator is slashed.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::EVERYTHING,
    check: |step| {
        let Operation::Undelegate { staker } = step.call.operation else { return Verdict::NotApplicable };
        applies_if!(staker == step.call.actor);
        let managers = step.before.terms.managers;
        applies_if!(!step.before.control.paused(managers.delegation).bit(QUEUEING_SWITCH));
        applies_if!(step.before.staker(staker).is_some_and(|staker| staker.is_delegated() && !staker.is_operator()));
        applies_if!(has_native_of(step.before, staker));
        must!(step.succeeded(), "{} is delegated and cannot undelegate", step.name(staker));
        Verdict::Holds
    },
};

/// Whether a staker's operator has as many shares of native ETH as the staker can withdraw. Known deviation ETH-06: it may
/// have a few less.
fn has_native_of(ledger: &Ledger, staker: Address) -> bool {
    let (Some(native), Some(index)) = (ledger.native_strategy(), ledger.staker_index(staker)) else { return true };
    let operator = ledger.operator(ledger.stakers[index].delegated_to);
    operator.is_none_or(|operator| ledger.withdrawable(index, native) <= Some(operator.stakes[native].shares))
}

/// What an attempt to clear would pay: the shares and to whom, by strategy.
pub(super) fn cleared(step: &Step<'_>) -> Option<(Address, U256, Address)> {
    let ledger = step.before;
    match step.call.operation {
        Operation::ClearSlashByStrategy { set, nth, strategy } => {
            let set = ledger.set(set)?;
            let shares = set.waiting(set.nth_slash(nth), strategy)?;
            Some((strategy, shares, set.payee(&ledger.terms)))
        }
        Operation::BurnShares { strategy } => {
            Some((strategy, ledger.strategy(strategy)?.burnable_shares, ledger.terms.burn_address))
        }
        _ => None,
    }
}

pub(super) const CLEARS: Invariant = Invariant {
    id: "RED-09",
    statement: "When everybody leaves, every slash that waits is burned or redistributed.",
    formula: "nothing paused, the token moves, and the strategy has no fewer shares than wait by more than its inexact queue \
              entries: clearBurnOrRedistributableSharesByStrategy succeeds, and burnShares",
    why: "What is slashed is for somebody: to reimburse, to insure, to lend. Funds that cannot be cleared reach nobody.",
    checkpoint: Checkpoint::Exit,
    assumes: &[Assumption::PassiveTokens],
    scope: Scope::EVERYTHING,
    check: |step| {
        applies_if!(step.left().is_none());
        let Some((strategy, shares, payee)) = cleared(step) else { return Verdict::NotApplicable };
        applies_if!(payable(step.before, &step.ghosts.strategies, strategy, shares, payee) == Payable::Yes);
        must!(
            step.succeeded(),
            "everybody leaves, and the {shares} slashed shares of {} cannot be cleared",
            step.name(strategy),
        );
        Verdict::Holds
    },
};

/// The shares of a strategy that leave with a staker: what it can withdraw, and what its queue pays; by piece.
fn pieces(ledger: &Ledger, staker: usize, strategy: usize) -> Vec<U256> {
    let (who, address) = (ledger.stakers[staker].address, ledger.strategies[strategy].address);
    let mut pieces = vec![ledger.withdrawable(staker, strategy).unwrap_or_default()];
    for withdrawal in ledger.withdrawals.iter().filter(|withdrawal| withdrawal.pending && withdrawal.staker == who) {
        let items = withdrawal.items.iter().enumerate().filter(|(_, (at, _))| *at == address);
        pieces.extend(items.map(|(item, _)| ledger.receivable(withdrawal, item).unwrap_or_default()));
    }
    pieces.retain(|shares| !shares.is_zero());
    pieces
}

/// The payments of an exit out of a strategy. Each rounds less than one wei away from whom it pays, to the benefit of those
/// who are paid later.
fn payments(ledger: &Ledger, strategy: usize) -> usize {
    let of_stakers: usize = (0..ledger.stakers.len()).map(|staker| pieces(ledger, staker, strategy).len()).sum();
    let address = ledger.strategies[strategy].address;
    let slashes = ledger.sets.iter().flat_map(|set| &set.slashes).flatten().filter(|(at, _)| *at == address);
    // One for what waits by strategy, one for what the first who is paid loses itself.
    of_stakers + slashes.count() + 2
}

/// Whether slashed shares of a strategy wait to be paid to the strategy itself: then those who stay gain.
fn pays_itself(ledger: &Ledger, strategy: Address) -> bool {
    let mut paid = ledger.sets.iter().filter(|set| set.payee(&ledger.terms) == strategy);
    paid.any(|set| set.slashes.iter().flatten().any(|(at, _)| *at == strategy))
}

pub(super) const WORTH: Invariant = Invariant {
    id: "CON-13",
    statement: "When everybody leaves, each gets what its shares were worth, and no more than rounding adds.",
    formula: "with x the shares a could withdraw or had queued, by piece, before anybody left: \
              sum of floor((B + 1000) * (x - 2) / (T + 1000)) <= paid out to a <= ceil((B + 1000) * sum x / (T + 1000)) + one wei for each \
              payment",
    why: "Who leaves last must not pay for who left first, nor gain by it.",
    checkpoint: Checkpoint::Exit,
    assumes: &[Assumption::NoFee, Assumption::NoRebase, Assumption::PassiveTokens],
    scope: Scope::EVERYTHING,
    check: |step| {
        let Some(leaving) = step.left() else { return Verdict::NotApplicable };
        let mut exercised = false;
        for (at, strategy) in leaving.begun.token_strategies() {
            let gains = pays_itself(leaving.begun, strategy.address);
            let payments = U256::from(payments(leaving.begun, at));
            for (index, staker) in leaving.begun.stakers.iter().enumerate() {
                let pieces = pieces(leaving.begun, index, at);
                // What stays in the queue is told elsewhere.
                if pieces.is_empty() || !step.after.queue_of(staker.address).is_empty() {
                    continue;
                }
                exercised = true;
                let worth = |shares: U256| strategy.tokens_for(shares).unwrap_or(U256::MAX);
                let least = pieces
                    .iter()
                    .fold(U256::ZERO, |sum, piece| sum.saturating_add(worth(piece.saturating_sub(U256::from(2)))));
                let all = pieces.iter().fold(U256::ZERO, |sum, piece| sum.saturating_add(*piece));
                let most = worth(all).saturating_add(payments);
                let (had, has) = (leaving.history.accounts[index][at], step.ghosts.accounts[index][at]);
                let got = has.paid_out.saturating_sub(had.paid_out);
                must!(
                    least <= got && (got <= most || gains),
                    "{} left {} with {all} shares worth {} wei, and got {got}",
                    step.name(staker.address),
                    step.name(strategy.address),
                    worth(all),
                );
            }
        }
        Verdict::holds_if(exercised)
    },
};

/// The set, slash and strategy of something that waits although it could be paid.
fn stranded(step: &Step<'_>) -> Option<(SetId, usize, Address)> {
    let (ledger, history) = (step.after, &step.ghosts.strategies);
    for set in &ledger.sets {
        let payee = set.payee(&ledger.terms);
        for (id, entries) in set.slashes.iter().enumerate() {
            for (strategy, shares) in entries {
                if payable(ledger, history, *strategy, *shares, payee) == Payable::Yes {
                    return Some((set.id, id, *strategy));
                }
            }
        }
    }
    None
}

pub(super) const NOTHING_LEFT: Invariant = Invariant {
    id: "CON-16",
    statement: "Once everybody has left, nothing is left but the dust of rounding.",
    formula: "s == 0 for all, but for native ETH that an operator lacks; no withdrawal is pending and no slash waits that could be paid; T <= shares that cannot be paid + \
              dust of scaling (DEL-06) + 2 * slashes + delegated queue entries",
    why: "What went in must come out, be burned or be redistributed. What is left behind belongs to nobody: it was taken.",
    checkpoint: Checkpoint::Exit,
    assumes: &[Assumption::PassiveTokens],
    scope: Scope::EVERYTHING,
    check: |step| {
        applies_if!(step.left().is_some());
        let (ledger, ghosts) = (step.after, step.ghosts);
        for staker in &ledger.stakers {
            let operator = ledger.operator_index(staker.delegated_to);
            let lacks = operator.is_some_and(|operator| !ledger.lacking_native(operator).is_zero());
            let held = (0..ledger.strategies.len()).filter(|at| !staker.holdings[*at].shares.is_zero());
            let holds = held.into_iter().any(|at| !(lacks && ledger.is_native(at)));
            must!(!holds, "{} wanted to leave and still holds shares", step.name(staker.address));
        }
        let mut kept = vec![U256::ZERO; ledger.strategies.len()];
        for withdrawal in ledger.withdrawals.iter().filter(|withdrawal| withdrawal.pending) {
            must!(
                completable(ledger, &ghosts.strategies, withdrawal) != Payable::Yes,
                "withdrawal {} of {} could be paid and is still in the queue",
                withdrawal.nonce,
                step.name(withdrawal.staker),
            );
            for (item, (strategy, _)) in withdrawal.items.iter().enumerate() {
                let shares = ledger.receivable(withdrawal, item).unwrap_or_default();
                if let Some(index) = ledger.strategy_index(*strategy) {
                    kept[index] = kept[index].saturating_add(shares);
                }
            }
        }
        if let Some((set, slash, strategy)) = stranded(step) {
            return Verdict::Violated(format!(
                "slash {slash} of set {} of {} could be cleared in {} and still waits",
                set.id,
                step.name(set.avs),
                step.name(strategy),
            ));
        }
        for (index, (strategy, history)) in ledger.strategies.iter().zip(&ghosts.strategies).enumerate() {
            let scaling = ghosts.stakes.iter().fold(U256::ZERO, |sum, stakes| sum.saturating_add(stakes[index].dust));
            let rounding = U256::from(2 * history.slashes + history.queued);
            let waiting = ledger.waiting_shares(strategy.address);
            let most = kept[index].saturating_add(waiting).saturating_add(scaling).saturating_add(rounding);
            must!(
                strategy.total_shares <= most,
                "everybody has left {}, and {} shares are left; rounding explains {most}",
                step.name(strategy.address),
                strategy.total_shares,
            );
        }
        Verdict::Holds
    },
};

pub(super) const CLAIMED: Invariant = Invariant {
    id: "REW-13",
    statement: "Once everybody has claimed, all have what the newest root promises them, as far as there was something.",
    formula: "for each earner, by the first leaf for it under the newest root that is not disabled: cumulativeClaimed >= \
              cumulativeEarnings, or what lacks is more than the coordinator has left, or the token does not move",
    why: "A promise that nobody can collect is none.",
    checkpoint: Checkpoint::Exit,
    assumes: &[Assumption::NoFee, Assumption::NoRebase, Assumption::PassiveTokens],
    scope: Scope::EVERYTHING,
    check: |step| {
        applies_if!(step.left().is_some());
        let ledger = step.after;
        let promised = last_root(ledger).and_then(|(_, root)| root.distribution.as_deref());
        let mut exercised = false;
        for earner in &ledger.rewards.earners {
            let listed = promised.and_then(|distribution| distribution.earnings(earner.address));
            let Some(earnings) = listed else { continue };
            for (index, token) in ledger.tokens.iter().enumerate() {
                let Some(promised) = earnings.of(token.address) else { continue };
                exercised = true;
                let lacks = promised.saturating_sub(earner.claimed[index]);
                let moves = ledger.moves(token.address, ledger.rewards.coordinator, earner.address);
                must!(
                    lacks.is_zero() || !moves || lacks > ledger.rewards_held(index),
                    "{} still lacks {lacks} wei of {}",
                    step.name(earner.address),
                    step.name(token.address),
                );
            }
        }
        Verdict::holds_if(exercised)
    },
};

#[cfg(test)]
mod tests {
    use alloy_primitives::Bytes;

    use super::*;
    use crate::{
        call::Outcome,
        invariants::fixture::{Scene, judge},
    };

    fn violated(invariant: &Invariant, scene: &Scene) -> bool {
        matches!(judge(invariant, scene), Verdict::Violated(_))
    }

    fn reverted() -> Outcome {
        Outcome::Reverted(Bytes::new())
    }

    /// Everybody has left `scene`, and it is as it was after its call.
    fn left(mut scene: Scene) -> Scene {
        scene.left = Some((scene.before.clone(), scene.ghosts.clone()));
        scene
    }

    #[test]
    fn wdr_16() {
        let mut scene = Scene::completed();
        assert_eq!(judge(&COMPLETES, &scene), Verdict::Holds);
        scene.outcome = reverted();
        assert!(violated(&COMPLETES, &scene));
        scene.before.strategies[0].total_shares = U256::from(9_999);
        assert!(violated(&COMPLETES, &scene), "one share is not there, and no rounding explains it");
        scene.ghosts.strategies[0].queued_inexactly = 1;
        assert_eq!(judge(&COMPLETES, &scene), Verdict::NotApplicable);
        assert_eq!(judge(&COMPLETES, &Scene::quiet()), Verdict::NotApplicable);
    }

    #[test]
    fn native_eth_leaves_as_far_as_there_is_some() {
        let mut scene = Scene::native_slash();
        let staker = scene.before.stakers[0].address;
        scene.call.actor = staker;
        scene.call.operation = Operation::Undelegate { staker };
        scene.outcome = reverted();
        assert!(violated(&UNDELEGATES, &scene));
        scene.before.operators[0].stakes[0].shares -= U256::ONE;
        assert_eq!(judge(&UNDELEGATES, &scene), Verdict::NotApplicable, "it lacks a share");
        // With ETH in the pod a withdrawal is paid, without it waits.
        let strategy = scene.before.strategies[0].address;
        let mut withdrawals = Scene::completed().before.withdrawals;
        withdrawals[0].items = vec![(strategy, crate::arithmetic::WAD_WIDE)];
        scene.before.withdrawals = withdrawals;
        let completion = crate::call::Completion { staker, nth: 0, receive: crate::call::Receive::Tokens };
        scene.call.operation = Operation::CompleteWithdrawal { completion };
        assert_eq!(judge(&COMPLETES, &scene), Verdict::NotApplicable, "there is no ETH");
        let pod = &mut scene.before.native.pods[0];
        (pod.address, pod.withdrawable_gwei) = (Address::repeat_byte(9), 1_000_000_000);
        assert!(violated(&COMPLETES, &scene));
        // Who lacks a share may stay with native ETH, and with nothing else.
        let mut stays = left(Scene::native_slash());
        stays.after.sets[0].slashes.clear();
        assert!(violated(&NOTHING_LEFT, &stays));
        stays.after.operators[0].stakes[0].shares -= U256::ONE;
        assert_eq!(judge(&NOTHING_LEFT, &stays), Verdict::Holds);
    }

    #[test]
    fn wdr_17() {
        let mut scene = Scene::deposited();
        let staker = scene.before.stakers[0].address;
        scene.call.operation = Operation::Undelegate { staker };
        assert_eq!(judge(&UNDELEGATES, &scene), Verdict::Holds);
        scene.outcome = reverted();
        assert!(violated(&UNDELEGATES, &scene));
        scene.before.control.paused = vec![(scene.before.terms.managers.delegation, U256::from(2))];
        assert_eq!(judge(&UNDELEGATES, &scene), Verdict::NotApplicable);
        assert_eq!(judge(&UNDELEGATES, &Scene::quiet()), Verdict::NotApplicable);
    }

    #[test]
    fn red_09() {
        let mut scene = Scene::cleared();
        let (set, strategy) = (scene.before.sets[0].id, scene.before.strategies[0].address);
        scene.call.operation = Operation::ClearSlashByStrategy { set, nth: 0, strategy };
        assert_eq!(judge(&CLEARS, &scene), Verdict::Holds);
        scene.outcome = reverted();
        assert!(violated(&CLEARS, &scene));
        let waiting = scene.before.waiting_shares(strategy);
        scene.before.strategies[0].total_shares = waiting - U256::ONE;
        scene.ghosts.strategies[0].queued_inexactly = 1;
        assert_eq!(judge(&CLEARS, &scene), Verdict::NotApplicable);
        assert_eq!(judge(&CLEARS, &Scene::quiet()), Verdict::NotApplicable);
    }

    #[test]
    fn con_13() {
        let mut scene = left(Scene::deposited());
        let all = scene.before.stakers[0].holdings[0].shares;
        scene.ghosts.accounts[0][0].paid_out = all;
        assert_eq!(judge(&WORTH, &scene), Verdict::Holds);
        scene.ghosts.accounts[0][0].paid_out = all - U256::from(3);
        assert!(violated(&WORTH, &scene), "too little");
        scene.ghosts.accounts[0][0].paid_out = all + U256::from(4);
        assert!(violated(&WORTH, &scene), "too much");
        let strategy = scene.before.strategies[0].address;
        let set = &mut scene.left.as_mut().expect("everybody left").0.sets[1];
        (set.recipient, set.slashes) = (strategy, vec![Vec::new(), vec![(strategy, U256::ONE)]]);
        assert_eq!(judge(&WORTH, &scene), Verdict::Holds, "the strategy paid itself");
        assert_eq!(judge(&WORTH, &Scene::deposited()), Verdict::NotApplicable);
    }

    #[test]
    fn con_16() {
        let scene = left(Scene::quiet());
        assert_eq!(judge(&NOTHING_LEFT, &scene), Verdict::Holds);
        let mut holds = scene.clone();
        holds.after.stakers[1].holdings[0].shares = U256::ONE;
        assert!(violated(&NOTHING_LEFT, &holds));
        let mut shares = scene.clone();
        shares.after.strategies[0].total_shares = U256::from(3);
        assert!(violated(&NOTHING_LEFT, &shares));
        shares.ghosts.strategies[0].slashes = 1;
        shares.ghosts.strategies[0].queued = 1;
        assert_eq!(judge(&NOTHING_LEFT, &shares), Verdict::Holds, "dust");
        let mut waiting = left(Scene::slash());
        waiting.after.stakers[0].holdings[0].shares = U256::ZERO;
        assert!(violated(&NOTHING_LEFT, &waiting), "a slash waits");
        let mut queued = left(Scene::queued());
        queued.after.stakers[0].holdings[0].shares = U256::ZERO;
        assert!(violated(&NOTHING_LEFT, &queued), "a withdrawal waits");
        assert_eq!(judge(&NOTHING_LEFT, &Scene::quiet()), Verdict::NotApplicable);
    }
}
