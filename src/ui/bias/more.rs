//! How it is measured, folded away: arithmetic, whom groups are compared with, rows without a value, and how sure the intervals are.

use egui::{CollapsingHeader, RichText, Ui};

use super::super::widgets::picker::{Choice, picker};
use super::{theme, widgets};
use crate::bias::{Correction, Mode, Nulls, Reference};
use crate::message::bias::SourceColumn;
use crate::model::{Arg, Message};
use crate::state::bias::form::{CONFIDENCES, Form};
use crate::text::{self, Texts};

pub(super) fn show(ui: &mut Ui, form: &mut Form, columns: &[SourceColumn], texts: &Texts) {
    let open = CollapsingHeader::new(texts.t("biastab-more")).id_salt("bias-more").show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = theme::GAP_SMALL;
        arithmetic(ui, form, texts);
        ui.add_space(theme::GAP_SMALL);
        if form.mode == Mode::Exact {
            reference(ui, form, columns, texts);
            ui.add_space(theme::GAP_SMALL);
            nulls(ui, form, texts);
            ui.add_space(theme::GAP_SMALL);
        }
        certainty(ui, form, texts);
    });
    // While it opens, what comes to light is brought into sight.
    if let Some(body) = open.body_response.as_ref().filter(|_| open.openness < 1.0 || open.header_response.clicked()) {
        body.scroll_to_me(None);
    }
    if open.fully_closed() {
        widgets::caption(ui, summary(form, texts));
    }
}

/// What is chosen, in one line, for those who leave it folded.
fn summary(form: &Form, texts: &Texts) -> String {
    let confidence = texts.say(&Message::new("biastab-summary-confidence").with("confidence", Arg::Share(form.confidence)));
    if form.mode == Mode::Clarify {
        return [texts.t("biastab-mode-clarify"), confidence].join(" · ");
    }
    let mut parts = vec![texts.t("biastab-mode-exact"), against(&form.reference, texts)];
    if form.nulls == Nulls::LeaveOut {
        parts.push(texts.t("biastab-nulls-leave"));
    }
    parts.push(confidence);
    if form.correction == Correction::Bonferroni {
        parts.push(texts.t("biastab-summary-corrected"));
    }
    parts.join(" · ")
}

fn against(reference: &Reference, texts: &Texts) -> String {
    match reference {
        Reference::EveryoneElse => texts.t("biastab-reference-everyone"),
        Reference::Largest => texts.t("biastab-reference-largest"),
        Reference::Named(name) => texts.say(&Message::new("biastab-reference-named").with("name", name.as_str())),
    }
}

fn arithmetic(ui: &mut Ui, form: &mut Form, texts: &Texts) {
    widgets::weak(ui, texts.t("biastab-mode"));
    let modes = [(Mode::Exact, texts.t("biastab-mode-exact")), (Mode::Clarify, texts.t("biastab-mode-clarify"))];
    if let Some(mode) = ui.horizontal(|ui| widgets::segmented(ui, form.mode, &modes)).inner {
        form.mode = mode;
    }
    widgets::caption(ui, texts.t(if form.mode == Mode::Exact { "biastab-mode-exact-hint" } else { "biastab-mode-clarify-hint" }));
}

fn reference(ui: &mut Ui, form: &mut Form, columns: &[SourceColumn], texts: &Texts) {
    let name = texts.t("biastab-reference");
    widgets::weak(ui, &name).on_hover_text(texts.t("biastab-reference-hint"));
    let named = form.named_references(columns);
    let shown = against(&form.reference, texts);
    let width = ui.available_width();
    let choices = || {
        let general = [Reference::EveryoneElse, Reference::Largest].map(|reference| Choice::of(against(&reference, texts)));
        let each = |name: &String| Choice::of(against(&Reference::Named(name.clone()), texts));
        general.into_iter().chain(named.iter().map(each)).collect()
    };
    if let Some(at) = picker(ui, texts, &name, &shown, width, choices) {
        form.reference = match at {
            0 => Reference::EveryoneElse,
            1 => Reference::Largest,
            _ => named.get(at - 2).cloned().map_or(Reference::EveryoneElse, Reference::Named),
        };
    }
}

fn nulls(ui: &mut Ui, form: &mut Form, texts: &Texts) {
    widgets::weak(ui, texts.t("biastab-nulls")).on_hover_text(texts.t("biastab-nulls-hint"));
    let ways = [(Nulls::Keep, texts.t("biastab-nulls-keep")), (Nulls::LeaveOut, texts.t("biastab-nulls-leave"))];
    if let Some(way) = ui.horizontal(|ui| widgets::segmented(ui, form.nulls, &ways)).inner {
        form.nulls = way;
    }
}

fn certainty(ui: &mut Ui, form: &mut Form, texts: &Texts) {
    widgets::weak(ui, texts.t("biastab-confidence")).on_hover_text(texts.t("biastab-confidence-hint"));
    let ways = CONFIDENCES.map(|confidence| (confidence, text::share(confidence)));
    if let Some(confidence) = ui.horizontal(|ui| widgets::segmented(ui, form.confidence, &ways)).inner {
        form.confidence = confidence;
    }
    let mut corrected = form.correction == Correction::Bonferroni;
    let words = RichText::new(texts.t("biastab-correction"));
    if ui.checkbox(&mut corrected, words).on_hover_text(texts.t("biastab-correction-hint")).changed() {
        form.correction = if corrected { Correction::Bonferroni } else { Correction::None };
    }
    if form.predicted.is_some() {
        ui.checkbox(&mut form.flip_test, texts.t("biastab-flip")).on_hover_text(texts.t("biastab-flip-hint"));
    }
}
