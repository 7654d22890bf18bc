//! The delegation manager.

use alloy_primitives::{Address, FixedBytes};
use alloy_sol_types::SolCall;

use super::{Encoded, Encoder, no_signature, sol_withdrawal};
use crate::{
    call::{Completion, Operation, WithdrawalItem},
    protocol::eigenlayer::abi,
};

impl Encoder<'_> {
    pub(super) fn delegation_manager(&self, operation: &Operation) -> Option<Encoded> {
        use Operation as O;
        use abi::DelegationManager as M;
        let data = match operation {
            O::Delegate { operator } => M::delegateToCall {
                operator: *operator,
                approverSignatureAndExpiry: no_signature(),
                approverSalt: FixedBytes::ZERO,
            }
            .abi_encode(),
            O::Undelegate { staker } => M::undelegateCall { staker: *staker }.abi_encode(),
            O::Redelegate { operator } => M::redelegateCall {
                newOperator: *operator,
                newOperatorApproverSig: no_signature(),
                approverSalt: FixedBytes::ZERO,
            }
            .abi_encode(),
            O::QueueWithdrawals { withdrawals } => {
                M::queueWithdrawalsCall { params: self.withdrawals(withdrawals) }.abi_encode()
            }
            O::CompleteWithdrawal { completion } => {
                let (withdrawal, tokens, receive_as_tokens) = self.completion(completion)?;
                M::completeQueuedWithdrawalCall { withdrawal, tokens, receiveAsTokens: receive_as_tokens }.abi_encode()
            }
            O::CompleteWithdrawals { completions } => {
                let mut call = M::completeQueuedWithdrawalsCall {
                    withdrawals: Vec::new(),
                    tokens: Vec::new(),
                    receiveAsTokens: Vec::new(),
                };
                for completion in completions {
                    let (withdrawal, tokens, receive_as_tokens) = self.completion(completion)?;
                    call.withdrawals.push(withdrawal);
                    call.tokens.push(tokens);
                    call.receiveAsTokens.push(receive_as_tokens);
                }
                call.abi_encode()
            }
            // Of others who become operators nobody would keep what they have.
            O::RegisterAsOperator { .. } if self.before.operator(self.actor).is_none() => return None,
            O::RegisterAsOperator { approver, allocation_delay } => M::registerAsOperatorCall {
                initDelegationApprover: *approver,
                allocationDelay: *allocation_delay,
                metadataURI: String::new(),
            }
            .abi_encode(),
            O::ModifyOperatorDetails { operator, approver } => {
                M::modifyOperatorDetailsCall { operator: *operator, newDelegationApprover: *approver }.abi_encode()
            }
            O::UpdateOperatorMetadata { operator } => {
                M::updateOperatorMetadataURICall { operator: *operator, metadataURI: String::new() }.abi_encode()
            }
            _ => return None,
        };
        Some((self.protocol.contracts.delegation_manager, data))
    }

    fn withdrawals(&self, withdrawals: &[Vec<WithdrawalItem>]) -> Vec<abi::DelegationManager::QueuedWithdrawalParams> {
        let shares = self.before.withdrawn_shares(self.actor, withdrawals);
        let params =
            withdrawals.iter().zip(shares).map(|(items, shares)| abi::DelegationManager::QueuedWithdrawalParams {
                strategies: items.iter().map(|item| item.strategy).collect(),
                depositShares: shares,
                deprecatedWithdrawer: Address::ZERO,
            });
        params.collect()
    }

    fn completion(&self, completion: &Completion) -> Option<(abi::DelegationManager::Withdrawal, Vec<Address>, bool)> {
        let request = self.before.completion_request(completion)?;
        Some((sol_withdrawal(request.withdrawal), request.tokens, request.as_tokens))
    }
}
