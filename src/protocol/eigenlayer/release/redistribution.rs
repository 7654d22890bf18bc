//! The redistribution release, core v1.5: a set can have a recipient, and each slash waits by itself to be cleared.

use super::Release;
use crate::{
    ledger::{Booking, Slashing},
    oracle::Assumption,
};

/// What only releases with slashers have.
pub(super) const NO_SLASHERS: &[&str] = &["avs.update_slasher"];

/// The redistribution release.
pub const REDISTRIBUTION: Release = Release {
    name: "redistribution",
    title: "eigenlayer redistribution",
    text: "Core v1.5: slashed shares wait by slash, and are burned or go to the recipient of the set.",
    version: "1.5.0",
    signing_version: "1",
    booking: Booking::BySlash,
    slashing: Slashing::ByPermission,
    absent: NO_SLASHERS,
    weights: &[],
    denies: &[Assumption::BurnByStrategy],
};
