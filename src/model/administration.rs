//! Owner and whitelister of the strategy manager (`docs/protocol.md` section 7).

use alloy_primitives::Address;

use super::{
    Model,
    revert::{Error, Foreseen, message, require},
};

impl Model<'_> {
    fn only_owner(&self) -> Foreseen {
        if self.caller == self.ledger.control.owner { Ok(()) } else { message("Ownable: caller is not the owner") }
    }

    pub(super) fn set_strategy_whitelister(&mut self, to: Address) -> Foreseen {
        self.only_owner()?;
        self.ledger.control.whitelister = to;
        Ok(())
    }

    pub(super) fn transfer_ownership(&mut self, to: Address) -> Foreseen {
        self.only_owner()?;
        if to.is_zero() {
            return message("Ownable: new owner is the zero address");
        }
        self.ledger.control.owner = to;
        Ok(())
    }

    pub(super) fn renounce_ownership(&mut self) -> Foreseen {
        self.only_owner()?;
        self.ledger.control.owner = Address::ZERO;
        Ok(())
    }

    pub(super) fn add_strategies_to_deposit_whitelist(&mut self, strategies: &[Address]) -> Foreseen {
        self.whitelist(strategies, |whitelisted| *whitelisted = true)
    }

    pub(super) fn remove_strategies_from_deposit_whitelist(&mut self, strategies: &[Address]) -> Foreseen {
        self.whitelist(strategies, |whitelisted| *whitelisted = false)
    }

    fn whitelist(&mut self, strategies: &[Address], set: impl Fn(&mut bool)) -> Foreseen {
        require(self.caller == self.ledger.control.whitelister, Error::OnlyStrategyWhitelister)?;
        for strategy in strategies {
            let strategy = self.strategy(*strategy)?;
            set(&mut self.ledger.strategies[strategy].whitelisted);
        }
        Ok(())
    }
}
