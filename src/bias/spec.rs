//! What is asked: the facets, the label and its positive values, and by which rules to measure.

use serde::{Deserialize, Serialize};

use super::MetricId;
use crate::model::{ColumnFacts, ColumnKind, Counts};

/// A value as a person or a configuration writes it. The type matters in clarify mode alone, which follows Python's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// A fraction, or a whole number written with a point.
    Float(f64),
    /// Text; also right for numbers and booleans, which are read from it.
    Text(String),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Self::Float(number)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl Value {
    /// The value as a number, if it is one or reads as one.
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Bool(value) => Some(f64::from(u8::from(*value))),
            Self::Integer(number) => Some(*number as f64),
            Self::Float(number) => Some(*number),
            Self::Text(text) => text.trim().parse().ok(),
        }
    }
}

/// The values of a facet column that are examined, each against everyone else.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Selection {
    /// Every value by itself.
    #[default]
    EachValue,
    /// These values together, as one group.
    Values(Vec<Value>),
    /// The rows above this number, as one group.
    Threshold(f64),
    /// Every bin between these edges by itself: up to the first, above the first up to the second, …, above the last.
    Bins(Vec<f64>),
}

/// One facet: a column, or several whose combinations are examined.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FacetSpec {
    /// The column's name; several for an intersection.
    pub columns: Vec<String>,
    /// Which of its values are examined. An intersection takes [`Selection::EachValue`] only.
    #[serde(default)]
    pub selection: Selection,
}

impl FacetSpec {
    /// Every value of one column.
    pub fn column(name: impl Into<String>) -> Self {
        Self { columns: vec![name.into()], selection: Selection::EachValue }
    }

    /// Every combination of the values of several columns.
    pub fn intersection<S: Into<String>>(names: impl IntoIterator<Item = S>) -> Self {
        Self { columns: names.into_iter().map(Into::into).collect(), selection: Selection::EachValue }
    }

    /// The facet's name: its columns, joined.
    pub fn name(&self) -> String {
        self.columns.join(" · ")
    }

    /// The same facet with another selection.
    #[must_use]
    pub fn select(mut self, selection: Selection) -> Self {
        self.selection = selection;
        self
    }
}

/// Which labels are the favourable ones.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Positive {
    /// Labels equal to one of these.
    Values(Vec<Value>),
    /// Labels above this number.
    Threshold(f64),
}

/// The rules of arithmetic and of types.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// The mathematical definitions; label distributions over all classes.
    #[default]
    Exact,
    /// The numbers of smclarify 0.5, its edge cases and type rules included.
    Clarify,
}

/// What becomes of rows whose facet, label, prediction or group is NULL. Clarify mode has rules of its own and ignores this.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Nulls {
    /// NULL is a value like any other: a facet value, a label that is not positive, a group.
    #[default]
    Keep,
    /// Such rows are left out, and counted in [`super::LeftOut`].
    LeaveOut,
}

/// Against whom each facet value is measured. Clarify mode knows everyone else only.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reference {
    /// All other rows.
    #[default]
    EveryoneElse,
    /// The facet value with the most rows.
    Largest,
    /// This facet value, as [`super::Slice::text`] writes it.
    Named(String),
}

/// What to do about many comparisons at once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Correction {
    /// Each interval by itself has the confidence asked for.
    #[default]
    None,
    /// All intervals of a facet's values together have it (Bonferroni).
    Bonferroni,
}

/// A question about bias: everything [`super::measure`] needs beside the counts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Spec {
    /// The facets, at least one.
    pub facets: Vec<FacetSpec>,
    /// The label column.
    pub label: String,
    /// Which labels are positive; the same of the predicted labels.
    pub positive: Positive,
    /// The column with predicted labels: asks for the post-training metrics too.
    #[serde(default)]
    pub predicted: Option<String>,
    /// The group variable of CDDL and CDDPL.
    #[serde(default)]
    pub group: Option<String>,
    /// The metrics asked for; empty means all that can be had.
    #[serde(default)]
    pub metrics: Vec<MetricId>,
    /// The rules.
    #[serde(default)]
    pub mode: Mode,
    /// The treatment of NULL.
    #[serde(default)]
    pub nulls: Nulls,
    /// Who the others are.
    #[serde(default)]
    pub reference: Reference,
    /// The confidence of the intervals, between 0 and 1; 0.95 unless said otherwise.
    #[serde(default = "default_confidence")]
    pub confidence: f64,
    /// The correction for many facet values.
    #[serde(default)]
    pub correction: Correction,
    /// The seed of the resampling: the same seed gives the same intervals.
    #[serde(default)]
    pub seed: u64,
    /// How often the counts are drawn again for the intervals that need it; fewer for very many facet values. 0 leaves these intervals out.
    #[serde(default = "default_draws")]
    pub draws: usize,
}

const fn default_confidence() -> f64 {
    0.95
}

const fn default_draws() -> usize {
    2_000
}

impl Spec {
    /// A question with the defaults: exact mode, every value of each facet column, 95% intervals.
    pub fn new<S: Into<String>>(facets: impl IntoIterator<Item = S>, label: impl Into<String>, positive: Positive) -> Self {
        Self {
            facets: facets.into_iter().map(FacetSpec::column).collect(),
            label: label.into(),
            positive,
            predicted: None,
            group: None,
            metrics: Vec::new(),
            mode: Mode::Exact,
            nulls: Nulls::Keep,
            reference: Reference::EveryoneElse,
            confidence: default_confidence(),
            correction: Correction::None,
            seed: 0,
            draws: default_draws(),
        }
    }

    /// The same question with a threshold in the place of a single number that stands for one: Clarify's configuration writes both alike, as
    /// `[40]`. A number is a threshold on a column of fractions, and on one of whole numbers with more than 20 different ones that make up
    /// 5% of its rows. Clarify mode is left alone: it has a rule of its own, which takes small samples for continuous.
    #[must_use]
    pub fn with_thresholds(mut self, counts: &Counts) -> Self {
        if self.mode == Mode::Clarify {
            return self;
        }
        if let Positive::Values(values) = &self.positive
            && let Some(number) = threshold(&counts.label, values)
        {
            self.positive = Positive::Threshold(number);
        }
        for facet in &mut self.facets {
            let facts = counts.facets.iter().find(|facts| facet.columns.first() == Some(&facts.name));
            if let (Selection::Values(values), Some(facts)) = (&facet.selection, facts)
                && let Some(number) = threshold(facts, values)
            {
                facet.selection = Selection::Threshold(number);
            }
        }
        self
    }

    /// The columns to count by: each facet column once, in order of first mention. The label, prediction and group come beside them.
    pub fn facet_columns(&self) -> Vec<&str> {
        let mut columns = Vec::new();
        for column in self.facets.iter().flat_map(|facet| &facet.columns) {
            if !columns.contains(&column.as_str()) {
                columns.push(column);
            }
        }
        columns
    }

    /// Whether the flip test is asked for: it needs a sample of rows beside the counts.
    pub fn wants_flip_test(&self) -> bool {
        self.predicted.is_some() && (self.metrics.is_empty() || self.metrics.contains(&MetricId::Ft))
    }

    /// Whether this metric is asked for and can be had from counts. The flip test needs rows and joins a report later.
    pub fn wants(&self, id: MetricId) -> bool {
        (self.metrics.is_empty() || self.metrics.contains(&id))
            && (!id.is_post_training() || self.predicted.is_some())
            && id != MetricId::Ft
    }
}

/// The number that stands for a threshold where Clarify's configuration may mean one: see [`Spec::with_thresholds`].
pub(super) fn threshold(facts: &ColumnFacts, values: &[Value]) -> Option<f64> {
    match values {
        [only] if facts.kind == ColumnKind::Float => only.number(),
        [only] if facts.kind == ColumnKind::Integer && facts.distinct > 20 && facts.distinct * 20 >= facts.non_null => only.number(),
        _ => None,
    }
}
