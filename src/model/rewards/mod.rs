//! The rewards coordinator (`docs/protocol.md` section 11).

mod claims;
mod splits;
mod submissions;

use alloy_primitives::Address;

use super::{
    Model, NO_WORD, NOT_KEPT,
    administration::{check_new_owner, check_owner},
    permissions::Function,
    revert::{Error, Foreseen, Stop, require},
};
use crate::call::RewardsOperation;

impl Model<'_> {
    /// What somebody asks of the coordinator. None of it returns anything.
    pub(super) fn reward(&mut self, operation: &RewardsOperation) -> Foreseen {
        use RewardsOperation as O;
        match operation {
            O::Submit { audience, submissions } => self.create_submissions(*audience, submissions),
            O::SubmitDirected { beneficiary, submissions } => {
                self.create_directed_submissions(*beneficiary, submissions)
            }
            O::SubmitRoot { distribution, ago } => self.submit_root(distribution, *ago),
            O::DisableRoot { back } => self.disable_root(*back),
            O::Claim { claim, recipient } => self.process_claims(std::slice::from_ref(claim), *recipient),
            O::Claims { claims, recipient } => self.process_claims(claims, *recipient),
            O::SetClaimer { claimer } => self.set_claimer(self.caller, *claimer),
            O::SetClaimerFor { earner, claimer } => self.set_claimer_for(*earner, *claimer),
            O::SetSplit { split, bips } => self.set_split(*split, *bips),
            _ => self.administer_rewards(operation),
        }
    }

    /// What its owner does.
    fn administer_rewards(&mut self, operation: &RewardsOperation) -> Foreseen {
        use RewardsOperation as O;
        let caller = self.caller;
        let rewards = &mut self.ledger.rewards;
        check_owner(rewards.owner, caller)?;
        match operation {
            O::SetActivationDelay { seconds } => rewards.activation_delay = *seconds,
            O::SetDefaultSplit { bips } => {
                require(*bips <= rewards.terms.most_default_split, Error::SplitExceedsMax)?;
                rewards.default_split = *bips;
            }
            O::SetUpdater { to } => rewards.updater = *to,
            O::SetSubmitterForAll { submitter, allowed } => {
                let mut kept = rewards.submitters.iter_mut();
                kept.find(|kept| kept.address == *submitter).ok_or(NOT_KEPT)?.for_all = *allowed;
            }
            O::TransferOwnership { to } => {
                check_new_owner(*to)?;
                rewards.owner = *to;
            }
            O::RenounceOwnership {} => rewards.owner = Address::ZERO,
            _ => return Err(Stop::Unpredicted(NO_WORD)),
        }
        Ok(())
    }

    fn coordinator(&self) -> Address {
        self.ledger.rewards.coordinator
    }

    /// Whether the caller may call a function of the coordinator for `account`.
    fn check_can_reward(&self, account: Address, function: Function) -> Foreseen {
        self.check_can_call(account, self.coordinator(), function)
    }

    /// The time as storage has it: cut to 32 bits.
    fn now(&self) -> u32 {
        u32::try_from(self.ledger.timestamp & u64::from(u32::MAX)).expect("it is cut")
    }
}
