//! A call: who does what after how long, and what came of it. Plain data.

mod arguments;
mod distribution;
mod examples;
mod factory;
mod operation;
mod pods;
mod questions;
mod registrar;
mod rewards;
mod signed;
mod world;

use std::fmt;

use alloy_primitives::{Address, Bytes, U256};
use serde::{Deserialize, Serialize};

pub use self::{
    arguments::*,
    distribution::*,
    examples::{ExampleOperation, Fault, Loss},
    factory::FactoryOperation,
    operation::Operation,
    pods::{PodOperation, PodPlumbing},
    questions::{Argument, Question},
    registrar::*,
    rewards::*,
    signed::*,
    world::WorldOperation,
};

/// Seconds between two blocks.
pub const SECONDS_PER_BLOCK: u64 = 12;

/// Time that passes before a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Delay {
    /// Blocks. Zero: the same block as the call before.
    pub blocks: u64,
    /// Seconds.
    pub seconds: u64,
}

impl Delay {
    /// `blocks` blocks at the usual pace.
    pub const fn blocks(blocks: u64) -> Self {
        Self { blocks, seconds: blocks * SECONDS_PER_BLOCK }
    }

    /// Both delays, one after the other.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self { blocks: self.blocks + other.blocks, seconds: self.seconds + other.seconds }
    }

    /// Whether no time passes.
    pub const fn is_zero(self) -> bool {
        self.blocks == 0 && self.seconds == 0
    }
}

impl fmt::Display for Delay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.blocks {
            0 => f.write_str("same block"),
            1 => f.write_str("+1 block"),
            blocks => write!(f, "+{blocks} blocks"),
        }
    }
}

/// Index of an action in its protocol's table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ActionId(pub u16);

impl ActionId {
    /// Of a call that no action drew: one of an exit.
    pub const NONE: Self = Self(u16::MAX);
}

/// One call of a sequence.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Call {
    /// The action that drew it.
    pub action: ActionId,
    /// Who calls.
    pub actor: Address,
    /// Time before it.
    pub delay: Delay,
    /// What is asked.
    pub operation: Operation,
}

/// What a call becomes on a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transaction {
    /// Sender.
    pub from: Address,
    /// Contract.
    pub to: Address,
    /// Calldata.
    pub data: Bytes,
    /// Wei.
    pub value: U256,
}

/// How a transaction ended. Reverts and halts are data, not errors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It returned this.
    Returned(Bytes),
    /// It reverted with this.
    Reverted(Bytes),
    /// The EVM stopped it: out of gas, an invalid opcode...
    Halted(String),
}

impl Outcome {
    /// Whether its changes stay.
    pub const fn is_success(&self) -> bool {
        matches!(self, Self::Returned(_))
    }
}

/// An operator set: its AVS and the id within it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetId {
    /// The owner.
    pub avs: Address,
    /// Unique within the AVS.
    pub id: u32,
}

/// Numbers as decimal text: readable by people, and exact in every JSON library.
pub mod decimal {
    use std::{fmt::Display, str::FromStr};

    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    /// Writes `value` as decimal text.
    pub fn serialize<T: Display, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(value)
    }

    /// Reads decimal text.
    pub fn deserialize<'de, T: FromStr<Err: Display>, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(D::Error::custom(format!("{text:?} is no number")));
        }
        text.parse().map_err(|error| D::Error::custom(format!("{text:?}: {error}")))
    }
}
