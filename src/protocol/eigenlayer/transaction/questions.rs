//! Views.

use alloy_sol_types::SolCall;

use super::{Encoded, Encoder, sol_set};
use crate::{
    call::{Operation, Question},
    protocol::eigenlayer::abi::{AllocationManager as A, DelegationManager as D},
};

impl Encoder<'_> {
    pub(super) fn questions(&self, operation: &Operation) -> Option<Encoded> {
        let Operation::Ask(question) = operation else { return None };
        let contracts = &self.protocol.contracts;
        let (allocation, delegation) = (contracts.allocation_manager, contracts.delegation_manager);
        Some(match question {
            Question::AllocatableMagnitude { operator, strategy } => {
                let call = A::getAllocatableMagnitudeCall { operator: *operator, strategy: *strategy };
                (allocation, call.abi_encode())
            }
            Question::Allocation { operator, set, strategy } => {
                let (operator, strategy) = (*operator, *strategy);
                let call = A::getAllocationCall { operator, operatorSet: sol_set(*set), strategy };
                (allocation, call.abi_encode())
            }
            Question::WithdrawableShares { staker, strategies } => {
                let call = D::getWithdrawableSharesCall { staker: *staker, strategies: strategies.clone() };
                (delegation, call.abi_encode())
            }
            Question::SlashableSharesInQueue { operator, strategy } => {
                let call = D::getSlashableSharesInQueueCall { operator: *operator, strategy: *strategy };
                (delegation, call.abi_encode())
            }
            Question::QueuedWithdrawal { staker, nth } => {
                let root = self.before.nth_withdrawal(*staker, *nth)?.root;
                (delegation, D::getQueuedWithdrawalCall { withdrawalRoot: root }.abi_encode())
            }
        })
    }
}
