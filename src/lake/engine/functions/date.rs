//! Functions that make times of texts and numbers, and texts and numbers of times.

use std::borrow::Cow;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Timelike as _};
use datafusion::arrow::array::{Array as _, ArrayRef, AsArray as _, StringViewBuilder};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Decimal128Type, Field, FieldRef, TimeUnit};
use datafusion::common::{Result, ScalarValue, exec_err, plan_err};
use datafusion::logical_expr::ReturnFieldArgs;

use super::call::{Call, bigints, dates, doubles, instants, some, texts, written};
use super::clock::{clock, days};
use super::time_pattern::{self, Pattern, joda, mysql};
use super::{Gives, Kind, Scalar, Type0, decimal, optional, refused, scalar};
use crate::lake::engine::types::athena_type;
use crate::lake::engine::zoned::{self, UTC, Zones, instant, zone_name};
use crate::sql::Type;

const BIGINT: Gives = Gives::Always(Type0::BigInt);
const TEXT: Gives = Gives::Always(Type0::Text);
const DATE: Gives = Gives::Always(Type0::Date);
const TIME: &[Kind] = &[Kind::Time];

pub(super) const FUNCTIONS: &[Scalar] = &[
    scalar("date_format", &[Kind::Time, Kind::Text], TEXT, |call| formatted(call, mysql)),
    scalar("format_datetime", &[Kind::Time, Kind::Text], TEXT, |call| formatted(call, joda)),
    scalar("date_parse", &[Kind::Text, Kind::Text], Gives::Always(Type0::Timestamp), date_parse),
    scalar("parse_datetime", &[Kind::Text, Kind::Text], Gives::Field(with_zones), parse_datetime),
    optional(1, scalar("from_unixtime", &[Kind::Double, Kind::ZoneOrHours, Kind::Integer], Gives::Field(unixtime_field), from_unixtime)),
    scalar("from_unixtime_nanos", &[Kind::Number], Gives::Field(with_nanos), from_unixtime_nanos),
    scalar("to_unixtime", TIME, Gives::Always(Type0::Double), to_unixtime),
    scalar("from_iso8601_timestamp", &[Kind::Text], Gives::Field(with_zones), from_iso8601),
    scalar("from_iso8601_date", &[Kind::Text], DATE, from_iso8601_date),
    scalar("to_iso8601", TIME, TEXT, to_iso8601),
    scalar("at_timezone", &[Kind::Time, Kind::Text], Gives::Field(precise_field), at_timezone),
    scalar("with_timezone", &[Kind::Time, Kind::Text], Gives::Field(precise_field), with_timezone),
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

/// A time with a zone, as precise as the first argument.
fn precise_field(args: &ReturnFieldArgs<'_>) -> Result<FieldRef> {
    let given = args.arg_fields.first().map(|field| field.data_type());
    let unit = match given {
        Some(DataType::Timestamp(unit, _)) => *unit,
        other => other.and_then(zoned::unit_of).unwrap_or(TimeUnit::Millisecond),
    };
    Ok(Arc::new(Field::new("timestamp", zoned::zoned_type(unit), true)))
}

fn unixtime_field(args: &ReturnFieldArgs<'_>) -> Result<FieldRef> {
    let types: Vec<Type> = args.arg_fields.iter().map(|field| athena_type(field)).collect();
    match types.as_slice() {
        [_] | [_, Type::Varchar | Type::VarcharN(_) | Type::Unknown] => Ok(zoned::zoned_field()),
        [_, hours, _] if hours.is_whole() || *hours == Type::Unknown => Ok(zoned::zoned_field()),
        _ => refused("from_unixtime", &types),
    }
}

/// The text of a constant argument.
fn constant(args: &ReturnFieldArgs<'_>, at: usize) -> Option<String> {
    match args.scalar_arguments.get(at).copied().flatten()? {
        ScalarValue::Utf8(text) | ScalarValue::Utf8View(text) | ScalarValue::LargeUtf8(text) => text.clone(),
        _ => None,
    }
}

/// The name of a row's zone with its offset from UTC, in seconds, at that time.
fn zone_at(call: &Call, row: usize) -> Option<(&str, i32)> {
    let zoned = call.zoned(0)?;
    let offset = zoned.clock(row)? - zoned.times().time(row)?;
    Some((zoned.name(row)?, i32::try_from(offset.num_seconds()).ok()?))
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
    Ok(cast(&millis, call.gives.data_type())?)
}

fn to_milliseconds(call: &Call) -> Result<ArrayRef> {
    let array = call.needed(0)?;
    match array.data_type() {
        DataType::Duration(_) | DataType::Null => Ok(cast(array, &DataType::Int64)?),
        _ => plan_err!(
            "FUNCTION_NOT_FOUND: line 1:1: Unexpected parameters for function to_milliseconds. Expected: to_milliseconds(interval)"
        ),
    }
}

fn formatted(call: &Call, read: fn(&str) -> Result<Pattern>) -> Result<ArrayRef> {
    let mut last: Option<(String, Pattern)> = None;
    let zoned = call.zoned(0).is_some();
    written(call.rows, |row, out| {
        let (time, format) = (some!(clock(call, 0, row)), some!(call.text(1, row)));
        if last.as_ref().is_none_or(|(known, _)| known != format) {
            let pattern = read(format)?;
            if !zoned && pattern.names_zone() {
                return exec_err!(
                    "INVALID_FUNCTION_ARGUMENT: format_datetime for TIMESTAMP type, cannot use 'Z' nor 'z' in format, as this type does not contain TZ information"
                );
            }
            last = Some((format.to_owned(), pattern));
        }
        if let Some((_, pattern)) = &last {
            // Patterns know milliseconds, to which times are rounded.
            let rounded = zoned::rounded(time, TimeUnit::Millisecond)?;
            let time = DateTime::from_timestamp_millis(rounded).map_or(time, |time| time.naive_utc());
            pattern.write(time, zone_at(call, row), out);
        }
        Ok(Some(()))
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
    let (mut last, mut zones) = (None, Zones::default());
    zoned::collect(call.rows, |row| {
        let (time, name) = some!(read_pattern(call, row, &mut last, joda)?);
        let (name, zone) = zones.read(name.as_deref().unwrap_or(UTC))?;
        Ok(Some((instant(time, Some(zone)), name)))
    })
}

/// An instant in the session's zone, in one by its name, or in one by its hours and minutes from UTC.
fn from_unixtime(call: &Call) -> Result<ArrayRef> {
    let mut zones = Zones::default();
    zoned::collect(call.rows, |row| {
        let seconds = some!(call.double(0, row));
        if !seconds.is_finite() {
            return exec_err!("INVALID_FUNCTION_ARGUMENT: {seconds} is no time");
        }
        // Java's rounding: halves go up.
        #[allow(clippy::cast_possible_truncation, reason = "times beyond what 64 bits hold are none that Athena has")]
        let millis = (seconds * 1000.0 + 0.5).floor() as i64;
        let (name, _) = match (call.has(1), call.has(2)) {
            (false, _) => zones.read(UTC)?,
            (true, false) => zones.read(some!(call.text(1, row)))?,
            (true, true) => {
                let (hours, minutes) = (some!(call.integer(1, row)), some!(call.integer(2, row)));
                let total = hours.saturating_mul(60).saturating_add(minutes);
                if total.abs() > 14 * 60 {
                    return exec_err!("INVALID_FUNCTION_ARGUMENT: Invalid offset minutes {total}");
                }
                let sign = if total < 0 { '-' } else { '+' };
                zones.read(&format!("{sign}{:02}:{:02}", total.abs() / 60, total.abs() % 60))?
            }
        };
        Ok(Some((millis, name)))
    })
}

/// Nanoseconds since 1970.
fn from_unixtime_nanos(call: &Call) -> Result<ArrayRef> {
    let given = call.needed(0)?;
    let outside = |value: &dyn std::fmt::Display| exec_err!("NOT_SUPPORTED: The local lake keeps nanoseconds of 64 bits only: {value}");
    let nanos = match given.as_primitive_opt::<Decimal128Type>() {
        Some(decimals) => {
            let digits = u32::try_from(decimals.scale()).unwrap_or(0);
            bigints(call.rows, |row| {
                let value = some!(decimals.is_valid(row).then(|| decimals.value(row)));
                i64::try_from(decimal::shortened(value, digits, true))
                    .map_or_else(|_| outside(&decimals.value_as_string(row)), |nanos| Ok(Some(nanos)))
            })?
        }
        None => cast(given, &DataType::Int64)?,
    };
    zoned::in_utc(&cast(&nanos, &zoned::instant_type(TimeUnit::Nanosecond))?)
}

fn to_unixtime(call: &Call) -> Result<ArrayRef> {
    doubles(call.rows, |row| match call.times(0) {
        Some(times) => Ok(times.seconds(row)),
        None => Ok(call.date(0, row).map(|day| f64::from(day) * 86_400.0)),
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
    read_iso_in(call, TimeUnit::Millisecond)
}

fn from_iso8601_nanos(call: &Call) -> Result<ArrayRef> {
    read_iso_in(call, TimeUnit::Nanosecond)
}

fn read_iso_in(call: &Call, unit: TimeUnit) -> Result<ArrayRef> {
    let mut zones = Zones::default();
    zoned::collect_in(unit, call.rows, |row| {
        let text = some!(call.text(0, row));
        let Some((time, name)) = read_iso(text) else {
            return exec_err!("INVALID_FUNCTION_ARGUMENT: Invalid format: \"{text}\"");
        };
        let (name, zone) = zones.read(name.as_deref().unwrap_or(UTC))?;
        Ok(Some((zoned::count(zoned::in_zone(time, Some(zone), None), unit)?, name)))
    })
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
    let array = call.needed(0)?;
    let format = match (array.data_type(), zoned::unit_of(array.data_type())) {
        (DataType::Date32, _) => "%Y-%m-%d",
        (DataType::Timestamp(TimeUnit::Microsecond, _), _) | (_, Some(TimeUnit::Microsecond)) => "%Y-%m-%dT%H:%M:%S%.6f",
        (DataType::Timestamp(TimeUnit::Nanosecond, _), _) | (_, Some(TimeUnit::Nanosecond)) => "%Y-%m-%dT%H:%M:%S%.9f",
        _ => "%Y-%m-%dT%H:%M:%S%.3f",
    };
    texts(call.rows, |row| {
        let time = some!(clock(call, 0, row));
        let mut out = time.format(format).to_string();
        if let Some((_, offset)) = zone_at(call, row) {
            out.push_str(&time_pattern::offset(offset, true, "Z"));
        }
        Ok(Some(Cow::Owned(out)))
    })
}

/// The instants of the first argument; a time without a zone is the session's.
fn instants_of(call: &Call) -> Result<ArrayRef> {
    if let Some(zoned) = call.zoned(0) {
        return Ok(Arc::clone(&zoned.instants));
    }
    let unit = zoned::unit_of(call.gives.data_type()).unwrap_or(TimeUnit::Millisecond);
    Ok(cast(&cast(call.needed(0)?, &DataType::Timestamp(unit, None))?, &zoned::instant_type(unit))?)
}

fn at_timezone(call: &Call) -> Result<ArrayRef> {
    let instants = instants_of(call)?;
    let (mut zones, mut names, mut known) = (Zones::default(), StringViewBuilder::with_capacity(call.rows), Vec::with_capacity(call.rows));
    for row in 0..call.rows {
        let name = call.text(1, row).map(|name| zones.read(name)).transpose()?;
        known.push(name.is_none());
        names.append_option(name.map(|(name, _)| name));
    }
    let instants = datafusion::arrow::compute::nullif(&instants, &known.into())?;
    zoned::with_zones(&instants, Arc::new(names.finish()))
}

fn with_timezone(call: &Call) -> Result<ArrayRef> {
    let unit = zoned::unit_of(call.gives.data_type()).unwrap_or(TimeUnit::Millisecond);
    let mut zones = Zones::default();
    zoned::collect_in(unit, call.rows, |row| {
        let (name, zone) = zones.read(some!(call.text(1, row)))?;
        Ok(Some((zoned::count(zoned::in_zone(some!(clock(call, 0, row)), Some(zone), None), unit)?, name)))
    })
}

fn human_readable(call: &Call) -> Result<ArrayRef> {
    texts(call.rows, |row| {
        let seconds = some!(call.double(0, row));
        #[allow(clippy::cast_possible_truncation, reason = "whole seconds of a span that people read")]
        let total = seconds.abs().round() as i64;
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
        let sign = if seconds < 0.0 && total > 0 { "-" } else { "" };
        Ok(Some(Cow::Owned(if shown.is_empty() { "0 seconds".to_owned() } else { format!("{sign}{}", shown.join(", ")) })))
    })
}

/// `TIMESTAMP '…'`: with a zone where the text names one, with more digits where it has them.
fn literal_field(args: &ReturnFieldArgs<'_>) -> Result<FieldRef> {
    let text = constant(args, 0).unwrap_or_default();
    let Some((time, zone)) = read_instant(&text) else {
        return plan_err!("INVALID_LITERAL: line 1:1: '{text}' is not a valid TIMESTAMP literal");
    };
    // The digits that are written are those of the type, be they zeros.
    let digits = text.split_once('.').map_or(0, |(_, rest)| rest.bytes().take_while(u8::is_ascii_digit).count());
    let unit = match digits {
        0..=3 => TimeUnit::Millisecond,
        4..=6 => TimeUnit::Microsecond,
        _ => TimeUnit::Nanosecond,
    };
    // Beyond the years that 64 bits hold nanoseconds are left out where there are none.
    let unit = if unit == TimeUnit::Nanosecond && time.and_utc().timestamp_nanos_opt().is_none() && time.nanosecond() % 1000 == 0 {
        TimeUnit::Microsecond
    } else {
        unit
    };
    let data_type = if zone.is_some() { zoned::zoned_type(unit) } else { DataType::Timestamp(unit, None) };
    Ok(Arc::new(Field::new("timestamp", data_type, true)))
}

fn literal(call: &Call) -> Result<ArrayRef> {
    let target = call.gives.data_type();
    if let Some(unit) = zoned::unit_of(target) {
        let mut zones = Zones::default();
        return zoned::collect_in(unit, call.rows, |row| {
            let (time, name) = some!(call.text(0, row).and_then(read_instant));
            let (name, zone) = zones.read(name.as_deref().unwrap_or(UTC))?;
            Ok(Some((zoned::count(zoned::in_zone(time, Some(zone), None), unit)?, name)))
        });
    }
    let DataType::Timestamp(unit, _) = target else { return plan_err!("{target} is no time") };
    let counts = bigints(call.rows, |row| call.text(0, row).and_then(read_instant).map(|(time, _)| zoned::count(time, *unit)).transpose())?;
    Ok(cast(&counts, target)?)
}
