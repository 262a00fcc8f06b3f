//! A sentence with a tone: failed, doubtful, good or informative. Each tone has a shape beside its colour.

use egui::{Frame, Margin, RichText, Ui};

use super::super::{icons, theme};
use crate::model::Failure;
use crate::text::Texts;

/// The tone of a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Something failed.
    Failed,
    /// Something to look at.
    Doubtful,
    /// All is well.
    Good,
    /// Something to know.
    Info,
}

impl Tone {
    /// The tone's colour and icon.
    #[must_use]
    pub fn look(self, ui: &Ui) -> (egui::Color32, icons::Icon) {
        let tokens = theme::tokens(ui);
        match self {
            Self::Failed => (tokens.failed, icons::CIRCLE_X),
            Self::Doubtful => (tokens.doubtful, icons::TRIANGLE_ALERT),
            Self::Good => (tokens.good, icons::CIRCLE_CHECK),
            Self::Info => (tokens.info, icons::INFO),
        }
    }
}

/// A sentence with its tone, and whatever `more` draws below it.
pub fn banner(ui: &mut Ui, tone: Tone, sentence: &str, more: impl FnOnce(&mut Ui)) {
    let (colour, icon) = tone.look(ui);
    let fill = colour.gamma_multiply(if ui.visuals().dark_mode { 0.14 } else { 0.08 });
    Frame::new().fill(fill).corner_radius(theme::RADIUS).inner_margin(Margin::symmetric(12, 8)).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal_top(|ui| {
            ui.add(icon.tinted(colour));
            ui.vertical(|ui| {
                ui.spacing_mut().item_spacing.y = theme::GAP_SMALL;
                ui.label(sentence);
                more(ui);
            });
        });
    });
}

/// A failure: what happened and why, what to do, and the technical words to unfold and copy.
pub fn failure_banner(ui: &mut Ui, texts: &Texts, failure: &Failure) {
    banner(ui, Tone::Failed, &texts.failure(failure), |ui| {
        if let Some(hint) = &failure.hint {
            let colour = theme::tokens(ui).weak;
            ui.label(RichText::new(texts.say(hint)).color(colour));
        }
        if !failure.detail.is_empty() {
            ui.collapsing(RichText::new(texts.t("shell-details")).text_style(theme::caption()), |ui| {
                ui.monospace(&failure.detail);
                if super::quiet(ui, Some(icons::COPY), &texts.t("shell-copy")).clicked() {
                    ui.copy_text(failure.detail.clone());
                }
            });
        }
    });
}
