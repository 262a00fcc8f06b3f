//! The large tables of a report: every metric of every facet value, and the disparity within each group.

use super::Subject;
use super::contents::{MOST_VALUES, mark, whole};
use super::document::{Cell, Row, Table};
use crate::bias::{BiasReport, FacetReport, Metric, MetricId, Tally, Undefined, ValueReport, meaning};
use crate::model::{Arg, Message};
use crate::report::charts::slice_text;
use crate::text::{Texts, brief};

/// Facet values with disparities within groups that are listed.
const MOST_DISPARITIES: usize = 20;

/// Every metric of a facet's values, and how many values are left out.
pub(super) fn metrics(subject: &Subject<'_>, facet: &FacetReport, texts: &Texts) -> (Table, usize) {
    let columns = [
        ("report-metric", false, 9.5),
        ("report-figure", true, 10.5),
        ("report-interval", false, 19.0),
        ("report-behind", true, 15.5),
        ("report-mark", false, 12.5),
        ("report-meaning", false, 50.0),
    ];
    let mut table = Table::new(columns.map(|(id, number, width)| (texts.t(id), number, width)));
    let shown = largest(facet);
    for value in &shown {
        let about = Message::new(if value.is_reference { "report-value-reference" } else { "report-value-about" })
            .with("rows", value.d.rows)
            .with("positive", if value.d.rows == 0 { Arg::Text("–".to_owned()) } else { Arg::Share(value.d.positive_share()) });
        table.rows.push(Row::Group(slice_text(&value.slice, texts), texts.say(&about)));
        for metric in value.metrics.iter().filter(|metric| metric.undefined != Some(Undefined::NoGroupVariable)) {
            table.row(row(subject, facet, value, metric, texts));
        }
    }
    (table, facet.values.len() - shown.len())
}

/// The facet's values in their order; the largest of them where there are very many.
fn largest(facet: &FacetReport) -> Vec<&ValueReport> {
    let mut sizes: Vec<u64> = facet.values.iter().map(|value| value.d.rows).collect();
    sizes.sort_unstable_by(|left, right| right.cmp(left));
    let least = sizes.get(MOST_VALUES).copied();
    let large = facet.values.iter().filter(|value| least.is_none_or(|least| value.d.rows > least));
    let mut shown: Vec<&ValueReport> = large.take(MOST_VALUES).collect();
    if shown.is_empty() {
        shown = facet.values.iter().take(MOST_VALUES).collect();
    }
    shown
}

fn row(subject: &Subject<'_>, facet: &FacetReport, value: &ValueReport, metric: &Metric, texts: &Texts) -> [Cell; 6] {
    let figure = metric.value.map_or_else(|| "–".to_owned(), brief);
    let interval = metric.interval.map_or_else(
        || "–".to_owned(),
        |interval| texts.say(&Message::new("report-interval-is").with("low", brief(interval.low)).with("high", brief(interval.high))),
    );
    let behind = match behind(metric.id, value) {
        (d, Some(a)) => format!("{} / {}", whole(d), whole(a)),
        (all, None) => whole(all),
    };
    let explained = |why: &Message| {
        let mut before = value.metrics.iter().take_while(|other| other.id != metric.id);
        before.any(|other| other.differs.as_ref().is_some_and(|differs| differs.why == *why))
    };
    let differs = metric.differs.as_ref().map(|differs| {
        let theirs = match (differs.value, &differs.error) {
            (Some(value), _) => Message::new("report-clarify-value").with("value", value),
            (None, Some(error)) => Message::new("report-clarify-error").with("error", error.trim_end_matches('.')),
            (None, None) => Message::new("report-clarify-nothing"),
        };
        // The same reason is given once a facet value.
        if explained(&differs.why) { texts.say(&theirs) } else { format!("{} {}", texts.say(&theirs), texts.say(&differs.why)) }
    });
    [
        Cell::strong(metric.id.name()),
        Cell::of(figure),
        Cell::of(interval),
        Cell::of(behind),
        Cell::marked(mark(subject, facet, value, metric, texts)),
        Cell::of(texts.say(&meaning(subject.report, facet, value, metric))).note(differs.unwrap_or_default()),
    ]
}

/// The rows that a figure rests on: those of d and of a that its rates divide by, or all together.
fn behind(id: MetricId, value: &ValueReport) -> (u64, Option<u64>) {
    let base: fn(&Tally) -> u64 = match id {
        MetricId::Rd => Tally::labelled_positive,
        MetricId::Sd => Tally::labelled_negative,
        MetricId::Dca | MetricId::Dar => Tally::predicted_positive,
        MetricId::Dcr | MetricId::Drr => Tally::predicted_negative,
        MetricId::Ge => return (value.d.predicted() + value.a.predicted(), None),
        id if id.is_post_training() => Tally::predicted,
        _ => |tally| tally.rows,
    };
    (base(&value.d), Some(base(&value.a)))
}

/// The disparity in each group of the group variable, where there is one.
pub(super) fn groups(report: &BiasReport, facet: &FacetReport, texts: &Texts) -> Option<Table> {
    report.group.as_ref()?;
    let with_groups: Vec<&ValueReport> =
        facet.values.iter().filter(|value| !value.groups.is_empty() && !value.is_reference).take(MOST_DISPARITIES).collect();
    if with_groups.is_empty() {
        return None;
    }
    let predicted = report.predicted.is_some();
    let mut columns = vec![
        ("report-group-value", false, 34.0),
        ("report-rows", true, 16.0),
        ("report-group-examined", true, 22.0),
        ("report-group-labels", true, 28.0),
    ];
    if predicted {
        columns.push(("report-group-predictions", true, 28.0));
    }
    let mut table = Table::new(columns.into_iter().map(|(id, number, width)| (texts.t(id), number, width)));
    let shown = |disparity: Option<f64>| Cell::of(disparity.map_or_else(|| "–".to_owned(), brief));
    for value in with_groups {
        let overall = value.disparity.map_or_else(|| "–".to_owned(), brief);
        let about = texts.say(&Message::new("report-group-overall").with("disparity", overall));
        table.rows.push(Row::Group(slice_text(&value.slice, texts), about));
        for group in &value.groups {
            let mut cells = vec![
                Cell::of(slice_text(&group.group, texts)),
                Cell::of(whole(group.rows)),
                Cell::of(whole(group.examined)),
                shown(group.labels),
            ];
            if predicted {
                cells.push(shown(group.predictions));
            }
            table.row(cells);
        }
    }
    Some(table)
}
