//! The shorter forms: `ingest`, `lab` and `do`.

use std::io::{self, Read, Write};
use std::path::PathBuf;

use super::Common;
use super::talk::{Talk, Trouble};
use crate::infer::Overrides;
use crate::message::ingest::{FileToStore, IngestCommand, IngestEvent, LineBreaks, StoreAs, StoreRequest};
use crate::message::lab::LabStep;
use crate::message::{Command, Event, JobEvent};
use crate::model::{Arg, Failure, JobId, Message, S3Location, TableRef};

/// Stores files; prints the place of each object.
pub(super) fn ingest(
    common: &Common,
    files: Vec<PathBuf>,
    to: S3Location,
    form: StoreAs,
    table: Option<TableRef>,
    replace_line_breaks: bool,
) -> Result<(), Trouble> {
    let mut talk = Talk::new(common)?;
    let files = files.into_iter().map(|path| FileToStore { path, overrides: Overrides::default() }).collect();
    let line_breaks = if replace_line_breaks { LineBreaks::Replace } else { LineBreaks::Keep };
    let request = StoreRequest { files, to, form, line_breaks, catalogue: table };
    let mut said = Vec::new();
    talk.ask(Command::Ingest(IngestCommand::Store(request)), &mut |event| {
        match event {
            Event::Ingest(IngestEvent::Stored { objects, bytes, .. }) => {
                let mut out = io::stdout().lock();
                for place in &objects {
                    writeln!(out, "{place}")?;
                }
                said.push(Message::new("cli-stored").with("objects", objects.len()).with("bytes", Arg::Bytes(bytes)));
            }
            Event::Ingest(IngestEvent::Catalogued { table }) => {
                said.push(Message::new("cli-catalogued").with("table", table.to_string()));
            }
            _ => {}
        }
        Ok(())
    })?;
    for message in &said {
        eprintln!("{}", talk.texts().say(message));
    }
    Ok(())
}

/// Does the course lab; prints each step, and the statements.
pub(super) fn lab(common: &Common, out: Option<PathBuf>) -> Result<(), Trouble> {
    let mut talk = Talk::new(common)?;
    let texts = super::talk::texts();
    talk.ask(Command::Lab { out }, &mut |event| {
        let Event::Lab(step) = event else { return Ok(()) };
        let mut to = io::stdout().lock();
        match step {
            LabStep::Stored { place, rows } => {
                let message = Message::new("cli-lab-stored").with("place", place.to_string()).with("rows", rows);
                writeln!(to, "{}", texts.say(&message))?;
            }
            LabStep::Crawled { crawler, table } => {
                let message = Message::new("cli-lab-crawled").with("crawler", crawler).with("table", table.to_string());
                writeln!(to, "{}", texts.say(&message))?;
            }
            LabStep::Derived { sql, table } => {
                writeln!(to, "{}\n\n{sql}\n", texts.say(&Message::new("cli-lab-derived").with("table", table.to_string())))?;
            }
            LabStep::Queried { title, sql, columns, page, .. } => {
                writeln!(to, "{}\n\n{sql}\n", texts.say(&title))?;
                let headings: Vec<_> =
                    columns.iter().map(|column| super::print::Heading { name: column.name.clone(), right: column.is_number() }).collect();
                let shown = page.rows.get(..page.rows.len().min(20)).unwrap_or_default();
                super::print::table(&mut to, &headings, shown)?;
                if shown.len() < page.rows.len() {
                    writeln!(to, "…")?;
                }
                writeln!(to)?;
            }
            LabStep::Measured { balanced, measurement } => {
                let id = if balanced { "cli-lab-balanced" } else { "cli-lab-measured" };
                writeln!(to, "{}\n", texts.t(id))?;
                super::bias::print_report(&mut to, &measurement.report, &texts)?;
                writeln!(to)?;
            }
            LabStep::Written { paths } => {
                for path in paths {
                    writeln!(to, "{}", path.display())?;
                }
            }
        }
        Ok(to.flush()?)
    })
}

/// Carries out a command given as JSON; prints each event as a line of JSON.
pub(super) fn carry(common: &Common, file: &str) -> Result<(), Trouble> {
    let text = read_text(file)?;
    let command: Command =
        serde_json::from_str(&text).map_err(|error| Trouble::Usage(Message::new("cli-bad-command").with("error", error.to_string())))?;
    let mut talk = Talk::new(common)?;
    let job = JobId(1);
    let print = |event: Event| -> Result<(), Trouble> {
        let mut out = io::stdout().lock();
        serde_json::to_writer(&mut out, &JobEvent { job, event }).map_err(io::Error::from)?;
        out.write_all(b"\n")?;
        Ok(out.flush()?)
    };
    let result = talk.ask_with_progress(command, &mut |event| print(event), &mut |progress| print(Event::Progress(progress)));
    let outcome = match &result {
        Ok(()) => crate::message::Outcome::Done,
        Err(Trouble::Failed(failure)) => crate::message::Outcome::Failed(failure.clone()),
        Err(_) => crate::message::Outcome::Cancelled,
    };
    if !matches!(result, Err(Trouble::Pipe)) {
        print(Event::Ended(outcome))?;
    }
    result
}

/// The text of a file, or of standard input for `-`.
pub(super) fn read_text(file: &str) -> Result<String, Trouble> {
    let read = if file == "-" {
        let mut text = String::new();
        io::stdin().read_to_string(&mut text).map(|_| text)
    } else {
        std::fs::read_to_string(file)
    };
    read.map_err(|error| {
        let what = Message::new("cli-what-read").with("path", file);
        Failure::new(what, Message::verbatim(error.to_string())).into()
    })
}
