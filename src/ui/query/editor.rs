//! The editor: numbered lines, SQL in colours, suggestions at the cursor, and a mark where the last error is.

use std::ops::Range;

use egui::text::{CCursor, CCursorRange};
use egui::{Align2, Frame, Id, Key, Margin, Modifiers, ScrollArea, Sense, TextBuffer, TextEdit, Ui, vec2};

use super::{highlight, suggestions, theme};
use crate::state::State;
use crate::text::Texts;

pub(super) fn show(ui: &mut Ui, state: &mut State, texts: &Texts) {
    let now = ui.input(|input| input.time);
    let focus = std::mem::take(&mut state.query.focus_editor);
    let mut completion = std::mem::take(&mut state.query.completion);
    let editor = state.query.editor_mut();
    let id = Id::unique(("sql-editor", editor.id));
    let focused = ui.memory(|memory| memory.has_focus(id));
    let accepted = if focused { suggestions::keys(ui, &mut completion) } else { None };
    let asked = focused && ui.input_mut(|input| input.consume_key(Modifiers::CTRL, Key::Space));
    if let Some(cursor) = accepted.and_then(|index| completion.accept(index, &mut editor.text)) {
        put_cursor(ui, id, &editor.text, cursor);
        editor.touched(now);
    }

    let error = editor.error_place();
    let marked = error.map(|(at, _)| highlight::word_at(&editor.text, at));
    let lines = editor.text.bytes().filter(|byte| *byte == b'\n').count() + 1;
    let gutter = 12.0 + 8.0 * lines.to_string().len().max(2) as f32;
    let mut layouter = |ui: &Ui, text: &dyn TextBuffer, wrap: f32| {
        let mut job = highlight::job(ui, id.with("highlight"), text.as_str(), marked.as_ref());
        job.wrap.max_width = wrap;
        ui.fonts_mut(|fonts| fonts.layout_job(job))
    };
    let height = ui.available_height();
    let inner = ScrollArea::vertical().id_salt(id).auto_shrink([false, false]).show(ui, |ui| {
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = 0.0;
            let (numbers, _) = ui.allocate_exact_size(vec2(gutter, 1.0), Sense::hover());
            let output = TextEdit::multiline(&mut editor.text)
                .id(id)
                .code_editor()
                .frame(Frame::NONE.inner_margin(Margin::symmetric(10, 8)))
                .desired_width(f32::INFINITY)
                .min_size(vec2(0.0, height))
                .hint_text(texts.t("query-editor-hint"))
                .layouter(&mut layouter)
                .show(ui);
            let tokens = theme::tokens(ui);
            let small = theme::caption().resolve(ui.style());
            let (mut number, mut begins) = (0, true);
            for row in &output.galley.rows {
                if begins {
                    number += 1;
                    let failed = error.is_some_and(|(_, place)| place.line == number);
                    let ink = if failed { tokens.failed } else { tokens.weak };
                    let middle = output.galley_pos.y + row.rect().center().y;
                    ui.painter().text(egui::pos2(numbers.right(), middle), Align2::RIGHT_CENTER, number, small.clone(), ink);
                    if failed {
                        ui.painter().circle_filled(egui::pos2(numbers.left() + 6.0, middle), 3.0, tokens.failed);
                    }
                }
                begins = row.ends_with_newline;
            }
            output
        })
        .inner
    });
    let output = inner.inner;
    let response = &output.response;
    ui.ctx().accesskit_node_builder(id, |node| node.set_label(texts.t("query-editor")));
    if focus {
        ui.memory_mut(|memory| memory.request_focus(id));
    }
    let mut changed = accepted.is_some();
    if let Some(range) = output.cursor_range {
        let chars = range.as_sorted_char_range();
        let bytes = byte_range(&editor.text, chars.start.0, chars.end.0);
        editor.selection = (!bytes.is_empty()).then_some(bytes);
        let cursor = byte_at(&editor.text, range.primary.index.0);
        if cursor != editor.cursor && accepted.is_none() {
            changed |= !response.changed();
            editor.cursor = cursor;
        }
    }
    let (text_changed, cursor) = (response.changed(), editor.cursor);
    if text_changed || changed {
        editor.touched(now);
    }
    let corner = output.cursor_range.map(|range| output.galley.pos_from_cursor(range.primary).left_bottom() + output.galley_pos.to_vec2());
    if text_changed || asked {
        let (text, database) = (editor.text.clone(), editor.database.clone());
        let names = state.query.names.names(database.as_deref());
        if asked {
            completion.offer(&text, cursor, names);
        } else {
            completion.typed(&text, cursor, names);
        }
    } else if completion.open() && (completion.cursor() != cursor || !focused) {
        completion.close();
    }
    if completion.open()
        && let Some(corner) = corner
        && let Some(index) = suggestions::list(ui, id, corner + vec2(0.0, 4.0), &completion, texts)
    {
        let editor = state.query.editor_mut();
        if let Some(cursor) = completion.accept(index, &mut editor.text) {
            put_cursor(ui, id, &editor.text, cursor);
            editor.touched(now);
        }
        ui.memory_mut(|memory| memory.request_focus(id));
    }
    state.query.completion = completion;
}

fn byte_at(text: &str, chars: usize) -> usize {
    text.char_indices().nth(chars).map_or(text.len(), |(at, _)| at)
}

fn byte_range(text: &str, start: usize, end: usize) -> Range<usize> {
    byte_at(text, start)..byte_at(text, end)
}

/// Puts the editor's cursor at a place in bytes.
fn put_cursor(ui: &Ui, id: Id, text: &str, at: usize) {
    let chars = text.get(..at).map_or(0, |before| before.chars().count());
    if let Some(mut kept) = TextEdit::load_state(ui.ctx(), id) {
        kept.cursor.set_char_range(Some(CCursorRange::one(CCursor::new(chars))));
        kept.store(ui.ctx(), id);
    }
}
