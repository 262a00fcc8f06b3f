//! Pages of items bound into one PDF: text as text in two embedded subsets of the bundled fonts, a title, a language and bookmarks.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use pdf_writer::types::{CidFontType, FontFlags, LineCapStyle, LineJoinStyle, PageMode, SystemInfo, UnicodeCmap};
use pdf_writer::{Content, Filter, Finish as _, Name, Pdf, Rect as Bounds, Ref, Str, TextStr};
use subsetter::GlyphRemapper;
use ttf_parser::{Face, GlyphId};

use super::paper::{Bookmark, PAGE};
use crate::chart::fonts::{UI_REGULAR, UI_SEMIBOLD};
use crate::chart::{Align, Color, Item, Measure as _, Point, Rect, Stroke, Text, Weight};
use crate::report::render::{FontMeasure, RenderError};

const IDENTITY: SystemInfo<'_> = SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 };
/// How far from its ends a quarter of a circle bends, by the radius.
const BEND: f64 = 0.552_284_75;

/// A font as the pages use it: the glyphs that they show, and what these say.
struct Font {
    name: &'static str,
    bytes: &'static [u8],
    face: Face<'static>,
    glyphs: GlyphRemapper,
    said: BTreeMap<u16, char>,
}

impl Font {
    fn new(name: &'static str, bytes: &'static [u8]) -> Result<Self, RenderError> {
        let face = Face::parse(bytes, 0).map_err(|error| RenderError::Svg(error.to_string()))?;
        Ok(Self { name, bytes, face, glyphs: GlyphRemapper::new(), said: BTreeMap::new() })
    }

    /// The text in the numbers of the glyphs, two bytes each.
    fn encode(&mut self, text: &str) -> Vec<u8> {
        let mut out = Vec::with_capacity(text.len() * 2);
        for character in text.chars() {
            let glyph = self.face.glyph_index(character).map_or(0, |glyph| glyph.0);
            let number = self.glyphs.remap(glyph);
            if glyph > 0 {
                self.said.entry(number).or_insert(character);
            }
            out.extend(number.to_be_bytes());
        }
        out
    }
}

/// The pages, in order, as a PDF.
pub(super) fn bound(pages: &[Vec<Item>], marks: &[Bookmark], title: &str, language: &str) -> Result<Vec<u8>, RenderError> {
    let mut next = Ref::new(1);
    let [catalog, tree, info] = [next.bump(), next.bump(), next.bump()];
    let mut fonts = [Font::new("FairlakeSans-Regular", UI_REGULAR)?, Font::new("FairlakeSans-SemiBold", UI_SEMIBOLD)?];
    let faces = [next.bump(), next.bump()];
    let measure = FontMeasure::bundled();
    let mut pdf = Pdf::new();
    let ids: Vec<Ref> = pages.iter().map(|_| next.bump()).collect();
    for (items, page) in pages.iter().zip(&ids) {
        let mut alphas = BTreeSet::new();
        let mut drawn = Content::new();
        for item in items {
            draw(&mut drawn, item, &mut fonts, &measure, &mut alphas);
        }
        let content = next.bump();
        pdf.stream(content, &packed(&drawn.finish())).filter(Filter::FlateDecode);
        let states: Vec<(u8, Ref)> = alphas.into_iter().map(|alpha| (alpha, next.bump())).collect();
        let mut leaf = pdf.page(*page);
        leaf.media_box(Bounds::new(0.0, 0.0, narrow(PAGE.width), narrow(PAGE.height))).parent(tree).contents(content);
        let mut resources = leaf.resources();
        let mut known = resources.fonts();
        known.pair(Name(b"F0"), faces[0]).pair(Name(b"F1"), faces[1]);
        known.finish();
        if !states.is_empty() {
            let mut known = resources.ext_g_states();
            for (alpha, state) in &states {
                known.pair(Name(state_name(*alpha).as_bytes()), *state);
            }
        }
        resources.finish();
        leaf.finish();
        for (alpha, state) in states {
            let share = f32::from(alpha) / 255.0;
            pdf.ext_graphics(state).non_stroking_alpha(share).stroking_alpha(share);
        }
    }
    pdf.pages(tree).kids(ids.iter().copied()).count(i32::try_from(ids.len()).unwrap_or(i32::MAX));
    for (font, id) in fonts.iter().zip(faces) {
        embed(&mut pdf, &mut next, font, id)?;
    }
    let outline = bookmarks(&mut pdf, &mut next, marks, &ids);
    pdf.document_info(info).title(TextStr(title)).creator(TextStr("Fairlake"));
    let mut root = pdf.catalog(catalog);
    root.pages(tree).lang(TextStr(language)).page_mode(PageMode::UseOutlines).outlines(outline);
    root.viewer_preferences().display_doc_title(true);
    root.finish();
    Ok(pdf.finish())
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    // Writing to memory can't fail.
    if encoder.write_all(bytes).is_err() {
        return Vec::new();
    }
    encoder.finish().unwrap_or_default()
}

#[allow(clippy::cast_possible_truncation, reason = "lengths on a page, far below what a short float holds")]
const fn narrow(length: f64) -> f32 {
    length as f32
}

fn state_name(alpha: u8) -> String {
    format!("A{alpha}")
}

/// Draws an item. A PDF counts upward from the foot of the page.
fn draw(out: &mut Content, item: &Item, fonts: &mut [Font; 2], measure: &FontMeasure, alphas: &mut BTreeSet<u8>) {
    let at = |point: &Point| (narrow(point.x), narrow(PAGE.height - point.y));
    let color = match item {
        Item::Rect { fill, stroke, .. } => fill.or(stroke.map(|stroke| stroke.color)),
        Item::Line { stroke, .. } | Item::Polyline { stroke, .. } => Some(stroke.color),
        Item::Text(text) => Some(text.color),
    };
    let clear = color.map(|color| color.a).filter(|alpha| *alpha < u8::MAX);
    if let Some(alpha) = clear {
        alphas.insert(alpha);
        out.save_state().set_parameters(Name(state_name(alpha).as_bytes()));
    }
    match item {
        Item::Rect { rect, fill, stroke, radius } => {
            if let Some(color) = fill {
                ink(out, *color);
            }
            if let Some(stroke) = stroke {
                pen(out, stroke);
            }
            outline(out, rect, *radius);
            match (fill, stroke) {
                (Some(_), Some(_)) => out.fill_nonzero_and_stroke(),
                (Some(_), None) => out.fill_nonzero(),
                (None, Some(_)) => out.stroke(),
                (None, None) => out.end_path(),
            };
        }
        Item::Line { from, to, stroke } => {
            pen(out, stroke);
            let ((x1, y1), (x2, y2)) = (at(from), at(to));
            out.move_to(x1, y1).line_to(x2, y2).stroke();
        }
        Item::Polyline { points, stroke } => {
            let Some((first, more)) = points.split_first() else { return };
            pen(out, stroke);
            out.set_line_join(LineJoinStyle::RoundJoin).set_line_cap(LineCapStyle::RoundCap);
            let (x, y) = at(first);
            out.move_to(x, y);
            for point in more {
                let (x, y) = at(point);
                out.line_to(x, y);
            }
            out.stroke().set_line_join(LineJoinStyle::MiterJoin).set_line_cap(LineCapStyle::ButtCap);
        }
        Item::Text(text) => words(out, text, fonts, measure),
    }
    if clear.is_some() {
        out.restore_state();
    }
}

fn rgb(color: Color) -> [f32; 3] {
    [color.r, color.g, color.b].map(|part| f32::from(part) / 255.0)
}

fn ink(out: &mut Content, color: Color) {
    let [r, g, b] = rgb(color);
    out.set_fill_rgb(r, g, b);
}

fn pen(out: &mut Content, stroke: &Stroke) {
    let [r, g, b] = rgb(stroke.color);
    out.set_stroke_rgb(r, g, b).set_line_width(narrow(stroke.width));
    match stroke.dash {
        Some(dash) => out.set_dash_pattern([narrow(dash), narrow(dash)], 0.0),
        None => out.set_dash_pattern([], 0.0),
    };
}

fn outline(out: &mut Content, rect: &Rect, radius: f64) {
    let foot = PAGE.height - rect.bottom();
    let radius = radius.min(rect.width / 2.0).min(rect.height / 2.0);
    if radius <= 0.0 {
        out.rect(narrow(rect.left), narrow(foot), narrow(rect.width), narrow(rect.height));
        return;
    }
    let (left, right, top) = (rect.left, rect.right(), foot + rect.height);
    let bend = radius * (1.0 - BEND);
    let go = |out: &mut Content, x: f64, y: f64| {
        out.line_to(narrow(x), narrow(y));
    };
    let turn = |out: &mut Content, first: (f64, f64), second: (f64, f64), end: (f64, f64)| {
        out.cubic_to(narrow(first.0), narrow(first.1), narrow(second.0), narrow(second.1), narrow(end.0), narrow(end.1));
    };
    out.move_to(narrow(left + radius), narrow(foot));
    go(out, right - radius, foot);
    turn(out, (right - bend, foot), (right, foot + bend), (right, foot + radius));
    go(out, right, top - radius);
    turn(out, (right, top - bend), (right - bend, top), (right - radius, top));
    go(out, left + radius, top);
    turn(out, (left + bend, top), (left, top - bend), (left, top - radius));
    go(out, left, foot + radius);
    turn(out, (left, foot + bend), (left + bend, foot), (left + radius, foot));
    out.close_path();
}

fn words(out: &mut Content, text: &Text, fonts: &mut [Font; 2], measure: &FontMeasure) {
    let [regular, semibold] = fonts;
    let (font, name) = if text.weight == Weight::SemiBold { (semibold, "F1") } else { (regular, "F0") };
    let back = match text.align {
        Align::Start => 0.0,
        Align::Middle => measure.width(&text.text, text.size, text.weight) / 2.0,
        Align::End => measure.width(&text.text, text.size, text.weight),
    };
    let (sin, cos) = (-text.rotation.to_radians()).sin_cos();
    let (left, up) = (text.at.x - back * cos, PAGE.height - text.at.y - back * sin);
    ink(out, text.color);
    out.begin_text()
        .set_font(Name(name.as_bytes()), narrow(text.size))
        .set_text_matrix([cos, sin, -sin, cos, left, up].map(narrow))
        .show(Str(&font.encode(&text.text)))
        .end_text();
}

/// Writes a font with the outlines that were shown, their widths and what they say.
fn embed(pdf: &mut Pdf, next: &mut Ref, font: &Font, id: Ref) -> Result<(), RenderError> {
    let [descendant, descriptor, cmap, data] = [next.bump(), next.bump(), next.bump(), next.bump()];
    let Font { face, glyphs, .. } = font;
    let per_em = 1000.0 / f32::from(face.units_per_em());
    let name = format!("FLAKES+{}", font.name);
    let base = Name(name.as_bytes());
    pdf.type0_font(id).base_font(base).encoding_predefined(Name(b"Identity-H")).descendant_font(descendant).to_unicode(cmap);
    let mut cid = pdf.cid_font(descendant);
    cid.subtype(CidFontType::Type2).base_font(base).system_info(IDENTITY).font_descriptor(descriptor).default_width(0.0);
    cid.cid_to_gid_map_predefined(Name(b"Identity"));
    let widths = glyphs.remapped_gids().map(|glyph| face.glyph_hor_advance(GlyphId(glyph)).map_or(0.0, f32::from) * per_em);
    cid.widths().consecutive(0, widths);
    cid.finish();
    let bounds = face.global_bounding_box();
    let scaled = |length: i16| f32::from(length) * per_em;
    pdf.font_descriptor(descriptor)
        .name(base)
        .flags(FontFlags::NON_SYMBOLIC)
        .bbox(Bounds::new(scaled(bounds.x_min), scaled(bounds.y_min), scaled(bounds.x_max), scaled(bounds.y_max)))
        .italic_angle(0.0)
        .ascent(scaled(face.ascender()))
        .descent(scaled(face.descender()))
        .cap_height(scaled(face.capital_height().unwrap_or_else(|| face.ascender())))
        .stem_v(if font.name.ends_with("SemiBold") { 110.0 } else { 80.0 })
        .font_file2(data);
    let mut says = UnicodeCmap::new(Name(b"Custom"), IDENTITY);
    for (glyph, character) in &font.said {
        says.pair(*glyph, *character);
    }
    pdf.cmap(cmap, &packed(&says.finish())).filter(Filter::FlateDecode);
    let subset = subsetter::subset(font.bytes, 0, glyphs).map_err(|error| RenderError::Svg(error.to_string()))?;
    pdf.stream(data, &packed(&subset)).filter(Filter::FlateDecode);
    Ok(())
}

/// Writes the bookmarks: sections, and their parts below them. Gives the outline.
fn bookmarks(pdf: &mut Pdf, next: &mut Ref, marks: &[Bookmark], pages: &[Ref]) -> Ref {
    let outline = next.bump();
    let ids: Vec<Ref> = marks.iter().map(|_| next.bump()).collect();
    let tops: Vec<usize> = marks.iter().enumerate().filter(|(_, mark)| mark.level <= 1).map(|(at, _)| at).collect();
    let below = |top: usize| -> Vec<usize> {
        let end = tops.iter().copied().find(|other| *other > top).unwrap_or(marks.len());
        (top + 1..end).collect()
    };
    let id = |at: usize| ids.get(at).copied().unwrap_or(outline);
    let mut root = pdf.outline(outline);
    if let (Some(first), Some(last)) = (tops.first(), tops.last()) {
        root.first(id(*first)).last(id(*last)).count(i32::try_from(tops.len()).unwrap_or(0));
    }
    root.finish();
    let mut levels: Vec<(Ref, Vec<usize>)> = tops.iter().map(|top| (id(*top), below(*top))).collect();
    levels.push((outline, tops.clone()));
    for (parent, level) in levels {
        for (at, mark) in level.iter().enumerate() {
            let Some(bookmark) = marks.get(*mark) else { continue };
            let mut item = pdf.outline_item(id(*mark));
            item.title(TextStr(&bookmark.title)).parent(parent);
            if let Some(before) = at.checked_sub(1).and_then(|at| level.get(at)) {
                item.prev(id(*before));
            }
            if let Some(after) = level.get(at + 1) {
                item.next(id(*after));
            }
            let parts = if parent == outline { below(*mark) } else { Vec::new() };
            if let (Some(first), Some(last)) = (parts.first(), parts.last()) {
                // A negative count: closed until it is opened.
                item.first(id(*first)).last(id(*last)).count(-i32::try_from(parts.len()).unwrap_or(0));
            }
            if let Some(page) = pages.get(bookmark.page) {
                item.dest().page(*page).xyz(0.0, narrow(PAGE.height - bookmark.top), None);
            }
        }
    }
    outline
}
