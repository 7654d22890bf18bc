//! Somebody claims what it earned.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use alloy_primitives::{Address, U256};

use crate::{
    call::{Claim, Distribution, Earned, Earnings, Operation, Proof, RewardsOperation, SplitId},
    invariants::fixture::{Scene, judge},
    ledger::{DistributionRoot, Earner, Rewards, RewardsTerms, Split, Submitter},
    oracle::{Invariant, Verdict},
};

/// A scene in which 100 of 150 given were earned, and are claimed now.
#[derive(Clone)]
pub(super) struct Claimed(Scene);

impl Claimed {
    pub fn new() -> Self {
        let mut scene = Scene::quiet();
        let coordinator = Address::repeat_byte(0xc0);
        let token = scene.before.tokens[0].address;
        let earner = scene.before.stakers[0].address;
        let operator = scene.before.operators[0].address;
        let given = U256::from(150);
        let hundred = U256::from(100);
        let distribution =
            Distribution { earners: vec![Earnings { earner, tokens: vec![Earned { token, cumulative: hundred }] }] };
        let ledger = &mut scene.before;
        ledger.timestamp = 1_750_000_000;
        ledger.holders.push(coordinator);
        ledger.tokens[0].balances.push(given);
        ledger.rewards = Rewards {
            coordinator,
            terms: terms(),
            activation_delay: 60,
            calculation_end: 1_000,
            default_split: 1_000,
            roots: vec![DistributionRoot {
                root: distribution.root(),
                calculation_end: 1_000,
                activated_at: 1_749_999_000,
                disabled: false,
                distribution: Some(Arc::new(distribution)),
            }],
            earners: vec![Earner { address: earner, claimer: Address::ZERO, claimed: vec![U256::ZERO] }],
            submitters: vec![Submitter { address: earner, nonce: 3, for_all: false }],
            splits: vec![Split::unset(SplitId::Incentives { operator })],
            ..Rewards::default()
        };
        scene.after = scene.before.clone();
        scene.after.rewards.earners[0].claimed[0] = hundred;
        let last = scene.after.holders.len() - 1;
        scene.after.tokens[0].balances[last] = U256::from(50);
        scene.after.tokens[0].balances[0] = hundred;
        scene.ghosts.given = vec![given];
        let claim = Claim { back: 0, earner, tokens: vec![token], proof: Proof::Right };
        scene.call.actor = earner;
        scene.call.operation = Operation::Rewards(RewardsOperation::Claim { claim, recipient: earner });
        Self(scene)
    }

    /// Nothing was claimed, but this was done.
    pub fn instead(operation: RewardsOperation) -> Self {
        let mut scene = Self::new();
        scene.after = scene.before.clone();
        scene.call.operation = Operation::Rewards(operation);
        scene
    }

    pub fn judge(&self, invariant: &Invariant) -> Verdict {
        judge(invariant, &self.0)
    }
}

fn terms() -> RewardsTerms {
    RewardsTerms {
        interval: 86_400,
        longest: 10 * 86_400,
        most_back: 90 * 86_400,
        most_ahead: 30 * 86_400,
        genesis: 86_400,
        most: U256::from(1_000_000),
        most_default_split: u16::MAX,
        native: Address::repeat_byte(0xbe),
    }
}

impl Deref for Claimed {
    type Target = Scene;

    fn deref(&self) -> &Scene {
        &self.0
    }
}

impl DerefMut for Claimed {
    fn deref_mut(&mut self) -> &mut Scene {
        &mut self.0
    }
}
