//! The empty tab: a place to drop files, and the other ways to bring them.

use egui::{RichText, Shape, Stroke, TextEdit, Ui, WidgetInfo, pos2};

use super::super::widgets::{self, primary, quiet, secondary};
use super::super::{icons, theme};
use crate::state::{Action, State};
use crate::text::Texts;

pub(super) fn show(ui: &mut Ui, state: &mut State, texts: &Texts) {
    take_pasted(ui, state);
    let zone = ui.available_rect_before_wrap().shrink(theme::GAP_HUGE);
    dashed(ui, zone);
    let sentence = if state.drops_arrive { texts.t("ingest-drop-sentence") } else { texts.t("ingest-drop-none") };
    let heading = if state.drops_arrive { texts.t("ingest-drop-title") } else { texts.t("ingest-drop-none-title") };
    let mut zone_ui = ui.new_child(egui::UiBuilder::new().max_rect(zone.shrink(theme::GAP_LARGE)));
    let mut action = None;
    widgets::empty(&mut zone_ui, icons::UPLOAD, &heading, &sentence, |ui| {
        widgets::centered(ui, "welcome-ways", |ui| {
            if primary(ui, Some(icons::FILE), &texts.t("ingest-choose-files")).clicked() {
                action = Some(Action::ChooseFiles);
            }
            if secondary(ui, Some(icons::FOLDER), &texts.t("ingest-choose-folder")).clicked() {
                action = Some(Action::ChooseFolder);
            }
            if secondary(ui, Some(icons::LINK), &texts.t("ingest-paste-path")).clicked() {
                state.ingest.pasting.get_or_insert_default();
            }
            if secondary(ui, Some(icons::SPARKLES), &texts.t("ingest-try-sample")).clicked() {
                action = Some(Action::TrySample);
            }
        });
        paste_field(ui, state, texts);
        ui.add_space(theme::GAP);
        widgets::caption(ui, texts.t("ingest-drop-kinds"));
    });
    ui.advance_cursor_after_rect(zone);
    if let Some(action) = action {
        state.act(action);
    }
}

/// The field for a path, while it is open.
pub(super) fn paste_field(ui: &mut Ui, state: &mut State, texts: &Texts) {
    let Some(path) = &mut state.ingest.pasting else { return };
    let (mut read, mut close) = (false, false);
    let hint = texts.t("ingest-path");
    ui.add_space(theme::GAP_SMALL);
    widgets::centered(ui, "paste-path", |ui| {
        let field = ui.add(TextEdit::singleline(path).hint_text(&hint).desired_width(380.0));
        let enabled = ui.is_enabled();
        field.widget_info(|| WidgetInfo::labeled(egui::Role::TextInput, enabled, &hint));
        if path.is_empty() && !field.has_focus() && !field.lost_focus() {
            field.request_focus();
        }
        read |= field.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
        close |= field.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Escape));
        let ready = !path.trim().is_empty();
        read |= ui.add_enabled_ui(ready, |ui| secondary(ui, None, &texts.t("ingest-read-path"))).inner.clicked();
        close |= quiet(ui, None, &texts.t("shell-cancel")).clicked();
    });
    if read {
        state.ingest.paste(&mut state.outbox);
    } else if close {
        state.ingest.pasting = None;
    }
}

/// A text that is pasted while no field has the focus is taken for paths.
pub(super) fn take_pasted(ui: &Ui, state: &mut State) {
    if ui.ctx().text_edit_focused() || state.ingest.pasting.is_some() {
        return;
    }
    let pasted = ui
        .input(|input| input.events.iter().find_map(|event| if let egui::Event::Paste(text) = event { Some(text.clone()) } else { None }));
    if let Some(text) = pasted.filter(|text| !text.trim().is_empty()) {
        state.ingest.pasting = Some(text);
        state.ingest.paste(&mut state.outbox);
    }
}

/// The outline of the drop area.
fn dashed(ui: &Ui, rect: egui::Rect) {
    let tokens = theme::tokens(ui);
    let stroke = Stroke::new(1.0, tokens.border);
    let corners =
        [rect.left_top(), rect.right_top(), rect.right_bottom(), rect.left_bottom(), rect.left_top(), pos2(rect.left() + 1.0, rect.top())];
    ui.painter().extend(Shape::dashed_line(&corners, stroke, 6.0, 5.0));
}

/// The ways to bring more files, as a menu of the header.
pub(super) fn add_menu(ui: &mut Ui, state: &mut State, texts: &Texts) {
    let button = quiet(ui, Some(icons::PLUS), &texts.t("ingest-add-files"));
    let mut action = None;
    egui::Popup::menu(&button).show(|ui| {
        if quiet(ui, Some(icons::FILE), &texts.t("ingest-choose-files")).clicked() {
            action = Some(Action::ChooseFiles);
        }
        if quiet(ui, Some(icons::FOLDER), &texts.t("ingest-choose-folder")).clicked() {
            action = Some(Action::ChooseFolder);
        }
        if quiet(ui, Some(icons::LINK), &texts.t("ingest-paste-path")).clicked() {
            state.ingest.pasting.get_or_insert_default();
            ui.close();
        }
        if state.drops_arrive {
            let weak = theme::tokens(ui).weak;
            ui.label(RichText::new(texts.t("ingest-or-drop")).text_style(theme::caption()).color(weak));
        }
        if action.is_some() {
            ui.close();
        }
    });
    if let Some(action) = action {
        state.act(action);
    }
}
