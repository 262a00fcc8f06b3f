//! The charts of a measurement, in the reader's language: how many rows each facet value has, how its labels are shared out, what a metric
//! says of each, and all metrics at once.

use crate::bias::{BiasReport, FacetReport, Limits, Metric, MetricId, Severity, Slice, Undefined, ValueReport, representation};
use crate::chart::{
    Axes, Band, Bars, Chart, Direction, Figure, Format, HeatMap, Kind, Level, Limit, Order, Reference, Series, Shares, Tone,
};
use crate::model::{Arg, Message};
use crate::text::{Texts, number};

/// So many values are drawn; the rest is grouped, or left out where it can't be.
pub(super) const MOST_VALUES: usize = 60;

/// Where the measured rows come from, for the charts' footers.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// The table, file or query.
    pub name: &'a str,
    /// The day, as `2026-11-22`; empty when it does not matter.
    pub day: &'a str,
}

/// A facet value in the reader's language.
#[must_use]
pub fn slice_text(slice: &Slice, texts: &Texts) -> String {
    match slice.arg() {
        Arg::Text(text) => text,
        Arg::Message(message) => texts.say(&message),
        _ => slice.text(),
    }
}

pub(super) fn footer(rows: u64, source: Source<'_>, texts: &Texts) -> String {
    dated(&Message::new("report-chart-footer").with("source", source.name).with("rows", rows), source, texts)
}

/// A footer's words with the day after them, if there is one.
pub(super) fn dated(words: &Message, source: Source<'_>, texts: &Texts) -> String {
    let words = texts.say(words);
    if source.day.is_empty() { words } else { format!("{words} · {}", source.day) }
}

/// Rows by facet value, with the equal share as reference.
#[must_use]
pub fn imbalance(report: &BiasReport, facet: &FacetReport, source: Source<'_>, texts: &Texts) -> Chart {
    let named = facet.values.iter().map(|value| (slice_text(&value.slice, texts), value.d.rows as f64));
    let mut bars = Bars::of(Direction::Horizontal, Format::Count, named);
    for (figure, value) in bars.series.iter_mut().flat_map(|series| &mut series.figures).zip(&facet.values) {
        let share = value.d.rows as f64 / facet.rows.max(1) as f64;
        let message = Message::new("report-chart-imbalance-note")
            .with("share", Arg::Share(share))
            .with("times", number(representation(facet, value)));
        figure.note = texts.say(&message);
    }
    bars.order = Order::Descending;
    bars.axes.category_axis = facet.name();
    bars.axes.value_axis = texts.t("report-chart-rows");
    let equal = facet.rows as f64 / facet.parts.max(1) as f64;
    let label = texts.say(&Message::new("report-chart-equal-share").with("rows", Arg::Text(Format::Count.show(equal))));
    bars.axes.references = vec![Reference { value: equal, label }];
    let rest = |count: usize| texts.say(&Message::new("report-chart-rest").with("values", count));
    let least = facet.values.iter().min_by_key(|value| value.d.rows);
    let most = facet.values.iter().map(|value| value.d.rows).max();
    let title = match least {
        Some(value) if most == Some(value.d.rows) && facet.values.len() > 1 => {
            let message = Message::new("report-chart-imbalance-even").with("facet", facet.name()).with("values", facet.values.len());
            texts.say(&message.with("rows", value.d.rows))
        }
        Some(value) => {
            let message = Message::new("report-chart-imbalance-title").with("value", slice_text(&value.slice, texts));
            texts.say(&message.with("rows", value.d.rows).with("all", facet.rows))
        }
        None => facet.name(),
    };
    Chart {
        title,
        subtitle: texts.say(&Message::new("report-chart-imbalance-subtitle").with("facet", facet.name())),
        footer: footer(report.rows, source, texts),
        kind: Kind::Bars(bars.largest(MOST_VALUES, Some(&rest))),
    }
}

/// The shares of the labels in the rows of each facet value.
#[must_use]
pub fn labels(report: &BiasReport, facet: &FacetReport, source: Source<'_>, texts: &Texts) -> Chart {
    // Positive labels stand first, so that their ends can be compared along one edge.
    let mut order: Vec<usize> = (0..report.classes.len()).collect();
    order.sort_by_key(|at| report.classes.get(*at).is_none_or(|class| !class.positive));
    let mut values: Vec<&ValueReport> = facet.values.iter().collect();
    values.sort_by(|left, right| share(right).total_cmp(&share(left)));
    values.truncate(MOST_VALUES);
    let two = report.classes.len() == 2;
    let series = order.iter().filter_map(|at| {
        let class = report.classes.get(*at)?;
        let tone = match (class.positive, two) {
            (true, _) if report.classes.iter().filter(|class| class.positive).count() == 1 => Tone::Positive,
            (false, true) => Tone::Negative,
            _ => Tone::Auto,
        };
        let name = texts
            .say(&Message::new("report-chart-label").with("label", report.label.as_str()).with("value", slice_text(&class.slice, texts)));
        let amounts = values.iter().map(|value| value.labels.get(*at).copied().unwrap_or_default() as f64);
        Some(Series::of(name, amounts).tone(tone))
    });
    let shares = Shares {
        categories: values.iter().map(|value| slice_text(&value.slice, texts)).collect(),
        series: series.collect(),
        category_axis: facet.name(),
        value_axis: texts.t("report-chart-share"),
        format: Format::Count,
        order: Order::AsGiven,
        total: texts.t("report-chart-rows"),
    };
    let title = match (values.first(), values.last()) {
        (Some(most), Some(fewest)) if values.len() > 1 => texts.say(
            &Message::new("report-chart-labels-title")
                .with("most", slice_text(&most.slice, texts))
                .with("share", Arg::Share(share(most)))
                .with("fewest", slice_text(&fewest.slice, texts))
                .with("other", Arg::Share(share(fewest))),
        ),
        _ => facet.name(),
    };
    let subtitle = Message::new("report-chart-labels-subtitle").with("label", report.label.as_str()).with("facet", facet.name());
    Chart { title, subtitle: texts.say(&subtitle), footer: footer(report.rows, source, texts), kind: Kind::Shares(shares) }
}

/// The share of positive labels; below all others where there are no rows.
fn share(value: &ValueReport) -> f64 {
    if value.d.rows == 0 { -1.0 } else { value.d.positive_share() }
}

/// One metric over the facet values, with its limits as bands and hollow bars where it can't be told from chance.
#[must_use]
pub fn metric(report: &BiasReport, facet: &FacetReport, id: MetricId, limits: &Limits, source: Source<'_>, texts: &Texts) -> Chart {
    let measured = facet.values.iter().filter_map(|value| Some((value, value.metric(id)?)));
    let mut rows: Vec<(&ValueReport, &Metric)> = measured.collect();
    rows.sort_by(|left, right| {
        let value = |metric: &Metric| metric.value.filter(|value| value.is_finite()).unwrap_or(f64::NEG_INFINITY);
        value(right.1).total_cmp(&value(left.1))
    });
    rows.truncate(MOST_VALUES);
    let beyond = rows
        .iter()
        .filter(|(value, metric)| limits.judge(facet, value, metric).0 > Severity::Pass && metric.distinguishable != Some(false));
    let message =
        Message::new("report-chart-metric-title").with("beyond", beyond.count()).with("all", rows.len()).with("metric", id.name());
    let figures = rows.iter().map(|(value, metric)| figure(report, facet, value, metric, texts)).collect();
    let references = if id == MetricId::Ci {
        let label = texts.say(&Message::new("report-chart-equal-ci").with("value", facet.equal_ci));
        vec![Reference { value: facet.equal_ci, label }]
    } else {
        Vec::new()
    };
    let bars = Bars {
        direction: Direction::Horizontal,
        categories: rows.iter().map(|(value, _)| slice_text(&value.slice, texts)).collect(),
        series: vec![Series { name: String::new(), tone: Tone::Auto, figures }],
        axes: Axes {
            category_axis: facet.name(),
            value_axis: id.name().to_owned(),
            format: Format::Number,
            references,
            bands: bands(id, facet, limits, texts),
        },
        doubtful: texts.t("report-chart-doubtful"),
        ..Bars::default()
    };
    let subtitle = Message::new("report-chart-metric-subtitle")
        .with("name", id.title())
        .with("facet", facet.name())
        .with("label", report.label.as_str());
    Chart { title: texts.say(&message), subtitle: texts.say(&subtitle), footer: footer(report.rows, source, texts), kind: Kind::Bars(bars) }
}

/// Where figures are within the limits, doubtful and beyond.
pub fn bands(id: MetricId, facet: &FacetReport, limits: &Limits, texts: &Texts) -> Vec<Band> {
    let band = |(from, to, severity): (Option<f64>, Option<f64>, Severity), label: Option<&str>| Band {
        from,
        to,
        level: match severity {
            Severity::Pass => Level::Good,
            Severity::Warn => Level::Doubtful,
            Severity::Fail => Level::Bad,
        },
        label: label.map_or_else(String::new, |label| texts.t(label)),
    };
    let ranges = limits.ranges(id, facet.equal_ci);
    // Each judgement is named once.
    let mut named = Vec::new();
    ranges
        .into_iter()
        .map(|range| {
            let label = match range.2 {
                Severity::Pass => Some("report-chart-band-good"),
                Severity::Fail => Some("report-chart-band-bad"),
                Severity::Warn => None,
            };
            let label = label.filter(|label| !named.contains(label));
            named.extend(label);
            band(range, label)
        })
        .collect()
}

/// A metric as it is drawn: its interval, whether it can be told from chance, and what it means.
pub(super) fn figure(report: &BiasReport, facet: &FacetReport, value: &ValueReport, metric: &Metric, texts: &Texts) -> Figure {
    Figure {
        value: metric.value,
        interval: metric.interval.map(|interval| [interval.low, interval.high]),
        doubtful: metric.distinguishable == Some(false),
        note: texts.say(&crate::bias::meaning(report, facet, value, metric)),
    }
}

/// All metrics of all facet values.
#[must_use]
pub fn heat_map(report: &BiasReport, facet: &FacetReport, source: Source<'_>, texts: &Texts) -> Chart {
    let ids = metrics(facet);
    let values: Vec<&ValueReport> = facet.values.iter().filter(|value| !value.is_reference).take(MOST_VALUES).collect();
    let cell = |value: &ValueReport, id: MetricId| {
        value.metric(id).map_or_else(Figure::default, |metric| figure(report, facet, value, metric, texts))
    };
    let map = HeatMap {
        rows: values.iter().map(|value| slice_text(&value.slice, texts)).collect(),
        columns: ids.iter().map(|id| id.name().to_owned()).collect(),
        cells: values.iter().map(|value| ids.iter().map(|id| cell(value, *id)).collect()).collect(),
        row_axis: facet.name(),
        format: Format::Number,
        limit: Limit::PerColumn,
        low: texts.t("report-chart-heat-low"),
        high: texts.t("report-chart-heat-high"),
        doubtful: texts.t("report-chart-doubtful"),
    };
    let title = Message::new("report-chart-heat-title").with("metrics", ids.len()).with("values", values.len()).with("facet", facet.name());
    Chart {
        title: texts.say(&title),
        subtitle: texts.say(&Message::new("report-chart-heat-subtitle").with("label", report.label.as_str())),
        footer: footer(report.rows, source, texts),
        kind: Kind::HeatMap(map),
    }
}

/// The metrics that a facet's values have, in their order; CDDL only where there is a group variable.
#[must_use]
pub fn metrics(facet: &FacetReport) -> Vec<MetricId> {
    let first = facet.values.iter().find(|value| !value.is_reference);
    let asked = first.into_iter().flat_map(|value| &value.metrics);
    asked.filter(|metric| metric.undefined != Some(Undefined::NoGroupVariable)).map(|metric| metric.id).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bias::{Positive, Spec, measure};
    use crate::model::{ColumnFacts, ColumnKind, CountRow, Counts};
    use crate::text::Locale;

    fn report() -> BiasReport {
        let facts =
            |name: &str, kind| ColumnFacts { name: name.into(), kind, distinct: 2, non_null: 100, min: None, max: None, first_seen: None };
        let row = |facet: Option<&str>, label: &str, rows| CountRow {
            facets: vec![facet.map(str::to_owned)],
            label: Some(label.into()),
            predicted: None,
            group: None,
            rows,
        };
        let rows = vec![
            row(Some("big"), "1", 700),
            row(Some("big"), "0", 300),
            row(Some("small"), "1", 2),
            row(Some("small"), "0", 38),
            row(None, "1", 5),
        ];
        let counts = Counts {
            facets: vec![facts("size", ColumnKind::Text)],
            label: facts("y", ColumnKind::Integer),
            predicted: None,
            group: None,
            rows,
        };
        measure(&counts, &Spec::new(["size"], "y", Positive::Values(vec!["1".into()]))).unwrap()
    }

    #[test]
    fn charts_say_what_is_seen_in_both_languages() {
        let report = report();
        let facet = &report.facets[0];
        let source = Source { name: "shop.reviews", day: "2026-11-22" };
        for locale in Locale::ALL {
            let texts = Texts::new(locale);
            let mut all = vec![
                imbalance(&report, facet, source, &texts),
                labels(&report, facet, source, &texts),
                heat_map(&report, facet, source, &texts),
            ];
            all.extend(metrics(facet).into_iter().map(|id| metric(&report, facet, id, &Limits::default(), source, &texts)));
            for chart in &all {
                for words in [&chart.title, &chart.subtitle, &chart.footer] {
                    assert!(!words.is_empty() && !words.contains("report-chart"), "{chart:?}");
                }
                assert!(chart.footer.contains("shop.reviews") && chart.footer.contains("1,045"), "{}", chart.footer);
            }
        }
        let texts = Texts::new(Locale::English);
        assert_eq!(imbalance(&report, facet, source, &texts).title, "(no value) has 5 of 1,045 rows");
        let Kind::Shares(shares) = labels(&report, facet, source, &texts).kind else { panic!() };
        assert_eq!(shares.categories.last().map(String::as_str), Some("small"));
        assert_eq!(shares.series[0].tone, Tone::Positive);
    }

    #[test]
    fn a_metric_is_drawn_with_its_interval_and_limits() {
        let report = report();
        let texts = Texts::new(Locale::English);
        let chart = metric(&report, &report.facets[0], MetricId::Dpl, &Limits::default(), Source { name: "x", day: "" }, &texts);
        let Kind::Bars(bars) = chart.kind else { panic!() };
        let at = bars.categories.iter().position(|name| name == "small").unwrap();
        let figure = &bars.series[0].figures[at];
        assert!(figure.value.unwrap() > 0.6);
        let [low, high] = figure.interval.unwrap();
        assert!(low < figure.value.unwrap() && figure.value.unwrap() < high);
        assert!(bars.axes.bands.iter().any(|band| band.from == Some(0.1) && band.level == Level::Bad));
    }
}
