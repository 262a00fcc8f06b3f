//! The findings: plain sentences, the worst first; a click opens the figure behind one.

use std::rc::Rc;
use std::sync::Arc;

use egui::{Color32, Galley, Rect, RichText, ScrollArea, Sense, TextWrapMode, Ui, Vec2, WidgetInfo, WidgetText, pos2, vec2};

use super::super::widgets::Tone;
use super::{theme, widgets};
use crate::bias::{Finding, Severity};
use crate::model::Message;
use crate::state::State;
use crate::state::bias::runs::Run;
use crate::state::bias::{BiasView, CellRef};
use crate::text::Texts;

pub(super) fn show(ui: &mut Ui, state: &mut State, run: &Rc<Run>, texts: &Texts) {
    let report = &run.measurement.report;
    ui.horizontal(|ui| {
        widgets::section(ui, texts.t("biastab-findings"));
        let source = super::source::name(&run.measurement.source, texts);
        let message =
            Message::new("biastab-findings-of").with("source", source).with("rows", report.rows).with("label", report.label.as_str());
        widgets::weak(ui, texts.say(&message.with("positive", report.positive.as_str())));
    });
    if run.findings.is_empty() {
        widgets::banner(ui, Tone::Good, &texts.t("biastab-findings-none"), |_| {});
    }
    let mut opened = None;
    ScrollArea::vertical().id_salt("bias-findings").auto_shrink([false, false]).show_rows(
        ui,
        theme::ROW,
        run.findings.len(),
        |ui, range| {
            ui.spacing_mut().item_spacing.y = 0.0;
            for (at, finding) in run.findings.iter().enumerate().skip(range.start).take(range.len()) {
                if ui.push_id(at, |ui| line(ui, run, finding, texts)).inner {
                    opened = Some(finding);
                }
            }
        },
    );
    if let Some(finding) = opened {
        let bias = &mut state.bias;
        if let Some(facet) = report.facets.iter().position(|facet| facet.columns == finding.facet) {
            bias.facet = facet;
        }
        if let (Some(value), Some(metric)) = (&finding.value, finding.metric) {
            bias.cell = Some(CellRef { value: value.clone(), metric });
            if bias.view == BiasView::Compare {
                bias.view = BiasView::Metrics;
            }
        }
    }
}

fn line(ui: &mut Ui, run: &Run, finding: &Finding, texts: &Texts) -> bool {
    let tone = match finding.severity {
        Severity::Fail => Tone::Failed,
        Severity::Warn => Tone::Doubtful,
        Severity::Pass => Tone::Info,
    };
    let (colour, icon) = tone.look(ui);
    let tokens = theme::tokens(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), theme::ROW), Sense::click());
    let sentence = texts.say(&finding.sentence);
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Button, true, &sentence));
    if response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect, f32::from(theme::RADIUS), tokens.hover);
    }
    let body = egui::TextStyle::Body;
    let line = |ui: &Ui, text: String, ink: Color32, room: f32| {
        WidgetText::from(RichText::new(text).color(ink)).into_galley(ui, Some(TextWrapMode::Truncate), room, body.clone())
    };
    let paint = |ui: &Ui, galley: Arc<Galley>, left: f32| {
        let corner = pos2(left, rect.center().y - galley.size().y / 2.0);
        ui.painter().galley(corner, galley, tokens.text);
    };
    let mut right = rect.right() - theme::GAP;
    if let Some(figure) = figure(run, finding) {
        let galley = line(ui, figure, tokens.weak, f32::INFINITY);
        right -= galley.size().x;
        paint(ui, galley, right);
    }
    let left = rect.left() + 28.0;
    let galley = line(ui, sentence.clone(), tokens.text, right - left - theme::GAP_LARGE);
    paint(ui, galley, left);
    icon.tinted(colour).paint_at(ui, Rect::from_center_size(pos2(rect.left() + 12.0, rect.center().y), Vec2::splat(16.0)));
    response.on_hover_text(&sentence).clicked()
}

/// "DPL 0.11 ± 0.08": the figure that a finding is about.
fn figure(run: &Run, finding: &Finding) -> Option<String> {
    let facet = run.measurement.report.facets.iter().find(|facet| facet.columns == finding.facet)?;
    let metric = facet.value(finding.value.as_ref()?)?.metric(finding.metric?)?;
    let value = super::brief(metric.value?);
    let around = metric.interval.map(|interval| (interval.high - interval.low) / 2.0).filter(|half| half.is_finite() && *half > 0.0);
    Some(match around {
        Some(half) => format!("{} {value} ± {}", metric.id.name(), super::brief(half)),
        None => format!("{} {value}", metric.id.name()),
    })
}
