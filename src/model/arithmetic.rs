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
