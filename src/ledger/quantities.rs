//! Quantities that mean something only when a call is played: all of it, the third of them. One place resolves them, for
//! whoever sends a call and whoever predicts it.

use alloy_primitives::{Address, U256};

use super::{Ledger, OperatorSet, Withdrawal};
use crate::call::{AllocationChange, AllocationItem, Completion, Receive, SetId, WithdrawalItem};

/// A withdrawal to complete, as it is asked for.
#[derive(Clone, Debug)]
pub struct CompletionRequest<'a> {
    /// Which.
    pub withdrawal: &'a Withdrawal,
    /// The token asked for, by item.
    pub tokens: Vec<Address>,
    /// As tokens, or as shares.
    pub as_tokens: bool,
}

impl OperatorSet {
    /// The slash that `nth` means: one of those that wait, or one that does not if none does.
    pub fn nth_slash(&self, nth: u32) -> u64 {
        let nth = u64::from(nth);
        if self.pending_slashes.is_empty() {
            // A ledger may be read from where it is not, as after an upgrade that moved a variable.
            return nth % self.slash_count.saturating_add(1) + 1;
        }
        let mut waiting = self.pending_slashes.clone();
        waiting.sort_unstable();
        waiting[usize::try_from(nth % waiting.len() as u64).expect("it is an index")]
    }
}

impl Ledger {
    /// The magnitudes that changes ask for, by change and item. All of a strategy is what the items before have left free.
    pub fn wanted_magnitudes(&self, operator: Address, changes: &[AllocationChange]) -> Vec<Vec<u64>> {
        let index = self.operator_index(operator);
        let mut taken = vec![0u64; self.strategies.len()];
        let mut want = |set: SetId, item: &AllocationItem| -> u64 {
            let place = index.zip(self.set_index(set)).zip(self.strategy_index(item.strategy));
            let Some(((operator, set), strategy)) = place else { return item.magnitude.of(U256::ZERO).saturating_to() };
            let current = self.operators[operator].allocations[set][strategy].settled(self.block).current;
            let free = self.free_magnitude(operator, strategy).saturating_sub(taken[strategy]);
            let wanted: u64 = item.magnitude.of(U256::from(current.saturating_add(free))).saturating_to();
            taken[strategy] = taken[strategy].saturating_add(wanted.saturating_sub(current));
            wanted
        };
        changes.iter().map(|change| change.items.iter().map(|item| want(change.set, item)).collect()).collect()
    }

    /// The deposit shares that withdrawals take, by withdrawal and item. All of a strategy is what the items before have
    /// left.
    pub fn withdrawn_shares(&self, staker: Address, withdrawals: &[Vec<WithdrawalItem>]) -> Vec<Vec<U256>> {
        let mut left: Vec<U256> = match self.staker(staker) {
            Some(staker) => staker.holdings.iter().map(|holding| holding.shares).collect(),
            None => vec![U256::ZERO; self.strategies.len()],
        };
        let mut take = |item: &WithdrawalItem| {
            let Some(strategy) = self.strategy_index(item.strategy) else { return item.shares.of(U256::ZERO) };
            let shares = item.shares.of(left[strategy]);
            left[strategy] = left[strategy].saturating_sub(shares);
            shares
        };
        withdrawals.iter().map(|items| items.iter().map(&mut take).collect()).collect()
    }

    /// The withdrawal of a staker that `nth` means: counted round, oldest first.
    pub fn nth_withdrawal(&self, staker: Address, nth: u32) -> Option<&Withdrawal> {
        let queue = self.queue_of(staker);
        let count = u32::try_from(queue.len()).ok().filter(|count| *count > 0)?;
        Some(queue[(nth % count) as usize])
    }

    /// What a completion asks for; `None` when the queue is empty.
    pub fn completion_request(&self, completion: &Completion) -> Option<CompletionRequest<'_>> {
        let withdrawal = self.nth_withdrawal(completion.staker, completion.nth)?;
        let tokens = withdrawal.items.iter().map(|(strategy, _)| {
            let strategy = self.strategy(*strategy);
            let token = strategy.map(|strategy| strategy.token);
            match completion.receive {
                Receive::Wrapped => strategy.and_then(|strategy| strategy.wrapper).or(token).unwrap_or_default(),
                Receive::Tokens | Receive::Shares => token.unwrap_or_default(),
                Receive::WrongTokens => self.token_other_than(token),
            }
        });
        let as_tokens = completion.receive != Receive::Shares;
        Some(CompletionRequest { withdrawal, tokens: tokens.collect(), as_tokens })
    }

    fn token_other_than(&self, token: Option<Address>) -> Address {
        let mut tokens = self.tokens.iter().map(|token| token.address);
        tokens.find(|other| Some(*other) != token).unwrap_or_default()
    }
}
