//! Buttons: one primary action a screen, others quiet.

use egui::{Button, Response, RichText, Stroke, Ui, Vec2};

use super::super::icons::Icon;
use super::super::theme;

/// The one thing to do next: filled with the accent.
pub fn primary(ui: &mut Ui, icon: Option<Icon>, text: &str) -> Response {
    let tokens = theme::tokens(ui);
    let (fill, ink) = if ui.is_enabled() { (tokens.accent, tokens.on_accent) } else { (tokens.hover, tokens.weak) };
    let label = RichText::new(text).text_style(theme::strong()).color(ink);
    let image = icon.map(|icon| icon.tinted(ink));
    let scope = ui.scope(|ui| {
        let visuals = ui.visuals_mut();
        visuals.widgets.hovered.weak_bg_fill = tokens.accent_hover;
        visuals.widgets.inactive.weak_bg_fill = fill;
        visuals.widgets.active.weak_bg_fill = tokens.accent_hover;
        visuals.widgets.noninteractive.weak_bg_fill = fill;
        for widget in [&mut visuals.widgets.hovered, &mut visuals.widgets.inactive, &mut visuals.widgets.active] {
            widget.bg_stroke = Stroke::NONE;
        }
        ui.add(
            Button::opt_image_and_text(image, Some(label.into()))
                .image_tint_follows_text_color(false)
                .min_size(Vec2::new(0.0, theme::CONTROL)),
        )
    });
    scope.inner
}

/// Another thing to do: a hairline border.
pub fn secondary(ui: &mut Ui, icon: Option<Icon>, text: &str) -> Response {
    let image = icon.map(|icon| icon.image(ui));
    ui.add(Button::opt_image_and_text(image, Some(text.into())).min_size(Vec2::new(0.0, theme::CONTROL)))
}

/// A thing to do in passing: no border until it is pointed at.
pub fn quiet(ui: &mut Ui, icon: Option<Icon>, text: &str) -> Response {
    let image = icon.map(|icon| icon.image(ui));
    ui.add(Button::opt_image_and_text(image, Some(text.into())).frame_when_inactive(false).min_size(Vec2::new(0.0, theme::CONTROL)))
}

/// An icon alone, with its name for the tooltip and for screen readers.
pub fn icon_button(ui: &mut Ui, icon: Icon, name: &str) -> Response {
    let image = icon.image(ui);
    let response = ui.add(Button::image(image).frame_when_inactive(false).min_size(Vec2::splat(theme::CONTROL)));
    let enabled = ui.is_enabled();
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, enabled, name));
    response.on_hover_text(name)
}
