//! What every chart must keep to: bounds, order, sums, words, and no text over another.

use proptest::prelude::*;
use resvg::usvg::roxmltree::Document;

use crate::chart::{
    Align, Axes, Band, Bars, Chart, Direction, Figure, Format, HeatMap, Histogram, Item, Kind, Level, Limit, Lines, Measure, Order, Point,
    Rect, Reference, Scene, Series, Shares, Size, Text, Theme, Tone, Weight, ideal_size, layout, svg,
};

/// A font in which Latin is 0.56 and everything else 1 em wide.
struct Even;

impl Measure for Even {
    fn width(&self, text: &str, size: f64, weight: Weight) -> f64 {
        let heavy = if weight == Weight::SemiBold { 1.05 } else { 1.0 };
        text.chars().map(|c| if c.is_ascii() { 0.56 } else { 1.0 }).sum::<f64>() * size * heavy
    }

    fn height(&self, size: f64) -> f64 {
        size * 1.2
    }
}

const NAMES: [&str; 6] = ["Dresses", "Fine gauge", "니트와 스웨터", "A very long product category name indeed", "<b>&\"'", "Trend"];

fn names() -> Vec<String> {
    NAMES.map(str::to_owned).to_vec()
}

fn chart(kind: Kind) -> Chart {
    let title = "Trend has 118 of 22,626 rows & <few> friends".to_owned();
    Chart { title, subtitle: "Rows by category".to_owned(), footer: "Source: dsoaws.reviews · 22,626 rows".to_owned(), kind }
}

fn uncertain(value: f64) -> Figure {
    Figure { value: Some(value), interval: Some([value - 0.05, value + 0.05]), doubtful: value.abs() < 0.05, note: "n = 5".to_owned() }
}

fn samples() -> Vec<Chart> {
    let counts = [6145.0, 4626.0, 2983.0, 1380.0, 332.0, 118.0];
    let metric = [0.022, -0.3, 0.11, 0.0, -0.086, 0.04];
    let series = || vec![Series::of("before", counts), Series::of("after", [118.0; 6])];
    let references = || vec![Reference { value: 1257.0, label: "equal share 1,257".to_owned() }];
    let rows = || Axes { value_axis: "Rows".to_owned(), ..Axes::of(Format::Count) };
    let bars = |direction| Bars {
        axes: Axes { references: references(), category_axis: "Category".to_owned(), ..rows() },
        order: Order::Descending,
        ..Bars::of(direction, Format::Count, NAMES.into_iter().zip(counts))
    };
    let grouped = |direction| Bars { axes: rows(), ..Bars::grouped(direction, Format::Count, names(), series()) };
    let judged = |direction| Bars {
        direction,
        categories: names(),
        series: vec![Series { figures: metric.map(uncertain).to_vec(), ..Series::default() }],
        doubtful: "can't be told from chance".to_owned(),
        axes: Axes {
            bands: vec![
                Band { from: Some(-0.1), to: Some(0.1), level: Level::Good, label: "pass".to_owned() },
                Band { from: None, to: Some(-0.1), level: Level::Bad, label: "fail".to_owned() },
                Band { from: Some(0.1), to: None, level: Level::Doubtful, label: "warn".to_owned() },
            ],
            ..Axes::of(Format::Decimals(3))
        },
        ..Bars::default()
    };
    let mut histogram = Histogram::of(&[2.0, 9.0, 61.0, 61.5, 90.0, 122.0], 32, Some((0.0, 256.0)));
    histogram.ticks = vec![0.0, 16.0, 32.0, 64.0, 128.0, 256.0];
    histogram.markers =
        vec![Reference { value: 122.0, label: "max 122".to_owned() }, Reference { value: 118.0, label: "near it".to_owned() }];
    histogram.value_axis = "Words".to_owned();
    let heat = HeatMap {
        rows: names(),
        columns: ["CI", "DPL", "KL"].map(str::to_owned).to_vec(),
        cells: metric.iter().map(|value| vec![uncertain(*value), Figure::default(), Figure::from(f64::INFINITY)]).collect(),
        format: Format::Significant(3),
        limit: Limit::PerColumn,
        low: "low".to_owned(),
        high: "high".to_owned(),
        doubtful: "by chance".to_owned(),
        ..HeatMap::default()
    };
    let shares = Shares { categories: names(), series: series(), total: "Rows".to_owned(), format: Format::Count, ..Shares::default() };
    let mut lines = Lines { categories: (2001..2031).map(|y| y.to_string()).collect(), ..Lines::default() };
    lines.axes.value_axis = "DPL".to_owned();
    lines.series = ["one", "two", "three"].iter().map(|name| Series::of(*name, (0..30).map(|at| f64::from(at % 7) / 10.0))).collect();
    lines.axes.references = vec![Reference { value: 0.2, label: "limit 0.2".to_owned() }];
    [
        Kind::Bars(bars(Direction::Horizontal)),
        Kind::Bars(bars(Direction::Vertical)),
        Kind::Bars(grouped(Direction::Horizontal)),
        Kind::Bars(grouped(Direction::Vertical)),
        Kind::Bars(judged(Direction::Horizontal)),
        Kind::Bars(judged(Direction::Vertical)),
        Kind::Shares(shares),
        Kind::Histogram(histogram),
        Kind::HeatMap(heat),
        Kind::Lines(lines),
    ]
    .map(chart)
    .to_vec()
}

/// The smallest upright rectangle around a text's capitals.
fn extent(text: &Text) -> Rect {
    let width = Even.width(&text.text, text.size, text.weight);
    let from = match text.align {
        Align::Start => 0.0,
        Align::Middle => -width / 2.0,
        Align::End => -width,
    };
    let turn = text.rotation.to_radians();
    let place = |x: f64, y: f64| Point::new(text.at.x + x * turn.cos() - y * turn.sin(), text.at.y + x * turn.sin() + y * turn.cos());
    let corners = [(from, 0.0), (from + width, 0.0), (from, -text.size * 0.7), (from + width, -text.size * 0.7)].map(|(x, y)| place(x, y));
    let least = corners.iter().fold(Point::new(f64::MAX, f64::MAX), |a, b| Point::new(a.x.min(b.x), a.y.min(b.y)));
    let most = corners.iter().fold(Point::new(f64::MIN, f64::MIN), |a, b| Point::new(a.x.max(b.x), a.y.max(b.y)));
    Rect::between(least, most)
}

fn texts(scene: &Scene) -> Vec<&Text> {
    scene.items.iter().filter_map(|item| if let Item::Text(text) = item { Some(text) } else { None }).collect()
}

fn inside(outer: Rect, inner: Rect) -> bool {
    const SLACK: f64 = 0.5;
    inner.left >= outer.left - SLACK
        && inner.top >= outer.top - SLACK
        && inner.right() <= outer.right() + SLACK
        && inner.bottom() <= outer.bottom() + SLACK
}

fn whole(scene: &Scene) -> Rect {
    Rect { left: 0.0, top: 0.0, width: scene.size.width, height: scene.size.height }
}

#[test]
fn at_their_ideal_size_charts_keep_every_text_apart_and_inside() {
    for chart in samples() {
        for width in [360.0, 480.0, 560.0, 900.0] {
            let scene = layout(&chart, ideal_size(&chart, width, &Even), Theme::Light, &Even);
            assert_eq!(scene.hidden, 0);
            assert!(inside(whole(&scene), scene.plot), "{:?}", scene.plot);
            let texts = texts(&scene);
            for (at, one) in texts.iter().enumerate() {
                assert!(inside(whole(&scene), extent(one)), "{width}: {one:?} leaves {:?}", scene.size);
                // Slanted names are apart by their places; their upright rectangles are not.
                for other in texts[at + 1..].iter().filter(|other| one.rotation == 0.0 && other.rotation == 0.0) {
                    let (a, b) = (extent(one), extent(other));
                    let apart = a.right() <= b.left + 0.5 || b.right() <= a.left + 0.5 || a.bottom() <= b.top || b.bottom() <= a.top;
                    assert!(apart, "{width}: {:?} covers {:?} in {:?}", one, other, chart.kind);
                }
            }
        }
    }
}

#[test]
fn marks_lie_in_the_plot_and_can_be_pointed_at() {
    for chart in samples() {
        let scene = layout(&chart, Size::new(560.0, 420.0), Theme::Light, &Even);
        assert!(!scene.marks.is_empty());
        let floats = matches!(chart.kind, Kind::Lines(_));
        for mark in &scene.marks {
            let ground = if floats { whole(&scene) } else { scene.plot };
            assert!(inside(ground, mark.bounds), "{mark:?} leaves {ground:?}");
            let hit = scene.hit(mark.bounds.center()).unwrap();
            assert!(floats || (&hit.label, &hit.series) == (&mark.label, &mark.series), "{mark:?} is hidden by {hit:?}");
        }
        assert_eq!(scene.hit(Point::new(-5.0, 3.0)), None);
    }
}

#[test]
fn the_parts_of_a_share_fill_the_plot() {
    let series =
        vec![Series::of("a", [1.0, 0.0, 5.0]), Series::of("b", [3.0, 2.0, 0.0]).tone(Tone::Rest), Series::of("c", [7.0, 1.0, 0.1])];
    let shares = Shares { categories: vec!["x".into(), "y".into(), "z".into()], series, order: Order::Ascending, ..Shares::default() };
    let scene = layout(&chart(Kind::Shares(shares)), Size::new(500.0, 300.0), Theme::Light, &Even);
    for name in ["x", "y", "z"] {
        let parts: Vec<_> = scene.marks.iter().filter(|mark| mark.label == name).collect();
        assert!((parts.iter().map(|mark| mark.bounds.width).sum::<f64>() - scene.plot.width).abs() < 1e-9);
        assert!((parts.iter().filter_map(|mark| mark.value).sum::<f64>() - 1.0).abs() < 1e-12);
    }
    let order: Vec<&str> = scene.marks.iter().step_by(3).map(|mark| mark.label.as_str()).collect();
    assert_eq!(order, ["y", "x", "z"]);
}

#[test]
fn a_bar_is_as_long_as_its_value() {
    for direction in [Direction::Horizontal, Direction::Vertical] {
        let bars = Bars::of(direction, Format::Number, [("a", 4.0), ("b", -2.0), ("c", 0.0)]);
        let scene = layout(&chart(Kind::Bars(bars)), Size::new(500.0, 300.0), Theme::Light, &Even);
        let length = |at: usize| {
            let bounds = scene.marks[at].bounds;
            if direction == Direction::Horizontal { bounds.width } else { bounds.height }
        };
        assert!((length(0) - 2.0 * length(1)).abs() < 1e-9 && length(2).abs() < 1e-9);
        let axis = if direction == Direction::Horizontal { &scene.x } else { &scene.y };
        assert_eq!((axis.from, axis.to), (-2.0, 4.0));
        let zero = axis.ticks.iter().find(|tick| tick.value == 0.0).unwrap().position;
        let foot = if direction == Direction::Horizontal { scene.marks[0].bounds.left } else { scene.marks[0].bounds.bottom() };
        assert!((zero - foot).abs() < 1e-9);
    }
}

#[test]
fn the_svg_holds_every_text_as_it_is() {
    for chart in samples() {
        let scene = layout(&chart, ideal_size(&chart, 640.0, &Even), Theme::Light, &Even);
        let svg = svg(&scene);
        let document = Document::parse(&svg).unwrap();
        let of = |tag: &str| -> Vec<String> {
            let nodes = document.descendants().filter(|node| node.has_tag_name(("http://www.w3.org/2000/svg", tag)));
            nodes.map(|node| node.text().unwrap_or_default().to_owned()).collect()
        };
        assert_eq!(of("text"), texts(&scene).iter().map(|text| text.text.clone()).collect::<Vec<_>>());
        assert_eq!(of("title").concat(), chart.title);
        assert!(of("desc").concat().starts_with(&chart.subtitle));
        assert!(of("text").concat().contains("22,626 rows"));
    }
}

#[test]
fn both_themes_draw_the_same_picture() {
    for chart in samples() {
        let size = ideal_size(&chart, 560.0, &Even);
        let (light, dark) = (layout(&chart, size, Theme::Light, &Even), layout(&chart, size, Theme::Dark, &Even));
        assert_eq!((light.plot, &light.x, &light.y, &light.marks), (dark.plot, &dark.x, &dark.y, &dark.marks));
        assert_eq!(light.items.len(), dark.items.len());
        assert_ne!(svg(&light), svg(&dark));
    }
}

#[test]
fn what_xml_cannot_hold_is_replaced() {
    let mut hostile = chart(Kind::Bars(Bars::of(Direction::Horizontal, Format::Count, [("a\u{0}\u{1b}\n]]>", 1.0)])));
    hostile.title = "</text><script>alert(1)</script>".to_owned();
    let text = svg(&layout(&hostile, Size::new(300.0, 200.0), Theme::Light, &Even));
    let document = Document::parse(&text).unwrap();
    assert!(document.descendants().all(|node| !node.has_tag_name("script")));
    assert!(text.contains("a\u{fffd}\u{fffd} ]]&gt;"));
}

#[test]
fn figures_without_room_are_counted() {
    let many = |direction| Bars::of(direction, Format::Count, (0..5000_i32).map(|at| (format!("name {at}"), f64::from(at))));
    for direction in [Direction::Horizontal, Direction::Vertical] {
        let scene = layout(&chart(Kind::Bars(many(direction))), Size::new(500.0, 400.0), Theme::Light, &Even);
        assert_eq!(scene.hidden + scene.marks.len(), 5000);
        assert!(scene.marks.len() < 400 && scene.marks.len() > 50);
        assert!(texts(&scene).len() < 80, "names that would overlap are left out");
    }
}

#[test]
fn small_pictures_stay_the_same() {
    let mut bars = Bars::of(Direction::Horizontal, Format::Count, [("Dresses", 6145.0), ("트렌드", 118.0)]);
    bars.axes.references = vec![Reference { value: 1257.0, label: "equal share 1,257".to_owned() }];
    insta::assert_snapshot!("bars", svg(&layout(&chart(Kind::Bars(bars)), Size::new(320.0, 180.0), Theme::Light, &Even)));
    let series = vec![Series::of("Positive", [78.0]).tone(Tone::Positive), Series::of("Negative", [40.0]).tone(Tone::Negative)];
    let shares = Shares { categories: vec!["Trend".to_owned()], series, ..Shares::default() };
    insta::assert_snapshot!("shares", svg(&layout(&chart(Kind::Shares(shares)), Size::new(320.0, 160.0), Theme::Light, &Even)));
    let histogram = Histogram::of(&[1.0, 2.0, 2.5, 8.0], 4, Some((0.0, 8.0)));
    insta::assert_snapshot!("histogram", svg(&layout(&chart(Kind::Histogram(histogram)), Size::new(320.0, 200.0), Theme::Light, &Even)));
}

fn any_value() -> impl Strategy<Value = f64> {
    prop_oneof![
        8 => -1e6..1e6_f64,
        1 => Just(0.0),
        1 => prop_oneof![Just(f64::NAN), Just(f64::INFINITY), Just(f64::NEG_INFINITY), Just(1e300), Just(1e-300)],
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_figures_in_any_size_are_laid_out_within_it(
        values in prop_oneof![4 => prop::collection::vec(any_value(), 0..40), 1 => prop::collection::vec(Just(f64::NAN), 0..3)],
        name in ".{0,30}",
        (width, height) in (0.0..1500.0_f64, 0.0..1200.0_f64),
        kind in 0..6,
    ) {
        let categories: Vec<String> = (0..values.len()).map(|at| format!("{name}{at}")).collect();
        let series = vec![Series::of(name.clone(), values.iter().copied()), Series::of("other", values.iter().rev().copied())];
        let kind = match kind {
            0 => Kind::Bars(Bars::grouped(Direction::Horizontal, Format::Number, categories, series)),
            1 => Kind::Bars(Bars::grouped(Direction::Vertical, Format::Percent, categories, series[..1].to_vec())),
            2 => Kind::Shares(Shares { categories, series, ..Shares::default() }),
            3 => Kind::Histogram(Histogram::of(&values, 1 + values.len(), None)),
            4 => Kind::Lines(Lines { categories, series, ..Lines::default() }),
            _ => {
                let cells = values.iter().map(|value| vec![Figure::from(*value); 3]).collect();
                Kind::HeatMap(HeatMap { rows: categories, columns: vec![name; 3], cells, ..HeatMap::default() })
            }
        };
        let chart = chart(kind);
        let scene = layout(&chart, Size::new(width, height), Theme::Dark, &Even);
        prop_assert!(scene.marks.iter().all(|mark| [mark.bounds.left, mark.bounds.top, mark.bounds.width, mark.bounds.height].iter().all(|v| v.is_finite())));
        prop_assert!(scene.plot.width >= 0.0 && scene.plot.height >= 0.0);
        if width > 200.0 && height > 200.0 {
            for mark in &scene.marks {
                prop_assert!(inside(whole(&scene), mark.bounds), "{:?} leaves {:?}", mark, scene.size);
            }
        }
        let text = svg(&scene);
        prop_assert!(Document::parse(&text).is_ok());
        prop_assert!(!text.contains("NaN\"") && !text.contains("inf\""));
    }
}
