//! `date_trunc`, `date_add` and `date_diff`: on the clock of a zone for days and more, on the time line below.

use chrono::{DateTime, Datelike as _, Days, Duration, Months, NaiveDate, NaiveDateTime, NaiveTime, Timelike as _};
use datafusion::arrow::array::{Array as _, ArrayRef, AsArray as _};
use datafusion::arrow::datatypes::{DataType, Int64Type, TimeUnit};
use datafusion::common::{Result, exec_err};

use super::call::{Call, bigints, dates, instants, some};
use super::date::{clock, days, zone_of};
use crate::lake::engine::zoned::{self, instant, zone};

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

pub(super) fn trunc(call: &Call) -> Result<ArrayRef> {
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

pub(super) fn add(call: &Call) -> Result<ArrayRef> {
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

pub(super) fn diff(call: &Call) -> Result<ArrayRef> {
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
