//! From what a call asks to calldata.

use alloy_primitives::{Address, Bytes, U256};

use super::{EigenLayer, abi};
use crate::{
    call::{Call, Operation, SetId, Transaction},
    ledger::{Ledger, Withdrawal},
};

mod allocation_manager;
mod delegation_manager;
mod examples;
mod factory;
mod others;
mod permission_controller;
mod probes;
mod questions;
pub(super) mod rewards;
mod signed;
mod strategy_manager;
mod world;

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
        self.strategy_manager(operation)
            .or_else(|| self.delegation_manager(operation))
            .or_else(|| self.allocation_manager(operation))
            .or_else(|| self.permission_controller(operation))
            .or_else(|| self.signed(operation))
            .or_else(|| self.world(operation))
            .or_else(|| self.examples(operation))
            .or_else(|| self.questions(operation))
            .or_else(|| self.others(operation))
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
