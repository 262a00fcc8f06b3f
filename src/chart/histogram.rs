//! Histograms: touching bars over a scale of values.

use crate::chart::canvas::{Canvas, ROW, Tag};
use crate::chart::layout::{Plot, bottom_axis, left_axis};
use crate::chart::numbers::{Format, ticks};
use crate::chart::scale::{Scale, room};
use crate::chart::scene::{Axis, Mark, Point, Rect, Tick};
use crate::chart::spec::Histogram;
use crate::chart::theme::Texture;

pub(super) fn draw(canvas: &mut Canvas<'_>, spec: &Histogram, area: Rect) -> Plot {
    let (low, high) = match (spec.edges.first(), spec.edges.last()) {
        (Some(low), Some(high)) if low < high => (*low, *high),
        _ => (0.0, 1.0),
    };
    let most = spec.counts.iter().copied().max().unwrap_or(0).max(1) as f64;
    let tick = canvas.tick();
    let counts = ticks(0.0, most, room(area.height / 52.0).clamp(2, 8), true);
    let labels: Vec<String> = counts.values.iter().map(|value| Format::Count.tick(*value, counts.step)).collect();
    let left = area.left + labels.iter().map(|text| canvas.width(text, tick)).fold(0.0, f64::max) + 8.0;
    let right = (area.right() - 8.0).max(left + 1.0);
    let across = Scale::new((low, high), (left, right));

    let style = canvas.reference();
    let markers = || spec.markers.iter().filter(|marker| (low..=high).contains(&marker.value));
    let tags: Vec<Tag> = markers().map(|one| Tag { at: across.at(one.value), text: one.label.clone(), style, dot: None }).collect();
    let (rows, lanes) = canvas.rows_of(&tags, (left, area.right()));
    let over = ROW * (lanes as f64 + if spec.count_axis.is_empty() { 0.0 } else { 1.0 }) + 4.0;
    let below = if spec.value_axis.is_empty() { ROW } else { 2.0 * ROW };
    let bottom = (area.bottom() - below - 4.0).max(area.top + over + 1.0);
    let plot = Rect { left, top: area.top + over, width: right - left, height: bottom - area.top - over };
    let up = Scale::new((0.0, most), (plot.bottom(), plot.top));

    let y = left_axis(canvas, plot, &up, &counts.values, labels, (&spec.count_axis, area));
    let given: Vec<f64> = spec.ticks.iter().copied().filter(|value| (low..=high).contains(value)).collect();
    let named: Vec<Tick> = if given.is_empty() {
        let places = ticks(low, high, room(plot.width / 70.0).clamp(2, 10), false);
        let tick = |value: &f64| Tick { position: across.at(*value), value: *value, label: spec.format.tick(*value, places.step) };
        places.values.iter().map(tick).collect()
    } else {
        given.into_iter().map(|value| Tick { position: across.at(value), value, label: spec.format.show(value) }).collect()
    };
    let x = bottom_axis(canvas, plot, named, &spec.value_axis, (area.left, area.right()));

    let (color, texture) = (canvas.colors.series.first().copied().unwrap_or(canvas.colors.ink), Texture::Solid);
    let wide = plot.width / spec.counts.len().max(1) as f64;
    // Hairlines between bars only where they leave most of the bar.
    let gap = if wide > 4.0 { 0.5 } else { 0.0 };
    for (ends, count) in spec.edges.windows(2).zip(&spec.counts) {
        let &[from, to] = ends else { continue };
        let bounds = Rect::between(Point::new(across.at(from) + gap, up.at(*count as f64)), Point::new(across.at(to) - gap, up.at(0.0)));
        canvas.fill(bounds, color, texture);
        let target = Rect { top: plot.top, height: plot.height, ..bounds };
        let label = format!("{} – {}", spec.format.show(from), spec.format.show(to));
        let (value, shown) = (*count as f64, Format::Count.show(*count as f64));
        canvas.marks.push(Mark { bounds, target, label, series: String::new(), value: Some(value), shown, note: String::new() });
    }
    let axis = canvas.colors.axis;
    canvas.line(Point::new(left, up.at(0.0)), Point::new(plot.right(), up.at(0.0)), axis, 1.0);
    let color = canvas.colors.reference;
    for (one, row) in markers().zip(&rows) {
        let x = across.at(one.value);
        canvas.dashed(Point::new(x, plot.top - 2.0 - ROW * *row as f64), Point::new(x, plot.bottom()), color);
    }
    canvas.tags_above(&tags, &rows, plot.top - 2.0, (left, area.right()));
    Plot { rect: plot, x: Axis { from: low, to: high, ..x }, y: Axis { from: 0.0, to: most, ..y } }
}
