//! What a call pays out of strategies, computed from the ledger before it.

use alloy_primitives::{Address, U256};

use super::completions;
use crate::{
    arithmetic::mul_div_down,
    call::{Call, Operation, SetId},
    ledger::{CompletionRequest, Ledger},
};

/// Tokens that leave a strategy for shares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Payment {
    /// Out of which strategy, by its index.
    pub strategy: usize,
    /// What is paid: the token of the strategy, or what wraps it.
    pub token: Address,
    /// To whom.
    pub to: Address,
    /// Into which strategy, by its index, if whom it goes to is one that holds the same token.
    pub into: Option<usize>,
    /// Shares.
    pub shares: U256,
    /// Tokens for them, in wei, rounded down. `docs/protocol.md` section 8.1.
    pub tokens: U256,
}

/// The payments that a call makes if it succeeds, in order. A payment of no shares is none. Native ETH is paid by pods.
pub fn payments(before: &Ledger, call: &Call) -> Vec<Payment> {
    let mut payments = owed(before, call);
    payments.retain(|payment| !payment.shares.is_zero());
    let offset = U256::from(1_000);
    let mut pools: Vec<(U256, U256)> =
        before.strategies.iter().map(|strategy| (strategy.balance, strategy.total_shares)).collect();
    for payment in &mut payments {
        let (balance, total) = &mut pools[payment.strategy];
        let (virtual_balance, virtual_shares) = (balance.saturating_add(offset), total.saturating_add(offset));
        payment.tokens = mul_div_down(virtual_balance, payment.shares, virtual_shares).unwrap_or_default();
        *balance = balance.saturating_sub(payment.tokens);
        *total = total.saturating_sub(payment.shares);
        if let Some(into) = payment.into {
            pools[into].0 = pools[into].0.saturating_add(payment.tokens);
        }
    }
    payments
}

/// To whom what is owed, in shares.
fn owed(before: &Ledger, call: &Call) -> Vec<Payment> {
    let pay = |strategy: Address, to: Address, shares: U256| {
        let strategy = before.strategy_index(strategy).filter(|strategy| !before.is_native(*strategy))?;
        let token = before.strategies[strategy].token;
        let into = before.strategy_index(to).filter(|into| before.strategies[*into].token == token);
        Some(Payment { strategy, token, to, into, shares, tokens: U256::ZERO })
    };
    match &call.operation {
        Operation::CompleteWithdrawal { .. } | Operation::CompleteWithdrawals { .. } => {
            let requests = completions(call).iter().filter_map(|completion| before.completion_request(completion));
            let items = requests.filter(|request| request.as_tokens).flat_map(
                |CompletionRequest { withdrawal, tokens, .. }| {
                    let items = withdrawal.items.iter().zip(tokens).enumerate();
                    items.filter_map(move |(item, ((strategy, _), token))| {
                        let shares = before.receivable(withdrawal, item).unwrap_or_default();
                        Some(Payment { token, ..pay(*strategy, withdrawal.staker, shares)? })
                    })
                },
            );
            items.collect()
        }
        Operation::ClearSlash { set, nth } => cleared(before, *set, *nth, None, &pay),
        Operation::ClearSlashByStrategy { set, nth, strategy } => cleared(before, *set, *nth, Some(*strategy), &pay),
        Operation::BurnShares { strategy } => {
            let shares = before.strategy(*strategy).map(|strategy| strategy.burnable_shares).unwrap_or_default();
            pay(*strategy, before.terms.burn_address, shares).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

fn cleared(
    before: &Ledger,
    set: SetId,
    nth: u32,
    only: Option<Address>,
    pay: &dyn Fn(Address, Address, U256) -> Option<Payment>,
) -> Vec<Payment> {
    let Some(set) = before.set(set) else { return Vec::new() };
    let recipient = if set.is_redistributing() { set.recipient } else { before.terms.burn_address };
    let entries = usize::try_from(set.nth_slash(nth)).ok().and_then(|id| set.slashes.get(id));
    let wanted = entries.into_iter().flatten().filter(|(strategy, _)| only.is_none_or(|only| only == *strategy));
    wanted.filter_map(|(strategy, shares)| pay(*strategy, recipient, *shares)).collect()
}
