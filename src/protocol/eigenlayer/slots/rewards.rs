//! The variables of the rewards coordinator and the strategy factory.

use alloy_primitives::U256;

use crate::{
    artifact::{Field, StorageLayout},
    problem::Problem,
};

#[derive(Clone, Debug)]
pub(in super::super) struct RewardsSlots {
    pub paused: U256,
    pub owner: Field,
    pub updater: Field,
    pub activation_delay: Field,
    pub calculation_end: Field,
    pub default_split: Field,
    pub roots: U256,
    pub claimers: U256,
    pub claimed: U256,
    pub nonces: U256,
    pub for_all: U256,
    pub avs_submissions: U256,
    pub all_submissions: U256,
    pub all_earners_submissions: U256,
    pub directed_submissions: U256,
    pub directed_set_submissions: U256,
    pub avs_splits: U256,
    pub incentives_splits: U256,
    pub set_splits: U256,
    pub root: RootFields,
    pub split: SplitFields,
}

/// Members of a root.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct RootFields {
    pub root: Field,
    pub calculation_end: Field,
    pub activated_at: Field,
    pub disabled: Field,
}

impl RootFields {
    /// Words of a root.
    pub const WORDS: usize = 2;

    /// The same, if no member is outside of these words.
    fn within(self) -> Result<Self, Problem> {
        let Self { root, calculation_end, activated_at, disabled } = self;
        let inside = |field: Field| field.slot < U256::from(Self::WORDS);
        if [root, calculation_end, activated_at, disabled].into_iter().all(inside) {
            Ok(self)
        } else {
            Err(Problem::new("the storage layout has a DistributionRoot of more than two words"))
        }
    }
}

/// Members of a split.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct SplitFields {
    pub old_bips: Field,
    pub new_bips: Field,
    pub activated_at: Field,
}

impl RewardsSlots {
    pub fn of(layout: &StorageLayout) -> Result<Self, Problem> {
        let slot = |label: &str| Ok(layout.variable(label)?.slot);
        let root = |label: &str| layout.member("DistributionRoot", label);
        let split = |label: &str| layout.member("OperatorSplit", label);
        Ok(Self {
            paused: slot("_paused")?,
            owner: layout.variable("_owner")?,
            updater: layout.variable("rewardsUpdater")?,
            activation_delay: layout.variable("activationDelay")?,
            calculation_end: layout.variable("currRewardsCalculationEndTimestamp")?,
            default_split: layout.variable("defaultOperatorSplitBips")?,
            roots: slot("_distributionRoots")?,
            claimers: slot("claimerFor")?,
            claimed: slot("cumulativeClaimed")?,
            nonces: slot("submissionNonce")?,
            for_all: slot("isRewardsForAllSubmitter")?,
            avs_submissions: slot("isAVSRewardsSubmissionHash")?,
            all_submissions: slot("isRewardsSubmissionForAllHash")?,
            all_earners_submissions: slot("isRewardsSubmissionForAllEarnersHash")?,
            directed_submissions: slot("isOperatorDirectedAVSRewardsSubmissionHash")?,
            directed_set_submissions: slot("isOperatorDirectedOperatorSetRewardsSubmissionHash")?,
            avs_splits: slot("_operatorAVSSplitBips")?,
            incentives_splits: slot("_operatorPISplitBips")?,
            set_splits: slot("_operatorSetSplitBips")?,
            root: RootFields {
                root: root("root")?,
                calculation_end: root("rewardsCalculationEndTimestamp")?,
                activated_at: root("activatedAt")?,
                disabled: root("disabled")?,
            }
            .within()?,
            split: SplitFields {
                old_bips: split("oldSplitBips")?,
                new_bips: split("newSplitBips")?,
                activated_at: split("activatedAt")?,
            },
        })
    }
}

#[derive(Clone, Debug)]
pub(in super::super) struct FactorySlots {
    pub paused: U256,
    pub owner: Field,
    pub deployed: U256,
    pub blacklisted: U256,
}

impl FactorySlots {
    pub fn of(layout: &StorageLayout) -> Result<Self, Problem> {
        let slot = |label: &str| Ok(layout.variable(label)?.slot);
        Ok(Self {
            paused: slot("_paused")?,
            owner: layout.variable("_owner")?,
            deployed: slot("deployedStrategies")?,
            blacklisted: slot("isBlacklisted")?,
        })
    }
}
