//! Bias metrics over counts: SageMaker Clarify's twenty that need no rows, in exact and in Clarify's own arithmetic, with intervals,
//! sentences and plans for balancing.
//!
//! Everything follows from [`crate::model::Counts`]: [`measure`] turns them and a [`Spec`] into a [`BiasReport`]. The examined facet value is
//! d, the others are a; which labels are positive is the question's to say.

mod clarify;
mod collapse;
mod error;
mod exact;
mod findings;
mod flip;
mod formula;
mod interval;
mod json;
mod limits;
mod meaning;
mod measure;
mod metric;
mod quality;
mod rebalance;
mod report;
mod resample;
mod slice;
mod spec;
mod sure;
mod table;
mod trend;

pub use clarify::{python_float, python_text};
pub use error::BiasError;
pub use findings::{Finding, findings, findings_by};
pub use flip::{FlipTest, flip_test};
pub use formula::{Base, Undefined};
pub use limits::{Broken, Comparison, Judged, Limit, Limits, Rule, Severity, gate, representation};
pub use meaning::meaning;
pub use measure::measure;
pub use metric::MetricId;
pub use quality::{QualityFinding, QualityKind, quality};
pub use rebalance::{Balancing, Change, Plan, PlanCell, changes, downsample_plan, plan};
pub use report::{Balance, BiasReport, Differs, FacetReport, GroupDisparity, Interval, LabelClass, LeftOut, Metric, ValueReport};
pub use slice::Slice;
pub use spec::{Correction, FacetSpec, Mode, Nulls, Positive, Reference, Selection, Spec, Value};
pub use table::Tally;
pub use trend::{Trend, TrendPoint, over_time};

#[cfg(test)]
mod tests;
