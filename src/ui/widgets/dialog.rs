//! A question before something is lost.

use egui::{Context, Id, Modal, Sides};

use super::super::theme;

/// What a person answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Do it.
    Yes,
    /// Leave it.
    No,
}

/// The frame of a dialog, with the margin of a region.
pub fn frame(ctx: &Context) -> egui::Frame {
    egui::Frame::window(&ctx.global_style()).inner_margin(theme::GAP_LARGE)
}

/// Asks; `None` while the question stands. Escape and a click beside it mean no.
pub fn confirm(ctx: &Context, id: &str, heading: &str, sentence: &str, yes: &str, no: &str) -> Option<Answer> {
    let mut answer = None;
    let response = Modal::new(Id::unique(id)).frame(frame(ctx)).show(ctx, |ui| {
        ui.set_width(380.0);
        super::section(ui, heading);
        ui.label(sentence);
        ui.add_space(theme::GAP);
        Sides::new().show(
            ui,
            |_| {},
            |ui| {
                if super::primary(ui, None, yes).clicked() {
                    answer = Some(Answer::Yes);
                }
                if super::secondary(ui, None, no).clicked() {
                    answer = Some(Answer::No);
                }
            },
        );
    });
    if answer.is_none() && response.should_close() {
        answer = Some(Answer::No);
    }
    answer
}
