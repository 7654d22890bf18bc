//! Who is who: names for addresses. Everything that leaves the process speaks in names, so that it survives another
//! deployment.

use std::collections::BTreeMap;

use alloy_primitives::Address;

use crate::signature::Key;

/// What somebody is to the world.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Runs the services that stake secures; allocates.
    Operator,
    /// Deposits and delegates.
    Staker,
    /// Owns operator sets; slashes.
    Avs,
    /// Brought everything into being, and does nothing after.
    Deployer,
    /// Owns the strategy manager.
    Owner,
    /// May pause.
    Pauser,
    /// May unpause.
    Unpauser,
    /// Issues tokens, and decides what they do besides moving.
    Issuer,
    /// Says what the beacon chain did.
    Reporter,
    /// Consents to delegations.
    Approver,
    /// May do nothing that needs a right.
    Stranger,
    /// Receives redistributed funds.
    Recipient,
    /// A contract of the protocol, a token, a registrar...
    Contract,
    /// An address with a meaning, such as the zero address.
    Special,
    /// Asked after every call; takes no part.
    Auditor,
}

impl Role {
    /// The word for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::Staker => "staker",
            Self::Avs => "avs",
            Self::Deployer => "deployer",
            Self::Owner => "owner",
            Self::Pauser => "pauser",
            Self::Unpauser => "unpauser",
            Self::Issuer => "issuer",
            Self::Reporter => "reporter",
            Self::Approver => "approver",
            Self::Stranger => "stranger",
            Self::Recipient => "recipient",
            Self::Contract => "contract",
            Self::Special => "special",
            Self::Auditor => "auditor",
        }
    }
}

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The name, unique in its book; never starts with a digit.
    pub name: String,
    /// What it is.
    pub role: Role,
    /// Where it is.
    pub address: Address,
    /// The contract whose ABI it answers to.
    pub contract: Option<String>,
}

impl Entry {
    /// Whether the other can stand in its place: it plays the same role and answers to the same ABI.
    pub fn is_like(&self, other: &Self) -> bool {
        self.role == other.role && self.contract == other.contract
    }
}

/// All names of a world.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Book {
    entries: Vec<Entry>,
    by_address: BTreeMap<Address, usize>,
    by_name: BTreeMap<String, usize>,
    keys: BTreeMap<Address, Key>,
}

impl Book {
    /// Adds an entry. Names and addresses are unique.
    pub fn add(&mut self, name: &str, role: Role, address: Address, contract: Option<&str>) -> Address {
        let index = self.entries.len();
        let entry = Entry { name: name.to_owned(), role, address, contract: contract.map(str::to_owned) };
        assert!(self.by_name.insert(entry.name.clone(), index).is_none(), "{name} is in the book already");
        assert!(self.by_address.insert(address, index).is_none(), "{address} is in the book already");
        self.entries.push(entry);
        address
    }

    /// Adds somebody who acts. The key, and so the address, depends on nothing but the name.
    pub fn add_actor(&mut self, name: &str, role: Role) -> Address {
        let key = Key::of(name);
        let address = self.add(name, role, key.address(), None);
        self.keys.insert(address, key);
        address
    }

    /// Everybody who has a key.
    pub fn keyed(&self) -> impl Iterator<Item = Address> {
        self.entries.iter().map(|entry| entry.address).filter(|address| self.keys.contains_key(address))
    }

    /// The key of somebody who acts; a contract has none.
    pub fn key(&self, address: Address) -> Option<&Key> {
        self.keys.get(&address)
    }

    /// All entries, in order of addition.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The addresses of a role, in order of addition.
    pub fn of_role(&self, role: Role) -> Vec<Address> {
        self.entries.iter().filter(|entry| entry.role == role).map(|entry| entry.address).collect()
    }

    /// The entry at an address.
    pub fn get(&self, address: Address) -> Option<&Entry> {
        self.by_address.get(&address).map(|index| &self.entries[*index])
    }

    /// The name of an address; of one without entry, its hexadecimal digits.
    pub fn name(&self, address: Address) -> String {
        self.get(address).map_or_else(|| address.to_string(), |entry| entry.name.clone())
    }

    /// The address of a name, or the address that the text spells.
    pub fn address(&self, name: &str) -> Option<Address> {
        match self.by_name.get(name) {
            Some(index) => Some(self.entries[*index].address),
            None => name.parse().ok(),
        }
    }

    /// Where an address stands in the book: the earlier, the simpler to a reader.
    pub fn rank(&self, address: Address) -> usize {
        self.by_address.get(&address).copied().unwrap_or(usize::MAX)
    }
}
