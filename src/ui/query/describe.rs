//! The result in figures: count, mean, deviation and percentiles of every numeric column.

use egui::{Spinner, TextEdit, Ui};

use super::super::widgets::Tone;
use super::super::widgets::grid::Grid;
use super::{icons, widgets};
use crate::message::query::ColumnSummary;
use crate::model::{Message, ResultColumn};
use crate::state::query::grid::tsv;
use crate::state::query::result::{Describe, QueryResult};
use crate::state::{Effect, Outbox};
use crate::text::{self, Texts};

pub(super) fn show(ui: &mut Ui, result: &mut QueryResult, texts: &Texts, outbox: &mut Outbox) {
    if !result.columns.iter().any(ResultColumn::is_number) {
        widgets::empty(ui, icons::INFO, &texts.t("query-describe-none-title"), &texts.t("query-describe-none"), |_| {});
        return;
    }
    let QueryResult { describe, execution, .. } = result;
    ui.horizontal(|ui| {
        let label = widgets::weak(ui, texts.t("query-percentiles"));
        ui.add(TextEdit::singleline(&mut describe.percentiles).desired_width(320.0)).labelled_by(label.id);
        for (label, list) in [("query-quartiles", "25, 50, 75"), ("query-deciles", "10, 20, 30, 40, 50, 60, 70, 80, 90, 100")] {
            if widgets::quiet(ui, None, &texts.t(label)).clicked() {
                list.clone_into(&mut describe.percentiles);
            }
        }
        if describe.waiting() {
            ui.add(Spinner::new().size(14.0));
        }
    });
    if describe.parsed().is_none() {
        widgets::banner(ui, Tone::Doubtful, &texts.t("query-percentiles-wrong"), |_| {});
    }
    // A list that is being typed is asked for when it is whole.
    if !ui.ctx().text_edit_focused() || describe.columns.is_none() {
        describe.want(execution, outbox);
    }
    if let Some(failure) = describe.failure.clone() {
        widgets::failure_banner(ui, texts, &failure);
        if widgets::secondary(ui, Some(icons::REFRESH_CW), &texts.t("query-again")).clicked() {
            describe.retry();
        }
    }
    figures(ui, describe, texts, outbox);
}

fn figures(ui: &mut Ui, describe: &mut Describe, texts: &Texts, outbox: &mut Outbox) {
    let Some(summaries) = &describe.columns else { return };
    let columns: Vec<ResultColumn> = std::iter::once(ResultColumn { name: texts.t("query-figure"), type_name: String::new() })
        .chain(summaries.iter().map(|summary| ResultColumn { name: summary.name.clone(), type_name: "double".to_owned() }))
        .collect();
    let rows = rows(summaries, texts);
    let row = |number: u64| usize::try_from(number).ok().and_then(|at| rows.get(at)).map(Vec::as_slice);
    let name = texts.t("query-view-describe");
    let count = rows.len() as u64;
    let grid =
        Grid { salt: "query-figures", name: &name, columns: &columns, rows: count, row: &row, view: &mut describe.view, sortable: false };
    let output = grid.show(ui, texts);
    if let (Some(headers), Some(selection)) = (output.copy, describe.view.selection) {
        outbox.effect(Effect::Copy(tsv(&columns, &selection.columns(), selection.rows().map(row), headers)));
    }
}

/// A row a figure, a column a column, as a data frame describes itself.
fn rows(summaries: &[ColumnSummary], texts: &Texts) -> Vec<Vec<Option<String>>> {
    let line = |label: String, value: &dyn Fn(&ColumnSummary) -> String| -> Vec<Option<String>> {
        std::iter::once(Some(label)).chain(summaries.iter().map(|summary| Some(value(summary)))).collect()
    };
    let whole = |count: u64| text::count(i64::try_from(count).unwrap_or(i64::MAX));
    let mut rows = vec![
        line(texts.t("query-figure-count"), &|summary| whole(summary.count)),
        line(texts.t("query-figure-nulls"), &|summary| whole(summary.nulls)),
        line(texts.t("query-figure-mean"), &|summary| precise(summary.mean)),
        line(texts.t("query-figure-std"), &|summary| precise(summary.std)),
        line(texts.t("query-figure-min"), &|summary| precise(summary.min)),
    ];
    let shares = summaries.first().map_or(&[][..], |summary| &summary.percentiles);
    for (at, (share, _)) in shares.iter().enumerate() {
        let label = texts.say(&Message::new("query-figure-percentile").with("percent", precise(share * 100.0)));
        rows.push(line(label, &|summary| summary.percentiles.get(at).map_or_else(|| "–".to_owned(), |(_, value)| precise(*value))));
    }
    rows.push(line(texts.t("query-figure-max"), &|summary| precise(summary.max)));
    rows
}

/// A number with six decimals at most: figures are compared with those of other tools.
fn precise(value: f64) -> String {
    if !value.is_finite() || value.abs() >= 1e15 || (value != 0.0 && value.abs() < 1e-6) {
        return text::number(value);
    }
    let plain = format!("{:.6}", value.abs());
    let (whole, decimals) = plain.split_once('.').unwrap_or((&plain, ""));
    let decimals = decimals.trim_end_matches('0');
    let whole = text::count(whole.parse().unwrap_or_default());
    let sign = if value < 0.0 { "\u{2212}" } else { "" };
    if decimals.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{decimals}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_as_precise_as_those_of_other_tools() {
        assert_eq!(precise(62.709_847_1), "62.709847");
        assert_eq!(precise(-1234.5), "−1,234.5");
        assert_eq!(precise(22.0), "22");
        assert_eq!(precise(99.9), "99.9");
        assert_eq!(precise(f64::NAN), "–");
        assert_eq!(precise(0.0), "0");
    }
}
