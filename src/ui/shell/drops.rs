//! Dropped files: a hint while they hover, and Ingest when they fall, whichever tab is open.

use std::path::PathBuf;

use egui::{Align2, FontId, Id, LayerId, Order, Ui};

use super::super::theme;
use crate::state::State;
use crate::text::Texts;

pub(super) fn take(ui: &mut Ui, state: &mut State) {
    let paths: Vec<PathBuf> = ui.input(|input| input.raw.dropped_files.iter().map(|file| file.path().to_path_buf()).collect());
    state.files_arrived(paths);
}

pub(super) fn hint(ui: &mut Ui, state: &State, texts: &Texts) {
    let hovering = ui.input(|input| input.raw.hovered_files.len());
    if hovering == 0 {
        return;
    }
    let tokens = theme::tokens(ui);
    let rect = ui.ctx().content_rect();
    let painter = ui.ctx().layer_painter(LayerId::new(Order::Foreground, Id::unique("drop-hint")));
    painter.rect_filled(rect, 0.0, tokens.ground.gamma_multiply(0.92));
    let frame = rect.shrink(24.0);
    painter.rect_stroke(frame, 12.0, egui::Stroke::new(2.0, tokens.accent), egui::StrokeKind::Inside);
    let place = state.ingest.destination_hint();
    let said = texts.say(&crate::model::Message::new("shell-drop-hint").with("files", hovering).with("place", place));
    painter.text(frame.center(), Align2::CENTER_CENTER, said, FontId::proportional(20.0), tokens.text);
}
