//! The slashing release, core v1.3 and v1.4: what is slashed is burned.

use super::Release;
use crate::{
    ledger::{Booking, Slashing},
    oracle::Assumption,
};

/// The slashing release.
pub const SLASHING: Release = Release {
    name: "slashing",
    title: "eigenlayer slashing",
    text: "Core v1.3 and v1.4: slashed shares wait by strategy, and are burned.",
    version: "v1.4.0",
    signing_version: "v1",
    booking: Booking::ByStrategy,
    slashing: Slashing::ByPermission,
    absent: &[
        "avs.update_slasher",
        "avs.create_redistributing_sets",
        "anybody.clear_slash",
        "anybody.clear_slash_by_strategy",
        "anybody.clear_slash_to_barred",
        "anybody.clear_slash_again",
        "avs.redistribute_to_nobody",
        "avs.redistribute_native",
    ],
    // As often as slashes are cleared where they are.
    weights: &[("anybody.burn_shares", 8)],
    denies: &[Assumption::Redistribution],
};
