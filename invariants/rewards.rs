//! Rewards: what is claimed was proved, what is paid was given, and roots are what they were.

mod giving;
pub(super) mod rights;
mod roots;
#[cfg(test)]
mod scene;

use alloy_primitives::{Address, U256};

use super::leaving;
use crate::{
    applies_if,
    call::{Operation, Proof, RewardsOperation},
    ledger::Ledger,
    must,
    oracle::{Assumption, Checkpoint, Family, Invariant, Scope, Step, Verdict},
};

pub(super) const FAMILY: Family = Family {
    key: "REW",
    title: "Rewards",
    assumes: "Roots may be dishonest; what they promise too much is not paid.",
    invariants: &[
        &CLAIMED_GROWS,
        &PROVED,
        &BACKED,
        &POT,
        &roots::APPENDED,
        &CLAIMABLE,
        &giving::NUMBERED,
        &giving::SPLIT_BOUND,
        &giving::SPLIT_WAITS,
        &roots::ROOT_WAITS,
        &giving::SUBMITTED_RIGHT,
        &PAID,
        &leaving::CLAIMED,
    ],
};

/// What the world must grant for balances to be what was moved.
const PLAIN_TOKENS: &[Assumption] = &[Assumption::NoFee, Assumption::NoRebase, Assumption::PassiveTokens];

/// The operation of the rewards coordinator that succeeded, if one did.
fn done<'a>(step: &'a Step<'_>) -> Option<&'a RewardsOperation> {
    match &step.call.operation {
        Operation::Rewards(operation) if step.succeeded() => Some(operation),
        _ => None,
    }
}

/// What an earner's claims of a token grew by: `None` if they shrank.
fn growth(step: &Step<'_>, earner: usize, token: usize) -> Option<U256> {
    let was = step.before.rewards.earners[earner].claimed[token];
    step.after.rewards.earners[earner].claimed[token].checked_sub(was)
}

const CLAIMED_GROWS: Invariant = Invariant {
    id: "REW-01",
    statement: "What is claimed only grows, by claims alone and by as much as is paid to the recipient.",
    formula: "cumulativeClaimed' >= cumulativeClaimed; sum of the differences over a call == balance(recipient)' - \
              balance(recipient); without a claim no difference",
    why: "What is noted as claimed is what is not paid again. Noted too low, an earner is paid twice, out of what others \
          earned; noted too high, it is never paid.",
    checkpoint: Checkpoint::EveryCall,
    assumes: PLAIN_TOKENS,
    scope: Scope::REWARDS,
    check: |step| {
        applies_if!(step.touched.rewards());
        let recipient = match done(step) {
            Some(RewardsOperation::Claim { recipient, .. } | RewardsOperation::Claims { recipient, .. }) => {
                Some(*recipient)
            }
            _ => None,
        };
        let mut exercised = false;
        for (token, kind) in step.after.tokens.iter().enumerate() {
            let mut claimed = U256::ZERO;
            for (at, earner) in step.after.rewards.earners.iter().enumerate() {
                let Some(grown) = growth(step, at, token) else {
                    let who = step.name(earner.address);
                    return Verdict::Violated(format!("{who} claimed less {} than before", step.name(kind.address)));
                };
                claimed = claimed.saturating_add(grown);
            }
            exercised |= !claimed.is_zero();
            let Some(recipient) = recipient else {
                must!(claimed.is_zero(), "{claimed} {} were claimed without a claim", step.name(kind.address));
                continue;
            };
            let held = |ledger: &Ledger| ledger.balance(kind.address, recipient);
            let (Some(had), Some(has)) = (held(step.before), held(step.after)) else { continue };
            must!(
                has.checked_sub(had) == Some(claimed),
                "{} had {had} {}, claimed {claimed} and has {has}",
                step.name(recipient),
                step.name(kind.address),
            );
        }
        Verdict::holds_if(exercised)
    },
};

const PROVED: Invariant = Invariant {
    id: "REW-02",
    statement: "Nobody claims more than a root that counts says was earned.",
    formula: "cumulativeClaimed' > cumulativeClaimed implies cumulativeClaimed' <= max over roots that are neither disabled \
              nor waiting of cumulativeEarnings(root, earner, token)",
    why: "All tokens of a kind are in one pot. What is claimed without a proof was earned by others.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::REWARDS,
    check: |step| {
        applies_if!(step.touched.rewards() && done(step).is_some_and(|operation| !operation.claims().is_empty()));
        let now = step.before.timestamp;
        let counting = || step.before.rewards.roots.iter().filter(|root| root.is_claimable(now));
        // Without what every root stands for nothing can be said.
        applies_if!(counting().all(|root| root.distribution.is_some()));
        let mut exercised = false;
        for (at, earner) in step.after.rewards.earners.iter().enumerate() {
            for (token, kind) in step.after.tokens.iter().enumerate() {
                if growth(step, at, token).is_none_or(|grown| grown.is_zero()) {
                    continue;
                }
                exercised = true;
                let distributions = counting().filter_map(|root| root.distribution.as_deref());
                let earned = distributions.map(|all| all.earned(earner.address, kind.address)).max();
                let (earned, claimed) = (earned.unwrap_or_default(), earner.claimed[token]);
                must!(
                    claimed <= earned,
                    "{} claimed {claimed} {} of {earned} that it earned",
                    step.name(earner.address),
                    step.name(kind.address),
                );
            }
        }
        Verdict::holds_if(exercised)
    },
};

const BACKED: Invariant = Invariant {
    id: "REW-03",
    statement: "No more was claimed than was given.",
    formula: "sum of cumulativeClaimed(earner, token) <= sum of all submissions of the token",
    why: "More can only be claimed if claims are noted that were not paid, or if tokens came that nobody gave.",
    checkpoint: Checkpoint::EveryCall,
    assumes: PLAIN_TOKENS,
    scope: Scope::REWARDS,
    check: |step| {
        applies_if!(step.touched.rewards());
        let mut exercised = false;
        for (token, given) in step.ghosts.given.iter().enumerate() {
            let claimed = step.after.rewards.claimed(token);
            exercised |= !claimed.is_zero();
            let name = step.after.tokens.get(token).map(|token| step.name(token.address)).unwrap_or_default();
            must!(claimed <= *given, "{claimed} {name} were claimed of {given} that were given");
        }
        Verdict::holds_if(exercised)
    },
};

const POT: Invariant = Invariant {
    id: "REW-04",
    statement: "The coordinator holds what was given and not claimed.",
    formula: "balance(coordinator, token) == sum of all submissions - sum of cumulativeClaimed(earner, token)",
    why: "A submission that brings no tokens promises what others gave; a claim that pays more than is noted takes it.",
    checkpoint: Checkpoint::EveryCall,
    assumes: PLAIN_TOKENS,
    scope: Scope::REWARDS.or(Scope::REST),
    check: |step| {
        applies_if!(step.touched.rewards() || step.touched.rest());
        let mut exercised = false;
        for (token, given) in step.ghosts.given.iter().enumerate().take(step.after.tokens.len()) {
            let (claimed, held) = (step.after.rewards.claimed(token), step.after.rewards_held(token));
            exercised |= !given.is_zero();
            must!(
                held.checked_add(claimed) == Some(*given),
                "{held} {} are there, {claimed} were claimed, and {given} were given",
                step.name(step.after.tokens[token].address),
            );
        }
        Verdict::holds_if(exercised)
    },
};

const CLAIMABLE: Invariant = Invariant {
    id: "REW-06",
    statement: "No claim is paid under a root that was disabled or does not count yet.",
    formula: "successful processClaim(claim) implies not root.disabled and block.timestamp >= root.activatedAt",
    why: "The time before a root counts is there to find what is wrong with it. Whoever claims earlier, or from what was taken \
          back, takes what the mistake gave.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::REWARDING.that_succeeded(),
    check: |step| {
        let Some(operation) = done(step) else { return Verdict::NotApplicable };
        let now = step.before.timestamp;
        for claim in operation.claims() {
            let root = step.before.rewards.claimed_root(claim.back).map(|index| &step.before.rewards.roots[index]);
            must!(
                root.is_some_and(|root| root.is_claimable(now)),
                "{} claimed at {now} under a root that {}",
                step.name(claim.earner),
                match root {
                    Some(root) if root.disabled => "was disabled".to_owned(),
                    Some(root) => format!("counts from {} on", root.activated_at),
                    None => "is not there".to_owned(),
                },
            );
        }
        Verdict::holds_if(!operation.claims().is_empty())
    },
};

const PAID: Invariant = Invariant {
    id: "REW-12",
    statement: "Whoever earned something and proves it is paid, as long as there is something.",
    formula: "claims not paused, root.disabled false, block.timestamp >= root.activatedAt, caller == claimer, right proofs, \
              cumulativeEarnings > cumulativeClaimed, balance(coordinator) enough, the token moves: processClaim succeeds",
    why: "Rewards that cannot be claimed are lost to who earned them.",
    checkpoint: Checkpoint::EveryCall,
    assumes: PLAIN_TOKENS,
    scope: Scope::REWARDING,
    check: |step| {
        let Operation::Rewards(RewardsOperation::Claim { claim, recipient }) = &step.call.operation else {
            return Verdict::NotApplicable;
        };
        applies_if!(claim.proof == Proof::Right && !claim.tokens.is_empty() && !recipient.is_zero());
        let ledger = step.before;
        let rewards = &ledger.rewards;
        applies_if!(!ledger.control.paused(rewards.coordinator).bit(CLAIMS_SWITCH));
        let root = rewards.claimed_root(claim.back).map(|index| &rewards.roots[index]);
        applies_if!(root.is_some_and(|root| root.is_claimable(ledger.timestamp)));
        let distribution = root.and_then(|root| root.distribution.as_deref());
        let earnings = distribution.and_then(|distribution| distribution.earnings(claim.earner));
        let (Some(earnings), Some(earner)) = (earnings, rewards.earner(claim.earner)) else {
            return Verdict::NotApplicable;
        };
        applies_if!(earner.claims() == step.call.actor && are_distinct(&claim.tokens));
        for token in &claim.tokens {
            let index = ledger.tokens.iter().position(|at| at.address == *token);
            let due = index.and_then(|index| earnings.of(*token)?.checked_sub(earner.claimed[index]));
            let held = index.map(|index| ledger.rewards_held(index)).unwrap_or_default();
            applies_if!(due.is_some_and(|due| !due.is_zero() && due <= held));
            applies_if!(ledger.moves(*token, rewards.coordinator, *recipient));
        }
        must!(step.succeeded(), "{} earned it, proved it, and was not paid", step.name(claim.earner));
        Verdict::Holds
    },
};

/// The switch that stops claims. `docs/protocol.md` section 10.3.
const CLAIMS_SWITCH: usize = 2;

fn are_distinct(tokens: &[Address]) -> bool {
    tokens.iter().enumerate().all(|(at, token)| !tokens[..at].contains(token))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use alloy_primitives::Bytes;

    use super::{scene::Claimed, *};
    use crate::call::Outcome;

    #[test]
    fn rew_01() {
        let mut scene = Claimed::new();
        assert_eq!(scene.judge(&CLAIMED_GROWS), Verdict::Holds);
        scene.after.rewards.earners[0].claimed[0] += U256::ONE;
        assert!(matches!(scene.judge(&CLAIMED_GROWS), Verdict::Violated(_)), "noted too high");
        scene.after.rewards.earners[0].claimed[0] = U256::ZERO;
        scene.before.rewards.earners[0].claimed[0] = U256::ONE;
        assert!(matches!(scene.judge(&CLAIMED_GROWS), Verdict::Violated(_)), "it shrank");
        let mut scene = Claimed::new();
        scene.call.operation = Operation::RenounceOwnership {};
        assert!(matches!(scene.judge(&CLAIMED_GROWS), Verdict::Violated(_)), "no claim");
        scene.after = scene.before.clone();
        assert_eq!(scene.judge(&CLAIMED_GROWS), Verdict::NotApplicable);
    }

    #[test]
    fn rew_02() {
        let mut scene = Claimed::new();
        assert_eq!(scene.judge(&PROVED), Verdict::Holds);
        scene.after.rewards.earners[0].claimed[0] += U256::ONE;
        assert!(matches!(scene.judge(&PROVED), Verdict::Violated(_)), "more than was earned");
        let mut scene = Claimed::new();
        scene.before.rewards.roots[0].disabled = true;
        assert!(matches!(scene.judge(&PROVED), Verdict::Violated(_)), "under a root that does not count");
        scene.before.rewards.roots[0].disabled = false;
        scene.before.rewards.roots[0].distribution = None;
        assert_eq!(scene.judge(&PROVED), Verdict::NotApplicable, "nobody published it");
    }

    #[test]
    fn rew_03() {
        let mut scene = Claimed::new();
        assert_eq!(scene.judge(&BACKED), Verdict::Holds);
        scene.ghosts.given[0] = scene.after.rewards.claimed(0);
        assert_eq!(scene.judge(&BACKED), Verdict::Holds, "all of it");
        scene.ghosts.given[0] -= U256::ONE;
        assert!(matches!(scene.judge(&BACKED), Verdict::Violated(_)));
        scene.after.rewards.earners[0].claimed[0] = U256::ZERO;
        assert_eq!(scene.judge(&BACKED), Verdict::NotApplicable);
    }

    #[test]
    fn rew_04() {
        let mut scene = Claimed::new();
        assert_eq!(scene.judge(&POT), Verdict::Holds);
        scene.ghosts.given[0] += U256::ONE;
        assert!(matches!(scene.judge(&POT), Verdict::Violated(_)), "a wei of it did not come");
    }

    #[test]
    fn rew_06() {
        let mut scene = Claimed::new();
        assert_eq!(scene.judge(&CLAIMABLE), Verdict::Holds);
        scene.before.timestamp = u64::from(scene.before.rewards.roots[0].activated_at) - 1;
        assert!(matches!(scene.judge(&CLAIMABLE), Verdict::Violated(_)), "a second too early");
        scene.before.timestamp += 1;
        assert_eq!(scene.judge(&CLAIMABLE), Verdict::Holds);
        scene.before.rewards.roots[0].disabled = true;
        assert!(matches!(scene.judge(&CLAIMABLE), Verdict::Violated(_)), "disabled");
        scene.outcome = Outcome::Reverted(Bytes::new());
        assert_eq!(scene.judge(&CLAIMABLE), Verdict::NotApplicable);
    }

    #[test]
    fn rew_12() {
        let mut scene = Claimed::new();
        assert_eq!(scene.judge(&PAID), Verdict::Holds);
        scene.outcome = Outcome::Reverted(Bytes::new());
        assert!(matches!(scene.judge(&PAID), Verdict::Violated(_)));
        let mut other = scene.clone();
        other.before.rewards.earners[0].claimer = other.before.stakers[1].address;
        assert_eq!(other.judge(&PAID), Verdict::NotApplicable, "another claims");
        let mut other = scene.clone();
        let coordinator = other.before.rewards.coordinator;
        other.before.control.paused.push((coordinator, U256::from(4)));
        assert_eq!(other.judge(&PAID), Verdict::NotApplicable, "paused");
        scene.before.rewards.earners[0].claimed[0] = U256::from(100);
        assert_eq!(scene.judge(&PAID), Verdict::NotApplicable, "claimed before");
    }

    #[test]
    fn rew_13() {
        let mut scene = Claimed::new();
        assert_eq!(scene.judge(&leaving::CLAIMED), Verdict::NotApplicable, "nobody leaves");
        scene.left = Some((scene.before.clone(), scene.ghosts.clone()));
        assert_eq!(scene.judge(&leaving::CLAIMED), Verdict::Holds);
        let distribution = scene.after.rewards.roots[0].distribution.as_mut().map(Arc::make_mut).unwrap();
        let mut again = distribution.earners[0].clone();
        again.tokens[0].cumulative += U256::from(10);
        distribution.earners.push(again);
        assert_eq!(scene.judge(&leaving::CLAIMED), Verdict::Holds, "of two leaves the first is claimed");
        scene.after.rewards.earners[0].claimed[0] -= U256::from(50);
        assert!(matches!(scene.judge(&leaving::CLAIMED), Verdict::Violated(_)), "the coordinator has the fifty");
        scene.after.rewards.earners[0].claimed[0] -= U256::ONE;
        assert_eq!(scene.judge(&leaving::CLAIMED), Verdict::Holds, "there is less than lacks");
    }
}
