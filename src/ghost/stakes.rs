//! What happened to an operator's stake in one strategy.

use alloy_primitives::{Address, U256};

use super::Happened;
use crate::{
    arithmetic::{WAD_WIDE, mul_wad_down},
    call::{Call, Operation, Receive, SetId},
    ledger::{Ledger, SlashTarget},
};

/// What happened to an operator's stake in one strategy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StakeHistory {
    /// Whether the operator ever allocated there, or was slashed.
    pub bound: bool,
    /// Shares that rounding may have left the operator beyond what its stakers can withdraw.
    pub dust: U256,
    /// The last slash, as long as nothing else happened to the operator.
    pub slashed: Option<LastSlash>,
    /// The same as it was before the last call that changed the operator.
    pub preceding: Option<LastSlash>,
}

/// Where a slash began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastSlash {
    /// By whom.
    pub set: SetId,
    /// The proportion, of WAD.
    pub wad: U256,
    /// The allocation before it.
    pub current: u64,
    /// The maximum magnitude before it.
    pub max_magnitude: u64,
    /// The operator's shares before it.
    pub shares: U256,
}

/// The history of stakes that begin as they are in `ledger`: by operator, then by strategy.
pub(super) fn begin(ledger: &Ledger) -> Vec<Vec<StakeHistory>> {
    let of = |operator: &crate::ledger::Operator| {
        let stakes = operator.stakes.iter().map(|stake| {
            let bound = stake.encumbered > 0 || !stake.max_magnitudes.entries.is_empty();
            StakeHistory { bound, ..StakeHistory::default() }
        });
        stakes.collect()
    };
    ledger.operators.iter().map(of).collect()
}

/// Adds a call that succeeded.
pub(super) fn fold(stakes: &mut [Vec<StakeHistory>], happened: Happened<'_>) {
    for operator in (0..stakes.len()).filter(|operator| happened.touched.operator(*operator)) {
        for history in &mut stakes[operator] {
            history.preceding = history.slashed.take();
        }
    }
    match &happened.call.operation {
        Operation::ModifyAllocations { operator, changes } => {
            let strategies = changes.iter().flat_map(|change| &change.items).map(|item| item.strategy);
            bind(stakes, happened.before, *operator, strategies);
        }
        operation => {
            for target in happened.before.slashes_of(operation) {
                bind(stakes, happened.before, target.operator, target.strategies.iter().copied());
                slashed(stakes, happened, &target);
            }
        }
    }
    for staker in (0..happened.after.stakers.len()).filter(|staker| happened.touched.staker(*staker)) {
        scaled_anew(stakes, happened, staker);
    }
    for withdrawal in happened.after.withdrawals.get(happened.before.withdrawals.len()..).unwrap_or_default() {
        let Some(operator) = happened.after.operator_index(withdrawal.delegated_to) else { continue };
        for (strategy, _) in &withdrawal.items {
            if let Some(strategy) = happened.after.strategy_index(*strategy) {
                add_dust(&mut stakes[operator][strategy], U256::from(2));
            }
        }
    }
}

fn add_dust(history: &mut StakeHistory, shares: U256) {
    history.dust = history.dust.saturating_add(shares);
}

fn bind(
    stakes: &mut [Vec<StakeHistory>],
    ledger: &Ledger,
    operator: Address,
    strategies: impl Iterator<Item = Address>,
) {
    let Some(operator) = ledger.operator_index(operator) else { return };
    for strategy in strategies.filter_map(|strategy| ledger.strategy_index(strategy)) {
        stakes[operator][strategy].bound = true;
    }
}

/// A slash rounds the operator's shares up once and those of each of its stakers down once.
fn slashed(stakes: &mut [Vec<StakeHistory>], happened: Happened<'_>, target: &SlashTarget) {
    let Happened { before, call, after, .. } = happened;
    let (Some(at), Some(by)) = (before.operator_index(target.operator), before.set_index(target.set)) else { return };
    let delegated =
        || (0..before.stakers.len()).filter(|staker| before.stakers[*staker].delegated_to == target.operator);
    for address in &target.strategies {
        let Some(strategy) = before.strategy_index(*address) else { continue };
        let (was, is) = (&before.operators[at].stakes[strategy], &after.operators[at].stakes[strategy]);
        if was.max_magnitude() == is.max_magnitude() {
            continue;
        }
        let history = &mut stakes[at][strategy];
        add_dust(history, U256::from(1 + delegated().count()));
        for staker in delegated() {
            add_dust(history, of_beacon_chain(before, staker, strategy));
        }
        history.slashed = proportion(call, *address).map(|wad| LastSlash {
            set: target.set,
            wad,
            current: before.operators[at].allocations[by][strategy].settled(before.block).current,
            max_magnitude: was.max_magnitude(),
            shares: was.shares,
        });
    }
}

/// What the second product of native ETH's slashing factor rounds away of a staker's shares, at most: one part of WAD of
/// the scaled shares, and a share.
fn of_beacon_chain(ledger: &Ledger, staker: usize, strategy: usize) -> U256 {
    if !ledger.is_native(strategy) {
        return U256::ZERO;
    }
    let holding = &ledger.stakers[staker].holdings[strategy];
    let scaled = mul_wad_down(holding.shares, holding.factor()).unwrap_or(U256::MAX);
    scaled.div_ceil(WAD_WIDE).saturating_add(U256::ONE)
}

/// What a slash asks for, of WAD; what an example AVS asks for is its own affair.
fn proportion(call: &Call, strategy: Address) -> Option<U256> {
    let Operation::Slash { items, .. } = &call.operation else { return None };
    items.iter().find(|item| item.strategy == strategy).map(|item| item.wad)
}

/// A deposit scaling factor that is computed anew is rounded down twice, and what it scales twice more.
fn scaled_anew(stakes: &mut [Vec<StakeHistory>], Happened { before, call, after, .. }: Happened<'_>, index: usize) {
    let (was, is) = (&before.stakers[index], &after.stakers[index]);
    let Some(operator) = after.operator_index(is.delegated_to) else { return };
    let reported = matches!(call.operation, Operation::Pods(_));
    for (strategy, (had, has)) in was.holdings.iter().zip(&is.holdings).enumerate() {
        if (reported || was.delegated_to != is.delegated_to) && !had.shares.is_zero() {
            add_dust(&mut stakes[operator][strategy], of_beacon_chain(before, index, strategy));
            add_dust(&mut stakes[operator][strategy], of_beacon_chain(after, index, strategy));
        }
        if !has.shares.is_zero() && (had.shares < has.shares || was.delegated_to != is.delegated_to) {
            let each = has.shares.div_ceil(WAD_WIDE).saturating_add(U256::ONE).saturating_mul(U256::from(2));
            let times = scalings(before, call, is.address, before.strategies[strategy].address);
            add_dust(&mut stakes[operator][strategy], each.saturating_mul(U256::from(times)));
        }
    }
}

/// How often a call computes the deposit scaling factor of a staker in a strategy, if it does: each item of a withdrawal
/// completed as shares is a deposit of its own, and one withdrawal may name a strategy twice.
fn scalings(before: &Ledger, call: &Call, staker: Address, strategy: Address) -> usize {
    let completions = super::completions(call).iter();
    let of_staker =
        completions.filter(|completion| completion.staker == staker && completion.receive == Receive::Shares);
    let withdrawals = of_staker.filter_map(|completion| before.nth_withdrawal(completion.staker, completion.nth));
    withdrawals.flat_map(|withdrawal| &withdrawal.items).filter(|(at, _)| *at == strategy).count().max(1)
}
