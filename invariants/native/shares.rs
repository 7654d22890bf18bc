//! Deposit shares of native ETH, what they are worth, and what of them operators have.

use alloy_primitives::{Address, U256};

use super::{Report, completed, report, report_on};
use crate::{
    arithmetic::{WAD, WAD_WIDE, mul_div_up, mul_wad_down, withdrawable},
    call::{Operation, Receive},
    invariants::delegation::concerns_staker,
    ledger::{BalanceUpdate, Ledger},
    must,
    oracle::{Assumption, Checkpoint, Invariant, Scope, Step, Verdict},
};

pub(super) const FACTOR_FALLS: Invariant = Invariant {
    id: "ETH-01",
    statement: "The beacon chain slashing factor only ever falls: when a report says that something was lost, by that part.",
    formula: "l' == floor(l * (prev - loss) / prev) on a report with a loss; l' == l on every other call; l <= WAD",
    why: "The factor is all that the protocol knows of what the beacon chain took. If it rises, a staker is paid ETH that \
          is gone; if it falls too far, the staker loses what the beacon chain left it.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::STAKERS,
    check: |step| {
        let mut exercised = false;
        for index in step.touched_stakers() {
            let (was, is) = (&step.before.native.pods[index], &step.after.native.pods[index]);
            let update = report_on(step, index).filter(|update| !update.loss().is_zero());
            exercised |= update.is_some();
            let expected = match update {
                Some(update) => was.factor_after(update),
                None => Some(was.slashing_factor()),
            };
            must!(
                Some(is.slashing_factor()) == expected && is.slashing_factor() <= WAD,
                "the beacon chain slashing factor of {} went from {} to {}, and was to be {}",
                step.name(step.after.stakers[index].address),
                was.slashing_factor(),
                is.slashing_factor(),
                expected.map_or("what no loss can leave".to_owned(), |factor| factor.to_string()),
            );
        }
        Verdict::holds_if(exercised)
    },
};

pub(super) const DEPOSIT_SHARES: Invariant = Invariant {
    id: "ETH-02",
    statement: "Deposit shares of native ETH change by what is reported gained, queued, or given back, and by nothing else.",
    formula: "s' - s == gain of a report + receivable shares of completions as shares - deposit shares queued",
    why: "Slashes and losses lower factors. Were deposit shares lowered as well, a staker would pay twice; were they raised \
          by anything else, it would be paid for nothing.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[Assumption::PassiveTokens],
    scope: Scope::STAKERS,
    check: |step| {
        let Some(native) = step.after.native_strategy() else { return Verdict::NotApplicable };
        let mut exercised = false;
        for index in step.touched_stakers() {
            let address = step.after.stakers[index].address;
            let gain = report_on(step, index).map_or(U256::ZERO, BalanceUpdate::gain);
            let back = completed(step, address, native, |receive| receive == Receive::Shares);
            let more = back.into_iter().fold(gain, U256::saturating_add);
            let less = queued(step, address, native);
            let (was, is) =
                (step.before.native.pods[index].deposit_shares, step.after.native.pods[index].deposit_shares);
            exercised |= !more.is_zero() || !less.is_zero() || report_on(step, index).is_some();
            let expected = was.into_raw().wrapping_add(more).wrapping_sub(less);
            must!(
                is.into_raw() == expected,
                "{} had {was} deposit shares of native ETH, {more} came and {less} went, and it has {is}",
                step.name(address),
            );
        }
        Verdict::holds_if(exercised)
    },
};

/// What the call takes into the queue of a staker's native ETH, in deposit shares.
fn queued(step: &Step<'_>, staker: Address, native: usize) -> U256 {
    let ledger = step.before;
    let marker = ledger.strategies[native].address;
    match &*step.call.unsigned() {
        _ if !step.succeeded() => U256::ZERO,
        Operation::QueueWithdrawals { withdrawals } if step.call.actor == staker => {
            let shares = ledger.withdrawn_shares(staker, withdrawals);
            let items = withdrawals.iter().zip(&shares).flat_map(|(items, shares)| items.iter().zip(shares));
            items
                .filter(|(item, _)| item.strategy == marker)
                .map(|(_, shares)| *shares)
                .fold(U256::ZERO, U256::saturating_add)
        }
        Operation::Undelegate { staker: whose } if *whose == staker => deposit_shares(ledger, staker, native),
        Operation::Redelegate { .. } if step.call.actor == staker => deposit_shares(ledger, staker, native),
        _ => U256::ZERO,
    }
}

fn deposit_shares(ledger: &Ledger, staker: Address, native: usize) -> U256 {
    ledger.staker(staker).map_or(U256::ZERO, |staker| staker.holdings[native].shares)
}

pub(super) const NO_DEBT: Invariant = Invariant {
    id: "ETH-03",
    statement: "Nobody has less than no deposit shares of native ETH.",
    formula: "podOwnerDepositShares(a) >= 0",
    why: "Less than none means that more was queued than there was: shares out of nothing are on their way out.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::STAKERS,
    check: |step| {
        let mut exercised = false;
        for index in step.touched_stakers() {
            let shares = step.after.native.pods[index].deposit_shares;
            exercised |= shares != step.before.native.pods[index].deposit_shares;
            must!(
                !shares.is_negative(),
                "{} has {shares} deposit shares of native ETH",
                step.name(step.after.stakers[index].address),
            );
        }
        Verdict::holds_if(exercised)
    },
};

pub(super) const NO_GAIN: Invariant = Invariant {
    id: "ETH-07",
    statement: "Nobody can withdraw more shares of native ETH than it deposited.",
    formula: "w(a,native) <= s(a,native)",
    why: "The scaling factor makes up for slashes before a deposit, the operator's and the beacon chain's. If it ever pays \
          for one, it pays with the ETH of nobody.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::STAKERS.or(Scope::OPERATORS),
    check: |step| {
        let ledger = step.after;
        let Some(native) = ledger.native_strategy() else { return Verdict::NotApplicable };
        let mut exercised = false;
        for (index, staker) in ledger.stakers.iter().enumerate() {
            let deposited = staker.holdings[native].shares;
            if deposited.is_zero() || !concerns_staker(step, index) {
                continue;
            }
            exercised = true;
            let withdrawable = ledger.withdrawable(index, native);
            must!(
                withdrawable.is_some_and(|shares| shares <= deposited),
                "{} deposited {deposited} shares of native ETH and can withdraw {}",
                step.name(staker.address),
                withdrawable.map_or("more than there are".to_owned(), |shares| shares.to_string()),
            );
        }
        Verdict::holds_if(exercised)
    },
};

pub(super) const OPERATOR_FOLLOWS: Invariant = Invariant {
    id: "ETH-16",
    statement: "A report moves the shares of the staker's operator by what it says, and those of no other.",
    formula: "op' - op == gain, or op - op' == floor(floor(s * k / WAD) * floor(m * (l - l') / WAD) / WAD) on a loss; other \
              operators unchanged",
    why: "Stake that the beacon chain took must stop securing services at once, or slashes take from what is not there.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::PODS.that_succeeded(),
    check: |step| {
        let Some(native) = step.after.native_strategy() else { return Verdict::NotApplicable };
        let Some(Report { staker, update }) = report(step) else { return Verdict::NotApplicable };
        let own = step.before.stakers[staker].delegated_to;
        let mut exercised = false;
        for (was, is) in step.before.operators.iter().zip(&step.after.operators) {
            let (before, after) = (was.stakes[native].shares, is.stakes[native].shares);
            let expected = if was.address == own {
                exercised |= !update.delta.is_zero();
                expected_shares(step, staker, native, before, update)
            } else {
                Some(before)
            };
            must!(
                Some(after) == expected,
                "a report on {} moved the shares of native ETH of {} from {before} to {after}, and was to leave {}",
                step.name(step.after.stakers[staker].address),
                step.name(was.address),
                expected.map_or("less than none".to_owned(), |shares| shares.to_string()),
            );
        }
        Verdict::holds_if(exercised)
    },
};

/// The shares of a staker's operator after a report. `docs/protocol.md` section 9.1.
fn expected_shares(step: &Step<'_>, staker: usize, native: usize, before: U256, update: BalanceUpdate) -> Option<U256> {
    let (was, is) = (&step.before.native.pods[staker], &step.after.native.pods[staker]);
    if update.loss().is_zero() {
        return before.checked_add(update.gain());
    }
    let operator = step.before.operator(step.before.stakers[staker].delegated_to)?;
    let lost = was.slashing_factor().checked_sub(is.slashing_factor())?;
    let magnitude = U256::from(operator.stakes[native].max_magnitude());
    let holding = &step.before.stakers[staker].holdings[native];
    let factor = mul_wad_down(magnitude, U256::from(lost))?;
    before.checked_sub(withdrawable(holding.factor(), holding.shares, factor)?)
}

pub(super) const DELEGATING_KEEPS: Invariant = Invariant {
    id: "ETH-18",
    statement: "Delegating brings an operator what the beacon chain left of the staker's ETH, and costs the staker dust.",
    formula: "with x = floor(floor(s * k / WAD) * l / WAD): op' == op + x and x - (ceil(s * k / (m * WAD)) + ceil(s / WAD) + 4) \
              <= w' <= x + 1",
    why: "The operator's past slashes are not the newcomer's, and the newcomer's losses are not undone by a new operator.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::DELEGATIONS.that_succeeded(),
    check: |step| {
        let Some(native) = step.after.native_strategy() else { return Verdict::NotApplicable };
        let operator = match *step.call.unsigned() {
            Operation::Delegate { operator } => operator,
            Operation::RegisterAsOperator { .. } => step.call.actor,
            _ => return Verdict::NotApplicable,
        };
        let staker = step.before.staker_index(step.call.actor).filter(|_| step.succeeded());
        let Some((staker, operator)) = staker.zip(step.before.operator_index(operator)) else {
            return Verdict::NotApplicable;
        };
        let holding = &step.before.stakers[staker].holdings[native];
        let Some(bounds) = delegated(step.before, staker, operator, native).filter(|_| !holding.shares.is_zero())
        else {
            return Verdict::NotApplicable;
        };
        let stakes = |ledger: &Ledger| ledger.operators[operator].stakes[native].shares;
        let (before, after) = (stakes(step.before), stakes(step.after));
        must!(
            before.checked_add(bounds.worth) == Some(after),
            "{} brings {} shares of native ETH to {}, whose shares went from {before} to {after}",
            step.name(step.call.actor),
            bounds.worth,
            step.name(step.before.operators[operator].address),
        );
        let withdrawable = step.after.withdrawable(staker, native).unwrap_or(U256::MAX);
        must!(
            bounds.least <= withdrawable && withdrawable <= bounds.worth.saturating_add(U256::ONE),
            "{} had {} shares of native ETH to withdraw, delegated, and has {withdrawable}; rounding explains {} and more",
            step.name(step.call.actor),
            bounds.worth,
            bounds.least,
        );
        Verdict::Holds
    },
};

/// What delegated native ETH is worth, and the least that rounding can leave of it.
struct Delegated {
    worth: U256,
    least: U256,
}

fn delegated(ledger: &Ledger, staker: usize, operator: usize, native: usize) -> Option<Delegated> {
    let holding = &ledger.stakers[staker].holdings[native];
    let left = U256::from(ledger.native.pods[staker].slashing_factor());
    let magnitude = U256::from(ledger.operators[operator].stakes[native].max_magnitude());
    let worth = withdrawable(holding.factor(), holding.shares, left)?;
    let scale = magnitude.checked_mul(WAD_WIDE)?;
    let dust = mul_div_up(holding.shares, holding.factor(), scale)?
        .checked_add(holding.shares.div_ceil(WAD_WIDE))?
        .checked_add(U256::from(4))?;
    Some(Delegated { worth, least: worth.saturating_sub(dust) })
}

pub(super) const GAIN_COUNTS: Invariant = Invariant {
    id: "ETH-19",
    statement: "What is gained can be withdrawn in full, but for dust, whatever was lost before.",
    formula: "on a report with gain x: w + x - (2 * ceil((s + x) / WAD) + 2) <= w' <= w + x",
    why: "New validators have not been slashed. If past losses reach them, restaking again is punished; if they make up for \
          past losses, restaking again is paid.",
    checkpoint: Checkpoint::EveryCall,
    assumes: &[],
    scope: Scope::PODS.that_succeeded(),
    check: |step| {
        let Some(native) = step.after.native_strategy() else { return Verdict::NotApplicable };
        let Some(Report { staker, update }) = report(step) else { return Verdict::NotApplicable };
        let gain = update.gain();
        let deposited = step.after.stakers[staker].holdings[native].shares;
        let worth = step.before.withdrawable(staker, native).and_then(|worth| worth.checked_add(gain));
        let Some(worth) = worth.filter(|_| !gain.is_zero()) else { return Verdict::NotApplicable };
        let dust = deposited.div_ceil(WAD_WIDE).saturating_mul(U256::from(2));
        let least = worth.saturating_sub(dust.saturating_add(U256::from(2)));
        let withdrawable = step.after.withdrawable(staker, native).unwrap_or(U256::MAX);
        must!(
            least <= withdrawable && withdrawable <= worth,
            "{} gained {gain} wei, with which it was to have from {least} to {worth} shares to withdraw, and has \
             {withdrawable}",
            step.name(step.after.stakers[staker].address),
        );
        Verdict::Holds
    },
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        call::{Quantity, WithdrawalItem},
        invariants::{
            fixture::{Scene, judge},
            native::scenes::{NATIVE, completed_as, ether, gained, lost, restaked, signed, violated},
        },
    };
    use alloy_primitives::I256;

    #[test]
    fn eth_01() {
        let scene = lost();
        assert_eq!(judge(&FACTOR_FALLS, &scene), Verdict::Holds);
        assert_eq!(judge(&FACTOR_FALLS, &gained()), Verdict::NotApplicable);
        for factor in [WAD / 2 - 1, WAD / 2 + 1, WAD] {
            let mut scene = scene.clone();
            scene.after.native.pods[0].stored_slashing_factor = Some(factor);
            assert!(violated(&FACTOR_FALLS, &scene), "{factor}");
        }
        let mut risen = gained();
        risen.after.native.pods[0].stored_slashing_factor = Some(WAD);
        assert!(violated(&FACTOR_FALLS, &risen));
    }

    #[test]
    fn eth_02() {
        assert_eq!(judge(&DEPOSIT_SHARES, &lost()), Verdict::Holds);
        assert_eq!(judge(&DEPOSIT_SHARES, &gained()), Verdict::Holds);
        assert_eq!(judge(&DEPOSIT_SHARES, &completed_as(Receive::Shares)), Verdict::Holds);
        assert_eq!(judge(&DEPOSIT_SHARES, &restaked()), Verdict::NotApplicable);
        for mut scene in [lost(), gained(), completed_as(Receive::Shares), restaked()] {
            scene.after.native.pods[0].deposit_shares -= I256::ONE;
            assert!(violated(&DEPOSIT_SHARES, &scene));
        }
        let mut queued = restaked();
        let (strategy, shares) = (queued.before.strategies[NATIVE].address, Quantity::AllBut(ether(30)));
        queued.call.actor = queued.before.stakers[0].address;
        queued.call.operation =
            Operation::QueueWithdrawals { withdrawals: vec![vec![WithdrawalItem { strategy, shares }]] };
        assert!(violated(&DEPOSIT_SHARES, &queued), "what is queued is gone");
        queued.after.native.pods[0].deposit_shares = signed(ether(30));
        assert_eq!(judge(&DEPOSIT_SHARES, &queued), Verdict::Holds);
        queued.call.operation = Operation::Undelegate { staker: queued.call.actor };
        queued.after.native.pods[0].deposit_shares = I256::ZERO;
        assert_eq!(judge(&DEPOSIT_SHARES, &queued), Verdict::Holds, "all of it is");
    }

    #[test]
    fn eth_03() {
        let mut scene = gained();
        assert_eq!(judge(&NO_DEBT, &scene), Verdict::Holds);
        assert_eq!(judge(&NO_DEBT, &restaked()), Verdict::NotApplicable);
        scene.after.native.pods[0].deposit_shares = I256::MINUS_ONE;
        assert!(violated(&NO_DEBT, &scene));
    }

    #[test]
    fn eth_07() {
        let mut scene = lost();
        assert_eq!(judge(&NO_GAIN, &scene), Verdict::Holds);
        assert_eq!(judge(&NO_GAIN, &Scene::quiet()), Verdict::NotApplicable);
        // Half is left; a factor of twice WAD makes up for it exactly.
        scene.after.stakers[0].holdings[NATIVE].stored_factor = WAD_WIDE * U256::from(2);
        assert_eq!(judge(&NO_GAIN, &scene), Verdict::Holds);
        scene.after.stakers[0].holdings[NATIVE].stored_factor += U256::ONE;
        assert!(violated(&NO_GAIN, &scene));
    }

    #[test]
    fn eth_16() {
        for scene in [lost(), gained()] {
            assert_eq!(judge(&OPERATOR_FOLLOWS, &scene), Verdict::Holds);
            let mut scene = scene.clone();
            scene.after.operators[0].stakes[NATIVE].shares += U256::ONE;
            assert!(violated(&OPERATOR_FOLLOWS, &scene));
            scene.before.stakers[0].delegated_to = Address::ZERO;
            assert!(violated(&OPERATOR_FOLLOWS, &scene), "nobody's operator is moved");
        }
        assert_eq!(judge(&OPERATOR_FOLLOWS, &restaked()), Verdict::NotApplicable);
    }

    #[test]
    fn eth_18() {
        let mut scene = gained();
        scene.after.stakers[0].delegated_to = Address::ZERO;
        scene.after.operators[0].stakes[NATIVE].shares = U256::ZERO;
        scene.before = scene.after.clone();
        let operator = scene.before.operators[0].address;
        scene.call.actor = scene.before.stakers[0].address;
        scene.call.operation = Operation::Delegate { operator };
        scene.after.stakers[0].delegated_to = operator;
        let worth = scene.before.withdrawable(0, NATIVE).unwrap();
        scene.after.operators[0].stakes[NATIVE].shares = worth;
        assert_eq!(judge(&DELEGATING_KEEPS, &scene), Verdict::Holds);
        assert_eq!(judge(&DELEGATING_KEEPS, &restaked()), Verdict::NotApplicable);
        let mut forgotten = scene.clone();
        forgotten.after.stakers[0].holdings[NATIVE].stored_factor = WAD_WIDE;
        assert!(violated(&DELEGATING_KEEPS, &forgotten));
        scene.after.operators[0].stakes[NATIVE].shares += U256::ONE;
        assert!(violated(&DELEGATING_KEEPS, &scene));
    }

    #[test]
    fn eth_19() {
        let mut scene = gained();
        assert_eq!(judge(&GAIN_COUNTS, &scene), Verdict::Holds);
        assert_eq!(judge(&GAIN_COUNTS, &lost()), Verdict::NotApplicable);
        scene.after.stakers[0].holdings[NATIVE].stored_factor = U256::from(1_333_333_333_333_333_334u64);
        assert!(violated(&GAIN_COUNTS, &scene), "more than came");
        scene.after.stakers[0].holdings[NATIVE].stored_factor = WAD_WIDE;
        assert!(violated(&GAIN_COUNTS, &scene), "less");
    }
}
