//! The strategy manager.

use alloy_primitives::U256;
use alloy_sol_types::SolCall;

use super::{Encoded, Encoder, sol_set};
use crate::{call::Operation, protocol::eigenlayer::abi};

impl Encoder<'_> {
    pub(super) fn strategy_manager(&self, operation: &Operation) -> Option<Encoded> {
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
}
