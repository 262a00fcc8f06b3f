//! The list of suggestions below the cursor.

use egui::{Area, Frame, Id, Key, Modifiers, Order, Pos2, RichText, ScrollArea, Ui, WidgetInfo, vec2};

use super::theme;
use crate::sql::SuggestionKind;
use crate::state::query::completion::Completion;
use crate::text::Texts;

/// Takes the list's keys before the editor sees them; gives the suggestion that is accepted.
pub(super) fn keys(ui: &Ui, completion: &mut Completion) -> Option<usize> {
    if !completion.open() {
        return None;
    }
    let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    if pressed(Key::ArrowDown) {
        completion.step(true);
    }
    if pressed(Key::ArrowUp) {
        completion.step(false);
    }
    if pressed(Key::Escape) {
        completion.close();
        return None;
    }
    // Enter breaks the line unless a suggestion was gone to.
    (pressed(Key::Tab) || (completion.moved() && pressed(Key::Enter))).then_some(completion.chosen())
}

/// Draws the list at `corner`; gives the suggestion that is clicked.
pub(super) fn list(ui: &Ui, id: Id, corner: Pos2, completion: &Completion, texts: &Texts) -> Option<usize> {
    let tokens = theme::tokens(ui);
    let mut clicked = None;
    Area::new(id.with("suggestions")).order(Order::Foreground).fixed_pos(corner).constrain(true).show(ui.ctx(), |ui| {
        Frame::popup(ui.style()).show(ui, |ui| {
            ui.set_width(420.0);
            ui.spacing_mut().item_spacing.y = 0.0;
            ScrollArea::vertical().id_salt("suggestions").max_height(8.0 * theme::ROW).show(ui, |ui| {
                for (at, item) in completion.items().iter().enumerate() {
                    let chosen = at == completion.chosen();
                    let kind = RichText::new(texts.t(kind_id(item.kind))).text_style(theme::caption()).color(tokens.weak);
                    let detail = RichText::new(&item.detail).text_style(theme::caption()).color(tokens.weak);
                    let label = RichText::new(&item.label).monospace();
                    let row = egui::Button::selectable(chosen, (label, detail, egui::Atom::grow(), kind));
                    let response = ui.add(row.truncate().min_size(vec2(ui.available_width(), theme::ROW)));
                    response.widget_info(|| WidgetInfo::selected(egui::Role::ListBoxOption, true, chosen, &item.label));
                    if response.clicked() {
                        clicked = Some(at);
                    }
                    if chosen && completion.moved() {
                        response.scroll_to_me(None);
                    }
                    if !item.help.is_empty() {
                        response.on_hover_text(item.help);
                    }
                }
            });
        });
    });
    clicked
}

const fn kind_id(kind: SuggestionKind) -> &'static str {
    match kind {
        SuggestionKind::Column => "query-kind-column",
        SuggestionKind::Table => "query-kind-table",
        SuggestionKind::Database => "query-kind-database",
        SuggestionKind::Function => "query-kind-function",
        SuggestionKind::Keyword => "query-kind-keyword",
    }
}
