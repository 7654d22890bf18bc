//! The rewards coordinator.

use alloy_primitives::{Address, B256, Bytes, U256, aliases::U96, keccak256};
use alloy_sol_types::{SolCall, SolValue};

use super::{Encoded, Encoder};
use crate::{
    call::{
        Audience, Beneficiary, Claim, DirectedSubmission, Earned, RewardsOperation, SetId, SplitId, Submission, Weight,
    },
    ledger::{Ledger, SubmissionKind},
    protocol::eigenlayer::abi::{RewardsCoordinator as R, RewardsOperatorSet},
};

impl Encoder<'_> {
    pub(super) fn rewards(&self, operation: &RewardsOperation) -> Option<Encoded> {
        use RewardsOperation as O;
        let data = match operation {
            O::Submit { audience, submissions } => self.submit(*audience, submissions),
            O::SubmitDirected { beneficiary, submissions } => self.submit_directed(*beneficiary, submissions),
            O::SubmitRoot { distribution, ago } => {
                let end = u32::try_from(self.before.timestamp).unwrap_or(u32::MAX).saturating_sub(*ago);
                R::submitRootCall { root: distribution.root(), rewardsCalculationEndTimestamp: end }.abi_encode()
            }
            O::DisableRoot { back } => {
                let index = self.before.rewards.root_index(*back).unwrap_or(*back as usize);
                R::disableRootCall { rootIndex: u32::try_from(index).unwrap_or(u32::MAX) }.abi_encode()
            }
            O::Claim { claim, recipient } => {
                R::processClaimCall { claim: sol_claim(self.before, claim)?, recipient: *recipient }.abi_encode()
            }
            O::Claims { claims, recipient } => {
                let claims = claims.iter().map(|claim| sol_claim(self.before, claim)).collect::<Option<_>>()?;
                R::processClaimsCall { claims, recipient: *recipient }.abi_encode()
            }
            O::SetClaimer { claimer } => R::setClaimerFor_0Call { claimer: *claimer }.abi_encode(),
            O::SetClaimerFor { earner, claimer } => {
                R::setClaimerFor_1Call { earner: *earner, claimer: *claimer }.abi_encode()
            }
            O::SetSplit { split, bips } => set_split(*split, *bips),
            O::SetActivationDelay { seconds } => R::setActivationDelayCall { delay: *seconds }.abi_encode(),
            O::SetDefaultSplit { bips } => R::setDefaultOperatorSplitCall { split: *bips }.abi_encode(),
            O::SetUpdater { to } => R::setRewardsUpdaterCall { newRewardsUpdater: *to }.abi_encode(),
            // Of others who give rewards nobody would keep what they gave.
            O::SetSubmitterForAll { submitter, .. } if self.before.rewards.submitter(*submitter).is_none() => {
                return None;
            }
            O::SetSubmitterForAll { submitter, allowed } => {
                R::setRewardsForAllSubmitterCall { submitter: *submitter, newValue: *allowed }.abi_encode()
            }
            O::TransferOwnership { to } => R::transferOwnershipCall { newOwner: *to }.abi_encode(),
            O::RenounceOwnership {} => R::renounceOwnershipCall {}.abi_encode(),
        };
        Some((self.protocol.contracts.rewards_coordinator, data))
    }

    fn submit(&self, audience: Audience, submissions: &[Submission]) -> Vec<u8> {
        let submissions = submissions.iter().map(|submission| sol_submission(self.before, submission)).collect();
        match audience {
            Audience::Avs => R::createAVSRewardsSubmissionCall { rewardsSubmissions: submissions }.abi_encode(),
            Audience::All => R::createRewardsForAllSubmissionCall { rewardsSubmissions: submissions }.abi_encode(),
            Audience::AllEarners => R::createRewardsForAllEarnersCall { rewardsSubmissions: submissions }.abi_encode(),
        }
    }

    fn submit_directed(&self, beneficiary: Beneficiary, submissions: &[DirectedSubmission]) -> Vec<u8> {
        let submissions = submissions.iter().map(|submission| sol_directed(self.before, submission)).collect();
        match beneficiary {
            Beneficiary::Avs(avs) => {
                R::createOperatorDirectedAVSRewardsSubmissionCall { avs, submissions }.abi_encode()
            }
            Beneficiary::Set(set) => {
                let call = R::createOperatorDirectedOperatorSetRewardsSubmissionCall {
                    operatorSet: sol_set(set),
                    submissions,
                };
                call.abi_encode()
            }
        }
    }
}

fn sol_set(set: SetId) -> RewardsOperatorSet {
    RewardsOperatorSet { avs: set.avs, id: set.id }
}

fn set_split(split: SplitId, bips: u16) -> Vec<u8> {
    match split {
        SplitId::Avs { operator, avs } => R::setOperatorAVSSplitCall { operator, avs, split: bips }.abi_encode(),
        SplitId::Incentives { operator } => R::setOperatorPISplitCall { operator, split: bips }.abi_encode(),
        SplitId::Set { operator, set } => {
            R::setOperatorSetSplitCall { operator, operatorSet: sol_set(set), split: bips }.abi_encode()
        }
    }
}

fn sol_weights(weights: &[Weight]) -> Vec<R::StrategyAndMultiplier> {
    let weight = |weight: &Weight| R::StrategyAndMultiplier {
        strategy: weight.strategy,
        multiplier: U96::from(weight.multiplier),
    };
    weights.iter().map(weight).collect()
}

fn sol_submission(before: &Ledger, submission: &Submission) -> R::RewardsSubmission {
    R::RewardsSubmission {
        strategiesAndMultipliers: sol_weights(&submission.weights),
        token: submission.token,
        amount: submission.amount,
        startTimestamp: before.rewards.terms.start_of(submission.period, before.timestamp),
        duration: submission.period.duration,
    }
}

fn sol_directed(before: &Ledger, submission: &DirectedSubmission) -> R::OperatorDirectedRewardsSubmission {
    let rewards = submission.rewards.iter();
    R::OperatorDirectedRewardsSubmission {
        strategiesAndMultipliers: sol_weights(&submission.weights),
        token: submission.token,
        operatorRewards: rewards
            .map(|reward| R::OperatorReward { operator: reward.operator, amount: reward.amount })
            .collect(),
        startTimestamp: before.rewards.terms.start_of(submission.period, before.timestamp),
        duration: submission.period.duration,
        description: String::new(),
    }
}

/// What the submissions of a call would be noted as, if it succeeds: their kind, whose they are, and their hashes.
/// `docs/protocol.md` section 11.2.
pub(in super::super) fn submission_hashes(
    operation: &RewardsOperation,
    caller: Address,
    before: &Ledger,
) -> Option<(SubmissionKind, Address, Vec<B256>)> {
    let number = |account: Address, index: usize| {
        let nonce = before.rewards.submitter(account).map_or(0, |submitter| submitter.nonce);
        U256::from(nonce.saturating_add(index as u64))
    };
    match operation {
        RewardsOperation::Submit { audience, submissions } => {
            let kind = match audience {
                Audience::Avs => SubmissionKind::Avs,
                Audience::All => SubmissionKind::All,
                Audience::AllEarners => SubmissionKind::AllEarners,
            };
            let hash = |(index, submission): (usize, &Submission)| {
                keccak256((caller, number(caller, index), sol_submission(before, submission)).abi_encode_params())
            };
            Some((kind, caller, submissions.iter().enumerate().map(hash).collect()))
        }
        RewardsOperation::SubmitDirected { beneficiary, submissions } => {
            let kind = match beneficiary {
                Beneficiary::Avs(_) => SubmissionKind::Directed,
                Beneficiary::Set(_) => SubmissionKind::DirectedToSet,
            };
            let avs = beneficiary.avs();
            let hash = |(index, submission): (usize, &DirectedSubmission)| {
                keccak256((avs, number(avs, index), sol_directed(before, submission)).abi_encode_params())
            };
            Some((kind, avs, submissions.iter().enumerate().map(hash).collect()))
        }
        _ => None,
    }
}

fn joined(siblings: &[B256]) -> Bytes {
    siblings.iter().flatten().copied().collect()
}

/// A claim with its proofs. `None` when nobody published what its root stands for, or the earner is not in it.
fn sol_claim(before: &Ledger, claim: &Claim) -> Option<R::RewardsMerkleClaim> {
    let request = before.rewards.claim_request(claim)?;
    let leaf = |earned: &Earned| R::TokenTreeMerkleLeaf { token: earned.token, cumulativeEarnings: earned.cumulative };
    Some(R::RewardsMerkleClaim {
        rootIndex: request.root,
        earnerIndex: request.earner_index,
        earnerTreeProof: joined(&request.earner_proof),
        earnerLeaf: R::EarnerTreeMerkleLeaf { earner: request.earner, earnerTokenRoot: request.token_root },
        tokenIndices: request.token_indices,
        tokenTreeProofs: request.token_proofs.iter().map(|proof| joined(proof)).collect(),
        tokenLeaves: request.tokens.iter().map(leaf).collect(),
    })
}
