//! Fields: a search box, and fields tied to their labels.

use egui::{Response, RichText, TextEdit, Ui};

use super::super::{icons, theme};

/// A search box as wide as the region, with a clear button when it holds something.
pub fn search(ui: &mut Ui, text: &mut String, hint: &str, clear: &str) -> Response {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = theme::GAP_SMALL;
        let weak = theme::tokens(ui).weak;
        ui.add(icons::SEARCH.tinted(weak));
        let room = ui.available_width() - if text.is_empty() { 0.0 } else { theme::CONTROL + theme::GAP_SMALL };
        let response = ui.add(TextEdit::singleline(text).hint_text(hint).desired_width(room.max(40.0)));
        let enabled = ui.is_enabled();
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::SearchInput, enabled, hint));
        if !text.is_empty() && super::icon_button(ui, icons::X, clear).clicked() {
            text.clear();
        }
        response
    })
    .inner
}

/// A label above a field, tied to it for screen readers.
pub fn labelled(ui: &mut Ui, label: &str, field: impl FnOnce(&mut Ui) -> Response) -> Response {
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = theme::GAP_SMALL;
        let weak = theme::tokens(ui).weak;
        let label = ui.label(RichText::new(label).color(weak));
        field(ui).labelled_by(label.id)
    })
    .inner
}
