//! Views, asked in a transaction.

use alloy_primitives::Address;
use serde::{Deserialize, Serialize};

use super::SetId;

/// What can be asked of the contracts and changes nothing.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Question {
    /// How much magnitude is free.
    AllocatableMagnitude {
        /// Whose.
        operator: Address,
        /// Where.
        strategy: Address,
    },
    /// How an allocation stands.
    Allocation {
        /// Whose.
        operator: Address,
        /// To which set.
        set: SetId,
        /// Where.
        strategy: Address,
    },
    /// What can be withdrawn.
    WithdrawableShares {
        /// By whom.
        staker: Address,
        /// Where.
        strategies: Vec<Address>,
    },
    /// What a slash of everything would take from the queue.
    SlashableSharesInQueue {
        /// Of whose stakers.
        operator: Address,
        /// Where.
        strategy: Address,
    },
    /// What a queued withdrawal pays in shares.
    QueuedWithdrawal {
        /// Whose.
        staker: Address,
        /// Which: counted from the oldest that is in the queue.
        nth: u32,
    },
}
