//! SVG to PNG and PDF with the bundled fonts alone, and the width of text in them.

use std::sync::Arc;

use resvg::usvg::fontdb::{Database, Source};
use resvg::{tiny_skia, usvg};
use ttf_parser::Face;

use crate::chart::fonts::{MONO_FAMILY, MONO_REGULAR, UI_FAMILY, UI_REGULAR, UI_SEMIBOLD};
use crate::chart::{Measure, Weight};
use crate::model::{Failure, Message};

/// Why a picture could not be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RenderError {
    /// The resolution is not one of [`DPI`].
    #[error("{0} dpi is outside of {least} to {most}", least = DPI.start(), most = DPI.end())]
    Dpi(u32),
    /// The picture would have too many pixels at that resolution.
    #[error("a picture of {width} by {height} pixels is too large")]
    TooLarge {
        /// In pixels.
        width: u32,
        /// In pixels.
        height: u32,
    },
    /// The SVG can't be read or drawn, with the parser's own words.
    #[error("the SVG can't be drawn: {0}")]
    Svg(String),
}

impl From<RenderError> for Failure {
    fn from(error: RenderError) -> Self {
        let what = Message::new("chart-export-failed");
        match error {
            RenderError::Dpi(_) => {
                let why = Message::new("chart-dpi-out-of-range").with("least", u64::from(*DPI.start()));
                Self::new(what, why.with("most", u64::from(*DPI.end())))
            }
            RenderError::TooLarge { width, height } => {
                let why = Message::new("chart-picture-too-large").with("width", u64::from(width)).with("height", u64::from(height));
                Self::new(what, why).hint(Message::new("chart-lower-dpi"))
            }
            RenderError::Svg(detail) => Self::new(what, Message::new("chart-svg-unreadable")).detail(detail),
        }
    }
}

/// The resolutions that a picture can have, in dots per inch.
pub const DPI: std::ops::RangeInclusive<u32> = 36..=1200;
/// The most pixels that a picture can have: what 400 MB hold.
const MOST_PIXELS: f64 = 100e6;

/// The picture as PNG at a resolution, one unit of the SVG being a point: 560 units at 300 dpi are 2,333 pixels. The file says its dpi.
pub fn png(svg: &str, dpi: u32) -> Result<Vec<u8>, RenderError> {
    if !DPI.contains(&dpi) {
        return Err(RenderError::Dpi(dpi));
    }
    let tree = tree(svg)?;
    let scale = f64::from(dpi) / 72.0;
    let (wide, high) = (f64::from(tree.size().width()), f64::from(tree.size().height()));
    let (width, height) = (pixels(wide * scale), pixels(high * scale));
    let too_large = RenderError::TooLarge { width, height };
    if f64::from(width) * f64::from(height) > MOST_PIXELS {
        return Err(too_large);
    }
    let mut picture = tiny_skia::Pixmap::new(width, height).ok_or(too_large)?;
    // Both directions are scaled to whole pixels, so that the background reaches every edge.
    let transform = tiny_skia::Transform::from_scale(narrow(f64::from(width) / wide), narrow(f64::from(height) / high));
    resvg::render(&tree, transform, &mut picture.as_mut());
    let plain = picture.encode_png().map_err(|error| RenderError::Svg(error.to_string()))?;
    Ok(with_dpi(plain, dpi))
}

/// The picture as a PDF of one page in its own size, with its text as text.
pub fn pdf(svg: &str) -> Result<Vec<u8>, RenderError> {
    let page = svg2pdf::PageOptions { dpi: 72.0 };
    svg2pdf::to_pdf(&tree(svg)?, svg2pdf::ConversionOptions::default(), page).map_err(|error| RenderError::Svg(error.to_string()))
}

fn tree(svg: &str) -> Result<usvg::Tree, RenderError> {
    let mut fonts = Database::new();
    for bytes in [UI_REGULAR, UI_SEMIBOLD, MONO_REGULAR] {
        fonts.load_font_source(Source::Binary(Arc::new(bytes)));
    }
    fonts.set_sans_serif_family(UI_FAMILY);
    fonts.set_serif_family(UI_FAMILY);
    fonts.set_monospace_family(MONO_FAMILY);
    let options = usvg::Options { fontdb: Arc::new(fonts), font_family: UI_FAMILY.to_owned(), ..usvg::Options::default() };
    usvg::Tree::from_str(svg, &options).map_err(|error| RenderError::Svg(error.to_string()))
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to what is a number of pixels")]
fn pixels(length: f64) -> u32 {
    length.round().clamp(1.0, 1e6) as u32
}

#[allow(clippy::cast_possible_truncation, reason = "a scale of at most 17 loses nothing that is seen")]
fn narrow(scale: f64) -> f32 {
    scale as f32
}

/// The PNG with a pHYs chunk, which says how many pixels a metre has, after its header.
fn with_dpi(png: Vec<u8>, dpi: u32) -> Vec<u8> {
    /// The signature (8) and the IHDR chunk: length, name, 13 bytes and checksum.
    const HEADER: usize = 8 + 4 + 4 + 13 + 4;
    let Some((header, rest)) = png.split_at_checked(HEADER) else { return png };
    let metre = pixels(f64::from(dpi) / 0.0254).to_be_bytes();
    let mut chunk = b"pHYs".to_vec();
    chunk.extend(metre);
    chunk.extend(metre);
    chunk.push(1);
    let mut out = Vec::with_capacity(png.len() + 21);
    out.extend(header);
    out.extend(9_u32.to_be_bytes());
    out.extend(&chunk);
    out.extend(checksum(&chunk).to_be_bytes());
    out.extend(rest);
    out
}

/// The CRC-32 that PNG asks for, bit by bit: a chunk has 13 bytes.
fn checksum(bytes: &[u8]) -> u32 {
    let one =
        |crc: u32, byte: &u8| (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 });
    !bytes.iter().fold(u32::MAX, one)
}

/// Widths of text in the bundled fonts, by the advance of each character. Kerning is left out: it makes a line at most slightly
/// narrower than measured, and the window's text has none.
pub struct FontMeasure {
    regular: Option<Face<'static>>,
    semibold: Option<Face<'static>>,
}

impl FontMeasure {
    /// The measure of the bundled fonts.
    #[must_use]
    pub fn bundled() -> Self {
        Self { regular: Face::parse(UI_REGULAR, 0).ok(), semibold: Face::parse(UI_SEMIBOLD, 0).ok() }
    }

    const fn face(&self, weight: Weight) -> Option<&Face<'static>> {
        match weight {
            Weight::Regular => self.regular.as_ref(),
            Weight::SemiBold => self.semibold.as_ref(),
        }
    }
}

impl Measure for FontMeasure {
    fn width(&self, text: &str, size: f64, weight: Weight) -> f64 {
        let Some(face) = self.face(weight) else { return size * text.chars().count() as f64 };
        let em = f64::from(face.units_per_em());
        // A character that the font lacks is drawn in another one, on the screen; most such scripts are as wide as they are high.
        let advance = |c: char| face.glyph_index(c).and_then(|glyph| face.glyph_hor_advance(glyph)).map_or(em, f64::from);
        text.chars().map(advance).sum::<f64>() / em * size
    }

    fn height(&self, size: f64) -> f64 {
        self.regular.as_ref().map_or(size * 1.2, |face| f64::from(face.height()) / f64::from(face.units_per_em()) * size)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::{
        Bars, Chart, Direction, Format, Item, Kind, Order, Reference, Scene, Series, Shares, Size, Theme, ideal_size, layout, svg,
    };

    const COUNTS: [(&str, [f64; 3]); 4] = [
        ("Blouses", [2256.0, 384.0, 343.0]),
        ("Trend", [78.0, 19.0, 21.0]),
        ("원피스", [4634.0, 830.0, 681.0]),
        ("Wąż & ∆", [1.0, 2.0, 3.0]),
    ];

    fn charts() -> Vec<Chart> {
        let of = |title: &str, kind| Chart {
            title: title.to_owned(),
            subtitle: "상품 카테고리별 리뷰 수 — number of reviews".to_owned(),
            footer: "출처: dsoaws.reviews · 22,626행 · 2026년 11월 22일".to_owned(),
            kind,
        };
        let mut bars = Bars::of(Direction::Horizontal, Format::Count, COUNTS.map(|(name, counts)| (name, counts.iter().sum())));
        bars.order = Order::Descending;
        bars.axes.references = vec![Reference { value: 1257.0, label: "균등 분포 1,257".to_owned() }];
        let part = |name: &str, at: usize| Series::of(name, COUNTS.map(|(_, counts)| counts[at]));
        let series = vec![part("긍정", 0), part("중립", 1), part("부정", 2)];
        let shares = Shares { categories: COUNTS.map(|(name, _)| name.to_owned()).to_vec(), series, ..Shares::default() };
        vec![of("Trend has 118 of 22,626 rows", Kind::Bars(bars)), of("카테고리별 감성 분포", Kind::Shares(shares))]
    }

    fn scene(chart: &Chart) -> Scene {
        let measure = FontMeasure::bundled();
        layout(chart, ideal_size(chart, 560.0, &measure), Theme::Light, &measure)
    }

    fn all_texts(group: &usvg::Group) -> Vec<(String, f64)> {
        let mut found = Vec::new();
        for node in group.children() {
            match node {
                usvg::Node::Group(inner) => found.extend(all_texts(inner)),
                usvg::Node::Text(text) => {
                    let said = text.chunks().iter().map(usvg::TextChunk::text).collect();
                    found.push((said, f64::from(text.abs_bounding_box().width())));
                }
                _ => {}
            }
        }
        found
    }

    #[test]
    fn every_text_is_set_in_the_bundled_fonts_as_wide_as_it_was_measured() {
        let measure = FontMeasure::bundled();
        for chart in charts() {
            let scene = scene(&chart);
            let tree = tree(&svg(&scene)).unwrap();
            let set = all_texts(tree.root());
            let laid: Vec<_> = scene.items.iter().filter_map(|item| if let Item::Text(text) = item { Some(text) } else { None }).collect();
            assert_eq!(set.len(), laid.len());
            for ((said, width), text) in set.iter().zip(laid) {
                assert_eq!(*said, text.text);
                let face = measure.face(text.weight).unwrap();
                assert!(said.chars().all(|c| face.glyph_index(c).is_some()), "{said} has a character without a glyph");
                let measured = measure.width(said, text.size, text.weight);
                assert!((width - measured).abs() <= 0.06 * measured + 0.5, "{said}: {width} is not {measured}");
            }
        }
    }

    #[test]
    fn figures_align_in_both_weights_and_hangul_is_there() {
        let measure = FontMeasure::bundled();
        for weight in [Weight::Regular, Weight::SemiBold] {
            let zero = measure.width("0", 100.0, weight);
            assert!(('0'..='9').all(|figure| (measure.width(&figure.to_string(), 100.0, weight) - zero).abs() < 1e-9));
            let face = measure.face(weight).unwrap();
            assert!(('가'..='힣').chain("−–—…·×≥≤≠±→←↑↓▲△●∞≈".chars()).all(|c| face.glyph_index(c).is_some()));
        }
        assert!(measure.width("Trend", 11.0, Weight::SemiBold) > measure.width("Trend", 11.0, Weight::Regular));
        assert!(measure.height(10.0) > 10.0);
        let mono = Face::parse(MONO_REGULAR, 0).unwrap();
        let advance = |c| mono.glyph_index(c).and_then(|glyph| mono.glyph_hor_advance(glyph)).unwrap();
        assert!((' '..='~').all(|c| advance(c) == advance('m')));
    }

    #[test]
    fn a_png_has_the_pixels_and_says_the_dpi() {
        let scene = scene(&charts()[0]);
        let svg = svg(&scene);
        for dpi in [72, 150, 300] {
            let bytes = png(&svg, dpi).unwrap();
            let picture = tiny_skia::Pixmap::decode_png(&bytes).unwrap();
            let wanted = |points: f64| pixels(points * f64::from(dpi) / 72.0);
            assert_eq!((picture.width(), picture.height()), (wanted(scene.size.width), wanted(scene.size.height)));
            let at = bytes.windows(4).position(|name| name == b"pHYs").unwrap();
            let metre = u32::from_be_bytes(bytes[at + 4..at + 8].try_into().unwrap());
            assert!((f64::from(metre) * 0.0254 - f64::from(dpi)).abs() < 0.02);
            assert_eq!(bytes[at + 12], 1);
            assert_eq!(checksum(&bytes[at..at + 13]).to_be_bytes(), bytes[at + 13..at + 17]);
            assert!(picture.pixels().iter().all(|pixel| pixel.alpha() == 255), "paper has no holes");
            let teal = picture.pixels().iter().filter(|pixel| (pixel.red(), pixel.green(), pixel.blue()) == (0x0F, 0x76, 0x6E)).count();
            let ink = picture.pixels().iter().filter(|pixel| pixel.red() < 0x40 && pixel.green() < 0x40).count();
            assert!(teal > 1000 && ink > 100, "{teal} {ink}");
        }
    }

    #[test]
    fn the_checksum_is_the_one_of_png() {
        assert_eq!(checksum(b"123456789"), 0xCBF4_3926);
        assert_eq!(checksum(b"IEND"), 0xAE42_6082);
    }

    #[test]
    fn a_pdf_has_its_size_and_its_fonts() {
        for chart in charts() {
            let scene = scene(&chart);
            let bytes = pdf(&svg(&scene)).unwrap();
            let text = String::from_utf8_lossy(&bytes);
            assert!(bytes.starts_with(b"%PDF-"));
            assert!(text.contains("FairlakeSans-Regular") && text.contains("FairlakeSans-SemiBold"));
            assert!(text.contains("/ToUnicode"), "text can be copied out");
            assert!(text.contains(&format!("/MediaBox [0 0 {} {}]", scene.size.width, scene.size.height)), "{}", scene.size.height);
        }
    }

    #[test]
    fn what_cannot_be_drawn_is_refused_in_words() {
        assert!(matches!(png("<svg", 300), Err(RenderError::Svg(_))));
        assert!(matches!(pdf("no svg"), Err(RenderError::Svg(_))));
        assert_eq!(png("<svg/>", 10), Err(RenderError::Dpi(10)));
        let huge = r#"<svg xmlns="http://www.w3.org/2000/svg" width="9000" height="9000"/>"#;
        assert_eq!(png(huge, 600), Err(RenderError::TooLarge { width: 75_000, height: 75_000 }));
        let failure = Failure::from(RenderError::Dpi(10));
        assert_eq!((failure.what.id.as_ref(), failure.why.id.as_ref()), ("chart-export-failed", "chart-dpi-out-of-range"));
    }

    #[test]
    fn size_is_bounded_by_pixels_alone() {
        let chart = &charts()[0];
        let measure = FontMeasure::bundled();
        let scene = layout(chart, Size::new(120.0, 80.0), Theme::Light, &measure);
        assert!(png(&svg(&scene), 1200).is_ok());
    }
}
