//! The meaning of one figure: a sentence with its own numbers, its formula, the rows behind it, and what Clarify would say.

use std::rc::Rc;

use egui::{RichText, ScrollArea, Ui};

use super::super::widgets::Tone;
use super::formula::formula;
use super::{icons, theme, widgets};
use crate::bias::{BiasReport, FacetReport, Limits, Metric, MetricId, Mode, Severity, ValueReport, meaning};
use crate::model::{Arg, Message};
use crate::report::charts::slice_text;
use crate::state::State;
use crate::state::bias::runs::Run;
use crate::text::{self, Texts};

pub(super) fn show(ui: &mut Ui, state: &mut State, run: &Rc<Run>, texts: &Texts) {
    let Some(cell) = state.bias.cell.clone() else { return };
    let report = &run.measurement.report;
    let found = report.facets.get(state.bias.facet).and_then(|facet| {
        let value = facet.value(&cell.value)?;
        Some((facet, value, value.metric(cell.metric)?))
    });
    let Some((facet, value, metric)) = found else {
        state.bias.cell = None;
        return;
    };
    let mut close = false;
    ui.horizontal(|ui| {
        widgets::section(ui, format!("{} · {}", metric.id.name(), slice_text(&value.slice, texts)));
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            close = widgets::icon_button(ui, icons::X, &texts.t("biastab-meaning-close")).clicked();
        });
    });
    ScrollArea::vertical().id_salt("bias-meaning").auto_shrink([false, false]).show(ui, |ui| {
        widgets::weak(ui, texts.say(&metric.id.title()));
        ui.label(RichText::new(metric.value.map_or_else(|| "–".to_owned(), text::number)).text_style(theme::figure()));
        ui.label(texts.say(&meaning(report, facet, value, metric)));
        certainty(ui, run, facet, value, metric, state.bias.runs.limits(), texts);
        ui.add_space(theme::GAP);
        arithmetic(ui, report, facet, value, metric.id, texts);
        ui.add_space(theme::GAP);
        rows(ui, report, value, texts);
        groups(ui, value, metric.id, texts);
        clarify(ui, report, metric, texts);
    });
    if close || ui.input(|input| input.key_pressed(egui::Key::Escape)) {
        state.bias.cell = None;
    }
}

/// The interval, whether chance explains the figure, and whether a limit is passed.
fn certainty(ui: &mut Ui, run: &Run, facet: &FacetReport, value: &ValueReport, metric: &Metric, limits: &Limits, texts: &Texts) {
    let report = &run.measurement.report;
    if let (MetricId::Ft, Some(test)) = (metric.id, &report.flip_test) {
        let id = if test.rows < test.of { "biastab-flip-some" } else { "biastab-flip-all" };
        widgets::caption(ui, texts.say(&Message::new(id).with("rows", test.rows).with("of", test.of)));
        let id = if report.mode == Mode::Exact { "biastab-flip-exact" } else { "biastab-flip-clarify" };
        widgets::caption(ui, texts.t(id));
    }
    if let Some(interval) = metric.interval {
        let message = Message::new("biastab-interval").with("confidence", Arg::Share(report.confidence));
        widgets::weak(ui, texts.say(&message.with("low", interval.low).with("high", interval.high)));
    }
    match metric.distinguishable {
        Some(false) => widgets::banner(ui, Tone::Info, &texts.t("biastab-chance"), |_| {}),
        _ => match limits.judge(facet, value, metric).0 {
            Severity::Fail => widgets::banner(ui, Tone::Failed, &texts.t("biastab-beyond-fail"), |_| {}),
            Severity::Warn => widgets::banner(ui, Tone::Doubtful, &texts.t("biastab-beyond-warn"), |_| {}),
            Severity::Pass => {}
        },
    }
}

fn arithmetic(ui: &mut Ui, report: &BiasReport, facet: &FacetReport, value: &ValueReport, id: MetricId, texts: &Texts) {
    widgets::strong(ui, texts.t("biastab-formula"));
    let written = formula(report, value, id);
    ui.label(RichText::new(written.letters).monospace());
    ui.label(RichText::new(written.numbers).monospace());
    if id == MetricId::Ci {
        let equal = Message::new("biastab-equal-ci").with("groups", facet.parts).with("value", facet.equal_ci);
        widgets::caption(ui, texts.say(&equal));
    }
}

/// The rows behind the figure: of the group examined, and of everyone else.
fn rows(ui: &mut Ui, report: &BiasReport, value: &ValueReport, texts: &Texts) {
    widgets::strong(ui, texts.t("biastab-rows-behind"));
    let count = |rows: u64| text::count(i64::try_from(rows).unwrap_or(i64::MAX));
    egui::Grid::new("bias-rows-behind").num_columns(3).spacing([theme::GAP_LARGE, theme::GAP_SMALL]).show(ui, |ui| {
        let right = |ui: &mut Ui, text: String| {
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| ui.label(text));
        };
        ui.label("");
        right(ui, texts.t("biastab-examined"));
        right(ui, texts.t("bias-everyone-else"));
        ui.end_row();
        let mut line = |label: String, ours: u64, theirs: u64| {
            ui.label(label);
            right(ui, count(ours));
            right(ui, count(theirs));
            ui.end_row();
        };
        let (d, a) = (&value.d, &value.a);
        line(texts.t("biastab-rows"), d.rows, a.rows);
        line(texts.t("biastab-rows-positive"), d.positive, a.positive);
        for (at, class) in report.classes.iter().enumerate().take(12) {
            let ours = value.labels.get(at).copied().unwrap_or_default();
            let theirs = value.other_labels.get(at).copied().unwrap_or_default();
            line(format!("{} = {}", report.label, slice_text(&class.slice, texts)), ours, theirs);
        }
        if report.predicted.is_some() {
            line(texts.t("biastab-true-positive"), d.true_positive, a.true_positive);
            line(texts.t("biastab-false-positive"), d.false_positive, a.false_positive);
            line(texts.t("biastab-true-negative"), d.true_negative, a.true_negative);
            line(texts.t("biastab-false-negative"), d.false_negative, a.false_negative);
        }
    });
}

/// The disparity in each group, for the metrics that are made of them.
fn groups(ui: &mut Ui, value: &ValueReport, id: MetricId, texts: &Texts) {
    let predictions = id == MetricId::Cddpl;
    if value.groups.is_empty() || !(predictions || id == MetricId::Cddl) {
        return;
    }
    ui.add_space(theme::GAP);
    widgets::strong(ui, texts.t("biastab-groups"));
    for group in value.groups.iter().take(30) {
        let disparity = if predictions { group.predictions } else { group.labels };
        let message = Message::new("biastab-group-line")
            .with("group", group.group.arg())
            .with("rows", group.rows)
            .with("disparity", disparity.map_or_else(|| "–".to_owned(), text::number));
        ui.label(texts.say(&message));
    }
    if let Some(all) = value.disparity {
        widgets::caption(ui, texts.say(&Message::new("biastab-group-all").with("disparity", all)));
    }
}

/// What Clarify would report where that is something else.
fn clarify(ui: &mut Ui, report: &BiasReport, metric: &Metric, texts: &Texts) {
    if let Some(differs) = &metric.differs {
        ui.add_space(theme::GAP);
        let said = match (&differs.value, &differs.error) {
            (Some(value), _) => texts.say(&Message::new("biastab-clarify-value").with("value", *value)),
            (None, Some(error)) => texts.say(&Message::new("biastab-clarify-error").with("error", error.as_str())),
            (None, None) => texts.t("biastab-clarify-nothing"),
        };
        widgets::banner(ui, Tone::Info, &said, |ui| {
            widgets::weak(ui, texts.say(&differs.why));
        });
    } else if report.mode == Mode::Exact && metric.value.is_some() {
        ui.add_space(theme::GAP_SMALL);
        widgets::caption(ui, texts.t("biastab-clarify-same"));
    }
}
