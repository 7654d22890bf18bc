//! The allocation manager: magnitudes and slashes (`docs/protocol.md` section 5).

use alloy_primitives::{Address, U256};

use super::{
    Model, NOT_KEPT, Returned,
    arithmetic::{add_blocks, add_diff, div_wad_down, slashed_magnitude, sub_magnitude},
    insert,
    pausing::switch,
    permissions::allocation as function,
    release::{FirstDelay, Slashes},
    remove,
    revert::{Error, Foreseen, Panic, require},
};
use crate::{
    arithmetic::WAD_WIDE,
    call::{AllocationChange, ClearItem, SetId, SlashItem},
    ledger::{Allocation, AllocationDelay, History, Slashing, Stake},
};

/// Where an allocation is: operator, set and strategy, by index.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub operator: usize,
    pub set: usize,
    pub strategy: usize,
}

/// The magnitudes of an operator in one strategy that its allocations share.
#[derive(Clone, Copy)]
pub(super) struct StrategyInfo {
    max: u64,
    encumbered: u64,
}

impl Model<'_> {
    /// `slashOperator`: who may and whom, in this order; then each strategy.
    pub(super) fn slash_operator(&mut self, id: SetId, operator: Address, items: &[SlashItem]) -> Foreseen<Returned> {
        let manager = self.managers().allocation;
        self.only_when_not_paused(manager, switch::SLASHING)?;
        let slashing = self.ledger.terms.slashing;
        if slashing == Slashing::ByPermission {
            self.check_can_call(id.avs, manager, function::SLASH_OPERATOR)?;
        }
        let set = self.existing_set(id)?;
        require(self.is_operator_slashable(operator, set)?, Error::OperatorNotSlashable)?;
        // A slasher is asked for last.
        require(slashing == Slashing::ByPermission || self.ledger.may_slash(id, self.caller), Error::InvalidCaller)?;

        let operator = self.operator(operator)?;
        let slash_id = match self.release().slashes {
            Slashes::Summed => None,
            Slashes::Numbered => Some(self.next_slash_id(set)?),
        };
        let mut shares = Vec::with_capacity(items.len());
        for (i, item) in items.iter().enumerate() {
            require(i == 0 || item.strategy > items[i - 1].strategy, Error::StrategiesMustBeInAscendingOrder)?;
            require(!item.wad.is_zero() && item.wad <= WAD_WIDE, Error::InvalidWadToSlash)?;
            require(self.ledger.sets[set].has_strategy(item.strategy), Error::StrategyNotInOperatorSet)?;
            let place = Place { operator, set, strategy: self.strategy(item.strategy)? };
            shares.push(self.slash_strategy(place, slash_id, item.wad)?);
        }
        Ok(slash_id.map_or(Returned::Nothing, |id| Returned::Slash { id, shares }))
    }

    /// Slashes are counted from one. The next one has a place among the set's from now on.
    fn next_slash_id(&mut self, set: usize) -> Foreseen<u64> {
        let set = &mut self.ledger.sets[set];
        let slash_id = set.slash_count.checked_add(1).ok_or(NOT_KEPT)?;
        let place = usize::try_from(slash_id).ok().filter(|place| *place <= set.slashes.len()).ok_or(NOT_KEPT)?;
        set.slash_count = slash_id;
        if place == set.slashes.len() {
            set.slashes.push(Vec::new());
        }
        Ok(slash_id)
    }

    /// A part of the allocation, rounded up. Of what is pending to be deallocated, the same part, also rounded up, so
    /// that it is never more than what is left. An allocation that is pending is not slashable yet.
    fn slash_strategy(&mut self, place: Place, slash_id: Option<u64>, wad: U256) -> Foreseen<U256> {
        let (mut info, mut allocation) = self.settled(place)?;
        if allocation.current == 0 {
            return Ok(U256::ZERO);
        }
        let slashed = slashed_magnitude(allocation.current, wad)?;
        let prev_max = info.max;
        div_wad_down(U256::from(slashed), U256::from(prev_max))?;
        allocation.current = sub_magnitude(allocation.current, slashed)?;
        info.max = sub_magnitude(info.max, slashed)?;
        info.encumbered = sub_magnitude(info.encumbered, slashed)?;
        if allocation.pending < 0 {
            // A pending difference is between magnitudes, so it is one.
            let pending = u64::try_from(allocation.pending.unsigned_abs()).map_err(|_| Panic::Overflow)?;
            allocation.pending += i128::from(slashed_magnitude(pending, wad)?);
            add_diff(allocation.current, allocation.pending)?;
        }
        self.store(place, info, allocation);
        let block = self.block();
        let stake = &mut self.ledger.operators[place.operator].stakes[place.strategy];
        push(&mut stake.max_magnitudes, block, U256::from(info.max))?;
        let slash = slash_id.map(|id| (place.set, id));
        self.slash_operator_shares(place.operator, slash, place.strategy, (prev_max, info.max))
    }

    /// `modifyAllocations`.
    pub(super) fn modify_allocations(&mut self, operator: Address, changes: &[AllocationChange]) -> Foreseen {
        let wanted = self.ledger.wanted_magnitudes(operator, changes);
        let delay = self.may_modify_allocations(operator)?;
        let o = self.operator(operator)?;
        for (change, magnitudes) in changes.iter().zip(wanted) {
            let set = self.existing_set(change.set)?;
            let operator_slashable = self.is_operator_slashable(operator, set)?;
            for (item, magnitude) in change.items.iter().zip(magnitudes) {
                let place = Place { operator: o, set, strategy: self.strategy(item.strategy)? };
                self.modify_allocation(place, magnitude, delay, operator_slashable)?;
            }
        }
        Ok(())
    }

    /// What comes before any change; the operator's allocation delay.
    pub(super) fn may_modify_allocations(&self, operator: Address) -> Foreseen<u32> {
        let manager = self.managers().allocation;
        self.only_when_not_paused(manager, switch::MODIFY_ALLOCATIONS)?;
        require(self.can_call(operator, manager, function::MODIFY_ALLOCATIONS), self.release().not_permitted)?;
        // Only operators have a delay.
        let delay = self.ledger.operator(operator).and_then(|operator| operator.delay.at(self.ledger.block));
        delay.ok_or_else(|| Error::UninitializedAllocationDelay.into())
    }

    fn modify_allocation(&mut self, place: Place, new: u64, delay: u32, operator_slashable: bool) -> Foreseen {
        self.clear_deallocation_queue(place.operator, place.strategy, u16::MAX)?;
        let (mut info, mut allocation) = self.settled(place)?;
        require(allocation.effect_block == 0, Error::ModificationAlreadyPending)?;
        let slashable = operator_slashable && self.is_allocation_in_reach(place, allocation);
        allocation.pending = i128::from(new) - i128::from(allocation.current);
        require(allocation.pending != 0, Error::SameMagnitude)?;

        if allocation.pending > 0 {
            info.encumbered = add_diff(info.encumbered, allocation.pending)?;
            require(info.encumbered <= info.max, Error::InsufficientMagnitude)?;
            allocation.effect_block = add_blocks(self.block(), u64::from(delay))?;
        } else if slashable {
            // Stays encumbered and slashable until the deallocation delay is over.
            let id = self.ledger.sets[place.set].id;
            push_back(&mut self.ledger.operators[place.operator].stakes[place.strategy], id);
            allocation.effect_block = add_blocks(self.block(), self.ledger.terms.deallocation_delay + 1)?;
        } else {
            info.encumbered = add_diff(info.encumbered, allocation.pending)?;
            allocation = Allocation { current: new, pending: 0, effect_block: self.block() };
        }
        self.store(place, info, allocation);
        Ok(())
    }

    /// Whether the set could slash the allocation, if it can slash the operator.
    fn is_allocation_in_reach(&self, place: Place, allocation: Allocation) -> bool {
        let strategy = self.ledger.strategies[place.strategy].address;
        allocation.current != 0 && self.ledger.sets[place.set].has_strategy(strategy)
    }

    /// `clearDeallocationQueue`.
    pub(super) fn clear_deallocation_queues(&mut self, operator: Address, items: &[ClearItem]) -> Foreseen {
        self.only_when_not_paused(self.managers().allocation, switch::MODIFY_ALLOCATIONS)?;
        if !self.ledger.is_operator(operator) {
            // Nobody else has anything in a queue.
            return Ok(());
        }
        let operator = self.operator(operator)?;
        for item in items {
            let strategy = self.strategy(item.strategy)?;
            self.clear_deallocation_queue(operator, strategy, item.count)?;
        }
        Ok(())
    }

    /// Completes deallocations, oldest first, until one is not over yet.
    fn clear_deallocation_queue(&mut self, operator: usize, strategy: usize, count: u16) -> Foreseen {
        for _ in 0..count {
            let queue = &self.ledger.operators[operator].stakes[strategy].deallocation_queue;
            let Some(front) = queue.first().copied() else { return Ok(()) };
            let set = self.ledger.set_index(front).ok_or(NOT_KEPT)?;
            let place = Place { operator, set, strategy };
            let (info, allocation) = self.settled(place)?;
            if self.ledger.block < u64::from(allocation.effect_block) {
                return Ok(());
            }
            self.store(place, info, allocation);
            pop_front(&mut self.ledger.operators[operator].stakes[strategy]);
        }
        Ok(())
    }

    /// An allocation as it stands in this block, with the magnitudes it shares; what is stored stays. Section 5.2, lazy
    /// completion.
    pub(super) fn settled(&self, place: Place) -> Foreseen<(StrategyInfo, Allocation)> {
        let operator = &self.ledger.operators[place.operator];
        let stake = &operator.stakes[place.strategy];
        let mut info = StrategyInfo { max: stake.max_magnitude(), encumbered: stake.encumbered };
        let stored = operator.allocations[place.set][place.strategy];
        if stored.is_locked(self.ledger.block) {
            return Ok((info, stored));
        }
        let current = add_diff(stored.current, stored.pending)?;
        if stored.pending < 0 {
            info.encumbered = add_diff(info.encumbered, stored.pending)?;
        }
        Ok((info, Allocation { current, pending: 0, effect_block: 0 }))
    }

    /// Keeps an allocation and what it shares, and the lists of what an operator has allocated.
    fn store(&mut self, place: Place, info: StrategyInfo, allocation: Allocation) {
        let id = self.ledger.sets[place.set].id;
        let strategy = self.ledger.strategies[place.strategy].address;
        let operator = &mut self.ledger.operators[place.operator];
        operator.stakes[place.strategy].encumbered = info.encumbered;
        operator.allocations[place.set][place.strategy] = allocation;
        let strategies = &mut operator.memberships[place.set].allocated_strategies;
        if allocation.pending != 0 {
            insert(strategies, strategy);
            insert(&mut operator.allocated_sets, id);
        } else if allocation.current == 0 {
            remove(strategies, &strategy);
            if strategies.is_empty() {
                remove(&mut operator.allocated_sets, &id);
            }
        }
    }

    /// `setAllocationDelay`, called by somebody for an operator.
    pub(super) fn set_allocation_delay(&mut self, operator: Address, delay: u32) -> Foreseen {
        let manager = self.managers().allocation;
        require(self.can_call(operator, manager, function::SET_ALLOCATION_DELAY), self.release().not_permitted)?;
        require(self.ledger.is_operator(operator), Error::InvalidOperator)?;
        self.ask_for_allocation_delay(self.operator(operator)?, delay)
    }

    /// A delay asked for before takes effect first, if its time has come; else the new one replaces it.
    pub(super) fn ask_for_allocation_delay(&mut self, operator: usize, delay: u32) -> Foreseen {
        let effect_block = add_blocks(self.block(), self.ledger.terms.configuration_delay + 1)?;
        let info = &mut self.ledger.operators[operator].delay;
        if info.effect_block != 0 && self.ledger.block >= u64::from(info.effect_block) {
            info.delay = info.pending;
            info.is_set = true;
        }
        info.pending = delay;
        info.effect_block = effect_block;
        Ok(())
    }

    /// The first delay of an operator.
    pub(super) fn first_allocation_delay(&mut self, operator: usize, delay: u32) -> Foreseen {
        if self.release().first_delay == FirstDelay::Waits {
            return self.ask_for_allocation_delay(operator, delay);
        }
        let effect_block = self.block();
        let info = &mut self.ledger.operators[operator].delay;
        *info = AllocationDelay { delay, is_set: true, pending: delay, effect_block };
        Ok(())
    }
}

/// Adds to a deallocation queue, and moves its end.
fn push_back(stake: &mut Stake, id: SetId) {
    stake.deallocation_queue.push(id);
    stake.queue_ends.end = stake.queue_ends.end.wrapping_add(1);
}

/// Takes the first of a deallocation queue, which must have one, and moves its begin.
fn pop_front(stake: &mut Stake) {
    stake.deallocation_queue.remove(0);
    stake.queue_ends.begin = stake.queue_ends.begin.wrapping_add(1);
}

/// Records that a history is `value` from `block` on.
pub(super) fn push(history: &mut History, block: u32, value: U256) -> Foreseen {
    if let Some((last, newest)) = history.entries.last_mut() {
        require(*last <= block, Error::InvalidSnapshotOrdering)?;
        if *last == block {
            *newest = value;
            return Ok(());
        }
    }
    history.entries.push((block, value));
    Ok(())
}
