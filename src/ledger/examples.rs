//! The example AVSs as they stand: what they hold, for whom, and against what (`docs/examples.md`).

use alloy_primitives::{Address, B256, U256, keccak256};

use super::{Ledger, Operator};
use crate::{
    arithmetic::{WAD, WAD_WIDE, mul_div_down, mul_div_up, mul_wad_down},
    call::{ExampleOperation, Operation, SetId},
};

/// The three of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Examples {
    /// The lending market.
    pub market: Market,
    /// The insurance fund.
    pub fund: Fund,
    /// The commitment registry.
    pub registry: Registry,
}

impl Examples {
    /// What all three have.
    pub fn purses(&self) -> [&Purse; 3] {
        [&self.market.purse, &self.fund.purse, &self.registry.purse]
    }

    /// What all three have, to be changed.
    pub fn purses_mut(&mut self) -> [&mut Purse; 3] {
        [&mut self.market.purse, &mut self.fund.purse, &mut self.registry.purse]
    }
}

impl Examples {
    /// The first blocks in which a loan is overdue, or an epoch over.
    pub fn deadlines(&self) -> Vec<u64> {
        let loans = self.market.loans.iter().filter(|loan| !loan.principal.is_zero());
        let overdue = loans.map(|loan| loan.since.saturating_add(self.market.term));
        let last = overdue.chain([self.registry.current().deadline]);
        last.map(|block| block.saturating_add(1)).collect()
    }
}

/// What every example has: a set with one strategy, and what it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Purse {
    /// Its set, and with it its address.
    pub set: SetId,
    /// Index of the strategy of the set.
    pub strategy: usize,
    /// The strategy's token.
    pub token: Address,
    /// Wei that somebody is entitled to.
    pub held: U256,
    /// The slashes that were made and not collected.
    pub in_flight: Vec<u64>,
}

/// The lending market.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Market {
    /// What every example has; held is its cash.
    pub purse: Purse,
    /// What a debt may be at most, as a part of the stake's worth, WAD is all of it.
    pub max_debt_wad: u64,
    /// Interest for a block, as a part of the principal.
    pub interest_wad: u64,
    /// Blocks after which a loan is overdue.
    pub term: u64,
    /// All shares of the pool.
    pub total_shares: U256,
    /// Wei that were borrowed.
    pub lent: U256,
    /// Wei that were borrowed and whose liquidation was not collected.
    pub receivable: U256,
    /// By lender: shares of the pool.
    pub lenders: Vec<(Address, U256)>,
    /// By operator.
    pub loans: Vec<Loan>,
}

/// What an operator borrowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Loan {
    /// Who.
    pub borrower: Address,
    /// Wei; zero if there is no loan.
    pub principal: U256,
    /// The block of borrowing.
    pub since: u64,
}

impl Market {
    /// What the lenders have.
    pub fn total_assets(&self) -> U256 {
        self.purse.held.saturating_add(self.lent).saturating_add(self.receivable)
    }

    /// What `shares` of the pool pay, rounded down.
    pub fn worth(&self, shares: U256) -> Option<U256> {
        mul_div_down(shares, self.total_assets(), self.total_shares)
    }

    /// What `amount` gives of the pool, rounded down.
    pub fn shares_for(&self, amount: U256) -> Option<U256> {
        if self.total_shares.is_zero() {
            return Some(amount);
        }
        mul_div_down(amount, self.total_shares, self.total_assets())
    }

    /// The shares of a lender.
    pub fn shares_of(&self, lender: Address) -> U256 {
        self.lenders.iter().find(|(at, _)| *at == lender).map_or(U256::ZERO, |(_, shares)| *shares)
    }

    /// The loan of an operator, if there is one.
    pub fn loan_of(&self, borrower: Address) -> Option<&Loan> {
        self.loans.iter().find(|loan| loan.borrower == borrower && !loan.principal.is_zero())
    }

    /// What is owed at `block`, interest rounded up.
    pub fn debt(&self, loan: &Loan, block: u64) -> Option<U256> {
        let rate = U256::from(self.interest_wad).checked_mul(U256::from(block.checked_sub(loan.since)?))?;
        loan.principal.checked_add(mul_div_up(loan.principal, rate, WAD_WIDE)?)
    }

    /// Whether a loan had to be paid back before `block`.
    pub fn is_overdue(&self, loan: &Loan, block: u64) -> bool {
        block > loan.since.saturating_add(self.term)
    }
}

/// The insurance fund.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fund {
    /// What every example has.
    pub purse: Purse,
    /// Who gives cover.
    pub underwriter: Address,
    /// Who decides incidents.
    pub adjudicator: Address,
    /// By holder: wei that can still be lost.
    pub covers: Vec<(Address, U256)>,
    /// By incident, counted from one; the one before the first is empty.
    pub incidents: Vec<Incident>,
}

/// An incident.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Incident {
    /// What was lost.
    pub losses: U256,
    /// What the losses are paid together.
    pub payout: U256,
    /// The losses that were claimed for.
    pub claimed: U256,
    /// What they were paid.
    pub paid: U256,
    /// Whether the payout is known.
    pub settled: bool,
    /// By holder: what was lost and not claimed for.
    pub unclaimed: Vec<(Address, U256)>,
}

impl Fund {
    /// The incident that is not settled.
    pub fn open(&self) -> Option<&Incident> {
        self.incidents.last().filter(|incident| self.incidents.len() > 1 && !incident.settled)
    }

    /// The number of the last incident; zero before the first.
    pub fn last_incident(&self) -> u64 {
        (self.incidents.len() as u64).saturating_sub(1)
    }

    /// The incident called `id`.
    pub fn incident(&self, id: u64) -> Option<&Incident> {
        self.incidents.get(usize::try_from(id).ok()?)
    }

    /// The number of the incident that is `back` before the last one.
    pub fn incident_before(&self, back: u64) -> u64 {
        self.last_incident().saturating_sub(back)
    }

    /// The cover of a holder.
    pub fn cover_of(&self, holder: Address) -> U256 {
        self.covers.iter().find(|(at, _)| *at == holder).map_or(U256::ZERO, |(_, amount)| *amount)
    }
}

impl Incident {
    /// What `holder` lost and did not claim for.
    pub fn loss_of(&self, holder: Address) -> U256 {
        self.unclaimed.iter().find(|(at, _)| *at == holder).map_or(U256::ZERO, |(_, amount)| *amount)
    }

    /// What a loss of `amount` is paid, rounded down.
    pub fn part(&self, amount: U256) -> Option<U256> {
        mul_div_down(amount, self.payout, self.losses)
    }

    /// Wei that its claims are still entitled to. The last one leaves nothing.
    pub fn due(&self) -> U256 {
        let open = self.settled && self.claimed < self.losses;
        if open { self.payout.saturating_sub(self.paid) } else { U256::ZERO }
    }
}

/// The commitment registry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registry {
    /// What every example has.
    pub purse: Purse,
    /// Blocks in which to commit and to deliver.
    pub epoch_blocks: u64,
    /// All epochs; the last is under way.
    pub epochs: Vec<Epoch>,
}

/// An epoch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Epoch {
    /// The last block to commit and to deliver in; zero before the first commitment.
    pub deadline: u64,
    /// Commitments that are open.
    pub open: u64,
    /// Weight of the commitments that were kept.
    pub weight: U256,
    /// What their operators share.
    pub pot: U256,
    /// Weight of those that were rewarded.
    pub rewarded: U256,
    /// What they were paid.
    pub paid: U256,
    /// By operator.
    pub commitments: Vec<Commitment>,
}

/// A commitment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Commitment {
    /// Whose.
    pub operator: Address,
    /// Of what is to be delivered.
    pub digest: B256,
    /// The proportion of the allocation at stake.
    pub wad: U256,
    /// The shares behind it, rounded down.
    pub weight: U256,
    /// What became of it.
    pub status: CommitmentStatus,
}

/// What became of a commitment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CommitmentStatus {
    /// There is none.
    #[default]
    None,
    /// Not delivered yet.
    Open,
    /// Delivered.
    Kept,
    /// Not delivered in time.
    Broken,
    /// Delivered, and rewarded.
    Rewarded,
    /// Nothing that the contract knows.
    Unknown,
}

impl CommitmentStatus {
    /// What a stored number means.
    pub const fn of(number: u64) -> Self {
        match number {
            0 => Self::None,
            1 => Self::Open,
            2 => Self::Kept,
            3 => Self::Broken,
            4 => Self::Rewarded,
            _ => Self::Unknown,
        }
    }
}

impl Registry {
    /// The epoch that is under way.
    pub fn current(&self) -> &Epoch {
        self.epochs.last().expect("there is always one")
    }

    /// The number of the epoch that is under way.
    pub fn number(&self) -> u64 {
        (self.epochs.len() as u64).saturating_sub(1)
    }

    /// The number of the epoch that is `back` before the last closed one; that of the epoch under way if there are not so
    /// many.
    pub fn epoch_before(&self, back: u64) -> u64 {
        let number = self.number();
        number.checked_sub(1).and_then(|last| last.checked_sub(back)).unwrap_or(number)
    }

    /// The epoch called `number`, if it is over.
    pub fn closed(&self, number: u64) -> Option<&Epoch> {
        let index = usize::try_from(number).ok().filter(|index| index.saturating_add(1) < self.epochs.len())?;
        self.epochs.get(index)
    }
}

impl Epoch {
    /// The commitment of an operator.
    pub fn commitment_of(&self, operator: Address) -> Option<&Commitment> {
        self.commitments.iter().find(|commitment| commitment.operator == operator)
    }

    /// What `weight` is rewarded with, rounded down.
    pub fn part(&self, weight: U256) -> Option<U256> {
        mul_div_down(weight, self.pot, self.weight)
    }

    /// Wei that its rewards are still entitled to. The last one leaves nothing.
    pub fn due(&self) -> U256 {
        if self.rewarded < self.weight { self.pot.saturating_sub(self.paid) } else { U256::ZERO }
    }
}

/// The bytes that goods are delivered as.
pub fn goods_bytes(goods: u32) -> [u8; 4] {
    goods.to_be_bytes()
}

/// The digest of goods, which names who delivers them: the hash of their ABI encoding.
pub fn digest_of(operator: Address, goods: u32) -> B256 {
    let mut encoded = [0; 128];
    encoded[12..32].copy_from_slice(operator.as_slice());
    encoded[63] = 64;
    encoded[95] = 4;
    encoded[96..100].copy_from_slice(&goods_bytes(goods));
    keccak256(encoded)
}

/// A slash that a call asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlashTarget {
    /// By which set.
    pub set: SetId,
    /// Whom.
    pub operator: Address,
    /// Where.
    pub strategies: Vec<Address>,
}

impl Ledger {
    /// What an example's AVS has beyond what it holds for somebody: what its slashes brought, and gifts.
    pub fn arrived(&self, purse: &Purse) -> Option<U256> {
        self.balance(purse.token, purse.set.avs)?.checked_sub(purse.held)
    }

    /// Whether every slash in flight of an example was cleared.
    pub fn all_cleared(&self, purse: &Purse) -> bool {
        let Some(set) = self.set(purse.set) else { return false };
        let waits =
            |id: &u64| usize::try_from(*id).ok().and_then(|id| set.slashes.get(id)).is_some_and(|e| !e.is_empty());
        !purse.in_flight.iter().any(waits)
    }

    /// The shares of an operator that an example can slash now and after a deallocation asked for now would be over,
    /// rounded down twice. `docs/protocol.md` section 5.5, getMinimumSlashableStake.
    pub fn lasting_shares(&self, purse: &Purse, operator: Address) -> Option<U256> {
        let set = self.set_index(purse.set)?;
        let operator = self.operator(operator)?;
        let until = self.block.saturating_add(self.terms.deallocation_delay).saturating_add(1);
        self.minimum_slashable_stake(operator, set, purse.strategy, until)
    }

    /// Shares that the stakers of an operator queued and that a slash would reach, rounded down. `docs/protocol.md`
    /// section 6.4.
    pub fn slashable_in_queue(&self, operator: &Operator, strategy: usize) -> Option<U256> {
        let stake = &operator.stakes[strategy];
        let ever = stake.queued_shares.latest().unwrap_or_default();
        let over = self.block.checked_sub(self.terms.withdrawal_delay.checked_add(1)?)?;
        let over = stake.queued_shares.at(over).unwrap_or_default();
        mul_wad_down(ever.checked_sub(over)?, U256::from(stake.max_magnitude()))
    }

    /// Whether the stake of a borrower in the market covers a debt of `debt` wei.
    pub fn covers(&self, market: &Market, borrower: Address, debt: U256) -> Option<bool> {
        let set = self.set_index(market.purse.set)?;
        let member = self.operator(borrower).is_some_and(|operator| operator.memberships[set].registered);
        let shares = self.lasting_shares(&market.purse, borrower).unwrap_or_default();
        let worth = self.strategies[market.purse.strategy].tokens_for(shares)?;
        Some(member && debt <= mul_div_down(worth, U256::from(market.max_debt_wad), WAD_WIDE)?)
    }

    /// The shares that a slash of a whole allocation takes a part of, the queue included, if anything can be slashed.
    pub fn shares_in_reach(&self, purse: &Purse, operator: Address) -> Option<U256> {
        let set = self.set_index(purse.set)?;
        let operator = self.operator(operator)?;
        let current = operator.allocations[set][purse.strategy].settled(self.block).current;
        let queued = self.slashable_in_queue(operator, purse.strategy)?;
        let shares = operator.stakes[purse.strategy].shares.checked_add(queued)?;
        let possible = current > 0 && !shares.is_zero() && operator.memberships[set].is_slashable(self.block);
        possible.then_some(shares)
    }

    /// The slashes that a call makes if it succeeds, in order: its own, or those that an example AVS makes of it.
    pub fn slashes_of(&self, operation: &Operation) -> Vec<SlashTarget> {
        match operation {
            Operation::Slash { set, operator, items } => {
                let strategies = items.iter().map(|item| item.strategy).collect();
                vec![SlashTarget { set: *set, operator: *operator, strategies }]
            }
            Operation::Example(example) => self.slashes_of_example(example).unwrap_or_default(),
            _ => Vec::new(),
        }
    }

    fn slashes_of_example(&self, operation: &ExampleOperation) -> Option<Vec<SlashTarget>> {
        let examples = self.examples.as_ref()?;
        let target = |purse: &Purse, operator: Address| SlashTarget {
            set: purse.set,
            operator,
            strategies: vec![self.strategies[purse.strategy].address],
        };
        match operation {
            ExampleOperation::Liquidate { borrower } => {
                let purse = &examples.market.purse;
                self.shares_in_reach(purse, *borrower)?;
                Some(vec![target(purse, *borrower)])
            }
            ExampleOperation::Adjudicate { faults, .. } => {
                Some(faults.iter().map(|fault| target(&examples.fund.purse, fault.operator)).collect())
            }
            ExampleOperation::Breach { operator } => {
                let purse = &examples.registry.purse;
                let set = self.set_index(purse.set)?;
                let slashable = self.operator(*operator)?.memberships[set].is_slashable(self.block);
                slashable.then(|| vec![target(purse, *operator)])
            }
            _ => None,
        }
    }
}

/// What a liquidation may slash at most beyond a debt, in shares: one unit of an operator's maximum magnitude.
pub fn magnitude_unit(shares: U256, max_magnitude: u64) -> Option<U256> {
    mul_div_up(shares, U256::ONE, U256::from(max_magnitude.clamp(1, WAD)))
}
