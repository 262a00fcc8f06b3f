//! One metric before and after: two bars a facet value, with intervals and limits.

use crate::bias::{BiasReport, FacetReport, Limits, MetricId, ValueReport};
use crate::chart::{Axes, Bars, Chart, Direction, Figure, Format, Kind, Series, Tone};
use crate::model::Message;
use crate::report::charts::{MOST_VALUES, Source, bands, dated, figure, slice_text};
use crate::report::trends::{Words, title};
use crate::text::Texts;

/// A metric of the same facet in two reports, the value that changed most first; `None` where they share no figure of it.
#[must_use]
pub fn before_and_after(
    before: &BiasReport,
    after: &BiasReport,
    facet: &FacetReport,
    id: MetricId,
    limits: &Limits,
    source: Source<'_>,
    texts: &Texts,
) -> Option<Chart> {
    let first = before.facets.iter().find(|other| other.columns == facet.columns)?;
    let second = after.facets.iter().find(|other| other.columns == facet.columns)?;
    let known = |value: &ValueReport| value.metric(id).and_then(|metric| metric.value).filter(|value| value.is_finite());
    let pairs = first.values.iter().filter_map(|value| Some((value, second.value(&value.slice)?)));
    let mut rows: Vec<(&ValueReport, &ValueReport)> = pairs.filter(|(was, is)| known(was).is_some() || known(is).is_some()).collect();
    let change = |(was, is): &(&ValueReport, &ValueReport)| known(was).zip(known(is)).map_or(0.0, |(was, is)| (is - was).abs());
    rows.sort_by(|left, right| change(right).total_cmp(&change(left)));
    rows.truncate(MOST_VALUES);
    let most = *rows.first()?;
    let name = |value: &ValueReport| slice_text(&value.slice, texts);
    let moved = known(most.0).zip(known(most.1)).map(|(from, to)| (name(most.0), from, to));
    let title = title(&Words { facet: facet.name(), moved }, id, texts);
    let figure = |report: &BiasReport, facet: &FacetReport, value: &ValueReport| -> Figure {
        value.metric(id).map_or_else(Figure::default, |metric| figure(report, facet, value, metric, texts))
    };
    let series = [
        ("report-chart-before", Tone::Rest, rows.iter().map(|(was, _)| figure(before, first, was)).collect()),
        ("report-chart-after", Tone::Auto, rows.iter().map(|(_, is)| figure(after, second, is)).collect()),
    ];
    let bars = Bars {
        direction: Direction::Horizontal,
        categories: rows.iter().map(|(was, _)| name(was)).collect(),
        series: series.map(|(name, tone, figures)| Series { name: texts.t(name), tone, figures }).into(),
        axes: Axes {
            category_axis: facet.name(),
            value_axis: id.name().to_owned(),
            format: Format::Number,
            references: Vec::new(),
            bands: bands(id, second, limits, texts),
        },
        doubtful: texts.t("report-chart-doubtful"),
        ..Bars::default()
    };
    let subtitle = Message::new("report-chart-change-subtitle").with("name", id.title()).with("facet", facet.name());
    let footer =
        Message::new("report-chart-change-footer").with("source", source.name).with("before", before.rows).with("after", after.rows);
    let footer = dated(&footer, source, texts);
    Some(Chart { title, subtitle: texts.say(&subtitle), footer, kind: Kind::Bars(bars) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bias::{Positive, Spec, measure};
    use crate::model::{ColumnFacts, ColumnKind, CountRow, Counts};
    use crate::text::Locale;

    fn report(female: u64) -> BiasReport {
        let facts = |name: &str| ColumnFacts {
            name: name.into(),
            kind: ColumnKind::Text,
            distinct: 2,
            non_null: 400,
            min: None,
            max: None,
            first_seen: None,
        };
        let row = |(facet, label, rows): (&str, &str, u64)| CountRow {
            facets: vec![Some(facet.to_owned())],
            label: Some(label.to_owned()),
            predicted: None,
            group: None,
            rows,
        };
        let rows = [("f", "yes", female), ("f", "no", 100 - female), ("m", "yes", 60), ("m", "no", 40), ("x", "yes", 30), ("x", "no", 30)];
        let counts = Counts { facets: vec![facts("sex")], label: facts("y"), predicted: None, group: None, rows: rows.map(row).into() };
        measure(&counts, &Spec::new(["sex"], "y", Positive::Values(vec!["yes".into()]))).unwrap()
    }

    #[test]
    fn the_value_that_changed_most_comes_first_and_makes_the_title() {
        let (before, after) = (report(20), report(60));
        let source = Source { name: "loans", day: "" };
        for locale in Locale::ALL {
            let texts = Texts::new(locale);
            let chart = before_and_after(&before, &after, &before.facets[0], MetricId::Dpl, &Limits::default(), source, &texts).unwrap();
            let Kind::Bars(bars) = &chart.kind else { panic!() };
            assert_eq!(bars.categories.first().map(String::as_str), Some("f"));
            let values: Vec<f64> = bars.series.iter().filter_map(|series| series.figures.first()?.value).collect();
            assert!((values[0] - 0.3625).abs() < 1e-12 && (values[1] + 0.0375).abs() < 1e-12, "{values:?}");
            assert!(bars.series.iter().all(|series| series.figures.len() == 3 && !series.name.contains("report")));
            assert!(!bars.axes.bands.is_empty() && chart.title.contains("DPL") && !chart.footer.contains("report"), "{chart:?}");
        }
        let texts = Texts::new(Locale::English);
        assert!(before_and_after(&before, &after, &before.facets[0], MetricId::Di, &Limits::default(), source, &texts).is_none());
    }
}
