//! Tokens: they move what is asked, and some do more (`docs/protocol.md` section 8).

use alloy_primitives::{Address, U256};

use super::{
    Model, NOT_KEPT, Returned,
    arithmetic::{div_down, mul, sub},
    revert::{Error, Foreseen, Revert, Stop, message, require},
};
use crate::{
    arithmetic::WAD_WIDE,
    call::WorldOperation,
    ledger::{Strategy, Token},
};

impl Model<'_> {
    /// A contract takes tokens of somebody.
    pub(super) fn safe_transfer_from(
        &mut self,
        spender: Address,
        token: Address,
        (from, to): (Address, Address),
        amount: U256,
    ) -> Foreseen {
        let kept = self.token(token)?;
        if !self.lets_take(from, spender) && !amount.is_zero() {
            return match self.ledger.tokens[kept].quirks.units {
                Some(_) => Err(Error::InsufficientAllowance.into()),
                None => message("ERC20: insufficient allowance"),
            };
        }
        aloud(self.transfer(kept, from, to, amount))
    }

    /// A strategy takes out what is wrapped in tokens that it has.
    pub(super) fn unwrap(&mut self, wrapper: Address, strategy: usize, amount: U256) -> Foreseen {
        let Strategy { address, token, .. } = self.ledger.strategies[strategy];
        self.take(self.token(wrapper)?, address, amount, "ERC20: burn amount exceeds balance")?;
        self.safe_transfer(token, wrapper, address, amount)
    }

    /// A strategy wraps tokens that it has.
    pub(super) fn wrap(&mut self, wrapper: Address, strategy: usize, amount: U256) -> Foreseen {
        let Strategy { address, token, .. } = self.ledger.strategies[strategy];
        self.safe_transfer(token, address, wrapper, amount)?;
        let minted = self.token(wrapper)?;
        if let Some(place) = self.place(address) {
            let balance = self.ledger.tokens[minted].balances[place].saturating_add(amount);
            self.set_balance(minted, place, balance);
        }
        Ok(())
    }

    /// Stakers let the strategy manager take all they have, and those who give rewards the coordinator; others nothing.
    fn lets_take(&self, owner: Address, spender: Address) -> bool {
        if spender == self.ledger.rewards.coordinator {
            self.ledger.rewards.submitter(owner).is_some()
        } else {
            self.ledger.staker(owner).is_some()
        }
    }

    /// A contract pays somebody.
    pub(super) fn safe_transfer(&mut self, token: Address, from: Address, to: Address, amount: U256) -> Foreseen {
        let token = self.token(token)?;
        aloud(self.transfer(token, from, to, amount))
    }

    /// `transfer`.
    fn transfer(&mut self, token: usize, from: Address, to: Address, amount: U256) -> Foreseen {
        self.check_callers()?;
        if self.ledger.tokens[token].quirks.units.is_some() {
            return self.transfer_units(token, from, to, amount);
        }
        let mut amount = amount;
        if self.ledger.tokens[token].quirks.fee_divisor.is_some() {
            let fee = self.ledger.tokens[token].fee(amount);
            self.take(token, from, fee, "ERC20: burn amount exceeds balance")?;
            amount -= fee;
        }
        if to.is_zero() {
            return message("ERC20: transfer to the zero address");
        }
        self.check_barred(token, from, to)?;
        self.take(token, from, amount, "ERC20: transfer amount exceeds balance")?;
        if let Some(place) = self.place(to) {
            let balance = self.ledger.tokens[token].balances[place].saturating_add(amount);
            self.set_balance(token, place, balance);
        }
        Ok(())
    }

    fn take(&mut self, token: usize, from: Address, amount: U256, otherwise: &'static str) -> Foreseen {
        let place = self.place(from).ok_or(NOT_KEPT)?;
        let Some(left) = self.ledger.tokens[token].balances[place].checked_sub(amount) else {
            return message(otherwise);
        };
        self.set_balance(token, place, left);
        Ok(())
    }

    /// A token that rebases moves units, rounded down: up to a unit less than was sent.
    fn transfer_units(&mut self, token: usize, from: Address, to: Address, amount: U256) -> Foreseen {
        let from = self.place(from).ok_or(NOT_KEPT)?;
        let units = self.ledger.tokens[token].quirks.units.as_mut().ok_or(NOT_KEPT)?;
        let moved = div_down(mul(amount, WAD_WIDE)?, units.rate)?;
        require(units.held[from] >= moved, Error::InsufficientBalance)?;
        units.held[from] = sub(units.held[from], moved)?;
        self.set_units(token, from);
        // Of those whose balances are not kept, nothing is known before or after.
        let Some(to) = self.place(to) else { return Ok(()) };
        let units = self.ledger.tokens[token].quirks.units.as_mut().ok_or(NOT_KEPT)?;
        units.held[to] = units.held[to].saturating_add(moved);
        self.set_units(token, to);
        Ok(())
    }

    /// A token may refuse to move to somebody, and from somebody.
    fn check_barred(&self, token: usize, from: Address, to: Address) -> Foreseen {
        let quirks = &self.ledger.tokens[token].quirks;
        let barred = |account: Address| {
            let place = self.place(account).and_then(|place| quirks.barred.get(place));
            place.copied().unwrap_or(false)
        };
        if !quirks.bars_senders {
            return if barred(to) { Err(Stop::Reverts(Revert::Silent)) } else { Ok(()) };
        }
        match [from, to].into_iter().find(|account| barred(*account)) {
            Some(account) => Err(Stop::Reverts(Revert::Blacklisted(account))),
            None => Ok(()),
        }
    }

    /// Where somebody is whom a token may call, everything can happen.
    fn check_callers(&self) -> Foreseen {
        if self.ledger.callers.is_empty() { Ok(()) } else { Err(Stop::Unpredicted("a token may call somebody back")) }
    }

    pub(super) fn token(&self, address: Address) -> Foreseen<usize> {
        self.ledger.tokens.iter().position(|token| token.address == address).ok_or(NOT_KEPT)
    }

    fn place(&self, holder: Address) -> Option<usize> {
        self.ledger.holders.iter().position(|at| *at == holder)
    }

    fn set_balance(&mut self, token: usize, place: usize, balance: U256) {
        let Token { address, balances, .. } = &mut self.ledger.tokens[token];
        balances[place] = balance;
        let holder = self.ledger.holders[place];
        let strategies = self.ledger.strategies.iter_mut();
        for strategy in strategies.filter(|strategy| strategy.address == holder && strategy.token == *address) {
            strategy.balance = balance;
        }
    }

    /// What somebody's units are worth now.
    fn set_units(&mut self, token: usize, place: usize) {
        if let Some(units) = &self.ledger.tokens[token].quirks.units {
            let balance = units.balance(place);
            self.set_balance(token, place, balance);
        }
    }

    /// Tokens for nothing.
    pub(super) fn donate(&mut self, strategy: Address, amount: U256) -> Foreseen<Returned> {
        let token = self.ledger.strategies[self.strategy(strategy)?].token;
        self.transfer(self.token(token)?, self.caller, strategy, amount)?;
        Ok(Returned::Flag(true))
    }

    /// What the issuer of a token does, and whoever an account belongs to.
    pub(super) fn surround(&mut self, operation: &WorldOperation) -> Foreseen {
        match operation {
            WorldOperation::SetRate { token, rate } => {
                let token = self.token(*token)?;
                let units = self.ledger.tokens[token].quirks.units.as_mut();
                units.ok_or(Stop::Reverts(Revert::Silent))?.rate = *rate;
                (0..self.ledger.holders.len()).for_each(|place| self.set_units(token, place));
                Ok(())
            }
            WorldOperation::SetBarred { token, account, barred } => {
                let token = self.token(*token)?;
                let place = self.place(*account).ok_or(NOT_KEPT)?;
                let kept = self.ledger.tokens[token].quirks.barred.get_mut(place);
                *kept.ok_or(Stop::Reverts(Revert::Silent))? = *barred;
                Ok(())
            }
            // It is told; what it does when it is called is seen then.
            WorldOperation::PrepareCallback { .. } => Ok(()),
            WorldOperation::Instruct { registrar, conduct } => self.instruct(*registrar, *conduct),
        }
    }
}

/// A token that says nothing is spoken for.
fn aloud(moved: Foreseen) -> Foreseen {
    match moved {
        Err(Stop::Reverts(Revert::Silent)) => message("SafeERC20: low-level call failed"),
        _ => moved,
    }
}
