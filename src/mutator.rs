//! Changes sequences that were worth keeping, in the hope that what is near them is worth more.
//!
//! A mutated sequence has no probes: they change nothing, and in another place what must fail may succeed.

use std::sync::Arc;

use alloy_primitives::U256;
use serde_json::Value;

use crate::{
    arithmetic::WAD,
    call::{Call, Delay, Quantity},
    codec,
    corpus::Entry,
    draw::Dice,
    protocol::{Expects, Protocol},
};

/// Calls that are repeated at once, at most.
const MOST_REPEATED: usize = 4;

/// One place of a mutated sequence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A call as it was kept, or changed.
    Kept(Box<Call>),
    /// A call that is yet to be drawn, out of the ledger as it will be.
    Fresh,
}

/// Changes sequences.
pub struct Mutator<'a> {
    /// Whose names and actions the calls have.
    pub protocol: &'a dyn Protocol,
    /// What can be spliced in.
    pub entries: &'a [Arc<Entry>],
    /// Numbers that contracts compared something with.
    pub dictionary: &'a [U256],
}

impl Mutator<'_> {
    /// One to four changes of `calls`.
    pub fn mutate(&self, dice: &mut Dice, calls: &[Call]) -> Vec<Place> {
        let mut places = self.kept(calls);
        for _ in 0..=dice.below(4) {
            self.change(dice, &mut places);
        }
        places
    }

    fn kept(&self, calls: &[Call]) -> Vec<Place> {
        let is_probe = |call: &Call| {
            let action = self.protocol.actions().get(usize::from(call.action.0));
            action.is_some_and(|action| action.expects == Expects::Revert)
        };
        calls.iter().filter(|call| !is_probe(call)).cloned().map(|call| Place::Kept(Box::new(call))).collect()
    }

    fn change(&self, dice: &mut Dice, places: &mut Vec<Place>) {
        if places.is_empty() {
            return places.push(Place::Fresh);
        }
        let at = dice.below(places.len());
        match dice.below(100) {
            0..15 => self.splice(dice, places),
            15..40 => (0..=dice.below(MOST_REPEATED)).for_each(|_| places.insert(at, Place::Fresh)),
            40..50 => drop(places.drain(at..(at + 1 + dice.below(MOST_REPEATED)).min(places.len()))),
            50..60 => {
                let other = dice.below(places.len());
                places.swap(at, other);
            }
            60..68 => repeat(dice, places, at),
            68..80 => shift_delay(dice, &mut places[at]),
            80..95 => self.change_argument(dice, &mut places[at]),
            _ => self.change_actor(dice, &mut places[at]),
        }
    }

    /// The beginning of this sequence and the end of another.
    fn splice(&self, dice: &mut Dice, places: &mut Vec<Place>) {
        let Some(other) = dice.choose(self.entries) else { return };
        let other = self.kept(&other.calls);
        if !other.is_empty() {
            places.truncate(1 + dice.below(places.len()));
            places.extend_from_slice(&other[dice.below(other.len())..]);
        }
    }

    /// Another number or name in one place.
    fn change_argument(&self, dice: &mut Dice, place: &mut Place) {
        let Place::Kept(call) = place else { return };
        let mut operation = codec::write_call(self.protocol, call)["operation"].take();
        let count = leaves(&mut operation).len();
        if count == 0 {
            return;
        }
        let chosen = dice.below(count);
        let leaf = leaves(&mut operation).swap_remove(chosen);
        self.change_leaf(dice, leaf);
        // What makes no sense any more stays as it was.
        if let Ok(changed) = codec::read_operation(self.protocol.book(), operation) {
            call.operation = changed;
        }
    }

    fn change_leaf(&self, dice: &mut Dice, leaf: &mut Value) {
        if let Value::Number(number) = leaf {
            let number = number.as_u64().unwrap_or_default();
            *leaf = Value::from(near(dice, U256::from(number), &[]).saturating_to::<u64>());
            return;
        }
        let Value::String(text) = leaf else { return };
        *text = match text.parse::<Quantity>() {
            Ok(Quantity::Exactly(number)) if dice.chance(80) => near(dice, number, self.dictionary).to_string(),
            Ok(Quantity::Exactly(_)) => Quantity::All.to_string(),
            Ok(Quantity::AllBut(less)) => Quantity::AllBut(near(dice, less, &[])).to_string(),
            Ok(Quantity::All) => Quantity::AllBut(U256::from(1 + dice.below(3))).to_string(),
            Err(_) => self.another_name(dice, text).unwrap_or_else(|| text.clone()),
        };
    }

    /// Somebody or something else that plays the same role.
    fn another_name(&self, dice: &mut Dice, name: &str) -> Option<String> {
        let entries = self.protocol.book().entries();
        let named = entries.iter().find(|entry| entry.name == name)?;
        let alike: Vec<_> = entries.iter().filter(|entry| entry.is_like(named)).collect();
        dice.choose(&alike).map(|entry| entry.name.clone())
    }

    fn change_actor(&self, dice: &mut Dice, place: &mut Place) {
        let Place::Kept(call) = place else { return };
        let book = self.protocol.book();
        let other = self.another_name(dice, &book.name(call.actor)).and_then(|name| book.address(&name));
        call.actor = other.unwrap_or(call.actor);
    }

    /// The same call with `found`, which it was compared with, in the place of `given`; and one more, and one less.
    /// `None` if it says `given` nowhere.
    pub fn solve(&self, dice: &mut Dice, call: &Call, given: U256, found: U256) -> Option<Call> {
        let mut operation = codec::write_call(self.protocol, call)["operation"].take();
        let text = given.to_string();
        let leaf = leaves(&mut operation).into_iter().find(|leaf| leaf.as_str() == Some(&text))?;
        let solved = match dice.below(4) {
            0 => found.saturating_add(U256::ONE),
            1 => found.saturating_sub(U256::ONE),
            _ => found,
        };
        *leaf = Value::String(solved.to_string());
        let operation = codec::read_operation(self.protocol.book(), operation).ok()?;
        Some(Call { operation, delay: Delay::default(), ..call.clone() })
    }
}

fn shift_delay(dice: &mut Dice, place: &mut Place) {
    let Place::Kept(call) = place else { return };
    let blocks = call.delay.blocks;
    let shifted = match dice.below(5) {
        0 => 0,
        1 => blocks.saturating_sub(1),
        2 => blocks + 1,
        3 => blocks / 2,
        _ => 1 + dice.below(60) as u64,
    };
    call.delay = Delay::blocks(shifted);
}

/// A call, or a few, once more.
fn repeat(dice: &mut Dice, places: &mut Vec<Place>, at: usize) {
    let end = (at + 1 + dice.below(MOST_REPEATED)).min(places.len());
    let again = places[at..end].to_vec();
    places.splice(end..end, again);
}

/// A number near `number`, or one that is likely to be a bound.
fn near(dice: &mut Dice, number: U256, dictionary: &[U256]) -> U256 {
    match dice.below(9) {
        0 => number.saturating_add(U256::ONE),
        1 => number.saturating_sub(U256::ONE),
        2 => number / U256::from(2),
        3 => number.saturating_mul(U256::from(2)),
        4 => U256::from(dice.below(3)),
        5 => U256::from(WAD),
        6 => number / U256::from(10),
        _ => dice.choose(dictionary).copied().unwrap_or(number),
    }
}

/// The places of a value where something stands that can be another: texts and numbers.
fn leaves(value: &mut Value) -> Vec<&mut Value> {
    match value {
        Value::Array(items) => items.iter_mut().flat_map(leaves).collect(),
        Value::Object(fields) => fields.iter_mut().flat_map(|(_, field)| leaves(field)).collect(),
        Value::String(_) | Value::Number(_) => vec![value],
        Value::Null | Value::Bool(_) => Vec::new(),
    }
}
