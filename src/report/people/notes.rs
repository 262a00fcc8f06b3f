//! The end of a report: the limits and who kept them, how it was computed, what the figures cannot tell, and the metrics by name.

use super::Subject;
use super::contents::judged;
use super::document::{Block, Cell, Table, Tone};
use crate::bias::{BiasReport, Correction, MetricId, Mode, Nulls};
use crate::model::{Arg, Message};
use crate::text::{Texts, number, share};

/// The limits of every metric that was measured, with how many figures passed, warned, failed, or can't be told from chance.
pub(super) fn limits(subject: &Subject<'_>, texts: &Texts) -> Vec<Block> {
    let all = judged(subject, texts);
    let columns = [
        ("report-metric", false, 12.0),
        ("report-limit-warn", false, 26.0),
        ("report-limit-fail", false, 26.0),
        ("report-mark-pass", true, 9.0),
        ("report-mark-warn", true, 9.0),
        ("report-mark-fail", true, 9.0),
        ("report-mark-chance", true, 14.0),
    ];
    let mut table = Table::new(columns.map(|(id, number, width)| (texts.t(id), number, width)));
    for id in measured(subject.report) {
        let Some(limit) = subject.limits.0.iter().find(|limit| limit.metric == id) else { continue };
        let beyond = |value: f64| {
            let message = match id {
                MetricId::Ci => Message::new("report-limit-ci").with("share", share(value)).with("inverse", number(1.0 / value)),
                MetricId::Di => Message::new("report-limit-di").with("value", value).with("inverse", number(1.0 / value)),
                id if id.range().0 < 0.0 => Message::new("report-limit-signed").with("value", value),
                _ => Message::new("report-limit-above").with("value", value),
            };
            Cell::of(texts.say(&message))
        };
        let of = |tone: Tone| {
            let found = all.iter().filter(|(other, mark)| *other == id && mark.tone == tone).count();
            Cell::of(if found == 0 { "–".to_owned() } else { found.to_string() })
        };
        table.row([
            Cell::strong(id.name()),
            beyond(limit.warn),
            beyond(limit.fail),
            of(Tone::Good),
            of(Tone::Doubtful),
            of(Tone::Bad),
            of(Tone::Quiet),
        ]);
    }
    vec![Block::Paragraph(texts.t("report-limits-note")), Block::Table(table)]
}

/// The metrics that some facet value has, in their order.
fn measured(report: &BiasReport) -> Vec<MetricId> {
    let has = |id: &MetricId| {
        let mut metrics = report.facets.iter().flat_map(|facet| &facet.values).flat_map(|value| &value.metrics);
        metrics.any(|metric| metric.id == *id && metric.undefined != Some(crate::bias::Undefined::NoGroupVariable))
    };
    MetricId::PRE_TRAINING.into_iter().chain(MetricId::POST_TRAINING).filter(has).collect()
}

/// How the figures came about.
pub(super) fn method(subject: &Subject<'_>, texts: &Texts) -> Vec<String> {
    let Subject { report, spec, .. } = subject;
    let mut notes = vec![texts.t("report-note-counts")];
    let exact = report.mode == Mode::Exact;
    notes.push(texts.t(if exact { "report-note-exact" } else { "report-note-clarify" }));
    notes.push(texts.t("report-note-sides"));
    let intervals = Message::new(if spec.draws > 0 { "report-note-intervals" } else { "report-note-newcombe" })
        .with("confidence", Arg::Share(report.confidence))
        .with("draws", spec.draws)
        .with("seed", spec.seed.to_string());
    notes.push(texts.say(&intervals));
    notes.push(texts.t("report-note-chance"));
    let comparisons: usize = report.facets.iter().map(|facet| facet.values.len()).max().unwrap_or(0);
    if spec.correction == Correction::Bonferroni {
        notes.push(texts.t("report-note-bonferroni"));
    } else if comparisons > 2 {
        notes.push(
            texts.say(
                &Message::new("report-note-uncorrected").with("values", comparisons).with("chance", Arg::Share(1.0 - report.confidence)),
            ),
        );
    }
    if exact {
        notes.push(texts.t(if spec.nulls == Nulls::Keep { "report-note-nulls-keep" } else { "report-note-nulls-leave" }));
        let differs =
            report.facets.iter().flat_map(|facet| &facet.values).flat_map(|value| &value.metrics).any(|metric| metric.differs.is_some());
        if differs {
            notes.push(texts.t("report-note-differs"));
        }
    }
    notes
}

/// What nobody should read into the figures.
pub(super) fn cannot(texts: &Texts) -> Vec<String> {
    ["report-cannot-cause", "report-cannot-labels", "report-cannot-absent", "report-cannot-small", "report-cannot-all"]
        .map(|id| texts.t(id))
        .into()
}

/// The metrics by name, with the value of no difference and the range.
pub(super) fn glossary(report: &BiasReport, texts: &Texts) -> Table {
    let columns =
        [("report-metric", false, 10.0), ("report-long-name", false, 34.0), ("report-range", false, 18.0), ("report-reading", false, 48.0)];
    let mut table = Table::new(columns.map(|(id, number, width)| (texts.t(id), number, width)));
    for id in measured(report) {
        let (low, high) = id.range();
        let range = Message::new("report-interval-is").with("low", low).with("high", high);
        table.row([Cell::strong(id.name()), Cell::of(texts.say(&id.title())), Cell::of(texts.say(&range)), Cell::of(texts.t(reading(id)))]);
    }
    table
}

/// How the sign or size of a metric is read.
const fn reading(id: MetricId) -> &'static str {
    match id {
        MetricId::Ci => "report-read-ci",
        MetricId::Dpl => "report-read-dpl",
        MetricId::Kl => "report-read-kl",
        MetricId::Js => "report-read-js",
        MetricId::Lp => "report-read-lp",
        MetricId::Tvd => "report-read-tvd",
        MetricId::Ks => "report-read-ks",
        MetricId::Cddl => "report-read-cddl",
        MetricId::Dppl => "report-read-dppl",
        MetricId::Di => "report-read-di",
        MetricId::Dca => "report-read-dca",
        MetricId::Dcr => "report-read-dcr",
        MetricId::Sd => "report-read-sd",
        MetricId::Rd => "report-read-rd",
        MetricId::Dar => "report-read-dar",
        MetricId::Drr => "report-read-drr",
        MetricId::Ad => "report-read-ad",
        MetricId::Te => "report-read-te",
        MetricId::Cddpl => "report-read-cddpl",
        MetricId::Ft => "report-read-ft",
        MetricId::Ge => "report-read-ge",
    }
}
