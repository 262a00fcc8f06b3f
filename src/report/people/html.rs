//! A document as one HTML file: its styles inside, its charts as SVG, its fonts subset to what it says; no script, no network.

use std::collections::BTreeSet;
use std::fmt::{self, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::document::{Block, Cell, Document, Mark, Row, Table, Tone, least_width};
use super::webfont;
use crate::chart::fonts::{UI_FAMILY, UI_REGULAR, UI_SEMIBOLD};
use crate::chart::{Theme, ideal_size, layout, svg};
use crate::report::render::FontMeasure;

/// The usual width of a chart in points. The page shows it a quarter larger.
const CHART: f64 = 680.0;

/// The styles. Colours are the charts' own; what is printed keeps them, with tables and charts unbroken where a page allows.
const STYLES: &str = include_str!("report.css");

/// The document as HTML.
pub(super) fn html(document: &Document) -> String {
    let mut body = String::new();
    // Writing to a string can't fail.
    if write_body(&mut body, document).is_err() {
        body.clear();
    }
    let said: BTreeSet<char> = body.chars().filter(|c| !c.is_control()).collect();
    let mut fonts = String::new();
    for (bytes, weight) in [(UI_REGULAR, 400), (UI_SEMIBOLD, 600)] {
        // Without the font the page is set in one that the reader has.
        if let Some(font) = webfont::subset(bytes, &said) {
            fonts.push_str(&format!(
                "@font-face{{font-family:'{UI_FAMILY}';font-weight:{weight};src:url(data:font/woff;base64,{}) format('woff')}}\n",
                STANDARD.encode(font)
            ));
        }
    }
    format!(
        "<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{}</title>\n<style>\n{STYLES}{fonts}</style>\n</head>\n\
         <body>\n{body}</body>\n</html>\n",
        document.language,
        Escaped(&document.title),
    )
}

fn write_body(out: &mut String, document: &Document) -> fmt::Result {
    writeln!(out, "<header>\n<h1>{}</h1>\n<p>{}</p>\n</header>", Escaped(&document.title), Escaped(&document.subtitle))?;
    let sections: Vec<&String> =
        document.blocks.iter().filter_map(|block| if let Block::Heading(1, text) = block { Some(text) } else { None }).collect();
    writeln!(out, "<nav aria-label=\"{}\">", Escaped(&document.words.contents))?;
    for (at, section) in sections.iter().enumerate() {
        writeln!(out, "<a href=\"#s{}\">{}</a>", at + 1, Escaped(section))?;
    }
    writeln!(out, "</nav>\n<main>")?;
    let measure = FontMeasure::bundled();
    let mut section = 0;
    for block in &document.blocks {
        match block {
            Block::Heading(1, text) => {
                section += 1;
                writeln!(out, "<h2 id=\"s{section}\">{}</h2>", Escaped(text))?;
            }
            Block::Heading(_, text) => writeln!(out, "<h3>{}</h3>", Escaped(text))?,
            Block::Paragraph(text) => writeln!(out, "<p>{}</p>", Escaped(text))?,
            Block::Aside(text) => writeln!(out, "<p class=\"aside\">{}</p>", Escaped(text))?,
            Block::Code(text) => writeln!(out, "<pre><code>{}</code></pre>", Escaped(text))?,
            Block::Facts(facts) => {
                writeln!(out, "<dl>")?;
                for (name, text) in facts {
                    writeln!(out, "<dt>{}</dt><dd>{}</dd>", Escaped(name), Escaped(text))?;
                }
                writeln!(out, "</dl>")?;
            }
            Block::Tiles(tiles) => {
                writeln!(out, "<ul class=\"tiles\">")?;
                for tile in tiles {
                    let class = class(tile.tone);
                    writeln!(out, "<li class=\"{class}\"><b>{}</b><span>{}</span></li>", Escaped(&tile.number), Escaped(&tile.label))?;
                }
                writeln!(out, "</ul>")?;
            }
            Block::Findings(found) => {
                writeln!(out, "<ul class=\"findings\">")?;
                for (mark, text) in found {
                    write!(out, "<li>")?;
                    write_mark(out, mark)?;
                    writeln!(out, "<span>{}</span></li>", Escaped(text))?;
                }
                writeln!(out, "</ul>")?;
            }
            Block::Points(points) => {
                writeln!(out, "<ul>")?;
                for point in points {
                    writeln!(out, "<li>{}</li>", Escaped(point))?;
                }
                writeln!(out, "</ul>")?;
            }
            Block::Table(table) => write_table(out, table)?,
            Block::Picture(chart) => {
                let scene = layout(chart, ideal_size(chart, least_width(chart, CHART), &measure), Theme::Light, &measure);
                write!(out, "<figure>\n{}</figure>\n", svg(&scene))?;
            }
        }
    }
    writeln!(out, "</main>")
}

fn write_table(out: &mut String, table: &Table) -> fmt::Result {
    write!(out, "<div class=\"wide\"><table>\n<thead><tr>")?;
    for column in &table.columns {
        write!(out, "<th scope=\"col\"{}>{}</th>", if column.number { " class=\"number\"" } else { "" }, Escaped(&column.name))?;
    }
    writeln!(out, "</tr></thead>\n<tbody>")?;
    for row in &table.rows {
        match row {
            Row::Group(name, about) => {
                let (wide, name, about) = (table.columns.len(), Escaped(name), Escaped(about));
                writeln!(out, "<tr class=\"group\"><th scope=\"rowgroup\" colspan=\"{wide}\">{name} <small>{about}</small></th></tr>")?;
            }
            Row::Cells(cells) => {
                write!(out, "<tr>")?;
                for (cell, column) in cells.iter().zip(&table.columns) {
                    write_cell(out, cell, column.number)?;
                }
                writeln!(out, "</tr>")?;
            }
        }
    }
    writeln!(out, "</tbody>\n</table></div>")
}

fn write_cell(out: &mut String, cell: &Cell, number: bool) -> fmt::Result {
    let (tag, scope) = if cell.strong { ("th", " scope=\"row\"") } else { ("td", "") };
    write!(out, "<{tag}{scope}{}>", if number { " class=\"number\"" } else { "" })?;
    match &cell.mark {
        Some(mark) => write_mark(out, mark)?,
        None => write!(out, "{}", Escaped(&cell.text))?,
    }
    if !cell.note.is_empty() {
        write!(out, "<small>{}</small>", Escaped(&cell.note))?;
    }
    write!(out, "</{tag}>")
}

fn write_mark(out: &mut String, mark: &Mark) -> fmt::Result {
    write!(out, "<span class=\"mark {}\">{}</span>", class(mark.tone), Escaped(&mark.word))
}

const fn class(tone: Tone) -> &'static str {
    match tone {
        Tone::Plain => "plain",
        Tone::Quiet => "quiet",
        Tone::Good => "good",
        Tone::Doubtful => "doubtful",
        Tone::Bad => "bad",
    }
}

/// Text with what HTML gives a meaning escaped.
struct Escaped<'a>(&'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.chars() {
            match character {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\0' => f.write_char('\u{fffd}')?,
                other => f.write_char(other)?,
            }
        }
        Ok(())
    }
}
