//! The charts of a measurement, one of each kind for every facet, and the names of their files.

use crate::bias::{BiasReport, FacetReport, Limits, MetricId, Trend};
use crate::message::bias::{BiasChart, BiasChartKind, BiasSource, Measurement};
use crate::report::changes::before_and_after;
use crate::report::{charts, trends};
use crate::text::Texts;

/// The charts of every facet, with words in the reader's language.
pub(super) fn of(measurement: &Measurement, limits: &Limits, texts: &Texts) -> Vec<BiasChart> {
    let report = &measurement.report;
    let name = source(&measurement.source);
    let source = charts::Source { name: &name, day: "" };
    let mut made = Vec::new();
    for facet in &report.facets {
        let ids = charts::metrics(facet);
        let mut put = |kind, chart| made.push(BiasChart { kind, facet: facet.name(), chart });
        put(BiasChartKind::Imbalance, charts::imbalance(report, facet, source, texts));
        put(BiasChartKind::Labels, charts::labels(report, facet, source, texts));
        // The difference in positive proportions is what most people mean by bias; where it was not asked for, the first that was.
        if let Some(id) = ids.iter().find(|id| **id == MetricId::Dpl).or(ids.first()) {
            put(BiasChartKind::Metric, charts::metric(report, facet, *id, limits, source, texts));
            put(BiasChartKind::HeatMap, charts::heat_map(report, facet, source, texts));
        }
        if let Some(chart) = trends::most_telling(facet).and_then(|value| trends::groups(report, facet, value, false, source, texts)) {
            put(BiasChartKind::Groups, chart);
        }
    }
    made
}

/// The charts of a measurement over time, one for each facet: the usual metric, where its gaps are widest.
pub(super) fn over_time(trend: &Trend, measurement: &Measurement, limits: &Limits, texts: &Texts) -> Vec<BiasChart> {
    let name = source(&measurement.source);
    let drawn = |(at, facet): (usize, &FacetReport)| {
        // A bucket is measured from counts alone.
        let ids: Vec<MetricId> = charts::metrics(facet).into_iter().filter(|id| *id != MetricId::Ft).collect();
        let id = trends::usual(&ids)?;
        let chart = trends::over_time(trend, at, id, None, limits, charts::Source { name: &name, day: "" }, texts)?;
        Some(BiasChart { kind: BiasChartKind::Trend, facet: facet.name(), chart })
    };
    measurement.report.facets.iter().enumerate().filter_map(drawn).collect()
}

/// The charts of what changed since another measurement, one for each facet: the usual metric.
pub(super) fn changes(before: &BiasReport, measurement: &Measurement, limits: &Limits, texts: &Texts) -> Vec<BiasChart> {
    let name = source(&measurement.source);
    let after = &measurement.report;
    let drawn = |facet: &FacetReport| {
        let id = trends::usual(&charts::metrics(facet))?;
        let chart = before_and_after(before, after, facet, id, limits, charts::Source { name: &name, day: "" }, texts)?;
        Some(BiasChart { kind: BiasChartKind::Change, facet: facet.name(), chart })
    };
    after.facets.iter().filter_map(drawn).collect()
}

/// The file stem of a chart: its kind and its facet, in letters that every platform takes.
pub(super) fn stem(chart: &BiasChart) -> String {
    let kind = match chart.kind {
        BiasChartKind::Imbalance => "class-imbalance",
        BiasChartKind::Labels => "label-distribution",
        BiasChartKind::Metric => "facet-metric",
        BiasChartKind::HeatMap => "all-metrics",
        BiasChartKind::Groups => "disparity-by-group",
        BiasChartKind::Trend => "over-time",
        BiasChartKind::Change => "before-after",
    };
    let facet: String = chart.facet.chars().map(|c| if c.is_alphanumeric() || c == '_' { c } else { '-' }).take(60).collect();
    format!("{kind}-{facet}")
}

/// The name of a source, for footers and titles.
pub(super) fn source(source: &BiasSource) -> String {
    match source {
        BiasSource::Table(table) => table.to_string(),
        BiasSource::File(path) => path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
        BiasSource::Object(place) => place.to_string(),
        BiasSource::Result { execution } => execution.clone(),
    }
}
