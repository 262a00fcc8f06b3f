//! What a report says, in which order: the result, the question, the findings, the classes, each facet, the limits, the method.

use super::Subject;
use super::document::{Block, Cell, Document, Mark, Table, Tile, Tone, Words};
use super::{notes, table};
use crate::bias::{
    BiasReport, Correction, FacetReport, Finding, Metric, MetricId, Mode, Nulls, Reference, Selection, Severity, ValueReport, findings_by,
};
use crate::model::{Arg, Message};
use crate::report::charts::{self, slice_text};
use crate::text::{Locale, Texts, count, number, share};

/// Findings that are listed by themselves; the tables have all.
const MOST_FINDINGS: usize = 24;
/// Label classes that are listed.
const MOST_CLASSES: usize = 40;
/// Facet values whose metrics are listed, the largest first where there are more.
pub(super) const MOST_VALUES: usize = 60;

/// The document of a measurement.
pub(super) fn document(subject: &Subject<'_>, texts: &Texts) -> Document {
    let report = subject.report;
    let mut blocks = vec![Block::Tiles(tiles(subject, texts))];
    let found = findings_by(report, subject.limits);
    blocks.push(Block::Heading(1, texts.t("report-findings")));
    blocks.extend(findings(&found, texts));
    blocks.push(Block::Heading(1, texts.t("report-question")));
    blocks.push(Block::Facts(question(subject, texts)));
    if let Some(sql) = subject.sql {
        blocks.push(Block::Aside(texts.t("report-sql")));
        blocks.push(Block::Code(sql.to_owned()));
    }
    blocks.push(Block::Heading(1, texts.t("report-classes")));
    blocks.extend(classes(report, texts));
    for facet in &report.facets {
        blocks.push(Block::Heading(1, texts.say(&Message::new("report-facet").with("facet", facet.name()))));
        blocks.extend(one_facet(subject, facet, texts));
    }
    blocks.push(Block::Heading(1, texts.t("report-limits")));
    blocks.extend(notes::limits(subject, texts));
    blocks.push(Block::Heading(1, texts.t("report-method")));
    blocks.push(Block::Points(notes::method(subject, texts)));
    blocks.push(Block::Heading(2, texts.t("report-cannot")));
    blocks.push(Block::Points(notes::cannot(texts)));
    blocks.push(Block::Heading(2, texts.t("report-glossary")));
    blocks.push(Block::Table(notes::glossary(report, texts)));
    let label = Message::new("report-subtitle").with("rows", report.rows).with("label", report.label.as_str());
    let subtitle = texts.say(&label.with("positive", report.positive.as_str()));
    let day = if subject.source.day.is_empty() { String::new() } else { format!(" · {}", subject.source.day) };
    Document {
        title: texts.say(&Message::new("report-title").with("source", subject.source.name)),
        subtitle: format!("{subtitle}{day}"),
        language: if texts.locale() == Locale::Korean { "ko" } else { "en" },
        words: Words {
            contents: texts.t("report-contents"),
            page: texts.say(&Message::new("report-page").with("page", "{page}").with("pages", "{pages}")),
        },
        blocks,
    }
}

/// The judgement of one figure.
pub(super) fn mark(subject: &Subject<'_>, facet: &FacetReport, value: &ValueReport, metric: &Metric, texts: &Texts) -> Mark {
    if metric.value.is_none() {
        return Mark { word: texts.t("report-mark-none"), tone: Tone::Plain };
    }
    let severity = subject.limits.judge(facet, value, metric).0;
    if severity > Severity::Pass && metric.distinguishable == Some(false) {
        return Mark { word: texts.t("report-mark-chance"), tone: Tone::Quiet };
    }
    severity_mark(severity, texts)
}

fn severity_mark(severity: Severity, texts: &Texts) -> Mark {
    let id = match severity {
        Severity::Pass => "report-mark-pass",
        Severity::Warn => "report-mark-warn",
        Severity::Fail => "report-mark-fail",
    };
    Mark { word: texts.t(id), tone: severity.into() }
}

/// All figures with their judgement. The generalised entropy is one figure, however many values there are.
pub(super) fn judged(subject: &Subject<'_>, texts: &Texts) -> Vec<(MetricId, Mark)> {
    let mut entropy = false;
    let mut all = Vec::new();
    for facet in &subject.report.facets {
        for value in &facet.values {
            for metric in &value.metrics {
                if metric.id == MetricId::Ge && std::mem::replace(&mut entropy, true) {
                    continue;
                }
                all.push((metric.id, mark(subject, facet, value, metric, texts)));
            }
        }
    }
    all
}

fn tiles(subject: &Subject<'_>, texts: &Texts) -> Vec<Tile> {
    let all = judged(subject, texts);
    let values: usize = subject.report.facets.iter().map(|facet| facet.values.len()).sum();
    let tile =
        |amount: usize, id: &str, tone: Tone| Tile { number: count(i64::try_from(amount).unwrap_or(i64::MAX)), label: texts.t(id), tone };
    let of = |tone: Tone| all.iter().filter(|(_, mark)| mark.tone == tone).count();
    // A colour is a judgement: nothing to judge has none.
    let toned = |amount: usize, tone: Tone| if amount == 0 { Tone::Plain } else { tone };
    let (bad, doubtful) = (of(Tone::Bad), of(Tone::Doubtful));
    vec![
        tile(values, "report-tile-groups", Tone::Plain),
        tile(bad, "report-tile-fail", toned(bad, Tone::Bad)),
        tile(doubtful, "report-tile-warn", toned(doubtful, Tone::Doubtful)),
        tile(of(Tone::Quiet), "report-tile-chance", Tone::Quiet),
        tile(of(Tone::Good), "report-tile-pass", Tone::Good),
    ]
}

fn findings(found: &[Finding], texts: &Texts) -> Vec<Block> {
    let beyond: Vec<&Finding> = found.iter().filter(|finding| finding.severity > Severity::Pass).collect();
    let mut blocks = Vec::new();
    if beyond.is_empty() {
        blocks.push(Block::Paragraph(texts.t("report-findings-none")));
    } else {
        let said = |finding: &&Finding| {
            let id = finding.metric.map(|id| format!("{} · ", id.name())).unwrap_or_default();
            (severity_mark(finding.severity, texts), format!("{id}{}", texts.say(&finding.sentence)))
        };
        blocks.push(Block::Findings(beyond.iter().take(MOST_FINDINGS).map(said).collect()));
        if beyond.len() > MOST_FINDINGS {
            blocks.push(Block::Aside(texts.say(&Message::new("report-findings-more").with("more", beyond.len() - MOST_FINDINGS))));
        }
    }
    let remarks: Vec<String> =
        found.iter().filter(|finding| finding.severity == Severity::Pass).map(|finding| texts.say(&finding.sentence)).collect();
    if !remarks.is_empty() {
        blocks.push(Block::Points(remarks));
    }
    blocks
}

fn question(subject: &Subject<'_>, texts: &Texts) -> Vec<(String, String)> {
    let Subject { report, spec, source, .. } = subject;
    let mut facts = Vec::new();
    let mut put = |id: &str, text: String| facts.push((texts.t(id), text));
    put("report-source", source.name.to_owned());
    put("report-rows", whole(report.rows));
    put(
        "report-label",
        texts.say(&Message::new("report-label-is").with("label", report.label.as_str()).with("positive", report.positive.as_str())),
    );
    if let Some(predicted) = &report.predicted {
        put("report-predicted", predicted.clone());
    }
    let facet = |facet: &FacetReport| {
        let asked = spec.facets.iter().find(|asked| asked.columns == facet.columns);
        let id = match asked.map(|asked| &asked.selection) {
            Some(Selection::Values(_)) => "report-facet-together",
            Some(Selection::Threshold(_)) => "report-facet-threshold",
            Some(Selection::Bins(_)) => "report-facet-bins",
            _ if facet.columns.len() > 1 => "report-facet-crossed",
            _ => "report-facet-each",
        };
        texts.say(&Message::new(id).with("facet", facet.name()).with("values", facet.values.len()))
    };
    put("report-facets", report.facets.iter().map(facet).collect::<Vec<_>>().join("\n"));
    if let Some(group) = &report.group {
        put("report-group", group.clone());
    }
    put("report-against", against(&spec.reference, texts));
    put("report-rules", texts.t(if report.mode == Mode::Exact { "report-rules-exact" } else { "report-rules-clarify" }));
    if report.mode == Mode::Exact {
        put("report-nulls", texts.t(if spec.nulls == Nulls::Keep { "report-nulls-keep" } else { "report-nulls-leave" }));
    }
    let id = if spec.correction == Correction::Bonferroni { "report-confidence-corrected" } else { "report-confidence-each" };
    put("report-confidence", texts.say(&Message::new(id).with("confidence", Arg::Share(report.confidence))));
    if !source.day.is_empty() {
        put("report-day", source.day.to_owned());
    }
    facts
}

fn against(reference: &Reference, texts: &Texts) -> String {
    match reference {
        Reference::EveryoneElse => texts.t("report-against-others"),
        Reference::Largest => texts.t("report-against-largest"),
        Reference::Named(name) => name.clone(),
    }
}

fn classes(report: &BiasReport, texts: &Texts) -> Vec<Block> {
    let mut blocks = Vec::new();
    let sentence = Message::new("report-balance-classes")
        .with("label", report.label.as_str())
        .with("entropy", Arg::Share(report.balance.entropy))
        .with("ratio", number(report.balance.largest_to_smallest));
    blocks.push(Block::Paragraph(texts.say(&sentence)));
    let all: u64 = report.classes.iter().map(|class| class.rows).sum();
    let columns =
        [("report-class", false, 40.0), ("report-class-positive", false, 20.0), ("report-rows", true, 20.0), ("report-share", true, 20.0)];
    let mut table = Table::new(columns.map(|(id, number, width)| (texts.t(id), number, width)));
    for class in report.classes.iter().take(MOST_CLASSES) {
        let positive = if class.positive { texts.t("report-yes") } else { "–".to_owned() };
        table.row([
            Cell::strong(slice_text(&class.slice, texts)),
            Cell::of(positive),
            Cell::of(whole(class.rows)),
            Cell::of(share(class.rows as f64 / all.max(1) as f64)),
        ]);
    }
    blocks.push(Block::Table(table));
    if report.classes.len() > MOST_CLASSES {
        blocks.push(Block::Aside(texts.say(&Message::new("report-classes-more").with("more", report.classes.len() - MOST_CLASSES))));
    }
    blocks
}

fn one_facet(subject: &Subject<'_>, facet: &FacetReport, texts: &Texts) -> Vec<Block> {
    let Subject { report, source, .. } = *subject;
    let mut blocks = Vec::new();
    let sentence = Message::new("report-balance-facet")
        .with("groups", facet.parts)
        .with("entropy", Arg::Share(facet.balance.entropy))
        .with("ratio", number(facet.balance.largest_to_smallest));
    blocks.push(Block::Paragraph(texts.say(&sentence)));
    if subject.spec.reference == Reference::EveryoneElse && facet.parts > 2 {
        let message = Message::new("report-equal-ci").with("groups", facet.parts).with("value", facet.equal_ci);
        blocks.push(Block::Paragraph(texts.say(&message)));
    }
    if !facet.in_order_of_appearance {
        blocks.push(Block::Aside(texts.t("report-order-sorted")));
    }
    let mut picture = |chart| blocks.push(Block::Picture(Box::new(chart)));
    picture(charts::imbalance(report, facet, source, texts));
    picture(charts::labels(report, facet, source, texts));
    let ids = charts::metrics(facet);
    let first = if report.predicted.is_some() { [MetricId::Dppl, MetricId::Dpl] } else { [MetricId::Dpl, MetricId::Dppl] };
    if let Some(id) = first.iter().find(|id| ids.contains(id)).or(ids.first()) {
        picture(charts::metric(report, facet, *id, subject.limits, source, texts));
        picture(charts::heat_map(report, facet, source, texts));
    }
    if let Some(table) = table::groups(report, facet, texts) {
        let group = report.group.clone().unwrap_or_default();
        blocks.push(Block::Heading(2, texts.say(&Message::new("report-groups").with("group", group))));
        blocks.push(Block::Aside(texts.t("report-groups-note")));
        blocks.push(Block::Table(table));
    }
    blocks.push(Block::Heading(2, texts.say(&Message::new("report-metrics-of").with("facet", facet.name()))));
    let (table, left) = table::metrics(subject, facet, texts);
    blocks.push(Block::Table(table));
    if left > 0 {
        blocks.push(Block::Aside(texts.say(&Message::new("report-values-more").with("more", left).with("shown", MOST_VALUES))));
    }
    blocks
}

/// A number of rows with separators.
pub(super) fn whole(rows: u64) -> String {
    count(i64::try_from(rows).unwrap_or(i64::MAX))
}
