//! The page of a table: what it is, what can be done with it, and its parts.

use egui::{Align, Layout, Popup, RichText, ScrollArea, Ui};

use super::super::widgets::rows::{self, Look};
use super::super::widgets::{self, icon_button, primary, quiet, secondary};
use super::super::{icons, theme};
use super::columns;
use crate::message::catalog::TableDetails;
use crate::model::{Message, S3Location, TableRef};
use crate::state::catalog::ddl::ddl;
use crate::state::catalog::table::{Part, TablePage};
use crate::state::catalog::{CatalogPage, Question};
use crate::state::{Action, Effect, State};
use crate::text::{self, Texts};

/// What the page was asked for.
enum Todo {
    Act(Action),
    Copy(String),
    Drop(TableRef),
    Show(Part),
    Reload,
    Crawl(S3Location),
}

pub(super) fn show(ui: &mut Ui, state: &mut State, texts: &Texts) {
    let mut todo = None;
    if let CatalogPage::Table(page) = &mut state.catalog.page {
        todo = header(ui, page, texts);
        ui.horizontal(|ui| {
            ui.set_height(theme::TOOLBAR);
            ui.spacing_mut().item_spacing.x = 0.0;
            for part in Part::ALL {
                if widgets::tab(ui, page.part == part, &texts.t(part.label_id())).clicked() {
                    todo = Some(Todo::Show(part));
                }
            }
        });
        widgets::hairline(ui);
        if let Some(failure) = page.failure() {
            widgets::failure_banner(ui, texts, failure);
            if secondary(ui, Some(icons::REFRESH_CW), &texts.t("ingest-read-again")).clicked() {
                todo = Some(Todo::Reload);
            }
        }
        if let Some(job) = page.waiting() {
            let sentence = texts.t(if page.part == Part::Sample { "catalog-sampling" } else { "catalog-describing" });
            if widgets::job::wait(ui, state.jobs.get(job), &sentence, texts) {
                todo = Some(Todo::Act(Action::Cancel(job)));
            }
        }
        match page.part {
            Part::Columns => columns::show(ui, page, texts),
            Part::Sample => sample(ui, page, texts),
            Part::Partitions => columns::partitions(ui, page, texts),
            Part::Definition => definition(ui, page, texts, &mut todo),
        }
    }
    if let Some(todo) = todo {
        act(state, todo);
    }
}

fn act(state: &mut State, todo: Todo) {
    match todo {
        Todo::Act(action) => state.act(action),
        Todo::Copy(text) => state.outbox.effect(Effect::Copy(text)),
        Todo::Drop(table) => state.catalog.question = Some(Question::DropTable(table)),
        Todo::Crawl(place) => state.catalog.crawl(Some(place)),
        Todo::Show(part) => {
            if let CatalogPage::Table(page) = &mut state.catalog.page {
                page.show(part, &mut state.outbox);
            }
        }
        Todo::Reload => {
            if let CatalogPage::Table(page) = &mut state.catalog.page {
                page.reload(&mut state.outbox);
            }
        }
    }
}

fn header(ui: &mut Ui, page: &TablePage, texts: &Texts) -> Option<Todo> {
    let mut todo = None;
    ui.horizontal(|ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let more = icon_button(ui, icons::ELLIPSIS, &texts.t("catalog-more"));
            Popup::menu(&more).show(|ui| todo = menu(ui, page, texts));
            if secondary(ui, Some(icons::SCALE), &texts.t("ingest-check-bias")).clicked() {
                todo = Some(Todo::Act(Action::MeasureTable(page.table.clone())));
            }
            if primary(ui, Some(icons::PLAY), &texts.t("catalog-query")).clicked() {
                todo = Some(Todo::Act(Action::QueryTable(page.table.clone())));
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let name = RichText::new(page.table.to_string()).heading();
                ui.add(egui::Label::new(name).truncate());
            });
        });
    });
    if let Some(details) = &page.details {
        let line = facts(details, texts);
        ui.add(egui::Label::new(RichText::new(&line).color(theme::tokens(ui).weak)).truncate()).on_hover_text(&line);
    }
    todo
}

/// `22,626 rows · 7.2 MB in 1 file · CSV · s3://dsoaws/data/transformed/`.
fn facts(details: &TableDetails, texts: &Texts) -> String {
    let definition = &details.definition;
    let mut parts = Vec::new();
    if let Some(rows) = definition.parameters.get("recordCount").and_then(|count| count.parse::<u64>().ok()) {
        parts.push(texts.say(&Message::new("catalog-rows-about").with("rows", rows)));
    }
    match (details.bytes, details.objects) {
        (Some(bytes), Some(objects)) => {
            parts.push(texts.say(&Message::new("catalog-size").with("size", text::bytes(bytes)).with("files", objects)));
        }
        (Some(bytes), None) => parts.push(text::bytes(bytes)),
        _ => {}
    }
    if definition.table_type == "VIRTUAL_VIEW" {
        parts.push(texts.t("catalog-view"));
    } else if let Some(format) = definition.parameters.get("classification") {
        parts.push(format.to_uppercase());
    }
    if let Some(location) = &definition.location {
        parts.push(location.to_string());
    }
    parts.join(" · ")
}

fn menu(ui: &mut Ui, page: &TablePage, texts: &Texts) -> Option<Todo> {
    let mut todo = None;
    let mut item = |ui: &mut Ui, icon, id: &str, asked: Option<Todo>| {
        let enabled = asked.is_some();
        if ui.add_enabled_ui(enabled, |ui| quiet(ui, Some(icon), &texts.t(id))).inner.clicked() {
            todo = asked;
            ui.close();
        }
    };
    let definition = page.details.as_ref().map(|details| &details.definition);
    let location = definition.and_then(|definition| definition.location.clone());
    item(ui, icons::COPY, "catalog-copy-name", Some(Todo::Copy(page.table.to_string())));
    item(ui, icons::LINK, "catalog-copy-location", location.as_ref().map(|place| Todo::Copy(place.to_string())));
    item(ui, icons::FILE_TEXT, "catalog-copy-ddl", definition.map(|definition| Todo::Copy(ddl(&page.table, definition))));
    item(ui, icons::SPARKLES, "ingest-crawl", location.map(Todo::Crawl));
    item(ui, icons::REFRESH_CW, "ingest-refresh", Some(Todo::Reload));
    ui.separator();
    item(ui, icons::TRASH_2, "catalog-drop", definition.map(|_| Todo::Drop(page.table.clone())));
    todo
}

fn sample(ui: &mut Ui, page: &TablePage, texts: &Texts) {
    let Some((columns, rows)) = &page.sample else { return };
    if rows.rows.is_empty() {
        widgets::weak(ui, texts.t("catalog-sample-empty"));
    }
    let look = Look { header: 46.0, first_number: Some(rows.start + 1) };
    rows::rows(ui, &format!("catalog-sample {}", page.table), columns, rows, look, texts, |ui, index| {
        let Some(column) = columns.get(index) else { return };
        ui.spacing_mut().item_spacing.y = 0.0;
        let align = if column.is_number() { Align::Max } else { Align::Min };
        ui.with_layout(Layout::top_down(align), |ui| {
            ui.add_space(theme::GAP_SMALL);
            ui.add(egui::Label::new(RichText::new(&column.name).text_style(theme::strong())).truncate());
            widgets::caption(ui, column.type_name.as_str());
        });
    });
}

fn definition(ui: &mut Ui, page: &TablePage, texts: &Texts, todo: &mut Option<Todo>) {
    let Some(details) = &page.details else { return };
    ui.horizontal(|ui| {
        let moment = |at: Option<chrono::DateTime<chrono::Utc>>| super::runs::moment(at);
        let told = Message::new("catalog-dates").with("created", moment(details.created)).with("updated", moment(details.updated));
        widgets::weak(ui, texts.say(&told));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if quiet(ui, Some(icons::COPY), &texts.t("catalog-copy-ddl")).clicked() {
                *todo = Some(Todo::Copy(ddl(&page.table, &details.definition)));
            }
        });
    });
    ScrollArea::both().id_salt("catalog-ddl").auto_shrink(false).show(ui, |ui| {
        let text = ddl(&page.table, &details.definition);
        ui.add(egui::Label::new(RichText::new(text).monospace()).selectable(true).extend());
    });
}
