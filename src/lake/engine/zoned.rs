//! Times with a zone as Trino has them: each value is an instant and the zone on whose clock it is shown.

use std::sync::Arc;

use chrono::{DateTime, Duration, NaiveDateTime, TimeZone as _};
use datafusion::arrow::array::timezone::Tz;
use datafusion::arrow::array::{
    Array as _, ArrayRef, AsArray as _, ListArray, MapArray, NullBufferBuilder, StringViewArray, StringViewBuilder, StructArray,
    TimestampMillisecondArray, TimestampMillisecondBuilder,
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

/// The instant, in milliseconds since 1970, that a reading of the clock stands for in a zone. Where clocks go back it is the
/// earlier one, and where they go forward the reading is moved on.
pub(super) fn instant(clock: NaiveDateTime, zone: Option<Tz>) -> i64 {
    match zone {
        Some(zone) => zone
            .from_local_datetime(&clock)
            .earliest()
            .or_else(|| zone.from_local_datetime(&(clock + Duration::hours(1))).earliest())
            .map_or_else(|| clock.and_utc().timestamp_millis(), |time| time.timestamp_millis()),
        None => clock.and_utc().timestamp_millis(),
    }
}

/// What the clock of a zone reads at an instant.
pub(super) fn clock(millis: i64, zone: Option<Tz>) -> Option<NaiveDateTime> {
    let instant = DateTime::from_timestamp_millis(millis)?;
    Some(zone.map_or_else(|| instant.naive_utc(), |zone| instant.with_timezone(&zone).naive_local()))
}

/// Times with zones, read row by row.
pub(super) struct Zoned {
    /// The instants as they are kept.
    pub(super) instants: ArrayRef,
    millis: TimestampMillisecondArray,
    zones: StringViewArray,
}

impl Zoned {
    /// The times of an array; `None` where they have no zones of their own.
    pub(super) fn of(array: &ArrayRef) -> Option<Self> {
        unit_of(array.data_type())?;
        let [instants, zones] = array.as_struct().columns() else { return None };
        let ticks = cast(instants, &DataType::Int64).ok()?;
        let per = match unit_of(array.data_type())? {
            TimeUnit::Nanosecond => 1_000_000,
            TimeUnit::Microsecond => 1000,
            _ => 1,
        };
        let millis: TimestampMillisecondArray = ticks.as_primitive::<Int64Type>().unary(|ticks: i64| ticks.div_euclid(per));
        Some(Self { instants: Arc::clone(instants), millis, zones: zones.as_string_view().clone() })
    }

    /// The instant of a row in milliseconds, and its zone's name.
    pub(super) fn get(&self, row: usize) -> Option<(i64, &str)> {
        (self.millis.is_valid(row) && self.zones.is_valid(row)).then(|| (self.millis.value(row), self.zones.value(row)))
    }

    /// What the clock of a row's zone reads.
    pub(super) fn clock(&self, row: usize) -> Option<NaiveDateTime> {
        let (millis, name) = self.get(row)?;
        clock(millis, zone(name))
    }

    /// The same zones with other instants.
    pub(super) fn moved(&self, instants: &ArrayRef) -> Result<ArrayRef> {
        let DataType::Timestamp(unit, _) = instants.data_type() else { return exec_err!("{} is no instant", instants.data_type()) };
        let DataType::Struct(fields) = zoned_type(*unit) else { return exec_err!("no fields") };
        let instants = cast(instants, &instant_type(*unit))?;
        let nulls = instants.nulls().cloned();
        Ok(Arc::new(StructArray::try_new(fields, vec![instants, Arc::new(self.zones.clone())], nulls)?))
    }
}

/// Instants, none of which has a zone of its own, in the session's.
pub(super) fn in_utc(instants: &ArrayRef) -> Result<ArrayRef> {
    let unit = match instants.data_type() {
        DataType::Timestamp(unit, _) => *unit,
        _ => TimeUnit::Millisecond,
    };
    let zones = StringViewArray::from_iter_values(std::iter::repeat_n(UTC, instants.len()));
    let millis = TimestampMillisecondArray::new_null(0);
    Zoned { instants: Arc::clone(instants), millis, zones }.moved(&cast(instants, &instant_type(unit))?)
}

/// Milliseconds since 1970 with their zones, row by row.
pub(super) fn collect<Z: AsRef<str>>(rows: usize, mut of: impl FnMut(usize) -> Result<Option<(i64, Z)>>) -> Result<ArrayRef> {
    let mut instants = TimestampMillisecondBuilder::with_capacity(rows).with_data_type(instant_type(TimeUnit::Millisecond));
    let (mut zones, mut valid) = (StringViewBuilder::with_capacity(rows), NullBufferBuilder::new(rows));
    for row in 0..rows {
        let found = of(row)?;
        valid.append(found.is_some());
        match found {
            Some((millis, zone)) => {
                instants.append_value(millis);
                zones.append_value(zone.as_ref());
            }
            None => {
                instants.append_null();
                zones.append_null();
            }
        }
    }
    let DataType::Struct(fields) = zoned_type(TimeUnit::Millisecond) else { return exec_err!("no fields") };
    let columns: Vec<ArrayRef> = vec![Arc::new(instants.finish()), Arc::new(zones.finish())];
    Ok(Arc::new(StructArray::try_new_with_length(fields, columns, valid.finish(), rows)?))
}
