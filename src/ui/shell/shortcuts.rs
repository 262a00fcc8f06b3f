//! Keys: every shortcut does an action of the one list, and a window shows them all.

use egui::{Key, KeyboardShortcut, Modal, Modifiers, RichText, Ui, vec2};

use super::super::{theme, widgets};
use crate::state::{Action, State, Tab};
use crate::text::Texts;

/// The keys of an action, as egui knows them. `Action::shortcut` has the same keys in words.
fn table() -> Vec<(KeyboardShortcut, Action)> {
    let ctrl = |key| KeyboardShortcut::new(Modifiers::COMMAND, key);
    let plain = |key| KeyboardShortcut::new(Modifiers::NONE, key);
    vec![
        // The longer combination first: egui lets Ctrl+Enter match Ctrl+Shift+Enter as well.
        (KeyboardShortcut::new(Modifiers::COMMAND | Modifiers::SHIFT, Key::Enter), Action::StopQuery),
        (ctrl(Key::Enter), Action::Run),
        (ctrl(Key::K), Action::Palette),
        (ctrl(Key::Num1), Action::Open(Tab::Ingest)),
        (ctrl(Key::Num2), Action::Open(Tab::Catalog)),
        (ctrl(Key::Num3), Action::Open(Tab::Query)),
        (ctrl(Key::Num4), Action::Open(Tab::Bias)),
        (ctrl(Key::O), Action::ChooseFiles),
        (ctrl(Key::T), Action::NewEditor),
        (ctrl(Key::W), Action::CloseEditor),
        (plain(Key::F5), Action::Refresh),
        (ctrl(Key::Plus), Action::ZoomIn),
        (ctrl(Key::Equals), Action::ZoomIn),
        (ctrl(Key::Minus), Action::ZoomOut),
        (ctrl(Key::Num0), Action::ZoomReset),
        (ctrl(Key::J), Action::Jobs),
        (ctrl(Key::Comma), Action::Settings),
        (plain(Key::F1), Action::Shortcuts),
    ]
}

/// Takes the keys before any field sees them: Ctrl+Enter must run, not break the line.
pub(super) fn take(ui: &mut Ui, state: &mut State) {
    let modal = state.settings_open || state.shortcuts_open;
    for (keys, action) in table() {
        let pressed = ui.input_mut(|input| input.consume_shortcut(&keys));
        if pressed && !modal {
            state.act(action);
        }
    }
}

/// The list of shortcuts.
pub(super) fn list(ui: &mut Ui, state: &mut State, texts: &Texts) {
    if !state.shortcuts_open {
        return;
    }
    let response = Modal::new(egui::Id::unique("shortcuts")).show(ui.ctx(), |ui| {
        ui.set_width(420.0);
        widgets::title(ui, texts.t("action-shortcuts"));
        egui::Grid::new("shortcuts").num_columns(2).spacing(vec2(theme::GAP_HUGE, theme::GAP_SMALL)).show(ui, |ui| {
            for action in std::iter::once(Action::Palette).chain(Action::fixed()) {
                if let Some(keys) = action.shortcut() {
                    ui.label(texts.t(action.label_id()));
                    ui.label(RichText::new(keys).monospace());
                    ui.end_row();
                }
            }
        });
    });
    if response.should_close() {
        state.shortcuts_open = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_a_shortcut_are_its_keys() {
        for (keys, action) in table() {
            if keys.logical_key == Key::Equals {
                continue;
            }
            let said = action.shortcut().unwrap();
            let key = said.rsplit_once('+').filter(|(_, key)| !key.is_empty()).map_or(said, |(_, key)| key);
            let key = if said.ends_with("++") { "Plus" } else { key };
            let name = match keys.logical_key {
                Key::Comma => ",",
                Key::Minus => "-",
                other => other.name(),
            };
            assert_eq!(key, name, "{said}");
            assert_eq!(said.contains("Ctrl"), keys.modifiers.command, "{said}");
            assert_eq!(said.contains("Shift"), keys.modifiers.shift, "{said}");
        }
    }
}
