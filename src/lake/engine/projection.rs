//! Partition projection: the partitions that a table's `projection.*` properties describe instead of the catalogue.

use chrono::{Duration, Months, NaiveDateTime, Utc};
use datafusion::common::Result;
use datafusion::error::DataFusionError;
use datafusion::logical_expr::utils::split_conjunction;
use datafusion::logical_expr::{BinaryExpr, Expr, Operator};

use super::files::{Partition, partition_place, shown_value};
use super::functions::time_pattern::{Pattern, java};
use super::table::types_of;
use super::text;
use super::types::athena_type_of;
use crate::model::{S3Location, TableDefinition};
use crate::sql::Type;

/// More partitions than this are not spelled out: the query must narrow them down.
const MOST: usize = 1_000_000;

/// Whether a table's partitions are projected.
pub(super) fn is_enabled(table: &TableDefinition) -> bool {
    table.parameters.get("projection.enabled").is_some_and(|enabled| enabled.trim().eq_ignore_ascii_case("true"))
}

/// Whether the values of some key are those that a query names.
pub(super) fn is_injected(table: &TableDefinition) -> bool {
    table.key_names().any(|key| property(table, key, "type").is_some_and(|kind| kind.eq_ignore_ascii_case("injected")))
}

/// A value of a key.
#[derive(Debug, Clone)]
struct Projected {
    /// As the key's type reads it.
    value: String,
    /// As it stands in places.
    folder: String,
}

impl Projected {
    fn plain(value: &str) -> Self {
        Self { value: value.to_owned(), folder: value.to_owned() }
    }
}

/// All partitions that the properties describe; keys of type `injected` take their values from the filters.
pub(super) fn partitions(table: &TableDefinition, location: &S3Location, filters: &[Expr]) -> Result<Vec<Partition>> {
    let types = types_of(&table.partition_keys, &table.name)?;
    let mut rows: Vec<Vec<Projected>> = vec![Vec::new()];
    for (key, athena) in table.partition_keys.iter().zip(&types) {
        // What the filters say of a key narrows it before the keys are multiplied.
        let mut values = values(table, &key.name, athena, filters)?;
        if let Some(wanted) = wanted(&key.name, filters).filter(|_| !matches!(athena, Type::Char(_))) {
            values.retain(|value| shown_value(athena, &value.value).is_ok_and(|shown| wanted.contains(&shown)));
        }
        if rows.len().saturating_mul(values.len()) > MOST {
            let message =
                format!("CONSTRAINT_VIOLATION: Table {} projects more than {MOST} partitions; filter by its partition keys", table.name);
            return Err(DataFusionError::Plan(message));
        }
        rows = rows.iter().flat_map(|row| values.iter().map(move |value| [row.as_slice(), std::slice::from_ref(value)].concat())).collect();
    }
    let template = table.parameters.get("storage.location.template");
    rows.into_iter()
        .map(|row| {
            let location = match template {
                Some(template) => {
                    let fill = |text: String, (key, value): (&str, &Projected)| text.replace(&format!("${{{key}}}"), &value.folder);
                    let filled = table.key_names().zip(&row).fold(template.clone(), fill);
                    filled.parse().map_err(|error| invalid(format!("storage.location.template: {error}")))?
                }
                None => {
                    let folders: Vec<String> = row.iter().map(|value| value.folder.clone()).collect();
                    partition_place(location, table.key_names(), &folders)
                }
            };
            Ok(Partition { values: row.into_iter().map(|value| value.value).collect(), location, kind: None })
        })
        .collect()
}

fn invalid(reason: impl std::fmt::Display) -> DataFusionError {
    DataFusionError::Plan(format!("INVALID_TABLE_PROPERTY: {reason}"))
}

fn property<'t>(table: &'t TableDefinition, key: &str, name: &str) -> Option<&'t str> {
    table.parameters.get(&format!("projection.{key}.{name}")).map(|value| value.trim())
}

fn needed<'t>(table: &'t TableDefinition, key: &str, name: &str) -> Result<&'t str> {
    property(table, key, name).ok_or_else(|| invalid(format!("Table {} is missing the property projection.{key}.{name}", table.name)))
}

fn values(table: &TableDefinition, key: &str, athena: &Type, filters: &[Expr]) -> Result<Vec<Projected>> {
    match needed(table, key, "type")?.to_lowercase().as_str() {
        "enum" => Ok(needed(table, key, "values")?.split(',').map(|value| Projected::plain(value.trim())).collect()),
        "integer" => integers(table, key),
        "date" => dates(table, key, athena),
        "injected" => {
            let named = wanted(key, filters).ok_or_else(|| {
                let message = format!(
                    "CONSTRAINT_VIOLATION: For the injected projected partition column {key}, the WHERE clause must contain only static equality conditions, \
                     and at least one such condition must be present"
                );
                DataFusionError::Plan(message)
            })?;
            Ok(named.iter().map(|value| Projected::plain(value)).collect())
        }
        other => Err(invalid(format!("projection.{key}.type: '{other}'"))),
    }
}

fn integers(table: &TableDefinition, key: &str) -> Result<Vec<Projected>> {
    let range = needed(table, key, "range")?;
    let bad = || invalid(format!("projection.{key}.range: '{range}'"));
    let (low, high) = range.split_once(',').ok_or_else(bad)?;
    let (low, high): (i64, i64) = (low.trim().parse().map_err(|_error| bad())?, high.trim().parse().map_err(|_error| bad())?);
    let step: i64 = property(table, key, "interval").unwrap_or("1").parse().map_err(|_error| bad())?;
    // More digits than these would only be zeros, and formats have no more than 16 bits for them.
    let digits = usize::from(property(table, key, "digits").unwrap_or("0").parse::<u8>().map_err(|_error| bad())?);
    if step < 1 || (i128::from(high) - i128::from(low)) / i128::from(step) > MOST as i128 {
        return Err(bad());
    }
    let mut all = Vec::new();
    let mut value = low;
    while value <= high {
        all.push(Projected::plain(&format!("{value:0digits$}")));
        match value.checked_add(step) {
            Some(next) => value = next,
            None => break,
        }
    }
    Ok(all)
}

fn dates(table: &TableDefinition, key: &str, athena: &Type) -> Result<Vec<Projected>> {
    let (range, format) = (needed(table, key, "range")?, needed(table, key, "format")?);
    let pattern = java(format).map_err(|_error| invalid(format!("projection.{key}.format: '{format}'")))?;
    let bad = || invalid(format!("projection.{key}.range: '{range}'"));
    let (low, high) = range.split_once(',').ok_or_else(bad)?;
    let now = Utc::now().naive_utc();
    let (mut time, end) = (instant(low, &pattern, now).ok_or_else(bad)?, instant(high, &pattern, now).ok_or_else(bad)?);
    let unit = property(table, key, "interval.unit").unwrap_or(finest(format)).to_uppercase();
    let step: u32 = property(table, key, "interval").unwrap_or("1").parse().map_err(|_error| bad())?;
    let mut all: Vec<Projected> = Vec::new();
    while time <= end {
        let mut folder = String::new();
        pattern.write(time, None, &mut folder);
        if all.last().is_none_or(|last| last.folder != folder) {
            // What a folder says may be less than the time that it was made of.
            let said = pattern.parse(&folder).map_or(time, |(said, _)| said);
            let value = match athena {
                Type::Date => said.format("%Y-%m-%d").to_string(),
                Type::Timestamp(_) => said.format("%Y-%m-%d %H:%M:%S%.f").to_string(),
                _ => folder.clone(),
            };
            all.push(Projected { value, folder });
        }
        time = moved(time, i64::from(step.max(1)), &unit).ok_or_else(bad)?;
        if all.len() > MOST {
            return Err(bad());
        }
    }
    Ok(all)
}

fn finest(format: &str) -> &'static str {
    if format.contains('s') {
        "SECONDS"
    } else if format.contains('m') {
        "MINUTES"
    } else if format.contains('H') {
        "HOURS"
    } else if format.contains('d') || format.contains('D') {
        "DAYS"
    } else if format.contains('M') {
        "MONTHS"
    } else {
        "YEARS"
    }
}

/// A date in the table's format, or `NOW`, `NOW-3DAYS`, `NOW+1MONTHS`.
fn instant(text: &str, pattern: &Pattern, now: NaiveDateTime) -> Option<NaiveDateTime> {
    let text = text.trim();
    if let Some(rest) = text.strip_prefix("NOW") {
        let rest: String = rest.chars().filter(|c| !c.is_whitespace()).collect();
        if rest.is_empty() {
            return Some(now);
        }
        let at = rest.get(1..)?.find(|c: char| c.is_ascii_alphabetic())? + 1;
        let (number, unit) = rest.split_at_checked(at)?;
        return moved(now, number.parse().ok()?, &unit.to_uppercase());
    }
    pattern.parse(text).map(|(time, _)| time)
}

fn moved(time: NaiveDateTime, by: i64, unit: &str) -> Option<NaiveDateTime> {
    let months = |count: i64| {
        let size = Months::new(u32::try_from(count.unsigned_abs()).ok()?);
        if count < 0 { time.checked_sub_months(size) } else { time.checked_add_months(size) }
    };
    match unit.trim_end_matches('S') {
        "YEAR" => months(by.checked_mul(12)?),
        "MONTH" => months(by),
        "WEEK" => time.checked_add_signed(Duration::try_weeks(by)?),
        "DAY" => time.checked_add_signed(Duration::try_days(by)?),
        "HOUR" => time.checked_add_signed(Duration::try_hours(by)?),
        "MINUTE" => time.checked_add_signed(Duration::try_minutes(by)?),
        "SECOND" => time.checked_add_signed(Duration::try_seconds(by)?),
        _ => None,
    }
}

/// The values that the filters allow for a key by `=` or `IN`, if they name any.
fn wanted(key: &str, filters: &[Expr]) -> Option<Vec<String>> {
    filters.iter().flat_map(split_conjunction).find_map(|filter| allowed(key, filter))
}

fn allowed(key: &str, filter: &Expr) -> Option<Vec<String>> {
    let names = |expr: &Expr| matches!(expr, Expr::Column(column) if column.name == key);
    match filter {
        Expr::BinaryExpr(BinaryExpr { left, op: Operator::Eq, right }) => {
            let value = if names(left) { right } else { names(right).then_some(left)? };
            literal(value).map(|value| vec![value])
        }
        Expr::BinaryExpr(BinaryExpr { left, op: Operator::Or, right }) => {
            let mut both = allowed(key, left)?;
            both.extend(allowed(key, right)?);
            Some(both)
        }
        Expr::InList(list) if names(&list.expr) && !list.negated => list.list.iter().map(literal).collect(),
        _ => None,
    }
}

/// A value of a query as its type shows it.
fn literal(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Literal(value, _) if !value.is_null() => {
            let mut shown = String::new();
            text::write(value.to_array().ok()?.as_ref(), 0, &athena_type_of(&value.data_type()), &mut shown);
            Some(shown)
        }
        Expr::Cast(cast) => literal(&cast.expr),
        _ => None,
    }
}
