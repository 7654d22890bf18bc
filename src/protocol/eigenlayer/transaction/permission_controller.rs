//! The permission controller.

use alloy_sol_types::SolCall;

use super::{Encoded, Encoder};
use crate::{call::Operation, protocol::eigenlayer::abi};

impl Encoder<'_> {
    pub(super) fn permission_controller(&self, operation: &Operation) -> Option<Encoded> {
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
}
