//! Charts as values: what is drawn, its layout into primitives, and the SVG and CSV made from it.
//!
//! `layout` fixes ticks, labels, order, colours and bounds once; the SVG writer and the window draw the very same [`Scene`].

mod bars;
mod canvas;
mod csv;
pub mod fonts;
mod heat;
mod histogram;
mod layout;
mod lines;
mod names;
mod numbers;
mod scale;
mod scene;
mod shares;
mod spec;
mod svg;
#[cfg(test)]
mod tests;
mod theme;

pub use csv::csv;
pub use layout::{ideal_size, layout};
pub use numbers::Format;
pub use scene::{Align, Axis, Item, Mark, Measure, Point, Rect, Scene, Size, Stroke, Text, Tick, Weight};
pub use spec::{
    Axes, Band, Bars, Chart, Direction, Figure, HeatMap, Histogram, Kind, Level, Limit, Lines, Order, Reference, Series, Shares, Tone,
};
pub use svg::{Escaped, svg};

pub use theme::{Color, Colors, LevelColors, Texture, Theme};
