//! What a call can ask: every state-changing entry point.

use alloy_primitives::{Address, FixedBytes, U256};
use serde::{Deserialize, Serialize};

use super::{
    AllocationChange, ClearItem, Completion, ExampleOperation, FactoryOperation, Malformed, NewRedistributingSet,
    NewSet, Plumbing, PodOperation, Question, RewardsOperation, SetId, SignedOperation, SlashItem, WithdrawalItem,
    WorldOperation, decimal,
};

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

    /// Asks the contracts, in a transaction, what anybody can see.
    Ask(Question),

    // Native ETH
    /// Something of the EigenPod manager or of a pod.
    Pods(PodOperation),

    // The example AVSs
    /// Asks something of one of them.
    Example(ExampleOperation),

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

    /// Limits what a strategy takes.
    SetLimits {
        /// Which.
        strategy: Address,
        /// Wei of one deposit, at most.
        #[serde(with = "decimal")]
        per_deposit: U256,
        /// Wei that it holds after a deposit, at most.
        #[serde(with = "decimal")]
        total: U256,
    },

    /// Asks for another slasher.
    UpdateSlasher {
        /// Of which set.
        set: SetId,
        /// Whom.
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

    // With signatures
    /// Does what needs somebody's signature.
    Signed(SignedOperation),

    // Whoever is around
    /// Does something with the world around the protocol.
    World(WorldOperation),
    /// Of the rewards coordinator.
    Rewards(RewardsOperation),
    /// Of the strategy factory.
    Factory(FactoryOperation),

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
