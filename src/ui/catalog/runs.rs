//! What a crawler's runs have changed, table by table and column by column: each change with a colour, a sign and a word.

use chrono::{DateTime, Local, Utc};
use egui::{CollapsingHeader, Color32, RichText, ScrollArea, Ui};

use super::super::widgets::{self, Tone, quiet};
use super::super::{icons, theme};
use crate::message::catalog::{ChangeKind, ColumnChange, CrawlRun, TableChange};
use crate::model::{Message, TableRef};
use crate::state::catalog::crawlers::{Runs, tally};
use crate::text::{self, Texts};

/// The runs, newest first; the table that was chosen.
pub(super) fn show(ui: &mut Ui, runs: &Runs, texts: &Texts) -> Option<TableRef> {
    let mut open = None;
    let Some(list) = &runs.list else {
        widgets::weak(ui, texts.t("catalog-runs-loading"));
        return None;
    };
    if list.is_empty() && runs.running.is_none() {
        ui.add_space(theme::GAP);
        widgets::weak(ui, texts.t("catalog-runs-none"));
        return None;
    }
    ScrollArea::vertical().id_salt("catalog-runs").auto_shrink(false).show(ui, |ui| {
        for (index, run) in list.iter().enumerate() {
            ui.push_id((run.started, list.len() - index), |ui| {
                if let Some(table) = self::run(ui, run, index == 0, texts) {
                    open = Some(table);
                }
            });
            widgets::hairline(ui);
        }
    });
    open
}

fn run(ui: &mut Ui, run: &CrawlRun, newest: bool, texts: &Texts) -> Option<TableRef> {
    let mut open = None;
    let (tone, word) = match run.state.as_str() {
        "COMPLETED" => (Tone::Good, "catalog-run-completed"),
        "FAILED" => (Tone::Failed, "catalog-run-failed"),
        "STOPPED" => (Tone::Doubtful, "catalog-run-stopped"),
        _ => (Tone::Info, "catalog-run-running"),
    };
    ui.horizontal(|ui| {
        ui.set_min_height(theme::CONTROL);
        let (colour, icon) = tone.look(ui);
        ui.add(icon.tinted(colour));
        widgets::strong(ui, texts.t(word));
        let mut about = vec![moment(run.started)];
        if let (Some(start), Some(end)) = (run.started, run.ended) {
            about.push(text::duration(u64::try_from((end - start).num_milliseconds()).unwrap_or(0)));
        }
        for (kind, count) in tally(run) {
            if count > 0 {
                about.push(texts.say(&Message::new(count_id(kind)).with("tables", count)));
            }
        }
        widgets::weak(ui, about.join(" · "));
    });
    if let Some(error) = &run.error {
        widgets::banner(ui, Tone::Failed, error, |_| {});
    }
    if run.changes.is_empty() && run.state == "COMPLETED" {
        widgets::weak(ui, texts.t("catalog-run-nothing"));
    }
    for change in &run.changes {
        ui.push_id(&change.table, |ui| {
            if table(ui, change, newest, texts) {
                open = Some(change.table.clone());
            }
        });
    }
    ui.add_space(theme::GAP_SMALL);
    open
}

/// A table with its columns; whether it was chosen.
fn table(ui: &mut Ui, change: &TableChange, newest: bool, texts: &Texts) -> bool {
    let mut open = false;
    let (colour, sign, word) = look(ui, change.kind);
    let mut title = vec![format!("{sign} {}", change.table), texts.t(word)];
    if change.partitions_added > 0 {
        title.push(texts.say(&Message::new("catalog-partitions-added").with("partitions", change.partitions_added)));
    }
    if change.partitions_removed > 0 {
        title.push(texts.say(&Message::new("catalog-partitions-removed").with("partitions", change.partitions_removed)));
    }
    let title = RichText::new(title.join(" · ")).color(colour);
    ui.horizontal_top(|ui| {
        ui.add_space(theme::GAP_LARGE);
        ui.vertical(|ui| {
            if change.columns.is_empty() {
                ui.label(title);
            } else {
                CollapsingHeader::new(title).id_salt("columns").default_open(newest).show(ui, |ui| {
                    ui.spacing_mut().interact_size.y = 18.0;
                    ui.spacing_mut().item_spacing.y = theme::GAP_SMALL;
                    for changed in &change.columns {
                        column(ui, changed, texts);
                    }
                });
            }
        });
        if change.kind != ChangeKind::Removed {
            let name = texts.say(&Message::new("catalog-open-table").with("table", change.table.to_string()));
            let button = quiet(ui, Some(icons::TABLE), &texts.t("catalog-open"));
            let enabled = ui.is_enabled();
            button.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, enabled, &name));
            open = button.clicked();
        }
    });
    open
}

fn column(ui: &mut Ui, change: &ColumnChange, texts: &Texts) {
    let kind = match (&change.before, &change.after) {
        (None, Some(_)) => ChangeKind::Created,
        (Some(_), None) => ChangeKind::Removed,
        (Some(before), Some(after)) if before != after => ChangeKind::Changed,
        _ => ChangeKind::Unchanged,
    };
    let (colour, sign, _) = look(ui, kind);
    let types = match (&change.before, &change.after) {
        (Some(before), Some(after)) if before != after => format!("{before} → {after}"),
        (before, after) => after.as_ref().or(before.as_ref()).cloned().unwrap_or_default(),
    };
    let word = match kind {
        ChangeKind::Created => "catalog-column-added",
        ChangeKind::Changed => "catalog-column-changed",
        ChangeKind::Removed => "catalog-column-removed",
        ChangeKind::Unchanged => "catalog-column-same",
    };
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = theme::GAP;
        ui.label(RichText::new(sign).monospace().color(colour));
        ui.label(RichText::new(&change.column).color(colour));
        ui.label(RichText::new(types).monospace().color(colour));
        widgets::caption(ui, texts.t(word));
    });
}

/// The colour, the sign and the word of a change.
fn look(ui: &Ui, kind: ChangeKind) -> (Color32, &'static str, &'static str) {
    let tokens = theme::tokens(ui);
    match kind {
        ChangeKind::Created => (tokens.good, "+", "catalog-table-created"),
        ChangeKind::Changed => (tokens.doubtful, "~", "catalog-table-changed"),
        ChangeKind::Removed => (tokens.weak, "−", "catalog-table-removed"),
        ChangeKind::Unchanged => (tokens.text, "=", "catalog-table-same"),
    }
}

const fn count_id(kind: ChangeKind) -> &'static str {
    match kind {
        ChangeKind::Created => "catalog-tables-created",
        ChangeKind::Changed => "catalog-tables-changed",
        ChangeKind::Removed => "catalog-tables-removed",
        ChangeKind::Unchanged => "catalog-tables-same",
    }
}

/// A moment in the time of this place, to the minute; a dash where there is none.
pub(super) fn moment(at: Option<DateTime<Utc>>) -> String {
    at.map_or_else(|| "–".to_owned(), |at| at.with_timezone(&Local).format("%Y-%m-%d %H:%M").to_string())
}
