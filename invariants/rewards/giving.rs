//! Giving: every submission is numbered, noted and right, and splits change with notice.

use alloy_primitives::{Address, U256};

use super::done;
use crate::{
    applies_if,
    call::{Beneficiary, DirectedSubmission, Period, RewardsOperation, Submission, Weight},
    ledger::{Ledger, NO_SPLIT, Split, WHOLE},
    must,
    oracle::{Checkpoint, Invariant, Scope, Step, Verdict},
};

pub(super) const NUMBERED: Invariant = Invariant {
    id: "REW-07",
    statement: "Every submission takes the next number of whose it is and is noted for ever; nothing else takes one.",
    formula: "submissionNonce' - submissionNonce == submissions of the call for that account == submissions newly noted; what \
              is noted stays noted",
    why: "Who computes rewards goes by numbers and notes. A number used twice makes one of two equal gifts disappear; a note \
          that is gone makes a gift nobody's.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::REWARDS,
    check: |step| {
        applies_if!(step.touched.rewards());
        let (account, count) = match done(step) {
            Some(RewardsOperation::Submit { submissions, .. }) => (step.call.actor, submissions.len()),
            Some(RewardsOperation::SubmitDirected { beneficiary, submissions }) => {
                (beneficiary.avs(), submissions.len())
            }
            _ => (Address::ZERO, 0),
        };
        for (was, is) in step.before.rewards.submitters.iter().zip(&step.after.rewards.submitters) {
            let expected = if is.address == account { count as u64 } else { 0 };
            must!(
                is.nonce.checked_sub(was.nonce) == Some(expected),
                "{} submitted {expected} times, and its number went from {} to {}",
                step.name(is.address),
                was.nonce,
                is.nonce,
            );
        }
        let noted =
            |ledger: &Ledger| ledger.rewards.submissions.iter().filter(|submission| submission.recorded).count();
        let (were, are) = (noted(step.before), noted(step.after));
        must!(are.checked_sub(were) == Some(count), "{count} submissions were made, {were} were noted and {are} are");
        Verdict::holds_if(count > 0)
    },
};

pub(super) const SPLIT_BOUND: Invariant = Invariant {
    id: "REW-08",
    statement: "No split that an operator set is more than the whole.",
    formula: "newSplitBips <= 10000; oldSplitBips <= 10000 or 65535, which means the default",
    why: "An operator that keeps more than everything takes from other operators' stakers.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::REWARDS,
    check: |step| {
        applies_if!(step.touched.rewards());
        let mut exercised = false;
        for split in &step.after.rewards.splits {
            exercised |= split.activated_at != 0;
            must!(
                split.new_bips <= WHOLE && (split.old_bips <= WHOLE || split.old_bips == NO_SPLIT),
                "{} keeps {} bips, and later {}",
                step.name(split.id.operator()),
                split.old_bips,
                split.new_bips,
            );
        }
        Verdict::holds_if(exercised)
    },
};

pub(super) const SPLIT_WAITS: Invariant = Invariant {
    id: "REW-09",
    statement: "A split changes with notice: what counts now counts until the activation delay is over, and until then there \
                is no other change.",
    formula: "set*Split(split): block.timestamp > activatedAt; activatedAt' == block.timestamp + activationDelay; \
              newSplitBips' == split; oldSplitBips' == newSplitBips, or 65535 at first; all other splits unchanged",
    why: "Stakers choose operators by what they keep. A split that changes at once takes what stakers counted on.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::REWARDS,
    check: |step| {
        applies_if!(step.touched.rewards());
        let asked = match done(step) {
            Some(RewardsOperation::SetSplit { split, bips }) => Some((*split, *bips)),
            _ => None,
        };
        for (was, is) in step.before.rewards.splits.iter().zip(&step.after.rewards.splits) {
            let expected = match asked {
                Some((id, bips)) if id == is.id => changed(step, was, bips),
                _ => *was,
            };
            let name = || step.name(is.id.operator());
            must!(*is == expected, "a split of {} was {} and is {}", name(), told(was), told(is));
            if *is != *was {
                let now = step.before.timestamp;
                must!(!was.is_locked(now), "a split of {} changed at {now}, when it was {}", name(), told(was));
            }
        }
        Verdict::holds_if(asked.is_some())
    },
};

/// A split after it was asked to be `bips`.
fn changed(step: &Step<'_>, was: &Split, bips: u16) -> Split {
    let activated_at = step.before.timestamp.saturating_add(u64::from(step.before.rewards.activation_delay));
    Split {
        id: was.id,
        old_bips: if was.activated_at == 0 { NO_SPLIT } else { was.new_bips },
        new_bips: bips,
        activated_at: u32::try_from(activated_at).unwrap_or(u32::MAX),
    }
}

fn told(split: &Split) -> String {
    format!("{} bips, and {} from {} on", split.old_bips, split.new_bips, split.activated_at)
}

pub(super) const SUBMITTED_RIGHT: Invariant = Invariant {
    id: "REW-11",
    statement: "Every submission lies on the grid of intervals within its bounds, names what takes deposits in order, and gives \
                something; by name only for work that is done, and to operators in order.",
    formula: "0 < duration <= MAX_REWARDS_DURATION, duration and start multiples of CALCULATION_INTERVAL_SECONDS, \
              max(GENESIS, now - MAX_RETROACTIVE_LENGTH) <= start, strategies ascend and take deposits or are native ETH, \
              amounts > 0, sum <= 1e38 - 1; start <= now + MAX_FUTURE_LENGTH, or by name start + duration < now",
    why: "Rewards are computed off the chain, day by day. A gift that does not fit there is never computed: its tokens are \
          lost.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::REWARDING.that_succeeded(),
    check: |step| {
        let wrong = match done(step) {
            Some(RewardsOperation::Submit { submissions, .. }) => {
                submissions.iter().find_map(|submission| wrong_submission(step.before, submission))
            }
            Some(RewardsOperation::SubmitDirected { beneficiary, submissions }) => {
                let missing = match beneficiary {
                    Beneficiary::Set(set) => !step.before.set(*set).is_some_and(|set| set.exists),
                    Beneficiary::Avs(_) => false,
                };
                let missing = missing.then_some("is for a set that is not there");
                missing.or_else(|| submissions.iter().find_map(|submission| wrong_directed(step.before, submission)))
            }
            _ => return Verdict::NotApplicable,
        };
        match wrong {
            Some(wrong) => Verdict::Violated(format!("{} submitted what {wrong}", step.name(step.call.actor))),
            None => Verdict::Holds,
        }
    },
};

/// What is wrong with a submission, if something is.
fn wrong_submission(ledger: &Ledger, submission: &Submission) -> Option<&'static str> {
    let terms = &ledger.rewards.terms;
    let start = u64::from(terms.start_of(submission.period, ledger.timestamp));
    let wrong = wrong_in_common(ledger, &submission.weights, submission.period);
    wrong.or_else(|| amount_is_wrong(ledger, Some(submission.amount))).or_else(|| {
        let last = ledger.timestamp.saturating_add(u64::from(terms.most_ahead));
        (start > last).then_some("starts too late")
    })
}

fn wrong_directed(ledger: &Ledger, submission: &DirectedSubmission) -> Option<&'static str> {
    let start = u64::from(ledger.rewards.terms.start_of(submission.period, ledger.timestamp));
    let operators: Vec<Address> = submission.rewards.iter().map(|reward| reward.operator).collect();
    let ends = start.saturating_add(u64::from(submission.period.duration));
    let wrong = wrong_in_common(ledger, &submission.weights, submission.period);
    wrong.or_else(|| amount_is_wrong(ledger, submission.total())).or_else(|| {
        if ends >= ledger.timestamp {
            Some("is for work that is not done")
        } else if !ascends(&operators) || operators.iter().any(|operator| operator.is_zero()) {
            Some("names operators out of order, or nobody")
        } else if submission.rewards.iter().any(|reward| reward.amount.is_zero()) {
            Some("gives an operator nothing")
        } else {
            None
        }
    })
}

fn amount_is_wrong(ledger: &Ledger, amount: Option<U256>) -> Option<&'static str> {
    match amount {
        Some(amount) if amount.is_zero() => Some("gives nothing"),
        Some(amount) if amount <= ledger.rewards.terms.most => None,
        _ => Some("gives more than can be"),
    }
}

fn wrong_in_common(ledger: &Ledger, weights: &[Weight], period: Period) -> Option<&'static str> {
    let terms = &ledger.rewards.terms;
    let interval = terms.interval.max(1);
    let start = terms.start_of(period, ledger.timestamp);
    let earliest = ledger.timestamp.saturating_sub(u64::from(terms.most_back)).max(u64::from(terms.genesis));
    let strategies: Vec<Address> = weights.iter().map(|weight| weight.strategy).collect();
    if period.duration == 0 || period.duration > terms.longest {
        Some("lasts too long, or not at all")
    } else if !period.duration.is_multiple_of(interval) || !start.is_multiple_of(interval) {
        Some("is off the grid")
    } else if u64::from(start) < earliest {
        Some("starts too early")
    } else if strategies.is_empty() || !ascends(&strategies) {
        Some("names strategies out of order, or none")
    } else if !strategies.iter().all(|strategy| takes_deposits(ledger, *strategy)) {
        Some("names a strategy that takes no deposits")
    } else {
        None
    }
}

fn ascends(addresses: &[Address]) -> bool {
    addresses.windows(2).all(|pair| pair[0] < pair[1])
}

fn takes_deposits(ledger: &Ledger, strategy: Address) -> bool {
    ledger.is_whitelisted(strategy) == Some(true) || strategy == ledger.rewards.terms.native
}

#[cfg(test)]
mod tests {
    use alloy_primitives::B256;

    use super::*;
    use crate::{
        call::{Audience, OperatorReward, SetId},
        invariants::rewards::scene::Claimed,
        ledger::{RecordedSubmission, SubmissionKind},
    };

    const DAY: i64 = 86_400;

    fn submission(scene: &Claimed) -> Submission {
        Submission {
            weights: vec![Weight { strategy: scene.before.strategies[0].address, multiplier: 1 }],
            token: scene.before.tokens[0].address,
            amount: U256::from(5),
            period: Period { start: 0, duration: 86_400 },
        }
    }

    fn submitted(change: impl Fn(&mut Submission)) -> Claimed {
        let mut submission = submission(&Claimed::new());
        change(&mut submission);
        let submissions = vec![submission];
        let mut scene = Claimed::instead(RewardsOperation::Submit { audience: Audience::Avs, submissions });
        let account = scene.call.actor;
        scene.after.rewards.submitters[0].nonce += 1;
        scene.after.rewards.submissions.push(RecordedSubmission {
            kind: SubmissionKind::Avs,
            account,
            hash: B256::ZERO,
            recorded: true,
        });
        scene
    }

    #[test]
    fn rew_07() {
        let mut scene = submitted(|_| {});
        assert_eq!(scene.judge(&NUMBERED), Verdict::Holds);
        scene.after.rewards.submissions[0].recorded = false;
        assert!(matches!(scene.judge(&NUMBERED), Verdict::Violated(_)), "not noted");
        let mut scene = submitted(|_| {});
        scene.after.rewards.submitters[0].nonce -= 1;
        assert!(matches!(scene.judge(&NUMBERED), Verdict::Violated(_)), "the same number again");
        scene.after.rewards.submissions.clear();
        assert!(matches!(scene.judge(&NUMBERED), Verdict::Violated(_)), "nothing happened");
        assert_eq!(Claimed::new().judge(&NUMBERED), Verdict::NotApplicable);
    }

    fn split(bips: u16) -> Claimed {
        let id = Claimed::new().before.rewards.splits[0].id;
        let mut scene = Claimed::instead(RewardsOperation::SetSplit { split: id, bips });
        scene.after.rewards.splits[0] = Split { id, old_bips: NO_SPLIT, new_bips: bips, activated_at: 1_750_000_060 };
        scene
    }

    #[test]
    fn rew_08() {
        assert_eq!(split(WHOLE).judge(&SPLIT_BOUND), Verdict::Holds);
        assert!(matches!(split(WHOLE + 1).judge(&SPLIT_BOUND), Verdict::Violated(_)));
        assert_eq!(Claimed::new().judge(&SPLIT_BOUND), Verdict::NotApplicable);
    }

    #[test]
    fn rew_09() {
        let mut scene = split(5);
        assert_eq!(scene.judge(&SPLIT_WAITS), Verdict::Holds);
        scene.after.rewards.splits[0].activated_at -= 1;
        assert!(matches!(scene.judge(&SPLIT_WAITS), Verdict::Violated(_)), "a second too early");
        let mut scene = split(5);
        scene.before.rewards.splits[0].activated_at = 1_749_999_999;
        scene.before.rewards.splits[0].new_bips = 3;
        scene.after.rewards.splits[0].old_bips = 3;
        assert_eq!(scene.judge(&SPLIT_WAITS), Verdict::Holds, "again");
        scene.before.rewards.splits[0].activated_at += 1;
        assert!(matches!(scene.judge(&SPLIT_WAITS), Verdict::Violated(_)), "while it waits");
        let mut scene = Claimed::new();
        scene.after.rewards.splits[0].new_bips = 1;
        assert!(matches!(scene.judge(&SPLIT_WAITS), Verdict::Violated(_)), "nobody asked");
        assert_eq!(Claimed::new().judge(&SPLIT_WAITS), Verdict::NotApplicable);
    }

    #[test]
    fn rew_11() {
        assert_eq!(submitted(|_| {}).judge(&SUBMITTED_RIGHT), Verdict::Holds);
        let right: [fn(&mut Submission); 4] = [
            |it| it.period.start = 30 * DAY,
            |it| it.period.start = -89 * DAY,
            |it| it.period.duration = 864_000,
            |it| it.weights[0].strategy = Address::repeat_byte(0xbe),
        ];
        for change in right {
            assert_eq!(submitted(change).judge(&SUBMITTED_RIGHT), Verdict::Holds);
        }
        let wrong: [fn(&mut Submission); 12] = [
            |it| it.period.start = 31 * DAY,
            |it| it.period.start = -90 * DAY,
            |it| it.period.start = 1,
            |it| it.period.start = -100_000 * DAY,
            |it| it.period.duration = 0,
            |it| it.period.duration = 86_401,
            |it| it.period.duration = 950_400,
            |it| it.amount = U256::ZERO,
            |it| it.amount = U256::from(1_000_001),
            |it| it.weights.clear(),
            |it| it.weights.push(it.weights[0]),
            |it| it.weights[0].strategy = Address::repeat_byte(1),
        ];
        for (index, change) in wrong.into_iter().enumerate() {
            assert!(matches!(submitted(change).judge(&SUBMITTED_RIGHT), Verdict::Violated(_)), "{index}");
        }
        let mut scene = submitted(|_| {});
        scene.before.strategies[0].whitelisted = false;
        assert!(matches!(scene.judge(&SUBMITTED_RIGHT), Verdict::Violated(_)), "it takes no deposits");
        assert_eq!(Claimed::new().judge(&SUBMITTED_RIGHT), Verdict::NotApplicable);
    }

    fn directed(beneficiary: Beneficiary, change: impl Fn(&mut DirectedSubmission)) -> Verdict {
        let plain = submission(&Claimed::new());
        let reward = |byte: u8| OperatorReward { operator: Address::repeat_byte(byte), amount: U256::ONE };
        let mut submission = DirectedSubmission {
            weights: plain.weights,
            token: plain.token,
            rewards: vec![reward(1), reward(2)],
            period: Period { start: -2 * DAY, duration: 86_400 },
        };
        change(&mut submission);
        let submissions = vec![submission];
        Claimed::instead(RewardsOperation::SubmitDirected { beneficiary, submissions }).judge(&SUBMITTED_RIGHT)
    }

    #[test]
    fn rew_11_by_name() {
        let avs = Beneficiary::Avs(Address::ZERO);
        assert_eq!(directed(avs, |_| {}), Verdict::Holds);
        let wrong: [fn(&mut DirectedSubmission); 5] = [
            |it| it.rewards.clear(),
            |it| it.rewards.reverse(),
            |it| it.rewards[0].operator = Address::ZERO,
            |it| it.rewards[0].amount = U256::ZERO,
            |it| it.period.start = 0,
        ];
        for (index, change) in wrong.into_iter().enumerate() {
            assert!(matches!(directed(avs, change), Verdict::Violated(_)), "{index}");
        }
        let nowhere = Beneficiary::Set(SetId { avs: Address::ZERO, id: 77 });
        assert!(matches!(directed(nowhere, |_| {}), Verdict::Violated(_)), "no such set");
    }
}
