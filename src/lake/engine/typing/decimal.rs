//! Sums, differences and products of decimals whose type has room for every result: nothing is checked row by row.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, AsArray as _, Datum, Decimal128Array};
use datafusion::arrow::compute::kernels::arity;
use datafusion::arrow::datatypes::{DataType, Decimal128Type};

use super::arithmetic::Act;

/// The results as a decimal of the type that is wanted; `None` where a result may be wider than it, or a constant is NULL.
pub(super) fn roomy(act: Act, one: &dyn Datum, other: &dyn Datum, target: &DataType) -> Option<ArrayRef> {
    let ((left, left_is_single), (right, right_is_single)) = (one.get(), other.get());
    let (DataType::Decimal128(p, s), DataType::Decimal128(q, t)) = (left.data_type(), right.data_type()) else { return None };
    let ((p, s), (q, t)) = ((i16::from(*p), i16::from(*s)), (i16::from(*q), i16::from(*t)));
    let scale = s.max(t);
    let digits = match act {
        Act::Add | Act::Subtract => (p - s).max(q - t) + scale + 1,
        Act::Multiply => p + q,
        _ => return None,
    };
    if digits > 38 || (left_is_single && left.is_null(0)) || (right_is_single && right.is_null(0)) {
        return None;
    }
    let power = |more: i16| u32::try_from(more).ok().and_then(|more| 10_i128.checked_pow(more));
    let (left, right) = (left.as_primitive::<Decimal128Type>(), right.as_primitive::<Decimal128Type>());
    let sides = Sides { left, left_is_single, right, right_is_single };
    let results = match act {
        Act::Multiply => sides.map(i128::wrapping_mul),
        _ if s == t && act == Act::Add => sides.map(i128::wrapping_add),
        _ if s == t => sides.map(i128::wrapping_sub),
        _ => {
            let (first, second) = (power(scale - s)?, power(scale - t)?);
            let second = if act == Act::Subtract { -second } else { second };
            sides.map(move |left, right| left.wrapping_mul(first).wrapping_add(right.wrapping_mul(second)))
        }
    }?;
    Some(Arc::new(results.with_data_type(target.clone())))
}

struct Sides<'a> {
    left: &'a Decimal128Array,
    left_is_single: bool,
    right: &'a Decimal128Array,
    right_is_single: bool,
}

impl Sides<'_> {
    fn map(&self, act: impl Fn(i128, i128) -> i128) -> Option<Decimal128Array> {
        match (self.left_is_single, self.right_is_single) {
            (true, _) => {
                let left = self.left.value(0);
                Some(self.right.unary(|right| act(left, right)))
            }
            (_, true) => {
                let right = self.right.value(0);
                Some(self.left.unary(|left| act(left, right)))
            }
            _ => arity::binary(self.left, self.right, act).ok(),
        }
    }
}

#[cfg(test)]
mod tests {
    use datafusion::arrow::array::Scalar;
    use datafusion::arrow::compute::kernels::numeric;
    use proptest::prelude::*;

    use super::*;

    fn decimals(values: &[Option<i128>], precision: u8, scale: i8) -> Decimal128Array {
        values.iter().copied().collect::<Decimal128Array>().with_data_type(DataType::Decimal128(precision, scale))
    }

    proptest! {
        #[test]
        fn they_are_what_the_checked_kernels_say(
            rows in prop::collection::vec((prop::option::of(-9_999..=9_999_i128), prop::option::of(-999_999..=999_999_i128)), 1..20),
            s in 0..=4_i8, t in 0..=6_i8,
        ) {
            let (left, right): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
            let (left, right) = (decimals(&left, 4, s), decimals(&right, 6, t));
            let (one, other) = (Scalar::new(left.slice(0, 1)), Scalar::new(right.slice(0, 1)));
            let pairs: [(&dyn Datum, &dyn Datum); 3] = [(&left, &right), (&one, &right), (&left, &other)];
            for (one, other) in pairs {
                for act in [Act::Add, Act::Subtract, Act::Multiply] {
                    let checked = match act {
                        Act::Add => numeric::add(one, other),
                        Act::Subtract => numeric::sub(one, other),
                        _ => numeric::mul(one, other),
                    }
                    .unwrap();
                    let single = |side: &dyn Datum| side.get().1 && side.get().0.is_null(0);
                    match roomy(act, one, other, checked.data_type()) {
                        Some(results) => prop_assert_eq!(&results, &checked),
                        None => prop_assert!(single(one) || single(other)),
                    }
                }
            }
        }
    }

    #[test]
    fn what_may_be_too_wide_is_left_to_the_checked_kernels() {
        let wide = decimals(&[Some(10_i128.pow(37))], 38, 0);
        for act in [Act::Add, Act::Subtract, Act::Multiply] {
            assert!(roomy(act, &wide, &wide, &DataType::Decimal128(38, 0)).is_none(), "{act:?}");
        }
    }
}
