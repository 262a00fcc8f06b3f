//! Why a question about bias can't be answered at all, and what to ask instead.

use crate::model::Message;

/// Why [`super::measure`] gives no report. One metric that can't be had is no such error: see [`super::Undefined`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BiasError {
    /// No facet column was chosen.
    #[error("no facet was chosen")]
    NoFacet,
    /// A column of the question is not among the counted ones.
    #[error("the column '{0}' was not counted")]
    NoColumn(String),
    /// A facet column is the label (or the predicted label) itself.
    #[error("the column '{0}' is both facet and label")]
    LabelIsFacet(String),
    /// There are no rows.
    #[error("there are no rows")]
    NoRows,
    /// Every row lacks a value in this column.
    #[error("the column '{0}' is NULL in every row")]
    AllNull(String),
    /// No positive value was given.
    #[error("no positive label was chosen")]
    NoPositive,
    /// No label equals a positive value.
    #[error("no value of '{column}' is among the positive labels {wanted}")]
    PositiveMissing {
        /// The label column.
        column: String,
        /// What was asked for.
        wanted: String,
        /// Some of the values there are.
        present: String,
    },
    /// No value of the predicted label is a value of the label.
    #[error("the predictions in '{column}' share no value with the labels")]
    PredictionsUnlikeLabels {
        /// The predicted label column.
        column: String,
        /// Some of the values there are.
        present: String,
    },
    /// No row has any of the chosen facet values.
    #[error("no value of '{column}' is among {wanted}")]
    FacetValueMissing {
        /// The facet column.
        column: String,
        /// What was asked for.
        wanted: String,
        /// Some of the values there are.
        present: String,
    },
    /// A threshold or bins on a column with a value that is no number.
    #[error("'{value}' in the column '{column}' is no number")]
    NotANumber {
        /// The column.
        column: String,
        /// The first such value.
        value: String,
    },
    /// Bins without edges, or with edges that do not rise.
    #[error("the edges of the bins of '{0}' must be numbers that rise")]
    BadBins(String),
    /// More facet values than anyone can look at.
    #[error("the column '{column}' has {values} values; at most {limit} are examined")]
    TooManyValues {
        /// The facet column or columns.
        column: String,
        /// How many values it has.
        values: usize,
        /// How many are allowed.
        limit: usize,
    },
    /// More label classes than a distribution makes sense of.
    #[error("the label '{column}' has {values} values; at most {limit} are classes")]
    TooManyClasses {
        /// The label column.
        column: String,
        /// How many values it has.
        values: usize,
        /// How many are allowed.
        limit: usize,
    },
    /// More buckets of time than make a picture.
    #[error("the column '{column}' falls into {buckets} buckets; at most {limit} are shown")]
    TooManyBuckets {
        /// The time column.
        column: String,
        /// How many buckets it has.
        buckets: usize,
        /// How many are allowed.
        limit: usize,
    },
    /// The facet value to compare with does not occur.
    #[error("the facet '{column}' has no value '{wanted}' to compare with")]
    ReferenceMissing {
        /// The facet column or columns.
        column: String,
        /// What was asked for.
        wanted: String,
    },
    /// The confidence is not between 0 and 1.
    #[error("the confidence must lie between 0 and 1")]
    BadConfidence,
    /// An intersection takes every combination of values.
    #[error("the intersection '{0}' takes every combination of values")]
    IntersectionSelection(String),
    /// Clarify knows neither intersections nor bins nor other reference groups.
    #[error("Clarify has no intersections, bins or reference groups")]
    BeyondClarify,
    /// smclarify 0.5 would fail the whole report, in these words.
    #[error("Clarify's job would fail: {0}")]
    ClarifyFails(String),
}

impl BiasError {
    /// What is wrong, in the reader's language.
    pub fn message(&self) -> Message {
        match self {
            Self::NoFacet => Message::new("bias-error-no-facet"),
            Self::NoColumn(column) => Message::new("bias-error-no-column").with("column", column.as_str()),
            Self::LabelIsFacet(column) => Message::new("bias-error-label-is-facet").with("column", column.as_str()),
            Self::NoRows => Message::new("bias-error-no-rows"),
            Self::AllNull(column) => Message::new("bias-error-all-null").with("column", column.as_str()),
            Self::NoPositive => Message::new("bias-error-no-positive"),
            Self::PositiveMissing { column, wanted, .. } => {
                Message::new("bias-error-positive-missing").with("column", column.as_str()).with("wanted", wanted.as_str())
            }
            Self::PredictionsUnlikeLabels { column, present } => {
                Message::new("bias-error-predictions-unlike").with("column", column.as_str()).with("present", present.as_str())
            }
            Self::FacetValueMissing { column, wanted, .. } => {
                Message::new("bias-error-facet-value-missing").with("column", column.as_str()).with("wanted", wanted.as_str())
            }
            Self::NotANumber { column, value } => {
                Message::new("bias-error-not-a-number").with("column", column.as_str()).with("value", value.as_str())
            }
            Self::BadBins(column) => Message::new("bias-error-bad-bins").with("column", column.as_str()),
            Self::TooManyValues { column, values, limit } => {
                Message::new("bias-error-too-many-values").with("column", column.as_str()).with("values", *values).with("limit", *limit)
            }
            Self::TooManyClasses { column, values, limit } => {
                Message::new("bias-error-too-many-classes").with("column", column.as_str()).with("values", *values).with("limit", *limit)
            }
            Self::TooManyBuckets { column, buckets, limit } => {
                Message::new("bias-error-too-many-buckets").with("column", column.as_str()).with("buckets", *buckets).with("limit", *limit)
            }
            Self::ReferenceMissing { column, wanted } => {
                Message::new("bias-error-reference-missing").with("column", column.as_str()).with("wanted", wanted.as_str())
            }
            Self::BadConfidence => Message::new("bias-error-bad-confidence"),
            Self::IntersectionSelection(columns) => Message::new("bias-error-intersection").with("columns", columns.as_str()),
            Self::BeyondClarify => Message::new("bias-error-beyond-clarify"),
            Self::ClarifyFails(words) => Message::new("bias-error-clarify-fails").with("words", words.as_str()),
        }
    }

    /// What to choose instead.
    pub fn hint(&self) -> Message {
        match self {
            Self::NoFacet => Message::new("bias-hint-no-facet"),
            Self::NoColumn(_) => Message::new("bias-hint-no-column"),
            Self::LabelIsFacet(_) => Message::new("bias-hint-label-is-facet"),
            Self::AllNull(_) => Message::new("bias-hint-all-null"),
            Self::NoPositive => Message::new("bias-hint-no-positive"),
            Self::PositiveMissing { present, .. } | Self::FacetValueMissing { present, .. } => {
                Message::new("bias-hint-present").with("present", present.as_str())
            }
            Self::PredictionsUnlikeLabels { .. } => Message::new("bias-hint-predictions-unlike"),
            Self::NotANumber { .. } => Message::new("bias-hint-not-a-number"),
            Self::TooManyValues { .. } => Message::new("bias-hint-too-many-values"),
            Self::TooManyClasses { .. } => Message::new("bias-hint-too-many-classes"),
            Self::TooManyBuckets { .. } => Message::new("bias-hint-too-many-buckets"),
            Self::BeyondClarify | Self::ClarifyFails(_) => Message::new("bias-hint-exact-mode"),
            Self::NoRows => Message::new("bias-hint-no-rows"),
            Self::BadBins(_) => Message::new("bias-hint-bad-bins"),
            Self::ReferenceMissing { .. } => Message::new("bias-hint-reference-missing"),
            Self::IntersectionSelection(_) => Message::new("bias-hint-intersection"),
            Self::BadConfidence => Message::new("bias-hint-bad-confidence"),
        }
    }
}
