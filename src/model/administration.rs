//! Owner and whitelister of the strategy manager (`docs/protocol.md` section 7).

use alloy_primitives::Address;

use super::{
    Model, NOT_KEPT,
    revert::{Error, Foreseen, message, require},
};
use crate::ledger::Ledger;

impl Model<'_> {
    fn only_owner(&self) -> Foreseen {
        check_owner(self.ledger.control.owner, self.caller)
    }

    pub(super) fn set_strategy_whitelister(&mut self, to: Address) -> Foreseen {
        self.only_owner()?;
        self.ledger.control.whitelister = to;
        Ok(())
    }

    pub(super) fn transfer_ownership(&mut self, to: Address) -> Foreseen {
        self.only_owner()?;
        check_new_owner(to)?;
        self.ledger.control.owner = to;
        Ok(())
    }

    pub(super) fn renounce_ownership(&mut self) -> Foreseen {
        self.only_owner()?;
        self.ledger.control.owner = Address::ZERO;
        Ok(())
    }

    pub(super) fn add_strategies_to_deposit_whitelist(&mut self, strategies: &[Address]) -> Foreseen {
        self.add_to_whitelist(self.caller, strategies)
    }

    pub(super) fn remove_strategies_from_deposit_whitelist(&mut self, strategies: &[Address]) -> Foreseen {
        self.remove_from_whitelist(self.caller, strategies)
    }

    pub(super) fn add_to_whitelist(&mut self, by: Address, strategies: &[Address]) -> Foreseen {
        self.whitelist(by, strategies, |whitelisted| *whitelisted = true)
    }

    pub(super) fn remove_from_whitelist(&mut self, by: Address, strategies: &[Address]) -> Foreseen {
        self.whitelist(by, strategies, |whitelisted| *whitelisted = false)
    }

    fn whitelist(&mut self, by: Address, strategies: &[Address], set: impl Fn(&mut bool)) -> Foreseen {
        require(by == self.ledger.control.whitelister, Error::OnlyStrategyWhitelister)?;
        for address in strategies {
            let Ledger { strategies, factory, .. } = &mut *self.ledger;
            let deployed = strategies.iter_mut().map(|kept| (kept.address, &mut kept.whitelisted));
            let made = factory.strategies.iter_mut().map(|kept| (kept.address, &mut kept.whitelisted));
            set(deployed.chain(made).find(|(kept, _)| kept == address).ok_or(NOT_KEPT)?.1);
        }
        Ok(())
    }

    /// Whether a strategy takes deposits.
    pub(super) fn is_whitelisted(&self, address: Address) -> Foreseen<bool> {
        self.ledger.is_whitelisted(address).ok_or(NOT_KEPT)
    }
}

/// What only an owner may do.
pub(super) fn check_owner(owner: Address, caller: Address) -> Foreseen {
    if caller == owner { Ok(()) } else { message("Ownable: caller is not the owner") }
}

/// Somebody can be handed over to.
pub(super) fn check_new_owner(to: Address) -> Foreseen {
    if to.is_zero() { message("Ownable: new owner is the zero address") } else { Ok(()) }
}
