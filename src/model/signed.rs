//! What takes somebody's signature (`docs/protocol.md` sections 2, 6.1 and 7).

use alloy_primitives::{Address, U256};

use super::{
    Model, NOT_KEPT, Returned,
    pausing::switch,
    revert::{Error, Foreseen, require},
};
use crate::call::{Approval, Consent, Expiry, Nonce, SignedOperation};

impl Model<'_> {
    pub(super) fn play_signed(&mut self, operation: &SignedOperation) -> Foreseen<Returned> {
        match operation {
            SignedOperation::Delegate { operator, approval } => {
                self.delegate_to(*operator, Some(approval)).map(|()| Returned::Nothing)
            }
            SignedOperation::Redelegate { operator, approval } => self.redelegate(*operator, Some(approval)),
            SignedOperation::Deposit { staker, strategy, token, amount, consent } => {
                self.only_when_not_paused(self.managers().strategy, switch::DEPOSITS)?;
                let names_this = consent.strategy == *strategy && consent.amount == *amount;
                self.use_nonce(*staker, consent, names_this)?;
                self.deposit_for(*staker, *strategy, *token, *amount)
            }
        }
    }

    /// The approver of an operator must consent, if it has one. A salt is spent before the signature is looked at.
    pub(super) fn use_approval(&mut self, staker: Address, operator: usize, approval: Option<&Approval>) -> Foreseen {
        let Self { ledger, .. } = self;
        let operator = &ledger.operators[operator];
        if operator.approver.is_zero() {
            return Ok(());
        }
        let approver = ledger.approvers.iter_mut().find(|at| at.address == operator.approver).ok_or(NOT_KEPT)?;
        // Whoever has nothing to show sends salt 0, and an expiry that is long over.
        let salt = approval.map_or(0, |approval| approval.salt);
        let salt = usize::try_from(salt).ok().and_then(|salt| approver.spent.get_mut(salt)).ok_or(NOT_KEPT)?;
        require(!*salt, Error::SaltSpent)?;
        *salt = true;
        let approval = approval.ok_or(Error::SignatureExpired)?;
        check_expiry(approval.expiry)?;
        let names_this = approval.staker == staker && approval.operator == operator.address;
        require(names_this && approval.signer == approver.key_holder, Error::InvalidSignature)
    }

    fn use_nonce(&mut self, staker: Address, consent: &Consent, names_this: bool) -> Foreseen {
        check_expiry(consent.expiry)?;
        let is_current = consent.nonce == Nonce::Current;
        require(names_this && is_current && consent.signer == staker, Error::InvalidSignature)?;
        let staker = self.staker(staker)?;
        let nonce = &mut self.ledger.stakers[staker].nonce;
        *nonce = nonce.wrapping_add(U256::ONE);
        Ok(())
    }
}

/// A signature is good in the second that it names.
fn check_expiry(expiry: Expiry) -> Foreseen {
    require(!matches!(expiry, Expiry::Ago(seconds) if seconds > 0), Error::SignatureExpired)
}
