//! Statements that write rows: CREATE TABLE AS, INSERT INTO and UNLOAD.

use std::collections::{BTreeMap, HashSet};

use futures::StreamExt as _;
use serde_json::{Value, json};

use super::ddl::{self, qualified};
use super::execution::{ColumnInfo, Rows};
use super::output;
use super::run::{Job, storage, with};
use super::written::{self, Written};
use crate::lake::engine::write::{Buckets, StagedFiles, WriteCompression, WriteFormat, WritePlan, Writer, WrittenFile, can_be_bucketed};
use crate::lake::engine::{Engine, OutputColumn, ParsedQuery, Places, QueryError, RunningQuery, is_object, objects};
use crate::lake::glue::{GlueError, definition, table_input, text};
use crate::model::{Column, S3Location, TableDefinition};
use crate::sql::Type;
use crate::sql::statement::{Name, Properties, Property};

/// What `WITH (…)` asks for.
struct Options {
    format: WriteFormat,
    format_name: String,
    compression: WriteCompression,
    location: Option<String>,
    partitioned_by: Vec<String>,
    bucketed_by: Vec<String>,
    bucket_count: u32,
}

fn property_error(name: &str, value: &str) -> QueryError {
    QueryError::new(format!("INVALID_TABLE_PROPERTY: Invalid value for property '{name}': {value}"))
}

/// Reads the properties of CREATE TABLE AS or UNLOAD.
fn options(properties: &Properties, default: &str, location: &str) -> Result<Options, QueryError> {
    let mut format_name = default.to_owned();
    let mut compression = None;
    let mut delimiter = None;
    let (mut place, mut partitioned_by, mut bucketed_by, mut bucket_count) = (None, Vec::new(), Vec::new(), 0);
    for (name, value) in properties {
        let text = value.text();
        let names = || -> Result<Vec<String>, QueryError> {
            match value {
                Property::List(names) => Ok(names.iter().map(|name| name.to_lowercase()).collect()),
                _ => Err(property_error(name, &text)),
            }
        };
        // UNLOAD, which has no property for its place, knows nothing of buckets.
        match name.as_str() {
            "format" => format_name = text.to_uppercase(),
            "write_compression" | "parquet_compression" | "orc_compression" | "compression" => compression = Some(text),
            "compression_level" | "sorted_by" | "optimize_rewrite_min_data_file_count" => {}
            "field_delimiter" => delimiter = Some(text),
            "partitioned_by" => partitioned_by = names()?,
            "bucketed_by" if !location.is_empty() => bucketed_by = names()?,
            "bucket_count" if !location.is_empty() => bucket_count = text.parse().map_err(|_error| property_error(name, &text))?,
            "table_type" if text.eq_ignore_ascii_case("hive") => {}
            "table_type" => return Err(QueryError::new(format!("NOT_SUPPORTED: The local lake does not support {text} tables"))),
            "is_external" => {}
            other if other == location => place = Some(text),
            other => return Err(QueryError::new(format!("INVALID_TABLE_PROPERTY: Table property '{other}' does not exist"))),
        }
    }
    if bucketed_by.is_empty() != (bucket_count == 0) {
        return Err(QueryError::new("INVALID_TABLE_PROPERTY: bucketed_by and bucket_count must be specified together"));
    }
    let format = match format_name.as_str() {
        "PARQUET" => WriteFormat::Parquet,
        "AVRO" => WriteFormat::Avro,
        "ORC" => WriteFormat::Orc,
        "TEXTFILE" | "CSV" => {
            // UNLOAD separates by commas unless told otherwise, tables by Hive's control character.
            let default = if location.is_empty() { "," } else { "\u{1}" };
            let sign = delimiter.as_deref().unwrap_or(default);
            WriteFormat::delimited(sign).ok_or_else(|| property_error("field_delimiter", sign))?
        }
        "JSON" => WriteFormat::Json { mapping: BTreeMap::new() },
        other => return Err(property_error("format", other)),
    };
    let compression = compressed(&format, &format_name, compression.as_deref())?;
    Ok(Options { format, format_name, compression, location: place, partitioned_by, bucketed_by, bucket_count })
}

/// How files of a format are compressed where this is asked for, or nothing is.
fn compressed(format: &WriteFormat, format_name: &str, asked: Option<&str>) -> Result<WriteCompression, QueryError> {
    let known = format.compressions();
    let Some(name) = asked else { return Ok(known.first().copied().unwrap_or(WriteCompression::Plain)) };
    let name = name.to_uppercase();
    match WriteCompression::parse(&name) {
        Some(chosen) if known.contains(&chosen) => Ok(chosen),
        Some(_) => {
            let names: Vec<&str> = known.iter().map(|compression| compression.name()).collect();
            let all = names.join(", ");
            Err(QueryError::new(format!("NOT_SUPPORTED: The local lake writes {format_name} with the compressions {all}, not {name}")))
        }
        None => Err(property_error("write_compression", &name)),
    }
}

/// The buckets that a new table asks for, checked as Athena checks them.
fn buckets(columns: &[OutputColumn], options: &Options) -> Result<Option<Buckets>, QueryError> {
    if options.bucketed_by.is_empty() {
        return Ok(None);
    }
    let list = |names: &[&str]| names.join(", ");
    let place = |name: &String| columns.iter().position(|column| column.name == *name);
    let missing: Vec<&str> = options.bucketed_by.iter().filter(|name| place(name).is_none()).map(String::as_str).collect();
    if !missing.is_empty() {
        let message = format!("INVALID_TABLE_PROPERTY: Bucketing columns [{}] not present in schema", list(&missing));
        return Err(QueryError::new(message));
    }
    let keys: Vec<&str> = options.bucketed_by.iter().filter(|name| options.partitioned_by.contains(name)).map(String::as_str).collect();
    if !keys.is_empty() {
        let message = format!("INVALID_TABLE_PROPERTY: Bucketing columns [{}] must not be partition columns", list(&keys));
        return Err(QueryError::new(message));
    }
    let places: Vec<usize> = options.bucketed_by.iter().filter_map(place).collect();
    if !places.iter().all(|at| columns.get(*at).is_some_and(|column| can_be_bucketed(&column.data_type))) {
        return Err(QueryError::new("NOT_SUPPORTED: Cannot create a table bucketed on an unsupported type"));
    }
    Ok(Some(Buckets { columns: places, count: options.bucket_count }))
}

/// Whether a type is one of queries only.
fn has_no_hive_type(athena: &Type) -> bool {
    match athena {
        Type::IntervalDayToSecond | Type::IntervalYearToMonth | Type::TimestampTz(_) | Type::Time(_) => true,
        Type::Json | Type::Uuid | Type::Unknown => true,
        Type::Array(item) => has_no_hive_type(item),
        Type::Map(key, value) => has_no_hive_type(key) || has_no_hive_type(value),
        Type::Row(fields) => fields.iter().any(|(_, item)| has_no_hive_type(item)),
        _ => false,
    }
}

/// The columns of a new table, checked as Athena checks them; partition keys must come last.
fn checked(columns: &[OutputColumn], partitioned_by: &[String]) -> Result<(), QueryError> {
    let mut seen = HashSet::new();
    for (at, column) in columns.iter().enumerate() {
        if !column.named {
            return Err(QueryError::new(format!("MISSING_COLUMN_NAME: line 1:1: Column name not specified at position {}", at + 1)));
        }
        if column.data_type == Type::Unknown {
            return Err(QueryError::new(format!("COLUMN_TYPE_UNKNOWN: line 1:1: Column type is unknown: {}", column.name)));
        }
        if has_no_hive_type(&column.data_type) {
            return Err(QueryError::new(format!("NOT_SUPPORTED: Unsupported Hive type: {}", column.data_type)));
        }
        if !seen.insert(column.name.as_str()) {
            return Err(QueryError::new(format!(
                "DUPLICATE_COLUMN_NAME: line 1:1: Column name '{}' specified more than once",
                column.name
            )));
        }
    }
    let last: Vec<&str> =
        columns.iter().skip(columns.len().saturating_sub(partitioned_by.len())).map(|column| column.name.as_str()).collect();
    if partitioned_by.iter().any(|key| !seen.contains(key.as_str())) {
        return Err(QueryError::new(format!(
            "INVALID_TABLE_PROPERTY: Partition columns not present in schema: {}",
            partitioned_by.join(", ")
        )));
    }
    if last != partitioned_by.iter().map(String::as_str).collect::<Vec<_>>() {
        let message = "HIVE_COLUMN_ORDER_MISMATCH: Partition keys must be the last columns in the table and in the same order as the table properties";
        return Err(QueryError::new(format!("{message}: [{}]", partitioned_by.join(", "))));
    }
    if !partitioned_by.is_empty() && partitioned_by.len() == columns.len() {
        return Err(QueryError::new("INVALID_TABLE_PROPERTY: Table contains only partition columns"));
    }
    Ok(())
}

/// Runs a query into files, which are no objects yet.
async fn write(job: &mut Job, mut running: RunningQuery, plan: WritePlan) -> Result<StagedFiles, QueryError> {
    job.execution.statistics.planning = i64::try_from(running.planning.as_millis()).unwrap_or(0);
    let mut writer = Writer::new(job.service.store().clone(), plan, &running.schema())?;
    while let Some(batch) = running.rows.next().await {
        writer.write(&batch.map_err(|error| Engine::explain_error(&error))?)?;
        job.check_cutoff(&running)?;
    }
    // Files are ended and forced to the disk where nobody else's query waits for it.
    let finished = tokio::task::spawn_blocking(move || writer.finish()).await;
    finished.map_err(|error| QueryError::new(format!("HIVE_WRITER_CLOSE_ERROR: {error}")))?
}

/// The manifest and metadata files, and the row count that GetQueryResults answers.
fn close(job: &mut Job, kind: &str, files: &[WrittenFile], rows: u64) -> Result<(), QueryError> {
    let store = job.service.store().clone();
    let place = job.place()?;
    let manifest: String = files.iter().map(|file| format!("{}\n", file.address)).collect();
    let manifest_place = with(&place, "-manifest.csv");
    output::put(&store, &manifest_place, manifest.as_bytes(), "application/octet-stream").map_err(|error| storage(&error))?;
    let columns = vec![ColumnInfo::new("rows", &Type::BigInt)];
    let metadata = output::metadata(&job.execution.id, &columns, Some((kind, rows)));
    output::put(&store, &with(&place, ".metadata"), &metadata, "application/octet-stream").map_err(|error| storage(&error))?;
    job.execution.statistics.manifest = Some(manifest_place.to_string());
    job.execution.statistics.rows = rows;
    job.execution.columns = columns;
    job.execution.rows = Rows::None;
    job.execution.update_count = Some(rows);
    Ok(())
}

/// The definition of a table that is written by the lake.
fn table_of(name: &str, location: S3Location, options: &Options, columns: &[OutputColumn]) -> TableDefinition {
    let column = |column: &OutputColumn| Column::new(&column.name, &column.data_type.hive());
    let data = columns.len() - options.partitioned_by.len();
    let (input, output, serde) = ddl::classes(if options.format_name == "CSV" { "TEXTFILE" } else { &options.format_name });
    let mut serde_parameters = BTreeMap::new();
    if let WriteFormat::Text(delimiters) = &options.format {
        let sign = char::from(delimiters.at(0)).to_string();
        serde_parameters.insert("field.delim".to_owned(), sign.clone());
        serde_parameters.insert("serialization.format".to_owned(), sign);
    } else {
        serde_parameters.insert("serialization.format".to_owned(), "1".to_owned());
    }
    let parameters = [
        ("EXTERNAL", "TRUE"),
        ("has_encrypted_data", "false"),
        ("classification", if options.format_name == "TEXTFILE" { "csv" } else { &options.format_name }),
        ("write.compression", options.compression.name()),
    ];
    TableDefinition {
        name: name.to_owned(),
        table_type: "EXTERNAL_TABLE".to_owned(),
        columns: columns.iter().take(data).map(column).collect(),
        partition_keys: columns.iter().skip(data).map(column).collect(),
        location: Some(location),
        input_format: input.to_owned(),
        output_format: output.to_owned(),
        serde_library: serde.to_owned(),
        serde_parameters,
        parameters: parameters.iter().map(|(name, value)| ((*name).to_owned(), value.to_lowercase())).collect(),
    }
}

/// Adds the partitions that files were written to; those that are there stay.
fn add_partitions(job: &Job, database: &str, table: &Value, files: &[WrittenFile]) -> Result<(), QueryError> {
    let storage = table.get("StorageDescriptor").cloned().unwrap_or_default();
    let mut inputs: BTreeMap<&[String], Value> = BTreeMap::new();
    for file in files.iter().filter(|file| !file.partition.is_empty()) {
        let folder = file.address.key.rsplit_once('/').map_or("", |(folder, _)| folder);
        let mut storage = storage.clone();
        if let Some(members) = storage.as_object_mut() {
            members.insert("Location".to_owned(), Value::from(format!("s3://{}/{folder}", file.address.bucket)));
        }
        inputs.insert(&file.partition, json!({"Values": file.partition, "StorageDescriptor": storage}));
    }
    let inputs: Vec<Value> = inputs.into_values().collect();
    if inputs.is_empty() {
        return Ok(());
    }
    let failures = job.service.catalog().create_partitions(database, &text(table, "Name"), &inputs).map_err(|error| ddl::failed(&error))?;
    match failures.into_iter().find(|(_, error)| !matches!(error, GlueError::AlreadyExists(_))) {
        Some((_, error)) => Err(ddl::failed(&error)),
        None => Ok(()),
    }
}

pub(super) async fn create_table_as(
    job: &mut Job,
    name: &Name,
    if_not_exists: bool,
    properties: &Properties,
    query: ParsedQuery,
    with_data: bool,
) -> Result<(), QueryError> {
    let (database, table) = qualified(name, &job.database())?;
    let catalog = job.service.catalog().clone();
    catalog
        .database(&database)
        .map_err(|_error| QueryError::new(format!("SCHEMA_NOT_FOUND: line 1:1: Schema '{database}' does not exist")))?;
    if catalog.table(&database, &table).is_ok() {
        if if_not_exists {
            return close(job, "CREATE TABLE", &[], 0);
        }
        let message = format!("TABLE_ALREADY_EXISTS: line 1:1: Table 'awsdatacatalog.{database}.{table}' already exists");
        return Err(QueryError::new(message));
    }
    let options = options(properties, "PARQUET", "external_location")?;
    let location: S3Location = match &options.location {
        Some(location) => location.parse().map_err(|error| property_error("external_location", &format!("{error}")))?,
        None => job.place()?,
    }
    .folder();
    written::claim(job, &location)?;
    if !objects(job.service.store(), &location).map_err(|error| Engine::explain_error(&error))?.is_empty() {
        let message = format!(
            "HIVE_PATH_ALREADY_EXISTS: Target directory for table '{database}.{table}' already exists: {location}. You may need to manually \
             clean the data at this location before retrying. Athena will not delete data in your account."
        );
        return Err(QueryError::new(message));
    }
    let ready = job.plan(query).await?;
    let columns = ready.columns.clone();
    checked(&columns, &options.partitioned_by)?;
    let buckets = buckets(&columns, &options)?;
    let staged = if with_data {
        let plan = WritePlan {
            location: location.clone(),
            places: Places::default(),
            format: options.format.clone(),
            compression: options.compression,
            partition_keys: options.partitioned_by.len(),
            buckets,
            columns: columns.clone(),
        };
        Some(write(job, job.start(ready)?, plan).await?)
    } else {
        None
    };
    let described = table_of(&table, location, &options, &columns);
    let mut input = table_input(&described);
    if options.bucket_count > 0
        && let Some(storage) = input.get_mut("StorageDescriptor").and_then(Value::as_object_mut)
    {
        storage.insert("BucketColumns".to_owned(), Value::from(options.bucketed_by.clone()));
        storage.insert("NumberOfBuckets".to_owned(), Value::from(options.bucket_count));
    }
    let create = || catalog.create_table(&database, &input).map_err(|error| ddl::failed(&error));
    let Some(staged) = staged else {
        create()?;
        return close(job, "CREATE TABLE", &[], 0);
    };
    let rows = staged.rows;
    let (written, files) = Written::commit(job, staged)?;
    create()?;
    let filled = add_partitions(job, &database, &input, &files).and_then(|()| close(job, "CREATE TABLE", &files, rows));
    if let Err(error) = filled {
        if let Err(stays) = catalog.delete_table(&database, &table) {
            tracing::warn!(%database, %table, error = %stays, "the table of a statement that failed stays");
        }
        return Err(error);
    }
    written.keep()
}

pub(super) async fn insert(job: &mut Job, name: &Name, named: Option<&[String]>, query: ParsedQuery) -> Result<(), QueryError> {
    let (database, table) = qualified(name, &job.database())?;
    let catalog = job.service.catalog().clone();
    let found = catalog.table(&database, &table).map_err(|_error| {
        QueryError::new(format!("TABLE_NOT_FOUND: line 1:1: Table 'awsdatacatalog.{database}.{table}' does not exist"))
    })?;
    if text(&found, "TableType") == "VIRTUAL_VIEW" {
        return Err(QueryError::new("NOT_SUPPORTED: line 1:1: Inserting into views is not supported"));
    }
    let bucketed = found.get("StorageDescriptor").and_then(|storage| storage.get("BucketColumns")).and_then(Value::as_array);
    if bucketed.is_some_and(|columns| !columns.is_empty()) {
        let message = format!("NOT_SUPPORTED: Inserting into bucketed tables is not supported. Table '{database}.{table}'");
        return Err(QueryError::new(message));
    }
    let described = definition(&found);
    let location = described.location.clone().ok_or_else(|| QueryError::new("HIVE_INVALID_METADATA: The table has no location"))?;
    if is_object(job.service.store(), &location) {
        let message =
            format!("NOT_SUPPORTED: The location of table '{database}.{table}' is a single object: {location}. New files need a folder");
        return Err(QueryError::new(message));
    }
    let (format, compression) = write_format(&database, &described)?;
    let places = Places::of(&catalog, &database, &described).map_err(|error| Engine::explain_error(&error))?;
    let wanted: Vec<&Column> = described.columns.iter().chain(&described.partition_keys).collect();
    let names: Vec<&str> = wanted.iter().map(|column| column.name.as_str()).collect();
    let query = query
        .into_columns(&wanted.iter().map(|column| (column.name.clone(), column.hive_type.as_str().to_owned())).collect::<Vec<_>>(), named)
        .map_err(QueryError::new)?;
    let running = job.begin(query).await?;
    let columns: Vec<OutputColumn> = running
        .columns
        .iter()
        .zip(&names)
        .map(|(column, name)| OutputColumn { name: (*name).to_owned(), named: true, data_type: column.data_type.clone() })
        .collect();
    let plan = WritePlan { location, places, format, compression, partition_keys: described.partition_keys.len(), buckets: None, columns };
    let staged = write(job, running, plan).await?;
    let rows = staged.rows;
    let (written, files) = Written::commit(job, staged)?;
    add_partitions(job, &database, &found, &files)?;
    close(job, "INSERT", &files, rows)?;
    written.keep()
}

/// How rows are added to a table that exists.
fn write_format(database: &str, table: &TableDefinition) -> Result<(WriteFormat, WriteCompression), QueryError> {
    let (format, usual, names) = WriteFormat::of(database, table)?;
    let compression = match names.iter().find_map(|name| table.parameters.get(*name)) {
        Some(stated) => compressed(&format, format.name(), Some(stated))?,
        None => usual,
    };
    Ok((format, compression))
}

pub(super) async fn unload(job: &mut Job, query: ParsedQuery, to: &str, properties: &Properties) -> Result<(), QueryError> {
    let options = options(properties, "", "")?;
    let location: S3Location = to.parse().map_err(|error| property_error("location", &format!("{error}")))?;
    let location = location.folder();
    written::claim(job, &location)?;
    if !objects(job.service.store(), &location).map_err(|error| Engine::explain_error(&error))?.is_empty() {
        let message = format!(
            "HIVE_PATH_ALREADY_EXISTS: Target directory for table already exists: {location}. You may need to manually clean the data at this location before retrying. Athena will not delete data in your account."
        );
        return Err(QueryError::new(message));
    }
    let running = job.begin(query).await?;
    let columns: Vec<OutputColumn> = running.columns.iter().map(|column| OutputColumn { named: true, ..column.clone() }).collect();
    checked(&columns, &options.partitioned_by)?;
    let plan = WritePlan {
        location,
        places: Places::default(),
        format: options.format,
        compression: options.compression,
        partition_keys: options.partitioned_by.len(),
        buckets: None,
        columns,
    };
    let staged = write(job, running, plan).await?;
    let rows = staged.rows;
    let (written, files) = Written::commit(job, staged)?;
    close(job, "UNLOAD", &files, rows)?;
    written.keep()
}
