//! Tables that describe others: `information_schema` and `"table$partitions"`.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Int64Array, RecordBatch, StringViewArray};
use datafusion::arrow::datatypes::{Field, Schema};
use datafusion::catalog::TableProvider;
use datafusion::common::Result;
use datafusion::datasource::MemTable;
use datafusion::error::DataFusionError;

use super::CATALOG;
use super::scan;
use super::table::types_of;
use super::types::arrow_field;
use crate::lake::glue::{Catalog, GlueError, NULL_PARTITION, definition, text, values_of};
use crate::sql::Type;

/// The system table of this name; `None` where there is none.
pub(super) fn table(catalog: &Catalog, database: &str, name: &str) -> Result<Option<Arc<dyn TableProvider>>> {
    if database == "information_schema" {
        return match name {
            "schemata" => schemata(catalog).map(Some),
            "tables" => tables(catalog).map(Some),
            "columns" => columns(catalog).map(Some),
            "views" => views(catalog).map(Some),
            _ => Ok(None),
        };
    }
    match name.strip_suffix("$partitions") {
        Some(of) => partitions(catalog, database, of),
        None => Ok(None),
    }
}

fn failed(error: &GlueError) -> DataFusionError {
    DataFusionError::External(error.to_string().into())
}

fn texts(names: &[&str], rows: &[Vec<String>], extra: Option<(&str, Vec<i64>)>) -> Result<Arc<dyn TableProvider>> {
    let mut fields: Vec<Field> = names.iter().map(|name| arrow_field(name, &Type::Varchar)).collect();
    let column = |at: usize| Arc::new(rows.iter().map(|row| row.get(at).cloned()).collect::<StringViewArray>()) as ArrayRef;
    let mut columns: Vec<ArrayRef> = (0..names.len()).map(column).collect();
    if let Some((name, values)) = extra {
        fields.push(arrow_field(name, &Type::BigInt));
        columns.push(Arc::new(Int64Array::from(values)));
    }
    let schema = Arc::new(Schema::new(fields));
    let batch = RecordBatch::try_new(Arc::clone(&schema), columns)?;
    Ok(Arc::new(MemTable::try_new(schema, vec![vec![batch]])?))
}

fn schemata(catalog: &Catalog) -> Result<Arc<dyn TableProvider>> {
    let databases = catalog.databases().map_err(|error| failed(&error))?;
    let mut names: Vec<String> = databases.iter().map(|database| text(database, "Name")).collect();
    names.push("information_schema".to_owned());
    let rows: Vec<Vec<String>> = names.into_iter().map(|name| vec![CATALOG.to_owned(), name]).collect();
    texts(&["catalog_name", "schema_name"], &rows, None)
}

fn tables(catalog: &Catalog) -> Result<Arc<dyn TableProvider>> {
    let all = catalog.all_tables().map_err(|error| failed(&error))?;
    let kind = |table: &serde_json::Value| if text(table, "TableType") == "VIRTUAL_VIEW" { "VIEW" } else { "BASE TABLE" };
    let rows: Vec<Vec<String>> = all
        .iter()
        .map(|table| vec![CATALOG.to_owned(), text(table, "DatabaseName"), text(table, "Name"), kind(table).to_owned()])
        .collect();
    texts(&["table_catalog", "table_schema", "table_name", "table_type"], &rows, None)
}

fn views(catalog: &Catalog) -> Result<Arc<dyn TableProvider>> {
    let all = catalog.all_tables().map_err(|error| failed(&error))?;
    let rows: Vec<Vec<String>> = all
        .iter()
        .filter_map(|table| {
            let view = super::catalog::view_of(table)?;
            Some(vec![CATALOG.to_owned(), text(table, "DatabaseName"), text(table, "Name"), view.sql])
        })
        .collect();
    texts(&["table_catalog", "table_schema", "table_name", "view_definition"], &rows, None)
}

fn columns(catalog: &Catalog) -> Result<Arc<dyn TableProvider>> {
    let all = catalog.all_tables().map_err(|error| failed(&error))?;
    let (mut rows, mut positions) = (Vec::new(), Vec::new());
    for table in &all {
        let described = definition(table);
        let keys = described.partition_keys.iter().map(|key| (key, "partition key"));
        for (at, (column, extra)) in described.columns.iter().map(|column| (column, "")).chain(keys).enumerate() {
            let written = column.hive_type.as_str();
            let athena = Type::parse(written).map_or_else(|| written.to_owned(), |athena| athena.to_string());
            rows.push(vec![
                CATALOG.to_owned(),
                text(table, "DatabaseName"),
                described.name.clone(),
                column.name.clone(),
                "YES".to_owned(),
                athena,
                column.comment.clone().unwrap_or_default(),
                extra.to_owned(),
            ]);
            positions.push(i64::try_from(at + 1).unwrap_or(0));
        }
    }
    let names = ["table_catalog", "table_schema", "table_name", "column_name", "is_nullable", "data_type", "comment", "extra_info"];
    texts(&names, &rows, Some(("ordinal_position", positions)))
}

fn partitions(catalog: &Catalog, database: &str, name: &str) -> Result<Option<Arc<dyn TableProvider>>> {
    let Ok(found) = catalog.table(database, name) else { return Ok(None) };
    let described = definition(&found);
    let types = types_of(&described.partition_keys, name)?;
    let known = catalog.partitions(database, name, None).map_err(|error| failed(&error))?;
    let rows: Vec<Vec<String>> = known.iter().map(values_of).collect();
    let mut arrays = Vec::new();
    for (at, athena) in types.iter().enumerate() {
        let values = rows.iter().map(|row| row.get(at).map(String::as_str).filter(|value| *value != NULL_PARTITION));
        arrays.push(scan::column_of_texts(athena, values)?);
    }
    let fields: Vec<Field> = described.partition_keys.iter().zip(&types).map(|(key, athena)| arrow_field(&key.name, athena)).collect();
    let schema = Arc::new(Schema::new(fields));
    if arrays.is_empty() {
        return Ok(None);
    }
    let batch = RecordBatch::try_new(Arc::clone(&schema), arrays)?;
    Ok(Some(Arc::new(MemTable::try_new(schema, vec![vec![batch]])?)))
}
