//! What a measurement gives: for every facet value its rows, its labels and its metrics, each with an interval.

use serde::{Deserialize, Serialize};

use super::flip::FlipTest;
use super::formula::Undefined;
use super::table::Tally;
use super::{MetricId, Mode, Slice};
use crate::model::Message;

/// An interval of confidence; either end may be infinite.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// The lower end.
    #[serde(with = "super::json::number")]
    pub low: f64,
    /// The upper end.
    #[serde(with = "super::json::number")]
    pub high: f64,
}

/// What Clarify would report instead of an exact figure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Differs {
    /// Clarify's value, where it has one.
    #[serde(with = "super::json::maybe_number")]
    pub value: Option<f64>,
    /// Clarify's error, where it has none.
    pub error: Option<String>,
    /// Why the two differ.
    pub why: Message,
}

/// One metric of one facet value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Metric {
    /// Which metric.
    pub id: MetricId,
    /// Its value; may be infinite.
    #[serde(with = "super::json::maybe_number")]
    pub value: Option<f64>,
    /// The interval around it, where one can be had.
    pub interval: Option<Interval>,
    /// Why there is no value.
    pub undefined: Option<Undefined>,
    /// In exact mode: what Clarify would say, where that is something else.
    pub differs: Option<Differs>,
    /// Whether the value can be told from no difference at all, at the confidence asked for; `None` where that is no question.
    pub distinguishable: Option<bool>,
}

impl Metric {
    /// Why there is no value, in the reader's language.
    pub fn error(&self) -> Option<Message> {
        self.undefined.map(Undefined::message)
    }

    /// How far the value lies from "no difference": 0 or more, infinite at worst. Ratios count by how many times they are off.
    pub fn distance(&self) -> Option<f64> {
        let value = self.value?;
        Some(match self.id {
            MetricId::Di if value <= 0.0 => f64::INFINITY,
            MetricId::Di => value.max(1.0 / value) - 1.0,
            id => (value - id.parity()).abs(),
        })
    }
}

/// The disparity within one group of the group variable: the parts whose weighted mean is CDDL or CDDPL.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GroupDisparity {
    /// The group.
    pub group: Slice,
    /// Its rows.
    pub rows: u64,
    /// The rows of the examined facet value among them.
    pub examined: u64,
    /// The demographic disparity of its labels; `None` where it has only one kind of label.
    pub labels: Option<f64>,
    /// The demographic disparity of its predictions.
    pub predictions: Option<f64>,
}

/// All that was measured about one facet value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ValueReport {
    /// The facet value (d).
    pub slice: Slice,
    /// Clarify's text for it.
    pub name: String,
    /// Its rows.
    pub d: Tally,
    /// The rows it is compared with (a).
    pub a: Tally,
    /// Its rows by label class, in the order of [`BiasReport::classes`].
    pub labels: Vec<u64>,
    /// The rows of the others by label class.
    pub other_labels: Vec<u64>,
    /// The metrics asked for, in the order of [`MetricId`]. None for the reference value itself.
    pub metrics: Vec<Metric>,
    /// The disparity in each group of the group variable; empty without one.
    pub groups: Vec<GroupDisparity>,
    /// The disparity over all rows, the groups ignored: where its sign is not that of CDDL, that is Simpson's paradox.
    pub disparity: Option<f64>,
    /// Whether this is the facet value that the others are compared with.
    pub is_reference: bool,
}

impl ValueReport {
    /// The metric of this id.
    pub fn metric(&self, id: MetricId) -> Option<&Metric> {
        self.metrics.iter().find(|metric| metric.id == id)
    }

    /// The share of its rows in a label class; NaN without rows.
    pub fn label_share(&self, class: usize) -> Option<f64> {
        Some(*self.labels.get(class)? as f64 / self.d.rows as f64)
    }

    /// The share of the others' rows in a label class; NaN without rows.
    pub fn other_label_share(&self, class: usize) -> Option<f64> {
        Some(*self.other_labels.get(class)? as f64 / self.a.rows as f64)
    }
}

/// Rows that a measurement left out because a value is NULL, each kind counted by itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// Rows without a facet value: not measured for this facet.
    pub facet: u64,
    /// Rows without a label: not measured at all.
    pub label: u64,
    /// Rows without a prediction: left out of the post-training metrics.
    pub predicted: u64,
    /// Rows without a group: left out of CDDL and CDDPL.
    pub group: u64,
}

/// All that was measured about one facet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FacetReport {
    /// Its column; several for an intersection.
    pub columns: Vec<String>,
    /// Its values, in order of first appearance, or by value where the source has no order.
    pub values: Vec<ValueReport>,
    /// The rows measured.
    pub rows: u64,
    /// The rows left out.
    pub left_out: LeftOut,
    /// In how many groups the rows fall, the values not examined included.
    pub parts: usize,
    /// What CI would be for each value if all groups were of one size: (k − 2) / k.
    pub equal_ci: f64,
    /// How even the groups' sizes are.
    pub balance: Balance,
    /// Whether the values are in the file's order (and not sorted).
    pub in_order_of_appearance: bool,
    /// In exact mode: why Clarify would have nothing to say about this facet.
    pub clarify_failure: Option<Message>,
}

impl FacetReport {
    /// The facet's name: its columns, joined.
    pub fn name(&self) -> String {
        self.columns.join(" · ")
    }

    /// The report of this value.
    pub fn value(&self, slice: &Slice) -> Option<&ValueReport> {
        self.values.iter().find(|value| value.slice == *slice)
    }
}

/// How even the sizes of some classes are.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Balance {
    /// Shannon entropy over its largest value: 1 for equal sizes, 0 when one class has everything.
    pub entropy: f64,
    /// The largest class over the smallest; infinite when one is empty.
    #[serde(with = "super::json::number")]
    pub largest_to_smallest: f64,
}

impl Balance {
    /// The balance of classes of these sizes.
    pub fn of(sizes: &[u64]) -> Self {
        let all = sizes.iter().sum::<u64>() as f64;
        let shares = sizes.iter().filter(|size| **size > 0).map(|size| *size as f64 / all);
        let entropy: f64 = -shares.map(|share| share * share.ln()).sum::<f64>();
        let most = (sizes.len() as f64).ln();
        let (largest, smallest) = (sizes.iter().max().copied().unwrap_or(0), sizes.iter().min().copied().unwrap_or(0));
        Self {
            entropy: if most > 0.0 { (entropy / most).clamp(0.0, 1.0) } else { 1.0 },
            largest_to_smallest: if largest == 0 { 1.0 } else { largest as f64 / smallest as f64 },
        }
    }
}

/// A class of labels over all rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LabelClass {
    /// The label, or the side of the threshold.
    pub slice: Slice,
    /// Whether it counts as positive.
    pub positive: bool,
    /// Its rows.
    pub rows: u64,
}

/// The answer to a question about bias.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BiasReport {
    /// The rules it was measured by.
    pub mode: Mode,
    /// The label column.
    pub label: String,
    /// Clarify's text for the positive labels or the threshold's interval.
    pub positive: String,
    /// The predicted label column.
    pub predicted: Option<String>,
    /// The group variable.
    pub group: Option<String>,
    /// All rows counted, the left-out ones included.
    pub rows: u64,
    /// The label classes, in the order of their values.
    pub classes: Vec<LabelClass>,
    /// How even the label classes are.
    pub balance: Balance,
    /// The confidence of the intervals.
    pub confidence: f64,
    /// The facets, in the order of the question.
    pub facets: Vec<FacetReport>,
    /// On which rows the flip test was made, if it was.
    #[serde(default)]
    pub flip_test: Option<FlipTest>,
}

impl BiasReport {
    /// Takes the intervals away, where they would say more than is known: of weighted counts, which are no numbers of rows.
    pub fn drop_intervals(&mut self) {
        for metric in self.facets.iter_mut().flat_map(|facet| &mut facet.values).flat_map(|value| &mut value.metrics) {
            metric.interval = None;
            metric.distinguishable = None;
        }
    }
}
