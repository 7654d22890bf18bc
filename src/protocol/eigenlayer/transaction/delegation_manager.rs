//! The delegation manager.

use alloy_primitives::{Address, FixedBytes, U256};
use alloy_sol_types::SolCall;

use super::{Encoded, Encoder, no_signature, sol_withdrawal};
use crate::{
    call::{Completion, Operation, Receive, WithdrawalItem},
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

    /// What each withdrawal takes; "all" is what the ones before have left.
    pub(super) fn withdrawals(
        &self,
        withdrawals: &[Vec<WithdrawalItem>],
    ) -> Vec<abi::DelegationManager::QueuedWithdrawalParams> {
        let staker = self.before.staker(self.actor);
        let mut left: Vec<U256> = match staker {
            Some(staker) => staker.holdings.iter().map(|holding| holding.shares).collect(),
            None => vec![U256::ZERO; self.before.strategies.len()],
        };
        let mut take = |item: &WithdrawalItem| {
            let Some(strategy) = self.before.strategy_index(item.strategy) else { return item.shares.of(U256::ZERO) };
            let shares = item.shares.of(left[strategy]);
            left[strategy] = left[strategy].saturating_sub(shares);
            shares
        };
        let params = withdrawals.iter().map(|items| abi::DelegationManager::QueuedWithdrawalParams {
            strategies: items.iter().map(|item| item.strategy).collect(),
            depositShares: items.iter().map(&mut take).collect(),
            deprecatedWithdrawer: Address::ZERO,
        });
        params.collect()
    }

    pub(super) fn completion(
        &self,
        completion: &Completion,
    ) -> Option<(abi::DelegationManager::Withdrawal, Vec<Address>, bool)> {
        let withdrawal = self.before.nth_withdrawal(completion.staker, completion.nth)?;
        let tokens = withdrawal.items.iter().map(|(strategy, _)| match completion.receive {
            Receive::Tokens | Receive::Shares => {
                self.before.strategy(*strategy).map_or(Address::ZERO, |strategy| strategy.token)
            }
            Receive::WrongTokens => {
                let right = self.before.strategy(*strategy).map(|strategy| strategy.token);
                let mut others = self.before.tokens.iter().map(|token| token.address);
                others.find(|token| Some(*token) != right).unwrap_or_default()
            }
        });
        Some((sol_withdrawal(withdrawal), tokens.collect(), completion.receive != Receive::Shares))
    }
}
