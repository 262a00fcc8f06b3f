//! Values as Athena writes them into results: `1.0E20`, `2020-01-01 12:34:56.789`, `[a, null]`, `{k=1}`.

use std::fmt::Write as _;

use chrono::{DateTime, Datelike as _, NaiveDateTime, NaiveTime, Timelike as _};
use datafusion::arrow::array::timezone::Tz;
use datafusion::arrow::array::{Array, ArrayRef, AsArray as _, StructArray};
use datafusion::arrow::datatypes::{
    DataType, Date32Type, Decimal128Type, Decimal256Type, DurationMillisecondType, Float32Type, Float64Type, Int8Type, Int16Type,
    Int32Type, Int64Type, IntervalDayTimeType, IntervalMonthDayNanoType, IntervalUnit, IntervalYearMonthType, Time64MicrosecondType,
    Time64NanosecondType, TimeUnit, TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType,
    UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};

use super::zoned;
use crate::sql::Type;

/// Writes the value of a row; nothing is written for NULL, which is what false says.
pub(crate) fn write(array: &dyn Array, row: usize, athena: &Type, out: &mut String) -> bool {
    if array.is_null(row) || matches!(array.data_type(), DataType::Null) {
        return false;
    }
    match array.data_type() {
        DataType::Boolean => out.push_str(if array.as_boolean().value(row) { "true" } else { "false" }),
        DataType::Int8 => put(out, array.as_primitive::<Int8Type>().value(row)),
        DataType::Int16 => put(out, array.as_primitive::<Int16Type>().value(row)),
        DataType::Int32 => put(out, array.as_primitive::<Int32Type>().value(row)),
        DataType::Int64 => put(out, array.as_primitive::<Int64Type>().value(row)),
        DataType::UInt8 => put(out, array.as_primitive::<UInt8Type>().value(row)),
        DataType::UInt16 => put(out, array.as_primitive::<UInt16Type>().value(row)),
        DataType::UInt32 => put(out, array.as_primitive::<UInt32Type>().value(row)),
        DataType::UInt64 => put(out, array.as_primitive::<UInt64Type>().value(row)),
        DataType::Float32 => {
            let value = array.as_primitive::<Float32Type>().value(row);
            java_number(out, f64::from(value), &format!("{value:e}"));
        }
        DataType::Float64 => double(out, array.as_primitive::<Float64Type>().value(row)),
        DataType::Decimal128(..) => out.push_str(&array.as_primitive::<Decimal128Type>().value_as_string(row)),
        DataType::Decimal256(..) => out.push_str(&array.as_primitive::<Decimal256Type>().value_as_string(row)),
        DataType::Utf8 => text(out, array.as_string::<i32>().value(row), athena),
        DataType::LargeUtf8 => text(out, array.as_string::<i64>().value(row), athena),
        DataType::Utf8View => text(out, array.as_string_view().value(row), athena),
        DataType::Binary => bytes(out, array.as_binary::<i32>().value(row)),
        DataType::LargeBinary => bytes(out, array.as_binary::<i64>().value(row)),
        DataType::BinaryView => bytes(out, array.as_binary_view().value(row)),
        DataType::FixedSizeBinary(_) => bytes(out, array.as_fixed_size_binary().value(row)),
        DataType::Date32 => date(out, array.as_primitive::<Date32Type>().value(row)),
        DataType::Time64(TimeUnit::Microsecond) => time(out, array.as_primitive::<Time64MicrosecondType>().value(row).saturating_mul(1000)),
        DataType::Time64(_) => time(out, array.as_primitive::<Time64NanosecondType>().value(row)),
        DataType::Timestamp(_, zone) => instant(out, array, row, zone.as_deref()),
        DataType::Interval(unit) => interval(out, array, row, *unit),
        DataType::Duration(TimeUnit::Millisecond) => days_of(out, i128::from(array.as_primitive::<DurationMillisecondType>().value(row))),
        DataType::List(_) => list(out, &array.as_list::<i32>().value(row), athena),
        DataType::LargeList(_) => list(out, &array.as_list::<i64>().value(row), athena),
        DataType::FixedSizeList(..) => list(out, &array.as_fixed_size_list().value(row), athena),
        DataType::Map(..) => map(out, &array.as_map().value(row), athena),
        kept @ DataType::Struct(_) if zoned::unit_of(kept).is_some() => {
            let [instants, zones] = array.as_struct().columns() else { return false };
            if instants.is_null(row) || zones.is_null(row) {
                return false;
            }
            instant(out, instants.as_ref(), row, Some(zones.as_string_view().value(row)));
        }
        DataType::Struct(_) => record(out, array.as_struct(), row, athena),
        DataType::Dictionary(..) => {
            let dictionary = array.as_any_dictionary();
            let key = dictionary.normalized_keys().get(row).copied().unwrap_or(0);
            return write(dictionary.values().as_ref(), key, athena, out);
        }
        _ => {
            let shown = datafusion::arrow::util::display::array_value_to_string(&array.slice(row, 1), 0);
            out.push_str(&shown.unwrap_or_default());
        }
    }
    true
}

/// The instant of a row, on the clock of a zone if it has one.
fn instant(out: &mut String, array: &dyn Array, row: usize, zone: Option<&str>) {
    let DataType::Timestamp(unit, _) = array.data_type() else { return };
    let (nanos_per_unit, value, digits) = match unit {
        TimeUnit::Second => (1_000_000_000_i128, array.as_primitive::<TimestampSecondType>().value(row), 3),
        TimeUnit::Millisecond => (1_000_000, array.as_primitive::<TimestampMillisecondType>().value(row), 3),
        TimeUnit::Microsecond => (1_000, array.as_primitive::<TimestampMicrosecondType>().value(row), 6),
        TimeUnit::Nanosecond => (1, array.as_primitive::<TimestampNanosecondType>().value(row), 9),
    };
    timestamp(out, i128::from(value) * nanos_per_unit, digits, zone);
}

fn put(out: &mut String, value: impl std::fmt::Display) {
    // Writing to a string cannot fail.
    write!(out, "{value}").unwrap_or_default();
}

fn text(out: &mut String, value: &str, athena: &Type) {
    out.push_str(value);
    if let Type::Char(length) = athena {
        let missing = (*length as usize).saturating_sub(value.chars().count());
        out.extend(std::iter::repeat_n(' ', missing));
    }
}

/// A double as Java writes it.
pub(crate) fn double(out: &mut String, value: f64) {
    java_number(out, value, &format!("{value:e}"));
}

/// Java writes plain digits from 10^-3 to 10^7 and an exponent elsewhere, always with a point. `shortest` is the number as `1.25e-7`.
fn java_number(out: &mut String, value: f64, shortest: &str) {
    if value.is_nan() {
        return out.push_str("NaN");
    }
    if value.is_infinite() {
        return out.push_str(if value > 0.0 { "Infinity" } else { "-Infinity" });
    }
    let (mantissa, exponent) = shortest.split_once('e').unwrap_or((shortest, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |rest| ("-", rest));
    out.push_str(sign);
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    if value != 0.0 && !(-3..7).contains(&exponent) {
        let (first, rest) = digits.split_at_checked(1).unwrap_or((&digits, ""));
        let rest = if rest.is_empty() { "0" } else { rest };
        put(out, format_args!("{first}.{rest}E{exponent}"));
    } else if exponent < 0 {
        put(out, format_args!("0.{}{digits}", "0".repeat(exponent.unsigned_abs() as usize - 1)));
    } else {
        let whole = exponent.unsigned_abs() as usize + 1;
        if digits.len() > whole {
            let (before, after) = digits.split_at_checked(whole).unwrap_or((&digits, ""));
            put(out, format_args!("{before}.{after}"));
        } else {
            put(out, format_args!("{digits}{}.0", "0".repeat(whole - digits.len())));
        }
    }
}

fn bytes(out: &mut String, value: &[u8]) {
    for (at, byte) in value.iter().enumerate() {
        let space = if at == 0 { "" } else { " " };
        put(out, format_args!("{space}{byte:02x}"));
    }
}

fn date(out: &mut String, days: i32) {
    let day = DateTime::from_timestamp(i64::from(days) * 86_400, 0);
    if let Some(day) = day.map(|day| day.date_naive()) {
        put(out, format_args!("{:04}-{:02}-{:02}", day.year(), day.month(), day.day()));
    }
}

fn time(out: &mut String, nanos: i64) {
    let seconds = u32::try_from(nanos.div_euclid(1_000_000_000)).unwrap_or(0);
    let fraction = u32::try_from(nanos.rem_euclid(1_000_000_000)).unwrap_or(0);
    if let Some(time) = NaiveTime::from_num_seconds_from_midnight_opt(seconds, fraction) {
        put(out, format_args!("{}", time.format("%H:%M:%S%.3f")));
    }
}

/// An instant in nanoseconds since 1970, with so many decimals, in a zone if it has one.
pub(crate) fn timestamp(out: &mut String, nanos: i128, digits: usize, zone: Option<&str>) {
    let seconds = i64::try_from(nanos.div_euclid(1_000_000_000)).unwrap_or(0);
    let fraction = u32::try_from(nanos.rem_euclid(1_000_000_000)).unwrap_or(0);
    let Some(instant) = DateTime::from_timestamp(seconds, fraction) else { return };
    match zone.map(|zone| (zone, zone.parse::<Tz>())) {
        Some((name, Ok(parsed))) => {
            clock(out, &instant.with_timezone(&parsed).naive_local(), digits);
            out.push(' ');
            out.push_str(if name == "+00:00" || name == "Z" { "UTC" } else { name });
        }
        Some((name, Err(_))) => {
            clock(out, &instant.naive_utc(), digits);
            put(out, format_args!(" {name}"));
        }
        None => clock(out, &instant.naive_utc(), digits),
    }
}

fn clock(out: &mut String, time: &NaiveDateTime, digits: usize) {
    put(
        out,
        format_args!(
            "{:04}-{:02}-{:02} {:02}:{:02}:{:02}",
            time.year(),
            time.month(),
            time.day(),
            time.hour(),
            time.minute(),
            time.second()
        ),
    );
    let fraction = format!("{:09}", time.nanosecond() % 1_000_000_000);
    put(out, format_args!(".{}", fraction.get(..digits).unwrap_or("000")));
}

fn interval(out: &mut String, array: &dyn Array, row: usize, unit: IntervalUnit) {
    let (months, days, nanos) = match unit {
        IntervalUnit::YearMonth => (array.as_primitive::<IntervalYearMonthType>().value(row), 0, 0),
        IntervalUnit::DayTime => {
            let value = array.as_primitive::<IntervalDayTimeType>().value(row);
            (0, i64::from(value.days), i128::from(value.milliseconds) * 1_000_000)
        }
        IntervalUnit::MonthDayNano => {
            let value = array.as_primitive::<IntervalMonthDayNanoType>().value(row);
            (value.months, i64::from(value.days), i128::from(value.nanoseconds))
        }
    };
    if months != 0 || unit == IntervalUnit::YearMonth {
        let sign = if months < 0 { "-" } else { "" };
        put(out, format_args!("{sign}{}-{}", months.unsigned_abs() / 12, months.unsigned_abs() % 12));
        return;
    }
    days_of(out, i128::from(days) * 86_400_000 + nanos / 1_000_000);
}

/// A span of milliseconds as days and a time: `2 03:04:05.678`.
fn days_of(out: &mut String, millis: i128) {
    let sign = if millis < 0 { "-" } else { "" };
    let total = millis.unsigned_abs();
    let (seconds, millis) = (total / 1000, total % 1000);
    put(
        out,
        format_args!("{sign}{} {:02}:{:02}:{:02}.{millis:03}", seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60, seconds % 60),
    );
}

fn item_or_null(out: &mut String, array: &dyn Array, row: usize, athena: &Type) {
    if !write(array, row, athena, out) {
        out.push_str("null");
    }
}

fn list(out: &mut String, items: &ArrayRef, athena: &Type) {
    let item = match athena {
        Type::Array(item) => item.as_ref(),
        _ => &Type::Unknown,
    };
    out.push('[');
    for row in 0..items.len() {
        if row > 0 {
            out.push_str(", ");
        }
        item_or_null(out, items.as_ref(), row, item);
    }
    out.push(']');
}

fn map(out: &mut String, entries: &StructArray, athena: &Type) {
    let (key, value) = match athena {
        Type::Map(key, value) => (key.as_ref(), value.as_ref()),
        _ => (&Type::Unknown, &Type::Unknown),
    };
    let [keys, values] = entries.columns() else { return };
    out.push('{');
    for row in 0..entries.len() {
        if row > 0 {
            out.push_str(", ");
        }
        item_or_null(out, keys.as_ref(), row, key);
        out.push('=');
        item_or_null(out, values.as_ref(), row, value);
    }
    out.push('}');
}

fn record(out: &mut String, array: &StructArray, row: usize, athena: &Type) {
    let types: &[(Option<String>, Type)] = match athena {
        Type::Row(types) => types,
        _ => &[],
    };
    out.push('{');
    for (at, (column, field)) in array.columns().iter().zip(array.fields()).enumerate() {
        if at > 0 {
            out.push_str(", ");
        }
        put(out, format_args!("{}=", field.name()));
        item_or_null(out, column.as_ref(), row, types.get(at).map_or(&Type::Unknown, |(_, item)| item));
    }
    out.push('}');
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use datafusion::arrow::array::{BinaryArray, Date32Array, Int32Array, ListArray, TimestampMillisecondArray};
    use proptest::prelude::*;

    use super::*;

    fn shown(array: &dyn Array, athena: &str) -> String {
        let mut out = String::new();
        write(array, 0, &Type::parse(athena).unwrap(), &mut out);
        out
    }

    #[test]
    fn doubles_are_written_as_java_writes_them() {
        for (value, text) in [
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (1.0, "1.0"),
            (100.0, "100.0"),
            (0.1 + 0.2, "0.30000000000000004"),
            (1e20, "1.0E20"),
            (1.25e-7, "1.25E-7"),
            (0.001, "0.001"),
            (0.000_999, "9.99E-4"),
            (9_999_999.5, "9999999.5"),
            (1e7, "1.0E7"),
            (-123.456, "-123.456"),
            (f64::NAN, "NaN"),
            (f64::NEG_INFINITY, "-Infinity"),
        ] {
            let mut out = String::new();
            double(&mut out, value);
            assert_eq!(out, text);
        }
    }

    #[test]
    fn values_are_written_as_athena_writes_them() {
        assert_eq!(shown(&BinaryArray::from_vec(vec![&[1, 255]]), "varbinary"), "01 ff");
        assert_eq!(shown(&Date32Array::from(vec![18_262]), "date"), "2020-01-01");
        let time = TimestampMillisecondArray::from(vec![1_577_882_096_789]);
        assert_eq!(shown(&time, "timestamp"), "2020-01-01 12:34:56.789");
        assert_eq!(shown(&time.with_timezone("Asia/Seoul"), "timestamp with time zone"), "2020-01-01 21:34:56.789 Asia/Seoul");
        let numbers = ListArray::from_iter_primitive::<Int32Type, _, _>([Some([Some(1), None, Some(3)])]);
        assert_eq!(shown(&numbers, "array(integer)"), "[1, null, 3]");
        let row = StructArray::from(vec![(
            Arc::new(datafusion::arrow::datatypes::Field::new("id", DataType::Int32, true)),
            Arc::new(Int32Array::from(vec![7])) as ArrayRef,
        )]);
        assert_eq!(shown(&row, "row(id integer)"), "{id=7}");
    }

    proptest! {
        #[test]
        fn doubles_read_back(value in any::<f64>().prop_filter("finite", |v| v.is_finite())) {
            let mut out = String::new();
            double(&mut out, value);
            prop_assert_eq!(out.parse::<f64>().unwrap().to_bits(), value.to_bits());
            prop_assert!(out.contains('.'));
        }
    }
}
