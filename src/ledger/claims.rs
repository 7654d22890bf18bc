//! A claim of rewards with its proofs, made out of what its root stands for (`docs/protocol.md` section 11.4). One place
//! makes them, for whoever sends a claim and whoever predicts it.

use alloy_primitives::{Address, B256, U256};

use super::Rewards;
use crate::{
    arithmetic::WAD,
    call::{Claim, Earned, Proof},
};

/// A claim as it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimRequest {
    /// Number of the root.
    pub root: u32,
    /// Number of the earner's leaf.
    pub earner_index: u32,
    /// The siblings of that leaf, lowest first.
    pub earner_proof: Vec<B256>,
    /// Whose leaf it is.
    pub earner: Address,
    /// The root of the earner's tokens.
    pub token_root: B256,
    /// Numbers of the tokens' leaves.
    pub token_indices: Vec<u32>,
    /// The siblings of each of them, lowest first.
    pub token_proofs: Vec<Vec<B256>>,
    /// What was ever earned, by token.
    pub tokens: Vec<Earned>,
}

impl Rewards {
    /// What a claim asks for. `None` when nobody published what its root stands for, or the earner or a token is not in it.
    pub fn claim_request(&self, claim: &Claim) -> Option<ClaimRequest> {
        let root = self.claimed_root(claim.back)?;
        let distribution = self.roots[root].distribution.as_ref()?;
        let earner = distribution.earners.iter().position(|earnings| earnings.earner == claim.earner)?;
        let earnings = &distribution.earners[earner];
        let mut request = ClaimRequest {
            root: u32::try_from(root).ok()?,
            earner_index: u32::try_from(earner).ok()?,
            earner_proof: distribution.proof(earner),
            earner: claim.earner,
            token_root: earnings.token_root(),
            token_indices: Vec::new(),
            token_proofs: Vec::new(),
            tokens: Vec::new(),
        };
        for token in &claim.tokens {
            let index = earnings.tokens.iter().position(|earned| earned.token == *token)?;
            request.token_indices.push(u32::try_from(index).ok()?);
            request.token_proofs.push(earnings.proof(index));
            request.tokens.push(earnings.tokens[index]);
        }
        request.spoil(claim.proof);
        Some(request)
    }
}

impl ClaimRequest {
    /// Makes the proofs as wrong as asked.
    fn spoil(&mut self, proof: Proof) {
        match proof {
            Proof::Right => {}
            Proof::Inflated => {
                for earned in &mut self.tokens {
                    earned.cumulative = earned.cumulative.saturating_add(U256::ONE);
                }
            }
            Proof::EarnerElsewhere => self.earner_index ^= 1,
            // One above the highest number leads to the root as well.
            Proof::EarnerOutside => self.earner_index += leaves(&self.earner_proof),
            Proof::TokenOutside => {
                if let (Some(index), Some(proof)) = (self.token_indices.first_mut(), self.token_proofs.first()) {
                    *index += leaves(proof);
                }
            }
            Proof::AnotherHeight => {
                if self.earner_proof.pop().is_none() {
                    self.earner_proof.push(B256::from(U256::from(WAD)));
                }
            }
            Proof::LeafMissing => {
                self.tokens.pop();
            }
        }
    }
}

/// How many leaves a tree as high as a proof is long can have.
fn leaves(proof: &[B256]) -> u32 {
    1 << proof.len().min(20)
}
