//! Tabs and segmented choices, with the roles that screen readers expect.

use egui::accesskit::Role;
use egui::{Response, RichText, Sense, Stroke, Ui, WidgetInfo, vec2};

use super::super::theme;

/// A tab: text with a line under it when it is chosen.
pub fn tab(ui: &mut Ui, chosen: bool, text: &str) -> Response {
    let tokens = theme::tokens(ui);
    let ink = if chosen { tokens.text } else { tokens.weak };
    let style = if chosen { theme::strong() } else { egui::TextStyle::Body };
    let galley = egui::WidgetText::from(RichText::new(text).text_style(style).color(ink)).into_galley(
        ui,
        Some(egui::TextWrapMode::Extend),
        f32::INFINITY,
        egui::TextStyle::Body,
    );
    let size = vec2(galley.size().x + 20.0, ui.available_height().clamp(theme::CONTROL, theme::TOOLBAR));
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    let enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::selected(Role::Tab, enabled, chosen, text));
    if response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect.shrink2(vec2(2.0, 5.0)), f32::from(theme::RADIUS), tokens.hover);
    }
    ui.painter().galley(rect.center() - galley.size() / 2.0, galley, ink);
    if chosen {
        let line = rect.shrink2(vec2(10.0, 0.0)).x_range();
        ui.painter().hline(line, rect.bottom() - 1.0, Stroke::new(2.0, tokens.accent));
    }
    response.on_hover_cursor(egui::CursorIcon::PointingHand)
}

/// A choice of one among a few, drawn as one control. Returns the newly chosen one.
pub fn segmented<T: Copy + PartialEq>(ui: &mut Ui, chosen: T, options: &[(T, String)]) -> Option<T> {
    let mut answer = None;
    let tokens = theme::tokens(ui);
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        for (value, label) in options {
            let is = *value == chosen;
            let text = RichText::new(label).color(if is { tokens.text } else { tokens.weak });
            let button = egui::Button::selectable(is, text).min_size(vec2(0.0, theme::CONTROL));
            let response = ui.add(button);
            let enabled = ui.is_enabled();
            response.widget_info(|| WidgetInfo::selected(Role::RadioButton, enabled, is, label));
            if response.clicked() && !is {
                answer = Some(*value);
            }
        }
    });
    answer
}
