//! Types: whether bytes written as one are read as the same by another, down to the members of structs and enums within
//! mappings and arrays.

use super::{Comparison, Kind, Meaning, Side};
use crate::artifact::layout::{LayoutType, Variable};

/// What a type is made of.
enum Shape<'a> {
    Mapping(&'a str, &'a str),
    /// Elements where a hash says.
    Dynamic(&'a str),
    /// So many elements, here.
    Fixed(&'a str, u128),
    Struct(&'a [Variable]),
    Enum(&'a str),
    /// `bytes` and `string`.
    Bytes,
    Value,
}

fn shape(it: &LayoutType) -> Shape<'_> {
    match (it.encoding.as_str(), &it.key, &it.value, &it.base) {
        ("mapping", Some(key), Some(value), _) => Shape::Mapping(key, value),
        ("dynamic_array", _, _, Some(base)) => Shape::Dynamic(base),
        ("bytes", ..) => Shape::Bytes,
        (_, _, _, Some(base)) => Shape::Fixed(base, length(&it.label)),
        _ => match (it.label.strip_prefix("struct "), it.label.strip_prefix("enum ")) {
            (Some(_), _) => Shape::Struct(&it.members),
            (_, Some(name)) => Shape::Enum(name),
            _ => Shape::Value,
        },
    }
}

/// The elements of an array by its label: `uint256[50]`.
fn length(label: &str) -> u128 {
    let digits = label.strip_suffix(']').and_then(|label| label.rsplit('[').next());
    digits.and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

/// A label without what kind of type it names, as annotations have it.
fn bare(label: &str) -> String {
    label.replace("contract ", "").replace("struct ", "").replace("enum ", "")
}

/// The type that a value is in storage: every contract is an address there, and a user-defined type what is behind it.
fn stored<'a>(side: Side<'a>, label: &'a str) -> &'a str {
    let behind = side.declarations.and_then(|declarations| declarations.values.get(label));
    match behind.map_or(label, String::as_str) {
        "address payable" => "address",
        label if label.starts_with("contract ") => "address",
        label => label,
    }
}

fn unsigned_bits(label: &str) -> Option<u32> {
    label.strip_prefix("uint")?.parse().ok()
}

impl<'a> Comparison<'a> {
    fn old_type(&self, id: &str) -> &'a LayoutType {
        &self.sides.old.layout.types[id]
    }

    fn new_type(&self, id: &str) -> &'a LayoutType {
        &self.sides.new.layout.types[id]
    }

    /// Compares the types of what is, or is taken for, the same variable.
    pub(super) fn variable(&mut self, what: &str, older: &'a Variable, newer: &'a Variable) {
        let (was, is) = (self.old_type(&older.type_id), self.new_type(&newer.type_id));
        let declared = newer.declared.as_ref().and_then(|declared| declared.retyped_from.as_deref());
        let is_declared = declared.is_some_and(|label| bare(label) == bare(&was.label)) && was.label != is.label;
        if is_declared && was.number_of_bytes == is.number_of_bytes {
            let sentence = format!("{what} was {} and is {}, as its annotation says", was.label, is.label);
            return self.note(Kind::Retyped, Meaning::Allowed, what, sentence, newer);
        }
        self.types(what, (&older.type_id, &newer.type_id), newer);
    }

    /// Compares two types, by their identifiers in the two layouts. `at` is the variable they are part of.
    fn types(&mut self, what: &str, (older, newer): (&'a str, &'a str), at: &'a Variable) {
        if self.within.contains(&(older, newer)) {
            return;
        }
        self.within.push((older, newer));
        let (was, is) = (self.old_type(older), self.new_type(newer));
        match (shape(was), shape(is)) {
            (Shape::Mapping(old_key, old_value), Shape::Mapping(new_key, new_value)) => {
                self.types(&format!("the key of {what}"), (old_key, new_key), at);
                self.types(&format!("{what}[]"), (old_value, new_value), at);
            }
            (Shape::Dynamic(one), Shape::Dynamic(other)) => self.elements(what, (one, other), at),
            (Shape::Fixed(one, before), Shape::Fixed(other, after)) => {
                if after < before {
                    let sentence = format!("{what} had {before} elements and has {after}: the last are lost");
                    self.note(Kind::Shrunk, Meaning::Breaks, what, sentence, at);
                } else if before < after {
                    let sentence = format!("{what} had {before} elements and has {after}");
                    self.note(Kind::Grown, Meaning::Allowed, what, sentence, at);
                }
                self.elements(what, (one, other), at);
            }
            (Shape::Struct(one), Shape::Struct(other)) => self.fields(what, one, other),
            (Shape::Enum(one), Shape::Enum(other)) => self.members(what, (one, other), at),
            (Shape::Bytes, Shape::Bytes) if was.label != is.label => {
                let sentence =
                    format!("{what} was {} and is {}: the same bytes, read differently", was.label, is.label);
                self.note(Kind::Retyped, Meaning::Review, what, sentence, at);
            }
            (Shape::Bytes, Shape::Bytes) => {}
            (Shape::Value, Shape::Value) => self.values(what, (was, is), at),
            _ => self.retyped(what, (was, is), at),
        }
        self.within.pop();
    }

    fn retyped(&mut self, what: &str, (was, is): (&LayoutType, &LayoutType), at: &Variable) {
        let sentence = format!("{what} was {} and is {}", was.label, is.label);
        self.note(Kind::Retyped, Meaning::Breaks, what, sentence, at);
    }

    /// Compares the elements of two arrays. They stand one after the other, so that each must take what it took.
    fn elements(&mut self, what: &str, (older, newer): (&'a str, &'a str), at: &'a Variable) {
        let (was, is) = (self.old_type(older), self.new_type(newer));
        let (before, after) = (was.number_of_bytes, is.number_of_bytes);
        if before == after {
            return self.types(&format!("{what}[]"), (older, newer), at);
        }
        let kind = if after < before { Kind::Shrunk } else { Kind::Grown };
        let sentence = format!("an element of {what} had {before} bytes and has {after}: all but the first move");
        self.note(kind, Meaning::Breaks, what, sentence, at);
    }

    /// Compares the members of two enums: each is kept as its number.
    fn members(&mut self, what: &str, (older, newer): (&str, &str), at: &Variable) {
        let members = |side: Side<'a>, name: &str| side.enums.and_then(|enums| enums.get(name));
        let (Some(before), Some(after)) = (members(self.sides.old, older), members(self.sides.new, newer)) else {
            let sentence = format!(
                "the members of the enum {newer} of {what} could not be compared, which syntax trees tell, and the \
                 sources as they were compiled; for Foundry, add ast = true"
            );
            return self.note(Kind::Unseen, Meaning::Review, what, sentence, at);
        };
        if let Some((number, gone)) = before.iter().enumerate().nth(after.len()) {
            let sentence = format!("the enum {newer} of {what} lost its member {gone}, which is kept as {number}");
            return self.note(Kind::Members, Meaning::Breaks, what, sentence, at);
        }
        for (number, (one, other)) in before.iter().zip(after).enumerate().filter(|(_, (one, other))| one != other) {
            let is_known = before.contains(other) || after.contains(one);
            let meaning = if is_known { Meaning::Breaks } else { Meaning::Review };
            let sentence = format!("in the enum {newer} of {what}, {number} was {one} and is {other}");
            self.note(Kind::Members, meaning, what, sentence, at);
        }
        if before.len() < after.len() {
            let added = after[before.len()..].join(", ");
            let sentence = format!("the enum {newer} of {what} has new members after the others: {added}");
            self.note(Kind::Members, Meaning::Allowed, what, sentence, at);
        }
    }

    fn values(&mut self, what: &str, (was, is): (&'a LayoutType, &'a LayoutType), at: &Variable) {
        let (before, after) = (stored(self.sides.old, &was.label), stored(self.sides.new, &is.label));
        let is_external = |label: &str| label.contains(" external");
        if before.starts_with("function ") && after.starts_with("function ") {
            return match (is_external(before), is_external(after)) {
                (true, true) if before == after => {}
                (true, true) => {
                    let sentence = format!("{what} was {before} and is {after}: who is kept there has the old one");
                    self.note(Kind::Retyped, Meaning::Review, what, sentence, at);
                }
                (false, false) => {
                    let sentence =
                        format!("{what} keeps a place in the code, and in another build another thing is there");
                    self.note(Kind::Pointer, Meaning::Breaks, what, sentence, at);
                }
                _ => self.retyped(what, (was, is), at),
            };
        }
        if before == after && was.number_of_bytes == is.number_of_bytes {
            return;
        }
        match (unsigned_bits(before), unsigned_bits(after)) {
            (Some(few), Some(many)) if few < many => {
                let sentence = format!(
                    "{what} was {} and is {}: the same number, if nothing was ever kept in the bytes above it",
                    was.label, is.label
                );
                self.note(Kind::Grown, Meaning::Review, what, sentence, at);
            }
            (Some(_), Some(_)) => {
                let sentence = format!("{what} was {} and is {}: large numbers are cut off", was.label, is.label);
                self.note(Kind::Shrunk, Meaning::Breaks, what, sentence, at);
            }
            _ => self.retyped(what, (was, is), at),
        }
    }
}
