//! The top bar: name, tabs, palette, notices, settings and the connection.

use egui::{Align, Layout, RichText, Ui, vec2};

use super::super::widgets::{icon_button, tab};
use super::super::{icons, theme};
use crate::state::{Action, State, Tab};
use crate::text::Texts;

pub(super) fn show(ui: &mut Ui, state: &mut State, texts: &Texts) {
    let tokens = theme::tokens(ui);
    ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = theme::GAP_SMALL;
        ui.add(icons::WAVES.tinted(tokens.accent).fit_to_exact_size(vec2(20.0, 20.0)));
        ui.add_space(theme::GAP_SMALL);
        ui.label(RichText::new("Fairlake").text_style(theme::section()));
        ui.add_space(theme::GAP_LARGE);
        for which in Tab::ALL {
            if tab(ui, state.tab == which, &texts.t(which.label_id())).clicked() {
                state.act(Action::Open(which));
            }
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = theme::GAP_SMALL;
            super::connection::switcher(ui, state, texts);
            if icon_button(ui, icons::SETTINGS, &texts.t("action-settings")).clicked() {
                state.act(Action::Settings);
            }
            if icon_button(ui, icons::BELL, &texts.t("action-notices")).clicked() {
                state.act(Action::Notices);
            }
            ui.add_space(theme::GAP);
            palette_button(ui, state, texts);
        });
    });
}

/// A field-like button that opens the palette; it shrinks before it pushes anything away.
fn palette_button(ui: &mut Ui, state: &mut State, texts: &Texts) {
    let tokens = theme::tokens(ui);
    let width = (ui.available_width() - theme::GAP_LARGE).clamp(0.0, 280.0);
    if width < 120.0 {
        if icon_button(ui, icons::SEARCH, &texts.t("action-palette")).clicked() {
            state.act(Action::Palette);
        }
        return;
    }
    let label = RichText::new(texts.t("shell-palette-hint")).color(tokens.weak);
    let keys = RichText::new("Ctrl+K").text_style(theme::caption()).color(tokens.weak);
    let button = egui::Button::new((icons::SEARCH.tinted(tokens.weak), label)).right_text(keys).min_size(vec2(width, theme::CONTROL));
    let response = ui.add(button);
    let name = texts.t("action-palette");
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &name));
    if response.clicked() {
        state.act(Action::Palette);
    }
}
