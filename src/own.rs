//! The auditor's own invariants in Solidity: contracts with functions that begin with `invariant`, compiled elsewhere,
//! deployed after the protocol and asked after every call.
//!
//! An invariant is a plain value with a function pointer, and what a contract answers is known only at run time. So the
//! executor asks, the answers are part of the step, and the check of the n-th function looks at the n-th answer.

use alloy_dyn_abi::JsonAbiExt;
use alloy_json_abi::Function;
use alloy_primitives::{Bytes, I256, U256};

use crate::{
    artifact::Artifact,
    call::{Outcome, Transaction},
    oracle::{Answer, Checkpoint, Deviation, Family, Invariant, Scope, Step, Verdict},
    problem::Problem,
};

/// What all identifiers begin with.
pub const KEY: &str = "OWN";

/// The family of all of them, as far as it is known before there are any.
pub const FAMILY: Family =
    Family { key: KEY, title: "the auditor's own", assumes: "What its contract says.", invariants: &[] };

/// Functions there can be, at most.
pub const MOST: usize = 64;

/// Numbers by length in bits: those below zero, zero, those above.
const LENGTHS: u32 = 2 * 256 + 1;

/// Kinds of states that numbers can be in.
pub const STATES: u32 = LENGTHS * 64;

const _: () = assert!(MOST == 64, "every function has states of its own");

/// Where Foundry keeps what tests call `vm`. Here there is nothing.
const CHEATCODES: &[u8] = &alloy_primitives::hex!("7109709ecfa91a80626ff3989d68f67f5b1dd12d");

/// A function of the auditor's.
#[derive(Clone, Debug)]
pub struct Own {
    /// The contract.
    pub contract: String,
    /// Its name.
    pub function: String,
    /// What calls it.
    pub input: Bytes,
    /// What its answer means.
    pub returns: Returns,
    /// What is judged.
    pub invariant: &'static Invariant,
    /// What is measured, if it returns a number.
    pub number: Option<&'static Deviation>,
}

/// What a function returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Returns {
    /// Nothing: it holds unless it reverts.
    Nothing,
    /// Whether it holds.
    Flag,
    /// A number, of which the greatest is told.
    Number,
}

/// The functions of all contracts of the auditor, in order of contract and name.
pub fn of<'a>(contracts: impl IntoIterator<Item = &'a Artifact>) -> Result<Vec<Own>, Problem> {
    let mut all = Vec::new();
    for artifact in contracts {
        let name = &artifact.name;
        let functions = functions(artifact).map_err(|problem| problem.at(name))?;
        for (function, returns) in functions {
            let number = all.len();
            let (Some(check), Some(measure)) = (CHECKS.get(number), MEASURES.get(number)) else {
                return Err(Problem::new(format!("there are more than {MOST} invariants of your own"))
                    .hint("put several conditions into one, or play them apart"));
            };
            all.push(own(name, function, returns, (*check, *measure)));
        }
    }
    Ok(all)
}

/// Those of one contract.
fn functions(artifact: &Artifact) -> Result<Vec<(&Function, Returns)>, Problem> {
    if artifact.creation.windows(CHEATCODES.len()).any(|window| window == CHEATCODES) {
        return Err(Problem::new("it calls Foundry's cheatcodes, and there are none here")
            .hint("use require, assert or return false; assertions of forge-std are cheatcodes too"));
    }
    let named = artifact.abi.functions().filter(|function| function.name.starts_with("invariant"));
    let found: Vec<_> = named.map(|function| Ok((function, returns(function)?))).collect::<Result<_, Problem>>()?;
    if found.is_empty() {
        return Err(Problem::new("it has no function that begins with invariant"));
    }
    Ok(found)
}

fn returns(function: &Function) -> Result<Returns, Problem> {
    if !function.inputs.is_empty() {
        return Err(Problem::new(format!("{} takes arguments, and an invariant takes none", function.name)));
    }
    let types: Vec<&str> = function.outputs.iter().map(|output| output.ty.as_str()).collect();
    match types[..] {
        [] => Ok(Returns::Nothing),
        ["bool"] => Ok(Returns::Flag),
        ["int256"] => Ok(Returns::Number),
        _ => Err(Problem::new(format!("{} returns ({})", function.name, types.join(", ")))
            .hint("an invariant returns nothing, a bool, or an int256")),
    }
}

type Rule = (fn(&Step<'_>) -> Verdict, fn(&Step<'_>) -> Option<U256>);

/// Made once for each campaign or replay, and kept as the catalogue is.
fn own(contract: &str, function: &Function, returns: Returns, (check, measure): Rule) -> Own {
    let keep = |text: String| -> &'static str { Box::leak(text.into_boxed_str()) };
    let id = keep(format!("{KEY}-{contract}.{}", function.name));
    let statement = keep(format!("{contract}.{} holds.", function.name));
    let formula = match returns {
        Returns::Nothing | Returns::Number => "it does not revert",
        Returns::Flag => "it returns true",
    };
    let invariant = Box::leak(Box::new(Invariant {
        id,
        statement,
        formula,
        why: "The auditor says so.",
        checkpoint: Checkpoint::EveryCall,
        assumes: &[],
        scope: Scope::EVERYTHING,
        check,
    }));
    let deviation = || -> &'static Deviation {
        let statement = keep(format!("{contract}.{} is as great as can be.", function.name));
        Box::leak(Box::new(Deviation {
            id,
            statement,
            formula,
            why: "It is looked for.",
            unit: "as returned",
            measure,
        }))
    };
    let number = (returns == Returns::Number).then(deviation);
    let input = function.abi_encode_input(&[]).expect("it takes nothing").into();
    Own { contract: contract.to_owned(), function: function.name.clone(), input, returns, invariant, number }
}

/// A function of a contract that is deployed.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The function.
    pub own: Own,
    /// What asks it.
    pub view: Transaction,
}

/// Whether an identifier is one of the auditor's own in Solidity.
pub fn is_own(id: &str) -> bool {
    id.strip_prefix(KEY).is_some_and(|rest| rest.starts_with('-'))
}

impl Own {
    /// What an outcome says; `why` tells what a revert says.
    pub fn answer(&self, outcome: &Outcome, why: impl FnOnce(&Bytes) -> String) -> Answer {
        let broken = |how: String| Answer::Broken(format!("{}.{} {how}", self.contract, self.function));
        let output = match outcome {
            Outcome::Returned(output) => output,
            Outcome::Reverted(data) => return broken(format!("reverted: {}", why(data))),
            Outcome::Halted(reason) => return broken(format!("halted: {reason}")),
        };
        let word = output.get(..32).map(U256::from_be_slice);
        match (self.returns, word) {
            (Returns::Nothing, _) => Answer::Holds,
            (Returns::Flag, Some(word)) if !word.is_zero() => Answer::Holds,
            (Returns::Flag, Some(_)) => broken("returned false".to_owned()),
            (Returns::Number, Some(word)) => Answer::Number(I256::from_raw(word)),
            (Returns::Flag | Returns::Number, None) => broken("returned nothing".to_owned()),
        }
    }
}

/// How good numbers are, as kinds of states: a sequence that makes one longer than it ever was is worth keeping.
pub fn states(answers: &[Answer]) -> impl Iterator<Item = u32> + '_ {
    (0u32..).zip(answers).filter_map(|(at, answer)| match answer {
        Answer::Number(number) => Some(at * LENGTHS + length(*number)),
        Answer::Holds | Answer::Broken(_) => None,
    })
}

/// Longer numbers have more; of those below zero shorter ones have.
fn length(number: I256) -> u32 {
    let bits = u32::try_from(number.unsigned_abs().bit_len()).expect("at most 256");
    if number.is_negative() { 256 - bits } else { 256 + bits }
}

/// A number in an order of numbers without sign.
fn ordered(number: I256) -> U256 {
    number.into_raw() ^ U256::ONE << 255usize
}

/// The number that was [ordered](MEASURES).
pub fn number(ordered: U256) -> I256 {
    I256::from_raw(ordered ^ U256::ONE << 255usize)
}

fn check<const N: usize>(step: &Step<'_>) -> Verdict {
    match step.answers.get(N) {
        None => Verdict::NotApplicable,
        Some(Answer::Holds | Answer::Number(_)) => Verdict::Holds,
        Some(Answer::Broken(sentence)) => Verdict::Violated(sentence.clone()),
    }
}

fn measure<const N: usize>(step: &Step<'_>) -> Option<U256> {
    match step.answers.get(N) {
        Some(Answer::Number(number)) => Some(ordered(*number)),
        _ => None,
    }
}

/// A function for each number, because a pointer holds none.
macro_rules! for_each_number {
    ($function:ident) => {
        for_each_number!($function,
            0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31
            32 33 34 35 36 37 38 39 40 41 42 43 44 45 46 47 48 49 50 51 52 53 54 55 56 57 58 59 60 61 62 63)
    };
    ($function:ident, $($number:literal)+) => { [$($function::<$number>),+] };
}

const CHECKS: [fn(&Step<'_>) -> Verdict; MOST] = for_each_number!(check);
const MEASURES: [fn(&Step<'_>) -> Option<U256>; MOST] = for_each_number!(measure);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_order() {
        let numbers = [I256::MIN, I256::MINUS_ONE, I256::ZERO, I256::ONE, I256::MAX];
        for pair in numbers.windows(2) {
            assert!(ordered(pair[0]) < ordered(pair[1]) && length(pair[0]) <= length(pair[1]));
        }
        assert!(numbers.iter().all(|it| number(ordered(*it)) == *it && length(*it) < LENGTHS));
    }

    #[test]
    fn only_what_can_be_asked_is_an_invariant() {
        for (signature, expected) in [
            ("function invariant_a()", Ok(Returns::Nothing)),
            ("function invariant_a() returns (bool)", Ok(Returns::Flag)),
            ("function invariantB() view returns (int256)", Ok(Returns::Number)),
            ("function invariant_a(uint256 x)", Err("takes arguments")),
            ("function invariant_a() returns (uint256)", Err("returns (uint256)")),
        ] {
            let told = returns(&Function::parse(signature).unwrap());
            match expected {
                Ok(expected) => assert_eq!(told, Ok(expected), "{signature}"),
                Err(expected) => assert!(told.unwrap_err().to_string().contains(expected), "{signature}"),
            }
        }
    }
}
