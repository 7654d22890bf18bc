//! What must fail: functions for core contracts only, arrays whose lengths do not fit.

use alloy_primitives::{Address, U256};
use alloy_sol_types::SolCall;

use super::{Encoded, Encoder, new_set, sol_set, sol_withdrawal};
use crate::{
    arithmetic::WAD,
    call::{Malformed, Plumbing, SetId},
    ledger::Booking,
    protocol::eigenlayer::abi,
};

impl Encoder<'_> {
    pub(super) fn plumbing(
        &self,
        function: Plumbing,
        account: Address,
        strategy: Address,
        amount: U256,
    ) -> Option<Encoded> {
        use abi::{DelegationManager as D, StrategyManager as S};
        let (delegation, strategies) =
            (self.protocol.contracts.delegation_manager, self.protocol.contracts.strategy_manager);
        let set = sol_set(self.before.sets.iter().find(|set| set.exists)?.id);
        let token = self.before.strategy(strategy)?.token;
        Some(match function {
            Plumbing::IncreaseDelegatedShares => (
                delegation,
                D::increaseDelegatedSharesCall {
                    staker: account,
                    strategy,
                    prevDepositShares: U256::ZERO,
                    addedShares: amount,
                }
                .abi_encode(),
            ),
            Plumbing::DecreaseDelegatedShares => (
                delegation,
                D::decreaseDelegatedSharesCall {
                    staker: account,
                    curDepositShares: amount,
                    beaconChainSlashingFactorDecrease: WAD / 2,
                }
                .abi_encode(),
            ),
            Plumbing::SlashOperatorShares => (delegation, self.slash_operator_shares(account, set, strategy)),
            Plumbing::AddShares => {
                (strategies, S::addSharesCall { staker: account, strategy, shares: amount }.abi_encode())
            }
            Plumbing::RemoveDepositShares => (
                strategies,
                S::removeDepositSharesCall { staker: account, strategy, depositSharesToRemove: amount }.abi_encode(),
            ),
            Plumbing::WithdrawSharesAsTokens => (
                strategies,
                S::withdrawSharesAsTokensCall { staker: account, strategy, token, shares: amount }.abi_encode(),
            ),
            Plumbing::IncreaseBurnOrRedistributableShares => (strategies, self.book_slashed(set, strategy, amount)),
            Plumbing::StrategyDeposit | Plumbing::StrategyWithdraw => {
                return self.strategy_plumbing(function, account, strategy, amount);
            }
        })
    }

    /// What the allocation manager tells the delegation manager of a slash.
    fn slash_operator_shares(&self, operator: Address, set: abi::OperatorSet, strategy: Address) -> Vec<u8> {
        match self.before.terms.booking {
            Booking::ByStrategy => abi::SlashingManagers::slashOperatorSharesCall {
                operator,
                strategy,
                prevMaxMagnitude: WAD,
                newMaxMagnitude: WAD / 2,
            }
            .abi_encode(),
            Booking::BySlash => abi::DelegationManager::slashOperatorSharesCall {
                operator,
                operatorSet: set,
                slashId: U256::ONE,
                strategy,
                prevMaxMagnitude: WAD,
                newMaxMagnitude: WAD / 2,
            }
            .abi_encode(),
        }
    }

    /// What the delegation manager tells a share manager of a slash.
    pub(super) fn book_slashed(&self, set: abi::OperatorSet, strategy: Address, shares: U256) -> Vec<u8> {
        match self.before.terms.booking {
            Booking::ByStrategy => {
                abi::SlashingManagers::increaseBurnableSharesCall { strategy, addedSharesToBurn: shares }.abi_encode()
            }
            Booking::BySlash => abi::StrategyManager::increaseBurnOrRedistributableSharesCall {
                operatorSet: set,
                slashId: U256::from(1_000),
                strategy,
                addedSharesToBurn: shares,
            }
            .abi_encode(),
        }
    }

    fn strategy_plumbing(
        &self,
        function: Plumbing,
        account: Address,
        strategy: Address,
        amount: U256,
    ) -> Option<Encoded> {
        let token = self.before.strategy(strategy)?.token;
        let data = match function {
            Plumbing::StrategyDeposit => abi::StrategyBase::depositCall { token, amount }.abi_encode(),
            _ => abi::StrategyBase::withdrawCall { recipient: account, token, amountShares: amount }.abi_encode(),
        };
        Some((strategy, data))
    }

    /// Each with one element on one side and none on the other.
    pub(super) fn malformed(
        &self,
        function: Malformed,
        account: Address,
        set: SetId,
        strategy: Address,
    ) -> Option<Encoded> {
        use abi::{AllocationManager as A, DelegationManager as D};
        let contracts = &self.protocol.contracts;
        let allocation_manager = contracts.allocation_manager;
        Some(match function {
            Malformed::Slash => {
                let params = A::SlashingParams {
                    operator: account,
                    operatorSetId: set.id,
                    strategies: vec![strategy],
                    wadsToSlash: Vec::new(),
                    description: String::new(),
                };
                (allocation_manager, A::slashOperatorCall { avs: set.avs, params }.abi_encode())
            }
            Malformed::ModifyAllocations => {
                let params = vec![A::AllocateParams {
                    operatorSet: sol_set(set),
                    strategies: vec![strategy],
                    newMagnitudes: Vec::new(),
                }];
                (allocation_manager, A::modifyAllocationsCall { operator: account, params }.abi_encode())
            }
            Malformed::ClearDeallocationQueue => {
                let call = A::clearDeallocationQueueCall {
                    operator: account,
                    strategies: vec![strategy],
                    numToClear: Vec::new(),
                };
                (allocation_manager, call.abi_encode())
            }
            Malformed::CreateRedistributingSets => {
                let call = A::createRedistributingOperatorSetsCall {
                    avs: set.avs,
                    params: vec![new_set((set.id, &vec![strategy]))],
                    redistributionRecipients: Vec::new(),
                };
                (allocation_manager, call.abi_encode())
            }
            Malformed::QueueWithdrawals => {
                let params = vec![D::QueuedWithdrawalParams {
                    strategies: vec![strategy],
                    depositShares: Vec::new(),
                    deprecatedWithdrawer: Address::ZERO,
                }];
                (contracts.delegation_manager, D::queueWithdrawalsCall { params }.abi_encode())
            }
            Malformed::CompleteWithdrawal => {
                let withdrawal = sol_withdrawal(self.before.nth_withdrawal(account, 0)?);
                let call = D::completeQueuedWithdrawalCall { withdrawal, tokens: Vec::new(), receiveAsTokens: true };
                (contracts.delegation_manager, call.abi_encode())
            }
        })
    }
}
