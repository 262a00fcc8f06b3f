//! What is offered while a statement is typed, and what of it is chosen.

use crate::sql::{Names, Suggestion, complete};

/// The most that is offered at once.
const OFFERED: usize = 60;

/// The open list of suggestions; closed when it is empty.
#[derive(Debug, Default)]
pub struct Completion {
    items: Vec<Suggestion>,
    chosen: usize,
    moved: bool,
    cursor: usize,
}

impl Completion {
    /// What is offered, best first.
    #[must_use]
    pub fn items(&self) -> &[Suggestion] {
        &self.items
    }

    /// Whether something is offered.
    #[must_use]
    pub fn open(&self) -> bool {
        !self.items.is_empty()
    }

    /// The place of the chosen suggestion.
    #[must_use]
    pub const fn chosen(&self) -> usize {
        self.chosen
    }

    /// Whether the arrows were used: Enter then takes the suggestion instead of breaking the line.
    #[must_use]
    pub const fn moved(&self) -> bool {
        self.moved
    }

    /// The cursor's place, in bytes, for which this is offered.
    #[must_use]
    pub const fn cursor(&self) -> usize {
        self.cursor
    }

    /// Offers what fits at the cursor after something was typed: nothing between words, and nothing when the word is complete.
    pub fn typed(&mut self, text: &str, cursor: usize, names: &Names) {
        let before = text.get(..cursor).and_then(|before| before.chars().next_back());
        if before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '"')) {
            self.offer(text, cursor, names);
            let whole = |item: &Suggestion| text.get(item.replace.clone()).is_some_and(|word| word.eq_ignore_ascii_case(&item.insert));
            if self.items.first().is_some_and(whole) {
                self.close();
            }
        } else {
            self.close();
        }
    }

    /// Offers whatever fits at the cursor.
    pub fn offer(&mut self, text: &str, cursor: usize, names: &Names) {
        let mut items = complete(text, cursor, names);
        items.truncate(OFFERED);
        *self = Self { items, chosen: 0, moved: false, cursor };
    }

    /// Offers nothing.
    pub fn close(&mut self) {
        *self = Self::default();
    }

    /// Chooses the next suggestion, or the one before.
    pub fn step(&mut self, down: bool) {
        let count = self.items.len().max(1);
        self.chosen = if down { (self.chosen + 1) % count } else { (self.chosen + count - 1) % count };
        self.moved = true;
    }

    /// Writes a suggestion into the text; gives the cursor's new place in bytes. The list closes.
    pub fn accept(&mut self, index: usize, text: &mut String) -> Option<usize> {
        let item = self.items.get(index)?.clone();
        self.close();
        text.get(item.replace.clone())?;
        let cursor = item.replace.start + item.insert.len();
        text.replace_range(item.replace, &item.insert);
        Some(cursor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::TableNames;

    fn names() -> Names {
        let columns = vec![("sentiment".to_owned(), "int".to_owned()), ("review_body".to_owned(), "string".to_owned())];
        Names {
            default_database: Some("shop".into()),
            databases: vec!["shop".into()],
            tables: vec![TableNames { database: "shop".into(), table: "reviews".into(), columns }],
        }
    }

    #[test]
    fn typing_offers_and_accepting_writes() {
        let (mut completion, mut text) = (Completion::default(), "SELECT sen FROM reviews".to_owned());
        completion.typed(&text, 10, &names());
        assert_eq!(completion.items()[0].label, "sentiment");
        assert_eq!(completion.accept(0, &mut text), Some(16));
        assert_eq!(text, "SELECT sentiment FROM reviews");
        assert!(!completion.open());
        completion.typed(&text, 16, &names());
        assert!(!completion.open(), "a complete word needs no suggestion");
        completion.typed(&text, 17, &names());
        assert!(!completion.open(), "nothing is offered after a blank");
        completion.offer("SELECT * FROM ", 14, &names());
        assert_eq!(completion.items()[0].label, "reviews");
    }

    #[test]
    fn the_arrows_go_round() {
        let mut completion = Completion::default();
        completion.offer("SELECT * FROM ", 14, &names());
        let count = completion.items().len();
        completion.step(false);
        assert_eq!(completion.chosen(), count - 1);
        completion.step(true);
        assert_eq!(completion.chosen(), 0);
        assert!(completion.moved());
    }
}
