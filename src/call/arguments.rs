//! What the arguments of operations are made of.

use std::{fmt, str::FromStr};

use alloy_primitives::{Address, U256};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

use super::{SetId, decimal};

/// A part of a slash: how much of the allocation in one strategy.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SlashItem {
    /// Where.
    pub strategy: Address,
    /// How much of the allocation, WAD is all of it.
    #[serde(with = "decimal")]
    pub wad: U256,
}

/// How much of something: a number, or as much as there is when the call is played.
///
/// A sequence whose last withdrawal takes "all" still takes all when an earlier deposit is made smaller or left out. A
/// number would not, and nothing could be made smaller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Quantity {
    /// This much.
    Exactly(U256),
    /// All there is.
    All,
    /// All there is, less this much.
    AllBut(U256),
}

impl Quantity {
    /// The number, when there is `all`.
    pub fn of(self, all: U256) -> U256 {
        match self {
            Self::Exactly(number) => number,
            Self::All => all,
            Self::AllBut(less) => all.saturating_sub(less),
        }
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exactly(number) => write!(f, "{number}"),
            Self::All => f.write_str("all"),
            Self::AllBut(less) => write!(f, "all but {less}"),
        }
    }
}

impl FromStr for Quantity {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = |text: &str| {
            let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            digits.then(|| text.parse().ok()).flatten().ok_or_else(|| format!("{text:?} is no quantity"))
        };
        match text.strip_prefix("all but ") {
            Some(less) => number(less).map(Self::AllBut),
            None if text == "all" => Ok(Self::All),
            None => number(text).map(Self::Exactly),
        }
    }
}

impl Serialize for Quantity {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Quantity {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

/// A magnitude wanted in one strategy.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AllocationItem {
    /// Where.
    pub strategy: Address,
    /// The new magnitude, WAD is the whole stake; all is what it is and what is free.
    pub magnitude: Quantity,
}

/// The magnitudes wanted in one set.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AllocationChange {
    /// For which set.
    pub set: SetId,
    /// Where, and how much.
    pub items: Vec<AllocationItem>,
}

/// Deallocations to complete in one strategy.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClearItem {
    /// Where.
    pub strategy: Address,
    /// At most how many.
    pub count: u16,
}

/// A set to create.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewSet {
    /// Its id.
    pub id: u32,
    /// What it can slash.
    pub strategies: Vec<Address>,
}

/// A redistributing set to create.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewRedistributingSet {
    /// Its id.
    pub id: u32,
    /// What it can slash.
    pub strategies: Vec<Address>,
    /// Where slashed funds go.
    pub recipient: Address,
}

/// Deposit shares to withdraw from one strategy.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WithdrawalItem {
    /// Where.
    pub strategy: Address,
    /// Deposit shares; all is what is left after the items before.
    pub shares: Quantity,
}

/// A withdrawal to complete, found in the queue when the call is played.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Completion {
    /// Whose.
    pub staker: Address,
    /// Which of the staker's withdrawals, oldest first; counted round when there are fewer.
    pub nth: u32,
    /// As tokens, or as shares.
    pub receive: Receive,
}

/// What a completed withdrawal gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Receive {
    /// Tokens.
    Tokens,
    /// Deposit shares again.
    Shares,
    /// Tokens, wrapped where the strategy wraps them.
    Wrapped,
    /// Tokens, asking for the wrong ones.
    WrongTokens,
}

/// A call with arrays whose lengths do not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Malformed {
    /// `slashOperator`.
    Slash,
    /// `modifyAllocations`.
    ModifyAllocations,
    /// `clearDeallocationQueue`.
    ClearDeallocationQueue,
    /// `createRedistributingOperatorSets`.
    CreateRedistributingSets,
    /// `queueWithdrawals`.
    QueueWithdrawals,
    /// `completeQueuedWithdrawal`.
    CompleteWithdrawal,
}

/// A function that only another core contract may call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Plumbing {
    /// `DelegationManager.increaseDelegatedShares`.
    IncreaseDelegatedShares,
    /// `DelegationManager.decreaseDelegatedShares`.
    DecreaseDelegatedShares,
    /// `DelegationManager.slashOperatorShares`.
    SlashOperatorShares,
    /// `StrategyManager.addShares`.
    AddShares,
    /// `StrategyManager.removeDepositShares`.
    RemoveDepositShares,
    /// `StrategyManager.withdrawSharesAsTokens`.
    WithdrawSharesAsTokens,
    /// `StrategyManager.increaseBurnOrRedistributableShares`; where slashed shares wait by strategy,
    /// `increaseBurnableShares`.
    IncreaseBurnOrRedistributableShares,
    /// `StrategyBase.deposit`.
    StrategyDeposit,
    /// `StrategyBase.withdraw`.
    StrategyWithdraw,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn quantities_are_read_as_written(number in any::<[u64; 4]>()) {
            let number = U256::from_limbs(number);
            for quantity in [Quantity::Exactly(number), Quantity::All, Quantity::AllBut(number)] {
                prop_assert_eq!(quantity.to_string().parse(), Ok(quantity));
            }
        }
    }

    #[test]
    fn nonsense_is_no_quantity() {
        for text in ["", "-1", "1.5", "all but", "all but x", "every", "0x1"] {
            assert!(text.parse::<Quantity>().is_err(), "{text}");
        }
    }
}
