//! Plans for balancing a data set: how many rows of each facet by label cell to keep or to draw, or what weight to give them.
//! Cells are made of what is measured: of the ranges of a facet in bins, and of both sides of a threshold.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::exact::is;
use super::spec::threshold;
use super::{BiasError, BiasReport, MetricId, Positive, Selection, Slice, Spec};
use crate::model::{ColumnFacts, ColumnKind, CountRow, Counts, Grouping};

/// How to balance.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Balancing {
    /// Every cell keeps as many rows as the smallest has.
    #[default]
    DownSample,
    /// Every cell is filled up, by drawing its rows again, to as many as the largest has.
    OverSample,
    /// Every row stays; a weight makes all cells count the same, the weights summing to the number of rows.
    Weights,
}

/// One facet by label cell of a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlanCell {
    /// The values of the facet columns, or the names of their groups, in the order of [`Plan::columns`].
    pub facets: Vec<String>,
    /// The label, or the side of the threshold.
    pub label: String,
    /// Its rows.
    pub rows: u64,
    /// The rows it is to have.
    pub target: u64,
    /// The weight of each of its rows; 1 unless the plan is one of weights.
    pub weight: f64,
}

/// A plan for balancing. Rows with a NULL in a facet column or the label belong to no cell and are left out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// How.
    pub balancing: Balancing,
    /// The facet columns whose combinations make the cells.
    pub columns: Vec<String>,
    /// The label column.
    pub label: String,
    /// How the values of each of these columns, and last of the label, are gathered.
    #[serde(default)]
    pub groupings: Vec<Grouping>,
    /// The cells that have rows, by facet values and label.
    pub cells: Vec<PlanCell>,
    /// The combinations of a facet and a label that have no row: what no plan can balance.
    pub missing: Vec<(Vec<String>, String)>,
    /// Rows that belong to no cell.
    pub left_out: u64,
}

impl Plan {
    /// The smallest cell: what down-sampling is limited by.
    pub fn smallest(&self) -> Option<&PlanCell> {
        self.cells.iter().min_by_key(|cell| cell.rows)
    }

    /// All rows after balancing.
    pub fn total(&self) -> u64 {
        self.cells.iter().map(|cell| cell.target).sum()
    }
}

impl Plan {
    /// The counts as they are once the weights are taken into account, to whole rows; rows of no cell are left out.
    pub fn weighted(&self, counts: &Counts) -> Result<Counts, BiasError> {
        let cells = Cells { places: places(counts, &self.columns)?, groupings: &self.groupings };
        let weights: BTreeMap<Key<'_>, f64> = self.cells.iter().map(|cell| (cell.key(), cell.weight)).collect();
        let rows = counts.rows.iter().filter_map(|row| {
            let weight = weights.get(&cells.key(row)?)?;
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number of rows, never negative")]
            let rows = (row.rows as f64 * weight).round() as u64;
            Some(CountRow { rows, ..row.clone() })
        });
        Ok(Counts { rows: rows.collect(), ..counts.clone() })
    }
}

/// The names that make a cell: the facets', and the label's.
type Key<'a> = (Vec<Cow<'a, str>>, Cow<'a, str>);

impl PlanCell {
    fn key(&self) -> Key<'_> {
        (self.facets.iter().map(|name| Cow::Borrowed(name.as_str())).collect(), Cow::Borrowed(&self.label))
    }
}

/// How counted rows fall into cells.
struct Cells<'a> {
    places: Vec<usize>,
    groupings: &'a [Grouping],
}

impl Cells<'_> {
    /// The cell of a counted row; `None` if a value is missing.
    fn key<'a>(&self, row: &'a CountRow) -> Option<Key<'a>> {
        let group = |at: usize, value: &'a str| self.groupings.get(at).map_or(Some(Cow::Borrowed(value)), |grouping| grouping.group(value));
        let facet = |(at, place): (usize, &usize)| group(at, row.facets.get(*place)?.as_deref()?);
        let facets: Option<Vec<Cow<'_, str>>> = self.places.iter().enumerate().map(facet).collect();
        Some((facets?, group(self.places.len(), row.label.as_deref()?)?))
    }
}

/// The places of facet columns among those counted.
fn places(counts: &Counts, columns: &[impl AsRef<str>]) -> Result<Vec<usize>, BiasError> {
    let place = |name: &str| {
        let at = counts.facets.iter().position(|facts| facts.name == name);
        at.ok_or_else(|| BiasError::NoColumn(name.to_owned()))
    };
    columns.iter().map(|name| place(name.as_ref())).collect()
}

/// Gathers the values of a facet column as the question does where it asks for this column alone.
fn facet_grouping(counts: &Counts, spec: &Spec, place: usize, facts: &ColumnFacts) -> Grouping {
    let facet = spec.facets.iter().find(|facet| facet.columns == [facts.name.as_str()]);
    match facet.map(|facet| &facet.selection) {
        None | Some(Selection::EachValue) => Grouping::EachValue,
        Some(Selection::Threshold(number)) => Grouping::Ranges(vec![*number]),
        Some(Selection::Bins(edges)) => Grouping::Ranges(edges.clone()),
        Some(Selection::Values(wanted)) => match threshold(facts, wanted) {
            Some(number) => Grouping::Ranges(vec![number]),
            None => {
                let met: BTreeSet<&str> = counts.rows.iter().filter_map(|row| row.facets.get(place)?.as_deref()).collect();
                let inside = |text: &&str| wanted.iter().any(|value| is(facts.kind, text, value));
                let values = met.into_iter().filter(inside).map(str::to_owned).collect();
                Grouping::Within { values, numbers: matches!(facts.kind, ColumnKind::Integer | ColumnKind::Float) }
            }
        },
    }
}

/// Every label by itself, but for those that only a threshold makes positive.
fn label_grouping(facts: &ColumnFacts, positive: &Positive) -> Grouping {
    let number = match positive {
        Positive::Threshold(number) => Some(*number),
        Positive::Values(values) => threshold(facts, values),
    };
    number.map_or(Grouping::EachValue, |number| Grouping::Ranges(vec![number]))
}

/// The plan to down-sample every facet by label cell to the smallest one.
pub fn downsample_plan(counts: &Counts, spec: &Spec, columns: &[&str]) -> Result<Plan, BiasError> {
    plan(counts, spec, columns, Balancing::DownSample)
}

/// The plan to balance the cells of these facet columns (all of their combinations) by the label, each gathered as the question gathers it.
pub fn plan(counts: &Counts, spec: &Spec, columns: &[&str], balancing: Balancing) -> Result<Plan, BiasError> {
    if columns.is_empty() {
        return Err(BiasError::NoFacet);
    }
    let places = places(counts, columns)?;
    let known = places.iter().filter_map(|place| counts.facets.get(*place).map(|facts| (*place, facts)));
    let mut groupings: Vec<Grouping> = known.map(|(place, facts)| facet_grouping(counts, spec, place, facts)).collect();
    groupings.push(label_grouping(&counts.label, &spec.positive));
    let mut cells: BTreeMap<Key<'_>, u64> = BTreeMap::new();
    let mut left_out = 0;
    let by = Cells { places, groupings: &groupings };
    for row in counts.rows.iter().filter(|row| row.rows > 0) {
        match by.key(row) {
            Some(key) => *cells.entry(key).or_insert(0) += row.rows,
            None => left_out += row.rows,
        }
    }
    let (Some(smallest), Some(largest)) = (cells.values().min().copied(), cells.values().max().copied()) else {
        return Err(BiasError::NoRows);
    };
    let share = cells.values().sum::<u64>() as f64 / cells.len() as f64;
    let all_facets: BTreeSet<&Vec<Cow<'_, str>>> = cells.keys().map(|(facets, _)| facets).collect();
    let all_labels: BTreeSet<&Cow<'_, str>> = cells.keys().map(|(_, label)| label).collect();
    let own = |facets: &[Cow<'_, str>]| facets.iter().map(|value| value.clone().into_owned()).collect::<Vec<_>>();
    let pairs = all_facets.iter().flat_map(|facets| all_labels.iter().map(move |label| ((*facets).clone(), (*label).clone())));
    let missing = pairs.filter(|pair| !cells.contains_key(pair)).map(|(facets, label)| (own(&facets), label.into_owned())).collect();
    let cells = cells
        .iter()
        .map(|((facets, label), rows)| PlanCell {
            facets: own(facets),
            label: label.clone().into_owned(),
            rows: *rows,
            target: match balancing {
                Balancing::DownSample => smallest,
                Balancing::OverSample => largest,
                Balancing::Weights => *rows,
            },
            weight: if balancing == Balancing::Weights { share / *rows as f64 } else { 1.0 },
        })
        .collect();
    let columns = columns.iter().map(|name| (*name).to_owned()).collect();
    Ok(Plan { balancing, columns, label: counts.label.name.clone(), groupings, cells, missing, left_out })
}

/// One metric before and after.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// The facet's columns.
    pub facet: Vec<String>,
    /// The facet value.
    pub value: Slice,
    /// The metric.
    pub metric: MetricId,
    /// Its value before, where there is one.
    #[serde(with = "super::json::maybe_number")]
    pub before: Option<f64>,
    /// Its value after, where there is one.
    #[serde(with = "super::json::maybe_number")]
    pub after: Option<f64>,
}

/// Every metric that is in both reports, side by side, in the order of the first.
pub fn changes(before: &BiasReport, after: &BiasReport) -> Vec<Change> {
    let mut changes = Vec::new();
    for facet in &before.facets {
        let Some(twin) = after.facets.iter().find(|other| other.columns == facet.columns) else { continue };
        for value in &facet.values {
            let Some(other) = twin.value(&value.slice) else { continue };
            for metric in &value.metrics {
                let Some(now) = other.metric(metric.id) else { continue };
                changes.push(Change {
                    facet: facet.columns.clone(),
                    value: value.slice.clone(),
                    metric: metric.id,
                    before: metric.value,
                    after: now.value,
                });
            }
        }
    }
    changes
}
