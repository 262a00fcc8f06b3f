//! Databases, tables and crawlers, with a search over the names of tables and columns.

use egui::{Align, Layout, Panel, Rect, RichText, ScrollArea, Sense, TextEdit, Ui, WidgetInfo, vec2};

use super::super::widgets::{self, icon_button, quiet, secondary};
use super::super::{icons, theme};
use crate::message::catalog::CrawlerInfo;
use crate::model::TableRef;
use crate::state::catalog::tree::TreeRow;
use crate::state::catalog::{CatalogPage, NewDatabase, Question};
use crate::state::{Action, Effect, State};
use crate::text::Texts;

/// The height of a line.
const LINE: f32 = 24.0;

/// What a line was asked for.
enum Todo {
    Toggle(String),
    DropDatabase(String),
    Open(TableRef),
    Act(Box<Action>),
    Copy(String),
}

pub(super) fn show(ui: &mut Ui, state: &mut State, texts: &Texts) {
    ui.take_available_width();
    ui.horizontal(|ui| {
        widgets::section(ui, texts.t("catalog-title"));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if icon_button(ui, icons::REFRESH_CW, &texts.t("ingest-refresh")).clicked() {
                state.act(Action::Refresh);
            }
            if state.catalog.tree.waiting() {
                ui.add(egui::Spinner::new().size(14.0));
            }
        });
    });
    let before = state.catalog.tree.search.clone();
    widgets::search(ui, &mut state.catalog.tree.search, &texts.t("catalog-search"), &texts.t("ingest-filter-clear"));
    if state.catalog.tree.search != before {
        state.catalog.tree.searched(&mut state.outbox);
    }
    let bare = egui::Frame::new();
    Panel::bottom("catalog-foot").resizable(false).show_separator_line(false).frame(bare).show(ui, |ui| foot(ui, state, texts));
    Panel::bottom("catalog-crawlers").default_size(180.0).size_range(64.0..=480.0).frame(bare).show(ui, |ui| crawlers(ui, state, texts));
    if let Some(failure) = &state.catalog.tree.failure {
        widgets::failure_banner(ui, texts, failure);
    }
    if let Some(todo) = lines(ui, state, texts) {
        act(state, todo);
    }
}

fn lines(ui: &mut Ui, state: &State, texts: &Texts) -> Option<Todo> {
    let tree = &state.catalog.tree;
    let Some(databases) = tree.databases() else {
        if tree.failure.is_none() {
            widgets::weak(ui, texts.t("catalog-loading"));
        }
        return None;
    };
    if databases.is_empty() {
        widgets::weak(ui, texts.t("catalog-no-databases"));
        return None;
    }
    let rows = tree.rows();
    if rows.is_empty() {
        widgets::weak(ui, texts.t("catalog-search-nothing"));
    }
    let open = if let CatalogPage::Table(page) = &state.catalog.page { Some(&page.table) } else { None };
    let mut todo = None;
    ui.spacing_mut().item_spacing.y = 0.0;
    ScrollArea::vertical().id_salt("catalog-tree").auto_shrink(false).show_rows(ui, LINE, rows.len(), |ui, range| {
        let first = range.start;
        for (offset, row) in rows.get(range).unwrap_or_default().iter().enumerate() {
            if let Some(asked) = self::row(ui, first + offset, row, open, texts) {
                todo = Some(asked);
            }
        }
    });
    todo
}

fn row(ui: &mut Ui, index: usize, row: &TreeRow<'_>, open: Option<&TableRef>, texts: &Texts) -> Option<Todo> {
    let mut todo = None;
    match row {
        TreeRow::Database(database, shown) => {
            let chevron = if *shown { icons::CHEVRON_DOWN } else { icons::CHEVRON_RIGHT };
            let response =
                ui.push_id(&database.name, |ui| line(ui, 0.0, Some(chevron), icons::DATABASE, &database.name, None, false)).inner;
            if response.clicked() {
                todo = Some(Todo::Toggle(database.name.clone()));
            }
            response.context_menu(|ui| {
                if quiet(ui, Some(icons::COPY), &texts.t("catalog-copy-name")).clicked() {
                    todo = Some(Todo::Copy(database.name.clone()));
                    ui.close();
                }
                if quiet(ui, Some(icons::TRASH_2), &texts.t("catalog-drop-database-do")).clicked() {
                    todo = Some(Todo::DropDatabase(database.name.clone()));
                    ui.close();
                }
            });
        }
        TreeRow::Table(table) => {
            let is_open = open == Some(&table.table);
            let icon = if table.classification == "view" { icons::EYE } else { icons::TABLE };
            let name = &table.table.table;
            let kind = Some(table.classification.as_str());
            let response = ui.push_id(&table.table, |ui| line(ui, 16.0, None, icon, name, kind, is_open)).inner;
            if response.clicked() {
                todo = Some(Todo::Open(table.table.clone()));
            }
            response.context_menu(|ui| {
                let mut item = |ui: &mut Ui, icon, id: &str, asked: Todo| {
                    if quiet(ui, Some(icon), &texts.t(id)).clicked() {
                        todo = Some(asked);
                        ui.close();
                    }
                };
                item(ui, icons::PLAY, "catalog-query", Todo::Act(Box::new(Action::QueryTable(table.table.clone()))));
                item(ui, icons::SCALE, "ingest-check-bias", Todo::Act(Box::new(Action::MeasureTable(table.table.clone()))));
                item(ui, icons::COPY, "catalog-copy-name", Todo::Copy(table.table.to_string()));
            });
        }
        TreeRow::Column(table, column) => {
            let salt = (&table.table, *column);
            let response = ui.push_id(salt, |ui| line(ui, 34.0, None, icons::LIST, column, None, false)).inner;
            if response.clicked() {
                todo = Some(Todo::Open(table.table.clone()));
            }
        }
        TreeRow::Loading | TreeRow::Empty(_) | TreeRow::Failed(_) => {
            ui.push_id(("remark", index), |ui| {
                ui.horizontal(|ui| {
                    ui.set_height(LINE);
                    ui.add_space(36.0);
                    match row {
                        TreeRow::Failed(failure) => {
                            let (said, tokens) = (texts.failure(failure), theme::tokens(ui));
                            ui.add(icons::CIRCLE_X.tinted(tokens.failed));
                            ui.add(egui::Label::new(RichText::new(&said).color(tokens.failed)).truncate()).on_hover_text(&said);
                        }
                        TreeRow::Empty(_) => _ = widgets::caption(ui, texts.t("catalog-no-tables")),
                        _ => _ = ui.add(egui::Spinner::new().size(12.0)),
                    }
                });
            });
        }
    }
    todo
}

/// A line: chevron, icon, name, and a weak word on the right.
fn line(
    ui: &mut Ui,
    indent: f32,
    chevron: Option<icons::Icon>,
    icon: icons::Icon,
    name: &str,
    note: Option<&str>,
    chosen: bool,
) -> egui::Response {
    let tokens = theme::tokens(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), LINE), Sense::click());
    let enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::selected(egui::Role::TreeItem, enabled, chosen, name));
    if chosen || response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect, f32::from(theme::RADIUS), if chosen { tokens.chosen } else { tokens.hover });
    }
    let at = |x: f32, size: f32| Rect::from_center_size(egui::pos2(rect.left() + x, rect.center().y), vec2(size, size));
    if let Some(chevron) = chevron {
        chevron.tinted(tokens.weak).paint_at(ui, at(indent + 8.0, 12.0));
    }
    icon.tinted(tokens.weak).paint_at(ui, at(indent + 26.0, 14.0));
    let mut right = rect.right() - theme::GAP_SMALL;
    if let Some(note) = note {
        let note = ui.painter().layout_no_wrap(note.to_owned(), egui::TextStyle::Small.resolve(ui.style()), tokens.weak);
        right -= note.size().x;
        ui.painter().galley(egui::pos2(right, rect.center().y - note.size().y / 2.0), note, tokens.weak);
        right -= theme::GAP_SMALL;
    }
    let x = rect.left() + indent + 38.0;
    let galley =
        egui::WidgetText::from(name).into_galley(ui, Some(egui::TextWrapMode::Truncate), (right - x).max(8.0), egui::TextStyle::Body);
    ui.painter().galley(egui::pos2(x, rect.center().y - galley.size().y / 2.0), galley, tokens.text);
    response.on_hover_text(name)
}

fn act(state: &mut State, todo: Todo) {
    match todo {
        Todo::Toggle(name) => state.catalog.tree.toggle(&name, &mut state.outbox),
        Todo::DropDatabase(name) => state.catalog.question = Some(Question::DropDatabase(name)),
        Todo::Open(table) => state.catalog.open_table(table, &mut state.outbox),
        Todo::Act(action) => state.act(*action),
        Todo::Copy(text) => state.outbox.effect(Effect::Copy(text)),
    }
}

fn crawlers(ui: &mut Ui, state: &mut State, texts: &Texts) {
    ui.take_available_space();
    ui.add_space(theme::GAP_SMALL);
    widgets::strong(ui, texts.t("catalog-crawlers"));
    if let Some(failure) = &state.catalog.crawlers.failure {
        widgets::failure_banner(ui, texts, failure);
    }
    let open = if let CatalogPage::Crawler(page) = &state.catalog.page { page.form.of.clone() } else { None };
    let mut chosen = None;
    ui.spacing_mut().item_spacing.y = 0.0;
    ScrollArea::vertical().id_salt("catalog-crawlers").auto_shrink(false).show(ui, |ui| match state.catalog.crawlers.list() {
        None => {}
        Some([]) => _ = widgets::weak(ui, texts.t("catalog-no-crawlers")),
        Some(list) => {
            for crawler in list {
                let name = &crawler.spec.name;
                let (icon, note) = state_of(crawler, state.catalog.crawlers.is_running(name));
                let is_open = open.as_deref() == Some(name);
                let response = ui.push_id(name, |ui| line(ui, -18.0, None, icon, name, Some(&texts.t(note)), is_open)).inner;
                if response.clicked() {
                    chosen = Some(name.clone());
                }
            }
        }
    });
    if let Some(name) = chosen {
        state.catalog.open_crawler(&name, &mut state.outbox);
    }
}

/// The icon and the word for a crawler's state.
pub(super) fn state_of(crawler: &CrawlerInfo, running: bool) -> (icons::Icon, &'static str) {
    if crawler.state == "STOPPING" {
        return (icons::SQUARE, "catalog-state-stopping");
    }
    if running {
        return (icons::REFRESH_CW, "catalog-state-running");
    }
    match crawler.last_status.as_deref() {
        Some("SUCCEEDED") => (icons::CIRCLE_CHECK, "catalog-state-succeeded"),
        Some("FAILED") => (icons::CIRCLE_X, "catalog-state-failed"),
        Some("CANCELLED") => (icons::SQUARE, "catalog-state-cancelled"),
        _ => (icons::CLOCK, "catalog-state-new"),
    }
}

fn foot(ui: &mut Ui, state: &mut State, texts: &Texts) {
    if state.catalog.new_database.is_some() {
        new_database(ui, state, texts);
        return;
    }
    ui.horizontal(|ui| {
        if quiet(ui, Some(icons::PLUS), &texts.t("catalog-database")).clicked() {
            state.catalog.new_database = Some(NewDatabase::default());
        }
        if quiet(ui, Some(icons::PLUS), &texts.t("catalog-crawler")).clicked() {
            state.act(Action::NewCrawler);
        }
    });
}

fn new_database(ui: &mut Ui, state: &mut State, texts: &Texts) {
    let Some(draft) = &mut state.catalog.new_database else { return };
    let (mut create, mut cancel) = (false, false);
    if let Some(failure) = &draft.failure {
        widgets::failure_banner(ui, texts, failure);
    }
    let label = texts.t("catalog-database-name");
    let field = ui.add(TextEdit::singleline(&mut draft.name).hint_text(&label).desired_width(f32::INFINITY));
    let enabled = ui.is_enabled();
    field.widget_info(|| WidgetInfo::labeled(egui::Role::TextInput, enabled, &label));
    if draft.name.is_empty() {
        field.request_focus();
    } else if !draft.is_legal() {
        widgets::caption(ui, texts.t("catalog-database-rule"));
    }
    create |= field.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
    cancel |= ui.input(|input| input.key_pressed(egui::Key::Escape)) && (field.has_focus() || field.lost_focus());
    ui.horizontal(|ui| {
        let ready = draft.is_legal() && draft.job.is_none();
        create |= ui.add_enabled_ui(ready, |ui| secondary(ui, None, &texts.t("catalog-database-create"))).inner.clicked();
        cancel |= quiet(ui, None, &texts.t("shell-cancel")).clicked();
        if draft.job.is_some() {
            ui.add(egui::Spinner::new().size(14.0));
        }
    });
    if create {
        state.catalog.create_database(&mut state.outbox);
    } else if cancel {
        state.catalog.new_database = None;
    }
}
