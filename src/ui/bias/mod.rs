//! The Bias tab: what is measured on the left, what was found on the right.

mod compare;
mod facets;
mod findings;
mod form;
mod formula;
mod groups;
mod limits;
mod meaning;
mod metrics;
mod more;
mod quality;
mod rebalance;
mod source;
mod trend;
mod views;

use egui::{CentralPanel, Frame, Margin, Panel, ScrollArea, Ui};

use super::{icons, theme, widgets};
use crate::state::State;
use crate::text::{Texts, brief, rough};

/// Draws the tab.
pub fn show(ui: &mut Ui, state: &mut State, texts: &Texts) {
    state.bias.tick(&mut state.outbox);
    state.query.names.want_tables(&mut state.outbox);
    state.bias.judge_by(&state.settings.limits);
    let tokens = theme::tokens(ui);
    let side = Frame::new().fill(tokens.panel);
    Panel::left("bias-form").default_size(320.0).size_range(260.0..=520.0).frame(side).show(ui, |ui| {
        let foot = Frame::new().inner_margin(Margin::symmetric(16, 10));
        Panel::bottom("bias-measure").resizable(false).frame(foot).show(ui, |ui| form::measure(ui, state, texts));
        CentralPanel::no_frame().show(ui, |ui| {
            ScrollArea::vertical().id_salt("bias-form").auto_shrink([false, false]).show(ui, |ui| {
                Frame::new().inner_margin(Margin::symmetric(16, 12)).show(ui, |ui| {
                    source::show(ui, state, texts);
                    form::show(ui, state, texts);
                });
            });
        });
    });
    if state.bias.quality.shown {
        let frame = Frame::new().inner_margin(Margin { left: 16, right: 8, top: 10, bottom: 4 });
        CentralPanel::no_frame().frame(frame).show(ui, |ui| quality::show(ui, state, texts));
        return;
    }
    let Some(run) = state.bias.runs.shown().cloned() else {
        CentralPanel::no_frame().show(ui, |ui| empty(ui, state, texts));
        return;
    };
    if state.bias.cell.is_some() {
        let frame = Frame::new().fill(tokens.panel).inner_margin(Margin::symmetric(16, 12));
        Panel::right("bias-meaning").default_size(340.0).size_range(260.0..=560.0).frame(frame).show(ui, |ui| {
            meaning::show(ui, state, &run, texts);
        });
    }
    let top = Frame::new().inner_margin(Margin { left: 16, right: 8, top: 10, bottom: 4 });
    Panel::top("bias-findings").default_size(168.0).size_range(64.0..=420.0).resizable(true).frame(top).show(ui, |ui| {
        findings::show(ui, state, &run, texts);
    });
    CentralPanel::no_frame().frame(Frame::new().inner_margin(Margin { left: 16, right: 8, top: 4, bottom: 4 })).show(ui, |ui| {
        views::show(ui, state, &run, texts);
    });
    rebalance::show(ui, state, texts);
    limits::show(ui, state, texts);
}

/// What to do first.
fn empty(ui: &mut Ui, state: &State, texts: &Texts) {
    let (heading, sentence) =
        if state.bias.source().is_none() { ("biastab-empty-title", "biastab-empty") } else { ("biastab-ready-title", "biastab-ready") };
    widgets::empty(ui, icons::SCALE, &texts.t(heading), &texts.t(sentence), |_| {});
}
