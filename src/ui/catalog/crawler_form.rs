//! The form of a crawler: every field with its label, and what is wrong beside the field it is about.

use egui::{ComboBox, RichText, ScrollArea, TextEdit, Ui};

use super::super::widgets::{self, Tone, icon_button, quiet, secondary};
use super::super::{icons, theme};
use super::schedule;
use crate::message::catalog::{DeleteBehavior, UpdateBehavior};
use crate::model::Message;
use crate::state::State;
use crate::state::catalog::CatalogPage;
use crate::state::catalog::form::{CrawlerForm, Field};
use crate::text::Texts;

/// The width of a field.
const FIELD: f32 = 420.0;

pub(super) fn show(ui: &mut Ui, state: &mut State, texts: &Texts) {
    let databases: Vec<String> = state.catalog.tree.databases().unwrap_or_default().iter().map(|database| database.name.clone()).collect();
    let CatalogPage::Crawler(page) = &mut state.catalog.page else { return };
    let form = &mut page.form;
    let mut touched = false;
    ScrollArea::vertical().id_salt("catalog-form").auto_shrink(false).show(ui, |ui| {
        ui.add_space(theme::GAP);
        ui.spacing_mut().item_spacing.y = theme::GAP_MEDIUM;
        if let Some(failure) = &form.failure {
            widgets::failure_banner(ui, texts, failure);
        }
        targets(ui, form, &mut touched, texts);
        if form.of.is_none() {
            touched |= text(ui, "catalog-form-name", &mut form.name, texts);
            problem(ui, form, Field::Name, texts);
        }
        database(ui, form, &databases, &mut touched, texts);
        touched |= text(ui, "catalog-form-table-prefix", &mut form.table_prefix, texts);
        let label = texts.t("catalog-form-exclusions");
        let field = widgets::labelled(ui, &label, |ui| {
            ui.add(
                TextEdit::multiline(&mut form.exclusions)
                    .hint_text("**.tmp")
                    .desired_rows(2)
                    .desired_width(FIELD)
                    .font(egui::TextStyle::Monospace),
            )
        });
        touched |= field.changed();
        widgets::caption(ui, texts.t("catalog-form-exclusions-about"));
        behaviours(ui, form, &mut touched, texts);
        touched |= ui.checkbox(&mut form.combine, texts.t("catalog-form-combine")).changed();
        touched |= schedule::show(ui, &mut form.schedule, texts);
        problem(ui, form, Field::Schedule, texts);
        ui.add_space(theme::GAP_LARGE);
    });
    form.touched |= touched;
}

/// A line of text under its label; whether it was changed.
fn text(ui: &mut Ui, id: &str, value: &mut String, texts: &Texts) -> bool {
    let label = texts.t(id);
    widgets::labelled(ui, &label, |ui| ui.add(TextEdit::singleline(value).desired_width(FIELD))).changed()
}

fn problem(ui: &mut Ui, form: &CrawlerForm, field: Field, texts: &Texts) {
    if let Some(message) = form.problem(field) {
        let (colour, icon) = Tone::Failed.look(ui);
        ui.horizontal(|ui| {
            ui.add(icon.tinted(colour));
            ui.label(RichText::new(texts.say(&message)).color(colour));
        });
    }
}

fn targets(ui: &mut Ui, form: &mut CrawlerForm, touched: &mut bool, texts: &Texts) {
    let mut remove = None;
    let single = form.targets.len() == 1;
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = theme::GAP_SMALL;
        widgets::weak(ui, texts.t("catalog-form-targets"));
        let mut browse = None;
        for (index, target) in form.targets.iter_mut().enumerate() {
            ui.push_id(index, |ui| {
                ui.horizontal(|ui| {
                    let label = texts.say(&Message::new("catalog-form-target").with("number", index + 1));
                    let field = ui.add(
                        TextEdit::singleline(target).hint_text("s3://my-lake/data/").desired_width(FIELD).font(egui::TextStyle::Monospace),
                    );
                    let enabled = ui.is_enabled();
                    field.widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, enabled, &label));
                    *touched |= field.changed();
                    if secondary(ui, Some(icons::FOLDER_OPEN), &texts.t("catalog-browse")).clicked() {
                        browse = Some(index);
                    }
                    if !single {
                        let name = texts.say(&Message::new("catalog-form-target-remove").with("number", index + 1));
                        if icon_button(ui, icons::X, &name).clicked() {
                            remove = Some(index);
                        }
                    }
                });
            });
        }
        if browse.is_some() {
            form.browsing = browse;
        }
        for index in 0..form.targets.len() {
            problem(ui, form, Field::Target(index), texts);
        }
        if quiet(ui, Some(icons::PLUS), &texts.t("catalog-form-target-add")).clicked() {
            form.targets.push(String::new());
            form.browsing = Some(form.targets.len() - 1);
        }
    });
    if let Some(index) = remove {
        form.targets.remove(index);
        *touched = true;
    }
}

fn database(ui: &mut Ui, form: &mut CrawlerForm, databases: &[String], touched: &mut bool, texts: &Texts) {
    let label = texts.t("catalog-form-database");
    ui.horizontal(|ui| {
        let field = widgets::labelled(ui, &label, |ui| ui.add(TextEdit::singleline(&mut form.database).desired_width(FIELD)));
        *touched |= field.changed();
        if !databases.is_empty() {
            ui.vertical(|ui| {
                ui.add_space(20.0);
                let button = icon_button(ui, icons::CHEVRON_DOWN, &texts.t("catalog-databases"));
                egui::Popup::menu(&button).show(|ui| {
                    ScrollArea::vertical().max_height(240.0).show(ui, |ui| {
                        for name in databases {
                            if quiet(ui, Some(icons::DATABASE), name).clicked() {
                                form.database.clone_from(name);
                                *touched = true;
                                ui.close();
                            }
                        }
                    });
                });
            });
        }
    });
    problem(ui, form, Field::Database, texts);
    let name = form.database.trim();
    if !name.is_empty() && !databases.iter().any(|known| known == name) {
        widgets::caption(ui, texts.t("catalog-form-database-new"));
    }
}

fn behaviours(ui: &mut Ui, form: &mut CrawlerForm, touched: &mut bool, texts: &Texts) {
    let updates = [
        (UpdateBehavior::Update, "catalog-update-update"),
        (UpdateBehavior::AddColumns, "catalog-update-add"),
        (UpdateBehavior::Log, "catalog-update-log"),
    ];
    let deletes = [
        (DeleteBehavior::Deprecate, "catalog-delete-deprecate"),
        (DeleteBehavior::Delete, "catalog-delete-delete"),
        (DeleteBehavior::Log, "catalog-delete-log"),
    ];
    *touched |= choice(ui, "catalog-form-update", &mut form.update, &updates, texts);
    *touched |= choice(ui, "catalog-form-delete", &mut form.delete, &deletes, texts);
}

fn choice<T: Copy + PartialEq>(ui: &mut Ui, id: &str, value: &mut T, options: &[(T, &str)], texts: &Texts) -> bool {
    let before = *value;
    let label = texts.t(id);
    let shown = options.iter().find(|(option, _)| option == value).map(|(_, id)| texts.t(id)).unwrap_or_default();
    widgets::labelled(ui, &label, |ui| {
        let combo = ComboBox::from_id_salt(id).width(FIELD).selected_text(shown).show_ui(ui, |ui| {
            for (option, id) in options {
                ui.selectable_value(value, *option, texts.t(id));
            }
        });
        combo.response
    });
    *value != before
}
