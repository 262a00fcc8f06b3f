//! The Catalog tab: databases, tables and crawlers on the left, the page of one of them on the right.

mod browser;
mod columns;
mod crawler;
mod crawler_form;
mod runs;
mod schedule;
mod table;
mod tree;

use egui::{CentralPanel, Frame, Margin, Panel, Ui};

use super::widgets::{self, Answer, Tone, primary, quiet, secondary};
use super::{icons, theme};
use crate::model::Message;
use crate::state::catalog::{CatalogPage, Question};
use crate::state::{Action, State};
use crate::text::Texts;

/// Draws the tab.
pub fn show(ui: &mut Ui, state: &mut State, texts: &Texts) {
    let tokens = theme::tokens(ui);
    let side = Frame::new().fill(tokens.panel).inner_margin(Margin::same(12));
    Panel::left("catalog-tree").default_size(280.0).size_range(200.0..=480.0).frame(side).show(ui, |ui| tree::show(ui, state, texts));
    let page = Frame::new().fill(tokens.ground).inner_margin(Margin { left: 16, right: 16, top: 12, bottom: 0 });
    CentralPanel::no_frame().frame(page).show(ui, |ui| {
        dropped(ui, state, texts);
        if let Some(failure) = &state.catalog.failure {
            widgets::failure_banner(ui, texts, failure);
        }
        match state.catalog.page {
            CatalogPage::Nothing => nothing(ui, state, texts),
            CatalogPage::Table(_) => table::show(ui, state, texts),
            CatalogPage::Crawler(_) => crawler::show(ui, state, texts),
        }
    });
    question(ui, state, texts);
    browser::show(ui, state, texts);
}

/// Nothing is chosen, or there is nothing to choose.
fn nothing(ui: &mut Ui, state: &mut State, texts: &Texts) {
    let mut action = None;
    if state.catalog.tree.is_empty() {
        widgets::empty(ui, icons::TABLE, &texts.t("catalog-empty-title"), &texts.t("catalog-empty"), |ui| {
            widgets::centered(ui, "catalog-empty", |ui| {
                if primary(ui, Some(icons::FILE), &texts.t("ingest-choose-files")).clicked() {
                    action = Some(Action::ChooseFiles);
                }
                if secondary(ui, Some(icons::SPARKLES), &texts.t("ingest-try-sample")).clicked() {
                    action = Some(Action::TrySample);
                }
                if secondary(ui, Some(icons::PLUS), &texts.t("catalog-crawler-new")).clicked() {
                    action = Some(Action::NewCrawler);
                }
            });
        });
    } else {
        widgets::empty(ui, icons::TABLE, &texts.t("catalog-choose-title"), &texts.t("catalog-choose"), |_| {});
    }
    if let Some(action) = action {
        if action == Action::TrySample {
            state.act(Action::Open(crate::state::Tab::Ingest));
        }
        state.act(action);
    }
}

/// The table that was dropped last, with its undo.
fn dropped(ui: &mut Ui, state: &mut State, texts: &Texts) {
    let (mut undo, mut close) = (false, false);
    if let Some(dropped) = &state.catalog.dropped {
        if let Some(failure) = &dropped.failure {
            widgets::failure_banner(ui, texts, failure);
        }
        if dropped.gone || dropped.failure.is_some() {
            let sentence = texts.say(&Message::new("catalog-dropped").with("table", dropped.table.to_string()));
            let busy = dropped.job.is_some();
            let gone = dropped.gone;
            let mut row = |ui: &mut Ui| {
                ui.horizontal(|ui| {
                    undo =
                        gone && ui.add_enabled_ui(!busy, |ui| secondary(ui, Some(icons::UNDO_2), &texts.t("catalog-undo"))).inner.clicked();
                    close = quiet(ui, Some(icons::X), &texts.t("shell-close")).clicked();
                });
            };
            if gone {
                widgets::banner(ui, Tone::Info, &sentence, row);
            } else {
                row(ui);
            }
            ui.add_space(theme::GAP);
        }
    }
    if undo {
        state.catalog.restore_dropped(&mut state.outbox);
    } else if close {
        state.catalog.dropped = None;
    }
}

/// The question before something is lost.
fn question(ui: &Ui, state: &mut State, texts: &Texts) {
    let Some(question) = &state.catalog.question else { return };
    let (heading, sentence, yes) = match question {
        Question::DropTable(table) => {
            let partitioned = matches!(&state.catalog.page, CatalogPage::Table(page)
                if page.details.as_ref().is_some_and(|details| !details.definition.partition_keys.is_empty()));
            let sentence = if partitioned { "catalog-drop-table-partitions" } else { "catalog-drop-table" };
            let heading = Message::new("catalog-drop-heading").with("name", table.to_string());
            (texts.say(&heading), texts.t(sentence), texts.t("catalog-drop-yes"))
        }
        Question::DropDatabase(name) => {
            let heading = Message::new("catalog-drop-heading").with("name", name.as_str());
            (texts.say(&heading), texts.t("catalog-drop-database"), texts.t("catalog-drop-yes"))
        }
        Question::DeleteCrawler(name) => {
            let heading = Message::new("catalog-delete-heading").with("name", name.as_str());
            (texts.say(&heading), texts.t("catalog-delete-crawler"), texts.t("catalog-delete-yes"))
        }
        Question::LeaveForm(_) => (texts.t("catalog-leave-heading"), texts.t("catalog-leave"), texts.t("catalog-leave-yes")),
    };
    match widgets::confirm(ui.ctx(), "catalog-question", &heading, &sentence, &yes, &texts.t("shell-cancel")) {
        Some(Answer::Yes) => state.catalog.confirm(&mut state.outbox),
        Some(Answer::No) => state.catalog.question = None,
        None => {}
    }
}
