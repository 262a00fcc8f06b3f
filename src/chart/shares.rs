//! Bars of equal length divided by share.

use crate::chart::canvas::{Canvas, ROW, Style, TICK};
use crate::chart::layout::{Plot, bottom_axis};
use crate::chart::numbers::Format;
use crate::chart::scale::{Scale, room};
use crate::chart::scene::{Align, Axis, Mark, Point, Rect, Tick};
use crate::chart::spec::Shares;

/// The height in which every name and share has room.
pub(super) fn ideal_height(spec: &Shares) -> f64 {
    let above = if spec.category_axis.is_empty() && spec.total.is_empty() { 0.0 } else { ROW };
    let below = if spec.value_axis.is_empty() { ROW + 8.0 } else { 2.0 * ROW + 8.0 };
    above + 22.0 * spec.categories.len().max(1) as f64 + below
}

fn amount(spec: &Shares, series: usize, category: usize) -> f64 {
    let figure = spec.series.get(series).and_then(|series| series.figures.get(category));
    figure.and_then(|figure| figure.value).filter(|value| value.is_finite()).unwrap_or(0.0).max(0.0)
}

pub(super) fn draw(canvas: &mut Canvas<'_>, spec: &Shares, area: Rect) -> Plot {
    let total = |category: usize| (0..spec.series.len()).map(|series| amount(spec, series, category)).sum::<f64>();
    let share = |series: usize, category: usize| {
        let total = total(category);
        if total > 0.0 { amount(spec, series, category) / total } else { 0.0 }
    };
    let mut order = spec.order.of(spec.categories.len(), |at| Some(share(0, at)));
    let (label, tick) = (canvas.label(), canvas.tick());
    let widest = spec.categories.iter().map(|name| canvas.width(name, label)).fold(0.0, f64::max);
    let column = widest.min(area.width * 0.36);
    let totals: Vec<String> =
        if spec.total.is_empty() { Vec::new() } else { (0..spec.categories.len()).map(|at| spec.format.show(total(at))).collect() };
    let sums = totals.iter().map(|text| canvas.width(text, tick)).fold(canvas.width(&spec.total, tick), f64::max);
    let margin = if totals.is_empty() { canvas.width("100%", tick) / 2.0 } else { sums.min(area.width * 0.2) + 10.0 };
    let left = area.left + column + 8.0;
    let right = (area.right() - margin).max(left + 1.0);
    let top = area.top + if spec.category_axis.is_empty() && spec.total.is_empty() { 2.0 } else { ROW + 2.0 };
    let below = if spec.value_axis.is_empty() { ROW } else { 2.0 * ROW };
    let height = (area.bottom() - top - below - 4.0).max(1.0);
    let fitting = room(height / 1.5).max(1);
    canvas.hidden += order.len().saturating_sub(fitting) * spec.series.len();
    order.truncate(fitting);
    let band = (height / order.len().max(1) as f64).min(44.0);
    let thick = (band * 0.76).min(30.0);
    let plot = Rect { left, top, width: right - left, height: band * order.len().max(1) as f64 };
    let scale = Scale::new((0.0, 1.0), (left, right));
    let places =
        [0.0, 0.25, 0.5, 0.75, 1.0].map(|value| Tick { position: scale.at(value), value, label: Format::Percent.tick(value, 0.25) });
    let x = bottom_axis(canvas, plot, places.to_vec(), &spec.value_axis, (left - 16.0, area.right()));
    let axis_name = canvas.elide(&spec.category_axis, tick, column.max(60.0));
    canvas.text_at_middle(area.left, top - ROW / 2.0 - 1.0, axis_name, tick, Align::Start);
    canvas.text_at_middle(area.right(), top - ROW / 2.0 - 1.0, spec.total.clone(), tick, Align::End);

    let every = room((12.5 / band).ceil()).max(1);
    let background = canvas.colors.background;
    let mut names = Vec::with_capacity(order.len());
    for (row, &category) in order.iter().enumerate() {
        let strip = Rect { left: area.left, top: top + band * row as f64, width: area.width, height: band };
        let middle = strip.center().y;
        let named = row.is_multiple_of(every);
        let full = spec.categories.get(category).map(String::as_str).unwrap_or_default();
        let name = if named { canvas.elide(full, label, column) } else { String::new() };
        canvas.text_at_middle(area.left + column, middle, name.clone(), label, Align::End);
        names.push(Tick { position: middle, value: row as f64 + 0.5, label: name });
        let mut before = 0.0;
        for (at, series) in spec.series.iter().enumerate() {
            let part = share(at, category);
            let (from, to) = (scale.at(before), scale.at(before + part));
            before += part;
            let bounds = Rect::between(Point::new(from, middle - thick / 2.0), Point::new(to, middle + thick / 2.0));
            let (color, texture) = canvas.colors.series(at, series.tone);
            canvas.fill(bounds, color, texture);
            if at > 0 && bounds.width > 1.0 {
                canvas.line(Point::new(from, bounds.top), Point::new(from, bounds.bottom()), background, 1.0);
            }
            let text = Format::Percent.tick(part, 0.01);
            let style = Style { size: TICK, color: color.readable(), ..label };
            if thick >= 11.0 && texture == crate::chart::theme::Texture::Solid && canvas.width(&text, style) + 6.0 <= bounds.width {
                canvas.text_at_middle(bounds.center().x, middle, text, style, Align::Middle);
            }
            let shown = format!("{} ({})", Format::Percent.show(part), spec.format.show(amount(spec, at, category)));
            let note = series.figures.get(category).map(|figure| figure.note.clone()).unwrap_or_default();
            let target = Rect { top: strip.top, height: band, ..bounds };
            canvas.marks.push(Mark { bounds, target, label: full.to_owned(), series: series.name.clone(), value: Some(part), shown, note });
        }
        if let Some(text) = totals.get(category).filter(|_| named) {
            let text = canvas.elide(text, tick, margin - 8.0);
            canvas.text_at_middle(area.right(), middle, text, tick, Align::End);
        }
    }
    Plot { rect: plot, x: Axis { from: 0.0, to: 1.0, ..x }, y: Axis { from: order.len() as f64, to: 0.0, ticks: names } }
}
