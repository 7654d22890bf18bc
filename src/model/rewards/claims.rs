//! Roots and claims (`docs/protocol.md` sections 11.3 and 11.4).

use std::sync::Arc;

use alloy_primitives::{Address, B256, U256, keccak256};

use crate::{
    call::{Claim, Distribution, Earned, earner_leaf},
    ledger::{ClaimRequest, DistributionRoot, Earner},
    model::{
        Model, NOT_KEPT,
        arithmetic::sub,
        pausing::switch,
        permissions::rewards as function,
        revert::{Error, Foreseen, Panic, require},
    },
};

impl Model<'_> {
    /// `submitRoot`: when it counts from is settled now.
    pub(super) fn submit_root(&mut self, distribution: &Distribution, ago: u32) -> Foreseen {
        self.only_rewards_updater()?;
        let now = self.ledger.timestamp;
        let calculation_end = u32::try_from(now).unwrap_or(u32::MAX).saturating_sub(ago);
        let newest = self.ledger.rewards.calculation_end;
        require(calculation_end > newest, Error::NewRootMustBeForNewCalculatedPeriod)?;
        require(u64::from(calculation_end) < now, Error::RewardsEndTimestampNotElapsed)?;
        let activated_at = self.now().checked_add(self.ledger.rewards.activation_delay).ok_or(Panic::Overflow)?;
        let rewards = &mut self.ledger.rewards;
        rewards.roots.push(DistributionRoot {
            root: distribution.root(),
            calculation_end,
            activated_at,
            disabled: false,
            distribution: Some(Arc::new(distribution.clone())),
        });
        rewards.calculation_end = calculation_end;
        Ok(())
    }

    /// `disableRoot`: for ever, and only before it counts.
    pub(super) fn disable_root(&mut self, back: u32) -> Foreseen {
        self.only_rewards_updater()?;
        let now = self.ledger.timestamp;
        let index = self.ledger.rewards.root_index(back);
        let root = index.map(|index| &mut self.ledger.rewards.roots[index]).ok_or(Error::InvalidRootIndex)?;
        require(!root.disabled, Error::RootDisabled)?;
        require(now < u64::from(root.activated_at), Error::RootAlreadyActivated)?;
        root.disabled = true;
        Ok(())
    }

    fn only_rewards_updater(&self) -> Foreseen {
        self.only_when_not_paused(self.coordinator(), switch::ROOTS)?;
        require(self.caller == self.ledger.rewards.updater, Error::UnauthorizedCaller)
    }

    /// `processClaim` and `processClaims`.
    pub(super) fn process_claims(&mut self, claims: &[Claim], recipient: Address) -> Foreseen {
        self.only_when_not_paused(self.coordinator(), switch::CLAIMS)?;
        let rewards = &self.ledger.rewards;
        let requests: Option<Vec<_>> = claims.iter().map(|claim| rewards.claim_request(claim)).collect();
        for request in requests.ok_or(NOT_KEPT)? {
            self.process_claim(&request, recipient)?;
        }
        Ok(())
    }

    /// What is claimed is the difference to what was claimed before; it is noted, then paid.
    fn process_claim(&mut self, request: &ClaimRequest, recipient: Address) -> Foreseen {
        self.check_claim(request)?;
        let place = self.earner(request.earner)?;
        require(self.caller == self.ledger.rewards.earners[place].claims(), Error::UnauthorizedCaller)?;
        for Earned { token, cumulative } in &request.tokens {
            let kept = self.token(*token)?;
            let claimed = &mut self.ledger.rewards.earners[place].claimed[kept];
            require(cumulative > claimed, Error::EarningsNotGreaterThanClaimed)?;
            let amount = sub(*cumulative, *claimed)?;
            *claimed = *cumulative;
            self.safe_transfer(*token, self.coordinator(), recipient, amount)?;
        }
        Ok(())
    }

    fn check_claim(&self, request: &ClaimRequest) -> Foreseen {
        let root = &self.ledger.rewards.roots[request.root as usize];
        require(!root.disabled, Error::RootDisabled)?;
        require(self.ledger.timestamp >= u64::from(root.activated_at), Error::RootNotActivated)?;
        let lengths = [request.token_proofs.len(), request.tokens.len()];
        require(lengths == [request.token_indices.len(); 2], Error::InputArrayLengthMismatch)?;
        let proof = &request.earner_proof;
        require(is_within(request.earner_index, proof), Error::InvalidEarnerLeafIndex)?;
        let leads = root_of(proof, earner_leaf(request.earner, request.token_root), request.earner_index) == root.root;
        require(leads, Error::InvalidClaimProof)?;
        for ((index, proof), earned) in request.token_indices.iter().zip(&request.token_proofs).zip(&request.tokens) {
            require(is_within(*index, proof), Error::InvalidTokenLeafIndex)?;
            require(root_of(proof, earned.leaf(), *index) == request.token_root, Error::InvalidClaimProof)?;
        }
        Ok(())
    }

    /// `setClaimerFor(address,address)`: for operators, and for AVSs with a set.
    pub(super) fn set_claimer_for(&mut self, earner: Address, claimer: Address) -> Foreseen {
        self.check_can_reward(earner, function::SET_CLAIMER_FOR)?;
        let has_set = self.ledger.sets.iter().any(|set| set.exists && set.id.avs == earner);
        require(self.ledger.is_operator(earner) || has_set, Error::InvalidEarner)?;
        self.set_claimer(earner, claimer)
    }

    /// `setClaimerFor(address)`.
    pub(super) fn set_claimer(&mut self, earner: Address, claimer: Address) -> Foreseen {
        let place = self.earner(earner)?;
        self.ledger.rewards.earners[place].claimer = claimer;
        Ok(())
    }

    fn earner(&self, address: Address) -> Foreseen<usize> {
        let is = |earner: &Earner| earner.address == address;
        self.ledger.rewards.earners.iter().position(is).ok_or(NOT_KEPT)
    }
}

/// Whether a tree as high as a proof is long has a leaf of this number.
fn is_within(index: u32, proof: &[B256]) -> bool {
    U256::from(index) < U256::ONE << proof.len()
}

/// The root that a proof leads to: a bit of the index says on which side a node is.
fn root_of(proof: &[B256], leaf: B256, index: u32) -> B256 {
    let climb = |(node, index): (B256, u32), sibling: &B256| {
        let pair = if index.is_multiple_of(2) { [node.0, sibling.0] } else { [sibling.0, node.0] };
        (keccak256(pair.concat()), index / 2)
    };
    proof.iter().fold((leaf, index), climb).0
}
