//! Strategies, tokens, switches and proxies.

use alloy_primitives::Address;
use alloy_sol_types::SolCall;

use super::{Encoded, Encoder};
use crate::{call::Operation, protocol::eigenlayer::abi};

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

    /// What initialized a contract, once more.
    pub(super) fn initialize(&self, contract: Address) -> Vec<u8> {
        self.protocol.initializers.get(&contract).map(|call| call.to_vec()).unwrap_or_default()
    }
}
