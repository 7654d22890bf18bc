//! Registrars: who answers for whom, and who may act for whom.

use alloy_primitives::{Address, FixedBytes};
use alloy_sol_types::{SolCall, SolValue};

use super::{Cast, Contracts, Planner};
use crate::{protocol::eigenlayer::abi, worlds::Registrars};

impl Planner<'_> {
    pub(super) fn registrar(&mut self, name: &str, contracts: &Contracts) -> Address {
        match self.world.registrars {
            Registrars::Accepting => self.create(name, "AcceptingRegistrar", &[]),
            Registrars::Wilful => {
                let managers = (contracts.allocation_manager, contracts.delegation_manager).abi_encode_params();
                self.create(name, "WilfulRegistrar", &managers)
            }
        }
    }

    /// One registrar answers for all. With a will of their own, each answers for one AVS, and the last AVS has none; the
    /// first is trusted by its AVS and by two operators, the second by nobody.
    pub(super) fn bootstrap_registrar(&mut self, contracts: &Contracts, cast: &Cast, index: usize) {
        use abi::AllocationManager as A;
        let avs = cast.avss[index];
        let registrar = match self.world.registrars {
            Registrars::Accepting => cast.registrars.first(),
            Registrars::Wilful => cast.registrars.get(index),
        };
        let Some(registrar) = registrar.copied() else { return };
        self.send(avs, contracts.allocation_manager, &A::setAVSRegistrarCall { avs, registrar });
        if self.world.registrars == Registrars::Wilful && index == 0 {
            self.trust(contracts, avs, registrar, A::deregisterFromOperatorSetsCall::SELECTOR);
            for operator in &cast.operators[..2] {
                self.trust(contracts, *operator, registrar, A::registerForOperatorSetsCall::SELECTOR);
            }
        }
    }

    fn trust(&mut self, contracts: &Contracts, account: Address, appointee: Address, selector: [u8; 4]) {
        let target = contracts.allocation_manager;
        let selector = FixedBytes(selector);
        let call = abi::PermissionController::setAppointeeCall { account, appointee, target, selector };
        self.send(account, contracts.permission_controller, &call);
    }
}
