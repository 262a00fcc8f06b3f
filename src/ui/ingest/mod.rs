//! The Ingest tab: the lake on the left; on the right the files that arrived, what they are and where they go.

mod choices;
mod destination;
mod file;
mod lake_tree;
mod overrides;
mod preview;
mod sample;
mod summary;
mod welcome;

use egui::{CentralPanel, Frame, Margin, Panel, Ui};

use super::theme;
use crate::state::State;
use crate::text::Texts;

/// Draws the tab.
pub fn show(ui: &mut Ui, state: &mut State, texts: &Texts) {
    let tokens = theme::tokens(ui);
    let side = Frame::new().fill(tokens.panel).inner_margin(Margin::same(12));
    Panel::left("ingest-lake").default_size(260.0).size_range(200.0..=480.0).frame(side).show(ui, |ui| lake_tree::show(ui, state, texts));
    let region = Frame::new().fill(tokens.ground);
    CentralPanel::no_frame().frame(region).show(ui, |ui| {
        if sample::is_shown(state) {
            sample::show(ui, state, texts);
        } else if state.ingest.files.items().is_empty() && state.ingest.run.stored.is_empty() {
            welcome::show(ui, state, texts);
        } else {
            let bar = Frame::new().fill(tokens.panel).inner_margin(Margin::symmetric(16, 10));
            Panel::bottom("ingest-destination").resizable(false).frame(bar).show(ui, |ui| destination::show(ui, state, texts));
            let page = Frame::new().fill(tokens.ground).inner_margin(Margin { left: 16, right: 16, top: 12, bottom: 0 });
            CentralPanel::no_frame().frame(page).show(ui, |ui| file::show(ui, state, texts));
        }
    });
    lake_tree::questions(ui, state, texts);
}
