//! Operations that carry a signature, and what was signed: what is asked, or something else.

use std::borrow::Cow;

use alloy_primitives::{Address, U256};
use serde::{Deserialize, Serialize};

use super::{Call, Operation, decimal};

/// What needs somebody's signature.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum SignedOperation {
    /// Delegates the caller, with an approval.
    Delegate {
        /// To whom.
        operator: Address,
        /// What was signed.
        approval: Approval,
    },
    /// Undelegates and delegates the caller, with an approval.
    Redelegate {
        /// To whom.
        operator: Address,
        /// What was signed.
        approval: Approval,
    },
    /// Deposits the caller's tokens for somebody else.
    Deposit {
        /// For whom.
        staker: Address,
        /// Where.
        strategy: Address,
        /// Which token.
        token: Address,
        /// Wei.
        #[serde(with = "decimal")]
        amount: U256,
        /// What was signed.
        consent: Consent,
    },
}

impl Call {
    /// What it asks, without the signature that it takes.
    pub fn unsigned(&self) -> Cow<'_, Operation> {
        match &self.operation {
            Operation::Signed(SignedOperation::Delegate { operator, .. }) => {
                Cow::Owned(Operation::Delegate { operator: *operator })
            }
            Operation::Signed(SignedOperation::Redelegate { operator, .. }) => {
                Cow::Owned(Operation::Redelegate { operator: *operator })
            }
            Operation::Signed(SignedOperation::Deposit { strategy, token, amount, .. }) => {
                Cow::Owned(Operation::Deposit { strategy: *strategy, token: *token, amount: *amount })
            }
            operation => Cow::Borrowed(operation),
        }
    }

    /// In whose name it is made: the sender's, or that of who signed a deposit.
    pub fn beneficiary(&self) -> Address {
        match &self.operation {
            Operation::Signed(SignedOperation::Deposit { staker, .. }) => *staker,
            _ => self.actor,
        }
    }
}

/// An approver's signature: this staker may delegate to this operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// Whose key signs.
    pub signer: Address,
    /// The staker that it names.
    pub staker: Address,
    /// The operator that it names.
    pub operator: Address,
    /// Which of the salts.
    pub salt: u32,
    /// Until when it is good.
    pub expiry: Expiry,
}

/// A staker's signature: anybody may deposit this for me.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consent {
    /// Whose key signs.
    pub signer: Address,
    /// The strategy that it names.
    pub strategy: Address,
    /// The amount that it names, in wei.
    #[serde(with = "decimal")]
    pub amount: U256,
    /// The nonce that it names.
    pub nonce: Nonce,
    /// Until when it is good.
    pub expiry: Expiry,
}

/// When a signature is no longer good, seen from the block of the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expiry {
    /// In so many seconds. Zero: it is good now and never again.
    In(u64),
    /// So many seconds ago.
    Ago(u64),
}

impl Expiry {
    /// In seconds, when it is `now`.
    pub fn at(self, now: u64) -> u64 {
        match self {
            Self::In(seconds) => now.saturating_add(seconds),
            Self::Ago(seconds) => now.saturating_sub(seconds),
        }
    }
}

/// Which nonce a signature names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Nonce {
    /// The one that counts now.
    Current,
    /// One that was used.
    Last,
    /// One that is not there yet.
    Next,
}

impl Nonce {
    /// The number, when `current` counts now.
    pub fn of(self, current: U256) -> U256 {
        match self {
            Self::Current => current,
            Self::Last => current.wrapping_sub(U256::ONE),
            Self::Next => current.wrapping_add(U256::ONE),
        }
    }
}
