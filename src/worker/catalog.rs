//! The Catalog tab's commands: databases, tables, partitions and crawlers.

use super::dispatch::Context;
use super::job::{Done, Stop};
use super::query::{run::quietly, window_of};
use super::{crawl, ingest};
use crate::aws::glue::CatalogTable;
use crate::message::Event;
use crate::message::catalog::{CatalogCommand, CatalogEvent, PartitionSummary, TableDetails, TableSummary};
use crate::message::query::RowWindow;
use crate::model::{TableDefinition, TableRef};

/// Objects of a table that are counted; a listing of more would take long.
const MOST_OBJECTS: usize = 20_000;
/// Partitions that are listed.
const MOST_PARTITIONS: usize = 20_000;
/// Rows of a sample.
const SAMPLE_ROWS: u32 = 50;

pub(super) async fn run(context: &Context, command: &CatalogCommand) -> Done {
    let session = context.session().await?;
    let (job, clients) = (&context.job, &session.clients);
    match command {
        CatalogCommand::ListDatabases => databases(context).await,
        CatalogCommand::ListTables { database } => tables(context, database).await,
        CatalogCommand::DescribeTable(table) => describe(context, table).await,
        CatalogCommand::SampleTable(table) => sample(context, table).await,
        CatalogCommand::ListPartitions(table) => {
            let partitions = job.or_stop(clients.partitions(table, MOST_PARTITIONS)).await?;
            let partitions =
                partitions.into_iter().map(|found| PartitionSummary { values: found.values, location: found.location }).collect();
            tell(context, CatalogEvent::Partitions { table: table.clone(), partitions }).await
        }
        CatalogCommand::CreateDatabase { name } => {
            job.or_stop(clients.create_database(&name.to_lowercase())).await?;
            databases(context).await
        }
        CatalogCommand::DropDatabase { name } => {
            job.or_stop(clients.delete_database(name)).await?;
            databases(context).await
        }
        CatalogCommand::DropTable(table) => {
            job.or_stop(clients.delete_table(table)).await?;
            tables(context, &table.database).await
        }
        CatalogCommand::RestoreTable { table, definition } => {
            restore(context, table, definition).await?;
            tables(context, &table.database).await
        }
        CatalogCommand::ListCrawlers => crawl::list(context).await,
        CatalogCommand::SaveCrawler(spec) => crawl::save(context, spec).await,
        CatalogCommand::DeleteCrawler { name } => {
            job.or_stop(clients.delete_crawler(name)).await?;
            crawl::list(context).await
        }
        CatalogCommand::RunCrawler { name } => crawl::run(context, name).await,
        CatalogCommand::StopCrawler { name } => job.or_stop(clients.stop_crawler(name)).await,
        CatalogCommand::CrawlHistory { name } => crawl::history(context, name).await,
    }
}

pub(super) async fn tell(context: &Context, event: CatalogEvent) -> Done {
    context.job.tell(Event::Catalog(event)).await;
    Ok(())
}

async fn databases(context: &Context) -> Done {
    let session = context.session().await?;
    let names = context.job.or_stop(session.clients.databases()).await?;
    tell(context, CatalogEvent::Databases(names)).await
}

async fn tables(context: &Context, database: &str) -> Done {
    let session = context.session().await?;
    let tables = context.job.or_stop(session.clients.tables(database)).await?;
    let tables = tables.into_iter().map(summary).collect();
    tell(context, CatalogEvent::Tables { database: database.to_owned(), tables }).await
}

fn summary(found: CatalogTable) -> TableSummary {
    let definition = found.definition;
    let is_view = definition.table_type == "VIRTUAL_VIEW";
    let classification = definition.parameters.get("classification").cloned().unwrap_or_default();
    TableSummary {
        table: found.table,
        classification: if is_view { "view".to_owned() } else { classification },
        columns: definition.columns.into_iter().chain(definition.partition_keys).map(|column| column.name).collect(),
    }
}

async fn describe(context: &Context, table: &TableRef) -> Done {
    let session = context.session().await?;
    let found = context.job.or_stop(session.clients.table(table)).await?;
    let (mut objects, mut bytes) = (None, None);
    if let Some(location) = &found.definition.location {
        match context.job.or_stop(session.clients.list_all(&location.folder(), MOST_OBJECTS)).await {
            Ok((listed, false)) => {
                objects = Some(listed.len() as u64);
                bytes = Some(listed.iter().map(|object| object.size).sum());
            }
            // Too many to count, or files that may not be listed: the definition is worth showing all the same.
            Ok((_, true)) | Err(Stop::Service(_)) => {}
            Err(stop) => return Err(stop),
        }
    }
    let details =
        TableDetails { table: found.table, definition: found.definition, created: found.created, updated: found.updated, objects, bytes };
    tell(context, CatalogEvent::Table(Box::new(details))).await
}

async fn sample(context: &Context, table: &TableRef) -> Done {
    let sql = format!("SELECT * FROM {} LIMIT {SAMPLE_ROWS}", table.quoted());
    let (_, spill) = quietly(context, &sql, Some(&table.database)).await?;
    let (_, page) = window_of(context, &spill, &RowWindow { rows: SAMPLE_ROWS, ..RowWindow::default() }).await?;
    tell(context, CatalogEvent::Sample { table: table.clone(), columns: spill.columns().to_vec(), page }).await
}

/// Puts a definition back, whether the table is there or not.
async fn restore(context: &Context, table: &TableRef, definition: &TableDefinition) -> Done {
    let session = context.session().await?;
    let definition = TableDefinition { name: table.table.clone(), ..definition.clone() };
    match context.job.or_stop(session.clients.table(table)).await {
        Ok(_) => context.job.or_stop(session.clients.update_table(&table.database, &definition)).await,
        Err(Stop::Service(error)) if error.is_not_found() => {
            context.job.or_stop(ingest::catalogue(&session.clients, table, &definition)).await
        }
        Err(stop) => Err(stop),
    }
}
