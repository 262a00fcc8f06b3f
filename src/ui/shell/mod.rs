//! The frame around the tabs: top bar, jobs, status, palette, notices, settings, and what happens to dropped files.

mod connection;
mod drops;
mod jobs;
mod notices;
mod palette;
mod save;
mod settings;
mod shortcuts;
mod status;
mod top;

use egui::{CentralPanel, Frame, Margin, Panel, Ui};

use super::theme;
use crate::state::{State, Tab};
use crate::text::Texts;

/// Draws the whole window and takes in its keys and dropped files.
pub fn show(ui: &mut Ui, state: &mut State, texts: &Texts) {
    let tokens = theme::tokens(ui);
    shortcuts::take(ui, state);
    drops::take(ui, state);
    let bar = Frame::new().fill(tokens.panel).inner_margin(Margin::symmetric(16, 0));
    Panel::top("top").exact_size(48.0).resizable(false).show_separator_line(false).frame(bar).show(ui, |ui| top::show(ui, state, texts));
    connection::hairline(ui, state);
    Panel::bottom("status").exact_size(30.0).resizable(false).frame(bar).show(ui, |ui| status::show(ui, state, texts));
    let drawer = Frame::new().fill(tokens.panel).inner_margin(Margin::symmetric(16, 8));
    let mut open = state.jobs.open;
    Panel::bottom("jobs").default_size(200.0).size_range(120.0..=420.0).frame(drawer).show_collapsible(ui, &mut open, |ui| {
        jobs::show(ui, state, texts);
    });
    state.jobs.open &= open;
    CentralPanel::no_frame().frame(Frame::new().fill(tokens.ground)).show(ui, |ui| match state.tab {
        Tab::Ingest => super::ingest::show(ui, state, texts),
        Tab::Catalog => super::catalog::show(ui, state, texts),
        Tab::Query => super::query::show(ui, state, texts),
        Tab::Bias => super::bias::show(ui, state, texts),
    });
    notices::show(ui, state, texts);
    palette::show(ui, state, texts);
    settings::show(ui, state, texts);
    shortcuts::list(ui, state, texts);
    save::show(ui, state, texts);
    drops::hint(ui, state, texts);
}
