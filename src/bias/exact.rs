//! The exact mode's reading of a question: equality by value, thresholds, bins and intersections, NULL kept or left out.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::clarify::{python_text, same};
use super::collapse::{Class, Examined, Key, Outcome, Parts};
use super::slice::by_value;
use super::{BiasError, FacetSpec, Nulls, Positive, Selection, Slice, Spec, Undefined, Value};
use crate::model::{ColumnFacts, ColumnKind, CountRow, Counts};

/// More facet values than this are refused: nobody reads them, and they are a sign of a wrong column.
const MOST_VALUES: usize = 10_000;

/// More label classes than this are refused: a threshold is meant.
const MOST_CLASSES: usize = 1_000;

/// The different values of a column in the order in which people meet them.
pub(super) fn values_in_order<'a>(facts: &'a ColumnFacts, found: impl Iterator<Item = Option<&'a str>>) -> Vec<Option<&'a str>> {
    let found: BTreeSet<Option<&str>> = found.collect();
    let seen: HashMap<Option<&str>, usize> =
        facts.first_seen.iter().flatten().enumerate().map(|(rank, value)| (value.as_deref(), rank)).collect();
    let mut values: Vec<Option<&str>> = found.into_iter().collect();
    values.sort_by(|left, right| {
        let rank = |value: Option<&str>| seen.get(&value).copied().unwrap_or(usize::MAX);
        rank(*left).cmp(&rank(*right)).then_with(|| by_value(facts.kind, *left, *right))
    });
    values
}

/// The different values of a column in the order of the values themselves: for classes and groups, which the order of rows must not move.
pub(super) fn values_sorted<'a>(facts: &ColumnFacts, found: impl Iterator<Item = Option<&'a str>>) -> Vec<Option<&'a str>> {
    let found: BTreeSet<Option<&str>> = found.collect();
    let mut values: Vec<Option<&str>> = found.into_iter().collect();
    values.sort_by(|left, right| by_value(facts.kind, *left, *right));
    values
}

/// Some of the values, for a sentence.
fn some_of(values: &[Option<&str>]) -> String {
    let shown: Vec<&str> = values.iter().take(8).map(|value| value.unwrap_or("NULL")).collect();
    if values.len() > 8 { format!("{}, …", shown.join(", ")) } else { shown.join(", ") }
}

fn wanted(values: &[Value]) -> String {
    values.iter().map(python_text).collect::<Vec<_>>().join(", ")
}

impl Positive {
    /// Whether a label, as its column writes it, is a positive one; `None` where a threshold meets no number.
    pub fn holds(&self, kind: ColumnKind, label: &str) -> Option<bool> {
        match self {
            Self::Values(values) => Some(values.iter().any(|value| is(kind, label, value))),
            Self::Threshold(threshold) => label.trim().parse().ok().map(|number: f64| number > *threshold),
        }
    }
}

/// Whether a cell's text is this value: by number in columns of numbers, by truth in booleans, else letter for letter.
pub(super) fn is(kind: ColumnKind, text: &str, value: &Value) -> bool {
    if let Value::Text(wanted) = value
        && wanted == text
    {
        return true;
    }
    match kind {
        ColumnKind::Integer | ColumnKind::Float => value.number().is_some_and(|number| text.parse() == Ok(number)),
        ColumnKind::Boolean => {
            let truth = match value {
                Value::Bool(truth) => Some(*truth),
                Value::Text(text) if text.eq_ignore_ascii_case("true") => Some(true),
                Value::Text(text) if text.eq_ignore_ascii_case("false") => Some(false),
                _ => value.number().and_then(|number| [false, true].into_iter().find(|truth| same(f64::from(u8::from(*truth)), number))),
            };
            truth.is_some_and(|truth| text.eq_ignore_ascii_case(if truth { "true" } else { "false" }))
        }
        ColumnKind::Text => match value {
            Value::Integer(_) | Value::Float(_) => text.trim().parse().ok() == value.number(),
            Value::Bool(truth) => text.eq_ignore_ascii_case(if *truth { "true" } else { "false" }),
            Value::Text(_) => false,
        },
    }
}

fn number(facts: &ColumnFacts, text: &str) -> Result<f64, BiasError> {
    text.trim().parse().map_err(|_bad| BiasError::NotANumber { column: facts.name.clone(), value: text.to_owned() })
}

/// The label classes, predictions and groups of all rows.
pub(super) fn outcome(counts: &Counts, spec: &Spec) -> Result<Outcome, BiasError> {
    let keep = spec.nulls == Nulls::Keep;
    let (classes, class_of) = label_classes(counts, spec, keep)?;
    let predicted = predictions(counts, spec, keep)?;
    let (groups, group_of) = match (&counts.group, &spec.group) {
        (Some(facts), Some(_)) => {
            let found = values_sorted(facts, counts.rows.iter().map(|row| row.group.as_deref()));
            let kept: Vec<Option<&str>> = found.into_iter().filter(|value| keep || value.is_some()).collect();
            let index: HashMap<Option<&str>, usize> = kept.iter().enumerate().map(|(at, value)| (*value, at)).collect();
            (kept.into_iter().map(Slice::of).collect(), index)
        }
        _ => (Vec::new(), HashMap::new()),
    };
    let keys = counts
        .rows
        .iter()
        .zip(predicted)
        .map(|(row, predicted)| {
            let class = *class_of.get(&row.label.as_deref())?;
            Some(Key { class, predicted, group: group_of.get(&row.group.as_deref()).copied() })
        })
        .collect();
    let positive_name = match &spec.positive {
        Positive::Values(values) => values.iter().map(python_text).collect::<Vec<_>>().join(","),
        Positive::Threshold(threshold) => Slice::Range { above: Some(*threshold), up_to: counts.label.max }.text(),
    };
    let group_trouble = spec.group.is_none().then_some(Undefined::NoGroupVariable);
    Ok(Outcome { classes, groups, group_trouble, positive_name, keys })
}

type Classes<'a> = (Vec<Class>, HashMap<Option<&'a str>, usize>);

fn label_classes<'a>(counts: &'a Counts, spec: &Spec, keep: bool) -> Result<Classes<'a>, BiasError> {
    let facts = &counts.label;
    let values = values_sorted(facts, counts.rows.iter().filter(|row| row.rows > 0).map(|row| row.label.as_deref()));
    if values.iter().all(Option::is_none) {
        return Err(BiasError::AllNull(facts.name.clone()));
    }
    let mut classes = Vec::new();
    let mut class_of = HashMap::new();
    match &spec.positive {
        Positive::Threshold(threshold) => {
            classes.push(Class { slice: Slice::Range { above: None, up_to: Some(*threshold) }, positive: false });
            classes.push(Class { slice: Slice::Range { above: Some(*threshold), up_to: None }, positive: true });
            for text in values.iter().flatten() {
                class_of.insert(Some(*text), usize::from(number(facts, text)? > *threshold));
            }
        }
        Positive::Values(positive) => {
            if positive.is_empty() {
                return Err(BiasError::NoPositive);
            }
            if values.len() > MOST_CLASSES {
                return Err(BiasError::TooManyClasses { column: facts.name.clone(), values: values.len(), limit: MOST_CLASSES });
            }
            for text in values.iter().flatten() {
                class_of.insert(Some(*text), classes.len());
                classes.push(Class { slice: Slice::of(Some(text)), positive: positive.iter().any(|value| is(facts.kind, text, value)) });
            }
            if !classes.iter().any(|class| class.positive) {
                let (column, wanted, present) = (facts.name.clone(), wanted(positive), some_of(&values));
                return Err(BiasError::PositiveMissing { column, wanted, present });
            }
        }
    }
    if keep && values.contains(&None) {
        class_of.insert(None, classes.len());
        classes.push(Class { slice: Slice::Null, positive: false });
    }
    Ok((classes, class_of))
}

fn predictions(counts: &Counts, spec: &Spec, keep: bool) -> Result<Vec<Option<bool>>, BiasError> {
    let (Some(facts), Some(_)) = (&counts.predicted, &spec.predicted) else {
        return Ok(vec![None; counts.rows.len()]);
    };
    let values = values_sorted(facts, counts.rows.iter().map(|row| row.predicted.as_deref()));
    if values.iter().all(Option::is_none) {
        return Err(BiasError::AllNull(facts.name.clone()));
    }
    let mut verdicts: HashMap<Option<&str>, Option<bool>> = HashMap::from([(None, keep.then_some(false))]);
    for text in values.iter().flatten() {
        let positive = match &spec.positive {
            Positive::Values(positive) => positive.iter().any(|value| is(facts.kind, text, value)),
            Positive::Threshold(threshold) => number(facts, text)? > *threshold,
        };
        verdicts.insert(Some(text), Some(positive));
    }
    // A model that never says yes is one thing; one whose answers are no labels at all is a wrong column.
    if matches!(spec.positive, Positive::Values(_)) && !verdicts.values().any(|verdict| *verdict == Some(true)) {
        let labels: BTreeSet<&str> = counts.rows.iter().filter_map(|row| row.label.as_deref()).collect();
        let alike = |text: &str| labels.iter().any(|label| *label == text || is(facts.kind, text, &Value::from(*label)));
        if !values.iter().flatten().any(|text| alike(text)) {
            return Err(BiasError::PredictionsUnlikeLabels { column: facts.name.clone(), present: some_of(&values) });
        }
    }
    Ok(counts.rows.iter().map(|row| verdicts.get(&row.predicted.as_deref()).copied().flatten()).collect())
}

/// The parts of one facet. `columns` are the places of its columns in `Counts::facets`.
pub(super) fn parts(counts: &Counts, spec: &Spec, facet: &FacetSpec, columns: &[usize]) -> Result<Parts, BiasError> {
    let keep = spec.nulls == Nulls::Keep;
    match columns {
        [column] => {
            let facts = counts.facets.get(*column).ok_or_else(|| BiasError::NoColumn(facet.columns.join(", ")))?;
            one_column(counts, facet, facts, *column, keep)
        }
        _ if facet.selection != Selection::EachValue => Err(BiasError::IntersectionSelection(facet.columns.join(", "))),
        _ => intersection(counts, columns, &facet.columns.join(", "), keep),
    }
}

fn cell(row: &CountRow, column: usize) -> Option<&str> {
    row.facets.get(column).and_then(Option::as_deref)
}

fn one_column(counts: &Counts, facet: &FacetSpec, facts: &ColumnFacts, column: usize, keep: bool) -> Result<Parts, BiasError> {
    let values = values_in_order(facts, counts.rows.iter().filter(|row| row.rows > 0).map(|row| cell(row, column)));
    if values.iter().all(Option::is_none) {
        return Err(BiasError::AllNull(facts.name.clone()));
    }
    let mut part_of: HashMap<Option<&str>, usize> = HashMap::new();
    let slices: Vec<Slice> = match &facet.selection {
        Selection::EachValue => {
            let kept: Vec<Option<&str>> = values.iter().copied().filter(|value| keep || value.is_some()).collect();
            few_enough(&facts.name, kept.len())?;
            part_of = kept.iter().enumerate().map(|(at, value)| (*value, at)).collect();
            kept.into_iter().map(Slice::of).collect()
        }
        Selection::Values(chosen) => {
            let inside = |value: &&str| chosen.iter().any(|wanted| is(facts.kind, value, wanted));
            let members: Vec<String> = values.iter().flatten().filter(|value| inside(value)).map(|value| (*value).to_owned()).collect();
            if members.is_empty() {
                let (column, wanted, present) = (facts.name.clone(), wanted(chosen), some_of(&values));
                return Err(BiasError::FacetValueMissing { column, wanted, present });
            }
            part_of = values.iter().map(|value| (*value, usize::from(!value.as_ref().is_some_and(inside)))).collect();
            vec![if let [only] = members.as_slice() { Slice::Value(only.clone()) } else { Slice::Set(members) }]
        }
        Selection::Threshold(threshold) => {
            for value in values.iter().flatten() {
                part_of.insert(Some(value), usize::from(number(facts, value)? <= *threshold));
            }
            part_of.insert(None, 1);
            vec![Slice::Range { above: Some(*threshold), up_to: None }]
        }
        Selection::Bins(edges) => {
            if edges.is_empty() || !edges.is_sorted_by(|left, right| left < right) || edges.iter().any(|edge| !edge.is_finite()) {
                return Err(BiasError::BadBins(facts.name.clone()));
            }
            for value in values.iter().flatten() {
                let number = number(facts, value)?;
                part_of.insert(Some(value), edges.partition_point(|edge| *edge < number));
            }
            let lower = std::iter::once(None).chain(edges.iter().copied().map(Some));
            let upper = edges.iter().copied().map(Some).chain(std::iter::once(None));
            let mut slices: Vec<Slice> = lower.zip(upper).map(|(above, up_to)| Slice::Range { above, up_to }).collect();
            if keep && values.contains(&None) {
                part_of.insert(None, slices.len());
                slices.push(Slice::Null);
            }
            slices
        }
    };
    if !keep {
        part_of.remove(&None);
    }
    let count = part_of.values().max().map_or(0, |last| last + 1).max(slices.len());
    let examined = slices.into_iter().enumerate().map(|(part, slice)| examined(slice, part)).collect();
    Ok(Parts { examined, part_of: counts.rows.iter().map(|row| part_of.get(&cell(row, column)).copied()).collect(), count })
}

fn examined(slice: Slice, part: usize) -> Examined {
    Examined { name: slice.text(), slice, part: Some(part) }
}

fn few_enough(column: &str, values: usize) -> Result<(), BiasError> {
    if values > MOST_VALUES {
        return Err(BiasError::TooManyValues { column: column.to_owned(), values, limit: MOST_VALUES });
    }
    Ok(())
}

fn intersection(counts: &Counts, columns: &[usize], name: &str, keep: bool) -> Result<Parts, BiasError> {
    let facts = columns.iter().map(|column| counts.facets.get(*column).map(|facts| (*column, facts)));
    let ranks: Vec<(usize, HashMap<Option<&str>, usize>)> = facts
        .flatten()
        .map(|(column, facts)| {
            let values = values_in_order(facts, counts.rows.iter().map(|row| cell(row, column)));
            (column, values.into_iter().enumerate().map(|(rank, value)| (value, rank)).collect())
        })
        .collect();
    let rank_of = |row: &CountRow| -> Option<Vec<usize>> {
        let one = |(column, ranks): &(usize, HashMap<Option<&str>, usize>)| {
            let value = cell(row, *column);
            if value.is_none() && !keep { None } else { ranks.get(&value).copied() }
        };
        ranks.iter().map(one).collect()
    };
    let mut found: BTreeMap<Vec<usize>, (usize, Slice)> = BTreeMap::new();
    for row in counts.rows.iter().filter(|row| row.rows > 0) {
        if let Some(rank) = rank_of(row) {
            let slices = || Slice::Cross(columns.iter().map(|column| Slice::of(cell(row, *column))).collect());
            found.entry(rank).or_insert_with(|| (0, slices()));
        }
    }
    few_enough(name, found.len())?;
    for (part, entry) in found.values_mut().enumerate() {
        entry.0 = part;
    }
    let part_of = counts.rows.iter().map(|row| rank_of(row).and_then(|rank| found.get(&rank)).map(|entry| entry.0)).collect();
    let count = found.len();
    Ok(Parts { examined: found.into_values().map(|(part, slice)| examined(slice, part)).collect(), part_of, count })
}
