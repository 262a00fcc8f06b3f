//! Rows as a table for people: columns side by side, numbers to the right, wide characters counted as two.

use std::io::{self, Write};

/// The most columns of a terminal that one value takes.
const WIDEST: usize = 60;

/// A column's heading, and whether its values stand to the right.
pub(super) struct Heading {
    /// The heading.
    pub(super) name: String,
    /// Whether its values are numbers.
    pub(super) right: bool,
}

/// Prints rows under their headings.
pub(super) fn table(out: &mut impl Write, headings: &[Heading], rows: &[Vec<Option<String>>]) -> io::Result<()> {
    let cell = |text: &Option<String>| shortened(text.as_deref().unwrap_or("NULL"));
    let rows: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(cell).collect()).collect();
    let widths: Vec<usize> = headings
        .iter()
        .enumerate()
        .map(|(at, heading)| {
            rows.iter().filter_map(|row| row.get(at)).map(|text| width(text)).chain([width(&heading.name)]).max().unwrap_or(0)
        })
        .collect();
    let names: Vec<String> = headings.iter().map(|heading| heading.name.clone()).collect();
    line(out, headings, &widths, &names)?;
    let rules: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
    line(out, headings, &widths, &rules)?;
    rows.iter().try_for_each(|row| line(out, headings, &widths, row))
}

fn line(out: &mut impl Write, headings: &[Heading], widths: &[usize], cells: &[String]) -> io::Result<()> {
    let mut text = String::new();
    for ((cell, heading), room) in cells.iter().zip(headings).zip(widths) {
        let blank = " ".repeat(room.saturating_sub(width(cell)));
        if !text.is_empty() {
            text.push_str("  ");
        }
        if heading.right {
            text.push_str(&blank);
            text.push_str(cell);
        } else {
            text.push_str(cell);
            text.push_str(&blank);
        }
    }
    writeln!(out, "{}", text.trim_end())
}

/// The text on one line, cut where it is too wide.
fn shortened(text: &str) -> String {
    let mut short = String::new();
    let mut room = WIDEST;
    for c in text.chars() {
        let c = if c.is_control() { ' ' } else { c };
        let wide = char_width(c);
        if wide > room.saturating_sub(1) {
            short.push('…');
            return short;
        }
        room -= wide;
        short.push(c);
    }
    short
}

fn width(text: &str) -> usize {
    text.chars().map(char_width).sum()
}

/// Columns of a terminal: two for Hangul, Han, Kana and full-width forms.
const fn char_width(c: char) -> usize {
    match c {
        '\u{1100}'..='\u{115f}'
        | '\u{2e80}'..='\u{a4cf}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe4f}'
        | '\u{ff00}'..='\u{ff60}'
        | '\u{ffe0}'..='\u{ffe6}'
        | '\u{1f300}'..='\u{1faff}'
        | '\u{20000}'..='\u{3fffd}' => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_under_one_another() {
        let headings = [Heading { name: "이름".to_owned(), right: false }, Heading { name: "n".to_owned(), right: true }];
        let some = |text: &str| Some(text.to_owned());
        let rows = [vec![some("ab"), some("1")], vec![some("한글"), some("1000")], vec![None, None]];
        let mut out = Vec::new();
        table(&mut out, &headings, &rows).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert_eq!(text, "이름     n\n----  ----\nab       1\n한글  1000\nNULL  NULL\n");
    }

    #[test]
    fn long_values_are_cut_and_broken_lines_joined() {
        let text = shortened(&format!("a\nb{}", "x".repeat(100)));
        assert!(text.starts_with("a bx") && text.ends_with('…') && width(&text) == WIDEST);
    }
}
