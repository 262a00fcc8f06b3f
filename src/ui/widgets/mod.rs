//! The pieces that every tab is made of.

pub mod banner;
pub mod button;
pub mod centered;
pub mod chart;
pub mod dialog;
pub mod empty;
pub mod field;
pub mod grid;
pub mod job;
pub mod picker;
pub mod rows;
pub mod scrollbar;
pub mod tabs;

pub use banner::{Tone, banner, failure_banner};
pub use button::{icon_button, primary, quiet, secondary};
pub use centered::centered;
pub use dialog::{Answer, confirm};
pub use empty::empty;
pub use field::{labelled, search};
pub use tabs::{segmented, tab};

use egui::{RichText, Ui};

use super::theme;

/// Body text of lesser weight.
pub fn weak(ui: &mut Ui, text: impl Into<String>) -> egui::Response {
    let colour = theme::tokens(ui).weak;
    ui.label(RichText::new(text).color(colour))
}

/// A caption: 11 points, of lesser weight.
pub fn caption(ui: &mut Ui, text: impl Into<String>) -> egui::Response {
    let colour = theme::tokens(ui).weak;
    ui.label(RichText::new(text).text_style(theme::caption()).color(colour))
}

/// A section's heading, 15 points semibold.
pub fn section(ui: &mut Ui, text: impl Into<String>) -> egui::Response {
    ui.label(RichText::new(text).text_style(theme::section()))
}

/// A screen's title, 20 points semibold.
pub fn title(ui: &mut Ui, text: impl Into<String>) -> egui::Response {
    ui.heading(text.into())
}

/// Semibold body text.
pub fn strong(ui: &mut Ui, text: impl Into<String>) -> egui::Response {
    ui.label(RichText::new(text).text_style(theme::strong()))
}

/// A hairline across the region, without the gaps of a separator.
pub fn hairline(ui: &mut Ui) {
    let colour = theme::tokens(ui).hairline;
    let (rect, _) = ui.allocate_exact_size(egui::vec2(ui.available_width(), 1.0), egui::Sense::hover());
    ui.painter().hline(rect.x_range(), rect.center().y, egui::Stroke::new(1.0, colour));
}
