//! From which value on a metric deserves a warning or fails: editable limits, and rules for a gate in a pipeline.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{BiasReport, FacetReport, Metric, MetricId, Slice, ValueReport};
use crate::model::Message;

/// How bad a figure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Within the limits.
    Pass,
    /// Worth a look.
    Warn,
    /// Beyond what is commonly accepted.
    Fail,
}

/// The limits of one metric. For DI they are the smallest ratio (0.8 is the four-fifths rule; its inverse counts as well), for CI the smallest
/// share of an equal share of the rows; for all others the largest distance from no difference.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Limit {
    /// The metric.
    pub metric: MetricId,
    /// Beyond this: [`Severity::Warn`].
    pub warn: f64,
    /// Beyond this: [`Severity::Fail`].
    pub fail: f64,
}

/// The limits of all metrics; one without an entry always passes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Limits(pub Vec<Limit>);

impl Default for Limits {
    fn default() -> Self {
        use MetricId::{Ad, Cddl, Cddpl, Ci, Dar, Dca, Dcr, Di, Dpl, Dppl, Drr, Ft, Ge, Js, Kl, Ks, Lp, Rd, Sd, Te, Tvd};
        let gaps = [Dpl, Tvd, Ks, Cddl, Dppl, Sd, Rd, Dar, Drr, Ad, Cddpl, Ft].map(|metric| Limit { metric, warn: 0.05, fail: 0.1 });
        let others = [
            (Ci, 0.5, 0.2),
            (Kl, 0.01, 0.05),
            (Js, 0.0025, 0.01),
            (Lp, 0.07, 0.14),
            (Di, 0.9, 0.8),
            (Dca, 0.1, 0.25),
            (Dcr, 0.1, 0.25),
            (Te, 0.5, 1.0),
            (Ge, 0.1, 0.25),
        ];
        Self(gaps.into_iter().chain(others.map(|(metric, warn, fail)| Limit { metric, warn, fail })).collect())
    }
}

/// A range of values between two ends, either of which may be open, and how bad a value in it is.
pub type Judged = (Option<f64>, Option<f64>, Severity);

impl Limits {
    /// The limit of a metric.
    pub fn of(&self, metric: MetricId) -> Option<Limit> {
        self.0.iter().find(|limit| limit.metric == metric).copied()
    }

    /// Replaces the limit of a metric.
    pub fn set(&mut self, limit: Limit) {
        match self.0.iter_mut().find(|known| known.metric == limit.metric) {
            Some(known) => *known = limit,
            None => self.0.push(limit),
        }
    }

    /// The judged ranges of a metric's values, the good one first; none without a limit. Those of CI follow from what CI would be if all groups
    /// were of one size.
    pub fn ranges(&self, metric: MetricId, equal_ci: f64) -> Vec<Judged> {
        let Some(Limit { warn, fail, .. }) = self.of(metric) else { return Vec::new() };
        let (low, high) = match metric {
            // Twice an equal share is as far off as half of one.
            MetricId::Ci => {
                let at = |share: f64| 1.0 - share * (1.0 - equal_ci);
                ([at(1.0 / fail), at(1.0 / warn)], [at(warn), at(fail)])
            }
            MetricId::Di => ([fail, warn], [1.0 / warn, 1.0 / fail]),
            _ => ([-fail, -warn], [warn, fail]),
        };
        let signed = metric.range().0 < 0.0 || metric == MetricId::Di;
        let ([fail_below, warn_below], [warn_above, fail_above]) = (low, high);
        let mut ranges = vec![
            (Some(if signed { warn_below } else { metric.range().0 }), Some(warn_above), Severity::Pass),
            (Some(warn_above), Some(fail_above), Severity::Warn),
            (Some(fail_above), None, Severity::Fail),
        ];
        if signed {
            ranges.push((Some(fail_below), Some(warn_below), Severity::Warn));
            ranges.push((None, Some(fail_below), Severity::Fail));
        }
        // What no value can reach is open, or no range at all.
        let (least, most) = metric.range();
        ranges.retain(|(from, to, _)| from.is_none_or(|from| from < most) && to.is_none_or(|to| to > least));
        for (from, to, _) in &mut ranges {
            *from = from.filter(|from| *from > least);
            *to = to.filter(|to| *to < most);
        }
        ranges
    }

    /// How bad a metric's value is, and how many times it fills the limit of a warning. Without a value: a pass and 0.
    pub fn judge(&self, facet: &FacetReport, value: &ValueReport, metric: &Metric) -> (Severity, f64) {
        let Some((limit, number)) = self.of(metric.id).zip(metric.value) else {
            return (Severity::Pass, 0.0);
        };
        let ratio = match metric.id {
            MetricId::Ci => Some(representation(facet, value)),
            MetricId::Di => Some(number),
            _ => None,
        };
        let (distance, warn, fail) = match ratio {
            // Half as much is as far off as twice as much: both by the logarithm.
            Some(ratio) => (ratio.ln().abs(), limit.warn.ln().abs(), limit.fail.ln().abs()),
            None => ((number - metric.id.parity()).abs(), limit.warn, limit.fail),
        };
        let severity = match distance {
            _ if distance > fail + 1e-12 => Severity::Fail,
            _ if distance > warn + 1e-12 => Severity::Warn,
            _ => Severity::Pass,
        };
        (severity, distance / warn)
    }
}

/// The rows of a facet value over those it would have if all groups were of one size.
pub fn representation(facet: &FacetReport, value: &ValueReport) -> f64 {
    let equal = (1.0 - facet.equal_ci) / 2.0 * (value.a.rows + value.d.rows) as f64;
    value.d.rows as f64 / equal
}

/// On which side of a number a rule breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Comparison {
    /// `>`
    Above,
    /// `>=`
    AtLeast,
    /// `<`
    Below,
    /// `<=`
    AtMost,
}

/// A rule that a gate checks: it breaks where a metric's value is on the wrong side of a number. Written `DPL>0.1`, `|DPL|>0.1` or `DI<0.8`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Rule {
    /// The metric.
    pub metric: MetricId,
    /// Whether the value's sign is ignored.
    pub absolute: bool,
    /// The side that breaks the rule.
    pub comparison: Comparison,
    /// The number.
    pub limit: f64,
}

impl Rule {
    /// Whether this value breaks the rule.
    pub fn breaks(&self, value: f64) -> bool {
        let value = if self.absolute { value.abs() } else { value };
        match self.comparison {
            Comparison::Above => value > self.limit,
            Comparison::AtLeast => value >= self.limit,
            Comparison::Below => value < self.limit,
            Comparison::AtMost => value <= self.limit,
        }
    }

    /// Reads several rules with commas or blanks between.
    pub fn parse_all(text: &str) -> Result<Vec<Self>, Message> {
        text.split([',', ' ', ';']).filter(|part| !part.is_empty()).map(str::parse).collect()
    }
}

impl FromStr for Rule {
    type Err = Message;

    fn from_str(text: &str) -> Result<Self, Message> {
        let bad = || Message::new("bias-rule-bad").with("rule", text);
        let at = text.find(['<', '>']).ok_or_else(bad)?;
        let (name, rest) = text.split_at(at);
        let name = name.trim();
        let (name, absolute) = match name.strip_prefix('|').and_then(|name| name.strip_suffix('|')) {
            Some(inner) => (inner, true),
            None => (name, false),
        };
        let known = MetricId::by_name(&name.to_ascii_uppercase());
        let metric = known.ok_or_else(|| Message::new("bias-rule-metric").with("rule", text).with("metric", name))?;
        let signs = [(">=", Comparison::AtLeast), ("<=", Comparison::AtMost), (">", Comparison::Above), ("<", Comparison::Below)];
        let (comparison, number) =
            signs.into_iter().find_map(|(sign, comparison)| Some((comparison, rest.strip_prefix(sign)?))).ok_or_else(bad)?;
        let limit: f64 = number.trim().parse().ok().filter(|limit: &f64| limit.is_finite()).ok_or_else(bad)?;
        Ok(Self { metric, absolute, comparison, limit })
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bar = if self.absolute { "|" } else { "" };
        let sign = match self.comparison {
            Comparison::Above => ">",
            Comparison::AtLeast => ">=",
            Comparison::Below => "<",
            Comparison::AtMost => "<=",
        };
        write!(f, "{bar}{}{bar}{sign}{}", self.metric.name(), self.limit)
    }
}

impl TryFrom<String> for Rule {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse().map_err(|message: Message| format!("{}: {text}", message.id))
    }
}

impl From<Rule> for String {
    fn from(rule: Rule) -> Self {
        rule.to_string()
    }
}

/// One broken rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Broken {
    /// The rule.
    pub rule: Rule,
    /// The facet's columns.
    pub facet: Vec<String>,
    /// The facet value.
    pub value: Slice,
    /// The metric's value there.
    #[serde(with = "super::json::number")]
    pub found: f64,
    /// The same as a sentence.
    pub sentence: Message,
}

/// Where a report breaks the rules, in the report's order. A metric without a value breaks none.
pub fn gate(report: &BiasReport, rules: &[Rule]) -> Vec<Broken> {
    let mut broken = Vec::new();
    for facet in &report.facets {
        for value in &facet.values {
            for rule in rules {
                let Some(found) = value.metric(rule.metric).and_then(|metric| metric.value).filter(|found| rule.breaks(*found)) else {
                    continue;
                };
                let sentence = Message::new("bias-gate-broken")
                    .with("value", value.slice.arg())
                    .with("facet", facet.name())
                    .with("metric", rule.metric.name())
                    .with("found", found)
                    .with("rule", rule.to_string());
                broken.push(Broken { rule: *rule, facet: facet.columns.clone(), value: value.slice.clone(), found, sentence });
            }
        }
    }
    broken
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_read_back_as_they_are_written() {
        for text in ["DPL>0.1", "|DPL|>=0.1", "DI<0.8", "CI<=-0.5"] {
            assert_eq!(text.parse::<Rule>().unwrap().to_string(), text);
        }
        assert_eq!(Rule::parse_all("dpl > 0.1").map_err(|message| message.id), Err("bias-rule-bad".into()));
        assert_eq!(Rule::parse_all("|DPL|>0.1, DI<0.8").unwrap().len(), 2);
        for (text, id) in
            [("DPL=1", "bias-rule-bad"), ("XYZ>1", "bias-rule-metric"), ("DPL>x", "bias-rule-bad"), ("DPL>inf", "bias-rule-bad")]
        {
            assert_eq!(text.parse::<Rule>().unwrap_err().id, id, "{text}");
        }
    }

    #[test]
    fn ranges_meet_and_say_what_the_judge_says() {
        let limits = Limits::default();
        assert!(Limits(Vec::new()).ranges(MetricId::Dpl, 0.0).is_empty());
        let severity = |ranges: &[Judged], value: f64| {
            let inside = |range: &&Judged| range.0.is_none_or(|from| value >= from) && range.1.is_none_or(|to| value <= to);
            ranges.iter().find(inside).map(|range| range.2)
        };
        for limit in &limits.0 {
            let ranges = limits.ranges(limit.metric, 0.5);
            assert!(ranges.iter().all(|range| range.0.zip(range.1).is_none_or(|(from, to)| from < to)), "{:?} {ranges:?}", limit.metric);
        }
        let dpl = limits.ranges(MetricId::Dpl, 0.0);
        assert_eq!([-0.2, -0.07, 0.0, 0.06, 0.3].map(|value| severity(&dpl, value)), {
            use Severity::{Fail, Pass, Warn};
            [Some(Fail), Some(Warn), Some(Pass), Some(Warn), Some(Fail)]
        });
        // Four groups: an equal share is a quarter of the rows, and CI is 0.5 for each.
        let ci = limits.ranges(MetricId::Ci, 0.5);
        assert_eq!(
            (severity(&ci, 0.5), severity(&ci, 0.95), severity(&ci, -0.99)),
            (Some(Severity::Pass), Some(Severity::Fail), Some(Severity::Warn))
        );
        let di = limits.ranges(MetricId::Di, 0.0);
        assert_eq!(
            (severity(&di, 0.79), severity(&di, 0.85), severity(&di, 1.3)),
            (Some(Severity::Fail), Some(Severity::Warn), Some(Severity::Fail))
        );
    }

    #[test]
    fn rules_break_on_the_wrong_side_only() {
        let rule: Rule = "|DPL|>0.1".parse().unwrap();
        assert!(rule.breaks(-0.2) && rule.breaks(0.11) && !rule.breaks(0.1) && !rule.breaks(-0.05));
        let rule: Rule = "DI<0.8".parse().unwrap();
        assert!(rule.breaks(0.79) && !rule.breaks(0.8) && !rule.breaks(f64::INFINITY));
    }
}
