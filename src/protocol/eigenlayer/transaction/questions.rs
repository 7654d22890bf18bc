//! Views.

use alloy_sol_types::SolCall;

use super::{Encoded, Encoder, sol_set};
use crate::{
    call::{Argument, Operation, Question},
    protocol::eigenlayer::abi::{AllocationManager as A, DelegationManager as D, StrategyBase as S},
};

impl Encoder<'_> {
    pub(super) fn questions(&self, operation: &Operation) -> Option<Encoded> {
        let Operation::Ask(question) = operation else { return None };
        let contracts = &self.protocol.contracts;
        of_strategies(question)
            .or_else(|| Some((contracts.allocation_manager, self.of_allocations(question)?)))
            .or_else(|| Some((contracts.delegation_manager, self.of_delegations(question)?)))
            .or_else(|| shown(question))
    }

    fn of_allocations(&self, question: &Question) -> Option<Vec<u8>> {
        Some(match question {
            Question::AllocatableMagnitude { operator, strategy } => {
                A::getAllocatableMagnitudeCall { operator: *operator, strategy: *strategy }.abi_encode()
            }
            Question::Allocation { operator, set, strategy } => {
                let (operator, strategy) = (*operator, *strategy);
                A::getAllocationCall { operator, operatorSet: sol_set(*set), strategy }.abi_encode()
            }
            Question::AllocatedStake { operator, set, strategy } => A::getAllocatedStakeCall {
                operatorSet: sol_set(*set),
                operators: vec![*operator],
                strategies: vec![*strategy],
            }
            .abi_encode(),
            Question::MinimumSlashableStake { operator, set, strategy, ahead } => A::getMinimumSlashableStakeCall {
                operatorSet: sol_set(*set),
                operators: vec![*operator],
                strategies: vec![*strategy],
                futureBlock: self.before.block_ahead(*ahead),
            }
            .abi_encode(),
            Question::OperatorRedistributable { operator } => {
                A::isOperatorRedistributableCall { operator: *operator }.abi_encode()
            }
            _ => return None,
        })
    }

    fn of_delegations(&self, question: &Question) -> Option<Vec<u8>> {
        Some(match question {
            Question::WithdrawableShares { staker, strategies } => {
                D::getWithdrawableSharesCall { staker: *staker, strategies: strategies.clone() }.abi_encode()
            }
            Question::DepositShares { staker, strategy, shares } => {
                let place = (self.before.staker_index(*staker), self.before.strategy_index(*strategy));
                let (Some(holder), Some(at)) = place else { return None };
                D::convertToDepositSharesCall {
                    staker: *staker,
                    strategies: vec![*strategy],
                    withdrawableShares: vec![self.before.worth_of(holder, at, *shares)?],
                }
                .abi_encode()
            }
            Question::SlashableSharesInQueue { operator, strategy } => {
                D::getSlashableSharesInQueueCall { operator: *operator, strategy: *strategy }.abi_encode()
            }
            Question::QueuedWithdrawal { staker, nth } => {
                let root = self.before.nth_withdrawal(*staker, *nth)?.root;
                D::getQueuedWithdrawalCall { withdrawalRoot: root }.abi_encode()
            }
            _ => return None,
        })
    }
}

fn shown(question: &Question) -> Option<Encoded> {
    let Question::Shown { contract, view, of } = question else { return None };
    Some((*contract, Argument::calldata(view, of)))
}

fn of_strategies(question: &Question) -> Option<Encoded> {
    Some(match question {
        Question::SharesForTokens { strategy, tokens } => {
            (*strategy, S::underlyingToSharesCall { amountUnderlying: *tokens }.abi_encode())
        }
        Question::TokensForShares { strategy, shares } => {
            (*strategy, S::sharesToUnderlyingCall { amountShares: *shares }.abi_encode())
        }
        _ => return None,
    })
}
