//! What must not be possible with rewards: claims of what is not proved, roots out of turn, submissions off the grid.

use alloy_primitives::{Address, U256};

use crate::{
    book::Role,
    call::{
        Audience, Beneficiary, Claim, DirectedSubmission, Operation, Proof, RewardsOperation, SetId, SplitId,
        Submission,
    },
    draw::Draw,
    ledger::{DistributionRoot, Split, WHOLE},
    protocol::{
        Action,
        eigenlayer::{
            EigenLayer,
            abi::RewardsCoordinator as R,
            action::{Drawn, probe},
            rewards::{
                claims,
                claims::{claims_under, payable},
                roots, splits,
                submissions::{INTERVAL, LONGEST, MOST_AHEAD, MOST_BACK, directed, submission},
            },
        },
    },
};

pub(in super::super) const ACTIONS: &[Action<EigenLayer>] = &[
    probe("somebody.claim_for_another", Role::Stranger, 1, claim_for_another),
    probe("earner.claim_again", Role::Staker, 1, claim_again),
    probe("earner.claim_too_early", Role::Staker, 2, claim_too_early),
    probe("earner.claim_unproved", Role::Staker, 1, claim_unproved),
    probe("updater.submit_root_out_of_turn", Role::Owner, 1, submit_root_out_of_turn),
    probe("updater.disable_root_late", Role::Owner, 1, disable_root_late),
    probe("stranger.submit_root", Role::Stranger, 1, submit_root_as_stranger),
    probe("stranger.disable_root", Role::Stranger, 2, disable_root_as_stranger),
    probe("avs.submit_wrong_rewards", Role::Avs, 2, submit_wrong_rewards),
    probe("avs.submit_wrong_directed_rewards", Role::Avs, 2, submit_wrong_directed_rewards),
    probe("stranger.submit_without_right", Role::Stranger, 1, submit_without_right),
    probe("operator.set_wrong_split", Role::Operator, 1, set_wrong_split),
    probe("stranger.set_split", Role::Stranger, 1, set_split_without_right),
    probe("stranger.administer_rewards", Role::Stranger, 1, administer),
    probe("stranger.set_claimer_for", Role::Stranger, 1, set_claimer_without_right),
];

const fn asks(operation: RewardsOperation) -> Operation {
    Operation::Rewards(operation)
}

fn other_than(protocol: &EigenLayer, draw: &mut Draw<'_>, insider: Address) -> Option<Address> {
    let others: Vec<Address> = protocol.cast.actors.iter().filter(|actor| **actor != insider).copied().collect();
    draw.choose(&others)
}

fn claims(claim: Claim) -> Operation {
    let recipient = claim.earner;
    asks(RewardsOperation::Claim { claim, recipient })
}

/// By the earner itself too, once it named somebody.
fn claim_for_another(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Drawn {
    let (claimer, claim) = draw.choose(&payable(draw.ledger))?;
    let thief =
        if claim.earner != claimer && draw.chance(50) { claim.earner } else { other_than(protocol, draw, claimer)? };
    Some((thief, asks(RewardsOperation::Claim { claim, recipient: thief })))
}

/// What was claimed, under a root that gives no more.
fn claim_again(_: &EigenLayer, draw: &mut Draw<'_>) -> Drawn {
    let ledger = draw.ledger;
    let mut done = Vec::new();
    for (back, root) in (0u32..).zip(ledger.rewards.roots.iter().rev()).take(6) {
        let Some(distribution) = root.distribution.as_deref().filter(|_| root.is_claimable(ledger.timestamp)) else {
            continue;
        };
        for earnings in &distribution.earners {
            let Some(earner) = ledger.rewards.earner(earnings.earner) else { continue };
            for (token, claimed) in ledger.tokens.iter().zip(&earner.claimed) {
                if earnings.of(token.address).is_some_and(|earned| earned <= *claimed) {
                    let claim =
                        Claim { back, earner: earner.address, tokens: vec![token.address], proof: Proof::Right };
                    done.push((earner.claims(), claim));
                }
            }
        }
    }
    let (claimer, claim) = draw.choose(&done)?;
    Some((claimer, claims(claim)))
}

/// Under a root that does not count yet, or never will.
fn claim_too_early(_: &EigenLayer, draw: &mut Draw<'_>) -> Drawn {
    let now = draw.ledger.timestamp;
    let (claimer, claim) = draw.choose(&claims_under(draw.ledger, |root| !root.is_claimable(now)))?;
    Some((claimer, claims(claim)))
}

fn claim_unproved(_: &EigenLayer, draw: &mut Draw<'_>) -> Drawn {
    let (claimer, mut claim) = draw.choose(&payable(draw.ledger))?;
    claim.proof = draw.choose(&[
        Proof::Inflated,
        Proof::EarnerElsewhere,
        Proof::EarnerOutside,
        Proof::TokenOutside,
        Proof::AnotherHeight,
        Proof::LeafMissing,
    ])?;
    Some((claimer, claims(claim)))
}

/// For a time that has a root, or that is not over.
fn submit_root_out_of_turn(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Drawn {
    let (updater, mut root) = roots::submit_root(protocol, draw)?;
    let ledger = draw.ledger;
    let end = u64::from(ledger.rewards.calculation_end);
    if let Operation::Rewards(RewardsOperation::SubmitRoot { ago, .. }) = &mut root {
        let since = u32::try_from(ledger.timestamp.checked_sub(end)?).ok()?;
        *ago = match draw.below(3) {
            _ if end == 0 => 0,
            0 => 0,
            1 => since,
            _ => since.saturating_add(1 + u32::try_from(draw.below(100)).ok()?),
        };
    }
    Some((updater, root))
}

fn disable_root_late(_: &EigenLayer, draw: &mut Draw<'_>) -> Drawn {
    let ledger = draw.ledger;
    let late = |root: &DistributionRoot| root.disabled || ledger.timestamp >= u64::from(root.activated_at);
    let all = (0u32..).zip(ledger.rewards.roots.iter().rev());
    let late: Vec<u32> = all.filter(|(_, root)| late(root)).map(|(back, _)| back).collect();
    let back = draw.choose(&late)?;
    Some((ledger.rewards.updater, asks(RewardsOperation::DisableRoot { back })))
}

fn submit_root_as_stranger(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Drawn {
    let outsider = other_than(protocol, draw, draw.ledger.rewards.updater)?;
    let (_, root) = roots::submit_root(protocol, draw)?;
    Some((outsider, root))
}

/// While the last root can still be disabled.
fn disable_root_as_stranger(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Drawn {
    let ledger = draw.ledger;
    ledger.rewards.roots.last().filter(|root| ledger.timestamp < u64::from(root.activated_at))?;
    let outsider = other_than(protocol, draw, ledger.rewards.updater)?;
    Some((outsider, asks(RewardsOperation::DisableRoot { back: 0 })))
}

fn seconds(days: usize) -> i64 {
    INTERVAL * i64::try_from(days).unwrap_or(0)
}

/// More than can be given.
fn too_much() -> U256 {
    U256::from(10).pow(U256::from(38))
}

/// Wrong in one respect, right in all others.
fn spoil(protocol: &EigenLayer, draw: &mut Draw<'_>, submission: &mut Submission) {
    let period = &mut submission.period;
    match draw.below(10) {
        0 => submission.weights.clear(),
        1 => submission.weights.push(*submission.weights.last().expect("it has one")),
        2 => submission.weights[0].strategy = protocol.cast.registrars[0],
        3 => submission.amount = U256::ZERO,
        4 => submission.amount = too_much(),
        5 => period.duration = 0,
        6 => period.duration += 1,
        7 => period.duration = u32::try_from(seconds(LONGEST + 1)).unwrap_or(u32::MAX),
        8 => period.start = seconds(MOST_AHEAD + 1),
        _ => period.start = -seconds(MOST_BACK + 1),
    }
}

fn submit_wrong_rewards(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Drawn {
    let payer = draw.choose(&protocol.cast.avss)?;
    let mut wrong = submission(draw, payer)?;
    if draw.chance(10) {
        wrong.period.start += 1 + i64::try_from(draw.below(86_399)).unwrap_or(0);
    } else {
        spoil(protocol, draw, &mut wrong);
    }
    Some((payer, asks(RewardsOperation::Submit { audience: Audience::Avs, submissions: vec![wrong] })))
}

fn spoil_directed(draw: &mut Draw<'_>, submission: &mut DirectedSubmission) {
    let first = submission.rewards[0];
    match draw.below(8) {
        0 => submission.rewards.clear(),
        1 => submission.rewards.push(first),
        2 => submission.rewards[0].operator = Address::ZERO,
        3 => submission.rewards[0].amount = U256::ZERO,
        4 => submission.rewards[0].amount = too_much(),
        5 => submission.period.duration = 0,
        6 => submission.weights.clear(),
        // Until the end of today, at the earliest.
        _ => submission.period.start = 0,
    }
}

fn submit_wrong_directed_rewards(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Drawn {
    let avs = draw.choose(&protocol.cast.avss)?;
    let payer = draw.caller(avs, protocol.rewards_permission::<R::createOperatorDirectedAVSRewardsSubmissionCall>())?;
    if !protocol.cast.submitters.contains(&payer) {
        return None;
    }
    let mut wrong = directed(protocol, draw, payer)?;
    // A set that is not there, or something in the submission.
    let missing: Vec<SetId> =
        draw.ledger.sets.iter().filter(|set| !set.exists && set.id.avs == avs).map(|set| set.id).collect();
    let set = draw.choose(&missing).filter(|_| payer == avs && draw.chance(20));
    let beneficiary = set.map_or(Beneficiary::Avs(avs), Beneficiary::Set);
    if set.is_none() {
        spoil_directed(draw, &mut wrong);
    }
    Some((payer, asks(RewardsOperation::SubmitDirected { beneficiary, submissions: vec![wrong] })))
}

/// By somebody with tokens.
fn submit_without_right(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Drawn {
    let ledger = draw.ledger;
    let payer = draw.choose(&protocol.cast.submitters)?;
    if ledger.rewards.submitter(payer).is_some_and(|submitter| !submitter.for_all) && draw.chance(50) {
        let audience = draw.choose(&[Audience::All, Audience::AllEarners])?;
        let submissions = vec![submission(draw, payer)?];
        return Some((payer, asks(RewardsOperation::Submit { audience, submissions })));
    }
    let avs = draw.choose(&protocol.cast.avss)?;
    let permission = protocol.rewards_permission::<R::createOperatorDirectedAVSRewardsSubmissionCall>();
    if ledger.can_call(avs, payer, permission) {
        return None;
    }
    let submissions = vec![directed(protocol, draw, payer)?];
    Some((payer, asks(RewardsOperation::SubmitDirected { beneficiary: Beneficiary::Avs(avs), submissions })))
}

/// More than the whole, while a change waits, or with a set that is not there.
fn set_wrong_split(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Drawn {
    let ledger = draw.ledger;
    let locked = |split: &&Split| split.is_locked(ledger.timestamp) || !splits::exists(draw, split.id);
    let locked: Vec<SplitId> = ledger.rewards.splits.iter().filter(locked).map(|split| split.id).collect();
    let waiting: Vec<SplitId> = locked.iter().filter(|id| splits::exists(draw, **id)).copied().collect();
    let (id, bips) = match draw.below(4) {
        0 => (draw.choose(&ledger.rewards.splits)?.id, WHOLE + 1),
        1 => (draw.choose(&locked)?, 500),
        _ => (draw.choose(&waiting)?, 500),
    };
    let caller = draw.caller(id.operator(), splits::permission(protocol, id))?;
    Some((caller, asks(RewardsOperation::SetSplit { split: id, bips })))
}

fn set_split_without_right(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Drawn {
    let open: Vec<SplitId> = draw
        .ledger
        .rewards
        .splits
        .iter()
        .filter(|split| !split.is_locked(draw.ledger.timestamp))
        .map(|s| s.id)
        .collect();
    let id = draw.choose(&open)?;
    let caller = super::outsider(protocol, draw, id.operator(), splits::permission(protocol, id))?;
    Some((caller, asks(RewardsOperation::SetSplit { split: id, bips: 500 })))
}

fn administer(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Drawn {
    let outsider = other_than(protocol, draw, draw.ledger.rewards.owner)?;
    let operation = match draw.below(6) {
        0 => RewardsOperation::SetActivationDelay { seconds: 0 },
        1 => RewardsOperation::SetDefaultSplit { bips: WHOLE },
        2 => RewardsOperation::SetUpdater { to: outsider },
        3 => RewardsOperation::SetSubmitterForAll { submitter: outsider, allowed: true },
        4 => RewardsOperation::TransferOwnership { to: outsider },
        _ => RewardsOperation::RenounceOwnership {},
    };
    Some((outsider, asks(operation)))
}

/// Without the right, or for somebody who is neither an operator nor an AVS with a set.
fn set_claimer_without_right(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Drawn {
    let ledger = draw.ledger;
    let represented = claims::represented(ledger);
    if draw.chance(50) {
        let earner = draw.choose(&represented)?;
        let caller = super::outsider(protocol, draw, earner, protocol.rewards_permission::<R::setClaimerFor_1Call>())?;
        return Some((caller, asks(RewardsOperation::SetClaimerFor { earner, claimer: caller })));
    }
    let others: Vec<Address> =
        protocol.cast.stakers.iter().filter(|staker| !represented.contains(staker)).copied().collect();
    let earner = draw.choose(&others)?;
    Some((earner, asks(RewardsOperation::SetClaimerFor { earner, claimer: earner })))
}
