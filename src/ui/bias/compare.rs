//! Two measurements side by side: the change of every metric, and their charts.

use std::sync::Arc;

use chrono::Local;
use egui::{Align2, Rect, ScrollArea, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::super::widgets::chart as picture;
use super::super::widgets::picker::{Choice, picker};
use super::{icons, theme, views, widgets};
use crate::bias::{Change, FacetReport, MetricId};
use crate::chart::Chart;
use crate::model::Message;
use crate::report::changes::before_and_after;
use crate::report::charts::{self, Source, slice_text};
use crate::report::trends::usual;
use crate::state::State;
use crate::state::bias::runs::Run;
use crate::state::bias::{BiasView, CompareView};
use crate::text::Texts;

/// Height of a row: before and after, and the change.
const ROW: f32 = 40.0;
/// Width of the column of names.
const NAMES: f32 = 150.0;
/// Width of a metric's column.
const COLUMN: f32 = 108.0;

pub(super) fn show(ui: &mut Ui, state: &mut State, texts: &Texts) {
    if state.bias.runs.all().len() < 2 {
        widgets::empty(ui, icons::SCALE, &texts.t("biastab-compare-empty-title"), &texts.t("biastab-compare-empty"), |_| {});
        return;
    }
    choose(ui, state, texts);
    let Some((before, after, _)) = state.bias.runs.compared() else { return };
    let (before, after) = (before.number, after.number);
    if state.bias.compare_view == CompareView::Changes {
        if let Some((_, _, changes)) = state.bias.runs.compared() {
            table(ui, changes, texts);
        }
        return;
    }
    if state.bias.compare_view == CompareView::Metric {
        match chart(ui, state, texts) {
            Some(chart) => picture::show(ui, "bias-change", &chart),
            None => {
                widgets::weak(ui, texts.t("biastab-compare-nothing"));
            }
        }
        return;
    }
    let view = if state.bias.compare_view == CompareView::Labels { BiasView::Labels } else { BiasView::Imbalance };
    ui.columns(2, |columns| {
        for (column, number) in columns.iter_mut().zip([before, after]) {
            let Some(run) = state.bias.runs.get(number) else { continue };
            if let Some(chart) = views::chart(column, run, state.bias.facet, view, None, state.bias.runs.limits(), texts) {
                picture::show(column, if number == before { "bias-before" } else { "bias-after" }, &chart);
            }
        }
    });
}

/// Which two are compared, and how.
fn choose(ui: &mut Ui, state: &mut State, texts: &Texts) {
    let Some((before, after)) = state.bias.runs.compared().map(|(before, after, _)| (before.number, after.number)) else { return };
    let (mut new_before, mut new_after) = (before, after);
    ui.horizontal_wrapped(|ui| {
        for (name, number, new) in [("biastab-before", before, &mut new_before), ("biastab-after", after, &mut new_after)] {
            widgets::weak(ui, texts.t(name));
            let runs = state.bias.runs.all();
            let shown = state.bias.runs.get(number).map_or_else(String::new, |run| title(run, texts));
            let choices = || runs.iter().map(|run| Choice::of(title(run, texts))).collect();
            if let Some(run) = picker(ui, texts, &texts.t(name), &shown, 210.0, choices).and_then(|at| runs.get(at)) {
                *new = run.number;
            }
        }
    });
    ui.horizontal_wrapped(|ui| {
        let all = [CompareView::Changes, CompareView::Metric, CompareView::Imbalance, CompareView::Labels];
        let labels = ["biastab-compare-changes", "biastab-metric", "biastab-view-imbalance", "biastab-view-labels"];
        let options: Vec<(CompareView, String)> = all.into_iter().zip(labels.map(|label| texts.t(label))).collect();
        if let Some(view) = widgets::segmented(ui, state.bias.compare_view, &options) {
            state.bias.compare_view = view;
        }
        if state.bias.compare_view == CompareView::Metric {
            choose_metric(ui, state, texts);
        }
        if let Some(sql) = &state.bias.rebalance_sql
            && widgets::quiet(ui, Some(icons::COPY), &texts.t("biastab-copy-statement")).on_hover_text(sql).clicked()
        {
            state.outbox.effect(crate::state::Effect::Copy(sql.clone()));
        }
    });
    if (new_before, new_after) != (before, after) {
        state.bias.runs.compare(new_before, new_after);
    }
}

fn choose_metric(ui: &mut Ui, state: &mut State, texts: &Texts) {
    let Some(ids) = facet(state).map(charts::metrics) else { return };
    if let Some(id) = views::metric_picker(ui, &ids, metric(state, &ids), texts) {
        state.bias.compare_metric = Some(id);
    }
}

/// The facet of the later measurement that is looked at.
fn facet(state: &State) -> Option<&FacetReport> {
    let (_, after, _) = state.bias.runs.compared()?;
    after.measurement.report.facets.get(state.bias.facet)
}

fn metric(state: &State, ids: &[MetricId]) -> Option<MetricId> {
    state.bias.compare_metric.filter(|id| ids.contains(id)).or_else(|| usual(ids))
}

/// The chart of one metric before and after.
pub(super) fn chart(ui: &Ui, state: &State, texts: &Texts) -> Option<Arc<Chart>> {
    let (before, after, _) = state.bias.runs.compared()?;
    let facet = facet(state)?;
    let id = metric(state, &charts::metrics(facet))?;
    let limits = state.bias.runs.limits();
    let key = (before.number, after.number, state.bias.facet, id, texts.locale());
    views::kept(ui, ("bias-change", key, views::limits_key(limits)), || {
        let (name, day) = (super::source::name(&after.measurement.source, texts), Local::now().format("%Y-%m-%d").to_string());
        let (before, after) = (&before.measurement.report, &after.measurement.report);
        before_and_after(before, after, facet, id, limits, Source { name: &name, day: &day }, texts)
    })
}

/// A measurement's name: its number, its source and how many rows it has.
pub(super) fn title(run: &Run, texts: &Texts) -> String {
    let id = if run.balanced { "biastab-run-balanced" } else { "biastab-run" };
    let source = super::source::name(&run.measurement.source, texts);
    texts.say(&Message::new(id).with("number", run.number).with("source", source).with("rows", run.measurement.report.rows))
}

fn table(ui: &mut Ui, changes: &[Change], texts: &Texts) {
    if changes.is_empty() {
        widgets::weak(ui, texts.t("biastab-compare-nothing"));
        return;
    }
    let mut ids: Vec<MetricId> = Vec::new();
    let mut rows: Vec<(String, Vec<&Change>)> = Vec::new();
    for change in changes.iter().filter(|change| change.before.is_some() || change.after.is_some()) {
        if !ids.contains(&change.metric) {
            ids.push(change.metric);
        }
        let name = slice_text(&change.value, texts);
        match rows.last_mut().filter(|(last, _)| *last == name) {
            Some((_, row)) => row.push(change),
            None => rows.push((name, vec![change])),
        }
    }
    let width = NAMES + COLUMN * ids.len() as f32;
    let tokens = theme::tokens(ui);
    ScrollArea::horizontal().id_salt("bias-changes").auto_shrink([false, false]).show(ui, |ui| {
        ui.set_min_width(width);
        ui.spacing_mut().item_spacing.y = 0.0;
        let (rect, _) = ui.allocate_exact_size(vec2(width, theme::ROW), Sense::hover());
        for (at, id) in ids.iter().enumerate() {
            let place = column(rect, at);
            let response = ui.interact(place, ui.make_persistent_id(("change", at)), Sense::hover());
            response.widget_info(|| WidgetInfo::labeled(egui::Role::ColumnHeader, true, id.name()));
            let font = theme::strong().resolve(ui.style());
            ui.painter().text(place.right_center() - vec2(8.0, 0.0), Align2::RIGHT_CENTER, id.name(), font, tokens.text);
            response.on_hover_text(texts.say(&id.title()));
        }
        widgets::hairline(ui);
        ScrollArea::vertical().id_salt("bias-change-rows").auto_shrink([false, false]).show_rows(ui, ROW, rows.len(), |ui, range| {
            for (name, changes) in rows.iter().skip(range.start).take(range.len()) {
                let (rect, _) = ui.allocate_exact_size(vec2(width, ROW), Sense::hover());
                let names = Rect::from_min_size(rect.min, vec2(NAMES - theme::GAP, ROW));
                let mut left =
                    ui.new_child(egui::UiBuilder::new().max_rect(names).layout(egui::Layout::left_to_right(egui::Align::Center)));
                left.add(egui::Label::new(name).truncate());
                for change in changes {
                    if let Some(at) = ids.iter().position(|id| *id == change.metric) {
                        cell(ui, column(rect, at), name, change);
                    }
                }
                ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, Stroke::new(1.0, tokens.hairline));
            }
        });
    });
}

fn column(row: Rect, at: usize) -> Rect {
    Rect::from_min_size(pos2(row.left() + NAMES + COLUMN * at as f32, row.top()), vec2(COLUMN, row.height()))
}

fn cell(ui: &Ui, place: Rect, name: &str, change: &Change) {
    let tokens = theme::tokens(ui);
    let shown = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), super::brief);
    let both = format!("{} → {}", shown(change.before), shown(change.after));
    let response = ui.interact(place, ui.make_persistent_id((name, change.metric)), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Cell, true, format!("{name} {}: {both}", change.metric.name())));
    let right = place.right() - 8.0;
    ui.painter().text(pos2(right, place.top() + 13.0), Align2::RIGHT_CENTER, both, egui::TextStyle::Body.resolve(ui.style()), tokens.text);
    let Some((before, after)) = change.before.zip(change.after).filter(|(before, after)| before.is_finite() && after.is_finite()) else {
        return;
    };
    // Nearer to no difference is better; for CI no value is better by itself.
    let parity = change.metric.parity();
    let closer = (before - parity).abs() - (after - parity).abs();
    let colour = match closer {
        _ if change.metric == MetricId::Ci || closer.abs() < 5e-7 => tokens.weak,
        c if c > 0.0 => tokens.good,
        _ => tokens.failed,
    };
    let sign = if after > before { "+" } else { "" };
    let difference = format!("{sign}{}", super::brief(after - before));
    ui.painter().text(pos2(right, place.top() + 29.0), Align2::RIGHT_CENTER, difference, theme::caption().resolve(ui.style()), colour);
}
