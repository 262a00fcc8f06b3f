//! Between Athena's types and Arrow's.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Fields, IntervalUnit, TimeUnit};

use super::zoned;
use crate::sql::Type;

/// The metadata key under which a field says an Athena type that Arrow does not have.
const TYPE_KEY: &str = "athena.type";

/// The Arrow type that holds values of an Athena type.
#[must_use]
pub fn arrow_type(athena: &Type) -> DataType {
    match athena {
        Type::Boolean => DataType::Boolean,
        Type::TinyInt => DataType::Int8,
        Type::SmallInt => DataType::Int16,
        Type::Integer => DataType::Int32,
        Type::BigInt => DataType::Int64,
        Type::Real => DataType::Float32,
        Type::Double => DataType::Float64,
        Type::Decimal { precision, scale } => DataType::Decimal128(*precision, i8::try_from(*scale).unwrap_or(0)),
        Type::Varchar | Type::VarcharN(_) | Type::Char(_) | Type::Json | Type::Uuid => DataType::Utf8View,
        Type::Varbinary => DataType::BinaryView,
        Type::Date => DataType::Date32,
        Type::Time(_) => DataType::Time64(TimeUnit::Microsecond),
        Type::Timestamp(digits) => DataType::Timestamp(unit(*digits), None),
        Type::TimestampTz(digits) => zoned::zoned_type(unit(*digits)),
        Type::IntervalDayToSecond => DataType::Duration(TimeUnit::Millisecond),
        Type::IntervalYearToMonth => DataType::Interval(IntervalUnit::YearMonth),
        Type::Unknown => DataType::Null,
        Type::Array(item) => DataType::List(Arc::new(arrow_field("item", item))),
        Type::Map(key, value) => map_type(arrow_field("key", key), arrow_field("value", value)),
        Type::Row(fields) => DataType::Struct(
            fields
                .iter()
                .enumerate()
                .map(|(at, (name, item))| arrow_field(&name.clone().unwrap_or_else(|| unnamed_field(at)), item))
                .collect::<Fields>(),
        ),
    }
}

/// What Athena shows for the name of a row's field that has none.
pub(crate) fn unnamed_field(at: usize) -> String {
    format!("field{at}")
}

/// A map's Arrow type, as DataFusion's own functions build it.
pub(crate) fn map_type(key: Field, value: Field) -> DataType {
    let entries = Fields::from(vec![key.with_name("key").with_nullable(false), value.with_name("value").with_nullable(true)]);
    DataType::Map(Arc::new(Field::new("entries", DataType::Struct(entries), false)), false)
}

/// A nullable field that holds values of an Athena type, and says so where Arrow has no such type.
#[must_use]
pub fn arrow_field(name: &str, athena: &Type) -> Field {
    let field = Field::new(name, arrow_type(athena), true);
    match athena {
        Type::Json | Type::Uuid | Type::Char(_) | Type::VarcharN(_) => {
            field.with_metadata(HashMap::from([(TYPE_KEY.to_owned(), athena.to_string())]))
        }
        _ => field,
    }
}

const fn unit(digits: u8) -> TimeUnit {
    match digits {
        0..=3 => TimeUnit::Millisecond,
        4..=6 => TimeUnit::Microsecond,
        _ => TimeUnit::Nanosecond,
    }
}

const fn digits(unit: TimeUnit) -> u8 {
    match unit {
        TimeUnit::Second | TimeUnit::Millisecond => 3,
        TimeUnit::Microsecond => 6,
        TimeUnit::Nanosecond => 9,
    }
}

/// The Athena type of a field.
#[must_use]
pub fn athena_type(field: &Field) -> Type {
    if let Some(stated) = field.metadata().get(TYPE_KEY).and_then(|text| Type::parse(text)) {
        return stated;
    }
    match field.data_type() {
        DataType::Boolean => Type::Boolean,
        DataType::Int8 => Type::TinyInt,
        DataType::Int16 | DataType::UInt8 => Type::SmallInt,
        DataType::Int32 | DataType::UInt16 => Type::Integer,
        DataType::Int64 | DataType::UInt32 | DataType::UInt64 => Type::BigInt,
        DataType::Float16 | DataType::Float32 => Type::Real,
        DataType::Float64 => Type::Double,
        DataType::Decimal32(precision, scale)
        | DataType::Decimal64(precision, scale)
        | DataType::Decimal128(precision, scale)
        | DataType::Decimal256(precision, scale) => {
            Type::Decimal { precision: (*precision).min(38), scale: u8::try_from(*scale).unwrap_or(0) }
        }
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Union(..) => Type::Varchar,
        DataType::Interval(IntervalUnit::YearMonth) => Type::IntervalYearToMonth,
        DataType::Interval(_) | DataType::Duration(_) => Type::IntervalDayToSecond,
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView | DataType::FixedSizeBinary(_) => Type::Varbinary,
        DataType::Date32 | DataType::Date64 => Type::Date,
        DataType::Time32(_) | DataType::Time64(_) => Type::Time(3),
        DataType::Timestamp(unit, zone) => {
            if zone.is_some() {
                Type::TimestampTz(digits(*unit))
            } else {
                Type::Timestamp(digits(*unit))
            }
        }
        DataType::Null => Type::Unknown,
        DataType::List(item)
        | DataType::LargeList(item)
        | DataType::FixedSizeList(item, _)
        | DataType::ListView(item)
        | DataType::LargeListView(item) => Type::Array(Box::new(athena_type(item))),
        DataType::Map(entries, _) => match entries.data_type() {
            DataType::Struct(pair) => {
                let part = |at: usize| Box::new(pair.get(at).map_or(Type::Unknown, |field: &FieldRef| athena_type(field)));
                Type::Map(part(0), part(1))
            }
            _ => Type::Unknown,
        },
        kept @ DataType::Struct(_) if zoned::unit_of(kept).is_some() => {
            Type::TimestampTz(digits(zoned::unit_of(kept).unwrap_or(TimeUnit::Millisecond)))
        }
        DataType::Struct(fields) => Type::Row(
            fields
                .iter()
                .enumerate()
                .map(|(at, field)| (Some(field.name().clone()).filter(|name| *name != unnamed_field(at)), athena_type(field)))
                .collect(),
        ),
        DataType::Dictionary(_, value) => athena_type(&Field::new("", value.as_ref().clone(), true)),
        DataType::RunEndEncoded(_, values) => athena_type(values),
    }
}

/// The Athena type of values of an Arrow type.
#[must_use]
pub fn athena_type_of(data_type: &DataType) -> Type {
    athena_type(&Field::new("", data_type.clone(), true))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_survive_the_way_through_arrow() {
        for text in [
            "boolean",
            "tinyint",
            "smallint",
            "integer",
            "bigint",
            "real",
            "double",
            "decimal(10,2)",
            "varchar",
            "varchar(3)",
            "char(4)",
            "varbinary",
            "date",
            "timestamp(3)",
            "timestamp(3) with time zone",
            "interval day to second",
            "interval year to month",
            "json",
            "array(row(a integer, b array(json)))",
            "map(varchar, row(x double))",
        ] {
            let athena = Type::parse(text).unwrap();
            assert_eq!(athena_type(&arrow_field("x", &athena)), athena, "{text}");
        }
    }
}
