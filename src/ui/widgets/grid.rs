//! The grid of a large result: draws one screen of rows, however many there are, and reaches every one of them.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use egui::text::{LayoutJob, TextWrapping};
use egui::{
    Align2, Color32, CursorIcon, Event, EventFilter, FontId, Galley, Id, Key, Modifiers, Rect, Response, Role, Sense, Stroke, TextStyle,
    Ui, Vec2, WidgetInfo, pos2, vec2,
};

use super::super::theme;
use super::scrollbar::{self, scrollbar};
use crate::model::ResultColumn;
use crate::state::query::grid::{Cell, GridView, Selection};
use crate::text::Texts;

/// Height of the header.
const HEADER: f32 = 30.0;
/// Room at both sides of a cell's text.
const PAD: f32 = 8.0;
/// The narrowest column.
const NARROWEST: f32 = 40.0;
/// The widest column before anyone has changed it.
const WIDEST: f32 = 340.0;
/// So much of a text is laid out in a cell; the rest would not be seen.
const SEEN: usize = 300;

/// A grid to be shown.
pub struct Grid<'a, 'v> {
    /// Tells it from other grids.
    pub salt: &'a str,
    /// What it shows, for screen readers.
    pub name: &'a str,
    /// The columns.
    pub columns: &'a [ResultColumn],
    /// How many rows there are.
    pub rows: u64,
    /// A row by its number, if it is at hand.
    pub row: &'a dyn Fn(u64) -> Option<&'a [Option<String>]>,
    /// What is seen of it.
    pub view: &'v mut GridView,
    /// Whether a click on a header orders the rows.
    pub sortable: bool,
}

/// What was done in a grid, and what it needs.
#[derive(Debug, Default)]
pub struct GridOutput {
    /// The rows on screen, and a few around them.
    pub visible: Range<u64>,
    /// The column whose header was clicked.
    pub sorted: Option<usize>,
    /// The chosen cells are to be copied; with headers or without.
    pub copy: Option<bool>,
    /// A cell that is to be read in full.
    pub open: Option<Cell>,
}

/// Where things are.
struct Places {
    gutter: f32,
    header: Rect,
    body: Rect,
    /// Rows that fit, fraction included.
    page: f64,
    most: f64,
    width: f32,
}

impl Grid<'_, '_> {
    /// Shows the grid in all the space there is.
    pub fn show(mut self, ui: &mut Ui, texts: &Texts) -> GridOutput {
        let id = ui.make_persistent_id(self.salt);
        let (rect, _) = ui.allocate_exact_size(ui.available_size().max(Vec2::splat(80.0)), Sense::hover());
        let mut output = GridOutput::default();
        self.fit_widths(ui, rect.width() - 90.0);
        let places = self.places(ui, rect);
        let response = ui.interact(places.body, id, Sense::click_and_drag());
        let enabled = ui.is_enabled();
        response.widget_info(|| WidgetInfo::labeled(Role::Grid, enabled, self.name));
        ui.ctx().accesskit_node_builder(id, |node| {
            node.set_row_count(usize::try_from(self.rows).unwrap_or(usize::MAX));
            node.set_column_count(self.columns.len());
        });

        self.wheel(ui, rect, &places);
        self.keys(ui, &response, &places, &mut output);
        self.pointer(ui, &response, &places, &mut output);
        self.bars(ui, id, rect, &places, texts);
        self.view.top = self.view.top.clamp(0.0, places.most);
        self.view.left = self.view.left.clamp(0.0, (places.width - places.body.width() + places.gutter).max(0.0));

        output.visible = self.visible(&places);
        // A number that is cut would be another number: its column grows.
        for (at, width) in self.paint_body(ui, &response, &places) {
            if let Some(kept) = self.view.widths.get_mut(at) {
                *kept = kept.max(width);
                ui.ctx().request_repaint();
            }
        }
        self.paint_header(ui, id, &places, &mut output, texts);
        response.context_menu(|ui| {
            if self.view.selection.is_none() {
                self.view.selection = Some(Selection::one(Cell::default()));
            }
            if ui.button(texts.t("query-grid-copy")).clicked() {
                output.copy = Some(false);
                ui.close();
            }
            if ui.button(texts.t("query-grid-copy-headers")).clicked() {
                output.copy = Some(true);
                ui.close();
            }
        });
        output
    }

    /// First widths: what the names and the first rows need; room that is left goes to columns with long texts.
    fn fit_widths(&mut self, ui: &Ui, room: f32) {
        if self.view.widths.len() == self.columns.len() {
            return;
        }
        let ideal: Vec<f32> = (0..self.columns.len()).map(|at| self.ideal_width(ui, at)).collect();
        let cut = ideal.iter().filter(|width| **width > WIDEST).count().max(1) as f32;
        let more = ((room - ideal.iter().map(|width| width.min(WIDEST)).sum::<f32>()) / cut).max(0.0);
        self.view.widths = ideal.into_iter().map(|width| width.min(WIDEST + more)).collect();
    }

    /// The width that shows a column's name and the rows at hand on screen.
    fn ideal_width(&self, ui: &Ui, at: usize) -> f32 {
        let width =
            |text: &str, font: FontId| single_line(ui, shortened(text).into_owned(), font, Color32::PLACEHOLDER, f32::INFINITY).size().x;
        let name = self.columns.get(at).map_or("", |column| &column.name);
        // The arrow of an ordered column has its place beside the name.
        let mut widest = width(name, theme::strong().resolve(ui.style())) + 18.0;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a row number")]
        let first = self.view.top as u64;
        for number in (first..first + 50).chain(0..50).filter(|number| *number < self.rows) {
            if let Some(text) = (self.row)(number).and_then(|row| row.get(at)).and_then(Option::as_deref) {
                widest = widest.max(width(text, mono(ui)));
            }
        }
        (widest + 2.0 * PAD + 2.0).ceil().max(NARROWEST)
    }

    fn places(&self, ui: &Ui, rect: Rect) -> Places {
        let digits = self.rows.max(1).ilog10() as usize + 1;
        let digit = single_line(ui, "0".to_owned(), caption(ui), Color32::PLACEHOLDER, f32::INFINITY).size().x;
        let gutter = digit * (digits + digits / 3) as f32 + 2.0 * PAD;
        let width: f32 = self.view.widths.iter().sum();
        let wide = width + gutter > rect.width() - scrollbar::WIDTH;
        let bottom = rect.bottom() - if wide { scrollbar::WIDTH } else { 0.0 };
        let right = rect.right() - scrollbar::WIDTH;
        let header = Rect::from_min_max(rect.min, pos2(right, rect.top() + HEADER));
        let body = Rect::from_min_max(pos2(rect.left(), header.bottom()), pos2(right, bottom.max(header.bottom())));
        let page = f64::from(body.height() / theme::ROW);
        // At the end the last row stands clear of the lower edge.
        Places { gutter, header, body, page, most: (self.rows as f64 - page).max(0.0).ceil(), width }
    }

    fn wheel(&mut self, ui: &Ui, rect: Rect, places: &Places) {
        if !ui.rect_contains_pointer(rect) {
            return;
        }
        let delta = ui.input_mut(|input| std::mem::take(&mut input.smooth_scroll_delta));
        self.view.top = (self.view.top - f64::from(delta.y / theme::ROW)).clamp(0.0, places.most);
        self.view.left -= delta.x;
    }

    fn bars(&mut self, ui: &Ui, id: Id, rect: Rect, places: &Places, texts: &Texts) {
        if places.most > 0.0 {
            let bar = Rect::from_min_max(pos2(places.body.right(), places.body.top()), pos2(rect.right(), places.body.bottom()));
            let name = texts.t("query-grid-rows");
            self.view.top = scrollbar(ui, id.with("vertical"), bar, &name, self.view.top, places.page, self.rows as f64);
        }
        if places.body.bottom() < rect.bottom() {
            let bar = Rect::from_min_max(
                pos2(places.body.left() + places.gutter, places.body.bottom()),
                pos2(places.body.right(), rect.bottom()),
            );
            let name = texts.t("query-grid-columns");
            let page = f64::from(places.body.width() - places.gutter);
            let left = scrollbar(ui, id.with("horizontal"), bar, &name, f64::from(self.view.left), page, f64::from(places.width));
            #[expect(clippy::cast_possible_truncation, reason = "points of the columns' widths")]
            {
                self.view.left = left as f32;
            }
        }
    }

    fn visible(&self, places: &Places) -> Range<u64> {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "not negative, and far below 2⁵³")]
        let (first, count) = (self.view.top as u64, places.page.ceil() as u64 + 1);
        first..(first + count).min(self.rows)
    }

    fn cell_at(&self, places: &Places, pos: egui::Pos2) -> Option<Cell> {
        let down = f64::from((pos.y - places.body.top()) / theme::ROW) + self.view.top;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "not negative, and far below 2⁵³")]
        let row = (down.max(0.0) as u64).min(self.rows.checked_sub(1)?);
        let mut x = places.body.left() + places.gutter - self.view.left;
        for (column, width) in self.view.widths.iter().enumerate() {
            x += width;
            if pos.x < x {
                return Some(Cell { row, column });
            }
        }
        Some(Cell { row, column: self.columns.len().checked_sub(1)? })
    }

    fn pointer(&mut self, ui: &Ui, response: &Response, places: &Places, output: &mut GridOutput) {
        let Some(pos) = response.interact_pointer_pos() else { return };
        let Some(cell) = self.cell_at(places, pos) else { return };
        let last = self.columns.len().saturating_sub(1);
        let (shift, pressed) = ui.input(|input| (input.modifiers.shift, input.pointer.primary_pressed()));
        if pressed {
            response.request_focus();
            let whole_row = pos.x < places.body.left() + places.gutter;
            self.view.selection = Some(match self.view.selection {
                Some(selection) if shift => Selection { anchor: selection.anchor, cursor: cell },
                _ if whole_row => Selection { anchor: Cell { row: cell.row, column: 0 }, cursor: Cell { row: cell.row, column: last } },
                _ => Selection::one(cell),
            });
        } else if response.dragged()
            && let Some(selection) = &mut self.view.selection
        {
            selection.cursor.row = cell.row;
            if selection.columns() != (0..=last) {
                selection.cursor.column = cell.column;
            }
            // Dragging beyond the edge brings more rows in.
            if pos.y > places.body.bottom() {
                self.view.top += 0.5;
            } else if pos.y < places.body.top() {
                self.view.top -= 0.5;
            }
        } else if response.secondary_clicked() && !self.view.selection.is_some_and(|selection| selection.contains(cell)) {
            self.view.selection = Some(Selection::one(cell));
        }
        if response.double_clicked() {
            output.open = Some(cell);
        }
    }

    fn keys(&mut self, ui: &Ui, response: &Response, places: &Places, output: &mut GridOutput) {
        if !response.has_focus() || self.rows == 0 || self.columns.is_empty() {
            return;
        }
        let filter = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
        let (last_row, last_column) = (self.rows - 1, self.columns.len() - 1);
        let selection = self.view.selection.unwrap_or(Selection::one(Cell::default()));
        let Cell { row, column } = selection.cursor;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "rows on a screen")]
        let page = (places.page.floor() as u64).max(2) - 1;
        let moves = [
            (Key::ArrowUp, Cell { row: row.saturating_sub(1), column }, Cell { row: 0, column }),
            (Key::ArrowDown, Cell { row: (row + 1).min(last_row), column }, Cell { row: last_row, column }),
            (Key::ArrowLeft, Cell { row, column: column.saturating_sub(1) }, Cell { row, column: 0 }),
            (Key::ArrowRight, Cell { row, column: (column + 1).min(last_column) }, Cell { row, column: last_column }),
            (Key::PageUp, Cell { row: row.saturating_sub(page), column }, Cell { row: 0, column }),
            (Key::PageDown, Cell { row: (row + page).min(last_row), column }, Cell { row: last_row, column }),
            (Key::Home, Cell { row, column: 0 }, Cell { row: 0, column: 0 }),
            (Key::End, Cell { row, column: last_column }, Cell { row: last_row, column: last_column }),
        ];
        let mut moved = None;
        for (key, plain, far) in moves {
            for (modifiers, cell) in [(Modifiers::COMMAND, far), (Modifiers::NONE, plain)] {
                for extend in [true, false] {
                    let with = if extend { modifiers | Modifiers::SHIFT } else { modifiers };
                    if ui.input_mut(|input| input.consume_key(with, key)) {
                        let anchor = if extend { selection.anchor } else { cell };
                        moved = Some(Selection { anchor, cursor: cell });
                    }
                }
            }
        }
        if ui.input_mut(|input| input.consume_key(Modifiers::COMMAND, Key::A)) {
            let all = Selection { anchor: Cell::default(), cursor: Cell { row: last_row, column: last_column } };
            self.view.selection = Some(all);
        }
        if let Some(selection) = moved {
            self.view.selection = Some(selection);
            self.reveal(selection.cursor, places);
        }
        if ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Enter)) {
            output.open = Some(selection.cursor);
        }
        let copied = ui.input(|input| input.events.iter().any(|event| matches!(event, Event::Copy)).then_some(input.modifiers.shift));
        if copied.is_some() && self.view.selection.is_some() {
            output.copy = copied;
        }
    }

    /// Scrolls as little as is needed to see a cell.
    fn reveal(&mut self, cell: Cell, places: &Places) {
        let row = cell.row as f64;
        self.view.top = self.view.top.min(row).max((row + 1.0 - places.page).max(0.0));
        let before: f32 = self.view.widths.iter().take(cell.column).sum();
        let width = self.view.widths.get(cell.column).copied().unwrap_or_default();
        let room = places.body.width() - places.gutter;
        self.view.left = self.view.left.max(before + width - room).min(before);
    }

    /// Draws the rows on screen; gives the columns of numbers that need to be wider.
    fn paint_body(&self, ui: &mut Ui, response: &Response, places: &Places) -> Vec<(usize, f32)> {
        let mut narrow = Vec::new();
        let tokens = theme::tokens(ui);
        let painter = ui.painter_at(places.body);
        let cells = Rect::from_min_max(pos2(places.body.left() + places.gutter, places.body.top()), places.body.max);
        let cell_painter = ui.painter_at(cells);
        let hovered = response.hover_pos().filter(|pos| places.body.contains(*pos)).and_then(|pos| self.cell_at(places, pos));
        let (font, small) = (mono(ui), caption(ui));
        for number in self.visible(places) {
            #[expect(clippy::cast_possible_truncation, reason = "a place within one screen")]
            let top = places.body.top() + ((number as f64 - self.view.top) * f64::from(theme::ROW)) as f32;
            let strip = Rect::from_min_size(pos2(places.body.left(), top), vec2(places.body.width(), theme::ROW));
            if hovered.is_some_and(|cell| cell.row == number) {
                painter.rect_filled(strip, 0.0, tokens.hover);
            }
            let label = crate::text::count(i64::try_from(number + 1).unwrap_or(i64::MAX));
            painter.text(pos2(cells.left() - PAD, strip.center().y), Align2::RIGHT_CENTER, label, small.clone(), tokens.weak);
            let row = (self.row)(number);
            let mut left = cells.left() - self.view.left;
            for (at, (column, width)) in self.columns.iter().zip(&self.view.widths).enumerate() {
                let place = Rect::from_min_size(pos2(left, top), vec2(*width, theme::ROW));
                left += width;
                if place.right() < cells.left() || place.left() > cells.right() {
                    continue;
                }
                let chosen = self.view.selection.is_some_and(|selection| selection.contains(Cell { row: number, column: at }));
                if chosen {
                    cell_painter.rect_filled(place, 0.0, tokens.chosen);
                }
                let (text, ink): (Cow<'_, str>, Color32) = match row.map(|row| row.get(at).and_then(Option::as_deref)) {
                    None => ("…".into(), tokens.weak),
                    Some(None) => ("∅".into(), tokens.weak),
                    Some(Some(text)) => (shortened(text), tokens.text),
                };
                let galley = single_line(ui, text.clone().into_owned(), font.clone(), ink, width - 2.0 * PAD);
                let x = if column.is_number() { place.right() - PAD - galley.size().x } else { place.left() + PAD };
                let elided = galley.elided;
                if elided && column.is_number() && !self.view.fixed.contains(&at) {
                    let whole = single_line(ui, text.clone().into_owned(), font.clone(), ink, f32::INFINITY);
                    narrow.push((at, (whole.size().x + 2.0 * PAD + 2.0).ceil()));
                }
                cell_painter.galley(pos2(x, place.center().y - galley.size().y / 2.0), galley, ink);
                let cell = ui.interact(place.intersect(cells), response.id.with((number, at)), Sense::hover());
                cell.widget_info(|| WidgetInfo::labeled(Role::Cell, true, &text));
                ui.ctx().accesskit_node_builder(cell.id, |node| {
                    node.set_row_index(usize::try_from(number).unwrap_or(usize::MAX));
                    node.set_column_index(at);
                    node.set_selected(chosen);
                });
                if elided && !response.dragged() {
                    let full = row.and_then(|row| row.get(at)).and_then(Option::as_deref).unwrap_or_default();
                    cell.on_hover_ui(|ui| {
                        let some: String = full.chars().take(1_500).collect();
                        ui.label(some);
                    });
                }
            }
            if let Some(cursor) =
                self.view.selection.map(|selection| selection.cursor).filter(|cursor| cursor.row == number && response.has_focus())
            {
                let before: f32 = self.view.widths.iter().take(cursor.column).sum();
                let width = self.view.widths.get(cursor.column).copied().unwrap_or_default();
                let place = Rect::from_min_size(pos2(cells.left() - self.view.left + before, top), vec2(width, theme::ROW));
                cell_painter.rect_stroke(place.shrink(0.5), 2.0, Stroke::new(1.0, tokens.accent), egui::StrokeKind::Inside);
            }
        }
        narrow
    }

    fn paint_header(&mut self, ui: &mut Ui, id: Id, places: &Places, output: &mut GridOutput, texts: &Texts) {
        let tokens = theme::tokens(ui);
        let area = Rect::from_min_max(pos2(places.header.left() + places.gutter, places.header.top()), places.header.max);
        ui.painter().hline(places.header.x_range(), places.header.bottom() - 0.5, Stroke::new(1.0, tokens.hairline));
        let painter = ui.painter_at(area);
        let mut left = area.left() - self.view.left;
        let mut resized = None;
        for (at, (column, width)) in self.columns.iter().zip(&self.view.widths).enumerate() {
            let place = Rect::from_min_size(pos2(left, area.top()), vec2(*width, HEADER));
            left += width;
            if place.right() < area.left() || place.left() > area.right() {
                continue;
            }
            let sense = if self.sortable { Sense::click() } else { Sense::hover() };
            let header = ui.interact(place.intersect(area), id.with(("header", at)), sense);
            let order = self.view.sort.filter(|(sorted, _)| *sorted == at);
            header.widget_info(|| WidgetInfo::labeled(Role::ColumnHeader, true, &column.name));
            if header.hovered() || header.has_focus() {
                painter.rect_filled(place, 0.0, tokens.hover);
            }
            let arrow = order.map(|(_, down)| if down { "↓" } else { "↑" });
            let room = width - 2.0 * PAD - if arrow.is_some() { 14.0 } else { 0.0 };
            let galley = single_line(ui, shortened(&column.name).into_owned(), theme::strong().resolve(ui.style()), tokens.text, room);
            let x = if column.is_number() { place.right() - PAD - galley.size().x } else { place.left() + PAD };
            let beside = if column.is_number() { x - 14.0 } else { x + galley.size().x + 4.0 };
            painter.galley(pos2(x, place.center().y - galley.size().y / 2.0), galley, tokens.text);
            if let Some(arrow) = arrow {
                painter.text(
                    pos2(beside, place.center().y),
                    Align2::LEFT_CENTER,
                    arrow,
                    theme::strong().resolve(ui.style()),
                    tokens.accent,
                );
            }
            if header.clicked() {
                output.sorted = Some(at);
            }
            header.on_hover_ui(|ui| {
                ui.label(&column.name);
                super::caption(ui, &column.type_name);
                if self.sortable {
                    super::caption(ui, texts.t("query-grid-sort-hint"));
                }
            });
            let edge = Rect::from_center_size(pos2(place.right(), place.center().y), vec2(8.0, HEADER));
            let handle = ui.interact(
                edge.intersect(area.expand2(vec2(4.0, 0.0))),
                id.with(("edge", at)),
                Sense::click_and_drag() - Sense::FOCUSABLE,
            );
            if handle.hovered() || handle.dragged() {
                ui.ctx().set_cursor_icon(CursorIcon::ResizeColumn);
                painter.vline(place.right(), place.y_range(), Stroke::new(1.0, tokens.accent));
            } else {
                painter.vline(place.right(), place.shrink2(vec2(0.0, 8.0)).y_range(), Stroke::new(1.0, tokens.hairline));
            }
            if handle.double_clicked() {
                resized = Some((at, None));
            } else if handle.dragged() {
                resized = Some((at, Some(handle.drag_delta().x)));
            }
        }
        if let Some((at, by)) = resized {
            let new = by.map_or_else(|| self.ideal_width(ui, at), |by| self.view.widths.get(at).copied().unwrap_or_default() + by);
            if let Some(width) = self.view.widths.get_mut(at) {
                *width = new.max(NARROWEST);
                self.view.fixed.push(at);
                self.view.fixed.dedup();
            }
        }
    }
}

fn mono(ui: &Ui) -> FontId {
    TextStyle::Monospace.resolve(ui.style())
}

fn caption(ui: &Ui) -> FontId {
    theme::caption().resolve(ui.style())
}

/// One line of text, cut with an ellipsis where the room ends.
fn single_line(ui: &Ui, text: String, font: FontId, ink: Color32, room: f32) -> Arc<Galley> {
    let mut job = LayoutJob::simple_singleline(text, font, ink);
    job.wrap = TextWrapping::truncate_at_width(room.max(1.0));
    ui.fonts_mut(|fonts| fonts.layout_job(job))
}

/// What of a text can be seen in one line: its beginning, with blanks for line breaks.
fn shortened(text: &str) -> Cow<'_, str> {
    let end = text.char_indices().nth(SEEN).map_or(text.len(), |(at, _)| at);
    let seen = text.get(..end).unwrap_or(text);
    if seen.contains(char::is_control) { seen.replace(char::is_control, " ").into() } else { seen.into() }
}
