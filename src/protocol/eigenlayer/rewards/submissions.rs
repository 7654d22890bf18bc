//! Those who give: AVSs to whoever secures them, others to all.

use alloy_primitives::{Address, U256};

use super::{asks, unless_paused};
use crate::{
    arithmetic::WAD,
    book::Role,
    call::{
        Audience, Beneficiary, DirectedSubmission, OperatorReward, Period, RewardsOperation, SetId, Submission, Weight,
    },
    draw::Draw,
    ledger::Ledger,
    protocol::{
        Action,
        eigenlayer::{
            EigenLayer,
            abi::RewardsCoordinator as R,
            action::{Drawn, action},
            deploy::{
                CALCULATION_INTERVAL, MAX_FUTURE_LENGTH, MAX_RETROACTIVE_LENGTH, MAX_REWARDS_DURATION, NATIVE_STRATEGY,
            },
            switch,
        },
    },
};

pub(in super::super) const ACTIONS: &[Action<EigenLayer>] = &[
    action("avs.submit_rewards", Role::Avs, 2, |protocol, draw| {
        unless_paused(switch::AVS_SUBMISSION, protocol, draw, submit_for_avs)
    }),
    action("submitter.submit_for_all", Role::Owner, 1, |protocol, draw| {
        unless_paused(switch::SUBMISSION_FOR_ALL, protocol, draw, submit_for_all)
    }),
    action("submitter.submit_for_all_earners", Role::Owner, 1, |protocol, draw| {
        unless_paused(switch::SUBMISSION_FOR_ALL_EARNERS, protocol, draw, submit_for_all_earners)
    }),
    action("avs.submit_directed_rewards", Role::Avs, 1, |protocol, draw| {
        unless_paused(switch::DIRECTED_SUBMISSION, protocol, draw, submit_directed)
    }),
    action("avs.submit_directed_rewards_to_set", Role::Avs, 1, |protocol, draw| {
        unless_paused(switch::DIRECTED_SET_SUBMISSION, protocol, draw, submit_directed_to_set)
    }),
];

/// Seconds of an interval, to count with before and after.
pub(in super::super) const INTERVAL: i64 = CALCULATION_INTERVAL as i64;

/// Intervals that a submission may start back and ahead, and last.
pub(in super::super) const MOST_BACK: usize = (MAX_RETROACTIVE_LENGTH / CALCULATION_INTERVAL) as usize;
pub(in super::super) const MOST_AHEAD: usize = (MAX_FUTURE_LENGTH / CALCULATION_INTERVAL) as usize;
pub(in super::super) const LONGEST: usize = (MAX_REWARDS_DURATION / CALCULATION_INTERVAL) as usize;

fn submit_for_avs(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Drawn {
    // Whoever has tokens may give them as an AVS.
    let among = if draw.chance(80) { &protocol.cast.avss } else { &protocol.cast.submitters };
    let payer = draw.prefer(among, |payer| *payer)?;
    Some((payer, submit(draw, Audience::Avs, payer)?))
}

fn submit_for_all(_: &EigenLayer, draw: &mut Draw<'_>) -> Drawn {
    let payer = for_all(draw)?;
    Some((payer, submit(draw, Audience::All, payer)?))
}

fn submit_for_all_earners(_: &EigenLayer, draw: &mut Draw<'_>) -> Drawn {
    let payer = for_all(draw)?;
    Some((payer, submit(draw, Audience::AllEarners, payer)?))
}

fn for_all(draw: &mut Draw<'_>) -> Option<Address> {
    let may = draw.ledger.rewards.submitters.iter().filter(|submitter| submitter.for_all);
    let may: Vec<Address> = may.map(|submitter| submitter.address).collect();
    draw.choose(&may)
}

fn submit(draw: &mut Draw<'_>, audience: Audience, payer: Address) -> Option<crate::call::Operation> {
    let count = if draw.chance(85) { 1 } else { 2 };
    let submissions = (0..count).map(|_| submission(draw, payer)).collect::<Option<_>>()?;
    Some(asks(RewardsOperation::Submit { audience, submissions }))
}

/// A submission that is right, and that `payer` can pay.
pub(in super::super) fn submission(draw: &mut Draw<'_>, payer: Address) -> Option<Submission> {
    let (token, amount) = payment(draw, payer)?;
    let days = match draw.below(4) {
        0 => -(draw.below(MOST_BACK).cast_signed()),
        1 => draw.below(MOST_AHEAD + 1).cast_signed(),
        2 => MOST_AHEAD.cast_signed(),
        _ => 0,
    };
    let duration = duration(draw, LONGEST);
    let start = i64::try_from(days).unwrap_or(0) * INTERVAL;
    Some(Submission { weights: weights(draw), token, amount, period: Period { start, duration } })
}

/// One interval, the most there may be, or something between.
fn duration(draw: &mut Draw<'_>, most: usize) -> u32 {
    let intervals = match draw.below(3) {
        0 => most,
        1 => 1 + draw.below(most),
        _ => 1,
    };
    u32::try_from(intervals).unwrap_or(1) * CALCULATION_INTERVAL
}

/// Some of what `payer` has: little, for it has to last.
fn payment(draw: &mut Draw<'_>, payer: Address) -> Option<(Address, U256)> {
    let ledger = draw.ledger;
    let moves = |token: &Address| ledger.moves(*token, payer, ledger.rewards.coordinator);
    let tokens: Vec<Address> = ledger.tokens.iter().map(|token| token.address).filter(moves).collect();
    let token = draw.choose(&tokens)?;
    let balance = draw.ledger.balance(token, payer)?;
    let most = (balance / U256::from(1_000_000)).max(U256::ONE).min(balance);
    Some((token, draw.up_to(most)?))
}

/// What takes deposits, and native ETH, in ascending order.
fn eligible(ledger: &Ledger) -> Vec<Address> {
    let own = ledger.strategies.iter().filter(|strategy| strategy.whitelisted).map(|strategy| strategy.address);
    let made = ledger.factory.strategies.iter().filter(|strategy| strategy.whitelisted);
    let mut all: Vec<Address> = own.chain(made.map(|strategy| strategy.address)).chain([NATIVE_STRATEGY]).collect();
    all.sort_unstable();
    all.dedup();
    all
}

fn weights(draw: &mut Draw<'_>) -> Vec<Weight> {
    let strategies = draw.some_of(&eligible(draw.ledger), 3);
    strategies.into_iter().map(|strategy| Weight { strategy, multiplier: WAD }).collect()
}

fn submit_directed(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Drawn {
    let avs = draw.prefer(&protocol.cast.avss, |avs| *avs)?;
    directed_by(protocol, draw, Beneficiary::Avs(avs))
}

fn submit_directed_to_set(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Drawn {
    let sets: Vec<SetId> = draw.ledger.sets.iter().filter(|set| set.exists).map(|set| set.id).collect();
    let set = draw.prefer(&sets, |set| set.avs)?;
    directed_by(protocol, draw, Beneficiary::Set(set))
}

fn directed_by(protocol: &EigenLayer, draw: &mut Draw<'_>, beneficiary: Beneficiary) -> Drawn {
    let permission = match beneficiary {
        Beneficiary::Avs(_) => protocol.rewards_permission::<R::createOperatorDirectedAVSRewardsSubmissionCall>(),
        Beneficiary::Set(_) => {
            protocol.rewards_permission::<R::createOperatorDirectedOperatorSetRewardsSubmissionCall>()
        }
    };
    let payer = draw.caller(beneficiary.avs(), permission)?;
    // Who acts for the AVS pays, and not everybody lets the coordinator take something.
    if !protocol.cast.submitters.contains(&payer) {
        return None;
    }
    let submissions = vec![directed(protocol, draw, payer)?];
    Some((payer, asks(RewardsOperation::SubmitDirected { beneficiary, submissions })))
}

/// A submission by name that is right, and that `payer` can pay.
pub(in super::super) fn directed(
    protocol: &EigenLayer,
    draw: &mut Draw<'_>,
    payer: Address,
) -> Option<DirectedSubmission> {
    let mut operators = protocol.cast.operators.clone();
    operators.sort_unstable();
    let operators = draw.some_of(&operators, 3);
    let (token, most) = payment(draw, payer)?;
    let mut rewards = Vec::new();
    for operator in operators {
        let amount = draw.up_to((most / U256::from(3)).max(U256::ONE))?;
        rewards.push(OperatorReward { operator, amount });
    }
    // It ended before today began.
    let duration = duration(draw, LONGEST);
    let lasted = (duration / CALCULATION_INTERVAL) as usize;
    let back = lasted + 1 + draw.below(MOST_BACK - lasted - 1);
    let start = -INTERVAL * i64::try_from(back).unwrap_or(0);
    Some(DirectedSubmission { weights: weights(draw), token, rewards, period: Period { start, duration } })
}
