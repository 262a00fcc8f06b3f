//! Fields of times, and arithmetic with them.

use std::sync::Arc;

use chrono::{DateTime, Datelike as _, Days, Duration, Months, NaiveDate, NaiveDateTime, NaiveTime, Timelike as _};
use datafusion::arrow::array::{Array as _, ArrayRef, AsArray as _, Int64Array};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{
    DataType, Field, FieldRef, Int64Type, IntervalYearMonthType, Time64MicrosecondType, Time64NanosecondType, TimeUnit,
};
use datafusion::common::{Result, exec_err, plan_err};
use datafusion::logical_expr::ReturnFieldArgs;

use super::call::{Call, bigints, dates, some};
use super::cast::cast_array;
use super::{Gives, Kind, Scalar, Type0, refused, scalar};
use crate::lake::engine::zoned;
use crate::sql::Type;

const BIGINT: Gives = Gives::Always(Type0::BigInt);
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
    scalar("date", &[Kind::TimeOrText], DATE, |call| {
        cast_array(call.needed(0)?, call.types.first().unwrap_or(&Type::Unknown), &Type::Date)
    }),
    scalar("last_day_of_month", TIME, DATE, last_day),
    scalar("date_trunc", &[Kind::Text, Kind::TimeOrClock], Gives::Field(|args| nth_field(args, 1)), trunc),
    scalar("date_add", &[Kind::Text, Kind::Integer, Kind::TimeOrClock], Gives::Field(|args| nth_field(args, 2)), add),
    scalar("date_diff", &[Kind::Text, Kind::TimeOrClock, Kind::TimeOrClock], BIGINT, diff),
];

fn nth_field(args: &ReturnFieldArgs<'_>, at: usize) -> Result<FieldRef> {
    match args.arg_fields.get(at) {
        Some(field) if field.data_type() == &DataType::Null => {
            Ok(Arc::new(Field::new("timestamp", DataType::Timestamp(TimeUnit::Millisecond, None), true)))
        }
        Some(field) => Ok(Arc::new(Field::new("time", field.data_type().clone(), true))),
        None => plan_err!("a time is missing"),
    }
}

/// The time of an argument on the clock of its zone.
pub(super) fn clock(call: &Call, at: usize, row: usize) -> Option<NaiveDateTime> {
    let array = call.array(at).filter(|array| array.is_valid(row))?;
    match array.data_type() {
        DataType::Date32 => Some(DateTime::from_timestamp(i64::from(call.date(at, row)?) * 86_400, 0)?.naive_utc()),
        DataType::Struct(_) => call.zoned(at)?.clock(row),
        DataType::Timestamp(..) => call.times(at)?.time(row),
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

pub(super) fn days(day: NaiveDate) -> Option<i32> {
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
        None => cast(array, &DataType::Int64)?.as_primitive::<Int64Type>().clone(),
    };
    bigints(call.rows, |row| Ok(numbers.is_valid(row).then(|| numbers.value(row) / size % limit)))
}

fn offset(call: &Call, of: fn(i64) -> i64) -> Result<ArrayRef> {
    bigints(call.rows, |row| {
        let utc = some!(some!(call.times(0)).time(row));
        let local = some!(clock(call, 0, row));
        Ok(Some(of((local - utc).num_seconds())))
    })
}

fn last_day(call: &Call) -> Result<ArrayRef> {
    dates(call.rows, |row| {
        let day = some!(clock(call, 0, row)).date();
        let next = some!(day.with_day(1)).checked_add_months(Months::new(1));
        Ok(next.and_then(|next| next.pred_opt()).and_then(days))
    })
}

/// A unit in which times are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Unit {
    Millisecond,
    Second,
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Quarter,
    Year,
}

const UNITS: [(&str, Unit); 9] = [
    ("millisecond", Unit::Millisecond),
    ("second", Unit::Second),
    ("minute", Unit::Minute),
    ("hour", Unit::Hour),
    ("day", Unit::Day),
    ("week", Unit::Week),
    ("month", Unit::Month),
    ("quarter", Unit::Quarter),
    ("year", Unit::Year),
];

impl Unit {
    /// Its milliseconds; those of months and more are not always the same.
    const fn millis(self) -> Option<i64> {
        match self {
            Self::Millisecond => Some(1),
            Self::Second => Some(1_000),
            Self::Minute => Some(60_000),
            Self::Hour => Some(3_600_000),
            Self::Day => Some(DAY),
            Self::Week => Some(7 * DAY),
            Self::Month | Self::Quarter | Self::Year => None,
        }
    }

    const fn months(self) -> i64 {
        match self {
            Self::Quarter => 3,
            Self::Year => 12,
            _ => 1,
        }
    }
}

const DAY: i64 = 86_400_000;

/// The unit of the row before, since most calls have the same for all rows.
struct Units {
    /// What the unit is of, in Trino's words.
    name: &'static str,
    fits: fn(Unit) -> bool,
    last: Option<(String, Unit)>,
}

impl Units {
    /// The units of the times of an argument: days have none below a day, times of day none above an hour.
    fn of(call: &Call, at: usize) -> Self {
        let (name, fits): (_, fn(Unit) -> bool) = match call.array(at).map(datafusion::arrow::array::Array::data_type) {
            Some(DataType::Date32) => ("DATE", |unit| unit >= Unit::Day),
            Some(DataType::Time64(_)) => ("Time", |unit| unit <= Unit::Hour),
            _ => ("Timestamp", |_| true),
        };
        Self { name, fits, last: None }
    }

    fn read(&mut self, text: &str) -> Result<Unit> {
        if let Some((known, unit)) = &self.last
            && known == text
        {
            return Ok(*unit);
        }
        let found = UNITS.iter().find(|(name, _)| name.eq_ignore_ascii_case(text)).map(|(_, unit)| *unit).filter(|unit| (self.fits)(*unit));
        match found {
            Some(unit) => {
                self.last = Some((text.to_owned(), unit));
                Ok(unit)
            }
            None => exec_err!("INVALID_FUNCTION_ARGUMENT: '{}' is not a valid {} field", text.to_lowercase(), self.name),
        }
    }
}

/// A time that was moved: what the clock of its zone reads then, or the time in UTC.
enum Moved {
    Clock(NaiveDateTime),
    Utc(NaiveDateTime),
}

/// The answer in the type of an argument: a day for a day, a time of the same precision and zone for a time.
fn like(call: &Call, at: usize, mut of: impl FnMut(usize) -> Result<Option<Moved>>) -> Result<ArrayRef> {
    let target = call.gives.data_type();
    if let (Some(zoned), Some(unit)) = (call.zoned(at), zoned::unit_of(target)) {
        return zoned::collect_in(unit, call.rows, |row| {
            let utc = match some!(of(row)?) {
                Moved::Utc(time) => time,
                // A reading that is there twice stays the one that it was.
                Moved::Clock(time) => zoned::in_zone(time, zoned.zone(row), zoned.times().time(row)),
            };
            Ok(Some((zoned::count(utc, unit)?, some!(zoned.name(row)))))
        });
    }
    let plain = |moved: Moved| match moved {
        Moved::Clock(time) | Moved::Utc(time) => time,
    };
    if let DataType::Timestamp(unit, _) = target {
        let counts = bigints(call.rows, |row| of(row)?.map(|moved| zoned::count(plain(moved), *unit)).transpose())?;
        return Ok(cast(&counts, target)?);
    }
    dates(call.rows, |row| Ok(of(row)?.and_then(|moved| days(plain(moved).date()))))
}

/// Times of day in microseconds, brought there by another number of them.
fn of_day(call: &Call, at: usize, mut of: impl FnMut(usize, i64) -> Result<Option<i64>>) -> Result<ArrayRef> {
    let micros = micros_of_day(call, at)?;
    let moved = bigints(call.rows, |row| of(row, some!(micros.is_valid(row).then(|| micros.value(row)))))?;
    Ok(cast(&cast(&moved, &DataType::Time64(TimeUnit::Microsecond))?, call.gives.data_type())?)
}

fn micros_of_day(call: &Call, at: usize) -> Result<Int64Array> {
    let times = cast(call.needed(at)?, &DataType::Time64(TimeUnit::Microsecond))?;
    Ok(cast(&times, &DataType::Int64)?.as_primitive::<Int64Type>().clone())
}

fn is_clock(call: &Call, at: usize) -> bool {
    call.array(at).is_some_and(|array| matches!(array.data_type(), DataType::Time64(_)))
}

/// The microseconds of a unit that a time of day has.
const fn micros(unit: Unit) -> i64 {
    match unit.millis() {
        Some(millis) => millis * 1000,
        None => DAY * 1000,
    }
}

fn trunc(call: &Call) -> Result<ArrayRef> {
    let mut units = Units::of(call, 1);
    if is_clock(call, 1) {
        return of_day(call, 1, |row, time| {
            let unit = units.read(some!(call.text(0, row)))?;
            Ok(Some(time - time % micros(unit)))
        });
    }
    like(call, 1, |row| {
        let (unit, time) = (some!(call.text(0, row)), some!(clock(call, 1, row)));
        let day = time.date();
        let start = |day: Option<NaiveDate>| day.map(|day| day.and_time(NaiveTime::MIN));
        let cut = match units.read(unit)? {
            Unit::Millisecond => time.with_nanosecond(time.nanosecond() / 1_000_000 * 1_000_000),
            Unit::Second => time.with_nanosecond(0),
            Unit::Minute => time.with_nanosecond(0).and_then(|time| time.with_second(0)),
            Unit::Hour => day.and_hms_opt(time.hour(), 0, 0),
            Unit::Day => start(Some(day)),
            Unit::Week => start(day.checked_sub_days(Days::new(u64::from(day.weekday().num_days_from_monday())))),
            Unit::Month => start(day.with_day(1)),
            Unit::Quarter => start(NaiveDate::from_ymd_opt(day.year(), day.month0() / 3 * 3 + 1, 1)),
            Unit::Year => start(NaiveDate::from_ymd_opt(day.year(), 1, 1)),
        };
        Ok(cut.map(Moved::Clock))
    })
}

fn months(time: NaiveDateTime, count: i64) -> Option<NaiveDateTime> {
    let size = Months::new(u32::try_from(count.unsigned_abs()).ok()?);
    if count < 0 { time.checked_sub_months(size) } else { time.checked_add_months(size) }
}

fn add(call: &Call) -> Result<ArrayRef> {
    let mut units = Units::of(call, 2);
    if is_clock(call, 2) {
        return of_day(call, 2, |row, time| {
            let (unit, count) = (units.read(some!(call.text(0, row)))?, some!(call.integer(1, row)));
            let (size, day) = (i128::from(micros(unit)), i128::from(DAY * 1000));
            Ok(i64::try_from((i128::from(time) + i128::from(count) * size).rem_euclid(day)).ok())
        });
    }
    let zoned = call.zoned(2);
    like(call, 2, |row| {
        let (unit, count, time) = (some!(call.text(0, row)), some!(call.integer(1, row)), some!(clock(call, 2, row)));
        let unit = units.read(unit)?;
        let by = |time: NaiveDateTime| {
            let span = unit.millis().and_then(|size| count.checked_mul(size)).and_then(Duration::try_milliseconds)?;
            time.checked_add_signed(span)
        };
        let moved = match zoned {
            // Hours and less are counted on the time line.
            Some(zoned) if unit < Unit::Day => by(some!(zoned.times().time(row))).map(Moved::Utc),
            _ if unit.millis().is_some() => by(time).map(Moved::Clock),
            _ => count.checked_mul(unit.months()).and_then(|count| months(time, count)).map(Moved::Clock),
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
    // A day and a time are compared as times.
    let mut units = Units::of(call, if call.times(1).is_some() { 1 } else { 2 });
    if is_clock(call, 1) != is_clock(call, 2) {
        return refused("date_diff", &call.types);
    }
    if is_clock(call, 1) {
        let (one, other) = (micros_of_day(call, 1)?, micros_of_day(call, 2)?);
        return bigints(call.rows, |row| {
            let unit = units.read(some!(call.text(0, row)))?;
            Ok((one.is_valid(row) && other.is_valid(row)).then(|| (other.value(row) - one.value(row)) / micros(unit)))
        });
    }
    let millis = |at: usize, row: usize| match call.times(at) {
        Some(times) => times.millis(row),
        None => call.date(at, row).map(|day| i64::from(day) * DAY),
    };
    bigints(call.rows, |row| {
        let (unit, from, to) = (some!(call.text(0, row)), some!(millis(1, row)), some!(millis(2, row)));
        let unit = units.read(unit)?;
        // Hours and less are counted on the time line, days and more on the clock of the first.
        if let (Some(size), true) = (unit.millis(), unit < Unit::Day) {
            return Ok(Some((to - from) / size));
        }
        let zone = call.zoned(1).and_then(|zoned| zoned.zone(row));
        let (from, to) = (some!(zoned::clock(from, zone)), some!(zoned::clock(to, zone)));
        Ok(Some(match unit.millis() {
            Some(size) => (to - from).num_milliseconds() / size,
            None => whole_months(from, to) / unit.months(),
        }))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_grow() {
        assert!(UNITS.is_sorted_by(|(_, one), (_, other)| one < other));
        assert!(UNITS.iter().all(|(_, unit)| unit.millis().is_some() == (*unit < Unit::Month)));
    }
}
