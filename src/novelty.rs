//! States of the ledger as far as they are of a kind: which combinations of features there are, in the protocol's terms.
//!
//! Edges say which code ran, and most of it runs in the first minute. That an operator is slashed in part, waits for a
//! deallocation and has withdrawals in the queue, all at once, is nowhere in the code.

use alloy_primitives::{Address, U256};

use crate::{
    arithmetic::WAD,
    ledger::{Ledger, Operator, OperatorSet, Staker, Strategy},
};

/// Bits of the widest kind of state.
const BITS: u32 = 11;

/// What a state is of. Each has numbers of its own.
#[derive(Clone, Copy)]
enum Kind {
    Stake,
    Holding,
    Set,
    Strategy,
    Switches,
}

/// Features, as the bits of a number.
#[derive(Default)]
struct Features {
    bits: u32,
    width: u32,
}

impl Features {
    fn has(&mut self, feature: bool) -> &mut Self {
        self.bits |= u32::from(feature) << self.width;
        self.width += 1;
        self
    }

    /// None, one, or more.
    fn several(&mut self, count: usize) -> &mut Self {
        self.has(count == 1).has(count > 1)
    }

    fn of(&self, kind: Kind) -> u32 {
        debug_assert!(self.width <= BITS, "a kind of state is wider than its numbers");
        ((kind as u32) << BITS) | self.bits
    }
}

/// The states that `ledger` is in, each as a number; the same may come more than once.
pub fn states(ledger: &Ledger) -> impl Iterator<Item = u32> {
    let in_queue = Queued::in_queue(ledger);
    let mut states = Vec::with_capacity(ledger.strategies.len() * (ledger.operators.len() + ledger.stakers.len()) + 32);
    for (index, strategy) in ledger.strategies.iter().enumerate() {
        states.extend(ledger.operators.iter().map(|operator| stake(ledger, operator, index, &in_queue)));
        states.extend(ledger.stakers.iter().map(|staker| holding(ledger, staker, index, &in_queue)));
        states.push(of_strategy(strategy));
    }
    states.extend(ledger.sets.iter().map(|set| of_set(ledger, set)));
    let mut switches = Features::default();
    for (_, status) in ledger.control.paused.iter().take(BITS as usize) {
        switches.has(!status.is_zero());
    }
    states.push(switches.of(Kind::Switches));
    states.into_iter()
}

/// What waits in the queue: whose, delegated to whom, where, and whether it can be completed.
struct Queued {
    staker: Address,
    operator: Address,
    strategy: Address,
    is_due: bool,
}

impl Queued {
    fn in_queue(ledger: &Ledger) -> Vec<Self> {
        let pending = ledger.withdrawals.iter().filter(|withdrawal| withdrawal.pending);
        let items = pending.flat_map(|withdrawal| {
            let is_due = ledger.slashable_until(withdrawal) < ledger.block;
            let (staker, operator) = (withdrawal.staker, withdrawal.delegated_to);
            withdrawal.items.iter().map(move |(strategy, _)| Self { staker, operator, strategy: *strategy, is_due })
        });
        items.collect()
    }
}

fn stake(ledger: &Ledger, operator: &Operator, strategy: usize, in_queue: &[Queued]) -> u32 {
    let stake = &operator.stakes[strategy];
    let (mut allocated, mut grows, mut shrinks, mut is_over, mut leaves) = (0, false, false, false, false);
    for (allocations, membership) in operator.allocations.iter().zip(&operator.memberships) {
        let allocation = allocations[strategy];
        let is_locked = allocation.is_locked(ledger.block);
        allocated += usize::from(allocation.current > 0);
        grows |= is_locked && allocation.pending > 0;
        shrinks |= is_locked && allocation.pending < 0;
        is_over |= !is_locked && allocation.pending != 0;
        leaves |= allocation.current > 0 && !membership.registered && membership.is_slashable(ledger.block);
    }
    let max = stake.max_magnitude();
    let at = ledger.strategies[strategy].address;
    let queued = in_queue.iter().any(|item| item.operator == operator.address && item.strategy == at && !item.is_due);
    let mut features = Features::default();
    features.several(allocated).has(grows).has(shrinks).has(is_over).has(leaves);
    features.has(max < WAD).has(max == 0).has(!stake.shares.is_zero()).has(queued);
    features.has(stake.encumbered == max).of(Kind::Stake)
}

fn holding(ledger: &Ledger, staker: &Staker, strategy: usize, in_queue: &[Queued]) -> u32 {
    let holding = &staker.holdings[strategy];
    let at = ledger.strategies[strategy].address;
    let mine = || in_queue.iter().filter(|item| item.staker == staker.address && item.strategy == at);
    let operator = ledger.operator(staker.delegated_to);
    let max = operator.map_or(WAD, |operator| operator.stakes[strategy].max_magnitude());
    let mut features = Features::default();
    features.has(!holding.shares.is_zero()).has(staker.is_delegated()).has(staker.is_operator());
    features.has(holding.factor() > U256::from(WAD)).has(holding.factor() < U256::from(WAD));
    features.has(max < WAD).has(max == 0).several(mine().count()).has(mine().any(|item| item.is_due));
    features.of(Kind::Holding)
}

fn of_set(ledger: &Ledger, set: &OperatorSet) -> u32 {
    let index = ledger.set_index(set.id);
    let leaves = |operator: &Operator| {
        let membership = index.map(|index| &operator.memberships[index]);
        membership.is_some_and(|membership| !membership.registered && membership.is_slashable(ledger.block))
    };
    let mut features = Features::default();
    features.has(set.exists).has(set.is_redistributing()).several(set.members.len()).several(set.strategies.len());
    features.several(set.pending_slashes.len()).has(ledger.operators.iter().any(leaves)).of(Kind::Set)
}

fn of_strategy(strategy: &Strategy) -> u32 {
    let mut features = Features::default();
    features.has(!strategy.total_shares.is_zero()).has(strategy.whitelisted).has(!strategy.burnable_shares.is_zero());
    let (shares, balance) = (strategy.virtual_shares(), strategy.virtual_balance());
    features.has(balance > shares).has(balance < shares).of(Kind::Strategy)
}
