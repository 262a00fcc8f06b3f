//! The operations on databases, tables, versions and partitions.

use regex::Regex;
use serde_json::{Map, Value, json};

use super::catalog::{ACCOUNT, Catalog};
use super::definition::text;
use super::done;
use super::error::GlueError;
use super::partition::{strings, values_of};
use super::request::Request;

/// The answer to an operation of this group; `None` for any other.
pub(super) fn answer(catalog: &Catalog, operation: &str, request: &Request<'_>) -> Option<Result<Value, GlueError>> {
    let answer = match operation {
        "CreateDatabase" => request.value("DatabaseInput").and_then(|input| catalog.create_database(input)).map(|()| done()),
        "GetDatabase" => request.text("Name").and_then(|name| catalog.database(name)).map(|database| json!({"Database": database})),
        "GetDatabases" => catalog.databases().and_then(|all| request.page("DatabaseList", all, 100)),
        "UpdateDatabase" => update_database(catalog, request),
        "DeleteDatabase" => request.text("Name").and_then(|name| catalog.delete_database(name)).map(|()| done()),
        "CreateTable" => create_table(catalog, request),
        "GetTable" => get_table(catalog, request),
        "GetTables" => get_tables(catalog, request),
        "SearchTables" => search_tables(catalog, request),
        "UpdateTable" => update_table(catalog, request),
        "DeleteTable" => delete_table(catalog, request),
        "BatchDeleteTable" => batch_delete_table(catalog, request),
        "GetTableVersions" => table_versions(catalog, request),
        "GetTableVersion" => table_version(catalog, request),
        "DeleteTableVersion" => delete_table_version(catalog, request),
        "BatchDeleteTableVersion" => batch_delete_table_version(catalog, request),
        "CreatePartition" => create_partition(catalog, request),
        "BatchCreatePartition" => batch_create_partition(catalog, request),
        "GetPartition" => get_partition(catalog, request),
        "GetPartitions" => get_partitions(catalog, request),
        "BatchGetPartition" => batch_get_partition(catalog, request),
        "UpdatePartition" => update_partition(catalog, request),
        "BatchUpdatePartition" => batch_update_partition(catalog, request),
        "DeletePartition" => delete_partition(catalog, request),
        "BatchDeletePartition" => batch_delete_partition(catalog, request),
        "GetUserDefinedFunctions" => Ok(json!({"UserDefinedFunctions": []})),
        "GetCatalogImportStatus" => Ok(json!({"ImportStatus": {"ImportCompleted": true}})),
        "GetConnections" => Ok(json!({"ConnectionList": []})),
        "GetConnection" => request.text("Name").and_then(|name| Err(GlueError::NotFound(format!("Connection {name} not found.")))),
        _ => return None,
    };
    Some(answer)
}

type Answer = Result<Value, GlueError>;

/// The database and table that a request names under these members.
fn place<'v>(request: &Request<'v>, member: &str) -> Result<(&'v str, &'v str), GlueError> {
    Ok((request.text("DatabaseName")?, request.text(member)?))
}

fn update_database(catalog: &Catalog, request: &Request<'_>) -> Answer {
    catalog.update_database(request.text("Name")?, request.value("DatabaseInput")?)?;
    Ok(done())
}

fn create_table(catalog: &Catalog, request: &Request<'_>) -> Answer {
    catalog.create_indexed_table(request.text("DatabaseName")?, request.value("TableInput")?, request.list("PartitionIndexes"))?;
    Ok(done())
}

fn get_table(catalog: &Catalog, request: &Request<'_>) -> Answer {
    let (database, name) = place(request, "Name")?;
    Ok(json!({"Table": catalog.table(database, name)?}))
}

/// Glue's name filter: a regular expression of the whole name, in which clients also write a bare `*` for anything.
fn name_filter(pattern: &str) -> Result<Regex, GlueError> {
    let mut built = String::from("(?i)^(?:");
    let mut before = None;
    for c in pattern.chars() {
        // After a dot or a group the star repeats; after anything else, as in `sales_*`, it stands for any characters.
        let repeats = matches!(before, Some('.' | ')' | ']' | '}' | '\\'));
        if c == '*' && !repeats {
            built.push_str(".*");
        } else {
            built.push(c);
        }
        before = Some(c);
    }
    built.push_str(")$");
    Regex::new(&built).map_err(|_error| GlueError::InvalidInput(format!("Invalid expression '{pattern}'")))
}

fn get_tables(catalog: &Catalog, request: &Request<'_>) -> Answer {
    let mut all = catalog.tables(request.text("DatabaseName")?)?;
    if let Some(pattern) = request.maybe("Expression").filter(|pattern| !pattern.is_empty()) {
        let filter = name_filter(pattern)?;
        all.retain(|table| filter.is_match(&text(table, "Name")));
    }
    request.page("TableList", all, 100)
}

fn search_tables(catalog: &Catalog, request: &Request<'_>) -> Answer {
    let mut all = catalog.all_tables()?;
    if let Some(sought) = request.maybe("SearchText").map(str::to_lowercase).filter(|sought| !sought.is_empty()) {
        let exact = sought.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).map(str::to_owned);
        let databases = catalog.databases()?;
        all.retain(|table| {
            let database = databases.iter().find(|database| database.get("Name") == table.get("DatabaseName"));
            let mut words = words_of(table);
            words.extend(database.map(|database| text(database, "Description")));
            words.iter().any(|word| match &exact {
                Some(exact) => word.to_lowercase() == *exact,
                None => word.to_lowercase().contains(&sought),
            })
        });
    }
    for filter in request.list("Filters") {
        let (key, value) = (text(filter, "Key"), text(filter, "Value"));
        let member = match key.to_ascii_lowercase().as_str() {
            "name" | "tablename" => "Name",
            "database" | "databasename" => "DatabaseName",
            "owner" => "Owner",
            "tabletype" => "TableType",
            _ => "",
        };
        all.retain(|table| {
            let found = if member.is_empty() { table.get("Parameters").and_then(|all| all.get(&key)) } else { table.get(member) };
            found.and_then(Value::as_str).is_some_and(|found| has_word(found, &value))
        });
    }
    for criterion in request.list("SortCriteria") {
        let (field, descending) = (text(criterion, "FieldName"), text(criterion, "Sort") == "DESC");
        all.sort_by_key(|table| text(table, &field));
        if descending {
            all.reverse();
        }
    }
    request.page("TableList", all, 100)
}

/// Everything in a table that is searched.
fn words_of(table: &Value) -> Vec<String> {
    let mut words: Vec<String> =
        ["Name", "DatabaseName", "Description", "Owner", "TableType"].map(|member| text(table, member)).into_iter().collect();
    for columns in ["/StorageDescriptor/Columns", "/PartitionKeys"] {
        let columns = table.pointer(columns).and_then(Value::as_array);
        words.extend(columns.into_iter().flatten().flat_map(|column| [text(column, "Name"), text(column, "Comment")]));
    }
    let storage = table.get("StorageDescriptor").unwrap_or(&Value::Null);
    words.extend(["Location", "InputFormat", "OutputFormat"].map(|member| text(storage, member)));
    words.extend(storage.pointer("/SerdeInfo/SerializationLibrary").and_then(Value::as_str).map(str::to_owned));
    for (name, value) in table.get("Parameters").and_then(Value::as_object).into_iter().flatten() {
        words.push(name.clone());
        words.extend(value.as_str().map(str::to_owned));
    }
    words
}

/// Whether a text is this, or has it between marks of punctuation, in any case.
fn has_word(text: &str, sought: &str) -> bool {
    text.eq_ignore_ascii_case(sought) || text.split(|c: char| !c.is_alphanumeric()).any(|word| word.eq_ignore_ascii_case(sought))
}

fn update_table(catalog: &Catalog, request: &Request<'_>) -> Answer {
    let expected = request.maybe("VersionId").and_then(|version| version.parse().ok());
    let database = request.text("DatabaseName")?;
    catalog.update_table(database, request.value("TableInput")?, request.flag("SkipArchive"), expected)?;
    Ok(done())
}

fn delete_table(catalog: &Catalog, request: &Request<'_>) -> Answer {
    let (database, name) = place(request, "Name")?;
    catalog.delete_table(database, name)?;
    Ok(done())
}

fn batch_delete_table(catalog: &Catalog, request: &Request<'_>) -> Answer {
    let database = request.text("DatabaseName")?;
    let mut errors = Vec::new();
    for name in request.list("TablesToDelete").iter().filter_map(Value::as_str) {
        if let Err(error) = catalog.delete_table(database, name) {
            errors.push(json!({"TableName": name, "ErrorDetail": detail(&error)}));
        }
    }
    Ok(json!({"Errors": errors}))
}

fn table_versions(catalog: &Catalog, request: &Request<'_>) -> Answer {
    let (database, name) = place(request, "TableName")?;
    request.page("TableVersions", catalog.table_versions(database, name)?, 100)
}

fn table_version(catalog: &Catalog, request: &Request<'_>) -> Answer {
    let (database, name) = place(request, "TableName")?;
    let versions = catalog.table_versions(database, name)?;
    let wanted = request.maybe("VersionId");
    let found = versions.into_iter().find(|version| wanted.is_none_or(|wanted| text(version, "VersionId") == wanted));
    found.map(|version| json!({"TableVersion": version})).ok_or_else(|| GlueError::NotFound("Table version not found.".to_owned()))
}

fn delete_table_version(catalog: &Catalog, request: &Request<'_>) -> Answer {
    let (database, name) = place(request, "TableName")?;
    catalog.delete_table_version(database, name, version_number(request.text("VersionId")?)?)?;
    Ok(done())
}

fn batch_delete_table_version(catalog: &Catalog, request: &Request<'_>) -> Answer {
    let (database, name) = place(request, "TableName")?;
    let mut errors = Vec::new();
    for version in request.list("VersionIds").iter().filter_map(Value::as_str) {
        if let Err(error) = version_number(version).and_then(|number| catalog.delete_table_version(database, name, number)) {
            errors.push(json!({"TableName": name, "VersionId": version, "ErrorDetail": detail(&error)}));
        }
    }
    Ok(json!({"Errors": errors}))
}

fn version_number(text: &str) -> Result<i64, GlueError> {
    text.parse().map_err(|_error| GlueError::InvalidInput(format!("Invalid version id '{text}'")))
}

fn create_partition(catalog: &Catalog, request: &Request<'_>) -> Answer {
    let (database, name) = place(request, "TableName")?;
    catalog.create_partition(database, name, request.value("PartitionInput")?)?;
    Ok(done())
}

fn batch_create_partition(catalog: &Catalog, request: &Request<'_>) -> Answer {
    let (database, name) = place(request, "TableName")?;
    let failures = catalog.create_partitions(database, name, request.list("PartitionInputList"))?;
    let errors: Vec<Value> =
        failures.into_iter().map(|(values, error)| json!({"PartitionValues": values, "ErrorDetail": detail(&error)})).collect();
    Ok(json!({"Errors": errors}))
}

fn get_partition(catalog: &Catalog, request: &Request<'_>) -> Answer {
    let (database, name) = place(request, "TableName")?;
    let values = strings(request.0.get("PartitionValues"));
    Ok(json!({"Partition": catalog.partition(database, name, &values)?}))
}

fn get_partitions(catalog: &Catalog, request: &Request<'_>) -> Answer {
    let (database, name) = place(request, "TableName")?;
    let mut all = catalog.partitions(database, name, request.maybe("Expression"))?;
    if let Some(segment) = request.0.get("Segment") {
        let segment = Request(segment);
        let (Some(number), Some(total)) = (segment.number("SegmentNumber"), segment.number("TotalSegments")) else {
            return Err(GlueError::InvalidInput("Segment needs SegmentNumber and TotalSegments".to_owned()));
        };
        if !(1..=10).contains(&total) || !(0..total).contains(&number) {
            return Err(GlueError::InvalidInput("SegmentNumber must be below TotalSegments, which is at most 10".to_owned()));
        }
        let mut place = -1;
        all.retain(|_| {
            place += 1;
            place % total == number
        });
    }
    if request.flag("ExcludeColumnSchema") {
        for partition in &mut all {
            if let Some(storage) = partition.get_mut("StorageDescriptor").and_then(Value::as_object_mut) {
                storage.remove("Columns");
            }
        }
    }
    request.page("Partitions", all, 1000)
}

fn batch_get_partition(catalog: &Catalog, request: &Request<'_>) -> Answer {
    let (database, name) = place(request, "TableName")?;
    let (mut found, mut missing) = (Vec::new(), Vec::new());
    for wanted in request.list("PartitionsToGet") {
        match catalog.partition(database, name, &values_of(wanted)) {
            Ok(partition) => found.push(partition),
            Err(GlueError::NotFound(_)) => missing.push(wanted.clone()),
            Err(error) => return Err(error),
        }
    }
    Ok(json!({"Partitions": found, "UnprocessedKeys": missing}))
}

fn update_partition(catalog: &Catalog, request: &Request<'_>) -> Answer {
    let (database, name) = place(request, "TableName")?;
    let values = strings(request.0.get("PartitionValueList"));
    catalog.update_partition(database, name, &values, request.value("PartitionInput")?)?;
    Ok(done())
}

fn batch_update_partition(catalog: &Catalog, request: &Request<'_>) -> Answer {
    let (database, name) = place(request, "TableName")?;
    let mut errors = Vec::new();
    for entry in request.list("Entries") {
        let values = strings(entry.get("PartitionValueList"));
        let input = entry.get("PartitionInput").cloned().unwrap_or_else(|| Value::Object(Map::new()));
        if let Err(error) = catalog.update_partition(database, name, &values, &input) {
            errors.push(json!({"PartitionValueList": values, "ErrorDetail": detail(&error)}));
        }
    }
    Ok(json!({"Errors": errors}))
}

fn delete_partition(catalog: &Catalog, request: &Request<'_>) -> Answer {
    let (database, name) = place(request, "TableName")?;
    catalog.delete_partition(database, name, &strings(request.0.get("PartitionValues")))?;
    Ok(done())
}

fn batch_delete_partition(catalog: &Catalog, request: &Request<'_>) -> Answer {
    let (database, name) = place(request, "TableName")?;
    let mut errors = Vec::new();
    for wanted in request.list("PartitionsToDelete") {
        let values = values_of(wanted);
        if let Err(error) = catalog.delete_partition(database, name, &values) {
            errors.push(json!({"PartitionValues": values, "ErrorDetail": detail(&error)}));
        }
    }
    Ok(json!({"Errors": errors}))
}

fn detail(error: &GlueError) -> Value {
    json!({"ErrorCode": error.code(), "ErrorMessage": error.to_string(), "CatalogId": ACCOUNT})
}
