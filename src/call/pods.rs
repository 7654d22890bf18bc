//! What a call can ask of native ETH.

use alloy_primitives::{Address, U256};
use serde::{Deserialize, Serialize};

use super::{Quantity, decimal};

/// What a call asks of the EigenPod manager and of pods, which are named by their owners.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum PodOperation {
    /// Makes a pod for the caller.
    Create {},
    /// Starts a validator of the caller.
    Stake {
        /// Wei.
        #[serde(with = "decimal")]
        value: U256,
    },
    /// Sends ETH to a pod.
    Pay {
        /// Whose.
        owner: Address,
        /// Wei.
        #[serde(with = "decimal")]
        value: U256,
    },
    /// Reports validators that are new to a pod.
    ReportNewValidators {
        /// Whose pod.
        owner: Address,
        /// What they have together.
        gwei: u64,
    },
    /// Reports all that a pod has.
    ReportCheckpoint {
        /// Whose pod.
        owner: Address,
        /// Gwei that the validators have; all is what they had at the last report.
        validators: Quantity,
        /// Wei that left the beacon chain and come with the report.
        #[serde(with = "decimal")]
        value: U256,
    },
    /// Tells the EigenPod manager of a balance, as a pod does.
    Record {
        /// Whose.
        owner: Address,
        /// All that there was before, in wei.
        #[serde(with = "decimal")]
        previous: U256,
        /// What came on top, in wei.
        #[serde(with = "decimal")]
        gained: U256,
        /// What is gone, in wei.
        #[serde(with = "decimal")]
        lost: U256,
    },
    /// Changes who reports.
    SetReporter {
        /// To whom.
        to: Address,
    },
    /// Sets the time of a fork of the beacon chain.
    SetForkTimestamp {
        /// Seconds.
        timestamp: u64,
    },
    /// Calls what only a core contract may call.
    CallPlumbing {
        /// What.
        function: PodPlumbing,
        /// With whom.
        account: Address,
        /// How much.
        #[serde(with = "decimal")]
        amount: U256,
    },
}

impl PodOperation {
    /// Whose balance is reported, if one is.
    pub fn reported_on(&self) -> Option<Address> {
        match self {
            Self::ReportNewValidators { owner, .. }
            | Self::ReportCheckpoint { owner, .. }
            | Self::Record { owner, .. } => Some(*owner),
            _ => None,
        }
    }

    /// Wei that come with the call.
    pub fn value(&self) -> U256 {
        match self {
            Self::Stake { value } | Self::Pay { value, .. } | Self::ReportCheckpoint { value, .. } => *value,
            _ => U256::ZERO,
        }
    }
}

/// A function of native ETH that only another core contract may call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PodPlumbing {
    /// `EigenPodManager.addShares`.
    AddShares,
    /// `EigenPodManager.removeDepositShares`.
    RemoveDepositShares,
    /// `EigenPodManager.withdrawSharesAsTokens`.
    WithdrawSharesAsTokens,
    /// `EigenPodManager.increaseBurnOrRedistributableShares`; where slashed shares wait by strategy,
    /// `increaseBurnableShares`.
    IncreaseBurnOrRedistributableShares,
    /// `EigenPod.withdrawRestakedBeaconChainETH`.
    WithdrawRestaked,
    /// `EigenPod.stake`.
    StakeInPod,
    /// `EigenPod.initialize`.
    InitializePod,
}
