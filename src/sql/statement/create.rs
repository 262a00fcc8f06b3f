//! Statements that make things: databases, tables, views, rows and files.

use super::cursor::Cursor;
use super::{CreateTable, Name, RowFormat, Statement, StoredAs, SyntaxError};

pub(super) fn read(cursor: &mut Cursor<'_>) -> Result<Statement, SyntaxError> {
    cursor.word("CREATE")?;
    let or_replace = cursor.eat_words(&["OR", "REPLACE"]);
    if cursor.eat_word("VIEW") {
        return view(cursor, or_replace);
    }
    if or_replace {
        return Err(cursor.mismatch("'VIEW'"));
    }
    if cursor.eat_words(&["PROTECTED", "MULTI", "DIALECT", "VIEW"]) {
        cursor.rest();
        return Ok(Statement::Unsupported("CREATE PROTECTED MULTI DIALECT VIEW"));
    }
    if cursor.eat_word("DATABASE") || cursor.eat_word("SCHEMA") {
        return database(cursor);
    }
    let external = cursor.eat_word("EXTERNAL");
    if !cursor.eat_word("TABLE") {
        return Err(cursor.mismatch("'DATABASE', 'EXTERNAL', 'OR', 'SCHEMA', 'TABLE', 'VIEW'"));
    }
    let if_not_exists = cursor.eat_words(&["IF", "NOT", "EXISTS"]);
    let name = cursor.name()?;
    if !external && (cursor.peek_word() == "WITH" || cursor.peek_word() == "AS" || cursor.peek_word() == "COMMENT") {
        return table_as(cursor, name, if_not_exists);
    }
    table(cursor, name, external, if_not_exists)
}

fn view(cursor: &mut Cursor<'_>, or_replace: bool) -> Result<Statement, SyntaxError> {
    let name = cursor.name()?;
    if cursor.eat_word("COMMENT") {
        cursor.string()?;
    }
    if cursor.eat_word("SECURITY") && !cursor.eat_word("DEFINER") {
        cursor.word("INVOKER")?;
    }
    cursor.word("AS")?;
    Ok(Statement::CreateView { name, or_replace, query: query(cursor)? })
}

fn query(cursor: &mut Cursor<'_>) -> Result<std::ops::Range<usize>, SyntaxError> {
    let starts = matches!(cursor.peek_word().as_str(), "SELECT" | "WITH" | "VALUES" | "TABLE") || cursor.peek_is("(");
    if starts { Ok(cursor.rest()) } else { Err(cursor.mismatch("<query>")) }
}

fn database(cursor: &mut Cursor<'_>) -> Result<Statement, SyntaxError> {
    let if_not_exists = cursor.eat_words(&["IF", "NOT", "EXISTS"]);
    let name = cursor.name()?.table;
    let (mut comment, mut location, mut properties) = (None, None, Vec::new());
    while !cursor.at_end() {
        if cursor.eat_word("COMMENT") {
            comment = Some(cursor.string()?);
        } else if cursor.eat_word("LOCATION") {
            location = Some(cursor.string()?);
        } else if cursor.eat_words(&["WITH", "DBPROPERTIES"]) {
            properties = cursor.string_pairs()?;
        } else {
            return Err(cursor.mismatch("'COMMENT', 'LOCATION', 'WITH', <EOF>"));
        }
    }
    Ok(Statement::CreateDatabase { name, if_not_exists, comment, location, properties })
}

fn table_as(cursor: &mut Cursor<'_>, name: Name, if_not_exists: bool) -> Result<Statement, SyntaxError> {
    if cursor.eat_word("COMMENT") {
        cursor.string()?;
    }
    let properties = if cursor.eat_word("WITH") { cursor.properties()? } else { Vec::new() };
    cursor.word("AS")?;
    if !matches!(cursor.peek_word().as_str(), "SELECT" | "WITH" | "VALUES" | "TABLE") && !cursor.peek_is("(") {
        return Err(cursor.mismatch("<query>"));
    }
    let (query, no_data) = cursor.rest_without(&[&["WITH", "NO", "DATA"], &["WITH", "DATA"]]);
    Ok(Statement::CreateTableAs { name, if_not_exists, properties, query, with_data: no_data != Some(0) })
}

fn table(cursor: &mut Cursor<'_>, name: Name, external: bool, if_not_exists: bool) -> Result<Statement, SyntaxError> {
    let mut made = CreateTable { name, external, if_not_exists, ..CreateTable::default() };
    if cursor.peek_is("(") {
        made.columns = cursor.list(Cursor::column)?;
    }
    while !cursor.at_end() {
        if cursor.eat_word("COMMENT") {
            made.comment = Some(cursor.string()?);
        } else if cursor.eat_words(&["PARTITIONED", "BY"]) {
            made.partitioned_by = cursor.list(Cursor::column)?;
        } else if cursor.eat_words(&["CLUSTERED", "BY"]) {
            let columns = cursor.list(Cursor::identifier)?;
            if cursor.eat_words(&["SORTED", "BY"]) {
                cursor.parenthesized()?;
            }
            cursor.word("INTO")?;
            let buckets = cursor.integer()?;
            cursor.word("BUCKETS")?;
            made.clustered_by = Some((columns, buckets));
        } else if cursor.eat_words(&["ROW", "FORMAT"]) {
            made.row_format = row_format(cursor)?;
        } else if cursor.eat_words(&["WITH", "SERDEPROPERTIES"]) {
            made.row_format.properties.extend(cursor.string_pairs()?);
        } else if cursor.eat_words(&["STORED", "AS"]) {
            made.stored_as = Some(stored_as(cursor)?);
        } else if cursor.eat_words(&["STORED", "BY"]) {
            cursor.rest();
            return Ok(Statement::Unsupported("STORED BY (storage handlers)"));
        } else if cursor.eat_word("LOCATION") {
            made.location = Some(cursor.string()?);
        } else if cursor.eat_word("TBLPROPERTIES") {
            made.properties = cursor.string_pairs()?;
        } else {
            return Err(
                cursor.mismatch("'CLUSTERED', 'COMMENT', 'LOCATION', 'PARTITIONED', 'ROW', 'STORED', 'TBLPROPERTIES', 'WITH', <EOF>")
            );
        }
    }
    Ok(Statement::CreateTable(Box::new(made)))
}

fn row_format(cursor: &mut Cursor<'_>) -> Result<RowFormat, SyntaxError> {
    let mut format = RowFormat::default();
    if cursor.eat_word("SERDE") {
        format.serde = Some(cursor.string()?);
        return Ok(format);
    }
    cursor.word("DELIMITED")?;
    loop {
        let key = if cursor.eat_words(&["FIELDS", "TERMINATED", "BY"]) {
            "field.delim"
        } else if cursor.eat_words(&["ESCAPED", "BY"]) {
            "escape.delim"
        } else if cursor.eat_words(&["COLLECTION", "ITEMS", "TERMINATED", "BY"]) {
            "collection.delim"
        } else if cursor.eat_words(&["MAP", "KEYS", "TERMINATED", "BY"]) {
            "mapkey.delim"
        } else if cursor.eat_words(&["LINES", "TERMINATED", "BY"]) {
            "line.delim"
        } else if cursor.eat_words(&["NULL", "DEFINED", "AS"]) {
            "serialization.null.format"
        } else {
            break;
        };
        let value = unescaped(&cursor.string()?);
        if key == "field.delim" {
            format.properties.push(("serialization.format".to_owned(), value.clone()));
        }
        format.properties.push((key.to_owned(), value));
    }
    Ok(format)
}

/// Hive's escapes in a delimiter: `\t`, `\n`, `\001`, `\\`.
fn unescaped(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('t') => out.push('\t'),
            Some('n') => out.push('\n'),
            Some('r') => out.push('\r'),
            Some(first @ '0'..='7') => {
                let mut code = first.to_digit(8).unwrap_or(0);
                while let Some(digit) = chars.peek().and_then(|c| c.to_digit(8)) {
                    code = code * 8 + digit;
                    chars.next();
                }
                out.extend(char::from_u32(code));
            }
            Some('u') => {
                let digits: String = chars.by_ref().take(4).collect();
                out.extend(u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32));
            }
            Some(other) => out.push(other),
            None => out.push('\\'),
        }
    }
    out
}

fn stored_as(cursor: &mut Cursor<'_>) -> Result<StoredAs, SyntaxError> {
    if cursor.eat_word("INPUTFORMAT") {
        let input = cursor.string()?;
        cursor.word("OUTPUTFORMAT")?;
        return Ok(StoredAs::Classes { input, output: cursor.string()? });
    }
    Ok(StoredAs::Format(cursor.identifier()?.to_uppercase()))
}

pub(super) fn insert(cursor: &mut Cursor<'_>) -> Result<Statement, SyntaxError> {
    cursor.word("INSERT")?;
    if cursor.peek_word() == "OVERWRITE" {
        cursor.rest();
        return Ok(Statement::Unsupported("INSERT OVERWRITE"));
    }
    cursor.word("INTO")?;
    cursor.eat_word("TABLE");
    let table = cursor.name()?;
    let select_follows = cursor.peek_is("(") && matches!(cursor.word_at(1).as_str(), "SELECT" | "WITH" | "VALUES");
    let columns = if cursor.peek_is("(") && !select_follows { Some(cursor.list(Cursor::identifier)?) } else { None };
    Ok(Statement::Insert { table, columns, query: query(cursor)? })
}

pub(super) fn unload(cursor: &mut Cursor<'_>) -> Result<Statement, SyntaxError> {
    cursor.word("UNLOAD")?;
    let query = cursor.parenthesized()?;
    cursor.word("TO")?;
    let to = cursor.string()?;
    let properties = if cursor.eat_word("WITH") { cursor.properties()? } else { Vec::new() };
    Ok(Statement::Unload { query, to, properties })
}
