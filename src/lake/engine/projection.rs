//! Partition projection: the partitions that a table's `projection.*` properties describe instead of the catalogue.

use chrono::{DateTime, Duration, Months, NaiveDate, NaiveDateTime, Utc};
use datafusion::common::{Result, ScalarValue};
use datafusion::error::DataFusionError;
use datafusion::logical_expr::utils::split_conjunction;
use datafusion::logical_expr::{BinaryExpr, Expr, Operator};

use super::files::{Partition, partition_place};
use crate::model::{S3Location, TableDefinition};

/// More partitions than this are not spelled out: the query must narrow them down.
const MOST: usize = 1_000_000;

/// All partitions that the properties describe; keys of type `injected` take their values from the filters.
pub(super) fn partitions(table: &TableDefinition, location: &S3Location, filters: &[Expr]) -> Result<Vec<Partition>> {
    let mut rows: Vec<Vec<String>> = vec![Vec::new()];
    for key in &table.partition_keys {
        // What the filters say of a key narrows it before the keys are multiplied.
        let mut values = values(table, &key.name, filters)?;
        if let Some(wanted) = wanted(&key.name, filters) {
            let kept: Vec<String> = values.iter().filter(|value| wanted.iter().any(|other| same(value, other))).cloned().collect();
            values = kept;
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
        .map(|values| {
            let location = match template {
                Some(template) => {
                    let filled = table
                        .partition_keys
                        .iter()
                        .zip(&values)
                        .fold(template.clone(), |text, (key, value)| text.replace(&format!("${{{}}}", key.name), value));
                    filled.parse().map_err(|error| invalid(format!("storage.location.template: {error}")))?
                }
                None => partition_place(location, table, &values),
            };
            Ok(Partition { values, location })
        })
        .collect()
}

fn same(one: &str, other: &str) -> bool {
    one == other || one.parse::<i64>().ok().is_some_and(|number| other.parse() == Ok(number))
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

fn values(table: &TableDefinition, key: &str, filters: &[Expr]) -> Result<Vec<String>> {
    match needed(table, key, "type")?.to_lowercase().as_str() {
        "enum" => Ok(needed(table, key, "values")?.split(',').map(|value| value.trim().to_owned()).collect()),
        "integer" => integers(table, key),
        "date" => dates(table, key),
        "injected" => wanted(key, filters).ok_or_else(|| {
            let message = format!(
                "CONSTRAINT_VIOLATION: For the injected projected partition column {key}, the WHERE clause must contain only static equality conditions, \
                 and at least one such condition must be present"
            );
            DataFusionError::Plan(message)
        }),
        other => Err(invalid(format!("projection.{key}.type: '{other}'"))),
    }
}

fn integers(table: &TableDefinition, key: &str) -> Result<Vec<String>> {
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
        all.push(format!("{value:0digits$}"));
        match value.checked_add(step) {
            Some(next) => value = next,
            None => break,
        }
    }
    Ok(all)
}

fn dates(table: &TableDefinition, key: &str) -> Result<Vec<String>> {
    let (range, format) = (needed(table, key, "range")?, needed(table, key, "format")?);
    let pattern = chrono_pattern(format).ok_or_else(|| invalid(format!("projection.{key}.format: '{format}'")))?;
    let bad = || invalid(format!("projection.{key}.range: '{range}'"));
    let (low, high) = range.split_once(',').ok_or_else(bad)?;
    let now = Utc::now().naive_utc();
    let (mut time, end) = (instant(low, &pattern, now).ok_or_else(bad)?, instant(high, &pattern, now).ok_or_else(bad)?);
    let unit = property(table, key, "interval.unit").unwrap_or(finest(format)).to_uppercase();
    let step: u32 = property(table, key, "interval").unwrap_or("1").parse().map_err(|_error| bad())?;
    let mut all: Vec<String> = Vec::new();
    while time <= end {
        let text = time.format(&pattern).to_string();
        if all.last() != Some(&text) {
            all.push(text);
        }
        time = moved(time, i64::from(step.max(1)), &unit).ok_or_else(bad)?;
        if all.len() > MOST {
            return Err(bad());
        }
    }
    Ok(all)
}

/// Java's date pattern as chrono's.
fn chrono_pattern(format: &str) -> Option<String> {
    let mut out = String::new();
    let mut chars = format.chars().peekable();
    while let Some(c) = chars.next() {
        if c == '\'' {
            for quoted in chars.by_ref() {
                if quoted == '\'' {
                    break;
                }
                out.push(quoted);
            }
            continue;
        }
        let mut count = 1;
        while chars.peek() == Some(&c) && c.is_ascii_alphabetic() {
            chars.next();
            count += 1;
        }
        let piece = match (c, count) {
            ('y' | 'u', 4) => "%Y",
            ('y', 2) => "%y",
            ('M', 1) => "%-m",
            ('M', 2) => "%m",
            ('M', 3) => "%b",
            ('d', 1) => "%-d",
            ('d', 2) => "%d",
            ('D', 3) => "%j",
            ('H', 1) => "%-H",
            ('H', 2) => "%H",
            ('m', 2) => "%M",
            ('s', 2) => "%S",
            (letter, _) if letter.is_ascii_alphabetic() => return None,
            ('%', _) => "%%",
            (other, _) => {
                out.push(other);
                continue;
            }
        };
        out.push_str(piece);
    }
    Some(out)
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
fn instant(text: &str, pattern: &str, now: NaiveDateTime) -> Option<NaiveDateTime> {
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
    NaiveDateTime::parse_from_str(text, pattern).ok().or_else(|| {
        let day = NaiveDate::parse_from_str(text, pattern).ok();
        let day = day.or_else(|| NaiveDate::parse_from_str(&format!("{text} 01"), &format!("{pattern} %d")).ok());
        let day = day.or_else(|| NaiveDate::parse_from_str(&format!("{text} 01 01"), &format!("{pattern} %m %d")).ok());
        day.map(|day| day.and_time(DateTime::UNIX_EPOCH.time()))
    })
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

fn literal(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Literal(ScalarValue::Utf8(text) | ScalarValue::Utf8View(text) | ScalarValue::LargeUtf8(text), _) => text.clone(),
        Expr::Literal(value, _) if !value.is_null() => Some(value.to_string()),
        Expr::Cast(cast) => literal(&cast.expr),
        _ => None,
    }
}
