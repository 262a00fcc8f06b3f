//! The strip above the editor: the editors, the database, and the history.

use egui::{Align, Key, Layout, ScrollArea, TextEdit, Ui};

use super::super::widgets::picker::{Choice, picker};
use super::super::{icons, theme, widgets};
use super::history;
use crate::model::Message;
use crate::state::query::editor::Editor;
use crate::state::{Action, State};
use crate::text::Texts;

/// The name of an editor in the reader's language.
pub(super) fn name(editor: &Editor, texts: &Texts) -> String {
    editor.title.as_ref().map_or_else(|| editor.name.clone(), |title| texts.say(title))
}

pub(super) fn show(ui: &mut Ui, state: &mut State, texts: &Texts) {
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        history::button(ui, state, texts);
        database(ui, state, texts);
        if let Some(closed) = state.query.last_closed() {
            let label = texts.say(&Message::new("query-reopen").with("name", closed.name.as_str()));
            if widgets::icon_button(ui, icons::UNDO_2, &label).clicked() {
                state.query.reopen();
            }
        }
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| editors(ui, state, texts));
    });
}

fn editors(ui: &mut Ui, state: &mut State, texts: &Texts) {
    let (mut opened, mut closed, mut renamed) = (None, None, None);
    ScrollArea::horizontal().id_salt("query-editors").show(ui, |ui| {
        ui.spacing_mut().item_spacing.x = theme::GAP_SMALL;
        let current = state.query.current();
        let mut renaming = state.query.renaming.take();
        for (at, editor) in state.query.editors().iter().enumerate() {
            ui.push_id(editor.id, |ui| {
                if let Some((_, text)) = renaming.as_mut().filter(|(id, _)| *id == editor.id) {
                    let field = ui.add(TextEdit::singleline(text).desired_width(140.0)).accessible_name(texts.t("query-rename"));
                    if !ui.data(|data| data.get_temp::<bool>(field.id)).unwrap_or_default() {
                        field.request_focus();
                        ui.data_mut(|data| data.insert_temp(field.id, true));
                    } else if field.lost_focus() {
                        ui.data_mut(|data| data.remove::<bool>(field.id));
                        let kept = !ui.input(|input| input.key_pressed(Key::Escape));
                        renamed = Some((editor.id, if kept { text.clone() } else { String::new() }));
                    }
                    return;
                }
                let label = name(editor, texts);
                let label = if editor.running() { format!("{label} …") } else { label };
                let tab = widgets::tab(ui, at == current, &label);
                if tab.clicked() {
                    opened = Some(at);
                }
                if tab.middle_clicked() {
                    closed = Some(at);
                }
                if tab.double_clicked() {
                    renamed = Some((editor.id, label.clone()));
                }
                tab.context_menu(|ui| {
                    if ui.button(texts.t("query-rename")).clicked() {
                        renamed = Some((editor.id, label.clone()));
                        ui.close();
                    }
                    if ui.button(texts.t("query-close")).clicked() {
                        closed = Some(at);
                        ui.close();
                    }
                });
                if at == current {
                    let close = texts.say(&Message::new("query-close-named").with("name", label.as_str()));
                    if widgets::icon_button(ui, icons::X, &close).clicked() {
                        closed = Some(at);
                    }
                }
            });
        }
        if widgets::icon_button(ui, icons::PLUS, &texts.t("query-new")).clicked() {
            state.act(Action::NewEditor);
        }
        // The first time it names the editor whose name is to be changed, the second time the new name.
        match (renaming, renamed.take()) {
            (Some((id, _)), Some((same, text))) if id == same => state.query.rename(id, &text),
            (renaming, started) => state.query.renaming = started.or(renaming),
        }
    });
    if let Some(at) = closed {
        state.query.close(at);
    } else if let Some(at) = opened {
        state.query.open_editor(at);
    }
}

fn database(ui: &mut Ui, state: &mut State, texts: &Texts) {
    let editor = state.query.editor();
    let shown = editor.database.clone().unwrap_or_else(|| texts.t("query-database-none"));
    let databases = state.query.names.databases();
    let choices = || databases.iter().map(Choice::of).collect();
    let Some(chosen) = picker(ui, texts, &texts.t("query-database"), &shown, 150.0, choices) else { return };
    if let Some(database) = databases.get(chosen).cloned() {
        let now = ui.input(|input| input.time);
        let editor = state.query.editor_mut();
        editor.database = Some(database);
        editor.touched(now);
    }
}
