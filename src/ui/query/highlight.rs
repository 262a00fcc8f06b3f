//! SQL in colours, lexed again only when the text changes.

use std::ops::Range;
use std::sync::Arc;

use egui::text::{LayoutJob, TextFormat};
use egui::{Color32, FontId, Id, Stroke, TextStyle, Ui};

use super::theme;
use crate::sql::{TokenKind, tokens};

struct Kept {
    text: String,
    dark: bool,
    error: Option<Range<usize>>,
    job: LayoutJob,
}

/// The text with its colours; the error's word is underlined.
pub(super) fn job(ui: &Ui, id: Id, text: &str, error: Option<&Range<usize>>) -> LayoutJob {
    let dark = ui.visuals().dark_mode;
    let kept: Option<Arc<Kept>> = ui.data(|data| data.get_temp(id));
    if let Some(kept) = kept
        && kept.dark == dark
        && kept.error.as_ref() == error
        && kept.text == text
    {
        return kept.job.clone();
    }
    let job = made(ui, text, error);
    let kept = Kept { text: text.to_owned(), dark, error: error.cloned(), job: job.clone() };
    ui.data_mut(|data| data.insert_temp(id, Arc::new(kept)));
    job
}

fn made(ui: &Ui, text: &str, error: Option<&Range<usize>>) -> LayoutJob {
    let font = TextStyle::Monospace.resolve(ui.style());
    let failed = theme::tokens(ui).failed;
    let mut job = LayoutJob::default();
    for token in tokens(text) {
        let ink = ink(ui, token.kind);
        let part = |job: &mut LayoutJob, range: Range<usize>, marked: bool| {
            if let Some(piece) = text.get(range).filter(|piece| !piece.is_empty()) {
                job.append(piece, 0.0, format(&font, ink, marked.then_some(failed)));
            }
        };
        match error {
            Some(error) if error.start < token.span.end && token.span.start < error.end => {
                let marked = error.start.max(token.span.start)..error.end.min(token.span.end);
                part(&mut job, token.span.start..marked.start, false);
                part(&mut job, marked.clone(), true);
                part(&mut job, marked.end..token.span.end, false);
            }
            _ => part(&mut job, token.span, false),
        }
    }
    if job.sections.is_empty() {
        job.append("", 0.0, format(&font, ink(ui, TokenKind::Identifier), None));
    }
    job
}

fn format(font: &FontId, ink: Color32, underline: Option<Color32>) -> TextFormat {
    let underline = underline.map_or(Stroke::NONE, |colour| Stroke::new(1.5, colour));
    TextFormat { underline, line_height: Some(19.0), ..TextFormat::simple(font.clone(), ink) }
}

fn ink(ui: &Ui, kind: TokenKind) -> Color32 {
    let tokens = theme::tokens(ui);
    match kind {
        TokenKind::Keyword | TokenKind::Type => tokens.keyword,
        TokenKind::Function => tokens.function,
        TokenKind::Number | TokenKind::Parameter => tokens.number,
        TokenKind::Text => tokens.string,
        TokenKind::Comment => tokens.comment,
        TokenKind::Bad => tokens.failed,
        TokenKind::Whitespace
        | TokenKind::Identifier
        | TokenKind::QuotedIdentifier
        | TokenKind::BacktickIdentifier
        | TokenKind::Semicolon
        | TokenKind::Punctuation
        | TokenKind::Operator => tokens.text,
    }
}

/// The word that stands at an error's place, in bytes; one character where there is no word.
pub(super) fn word_at(text: &str, at: usize) -> Range<usize> {
    tokens(text)
        .into_iter()
        .find(|token| token.span.contains(&at) && token.is_significant())
        .map_or_else(|| at.min(text.len())..text.len().min(at + 1), |token| token.span)
}
