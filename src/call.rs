//! A call: who does what after how long, and what came of it. Plain data.

use std::{fmt, str::FromStr};

use alloy_primitives::{Address, Bytes, FixedBytes, U256};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

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
    /// `StrategyManager.increaseBurnOrRedistributableShares`.
    IncreaseBurnOrRedistributableShares,
    /// `StrategyBase.deposit`.
    StrategyDeposit,
    /// `StrategyBase.withdraw`.
    StrategyWithdraw,
}

/// What a call asks of the protocol, in the protocol's own words and free of addresses' values: every state-changing
/// entry point is one variant. Numbers are shares, magnitudes or proportions as their names say; tokens are in wei.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Operation {
    // Stakers
    /// Deposits tokens.
    Deposit {
        /// Where.
        strategy: Address,
        /// Which token: the strategy's, or another.
        token: Address,
        /// Wei.
        #[serde(with = "decimal")]
        amount: U256,
    },
    /// Delegates the caller.
    Delegate {
        /// To whom.
        operator: Address,
    },
    /// Ends a delegation.
    Undelegate {
        /// Whose.
        staker: Address,
    },
    /// Undelegates and delegates the caller.
    Redelegate {
        /// To whom.
        operator: Address,
    },
    /// Queues withdrawals, one for each element.
    QueueWithdrawals {
        /// What.
        withdrawals: Vec<Vec<WithdrawalItem>>,
    },
    /// Completes one withdrawal.
    CompleteWithdrawal {
        /// Which.
        completion: Completion,
    },
    /// Completes several.
    CompleteWithdrawals {
        /// Which.
        completions: Vec<Completion>,
    },

    // Operators
    /// Makes the caller an operator.
    RegisterAsOperator {
        /// Who must consent to delegations; zero for nobody.
        approver: Address,
        /// Blocks.
        allocation_delay: u32,
    },
    /// Changes who must consent.
    ModifyOperatorDetails {
        /// Whose.
        operator: Address,
        /// Who.
        approver: Address,
    },
    /// Changes an operator's description.
    UpdateOperatorMetadata {
        /// Whose.
        operator: Address,
    },
    /// Sets magnitudes.
    ModifyAllocations {
        /// Whose.
        operator: Address,
        /// Which.
        changes: Vec<AllocationChange>,
    },
    /// Completes deallocations.
    ClearDeallocationQueue {
        /// Whose.
        operator: Address,
        /// Which.
        items: Vec<ClearItem>,
    },
    /// Joins sets.
    RegisterForSets {
        /// Who.
        operator: Address,
        /// Whose sets.
        avs: Address,
        /// Which.
        ids: Vec<u32>,
    },
    /// Leaves sets.
    DeregisterFromSets {
        /// Who.
        operator: Address,
        /// Whose sets.
        avs: Address,
        /// Which.
        ids: Vec<u32>,
    },
    /// Asks for another allocation delay.
    SetAllocationDelay {
        /// Whose.
        operator: Address,
        /// Blocks.
        delay: u32,
    },

    // AVSs
    /// Describes an AVS.
    UpdateAvsMetadata {
        /// Which.
        avs: Address,
    },
    /// Sets who answers for an AVS.
    SetAvsRegistrar {
        /// Which.
        avs: Address,
        /// Who.
        registrar: Address,
    },
    /// Creates sets that burn.
    CreateSets {
        /// Whose.
        avs: Address,
        /// Which.
        sets: Vec<NewSet>,
    },
    /// Creates sets that redistribute.
    CreateRedistributingSets {
        /// Whose.
        avs: Address,
        /// Which.
        sets: Vec<NewRedistributingSet>,
    },
    /// Lets a set slash more.
    AddStrategies {
        /// Which.
        set: SetId,
        /// What.
        strategies: Vec<Address>,
    },
    /// Lets a set slash less.
    RemoveStrategies {
        /// Which.
        set: SetId,
        /// What.
        strategies: Vec<Address>,
    },
    /// Slashes.
    Slash {
        /// By which set.
        set: SetId,
        /// Whom.
        operator: Address,
        /// Where, and how much.
        items: Vec<SlashItem>,
    },

    // Anybody
    /// Burns or redistributes what a slash took.
    ClearSlash {
        /// Of which set.
        set: SetId,
        /// Which of the set's slashes that wait, oldest first; counted round. If none waits, the id of a slash that
        /// does not.
        nth: u32,
    },
    /// The same for one strategy.
    ClearSlashByStrategy {
        /// Of which set.
        set: SetId,
        /// As in [`Operation::ClearSlash`].
        nth: u32,
        /// Where.
        strategy: Address,
    },
    /// Burns what was slashed before redistribution existed.
    BurnShares {
        /// Where.
        strategy: Address,
    },
    /// Sends tokens to a strategy, for nothing.
    Donate {
        /// To whom.
        strategy: Address,
        /// Wei.
        #[serde(with = "decimal")]
        amount: U256,
    },
    /// Asks a strategy, in a transaction, what a user has.
    AskUserUnderlying {
        /// Where.
        strategy: Address,
        /// Whose.
        user: Address,
    },

    // Owner and whitelister of the strategy manager
    /// Hands over the right to whitelist.
    SetStrategyWhitelister {
        /// To whom.
        to: Address,
    },
    /// Lets strategies take deposits.
    AddToWhitelist {
        /// Which.
        strategies: Vec<Address>,
    },
    /// Stops strategies from taking deposits.
    RemoveFromWhitelist {
        /// Which.
        strategies: Vec<Address>,
    },
    /// Hands over the strategy manager.
    TransferOwnership {
        /// To whom.
        to: Address,
    },
    /// Gives up the strategy manager.
    RenounceOwnership {},

    // Pausing
    /// Turns switches on.
    Pause {
        /// Where.
        contract: Address,
        /// All switches after it.
        #[serde(with = "decimal")]
        status: U256,
    },
    /// Turns all switches on.
    PauseAll {
        /// Where.
        contract: Address,
    },
    /// Turns switches off.
    Unpause {
        /// Where.
        contract: Address,
        /// All switches after it.
        #[serde(with = "decimal")]
        status: U256,
    },
    /// Gives or takes the right to pause.
    SetPauser {
        /// Whose.
        pauser: Address,
        /// Gives, or takes.
        allowed: bool,
    },
    /// Hands over the right to unpause.
    SetUnpauser {
        /// To whom.
        to: Address,
    },

    // Permissions
    /// Invites an admin.
    AddPendingAdmin {
        /// For whom.
        account: Address,
        /// Whom.
        admin: Address,
    },
    /// Withdraws an invitation.
    RemovePendingAdmin {
        /// For whom.
        account: Address,
        /// Whose.
        admin: Address,
    },
    /// Accepts an invitation.
    AcceptAdmin {
        /// Whose.
        account: Address,
    },
    /// Removes an admin.
    RemoveAdmin {
        /// For whom.
        account: Address,
        /// Whom.
        admin: Address,
    },
    /// Lets somebody call one function.
    SetAppointee {
        /// For whom.
        account: Address,
        /// Whom.
        appointee: Address,
        /// Of which contract.
        target: Address,
        /// Which function.
        selector: FixedBytes<4>,
    },
    /// Takes that back.
    RemoveAppointee {
        /// For whom.
        account: Address,
        /// From whom.
        appointee: Address,
        /// Of which contract.
        target: Address,
        /// Which function.
        selector: FixedBytes<4>,
    },

    // What must fail
    /// Starts a proxy again.
    Initialize {
        /// Which.
        contract: Address,
    },
    /// Replaces an implementation without being the proxy's admin.
    Upgrade {
        /// Which proxy.
        contract: Address,
        /// By what.
        implementation: Address,
    },
    /// Calls what only a core contract may call.
    CallPlumbing {
        /// What.
        function: Plumbing,
        /// With whom.
        account: Address,
        /// Where.
        strategy: Address,
        /// How much.
        #[serde(with = "decimal")]
        amount: U256,
    },
    /// Sends arrays whose lengths do not fit.
    Malformed {
        /// Where.
        function: Malformed,
        /// For whom.
        account: Address,
        /// With which set.
        set: SetId,
        /// And strategy.
        strategy: Address,
    },
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
