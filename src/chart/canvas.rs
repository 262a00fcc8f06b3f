//! What all kinds of charts draw with: fitted text, textured areas, grid lines, legends and labels that keep apart.

use crate::chart::numbers::Format;
use crate::chart::scene::{Align, Item, Mark, Measure, Point, Rect, Size, Stroke, Text, Weight};
use crate::chart::theme::{Color, Colors, Texture};

/// The size of names and values in points.
pub(super) const LABEL: f64 = 11.0;
/// The size of ticks and axis names in points.
pub(super) const TICK: f64 = 10.0;
/// Half of a capital's height, by the size: what lowers a baseline from the middle.
const HALF_CAP: f64 = 0.354;
/// The height of a row of ticks, or of labels above the plot.
pub(super) const ROW: f64 = 16.0;

/// How a text is set.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style {
    pub(super) size: f64,
    pub(super) weight: Weight,
    pub(super) color: Color,
}

/// What stands for a name in the legend.
#[derive(Debug, Clone, Copy)]
pub(super) enum Swatch {
    Filled(Color, Texture),
    Hollow(Color),
    Ring(Color),
}

/// A label that wants to stand at a place along a line.
#[derive(Debug, Clone)]
pub(super) struct Tag {
    pub(super) at: f64,
    pub(super) text: String,
    pub(super) style: Style,
    /// The colour of a dot before it.
    pub(super) dot: Option<Color>,
}

/// Where the items of a scene are collected.
pub(super) struct Canvas<'a> {
    pub(super) measure: &'a dyn Measure,
    pub(super) colors: Colors,
    pub(super) size: Size,
    pub(super) items: Vec<Item>,
    pub(super) marks: Vec<Mark>,
    pub(super) hidden: usize,
}

impl<'a> Canvas<'a> {
    pub(super) const fn new(measure: &'a dyn Measure, colors: Colors, size: Size) -> Self {
        Self { measure, colors, size, items: Vec::new(), marks: Vec::new(), hidden: 0 }
    }

    pub(super) const fn label(&self) -> Style {
        Style { size: LABEL, weight: Weight::Regular, color: self.colors.ink }
    }

    pub(super) const fn tick(&self) -> Style {
        Style { size: TICK, weight: Weight::Regular, color: self.colors.muted }
    }

    pub(super) const fn reference(&self) -> Style {
        Style { size: TICK, weight: Weight::SemiBold, color: self.colors.reference }
    }

    pub(super) fn width(&self, text: &str, style: Style) -> f64 {
        self.measure.width(text, style.size, style.weight)
    }

    /// The text, shortened with an ellipsis until it fits.
    pub(super) fn elide(&self, text: &str, style: Style, room: f64) -> String {
        if self.width(text, style) <= room {
            return text.to_owned();
        }
        let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        let cut = |end: usize| format!("{}…", text.get(..end).unwrap_or_default().trim_end());
        let fitting = ends.partition_point(|end| self.width(&cut(*end), style) <= room);
        match fitting.checked_sub(1).and_then(|at| ends.get(at)) {
            Some(end) if *end > 0 => cut(*end),
            _ if self.width("…", style) <= room => "…".to_owned(),
            _ => String::new(),
        }
    }

    /// The text in at most so many lines, broken at spaces where that is possible; the last line is shortened if it must be.
    pub(super) fn wrap(&self, text: &str, style: Style, room: f64, most: usize) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        let mut line = String::new();
        let mut words = text.split_whitespace().peekable();
        while let Some(word) = words.next() {
            let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
            if line.is_empty() || self.width(&longer, style) <= room {
                line = longer;
                continue;
            }
            if lines.len() + 1 == most {
                line = std::iter::once(longer.as_str()).chain(words.by_ref()).collect::<Vec<_>>().join(" ");
                break;
            }
            lines.push(std::mem::replace(&mut line, word.to_owned()));
        }
        if !line.is_empty() {
            lines.push(line);
        }
        lines.iter().map(|line| self.elide(line, style, room)).filter(|line| !line.is_empty()).collect()
    }

    /// A text on its baseline.
    pub(super) fn text(&mut self, at: Point, text: impl Into<String>, style: Style, align: Align) {
        self.turned(at, text, style, align, 0.0);
    }

    /// A text on its baseline, turned clockwise by degrees.
    pub(super) fn turned(&mut self, at: Point, text: impl Into<String>, style: Style, align: Align, rotation: f64) {
        let text = text.into();
        if !text.is_empty() {
            self.items.push(Item::Text(Text { at, text, size: style.size, weight: style.weight, color: style.color, align, rotation }));
        }
    }

    /// A text whose capitals are centred on a height.
    pub(super) fn text_at_middle(&mut self, x: f64, middle: f64, text: impl Into<String>, style: Style, align: Align) {
        self.text(Point::new(x, middle + style.size * HALF_CAP), text, style, align);
    }

    /// A text centred at a place, moved as little as it takes to stay between two bounds.
    pub(super) fn text_between(&mut self, x: f64, middle: f64, text: &str, style: Style, bounds: (f64, f64)) {
        let half = self.width(text, style) / 2.0;
        let x = x.min(bounds.1 - half).max(bounds.0 + half);
        self.text_at_middle(x, middle, text, style, Align::Middle);
    }

    pub(super) fn line(&mut self, from: Point, to: Point, color: Color, width: f64) {
        self.items.push(Item::Line { from, to, stroke: Stroke { width, color, dash: None } });
    }

    pub(super) fn dashed(&mut self, from: Point, to: Point, color: Color) {
        self.items.push(Item::Line { from, to, stroke: Stroke { width: 1.25, color, dash: Some(4.0) } });
    }

    pub(super) fn outline(&mut self, rect: Rect, fill: Option<Color>, color: Color, width: f64, radius: f64) {
        self.items.push(Item::Rect { rect, fill, stroke: Some(Stroke { width, color, dash: None }), radius });
    }

    /// A filled area. Stripes are lines of their own, so that every painter draws them alike.
    pub(super) fn fill(&mut self, rect: Rect, color: Color, texture: Texture) {
        if rect.width <= 0.0 || rect.height <= 0.0 {
            return;
        }
        self.items.push(Item::Rect { rect, fill: Some(color), stroke: None, radius: 0.0 });
        if texture == Texture::Solid {
            return;
        }
        let stroke = Stroke { width: 1.2, color: self.colors.background, dash: None };
        let gap = 5.0_f64.max((rect.width + rect.height) / 400.0);
        let mut at = gap / 2.0;
        while at < rect.width + rect.height {
            // The rising line x + y = at, cut to the rectangle; the falling one is its mirror image.
            let (from_x, to_x) = ((at - rect.height).max(0.0), at.min(rect.width));
            let (from_y, to_y) = (rect.height - (at - from_x).min(rect.height), rect.height - (at - to_x).max(0.0));
            let point = |x: f64, y: f64| Point::new(rect.left + x, rect.top + y);
            self.items.push(Item::Line { from: point(to_x, rect.height - to_y), to: point(from_x, rect.height - from_y), stroke });
            if texture == Texture::Crossed {
                self.items.push(Item::Line { from: point(from_x, from_y), to: point(to_x, to_y), stroke });
            }
            at += gap;
        }
    }

    /// Names with what stands for them, in as many rows as it takes from a height down. Returns where the rows end.
    pub(super) fn legend(&mut self, entries: &[(String, Swatch)], left: f64, right: f64, top: f64) -> f64 {
        const CHIP: f64 = 10.0;
        let style = Style { color: self.colors.ink, ..self.tick() };
        let (mut x, mut y) = (left, top);
        for (name, swatch) in entries {
            let name = self.elide(name, style, right - left - CHIP - 5.0);
            let width = CHIP + 5.0 + self.width(&name, style);
            if x > left && x + width > right {
                (x, y) = (left, y + ROW);
            }
            let middle = y + ROW / 2.0;
            let chip = Rect { left: x, top: middle - CHIP / 2.0, width: CHIP, height: CHIP };
            match *swatch {
                Swatch::Filled(color, texture) => self.fill(chip, color, texture),
                Swatch::Hollow(color) => self.hollow(chip, color),
                Swatch::Ring(color) => self.ring(chip.center(), 3.0, color),
            }
            self.text_at_middle(x + CHIP + 5.0, middle, name, style, Align::Start);
            x += width + 16.0;
        }
        if entries.is_empty() { top } else { y + ROW }
    }

    /// A bar that can't be told from chance.
    pub(super) fn hollow(&mut self, rect: Rect, color: Color) {
        let inset = 0.6_f64.min(rect.width / 2.0).min(rect.height / 2.0);
        let rect =
            Rect { left: rect.left + inset, top: rect.top + inset, width: rect.width - 2.0 * inset, height: rect.height - 2.0 * inset };
        let fill = self.colors.background.mix(color, 0.1);
        self.outline(rect, Some(fill), color, 1.2, 0.0);
    }

    pub(super) fn ring(&mut self, center: Point, radius: f64, color: Color) {
        let rect = Rect { left: center.x - radius, top: center.y - radius, width: 2.0 * radius, height: 2.0 * radius };
        self.outline(rect, None, color, 1.2, radius);
    }

    /// In which row each label goes so that none touch when they are centred on their places, and how many rows that takes.
    pub(super) fn rows_of(&self, tags: &[Tag], bounds: (f64, f64)) -> (Vec<usize>, usize) {
        let mut order: Vec<(usize, &Tag)> = tags.iter().enumerate().collect();
        order.sort_by(|a, b| a.1.at.total_cmp(&b.1.at));
        let mut ends: Vec<f64> = Vec::new();
        let mut rows = vec![0; tags.len()];
        for (at, tag) in order {
            let half = self.width(&tag.text, tag.style) / 2.0;
            let middle = tag.at.min(bounds.1 - half).max(bounds.0 + half);
            let row = ends.iter().position(|end| *end + 8.0 <= middle - half).unwrap_or(ends.len());
            match ends.get_mut(row) {
                Some(end) => *end = middle + half,
                None => ends.push(middle + half),
            }
            if let Some(slot) = rows.get_mut(at) {
                *slot = row;
            }
        }
        (rows, ends.len())
    }

    /// Draws labels above a plot in rows, the first row nearest to it.
    pub(super) fn tags_above(&mut self, tags: &[Tag], rows: &[usize], plot_top: f64, bounds: (f64, f64)) {
        for (tag, row) in tags.iter().zip(rows) {
            let text = self.elide(&tag.text, tag.style, bounds.1 - bounds.0);
            self.text_between(tag.at, plot_top - ROW * (*row as f64 + 0.5) - 1.0, &text, tag.style, bounds);
        }
    }

    /// Draws labels beside a plot at their heights, pushed apart as far as it takes.
    pub(super) fn tags_beside(&mut self, tags: &[Tag], x: f64, room: f64, bounds: (f64, f64)) {
        let mut order: Vec<&Tag> = tags.iter().collect();
        order.sort_by(|a, b| a.at.total_cmp(&b.at));
        let step = 13.0_f64.min((bounds.1 - bounds.0) / order.len().max(1) as f64);
        let mut places: Vec<f64> = Vec::with_capacity(order.len());
        for tag in &order {
            let lowest = places.last().map_or(bounds.0, |last| last + step);
            places.push(tag.at.max(lowest));
        }
        let mut highest = bounds.1;
        for place in places.iter_mut().rev() {
            *place = place.min(highest);
            highest = *place - step;
        }
        for (tag, place) in order.into_iter().zip(places) {
            let inset = if tag.dot.is_some() { 11.0 } else { 0.0 };
            if let Some(color) = tag.dot {
                let dot = Rect { left: x, top: place - 3.5, width: 7.0, height: 7.0 };
                self.items.push(Item::Rect { rect: dot, fill: Some(color), stroke: None, radius: 3.5 });
            }
            let text = self.elide(&tag.text, tag.style, room - inset);
            self.text_at_middle(x + inset, place, text, tag.style, Align::Start);
        }
    }
}

/// A number as a mark shows it, with its interval.
pub(super) fn shown(format: Format, value: Option<f64>, interval: Option<[f64; 2]>) -> String {
    let Some(value) = value else { return "–".to_owned() };
    match interval {
        Some([low, high]) => format!("{} ({} – {})", format.show(value), format.show(low), format.show(high)),
        None => format.show(value),
    }
}
