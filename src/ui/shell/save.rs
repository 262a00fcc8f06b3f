//! Where to save: a path to type or to browse for, and a question before a file is replaced.

use egui::{Key, Modal, Sides, TextEdit, Ui};

use super::super::theme;
use super::super::widgets::{self, Tone, banner, labelled, primary, secondary};
use crate::state::{Effect, State};
use crate::text::Texts;

pub(super) fn show(ui: &mut Ui, state: &mut State, texts: &Texts) {
    let Some(dialog) = &mut state.save else { return };
    let (mut save, mut browse, mut cancel) = (false, false, false);
    let response = Modal::new(egui::Id::unique("save")).show(ui.ctx(), |ui| {
        ui.set_width(520.0);
        widgets::section(ui, texts.t("shell-save"));
        let field =
            labelled(ui, &texts.t("shell-save-path"), |ui| ui.add(TextEdit::singleline(&mut dialog.path).desired_width(f32::INFINITY)));
        if field.changed() {
            dialog.exists = false;
        }
        save = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        if dialog.exists {
            banner(ui, Tone::Doubtful, &texts.t("shell-save-exists"), |_| {});
        }
        ui.add_space(theme::GAP_SMALL);
        let label = texts.t(if dialog.exists { "shell-save-replace" } else { "shell-save-save" });
        Sides::new().show(
            ui,
            |ui| browse = secondary(ui, None, &texts.t("shell-save-browse")).clicked(),
            |ui| {
                save |= primary(ui, None, &label).clicked();
                cancel = secondary(ui, None, &texts.t("shell-cancel")).clicked();
            },
        );
    });
    let replace = dialog.exists;
    if cancel || (response.should_close() && !save) {
        state.save = None;
    } else if save && replace {
        state.save_agreed();
    } else if save {
        state.outbox.effect(Effect::CheckSave);
    } else if browse {
        state.outbox.effect(Effect::BrowseSave);
    }
}
