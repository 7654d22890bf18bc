//! Submissions: what is given, and what for (`docs/protocol.md` section 11.2).

use alloy_primitives::{Address, B256, U256, aliases::U96, keccak256};
use alloy_sol_types::{SolValue, sol};

use crate::{
    call::{Audience, Beneficiary, DirectedSubmission, Period, Submission, Weight},
    ledger::{RecordedSubmission, SubmissionKind},
    model::{
        Model, NOT_KEPT,
        arithmetic::add,
        pausing::switch,
        permissions::rewards as function,
        revert::{Error, Foreseen, Panic, require},
    },
};

sol! {
    /// A weight, as submissions are hashed.
    struct HashedWeight {
        address strategy;
        uint96 multiplier;
    }

    /// A submission for stake, as it is hashed.
    struct HashedSubmission {
        HashedWeight[] weights;
        address token;
        uint256 amount;
        uint32 start;
        uint32 duration;
    }

    /// What an operator gets, as submissions are hashed.
    struct HashedReward {
        address operator;
        uint256 amount;
    }

    /// A submission for operators by name, as it is hashed.
    struct HashedDirected {
        HashedWeight[] weights;
        address token;
        HashedReward[] rewards;
        uint32 start;
        uint32 duration;
        string description;
    }
}

/// What is noted of a submission, and what it gives.
#[derive(Clone, Copy)]
struct Given {
    kind: SubmissionKind,
    account: Address,
    hash: B256,
    token: Address,
    amount: U256,
}

impl Model<'_> {
    /// `createAVSRewardsSubmission`, `createRewardsForAllSubmission`, `createRewardsForAllEarners`.
    pub(super) fn create_submissions(&mut self, audience: Audience, submissions: &[Submission]) -> Foreseen {
        let (kind, switch) = match audience {
            Audience::Avs => (SubmissionKind::Avs, switch::AVS_SUBMISSION),
            Audience::All => (SubmissionKind::All, switch::SUBMISSION_FOR_ALL),
            Audience::AllEarners => (SubmissionKind::AllEarners, switch::SUBMISSION_FOR_ALL_EARNERS),
        };
        self.only_when_not_paused(self.coordinator(), switch)?;
        let account = self.caller;
        if audience != Audience::Avs {
            let for_all = self.ledger.rewards.submitter(account).is_some_and(|submitter| submitter.for_all);
            require(for_all, Error::UnauthorizedCaller)?;
        }
        for submission in submissions {
            let start = self.start_of(submission.period);
            let hashed = HashedSubmission {
                weights: hashed(&submission.weights),
                token: submission.token,
                amount: submission.amount,
                start,
                duration: submission.period.duration,
            };
            let hash = keccak256((account, self.submission_nonce(account)?, hashed).abi_encode_params());
            self.validate(submission, start)?;
            self.give(Given { kind, account, hash, token: submission.token, amount: submission.amount })?;
        }
        Ok(())
    }

    /// `createOperatorDirectedAVSRewardsSubmission` and `createOperatorDirectedOperatorSetRewardsSubmission`.
    pub(super) fn create_directed_submissions(
        &mut self,
        beneficiary: Beneficiary,
        submissions: &[DirectedSubmission],
    ) -> Foreseen {
        let (kind, switch, function) = match beneficiary {
            Beneficiary::Avs(_) => {
                (SubmissionKind::Directed, switch::DIRECTED_SUBMISSION, function::CREATE_DIRECTED_SUBMISSION)
            }
            Beneficiary::Set(_) => (
                SubmissionKind::DirectedToSet,
                switch::DIRECTED_SET_SUBMISSION,
                function::CREATE_DIRECTED_SET_SUBMISSION,
            ),
        };
        let account = beneficiary.avs();
        self.only_when_not_paused(self.coordinator(), switch)?;
        self.check_can_reward(account, function)?;
        if let Beneficiary::Set(set) = beneficiary {
            self.existing_set(set)?;
        }
        for submission in submissions {
            let start = self.start_of(submission.period);
            let rewards = submission.rewards.iter();
            let hashed = HashedDirected {
                weights: hashed(&submission.weights),
                token: submission.token,
                rewards: rewards.map(|at| HashedReward { operator: at.operator, amount: at.amount }).collect(),
                start,
                duration: submission.period.duration,
                description: String::new(),
            };
            let hash = keccak256((account, self.submission_nonce(account)?, hashed).abi_encode_params());
            let amount = self.validate_directed(submission, start)?;
            self.give(Given { kind, account, hash, token: submission.token, amount })?;
        }
        Ok(())
    }

    fn start_of(&self, period: Period) -> u32 {
        self.ledger.rewards.terms.start_of(period, self.ledger.timestamp)
    }

    fn submission_nonce(&self, account: Address) -> Foreseen<U256> {
        self.ledger.rewards.submitter(account).map(|submitter| U256::from(submitter.nonce)).ok_or(NOT_KEPT)
    }

    /// A submission that is right is counted and noted; then its tokens come from the caller.
    fn give(&mut self, given: Given) -> Foreseen {
        let Given { kind, account, hash, token, amount } = given;
        let mut submitters = self.ledger.rewards.submitters.iter_mut();
        let nonce = &mut submitters.find(|submitter| submitter.address == account).ok_or(NOT_KEPT)?.nonce;
        *nonce = nonce.checked_add(1).ok_or(NOT_KEPT)?;
        self.note(RecordedSubmission { kind, account, hash, recorded: true });
        self.safe_transfer_from(self.coordinator(), token, (self.caller, self.coordinator()), amount)
    }

    /// The ledger keeps them by hash.
    fn note(&mut self, submission: RecordedSubmission) {
        let key = |at: &RecordedSubmission| (at.hash, at.account, at.kind);
        let noted = &mut self.ledger.rewards.submissions;
        match noted.binary_search_by_key(&key(&submission), key) {
            Ok(place) => noted[place] = submission,
            Err(place) => noted.insert(place, submission),
        }
    }

    fn validate(&self, submission: &Submission, start: u32) -> Foreseen {
        let terms = self.ledger.rewards.terms;
        self.validate_common(&submission.weights, start, submission.period.duration)?;
        require(!submission.amount.is_zero(), Error::AmountIsZero)?;
        require(submission.amount <= terms.most, Error::AmountExceedsMax)?;
        let latest = self.ledger.timestamp.saturating_add(u64::from(terms.most_ahead));
        require(u64::from(start) <= latest, Error::StartTimestampTooFarInFuture)
    }

    /// What all operators get. What they did is known only once it is done.
    fn validate_directed(&self, submission: &DirectedSubmission, start: u32) -> Foreseen<U256> {
        let duration = submission.period.duration;
        self.validate_common(&submission.weights, start, duration)?;
        require(!submission.rewards.is_empty(), Error::InputArrayLengthZero)?;
        let end = start.checked_add(duration).ok_or(Panic::Overflow)?;
        require(u64::from(end) < self.ledger.timestamp, Error::SubmissionNotRetroactive)?;
        let mut previous = Address::ZERO;
        let mut total = U256::ZERO;
        for reward in &submission.rewards {
            require(!reward.operator.is_zero(), Error::InvalidAddressZero)?;
            require(reward.operator > previous, Error::OperatorsNotInAscendingOrder)?;
            require(!reward.amount.is_zero(), Error::AmountIsZero)?;
            previous = reward.operator;
            total = add(total, reward.amount)?;
        }
        require(total <= self.ledger.rewards.terms.most, Error::AmountExceedsMax)?;
        Ok(total)
    }

    fn validate_common(&self, weights: &[Weight], start: u32, duration: u32) -> Foreseen {
        let terms = self.ledger.rewards.terms;
        require(!weights.is_empty(), Error::InputArrayLengthZero)?;
        require(duration <= terms.longest, Error::DurationExceedsMax)?;
        require(duration.is_multiple_of(terms.interval), Error::InvalidDurationRemainder)?;
        require(duration > 0, Error::DurationIsZero)?;
        require(start.is_multiple_of(terms.interval), Error::InvalidStartTimestampRemainder)?;
        let earliest = self.ledger.timestamp.checked_sub(u64::from(terms.most_back)).ok_or(Panic::Overflow)?;
        let recent = earliest <= u64::from(start) && terms.genesis <= start;
        require(recent, Error::StartTimestampTooFarInPast)?;
        let mut previous = Address::ZERO;
        for weight in weights {
            let counts = weight.strategy == terms.native || self.is_whitelisted(weight.strategy)?;
            require(counts, Error::StrategyNotWhitelisted)?;
            require(weight.strategy > previous, Error::StrategiesNotInAscendingOrder)?;
            previous = weight.strategy;
        }
        Ok(())
    }
}

fn hashed(weights: &[Weight]) -> Vec<HashedWeight> {
    let hashed = |weight: &Weight| HashedWeight { strategy: weight.strategy, multiplier: U96::from(weight.multiplier) };
    weights.iter().map(hashed).collect()
}
