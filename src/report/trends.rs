//! Charts of bias along something: over time, over several measurements, and over the groups of a group variable.

use crate::bias::{BiasReport, FacetReport, Limits, Metric, MetricId, Slice, Trend, ValueReport};
use crate::chart::{Axes, Bars, Chart, Direction, Figure, Format, Kind, Lines, Order, Reference, Series, Tone};
use crate::model::Message;
use crate::report::charts::{Source, bands, figure, footer, slice_text};
use crate::text::{Texts, number};

/// So many lines can still be told apart.
const MOST_LINES: usize = 8;
/// So many groups are drawn.
const MOST_GROUPS: usize = 60;

/// A place along the axis: its name, and what was measured there.
struct Place<'a> {
    name: String,
    report: Option<&'a BiasReport>,
}

/// The metric that a line is drawn of where none was chosen: the gap that most people mean by bias, else the first.
#[must_use]
pub fn usual(ids: &[MetricId]) -> Option<MetricId> {
    [MetricId::Dppl, MetricId::Dpl].into_iter().find(|id| ids.contains(id)).or(ids.first().copied())
}

/// One metric over time: a line for each facet value (those furthest from no difference, where there are many), or for `only` one.
#[must_use]
pub fn over_time(
    trend: &Trend,
    facet: usize,
    id: MetricId,
    only: Option<&Slice>,
    limits: &Limits,
    source: Source<'_>,
    texts: &Texts,
) -> Option<Chart> {
    let mut places = Vec::new();
    for point in &trend.points {
        places.push(Place { name: trend.bucket.short(&point.start), report: point.report.as_ref() });
    }
    let rows = trend.points.iter().map(|point| point.rows).sum();
    lines(&places, facet, id, only, limits, texts).map(|(lines, words)| {
        let title = title(&words, id, texts);
        let subtitle = Message::new("report-chart-trend-subtitle").with("name", id.title()).with("facet", words.facet.as_str());
        let subtitle = texts.say(&subtitle.with("column", trend.column.as_str()));
        chart(
            title,
            subtitle,
            Lines { axes: Axes { category_axis: trend.column.clone(), ..lines.axes.clone() }, ..lines },
            rows,
            source,
            texts,
        )
    })
}

/// One metric over several measurements, each with its name.
#[must_use]
pub fn over_runs(
    runs: &[(String, &BiasReport)],
    facet: &FacetReport,
    id: MetricId,
    only: Option<&Slice>,
    limits: &Limits,
    source: Source<'_>,
    texts: &Texts,
) -> Option<Chart> {
    // The same facet may stand elsewhere in another measurement.
    let own = |report: &BiasReport| {
        let facets = report.facets.iter().filter(|other| other.columns == facet.columns).cloned().collect();
        BiasReport { facets, ..report.clone() }
    };
    let named: Vec<(String, BiasReport)> = runs.iter().map(|(name, report)| (name.clone(), own(report))).collect();
    let places: Vec<Place<'_>> = named.iter().map(|(name, report)| Place { name: name.clone(), report: Some(report) }).collect();
    let rows = runs.iter().map(|(_, report)| report.rows).sum();
    lines(&places, 0, id, only, limits, texts).map(|(lines, words)| {
        let title = title(&words, id, texts);
        let subtitle = Message::new("report-chart-runs-subtitle").with("name", id.title()).with("facet", words.facet.as_str());
        chart(title, texts.say(&subtitle), lines, rows, source, texts)
    })
}

fn chart(title: String, subtitle: String, lines: Lines, rows: u64, source: Source<'_>, texts: &Texts) -> Chart {
    Chart { title, subtitle, footer: footer(rows, source, texts), kind: Kind::Lines(lines) }
}

/// What a title can say: the facet, the value that moved most, and from where to where.
pub(super) struct Words {
    pub(super) facet: String,
    pub(super) moved: Option<(String, f64, f64)>,
}

pub(super) fn title(words: &Words, id: MetricId, texts: &Texts) -> String {
    match &words.moved {
        Some((value, from, to)) => {
            let message = Message::new("report-chart-trend-title").with("metric", id.name()).with("value", value.as_str());
            texts.say(&message.with("from", number(*from)).with("to", number(*to)))
        }
        None => texts.say(&Message::new("report-chart-trend-plain").with("metric", id.name()).with("facet", words.facet.as_str())),
    }
}

fn lines(places: &[Place<'_>], facet: usize, id: MetricId, only: Option<&Slice>, limits: &Limits, texts: &Texts) -> Option<(Lines, Words)> {
    let facets = || places.iter().filter_map(|place| place.report?.facets.get(facet));
    let name = facets().next()?.name();
    let mut slices: Vec<(&Slice, f64)> = Vec::new();
    for value in facets().flat_map(|facet| &facet.values).filter(|value| only.is_none_or(|only| value.slice == *only)) {
        let Some(distance) = value.metric(id).and_then(Metric::distance).filter(|distance| distance.is_finite()) else { continue };
        match slices.iter_mut().find(|(slice, _)| *slice == &value.slice) {
            Some((_, most)) => *most = most.max(distance),
            None => slices.push((&value.slice, distance)),
        }
    }
    slices.sort_by(|left, right| right.1.total_cmp(&left.1));
    slices.truncate(MOST_LINES);
    let drawn = |place: &Place<'_>, slice: &Slice| -> Option<Figure> {
        let report = place.report?;
        let facet = report.facets.get(facet)?;
        let value = facet.value(slice)?;
        Some(figure(report, facet, value, value.metric(id)?, texts))
    };
    let series: Vec<Series> = slices
        .iter()
        .map(|(slice, _)| Series {
            name: slice_text(slice, texts),
            tone: Tone::Auto,
            figures: places.iter().map(|place| drawn(place, slice).unwrap_or_default()).collect(),
        })
        .collect();
    let moved = series
        .iter()
        .filter_map(|series| {
            let mut known = series.figures.iter().filter_map(|figure| figure.value.filter(|value| value.is_finite()));
            let from = known.next()?;
            Some((series.name.clone(), from, known.next_back()?))
        })
        .max_by(|left, right| (left.2 - left.1).abs().total_cmp(&(right.2 - right.1).abs()));
    let facet = facets().next()?;
    let axes = Axes {
        category_axis: String::new(),
        value_axis: id.name().to_owned(),
        format: Format::Number,
        references: Vec::new(),
        bands: bands(id, facet, limits, texts),
    };
    let categories = places.iter().map(|place| place.name.clone()).collect();
    Some((Lines { categories, series, axes, doubtful: texts.t("report-chart-doubtful") }, Words { facet: name, moved }))
}

/// Whether the disparity over all rows and that within the groups are on different sides of zero: Simpson's paradox.
#[must_use]
pub fn turns(value: &ValueReport) -> bool {
    let within = value.metric(MetricId::Cddl).and_then(|metric| metric.value);
    value.disparity.zip(within).is_some_and(|(overall, within)| overall * within < 0.0 && overall.abs() > 0.005 && within.abs() > 0.005)
}

/// The facet value whose groups tell most: one whose disparity turns around, else the one with the widest.
#[must_use]
pub fn most_telling(facet: &FacetReport) -> Option<&ValueReport> {
    let values = || facet.values.iter().filter(|value| !value.is_reference);
    let size = |value: &ValueReport| value.metric(MetricId::Cddl).and_then(|metric| metric.value).map_or(0.0, f64::abs);
    values().find(|value| turns(value)).or_else(|| values().max_by(|left, right| size(left).total_cmp(&size(right))))
}

/// The disparity of one facet value within each group, beside its disparity over all rows and the mean over the groups: where those two are on
/// different sides of zero, that is Simpson's paradox.
#[must_use]
pub fn groups(
    report: &BiasReport,
    facet: &FacetReport,
    value: &ValueReport,
    predictions: bool,
    source: Source<'_>,
    texts: &Texts,
) -> Option<Chart> {
    let group = report.group.as_ref()?;
    let id = if predictions { MetricId::Cddpl } else { MetricId::Cddl };
    let within = value.metric(id)?.value;
    let overall = if predictions { predicted_disparity(value) } else { value.disparity };
    let mut shown: Vec<(String, Figure)> = value
        .groups
        .iter()
        .map(|one| {
            let disparity = if predictions { one.predictions } else { one.labels };
            let note = Message::new("report-chart-group-note").with("rows", one.rows).with("examined", one.examined);
            let value = slice_text(&value.slice, texts);
            (slice_text(&one.group, texts), Figure { value: disparity, note: texts.say(&note.with("value", value)), ..Figure::default() })
        })
        .collect();
    shown.truncate(MOST_GROUPS);
    let (categories, figures): (Vec<String>, Vec<Figure>) = shown.into_iter().unzip();
    let line = |value: Option<f64>, label: &'static str| {
        let value = value?;
        Some(Reference { value, label: texts.say(&Message::new(label).with("value", number(value))) })
    };
    let references = [line(overall, "report-chart-group-overall"), line(within, "report-chart-group-within")];
    let bars = Bars {
        direction: Direction::Horizontal,
        categories,
        series: vec![Series { name: String::new(), tone: Tone::Auto, figures }],
        order: Order::Descending,
        axes: Axes {
            category_axis: group.clone(),
            value_axis: texts.t("report-chart-group-axis"),
            format: Format::Number,
            references: references.into_iter().flatten().collect(),
            bands: Vec::new(),
        },
        ..Bars::default()
    };
    let name = slice_text(&value.slice, texts);
    let title = match overall.zip(within) {
        Some((overall, within)) if overall * within < 0.0 => {
            let id = if overall > 0.0 { "report-chart-simpson-worse" } else { "report-chart-simpson-better" };
            Message::new(id).with("value", name.as_str()).with("group", group.as_str())
        }
        Some((overall, within)) => {
            let message = Message::new("report-chart-group-title").with("value", name.as_str());
            message.with("overall", number(overall)).with("within", number(within)).with("group", group.as_str())
        }
        None => Message::new("report-chart-group-plain").with("value", name.as_str()).with("group", group.as_str()),
    };
    let subtitle = Message::new("report-chart-group-subtitle").with("facet", facet.name()).with("value", name.as_str());
    let footer = footer(facet.rows, source, texts);
    Some(Chart { title: texts.say(&title), subtitle: texts.say(&subtitle), footer, kind: Kind::Bars(bars) })
}

/// The disparity of the predictions over all rows.
fn predicted_disparity(value: &ValueReport) -> Option<f64> {
    let (d, a) = (&value.d, &value.a);
    let (positive, negative) = (a.predicted_positive() + d.predicted_positive(), a.predicted_negative() + d.predicted_negative());
    let both = positive > 0 && negative > 0;
    both.then(|| d.predicted_negative() as f64 / negative as f64 - d.predicted_positive() as f64 / positive as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bias::{Positive, Spec, measure, over_time as measured};
    use crate::model::{ColumnFacts, ColumnKind, CountRow, Counts, TimeBucket};
    use crate::text::Locale;

    fn facts(name: &str) -> ColumnFacts {
        ColumnFacts { name: name.into(), kind: ColumnKind::Text, distinct: 2, non_null: 400, min: None, max: None, first_seen: None }
    }

    fn counts(rows: &[(&str, &str, &str, u64)]) -> Counts {
        let row = |(facet, other, label, rows): &(&str, &str, &str, u64)| CountRow {
            facets: vec![Some((*facet).to_owned()), Some((*other).to_owned())],
            label: Some((*label).to_owned()),
            predicted: None,
            group: Some((*other).to_owned()),
            rows: *rows,
        };
        Counts {
            facets: vec![facts("sex"), facts("day")],
            label: facts("admitted"),
            predicted: None,
            group: Some(facts("department")),
            rows: rows.iter().map(row).collect(),
        }
    }

    const SOURCE: Source<'static> = Source { name: "admissions", day: "" };

    #[test]
    fn a_line_goes_from_bucket_to_bucket_with_intervals() {
        let mut rows = Vec::new();
        for (day, admitted) in [("2024-01-01", 30), ("2024-02-01", 50), ("2024-03-01", 70)] {
            rows.extend([("f", day, "yes", admitted), ("f", day, "no", 100 - admitted), ("m", day, "yes", 60), ("m", day, "no", 40)]);
        }
        let spec = Spec::new(["sex"], "admitted", Positive::Values(vec!["yes".into()]));
        let trend = measured(&counts(&rows), &spec, "day", TimeBucket::Month).unwrap();
        for locale in Locale::ALL {
            let texts = Texts::new(locale);
            let chart = over_time(&trend, 0, MetricId::Dpl, None, &Limits::default(), SOURCE, &texts).unwrap();
            let Kind::Lines(lines) = &chart.kind else { panic!() };
            assert_eq!(lines.categories, ["2024-01", "2024-02", "2024-03"]);
            let f = lines.series.iter().find(|series| series.name == "f").unwrap();
            let values: Vec<f64> = f.figures.iter().filter_map(|figure| figure.value).collect();
            assert!(values.iter().zip([0.3, 0.1, -0.1]).all(|(found, expected)| (found - expected).abs() < 1e-12));
            assert!(f.figures.iter().all(|figure| figure.interval.is_some()) && f.figures[1].doubtful);
            assert!(!lines.axes.bands.is_empty() && !chart.title.contains("report-chart"));
        }
        let texts = Texts::new(Locale::English);
        let only = over_time(&trend, 0, MetricId::Dpl, Some(&Slice::Value("m".into())), &Limits::default(), SOURCE, &texts).unwrap();
        let Kind::Lines(lines) = only.kind else { panic!() };
        assert_eq!(lines.series.len(), 1);
        assert!(over_time(&trend, 7, MetricId::Dpl, None, &Limits::default(), SOURCE, &texts).is_none());

        let reports: Vec<(String, &BiasReport)> =
            trend.points.iter().filter_map(|point| Some((point.start.clone(), point.report.as_ref()?))).collect();
        let facet = &reports[0].1.facets[0];
        let chart = over_runs(&reports, facet, MetricId::Dpl, None, &Limits::default(), SOURCE, &texts).unwrap();
        assert!(chart.title.starts_with("DPL of "), "{}", chart.title);
    }

    #[test]
    fn simpsons_paradox_is_in_the_title_and_both_lines_are_drawn() {
        // Women apply where few are admitted, and are admitted more often in both departments.
        let rows = [
            ("f", "easy", "yes", 18),
            ("f", "easy", "no", 2),
            ("m", "easy", "yes", 64),
            ("m", "easy", "no", 16),
            ("f", "hard", "yes", 24),
            ("f", "hard", "no", 56),
            ("m", "hard", "yes", 4),
            ("m", "hard", "no", 16),
        ];
        let mut spec = Spec::new(["sex"], "admitted", Positive::Values(vec!["yes".into()]));
        spec.group = Some("department".into());
        let report = measure(&counts(&rows), &spec).unwrap();
        let facet = &report.facets[0];
        let value = facet.value(&Slice::Value("f".into())).unwrap();
        let texts = Texts::new(Locale::English);
        let chart = groups(&report, facet, value, false, SOURCE, &texts).unwrap();
        assert!(chart.title.contains("Simpson"), "{}", chart.title);
        let Kind::Bars(bars) = chart.kind else { panic!() };
        let [overall, within] = bars.axes.references.as_slice() else { panic!() };
        assert!(overall.value > 0.0 && within.value < 0.0);
        assert_eq!(bars.categories.len(), 2);
        assert!(groups(&report, facet, value, true, SOURCE, &texts).is_none(), "no predictions, no disparity of them");
        assert!(most_telling(facet).is_some_and(turns));
    }
}
