//! The flip test: the nearest neighbours among the others are asked what they were predicted, and where that differs from a row's own prediction
//! the row would flip. The one metric that needs rows; it looks at a sample of them.
//!
//! Clarify's documentation defines it as `(F⁺ − F⁻) / n_d`, F⁺ being the rows that were predicted unfavourably while their neighbours were not: above
//! zero the examined group is treated worse. Its code computes the opposite. Exact mode follows the documentation, clarify mode the code.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::collapse::{Outcome, Parts};
use super::interval::normal_quantile;
use super::report::{Differs, Interval, Metric, ValueReport};
use super::{BiasError, BiasReport, Correction, FacetSpec, MetricId, Mode, Selection, Spec, Undefined, clarify, exact};
use crate::model::{ColumnKind, CountRow, Counts, Message, Sample};

/// Neighbours that are asked.
const NEIGHBOURS: usize = 5;
/// Up to so many others, only the nearest one is asked.
const FEW: usize = 9;
/// A text column with more values than this says nothing about likeness: it is left out.
const MOST_CATEGORIES: usize = 30;

/// On which rows the flip test was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlipTest {
    /// The rows it looked at.
    pub rows: u64,
    /// Of so many.
    pub of: u64,
}

/// Adds the flip test to a report, from a sample of the rows that were counted.
///
/// # Errors
/// Those of [`super::measure`]; a facet value that can't be tested says so in its own metric.
pub fn flip_test(report: &mut BiasReport, counts: &Counts, spec: &Spec, sample: &Sample) -> Result<(), BiasError> {
    if !spec.wants_flip_test() {
        return Ok(());
    }
    let exact_mode = spec.mode == Mode::Exact;
    // Of equally near neighbours the first ones are asked: in an order of their own, so that it does not matter where the rows come from.
    let canonical = exact_mode.then(|| {
        let mut rows = sample.rows.clone();
        rows.sort_unstable();
        Sample { columns: sample.columns.clone(), rows, of: sample.of }
    });
    let sample = canonical.as_ref().unwrap_or(sample);
    let rows = as_counts(counts, spec, sample)?;
    let outcome = if exact_mode { exact::outcome(&rows, spec)? } else { clarify::outcome(&rows, spec)? };
    for (facet, found) in spec.facets.iter().zip(&mut report.facets) {
        let place = |name: &String| {
            let at = rows.facets.iter().position(|facts| facts.name == *name);
            at.ok_or_else(|| BiasError::NoColumn(name.clone()))
        };
        let places: Vec<usize> = facet.columns.iter().map(place).collect::<Result<_, _>>()?;
        let parts = if exact_mode { exact::parts(&rows, spec, facet, &places)? } else { clarify::parts(&rows, facet, &places)? };
        // A reference of which no row was drawn is no part; everyone else would be another question.
        let reference =
            found.values.iter().find(|value| value.is_reference).map(|value| part_of(&parts, facet, value).unwrap_or(usize::MAX));
        let comparisons = if spec.correction == Correction::Bonferroni { found.values.len().max(1) } else { 1 };
        let z = -normal_quantile((1.0 - spec.confidence) / comparisons as f64 / 2.0);
        let (scaled, raw) = (encode(spec, facet, sample, true), encode(spec, facet, sample, false));
        for value in found.values.iter_mut().filter(|value| !value.is_reference) {
            let sides = Sides::of(&parts, &outcome, part_of(&parts, facet, value), reference);
            let drawn = |flips: Result<Flips, Undefined>| match flips {
                Err(Undefined::FacetEmpty) if value.d.rows > 0 => Err(Undefined::FlipNotDrawn),
                other => other,
            };
            let ours = drawn(flips(if exact_mode { &scaled } else { &raw }, &sides));
            let theirs = if exact_mode { Some(drawn(flips(&raw, &sides))) } else { None };
            let metric = metric(spec.mode, &ours, theirs.as_ref(), z);
            let at = value.metrics.partition_point(|known| known.id < MetricId::Ft);
            value.metrics.insert(at, metric);
        }
    }
    report.flip_test = Some(FlipTest { rows: sample.rows.len() as u64, of: sample.of });
    Ok(())
}

/// The sampled rows as counts of one row each, with what is known of the columns over all rows.
fn as_counts(counts: &Counts, spec: &Spec, sample: &Sample) -> Result<Counts, BiasError> {
    let place = |name: &str| sample.place(name).ok_or_else(|| BiasError::NoColumn(name.to_owned()));
    let facets: Vec<usize> = counts.facets.iter().map(|facts| place(&facts.name)).collect::<Result<_, _>>()?;
    let label = place(&spec.label)?;
    let predicted = spec.predicted.as_deref().map(place).transpose()?;
    let cell = |row: &Vec<Option<String>>, at: usize| row.get(at).cloned().flatten();
    let rows = sample.rows.iter().map(|row| CountRow {
        facets: facets.iter().map(|at| cell(row, *at)).collect(),
        label: cell(row, label),
        predicted: predicted.and_then(|at| cell(row, at)),
        group: None,
        rows: 1,
    });
    Ok(Counts { rows: rows.collect(), ..counts.clone() })
}

fn part_of(parts: &Parts, facet: &FacetSpec, value: &ValueReport) -> Option<usize> {
    // Of a set of values the sample may have fewer: it is told by its place.
    let single = matches!(facet.selection, Selection::Values(_) | Selection::Threshold(_));
    parts.examined.iter().find(|examined| single || examined.slice == value.slice).and_then(|examined| examined.part)
}

/// The rows of both sides that have a prediction: their places in the sample, and whether they are predicted positive.
struct Sides {
    d: Vec<(usize, bool)>,
    a: Vec<(usize, bool)>,
}

impl Sides {
    fn of(parts: &Parts, outcome: &Outcome, examined: Option<usize>, reference: Option<usize>) -> Self {
        let (mut d, mut a) = (Vec::new(), Vec::new());
        for (at, (part, key)) in parts.part_of.iter().zip(&outcome.keys).enumerate() {
            let (Some(part), Some(predicted)) = (part, key.and_then(|key| key.predicted)) else { continue };
            if Some(*part) == examined {
                d.push((at, predicted));
            } else if reference.is_none_or(|reference| reference == *part) {
                a.push((at, predicted));
            }
        }
        Self { d, a }
    }
}

/// The rows' features as points, row by row.
struct Points {
    /// Numbers a row.
    width: usize,
    numbers: Vec<f64>,
    /// Categories a row.
    kinds: usize,
    categories: Vec<u32>,
}

impl Points {
    fn get(&self, row: usize) -> Point<'_> {
        Point {
            numbers: self.numbers.get(row * self.width..(row + 1) * self.width).unwrap_or_default(),
            categories: self.categories.get(row * self.kinds..(row + 1) * self.kinds).unwrap_or_default(),
        }
    }
}

#[derive(Clone, Copy)]
struct Point<'a> {
    numbers: &'a [f64],
    categories: &'a [u32],
}

impl Point<'_> {
    /// The squared distance, or `None` where it is not below the limit. Two categories that differ are one apart, whatever they are.
    fn nearer(self, other: Self, limit: Option<f64>) -> Option<f64> {
        let unlike: u32 = self.categories.iter().zip(other.categories).map(|(x, y)| u32::from(x != y)).sum();
        let unlike = Some(f64::from(unlike)).filter(|unlike| limit.is_none_or(|limit| *unlike < limit))?;
        let distance = unlike + self.numbers.iter().zip(other.numbers).map(|(x, y)| (x - y) * (x - y)).sum::<f64>();
        limit.is_none_or(|limit| distance < limit).then_some(distance)
    }
}

/// The features: every column but the facet's own, the label and the prediction. `scaled` gives each number the same spread and takes texts as
/// categories, a missing one being a category too; otherwise numbers stay as they are, and anything else is refused, as smclarify does.
fn encode(spec: &Spec, facet: &FacetSpec, sample: &Sample, scaled: bool) -> Result<Points, Undefined> {
    let used = |name: &String| facet.columns.contains(name) || *name == spec.label || spec.predicted.as_ref() == Some(name);
    let (mut numbers, mut categories): (Vec<Vec<f64>>, Vec<Vec<u32>>) = (Vec::new(), Vec::new());
    for (at, (_, kind)) in sample.columns.iter().enumerate().filter(|(_, (name, _))| !used(name)) {
        let cells = || sample.rows.iter().map(move |row| row.get(at).and_then(Option::as_deref));
        let nulls = cells().any(|cell| cell.is_none());
        match kind {
            ColumnKind::Text if !scaled => return Err(Undefined::FlipNeedsNumbers),
            ColumnKind::Boolean if !scaled && nulls => return Err(Undefined::FlipNeedsNumbers),
            _ if !scaled && nulls => return Err(Undefined::FlipNeedsValues),
            ColumnKind::Text => {
                let values: BTreeSet<Option<&str>> = cells().collect();
                if (2..=MOST_CATEGORIES).contains(&values.len()) {
                    let codes: BTreeMap<Option<&str>, u32> = values.into_iter().zip(0..).collect();
                    categories.push(cells().filter_map(|cell| codes.get(&cell).copied()).collect());
                }
            }
            _ => {
                let column: Vec<Option<f64>> = cells().map(|cell| cell.and_then(number)).collect();
                numbers.push(if scaled { standard(&column) } else { column.into_iter().map(Option::unwrap_or_default).collect() });
            }
        }
    }
    numbers.retain(|column| !scaled || column.iter().any(|number| number.abs() > 0.0));
    if numbers.is_empty() && categories.is_empty() {
        return Err(Undefined::FlipNeedsFeatures);
    }
    let rows = sample.rows.len();
    Ok(Points { width: numbers.len(), numbers: by_row(&numbers, rows), kinds: categories.len(), categories: by_row(&categories, rows) })
}

/// Columns turned into rows, one after the other.
fn by_row<T: Copy>(columns: &[Vec<T>], rows: usize) -> Vec<T> {
    (0..rows).flat_map(|row| columns.iter().filter_map(move |column| column.get(row).copied())).collect()
}

fn number(text: &str) -> Option<f64> {
    match text {
        "true" => Some(1.0),
        "false" => Some(0.0),
        text => text.trim().parse().ok().filter(|number: &f64| number.is_finite()),
    }
}

/// Numbers with mean 0 and spread 1; a missing one stands in the middle.
fn standard(numbers: &[Option<f64>]) -> Vec<f64> {
    let known = || numbers.iter().flatten();
    let count = known().count().max(1) as f64;
    let mean = known().sum::<f64>() / count;
    let spread = (known().map(|number| (number - mean).powi(2)).sum::<f64>() / count).sqrt();
    let one = |number: &Option<f64>| number.map_or(0.0, |number| if spread > 0.0 { (number - mean) / spread } else { 0.0 });
    numbers.iter().map(one).collect()
}

/// How many rows of d flip: to positive, from positive, of all.
#[derive(Debug, Clone, Copy)]
struct Flips {
    to_positive: u64,
    from_positive: u64,
    rows: u64,
}

impl Flips {
    /// The documentation's value: above zero, d is treated worse than its neighbours.
    fn worse(self) -> f64 {
        (self.to_positive as f64 - self.from_positive as f64) / self.rows as f64
    }

    /// The interval of Agresti and Min for a difference of paired proportions.
    fn interval(self, z: f64) -> Interval {
        let n = self.rows as f64 + 2.0;
        let (to, from) = (self.to_positive as f64, self.from_positive as f64);
        let spread = z * ((to + from + 1.0) - (to - from).powi(2) / n).max(0.0).sqrt() / n;
        let middle = (to - from) / n;
        Interval { low: (middle - spread).clamp(-1.0, self.worse()), high: (middle + spread).clamp(self.worse(), 1.0) }
    }
}

fn flips(points: &Result<Points, Undefined>, sides: &Sides) -> Result<Flips, Undefined> {
    if sides.d.is_empty() {
        return Err(Undefined::FacetEmpty);
    }
    if sides.a.is_empty() {
        return Err(Undefined::RestEmpty);
    }
    let points = points.as_ref().map_err(|why| *why)?;
    let neighbours = if sides.a.len() > FEW { NEIGHBOURS } else { 1 };
    let mut found = Flips { to_positive: 0, from_positive: 0, rows: sides.d.len() as u64 };
    let mut nearest: Vec<(f64, bool)> = Vec::with_capacity(neighbours + 1);
    for (row, predicted) in &sides.d {
        let place = points.get(*row);
        nearest.clear();
        // Of equally near ones the first stay.
        let mut farthest = None;
        for (other, answer) in &sides.a {
            let Some(distance) = place.nearer(points.get(*other), farthest) else { continue };
            let at = nearest.partition_point(|(known, _)| *known <= distance);
            nearest.insert(at, (distance, *answer));
            nearest.truncate(neighbours);
            if nearest.len() == neighbours {
                farthest = nearest.last().map(|(distance, _)| *distance);
            }
        }
        let positive = nearest.iter().filter(|(_, answer)| *answer).count() * 2 > nearest.len();
        match (predicted, positive) {
            (false, true) => found.to_positive += 1,
            (true, false) => found.from_positive += 1,
            _ => {}
        }
    }
    Ok(found)
}

fn metric(mode: Mode, ours: &Result<Flips, Undefined>, theirs: Option<&Result<Flips, Undefined>>, z: f64) -> Metric {
    let mut metric = Metric { id: MetricId::Ft, value: None, interval: None, undefined: None, differs: None, distinguishable: None };
    match ours {
        Ok(flips) => {
            let interval = flips.interval(z);
            metric.distinguishable = Some(!(interval.low <= 0.0 && 0.0 <= interval.high));
            if mode == Mode::Exact {
                metric.value = Some(flips.worse());
                metric.interval = Some(interval);
            } else {
                // No negative zero.
                metric.value = Some(0.0 - flips.worse());
                metric.interval = Some(Interval { low: 0.0 - interval.high, high: 0.0 - interval.low });
            }
        }
        Err(why) => metric.undefined = Some(*why),
    }
    if let Some(theirs) = theirs {
        let value = theirs.as_ref().ok().map(|flips| 0.0 - flips.worse());
        let alike = match (metric.value, value) {
            (Some(ours), Some(theirs)) => (ours - theirs).abs() < 1e-12,
            (None, None) => true,
            _ => false,
        };
        if !alike {
            let error = theirs.as_ref().err().map(|why| why.clarify_text(MetricId::Ft).to_owned());
            metric.differs = Some(Differs { value, error, why: Message::new("bias-differs-flip-test") });
        }
    }
    metric
}
