//! The way out: everybody leaves. What is paused is unpaused, all validators leave the beacon chain, every staker undelegates
//! or queues all it has, time passes, every withdrawal is completed as tokens, every slash that waits is cleared, and everybody claims the rewards that the
//! newest root promises.
//!
//! An exit is drawn from nothing but the ledger, so the sequence before it is all that a finding has to keep.

use std::collections::VecDeque;

use alloy_primitives::{Address, U256};

use crate::{
    call::{
        ActionId, Call, Claim, Completion, Delay, Operation, PodOperation, Proof, Quantity, Receive, RewardsOperation,
        SECONDS_PER_BLOCK, WithdrawalItem,
    },
    ledger::{DistributionRoot, GWEI, Ledger, Pod, Staker},
};

/// The calls of one exit, each asked for once the one before was played.
#[derive(Clone, Debug, Default)]
pub struct Exit {
    /// Stages that began.
    begun: usize,
    /// What is left of the last of them.
    left: VecDeque<Call>,
}

/// In this order, each drawn when the one before is over.
const STAGES: [fn(&Ledger) -> Vec<Call>; 6] = [unpause, end_validators, leave, complete, clear, claim];

impl Exit {
    /// The next call; `None` once everybody has left.
    pub fn next(&mut self, ledger: &Ledger) -> Option<Call> {
        while self.left.is_empty() {
            let stage = STAGES.get(self.begun)?;
            self.begun += 1;
            self.left = stage(ledger).into();
        }
        self.left.pop_front()
    }
}

fn call(actor: Address, operation: Operation) -> Call {
    Call { action: ActionId::NONE, actor, delay: Delay::default(), operation }
}

/// Lets time pass before the first call of a stage.
fn after(delay: Delay, mut calls: Vec<Call>) -> Vec<Call> {
    if let Some(first) = calls.first_mut() {
        first.delay = delay;
    }
    calls
}

fn unpause(ledger: &Ledger) -> Vec<Call> {
    let paused = ledger.control.paused.iter().filter(|(_, status)| !status.is_zero());
    let unpause = |(contract, _): &(Address, U256)| {
        call(ledger.control.unpauser, Operation::Unpause { contract: *contract, status: U256::ZERO })
    };
    paused.map(unpause).collect()
}

/// All that is on the beacon chain comes into the pods, if there is somebody to report it.
fn end_validators(ledger: &Ledger) -> Vec<Call> {
    let reporter = ledger.native.reporter;
    let pods = ledger.stakers.iter().zip(&ledger.native.pods);
    let restaking = pods.filter(|(_, pod)| pod.validators_gwei > 0 && !reporter.is_zero());
    let end = |(staker, pod): (&Staker, &Pod)| {
        let value = U256::from(pod.validators_gwei).saturating_mul(GWEI);
        let validators = Quantity::Exactly(U256::ZERO);
        let report = PodOperation::ReportCheckpoint { owner: staker.address, validators, value };
        call(reporter, Operation::Pods(report))
    };
    restaking.map(end).collect()
}

/// Who is delegated undelegates, and what it has is queued; who is not, and operators, who cannot, queue all they have.
/// So do the stakers of an operator whose native ETH is not enough for all of them: of tokens, and apart of native ETH.
fn leave(ledger: &Ledger) -> Vec<Call> {
    ledger.stakers.iter().flat_map(|staker| leave_as(ledger, staker)).collect()
}

fn leave_as(ledger: &Ledger, staker: &Staker) -> Vec<Call> {
    let operator = ledger.operator_index(staker.delegated_to);
    let lacks = operator.is_some_and(|operator| !ledger.lacking_native(operator).is_zero());
    if staker.is_delegated() && !staker.is_operator() && !lacks {
        return vec![call(staker.address, Operation::Undelegate { staker: staker.address })];
    }
    let held = (0..ledger.strategies.len()).filter(|at| !staker.holdings[*at].shares.is_zero());
    let (native, tokens): (Vec<usize>, Vec<usize>) = held.partition(|at| ledger.is_native(*at));
    let all = |at: &usize| vec![WithdrawalItem { strategy: ledger.strategies[*at].address, shares: Quantity::All }];
    let parts = [tokens, native].into_iter().filter(|part| !part.is_empty());
    let queue = |part: Vec<usize>| {
        let withdrawals = part.iter().map(all).collect();
        call(staker.address, Operation::QueueWithdrawals { withdrawals })
    };
    parts.map(queue).collect()
}

/// Each staker's newest first: one that fails leaves the number of the others as it is.
fn complete(ledger: &Ledger) -> Vec<Call> {
    let of_staker = |staker: &Staker| {
        let queued = u32::try_from(ledger.queue_of(staker.address).len()).unwrap_or(u32::MAX);
        let staker = staker.address;
        let complete = move |nth| Completion { staker, nth, receive: Receive::Tokens };
        (0..queued).rev().map(move |nth| call(staker, Operation::CompleteWithdrawal { completion: complete(nth) }))
    };
    let calls = ledger.stakers.iter().flat_map(of_staker).collect();
    after(Delay::blocks(ledger.terms.withdrawal_delay + 1), calls)
}

/// Strategy by strategy, so that one that cannot pay keeps nobody else waiting; newest first, as above.
fn clear(ledger: &Ledger) -> Vec<Call> {
    let Some(anybody) = ledger.stakers.first().map(|staker| staker.address) else { return Vec::new() };
    let mut calls = Vec::new();
    for set in &ledger.sets {
        let waiting = u32::try_from(set.pending_slashes.len()).unwrap_or(u32::MAX);
        for nth in (0..waiting).rev() {
            let slash = usize::try_from(set.nth_slash(nth)).ok().and_then(|id| set.slashes.get(id));
            calls.extend(slash.into_iter().flatten().map(|(strategy, _)| {
                call(anybody, Operation::ClearSlashByStrategy { set: set.id, nth, strategy: *strategy })
            }));
        }
    }
    let burnable = ledger.strategies.iter().filter(|strategy| !strategy.burnable_shares.is_zero());
    calls.extend(burnable.map(|strategy| call(anybody, Operation::BurnShares { strategy: strategy.address })));
    calls
}

/// The newest root that somebody can claim from, now or later: its place from the newest, and itself.
pub fn last_root(ledger: &Ledger) -> Option<(u32, &DistributionRoot)> {
    let known = |root: &DistributionRoot| !root.disabled && root.distribution.is_some();
    (0u32..).zip(ledger.rewards.roots.iter().rev()).find(|(_, root)| known(root))
}

/// All that the newest root promises and the coordinator can pay.
fn claim(ledger: &Ledger) -> Vec<Call> {
    let Some((back, root)) = last_root(ledger) else { return Vec::new() };
    let mut held: Vec<U256> = (0..ledger.tokens.len()).map(|token| ledger.rewards_held(token)).collect();
    let mut calls = Vec::new();
    for earner in &ledger.rewards.earners {
        // Who is listed twice claims what the first says.
        let listed = root.distribution.as_ref().and_then(|distribution| distribution.earnings(earner.address));
        let Some(earnings) = listed else { continue };
        let mut tokens = Vec::new();
        for (index, token) in ledger.tokens.iter().enumerate() {
            let due = earnings.of(token.address).unwrap_or_default().saturating_sub(earner.claimed[index]);
            let moves = ledger.moves(token.address, ledger.rewards.coordinator, earner.address);
            if let Some(left) = held[index].checked_sub(due).filter(|_| moves && !due.is_zero()) {
                held[index] = left;
                tokens.push(token.address);
            }
        }
        if !tokens.is_empty() {
            let claim = Claim { back, earner: earner.address, tokens, proof: Proof::Right };
            let claims = RewardsOperation::Claim { claim, recipient: earner.address };
            calls.push(call(earner.claims(), Operation::Rewards(claims)));
        }
    }
    let wait = u64::from(root.activated_at).saturating_sub(ledger.timestamp);
    after(Delay::blocks(wait.div_ceil(SECONDS_PER_BLOCK)), calls)
}
