//! The stake that sets have, as the protocol tells it.

use alloy_primitives::U256;

use super::{Ledger, Operator, Slashing, Strategy, Terms};
use crate::arithmetic::{WAD_WIDE, deposit_shares, div_wad_down, mul_div_down, mul_div_up, mul_wad_down, withdrawable};

impl Terms {
    /// What a slash that lowers the maximum magnitude from `prev` to `new` takes of scaled shares in the queue: rounded
    /// down once, or where sets have slashers as shares, twice. `docs/protocol.md` section 15.
    pub fn slashed_in_queue(&self, scaled: U256, prev: u64, new: u64) -> Option<U256> {
        let (prev, new) = (U256::from(prev), U256::from(new));
        match self.slashing {
            Slashing::ByPermission => mul_wad_down(scaled, prev.checked_sub(new)?),
            Slashing::BySlasher if prev.is_zero() => Some(U256::ZERO),
            Slashing::BySlasher => {
                let worth = mul_wad_down(scaled, prev)?;
                worth.checked_sub(mul_div_up(worth, new, prev)?)
            }
        }
    }
}

impl Ledger {
    /// The number of the block that comes `ahead` blocks after this one, as far as the protocol counts.
    pub fn block_ahead(&self, ahead: u32) -> u32 {
        u32::try_from(self.block).unwrap_or(u32::MAX).saturating_add(ahead)
    }

    /// The shares of an operator that are allocated to a set, deallocations that are over at block `until` not counted:
    /// rounded down twice. `docs/protocol.md` section 5.5, getAllocatedStake.
    pub fn allocated_stake(&self, operator: &Operator, set: usize, strategy: usize, until: u64) -> Option<U256> {
        let stake = &operator.stakes[strategy];
        let max = stake.max_magnitude();
        if max == 0 {
            return Some(U256::ZERO);
        }
        let allocation = operator.allocations[set][strategy].settled(self.block);
        let ends = allocation.pending < 0 && u64::from(allocation.effect_block) <= until;
        let lasting = if ends { u64::try_from(allocation.target()).unwrap_or(0) } else { allocation.current };
        mul_wad_down(stake.shares, div_wad_down(U256::from(lasting), U256::from(max))?)
    }

    /// The same, of an operator that the set can slash now; nothing of any other. `docs/protocol.md` section 5.5,
    /// getMinimumSlashableStake.
    pub fn minimum_slashable_stake(
        &self,
        operator: &Operator,
        set: usize,
        strategy: usize,
        until: u64,
    ) -> Option<U256> {
        let slashable = operator.memberships[set].is_slashable(self.block);
        if slashable { self.allocated_stake(operator, set, strategy, until) } else { Some(U256::ZERO) }
    }

    /// What a staker can withdraw of some of its deposit shares, rounded down twice. `docs/protocol.md` section 3.
    pub fn worth_of(&self, staker: usize, strategy: usize, shares: U256) -> Option<U256> {
        let factor = U256::from(self.slashing_factor(staker, strategy));
        withdrawable(self.stakers[staker].holdings[strategy].factor(), shares, factor)
    }

    /// The deposit shares behind shares that a staker can withdraw, rounded down twice. `docs/protocol.md` section 3.
    pub fn deposit_shares_behind(&self, staker: usize, strategy: usize, withdrawable: U256) -> Option<U256> {
        let factor = U256::from(self.slashing_factor(staker, strategy));
        deposit_shares(self.stakers[staker].holdings[strategy].factor(), withdrawable, factor)
    }
}

impl Strategy {
    /// Shares for `tokens` now, rounded down. `docs/protocol.md` section 8.1.
    pub fn shares_for(&self, tokens: U256) -> Option<U256> {
        tokens.checked_mul(self.virtual_shares()).map(|product| product / self.virtual_balance())
    }

    /// The rate that is announced, rounded down: tokens for WAD shares. `docs/protocol.md` section 8.1.
    pub fn exchange_rate(&self) -> Option<U256> {
        mul_div_down(WAD_WIDE, self.virtual_balance(), self.virtual_shares())
    }
}
