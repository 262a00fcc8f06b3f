//! Statements that show something: SHOW, DESCRIBE and EXPLAIN, and EXECUTE.

use super::cursor::Cursor;
use super::{Explain, Statement, SyntaxError};

pub(super) fn read(cursor: &mut Cursor<'_>) -> Result<Statement, SyntaxError> {
    cursor.word("SHOW")?;
    if cursor.eat_word("DATABASES") || cursor.eat_word("SCHEMAS") {
        if cursor.eat_word("IN") || cursor.eat_word("FROM") {
            cursor.identifier()?;
        }
        return Ok(Statement::ShowDatabases(pattern(cursor)?));
    }
    if cursor.eat_word("TABLES") {
        let database = database(cursor)?;
        return Ok(Statement::ShowTables { database, pattern: pattern(cursor)? });
    }
    if cursor.eat_word("VIEWS") {
        let database = database(cursor)?;
        return Ok(Statement::ShowViews { database, pattern: pattern(cursor)? });
    }
    if cursor.eat_word("COLUMNS") {
        if !cursor.eat_word("IN") {
            cursor.word("FROM")?;
        }
        let mut name = cursor.name()?;
        if let Some(inside) = database(cursor)? {
            name.database = Some(inside);
        }
        return Ok(Statement::ShowColumns(name));
    }
    if cursor.eat_word("PARTITIONS") {
        return Ok(Statement::ShowPartitions(cursor.name()?));
    }
    if cursor.eat_word("TBLPROPERTIES") {
        let table = cursor.name()?;
        let property = if cursor.eat("(") {
            let property = cursor.string()?;
            cursor.sign(")")?;
            Some(property)
        } else {
            None
        };
        return Ok(Statement::ShowProperties { table, property });
    }
    if cursor.eat_words(&["CREATE", "TABLE"]) {
        return Ok(Statement::ShowCreateTable(cursor.name()?));
    }
    if cursor.eat_words(&["CREATE", "VIEW"]) {
        return Ok(Statement::ShowCreateView(cursor.name()?));
    }
    Err(cursor.mismatch("'COLUMNS', 'CREATE', 'DATABASES', 'PARTITIONS', 'SCHEMAS', 'TABLES', 'TBLPROPERTIES', 'VIEWS'"))
}

fn database(cursor: &mut Cursor<'_>) -> Result<Option<String>, SyntaxError> {
    if cursor.eat_word("IN") || cursor.eat_word("FROM") { Ok(Some(cursor.name()?.table)) } else { Ok(None) }
}

fn pattern(cursor: &mut Cursor<'_>) -> Result<Option<String>, SyntaxError> {
    cursor.eat_word("LIKE");
    if cursor.at_end() { Ok(None) } else { cursor.string().map(Some) }
}

pub(super) fn describe(cursor: &mut Cursor<'_>) -> Result<Statement, SyntaxError> {
    if !cursor.eat_word("DESC") {
        cursor.word("DESCRIBE")?;
    }
    for other in ["INPUT", "OUTPUT"] {
        if cursor.peek_word() == other && !cursor.word_at(1).is_empty() {
            cursor.rest();
            return Ok(Statement::Unsupported("DESCRIBE INPUT and DESCRIBE OUTPUT"));
        }
    }
    let formatted = cursor.eat_word("FORMATTED") || cursor.eat_word("EXTENDED");
    let table = cursor.name()?;
    if cursor.eat_word("PARTITION") {
        cursor.partition_values()?;
    }
    let column = if cursor.at_end() { None } else { Some(cursor.identifier()?) };
    Ok(Statement::Describe { table, formatted, column })
}

pub(super) fn explain(cursor: &mut Cursor<'_>) -> Result<Statement, SyntaxError> {
    cursor.word("EXPLAIN")?;
    let analyze = cursor.eat_word("ANALYZE");
    cursor.eat_word("VERBOSE");
    let mut explain = Explain { analyze, kind: "DISTRIBUTED".to_owned(), format: "TEXT".to_owned(), statement: 0..0 };
    if cursor.peek_is("(") && matches!(cursor.word_at(1).as_str(), "TYPE" | "FORMAT") {
        let options = cursor.list(|cursor| {
            let name = cursor.identifier()?;
            Ok((name, cursor.identifier()?.to_uppercase()))
        })?;
        for (name, value) in options {
            match (name.as_str(), value.as_str()) {
                ("type", "LOGICAL" | "DISTRIBUTED" | "VALIDATE" | "IO") => explain.kind = value,
                ("format", "TEXT" | "GRAPHVIZ" | "JSON") => explain.format = value,
                _ => return Err(cursor.error(format!("mismatched input '{value}'. Expecting: a type or format of EXPLAIN"))),
            }
        }
    }
    if cursor.at_end() {
        return Err(cursor.mismatch("<statement>"));
    }
    explain.statement = cursor.rest();
    Ok(Statement::Explain(explain))
}

pub(super) fn execute(cursor: &mut Cursor<'_>) -> Result<Statement, SyntaxError> {
    cursor.word("EXECUTE")?;
    let name = cursor.identifier()?;
    let mut using = Vec::new();
    if cursor.eat_word("USING") {
        using.push(cursor.expression());
        while cursor.eat(",") {
            using.push(cursor.expression());
        }
    }
    Ok(Statement::Execute { name, using })
}
