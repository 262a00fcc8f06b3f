//! Tests of the bias room: the course's real job, smclarify's own answers, worked examples, properties and a slow reference.

mod course;
mod coverage;
mod examples;
mod flip;
mod inputs;
mod properties;
mod questions;
mod reference;
mod smclarify;
mod texts;

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{ColumnFacts, ColumnKind, CountRow, Counts};

/// A column of a small table, value by value.
#[derive(Debug, Clone)]
pub(super) struct Rows {
    pub(super) name: &'static str,
    pub(super) kind: ColumnKind,
    pub(super) values: Vec<Option<String>>,
}

impl Rows {
    pub(super) fn text(name: &'static str, values: &[&str]) -> Self {
        Self { name, kind: ColumnKind::Text, values: values.iter().map(|value| Some((*value).to_owned())).collect() }
    }

    fn facts(&self) -> ColumnFacts {
        let mut met = BTreeSet::new();
        let seen: Vec<Option<String>> = self.values.iter().filter(|value| met.insert(*value)).cloned().collect();
        let present: Vec<&String> = self.values.iter().flatten().collect();
        let numeric = matches!(self.kind, ColumnKind::Integer | ColumnKind::Float);
        let numbers: Vec<f64> = if numeric { present.iter().map(|text| text.parse().unwrap()).collect() } else { Vec::new() };
        ColumnFacts {
            name: self.name.to_owned(),
            kind: self.kind,
            distinct: present.iter().collect::<BTreeSet<_>>().len() as u64,
            non_null: present.len() as u64,
            min: numbers.iter().copied().reduce(f64::min),
            max: numbers.iter().copied().reduce(f64::max),
            first_seen: Some(seen),
        }
    }
}

/// Counts small tables the plain way.
pub(super) fn count(facets: &[Rows], label: &Rows, predicted: Option<&Rows>, group: Option<&Rows>) -> Counts {
    type Cell = (Vec<Option<String>>, Option<String>, Option<String>, Option<String>);
    let mut cells: BTreeMap<Cell, u64> = BTreeMap::new();
    for at in 0..label.values.len() {
        let of = |rows: Option<&Rows>| rows.and_then(|rows| rows.values[at].clone());
        let key = (facets.iter().map(|rows| rows.values[at].clone()).collect(), label.values[at].clone(), of(predicted), of(group));
        *cells.entry(key).or_insert(0) += 1;
    }
    Counts {
        facets: facets.iter().map(Rows::facts).collect(),
        label: label.facts(),
        predicted: predicted.map(Rows::facts),
        group: group.map(Rows::facts),
        rows: cells
            .into_iter()
            .map(|((facets, label, predicted, group), rows)| CountRow { facets, label, predicted, group, rows })
            .collect(),
    }
}

/// Equal to 1e-12, relative above 1; infinities equal themselves.
pub(super) fn close(left: f64, right: f64) -> bool {
    left.total_cmp(&right).is_eq() || (left.is_finite() && right.is_finite() && (left - right).abs() <= 1e-12 * left.abs().max(1.0))
}
