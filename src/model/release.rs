//! What one release does otherwise than the next (`docs/protocol.md` section 15). All else is the same for both.

use super::{
    Model, Returned,
    revert::{Foreseen, Revert, Stop},
};
use crate::ledger::{Booking, Terms};

/// The differences of a release.
pub(super) struct Release {
    /// What comes of a slash.
    pub slashes: Slashes,
    /// What becomes of a deposit scaling factor that is rounded down to zero.
    pub zero_factors: ZeroFactors,
}

/// What comes of a slash.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Slashes {
    /// Its shares are added to a sum for each strategy, that is burned. Nothing is counted and nothing returned.
    Summed,
    /// It has a number, is told with what it took, and waits by itself; its set may have a recipient.
    Numbered,
}

/// What becomes of a deposit scaling factor that is rounded down to zero.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ZeroFactors {
    /// It is stored, and read as none.
    Stored,
    /// The call reverts.
    Refused,
}

const SLASHING: Release = Release { slashes: Slashes::Summed, zero_factors: ZeroFactors::Stored };

const REDISTRIBUTION: Release = Release { slashes: Slashes::Numbered, zero_factors: ZeroFactors::Refused };

impl Release {
    /// The release of a deployment.
    pub(super) const fn of(terms: &Terms) -> &'static Self {
        match terms.booking {
            Booking::ByStrategy => &SLASHING,
            Booking::BySlash => &REDISTRIBUTION,
        }
    }
}

impl Model<'_> {
    pub(super) const fn release(&self) -> &'static Release {
        Release::of(&self.ledger.terms)
    }

    /// A function that only releases have which number slashes.
    pub(super) fn redistributing(&mut self, play: impl FnOnce(&mut Self) -> Foreseen<Returned>) -> Foreseen<Returned> {
        match self.release().slashes {
            Slashes::Summed => Err(Stop::Reverts(Revert::Silent)),
            Slashes::Numbered => play(self),
        }
    }
}
