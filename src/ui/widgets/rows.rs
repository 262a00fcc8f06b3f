//! A page of rows as a grid: NULL apart from the empty text, numbers to the right, line breaks in sight, values to copy.

use egui::{Align, Label, Layout, RichText, Sense, Ui, WidgetInfo};
use egui_table::{CellInfo, Column, HeaderCellInfo, HeaderRow, Table, TableDelegate};

use super::super::theme;
use crate::model::{Page, ResultColumn};
use crate::text::{self, Texts};

/// The values looked at to find a column's first width.
const MEASURED: usize = 30;
/// The width of the column with the rows' numbers.
const NUMBER: f32 = 52.0;
/// The characters of a value that a cell can show at most.
const SHOWN: usize = 300;

/// How a grid is drawn.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    /// The height of the header.
    pub header: f32,
    /// Whether rows are numbered on the left, and from which number on.
    pub first_number: Option<u64>,
}

/// Draws the rows; `header` draws the head of the column of this number.
pub fn rows(ui: &mut Ui, id: &str, columns: &[ResultColumn], page: &Page, look: Look, texts: &Texts, header: impl FnMut(&mut Ui, usize)) {
    let numbered = usize::from(look.first_number.is_some());
    let mut widths: Vec<Column> = columns.iter().map(|_| Column::new(100.0).range(48.0..=900.0)).collect();
    if look.first_number.is_some() {
        widths.insert(0, Column::new(NUMBER).resizable(false));
    }
    let mut grid = Grid { columns, page, look, numbered, texts, header };
    Table::new()
        .id_salt(id)
        .num_rows(page.rows.len() as u64)
        .num_sticky_cols(numbered)
        .columns(widths)
        .headers([HeaderRow::new(look.header)])
        .show(ui, &mut grid);
}

/// A first width that fits the name and most of the first values.
fn width(index: usize, column: &ResultColumn, page: &Page) -> f32 {
    let values = page.rows.iter().take(MEASURED).filter_map(|row| row.get(index)?.as_deref());
    let widest = values.map(|value| value.chars().take(40).count()).max().unwrap_or(0).max(column.name.chars().count() + 2);
    (widest as f32 * 7.75 + 24.0).clamp(72.0, 320.0).round()
}

struct Grid<'a, H> {
    columns: &'a [ResultColumn],
    page: &'a Page,
    look: Look,
    numbered: usize,
    texts: &'a Texts,
    header: H,
}

impl<H> Grid<'_, H> {
    /// In the pass that finds the columns' first widths a cell only takes its room, since texts that are cut off would take none.
    fn takes_room(&self, ui: &mut Ui, column: usize) -> bool {
        let sizing = ui.is_sizing_pass();
        if sizing {
            let index = column.checked_sub(self.numbered);
            let width = index.and_then(|index| Some(width(index, self.columns.get(index)?, self.page))).unwrap_or(NUMBER);
            ui.allocate_space(egui::vec2(width, 1.0));
        }
        sizing
    }
}

impl<H: FnMut(&mut Ui, usize)> TableDelegate for Grid<'_, H> {
    fn header_cell_ui(&mut self, ui: &mut Ui, cell: &HeaderCellInfo) {
        if self.takes_room(ui, cell.col_range.start) {
            return;
        }
        let tokens = theme::tokens(ui);
        let rect = ui.max_rect();
        ui.painter().rect_filled(rect, 0.0, tokens.panel);
        ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, egui::Stroke::new(1.0, tokens.hairline));
        if let Some(index) = cell.col_range.start.checked_sub(self.numbered) {
            ui.push_id(index, |ui| {
                egui::Frame::new().inner_margin(egui::Margin::symmetric(8, 2)).show(ui, |ui| (self.header)(ui, index));
            });
        }
    }

    fn row_ui(&mut self, ui: &mut Ui, _row: u64) {
        let tokens = theme::tokens(ui);
        let rect = ui.max_rect();
        if ui.rect_contains_pointer(rect) {
            ui.painter().rect_filled(rect, 0.0, tokens.hover);
        }
        ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, egui::Stroke::new(1.0, tokens.hairline.gamma_multiply(0.6)));
    }

    fn cell_ui(&mut self, ui: &mut Ui, cell: &CellInfo) {
        if self.takes_room(ui, cell.col_nr) {
            return;
        }
        let Some(index) = cell.col_nr.checked_sub(self.numbered) else {
            let number = cell.row_nr + self.look.first_number.unwrap_or(0);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.add_space(theme::GAP);
                super::caption(ui, text::count(i64::try_from(number).unwrap_or(i64::MAX)));
            });
            return;
        };
        let row = usize::try_from(cell.row_nr).ok().and_then(|row| self.page.rows.get(row));
        let value = row.and_then(|row| row.get(index)).and_then(Option::as_deref);
        let right = self.columns.get(index).is_some_and(ResultColumn::is_number);
        let layout = if right { Layout::right_to_left(Align::Center) } else { Layout::left_to_right(Align::Center) };
        ui.with_layout(layout, |ui| {
            ui.add_space(theme::GAP);
            let response = self::value(ui, value);
            response.context_menu(|ui| {
                if ui.button(self.texts.t("text-copy-value")).clicked() {
                    ui.copy_text(value.unwrap_or_default().to_owned());
                    ui.close();
                }
                if ui.button(self.texts.t("text-copy-row")).clicked() {
                    ui.copy_text(row.map(|row| tabbed(row)).unwrap_or_default());
                    ui.close();
                }
                if ui.button(self.texts.t("text-copy-all")).clicked() {
                    let head = self.columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>().join("\t");
                    let body = self.page.rows.iter().map(|row| tabbed(row));
                    ui.copy_text(std::iter::once(head).chain(body).collect::<Vec<_>>().join("\n"));
                    ui.close();
                }
            });
        });
    }

    fn default_row_height(&self) -> f32 {
        theme::ROW
    }
}

/// A value as it is shown: NULL as a weak sign that reads "NULL", line breaks as a sign of their own, the whole of a long text on hover.
pub fn value(ui: &mut Ui, value: Option<&str>) -> egui::Response {
    let tokens = theme::tokens(ui);
    let Some(value) = value else {
        let response = ui.add(Label::new(RichText::new("∅").color(tokens.weak)).sense(Sense::click()));
        let enabled = ui.is_enabled();
        response.widget_info(|| WidgetInfo::labeled(egui::Role::Label, enabled, "NULL"));
        return response.on_hover_text("NULL");
    };
    let mut short = String::new();
    for c in value.chars().take(SHOWN) {
        match c {
            '\n' => short.push('↵'),
            '\r' => {}
            c => short.push(c),
        }
    }
    let response = ui.add(Label::new(RichText::new(short).monospace()).truncate().sense(Sense::click()));
    // The label itself shows on hover what it cuts off; a text with line breaks, or a very long one, shows as it is written.
    let whole = !value.contains('\n') && value.chars().nth(SHOWN).is_none();
    if whole { response } else { response.on_hover_ui(|ui| _ = ui.label(value.chars().take(4000).collect::<String>())) }
}

/// A row for spreadsheets: values between tabs, which with line breaks become spaces within a value.
fn tabbed(row: &[Option<String>]) -> String {
    row.iter().map(|value| value.as_deref().unwrap_or_default().replace(['\t', '\n', '\r'], " ")).collect::<Vec<_>>().join("\t")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copied_row_stays_one_row() {
        assert_eq!(tabbed(&[Some("a\r\nb".to_owned()), None, Some("c\td".to_owned())]), "a  b\t\tc d");
    }

    #[test]
    fn widths_follow_names_and_values() {
        let column = ResultColumn { name: "id".to_owned(), type_name: "bigint".to_owned() };
        let page = |value: &str| Page { start: 0, rows: vec![vec![Some(value.to_owned())]] };
        assert!(width(0, &column, &page("1")) < width(0, &column, &page("a longer value")));
        assert!(width(0, &column, &page(&"x".repeat(5000))) <= 320.0);
    }
}
