//! Heat maps: numbers in a grid, on a scale that diverges from zero.

use crate::chart::canvas::{Canvas, ROW, Style, TICK, shown};
use crate::chart::layout::Plot;
use crate::chart::scale::room;
use crate::chart::scene::{Align, Axis, Mark, Point, Rect, Tick};
use crate::chart::spec::{HeatMap, Limit};
use crate::chart::theme::Texture;

/// The height in which every row has room.
pub(super) fn ideal_height(spec: &HeatMap) -> f64 {
    ROW + 6.0 + 22.0 * spec.rows.len().max(1) as f64
}

/// The absolute value at which a column's colour is full.
fn limit(spec: &HeatMap, column: Option<usize>) -> f64 {
    let largest = |values: &mut dyn Iterator<Item = Option<f64>>| {
        values.flatten().filter(|value| value.is_finite()).fold(0.0, |most, value| value.abs().max(most))
    };
    let full = match (spec.limit, column) {
        (Limit::Fixed(limit), _) => limit.abs(),
        (Limit::PerColumn, Some(column)) => largest(&mut spec.cells.iter().map(|row| row.get(column).and_then(|cell| cell.value))),
        _ => largest(&mut spec.cells.iter().flatten().map(|cell| cell.value)),
    };
    if full > 0.0 { full } else { 1.0 }
}

/// The legend of the colours. Returns where it ends.
pub(super) fn scale(canvas: &mut Canvas<'_>, spec: &HeatMap, left: f64, right: f64, top: f64) -> f64 {
    const STEPS: u32 = 24;
    let width = ((right - left) * 0.3).min(140.0);
    let style = canvas.tick();
    let full = limit(spec, None);
    let ends = match spec.limit {
        Limit::PerColumn => (String::new(), String::new()),
        Limit::Shared | Limit::Fixed(_) => (spec.format.show(-full), spec.format.show(full)),
    };
    let joined = |number: &str, word: &str| [number, word].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("  ");
    let side = (right - left - width) / 2.0 - 8.0;
    let low = canvas.elide(&joined(&spec.low, &ends.0), style, side);
    let high = canvas.elide(&joined(&ends.1, &spec.high), style, side);
    let from = left + if low.is_empty() { 0.0 } else { canvas.width(&low, style) + 8.0 };
    let middle = top + ROW / 2.0;
    canvas.text_at_middle(left, middle, low, style, Align::Start);
    let step = width / f64::from(STEPS);
    for at in 0..STEPS {
        let color = canvas.colors.diverging((f64::from(at) + 0.5) / f64::from(STEPS) * 2.0 - 1.0);
        canvas.fill(Rect { left: from + step * f64::from(at), top: middle - 4.0, width: step + 0.3, height: 8.0 }, color, Texture::Solid);
    }
    let axis = canvas.colors.axis;
    canvas.line(Point::new(from + width / 2.0, middle - 5.5), Point::new(from + width / 2.0, middle + 5.5), axis, 1.0);
    canvas.text_at_middle(from + width + 8.0, middle, high, style, Align::Start);
    top + ROW + 4.0
}

pub(super) fn draw(canvas: &mut Canvas<'_>, spec: &HeatMap, area: Rect) -> Plot {
    let (label, tick) = (canvas.label(), canvas.tick());
    let widest = spec.rows.iter().map(|name| canvas.width(name, label)).fold(0.0, f64::max);
    let column = widest.min(area.width * 0.34);
    let left = area.left + column + 8.0;
    let top = area.top + ROW + 2.0;
    let (columns, height) = (spec.columns.len().max(1), (area.bottom() - top - 2.0).max(1.0));
    let shown_rows = spec.rows.len().min(room(height / 1.5).max(1));
    canvas.hidden += (spec.rows.len() - shown_rows) * columns;
    let band = (height / shown_rows.max(1) as f64).min(34.0);
    let wide = ((area.right() - left).max(1.0) / columns as f64).min(110.0);
    let plot = Rect { left, top, width: wide * columns as f64, height: band * shown_rows.max(1) as f64 };

    let head = Style { color: canvas.colors.ink, ..tick };
    let mut heads = Vec::with_capacity(columns);
    for (at, name) in spec.columns.iter().enumerate() {
        let x = left + wide * (at as f64 + 0.5);
        let text = canvas.elide(name, head, wide - 4.0);
        canvas.text_at_middle(x, top - ROW / 2.0, text.clone(), head, Align::Middle);
        heads.push(Tick { position: x, value: at as f64 + 0.5, label: text });
    }
    let axis_name = canvas.elide(&spec.row_axis, tick, column.max(60.0));
    canvas.text_at_middle(area.left, top - ROW / 2.0, axis_name, tick, Align::Start);

    let every = room((12.5 / band).ceil()).max(1);
    let gap = if band > 6.0 { 1.0 } else { 0.0 };
    let limits: Vec<f64> = (0..columns).map(|at| limit(spec, Some(at))).collect();
    let mut names = Vec::with_capacity(shown_rows);
    for (row, (name, cells)) in spec.rows.iter().zip(&spec.cells).take(shown_rows).enumerate() {
        let y = top + band * row as f64;
        let text = if row.is_multiple_of(every) { canvas.elide(name, label, column) } else { String::new() };
        canvas.text_at_middle(left - 8.0, y + band / 2.0, text.clone(), label, Align::End);
        names.push(Tick { position: y + band / 2.0, value: row as f64 + 0.5, label: text });
        for (at, (cell, head)) in cells.iter().zip(&spec.columns).enumerate() {
            let target = Rect { left: left + wide * at as f64, top: y, width: wide, height: band };
            let bounds = Rect { width: (wide - gap).max(0.0), height: (band - gap).max(0.0), ..target };
            let full = limits.get(at).copied().unwrap_or(1.0);
            let share =
                cell.value.filter(|value| !value.is_nan()).map(|value| if value.is_infinite() { value.signum() } else { value / full });
            let ground = share.map_or(canvas.colors.background, |share| canvas.colors.diverging(share.clamp(-1.0, 1.0)));
            match share {
                Some(_) => canvas.fill(bounds, ground, Texture::Solid),
                None => canvas.outline(bounds, None, canvas.colors.grid, 1.0, 0.0),
            }
            let ink = if share.is_some() { ground.readable() } else { canvas.colors.muted };
            let style = Style { size: TICK, color: ink, ..label };
            let text = cell.value.map_or_else(|| "–".to_owned(), |value| spec.format.show(value));
            let ring = if cell.doubtful { 12.0 } else { 0.0 };
            let width = canvas.width(&text, style);
            if band >= 11.0 && width + ring + 4.0 <= wide {
                canvas.text_at_middle(bounds.center().x, bounds.center().y, text, style, Align::Middle);
                let x = bounds.center().x - width / 2.0 - 8.0;
                if cell.doubtful && x - 4.0 > bounds.left {
                    canvas.ring(Point::new(x, bounds.center().y), 2.6, ink);
                }
            }
            canvas.marks.push(Mark {
                bounds,
                target,
                label: name.clone(),
                series: head.clone(),
                value: cell.value,
                shown: shown(spec.format, cell.value, cell.interval),
                note: cell.note.clone(),
            });
        }
    }
    let x = Axis { from: 0.0, to: columns as f64, ticks: heads };
    Plot { rect: plot, x, y: Axis { from: shown_rows as f64, to: 0.0, ticks: names } }
}
