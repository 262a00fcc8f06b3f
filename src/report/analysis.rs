//! `analysis.json` in Clarify's exact shape.

use std::collections::HashSet;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::python::dumps;
use crate::bias::{BiasReport, FacetReport, Metric, ValueReport};

#[derive(Serialize)]
struct Analysis<'a> {
    version: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pre_training_bias_metrics: Option<Stage<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    post_training_bias_metrics: Option<Stage<'a>>,
}

#[derive(Serialize)]
struct Stage<'a> {
    label: &'a str,
    facets: Facets<'a>,
    label_value_or_threshold: &'a str,
}

struct Facets<'a> {
    facets: &'a [FacetReport],
    post_training: bool,
}

#[derive(Serialize)]
struct Value<'a> {
    value_or_threshold: &'a str,
    metrics: Vec<Entry>,
}

#[derive(Serialize)]
struct Entry {
    name: &'static str,
    description: &'static str,
    value: Number,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Number {
    Missing,
    Finite(f64),
    Infinite(&'static str),
}

impl Serialize for Facets<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        let mut written = HashSet::new();
        for facet in self.facets {
            // A column with several selections has one entry with all of their values, as in Clarify's own files.
            if !written.insert(facet.name()) {
                continue;
            }
            let same = self.facets.iter().filter(|other| other.columns == facet.columns);
            let values: Vec<Value<'_>> = same.flat_map(|facet| &facet.values).map(|value| entries(value, self.post_training)).collect();
            map.serialize_entry(&facet.name(), &values)?;
        }
        map.end()
    }
}

fn entries(value: &ValueReport, post_training: bool) -> Value<'_> {
    let mut metrics: Vec<&Metric> = value.metrics.iter().filter(|metric| metric.id.is_post_training() == post_training).collect();
    metrics.sort_by_key(|metric| metric.id.name());
    Value { value_or_threshold: &value.name, metrics: metrics.into_iter().map(entry).collect() }
}

fn entry(metric: &Metric) -> Entry {
    Entry {
        name: metric.id.name(),
        description: metric.id.description(),
        value: match metric.value {
            None => Number::Missing,
            Some(value) if value.is_finite() => Number::Finite(value),
            Some(value) => Number::Infinite(if value > 0.0 { "Infinity" } else { "-Infinity" }),
        },
        error: metric.undefined.map(|undefined| undefined.clarify_text(metric.id)),
    }
}

/// The report as `analysis.json`: key order, indent, descriptions and the spelling of numbers are Clarify's.
pub fn analysis_json(report: &BiasReport) -> String {
    let stage = |post_training: bool| {
        let metrics = || report.facets.iter().flat_map(|facet| &facet.values).flat_map(|value| &value.metrics);
        metrics().any(|metric| metric.id.is_post_training() == post_training).then(|| Stage {
            label: &report.label,
            facets: Facets { facets: &report.facets, post_training },
            label_value_or_threshold: &report.positive,
        })
    };
    dumps(&Analysis { version: "1.0", pre_training_bias_metrics: stage(false), post_training_bias_metrics: stage(true) }, true)
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::path::PathBuf;

    use super::*;
    use crate::bias::{MetricId, Mode, Positive, Selection, Spec, measure};
    use crate::model::{ColumnFacts, ColumnKind, CountRow, Counts};
    use crate::report::AnalysisConfig;

    /// Counts rows of (facet, label, prediction); an empty text is NULL.
    fn count(facet: &str, label: &str, predicted: Option<&str>, rows: &[[&str; 3]]) -> Counts {
        let cell = |row: &[&str; 3], at: usize| Some(row[at].to_owned()).filter(|text| !text.is_empty());
        let facts = |name: &str, at: usize| {
            let mut met = BTreeSet::new();
            let seen: Vec<Option<String>> = rows.iter().map(|row| cell(row, at)).filter(|value| met.insert(value.clone())).collect();
            let whole = seen.iter().flatten().all(|text| text.parse::<i64>().is_ok());
            ColumnFacts {
                name: name.to_owned(),
                kind: if whole { ColumnKind::Integer } else { ColumnKind::Text },
                distinct: seen.iter().flatten().count() as u64,
                non_null: rows.iter().filter(|row| !row[at].is_empty()).count() as u64,
                min: None,
                max: None,
                first_seen: Some(seen),
            }
        };
        let mut cells: BTreeMap<[&str; 3], u64> = BTreeMap::new();
        for row in rows {
            *cells.entry(*row).or_insert(0) += 1;
        }
        let row = |(row, rows): (&[&str; 3], &u64)| CountRow {
            facets: vec![cell(row, 0)],
            label: cell(row, 1),
            predicted: cell(row, 2),
            group: None,
            rows: *rows,
        };
        Counts {
            facets: vec![facts(facet, 0)],
            label: facts(label, 1),
            predicted: predicted.map(|name| facts(name, 2)),
            group: None,
            rows: cells.iter().map(row).collect(),
        }
    }

    #[test]
    fn the_shape_is_clarifys() {
        let mut rows = vec![["여", "yes", "no"]; 2];
        rows.extend([["남", "yes", "yes"], ["남", "no", "no"], ["", "no", "no"]]);
        let mut spec = Spec::new(["sex"], "y", Positive::Values(vec!["yes".into()]));
        spec.facets[0].selection = Selection::Values(vec!["여".into()]);
        spec.mode = Mode::Clarify;
        spec.predicted = Some("p".to_owned());
        spec.metrics = vec![MetricId::Dpl, MetricId::Cddl, MetricId::Te, MetricId::Dca];
        let report = measure(&count("sex", "y", Some("p"), &rows), &spec).unwrap();
        let expected = r#"{
    "version": "1.0",
    "pre_training_bias_metrics": {
        "label": "y",
        "facets": {
            "sex": [
                {
                    "value_or_threshold": "\uc5ec",
                    "metrics": [
                        {
                            "name": "CDDL",
                            "description": "Conditional Demographic Disparity in Labels (CDDL)",
                            "value": null,
                            "error": "Group variable is empty or not provided"
                        },
                        {
                            "name": "DPL",
                            "description": "Difference in Positive Proportions in Labels (DPL)",
                            "value": -0.6666666666666667
                        }
                    ]
                }
            ]
        },
        "label_value_or_threshold": "yes"
    },
    "post_training_bias_metrics": {
        "label": "y",
        "facets": {
            "sex": [
                {
                    "value_or_threshold": "\uc5ec",
                    "metrics": [
                        {
                            "name": "DCA",
                            "description": "Difference in Conditional Acceptance (DCA)",
                            "value": "-Infinity"
                        },
                        {
                            "name": "TE",
                            "description": "Treatment Equality (TE)",
                            "value": "Infinity"
                        }
                    ]
                }
            ]
        },
        "label_value_or_threshold": "yes"
    }
}"#;
        assert_eq!(analysis_json(&report), expected);
    }

    #[test]
    fn the_courses_files_give_the_courses_report() {
        let named = std::env::var_os("FAIRLAKE_COURSE_DATA").map(PathBuf::from);
        let beside = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data"));
        let Some(data) = named.into_iter().chain([beside]).find(|folder| folder.is_dir()) else {
            eprintln!("not run: the course's files are not here (FAIRLAKE_COURSE_DATA names their folder)");
            return;
        };
        let text = std::fs::read_to_string(data.join("womens_clothing_ecommerce_reviews_transformed.csv")).unwrap();
        // Label first, category last, neither quoted: the review between them doesn't matter here.
        let lines = text.lines().skip(1).filter(|line| !line.is_empty());
        let rows: Vec<[&str; 3]> = lines.map(|line| [line.rsplit(',').next().unwrap(), line.split(',').next().unwrap(), ""]).collect();
        let golden = data.join("../golden");
        let config =
            AnalysisConfig::parse(&std::fs::read_to_string(golden.join("clarify_unbalanced_analysis_config.json")).unwrap()).unwrap();
        let counts = count("product_category", "sentiment", None, &rows);
        let ours = analysis_json(&measure(&counts, &config.spec(Mode::Clarify).unwrap()).unwrap());
        let golden = std::fs::read_to_string(golden.join("clarify_unbalanced_analysis.json")).unwrap();
        // Line by line the same but for the last digits of the numbers.
        assert_eq!((counts.total(), ours.lines().count()), (22_626, golden.lines().count()));
        assert_eq!(ours.ends_with('}'), golden.ends_with('}'));
        for (ours, golden) in ours.lines().zip(golden.lines()) {
            match (ours.split_once("\"value\": "), golden.split_once("\"value\": ")) {
                (Some((before, ours)), Some((expected, golden))) => {
                    assert_eq!(before, expected);
                    assert!((ours.parse::<f64>().unwrap() - golden.parse::<f64>().unwrap()).abs() < 1e-12, "{ours} {golden}");
                }
                _ => assert_eq!(ours, golden),
            }
        }
    }
}
