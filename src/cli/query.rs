//! `fairlake query`: a statement, and its rows as a table, CSV or JSON.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::forms::read_text;
use super::print::{Heading, table};
use super::talk::{Talk, Trouble};
use super::{Common, RowsFormat};
use crate::message::query::{ExportFormat, QueryCommand, QueryEvent, QueryStatus, RowWindow};
use crate::message::{Command, Event};
use crate::model::{Arg, Message, Page, ResultColumn};

/// Rows that are printed as a table; more belong in a file.
const MOST_ROWS: u32 = 1000;

/// A query that has finished.
struct Finished {
    execution: String,
    columns: Vec<ResultColumn>,
    rows: u64,
    paged: bool,
}

/// Runs a statement.
pub(super) fn query(
    common: &Common,
    database: Option<String>,
    format: RowsFormat,
    output: Option<PathBuf>,
    sql: String,
) -> Result<(), Trouble> {
    let sql = if sql == "-" { read_text("-")? } else { sql };
    let mut talk = Talk::new(common)?;
    let (mut finished, mut status) = (None, None::<QueryStatus>);
    talk.ask(Command::Query(QueryCommand::Run { sql, database, workgroup: None }), &mut |event| {
        match event {
            Event::Query(QueryEvent::State(now)) => status = Some(now),
            Event::Query(QueryEvent::Finished { execution, columns, rows, paged, .. }) => {
                finished = Some(Finished { execution, columns, rows, paged });
            }
            _ => {}
        }
        Ok(())
    })?;
    let Some(finished) = finished else { return Err(Trouble::Stopped) };
    match (format, output) {
        (RowsFormat::Table, None) => print_table(&mut talk, &finished)?,
        (RowsFormat::Table, Some(path)) => {
            let page = window(&mut talk, &finished.execution)?;
            let mut file = File::create(path)?;
            table(&mut file, &headings(&finished.columns), &page.rows)?;
        }
        (RowsFormat::Csv, output) => export(&mut talk, &finished.execution, ExportFormat::Csv, output.as_deref())?,
        (RowsFormat::Json, output) => export(&mut talk, &finished.execution, ExportFormat::Json, output.as_deref())?,
    }
    let texts = talk.texts();
    if finished.paged {
        eprintln!("{}", texts.t("cli-query-paged"));
    }
    let (elapsed, scanned) = status.map_or((0, 0), |status| (status.elapsed_ms, status.scanned_bytes));
    let message = Message::new("cli-query-done").with("rows", finished.rows).with("ms", elapsed).with("scanned", Arg::Bytes(scanned));
    eprintln!("{}", texts.say(&message));
    Ok(())
}

fn headings(columns: &[ResultColumn]) -> Vec<Heading> {
    columns.iter().map(|column| Heading { name: column.name.clone(), right: column.is_number() }).collect()
}

fn window(talk: &mut Talk, execution: &str) -> Result<Page, Trouble> {
    let mut found = Page::default();
    let window = RowWindow { rows: MOST_ROWS, ..RowWindow::default() };
    let command = Command::Query(QueryCommand::Rows { execution: execution.to_owned(), window });
    talk.ask(command, &mut |event| {
        if let Event::Query(QueryEvent::Rows { page, .. }) = event {
            found = page;
        }
        Ok(())
    })?;
    Ok(found)
}

fn print_table(talk: &mut Talk, finished: &Finished) -> Result<(), Trouble> {
    let page = window(talk, &finished.execution)?;
    let mut out = io::stdout().lock();
    table(&mut out, &headings(&finished.columns), &page.rows)?;
    out.flush()?;
    if finished.rows > page.rows.len() as u64 {
        let message = Message::new("cli-query-more").with("shown", page.rows.len()).with("rows", finished.rows);
        eprintln!("{}", talk.texts().say(&message));
    }
    Ok(())
}

/// Writes all rows to a file, or through one to standard output.
fn export(talk: &mut Talk, execution: &str, format: ExportFormat, output: Option<&Path>) -> Result<(), Trouble> {
    let folder = tempfile::tempdir()?;
    let path = output.map_or_else(|| folder.path().join("rows"), Path::to_owned);
    let command = QueryCommand::Export { execution: execution.to_owned(), format, path: path.clone() };
    talk.ask(Command::Query(command), &mut |_| Ok(()))?;
    if output.is_none() {
        let mut out = io::stdout().lock();
        io::copy(&mut File::open(path)?, &mut out)?;
        out.flush()?;
    }
    Ok(())
}
