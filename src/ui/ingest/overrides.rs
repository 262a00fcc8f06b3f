//! What the person knows better: encoding, delimiter, quote, header, words for NULL, rows of another length.

use egui::{ComboBox, Frame, Margin, TextEdit, Ui};

use super::super::widgets::{self, quiet};
use super::super::{icons, theme};
use crate::infer::{Encoding, Evidence, Overrides, RaggedRows};
use crate::model::Message;
use crate::state::State;
use crate::text::Texts;

/// The delimiters in the list.
const DELIMITERS: [(u8, &str); 5] = [
    (b',', "infer-delimiter-comma"),
    (b'\t', "infer-delimiter-tab"),
    (b';', "infer-delimiter-semicolon"),
    (b'|', "infer-delimiter-pipe"),
    (1, "infer-delimiter-control-a"),
];

pub(super) fn show(ui: &mut Ui, state: &mut State, texts: &Texts) {
    let Some(item) = state.ingest.files.chosen() else { return };
    let Some(preview) = &item.preview else { return };
    let mut now = item.overrides.clone();
    let fill = theme::tokens(ui).panel;
    Frame::new().fill(fill).corner_radius(theme::RADIUS).inner_margin(Margin::symmetric(12, 8)).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = theme::GAP_LARGE;
            encoding(ui, &mut now, &preview.evidence, texts);
            if preview.evidence.dialect.is_some() || now.delimiter.is_some() {
                delimiter(ui, &mut now, &preview.evidence, texts);
                quote(ui, &mut now, &preview.evidence, texts);
                header(ui, &mut now, &preview.evidence, texts);
                ragged(ui, &mut now, texts);
                nulls(ui, &mut now, texts);
            }
        });
        let changed = now != Overrides::default();
        if ui.add_enabled_ui(changed, |ui| quiet(ui, Some(icons::UNDO_2), &texts.t("ingest-back-to-guesses"))).inner.clicked() {
            now = Overrides::default();
        }
    });
    state.ingest.files.change(&mut state.outbox, |overrides| *overrides = now);
}

/// The width of a list.
const WIDE: f32 = 156.0;

/// A field of this width under its label; the row goes on below where there is no room for it.
fn cell(ui: &mut Ui, width: f32, label: &str, field: impl FnOnce(&mut Ui) -> egui::Response) -> egui::Response {
    ui.allocate_ui(egui::vec2(width, 48.0), |ui| widgets::labelled(ui, label, field)).inner
}

/// A list of choices under its label; the first is the guess.
fn choice<T: PartialEq + Clone>(
    ui: &mut Ui,
    texts: &Texts,
    label: &str,
    value: &mut Option<T>,
    guess: Option<String>,
    options: &[(T, String)],
) {
    let guess = texts.say(&Message::new("ingest-guess").with("value", guess.unwrap_or_default()));
    let shown = options.iter().find(|(option, _)| Some(option) == value.as_ref()).map_or(&guess, |(_, name)| name).clone();
    let label = texts.t(label);
    cell(ui, WIDE, &label, |ui| {
        let combo = ComboBox::from_id_salt(&label).width(WIDE).selected_text(shown).show_ui(ui, |ui| {
            ui.selectable_value(value, None, guess);
            for (option, name) in options {
                ui.selectable_value(value, Some(option.clone()), name);
            }
        });
        combo.response
    });
}

fn encoding(ui: &mut Ui, now: &mut Overrides, evidence: &Evidence, texts: &Texts) {
    let guess = evidence.encoding.as_ref().filter(|_| now.encoding.is_none()).map(|found| found.encoding.name().to_owned());
    let options = Encoding::choices().map(|encoding| (encoding, encoding.name().to_owned()));
    choice(ui, texts, "ingest-encoding", &mut now.encoding, guess, &options);
}

fn delimiter(ui: &mut Ui, now: &mut Overrides, evidence: &Evidence, texts: &Texts) {
    let guess = evidence.dialect.as_ref().filter(|_| now.delimiter.is_none()).map(|found| texts.say(&found.dialect.delimiter_name()));
    let mut options: Vec<(u8, String)> = DELIMITERS.iter().map(|(byte, id)| (*byte, texts.t(id))).collect();
    if let Some(other) = now.delimiter.filter(|byte| !DELIMITERS.iter().any(|(known, _)| known == byte)) {
        options.push((other, char::from(other).to_string()));
    }
    choice(ui, texts, "ingest-delimiter", &mut now.delimiter, guess, &options);
    // Any other character that is one byte.
    let label = texts.t("ingest-delimiter-other");
    cell(ui, 64.0, &label, |ui| {
        let mut text = String::new();
        let field = ui.add(TextEdit::singleline(&mut text).char_limit(1).desired_width(28.0));
        if let Some(byte) = text.bytes().next().filter(|byte| text.is_ascii() && !byte.is_ascii_alphanumeric() && *byte != b'"') {
            now.delimiter = Some(byte);
        }
        field
    });
}

fn quote(ui: &mut Ui, now: &mut Overrides, evidence: &Evidence, texts: &Texts) {
    let name = |quote: Option<u8>| quote.map_or_else(|| texts.t("ingest-quote-none"), |byte| char::from(byte).to_string());
    let guess = evidence.dialect.as_ref().filter(|_| now.quote.is_none()).map(|found| name(found.dialect.quote));
    let options = [Some(b'"'), Some(b'\''), None].map(|quote| (quote, name(quote)));
    choice(ui, texts, "ingest-quote", &mut now.quote, guess, &options);
}

fn header(ui: &mut Ui, now: &mut Overrides, evidence: &Evidence, texts: &Texts) {
    let name = |present: bool| texts.t(if present { "ingest-header" } else { "ingest-no-header" });
    let guess = evidence.header.as_ref().filter(|_| now.header.is_none()).map(|found| name(found.present));
    choice(ui, texts, "ingest-header-label", &mut now.header, guess, &[(true, name(true)), (false, name(false))]);
}

fn ragged(ui: &mut Ui, now: &mut Overrides, texts: &Texts) {
    let name = |rows: RaggedRows| {
        texts.t(match rows {
            RaggedRows::Refuse => "ingest-ragged-refuse",
            RaggedRows::PadAndCut => "ingest-ragged-pad",
            RaggedRows::Skip => "ingest-ragged-skip",
        })
    };
    let label = texts.t("ingest-ragged");
    cell(ui, WIDE, &label, |ui| {
        let combo = ComboBox::from_id_salt(&label).width(WIDE).selected_text(name(now.ragged)).show_ui(ui, |ui| {
            for rows in [RaggedRows::Refuse, RaggedRows::PadAndCut, RaggedRows::Skip] {
                ui.selectable_value(&mut now.ragged, rows, name(rows));
            }
        });
        combo.response
    });
}

/// Words that stand for NULL: a draft that counts when the field is left.
fn nulls(ui: &mut Ui, now: &mut Overrides, texts: &Texts) {
    let id = ui.make_persistent_id("null-texts");
    let draft: Option<String> = ui.data(|data| data.get_temp(id));
    let mut text = draft.unwrap_or_else(|| now.null_texts.join(", "));
    let hint = texts.t("ingest-nulls-hint");
    let label = texts.t("ingest-nulls");
    let field = cell(ui, WIDE, &label, |ui| ui.add(TextEdit::singleline(&mut text).hint_text(hint).desired_width(WIDE)));
    if field.has_focus() {
        ui.data_mut(|data| data.insert_temp(id, text));
    } else if field.lost_focus() {
        now.null_texts = text.split(',').map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned).collect();
        ui.data_mut(|data| data.remove::<String>(id));
    }
}
