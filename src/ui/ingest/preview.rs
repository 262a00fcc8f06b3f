//! The first rows of a file, with each column's name and type to be changed, and the reason for the type.

use egui::{Align, Button, Layout, Popup, PopupCloseBehavior, RichText, TextEdit, TextStyle, Ui, WidgetInfo};

use super::super::widgets::rows::{self, Look};
use super::super::widgets::{self, secondary};
use super::super::{icons, theme};
use crate::infer::ColumnEvidence;
use crate::model::{HiveType, Message, ResultColumn};
use crate::state::State;
use crate::text::{self, Texts};

/// The types that a column can be given.
const TYPES: [&str; 9] = ["string", "bigint", "int", "double", "boolean", "date", "timestamp", "decimal(18,2)", "decimal(38,10)"];

/// What a header was asked for: the column, and its new type or name.
enum Todo {
    Type(usize, Option<HiveType>),
    Name(usize, String),
}

pub(super) fn show(ui: &mut Ui, state: &mut State, texts: &Texts) {
    let Some(item) = state.ingest.files.chosen() else { return };
    let Some(preview) = item.preview.as_ref().filter(|preview| !preview.columns.is_empty()) else { return };
    let mut todo = None;
    let first = preview.head.start + 1;
    let look = Look { header: 46.0, first_number: Some(first) };
    let id = format!("ingest-preview {}", item.path.display());
    rows::rows(ui, &id, &preview.columns, &preview.head, look, texts, |ui, index| {
        if let Some(column) = preview.columns.get(index) {
            let found = preview.evidence.columns.get(index);
            let typed = item.overrides.types.contains_key(&index);
            let named = item.overrides.names.contains_key(&index);
            if let Some(asked) = head(ui, index, column, found, (named, typed), texts) {
                todo = Some(asked);
            }
        }
    });
    match todo {
        Some(Todo::Type(column, hive_type)) => state.ingest.files.set_type(column, hive_type, &mut state.outbox),
        Some(Todo::Name(column, name)) => state.ingest.files.set_name(column, &name, &mut state.outbox),
        None => {}
    }
}

fn head(
    ui: &mut Ui,
    index: usize,
    column: &ResultColumn,
    found: Option<&ColumnEvidence>,
    changed: (bool, bool),
    texts: &Texts,
) -> Option<Todo> {
    let tokens = theme::tokens(ui);
    let mut todo = None;
    let right = column.is_number();
    ui.spacing_mut().item_spacing.y = 0.0;
    ui.spacing_mut().button_padding = egui::vec2(2.0, 1.0);
    let align = if right { Align::Max } else { Align::Min };
    ui.with_layout(Layout::top_down(align), |ui| {
        let plain = |text: RichText| Button::new(text).small().frame_when_inactive(false).truncate().min_size(egui::vec2(0.0, 19.0));
        let name_colour = if changed.0 { tokens.accent } else { tokens.text };
        let name = ui.add(plain(RichText::new(&column.name).text_style(theme::strong()).color(name_colour)));
        let said = texts.say(&Message::new("ingest-column-name").with("name", column.name.as_str()));
        let enabled = ui.is_enabled();
        name.widget_info(|| WidgetInfo::labeled(egui::Role::Button, enabled, &said));
        let type_colour = if changed.1 { tokens.accent } else { tokens.weak };
        let kind = ui.add(plain(RichText::new(&column.type_name).text_style(TextStyle::Small).color(type_colour)));
        let said =
            texts.say(&Message::new("ingest-column-type").with("name", column.name.as_str()).with("type", column.type_name.as_str()));
        kind.widget_info(|| WidgetInfo::labeled(egui::Role::Button, enabled, &said));
        Popup::menu(&name).close_behavior(PopupCloseBehavior::CloseOnClickOutside).show(|ui| {
            todo = rename(ui, index, column, found, changed.0, texts);
        });
        Popup::menu(&kind).show(|ui| {
            if let Some(asked) = types(ui, index, column, changed.1, texts) {
                todo = Some(asked);
            }
        });
        if let Some(found) = found {
            name.on_hover_ui(|ui| facts(ui, found, texts));
            kind.on_hover_ui(|ui| _ = ui.label(texts.say(&found.reason)));
        }
    });
    todo
}

fn types(ui: &mut Ui, index: usize, column: &ResultColumn, changed: bool, texts: &Texts) -> Option<Todo> {
    let mut todo = None;
    for name in TYPES {
        let chosen = column.type_name == name;
        if ui.add(Button::selectable(chosen, name)).clicked() {
            todo = Some(Todo::Type(index, Some(HiveType::new(name))));
            ui.close();
        }
    }
    if changed {
        ui.separator();
        if widgets::quiet(ui, Some(icons::UNDO_2), &texts.t("ingest-type-guess")).clicked() {
            todo = Some(Todo::Type(index, None));
            ui.close();
        }
    }
    todo
}

/// The new name is a draft until Enter or the button.
fn rename(ui: &mut Ui, index: usize, column: &ResultColumn, found: Option<&ColumnEvidence>, changed: bool, texts: &Texts) -> Option<Todo> {
    let id = ui.make_persistent_id(("rename", index));
    // A draft that was not drawn in the last pass belongs to a popup that was closed without an answer.
    let pass = ui.ctx().cumulative_pass_nr();
    let kept: Option<(String, u64)> = ui.data(|data| data.get_temp(id));
    let mut draft = kept.filter(|(_, last)| last + 1 >= pass).map_or_else(|| column.name.clone(), |(draft, _)| draft);
    let label = texts.t("ingest-rename");
    let field = widgets::labelled(ui, &label, |ui| ui.add(TextEdit::singleline(&mut draft).desired_width(200.0)));
    let entered = field.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
    if let Some(found) = found.filter(|found| found.name != column.name) {
        widgets::caption(ui, texts.say(&Message::new("ingest-name-in-file").with("name", found.name.as_str())));
    }
    let mut todo = None;
    ui.horizontal(|ui| {
        if (secondary(ui, None, &texts.t("ingest-rename-do")).clicked() || entered) && !draft.trim().is_empty() {
            todo = Some(Todo::Name(index, draft.clone()));
        }
        if changed && widgets::quiet(ui, Some(icons::UNDO_2), &texts.t("ingest-rename-undo")).clicked() {
            todo = Some(Todo::Name(index, String::new()));
        }
    });
    if todo.is_some() {
        ui.data_mut(|data| data.remove::<(String, u64)>(id));
        ui.close();
    } else {
        ui.data_mut(|data| data.insert_temp(id, (draft, pass)));
    }
    todo
}

fn facts(ui: &mut Ui, found: &ColumnEvidence, texts: &Texts) {
    widgets::strong(ui, found.name.as_str());
    ui.label(texts.say(&found.reason));
    let distinct = if found.distinct_exact { "ingest-distinct" } else { "ingest-distinct-about" };
    widgets::weak(ui, texts.say(&Message::new("ingest-values").with("values", found.values).with("nulls", found.nulls)));
    widgets::weak(ui, texts.say(&Message::new(distinct).with("values", found.distinct)));
    if let (Some(min), Some(max)) = (&found.min, &found.max) {
        widgets::weak(ui, texts.say(&Message::new("ingest-range").with("min", min.as_str()).with("max", max.as_str())));
    }
    if found.longest > 0 {
        widgets::weak(ui, texts.say(&Message::new("ingest-longest").with("bytes", text::bytes(found.longest))));
    }
}
