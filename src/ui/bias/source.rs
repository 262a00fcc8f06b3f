//! The source of the rows: a table, a file, an `s3://` address, or a query's result.

use egui::{Key, RichText, Spinner, TextEdit, Ui};

use super::super::widgets::picker::{Choice, picker};
use super::{icons, theme, widgets};
use crate::message::bias::BiasSource;
use crate::model::{Message, TableRef};
use crate::state::{Effect, PickFor, State};
use crate::text::Texts;

/// The name of a source for people.
pub(super) fn name(source: &BiasSource, texts: &Texts) -> String {
    match source {
        BiasSource::Table(table) => table.to_string(),
        BiasSource::File(path) => path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned()),
        BiasSource::Object(place) => place.to_string(),
        BiasSource::Result { .. } => texts.t("biastab-source-result"),
    }
}

pub(super) fn show(ui: &mut Ui, state: &mut State, texts: &Texts) {
    widgets::weak(ui, texts.t("biastab-source"));
    let shown = state.bias.source().map_or_else(|| texts.t("biastab-source-none"), |source| name(source, texts));
    let width = ui.available_width();
    let mut chosen = None;
    {
        let tables = || {
            state
                .query
                .names
                .tables()
                .map(|names| Choice { label: format!("{}.{}", names.database, names.table), detail: String::new() })
                .collect()
        };
        if let Some(at) = picker(ui, texts, &texts.t("biastab-source"), &shown, width, tables) {
            chosen = state.query.names.tables().nth(at).map(|names| BiasSource::Table(TableRef::new(&names.database, &names.table)));
        }
    }
    let address = |ui: &mut Ui, typed: &mut String| {
        let field = TextEdit::singleline(typed).hint_text("s3://bucket/prefix/").desired_width(f32::INFINITY);
        let label = texts.t("biastab-source-address");
        ui.add(field).accessible_name(label.as_str()).on_hover_text(label)
    };
    let has_result = state.query.editor().result.as_ref().is_some_and(|result| !result.columns.is_empty());
    if has_result
        && widgets::quiet(ui, Some(icons::TABLE_2), &texts.t("biastab-source-result")).clicked()
        && let Some(result) = &state.query.editor().result
    {
        chosen = Some(BiasSource::Result { execution: result.execution.clone() });
    }
    let row = ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = theme::GAP_SMALL;
        if widgets::quiet(ui, Some(icons::FILE), &texts.t("biastab-source-file")).clicked() {
            state.outbox.effect(Effect::Pick(PickFor::BiasSource));
        }
        address(ui, &mut state.bias.address)
    });
    let field = row.inner;
    if field.changed() {
        state.bias.address_wrong = false;
    }
    if field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter)) {
        match state.bias.address.trim().parse() {
            Ok(place) => chosen = Some(BiasSource::Object(place)),
            Err(_) => state.bias.address_wrong = true,
        }
    }
    if state.bias.address_wrong {
        let colour = theme::tokens(ui).failed;
        ui.label(RichText::new(texts.t("biastab-source-address-wrong")).color(colour));
    }
    if let Some(source) = chosen {
        state.bias.use_source(source, &mut state.outbox);
    }
    if state.bias.reading() {
        ui.horizontal(|ui| {
            ui.add(Spinner::new().size(14.0));
            widgets::weak(ui, texts.t("biastab-source-reading"));
        });
    } else if let (Some(rows), Some(columns)) = (state.bias.rows(), state.bias.columns()) {
        let message = Message::new("biastab-source-size").with("rows", rows).with("columns", columns.len());
        widgets::caption(ui, texts.say(&message));
    }
    if let Some(failure) = state.bias.columns_failure.clone() {
        widgets::failure_banner(ui, texts, &failure);
        if widgets::secondary(ui, Some(icons::REFRESH_CW), &texts.t("query-again")).clicked() {
            state.bias.read_columns(&mut state.outbox);
        }
    }
}
