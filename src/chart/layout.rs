//! Laying a chart out: its words around the edge, and the kind's own drawing in the middle.

use crate::chart::canvas::{Canvas, ROW, Style, Swatch};
use crate::chart::scale::Scale;
use crate::chart::scene::{Align, Axis, Measure, Point, Rect, Scene, Size, Tick, Weight};
use crate::chart::spec::{Chart, Direction, Kind, Series};
use crate::chart::theme::Theme;
use crate::chart::{bars, heat, histogram, lines, shares};

/// The white space around everything, in points.
const MARGIN: f64 = 16.0;
/// How many figures are put into words for those who can't see the picture.
const TOLD: usize = 60;

/// What a kind's own drawing gives back: where the plot is and how its axes run.
pub(super) struct Plot {
    pub(super) rect: Rect,
    pub(super) x: Axis,
    pub(super) y: Axis,
}

/// Lays a chart out in a size in points. The same chart, size, theme and font always give the same scene.
#[must_use]
pub fn layout(chart: &Chart, size: Size, theme: Theme, measure: &dyn Measure) -> Scene {
    let size = Size::new(finite(size.width).max(120.0), finite(size.height).max(80.0));
    let mut canvas = Canvas::new(measure, theme.colors(), size);
    let area = frame(&mut canvas, chart);
    let plot = match &chart.kind {
        Kind::Bars(spec) if spec.direction == Direction::Horizontal => bars::horizontal(&mut canvas, spec, area),
        Kind::Bars(spec) => bars::vertical(&mut canvas, spec, area),
        Kind::Shares(spec) => shares::draw(&mut canvas, spec, area),
        Kind::Histogram(spec) => histogram::draw(&mut canvas, spec, area),
        Kind::HeatMap(spec) => heat::draw(&mut canvas, spec, area),
        Kind::Lines(spec) => lines::draw(&mut canvas, spec, area),
    };
    let description = describe(chart, &canvas);
    Scene {
        size,
        colors: canvas.colors,
        items: canvas.items,
        plot: plot.rect,
        x: plot.x,
        y: plot.y,
        marks: canvas.marks,
        hidden: canvas.hidden,
        title: chart.title.clone(),
        description,
    }
}

/// The size in which a chart of this width has room for every name and figure, but no more.
#[must_use]
pub fn ideal_size(chart: &Chart, width: f64, measure: &dyn Measure) -> Size {
    let width = finite(width).max(120.0);
    let tall = 10_000.0;
    let mut canvas = Canvas::new(measure, Theme::Light.colors(), Size::new(width, tall));
    let around = tall - frame(&mut canvas, chart).height;
    let inside = match &chart.kind {
        Kind::Bars(spec) if spec.direction == Direction::Horizontal => bars::ideal_height(spec),
        Kind::Shares(spec) => shares::ideal_height(spec),
        Kind::HeatMap(spec) => heat::ideal_height(spec),
        Kind::Bars(_) | Kind::Histogram(_) | Kind::Lines(_) => width * 0.48,
    };
    Size::new(width, (around + inside).round())
}

fn finite(length: f64) -> f64 {
    if length.is_finite() { length.min(20_000.0) } else { 0.0 }
}

/// Draws title, subtitle, legend and footer, and returns what is left between them.
fn frame(canvas: &mut Canvas<'_>, chart: &Chart) -> Rect {
    let colors = &canvas.colors;
    let title = Style { size: 15.0, weight: Weight::SemiBold, color: colors.ink };
    let subtitle = Style { size: 11.0, weight: Weight::Regular, color: colors.muted };
    let footer = Style { size: 9.0, weight: Weight::Regular, color: colors.muted };
    let Size { width, height } = canvas.size;
    let room = width - 2.0 * MARGIN;
    let right = width - MARGIN;
    let mut top = MARGIN - 2.0;
    for line in canvas.wrap(&chart.title, title, room, 2) {
        canvas.text(Point::new(MARGIN, top + 14.0), line, title, Align::Start);
        top += 20.0;
    }
    for line in canvas.wrap(&chart.subtitle, subtitle, room, 2) {
        canvas.text(Point::new(MARGIN, top + 11.0), line, subtitle, Align::Start);
        top += 15.0;
    }
    top += 6.0;
    let entries = entries(canvas, &chart.kind);
    let after = canvas.legend(&entries, MARGIN, right, top);
    let after = if let Kind::HeatMap(spec) = &chart.kind { heat::scale(canvas, spec, MARGIN, right, after) } else { after };
    if after > top {
        top = after + 4.0;
    }
    let mut bottom = height - MARGIN + 4.0;
    for line in canvas.wrap(&chart.footer, footer, room, 2).into_iter().rev() {
        canvas.text(Point::new(MARGIN, bottom - 3.0), line, footer, Align::Start);
        bottom -= 12.0;
    }
    bottom -= if chart.footer.is_empty() { 0.0 } else { 8.0 };
    Rect { left: MARGIN, top, width: room, height: (bottom - top).max(1.0) }
}

/// What the legend has to tell.
fn entries(canvas: &Canvas<'_>, kind: &Kind) -> Vec<(String, Swatch)> {
    let named = |series: &[Series]| -> Vec<(String, Swatch)> {
        let several = series.len() > 1;
        let shown = |(at, one): (usize, &Series)| {
            let (color, texture) = canvas.colors.series(at, one.tone);
            (several && !one.name.is_empty()).then(|| (one.name.clone(), Swatch::Filled(color, texture)))
        };
        series.iter().enumerate().filter_map(shown).collect()
    };
    match kind {
        Kind::Bars(spec) => {
            let mut entries = named(&spec.series);
            let hollow = spec.series.iter().any(|series| series.figures.iter().any(|figure| figure.doubtful));
            if hollow && !spec.doubtful.is_empty() {
                entries.push((spec.doubtful.clone(), Swatch::Hollow(canvas.colors.muted)));
            }
            entries
        }
        Kind::Shares(spec) => named(&spec.series),
        Kind::HeatMap(spec) if !spec.doubtful.is_empty() && spec.cells.iter().flatten().any(|cell| cell.doubtful) => {
            vec![(spec.doubtful.clone(), Swatch::Ring(canvas.colors.muted))]
        }
        // Lines are named at their ends.
        Kind::Lines(spec)
            if !spec.doubtful.is_empty() && spec.series.iter().any(|series| series.figures.iter().any(|figure| figure.doubtful)) =>
        {
            vec![(spec.doubtful.clone(), Swatch::Hollow(canvas.colors.muted))]
        }
        Kind::HeatMap(_) | Kind::Histogram(_) | Kind::Lines(_) => Vec::new(),
    }
}

fn describe(chart: &Chart, canvas: &Canvas<'_>) -> String {
    let mut text = chart.subtitle.clone();
    for mark in canvas.marks.iter().take(TOLD) {
        if !text.is_empty() {
            text.push_str("; ");
        }
        text.push_str(&mark.label);
        if !mark.series.is_empty() {
            text.push_str(", ");
            text.push_str(&mark.series);
        }
        text.push_str(": ");
        text.push_str(&mark.shown);
    }
    if canvas.marks.len() > TOLD {
        text.push('…');
    }
    text
}

/// The grid lines, tick labels and name of a value axis that runs along the bottom. Returns its ticks.
pub(super) fn bottom_axis(canvas: &mut Canvas<'_>, plot: Rect, ticks: Vec<Tick>, name: &str, bounds: (f64, f64)) -> Axis {
    let (style, grid) = (canvas.tick(), canvas.colors.grid);
    let mut end = f64::NEG_INFINITY;
    let mut ticks = ticks;
    for tick in &mut ticks {
        canvas.line(Point::new(tick.position, plot.top), Point::new(tick.position, plot.bottom() + 3.0), grid, 1.0);
        let half = canvas.width(&tick.label, style) / 2.0;
        let middle = tick.position.min(bounds.1 - half).max(bounds.0 + half);
        if middle - half < end + 6.0 {
            tick.label.clear();
            continue;
        }
        end = middle + half;
        canvas.text_at_middle(middle, plot.bottom() + 4.0 + ROW / 2.0, tick.label.clone(), style, Align::Middle);
    }
    let name = canvas.elide(name, style, bounds.1 - bounds.0);
    canvas.text_between(plot.center().x, plot.bottom() + 4.0 + ROW * 1.5 - 1.0, &name, style, bounds);
    Axis { ticks, ..Axis::default() }
}

/// The grid lines, tick labels and name of a value axis that runs up the left side.
pub(super) fn left_axis(
    canvas: &mut Canvas<'_>,
    plot: Rect,
    scale: &Scale,
    values: &[f64],
    labels: Vec<String>,
    name: (&str, Rect),
) -> Axis {
    let (style, grid) = (canvas.tick(), canvas.colors.grid);
    let mut ticks = Vec::with_capacity(values.len());
    for (value, label) in values.iter().zip(labels) {
        let y = scale.at(*value);
        canvas.line(Point::new(plot.left, y), Point::new(plot.right(), y), grid, 1.0);
        canvas.text_at_middle(plot.left - 6.0, y, label.clone(), style, Align::End);
        ticks.push(Tick { position: y, value: *value, label });
    }
    let (name, area) = name;
    let name = canvas.elide(name, style, area.width);
    canvas.text_at_middle(area.left, area.top + ROW / 2.0 - 3.0, name, style, Align::Start);
    Axis { ticks, ..Axis::default() }
}
