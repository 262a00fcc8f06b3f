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
