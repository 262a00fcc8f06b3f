//! Glue's catalogue: databases, tables and partitions, in the words of `model`.

use futures::FutureExt;
use std::collections::BTreeMap;

use aws_sdk_glue::types::{Column as GlueColumn, DatabaseInput, SerDeInfo, StorageDescriptor, Table as GlueTable, TableInput};
use chrono::{DateTime, Utc};

use super::{Clients, Error, Kind};
use crate::model::{Column, HiveType, S3Location, TableDefinition, TableRef};

/// The parameter under which a definition carries a view's statement, which Glue keeps beside the parameters; without it no view could be restored.
pub const VIEW_TEXT: &str = "view_original_text";

/// A table of the catalogue with the times that Glue keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogTable {
    /// The table.
    pub table: TableRef,
    /// Its definition.
    pub definition: TableDefinition,
    /// When it was created.
    pub created: Option<DateTime<Utc>>,
    /// When it was last changed.
    pub updated: Option<DateTime<Utc>>,
}

/// A partition of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partition {
    /// The values of the partition keys.
    pub values: Vec<String>,
    /// Where its files are.
    pub location: Option<S3Location>,
}

impl Clients {
    /// The names of all databases.
    pub async fn databases(&self) -> Result<Vec<String>, Error> {
        let mut names = Vec::new();
        let mut next = None;
        loop {
            let answer = self.glue.get_databases().set_next_token(next).send().boxed().await.map_err(|e| Error::new("GetDatabases", &e))?;
            names.extend(answer.database_list.into_iter().map(|database| database.name));
            next = answer.next_token;
            if next.is_none() {
                return Ok(names);
            }
        }
    }

    /// Creates a database; one that exists is left as it is.
    pub async fn create_database(&self, name: &str) -> Result<(), Error> {
        let input =
            DatabaseInput::builder().name(name).build().map_err(|e| Error::plain(Kind::Invalid, "CreateDatabase", e.to_string()))?;
        match self.glue.create_database().database_input(input).send().boxed().await.map_err(|e| Error::new("CreateDatabase", &e)) {
            Err(error) if error.kind != Kind::Exists => Err(error),
            _ => Ok(()),
        }
    }

    /// Deletes a database with its tables. The files stay.
    pub async fn delete_database(&self, name: &str) -> Result<(), Error> {
        self.glue.delete_database().name(name).send().boxed().await.map(|_| ()).map_err(|e| Error::new("DeleteDatabase", &e))
    }

    /// The tables of a database.
    pub async fn tables(&self, database: &str) -> Result<Vec<CatalogTable>, Error> {
        let mut tables = Vec::new();
        let mut next = None;
        loop {
            let ask = self.glue.get_tables().database_name(database).set_next_token(next);
            let answer = ask.send().boxed().await.map_err(|e| Error::new("GetTables", &e))?;
            tables.extend(answer.table_list.unwrap_or_default().into_iter().map(|table| catalog_table(database, table)));
            next = answer.next_token;
            if next.is_none() {
                return Ok(tables);
            }
        }
    }

    /// One table.
    pub async fn table(&self, table: &TableRef) -> Result<CatalogTable, Error> {
        let ask = self.glue.get_table().database_name(&table.database).name(&table.table);
        let answer = ask.send().boxed().await.map_err(|e| Error::new("GetTable", &e))?;
        let found = answer.table.ok_or_else(|| Error::plain(Kind::NotFound, "GetTable", table.to_string()))?;
        Ok(catalog_table(&table.database, found))
    }

    /// The versions of a table that Glue keeps, in its order.
    pub async fn table_versions(&self, table: &TableRef) -> Result<Vec<CatalogTable>, Error> {
        let mut versions = Vec::new();
        let mut next = None;
        loop {
            let ask = self.glue.get_table_versions().database_name(&table.database).table_name(&table.table).set_next_token(next);
            let answer = ask.send().boxed().await.map_err(|e| Error::new("GetTableVersions", &e))?;
            let found = answer.table_versions.unwrap_or_default().into_iter().filter_map(|version| version.table);
            versions.extend(found.map(|version| catalog_table(&table.database, version)));
            next = answer.next_token;
            if next.is_none() {
                return Ok(versions);
            }
        }
    }

    /// Creates a table.
    pub async fn create_table(&self, database: &str, definition: &TableDefinition) -> Result<(), Error> {
        let ask = self.glue.create_table().database_name(database).table_input(table_input(definition)?);
        ask.send().boxed().await.map(|_| ()).map_err(|e| Error::new("CreateTable", &e))
    }

    /// Replaces the definition of a table.
    pub async fn update_table(&self, database: &str, definition: &TableDefinition) -> Result<(), Error> {
        let ask = self.glue.update_table().database_name(database).table_input(table_input(definition)?);
        ask.send().boxed().await.map(|_| ()).map_err(|e| Error::new("UpdateTable", &e))
    }

    /// Deletes a table. The files stay.
    pub async fn delete_table(&self, table: &TableRef) -> Result<(), Error> {
        let ask = self.glue.delete_table().database_name(&table.database).name(&table.table);
        ask.send().boxed().await.map(|_| ()).map_err(|e| Error::new("DeleteTable", &e))
    }

    /// The partitions of a table, up to `most`.
    pub async fn partitions(&self, table: &TableRef, most: usize) -> Result<Vec<Partition>, Error> {
        let mut partitions = Vec::new();
        let mut next = None;
        loop {
            let ask = self.glue.get_partitions().database_name(&table.database).table_name(&table.table);
            let ask = ask.exclude_column_schema(true).set_next_token(next);
            let answer = ask.send().boxed().await.map_err(|e| Error::new("GetPartitions", &e))?;
            partitions.extend(answer.partitions.unwrap_or_default().into_iter().map(|partition| Partition {
                values: partition.values.unwrap_or_default(),
                location: partition.storage_descriptor.and_then(|sd| sd.location).and_then(|location| location.parse().ok()),
            }));
            next = answer.next_token;
            if next.is_none() || partitions.len() >= most {
                partitions.truncate(most);
                return Ok(partitions);
            }
        }
    }
}

fn catalog_table(database: &str, table: GlueTable) -> CatalogTable {
    let created = table.create_time.as_ref().and_then(super::s3::time);
    let updated = table.update_time.as_ref().and_then(super::s3::time);
    let table_ref = TableRef::new(database, &table.name);
    let storage = table.storage_descriptor;
    let serde = storage.as_ref().and_then(|storage| storage.serde_info.clone());
    let mut parameters: BTreeMap<String, String> = table.parameters.unwrap_or_default().into_iter().collect();
    if let Some(text) = table.view_original_text.filter(|text| !text.is_empty()) {
        parameters.insert(VIEW_TEXT.to_owned(), text);
    }
    let definition = TableDefinition {
        name: table.name,
        table_type: table.table_type.unwrap_or_default(),
        columns: columns_of(storage.as_ref().and_then(|storage| storage.columns.as_deref())),
        partition_keys: columns_of(table.partition_keys.as_deref()),
        location: storage.as_ref().and_then(|storage| storage.location.as_deref()).and_then(|location| location.parse().ok()),
        input_format: storage.as_ref().and_then(|storage| storage.input_format.clone()).unwrap_or_default(),
        output_format: storage.as_ref().and_then(|storage| storage.output_format.clone()).unwrap_or_default(),
        serde_library: serde.as_ref().and_then(|serde| serde.serialization_library.clone()).unwrap_or_default(),
        serde_parameters: serde.and_then(|serde| serde.parameters).unwrap_or_default().into_iter().collect(),
        parameters,
    };
    CatalogTable { table: table_ref, definition, created, updated }
}

fn columns_of(columns: Option<&[GlueColumn]>) -> Vec<Column> {
    let column = |column: &GlueColumn| Column {
        name: column.name.clone(),
        hive_type: HiveType::new(column.r#type.as_deref().unwrap_or("string")),
        comment: column.comment.clone().filter(|comment| !comment.is_empty()),
    };
    columns.unwrap_or_default().iter().map(column).collect()
}

fn glue_columns(columns: &[Column]) -> Result<Vec<GlueColumn>, Error> {
    let column = |column: &Column| {
        GlueColumn::builder().name(&column.name).r#type(column.hive_type.as_str()).set_comment(column.comment.clone()).build()
    };
    columns.iter().map(column).collect::<Result<_, _>>().map_err(|e| Error::plain(Kind::Invalid, "TableInput", e.to_string()))
}

fn table_input(definition: &TableDefinition) -> Result<TableInput, Error> {
    let own = |(key, _): &(&String, &String)| key.as_str() != VIEW_TEXT;
    let map = |from: &BTreeMap<String, String>| Some(from.iter().filter(own).map(|(key, value)| (key.clone(), value.clone())).collect());
    let text = |text: &String| (!text.is_empty()).then(|| text.clone());
    let serde = SerDeInfo::builder()
        .set_serialization_library(text(&definition.serde_library))
        .set_parameters(map(&definition.serde_parameters))
        .build();
    let storage = StorageDescriptor::builder()
        .set_columns(Some(glue_columns(&definition.columns)?))
        .set_location(definition.location.as_ref().map(ToString::to_string))
        .set_input_format(text(&definition.input_format))
        .set_output_format(text(&definition.output_format))
        .serde_info(serde)
        .number_of_buckets(-1)
        .set_parameters(map(&definition.parameters))
        .build();
    TableInput::builder()
        .name(&definition.name)
        .table_type(&definition.table_type)
        .set_view_original_text(definition.parameters.get(VIEW_TEXT).cloned())
        .set_view_expanded_text(definition.parameters.get(VIEW_TEXT).map(|_| "/* Presto View */".to_owned()))
        .set_partition_keys(Some(glue_columns(&definition.partition_keys)?))
        .set_parameters(map(&definition.parameters))
        .storage_descriptor(storage)
        .build()
        .map_err(|e| Error::plain(Kind::Invalid, "TableInput", e.to_string()))
}
