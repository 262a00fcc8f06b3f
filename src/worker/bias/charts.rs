//! The charts of a measurement: rows, labels, one metric and all metrics by facet value, with words in the reader's language.

use crate::bias::{BiasReport, FacetReport, MetricId};
use crate::chart::{Bars, Chart, Direction, Figure, Format, HeatMap, Kind, Order, Reference, Series, Shares, Tone};
use crate::message::bias::{BiasChart, BiasChartKind, BiasSource, Measurement};
use crate::model::{Arg, Message};
use crate::text::Texts;

/// The charts of every facet.
pub(super) fn of(measurement: &Measurement, texts: &Texts) -> Vec<BiasChart> {
    let report = &measurement.report;
    let footer = texts.say(
        &Message::new("worker-chart-footer").with("source", source(&measurement.source)).with("rows", report.rows),
    );
    let mut charts = Vec::new();
    for facet in &report.facets {
        let words = Words { texts, facet, footer: &footer };
        let made = [
            Some((BiasChartKind::Imbalance, imbalance(&words))),
            Some((BiasChartKind::Labels, labels(&words, report))),
            metric(&words).map(|chart| (BiasChartKind::Metric, chart)),
            heat(&words).map(|chart| (BiasChartKind::HeatMap, chart)),
        ];
        charts.extend(made.into_iter().flatten().map(|(kind, chart)| BiasChart { kind, facet: facet.name(), chart }));
    }
    charts
}

/// The file stem of a chart: its kind and its facet, in letters that every platform takes.
pub(super) fn stem(chart: &BiasChart) -> String {
    let kind = match chart.kind {
        BiasChartKind::Imbalance => "class-imbalance",
        BiasChartKind::Labels => "label-distribution",
        BiasChartKind::Metric => "facet-metric",
        BiasChartKind::HeatMap => "all-metrics",
    };
    let facet: String = chart.facet.chars().map(|c| if c.is_alphanumeric() || c == '_' { c } else { '-' }).take(60).collect();
    format!("{kind}-{facet}")
}

fn source(source: &BiasSource) -> String {
    match source {
        BiasSource::Table(table) => table.to_string(),
        BiasSource::File(path) => path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
        BiasSource::Object(place) => place.to_string(),
        BiasSource::Result { execution } => execution.clone(),
    }
}

struct Words<'a> {
    texts: &'a Texts,
    facet: &'a FacetReport,
    footer: &'a str,
}

impl Words<'_> {
    fn say(&self, message: &Message) -> String {
        self.texts.say(message)
    }

    fn arg(&self, arg: Arg) -> String {
        match arg {
            Arg::Text(text) => text,
            Arg::Message(message) => self.say(&message),
            other => self.say(&Message::new("worker-chart-value").with("value", other)),
        }
    }

    fn names(&self) -> Vec<String> {
        self.facet.values.iter().map(|value| self.arg(value.slice.arg())).collect()
    }

    fn chart(&self, title: &Message, subtitle: &Message, kind: Kind) -> Chart {
        Chart { title: self.say(title), subtitle: self.say(subtitle), footer: self.footer.to_owned(), kind }
    }
}

/// Rows by facet value, with the equal share.
fn imbalance(words: &Words<'_>) -> Chart {
    let facet = words.facet;
    let equal = facet.rows as f64 / facet.parts.max(1) as f64;
    let mut bars = Bars::of(
        Direction::Horizontal,
        Format::Count,
        words.names().into_iter().zip(facet.values.iter().map(|value| value.d.rows as f64)),
    );
    bars.order = Order::Descending;
    bars.category_axis = facet.name();
    bars.value_axis = words.texts.t("worker-chart-rows");
    let label = Message::new("worker-chart-equal-share").with("rows", Format::Count.show(equal));
    bars.references = vec![Reference { value: equal, label: words.say(&label) }];
    let smallest = facet.values.iter().min_by_key(|value| value.d.rows);
    let title = smallest.map_or_else(
        || Message::new("worker-chart-imbalance-plain").with("facet", facet.name()),
        |value| {
            let name = words.arg(value.slice.arg());
            Message::new("worker-chart-imbalance").with("value", name).with("rows", value.d.rows).with("all", facet.rows)
        },
    );
    words.chart(&title, &Message::new("worker-chart-imbalance-subtitle").with("facet", facet.name()), Kind::Bars(bars))
}

/// Shares of the labels by facet value.
fn labels(words: &Words<'_>, report: &BiasReport) -> Chart {
    let facet = words.facet;
    let positives = report.classes.iter().filter(|class| class.positive).count();
    let negatives = report.classes.len() - positives;
    let series = report.classes.iter().enumerate().rev().map(|(at, class)| Series {
        name: words.arg(class.slice.arg()),
        tone: match (class.positive, positives, negatives) {
            (true, 1, _) => Tone::Positive,
            (false, 1, 1) => Tone::Negative,
            // The first of two is the lower one: -1 before 0.
            (false, 1, 2) if at == 0 => Tone::Negative,
            (false, 1, 2) => Tone::Neutral,
            _ => Tone::Auto,
        },
        figures: facet.values.iter().map(|value| Figure::from(value.labels.get(at).map_or(0.0, |rows| *rows as f64))).collect(),
    });
    let shares = Shares {
        categories: words.names(),
        series: series.collect(),
        category_axis: facet.name(),
        value_axis: report.label.clone(),
        format: Format::Count,
        order: Order::Descending,
        total: words.texts.t("worker-chart-rows"),
    };
    let title = Message::new("worker-chart-labels").with("label", report.label.as_str()).with("facet", facet.name());
    let subtitle = Message::new("worker-chart-labels-subtitle").with("label", report.label.as_str()).with("positive", report.positive.as_str());
    words.chart(&title, &subtitle, Kind::Shares(shares))
}

/// The difference in positive proportions over the facet values, or the first metric that was asked for.
fn metric(words: &Words<'_>) -> Option<Chart> {
    let facet = words.facet;
    let ids = || facet.values.iter().flat_map(|value| &value.metrics).map(|metric| metric.id);
    let id = ids().find(|id| *id == MetricId::Dpl).or_else(|| ids().next())?;
    let figures = facet.values.iter().map(|value| {
        let metric = value.metric(id);
        Figure {
            value: metric.and_then(|metric| metric.value),
            interval: metric.and_then(|metric| metric.interval).map(|interval| [interval.low, interval.high]),
            doubtful: metric.is_some_and(|metric| metric.distinguishable == Some(false)),
            note: String::new(),
        }
    });
    let bars = Bars {
        direction: Direction::Horizontal,
        categories: words.names(),
        series: vec![Series { figures: figures.collect(), ..Series::default() }],
        category_axis: facet.name(),
        value_axis: id.name().to_owned(),
        format: Format::Decimals(3),
        order: Order::Descending,
        doubtful: words.texts.t("worker-chart-doubtful"),
        ..Bars::default()
    };
    let title = Message::new("worker-chart-metric").with("metric", id.name()).with("facet", facet.name());
    let subtitle = Message::new("worker-chart-metric-subtitle").with("name", id.description());
    Some(words.chart(&title, &subtitle, Kind::Bars(bars)))
}

/// All metrics by all facet values.
fn heat(words: &Words<'_>) -> Option<Chart> {
    let facet = words.facet;
    let mut ids: Vec<MetricId> = Vec::new();
    for metric in facet.values.iter().flat_map(|value| &value.metrics) {
        if !ids.contains(&metric.id) {
            ids.push(metric.id);
        }
    }
    if ids.is_empty() {
        return None;
    }
    let cell = |value: &crate::bias::ValueReport, id: MetricId| {
        let metric = value.metric(id);
        Figure {
            value: metric.and_then(|metric| metric.value),
            interval: metric.and_then(|metric| metric.interval).map(|interval| [interval.low, interval.high]),
            doubtful: metric.is_some_and(|metric| metric.distinguishable == Some(false)),
            note: String::new(),
        }
    };
    let map = HeatMap {
        rows: words.names(),
        columns: ids.iter().map(|id| id.name().to_owned()).collect(),
        cells: facet.values.iter().map(|value| ids.iter().map(|id| cell(value, *id)).collect()).collect(),
        row_axis: facet.name(),
        format: Format::Decimals(3),
        limit: crate::chart::Limit::PerColumn,
        doubtful: words.texts.t("worker-chart-doubtful"),
        ..HeatMap::default()
    };
    let title = Message::new("worker-chart-heat").with("facet", facet.name());
    Some(words.chart(&title, &Message::new("worker-chart-heat-subtitle"), Kind::HeatMap(map)))
}
