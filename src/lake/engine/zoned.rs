//! Times with a zone as Trino has them: each value is an instant and the zone on whose clock it is shown.

use std::cell::RefCell;
use std::sync::Arc;

use chrono::{DateTime, Duration, LocalResult, NaiveDateTime, Offset as _, TimeZone as _};
use datafusion::arrow::array::timezone::Tz;
use datafusion::arrow::array::{
    Array as _, ArrayRef, AsArray as _, Int64Array, Int64Builder, ListArray, MapArray, NullBufferBuilder, StringViewArray,
    StringViewBuilder, StructArray,
};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Fields, Int64Type, TimeUnit};
use datafusion::common::{Result, exec_err};
use datafusion::functions::core::expr_ext::FieldAccessor as _;
use datafusion::logical_expr::Expr;

const INSTANT: &str = "$instant";
const ZONE: &str = "$zone";

/// The zone of the session, as Athena's is.
pub(super) const UTC: &str = "UTC";

/// The Arrow type of instants of a precision.
pub(super) fn instant_type(unit: TimeUnit) -> DataType {
    DataType::Timestamp(unit, Some(UTC.into()))
}

/// The Arrow type of instants with their zones.
pub(super) fn zoned_type(unit: TimeUnit) -> DataType {
    DataType::Struct(Fields::from(vec![Field::new(INSTANT, instant_type(unit), true), Field::new(ZONE, DataType::Utf8View, true)]))
}

/// A field of milliseconds with zones.
pub(super) fn zoned_field() -> FieldRef {
    Arc::new(Field::new("timestamp", zoned_type(TimeUnit::Millisecond), true))
}

/// The unit of the instants, if the type is one of instants with zones.
pub(super) fn unit_of(data_type: &DataType) -> Option<TimeUnit> {
    let DataType::Struct(fields) = data_type else { return None };
    match (fields.first().map(|field| (field.name().as_str(), field.data_type())), fields.get(1).map(|field| field.name().as_str())) {
        (Some((INSTANT, DataType::Timestamp(unit, _))), Some(ZONE)) => Some(*unit),
        _ => None,
    }
}

/// Whether values of a type are times with zones, or hold such times.
pub(super) fn holds(data_type: &DataType) -> bool {
    match data_type {
        DataType::Struct(fields) => unit_of(data_type).is_some() || fields.iter().any(|field| holds(field.data_type())),
        DataType::List(item) | DataType::LargeList(item) | DataType::FixedSizeList(item, _) | DataType::Map(item, _) => {
            holds(item.data_type())
        }
        _ => false,
    }
}

/// Values in which all times are in one zone, so that equal instants are equal.
pub(super) fn alike(array: &ArrayRef) -> Result<ArrayRef> {
    if !holds(array.data_type()) {
        return Ok(Arc::clone(array));
    }
    Ok(match array.data_type() {
        DataType::Struct(fields) => {
            let parts = array.as_struct();
            let columns = if unit_of(array.data_type()).is_some() {
                let zone: ArrayRef = Arc::new(StringViewArray::from_iter_values(std::iter::repeat_n(UTC, array.len())));
                parts.columns().iter().take(1).cloned().chain([zone]).collect()
            } else {
                parts.columns().iter().map(alike).collect::<Result<Vec<_>>>()?
            };
            Arc::new(StructArray::try_new_with_length(fields.clone(), columns, parts.nulls().cloned(), array.len())?)
        }
        DataType::List(item) => {
            let list = array.as_list::<i32>();
            let values = alike(list.values())?;
            Arc::new(ListArray::try_new(Arc::clone(item), list.offsets().clone(), values, list.nulls().cloned())?)
        }
        DataType::Map(entries, ordered) => {
            let map = array.as_map();
            let inside: ArrayRef = Arc::new(map.entries().clone());
            let inside = alike(&inside)?.as_struct().clone();
            Arc::new(MapArray::try_new(Arc::clone(entries), map.offsets().clone(), inside, map.nulls().cloned(), *ordered)?)
        }
        other => return exec_err!("times with zones are not compared inside of {other}"),
    })
}

/// The instant of an expression that has zones, by which it is compared.
pub(super) fn instant_of(expr: Expr) -> Expr {
    expr.field(INSTANT)
}

/// A zone by its name.
pub(super) fn zone(name: &str) -> Option<Tz> {
    name.parse().ok()
}

/// A zone's name as it is shown, or what is wrong with it.
pub(super) fn zone_name(name: &str) -> Result<String> {
    let plain = match name {
        "Z" | "+00:00" | "-00:00" | "+0000" => UTC,
        name if name.eq_ignore_ascii_case(UTC) || name.eq_ignore_ascii_case("GMT") => UTC,
        name => name,
    };
    match plain.parse::<Tz>() {
        Ok(_) => Ok(plain.to_owned()),
        Err(_) => exec_err!("INVALID_FUNCTION_ARGUMENT: '{name}' is not a valid time zone"),
    }
}

/// A zone's shown name and the zone of the text that was read last, since most texts name the same.
#[derive(Default)]
pub(super) struct Zones {
    last: Option<(String, Arc<str>, Tz)>,
}

impl Zones {
    /// The zone that a text names, or what is wrong with it.
    pub(super) fn read(&mut self, name: &str) -> Result<(Arc<str>, Tz)> {
        if let Some((text, shown, zone)) = &self.last
            && text == name
        {
            return Ok((Arc::clone(shown), *zone));
        }
        let shown: Arc<str> = zone_name(name)?.into();
        match zone(&shown) {
            Some(zone) => {
                self.last = Some((name.to_owned(), Arc::clone(&shown), zone));
                Ok((shown, zone))
            }
            None => exec_err!("INVALID_FUNCTION_ARGUMENT: '{name}' is not a valid time zone"),
        }
    }
}

/// The time in UTC that a reading of the clock stands for in a zone. Where clocks go back it is the one with the offset of the time
/// that was `before`, or else the earlier one; where they go forward the reading is moved on.
pub(super) fn in_zone(clock: NaiveDateTime, zone: Option<Tz>, before: Option<NaiveDateTime>) -> NaiveDateTime {
    let Some(zone) = zone else { return clock };
    match zone.from_local_datetime(&clock) {
        LocalResult::Single(time) => time.naive_utc(),
        LocalResult::Ambiguous(early, late) => {
            let kept = before.is_some_and(|before| zone.offset_from_utc_datetime(&before).fix() == late.offset().fix());
            if kept { late.naive_utc() } else { early.naive_utc() }
        }
        // The clock before the gap goes on.
        LocalResult::None => match zone.offset_from_local_datetime(&(clock - Duration::hours(6))).earliest() {
            Some(offset) => clock - offset.fix(),
            None => clock,
        },
    }
}

/// The instant, in milliseconds since 1970, that a reading of the clock stands for in a zone.
pub(super) fn instant(clock: NaiveDateTime, zone: Option<Tz>) -> i64 {
    in_zone(clock, zone, None).and_utc().timestamp_millis()
}

/// What the clock of a zone reads at a time in UTC.
pub(super) fn on_clock(time: NaiveDateTime, zone: Option<Tz>) -> NaiveDateTime {
    zone.map_or(time, |zone| zone.from_utc_datetime(&time).naive_local())
}

/// What the clock of a zone reads at an instant.
pub(super) fn clock(millis: i64, zone: Option<Tz>) -> Option<NaiveDateTime> {
    Some(on_clock(DateTime::from_timestamp_millis(millis)?.naive_utc(), zone))
}

/// How many nanoseconds a unit has.
const fn nanos(unit: TimeUnit) -> i64 {
    match unit {
        TimeUnit::Second => 1_000_000_000,
        TimeUnit::Millisecond => 1_000_000,
        TimeUnit::Microsecond => 1_000,
        TimeUnit::Nanosecond => 1,
    }
}

/// A time in UTC in whole units since 1970; an error where 64 bits do not hold it.
pub(super) fn count(time: NaiveDateTime, unit: TimeUnit) -> Result<i64> {
    let time = time.and_utc();
    let counted = match unit {
        TimeUnit::Second => Some(time.timestamp()),
        TimeUnit::Millisecond => Some(time.timestamp_millis()),
        TimeUnit::Microsecond => Some(time.timestamp_micros()),
        TimeUnit::Nanosecond => time.timestamp_nanos_opt(),
    };
    match counted {
        Some(counted) => Ok(counted),
        None => exec_err!("NOT_SUPPORTED: The local lake keeps nanoseconds from the year 1677 to 2262 only: {time}"),
    }
}

/// The same rounded to the nearest unit.
pub(super) fn rounded(time: NaiveDateTime, unit: TimeUnit) -> Result<i64> {
    count(time + Duration::nanoseconds(nanos(unit) / 2), unit)
}

/// Times of one unit in another, with a zone or without as they are, rounded to the nearest.
pub(super) fn brought(times: &ArrayRef, unit: TimeUnit) -> Result<ArrayRef> {
    let DataType::Timestamp(from, zone) = times.data_type() else { return exec_err!("{} is no time", times.data_type()) };
    let target = DataType::Timestamp(unit, zone.clone());
    let size = nanos(unit) / nanos(*from);
    if size <= 1 {
        return Ok(cast(times, &target)?);
    }
    let plain = cast(times, &DataType::Int64)?;
    let whole = plain.as_primitive::<Int64Type>().unary::<_, Int64Type>(|value| value.saturating_add(size / 2).div_euclid(size));
    Ok(cast(&whole, &target)?)
}

/// Times of any precision, read row by row.
pub(super) struct Instants {
    values: Int64Array,
    unit: TimeUnit,
}

impl Instants {
    /// The times of an array; `None` where it has none.
    pub(super) fn of(array: &ArrayRef) -> Option<Self> {
        let DataType::Timestamp(unit, _) = array.data_type() else { return None };
        Some(Self { values: cast(array, &DataType::Int64).ok()?.as_primitive::<Int64Type>().clone(), unit: *unit })
    }

    /// A row's time in UTC.
    pub(super) fn time(&self, row: usize) -> Option<NaiveDateTime> {
        let value = self.values.is_valid(row).then(|| self.values.value(row))?;
        let time = match self.unit {
            TimeUnit::Second => DateTime::from_timestamp(value, 0)?,
            TimeUnit::Millisecond => DateTime::from_timestamp_millis(value)?,
            TimeUnit::Microsecond => DateTime::from_timestamp_micros(value)?,
            TimeUnit::Nanosecond => DateTime::from_timestamp_nanos(value),
        };
        Some(time.naive_utc())
    }

    /// A row's last millisecond that is not later, since 1970.
    pub(super) fn millis(&self, row: usize) -> Option<i64> {
        let value = self.values.is_valid(row).then(|| self.values.value(row))?;
        match self.unit {
            TimeUnit::Second => value.checked_mul(1000),
            TimeUnit::Millisecond => Some(value),
            finer => Some(value.div_euclid(1_000_000 / nanos(finer))),
        }
    }

    /// A row's seconds since 1970.
    pub(super) fn seconds(&self, row: usize) -> Option<f64> {
        let value = self.values.is_valid(row).then(|| self.values.value(row))?;
        Some(value as f64 / (1_000_000_000 / nanos(self.unit)) as f64)
    }
}

/// Times with zones, read row by row.
pub(super) struct Zoned {
    /// The instants as they are kept.
    pub(super) instants: ArrayRef,
    times: Instants,
    zones: StringViewArray,
    last: RefCell<Option<(String, Option<Tz>)>>,
}

impl Zoned {
    /// The times of an array; `None` where they have no zones of their own.
    pub(super) fn of(array: &ArrayRef) -> Option<Self> {
        unit_of(array.data_type())?;
        let [instants, zones] = array.as_struct().columns() else { return None };
        let times = Instants::of(instants)?;
        Some(Self { instants: Arc::clone(instants), times, zones: zones.as_string_view().clone(), last: RefCell::default() })
    }

    /// The name of a row's zone.
    pub(super) fn name(&self, row: usize) -> Option<&str> {
        (self.times.values.is_valid(row) && self.zones.is_valid(row)).then(|| self.zones.value(row))
    }

    /// The instant of a row in milliseconds, and its zone's name.
    pub(super) fn get(&self, row: usize) -> Option<(i64, &str)> {
        Some((self.times.millis(row)?, self.name(row)?))
    }

    /// The instants alone.
    pub(super) const fn times(&self) -> &Instants {
        &self.times
    }

    /// A row's zone.
    pub(super) fn zone(&self, row: usize) -> Option<Tz> {
        let name = self.name(row)?;
        let mut last = self.last.borrow_mut();
        match last.as_ref() {
            Some((known, zone)) if known == name => *zone,
            _ => {
                let found = zone(name);
                *last = Some((name.to_owned(), found));
                found
            }
        }
    }

    /// What the clock of a row's zone reads.
    pub(super) fn clock(&self, row: usize) -> Option<NaiveDateTime> {
        self.name(row)?;
        Some(on_clock(self.times.time(row)?, self.zone(row)))
    }

    /// The same zones with other instants.
    pub(super) fn moved(&self, instants: &ArrayRef) -> Result<ArrayRef> {
        with_zones(instants, Arc::new(self.zones.clone()))
    }
}

/// Instants with the names of their zones.
pub(super) fn with_zones(instants: &ArrayRef, zones: ArrayRef) -> Result<ArrayRef> {
    let DataType::Timestamp(unit, _) = instants.data_type() else { return exec_err!("{} is no instant", instants.data_type()) };
    let DataType::Struct(fields) = zoned_type(*unit) else { return exec_err!("no fields") };
    let instants = cast(instants, &instant_type(*unit))?;
    let nulls = instants.nulls().cloned();
    Ok(Arc::new(StructArray::try_new(fields, vec![instants, zones], nulls)?))
}

/// Instants, none of which has a zone of its own, in the session's.
pub(super) fn in_utc(instants: &ArrayRef) -> Result<ArrayRef> {
    with_zones(instants, Arc::new(StringViewArray::from_iter_values(std::iter::repeat_n(UTC, instants.len()))))
}

/// Milliseconds since 1970 with their zones, row by row.
pub(super) fn collect<Z: AsRef<str>>(rows: usize, of: impl FnMut(usize) -> Result<Option<(i64, Z)>>) -> Result<ArrayRef> {
    collect_in(TimeUnit::Millisecond, rows, of)
}

/// Units since 1970 with their zones, row by row.
pub(super) fn collect_in<Z: AsRef<str>>(
    unit: TimeUnit,
    rows: usize,
    mut of: impl FnMut(usize) -> Result<Option<(i64, Z)>>,
) -> Result<ArrayRef> {
    let mut instants = Int64Builder::with_capacity(rows);
    let (mut zones, mut valid) = (StringViewBuilder::with_capacity(rows), NullBufferBuilder::new(rows));
    for row in 0..rows {
        let found = of(row)?;
        valid.append(found.is_some());
        match found {
            Some((count, zone)) => {
                instants.append_value(count);
                zones.append_value(zone.as_ref());
            }
            None => {
                instants.append_null();
                zones.append_null();
            }
        }
    }
    let DataType::Struct(fields) = zoned_type(unit) else { return exec_err!("no fields") };
    let columns: Vec<ArrayRef> = vec![cast(&instants.finish(), &instant_type(unit))?, Arc::new(zones.finish())];
    Ok(Arc::new(StructArray::try_new_with_length(fields, columns, valid.finish(), rows)?))
}
