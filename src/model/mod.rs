//! The executable reference model: what the protocol does, as integer arithmetic on the ledger.
//!
//! For each call it says, out of the ledger before, how the call ends (with what exactly it reverts, or what it returns)
//! and the ledger after. It knows nothing of calldata, storage or the EVM. A file is a contract, a function one of its
//! functions or a part of one, with the checks in the order of `docs/protocol.md`, whose sections it names.
//!
//! What depends on something the ledger does not keep is said to be unpredicted, with the reason.

mod administration;
mod allocation_manager;
pub mod arithmetic;
mod delegation_manager;
mod difference;
mod lockstep;
mod operator_sets;
mod pausing;
mod permissions;
mod pods;
mod prediction;
mod probes;
mod registrars;
mod release;
mod revert;
mod rewards;
mod signed;
mod strategy;
mod strategy_factory;
mod strategy_manager;
mod token;
mod views;
mod withdrawals;

pub use difference::{Difference, differences, fields};
pub use lockstep::Lockstep;
pub(crate) use pausing::switch;
pub use permissions::{FUNCTIONS, Function};
pub use prediction::{Ending, Prediction, Returned};
pub use revert::{Error, Foreseen, Panic, Revert, Stop};

use alloy_primitives::Address;

use crate::{
    call::{Call, Operation, PodOperation},
    ledger::{Ledger, Limits, Managers},
};

/// Somebody or something that takes part and is not kept.
const NOT_KEPT: Stop = Stop::Unpredicted("it names what the ledger does not keep");

/// Why nothing is said of operations that the model does not know.
pub const NO_WORD: &str = "the model has no word for it";

/// Plays a call on `ledger`. If it does not succeed, the ledger is left halfway.
fn play(ledger: &mut Ledger, call: &Call) -> Foreseen<Returned> {
    Model { ledger, caller: call.actor, is_called_back: false }.play(&call.operation)
}

/// A call under way.
struct Model<'a> {
    ledger: &'a mut Ledger,
    /// Who called.
    caller: Address,
    /// Whether it is a registrar that calls back.
    is_called_back: bool,
}

impl Model<'_> {
    fn play(&mut self, operation: &Operation) -> Foreseen<Returned> {
        use Operation as O;
        match operation {
            O::Deposit { strategy, token, amount } => self.deposit_into_strategy(*strategy, *token, *amount),
            O::ClearSlash { set, nth } => {
                self.redistributing(|model| model.clear_burn_or_redistributable_shares(*set, *nth))
            }
            O::ClearSlashByStrategy { set, nth, strategy } => self
                .redistributing(|model| model.clear_burn_or_redistributable_shares_by_strategy(*set, *nth, *strategy)),
            O::CreateRedistributingSets { avs, sets } => {
                self.redistributing(|model| model.create_redistributing_operator_sets(*avs, sets))
            }
            O::QueueWithdrawals { withdrawals } => self.queue_withdrawals(withdrawals),
            O::CompleteWithdrawal { completion } => self.complete_queued_withdrawals(std::slice::from_ref(completion)),
            O::CompleteWithdrawals { completions } => self.complete_queued_withdrawals(completions),
            O::Undelegate { staker } => self.undelegate(*staker).map(Returned::Roots),
            O::Redelegate { operator } => self.redelegate(*operator, None),
            O::Signed(operation) => self.play_signed(operation),
            O::Slash { set, operator, items } => self.slash_operator(*set, *operator, items),
            O::AskUserUnderlying { strategy, user } => self.user_underlying(*strategy, *user),
            O::Pods(PodOperation::Create {}) => self.create_pod(),
            O::Ask(question) => self.answer(question),
            O::Donate { strategy, amount } => self.donate(*strategy, *amount),
            O::Factory(operation) => self.manufacture(operation),
            _ => self.play_silent(operation).map(|()| Returned::Nothing),
        }
    }

    /// What returns nothing.
    fn play_silent(&mut self, operation: &Operation) -> Foreseen {
        use Operation as O;
        match operation {
            O::Delegate { operator } => self.delegate_to(*operator, None),
            O::RegisterAsOperator { approver, allocation_delay } => {
                self.register_as_operator(*approver, *allocation_delay)
            }
            O::ModifyOperatorDetails { operator, approver } => self.modify_operator_details(*operator, *approver),
            O::UpdateOperatorMetadata { operator } => self.update_operator_metadata(*operator),
            O::ModifyAllocations { operator, changes } => self.modify_allocations(*operator, changes),
            O::ClearDeallocationQueue { operator, items } => self.clear_deallocation_queues(*operator, items),
            O::SetAllocationDelay { operator, delay } => self.set_allocation_delay(*operator, *delay),
            O::RegisterForSets { operator, avs, ids } => self.register_for_operator_sets(*operator, *avs, ids),
            O::DeregisterFromSets { operator, avs, ids } => self.deregister_from_operator_sets(*operator, *avs, ids),
            O::UpdateAvsMetadata { avs } => self.update_avs_metadata(*avs),
            O::SetAvsRegistrar { avs, registrar } => self.set_avs_registrar(*avs, *registrar),
            O::CreateSets { avs, sets } => self.create_operator_sets(*avs, sets),
            O::AddStrategies { set, strategies } => self.add_strategies_to_operator_set(*set, strategies),
            O::RemoveStrategies { set, strategies } => self.remove_strategies_from_operator_set(*set, strategies),
            O::UpdateSlasher { set, to } => self.update_slasher(*set, *to),
            O::BurnShares { strategy } => self.burn_shares(*strategy),
            O::Rewards(operation) => self.reward(operation),
            O::World(operation) => self.surround(operation),
            O::Pods(operation) => self.pods(operation),
            _ => self.administer(operation),
        }
    }

    fn administer(&mut self, operation: &Operation) -> Foreseen {
        use Operation as O;
        match operation {
            O::SetStrategyWhitelister { to } => self.set_strategy_whitelister(*to),
            O::AddToWhitelist { strategies } => self.add_strategies_to_deposit_whitelist(strategies),
            O::RemoveFromWhitelist { strategies } => self.remove_strategies_from_deposit_whitelist(strategies),
            O::TransferOwnership { to } => self.transfer_ownership(*to),
            O::RenounceOwnership {} => self.renounce_ownership(),
            O::Pause { contract, status } => self.pause(*contract, *status),
            O::PauseAll { contract } => self.pause_all(*contract),
            O::Unpause { contract, status } => self.unpause(*contract, *status),
            O::SetPauser { pauser, allowed } => self.set_is_pauser(*pauser, *allowed),
            O::SetUnpauser { to } => self.set_unpauser(*to),
            O::SetLimits { strategy, per_deposit, total } => {
                self.set_limits(*strategy, Limits { per_deposit: *per_deposit, total: *total })
            }
            O::AddPendingAdmin { account, admin } => self.add_pending_admin(*account, *admin),
            O::RemovePendingAdmin { account, admin } => self.remove_pending_admin(*account, *admin),
            O::AcceptAdmin { account } => self.accept_admin(*account),
            O::RemoveAdmin { account, admin } => self.remove_admin(*account, *admin),
            O::SetAppointee { account, appointee, target, selector } => {
                self.set_appointee(*account, *appointee, *target, *selector)
            }
            O::RemoveAppointee { account, appointee, target, selector } => {
                self.remove_appointee(*account, *appointee, *target, *selector)
            }
            _ => self.probe(operation),
        }
    }

    fn managers(&self) -> Managers {
        self.ledger.terms.managers
    }

    /// The block as storage has it: cut to 32 bits.
    fn block(&self) -> u32 {
        u32::try_from(self.ledger.block & u64::from(u32::MAX)).expect("it is cut")
    }

    fn strategy(&self, address: Address) -> Foreseen<usize> {
        self.ledger.strategy_index(address).ok_or(NOT_KEPT)
    }

    fn staker(&self, address: Address) -> Foreseen<usize> {
        self.ledger.staker_index(address).ok_or(NOT_KEPT)
    }

    fn operator(&self, address: Address) -> Foreseen<usize> {
        self.ledger.operator_index(address).ok_or(NOT_KEPT)
    }
}

/// Adds to a list without doubles; whether it was not there.
fn insert<T: PartialEq>(list: &mut Vec<T>, value: T) -> bool {
    let new = !list.contains(&value);
    if new {
        list.push(value);
    }
    new
}

/// Removes from such a list; whether it was there. The last one takes the place, as in storage.
fn remove<T: PartialEq>(list: &mut Vec<T>, value: &T) -> bool {
    let at = list.iter().position(|other| other == value);
    if let Some(at) = at {
        list.swap_remove(at);
    }
    at.is_some()
}
