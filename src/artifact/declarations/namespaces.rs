//! ERC-7201: structs that are kept where a hash of their namespace says. solc's storage layout does not know of them, so
//! they are laid out here, by the same rules.

use std::collections::BTreeMap;

use alloy_primitives::U256;
use serde_json::Value;

use super::{
    annotation, declared,
    tree::{Index, Lines, id, is, list, name, reference, text},
};
use crate::{
    artifact::layout::{LayoutType, StorageLayout, Variable},
    problem::Problem,
};

/// Bytes of a slot.
const WORD: u64 = 32;

/// Structs within structs, at most: the compiler has no such bound, and nobody comes near.
const NESTING: usize = 64;

/// The namespaces of a contract: by identifier, what is kept there.
pub(super) fn of(
    trees: &Index<'_>,
    contract: &Value,
    lines: &Lines,
) -> Result<BTreeMap<String, StorageLayout>, Problem> {
    let mut found = BTreeMap::new();
    for node in list(contract, "nodes").filter(|node| is(node, "StructDefinition")) {
        let Some(identifier) = annotation(node, "@custom:storage-location") else { continue };
        let mut allocator = Allocator { trees, lines, types: BTreeMap::new(), depth: 0 };
        let (storage, _) = allocator.members(node).ok_or_else(|| {
            Problem::new(format!(
                "the namespace {identifier} has a member of a type that its syntax tree does not tell"
            ))
        })?;
        found.insert(identifier, StorageLayout { storage, types: allocator.types });
    }
    Ok(found)
}

struct Allocator<'a> {
    trees: &'a Index<'a>,
    lines: &'a Lines,
    types: BTreeMap<String, LayoutType>,
    depth: usize,
}

impl Allocator<'_> {
    /// The members of a struct with their places, and the slots it takes.
    fn members(&mut self, structure: &Value) -> Option<(Vec<Variable>, U256)> {
        let (mut slot, mut offset) = (U256::ZERO, 0u64);
        let mut placed = Vec::new();
        for node in list(structure, "members") {
            let type_id = self.resolve(&node["typeName"])?;
            let it = &self.types[&type_id];
            let whole = takes_whole_slots(it);
            let bytes = it.number_of_bytes;
            if offset > 0 && (whole || U256::from(offset) + bytes > U256::from(WORD)) {
                (slot, offset) = (slot.checked_add(U256::ONE)?, 0);
            }
            placed.push(Variable {
                label: name(node).to_owned(),
                slot,
                offset: usize::try_from(offset).ok()?,
                type_id,
                ast_id: id(node),
                declared: Some(declared(node, name(structure), self.lines)),
            });
            if whole {
                slot = slot.checked_add(bytes / U256::from(WORD))?;
            } else {
                offset += u64::try_from(bytes).ok()?;
            }
        }
        let slots = if offset > 0 || placed.is_empty() { slot.checked_add(U256::ONE)? } else { slot };
        Some((placed, slots))
    }

    /// The identifier of a type, which is noted if it is new; `None` if the tree does not tell.
    fn resolve(&mut self, node: &Value) -> Option<String> {
        let label =
            text(&node["typeDescriptions"], "typeString").replace(" storage pointer", "").replace(" storage ref", "");
        let type_id =
            format!("{}#{label}", reference(node).or_else(|| reference(&node["pathNode"])).unwrap_or_default());
        if self.types.contains_key(&type_id) {
            return Some(type_id);
        }
        let it = match text(node, "nodeType") {
            "ElementaryTypeName" => elementary(&label)?,
            "FunctionTypeName" => plain(&label, if text(node, "visibility") == "external" { 24 } else { 8 }),
            "Mapping" => {
                // Known before its value is, which may be the struct that it is in.
                self.types
                    .insert(type_id.clone(), LayoutType { encoding: "mapping".to_owned(), ..plain(&label, WORD) });
                LayoutType {
                    encoding: "mapping".to_owned(),
                    key: Some(self.resolve(&node["keyType"])?),
                    value: Some(self.resolve(&node["valueType"])?),
                    ..plain(&label, WORD)
                }
            }
            "ArrayTypeName" => self.array(node, &label, &type_id)?,
            "UserDefinedTypeName" => self.defined(node, &label, &type_id)?,
            _ => return None,
        };
        self.types.insert(type_id.clone(), it);
        Some(type_id)
    }

    fn array(&mut self, node: &Value, label: &str, type_id: &str) -> Option<LayoutType> {
        if node["length"].is_null() {
            let dynamic = |base| LayoutType { encoding: "dynamic_array".to_owned(), base, ..plain(label, WORD) };
            self.types.insert(type_id.to_owned(), dynamic(None));
            return Some(dynamic(Some(self.resolve(&node["baseType"])?)));
        }
        let length: U256 = label.strip_suffix(']')?.rsplit('[').next()?.parse().ok()?;
        let base = self.resolve(&node["baseType"])?;
        let element = &self.types[&base];
        let word = U256::from(WORD);
        let slots = if takes_whole_slots(element) {
            length.checked_mul(element.number_of_bytes / word)?
        } else {
            length.div_ceil(word / element.number_of_bytes)
        };
        Some(LayoutType { base: Some(base), number_of_bytes: slots.checked_mul(word)?, ..plain(label, 0) })
    }

    fn defined(&mut self, node: &Value, label: &str, type_id: &str) -> Option<LayoutType> {
        let number = reference(node).or_else(|| reference(&node["pathNode"]))?;
        let (definition, _) = self.trees.node(number)?;
        match text(definition, "nodeType") {
            // One byte: an enum has at most 256 members.
            "EnumDefinition" => Some(plain(label, 1)),
            "ContractDefinition" => Some(plain(label, 20)),
            "UserDefinedValueTypeDefinition" => {
                let behind = elementary(text(&definition["underlyingType"], "name"))?;
                Some(LayoutType { label: label.to_owned(), ..behind })
            }
            "StructDefinition" => {
                if self.depth == NESTING {
                    return None;
                }
                self.depth += 1;
                self.types.insert(type_id.to_owned(), plain(label, 0));
                let (members, slots) = self.members(definition)?;
                self.depth -= 1;
                Some(LayoutType { members, number_of_bytes: slots.checked_mul(U256::from(WORD))?, ..plain(label, 0) })
            }
            _ => None,
        }
    }
}

fn plain(label: &str, bytes: u64) -> LayoutType {
    LayoutType {
        encoding: "inplace".to_owned(),
        label: label.to_owned(),
        number_of_bytes: U256::from(bytes),
        key: None,
        value: None,
        base: None,
        members: Vec::new(),
    }
}

fn elementary(label: &str) -> Option<LayoutType> {
    let bits = |digits: &str| if digits.is_empty() { Some(256) } else { digits.parse::<u64>().ok() };
    let bytes = match label {
        "bool" => 1,
        "address" | "address payable" => 20,
        "string" | "bytes" => return Some(LayoutType { encoding: "bytes".to_owned(), ..plain(label, WORD) }),
        _ => {
            if let Some(digits) = label.strip_prefix("uint").or_else(|| label.strip_prefix("int")) {
                bits(digits)? / 8
            } else {
                label.strip_prefix("bytes")?.parse().ok()?
            }
        }
    };
    Some(plain(label, bytes))
}

/// Whether a value begins a slot, and what follows it another.
fn takes_whole_slots(it: &LayoutType) -> bool {
    it.encoding != "inplace" || it.base.is_some() || it.label.starts_with("struct ")
}
