//! Values as Solidity writes them, and the types and interfaces they need.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::{Display, Write},
};

use alloy_dyn_abi::DynSolValue;
use alloy_json_abi::{Function, Param};
use alloy_primitives::{Address, hex};

use crate::book::Book;

/// Words that are no names in Solidity, of those that parameters may have in an ABI.
const RESERVED: &[&str] =
    &["address", "bytes", "string", "mapping", "contract", "function", "from", "error", "type", "vm"];

/// What a file must declare besides the test: found while values are written.
#[derive(Debug, Default)]
pub(super) struct Declared {
    /// Addresses with a name, by the name of the constant.
    addresses: BTreeMap<String, Address>,
    /// By name: the fields.
    structs: BTreeMap<String, Vec<String>>,
    /// By contract: the functions.
    interfaces: BTreeMap<String, BTreeSet<String>>,
}

impl Declared {
    /// An address by name if it has one: a constant.
    pub fn address(&mut self, book: &Book, address: Address) -> String {
        if address.is_zero() {
            return "address(0)".to_owned();
        }
        match book.get(address) {
            None => address.to_checksum(None),
            Some(entry) => {
                let name = constant(&entry.name);
                // Of two names that are written the same, one stays digits.
                if *self.addresses.entry(name.clone()).or_insert(address) == address {
                    name
                } else {
                    address.to_checksum(None)
                }
            }
        }
    }

    /// Declares a function of `contract`; how the contract is called through it.
    pub fn interface(&mut self, contract: &str, function: &Function, is_view: Looks) -> String {
        let inputs: Vec<String> = function.inputs.iter().map(|input| located(&self.kind(input), "calldata")).collect();
        let outputs = match is_view {
            Looks::Only => {
                let outputs: Vec<String> =
                    function.outputs.iter().map(|it| located(&self.kind(it), "memory")).collect();
                format!(" view returns ({})", outputs.join(", "))
            }
            Looks::Changes => " payable".to_owned(),
        };
        let name = format!("I{}", word(contract));
        let signature = format!("function {}({}) external{outputs};", function.name, inputs.join(", "));
        self.interfaces.entry(name.clone()).or_default().insert(signature);
        name
    }

    /// The type of a parameter. A tuple is a struct, called as in the sources if the ABI says how.
    fn kind(&mut self, param: &Param) -> String {
        let Some(suffix) = param.ty.strip_prefix("tuple") else { return param.ty.clone() };
        let called = param.internal_type.as_ref().map(ToString::to_string).unwrap_or_default();
        let called = called.split('[').next().unwrap_or_default().rsplit(['.', ' ']).next().unwrap_or_default();
        let wanted = if called.is_empty() { "Tuple".to_owned() } else { word(called) };
        let fields: Vec<String> = param
            .components
            .iter()
            .enumerate()
            .map(|(index, field)| format!("{} {};", self.kind(field), self::field(index, field)))
            .collect();
        let free = |name: &String| self.structs.get(name).is_none_or(|known| *known == fields);
        let (mut name, mut number) = (wanted.clone(), 1);
        while !free(&name) {
            number += 1;
            name = format!("{wanted}{number}");
        }
        self.structs.insert(name.clone(), fields);
        format!("{name}{suffix}")
    }

    /// Statements that make the arguments of a call, and the expressions to give it.
    pub fn arguments(&mut self, book: &Book, params: &[Param], values: &[DynSolValue]) -> (Vec<String>, Vec<String>) {
        let (mut statements, mut given) = (Vec::new(), Vec::new());
        for (index, (param, value)) in params.iter().zip(values).enumerate() {
            let kind = self.kind(param);
            match value {
                DynSolValue::Array(all) => {
                    let name = field(index, param);
                    statements.push(format!("{kind} memory {name} = new {kind}({});", all.len()));
                    self.elements(book, (&name, param), all, &mut statements);
                    given.push(name);
                }
                DynSolValue::FixedArray(_) | DynSolValue::Tuple(_) => {
                    let name = field(index, param);
                    statements.push(format!("{kind} memory {name};"));
                    self.fill(book, (&name, param), value, &mut statements);
                    given.push(name);
                }
                leaf => given.push(self.leaf(book, leaf)),
            }
        }
        (statements, given)
    }

    /// Statements that put `value` at a place.
    fn fill(&mut self, book: &Book, (place, param): (&str, &Param), value: &DynSolValue, out: &mut Vec<String>) {
        match value {
            DynSolValue::Tuple(values) => {
                for (index, (param, value)) in param.components.iter().zip(values).enumerate() {
                    let place = format!("{place}.{}", field(index, param));
                    self.fill(book, (&place, param), value, out);
                }
            }
            DynSolValue::Array(all) => {
                if !all.is_empty() {
                    out.push(format!("{place} = new {}({});", self.kind(param), all.len()));
                }
                self.elements(book, (place, param), all, out);
            }
            DynSolValue::FixedArray(all) => self.elements(book, (place, param), all, out),
            leaf => out.push(format!("{place} = {};", self.leaf(book, leaf))),
        }
    }

    fn elements(&mut self, book: &Book, (place, param): (&str, &Param), all: &[DynSolValue], out: &mut Vec<String>) {
        let inner = param.ty.rfind('[').map_or(param.ty.as_str(), |at| &param.ty[..at]);
        let param = Param { ty: inner.to_owned(), ..param.clone() };
        for (index, value) in all.iter().enumerate() {
            self.fill(book, (&format!("{place}[{index}]"), &param), value, out);
        }
    }

    /// A value that needs no statement.
    pub fn leaf(&mut self, book: &Book, value: &DynSolValue) -> String {
        match value {
            DynSolValue::Address(address) => self.address(book, *address),
            DynSolValue::Uint(number, _) => number.to_string(),
            DynSolValue::Int(number, _) => number.to_string(),
            DynSolValue::Bool(flag) => flag.to_string(),
            DynSolValue::String(text) => string(text),
            DynSolValue::Bytes(bytes) => format!("hex\"{}\"", hex::encode(bytes)),
            DynSolValue::FixedBytes(bytes, size) => format!("bytes{size}(hex\"{}\")", hex::encode(&bytes[..*size])),
            other => format!("/* {other:?} */"),
        }
    }

    /// The declarations, for the head of a file.
    pub fn text(&self) -> String {
        let constants = self.addresses.iter();
        let constants = constants.map(|(name, at)| format!("address constant {name} = {};", at.to_checksum(None)));
        let structs =
            self.structs.iter().map(|(name, fields)| format!("\nstruct {name} {{\n{}}}", indented("    ", fields)));
        let interfaces = self
            .interfaces
            .iter()
            .map(|(name, functions)| format!("\ninterface {name} {{\n{}}}", indented("    ", functions)));
        indented("", constants.chain(structs).chain(interfaces))
    }

    /// The constants, by name.
    pub fn names(&self) -> impl Iterator<Item = &String> {
        self.addresses.keys()
    }
}

/// Lines, each after `indent`.
pub(super) fn indented(indent: &str, lines: impl IntoIterator<Item = impl Display>) -> String {
    lines.into_iter().fold(String::new(), |mut text, line| {
        writeln!(text, "{indent}{line}").unwrap_or_default();
        text
    })
}

/// Whether a function is only asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Looks {
    /// It is.
    Only,
    /// It is called for what it does.
    Changes,
}

/// A type with where its data is, if it must be said.
fn located(kind: &str, place: &str) -> String {
    let is_value = !kind.ends_with(']')
        && kind.chars().next().is_some_and(char::is_lowercase)
        && kind != "bytes"
        && kind != "string";
    if is_value { kind.to_owned() } else { format!("{kind} {place}") }
}

/// The name of a field or a variable.
fn field(index: usize, param: &Param) -> String {
    let name = word(&param.name);
    if name.is_empty() || name.starts_with(|first: char| first.is_ascii_digit()) {
        return format!("value{index}");
    }
    if RESERVED.contains(&name.as_str()) { format!("{name}_") } else { name }
}

/// Letters and digits of a text.
fn word(text: &str) -> String {
    text.chars().filter(|letter| letter.is_ascii_alphanumeric() || *letter == '_').collect()
}

/// The name of a constant: `STAKER_E`, `ALLOCATION_MANAGER`.
pub(super) fn constant(name: &str) -> String {
    let mut out = String::new();
    let mut was_small = false;
    for letter in name.chars() {
        let plain = if letter.is_ascii_alphanumeric() { letter } else { '_' };
        if was_small && plain.is_ascii_uppercase() {
            out.push('_');
        }
        was_small = plain.is_ascii_lowercase() || plain.is_ascii_digit();
        out.push(plain.to_ascii_uppercase());
    }
    if out.starts_with(|first: char| first.is_ascii_digit()) { format!("_{out}") } else { out }
}

/// A string literal that means `text`, whatever is in it.
pub(super) fn string(text: &str) -> String {
    let mut out = String::new();
    for letter in text.chars() {
        match letter {
            '"' | '\\' => out.extend(['\\', letter]),
            ' '..='~' => out.push(letter),
            _ => {
                let mut bytes = [0; 4];
                for byte in letter.encode_utf8(&mut bytes).bytes() {
                    write!(out, "\\x{byte:02x}").unwrap_or_default();
                }
            }
        }
    }
    format!("\"{out}\"")
}

/// Text for the rest of a line after `//`: it does not end the line.
pub(super) fn comment(text: &str) -> String {
    text.chars().map(|letter| if (' '..='~').contains(&letter) { letter } else { '?' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_and_comments_end_where_they_should() {
        assert_eq!(string("a\"; x\\\n\u{202e}"), r#""a\"; x\\\x0a\xe2\x80\xae""#);
        assert_eq!(comment("a\nb\u{2028}c*/"), "a?b?c*/");
    }

    #[test]
    fn names_become_constants() {
        let names = ["staker E", "allocationManager", "strategyManager", "proxy admin", "strategy A"].map(constant);
        assert_eq!(names, ["STAKER_E", "ALLOCATION_MANAGER", "STRATEGY_MANAGER", "PROXY_ADMIN", "STRATEGY_A"]);
    }

    #[test]
    fn structs_with_one_name_and_other_fields_are_two() {
        let param = |fields: &str| -> Param {
            let fields: Vec<_> = fields.split(',').map(|ty| format!("{{\"name\":\"x\",\"type\":\"{ty}\"}}")).collect();
            let text = format!(
                "{{\"name\":\"s\",\"type\":\"tuple[]\",\"internalType\":\"struct I.S[]\",\"components\":[{}]}}",
                fields.join(",")
            );
            serde_json::from_str(&text).unwrap()
        };
        let mut declared = Declared::default();
        let kinds = ["address", "uint256", "address"].map(|fields| declared.kind(&param(fields)));
        assert_eq!(kinds, ["S[]", "S2[]", "S[]"]);
    }

    #[test]
    fn nested_values_are_filled_in_place_by_place() {
        let function: Function = Function::parse("f(((address,uint32),uint64[])[] params, bool yes)").unwrap();
        let set =
            DynSolValue::Tuple(vec![Address::ZERO.into(), DynSolValue::Uint(alloy_primitives::U256::from(3), 32)]);
        let sizes = DynSolValue::Array(vec![DynSolValue::Uint(alloy_primitives::U256::from(7), 64)]);
        let params = DynSolValue::Array(vec![DynSolValue::Tuple(vec![set, sizes])]);
        let mut declared = Declared::default();
        let values = [params, DynSolValue::Bool(true)];
        let (statements, given) = declared.arguments(&Book::default(), &function.inputs, &values);
        let expected = [
            "Tuple2[] memory params = new Tuple2[](1);",
            "params[0].value0.value0 = address(0);",
            "params[0].value0.value1 = 3;",
            "params[0].value1 = new uint64[](1);",
            "params[0].value1[0] = 7;",
        ];
        assert_eq!(statements, expected);
        assert_eq!(given, ["params", "true"]);
    }
}
