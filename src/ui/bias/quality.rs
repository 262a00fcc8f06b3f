//! The data quality page: what is worth saying about the source, the worst first, each finding with some of its rows.

use egui::{Align, CollapsingHeader, Layout, RichText, ScrollArea, Sense, Spinner, Ui, WidgetInfo, vec2};

use super::super::widgets::Tone;
use super::{icons, theme, widgets};
use crate::bias::{QualityFinding, Severity};
use crate::model::{ColumnProfile, ExampleRow, Message, TableProfile};
use crate::state::bias::quality::QualityRun;
use crate::state::{Action, Effect, State};
use crate::text::{self, Texts};

/// Columns of an example row that are shown.
const SHOWN: usize = 12;
/// Width of a column of numbers.
const NUMBER: f32 = 112.0;
/// Width of a shown cell.
const CELL: f32 = 150.0;

/// The button beside Measure.
pub(super) fn button(ui: &mut Ui, state: &mut State, texts: &Texts) {
    let ready = state.bias.columns().is_some() && state.bias.quality.job().is_none();
    let button = ui.add_enabled_ui(ready, |ui| widgets::quiet(ui, Some(icons::LIST), &texts.t("biastab-quality"))).inner;
    if button.on_hover_text(texts.t("biastab-quality-hint")).clicked() {
        state.bias.missing = state.bias.check_quality(&mut state.outbox).err();
    }
}

pub(super) fn show(ui: &mut Ui, state: &mut State, texts: &Texts) {
    let mut close = false;
    ui.horizontal(|ui| {
        ui.set_min_height(theme::TOOLBAR);
        widgets::title(ui, texts.t("biastab-quality-title"));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            close = widgets::icon_button(ui, icons::X, &texts.t("biastab-quality-close")).clicked();
            if let Some(run) = state.bias.quality.run.as_ref().filter(|run| !run.sql.is_empty())
                && widgets::quiet(ui, Some(icons::COPY), &texts.t("biastab-copy-statements")).clicked()
            {
                state.outbox.effect(Effect::Copy(run.sql.join(";\n\n")));
            }
        });
    });
    if let Some(failure) = &state.bias.quality.failure {
        widgets::failure_banner(ui, texts, failure);
    }
    if let Some(job) = state.bias.quality.job() {
        ui.horizontal(|ui| {
            ui.add(Spinner::new().size(16.0));
            widgets::weak(ui, texts.t("biastab-quality-waiting"));
            if widgets::secondary(ui, Some(icons::SQUARE), &texts.t("query-stop")).clicked() {
                state.act(Action::Cancel(job));
            }
        });
    }
    let mut unfolded = state.bias.quality.unfolded;
    if let Some(run) = &state.bias.quality.run {
        ScrollArea::vertical().id_salt("bias-quality").auto_shrink([false, false]).show(ui, |ui| {
            overview(ui, run, texts);
            findings(ui, run, &mut unfolded, texts);
            ui.add_space(theme::GAP_MEDIUM);
            columns(ui, &run.profile, texts);
        });
    }
    state.bias.quality.unfolded = unfolded;
    if close {
        state.bias.quality.shown = false;
    }
}

fn overview(ui: &mut Ui, run: &QualityRun, texts: &Texts) {
    let profile = &run.profile;
    let source = super::source::name(&run.source, texts);
    let message = Message::new("biastab-quality-about").with("source", source).with("rows", profile.rows);
    let message = message.with("columns", profile.columns.len()).with("duplicates", profile.duplicates);
    widgets::weak(ui, texts.say(&message));
    ui.add_space(theme::GAP_SMALL);
    let serious = run.findings.iter().filter(|finding| finding.severity > Severity::Pass).count();
    if serious == 0 {
        widgets::banner(ui, Tone::Good, &texts.t("biastab-quality-none"), |_| {});
    }
}

fn findings(ui: &mut Ui, run: &QualityRun, unfolded: &mut Option<usize>, texts: &Texts) {
    let names: Vec<&str> = run.profile.columns.iter().map(|column| column.name.as_str()).collect();
    for (at, finding) in run.findings.iter().enumerate() {
        ui.push_id(("finding", at), |ui| {
            if line(ui, finding, texts) {
                *unfolded = if *unfolded == Some(at) { None } else { Some(at) };
            }
            if *unfolded == Some(at) && !finding.examples.is_empty() {
                examples(ui, &names, finding, texts);
            }
        });
    }
}

fn line(ui: &mut Ui, finding: &QualityFinding, texts: &Texts) -> bool {
    let tone = match finding.severity {
        Severity::Fail => Tone::Failed,
        Severity::Warn => Tone::Doubtful,
        Severity::Pass => Tone::Info,
    };
    let (colour, icon) = tone.look(ui);
    let sentence = texts.say(&finding.sentence);
    let foldable = !finding.examples.is_empty();
    let row = ui.horizontal(|ui| {
        ui.set_min_height(theme::ROW);
        ui.add(icon.tinted(colour));
        ui.add(egui::Label::new(&sentence).wrap().selectable(!foldable));
        if foldable {
            let words = RichText::new(texts.t("biastab-quality-rows")).text_style(theme::caption());
            ui.add(egui::Label::new(words.color(theme::tokens(ui).weak)).selectable(false));
        }
    });
    if !foldable {
        return false;
    }
    let response = row.response.interact(Sense::click()).on_hover_cursor(egui::CursorIcon::PointingHand);
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Button, true, &sentence));
    response.clicked()
}

fn examples(ui: &mut Ui, names: &[&str], finding: &QualityFinding, texts: &Texts) {
    ui.indent("examples", |ui| {
        let more = finding.rows > finding.examples.len() as u64;
        let id = if more { "biastab-quality-some" } else { "biastab-quality-all" };
        widgets::caption(ui, texts.say(&Message::new(id).with("shown", finding.examples.len()).with("rows", finding.rows)));
        // The column that the finding is about comes first.
        let mut order: Vec<usize> = (0..names.len()).collect();
        order.sort_by_key(|at| names.get(*at).copied() != finding.column.as_deref());
        order.truncate(SHOWN);
        ScrollArea::horizontal().id_salt("examples").show(ui, |ui| {
            egui::Grid::new("examples").striped(false).spacing(vec2(theme::GAP_LARGE, theme::GAP_SMALL)).show(ui, |ui| {
                widgets::caption(ui, texts.t("biastab-quality-row"));
                for at in &order {
                    widgets::caption(ui, names.get(*at).copied().unwrap_or_default());
                }
                ui.end_row();
                for row in &finding.examples {
                    example(ui, row, &order);
                }
            });
        });
    });
}

fn example(ui: &mut Ui, row: &ExampleRow, order: &[usize]) {
    let number = row.number.map_or_else(String::new, |number| text::count(i64::try_from(number).unwrap_or(i64::MAX)));
    ui.label(RichText::new(number).monospace());
    for at in order {
        let cell = row.cells.get(*at).and_then(Option::as_deref);
        ui.allocate_ui(vec2(CELL, theme::ROW), |ui| {
            ui.set_max_width(CELL);
            match cell {
                Some(text) => ui.add(egui::Label::new(RichText::new(text).monospace()).truncate()),
                None => widgets::weak(ui, "∅"),
            }
        });
    }
    ui.end_row();
}

/// Every column in a table.
fn columns(ui: &mut Ui, profile: &TableProfile, texts: &Texts) {
    let heading = RichText::new(texts.t("biastab-quality-columns")).text_style(theme::section());
    CollapsingHeader::new(heading).id_salt("quality-columns").default_open(true).show_unindented(ui, |ui| {
        egui::Grid::new("quality-columns").num_columns(6).spacing(vec2(theme::GAP_LARGE, theme::GAP_SMALL)).show(ui, |ui| {
            for (head, number) in
                [("column", false), ("type", false), ("nulls", true), ("distinct", true), ("outliers", true), ("power", true)]
            {
                let words = RichText::new(texts.t(&format!("biastab-quality-{head}")));
                let words = words.text_style(theme::caption()).color(theme::tokens(ui).weak);
                let label = if number { right(ui, words) } else { ui.label(words) };
                if head == "power" {
                    label.on_hover_text(texts.t("biastab-quality-power-hint"));
                }
            }
            ui.end_row();
            for column in &profile.columns {
                one_column(ui, profile, column, texts);
            }
        });
    });
}

/// A number in its column, at the right.
fn right(ui: &mut Ui, text: impl Into<egui::WidgetText>) -> egui::Response {
    let layout = Layout::right_to_left(Align::Center);
    ui.allocate_ui_with_layout(vec2(NUMBER, theme::ROW), layout, |ui| {
        ui.set_min_width(NUMBER);
        ui.label(text)
    })
    .inner
}

fn one_column(ui: &mut Ui, profile: &TableProfile, column: &ColumnProfile, texts: &Texts) {
    let count = |rows: u64| text::count(i64::try_from(rows).unwrap_or(i64::MAX));
    ui.label(&column.name);
    widgets::weak(ui, &column.type_name);
    let share = column.nulls as f64 / profile.rows.max(1) as f64;
    right(ui, if column.nulls == 0 { "0".to_owned() } else { format!("{} · {}", count(column.nulls), text::share(share)) });
    right(ui, count(column.distinct));
    right(ui, if column.fences.is_some() { count(column.outliers) } else { "–".to_owned() });
    let power = match column.power {
        _ if profile.label.as_ref() == Some(&column.name) => texts.t("biastab-label"),
        Some(power) => format!("{:.3}", power.auc),
        None => "–".to_owned(),
    };
    right(ui, power);
    ui.end_row();
}
