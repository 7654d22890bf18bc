//! A deployment that somebody else made, to be played from where it stands: who acts, what can be done, and where its tokens
//! keep their balances.

use alloy_primitives::{Address, U256, b256};
use alloy_sol_types::SolCall;

use super::{
    Action, EigenLayer, abi, anybody, avs,
    deploy::own,
    live::{Deployment, balanceOfCall},
    operator, permissions, probes,
    slots::entry,
    staker,
};
use crate::{
    artifact::Artifacts,
    book::Role,
    call::{Outcome, Transaction},
    evm::{Origin, Place},
    problem::Problem,
    protocol::{Chain, Setup},
};

/// What can be done where others deployed: what needs neither a key nor a right that nobody named has, nor one of our own
/// contracts.
const ACTIONS: &[&[Action<EigenLayer>]] = &[
    staker::ACTIONS,
    operator::ACTIONS,
    avs::ACTIONS,
    anybody::ACTIONS,
    permissions::ACTIONS,
    probes::avs::ACTIONS,
    probes::operator::ACTIONS,
    probes::staker::ACTIONS,
];

/// Where a proxy keeps whose code it runs: the hash of `eip1967.proxy.implementation`, less one.
const IMPLEMENTATION: U256 =
    U256::from_be_bytes(b256!("360894a13ba1a3210667c828492db98dca3e2076cc3735a920a3ca505d382bbc").0);

/// Slots that a token's mapping of balances can be at.
const BALANCES: u64 = 256;

impl EigenLayer {
    /// A deployment that lives on `chain`, played from the end of the block of `origin` on.
    pub fn forked(
        artifacts: Artifacts,
        deployment: &Deployment,
        chain: &dyn Chain,
        origin: Origin,
    ) -> Result<Self, Problem> {
        let mut protocol = Self::deployed(artifacts, deployment, chain)?;
        for (what, is_empty) in [
            ("operator", protocol.cast.operators.is_empty()),
            ("strategy", protocol.cast.strategies.is_empty()),
            ("operator set", protocol.cast.sets.is_empty()),
        ] {
            if is_empty {
                return Err(Problem::new(format!("there is no {what} to play with")).hint("name one in the deployment"));
            }
        }
        protocol.let_act();
        protocol.name_implementations(chain)?;
        protocol.find_balances(chain)?;
        protocol.approve();
        protocol.ask_auditor()?;
        let all = ACTIONS.iter().copied().flatten();
        let there = all.filter_map(|action| Some((action, protocol.release.action(action.info)?)));
        (protocol.table, protocol.actions) = there.unzip();
        protocol.origin = Some(origin);
        Ok(protocol)
    }

    /// Those who are named act, and some whom nobody knows yet.
    fn let_act(&mut self) {
        let cast = &mut self.cast;
        cast.recipients =
            ["recipient A", "recipient B"].map(|name| self.book.add_actor(name, Role::Recipient)).to_vec();
        cast.approvers = vec![self.book.add_actor("approver", Role::Approver)];
        let avss = cast.avss.iter().filter(|avs| !cast.stakers.contains(*avs));
        cast.actors = [cast.stranger].iter().chain(&cast.stakers).chain(avss).copied().collect();
    }

    /// Names the code behind proxies, for coverage and call trees.
    fn name_implementations(&mut self, chain: &dyn Chain) -> Result<(), Problem> {
        let contracts: Vec<_> = self.book.entries().iter().filter(|entry| entry.contract.is_some()).cloned().collect();
        let places: Vec<Place> = contracts.iter().map(|entry| Place::Slot(entry.address, IMPLEMENTATION)).collect();
        for (entry, word) in contracts.iter().zip(chain.places(&places)?) {
            let behind = Address::from_word(word.into());
            if !behind.is_zero() && self.book.get(behind).is_none() {
                let name = format!("{} implementation", entry.name);
                self.book.add(&name, Role::Contract, behind, entry.contract.as_deref());
            }
        }
        Ok(())
    }

    /// Finds where each token keeps its balances: where the balance of somebody stands who has one.
    fn find_balances(&mut self, chain: &dyn Chain) -> Result<(), Problem> {
        for token in self.cast.distinct_tokens() {
            let name = self.book.name(token);
            let (holder, balance) = self.somebody_with(token, chain)?.ok_or_else(|| {
                Problem::new(format!("nobody who is named holds {name}, at {token}"))
                    .hint("its balances are found by looking for one; name a staker who has some")
            })?;
            let candidates: Vec<U256> = (0..BALANCES).map(U256::from).collect();
            let places: Vec<Place> = candidates.iter().map(|slot| Place::Slot(token, entry(*slot, holder))).collect();
            let values = chain.places(&places)?;
            let found = candidates.iter().zip(values).find(|(_, value)| *value == balance).map(|(slot, _)| *slot);
            let slot = found.ok_or_else(|| {
                Problem::new(format!("{name}, at {token}, does not keep balances in a mapping that is found")).hint(
                    "a token whose balances are computed cannot be followed on a fork; check judges it all the same",
                )
            })?;
            self.slots.tokens.elsewhere.insert(token, slot);
        }
        Ok(())
    }

    fn somebody_with(&self, token: Address, chain: &dyn Chain) -> Result<Option<(Address, U256)>, Problem> {
        for holder in self.cast.strategies.iter().chain(&self.cast.stakers) {
            let data = balanceOfCall { account: *holder }.abi_encode().into();
            let view = Transaction { from: Address::ZERO, to: token, data, value: U256::ZERO };
            let Outcome::Returned(answer) = chain.view(&view)? else { continue };
            let balance = balanceOfCall::abi_decode_returns(&answer).unwrap_or_default();
            if !balance.is_zero() {
                return Ok(Some((*holder, balance)));
            }
        }
        Ok(None)
    }

    /// Lets the strategy manager take what stakers have.
    fn approve(&mut self) {
        let spender = self.contracts.strategy_manager;
        let approve = |(staker, token): (Address, Address)| {
            let data = abi::Token::approveCall { spender, amount: U256::MAX }.abi_encode().into();
            Setup::Send(Transaction { from: staker, to: token, data, value: U256::ZERO })
        };
        let tokens = self.cast.distinct_tokens();
        let all = self.cast.stakers.iter().flat_map(|staker| tokens.iter().map(|token| (*staker, *token)));
        self.script = all.map(approve).collect();
    }

    /// Puts the auditor's own contracts beside what is there.
    fn ask_auditor(&mut self) -> Result<(), Problem> {
        let own::Prepared { script, asked } =
            own::beside(&self.artifacts, &self.contracts, &self.cast, &mut self.book)?;
        self.script.extend(script);
        self.own = asked;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slot_of_an_implementation_is_what_its_name_hashes_to() {
        let hash = U256::from_be_bytes(alloy_primitives::keccak256("eip1967.proxy.implementation").0);
        assert_eq!(IMPLEMENTATION, hash - U256::ONE);
    }
}
