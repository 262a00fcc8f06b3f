//! What a table is like column by column: the figures from which a data quality report is made.

use serde::{Deserialize, Serialize};

use super::ColumnKind;

/// A row that shows a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExampleRow {
    /// Its number in the file, the header counted; tables have none.
    pub number: Option<u64>,
    /// Its cells, cut after 80 characters; `None` is NULL.
    pub cells: Vec<Option<String>>,
}

/// How well one column alone tells the label, by cross-validation.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Power {
    /// The area under the ROC curve over the folds that were left out: 0.5 tells nothing, 1 tells everything.
    pub auc: f64,
    /// How many folds it was averaged over.
    pub folds: usize,
}

/// One column of a profile.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ColumnProfile {
    /// Its name.
    pub name: String,
    /// Its type's name.
    pub type_name: String,
    /// The kind of its values.
    pub kind: ColumnKind,
    /// Rows without a value.
    pub nulls: u64,
    /// Different values, NULL left out; within a few percent where there are very many.
    pub distinct: u64,
    /// The commonest value and its rows, of columns that have few.
    pub commonest: Option<(String, u64)>,
    /// Between these a number is no outlier: three quartile ranges below the lower and above the upper quartile.
    pub fences: Option<(f64, f64)>,
    /// Numbers outside the fences.
    pub outliers: u64,
    /// How well it tells the label, where a label was given and the column has values that repeat.
    pub power: Option<Power>,
    /// Some rows without a value.
    pub null_rows: Vec<ExampleRow>,
    /// Some rows with an outlier.
    pub outlier_rows: Vec<ExampleRow>,
}

/// A table's profile.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TableProfile {
    /// Its rows.
    pub rows: u64,
    /// Rows that repeat an earlier one in every column.
    pub duplicates: u64,
    /// Some of them.
    pub duplicate_rows: Vec<ExampleRow>,
    /// The label whose prediction was tried.
    pub label: Option<String>,
    /// Its columns.
    pub columns: Vec<ColumnProfile>,
}

/// Rows by the value of one column (or by its range), by fold and by whether the label is positive: from these follows how well it tells the label.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FoldCounts {
    bins: Vec<Vec<[u64; 2]>>,
}

impl FoldCounts {
    /// Folds of a cross-validation.
    pub const FOLDS: usize = 5;

    /// Adds rows of a bin; bins are numbered from 0 in any order.
    pub fn add(&mut self, bin: usize, fold: usize, positive: bool, rows: u64) {
        if self.bins.len() <= bin {
            self.bins.resize(bin + 1, vec![[0, 0]; Self::FOLDS]);
        }
        let cell = self.bins.get_mut(bin).and_then(|folds| folds.get_mut(fold % Self::FOLDS));
        if let Some([negatives, positives]) = cell {
            *(if positive { positives } else { negatives }) += rows;
        }
    }

    /// The power of the column: in each fold, every row is given the share of positives that its bin has in the other folds.
    #[must_use]
    pub fn power(&self) -> Option<Power> {
        let areas: Vec<f64> = (0..Self::FOLDS).filter_map(|fold| self.area(fold)).collect();
        let folds = areas.len();
        (folds > 0).then(|| Power { auc: areas.iter().sum::<f64>() / folds as f64, folds })
    }

    fn area(&self, fold: usize) -> Option<f64> {
        let of = |folds: &Vec<[u64; 2]>, inside: bool| {
            let chosen = folds.iter().enumerate().filter(|(at, _)| (*at == fold) == inside).map(|(_, cell)| *cell);
            chosen.fold([0, 0], |[a, b], [c, d]| [a + c, b + d])
        };
        let [others_negative, others_positive] = self.bins.iter().map(|bin| of(bin, false)).fold([0, 0], |[a, b], [c, d]| [a + c, b + d]);
        let all = others_negative + others_positive;
        if all == 0 {
            return None;
        }
        let base = others_positive as f64 / all as f64;
        let scored = self.bins.iter().map(|bin| {
            let [negative, positive] = of(bin, false);
            // One row's worth of the base rate keeps small bins from certainty.
            let score = (positive as f64 + base) / ((negative + positive) as f64 + 1.0);
            (score, of(bin, true))
        });
        let mut scored: Vec<(f64, [u64; 2])> = scored.collect();
        scored.sort_by(|left, right| left.0.total_cmp(&right.0));
        let (mut below, mut won, mut positives) = (0.0, 0.0, 0.0);
        for group in scored.chunk_by(|left, right| left.0.total_cmp(&right.0).is_eq()) {
            let [negative, positive] = group.iter().fold([0, 0], |[a, b], (_, [c, d])| [a + c, b + d]);
            won += positive as f64 * (below + negative as f64 / 2.0);
            below += negative as f64;
            positives += positive as f64;
        }
        (below > 0.0 && positives > 0.0).then(|| won / (below * positives))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_that_gives_the_label_away_has_all_power_and_chance_has_none() {
        let (mut perfect, mut useless, mut unseen) = (FoldCounts::default(), FoldCounts::default(), FoldCounts::default());
        for row in 0..1000_usize {
            let (fold, positive) = (row % 5, row.is_multiple_of(3));
            perfect.add(usize::from(positive), fold, positive, 1);
            useless.add(row % 7, fold, positive, 1);
            unseen.add(row, fold, positive, 1);
        }
        assert!((perfect.power().unwrap().auc - 1.0).abs() < 1e-12);
        assert!((useless.power().unwrap().auc - 0.5).abs() < 0.06, "{:?}", useless.power());
        assert!((unseen.power().unwrap().auc - 0.5).abs() < 1e-12, "a name tells nothing about the next one");
        assert_eq!(FoldCounts::default().power(), None);
    }
}
