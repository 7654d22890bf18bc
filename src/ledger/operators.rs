//! Operators, what they allocate, and the operator sets they allocate to.

use alloy_primitives::{Address, U256};

use super::Terms;
use crate::{arithmetic::WAD, call::SetId};

/// One operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operator {
    /// Its address.
    pub address: Address,
    /// Its index among the stakers.
    pub staker: usize,
    /// Who must consent to delegations; zero for nobody.
    pub approver: Address,
    /// Its allocation delay.
    pub delay: AllocationDelay,
    /// The sets it is in, as stored with it.
    pub registered_sets: Vec<SetId>,
    /// The sets it has allocations to, as stored.
    pub allocated_sets: Vec<SetId>,
    /// By set.
    pub memberships: Vec<Membership>,
    /// By strategy.
    pub stakes: Vec<Stake>,
    /// By set, then by strategy.
    pub allocations: Vec<Vec<Allocation>>,
}

/// An allocation delay and the change under way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AllocationDelay {
    /// Blocks.
    pub delay: u32,
    /// Whether there is one.
    pub is_set: bool,
    /// Blocks from `effect_block` on.
    pub pending: u32,
    /// Zero if nothing is under way.
    pub effect_block: u32,
}

impl AllocationDelay {
    /// The delay in force at `block`. `docs/protocol.md` section 5.3, setAllocationDelay.
    pub fn at(self, block: u64) -> Option<u32> {
        if self.effect_block != 0 && block >= u64::from(self.effect_block) {
            return Some(self.pending);
        }
        self.is_set.then_some(self.delay)
    }
}

/// How an operator stands to a set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Membership {
    /// Whether it is in.
    pub registered: bool,
    /// The last block in which the set can slash it after it left.
    pub slashable_until: u32,
    /// The strategies it has allocations in, as stored.
    pub allocated_strategies: Vec<Address>,
}

impl Membership {
    /// Whether the set can slash the operator at `block`, inclusive.
    pub fn is_slashable(&self, block: u64) -> bool {
        self.registered || block <= u64::from(self.slashable_until)
    }
}

/// What an operator has in one strategy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stake {
    /// Shares delegated to it.
    pub shares: U256,
    /// Its maximum magnitude by block; WAD before the first entry.
    pub max_magnitudes: History,
    /// The magnitude that is not free, as stored: deallocations that are over still count until they are completed.
    pub encumbered: u64,
    /// The sets with a delayed deallocation, in order.
    pub deallocation_queue: Vec<SetId>,
    /// Where that queue is in storage.
    pub queue_ends: QueueEnds,
    /// Scaled shares ever queued by its stakers, by block; zero before the first entry.
    pub queued_shares: History,
}

/// A double-ended queue as stored: its positions, and what stands beside them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QueueEnds {
    /// Position of the first element.
    pub begin: i128,
    /// Position after the last element.
    pub end: i128,
    /// Whether something stands just before the first element or just after the last.
    pub leftover: bool,
}

impl Stake {
    /// The maximum magnitude now.
    pub fn max_magnitude(&self) -> u64 {
        self.max_magnitudes.latest().map_or(WAD, |value| value.saturating_to())
    }

    /// The maximum magnitude as it was after `block`.
    pub fn max_magnitude_at(&self, block: u64) -> u64 {
        self.max_magnitudes.at(block).map_or(WAD, |value| value.saturating_to())
    }
}

/// Values by block, as stored.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// Block and value, in the order stored.
    pub entries: Vec<(u32, U256)>,
}

impl History {
    /// The newest value, if there is one.
    pub fn latest(&self) -> Option<U256> {
        self.entries.last().map(|(_, value)| *value)
    }

    /// The value of the last entry at or before `block`, if there is one.
    pub fn at(&self, block: u64) -> Option<U256> {
        let after = self.entries.partition_point(|(key, _)| u64::from(*key) <= block);
        after.checked_sub(1).map(|index| self.entries[index].1)
    }
}

/// What an operator gave a set in one strategy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Allocation {
    /// Slashable now.
    pub current: u64,
    /// What is added at `effect_block`; negative for a deallocation.
    pub pending: i128,
    /// First block at which `pending` counts.
    pub effect_block: u32,
}

impl Allocation {
    /// The allocation as it stands at `block`. `docs/protocol.md` section 5.2, lazy completion.
    #[must_use]
    pub fn settled(self, block: u64) -> Self {
        if block < u64::from(self.effect_block) {
            return self;
        }
        let current = i128::from(self.current).saturating_add(self.pending);
        Self { current: u64::try_from(current).unwrap_or(0), pending: 0, effect_block: 0 }
    }

    /// Whether a change is under way at `block`, so that none can be asked for.
    pub fn is_locked(self, block: u64) -> bool {
        block < u64::from(self.effect_block)
    }

    /// What it will be once the pending change counts.
    pub fn target(self) -> i128 {
        i128::from(self.current).saturating_add(self.pending)
    }
}

/// Who slashes for a set, and the change under way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Slasher {
    /// Who; zero for nobody.
    pub slasher: Address,
    /// Who from `effect_block` on.
    pub pending: Address,
    /// Zero if there never was one.
    pub effect_block: u32,
}

impl Slasher {
    /// Who slashes at `block`. `docs/protocol.md` section 5.3, updateSlasher.
    pub fn at(self, block: u64) -> Address {
        if self.effect_block != 0 && block >= u64::from(self.effect_block) { self.pending } else { self.slasher }
    }
}

/// An operator set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperatorSet {
    /// Its owner and id.
    pub id: SetId,
    /// Whether it was created.
    pub exists: bool,
    /// What it can slash.
    pub strategies: Vec<Address>,
    /// Who is in, as stored with it.
    pub members: Vec<Address>,
    /// Where slashed funds go, as stored; zero for the burn address.
    pub recipient: Address,
    /// Who slashes for it, in releases in which one address does.
    pub slasher: Slasher,
    /// How often it slashed.
    pub slash_count: u64,
    /// The slashes that wait, as stored with the set.
    pub pending_slashes: Vec<u64>,
    /// By slash id, from zero: the shares that wait, by strategy.
    pub slashes: Vec<Vec<(Address, U256)>>,
}

impl OperatorSet {
    /// Whether it can slash `strategy`.
    pub fn has_strategy(&self, strategy: Address) -> bool {
        self.strategies.contains(&strategy)
    }

    /// Whether slashed funds go to a recipient of its own.
    pub fn is_redistributing(&self) -> bool {
        !self.recipient.is_zero()
    }

    /// Where slashed funds go: to the recipient, or to the burn address.
    pub fn payee(&self, terms: &Terms) -> Address {
        if self.is_redistributing() { self.recipient } else { terms.burn_address }
    }

    /// The shares of a slash that wait, in one strategy.
    pub fn waiting(&self, slash_id: u64, strategy: Address) -> Option<U256> {
        let entries = self.slashes.get(usize::try_from(slash_id).ok()?)?;
        entries.iter().find(|(at, _)| *at == strategy).map(|(_, shares)| *shares)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_slasher_counts_from_its_block_on() {
        let (old, new) = (Address::repeat_byte(1), Address::repeat_byte(2));
        let slasher = Slasher { slasher: old, pending: new, effect_block: 76 };
        assert_eq!([75, 76].map(|block| slasher.at(block)), [old, new]);
        assert_eq!(Slasher::default().at(9), Address::ZERO, "nobody");
    }
}
