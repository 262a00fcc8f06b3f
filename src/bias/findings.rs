//! What is worth saying about a report, the most important first.

use serde::{Deserialize, Serialize};

use super::limits::Severity;
use super::meaning::meaning;
use super::{BiasReport, FacetReport, Limits, Metric, MetricId, Mode, Slice, ValueReport};
use crate::model::Message;

/// One finding: a sentence, and what it is about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// How bad it is; [`Severity::Pass`] for remarks about the whole.
    pub severity: Severity,
    /// The facet's columns; empty for the whole data set.
    pub facet: Vec<String>,
    /// The facet value, if it is about one.
    pub value: Option<Slice>,
    /// The metric, if it is about one.
    pub metric: Option<MetricId>,
    /// The sentence.
    pub sentence: Message,
    /// How many times the limit of a warning is filled; what the order within a severity follows.
    #[serde(with = "super::json::number")]
    pub weight: f64,
}

impl Finding {
    fn remark(facet: &FacetReport, sentence: Message) -> Self {
        Self { severity: Severity::Pass, facet: facet.columns.clone(), value: None, metric: None, sentence, weight: 0.0 }
    }
}

/// The findings of a report by the usual limits.
pub fn findings(report: &BiasReport) -> Vec<Finding> {
    findings_by(report, &Limits::default())
}

/// The findings of a report: figures beyond the limits that can be told from chance, the worst first; then remarks about the whole.
pub fn findings_by(report: &BiasReport, limits: &Limits) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut remarks = Vec::new();
    for facet in &report.facets {
        for value in facet.values.iter().filter(|value| !value.is_reference) {
            for (metric, severity, weight) in worth_saying(report, facet, value, limits) {
                found.push(Finding {
                    severity,
                    facet: facet.columns.clone(),
                    value: Some(value.slice.clone()),
                    metric: Some(metric.id),
                    sentence: meaning(report, facet, value, metric),
                    weight,
                });
            }
        }
        remarks.extend(remarks_about(report, facet));
    }
    if let Some(entropy) = generalised_entropy(report, limits) {
        found.push(entropy);
    }
    // A ratio of errors with none below it is infinite and says least: it comes after every figure as bad.
    let says_least = |metric: Option<MetricId>| matches!(metric, Some(MetricId::Te | MetricId::Dca | MetricId::Dcr));
    let rank = |finding: &Finding| (finding.severity, finding.weight.is_finite() || !says_least(finding.metric));
    found.sort_by(|left, right| rank(right).cmp(&rank(left)).then(right.weight.total_cmp(&left.weight)));
    found.extend(remarks);
    found
}

/// The metrics of one value beyond their limits. Several metrics say the same of two label classes: one of them speaks.
fn worth_saying<'a>(report: &BiasReport, facet: &FacetReport, value: &'a ValueReport, limits: &Limits) -> Vec<(&'a Metric, Severity, f64)> {
    let beyond = |metric: &'a Metric| {
        let (severity, weight) = limits.judge(facet, value, metric);
        (severity > Severity::Pass && metric.distinguishable != Some(false)).then_some((metric, severity, weight))
    };
    let of = |id: MetricId| value.metric(id).and_then(|metric| metric.value);
    let many = report.mode == Mode::Exact && report.classes.iter().filter(|class| class.rows > 0).count() > 2;
    let speaks = |id: MetricId| match (id, of(MetricId::Dpl), of(MetricId::Tvd)) {
        (MetricId::Ge, _, _) => false,
        (MetricId::Tvd, Some(gap), Some(distance)) => many && distance > 1.25 * gap.abs(),
        (MetricId::Kl | MetricId::Js | MetricId::Lp | MetricId::Ks, gap, distance) => gap.is_none() && distance.is_none(),
        _ => true,
    };
    value.metrics.iter().filter(|metric| speaks(metric.id)).filter_map(beyond).collect()
}

/// The generalised entropy is one figure of the whole data set, said once.
fn generalised_entropy(report: &BiasReport, limits: &Limits) -> Option<Finding> {
    report.facets.iter().find_map(|facet| {
        let value = facet.values.iter().find(|value| !value.is_reference)?;
        let metric = value.metric(MetricId::Ge)?;
        let (severity, weight) = limits.judge(facet, value, metric);
        let sentence = meaning(report, facet, value, metric);
        (severity > Severity::Pass).then_some(Finding {
            severity,
            facet: Vec::new(),
            value: None,
            metric: Some(metric.id),
            sentence,
            weight,
        })
    })
}

fn remarks_about(report: &BiasReport, facet: &FacetReport) -> Vec<Finding> {
    let mut remarks = Vec::new();
    let named = |id: &'static str| Message::new(id).with("facet", facet.name());
    if facet.parts < 2 {
        remarks.push(Finding::remark(facet, named("bias-remark-one-value")));
    }
    let first = if report.predicted.is_some() { MetricId::Dppl } else { MetricId::Dpl };
    let gaps: Vec<bool> = facet.values.iter().filter_map(|value| value.metric(first)?.distinguishable).collect();
    let chance = gaps.iter().filter(|apart| !**apart).count();
    if chance > 0 {
        let id = if first == MetricId::Dpl { "bias-remark-chance" } else { "bias-remark-chance-predicted" };
        remarks.push(Finding { metric: Some(first), ..Finding::remark(facet, named(id).with("chance", chance).with("all", gaps.len())) });
    }
    for value in &facet.values {
        let (Some(within), Some(overall)) = (value.metric(MetricId::Cddl).and_then(|metric| metric.value), value.disparity) else {
            continue;
        };
        if within * overall < 0.0 && within.abs() > 0.005 && overall.abs() > 0.005 {
            let id = if overall > 0.0 { "bias-remark-simpson-worse" } else { "bias-remark-simpson-better" };
            let sentence = Message::new(id)
                .with("value", value.slice.arg())
                .with("group", report.group.clone().unwrap_or_default())
                .with("overall", overall.abs() * 100.0)
                .with("within", within.abs() * 100.0);
            let remark = Finding::remark(facet, sentence);
            remarks.push(Finding { value: Some(value.slice.clone()), metric: Some(MetricId::Cddl), ..remark });
        }
    }
    let left = facet.left_out;
    if left.facet + left.label > 0 {
        remarks.push(Finding::remark(facet, named("bias-remark-left-out").with("facets", left.facet).with("labels", left.label)));
    }
    if let Some(failure) = &facet.clarify_failure {
        remarks.push(Finding::remark(facet, named("bias-remark-clarify").with("why", failure.clone())));
    }
    remarks
}
