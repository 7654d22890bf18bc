//! Who acts for whom: the permission controller (`docs/protocol.md` section 10.1).

use alloy_primitives::{Address, FixedBytes, hex};

use super::{
    Model, NOT_KEPT, insert, remove,
    revert::{Error, Foreseen, require},
};
use crate::ledger::{Permission, Principal};

/// A function that asks the permission controller, by name and selector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Function(pub &'static str, pub [u8; 4]);

/// Functions of the allocation manager.
pub(super) mod allocation {
    use super::{Function, hex};

    pub const SLASH_OPERATOR: Function = Function("slashOperator", hex!("36352057"));
    pub const MODIFY_ALLOCATIONS: Function = Function("modifyAllocations", hex!("952899ee"));
    pub const REGISTER_FOR_OPERATOR_SETS: Function = Function("registerForOperatorSets", hex!("adc2e3d9"));
    pub const DEREGISTER_FROM_OPERATOR_SETS: Function = Function("deregisterFromOperatorSets", hex!("6e3492b5"));
    pub const SET_ALLOCATION_DELAY: Function = Function("setAllocationDelay", hex!("56c483e6"));
    pub const SET_AVS_REGISTRAR: Function = Function("setAVSRegistrar", hex!("d3d96ff4"));
    pub const UPDATE_AVS_METADATA: Function = Function("updateAVSMetadataURI", hex!("a9821821"));
    pub const CREATE_OPERATOR_SETS: Function = Function("createOperatorSets", hex!("261f84e0"));
    pub const CREATE_REDISTRIBUTING: Function = Function("createRedistributingOperatorSets", hex!("32a879e4"));
    pub const ADD_STRATEGIES: Function = Function("addStrategiesToOperatorSet", hex!("50feea20"));
    pub const UPDATE_SLASHER: Function = Function("updateSlasher", hex!("6c9d7c58"));
    pub const REMOVE_STRATEGIES: Function = Function("removeStrategiesFromOperatorSet", hex!("b66bd989"));
}

/// Functions of the delegation manager.
pub(super) mod delegation {
    use super::{Function, hex};

    pub const MODIFY_OPERATOR_DETAILS: Function = Function("modifyOperatorDetails", hex!("54b7c96c"));
    pub const UPDATE_OPERATOR_METADATA: Function = Function("updateOperatorMetadataURI", hex!("78296ec5"));
    pub const UNDELEGATE: Function = Function("undelegate", hex!("da8be864"));
}

/// Functions of the rewards coordinator.
pub(super) mod rewards {
    use super::{Function, hex};

    pub const CREATE_DIRECTED_SUBMISSION: Function =
        Function("createOperatorDirectedAVSRewardsSubmission", hex!("9cb9a5fa"));
    pub const CREATE_DIRECTED_SET_SUBMISSION: Function =
        Function("createOperatorDirectedOperatorSetRewardsSubmission", hex!("0ca29899"));
    pub const SET_CLAIMER_FOR: Function = Function("setClaimerFor", hex!("f22cef85"));
    pub const SET_AVS_SPLIT: Function = Function("setOperatorAVSSplit", hex!("dcbb03b3"));
    pub const SET_INCENTIVES_SPLIT: Function = Function("setOperatorPISplit", hex!("b3dbb0e0"));
    pub const SET_SET_SPLIT: Function = Function("setOperatorSetSplit", hex!("f74e8eac"));
}

/// Every function that asks.
pub const FUNCTIONS: &[Function] = &[
    allocation::SLASH_OPERATOR,
    allocation::MODIFY_ALLOCATIONS,
    allocation::REGISTER_FOR_OPERATOR_SETS,
    allocation::DEREGISTER_FROM_OPERATOR_SETS,
    allocation::SET_ALLOCATION_DELAY,
    allocation::SET_AVS_REGISTRAR,
    allocation::UPDATE_AVS_METADATA,
    allocation::CREATE_OPERATOR_SETS,
    allocation::CREATE_REDISTRIBUTING,
    allocation::ADD_STRATEGIES,
    allocation::REMOVE_STRATEGIES,
    delegation::MODIFY_OPERATOR_DETAILS,
    delegation::UPDATE_OPERATOR_METADATA,
    delegation::UNDELEGATE,
    rewards::CREATE_DIRECTED_SUBMISSION,
    rewards::CREATE_DIRECTED_SET_SUBMISSION,
    rewards::SET_CLAIMER_FOR,
    rewards::SET_AVS_SPLIT,
    rewards::SET_INCENTIVES_SPLIT,
    rewards::SET_SET_SPLIT,
];

impl Model<'_> {
    /// Whether the caller may call `function` of `target` for `account`.
    pub(super) fn can_call(&self, account: Address, target: Address, function: Function) -> bool {
        let permission = Permission { target, selector: FixedBytes(function.1) };
        self.ledger.can_call(account, self.caller, permission)
    }

    pub(super) fn check_can_call(&self, account: Address, target: Address, function: Function) -> Foreseen {
        require(self.can_call(account, target, function), Error::InvalidPermissions)
    }

    fn principal(&mut self, account: Address) -> Foreseen<&mut Principal> {
        self.ledger.principals.iter_mut().find(|principal| principal.address == account).ok_or(NOT_KEPT)
    }

    fn only_admin(&mut self, account: Address) -> Foreseen<&mut Principal> {
        let caller = self.caller;
        let principal = self.principal(account)?;
        require(principal.is_admin(caller), Error::NotAdmin)?;
        Ok(principal)
    }

    pub(super) fn add_pending_admin(&mut self, account: Address, admin: Address) -> Foreseen {
        let principal = self.only_admin(account)?;
        require(!principal.admins.contains(&admin), Error::AdminAlreadySet)?;
        require(insert(&mut principal.pending_admins, admin), Error::AdminAlreadyPending)
    }

    pub(super) fn remove_pending_admin(&mut self, account: Address, admin: Address) -> Foreseen {
        let principal = self.only_admin(account)?;
        require(remove(&mut principal.pending_admins, &admin), Error::AdminNotPending)
    }

    pub(super) fn accept_admin(&mut self, account: Address) -> Foreseen {
        let caller = self.caller;
        let principal = self.principal(account)?;
        require(remove(&mut principal.pending_admins, &caller), Error::AdminNotPending)?;
        insert(&mut principal.admins, caller);
        Ok(())
    }

    pub(super) fn remove_admin(&mut self, account: Address, admin: Address) -> Foreseen {
        let principal = self.only_admin(account)?;
        require(principal.admins.len() > 1, Error::CannotHaveZeroAdmins)?;
        require(remove(&mut principal.admins, &admin), Error::AdminNotSet)
    }

    pub(super) fn set_appointee(
        &mut self,
        account: Address,
        appointee: Address,
        target: Address,
        selector: FixedBytes<4>,
    ) -> Foreseen {
        let permissions = appointments(self.only_admin(account)?, appointee)?;
        require(insert(permissions, Permission { target, selector }), Error::AppointeeAlreadySet)
    }

    pub(super) fn remove_appointee(
        &mut self,
        account: Address,
        appointee: Address,
        target: Address,
        selector: FixedBytes<4>,
    ) -> Foreseen {
        let permissions = appointments(self.only_admin(account)?, appointee)?;
        require(remove(permissions, &Permission { target, selector }), Error::AppointeeNotSet)
    }
}

fn appointments(principal: &mut Principal, appointee: Address) -> Foreseen<&mut Vec<Permission>> {
    let found = principal.appointments.iter_mut().find(|(at, _)| *at == appointee);
    found.map(|(_, permissions)| permissions).ok_or(NOT_KEPT)
}
