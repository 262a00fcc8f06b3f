//! DDL over the catalogue: databases, tables, views and partitions come and go; files stay where they are.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::run::Job;
use super::show;
use crate::lake::engine::{ParsedQuery, QueryError, objects, partition_name, partition_place};
use crate::lake::glue::{Catalog, GlueError, columns_json, definition, parameters_json, table_input, text};
use crate::lake::storage::ListQuery;
use crate::model::{Column, S3Location, TableDefinition};
use crate::sql::statement::{AlterTable, ColumnDefinition, CreateTable, Name, StoredAs};
use crate::sql::{Statement, Type};

/// What a statement shows.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Shown {
    pub(super) columns: Vec<(String, Type)>,
    pub(super) rows: Vec<Vec<Option<String>>>,
}

/// The words for what Glue refuses.
pub(super) fn failed(error: &GlueError) -> QueryError {
    match error {
        GlueError::Lake(error) => QueryError::new(format!("GENERIC_INTERNAL_ERROR: {error}")),
        other => QueryError::new(format!(
            "FAILED: Execution Error, return code 1 from org.apache.hadoop.hive.ql.exec.DDLTask. MetaException(message:{other} (Service: AmazonDataCatalog; Status Code: 400; Error Code: {}))",
            other.code()
        )),
    }
}

/// The database and table of a name.
pub(super) fn qualified(name: &Name, database: &str) -> Result<(String, String), QueryError> {
    match name.catalog.as_deref() {
        Some(catalog) if catalog != "awsdatacatalog" && catalog != "hive" => {
            Err(QueryError::new(format!("CATALOG_NOT_FOUND: line 1:1: Catalog '{catalog}' not found")))
        }
        _ => Ok((name.database.clone().unwrap_or_else(|| database.to_owned()), name.table.clone())),
    }
}

fn missing(database: &str, table: &str) -> QueryError {
    QueryError::new(format!("FAILED: SemanticException [Error 10001]: Table not found {database}.{table}"))
}

/// A table that a statement needs.
pub(super) fn found(catalog: &Catalog, name: &Name, database: &str) -> Result<(String, Value), QueryError> {
    let (database, table) = qualified(name, database)?;
    match catalog.table(&database, &table) {
        Ok(found) => Ok((database, found)),
        Err(GlueError::NotFound(_)) => Err(missing(&database, &table)),
        Err(error) => Err(failed(&error)),
    }
}

/// Carries out a statement of DDL or one that shows something.
pub(super) fn carry_out(catalog: &Catalog, database: &str, statement: &Statement) -> Result<Shown, QueryError> {
    match statement {
        Statement::CreateDatabase { name, if_not_exists, comment, location, properties } => {
            let mut input = json!({"Name": name, "Parameters": parameters_json(&map(properties))});
            if let Some(members) = input.as_object_mut() {
                for (member, value) in [("Description", comment), ("LocationUri", location)] {
                    if let Some(value) = value {
                        members.insert(member.to_owned(), Value::from(value.as_str()));
                    }
                }
            }
            match catalog.create_database(&input) {
                Err(GlueError::AlreadyExists(_)) if *if_not_exists => {}
                Err(GlueError::AlreadyExists(_)) => {
                    let message = format!(
                        "FAILED: Execution Error, return code 1 from org.apache.hadoop.hive.ql.exec.DDLTask. Database {name} already exists"
                    );
                    return Err(QueryError::new(message));
                }
                other => other.map_err(|error| failed(&error))?,
            }
        }
        Statement::DropDatabase { name, if_exists, cascade } => drop_database(catalog, name, *if_exists, *cascade)?,
        Statement::AlterDatabase { name, properties } => {
            let old = catalog.database(name).map_err(|error| failed(&error))?;
            let mut input = old;
            let mut all = crate::lake::glue::parameters(input.get("Parameters"));
            all.extend(map(properties));
            if let Some(members) = input.as_object_mut() {
                members.insert("Parameters".to_owned(), parameters_json(&all));
            }
            catalog.update_database(name, &input).map_err(|error| failed(&error))?;
        }
        Statement::CreateTable(table) => create_table(catalog, database, table)?,
        Statement::DropTable { name, if_exists } => drop_table(catalog, database, name, *if_exists, false)?,
        Statement::DropView { name, if_exists } => drop_table(catalog, database, name, *if_exists, true)?,
        Statement::AlterTable { name, change } => alter(catalog, database, name, change)?,
        Statement::RepairTable(name) => return repair(catalog, database, name),
        other => return show::show(catalog, database, other),
    }
    Ok(Shown::default())
}

fn map(pairs: &[(String, String)]) -> BTreeMap<String, String> {
    pairs.iter().cloned().collect()
}

fn drop_database(catalog: &Catalog, name: &str, if_exists: bool, cascade: bool) -> Result<(), QueryError> {
    match catalog.tables(name) {
        Err(GlueError::NotFound(_)) if if_exists => return Ok(()),
        Err(GlueError::NotFound(_)) => {
            return Err(QueryError::new(format!("FAILED: SemanticException [Error 10072]: Database does not exist: {name}")));
        }
        Err(error) => return Err(failed(&error)),
        Ok(tables) if !tables.is_empty() && !cascade => {
            let message = format!(
                "FAILED: Execution Error, return code 1 from org.apache.hadoop.hive.ql.exec.DDLTask. \
                 InvalidOperationException(message:Database {name} is not empty. One or more tables exist.)"
            );
            return Err(QueryError::new(message));
        }
        Ok(_) => {}
    }
    catalog.delete_database(name).map_err(|error| failed(&error))
}

fn drop_table(catalog: &Catalog, database: &str, name: &Name, if_exists: bool, view: bool) -> Result<(), QueryError> {
    let (database, table) = qualified(name, database)?;
    let found = match catalog.table(&database, &table) {
        Ok(found) => found,
        Err(GlueError::NotFound(_)) if if_exists => return Ok(()),
        Err(GlueError::NotFound(_)) => return Err(missing(&database, &table)),
        Err(error) => return Err(failed(&error)),
    };
    let is_view = text(&found, "TableType") == "VIRTUAL_VIEW";
    if view && !is_view {
        return Err(QueryError::new(format!("FAILED: SemanticException [Error 10001]: {database}.{table} is a table, not a view")));
    }
    if !view && is_view {
        return Err(QueryError::new(format!("FAILED: SemanticException Cannot drop a view with DROP TABLE: {database}.{table}")));
    }
    catalog.delete_table(&database, &table).map_err(|error| failed(&error))
}

/// The input format, output format and SerDe that `STORED AS` stands for.
pub(super) fn classes(format: &str) -> (&'static str, &'static str, &'static str) {
    const TEXT_INPUT: &str = "org.apache.hadoop.mapred.TextInputFormat";
    const TEXT_OUTPUT: &str = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat";
    match format {
        "PARQUET" => (
            "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
            "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
            "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe",
        ),
        "ORC" => (
            "org.apache.hadoop.hive.ql.io.orc.OrcInputFormat",
            "org.apache.hadoop.hive.ql.io.orc.OrcOutputFormat",
            "org.apache.hadoop.hive.ql.io.orc.OrcSerde",
        ),
        "AVRO" => (
            "org.apache.hadoop.hive.ql.io.avro.AvroContainerInputFormat",
            "org.apache.hadoop.hive.ql.io.avro.AvroContainerOutputFormat",
            "org.apache.hadoop.hive.serde2.avro.AvroSerDe",
        ),
        "JSON" | "JSONFILE" => (TEXT_INPUT, TEXT_OUTPUT, "org.openx.data.jsonserde.JsonSerDe"),
        _ => (TEXT_INPUT, TEXT_OUTPUT, "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"),
    }
}

fn columns(list: &[ColumnDefinition]) -> Vec<Column> {
    list.iter().map(|column| Column { comment: column.comment.clone(), ..Column::new(&column.name, &column.data_type.hive()) }).collect()
}

fn create_table(catalog: &Catalog, database: &str, table: &CreateTable) -> Result<(), QueryError> {
    let (database, name) = qualified(&table.name, database)?;
    if table.properties.iter().any(|(key, value)| key.eq_ignore_ascii_case("table_type") && value.eq_ignore_ascii_case("iceberg")) {
        return Err(QueryError::new("NOT_SUPPORTED: The local lake does not support Iceberg tables"));
    }
    if !table.external {
        return Err(QueryError::new("FAILED: SemanticException: only external tables are supported. Write CREATE EXTERNAL TABLE"));
    }
    let location = table.location.as_deref().ok_or_else(|| {
        QueryError::new(
            "FAILED: SemanticException: table is not partitioned but has no location: CREATE EXTERNAL TABLE needs LOCATION 's3://…'",
        )
    })?;
    let location: S3Location = location
        .parse()
        .map_err(|error| QueryError::new(format!("FAILED: SemanticException: MetaException(message:Invalid location: {error})")))?;
    let (input, output, mut serde) = match &table.stored_as {
        Some(StoredAs::Format(format)) => {
            let (input, output, serde) = classes(format);
            (input.to_owned(), output.to_owned(), serde.to_owned())
        }
        Some(StoredAs::Classes { input, output }) => (input.clone(), output.clone(), classes("TEXTFILE").2.to_owned()),
        None => {
            let (input, output, serde) = classes("TEXTFILE");
            (input.to_owned(), output.to_owned(), serde.to_owned())
        }
    };
    if let Some(stated) = &table.row_format.serde {
        serde.clone_from(stated);
    }
    let mut serde_parameters = map(&table.row_format.properties);
    serde_parameters.entry("serialization.format".to_owned()).or_insert_with(|| "1".to_owned());
    let mut parameters = map(&table.properties);
    parameters.insert("EXTERNAL".to_owned(), "TRUE".to_owned());
    parameters.insert("transient_lastDdlTime".to_owned(), chrono::Utc::now().timestamp().to_string());
    if let Some(comment) = &table.comment {
        parameters.insert("comment".to_owned(), comment.clone());
    }
    let described = TableDefinition {
        name: name.clone(),
        table_type: "EXTERNAL_TABLE".to_owned(),
        columns: columns(&table.columns),
        partition_keys: columns(&table.partitioned_by),
        location: Some(location),
        input_format: input,
        output_format: output,
        serde_library: serde,
        serde_parameters,
        parameters,
    };
    let mut input = table_input(&described);
    if let (Some((buckets, count)), Some(storage)) =
        (&table.clustered_by, input.get_mut("StorageDescriptor").and_then(Value::as_object_mut))
    {
        storage.insert("BucketColumns".to_owned(), Value::from(buckets.clone()));
        storage.insert("NumberOfBuckets".to_owned(), Value::from(*count));
    }
    if let Some(members) = input.as_object_mut() {
        members.insert("Owner".to_owned(), Value::from("hadoop"));
    }
    match catalog.create_table(&database, &input) {
        Err(GlueError::AlreadyExists(_)) if table.if_not_exists => Ok(()),
        Err(GlueError::AlreadyExists(_)) => {
            let message =
                "FAILED: Execution Error, return code 1 from org.apache.hadoop.hive.ql.exec.DDLTask. AlreadyExistsException(message:Table";
            Err(QueryError::new(format!("{message} {name} already exists)")))
        }
        Err(GlueError::NotFound(_)) => {
            Err(QueryError::new(format!("FAILED: SemanticException [Error 10072]: Database does not exist: {database}")))
        }
        other => other.map_err(|error| failed(&error)),
    }
}

pub(super) async fn create_view(job: &Job, name: &Name, or_replace: bool, sql: &str, query: ParsedQuery) -> Result<(), QueryError> {
    let (database, view) = qualified(name, &job.database())?;
    let catalog = job.service.catalog();
    let ready = job.plan(query).await?;
    if let Some(at) = ready.columns.iter().position(|column| !column.named) {
        return Err(QueryError::new(format!("MISSING_COLUMN_NAME: line 1:1: Column name not specified at position {}", at + 1)));
    }
    let stated: Vec<Value> =
        ready.columns.iter().map(|column| json!({"name": column.name, "type": column.data_type.to_string()})).collect();
    let body = json!({
        "originalSql": sql,
        "catalog": "awsdatacatalog",
        "schema": job.database(),
        "columns": stated,
    });
    let described: Vec<Column> = ready.columns.iter().map(|column| Column::new(&column.name, &column.data_type.hive())).collect();
    let input = json!({
        "Name": view,
        "TableType": "VIRTUAL_VIEW",
        "Parameters": {"presto_view": "true", "comment": "Presto View"},
        "PartitionKeys": [],
        "ViewOriginalText": format!("/* Presto View: {} */", STANDARD.encode(body.to_string())),
        "ViewExpandedText": "/* Presto View */",
        "StorageDescriptor": {"Columns": columns_json(&described), "SerdeInfo": {}, "Location": ""},
    });
    match catalog.table(&database, &view) {
        Ok(old) if text(&old, "TableType") != "VIRTUAL_VIEW" => {
            Err(QueryError::new(format!("TABLE_ALREADY_EXISTS: line 1:1: Table 'awsdatacatalog.{database}.{view}' already exists")))
        }
        Ok(_) if or_replace => catalog.update_table(&database, &input, false, None).map_err(|error| failed(&error)),
        Ok(_) => Err(QueryError::new(format!("VIEW_ALREADY_EXISTS: line 1:1: View already exists: {database}.{view}"))),
        Err(_) => catalog.create_table(&database, &input).map_err(|error| failed(&error)),
    }
}

/// The values of a partition in the order of the table's keys.
fn values(table: &TableDefinition, given: &[(String, String)]) -> Result<Vec<String>, QueryError> {
    if given.len() != table.partition_keys.len() {
        return Err(QueryError::new("FAILED: SemanticException: partition spec does not match the partition columns of the table"));
    }
    table
        .partition_keys
        .iter()
        .map(|key| {
            let value = given.iter().find(|(name, _)| *name == key.name).map(|(_, value)| value.clone());
            value.ok_or_else(|| QueryError::new(format!("FAILED: SemanticException: partition column {} is missing", key.name)))
        })
        .collect()
}

fn partition_input(table: &Value, values: &[String], location: &S3Location) -> Value {
    let mut storage = table.get("StorageDescriptor").cloned().unwrap_or_default();
    if let Some(members) = storage.as_object_mut() {
        members.insert("Location".to_owned(), Value::from(location.to_string()));
    }
    json!({"Values": values, "StorageDescriptor": storage})
}

fn alter(catalog: &Catalog, database: &str, name: &Name, change: &AlterTable) -> Result<(), QueryError> {
    let (database, table) = found(catalog, name, database)?;
    let mut described = definition(&table);
    let home = described.location.clone();
    let place = |location: &str| -> Result<S3Location, QueryError> {
        location.parse().map_err(|error| QueryError::new(format!("FAILED: SemanticException: Invalid location: {error}")))
    };
    match change {
        AlterTable::AddPartitions { if_not_exists, partitions } => {
            for (given, location) in partitions {
                let values = values(&described, given)?;
                let location = match (location, &home) {
                    (Some(location), _) => place(location)?,
                    (None, Some(home)) => partition_place(home, described.key_names(), &values),
                    (None, None) => return Err(QueryError::new("FAILED: SemanticException: the table has no location")),
                };
                match catalog.create_partition(&database, &described.name, &partition_input(&table, &values, &location)) {
                    Err(GlueError::AlreadyExists(_)) if *if_not_exists => {}
                    Err(GlueError::AlreadyExists(_)) => {
                        let message =
                            "FAILED: Execution Error, return code 1 from org.apache.hadoop.hive.ql.exec.DDLTask. Partition already exists.";
                        return Err(QueryError::new(message));
                    }
                    other => other.map_err(|error| failed(&error))?,
                }
            }
            return Ok(());
        }
        AlterTable::DropPartitions { if_exists, partitions } => {
            for given in partitions {
                match catalog.delete_partition(&database, &described.name, &values(&described, given)?) {
                    Err(GlueError::NotFound(_)) if *if_exists => {}
                    other => other.map_err(|error| failed(&error))?,
                }
            }
            return Ok(());
        }
        AlterTable::RenamePartition { from, to } => {
            let from = values(&described, from)?;
            let mut input = catalog.partition(&database, &described.name, &from).map_err(|error| failed(&error))?;
            if let Some(members) = input.as_object_mut() {
                members.insert("Values".to_owned(), Value::from(values(&described, to)?));
            }
            return catalog.update_partition(&database, &described.name, &from, &input).map_err(|error| failed(&error));
        }
        AlterTable::SetLocation { partition: Some(given), location } => {
            let values = values(&described, given)?;
            let input = partition_input(&table, &values, &place(location)?);
            return catalog.update_partition(&database, &described.name, &values, &input).map_err(|error| failed(&error));
        }
        AlterTable::SetLocation { partition: None, location } => described.location = Some(place(location)?),
        AlterTable::AddColumns(added) => {
            for column in columns(added) {
                if described.columns.iter().chain(&described.partition_keys).any(|other| other.name == column.name) {
                    return Err(QueryError::new(format!("FAILED: SemanticException: Duplicate column name: {}", column.name)));
                }
                described.columns.push(column);
            }
        }
        AlterTable::ReplaceColumns(replaced) => described.columns = columns(replaced),
        AlterTable::ChangeColumn { from, to } => {
            let changed = columns(std::slice::from_ref(to));
            let place = described.columns.iter_mut().find(|column| column.name == *from);
            match (place, changed.into_iter().next()) {
                (Some(place), Some(changed)) => *place = changed,
                _ => return Err(QueryError::new(format!("FAILED: SemanticException: Invalid column reference {from}"))),
            }
        }
        AlterTable::SetProperties(pairs) => described.parameters.extend(map(pairs)),
    }
    let mut input = table.clone();
    if let Some(members) = input.as_object_mut() {
        members.insert("Parameters".to_owned(), parameters_json(&described.parameters));
        if let Some(storage) = members.get_mut("StorageDescriptor").and_then(Value::as_object_mut) {
            storage.insert("Columns".to_owned(), columns_json(&described.columns));
            if let Some(location) = &described.location {
                storage.insert("Location".to_owned(), Value::from(location.to_string()));
            }
        }
    }
    catalog.update_table(&database, &input, false, None).map_err(|error| failed(&error))
}

/// MSCK REPAIR TABLE: folders `key=value` under the table that hold files become partitions.
fn repair(catalog: &Catalog, database: &str, name: &Name) -> Result<Shown, QueryError> {
    let (database, table) = found(catalog, name, database)?;
    let described = definition(&table);
    let Some(home) = described.location.clone().map(|home| home.folder()) else { return Ok(Shown::default()) };
    let mut places = vec![(home, Vec::new())];
    for key in &described.partition_keys {
        let mut deeper = Vec::new();
        for (place, values) in places {
            let mut query = ListQuery { prefix: place.key.clone(), delimiter: Some("/".to_owned()), max: 1000, ..ListQuery::default() };
            loop {
                let failed = |error| {
                    QueryError::new(format!("FAILED: Execution Error, return code 1 from org.apache.hadoop.hive.ql.exec.DDLTask. {error}"))
                };
                let page = catalog.store().list(&place.bucket, &query).map_err(failed)?;
                for prefix in page.common_prefixes {
                    let folder = prefix.get(place.key.len()..).unwrap_or("").trim_end_matches('/');
                    if let Some((found, value)) = folder.split_once('=')
                        && found.eq_ignore_ascii_case(&key.name)
                    {
                        let value = percent_encoding::percent_decode_str(value).decode_utf8_lossy().into_owned();
                        let mut values: Vec<String> = values.clone();
                        values.push(value);
                        deeper.push((S3Location { bucket: place.bucket.clone(), key: prefix.clone() }, values));
                    }
                }
                match page.next.filter(|_| page.truncated) {
                    Some(next) => query.start_after = Some(next),
                    None => break,
                }
            }
        }
        places = deeper;
    }
    let mut inputs = Vec::new();
    for (place, values) in &places {
        let has_files = objects(catalog.store(), place).is_ok_and(|files| !files.is_empty());
        if !values.is_empty() && has_files && catalog.partition(&database, &described.name, values).is_err() {
            inputs.push((values.clone(), partition_input(&table, values, place)));
        }
    }
    let batch: Vec<Value> = inputs.iter().map(|(_, input)| input.clone()).collect();
    let failures = catalog.create_partitions(&database, &described.name, &batch).map_err(|error| failed(&error))?;
    // What another statement has added meanwhile is there, too.
    if let Some((_, error)) = failures.iter().find(|(_, error)| !matches!(error, GlueError::AlreadyExists(_))) {
        return Err(failed(error));
    }
    let spec = |values: &[String]| partition_name(described.key_names(), values);
    let mut rows: Vec<Vec<Option<String>>> = Vec::new();
    if !inputs.is_empty() {
        let list: Vec<String> = inputs.iter().map(|(values, _)| format!("{}:{}", described.name, spec(values))).collect();
        rows.push(vec![Some(format!("Partitions not in metastore:\t{}", list.join("\t")))]);
        rows.extend(
            inputs
                .iter()
                .map(|(values, _)| vec![Some(format!("Repair: Added partition to metastore {}:{}", described.name, spec(values)))]),
        );
    }
    Ok(Shown { columns: vec![("result".to_owned(), Type::Varchar)], rows })
}
