//! What a statement asks the lake to do, read before the execution starts so that what cannot be read never starts.

use super::error::{invalid, invalid_input};
use super::named;
use crate::lake::JsonError;
use crate::lake::engine::{Engine, ParsedQuery};
use crate::lake::glue::text;
use crate::lake::storage::Db;
use crate::sql::statement::{Explain, Name, Properties, isolate};
use crate::sql::{Classification, Statement, SyntaxError};

/// The work of one execution.
#[derive(Debug, Clone)]
pub(super) enum Task {
    Select(ParsedQuery),
    CreateTableAs { name: Name, if_not_exists: bool, properties: Properties, query: ParsedQuery, with_data: bool },
    Insert { table: Name, columns: Option<Vec<String>>, query: ParsedQuery },
    Unload { query: ParsedQuery, to: String, properties: Properties },
    CreateView { name: Name, or_replace: bool, sql: String, query: ParsedQuery },
    Explain { explain: Explain, inner: Option<ParsedQuery>, classification: Classification },
    Prepare { name: String, statement: String },
    Deallocate(String),
    Other(Box<Statement>),
}

/// A statement that was read.
#[derive(Debug, Clone)]
pub(super) struct Read {
    pub(super) task: Task,
    pub(super) classification: Classification,
}

fn malformed(error: &SyntaxError) -> JsonError {
    invalid(error.to_string(), "MALFORMED_QUERY")
}

/// Whether a statement may be a prepared one: those that prepare and execute others may not, or one could name itself.
fn preparable(sql: &str) -> Result<(), JsonError> {
    let kind = match crate::sql::parse(sql).map_err(|error| malformed(&error))? {
        Statement::Prepare { .. } => "PREPARE",
        Statement::Execute { .. } => "EXECUTE",
        Statement::Deallocate(_) => "DEALLOCATE",
        _ => return Ok(()),
    };
    Err(invalid(format!("NOT_SUPPORTED: Invalid statement type for prepared statement: {kind}"), "INVALID_INPUT"))
}

/// Reads a statement; `parameters` stand for its question marks.
pub(super) fn read(db: &Db, workgroup: &str, sql: &str, parameters: &[String]) -> Result<Read, JsonError> {
    let statement = crate::sql::parse(sql).map_err(|error| malformed(&error))?;
    let classification = statement.classification();
    let mut used = 0;
    let mut query = |span: &std::ops::Range<usize>| -> Result<ParsedQuery, JsonError> {
        let parsed = Engine::parse(&isolate(sql, span)).map_err(|error| malformed(&error))?;
        let (bound, count) = parsed.bind(parameters).map_err(|error| malformed(&error))?;
        used += count;
        Ok(bound)
    };
    let task = match statement {
        Statement::Query(span) => Task::Select(query(&span)?),
        Statement::CreateTableAs { name, if_not_exists, properties, query: span, with_data } => {
            Task::CreateTableAs { name, if_not_exists, properties, query: query(&span)?, with_data }
        }
        Statement::Insert { table, columns, query: span } => Task::Insert { table, columns, query: query(&span)? },
        Statement::Unload { query: span, to, properties } => Task::Unload { query: query(&span)?, to, properties },
        Statement::CreateView { name, or_replace, query: span } => {
            let text = sql.get(span.clone()).unwrap_or("").to_owned();
            Task::CreateView { name, or_replace, sql: text, query: query(&span)? }
        }
        Statement::Explain(explain) => {
            let inner = isolate(sql, &explain.statement);
            let inner_statement = crate::sql::parse(&inner).map_err(|error| malformed(&error))?;
            let classification = inner_statement.classification();
            let span = match &inner_statement {
                Statement::Query(span)
                | Statement::CreateTableAs { query: span, .. }
                | Statement::Insert { query: span, .. }
                | Statement::Unload { query: span, .. } => Some(span.clone()),
                _ => None,
            };
            let inner = span.map(|span| query(&span)).transpose()?;
            Task::Explain { explain, inner, classification }
        }
        Statement::Prepare { name, statement: span } => {
            let inner = sql.get(span).unwrap_or("").to_owned();
            preparable(&inner)?;
            return Ok(Read { task: Task::Prepare { name, statement: inner }, classification });
        }
        Statement::Execute { name, using } => {
            let prepared = named::prepared(db, workgroup, &name)
                .map_err(|_error| invalid_input(format!("PreparedStatement {name} was not found in workGroup {workgroup}")))?;
            let inline: Vec<String> = using.into_iter().filter_map(|span| sql.get(span)).map(str::to_owned).collect();
            let values = if inline.is_empty() { parameters } else { &inline };
            let inner = text(&prepared, "QueryStatement");
            preparable(&inner)?;
            return read(db, workgroup, &inner, values);
        }
        Statement::Deallocate(name) => Task::Deallocate(name),
        other => Task::Other(Box::new(other)),
    };
    if used != parameters.len() {
        let message = format!("Incorrect number of parameters: expected {used} but found {}", parameters.len());
        return Err(invalid(format!("line 1:1: {message}"), "INVALID_INPUT"));
    }
    Ok(Read { task, classification })
}
