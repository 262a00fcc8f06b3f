//! The names of categories under a plot: flat, in two lines, slanted, or only some of them, whichever is legible.

use crate::chart::canvas::{Canvas, ROW, Style, TICK};
use crate::chart::scene::{Align, Point, Tick};

/// How far a slanted name may reach, in points.
const REACH: f64 = 100.0;
/// The sine and cosine of 45 degrees.
const DIAGONAL: f64 = std::f64::consts::FRAC_1_SQRT_2;

/// How names under a plot are set.
pub(super) enum Names {
    Flat { every: usize },
    Lines(Vec<Vec<String>>),
    Slanted { reach: f64, every: usize },
}

impl Names {
    /// The setting for names that each have a band of this width, and a height together. Names of an order may be skipped; others
    /// would rather slant.
    pub(super) fn fit(canvas: &Canvas<'_>, names: &[&str], (band, tallest): (f64, f64), ordered: bool) -> Self {
        let style = Self::style(canvas);
        let widest = names.iter().map(|name| canvas.width(name, style)).fold(0.0, f64::max);
        if widest + 6.0 <= band {
            return Self::Flat { every: 1 };
        }
        let lines: Vec<Vec<String>> = names.iter().map(|name| canvas.wrap(name, style, band - 6.0, 2)).collect();
        let whole = |(lines, name): (&Vec<String>, &&str)| {
            lines.concat().len() == name.split_whitespace().map(str::len).sum::<usize>() + spaces(lines)
        };
        if lines.iter().zip(names).all(whole) {
            return Self::Lines(lines);
        }
        let reach = widest.min(REACH).min((tallest - 12.0) / DIAGONAL);
        if ordered || reach < 4.0 * TICK {
            return Self::Flat { every: count((widest + 12.0) / band) };
        }
        Self::Slanted { reach, every: count((TICK * 1.3) / band) }
    }

    /// How much height the names take.
    pub(super) fn height(&self) -> f64 {
        match self {
            Self::Flat { .. } => ROW + 2.0,
            Self::Lines(lines) => 6.0 + 12.5 * lines.iter().map(Vec::len).max().unwrap_or(1) as f64,
            Self::Slanted { reach, .. } => reach * DIAGONAL + 12.0,
        }
    }

    /// Draws the names at their places under a height, and returns them as ticks.
    pub(super) fn draw(
        &self,
        canvas: &mut Canvas<'_>,
        names: &[&str],
        places: &[f64],
        top: f64,
        band: f64,
        bounds: (f64, f64),
    ) -> Vec<Tick> {
        let style = Self::style(canvas);
        let mut ticks = Vec::with_capacity(names.len());
        for (at, (name, x)) in names.iter().zip(places).enumerate() {
            let shown = match self {
                Self::Flat { every } if at.is_multiple_of(*every) => {
                    let text = canvas.elide(name, style, (band * *every as f64 - 6.0).min(bounds.1 - bounds.0));
                    canvas.text_between(*x, top + 4.0 + TICK / 2.0, &text, style, bounds);
                    text
                }
                Self::Lines(lines) => {
                    let lines = lines.get(at).map(Vec::as_slice).unwrap_or_default();
                    for (row, line) in lines.iter().enumerate() {
                        canvas.text_at_middle(*x, top + 9.0 + 12.5 * row as f64, line.clone(), style, Align::Middle);
                    }
                    lines.join(" ")
                }
                Self::Slanted { reach, every } if at.is_multiple_of(*every) => {
                    let text = canvas.elide(name, style, reach.min((*x - bounds.0) / DIAGONAL));
                    canvas.turned(Point::new(*x + 3.0, top + 10.0), text.clone(), style, Align::End, -45.0);
                    text
                }
                Self::Flat { .. } | Self::Slanted { .. } => String::new(),
            };
            ticks.push(Tick { position: *x, value: at as f64 + 0.5, label: shown });
        }
        ticks
    }

    const fn style(canvas: &Canvas<'_>) -> Style {
        Style { color: canvas.colors.ink, ..canvas.tick() }
    }
}

fn spaces(lines: &[String]) -> usize {
    lines.iter().map(|line| line.matches(' ').count()).sum()
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to a small positive number first")]
fn count(share: f64) -> usize {
    share.ceil().clamp(1.0, 1e6) as usize
}
