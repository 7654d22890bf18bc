//! Views, asked in a transaction.

use alloy_primitives::{Address, U256};
use serde::{Deserialize, Serialize};

use super::{SetId, decimal};

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
    /// How much of an operator's stake a set has.
    AllocatedStake {
        /// Whose.
        operator: Address,
        /// Which set.
        set: SetId,
        /// Where.
        strategy: Address,
    },
    /// How much of an operator's stake a set will still have, whatever the operator asks for.
    MinimumSlashableStake {
        /// Whose.
        operator: Address,
        /// Which set.
        set: SetId,
        /// Where.
        strategy: Address,
        /// In how many blocks.
        ahead: u32,
    },
    /// Whether a set can slash an operator in somebody's favour.
    OperatorRedistributable {
        /// Whom.
        operator: Address,
    },
    /// What can be withdrawn.
    WithdrawableShares {
        /// By whom.
        staker: Address,
        /// Where.
        strategies: Vec<Address>,
    },
    /// How many deposit shares there are behind what some deposit shares are worth.
    DepositShares {
        /// Whose.
        staker: Address,
        /// Where.
        strategy: Address,
        /// Deposit shares. What can be withdrawn for them is asked about.
        #[serde(with = "decimal")]
        shares: U256,
    },
    /// How many shares tokens are worth.
    SharesForTokens {
        /// Where.
        strategy: Address,
        /// Wei.
        #[serde(with = "decimal")]
        tokens: U256,
    },
    /// How many tokens shares are worth.
    TokensForShares {
        /// Where.
        strategy: Address,
        /// Shares.
        #[serde(with = "decimal")]
        shares: U256,
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
