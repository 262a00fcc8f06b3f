//! Bias over time: the same question asked of every bucket of a time column, from one set of counts.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{BiasError, BiasReport, Spec, measure};
use crate::model::{ColumnFacts, ColumnKind, CountRow, Counts, Message, TimeBucket};

/// Draws for the intervals of one bucket: there are many of them.
const DRAWS: usize = 400;
/// More buckets than this are no picture.
const MOST_BUCKETS: usize = 400;

/// One bucket of time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrendPoint {
    /// The first day, as `2024-03-01`.
    pub start: String,
    /// Its rows.
    pub rows: u64,
    /// What was measured in it.
    pub report: Option<BiasReport>,
    /// Why nothing could be.
    pub why: Option<Message>,
}

/// A question asked of every bucket of time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Trend {
    /// The time column.
    pub column: String,
    /// How long the buckets are.
    pub bucket: TimeBucket,
    /// The buckets that have rows, the earliest first.
    pub points: Vec<TrendPoint>,
    /// Rows without a moment: in no bucket.
    pub without_time: u64,
}

/// Measures every bucket. The counts have the time column, gathered into buckets, among their facet columns.
///
/// # Errors
/// [`BiasError::NoColumn`] without that column, [`BiasError::TooManyValues`] with more than 400 buckets, [`BiasError::NoRows`] without any. A bucket that
/// can't be measured says so itself.
pub fn over_time(counts: &Counts, spec: &Spec, column: &str, bucket: TimeBucket) -> Result<Trend, BiasError> {
    let place = counts.facets.iter().position(|facts| facts.name == column).ok_or_else(|| BiasError::NoColumn(column.to_owned()))?;
    let mut buckets: BTreeMap<&str, Vec<CountRow>> = BTreeMap::new();
    let mut without_time = 0;
    for row in &counts.rows {
        match row.facets.get(place).and_then(Option::as_deref) {
            Some(start) => buckets.entry(start).or_default().push(row.clone()),
            None => without_time += row.rows,
        }
    }
    if buckets.is_empty() {
        return Err(if without_time > 0 { BiasError::AllNull(column.to_owned()) } else { BiasError::NoRows });
    }
    if buckets.len() > MOST_BUCKETS {
        return Err(BiasError::TooManyBuckets { column: column.to_owned(), buckets: buckets.len(), limit: MOST_BUCKETS });
    }
    let spec = Spec { draws: spec.draws.min(DRAWS), ..spec.clone() };
    let point = |(start, rows): (&str, Vec<CountRow>)| {
        let counts = part(counts, rows);
        let (report, why) = match measure(&counts, &spec) {
            Ok(report) => (Some(report), None),
            Err(error) => (None, Some(error.message())),
        };
        TrendPoint { start: start.to_owned(), rows: counts.total(), report, why }
    };
    Ok(Trend { column: column.to_owned(), bucket, points: buckets.into_iter().map(point).collect(), without_time })
}

/// Some of the counted rows, with what is then known of the columns.
fn part(counts: &Counts, rows: Vec<CountRow>) -> Counts {
    let facts = |facts: &ColumnFacts, value: &dyn Fn(&CountRow) -> Option<String>| {
        let numeric = matches!(facts.kind, ColumnKind::Integer | ColumnKind::Float);
        let (mut met, mut non_null, mut range) = (BTreeSet::new(), 0, None::<(f64, f64)>);
        for row in &rows {
            let Some(text) = value(row) else { continue };
            non_null += row.rows;
            if let Some(number) = text.parse().ok().filter(|number: &f64| numeric && !number.is_nan()) {
                range = Some(range.map_or((number, number), |(low, high)| (low.min(number), high.max(number))));
            }
            met.insert(text);
        }
        ColumnFacts {
            distinct: met.len() as u64,
            non_null,
            min: range.map(|range| range.0),
            max: range.map(|range| range.1),
            ..facts.clone()
        }
    };
    let facet = |(at, known): (usize, &ColumnFacts)| facts(known, &|row| row.facets.get(at).cloned().flatten());
    Counts {
        facets: counts.facets.iter().enumerate().map(facet).collect(),
        label: facts(&counts.label, &|row| row.label.clone()),
        predicted: counts.predicted.as_ref().map(|known| facts(known, &|row| row.predicted.clone())),
        group: counts.group.as_ref().map(|known| facts(known, &|row| row.group.clone())),
        rows,
    }
}
