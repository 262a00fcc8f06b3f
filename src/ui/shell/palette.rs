//! The command palette: type a few letters, Enter does it.

use egui::{Align, Key, Layout, Modal, RichText, ScrollArea, TextEdit, Ui, vec2};

use super::super::theme;
use crate::state::State;
use crate::state::palette::{Entry, rank};
use crate::text::Texts;

/// How many rows are shown at most; more typing narrows them.
const ROWS: usize = 60;

pub(super) fn show(ui: &mut Ui, state: &mut State, texts: &Texts) {
    if !state.palette.open {
        return;
    }
    let mut rows: Vec<(usize, String, Entry)> = state
        .palette_entries()
        .into_iter()
        .filter_map(|entry| {
            let label = texts.say(&entry.label);
            rank(&label, &state.palette.text).map(|rank| (rank, label, entry))
        })
        .collect();
    rows.sort_by_key(|(rank, _, _)| *rank);
    rows.truncate(ROWS);
    let (down, up, enter) = ui.input_mut(|input| {
        let none = egui::Modifiers::NONE;
        (input.consume_key(none, Key::ArrowDown), input.consume_key(none, Key::ArrowUp), input.consume_key(none, Key::Enter))
    });
    let chosen = &mut state.palette.chosen;
    *chosen = (*chosen + usize::from(down)).saturating_sub(usize::from(up)).min(rows.len().saturating_sub(1));
    let mut act = enter.then(|| rows.get(*chosen).map(|(_, _, entry)| entry.action.clone())).flatten();
    let response = Modal::new(egui::Id::unique("palette")).show(ui.ctx(), |ui| {
        ui.set_width(560.0);
        let hint = texts.t("shell-palette-hint");
        let field = ui.add(TextEdit::singleline(&mut state.palette.text).hint_text(&hint).desired_width(f32::INFINITY));
        field.widget_info(|| egui::WidgetInfo::labeled(egui::Role::SearchInput, true, &hint));
        field.request_focus();
        if field.changed() {
            state.palette.chosen = 0;
        }
        ScrollArea::vertical().id_salt("palette").max_height(420.0).auto_shrink([false, true]).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            if rows.is_empty() {
                super::super::widgets::weak(ui, texts.t("shell-palette-nothing"));
            }
            for (index, (_, label, entry)) in rows.iter().enumerate() {
                let is = index == state.palette.chosen;
                let response = row(ui, is, label, entry, texts);
                if is && (down || up) {
                    response.scroll_to_me(None);
                }
                if response.clicked() {
                    act = Some(entry.action.clone());
                }
            }
        });
    });
    if response.should_close() {
        state.palette.open = false;
    }
    if let Some(action) = act {
        state.palette.open = false;
        state.act(action);
    }
}

fn row(ui: &mut Ui, chosen: bool, label: &str, entry: &Entry, texts: &Texts) -> egui::Response {
    let tokens = theme::tokens(ui);
    let kind = texts.say(&entry.kind);
    let right = entry.shortcut.map_or_else(|| kind.clone(), |keys| format!("{kind}   {keys}"));
    let right = RichText::new(right).text_style(theme::caption()).color(tokens.weak);
    let response = ui
        .with_layout(Layout::top_down_justified(Align::Min), |ui| {
            ui.add(egui::Button::selectable(chosen, label).right_text(right).min_size(vec2(0.0, theme::CONTROL)))
        })
        .inner;
    response.widget_info(|| egui::WidgetInfo::selected(egui::Role::ListBoxOption, true, chosen, label));
    response
}
