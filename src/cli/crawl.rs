//! `fairlake crawl`: a crawler on one prefix, and what it creates or changes. A dry run crawls into a database of its own and compares.

use std::io::{self, Write};

use super::talk::{Talk, Trouble};
use super::{Common, crawler_name};
use crate::message::catalog::{CatalogCommand, CatalogEvent, ChangeKind, ColumnChange, CrawlRun, CrawlerSpec, TableChange};
use crate::message::{Command, Event};
use crate::model::{Column, Failure, Message, S3Location, TableDefinition, TableRef};
use crate::text::Texts;

/// Crawls a prefix.
pub(super) fn crawl(common: &Common, target: S3Location, database: &str, table_prefix: &str, dry_run: bool) -> Result<(), Trouble> {
    let mut talk = Talk::new(common)?;
    let name = crawler_name(database, &target);
    let spec = CrawlerSpec {
        name: name.clone(),
        database: database.to_lowercase(),
        targets: vec![target],
        table_prefix: table_prefix.to_owned(),
        ..CrawlerSpec::default()
    };
    let changes = if dry_run { dry(&mut talk, &spec)? } else { run(&mut talk, spec)?.changes };
    let texts = talk.texts();
    let mut out = io::stdout().lock();
    for change in &changes {
        print(&mut out, change, texts)?;
    }
    if changes.is_empty() {
        eprintln!("{}", texts.t("cli-crawl-nothing"));
    }
    if dry_run {
        eprintln!("{}", texts.t("cli-crawl-dry"));
    } else {
        eprintln!("{}", texts.say(&Message::new("cli-crawl-kept").with("crawler", name)));
    }
    Ok(out.flush()?)
}

fn catalog(talk: &mut Talk, command: CatalogCommand) -> Result<Option<CatalogEvent>, Trouble> {
    let mut last = None;
    talk.ask(Command::Catalog(command), &mut |event| {
        if let Event::Catalog(event) = event {
            last = Some(event);
        }
        Ok(())
    })?;
    Ok(last)
}

fn run(talk: &mut Talk, spec: CrawlerSpec) -> Result<CrawlRun, Trouble> {
    let name = spec.name.clone();
    catalog(talk, CatalogCommand::SaveCrawler(spec))?;
    let Some(CatalogEvent::CrawlEnded { run, .. }) = catalog(talk, CatalogCommand::RunCrawler { name: name.clone() })? else {
        return Err(Trouble::Stopped);
    };
    if run.state == "COMPLETED" {
        return Ok(run);
    }
    let why = Message::new("worker-why-crawl").with("state", run.state).with("message", run.error.unwrap_or_default());
    Err(Failure::new(Message::new("worker-what-run-crawler").with("crawler", name), why).into())
}

/// Crawls into a database of its own, compares, and takes crawler and database away again.
fn dry(talk: &mut Talk, spec: &CrawlerSpec) -> Result<Vec<TableChange>, Trouble> {
    let scratch = format!("fairlake_dry_run_{}", std::process::id());
    let name = format!("{}-dry-run-{}", spec.name, std::process::id());
    let trial = CrawlerSpec { name: name.clone(), database: scratch.clone(), ..spec.clone() };
    let found = run(talk, trial).and_then(|run| compared(talk, &spec.database, &run.changes));
    // Whatever happened before: nothing stays.
    let crawler = catalog(talk, CatalogCommand::DeleteCrawler { name });
    let database = catalog(talk, CatalogCommand::DropDatabase { name: scratch });
    let found = found?;
    crawler?;
    database?;
    Ok(found)
}

fn compared(talk: &mut Talk, database: &str, made: &[TableChange]) -> Result<Vec<TableChange>, Trouble> {
    let mut changes = Vec::new();
    for change in made.iter().filter(|change| change.kind == ChangeKind::Created) {
        let Some(new) = definition(talk, change.table.clone())? else { continue };
        let table = TableRef::new(database, &change.table.table);
        let old = definition(talk, table.clone())?;
        let before = old.as_ref().map(columns).unwrap_or_default();
        let columns = differences(&before, &columns(&new));
        if old.is_none() || !columns.is_empty() {
            let kind = if old.is_none() { ChangeKind::Created } else { ChangeKind::Changed };
            changes.push(TableChange { table, kind, columns, ..change.clone() });
        }
    }
    Ok(changes)
}

/// The definition of a table, if it is there.
fn definition(talk: &mut Talk, table: TableRef) -> Result<Option<TableDefinition>, Trouble> {
    match catalog(talk, CatalogCommand::DescribeTable(table)) {
        Ok(Some(CatalogEvent::Table(details))) => Ok(Some(details.definition)),
        Ok(_) => Ok(None),
        Err(Trouble::Failed(failure)) if failure.why.id == "worker-why-not-found" => Ok(None),
        Err(trouble) => Err(trouble),
    }
}

fn columns(definition: &TableDefinition) -> Vec<Column> {
    definition.columns.iter().chain(&definition.partition_keys).cloned().collect()
}

fn differences(before: &[Column], after: &[Column]) -> Vec<ColumnChange> {
    let of = |columns: &[Column], name: &str| columns.iter().find(|column| column.name == name).map(|column| column.hive_type.to_string());
    let gone = before.iter().filter(|column| of(after, &column.name).is_none());
    let all = after.iter().chain(gone);
    let changes =
        all.map(|column| ColumnChange { column: column.name.clone(), before: of(before, &column.name), after: of(after, &column.name) });
    changes.filter(|change| change.before != change.after).collect()
}

fn print(out: &mut impl Write, change: &TableChange, texts: &Texts) -> io::Result<()> {
    let id = match change.kind {
        ChangeKind::Created => "cli-crawl-created",
        ChangeKind::Changed => "cli-crawl-changed",
        ChangeKind::Removed => "cli-crawl-removed",
        ChangeKind::Unchanged => "cli-crawl-unchanged",
    };
    writeln!(out, "{}", texts.say(&Message::new(id).with("table", change.table.to_string())))?;
    for column in &change.columns {
        let (sign, types) = match (&column.before, &column.after) {
            (None, Some(after)) => ('+', after.clone()),
            (Some(before), None) => ('-', before.clone()),
            (Some(before), Some(after)) => ('~', format!("{before} → {after}")),
            (None, None) => continue,
        };
        writeln!(out, "  {sign} {} {types}", column.column)?;
    }
    if change.partitions_added + change.partitions_removed > 0 {
        let message =
            Message::new("cli-crawl-partitions").with("added", change.partitions_added).with("removed", change.partitions_removed);
        writeln!(out, "  {}", texts.say(&message))?;
    }
    Ok(())
}
