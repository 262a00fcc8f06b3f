//! Functions of dates and times.

use std::borrow::Cow;
use std::sync::Arc;

use chrono::{DateTime, Datelike as _, Days, Duration, Months, NaiveDate, NaiveDateTime, NaiveTime, TimeZone as _, Timelike as _};
use datafusion::arrow::array::timezone::Tz;
use datafusion::arrow::array::{Array as _, ArrayRef, AsArray as _};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Time64MicrosecondType, Time64NanosecondType, TimeUnit};
use datafusion::common::{Result, ScalarValue, exec_err, plan_err};
use datafusion::logical_expr::ReturnFieldArgs;

use super::call::{Call, bigints, dates, doubles, instants, some, texts};
use super::format::{Pattern, joda, mysql};
use super::{Gives, Kind, Scalar, Type0, optional, scalar};

const BIGINT: Gives = Gives::Always(Type0::BigInt);
const TEXT: Gives = Gives::Always(Type0::Text);
const DATE: Gives = Gives::Always(Type0::Date);
const TIME: &[Kind] = &[Kind::Time];

pub(super) const FUNCTIONS: &[Scalar] = &[
    scalar("year", TIME, BIGINT, |call| field(call, |time| i64::from(time.year()))),
    scalar("quarter", TIME, BIGINT, |call| field(call, |time| i64::from(time.month0() / 3 + 1))),
    scalar("month", TIME, BIGINT, |call| field(call, |time| i64::from(time.month()))),
    scalar("week", TIME, BIGINT, |call| field(call, |time| i64::from(time.iso_week().week()))),
    scalar("week_of_year", TIME, BIGINT, |call| field(call, |time| i64::from(time.iso_week().week()))),
    scalar("year_of_week", TIME, BIGINT, |call| field(call, |time| i64::from(time.iso_week().year()))),
    scalar("yow", TIME, BIGINT, |call| field(call, |time| i64::from(time.iso_week().year()))),
    scalar("day", TIME, BIGINT, |call| field(call, |time| i64::from(time.day()))),
    scalar("day_of_month", TIME, BIGINT, |call| field(call, |time| i64::from(time.day()))),
    scalar("day_of_week", TIME, BIGINT, |call| field(call, |time| i64::from(time.weekday().number_from_monday()))),
    scalar("dow", TIME, BIGINT, |call| field(call, |time| i64::from(time.weekday().number_from_monday()))),
    scalar("day_of_year", TIME, BIGINT, |call| field(call, |time| i64::from(time.ordinal()))),
    scalar("doy", TIME, BIGINT, |call| field(call, |time| i64::from(time.ordinal()))),
    scalar("hour", TIME, BIGINT, |call| field(call, |time| i64::from(time.hour()))),
    scalar("minute", TIME, BIGINT, |call| field(call, |time| i64::from(time.minute()))),
    scalar("second", TIME, BIGINT, |call| field(call, |time| i64::from(time.second()))),
    scalar("millisecond", TIME, BIGINT, |call| field(call, |time| i64::from(time.nanosecond() / 1_000_000))),
    scalar("timezone_hour", TIME, BIGINT, |call| offset(call, |seconds| seconds / 3600)),
    scalar("timezone_minute", TIME, BIGINT, |call| offset(call, |seconds| seconds / 60 % 60)),
    scalar("date", &[Kind::Any], DATE, to_date),
    scalar("last_day_of_month", TIME, DATE, last_day),
    scalar("date_trunc", &[Kind::Text, Kind::Time], Gives::Field(second_field), trunc),
    scalar("date_add", &[Kind::Text, Kind::Integer, Kind::Time], Gives::Field(third_field), add),
    scalar("date_diff", &[Kind::Text, Kind::Time, Kind::Time], BIGINT, diff),
    scalar("date_format", &[Kind::Time, Kind::Text], TEXT, |call| formatted(call, mysql)),
    scalar("format_datetime", &[Kind::Time, Kind::Text], TEXT, |call| formatted(call, joda)),
    scalar("date_parse", &[Kind::Text, Kind::Text], Gives::Always(Type0::Timestamp), |call| parsed(call, mysql)),
    scalar("parse_datetime", &[Kind::Text, Kind::Text], Gives::Field(utc), |call| parsed(call, joda)),
    optional(1, scalar("from_unixtime", &[Kind::Double, Kind::Text], Gives::Field(unix_field), from_unixtime)),
    scalar("to_unixtime", TIME, Gives::Always(Type0::Double), to_unixtime),
    scalar("from_iso8601_timestamp", &[Kind::Text], Gives::Field(utc), from_iso8601),
    scalar("from_iso8601_date", &[Kind::Text], DATE, from_iso8601_date),
    scalar("to_iso8601", TIME, TEXT, to_iso8601),
    scalar("at_timezone", &[Kind::Time, Kind::Text], Gives::Field(zone_of_second), at_timezone),
    scalar("with_timezone", &[Kind::Time, Kind::Text], Gives::Field(zone_of_second), with_timezone),
    scalar("human_readable_seconds", &[Kind::Double], TEXT, human_readable),
    scalar("$timestamp", &[Kind::Text], Gives::Field(literal_field), literal),
];

fn timestamp_field(zone: Option<&str>) -> FieldRef {
    Arc::new(Field::new("timestamp", DataType::Timestamp(TimeUnit::Millisecond, zone.map(Into::into)), true))
}

fn utc(_: &ReturnFieldArgs<'_>) -> Result<FieldRef> {
    Ok(timestamp_field(Some("UTC")))
}

fn nth_field(args: &ReturnFieldArgs<'_>, at: usize) -> Result<FieldRef> {
    match args.arg_fields.get(at) {
        Some(field) if field.data_type() == &DataType::Null => Ok(timestamp_field(None)),
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

/// A zone's name as Arrow and chrono know it, or what is wrong with it.
fn zone_name(name: &str) -> Result<String> {
    let plain = if name.eq_ignore_ascii_case("utc") || name == "Z" { "UTC" } else { name };
    match plain.parse::<Tz>() {
        Ok(_) => Ok(plain.to_owned()),
        Err(_) => exec_err!("INVALID_FUNCTION_ARGUMENT: '{name}' is not a valid time zone"),
    }
}

fn zone_of_second(args: &ReturnFieldArgs<'_>) -> Result<FieldRef> {
    match constant(args, 1) {
        Some(name) => Ok(timestamp_field(Some(&zone_name(&name)?))),
        None => plan_err!("NOT_SUPPORTED: The local lake needs the time zone as a constant"),
    }
}

fn unix_field(args: &ReturnFieldArgs<'_>) -> Result<FieldRef> {
    if args.arg_fields.len() < 2 { Ok(timestamp_field(None)) } else { zone_of_second(args) }
}

/// The time of an argument on the clock of its zone.
fn clock(call: &Call, at: usize, row: usize) -> Option<NaiveDateTime> {
    let array = call.array(at).filter(|array| array.is_valid(row))?;
    match array.data_type() {
        DataType::Date32 => Some(DateTime::from_timestamp(i64::from(call.date(at, row)?) * 86_400, 0)?.naive_utc()),
        DataType::Timestamp(_, zone) => {
            let instant = DateTime::from_timestamp_millis(call.millis(at, row)?)?;
            match zone.as_ref().and_then(|zone| zone.parse::<Tz>().ok()) {
                Some(zone) => Some(instant.with_timezone(&zone).naive_local()),
                None => Some(instant.naive_utc()),
            }
        }
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

/// The zone of an argument, if it has one.
fn zone(call: &Call, at: usize) -> Option<Tz> {
    match call.array(at)?.data_type() {
        DataType::Timestamp(_, Some(zone)) => zone.parse().ok(),
        _ => None,
    }
}

/// The instant that a reading of the clock stands for in a zone; the later of two where clocks go back.
fn instant(clock: NaiveDateTime, zone: Option<Tz>) -> i64 {
    match zone {
        Some(zone) => zone
            .from_local_datetime(&clock)
            .earliest()
            .or_else(|| zone.from_local_datetime(&(clock + Duration::hours(1))).earliest())
            .map_or_else(|| clock.and_utc().timestamp_millis(), |time| time.timestamp_millis()),
        None => clock.and_utc().timestamp_millis(),
    }
}

fn days(day: NaiveDate) -> Option<i32> {
    i32::try_from(day.signed_duration_since(DateTime::UNIX_EPOCH.date_naive()).num_days()).ok()
}

fn field(call: &Call, of: fn(NaiveDateTime) -> i64) -> Result<ArrayRef> {
    bigints(call.rows, |row| Ok(clock(call, 0, row).map(of)))
}

fn offset(call: &Call, of: fn(i64) -> i64) -> Result<ArrayRef> {
    let zone = zone(call, 0);
    bigints(call.rows, |row| {
        let utc = some!(DateTime::from_timestamp_millis(some!(call.millis(0, row)))).naive_utc();
        let local = some!(clock(call, 0, row));
        Ok(Some(if zone.is_some() { of((local - utc).num_seconds()) } else { 0 }))
    })
}

fn to_date(call: &Call) -> Result<ArrayRef> {
    dates(call.rows, |row| {
        if let Some(text) = call.text(0, row) {
            return match NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d") {
                Ok(day) => Ok(days(day)),
                Err(_) => match read_instant(text.trim()) {
                    Some((time, _)) => Ok(days(time.date())),
                    None => exec_err!("INVALID_CAST_ARGUMENT: Value cannot be cast to date: {text}"),
                },
            };
        }
        // Times of any precision come here uncast.
        let array = some!(call.array(0));
        if !matches!(array.data_type(), DataType::Date32 | DataType::Timestamp(..) | DataType::Null | DataType::Utf8View | DataType::Utf8) {
            return plan_err!("FUNCTION_NOT_FOUND: line 1:1: Unexpected parameters for function date. Expected: date(timestamp)");
        }
        let local = datafusion::arrow::compute::cast(&array.slice(row, 1), &DataType::Date32)?;
        let day = local.as_primitive::<datafusion::arrow::datatypes::Date32Type>();
        Ok(day.is_valid(0).then(|| day.value(0)))
    })
}

fn last_day(call: &Call) -> Result<ArrayRef> {
    dates(call.rows, |row| {
        let day = some!(clock(call, 0, row)).date();
        let next = some!(day.with_day(1)).checked_add_months(Months::new(1));
        Ok(next.and_then(|next| next.pred_opt()).and_then(days))
    })
}

/// The answer in the type of an argument: a day for a day, an instant for an instant.
fn like(call: &Call, at: usize, of: impl FnMut(usize) -> Result<Option<NaiveDateTime>>) -> Result<ArrayRef> {
    let mut of = of;
    let zone = zone(call, at);
    if call.gives.data_type() == &DataType::Date32 {
        return dates(call.rows, |row| Ok(of(row)?.and_then(|time| days(time.date()))));
    }
    if let DataType::Time64(_) = call.gives.data_type() {
        return exec_err!("NOT_SUPPORTED: The local lake does not calculate with times of day");
    }
    instants(call.rows, &call.gives, |row| Ok(of(row)?.map(|time| instant(time, zone))))
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
    like(call, 1, |row| {
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
    like(call, 2, |row| {
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
    let absolute = zone(call, 1).is_some() || zone(call, 2).is_some();
    bigints(call.rows, |row| {
        let unit = some!(call.text(0, row));
        let (mut from, mut to) = (some!(clock(call, 1, row)), some!(clock(call, 2, row)));
        let unit = unit.to_lowercase();
        // Hours and less are counted on the time line, days and more on the clock of the first.
        if absolute && matches!(unit.as_str(), "millisecond" | "second" | "minute" | "hour") {
            let utc = |at: usize| call.millis(at, row).and_then(DateTime::from_timestamp_millis).map(|time| time.naive_utc());
            (from, to) = (utc(1).unwrap_or(from), utc(2).unwrap_or(to));
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
    let zone = zone(call, 0);
    let mut last: Option<(String, Pattern)> = None;
    texts(call.rows, |row| {
        let (time, format) = (some!(clock(call, 0, row)), some!(call.text(1, row)));
        if last.as_ref().is_none_or(|(known, _)| known != format) {
            last = Some((format.to_owned(), read(format)?));
        }
        Ok(last.as_ref().map(|(_, pattern)| Cow::Owned(pattern.format(time, zone))))
    })
}

fn parsed(call: &Call, read: fn(&str) -> Result<Pattern>) -> Result<ArrayRef> {
    let mut last: Option<(String, Pattern)> = None;
    instants(call.rows, &call.gives, |row| {
        let (text, format) = (some!(call.text(0, row)), some!(call.text(1, row)));
        if last.as_ref().is_none_or(|(known, _)| known != format) {
            last = Some((format.to_owned(), read(format)?));
        }
        let Some((_, pattern)) = &last else { return Ok(None) };
        match pattern.parse(text) {
            Some((time, offset)) => Ok(Some(time.and_utc().timestamp_millis() - offset.unwrap_or(0) * 1000)),
            None => exec_err!("INVALID_FUNCTION_ARGUMENT: Invalid format: \"{text}\" is malformed for the format \"{format}\""),
        }
    })
}

fn from_unixtime(call: &Call) -> Result<ArrayRef> {
    instants(call.rows, &call.gives, |row| {
        let seconds = some!(call.double(0, row));
        if !seconds.is_finite() {
            return exec_err!("INVALID_FUNCTION_ARGUMENT: {seconds} is no time");
        }
        #[allow(clippy::cast_possible_truncation, reason = "times beyond what 64 bits hold are none that Athena has")]
        let millis = (seconds * 1000.0).round() as i64;
        Ok(Some(millis))
    })
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

fn from_iso8601(call: &Call) -> Result<ArrayRef> {
    instants(call.rows, &call.gives, |row| {
        let text = some!(call.text(0, row));
        match read_instant(text) {
            Some((time, zone)) => Ok(Some(instant(time, zone.and_then(|zone| zone.parse().ok())))),
            None => exec_err!("INVALID_FUNCTION_ARGUMENT: Invalid format: \"{text}\""),
        }
    })
}

fn from_iso8601_date(call: &Call) -> Result<ArrayRef> {
    dates(call.rows, |row| {
        let text = some!(call.text(0, row));
        let week = || NaiveDate::parse_from_str(&format!("{text}-1"), "%G-W%V-%u").ok();
        let found = ["%Y-%m-%d", "%G-W%V-%u", "%Y-%j"].iter().find_map(|format| NaiveDate::parse_from_str(text, format).ok()).or_else(week);
        match found {
            Some(day) => Ok(days(day)),
            None => exec_err!("INVALID_FUNCTION_ARGUMENT: Invalid format: \"{text}\""),
        }
    })
}

fn to_iso8601(call: &Call) -> Result<ArrayRef> {
    let zone = zone(call, 0);
    let date = call.array(0).is_some_and(|array| array.data_type() == &DataType::Date32);
    texts(call.rows, |row| {
        let time = some!(clock(call, 0, row));
        if date {
            return Ok(Some(Cow::Owned(time.format("%Y-%m-%d").to_string())));
        }
        let mut out = time.format("%Y-%m-%dT%H:%M:%S%.3f").to_string();
        if let Some(zone) = zone {
            let offset = zone.from_local_datetime(&time).earliest().map(|time| time.format("%:z").to_string()).unwrap_or_default();
            out.push_str(if offset == "+00:00" { "Z" } else { &offset });
        }
        Ok(Some(Cow::Owned(out)))
    })
}

fn at_timezone(call: &Call) -> Result<ArrayRef> {
    instants(call.rows, &call.gives, |row| match call.array(0).map(datafusion::arrow::array::Array::data_type) {
        Some(DataType::Date32) => Ok(call.date(0, row).map(|day| i64::from(day) * 86_400_000)),
        _ => Ok(call.millis(0, row)),
    })
}

fn with_timezone(call: &Call) -> Result<ArrayRef> {
    let zone = match call.gives.data_type() {
        DataType::Timestamp(_, Some(zone)) => zone.parse().ok(),
        _ => None,
    };
    instants(call.rows, &call.gives, |row| Ok(clock(call, 0, row).map(|time| instant(time, zone))))
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
    Ok(Arc::new(Field::new("timestamp", DataType::Timestamp(unit, zone.map(Into::into)), true)))
}

fn literal(call: &Call) -> Result<ArrayRef> {
    let micros = (0..call.rows).map(|row| {
        let (time, zone) = read_instant(call.text(0, row)?)?;
        let millis = instant(time, zone.and_then(|zone| zone.parse().ok()));
        Some(millis * 1000 + i64::from(time.nanosecond() / 1000 % 1000))
    });
    let micros: datafusion::arrow::array::TimestampMicrosecondArray = micros.collect();
    let micros = match call.gives.data_type() {
        DataType::Timestamp(_, Some(zone)) => micros.with_timezone(Arc::clone(zone)),
        _ => micros,
    };
    Ok(datafusion::arrow::compute::cast(&micros, call.gives.data_type())?)
}
