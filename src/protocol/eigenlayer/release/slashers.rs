//! The releases from core v1.9 on: each set has one slasher, and a new operator can allocate at once. They are the
//! redistribution release but for that. The binary carries no contracts of theirs.

use super::{REDISTRIBUTION, Release};
use crate::{ledger::Slashing, oracle::Assumption};

/// The releases with slashers.
pub const SLASHERS: Release = Release {
    name: "slashers",
    title: "eigenlayer slashers",
    text: "Core v1.9 to v1.12: one address slashes for a set. From artifacts only.",
    version: "1.9.0",
    slashing: Slashing::BySlasher,
    absent: &[],
    denies: &[Assumption::BurnByStrategy, Assumption::FirstDelayWaits],
    ..REDISTRIBUTION
};
