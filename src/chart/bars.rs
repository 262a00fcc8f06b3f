//! Bars from zero, lying or standing: plain, side by side, with intervals, references and judged ranges.

use crate::chart::canvas::{Canvas, LABEL, ROW, Style, Tag, shown};
use crate::chart::layout::{Plot, bottom_axis, left_axis};
use crate::chart::names::Names;
use crate::chart::numbers::{Format, ticks};
use crate::chart::scale::{Scale, room};
use crate::chart::scene::{Align, Axis, Mark, Point, Rect, Tick, Weight};
use crate::chart::spec::{Band, Bars, Figure, Level, Series, Tone};
use crate::chart::theme::{Color, Texture};

/// The least height of a bar that is still seen.
const THINNEST: f64 = 1.5;

/// The height in which lying bars have room for every name and figure.
pub(super) fn ideal_height(spec: &Bars) -> f64 {
    let band = if spec.series.len() > 1 { 14.0 * spec.series.len() as f64 + 8.0 } else { 22.0 };
    let above = if spec.axes.references.is_empty() { 0.0 } else { ROW } + if spec.axes.bands.is_empty() { 0.0 } else { ROW };
    let below = if spec.axes.value_axis.is_empty() { ROW + 8.0 } else { 2.0 * ROW + 8.0 };
    above.max(if spec.axes.category_axis.is_empty() { 0.0 } else { ROW }) + band * spec.categories.len().max(1) as f64 + below
}

/// The ends of the value axis: every finite figure, interval, reference and range, and always zero.
fn domain(spec: &Bars) -> (f64, f64) {
    let figures = spec.series.iter().flat_map(|series| series.figures.iter());
    let values = figures.flat_map(|figure| figure.value.into_iter().chain(figure.interval.into_iter().flatten()));
    let references = spec.axes.references.iter().map(|reference| reference.value);
    let bands = spec.axes.bands.iter().flat_map(|band| band.from.into_iter().chain(band.to));
    Scale::reach(values.chain(references).chain(bands))
}

fn level_at(bands: &[Band], value: f64) -> Option<Level> {
    bands.iter().find(|band| band.from.is_none_or(|from| value >= from) && band.to.is_none_or(|to| value <= to)).map(|band| band.level)
}

/// The colour of one bar, and the sign that says the same without colour.
fn paint(canvas: &Canvas<'_>, spec: &Bars, (at, series): (usize, &Series), rest: bool, value: f64) -> (Color, Texture, &'static str) {
    let tone = if rest && spec.series.len() == 1 { Tone::Rest } else { series.tone };
    let (color, texture) = canvas.colors.series(at, tone);
    match level_at(&spec.axes.bands, value) {
        Some(Level::Bad) if spec.series.len() == 1 => (canvas.colors.level(Level::Bad).fill, texture, "▲ "),
        Some(Level::Doubtful) if spec.series.len() == 1 => (canvas.colors.level(Level::Doubtful).fill, texture, "△ "),
        _ => (color, texture, ""),
    }
}

/// What is written at the end of a bar, and where that end is: beyond the interval, on the side that the bar grows to.
struct End {
    text: String,
    at: f64,
    low_side: bool,
}

fn end(canvas: &Canvas<'_>, spec: &Bars, at: usize, series: &Series, figure: &Figure, scale: (f64, f64)) -> End {
    let Some(value) = figure.value.filter(|value| !value.is_nan()) else {
        return End { text: "–".to_owned(), at: 0.0, low_side: false };
    };
    let (_, _, sign) = paint(canvas, spec, (at, series), false, value);
    let [low, high] = figure.interval.unwrap_or([value, value]);
    let low_side = value < 0.0;
    let at = if low_side { low.min(value) } else { high.max(value) };
    End { text: format!("{sign}{}", spec.axes.format.show(value)), at: at.max(scale.0).min(scale.1), low_side }
}

/// Draws one bar between two corners, with its interval along the middle.
fn bar(canvas: &mut Canvas<'_>, rect: Rect, figure: &Figure, color: Color, texture: Texture) {
    if figure.doubtful {
        canvas.hollow(rect, color);
    } else {
        canvas.fill(rect, color, texture);
    }
}

fn whisker(canvas: &mut Canvas<'_>, from: Point, to: Point, cap: f64) {
    let ink = canvas.colors.ink;
    let across = |p: Point| {
        if from.y.total_cmp(&to.y).is_eq() {
            (Point::new(p.x, p.y - cap), Point::new(p.x, p.y + cap))
        } else {
            (Point::new(p.x - cap, p.y), Point::new(p.x + cap, p.y))
        }
    };
    canvas.line(from, to, ink, 1.1);
    for p in [from, to] {
        let (a, b) = across(p);
        canvas.line(a, b, ink, 1.1);
    }
}

fn mark(spec: &Bars, bounds: Rect, target: Rect, category: usize, series: &Series, figure: &Figure) -> Mark {
    Mark {
        bounds,
        target,
        label: spec.categories.get(category).cloned().unwrap_or_default(),
        series: series.name.clone(),
        value: figure.value,
        shown: shown(spec.axes.format, figure.value, figure.interval),
        note: figure.note.clone(),
    }
}

/// Bars that lie, for names.
pub(super) fn horizontal(canvas: &mut Canvas<'_>, spec: &Bars, area: Rect) -> Plot {
    let mut order = spec.ordered();
    let label = canvas.label();
    let widest = spec.categories.iter().map(|name| canvas.width(name, label)).fold(0.0, f64::max);
    let column = widest.min(area.width * 0.36);
    let left = area.left + column + 8.0;
    let (low, high) = domain(spec);
    let parts = spec.series.len().max(1);
    // The ends decide how much room the scale leaves at both sides.
    let ends: Vec<Vec<End>> = spec
        .series
        .iter()
        .enumerate()
        .map(|(at, series)| series.figures.iter().map(|figure| end(canvas, spec, at, series, figure, (low, high))).collect())
        .collect();
    // Figures are written only where bars are thick enough, and only then do they need room.
    let below = if spec.axes.value_axis.is_empty() { ROW } else { 2.0 * ROW };
    let headed = !(spec.axes.references.is_empty() && spec.axes.bands.is_empty() && spec.axes.category_axis.is_empty());
    let height = area.height - below - if headed { ROW } else { 0.0 } - 6.0;
    let written = height / (spec.categories.len().max(1) * parts) as f64 * 0.7 >= 9.5;
    let texts = ends.iter().flatten().filter(|_| written).map(|end| (end.at, end.low_side, canvas.width(&end.text, label) + 6.0));
    let scale = Scale::with_room((low, high), (left, area.right()), &texts.collect::<Vec<_>>());
    let (from, to) = (scale.at(low), scale.at(high));
    let bounds = (left, area.right());

    let mut tags: Vec<Tag> = Vec::new();
    for band in spec.axes.bands.iter().filter(|band| !band.label.is_empty()) {
        let (a, b) = (band.from.map_or(from, |value| scale.at(value)), band.to.map_or(to, |value| scale.at(value)));
        // A range that no value on the scale reaches needs no name.
        if (a - b).abs() < 1.0 {
            continue;
        }
        let style = Style { size: 10.0, weight: Weight::Regular, color: canvas.colors.level(band.level).text };
        tags.push(Tag { at: f64::midpoint(a, b), text: band.label.clone(), style, dot: None });
    }
    let style = canvas.reference();
    tags.extend(spec.axes.references.iter().map(|one| Tag { at: scale.at(one.value), text: one.label.clone(), style, dot: None }));
    let (rows, lanes) = canvas.rows_of(&tags, bounds);
    let above = if spec.axes.category_axis.is_empty() { lanes } else { lanes.max(1) };
    let top = area.top + ROW * above as f64 + 2.0;
    let height = (area.bottom() - top - below - 4.0).max(1.0);

    let fitting = room(height / (THINNEST * parts as f64)).max(1);
    canvas.hidden += order.len().saturating_sub(fitting) * parts;
    order.truncate(fitting);
    let band = (height / order.len().max(1) as f64).min(if parts > 1 { 16.0 * parts as f64 + 12.0 } else { 44.0 });
    let plot = Rect { left: from, top, width: to - from, height: band * order.len().max(1) as f64 };
    let thick = (band * if parts > 1 { 0.8 } else { 0.7 } / parts as f64).min(26.0);

    for one in &spec.axes.bands {
        let (a, b) = (one.from.map_or(from, |value| scale.at(value)), one.to.map_or(to, |value| scale.at(value)));
        let tint = canvas.colors.level(one.level).tint;
        canvas.fill(Rect::between(Point::new(a, top), Point::new(b, plot.bottom())), tint, Texture::Solid);
    }
    let places = ticks(low, high, room((to - from) / 76.0).clamp(2, 8), spec.axes.format == Format::Count);
    let named = places.values.iter().map(|value| Tick {
        position: scale.at(*value),
        value: *value,
        label: spec.axes.format.tick(*value, places.step),
    });
    let x = bottom_axis(canvas, plot, named.collect(), &spec.axes.value_axis, (area.left, area.right()));
    let axis_style = canvas.tick();
    let axis_name = canvas.elide(&spec.axes.category_axis, axis_style, column.max(60.0));
    canvas.text_at_middle(area.left, top - ROW / 2.0 - 1.0, axis_name, axis_style, Align::Start);

    let every = room((12.5 / band).ceil()).max(1);
    let mut names = Vec::with_capacity(order.len());
    for (row, &category) in order.iter().enumerate() {
        let strip = Rect { left: area.left, top: top + band * row as f64, width: area.width, height: band };
        let name = spec.categories.get(category).map(String::as_str).unwrap_or_default();
        let name = if row.is_multiple_of(every) { canvas.elide(name, label, column) } else { String::new() };
        canvas.text_at_middle(area.left + column, strip.center().y, name.clone(), label, Align::End);
        names.push(Tick { position: strip.center().y, value: row as f64 + 0.5, label: name });
        for (at, series) in spec.series.iter().enumerate() {
            let Some(figure) = series.figures.get(category) else { continue };
            let middle = strip.center().y + thick * (at as f64 - (parts as f64 - 1.0) / 2.0);
            let value = figure.value.filter(|value| !value.is_nan()).unwrap_or(0.0).max(low).min(high);
            let bounds = Rect::between(Point::new(scale.at(0.0), middle - thick / 2.0), Point::new(scale.at(value), middle + thick / 2.0));
            let rest = spec.rest && category + 1 == spec.categories.len();
            let (color, texture, _) = paint(canvas, spec, (at, series), rest, figure.value.unwrap_or(0.0));
            bar(canvas, bounds, figure, color, texture);
            if let Some([a, b]) = figure.interval.filter(|_| thick >= 4.0) {
                whisker(canvas, Point::new(scale.at(a), middle), Point::new(scale.at(b), middle), (thick / 4.0).min(4.0));
            }
            let target = Rect { top: middle - thick.max(band / parts as f64) / 2.0, height: thick.max(band / parts as f64), ..strip };
            canvas.marks.push(mark(spec, bounds, target, category, series, figure));
        }
    }
    let axis = canvas.colors.axis;
    canvas.line(Point::new(scale.at(0.0), top), Point::new(scale.at(0.0), plot.bottom()), axis, 1.0);
    let lines: Vec<f64> = spec.axes.references.iter().map(|one| scale.at(one.value)).collect();
    for x in &lines {
        let color = canvas.colors.reference;
        canvas.dashed(Point::new(*x, top - 1.0), Point::new(*x, plot.bottom()), color);
    }
    let text = Style { size: if parts > 1 { 10.0 } else { LABEL }, ..label };
    for (row, &category) in order.iter().enumerate().filter(|_| written && thick >= 8.0) {
        for (at, end) in ends.iter().enumerate().filter_map(|(at, ends)| Some((at, ends.get(category)?))) {
            let middle = top + band * (row as f64 + 0.5) + thick * (at as f64 - (parts as f64 - 1.0) / 2.0);
            let width = canvas.width(&end.text, text);
            let (x, left, align) = if end.low_side {
                (scale.at(end.at) - 5.0, scale.at(end.at) - 5.0 - width, Align::End)
            } else {
                (scale.at(end.at) + 5.0, scale.at(end.at) + 5.0, Align::Start)
            };
            // A reference line makes way for a figure.
            if lines.iter().any(|line| (left - 2.0..=left + width + 2.0).contains(line)) {
                let ground = level_at(&spec.axes.bands, end.at).map_or(canvas.colors.background, |level| canvas.colors.level(level).tint);
                let behind = Rect { left: left - 2.0, top: middle - text.size * 0.6, width: width + 4.0, height: text.size * 1.2 };
                canvas.fill(behind, ground, Texture::Solid);
            }
            canvas.text_at_middle(x, middle, end.text.clone(), text, align);
        }
    }
    canvas.tags_above(&tags, &rows, top, bounds);
    Plot { rect: plot, x: Axis { from: low, to: high, ..x }, y: Axis { from: order.len() as f64, to: 0.0, ticks: names } }
}

/// Bars that stand, for few or ordered categories.
pub(super) fn vertical(canvas: &mut Canvas<'_>, spec: &Bars, area: Rect) -> Plot {
    let mut order = spec.ordered();
    let parts = spec.series.len().max(1);
    let (low, high) = domain(spec);
    let (label, tick) = (canvas.label(), canvas.tick());
    let places = ticks(low, high, room(area.height / 52.0).clamp(2, 8), spec.axes.format == Format::Count);
    let labels: Vec<String> = places.values.iter().map(|value| spec.axes.format.tick(*value, places.step)).collect();
    let left = area.left + labels.iter().map(|text| canvas.width(text, tick)).fold(0.0, f64::max) + 8.0;
    let reference = canvas.reference();
    // A range that no value on the scale reaches needs no name.
    let reached = |band: &&Band| band.from.is_none_or(|from| from < high) && band.to.is_none_or(|to| to > low);
    let judged = spec.axes.bands.iter().filter(|band| !band.label.is_empty()).filter(reached);
    let beside: Vec<(Option<f64>, Option<f64>, &str, Style)> = spec
        .axes
        .references
        .iter()
        .map(|one| (Some(one.value), Some(one.value), one.label.as_str(), reference))
        .chain(judged.map(|band| (band.from, band.to, band.label.as_str(), Style { color: canvas.colors.level(band.level).text, ..tick })))
        .collect();
    let margin = beside.iter().map(|(_, _, text, style)| canvas.width(text, *style) + 6.0).fold(0.0, f64::max).min(area.width * 0.3);
    let right = area.right() - margin;
    let width = (right - left).max(1.0);

    let fitting = room(width / (THINNEST * parts as f64)).max(1);
    canvas.hidden += order.len().saturating_sub(fitting) * parts;
    order.truncate(fitting);
    let band = width / order.len().max(1) as f64;
    let thick = (band * if parts > 1 { 0.84 } else { 0.66 } / parts as f64).min(64.0);
    let names: Vec<&str> = order.iter().map(|at| spec.categories.get(*at).map(String::as_str).unwrap_or_default()).collect();
    let fit = Names::fit(canvas, &names, (band, area.height * 0.4), false);
    let below = fit.height() + if spec.axes.category_axis.is_empty() { 2.0 } else { ROW };
    let over = if spec.axes.value_axis.is_empty() { 4.0 } else { ROW };
    let (top, bottom) = (area.top + over, (area.bottom() - below).max(area.top + over + 1.0));

    // Values are written only where all of them fit beside each other.
    let ends: Vec<Vec<End>> = spec
        .series
        .iter()
        .enumerate()
        .map(|(at, series)| series.figures.iter().map(|figure| end(canvas, spec, at, series, figure, (low, high))).collect())
        .collect();
    let space = if parts > 1 { thick } else { band };
    let fits = |size: &f64| ends.iter().flatten().all(|end| canvas.width(&end.text, Style { size: *size, ..label }) + 3.0 <= space);
    let written = [LABEL, 10.0, 9.0].into_iter().filter(|_| bottom - top > 60.0).find(fits).map(|size| Style { size, ..label });
    let texts: Vec<(f64, bool, f64)> =
        ends.iter().flatten().filter(|_| written.is_some()).map(|end| (end.at, end.low_side, 15.0)).collect();
    let scale = Scale::with_room((low, high), (bottom, top), &texts);
    let plot = Rect::between(Point::new(left, scale.at(low)), Point::new(left + width, scale.at(high)));

    for one in &spec.axes.bands {
        let (a, b) = (one.from.map_or(plot.bottom(), |value| scale.at(value)), one.to.map_or(plot.top, |value| scale.at(value)));
        let tint = canvas.colors.level(one.level).tint;
        canvas.fill(Rect::between(Point::new(left, a), Point::new(plot.right(), b)), tint, Texture::Solid);
    }
    let y = left_axis(canvas, plot, &scale, &places.values, labels, (&spec.axes.value_axis, area));
    let mut middles = Vec::with_capacity(order.len());
    for (column, &category) in order.iter().enumerate() {
        let strip = Rect { left: left + band * column as f64, width: band, ..plot };
        middles.push(strip.center().x);
        for (at, series) in spec.series.iter().enumerate() {
            let Some(figure) = series.figures.get(category) else { continue };
            let middle = strip.center().x + thick * (at as f64 - (parts as f64 - 1.0) / 2.0);
            let value = figure.value.filter(|value| !value.is_nan()).unwrap_or(0.0).max(low).min(high);
            let bounds = Rect::between(Point::new(middle - thick / 2.0, scale.at(0.0)), Point::new(middle + thick / 2.0, scale.at(value)));
            let rest = spec.rest && category + 1 == spec.categories.len();
            let (color, texture, _) = paint(canvas, spec, (at, series), rest, figure.value.unwrap_or(0.0));
            bar(canvas, bounds, figure, color, texture);
            if let Some([a, b]) = figure.interval.filter(|_| thick >= 4.0) {
                whisker(canvas, Point::new(middle, scale.at(a)), Point::new(middle, scale.at(b)), (thick / 4.0).min(4.0));
            }
            if let Some(style) = written
                && let Some(end) = ends.get(at).and_then(|ends| ends.get(category))
            {
                let y = scale.at(end.at) + if end.low_side { 9.0 } else { -8.0 };
                canvas.text_at_middle(middle, y, end.text.clone(), style, Align::Middle);
            }
            let target = Rect { left: middle - thick / 2.0, width: thick, ..plot };
            canvas.marks.push(mark(spec, bounds, target, category, series, figure));
        }
    }
    let axis = canvas.colors.axis;
    canvas.line(Point::new(left, scale.at(0.0)), Point::new(plot.right(), scale.at(0.0)), axis, 1.0);
    for one in &spec.axes.references {
        let color = canvas.colors.reference;
        canvas.dashed(Point::new(left, scale.at(one.value)), Point::new(plot.right() + 2.0, scale.at(one.value)), color);
    }
    let ends_of = |from: Option<f64>, to: Option<f64>| (from.map_or(plot.bottom(), |v| scale.at(v)), to.map_or(plot.top, |v| scale.at(v)));
    let tags: Vec<Tag> = beside
        .iter()
        .map(|(from, to, text, style)| {
            let (a, b) = ends_of(*from, *to);
            Tag { at: f64::midpoint(a, b), text: (*text).to_owned(), style: *style, dot: None }
        })
        .collect();
    canvas.tags_beside(&tags, plot.right() + 6.0, margin - 6.0, (plot.top, plot.bottom()));
    let ticks = fit.draw(canvas, &names, &middles, bottom, band, (area.left, area.right()));
    let axis_name = canvas.elide(&spec.axes.category_axis, tick, area.width);
    canvas.text_between(plot.center().x, bottom + fit.height() + ROW / 2.0 - 1.0, &axis_name, tick, (area.left, area.right()));
    Plot { rect: plot, x: Axis { from: 0.0, to: order.len() as f64, ticks }, y: Axis { from: low, to: high, ..y } }
}
