//! Switches: who turns them, and what they stop (`docs/protocol.md` section 10).

use alloy_primitives::{Address, U256};

use super::{
    Model, NOT_KEPT,
    revert::{Error, Foreseen, require},
};

/// Switches of the allocation manager, the delegation manager, the strategy manager, strategies, the strategy factory, the
/// rewards coordinator and the EigenPod manager.
pub(crate) mod switch {
    pub const MODIFY_ALLOCATIONS: usize = 0;
    pub const SLASHING: usize = 1;
    pub const REGISTRATION: usize = 2;
    pub const NEW_DELEGATION: usize = 0;
    pub const ENTER_QUEUE: usize = 1;
    pub const EXIT_QUEUE: usize = 2;
    pub const DEPOSITS: usize = 0;
    pub const STRATEGY_DEPOSITS: usize = 0;
    pub const STRATEGY_WITHDRAWALS: usize = 1;
    pub const NEW_PODS: usize = 0;
    pub const NEW_VALIDATORS: usize = 2;
    pub const START_CHECKPOINT: usize = 6;
    pub const CHECKPOINT_PROOFS: usize = 7;
    pub const NEW_STRATEGIES: usize = 0;
    pub const AVS_SUBMISSION: usize = 0;
    pub const SUBMISSION_FOR_ALL: usize = 1;
    pub const CLAIMS: usize = 2;
    pub const ROOTS: usize = 3;
    pub const SUBMISSION_FOR_ALL_EARNERS: usize = 4;
    pub const DIRECTED_SUBMISSION: usize = 5;
    pub const AVS_SPLIT: usize = 6;
    pub const INCENTIVES_SPLIT: usize = 7;
    pub const SET_SPLIT: usize = 8;
    pub const DIRECTED_SET_SUBMISSION: usize = 9;
}

impl Model<'_> {
    pub(super) fn only_when_not_paused(&self, contract: Address, switch: usize) -> Foreseen {
        require(!self.ledger.control.paused(contract).bit(switch), Error::CurrentlyPaused)
    }

    fn only_pauser(&self) -> Foreseen {
        let may = self.ledger.control.pausers.iter().any(|(pauser, may)| *pauser == self.caller && *may);
        require(may, Error::OnlyPauser)
    }

    pub(super) fn only_unpauser(&self) -> Foreseen {
        require(self.caller == self.ledger.control.unpauser, Error::OnlyUnpauser)
    }

    fn switches(&mut self, contract: Address) -> Foreseen<&mut U256> {
        let found = self.ledger.control.paused.iter_mut().find(|(at, _)| *at == contract);
        found.map(|(_, status)| status).ok_or(NOT_KEPT)
    }

    pub(super) fn pause(&mut self, contract: Address, new: U256) -> Foreseen {
        let current = *self.switches(contract)?;
        self.only_pauser()?;
        require(current & new == current, Error::InvalidNewPausedStatus)?;
        *self.switches(contract)? = new;
        Ok(())
    }

    pub(super) fn pause_all(&mut self, contract: Address) -> Foreseen {
        self.switches(contract)?;
        self.only_pauser()?;
        *self.switches(contract)? = U256::MAX;
        Ok(())
    }

    pub(super) fn unpause(&mut self, contract: Address, new: U256) -> Foreseen {
        let current = *self.switches(contract)?;
        self.only_unpauser()?;
        require(current & new == new, Error::InvalidNewPausedStatus)?;
        *self.switches(contract)? = new;
        Ok(())
    }

    pub(super) fn set_is_pauser(&mut self, pauser: Address, allowed: bool) -> Foreseen {
        self.only_unpauser()?;
        require(!pauser.is_zero(), Error::InputAddressZero)?;
        let mut known = self.ledger.control.pausers.iter_mut();
        known.find(|(at, _)| *at == pauser).ok_or(NOT_KEPT)?.1 = allowed;
        Ok(())
    }

    pub(super) fn set_unpauser(&mut self, to: Address) -> Foreseen {
        self.only_unpauser()?;
        require(!to.is_zero(), Error::InputAddressZero)?;
        self.ledger.control.unpauser = to;
        Ok(())
    }
}
