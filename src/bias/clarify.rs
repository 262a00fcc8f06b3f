//! The clarify mode's reading of a question: the type rules, coercions and failures of smclarify 0.5, which are those of pandas and Python.

use std::collections::{BTreeSet, HashMap};

use super::collapse::{Class, Examined, Key, Outcome, Parts};
use super::exact::{values_in_order, values_sorted};
use super::{BiasError, FacetSpec, Positive, Selection, Slice, Spec, Undefined, Value};
use crate::model::{ColumnFacts, ColumnKind, CountRow, Counts};

/// smclarify calls a column of whole numbers continuous from this share of different values on.
const UNIQUENESS_THRESHOLD: f64 = 0.05;

/// What pandas makes of a column when it reads the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dtype {
    Int,
    Float,
    Bool,
    /// Booleans with NULLs, kept as Python objects.
    BoolObject,
    Object,
}

/// A column as smclarify sees it.
struct Series<'a> {
    facts: &'a ColumnFacts,
    /// The different values in order of appearance, NULL among them.
    values: Vec<Option<&'a str>>,
    dtype: Dtype,
}

/// Which values a list of values (or a threshold) selects.
struct Selected {
    chosen: BTreeSet<String>,
    name: String,
}

impl Selected {
    fn has(&self, value: Option<&str>) -> bool {
        value.is_some_and(|value| self.chosen.contains(value))
    }
}

/// A float as Python prints it.
pub fn python_float(number: f64) -> String {
    if number.is_infinite() {
        return if number > 0.0 { "inf".to_owned() } else { "-inf".to_owned() };
    }
    if number.is_nan() {
        return "nan".to_owned();
    }
    let scientific = format!("{number:e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if number != 0.0 && !(-4..16).contains(&exponent) {
        let sign = if exponent < 0 { '-' } else { '+' };
        return format!("{digits}e{sign}{:02}", exponent.abs());
    }
    let plain = format!("{number}");
    if plain.contains('.') { plain } else { format!("{plain}.0") }
}

/// A value as Python's `str` writes it.
pub fn python_text(value: &Value) -> String {
    match value {
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Integer(number) => number.to_string(),
        Value::Float(number) => python_float(*number),
        Value::Text(text) => text.clone(),
    }
}

/// A text as Python's `int` reads it: blanks around and single underscores between digits allowed.
fn python_int(text: &str) -> Option<i64> {
    let trimmed = text.trim();
    let digits = trimmed.strip_prefix(['+', '-']).unwrap_or(trimmed);
    let well_formed = digits.split('_').all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
    if well_formed { trimmed.replace('_', "").parse().ok() } else { None }
}

fn python_parse_float(text: &str) -> Result<f64, String> {
    text.trim().parse().map_err(|_bad| format!("could not convert string to float: '{text}'"))
}

/// Whether Python finds two numbers equal.
pub(super) fn same(left: f64, right: f64) -> bool {
    left.partial_cmp(&right) == Some(std::cmp::Ordering::Equal)
}

fn no_positive_elements() -> String {
    "'label' has not positive elements. Double-check if 'label' and 'positive_label_values'have correct data-types or values.".to_owned()
}

impl<'a> Series<'a> {
    fn new(facts: &'a ColumnFacts, cells: impl Iterator<Item = Option<&'a str>>) -> Self {
        let values = values_in_order(facts, cells);
        let nulls = values.contains(&None);
        let dtype = match facts.kind {
            _ if values.iter().all(Option::is_none) => Dtype::Float,
            ColumnKind::Integer if nulls => Dtype::Float,
            ColumnKind::Integer => Dtype::Int,
            ColumnKind::Float => Dtype::Float,
            ColumnKind::Boolean if nulls => Dtype::BoolObject,
            ColumnKind::Boolean => Dtype::Bool,
            ColumnKind::Text => Dtype::Object,
        };
        Self { facts, values, dtype }
    }

    fn present(&self) -> impl Iterator<Item = &'a str> + use<'a, '_> {
        self.values.iter().copied().flatten()
    }

    /// `series_datatype`: whether the column counts as continuous when this many values are configured for it.
    fn is_continuous(&self, values: usize) -> bool {
        if values > 1 {
            return false;
        }
        let many = self.facts.non_null > 0 && self.facts.distinct as f64 / self.facts.non_null as f64 >= UNIQUENESS_THRESHOLD;
        match self.dtype {
            Dtype::Float => true,
            Dtype::Int => many,
            Dtype::Object => many && self.values.iter().all(|value| value.is_some_and(|text| python_int(text).is_some())),
            Dtype::Bool | Dtype::BoolObject => false,
        }
    }

    fn number(&self, text: &str) -> f64 {
        match self.dtype {
            Dtype::Object => python_int(text).map_or(f64::NAN, |number| number as f64),
            _ => text.parse().unwrap_or(f64::NAN),
        }
    }

    fn largest(&self) -> Option<f64> {
        let found = self.present().map(|text| self.number(text)).filter(|number| !number.is_nan()).max_by(f64::total_cmp);
        match (self.facts.max, found) {
            (Some(stated), Some(found)) => Some(stated.max(found)),
            (stated, found) => found.or(stated),
        }
    }

    /// A value as pandas prints it from this column.
    fn name_of(&self, value: Option<&str>) -> String {
        match (value, self.dtype) {
            (None, _) => "nan".to_owned(),
            (Some(text), Dtype::Bool | Dtype::BoolObject) => python_text(&Value::Bool(text == "true")),
            (Some(text), Dtype::Float) => python_float(self.number(text)),
            (Some(text), _) => text.to_owned(),
        }
    }

    /// Whether pandas finds a cell equal to a value.
    fn equals(&self, text: &str, value: &Value) -> bool {
        let number = || self.number(text);
        match (self.dtype, value) {
            (Dtype::Int | Dtype::Float, Value::Integer(wanted)) => same(number(), *wanted as f64),
            (Dtype::Int | Dtype::Float, Value::Float(wanted)) => same(number(), *wanted),
            (Dtype::Bool | Dtype::BoolObject, Value::Bool(wanted)) => (text == "true") == *wanted,
            (Dtype::Object, Value::Text(wanted)) => text == wanted,
            _ => false,
        }
    }

    /// `convert_positive_label_values`: the values in the type of the column's first row.
    fn convert(&self, values: &[Value]) -> Result<Vec<Value>, String> {
        let floats = |wrong: fn(String) -> String| -> Result<Vec<Value>, String> {
            let one = |value: &Value| match value {
                Value::Text(text) => python_parse_float(text).map(Value::Float).map_err(wrong),
                other => Ok(Value::Float(other.number().unwrap_or(f64::NAN))),
            };
            values.iter().map(one).collect()
        };
        let first = values.first();
        match (self.values.first().copied().flatten(), self.dtype) {
            (Some(_), Dtype::Int) => {
                let whole = |value: &Value| match value {
                    Value::Text(text) => python_int(text),
                    #[expect(clippy::cast_possible_truncation, reason = "numpy truncates as well")]
                    Value::Float(number) => Some(number.trunc() as i64),
                    Value::Bool(truth) => Some(i64::from(*truth)),
                    Value::Integer(number) => Some(*number),
                };
                match values.iter().map(|value| whole(value).map(Value::Integer)).collect() {
                    Some(whole) => Ok(whole),
                    None => floats(|words| words),
                }
            }
            (Some(_), Dtype::Object) if matches!(first, Some(Value::Text(_))) => Ok(values.to_vec()),
            (Some(_), Dtype::Object) => Ok(values.iter().map(|value| Value::Text(python_text(value))).collect()),
            (Some(_), Dtype::Bool | Dtype::BoolObject) => {
                let truth = |value: &Value| match value {
                    Value::Text(text) => !text.is_empty(),
                    other => other.number() != Some(0.0),
                };
                Ok(values.iter().map(|value| Value::Bool(truth(value))).collect())
            }
            // A first row without a value is a float NaN, and so is the type that the values are turned into.
            (None, _) if matches!(first, Some(Value::Float(_))) => Ok(values.to_vec()),
            (None, _) | (Some(_), Dtype::Float) => floats(|_| no_positive_elements()),
        }
    }

    fn matching(&self, values: &[Value]) -> BTreeSet<String> {
        self.present().filter(|text| values.iter().any(|value| self.equals(text, value))).map(str::to_owned).collect()
    }

    /// `_categorical_data_idx`: the rows equal to any of the values, converted once if none is.
    fn select_values(&self, values: &[Value]) -> Result<Selected, String> {
        let mut chosen = self.matching(values);
        if chosen.is_empty() {
            chosen = self.matching(&self.convert(values)?);
        }
        Ok(Selected { chosen, name: values.iter().map(python_text).collect::<Vec<_>>().join(",") })
    }

    /// `_interval_index` and `_continuous_data_idx`: above the threshold, up to `largest`.
    fn select_above(&self, value: Option<&Value>, largest: Option<f64>, whole_column: bool) -> Result<Selected, String> {
        let value = value.ok_or("Threshold values must be provided for continuous features")?;
        let threshold = match value {
            Value::Text(text) => {
                let wrong = |_| "Facet/label value provided must be a single numeric threshold for continuous data".to_owned();
                python_parse_float(text).map_err(wrong)?
            }
            other => other.number().unwrap_or(f64::NAN),
        };
        let Some(largest) = largest else {
            return Err("missing values must be missing in the same location both left and right sides".to_owned());
        };
        // smclarify looks for |max|: a threshold that equals it leaves no interval at all.
        if same(largest.abs(), threshold) {
            return Ok(Selected { chosen: BTreeSet::new(), name: String::new() });
        }
        let (above, up_to) = (threshold.min(largest), threshold.max(largest));
        let whole = whole_column && matches!(value, Value::Integer(_) | Value::Bool(_));
        let edge = |number: f64| if whole { format!("{number}") } else { python_float(number) };
        let inside = |text: &&str| (above < self.number(text)) && (self.number(text) <= up_to);
        let chosen = self.present().filter(inside).map(str::to_owned).collect();
        Ok(Selected { chosen, name: format!("({}, {}]", edge(above), edge(up_to)) })
    }

    fn select(&self, values: &[Value]) -> Result<Selected, String> {
        if self.is_continuous(values.len()) {
            self.select_above(values.first(), self.largest(), self.dtype != Dtype::Float)
        } else {
            self.select_values(values)
        }
    }
}

/// The configured values of a threshold: whole numbers as people write them, without a point.
pub(super) fn threshold_value(threshold: f64) -> Value {
    #[expect(clippy::cast_possible_truncation, reason = "checked to be a whole number of this range")]
    if threshold.fract() == 0.0 && threshold.abs() < 9e15 { Value::Integer(threshold as i64) } else { Value::Float(threshold) }
}

fn fails(words: impl Into<String>) -> BiasError {
    BiasError::ClarifyFails(words.into())
}

/// The label classes, predictions and groups of all rows, by smclarify's rules.
pub(super) fn outcome(counts: &Counts, spec: &Spec) -> Result<Outcome, BiasError> {
    let positive: Vec<Value> = match &spec.positive {
        Positive::Values(values) => values.clone(),
        Positive::Threshold(threshold) => vec![threshold_value(*threshold)],
    };
    if positive.is_empty() {
        return Err(fails("Positive label values or thresholds are empty for Label column"));
    }
    let label = Series::new(&counts.label, counts.rows.iter().map(|row| row.label.as_deref()));
    let selected = label.select(&positive).map_err(fails)?;
    let continuous = label.is_continuous(positive.len());
    let sorted = values_sorted(&counts.label, label.values.iter().copied());
    // A continuous label has as many values as rows: its classes are the two sides of the threshold.
    let classes: Vec<Class> = if continuous {
        let name = |positive: bool| Slice::Value(if positive { selected.name.clone() } else { format!("not {}", selected.name) });
        [false, true].map(|positive| Class { slice: name(positive), positive }).into()
    } else {
        sorted.iter().map(|value| Class { slice: Slice::of(*value), positive: selected.has(*value) }).collect()
    };
    let class_of: HashMap<Option<&str>, usize> =
        sorted.iter().enumerate().map(|(at, value)| (*value, if continuous { usize::from(selected.has(*value)) } else { at })).collect();
    let predicted = match (&counts.predicted, &spec.predicted) {
        (Some(facts), Some(_)) => Some(predictions(counts, facts, &label, &positive)?),
        _ => None,
    };
    let (groups, group_trouble) = groups(counts, spec);
    let group_of: HashMap<Option<&str>, usize> = groups.iter().enumerate().map(|(at, value)| (*value, at)).collect();
    let keys = counts
        .rows
        .iter()
        .map(|row| {
            Some(Key {
                class: *class_of.get(&row.label.as_deref())?,
                predicted: predicted.as_ref().map(|selected| selected.has(row.predicted.as_deref())),
                group: group_of.get(&row.group.as_deref()).copied(),
            })
        })
        .collect();
    let groups = groups.into_iter().map(Slice::of).collect();
    Ok(Outcome { classes, groups, group_trouble, positive_name: selected.name, keys })
}

/// `_positive_predicted_index`.
fn predictions(counts: &Counts, facts: &ColumnFacts, label: &Series<'_>, positive: &[Value]) -> Result<Selected, BiasError> {
    let predicted = Series::new(facts, counts.rows.iter().map(|row| row.predicted.as_deref()));
    if predicted.is_continuous(positive.len()) {
        predicted.select_above(positive.first(), Some(0.0), false).map_err(fails)?;
    }
    if predicted.is_continuous(positive.len()) != label.is_continuous(positive.len()) {
        return Err(fails("Predicted Label Column series datatype is not the same as Label Column series"));
    }
    let selected = if predicted.is_continuous(positive.len()) {
        let truncated = label.dtype != Dtype::Float && predicted.dtype == Dtype::Float;
        if truncated && predicted.values.contains(&None) {
            return Err(fails("Cannot convert non-finite values (NA or inf) to integer"));
        }
        let largest = [label.largest(), predicted.largest().map(|largest| if truncated { largest.trunc() } else { largest })];
        let largest = largest.into_iter().flatten().max_by(f64::total_cmp);
        if truncated { truncating(&predicted, positive, largest) } else { predicted.select_above(positive.first(), largest, false) }
    } else {
        predicted.select_values(positive)
    };
    let selected = selected.map_err(fails)?;
    if selected.chosen.is_empty() {
        return Err(fails(
            "No Label values are present in the predicted Label Column,Positive Predicted Index Series contains all False values",
        ));
    }
    Ok(selected)
}

/// Fractional predictions of a whole-number label lose their fraction before they are compared.
fn truncating(predicted: &Series<'_>, positive: &[Value], largest: Option<f64>) -> Result<Selected, String> {
    let whole: Vec<(String, &str)> = predicted.present().map(|text| (format!("{}", predicted.number(text).trunc()), text)).collect();
    let cells = Series { facts: predicted.facts, values: whole.iter().map(|(whole, _)| Some(whole.as_str())).collect(), dtype: Dtype::Int };
    let above = cells.select_above(positive.first(), largest, true)?;
    let chosen = whole.iter().filter(|(whole, _)| above.chosen.contains(whole)).map(|(_, text)| (*text).to_owned()).collect();
    Ok(Selected { chosen, name: above.name })
}

/// The groups of the group variable; rows without one belong to none, and NULL among texts or booleans fails the metric.
fn groups<'a>(counts: &'a Counts, spec: &Spec) -> (Vec<Option<&'a str>>, Option<Undefined>) {
    let (Some(facts), Some(_)) = (&counts.group, &spec.group) else {
        return (Vec::new(), Some(Undefined::NoGroupVariable));
    };
    let series = Series::new(facts, counts.rows.iter().map(|row| row.group.as_deref()));
    let nulls = series.values.contains(&None);
    let trouble = match series.dtype {
        // Which of the two types the error names first follows from numpy's sort over all rows; the first row is the best guess at it.
        Dtype::Object if nulls => Some(Undefined::GroupHasNulls { first: series.values.first().is_some_and(Option::is_none) }),
        Dtype::BoolObject => Some(Undefined::GroupOrder),
        _ => None,
    };
    (values_sorted(facts, series.present().map(Some)), trouble)
}

/// A facet's column and its configured values.
fn facet_column<'a>(counts: &'a Counts, facet: &FacetSpec, columns: &[usize]) -> Result<(usize, Series<'a>, Vec<Value>), BiasError> {
    let [column] = columns else { return Err(BiasError::BeyondClarify) };
    let facts = counts.facets.get(*column).ok_or_else(|| BiasError::NoColumn(facet.columns.join(", ")))?;
    let values: Vec<Value> = match &facet.selection {
        Selection::EachValue => Vec::new(),
        Selection::Values(values) => values.clone(),
        Selection::Threshold(threshold) => vec![threshold_value(*threshold)],
        Selection::Bins(_) => return Err(BiasError::BeyondClarify),
    };
    let series = Series::new(facts, counts.rows.iter().map(|row| row.facets.get(*column).and_then(Option::as_deref)));
    Ok((*column, series, values))
}

/// What smclarify checks of a facet before it looks at the label: that a threshold is a number.
pub(super) fn check_facet(counts: &Counts, facet: &FacetSpec, columns: &[usize]) -> Result<(), BiasError> {
    let (_, series, values) = facet_column(counts, facet, columns)?;
    if !values.is_empty() && series.is_continuous(values.len()) {
        series.select_above(values.first(), Some(0.0), false).map_err(fails)?;
    }
    Ok(())
}

/// The parts of one facet, by smclarify's rules.
pub(super) fn parts(counts: &Counts, facet: &FacetSpec, columns: &[usize]) -> Result<Parts, BiasError> {
    let (column, series, values) = facet_column(counts, facet, columns)?;
    let cell = |row: &CountRow| row.facets.get(column).cloned().flatten();
    if !values.is_empty() || series.is_continuous(0) {
        let selected = series.select(&values).map_err(fails)?;
        let slice = match values.as_slice() {
            _ if series.is_continuous(values.len()) => Slice::Value(selected.name.clone()),
            [only] => Slice::Value(python_text(only)),
            several => Slice::Set(several.iter().map(python_text).collect()),
        };
        let part_of = counts.rows.iter().map(|row| Some(usize::from(!selected.has(cell(row).as_deref())))).collect();
        let examined = vec![Examined { slice, name: selected.name, part: Some(0) }];
        return Ok(Parts { examined, part_of, count: 2 });
    }
    let rank: HashMap<Option<&str>, usize> = series.values.iter().enumerate().map(|(at, value)| (*value, at)).collect();
    let examined = series
        .values
        .iter()
        .map(|value| Examined {
            slice: Slice::of(*value),
            name: series.name_of(*value),
            part: value.map_or_else(|| nan_part(&series), |value| rank.get(&Some(value)).copied()),
        })
        .collect();
    let part_of = counts.rows.iter().map(|row| rank.get(&cell(row).as_deref()).copied()).collect();
    Ok(Parts { examined, part_of, count: series.values.len() })
}

/// The rows that smclarify takes for the facet value NaN: none, since NaN equals nothing, unless the conversion to the first row's type
/// turns it into something that occurs: the text `nan`, or `True`.
fn nan_part(series: &Series<'_>) -> Option<usize> {
    series.values.first().copied().flatten()?;
    let turned = match series.dtype {
        Dtype::Object => "nan",
        Dtype::BoolObject => "true",
        _ => return None,
    };
    series.values.iter().position(|value| *value == Some(turned))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_print_as_python_prints_them() {
        let expected = [
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (1.0, "1.0"),
            (0.1, "0.1"),
            (1e-5, "1e-05"),
            (0.0001, "0.0001"),
            (1.5e-7, "1.5e-07"),
            (1e16, "1e+16"),
            (1e15, "1000000000000000.0"),
            (123_456_789_012_345_680.0, "1.2345678901234568e+17"),
            (1e300, "1e+300"),
            (5e-324, "5e-324"),
            (-0.000_012_5, "-1.25e-05"),
            (0.736_321_046_583_576_4, "0.7363210465835764"),
        ];
        for (number, text) in expected {
            assert_eq!(python_float(number), text);
        }
    }

    #[test]
    fn whole_numbers_read_as_python_reads_them() {
        for (text, number) in [("1", Some(1)), (" -7 ", Some(-7)), ("1_000", Some(1000)), ("+5", Some(5))] {
            assert_eq!(python_int(text), number, "{text}");
        }
        for text in ["", "1.0", "_1", "1_", "1__0", "--1", "x", "९"] {
            assert_eq!(python_int(text), None, "{text}");
        }
    }
}
