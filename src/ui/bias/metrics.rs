//! Every figure of a facet in one table: a row a facet value, a column a metric, the interval under the value, a mark where a limit is passed.

use egui::{Align2, Color32, Rect, ScrollArea, Sense, Shape, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::super::widgets::banner::Tone;
use super::{theme, widgets};
use crate::bias::{FacetReport, Limits, Metric, MetricId, Severity, ValueReport};
use crate::model::Message;
use crate::report::charts;
use crate::state::State;
use crate::state::bias::CellRef;
use crate::text::{self, Texts};

/// Height of a row: a value and its interval.
const ROW: f32 = 40.0;
/// Width of the column of names.
const NAMES: f32 = 170.0;
/// Width of a metric's column.
const COLUMN: f32 = 106.0;

pub(super) fn show(ui: &mut Ui, state: &mut State, facet: &FacetReport, texts: &Texts) {
    let ids = charts::metrics(facet);
    let limits = state.bias.runs.limits().clone();
    legend(ui, state, facet, texts);
    let bias = &mut state.bias;
    let needle = bias.filter.trim().to_lowercase();
    let mut values: Vec<(&ValueReport, String)> = facet
        .values
        .iter()
        .filter(|value| !value.is_reference)
        .map(|value| (value, charts::slice_text(&value.slice, texts)))
        .filter(|(_, name)| needle.is_empty() || name.to_lowercase().contains(&needle))
        .collect();
    if let Some((id, down)) = bias.sort {
        let key = |value: &ValueReport| value.metric(id).and_then(|metric| metric.value).unwrap_or(f64::NEG_INFINITY);
        values.sort_by(|(left, _), (right, _)| if down { key(right).total_cmp(&key(left)) } else { key(left).total_cmp(&key(right)) });
    }
    let width = NAMES + COLUMN * ids.len() as f32;
    ScrollArea::horizontal().id_salt("bias-metrics").auto_shrink([false, false]).show(ui, |ui| {
        ui.set_min_width(width);
        ui.spacing_mut().item_spacing.y = 0.0;
        header(ui, &ids, facet, &mut bias.sort, texts);
        widgets::hairline(ui);
        ScrollArea::vertical().id_salt("bias-metric-rows").auto_shrink([false, false]).show_rows(ui, ROW, values.len(), |ui, range| {
            for (value, name) in values.iter().skip(range.start).take(range.len()) {
                ui.push_id(name, |ui| {
                    if let Some(metric) = row(ui, facet, value, name, &ids, &limits, bias.cell.as_ref()) {
                        bias.cell = Some(CellRef { value: value.slice.clone(), metric });
                    }
                });
            }
        });
    });
}

/// What the marks mean, and what CI would be if the groups were of one size.
fn legend(ui: &mut Ui, state: &mut State, facet: &FacetReport, texts: &Texts) {
    ui.horizontal_wrapped(|ui| {
        for (severity, doubtful, label) in [
            (Severity::Fail, false, "biastab-mark-fail"),
            (Severity::Warn, false, "biastab-mark-warn"),
            (Severity::Warn, true, "biastab-mark-chance"),
        ] {
            ui.spacing_mut().item_spacing.x = theme::GAP_SMALL;
            let (rect, _) = ui.allocate_exact_size(vec2(10.0, 16.0), Sense::hover());
            mark(ui, rect.center(), severity, doubtful);
            widgets::caption(ui, texts.t(label));
            ui.add_space(theme::GAP_SMALL);
        }
        if widgets::quiet(ui, None, &texts.t("biastab-limits")).on_hover_text(texts.t("biastab-limits-about")).clicked() {
            state.bias.limits_open = true;
        }
        let equal = Message::new("biastab-equal-ci").with("groups", facet.parts).with("value", facet.equal_ci);
        widgets::caption(ui, texts.say(&equal)).on_hover_text(texts.t("biastab-equal-ci-hint"));
    });
}

fn header(ui: &mut Ui, ids: &[MetricId], facet: &FacetReport, sort: &mut Option<(MetricId, bool)>, texts: &Texts) {
    let tokens = theme::tokens(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(NAMES + COLUMN * ids.len() as f32, theme::ROW + 4.0), Sense::hover());
    let strong = theme::strong().resolve(ui.style());
    ui.painter().text(rect.left_center(), Align2::LEFT_CENTER, facet.name(), strong.clone(), tokens.text);
    for (at, id) in ids.iter().enumerate() {
        let place = column(rect, at);
        let response = ui.interact(place, ui.make_persistent_id(("metric", at)), Sense::click());
        response.widget_info(|| WidgetInfo::labeled(egui::Role::ColumnHeader, true, id.name()));
        if response.hovered() || response.has_focus() {
            ui.painter().rect_filled(place, f32::from(theme::RADIUS), tokens.hover);
        }
        let arrow = match sort {
            Some((sorted, down)) if sorted == id => {
                if *down {
                    " ↓"
                } else {
                    " ↑"
                }
            }
            _ => "",
        };
        ui.painter().text(
            place.right_center() - vec2(8.0, 0.0),
            Align2::RIGHT_CENTER,
            format!("{}{arrow}", id.name()),
            strong.clone(),
            tokens.text,
        );
        if response.clicked() {
            *sort = match *sort {
                Some((sorted, true)) if sorted == *id => Some((*id, false)),
                Some((sorted, false)) if sorted == *id => None,
                _ => Some((*id, true)),
            };
        }
        response.on_hover_text(texts.say(&id.title()));
    }
}

fn column(row: Rect, at: usize) -> Rect {
    Rect::from_min_size(pos2(row.left() + NAMES + COLUMN * at as f32, row.top()), vec2(COLUMN, row.height()))
}

/// Draws a row; gives the metric whose cell was clicked.
fn row(
    ui: &mut Ui,
    facet: &FacetReport,
    value: &ValueReport,
    name: &str,
    ids: &[MetricId],
    limits: &Limits,
    open: Option<&CellRef>,
) -> Option<MetricId> {
    let tokens = theme::tokens(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(NAMES + COLUMN * ids.len() as f32, ROW), Sense::hover());
    let names = Rect::from_min_size(rect.min, vec2(NAMES - theme::GAP, ROW));
    let mut cell = ui.new_child(egui::UiBuilder::new().max_rect(names).layout(egui::Layout::top_down(egui::Align::Min)));
    cell.spacing_mut().item_spacing.y = 0.0;
    cell.add_space(4.0);
    cell.add(egui::Label::new(name).truncate());
    let share = value.d.rows as f64 / facet.rows.max(1) as f64;
    let rows = text::count(i64::try_from(value.d.rows).unwrap_or(i64::MAX));
    widgets::caption(&mut cell, format!("{rows} · {}", text::share(share)));
    let mut clicked = None;
    for (at, id) in ids.iter().enumerate() {
        let Some(metric) = value.metric(*id) else { continue };
        let place = column(rect, at);
        let response = ui.interact(place, ui.make_persistent_id(at), Sense::click());
        let shown = metric.value.map_or_else(|| "–".to_owned(), super::brief);
        response.widget_info(|| WidgetInfo::labeled(egui::Role::Cell, true, format!("{name} {}: {shown}", id.name())));
        let chosen = open.is_some_and(|open| open.metric == *id && open.value == value.slice);
        if chosen || response.hovered() || response.has_focus() {
            let fill = if chosen { tokens.chosen } else { tokens.hover };
            ui.painter().rect_filled(place.shrink(1.0), f32::from(theme::RADIUS), fill);
        }
        paint_cell(ui, place, facet, value, metric, &shown, limits);
        if response.clicked() {
            clicked = Some(*id);
        }
    }
    ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, Stroke::new(1.0, tokens.hairline));
    clicked
}

fn paint_cell(ui: &Ui, place: Rect, facet: &FacetReport, value: &ValueReport, metric: &Metric, shown: &str, limits: &Limits) {
    let tokens = theme::tokens(ui);
    let (severity, _) = limits.judge(facet, value, metric);
    let doubtful = metric.distinguishable == Some(false);
    let body = egui::TextStyle::Body.resolve(ui.style());
    let ink = if metric.value.is_none() || doubtful { tokens.weak } else { tokens.text };
    let right = place.right() - 8.0;
    let middle = place.top() + if metric.interval.is_some() { 13.0 } else { place.height() / 2.0 };
    let written = ui.painter().text(pos2(right, middle), Align2::RIGHT_CENTER, shown, body, ink);
    if let Some(interval) = metric.interval {
        let around = format!("{} … {}", super::rough(interval.low), super::rough(interval.high));
        ui.painter().text(pos2(right, place.top() + 29.0), Align2::RIGHT_CENTER, around, theme::caption().resolve(ui.style()), tokens.weak);
    }
    if severity > Severity::Pass && metric.value.is_some() {
        mark(ui, pos2(written.left() - 9.0, middle), severity, doubtful);
    }
}

/// A disc for what is beyond, a triangle for what deserves a look; hollow where it can't be told from chance.
pub(super) fn mark(ui: &Ui, at: egui::Pos2, severity: Severity, doubtful: bool) {
    let tone = if severity == Severity::Fail { Tone::Failed } else { Tone::Doubtful };
    let (colour, _) = tone.look(ui);
    let (fill, stroke) = if doubtful { (Color32::TRANSPARENT, Stroke::new(1.3, colour)) } else { (colour, Stroke::NONE) };
    if severity == Severity::Fail {
        ui.painter().circle(at, 3.6, fill, stroke);
    } else {
        let corners = vec![at + vec2(0.0, -4.2), at + vec2(4.2, 3.4), at + vec2(-4.2, 3.4)];
        ui.painter().add(Shape::convex_polygon(corners, fill, stroke));
    }
}
