//! Strategies, tokens, switches and proxies.

use alloy_primitives::{Address, U256};
use alloy_sol_types::SolCall;

use super::{Encoded, Encoder};
use crate::{
    call::Operation,
    protocol::eigenlayer::{abi, deploy::start_manager},
};

impl Encoder<'_> {
    pub(super) fn others(&self, operation: &Operation) -> Option<Encoded> {
        use Operation as O;
        Some(match operation {
            O::Rewards(operation) => self.rewards(operation)?,
            O::Factory(operation) => self.factory(operation),
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
            O::SetLimits { strategy, per_deposit, total } => {
                let call = abi::StrategyBaseTVLLimits::setTVLLimitsCall {
                    newMaxPerDeposit: *per_deposit,
                    newMaxTotalDeposits: *total,
                };
                (*strategy, call.abi_encode())
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

    pub(super) fn initialize(&self, contract: Address) -> Vec<u8> {
        let contracts = &self.protocol.contracts;
        if contract == contracts.strategy_manager {
            let thief = self.protocol.cast.stranger;
            abi::StrategyManager::initializeCall {
                initialOwner: thief,
                initialStrategyWhitelister: thief,
                initialPausedStatus: U256::ZERO,
            }
            .abi_encode()
        } else if contract == contracts.rewards_coordinator {
            let thief = self.protocol.cast.stranger;
            abi::RewardsCoordinator::initializeCall {
                initialOwner: thief,
                initialPausedStatus: U256::ZERO,
                initialRewardsUpdater: thief,
                initialActivationDelay: 0,
                initialDefaultSplitBips: 0,
            }
            .abi_encode()
        } else if contract == contracts.strategy_factory {
            abi::StrategyFactory::initializeCall {
                initialOwner: self.protocol.cast.stranger,
                initialPausedStatus: U256::ZERO,
                initialStrategyBeacon: contracts.strategy_factory,
            }
            .abi_encode()
        } else if contract == contracts.eigen_pod_manager {
            let thief = self.protocol.cast.stranger;
            abi::EigenPodManager::initializeCall { initialOwner: thief, initialPausedStatus: U256::ZERO }.abi_encode()
        } else if self.protocol.cast.strategies.contains(&contract) {
            abi::StrategyBase::initializeCall { token: self.protocol.cast.tokens[0] }.abi_encode()
        } else {
            start_manager(self.protocol.release, self.protocol.cast.stranger)
        }
    }
}
