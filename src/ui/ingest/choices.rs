//! How a file can be stored where it matters: what AWS's crawler would write beside what we recommend, and the choice.

use egui::{Grid, RichText, Ui};

use super::super::theme;
use super::super::widgets::{self, Tone, banner};
use crate::message::ingest::FilePreview;
use crate::model::{Arg, Message, TableDefinition};
use crate::state::State;
use crate::state::ingest::files::{Choice, FileItem};
use crate::text::Texts;

/// The finding that is said here, with the choice it asks for.
pub(super) const LINE_BREAKS: &str = "infer-line-breaks";

/// The columns compared before the rest is only counted.
const COLUMNS: usize = 8;

/// Whether there is something to choose with care: readers would differ, or one cannot read the file at all.
pub(super) fn is_shown(item: &FileItem) -> bool {
    item.is_table() && (item.line_break_rows() > 0 || item.preview.as_ref().is_some_and(|preview| !preview.differences.is_empty()))
}

pub(super) fn show(ui: &mut Ui, state: &mut State, texts: &Texts) {
    let Some(item) = state.ingest.files.chosen().filter(|item| is_shown(item)) else { return };
    let Some(preview) = &item.preview else { return };
    let breaks = item.line_break_rows();
    let now = state.ingest.destination.choice(&state.ingest.files);
    let sentence =
        if breaks > 0 { texts.say(&Message::new("ingest-line-breaks").with("rows", breaks)) } else { texts.t("ingest-crawler-differs") };
    let advised = state.ingest.files.advised();
    let mut options = vec![Choice::Parquet];
    if breaks > 0 {
        options.push(Choice::CsvOneLine);
    } else {
        options.push(Choice::Csv);
    }
    options.push(Choice::Raw);
    let labels: Vec<(Choice, String)> = options
        .into_iter()
        .map(|choice| {
            let label = texts.t(match choice {
                Choice::Parquet => "ingest-choice-parquet",
                Choice::CsvOneLine => "ingest-choice-replace",
                Choice::Csv => "ingest-choice-csv",
                Choice::Raw => "ingest-choice-keep",
            });
            let label = if choice == advised { texts.say(&Message::new("ingest-recommended").with("choice", label)) } else { label };
            (choice, label)
        })
        .collect();
    let mut chosen = None;
    banner(ui, if breaks > 0 { Tone::Doubtful } else { Tone::Info }, &sentence, |ui| {
        ui.horizontal_wrapped(|ui| chosen = widgets::segmented(ui, now, &labels));
        if breaks > 0 && now.breaks_rows() {
            let (colour, icon) = Tone::Failed.look(ui);
            ui.horizontal_wrapped(|ui| {
                ui.add(icon.tinted(colour));
                ui.label(RichText::new(texts.say(&Message::new("ingest-breaks-rows").with("rows", breaks))).color(colour));
            });
        }
        if let (Some(glue), Some(recommended)) = (&preview.glue, &preview.recommended) {
            compare(ui, preview, glue, recommended, texts);
        }
    });
    if let Some(choice) = chosen {
        state.ingest.destination.choice = Some(choice);
    }
}

/// The two definitions side by side, as far as they differ, each line with the reason.
fn compare(ui: &mut Ui, preview: &FilePreview, glue: &TableDefinition, recommended: &TableDefinition, texts: &Texts) {
    let mut lines: Vec<[String; 4]> = Vec::new();
    let mut line = |what: String, theirs: String, ours: String, id: &str| {
        if theirs != ours {
            lines.push([what, theirs, ours, why(preview, id, None, texts)]);
        }
    };
    line(texts.t("ingest-compare-reader"), class(&glue.serde_library), class(&recommended.serde_library), "infer-differs-reader");
    line(texts.t("ingest-compare-header"), header(glue, texts), header(recommended, texts), "infer-differs-header");
    let count = |table: &TableDefinition| table.columns.len().to_string();
    line(texts.t("ingest-compare-columns"), count(glue), count(recommended), "infer-differs-columns");
    let longest = glue.columns.len().max(recommended.columns.len());
    let differs = |index: &usize| glue.columns.get(*index) != recommended.columns.get(*index);
    let different = || (0..longest).filter(differs);
    for index in different().take(COLUMNS) {
        let shown = |table: &TableDefinition| {
            table.columns.get(index).map_or_else(|| "–".to_owned(), |column| format!("{} {}", column.name, column.hive_type))
        };
        let name = preview.evidence.columns.get(index).map(|column| column.name.as_str()).filter(|name| !name.is_empty());
        let what = Message::new("ingest-compare-column").with("name", name.map_or_else(|| (index + 1).to_string(), str::to_owned));
        let (theirs, ours) = (glue.columns.get(index), recommended.columns.get(index));
        let renamed = theirs.is_some_and(|theirs| ours.is_some_and(|ours| theirs.name != ours.name && theirs.hive_type == ours.hive_type));
        let reason = if renamed {
            texts.t("ingest-compare-name")
        } else {
            why(preview, "infer-differs-type", ours.map(|column| column.name.as_str()), texts)
        };
        lines.push([texts.say(&what), shown(glue), shown(recommended), reason]);
    }
    if lines.is_empty() {
        return;
    }
    ui.add_space(theme::GAP_SMALL);
    ui.spacing_mut().interact_size.y = 16.0;
    Grid::new("ingest-compare").num_columns(4).spacing([theme::GAP_HUGE, theme::GAP_SMALL]).show(ui, |ui| {
        ui.label("");
        widgets::strong(ui, texts.t("ingest-compare-crawler"));
        widgets::strong(ui, texts.t("ingest-compare-ours"));
        widgets::strong(ui, texts.t("ingest-compare-why"));
        ui.end_row();
        for [what, theirs, ours, why] in lines {
            widgets::weak(ui, what);
            ui.monospace(theirs);
            ui.monospace(ours);
            ui.add(egui::Label::new(why).truncate());
            ui.end_row();
        }
    });
    let more = different().count().saturating_sub(COLUMNS);
    if more > 0 {
        widgets::caption(ui, texts.say(&Message::new("ingest-compare-more").with("columns", more)));
    }
}

/// The reason that is given for a difference of this kind, about the column of this name if one is meant.
fn why(preview: &FilePreview, id: &str, name: Option<&str>, texts: &Texts) -> String {
    let arg = |message: &Message, wanted: &str| message.args.iter().find(|(name, _)| name == wanted).map(|(_, arg)| arg.clone());
    let about = |message: &&Message| {
        message.id.starts_with(id) && name.is_none_or(|name| arg(message, "name").is_some_and(|found| found == name.into()))
    };
    let Some(message) = preview.differences.iter().find(about) else { return String::new() };
    match arg(message, "why") {
        Some(Arg::Message(why)) => texts.say(&why),
        _ => texts.say(message),
    }
}

/// A Java class without its package.
fn class(name: &str) -> String {
    name.rsplit('.').next().unwrap_or(name).to_owned()
}

fn header(table: &TableDefinition, texts: &Texts) -> String {
    let skipped = table.parameters.get("skip.header.line.count").is_some_and(|count| count != "0");
    let text = table.parameters.get("classification").is_some_and(|format| format == "csv");
    texts.t(match (text, skipped) {
        (false, _) => "ingest-compare-header-none",
        (true, true) => "ingest-compare-header-skipped",
        (true, false) => "ingest-compare-header-data",
    })
}
