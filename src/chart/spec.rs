//! Charts as data: what is shown, and how it is to be read.

use serde::{Deserialize, Serialize};

use crate::chart::numbers::Format;

/// A chart with its words. The words come from the caller, in the reader's language.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Chart {
    /// What is seen.
    pub title: String,
    /// What is measured.
    #[serde(default)]
    pub subtitle: String,
    /// Source, rows and date.
    #[serde(default)]
    pub footer: String,
    /// What is drawn.
    pub kind: Kind,
}

/// The kinds of charts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Bars from zero, one series or several side by side.
    Bars(Bars),
    /// Horizontal bars of equal length, divided by share.
    Shares(Shares),
    /// How many values fall into each range.
    Histogram(Histogram),
    /// Numbers in a grid, coloured by how far they are from zero.
    HeatMap(HeatMap),
    /// Values over an ordered axis, such as time.
    Lines(Lines),
}

/// Which way bars grow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// To the right: for names.
    #[default]
    Horizontal,
    /// Upward: for few, short or ordered categories.
    Vertical,
}

/// In which order categories stand, by the first series.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// As they were given.
    #[default]
    AsGiven,
    /// The smallest first.
    Ascending,
    /// The largest first.
    Descending,
}

impl Order {
    /// The places of so many values in this order; those without a value come last.
    pub(super) fn of(self, count: usize, value: impl Fn(usize) -> Option<f64>) -> Vec<usize> {
        let last = if self == Self::Ascending { f64::INFINITY } else { f64::NEG_INFINITY };
        let keys: Vec<f64> = (0..count).map(|at| value(at).filter(|value| !value.is_nan()).unwrap_or(last)).collect();
        let mut places: Vec<(usize, f64)> = keys.into_iter().enumerate().collect();
        match self {
            Self::AsGiven => {}
            Self::Ascending => places.sort_by(|a, b| a.1.total_cmp(&b.1)),
            Self::Descending => places.sort_by(|a, b| b.1.total_cmp(&a.1)),
        }
        places.into_iter().map(|(at, _)| at).collect()
    }
}

/// What a series stands for, where its colour should say so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    /// The next colour of the palette.
    #[default]
    Auto,
    /// The good end.
    Positive,
    /// Between the ends.
    Neutral,
    /// The bad end.
    Negative,
    /// Everything that was grouped together.
    Rest,
}

/// How a value is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Within what is accepted.
    Good,
    /// To be looked at.
    Doubtful,
    /// Beyond what is accepted.
    Bad,
}

/// One number of a chart, with how sure it is.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Figure {
    /// The number; none where there is none to show.
    pub value: Option<f64>,
    /// The ends of its interval, low then high.
    #[serde(default)]
    pub interval: Option<[f64; 2]>,
    /// Whether it can't be told from chance.
    #[serde(default)]
    pub doubtful: bool,
    /// More to say when it is pointed at.
    #[serde(default)]
    pub note: String,
}

impl From<f64> for Figure {
    fn from(value: f64) -> Self {
        Self { value: Some(value), ..Self::default() }
    }
}

/// Several figures under one name, one a category.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Series {
    /// Its name in the legend; may be empty when it is the only one.
    pub name: String,
    /// What its colour should say.
    #[serde(default)]
    pub tone: Tone,
    /// One a category, in the order of the categories.
    pub figures: Vec<Figure>,
}

impl Series {
    /// A series of plain numbers.
    #[must_use]
    pub fn of(name: impl Into<String>, values: impl IntoIterator<Item = f64>) -> Self {
        Self { name: name.into(), tone: Tone::Auto, figures: values.into_iter().map(Figure::from).collect() }
    }

    /// The same series in a colour that says what it stands for.
    #[must_use]
    pub const fn tone(mut self, tone: Tone) -> Self {
        self.tone = tone;
        self
    }
}

/// A line across the plot that figures are compared with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reference {
    /// Where it stands.
    pub value: f64,
    /// What it is, such as "equal share 1,257".
    pub label: String,
}

/// A range of values with its judgement.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Band {
    /// Its low end; none if it has none.
    pub from: Option<f64>,
    /// Its high end; none if it has none.
    pub to: Option<f64>,
    /// How values in it are judged.
    pub level: Level,
    /// What it is called.
    #[serde(default)]
    pub label: String,
}

/// What stands along the two axes of a chart of figures, and what the figures are compared with.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Axes {
    /// What the categories are.
    #[serde(default)]
    pub category_axis: String,
    /// What the numbers are.
    #[serde(default)]
    pub value_axis: String,
    /// How the numbers are shown.
    #[serde(default)]
    pub format: Format,
    /// Lines to compare with.
    #[serde(default)]
    pub references: Vec<Reference>,
    /// Judged ranges behind the figures.
    #[serde(default)]
    pub bands: Vec<Band>,
}

impl Axes {
    /// Axes without names, whose numbers are shown in this way.
    #[must_use]
    pub fn of(format: Format) -> Self {
        Self { format, ..Self::default() }
    }
}

/// Bars from zero.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Bars {
    /// Which way they grow.
    #[serde(default)]
    pub direction: Direction,
    /// The names, in the order given.
    pub categories: Vec<String>,
    /// One series, or several side by side.
    pub series: Vec<Series>,
    /// What the names and the numbers are, and what they are compared with.
    #[serde(flatten)]
    pub axes: Axes,
    /// The order of the categories.
    #[serde(default)]
    pub order: Order,
    /// What a hollow bar means, for the legend.
    #[serde(default)]
    pub doubtful: String,
    /// Whether the last category is everything that was grouped: it stays last in any order, and is drawn quietly.
    #[serde(default)]
    pub rest: bool,
}

impl Bars {
    /// Bars of one series.
    #[must_use]
    pub fn of<N: Into<String>>(direction: Direction, format: Format, items: impl IntoIterator<Item = (N, f64)>) -> Self {
        let (categories, values): (Vec<String>, Vec<f64>) = items.into_iter().map(|(name, value)| (name.into(), value)).unzip();
        Self { direction, categories, series: vec![Series::of("", values)], axes: Axes::of(format), ..Self::default() }
    }

    /// Bars of several series side by side.
    #[must_use]
    pub fn grouped(direction: Direction, format: Format, categories: Vec<String>, series: Vec<Series>) -> Self {
        Self { direction, categories, series, axes: Axes::of(format), ..Self::default() }
    }

    /// The places of the categories in the order asked for.
    #[must_use]
    pub fn ordered(&self) -> Vec<usize> {
        let first = self.series.first();
        let grouped = usize::from(self.rest && !self.categories.is_empty());
        let mut places = self.order.of(self.categories.len() - grouped, |at| first?.figures.get(at)?.value);
        places.extend((self.categories.len() - grouped)..self.categories.len());
        places
    }

    /// Keeps the largest categories by the first series, in the order that they have. The others are added up under `rest`'s name
    /// for their number when there is one (right for counts), and left out when there is none.
    #[must_use]
    pub fn largest(mut self, keep: usize, rest: Option<&dyn Fn(usize) -> String>) -> Self {
        let count = self.categories.len();
        if count <= keep {
            return self;
        }
        let Some(first) = self.series.first() else { return self };
        let value = |at: usize| first.figures.get(at).and_then(|figure| figure.value).unwrap_or(f64::NEG_INFINITY);
        let mut by_size: Vec<usize> = (0..count).collect();
        by_size.sort_by(|a, b| value(*b).total_cmp(&value(*a)));
        let mut kept = vec![false; count];
        for at in by_size.into_iter().take(keep) {
            if let Some(slot) = kept.get_mut(at) {
                *slot = true;
            }
        }
        let stays = |at: usize| kept.get(at).copied().unwrap_or(false);
        for series in &mut self.series {
            let sum = series.figures.iter().enumerate().filter(|(at, _)| !stays(*at)).filter_map(|(_, figure)| figure.value).sum::<f64>();
            series.figures = series.figures.iter().enumerate().filter(|(at, _)| stays(*at)).map(|(_, figure)| figure.clone()).collect();
            if rest.is_some() {
                series.figures.push(sum.into());
            }
        }
        self.categories = self.categories.iter().enumerate().filter(|(at, _)| stays(*at)).map(|(_, name)| name.clone()).collect();
        self.categories.extend(rest.map(|name| name(count - keep)));
        self.rest = rest.is_some();
        self
    }
}

/// Horizontal bars of equal length, divided by the share of each series.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Shares {
    /// The names, in the order given.
    pub categories: Vec<String>,
    /// The parts, left to right; their figures are amounts, not shares, and never negative.
    pub series: Vec<Series>,
    /// What the names are.
    #[serde(default)]
    pub category_axis: String,
    /// What the shares are of.
    #[serde(default)]
    pub value_axis: String,
    /// How the amounts are shown when pointed at and in the total at the right.
    #[serde(default)]
    pub format: Format,
    /// The order of the categories, by the share of the first series.
    #[serde(default)]
    pub order: Order,
    /// What stands above the totals at the right; none are shown when it is empty.
    #[serde(default)]
    pub total: String,
}

/// How many values fall into each range.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Histogram {
    /// The edges of the ranges, rising; one more than there are counts. Each range has its left edge, the last one both.
    pub edges: Vec<f64>,
    /// How many values each range has.
    pub counts: Vec<u64>,
    /// How many values lie outside of all ranges.
    #[serde(default)]
    pub outside: u64,
    /// What the values are.
    #[serde(default)]
    pub value_axis: String,
    /// What is counted.
    #[serde(default)]
    pub count_axis: String,
    /// Where the value axis is named; nice places when empty.
    #[serde(default)]
    pub ticks: Vec<f64>,
    /// Lines across, such as the largest value.
    #[serde(default)]
    pub markers: Vec<Reference>,
    /// How the values are shown.
    #[serde(default)]
    pub format: Format,
}

impl Histogram {
    /// Counts values in `bins` ranges of equal width from `low` to `high`, as numpy does. Without a range it is that of the values.
    /// Numbers that are not finite count as outside.
    #[must_use]
    pub fn of(values: &[f64], bins: usize, range: Option<(f64, f64)>) -> Self {
        let bins = bins.max(1);
        let finite = || values.iter().copied().filter(|value| value.is_finite());
        let (low, high) = range.unwrap_or_else(|| (finite().fold(f64::INFINITY, f64::min), finite().fold(f64::NEG_INFINITY, f64::max)));
        let (low, high) = match (low.is_finite() && high.is_finite(), low < high) {
            (true, true) => (low, high),
            (true, false) => (low - 0.5, low + 0.5),
            (false, _) => (0.0, 1.0),
        };
        let width = (high - low) / bins as f64;
        let edges: Vec<f64> = (0..=bins).map(|at| if at == bins { high } else { low + width * at as f64 }).collect();
        let mut counts = vec![0_u64; bins];
        let mut outside = 0;
        for &value in values {
            // Searching the edges themselves leaves no rounding that could put a value beside its range.
            let at = edges.partition_point(|edge| *edge <= value);
            let at = if value.total_cmp(&high).is_eq() { bins } else { at };
            match at.checked_sub(1).and_then(|at| counts.get_mut(at)).filter(|_| value.is_finite()) {
                Some(count) => *count += 1,
                None => outside += 1,
            }
        }
        Self { edges, counts, outside, ..Self::default() }
    }
}

/// Against what the colours of a heat map are full.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Limit {
    /// The largest absolute value of all.
    #[default]
    Shared,
    /// The largest absolute value of the same column.
    PerColumn,
    /// This value.
    Fixed(f64),
}

/// Numbers in a grid.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct HeatMap {
    /// The names down the side.
    pub rows: Vec<String>,
    /// The names along the top.
    pub columns: Vec<String>,
    /// A row of figures for each row, one a column.
    pub cells: Vec<Vec<Figure>>,
    /// What the rows are.
    #[serde(default)]
    pub row_axis: String,
    /// How the numbers are shown.
    #[serde(default)]
    pub format: Format,
    /// Where colours are full.
    #[serde(default)]
    pub limit: Limit,
    /// What the negative end means, for the legend.
    #[serde(default)]
    pub low: String,
    /// What the positive end means, for the legend.
    #[serde(default)]
    pub high: String,
    /// What a ring in a cell means, for the legend.
    #[serde(default)]
    pub doubtful: String,
}

/// Values over an ordered axis.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Lines {
    /// The places along the axis, in order.
    pub categories: Vec<String>,
    /// One line each; a figure without a value leaves a gap.
    pub series: Vec<Series>,
    /// What the places and the numbers are, and what they are compared with.
    #[serde(flatten)]
    pub axes: Axes,
    /// What a hollow dot means, for the legend.
    #[serde(default)]
    pub doubtful: String,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_histogram_counts_as_numpy_does() {
        let histogram = Histogram::of(&[0.0, 1.0, 1.5, 2.0, 3.0, 4.0, 9.0, f64::NAN], 4, Some((0.0, 4.0)));
        assert_eq!(histogram.edges, [0.0, 1.0, 2.0, 3.0, 4.0]);
        assert_eq!(histogram.counts, [1, 2, 1, 2]);
        assert_eq!(histogram.outside, 2);
        assert_eq!(Histogram::of(&[5.0, 5.0], 2, None).counts, [0, 2]);
        assert_eq!(Histogram::of(&[], 2, None).counts, [0, 0]);
    }

    #[test]
    fn the_rest_is_added_up_or_left_out() {
        let bars = Bars::of(Direction::Horizontal, Format::Count, [("a", 1.0), ("b", 5.0), ("c", 2.0), ("d", 4.0)]);
        let folded = bars.clone().largest(2, Some(&|n| format!("{n} others")));
        assert_eq!(folded.categories, ["b", "d", "2 others"]);
        assert_eq!(Bars { order: Order::Ascending, ..folded.clone() }.ordered(), [1, 0, 2], "the rest stays last");
        assert_eq!(folded.series[0].figures.iter().filter_map(|f| f.value).collect::<Vec<_>>(), [5.0, 4.0, 3.0]);
        assert_eq!(bars.clone().largest(2, None).categories, ["b", "d"]);
        assert_eq!(bars.clone().largest(4, None), bars);
    }

    #[test]
    fn a_chart_survives_json() {
        let chart = Chart {
            title: "t".into(),
            subtitle: String::new(),
            footer: "f".into(),
            kind: Kind::HeatMap(HeatMap { limit: Limit::Fixed(0.5), cells: vec![vec![Figure::default()]], ..HeatMap::default() }),
        };
        let text = serde_json::to_string(&chart).unwrap();
        assert_eq!(serde_json::from_str::<Chart>(&text).unwrap(), chart);
        let short = r#"{"title":"t","kind":{"bars":{"categories":["a"],"series":[{"name":"","figures":[{"value":1.0}]}]}}}"#;
        assert!(matches!(serde_json::from_str::<Chart>(short).unwrap().kind, Kind::Bars(_)));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn every_value_is_in_the_range_that_says_so(values in prop::collection::vec(-50.0..150.0_f64, 0..200), bins in 1_usize..40) {
            let histogram = Histogram::of(&values, bins, Some((0.0, 100.0)));
            let last = histogram.counts.len() - 1;
            for (at, count) in histogram.counts.iter().enumerate() {
                let (low, high) = (histogram.edges[at], histogram.edges[at + 1]);
                let slow = values.iter().filter(|v| **v >= low && (**v < high || at == last && **v <= high)).count();
                prop_assert_eq!(*count, slow as u64);
            }
            prop_assert_eq!(histogram.counts.iter().sum::<u64>() + histogram.outside, values.len() as u64);
        }
    }
}
