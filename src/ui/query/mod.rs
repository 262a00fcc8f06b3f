//! The Query tab: editors above, what they found below.

mod bar;
mod describe;
mod drawing;
mod editor;
mod highlight;
mod history;
mod result;
mod suggestions;
mod tabs;

use std::time::Duration;

use egui::{CentralPanel, Frame, Margin, Panel, Ui};

use super::{icons, theme, widgets};
use crate::model::TableRef;
use crate::state::{Action, State};
use crate::text::Texts;

/// Draws the tab.
pub fn show(ui: &mut Ui, state: &mut State, texts: &Texts) {
    let now = ui.input(|input| input.time);
    if let Some(due) = state.query.tick(now, &mut state.outbox) {
        ui.ctx().request_repaint_after(Duration::from_secs_f64((due - now).max(0.0) + 0.01));
    }
    if state.query.editor().running() {
        ui.ctx().request_repaint_after(Duration::from_millis(100));
    }
    let tokens = theme::tokens(ui);
    let strip = Frame::new().fill(tokens.panel).inner_margin(Margin::symmetric(12, 0));
    Panel::top("query-tabs").exact_size(theme::TOOLBAR).resizable(false).frame(strip).show(ui, |ui| tabs::show(ui, state, texts));
    let plain = Frame::new().fill(tokens.ground);
    Panel::top("query-editor").default_size(230.0).size_range(110.0..=900.0).resizable(true).frame(plain).show(ui, |ui| {
        let foot = Frame::new().inner_margin(Margin::symmetric(12, 4));
        Panel::bottom("query-run").exact_size(theme::TOOLBAR).resizable(false).show_separator_line(false).frame(foot).show(ui, |ui| {
            bar::show(ui, state, texts);
        });
        CentralPanel::no_frame().show(ui, |ui| editor::show(ui, state, texts));
    });
    if state.query.editor().run.as_ref().is_some_and(|run| run.failure.is_some()) {
        let frame = Frame::new().inner_margin(Margin::symmetric(12, 8));
        Panel::top("query-error").resizable(false).show_separator_line(false).frame(frame).show(ui, |ui| bar::error(ui, state, texts));
    }
    CentralPanel::no_frame().frame(plain).show(ui, |ui| {
        let editor = state.query.editor();
        if editor.result.is_some() {
            result::show(ui, state, texts);
        } else if editor.run.as_ref().is_none_or(|run| run.failure.is_none()) {
            empty(ui, state, texts);
        }
    });
}

/// What to do first: write a statement, or begin with a table.
fn empty(ui: &mut Ui, state: &mut State, texts: &Texts) {
    let (heading, sentence) = match &state.query.editor().run {
        Some(run) if run.running() => ("query-waiting-title", "query-waiting"),
        Some(run) if run.stopped() => ("query-stopped-title", "query-stopped-empty"),
        _ => ("query-empty-title", "query-empty"),
    };
    let tables: Vec<TableRef> = match state.query.editor().text.trim() {
        "" => state.query.names.tables().take(4).map(|names| TableRef::new(&names.database, &names.table)).collect(),
        _ => Vec::new(),
    };
    let mut chosen = None;
    widgets::empty(ui, icons::TABLE_2, &texts.t(heading), &texts.t(sentence), |ui| {
        for table in &tables {
            let label = texts.say(&crate::model::Message::new("query-start-table").with("table", table.to_string()));
            if widgets::secondary(ui, Some(icons::TABLE), &label).clicked() {
                chosen = Some(table.clone());
            }
        }
    });
    if let Some(table) = chosen {
        state.act(Action::QueryTable(table));
    }
}
