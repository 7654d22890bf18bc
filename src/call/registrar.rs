//! How registrars with a will of their own behave.

use serde::{Deserialize, Serialize};

/// Whether an operator comes into sets or leaves them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Movement {
    /// It registers.
    Coming,
    /// It deregisters.
    Leaving,
}

impl Movement {
    /// The other one.
    #[must_use]
    pub const fn opposite(self) -> Self {
        match self {
            Self::Coming => Self::Leaving,
            Self::Leaving => Self::Coming,
        }
    }
}

/// What a registrar does when it is asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// Lets it happen.
    #[default]
    Nothing,
    /// Lets it happen, and answers false, which nobody asked for.
    False,
    /// Refuses, and says why.
    Revert,
    /// Refuses without a word.
    RevertEmpty,
    /// Refuses with ten thousand bytes.
    RevertLong,
    /// Fails an assertion of its own.
    Panic,
    /// Burns all gas it was given.
    BurnGas,
}

impl Answer {
    /// Every answer, as numbered on the chain.
    pub const ALL: [Self; 7] =
        [Self::Nothing, Self::False, Self::Revert, Self::RevertEmpty, Self::RevertLong, Self::Panic, Self::BurnGas];

    /// Whether it keeps from happening what was asked.
    pub const fn refuses(self) -> bool {
        !matches!(self, Self::Nothing | Self::False)
    }
}

/// What a registrar calls while it is asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reaction {
    /// Nothing.
    #[default]
    None,
    /// The same again: registers who registers, deregisters who deregisters.
    Repeat,
    /// The opposite.
    Undo,
    /// Slashes the operator, of nothing.
    Slash,
    /// Modifies none of the operator's allocations.
    Allocate,
    /// Makes itself the AVS's registrar.
    Replace,
    /// Makes itself the operator's approver.
    Approve,
}

impl Reaction {
    /// Every reaction, as numbered on the chain.
    pub const ALL: [Self; 7] =
        [Self::None, Self::Repeat, Self::Undo, Self::Slash, Self::Allocate, Self::Replace, Self::Approve];
}

/// How a registrar behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Conduct {
    /// Whether it says that it serves an AVS that asks.
    pub serves: bool,
    /// What it does when operators come.
    pub coming: Answer,
    /// What it does when operators leave.
    pub leaving: Answer,
    /// What it calls then.
    pub reaction: Reaction,
}

impl Default for Conduct {
    fn default() -> Self {
        Self { serves: true, coming: Answer::Nothing, leaving: Answer::Nothing, reaction: Reaction::None }
    }
}

impl Conduct {
    /// What it does when an operator moves so.
    pub const fn answer(&self, movement: Movement) -> Answer {
        match movement {
            Movement::Coming => self.coming,
            Movement::Leaving => self.leaving,
        }
    }
}
