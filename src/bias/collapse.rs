//! The counts as the metrics want them: every counted row with its label class, prediction, group and part of a facet.

use std::collections::BTreeMap;

use super::table::Cell;
use super::{Slice, Undefined};

/// A class of labels.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Class {
    pub(super) slice: Slice,
    pub(super) positive: bool,
}

/// What a counted row is, its facets apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) class: usize,
    pub(super) predicted: Option<bool>,
    pub(super) group: Option<usize>,
}

/// The outcomes of all counted rows, in the order of `Counts::rows`; `None` is left out for want of a label.
#[derive(Debug, Clone)]
pub(super) struct Outcome {
    pub(super) classes: Vec<Class>,
    pub(super) groups: Vec<Slice>,
    pub(super) group_trouble: Option<Undefined>,
    /// Clarify's text for the positive labels.
    pub(super) positive_name: String,
    pub(super) keys: Vec<Option<Key>>,
}

/// A facet value that is examined.
#[derive(Debug, Clone)]
pub(super) struct Examined {
    pub(super) slice: Slice,
    /// Clarify's text for it.
    pub(super) name: String,
    /// Its part; `None` where no row can be in it.
    pub(super) part: Option<usize>,
}

/// A facet's rows in parts, in the order of `Counts::rows`; `None` is left out for want of a value.
#[derive(Debug, Clone)]
pub(super) struct Parts {
    pub(super) examined: Vec<Examined>,
    pub(super) part_of: Vec<Option<usize>>,
    pub(super) count: usize,
}

/// Rows by part and outcome.
#[derive(Debug, Clone)]
pub(super) struct Collapsed {
    parts: Vec<BTreeMap<Key, u64>>,
    totals: BTreeMap<Key, u64>,
}

impl Collapsed {
    pub(super) fn new(rows: impl Iterator<Item = u64>, outcome: &Outcome, facet: &Parts) -> Self {
        let mut parts = vec![BTreeMap::new(); facet.count];
        let mut totals = BTreeMap::new();
        for ((rows, key), part) in rows.zip(&outcome.keys).zip(&facet.part_of) {
            if let (Some(key), Some(part)) = (key, part)
                && let Some(cells) = parts.get_mut(*part)
                && rows > 0
            {
                *cells.entry(*key).or_insert(0) += rows;
                *totals.entry(*key).or_insert(0) += rows;
            }
        }
        Self { parts, totals }
    }

    pub(super) fn rows_of(&self, part: usize) -> u64 {
        self.parts.get(part).map_or(0, |cells| cells.values().sum())
    }

    pub(super) fn total(&self) -> u64 {
        self.totals.values().sum()
    }

    /// One comparison: a part (d) against another, or against all the others.
    pub(super) fn cells(&self, part: Option<usize>, reference: Option<usize>, classes: &[Class]) -> Vec<Cell> {
        let none = BTreeMap::new();
        let of_d = part.and_then(|part| self.parts.get(part)).unwrap_or(&none);
        let cell = |examined: bool, key: &Key, rows: u64| Cell {
            examined,
            class: key.class,
            positive: classes.get(key.class).is_some_and(|class| class.positive),
            predicted: key.predicted,
            group: key.group,
            rows,
        };
        let mut cells: Vec<Cell> = of_d.iter().map(|(key, rows)| cell(true, key, *rows)).collect();
        match reference {
            Some(reference) => {
                cells.extend(self.parts.get(reference).into_iter().flatten().map(|(key, rows)| cell(false, key, *rows)));
            }
            None => cells.extend(self.totals.iter().filter_map(|(key, rows)| {
                let others = rows - of_d.get(key).copied().unwrap_or(0);
                (others > 0).then(|| cell(false, key, others))
            })),
        }
        cells
    }
}
