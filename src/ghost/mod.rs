//! Ghosts: what the ledger cannot say because it is history. Folded over the calls of a run.

mod examples;
mod payments;
mod stakes;

use std::collections::BTreeMap;

use alloy_primitives::{Address, B256, U256};

use crate::{
    arithmetic::mul_wad_down,
    call::{Call, Completion, Operation, Outcome, Receive, SetId, SignedOperation},
    ledger::{Ledger, OperatorSet, SlashTarget, Stake, Staker, Touched},
};

pub use self::{
    examples::{ExampleGhosts, Flow},
    payments::{Payment, payments},
    stakes::{LastSlash, StakeHistory},
};

/// Names what a slash took: the set, the slash and the strategy.
pub type SlashKey = (SetId, u64, Address);

/// History of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ghosts {
    /// By set: successful slashes.
    pub slashes: BTreeMap<SetId, u64>,
    /// Shares that a slash took and handed over, when it did.
    pub recorded: BTreeMap<SlashKey, U256>,
    /// Shares of a slash that were burned or redistributed, in total.
    pub cleared: BTreeMap<SlashKey, U256>,
    /// By set: the recipient it was created with.
    pub recipients: BTreeMap<SetId, Address>,
    /// What a slash took from an operator and from its part of the queue, computed from the magnitudes.
    pub taken: BTreeMap<SlashKey, U256>,
    /// By withdrawal: how often it was completed.
    pub completions: BTreeMap<B256, u32>,
    /// By staker, then by strategy: what went in and came out.
    pub accounts: Vec<Vec<Account>>,
    /// By strategy: what happened in it.
    pub strategies: Vec<StrategyHistory>,
    /// By token: what was ever given as rewards, in wei.
    pub given: Vec<U256>,
    /// By operator, then by strategy: what happened to its stake.
    pub stakes: Vec<Vec<StakeHistory>>,
    /// What happened in the example AVSs.
    pub examples: ExampleGhosts,
}

/// What a staker put into a strategy and got out of it, in wei.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Account {
    /// By deposits.
    pub paid_in: U256,
    /// By withdrawals.
    pub paid_out: U256,
}

/// What happened in one strategy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StrategyHistory {
    /// Shares there must be: those deposited less those withdrawn, burned and redistributed.
    pub shares: U256,
    /// Wei there must be: those deposited and donated less those paid.
    pub balance: U256,
    /// Wei that were donated.
    pub donated: U256,
    /// Wei, at most, that rounding took from one to the benefit of others.
    pub rounded: U256,
    /// Times that a slash took from it.
    pub slashes: u64,
    /// Entries of the withdrawal queue by delegated stakers.
    pub queued: u64,
    /// Of those, the ones whose worth was not a whole number of shares.
    pub queued_inexactly: u64,
}

/// A call as history sees it.
#[derive(Clone, Copy, Debug)]
pub struct Happened<'a> {
    /// The ledger just before.
    pub before: &'a Ledger,
    /// The call.
    pub call: &'a Call,
    /// How it ended.
    pub outcome: &'a Outcome,
    /// The ledger just after.
    pub after: &'a Ledger,
    /// What of it the call may have changed.
    pub touched: Touched,
}

impl Ghosts {
    /// The history of a world that begins as `ledger`.
    pub fn new(ledger: &Ledger) -> Self {
        let strategies = ledger.strategies.iter().map(|strategy| StrategyHistory {
            shares: strategy.total_shares,
            balance: strategy.balance,
            ..StrategyHistory::default()
        });
        // What a world begins with counts as given.
        let given = (0..ledger.tokens.len()).map(|token| ledger.rewards_held(token)).collect();
        let created = ledger.sets.iter().filter(|set| set.exists).map(|set| (set.id, set.recipient));
        Self {
            strategies: strategies.collect(),
            recipients: created.collect(),
            accounts: ledger.stakers.iter().map(|staker| accounts(ledger, staker)).collect(),
            given,
            stakes: stakes::begin(ledger),
            examples: ExampleGhosts::new(ledger),
            ..Self::default()
        }
    }

    /// Adds a call. One that failed leaves no trace.
    pub fn fold(&mut self, happened: Happened<'_>) {
        if !happened.outcome.is_success() {
            return;
        }
        stakes::fold(&mut self.stakes, happened);
        self.fold_queue(happened);
        self.fold_payments(happened);
        self.fold_slashes(happened);
        self.examples.fold(happened);
        match &happened.call.operation {
            Operation::Deposit { strategy, amount, .. } => {
                self.deposited(happened, happened.call.actor, *strategy);
                self.tokens_deposited(happened, happened.call.actor, *strategy, *amount);
            }
            Operation::Signed(SignedOperation::Deposit { staker, strategy, amount, .. }) => {
                self.deposited(happened, *staker, *strategy);
                self.tokens_deposited(happened, *staker, *strategy, *amount);
            }
            Operation::Donate { strategy, amount } => self.donated(happened, *strategy, *amount),
            Operation::CompleteWithdrawal { completion } if completion.receive != Receive::Shares => {
                self.paid_out(happened);
            }
            Operation::CompleteWithdrawals { .. } => self.paid_out(happened),
            Operation::ClearSlash { set, nth } => self.slash_cleared(happened, *set, *nth, None),
            Operation::ClearSlashByStrategy { set, nth, strategy } => {
                self.slash_cleared(happened, *set, *nth, Some(*strategy));
            }
            Operation::BurnShares { strategy } => self.burned(happened, *strategy),
            Operation::CreateSets { avs, sets } => {
                for set in sets {
                    self.recipients.entry(SetId { avs: *avs, id: set.id }).or_insert(Address::ZERO);
                }
            }
            Operation::CreateRedistributingSets { avs, sets } => {
                for set in sets {
                    self.recipients.entry(SetId { avs: *avs, id: set.id }).or_insert(set.recipient);
                }
            }
            Operation::Rewards(operation) => self.rewards_given(happened, &operation.given()),
            _ => {}
        }
    }

    /// Slashes are counted otherwise from now on: an upgrade numbers them anew. What waits was recorded, as far as `ledger`
    /// tells.
    pub fn renumber(&mut self, ledger: &Ledger) {
        self.slashes = ledger.sets.iter().map(|set| (set.id, set.slash_count)).collect();
        let waiting = |set: &OperatorSet| {
            let id = set.id;
            let by_slash = (0u64..).zip(set.slashes.clone());
            by_slash.flat_map(move |(slash, entries)| {
                entries.into_iter().map(move |(strategy, shares)| ((id, slash, strategy), shares))
            })
        };
        self.recorded = ledger.sets.iter().flat_map(waiting).collect();
        self.taken.clone_from(&self.recorded);
        self.cleared.clear();
    }

    fn rewards_given(&mut self, Happened { after, .. }: Happened<'_>, given: &[(Address, U256)]) {
        for (token, amount) in given {
            let index = after.tokens.iter().position(|at| at.address == *token);
            if let Some(sum) = index.and_then(|index| self.given.get_mut(index)) {
                *sum = sum.saturating_add(*amount);
            }
        }
    }

    /// New entries of the queue, whatever call made them.
    fn fold_queue(&mut self, Happened { before, after, .. }: Happened<'_>) {
        let known = before.withdrawals.len();
        for withdrawal in after.withdrawals.get(known..).unwrap_or_default() {
            let Some(operator) = after.operator(withdrawal.delegated_to) else { continue };
            for (strategy, scaled) in &withdrawal.items {
                let Some(index) = after.strategy_index(*strategy) else { continue };
                let worth = U256::from(operator.stakes[index].max_magnitude()).saturating_mul(*scaled);
                let history = &mut self.strategies[index];
                history.queued += 1;
                history.queued_inexactly += u64::from(worth % crate::arithmetic::WAD_WIDE != U256::ZERO);
            }
        }
    }

    fn deposited(&mut self, Happened { before, after, .. }: Happened<'_>, staker: Address, strategy: Address) {
        let (Some(staker), Some(index)) = (after.staker_index(staker), after.strategy_index(strategy)) else {
            return;
        };
        let had = before.stakers[staker].holdings[index].shares;
        let has = after.stakers[staker].holdings[index].shares;
        self.strategies[index].shares = self.strategies[index].shares.wrapping_add(has.wrapping_sub(had));
    }

    /// Withdrawals that left the queue as tokens: what they pay is final, so it can be computed from before.
    fn paid_out(&mut self, Happened { before, call, after, .. }: Happened<'_>) {
        for withdrawal in completed_as_tokens(before, call) {
            let gone = after.withdrawals.iter().any(|other| other.root == withdrawal.root && !other.pending);
            if !gone {
                continue;
            }
            for (index, (strategy, _)) in withdrawal.items.iter().enumerate() {
                let shares = before.receivable(withdrawal, index).unwrap_or_default();
                if let Some(strategy) = before.strategy_index(*strategy) {
                    self.strategies[strategy].shares = self.strategies[strategy].shares.wrapping_sub(shares);
                }
            }
        }
    }

    /// Slashes, by whoever asked for them. The last one has the number that the set counts.
    fn fold_slashes(&mut self, happened: Happened<'_>) {
        let targets = happened.before.slashes_of(&happened.call.operation);
        for (later, target) in (0u64..).zip(targets.iter().rev()) {
            self.slashed(happened, target, later);
        }
    }

    /// Tokens that came in for `staker`, whoever paid them.
    fn tokens_deposited(&mut self, happened: Happened<'_>, staker: Address, strategy: Address, amount: U256) {
        let before = happened.before;
        let Some(index) = before.strategy_index(strategy) else { return };
        let history = &mut self.strategies[index];
        history.balance = history.balance.wrapping_add(amount);
        // The deposit may lose what is less than a share.
        let pool = &before.strategies[index];
        let share = pool.virtual_balance().div_ceil(pool.virtual_shares());
        history.rounded = history.rounded.saturating_add(share);
        if let Some(staker) = before.staker_index(staker) {
            let account = &mut self.accounts[staker][index];
            account.paid_in = account.paid_in.saturating_add(amount);
        }
    }

    fn donated(&mut self, Happened { before, .. }: Happened<'_>, strategy: Address, amount: U256) {
        let Some(index) = before.strategy_index(strategy) else { return };
        let history = &mut self.strategies[index];
        history.balance = history.balance.wrapping_add(amount);
        history.donated = history.donated.saturating_add(amount);
    }

    /// What strategies pay by the formula, and what stakers got.
    fn fold_payments(&mut self, Happened { before, call, after, .. }: Happened<'_>) {
        for payment in payments(before, call) {
            let history = &mut self.strategies[payment.strategy];
            history.balance = history.balance.wrapping_sub(payment.tokens);
            history.rounded = history.rounded.saturating_add(U256::ONE);
            if let Some(into) = payment.into {
                // It is a gift to all who have shares there.
                let history = &mut self.strategies[into];
                history.balance = history.balance.wrapping_add(payment.tokens);
                history.donated = history.donated.saturating_add(payment.tokens);
            }
        }
        let completions = completions(call);
        if completions.is_empty() {
            return;
        }
        for completion in completions {
            if let Some(withdrawal) = before.nth_withdrawal(completion.staker, completion.nth) {
                *self.completions.entry(withdrawal.root).or_default() += 1;
            }
        }
        let Some(staker) = before.staker_index(call.actor) else { return };
        for (index, strategy) in before.strategies.iter().enumerate() {
            let of = |ledger: &Ledger| ledger.holdings_of(strategy, call.actor);
            let account = &mut self.accounts[staker][index];
            account.paid_out = account.paid_out.saturating_add(of(after).saturating_sub(of(before)));
        }
    }

    fn slashed(&mut self, Happened { before, after, .. }: Happened<'_>, target: &SlashTarget, later: u64) {
        let SlashTarget { set, operator, strategies } = target;
        let slashes = self.slashes.entry(*set).or_default();
        *slashes += 1;
        let slash_id = after.set(*set).map_or(*slashes, |set| set.slash_count).saturating_sub(later);
        let (Some(was), Some(is)) = (before.operator(*operator), after.operator(*operator)) else { return };
        for strategy in strategies {
            let Some(index) = after.strategy_index(*strategy) else { continue };
            if was.stakes[index].max_magnitude() != is.stakes[index].max_magnitude() {
                self.strategies[index].slashes += 1;
            }
            if let Some(shares) = after.set(*set).and_then(|set| set.waiting(slash_id, *strategy)) {
                self.recorded.insert((*set, slash_id, *strategy), shares);
                let taken = taken(before, &was.stakes[index], &is.stakes[index]);
                self.taken.insert((*set, slash_id, *strategy), taken);
            }
        }
    }

    /// What was paid is what the strategy lost, not what the books say.
    fn slash_cleared(&mut self, happened: Happened<'_>, set: SetId, nth: u32, only: Option<Address>) {
        let Happened { before, after, .. } = happened;
        let Some(before_set) = before.set(set) else { return };
        let slash_id = before_set.nth_slash(nth);
        let entries = usize::try_from(slash_id).ok().and_then(|id| before_set.slashes.get(id));
        for (strategy, shares) in entries.into_iter().flatten() {
            if only.is_some_and(|only| only != *strategy) {
                continue;
            }
            if let Some(index) = before.strategy_index(*strategy) {
                let history = &mut self.strategies[index];
                history.shares = history.shares.wrapping_sub(*shares);
            }
        }
        for (was, is) in before.strategies.iter().zip(&after.strategies) {
            let lost = was.total_shares.saturating_sub(is.total_shares);
            if !lost.is_zero() {
                let cleared = self.cleared.entry((set, slash_id, was.address)).or_default();
                *cleared = cleared.saturating_add(lost);
            }
        }
    }

    fn burned(&mut self, Happened { before, .. }: Happened<'_>, strategy: Address) {
        if let Some(index) = before.strategy_index(strategy) {
            let shares = before.strategies[index].burnable_shares;
            self.strategies[index].shares = self.strategies[index].shares.wrapping_sub(shares);
        }
    }
}

/// What a staker of a new world put in: what its shares are worth.
fn accounts(ledger: &Ledger, staker: &Staker) -> Vec<Account> {
    let worth = staker.holdings.iter().zip(&ledger.strategies).map(|(holding, strategy)| Account {
        paid_in: strategy.tokens_for(holding.shares).unwrap_or_default(),
        paid_out: U256::ZERO,
    });
    worth.collect()
}

/// Shares that a slash took: those the operator has less, and the part of the queue within reach, rounded down.
fn taken(before: &Ledger, was: &Stake, is: &Stake) -> U256 {
    let outside = before.block.saturating_sub(before.terms.withdrawal_delay + 1);
    let queued = &was.queued_shares;
    let reach = queued.latest().unwrap_or_default().saturating_sub(queued.at(outside).unwrap_or_default());
    let part = U256::from(was.max_magnitude().saturating_sub(is.max_magnitude()));
    was.shares.saturating_sub(is.shares).saturating_add(mul_wad_down(reach, part).unwrap_or_default())
}

/// The withdrawals that a call is to complete.
fn completions(call: &Call) -> &[Completion] {
    match &call.operation {
        Operation::CompleteWithdrawal { completion } => std::slice::from_ref(completion),
        Operation::CompleteWithdrawals { completions } => completions,
        _ => &[],
    }
}

/// The withdrawals that a call completes as tokens if it succeeds.
pub fn completed_as_tokens<'a>(before: &'a Ledger, call: &Call) -> Vec<&'a crate::ledger::Withdrawal> {
    let as_tokens = completions(call).iter().filter(|completion| completion.receive != Receive::Shares);
    as_tokens.filter_map(|completion| before.nth_withdrawal(completion.staker, completion.nth)).collect()
}
