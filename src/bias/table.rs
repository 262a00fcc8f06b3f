//! One comparison as counts: the rows of a facet value (d) against the others (a), by label class, prediction and group.

use serde::{Deserialize, Serialize};

/// The rows of one side of a comparison. The four confusion counts cover the rows with a prediction; all zero without one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// All rows of this side.
    pub rows: u64,
    /// Rows whose label is positive.
    pub positive: u64,
    /// Label and prediction positive.
    pub true_positive: u64,
    /// Label not positive, prediction positive.
    pub false_positive: u64,
    /// Label and prediction not positive.
    pub true_negative: u64,
    /// Label positive, prediction not.
    pub false_negative: u64,
}

impl Tally {
    /// Rows whose label is not positive.
    pub const fn negative(&self) -> u64 {
        self.rows - self.positive
    }

    /// Rows with a prediction.
    pub const fn predicted(&self) -> u64 {
        self.true_positive + self.false_positive + self.true_negative + self.false_negative
    }

    /// Rows that are predicted positive.
    pub const fn predicted_positive(&self) -> u64 {
        self.true_positive + self.false_positive
    }

    /// Rows that are predicted not positive.
    pub const fn predicted_negative(&self) -> u64 {
        self.true_negative + self.false_negative
    }

    /// Rows with a prediction whose label is positive.
    pub const fn labelled_positive(&self) -> u64 {
        self.true_positive + self.false_negative
    }

    /// Rows with a prediction whose label is not positive.
    pub const fn labelled_negative(&self) -> u64 {
        self.true_negative + self.false_positive
    }

    /// The share of positive labels; NaN without rows.
    pub const fn positive_share(&self) -> f64 {
        self.positive as f64 / self.rows as f64
    }

    /// The share of positive predictions; NaN without predictions.
    pub const fn predicted_share(&self) -> f64 {
        self.predicted_positive() as f64 / self.predicted() as f64
    }
}

/// One group of the group variable: how many of its favourable and unfavourable outcomes are the examined facet's.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Outcomes {
    pub(super) favourable_d: u64,
    pub(super) favourable: u64,
    pub(super) unfavourable_d: u64,
    pub(super) unfavourable: u64,
}

impl Outcomes {
    pub(super) const fn rows(&self) -> u64 {
        self.favourable + self.unfavourable
    }

    fn add(&mut self, examined: bool, favourable: bool, rows: u64) {
        let (of_d, all) =
            if favourable { (&mut self.favourable_d, &mut self.favourable) } else { (&mut self.unfavourable_d, &mut self.unfavourable) };
        *all += rows;
        if examined {
            *of_d += rows;
        }
    }
}

/// Rows that are alike in all that a comparison looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cell {
    /// Whether the rows belong to the examined facet value (d).
    pub(super) examined: bool,
    /// The label's class.
    pub(super) class: usize,
    /// Whether that class is positive.
    pub(super) positive: bool,
    /// The prediction, where there is one.
    pub(super) predicted: Option<bool>,
    /// The group, where there is one.
    pub(super) group: Option<usize>,
    pub(super) rows: u64,
}

/// The sums that the formulas work on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Table {
    pub(super) d: Tally,
    pub(super) a: Tally,
    /// Rows of (a, d) by label class.
    pub(super) classes: Vec<(u64, u64)>,
    /// Outcomes of the labels by group.
    pub(super) labels: Vec<Outcomes>,
    /// Outcomes of the predictions by group.
    pub(super) predictions: Vec<Outcomes>,
}

impl Table {
    /// A table with this many classes and groups, all zero.
    pub(super) fn empty(classes: usize, groups: usize) -> Self {
        Self {
            classes: vec![(0, 0); classes],
            labels: vec![Outcomes::default(); groups],
            predictions: vec![Outcomes::default(); groups],
            ..Self::default()
        }
    }

    /// Fills the table anew from cells; the cells' own counts give way to `rows`, which has one number a cell.
    pub(super) fn fill(&mut self, cells: &[Cell], rows: impl IntoIterator<Item = u64>) {
        self.d = Tally::default();
        self.a = Tally::default();
        self.classes.fill((0, 0));
        self.labels.fill(Outcomes::default());
        self.predictions.fill(Outcomes::default());
        for (cell, rows) in cells.iter().zip(rows) {
            self.add(cell, rows);
        }
    }

    fn add(&mut self, cell: &Cell, rows: u64) {
        let side = if cell.examined { &mut self.d } else { &mut self.a };
        side.rows += rows;
        if cell.positive {
            side.positive += rows;
        }
        if let Some(predicted) = cell.predicted {
            *match (cell.positive, predicted) {
                (true, true) => &mut side.true_positive,
                (false, true) => &mut side.false_positive,
                (false, false) => &mut side.true_negative,
                (true, false) => &mut side.false_negative,
            } += rows;
        }
        if let Some((a, d)) = self.classes.get_mut(cell.class) {
            *(if cell.examined { d } else { a }) += rows;
        }
        let Some(group) = cell.group else { return };
        if let Some(outcomes) = self.labels.get_mut(group) {
            outcomes.add(cell.examined, cell.positive, rows);
        }
        if let (Some(outcomes), Some(predicted)) = (self.predictions.get_mut(group), cell.predicted) {
            outcomes.add(cell.examined, predicted, rows);
        }
    }

    /// The label distributions of (a, d); one class each where a side has no rows.
    pub(super) fn distributions(&self) -> impl Iterator<Item = (f64, f64)> + Clone {
        let (a, d) = (self.a.rows as f64, self.d.rows as f64);
        self.classes.iter().map(move |&(in_a, in_d)| (in_a as f64 / a, in_d as f64 / d))
    }
}
