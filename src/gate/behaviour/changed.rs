//! Which functions of which contracts changed, by their code.
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

/// A function that changed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Function {
    /// `Contract.function`.
    pub name: String,
    /// What happened to it.
    pub change: Change,
    /// Whether it only answers.
    pub is_view: bool,
}

/// The functions that changed, in order. One function of all overloads of a name.
pub(super) fn functions(old: &Artifacts, new: &Artifacts) -> Vec<Function> {
    let mut found = BTreeSet::new();
    for artifact in new.of_itself() {
        let (was, is) = (signatures(old.get(&artifact.name)), signatures(artifact));
        for (signature, (name, is_view, code)) in &is {
            let change = match was.get(signature) {
                None => Some(Change::New),
                Some((.., old)) if old != code => Some(Change::Changed),
                Some(_) => None,
            };
            let name = format!("{}.{name}", artifact.name);
            found.extend(change.map(|change| Function { name, change, is_view: *is_view }));
        }
        for (signature, (name, is_view, _)) in &was {
            if !is.contains_key(signature) {
                let name = format!("{}.{name}", artifact.name);
                found.insert(Function { name, change: Change::Gone, is_view: *is_view });
            }
        }
    }
    found.into_iter().collect()
}

/// By signature: the name, whether it only answers, and what stands for its code.
fn signatures(artifact: &Artifact) -> BTreeMap<String, (String, bool, B256)> {
    let code = Code::of(&artifact.runtime);
    let function = |function: &alloy_json_abi::Function| {
        let is_view = matches!(function.state_mutability, StateMutability::View | StateMutability::Pure);
        let print = code.print(function.selector().0);
        // Without code to look at, all of the contract stands for each of its functions.
        let print = print.unwrap_or_else(|| artifact.digest());
        (function.signature(), (function.name.clone(), is_view, print))
    };
    artifact.abi.functions().map(function).collect()
}

/// One instruction.
#[derive(Clone, Copy, Debug)]
struct Instruction {
    at: usize,
    code: u8,
    /// What it pushes, as far as that could be a place or a selector.
    pushes: Option<usize>,
}

/// Code as instructions, by place.
struct Code {
    instructions: Vec<Instruction>,
    by_place: BTreeMap<usize, usize>,
}

impl Code {
    fn of(code: &[u8]) -> Self {
        let (mut instructions, mut at) = (Vec::new(), 0);
        while let Some(byte) = code.get(at) {
            let length = if (PUSH1..=PUSH32).contains(byte) { usize::from(byte - PUSH0) } else { 0 };
            let operand = code.get(at + 1..at + 1 + length).filter(|_| (1..=4).contains(&length));
            let pushes = operand.map(|bytes| bytes.iter().fold(0, |sum, byte| (sum << 8) | usize::from(*byte)));
            instructions.push(Instruction { at, code: *byte, pushes });
            at += 1 + length;
        }
        let by_place = instructions.iter().enumerate().map(|(index, it)| (it.at, index)).collect();
        Self { instructions, by_place }
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
                    None => text.extend(instruction.pushes.unwrap_or_default().to_be_bytes()),
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
    fn a_planted_bug_is_found_in_its_functions() {
        let bundled = Artifacts::bundled();
        assert_eq!(functions(&bundled, &bundled), []);
        let older = Artifacts::of_release("slashing").unwrap();
        let changed = functions(&older, &bundled);
        let change = |name: &str| changed.iter().find(|it| it.name == name).map(|it| it.change);
        assert_eq!(change("AllocationManager.createRedistributingOperatorSets"), Some(Change::New));
        assert_eq!(change("AllocationManager.slashOperator"), Some(Change::Changed));
        assert_eq!(change("PermissionController.acceptAdmin"), None);
    }
}
