//! What can be asked of the world around the protocol: of tokens, of accounts that call back, of registrars.

use alloy_primitives::{Address, U256};
use serde::{Deserialize, Serialize};

use super::{Conduct, Operation, decimal};

/// What the world around the protocol does.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum WorldOperation {
    /// Changes what the units of a token are worth, and so all its balances.
    SetRate {
        /// Which token.
        token: Address,
        /// WAD is par.
        #[serde(with = "decimal")]
        rate: U256,
    },
    /// Lets a token refuse somebody, or no longer.
    SetBarred {
        /// Which token.
        token: Address,
        /// Whom.
        account: Address,
        /// Refuses, or no longer.
        barred: bool,
    },
    /// Tells an account what to do when it is called next.
    PrepareCallback {
        /// Which.
        account: Address,
        /// What. It is resolved now, not when it is done.
        operation: Box<Operation>,
    },
    /// Tells a registrar how to behave.
    Instruct {
        /// Which.
        registrar: Address,
        /// How.
        conduct: Conduct,
    },
}
