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
    let one = |crc: u32, byte: &u8| (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 });
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
