//! What a chart has become once it is laid out: primitives in points, its axes, and marks to point at.

use crate::chart::theme::{Color, Colors};

/// A place in points, from the top left corner.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Rightward, in points.
    pub x: f64,
    /// Downward, in points.
    pub y: f64,
}

impl Point {
    /// The point at these coordinates.
    #[must_use]
    pub const fn new(x: f64, y: f64) -> Self {
        Self { x, y }
    }
}

/// A width and a height in points.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Size {
    /// In points.
    pub width: f64,
    /// In points.
    pub height: f64,
}

impl Size {
    /// The size of this width and height.
    #[must_use]
    pub const fn new(width: f64, height: f64) -> Self {
        Self { width, height }
    }
}

/// An upright rectangle in points.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rect {
    /// The left edge.
    pub left: f64,
    /// The top edge.
    pub top: f64,
    /// Never negative.
    pub width: f64,
    /// Never negative.
    pub height: f64,
}

impl Rect {
    /// The rectangle between two corners, whichever way they lie.
    #[must_use]
    pub fn between(a: Point, b: Point) -> Self {
        Self { left: a.x.min(b.x), top: a.y.min(b.y), width: (a.x - b.x).abs(), height: (a.y - b.y).abs() }
    }

    /// The right edge.
    #[must_use]
    pub fn right(&self) -> f64 {
        self.left + self.width
    }

    /// The bottom edge.
    #[must_use]
    pub fn bottom(&self) -> f64 {
        self.top + self.height
    }

    /// The middle.
    #[must_use]
    pub fn center(&self) -> Point {
        Point::new(self.left + self.width / 2.0, self.top + self.height / 2.0)
    }

    /// Whether the point lies in it or on its edge.
    #[must_use]
    pub fn contains(&self, point: Point) -> bool {
        (self.left..=self.right()).contains(&point.x) && (self.top..=self.bottom()).contains(&point.y)
    }
}

/// How heavy a text is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// 400.
    Regular,
    /// 600.
    SemiBold,
}

/// Which part of a text stands at its point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// Its left end.
    Start,
    /// Its middle.
    Middle,
    /// Its right end.
    End,
}

/// How a line is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stroke {
    /// In points.
    pub width: f64,
    /// The colour.
    pub color: Color,
    /// The length of dashes and gaps in points; none for a solid line.
    pub dash: Option<f64>,
}

/// One line of text.
#[derive(Debug, Clone, PartialEq)]
pub struct Text {
    /// Where the baseline and the aligned part meet.
    pub at: Point,
    /// What it says.
    pub text: String,
    /// In points.
    pub size: f64,
    /// How heavy.
    pub weight: Weight,
    /// The colour.
    pub color: Color,
    /// Which part stands at the point.
    pub align: Align,
    /// Turned clockwise around the point, in degrees.
    pub rotation: f64,
}

/// One thing to draw; later ones lie over earlier ones.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    /// A rectangle, filled, outlined or both.
    Rect {
        /// Where.
        rect: Rect,
        /// The fill.
        fill: Option<Color>,
        /// The outline, centred on the edge.
        stroke: Option<Stroke>,
        /// The radius of the corners in points.
        radius: f64,
    },
    /// A straight line.
    Line {
        /// One end.
        from: Point,
        /// The other.
        to: Point,
        /// How it is drawn.
        stroke: Stroke,
    },
    /// A line through several points.
    Polyline {
        /// In order.
        points: Vec<Point>,
        /// How it is drawn.
        stroke: Stroke,
    },
    /// A line of text.
    Text(Text),
}

/// A place on an axis that is named.
#[derive(Debug, Clone, PartialEq)]
pub struct Tick {
    /// In points, along the axis.
    pub position: f64,
    /// What it stands for; on an axis of names, the name's place counted from 0, plus a half.
    pub value: f64,
    /// As it is shown; empty where there was no room.
    pub label: String,
}

/// How values map to points in one direction.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Axis {
    /// The value at the left or bottom edge of the plot; on a downward axis of names, the number of names.
    pub from: f64,
    /// The value at the right or top edge of the plot.
    pub to: f64,
    /// The named places.
    pub ticks: Vec<Tick>,
}

/// One drawn figure, to be pointed at.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    /// What is drawn.
    pub bounds: Rect,
    /// Where pointing finds it; at least as large as what is drawn.
    pub target: Rect,
    /// The name of its category, row or range, never shortened.
    pub label: String,
    /// The name of its series or column; empty where there is one.
    pub series: String,
    /// The number behind it.
    pub value: Option<f64>,
    /// The number as it is shown, with its interval.
    pub shown: String,
    /// More about it, such as the rows behind it.
    pub note: String,
}

/// A chart laid out: all that a painter needs.
#[derive(Debug, Clone, PartialEq)]
pub struct Scene {
    /// The whole picture; its top left corner is the origin.
    pub size: Size,
    /// The colours it was laid out in.
    pub colors: Colors,
    /// Back to front.
    pub items: Vec<Item>,
    /// The area that the axes span.
    pub plot: Rect,
    /// Left to right.
    pub x: Axis,
    /// Bottom to top.
    pub y: Axis,
    /// In the order of the data.
    pub marks: Vec<Mark>,
    /// How many figures had no room and are left out.
    pub hidden: usize,
    /// What the picture shows, for those who can't see it.
    pub title: String,
    /// The same in more words, with the figures.
    pub description: String,
}

impl Scene {
    /// The mark at a point, the topmost if there are several.
    #[must_use]
    pub fn hit(&self, point: Point) -> Option<&Mark> {
        self.marks
            .iter()
            .rev()
            .find(|mark| mark.bounds.contains(point))
            .or_else(|| self.marks.iter().rev().find(|mark| mark.target.contains(point)))
    }
}

/// How wide text is in the font that it will be drawn in.
pub trait Measure {
    /// The advance width of one line in points, at a size in points.
    fn width(&self, text: &str, size: f64, weight: Weight) -> f64;
    /// The height from the lowest descender to the highest ascender in points, at a size in points.
    fn height(&self, size: f64) -> f64;
}
