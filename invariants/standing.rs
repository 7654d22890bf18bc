//! What can be judged of a ledger alone, without a call that led to it and without what came before.

use super::asks_model;
use crate::oracle::{Checkpoint, Invariant};

/// Those that look at nothing but the ledger as it stands.
const STANDING: &[&str] = &[
    "MAG-01", "MAG-03", "MAG-05", "MAG-06", "MAG-07", "MAG-08", "MAG-09", "MAG-10", "MAG-12", "MAG-13", "MAG-14",
    "MAG-15", "MAG-20", "QUE-01", "QUE-02", "QUE-03", "QUE-04", "QUE-05", "QUE-06", "QUE-07", "SET-01", "SET-02",
    "SET-09", "DEL-03", "DEL-05", "DEL-07", "DEL-08", "DEL-09", "DEL-11", "DEL-18", "DEL-20", "WDR-01", "WDR-12",
    "WDR-14", "CON-06", "CON-07", "ETH-07", "ETH-08", "RED-02", "RED-03", "REW-08", "STR-03",
];

/// Those that look at nothing else either, and add up over all stakers.
const STANDING_OF_ALL_STAKERS: &[&str] = &["WDR-13"];

/// What an invariant must be told besides the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Needs {
    /// Nothing.
    Nothing,
    /// All stakers that there are.
    AllStakers,
    /// A call with what was before it, or history.
    Calls,
    /// Everybody to leave.
    Exit,
    /// What the model says of a call.
    Model,
}

impl Needs {
    /// What is missing, for a list of what is not judged.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::AllStakers => "all stakers that there are",
            Self::Calls => "a call with what was before it, or history",
            Self::Exit => "everybody to leave",
            Self::Model => "the model beside a call",
        }
    }
}

/// What `invariant` must be told besides the ledger.
pub fn needs(invariant: &Invariant) -> Needs {
    match invariant.checkpoint {
        _ if STANDING.contains(&invariant.id) => Needs::Nothing,
        _ if STANDING_OF_ALL_STAKERS.contains(&invariant.id) => Needs::AllStakers,
        _ if asks_model(invariant) => Needs::Model,
        Checkpoint::Exit => Needs::Exit,
        Checkpoint::EveryCall => Needs::Calls,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::invariants;

    #[test]
    fn whatever_stands_is_in_the_catalogue_and_judged_after_calls() {
        for id in STANDING.iter().chain(STANDING_OF_ALL_STAKERS) {
            let invariant = invariants::find(id).unwrap_or_else(|| panic!("there is no {id}"));
            assert_eq!(invariant.checkpoint, Checkpoint::EveryCall, "{id}");
            assert!(needs(invariant) <= Needs::AllStakers, "{id}");
        }
    }
}
