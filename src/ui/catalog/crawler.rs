//! The page of a crawler: its state, what can be done with it, its runs and its settings.

use egui::{Align, Layout, RichText, Ui};

use super::super::widgets::{self, icon_button, primary, quiet, secondary};
use super::super::{icons, theme};
use super::{crawler_form, runs, tree};
use crate::model::{Message, TableRef};
use crate::state::catalog::crawlers::CrawlerPart;
use crate::state::catalog::{CatalogPage, Question};
use crate::state::{Action, State};
use crate::text::Texts;

/// What the page was asked for.
enum Todo {
    Run(String),
    Stop(String),
    Delete(String),
    History(String),
    Show(CrawlerPart),
    Open(TableRef),
    Save(bool),
    Close,
}

pub(super) fn show(ui: &mut Ui, state: &mut State, texts: &Texts) {
    let CatalogPage::Crawler(page) = &state.catalog.page else { return };
    let todo = match page.form.of.clone() {
        Some(name) => existing(ui, state, &name, texts),
        None => new(ui, state, texts),
    };
    if let Some(todo) = todo {
        act(state, todo);
    }
}

fn act(state: &mut State, todo: Todo) {
    let (catalog, outbox) = (&mut state.catalog, &mut state.outbox);
    match todo {
        Todo::Run(name) => catalog.crawlers.run(&name, outbox),
        Todo::Stop(name) => catalog.crawlers.stop(&name, outbox),
        Todo::History(name) => catalog.crawlers.history(&name, outbox),
        Todo::Delete(name) => catalog.question = Some(Question::DeleteCrawler(name)),
        Todo::Open(table) => state.act(Action::OpenTable(table)),
        Todo::Show(part) => {
            if let CatalogPage::Crawler(page) = &mut catalog.page {
                page.part = part;
            }
        }
        Todo::Save(run) => {
            if let CatalogPage::Crawler(page) = &mut catalog.page {
                catalog.crawlers.save(&mut page.form, run, outbox);
            }
        }
        Todo::Close => catalog.page = CatalogPage::Nothing,
    }
}

fn new(ui: &mut Ui, state: &mut State, texts: &Texts) -> Option<Todo> {
    let mut todo = None;
    widgets::title(ui, texts.t("catalog-crawler-new"));
    widgets::weak(ui, texts.t("catalog-crawler-about"));
    ui.add_space(theme::GAP_SMALL);
    widgets::hairline(ui);
    egui::Panel::bottom("catalog-form-foot").resizable(false).frame(egui::Frame::new().inner_margin(8)).show(ui, |ui| {
        ui.horizontal(|ui| {
            let busy = matches!(&state.catalog.page, CatalogPage::Crawler(page) if page.form.is_saving());
            ui.add_enabled_ui(!busy, |ui| {
                if primary(ui, Some(icons::PLAY), &texts.t("catalog-create-run")).clicked() {
                    todo = Some(Todo::Save(true));
                }
                if secondary(ui, None, &texts.t("catalog-create")).clicked() {
                    todo = Some(Todo::Save(false));
                }
            });
            if quiet(ui, None, &texts.t("shell-cancel")).clicked() {
                todo = Some(Todo::Close);
            }
            if busy {
                ui.add(egui::Spinner::new().size(14.0));
            }
        });
    });
    crawler_form::show(ui, state, texts);
    todo
}

fn existing(ui: &mut Ui, state: &mut State, name: &str, texts: &Texts) -> Option<Todo> {
    let mut todo = None;
    let CatalogPage::Crawler(page) = &state.catalog.page else { return None };
    let (part, touched, saving) = (page.part, page.form.touched, page.form.is_saving());
    let running = state.catalog.crawlers.is_running(name);
    ui.horizontal(|ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if icon_button(ui, icons::TRASH_2, &texts.t("catalog-delete")).clicked() {
                todo = Some(Todo::Delete(name.to_owned()));
            }
            if icon_button(ui, icons::REFRESH_CW, &texts.t("ingest-refresh")).clicked() {
                todo = Some(Todo::History(name.to_owned()));
            }
            if running {
                if secondary(ui, Some(icons::SQUARE), &texts.t("catalog-stop")).clicked() {
                    todo = Some(Todo::Stop(name.to_owned()));
                }
            } else if part == CrawlerPart::Runs {
                if primary(ui, Some(icons::PLAY), &texts.t("catalog-run")).clicked() {
                    todo = Some(Todo::Run(name.to_owned()));
                }
            } else if secondary(ui, Some(icons::PLAY), &texts.t("catalog-run")).clicked() {
                todo = Some(Todo::Run(name.to_owned()));
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.add(egui::Label::new(RichText::new(name).heading()).truncate());
            });
        });
    });
    about(ui, state, name, running, texts);
    ui.horizontal(|ui| {
        ui.set_height(theme::TOOLBAR);
        ui.spacing_mut().item_spacing.x = 0.0;
        for (which, id) in [(CrawlerPart::Runs, "catalog-part-runs"), (CrawlerPart::Settings, "catalog-part-settings")] {
            if widgets::tab(ui, part == which, &texts.t(id)).clicked() {
                todo = Some(Todo::Show(which));
            }
        }
    });
    widgets::hairline(ui);
    match part {
        CrawlerPart::Runs => {
            if let Some(asked) = history(ui, state, name, texts) {
                todo = Some(asked);
            }
        }
        CrawlerPart::Settings => {
            egui::Panel::bottom("catalog-form-foot").resizable(false).frame(egui::Frame::new().inner_margin(8)).show(ui, |ui| {
                ui.horizontal(|ui| {
                    ui.add_enabled_ui(touched && !saving, |ui| {
                        if primary(ui, Some(icons::CHECK), &texts.t("catalog-save")).clicked() {
                            todo = Some(Todo::Save(false));
                        }
                        if !running && secondary(ui, Some(icons::PLAY), &texts.t("catalog-save-run")).clicked() {
                            todo = Some(Todo::Save(true));
                        }
                    });
                    if saving {
                        ui.add(egui::Spinner::new().size(14.0));
                    }
                });
            });
            crawler_form::show(ui, state, texts);
        }
    }
    todo
}

/// State, database, targets and schedule in a line.
fn about(ui: &mut Ui, state: &State, name: &str, running: bool, texts: &Texts) {
    let Some(crawler) = state.catalog.crawlers.get(name) else { return };
    let (icon, word) = tree::state_of(crawler, running);
    ui.horizontal_wrapped(|ui| {
        let tokens = theme::tokens(ui);
        let failed = word == "catalog-state-failed";
        let colour = if failed { tokens.failed } else { tokens.weak };
        ui.add(icon.tinted(colour));
        ui.label(RichText::new(texts.t(word)).color(colour));
        widgets::weak(ui, "·");
        let database = Message::new("catalog-into").with("database", crawler.spec.database.as_str());
        widgets::weak(ui, texts.say(&database));
        for target in &crawler.spec.targets {
            widgets::weak(ui, "·");
            widgets::weak(ui, target.to_string());
        }
        if let Some(schedule) = &crawler.spec.schedule {
            widgets::weak(ui, "·");
            widgets::weak(ui, super::schedule::plain(&crate::state::catalog::schedule::Schedule::parse(Some(schedule)), texts));
        }
    });
    if let (Some(error), false) = (&crawler.last_error, running) {
        widgets::banner(ui, widgets::Tone::Failed, error, |_| {});
    }
}

fn history(ui: &mut Ui, state: &mut State, name: &str, texts: &Texts) -> Option<Todo> {
    let mut todo = None;
    let mut cancel = None;
    if let Some(list) = state.catalog.crawlers.runs(name) {
        if let Some(failure) = &list.failure {
            widgets::failure_banner(ui, texts, failure);
        }
        if let Some(job) = list.running {
            let sentence = texts.t("catalog-crawling");
            if widgets::job::wait(ui, state.jobs.get(job), &sentence, texts) {
                cancel = Some(job);
            }
        }
        todo = runs::show(ui, list, texts).map(Todo::Open);
    }
    if let Some(job) = cancel {
        state.act(Action::Cancel(job));
    }
    todo
}
