//! The result of the last query: rows, a chart or figures, with search, copies and exports.

use egui::{Align, CentralPanel, Frame, Key, Layout, Margin, Modal, Panel, Popup, ScrollArea, TextEdit, Ui, WidgetInfo, vec2};

use super::super::widgets::Tone;
use super::super::widgets::grid::Grid;
use super::{describe, drawing, icons, theme, widgets};
use crate::message::bias::BiasSource;
use crate::message::query::ExportFormat;
use crate::model::Message;
use crate::state::query::result::{QueryResult, ResultTab};
use crate::state::query::rows::COPY_LIMIT;
use crate::state::{Action, Outbox, State};
use crate::text::{self, Texts};

pub(super) fn show(ui: &mut Ui, state: &mut State, texts: &Texts) {
    let bar = Frame::new().inner_margin(Margin::symmetric(12, 0));
    let mut action = None;
    Panel::top("query-result-bar").exact_size(theme::TOOLBAR + 4.0).resizable(false).show_separator_line(false).frame(bar).show(ui, |ui| {
        action = toolbar(ui, state, texts);
    });
    if let Some(action) = action {
        state.act(action);
    }
    let Some(result) = &mut state.query.editor_mut().result else { return };
    let body = Frame::new().inner_margin(Margin { left: 12, right: 4, top: 0, bottom: 4 });
    CentralPanel::no_frame().frame(body).show(ui, |ui| match result.tab {
        _ if result.columns.is_empty() => {
            widgets::empty(ui, icons::CIRCLE_CHECK, &texts.t("query-done-title"), &texts.t("query-done"), |_| {});
        }
        ResultTab::Table => table(ui, result, texts, &mut state.outbox),
        ResultTab::Chart => drawing::show(ui, result, texts, &mut state.outbox),
        ResultTab::Describe => describe::show(ui, result, texts, &mut state.outbox),
    });
    reading(ui, result, texts);
}

/// The line above the result. Gives what is to be done elsewhere.
fn toolbar(ui: &mut Ui, state: &mut State, texts: &Texts) -> Option<Action> {
    let now = ui.input(|input| input.time);
    let summary = summary(state, texts);
    let name = super::tabs::name(state.query.editor(), texts);
    let dpi = state.settings.export_dpi;
    let result = state.query.editor_mut().result.as_mut()?;
    let mut action = None;
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        if result.columns.is_empty() {
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| widgets::weak(ui, summary));
            return;
        }
        let bias = widgets::secondary(ui, Some(icons::SCALE), &texts.t("query-check-bias"));
        if bias.on_hover_text(texts.t("query-check-bias-hint")).clicked() {
            action = Some(Action::MeasureSource(BiasSource::Result { execution: result.execution.clone() }));
        }
        let export = widgets::secondary(ui, Some(icons::DOWNLOAD), &texts.t("query-export"));
        Popup::menu(&export).show(|ui| {
            let stem = widgets::chart::stem(&name);
            if let (ResultTab::Chart, Some(chart)) = (result.tab, &result.drawing.chart) {
                let stem = if result.drawing.titled { widgets::chart::stem(&result.drawing.drawing.title) } else { stem.clone() };
                widgets::chart::export_entries(ui, texts, chart, &stem, dpi, &mut state.outbox);
                ui.separator();
            }
            for (format, label) in [(ExportFormat::Csv, "query-export-csv"), (ExportFormat::Json, "query-export-json")] {
                if ui.button(texts.t(label)).clicked() {
                    result.export(&stem, format, &mut state.outbox);
                    ui.close();
                }
            }
        });
        if result.tab == ResultTab::Table {
            go_to(ui, result, texts);
            find(ui, result, texts, now);
        }
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            let views = [ResultTab::Table, ResultTab::Chart, ResultTab::Describe].map(|tab| (tab, texts.t(view_id(tab))));
            if let Some(tab) = widgets::segmented(ui, result.tab, &views) {
                result.tab = tab;
            }
            ui.add_space(theme::GAP);
            ui.add(egui::Label::new(egui::RichText::new(summary).color(theme::tokens(ui).weak)).truncate());
        });
    });
    action
}

const fn view_id(tab: ResultTab) -> &'static str {
    match tab {
        ResultTab::Table => "query-view-table",
        ResultTab::Chart => "query-view-chart",
        ResultTab::Describe => "query-view-describe",
    }
}

/// "18 rows · 42 ms · 7.2 MB scanned".
fn summary(state: &State, texts: &Texts) -> String {
    let editor = state.query.editor();
    let Some(result) = &editor.result else { return String::new() };
    let mut said = Vec::new();
    if !result.columns.is_empty() {
        let (matching, total) = (result.rows.matching(), result.rows.total());
        said.push(if matching == total {
            texts.say(&Message::new("text-rows").with("rows", total))
        } else {
            texts.say(&Message::new("query-rows-matching").with("matching", matching).with("rows", total))
        });
    }
    if let Some(run) = editor.run.as_ref().filter(|run| run.execution.as_ref() == Some(&result.execution) && run.status.is_some()) {
        said.push(text::duration(run.elapsed_ms()));
        said.push(texts.say(&Message::new("query-scanned").with("size", text::bytes(run.scanned_bytes()))));
    }
    if result.paged {
        said.push(texts.t("query-paged"));
    }
    said.join(" · ")
}

fn find(ui: &mut Ui, result: &mut QueryResult, texts: &Texts, now: f64) {
    let field = ui.add(TextEdit::singleline(&mut result.find).hint_text(texts.t("query-find")).desired_width(150.0));
    let label = texts.t("query-find");
    field.widget_info(|| WidgetInfo::labeled(egui::Role::SearchInput, true, &label));
    if field.changed() {
        result.find_due = Some(now + 0.3);
    }
}

fn go_to(ui: &mut Ui, result: &mut QueryResult, texts: &Texts) {
    let field = ui.add(TextEdit::singleline(&mut result.go_to).hint_text(texts.t("query-go-to")).desired_width(90.0));
    let field = field.accessible_name(texts.t("query-go-to-hint")).on_hover_text(texts.t("query-go-to-hint"));
    if field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter)) {
        let digits: String = result.go_to.chars().filter(char::is_ascii_digit).collect();
        if let Ok(number) = digits.parse::<u64>()
            && result.rows.matching() > 0
        {
            result.view.go_to(number.clamp(1, result.rows.matching()) - 1);
            result.go_to.clear();
        }
    }
}

fn table(ui: &mut Ui, result: &mut QueryResult, texts: &Texts, outbox: &mut Outbox) {
    if let Some(failure) = result.rows.failure.clone() {
        widgets::failure_banner(ui, texts, &failure);
        if widgets::secondary(ui, Some(icons::REFRESH_CW), &texts.t("query-again")).clicked() {
            result.rows.retry();
        }
    }
    if result.copy_refused {
        let sentence = texts.say(&Message::new("query-copy-refused").with("rows", COPY_LIMIT));
        widgets::banner(ui, Tone::Doubtful, &sentence, |ui| {
            if widgets::quiet(ui, None, &texts.t("query-dismiss")).clicked() {
                result.copy_refused = false;
            }
        });
    }
    if result.rows.matching() == 0 {
        let id = if result.find.trim().is_empty() { "query-no-rows" } else { "query-no-matches" };
        widgets::empty(ui, icons::TABLE_2, &texts.t("query-no-rows-title"), &texts.t(id), |_| {});
        // The headers of a result without rows say that the statement was right.
        let names: Vec<&str> = result.columns.iter().map(|column| column.name.as_str()).collect();
        widgets::caption(ui, names.join(" · "));
        return;
    }
    let name = texts.say(&Message::new("query-grid-name").with("rows", result.rows.matching()).with("columns", result.columns.len()));
    let rows = &result.rows;
    let row = |number| rows.row(number);
    let grid = Grid {
        salt: "query-result",
        name: &name,
        columns: &result.columns,
        rows: rows.matching(),
        row: &row,
        view: &mut result.view,
        sortable: true,
    };
    let output = grid.show(ui, texts);
    result.rows.want(output.visible, outbox);
    if let Some(column) = output.sorted {
        result.sort(result.view.next_sort(column));
    }
    if let Some(headers) = output.copy {
        result.copy(headers, outbox);
    }
    if let Some(cell) = output.open {
        result.reading = Some((cell.row, cell.column));
    }
}

/// A value in full, to read and to copy.
fn reading(ui: &Ui, result: &mut QueryResult, texts: &Texts) {
    let Some((row, column)) = result.reading else { return };
    let Some(values) = result.rows.row(row) else { return };
    let value = values.get(column).and_then(Option::as_deref);
    let name = result.columns.get(column).map_or("", |column| &column.name);
    let heading = texts.say(&Message::new("query-reading").with("column", name).with("row", row + 1));
    let mut close = false;
    let response = Modal::new(egui::Id::unique("query-reading")).show(ui.ctx(), |ui| {
        ui.set_width(560.0);
        widgets::section(ui, heading);
        let mut text = value.unwrap_or("∅");
        ScrollArea::vertical().id_salt("query-reading").max_height(360.0).show(ui, |ui| {
            let field = TextEdit::multiline(&mut text).font(egui::TextStyle::Monospace).desired_width(f32::INFINITY);
            ui.add(field).accessible_name(name);
        });
        ui.horizontal(|ui| {
            if widgets::secondary(ui, Some(icons::COPY), &texts.t("query-grid-copy")).clicked() {
                ui.ctx().copy_text(value.unwrap_or_default().to_owned());
            }
            close = widgets::quiet(ui, None, &texts.t("query-close")).clicked();
            ui.allocate_space(vec2(0.0, theme::CONTROL));
        });
    });
    if close || response.should_close() {
        result.reading = None;
    }
}
