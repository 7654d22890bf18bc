//! The strategy factory.

use alloy_sol_types::SolCall;

use super::{Encoded, Encoder};
use crate::{call::FactoryOperation, protocol::eigenlayer::abi::StrategyFactory as F};

impl Encoder<'_> {
    pub(super) fn factory(&self, operation: &FactoryOperation) -> Encoded {
        use FactoryOperation as O;
        let data = match operation {
            O::Deploy { token } => F::deployNewStrategyCall { token: *token }.abi_encode(),
            O::Blacklist { tokens } => F::blacklistTokensCall { tokens: tokens.clone() }.abi_encode(),
            O::Whitelist { strategies } => {
                F::whitelistStrategiesCall { strategiesToWhitelist: strategies.clone() }.abi_encode()
            }
            O::RemoveFromWhitelist { strategies } => {
                F::removeStrategiesFromWhitelistCall { strategiesToRemoveFromWhitelist: strategies.clone() }
                    .abi_encode()
            }
            O::TransferOwnership { to } => F::transferOwnershipCall { newOwner: *to }.abi_encode(),
            O::RenounceOwnership {} => F::renounceOwnershipCall {}.abi_encode(),
        };
        (self.protocol.contracts.strategy_factory, data)
    }
}
