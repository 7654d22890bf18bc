//! The rewards coordinator's part of the ledger: what was given, what is promised, what was claimed.

use std::sync::Arc;

use alloy_primitives::{Address, B256, U256};

use crate::call::{Distribution, Period, SplitId};

/// `old_bips` of a split before which there was none: the default counted.
pub const NO_SPLIT: u16 = u16::MAX;

/// All of it, in bips.
pub const WHOLE: u16 = 10_000;

/// The rewards coordinator.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rewards {
    /// The contract, which holds what was given and not claimed.
    pub coordinator: Address,
    /// Constants.
    pub terms: RewardsTerms,
    /// Its owner.
    pub owner: Address,
    /// Who submits roots.
    pub updater: Address,
    /// Seconds that roots and splits wait.
    pub activation_delay: u32,
    /// The time until which there is a root.
    pub calculation_end: u32,
    /// What operators without a split of their own keep, in bips.
    pub default_split: u16,
    /// Every root, in the order submitted.
    pub roots: Vec<DistributionRoot>,
    /// Everybody who may earn.
    pub earners: Vec<Earner>,
    /// Everybody who may give.
    pub submitters: Vec<Submitter>,
    /// What operators keep, by operator and what it is of.
    pub splits: Vec<Split>,
    /// Every submission that was noted while somebody looked, by hash.
    pub submissions: Vec<RecordedSubmission>,
}

/// Constants of the coordinator: what submissions must be. Times in seconds, amounts in wei.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RewardsTerms {
    /// Begins and durations are whole numbers of this.
    pub interval: u32,
    /// The longest duration.
    pub longest: u32,
    /// How far back a begin may be.
    pub most_back: u32,
    /// How far ahead a begin may be.
    pub most_ahead: u32,
    /// No begin is before this time.
    pub genesis: u32,
    /// The most that can be given at once.
    pub most: U256,
    /// The most that the default split can be, in bips; before v1.12 anything.
    pub most_default_split: u16,
    /// Stands for native ETH, which can be a weight as well as what takes deposits.
    pub native: Address,
}

impl RewardsTerms {
    /// The begin of a period of a call at `timestamp`.
    pub fn start_of(&self, period: Period, timestamp: u64) -> u32 {
        let interval = u64::from(self.interval.max(1));
        let today = i64::try_from(timestamp - timestamp % interval).unwrap_or(i64::MAX);
        u32::try_from(today.saturating_add(period.start).max(0)).unwrap_or(u32::MAX)
    }
}

/// A root.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DistributionRoot {
    /// The hash.
    pub root: B256,
    /// It stands for what was earned until this time.
    pub calculation_end: u32,
    /// It can be claimed from at this time and later.
    pub activated_at: u32,
    /// Whether it was taken back.
    pub disabled: bool,
    /// What it stands for, if it was published.
    pub distribution: Option<Arc<Distribution>>,
}

impl DistributionRoot {
    /// Whether it can be claimed from at `timestamp`. `docs/protocol.md` section 11.3.
    pub fn is_claimable(&self, timestamp: u64) -> bool {
        !self.disabled && timestamp >= u64::from(self.activated_at)
    }
}

/// Somebody who may earn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Earner {
    /// Who.
    pub address: Address,
    /// Who claims; zero for itself.
    pub claimer: Address,
    /// By token: all that was ever claimed, in wei.
    pub claimed: Vec<U256>,
}

impl Earner {
    /// Who claims.
    pub fn claims(&self) -> Address {
        if self.claimer.is_zero() { self.address } else { self.claimer }
    }
}

/// Somebody who may give.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Submitter {
    /// Who.
    pub address: Address,
    /// Submissions so far.
    pub nonce: u64,
    /// Whether it may give to all.
    pub for_all: bool,
}

/// What an operator keeps of something. `docs/protocol.md` section 11.5.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Split {
    /// Whose, and of what.
    pub id: SplitId,
    /// Bips before `activated_at`; [`NO_SPLIT`] for the default.
    pub old_bips: u16,
    /// Bips from `activated_at` on.
    pub new_bips: u16,
    /// Zero if it was never set.
    pub activated_at: u32,
}

impl Split {
    /// A split that was never set.
    pub const fn unset(id: SplitId) -> Self {
        Self { id, old_bips: 0, new_bips: 0, activated_at: 0 }
    }

    /// The bips in force at `timestamp`, when operators without a split keep `default`.
    pub fn at(&self, timestamp: u64, default: u16) -> u16 {
        if self.activated_at != 0 && timestamp >= u64::from(self.activated_at) {
            return self.new_bips;
        }
        if self.activated_at == 0 || self.old_bips == NO_SPLIT { default } else { self.old_bips }
    }

    /// Whether a change is under way at `timestamp`, so that none can be asked for.
    pub fn is_locked(&self, timestamp: u64) -> bool {
        timestamp <= u64::from(self.activated_at)
    }
}

/// What kind of submission.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SubmissionKind {
    /// For those who secure an AVS.
    Avs,
    /// For everybody with stake.
    All,
    /// For everybody who secures an AVS.
    AllEarners,
    /// For operators of an AVS.
    Directed,
    /// For operators of an operator set.
    DirectedToSet,
}

/// A submission, as the coordinator notes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordedSubmission {
    /// What kind.
    pub kind: SubmissionKind,
    /// Whose.
    pub account: Address,
    /// Of the account, its number and its content.
    pub hash: B256,
    /// Whether it is noted.
    pub recorded: bool,
}

impl Rewards {
    /// The index of the root that is `back` before the newest.
    pub fn root_index(&self, back: u32) -> Option<usize> {
        self.roots.len().checked_sub(1)?.checked_sub(back as usize)
    }

    /// The index of the root that `back` means to a claim: counted round.
    pub fn claimed_root(&self, back: u32) -> Option<usize> {
        let count = u32::try_from(self.roots.len()).ok().filter(|count| *count > 0)?;
        self.root_index(back % count)
    }

    /// Somebody who may earn.
    pub fn earner(&self, address: Address) -> Option<&Earner> {
        self.earners.iter().find(|earner| earner.address == address)
    }

    /// Somebody who may give.
    pub fn submitter(&self, address: Address) -> Option<&Submitter> {
        self.submitters.iter().find(|submitter| submitter.address == address)
    }

    /// A split.
    pub fn split(&self, id: SplitId) -> Option<&Split> {
        self.splits.iter().find(|split| split.id == id)
    }

    /// All that was ever claimed of a token, by its index, in wei.
    pub fn claimed(&self, token: usize) -> U256 {
        let claimed = self.earners.iter().filter_map(|earner| earner.claimed.get(token));
        claimed.fold(U256::ZERO, |sum, claimed| sum.saturating_add(*claimed))
    }

    /// The times from `timestamp` on at which something changes by itself, or becomes possible: each the first second
    /// of the new state.
    pub fn deadlines(&self, timestamp: u64) -> Vec<u64> {
        let roots = self.roots.iter().filter(|root| !root.disabled).map(|root| u64::from(root.activated_at));
        let splits = self.splits.iter().map(|split| u64::from(split.activated_at));
        roots.chain(splits).filter(|time| *time >= timestamp).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_split_counts_from_its_time_on() {
        let id = SplitId::Incentives { operator: Address::ZERO };
        let mut split = Split::unset(id);
        assert_eq!(split.at(100, 1_000), 1_000);
        assert!(!split.is_locked(1));
        split = Split { id, old_bips: NO_SPLIT, new_bips: 5, activated_at: 200 };
        assert_eq!([199, 200].map(|time| split.at(time, 1_000)), [1_000, 5]);
        assert_eq!([200, 201].map(|time| split.is_locked(time)), [true, false]);
        split.old_bips = 7;
        assert_eq!([199, 200].map(|time| split.at(time, 1_000)), [7, 5]);
    }

    #[test]
    fn roots_are_counted_from_the_newest() {
        let mut rewards = Rewards::default();
        assert_eq!((rewards.root_index(0), rewards.claimed_root(0)), (None, None));
        rewards.roots = vec![DistributionRoot::default(); 3];
        assert_eq!([0, 2, 3].map(|back| rewards.root_index(back)), [Some(2), Some(0), None]);
        assert_eq!([0, 2, 3].map(|back| rewards.claimed_root(back)), [Some(2), Some(0), Some(2)]);
    }
}
