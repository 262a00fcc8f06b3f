//! The settings: theme, language, zoom, motion, how the window starts, the price of a scan and the dots of an export.

use egui::{DragValue, Modal, Ui, vec2};

use super::super::theme;
use super::super::widgets::{self, primary, segmented};
use crate::state::State;
use crate::state::settings::ThemeChoice;
use crate::text::{Locale, Texts};

pub(super) fn show(ui: &mut Ui, state: &mut State, texts: &Texts) {
    if !state.settings_open {
        return;
    }
    let mut close = false;
    let response = Modal::new(egui::Id::unique("settings")).show(ui.ctx(), |ui| {
        ui.set_width(520.0);
        widgets::title(ui, texts.t("shell-settings"));
        ui.add_space(theme::GAP_SMALL);
        egui::Grid::new("settings").num_columns(2).spacing(vec2(theme::GAP_HUGE, theme::GAP_MEDIUM)).show(ui, |ui| rows(ui, state, texts));
        ui.add_space(theme::GAP);
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            close = primary(ui, None, &texts.t("shell-close")).clicked();
        });
    });
    if close || response.should_close() {
        state.settings_open = false;
    }
}

fn rows(ui: &mut Ui, state: &mut State, texts: &Texts) {
    let settings = &mut state.settings;
    ui.label(texts.t("shell-settings-theme"));
    let themes = [
        (ThemeChoice::System, texts.t("shell-theme-system")),
        (ThemeChoice::Light, texts.t("shell-theme-light")),
        (ThemeChoice::Dark, texts.t("shell-theme-dark")),
    ];
    if let Some(theme) = segmented(ui, settings.theme, &themes) {
        settings.theme = theme;
    }
    ui.end_row();

    ui.label(texts.t("shell-settings-language"));
    let languages = Locale::ALL.map(|locale| (locale, locale.own_name().to_owned()));
    if let Some(locale) = segmented(ui, texts.locale(), &languages) {
        settings.locale = Some(locale);
    }
    ui.end_row();

    let label = ui.label(texts.t("shell-settings-zoom"));
    let mut percent = settings.zoom * 100.0;
    let field = ui.add(DragValue::new(&mut percent).range(50.0..=300.0).speed(5.0).suffix("%").max_decimals(0)).labelled_by(label.id);
    if field.changed() {
        settings.zoom = percent / 100.0;
    }
    ui.end_row();

    ui.label(texts.t("shell-settings-motion"));
    ui.checkbox(&mut settings.reduced_motion, texts.t("shell-settings-motion-reduced"));
    ui.end_row();

    if cfg!(target_os = "linux") {
        ui.label(texts.t("shell-settings-x11"));
        ui.checkbox(&mut settings.prefer_x11, texts.t("shell-settings-x11-prefer"));
        ui.end_row();
    }

    let label = ui.label(texts.t("shell-settings-price"));
    ui.add(DragValue::new(&mut settings.dollars_per_terabyte).range(0.0..=100.0).speed(0.1).prefix("$ ")).labelled_by(label.id);
    ui.end_row();

    let label = ui.label(texts.t("shell-settings-dpi"));
    ui.add(DragValue::new(&mut settings.export_dpi).range(72..=1200).suffix(" dpi")).labelled_by(label.id);
    ui.end_row();
}
