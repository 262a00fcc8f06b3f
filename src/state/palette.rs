//! The command palette: every action, and every table, column, query and bucket by name.

use super::{Action, State};
use crate::model::Message;

/// What the palette holds.
#[derive(Debug, Default)]
pub struct Palette {
    /// Whether it is open.
    pub open: bool,
    /// What was typed.
    pub text: String,
    /// The chosen row.
    pub chosen: usize,
}

/// A row of the palette.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its label.
    pub label: Message,
    /// What kind of thing it is.
    pub kind: Message,
    /// The shortcut, if there is one.
    pub shortcut: Option<&'static str>,
    /// What it does.
    pub action: Action,
}

impl State {
    /// Every row the palette can show, in a stable order: actions first, then what is in the lake.
    #[must_use]
    pub fn palette_entries(&self) -> Vec<Entry> {
        let action = |action: Action| Entry {
            label: Message::new(action.label_id()),
            kind: Message::new("shell-kind-action"),
            shortcut: action.shortcut(),
            action,
        };
        let mut entries: Vec<Entry> = Action::fixed().into_iter().map(action).collect();
        for connection in &self.connection.known {
            entries.push(Entry {
                label: connection_name(connection),
                kind: Message::new("shell-kind-connection"),
                shortcut: None,
                action: Action::Connect(connection.clone()),
            });
        }
        for table in self.catalog.all_tables() {
            entries.push(Entry {
                label: Message::verbatim(table.table.to_string()),
                kind: Message::new("shell-kind-table"),
                shortcut: None,
                action: Action::OpenTable(table.table.clone()),
            });
            for column in &table.columns {
                entries.push(Entry {
                    label: Message::verbatim(format!("{column} · {}", table.table)),
                    kind: Message::new("shell-kind-column"),
                    shortcut: None,
                    action: Action::OpenTable(table.table.clone()),
                });
            }
        }
        for bucket in self.ingest.bucket_names() {
            entries.push(Entry {
                label: Message::verbatim(bucket.to_string()),
                kind: Message::new("shell-kind-bucket"),
                shortcut: None,
                action: Action::OpenBucket(bucket.clone()),
            });
        }
        for (index, name) in self.query.editor_names().enumerate() {
            entries.push(Entry {
                label: Message::verbatim(name),
                kind: Message::new("shell-kind-query"),
                shortcut: None,
                action: Action::OpenEditor(index),
            });
        }
        entries
    }
}

/// The name under which a connection is shown.
#[must_use]
pub fn connection_name(connection: &crate::model::Connection) -> Message {
    use crate::model::Connection;
    match connection {
        Connection::Local => Message::new("shell-connection-local"),
        Connection::Environment => Message::new("shell-connection-environment"),
        Connection::Profile(name) => Message::new("shell-connection-profile").with("name", name.as_str()),
        Connection::Endpoint { url, .. } => Message::verbatim(url.as_str()),
    }
}

/// How well `name` matches what was typed: `None` not at all; smaller is better. Letters in order, contiguous first.
#[must_use]
pub fn rank(name: &str, typed: &str) -> Option<usize> {
    let name = name.to_lowercase();
    let typed = typed.trim().to_lowercase();
    if typed.is_empty() {
        return Some(0);
    }
    if let Some(place) = name.find(&typed) {
        return Some(place);
    }
    let mut letters = name.char_indices();
    let mut first = None;
    for wanted in typed.chars().filter(|c| !c.is_whitespace()) {
        let (place, _) = letters.find(|(_, c)| *c == wanted)?;
        first.get_or_insert(place);
    }
    Some(1000 + first.unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_ranks_before_scattered_letters() {
        assert!(rank("Run the query", "query") < rank("Quit every row", "query"));
        assert_eq!(rank("reviews", "xyz"), None);
        assert_eq!(rank("anything", ""), Some(0));
        assert!(rank("dsoaws.reviews", "dsrev").is_some());
    }
}
