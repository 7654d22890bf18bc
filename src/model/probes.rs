//! What nobody can do: start a proxy again, replace what is behind it, call what is for core contracts, send arrays that
//! do not fit.

use alloy_primitives::Address;

use super::{
    Model, NO_WORD,
    pausing::switch,
    permissions::allocation as function,
    revert::{Error, Foreseen, Revert, Stop, message},
};
use crate::{
    call::{Malformed, Operation, Plumbing, SetId},
    ledger::Slashing,
};

impl Model<'_> {
    pub(super) fn probe(&mut self, operation: &Operation) -> Foreseen {
        match operation {
            Operation::Initialize { contract } if self.is_pausable(*contract) => {
                message("Initializable: contract is already initialized")
            }
            // A proxy hears its admin only; what is behind it has no such function.
            Operation::Upgrade { contract, .. } if self.is_pausable(*contract) => Err(Stop::Reverts(Revert::Silent)),
            Operation::CallPlumbing { function, strategy, .. } => self.call_plumbing(*function, *strategy),
            Operation::Malformed { function, account, set, .. } => self.send_malformed(*function, *account, *set),
            _ => Err(Stop::Unpredicted(NO_WORD)),
        }
    }

    /// Everything with switches is behind a proxy and was initialized.
    fn is_pausable(&self, contract: Address) -> bool {
        self.ledger.control.paused.iter().any(|(at, _)| *at == contract)
    }

    fn call_plumbing(&self, function: Plumbing, strategy: Address) -> Foreseen {
        let managers = self.managers();
        if [managers.allocation, managers.delegation, managers.strategy].contains(&self.caller) {
            return Err(Stop::Unpredicted("a core contract calls"));
        }
        let error = match function {
            Plumbing::IncreaseDelegatedShares => Error::OnlyStrategyManagerOrEigenPodManager,
            Plumbing::DecreaseDelegatedShares => Error::OnlyEigenPodManager,
            Plumbing::SlashOperatorShares => Error::OnlyAllocationManager,
            Plumbing::AddShares
            | Plumbing::RemoveDepositShares
            | Plumbing::WithdrawSharesAsTokens
            | Plumbing::IncreaseBurnOrRedistributableShares => Error::OnlyDelegationManager,
            Plumbing::StrategyDeposit => {
                self.only_when_not_paused(strategy, switch::STRATEGY_DEPOSITS)?;
                Error::OnlyStrategyManager
            }
            Plumbing::StrategyWithdraw => {
                self.only_when_not_paused(strategy, switch::STRATEGY_WITHDRAWALS)?;
                Error::OnlyStrategyManager
            }
        };
        Err(error.into())
    }

    fn send_malformed(&self, function: Malformed, account: Address, set: SetId) -> Foreseen {
        let managers = self.managers();
        match function {
            Malformed::Slash => {
                self.only_when_not_paused(managers.allocation, switch::SLASHING)?;
                // Where sets have slashers, lengths are looked at first.
                if self.ledger.terms.slashing == Slashing::ByPermission {
                    self.check_can_call(set.avs, managers.allocation, function::SLASH_OPERATOR)?;
                }
            }
            Malformed::ModifyAllocations => {
                self.may_modify_allocations(account)?;
            }
            Malformed::ClearDeallocationQueue => {
                self.only_when_not_paused(managers.allocation, switch::MODIFY_ALLOCATIONS)?;
            }
            Malformed::CreateRedistributingSets => {
                self.check_can_call(set.avs, managers.allocation, function::CREATE_REDISTRIBUTING)?;
            }
            Malformed::QueueWithdrawals => self.only_when_not_paused(managers.delegation, switch::ENTER_QUEUE)?,
            Malformed::CompleteWithdrawal => self.only_when_not_paused(managers.delegation, switch::EXIT_QUEUE)?,
        }
        Err(Error::InputArrayLengthMismatch.into())
    }
}
