//! What stakers do: deposit, delegate, queue and complete withdrawals.

use alloy_primitives::{Address, U256};

use super::{EigenLayer, action::action, is_fully_slashed, is_paused, operators, switch};
use crate::{
    book::Role,
    call::{Completion, Operation, Receive, WithdrawalItem},
    draw::Draw,
    ledger::{Ledger, Operator, Staker, Withdrawal},
    protocol::Action,
};

pub(super) const ACTIONS: &[Action<EigenLayer>] = &[
    action("staker.deposit", Role::Staker, 16, deposit),
    action("staker.delegate", Role::Staker, 12, delegate),
    action("staker.undelegate", Role::Staker, 2, undelegate),
    action("staker.redelegate", Role::Staker, 2, redelegate),
    action("staker.queue_withdrawals", Role::Staker, 9, queue_withdrawals),
    action("staker.complete_withdrawal", Role::Staker, 8, complete_withdrawal),
    action("staker.complete_withdrawals", Role::Staker, 4, complete_withdrawals),
];

fn deposit(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let ledger = draw.ledger;
    let everybody: Vec<&Staker> = ledger.stakers.iter().collect();
    let staker = draw.prefer(&everybody, |staker| staker.address)?;
    let (strategy, token, amount) = depositable(protocol, draw, staker, staker.address)?;
    Some((staker.address, Operation::Deposit { strategy, token, amount }))
}

/// What `payer` can deposit now for a staker: where, which token, and how much.
pub(super) fn depositable(
    protocol: &EigenLayer,
    draw: &mut Draw<'_>,
    staker: &Staker,
    payer: Address,
) -> Option<(Address, Address, U256)> {
    let ledger = draw.ledger;
    let open = open_strategies(protocol, ledger, staker, payer);
    let index = draw.prefer(&open, |at| ledger.strategies[*at].address)?;
    let strategy = &ledger.strategies[index];
    let balance = ledger.balance(strategy.token, payer)?;
    // All of a billion tokens is too much for most deposits: later ones must count too.
    let most = if draw.chance(5) { balance } else { balance / U256::from(1_000_000) };
    let amount = draw.up_to(most.max(U256::ONE).min(balance).min(ledger.most_depositable(index)))?;
    Some((strategy.address, strategy.token, amount))
}

/// The strategies that `payer` can deposit into now for a staker, by index.
pub(super) fn open_strategies(protocol: &EigenLayer, ledger: &Ledger, staker: &Staker, payer: Address) -> Vec<usize> {
    if is_paused(ledger, protocol.contracts.strategy_manager, switch::DEPOSITS) {
        return Vec::new();
    }
    let is_open = |at: &usize| {
        let strategy = &ledger.strategies[*at];
        strategy.whitelisted
            && !is_paused(ledger, strategy.address, switch::STRATEGY_DEPOSITS)
            && !strategy.room().is_zero()
            && !is_fully_slashed(ledger, staker.delegated_to, *at)
            && ledger.moves(strategy.token, payer, strategy.address)
    };
    (0..ledger.strategies.len()).filter(is_open).collect()
}

/// The operators that a staker can delegate to without being fully slashed, if they consent.
pub(super) fn possible_operators<'a>(ledger: &'a Ledger, staker: &Staker) -> Vec<&'a Operator> {
    let takes = |strategies: &[crate::ledger::Holding], operator: Address| {
        strategies
            .iter()
            .enumerate()
            .all(|(strategy, holding)| holding.shares.is_zero() || !is_fully_slashed(ledger, operator, strategy))
    };
    operators(ledger).into_iter().filter(|operator| takes(&staker.holdings, operator.address)).collect()
}

/// Of these, the ones that take everybody.
fn open_operators(ledger: &Ledger, staker: &Staker) -> Vec<Address> {
    let possible = possible_operators(ledger, staker).into_iter();
    possible.filter(|operator| operator.approver.is_zero()).map(|operator| operator.address).collect()
}

fn delegate(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let ledger = draw.ledger;
    if is_paused(ledger, protocol.contracts.delegation_manager, switch::NEW_DELEGATION) {
        return None;
    }
    let free: Vec<&Staker> = ledger.stakers.iter().filter(|staker| !staker.is_delegated()).collect();
    let staker = draw.prefer(&free, |staker| staker.address)?;
    let operator = draw.prefer(&open_operators(ledger, staker), |operator| *operator)?;
    Some((staker.address, Operation::Delegate { operator }))
}

pub(super) fn delegated_stakers(ledger: &Ledger) -> Vec<&Staker> {
    ledger.stakers.iter().filter(|staker| staker.is_delegated() && !staker.is_operator()).collect()
}

fn undelegate(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let ledger = draw.ledger;
    if is_paused(ledger, protocol.contracts.delegation_manager, switch::ENTER_QUEUE) {
        return None;
    }
    let staker = draw.choose(&delegated_stakers(ledger))?.address;
    Some((staker, Operation::Undelegate { staker }))
}

fn redelegate(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let ledger = draw.ledger;
    let manager = protocol.contracts.delegation_manager;
    if is_paused(ledger, manager, switch::ENTER_QUEUE) || is_paused(ledger, manager, switch::NEW_DELEGATION) {
        return None;
    }
    let staker = draw.choose(&delegated_stakers(ledger))?.address;
    let open: Vec<Address> = operators(ledger)
        .into_iter()
        .filter(|operator| operator.approver.is_zero())
        .map(|operator| operator.address)
        .collect();
    let operator = draw.prefer(&open, |operator| *operator)?;
    Some((staker, Operation::Redelegate { operator }))
}

fn queue_withdrawals(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let ledger = draw.ledger;
    if is_paused(ledger, protocol.contracts.delegation_manager, switch::ENTER_QUEUE) {
        return None;
    }
    let holders: Vec<&Staker> =
        ledger.stakers.iter().filter(|staker| staker.holdings.iter().any(|h| !h.shares.is_zero())).collect();
    let staker = draw.prefer(&holders, |staker| staker.address)?;
    let held: Vec<usize> = (0..ledger.strategies.len()).filter(|at| !staker.holdings[*at].shares.is_zero()).collect();
    let mut left: Vec<U256> = staker.holdings.iter().map(|holding| holding.shares).collect();
    let count = if draw.chance(80) { 1 } else { 2 };
    let mut withdrawals = Vec::new();
    for _ in 0..count {
        let mut items = Vec::new();
        for strategy in draw.some_of(&held, held.len()) {
            let Some(shares) = draw.up_to(left[strategy]) else { continue };
            let shares = draw.quantity(shares, left[strategy]);
            left[strategy] = left[strategy].saturating_sub(shares.of(left[strategy]));
            items.push(WithdrawalItem { strategy: ledger.strategies[strategy].address, shares });
        }
        if !items.is_empty() {
            withdrawals.push(items);
        }
    }
    (!withdrawals.is_empty()).then_some((staker.address, Operation::QueueWithdrawals { withdrawals }))
}

/// The withdrawals that can be completed now as `receive` says.
pub(super) fn completable(ledger: &Ledger, receive: Receive) -> Vec<Completion> {
    let mut completions = Vec::new();
    for (index, staker) in ledger.stakers.iter().enumerate() {
        for (nth, withdrawal) in (0u32..).zip(ledger.queue_of(staker.address)) {
            if ledger.block <= ledger.slashable_until(withdrawal) {
                continue;
            }
            let possible = match receive {
                Receive::Shares => takes_back(ledger, index, withdrawal),
                Receive::Tokens | Receive::Wrapped | Receive::WrongTokens => is_paid(ledger, withdrawal),
            };
            if possible {
                completions.push(Completion { staker: staker.address, nth, receive });
            }
        }
    }
    completions
}

/// Whether every strategy of a withdrawal can pay for it.
fn is_paid(ledger: &Ledger, withdrawal: &Withdrawal) -> bool {
    let native = ledger.native_strategy().map(|native| ledger.strategies[native].address);
    ledger.is_covered(withdrawal)
        && withdrawal.items.iter().enumerate().all(|(item, (strategy, _))| {
            let shares = ledger.receivable(withdrawal, item).unwrap_or_default();
            Some(*strategy) == native
                || !is_paused(ledger, *strategy, switch::STRATEGY_WITHDRAWALS)
                    && (shares.is_zero() || ledger.pays(*strategy, shares, withdrawal.staker))
        })
}

/// Whether a staker can have the shares of a withdrawal back.
fn takes_back(ledger: &Ledger, staker: usize, withdrawal: &Withdrawal) -> bool {
    let mut strategies = withdrawal.items.iter().filter_map(|(strategy, _)| ledger.strategy_index(*strategy));
    strategies.all(|at| ledger.slashing_factor(staker, at) > 0)
}

/// The withdrawals that can be completed now, with the way.
pub(super) fn completable_any_way(ledger: &Ledger) -> Vec<Completion> {
    let mut both = completable(ledger, Receive::Tokens);
    both.extend(completable(ledger, Receive::Shares));
    both.sort_by_key(|completion| (completion.staker, completion.nth));
    both
}

fn exit_paused(protocol: &EigenLayer, draw: &Draw<'_>) -> bool {
    is_paused(draw.ledger, protocol.contracts.delegation_manager, switch::EXIT_QUEUE)
}

fn complete_withdrawal(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    if exit_paused(protocol, draw) {
        return None;
    }
    let completion = draw.choose(&completable_any_way(draw.ledger))?;
    Some((completion.staker, Operation::CompleteWithdrawal { completion }))
}

fn complete_withdrawals(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    if exit_paused(protocol, draw) {
        return None;
    }
    let possible = completable_any_way(draw.ledger);
    let staker = draw.choose(&possible)?.staker;
    let mut own: Vec<Completion> = possible.into_iter().filter(|completion| completion.staker == staker).collect();
    own = draw.some_of(&own, 3);
    // One withdrawal cannot be completed both ways.
    own.dedup_by_key(|completion| completion.nth);
    Some((staker, Operation::CompleteWithdrawals { completions: own }))
}
