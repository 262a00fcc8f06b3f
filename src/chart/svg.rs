//! A scene as SVG: real text, a title and a description for those who can't see it.

use std::fmt::{self, Write};

use crate::chart::fonts::UI_FAMILY;
use crate::chart::scene::{Align, Item, Scene, Stroke, Text, Weight};
use crate::chart::theme::Color;

/// The scene as an SVG document. One unit is a point, so that 72 dots per inch show it in its own size.
#[must_use]
pub fn svg(scene: &Scene) -> String {
    let mut out = String::with_capacity(160 * scene.items.len() + 1024);
    // Writing to a string can't fail.
    if write(&mut out, scene).is_err() {
        out.clear();
    }
    out
}

fn write(out: &mut String, scene: &Scene) -> fmt::Result {
    let (width, height) = (scene.size.width, scene.size.height);
    writeln!(
        out,
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="{w}" height="{h}" viewBox="0 0 {w} {h}" role="img" font-family="'{UI_FAMILY}', Pretendard, 'Noto Sans KR', 'Apple SD Gothic Neo', 'Malgun Gothic', sans-serif">"#,
        w = Short(width),
        h = Short(height),
    )?;
    writeln!(out, "<title>{}</title>", Escaped(&scene.title))?;
    writeln!(out, "<desc>{}</desc>", Escaped(&scene.description))?;
    writeln!(out, r#"<rect width="{}" height="{}" fill="{}"/>"#, Short(width), Short(height), Hex(scene.colors.background))?;
    for item in &scene.items {
        match item {
            Item::Rect { rect, fill, stroke, radius } => {
                write!(out, r#"<rect x="{}" y="{}""#, Short(rect.left), Short(rect.top))?;
                write!(out, r#" width="{}" height="{}""#, Short(rect.width), Short(rect.height))?;
                if *radius > 0.0 {
                    write!(out, r#" rx="{}""#, Short(*radius))?;
                }
                match fill {
                    Some(color) => paint(out, "fill", *color)?,
                    None => out.push_str(r#" fill="none""#),
                }
                if let Some(stroke) = stroke {
                    stroked(out, stroke)?;
                }
            }
            Item::Line { from, to, stroke } => {
                write!(out, r#"<line x1="{}" y1="{}" x2="{}" y2="{}""#, Short(from.x), Short(from.y), Short(to.x), Short(to.y))?;
                stroked(out, stroke)?;
            }
            Item::Polyline { points, stroke } => {
                out.push_str(r#"<polyline points=""#);
                for (at, point) in points.iter().enumerate() {
                    write!(out, "{}{},{}", if at > 0 { " " } else { "" }, Short(point.x), Short(point.y))?;
                }
                out.push_str(r#"" fill="none" stroke-linejoin="round" stroke-linecap="round""#);
                stroked(out, stroke)?;
            }
            Item::Text(one) => {
                text(out, one)?;
                continue;
            }
        }
        out.push_str("/>\n");
    }
    out.push_str("</svg>\n");
    Ok(())
}

fn text(out: &mut String, one: &Text) -> fmt::Result {
    write!(out, r#"<text x="{}" y="{}" font-size="{}""#, Short(one.at.x), Short(one.at.y), Short(one.size))?;
    if one.weight == Weight::SemiBold {
        out.push_str(r#" font-weight="600""#);
    }
    paint(out, "fill", one.color)?;
    match one.align {
        Align::Start => {}
        Align::Middle => out.push_str(r#" text-anchor="middle""#),
        Align::End => out.push_str(r#" text-anchor="end""#),
    }
    if one.rotation != 0.0 {
        write!(out, r#" transform="rotate({} {} {})""#, Short(one.rotation), Short(one.at.x), Short(one.at.y))?;
    }
    if one.text.starts_with(' ') || one.text.ends_with(' ') || one.text.contains("  ") {
        out.push_str(r#" xml:space="preserve""#);
    }
    writeln!(out, ">{}</text>", Escaped(&one.text))
}

fn stroked(out: &mut String, stroke: &Stroke) -> fmt::Result {
    paint(out, "stroke", stroke.color)?;
    write!(out, r#" stroke-width="{}""#, Short(stroke.width))?;
    match stroke.dash {
        Some(dash) => write!(out, r#" stroke-dasharray="{d} {d}""#, d = Short(dash)),
        None => Ok(()),
    }
}

fn paint(out: &mut String, name: &str, color: Color) -> fmt::Result {
    write!(out, r#" {name}="{}""#, Hex(color))?;
    if color.a < 255 {
        write!(out, r#" {name}-opacity="{}""#, Short(f64::from(color.a) / 255.0))?;
    }
    Ok(())
}

struct Hex(Color);

impl fmt::Display for Hex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.0.r, self.0.g, self.0.b)
    }
}

/// A length with two decimals at most.
struct Short(f64);

impl fmt::Display for Short {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = format!("{:.2}", self.0);
        let text = text.trim_end_matches('0').trim_end_matches('.');
        f.write_str(if text == "-0" { "0" } else { text })
    }
}

/// Text with what XML gives a meaning escaped, and what XML can't hold at all shown as a replacement character.
#[derive(Debug, Clone, Copy)]
pub struct Escaped<'a>(pub &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.chars() {
            match character {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                '\t' | '\n' | '\r' => f.write_char(' ')?,
                '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => f.write_char('\u{fffd}')?,
                other => f.write_char(other)?,
            }
        }
        Ok(())
    }
}
