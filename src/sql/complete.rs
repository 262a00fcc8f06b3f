//! What could be written at the cursor: columns of the tables in sight, tables, databases, functions and keywords.

use std::ops::Range;

use super::functions;
use super::keyword::{KEYWORDS, TYPES};
use super::token::{Token, TokenKind, statement_at, tokens, unquoted};

/// A table that can be named, with its columns.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TableNames {
    /// The database it is in.
    pub database: String,
    /// Its name.
    pub table: String,
    /// Its columns: name and type, partition keys included.
    pub columns: Vec<(String, String)>,
}

/// The names of the catalogue that completion may offer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    /// The database that unqualified names mean.
    pub default_database: Option<String>,
    /// All databases.
    pub databases: Vec<String>,
    /// All tables.
    pub tables: Vec<TableNames>,
}

/// What is suggested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SuggestionKind {
    /// A column of a table in sight.
    Column,
    /// A table.
    Table,
    /// A database.
    Database,
    /// A function.
    Function,
    /// A keyword or type.
    Keyword,
}

/// One thing that could be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// What is shown in the list.
    pub label: String,
    /// What is written in place of [`Suggestion::replace`].
    pub insert: String,
    /// What it is.
    pub kind: SuggestionKind,
    /// A column's type, a table's database, a function's signature; may be empty.
    pub detail: String,
    /// One line of help for functions; else empty.
    pub help: &'static str,
    /// The bytes of the text that it replaces: the word that was begun.
    pub replace: Range<usize>,
}

/// What kind of name is expected at the cursor.
enum Wanted {
    /// The start of a statement.
    Start,
    /// A table or database.
    Table,
    /// A column, function or keyword.
    Value,
    /// What belongs to this name: columns of a table or alias, tables of a database.
    Member(String),
}

/// What could be written at `cursor` (a byte offset), best first: columns before tables, functions and keywords.
#[must_use]
pub fn complete(text: &str, cursor: usize, names: &Names) -> Vec<Suggestion> {
    let all = tokens(text);
    if all.iter().any(|token| inside_text(text, token, cursor)) {
        return Vec::new();
    }
    let begun = all.iter().find(|token| token.span.start < cursor && cursor <= token.span.end && is_word(token));
    let replace = begun.map_or(cursor..cursor, |token| token.span.start..cursor);
    let prefix = unquoted_prefix(text.get(replace.clone()).unwrap_or(""));
    let before: Vec<&Token> = all.iter().filter(|token| token.is_significant() && token.span.end <= replace.start).collect();
    let statement = statement_at(text, cursor).unwrap_or(cursor..cursor);
    let visible = tables_in_sight(text, &all, &statement, names);

    let mut found: Vec<Suggestion> = Vec::new();
    let mut offer = |label: &str, kind: SuggestionKind, detail: &str, help: &'static str| {
        if !label.to_lowercase().starts_with(&prefix) {
            return;
        }
        let insert = match kind {
            SuggestionKind::Function => format!("{label}("),
            SuggestionKind::Keyword => label.to_owned(),
            _ => quoted_if_needed(label),
        };
        if !found.iter().any(|other| other.kind == kind && other.label == label) {
            found.push(Suggestion { label: label.to_owned(), insert, kind, detail: detail.to_owned(), help, replace: replace.clone() });
        }
    };
    let offer_tables = |offer: &mut dyn FnMut(&str, SuggestionKind, &str, &'static str), database: Option<&str>| {
        for table in names.tables.iter().filter(|table| database.is_none_or(|database| table.database == database)) {
            offer(&table.table, SuggestionKind::Table, &table.database, "");
        }
    };
    match wanted(text, &before) {
        Wanted::Start => {
            for word in [
                "SELECT", "WITH", "CREATE", "SHOW", "DESCRIBE", "INSERT", "UNLOAD", "DROP", "ALTER", "MSCK", "EXPLAIN", "VALUES",
                "PREPARE", "EXECUTE",
            ] {
                offer(word, SuggestionKind::Keyword, "", "");
            }
        }
        Wanted::Table => {
            offer_tables(&mut offer, names.default_database.as_deref());
            for database in &names.databases {
                offer(database, SuggestionKind::Database, "", "");
            }
            offer("UNNEST", SuggestionKind::Keyword, "", "");
        }
        Wanted::Member(owner) => {
            for (_, table) in visible.iter().filter(|(alias, table)| *alias == owner || table.table == owner) {
                for (column, column_type) in &table.columns {
                    offer(column, SuggestionKind::Column, column_type, "");
                }
            }
            offer_tables(&mut offer, Some(&owner));
        }
        Wanted::Value => {
            for (alias, table) in &visible {
                for (column, column_type) in &table.columns {
                    offer(column, SuggestionKind::Column, column_type, "");
                }
                offer(alias, SuggestionKind::Table, &table.database, "");
            }
            for function in functions::all() {
                offer(function.name, SuggestionKind::Function, function.signature, function.help);
            }
            for word in KEYWORDS.iter().chain(TYPES) {
                offer(word, SuggestionKind::Keyword, "", "");
            }
        }
    }
    found.sort_by_key(|suggestion| suggestion.kind);
    found
}

fn is_word(token: &Token) -> bool {
    use TokenKind::{Bad, Function, Identifier, Keyword, QuotedIdentifier, Type};
    matches!(token.kind, Keyword | Type | Function | Identifier | QuotedIdentifier | Bad)
}

fn inside_text(text: &str, token: &Token, cursor: usize) -> bool {
    let word = token.text(text);
    let open = token.kind == TokenKind::Bad && (word.starts_with('\'') || word.starts_with("/*"));
    let closed = matches!(token.kind, TokenKind::Text | TokenKind::Comment);
    token.span.start < cursor && (open || (closed && cursor < token.span.end) || (word.starts_with("--") && cursor <= token.span.end))
}

fn unquoted_prefix(begun: &str) -> String {
    begun.trim_start_matches(['"', '`']).to_lowercase()
}

fn quoted_if_needed(name: &str) -> String {
    let plain = name.chars().enumerate().all(|(at, c)| c == '_' || c.is_ascii_lowercase() || (at > 0 && c.is_ascii_digit()));
    if plain && !super::keyword::is_keyword(name) { name.to_owned() } else { format!("\"{}\"", name.replace('"', "\"\"")) }
}

fn wanted(text: &str, before: &[&Token]) -> Wanted {
    let Some(last) = before.last() else { return Wanted::Start };
    if last.kind == TokenKind::Semicolon {
        return Wanted::Start;
    }
    if last.text(text) == "." {
        let owner = before.iter().rev().nth(1).map_or(String::new(), |token| unquoted(token.text(text)).to_lowercase());
        return Wanted::Member(owner);
    }
    // The last keyword decides, whatever names, commas and aliases came after it.
    for (at, token) in before.iter().enumerate().rev() {
        if token.kind == TokenKind::Semicolon {
            break;
        }
        if token.kind != TokenKind::Keyword {
            continue;
        }
        let just_before = at + 1 == before.len();
        let after_comma = last.text(text) == ",";
        return match token.text(text).to_ascii_uppercase().as_str() {
            "FROM" | "JOIN" | "INTO" | "UPDATE" if just_before || after_comma => Wanted::Table,
            "TABLE" | "DESCRIBE" | "VIEW" | "PARTITIONS" | "COLUMNS" | "TBLPROPERTIES" | "REPAIR" if just_before => Wanted::Table,
            "AS" if just_before => Wanted::Value,
            _ => Wanted::Value,
        };
    }
    Wanted::Value
}

/// The tables that the statement names after FROM, JOIN, INTO or a comma of FROM, each under its alias or name.
fn tables_in_sight<'n>(text: &str, all: &[Token], statement: &Range<usize>, names: &'n Names) -> Vec<(String, &'n TableNames)> {
    let inside: Vec<&Token> = all
        .iter()
        .filter(|token| token.is_significant() && token.span.start >= statement.start && token.span.end <= statement.end)
        .collect();
    let mut found = Vec::new();
    for (at, token) in inside.iter().enumerate() {
        if !is_word(token) || token.kind == TokenKind::Keyword {
            continue;
        }
        let name = unquoted(token.text(text)).to_lowercase();
        let sign = |offset: isize| at.checked_add_signed(offset).and_then(|index| inside.get(index)).map_or("", |token| token.text(text));
        let owner = (sign(-1) == ".").then(|| unquoted(sign(-2)).to_lowercase());
        let introduced =
            matches!(sign(if owner.is_some() { -3 } else { -1 }).to_ascii_uppercase().as_str(), "FROM" | "JOIN" | "INTO" | "," | "TABLE");
        let database = owner.as_ref().or(names.default_database.as_ref());
        let Some(table) =
            names.tables.iter().find(|table| table.table == name && database.is_none_or(|database| table.database == *database))
        else {
            continue;
        };
        if introduced {
            let skip = if sign(1).eq_ignore_ascii_case("as") { 2 } else { 1 };
            let alias = at.checked_add_signed(skip).and_then(|index| inside.get(index)).filter(|token| token.kind == TokenKind::Identifier);
            found.push((alias.map_or(name, |token| token.text(text).to_lowercase()), table));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn names() -> Names {
        let columns = |list: &[&str]| list.iter().map(|name| ((*name).to_owned(), "string".to_owned())).collect();
        Names {
            default_database: Some("shop".to_owned()),
            databases: vec!["default".to_owned(), "shop".to_owned()],
            tables: vec![
                TableNames {
                    database: "shop".to_owned(),
                    table: "reviews".to_owned(),
                    columns: columns(&["sentiment", "review_body", "order"]),
                },
                TableNames { database: "default".to_owned(), table: "orders".to_owned(), columns: columns(&["id"]) },
            ],
        }
    }

    /// The labels offered where `|` stands.
    fn offered(marked: &str) -> Vec<String> {
        let cursor = marked.find('|').unwrap();
        complete(&marked.replacen('|', "", 1), cursor, &names()).into_iter().map(|s| s.label).collect()
    }

    #[test]
    fn tables_are_offered_after_from() {
        assert_eq!(offered("SELECT * FROM re|"), vec!["reviews"]);
        assert_eq!(offered("SELECT * FROM |"), vec!["reviews", "default", "shop", "UNNEST"]);
        assert_eq!(offered("SELECT * FROM default.|"), vec!["orders"]);
    }

    #[test]
    fn columns_of_the_tables_in_sight_come_first() {
        assert_eq!(offered("SELECT se| FROM reviews").first().unwrap(), "sentiment");
        assert_eq!(offered("SELECT r.| FROM reviews r"), vec!["sentiment", "review_body", "order"]);
        assert_eq!(offered("SELECT x.re| FROM shop.reviews AS x"), vec!["review_body"]);
        assert!(offered("SELECT card|").contains(&"cardinality".to_owned()));
        assert!(!offered("SELECT sent|").contains(&"sentiment".to_owned()));
    }

    #[test]
    fn a_word_is_replaced_whole_and_quoted_where_needed() {
        let text = "SELECT ord FROM reviews";
        let found = complete(text, 10, &names());
        assert_eq!((found[0].insert.as_str(), found[0].replace.clone()), ("\"order\"", 7..10));
        let call = complete("SELECT cardin", 13, &names());
        assert_eq!((call[0].insert.as_str(), call[0].kind), ("cardinality(", SuggestionKind::Function));
    }

    #[test]
    fn nothing_is_offered_inside_texts_and_comments() {
        for marked in ["SELECT 're|'", "SELECT 're|", "SELECT 1 -- re|", "/* re| */ SELECT 1"] {
            assert!(offered(marked).is_empty(), "{marked}");
        }
        assert!(offered("|").contains(&"SELECT".to_owned()));
        assert!(offered("SELECT 1; S|").contains(&"SHOW".to_owned()));
    }

    proptest! {
        #[test]
        fn no_cursor_upsets_completion(text in "[a-zA-Z .,'\"();*\\n가]{0,40}", at in 0..60usize) {
            let mut cursor = at.min(text.len());
            while !text.is_char_boundary(cursor) {
                cursor -= 1;
            }
            for suggestion in complete(&text, cursor, &names()) {
                prop_assert!(text.get(suggestion.replace).is_some());
            }
        }
    }
}
