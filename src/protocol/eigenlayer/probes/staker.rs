//! What no staker, and nobody in its place, can do: take out more, earlier, or what is not its own.

use alloy_primitives::{Address, U256};

use super::outsider;
use crate::{
    arithmetic::WAD,
    book::Role,
    call::{Completion, Operation, Quantity, Receive, WithdrawalItem},
    draw::Draw,
    ledger::Staker,
    protocol::{
        Action,
        eigenlayer::{
            EigenLayer, abi,
            action::probe,
            is_fully_slashed,
            operator::any_operator,
            operators,
            staker::{completable_any_way, delegated_stakers},
        },
    },
};

pub(in super::super) const ACTIONS: &[Action<EigenLayer>] = &[
    probe("staker.deposit_badly", Role::Staker, 2, deposit_badly),
    probe("staker.deposit_fully_slashed", Role::Staker, 1, deposit_fully_slashed),
    probe("staker.delegate_badly", Role::Staker, 2, delegate_badly),
    probe("operator.undelegate_self", Role::Operator, 1, operator_undelegates),
    probe("stranger.undelegate_staker", Role::Stranger, 1, stranger_undelegates),
    probe("staker.queue_too_much", Role::Staker, 1, queue_too_much),
    probe("staker.complete_early", Role::Staker, 2, complete_early),
    probe("stranger.complete_withdrawal", Role::Stranger, 1, stranger_completes),
    probe("staker.complete_wrong_tokens", Role::Staker, 1, complete_wrong_tokens),
];

/// Nothing, more than there is, the wrong token, or where nothing may be deposited.
fn deposit_badly(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let ledger = draw.ledger;
    let staker = draw.choose(&protocol.cast.stakers)?;
    let index = draw.below(protocol.cast.strategies.len());
    let strategy = &ledger.strategies[index];
    let other = protocol.cast.tokens[(index + 1) % protocol.cast.tokens.len()];
    let balance = ledger.balance(strategy.token, staker)?;
    let (token, amount) = match draw.below(4) {
        0 => (strategy.token, U256::ZERO),
        1 => (strategy.token, balance.saturating_add(U256::ONE)),
        2 => (other, ledger.balance(other, staker)?.min(U256::from(WAD))),
        _ if !strategy.whitelisted => (strategy.token, balance.min(U256::from(WAD))),
        _ => return None,
    };
    Some((staker, Operation::Deposit { strategy: strategy.address, token, amount }))
}

fn deposit_fully_slashed(_: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let ledger = draw.ledger;
    let mut hopeless = Vec::new();
    for staker in &ledger.stakers {
        for (index, strategy) in ledger.token_strategies() {
            if is_fully_slashed(ledger, staker.delegated_to, index) {
                hopeless.push((staker.address, strategy));
            }
        }
    }
    let (staker, strategy) = draw.choose(&hopeless)?;
    let amount = draw.up_to(ledger.balance(strategy.token, staker)?)?;
    Some((staker, Operation::Deposit { strategy: strategy.address, token: strategy.token, amount }))
}

/// While delegated, to somebody who is no operator, or without the consent it takes.
fn delegate_badly(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let ledger = draw.ledger;
    let free: Vec<&Staker> = ledger.stakers.iter().filter(|staker| !staker.is_delegated()).collect();
    let bound: Vec<&Staker> = ledger.stakers.iter().filter(|staker| staker.is_delegated()).collect();
    let registered = operators(ledger);
    let closed: Vec<Address> =
        registered.iter().filter(|operator| !operator.approver.is_zero()).map(|operator| operator.address).collect();
    let (staker, operator) = match draw.below(3) {
        0 => (draw.choose(&bound)?, draw.choose(&registered)?.address),
        1 => (draw.choose(&free)?, draw.choose(&protocol.cast.avss)?),
        _ => (draw.choose(&free)?, draw.choose(&closed)?),
    };
    Some((staker.address, Operation::Delegate { operator }))
}

fn operator_undelegates(_: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let staker = any_operator(draw)?.address;
    Some((staker, Operation::Undelegate { staker }))
}

fn stranger_undelegates(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let staker = draw.choose(&delegated_stakers(draw.ledger))?;
    let permission = protocol.delegation_permission::<abi::DelegationManager::undelegateCall>();
    let caller = outsider(protocol, draw, staker.delegated_to, permission)?;
    let approver = draw.ledger.operator(staker.delegated_to)?.approver;
    if caller == staker.address || caller == approver {
        return None;
    }
    Some((caller, Operation::Undelegate { staker: staker.address }))
}

/// One share more than there is, or none; of native ETH, none may be queued.
fn queue_too_much(_: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let staker = draw.choose(&draw.ledger.stakers)?;
    let index = draw.below(draw.ledger.strategies.len());
    let held = staker.holdings[index].shares;
    let none = Some(index) != draw.ledger.native_strategy() && draw.chance(30);
    let shares = Quantity::Exactly(if none { U256::ZERO } else { held.saturating_add(U256::ONE) });
    let withdrawals = vec![vec![WithdrawalItem { strategy: draw.ledger.strategies[index].address, shares }]];
    Some((staker.address, Operation::QueueWithdrawals { withdrawals }))
}

fn complete_early(_: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let ledger = draw.ledger;
    let mut early = Vec::new();
    for staker in &ledger.stakers {
        for (nth, withdrawal) in (0u32..).zip(ledger.queue_of(staker.address)) {
            if ledger.block <= ledger.slashable_until(withdrawal) {
                early.push((staker.address, nth));
            }
        }
    }
    let (staker, nth) = draw.choose(&early)?;
    let receive = draw.choose(&[Receive::Tokens, Receive::Shares])?;
    Some((staker, Operation::CompleteWithdrawal { completion: Completion { staker, nth, receive } }))
}

fn stranger_completes(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let completion = draw.choose(&completable_any_way(draw.ledger))?;
    let others: Vec<Address> =
        protocol.cast.actors.iter().filter(|actor| **actor != completion.staker).copied().collect();
    Some((draw.choose(&others)?, Operation::CompleteWithdrawal { completion }))
}

fn complete_wrong_tokens(_: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let ledger = draw.ledger;
    let mut possible = completable_any_way(ledger);
    let native = ledger.native_strategy().map(|native| ledger.strategies[native].address);
    // A withdrawal that was slashed to nothing moves no tokens, so none are wrong. Native ETH has none.
    let is_token = |strategy: Address| Some(strategy) != native;
    possible.retain(|completion| {
        ledger.nth_withdrawal(completion.staker, completion.nth).is_some_and(|withdrawal| {
            let items = withdrawal.items.iter().enumerate().filter(|(_, (strategy, _))| is_token(*strategy));
            items.into_iter().any(|(item, _)| ledger.receivable(withdrawal, item) > Some(U256::ZERO))
        })
    });
    let completion = Completion { receive: Receive::WrongTokens, ..draw.choose(&possible)? };
    Some((completion.staker, Operation::CompleteWithdrawal { completion }))
}
