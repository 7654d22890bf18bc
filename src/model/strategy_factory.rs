//! The strategy factory (`docs/protocol.md` section 8.3).

use alloy_primitives::Address;

use super::{
    Model, NOT_KEPT, Returned,
    administration::{check_new_owner, check_owner},
    pausing::switch,
    revert::{Error, Foreseen, require},
};
use crate::{call::FactoryOperation, ledger::FactoryToken};

impl Model<'_> {
    /// What somebody asks of the factory.
    pub(super) fn manufacture(&mut self, operation: &FactoryOperation) -> Foreseen<Returned> {
        use FactoryOperation as O;
        if let O::Deploy { token } = operation {
            return self.deploy_new_strategy(*token).map(Returned::Address);
        }
        check_owner(self.ledger.factory.owner, self.caller)?;
        match operation {
            O::Deploy { .. } => {}
            O::Blacklist { tokens } => self.blacklist_tokens(tokens)?,
            O::Whitelist { strategies } => self.add_to_whitelist(self.ledger.factory.address, strategies)?,
            O::RemoveFromWhitelist { strategies } => {
                self.remove_from_whitelist(self.ledger.factory.address, strategies)?;
            }
            O::TransferOwnership { to } => {
                check_new_owner(*to)?;
                self.ledger.factory.owner = *to;
            }
            O::RenounceOwnership {} => self.ledger.factory.owner = Address::ZERO,
        }
        Ok(Returned::Nothing)
    }

    /// `deployNewStrategy`: one for each token; it takes deposits from the start.
    fn deploy_new_strategy(&mut self, token: Address) -> Foreseen<Address> {
        let factory = &self.ledger.factory;
        let address = factory.address;
        self.only_when_not_paused(address, switch::NEW_STRATEGIES)?;
        let kept = factory.token(token).ok_or(NOT_KEPT)?;
        require(!kept.blacklisted, Error::BlacklistedToken)?;
        require(kept.strategy.is_zero(), Error::StrategyAlreadyExists)?;
        // A contract counts what it creates.
        let made = factory.tokens.iter().filter(|token| !token.strategy.is_zero()).count();
        let strategy = factory.strategies.get(made).ok_or(NOT_KEPT)?.address;
        self.factory_token(token)?.strategy = strategy;
        self.add_to_whitelist(address, &[strategy])?;
        Ok(strategy)
    }

    /// `blacklistTokens`: strategies that were made for them take no deposits any more.
    fn blacklist_tokens(&mut self, tokens: &[Address]) -> Foreseen {
        let mut made = Vec::new();
        for token in tokens {
            let kept = self.factory_token(*token)?;
            require(!kept.blacklisted, Error::AlreadyBlacklisted)?;
            kept.blacklisted = true;
            made.extend(Some(kept.strategy).filter(|strategy| !strategy.is_zero()));
        }
        if made.is_empty() { Ok(()) } else { self.remove_from_whitelist(self.ledger.factory.address, &made) }
    }

    fn factory_token(&mut self, address: Address) -> Foreseen<&mut FactoryToken> {
        self.ledger.factory.tokens.iter_mut().find(|token| token.address == address).ok_or(NOT_KEPT)
    }
}
