//! Operator sets: creation, strategies, members, registrars (`docs/protocol.md` section 5.3).

use alloy_primitives::Address;

use super::{
    Model, NOT_KEPT, Returned,
    arithmetic::add_blocks,
    insert,
    pausing::switch,
    permissions::allocation as function,
    registrars::Moving,
    remove,
    revert::{Error, Foreseen, Revert, Stop, require},
};
use crate::{
    call::{Movement, NewRedistributingSet, NewSet, SetId},
    ledger::{Membership, Slasher, Slashing},
};

impl Model<'_> {
    /// `registerForOperatorSets`.
    pub(super) fn register_for_operator_sets(&mut self, operator: Address, avs: Address, ids: &[u32]) -> Foreseen {
        let manager = self.managers().allocation;
        self.only_when_not_paused(manager, switch::REGISTRATION)?;
        self.check_can_call(operator, manager, function::REGISTER_FOR_OPERATOR_SETS)?;
        require(self.ledger.is_operator(operator), Error::InvalidOperator)?;
        let o = self.operator(operator)?;
        for id in ids {
            let id = SetId { avs, id: *id };
            let set = self.existing_set(id)?;
            require(!self.is_operator_slashable(operator, set)?, Error::AlreadyMemberOfSet)?;
            insert(&mut self.ledger.operators[o].registered_sets, id);
            insert(&mut self.ledger.sets[set].members, operator);
            self.ledger.operators[o].memberships[set].registered = true;
        }
        self.ask_registrar(Moving { movement: Movement::Coming, operator, avs, ids })
    }

    /// `deregisterFromOperatorSets`.
    pub(super) fn deregister_from_operator_sets(&mut self, operator: Address, avs: Address, ids: &[u32]) -> Foreseen {
        let manager = self.managers().allocation;
        self.only_when_not_paused(manager, switch::REGISTRATION)?;
        let permitted = [operator, avs]
            .into_iter()
            .any(|account| self.can_call(account, manager, function::DEREGISTER_FROM_OPERATOR_SETS));
        require(permitted, Error::InvalidCaller)?;
        for id in ids {
            let id = SetId { avs, id: *id };
            let set = self.existing_set(id)?;
            require(self.is_member(operator, set)?, Error::NotMemberOfSet)?;
            let slashable_until = add_blocks(self.block(), self.ledger.terms.deallocation_delay)?;
            let o = self.operator(operator)?;
            remove(&mut self.ledger.operators[o].registered_sets, &id);
            remove(&mut self.ledger.sets[set].members, &operator);
            let membership = &mut self.ledger.operators[o].memberships[set];
            (membership.registered, membership.slashable_until) = (false, slashable_until);
        }
        self.ask_registrar(Moving { movement: Movement::Leaving, operator, avs, ids })
    }

    /// `setAVSRegistrar`.
    pub(super) fn set_avs_registrar(&mut self, avs: Address, registrar: Address) -> Foreseen {
        self.check_can_call(avs, self.managers().allocation, function::SET_AVS_REGISTRAR)?;
        if registrar.is_zero() || self.ledger.principal(registrar).is_some() {
            // It has no code to answer with.
            return Err(Stop::Reverts(Revert::Silent));
        }
        if !self.ledger.terms.accepting_registrars.contains(&registrar) {
            let foreign = Stop::Unpredicted("a foreign registrar answers");
            let conduct = self.ledger.registrar(registrar).ok_or(foreign)?.conduct;
            require(conduct.serves, Error::InvalidAVSRegistrar)?;
        }
        self.ledger.control.registrars.iter_mut().find(|(at, _)| *at == avs).ok_or(NOT_KEPT)?.1 = registrar;
        Ok(())
    }

    /// `updateAVSMetadataURI`.
    pub(super) fn update_avs_metadata(&mut self, avs: Address) -> Foreseen {
        self.check_can_call(avs, self.managers().allocation, function::UPDATE_AVS_METADATA)?;
        self.ledger.control.described.iter_mut().find(|(at, _)| *at == avs).ok_or(NOT_KEPT)?.1 = true;
        Ok(())
    }

    /// `createOperatorSets`.
    pub(super) fn create_operator_sets(&mut self, avs: Address, sets: &[NewSet]) -> Foreseen {
        self.check_can_call(avs, self.managers().allocation, function::CREATE_OPERATOR_SETS)?;
        self.check_described(avs)?;
        for new in sets {
            let set = self.create_operator_set(SetId { avs, id: new.id })?;
            self.add_strategies(set, &new.strategies)?;
            self.first_slasher(set, avs);
        }
        Ok(())
    }

    /// `createRedistributingOperatorSets`.
    pub(super) fn create_redistributing_operator_sets(
        &mut self,
        avs: Address,
        sets: &[NewRedistributingSet],
    ) -> Foreseen<Returned> {
        self.check_can_call(avs, self.managers().allocation, function::CREATE_REDISTRIBUTING)?;
        self.check_described(avs)?;
        for new in sets {
            require(!new.recipient.is_zero(), Error::InputAddressZero)?;
            let burns = new.recipient == self.ledger.terms.burn_address;
            require(!burns, Error::InvalidRedistributionRecipient)?;
            let set = self.create_operator_set(SetId { avs, id: new.id })?;
            self.ledger.sets[set].recipient = new.recipient;
            self.add_strategies(set, &new.strategies)?;
            self.first_slasher(set, avs);
        }
        Ok(Returned::Nothing)
    }

    /// `addStrategiesToOperatorSet`.
    pub(super) fn add_strategies_to_operator_set(&mut self, id: SetId, strategies: &[Address]) -> Foreseen {
        self.check_can_call(id.avs, self.managers().allocation, function::ADD_STRATEGIES)?;
        let set = self.existing_set(id)?;
        self.add_strategies(set, strategies)
    }

    /// `removeStrategiesFromOperatorSet`.
    pub(super) fn remove_strategies_from_operator_set(&mut self, id: SetId, strategies: &[Address]) -> Foreseen {
        self.check_can_call(id.avs, self.managers().allocation, function::REMOVE_STRATEGIES)?;
        let set = self.existing_set(id)?;
        for strategy in strategies {
            require(remove(&mut self.ledger.sets[set].strategies, strategy), Error::StrategyNotInOperatorSet)?;
        }
        Ok(())
    }

    /// Unless another is named, the AVS itself, at once.
    fn first_slasher(&mut self, set: usize, slasher: Address) {
        if self.ledger.terms.slashing == Slashing::BySlasher {
            let effect_block = self.block();
            self.ledger.sets[set].slasher = Slasher { slasher, pending: slasher, effect_block };
        }
    }

    /// `updateSlasher`. One asked for before takes effect first, if its time has come; else the new one replaces it, unless
    /// it is the same.
    pub(super) fn update_slasher(&mut self, id: SetId, to: Address) -> Foreseen {
        self.check_can_call(id.avs, self.managers().allocation, function::UPDATE_SLASHER)?;
        let set = self.existing_set(id)?;
        let now = self.ledger.block;
        // Sets from before there were slashers have none until they are migrated.
        require(!self.ledger.sets[set].slasher.at(now).is_zero(), Error::SlasherNotSet)?;
        require(!to.is_zero(), Error::InputAddressZero)?;
        let effect_block = add_blocks(self.block(), self.ledger.terms.configuration_delay + 1)?;
        let slasher = &mut self.ledger.sets[set].slasher;
        let current = slasher.at(now);
        if to == slasher.pending && now < u64::from(slasher.effect_block) {
            return Ok(());
        }
        *slasher = Slasher { slasher: current, pending: to, effect_block };
        Ok(())
    }

    fn check_described(&self, avs: Address) -> Foreseen {
        let described = self.ledger.control.described.iter().find(|(at, _)| *at == avs).ok_or(NOT_KEPT)?.1;
        require(described, Error::NonexistentAVSMetadata)
    }

    fn create_operator_set(&mut self, id: SetId) -> Foreseen<usize> {
        let set = self.ledger.set_index(id).ok_or(NOT_KEPT)?;
        require(!self.ledger.sets[set].exists, Error::InvalidOperatorSet)?;
        self.ledger.sets[set].exists = true;
        Ok(set)
    }

    fn add_strategies(&mut self, set: usize, strategies: &[Address]) -> Foreseen {
        for strategy in strategies {
            let set = &mut self.ledger.sets[set];
            let refused = set.is_redistributing() && self.ledger.terms.not_redistributable.contains(strategy);
            require(!refused, Error::InvalidStrategy)?;
            require(insert(&mut set.strategies, *strategy), Error::StrategyAlreadyInOperatorSet)?;
        }
        Ok(())
    }

    /// A set that was created.
    pub(super) fn existing_set(&self, id: SetId) -> Foreseen<usize> {
        let set = self.ledger.set_index(id).ok_or(NOT_KEPT)?;
        require(self.ledger.sets[set].exists, Error::InvalidOperatorSet)?;
        Ok(set)
    }

    /// Whether a set can slash somebody in this block: a member, or one that left not long ago. Inclusive.
    pub(super) fn is_operator_slashable(&self, operator: Address, set: usize) -> Foreseen<bool> {
        Ok(self.membership(operator, set)?.is_some_and(|membership| membership.is_slashable(self.ledger.block)))
    }

    fn is_member(&self, operator: Address, set: usize) -> Foreseen<bool> {
        Ok(self.membership(operator, set)?.is_some_and(|membership| membership.registered))
    }

    /// How somebody stands to a set; nobody but operators ever stands to one.
    fn membership(&self, operator: Address, set: usize) -> Foreseen<Option<&Membership>> {
        match self.ledger.operator(operator) {
            Some(operator) => Ok(Some(&operator.memberships[set])),
            None if self.ledger.is_operator(operator) => Err(NOT_KEPT),
            None => Ok(None),
        }
    }
}
