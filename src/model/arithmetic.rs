//! The arithmetic of slashing with its ways to fail (`docs/protocol.md` section 3). Rounding is in each name or formula.

use alloy_primitives::U256;

use super::revert::{Foreseen, Panic, message};
use crate::arithmetic::{self, WAD_WIDE};

/// `x * y / d`, rounded down.
pub fn mul_div_down(x: U256, y: U256, d: U256) -> Foreseen<U256> {
    match arithmetic::mul_div_down(x, y, d) {
        Some(quotient) => Ok(quotient),
        // A product within 256 bits is divided as it is, and a division by zero panics. One beyond is not.
        None if x.checked_mul(y).is_some() => Err(Panic::DivisionByZero.into()),
        None => message("Math: mulDiv overflow"),
    }
}

/// `x * y / d`, rounded up.
pub fn mul_div_up(x: U256, y: U256, d: U256) -> Foreseen<U256> {
    mul_div_down(x, y, d)?;
    arithmetic::mul_div_up(x, y, d).ok_or_else(|| Panic::Overflow.into())
}

/// `x * y / WAD`, rounded down.
pub fn mul_wad_down(x: U256, y: U256) -> Foreseen<U256> {
    mul_div_down(x, y, WAD_WIDE)
}

/// `x * y / WAD`, rounded up.
pub fn mul_wad_up(x: U256, y: U256) -> Foreseen<U256> {
    mul_div_up(x, y, WAD_WIDE)
}

/// `x * WAD / y`, rounded down.
pub fn div_wad_down(x: U256, y: U256) -> Foreseen<U256> {
    mul_div_down(x, WAD_WIDE, y)
}

/// `x + y`.
pub fn add(x: U256, y: U256) -> Foreseen<U256> {
    x.checked_add(y).ok_or_else(|| Panic::Overflow.into())
}

/// `x - y`.
pub fn sub(x: U256, y: U256) -> Foreseen<U256> {
    x.checked_sub(y).ok_or_else(|| Panic::Overflow.into())
}

/// `x * y`.
pub fn mul(x: U256, y: U256) -> Foreseen<U256> {
    x.checked_mul(y).ok_or_else(|| Panic::Overflow.into())
}

/// `x / y`, rounded down.
pub fn div_down(x: U256, y: U256) -> Foreseen<U256> {
    x.checked_div(y).ok_or_else(|| Panic::DivisionByZero.into())
}

/// A magnitude out of a wider number.
pub fn to_magnitude(number: U256) -> Foreseen<u64> {
    u64::try_from(number).or_else(|_| message("SafeCast: value doesn't fit in 64 bits"))
}

/// A magnitude and a pending difference.
pub fn add_diff(magnitude: u64, diff: i128) -> Foreseen<u64> {
    let sum = i128::from(magnitude).checked_add(diff).ok_or(Panic::Overflow)?;
    u64::try_from(sum).or_else(|_| message("SafeCast: value doesn't fit in 64 bits"))
}

/// A magnitude less another.
pub fn sub_magnitude(x: u64, y: u64) -> Foreseen<u64> {
    x.checked_sub(y).ok_or_else(|| Panic::Overflow.into())
}

/// A block and a number of blocks, in 32 bits.
pub fn add_blocks(block: u32, blocks: u64) -> Foreseen<u32> {
    u64::from(block).checked_add(blocks).and_then(|sum| u32::try_from(sum).ok()).ok_or_else(|| Panic::Overflow.into())
}

/// Deposit shares as they enter the withdrawal queue: `s * k`, rounded down.
pub fn scale_for_queue_withdrawal(k: U256, deposit_shares: U256) -> Foreseen<U256> {
    mul_wad_down(deposit_shares, k)
}

/// Scaled shares as they leave it: `x * f`, rounded down.
pub fn scale_for_complete_withdrawal(scaled_shares: U256, f: U256) -> Foreseen<U256> {
    mul_wad_down(scaled_shares, f)
}

/// What a staker can withdraw: `s * k * f`, rounded down twice.
pub fn calc_withdrawable(k: U256, deposit_shares: U256, f: U256) -> Foreseen<U256> {
    mul_wad_down(mul_wad_down(deposit_shares, k)?, f)
}

/// The deposit shares behind shares that can be withdrawn: `w / k / f`, rounded down twice.
pub fn calc_deposit_shares(k: U256, withdrawable: U256, f: U256) -> Foreseen<U256> {
    div_wad_down(div_wad_down(withdrawable, k)?, f)
}

/// What a slash takes of an operator's shares: what remains is rounded up, so this is rounded down.
pub fn calc_slashed_amount(operator_shares: U256, prev_max: u64, new_max: u64) -> Foreseen<U256> {
    sub(operator_shares, mul_div_up(operator_shares, U256::from(new_max), U256::from(prev_max))?)
}

/// What a slash takes of scaled shares in the queue, rounded down.
pub fn scale_for_burning(scaled_shares: U256, prev_max: u64, new_max: u64) -> Foreseen<U256> {
    mul_wad_down(scaled_shares, U256::from(sub_magnitude(prev_max, new_max)?))
}

/// The deposit scaling factor after `added_shares` come to `prev_deposit_shares`: both divisions are rounded down, so no
/// deposit creates value.
pub fn updated_scaling_factor(k: U256, prev_deposit_shares: U256, added_shares: U256, f: U256) -> Foreseen<U256> {
    if prev_deposit_shares.is_zero() {
        return div_wad_down(k, f);
    }
    let worth = add(calc_withdrawable(k, prev_deposit_shares, f)?, added_shares)?;
    div_wad_down(div_wad_down(worth, add(prev_deposit_shares, added_shares)?)?, f)
}

/// The part of a magnitude that a slash of `wad` takes, rounded up.
pub fn slashed_magnitude(magnitude: u64, wad: U256) -> Foreseen<u64> {
    to_magnitude(mul_wad_up(U256::from(magnitude), wad)?)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{arithmetic::WAD, model::revert::Stop};

    /// Shares: uniform in bit length, up to all that a strategy can have.
    fn shares() -> impl Strategy<Value = U256> {
        (0..=126u32, any::<u128>()).prop_map(|(bits, number)| U256::from(number & ((1 << bits) - 1)))
    }

    /// A factor or magnitude between nothing and one: uniform in bit length.
    fn magnitude() -> impl Strategy<Value = u64> {
        (0..=60u32, any::<u64>()).prop_map(|(bits, number)| (number & ((1 << bits) - 1)).min(WAD))
    }

    /// What slashing left of a share; something.
    fn slashing_factor() -> impl Strategy<Value = u64> {
        magnitude().prop_map(|magnitude| magnitude.max(1))
    }

    /// A deposit scaling factor as deposits make it: one over what slashing had left, or a little else.
    fn scaling_factor() -> impl Strategy<Value = U256> {
        slashing_factor().prop_map(|factor| div_wad_down(WAD_WIDE, U256::from(factor)).unwrap())
    }

    fn wide(number: u64) -> U256 {
        U256::from(number)
    }

    proptest! {
        #[test]
        fn a_slash_takes_its_part_of_a_magnitude_rounded_up(magnitude in magnitude(), wad in magnitude()) {
            let taken = slashed_magnitude(magnitude, wide(wad)).unwrap();
            let exact = wide(magnitude) * wide(wad);
            prop_assert!(wide(taken) * WAD_WIDE >= exact && wide(taken) * WAD_WIDE < exact + WAD_WIDE);
            prop_assert!(taken <= magnitude);
            prop_assert_eq!(taken == 0, magnitude == 0 || wad == 0);
            prop_assert_eq!(slashed_magnitude(magnitude, WAD_WIDE).unwrap(), magnitude);
        }

        #[test]
        fn who_asks_for_more_slashes_no_less(magnitude in magnitude(), less in magnitude(), more in magnitude()) {
            let (less, more) = (less.min(more), less.max(more));
            prop_assert!(slashed_magnitude(magnitude, wide(less)) .unwrap()<= slashed_magnitude(magnitude, wide(more)).unwrap());
        }

        #[test]
        fn a_deallocation_that_is_slashed_stays_within_what_is_left(
            magnitude in magnitude(), pending in magnitude(), wad in magnitude(),
        ) {
            let pending = pending.min(magnitude);
            let left = magnitude - slashed_magnitude(magnitude, wide(wad)).unwrap();
            let pending_left = pending - slashed_magnitude(pending, wide(wad)).unwrap();
            prop_assert!(pending_left <= left);
        }

        #[test]
        fn what_a_slash_leaves_an_operator_is_rounded_up(
            shares in shares(), prev in slashing_factor(), part in magnitude(),
        ) {
            let new = prev - slashed_magnitude(prev, wide(part)).unwrap();
            let taken = calc_slashed_amount(shares, prev, new).unwrap();
            let left = shares - taken;
            prop_assert!(left * wide(prev) >= shares * wide(new));
            prop_assert!(left.is_zero() || (left - U256::ONE) * wide(prev) < shares * wide(new));
            prop_assert_eq!(calc_slashed_amount(shares, prev, 0).unwrap(), shares);
            prop_assert_eq!(calc_slashed_amount(shares, prev, prev).unwrap(), U256::ZERO);
        }

        #[test]
        fn operator_shares_cover_what_a_staker_can_withdraw(
            shares in shares(), factor in slashing_factor(), part in magnitude(),
        ) {
            // A staker alone with an operator that nobody had slashed; then two slashes.
            let first = slashed_magnitude(WAD, wide(part)).unwrap();
            let middle = WAD - first;
            prop_assume!(middle > 0);
            let last = middle - slashed_magnitude(middle, wide(factor)).unwrap();
            let mut left = shares - calc_slashed_amount(shares, WAD, middle).unwrap();
            prop_assert!(calc_withdrawable(WAD_WIDE, shares, wide(middle)).unwrap() <= left);
            left -= calc_slashed_amount(left, middle, last).unwrap();
            prop_assert!(calc_withdrawable(WAD_WIDE, shares, wide(last)).unwrap() <= left);
        }

        #[test]
        fn two_slashes_of_the_queue_burn_no_more_than_one(
            scaled in shares(), first in magnitude(), second in magnitude(), third in magnitude(),
        ) {
            let mut steps = [first, second, third];
            steps.sort_unstable();
            let [low, middle, high] = steps;
            let whole = scale_for_burning(scaled, high, low).unwrap();
            let parts = scale_for_burning(scaled, high, middle).unwrap() + scale_for_burning(scaled, middle, low).unwrap();
            prop_assert!(parts <= whole && whole <= parts + U256::ONE);
            // What is burned and what is paid are no more than what was queued.
            let paid = scale_for_complete_withdrawal(scaled, wide(low)).unwrap();
            prop_assert!(scale_for_burning(scaled, WAD, low).unwrap() + paid <= scaled);
        }

        #[test]
        fn withdrawable_shares_grow_with_each_factor(
            k in scaling_factor(), other_k in scaling_factor(), s in shares(), other_s in shares(),
            f in magnitude(), other_f in magnitude(),
        ) {
            let least = calc_withdrawable(k.min(other_k), s.min(other_s), wide(f.min(other_f))).unwrap();
            let most = calc_withdrawable(k.max(other_k), s.max(other_s), wide(f.max(other_f))).unwrap();
            prop_assert!(least <= most);
            // Nobody slashed and nobody rounded.
            prop_assert_eq!(calc_withdrawable(WAD_WIDE, s, WAD_WIDE).unwrap(), s);
        }

        #[test]
        fn a_deposit_creates_no_share(
            k in scaling_factor(), held in shares(), added in shares(), f in slashing_factor(),
        ) {
            let factor = wide(f);
            // A factor without shares is one, but for native ETH.
            let k = if held.is_zero() { WAD_WIDE } else { k };
            let before = calc_withdrawable(k, held, factor).unwrap();
            let updated = updated_scaling_factor(k, held, added, factor).unwrap();
            let all = held + added;
            let after = calc_withdrawable(updated, all, factor).unwrap();
            prop_assert!(after <= before + added);
            // And loses what the factor's last digits are worth: two for each 1e18 shares, and a wei for each rounding.
            let dust = all / WAD_WIDE * U256::from(2) + U256::from(5);
            prop_assert!(after + dust >= before + added, "{} of {}", before + added - after, all);
        }

        #[test]
        fn a_round_trip_through_the_queue_creates_no_share(
            k in scaling_factor(), held in shares(), queued in shares(), f in slashing_factor(),
        ) {
            let (factor, queued) = (wide(f), queued.min(held));
            let before = calc_withdrawable(k, held, factor).unwrap();
            let scaled = scale_for_queue_withdrawal(k, queued).unwrap();
            let back = scale_for_complete_withdrawal(scaled, factor).unwrap();
            prop_assert!(back <= calc_withdrawable(k, queued, factor).unwrap());
            // What comes back as shares is a deposit like any other.
            let left = held - queued;
            let k = if left.is_zero() { WAD_WIDE } else { k };
            let updated = updated_scaling_factor(k, left, back, factor).unwrap();
            prop_assert!(calc_withdrawable(updated, left + back, factor).unwrap() <= before);
        }

        #[test]
        fn roundings_are_as_named(x in shares(), y in shares(), d in shares()) {
            prop_assume!(!d.is_zero());
            let (down, up) = (mul_div_down(x, y, d).unwrap(), mul_div_up(x, y, d).unwrap());
            prop_assert!(down * d <= x * y && x * y <= up * d && up - down <= U256::ONE);
            prop_assert_eq!(up == down, (x * y % d).is_zero());
        }
    }

    #[test]
    fn each_failure_is_told_as_the_contracts_tell_it() {
        let overflow = Stop::from(Panic::Overflow);
        let by_zero = Stop::from(Panic::DivisionByZero);
        assert_eq!(mul_div_down(U256::ONE, U256::ONE, U256::ZERO), Err(by_zero));
        assert_eq!(mul_div_down(U256::MAX, U256::MAX, U256::ONE), message("Math: mulDiv overflow"));
        assert_eq!(sub_magnitude(1, 2), Err(overflow));
        assert_eq!(add_diff(1, -2), message("SafeCast: value doesn't fit in 64 bits"));
        assert_eq!(to_magnitude(U256::from(u64::MAX) + U256::ONE), message("SafeCast: value doesn't fit in 64 bits"));
        assert_eq!(add_blocks(u32::MAX, 1), Err(overflow));
        assert_eq!(add_blocks(u32::MAX, 0), Ok(u32::MAX));
    }
}
