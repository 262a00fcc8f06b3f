//! Lines over an ordered axis, named at their ends.

use crate::chart::canvas::{Canvas, ROW, Style, Tag, shown};
use crate::chart::layout::{Plot, left_axis};
use crate::chart::names::Names;
use crate::chart::numbers::{Format, ticks};
use crate::chart::scale::{Scale, room};
use crate::chart::scene::{Axis, Item, Mark, Point, Rect, Stroke, Weight};
use crate::chart::spec::{Lines, Series};
use crate::chart::theme::{Color, Texture};

/// More places than this get no dots.
const DOTTED: usize = 60;

/// The ends of the value axis. A line may float, so zero is shown only where it is near.
fn domain(spec: &Lines) -> (f64, f64) {
    let figures = || spec.series.iter().flat_map(|series| series.figures.iter());
    let values = || {
        figures()
            .flat_map(|figure| figure.value.into_iter().chain(figure.interval.into_iter().flatten()))
            .chain(spec.axes.references.iter().map(|one| one.value))
            .chain(spec.axes.bands.iter().flat_map(|band| band.from.into_iter().chain(band.to)))
            .filter(|value| value.is_finite())
    };
    let (least, most) = (values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max));
    if least > most {
        return Scale::reach(values());
    }
    if least > 0.0 && most - least < least || most < 0.0 && most - least < -most {
        let pad = if most > least { (most - least) * 0.08 } else { most.abs() * 0.1 };
        return (least - pad, most + pad);
    }
    Scale::reach(values())
}

pub(super) fn draw(canvas: &mut Canvas<'_>, spec: &Lines, area: Rect) -> Plot {
    let (low, high) = domain(spec);
    let tick = canvas.tick();
    let places = ticks(low, high, room(area.height / 52.0).clamp(2, 8), spec.axes.format == Format::Count);
    let labels: Vec<String> = places.values.iter().map(|value| spec.axes.format.tick(*value, places.step)).collect();
    let left = area.left + labels.iter().map(|text| canvas.width(text, tick)).fold(0.0, f64::max) + 8.0;
    let (reference, named) = (canvas.reference(), Style { weight: Weight::SemiBold, ..canvas.tick() });
    let texts = spec.series.iter().map(|one| canvas.width(&one.name, named) + 14.0);
    let lines = spec.axes.references.iter().map(|one| canvas.width(&one.label, reference));
    let margin = texts.chain(lines).fold(0.0, f64::max).min(area.width * 0.3) + 8.0;
    let count = spec.categories.len().max(1);
    let width = (area.right() - margin - left).max(1.0);
    let band = width / count as f64;
    let names: Vec<&str> = spec.categories.iter().map(String::as_str).collect();
    let fit = Names::fit(canvas, &names, (band, area.height * 0.4), true);
    let below = fit.height() + if spec.axes.category_axis.is_empty() { 2.0 } else { ROW };
    let over = if spec.axes.value_axis.is_empty() { 6.0 } else { ROW + 2.0 };
    let bottom = (area.bottom() - below).max(area.top + over + 1.0);
    let plot = Rect { left, top: area.top + over, width, height: bottom - area.top - over };
    let scale = Scale::new((low, high), (plot.bottom(), plot.top));

    for one in &spec.axes.bands {
        let (a, b) = (one.from.map_or(plot.bottom(), |value| scale.at(value)), one.to.map_or(plot.top, |value| scale.at(value)));
        let tint = canvas.colors.level(one.level).tint;
        canvas.fill(Rect::between(Point::new(left, a), Point::new(plot.right(), b)), tint, Texture::Solid);
    }
    let y = left_axis(canvas, plot, &scale, &places.values, labels, (&spec.axes.value_axis, area));
    let axis = canvas.colors.axis;
    if low <= 0.0 && high >= 0.0 {
        canvas.line(Point::new(left, scale.at(0.0)), Point::new(plot.right(), scale.at(0.0)), axis, 1.0);
    }
    for one in &spec.axes.references {
        let color = canvas.colors.reference;
        canvas.dashed(Point::new(left, scale.at(one.value)), Point::new(plot.right(), scale.at(one.value)), color);
    }
    let middles: Vec<f64> = (0..count).map(|at| left + band * (at as f64 + 0.5)).collect();
    let mut tags: Vec<Tag> = spec
        .axes
        .references
        .iter()
        .map(|one| Tag { at: scale.at(one.value), text: one.label.clone(), style: reference, dot: None })
        .collect();
    for (at, series) in spec.series.iter().enumerate() {
        let (color, _) = canvas.colors.series(at, series.tone);
        // After eight colours the line is dashed instead of striped.
        let dash = (at >= canvas.colors.series.len()).then_some(3.0 + (at / canvas.colors.series.len()) as f64);
        one_line(canvas, spec, series, &middles, (plot, band), &scale, (color, dash));
        let last = series.figures.iter().take(count).filter_map(|figure| figure.value.filter(|value| value.is_finite())).next_back();
        if let Some(value) = last.filter(|_| !series.name.is_empty()) {
            let readable = color.contrast(canvas.colors.background) >= 4.5;
            let style = Style { color: if readable { color } else { canvas.colors.ink }, ..named };
            tags.push(Tag { at: scale.at(value), text: series.name.clone(), style, dot: Some(color) });
        }
    }
    canvas.tags_beside(&tags, plot.right() + 4.0, margin - 4.0, (plot.top, plot.bottom()));
    let ticks = fit.draw(canvas, &names, &middles, bottom, band, (area.left, area.right()));
    let axis_name = canvas.elide(&spec.axes.category_axis, tick, area.width);
    canvas.text_between(plot.center().x, bottom + fit.height() + ROW / 2.0 - 1.0, &axis_name, tick, (area.left, area.right()));
    Plot { rect: plot, x: Axis { from: 0.0, to: count as f64, ticks }, y: Axis { from: low, to: high, ..y } }
}

fn one_line(
    canvas: &mut Canvas<'_>,
    spec: &Lines,
    series: &Series,
    middles: &[f64],
    (plot, band): (Rect, f64),
    scale: &Scale,
    (color, dash): (Color, Option<f64>),
) {
    let stroke = Stroke { width: 2.0, color, dash };
    let mut run: Vec<Point> = Vec::new();
    for (at, (figure, x)) in series.figures.iter().zip(middles).enumerate() {
        let Some(value) = figure.value.filter(|value| !value.is_nan()) else {
            finish(canvas, &mut run, stroke);
            continue;
        };
        let point = Point::new(*x, scale.at(value));
        if let Some([a, b]) = figure.interval {
            canvas.line(Point::new(*x, scale.at(a)), Point::new(*x, scale.at(b)), color, 1.0);
        }
        run.push(point);
        let bounds = Rect { left: point.x - 3.0, top: point.y - 3.0, width: 6.0, height: 6.0 };
        let target = Rect { left: point.x - band / 2.0, top: point.y - 12.0, width: band, height: 24.0 };
        let top = target.top.max(plot.top - 6.0);
        canvas.marks.push(Mark {
            bounds,
            target: Rect { top, height: target.bottom().min(plot.bottom() + 6.0) - top, ..target },
            label: spec.categories.get(at).cloned().unwrap_or_default(),
            series: series.name.clone(),
            value: Some(value),
            shown: shown(spec.axes.format, Some(value), figure.interval),
            note: figure.note.clone(),
        });
    }
    finish(canvas, &mut run, stroke);
    if middles.len() <= DOTTED {
        for (figure, x) in series.figures.iter().zip(middles) {
            let Some(value) = figure.value.filter(|value| !value.is_nan()) else { continue };
            let rect = Rect { left: x - 3.0, top: scale.at(value) - 3.0, width: 6.0, height: 6.0 };
            let (fill, edge) = if figure.doubtful { (canvas.colors.background, color) } else { (color, canvas.colors.background) };
            canvas.outline(rect, Some(fill), edge, 1.2, 3.0);
        }
    }
}

fn finish(canvas: &mut Canvas<'_>, run: &mut Vec<Point>, stroke: Stroke) {
    if run.len() > 1 {
        canvas.items.push(Item::Polyline { points: std::mem::take(run), stroke });
    }
    run.clear();
}
