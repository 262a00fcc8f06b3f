//! Hive's buckets: which of the files of a table a row belongs to, by the hash of some of its columns.

use datafusion::arrow::array::{Array, AsArray as _, RecordBatch};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Date32Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type};
use datafusion::arrow::error::ArrowError;

use crate::lake::engine::OutputColumn;
use crate::lake::engine::types::arrow_type;
use crate::sql::Type;

/// Rows are dealt out to so many files by the hash of some columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Buckets {
    /// The places of the columns that are hashed, in the order of the statement.
    pub(crate) columns: Vec<usize>,
    /// How many files there are, for each partition.
    pub(crate) count: u32,
}

/// Whether Athena makes buckets of columns of this type.
pub(crate) fn can_be_bucketed(athena: &Type) -> bool {
    match athena {
        Type::Boolean
        | Type::TinyInt
        | Type::SmallInt
        | Type::Integer
        | Type::BigInt
        | Type::Real
        | Type::Double
        | Type::Varchar
        | Type::VarcharN(_)
        | Type::Date => true,
        Type::Array(item) => can_be_bucketed(item),
        Type::Map(key, value) => can_be_bucketed(key) && can_be_bucketed(value),
        _ => false,
    }
}

impl Buckets {
    /// The bucket of each row.
    pub(super) fn of_rows(&self, batch: &RecordBatch, columns: &[OutputColumn]) -> Result<Vec<u32>, ArrowError> {
        let mut hashes = vec![0_i32; batch.num_rows()];
        for at in &self.columns {
            let (Some(array), Some(column)) = (batch.columns().get(*at), columns.get(*at)) else { continue };
            let array = cast(array, &arrow_type(&column.data_type))?;
            for (row, all) in hashes.iter_mut().enumerate() {
                *all = all.wrapping_mul(31).wrapping_add(hash(array.as_ref(), row, &column.data_type));
            }
        }
        Ok(hashes.into_iter().map(|hash| (hash & i32::MAX).cast_unsigned() % self.count.max(1)).collect())
    }
}

/// The hash of a value, as Java computes it in the first version of Hive's buckets.
fn hash(array: &dyn Array, row: usize, athena: &Type) -> i32 {
    if array.is_null(row) {
        return 0;
    }
    match array.data_type() {
        DataType::Boolean => i32::from(array.as_boolean().value(row)),
        DataType::Int8 => i32::from(array.as_primitive::<Int8Type>().value(row)),
        DataType::Int16 => i32::from(array.as_primitive::<Int16Type>().value(row)),
        DataType::Int32 => array.as_primitive::<Int32Type>().value(row),
        DataType::Int64 => folded(array.as_primitive::<Int64Type>().value(row)),
        DataType::Float32 => {
            let value = array.as_primitive::<Float32Type>().value(row);
            // All of Java's numbers that are none have the same bits.
            if value.is_nan() { 0x7fc0_0000 } else { value.to_bits().cast_signed() }
        }
        DataType::Float64 => {
            let value = array.as_primitive::<Float64Type>().value(row);
            folded(if value.is_nan() { 0x7ff8_0000_0000_0000 } else { value.to_bits().cast_signed() })
        }
        DataType::Date32 => array.as_primitive::<Date32Type>().value(row),
        DataType::Utf8View => {
            // Hive hashes a varchar(n) otherwise than a string.
            let first = i32::from(matches!(athena, Type::VarcharN(_)));
            let bytes = array.as_string_view().value(row).bytes();
            bytes.fold(first, |all, byte| all.wrapping_mul(31).wrapping_add(i32::from(byte.cast_signed())))
        }
        DataType::List(_) => {
            let Type::Array(item) = athena else { return 0 };
            let items = array.as_list::<i32>().value(row);
            (0..items.len()).fold(0, |all, at| all.wrapping_mul(31).wrapping_add(hash(items.as_ref(), at, item)))
        }
        DataType::Map(..) => {
            let Type::Map(key, value) = athena else { return 0 };
            let entries = array.as_map().value(row);
            let [keys, values] = entries.columns() else { return 0 };
            (0..entries.len()).fold(0, |all, at| all.wrapping_add(hash(keys.as_ref(), at, key) ^ hash(values.as_ref(), at, value)))
        }
        _ => 0,
    }
}

/// A long as Java makes an int of it.
#[expect(clippy::cast_possible_truncation, reason = "the upper half is mixed into the lower one first")]
const fn folded(value: i64) -> i32 {
    (((value.cast_unsigned() >> 32) ^ value.cast_unsigned()) as u32).cast_signed()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use datafusion::arrow::array::{ArrayRef, BooleanArray, Date32Array, Float64Array, Int32Array, Int64Array, StringViewArray};
    use proptest::prelude::*;

    use super::*;

    fn of(array: ArrayRef, athena: &Type) -> i32 {
        hash(array.as_ref(), 0, athena)
    }

    #[test]
    fn hashes_are_those_of_java() {
        let text = |text: &str| Arc::new(StringViewArray::from(vec![text])) as ArrayRef;
        // "hello".hashCode() and "Aa".hashCode() == "BB".hashCode(), known from Java.
        assert_eq!(of(text("hello"), &Type::Varchar), 99_162_322);
        assert_eq!((of(text("Aa"), &Type::Varchar), of(text("BB"), &Type::Varchar)), (2112, 2112));
        assert_eq!(of(text(""), &Type::Varchar), 0);
        assert_eq!(of(text("a"), &Type::VarcharN(5)), 31 + 97);
        // The bytes of UTF-8 count as signed ones: é is C3 A9.
        assert_eq!(of(text("é"), &Type::Varchar), -61 * 31 - 87);
        assert_eq!(of(Arc::new(Int32Array::from(vec![-7])), &Type::Integer), -7);
        // Long.hashCode, Double.hashCode.
        assert_eq!(of(Arc::new(Int64Array::from(vec![-1])), &Type::BigInt), 0);
        assert_eq!(of(Arc::new(Int64Array::from(vec![1_i64 << 32])), &Type::BigInt), 1);
        assert_eq!(of(Arc::new(Float64Array::from(vec![1.5])), &Type::Double), 1_073_217_536);
        assert_eq!(of(Arc::new(Float64Array::from(vec![-f64::NAN])), &Type::Double), 2_146_959_360);
        assert_eq!(of(Arc::new(BooleanArray::from(vec![true])), &Type::Boolean), 1);
        assert_eq!(of(Arc::new(Date32Array::from(vec![-3])), &Type::Date), -3);
        assert_eq!(of(Arc::new(Int32Array::from(vec![None])), &Type::Integer), 0);
    }

    proptest! {
        #[test]
        fn every_row_has_one_bucket_of_its_own_values(numbers in prop::collection::vec(any::<Option<i32>>(), 1..20), count in 1..20_u32) {
            let texts: Vec<Option<String>> = numbers.iter().map(|number| number.map(|number| number.to_string())).collect();
            let batch = RecordBatch::try_from_iter_with_nullable([
                ("n", Arc::new(Int32Array::from(numbers.clone())) as ArrayRef, true),
                ("t", Arc::new(StringViewArray::from(texts.clone())) as ArrayRef, true),
            ]).unwrap();
            let column = |name: &str, data_type| OutputColumn { name: name.to_owned(), named: true, data_type };
            let columns = [column("n", Type::Integer), column("t", Type::Varchar)];
            let found = Buckets { columns: vec![1, 0], count }.of_rows(&batch, &columns).unwrap();
            for ((number, text), bucket) in numbers.iter().zip(&texts).zip(found) {
                let first = text.as_deref().unwrap_or("").bytes().fold(0_i32, |all, byte| all.wrapping_mul(31).wrapping_add(i32::from(byte)));
                let all = i64::from(first.wrapping_mul(31).wrapping_add(number.unwrap_or(0)));
                prop_assert_eq!(i64::from(bucket), (all & 0x7fff_ffff) % i64::from(count));
            }
        }
    }
}
