//! Exact integer arithmetic of slashing (`docs/protocol.md` section 3). Rounding is in each name.

use alloy_primitives::{U256, U512};

/// One, as a magnitude, a proportion or a factor.
pub const WAD: u64 = 1_000_000_000_000_000_000;

/// [`WAD`] as a wide integer.
pub const WAD_WIDE: U256 = U256::from_limbs([WAD, 0, 0, 0]);

/// `x * y / d`, rounded down. The product has 512 bits. `None` when `d` is zero or the result has more than 256 bits,
/// which is where the contracts revert.
pub fn mul_div_down(x: U256, y: U256, d: U256) -> Option<U256> {
    div_rem(x, y, d).map(|(quotient, _)| quotient)
}

/// `x * y / d`, rounded up. `None` as for [`mul_div_down`].
pub fn mul_div_up(x: U256, y: U256, d: U256) -> Option<U256> {
    let (quotient, remainder) = div_rem(x, y, d)?;
    if remainder.is_zero() { Some(quotient) } else { quotient.checked_add(U256::ONE) }
}

fn div_rem(x: U256, y: U256, d: U256) -> Option<(U256, U256)> {
    if d.is_zero() {
        return None;
    }
    if let Some(product) = x.checked_mul(y) {
        return Some(product.div_rem(d));
    }
    let product: U512 = x.widening_mul(y);
    let (quotient, remainder) = product.div_rem(U512::from(d));
    Some((U256::checked_from_limbs_slice(quotient.as_limbs())?, U256::from_limbs_slice(&remainder.as_limbs()[..4])))
}

/// `x * y / WAD`, rounded down.
pub fn mul_wad_down(x: U256, y: U256) -> Option<U256> {
    mul_div_down(x, y, WAD_WIDE)
}

/// `x * y / WAD`, rounded up.
pub fn mul_wad_up(x: U256, y: U256) -> Option<U256> {
    mul_div_up(x, y, WAD_WIDE)
}

/// `x * WAD / y`, rounded down.
pub fn div_wad_down(x: U256, y: U256) -> Option<U256> {
    mul_div_down(x, WAD_WIDE, y)
}

/// What a staker can withdraw of `deposit_shares` with deposit scaling factor `k` and slashing factor `f`: rounded down
/// twice, against the staker.
pub fn withdrawable(k: U256, deposit_shares: U256, f: U256) -> Option<U256> {
    mul_wad_down(mul_wad_down(deposit_shares, k)?, f)
}

/// The deposit shares behind `withdrawable` shares, with deposit scaling factor `k` and slashing factor `f`: rounded down
/// twice; not an exact inverse. `None` when `f` is zero: nothing can be withdrawn.
pub fn deposit_shares(k: U256, withdrawable: U256, f: U256) -> Option<U256> {
    div_wad_down(div_wad_down(withdrawable, k)?, f)
}

/// What a slash takes of `operator_shares`: what remains is rounded up, so this is rounded down.
pub fn slashed_amount(operator_shares: U256, prev_max: U256, new_max: U256) -> Option<U256> {
    operator_shares.checked_sub(mul_div_up(operator_shares, new_max, prev_max)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn wide() -> impl Strategy<Value = U256> {
        // Uniform in bit length: boundaries of every size matter more than the middle of the range.
        (0..=256usize, any::<[u64; 4]>())
            .prop_map(|(bits, limbs)| if bits == 0 { U256::ZERO } else { U256::from_limbs(limbs) >> (256 - bits) })
    }

    proptest! {
        #[test]
        fn both_roundings_enclose_the_quotient(x in wide(), y in wide(), d in wide()) {
            let product: U512 = x.widening_mul(y);
            match (mul_div_down(x, y, d), mul_div_up(x, y, d)) {
                (Some(down), Some(up)) => {
                    prop_assert!(down.widening_mul::<256, 4, 512, 8>(d) <= product);
                    prop_assert!(up.widening_mul::<256, 4, 512, 8>(d) >= product);
                    prop_assert!(up - down <= U256::ONE);
                }
                (None, None) => prop_assert!(d.is_zero() || product / U512::from(d) > U512::from(U256::MAX)),
                (Some(down), None) => prop_assert_eq!(down, U256::MAX),
                (None, Some(_)) => prop_assert!(false, "up is never smaller than down"),
            }
        }

        #[test]
        fn who_asks_for_what_shares_are_worth_is_told_no_more_shares(
            shares in wide(), k in 1..=u64::MAX, f in 1..=WAD,
        ) {
            let (shares, k, f) = (shares >> 128, U256::from(k), U256::from(f));
            let worth = withdrawable(k, shares, f).unwrap();
            prop_assert!(deposit_shares(k, worth, f).unwrap() <= shares);
        }

        #[test]
        fn a_slash_never_takes_more_than_its_part(shares in wide(), prev in 1..=WAD, part in 0..=WAD) {
            let (shares, prev) = (shares >> 64, U256::from(prev));
            let new = prev - mul_wad_up(prev, U256::from(part)).unwrap();
            let taken = slashed_amount(shares, prev, new).unwrap();
            prop_assert!(taken * prev <= shares * (prev - new));
            prop_assert!(taken <= shares);
        }
    }

    #[test]
    fn division_by_zero_is_no_number() {
        assert_eq!(mul_div_down(U256::ONE, U256::ONE, U256::ZERO), None);
        assert_eq!(mul_div_up(U256::MAX, U256::MAX, U256::ONE), None);
    }
}
