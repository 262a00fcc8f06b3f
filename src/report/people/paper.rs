//! A document on paper: its blocks set one below the other on pages of A4, as items of the charts' own scenes.

use super::document::{Block, Cell, Column, Document, Mark, Row, Table, Tone, least_width};
use crate::chart::{Align, Chart, Color, Colors, Item, Level, Measure, Point, Rect, Size, Stroke, Text, Theme, Weight, ideal_size, layout};
use crate::report::render::FontMeasure;

/// A4, in points.
pub(super) const PAGE: Size = Size { width: 595.0, height: 842.0 };
const LEFT: f64 = 48.0;
const WIDTH: f64 = PAGE.width - 2.0 * LEFT;
const TOP: f64 = 56.0;
const BOTTOM: f64 = PAGE.height - 58.0;
/// Between the columns of a table.
const GAP: f64 = 8.0;

/// A heading, for the list of bookmarks.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Bookmark {
    pub(super) level: u8,
    pub(super) title: String,
    /// Counted from 0.
    pub(super) page: usize,
    /// From the top of the page, in points.
    pub(super) top: f64,
}

#[derive(Debug, Clone, Copy)]
struct Style {
    size: f64,
    leading: f64,
    weight: Weight,
    color: Color,
}

struct Paper {
    measure: FontMeasure,
    colors: Colors,
    pages: Vec<Vec<Item>>,
    marks: Vec<Bookmark>,
    y: f64,
}

/// The pages of a document, and its headings.
pub(super) fn pages(document: &Document) -> (Vec<Vec<Item>>, Vec<Bookmark>) {
    let mut paper =
        Paper { measure: FontMeasure::bundled(), colors: Theme::Light.colors(), pages: vec![Vec::new()], marks: Vec::new(), y: TOP };
    paper.cover(document);
    let mut blocks = document.blocks.iter().peekable();
    while let Some(block) = blocks.next() {
        // A heading never stands alone at the foot of a page.
        let follows = match (block, blocks.peek()) {
            (Block::Heading(..), Some(Block::Picture(chart))) => paper.picture_height(chart),
            (Block::Heading(..), Some(Block::Aside(_) | Block::Paragraph(_))) => 130.0,
            (Block::Heading(..), _) => 70.0,
            _ => 0.0,
        };
        paper.block(block, follows);
    }
    paper.number(document);
    (paper.pages, paper.marks)
}

impl Paper {
    fn style(&self, size: f64) -> Style {
        Style { size, leading: size * 1.5, weight: Weight::Regular, color: self.colors.ink }
    }

    fn bold(&self, size: f64) -> Style {
        Style { weight: Weight::SemiBold, ..self.style(size) }
    }

    fn quiet(&self, size: f64) -> Style {
        Style { color: self.colors.muted, ..self.style(size) }
    }

    /// The fill and the words' colour of a judgement.
    fn tones(&self, tone: Tone) -> (Color, Color) {
        let of = |level: Level| (self.colors.level(level).tint, self.colors.level(level).text);
        match tone {
            Tone::Plain => (Color::hex(0x00F6_F8F9), self.colors.ink),
            Tone::Quiet => (Color::hex(0x00F6_F8F9), self.colors.muted),
            Tone::Good => of(Level::Good),
            Tone::Doubtful => of(Level::Doubtful),
            Tone::Bad => of(Level::Bad),
        }
    }

    fn put(&mut self, item: Item) {
        if let Some(page) = self.pages.last_mut() {
            page.push(item);
        }
    }

    fn turn(&mut self) {
        self.pages.push(Vec::new());
        self.y = TOP;
    }

    /// Begins a new page where this height has no room on the current one.
    fn need(&mut self, height: f64) {
        if self.y + height > BOTTOM && self.y > TOP {
            self.turn();
        }
    }

    fn text(&mut self, x: f64, baseline: f64, text: &str, style: Style, align: Align) {
        if text.is_empty() {
            return;
        }
        let Style { size, weight, color, .. } = style;
        self.put(Item::Text(Text { at: Point::new(x, baseline), text: text.to_owned(), size, weight, color, align, rotation: 0.0 }));
    }

    fn fill(&mut self, rect: Rect, color: Color, radius: f64) {
        self.put(Item::Rect { rect, fill: Some(color), stroke: None, radius });
    }

    fn rule(&mut self, y: f64, color: Color) {
        let stroke = Stroke { width: 0.6, color, dash: None };
        self.put(Item::Line { from: Point::new(LEFT, y), to: Point::new(LEFT + WIDTH, y), stroke });
    }

    fn width(&self, text: &str, style: Style) -> f64 {
        self.measure.width(text, style.size, style.weight)
    }

    /// The text in lines of this width, broken at blanks, or within a word that is too wide by itself.
    fn wrap(&self, text: &str, style: Style, room: f64) -> Vec<String> {
        let mut lines = Vec::new();
        for paragraph in text.lines() {
            let indent: String = paragraph.chars().take_while(|c| *c == ' ').collect();
            let mut line = indent.clone();
            let mut empty = true;
            for word in paragraph.split_whitespace() {
                let longer = if empty { format!("{line}{word}") } else { format!("{line} {word}") };
                if self.width(&longer, style) <= room {
                    (line, empty) = (longer, false);
                    continue;
                }
                if !empty {
                    lines.push(std::mem::replace(&mut line, indent.clone()));
                }
                // After a mark that ends a part of a name, if there is one; else anywhere.
                let parts: Vec<&str> = word.split_inclusive(['_', '-', '/', '.', ',', '=']).collect();
                for part in parts {
                    if line != indent && self.width(&format!("{line}{part}"), style) > room {
                        lines.push(std::mem::replace(&mut line, indent.clone()));
                    }
                    for character in part.chars() {
                        line.push(character);
                        if self.width(&line, style) > room && line.chars().count() > 1 {
                            line.pop();
                            lines.push(std::mem::replace(&mut line, format!("{indent}{character}")));
                        }
                    }
                }
                empty = false;
            }
            lines.push(line);
        }
        lines
    }

    /// Sets lines at a place, from page to page, and moves down.
    fn paragraph(&mut self, text: &str, style: Style, indent: f64) {
        for line in self.wrap(text, style, WIDTH - indent) {
            self.need(style.leading);
            self.text(LEFT + indent, self.y + style.size, &line, style, Align::Start);
            self.y += style.leading;
        }
    }

    fn cover(&mut self, document: &Document) {
        let title = Style { leading: 24.0, ..self.bold(18.0) };
        self.paragraph(&document.title, title, 0.0);
        self.y += 2.0;
        self.paragraph(&document.subtitle, self.quiet(10.0), 0.0);
        self.y += 10.0;
    }

    fn block(&mut self, block: &Block, follows: f64) {
        match block {
            Block::Heading(level, text) => self.heading(*level, text, follows),
            Block::Paragraph(text) => {
                self.paragraph(text, self.style(9.5), 0.0);
                self.y += 5.0;
            }
            Block::Aside(text) => {
                self.paragraph(text, self.quiet(8.5), 0.0);
                self.y += 5.0;
            }
            Block::Facts(facts) => self.facts(facts),
            Block::Tiles(tiles) => {
                let count = tiles.len().max(1) as f64;
                let wide = (WIDTH - GAP * (count - 1.0)) / count;
                let (number, label) = (self.bold(18.0), self.quiet(8.0));
                let labels: Vec<Vec<String>> = tiles.iter().map(|tile| self.wrap(&tile.label, label, wide - 20.0)).collect();
                let high = 38.0 + labels.iter().map(Vec::len).max().unwrap_or(1) as f64 * 11.0;
                self.need(high);
                let mut left = LEFT;
                for (tile, lines) in tiles.iter().zip(labels) {
                    let (fill, color) = self.tones(tile.tone);
                    let fill = if tile.tone == Tone::Good { self.tones(Tone::Plain).0 } else { fill };
                    self.fill(Rect { left, top: self.y, width: wide, height: high }, fill, 4.0);
                    self.text(left + 10.0, self.y + 25.0, &tile.number, Style { color, ..number }, Align::Start);
                    for (at, line) in lines.iter().enumerate() {
                        self.text(left + 10.0, self.y + 38.0 + at as f64 * 11.0, line, label, Align::Start);
                    }
                    left += wide + GAP;
                }
                self.y += high + 6.0;
            }
            Block::Findings(found) => {
                for (mark, text) in found {
                    let style = self.style(9.5);
                    let lines = self.wrap(text, style, WIDTH - 50.0);
                    self.need(lines.len() as f64 * style.leading + 7.0);
                    self.pill(LEFT, self.y + 4.5, mark, 46.0);
                    for line in lines {
                        self.text(LEFT + 50.0, self.y + 3.5 + style.size, &line, style, Align::Start);
                        self.y += style.leading;
                    }
                    self.y += 7.0;
                    self.rule(self.y, self.colors.grid);
                }
                self.y += 8.0;
            }
            Block::Points(points) => {
                for point in points {
                    let style = self.style(9.5);
                    self.need(style.leading);
                    self.text(LEFT + 3.0, self.y + style.size, "·", self.bold(9.5), Align::Start);
                    self.paragraph(point, style, 12.0);
                    self.y += 3.0;
                }
                self.y += 4.0;
            }
            Block::Code(text) => self.code(text),
            Block::Table(table) => self.table(table),
            Block::Picture(chart) => self.picture(chart),
        }
    }

    fn heading(&mut self, level: u8, text: &str, follows: f64) {
        let (before, style) = if level == 1 { (20.0, self.bold(14.5)) } else { (12.0, self.bold(11.0)) };
        let style = Style { leading: style.size * 1.35, ..style };
        let lines = self.wrap(text, style, WIDTH).len() as f64;
        self.need(before + lines * style.leading + 6.0 + follows);
        if self.y > TOP {
            self.y += before;
        }
        let mark = Bookmark { level, title: text.to_owned(), page: self.pages.len() - 1, top: self.y - 6.0 };
        self.marks.push(mark);
        self.paragraph(text, style, 0.0);
        self.y += 6.0;
    }

    fn facts(&mut self, facts: &[(String, String)]) {
        let (name, style) = (self.quiet(9.5), self.style(9.5));
        let indent = facts.iter().map(|(fact, _)| self.width(fact, name)).fold(0.0, f64::max).min(WIDTH / 3.0) + 16.0;
        for (fact, text) in facts {
            let lines = self.wrap(text, style, WIDTH - indent);
            self.need(style.leading * lines.len().min(3) as f64);
            self.text(LEFT, self.y + name.size, fact, name, Align::Start);
            self.paragraph(text, style, indent);
            self.y += 3.0;
        }
        self.y += 5.0;
    }

    fn code(&mut self, text: &str) {
        let style = Style { leading: 12.5, ..self.style(8.5) };
        let lines = self.wrap(text, style, WIDTH - 20.0);
        for (at, line) in lines.iter().enumerate() {
            let (first, last) = (at == 0, at + 1 == lines.len());
            self.need(style.leading + 8.0);
            let high = style.leading + if first { 7.0 } else { 0.0 } + if last { 7.0 } else { 0.0 };
            self.fill(Rect { left: LEFT, top: self.y, width: WIDTH, height: high + 0.3 }, Color::hex(0x00F6_F8F9), 0.0);
            self.y += if first { 7.0 } else { 0.0 };
            self.text(LEFT + 10.0, self.y + style.size, line, style, Align::Start);
            self.y += style.leading + if last { 7.0 } else { 0.0 };
        }
        self.y += 8.0;
    }

    fn pill(&mut self, left: f64, top: f64, mark: &Mark, most: f64) {
        let (fill, color) = self.tones(mark.tone);
        let bad = mark.tone == Tone::Bad;
        let style = Style { color, ..if bad { self.bold(7.5) } else { self.style(7.5) } };
        let wide = (self.width(&mark.word, style) + 10.0).min(most);
        let size = style.size * ((most - 8.0) / self.width(&mark.word, style)).min(1.0);
        self.fill(Rect { left, top, width: wide, height: 12.0 }, fill, 6.0);
        self.text(left + wide / 2.0, top + 8.7, &mark.word, Style { size, ..style }, Align::Middle);
    }

    /// In which size a chart is laid out, and how much smaller it is drawn: in the page's width; two tall ones share a page where they stay
    /// readable, and one that is higher than a page is drawn smaller.
    fn picture_size(&self, chart: &Chart) -> (Size, f64) {
        let whole = BOTTOM - TOP - 40.0;
        let half = (BOTTOM - TOP) / 2.0 - 7.0;
        let widest = least_width(chart, WIDTH);
        let at = |scale: f64| (ideal_size(chart, WIDTH / scale, &self.measure), scale);
        let high = |(size, scale): (Size, f64)| size.height * scale;
        let first = at(WIDTH / widest);
        let steps = |least: u32| (least..100).rev().map(|percent| at(f64::from(percent) / 100.0));
        match high(first) {
            height if height <= half => first,
            height => {
                let shared = steps(74).find(|size| high(*size) <= half);
                shared.or_else(|| (height > whole).then(|| steps(30).find(|size| high(*size) <= whole)).flatten()).unwrap_or(first)
            }
        }
    }

    fn picture_height(&self, chart: &Chart) -> f64 {
        let (size, scale) = self.picture_size(chart);
        size.height * scale
    }

    fn picture(&mut self, chart: &Chart) {
        let (size, scale) = self.picture_size(chart);
        let drawn = layout(chart, size, Theme::Light, &self.measure);
        let high = size.height * scale;
        self.need(high);
        let top = self.y;
        for item in drawn.items {
            self.put(placed(item, LEFT, top, scale));
        }
        let stroke = Stroke { width: 0.6, color: self.colors.grid, dash: None };
        self.put(Item::Rect { rect: Rect { left: LEFT, top, width: WIDTH, height: high }, fill: None, stroke: Some(stroke), radius: 4.0 });
        self.y += high + 12.0;
    }

    fn table(&mut self, table: &Table) {
        let all: f64 = table.columns.iter().map(|column| column.width).sum();
        let room = WIDTH - GAP * (table.columns.len().max(1) - 1) as f64;
        let widths: Vec<f64> = table.columns.iter().map(|column| column.width / all * room).collect();
        self.need(70.0);
        self.table_head(&table.columns, &widths);
        for (at, row) in table.rows.iter().enumerate() {
            match row {
                Row::Group(name, about) => {
                    let next = match table.rows.get(at + 1) {
                        Some(Row::Cells(cells)) => self.row_height(cells, &widths),
                        _ => 0.0,
                    };
                    self.row_room(30.0 + next, &table.columns, &widths);
                    let (bold, quiet) = (self.bold(10.0), self.quiet(8.0));
                    let name = self.wrap(name, bold, WIDTH * 0.7).into_iter().next().unwrap_or_default();
                    self.text(LEFT, self.y + 20.0, &name, bold, Align::Start);
                    let after = LEFT + self.width(&name, bold) + 8.0;
                    self.text(after, self.y + 20.0, about, quiet, Align::Start);
                    self.y += 26.0;
                    self.rule(self.y, self.colors.grid);
                }
                Row::Cells(cells) => {
                    let high = self.row_height(cells, &widths);
                    self.row_room(high, &table.columns, &widths);
                    self.cells(cells, &table.columns, &widths);
                    self.y += high;
                    self.rule(self.y, self.colors.grid);
                }
            }
        }
        self.y += 12.0;
    }

    /// Makes room for a row; on a new page the columns are named again.
    fn row_room(&mut self, height: f64, columns: &[Column], widths: &[f64]) {
        if self.y + height > BOTTOM && self.y > TOP + 30.0 {
            self.turn();
            self.table_head(columns, widths);
        }
    }

    fn table_head(&mut self, columns: &[Column], widths: &[f64]) {
        let style = Style { leading: 11.0, ..self.quiet(8.0) };
        let names: Vec<Vec<String>> = columns.iter().zip(widths).map(|(column, wide)| self.wrap(&column.name, style, *wide)).collect();
        let high = names.iter().map(Vec::len).max().unwrap_or(1) as f64 * style.leading;
        let mut left = LEFT;
        for ((column, wide), lines) in columns.iter().zip(widths).zip(names) {
            let (x, align) = if column.number { (left + wide, Align::End) } else { (left, Align::Start) };
            let first = self.y + high - lines.len() as f64 * style.leading;
            for (at, line) in lines.iter().enumerate() {
                self.text(x, first + at as f64 * style.leading + 9.0, line, style, align);
            }
            left += wide + GAP;
        }
        self.y += high + 4.0;
        self.rule(self.y, self.colors.rest);
    }

    fn cell_styles(&self, cell: &Cell) -> (Style, Style) {
        let size = 8.5;
        let text = if cell.strong { self.bold(size) } else { self.style(size) };
        (Style { leading: 12.0, ..text }, Style { leading: 10.5, ..self.quiet(7.5) })
    }

    fn row_height(&self, cells: &[Cell], widths: &[f64]) -> f64 {
        let high = |(cell, wide): (&Cell, &f64)| {
            let (text, note) = self.cell_styles(cell);
            self.wrap(&cell.text, text, *wide).len().max(1) as f64 * text.leading
                + self.wrap(&cell.note, note, *wide).len() as f64 * note.leading
        };
        cells.iter().zip(widths).map(high).fold(12.0, f64::max) + 8.0
    }

    fn cells(&mut self, cells: &[Cell], columns: &[Column], widths: &[f64]) {
        let mut left = LEFT;
        for ((cell, column), wide) in cells.iter().zip(columns).zip(widths) {
            let (x, align) = if column.number { (left + wide, Align::End) } else { (left, Align::Start) };
            let (text, note) = self.cell_styles(cell);
            let mut top = self.y + 4.0;
            if let Some(mark) = &cell.mark {
                self.pill(left, top, mark, *wide);
                top += text.leading;
            }
            for line in self.wrap(&cell.text, text, *wide) {
                self.text(x, top + text.size, &line, text, align);
                top += text.leading;
            }
            for line in self.wrap(&cell.note, note, *wide) {
                self.text(x, top + note.size, &line, note, align);
                top += note.leading;
            }
            left += wide + GAP;
        }
    }

    /// The title and the page's number at the foot of every page.
    fn number(&mut self, document: &Document) {
        let style = self.quiet(8.0);
        let all = self.pages.len().to_string();
        let room = WIDTH * 0.7;
        let title = self.wrap(&document.title, style, room).into_iter().next().unwrap_or_default();
        let line = Stroke { width: 0.6, color: self.colors.grid, dash: None };
        for (at, page) in self.pages.iter_mut().enumerate() {
            let number = document.words.page.replace("{page}", &(at + 1).to_string()).replace("{pages}", &all);
            let y = PAGE.height - 34.0;
            page.push(Item::Line { from: Point::new(LEFT, y - 12.0), to: Point::new(LEFT + WIDTH, y - 12.0), stroke: line });
            for (x, text, align) in [(LEFT, title.clone(), Align::Start), (LEFT + WIDTH, number, Align::End)] {
                let Style { size, weight, color, .. } = style;
                page.push(Item::Text(Text { at: Point::new(x, y + 2.0), text, size, weight, color, align, rotation: 0.0 }));
            }
        }
    }
}

/// An item moved and scaled.
fn placed(item: Item, left: f64, top: f64, scale: f64) -> Item {
    let point = |at: Point| Point::new(left + at.x * scale, top + at.y * scale);
    let line = |stroke: Stroke| Stroke { width: stroke.width * scale, dash: stroke.dash.map(|dash| dash * scale), ..stroke };
    match item {
        Item::Rect { rect, fill, stroke, radius } => {
            let at = point(Point::new(rect.left, rect.top));
            let rect = Rect { left: at.x, top: at.y, width: rect.width * scale, height: rect.height * scale };
            Item::Rect { rect, fill, stroke: stroke.map(line), radius: radius * scale }
        }
        Item::Line { from, to, stroke } => Item::Line { from: point(from), to: point(to), stroke: line(stroke) },
        Item::Polyline { points, stroke } => Item::Polyline { points: points.into_iter().map(point).collect(), stroke: line(stroke) },
        Item::Text(text) => Item::Text(Text { at: point(text.at), size: text.size * scale, ..text }),
    }
}
