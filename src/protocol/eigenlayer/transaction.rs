//! From what a call asks to calldata.

use alloy_primitives::{Address, Bytes, FixedBytes, U256};
use alloy_sol_types::SolCall;

use super::{EigenLayer, abi};
use crate::{
    arithmetic::WAD,
    call::{
        AllocationChange, AllocationItem, Call, Completion, Malformed, Operation, Plumbing, Receive, SetId,
        Transaction, WithdrawalItem,
    },
    ledger::{Ledger, Withdrawal},
};

type Encoded = (Address, Vec<u8>);

/// What a call becomes on the chain; see [`crate::protocol::Protocol::transaction`].
pub(super) fn transaction(protocol: &EigenLayer, call: &Call, before: &Ledger) -> Option<Transaction> {
    let encoder = Encoder { protocol, before, actor: call.actor };
    let (to, data) = encoder.encode(&call.operation)?;
    Some(Transaction { from: call.actor, to, data: Bytes::from(data), value: U256::ZERO })
}

struct Encoder<'a> {
    protocol: &'a EigenLayer,
    before: &'a Ledger,
    actor: Address,
}

impl Encoder<'_> {
    fn encode(&self, operation: &Operation) -> Option<Encoded> {
        use Operation as O;
        match operation {
            O::Deposit { .. }
            | O::ClearSlash { .. }
            | O::ClearSlashByStrategy { .. }
            | O::BurnShares { .. }
            | O::SetStrategyWhitelister { .. }
            | O::AddToWhitelist { .. }
            | O::RemoveFromWhitelist { .. }
            | O::TransferOwnership { .. }
            | O::RenounceOwnership {} => self.strategy_manager(operation),
            O::Delegate { .. }
            | O::Undelegate { .. }
            | O::Redelegate { .. }
            | O::QueueWithdrawals { .. }
            | O::CompleteWithdrawal { .. }
            | O::CompleteWithdrawals { .. }
            | O::RegisterAsOperator { .. }
            | O::ModifyOperatorDetails { .. }
            | O::UpdateOperatorMetadata { .. } => self.delegation_manager(operation),
            O::ModifyAllocations { .. }
            | O::ClearDeallocationQueue { .. }
            | O::RegisterForSets { .. }
            | O::DeregisterFromSets { .. }
            | O::SetAllocationDelay { .. }
            | O::UpdateAvsMetadata { .. }
            | O::SetAvsRegistrar { .. }
            | O::CreateSets { .. }
            | O::CreateRedistributingSets { .. }
            | O::AddStrategies { .. }
            | O::RemoveStrategies { .. }
            | O::Slash { .. } => self.allocation_manager(operation),
            O::AddPendingAdmin { .. }
            | O::RemovePendingAdmin { .. }
            | O::AcceptAdmin { .. }
            | O::RemoveAdmin { .. }
            | O::SetAppointee { .. }
            | O::RemoveAppointee { .. } => self.permission_controller(operation),
            _ => self.others(operation),
        }
    }

    fn strategy_manager(&self, operation: &Operation) -> Option<Encoded> {
        use Operation as O;
        use abi::StrategyManager as M;
        let data = match operation {
            O::Deposit { strategy, token, amount } => {
                M::depositIntoStrategyCall { strategy: *strategy, token: *token, amount: *amount }.abi_encode()
            }
            O::ClearSlash { set, nth } => {
                let slash_id = U256::from(self.before.set(*set)?.nth_slash(*nth));
                M::clearBurnOrRedistributableSharesCall { operatorSet: sol_set(*set), slashId: slash_id }.abi_encode()
            }
            O::ClearSlashByStrategy { set, nth, strategy } => {
                let slash_id = U256::from(self.before.set(*set)?.nth_slash(*nth));
                M::clearBurnOrRedistributableSharesByStrategyCall {
                    operatorSet: sol_set(*set),
                    slashId: slash_id,
                    strategy: *strategy,
                }
                .abi_encode()
            }
            O::BurnShares { strategy } => M::burnSharesCall { strategy: *strategy }.abi_encode(),
            O::SetStrategyWhitelister { to } => {
                M::setStrategyWhitelisterCall { newStrategyWhitelister: *to }.abi_encode()
            }
            O::AddToWhitelist { strategies } => {
                M::addStrategiesToDepositWhitelistCall { strategiesToWhitelist: strategies.clone() }.abi_encode()
            }
            O::RemoveFromWhitelist { strategies } => {
                let strategies = strategies.clone();
                M::removeStrategiesFromDepositWhitelistCall { strategiesToRemoveFromWhitelist: strategies }.abi_encode()
            }
            O::TransferOwnership { to } => M::transferOwnershipCall { newOwner: *to }.abi_encode(),
            O::RenounceOwnership {} => M::renounceOwnershipCall {}.abi_encode(),
            _ => return None,
        };
        Some((self.protocol.contracts.strategy_manager, data))
    }

    fn delegation_manager(&self, operation: &Operation) -> Option<Encoded> {
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

    fn allocation_manager(&self, operation: &Operation) -> Option<Encoded> {
        use Operation as O;
        use abi::AllocationManager as M;
        let data = match operation {
            O::ModifyAllocations { operator, changes } => {
                M::modifyAllocationsCall { operator: *operator, params: self.changes(*operator, changes) }.abi_encode()
            }
            O::ClearDeallocationQueue { operator, items } => M::clearDeallocationQueueCall {
                operator: *operator,
                strategies: items.iter().map(|item| item.strategy).collect(),
                numToClear: items.iter().map(|item| item.count).collect(),
            }
            .abi_encode(),
            O::RegisterForSets { operator, avs, ids } => {
                let params = M::RegisterParams { avs: *avs, operatorSetIds: ids.clone(), data: Bytes::new() };
                M::registerForOperatorSetsCall { operator: *operator, params }.abi_encode()
            }
            O::DeregisterFromSets { operator, avs, ids } => {
                let params = M::DeregisterParams { operator: *operator, avs: *avs, operatorSetIds: ids.clone() };
                M::deregisterFromOperatorSetsCall { params }.abi_encode()
            }
            O::SetAllocationDelay { operator, delay } => {
                M::setAllocationDelayCall { operator: *operator, delay: *delay }.abi_encode()
            }
            O::UpdateAvsMetadata { avs } => {
                M::updateAVSMetadataURICall { avs: *avs, metadataURI: String::new() }.abi_encode()
            }
            O::SetAvsRegistrar { avs, registrar } => {
                M::setAVSRegistrarCall { avs: *avs, registrar: *registrar }.abi_encode()
            }
            O::CreateSets { avs, sets } => {
                let params = sets.iter().map(|set| (set.id, &set.strategies)).map(new_set).collect();
                M::createOperatorSetsCall { avs: *avs, params }.abi_encode()
            }
            O::CreateRedistributingSets { avs, sets } => M::createRedistributingOperatorSetsCall {
                avs: *avs,
                params: sets.iter().map(|set| (set.id, &set.strategies)).map(new_set).collect(),
                redistributionRecipients: sets.iter().map(|set| set.recipient).collect(),
            }
            .abi_encode(),
            O::AddStrategies { set, strategies } => {
                let strategies = strategies.clone();
                M::addStrategiesToOperatorSetCall { avs: set.avs, operatorSetId: set.id, strategies }.abi_encode()
            }
            O::RemoveStrategies { set, strategies } => {
                let strategies = strategies.clone();
                M::removeStrategiesFromOperatorSetCall { avs: set.avs, operatorSetId: set.id, strategies }.abi_encode()
            }
            O::Slash { set, operator, items } => {
                let params = M::SlashingParams {
                    operator: *operator,
                    operatorSetId: set.id,
                    strategies: items.iter().map(|item| item.strategy).collect(),
                    wadsToSlash: items.iter().map(|item| item.wad).collect(),
                    description: String::new(),
                };
                M::slashOperatorCall { avs: set.avs, params }.abi_encode()
            }
            _ => return None,
        };
        Some((self.protocol.contracts.allocation_manager, data))
    }

    /// What each withdrawal takes; "all" is what the ones before have left.
    fn withdrawals(&self, withdrawals: &[Vec<WithdrawalItem>]) -> Vec<abi::DelegationManager::QueuedWithdrawalParams> {
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

    /// The magnitudes wanted; "all" of a strategy is what the ones before have left free.
    fn changes(&self, operator: Address, changes: &[AllocationChange]) -> Vec<abi::AllocationManager::AllocateParams> {
        let index = self.before.operator_index(operator);
        let mut taken = vec![0u64; self.before.strategies.len()];
        let mut want = |set: SetId, item: &AllocationItem| -> u64 {
            let place = index.zip(self.before.set_index(set)).zip(self.before.strategy_index(item.strategy));
            let Some(((operator, set), strategy)) = place else { return item.magnitude.of(U256::ZERO).saturating_to() };
            let current = self.before.operators[operator].allocations[set][strategy].settled(self.before.block).current;
            let free = self.before.free_magnitude(operator, strategy).saturating_sub(taken[strategy]);
            let wanted: u64 = item.magnitude.of(U256::from(current.saturating_add(free))).saturating_to();
            taken[strategy] = taken[strategy].saturating_add(wanted.saturating_sub(current));
            wanted
        };
        let mut params = Vec::with_capacity(changes.len());
        for change in changes {
            params.push(abi::AllocationManager::AllocateParams {
                operatorSet: sol_set(change.set),
                strategies: change.items.iter().map(|item| item.strategy).collect(),
                newMagnitudes: change.items.iter().map(|item| want(change.set, item)).collect(),
            });
        }
        params
    }

    fn permission_controller(&self, operation: &Operation) -> Option<Encoded> {
        use Operation as O;
        use abi::PermissionController as M;
        let data = match operation {
            O::AddPendingAdmin { account, admin } => {
                M::addPendingAdminCall { account: *account, admin: *admin }.abi_encode()
            }
            O::RemovePendingAdmin { account, admin } => {
                M::removePendingAdminCall { account: *account, admin: *admin }.abi_encode()
            }
            O::AcceptAdmin { account } => M::acceptAdminCall { account: *account }.abi_encode(),
            O::RemoveAdmin { account, admin } => M::removeAdminCall { account: *account, admin: *admin }.abi_encode(),
            O::SetAppointee { account, appointee, target, selector } => {
                M::setAppointeeCall { account: *account, appointee: *appointee, target: *target, selector: *selector }
                    .abi_encode()
            }
            O::RemoveAppointee { account, appointee, target, selector } => M::removeAppointeeCall {
                account: *account,
                appointee: *appointee,
                target: *target,
                selector: *selector,
            }
            .abi_encode(),
            _ => return None,
        };
        Some((self.protocol.contracts.permission_controller, data))
    }

    fn others(&self, operation: &Operation) -> Option<Encoded> {
        use Operation as O;
        Some(match operation {
            O::Donate { strategy, amount } => {
                let token = self.before.strategy(*strategy)?.token;
                (token, abi::Token::transferCall { to: *strategy, amount: *amount }.abi_encode())
            }
            O::AskUserUnderlying { strategy, user } => {
                (*strategy, abi::StrategyBase::userUnderlyingCall { user: *user }.abi_encode())
            }
            O::Pause { contract, status } => {
                (*contract, abi::Pausable::pauseCall { newPausedStatus: *status }.abi_encode())
            }
            O::PauseAll { contract } => (*contract, abi::Pausable::pauseAllCall {}.abi_encode()),
            O::Unpause { contract, status } => {
                (*contract, abi::Pausable::unpauseCall { newPausedStatus: *status }.abi_encode())
            }
            O::SetPauser { pauser, allowed } => {
                let call = abi::PauserRegistry::setIsPauserCall { newPauser: *pauser, canPause: *allowed };
                (self.protocol.contracts.pauser_registry, call.abi_encode())
            }
            O::SetUnpauser { to } => {
                let call = abi::PauserRegistry::setUnpauserCall { newUnpauser: *to };
                (self.protocol.contracts.pauser_registry, call.abi_encode())
            }
            O::Initialize { contract } => (*contract, self.initialize(*contract)),
            O::Upgrade { contract, implementation } => {
                (*contract, abi::Proxy::upgradeToCall { implementation: *implementation }.abi_encode())
            }
            O::CallPlumbing { function, account, strategy, amount } => {
                self.plumbing(*function, *account, *strategy, *amount)?
            }
            O::Malformed { function, account, set, strategy } => {
                self.malformed(*function, *account, *set, *strategy)?
            }
            _ => return None,
        })
    }

    fn initialize(&self, contract: Address) -> Vec<u8> {
        let contracts = &self.protocol.contracts;
        if contract == contracts.strategy_manager {
            let thief = self.protocol.cast.stranger;
            abi::StrategyManager::initializeCall {
                initialOwner: thief,
                initialStrategyWhitelister: thief,
                initialPausedStatus: U256::ZERO,
            }
            .abi_encode()
        } else if self.protocol.cast.strategies.contains(&contract) {
            abi::StrategyBase::initializeCall { token: self.protocol.cast.tokens[0] }.abi_encode()
        } else {
            abi::AllocationManager::initializeCall { initialPausedStatus: U256::ZERO }.abi_encode()
        }
    }

    fn plumbing(&self, function: Plumbing, account: Address, strategy: Address, amount: U256) -> Option<Encoded> {
        use abi::{DelegationManager as D, StrategyBase as B, StrategyManager as S};
        let contracts = &self.protocol.contracts;
        let set = sol_set(self.before.sets.iter().find(|set| set.exists)?.id);
        let token = self.before.strategy(strategy)?.token;
        Some(match function {
            Plumbing::IncreaseDelegatedShares => (
                contracts.delegation_manager,
                D::increaseDelegatedSharesCall {
                    staker: account,
                    strategy,
                    prevDepositShares: U256::ZERO,
                    addedShares: amount,
                }
                .abi_encode(),
            ),
            Plumbing::DecreaseDelegatedShares => (
                contracts.delegation_manager,
                D::decreaseDelegatedSharesCall {
                    staker: account,
                    curDepositShares: amount,
                    beaconChainSlashingFactorDecrease: WAD / 2,
                }
                .abi_encode(),
            ),
            Plumbing::SlashOperatorShares => (
                contracts.delegation_manager,
                D::slashOperatorSharesCall {
                    operator: account,
                    operatorSet: set,
                    slashId: U256::ONE,
                    strategy,
                    prevMaxMagnitude: WAD,
                    newMaxMagnitude: WAD / 2,
                }
                .abi_encode(),
            ),
            Plumbing::AddShares => (
                contracts.strategy_manager,
                S::addSharesCall { staker: account, strategy, shares: amount }.abi_encode(),
            ),
            Plumbing::RemoveDepositShares => (
                contracts.strategy_manager,
                S::removeDepositSharesCall { staker: account, strategy, depositSharesToRemove: amount }.abi_encode(),
            ),
            Plumbing::WithdrawSharesAsTokens => (
                contracts.strategy_manager,
                S::withdrawSharesAsTokensCall { staker: account, strategy, token, shares: amount }.abi_encode(),
            ),
            Plumbing::IncreaseBurnOrRedistributableShares => (
                contracts.strategy_manager,
                S::increaseBurnOrRedistributableSharesCall {
                    operatorSet: set,
                    slashId: U256::from(1_000),
                    strategy,
                    addedSharesToBurn: amount,
                }
                .abi_encode(),
            ),
            Plumbing::StrategyDeposit => (strategy, B::depositCall { token, amount }.abi_encode()),
            Plumbing::StrategyWithdraw => {
                (strategy, B::withdrawCall { recipient: account, token, amountShares: amount }.abi_encode())
            }
        })
    }

    /// Each with one element on one side and none on the other.
    fn malformed(&self, function: Malformed, account: Address, set: SetId, strategy: Address) -> Option<Encoded> {
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

    fn completion(&self, completion: &Completion) -> Option<(abi::DelegationManager::Withdrawal, Vec<Address>, bool)> {
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

fn sol_set(set: SetId) -> abi::OperatorSet {
    abi::OperatorSet { avs: set.avs, id: set.id }
}

fn new_set((id, strategies): (u32, &Vec<Address>)) -> abi::AllocationManager::CreateSetParams {
    abi::AllocationManager::CreateSetParams { operatorSetId: id, strategies: strategies.clone() }
}

fn no_signature() -> abi::DelegationManager::SignatureWithExpiry {
    abi::DelegationManager::SignatureWithExpiry { signature: Bytes::new(), expiry: U256::ZERO }
}

fn sol_withdrawal(withdrawal: &Withdrawal) -> abi::DelegationManager::Withdrawal {
    abi::DelegationManager::Withdrawal {
        staker: withdrawal.staker,
        delegatedTo: withdrawal.delegated_to,
        withdrawer: withdrawal.withdrawer,
        nonce: U256::from(withdrawal.nonce),
        startBlock: u32::try_from(withdrawal.start_block).unwrap_or(u32::MAX),
        strategies: withdrawal.items.iter().map(|(strategy, _)| *strategy).collect(),
        scaledShares: withdrawal.items.iter().map(|(_, scaled)| *scaled).collect(),
    }
}
