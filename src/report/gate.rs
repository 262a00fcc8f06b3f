//! A gate's verdict for machines: `JUnit`'s XML, which every pipeline shows, and JSON.

use std::fmt::{self, Write};

use serde::Serialize;

use super::charts::slice_text;
use super::python::dumps;
use crate::bias::{BiasReport, FacetReport, Metric, Rule, ValueReport, meaning};
use crate::chart::Escaped;
use crate::text::{Texts, number};

/// One rule held against one facet value.
struct Check<'a> {
    rule: &'a Rule,
    facet: &'a FacetReport,
    value: &'a ValueReport,
    metric: &'a Metric,
}

impl Check<'_> {
    fn is_broken(&self) -> bool {
        self.metric.value.is_some_and(|found| self.rule.breaks(found))
    }

    fn verdict(&self) -> &'static str {
        match self.metric.value {
            None => "skipped",
            Some(_) if self.is_broken() => "broken",
            Some(_) => "kept",
        }
    }
}

/// Every rule against every facet value that has its metric, in the report's order.
fn checks<'a>(report: &'a BiasReport, rules: &'a [Rule]) -> Vec<Check<'a>> {
    let mut all = Vec::new();
    for facet in &report.facets {
        for value in &facet.values {
            for rule in rules {
                if let Some(metric) = value.metric(rule.metric) {
                    all.push(Check { rule, facet, value, metric });
                }
            }
        }
    }
    all
}

/// The rules that could not be held against anything: no facet value has a figure of their metric.
#[must_use]
pub fn idle<'a>(report: &BiasReport, rules: &'a [Rule]) -> Vec<&'a Rule> {
    let has = |rule: &Rule| checks(report, std::slice::from_ref(rule)).iter().any(|check| check.metric.value.is_some());
    rules.iter().filter(|rule| !has(rule)).collect()
}

/// The verdict as `JUnit`'s XML: a case for each rule and facet value, skipped where the metric has no value.
#[must_use]
pub fn junit(report: &BiasReport, rules: &[Rule], source: &str, texts: &Texts) -> String {
    let mut out = String::new();
    // Writing to a string can't fail.
    if write_junit(&mut out, report, &checks(report, rules), source, texts).is_err() {
        out.clear();
    }
    out
}

fn write_junit(out: &mut String, report: &BiasReport, checks: &[Check<'_>], source: &str, texts: &Texts) -> fmt::Result {
    let of = |verdict: &str| checks.iter().filter(|check| check.verdict() == verdict).count();
    let totals = format!("tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"{}\"", checks.len(), of("broken"), of("skipped"));
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites {totals}>")?;
    writeln!(out, "  <testsuite name=\"{}\" {totals} time=\"0\">", Escaped(&format!("fairlake bias: {source}")))?;
    for check in checks {
        let class = format!("{}={}", check.facet.name(), check.value.slice.text());
        write!(out, "    <testcase classname=\"{}\" name=\"{}\" time=\"0\"", Escaped(&class), Escaped(&check.rule.to_string()))?;
        match check.metric.value {
            Some(found) if check.is_broken() => {
                let value = slice_text(&check.value.slice, texts);
                let words = format!("{} = {} · {} = {value}", check.rule.metric.name(), number(found), check.facet.name());
                let meaning = texts.say(&meaning(report, check.facet, check.value, check.metric));
                writeln!(out, ">\n      <failure message=\"{}\">{}</failure>\n    </testcase>", Escaped(&words), Escaped(&meaning))?;
            }
            Some(_) => writeln!(out, "/>")?,
            None => {
                let why = check.metric.error().map(|message| texts.say(&message)).unwrap_or_default();
                writeln!(out, ">\n      <skipped message=\"{}\"/>\n    </testcase>", Escaped(&why))?;
            }
        }
    }
    writeln!(out, "  </testsuite>\n</testsuites>")
}

#[derive(Serialize)]
struct Verdict<'a> {
    passed: bool,
    source: &'a str,
    rows: u64,
    rules: Vec<String>,
    checks: Vec<Line>,
}

#[derive(Serialize)]
struct Line {
    rule: String,
    facet: String,
    value_or_threshold: String,
    metric: &'static str,
    value: serde_json::Value,
    result: &'static str,
}

/// The verdict as JSON, infinities as the texts that Clarify writes.
#[must_use]
pub fn json(report: &BiasReport, rules: &[Rule], source: &str) -> String {
    let all = checks(report, rules);
    let value = |found: Option<f64>| match found {
        Some(found) if found.is_finite() => serde_json::json!(found),
        Some(found) => serde_json::json!(if found > 0.0 { "Infinity" } else { "-Infinity" }),
        None => serde_json::Value::Null,
    };
    let line = |check: &Check<'_>| Line {
        rule: check.rule.to_string(),
        facet: check.facet.name(),
        value_or_threshold: check.value.name.clone(),
        metric: check.rule.metric.name(),
        value: value(check.metric.value),
        result: check.verdict(),
    };
    let verdict = Verdict {
        passed: !all.iter().any(Check::is_broken),
        source,
        rows: report.rows,
        rules: rules.iter().map(Rule::to_string).collect(),
        checks: all.iter().map(line).collect(),
    };
    dumps(&verdict, true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bias::{Positive, Spec, measure};
    use crate::model::{ColumnFacts, ColumnKind, CountRow, Counts};
    use crate::text::Locale;

    fn report() -> BiasReport {
        let facts = |name: &str| ColumnFacts {
            name: name.into(),
            kind: ColumnKind::Text,
            distinct: 2,
            non_null: 9,
            min: None,
            max: None,
            first_seen: None,
        };
        let row = |facet: &str, label: &str, rows| CountRow {
            facets: vec![Some(facet.into())],
            label: Some(label.into()),
            predicted: None,
            group: None,
            rows,
        };
        let rows = vec![row("a<b", "y", 30), row("a<b", "n", 10), row("c\"", "y", 10), row("c\"", "n", 30)];
        let counts = Counts { facets: vec![facts("f")], label: facts("l"), predicted: None, group: None, rows };
        measure(&counts, &Spec::new(["f"], "l", Positive::Values(vec!["y".into()]))).unwrap()
    }

    #[test]
    fn junit_has_a_case_for_each_rule_and_value() {
        let rules = Rule::parse_all("DPL>0.1,CI>0.9,CDDL>0.2").unwrap();
        let text = junit(&report(), &rules, "x & y.csv", &Texts::new(Locale::English));
        assert!(
            text.contains(r#"<testsuite name="fairlake bias: x &amp; y.csv" tests="6" failures="1" errors="0" skipped="2" time="0">"#),
            "{text}"
        );
        assert!(text.contains(r#"<testcase classname="f=a&lt;b" name="CI&gt;0.9" time="0"/>"#), "{text}");
        assert!(
            text.contains(r#"<failure message="DPL = 0.5 · f = c&quot;">c&quot; gets fewer positive labels: 25% against 75%"#),
            "{text}"
        );
        assert!(text.contains("<skipped message=\"Choose a group variable"), "{text}");
        assert_eq!(text.matches("<testcase").count(), 6);
    }

    #[test]
    fn json_says_what_was_held_against_what() {
        let rules = Rule::parse_all("|DPL|>0.1,CDDL>0.2").unwrap();
        let verdict: serde_json::Value = serde_json::from_str(&json(&report(), &rules, "x.csv")).unwrap();
        assert_eq!((verdict["passed"].as_bool(), verdict["rows"].as_u64()), (Some(false), Some(80)));
        assert_eq!(verdict["rules"], serde_json::json!(["|DPL|>0.1", "CDDL>0.2"]));
        let results: Vec<&str> = verdict["checks"].as_array().unwrap().iter().map(|check| check["result"].as_str().unwrap()).collect();
        assert_eq!(results, ["broken", "skipped", "broken", "skipped"]);
        assert_eq!(verdict["checks"][0]["value"], -0.5);
    }

    #[test]
    fn a_rule_without_any_figure_is_idle() {
        let rules = Rule::parse_all("DPL>0.1,DI<0.8,CDDL>0.2").unwrap();
        let report = report();
        let names: Vec<String> = idle(&report, &rules).into_iter().map(Rule::to_string).collect();
        assert_eq!(names, ["DI<0.8", "CDDL>0.2"]);
    }
}
