//! What one release does otherwise than the next (`docs/protocol.md` section 15). All else is the same for both.

use super::{
    Model, Returned,
    revert::{Error, Foreseen, Revert, Stop},
};
use crate::ledger::{Booking, Slashing, Terms};

/// The differences of a release.
pub(super) struct Release {
    /// What comes of a slash.
    pub slashes: Slashes,
    /// What becomes of a deposit scaling factor that is rounded down to zero.
    pub zero_factors: ZeroFactors,
    /// When the allocation delay of a new operator counts.
    pub first_delay: FirstDelay,
    /// What is said to somebody who may not act for an operator.
    pub not_permitted: Error,
    /// How the part of the queue that a slash takes is rounded.
    pub queued: Queued,
}

/// When the allocation delay of a new operator counts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum FirstDelay {
    /// After the configuration delay.
    Waits,
    /// At once.
    Counts,
}

/// How the part of the queue that a slash takes is rounded.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Queued {
    /// The scaled shares times the magnitude that is gone, rounded down.
    Once,
    /// What the shares were worth, rounded down, less what is left of that, rounded up.
    AsShares,
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

const SLASHING: Release = Release {
    slashes: Slashes::Summed,
    zero_factors: ZeroFactors::Stored,
    first_delay: FirstDelay::Waits,
    not_permitted: Error::InvalidCaller,
    queued: Queued::Once,
};

const REDISTRIBUTION: Release = Release { slashes: Slashes::Numbered, zero_factors: ZeroFactors::Refused, ..SLASHING };

const SLASHERS: Release = Release {
    first_delay: FirstDelay::Counts,
    not_permitted: Error::InvalidPermissions,
    queued: Queued::AsShares,
    ..REDISTRIBUTION
};

impl Release {
    /// The release of a deployment.
    pub(super) const fn of(terms: &Terms) -> &'static Self {
        match (terms.booking, terms.slashing) {
            (Booking::ByStrategy, _) => &SLASHING,
            (Booking::BySlash, Slashing::ByPermission) => &REDISTRIBUTION,
            (Booking::BySlash, Slashing::BySlasher) => &SLASHERS,
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
