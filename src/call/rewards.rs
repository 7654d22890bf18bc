//! What a call can ask of the rewards coordinator.

use alloy_primitives::{Address, U256};
use serde::{Deserialize, Serialize};

use super::{Distribution, SetId, decimal};

/// Every state-changing entry point of the rewards coordinator. Tokens are in wei, times in seconds, splits in bips.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum RewardsOperation {
    /// Gives tokens to those with stake.
    Submit {
        /// To which of them.
        audience: Audience,
        /// What.
        submissions: Vec<Submission>,
    },
    /// Gives tokens to operators by name.
    SubmitDirected {
        /// For work for whom.
        beneficiary: Beneficiary,
        /// What.
        submissions: Vec<DirectedSubmission>,
    },
    /// Submits what everybody earned.
    SubmitRoot {
        /// What everybody earned.
        distribution: Distribution,
        /// Until when: so many seconds before the call.
        ago: u32,
    },
    /// Takes a root back.
    DisableRoot {
        /// Which: the newest is zero.
        back: u32,
    },
    /// Claims for one earner.
    Claim {
        /// What.
        claim: Claim,
        /// To whom.
        recipient: Address,
    },
    /// Several claims, all or none.
    Claims {
        /// What.
        claims: Vec<Claim>,
        /// To whom.
        recipient: Address,
    },
    /// Lets somebody claim for the caller.
    SetClaimer {
        /// Who; zero for the caller itself.
        claimer: Address,
    },
    /// Lets somebody claim for an operator or an AVS.
    SetClaimerFor {
        /// For whom.
        earner: Address,
        /// Who; zero for the earner itself.
        claimer: Address,
    },
    /// Changes what an operator keeps.
    SetSplit {
        /// Whose, and of what.
        split: SplitId,
        /// How much, in ten thousandths.
        bips: u16,
    },
    /// Changes how long roots and splits wait.
    SetActivationDelay {
        /// How long.
        seconds: u32,
    },
    /// Changes what operators without a split of their own keep.
    SetDefaultSplit {
        /// How much, in ten thousandths.
        bips: u16,
    },
    /// Hands over the right to submit roots.
    SetUpdater {
        /// To whom.
        to: Address,
    },
    /// Gives or takes the right to give to all.
    SetSubmitterForAll {
        /// Whose.
        submitter: Address,
        /// Gives, or takes.
        allowed: bool,
    },
    /// Hands over the coordinator.
    TransferOwnership {
        /// To whom.
        to: Address,
    },
    /// Gives up the coordinator.
    RenounceOwnership {},
}

impl RewardsOperation {
    /// The tokens that a submission gives, in wei; nothing for other operations, and for sums that are no numbers.
    pub fn given(&self) -> Vec<(Address, U256)> {
        match self {
            Self::Submit { submissions, .. } => submissions.iter().map(|given| (given.token, given.amount)).collect(),
            Self::SubmitDirected { submissions, .. } => {
                let sums = submissions.iter().map(|given| (given.token, given.total()));
                sums.filter_map(|(token, total)| Some((token, total?))).collect()
            }
            _ => Vec::new(),
        }
    }

    /// What is claimed; nothing for other operations.
    pub fn claims(&self) -> &[Claim] {
        match self {
            Self::Claim { claim, .. } => std::slice::from_ref(claim),
            Self::Claims { claims, .. } => claims,
            _ => &[],
        }
    }
}

/// Who gets what is given for stake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// Those who secure the caller.
    Avs,
    /// Everybody with stake.
    All,
    /// Everybody who secures an AVS.
    AllEarners,
}

/// For whom operators worked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Beneficiary {
    /// An AVS.
    Avs(Address),
    /// An operator set.
    Set(SetId),
}

impl Beneficiary {
    /// The AVS whose submission it is.
    pub const fn avs(self) -> Address {
        match self {
            Self::Avs(avs) => avs,
            Self::Set(set) => set.avs,
        }
    }
}

/// A strategy and how much a share of it counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Weight {
    /// Which.
    pub strategy: Address,
    /// WAD counts once.
    pub multiplier: u64,
}

/// When something was earned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Period {
    /// The begin, in seconds after the begin of the interval in which the call is played; negative before it.
    pub start: i64,
    /// Seconds.
    pub duration: u32,
}

/// Tokens for those with stake.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Submission {
    /// In which strategies.
    pub weights: Vec<Weight>,
    /// Of which token.
    pub token: Address,
    /// How much, in wei.
    #[serde(with = "decimal")]
    pub amount: U256,
    /// When.
    pub period: Period,
}

/// Tokens for operators by name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DirectedSubmission {
    /// For stake in which strategies.
    pub weights: Vec<Weight>,
    /// Of which token.
    pub token: Address,
    /// To whom, and how much.
    pub rewards: Vec<OperatorReward>,
    /// When.
    pub period: Period,
}

impl DirectedSubmission {
    /// What all operators get, in wei. `None` when it is no number any more.
    pub fn total(&self) -> Option<U256> {
        self.rewards.iter().try_fold(U256::ZERO, |sum, reward| sum.checked_add(reward.amount))
    }
}

/// Tokens for one operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OperatorReward {
    /// Who.
    pub operator: Address,
    /// How much, in wei.
    #[serde(with = "decimal")]
    pub amount: U256,
}

/// A claim. Its proofs are made when the call is played, out of the distribution that the root stands for.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// Under which root: the newest is zero; counted round.
    pub back: u32,
    /// For whom.
    pub earner: Address,
    /// Of which tokens.
    pub tokens: Vec<Address>,
    /// Whether the proofs are right.
    pub proof: Proof,
}

/// Whether the proofs of a claim are right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// They are.
    Right,
    /// The earnings are a wei more than proved.
    Inflated,
    /// The earner's leaf is said to stand elsewhere in the tree.
    EarnerElsewhere,
    /// The earner's leaf has a number that the tree does not have.
    EarnerOutside,
    /// The first token's leaf has a number that the tree does not have.
    TokenOutside,
    /// The earner's proof lacks its last sibling, or has one too many.
    AnotherHeight,
    /// There is a leaf less than proofs.
    LeafMissing,
}

/// What an operator keeps of something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum SplitId {
    /// Of rewards of an AVS.
    Avs {
        /// Whose split.
        operator: Address,
        /// Of whose rewards.
        avs: Address,
    },
    /// Of programmatic incentives.
    Incentives {
        /// Whose split.
        operator: Address,
    },
    /// Of rewards of an operator set.
    Set {
        /// Whose split.
        operator: Address,
        /// Of whose rewards.
        set: SetId,
    },
}

impl SplitId {
    /// Whose split it is.
    pub const fn operator(self) -> Address {
        match self {
            Self::Avs { operator, .. } | Self::Incentives { operator } | Self::Set { operator, .. } => operator,
        }
    }
}
