//! Signatures as they count: who signs for whom, and what is used up.

use alloy_primitives::{Address, U256};

use super::Ledger;
use crate::call::{Approval, Consent, Expiry, Nonce};

/// Somebody who may be asked to approve of delegations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approver {
    /// Its address.
    pub address: Address,
    /// Whose key signs for it: its own, or for a contract that of its owner.
    pub key_holder: Address,
    /// By salt, from zero: whether it was used.
    pub spent: Vec<bool>,
}

impl Approver {
    /// Whether a salt was used. One that is not kept was not.
    pub fn is_spent(&self, salt: u32) -> bool {
        usize::try_from(salt).ok().and_then(|salt| self.spent.get(salt)).copied().unwrap_or(false)
    }

    /// The salts that were not used.
    pub fn fresh_salts(&self) -> impl Iterator<Item = u32> + '_ {
        (0u32..).zip(&self.spent).filter(|(_, spent)| !**spent).map(|(salt, _)| salt)
    }
}

/// A deposit for somebody else, as it is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DepositRequest {
    /// For whom.
    pub staker: Address,
    /// Where.
    pub strategy: Address,
    /// Wei.
    pub amount: U256,
}

impl Ledger {
    /// Somebody who may be asked to approve.
    pub fn approver(&self, address: Address) -> Option<&Approver> {
        self.approvers.iter().find(|approver| approver.address == address)
    }

    /// Why `approval` does not let `staker` delegate to `operator`; `None` if it does, or if it takes none.
    /// `docs/protocol.md` section 6.1, delegateTo.
    pub fn disapproves(&self, approval: &Approval, staker: Address, operator: Address) -> Option<&'static str> {
        let address = self.operator(operator)?.approver;
        if address.is_zero() {
            return None;
        }
        let key_holder = self.approver(address).map_or(address, |approver| approver.key_holder);
        [
            (
                self.approver(address).is_some_and(|approver| approver.is_spent(approval.salt)),
                "its salt was used before",
            ),
            (matches!(approval.expiry, Expiry::Ago(seconds) if seconds > 0), "it has expired"),
            (approval.signer != key_holder, "somebody else signed it"),
            (approval.staker != staker, "it names another staker"),
            (approval.operator != operator, "it names another operator"),
        ]
        .into_iter()
        .find_map(|(fails, why)| fails.then_some(why))
    }

    /// Why `consent` does not allow a deposit; `None` if it does. `docs/protocol.md` section 7,
    /// depositIntoStrategyWithSignature.
    pub fn dissents(&self, consent: &Consent, request: &DepositRequest) -> Option<&'static str> {
        [
            (matches!(consent.expiry, Expiry::Ago(seconds) if seconds > 0), "it has expired"),
            (consent.signer != request.staker, "somebody else signed it"),
            (consent.strategy != request.strategy, "it names another strategy"),
            (consent.amount != request.amount, "it names another amount"),
            (consent.nonce != Nonce::Current, "it names another nonce"),
        ]
        .into_iter()
        .find_map(|(fails, why)| fails.then_some(why))
    }
}
