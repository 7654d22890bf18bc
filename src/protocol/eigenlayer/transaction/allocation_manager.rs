//! The allocation manager.

use alloy_primitives::{Address, Bytes};
use alloy_sol_types::SolCall;

use super::{Encoded, Encoder, new_set, sol_set};
use crate::{
    call::{AllocationChange, Operation},
    protocol::eigenlayer::abi,
};

impl Encoder<'_> {
    pub(super) fn allocation_manager(&self, operation: &Operation) -> Option<Encoded> {
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
            O::UpdateSlasher { set, to } => {
                M::updateSlasherCall { operatorSet: sol_set(*set), slasher: *to }.abi_encode()
            }
            _ => return None,
        };
        Some((self.protocol.contracts.allocation_manager, data))
    }

    fn changes(&self, operator: Address, changes: &[AllocationChange]) -> Vec<abi::AllocationManager::AllocateParams> {
        let wanted = self.before.wanted_magnitudes(operator, changes);
        let params = changes.iter().zip(wanted).map(|(change, magnitudes)| abi::AllocationManager::AllocateParams {
            operatorSet: sol_set(change.set),
            strategies: change.items.iter().map(|item| item.strategy).collect(),
            newMagnitudes: magnitudes,
        });
        params.collect()
    }
}
