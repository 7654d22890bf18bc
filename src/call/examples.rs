//! What can be asked of the example AVSs: every state-changing entry point.

use alloy_primitives::{Address, U256};
use serde::{Deserialize, Serialize};

use super::{Quantity, decimal};

/// What a call asks of the lending market, the insurance fund or the commitment registry. Tokens are in wei.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ExampleOperation {
    // The lending market
    /// Puts tokens into the pool.
    Lend {
        /// Wei.
        #[serde(with = "decimal")]
        amount: U256,
    },
    /// Gives shares of the pool back.
    WithdrawLent {
        /// Of the caller's shares.
        shares: Quantity,
    },
    /// Borrows.
    Borrow {
        /// Of the market's cash.
        amount: Quantity,
    },
    /// Pays a loan back.
    Repay {
        /// Whose.
        borrower: Address,
    },
    /// Slashes what is owed.
    Liquidate {
        /// By whom.
        borrower: Address,
    },
    /// Hands the lenders what liquidations brought.
    CollectLiquidations {},

    // The insurance fund
    /// Covers somebody.
    SetCover {
        /// Whom.
        holder: Address,
        /// Wei.
        #[serde(with = "decimal")]
        amount: U256,
    },
    /// Decides an incident.
    Adjudicate {
        /// Who was at fault.
        faults: Vec<Fault>,
        /// Who lost.
        losses: Vec<Loss>,
    },
    /// Shares out what an incident brought.
    SettleIncident {},
    /// Claims for a loss.
    ClaimLoss {
        /// How many incidents before the last one.
        back: u64,
    },

    // The commitment registry
    /// Commits the caller.
    Commit {
        /// Names what is to be delivered.
        goods: u32,
        /// The proportion of the allocation at stake.
        #[serde(with = "decimal")]
        wad: U256,
    },
    /// Delivers.
    Deliver {
        /// Names what.
        goods: u32,
    },
    /// Slashes somebody who did not deliver.
    Breach {
        /// Whom.
        operator: Address,
    },
    /// Ends the epoch.
    CloseEpoch {},
    /// Claims a reward.
    ClaimReward {
        /// How many epochs before the one that is under way.
        back: u64,
    },

    // Any of them
    /// Sends tokens to an AVS, for nothing.
    Give {
        /// To whom.
        avs: Address,
        /// Wei.
        #[serde(with = "decimal")]
        amount: U256,
    },
    /// Lets an operator into a set, as only the allocation manager may.
    CallRegistrar {
        /// Whose.
        avs: Address,
        /// Whom.
        operator: Address,
    },
}

/// An operator at fault.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// Who.
    pub operator: Address,
    /// The proportion of its allocation to slash.
    #[serde(with = "decimal")]
    pub wad: U256,
}

/// What somebody lost.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Loss {
    /// Who.
    pub holder: Address,
    /// Of its cover.
    pub amount: Quantity,
}
