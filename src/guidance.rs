//! What steers a campaign towards what it has not seen.

use serde::Deserialize;

/// How much of what was seen decides what is tried next. Each does what those before it do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Guidance {
    /// Nothing: every run is drawn from the beginning.
    Off,
    /// Sequences that take new edges, or old ones more often in one call, are kept, extended and changed; those that went
    /// where few go come first.
    Coverage,
    /// Numbers that contracts compared take the place of those they were compared with.
    Comparisons,
    /// Sequences that bring the ledger into a new kind of state are kept as well.
    #[default]
    All,
}

impl Guidance {
    /// Whether sequences are kept and tried again.
    pub fn keeps(self) -> bool {
        self >= Self::Coverage
    }

    /// Whether calls that fail are solved by comparisons.
    pub fn compares(self) -> bool {
        self >= Self::Comparisons
    }

    /// Whether states of the ledger are looked at.
    pub fn sees_states(self) -> bool {
        self >= Self::All
    }

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Coverage => "coverage",
            Self::Comparisons => "comparisons",
            Self::All => "all",
        }
    }
}
