//! States of the ledger as far as they are of a kind: which combinations of features there are, in the protocol's terms.
//!
//! Edges say which code ran, and most of it runs in the first minute. That an operator is slashed in part, waits for a
//! deallocation and has withdrawals in the queue, all at once, is nowhere in the code.

use alloy_primitives::U256;

use crate::{
    arithmetic::WAD,
    ledger::{Ledger, Operator, OperatorSet, Staker, Strategy, Touched},
};

/// Bits of the widest kind of state.
const BITS: u32 = 11;

/// States have numbers below this.
pub const END: u32 = 5 << BITS;

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

/// The states that the `touched` parts of `ledger` are in, each as a number; the same may come more than once. Of what time
/// alone brings about, the next call that touches it tells.
pub fn states(ledger: &Ledger, touched: Touched) -> Vec<u32> {
    let mut states = Vec::with_capacity(64);
    if touched.any_operator() || touched.any_staker() {
        push_stakes_and_holdings(&mut states, ledger, touched);
    }
    let sets = ledger.sets.iter().enumerate().filter(|(index, _)| touched.set(*index));
    states.extend(sets.map(|(index, set)| of_set(ledger, index, set)));
    if touched.rest() {
        states.extend(ledger.strategies.iter().map(of_strategy));
        states.push(of_switches(ledger));
    }
    states
}

fn push_stakes_and_holdings(states: &mut Vec<u32>, ledger: &Ledger, touched: Touched) {
    let waiting = Waiting::in_queue(ledger);
    let operators = ledger.operators.iter().zip(waiting.of_operators.chunks(waiting.strategies)).enumerate();
    for (_, (operator, waits)) in operators.filter(|(index, _)| touched.operator(*index)) {
        push_stakes(states, ledger, operator, waits);
    }
    let stakers = ledger.stakers.iter().zip(waiting.of_stakers.chunks(waiting.strategies)).enumerate();
    for (_, (staker, waits)) in stakers.filter(|(index, _)| touched.staker(*index)) {
        push_holdings(states, ledger, staker, waits);
    }
}

fn of_switches(ledger: &Ledger) -> u32 {
    let mut switches = Features::default();
    for (_, status) in ledger.control.paused.iter().take(BITS as usize) {
        switches.has(!status.is_zero());
    }
    switches.of(Kind::Switches)
}

/// What waits in the queue, for those who ask often.
struct Waiting {
    strategies: usize,
    /// By operator, then by strategy: whether something waits that it can still be slashed for.
    of_operators: Vec<bool>,
    /// By staker, then by strategy.
    of_stakers: Vec<Waits>,
}

/// What a staker waits for in one strategy.
#[derive(Clone, Copy, Default)]
struct Waits {
    count: usize,
    /// Whether something can be completed.
    is_due: bool,
}

impl Waiting {
    fn in_queue(ledger: &Ledger) -> Self {
        // A chunk has a length, even of nothing.
        let strategies = ledger.strategies.len().max(1);
        let mut waiting = Self {
            strategies,
            of_operators: vec![false; strategies * ledger.operators.len()],
            of_stakers: vec![Waits::default(); strategies * ledger.stakers.len()],
        };
        for withdrawal in ledger.withdrawals.iter().filter(|withdrawal| withdrawal.pending) {
            let is_due = ledger.slashable_until(withdrawal) < ledger.block;
            let staker = ledger.staker_index(withdrawal.staker);
            let operator = ledger.operator_index(withdrawal.delegated_to).filter(|_| !is_due);
            let at = withdrawal.items.iter().filter_map(|(strategy, _)| ledger.strategy_index(*strategy));
            for strategy in at {
                if let Some(operator) = operator {
                    waiting.of_operators[operator * strategies + strategy] = true;
                }
                if let Some(staker) = staker {
                    let waits = &mut waiting.of_stakers[staker * strategies + strategy];
                    waits.count += 1;
                    waits.is_due |= is_due;
                }
            }
        }
        waiting
    }
}

/// What an operator allocated in one strategy, over all sets: how often it did, and the features as bits.
#[derive(Clone, Copy, Default)]
struct Allocated {
    sets: usize,
    features: u32,
}

/// Allocations that grow, that shrink, that would if somebody completed them, and that a set it left can still slash.
const GROWS: u32 = 1;
const SHRINKS: u32 = 1 << 1;
const IS_OVER: u32 = 1 << 2;
const LEAVES: u32 = 1 << 3;

fn push_stakes(states: &mut Vec<u32>, ledger: &Ledger, operator: &Operator, waits: &[bool]) {
    let mut allocated = vec![Allocated::default(); operator.stakes.len()];
    for (allocations, membership) in operator.allocations.iter().zip(&operator.memberships) {
        let leaving = if membership.registered || !membership.is_slashable(ledger.block) { 0 } else { LEAVES };
        for (allocated, allocation) in allocated.iter_mut().zip(allocations) {
            if allocation.current > 0 {
                allocated.sets += 1;
                allocated.features |= leaving;
            }
            allocated.features |= match (allocation.pending, allocation.is_locked(ledger.block)) {
                (0, _) => 0,
                (_, false) => IS_OVER,
                (1.., true) => GROWS,
                (_, true) => SHRINKS,
            };
        }
    }
    for ((stake, Allocated { sets, features: of }), queued) in operator.stakes.iter().zip(allocated).zip(waits) {
        let max = stake.max_magnitude();
        let mut features = Features::default();
        features.several(sets);
        for feature in [GROWS, SHRINKS, IS_OVER, LEAVES] {
            features.has(of & feature != 0);
        }
        features.has(max < WAD).has(max == 0).has(!stake.shares.is_zero()).has(*queued);
        states.push(features.has(stake.encumbered == max).of(Kind::Stake));
    }
}

fn push_holdings(states: &mut Vec<u32>, ledger: &Ledger, staker: &Staker, waits: &[Waits]) {
    let operator = ledger.operator(staker.delegated_to);
    for (strategy, (holding, waits)) in staker.holdings.iter().zip(waits).enumerate() {
        let max = operator.map_or(WAD, |operator| operator.stakes[strategy].max_magnitude());
        let factor = holding.factor();
        let mut features = Features::default();
        features.has(!holding.shares.is_zero()).has(staker.is_delegated()).has(staker.is_operator());
        features.has(factor > U256::from(WAD)).has(factor < U256::from(WAD));
        features.has(max < WAD).has(max == 0).several(waits.count).has(waits.is_due);
        states.push(features.of(Kind::Holding));
    }
}

fn of_set(ledger: &Ledger, index: usize, set: &OperatorSet) -> u32 {
    let leaves = |operator: &Operator| {
        let membership = operator.memberships.get(index);
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
