//! Names of places in the ledger, and values, for sentences.

use std::fmt::Debug;

use alloy_primitives::{I256, U256};

use crate::{call::SetId, ledger::Allocation, oracle::Step};

/// A set.
pub(super) fn set(step: &Step<'_>, id: SetId) -> String {
    format!("set {} of {}", id.id, step.name(id.avs))
}

/// An operator, by index.
pub(super) fn operator(step: &Step<'_>, operator: usize) -> String {
    step.name(step.after.operators[operator].address)
}

/// A strategy, by index.
pub(super) fn strategy(step: &Step<'_>, strategy: usize) -> String {
    step.name(step.after.strategies[strategy].address)
}

/// What an operator has in a strategy.
pub(super) fn stake(step: &Step<'_>, at: usize, of: usize) -> String {
    format!("{} in {}", operator(step, at), strategy(step, of))
}

/// What an operator gave a set in a strategy.
pub(super) fn allocation(step: &Step<'_>, at: usize, to: usize, of: usize) -> String {
    format!("{} for {}", stake(step, at, of), set(step, step.after.sets[to].id))
}

/// What a staker has in a strategy.
pub(super) fn holding(step: &Step<'_>, at: usize, of: usize) -> String {
    format!("{} in {}", step.name(step.after.stakers[at].address), strategy(step, of))
}

/// What a sentence says of a value: a number as it is, nothing where there is none, and lists by their members.
pub(super) fn said(value: &impl Said) -> String {
    value.said()
}

/// What can be said in a sentence.
pub(super) trait Said {
    fn said(&self) -> String;
}

/// What is said as it is printed.
macro_rules! printed {
    ($($kind:ty),*) => {
        $(impl Said for $kind {
            fn said(&self) -> String {
                self.to_string()
            }
        })*
    };
}

printed!(u32, u64, i128, U256, I256);

impl Said for Allocation {
    fn said(&self) -> String {
        match self {
            Self { current, pending: 0, effect_block: 0 } => current.to_string(),
            Self { current, pending, effect_block } => format!("{current} with {pending} from block {effect_block}"),
        }
    }
}

impl<T: Said> Said for Option<T> {
    fn said(&self) -> String {
        self.as_ref().map_or_else(|| "nothing".to_owned(), Said::said)
    }
}

impl<T: Said, U: Said> Said for (T, U) {
    fn said(&self) -> String {
        format!("{} and {}", self.0.said(), self.1.said())
    }
}

impl<T: Said, const N: usize> Said for [T; N] {
    fn said(&self) -> String {
        list(self)
    }
}

impl<T: Said> Said for Vec<T> {
    fn said(&self) -> String {
        list(self)
    }
}

impl<T: Said> Said for &T {
    fn said(&self) -> String {
        (*self).said()
    }
}

fn list(members: &[impl Said]) -> String {
    match members {
        [] => "none".to_owned(),
        [only] => only.said(),
        [first @ .., last] => {
            let first: Vec<String> = first.iter().map(Said::said).collect();
            format!("{} and {}", first.join(", "), last.said())
        }
    }
}

/// The name of a variant in plain letters: `strategy deposit`.
pub(super) fn word(variant: impl Debug) -> String {
    let mut word = String::new();
    for letter in format!("{variant:?}").chars() {
        if letter.is_ascii_uppercase() && !word.is_empty() {
            word.push(' ');
        }
        word.push(letter.to_ascii_lowercase());
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_said_without_rust_around_them() {
        let number = U256::from(7);
        assert_eq!(said(&Some(number)), "7");
        assert_eq!(said(&None::<U256>), "nothing");
        assert_eq!(said(&(None::<u64>, Some(1_u64))), "nothing and 1");
        assert_eq!(said(&Some(vec![number, number, number])), "7, 7 and 7");
        assert_eq!(said(&[Some(1_u64), None]), "1 and nothing");
        assert_eq!(said(&Vec::<u64>::new()), "none");
        assert_eq!(said(&Allocation { current: 5, pending: 0, effect_block: 0 }), "5");
        assert_eq!(said(&Allocation { current: 5, pending: -2, effect_block: 9 }), "5 with -2 from block 9");
        assert_eq!(word(crate::call::Plumbing::StrategyDeposit), "strategy deposit");
    }
}
