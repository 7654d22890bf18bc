//! What a call can ask of the strategy factory.

use alloy_primitives::Address;
use serde::{Deserialize, Serialize};

/// Every state-changing entry point of the strategy factory.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum FactoryOperation {
    /// Has a strategy made.
    Deploy {
        /// For which token.
        token: Address,
    },
    /// Lets tokens have no strategy.
    Blacklist {
        /// Which.
        tokens: Vec<Address>,
    },
    /// Lets strategies take deposits.
    Whitelist {
        /// Which.
        strategies: Vec<Address>,
    },
    /// Stops strategies from taking deposits.
    RemoveFromWhitelist {
        /// Which.
        strategies: Vec<Address>,
    },
    /// Hands over the factory.
    TransferOwnership {
        /// To whom.
        to: Address,
    },
    /// Gives up the factory.
    RenounceOwnership {},
}
