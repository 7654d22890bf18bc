//! Variables of a contract, members of a struct: each has a place, and what was kept there must be found there.

use alloy_primitives::{U256, U512};

use super::{
    Comparison, Difference, Kind, Meaning, Side,
    fates::{self, Fate},
};
use crate::artifact::{StorageLayout, layout::Variable};

/// Where a variable is declared, as far as that is known.
pub(super) fn source(variable: &Variable) -> String {
    variable.declared.as_ref().map(|declared| declared.source.clone()).unwrap_or_default()
}

/// The bytes that a variable takes, counted from slot 0.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Extent {
    begin: U512,
    end: U512,
}

impl Extent {
    /// Slots and sizes have 256 bits, so that this is far from overflowing.
    fn of(variable: &Variable, layout: &StorageLayout) -> Self {
        let begin = U512::from(variable.slot) * U512::from(32) + U512::from(variable.offset);
        Self { begin, end: begin + U512::from(layout.types[&variable.type_id].number_of_bytes) }
    }

    pub(super) fn overlaps(self, other: Self) -> bool {
        self.begin < other.end && other.begin < self.end
    }
}

/// A slot, and the byte within if it is not the first.
fn place(slot: U256, offset: usize) -> String {
    if offset == 0 { format!("slot {slot}") } else { format!("slot {slot}, byte {offset}") }
}

fn place_of(variable: &Variable) -> String {
    place(variable.slot, variable.offset)
}

fn joined(path: &str, label: &str) -> String {
    if path.is_empty() { label.to_owned() } else { format!("{path}.{label}") }
}

/// One list of variables with the layout they are in.
#[derive(Clone, Copy)]
pub(super) struct List<'a> {
    side: Side<'a>,
    pub(super) variables: &'a [Variable],
}

impl<'a> List<'a> {
    pub(super) fn extent(&self, variable: &Variable) -> Extent {
        Extent::of(variable, self.side.layout)
    }

    pub(super) fn kept(&self) -> impl Iterator<Item = &'a Variable> + use<'a> {
        self.variables.iter().filter(|variable| !variable.is_gap())
    }

    fn gaps(&self) -> impl Iterator<Item = &'a Variable> + use<'a> {
        self.variables.iter().filter(|variable| variable.is_gap())
    }

    /// What a gap reserves with those that follow it at once.
    fn reserved(&self, gap: &Variable) -> Extent {
        let mut extent = self.extent(gap);
        while let Some(next) = self.gaps().map(|other| self.extent(other)).find(|other| other.begin == extent.end) {
            extent.end = next.end;
        }
        extent
    }

    fn type_of(&self, variable: &Variable) -> &'a str {
        &self.side.layout.types[&variable.type_id].label
    }
}

impl<'a> Comparison<'a> {
    /// Compares the variables of two contracts, or the members of two structs.
    pub(super) fn fields(&mut self, path: &str, old: &'a [Variable], new: &'a [Variable]) {
        let old = List { side: self.sides.old, variables: old };
        let new = List { side: self.sides.new, variables: new };
        let fates = fates::of(self, old, new);
        let mut told = vec![false; new.variables.len()];
        for (variable, fate) in old.kept().zip(&fates) {
            if let Fate::Kept(at) | Fate::Renamed(at) | Fate::Retired(at) | Fate::Moved(at) | Fate::Replaced(at) = *fate
            {
                told[at] = true;
            }
            self.tell(path, (old, variable), new, *fate);
        }
        for (at, variable) in new.variables.iter().enumerate() {
            if !told[at] && !variable.is_gap() {
                self.newcomer(path, old, (new, variable));
            }
        }
        for gap in old.gaps() {
            self.gap(path, (old, &fates), gap, new);
        }
    }

    /// Whether what one variable kept is read the same by another.
    pub(super) fn reads(&self, older: &'a Variable, newer: &'a Variable) -> bool {
        let mut trial = Comparison { sides: self.sides, within: self.within.clone(), differences: Vec::new() };
        trial.variable("", older, newer);
        trial.differences.iter().all(|difference| difference.meaning != Meaning::Breaks)
    }

    /// Notes what became of a variable.
    fn tell(&mut self, path: &str, (old, older): (List<'a>, &'a Variable), new: List<'a>, fate: Fate) {
        let what = joined(path, &older.label);
        let (kind, meaning, sentence, newer) = match fate {
            Fate::Kept(at) => {
                let newer = &new.variables[at];
                self.variable(&what, older, newer);
                return self.reach(&what, (old, older), (new, newer));
            }
            Fate::Renamed(at) => {
                let newer = &new.variables[at];
                let text =
                    format!("{what} is called {} now; whether it means the same is for a person to say", newer.label);
                (Kind::Renamed, Meaning::Review, text, newer)
            }
            Fate::Retired(at) => {
                let newer = &new.variables[at];
                (Kind::Renamed, Meaning::Allowed, format!("{what} is kept in its place as {}", newer.label), newer)
            }
            Fate::Moved(at) => {
                let newer = &new.variables[at];
                let text = format!(
                    "{what} moves from {} to {}, and is not read from where it was kept",
                    place_of(older),
                    place_of(newer)
                );
                (Kind::Moved, Meaning::Breaks, text, newer)
            }
            Fate::Replaced(at) => {
                let newer = &new.variables[at];
                let text = if newer.is_gap() {
                    format!("{what} is gone, and a gap is where it was: what is put there later finds what it left")
                } else {
                    let (was, is) = (old.type_of(older), new.type_of(newer));
                    format!(
                        "{what} ({was}) is gone, and {} ({is}) is where it was, at {}",
                        newer.label,
                        place_of(older)
                    )
                };
                (Kind::Removed, Meaning::Breaks, text, if newer.is_gap() { older } else { newer })
            }
            Fate::Removed => {
                let text =
                    format!("{what} is gone from {}: what is put there later finds what it left", place_of(older));
                (Kind::Removed, Meaning::Breaks, text, older)
            }
        };
        self.differences.push(Difference { kind, meaning, what: what.clone(), sentence, source: source(newer) });
        if let Fate::Renamed(_) | Fate::Retired(_) | Fate::Moved(_) = fate {
            self.variable(&what, older, newer);
        }
        if let Fate::Renamed(_) | Fate::Retired(_) = fate {
            self.reach(&what, (old, older), (new, newer));
        }
    }

    /// Notes if a variable that stayed in its place has grown over others.
    fn reach(&mut self, what: &str, (old, older): (List<'a>, &'a Variable), (new, newer): (List<'a>, &'a Variable)) {
        let (was, is) = (old.extent(older), new.extent(newer));
        if is.end <= was.end {
            return;
        }
        let grown = Extent { begin: was.end, end: is.end };
        if let Some(other) = old.kept().find(|other| old.extent(other).overlaps(grown)) {
            let sentence = format!("{what} has grown over {}, at {}", other.label, place_of(other));
            self.note(Kind::Grown, Meaning::Breaks, what, sentence, newer);
        }
    }

    /// Notes a variable that the baseline does not have.
    fn newcomer(&mut self, path: &str, old: List<'a>, (new, variable): (List<'a>, &'a Variable)) {
        let what = joined(path, &variable.label);
        let extent = new.extent(variable);
        let under = |other: &&Variable| old.extent(other).overlaps(extent);
        let (kind, meaning, text) = if let Some(other) = old.kept().find(under) {
            (
                Kind::Inserted,
                Meaning::Breaks,
                format!("is new at {}, where {} was kept", place_of(variable), other.label),
            )
        } else if old.gaps().any(|gap| under(&gap)) {
            (Kind::Consumed, Meaning::Allowed, format!("is new at {}, in what a gap reserved", place_of(variable)))
        } else if old.variables.iter().all(|other| old.extent(other).end <= extent.begin) {
            (Kind::Appended, Meaning::Allowed, format!("is new at {}, after all others", place_of(variable)))
        } else {
            (Kind::Inserted, Meaning::Allowed, format!("is new at {}, in bytes that nobody used", place_of(variable)))
        };
        self.note(kind, meaning, &what, format!("{what} {text}"), variable);
    }

    /// Notes a gap that does not end where it did. If what was kept behind it has moved, that is why; if nothing was,
    /// contracts that inherit would move.
    fn gap(&mut self, path: &str, (old, fates): (List<'a>, &[Fate]), gap: &'a Variable, new: List<'a>) {
        let was = old.reserved(gap);
        let met: Vec<&Variable> = new.variables.iter().filter(|newer| new.extent(newer).overlaps(was)).collect();
        let follows =
            old.variables.iter().any(|other| other.is_gap() && old.extent(other).end == old.extent(gap).begin);
        if follows || met.iter().any(|newer| new.extent(newer).end == was.end) {
            return;
        }
        let behind = old.kept().zip(fates).find(|(other, _)| old.extent(other).begin >= was.end);
        if let Some((_, Fate::Kept(_) | Fate::Renamed(_) | Fate::Retired(_))) = behind {
            return;
        }
        let word = U512::from(32);
        let is = met.last().map(|newer| new.extent(newer).end).map_or_else(
            || "nothing reserves it any more".to_owned(),
            |end| format!("what is there now ends before slot {}", end.div_ceil(word)),
        );
        let why = behind.map_or_else(
            || "a contract that inherits from this one would move".to_owned(),
            |(other, _)| format!("{} was kept behind it", other.label),
        );
        let what = joined(path, &gap.label);
        let sentence = format!("{what} ended before slot {}; {is}, and {why}", was.end.div_ceil(word));
        let meaning = if behind.is_some() { Meaning::Breaks } else { Meaning::Review };
        self.note(Kind::Gap, meaning, &what, sentence, met.last().copied().unwrap_or(gap));
    }

    pub(super) fn note(&mut self, kind: Kind, meaning: Meaning, what: &str, sentence: String, at: &Variable) {
        self.differences.push(Difference { kind, meaning, what: what.to_owned(), sentence, source: source(at) });
    }
}
