//! Functions of dates and times.

use std::borrow::Cow;
use std::sync::Arc;

use chrono::{DateTime, Datelike as _, Days, Duration, Months, NaiveDate, NaiveDateTime, NaiveTime, Timelike as _};
use datafusion::arrow::array::{Array as _, ArrayRef, AsArray as _, Int64Array, TimestampMicrosecondArray, TimestampNanosecondArray};
use datafusion::arrow::datatypes::{
    DataType, Field, FieldRef, Int64Type, IntervalYearMonthType, Time64MicrosecondType, Time64NanosecondType, TimeUnit,
};
use datafusion::common::{Result, ScalarValue, exec_err, plan_err};
use datafusion::logical_expr::ReturnFieldArgs;

use super::call::{Call, bigints, dates, doubles, instants, some, texts};
use super::format::{Pattern, joda, mysql};
use super::{Gives, Kind, Scalar, Type0, optional, scalar};
use crate::lake::engine::zoned::{self, UTC, Zoned, instant, zone, zone_name};
use crate::sql::Type;

const BIGINT: Gives = Gives::Always(Type0::BigInt);
const TEXT: Gives = Gives::Always(Type0::Text);
const DATE: Gives = Gives::Always(Type0::Date);
const TIME: &[Kind] = &[Kind::Time];
const SPAN: &[Kind] = &[Kind::TimeOrSpan];
const CLOCK: &[Kind] = &[Kind::ClockOrSpan];

pub(super) const FUNCTIONS: &[Scalar] = &[
    scalar("year", SPAN, BIGINT, |call| field_of(call, "year", |time| i64::from(time.year()))),
    scalar("quarter", TIME, BIGINT, |call| field(call, |time| i64::from(time.month0() / 3 + 1))),
    scalar("month", SPAN, BIGINT, |call| field_of(call, "month", |time| i64::from(time.month()))),
    scalar("week", TIME, BIGINT, |call| field(call, |time| i64::from(time.iso_week().week()))),
    scalar("week_of_year", TIME, BIGINT, |call| field(call, |time| i64::from(time.iso_week().week()))),
    scalar("year_of_week", TIME, BIGINT, |call| field(call, |time| i64::from(time.iso_week().year()))),
    scalar("yow", TIME, BIGINT, |call| field(call, |time| i64::from(time.iso_week().year()))),
    scalar("day", SPAN, BIGINT, |call| field_of(call, "day", |time| i64::from(time.day()))),
    scalar("day_of_month", TIME, BIGINT, |call| field(call, |time| i64::from(time.day()))),
    scalar("day_of_week", TIME, BIGINT, |call| field(call, |time| i64::from(time.weekday().number_from_monday()))),
    scalar("dow", TIME, BIGINT, |call| field(call, |time| i64::from(time.weekday().number_from_monday()))),
    scalar("day_of_year", TIME, BIGINT, |call| field(call, |time| i64::from(time.ordinal()))),
    scalar("doy", TIME, BIGINT, |call| field(call, |time| i64::from(time.ordinal()))),
    scalar("hour", CLOCK, BIGINT, |call| field_of(call, "hour", |time| i64::from(time.hour()))),
    scalar("minute", CLOCK, BIGINT, |call| field_of(call, "minute", |time| i64::from(time.minute()))),
    scalar("second", CLOCK, BIGINT, |call| field_of(call, "second", |time| i64::from(time.second()))),
    scalar("millisecond", CLOCK, BIGINT, |call| field_of(call, "millisecond", |time| i64::from(time.nanosecond() / 1_000_000))),
    scalar("timezone_hour", TIME, BIGINT, |call| offset(call, |seconds| seconds / 3600)),
    scalar("timezone_minute", TIME, BIGINT, |call| offset(call, |seconds| seconds / 60 % 60)),
    scalar("date", &[Kind::Any], DATE, to_date),
    scalar("last_day_of_month", TIME, DATE, last_day),
    scalar("date_trunc", &[Kind::Text, Kind::Time], Gives::Field(second_field), trunc),
    scalar("date_add", &[Kind::Text, Kind::Integer, Kind::Time], Gives::Field(third_field), add),
    scalar("date_diff", &[Kind::Text, Kind::Time, Kind::Time], BIGINT, diff),
    scalar("date_format", &[Kind::Time, Kind::Text], TEXT, |call| formatted(call, mysql)),
    scalar("format_datetime", &[Kind::Time, Kind::Text], TEXT, |call| formatted(call, joda)),
    scalar("date_parse", &[Kind::Text, Kind::Text], Gives::Always(Type0::Timestamp), date_parse),
    scalar("parse_datetime", &[Kind::Text, Kind::Text], Gives::Field(with_zones), parse_datetime),
    optional(1, scalar("from_unixtime", &[Kind::Double, Kind::ZoneOrHours, Kind::Integer], Gives::Field(with_zones), from_unixtime)),
    scalar("from_unixtime_nanos", &[Kind::Number], Gives::Field(with_nanos), from_unixtime_nanos),
    scalar("to_unixtime", TIME, Gives::Always(Type0::Double), to_unixtime),
    scalar("from_iso8601_timestamp", &[Kind::Text], Gives::Field(with_zones), from_iso8601),
    scalar("from_iso8601_date", &[Kind::Text], DATE, from_iso8601_date),
    scalar("to_iso8601", TIME, TEXT, to_iso8601),
    scalar("at_timezone", &[Kind::Time, Kind::Text], Gives::Field(with_zones), at_timezone),
    scalar("with_timezone", &[Kind::Time, Kind::Text], Gives::Field(with_zones), with_timezone),
    scalar("human_readable_seconds", &[Kind::Double], TEXT, human_readable),
    scalar("from_iso8601_timestamp_nanos", &[Kind::Text], Gives::Field(with_nanos), from_iso8601_nanos),
    scalar("parse_duration", &[Kind::Text], Gives::Of(|_| Ok(Type::IntervalDayToSecond)), parse_duration),
    scalar("to_milliseconds", &[Kind::Any], BIGINT, to_milliseconds),
    scalar("$timestamp", &[Kind::Text], Gives::Field(literal_field), literal),
];

fn with_zones(_: &ReturnFieldArgs<'_>) -> Result<FieldRef> {
    Ok(zoned::zoned_field())
}

fn with_nanos(_: &ReturnFieldArgs<'_>) -> Result<FieldRef> {
    Ok(Arc::new(Field::new("timestamp", zoned::zoned_type(TimeUnit::Nanosecond), true)))
}

fn nth_field(args: &ReturnFieldArgs<'_>, at: usize) -> Result<FieldRef> {
    match args.arg_fields.get(at) {
        Some(field) if field.data_type() == &DataType::Null => {
            Ok(Arc::new(Field::new("timestamp", DataType::Timestamp(TimeUnit::Millisecond, None), true)))
        }
        Some(field) => Ok(Arc::new(Field::new("time", field.data_type().clone(), true))),
        None => plan_err!("a time is missing"),
    }
}

fn second_field(args: &ReturnFieldArgs<'_>) -> Result<FieldRef> {
    nth_field(args, 1)
}

fn third_field(args: &ReturnFieldArgs<'_>) -> Result<FieldRef> {
    nth_field(args, 2)
}

/// The text of a constant argument.
fn constant(args: &ReturnFieldArgs<'_>, at: usize) -> Option<String> {
    match args.scalar_arguments.get(at).copied().flatten()? {
        ScalarValue::Utf8(text) | ScalarValue::Utf8View(text) | ScalarValue::LargeUtf8(text) => text.clone(),
        _ => None,
    }
}

/// The time of an argument on the clock of its zone.
pub(super) fn clock(call: &Call, at: usize, row: usize) -> Option<NaiveDateTime> {
    let array = call.array(at).filter(|array| array.is_valid(row))?;
    match array.data_type() {
        DataType::Date32 => Some(DateTime::from_timestamp(i64::from(call.date(at, row)?) * 86_400, 0)?.naive_utc()),
        DataType::Struct(_) => call.zoned(at)?.clock(row),
        DataType::Timestamp(..) => zoned::clock(call.millis(at, row)?, None),
        DataType::Time64(unit) => {
            let nanos = match unit {
                TimeUnit::Microsecond => array.as_primitive::<Time64MicrosecondType>().value(row) * 1000,
                _ => array.as_primitive::<Time64NanosecondType>().value(row),
            };
            let time = NaiveTime::from_num_seconds_from_midnight_opt(
                u32::try_from(nanos / 1_000_000_000).ok()?,
                u32::try_from(nanos % 1_000_000_000).ok()?,
            )?;
            Some(DateTime::UNIX_EPOCH.date_naive().and_time(time))
        }
        _ => None,
    }
}

/// The name of an argument's zone, if it has one.
fn zone_of(call: &Call, at: usize, row: usize) -> Option<&str> {
    Some(call.zoned(at)?.get(row)?.1)
}

fn days(day: NaiveDate) -> Option<i32> {
    i32::try_from(day.signed_duration_since(DateTime::UNIX_EPOCH.date_naive()).num_days()).ok()
}

fn field(call: &Call, of: fn(NaiveDateTime) -> i64) -> Result<ArrayRef> {
    bigints(call.rows, |row| Ok(clock(call, 0, row).map(of)))
}

/// A field of a time, or of an interval that has such.
fn field_of(call: &Call, name: &str, of: fn(NaiveDateTime) -> i64) -> Result<ArrayRef> {
    let array = call.needed(0)?;
    let (size, limit) = match (array.data_type(), name) {
        (DataType::Interval(_), "year") => (12, i64::MAX),
        (DataType::Interval(_), "month") => (1, 12),
        (DataType::Duration(_), "day") => (86_400_000, i64::MAX),
        (DataType::Duration(_), "hour") => (3_600_000, 24),
        (DataType::Duration(_), "minute") => (60_000, 60),
        (DataType::Duration(_), "second") => (1_000, 60),
        (DataType::Duration(_), "millisecond") => (1, 1_000),
        (DataType::Interval(_) | DataType::Duration(_), _) => {
            return plan_err!("FUNCTION_NOT_FOUND: line 1:1: Unexpected parameters for function {name}. Expected: {name}(x)");
        }
        _ => return field(call, of),
    };
    let numbers: Int64Array = match array.as_primitive_opt::<IntervalYearMonthType>() {
        Some(months) => months.iter().map(|months| months.map(i64::from)).collect(),
        None => datafusion::arrow::compute::cast(array, &DataType::Int64)?.as_primitive::<Int64Type>().clone(),
    };
    bigints(call.rows, |row| Ok(numbers.is_valid(row).then(|| numbers.value(row) / size % limit)))
}

/// `42.8ms` as an interval.
fn parse_duration(call: &Call) -> Result<ArrayRef> {
    const UNITS: [(&str, f64); 7] = [("ns", 1e-6), ("us", 1e-3), ("ms", 1.0), ("s", 1e3), ("m", 6e4), ("h", 3.6e6), ("d", 8.64e7)];
    let millis = bigints(call.rows, |row| {
        let text = some!(call.text(0, row));
        let end = text.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(text.len());
        let (number, unit) = text.split_at_checked(end).unwrap_or((text, ""));
        let size = UNITS.iter().find(|(known, _)| *known == unit.trim()).map(|(_, size)| *size);
        match (number.parse::<f64>(), size) {
            #[allow(clippy::cast_possible_truncation, reason = "spans beyond what 64 bits hold are none that Athena has")]
            (Ok(number), Some(size)) => Ok(Some((number * size).round() as i64)),
            _ => exec_err!("INVALID_FUNCTION_ARGUMENT: duration is not a valid data duration string: {text}"),
        }
    })?;
    Ok(datafusion::arrow::compute::cast(&millis, call.gives.data_type())?)
}

fn to_milliseconds(call: &Call) -> Result<ArrayRef> {
    let array = call.needed(0)?;
    match array.data_type() {
        DataType::Duration(_) | DataType::Null => Ok(datafusion::arrow::compute::cast(array, &DataType::Int64)?),
        _ => plan_err!(
            "FUNCTION_NOT_FOUND: line 1:1: Unexpected parameters for function to_milliseconds. Expected: to_milliseconds(interval)"
        ),
    }
}

fn offset(call: &Call, of: fn(i64) -> i64) -> Result<ArrayRef> {
    bigints(call.rows, |row| {
        let utc = some!(zoned::clock(some!(call.millis(0, row)), None));
        let local = some!(clock(call, 0, row));
        Ok(Some(of((local - utc).num_seconds())))
    })
}

fn to_date(call: &Call) -> Result<ArrayRef> {
    if let Some(array) = call.array(0).filter(|array| matches!(array.data_type(), DataType::Date32 | DataType::Timestamp(..))) {
        return Ok(datafusion::arrow::compute::cast(array, &DataType::Date32)?);
    }
    dates(call.rows, |row| {
        if let Some(text) = call.text(0, row) {
            return match NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d") {
                Ok(day) => Ok(days(day)),
                Err(_) => exec_err!("INVALID_CAST_ARGUMENT: Value cannot be cast to date: {text}"),
            };
        }
        let array = some!(call.array(0));
        if let Some(zoned) = call.zoned(0) {
            return Ok(zoned.clock(row).and_then(|time| days(time.date())));
        }
        if !matches!(array.data_type(), DataType::Null | DataType::Utf8View | DataType::Utf8) {
            return plan_err!("FUNCTION_NOT_FOUND: line 1:1: Unexpected parameters for function date. Expected: date(timestamp)");
        }
        Ok(None)
    })
}

fn last_day(call: &Call) -> Result<ArrayRef> {
    dates(call.rows, |row| {
        let day = some!(clock(call, 0, row)).date();
        let next = some!(day.with_day(1)).checked_add_months(Months::new(1));
        Ok(next.and_then(|next| next.pred_opt()).and_then(days))
    })
}

/// The answer in the type of an argument: a day for a day, an instant for an instant; with `keeps` what the argument has below a
/// millisecond is added again.
fn like(call: &Call, at: usize, keeps: bool, mut of: impl FnMut(usize) -> Result<Option<NaiveDateTime>>) -> Result<ArrayRef> {
    if call.gives.data_type() == &DataType::Date32 {
        return dates(call.rows, |row| Ok(of(row)?.and_then(|time| days(time.date()))));
    }
    if call.zoned(at).is_some() {
        return zoned::collect(call.rows, |row| {
            let (time, name) = (some!(of(row)?), some!(zone_of(call, at, row)));
            Ok(Some((instant(time, zone(name)), name)))
        });
    }
    let per = match call.gives.data_type() {
        DataType::Timestamp(TimeUnit::Microsecond, _) => 1000,
        DataType::Timestamp(TimeUnit::Nanosecond, _) => 1_000_000,
        _ => return instants(call.rows, &call.gives, |row| Ok(of(row)?.map(|time| instant(time, None)))),
    };
    let ticks = datafusion::arrow::compute::cast(call.needed(at)?, &DataType::Int64)?;
    let ticks = ticks.as_primitive::<Int64Type>();
    let made = bigints(call.rows, |row| {
        let millis = instant(some!(of(row)?), None);
        let rest = if keeps && ticks.is_valid(row) { ticks.value(row).rem_euclid(per) } else { 0 };
        Ok(millis.checked_mul(per).and_then(|ticks| ticks.checked_add(rest)))
    })?;
    Ok(datafusion::arrow::compute::cast(&made, call.gives.data_type())?)
}

/// A unit that a date or a timestamp has; dates have none below a day.
fn unit_of(unit: &str, date: bool) -> Result<&str> {
    let below_a_day = matches!(unit, "millisecond" | "second" | "minute" | "hour");
    let known = below_a_day || matches!(unit, "day" | "week" | "month" | "quarter" | "year");
    if known && !(date && below_a_day) {
        return Ok(unit);
    }
    exec_err!("INVALID_FUNCTION_ARGUMENT: '{unit}' is not a valid {} field", if date { "DATE" } else { "Timestamp" })
}

fn is_date(call: &Call, at: usize) -> bool {
    call.array(at).is_some_and(|array| array.data_type() == &DataType::Date32)
}

fn trunc(call: &Call) -> Result<ArrayRef> {
    let date = is_date(call, 1);
    like(call, 1, false, |row| {
        let (unit, time) = (some!(call.text(0, row)), some!(clock(call, 1, row)));
        let day = time.date();
        let start = |day: Option<NaiveDate>| day.map(|day| day.and_time(NaiveTime::MIN));
        Ok(match unit_of(&unit.to_lowercase(), date)? {
            "millisecond" => time.with_nanosecond(time.nanosecond() / 1_000_000 * 1_000_000),
            "second" => time.with_nanosecond(0),
            "minute" => time.with_nanosecond(0).and_then(|time| time.with_second(0)),
            "hour" => day.and_hms_opt(time.hour(), 0, 0),
            "day" => start(Some(day)),
            "week" => start(day.checked_sub_days(Days::new(u64::from(day.weekday().num_days_from_monday())))),
            "month" => start(day.with_day(1)),
            "quarter" => start(NaiveDate::from_ymd_opt(day.year(), day.month0() / 3 * 3 + 1, 1)),
            _ => start(NaiveDate::from_ymd_opt(day.year(), 1, 1)),
        })
    })
}

fn months(time: NaiveDateTime, count: i64) -> Option<NaiveDateTime> {
    let size = Months::new(u32::try_from(count.unsigned_abs()).ok()?);
    if count < 0 { time.checked_sub_months(size) } else { time.checked_add_months(size) }
}

fn add(call: &Call) -> Result<ArrayRef> {
    let date = is_date(call, 2);
    if let Some(zoned) = call.zoned(2) {
        // Hours and less are counted on the time line, not on the clock.
        let unit = |row: usize| call.text(0, row).and_then(|unit| below_a_day(&unit.to_lowercase()));
        if (0..call.rows).all(|row| call.text(0, row).is_none() || unit(row).is_some()) {
            return zoned::collect(call.rows, |row| {
                let (size, count) = (some!(unit(row)), some!(call.integer(1, row)));
                let (millis, name) = some!(zoned.get(row));
                match count.checked_mul(size).and_then(|by| millis.checked_add(by)) {
                    Some(moved) => Ok(Some((moved, name))),
                    None => exec_err!("INVALID_FUNCTION_ARGUMENT: The time lies outside of what a timestamp holds"),
                }
            });
        }
    }
    like(call, 2, true, |row| {
        let (unit, count, time) = (some!(call.text(0, row)), some!(call.integer(1, row)), some!(clock(call, 2, row)));
        let by = |duration: Option<Duration>| duration.and_then(|duration| time.checked_add_signed(duration));
        let moved = match unit_of(&unit.to_lowercase(), date)? {
            "millisecond" => by(Duration::try_milliseconds(count)),
            "second" => by(Duration::try_seconds(count)),
            "minute" => by(Duration::try_minutes(count)),
            "hour" => by(Duration::try_hours(count)),
            "day" => by(Duration::try_days(count)),
            "week" => by(Duration::try_weeks(count)),
            "month" => months(time, count),
            "quarter" => count.checked_mul(3).and_then(|count| months(time, count)),
            _ => count.checked_mul(12).and_then(|count| months(time, count)),
        };
        match moved {
            Some(moved) => Ok(Some(moved)),
            None => exec_err!("INVALID_FUNCTION_ARGUMENT: The time lies outside of what a timestamp holds"),
        }
    })
}

/// The milliseconds of a unit that is less than a day.
fn below_a_day(unit: &str) -> Option<i64> {
    match unit {
        "millisecond" => Some(1),
        "second" => Some(1_000),
        "minute" => Some(60_000),
        "hour" => Some(3_600_000),
        _ => None,
    }
}

/// How many whole months lie between.
fn whole_months(from: NaiveDateTime, to: NaiveDateTime) -> i64 {
    let apart = i64::from(to.year() - from.year()) * 12 + i64::from(to.month()) - i64::from(from.month());
    match months(from, apart) {
        Some(reached) if apart > 0 && reached > to => apart - 1,
        Some(reached) if apart < 0 && reached < to => apart + 1,
        _ => apart,
    }
}

fn diff(call: &Call) -> Result<ArrayRef> {
    let date = is_date(call, 1) && is_date(call, 2);
    let absolute = call.zoned(1).is_some() || call.zoned(2).is_some();
    bigints(call.rows, |row| {
        let unit = some!(call.text(0, row));
        let (mut from, mut to) = (some!(clock(call, 1, row)), some!(clock(call, 2, row)));
        let unit = unit.to_lowercase();
        // Hours and less are counted on the time line, days and more on the clock of the first.
        if absolute && matches!(unit.as_str(), "millisecond" | "second" | "minute" | "hour") {
            let utc = |at: usize| call.millis(at, row).and_then(DateTime::from_timestamp_millis).map(|time| time.naive_utc());
            (from, to) = (utc(1).unwrap_or(from), utc(2).unwrap_or(to));
        } else if absolute {
            let zone = zone_of(call, 1, row).and_then(zone);
            let on_clock = |at: usize| call.millis(at, row).and_then(|millis| zoned::clock(millis, zone));
            (from, to) = (on_clock(1).unwrap_or(from), on_clock(2).unwrap_or(to));
        }
        let apart = to - from;
        Ok(Some(match unit_of(&unit, date)? {
            "millisecond" => apart.num_milliseconds(),
            "second" => apart.num_seconds(),
            "minute" => apart.num_minutes(),
            "hour" => apart.num_hours(),
            "day" => apart.num_days(),
            "week" => apart.num_weeks(),
            "month" => whole_months(from, to),
            "quarter" => whole_months(from, to) / 3,
            _ => whole_months(from, to) / 12,
        }))
    })
}

fn formatted(call: &Call, read: fn(&str) -> Result<Pattern>) -> Result<ArrayRef> {
    let mut last: Option<(String, Pattern)> = None;
    texts(call.rows, |row| {
        let zone = zone_of(call, 0, row).and_then(zone);
        let (time, format) = (some!(clock(call, 0, row)), some!(call.text(1, row)));
        if last.as_ref().is_none_or(|(known, _)| known != format) {
            last = Some((format.to_owned(), read(format)?));
        }
        Ok(last.as_ref().map(|(_, pattern)| Cow::Owned(pattern.format(time, zone))))
    })
}

/// What a text in a pattern stands for: the clock's reading and the zone that the text names.
fn read_pattern(
    call: &Call,
    row: usize,
    last: &mut Option<(String, Pattern)>,
    read: fn(&str) -> Result<Pattern>,
) -> Result<Option<(NaiveDateTime, Option<String>)>> {
    let (text, format) = (some!(call.text(0, row)), some!(call.text(1, row)));
    if last.as_ref().is_none_or(|(known, _)| known != format) {
        *last = Some((format.to_owned(), read(format)?));
    }
    match last.as_ref().and_then(|(_, pattern)| pattern.parse(text)) {
        Some(found) => Ok(Some(found)),
        None => exec_err!("INVALID_FUNCTION_ARGUMENT: Invalid format: \"{text}\" is malformed for the format \"{format}\""),
    }
}

fn date_parse(call: &Call) -> Result<ArrayRef> {
    let mut last = None;
    instants(call.rows, &call.gives, |row| Ok(read_pattern(call, row, &mut last, mysql)?.map(|(time, _)| instant(time, None))))
}

fn parse_datetime(call: &Call) -> Result<ArrayRef> {
    let mut last = None;
    zoned::collect(call.rows, |row| {
        let (time, name) = some!(read_pattern(call, row, &mut last, joda)?);
        let name = name.map_or_else(|| Ok(UTC.to_owned()), |name| zone_name(&name))?;
        Ok(Some((instant(time, zone(&name)), name)))
    })
}

/// An instant in the session's zone, in one by its name, or in one by its hours and minutes from UTC.
fn from_unixtime(call: &Call) -> Result<ArrayRef> {
    zoned::collect(call.rows, |row| {
        let seconds = some!(call.double(0, row));
        if !seconds.is_finite() {
            return exec_err!("INVALID_FUNCTION_ARGUMENT: {seconds} is no time");
        }
        #[allow(clippy::cast_possible_truncation, reason = "times beyond what 64 bits hold are none that Athena has")]
        let millis = (seconds * 1000.0).round() as i64;
        let name = match (call.has(1), call.has(2)) {
            (false, _) => UTC.to_owned(),
            (true, false) => zone_name(some!(call.text(1, row)))?,
            (true, true) => {
                let (hours, minutes) = (some!(call.integer(1, row)), some!(call.integer(2, row)));
                let sign = if hours < 0 || minutes < 0 { '-' } else { '+' };
                zone_name(&format!("{sign}{:02}:{:02}", hours.abs(), minutes.abs()))?
            }
        };
        Ok(Some((millis, name)))
    })
}

/// Nanoseconds since 1970.
fn from_unixtime_nanos(call: &Call) -> Result<ArrayRef> {
    let nanos = datafusion::arrow::compute::cast(call.needed(0)?, &DataType::Decimal128(38, 0))?;
    let strict = datafusion::arrow::compute::CastOptions { safe: false, ..Default::default() };
    let nanos = datafusion::arrow::compute::cast_with_options(&nanos, &DataType::Int64, &strict)
        .map_err(|_error| datafusion::common::exec_datafusion_err!("NUMERIC_VALUE_OUT_OF_RANGE: the nanoseconds do not fit a bigint"))?;
    zoned::in_utc(&datafusion::arrow::compute::cast(&nanos, &zoned::instant_type(TimeUnit::Nanosecond))?)
}

fn to_unixtime(call: &Call) -> Result<ArrayRef> {
    let date = call.array(0).is_some_and(|array| array.data_type() == &DataType::Date32);
    doubles(call.rows, |row| {
        let millis = if date { i64::from(some!(call.date(0, row))) * 86_400_000 } else { some!(call.millis(0, row)) };
        Ok(Some(millis as f64 / 1000.0))
    })
}

/// A date and time with whatever zone it names: the clock's reading and the zone.
pub(super) fn read_instant(text: &str) -> Option<(NaiveDateTime, Option<String>)> {
    let text = text.trim();
    let split = text.find(' ').or_else(|| text.find('T'));
    let (day, rest) = match split {
        Some(at) => (text.get(..at)?, text.get(at + 1..)?),
        None => (text, ""),
    };
    let day = NaiveDate::parse_from_str(day, "%Y-%m-%d").ok()?;
    let end = rest.find(|c: char| !(c.is_ascii_digit() || matches!(c, ':' | '.'))).unwrap_or(rest.len());
    let (time, zone) = rest.split_at_checked(end)?;
    let time = match time {
        "" => NaiveTime::MIN,
        time => ["%H:%M:%S%.f", "%H:%M"].iter().find_map(|format| NaiveTime::parse_from_str(time, format).ok())?,
    };
    let zone = zone.trim();
    let zone = if zone.is_empty() { None } else { Some(zone_name(zone).ok()?) };
    Some((day.and_time(time), zone))
}

/// A day and a time of ISO 8601: the day as a week's or a year's too, the time down to hours alone, the zone with or without a colon.
fn read_iso(text: &str) -> Option<(NaiveDateTime, Option<String>)> {
    if let Some(found) = read_instant(text) {
        return Some(found);
    }
    let (day, rest) = text.split_once('T').unwrap_or((text, ""));
    let day = read_iso_day(day)?;
    let end = rest.find(['Z', '+', '-']).unwrap_or(rest.len());
    let (time, offset) = rest.split_at_checked(end)?;
    let time = match time {
        "" => NaiveTime::MIN,
        time => ["%H:%M:%S%.f", "%H:%M"]
            .iter()
            .find_map(|format| NaiveTime::parse_from_str(time, format).ok())
            .or_else(|| NaiveTime::from_hms_opt(time.parse().ok()?, 0, 0))?,
    };
    let offset = match (offset, offset.len()) {
        ("", _) => None,
        (offset, 3) => Some(format!("{offset}:00")),
        (offset, _) => Some(offset.to_owned()),
    };
    Some((day.and_time(time), offset.map(|name| zone_name(&name)).transpose().ok()?))
}

/// A day of ISO 8601: of a month, a week or a year, or the first day of one.
fn read_iso_day(text: &str) -> Option<NaiveDate> {
    let formats = ["%Y-%m-%d", "%G-W%V-%u", "%Y-%j"];
    formats
        .iter()
        .find_map(|format| NaiveDate::parse_from_str(text, format).ok())
        .or_else(|| NaiveDate::parse_from_str(&format!("{text}-1"), "%G-W%V-%u").ok())
        .or_else(|| NaiveDate::parse_from_str(&format!("{text}-01"), "%Y-%m-%d").ok())
        .or_else(|| (text.len() == 4).then(|| NaiveDate::parse_from_str(&format!("{text}-01-01"), "%Y-%m-%d").ok())?)
}

fn from_iso8601(call: &Call) -> Result<ArrayRef> {
    zoned::collect(call.rows, |row| {
        let text = some!(call.text(0, row));
        match read_iso(text) {
            Some((time, name)) => {
                let name = name.unwrap_or_else(|| UTC.to_owned());
                Ok(Some((instant(time, zone(&name)), name)))
            }
            None => exec_err!("INVALID_FUNCTION_ARGUMENT: Invalid format: \"{text}\""),
        }
    })
}

fn from_iso8601_nanos(call: &Call) -> Result<ArrayRef> {
    let zones = from_iso8601(call)?;
    let nanos = |row: usize| {
        let (time, name) = read_iso(call.text(0, row)?)?;
        let millis = instant(time, name.as_deref().and_then(zone));
        Some(millis * 1_000_000 + i64::from(time.nanosecond() % 1_000_000))
    };
    let nanos: TimestampNanosecondArray = (0..call.rows).map(nanos).collect();
    let nanos: ArrayRef = Arc::new(nanos.with_timezone(UTC));
    Zoned::of(&zones).map_or(Ok(Arc::clone(&zones)), |zones| zones.moved(&nanos))
}

fn from_iso8601_date(call: &Call) -> Result<ArrayRef> {
    dates(call.rows, |row| {
        let text = some!(call.text(0, row));
        match read_iso_day(text) {
            Some(day) => Ok(days(day)),
            None => exec_err!("INVALID_FUNCTION_ARGUMENT: Invalid format: \"{text}\""),
        }
    })
}

fn to_iso8601(call: &Call) -> Result<ArrayRef> {
    let date = call.array(0).is_some_and(|array| array.data_type() == &DataType::Date32);
    texts(call.rows, |row| {
        let time = some!(clock(call, 0, row));
        if date {
            return Ok(Some(Cow::Owned(time.format("%Y-%m-%d").to_string())));
        }
        let mut out = time.format("%Y-%m-%dT%H:%M:%S%.3f").to_string();
        if let (Some(millis), Some(zone)) = (call.millis(0, row), zone_of(call, 0, row).and_then(zone)) {
            let instant = DateTime::from_timestamp_millis(millis);
            let offset = instant.map(|instant| instant.with_timezone(&zone).format("%:z").to_string()).unwrap_or_default();
            out.push_str(if offset == "+00:00" { "Z" } else { &offset });
        }
        Ok(Some(Cow::Owned(out)))
    })
}

fn at_timezone(call: &Call) -> Result<ArrayRef> {
    zoned::collect(call.rows, |row| {
        let name = zone_name(some!(call.text(1, row)))?;
        let millis = match call.array(0).map(datafusion::arrow::array::Array::data_type) {
            Some(DataType::Date32) => i64::from(some!(call.date(0, row))) * 86_400_000,
            _ => some!(call.millis(0, row)),
        };
        Ok(Some((millis, name)))
    })
}

fn with_timezone(call: &Call) -> Result<ArrayRef> {
    zoned::collect(call.rows, |row| {
        let name = zone_name(some!(call.text(1, row)))?;
        Ok(Some((instant(some!(clock(call, 0, row)), zone(&name)), name)))
    })
}

fn human_readable(call: &Call) -> Result<ArrayRef> {
    texts(call.rows, |row| {
        #[allow(clippy::cast_possible_truncation, reason = "whole seconds of a span that people read")]
        let total = some!(call.double(0, row)).abs().round() as i64;
        let parts = [
            ("week", total / 604_800),
            ("day", total / 86_400 % 7),
            ("hour", total / 3600 % 24),
            ("minute", total / 60 % 60),
            ("second", total % 60),
        ];
        let shown: Vec<String> = parts
            .iter()
            .filter(|(_, count)| *count > 0)
            .map(|(name, count)| format!("{count} {name}{}", if *count == 1 { "" } else { "s" }))
            .collect();
        Ok(Some(Cow::Owned(if shown.is_empty() { "0 seconds".to_owned() } else { shown.join(", ") })))
    })
}

/// `TIMESTAMP '…'`: with a zone where the text names one, with more digits where it has them.
fn literal_field(args: &ReturnFieldArgs<'_>) -> Result<FieldRef> {
    let text = constant(args, 0).unwrap_or_default();
    let Some((time, zone)) = read_instant(&text) else {
        return plan_err!("INVALID_LITERAL: line 1:1: '{text}' is not a valid TIMESTAMP literal");
    };
    let unit = if time.nanosecond() % 1_000_000 == 0 { TimeUnit::Millisecond } else { TimeUnit::Microsecond };
    let data_type = if zone.is_some() { zoned::zoned_type(unit) } else { DataType::Timestamp(unit, None) };
    Ok(Arc::new(Field::new("timestamp", data_type, true)))
}

fn literal(call: &Call) -> Result<ArrayRef> {
    let read = |row: usize| {
        let (time, name) = read_instant(call.text(0, row)?)?;
        let millis = instant(time, name.as_deref().and_then(zone));
        Some((millis * 1000 + i64::from(time.nanosecond() / 1000 % 1000), name))
    };
    let micros: TimestampMicrosecondArray = (0..call.rows).map(|row| Some(read(row)?.0)).collect();
    let target = call.gives.data_type();
    let Some(unit) = zoned::unit_of(target) else { return Ok(datafusion::arrow::compute::cast(&micros, target)?) };
    let zones = zoned::collect(call.rows, |row| Ok(read(row).and_then(|(micros, name)| Some((micros / 1000, name?)))))?;
    let instants = datafusion::arrow::compute::cast(&micros.with_timezone(UTC), &zoned::instant_type(unit))?;
    Zoned::of(&zones).map_or(Ok(Arc::clone(&zones)), |zones| zones.moved(&instants))
}
