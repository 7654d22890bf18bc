//! Makes a sequence as small as it can be while it still shows the same thing.
//!
//! Passes, until none helps any more: cut what comes after, drop calls that failed, drop calls in chunks, singly and in
//! pairs, replace actors by simpler ones everywhere, and each delay, list and number by a simpler one. The delay of a dropped
//! call moves to the next, so that what is left happens in the same blocks. Every accepted change makes the sequence
//! simpler in a fixed order, so the passes end, and shrinking what was shrunk changes nothing.

use std::collections::BTreeMap;

use alloy_primitives::U256;
use serde_json::Value;

use crate::{
    call::{Call, Delay, Quantity},
    codec,
    protocol::Protocol,
};

/// Calls of a sequence of which pairs are tried: their number grows with the square.
const MOST_FOR_PAIRS: usize = 20;

/// What a sequence shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Index of the call that shows it.
    pub at: usize,
    /// By call: whether its changes stayed. Calls that could not be played did not.
    pub succeeded: Vec<bool>,
}

/// A sequence that cannot be made smaller, or the smallest found within the limit.
#[derive(Clone, Debug)]
pub struct Shrunk {
    /// The calls.
    pub calls: Vec<Call>,
    /// Whether the limit lasted until nothing helped any more.
    pub finished: bool,
    /// Sequences that were tried to get there.
    pub tried: u64,
}

/// Plays a sequence; tells what it shows, if it still shows the same thing.
pub type Verifier<'a> = dyn FnMut(&[Call]) -> Option<Shown> + 'a;

/// Shrinks `calls`, which `still_shows` must accept, trying at most `limit` sequences.
pub fn shrink(protocol: &dyn Protocol, calls: Vec<Call>, limit: u64, still_shows: &mut Verifier<'_>) -> Shrunk {
    let mut shrinker = Shrinker { protocol, calls, shown: None, still_shows, tried: 0, limit };
    let begun = shrinker.calls.clone();
    if !shrinker.accept(begun) {
        return Shrunk { calls: shrinker.calls, finished: false, tried: shrinker.tried };
    }
    loop {
        let before = shrinker.calls.clone();
        shrinker.cut_after();
        shrinker.drop_failed();
        shrinker.drop_chunks();
        shrinker.drop_pairs();
        shrinker.simplify_names();
        shrinker.simplify_calls();
        if shrinker.calls == before || shrinker.is_exhausted() {
            break;
        }
    }
    Shrunk { finished: !shrinker.is_exhausted(), calls: shrinker.calls, tried: shrinker.tried }
}

struct Shrinker<'a, 'v> {
    protocol: &'a dyn Protocol,
    calls: Vec<Call>,
    shown: Option<Shown>,
    still_shows: &'a mut Verifier<'v>,
    tried: u64,
    limit: u64,
}

impl Shrinker<'_, '_> {
    fn is_exhausted(&self) -> bool {
        self.tried >= self.limit
    }

    /// Takes `candidate` if it still shows the same thing.
    fn accept(&mut self, candidate: Vec<Call>) -> bool {
        if candidate.is_empty() || self.is_exhausted() {
            return false;
        }
        self.tried += 1;
        let Some(shown) = (self.still_shows)(&candidate) else { return false };
        self.calls = candidate;
        self.shown = Some(shown);
        true
    }

    fn cut_after(&mut self) {
        if let Some(shown) = &self.shown {
            let mut cut = self.calls.clone();
            cut.truncate(shown.at + 1);
            if cut.len() < self.calls.len() {
                self.accept(cut);
            }
        }
    }

    fn drop_failed(&mut self) {
        let Some(shown) = self.shown.clone() else { return };
        let failed = |index: usize| !shown.succeeded.get(index).copied().unwrap_or(false) && index != shown.at;
        if (0..self.calls.len()).any(failed) {
            let without = without(&self.calls, failed);
            self.accept(without);
        }
    }

    /// From the end, in chunks of half, a quarter, ... one.
    fn drop_chunks(&mut self) {
        let mut size = (self.calls.len() / 2).max(1);
        loop {
            let mut end = self.calls.len();
            while end > 0 {
                let start = end.saturating_sub(size);
                let candidate = without(&self.calls, |index| (start..end).contains(&index));
                self.accept(candidate);
                end = start.min(self.calls.len());
            }
            if size == 1 {
                break;
            }
            size /= 2;
        }
    }

    /// Two calls that undo each other can only go together.
    fn drop_pairs(&mut self) {
        let mut first = 0;
        while first < self.calls.len() && self.calls.len() <= MOST_FOR_PAIRS {
            let mut second = first + 1;
            while second < self.calls.len() {
                let candidate = without(&self.calls, |index| index == first || index == second);
                if !self.accept(candidate) {
                    second += 1;
                }
            }
            first += 1;
        }
    }

    /// Replaces a name by one that comes earlier in the book and plays the same role, everywhere at once.
    fn simplify_names(&mut self) {
        let protocol = self.protocol;
        let entries = protocol.book().entries();
        for (rank, entry) in entries.iter().enumerate().rev() {
            if !mentions(protocol, &self.calls, &entry.name) {
                continue;
            }
            for simpler in entries[..rank].iter().filter(|other| other.is_like(entry)) {
                let renamed = rename(protocol, &self.calls, &partners(&entry.name, &simpler.name));
                if renamed.is_some_and(|renamed| self.accept(renamed)) {
                    break;
                }
            }
        }
    }

    fn simplify_calls(&mut self) {
        let mut index = 0;
        while index < self.calls.len() {
            self.simplify_delay(index);
            self.simplify_operation(index);
            index += 1;
        }
    }

    fn simplify_delay(&mut self, index: usize) {
        loop {
            let blocks = self.calls[index].delay.blocks;
            let mut candidates = vec![0, 1, blocks / 2, blocks.saturating_sub(1)];
            candidates.retain(|candidate| *candidate < blocks);
            let simpler = candidates.into_iter().find_map(|blocks| {
                let mut calls = self.calls.clone();
                calls[index].delay = Delay::blocks(blocks);
                self.accept(calls).then_some(())
            });
            if simpler.is_none() {
                break;
            }
        }
    }

    /// Replaces one part of an operation at a time, until no part gets simpler.
    fn simplify_operation(&mut self, index: usize) {
        loop {
            let operation = codec::write_call(self.protocol, &self.calls[index])["operation"].take();
            let simpler = simpler_values(&operation).into_iter().find_map(|candidate| {
                let operation = codec::read_operation(self.protocol.book(), candidate).ok()?;
                let mut calls = self.calls.clone();
                if calls[index].operation == operation {
                    return None;
                }
                calls[index].operation = operation;
                self.accept(calls).then_some(())
            });
            if simpler.is_none() {
                break;
            }
        }
    }
}

/// The calls without some of them, whose delays move to the next.
fn without(calls: &[Call], dropped: impl Fn(usize) -> bool) -> Vec<Call> {
    let mut left = Vec::with_capacity(calls.len());
    let mut waiting = Delay::default();
    for (index, call) in calls.iter().enumerate() {
        let delay = waiting.plus(call.delay);
        if dropped(index) {
            waiting = delay;
        } else {
            waiting = Delay::default();
            left.push(Call { delay, ..call.clone() });
        }
    }
    left
}

fn mentions(protocol: &dyn Protocol, calls: &[Call], name: &str) -> bool {
    fn within(value: &Value, name: &str) -> bool {
        match value {
            Value::String(text) => text == name,
            Value::Array(items) => items.iter().any(|item| within(item, name)),
            Value::Object(fields) => fields.values().any(|field| within(field, name)),
            _ => false,
        }
    }
    within(&codec::write_calls(protocol, calls), name)
}

/// What must be renamed together: a strategy and its token share a letter.
fn partners(from: &str, to: &str) -> BTreeMap<String, String> {
    let mut names = BTreeMap::from([(from.to_owned(), to.to_owned())]);
    if let (Some(from), Some(to)) = (from.strip_prefix("strategy "), to.strip_prefix("strategy ")) {
        names.insert(format!("token {from}"), format!("token {to}"));
    }
    names
}

fn rename(protocol: &dyn Protocol, calls: &[Call], names: &BTreeMap<String, String>) -> Option<Vec<Call>> {
    fn renamed(value: Value, names: &BTreeMap<String, String>) -> Value {
        match value {
            Value::String(text) => Value::String(names.get(&text).cloned().unwrap_or(text)),
            Value::Array(items) => items.into_iter().map(|item| renamed(item, names)).collect(),
            Value::Object(fields) => fields.into_iter().map(|(key, field)| (key, renamed(field, names))).collect(),
            other => other,
        }
    }
    codec::read_calls(protocol, &renamed(codec::write_calls(protocol, calls), names)).ok()
}

/// Values simpler than `value` in one place, the boldest first.
fn simpler_values(value: &Value) -> Vec<Value> {
    match value {
        Value::Array(items) => {
            let mut simpler = Vec::new();
            for index in 0..items.len() {
                let mut fewer = items.clone();
                fewer.remove(index);
                simpler.push(Value::Array(fewer));
            }
            for (index, item) in items.iter().enumerate() {
                simpler.extend(simpler_values(item).into_iter().map(|item| {
                    let mut changed = items.clone();
                    changed[index] = item;
                    Value::Array(changed)
                }));
            }
            simpler
        }
        Value::Object(fields) => {
            let mut simpler = Vec::new();
            for (key, field) in fields {
                simpler.extend(simpler_values(field).into_iter().map(|field| {
                    let mut changed = fields.clone();
                    changed.insert(key.clone(), field);
                    Value::Object(changed)
                }));
            }
            simpler
        }
        Value::String(text) => simpler_texts(text).into_iter().map(Value::String).collect(),
        Value::Number(number) => number.as_u64().map_or_else(Vec::new, |number| {
            let simpler = simpler_numbers(U256::from(number)).into_iter();
            simpler.map(|number| Value::from(number.saturating_to::<u64>())).collect()
        }),
        _ => Vec::new(),
    }
}

/// A quantity: all of it is simplest, then numbers. Whether "all" means something here is for the reader to say.
fn simpler_texts(text: &str) -> Vec<String> {
    match text.parse() {
        Ok(Quantity::Exactly(number)) => {
            let numbers = simpler_numbers(number).into_iter().map(|number| number.to_string());
            std::iter::once(Quantity::All.to_string()).chain(numbers).collect()
        }
        Ok(Quantity::AllBut(less)) => {
            let fewer = simpler_numbers(less).into_iter().map(|less| Quantity::AllBut(less).to_string());
            std::iter::once(Quantity::All.to_string()).chain(fewer).collect()
        }
        Ok(Quantity::All) | Err(_) => Vec::new(),
    }
}

/// How hard a number is to read: its digits without the zeros at the end, then all its digits, then its value.
fn complexity(number: U256) -> (usize, usize, U256) {
    let text = number.to_string();
    (text.trim_end_matches('0').len(), text.len(), number)
}

/// Numbers simpler than `number`, the boldest first.
fn simpler_numbers(number: U256) -> Vec<U256> {
    let ten = U256::from(10);
    let digits = number.to_string().len();
    let power = |exponent: usize| ten.checked_pow(U256::from(exponent)).unwrap_or(U256::MAX);
    let mut candidates = vec![U256::ZERO, U256::ONE, power(18), power(3), power(6), power(digits - 1)];
    // Fewer digits, rounded down and up; then smaller.
    for kept in 1..digits.min(4) {
        let unit = power(digits - kept);
        let down = number / unit * unit;
        candidates.extend([down, down.saturating_add(unit)]);
    }
    candidates.extend([number / U256::from(2), number / ten, number.saturating_sub(U256::ONE)]);
    candidates.retain(|candidate| complexity(*candidate) < complexity(number));
    let mut unique = Vec::with_capacity(candidates.len());
    for candidate in candidates {
        if !unique.contains(&candidate) {
            unique.push(candidate);
        }
    }
    unique
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_candidate_is_simpler(number in any::<u128>()) {
            let number = U256::from(number);
            for candidate in simpler_numbers(number) {
                prop_assert!(complexity(candidate) < complexity(number));
            }
        }
    }

    #[test]
    fn round_numbers_are_simple() {
        let wad = U256::from(1_000_000_000_000_000_000u64);
        assert!(complexity(wad) < complexity(U256::from(737)));
        assert!(simpler_numbers(U256::from(737)).contains(&U256::from(700)));
        assert!(simpler_numbers(U256::ZERO).is_empty());
    }
}
