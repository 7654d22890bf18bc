//! What the model says of a call.

use std::fmt;

use alloy_primitives::{Address, B256, Bytes, U256};
use alloy_sol_types::SolValue;

use super::{
    revert::Revert,
    withdrawals::{Hashed, hashed},
};
use crate::{
    call::Outcome,
    ledger::{Allocation, Ledger, Withdrawal},
};

/// What a function returns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Returned {
    /// Nothing.
    Nothing,
    /// Whether something is so.
    Flag(bool),
    /// An amount: shares or wei.
    Amount(U256),
    /// Where something was made.
    Address(Address),
    /// Amounts in wei, or shares, by strategy.
    Amounts(Vec<U256>),
    /// Shares of one operator in one strategy, as they are told of many.
    Stake(U256),
    /// Roots of withdrawals, in the order of queueing.
    Roots(Vec<B256>),
    /// An allocation.
    Allocation(Allocation),
    /// What a staker has, by strategy.
    Shares {
        /// Shares that can be withdrawn.
        withdrawable: Vec<U256>,
        /// Deposit shares.
        deposited: Vec<U256>,
    },
    /// A withdrawal.
    Withdrawal {
        /// As it is stored.
        withdrawal: Box<Withdrawal>,
        /// The shares it pays, by strategy.
        shares: Vec<U256>,
    },
    /// What a view shows, as it is encoded.
    Shown(Bytes),
    /// Of a slash.
    Slash {
        /// Its id within the set.
        id: u64,
        /// The shares it took, by strategy.
        shares: Vec<U256>,
    },
}

impl Returned {
    /// The bytes that are returned.
    pub fn data(&self) -> Vec<u8> {
        match self {
            Self::Nothing => Vec::new(),
            Self::Flag(flag) => flag.abi_encode(),
            Self::Amount(amount) => amount.abi_encode(),
            Self::Address(address) => address.abi_encode(),
            Self::Amounts(amounts) => amounts.abi_encode(),
            Self::Stake(shares) => vec![vec![*shares]].abi_encode(),
            Self::Roots(roots) => roots.abi_encode(),
            Self::Allocation(Allocation { current, pending, effect_block }) => {
                (*current, *pending, *effect_block).abi_encode_params()
            }
            Self::Shares { withdrawable, deposited } => (withdrawable.clone(), deposited.clone()).abi_encode_params(),
            Self::Withdrawal { withdrawal, shares } => (hashed(withdrawal), shares.clone()).abi_encode_params(),
            Self::Shown(data) => data.to_vec(),
            Self::Slash { id, shares } => (U256::from(*id), shares.clone()).abi_encode_params(),
        }
    }

    /// What `data` says where this was expected; its digits, if it is no such thing.
    pub fn words(&self, data: &Bytes) -> String {
        let read = match self {
            Self::Nothing => data.is_empty().then_some(Self::Nothing),
            Self::Flag(_) => bool::abi_decode(data).ok().map(Self::Flag),
            Self::Amount(_) => U256::abi_decode(data).ok().map(Self::Amount),
            Self::Address(_) => Address::abi_decode(data).ok().map(Self::Address),
            Self::Amounts(_) => Vec::<U256>::abi_decode(data).ok().map(Self::Amounts),
            Self::Stake(_) => {
                let told = Vec::<Vec<U256>>::abi_decode(data).ok();
                told.and_then(|told| told.first()?.first().copied()).map(Self::Stake)
            }
            Self::Roots(_) => Vec::<B256>::abi_decode(data).ok().map(Self::Roots),
            Self::Allocation(_) => {
                <(u64, i128, u32)>::abi_decode_params(data).ok().map(|(current, pending, effect_block)| {
                    Self::Allocation(Allocation { current, pending, effect_block })
                })
            }
            Self::Shares { .. } => <(Vec<U256>, Vec<U256>)>::abi_decode_params(data)
                .ok()
                .map(|(withdrawable, deposited)| Self::Shares { withdrawable, deposited }),
            Self::Withdrawal { .. } => <(Hashed, Vec<U256>)>::abi_decode_params(data)
                .ok()
                .map(|(withdrawal, shares)| Self::Withdrawal { withdrawal: Box::new(restored(withdrawal)), shares }),
            Self::Shown(_) => Some(Self::Shown(data.clone())),
            Self::Slash { .. } => <(U256, Vec<U256>)>::abi_decode_params(data)
                .ok()
                .and_then(|(id, shares)| Some(Self::Slash { id: u64::try_from(id).ok()?, shares })),
        };
        read.map_or_else(|| data.to_string(), |returned| returned.to_string())
    }
}

impl fmt::Display for Returned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |all: &[U256]| all.iter().map(U256::to_string).collect::<Vec<_>>().join(", ");
        match self {
            Self::Nothing => f.write_str("nothing"),
            Self::Flag(flag) => write!(f, "{flag}"),
            Self::Amount(amount) | Self::Stake(amount) => write!(f, "{amount}"),
            Self::Address(address) => write!(f, "{address}"),
            Self::Amounts(amounts) => write!(f, "[{}]", list(amounts)),
            Self::Roots(roots) => {
                let roots: Vec<_> = roots.iter().map(B256::to_string).collect();
                write!(f, "[{}]", roots.join(", "))
            }
            Self::Allocation(Allocation { current, pending, effect_block }) => {
                write!(f, "magnitude {current}, pending {pending:+} at block {effect_block}")
            }
            Self::Shares { withdrawable, deposited } => {
                write!(f, "withdrawable shares [{}] of deposit shares [{}]", list(withdrawable), list(deposited))
            }
            Self::Withdrawal { withdrawal, shares } => {
                let Withdrawal { staker, nonce, start_block, .. } = withdrawal.as_ref();
                write!(f, "withdrawal {nonce} of {staker}, queued at block {start_block}, of shares [{}]", list(shares))
            }
            Self::Shown(data) => write!(f, "{data}"),
            Self::Slash { id, shares } => write!(f, "slash {id} of shares [{}]", list(shares)),
        }
    }
}

/// What is returned of a withdrawal says nothing of its root, nor of whether it waits.
fn restored(hashed: Hashed) -> Withdrawal {
    Withdrawal {
        root: B256::ZERO,
        staker: hashed.staker,
        delegated_to: hashed.delegatedTo,
        withdrawer: hashed.withdrawer,
        nonce: hashed.nonce.saturating_to(),
        start_block: u64::from(hashed.startBlock),
        items: hashed.strategies.into_iter().zip(hashed.scaledShares).collect(),
        pending: true,
        stored: true,
    }
}

/// How a call should end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// It succeeds and returns this.
    Returns(Returned),
    /// It reverts with this.
    Reverts(Revert),
    /// The model does not say, and why.
    Unpredicted(&'static str),
}

impl Ending {
    /// Whether the model says anything.
    pub const fn is_predicted(&self) -> bool {
        !matches!(self, Self::Unpredicted(_))
    }

    /// Whether the call should succeed, if the model says anything.
    pub const fn succeeds(&self) -> bool {
        matches!(self, Self::Returns(_))
    }

    /// Whether `outcome` is this ending, whatever is returned.
    pub fn is(&self, outcome: &Outcome) -> bool {
        match (self, outcome) {
            (Self::Returns(_), Outcome::Returned(_)) => true,
            (Self::Reverts(revert), Outcome::Reverted(data)) => revert.data() == *data,
            _ => false,
        }
    }
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Returns(_) => f.write_str("success"),
            Self::Reverts(revert) => write!(f, "a revert with {revert}"),
            Self::Unpredicted(why) => write!(f, "nothing: {why}"),
        }
    }
}

/// What the model says of one call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prediction {
    /// How it should end.
    pub ending: Ending,
    /// The ledger there should be after it. Means nothing if the ending is not predicted.
    pub ledger: Ledger,
    /// Whether that is the ledger there is.
    pub agrees: bool,
}
