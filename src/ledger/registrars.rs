//! Registrars as they stand: how they behave, and of whom they were told.

use alloy_primitives::{Address, B256, keccak256};

use super::Ledger;
use crate::call::{Conduct, Movement};

/// A registrar with a will of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registrar {
    /// Its address.
    pub address: Address,
    /// How it behaves.
    pub conduct: Conduct,
    /// How often it let somebody come.
    pub comings: u64,
    /// How often it let somebody leave.
    pub leavings: u64,
    /// How often it called back.
    pub attempts: u64,
    /// How often it was let in when it did.
    pub entered: u64,
    /// What it was told last.
    pub notice: Notice,
}

/// What a registrar is told when somebody comes or leaves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Notice {
    /// Who.
    pub operator: Address,
    /// Of which AVS.
    pub avs: Address,
    /// The hash of the ids of the sets, each in 32 bytes.
    pub ids: B256,
}

impl Notice {
    /// The notice of somebody who moves in or out of sets of an AVS.
    pub fn of(operator: Address, avs: Address, ids: &[u32]) -> Self {
        let words: Vec<u8> = ids.iter().flat_map(|id| B256::left_padding_from(&id.to_be_bytes()).0).collect();
        Self { operator, avs, ids: keccak256(words) }
    }
}

impl Registrar {
    /// One of which nothing is known.
    pub fn unknown(address: Address) -> Self {
        let (conduct, notice) = (Conduct::default(), Notice::default());
        Self { address, conduct, comings: 0, leavings: 0, attempts: 0, entered: 0, notice }
    }

    /// How often it let somebody move so.
    pub const fn times(&self, movement: Movement) -> u64 {
        match movement {
            Movement::Coming => self.comings,
            Movement::Leaving => self.leavings,
        }
    }
}

impl Ledger {
    /// The registrar of an AVS; `None` if it has none but itself. `docs/protocol.md` section 5.5.
    pub fn registrar_of(&self, avs: Address) -> Option<Address> {
        let own = self.control.registrars.iter().find(|(of, _)| *of == avs);
        own.map(|(_, registrar)| *registrar).filter(|registrar| !registrar.is_zero())
    }

    /// A registrar with a will of its own.
    pub fn registrar(&self, address: Address) -> Option<&Registrar> {
        self.registrars.iter().find(|registrar| registrar.address == address)
    }

    /// Whether a registrar says that it serves AVSs.
    pub fn serves(&self, registrar: Address) -> bool {
        self.terms.accepting_registrars.contains(&registrar)
            || self.registrar(registrar).is_some_and(|registrar| registrar.conduct.serves)
    }

    /// Whether whoever answers for an AVS lets operators come or leave. AVSs have no code, and cannot answer themselves.
    /// `docs/protocol.md` sections 5.2 and 5.3.
    pub fn lets(&self, avs: Address, movement: Movement) -> bool {
        let Some(registrar) = self.registrar_of(avs) else { return false };
        self.terms.accepting_registrars.contains(&registrar)
            || self.registrar(registrar).is_some_and(|registrar| !registrar.conduct.answer(movement).refuses())
    }
}

#[cfg(test)]
mod tests {
    use alloy_primitives::{U256, keccak256};

    use super::*;

    #[test]
    fn a_notice_hashes_ids_as_words() {
        let one = U256::from(1).to_be_bytes::<32>();
        let last = U256::from(u32::MAX).to_be_bytes::<32>();
        let notice = Notice::of(Address::ZERO, Address::ZERO, &[1, u32::MAX]);
        assert_eq!(notice.ids, keccak256([one, last].concat()));
        assert_eq!(Notice::of(Address::ZERO, Address::ZERO, &[]).ids, keccak256([]));
    }
}
