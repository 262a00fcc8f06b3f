//! The metrics' formulas over one comparison, and what is undefined by which rules.

use serde::{Deserialize, Serialize};

use super::table::{Outcomes, Table, Tally};
use super::{MetricId, Mode};
use crate::model::Message;

/// A set of rows that a rate divides by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Base {
    /// Rows with a positive label.
    PositiveLabels,
    /// Rows with a label that is not positive.
    NegativeLabels,
    /// Rows that are predicted positive.
    PositivePredictions,
    /// Rows that are predicted not positive.
    NegativePredictions,
    /// Errors in both directions: false positives and false negatives.
    Errors,
}

/// Why a metric has no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Undefined {
    /// No row has the examined value.
    FacetEmpty,
    /// No row is on the other side.
    RestEmpty,
    /// Clarify's rule: no label class occurs on both sides.
    NoCommonLabel,
    /// No group variable was chosen.
    NoGroupVariable,
    /// Clarify's rule: a text group variable must have no NULL. `first` tells whether the first row is one.
    GroupHasNulls {
        /// Whether the first row's group is NULL.
        first: bool,
    },
    /// Clarify's figure follows from how numpy sorts a group variable of booleans with NULLs: from the order of the rows, which counts don't have.
    GroupOrder,
    /// No label (or prediction) is positive.
    NoPositives,
    /// Every label (or prediction) is positive.
    NoNegatives,
    /// No group has both favourable and unfavourable outcomes.
    NoComparableGroup,
    /// Nobody on either side is predicted positive.
    NobodyPredictedPositive,
    /// A rate has nothing to divide by.
    NothingToDivideBy {
        /// Whether it is the examined side.
        examined: bool,
        /// What is missing there.
        base: Base,
    },
    /// Both sides are infinite.
    BothInfinite,
    /// Every prediction is a false negative.
    OnlyFalseNegatives,
    /// There are no predictions.
    NoPredictions,
    /// The flip test by Clarify's rules takes numbers only.
    FlipNeedsNumbers,
    /// The flip test by Clarify's rules takes no NULL.
    FlipNeedsValues,
    /// The flip test has no column to tell rows apart by.
    FlipNeedsFeatures,
    /// No row of the facet value was drawn for the flip test.
    FlipNotDrawn,
}

impl Undefined {
    /// The reason in the reader's language.
    pub fn message(self) -> Message {
        match self {
            Self::FacetEmpty => Message::new("bias-undefined-facet-empty"),
            Self::RestEmpty => Message::new("bias-undefined-rest-empty"),
            Self::NoCommonLabel => Message::new("bias-undefined-no-common-label"),
            Self::NoGroupVariable => Message::new("bias-undefined-no-group-variable"),
            Self::GroupHasNulls { .. } => Message::new("bias-undefined-group-nulls"),
            Self::GroupOrder => Message::new("bias-undefined-group-order"),
            Self::NoPositives => Message::new("bias-undefined-no-positives"),
            Self::NoNegatives => Message::new("bias-undefined-no-negatives"),
            Self::NoComparableGroup => Message::new("bias-undefined-no-comparable-group"),
            Self::NobodyPredictedPositive => Message::new("bias-undefined-nobody-predicted-positive"),
            Self::NothingToDivideBy { examined, base } => {
                let base = Message::new(match base {
                    Base::PositiveLabels => "bias-base-positive-labels",
                    Base::NegativeLabels => "bias-base-negative-labels",
                    Base::PositivePredictions => "bias-base-positive-predictions",
                    Base::NegativePredictions => "bias-base-negative-predictions",
                    Base::Errors => "bias-base-errors",
                });
                Message::new(if examined { "bias-undefined-none-examined" } else { "bias-undefined-none-others" }).with("base", base)
            }
            Self::BothInfinite => Message::new("bias-undefined-both-infinite"),
            Self::OnlyFalseNegatives => Message::new("bias-undefined-only-false-negatives"),
            Self::NoPredictions => Message::new("bias-undefined-no-predictions"),
            Self::FlipNeedsNumbers => Message::new("bias-undefined-flip-numbers"),
            Self::FlipNeedsValues => Message::new("bias-undefined-flip-values"),
            Self::FlipNeedsFeatures => Message::new("bias-undefined-flip-features"),
            Self::FlipNotDrawn => Message::new("bias-undefined-flip-not-drawn"),
        }
    }

    /// The words of smclarify 0.5 for it, as `analysis.json` has them.
    pub const fn clarify_text(self, id: MetricId) -> &'static str {
        match (self, id) {
            (Self::FacetEmpty, MetricId::Ci) => "CI: facet set is empty. Check that x[facet] has non-zero length.",
            (Self::RestEmpty, MetricId::Ci) => "CI: negated facet set is empty. Check that x[~facet] has non-zero length.",
            (Self::RestEmpty, MetricId::Dpl | MetricId::Dppl) => "Negative facet set is empty.",
            (Self::FacetEmpty, MetricId::Dpl | MetricId::Dppl) => "Facet set is empty.",
            (Self::FacetEmpty, MetricId::Dca | MetricId::Dcr) => "DCO: Facet set is empty",
            (Self::RestEmpty, MetricId::Dca | MetricId::Dcr) => "DCO: Negated Facet set is empty",
            (Self::FacetEmpty, MetricId::Rd | MetricId::Sd) => "DLA: Facet set is empty",
            (Self::RestEmpty, MetricId::Rd | MetricId::Sd) => "DLA: Negated Facet set is empty",
            (Self::FacetEmpty, MetricId::Dar | MetricId::Drr) => "DLR: Facet set is empty",
            (Self::RestEmpty, MetricId::Dar | MetricId::Drr) => "DLR: Negated Facet set is empty",
            (Self::FacetEmpty | Self::RestEmpty, MetricId::Kl | MetricId::Js | MetricId::Lp | MetricId::Tvd | MetricId::Ks)
            | (Self::NoCommonLabel, _) => "No instance of common facet found, dataset may be too small",
            (Self::RestEmpty, MetricId::Di) => "Negated facet set is empty",
            (Self::FacetEmpty, _) => "Facet set is empty",
            (Self::RestEmpty, _) => "Negated Facet set is empty",
            (Self::NoGroupVariable, _) => "Group variable is empty or not provided",
            (Self::GroupHasNulls { first: true }, _) => "'<' not supported between instances of 'str' and 'float'",
            (Self::GroupHasNulls { first: false }, _) => "'<' not supported between instances of 'float' and 'str'",
            (Self::GroupOrder, _) => "The group variable has missing values among booleans; the figure depends on the order of the rows",
            (Self::NoPositives, _) => "No positive labels in set",
            (Self::NoNegatives, _) => "No negative labels in set",
            (Self::OnlyFalseNegatives, _) => {
                "All predicted labels are false negatives. There should be at least one prediction that is not false negative."
            }
            (Self::NoPredictions, _) => "dataset must be non-empty",
            (Self::NoComparableGroup, _) => "No group has both positive and negative labels",
            (Self::NobodyPredictedPositive | Self::NothingToDivideBy { .. }, _) => "The metric divides by zero",
            (Self::BothInfinite, _) => "The metric is infinity minus infinity",
            (Self::FlipNeedsNumbers, _) => "FlipTest does not support non-numeric columns",
            (Self::FlipNeedsValues, _) => "Input X contains NaN.",
            (Self::FlipNeedsFeatures, _) => "Found array with 0 feature(s)",
            (Self::FlipNotDrawn, _) => "Facet set is empty",
        }
    }
}

/// A metric's value over a table. `groups` tells what is wrong with the group variable, if anything.
pub(super) fn value(id: MetricId, table: &Table, mode: Mode, groups: Option<Undefined>) -> Result<f64, Undefined> {
    let Table { a, d, .. } = table;
    let exact = mode == Mode::Exact;
    match id {
        MetricId::Ci if exact => match a.rows + d.rows {
            0 => Err(Undefined::FacetEmpty),
            all => Ok((a.rows as f64 - d.rows as f64) / all as f64),
        },
        MetricId::Cddl => disparity(&table.labels, a.positive + d.positive, a.negative() + d.negative(), exact, groups),
        MetricId::Cddpl => disparity(
            &table.predictions,
            a.predicted_positive() + d.predicted_positive(),
            a.predicted_negative() + d.predicted_negative(),
            exact,
            groups,
        ),
        MetricId::Ge => entropy(a, d),
        _ => {
            both_sides(id, table)?;
            match id {
                MetricId::Ci => Ok((a.rows as f64 - d.rows as f64) / (a.rows + d.rows) as f64),
                MetricId::Dpl => Ok(a.positive_share() - d.positive_share()),
                MetricId::Dppl => Ok(a.predicted_share() - d.predicted_share()),
                id if id.is_divergence() => divergence(id, table, exact),
                _ => prediction(id, a, d, exact),
            }
        }
    }
}

/// Both sides must have rows: with a prediction, where the metric is about predictions. The order of the checks is smclarify's.
fn both_sides(id: MetricId, table: &Table) -> Result<(), Undefined> {
    let (a, d) = if id.is_post_training() { (table.a.predicted(), table.d.predicted()) } else { (table.a.rows, table.d.rows) };
    let rest_first = matches!(id, MetricId::Ci | MetricId::Dpl | MetricId::Dppl | MetricId::Di);
    match (a == 0, d == 0) {
        (false, false) => Ok(()),
        (true, true) if rest_first => Err(Undefined::RestEmpty),
        (_, true) => Err(Undefined::FacetEmpty),
        (true, false) => Err(Undefined::RestEmpty),
    }
}

fn divergence(id: MetricId, table: &Table, exact: bool) -> Result<f64, Undefined> {
    let common = |&(a, d): &(f64, f64)| exact || (a > 0.0 && d > 0.0);
    let pairs = || table.distributions().filter(common);
    if pairs().next().is_none() {
        return Err(Undefined::NoCommonLabel);
    }
    let term = |p: f64, q: f64| if p > 0.0 { p * (p / q).ln() } else { 0.0 };
    Ok(match id {
        MetricId::Kl => pairs().map(|(a, d)| term(a, d)).sum(),
        MetricId::Js => {
            let twice: f64 = pairs().map(|(a, d)| term(a, f64::midpoint(a, d)) + term(d, f64::midpoint(a, d))).sum();
            // Rounding must not push a divergence of nearly nothing below nothing; clarify mode truncates and may.
            if exact { (twice / 2.0).max(0.0) } else { twice / 2.0 }
        }
        MetricId::Lp => pairs().map(|(a, d)| (a - d).powi(2)).sum::<f64>().sqrt(),
        MetricId::Tvd => pairs().map(|(a, d)| (a - d).abs()).sum::<f64>() / 2.0,
        _ => pairs().map(|(a, d)| (a - d).abs()).fold(0.0, f64::max),
    })
}

/// The disparity within one group: its share of d among unfavourable outcomes less that among favourable ones.
pub(super) fn group_disparity(group: &Outcomes, exact: bool) -> Option<f64> {
    let share = |part: u64, whole: u64| if whole == 0 { 0.0 } else { part as f64 / whole as f64 };
    // A group with one kind of outcome shows no disparity either way; smclarify counts its missing share as zero.
    let comparable = !exact || (group.favourable > 0 && group.unfavourable > 0);
    comparable.then(|| share(group.unfavourable_d, group.unfavourable) - share(group.favourable_d, group.favourable))
}

fn disparity(groups: &[Outcomes], positive: u64, negative: u64, exact: bool, trouble: Option<Undefined>) -> Result<f64, Undefined> {
    if let Some(trouble) = trouble {
        return Err(trouble);
    }
    if positive == 0 {
        return Err(Undefined::NoPositives);
    }
    if negative == 0 {
        return Err(Undefined::NoNegatives);
    }
    let (mut sum, mut rows) = (0.0, 0);
    for group in groups {
        if let Some(disparity) = group_disparity(group, exact) {
            sum += group.rows() as f64 * disparity;
            rows += group.rows();
        }
    }
    match (rows, exact) {
        (0, true) => Err(Undefined::NoComparableGroup),
        (0, false) => Ok(0.0),
        _ => Ok(sum / rows as f64),
    }
}

/// smclarify's division: nothing by nothing is nothing, something by nothing infinite.
fn divide(part: u64, whole: u64) -> f64 {
    if part == 0 && whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// A part and its whole, of one side.
type Rate = fn(&Tally) -> (u64, u64);

fn prediction(id: MetricId, a: &Tally, d: &Tally, exact: bool) -> Result<f64, Undefined> {
    if id == MetricId::Di {
        return match (a.predicted_positive(), d.predicted_positive()) {
            (0, 0) if exact => Err(Undefined::NobodyPredictedPositive),
            (0, 0) => Ok(0.0),
            _ => Ok(d.predicted_share() / a.predicted_share()),
        };
    }
    let (rate, base): (Rate, Base) = match id {
        MetricId::Dca => (|t| (t.labelled_positive(), t.predicted_positive()), Base::PositivePredictions),
        MetricId::Dcr => (|t| (t.labelled_negative(), t.predicted_negative()), Base::NegativePredictions),
        MetricId::Rd => (|t| (t.true_positive, t.labelled_positive()), Base::PositiveLabels),
        MetricId::Sd => (|t| (t.true_negative, t.labelled_negative()), Base::NegativeLabels),
        MetricId::Dar => (|t| (t.true_positive, t.predicted_positive()), Base::PositivePredictions),
        MetricId::Drr => (|t| (t.true_negative, t.predicted_negative()), Base::NegativePredictions),
        MetricId::Ad => (|t| (t.true_positive + t.true_negative, t.predicted()), Base::Errors),
        _ => (|t| (t.false_negative, t.false_positive), Base::Errors),
    };
    if exact {
        for (side, examined) in [(d, true), (a, false)] {
            if rate(side) == (0, 0) {
                return Err(Undefined::NothingToDivideBy { examined, base });
            }
        }
    }
    let ratio = |side: &Tally| {
        let (part, whole) = rate(side);
        divide(part, whole)
    };
    // Of d less of a where more of it is worse for d; of a less of d elsewhere: the signs of Clarify.
    let (first, second) =
        if matches!(id, MetricId::Dcr | MetricId::Sd | MetricId::Drr | MetricId::Te) { (ratio(d), ratio(a)) } else { (ratio(a), ratio(d)) };
    if first.is_infinite() && second.is_infinite() {
        return if exact { Err(Undefined::BothInfinite) } else { Ok(0.0) };
    }
    Ok(first - second)
}

/// Half the squared coefficient of variation of the benefits: 0 for a false negative, 2 for a false positive, 1 otherwise.
fn entropy(a: &Tally, d: &Tally) -> Result<f64, Undefined> {
    let rows = (a.predicted() + d.predicted()) as f64;
    let right = (a.true_positive + d.true_positive + a.true_negative + d.true_negative) as f64;
    let too_good = (a.false_positive + d.false_positive) as f64;
    if rows <= 0.0 {
        return Err(Undefined::NoPredictions);
    }
    let mean = (right + 2.0 * too_good) / rows;
    if mean <= 0.0 {
        return Err(Undefined::OnlyFalseNegatives);
    }
    let squares = (right + 4.0 * too_good) / (mean * mean);
    Ok(((squares - rows) / (2.0 * rows)).max(0.0))
}
