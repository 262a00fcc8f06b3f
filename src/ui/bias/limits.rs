//! The limits: from which value on each metric deserves a warning or fails. Edited here, kept in the settings.

use egui::{DragValue, Grid, Modal, ScrollArea, Sides, Ui, vec2};

use super::super::widgets::dialog;
use super::{icons, theme, widgets};
use crate::bias::{Limit, Limits, MetricId};
use crate::state::State;
use crate::text::Texts;

pub(super) fn show(ui: &Ui, state: &mut State, texts: &Texts) {
    if !state.bias.limits_open {
        return;
    }
    let (mut close, mut reset) = (false, false);
    let usual = Limits::default();
    let changed = state.settings.limits != usual;
    let response = Modal::new(egui::Id::unique("bias-limits")).frame(dialog::frame(ui.ctx())).show(ui.ctx(), |ui| {
        ui.set_width(610.0);
        widgets::title(ui, texts.t("biastab-limits-title"));
        widgets::weak(ui, texts.t("biastab-limits-about"));
        ui.add_space(theme::GAP_SMALL);
        let height = (ui.ctx().content_rect().height() - 260.0).max(160.0);
        ScrollArea::vertical().id_salt("bias-limits").max_height(height).show(ui, |ui| {
            Grid::new("bias-limits").num_columns(4).spacing(vec2(theme::GAP_LARGE, theme::GAP_SMALL)).show(ui, |ui| {
                for head in ["biastab-limits-metric", "biastab-mark-warn", "biastab-mark-fail", "biastab-limits-default"] {
                    widgets::caption(ui, texts.t(head));
                }
                ui.end_row();
                for id in MetricId::PRE_TRAINING.into_iter().chain(MetricId::POST_TRAINING) {
                    if let (Some(limit), Some(known)) = (state.settings.limits.of(id).or(usual.of(id)), usual.of(id)) {
                        row(ui, &mut state.settings.limits, limit, known, texts);
                    }
                }
            });
        });
        ui.add_space(theme::GAP);
        Sides::new().show(
            ui,
            |ui| {
                let button = ui.add_enabled_ui(changed, |ui| widgets::quiet(ui, Some(icons::UNDO_2), &texts.t("biastab-limits-reset")));
                reset = button.inner.clicked();
            },
            |ui| close = widgets::primary(ui, None, &texts.t("shell-close")).clicked(),
        );
    });
    if reset {
        state.settings.limits = usual;
    }
    if close || response.should_close() {
        state.bias.limits_open = false;
    }
}

fn row(ui: &mut Ui, limits: &mut Limits, limit: Limit, usual: Limit, texts: &Texts) {
    let id = limit.metric;
    let what = match id {
        MetricId::Ci => "biastab-limits-ci",
        MetricId::Di => "biastab-limits-di",
        _ => "biastab-limits-gap",
    };
    ui.horizontal(|ui| {
        ui.set_min_width(250.0);
        widgets::strong(ui, id.name());
        widgets::weak(ui, texts.say(&id.title()));
    })
    .response
    .on_hover_text(texts.t(what));
    // A ratio below one: the lower the worse. A distance: the higher the worse.
    let ratio = matches!(id, MetricId::Ci | MetricId::Di);
    let mut new = limit;
    for (value, name) in [(&mut new.warn, "biastab-mark-warn"), (&mut new.fail, "biastab-mark-fail")] {
        let range = if ratio { 0.01..=0.99 } else { 0.0001..=100.0 };
        let prefix = if ratio { "< " } else { "> " };
        let field = DragValue::new(value).range(range).speed(limit.fail / 100.0).max_decimals(4).prefix(prefix);
        ui.add(field).accessible_name(format!("{} {}", id.name(), texts.t(name)));
    }
    // A failing figure deserves a warning as well: whichever was moved takes the other along.
    if ratio && new.warn < new.fail || !ratio && new.warn > new.fail {
        if new.warn.to_bits() == limit.warn.to_bits() { new.warn = new.fail } else { new.fail = new.warn }
    }
    if new != limit {
        limits.set(new);
    }
    let known = format!("{} · {}", super::brief(usual.warn), super::brief(usual.fail));
    widgets::caption(ui, known);
    ui.end_row();
}
