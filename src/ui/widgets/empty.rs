//! An empty place that says what to do first.

use egui::{Align, Layout, RichText, Ui};

use super::super::icons::Icon;
use super::super::theme;

/// An icon, a heading and a sentence in the middle of the region, with the actions that `actions` draws below them.
pub fn empty(ui: &mut Ui, icon: Icon, heading: &str, sentence: &str, actions: impl FnOnce(&mut Ui)) {
    let tokens = theme::tokens(ui);
    let above = (ui.available_height() * 0.5 - 90.0).max(theme::GAP_HUGE);
    ui.with_layout(Layout::top_down(Align::Center), |ui| {
        ui.add_space(above);
        ui.add(icon.tinted(tokens.weak).fit_to_exact_size(egui::Vec2::splat(32.0)));
        ui.add_space(theme::GAP_SMALL);
        ui.label(RichText::new(heading).text_style(theme::section()));
        ui.scope(|ui| {
            ui.set_max_width(460.0);
            ui.label(RichText::new(sentence).color(tokens.weak));
        });
        ui.add_space(theme::GAP_SMALL);
        actions(ui);
    });
}
