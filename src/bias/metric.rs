//! The metrics by name: the eight of the data before training and the thirteen of a model's predictions.

use serde::{Deserialize, Serialize};

use crate::model::Message;

/// A bias metric, by the name that SageMaker Clarify gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum MetricId {
    /// Class imbalance: (`n_a` − `n_d`) / n.
    Ci,
    /// Difference in proportions of positive labels.
    Dpl,
    /// Kullback–Leibler divergence of the label distributions, in nats.
    Kl,
    /// Jensen–Shannon divergence, in nats.
    Js,
    /// Euclidean distance of the label distributions.
    Lp,
    /// Total variation distance.
    Tvd,
    /// Largest gap at any one label.
    Ks,
    /// Conditional demographic disparity of the labels, within the groups of another column.
    Cddl,
    /// Difference in proportions of positive predictions.
    Dppl,
    /// Disparate impact: the ratio of those proportions.
    Di,
    /// Difference in conditional acceptance.
    Dca,
    /// Difference in conditional rejection.
    Dcr,
    /// Specificity difference.
    Sd,
    /// Recall difference.
    Rd,
    /// Difference in acceptance rates (precision).
    Dar,
    /// Difference in rejection rates.
    Drr,
    /// Accuracy difference.
    Ad,
    /// Treatment equality: difference in the ratios of false negatives to false positives.
    Te,
    /// Conditional demographic disparity of the predictions.
    Cddpl,
    /// Flip test by nearest neighbours; the only one that needs rows.
    Ft,
    /// Generalised entropy of the predictions' benefits; one figure for the whole data set.
    Ge,
}

impl MetricId {
    /// The metrics that need no prediction, in the order of Clarify's documentation.
    pub const PRE_TRAINING: [Self; 8] = [Self::Ci, Self::Dpl, Self::Kl, Self::Js, Self::Lp, Self::Tvd, Self::Ks, Self::Cddl];

    /// The metrics of a predicted label, in the order of Clarify's documentation.
    pub const POST_TRAINING: [Self; 13] = [
        Self::Dppl,
        Self::Di,
        Self::Dca,
        Self::Dcr,
        Self::Sd,
        Self::Rd,
        Self::Dar,
        Self::Drr,
        Self::Ad,
        Self::Te,
        Self::Cddpl,
        Self::Ft,
        Self::Ge,
    ];

    /// Clarify's short name: `CI`, `DPL`, …
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ci => "CI",
            Self::Dpl => "DPL",
            Self::Kl => "KL",
            Self::Js => "JS",
            Self::Lp => "LP",
            Self::Tvd => "TVD",
            Self::Ks => "KS",
            Self::Cddl => "CDDL",
            Self::Dppl => "DPPL",
            Self::Di => "DI",
            Self::Dca => "DCA",
            Self::Dcr => "DCR",
            Self::Sd => "SD",
            Self::Rd => "RD",
            Self::Dar => "DAR",
            Self::Drr => "DRR",
            Self::Ad => "AD",
            Self::Te => "TE",
            Self::Cddpl => "CDDPL",
            Self::Ft => "FT",
            Self::Ge => "GE",
        }
    }

    /// The metric of a short name.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::PRE_TRAINING.into_iter().chain(Self::POST_TRAINING).find(|id| id.name() == name)
    }

    /// Clarify's description, letter for letter ("Liebler" is its own).
    pub const fn description(self) -> &'static str {
        match self {
            Self::Ci => "Class Imbalance (CI)",
            Self::Dpl => "Difference in Positive Proportions in Labels (DPL)",
            Self::Kl => "Kullback-Liebler Divergence (KL)",
            Self::Js => "Jensen-Shannon Divergence (JS)",
            Self::Lp => "L-p Norm (LP)",
            Self::Tvd => "Total Variation Distance (TVD)",
            Self::Ks => "Kolmogorov-Smirnov Distance (KS)",
            Self::Cddl => "Conditional Demographic Disparity in Labels (CDDL)",
            Self::Dppl => "Difference in Positive Proportions in Predicted Labels (DPPL)",
            Self::Di => "Disparate Impact (DI)",
            Self::Dca => "Difference in Conditional Acceptance (DCA)",
            Self::Dcr => "Difference in Conditional Rejection (DCR)",
            Self::Sd => "Specificity Difference (SD)",
            Self::Rd => "Recall Difference (RD)",
            Self::Dar => "Difference in Acceptance Rates (DAR)",
            Self::Drr => "Difference in Rejection Rates (DRR)",
            Self::Ad => "Accuracy Difference (AD)",
            Self::Te => "Treatment Equality (TE)",
            Self::Cddpl => "Conditional Demographic Disparity in Predicted Labels (CDDPL)",
            Self::Ft => "Flip Test (FT)",
            Self::Ge => "Generalized Entropy (GE)",
        }
    }

    /// The long name in the reader's language.
    pub const fn title(self) -> Message {
        Message::new(match self {
            Self::Ci => "bias-metric-ci",
            Self::Dpl => "bias-metric-dpl",
            Self::Kl => "bias-metric-kl",
            Self::Js => "bias-metric-js",
            Self::Lp => "bias-metric-lp",
            Self::Tvd => "bias-metric-tvd",
            Self::Ks => "bias-metric-ks",
            Self::Cddl => "bias-metric-cddl",
            Self::Dppl => "bias-metric-dppl",
            Self::Di => "bias-metric-di",
            Self::Dca => "bias-metric-dca",
            Self::Dcr => "bias-metric-dcr",
            Self::Sd => "bias-metric-sd",
            Self::Rd => "bias-metric-rd",
            Self::Dar => "bias-metric-dar",
            Self::Drr => "bias-metric-drr",
            Self::Ad => "bias-metric-ad",
            Self::Te => "bias-metric-te",
            Self::Cddpl => "bias-metric-cddpl",
            Self::Ft => "bias-metric-ft",
            Self::Ge => "bias-metric-ge",
        })
    }

    /// Whether the metric needs a predicted label.
    pub fn is_post_training(self) -> bool {
        Self::POST_TRAINING.contains(&self)
    }

    /// Whether the metric compares whole label distributions, and not just the share of positives.
    pub const fn is_divergence(self) -> bool {
        matches!(self, Self::Kl | Self::Js | Self::Lp | Self::Tvd | Self::Ks)
    }

    /// The value that means "no difference".
    pub const fn parity(self) -> f64 {
        if matches!(self, Self::Di) { 1.0 } else { 0.0 }
    }

    /// The smallest and largest value that the definition allows.
    pub const fn range(self) -> (f64, f64) {
        match self {
            Self::Kl | Self::Di | Self::Ge => (0.0, f64::INFINITY),
            Self::Js => (0.0, std::f64::consts::LN_2),
            Self::Lp => (0.0, std::f64::consts::SQRT_2),
            Self::Tvd | Self::Ks => (0.0, 1.0),
            Self::Dca | Self::Dcr | Self::Te => (f64::NEG_INFINITY, f64::INFINITY),
            _ => (-1.0, 1.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back_and_serialize_as_clarify_writes_them() {
        for id in MetricId::PRE_TRAINING.into_iter().chain(MetricId::POST_TRAINING) {
            assert_eq!(MetricId::by_name(id.name()), Some(id));
            assert_eq!(serde_json::to_string(&id).unwrap(), format!("\"{}\"", id.name()));
            assert!(id.description().ends_with(&format!("({})", id.name())));
        }
        assert_eq!(MetricId::by_name("ci"), None);
    }
}
