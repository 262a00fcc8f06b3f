//! Athena's view of the catalogue: data catalogs, databases and tables.

use serde_json::{Map, Value, json};

use super::error::{invalid_input, metadata};
use crate::lake::JsonError;
use crate::lake::glue::{Catalog, Request, columns, definition, parameters, text};
use crate::model::Column;

const NAME: &str = "AwsDataCatalog";

/// The answer to an operation of this group; `None` for any other.
pub(super) fn answer(catalog: &Catalog, operation: &str, request: &Request<'_>) -> Option<Result<Value, JsonError>> {
    let answer = match operation {
        "ListDataCatalogs" => {
            let all = vec![json!({"CatalogName": NAME, "Type": "GLUE", "Status": "CREATE_COMPLETE"})];
            request.page("DataCatalogsSummary", all, 50).map_err(|error| invalid_input(error.to_string()))
        }
        "GetDataCatalog" => data_catalog(request),
        "GetDatabase" => database(catalog, request),
        "ListDatabases" => databases(catalog, request),
        "GetTableMetadata" => table(catalog, request),
        "ListTableMetadata" => tables(catalog, request),
        _ => return None,
    };
    Some(answer)
}

fn check(request: &Request<'_>, member: &str) -> Result<(), JsonError> {
    match request.maybe(member) {
        Some(name) if !name.eq_ignore_ascii_case(NAME) => {
            Err(JsonError::new("InvalidRequestException", format!("DataCatalog {name} was not found")))
        }
        _ => Ok(()),
    }
}

fn needed(request: &Request<'_>, member: &str) -> Result<String, JsonError> {
    request.text(member).map(str::to_owned).map_err(|error| invalid_input(error.to_string()))
}

fn data_catalog(request: &Request<'_>) -> Result<Value, JsonError> {
    check(request, "Name")?;
    let parameters = json!({"catalog-id": crate::lake::glue::ACCOUNT});
    Ok(json!({"DataCatalog": {"Name": NAME, "Description": "", "Type": "GLUE", "Parameters": parameters, "Status": "CREATE_COMPLETE"}}))
}

fn database_json(database: &Value) -> Value {
    let mut members = Map::new();
    members.insert("Name".to_owned(), Value::from(text(database, "Name")));
    for member in ["Description", "Parameters"] {
        if let Some(value) = database.get(member) {
            members.insert(member.to_owned(), value.clone());
        }
    }
    Value::Object(members)
}

fn database(catalog: &Catalog, request: &Request<'_>) -> Result<Value, JsonError> {
    check(request, "CatalogName")?;
    let found = catalog.database(&needed(request, "DatabaseName")?).map_err(|error| metadata(&error))?;
    Ok(json!({"Database": database_json(&found)}))
}

fn databases(catalog: &Catalog, request: &Request<'_>) -> Result<Value, JsonError> {
    check(request, "CatalogName")?;
    let all = catalog.databases().map_err(|error| metadata(&error))?;
    request.page("DatabaseList", all.iter().map(database_json).collect(), 50).map_err(|error| invalid_input(error.to_string()))
}

fn column_json(column: &Column) -> Value {
    let mut members = json!({"Name": column.name, "Type": column.hive_type.as_str()});
    if let (Some(comment), Some(members)) = (&column.comment, members.as_object_mut()) {
        members.insert("Comment".to_owned(), Value::from(comment.as_str()));
    }
    members
}

fn table_json(table: &Value) -> Value {
    let described = definition(table);
    let mut all = parameters(table.get("Parameters"));
    // Athena shows the storage among the parameters.
    for (name, value) in [
        ("location", described.location.as_ref().map(ToString::to_string).unwrap_or_default()),
        ("inputformat", described.input_format.clone()),
        ("outputformat", described.output_format.clone()),
        ("serde.serialization.lib", described.serde_library.clone()),
    ] {
        if !value.is_empty() {
            all.insert(name.to_owned(), value);
        }
    }
    for (name, value) in &described.serde_parameters {
        all.insert(format!("serde.param.{name}"), value.clone());
    }
    json!({
        "Name": described.name,
        "CreateTime": table.get("CreateTime"),
        "LastAccessTime": table.get("LastAccessTime").cloned().unwrap_or_else(|| Value::from(0)),
        "TableType": described.table_type,
        "Columns": columns(table.pointer("/StorageDescriptor/Columns")).iter().map(column_json).collect::<Vec<_>>(),
        "PartitionKeys": described.partition_keys.iter().map(column_json).collect::<Vec<_>>(),
        "Parameters": all,
    })
}

fn table(catalog: &Catalog, request: &Request<'_>) -> Result<Value, JsonError> {
    check(request, "CatalogName")?;
    let found = catalog.table(&needed(request, "DatabaseName")?, &needed(request, "TableName")?).map_err(|error| metadata(&error))?;
    Ok(json!({"TableMetadata": table_json(&found)}))
}

fn tables(catalog: &Catalog, request: &Request<'_>) -> Result<Value, JsonError> {
    check(request, "CatalogName")?;
    let mut all = catalog.tables(&needed(request, "DatabaseName")?).map_err(|error| metadata(&error))?;
    if let Some(expression) = request.maybe("Expression").filter(|expression| !expression.is_empty()) {
        let filter = regex::Regex::new(&format!("(?i){expression}")).map_err(|error| invalid_input(error.to_string()))?;
        all.retain(|table| filter.is_match(&text(table, "Name")));
    }
    request.page("TableMetadataList", all.iter().map(table_json).collect(), 50).map_err(|error| invalid_input(error.to_string()))
}
