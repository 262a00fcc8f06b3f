//! The result as a chart: what is drawn is chosen above it, and changes at once.

use egui::{Spinner, TextEdit, Ui};

use super::super::widgets::chart;
use super::super::widgets::picker::{Choice, picker};
use super::{icons, theme, widgets};
use crate::message::query::DrawingKind;
use crate::model::{Message, ResultColumn};
use crate::state::Outbox;
use crate::state::query::result::QueryResult;
use crate::text::Texts;

pub(super) fn show(ui: &mut Ui, result: &mut QueryResult, texts: &Texts, outbox: &mut Outbox) {
    form(ui, result, texts);
    let QueryResult { drawing, execution, columns, .. } = result;
    drawing.want(execution, columns, outbox);
    if let Some(failure) = drawing.failure.clone() {
        widgets::failure_banner(ui, texts, &failure);
        if widgets::secondary(ui, Some(icons::REFRESH_CW), &texts.t("query-again")).clicked() {
            drawing.retry();
        }
    }
    if let Some(drawn) = &drawing.chart {
        chart::show(ui, "query-chart", drawn);
    } else if drawing.waiting() {
        ui.centered_and_justified(|ui| ui.add(Spinner::new()));
    } else if !drawing.complete(columns) {
        widgets::empty(ui, icons::CHART_BAR, &texts.t("query-chart-empty-title"), &texts.t("query-chart-empty"), |_| {});
    }
}

fn form(ui: &mut Ui, result: &mut QueryResult, texts: &Texts) {
    let QueryResult { drawing, columns, .. } = result;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = theme::GAP;
        let kinds = [DrawingKind::HorizontalBar, DrawingKind::Bar, DrawingKind::Stacked, DrawingKind::Histogram];
        let options = kinds.map(|kind| (kind, texts.t(kind_id(kind))));
        if let Some(kind) = widgets::segmented(ui, drawing.drawing.kind, &options) {
            drawing.set_kind(kind, columns);
        }
        let category = if drawing.drawing.kind == DrawingKind::Histogram { "query-chart-values" } else { "query-chart-category" };
        let numbers = drawing.drawing.kind == DrawingKind::Histogram;
        if let Some(at) = column(ui, texts, category, Some(drawing.drawing.category), columns, numbers) {
            drawing.drawing.category = at;
        }
        if drawing.drawing.kind != DrawingKind::Histogram
            && let Some(at) = column(ui, texts, "query-chart-value", drawing.drawing.value, columns, true)
        {
            drawing.drawing.value = Some(at);
        }
        if drawing.drawing.kind == DrawingKind::Stacked
            && let Some(at) = column(ui, texts, "query-chart-series", drawing.drawing.series, columns, false)
        {
            drawing.drawing.series = Some(at);
        }
        if !drawing.titled {
            drawing.drawing.title =
                title(texts, columns, drawing.drawing.kind, drawing.drawing.category, drawing.drawing.value, drawing.drawing.series);
        }
        let field = ui.add(TextEdit::singleline(&mut drawing.drawing.title).hint_text(texts.t("query-chart-title")).desired_width(240.0));
        if field.accessible_name(texts.t("query-chart-title")).changed() {
            drawing.titled = !drawing.drawing.title.trim().is_empty();
        }
        if drawing.waiting() && drawing.chart.is_some() {
            ui.add(Spinner::new().size(14.0));
        }
    });
}

const fn kind_id(kind: DrawingKind) -> &'static str {
    match kind {
        DrawingKind::Bar => "query-chart-bar",
        DrawingKind::HorizontalBar => "query-chart-horizontal",
        DrawingKind::Stacked => "query-chart-stacked",
        DrawingKind::Histogram => "query-chart-histogram",
    }
}

/// A picker of a column; gives the newly chosen one.
fn column(ui: &mut Ui, texts: &Texts, label: &str, chosen: Option<usize>, columns: &[ResultColumn], numbers: bool) -> Option<usize> {
    let offered: Vec<usize> = (0..columns.len()).filter(|at| !numbers || columns.get(*at).is_some_and(ResultColumn::is_number)).collect();
    let shown = chosen.and_then(|at| columns.get(at)).map_or_else(|| texts.t("query-chart-none"), |column| column.name.clone());
    let choice = |at: &usize| columns.get(*at).map(|column| Choice { label: column.name.clone(), detail: column.type_name.clone() });
    ui.push_id(label, |ui| {
        ui.spacing_mut().item_spacing.x = theme::GAP_SMALL;
        widgets::weak(ui, texts.t(label));
        picker(ui, texts, &texts.t(label), &shown, 130.0, || offered.iter().filter_map(choice).collect())
    })
    .inner
    .and_then(|picked| offered.get(picked).copied())
}

/// A title from the columns' names.
fn title(
    texts: &Texts,
    columns: &[ResultColumn],
    kind: DrawingKind,
    category: usize,
    value: Option<usize>,
    series: Option<usize>,
) -> String {
    let name = |at: Option<usize>| at.and_then(|at| columns.get(at)).map_or(String::new(), |column| column.name.clone());
    let message = match kind {
        DrawingKind::Bar | DrawingKind::HorizontalBar => Message::new("query-chart-title-by").with("value", name(value)),
        DrawingKind::Stacked => Message::new("query-chart-title-shares").with("series", name(series)),
        DrawingKind::Histogram => Message::new("query-chart-title-distribution"),
    };
    texts.say(&message.with("category", name(Some(category))))
}
