//! Plans for balancing a data set: how many rows of each facet by label cell to keep or to draw, or what weight to give them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{BiasError, BiasReport, MetricId, Slice};
use crate::model::{CountRow, Counts};

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
    /// The values of the facet columns, in the order of [`Plan::columns`].
    pub facets: Vec<String>,
    /// The label.
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
        let places = places(counts, &self.columns.iter().map(String::as_str).collect::<Vec<_>>())?;
        let weights: BTreeMap<(Vec<&str>, &str), f64> =
            self.cells.iter().map(|cell| ((cell.facets.iter().map(String::as_str).collect(), cell.label.as_str()), cell.weight)).collect();
        let rows = counts.rows.iter().filter_map(|row| {
            let facets: Option<Vec<&str>> = places.iter().map(|place| row.facets.get(*place).and_then(Option::as_deref)).collect();
            let weight = weights.get(&(facets?, row.label.as_deref()?))?;
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number of rows, never negative")]
            let rows = (row.rows as f64 * weight).round() as u64;
            Some(CountRow { rows, ..row.clone() })
        });
        Ok(Counts { rows: rows.collect(), ..counts.clone() })
    }
}

/// The places of facet columns among those counted.
fn places(counts: &Counts, columns: &[&str]) -> Result<Vec<usize>, BiasError> {
    let place = |name: &&str| {
        let at = counts.facets.iter().position(|facts| facts.name == **name);
        at.ok_or_else(|| BiasError::NoColumn((*name).to_owned()))
    };
    columns.iter().map(place).collect()
}

/// The plan to down-sample every facet by label cell to the smallest one.
pub fn downsample_plan(counts: &Counts, columns: &[&str]) -> Result<Plan, BiasError> {
    plan(counts, columns, Balancing::DownSample)
}

/// The plan to balance the cells of these facet columns (all of their combinations) by the label's values.
pub fn plan(counts: &Counts, columns: &[&str], balancing: Balancing) -> Result<Plan, BiasError> {
    if columns.is_empty() {
        return Err(BiasError::NoFacet);
    }
    let places = places(counts, columns)?;
    let mut cells: BTreeMap<(Vec<&str>, &str), u64> = BTreeMap::new();
    let mut left_out = 0;
    for row in &counts.rows {
        let facets: Option<Vec<&str>> = places.iter().map(|place| row.facets.get(*place).and_then(Option::as_deref)).collect();
        match (facets, row.label.as_deref()) {
            (Some(facets), Some(label)) if row.rows > 0 => *cells.entry((facets, label)).or_insert(0) += row.rows,
            (Some(_), Some(_)) => {}
            _ => left_out += row.rows,
        }
    }
    let (Some(smallest), Some(largest)) = (cells.values().min().copied(), cells.values().max().copied()) else {
        return Err(BiasError::NoRows);
    };
    let share = cells.values().sum::<u64>() as f64 / cells.len() as f64;
    let all_facets: std::collections::BTreeSet<&Vec<&str>> = cells.keys().map(|(facets, _)| facets).collect();
    let all_labels: std::collections::BTreeSet<&str> = cells.keys().map(|(_, label)| *label).collect();
    let own = |facets: &[&str]| facets.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>();
    let pairs = all_facets.iter().flat_map(|facets| all_labels.iter().map(move |label| ((*facets).clone(), *label)));
    let missing = pairs.filter(|pair| !cells.contains_key(pair)).map(|(facets, label)| (own(&facets), label.to_owned())).collect();
    let cells = cells
        .iter()
        .map(|((facets, label), rows)| PlanCell {
            facets: own(facets),
            label: (*label).to_owned(),
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
    Ok(Plan { balancing, columns, label: counts.label.name.clone(), cells, missing, left_out })
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
