//! Makes the columns of a Parquet, Avro or ORC file those of its table: found by name or place, NULL where missing, widened where Athena widens.

use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray as _, Int64Array, ListArray, MapArray, RecordBatch, RecordBatchOptions, StringViewArray, StructArray,
    TimestampMillisecondArray, new_null_array,
};
use datafusion::arrow::compute::{CastOptions, cast, cast_with_options};
use datafusion::arrow::datatypes::{DataType, Field, Fields, Schema, TimeUnit};
use datafusion::arrow::error::ArrowError;
use datafusion::common::Result;
use datafusion::error::DataFusionError;

use super::source::Wanted;
use crate::lake::engine::types::{athena_type, athena_type_of};
use crate::sql::Type;

/// Where the wanted columns of a table are in a file.
pub(super) struct Found {
    /// The columns that are read of the file: their places, ascending, at least one.
    pub(super) projection: Vec<usize>,
    /// For each wanted column its place among those that are read; `None` where the file has none.
    sources: Vec<Option<usize>>,
}

impl Found {
    /// Finds columns by name, in the very case first.
    pub(super) fn by_name(wanted: &Wanted, file: &Schema) -> Self {
        Self::new(wanted.columns.iter().map(|(at, _)| place(file.fields(), wanted.names.get(*at)?)).collect())
    }

    /// Finds columns by their place in the table.
    pub(super) fn by_place(wanted: &Wanted, file: &Schema) -> Self {
        Self::new(wanted.columns.iter().map(|(at, _)| Some(*at).filter(|at| *at < file.fields().len())).collect())
    }

    /// Whether the file lacks a wanted column.
    pub(super) fn lacks_any(&self) -> bool {
        self.sources.contains(&None)
    }

    fn new(found: Vec<Option<usize>>) -> Self {
        let mut projection: Vec<usize> = found.iter().flatten().copied().collect();
        projection.sort_unstable();
        projection.dedup();
        if projection.is_empty() {
            // Rows are counted by some column.
            projection.push(0);
        }
        let sources = found.into_iter().map(|at| projection.binary_search(&at?).ok()).collect();
        Self { projection, sources }
    }

    /// The columns that were read, as the table has them. `file` is named in errors.
    pub(super) fn batch(&self, read: &[ArrayRef], rows: usize, wanted: &Wanted, file: &str) -> Result<RecordBatch> {
        let columns = self.sources.iter().zip(wanted.schema.fields()).map(|(source, field)| {
            let Some(array) = source.and_then(|at| read.get(at)) else {
                return Ok(new_null_array(field.data_type(), rows));
            };
            fit(array, field).map_err(|misfit| DataFusionError::Execution(misfit.of_column(array.data_type(), field, file)))
        });
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        Ok(RecordBatch::try_new_with_options(Arc::clone(&wanted.schema), columns.collect::<Result<_>>()?, &options)?)
    }
}

/// Where a file has the column of this name, in the very case first; names of tables are lower case.
pub(in crate::lake::engine) fn place(fields: &Fields, name: &str) -> Option<usize> {
    let same = fields.iter().position(|field| field.name() == name);
    same.or_else(|| fields.iter().position(|field| field.name().to_lowercase() == name))
}

/// Why a column cannot be one of the table's.
#[derive(Debug)]
pub(in crate::lake::engine) enum Misfit {
    Type,
    Value(ArrowError),
}

impl Misfit {
    /// The same in Athena's words, for a column that a file has in some type.
    pub(in crate::lake::engine) fn of_column(&self, stored: &DataType, field: &Field, file: &str) -> String {
        match self {
            Self::Type => format!(
                "HIVE_BAD_DATA: Field {}'s type {} in {file} is incompatible with type {} defined in table schema",
                field.name(),
                shown(&athena_type_of(stored)),
                shown(&athena_type(field))
            ),
            Self::Value(error) => format!("HIVE_BAD_DATA: Field {} in {file}: {error}", field.name()),
        }
    }
}

/// Times have no digits in Hive.
fn shown(athena: &Type) -> String {
    match athena {
        Type::Timestamp(_) => "timestamp".to_owned(),
        other => other.to_string(),
    }
}

impl From<ArrowError> for Misfit {
    fn from(error: ArrowError) -> Self {
        Self::Value(error)
    }
}

/// An array of a file as values of a field of the table. Members of rows are found by name, at any depth.
pub(in crate::lake::engine) fn fit(array: &ArrayRef, wanted: &Field) -> Result<ArrayRef, Misfit> {
    Ok(match (array.data_type(), wanted.data_type()) {
        (DataType::Null, table) => new_null_array(table, array.len()),
        (DataType::Struct(members), DataType::Struct(fields)) => {
            let row = array.as_struct();
            let member = |field: &Arc<Field>| match place(members, &field.name().to_lowercase()).and_then(|at| row.columns().get(at)) {
                Some(column) => fit(column, field),
                None => Ok(new_null_array(field.data_type(), row.len())),
            };
            let columns = fields.iter().map(member).collect::<Result<_, _>>()?;
            Arc::new(StructArray::try_new_with_length(fields.clone(), columns, row.nulls().cloned(), row.len())?)
        }
        (DataType::List(_), DataType::List(item)) => {
            let list = array.as_list::<i32>();
            let items = fit(list.values(), item)?;
            Arc::new(ListArray::try_new(Arc::clone(item), list.offsets().clone(), items, list.nulls().cloned())?)
        }
        (DataType::LargeList(item) | DataType::FixedSizeList(item, _), DataType::List(_)) => {
            fit(&cast(array, &DataType::List(Arc::clone(item)))?, wanted)?
        }
        (DataType::Map(..), DataType::Map(entries, sorted)) => {
            let map = array.as_map();
            let DataType::Struct(fields) = entries.data_type() else { return Err(Misfit::Type) };
            let columns = [map.keys(), map.values()].into_iter().zip(fields).map(|(column, field)| fit(column, field));
            let pairs = StructArray::try_new(fields.clone(), columns.collect::<Result<_, _>>()?, None)?;
            Arc::new(MapArray::try_new(Arc::clone(entries), map.offsets().clone(), pairs, map.nulls().cloned(), *sorted)?)
        }
        (DataType::Timestamp(unit, _), DataType::Timestamp(TimeUnit::Millisecond, zone)) => {
            let times = milliseconds(array, *unit)?;
            let times: TimestampMillisecondArray = times.reinterpret_cast();
            Arc::new(times.with_timezone_opt(zone.clone()))
        }
        // What Avro calls a uuid is a text to Athena.
        (DataType::FixedSizeBinary(16), DataType::Utf8View) => {
            let ids = array.as_fixed_size_binary();
            let text = |id: Option<&[u8]>| id.and_then(|id| uuid::Uuid::from_slice(id).ok()).map(|id| id.hyphenated().to_string());
            Arc::new(ids.iter().map(text).collect::<StringViewArray>())
        }
        (DataType::Dictionary(_, value), _) => fit(&cast(array, value)?, wanted)?,
        (file, table) if widens(file, table) => {
            let cast = cast_with_options(array, table, &CastOptions { safe: false, ..CastOptions::default() })?;
            match Length::of(&athena_type(wanted)) {
                Some(length) => length.applied(cast),
                None => cast,
            }
        }
        _ => return Err(Misfit::Type),
    })
}

/// Whether Athena reads values of a file's type as ones of a table's.
fn widens(file: &DataType, table: &DataType) -> bool {
    let text = |t: &DataType| matches!(t, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View);
    let bytes = |t: &DataType| matches!(t, DataType::Binary | DataType::LargeBinary | DataType::BinaryView | DataType::FixedSizeBinary(_));
    match (file, table) {
        _ if file == table => true,
        _ if text(table) || bytes(table) => text(file) || bytes(file),
        // Avro's times of day are numbers to Athena.
        (DataType::Time32(_), DataType::Int32) | (DataType::Time64(_), DataType::Int64) => true,
        (DataType::Decimal128(..) | DataType::Decimal256(..), DataType::Decimal128(..)) => true,
        (DataType::Float16, DataType::Float32 | DataType::Float64) | (DataType::Float32, DataType::Float64) => true,
        (DataType::Date64, DataType::Date32) => true,
        (_, DataType::Decimal128(..)) => file.is_integer(),
        _ => file.is_integer() && (table.is_integer() || table.is_floating()),
    }
}

/// Times in milliseconds since 1970, rounded half up as Trino rounds them.
fn milliseconds(array: &ArrayRef, unit: TimeUnit) -> Result<Int64Array, ArrowError> {
    let ticks = cast(array, &DataType::Int64)?;
    let ticks = ticks.as_primitive::<datafusion::arrow::datatypes::Int64Type>();
    let per = match unit {
        TimeUnit::Second => {
            return ticks.try_unary(|time| {
                time.checked_mul(1000).ok_or_else(|| ArrowError::ComputeError(format!("{time} seconds are out of range")))
            });
        }
        TimeUnit::Millisecond => return Ok(ticks.clone()),
        TimeUnit::Microsecond => 1000,
        TimeUnit::Nanosecond => 1_000_000,
    };
    Ok(ticks.unary(|time: i64| half_up(time, per)))
}

/// A time in units of so many ticks, an even number, rounded half up.
pub(super) fn half_up(ticks: i64, per: i64) -> i64 {
    ticks.div_euclid(per) + i64::from(ticks.rem_euclid(per) >= per / 2)
}

/// How long the texts of a type are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Length {
    /// At most so many characters: `varchar(n)`.
    AtMost(usize),
    /// The same, and blanks at the end count for nothing: `char(n)`.
    Padded(usize),
}

impl Length {
    /// The length that a type has, if any.
    pub(super) const fn of(athena: &Type) -> Option<Self> {
        match athena {
            Type::VarcharN(most) => Some(Self::AtMost(*most as usize)),
            Type::Char(most) => Some(Self::Padded(*most as usize)),
            _ => None,
        }
    }

    /// The text, cut to the length.
    pub(super) fn cut(self, text: &str) -> &str {
        let (Self::AtMost(most) | Self::Padded(most)) = self;
        // No text has more characters than bytes.
        let end = if text.len() <= most { text.len() } else { text.char_indices().nth(most).map_or(text.len(), |(at, _)| at) };
        let cut = text.get(..end).unwrap_or(text);
        if matches!(self, Self::Padded(_)) { cut.trim_end_matches(' ') } else { cut }
    }

    fn applied(self, texts: ArrayRef) -> ArrayRef {
        let all = texts.as_string_view();
        if all.iter().flatten().all(|text| self.cut(text).len() == text.len()) {
            return texts;
        }
        Arc::new(all.iter().map(|text| text.map(|text| self.cut(text))).collect::<StringViewArray>())
    }
}

#[cfg(test)]
mod tests {
    use datafusion::arrow::array::{
        Decimal128Array, DictionaryArray, FixedSizeListArray, Float64Array, Int32Array, LargeListArray, StringArray, StructArray,
        TimestampMicrosecondArray, TimestampNanosecondArray,
    };
    use datafusion::arrow::buffer::OffsetBuffer;
    use datafusion::arrow::datatypes::Int32Type;
    use proptest::prelude::*;

    use super::*;
    use crate::lake::engine::types::arrow_field;

    #[test]
    fn lists_and_dictionaries_of_other_forms_are_read() {
        let numbers = || Int32Array::from(vec![1, 2, 3, 4]);
        let item = Arc::new(Field::new("item", DataType::Int32, true));
        let pairs = FixedSizeListArray::new(Arc::clone(&item), 2, Arc::new(numbers()), None);
        let large = LargeListArray::new(item, OffsetBuffer::from_lengths([2, 2]), Arc::new(numbers()), None);
        for array in [Arc::new(pairs) as ArrayRef, Arc::new(large)] {
            let lists = fit(&array, &arrow_field("x", &Type::parse("array(bigint)").unwrap())).unwrap();
            assert_eq!(lists.as_list::<i32>().value(1).as_primitive::<datafusion::arrow::datatypes::Int64Type>().values(), &[3, 4]);
        }
        let words: DictionaryArray<Int32Type> = ["ab", "abc", "ab"].into_iter().collect();
        assert_eq!(texts(&fitted(words, "varchar(2)").unwrap()), [Some("ab"); 3]);
    }

    fn fitted(array: impl Array + 'static, athena: &str) -> Result<ArrayRef, Misfit> {
        let field = arrow_field("x", &Type::parse(athena).unwrap());
        let array: ArrayRef = Arc::new(array);
        let fitted = fit(&array, &field)?;
        assert_eq!((fitted.data_type(), fitted.len()), (field.data_type(), array.len()));
        Ok(fitted)
    }

    fn texts(array: &ArrayRef) -> Vec<Option<&str>> {
        array.as_string_view().iter().collect()
    }

    #[test]
    fn values_widen_and_never_lose() {
        let wide = fitted(Int32Array::from(vec![Some(-1), None]), "bigint").unwrap();
        assert_eq!(wide.as_primitive::<datafusion::arrow::datatypes::Int64Type>().iter().collect::<Vec<_>>(), [Some(-1), None]);
        assert!(fitted(Int32Array::from(vec![127]), "tinyint").is_ok());
        assert!(matches!(fitted(Int32Array::from(vec![128]), "tinyint"), Err(Misfit::Value(_))), "a value that is too large");
        for athena in ["integer", "real", "varchar", "boolean", "date", "timestamp", "array(double)"] {
            assert!(matches!(fitted(Float64Array::from(vec![1.0]), athena), Err(Misfit::Type)), "{athena}");
        }
        let amounts = Decimal128Array::from(vec![12_345]).with_precision_and_scale(10, 3).unwrap();
        let rounded = fitted(amounts, "decimal(10,2)").unwrap();
        assert_eq!(rounded.as_primitive::<datafusion::arrow::datatypes::Decimal128Type>().value(0), 1235);
    }

    #[test]
    fn texts_are_cut_to_their_length() {
        let long = StringArray::from(vec![Some("héllo  "), Some("é"), None]);
        assert_eq!(texts(&fitted(long.clone(), "varchar(2)").unwrap()), [Some("hé"), Some("é"), None]);
        assert_eq!(texts(&fitted(long.clone(), "char(6)").unwrap()), [Some("héllo"), Some("é"), None]);
        assert_eq!(texts(&fitted(long, "varchar").unwrap()), [Some("héllo  "), Some("é"), None]);
    }

    #[test]
    fn members_of_rows_are_found_by_name_in_any_case() {
        let members = vec![
            (Arc::new(Field::new("Name", DataType::Utf8, true)), Arc::new(StringArray::from(vec!["a"])) as ArrayRef),
            (Arc::new(Field::new("age", DataType::Int32, true)), Arc::new(Int32Array::from(vec![7])) as ArrayRef),
        ];
        let fitted = fitted(StructArray::from(members), "row(age bigint, missing date, name varchar)").unwrap();
        let row = fitted.as_struct();
        assert_eq!(row.column(0).as_primitive::<datafusion::arrow::datatypes::Int64Type>().value(0), 7);
        assert!(row.column(1).is_null(0));
        assert_eq!(row.column(2).as_string_view().value(0), "a");
    }

    proptest! {
        #[test]
        fn times_are_rounded_half_up(time: i64) {
            let milliseconds = |array: ArrayRef| array.as_primitive::<datafusion::arrow::datatypes::TimestampMillisecondType>().value(0);
            let half_up = |time: i64, per: i128| i64::try_from((i128::from(time) * 2 + per).div_euclid(per * 2)).unwrap();
            let fine = fitted(TimestampNanosecondArray::from(vec![time]), "timestamp").unwrap();
            prop_assert_eq!(milliseconds(fine), half_up(time, 1_000_000));
            let zoned = TimestampMicrosecondArray::from(vec![time]).with_timezone("+00:00");
            prop_assert_eq!(milliseconds(fitted(zoned, "timestamp").unwrap()), half_up(time, 1000));
        }
    }
}
