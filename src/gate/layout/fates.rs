//! Who is who: which variable of the candidate is what became of one of the baseline.

use super::{Comparison, fields::List};
use crate::artifact::layout::Variable;

/// What begins the name of a variable that is kept only for its place.
const RETIRED: &str = "deprecated";

/// What became of a variable of the baseline: the index says of which of the candidate.
#[derive(Clone, Copy)]
pub(super) enum Fate {
    Kept(usize),
    Renamed(usize),
    Retired(usize),
    Moved(usize),
    Replaced(usize),
    Removed,
}

/// What became of each variable that is no gap. Who is in its place under its name is itself; then who is in its place and
/// was nowhere before has its bytes; then it is sought by name; then who is over it has taken its place.
pub(super) fn of<'a>(comparison: &Comparison<'a>, old: List<'a>, new: List<'a>) -> Vec<Fate> {
    let mut search = Search { comparison, old, new, taken: vec![false; new.variables.len()] };
    let olds: Vec<&Variable> = old.kept().collect();
    let mut fates: Vec<Option<Fate>> = olds.iter().map(|older| search.itself(older)).collect();
    let strays: Vec<&str> =
        olds.iter().zip(&fates).filter(|(_, fate)| fate.is_none()).map(|(older, _)| older.label.as_str()).collect();
    for (fate, older) in fates.iter_mut().zip(&olds).filter(|(fate, _)| fate.is_none()) {
        *fate = search.successor(older, &strays);
    }
    for (fate, older) in fates.iter_mut().zip(&olds).filter(|(fate, _)| fate.is_none()) {
        *fate = search.elsewhere(older).or_else(|| search.usurper(older, &strays));
    }
    fates.into_iter().map(|fate| fate.unwrap_or(Fate::Removed)).collect()
}

struct Search<'s, 'a> {
    comparison: &'s Comparison<'a>,
    old: List<'a>,
    new: List<'a>,
    /// By index in the candidate: whether it is what became of somebody.
    taken: Vec<bool>,
}

impl<'a> Search<'_, 'a> {
    /// The first of the candidate's variables that is nobody's yet and fits.
    fn free(&self, fits: impl Fn(&'a Variable) -> bool) -> Option<(usize, &'a Variable)> {
        let all = self.new.variables.iter().enumerate();
        all.zip(&self.taken).find(|((_, newer), taken)| !**taken && fits(newer)).map(|(found, _)| found)
    }

    fn itself(&mut self, older: &Variable) -> Option<Fate> {
        let fits = |newer: &Variable| at_same_place(older, newer) && older.label == newer.label && !newer.is_gap();
        let (at, _) = self.free(fits)?;
        self.taken[at] = true;
        Some(Fate::Kept(at))
    }

    /// Who has its place and reads it the same. Who stood elsewhere before is none such, and neither is anybody if the
    /// variable itself is elsewhere now, unless the name says that it is retired.
    fn successor(&mut self, older: &'a Variable, strays: &[&str]) -> Option<Fate> {
        let (at, newer) = self.free(|newer| at_same_place(older, newer) && !newer.is_gap())?;
        let declared = newer.declared.as_ref().and_then(|declared| declared.renamed_from.as_ref());
        let retired = retires(&older.label, &newer.label) || declared == Some(&older.label);
        let elsewhere = self.new.variables.iter().any(|other| other.label == older.label);
        if strays.contains(&newer.label.as_str()) || (elsewhere && !retired) || !self.comparison.reads(older, newer) {
            return None;
        }
        self.taken[at] = true;
        Some(if retired { Fate::Retired(at) } else { Fate::Renamed(at) })
    }

    fn elsewhere(&mut self, older: &Variable) -> Option<Fate> {
        let (at, _) = self.free(|newer| newer.label == older.label && !newer.is_gap())?;
        self.taken[at] = true;
        Some(Fate::Moved(at))
    }

    fn usurper(&mut self, older: &Variable, strays: &[&str]) -> Option<Fate> {
        let extent = self.old.extent(older);
        let is_over = |newer: &Variable| extent.overlaps(self.new.extent(newer));
        let (at, newer) = self.free(|newer| is_over(newer) && !strays.contains(&newer.label.as_str()))?;
        // A gap may be where several were.
        self.taken[at] = !newer.is_gap();
        Some(Fate::Replaced(at))
    }
}

fn at_same_place(one: &Variable, other: &Variable) -> bool {
    one.slot == other.slot && one.offset == other.offset
}

/// `__deprecated_x` is what is left of `x`.
fn retires(older: &str, newer: &str) -> bool {
    let stem = newer.trim_start_matches('_');
    let rest =
        stem.get(..RETIRED.len()).filter(|word| word.eq_ignore_ascii_case(RETIRED)).map(|_| &stem[RETIRED.len()..]);
    rest.is_some_and(|rest| rest.trim_start_matches('_').eq_ignore_ascii_case(older.trim_start_matches('_')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_retired_variable_says_so_in_its_name() {
        assert!(
            retires("x", "__deprecated_x") && retires("_x", "_deprecated_x") && retires("owner", "deprecatedOwner")
        );
        assert!(!retires("x", "__deprecated_y") && !retires("x", "x") && !retires("x", "_x"));
    }
}
