//! A chart on screen: paints the very scene that is exported, names what is pointed at, and offers the picture and its numbers.

use std::path::PathBuf;
use std::sync::Arc;

use egui::emath::Rot2;
use egui::epaint::TextShape;
use egui::{
    Color32, CornerRadius, FontFamily, FontId, Galley, Id, Popup, Pos2, Rect, Response, Role, Sense, Shape, StrokeKind, Ui, Vec2,
    WidgetInfo, pos2, vec2,
};

use super::super::{icons, theme};
use crate::chart::{self, Align, Chart, Color, Direction, Item, Kind, Measure, Scene, Size, Stroke, Weight};
use crate::message::{ChartFormat, Command};
use crate::model::Message;
use crate::state::{Effect, Outbox, SaveFor};
use crate::text::Texts;

/// The widest picture: longer lines are hard to follow.
const WIDEST: f32 = 1040.0;
/// The lowest picture whose height is free.
const LOWEST: f32 = 220.0;

/// A chart that was laid out, kept until the chart or its room changes.
struct Laid {
    chart: Chart,
    size: Vec2,
    dark: bool,
    pixels_per_point: f32,
    scene: Scene,
}

/// Shows a chart in the room there is; one with many rows scrolls.
pub fn show(ui: &mut Ui, salt: &str, chart: &Chart) {
    let room = ui.available_size();
    egui::ScrollArea::vertical().id_salt(("chart", salt)).auto_shrink([false, false]).show(ui, |ui| {
        let width = room.x.min(WIDEST) - ui.spacing().scroll.bar_width;
        picture(ui, salt, chart, vec2(width.max(240.0), room.y));
    });
}

/// Paints a chart as wide as `room`; its height follows from its rows, or from the room where it has none.
pub fn picture(ui: &mut Ui, salt: &str, chart: &Chart, room: Vec2) -> Response {
    let id = ui.make_persistent_id(salt);
    let laid = laid(ui, id, chart, room);
    let scene = &laid.scene;
    #[expect(clippy::cast_possible_truncation, reason = "a size on screen")]
    let size = vec2(scene.size.width as f32, scene.size.height as f32);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &scene.title));
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_description(scene.description.clone()));
    if ui.is_rect_visible(rect) {
        paint(ui, rect.min, scene);
    }
    point_out(ui, &response, rect, scene);
    response
}

fn laid(ui: &Ui, id: Id, chart: &Chart, room: Vec2) -> Arc<Laid> {
    let (dark, pixels_per_point) = (ui.visuals().dark_mode, ui.pixels_per_point());
    let kept: Option<Arc<Laid>> = ui.data(|data| data.get_temp(id));
    if let Some(laid) = kept
        && laid.size == room
        && laid.dark == dark
        && laid.pixels_per_point.to_bits() == pixels_per_point.to_bits()
        && laid.chart == *chart
    {
        return laid;
    }
    let fonts = Fonts { ui, semibold: theme::strong().resolve(ui.style()).family };
    let ideal = chart::ideal_size(chart, f64::from(room.x), &fonts);
    let by_rows = match &chart.kind {
        Kind::Bars(bars) => bars.direction == Direction::Horizontal,
        Kind::Shares(_) | Kind::HeatMap(_) => true,
        Kind::Histogram(_) | Kind::Lines(_) => false,
    };
    let height = if by_rows { ideal.height } else { ideal.height.min(f64::from(room.y.max(LOWEST))) };
    let colors = if dark { chart::Theme::Dark } else { chart::Theme::Light };
    let scene = chart::layout(chart, Size::new(f64::from(room.x), height), colors, &fonts);
    let laid = Arc::new(Laid { chart: chart.clone(), size: room, dark, pixels_per_point, scene });
    ui.data_mut(|data| data.insert_temp(id, Arc::clone(&laid)));
    laid
}

/// The window's fonts as the layout measures them.
struct Fonts<'a> {
    ui: &'a Ui,
    semibold: FontFamily,
}

impl Fonts<'_> {
    fn font(&self, size: f64, weight: Weight) -> FontId {
        let family = match weight {
            Weight::Regular => FontFamily::Proportional,
            Weight::SemiBold => self.semibold.clone(),
        };
        FontId::new(points(size), family)
    }

    fn galley(&self, text: &str, size: f64, weight: Weight, ink: Color32) -> Arc<Galley> {
        self.ui.fonts_mut(|fonts| fonts.layout_no_wrap(text.to_owned(), self.font(size, weight), ink))
    }
}

impl Measure for Fonts<'_> {
    fn width(&self, text: &str, size: f64, weight: Weight) -> f64 {
        f64::from(self.galley(text, size, weight, Color32::PLACEHOLDER).size().x)
    }

    fn height(&self, size: f64) -> f64 {
        f64::from(self.ui.fonts_mut(|fonts| fonts.row_height(&self.font(size, Weight::Regular))))
    }
}

fn paint(ui: &Ui, origin: Pos2, scene: &Scene) {
    let painter = ui.painter();
    let fonts = Fonts { ui, semibold: theme::strong().resolve(ui.style()).family };
    let at = |point: chart::Point| origin + vec2(points(point.x), points(point.y));
    for item in &scene.items {
        match item {
            Item::Rect { rect, fill, stroke, radius } => {
                let place = placed(origin, rect);
                let radius = CornerRadius::from(points(*radius));
                if let Some(fill) = fill {
                    painter.rect_filled(place, radius, ink(*fill));
                }
                if let Some(stroke) = stroke {
                    painter.rect_stroke(place, radius, pen(stroke), StrokeKind::Middle);
                }
            }
            Item::Line { from, to, stroke } => match stroke.dash {
                Some(dash) => {
                    painter.extend(Shape::dashed_line(&[at(*from), at(*to)], pen(stroke), points(dash), points(dash)));
                }
                None => {
                    painter.line_segment([at(*from), at(*to)], pen(stroke));
                }
            },
            Item::Polyline { points: all, stroke } => {
                let path: Vec<Pos2> = all.iter().map(|point| at(*point)).collect();
                match stroke.dash {
                    Some(dash) => painter.extend(Shape::dashed_line(&path, pen(stroke), points(dash), points(dash))),
                    None => {
                        painter.line(path, pen(stroke));
                    }
                }
            }
            Item::Text(text) => {
                let colour = ink(text.color);
                let galley = fonts.galley(&text.text, text.size, text.weight, colour);
                let across = match text.align {
                    Align::Start => 0.0,
                    Align::Middle => galley.size().x / 2.0,
                    Align::End => galley.size().x,
                };
                let baseline = galley.rows.first().map_or(0.0, |row| row.pos.y + row.row.glyphs.first().map_or(0.0, |glyph| glyph.pos.y));
                let angle = points(text.rotation).to_radians();
                let corner = at(text.at) + Rot2::from_angle(angle) * vec2(-across, -baseline);
                painter.add(TextShape::new(corner, galley, colour).with_angle(angle));
            }
        }
    }
}

/// Outlines the figure under the pointer and says what it is.
fn point_out(ui: &Ui, response: &Response, rect: Rect, scene: &Scene) {
    let Some(pointer) = response.hover_pos() else { return };
    let place = pointer - rect.min;
    let Some(mark) = scene.hit(chart::Point::new(f64::from(place.x), f64::from(place.y))) else { return };
    let tokens = theme::tokens(ui);
    ui.painter().rect_stroke(placed(rect.min, &mark.bounds).expand(1.5), 2.0, egui::Stroke::new(1.5, tokens.text), StrokeKind::Outside);
    response.clone().on_hover_ui_at_pointer(|ui| {
        super::strong(ui, &mark.label);
        let value = if mark.series.is_empty() { mark.shown.clone() } else { format!("{}: {}", mark.series, mark.shown) };
        ui.label(value);
        if !mark.note.is_empty() {
            super::caption(ui, &mark.note);
        }
    });
}

fn placed(origin: Pos2, rect: &chart::Rect) -> Rect {
    Rect::from_min_size(pos2(origin.x + points(rect.left), origin.y + points(rect.top)), vec2(points(rect.width), points(rect.height)))
}

fn pen(stroke: &Stroke) -> egui::Stroke {
    egui::Stroke::new(points(stroke.width), ink(stroke.color))
}

fn ink(color: Color) -> Color32 {
    Color32::from_rgba_unmultiplied(color.r, color.g, color.b, color.a)
}

#[expect(clippy::cast_possible_truncation, reason = "lengths of a picture on screen")]
fn points(length: f64) -> f32 {
    length as f32
}

/// A button that opens the menu of a chart's exports, with more entries below them if there are any.
pub fn export_button(
    ui: &mut Ui,
    texts: &Texts,
    chart: &Chart,
    stem: &str,
    dpi: u32,
    outbox: &mut Outbox,
    more: impl FnOnce(&mut Ui, &mut Outbox),
) {
    let button = super::secondary(ui, Some(icons::DOWNLOAD), &texts.t("query-chart-export"));
    Popup::menu(&button).show(|ui| {
        ui.set_min_width(200.0);
        export_entries(ui, texts, chart, stem, dpi, outbox);
        more(ui, outbox);
    });
}

/// The entries of the export menu.
pub fn export_entries(ui: &mut Ui, texts: &Texts, chart: &Chart, stem: &str, dpi: u32, outbox: &mut Outbox) {
    for (format, extension, label) in [
        (ChartFormat::Svg, "svg", Message::new("query-chart-svg")),
        (ChartFormat::Png, "png", Message::new("query-chart-png").with("dpi", u64::from(dpi))),
        (ChartFormat::Pdf, "pdf", Message::new("query-chart-pdf")),
        (ChartFormat::Csv, "csv", Message::new("query-chart-csv")),
    ] {
        if ui.button(texts.say(&label)).clicked() {
            let command = Command::ExportChart { chart: Box::new(chart.clone()), format, dpi, path: PathBuf::new() };
            outbox.effect(Effect::Save { name: format!("{stem}.{extension}"), purpose: SaveFor::Command(Box::new(command)) });
            ui.close();
        }
    }
    if ui.button(texts.t("query-chart-copy")).clicked() {
        outbox.effect(Effect::Copy(numbers(chart)));
        ui.close();
    }
}

/// The plotted numbers as spreadsheets paste them.
fn numbers(chart: &Chart) -> String {
    let text = chart::csv(chart);
    let mut writer = csv::WriterBuilder::new().delimiter(b'\t').from_writer(Vec::new());
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    for record in reader.records().flatten() {
        if writer.write_record(&record).is_err() {
            return text;
        }
    }
    writer.into_inner().ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or(text)
}

/// A file name's stem for a title: letters and digits of any script, the rest as single hyphens.
#[must_use]
pub fn stem(title: &str) -> String {
    let parts: Vec<String> = title.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty()).map(str::to_lowercase).collect();
    let joined: String = parts.join("-").chars().take(60).collect();
    if joined.is_empty() { "chart".to_owned() } else { joined.trim_end_matches('-').to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stems_are_plain_names() {
        assert_eq!(stem("Average sentiment, by category!"), "average-sentiment-by-category");
        assert_eq!(stem("상품 분류: 10%"), "상품-분류-10");
        assert_eq!(stem("  /../ "), "chart");
    }

    #[test]
    fn numbers_are_copied_with_tabs() {
        let bars = chart::Bars::of(Direction::Horizontal, chart::Format::Count, [("a, b", 1.0), ("c", 2.5)]);
        let chart = Chart { title: "t".into(), subtitle: String::new(), footer: String::new(), kind: Kind::Bars(bars) };
        let text = numbers(&chart);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 3, "{text}");
        assert!(lines[1].starts_with("a, b\t1"), "{text}");
        assert!(lines[2].starts_with("c\t2.5"), "{text}");
    }
}
