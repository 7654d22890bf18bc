//! Which variable a slot is: by the storage layout of its contract, and by the hashes that led there.
//!
//! The slot of a mapping's entry is a hash of key and slot, which nothing leads back from. But whoever writes an entry has
//! hashed its key just before, so what a call hashed is enough to name what it wrote.

use alloy_primitives::{Address, B256, I256, U256, keccak256};

use crate::{
    artifact::{
        Field, StorageLayout,
        layout::{LayoutType, Variable},
    },
    book::Book,
    evm::Preimages,
};

/// Words behind a hash that are still taken for a part of what begins there: structs and arrays are far shorter.
const SPAN: u64 = 1 << 20;

/// Variables within each other, at most.
const DEPTH: usize = 16;

/// Names the variables of one contract.
#[derive(Clone, Copy, Debug)]
pub struct Variables<'a> {
    layout: &'a StorageLayout,
    preimages: &'a Preimages,
    book: &'a Book,
}

/// A variable, or a part of one, that shares its slot with others or has it for itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// How Solidity would write it, with names for addresses: `allocations[operator A][set 1 of avs A][strategy A].effectBlock`.
    pub path: String,
    field: Field,
    kind: String,
}

/// A place in the layout: what is there, and how far within it the slot is.
struct Place<'a> {
    path: String,
    kind: &'a LayoutType,
    within: U256,
}

impl<'a> Variables<'a> {
    /// Of the contract with `layout`, as far as `preimages` lead.
    pub fn new(layout: &'a StorageLayout, preimages: &'a Preimages, book: &'a Book) -> Self {
        Self { layout, preimages, book }
    }

    /// What is kept at `slot`; nothing if that cannot be said.
    pub fn at(&self, slot: U256) -> Vec<Named> {
        let mut named = Vec::new();
        for variable in &self.layout.storage {
            // Several can share a slot.
            let place = self.among(std::slice::from_ref(variable), slot, "").map(|place| self.innermost(place));
            if let Some(place) = place {
                self.parts(place, variable.offset, &mut named);
            }
        }
        if named.is_empty()
            && let Some(place) = self.locate(slot, DEPTH)
        {
            self.parts(place, 0, &mut named);
        }
        if named.is_empty() {
            named.extend(of_proxy(slot));
        }
        named
    }

    /// A value as words: the value of `named` in the word of its slot.
    pub fn value(&self, named: &Named, word: U256) -> String {
        let value = named.field.of(word);
        self.key(&named.kind, value, named.field.bytes)
    }

    fn kind(&self, id: &str) -> Option<&'a LayoutType> {
        self.layout.types.get(id)
    }

    fn locate(&self, slot: U256, depth: usize) -> Option<Place<'a>> {
        let depth = depth.checked_sub(1)?;
        if let Some(place) = self.among(&self.layout.storage, slot, "") {
            return Some(self.innermost(place));
        }
        if let Some(place) = self.behind_a_hash(slot, depth) {
            return Some(self.innermost(place));
        }
        // The compiler hashes the slots of arrays that are variables itself.
        self.layout.storage.iter().find_map(|variable| {
            let array = Place { path: variable.label.clone(), kind: self.kind(&variable.type_id)?, within: U256::ZERO };
            let first = U256::from_be_bytes(keccak256(variable.slot.to_be_bytes::<32>()).0);
            let offset = slot.checked_sub(first).filter(|offset| *offset < U256::from(SPAN))?;
            ["dynamic_array", "bytes"]
                .contains(&array.kind.encoding.as_str())
                .then(|| self.element(&array, offset))
                .flatten()
        })
    }

    fn behind_a_hash(&self, slot: U256, depth: usize) -> Option<Place<'a>> {
        let (hash, preimage) = self.preimages.range(..=B256::from(slot)).next_back()?;
        let offset = slot - U256::from_be_bytes(hash.0);
        if offset >= U256::from(SPAN) {
            return None;
        }
        let parent = U256::from_be_slice(preimage.get(preimage.len().checked_sub(32)?..)?);
        let of = self.locate(parent, depth)?;
        match (of.kind.encoding.as_str(), preimage.len()) {
            ("mapping", 64) => {
                let key = U256::from_be_slice(&preimage[..32]);
                let label = &self.kind(of.kind.key.as_deref()?)?.label;
                let path = format!("{}[{}]", of.path, self.key(label, key, 32));
                let kind = self.kind(of.kind.value.as_deref()?)?;
                Some(self.innermost(Place { path, kind, within: offset }))
            }
            ("dynamic_array" | "bytes", 32) => self.element(&of, offset),
            _ => None,
        }
    }

    /// The element of a dynamic array so many slots after its first.
    fn element(&self, array: &Place<'a>, offset: U256) -> Option<Place<'a>> {
        if array.kind.encoding == "bytes" {
            let path = format!("{}[{}..]", array.path, offset * U256::from(32));
            return Some(Place { path, kind: self.word()?, within: U256::ZERO });
        }
        let kind = self.kind(array.kind.base.as_deref()?)?;
        let words = words(kind);
        let path = format!("{}[{}]", array.path, offset / words);
        Some(self.innermost(Place { path, kind, within: offset % words }))
    }

    /// A type that is a whole word.
    fn word(&self) -> Option<&'a LayoutType> {
        let is_word = |kind: &&LayoutType| kind.encoding == "inplace" && kind.number_of_bytes == U256::from(32);
        self.layout.types.values().filter(|kind| kind.members.is_empty()).find(is_word)
    }

    /// Of `variables`, the one that has the slot.
    fn among(&self, variables: &'a [Variable], slot: U256, path: &str) -> Option<Place<'a>> {
        variables.iter().find_map(|variable| {
            let kind = self.kind(&variable.type_id)?;
            let within = slot.checked_sub(variable.slot)?;
            let path = if path.is_empty() { variable.label.clone() } else { format!("{path}.{}", variable.label) };
            (within < words(kind)).then_some(Place { path, kind, within })
        })
    }

    /// Goes on into structs that are longer than a slot, to the member that has it.
    fn innermost(&self, place: Place<'a>) -> Place<'a> {
        if words(place.kind) <= U256::ONE && place.kind.members.len() != 1 {
            return place;
        }
        let member = self.among(&place.kind.members, place.within, &place.path);
        match member {
            // Several share the slot: the first stands for all.
            Some(member) if words(place.kind) > U256::ONE && self.share(place.kind, place.within) == 1 => {
                self.innermost(member)
            }
            Some(member) if place.kind.members.len() == 1 => self.innermost(member),
            _ => place,
        }
    }

    /// How many members of a struct have a part in one of its slots.
    fn share(&self, kind: &LayoutType, slot: U256) -> usize {
        let has = |member: &&Variable| {
            let within = slot.checked_sub(member.slot);
            self.kind(&member.type_id).zip(within).is_some_and(|(kind, within)| within < words(kind))
        };
        kind.members.iter().filter(has).count()
    }

    /// What of a place is in its slot, member by member.
    fn parts(&self, place: Place<'a>, offset: usize, named: &mut Vec<Named>) {
        let Place { path, kind, within } = place;
        if kind.members.is_empty() {
            return named.extend(Self::leaf(path, kind, offset));
        }
        for member in kind.members.iter().filter(|member| member.slot == within) {
            let Some(kind) = self.kind(&member.type_id) else { continue };
            named.extend(Self::leaf(format!("{path}.{}", member.label), kind, member.offset));
        }
    }

    fn leaf(path: String, kind: &LayoutType, offset: usize) -> Option<Named> {
        let bytes = usize::try_from(kind.number_of_bytes).ok()?.min(32);
        let is_length = kind.encoding == "dynamic_array";
        let path = if is_length { format!("{path}.length") } else { path };
        let label = if is_length { "uint256" } else { kind.label.as_str() };
        Some(Named { path, field: Field { slot: U256::ZERO, offset, bytes }, kind: label.to_owned() })
    }

    /// A key or a value, by its type.
    fn key(&self, kind: &str, value: U256, bytes: usize) -> String {
        let word = B256::from(value);
        if kind == "address" || kind.starts_with("contract ") || kind.starts_with("address ") {
            return self.book.name(Address::from_word(word));
        }
        if kind == "bool" {
            return (!value.is_zero()).to_string();
        }
        if kind.starts_with("bytes") && bytes == 32 {
            return self.set(word).unwrap_or_else(|| word.to_string());
        }
        if kind.starts_with("int") {
            return signed(value, bytes).to_string();
        }
        value.to_string()
    }

    /// A word that has an AVS and the id of one of its sets.
    fn set(&self, word: B256) -> Option<String> {
        let avs = self.book.get(Address::from_slice(&word[..20]))?;
        let id = u32::from_be_bytes(word[28..].try_into().ok()?);
        (word[20..28] == [0; 8] && !avs.address.is_zero()).then(|| format!("set {id} of {}", avs.name))
    }
}

/// What proxies keep: each slot is the hash of what is kept there, less one.
fn of_proxy(slot: U256) -> Option<Named> {
    ["implementation", "beacon", "admin"].into_iter().find_map(|what| {
        let hash = U256::from_be_bytes(keccak256(format!("eip1967.proxy.{what}")).0);
        let field = Field { slot: U256::ZERO, offset: 0, bytes: 32 };
        let named = || Named { path: format!("proxy.{what}"), field, kind: "address".to_owned() };
        (slot == hash - U256::ONE).then(named)
    })
}

/// Slots that a type takes where it stands.
fn words(kind: &LayoutType) -> U256 {
    kind.number_of_bytes.div_ceil(U256::from(32)).max(U256::ONE)
}

/// A number with sign of so many bytes; of a key that is a whole word all of it counts.
fn signed(value: U256, bytes: usize) -> I256 {
    let bits = 8 * bytes.min(32);
    let shift = 256 - bits;
    I256::from_raw(value << shift).asr(shift)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{artifact::Artifacts, book::Role};

    fn hashed(preimages: &mut Preimages, words: &[U256]) -> U256 {
        let bytes: Vec<u8> = words.iter().flat_map(U256::to_be_bytes::<32>).collect();
        let hash = keccak256(&bytes);
        preimages.insert(hash, bytes.into());
        U256::from_be_bytes(hash.0)
    }

    fn word(address: Address) -> U256 {
        U256::from_be_bytes(address.into_word().0)
    }

    fn paths(named: &[Named]) -> Vec<&str> {
        named.iter().map(|named| named.path.as_str()).collect()
    }

    #[test]
    fn entries_of_mappings_have_their_keys_and_members_their_names() {
        let artifacts = Artifacts::bundled();
        let layout = artifacts.get("AllocationManager").layout.as_ref().unwrap();
        let mut book = Book::default();
        let operator = book.add("operator A", Role::Operator, Address::repeat_byte(1), None);
        let avs = book.add("avs A", Role::Avs, Address::repeat_byte(2), None);
        let strategy = book.add("strategy A", Role::Contract, Address::repeat_byte(3), None);
        let set = (word(avs) << 96usize) | U256::from(7);
        let mut preimages = Preimages::default();
        let slot = |label: &str| layout.variable(label).unwrap().slot;
        let of_operator = hashed(&mut preimages, &[word(operator), slot("allocations")]);
        let of_set = hashed(&mut preimages, &[set, of_operator]);
        let allocation = hashed(&mut preimages, &[word(strategy), of_set]);
        let listed = hashed(&mut preimages, &[word(operator), slot("allocatedSets")]);
        let values = hashed(&mut preimages, &[listed]);
        let variables = Variables::new(layout, &preimages, &book);

        let named = variables.at(allocation);
        let path = "allocations[operator A][set 7 of avs A][strategy A]";
        let expected = ["currentMagnitude", "pendingDiff", "effectBlock"].map(|member| format!("{path}.{member}"));
        assert_eq!(paths(&named), expected);
        let pending = layout.member("Allocation", "pendingDiff").unwrap();
        let minus_two = ((U256::ONE << (8 * pending.bytes)) - U256::from(2)) << (8 * pending.offset);
        assert_eq!(variables.value(&named[1], minus_two), "-2");
        assert_eq!(variables.value(&named[0], minus_two), "0");

        assert_eq!(paths(&variables.at(listed)), ["allocatedSets[operator A]._inner._values.length"]);
        let element = variables.at(values + U256::from(3));
        assert_eq!(paths(&element), ["allocatedSets[operator A]._inner._values[3]"]);
        assert_eq!(variables.value(&element[0], set), "set 7 of avs A");
        assert_eq!(paths(&variables.at(slot("_paused"))), ["_paused"]);
        assert_eq!(variables.at(U256::MAX), []);
        let start = variables.at(U256::ZERO);
        assert_eq!(paths(&start), ["_initialized", "_initializing"], "they share a slot");
        assert_eq!(
            start.iter().map(|named| variables.value(named, U256::from(0x101))).collect::<Vec<_>>(),
            ["1", "true"]
        );
    }
}
