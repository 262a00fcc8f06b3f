//! The digits of decimals: brought to another scale, and checked against the digits that a type has.

use datafusion::common::{Result, exec_err};

/// 10 to this power; `None` beyond what 128 bits hold.
fn unit(digits: u32) -> Option<i128> {
    10_i128.checked_pow(digits)
}

/// A number without its last digits, rounded away from zero at the half where `nearest`.
pub(super) fn shortened(value: i128, digits: u32, nearest: bool) -> i128 {
    let Some(unit) = unit(digits) else { return 0 };
    let (whole, rest) = (value / unit, value % unit);
    // Twice the rest would not fit 128 bits.
    let up = nearest && rest.unsigned_abs() >= unit.unsigned_abs() - rest.unsigned_abs();
    whole + if up { value.signum() } else { 0 }
}

/// A number of one scale in another, rounded away from zero at the half; `None` where 128 bits do not hold it.
pub(super) fn rescaled(value: i128, from: u8, to: u8) -> Option<i128> {
    match to.checked_sub(from) {
        Some(more) => unit(u32::from(more)).and_then(|unit| value.checked_mul(unit)),
        None => Some(shortened(value, u32::from(from - to), true)),
    }
}

/// A number with zeros for its last digits, rounded to them where `nearest`; `None` where 128 bits do not hold it.
pub(super) fn rounded(value: i128, digits: u32, nearest: bool) -> Option<i128> {
    match shortened(value, digits, nearest) {
        0 => Some(0),
        whole => whole.checked_mul(unit(digits)?),
    }
}

/// Whether a number has no more digits than these.
pub(super) fn fits(value: i128, precision: u8) -> bool {
    unit(u32::from(precision)).is_none_or(|limit| value.unsigned_abs() < limit.unsigned_abs())
}

/// The refusal of a number that has too many digits.
pub(super) fn overflow<T>() -> Result<T> {
    exec_err!("NUMERIC_VALUE_OUT_OF_RANGE: Decimal overflow")
}

#[cfg(test)]
mod tests {
    use datafusion::arrow::datatypes::i256;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// What is cut is what a slow division in 256 bits leaves.
        #[test]
        fn digits_are_cut_as_in_more_bits(value in any::<i128>(), digits in 0..39_u32, nearest in any::<bool>()) {
            let unit = i256::from_i128(10).wrapping_pow(digits);
            let half = if nearest { unit.wrapping_div(i256::from_i128(2)) } else { i256::ZERO };
            // The half of 1 is none.
            let half = if digits == 0 { i256::ZERO } else { half };
            let wide = i256::from_i128(value);
            let moved = if value < 0 { wide.wrapping_sub(half) } else { wide.wrapping_add(half) };
            prop_assert_eq!(i256::from_i128(shortened(value, digits, nearest)), moved.wrapping_div(unit));
        }
    }

    #[test]
    fn digits_are_cut_away_from_zero_at_the_half() {
        assert_eq!((rounded(125, 1, true), rounded(-125, 1, true), rounded(129, 1, false)), (Some(130), Some(-130), Some(120)));
        assert_eq!((rounded(129, 0, true), rounded(129, 50, true), rounded(i128::MAX, 38, true)), (Some(129), Some(0), None));
        assert_eq!((rescaled(125, 2, 1), rescaled(125, 2, 4), rescaled(i128::MAX, 0, 1)), (Some(13), Some(12500), None));
        assert!(fits(10_i128.pow(38) - 1, 38) && !fits(10_i128.pow(38), 38) && !fits(i128::MIN, 38));
    }
}
