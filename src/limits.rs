//! Every bound in one place, so that nothing grows without one and nobody has to look for it.

/// Gas a call may use. The block gas limit of the main network when the protocol was released: what does not fit here
/// does not fit there.
pub const GAS_PER_CALL: u64 = 30_000_000;

/// Gas a deployment or the funding of the world may use.
pub const GAS_PER_DEPLOYMENT: u64 = 100_000_000;

/// Calls per run, at most: findings hold whole sequences, and shrinking replays them.
pub const DEPTH_MAX: u32 = 10_000;

/// Worker threads, at most.
pub const WORKERS_MAX: usize = 256;

/// Runs of an epoch: what is played between two merges of coverage and corpus. Small enough to learn early, large enough
/// that workers rarely wait for each other.
pub const RUNS_PER_EPOCH: u64 = 64;

/// Runs that begin with the same of the corpus, which is played once.
pub const SIBLINGS: u64 = 4;

/// Of so many runs, everybody leaves at the end of one. An exit costs about as much as half a run.
pub const RUNS_PER_EXIT: u64 = 16;

/// Actions that are drawn before a run gives up on its next call.
pub const DRAWS_PER_CALL: usize = 32;

/// An action of fewer calls than one in so many is scarce, and insisted on if it is because it found nothing to do.
pub const SCARCE: u64 = 400;

/// So many times as often as its weight says an action is drawn that is insisted on, at most.
pub const INSISTENCE: u64 = 6;

/// Sequences the corpus keeps when nobody says how many.
pub const CORPUS_ENTRIES: usize = 1_024;

/// Sequences the corpus can be told to keep, at most.
pub const CORPUS_ENTRIES_MAX: usize = 65_536;

/// Numbers that contracts compared something with which a run remembers.
pub const DICTIONARY: usize = 32;

/// Operators, stakers, sets and strategies of a deployment elsewhere that are read, at most.
pub const LIVE_MOST: usize = 2_000;

/// Bytes of a file that is read: corpus entries, findings and configurations are far smaller.
pub const FILE_BYTES: u64 = 64 << 20;

/// Bytes of what a compiler was given and answered: all sources of a project, their syntax trees and all code.
pub const BUILD_BYTES: u64 = 512 << 20;
