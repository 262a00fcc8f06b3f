//! The bar at the bottom: where the files go, in which form and as which table; the store's progress; and what came of it.

use egui::{Align, ComboBox, Layout, Popup, RichText, ScrollArea, TextEdit, Ui, WidgetInfo};

use super::super::widgets::{self, Tone, icon_button, primary, quiet, secondary};
use super::super::{icons, theme};
use crate::model::{BucketName, Message, TableRef};
use crate::state::ingest::files::Choice;
use crate::state::ingest::store::Stored;
use crate::state::{Action, State, Tab};
use crate::text::{self, Texts};

pub(super) fn show(ui: &mut Ui, state: &mut State, texts: &Texts) {
    ui.take_available_width();
    if state.ingest.run.is_done() {
        done(ui, state, texts);
    } else if state.ingest.run.job().is_some() {
        running(ui, state, texts);
    } else {
        if let Some(failure) = state.ingest.run.failure.clone() {
            widgets::failure_banner(ui, texts, &failure);
        }
        if state.ingest.run.cancelled {
            widgets::banner(ui, Tone::Info, &texts.t("ingest-store-cancelled"), |_| {});
        }
        form(ui, state, texts);
    }
}

fn form(ui: &mut Ui, state: &mut State, texts: &Texts) {
    let plan = state.ingest.destination.plan(&state.ingest.files);
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        store_button(ui, state, plan.as_ref().err(), texts);
        ui.add_space(theme::GAP);
        ui.with_layout(Layout::left_to_right(Align::Center).with_main_wrap(true), |ui| {
            ui.spacing_mut().item_spacing.x = theme::GAP_SMALL;
            ui.label(texts.t("ingest-to"));
            bucket(ui, state, texts);
            ui.label("/");
            let label = texts.t("ingest-prefix");
            let prefix = &mut state.ingest.destination.prefix;
            let prefix = ui.add(TextEdit::singleline(prefix).hint_text(&label).desired_width(176.0).font(egui::TextStyle::Monospace));
            let enabled = ui.is_enabled();
            prefix.widget_info(|| WidgetInfo::labeled(egui::Role::TextInput, enabled, &label));
            ui.add_space(theme::GAP);
            form_of_store(ui, state, texts);
            if state.ingest.files.any_table() {
                ui.add_space(theme::GAP);
                table(ui, state, texts);
            }
        });
    });
    match &plan {
        Ok(requests) if requests.len() > 1 => {
            let told = Message::new("ingest-each-its-own").with("folders", requests.len());
            widgets::caption(ui, texts.say(&told));
        }
        Err(problem) if problem.id != "ingest-nothing-to-store" => {
            let (colour, icon) = Tone::Doubtful.look(ui);
            ui.horizontal_wrapped(|ui| {
                ui.add(icon.tinted(colour));
                ui.label(texts.say(problem));
            });
        }
        _ => {}
    }
    let choice = state.ingest.destination.choice(&state.ingest.files);
    if state.ingest.destination.catalogue && state.ingest.files.any_line_breaks() && choice.breaks_rows() {
        let (colour, icon) = Tone::Failed.look(ui);
        ui.horizontal_wrapped(|ui| {
            ui.add(icon.tinted(colour));
            ui.label(RichText::new(texts.t("ingest-store-breaks")).color(colour));
        });
    }
}

fn bucket(ui: &mut Ui, state: &mut State, texts: &Texts) {
    let label = texts.t("ingest-bucket-label");
    let mut name = state.ingest.destination.bucket.clone();
    let field = ui.add(TextEdit::singleline(&mut name).hint_text(&label).desired_width(112.0).font(egui::TextStyle::Monospace));
    let enabled = ui.is_enabled();
    field.widget_info(|| WidgetInfo::labeled(egui::Role::TextInput, enabled, &label));
    let button = icon_button(ui, icons::CHEVRON_DOWN, &texts.t("ingest-buckets"));
    Popup::menu(&button).show(|ui| {
        ScrollArea::vertical().max_height(240.0).show(ui, |ui| {
            for bucket in state.ingest.bucket_names() {
                if quiet(ui, Some(icons::DATABASE), bucket.as_str()).clicked() {
                    bucket.as_str().clone_into(&mut name);
                    ui.close();
                }
            }
            if state.ingest.bucket_names().next().is_none() {
                widgets::weak(ui, texts.t("ingest-lake-empty"));
            }
        });
    });
    if name != state.ingest.destination.bucket {
        state.ingest.destination.set_bucket(&name);
    }
    let known = |bucket: &BucketName| bucket.as_str() == state.ingest.destination.bucket.trim();
    let is_new = state.ingest.lake.buckets().is_some() && !state.ingest.bucket_names().any(known);
    if is_new && BucketName::parse(state.ingest.destination.bucket.trim()).is_ok() {
        widgets::caption(ui, texts.t("ingest-bucket-new"));
    }
}

fn form_of_store(ui: &mut Ui, state: &mut State, texts: &Texts) {
    ui.label(texts.t("ingest-as"));
    let now = state.ingest.destination.choice(&state.ingest.files);
    let advised = state.ingest.files.advised();
    let mut options = vec![Choice::Raw];
    if state.ingest.files.any_table() {
        options.push(Choice::Csv);
        if state.ingest.files.any_line_breaks() {
            options.push(Choice::CsvOneLine);
        }
        options.push(Choice::Parquet);
    }
    let name = |choice: Choice| {
        let name = texts.say(&choice.label());
        if choice == advised { texts.say(&Message::new("ingest-recommended").with("choice", name)) } else { name }
    };
    let label = texts.t("ingest-form");
    let mut chosen = now;
    let combo = ComboBox::from_id_salt("ingest-form").width(96.0).selected_text(texts.say(&now.label())).show_ui(ui, |ui| {
        for option in options {
            ui.selectable_value(&mut chosen, option, name(option));
        }
    });
    let enabled = ui.is_enabled();
    combo.response.widget_info(|| {
        let mut info = WidgetInfo::labeled(egui::Role::ComboBox, enabled, &label);
        info.current_text_value = Some(texts.say(&now.label()));
        info
    });
    if chosen != now {
        state.ingest.destination.choice = Some(chosen);
    }
}

fn table(ui: &mut Ui, state: &mut State, texts: &Texts) {
    let one = state.ingest.files.one_table();
    let destination = &mut state.ingest.destination;
    ui.checkbox(&mut destination.catalogue, texts.t("ingest-catalogue-as"));
    let label = texts.t("ingest-table");
    ui.add_enabled_ui(destination.catalogue, |ui| {
        if one {
            let field = ui
                .add(TextEdit::singleline(&mut destination.table).hint_text(&label).desired_width(170.0).font(egui::TextStyle::Monospace));
            let enabled = ui.is_enabled();
            field.widget_info(|| WidgetInfo::labeled(egui::Role::TextInput, enabled, &label));
        } else {
            // Each file names its own table; only the database is to be chosen.
            let (database, table) = destination.table.split_once('.').unwrap_or((&destination.table, "table_1"));
            let (mut typed, table) = (database.to_owned(), table.to_owned());
            let label = texts.t("ingest-database");
            let field = ui.add(TextEdit::singleline(&mut typed).hint_text(&label).desired_width(120.0).font(egui::TextStyle::Monospace));
            let enabled = ui.is_enabled();
            field.widget_info(|| WidgetInfo::labeled(egui::Role::TextInput, enabled, &label));
            if field.changed() {
                destination.table = format!("{}.{table}", typed.replace('.', "_"));
            }
        }
    });
}

fn store_button(ui: &mut Ui, state: &mut State, problem: Option<&Message>, texts: &Texts) {
    let files = state.ingest.files.ready().count();
    let label = texts.say(&Message::new("ingest-store").with("files", files));
    let response = ui.add_enabled_ui(problem.is_none(), |ui| primary(ui, Some(icons::UPLOAD), &label)).inner;
    let response = match problem {
        Some(problem) => response.on_disabled_hover_text(texts.say(problem)),
        None => response.on_hover_text("Ctrl+Enter"),
    };
    if response.clicked() {
        state.ingest.store(&mut state.outbox);
    }
}

fn running(ui: &mut Ui, state: &mut State, texts: &Texts) {
    let Some(job) = state.ingest.run.job() else { return };
    let left = state.ingest.run.left();
    let sentence = if left > 1 { texts.say(&Message::new("ingest-storing-left").with("folders", left)) } else { texts.t("ingest-storing") };
    if widgets::job::wait(ui, state.jobs.get(job), &sentence, texts) {
        state.act(Action::Cancel(job));
    }
}

/// What a line of the result was asked for.
enum Todo {
    Query(TableRef),
    Bias(TableRef),
    Show(TableRef),
    Catalogue(usize),
    Crawl(usize),
    Dismiss,
}

fn done(ui: &mut Ui, state: &mut State, texts: &Texts) {
    let mut todo = None;
    for failure in state.ingest.run.stored.iter().filter_map(|stored| stored.failure.as_ref()) {
        widgets::failure_banner(ui, texts, failure);
    }
    let single = state.ingest.run.stored.len() == 1;
    ui.horizontal_top(|ui| {
        ui.with_layout(Layout::right_to_left(Align::Min), |ui| {
            if secondary(ui, Some(icons::PLUS), &texts.t("ingest-store-more")).clicked() {
                todo = Some(Todo::Dismiss);
            }
            ui.with_layout(Layout::top_down(Align::Min), |ui| {
                ScrollArea::vertical().id_salt("ingest-stored").max_height(140.0).show(ui, |ui| {
                    for (index, stored) in state.ingest.run.stored.iter().enumerate() {
                        ui.push_id(index, |ui| {
                            if let Some(asked) = line(ui, index, stored, single, texts) {
                                todo = Some(asked);
                            }
                        });
                    }
                });
            });
        });
    });
    match todo {
        Some(Todo::Query(table)) => state.act(Action::QueryTable(table)),
        Some(Todo::Bias(table)) => state.act(Action::MeasureTable(table)),
        Some(Todo::Show(table)) => state.act(Action::OpenTable(table)),
        Some(Todo::Catalogue(index)) => {
            if let Ok(table) = state.ingest.destination.table_ref() {
                state.ingest.run.catalogue(index, table, &mut state.outbox);
            }
        }
        Some(Todo::Crawl(index)) => {
            let place = state.ingest.run.stored.get(index).map(|stored| stored.folder.clone());
            state.act(Action::Open(Tab::Catalog));
            state.catalog.crawl(place);
        }
        Some(Todo::Dismiss) => state.ingest.dismiss_stored(),
        None => {}
    }
}

fn line(ui: &mut Ui, index: usize, stored: &Stored, single: bool, texts: &Texts) -> Option<Todo> {
    let mut todo = None;
    ui.horizontal_wrapped(|ui| {
        ui.set_min_height(theme::CONTROL);
        let (colour, icon) = Tone::Good.look(ui);
        ui.add(icon.tinted(colour));
        let size = Message::new("ingest-stored")
            .with("files", stored.objects)
            .with("size", text::bytes(stored.bytes))
            .with("place", stored.folder.to_string());
        if let Some(table) = &stored.table {
            let said = texts.say(&Message::new("ingest-catalogued").with("table", table.to_string()));
            ui.label(said).on_hover_text(texts.say(&size));
            let query = if single {
                primary(ui, Some(icons::PLAY), &texts.t("ingest-query"))
            } else {
                quiet(ui, Some(icons::PLAY), &texts.t("ingest-query"))
            };
            if query.clicked() {
                todo = Some(Todo::Query(table.clone()));
            }
            if quiet(ui, Some(icons::SCALE), &texts.t("ingest-check-bias")).clicked() {
                todo = Some(Todo::Bias(table.clone()));
            }
            if quiet(ui, Some(icons::TABLE), &texts.t("ingest-show-table")).clicked() {
                todo = Some(Todo::Show(table.clone()));
            }
        } else {
            ui.label(texts.say(&size));
            if stored.cataloguing.is_some() {
                ui.add(egui::Spinner::new().size(14.0));
            } else {
                if stored.definition.is_some() {
                    let catalogue = if single {
                        primary(ui, Some(icons::TABLE), &texts.t("ingest-catalogue-it"))
                    } else {
                        quiet(ui, Some(icons::TABLE), &texts.t("ingest-catalogue-it"))
                    };
                    if catalogue.clicked() {
                        todo = Some(Todo::Catalogue(index));
                    }
                }
                if quiet(ui, Some(icons::SPARKLES), &texts.t("ingest-crawl")).clicked() {
                    todo = Some(Todo::Crawl(index));
                }
            }
        }
    });
    todo
}
