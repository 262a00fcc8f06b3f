//! A table's columns and partitions as searchable lists.

use egui::{Align, Label, Layout, RichText, Sense, Ui};
use egui_extras::{Column as Width, TableBuilder};

use super::super::theme;
use super::super::widgets;
use crate::message::catalog::PartitionSummary;
use crate::model::{Column, Message};
use crate::state::catalog::table::TablePage;
use crate::text::{self, Texts};

pub(super) fn show(ui: &mut Ui, page: &mut TablePage, texts: &Texts) {
    let Some(details) = &page.details else { return };
    ui.add_space(theme::GAP_SMALL);
    let total = details.definition.columns.len() + details.definition.partition_keys.len();
    filter(ui, &mut page.filter, total, "catalog-filter-columns", texts);
    let wanted = page.filter.trim().to_lowercase();
    let keys = details.definition.partition_keys.iter().map(|column| (column, true));
    let all: Vec<(usize, &Column, bool)> = details
        .definition
        .columns
        .iter()
        .map(|column| (column, false))
        .chain(keys)
        .enumerate()
        .map(|(index, (column, key))| (index + 1, column, key))
        .filter(|(_, column, _)| {
            wanted.is_empty() || column.name.to_lowercase().contains(&wanted) || column.hive_type.as_str().contains(&wanted)
        })
        .collect();
    table(ui, "catalog-columns", &["", "catalog-column", "catalog-type", "catalog-comment"], texts).body(|body| {
        body.rows(theme::ROW, all.len(), |mut row| {
            let Some((number, column, key)) = all.get(row.index()) else { return };
            row.col(|ui| number_cell(ui, *number));
            row.col(|ui| {
                cell(ui, RichText::new(&column.name), &column.name, texts);
                if *key {
                    widgets::caption(ui, texts.t("catalog-partition-key"));
                }
            });
            row.col(|ui| cell(ui, RichText::new(column.hive_type.as_str()).monospace(), column.hive_type.as_str(), texts));
            row.col(|ui| {
                let comment = column.comment.as_deref().unwrap_or_default();
                cell(ui, RichText::new(comment).color(theme::tokens(ui).weak), comment, texts);
            });
        });
    });
}

pub(super) fn partitions(ui: &mut Ui, page: &mut TablePage, texts: &Texts) {
    let Some(partitions) = &page.partitions else { return };
    if partitions.is_empty() {
        ui.add_space(theme::GAP);
        widgets::weak(ui, texts.t("catalog-no-partitions"));
        return;
    }
    ui.add_space(theme::GAP_SMALL);
    filter(ui, &mut page.filter, partitions.len(), "catalog-filter-partitions", texts);
    let wanted = page.filter.trim().to_lowercase();
    let keys: Vec<&str> =
        page.details.iter().flat_map(|details| &details.definition.partition_keys).map(|column| column.name.as_str()).collect();
    let named = |values: &[String]| {
        let pairs =
            values.iter().enumerate().map(|(index, value)| keys.get(index).map_or_else(|| value.clone(), |key| format!("{key}={value}")));
        pairs.collect::<Vec<_>>().join(" / ")
    };
    // Only the lines in sight are written out; a search looks at all of them.
    let found: Option<Vec<usize>> = (!wanted.is_empty()).then(|| {
        let place = |partition: &PartitionSummary| partition.location.as_ref().map(ToString::to_string).unwrap_or_default().to_lowercase();
        let matches =
            |partition: &PartitionSummary| named(&partition.values).to_lowercase().contains(&wanted) || place(partition).contains(&wanted);
        partitions.iter().enumerate().filter(|(_, partition)| matches(partition)).map(|(index, _)| index).collect()
    });
    let count = found.as_ref().map_or(partitions.len(), Vec::len);
    table(ui, "catalog-partitions", &["", "catalog-partition", "catalog-location"], texts).body(|body| {
        body.rows(theme::ROW, count, |mut row| {
            let index = found.as_ref().map_or(Some(row.index()), |found| found.get(row.index()).copied());
            let Some((index, partition)) = index.and_then(|index| Some((index, partitions.get(index)?))) else { return };
            let (values, place) = (named(&partition.values), partition.location.as_ref().map(ToString::to_string).unwrap_or_default());
            row.col(|ui| number_cell(ui, index + 1));
            row.col(|ui| cell(ui, RichText::new(&values).monospace(), &values, texts));
            row.col(|ui| cell(ui, RichText::new(&place).color(theme::tokens(ui).weak), &place, texts));
        });
    });
}

fn filter(ui: &mut Ui, text: &mut String, total: usize, hint: &'static str, texts: &Texts) {
    // A handful needs no search.
    if total > 8 {
        ui.scope(|ui| {
            ui.set_max_width(320.0);
            let hint = texts.say(&Message::new(hint).with("count", total));
            widgets::search(ui, text, &hint, &texts.t("ingest-filter-clear"));
        });
        ui.add_space(theme::GAP_SMALL);
    }
}

/// A table of texts with its heads: the first column is the number, the last takes the rest.
fn table<'a>(ui: &'a mut Ui, id: &'static str, heads: &[&str], texts: &Texts) -> egui_extras::Table<'a> {
    ui.spacing_mut().item_spacing.y = 0.0;
    // The lines between columns only show where they are dragged.
    ui.visuals_mut().widgets.noninteractive.bg_stroke = egui::Stroke::NONE;
    let mut builder =
        TableBuilder::new(ui).id_salt(id).resizable(true).cell_layout(Layout::left_to_right(Align::Center)).auto_shrink(false);
    for index in 0..heads.len() {
        builder = builder.column(match index {
            0 => Width::exact(44.0),
            last if last + 1 == heads.len() => Width::remainder().clip(true),
            _ => Width::initial(240.0).at_least(60.0).clip(true),
        });
    }
    builder.header(theme::ROW, |mut row| {
        for head in heads {
            row.col(|ui| {
                if !head.is_empty() {
                    widgets::caption(ui, texts.t(head));
                }
            });
        }
    })
}

fn number_cell(ui: &mut Ui, number: usize) {
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        ui.add_space(theme::GAP);
        widgets::caption(ui, text::count(i64::try_from(number).unwrap_or(i64::MAX)));
    });
}

/// A text that is cut off where there is no room, with a menu to copy it.
fn cell(ui: &mut Ui, shown: RichText, text: &str, texts: &Texts) {
    let response = ui.add(Label::new(shown).truncate().sense(Sense::click()));
    response.context_menu(|ui| {
        if ui.button(texts.t("text-copy-value")).clicked() {
            ui.copy_text(text.to_owned());
            ui.close();
        }
    });
}
