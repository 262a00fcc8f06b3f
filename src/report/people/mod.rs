//! The report for people: a document made once of a measurement, painted as HTML and as PDF.

mod book;
mod contents;
mod document;
mod html;
mod notes;
mod paper;
mod table;
mod webfont;

use super::charts::Source;
use super::render::RenderError;
use crate::bias::{BiasReport, Limits, Spec};
use crate::text::Texts;

/// What a report is about.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The figures.
    pub report: &'a BiasReport,
    /// The question that they answer.
    pub spec: &'a Spec,
    /// Where the rows are, and the day that the report bears.
    pub source: Source<'a>,
    /// The statement that counted the rows, for a table.
    pub sql: Option<&'a str>,
    /// The limits by which figures pass, warn or fail.
    pub limits: &'a Limits,
}

/// The report as one HTML file that needs no network and no script.
#[must_use]
pub fn html(subject: &Subject<'_>, texts: &Texts) -> String {
    html::html(&contents::document(subject, texts))
}

/// The report as a PDF of several pages, with its words as text.
///
/// # Errors
/// [`RenderError::Svg`] where a page can't be drawn.
pub fn pdf(subject: &Subject<'_>, texts: &Texts) -> Result<Vec<u8>, RenderError> {
    let document = contents::document(subject, texts);
    let (pages, marks) = paper::pages(&document);
    book::bound(&pages, &marks, &document.title, document.language)
}

#[cfg(test)]
mod tests;
