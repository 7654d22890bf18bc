//! Which functions of which contracts changed, by their code and by their sources: either may say what the other does not.
//! A constant that a constructor sets, or a library that is linked, changes nothing in the code of who uses it; and what a
//! new compiler makes of the same source is other code.
//!
//! Compilers move code about: one more line in one function changes the places of all others. So code is followed from the
//! place that the dispatcher jumps to, block by block, and places in code stand for the order in which they were come to.

use std::collections::{BTreeMap, BTreeSet};

use alloy_json_abi::StateMutability;
use alloy_primitives::{B256, keccak256};
use serde::Serialize;

use crate::artifact::{Artifact, Artifacts};

const JUMPDEST: u8 = 0x5b;
const JUMPI: u8 = 0x57;
const EQ: u8 = 0x14;
const PUSH0: u8 = 0x5f;
const PUSH1: u8 = 0x60;
const PUSH32: u8 = 0x7f;

/// What happened to a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// The candidate has it, the baseline has not.
    New,
    /// The baseline has it, the candidate has not.
    Gone,
    /// Its code is another.
    Changed,
}

/// Where it shows that a function changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// In the code that its dispatcher leads to.
    Code,
    /// In its source, or in the source of what it reaches.
    Sources,
    /// In its contract alone: neither could be followed.
    Contract,
}

/// A function that changed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Function {
    /// `Contract.function`.
    pub name: String,
    /// What happened to it.
    pub change: Change,
    /// Whether it only answers.
    pub is_view: bool,
    /// Where that shows, if both builds have it.
    pub seen_in: BTreeSet<Place>,
}

/// What changed from one build to another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Changed {
    /// The functions, in order. One function of all overloads of a name.
    pub functions: Vec<Function>,
    /// The contracts of which it was not seen what their sources say.
    pub by_code_alone: Vec<String>,
}

/// What changed in contracts that `counts`.
pub(super) fn functions(old: &Artifacts, new: &Artifacts, counts: impl Fn(&str) -> bool) -> Changed {
    let mut found: BTreeMap<(String, Change), Function> = BTreeMap::new();
    let mut by_code_alone = Vec::new();
    for artifact in new.of_itself().filter(|artifact| counts(&artifact.name)) {
        let before = old.get(&artifact.name);
        if before.digest() != artifact.digest() && sources(before, artifact).is_none() {
            by_code_alone.push(artifact.name.clone());
        }
        for Function { name, change, is_view, seen_in } in of_contract(before, artifact) {
            let name = format!("{}.{name}", artifact.name);
            let key = (name.clone(), change);
            let known = found.entry(key).or_insert(Function { name, change, is_view, seen_in: BTreeSet::new() });
            known.is_view &= is_view;
            known.seen_in.extend(seen_in);
        }
    }
    Changed { functions: found.into_values().collect(), by_code_alone }
}

/// The functions of a contract that changed, each with its own name.
fn of_contract(old: &Artifact, new: &Artifact) -> Vec<Function> {
    let (was, is) = (signatures(old), signatures(new));
    let is_same_build = old.digest() == new.digest();
    // The same code does the same, whatever its sources say, unless it calls libraries that are elsewhere.
    let sources = sources(old, new).filter(|_| !is_same_build || !new.links.is_empty());
    let mut found = Vec::new();
    for (signature, Callable { name, is_view, code }) in &is {
        let (name, is_view) = (name.clone(), *is_view);
        let Some(before) = was.get(signature) else {
            found.push(Function { name, change: Change::New, is_view, seen_in: BTreeSet::new() });
            continue;
        };
        let in_code = before.code.zip(*code).map(|(old, new)| old != new).or(is_same_build.then_some(false));
        let in_sources = sources.and_then(|(old, new)| Some(old.get(&name)? != new.get(&name)?));
        let seen = [
            (in_code == Some(true), Place::Code),
            (in_sources == Some(true), Place::Sources),
            (in_code.is_none() && in_sources.is_none(), Place::Contract),
        ];
        let seen_in: BTreeSet<Place> = seen.into_iter().filter(|(is_seen, _)| *is_seen).map(|(_, at)| at).collect();
        if !seen_in.is_empty() {
            found.push(Function { name, change: Change::Changed, is_view, seen_in });
        }
    }
    let gone = was.iter().filter(|(signature, _)| !is.contains_key(*signature));
    found.extend(gone.map(|(_, Callable { name, is_view, .. })| Function {
        name: name.clone(),
        change: Change::Gone,
        is_view: *is_view,
        seen_in: BTreeSet::new(),
    }));
    found
}

/// By name of a function: what stands for its source.
type Prints = BTreeMap<String, B256>;

/// What the sources of both builds of a contract say, if they were read in the same way: as trees, or as texts.
fn sources<'a>(old: &'a Artifact, new: &'a Artifact) -> Option<(&'a Prints, &'a Prints)> {
    let both = |prints: fn(&'a Artifact) -> Option<&'a Prints>| {
        prints(old).zip(prints(new)).filter(|(old, new)| !old.is_empty() && !new.is_empty())
    };
    both(|it| it.declarations.as_ref().map(|declared| &declared.functions))
        .or_else(|| both(|it| it.told.as_ref().map(|told| &told.functions)))
}

/// A function that can be called.
struct Callable {
    name: String,
    is_view: bool,
    /// What stands for its code; `None` if that cannot be followed.
    code: Option<B256>,
}

/// What can be called, by signature.
fn signatures(artifact: &Artifact) -> BTreeMap<String, Callable> {
    let code = Code::of(&artifact.runtime);
    let callable = |function: &alloy_json_abi::Function| {
        let is_view = matches!(function.state_mutability, StateMutability::View | StateMutability::Pure);
        let code = code.print(function.selector().0);
        (function.signature(), Callable { name: function.name.clone(), is_view, code })
    };
    artifact.abi.functions().map(callable).collect()
}

/// One instruction.
#[derive(Clone, Copy, Debug)]
struct Instruction {
    at: usize,
    code: u8,
    /// What it pushes, as far as that could be a place or a selector.
    pushes: Option<usize>,
    /// Where what it pushes begins and ends.
    operand: (usize, usize),
}

/// Code as instructions, by place.
struct Code<'a> {
    bytes: &'a [u8],
    instructions: Vec<Instruction>,
    by_place: BTreeMap<usize, usize>,
}

impl<'a> Code<'a> {
    fn of(code: &'a [u8]) -> Self {
        let (mut instructions, mut at) = (Vec::new(), 0);
        while let Some(byte) = code.get(at) {
            let length = if (PUSH1..=PUSH32).contains(byte) { usize::from(byte - PUSH0) } else { 0 };
            let operand = (at + 1, (at + 1 + length).min(code.len()));
            let short = code.get(operand.0..operand.1).filter(|_| (1..=4).contains(&length));
            let pushes = short.map(|bytes| bytes.iter().fold(0, |sum, byte| (sum << 8) | usize::from(*byte)));
            instructions.push(Instruction { at, code: *byte, pushes, operand });
            at += 1 + length;
        }
        let by_place = instructions.iter().enumerate().map(|(index, it)| (it.at, index)).collect();
        Self { bytes: code, instructions, by_place }
    }

    /// Where the dispatcher goes for a selector: it pushes it, compares, pushes a place, and jumps.
    fn entry(&self, selector: [u8; 4]) -> Option<usize> {
        let selector = u32::from_be_bytes(selector) as usize;
        let found = self.instructions.windows(5).find_map(|window| {
            let is_selector = window[0].pushes == Some(selector) && window[0].code >= PUSH1;
            let equals = window[1..3].iter().position(|it| it.code == EQ).filter(|_| is_selector)?;
            let [place, jump] = window.get(equals + 2..equals + 4)? else { return None };
            place.pushes.filter(|_| jump.code == JUMPI)
        });
        found.and_then(|place| self.destination(place))
    }

    /// The instruction at a place that can be jumped to.
    fn destination(&self, place: usize) -> Option<usize> {
        self.by_place.get(&place).copied().filter(|index| self.instructions[*index].code == JUMPDEST)
    }

    /// What stands for the code that a selector runs, wherever it is.
    fn print(&self, selector: [u8; 4]) -> Option<B256> {
        let mut order: Vec<usize> = vec![self.entry(selector)?];
        let mut known: BTreeMap<usize, usize> = order.iter().map(|entry| (*entry, 0)).collect();
        let (mut text, mut next) = (Vec::new(), 0);
        while let Some(start) = order.get(next).copied() {
            next += 1;
            for instruction in &self.instructions[start..] {
                text.push(instruction.code);
                match instruction.pushes.and_then(|place| self.destination(place)) {
                    Some(place) => {
                        let number = *known.entry(place).or_insert_with(|| {
                            order.push(place);
                            order.len() - 1
                        });
                        text.extend(number.to_be_bytes());
                    }
                    None => text.extend(&self.bytes[instruction.operand.0..instruction.operand.1]),
                }
                if is_last(instruction.code) {
                    break;
                }
            }
        }
        Some(keccak256(text))
    }
}

/// Whether what follows is not run next: stop, jump, return, revert, invalid, selfdestruct.
const fn is_last(code: u8) -> bool {
    matches!(code, 0x00 | 0x56 | 0xf3 | 0xfd | 0xfe | 0xff)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A dispatcher for one selector, some bytes that are never run, and a function that stores a number.
    fn code(padding: usize, number: u8) -> Vec<u8> {
        let place = u8::try_from(12 + padding).unwrap();
        let mut code = vec![0x80, 0x63, 1, 2, 3, 4, EQ, PUSH1, place, JUMPI, 0x00, 0x00];
        code.extend(std::iter::repeat_n(0x00, padding));
        code.extend([JUMPDEST, PUSH1, number, PUSH1, 0, 0x55, 0x00]);
        code
    }

    #[test]
    fn code_that_moved_is_the_same_and_code_that_does_something_else_is_not() {
        let print = |code: &[u8]| Code::of(code).print([1, 2, 3, 4]).unwrap();
        assert_eq!(print(&code(0, 7)), print(&code(9, 7)));
        assert_ne!(print(&code(0, 7)), print(&code(0, 8)));
        assert_eq!(Code::of(&code(0, 7)).print([1, 2, 3, 5]), None);
    }

    #[test]
    fn a_long_constant_counts() {
        let with = |number: u8| {
            let mut code = code(0, 7);
            code.truncate(code.len() - 1);
            code.extend([PUSH0 + 8, 1, 2, 3, 4, 5, 6, 7, number, 0x50, 0x00]);
            Code::of(&code).print([1, 2, 3, 4]).unwrap()
        };
        assert_ne!(with(8), with(9));
        assert_eq!(with(8), with(8));
    }

    #[test]
    fn a_planted_bug_is_found_in_its_functions() {
        let bundled = Artifacts::bundled();
        assert_eq!(functions(&bundled, &bundled, |_| true), Changed::default());
        let older = Artifacts::of_release("slashing").unwrap();
        let changed = functions(&older, &bundled, |_| true).functions;
        let change = |name: &str| changed.iter().find(|it| it.name == name).map(|it| it.change);
        assert_eq!(change("AllocationManager.createRedistributingOperatorSets"), Some(Change::New));
        assert_eq!(change("AllocationManager.slashOperator"), Some(Change::Changed));
        assert_eq!(change("PermissionController.acceptAdmin"), None);
    }
}
