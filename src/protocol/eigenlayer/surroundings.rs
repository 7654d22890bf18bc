//! What the world around the protocol does where it does more than let tokens move: issuers change balances and bar
//! accounts, and accounts call back.

use alloy_primitives::{Address, U256};
use proptest::prelude::*;

use super::{
    EigenLayer,
    action::{action, probe},
    anybody::waiting,
    is_paused, operators, registrars,
    staker::{completable, open_strategies},
    switch,
};
use crate::{
    arithmetic::mul_div_down,
    book::Role,
    call::{Completion, Operation, Receive, WithdrawalItem, WorldOperation},
    draw::Draw,
    ledger::{Ledger, Limits, Staker, Strategy, Token},
    protocol::Action,
    worlds::{Behaviour, Kind, Registrars},
};

/// Rates of tokens that rebase: a unit is worth between a thousandth and a thousand times what it was.
const LEAST_RATE: U256 = U256::from_limbs([1_000_000_000_000_000, 0, 0, 0]);
const MOST_RATE: U256 = U256::from_limbs([3_875_820_019_684_212_736, 54, 0, 0]);

/// What can be done in a world of this kind, besides what can be done in all.
pub(super) fn actions(world: &Kind) -> Vec<&'static [Action<EigenLayer>]> {
    let mut groups = Vec::new();
    if world.has(Behaviour::Rebasing) {
        groups.push(REBASING);
    }
    if world.tokens.iter().any(|token| token.behaviour.bars()) {
        groups.push(BARRING);
    }
    if world.has(Behaviour::Calling) {
        groups.push(CALLING);
    }
    if world.has(Behaviour::Wrapped) {
        groups.push(WRAPPING);
    }
    if world.has(Behaviour::Limited) {
        groups.push(LIMITING);
    }
    if world.registrars == Registrars::Wilful {
        groups.push(registrars::ACTIONS);
    }
    groups
}

const REBASING: &[Action<EigenLayer>] = &[action("issuer.set_rate", Role::Issuer, 6, set_rate)];

const BARRING: &[Action<EigenLayer>] = &[
    action("issuer.bar", Role::Issuer, 3, bar),
    action("issuer.unbar", Role::Issuer, 5, unbar),
    probe("staker.complete_barred", Role::Staker, 3, complete_barred),
    probe("anybody.clear_slash_to_barred", Role::Stranger, 3, clear_slash_to_barred),
];

const WRAPPING: &[Action<EigenLayer>] = &[
    action("staker.deposit_eigen", Role::Staker, 8, deposit_eigen),
    action("staker.complete_as_eigen", Role::Staker, 6, complete_as_eigen),
];

const LIMITING: &[Action<EigenLayer>] = &[
    action("unpauser.set_limits", Role::Unpauser, 6, set_limits),
    probe("unpauser.cross_limits", Role::Unpauser, 1, cross_limits),
    probe("stranger.set_limits", Role::Stranger, 1, stranger_sets_limits),
    probe("staker.deposit_beyond_limits", Role::Staker, 4, deposit_beyond_limits),
];

const CALLING: &[Action<EigenLayer>] = &[
    action("caller.prepare", Role::Staker, 16, prepare),
    action("caller.complete_withdrawal", Role::Staker, 12, withdraw_while_prepared),
];

/// Mostly a little up or down, sometimes far.
fn set_rate(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let rebasing: Vec<&Token> = draw.ledger.tokens.iter().filter(|token| token.quirks.units.is_some()).collect();
    let token = draw.choose(&rebasing)?;
    let percent = prop_oneof![4 => 95..=105u64, 2 => 50..=200u64, 1 => Just(1), 1 => Just(1_000)];
    let rate = mul_div_down(token.quirks.units.as_ref()?.rate, U256::from(draw.sample(&percent)), U256::from(100))?;
    let rate = rate.clamp(LEAST_RATE, MOST_RATE);
    Some((protocol.cast.issuer?, Operation::World(WorldOperation::SetRate { token: token.address, rate })))
}

/// Who can be barred: mostly those who are paid, seldom a strategy.
fn candidates(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Vec<Address> {
    let cast = &protocol.cast;
    if draw.chance(5) { cast.strategies.clone() } else { [&cast.stakers[..], &cast.recipients].concat() }
}

fn bar(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let awaited = awaited(draw.ledger);
    let (token, account) = if !awaited.is_empty() && draw.chance(50) {
        draw.choose(&awaited)?
    } else {
        let barring: Vec<&Token> = draw.ledger.tokens.iter().filter(|token| !token.quirks.barred.is_empty()).collect();
        let candidates = candidates(protocol, draw);
        (draw.choose(&barring)?, draw.choose(&candidates)?)
    };
    let place = draw.ledger.holders.iter().position(|holder| *holder == account)?;
    if token.quirks.barred[place] {
        return None;
    }
    set_barred(protocol, token.address, account, true)
}

/// The tokens that slashes will pay and that can bar, and to whom.
fn awaited(ledger: &Ledger) -> Vec<(&Token, Address)> {
    let mut awaited = Vec::new();
    for set in ledger.sets.iter().filter(|set| set.is_redistributing()) {
        let pending = set.pending_slashes.iter().filter_map(|id| set.slashes.get(usize::try_from(*id).ok()?));
        for (strategy, _) in pending.flatten().filter(|(_, shares)| !shares.is_zero()) {
            let token = ledger.strategy(*strategy).map(|strategy| strategy.token);
            let token = ledger.tokens.iter().find(|known| Some(known.address) == token);
            awaited.extend(token.filter(|token| !token.quirks.barred.is_empty()).map(|token| (token, set.recipient)));
        }
    }
    awaited
}

fn unbar(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let ledger = draw.ledger;
    let barred = ledger.tokens.iter().flat_map(|token| {
        let holders = ledger.holders.iter().zip(&token.quirks.barred);
        holders.filter(|(_, barred)| **barred).map(|(holder, _)| (token.address, *holder))
    });
    let (token, account) = draw.choose(&barred.collect::<Vec<_>>())?;
    set_barred(protocol, token, account, false)
}

fn set_barred(protocol: &EigenLayer, token: Address, account: Address, barred: bool) -> Option<(Address, Operation)> {
    Some((protocol.cast.issuer?, Operation::World(WorldOperation::SetBarred { token, account, barred })))
}

/// A withdrawal as tokens of which one does not move to its staker.
fn complete_barred(_: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let ledger = draw.ledger;
    let refused = |completion: &Completion| {
        let Some(withdrawal) = ledger.nth_withdrawal(completion.staker, completion.nth) else { return false };
        (0..withdrawal.items.len()).any(|item| {
            let Some(strategy) = ledger.strategy(withdrawal.items[item].0) else { return false };
            let is_paid = ledger.receivable(withdrawal, item).is_some_and(|shares| !shares.is_zero());
            is_paid && !ledger.moves(strategy.token, strategy.address, completion.staker)
        })
    };
    let mut barred: Vec<Completion> = completable(ledger, Receive::Shares);
    barred.retain(refused);
    let completion = Completion { receive: Receive::Tokens, ..draw.choose(&barred)? };
    Some((completion.staker, Operation::CompleteWithdrawal { completion }))
}

/// A slash whose recipient one of its tokens does not move to.
fn clear_slash_to_barred(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let ledger = draw.ledger;
    let mut barred = Vec::new();
    for set in &ledger.sets {
        let recipient = set.payee(&ledger.terms);
        for nth in 0..u32::try_from(set.pending_slashes.len()).unwrap_or(0) {
            let entries = set.slashes.get(usize::try_from(set.nth_slash(nth)).ok()?).map_or(&[][..], Vec::as_slice);
            let refused = |(strategy, shares): &(Address, U256)| {
                let token = ledger.strategy(*strategy).map(|strategy| strategy.token);
                !shares.is_zero() && token.is_some_and(|token| !ledger.moves(token, *strategy, recipient))
            };
            if entries.iter().any(refused) {
                barred.push((set.id, nth));
            }
        }
    }
    let (set, nth) = draw.choose(&barred)?;
    Some((protocol.cast.stranger, Operation::ClearSlash { set, nth }))
}

/// Where the token inside can be deposited, what wraps it can be too.
fn deposit_eigen(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let ledger = draw.ledger;
    let everybody: Vec<&Staker> = ledger.stakers.iter().collect();
    let staker = draw.prefer(&everybody, |staker| staker.address)?;
    let mut open = open_strategies(protocol, ledger, staker, staker.address);
    open.retain(|at| ledger.strategies[*at].wrapper.is_some());
    let strategy = &ledger.strategies[draw.choose(&open)?];
    let token = strategy.wrapper?;
    let balance = ledger.balance(token, staker.address)?;
    let amount = draw.up_to((balance / U256::from(1_000_000)).max(U256::ONE).min(balance))?;
    Some((staker.address, Operation::Deposit { strategy: strategy.address, token, amount }))
}

/// As EIGEN, what is paid out of its strategy; what comes out of others is as it is.
fn complete_as_eigen(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let ledger = draw.ledger;
    if is_paused(ledger, protocol.contracts.delegation_manager, switch::EXIT_QUEUE) {
        return None;
    }
    let wraps = |strategy: Address| ledger.strategy(strategy).is_some_and(|strategy| strategy.wrapper.is_some());
    let mut possible = completable(ledger, Receive::Wrapped);
    possible.retain(|completion| {
        let withdrawal = ledger.nth_withdrawal(completion.staker, completion.nth);
        withdrawal.is_some_and(|withdrawal| withdrawal.items.iter().any(|(strategy, _)| wraps(*strategy)))
    });
    let completion = draw.choose(&possible)?;
    Some((completion.staker, Operation::CompleteWithdrawal { completion }))
}

/// The strategies that take only so much, with what they take.
fn limited(ledger: &Ledger) -> Vec<(&Strategy, Limits)> {
    ledger.strategies.iter().filter_map(|strategy| Some((strategy, strategy.limits?))).collect()
}

/// Around what the strategy holds, so that some deposits fit and some do not.
fn set_limits(_: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let (strategy, now) = draw.choose(&limited(draw.ledger))?;
    let more = draw.up_to(now.total.max(strategy.balance).max(U256::ONE))?;
    let total = match draw.below(4) {
        0 => now.total,
        1 => more,
        _ => strategy.balance.saturating_add(more),
    };
    let per_deposit = if total.is_zero() { total } else { draw.up_to(total)? };
    Some((draw.ledger.control.unpauser, Operation::SetLimits { strategy: strategy.address, per_deposit, total }))
}

/// One deposit may not be more than all.
fn cross_limits(_: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let (strategy, now) = draw.choose(&limited(draw.ledger))?;
    let per_deposit = now.total.checked_add(draw.up_to(now.total.max(U256::ONE))?)?;
    let operation = Operation::SetLimits { strategy: strategy.address, per_deposit, total: now.total };
    Some((draw.ledger.control.unpauser, operation))
}

fn stranger_sets_limits(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let (strategy, now) = draw.choose(&limited(draw.ledger))?;
    let unpauser = draw.ledger.control.unpauser;
    let others: Vec<Address> = protocol.cast.actors.iter().filter(|actor| **actor != unpauser).copied().collect();
    let operation = Operation::SetLimits { strategy: strategy.address, per_deposit: now.total, total: now.total };
    Some((draw.choose(&others)?, operation))
}

/// A wei more than fits, or a few.
fn deposit_beyond_limits(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let ledger = draw.ledger;
    let staker = draw.choose(&ledger.stakers.iter().collect::<Vec<_>>())?;
    let (strategy, _) = draw.choose(&limited(ledger))?;
    let balance = ledger.balance(strategy.token, staker.address)?;
    let least = strategy.room().checked_add(U256::ONE).filter(|least| *least <= balance)?;
    let amount = if draw.chance(50) { least } else { least.saturating_add(draw.up_to(least)?).min(balance) };
    debug_assert!(protocol.cast.strategies.contains(&strategy.address));
    Some((staker.address, Operation::Deposit { strategy: strategy.address, token: strategy.token, amount }))
}

/// What an account calls when it is called next: what is paid for already, or what would be paid for twice.
fn prepare(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let paid: Vec<Address> = completable(draw.ledger, Receive::Tokens).iter().map(|paid| paid.staker).collect();
    let callers = &protocol.cast.callers;
    let soon: Vec<Address> = callers.iter().filter(|caller| paid.contains(caller)).copied().collect();
    let either = if soon.is_empty() || draw.chance(50) { callers } else { &soon };
    let account = draw.choose(either)?;
    let operation = match draw.below(7) {
        0 => {
            let (set, nth) = draw.choose(&waiting(draw.ledger))?;
            Operation::ClearSlash { set, nth }
        }
        1 => complete_own(draw, account)?,
        2 => {
            let strategy = draw.choose(&draw.ledger.strategies)?;
            let amount = draw.up_to(draw.ledger.balance(strategy.token, account)? / U256::from(1_000_000))?;
            Operation::Deposit { strategy: strategy.address, token: strategy.token, amount }
        }
        3 => queue_own(draw, account)?,
        4 => Operation::BurnShares { strategy: draw.choose(&protocol.cast.strategies)? },
        _ if draw.ledger.staker(account).is_some_and(Staker::is_delegated) => Operation::Undelegate { staker: account },
        _ => Operation::Delegate { operator: draw.choose(&operators(draw.ledger))?.address },
    };
    let operation = Box::new(operation);
    Some((account, Operation::World(WorldOperation::PrepareCallback { account, operation })))
}

/// What somebody is paid who may have prepared something for that moment: calls back within withdrawals would be rare otherwise.
fn withdraw_while_prepared(protocol: &EigenLayer, draw: &mut Draw<'_>) -> Option<(Address, Operation)> {
    let mut possible = completable(draw.ledger, Receive::Tokens);
    possible.retain(|completion| protocol.cast.callers.contains(&completion.staker));
    let completion = draw.choose(&possible)?;
    let staker = completion.staker;
    // Either function has a lock of its own.
    let operation = if draw.chance(50) {
        Operation::CompleteWithdrawal { completion }
    } else {
        possible.retain(|other| other.staker == staker);
        Operation::CompleteWithdrawals { completions: draw.some_of(&possible, 3) }
    };
    Some((staker, operation))
}

fn complete_own(draw: &mut Draw<'_>, account: Address) -> Option<Operation> {
    let mut own = completable(draw.ledger, Receive::Tokens);
    own.retain(|completion| completion.staker == account);
    Some(Operation::CompleteWithdrawal { completion: draw.choose(&own)? })
}

fn queue_own(draw: &mut Draw<'_>, account: Address) -> Option<Operation> {
    let ledger: &Ledger = draw.ledger;
    let staker = ledger.staker(account)?;
    let held: Vec<usize> = (0..ledger.strategies.len()).filter(|at| !staker.holdings[*at].shares.is_zero()).collect();
    let strategy = draw.choose(&held)?;
    let shares = draw.up_to(staker.holdings[strategy].shares)?;
    let shares = draw.quantity(shares, staker.holdings[strategy].shares);
    let withdrawals = vec![vec![WithdrawalItem { strategy: ledger.strategies[strategy].address, shares }]];
    Some(Operation::QueueWithdrawals { withdrawals })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arithmetic::WAD_WIDE;

    #[test]
    fn rates_are_what_they_say() {
        assert_eq!(LEAST_RATE, WAD_WIDE / U256::from(1_000));
        assert_eq!(MOST_RATE, WAD_WIDE * U256::from(1_000));
    }
}
